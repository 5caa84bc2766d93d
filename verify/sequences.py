"""Functions that keep state between calls, compared over several sequences of calls.

The reference's vectors are run in other orders, and each several times in a row, in fresh instances of both sides. Invariant: a difference is
reported with the shortest sequence found that shows it, run in fresh instances. A call that only takes long is none: it ends its sequence where it takes
longer than can be waited for (`endless`). Limit: state is looked for only where
`shared.keeps_state` does; the sequences are those of the one function.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from transpile.verify import policy
from transpile.verify.driver import NOT_RUN, OUT_OF_FUEL, Target
from transpile.verify.endless import follow
from transpile.verify.layout import Vectors
from transpile.verify.reference import Reference
from transpile.verify.render import call_text, explain
from transpile.verify.shrink import LITTLE
from transpile.verify.types import Counterexample

_LONG, _REPEATED = 512, 128
_PAIRS = 48
"""Earlier calls that are tried as the only one before the call that differs."""


def orders(count: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Sequences of row numbers."""
    yield np.arange(count)[::-1][:_LONG]
    yield rng.permutation(count)[:_LONG]
    yield np.repeat(rng.permutation(count)[:_REPEATED], 3)
    yield rng.integers(0, max(1, min(count, 8)), 64)
    for start in range(0, min(count, 64), 8):
        yield np.arange(start, min(count, start + 8))


class Compared(NamedTuple):
    """Calls compared, the difference if there is one, and in words what went before it; `open`: a call of which nobody can tell whether it ends."""

    calls: int
    counterexample: Counterexample | None = None
    before: str = ""
    open: str = ""


def compare(reference: Reference, candidate: Target, seed: int) -> Compared:
    """What other sequences of calls show. Raises UnusableModule."""
    vectors, compared, candidate = reference.vectors, 0, candidate.fresh()
    for order in orders(len(vectors), np.random.default_rng((seed, 2))):
        rows = vectors.take(order)
        ran, at, ends = _first(reference, candidate, rows)
        compared += ran
        if ends is None:
            return Compared(compared, open=call_text(rows, ran))
        if at is None:
            continue
        # To see that a call does not end takes too long to be tried after many others.
        for earlier in range(max(0, at - _PAIRS), at if ends else 0):
            pair = rows.take(np.array([earlier, at]))
            if _first(reference, candidate, pair)[1] == 1:
                return Compared(compared, _explain(reference, candidate, pair))
        words = f"after {at} earlier calls" if at else ""
        return Compared(compared, _explain(reference, candidate, rows.take(slice(at + 1))), words)
    return Compared(compared)


def _first(reference: Reference, candidate: Target, rows: Vectors) -> tuple[int, int | None, bool | None]:
    """Calls compared, the first that differs, and whether that ends; None where nobody can tell. What the original cannot take ends the sequence."""
    fuel = reference.fuel + rows.layout.cost
    expected = reference.target.run(rows.arguments(), rows.arenas, fuel=fuel)
    unusable = policy.unusable(expected.status, rows.layout.wide)
    if reference.guard:
        unusable |= reference.guard.refuses(rows, rows.arguments(), expected, fuel)
    bad = np.flatnonzero(unusable)
    end = int(bad[0]) if len(bad) else len(rows)
    if not end:
        return 0, None, True
    cut, expected = rows.take(slice(end)), expected.take(np.arange(end))
    got = candidate.run(cut.arguments(), cut.arenas, fuel=reference.candidate_fuel, expected=expected.status)
    differs = np.flatnonzero(policy.differences(rows.layout, expected, got))
    if len(differs) and got.status[differs[0]] == OUT_OF_FUEL:
        # Endless, or only slow?
        got = candidate.run(cut.arguments(), cut.arenas, fuel=max(LITTLE, reference.candidate_fuel), expected=expected.status)
        differs = np.flatnonzero(policy.differences(rows.layout, expected, got))
    if len(differs) and got.status[differs[0]] == OUT_OF_FUEL:
        here = int(differs[0])
        last = expected.take(np.array([here]))
        answer, unknown = follow(reference.target, candidate, cut.take(slice(here + 1)), last)
        if unknown or not policy.differences(rows.layout, last, answer).any():
            return here, None, None if unknown else True
    if len(differs):
        # Where it leaves what it was given shows in the instrumented code alone, which takes its time.
        strayed = np.flatnonzero(reference.strays(cut.take(slice(int(differs[0]) + 1))))
        if len(strayed):
            return int(strayed[0]), None, True
    at = int(differs[0]) if len(differs) else None
    return int((got.status != NOT_RUN).sum()), at, at is None or got.status[at] != OUT_OF_FUEL


def _explain(reference: Reference, candidate: Target, rows: Vectors) -> Counterexample:
    """The last call of a sequence, and the one before it where there are just two."""
    at = len(rows) - 1
    expected = reference.target.run(rows.arguments(), rows.arenas, fuel=reference.fuel + rows.layout.cost)
    got = candidate.run(rows.arguments(), rows.arenas, fuel=reference.candidate_fuel)
    found = explain(rows, at, expected, got, at)
    if at != 1:
        return found
    return replace(found, text=f"{found.text} (after {call_text(rows, 0)})")
