"""The numbers that buffers are sized by: in most vectors so small that there is room for what they ask for."""

from __future__ import annotations

import numpy as np

from transpile.verify.draw import pick
from transpile.verify.layout import CAPACITY, Vectors
from transpile.verify.shapes import read

_FITTING, _SHRINKING = 0.92, 24
"""Share of the vectors whose numbers fit the buffers that are sized by them, and how often those may be made smaller."""


def make_room(vectors: Vectors, rng: np.random.Generator) -> None:
    """In most rows the numbers that buffers are sized by become so small that there is room for those."""
    layout = vectors.layout
    positions = sorted(layout.shaping)
    if not positions:
        return
    rows = np.flatnonzero(rng.random(len(vectors)) < _FITTING)
    numbers = read(vectors.values[rows], layout.types, layout.shaping)
    for value in numbers.values():
        # Modest ones, of a few scales; nothing is often tried otherwise.
        wrong = (value < 0) | (value > CAPACITY)
        value[wrong] = rng.integers(0, pick(rng, np.array([4, 9, 17, CAPACITY]), int(wrong.sum())) + 1)
    for _ in range(_SHRINKING):
        large = np.zeros(len(rows), bool)
        for slot in layout.slots:
            if slot.shape is not None:
                large |= slot.shape.count(numbers) > slot.count
        if not large.any():
            break
        for value in numbers.values():
            chosen = large & (rng.random(len(rows)) < 0.6)
            value[chosen] = value[chosen] * pick(rng, np.array([1, 2, 3, 3]), int(chosen.sum())) // 4
    for position in positions:
        vectors.values[rows, position] = numbers[position].view(np.uint64)
