"""A batch does not die of one function, and drops none that would compile alone."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from transpile.corpus.batch import Compiled, Rejected, compile_batch, is_balanced
from transpile.corpus.language import Compilation, Diagnostic
from transpile.corpus.languages.c import C
from transpile.corpus.signature import Signature
from transpile.corpus.source import SourceFunction


class Pretend(C):
    """A compiler without a process: `BAD` is an error with a line, `MUTE` one without."""

    def __init__(self) -> None:
        self.units: list[str] = []

    def compile(self, text: str, *, level: str = "2", seconds: float = 60.0) -> Compilation:
        self.units.append(text)
        bad = [Diagnostic(i, "bad") for i, line in enumerate(text.split("\n"), 1) if "BAD" in line]
        if bad:
            return Compilation(None, tuple(bad))
        if "MUTE" in text:
            return Compilation(None, (Diagnostic(None, "crashed"),))
        return Compilation(b"module")


def source(body: str) -> SourceFunction:
    return SourceFunction("c", Signature("f0", (), "i32"), f"int32_t f0(void) {{ {body} }}")


@pytest.mark.parametrize("bad", [[], [0], [9], [3, 4], list(range(10))])
def test_named_functions_are_dropped_in_one_more_compile(bad: list[int]) -> None:
    language = Pretend()
    results = compile_batch(language, [source("BAD;" if i in bad else "return 1;") for i in range(10)])
    assert [i for i, r in enumerate(results) if isinstance(r, Rejected)] == bad
    assert all(r.message == "bad" for r in results if isinstance(r, Rejected))
    assert len(language.units) <= 2


@pytest.mark.parametrize("mute", [[0], [7], [2, 5]])
def test_unnamed_failures_are_halved(mute: list[int]) -> None:
    results = compile_batch(Pretend(), [source("MUTE;" if i in mute else "return 1;") for i in range(8)])
    assert [i for i, r in enumerate(results) if isinstance(r, Rejected)] == mute


def test_what_would_be_taken_for_its_neighbours_fault_never_reaches_the_compiler() -> None:
    language = Pretend()
    behind = replace(source("return 3;"), text="int32_t f0(void) { return 3; } int behind")
    results = compile_batch(language, [source("return 1; } }"), source("\n#if 0\n"), behind, source("return 2;")])
    assert [type(r) for r in results] == [Rejected, Rejected, Rejected, Compiled]
    assert all("#if" not in unit and "behind" not in unit for unit in language.units)


def test_top_level_names_differ_in_a_batch() -> None:
    language = Pretend()
    results = compile_batch(language, [source("return 1;"), source("return 2;")])
    assert [r.export for r in results if isinstance(r, Compiled)] == ["f0_0", "f0_1"]
    assert len(re.findall(r"\bf0_[01]\(", language.units[0])) == 2


def test_is_balanced() -> None:
    assert is_balanced("f(a[1]) { '}' ; \"(\" }")
    assert not is_balanced("f(a[1)]")
    assert not is_balanced("{")
