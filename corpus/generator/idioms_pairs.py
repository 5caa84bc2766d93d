"""Two arrays side by side, and pairs of elements: products, differences, equality, order, common elements."""

from __future__ import annotations

from transpile.corpus.generator import choices, holes
from transpile.corpus.generator.expression import E, both, builtin, choose, either, negate, number
from transpile.corpus.generator.idioms_reduce import kept
from transpile.corpus.generator.registry import idiom
from transpile.corpus.generator.scope import Array, Scope
from transpile.corpus.signature import FLOATS


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
