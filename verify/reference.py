"""The original on its inputs: vectors chosen once, run once, and kept as what every candidate must reproduce.

Vectors come in rounds: half of them drawn from the types, the rest mutated from those that reached rare branch outcomes; where outcomes
are left, further rounds look for them alone. Invariant: the vectors kept are exactly those that the original can take by `policy`, and
`outcomes` is a plain run (no probes) over all of them, in order, in a fresh instance, as every candidate's run will be. Limit: a
function that keeps state between calls is compared over that one sequence.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transpile.corpus.errors import TranspileError
from transpile.corpus.signature import Signature
from transpile.verify import driver, policy
from transpile.verify.draw import Mined
from transpile.verify.driver import Outcomes, Probe, Target, UnusableModule
from transpile.verify.inputs import generate, mutate
from transpile.verify.instrument import BASE, Instrumented, instrument, mine
from transpile.verify.layout import CAPACITY, Layout, Vectors
from transpile.verify.thin import parsed, reachable, thin
from transpile.verify.types import Executable

FUEL = 200_000
"""Wasm instructions (about) that the original may use on one input; inputs that need more are set aside."""
_ROUNDS = 4
_PROBED = 96
_EXPLORATIONS, _EXPLORED, _PATIENCE = 24, 256, 5
"""Rounds of exploring, vectors in each, and how many rounds without news end it."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What a candidate is compared with. `reached` of `branches` outcomes were reached; both 0 where nothing could be measured."""

    signature: Signature
    executable: Executable
    vectors: Vectors
    outcomes: Outcomes
    set_aside: int
    reached: int
    branches: int
    fuel: int
    probes: Instrumented | None
    """The instrumented original for vectors of this layout."""

    @property
    def layout(self) -> Layout:
        return self.vectors.layout

    @property
    def coverage(self) -> float | None:
        """Share of branch outcomes reached; 1.0 for code without branches, None where it was not measured."""
        if self.branches < 0:
            return None
        return self.reached / self.branches if self.branches else 1.0

    @property
    def candidate_fuel(self) -> int:
        """What a candidate may use on one input before it is taken for endless."""
        return 100_000 + 4 * self.layout.stride + policy.FUEL_FACTOR * min(self.fuel, max(self.outcomes.fuel, 1000))


def target(executable: Executable, signature: Signature) -> Target:
    """Raises UnusableModule (WrongType) where the executable is not what the signature says."""
    parameters, results = signature.wasm()
    return Target(executable, parameters, results, tuple(p.pointer for p in signature.parameters))


def study(
    original: Executable, signature: Signature, *, inputs: int = 1024, seed: int = 0, fuel: int = FUEL, aliasing: bool = True
) -> Reference:
    """Choose `inputs` vectors for the original and run it on them.

    Fewer are kept where the original can't take them. Raises TranspileError when the original itself cannot be loaded or has another type.
    """
    return _Study(original, signature, inputs, seed, fuel, aliasing).run()


class _Study:
    def __init__(self, original: Executable, signature: Signature, inputs: int, seed: int, fuel: int, aliasing: bool) -> None:
        self.original, self.signature, self.inputs, self.fuel, self.aliasing = original, signature, inputs, fuel, aliasing
        self.rng = np.random.default_rng(seed)
        self.mined = Mined()
        try:
            self.plain = target(thin(original), signature)
            try:
                self.mined = mine(reachable(parsed(original.wasm), original.export))
                self.probing = True
            except TranspileError:
                self.probing = False  # Instructions that our decoder does not know: judged all the same, without coverage.
        except UnusableModule as error:
            raise TranspileError(f"the original cannot be run: {error}", hint="check the file and the function's signature") from error
        if not signature.parameters:
            self.inputs = 1

    def run(self) -> Reference:
        layout = self._choose_room()
        probes, probed = self._instrument(layout)
        pool = _Pool()
        tried = 0
        small = 0.5
        for turn in range(2 * _ROUNDS):
            wanted = self.inputs - len(pool)
            if wanted <= 0 or tried >= 3 * self.inputs:
                break
            count = -(-self.inputs // 2) if turn == 0 else -(-self.inputs // (2 * (_ROUNDS - 1)))
            count = wanted if turn >= _ROUNDS - 1 else min(count, wanted)
            vectors = self._next(layout, count, pool, small)
            usable, counts, out_of_fuel = self._try(vectors, probes, probed)
            tried += count
            small = 0.9 if out_of_fuel > 0.2 else small
            pool.add(vectors.take(usable), counts[usable])
        if probes and probed and len(pool):
            self._explore(layout, probes, probed, pool)
        # What exploring found comes first.
        vectors = Vectors.join(pool.vectors[::-1]).take(slice(self.inputs))
        tried = max(tried, len(vectors))
        outcomes = self.plain.run(vectors.arguments(), vectors.arenas, fuel=self._fuel(layout))
        fine = ~policy.unusable(outcomes.status)
        if not fine.all():
            vectors = vectors.take(fine)
            outcomes = self.plain.run(vectors.arguments(), vectors.arenas, fuel=self._fuel(layout))
        return Reference(self.signature, self.original, vectors, outcomes, tried - len(vectors), int(pool.reached.sum()),
                         len(probes.branches) if probes else -1, self.fuel, probes)  # fmt: skip

    def _explore(self, layout: Layout, probes: Instrumented, probed: Target, pool: _Pool) -> None:
        """While outcomes are unreached, look for them beyond the budget of inputs; only vectors with a new count of something are kept."""
        idle = 0
        for _ in range(_EXPLORATIONS):
            if pool.reached.all() or idle >= _PATIENCE:
                return
            vectors = self._next(layout, _EXPLORED, pool, 0.5)
            usable, counts, _ = self._try(vectors, probes, probed)
            chosen = pool.news(counts, usable)
            idle = 0 if len(chosen) else idle + 1
            if len(chosen):
                pool.add(vectors.take(chosen), counts[chosen])

    def _fuel(self, layout: Layout) -> int:
        # The driver's copies of the arena cost fuel by the byte.
        return self.fuel + 8 * layout.stride

    def _instrument(self, layout: Layout) -> tuple[Instrumented | None, Target | None]:
        if not self.probing:
            return None, None
        probes = instrument(self.original, layout.stride)
        return probes, target(probes.executable, self.signature) if probes else None

    def _choose_room(self) -> Layout:
        """How much a pointer without a length points to: one element, unless the original is seen to use more."""
        layout = Layout.of(self.signature, aliasing=self.aliasing)
        if not self.probing or all(s.length is not None for s in layout.slots):
            return layout
        best, share = layout, 0.3
        for room in (1, 16, CAPACITY):
            layout = Layout.of(self.signature, room=room, aliasing=self.aliasing)
            probes, probed = self._instrument(layout)
            vectors = generate(layout, _PROBED, np.random.default_rng(1), self.mined, small=0.9)
            refused = 1 - float(self._try(vectors, probes, probed)[0].mean())
            if refused <= 0.3:
                return layout
            if room == 1 or refused < share:
                best, share = layout, refused
        return best

    def _next(self, layout: Layout, count: int, pool: _Pool, small: float) -> Vectors:
        """Vectors of the next round: fresh at first, then mostly children of those that did something rare."""
        if not len(pool):
            return generate(layout, count, self.rng, self.mined, small=small)
        fresh = count // 3
        parents = self.rng.choice(len(pool), count - fresh, p=pool.rarity())
        children = mutate(Vectors.join(pool.vectors), parents, self.rng, self.mined)
        return Vectors.join([generate(layout, fresh, self.rng, self.mined, small=small), children]) if fresh else children

    def _try(self, vectors: Vectors, probes: Instrumented | None, probed: Target | None) -> tuple[np.ndarray, np.ndarray, float]:
        """(bool [N]: the original can take it, uint8 [N, outcomes]: how often reached, share that ran out of fuel)."""
        inside = vectors.inside()
        arguments = vectors.arguments()
        if probes and probed:
            arenas = probes.arenas(vectors.arenas, inside)
            outcomes = probed.run(arguments, arenas, fuel=6 * self._fuel(vectors.layout), probe=Probe(BASE))
            counts, strayed = probes.read(outcomes.arenas)
        else:
            outcomes = self.plain.run(arguments, vectors.arenas, fuel=self._fuel(vectors.layout))
            counts = np.zeros((len(vectors), 0), np.uint8)
            strayed = ((outcomes.arenas != vectors.arenas) & ~inside).any(axis=1)
        returned = outcomes.status == driver.RETURNED
        bad = policy.unusable(outcomes.status) | returned & strayed
        return ~bad, counts * returned[:, None], float((outcomes.status == driver.OUT_OF_FUEL).mean())


class _Pool:
    """The vectors kept so far and what they did: a *feature* is an outcome with how often it was reached, in steps that double.

    Counts matter because progress within a loop, such as one more character of a keyword matched, reaches no new outcome.
    """

    def __init__(self) -> None:
        self.vectors: list[Vectors] = []
        self._features: list[np.ndarray] = []
        self.reached = np.zeros(0, bool)

    def __len__(self) -> int:
        return sum(map(len, self._features))

    def add(self, vectors: Vectors, counts: np.ndarray) -> None:
        self.vectors.append(vectors)
        self._features.append(_features(counts))
        reached = (counts != 0).any(axis=0)
        self.reached = self.reached | reached if len(self.reached) else reached

    def rarity(self) -> np.ndarray:
        """float [N], sums to 1: how much each vector deserves to have children."""
        features = np.concatenate(self._features)
        weight = np.full(len(features), 1.0)
        if features.shape[1]:
            weight = (features / np.maximum(features.sum(axis=0), 1)).max(axis=1) + 0.1 / len(features)
        return weight / weight.sum()

    def news(self, counts: np.ndarray, usable: np.ndarray) -> np.ndarray:
        """Rows that have a feature nobody in the pool has, at most two for each."""
        known = np.concatenate(self._features).any(axis=0)
        news = _features(counts) & ~known & usable[:, None]
        rows = [np.flatnonzero(news[:, k])[:2] for k in np.flatnonzero(news.any(axis=0))]
        return np.unique(np.concatenate(rows)) if rows else np.zeros(0, int)


_STEP = np.array([0, 1, 2, *(min(7, n.bit_length() + 1) for n in range(3, 256))], np.uint8)
"""Counts 0, 1, 2, 3, 4-7, 8-15, 16-31, more, as steps from 0 to 7."""


def _features(counts: np.ndarray) -> np.ndarray:
    """bool [N, 7 * outcomes]."""
    steps = _STEP[counts]
    return (steps[:, :, None] == np.arange(1, 8, dtype=np.uint8)).reshape(len(counts), 7 * counts.shape[1])
