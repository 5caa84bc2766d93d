"""Rust that lacks casts is repaired by rustc's own words, and compiles."""

from __future__ import annotations

import pytest

from transpile.corpus.batch import Compiled, Rejected, compile_batch, compile_with_repairs
from transpile.corpus.language import language
from transpile.corpus.signature import Parameter, Signature
from transpile.corpus.source import SourceFunction

ARRAY = (Parameter("p0", "i32", pointer=True, const=True, length=1), Parameter("p1", "i32"), Parameter("p2", "i32"))
BODIES = {
    "index and operands": "let v0 : u32 = 0 ; v0 += p0 [ p2 ] ; let v1 : usize = p2 ; v0 + p0 [ v1 ] * 2 }",
    "counter and result": "for v0 in 0 .. p0 . len ( ) { if v0 == p2 { return v0 ; } } return p0 . len ( ) ; }",
    "condition": "if p2 { return 1 ; } p2 == 3 }",
    "literal": "let v0 : f64 = 1 ; let v1 = v0 + 2 ; if v1 > 2.5 { 1 } else { 0 } }",
}


def rust(body: str) -> SourceFunction:
    return SourceFunction("rust", Signature("f0", ARRAY, "i32"), f"pub fn f0 ( p0 : & [ i32 ] , p2 : i32 ) -> i32 {{ {body}")


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_missing_casts(body: str) -> None:
    good = rust("p2 }")
    before = compile_batch(language("rust"), [rust(body), good])
    assert isinstance(before[0], Rejected) and isinstance(before[1], Compiled)
    (fixed, result), (untouched, _) = compile_with_repairs(language("rust"), [rust(body), good])
    assert isinstance(result, Compiled), result
    assert fixed.text.startswith("pub fn f0 ( p0 : & [ i32 ] , p2 : i32 ) -> i32 {") and "f0_" not in fixed.text
    assert untouched is good


def test_what_cannot_be_repaired_stays_rejected() -> None:
    source = rust("nowhere + 1 }")
    assert compile_with_repairs(language("rust"), [source])[0][0] is source
