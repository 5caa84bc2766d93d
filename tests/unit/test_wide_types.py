"""Wide types in the words of Rust and Zig: what stays a reference or a slice, and what becomes a raw or an optional pointer."""

from __future__ import annotations

import pytest

from transpile.corpus.language import language
from transpile.corpus.naming import canonical_signature, struct_names
from transpile.corpus.signature import Parameter, Signature, Struct

NODE = Struct("Node", (("value", "i32"), ("next", "*Node"), ("data", "[4]f32"), ("call", "fn(*void,i32)i32"), ("name", "*const i8")))
POINT = Struct("Point", (("x", "f32"), ("y", "f32")))
WALK = Signature(
    "walk",
    (
        Parameter("list", "Node", True),
        Parameter("names", "*const i8", True),
        Parameter("at", "Point"),
        Parameter("map", "fn(i32)i32"),
        Parameter("bytes", "void", True, True, 5),
        Parameter("n", "usize"),
        Parameter("out", "Point", True),
    ),
    "*Node",
    (NODE, POINT),
)
TURN = Signature("turn", (Parameter("p", "Point"),), "Point", (POINT,))


@pytest.mark.parametrize(
    ("name", "signature", "header"),
    [
        (
            "rust",
            WALK,
            "pub unsafe fn walk(list: *mut Node, names: *mut *const i8, at: Point, map: Option<unsafe extern \"C\" fn(i32) -> i32>, "
            "bytes: &[u8], out: &mut Point) -> *mut Node {",
        ),
        ("rust", TURN, "pub fn turn(p: Point) -> Point {"),
        (
            "zig",
            WALK,
            "fn walk(list: ?*Node, names: ?[*]?[*]const i8, at: Point, map: ?*const fn (i32) callconv(.c) i32, bytes: []const u8, out: *Point) ?*Node {",
        ),
        ("zig", TURN, "fn turn(p: Point) Point {"),
    ],
)
def test_headers(name: str, signature: Signature, header: str) -> None:
    assert language(name).write_header(signature) == header


def test_fields() -> None:
    assert "pub next: *mut Node,\n    pub data: [f32; 4],\n    pub call: Option<unsafe extern \"C\" fn(*mut core::ffi::c_void, i32) -> i32>" in language(
        "rust"
    ).write_struct(NODE)
    assert "next: ?*Node,\n    data: [4]f32,\n    call: ?*const fn (?*anyopaque, i32) callconv(.c) i32" in language("zig").write_struct(NODE)


def test_canonical_names_reach_into_types() -> None:
    structs, fields = struct_names([WALK])
    renamed = canonical_signature(WALK, structs, fields)
    assert renamed.result == "*S0" and renamed.structs[0].fields[1] == ("m1", "*S0") and renamed.parameters[2].type == "S1"
