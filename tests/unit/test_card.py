"""The data card: counted from the shards, in the form that the hub reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_pairs import fix, optimized, pair, wats

from transpile.corpus.errors import TranspileError
from transpile.corpus.pairs import COLUMNS, write_shard
from transpile.corpus.pipeline import splits
from transpile.corpus.pipeline.card import card, table, write_card
from transpile.corpus.pipeline.summary import report, summarize


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    raw = tmp_path / "raw"
    raw.mkdir()
    seen, held_out = wats()
    rows = [pair("a/0", seen), pair("a/1", held_out), pair("a/2", seen + " nop", origin="owner/name@0123abc:src/a.c", licence="MIT")]
    write_shard(raw / "a.parquet", rows)
    write_shard(raw / "a.optimize.parquet", map(optimized, rows))
    write_shard(raw / "a.fix.parquet", map(fix, rows[:2]))
    write_shard(raw / "a.lint.parquet", [])
    (raw / "a.json").write_text('{"benchmark": 4, "too long": 1}')
    splits.finish(tmp_path, ["a"], set, None, ("decode", "optimize", "fix"))
    return tmp_path


def test_stats_have_the_keys_that_are_promised(corpus: Path) -> None:
    found = report(summarize(corpus))
    assert found["pairs"] == {"decode": 3, "optimize": 3, "fix": 2}
    assert found["functions"] == {"c": 3} and found["programs"] == 3 and found["dropped"]["benchmark"] == 4
    assert found["fuel_left"]["median"] == 0.5 and found["mistakes"] == {"missing cast": 2}


def test_the_card_is_counted(corpus: Path) -> None:
    pytest.importorskip("matplotlib")
    path = write_card(corpus)
    text = path.read_text()
    assert (corpus / "lengths.png").read_bytes().startswith(b"\x89PNG")
    assert text.count("lengths.png") == 1
    head = text.split("---\n")[1]
    assert "license: other" in head and "- n<1K" in head
    for kind, file in (("decode", "part"), ("optimize", "optimize"), ("fix", "fix")):
        assert f"- config_name: {kind}\n" in head and f'data_files: "{file}-*.parquet"' in head
    assert "config_name: lint" not in head, "there are no such rows"
    assert "| owner/name@0123abc | MIT | 1 |" in text and "| generated | Apache-2.0 | 2 |" in text
    assert "| decode | c | 2 | 1 |" in text
    assert "| benchmark | 4 |" in text and "7,219" in text
    assert all(f"| `{name}` |" in text for name in COLUMNS)
    assert write_card(corpus).read_text() == text


def test_the_hub_s_own_reader_takes_the_header(corpus: Path) -> None:
    hub = pytest.importorskip("huggingface_hub")
    read = hub.DatasetCard(card(summarize(corpus)))
    assert read.data.size_categories == ["n<1K"] and len(read.data.to_dict()["configs"]) == 3


def test_datasets_loads_the_folder_by_its_card(corpus: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    datasets = pytest.importorskip("datasets")
    (corpus / "README.md").write_text(card(summarize(corpus)))
    cache = str(tmp_path_factory.mktemp("cache"))
    assert len(datasets.load_dataset(str(corpus), "fix", split="train", cache_dir=cache)) == 2
    assert len(datasets.load_dataset(str(corpus), split="train", cache_dir=cache)) == 3


def test_a_table_and_no_corpus(tmp_path: Path) -> None:
    assert table(("a", "b"), [("x", 12345)]) == "| a | b |\n|---|---|\n| x | 12,345 |"
    with pytest.raises(TranspileError):
        write_card(tmp_path)
