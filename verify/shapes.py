"""Numbers of elements as functions of whole-number parameters: `n * n`, `w * h * 3`, `(n + 7) / 8`, `y * w + x + 1`.

What a pointer leads to is seldom said by the types; the original shows it: how far it reaches (`reach`) for the numbers it gets. `fit` finds the simplest
shape of a closed family that says so. Limits: at most three factors of at most three parameters; a factor counts as 0 where it is negative, and as
`MOST` where it is greater. `explore_wat` computes the same from `Shape.words`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, combinations_with_replacement, permutations
from typing import NamedTuple

import numpy as np

from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS

MOST = 1 << 16
_POSITIONS, _TELLING = 12, 5
"""Parameters that shapes are looked for in, and those of them that tell most."""
_AGREE, _TIGHT, _FULL, _NEAR = 0.98, 0.25, 0.5, 0.08
"""Share of the inputs in which the original must stay within a shape, in which it must reach its very end (or, of all that the shape says, what share it
reaches where nothing does that), and by how much a shape must be better at that than a simpler one."""
_LEAST = 8
"""Inputs that must reach something of a buffer, for its shape to be looked for."""
_TOLD = 0.1
"""How much a reach must change with a parameter, as a correlation of ranks, for that to be one of a shape's."""
_SIZES = np.array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20, 24, 25, 27, 32, 36, 48, 49, 64, 81, 96, 100, 128, 256, 512, 624, 1024])
"""Numbers of elements that programs give buffers of fixed size."""


class Factor(NamedTuple):
    """`(parameter + add) / div`, rounded down; 0 where that is negative."""

    position: int
    add: int = 0
    div: int = 1


class Shape(NamedTuple):
    """`(sum of times * factors + add) / div`, rounded down; 0 where that is negative. `terms`: (times, factors)."""

    terms: tuple[tuple[int, tuple[Factor, ...]], ...] = ()
    add: int = 0
    div: int = 1

    @property
    def positions(self) -> frozenset[int]:
        """The parameters that it depends on."""
        return frozenset(f.position for _, factors in self.terms for f in factors)

    def count(self, numbers: Mapping[int, np.ndarray]) -> np.ndarray:
        """int64 [N]. `numbers`: by parameter its values, int64 [N]; see `read`."""
        size = len(next(iter(numbers.values()))) if numbers else 1
        out = np.full(size, self.add, np.int64)
        for times, factors in self.terms:
            product = np.full(size, times, np.int64)
            for position, add, div in factors:
                product = product * (np.clip(numbers[position] + add, 0, MOST) // div)
            out = out + product
        return np.maximum(out, 0) // self.div

    def words(self, place: Mapping[int, tuple[int, bool]]) -> list[int]:
        """As numbers: [add, div, terms, (times, factors, (place, signed, add, div)...)...]. `place`: by parameter where it lies, and if it is signed."""
        out = [self.add, self.div, len(self.terms)]
        for times, factors in self.terms:
            out += [times, len(factors)]
            for position, add, div in factors:
                out += [*map(int, place[position]), add, div]
        return out

    def text(self, names: Sequence[str]) -> str:
        """In words: `rows * cols`."""
        parts = []
        for times, factors in self.terms:
            written = [_written(names[f.position], f, len(factors) + (times != 1) > 1) for f in factors]
            parts.append((times < 0, " * ".join([*([str(abs(times))] if abs(times) != 1 else []), *written])))
        if self.add or not parts:
            parts.append((self.add < 0, str(abs(self.add))))
        whole = "".join(f" {'-' if minus else '+'} {part}" if k or minus else part for k, (minus, part) in enumerate(parts)).lstrip()
        return f"({whole}) / {self.div}" if self.div != 1 else whole


def _written(name: str, factor: Factor, inner: bool) -> str:
    added = f"{name} {'+' if factor.add > 0 else '-'} {abs(factor.add)}" if factor.add else name
    if factor.div != 1:
        divided = f"{f'({added})' if factor.add else added} / {factor.div}"
        return f"({divided})" if inner else divided
    return f"({added})" if factor.add and inner else added


def parameter(position: int) -> Shape:
    """The shape of a buffer whose number of elements is a parameter."""
    return Shape(((1, (Factor(position),)),))


def read(values: np.ndarray, types: Sequence[str | None], positions: frozenset[int]) -> dict[int, np.ndarray]:
    """The numbers among raw bits uint64 [N, P], by parameter; what is out of reach of any buffer is cut."""
    out = {}
    for position in positions:
        type_ = types[position]
        assert type_ is not None
        kind = f"<{'i' if type_ in SIGNED else 'u'}{WIDTHS[type_]}"
        exact = values[:, position].astype(f"<u{WIDTHS[type_]}").view(kind)
        wide = exact.astype(np.int64) if type_ != "u64" else np.minimum(exact, np.uint64(MOST)).astype(np.int64)
        out[position] = np.clip(wide, -MOST, MOST)
    return out


def whole_numbers(types: Sequence[str | None]) -> list[int]:
    """The parameters that shapes may depend on."""
    return [k for k, t in enumerate(types) if t in WIDTHS and t not in FLOATS and t != "bool"][:_POSITIONS]


def _shapes(positions: Sequence[int]) -> Iterator[list[Shape]]:
    """Shapes of those parameters, the simplest first, in lists of about the same simplicity."""
    one = {k: Factor(k) for k in positions}

    def product(*factors: Factor, times: int = 1, add: int = 0, div: int = 1) -> Shape:
        return Shape(((times, factors),), add, div)

    yield [parameter(k) for k in positions]
    yield [product(one[k], times=c, add=a) for k in positions for c in (1, 2, 3, 4) for a in (0, 1, -1, 2) if (c, a) != (1, 0)]
    pairs = list(combinations_with_replacement(positions, 2))
    yield [product(one[x], one[y]) for x, y in pairs]
    rounded = [Factor(k, a, b) for k in positions for a, b in ((0, 2), (1, 2), (0, 8), (7, 8), (0, 4), (3, 4), (0, 3), (2, 3), (31, 32), (15, 16), (4, 5))]
    yield [product(f, times=c, add=a) for f in rounded for c in (1, 2, 3, 4, 8) for a in (0, 1)]
    yield [product(one[x], one[y], times=c, add=a) for x, y in pairs for c in (1, 2, 3, 4) for a in (0, 1, -1) if (c, a) != (1, 0)]
    yield [Shape(((1, (one[x],)), (1, (one[y],))), a) for x, y in combinations(positions, 2) for a in (0, 1, -1, 2)]
    yield [Shape(((1, (one[x],)), (-1, (one[y],))), a) for x, y in permutations(positions, 2) for a in (0, 1)]
    yield [product(one[k], times=c, add=a) for k in positions for c in (5, 6, 7, 8, 9, 10, 12, 16, 32) for a in (0, 1)]
    more = [product(one[x]._replace(add=a), one[y]._replace(add=b)) for x, y in permutations(positions, 2) for a, b in ((0, 1), (0, -1), (1, 1), (-1, -1))]
    sides = ((0, 1, 1), (0, -1, 1), (1, 1, 1), (-1, -1, 1), (0, 1, 2), (0, -1, 2))
    yield [*more, *(product(one[k]._replace(add=a), one[k]._replace(add=b), div=d) for k in positions for a, b, d in sides)]
    yield [product(one[x], f) for x in positions for f in rounded if f.position != x]
    yield [product(one[x], one[y], one[z]) for x, y, z in combinations_with_replacement(positions, 3)]
    places = [(x, y, z) for x, y in combinations_with_replacement(positions, 2) for z in positions if z not in (x, y)]
    yield [Shape(((1, (one[x], one[y])), (1, (one[z],))), a) for x, y, z in places for a in (0, 1)]
    yield [Shape(((1, (one[x]._replace(add=-1), one[y])), (1, (one[z],))), 0) for x, y, z in permutations(positions, 3)]
    yield [Shape(((c, (one[x], one[y])), (c, (one[z],))), c) for x, y, z in places for c in (2, 3, 4)]


def fit(reach: np.ndarray, numbers: Mapping[int, np.ndarray]) -> tuple[Shape, float] | None:
    """The shape that says how far the original reaches, int64 [N], and the share of the inputs in which it reaches that very end; None where it reaches
    nothing. Where no shape of parameters does, a fixed size."""
    # Where it reaches nothing, as of nothing at all, no shape is wrong; negative numbers say little.
    some = reach > 0
    if some.sum() < _LEAST:
        return None
    usual = np.logical_and.reduce([some, *(v >= 0 for v in numbers.values())])
    some = usual if usual.sum() >= _LEAST else some
    reach, numbers = reach[some], {k: v[some] for k, v in numbers.items()}
    best: tuple[float, Shape] | None = None
    full: tuple[float, Shape] | None = None
    for shapes in _shapes(_telling(reach, numbers)):
        tighter = best
        for shape in shapes:
            count = shape.count(numbers)
            if (count >= reach).mean() < _AGREE:
                continue
            tight, filled = float((count == reach).mean()), float(reach.sum() / count.sum())
            if filled >= _FULL and (full is None or filled > full[0] + _NEAR):
                full = filled, shape
            if tight >= _TIGHT and (tighter is None or tight > tighter[0] + (_NEAR if tighter is best else 0)):
                tighter = tight, shape
        best = tighter
        if best and best[0] > 1 - _NEAR:
            break
    top = int(reach.max())
    fixed = float((reach == top).mean())
    if best and best[0] >= fixed:
        return best[1], best[0]
    if full and fixed < _TIGHT:
        return full[1], 0.0
    return Shape(add=top if fixed > 1 - _NEAR else int(_SIZES[min(int(np.searchsorted(_SIZES, top)), len(_SIZES) - 1)])), fixed


def _telling(reach: np.ndarray, numbers: Mapping[int, np.ndarray]) -> list[int]:
    """The parameters that the reach changes with, at most a few."""

    def ranks(values: np.ndarray) -> np.ndarray:
        return np.unique(values, return_inverse=True)[1].astype(float)

    told = {}
    own = ranks(reach)
    for position, values in numbers.items():
        other = ranks(values)
        if own.any() and other.any():
            told[position] = abs(float(np.corrcoef(own, other)[0, 1]))
    return sorted(sorted((k for k, share in told.items() if share > _TOLD), key=lambda k: -told[k])[:_TELLING])
