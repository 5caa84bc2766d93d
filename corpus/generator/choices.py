"""What people choose: types and constants with the weights of real code.

A mix is a tuple in which a type stands as often as it weighs, so that `rng.choice` draws it.
"""

from __future__ import annotations

from random import Random

from transpile.corpus.generator.expression import bits, signed
from transpile.corpus.signature import FLOATS


def mix(**weights: int) -> tuple[str, ...]:
    return tuple(t for t, n in weights.items() for _ in range(n))


ELEMENTS = mix(i32=38, u8=16, u32=10, f64=10, f32=7, i64=6, i16=5, u16=4, u64=3, i8=2)
NUMBERS = mix(i32=40, u32=14, i64=10, f64=10, f32=6, u64=6, u8=5, i16=4, u16=3, i8=1)
INTS = mix(i32=40, u32=20, i64=10, u64=9, u8=8, u16=4, i16=4, i8=2)
INT_ELEMENTS = mix(i32=42, u8=18, u32=12, i64=7, i16=6, u16=5, u64=4, i8=2)
WIDE = mix(i32=44, u32=26, i64=12, u64=13)
FLOAT = mix(f64=58, f32=42)
BYTES = mix(u8=70, i8=30)
LENGTHS = mix(i32=62, usize=22, u32=16)

SMALL = (1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 7, 8, 10, 10, 16)
COMMON = (
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    12,
    13,
    15,
    16,
    17,
    20,
    24,
    25,
    31,
    32,
    33,
    37,
    40,
    42,
    50,
    60,
    63,
    64,
    65,
    97,
    99,
    100,
    101,
    127,
    128,
    255,
    256,
    360,
    365,
    400,
    500,
    512,
    997,
    1000,
    1023,
    1024,
    4096,
    10000,
    65535,
    65536,
    100000,
    1000000,
)
MASKS = (
    1,
    1,
    3,
    7,
    15,
    15,
    31,
    63,
    127,
    128,
    255,
    255,
    240,
    0x55,
    0xAA,
    0x0F0F,
    0xFFFF,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x7FFFFFFF,
    0x80000000,
    0x55555555,
    0x33333333,
    0x0F0F0F0F,
    0x00FF00FF,
    0xFFFFFF,
    0xFF00,
)
PRIMES = (
    2,
    3,
    5,
    7,
    11,
    13,
    17,
    19,
    23,
    29,
    31,
    37,
    41,
    53,
    61,
    97,
    101,
    127,
    131,
    193,
    251,
    257,
    997,
    1009,
    65521,
    65537,
    1000003,
    1000000007,
    998244353,
)
MULTIPLIERS = (
    31,
    31,
    33,
    33,
    37,
    65599,
    131,
    5,
    16777619,
    0x9E3779B1,
    0x85EBCA6B,
    0xC2B2AE35,
    1664525,
    1103515245,
    2654435761,
    0x27D4EB2D,
    0x01000193,
    0x45D9F3B,
    69069,
)
MULTIPLIERS_64 = (
    1099511628211,
    6364136223846793005,
    0x9E3779B97F4A7C15,
    0xBF58476D1CE4E5B9,
    0x94D049BB133111EB,
    0xFF51AFD7ED558CCD,
    31,
    33,
)
SEEDS = (0, 0, 0, 1, 5381, 2166136261, 17, 7, 0xFFFFFFFF, 0x811C9DC5, 1469598103934665603, 12345, 0xDEADBEEF, 42)
CHARACTERS = "  \n\t,.;:-+_/#%*0123456789aAbBeExXzZfFnt\"'()[]{}<>=&|!?@$~^\\"
REALS = (
    0.5,
    0.5,
    2.0,
    2.0,
    0.25,
    0.1,
    1.0,
    1.0,
    1.5,
    3.0,
    4.0,
    10.0,
    100.0,
    0.01,
    0.001,
    255.0,
    180.0,
    3.141592653589793,
    0.75,
    0.3,
    0.2,
    1.8,
    32.0,
    9.81,
    1000.0,
    60.0,
    0.9,
    6.0,
    8.0,
    12.0,
    0.125,
    5.0,
    2.5,
    1e-06,
)
MODULI = (10, 10, 7, 9, 11, 13, 16, 97, 100, 101, 255, 256, 1000, 1009, 65521, 65536, 1000000007, 998244353, 12, 26, 360)


def fits(value: int, type: str) -> bool:
    """Whether the integer is in the type's range."""
    width = bits(type) - (1 if signed(type) else 0)
    return 0 <= value < 1 << width


def pick(rng: Random, pool: tuple[int, ...], type: str) -> int:
    """A member of the pool that the type can hold; a small one if none is found."""
    for _ in range(6):
        value = rng.choice(pool)
        if fits(value, type):
            return value
    return rng.choice(SMALL)


def literal(rng: Random, type: str, negative: bool = False) -> int | float:
    """A constant that people would write at an arbitrary place; never 0, below 0 only if asked."""
    if type in FLOATS:
        value = rng.choice(REALS)
        if rng.random() < 0.08:
            value = round(rng.uniform(0, 100), rng.randrange(1, 4)) or 1.5
        return value
    roll = rng.random()
    if roll < 0.5:
        value = pick(rng, SMALL, type)
    elif roll < 0.86:
        value = pick(rng, COMMON, type)
    elif roll < 0.92:
        value = pick(rng, PRIMES, type)
    else:
        value = rng.randrange(1, 1 << rng.randrange(3, max(4, bits(type) - 1)))
        if not fits(value, type):
            value = 3
    return -value if negative and signed(type) and rng.random() < 0.15 else value


def factor(rng: Random, type: str) -> int | float:
    """A constant worth multiplying or dividing by: above 1."""
    if type in FLOATS:
        return rng.choice((0.5, 2.0, 0.25, 0.1, 1.5, 3.0, 10.0, 100.0, 0.01, 4.0, 0.75, 1.8))
    roll = rng.random()
    if roll < 0.6:
        return rng.choice((2, 2, 2, 3, 3, 4, 5, 7, 8, 10, 10, 16))
    if roll < 0.9:
        return max(2, pick(rng, COMMON, type))
    return max(2, pick(rng, PRIMES, type))


def mask(rng: Random, type: str) -> int:
    """A constant for `&`, `|` or `^`."""
    return pick(rng, MASKS, type)


def shift(rng: Random, type: str) -> int:
    """A shift count below the width."""
    width = bits(type)
    roll = rng.random()
    if roll < 0.55:
        return rng.choice((1, 1, 1, 2, 2, 3, 3, 4, 4, 5))
    if roll < 0.85 and width > 8:
        return rng.choice((8, 8, 16, 12, 6, 7, 10, 11, 13, 15, 5)) % width or 1
    return rng.randrange(1, width)


def multiplier(rng: Random, type: str) -> int:
    value = rng.choice(MULTIPLIERS_64) if type in ("u64", "i64") and rng.random() < 0.5 else rng.choice(MULTIPLIERS)
    return value if fits(value, type) else rng.choice((31, 33, 37, 5, 3, 17))


def seed_value(rng: Random, type: str) -> int:
    value = rng.choice(SEEDS)
    return value if fits(value, type) else rng.choice((0, 1, 17, 7))
