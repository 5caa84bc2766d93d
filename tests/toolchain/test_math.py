"""The C library's mathematics: linked where it is called, and written in the languages' own words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import wasmtime

from transpile.corpus.language import language
from transpile.corpus.libm import MATH
from transpile.corpus.program import load
from transpile.serve.lifter import Lifter
from transpile.serve.transpiler import Options, Translation, transpile


def source() -> str:
    """A C function around each of them, under its name with `use_` in front."""
    types = {"f64": "double", "f32": "float", "i32": "int"}
    lines = ["#include <math.h>"]
    for one in MATH.values():
        parameters = ", ".join(f"{types[t]} {'abc'[k]}" for k, t in enumerate(one.parameters))
        lines.append(f"{types[one.type]} use_{one.name}({parameters}) {{ return {one.name}({', '.join('abc'[: len(one.parameters)])}) + 1; }}")
    return "\n".join(lines) + "\n"


def lifted(path: Path, target: str) -> list[Translation]:
    program = load(path)
    return transpile(program, language(target), None, Options(inputs=256), lifter=Lifter(program))


@pytest.mark.parametrize("target", ["c", "cpp", "d", "go", "rust", "zig"])
def test_every_function_is_written_in_every_language_and_judged_the_same(target: str, tmp_path: Path) -> None:
    (tmp_path / "m.c").write_text(source())
    done = lifted(tmp_path / "m.c", target)
    assert len(done) == len(MATH)
    assert {t.signature.name: t.verdict.status for t in done if not t.verdict.verified} == {}


def test_what_is_linked_computes() -> None:
    built = language("c").compile(source())
    assert built.wasm is not None
    store = wasmtime.Store()
    exports = wasmtime.Instance(store, wasmtime.Module(store.engine, built.wasm), []).exports(store)
    for x in (0.25, 0.75):
        for name in ("sin", "cos", "tan", "asin", "atan", "sinh", "tanh", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "cbrt"):
            reference = {"asin": "arcsin", "atan": "arctan"}.get(name, name)
            assert exports[f"use_{name}"](store, x) == pytest.approx(getattr(np, reference)(x) + 1, rel=1e-15)
        assert exports["use_pow"](store, x, 2.5) == pytest.approx(x**2.5 + 1, rel=1e-15)


def test_a_function_of_ones_own_with_such_a_name_is_not_the_librarys(tmp_path: Path) -> None:
    (tmp_path / "own.c").write_text("int round(int x) { return (x + 5) / 10 * 10; }\nint twice(int x) { return 2 * round(x); }\n")
    done = lifted(tmp_path / "own.c", "rust")
    assert {t.signature.name: t.verdict.verified for t in done} == {"round": True, "twice": True}
