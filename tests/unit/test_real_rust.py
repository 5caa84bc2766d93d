"""Real Rust made plain: type parameters, methods, modules, and what a function names of its file."""

from __future__ import annotations

from pathlib import Path

from transpile.corpus.language import language
from transpile.corpus.naming import canonical_function
from transpile.corpus.real.rust import plain, with_crate, with_items
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


def test_methods_of_any_variable_and_constants_of_types() -> None:
    found = read(
        "struct P { x: i32, y: i32 } impl P { const ONE: i32 = 1; pub const fn new(x: i32, y: i32) -> Self { Self { x, y } }"
        " #[inline] fn dot(&self, o: &P) -> i32 { self.x * o.x + Self::ONE } fn both(self, o: P) -> i32 { debug_assert!(o.x > 0); o.dot(&self) + o.whole() }"
        " fn whole(self) -> i32 { let p = P::new(self.x, 1); p.whole() + p.dot(&self).abs() } }"
    )
    assert set(found) == {"P_new", "P_dot", "P_both", "P_whole"}
    assert found["P_new"].text == "pub fn P_new(x: i32, y: i32) -> P { P { x: x, y: y } }"
    assert "const P_ONE: i32 = 1;" in found["P_dot"].text and "this.x * o.x + P_ONE" in found["P_dot"].text
    assert "{  P_dot(&o, &this) + P_whole(o) }" in found["P_both"].text
    assert "let p = P_new(this.x, 1); P_whole(p) + P_dot(&p, &this).abs()" in found["P_whole"].text


def test_other_files_of_the_crate_come_along(tmp_path: Path) -> None:
    files = {
        "src/a.rs": "use crate::b::Both; pub fn f(s: &str, c: char) -> usize { crate::b::step(s.len()) + LIMIT + Both::size() + g(c) }\n"
        "fn g(c: char) -> usize { 1 }",
        "src/b.rs": "pub const LIMIT: usize = 4; pub fn step(n: usize) -> usize { n + half::LOW } pub struct Both { n: u32, t: String }"
        " impl Both { pub fn size() -> usize { 3 } pub fn more(&self) -> u32 { self.n } } fn twice() {}",
        "src/c/d.rs": "fn twice() -> u32 { 1 }",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    text, own = with_crate(files["src/a.rs"], tmp_path / "src/a.rs", tmp_path)
    assert own == {"f", "g"} and "twice" not in text
    found = {f.name: f for f in with_items(text, language("rust").read(text))}
    assert "let s = unsafe { core::str::from_utf8_unchecked(s) }; let c = unsafe { char::from_u32_unchecked(c) };" in found["f"].text
    assert "step(s.len()) + LIMIT + Both_size() + g(c)" in found["f"].text and "const LIMIT: usize = 4;" in found["f"].text
    assert [c.name for c in found["f"].callees] == ["g", "step", "Both_size"]
    text, _ = with_crate(files["src/b.rs"], tmp_path / "src/b.rs", tmp_path)
    more = next(f for f in language("rust").read(text) if f.name == "Both_more")
    assert more.signature.structs == (Struct("Both", (("n", "u32"),)),)


def test_names_of_libraries_and_of_traits_stay() -> None:
    one = read(
        "use core::cmp::max; enum E { A, B } fn f(x: u32) -> u32 { let e = if x > 1 { E::A } else { E::B }; match e { E::A => max(x, 2), _ => 1 } }"
    )["f"]
    text = canonical_function(one, language("rust"), [], {"f": one.signature}).text
    assert "use core :: cmp :: max ;" in text and "=> max ( p0 , 2 )" in text and ", _ => 1" in text
    assert "impl Clone for v0 { fn clone ( & self )" in text
