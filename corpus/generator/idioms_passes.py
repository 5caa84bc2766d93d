"""One pass over an array with more than a total: neighbours, runs, best so far, flags, weights, early stops."""

from __future__ import annotations

from transpile.corpus.generator import choices, holes
from transpile.corpus.generator.expression import E, both, choose, negate, number, signed
from transpile.corpus.generator.idioms_reduce import kept
from transpile.corpus.generator.registry import idiom
from transpile.corpus.generator.scope import Scope
from transpile.corpus.signature import FLOATS


@idiom("value", 1.6)
def adjacent(f: Scope) -> E:
    """Neighbours compared: ups, sign changes, total variation, inversions between neighbours."""
    a = f.array()
    type = a.element
    roll = f.rng.random()
    if roll < 0.55:
        count = f.let(f.any(0, 0, 0, 1), f.any("i32", f.length_type, "u32"))
        with f.range(1, a.len) as i:
            left, right = a[i - 1], a[i]
            condition = right.compare(f.any("<", ">", "==", "!="), left)
            if f.chance(0.15) and signed(type):
                condition = (left < 0) != (right < 0)
            with f.when(condition):
                f.add(count)
        return count
    result = holes.accumulator_type(f, type)
    total = f.let(0, result)
    with f.range(1, a.len) as i:
        left, right = a[i - 1].to(result), a[i].to(result)
        if f.chance(0.5):
            d = f.let(right - left)
            if signed(result) or result in FLOATS:
                f.add(total, choose(d < 0, -d, d) if f.chance(0.6) else d * d)
            else:
                f.add(total, d * d if f.chance(0.5) else d & choices.mask(f.rng, result))
        else:
            f.add(total, left * right)
    return total


@idiom("tail", 1.6)
def ordered(f: Scope) -> None:
    """Whether every neighbouring pair keeps an order."""
    a = f.array()
    op = f.any("<", ">", ">", ">=", "<=", "==")
    if f.chance(0.25):
        with f.when(a.len < 2 if f.chance(0.6) else a.len == 0):
            holes.ret_truth(f, True)
    if f.chance(0.75):
        with f.range(1, a.len) as i, f.when(a[i].compare(op, a[i - 1]) if f.chance(0.5) else a[i - 1].compare(op, a[i])):
            holes.ret_truth(f, False)
    else:
        i = f.let(0, "index")
        with f.loop(i + 1 < a.len):
            with f.when(a[i].compare(op, a[i + 1])):
                holes.ret_truth(f, False)
            f.add(i)
    holes.ret_truth(f, True)


@idiom("value", 1.8)
def best_run(f: Scope) -> E:
    """Longest run of equal, of growing, or of passing elements."""
    a = f.array()
    type = f.any("i32", f.length_type, "u32")
    best, run = f.let(0, type), f.let(0, type)
    roll = f.rng.random()
    if roll < 0.5:
        with f.walk(a) as (x, _):
            with f.when(holes.predicate(f, x)):
                f.add(run)
                nested = f.chance(0.6)
                if nested:
                    with f.when(run > best):
                        f.set(best, run)
            with f.other():
                f.set(run, 0)
            if not nested:
                with f.when(run > best):
                    f.set(best, run)
        return best
    with f.range(0, a.len) as i:
        same = a[i].compare(f.any("==", ">", ">=", "<"), a[i - 1])
        with f.when(both(i > 0, same)):
            f.add(run)
        with f.other():
            f.set(run, 1)
        with f.when(run > best):
            f.set(best, run)
    return best


@idiom("tail", 2)
def max_subarray(f: Scope) -> None:
    """Kadane's scheme over sums or products, with variations."""
    a = f.array(choices.mix(i32=8, i64=3, f32=2, f64=3, i16=1))
    type = a.element if a.element != "i16" else "i32"
    type = "i64" if type == "i32" and f.chance(0.25) else type
    f.result = type
    least = f.chance(0.15)
    if f.chance(0.6):
        with f.when(a.len == 0):
            f.ret(0)
        best, current = f.let(a[0].to(type)), f.let(a[0].to(type))
        walk = f.range(1, a.len)
    else:
        best, current = f.let(0, type), f.let(0, type)
        walk = f.range(0, a.len)
    with walk as i:
        x = a[i].to(type)
        style = f.rng.random()
        if style < 0.4:
            f.add(current, x)
            with f.when(current > 0 if least else current < 0):
                f.set(current, 0)
        elif style < 0.75:
            with f.when(current > 0 if not least else current < 0):
                f.add(current, x)
            with f.other():
                f.set(current, x)
        else:
            joined = f.let(current + x)
            f.set(current, choose(joined > x if not least else joined < x, joined, x))
        with f.when(current < best if least else current > best):
            f.set(best, current)
    f.ret(best)


@idiom("tail", 1.3)
def max_gap(f: Scope) -> None:
    """Best later-minus-earlier difference (stock profit, drawdown) in one pass, or all gains summed."""
    a = f.array(choices.mix(i32=8, f64=4, u32=2, i64=2, f32=2))
    f.result = a.element
    fall = f.chance(0.3)

    def gain(now: E, best: E) -> E:
        return best - now if fall else now - best

    with f.when(f.any(a.len == 0, a.len < 2, a.len <= 1)):
        f.ret(0)
    low, best = f.let(a[0]), f.let(0, a.element)
    with f.range(1, a.len) as i:
        x = f.let(a[i]) if f.chance(0.3) else a[i]
        lower = x > low if fall else x < low
        style = f.rng.random()
        if style < 0.35:
            with f.when(lower):
                f.set(low, x)
            with f.elsewhen(gain(x, low) > best) if f.chance(0.6) else f.other():
                f.set(best, gain(x, low)) if f.chance(0.8) else f.add(best, gain(x, low))
        elif style < 0.7:
            d = f.let(gain(x, low))
            with f.when(d > best):
                f.set(best, d)
            with f.when(lower):
                f.set(low, x)
        else:
            with f.when(negate(lower)):
                f.add(best, gain(x, low))
            f.set(low, x)
    f.ret(best)


@idiom("tail", 1.2)
def all_or_any(f: Scope) -> None:
    """Whether all, any or none pass."""
    type = f.element_type()
    a = f.array(type)
    found = f.chance(0.5)
    with f.walk(a) as (x, _), f.when(holes.predicate(f, x)):
        holes.ret_truth(f, found)
    holes.ret_truth(f, not found)


@idiom("value", 1.2)
def flag_fold(f: Scope) -> E:
    """A flag toggled or set along the way decides what is added."""
    type = f.element_type()
    a = f.array(type)
    result = holes.accumulator_type(f, type)
    total = f.let(0, result)
    flag = f.let(f.chance(0.3), "bool")
    with f.walk(a) as (x, _):
        x = kept(f, x)
        toggles = holes.predicate(f, x)
        with f.when(toggles):
            f.set(flag, negate(flag) if f.chance(0.6) else True)
        with f.elsewhen(flag):
            holes.accumulate(f, total, x)
        if f.chance(0.25):
            with f.other():
                f.set(flag, holes.predicate(f, x))
    return total


@idiom("value", 1.4)
def weighted(f: Scope) -> E:
    """Sums with weights that depend on the position: i * a[i], alternating signs, powers."""
    a = f.array()
    result = holes.accumulator_type(f, a.element)
    total = f.let(0, result)
    roll = f.rng.random()
    if roll < 0.4:
        with f.walk(a) as (x, i):
            weight = i if f.chance(0.5) else i + 1
            f.add(total, x.to(result) * weight.to(result))
    elif roll < 0.7:
        with f.walk(a) as (x, i):
            by = f.any(2, 2, 3, 4)
            with f.when(i % by == f.rng.randrange(by)):
                f.add(total, x)
            with f.other():
                f.set(total, x.to(result) * f.any(2, 3) if f.chance(0.3) else x, f.any("-", "+"))
    else:
        sign = f.let(1, result)
        with f.walk(a) as (x, _):
            f.add(total, sign * x.to(result))
            if signed(result) or result in FLOATS:
                f.set(sign, -sign if f.chance(0.7) else sign * f.any(2, 3, -1))
            else:
                f.set(sign, f.any(2, 3, 10), "*")
    return total


@idiom("value", 1)
def limited(f: Scope) -> E:
    """A reduction that stops early: at a sentinel, when the total is large enough, after so many."""
    type = f.element_type(choices.INT_ELEMENTS)
    a = f.array(type)
    result = holes.accumulator_type(f, type)
    total = f.let(0, result)
    roll = f.rng.random()
    if roll < 0.4:
        with f.walk(a) as (x, _):
            x = kept(f, x)
            with f.when(holes.predicate(f, x)):
                f.brk()
            holes.accumulate(f, total, x)
        return total
    if roll < 0.7:
        top = f.scalar(result) if f.chance(0.6) else number(choices.factor(f.rng, result), result)
        count = f.let(0, f.any("i32", f.length_type))
        with f.walk(a) as (x, _):
            f.add(total, x)
            with f.when(total.compare(f.any(">", ">="), top)):
                f.brk()
            f.add(count)
        return count if f.chance(0.6) else count.to(result) + total
    i = f.let(0, "index")
    with f.loop(both(i < a.len, a[i] != 0) if f.chance(0.7) else both(i < a.len, holes.predicate(f, a[i]))):
        f.add(total, a[i])
        f.add(i, f.any(1, 1, 1, 2))
    return total


@idiom("value", 1)
def strided(f: Scope) -> E:
    """Every k-th element, forward or from the end."""
    a = f.array()
    result = holes.accumulator_type(f, a.element)
    total = f.let(0, result)
    with f.range(0, a.len, step=f.any(2, 2, 3, 4)) if f.chance(0.5) else f.range(0, a.len, reverse=True) as i:
        x = a[i].to(result)
        if f.chance(0.5):
            holes.accumulate(f, total, x)
        else:
            f.set(total, total * number(choices.factor(f.rng, result), result) + x)
    return total


@idiom("value", 0.8)
def majority(f: Scope) -> E:
    """Boyer-Moore vote."""
    a = f.array(choices.INT_ELEMENTS)
    candidate = f.let(0, a.element)
    count = f.let(0, f.any("i32", f.length_type))
    with f.walk(a) as (x, _):
        with f.when(count == 0):
            f.set(candidate, x)
            f.set(count, 1)
        with f.elsewhen(x == candidate):
            f.add(count)
        with f.other():
            f.sub(count)
    return candidate


@idiom("value", 1)
def exclusive(f: Scope) -> E:
    """Folds without an order: xor of all, or of elements and positions, and, or."""
    a = f.array(choices.mix(i32=5, u32=5, u8=4, u64=2, i64=1))
    op = f.any("^", "^", "|", "&")
    total = f.let(0 if op != "&" else -1, a.element if f.chance(0.8) else "u32" if a.element == "u8" else a.element)
    with f.walk(a) as (x, i):
        value = x.to(total.type)
        if f.chance(0.25):
            value = value ^ i.to(total.type)
        f.set(total, value, op)
    return total
