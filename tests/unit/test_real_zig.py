"""Real Zig made plain: type parameters, and the constants that a function names."""

from __future__ import annotations

from pathlib import Path

from transpile.corpus.language import language
from transpile.corpus.naming import canonical_function
from transpile.corpus.real.zig import plain, with_constants


def read(text: str) -> dict:
    simple = plain(text)
    return {f.name: f for f in with_constants(simple, language("zig").read(simple))}


def test_constants_come_along_in_the_order_of_their_need() -> None:
    found = read('const std = @import("std");\nconst math = std.math;\npub const B: u32 = A + 1;\nconst A = 2;\nfn f(x: u32) u32 { return math.max(x, B); }')
    text = found["f"].text
    assert text == "fn f(x: u32) u32 { const math = std.math; const A = 2; const B: u32 = A + 1; return math.max(x, B); }"


def test_a_type_parameter_is_one_type() -> None:
    one = read("pub fn larger(comptime T: type, a: T, b: T) T { return if (a > b) a else @as(T, b); }")["larger_i32"]
    assert one.text == "fn larger_i32(a: i32, b: i32) i32 { const T = i32; return if (a > b) a else @as(T, b); }"


def test_what_it_declares_itself_stays_its_own() -> None:
    assert read("const n = 3; fn f(x: u32) u32 { const n = x; return n; }")["f"].text == "fn f(x: u32) u32 { const n = x; return n; }"


def test_what_no_signature_can_say_comes_along_inline() -> None:
    text = """
        const step = 2;
fn half(x: anytype) ?i32 {
    const y = x - step;
    return if (y > 0) @divTrunc(y, 2) else null;
}
pub fn f(x: i32, y: i32) i32 {
    return half(x) orelse y;
}
"""
    assert " ".join(read(text)["f"].text.split()) == (
        "fn f(x: i32, y: i32) i32 { const step = 2; const half = struct { inline fn call_half(x_of_half: anytype) ?i32 {"
        " const y_of_half = x_of_half - step; return if (y_of_half > 0) @divTrunc(y_of_half, 2) else null; } }.call_half; return half(x) orelse y; }"
    )


def test_a_generic_function_is_called_as_it_is_and_there_for_one_type() -> None:
    found = read("fn twice(comptime T: type, x: T) T { return x * 2; }\nfn f(x: u64) u64 { return twice(u64, x); }")
    assert found.keys() == {"f", "twice_i32"}
    assert "const twice = struct { inline fn call_twice(comptime T_of_twice: type" in found["f"].text


def test_functions_of_files_beside_it_come_along(tmp_path: Path) -> None:
    (tmp_path / "low.zig").write_text("const n = 3;\nconst one = 1;\npub fn add(x: u32) u32 { return x + n; }\npub fn sub(x: u32) u32 { return x - one; }")
    text = 'const low = @import("low.zig");\nconst less = @import("low.zig").sub;\nfn f(x: u32) u32 { return low.add(x) - less(x) + low.gone(x); }'
    simple = plain(text, tmp_path)
    found = {f.name: f for f in with_constants(simple, language("zig").read(simple))}
    assert "return low_add(x) - less(x) + low.gone(x);" in found["f"].text
    assert {c.name: c.text for c in found["f"].callees} == {
        "low_add": "fn low_add(x: u32) u32 { const n = 3; return x + n; }", "less": "fn less(x: u32) u32 { const one = 1; return x - one; }"
    }  # fmt: skip


def test_hexadecimal_floats() -> None:
    assert "return x * 12.0 + 0.1" in plain("fn f(x: f64) f64 { return x * 0x1.8p3 + 0x1.999999999999ap-4; } const big: f128 = 0x1p9000;")


def test_what_is_discarded_stays_so() -> None:
    one = read("fn f(x: u32, y: u32) u32 { _ = y; return x; }")["f"]
    assert canonical_function(one, language("zig"), [], {"f": one.signature}).text == "fn f0 ( p0 : u32 , p1 : u32 ) u32 { _ = p1 ; return p0 ; }"


def test_functions_of_structs_are_functions_of_the_file() -> None:
    found = read(
        "pub const Counter = struct {\n    const Self = @This();\n    const step = 2;\n    n: u32 = 0,\n    name: []const u8,\n    m: u8,\n"
        "    pub fn next(self: *Self, k: u32) u32 { self.n += k * step; return self.twice(); }\n"
        "    fn twice(self: Counter) u32 { return self.n * 2; }\n    fn low(x: u32) u32 { return Self.high(x) & 1; }\n"
        "    fn high(x: u32) u32 { return x >> 1; }\n    fn text(self: *Self) []const u8 { return self.name; }\n};\n"
    )
    assert set(found) == {"Counter_next", "Counter_twice", "Counter_low", "Counter_high"}
    assert " ".join(found["Counter_next"].text.split()) == (
        "fn Counter_next(self: *Counter, k: u32) u32 { const step = 2; self.n += k * step; return Counter_twice(self); }"
    )
    assert [s.fields for s in found["Counter_next"].signature.structs] == [(("n", "u32"), ("m", "u8"))]
    assert [c.name for c in found["Counter_low"].callees] == ["Counter_high"]
