"""Optimize, fix and lint rows say what is so: compiled again, one by one, they come out the same. A killed build loses and repeats nothing."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from transpile.corpus.batch import Compiled, compile_batch
from transpile.corpus.compiled import text_of
from transpile.corpus.language import Language, language, languages
from transpile.corpus.pairs import FixPair, FunctionPair, LintPair, OptimizePair, read_corpus, source_function
from transpile.corpus.pipeline import build as pipeline
from transpile.corpus.pipeline.decontamination import benchmarks
from transpile.corpus.pipeline.fix import canonical_message
from transpile.corpus.wasm.module import WasmModule
from transpile.corpus.wasm.wasm_opt import wasm_opt_version

KINDS = ("decode", "optimize", "fix")
WORK = [pipeline.Chunk(f"generated/{i}", "generated", "", 170 + i, 8, kinds=KINDS) for i in range(3)]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("kinds")
    pipeline.build(out, WORK, workers=2)
    return out


def some(built: Path, kind: type[FunctionPair], name: str, count: int) -> list:
    return [row for row in read_corpus(built, kind) if row.language == name][:count]


def test_there_are_rows_of_every_kind(built: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_text())
    assert all(manifest["kinds"][kind] > 20 for kind in ("decode", "optimize", "fix"))
    for name in languages():
        assert len(some(built, FixPair, name, 1000)) >= 5, name
    assert manifest["kinds"]["lint"] == len(list(read_corpus(built, LintPair))) > 0
    assert manifest["tools"]["wasm-opt"] == wasm_opt_version()


def test_optimize_rows_are_what_the_levels_give(built: Path) -> None:
    seen = 0
    for name, tongue in languages().items():
        for row in some(built, OptimizePair, name, 12):
            assert 0 < row.to_fuel < row.fuel and row.inputs > 0 and row.wat != row.to_wat
            for level, wat in ((row.level, row.wat), (row.to_level, row.to_wat)):
                if "+" not in level:
                    result = compile_batch(tongue, [source_function(row)], level=level)[0]
                    assert isinstance(result, Compiled)
                    assert text_of(WasmModule.parse(result.wasm), result) == (wat, "")
                    seen += 1
    assert seen > 10


def test_wasm_opt_has_its_part(built: Path) -> None:
    if wasm_opt_version() is None:
        assert not os.environ.get("CI"), "tools/install-compilers --tests installs binaryen"
        pytest.skip("wasm-opt is not installed: apt-get install binaryen")
    assert any("wasm-opt" in row.to_level and "wasm-opt" in row.compiler for row in read_corpus(built, OptimizePair))


def alone(tongue: Language, row: FixPair, text: str) -> list[dict]:
    """What the compiler says of one function by itself, as rows have it."""
    source = replace(source_function(row), text=text.rstrip("\n"))
    unit = tongue.prologue + tongue.write_unit(source)
    body = text[text.index("{") + 1 :].rstrip("\n")
    before = unit.count("\n", 0, unit.rindex(body))
    found = dict.fromkeys((d.line - before if d.line else None, canonical_message(d.message)) for d in tongue.check(unit).errors)
    return [{"line": line, "message": message} for line, message in sorted(found, key=lambda d: (d[0] or 0, d[1]))]


@pytest.mark.parametrize("name", languages())
def test_fix_rows_fail_with_their_messages_and_their_originals_do_not(built: Path, name: str) -> None:
    for row in some(built, FixPair, name, 6):
        assert json.loads(row.diagnostics) == alone(language(name), row, row.broken), row.broken
        assert alone(language(name), row, row.fixed) == []
        for said in json.loads(row.diagnostics):
            assert said["line"] is None or 1 <= said["line"] <= row.broken.count("\n") + 1


def test_lint_rows_compile(built: Path) -> None:
    rows = list(read_corpus(built, LintPair))[:8]
    assert rows and all(alone(language(row.language), row, row.broken) == [] and json.loads(row.diagnostics) for row in rows)


def test_broken_text_is_no_benchmark_either(built: Path) -> None:
    for row in [*read_corpus(built, FixPair), *read_corpus(built, LintPair)]:
        assert benchmarks().match(row.broken) is None and benchmarks().match(row.fixed) is None


BUILD = """
import sys
from pathlib import Path
from transpile.corpus.pipeline import build as pipeline
kinds = ("decode", "optimize", "fix")
work = [pipeline.Chunk(f"generated/{i}", "generated", "", 170 + i, 8, kinds=kinds) for i in range(3)]
pipeline.build(Path(sys.argv[1]), work, workers=2)
"""


def test_killed_at_ten_random_moments_it_ends_the_same_byte_by_byte(built: Path, tmp_path: Path) -> None:
    rng = random.Random(9)
    killed = 0
    for _ in range(10):
        process = subprocess.Popen([sys.executable, "-c", BUILD, str(tmp_path)])
        time.sleep(rng.uniform(0.2, 6.0))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)  # this process alone: its workers have to notice
            killed += 1
        process.wait()
        if (tmp_path / "manifest.json").exists():
            # It had ended: set it back by one chunk, so that the next one has something to lose.
            (tmp_path / "manifest.json").unlink()
            random.Random(killed).choice(sorted((tmp_path / "raw").glob("*.json"))[:-1] or [tmp_path / "none"]).unlink(missing_ok=True)
    assert killed >= 5
    subprocess.run([sys.executable, "-c", BUILD, str(tmp_path)], check=True, timeout=300)
    for path in [*sorted(built.glob("*.parquet")), built / "manifest.json"]:
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name
    assert {p.name for p in tmp_path.iterdir()} == {p.name for p in built.iterdir()}
    assert not list((tmp_path / "raw").glob("*.tmp"))
    assert os.listdir(tmp_path / "raw")


@pytest.mark.parametrize(("words", "said"), [(["--kinds", "decode,repair"], "kinds are decode, optimize and fix"), (["--engine", "slurm"], "engines are")])
def test_unknown_kinds_and_engines_are_refused_before_any_work(tmp_path: Path, words: list[str], said: str) -> None:
    code = "from transpile.corpus.command import main; main()"
    done = subprocess.run([sys.executable, "-c", code, "build", "--out", str(tmp_path / "out"), *words], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and said in done.stderr
    assert not (tmp_path / "out").exists()
