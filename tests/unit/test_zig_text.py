"""Zig without a compiler: reading source, writing what a signature determines, mending what its compiler finds untidy."""

from __future__ import annotations

from transpile.corpus.languages.zig import LANGUAGE
from transpile.corpus.scanner import blank_zig
from transpile.corpus.signature import Parameter, Signature, Struct
from transpile.corpus.zig.fixes import ZigError, mend, read_errors

SOURCE = """
const std = @import("std");
// fn not_me() void {}
const Point = extern struct { x: i32, y: f64 = 1.0 };
const Other = struct {
    a: u8,
    fn method(self: Other) u8 { return self.a; }
};

/// Adds up.
pub fn sum(a: []const i32, scale: i32) i32 {
    const brace = '{';
    const text =
        \\\\ }
    ;
    var total = scale;
    for (a) |x| total +%= x *% brace +% @as(i32, text.len);
    return total;
}

fn generic(comptime T: type, x: T) T { return x; }
fn maybe(x: i32) ?i32 { return x; }

export fn move_points(to: []Point, by: *const Point, out: *i32, flag: *u8, s: [*:0]const u8) callconv(.c) void {
    const total = sum(&.{ 1, 2 }, 3);
    for (to) |*t| t.x = by.x + total;
    out.* = total;
    flag.* = s[0];
}
"""


def test_reading() -> None:
    total, moved = LANGUAGE.read(SOURCE)
    assert total.signature == Signature(
        "sum", (Parameter("a", "i32", True, True, 1), Parameter("n0", "usize"), Parameter("scale", "i32")), "i32"
    )
    assert total.text.startswith("fn sum(a: []const i32, scale: i32) i32 {\n    const brace = '{';")
    assert moved.signature == Signature(
        "move_points",
        (
            Parameter("to", "Point", True, False, 1), Parameter("n0", "usize"), Parameter("by", "Point", True, True),
            Parameter("out", "i32", True), Parameter("flag", "u8", True), Parameter("s", "u8", True, True),
        ),
        None,
        (Struct("Point", (("x", "i32"), ("y", "f64"))),),
    )  # fmt: skip
    assert moved.callees == (total,)
    assert moved.text.startswith("fn move_points(to: []Point, by: *const Point, out: *i32, flag: [*]u8, s: [*]const u8) void {")
    assert "flag[0] = s[0];" in moved.text and "out.* = total;" in moved.text


def test_broken_text_is_not_an_exception() -> None:
    for text in ("", "fn", "fn f(", "fn f(a: i32) i32 {", "fn f(a: i32) i32 { ) }", '"', "'", "fn f(: i32) void {}", "fn f() void"):
        assert LANGUAGE.read(text) == []


def test_blanking_keeps_places() -> None:
    text = 'const a = "}\\""; // }\nconst b = \'}\';\n    \\\\ }\n;'
    blanked = blank_zig(text)
    assert len(blanked) == len(text) and "}" not in blanked and blanked.endswith("\n;")


def test_headers() -> None:
    parameters = (
        Parameter("p0", "u8", True, False, 1), Parameter("p1", "i32"), Parameter("p2", "S0", True), Parameter("p3", "i8", True, True),
        Parameter("p4", "f64", True),
    )  # fmt: skip
    signature = Signature("f0", parameters, "bool", (Struct("S0", (("m0", "i32"),)),))
    assert LANGUAGE.write_header(signature) == "fn f0(p0: []u8, p2: *S0, p3: [*]const i8, p4: *f64) bool {"
    entry = LANGUAGE.write_entry(signature)
    assert "p0: [*]u8, p1: i32, p2: *S0, p3: [*]const i8, p4: *f64) callconv(.c) bool {" in entry
    assert "f0, .{ p0[0..@as(u32, @bitCast(p1))], p2, p3, p4 });" in entry
    assert LANGUAGE.write_entry(Signature("f0", (Parameter("p0", "i8"),), "i8")) == ""


def test_errors_are_read_and_mended() -> None:
    text = "fn f0(p0: i32, é: u8) void {\n    var é2 = p0;  var x: i32 = 1;\n    while (x) |*v| {}\n}\n"
    stderr = (
        "unit.zig:1:16: error: unused function parameter\nfn f0...\n     ^\n"
        "/tmp/a/unit.zig:2:10: error: local variable is never mutated\nunit.zig:2:10: note: consider using 'const'\n"
        "unit.zig:3:17: error: unused capture\n"
    )
    errors = read_errors(stderr)
    assert [(e.line, e.column) for e in errors] == [(1, 16), (2, 10), (3, 17)]
    assert read_errors("error: out of memory") == [ZigError(None, 0, "out of memory")]
    assert read_errors("Segmentation fault")[0].line is None
    mended = mend("fn f(p: u8) void {\n    var v: i32 = g(.{ 1; });\n    while (x) |*v2| {}\n}\n", [
        ZigError(1, 6, "unused function parameter"), ZigError(2, 9, "local variable is never mutated"),
        ZigError(2, 9, "unused local variable"), ZigError(3, 17, "unused capture"), ZigError(9, 1, "unused capture"),
    ])  # fmt: skip
    assert mended == "fn f(p: u8) void { _ = p;\n    const v: i32 = g(.{ 1; }); _ = v;\n    while (x) |_| {}\n}\n"
    assert mend(text, [ZigError(1, 1, "expected type 'u8'")]) == text
