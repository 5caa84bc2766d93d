"""Arrays of structs, and structs that go with an array: totals, searches, updates, statistics, ring buffers."""

from __future__ import annotations

from transpile.corpus.generator import choices, holes
from transpile.corpus.generator.expression import E, both, either
from transpile.corpus.generator.idioms_struct import fields, mixed
from transpile.corpus.generator.registry import idiom
from transpile.corpus.generator.scope import Scope
from transpile.corpus.signature import FLOATS


@idiom("effect", 1.3)
def gather_statistics(f: Scope) -> None:
    """Count, sum, extremes of an array (or one sample) into a record."""
    type = f.any("i32", "i32", "f64", "f32", "i64")
    r = fields(f.record(f.struct(f.any("i32", "u32"), type, type, type)))
    order = f.any((0, 1, 2, 3), (0, 1, 2, 3), (0, 2, 3, 1))
    count, total, low, high = (r[k] for k in order)

    def sample(x: E) -> None:
        with f.when(either(count == 0, x < low)):
            f.set(low, x)
        with f.when(either(count == 0, x > high)):
            f.set(high, x)
        f.add(total, x)
        f.add(count)

    if f.chance(0.5):
        sample(f.scalar(type))
        return
    a = f.array(type)
    if f.chance(0.6):
        f.set(count, 0)
        f.set(total, 0)
    with f.walk(a) as (x, _):
        sample(x)


@idiom("value", 2.5)
def records_reduce(f: Scope) -> E:
    """A field of every record summed, counted, weighted by another."""
    types = mixed(f, f.any(2, 2, 3, 3, 4))
    a = f.records(f.struct(*types))
    names = list(a.fields)
    x, y = f.any(*names), f.any(*names)
    result = holes.accumulator_type(f, a.fields[x])
    roll = f.rng.random()
    total = f.let(0, result if roll < 0.75 else "i32")
    with f.range(0, a.len) as i:
        if roll < 0.25:
            holes.accumulate(f, total, a.at(i, x))
        elif roll < 0.5:
            with f.when(holes.predicate(f, a.at(i, y), text=False)):
                holes.accumulate(f, total, a.at(i, x))
        elif roll < 0.75:
            second = a.at(i, y)
            if second.type in FLOATS and result not in FLOATS:
                second = a.at(i, x)
            f.add(total, a.at(i, x).to(result) * second.to(result))
        else:
            with f.when(holes.predicate(f, a.at(i, x), text=False)):
                f.add(total)
    return total


@idiom("tail", 2)
def records_find(f: Scope) -> None:
    """A record by a key, or with the largest field; its position or another field."""
    types = mixed(f, f.any(2, 2, 3, 4))
    if f.chance(0.5):
        types[0] = f.any("i32", "u32", "i32", "u16")
    a = f.records(f.struct(*types))
    names = list(a.fields)
    key = f.any(names[0], *names)
    if f.chance(0.5):
        wanted = f.scalar(a.fields[key])
        other = f.any(*names) if f.chance(0.4) else None
        f.result = a.fields[other] if other is not None and other != key else "i32"
        with f.range(0, a.len) as i:
            condition = a.at(i, key) == wanted
            if f.chance(0.2):
                condition = both(condition, holes.predicate(f, a.at(i, f.any(*names)), text=False))
            with f.when(condition):
                f.ret(a.at(i, other) if other is not None and other != key else i)
        f.ret(-1 if f.result in ("i32", "i64") else 0)
        return
    op = f.any(">", "<")
    f.result = "i32" if f.chance(0.6) else a.fields[key]
    with f.when(a.len == 0):
        f.ret(-1 if f.result == "i32" else 0)
    best = f.let(0, "index")
    with f.range(1, a.len) as i, f.when(a.at(i, key).compare(op, a.at(best, key))):
        f.set(best, i)
    f.ret(best if f.result == "i32" else a.at(best, key))


@idiom("effect", 1.8)
def records_update(f: Scope) -> E | None:
    """Every record moved: positions by velocities, timers counted down, fields scaled."""
    type = f.any(*choices.mix(f32=5, f64=4, i32=6, u32=1))
    dims = f.any(1, 2, 2)
    a = f.records(f.struct(*[type] * (2 * dims), *(["i32"] if f.chance(0.4) else [])))
    names = list(a.fields)
    step = f.scalar(type) if f.chance(0.6) else None
    count = f.let(0, "i32") if f.chance(0.3) else None
    with f.range(0, a.len) as i:
        for k in range(dims):
            velocity = a.at(i, names[dims + k])
            f.set(a.at(i, names[k]), velocity * step if step is not None else velocity, f.any("+", "+", "-"))
            if f.chance(0.35) and type != "u32":
                with f.when(either(a.at(i, names[k]) < 0, a.at(i, names[k]) > f.any(100, 255, 640, 1000)) if f.chance(0.5) else a.at(i, names[k]) < 0):
                    f.set(velocity, -velocity)
        if len(names) > 2 * dims and f.chance(0.7):
            with f.when(a.at(i, names[-1]) > 0):
                f.sub(a.at(i, names[-1]))
                if count is not None:
                    f.add(count)
        elif count is not None:
            with f.when(a.at(i, names[0]) > f.any(0, 10)):
                f.add(count)
    return count


@idiom("effect", 1)
def ring(f: Scope) -> E | None:
    """A ring buffer over an array with head and count in a record."""
    type = f.any("i32", "u8", "u32", "f32")
    r = fields(f.record(f.struct("u32", "u32", *(["u32"] if f.chance(0.3) else []))))
    a = f.array(type, new=True)
    n = a.len.to("u32")
    head, count = r[0], r[1]
    if f.chance(0.55):
        x = f.scalar(type)
        with f.when(both(a.len > 0, count < n)):
            f.set(a[((head + count) % n).to("index")], x)
            f.add(count)
            if len(r) > 2:
                f.add(r[2])
        return count if f.chance(0.4) else None
    value = f.let(0, type)
    with f.when(both(a.len > 0, count != 0)):
        f.set(value, a[(head % n).to("index")])
        f.set(head, (head + 1) % n)
        f.sub(count)
        if len(r) > 2:
            f.add(r[2])
    return value
