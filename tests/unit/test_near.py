"""Near duplicates: found across small edits, not among texts that differ; the answer depends on nothing but the texts."""

from __future__ import annotations

import random

from transpile.corpus.pipeline.near import NearDuplicates


def words(seed: int, count: int = 120) -> list[str]:
    chosen = random.Random(seed)
    return [chosen.choice("p0 p1 v0 v1 + - * ( ) ; = 1 2 3 if while return [ ]".split()) for _ in range(count)]


def test_small_edits_are_seen_through() -> None:
    near = NearDuplicates()
    for seed in range(30):
        assert not near.seen(words(seed))
    for seed in range(30):
        edited = words(seed)
        edited[60] = "edited"
        assert near.seen(edited)


def test_a_different_text_is_none() -> None:
    near = NearDuplicates()
    assert not near.seen(words(1))
    assert not near.seen(words(1)[:60] + words(2)[:60])
    assert near.seen(words(1))
    assert not near.seen(["return", "0", ";"])
    assert near.seen(["return", "0", ";"])
    assert not near.seen(["return", "1", ";"])


def test_the_estimate_is_near_the_truth() -> None:
    near, text, changed = NearDuplicates(), words(7, 400), words(7, 400)
    for i in range(0, 400, 20):
        changed[i] = f"x{i}"
    runs = [{tuple(t[i : i + 5]) for i in range(396)} for t in (text, changed)]
    truth = len(runs[0] & runs[1]) / len(runs[0] | runs[1])
    a, b = near.signature(text), near.signature(changed)
    estimate = sum(a[i : i + 4] == b[i : i + 4] for i in range(0, 256, 4)) / 64
    assert abs(estimate - truth) < 0.15


def test_signatures_are_the_same_on_every_machine() -> None:
    assert NearDuplicates().signature(["a", "b"])[:8].hex() == "c6697649e81c9412"
