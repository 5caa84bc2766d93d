"""Searches: linear, from the end, by pairs, binary in its variants, two cursors, merging of sorted arrays, sub-arrays."""

from __future__ import annotations

from transpile.corpus.generator import choices, holes
from transpile.corpus.generator.expression import E, both, builtin, choose, negate, signed
from transpile.corpus.generator.registry import idiom
from transpile.corpus.generator.scope import Array, Scope
from transpile.corpus.signature import FLOATS


def missing(f: Scope) -> int:
    """What an index search returns when it finds nothing; decides the result type."""
    f.result = f.length_type if f.chance(0.6) else "i32"
    return -1


def not_found(f: Scope, a: Array, value: int) -> None:
    """-1, or the length where the result is unsigned (or by taste)."""
    if signed(f.result) and f.chance(0.85):
        f.ret(value)
    else:
        f.ret(a.len)


@idiom("tail", 3)
def find(f: Scope) -> None:
    """First or last position that passes, or that equals a key."""
    type = f.element_type()
    if f.chance(0.6):
        a, key = f.ordered(lambda: f.array(type), lambda: f.scalar(type))
    else:
        a, key = f.array(type), None
    value = missing(f)
    style = f.rng.random()

    def hit(x: E) -> E:
        if key is not None:
            return x.compare(f.any("==", "==", "==", ">", ">=", "<"), key)
        return holes.predicate(f, x)

    if style < 0.6:
        with f.range(0, a.len) as i, f.when(hit(a[i])):
            f.ret(i)
    elif style < 0.75:
        with f.range(0, a.len, reverse=True) as i, f.when(hit(a[i])):
            f.ret(i)
    elif style < 0.88:
        i = f.let(0, "index")
        with f.loop(i < a.len):
            with f.when(hit(a[i])):
                f.ret(i)
            f.add(i)
    else:
        i = f.let(a.len)
        with f.loop(i > 0):
            f.sub(i)
            with f.when(hit(a[i])):
                f.ret(i)
    not_found(f, a, value)


@idiom("tail", 1.5)
def contains(f: Scope) -> None:
    type = f.element_type()
    a, key = f.ordered(lambda: f.array(type), lambda: f.scalar(type))
    with f.walk(a) as (x, _), f.when(x == key):
        holes.ret_truth(f, True)
    holes.ret_truth(f, False)


@idiom("value", 1.5)
def find_last_flag(f: Scope) -> E:
    """The position kept in a local: last hit, or first with break."""
    type = f.element_type()
    a, key = f.ordered(lambda: f.array(type), lambda: f.scalar(type))
    found = f.let(-1, "i32")
    first = f.chance(0.4)
    with f.range(0, a.len) as i, f.when(a[i].compare(f.any("==", "==", ">", "<", "!="), key)):
        f.set(found, i)
        if first:
            f.brk()
    return found


@idiom("value", 1)
def scan_while(f: Scope) -> E:
    """A cursor moved while its element passes; the cursor is the result (span, first mismatch)."""
    type = f.element_type()
    a = f.array(type)
    i = f.let(0, "index")
    if f.chance(0.3):
        with f.loop(both(i + 1 < a.len, a[i].compare(f.any("<", "<=", "==", ">", "!="), a[i + 1]))):
            f.add(i)
        return i
    with f.loop(both(i < a.len, holes.predicate(f, a[i]))):
        f.add(i)
    return i


@idiom("tail", 3)
def binary_search(f: Scope) -> None:
    """Exact search in a sorted array: half-open or closed bounds."""
    type = f.element_type(choices.INT_ELEMENTS if f.chance(0.8) else choices.ELEMENTS)
    a, key = f.ordered(lambda: f.array(type), lambda: f.scalar(type))
    value = missing(f)
    boolean = f.chance(0.12)
    if boolean:
        f.result = f.truth
    down = f.chance(0.1)
    if f.chance(0.5):
        low, high = f.let(0, "index"), f.let(a.len)
        closed = False
    else:
        index = f.any("i32", "i32", "i64") if f.length_type != "usize" else f.any("i32", "i64")
        low, high = f.let(0, index), f.let(a.len.to(index) - 1)
        closed = True
    with f.loop(low <= high if closed else low < high):
        middle = f.let(f.any(low + (high - low) / 2, low + (high - low) / 2, (low + high) / 2, low + ((high - low) >> 1)))
        x = f.let(a[middle]) if f.chance(0.35) else a[middle]
        less, more = (x > key, x < key) if down else (x < key, x > key)
        order = f.chance(0.7)

        def hit(middle: E = middle) -> None:
            holes.ret_truth(f, True) if boolean else f.ret(middle)

        if order:
            with f.when(x == key):
                hit()
            with f.elsewhen(less) if f.chance(0.5) else f.when(less):
                f.set(low, middle + 1)
            with f.other():
                f.set(high, middle - 1 if closed else middle)
        else:
            with f.when(less):
                f.set(low, middle + 1)
            with f.elsewhen(more):
                f.set(high, middle - 1 if closed else middle)
            with f.other():
                hit()
    if boolean:
        holes.ret_truth(f, False)
    elif f.chance(0.85) and signed(f.result):
        f.ret(value)
    else:
        f.ret(a.len)


@idiom("value", 2)
def bound_search(f: Scope) -> E:
    """Lower and upper bound."""
    type = f.element_type(choices.ELEMENTS)
    a, key = f.ordered(lambda: f.array(type), lambda: f.scalar(type))
    low, high = f.let(0, "index"), f.let(a.len)
    keep = f.any("<", "<", "<=", ">")
    with f.loop(low < high):
        middle = f.let(f.any(low + (high - low) / 2, (low + high) / 2, (low + high) >> 1))
        if f.chance(0.75):
            with f.when(a[middle].compare(keep, key)):
                f.set(low, middle + 1)
            with f.other():
                f.set(high, middle)
        else:
            with f.when(a[middle].compare({"<": ">=", "<=": ">", ">": "<="}[keep], key)):
                f.set(high, middle)
            with f.other():
                f.set(low, middle + 1)
    return low


@idiom("tail", 1.5)
def pair_search(f: Scope) -> None:
    """Two elements with a relation: nested loops."""
    a = f.array(choices.INT_ELEMENTS)
    boolean = f.chance(0.5)
    if not boolean:
        missing(f)
    key = f.scalar(a.element) if f.chance(0.55) else None
    with f.range(0, a.len) as i, f.range(i + 1, a.len) as j:
        x, y = a[i], a[j]
        condition = f.any(x + y, x + y, x - y, x ^ y, x * y) == key if key is not None else f.any(x == y, x == y, x + y == 0, y < x)
        with f.when(condition):
            if boolean:
                holes.ret_truth(f, True)
            else:
                f.ret(f.any(i, j))
    if boolean:
        holes.ret_truth(f, False)
    else:
        not_found(f, a, -1)


@idiom("tail", 1.5)
def two_ends(f: Scope) -> None:
    """Two cursors from both ends of a sorted array, or water between them."""
    a = f.array(choices.mix(i32=8, u32=2, i64=2, u8=1))
    roll = f.rng.random()
    f.result = f.truth if roll < 0.5 else f.any("i32", "i64")
    key = f.scalar(a.element) if roll < 0.75 else None
    with f.when(a.len < 2 if f.chance(0.6) else a.len == 0):
        f.ret(False if f.result == "bool" else 0)
    count = f.let(0, f.result) if roll >= 0.5 else None
    low, high = f.let(0, "index"), f.let(a.len - 1)
    with f.loop(low < high):
        if key is not None:
            total = f.let(f.any(a[low] + a[high], a[low] + a[high], a[high] - a[low]))
            with f.when(total == key):
                if count is None:
                    holes.ret_truth(f, True)
                else:
                    f.add(count)
                    f.add(low)
                    f.sub(high)
            with f.elsewhen(total < key):
                f.add(low)
            with f.other():
                f.sub(high)
        else:
            with f.when(a[low].compare(f.any("<", "<=", ">"), a[high])):
                f.add(count, a[low].to(f.result) * (high - low).to(f.result) if f.chance(0.5) else a[low])
                f.add(low)
            with f.other():
                f.add(count, a[high].to(f.result) if f.chance(0.6) else 1)
                f.sub(high)
    if count is None:
        holes.ret_truth(f, False)
    else:
        f.ret(count)


@idiom("tail", 1.8)
def array_palindrome(f: Scope) -> None:
    """Both halves mirror each other: compared, or the mismatches counted."""
    a = f.array()
    roll = f.rng.random()
    if roll < 0.15:
        count = f.let(0, f.any("i32", f.length_type))
        with f.range(0, a.len / 2) as i, f.when(a[i] != a[a.len - 1 - i]):
            f.add(count)
        f.ret(count if f.chance(0.7) else holes.truth(f, count <= 1))
        return
    if roll < 0.5:
        with f.range(0, f.any(a.len / 2, a.len / 2, a.len >> 1)) as i, f.when(a[i] != (a[a.len - 1 - i] if f.chance(0.7) else a[a.len - i - 1])):
            holes.ret_truth(f, False)
        holes.ret_truth(f, True)
        return
    style = f.rng.random()
    if style < 0.5:
        with f.when(f.any(a.len == 0, a.len < 2)):
            holes.ret_truth(f, True)
        low, high = f.let(0, "index"), f.let(a.len - 1)
    elif style < 0.75:
        low, high = f.let(0, "i32"), f.let(a.len.to("i32") - 1)
    else:
        low, high = f.let(0, "index"), f.let(a.len)
        with f.loop(low < high):
            f.sub(high)
            with f.when(a[low] != a[high]):
                holes.ret_truth(f, False)
            f.add(low)
        holes.ret_truth(f, True)
        return
    with f.loop(low < high):
        if f.chance(0.8):
            with f.when(a[low] != a[high]):
                holes.ret_truth(f, False)
            f.add(low)
            f.sub(high)
        else:
            x, y = f.let(a[low]), f.let(a[high])
            f.add(low)
            f.sub(high)
            with f.when(x != y):
                holes.ret_truth(f, False)
    holes.ret_truth(f, True)


@idiom("value", 1.2)
def peaks(f: Scope) -> E:
    """Local extremes: count them or find the first."""
    a = f.array()
    op = f.any(">", "<", ">=")
    first = f.chance(0.3)
    type = "i32" if first else f.any("i32", f.length_type)
    result = f.let(-1 if first else 0, type)
    i = f.let(1, "index")
    with f.loop(i + 1 < a.len):
        with f.when(both(a[i].compare(op, a[i - 1]), a[i].compare(op, a[i + 1]))):
            if first:
                f.set(result, i)
                f.brk()
            else:
                f.add(result, 1 if f.chance(0.7) else i.to(type))
        f.add(i)
    return result


@idiom("value", 1)
def distinct(f: Scope) -> E:
    """How many different elements, or how many occur once."""
    a = f.array(choices.INT_ELEMENTS)
    count = f.let(0, f.any("i32", f.length_type))
    once = f.chance(0.35)
    with f.range(0, a.len) as i:
        if f.chance(0.5):
            seen = f.let(False, "bool")
            with f.range(0, a.len if once else i) as j, f.when(both(i != j, a[i] == a[j]) if once else a[j] == a[i]):
                f.set(seen, True)
                f.brk()
            with f.when(negate(seen)):
                f.add(count)
        else:
            j = f.let(0, "index")
            with f.loop(both(j < i, a[j] != a[i])):
                f.add(j)
            with f.when(j == i):
                f.add(count)
    return count


@idiom("value", 0.8)
def nearest(f: Scope) -> E:
    """The element nearest to a key: its position, value or distance."""
    type = f.any(*choices.mix(i32=6, f64=3, f32=2, i64=2))
    a, key = f.ordered(lambda: f.array(type), lambda: f.scalar(type))

    def distance(x: E) -> E:
        d = f.let(x - key) if f.chance(0.6) else x - key
        roll = f.rng.random()
        if roll < 0.4:
            return choose(d < 0, -d, d)
        if roll < 0.6:
            return choose(x > key, x - key, key - x)
        return builtin("fabs" if type in FLOATS else "abs", d) if roll < 0.75 else d * d

    best = f.let(0, f.any("index", "index", "i32"))
    if f.chance(0.5):
        with f.range(1, a.len) as i:
            d, e = f.let(distance(a[i])), f.let(distance(a[best]))
            with f.when(d.compare(f.any("<", "<", "<="), e)):
                f.set(best, i)
        return best
    least = f.let(f.any(1000000, 99999, 10000), type)
    with f.range(0, a.len) as i:
        d = f.let(distance(a[i]))
        with f.when(d < least):
            f.set(least, d)
            f.set(best, i)
    return best if f.chance(0.6) else least
