"""Reductions over one or two arrays: sums, counts, extremes, means, dot products, runs and adjacent pairs."""

from __future__ import annotations

from transpile.corpus.generator import choices, holes
from transpile.corpus.generator.expression import E, both, builtin, choose, limit, number, signed
from transpile.corpus.generator.registry import idiom
from transpile.corpus.generator.scope import Scope
from transpile.corpus.signature import FLOATS


def kept(f: Scope, x: E, uses: int = 2) -> E:
    """x in a local of its own, if it is an element that is used several times (people name it about half the time)."""
    if type(x.node).__name__ == "Index" and uses > 1 and f.chance(0.5):
        return f.let(x)
    return x


@idiom("value", 3)
def reduce(f: Scope) -> E:
    a = f.array()
    type = holes.accumulator_type(f, a.element)
    total = f.let(holes.start(f, type))
    with f.walk(a) as (x, _):
        if f.chance(0.3):
            x = holes.transform(f, x.to(type), 1)
        holes.accumulate(f, total, x)
    return total


@idiom("value", 3)
def reduce_if(f: Scope) -> E:
    type = f.element_type()
    a = f.array(type)
    result = holes.accumulator_type(f, type)
    total = f.let(holes.start(f, result))
    with f.walk(a) as (x, _):
        x = kept(f, x)
        condition = holes.predicate(f, x, text=False)
        if f.chance(0.2):
            with f.when(condition):
                f.cont()
            holes.accumulate(f, total, x)
        else:
            with f.when(condition):
                holes.accumulate(f, total, x)
            if f.chance(0.2):
                with f.other():
                    f.set(total, 1 if f.chance(0.4) else x.to(result), f.any("-", "+"))
    return total


@idiom("value", 2.5)
def count_if(f: Scope) -> E:
    type = f.element_type()
    a = f.array(type)
    count = f.let(0, f.any(f.length_type, "i32", "index", "u32", "usize"))
    with f.walk(a) as (x, _), f.when(holes.predicate(f, x)):
        f.add(count)
    return count


@idiom("value", 1.2)
def count_two(f: Scope) -> E:
    """Two counters; their difference, larger one, or a combination."""
    type = f.element_type()
    a = f.array(type)
    first, second = f.let(0, "i32"), f.let(0, "i32")
    with f.walk(a) as (x, _):
        x = kept(f, x)
        with f.when(holes.predicate(f, x)):
            f.add(first)
        with f.elsewhen(holes.predicate(f, x)) if f.chance(0.5) else f.when(holes.predicate(f, x)):
            f.add(second)
    return _joined(f, first, second)


def _joined(f: Scope, first: E, second: E) -> E:
    roll = f.rng.random()
    if roll < 0.4:
        return first - second
    if roll < 0.55:
        return choose(first > second, first, second)
    if roll < 0.7:
        return first * f.any(2, 3, 10, 100, 1000) + second
    if roll < 0.85:
        return first + second
    return first == second if f.chance(0.5) else (first << f.any(8, 16)) | second


@idiom("tail", 2.5)
def extreme(f: Scope) -> None:
    """Minimum or maximum value of a non-empty array."""
    a = f.array()
    less = f.chance(0.5)
    f.result = a.element
    if f.chance(0.6):
        with f.when(a.len == 0):
            f.ret(0)
        best = f.let(a[0])
        walk = f.range(1, a.len) if f.chance(0.65) else f.range(0, a.len)
    else:
        best = f.let(number(0, a.element) if a.element in FLOATS or f.chance(0.3) else limit(a.element, less))
        walk = f.walk(a)
    with walk as w:
        x = a[w] if isinstance(w, E) else w[0]
        x = kept(f, x)
        if a.element not in FLOATS and f.chance(0.15):
            f.set(best, builtin("min" if less else "max", best, x))
        else:
            with f.when(x < best if less else x > best):
                f.set(best, x)
    f.ret(best)


@idiom("tail", 2)
def extreme_index(f: Scope) -> None:
    """Position of the smallest or largest element."""
    a = f.array()
    f.result = f.any(f.length_type, f.length_type, "i32")
    op = holes.order(f)
    sentinel = signed(f.result) and f.chance(0.6)
    guard = f.chance(0.75)
    if guard:
        with f.when(a.len == 0):
            f.ret(-1 if sentinel else 0)
    best = f.let(0, "index")
    if guard and f.chance(0.4):
        value = f.let(a[0])
        with f.range(1, a.len) as i, f.when(a[i].compare(op, value)):
            f.set(value, a[i])
            f.set(best, i)
    else:
        with f.range(1 if guard else 0, a.len) as i, f.when(a[i].compare(op, a[best])):
            f.set(best, i)
    f.ret(best)


@idiom("tail", 1.4)
def spread(f: Scope) -> None:
    """Both extremes at once: the range, its middle, or two out-parameters."""
    a = f.array()
    outs = f.chance(0.35)
    low_out, high_out = (f.out(a.element), f.out(a.element)) if outs else (None, None)
    if outs:
        guarded = f.chance(0.6)
        if guarded:
            f.result = f.truth if f.chance(0.5) else None
            with f.when(a.len == 0):
                if f.result:
                    holes.ret_truth(f, False)
                else:
                    f.ret()
        else:
            with f.when(a.len == 0):
                f.ret()
    else:
        f.result = a.element
        with f.when(a.len == 0):
            f.ret(0)
    low, high = f.let(a[0]), f.let(a[0])
    with f.range(1, a.len) as i:
        x = kept(f, a[i], 4)
        with f.when(x < low):
            f.set(low, x)
        with f.elsewhen(x > high) if f.chance(0.3) else f.when(x > high):
            f.set(high, x)
    if outs:
        f.set(low_out[0], low)
        f.set(high_out[0], high)
        if f.result:
            holes.ret_truth(f, True)
    else:
        f.ret(f.any(high - low, high - low, (low + high) / 2, high + low))


@idiom("tail", 1.5)
def second_largest(f: Scope) -> None:
    a = f.array(choices.INT_ELEMENTS)
    f.result = a.element
    less = f.chance(0.4)
    with f.when(a.len < 2):
        f.ret(f.any(0, 0, -1) if signed(a.element) else 0)
    first, second = f.let(limit(a.element, less)), f.let(limit(a.element, less))
    with f.walk(a) as (x, _):
        x = kept(f, x, 4)
        with f.when(x < first if less else x > first):
            f.set(second, first)
            f.set(first, x)
        further = x < second if less else x > second
        with f.elsewhen(both(further, x != first) if f.chance(0.4) else further):
            f.set(second, x)
    f.ret(second)


@idiom("tail", 2)
def mean(f: Scope) -> None:
    """An average, of all or of those that pass; integer or float."""
    type = f.element_type()
    a = f.array(type)
    total_type = type if type in FLOATS else f.any("i64", "i32", "f64", "u64") if signed(type) else f.any("u32", "u64", "f64")
    f.result = total_type if f.chance(0.6) or total_type in FLOATS else type
    filtered = f.chance(0.3)
    if not filtered:
        with f.when(a.len == 0):
            f.ret(0)
    total = f.let(0, total_type)
    if filtered:
        count = f.let(0, f.any("i32", "u32", "index"))
        with f.walk(a) as (x, _):
            x = kept(f, x)
            with f.when(holes.predicate(f, x, text=False)):
                f.add(total, x)
                f.add(count)
        with f.when(count == 0):
            f.ret(0)
        value = total / count.to(total_type)
    else:
        with f.walk(a) as (x, _):
            f.add(total, x)
        value = total / a.len.to(total_type)
    f.ret(value)


@idiom("tail", 1.2)
def variance(f: Scope) -> None:
    """Two passes, or one with the sum of squares; maybe the square root."""
    a = f.array(choices.mix(f64=5, f32=4, i32=2))
    type = a.element if a.element in FLOATS else "f64"
    f.result = type
    sample = f.chance(0.35)
    with f.when(a.len < 2 if sample else a.len == 0):
        f.ret(0)
    n = a.len.to(type)
    if f.chance(0.5):
        n = f.let(n)
    total = f.let(0, type)
    if f.chance(0.6):
        with f.walk(a) as (x, _):
            f.add(total, x)
        center = f.let(total / n)
        squares = f.let(0, type)
        with f.walk(a) as (x, _):
            d = f.let(x.to(type) - center)
            if f.chance(0.25):
                f.add(squares, builtin("fabs", d))
            else:
                f.add(squares, d * d)
        value = squares / (n - 1.0 if sample else n)
    else:
        squares = f.let(0, type)
        with f.walk(a) as (x, _):
            x = x.to(type)
            f.add(total, x)
            f.add(squares, x * x)
        center = f.let(total / n)
        value = squares / n - center * center
    f.ret(builtin("sqrt", value) if f.chance(0.25) else value)
