"""The list of idioms. An idiom is a function of a `Scope` that emits statements; kinds say how it ends:

- `value`: returns an `E`, never emits a Return, so it may stand anywhere in a function;
- `scalar`: a `value` whose inputs are integers asked with `Scope.scalar` only, so it may also stand in a loop over elements;
- `tail`: emits its own Returns, so it comes last (or makes a helper);
- `effect`: changes memory through pointers and may return an `E` (a count) or None; never emits a Return.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from transpile.corpus.generator.expression import E
from transpile.corpus.generator.scope import Scope

Run = Callable[[Scope], E | None]


@dataclass(frozen=True, slots=True)
class Idiom:
    name: str
    kind: str
    weight: float
    run: Run


IDIOMS: dict[str, Idiom] = {}


def idiom(kind: str, weight: float = 1.0) -> Callable[[Run], Run]:
    """Register an idiom under its function's name."""
    assert kind in ("value", "scalar", "tail", "effect")

    def register(run: Run) -> Run:
        assert run.__name__ not in IDIOMS, run.__name__
        IDIOMS[run.__name__] = Idiom(run.__name__, kind, weight, run)
        return run

    return register


class Pool:
    """Idioms of some kinds, drawn by weight."""

    def __init__(self, *kinds: str):
        self.idioms = [i for i in IDIOMS.values() if i.kind in kinds]
        self.sums = list(accumulate(i.weight for i in self.idioms))

    def draw(self, rng: Random) -> Idiom:
        return rng.choices(self.idioms, cum_weights=self.sums)[0]


class Pools:
    """All pools; made once the idiom modules are loaded."""

    def __init__(self) -> None:
        self.all = Pool("value", "scalar", "tail", "effect")
        self.values = Pool("value", "scalar")
        self.scalars = Pool("scalar")
        self.effects = Pool("effect")
