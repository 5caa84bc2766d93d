"""Mistakes change a body and keep its brackets; messages land on the function that they are about, or nothing is believed."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import pytest
from test_pairs import pair

from transpile.corpus.batch import is_balanced
from transpile.corpus.language import Diagnostic, Findings
from transpile.corpus.languages.c import C
from transpile.corpus.pairs import FixPair, LintPair, signature_json
from transpile.corpus.pipeline.breaking import FAMILIES, MISTAKES, break_body, missing_bracket, missing_return, missing_semicolon, wrong_number_of_arguments
from transpile.corpus.pipeline.decontamination import Benchmarks
from transpile.corpus.pipeline.fix import _rows, attempts_on, canonical_message, check_batch
from transpile.corpus.signature import Parameter, Signature
from transpile.corpus.text import lex

SIGNATURE = Signature("f0", (Parameter("p0", "i32", pointer=True, length=1), Parameter("p1", "i32")), "i32")
C_BODY = lex("{ int32_t v0 = 0 ; for ( int32_t v1 = 0 ; v1 < p1 ; v1 ++ ) { if ( p0 [ v1 ] == 3 ) { v0 = c0 ( v0 , 2 ) ; } } return v0 ; }")[1:]
RUST_BODY = lex("{ let mut v0 : i64 = 0 ; for v1 in 0 .. p0 . len ( ) { v0 += p0 [ v1 ] as i64 * 2i64 ; } v0 as i32 }")[1:]


@pytest.mark.parametrize(("name", "body"), [("c", C_BODY), ("rust", RUST_BODY)])
@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_mistake_changes_the_body_and_keeps_brackets(mistake, name: str, body: list[str]) -> None:
    for seed in range(20):
        for said, broken in break_body(body, SIGNATURE, name, random.Random(seed), 1, (mistake,)):
            assert broken != body
            assert is_balanced("{ " + " ".join(broken))
            assert said == mistake.__name__.replace("_", " ")


def test_most_mistakes_find_a_place() -> None:
    found = {mistake for mistake in MISTAKES for body in (C_BODY, RUST_BODY) if mistake(body, SIGNATURE)}
    assert len(found) >= len(MISTAKES) - 5


def test_some_mistakes_are_just_so() -> None:
    def after(mistake, body: list[str], number: int = 0) -> str:
        tokens = list(body)
        for start, stop, new in reversed(mistake(body, SIGNATURE)[number]):
            tokens[start:stop] = new
        return " ".join(tokens)

    assert after(missing_return, C_BODY).endswith("} } }")
    assert after(missing_return, RUST_BODY).endswith("v0 as i32 ; }")
    assert "v1 < p1 ; v1 ++" in after(missing_semicolon, C_BODY) and after(missing_semicolon, C_BODY).startswith("int32_t v0 = 0 for")
    assert "c0 ( v0 )" in after(wrong_number_of_arguments, C_BODY)
    assert not is_balanced("{ " + after(missing_bracket, C_BODY))


def test_no_type_is_in_a_family_twice() -> None:
    for family in FAMILIES:
        assert len(set(family)) == len(family)


class Pretend(C):
    """A checker without a process: lines with `v3` are errors, with `==` warnings; a `prologue` of two lines."""

    def __init__(self, spill: bool = False, mute: bool = False) -> None:
        self.units: list[str] = []
        self.spill, self.mute = spill, mute

    @property
    def prologue(self) -> str:
        return "// one\n// two\n"

    def check(self, text: str, *, seconds: float = 60.0) -> Findings:
        self.units.append(text)
        bad = [i for i, line in enumerate(text.split("\n"), 1) if "v3" in line]
        errors = [Diagnostic(None if self.mute else i, f"'v3' in f0_{i}") for i in bad]
        errors += [Diagnostic(i + 4, "and so on") for i in bad if self.spill]
        warnings = [Diagnostic(i, "compared") for i, line in enumerate(text.split("\n"), 1) if "==" in line]
        return Findings(tuple(errors), tuple(warnings), "pretend 1")

    def lint(self, text: str, *, seconds: float = 120.0) -> Findings | None:
        return Findings((), tuple(Diagnostic(i, "self") for i, line in enumerate(text.split("\n"), 1) if "v1 = v1" in line), "analyser 2")

    def version(self) -> str:
        return "pretend 1"


def attempts(tongue: Pretend, tmp_path: Path) -> list:
    signature = signature_json(Signature("f0", (Parameter("p0", "i32"),), "i32"))
    body = "int32_t v0 = p0 ; int32_t v1 = 1 ; int32_t v2 = 2 ; v1 = v0 ; return v1 + v2 ; }"
    rows = [pair(f"g/{i}", f"func {i}", signature=signature, body=body, prelude="int32_t f0 ( int32_t p0 ) {") for i in range(40)]
    return [a for row in rows for a in attempts_on(row, tongue, Benchmarks(), Counter())]


def test_messages_are_counted_in_the_broken_function(tmp_path: Path) -> None:
    tongue = Pretend()
    made = attempts(tongue, tmp_path)
    drops: Counter[str] = Counter()
    rows = list(_rows(tongue, check_batch(tongue, [a for a in made if is_balanced(a.unit)], drops), drops))
    fixes = [r for r in rows if not isinstance(r, LintPair)]
    assert {r.mistake for r in fixes} >= {"undeclared name", "unused variable"}
    for row in fixes:
        for said in json.loads(row.diagnostics):
            assert "v3" in row.broken.split("\n")[said["line"] - 1]
            assert said["message"] == "'v3' in f0"
        assert isinstance(row, FixPair) and row.checker == "pretend 1" and "v3" not in row.fixed
    lints = [r for r in rows if isinstance(r, LintPair)]
    assert {r.checker for r in lints} == {"pretend 1", "analyser 2"}
    assert all("v3" not in r.broken for r in lints)
    assert len(tongue.units) == 2, "one unit with all, one without those that were named"


def test_nothing_is_believed_where_messages_spill_over(tmp_path: Path) -> None:
    tongue = Pretend(spill=True)
    made = attempts(tongue, tmp_path)[:6]
    drops: Counter[str] = Counter()
    found = check_batch(tongue, [a for a in made if is_balanced(a.unit)], drops)
    spilling = [a for a in found if a.errors and any(d.message == "and so on" for d in a.errors) and "v3" not in a.broken]
    assert not spilling


def test_an_error_without_a_line_is_no_label(tmp_path: Path) -> None:
    tongue = Pretend(mute=True)
    drops: Counter[str] = Counter()
    found = check_batch(tongue, [a for a in attempts(tongue, tmp_path)[:8] if is_balanced(a.unit)], drops)
    assert all("v3" not in a.broken for a in found)
    assert drops["fix: error without a line"] > 0


def test_messages_have_one_line_and_canonical_names() -> None:
    assert canonical_message("no  c0_12 in\n f0_7, but S1_7 and v2_1") == "no c0 in f0, but S1 and v2_1"
