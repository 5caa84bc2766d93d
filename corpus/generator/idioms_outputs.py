"""Results through out-parameters: quotient and remainder, exchange, success with a value."""

from __future__ import annotations

from transpile.corpus.generator import choices, holes
from transpile.corpus.generator.expression import E, both, choose, either, indivisible, number, signed
from transpile.corpus.generator.registry import idiom
from transpile.corpus.generator.scope import Scope
from transpile.corpus.signature import FLOATS


@idiom("effect", 1.5)
def divide_out(f: Scope) -> E | None:
    """Two results: one or both through out-parameters."""
    type = f.any("i32", "u32", "i64", "f64")
    x, y = f.scalar(type), f.scalar(type)
    out = f.out(type)
    roll = f.rng.random()
    if type in FLOATS:
        second = f.out(type)
        f.set(out[0], x * y if roll < 0.5 else (x + y) * 0.5)
        f.set(second[0], x + y if roll < 0.3 else x - y)
        return None
    if roll < 0.55:
        d = f.let(choose(indivisible(y), number(1, type), y))
        f.set(out[0], x % d if f.chance(0.6) else x / d)
        return x / d if f.chance(0.6) else x * d
    if roll < 0.8:
        second = f.out(type)
        f.set(out[0], choose(x < y, x, y))
        f.set(second[0], choose(x < y, y, x))
        return None
    total = f.let(x + y)
    f.set(out[0], total)
    return total < x if not signed(type) else both((x ^ y) >= 0, (x ^ total) < 0)


@idiom("effect", 1)
def swap_out(f: Scope) -> E | None:
    """Exchange, sort, or step values behind two pointers."""
    type = f.any(*choices.NUMBERS)
    a, b = f.out(type), f.out(type)
    roll = f.rng.random()
    if roll < 0.4:
        t = f.let(a[0])
        f.set(a[0], b[0])
        f.set(b[0], t)
        return None
    if roll < 0.7:
        with f.when(a[0].compare(f.any(">", "<"), b[0])):
            t = f.let(a[0])
            f.set(a[0], b[0])
            f.set(b[0], t)
        return None
    t = f.let(a[0] + b[0])
    f.set(a[0], b[0])
    f.set(b[0], t)
    return t if f.chance(0.4) else None


@idiom("tail", 1.2)
def checked_out(f: Scope) -> None:
    """A guarded operation that reports success and writes its result."""
    type = f.any("i32", "u32", "i64", "u8", "f64")
    x, y = f.scalar(type), f.scalar(type)
    out = f.out(type)
    roll = f.rng.random()
    if roll < 0.5 or type in FLOATS:
        with f.when(y == 0 if type in FLOATS else indivisible(y)):
            if f.chance(0.3):
                f.set(out[0], 0)
            holes.ret_truth(f, False)
        f.set(out[0], x / y if type in FLOATS or f.chance(0.6) else x % y)
    elif not signed(type):
        with f.when(x + y < x if f.chance(0.4) else x < y):
            holes.ret_truth(f, False)
        f.set(out[0], x - y)
    else:
        with f.when(either(x < 0, y < 0)):
            holes.ret_truth(f, False)
        f.set(out[0], x * y + 1 if f.chance(0.3) else x * y)
    holes.ret_truth(f, True)
