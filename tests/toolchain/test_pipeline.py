"""Building a corpus: the whole of it, interrupted, repeated, of a user's own files, and free of benchmarks."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from transpile.corpus.batch import Compiled, compile_batch
from transpile.corpus.language import language, languages
from transpile.corpus.pairs import read_corpus, source_function
from transpile.corpus.pipeline import build as pipeline
from transpile.corpus.pipeline import splits
from transpile.corpus.pipeline.decontamination import benchmarks
from transpile.corpus.text import format_source
from transpile.corpus.wasm.module import WasmModule
from transpile.corpus.wasm.wat import canonical, name_calls

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
    assert sum({"c", "cpp", "rust", "zig"} <= g for g in groups.values()) > len(groups) * 0.7
    manifest = json.loads((built / "manifest.json").read_text())
    assert manifest["pairs"] == len(rows)
    assert set(manifest["compilers"]) == set(languages())


def test_rows_compile_alone_to_their_wat(built: Path) -> None:
    for name, tongue in languages().items():
        rows = [r for r in read_corpus(built) if r.language == name and r.callees == "[]"][:20]
        for row, result in zip(rows, compile_batch(tongue, [source_function(r) for r in rows]), strict=True):
            assert isinstance(result, Compiled), (row.group, result)
            read = canonical(WasmModule.parse(result.wasm).function(result.export))
            assert name_calls(read.text, read.callees, result.suffix) == row.wat


def test_no_wat_twice_and_no_held_out_shape_in_training(built: Path) -> None:
    owners: dict[str, str] = {}
    held_out = splits.held_out_names()
    for r in read_corpus(built):
        assert owners.setdefault(r.wat, r.group) == r.group
        if r.split == "train":
            assert not splits.is_novel(r.wat)
            assert not (r.origin.startswith("natural/") and r.name in held_out)


def plain(text: str) -> str:
    """C as a person types it, written apart from what the build uses."""
    names = {"32": "int", "64": "long long", "16": "short", "8": "char"}
    return re.sub(r"\b(u?)int(8|16|32|64)_t\b", lambda m: ("unsigned " if m[1] else "") + names[m[2]], text)


def test_nothing_that_the_fingerprints_flag_is_in_the_corpus_in_any_spelling(tmp_path: Path) -> None:
    pipeline.build(tmp_path, [pipeline.Chunk("generated/0", "generated", "", 3, 120)], workers=1)
    dropped = json.loads((tmp_path / "manifest.json").read_text())["dropped"]
    assert dropped["benchmark"] >= len(languages())
    rows = list(read_corpus(tmp_path))
    assert len(rows) > 200
    for row in rows:
        function = source_function(row)
        for text in (f"{row.prelude} {row.body}", row.body, function.text, *(c.text for c in function.callees)):
            for spelled in (text, plain(text), format_source(text), format_source(plain(text))):
                assert benchmarks().match(spelled) is None, (row.group, row.language)


def test_a_rebuild_is_the_same(built: Path, tmp_path: Path) -> None:
    pipeline.build(tmp_path, WORK, workers=1)
    for path in sorted(built.glob("part-*.parquet")):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_a_killed_build_goes_on_with_nothing_lost_and_nothing_twice(built: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from transpile.corpus.pipeline import build as pipeline\n"
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
