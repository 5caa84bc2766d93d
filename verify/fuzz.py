"""A differential fuzzer: looks for inputs on which functions differ from one original, for as long as it is given.

It is a stronger and slower means than the judge, to measure the judge with. Rounds of vectors are drawn anew or mutated from those that reached
something new in the original *or in a candidate*, which the judge, whose vectors follow the original alone, does not look at.
Invariant: a difference is reported only after a replay of its one vector, in fresh instances of the plain modules, on an input that
the original can take by `policy`; so state between calls shows here only where a single call shows it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from transpile.corpus.errors import TranspileError
from transpile.corpus.signature import Signature
from transpile.corpus.wasm.module import WasmModule
from transpile.verify import driver, policy
from transpile.verify.draw import Mined
from transpile.verify.driver import Outcomes, Probe, Target, UnusableModule
from transpile.verify.endless import follow
from transpile.verify.guard import Guard
from transpile.verify.inputs import generate, mutate
from transpile.verify.instrument import BASE, Instrumented, instrument, mine, reachable
from transpile.verify.layout import Layout, Vectors
from transpile.verify.reference import FUEL, target
from transpile.verify.render import explain
from transpile.verify.types import Counterexample, Executable

ROUND = 2048
"""Vectors of one round."""


@dataclass(slots=True)
class _Side:
    """A function that is run with probes, and which of its features some vector has reached."""

    executable: Executable
    plain: Target
    probes: Instrumented | None
    probed: Target | None
    known: np.ndarray

    def run(self, vectors: Vectors, inside: np.ndarray, fuel: int) -> tuple[Outcomes, np.ndarray, np.ndarray]:
        """(outcomes, how often each branch outcome was reached, whether it touched what it was not given)."""
        if self.probes is None or self.probed is None:
            outcomes = self.plain.run(vectors.arguments(), vectors.arenas, fuel=fuel)
            strayed = ((outcomes.arenas != vectors.arenas) & ~inside).any(axis=1) & (outcomes.status == driver.RETURNED)
            return outcomes, np.zeros((len(vectors), 0), np.uint8), strayed
        outcomes = self.probed.run(vectors.arguments(), self.probes.arenas(vectors.arenas, inside), fuel=6 * fuel, probe=Probe(BASE))
        counts, strayed = self.probes.read(outcomes.arenas)
        return replace(outcomes, arenas=outcomes.arenas[:, : vectors.layout.stride]), counts, strayed

    def news(self, counts: np.ndarray, usable: np.ndarray) -> np.ndarray:
        """Rows that reached something for the first time, one for each new feature; they are known from now on."""
        features = _features(counts)
        if not features.shape[1]:
            return np.zeros(0, int)
        if not len(self.known):
            self.known = np.zeros(features.shape[1], bool)
        new = features & ~self.known & usable[:, None]
        found = np.flatnonzero(new.any(axis=0))
        self.known |= new.any(axis=0)
        return np.unique([int(new[:, k].argmax()) for k in found]) if len(found) else np.zeros(0, int)


def _features(counts: np.ndarray) -> np.ndarray:
    """bool [N, 4 * outcomes]: reached once, twice, up to eight times, more often."""
    steps = np.digitize(counts, [1, 2, 3, 9])
    return (steps[:, :, None] == np.arange(1, 5)).reshape(len(counts), 4 * counts.shape[1])


class Fuzzer:
    """One original and the candidates that are still to be told from it. `tried`: inputs that it took, so far."""

    def __init__(self, original: Executable, candidates: Sequence[Executable], signature: Signature, layout: Layout, *, seed: int = 0,
                 guard: Guard | None = None) -> None:  # fmt: skip
        """`layout`: where the pointers point, as the judge chose it. `guard`: tells where the source leaves open what happens.
        Raises TranspileError where the original can't be read."""
        self.signature, self.layout, self.rng, self.tried = signature, layout, np.random.default_rng(seed), 0
        self.guard = guard
        self.original = self._side(original)
        self.candidates = {k: self._side(one) for k, one in enumerate(candidates)}
        self.found: dict[int, Counterexample] = {}
        modules = [(WasmModule.parse(one.wasm), one.export) for one in (original, *candidates)]
        self.mined = _join([mine(reachable(*one)) for one in modules])
        self.kept: Vectors | None = None

    def _side(self, executable: Executable) -> _Side:
        try:
            probes = instrument(executable, self.layout.stride)
        except TranspileError:
            probes = None  # instructions that our decoder does not know: run without coverage
        return _Side(executable, target(executable, self.signature), probes,
                     target(probes.executable, self.signature, probes.original) if probes else None, np.zeros(0, bool))  # fmt: skip

    def run(self, *, inputs: int, seconds: float) -> dict[int, Counterexample]:
        """Fuzz until every candidate is told apart, `inputs` were tried or the processor time is up. Counterexamples by position of the candidate."""
        end = time.process_time() + seconds
        while self.tried < inputs and self.candidates and time.process_time() < end:
            self._round(end)
            if not self.signature.parameters:
                break
        return self.found

    def _round(self, end: float) -> None:
        vectors = self._next()
        fuel = FUEL + 8 * self.layout.stride
        inside = vectors.inside()
        expected, counts, strayed = self.original.run(vectors, inside, fuel)
        usable = ~(policy.unusable(expected.status, self.layout.wide) | strayed)
        if self.guard and usable.any():
            usable &= ~self.guard.refuses(vectors, vectors.arguments(), expected, fuel)
        self.tried += int(usable.sum())
        worth = list(self.original.news(counts, usable))
        rows = np.flatnonzero(usable)
        part, expected = vectors.take(rows), expected.take(rows)
        for k, side in list(self.candidates.items()):
            if time.process_time() > end or not len(rows):
                break
            try:
                got, counts, _ = side.run(part, part.inside(), fuel * policy.FUEL_FACTOR)
            except UnusableModule:
                continue
            worth += list(rows[side.news(counts, got.status == driver.RETURNED)])
            for row in np.flatnonzero(policy.differences(self.layout, expected, got))[:8]:
                if self._replay(k, side, part.take(np.array([row])), fuel):
                    del self.candidates[k]
                    break
        if worth:
            chosen = vectors.take(np.unique(worth))
            self.kept = chosen if self.kept is None else Vectors.join([self.kept, chosen])

    def replay(self, k: int, arguments: tuple[int, ...]) -> bool:
        """Whether the candidate differs on one input of scalars (raw bits), which is then among `found`."""
        vector = Vectors.blank(self.layout, 1)
        vector.values[0] = arguments
        return k in self.candidates and self._replay(k, self.candidates[k], vector.settle(), FUEL + 8 * self.layout.stride)

    def _next(self) -> Vectors:
        if self.kept is None or self.rng.random() < 0.4:
            return generate(self.layout, ROUND, self.rng, self.mined, small=float(self.rng.choice([0.2, 0.5, 0.9])))
        # The youngest have the rarest features.
        weight = np.linspace(1, 4, len(self.kept))
        parents = self.rng.choice(len(self.kept), ROUND, p=weight / weight.sum())
        return mutate(self.kept, parents, self.rng, self.mined)

    def _replay(self, k: int, side: _Side, vector: Vectors, fuel: int) -> bool:
        expected = self.original.plain.run(vector.arguments(), vector.arenas, fuel=fuel)
        got = side.plain.run(vector.arguments(), vector.arenas, fuel=fuel * policy.FUEL_FACTOR)
        if policy.unusable(expected.status, self.layout.wide).any() or not policy.differences(self.layout, expected, got).any():
            return False
        if self.guard and self.guard.refuses(vector, vector.arguments(), expected, fuel).any():
            return False
        if got.status[0] == driver.OUT_OF_FUEL:
            got, unknown = follow(self.original.plain, side.plain, vector, expected)
            if unknown or not policy.differences(self.layout, expected, got).any():
                return False
        self.found[k] = explain(vector, 0, expected, got, 0)
        return True


def _join(parts: Sequence[Mined]) -> Mined:
    return Mined(*(np.concatenate([getattr(one, name) for one in parts]) for name in ("integers", "floats", "script")))
