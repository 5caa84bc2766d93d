"""Inputs from the candidate: what its own branches, operations and constants suggest that those of the original do not.

The reference's vectors follow the original alone, and a wrong translation may be wrong in a branch, or near a constant, that only it has; or
only in what few inputs show. So a candidate that no vector tells apart is explored itself (`explore`), with its constants and with the original
beside it, on every input that is tried. Invariant: what is returned was run on both sides by `Runner`, which knows what the original can take.
"""

from __future__ import annotations

import numpy as np

from transpile.corpus.errors import TranspileError
from transpile.verify.draw import Mined
from transpile.verify.driver import Target, UnusableModule
from transpile.verify.explore import Explorer
from transpile.verify.inputs import generate
from transpile.verify.instrument import instrument, mine
from transpile.verify.layout import Vectors
from transpile.verify.reference import Reference, target
from transpile.verify.shrink import Runner
from transpile.verify.thin import parsed, reachable
from transpile.verify.types import Executable

_CHUNK, _LONG, _PATIENCE, _MOST = 512, 2048, 4096, 24576
"""Runs at a time, fewest and most; those without anything new after which there is nothing more to be expected; and all."""
_FUEL = 30_000_000
"""Wasm instructions (about) that are spent, if there is something to mutate, even where nothing new is reached."""
_EXAMPLES = 4
_SEEDS, _DRAWN = 512, 128


def challenge(reference: Reference, candidate: Executable, compiled: Target, seed: int) -> tuple[int, Vectors | None]:
    """(number of vectors compared beyond the reference's own, those that differ if any do)."""
    if not reference.signature.parameters or not len(reference.vectors):
        return 0, None
    try:
        module = parsed(candidate.wasm)
        mined = mine(reachable(module, candidate.export))
        probes = instrument(candidate, reference.layout.stride)
    except TranspileError:
        return 0, None  # Instructions that our decoder does not know.
    rng = np.random.default_rng((seed, 1))
    fresh = _only_in(mined, reference.mined)
    runner = Runner(reference, compiled)
    parts = [Vectors.blank(reference.layout, 0)]
    if len(fresh.integers) or len(fresh.floats):
        parts.append(generate(reference.layout, _DRAWN, rng, fresh))
    if probes is not None:
        try:
            probed = target(probes.executable, reference.signature, probes.original)
            explorer = Explorer(probed, probes, reference.vectors.take(slice(_SEEDS)), mined, int(rng.integers(1 << 40)), capacity=512, any_access=True,
                                rival=reference.target)  # fmt: skip
            idle = ran = 0
            while ran < _MOST:
                # As many as there is fuel for, but not all at once: there may be suspects among them.
                runs = int(min(max(_CHUNK, (_FUEL - explorer.fuel) / explorer.each), _LONG))
                idle = 0 if explorer.explore(runs) else idle + runs
                ran += runs
                compared, differing = _check(explorer, runner)
                if differing is not None:
                    return compared, differing
                if explorer.exhausted or (explorer.fuel > _FUEL and idle >= (1 if explorer.reached() else _PATIENCE)):
                    break
            explorer.explore(_CHUNK, _EXAMPLES)
            compared, differing = _check(explorer, runner)
            if differing is not None:
                return compared, differing
            parts.append(explorer.found())
        except UnusableModule:
            pass
    proposed = Vectors.join(parts)
    return runner.compare(proposed) if len(proposed) else (0, None)


def _check(explorer: Explorer, runner: Runner) -> tuple[int, Vectors | None]:
    suspects = explorer.suspects()
    return runner.compare(suspects) if len(suspects) else (0, None)


def _only_in(mined: Mined, known: Mined) -> Mined:
    """What one has and the other has not."""
    # Some hundred numbers: sets of Python's are quicker than arrays.
    integers = sorted(set(mined.integers.tolist()) - set(known.integers.tolist()))
    floats = sorted(f for f in set(mined.floats.tolist()) - set(known.floats.tolist()) if f == f)
    return Mined(np.array(integers, np.int64), np.array(floats, np.float64), mined.script)
