"""A build never goes on with what other code left, and two builds never share a folder."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from transpile.corpus.errors import TranspileError
from transpile.corpus.pipeline.stamp import check_stamp, code_digest, locked, stamp

NOW = stamp(("decode", "fix"), {"c": "cc 1"}, "")


def test_the_stamp_names_code_kinds_and_compilers(tmp_path: Path) -> None:
    assert NOW["code"] == code_digest() and len(code_digest()) == 16
    table = tmp_path / "own.tsv"
    table.write_text("a\tb\n")
    assert stamp((), {}, str(table))["fingerprints"] != stamp((), {}, "")["fingerprints"]


@pytest.mark.parametrize("key", NOW)
def test_shards_made_otherwise_are_not_mixed_in(tmp_path: Path, key: str) -> None:
    check_stamp(tmp_path, NOW, restart=False)
    shard = tmp_path / "generated-0.json"
    shard.write_text("{}")
    check_stamp(tmp_path, NOW, restart=False)
    with pytest.raises(TranspileError) as caught:
        check_stamp(tmp_path, {**NOW, key: "other"}, restart=False)
    assert key in caught.value.message and "--restart" in caught.value.hint
    assert shard.exists()
    check_stamp(tmp_path, {**NOW, key: "other"}, restart=True)
    assert not shard.exists() and json.loads((tmp_path / "stamp.json").read_text())[key] == "other"


def test_shards_of_before_there_were_stamps(tmp_path: Path) -> None:
    (tmp_path / "generated-0.parquet").write_text("")
    with pytest.raises(TranspileError, match="older version"):
        check_stamp(tmp_path, NOW, restart=False)


def test_one_build_at_a_time_and_leftovers_go(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "a.123.tmp").write_text("half")
    code = (
        "import sys; from pathlib import Path; from transpile.corpus.pipeline.stamp import locked\n"
        "from transpile.corpus.errors import TranspileError\n"
        "try:\n    with locked(Path(sys.argv[1])): print('in')\nexcept TranspileError as e: print(e.message)\n"
    )
    with locked(raw):
        assert not list(raw.glob("*.tmp"))
        held = subprocess.run([sys.executable, "-c", code, str(raw)], capture_output=True, text=True, check=True)
        assert "another build" in held.stdout
    free = subprocess.run([sys.executable, "-c", code, str(raw)], capture_output=True, text=True, check=True)
    assert free.stdout == "in\n"
