"""Arrays changed in place or filled from others: maps, reversals, compaction, prefix sums, sorting passes."""

from __future__ import annotations

from transpile.corpus.generator import choices, holes
from transpile.corpus.generator.expression import E, builtin, choose, either, number, signed
from transpile.corpus.generator.registry import idiom
from transpile.corpus.generator.scope import Array, Scope
from transpile.corpus.signature import FLOATS


@idiom("effect", 2)
def map_in_place(f: Scope) -> E | None:
    """Every element changed, or those that pass; maybe counted."""
    type = f.element_type()
    a = f.array(type)
    roll = f.rng.random()
    count = f.let(0, f.any("i32", f.length_type)) if roll > 0.75 and f.chance(0.5) else None
    with f.range(0, a.len) as i:
        if roll < 0.35:
            f.set(a[i], holes.transform(f, a[i]))
        elif roll < 0.6:
            y = f.scalar(type) if f.chance(0.6) else number(choices.literal(f.rng, type), type)
            f.set(a[i], y, f.any("+", "-", "*") if type in FLOATS else f.any("+", "-", "*", "^", "&"))
        elif roll < 0.75:
            f.set(a[i], i.to(type), f.any("+", "*", "-"))
        else:
            with f.when(holes.predicate(f, a[i])):
                f.set(a[i], holes.transform(f, a[i], 1) if f.chance(0.6) else f.any(0, 0, 1))
                if count is not None:
                    f.add(count)
            if count is None and f.chance(0.2):
                with f.other():
                    f.set(a[i], holes.transform(f, a[i], 1))
    return count


@idiom("effect", 1.5)
def fill(f: Scope) -> None:
    """A constant, a parameter, positions, a progression or pseudo-random numbers."""
    type = f.any(*choices.ELEMENTS)
    roll = f.rng.random()
    if roll < 0.3:
        a, x = f.ordered(lambda: f.array(type), lambda: f.scalar(type))
        with f.range(0, a.len) as i:
            f.set(a[i], x)
    elif roll < 0.5:
        a = f.array(type)
        with f.range(0, a.len) as i:
            value = i.to(type)
            f.set(a[i], holes.transform(f, value, 1) if f.chance(0.7) else value)
    elif roll < 0.75:
        a, x = f.array(type), f.scalar(type)
        step = f.scalar(type) if f.chance(0.6) else number(choices.factor(f.rng, type), type)
        value = f.let(x)
        with f.range(0, a.len) as i:
            f.set(a[i], value)
            f.set(value, step, f.any("+", "+", "*", "-"))
    else:
        type = f.any("u8", "u32", "u16", "i32")
        a, seed = f.array(type), f.scalar(f.any("u32", "u32", "u64"))
        state = f.let(seed)
        with f.range(0, a.len) as i:
            f.set(state, state * choices.multiplier(f.rng, state.type) + f.any(1, 12345, 1013904223, 7))
            f.set(a[i], (state >> f.any(8, 16, 16, 24)).to(type))


@idiom("tail", 1.5)
def reverse(f: Scope) -> None:
    """Swaps from both ends, of the whole array or of a part given by two positions."""
    a = f.array()
    roll = f.rng.random()
    if roll < 0.35:
        half = f.any(a.len / 2, a.len / 2, a.len >> 1)
        with f.range(0, half) as i:
            exchange(f, a, i, a.len - 1 - i if f.chance(0.7) else a.len - i - 1)
        return
    if roll < 0.55:
        first, last = f.position(), f.position()
        bad = last.to("index") >= a.len
        if signed(first.type):
            bad = either(first < 0, either(last < 0, bad)) if f.chance(0.5) else either(either(first < 0, last < 0), bad)
            low, high = f.let(first.to("i32")), f.let(last.to("i32"))
        else:
            low, high = f.let(first.to("index")), f.let(last.to("index"))
        with f.when(bad):
            f.ret()
    else:
        if f.chance(0.6):
            with f.when(f.any(a.len == 0, a.len < 2, a.len <= 1)):
                f.ret()
            low, high = f.let(0, "index"), f.let(a.len - 1)
        else:
            low, high = f.let(0, "index"), f.let(a.len)
            with f.loop(low + 1 < high):
                f.sub(high)
                exchange(f, a, low, high)
                f.add(low)
            return
    with f.loop(low < high):
        exchange(f, a, low, high)
        f.add(low)
        f.sub(high)


def exchange(f: Scope, a: Array, i: E, j: E) -> None:
    """Two elements exchanged, mostly as people's languages do it best, else by hand."""
    if f.chance(0.65):
        f.swap(a, i, j)
        return
    kept = f.let(a[i])
    f.set(a[i], a[j])
    f.set(a[j], kept)


@idiom("effect", 2)
def compact(f: Scope) -> E:
    """Keep what passes, close the gaps, return the new length."""
    type = f.element_type()
    a = f.array(type)
    kept = f.let(0, "index")
    key = f.scalar(type) if f.chance(0.4) else None
    with f.range(0, a.len) as i:
        keep = a[i] != key if key is not None else holes.predicate(f, a[i])
        with f.when(keep):
            if f.chance(0.15):
                with f.when(kept != i):
                    f.set(a[kept], a[i])
            else:
                f.set(a[kept], a[i])
            f.add(kept)
    if f.chance(0.25):
        j = f.let(kept)
        with f.loop(j < a.len):
            f.set(a[j], 0)
            f.add(j)
    return kept


@idiom("effect", 2)
def copy_map(f: Scope) -> E | None:
    """One array into another of the same length, transformed; maybe reversed or with two sources."""
    source = f.any(*choices.ELEMENTS)
    target = source if f.chance(0.6) else f.any(*choices.ELEMENTS)
    if source in FLOATS and target not in FLOATS:
        target = source
    if f.chance(0.3):
        d, a, b = f.new_arrays(target, source, source)
    elif f.chance(0.75):
        d, a = f.new_arrays(target, source)
        b = None
    else:
        a, d = f.new_arrays(source, target)
        b = None
    with f.range(0, a.len) as i:
        x = a[i]
        if b is not None:
            y = b[i]
            roll = f.rng.random()
            if roll < 0.6:
                x = x.binary(f.any("+", "-", "*"), y) if source in FLOATS else x.binary(f.any("+", "-", "*", "^", "&", "|"), y)
            elif roll < 0.8:
                x = choose(x.compare(holes.order(f), y), x, y)
            elif source in FLOATS:
                x = x + (y - x) * number(f.any(0.5, 0.25, 0.1), source)
            else:
                x = (x.to("i32") * f.any(1, 3, 2) + y.to("i32")) / f.any(2, 4, 3)
            if f.chance(0.2):
                x = holes.transform(f, x, 1)
        elif f.chance(0.2):
            x = a[a.len - 1 - i]
        else:
            x = holes.transform(f, x, f.any(0, 1, 1, 1, 2))
        f.set(d[i], x.to(target))
    return None


@idiom("effect", 1.2)
def select_copy(f: Scope) -> E:
    """Elements that pass are appended to the target; the count is returned."""
    type = f.any(*choices.ELEMENTS)
    d, a = f.new_arrays(type, type)
    count = f.let(0, "index")
    with f.range(0, a.len) as i, f.when(holes.predicate(f, a[i])):
        f.set(d[count], a[i] if f.chance(0.7) else holes.transform(f, a[i], 1))
        f.add(count)
    return count


@idiom("effect", 1.8)
def prefix(f: Scope) -> E | None:
    """Running sums, maxima, differences; in place or into another array."""
    type = f.any(*choices.mix(i32=6, u32=2, f64=2, f32=2, i64=2, u8=1))
    roll = f.rng.random()
    if roll < 0.35:
        a = f.array(type)
        with f.range(1, a.len) as i:
            if f.chance(0.7):
                f.set(a[i], a[i - 1], "+" if f.chance(0.75) or type in FLOATS else f.any("^", "*"))
            else:
                with f.when(a[i].compare(f.any("<", ">"), a[i - 1])):
                    f.set(a[i], a[i - 1])
        return None
    if roll < 0.5:
        a = f.array(type)
        last = f.let(0, type)
        with f.range(0, a.len) as i:
            x = f.let(a[i])
            f.set(a[i], x - last if f.chance(0.7) or type in FLOATS else x ^ last)
            f.set(last, x)
        return None
    if f.chance(0.6):
        d, a = f.new_arrays(type, type)
    else:
        a, d = f.new_arrays(type, type)
    total = f.let(0, type)
    exclusive = f.chance(0.3)
    best = f.chance(0.25)
    with f.range(0, a.len) as i:
        if exclusive:
            f.set(d[i], total)
            f.add(total, a[i])
        elif best:
            with f.when(a[i] > total):
                f.set(total, a[i])
            f.set(d[i], total)
        else:
            f.set(total, a[i], f.any("+", "+", "+", "*"))
            f.set(d[i], total)
    return total if f.chance(0.3) else None


@idiom("tail", 1.2)
def rotate_one(f: Scope) -> None:
    """Elements moved by one place, in either direction."""
    a = f.array()
    with f.when(a.len == 0 if f.chance(0.5) else a.len < 2):
        f.ret()
    if f.chance(0.5):
        first = f.let(a[0])
        with f.range(1, a.len) as i:
            f.set(a[i - 1], a[i])
        f.set(a[a.len - 1], first if f.chance(0.7) else 0)
        if f.blocks[-1][-1].value.__class__.__name__ == "Const":
            f.set(a[0], first, "+")
    else:
        last = f.let(a[a.len - 1])
        i = f.let(a.len - 1)
        with f.loop(i > 0):
            f.set(a[i], a[i - 1])
            f.sub(i)
        f.set(a[0], last)


@idiom("effect", 1)
def clamp_all(f: Scope) -> E | None:
    type = f.element_type()
    a, low, high = f.array(type), f.scalar(type), f.scalar(type)
    changed = f.let(0, f.any("i32", f.length_type)) if f.chance(0.3) else None
    with f.range(0, a.len) as i:
        if type not in FLOATS and f.chance(0.2) and changed is None:
            f.set(a[i], builtin("min", builtin("max", a[i], low), high))
        else:
            with f.when(a[i] < low):
                f.set(a[i], low)
                if changed is not None:
                    f.add(changed)
            with f.elsewhen(a[i] > high) if f.chance(0.6) else f.when(a[i] > high):
                f.set(a[i], high)
                if changed is not None:
                    f.add(changed)
    return changed
