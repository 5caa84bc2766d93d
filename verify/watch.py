"""The instrumented original on vectors: what it reaches, and whether it keeps to what it was given.

It keeps to that if every access is inside some buffer, and still is where the buffers lie in another order: an index that leads from one buffer into the
next, as `text[at]` does for a large enough `at`, is inside by chance alone. Limit: among wide types, whose pointers in memory say where things
lie, buffers have one order.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from transpile.verify.driver import Outcomes, Probe, Target
from transpile.verify.instrument import BASE, Instrumented
from transpile.verify.layout import POINTER, Vectors

PROBES_COST = 6
"""Times the fuel that probes may cost."""


def watch(probes: Instrumented, probed: Target, rows: Vectors, inside: np.ndarray, fuel: int) -> tuple[Outcomes, np.ndarray, np.ndarray]:
    """Run the instrumented original: what comes of it, how often each branch outcome was reached (uint8 [N, outcomes]), and where it left what it was
    given (bool [N]). `inside`: of the rows; `fuel`: what the original may use."""
    arenas = probes.arenas(rows.arenas, inside)
    outcomes = probed.run(rows.arguments(), arenas, fuel=PROBES_COST * (fuel + rows.layout.cost), probe=Probe(BASE))
    counts, strayed = probes.read(outcomes.arenas)
    return replace(outcomes, arenas=outcomes.arenas[:, : rows.layout.stride]), counts, strayed


def crosses(probes: Instrumented, probed: Target, rows: Vectors, fuel: int) -> np.ndarray:
    """bool [N]: the original keeps to its buffers only because of where they lie."""
    if rows.layout.wide or sum(s.role == POINTER for s in rows.layout.slots) < 2 or not len(rows):
        return np.zeros(len(rows), bool)
    moved = reordered(rows)
    return watch(probes, probed, moved, moved.inside(), fuel)[2]


def reordered(vectors: Vectors) -> Vectors:
    """The same inputs with the slots of the arena in the opposite order."""
    layout = vectors.layout
    # The gap behind a slot goes with it, so that all of them take as much room as before.
    ends = [*(s.offset for s in layout.slots[1:]), layout.stride]
    at, slots = layout.slots[0].offset, []
    for slot, end in zip(reversed(layout.slots), reversed(ends), strict=True):
        slots.append(replace(slot, offset=at))
        at += end - slot.offset
    arenas = np.zeros_like(vectors.arenas)
    for old, new in zip(layout.slots, reversed(slots), strict=True):
        arenas[:, new.offset : new.end] = vectors.arenas[:, old.offset : old.end]
    return Vectors(replace(layout, slots=tuple(reversed(slots))), vectors.values, vectors.home, vectors.shift, arenas)
