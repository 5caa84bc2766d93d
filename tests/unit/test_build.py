"""What a build does where our own code fails on somebody's source, and where there is nothing to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from transpile.corpus.errors import TranspileError
from transpile.corpus.pairs import FunctionPair, read_shard, write_shard
from transpile.corpus.pipeline import build
from transpile.corpus.pipeline.lifted import lift_corpus


def test_source_that_we_fail_on_is_passed_over_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(*_: object) -> None:
        raise KeyError("unforeseen")

    monkeypatch.setattr(build.Part, "read", fail)
    build.run_chunk(build.Chunk("real/a/b", "source", "{}"), tmp_path)
    assert json.loads((tmp_path / "real-a-b.json").read_text()) == {"part: bug of ours": 1}
    assert list(read_shard(tmp_path / "real-a-b.parquet")) == []
    assert "KeyError: 'unforeseen'" in capsys.readouterr().err
    monkeypatch.setattr(build, "_generated", fail)
    with pytest.raises(KeyError):
        build.run_chunk(build.Chunk("generated/0", "generated", "", 0, 1), tmp_path)


def test_a_corpus_with_nothing_to_lift_is_said_and_nothing_is_written(tmp_path: Path) -> None:
    row = FunctionPair("a/0", "c", "f", "int32_t f0 ( ) {", "return 1 ; }", "func -> i32 ; i32.const 1 end", "{}", "[]", "2", "cc", "generated", "MIT", "novel")
    write_shard(tmp_path / "part-00000.parquet", [row])
    with pytest.raises(TranspileError, match="nothing to lift"):
        lift_corpus([tmp_path], tmp_path / "out")
    assert not (tmp_path / "out").exists()
