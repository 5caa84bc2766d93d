"""The judge tells known-right translations from known-wrong ones, in all languages."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from transpile.verify.judge import judge
from transpile.verify.load import read_pairs

CASES = Path(__file__).parent.parent / "cases"
MANIFEST = tomllib.loads((CASES / "manifest.toml").read_text())
ORIGINAL = CASES / "original.c"


def test_there_are_at_least_as_many_wrong_as_right() -> None:
    right = sum(len(read_pairs(ORIGINAL, CASES / one["file"])[0]) for one in MANIFEST["right"])
    wrong = sum(len(one["functions"]) for one in MANIFEST["wrong"])
    assert wrong >= right >= 15


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("file", [one["file"] for one in MANIFEST["right"]])
def test_right_translations_are_verified(file: str, seed: int) -> None:
    pairs, _ = read_pairs(ORIGINAL, CASES / file)
    refused = {}
    for name, pair in pairs.items():
        assert pair.translated is not None, (name, pair.problem)
        (verdict,) = judge(pair.original, [pair.translated], pair.signature, seed=seed)
        if not verdict.verified:
            refused[name] = (verdict.status, verdict.evidence)
    assert not refused


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("wrong", MANIFEST["wrong"], ids=[one["file"] for one in MANIFEST["wrong"]])
def test_wrong_translations_are_not(wrong: dict, seed: int) -> None:
    pairs, _ = read_pairs(ORIGINAL, CASES / wrong["file"])
    assert pairs.keys() == wrong["functions"].keys()
    accepted = {}
    for name, pair in pairs.items():
        assert pair.translated is not None, (name, pair.problem)
        (verdict,) = judge(pair.original, [pair.translated], pair.signature, inputs=4096, seed=seed)
        if verdict.status != "mismatch" or verdict.counterexample is None:
            accepted[name] = (wrong["functions"][name], verdict.status)
    assert not accepted
