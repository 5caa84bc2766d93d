"""Files of ordinary Rust as sources: methods, enums, Options, texts, tuples; what their entry points take and give, and what is left out and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from transpile.corpus.language import language
from transpile.corpus.program import load
from transpile.serve.lifter import Lifter
from transpile.serve.output import write_file
from transpile.serve.transpiler import Options, transpile
from transpile.verify.judge import judge
from transpile.verify.load import read_pairs

FILE = """//! What people write.
use std::collections::HashMap;
#[derive(Clone, Copy, PartialEq)]
pub enum Light { Red, Amber = 4, Green }
pub enum Failure { Zero, Overflow }
pub struct Rng { tag: u8, state: u64 }
pub struct Stack { items: Vec<i32> }
impl Rng {
    pub fn next(&mut self) -> u64 { self.state ^= self.state << 13; self.state ^= self.state >> 7; self.state }
    pub fn new(state: u64) -> Self { Rng { tag: 1, state } }
}
impl Light {
    pub fn next(self) -> Light { match self { Light::Red => Light::Green, Light::Amber => Light::Red, Light::Green => Light::Amber } }
    pub fn may_go(&self) -> bool { *self == Light::Green }
}
impl Default for Rng { fn default() -> Self { Self::new(7) } }
impl Stack { pub fn push(&mut self, item: i32) { self.items.push(item) } }
pub fn largest(values: &[i32]) -> Option<i32> { values.iter().copied().max() }
pub fn divide(a: i32, b: i32) -> Result<i32, Failure> {
    if b == 0 { Err(Failure::Zero) } else { a.checked_div(b).ok_or(Failure::Overflow) }
}
pub fn spaces(text: &str) -> usize { text.bytes().filter(|&b| b == b' ').count() }
pub fn upper(c: char) -> char { c.to_ascii_uppercase() }
pub fn weight(pairs: &[(i32, i32)]) -> i64 { pairs.iter().map(|p| p.0 as i64 * p.1 as i64).sum() }
pub fn bounds(a: i32, b: i32) -> (i32, i32) { if a < b { (a, b) } else { (b, a) } }
pub fn rest(text: &str) -> &str { text.strip_prefix('-').unwrap_or(text) }
pub fn name(on: bool) -> &'static str { if on { "on" } else { "off" } }
pub fn any<T: PartialOrd>(a: T, b: T) -> bool { a < b }
pub fn known(words: &HashMap<u32, u32>) -> usize { words.len() }
"""
C = """
int32_t Light_next(int32_t self); uint64_t Rng_next(struct Rng *self); struct Rng Rng_new(uint64_t state); bool Light_may_go(int32_t self);
struct Rng Rng_default(void); bool largest(const int32_t *values, size_t values_len, int32_t *out); size_t spaces(const uint8_t *text, size_t text_len);
bool divide(int32_t a, int32_t b, int32_t *out, int32_t *error); uint32_t upper(uint32_t c); struct Tuple_i32_i32 bounds(int32_t a, int32_t b);
const uint8_t *rest(const uint8_t *text, size_t text_len, size_t *out_len);
int64_t weight(const struct Tuple_i32_i32 *pairs, size_t pairs_len);
"""
LEFT_OUT = {
    "Stack_push": "takes a Stack, whose field `items` is a Vec<i32>, a list on the heap, which C has no type for",
    "name": "gives a &'static str, text or data of the program's own, which is not written yet",
    "any": "is generic over T: only its instances are functions",
    "known": "takes a HashMap<u32, u32>, a map on the heap, which C has no type for",
}


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    path = tmp_path_factory.mktemp("rust") / "a.rs"
    path.write_text(FILE)
    return load(path)


def test_methods_enums_options_texts_and_tuples_are_said_in_c(program):
    tongue = language("c")
    heads = {f.name: tongue.write_prototype(f.signature) for f in program.functions}
    wanted = {one.strip() + ";" for one in C.replace("\n", " ").split(";") if one.strip()}
    assert set(heads.values()) == wanted
    assert {name: program.reasons[name] for name in program.left_out} == LEFT_OUT


def test_they_are_verified_in_c(program):
    found = transpile(program, language("c"), None, Options(inputs=256), lifter=Lifter(program))
    assert {t.name for t in found if not t.verdict.verified} == set(LEFT_OUT)
    assert "// Light: 0 Red, 4 Amber, 5 Green\n// Failure: 0 Zero, 1 Overflow\n" in write_file(found, language("c"), Path("a.rs"))


def test_an_entry_point_that_does_not_compile_leaves_the_others(tmp_path):
    (tmp_path / "a.rs").write_text("pub fn mixed(of: &[(u8, u32, u8)]) -> u32 { of[0].1 }\npub fn one() -> Option<i32> { Some(1) }\n")
    program = load(tmp_path / "a.rs")
    assert [f.name for f in program.functions] == ["one"]
    assert program.left_out == ("mixed",)
    assert "lays out otherwise" in program.reasons["mixed"]


@pytest.mark.parametrize("to", ["c", "zig", "rust"])
def test_a_struct_of_one_number_is_that_number(tmp_path, to):
    (tmp_path / "a.rs").write_text("""
        #[derive(Clone, Copy)] pub struct Metres(f64);
        #[derive(Clone, Copy)] pub struct Id { value: u16 }
        impl Metres { pub fn plus(self, other: Metres) -> Metres { Metres(self.0 + other.0) } }
        impl Id { pub fn after(mut self, by: u16) -> Id { for k in 0..by { self.value = self.value.wrapping_mul(31) ^ k; } self } }
    """)
    program = load(tmp_path / "a.rs")
    found = transpile(program, language(to), None, Options(inputs=256), lifter=Lifter(program))
    assert {t.name: t.verdict.verified for t in found} == {"Metres_plus": True, "Id_after": True}


def test_functions_of_the_library_are_translated_along(tmp_path):
    (tmp_path / "a.rs").write_text("""
        pub fn product(a: i64, b: i64) -> Option<i64> { a.checked_mul(b) }
        pub fn comma(text: &str) -> Option<usize> { text.find(',') }
        pub fn printed(n: i32) -> i32 { println!("{n}"); n }
    """)
    program = load(tmp_path / "a.rs")
    names = [f.name for f in program.functions]
    assert names[:3] == ["product", "comma", "printed"]
    assert {"multi3", "memchr_aligned"} <= set(names)
    found = {t.name: t.verdict for t in transpile(program, language("c"), None, Options(inputs=256), lifter=Lifter(program))}
    assert all(found[name].verified and "original's" not in found[name].evidence for name in ("product", "comma", "multi3", "memchr_aligned"))


def test_vectors_within_a_function_are_the_heap_of_c(tmp_path):
    """What grows them came along of the library; nobody can tell by itself what that takes, so it counts within its callers."""
    (tmp_path / "a.rs").write_text("""
        pub fn evens(values: &[i32]) -> usize {
            let mut found = Vec::new();
            for &v in values { if v % 2 == 0 { found.push(v); } }
            found.iter().filter(|&&v| v > 3).count()
        }
    """)
    program = load(tmp_path / "a.rs", checked=True, as_written=True)
    found = transpile(program, language("c"), None, Options(inputs=256), lifter=Lifter(program))
    assert found[0].verdict.verified and len(found) > 2
    assert all(t.verdict.verified for t in found)
    (tmp_path / "a.c").write_text(write_file(found, language("c"), Path("a.rs")))
    pairs, missing = read_pairs(tmp_path / "a.rs", tmp_path / "a.c")
    assert list(pairs) == ["evens"] and not missing
    one = pairs["evens"]
    assert one.translated and judge(one.original, [one.translated], one.signature)[0].verified


def test_what_the_original_promises_counts_for_a_translation_by_hand(tmp_path):
    (tmp_path / "a.rs").write_text("""
        #[derive(Clone, Copy)] pub enum Way { North, East, South, West }
        pub struct Robot { x: i32, way: Way }
        impl Robot { pub fn turned(&self) -> i32 { match self.way { Way::North => 1, Way::East => 2, Way::South => 3, Way::West => 4 } } }
    """)
    (tmp_path / "a.c").write_text("struct Robot { int x; int way; }; int Robot_turned(const struct Robot *self) { return self->way + 1; }\n")
    pairs, _ = read_pairs(tmp_path / "a.rs", tmp_path / "a.c")
    one = pairs["Robot_turned"]
    assert one.signature.structs[0].domains and one.signature.parameters[0].reference
    verdict = judge(one.original, [one.translated], one.signature)[0]
    assert verdict.verified, verdict
