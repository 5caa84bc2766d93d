"""Row-major matrices in arrays, windows, histograms, sieves, tables filled step by step."""

from __future__ import annotations

from transpile.corpus.generator import choices, holes
from transpile.corpus.generator.expression import E, both, choose, either, number, signed, within
from transpile.corpus.generator.registry import idiom
from transpile.corpus.generator.scope import Array, Scope
from transpile.corpus.signature import FLOATS

CELLS = choices.mix(i32=9, f64=4, f32=4, u8=3, i64=1, u32=2)


def grid(f: Scope, a: Array, kind: str, value: int | None = 0) -> tuple[E, E]:
    """Width and height parameters as index locals, with a guard that they fit the array. `kind`: wh, w, n (square)."""
    w = f.position()
    bad = w <= 0 if signed(w.type) else w == 0
    wide = w.to("index")
    if kind == "n":
        h, high = w, wide
    elif kind == "wh":
        h = f.position()
        bad = either(bad, h <= 0 if signed(h.type) else h == 0)
        high = h.to("index")
    else:
        h, high = None, a.len / wide
    if kind != "w":
        room = a.len / wide
        bad = either(bad, high > room)
    with f.when(bad):
        f.ret(value) if f.result is not None else f.ret()
    if w.type != "index" and (w.type != "usize" or f.chance(0.5)):
        same = h is w
        wide = f.let(wide)
        high = wide if same else f.let(high)
    elif h is None:
        high = f.let(high)
    return wide, high


@idiom("tail", 2)
def matrix_reduce(f: Scope) -> None:
    """All cells, a row, a column, a diagonal, the border: summed or counted."""
    a = f.array(f.element_type(CELLS))
    f.result = holes.accumulator_type(f, a.element)
    roll = f.rng.random()
    if roll < 0.35:
        w, h = grid(f, a, f.any("wh", "w"))
        total = f.let(0, f.result)
        with f.range(0, h) as y, f.range(0, w) as x:
            cell = a[y * w + x]
            if f.chance(0.5):
                holes.accumulate(f, total, cell)
            else:
                with f.when(holes.predicate(f, cell, text=False) if f.chance(0.6) else x.compare(f.any("<", ">", "!="), y)):
                    f.add(total, cell)
    elif roll < 0.65:
        w, _ = grid(f, a, "n")
        total = f.let(0, f.result)
        both_ways = f.chance(0.25)
        with f.range(0, w) as i:
            f.add(total, a[i * w + i] if f.chance(0.7) else a[i * w + (w - 1 - i)])
            if both_ways:
                f.set(total, a[i * w + (w - 1 - i)], f.any("+", "-"))
    else:
        column = f.chance(0.5)
        w, h = grid(f, a, f.any("wh", "w"))
        at = f.position()
        with f.when(either(at < 0, at.to("index") >= (w if column else h)) if signed(at.type) else at.to("index") >= (w if column else h)):
            f.ret(0)
        total = f.let(0, f.result)
        with f.range(0, h if column else w) as i:
            holes.accumulate(f, total, a[i * w + at.to("index")] if column else a[at.to("index") * w + i])
    f.ret(total)


@idiom("tail", 1.5)
def matrix_fill(f: Scope) -> None:
    """Identity, products table, checkerboard, transposition in place, scaling of a row."""
    a = f.array(f.element_type(CELLS))
    roll = f.rng.random()
    if roll < 0.35:
        w, _ = grid(f, a, "n")
        with f.range(0, w) as i, f.range(0, w) as j:
            if f.chance(0.6):
                f.set(a[i * w + j], choose(i == j, number(1, a.element), 0) if f.chance(0.6) else choose(i > j, a[i * w + j], 0))
            else:
                f.set(a[i * w + j], ((i + 1) * (j + 1)).to(a.element))
    elif roll < 0.65:
        w, _ = grid(f, a, "n")
        with f.range(0, w) as i, f.range(i + 1, w) as j:
            t = f.let(a[i * w + j])
            f.set(a[i * w + j], a[j * w + i])
            f.set(a[j * w + i], t)
    else:
        w, h = grid(f, a, f.any("wh", "w"))
        with f.range(0, h) as y, f.range(0, w) as x:
            if f.chance(0.4):
                with f.when((x + y) % f.any(2, 2, 3) == 0 if f.chance(0.6) else holes.predicate(f, a[y * w + x], text=False)):
                    f.set(a[y * w + x], holes.transform(f, a[y * w + x], 1) if f.chance(0.5) else f.any(0, 1))
            elif f.chance(0.5):
                f.set(a[y * w + x], (y * w + x).to(a.element) if f.chance(0.4) else (x * 2 + y).to(a.element), f.any("", "+"))
            else:
                f.set(a[y * w + x], holes.transform(f, a[y * w + x], 1))


@idiom("tail", 1.6)
def matrix_product(f: Scope) -> None:
    """Matrix by matrix or by vector, transposition into another array."""
    type = f.any(*choices.mix(i32=5, f64=4, f32=4))
    roll = f.rng.random()
    if roll < 0.5:
        c, a, b = f.new_arrays(type, type, type) if f.chance(0.5) else f.new_arrays(type, type, type)[::-1]
        n, _ = grid(f, a, "n")
        with f.range(0, n) as i, f.range(0, n) as j:
            total = f.let(0, type)
            with f.range(0, n) as k:
                f.add(total, a[i * n + k] * b[k * n + j] if f.chance(0.85) else a[i * n + k] * b[j * n + k])
            f.set(c[i * n + j], total, f.any("", "", "", "+"))
    elif roll < 0.75:
        a = f.array(type, new=True)
        x, y = f.new_arrays(type, type)
        with f.when(both(x.len != 0, a.len / x.len >= x.len)), f.range(0, x.len) as i:
            total = f.let(0, type)
            with f.range(0, x.len) as j:
                f.add(total, a[i * x.len + j] * x[j])
            f.set(y[i], total)
    else:
        d, a = f.new_arrays(type, type)
        w, h = grid(f, a, f.any("wh", "w"))
        with f.range(0, h) as y, f.range(0, w) as x:
            f.set(d[x * h + y], a[y * w + x])


@idiom("tail", 1.2)
def neighbours(f: Scope) -> None:
    """Cells around one (game of life, blur, local maxima) away from the border."""
    a = f.array(("i32", "u8", "u8", "f32"))
    f.result = "i32" if a.element not in FLOATS else a.element
    w, h = grid(f, a, f.any("wh", "w"))
    total = f.let(0, f.result)
    y = f.let(1, "index")
    with f.loop(y + 1 < h):
        x = f.let(1, "index")
        with f.loop(x + 1 < w):
            at = y * w + x
            four = f.let(a[at - 1].to(f.result) + a[at + 1].to(f.result) + a[at - w].to(f.result) + a[at + w].to(f.result))
            roll = f.rng.random()
            if roll < 0.4:
                with f.when(four == f.any(2, 3, 0, 4) if f.result == "i32" else four > 1.0):
                    f.add(total)
            elif roll < 0.7:
                f.add(total, four - a[at].to(f.result) * 4)
            else:
                with f.when(a[at].to(f.result) * 4 > four):
                    f.add(total, 1)
            f.add(x)
        f.add(y)
    f.ret(total)


@idiom("tail", 1.8)
def window(f: Scope) -> None:
    """Best, or count of passing, sums of k neighbours; by sliding or anew."""
    a = f.array(choices.mix(i32=8, f64=3, i64=2, u8=2, f32=2))
    k = f.position()
    result = holes.accumulator_type(f, a.element)
    f.result = result
    with f.when(either(k <= 0 if signed(k.type) else k == 0, k.to("index") > a.len)):
        f.ret(0)
    size = f.let(k.to("index")) if f.chance(0.5) else k.to("index")
    op = f.any(">", ">", "<")
    if f.chance(0.65):
        total = f.let(0, result)
        with f.range(0, size) as i:
            f.add(total, a[i])
        best = f.let(total)
        with f.range(size, a.len) as i:
            if f.chance(0.5):
                f.add(total, a[i].to(result) - a[i - size].to(result))
            else:
                f.add(total, a[i])
                f.sub(total, a[i - size])
            with f.when(total.compare(op, best)):
                f.set(best, total)
        f.ret(best)
    else:
        best = f.let(0, result)
        with f.range(0, a.len - size, inclusive=True) as i:
            total = f.let(0, result)
            with f.range(0, size) as j:
                f.add(total, a[i + j])
            with f.when(total.compare(op, best)):
                f.set(best, total)
        f.ret(best)


@idiom("effect", 1.4)
def smooth(f: Scope) -> None:
    """Moving averages and small kernels from one array into another."""
    type = f.any("i32", "f64", "f32", "i16", "u8")
    d, a = f.new_arrays(type, type)
    wide = type if type in FLOATS or type == "i32" else "i32"
    if f.chance(0.6):
        i = f.let(1, "index")
        with f.loop(i + 1 < a.len):
            left, mid, right = a[i - 1].to(wide), a[i].to(wide), a[i + 1].to(wide)
            value = f.any((left + mid + right) / 3, (left + mid * 2 + right) / 4, right - left, (right - left) / 2, left - mid * 2 + right)
            f.set(d[i], value)
            f.add(i)
    else:
        total = f.let(0, wide)
        k = f.any(3, 4, 5, 8)
        with f.range(0, a.len) as i:
            f.add(total, a[i])
            with f.when(i >= k):
                f.sub(total, a[i - k])
            f.set(d[i], total / k)


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
        with f.range(0, b.len) as k:
            step = f.let(b[k].to("index"))
            with f.when(both(b[k] > 0, step < a.len)), f.range(step, a.len) as i:
                f.add(a[i], a[i - step])
    else:
        with f.range(0, a.len) as i:
            f.set(a[i], choose(i == 0, number(1, type), a[i / 2] + i.to(type)) if f.chance(0.5) else choose(i == 0, number(0, type), a[i / 2] + (i & 1).to(type)))
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


@idiom("effect", 1)
def shuffle(f: Scope) -> None:
    """Fisher-Yates with a generator's state in a local."""
    a, seed = f.array(), f.scalar(("u32", "u64"))
    state = f.let(seed)
    i = f.let(a.len)
    with f.loop(i > 1):
        f.sub(i)
        f.set(state, state * choices.multiplier(f.rng, state.type) + f.any(1, 12345, 1013904223))
        j = f.let(((state >> 16) % (i + 1).to(state.type)).to("index") if f.chance(0.6) else (state % (i + 1).to(state.type)).to("index"))
        f.swap(a, i, j)


@idiom("effect", 1.2)
def rotate_by(f: Scope) -> None:
    """Rotation by k places through three reversals, or copying with a modulus."""
    if f.chance(0.5):
        type = f.any("i32", "u8", "f32", "u32")
        d, a = f.new_arrays(type, type)
        k = f.scalar(f.any("u32", "usize"))
        with f.range(0, a.len) as i:
            f.set(d[(i + k.to("index") % a.len) % a.len], a[i])
        return
    a, k = f.array(("i32", "i32", "u8", "f64")), f.scalar("u32")
    with f.when(a.len > 1):
        m = f.let(k.to("index") % a.len)
        for low, high in ((number(0, "index"), m), (m, a.len), (number(0, "index"), a.len)):
            i, j = f.let(low), f.let(high)
            with f.loop(i + 1 < j):
                f.sub(j)
                f.swap(a, i, j)
                f.add(i)


@idiom("value", 0.8)
def in_grid(f: Scope) -> E:
    """A point inside a width and height; its linear position."""
    x, y, w, h = (f.scalar("i32") for _ in range(4))
    inside = both(both(x >= 0, x < w), both(y >= 0, y < h)) if f.chance(0.6) else both(within(x, 0, w - 1), within(y, 0, h - 1))
    return inside if f.chance(0.4) else choose(inside, y * w + x, number(-1, "i32"))
