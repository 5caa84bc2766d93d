"""A language whose compiler is not here is left out of a build, which says so."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest

from transpile.corpus import command, language
from transpile.corpus.errors import MissingCompiler
from transpile.corpus.pipeline.build import compile_pairs
from transpile.corpus.signature import Parameter, Signature
from transpile.corpus.source import SourceFunction


class Absent:
    name, title = "absent", "Absent"

    def version(self) -> str:
        raise MissingCompiler("no compiler of Absent", hint="get it")


@pytest.fixture
def absent(monkeypatch: pytest.MonkeyPatch) -> Absent:
    there = SimpleNamespace(name="there", title="There", version=lambda: "there 1.0")
    monkeypatch.setattr(language, "languages", lambda: {"there": there, "absent": Absent()})
    return Absent()


def test_versions_are_those_of_the_compilers_that_are_here(absent: Absent) -> None:
    there, missing = language.compiler_versions()
    assert there == {"there": "there 1.0"}
    assert list(missing) == ["absent"] and missing["absent"].hint == "get it"


def test_functions_without_a_compiler_are_counted(absent: Absent) -> None:
    drops: Counter[str] = Counter()
    source = SourceFunction("absent", Signature("f0", (Parameter("p0", "i32"),), "i32"), "f0(p0) { p0 }")
    assert list(compile_pairs(absent, ["a", "b"], ["f0"] * 2, [source] * 2, "generated", "Apache-2.0", drops)) == []
    assert drops == {"no compiler (absent)": 2}


def test_the_build_says_what_it_leaves_out(absent: Absent, capsys: pytest.CaptureFixture[str]) -> None:
    command._say_missing()
    assert capsys.readouterr().err == "left out: Absent: no compiler of Absent (get it)\n"
