"""Batches, schedule, presets and sampling: what training rests on. Needs torch only where said."""

from __future__ import annotations

import random

import numpy as np
import pytest

from transpile.corpus.errors import TranspileError
from transpile.model import data
from transpile.model.network import HEAD_SIZE, PRESETS, preset
from transpile.model.train import WARM_UP, grow, schedule, share
from transpile.tokenizer import vocabulary
from transpile.tokenizer.vocabulary import END, PAD


def row(language: str, wat: int, target: int) -> data.Row:
    return data.Row(language, "2", np.full(wat, 7, np.uint16), np.array([END] + [9] * (target - 2) + [END], np.uint16), 3)


def groups(count: int) -> list[list[data.Row]]:
    rng = random.Random(0)
    return [[row(name, rng.randrange(5, 90), rng.randrange(8, 60)) for name in ("c", "rust")] for _ in range(count)]


def test_an_epoch_visits_every_group_once_within_the_batch_size() -> None:
    batches = list(data.epoch(groups(500), random.Random(1), 2048))
    assert sum(len(b) for b in batches) == 500
    for b in batches:
        padded = len(b) * (max(len(e.wat) for e in b) + max(len(e.target) for e in b))
        assert padded <= 2048 or len(b) == 1


def test_epochs_differ_by_seed_and_repeat_with_it() -> None:
    def lengths(seed: int) -> list[int]:
        return [len(e.wat) for b in data.epoch(groups(200), random.Random(seed), 1024) for e in b]

    assert lengths(1) == lengths(1) != lengths(2)


def test_too_long_functions_are_left_out() -> None:
    assert sum(len(b) for b in data.epoch([[row("c", 2000, 10)], [row("c", 10, 10)]], random.Random(0), 4096)) == 1


def test_languages_are_crossed() -> None:
    rng = random.Random(3)
    a, b = row("c", 10, 20), row("rust", 11, 21)
    seen = {(len(e.wat), len(e.target)) for e in (data.draw([a, b], rng) for _ in range(200))}
    assert seen == {(10, 20), (10, 21), (11, 20), (11, 21)}


def test_collate_shifts_and_weighs() -> None:
    pytest.importorskip("torch")
    short, long = row("c", 4, 8), row("rust", 6, 12)
    wat, mask, inputs, labels, weight = data.collate([data.Example(r.wat, r.target, r.prefix) for r in (short, long)])
    assert wat.shape == mask.shape == (2, 6) and inputs.shape == labels.shape == weight.shape == (2, 11)
    assert wat[0, 4:].tolist() == [PAD, PAD] and mask[0].tolist() == [1, 1, 1, 1, 0, 0]
    assert inputs[0, 0] == END and labels[1, -1] == END
    assert weight[0].tolist() == pytest.approx([data.PREFIX_LOSS] * 2 + [1.0] * 5 + [0.0] * 4)


def test_schedule_rises_holds_and_falls() -> None:
    assert schedule(0.0, 0.3) == 0.0
    assert schedule(WARM_UP, 0.3) == schedule(0.5, 0.3) == 1.0
    assert schedule(0.85, 0.3) == pytest.approx(0.5)
    assert schedule(1.0, 0.3) == 0.0


def test_processes_share_batches_evenly() -> None:
    batches = [[i] for i in range(7)]
    assert list(share(iter(batches), 0, 2)) == [[0], [2], [4]]
    assert list(share(iter(batches), 1, 2)) == [[1], [3], [5]]


@pytest.mark.parametrize("name", PRESETS)
def test_presets_suit_all_engines(name: str) -> None:
    assert preset(name).width % HEAD_SIZE == 0


def test_unknown_preset() -> None:
    with pytest.raises(TranspileError) as caught:
        preset("huge")
    assert "small" in caught.value.hint


def test_a_run_goes_on_with_more_words() -> None:
    torch = pytest.importorskip("torch")
    few = vocabulary.train(["let v0 ; c"], size=800)
    more = vocabulary.train(["read_unaligned read_unaligned"], size=808, known=few)
    before, new = few.get_vocab_size(), more.token_to_id("\u2581read_unaligned")
    old = torch.rand(before, 4)
    state = {
        "network": {"model.shared.weight": old, "lm_head.weight": old, "norm": torch.ones(4)},
        "optimizers": [{"state": {0: {"exp_avg": torch.ones(before, 4), "step": torch.tensor(3.0)}}}],
    }
    grow(state, more)
    shared = state["network"]["model.shared.weight"]
    assert shared.shape == (more.get_vocab_size(), 4) and torch.equal(shared[:before], old) and torch.equal(shared, state["network"]["lm_head.weight"])
    assert torch.allclose(shared[new], old[few.encode("read_unaligned", add_special_tokens=False).ids].mean(0))
    moments = state["optimizers"][0]["state"][0]["exp_avg"]
    assert moments[:before].eq(1).all() and moments[before:].eq(0).all() and len(moments) == len(shared)
    with pytest.raises(TranspileError, match="vocabulary"):
        grow(state, few)
