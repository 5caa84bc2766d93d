"""Canonical names and back."""

from __future__ import annotations

from transpile.corpus.language import language
from transpile.corpus.naming import canonical_function
from transpile.corpus.text import lex
from transpile.serve.local_names import local_names
from transpile.serve.naming import fresh, type_name


def test_c_names_become_canonical() -> None:
    c = language("c")
    text = "struct point { int x; int y; };\nint dot(const struct point *a, int n) { int sum = 0; for (int i = 0; i < n; i++) sum += a[i].x; return sum; }"
    functions = c.read(text)
    source = canonical_function(functions[0], c, [], {f.name: f.signature for f in functions})
    assert source.text == (
        "int32_t f0 ( const struct S0 * p0 , int32_t p1 ) { int32_t v0 = 0 ; for ( int32_t v1 = 0 ; v1 < p1 ; v1 ++ ) v0 += p0 [ v1 ] . m0 ; return v0 ; }"
    )


def test_rust_slices_match_c_parameters_by_position() -> None:
    c, rust = language("c"), language("rust")
    reference = {"f": c.read("int f(int *a, const int *b, int n, int k) { return a[0] + b[0] + n + k; }")[0].signature}
    written = rust.read("pub fn f(x: &mut [i32], y: &[i32], mut k: i32) -> i32 { k += 1; x[0] + y[0] + x.len() as i32 + k }")
    source = canonical_function(written[0], rust, [], reference)
    assert source.text == (
        "pub fn f0 ( p0 : & mut [ i32 ] , p1 : & [ i32 ] , p3 : i32 ) -> i32 { let mut p3 = p3 ; p3 += 1 ; p0 [ 0 ] + p1 [ 0 ] + p0 . len ( ) as i32 + p3 }"
    )


def test_callees_follow_the_order_given() -> None:
    c = language("c")
    functions = c.read("int a(int x) { return x + 1; }\nint b(int x) { return x * 2; }\nint f(int x) { return b(a(x)); }")
    source = canonical_function(functions[2], c, ["b", "a"], {f.name: f.signature for f in functions})
    assert "return c0 ( c1 ( p0 ) )" in source.text
    assert {s.signature.name for s in source.callees} == {"c0", "c1"}


def test_readable_names() -> None:
    assert type_name("bit_cursor", language("rust")) == "BitCursor"
    assert type_name("bit_cursor", language("c")) == "bit_cursor"
    assert fresh("match", {"match", "match_"}) == "match__"
    assert local_names(lex("{ let mut v0 = 0 ; for v1 in 0 .. 3 { v0 += v1 ; } v0 }"), set()) == {"v1": "i", "v0": "result"}
    assert local_names(lex("{ for ( int32_t v1 = 0 ; v1 < p0 ; v1 ++ ) { } return v2 ; }"), {"i"}) == {"v1": "j", "v2": "result"}
