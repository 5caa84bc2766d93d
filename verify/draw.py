"""Random raw bits of one scalar type, in several styles; whole tables at a time.

Values are drawn as 64-bit integers (or float64) and cut to the type's width, so that constants and boundaries of any width serve all types.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS


@dataclass(frozen=True, slots=True)
class Mined:
    """Constants found in the original's code: integers (int64, with their neighbours), floats, and a script: the bytes that it compares
    with or keeps as data, in the order of the code, where the characters of a keyword stand together."""

    integers: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    floats: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float64))
    script: np.ndarray = field(default_factory=lambda: np.zeros(0, np.uint8))


FLOAT_VALUES = np.array(
    [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.0, 2.5, 3.0, 10.0, 100.0, 1e-3, 1e10, -1e10, np.inf, -np.inf, np.nan, -np.nan,
     5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, -1.7976931348623157e308, 1e-45, 1.1754943508222875e-38, 3.4028234663852886e38,
     2147483647.0, 2147483648.0, -2147483648.0, -2147483649.0, 4294967295.0, 4294967296.0, 9.223372036854775807e18, 1.8446744073709552e19,
     16777216.0, 9007199254740992.0, 0.49999999999999994, 0.1, np.pi]
)  # fmt: skip

INTEGER_STYLES = ("small", "tiny", "signed", "boundary", "bits", "magnitude", "mined", "multiple", "power")
FLOAT_STYLES = ("whole", "quarter", "unit", "wide", "special", "bits", "mined", "scaled")
TEXT = np.frombuffer(b"0123456789 +-abcdefghijklmnopqrstuvwxyzABCDEFXYZ.,:;_/()[]{}<>*#\t\n\"'%&=!?~@^`|\\$", np.uint8)


def pick(rng: np.random.Generator, pool: np.ndarray, shape: int | tuple[int, ...]) -> np.ndarray:
    """Elements of a pool by chance; as `Generator.choice` has it, without its checks, which take longer."""
    return pool.take(rng.integers(0, len(pool), shape))


@cache
def boundaries(scalar: str) -> np.ndarray:
    width = 8 * WIDTHS[scalar]
    top = 1 << (width - 1)
    values = [0, 1, 2, -1, -2, top - 1, top, top + 1, top - 2, (1 << width) - 1, (1 << width) - 2]
    values += [1 << (width // 2), (1 << (width // 2)) - 1]
    values += [127, 128, 255, 256, 32767, 32768, 65535, 65536, 0x7FFFFFFF, 0x80000000, 10, 100, 46341, 1000]
    return np.array([v & (1 << 64) - 1 for v in values], np.uint64).view(np.int64)


def _integers(rng: np.random.Generator, style: str, scalar: str, shape: int, mined: Mined) -> np.ndarray:
    if style == "tiny":
        return rng.integers(0, 4, shape)
    if style == "small":
        return rng.integers(0, 20, shape)
    if style == "signed":
        return rng.integers(-12, 13, shape)
    if style == "medium":
        return rng.integers(0, 1 << 12, shape) >> rng.integers(0, 10, shape)
    if style == "boundary":
        return pick(rng, boundaries(scalar), shape)
    if style == "mined" and len(mined.integers):
        return pick(rng, mined.integers, shape)
    if style == "multiple" and len(mined.integers):
        # What a condition like `x % 400 == 0` needs, from the constants of the code.
        with np.errstate(over="ignore"):
            return pick(rng, mined.integers, shape) * (rng.integers(-(1 << 63), 1 << 63, shape) >> rng.integers(40, 63, shape))
    bits = rng.integers(-(1 << 63), 1 << 63, shape)
    if style == "power":
        one = np.int64(1) << rng.integers(0, 8 * WIDTHS[scalar], shape)
        return one + rng.integers(-1, 2, shape)
    if style == "magnitude":
        return bits >> rng.integers(0 if WIDTHS[scalar] == 8 else 64 - 8 * WIDTHS[scalar], 63, shape)
    return bits


def _floats(rng: np.random.Generator, style: str, scalar: str, shape: int, mined: Mined) -> np.ndarray:
    if style == "whole":
        return rng.integers(-10, 21, shape).astype(np.float64)
    if style == "quarter":
        return rng.integers(-40, 80, shape) / 4.0
    if style == "unit":
        return rng.uniform(-1, 1, shape)
    if style == "wide":
        return rng.uniform(-1000, 1000, shape)
    if style == "mined" and len(mined.floats):
        return pick(rng, mined.floats, shape) * pick(rng, np.array([1.0, 1.0, -1.0, 1.0000001, 0.9999999]), shape)
    if style == "special":
        return pick(rng, FLOAT_VALUES, shape)
    return rng.normal(0, 1, shape) * 10.0 ** rng.integers(-20, 20, shape)


def draw(rng: np.random.Generator, style: str, scalar: str, shape: tuple[int, ...], mined: Mined) -> np.ndarray:
    """Raw bits (uint64, cut to the type's width) of `shape` values in one style."""
    return _draw(rng, style, scalar, math.prod(shape), mined).reshape(shape)


def draw_mixed(rng: np.random.Generator, kinds: Sequence[str], scalar: str, count: int, mined: Mined) -> np.ndarray:
    """Raw bits of `count` values, each in a style of its own."""
    shares = np.bincount(rng.integers(0, len(kinds), count), minlength=len(kinds)).tolist()
    return rng.permutation(np.concatenate([_draw(rng, kind, scalar, share, mined) for kind, share in zip(kinds, shares, strict=True)]))


def _draw(rng: np.random.Generator, style: str, scalar: str, count: int, mined: Mined) -> np.ndarray:
    width = WIDTHS[scalar]
    if scalar in FLOATS:
        if style == "bits":
            return rng.integers(0, (1 << 8 * width) - 1, count, np.uint64, endpoint=True)
        with np.errstate(all="ignore"):
            values = _floats(rng, style, scalar, count, mined)
            return values.astype(f"<f{width}").view(f"<u{width}").astype(np.uint64)
    if scalar == "bool":
        return rng.integers(0, 2, count).astype(np.uint64)
    if style == "text":
        return pick(rng, TEXT, count).astype(np.uint64)
    if style == "digits":
        return rng.integers(48, 58, count).astype(np.uint64)
    return cut(_integers(rng, style, scalar, count, mined).view(np.uint64), width)


def extremes(scalar: str, mined: Mined) -> np.ndarray:
    """A handful of raw values at which arithmetic goes wrong, with a few mined ones."""
    width = WIDTHS[scalar]
    if scalar in FLOATS:
        with np.errstate(all="ignore"):
            more = mined.floats[:6] if len(mined.floats) else [0.1, 3.5, 1e30]
            values = np.array([0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, *more])
            return values.astype(f"<f{width}").view(f"<u{width}").astype(np.uint64)
    top = 1 << (8 * width - 1)
    values = [0, 1, -1, 2, top, top - 1, top + 1, *(int(v) for v in mined.integers[:: max(1, len(mined.integers) // 4)])]
    return np.unique(cut(np.array([v & (1 << 64) - 1 for v in values], np.uint64), 1 if scalar == "bool" else width))


def cut(bits: np.ndarray, width: int) -> np.ndarray:
    return bits & np.uint64((1 << 8 * width) - 1)


def styles(scalar: str) -> tuple[str, ...]:
    return FLOAT_STYLES if scalar in FLOATS else INTEGER_STYLES


def sortable(bits: np.ndarray, scalar: str) -> np.ndarray:
    """Raw bits as values that numpy orders as the source does."""
    width = WIDTHS[scalar]
    kind = "f" if scalar in FLOATS else "i" if scalar in SIGNED else "u"
    return bits.astype(f"<u{width}").view(f"<{kind}{width}")
