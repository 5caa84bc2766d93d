"""The model card is made of what was measured, and of nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from transpile.corpus.errors import TranspileError
from transpile.model.card import write_card

REPORT = {"split": "natural", "source": "c", "target": "go", "functions": 60, "candidates_per_function": 32, "verified": 0.25, "greedy": 0.125,
          "candidates_that_compile": 0.5}  # fmt: skip


@pytest.fixture
def measured(tmp_path: Path) -> Path:
    config = {"encoder_layers": 1, "decoder_layers": 2, "d_model": 64, "encoder_ffn_dim": 128, "vocab_size": 512, "languages": ["c", "go"]}
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "metrics.jsonl").write_text(json.dumps({"step": 12345, "tokens": 7_000_000, "minutes": 61.0}) + "\n")
    manifest = {"pairs": 1500, "splits": {"train/c": 1200, "train/go": 100, "real/c": 150, "natural/c": 50}, "compilers": {"c": "zig cc 9"}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "now.jsonl").write_text(json.dumps(REPORT) + "\n" + json.dumps(REPORT | {"target": "c"}) + "\n")
    (tmp_path / "before.jsonl").write_text(json.dumps(REPORT | {"verified": 0.03125}) + "\n")
    return tmp_path


def test_the_card_says_what_was_measured(measured: Path) -> None:
    text = write_card(measured, measured, [measured], measured / "now.jsonl", "tiny")
    assert "writes the function in C or Go." in text
    assert "12,345 steps, 7 M tokens" in text and "| 1,500 | 1,300 | 0 | 50 | 150 |" in text and "c zig cc 9" in text
    assert "| hand-written, never trained on | c | go | 60 | 32 | 25.0 % | 12.5 % | 50.0 % |" in text and "before" not in text


def test_before_and_after_stand_side_by_side_where_they_are_of_the_same_functions(measured: Path) -> None:
    text = write_card(measured, measured, [measured], measured / "now.jsonl", "tiny", measured / "before.jsonl")
    assert "| hand-written, never trained on | c | go | 60 | 32 | 25.0 % | 3.1 % | 12.5 % | 50.0 % |" in text
    assert "| hand-written, never trained on | c | c | 60 | 32 | 25.0 % | | 12.5 % | 50.0 % |" in text


def test_without_a_measurement_there_is_no_card(measured: Path) -> None:
    with pytest.raises(TranspileError, match="absent"):
        write_card(measured, measured, [measured], measured / "absent.jsonl", "tiny")
