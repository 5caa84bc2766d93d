"""A generator of idiomatic typed programs in the IR of `corpus.ir`.

Half come from a library of parametrized idioms (`idioms_*`), composed with each other (`compose`), half from a typed random
grammar (`grammar`) that grows loops, guards and updates with context. Invariant: every program passes `check.check`.
Limits: no recursion, no pointers to pointers, helpers take no structs; indices stay in range by construction, not by proof.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from random import Random

from transpile.corpus import ir
from transpile.corpus.generator import compose, grammar
from transpile.corpus.generator.check import Unused, check
from transpile.corpus.generator.registry import Pools
from transpile.corpus.generator.scope import Reject

GRAMMAR = 0.25
"""Share of programs that the grammar grows (with idioms among its statements); the rest are made of idioms."""


@cache
def pools() -> Pools:
    """The idioms of all `idioms_*` modules."""
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        if module.startswith("idioms_"):
            importlib.import_module(f"{__name__}.{module}")
    return Pools()


def generate_one(rng: Random) -> ir.Program:
    """One program. Draws again when a draw leads nowhere."""
    while True:
        try:
            program = grammar.program(rng, pools()) if rng.random() < GRAMMAR else compose.program(rng, pools())
            check(program)
            return program
        except (Reject, Unused):
            continue


def generate(seed: int, count: int) -> Iterator[ir.Program]:
    """`count` programs; the same for the same seed, and a longer run starts with a shorter one's programs."""
    rng = Random(seed)
    for _ in range(count):
        yield generate_one(rng)
