"""Structs by pointer and arrays of structs: geometry, counters, generators, records searched and updated."""

from __future__ import annotations

from transpile.corpus.generator import choices, holes
from transpile.corpus.generator.expression import E, both, builtin, choose, either, number, signed
from transpile.corpus.generator.registry import idiom
from transpile.corpus.generator.scope import Record, Scope
from transpile.corpus.signature import FLOATS

COORDINATE = choices.mix(i32=8, f64=5, f32=5, i64=1, i16=1)


def fields(r: Record) -> list[E]:
    return [r[name] for name in r.fields]


def mixed(f: Scope, count: int) -> list[str]:
    """Field types of a plain record: often all alike, else mixed."""
    if f.chance(0.5):
        return [f.any(*choices.NUMBERS)] * count
    return [f.any(*choices.NUMBERS) for _ in range(count)]


@idiom("value", 2)
def struct_expression(f: Scope) -> E:
    """A value computed of a record's fields: area, sum, product, weighted."""
    type = f.any(*COORDINATE)
    count = f.any(2, 2, 3, 3, 4, 5)
    types = [type] * count
    if f.chance(0.3):
        types[f.rng.randrange(count)] = f.any(*choices.NUMBERS)
    r = f.record(f.struct(*types))
    parts = [x for x in fields(r) if x.type == type]
    parts = parts[: f.rng.randrange(2, len(parts) + 1)] if len(parts) > 2 else parts
    if len(parts) < 2:
        return holes.transform(f, parts[0]) if parts else fields(r)[0]
    value = parts[0]
    roll = f.rng.random()
    if roll < 0.25 and len(parts) >= 2:
        return value * parts[1] if f.chance(0.6) else (value + parts[1]) * 2
    if roll < 0.4:
        return value * value + parts[1] * parts[1]
    if roll < 0.5 and type in FLOATS:
        return builtin("sqrt", value * value + parts[1] * parts[1])
    for x in parts[1:]:
        value = value.binary(f.any("+", "+", "-", "*"), x)
    return holes.transform(f, value, 1) if f.chance(0.3) else value


@idiom("value", 2)
def two_points(f: Scope) -> E:
    """Distance, dot and cross product, comparison of two records of one type."""
    type = f.any(*COORDINATE)
    dims = f.any(2, 2, 2, 3)
    struct = f.struct(*[type] * dims)
    p, q = fields(f.record(struct)), fields(f.record(struct))
    roll = f.rng.random()
    if roll < 0.5:
        d = [a - b for a, b in zip(p, q, strict=True)]
        if f.chance(0.65):
            d = [f.let(x) for x in d]
        if f.chance(0.2):
            if type in FLOATS:
                d = [builtin("fabs", x) for x in d]
            else:
                d = [choose(x < 0, -x, x) if f.chance(0.6) else builtin("abs", x) for x in d]
            if f.chance(0.3):
                return choose(d[0] > d[1], d[0], d[1])
            return sum_of(d)
        total = sum_of([x * x for x in d])
        return builtin("sqrt", total) if type in FLOATS and f.chance(0.5) else total
    if roll < 0.7:
        return sum_of([a * b for a, b in zip(p, q, strict=True)])
    if roll < 0.85:
        return p[0] * q[1] - p[1] * q[0]
    same = p[0] == q[0]
    for a, b in list(zip(p, q, strict=True))[1:]:
        same = both(same, a == b)
    return same


def sum_of(parts: list[E]) -> E:
    value = parts[0]
    for x in parts[1:]:
        value = value + x
    return value


@idiom("value", 1.5)
def box_test(f: Scope) -> E:
    """A point in a box or circle, two boxes that overlap."""
    type = f.any(*COORDINATE)
    struct = f.struct(*[type] * 4)
    r = fields(f.record(struct))
    corner = f.chance(0.4)
    less = "<" if f.chance(0.6) else "<="
    roll = f.rng.random()
    if roll < 0.5:
        x, y = f.scalar(type), f.scalar(type)
        right, bottom = (r[2], r[3]) if corner else (r[0] + r[2], r[1] + r[3])
        return both(both(x >= r[0], x.compare(less, right)), both(y >= r[1], y.compare(less, bottom)))
    q = fields(f.record(struct))
    if corner:
        inside = [r[0].compare(less, q[2]), q[0].compare(less, r[2]), r[1].compare(less, q[3]), q[1].compare(less, r[3])]
    else:
        inside = [
            r[0].compare(less, q[0] + q[2]),
            q[0].compare(less, r[0] + r[2]),
            r[1].compare(less, q[1] + q[3]),
            q[1].compare(less, r[1] + r[3]),
        ]
    return both(both(inside[0], inside[1]), both(inside[2], inside[3]))


@idiom("value", 1)
def box_overlap(f: Scope) -> E:
    """Area of an intersection by minima and maxima."""
    type = f.any("i32", "i32", "f32", "f64")
    struct = f.struct(*[type] * 4)
    p, q = fields(f.record(struct)), fields(f.record(struct))

    def larger(a: E, b: E) -> E:
        return choose(a > b, a, b)

    def smaller(a: E, b: E) -> E:
        return choose(a < b, a, b)

    w = f.let(smaller(p[2], q[2]) - larger(p[0], q[0]))
    h = f.let(smaller(p[3], q[3]) - larger(p[1], q[1]))
    if f.chance(0.5):
        return choose(either(w <= 0, h <= 0), number(0, type), w * h)
    return choose(both(w > 0, h > 0), w * h, 0)


@idiom("effect", 2)
def update_record(f: Scope) -> E | None:
    """Fields moved, scaled, counted, clamped, exchanged."""
    types = mixed(f, f.any(2, 2, 3, 3, 4, 6))
    r = f.record(f.struct(*types))
    parts = fields(r)
    for x in parts[: f.any(1, 2, 2, 3)]:
        roll = f.rng.random()
        if roll < 0.4:
            f.set(x, f.scalar(x.type), f.any("+", "+", "-", "*") if f.chance(0.8) else "")
        elif roll < 0.6:
            f.set(x, f.any(1, 1, 2), f.any("+", "+", "-"))
        elif roll < 0.8:
            same = [y for y in parts if y.type == x.type and y.node != x.node]
            f.set(x, f.any(*same) if same else number(choices.literal(f.rng, x.type), x.type), f.any("+", "-", "*"))
        else:
            with f.when(holes.predicate(f, x, text=False)):
                f.set(x, f.any(0, 0, 1))
    if f.chance(0.35):
        return f.any(*parts)
    return None


@idiom("tail", 1.5)
def guarded_update(f: Scope) -> None:
    """Withdraw, push a counter, take a slot: refuse or change and report."""
    type = f.any("i32", "i64", "u32", "i32", "f64")
    r = fields(f.record(f.struct(type, type, *(["i32"] if f.chance(0.4) else []))))
    x = f.scalar(type)
    roll = f.rng.random()
    condition = x > r[0] if roll < 0.4 else r[0] + x > r[1] if roll < 0.75 else r[0] >= r[1]
    if signed(type) and f.chance(0.3):
        condition = either(x <= 0, condition)
    with f.when(condition):
        if f.chance(0.2) and len(r) > 2:
            f.add(r[2])
        holes.ret_truth(f, False)
    f.set(r[0], x, "-" if roll < 0.4 else "+")
    if len(r) > 2 and f.chance(0.7):
        f.add(r[2])
    elif f.chance(0.3):
        f.set(r[1], x if f.chance(0.5) else 1, "+")
    holes.ret_truth(f, True)


@idiom("value", 1.5)
def generator_state(f: Scope) -> E:
    """A generator's state advanced: congruential, xorshift, two words, a counter."""
    type = f.any("u32", "u32", "u64")
    two = f.chance(0.35)
    r = fields(f.record(f.struct(type, type) if two else f.struct(type)))
    roll = f.rng.random()
    if two:
        t = f.let(r[0])
        f.set(t, t << f.any(23, 11, 15), "^")
        f.set(t, t >> f.any(17, 8, 21), "^")
        s = f.let(r[1])
        f.set(r[0], s)
        f.set(r[1], t ^ s ^ (s >> f.any(26, 19, 4)))
        return r[1] + s if f.chance(0.6) else r[1]
    if roll < 0.5:
        f.set(r[0], r[0] * choices.multiplier(f.rng, type) + f.any(1, 12345, 1013904223))
        return f.any(r[0] >> 16, (r[0] >> 16) & 0x7FFF, r[0])
    x = f.let(r[0])
    for k, op in f.any(((13, "<<"), (17, ">>"), (5, "<<")), ((13, "<<"), (7, ">>"), (17, "<<")), ((12, ">>"), (25, "<<"), (27, ">>"))):
        f.set(x, x.binary(op, k), "^")
    f.set(r[0], x)
    return x * choices.multiplier(f.rng, type) if f.chance(0.3) else x


@idiom("effect", 1)
def record_arithmetic(f: Scope) -> None:
    """out = a op b over fields: vectors, complex numbers, fractions."""
    type = f.any("f64", "f32", "i32", "i32", "i64")
    dims = f.any(2, 2, 3)
    struct = f.struct(*[type] * dims)
    if f.chance(0.5):
        d, p, q = (fields(f.record(struct)) for _ in range(3))
    else:
        p, q = fields(f.record(struct)), fields(f.record(struct))
        d = p
    roll = f.rng.random()
    if roll < 0.4 or (dims == 3 and roll < 0.7):
        op = f.any("+", "-", "*")
        for a, b, c in zip(d, p, q, strict=True):
            if d is p:
                f.set(a, c, op)
            else:
                f.set(a, b.binary(op, c))
    elif dims == 2 and roll < 0.75:
        re = f.let(p[0] * q[0] - p[1] * q[1])
        im = f.let(p[0] * q[1] + p[1] * q[0])
        f.set(d[0], re)
        f.set(d[1], im)
    elif dims == 2:
        top = f.let(p[0] * q[1] + q[0] * p[1])
        f.set(d[1], p[1] * q[1])
        f.set(d[0], top)
    else:
        x, y, z = f.let(p[1] * q[2] - p[2] * q[1]), f.let(p[2] * q[0] - p[0] * q[2]), f.let(p[0] * q[1] - p[1] * q[0])
        for a, b in zip(d, (x, y, z), strict=True):
            f.set(a, b)


@idiom("value", 1.2)
def compare_records(f: Scope) -> E:
    """Three-way order by the first field that differs (dates, versions)."""
    type = f.any("i32", "i32", "u32", "u16", "u8", "f64")
    struct = f.struct(*[type] * f.any(2, 3))
    p, q = fields(f.record(struct)), fields(f.record(struct))
    if f.chance(0.4):
        whole = None
        for a, b in reversed(list(zip(p, q, strict=True))):
            step = choose(a < b, number(-1, "i32"), number(1, "i32"))
            whole = choose(a != b, step, whole if whole is not None else 0)
        return whole
    less = p[-1] < q[-1]
    for a, b in reversed(list(zip(p, q, strict=True))[:-1]):
        less = either(a < b, both(a == b, less))
    return less


@idiom("value", 1)
def time_fields(f: Scope) -> E:
    """Hours, minutes, seconds (or rgb, or version parts) in one number."""
    type = f.any("i32", "i32", "u8", "u16", "u32")
    r = fields(f.record(f.struct(type, type, type)))
    work = "i32" if type not in ("u32",) else "u32"
    a, b, c = (x.to(work) for x in r)
    base = f.any(60, 60, 256, 100, 1000, 31)
    return f.any(a * (base * base) + b * base + c, (a * base + b) * base + c, a + b * base + c * (base * base))
