"""What a build does where our own code fails on somebody's source."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from transpile.corpus.pairs import read_shard
from transpile.corpus.pipeline import build


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
