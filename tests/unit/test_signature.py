"""Types: what their strings mean, where things lie in memory, how the C ABI passes them."""

from __future__ import annotations

import pytest

from transpile.corpus.pairs import read_signature, signature_json
from transpile.corpus.signature import (
    Array,
    Function,
    Leaf,
    Parameter,
    Passed,
    Pointer,
    Signature,
    Struct,
    gather_structs,
    named_in,
    read_type,
)

POINT = Struct("Point", (("x", "i8"), ("y", "f64")))
BOX = Struct("Box", (("tag", "u8"), ("corners", "[2]Point"), ("next", "*Box"), ("data", "*const i32"), ("len", "usize")), (("data", "len"),))
ONE = Struct("One", (("value", "f32"),))
WRAPPED = Struct("Wrapped", (("inner", "[1]One"),))
EMPTY = Struct("Empty", ())
SIGNATURE = Signature(
    "f",
    (Parameter("b", "Box", pointer=True), Parameter("p", "Point"), Parameter("w", "Wrapped"), Parameter("e", "Empty"),
     Parameter("compare", "fn(*const void,*const void)i32"), Parameter("names", "*const i8", pointer=True, const=True)),
    "Point",
    (POINT, BOX, ONE, WRAPPED, EMPTY),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("i32", "i32"),
        ("Point", "Point"),
        ("*const i8", Pointer("i8", const=True)),
        ("**const i8", Pointer("*const i8")),
        ("*const *i8", Pointer("*i8", const=True)),
        ("[3][4]*Point", Array(3, "[4]*Point")),
        ("fn(i32,*i8)f64", Function(("i32", "*i8"), "f64")),
        ("fn(i32, fn(i8)i8)", Function(("i32", "fn(i8)i8"), None)),
        ("fn()*Point", Function((), "*Point")),
        ("*fn(i32)i32", Pointer("fn(i32)i32")),
        ("constant", "constant"),
    ],
)
def test_type_strings(text: str, meaning: object) -> None:
    assert read_type(text) == meaning


@pytest.mark.parametrize("text", ["", "*", "i32 ", "[]i8", "[x]i8", "fn(i32", "i32)", "fn(i32 i32)", "3x"])
def test_what_is_no_type_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        read_type(text)


def test_layout_of_nested_structs() -> None:
    assert SIGNATURE.size("Box") == (56, 8)
    assert SIGNATURE.leaves("Box") == (
        Leaf(("tag",), "u8", 0),
        Leaf(("corners", 0, "x"), "i8", 8), Leaf(("corners", 0, "y"), "f64", 16),
        Leaf(("corners", 1, "x"), "i8", 24), Leaf(("corners", 1, "y"), "f64", 32),
        Leaf(("next",), "*Box", 40), Leaf(("data",), "*const i32", 44), Leaf(("len",), "usize", 48),
    )  # fmt: skip
    assert SIGNATURE.size("*Point") == (4, 4) and SIGNATURE.size("fn(i32)") == (4, 4) and SIGNATURE.size("void") == (1, 1)
    assert POINT.layout() == ((("x", "i8", 0), ("y", "f64", 8)), 16)


def test_what_the_c_abi_passes() -> None:
    assert SIGNATURE.passed() == (
        Passed(None, "i32", True), Passed(0, "i32", False), Passed(1, "i32", True), Passed(2, "f32", False), Passed(4, "i32", False),
        Passed(5, "i32", False),
    )  # fmt: skip
    assert SIGNATURE.wasm() == (("i32", "i32", "i32", "f32", "i32", "i32"), ())
    assert Signature("g", (), "Wrapped", (ONE, WRAPPED)).wasm() == ((), ("f32",))
    assert Signature("g", (Parameter("x", "u64"),), "*Point", (POINT,)).wasm() == (("i64",), ("i32",))
    assert Signature("g", (), "Empty", (EMPTY,)).wasm() == ((), ())


def test_structs_come_after_what_they_hold() -> None:
    outer = Struct("Outer", (("first", "*Later"), ("inside", "[2]Inner")))
    inner, later = Struct("Inner", (("up", "*Outer"),)), Struct("Later", (("call", "fn(*Point)"),))
    known = {s.name: s for s in (outer, inner, later, POINT, BOX)}
    assert gather_structs(["*Outer"], known) == (inner, outer, later, POINT)
    assert gather_structs(["*Box", "Point"], known) == (POINT, BOX)
    assert named_in("fn(*Outer,[2]Inner)*const void") == {"Outer", "Inner"}
    with pytest.raises(KeyError):
        gather_structs(["*Unknown"], known)


def test_which_signatures_are_plain() -> None:
    plain = Signature("f", (Parameter("p", "Point", pointer=True), Parameter("n", "i32")), "i32", (POINT,))
    assert plain.plain and not SIGNATURE.plain
    for wide in (Parameter("p", "Point"), Parameter("p", "*i8", pointer=True), Parameter("p", "void", pointer=True), Parameter("p", "fn(i32)")):
        assert not Signature("f", (wide,), None, (POINT,)).plain
    assert not Signature("f", (), "*i8").plain
    assert not Signature("f", (Parameter("p", "Node", pointer=True),), None, (Struct("Node", (("next", "*Node"),)),)).plain


def test_json_is_lossless_and_says_no_more_of_plain_structs_than_before() -> None:
    assert read_signature(signature_json(SIGNATURE)) == SIGNATURE
    text = signature_json(Signature("f", (Parameter("p", "Point", pointer=True),), None, (POINT,)))
    assert text.endswith('"structs":[{"name":"Point","fields":[["x","i8"],["y","f64"]]}]}')
    assert Parameter("p", "*i8", pointer=True, const=True).whole == "*const *i8"
