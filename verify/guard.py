"""The original compiled a second time, with checks of what its language leaves undefined.

An index outside of its array (a static table, a local one, one in a struct), a shift by as many bits as there are or more, a float cast to an integer
type that it does not fit, a variable that was never set: C's compilers may do as they like there, and do, one level of optimization otherwise than the
next. No translation can be held to that. So what the original does with an input counts only where the checked code does the same.
Invariant: a guard can only set inputs aside.
Limits: an index is checked where the array itself is in sight, also through pointers and callees that can be inlined, not through pointers that come
from the caller or out of memory; of functions that keep state only failed checks count, since one that is cut short leaves another state.
"""

from __future__ import annotations

import numpy as np

from transpile.verify import driver, policy
from transpile.verify.driver import Outcomes, Target
from transpile.verify.layout import Vectors

_SLOWER = 6
"""How much more fuel than the original the checked code gets; if that is not enough, it says nothing."""


class Guard:
    """`target`: the checked code, to be called as the original is."""

    def __init__(self, target: Target) -> None:
        self.target = target
        # Built from the original's source, it is trusted as the original is.
        target.reused = True

    def refuses(self, vectors: Vectors, arguments: np.ndarray, expected: Outcomes, fuel: int) -> np.ndarray:
        """bool [N]: the source does not say what happens. `expected`: what came of the original with `fuel`; only its usable rows mean something."""
        got = self.target.run(arguments, vectors.arenas, fuel=_SLOWER * fuel)
        failed = (got.status == driver.UNREACHABLE) & (expected.status == driver.RETURNED)
        if self.target.stateful:
            return failed
        silent = np.isin(got.status, (driver.OUT_OF_FUEL, driver.STACK_OVERFLOW))
        return failed | policy.differences(vectors.layout, expected, got) & ~silent
