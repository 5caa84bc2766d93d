"""Inputs from the candidate: what its own branches, operations and constants suggest that those of the original do not.

The reference's vectors follow the original alone, and a wrong translation may be wrong in a branch, or near a constant, that only it has.
So a candidate that no vector tells apart is explored itself (`explore`), with its constants. Invariant: what is returned are proposals,
which must be run on both sides and which the original may not be able to take.
"""

from __future__ import annotations

import numpy as np

from transpile.corpus.errors import TranspileError
from transpile.verify.draw import Mined
from transpile.verify.driver import UnusableModule
from transpile.verify.explore import Explorer
from transpile.verify.inputs import generate
from transpile.verify.instrument import instrument, mine
from transpile.verify.layout import Vectors
from transpile.verify.reference import Reference, target
from transpile.verify.thin import parsed, reachable
from transpile.verify.types import Executable

_CHUNK, _MOST_CHUNKS, _PATIENCE = 512, 48, 8
_EXAMPLES = 4
_SEEDS, _DRAWN = 512, 128


def proposals(reference: Reference, candidate: Executable, seed: int) -> Vectors:
    """Vectors to compare the two on, beyond the reference's own; perhaps none."""
    nothing = Vectors.blank(reference.layout, 0)
    if not reference.signature.parameters or not len(reference.vectors):
        return nothing
    try:
        module = parsed(candidate.wasm)
        mined = mine(reachable(module, candidate.export))
        probes = instrument(candidate, reference.layout.stride)
        known = mine(reachable(parsed(reference.executable.wasm), reference.executable.export))
    except TranspileError:
        return nothing  # Instructions that our decoder does not know.
    rng = np.random.default_rng((seed, 1))
    fresh = _only_in(mined, known)
    parts = [nothing]
    if len(fresh.integers) or len(fresh.floats):
        parts.append(generate(reference.layout, _DRAWN, rng, fresh))
    if probes is not None:
        try:
            probed = target(probes.executable, reference.signature)
            explorer = Explorer(probed, probes, reference.vectors.take(slice(_SEEDS)), mined, int(rng.integers(1 << 40)), capacity=512, any_access=True)
            idle = 0
            for _ in range(_MOST_CHUNKS):
                idle = 0 if explorer.explore(_CHUNK) else idle + 1
                if explorer.exhausted or idle >= (1 if explorer.reached() else _PATIENCE):
                    break
            explorer.explore(_CHUNK, _EXAMPLES)
            parts.append(explorer.found())
        except UnusableModule:
            pass
    return Vectors.join(parts)


def _only_in(mined: Mined, known: Mined) -> Mined:
    """What one has and the other has not."""
    return Mined(np.setdiff1d(mined.integers, known.integers), np.setdiff1d(mined.floats, known.floats), mined.script)
