"""Real Rust made plain: type parameters, methods, modules, and what a function names of its file."""

from __future__ import annotations

from transpile.corpus.language import language
from transpile.corpus.real.rust import plain, with_items
from transpile.corpus.signature import Struct


def read(text: str) -> dict:
    simple = plain(text)
    return {f.name: f for f in with_items(simple, language("rust").read(simple))}


def test_a_generic_function_is_one_for_one_type() -> None:
    found = read("pub fn largest<'a, T: PartialOrd + Copy>(a: &'a [T], b: T) -> T where T: Default { let mut m: T = b; for &x in a { if x > m { m = x; } } m }")
    one = found["largest"]
    assert [p.type for p in one.signature.parameters] == ["i32", "usize", "i32"] and one.signature.result == "i32"
    assert "type T = i32;" in one.text
    assert read("fn half<F: Float>(x: F) -> F { x }")["half"].signature.result == "f64"


def test_methods_become_functions() -> None:
    found = read("struct P { x: i32, y: i32 } impl P { pub fn sum(&self) -> i32 { self.x + self.y } fn twice(&self, k: i32) -> i32 { self.sum() * k } }")
    assert found["P_sum"].text == "pub fn P_sum(this: &P) -> i32 { this.x + this.y }"
    assert "P_sum(this) * k" in found["P_twice"].text and [c.name for c in found["P_twice"].callees] == ["P_sum"]


def test_items_come_along() -> None:
    found = read(
        "const A: u32 = B + 1; const B: u32 = 2; mod inner { pub fn f(x: u32) -> u32 { x * A } } #[cfg(test)] mod tests { fn t() {} }"
        " #[derive(Clone, Copy, PartialEq)] enum E { L, R } fn g(x: u32) -> bool { let e = if x > 1 { E::L } else { E::R }; e == E::L }"
    )
    assert set(found) == {"f", "g"}
    assert "const B: u32 = 2;" in found["f"].text and "const A: u32 = B + 1;" in found["f"].text
    assert "enum E { L, R }" in found["g"].text and "impl PartialEq for E" in found["g"].text


def test_types_of_more_than_scalars() -> None:
    found = read(
        "#[repr(C)] struct N { v: i32, next: *mut N, call: Option<unsafe extern \"C\" fn(*const u8) -> i32>, a: [u8; 4] }"
        " fn f(n: *mut N, k: &mut [u32; 4], s: &[*const u8], out: &mut N) -> *mut N { k[0] = 1; n }"
    )
    one = found["f"]
    assert [p.whole for p in one.signature.parameters] == ["*N", "*[4]u32", "*const *const u8", "usize", "*N"] and one.signature.result == "*N"
    assert one.signature.structs == (Struct("N", (("v", "i32"), ("next", "*N"), ("call", "fn(*const u8)i32"), ("a", "[4]u8"))),)
    assert "let k = &mut *k;" in one.text and "let out = &mut *out;" in one.text
