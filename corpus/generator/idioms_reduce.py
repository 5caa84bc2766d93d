"""Reductions over one or two arrays: sums, counts, extremes, means, dot products, runs and adjacent pairs."""

from __future__ import annotations

from transpile.corpus.generator import choices, holes
from transpile.corpus.generator.expression import E, both, builtin, choose, either, limit, negate, number, signed
from transpile.corpus.generator.registry import idiom
from transpile.corpus.generator.scope import Array, Scope
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


@idiom("value", 2)
def dot(f: Scope) -> E:
    """Two arrays of one length, joined element by element."""
    type = f.any(*choices.mix(i32=6, f32=4, f64=4, u8=2, i16=1, u32=2, i64=1))
    a, b = f.new_arrays(type, type)
    result = holes.accumulator_type(f, type)
    total = f.let(0, result)
    roll = f.rng.random()
    with f.range(0, a.len) as i:
        x, y = a[i].to(result), b[i].to(result)
        if roll < 0.4:
            f.add(total, x * y)
        elif roll < 0.65:
            d = f.let(x - y) if f.chance(0.7) else x - y
            if f.chance(0.6):
                f.add(total, d * d)
            elif result in FLOATS:
                f.add(total, builtin("fabs", d))
            else:
                f.add(total, choose(a[i] > b[i], x - y, y - x))
        elif roll < 0.85:
            with f.when(a[i].compare(f.any("==", "!=", "<", ">"), b[i])):
                f.add(total, f.any(number(1, result), x))
        else:
            f.add(total, choose(a[i].compare(f.any("<", ">"), b[i]), x, y))
    return total


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
    """Best later-minus-earlier difference (stock profit, drawdown) in one pass."""
    a = f.array(choices.mix(i32=8, f64=4, u32=2, i64=2, f32=2))
    f.result = a.element
    with f.when(a.len < f.any(1, 2) if f.chance(0.5) else a.len == 0):
        f.ret(0)
    low, best = f.let(a[0]), f.let(0, a.element)
    with f.range(1, a.len) as i:
        style = f.chance(0.5)
        if style:
            with f.when(a[i] < low):
                f.set(low, a[i])
            with f.other(), f.when(a[i] - low > best):
                f.set(best, a[i] - low)
        else:
            gain = f.let(a[i] - low)
            with f.when(gain > best):
                f.set(best, gain)
            with f.when(a[i] < low):
                f.set(low, a[i])
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


@idiom("value", 1)
def count_between_arrays(f: Scope) -> E:
    """Elements of one array found in another (nested loops, break at the first)."""
    type = f.any(*choices.INT_ELEMENTS)
    a, b = f.array(type), f.array(type, new=True)
    count = f.let(0, f.any("i32", f.length_type))
    with f.range(0, a.len) as i:
        if f.chance(0.5):
            with f.range(0, b.len) as j, f.when(a[i] == b[j]):
                f.add(count)
                f.brk()
        else:
            found = f.let(False, "bool")
            with f.range(0, b.len) as j, f.when(a[i] == b[j]):
                f.set(found, True)
                f.brk()
            with f.when(negate(found) if f.chance(0.4) else found):
                f.add(count)
    return count


@idiom("value", 1)
def pairs(f: Scope) -> E:
    """All pairs i < j that satisfy a relation."""
    a = f.array(choices.INT_ELEMENTS)
    count = f.let(0, f.any("i32", "i32", "u32", "i64"))
    key = f.scalar(a.element) if f.chance(0.4) else None
    with f.range(0, a.len) as i, f.range(i + 1, a.len) as j:
        x, y = a[i], a[j]
        if key is not None:
            condition = (x + y).compare(f.any("==", "==", "<", ">"), key) if f.chance(0.8) else (x ^ y) == key
        else:
            condition = x.compare(f.any(">", "==", "<"), y)
            if f.chance(0.3):
                condition = both(condition, holes.predicate(f, f.any(x, y), text=False))
        with f.when(condition):
            f.add(count)
    return count


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


def same_length(f: Scope, a: Array, b: Array) -> E:
    """The shorter of two lengths."""
    return f.let(choose(a.len < b.len, a.len, b.len) if f.chance(0.6) else builtin("min", a.len, b.len))


@idiom("tail", 1.2)
def equal_arrays(f: Scope) -> None:
    """Equality or three-way order of two arrays (memcmp), of one length or two."""
    type = f.any(*choices.ELEMENTS)
    three = f.chance(0.4)
    if f.chance(0.5):
        a, b = f.new_arrays(type, type)
        n = a.len
    else:
        a, b = f.array(type), f.array(type, new=True)
        if three:
            n = same_length(f, a, b)
        else:
            with f.when(a.len != b.len):
                holes.ret_truth(f, False)
            n = a.len
    if not three:
        with f.range(0, n) as i, f.when(a[i] != b[i]):
            holes.ret_truth(f, False)
        holes.ret_truth(f, True)
        return
    f.result = "i32"
    with f.range(0, n) as i:
        if f.chance(0.5):
            with f.when(a[i] != b[i]):
                if type not in FLOATS and f.chance(0.5) and type not in ("u64", "i64"):
                    f.ret(a[i].to("i32") - b[i].to("i32"))
                else:
                    f.ret(choose(a[i] < b[i], number(-1, "i32"), number(1, "i32")))
        else:
            with f.when(a[i] < b[i]):
                f.ret(-1)
            with f.when(a[i] > b[i]):
                f.ret(1)
    if n.node == a.len.node:
        f.ret(0)
    else:
        with f.when(a.len == b.len):
            f.ret(0)
        f.ret(choose(a.len < b.len, number(-1, "i32"), number(1, "i32")))


@idiom("value", 0.8)
def outside(f: Scope) -> E:
    """How many lie outside (or inside) a band given by two parameters."""
    type = f.element_type()
    a = f.array(type)
    low, high = f.scalar(type), f.scalar(type)
    count = f.let(0, f.any("i32", f.length_type))
    with f.walk(a) as (x, _):
        x = kept(f, x)
        with f.when(either(x < low, x > high) if f.chance(0.5) else both(x >= low, x <= high)):
            f.add(count)
    return count
