"""What lifting makes of code that keeps the loops of its source, and the names that come back for its locals."""

from __future__ import annotations

import pytest

from transpile.corpus import ir
from transpile.corpus.language import language
from transpile.corpus.lifting import lift
from transpile.corpus.signature import Parameter, Signature
from transpile.corpus.text import lex
from transpile.serve.local_names import local_names, written_names

COUNT = Signature("f0", (Parameter("p0", "i8", pointer=True, const=True), Parameter("p1", "i32")), "i32")
VALUES = Signature("f0", (Parameter("p0", "i32", pointer=True, length=1), Parameter("p1", "i32")), "i32")


def as_c(text: str, signature: Signature) -> str:
    return language("c").render(ir.Program(lift(text, signature).function)).text


def test_a_loop_that_tests_at_the_top_and_ends_in_a_return_counts_over_a_range() -> None:
    text = """func i32 i32 -> i32 local i32 i32 ; loop l0 local.get v0 local.get p1 i32.lt_s if l1 local.get v1 local.get p0 local.get v0 i32.const 2
        i32.shl i32.add i32.load i32.add local.set v1 local.get v0 i32.const 1 i32.add local.set v0 br l0 end end local.get v1 end"""
    code = as_c(" ".join(text.split()), VALUES)
    assert "for (" in code and "while" not in code and "goto" not in code


def test_a_character_is_compared_as_one_and_a_switch_of_few_numbers_is_conditions() -> None:
    text = """func i32 i32 -> i32 ; block l0 block l1 local.get p0 i32.load8_u br_table l0 l0 l1 l0 l1 end i32.const 7 return end i32.const 9 end"""
    code = as_c(" ".join(text.split()), COUNT)
    assert "switch" not in code and "(uint8_t)" not in code


def test_locals_get_the_names_that_the_original_has_in_their_place() -> None:
    original = "int f(int *a, int n) { int best = a[0]; for (int k = 1; k < n; k++) { if (a[k] > best) best = a[k]; } return best; }"
    rust = "{ let mut v0 = p0 [ 0 ] ; for v1 in 1 .. p1 { if p0 [ v1 ] > v0 { v0 = p0 [ v1 ] ; } } v0 }"
    written = written_names(original, {"a": "p0", "n": "p1"}, lex(rust))
    assert written == {"v0": "best", "v1": "k"}
    assert local_names(lex(rust), {"k"}, written) == {"v0": "best", "v1": "k_"}


@pytest.mark.parametrize("original", ["", "int f(void);", "fn f() void { unreachable; }"])
def test_without_anything_alike_no_name_is_guessed(original: str) -> None:
    assert written_names(original, {}, lex("{ let v0 = 3 ; let v1 = v0 * 5 ; v1 }")) == {}


def test_two_locals_share_a_name_only_as_counters_one_behind_the_other() -> None:
    body = lex("{ for v0 in 0 .. 3 { p0 [ v0 ] = 1 ; } for v1 in 0 .. 3 { p0 [ v1 ] = 2 ; } }")
    assert local_names(body, set(), {"v0": "i", "v1": "i"}) == {"v0": "i", "v1": "i"}
    nested = lex("{ for v0 in 0 .. 3 { for v1 in 0 .. 3 { p0 [ v1 ] = v0 ; } } }")
    assert sorted(local_names(nested, set(), {"v0": "i", "v1": "i"}).values()) == ["i", "i2"]
