"""Tables in local or given arrays: histograms, sieves, cells made of earlier cells, lookups."""

from __future__ import annotations

from transpile.corpus.generator import choices
from transpile.corpus.generator.expression import E, both, choose, number, signed
from transpile.corpus.generator.registry import idiom
from transpile.corpus.generator.scope import Scope
from transpile.corpus.signature import FLOATS


@idiom("value", 1.6)
def histogram(f: Scope) -> E:
    """A local table of counts: mode, distinct, repeated, missing, median by counting."""
    type = f.any("u8", "u8", "i32", "u32", "u16")
    a = f.array(type)
    size = f.any(256, 256, 16, 32) if type == "u8" else f.any(10, 16, 32, 64, 100)
    counter = f.any("i32", "u32", "i32", "u8") if size < 256 else f.any("i32", "u32")
    table = f.table(counter, size)
    with f.walk(a) as (x, _):
        if type == "u8" and size == 256:
            f.add(table[x.to("index")])
        elif size & (size - 1) == 0:
            f.add(table[(x & (size - 1)).to("index")])
        elif signed(type):
            with f.when(both(x >= 0, x < size)):
                f.add(table[x.to("index")])
        else:
            with f.when(x < size) if f.chance(0.6) else f.when(x <= size - 1):
                f.add(table[x.to("index")])
    roll = f.rng.random()
    result = f.let(0, "i32")
    if roll < 0.4:
        best = f.let(0, counter)
        with f.range(0, size, type="index") as i, f.when(table[i] > best):
            f.set(best, table[i])
            f.set(result, i)
    elif roll < 0.75:
        with f.range(0, size, type="index") as i, f.when(table[i].compare(*f.any((">", 0), (">", 1), ("==", 1), ("==", 0)))):
            f.add(result, f.any(1, i.to("i32")))
    else:
        with f.range(0, size, type="index") as i:
            f.add(result, table[i].to("i32") * (i.to("i32") if f.chance(0.5) else table[i].to("i32")))
    return result


@idiom("effect", 1)
def count_into(f: Scope) -> E | None:
    """A histogram into an array of bins given by the caller."""
    a = f.array(("i32", "u8", "u32", "f32"))
    bins = f.array(("u32", "i32"), new=True)
    if bins.name == a.name:
        return None
    out = f.let(0, "i32") if f.chance(0.3) else None
    with f.when(bins.len != 0), f.walk(a) as (x, _):
        if a.element == "f32":
            with f.when(both(x >= 0.0, x < 1.0)):
                f.add(bins[(x * bins.len.to("f32")).to("u32").to("index") % bins.len])
        elif signed(a.element):
            with f.when(both(x >= 0, x.to("index") < bins.len)):
                f.add(bins[x.to("index")])
            if out is not None:
                with f.other():
                    f.add(out)
        elif f.chance(0.5):
            f.add(bins[x.to("index") % bins.len])
        else:
            with f.when(x.to("index") < bins.len):
                f.add(bins[x.to("index")])
    return out if out is not None and f.lets[out.node.name].mutable else None


@idiom("effect", 1)
def counting_sort(f: Scope) -> None:
    a = f.array(("u8", "u8", "u16"))
    size = 256 if a.element == "u8" else 64
    table = f.table(f.any("u32", "i32"), size)
    with f.walk(a) as (x, _):
        if size == 256:
            f.add(table[x.to("index")])
        else:
            f.add(table[(x & 63).to("index")])
    k = f.let(0, "index")
    with f.range(0, size, type="index", reverse=f.chance(0.2)) as v:
        if f.chance(0.6):
            with f.range(0, table[v], type=table.element), f.when(k < a.len):
                f.set(a[k], v.to(a.element))
                f.add(k)
        else:
            n = f.let(table[v])
            with f.loop(both(n > 0, k < a.len)):
                f.set(a[k], v.to(a.element))
                f.add(k)
                f.sub(n)


@idiom("value", 1.5)
def sieve(f: Scope) -> E:
    """Primes marked in the caller's array; counted or summed."""
    a = f.array(("u8", "u8", "i32"), new=True)
    ones = f.chance(0.5)
    with f.range(0, a.len) as i:
        f.set(a[i], 1 if ones else 0)
    i = f.let(2, "index")
    with f.loop(i * i < a.len if f.chance(0.7) else i < a.len):
        with f.when(a[i] != 0 if ones else a[i] == 0):
            j = f.let(i * i if f.chance(0.6) else i + i)
            with f.loop(j < a.len):
                f.set(a[j], 0 if ones else 1)
                f.add(j, i)
        f.add(i)
    count = f.let(0, f.any("i32", "u32", "u64"))
    with f.range(2, a.len) as k, f.when(a[k] == (1 if ones else 0)):
        f.add(count, 1 if f.chance(0.7) else k.to(count.type))
    return count


@idiom("effect", 1.4)
def table_fill(f: Scope) -> E | None:
    """Each cell from earlier ones: Fibonacci, Catalan-like, Pascal's row, ways to change, steps."""
    type = f.any("i32", "u32", "u64", "i64")
    a = f.array(type, new=True)
    roll = f.rng.random()
    if roll < 0.4:
        with f.range(0, a.len) as i:
            with f.when(i < 2):
                f.set(a[i], 1 if f.chance(0.4) else i.to(type))
            with f.other():
                f.set(a[i], a[i - 1] * f.any(1, 2) + a[i - 2] if f.chance(0.3) else a[i - 1] + a[i - 2])
    elif roll < 0.65:
        with f.range(0, a.len) as i:
            f.set(a[i], 1)
            j = f.let(i)
            with f.loop(j > 1):
                f.sub(j)
                f.add(a[j], a[j - 1])
    elif roll < 0.85:
        b = f.array(("i32", "u32"), new=True)
        with f.when(a.len > 0):
            f.set(a[0], 1)
        with f.range(0, b.len) as k, f.when(both(b[k] > 0, b[k].to("index") < a.len)):
            step = f.let(b[k].to("index"))
            with f.range(step, a.len) as i:
                f.add(a[i], a[i - step])
    else:
        with f.range(0, a.len) as i:
            f.set(
                a[i],
                choose(i == 0, number(1, type), a[i / 2] + i.to(type)) if f.chance(0.5) else choose(i == 0, number(0, type), a[i / 2] + (i & 1).to(type)),
            )
    return None


@idiom("value", 1.2)
def best_path(f: Scope) -> E:
    """Rolling dynamic programming with two or three locals: robbers, stairs, steps with costs."""
    a = f.array(choices.mix(i32=6, i64=2, u32=2, f32=1))
    x, y = f.let(0, a.element), f.let(0, a.element)
    most = f.chance(0.65)
    with f.walk(a) as (c, _):
        roll = f.rng.random()
        candidate = x + c
        if roll < 0.5:
            t = f.let(choose(candidate > y if most else candidate < y, candidate, y))
        elif roll < 0.8:
            t = f.let(choose(x > y if most else x < y, x, y) + c)
        else:
            t = f.let(y)
            with f.when(candidate > t if most else candidate < t):
                f.set(t, candidate)
        f.set(x, y)
        f.set(y, t)
    return choose(x > y if most else x < y, x, y)


@idiom("value", 1)
def lookup(f: Scope) -> E:
    """A local table of constants read by a masked or checked index."""
    size = f.any(4, 8, 10, 12, 16, 7)
    type = f.any("i32", "u8", "u32", "f64", "u16")
    pool = [choices.pick(f.rng, choices.COMMON, type) if type not in FLOATS else choices.literal(f.rng, type) for _ in range(size)]
    if f.chance(0.2) and size == 12:
        pool = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    table = f.table(type, size, pool)
    if f.chance(0.4):
        x = f.scalar(("u32", "u8", "u32"))
        index = x & (size - 1) if size & (size - 1) == 0 else x % size
        return table[index.to("index")]
    a = f.array(("u8", "u32", "u16"))
    total = f.let(0, type if type in ("i32", "u32", "f64") else "i32")
    with f.walk(a) as (x, _):
        index = x & (size - 1) if size & (size - 1) == 0 else x % size
        f.add(total, table[index.to("index")])
    return total
