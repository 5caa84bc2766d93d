"""How much memory the original takes, found out by running it: which buffers are not what the signature says, and what shape they have.

The original runs, told to note what it touches, on inputs whose numbers are small and whose buffers are long. How far it reaches in each, as a function
of the numbers, is the buffer's shape (`shapes.fit`). Invariant: what a signature says stays where the original mostly keeps to it; what it says of a
length is dropped only where the original goes beyond it nearly always, or to the end of a shape that has that length in it as a factor, or
divided. Limit: how far a reach depends on what stands in memory is not looked at; such buffers get a fixed size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from transpile.corpus.signature import Signature
from transpile.verify.draw import Mined, pick
from transpile.verify.driver import RETURNED, Probe, Target
from transpile.verify.inputs import generate
from transpile.verify.instrument import BASE, Instrumented
from transpile.verify.layout import CAPACITY, POINTER, Given, Layout, Slot, Vectors
from transpile.verify.shapes import Shape, fit, parameter, read, whole_numbers
from transpile.verify.watch import PROBES_COST, reordered

ROWS = 256
ROOMS = (256, 1024)
"""How many elements buffers have while they are measured: the second where the original leaves the first too often."""
_SCALES = np.array([3, 6, 6, 12, 12, 24, 48])
"""Numbers are up to these, a row all of them alike."""
_LEAST = 40
"""Rows in which the original must keep to the buffers, for them to say something."""
_MANY, _FEW = 0.6, 0.1
"""Shares of the inputs: beyond its length in this many, and the length is none; beyond it in so few, and it is one."""
_SURE = 0.9
_LONG = 3
"""Lengths from which on going beyond them counts: programs read the first element of nothing."""


def roomy(signature: Signature, room: int) -> Layout:
    """A layout with long buffers, in which the function may go as far as it likes."""
    given = tuple(Given(k, None, room) for k, p in enumerate(signature.parameters) if p.pointer)
    return Layout.of(signature, room=room, aliasing=False, given=given)


def spread(layout: Layout, mined: Mined) -> Vectors:
    """Inputs whose numbers are small, and not all alike."""
    rng = np.random.default_rng(5)
    vectors = generate(layout, ROWS, rng, mined, small=0.9)
    rows = np.flatnonzero(rng.random(ROWS) < 0.85)
    most = pick(rng, _SCALES, len(rows))
    for position in whole_numbers(layout.types):
        vectors.values[rows, position] = rng.integers(0, most + 1).astype(np.uint64)
    return vectors.settle()


def trace(probes: Instrumented, probed: Target, vectors: Vectors, fuel: int) -> tuple[int, Vectors, np.ndarray]:
    """How many inputs the function returned from; those of them on which it kept to its buffers, wherever these lie; and how many elements of each it
    reached there, int64 [N, slots]. `probes` trace."""
    returned, kept, reach = _traced(probes, probed, vectors, fuel)
    if not vectors.layout.wide:
        _, again, other = _traced(probes, probed, reordered(vectors), fuel)
        kept &= again & (reach == other).all(axis=1)
    return int(returned.sum()), vectors.take(kept), reach[kept]


def _traced(probes: Instrumented, probed: Target, vectors: Vectors, fuel: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of every input: whether the function returned, whether it then kept to the buffers, and how far it reached."""
    arenas = probes.arenas(vectors.arenas, np.ones(vectors.arenas.shape, bool))
    outcomes = probed.run(vectors.arguments(), arenas, fuel=PROBES_COST * (fuel + vectors.layout.cost), probe=Probe(BASE))
    returned = outcomes.status == RETURNED
    touched = probes.touched(outcomes.arenas)
    owned = np.zeros(vectors.layout.stride, bool)
    reach = np.zeros((len(vectors), len(vectors.layout.slots)), np.int64)
    for k, slot in enumerate(vectors.layout.slots):
        owned[slot.offset : slot.end] = True
        there = touched[:, slot.offset : slot.end]
        last = there.shape[1] - there[:, ::-1].argmax(axis=1)
        reach[:, k] = np.where(there.any(axis=1), -(-last // slot.size), 0)
    return returned, returned & ~probes.read(outcomes.arenas)[1] & ~(touched & ~owned).any(axis=1), reach


def found(vectors: Vectors, reach: np.ndarray, usual: Layout) -> dict[int, Shape]:
    """By parameter, the shapes of the buffers that are not what the signature says, or of which it says nothing. `usual`: the layout without them."""
    layout = vectors.layout
    out = {}
    if len(vectors) < _LEAST:
        return out
    numbers = read(vectors.values, layout.types, frozenset(whole_numbers(layout.types)))
    known = np.minimum(replace(vectors, layout=replace(layout, room=usual.room)).extents(), [s.count for s in usual.slots])
    for k, slot in enumerate(layout.slots):
        if slot.role != POINTER or slot.parameter is None or not reach[:, k].any():
            continue
        if slot.length is not None:
            shape = _beside(slot.length, reach[:, k], numbers)
        else:
            shape = _alone(slot, reach[:, k], known[:, k], numbers)
        if shape is not None:
            out[slot.parameter] = shape
    return out


def _beside(length: int, reach: np.ndarray, numbers: Mapping[int, np.ndarray]) -> Shape | None:
    """The shape of a buffer that has another one than its length says; None where that may be so."""
    long = (numbers[length] >= _LONG) & (reach > 0)
    if not long.any():
        return None
    beyond = float((reach > numbers[length])[long].mean())
    best = fit(reach, numbers)
    if best is None or best[0] == parameter(length):
        return None
    shape, tight = best
    if beyond > _MANY:
        return shape
    if tight < _SURE or length not in shape.positions:
        return None
    far = numbers[length] >= 8
    shorter = far.any() and shape.count(numbers)[far].mean() < 0.7 * numbers[length][far].mean()
    return shape if beyond > _FEW or shorter else None


def _alone(slot: Slot, reach: np.ndarray, known: np.ndarray, numbers: Mapping[int, np.ndarray]) -> Shape | None:
    """The shape of a buffer of which the signature says nothing; None where nothing better is known than before."""
    beyond = float((reach > known)[reach > 0].mean())
    if slot.text and slot.const and beyond <= _FEW:
        return None
    best = fit(reach, numbers)
    if best is None or (beyond <= _FEW and (not best[0].terms or (slot.text and best[1] < _SURE))):
        return None
    return best[0]


def given(shapes: Mapping[int, Shape], layout: Layout) -> tuple[Given, ...]:
    """What `Layout.of` is told: buffers of elements of one size have room for the same number, so that they may alias."""
    room: dict[int, int] = {}
    for slot in layout.slots:
        if slot.parameter in shapes:
            room[slot.size] = max(room.get(slot.size, CAPACITY), _room(shapes[slot.parameter]))
    slots = [s for s in layout.slots if s.role == POINTER and s.parameter is not None]
    return tuple(Given(s.parameter, shapes.get(s.parameter), room.get(s.size, s.count)) for s in slots if s.parameter is not None)


def _room(shape: Shape) -> int:
    """Elements that there is room for: not so many that loops over all of them take long."""
    if not shape.terms:
        return shape.add
    if max(len(factors) for _, factors in shape.terms) > 1:
        return ROOMS[0]
    longest = shape.count({k: np.array([CAPACITY]) for k in shape.positions})
    return min(ROOMS[0], int(longest[0]))


def without_lengths(signature: Signature, positions: frozenset[int]) -> Signature:
    """The signature without what it says of the lengths of some pointer parameters."""
    parameters = tuple(replace(p, length=None) if k in positions else p for k, p in enumerate(signature.parameters))
    return replace(signature, parameters=parameters)
