"""Changes around a near miss; which functions call each other in circles."""

from __future__ import annotations

import random

from transpile.serve.calls import components
from transpile.serve.search import mutations, similarity

TARGET = "func i32 -> i32 ; local.get p0 i32.const 10 i32.lt_s end"
OWN = "func i32 -> i32 ; local.get p0 i32.const 11 i32.le_s end"


def test_every_change_is_one_token() -> None:
    code = "let mut v0 = p0 ; if ! ( v0 < 11 ) { return v0 . wrapping_add ( 3u32 ) ; } v0 }"
    found = mutations(code, TARGET, OWN, random.Random(0), 1000)
    assert len(found) == len(set(found)) > 20 and code not in found
    for other in found:
        a, b = code.split(" "), other.split(" ")
        assert abs(len(a) - len(b)) <= 1
        if len(a) == len(b):
            assert sum(x != y for x, y in zip(a, b, strict=True)) == 1


def test_constants_that_the_wat_has_come_first() -> None:
    found = mutations("return p0 <= 11 ; }", TARGET, OWN, random.Random(0), 4)
    assert any("10" in code.split(" ") for code in found)
    assert "return p0 < 11 ; }" in mutations("return p0 <= 11 ; }", TARGET, OWN, random.Random(0), 100)


def test_limit_and_seed() -> None:
    code = "v0 + v1 * p0 - v2 }"
    assert len(mutations(code, TARGET, OWN, random.Random(1), 5)) == 5
    assert mutations(code, TARGET, OWN, random.Random(1), 9) == mutations(code, TARGET, OWN, random.Random(1), 9)


def test_similarity() -> None:
    assert similarity(TARGET.split(), TARGET.split()) == 1.0
    assert similarity(TARGET.split(), OWN.split()) > similarity(TARGET.split(), "func end".split())


def test_circles_are_what_reaches_itself() -> None:
    calls = {"a": ["b"], "b": ["a", "d"], "c": ["a", "c"], "d": [], "e": ["f"], "f": ["g"], "g": ["e"]}
    assert components(calls, list(calls)) == [["a", "b"], ["c"], ["e", "f", "g"]]
