"""Smaller counterexamples: from an input on which two functions differ to a simple one on which they still do.

Works in batches: each round derives a few hundred simpler variants of the best input so far, runs both functions on all of them through
the driver, and keeps the simplest that the original can take and that still differs. Invariant: what is returned was seen to differ in a
fresh instance of both. Stops when nothing simpler differs, or after `SECONDS`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS
from transpile.verify import policy
from transpile.verify.driver import NOT_RUN, OUT_OF_FUEL, Outcomes, Target, UnusableModule
from transpile.verify.endless import follow, ladder
from transpile.verify.layout import CAPACITY, NULL, Field, Slot, Vectors
from transpile.verify.reference import Reference
from transpile.verify.render import call_text, explain
from transpile.verify.types import Counterexample
from transpile.verify.watch import crosses, watch

SECONDS = 0.1
QUICK, LITTLE = 1, 1_000_000
"""How to run a candidate: with little fuel, which depends on what the original used; or with this much, on all vectors."""


class Found(NamedTuple):
    """What came of shrinking: a counterexample, or none; or the input, in words, on which nobody can tell whether the candidate ends."""

    counterexample: Counterexample | None
    open: str = ""


def shrink(reference: Reference, candidate: Target, vectors: Vectors) -> Found:
    """The simplest counterexample found, starting from vectors that seem to differ; none if none differs when run in a fresh instance."""
    deadline = time.process_time() + SECONDS
    runner = Runner(reference, candidate.fresh())
    best = vectors.take(np.argsort(_weight(vectors), kind="stable")[:32])
    simplest = None
    for _ in range(40):
        smaller = runner.differing(best, quick=True)
        if smaller is None:
            break
        simplest = smaller[0]
        best = _variants(simplest)
        if time.process_time() > deadline or not len(best):
            break
    # What seemed endless in a quick run may only be slow; then only what differs without being slow counts.
    found = runner.differing(simplest, quick=False) if simplest is not None else None
    tried = [vectors.take(np.arange(min(32, len(vectors))))]
    if runner.open is not None:
        tried.append(ladder(runner.open))
    for more in tried:
        found = found or runner.differing(more, quick=True, ends=True)
    return Found(found[1] if found else None, call_text(runner.open, 0) if runner.open is not None and not found else "")


def lightest(vectors: Vectors) -> int:
    """The row of the simplest vector."""
    return int(np.argmin(_weight(vectors)))


class Runner:
    """Runs both on the same vectors. `open`: an input of which `differing` could not tell whether the candidate ends."""

    def __init__(self, reference: Reference, candidate: Target) -> None:
        self.reference, self.candidate = reference, candidate
        self.original = reference.target
        self.probes = reference.probes
        self.probed = reference.probed
        self.open: Vectors | None = None

    def differing(self, vectors: Vectors, *, quick: bool, ends: bool = False) -> tuple[Vectors, Counterexample] | None:
        """The first of some vectors that differs, and its counterexample; `quick` gives the candidate little fuel, `ends`: it must end."""
        chosen, expected, got = self._run(vectors, LITTLE if ends else QUICK if quick else 0)
        if expected is None or got is None:
            return None
        differs = np.flatnonzero(policy.differences(vectors.layout, expected, got) & ~(ends & (got.status == OUT_OF_FUEL)))
        if not len(differs):
            return None
        at = int(differs[0])
        one = vectors.take(chosen[[at]])
        if not quick and got.status[at] == OUT_OF_FUEL:
            # Endless, or only slow? All others before it are the same.
            expected, at = expected.take(np.array([at])), 0
            got, unknown = follow(self.original, self.candidate, one, expected)
            self.open = one if unknown else None
            if unknown or not policy.differences(vectors.layout, expected, got).any():
                return None
        if expected.calls[at] != got.calls[at] or vectors.layout.signature.result_scalar not in (None, *WIDTHS):
            # Alone, for what was called, and for the text that was returned.
            expected, at = self.original.run(one.arguments(), one.arenas, fuel=self.reference.fuel + vectors.layout.cost), 0
            got = self.candidate.run(one.arguments(), one.arenas, fuel=self.reference.candidate_fuel)
            if not policy.differences(vectors.layout, expected, got).any():
                return None
        return one, explain(one, 0, expected, got, at)

    def compare(self, vectors: Vectors) -> tuple[int, Vectors | None]:
        """How many of the vectors the original can take and were compared, and those that differ, if any do."""
        chosen, expected, got = self._run(vectors, 0)
        if expected is None or got is None:
            return 0, None
        differs = policy.differences(vectors.layout, expected, got)
        return int((got.status != NOT_RUN).sum()), vectors.take(chosen[differs]) if differs.any() else None

    def _run(self, vectors: Vectors, how: int) -> tuple[np.ndarray, Outcomes | None, Outcomes | None]:
        """Rows that the original can take, and what came of them on both sides; no outcomes if there are none."""
        fuel = self.reference.fuel + vectors.layout.cost
        inside, arguments = vectors.inside(), vectors.arguments()
        usable = np.ones(len(vectors), bool)
        if self.probes and self.probed:
            usable = ~watch(self.probes, self.probed, vectors, inside, self.reference.fuel)[2]
            usable &= ~crosses(self.probes, self.probed, vectors, self.reference.fuel)
        expected = self.original.run(arguments, vectors.arenas, fuel=fuel)
        usable &= ~policy.unusable(expected.status, vectors.layout.wide)
        if self.reference.accepts is not None:
            usable &= self.reference.accepts(vectors)
        if self.reference.guard:
            usable &= ~self.reference.guard.refuses(vectors, arguments, expected, fuel)
        if not self.probes:
            usable &= ~((expected.arenas != vectors.arenas) & ~inside).any(axis=1)
        chosen = np.flatnonzero(usable)
        if not len(chosen):
            return chosen, None, None
        # The candidate stops at its first trap where the original returned: that vector differs, and all before it are known.
        stop = None if how == LITTLE else expected.status[chosen]
        enough = min(self.reference.candidate_fuel, (20_000 + 20 * expected.fuel, LITTLE)[how == LITTLE]) if how else self.reference.candidate_fuel
        try:
            got = self.candidate.run(arguments[chosen], vectors.arenas[chosen], fuel=enough, expected=stop)
        except UnusableModule:
            return chosen, None, None
        return chosen, expected.take(chosen), got


def _weight(vectors: Vectors) -> np.ndarray:
    """How far each vector is from simple: aliasing first, then the sizes of buffers, then magnitudes. Only its order means anything."""
    layout = vectors.layout
    weight = 1e6 * vectors.aliased().astype(float)
    extents = vectors.extents()
    for k, slot in enumerate(layout.slots):
        weight += 1000.0 * np.minimum(extents[:, k], CAPACITY)
        for field in slot.fields:
            table = _sizes(layout.columns(vectors.arenas, slot, field).astype(np.uint64), field.scalar)
            weight += (table * (np.arange(table.shape[1]) // field.repeat < extents[:, k, None])).sum(axis=1)
            weight += table.sum(axis=1) * 1e-3
        for cell in slot.cells:
            pointers = layout.columns(vectors.arenas, slot, Field("u32", cell.offset, cell.repeat))
            weight += (30.0 * (pointers != 0) + pointers / 4096).sum(axis=1)
    for position, type_ in enumerate(layout.types):
        if type_ is not None:
            weight += 3 * _sizes(vectors.values[:, position], type_ if type_ in WIDTHS else "u32")
    return weight


def _sizes(bits: np.ndarray, scalar: str) -> np.ndarray:
    """A non-negative measure of how unusual values are: 0 for 0, more for larger, negative and fractional ones."""
    width = WIDTHS[scalar]
    exact = bits.astype(f"<u{width}")
    if scalar in FLOATS:
        with np.errstate(all="ignore"):
            value = exact.view(f"<f{width}").astype(np.float64)
            size = np.where(np.isfinite(value), np.log2(1 + np.abs(value)), 30.0)
            return size + 2.0 * (value != np.floor(value)) + 0.5 * np.signbit(value)
    value = exact.view(f"<i{width}").astype(np.float64) if scalar in SIGNED else exact.astype(np.float64)
    return np.log2(1 + np.abs(value)) + 0.5 * (value < 0)


def _simpler(bits: int, scalar: str) -> list[int]:
    """Raw bits of values to try instead of one."""
    width = WIDTHS[scalar]
    if scalar in FLOATS:
        value = float(np.frombuffer(bits.to_bytes(width, "little"), f"<f{width}")[0])
        with np.errstate(all="ignore"):
            tries = [0.0, 1.0, -1.0, 2.0, 0.5, -value]
            if np.isfinite(value):
                tries += [float(np.floor(value)), float(np.round(value / 2)), float(np.round(value, 1))]
            return [int(np.array(t, f"<f{width}").view(f"<u{width}")) for t in tries]
    mask = (1 << 8 * width) - 1
    value = bits - (1 << 8 * width) if scalar in SIGNED and bits >> (8 * width - 1) else bits
    half, quarter = int(value / 2), int(value / 16)
    step = -1 if value > 0 else 1
    tries = [0, 1, 2, -1, half, quarter, value + step, value + 2 * step, -value, value & 0xFF, value & ~0xFF]
    if width == 1:
        tries += [48, 97, 32]
    return list(dict.fromkeys(t & mask for t in tries if t & mask != bits))


def _variants(one: Vectors) -> Vectors:
    """Simpler versions of a single vector, from simple to less so."""
    layout = one.layout
    lengths = layout.signature.lengths()
    out: list[Vectors] = []

    def fork() -> Vectors:
        out.append(one.take(np.array([0])))
        return out[-1]

    if one.aliased()[0]:
        child = fork()
        child.home[0], child.shift[0] = np.arange(len(layout.slots)), 0
    for k in layout.nullable:
        if one.home[0, k] == k and not (np.delete(one.home[0], k) == k).any():
            child = fork()
            child.home[0, k], child.shift[0, k] = NULL, 0
    for position, type_ in enumerate(layout.types):
        if type_ is None:
            continue
        value = int(one.values[0, position])
        if position in lengths:
            tries = [t for t in (0, 1, 2, 3, value // 2, value - 1) if 0 <= t < value]
        elif type_ in WIDTHS:
            tries = _simpler(value & (1 << 8 * WIDTHS[type_]) - 1, type_)
        else:
            tries = [t for t in layout.functions(type_) if t != value]
        for t in dict.fromkeys(tries):
            fork().values[0, position] = t
    extents = one.extents()[0]
    for k, slot in enumerate(layout.slots):
        count = int(min(extents[k], slot.count))
        _cut(one, slot, count, fork)
        for element in range(min(count, 12)):
            for scalar, offset, repeat in slot.fields:
                for at in slot.offset + element * slot.size + offset + WIDTHS[scalar] * np.arange(min(repeat, 8)):
                    width = WIDTHS[scalar]
                    value = int.from_bytes(bytes(one.arenas[0, at : at + width]), "little")
                    for t in _simpler(value, scalar)[: 11 if count <= 4 else 5]:
                        fork().arenas[0, at : at + width] = np.frombuffer(t.to_bytes(width, "little"), np.uint8)
        _unlink(one, slot, fork)
        _flatten(slot, count, fork)
    if not out:
        return one.take(np.zeros(0, int))
    joined = Vectors.join(out).settle()
    weights = _weight(joined)
    lighter = np.flatnonzero(weights < _weight(one)[0])
    return joined.take(lighter[np.argsort(weights[lighter], kind="stable")][:400])


def _flatten(slot: Slot, count: int, fork: Callable[[], Vectors]) -> None:
    """Variants in which all elements from one on are 0, or the integer 1."""
    for start in dict.fromkeys((0, 1, 2, 4, 8, count)):
        begin = slot.offset + start * slot.size
        for value in (0, 1):
            child = fork()
            if not slot.cells:
                child.arenas[0, begin : slot.end] = 0
            for scalar, offset, repeat in slot.fields:
                for k in range(repeat):
                    for byte in range(WIDTHS[scalar]):
                        child.arenas[0, begin + offset + k * WIDTHS[scalar] + byte : slot.end : slot.size] = 0
                    if value:
                        child.arenas[0, begin + offset + k * WIDTHS[scalar] : slot.end : slot.size] = 1


def _unlink(one: Vectors, slot: Slot, fork: Callable[[], Vectors]) -> None:
    """Variants in which all pointers of a kind from one element on are null, or one of them is, or leads to the first object."""
    layout = one.layout
    for cell in slot.cells:
        places = slot.offset + cell.offset + (slot.size * np.arange(slot.count)[:, None] + 4 * np.arange(cell.repeat)).ravel()
        targets = layout.targets(cell.type)[:2]
        for start in dict.fromkeys((0, 1, 2, 4)):
            child = fork()
            for byte in range(4):
                child.arenas[0, places[start:] + byte] = 0
        for at in places[:16]:
            old = int(one.arenas[0, at : at + 4].view("<u4")[0])
            for new in (0, *(int(t) for t in targets)):
                if new != old:
                    fork().arenas[0, at : at + 4] = np.frombuffer(new.to_bytes(4, "little"), np.uint8)


def _cut(one: Vectors, slot: Slot, count: int, fork: Callable[[], Vectors]) -> None:
    """Variants that lack some elements: halves, then single ones."""
    if slot.length is None and not slot.text:
        return
    pieces = [(0, count // 2), (count // 2, count)] if count > 2 else []
    pieces += [(k, k + 1) for k in range(min(count, 16))]
    for start, end in pieces:
        child = fork()
        gone = (end - start) * slot.size
        body = child.arenas[0, slot.offset : slot.end]
        body[start * slot.size : len(body) - gone] = body[end * slot.size :].copy()
        if slot.length is not None:
            child.values[0, slot.length] = max(0, int(child.values[0, slot.length]) - (end - start))
