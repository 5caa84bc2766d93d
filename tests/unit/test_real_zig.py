"""Real Zig made plain: type parameters, and the constants that a function names."""

from __future__ import annotations

from transpile.corpus.language import language
from transpile.corpus.real.zig import plain, with_constants


def read(text: str) -> dict:
    simple = plain(text)
    return {f.name: f for f in with_constants(simple, language("zig").read(simple))}


def test_constants_come_along_in_the_order_of_their_need() -> None:
    found = read('const std = @import("std");\nconst math = std.math;\npub const B: u32 = A + 1;\nconst A = 2;\nfn f(x: u32) u32 { return math.max(x, B); }')
    text = found["f"].text
    assert text == "fn f(x: u32) u32 { const math = std.math; const A = 2; const B: u32 = A + 1; return math.max(x, B); }"


def test_a_type_parameter_is_one_type() -> None:
    one = read("pub fn larger(comptime T: type, a: T, b: T) T { return if (a > b) a else @as(T, b); }")["larger"]
    assert one.text == "fn larger(a: i32, b: i32) i32 { const T = i32; return if (a > b) a else @as(T, b); }"


def test_what_it_declares_itself_stays_its_own() -> None:
    assert read("const n = 3; fn f(x: u32) u32 { const n = x; return n; }")["f"].text == "fn f(x: u32) u32 { const n = x; return n; }"
