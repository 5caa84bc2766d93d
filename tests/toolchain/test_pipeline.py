"""Building a corpus: the whole of it, interrupted, repeated, of a user's own files, and free of benchmarks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from transpile.corpus import pipeline, splits
from transpile.corpus.batch import Compiled, compile_batch
from transpile.corpus.decontamination import benchmarks
from transpile.corpus.language import language, languages
from transpile.corpus.pairs import read_corpus, source_function
from transpile.corpus.wasm import WasmModule
from transpile.corpus.wat import canonical

WORK = [pipeline.Chunk(f"generated/{i}", "generated", "", 70 + i, 12) for i in range(3)] + [pipeline.Chunk("natural/num_fixed", "natural", "num_fixed")]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("corpus")
    pipeline.build(out, WORK, workers=2)
    return out


def test_every_language_is_there(built: Path) -> None:
    rows = list(read_corpus(built))
    assert {r.language for r in rows} == set(languages())
    groups = {}
    for r in rows:
        groups.setdefault(r.group, set()).add(r.language)
    assert sum(len(g) == 4 for g in groups.values()) > len(groups) * 0.7
    manifest = json.loads((built / "manifest.json").read_text())
    assert manifest["pairs"] == len(rows)
    assert set(manifest["compilers"]) == set(languages())


def test_rows_compile_alone_to_their_wat(built: Path) -> None:
    for name, tongue in languages().items():
        rows = [r for r in read_corpus(built) if r.language == name and r.callees == "[]"][:20]
        for row, result in zip(rows, compile_batch(tongue, [source_function(r) for r in rows]), strict=True):
            assert isinstance(result, Compiled), (row.group, result)
            read = canonical(WasmModule.parse(result.wasm).function(result.export))
            assert pipeline.name_calls(read.text, read.callees, result.suffix) == row.wat


def test_no_wat_twice_and_no_held_out_shape_in_training(built: Path) -> None:
    owners: dict[str, str] = {}
    held_out = splits.held_out_names()
    for r in read_corpus(built):
        assert owners.setdefault(r.wat, r.group) == r.group
        if r.split == "train":
            assert not splits.is_novel(r.wat)
            assert not (r.origin.startswith("natural/") and r.name in held_out)


def test_nothing_that_the_fingerprints_flag_is_in(built: Path) -> None:
    assert not [r.group for r in read_corpus(built) if benchmarks().match(f"{r.prelude} {r.body}")]


def test_a_rebuild_is_the_same(built: Path, tmp_path: Path) -> None:
    pipeline.build(tmp_path, WORK, workers=1)
    for path in sorted(built.glob("part-*.parquet")):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_a_killed_build_goes_on_with_nothing_lost_and_nothing_twice(built: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from transpile.corpus import pipeline\n"
        "work = [pipeline.Chunk(f'generated/{i}', 'generated', '', 70 + i, 12) for i in range(3)]\n"
        "work += [pipeline.Chunk('natural/num_fixed', 'natural', 'num_fixed')]\n"
        "pipeline.build(Path(sys.argv[1]), work, workers=1)\n"
    )
    for seconds in (1.0, 2.5):
        process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], start_new_session=True)
        time.sleep(seconds)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, timeout=300)
    assert list(read_corpus(tmp_path)) == list(read_corpus(built))


def test_hand_written_functions_are_many_and_in_three_languages() -> None:
    names = [f.name for p in pipeline.NATURAL.glob("*.c") for f in language("c").read(p.read_text())]
    assert len(names) == len(set(names)) >= 300
    assert len(splits.held_out_names() & set(names)) >= 55
    versions = [v for p in list(pipeline.NATURAL.glob("*.c"))[:4] for _, v in pipeline.natural_functions(p.stem)]
    assert all({"c", "rust", "zig"} <= set(v) for v in versions)
