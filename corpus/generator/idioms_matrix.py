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
            f.set(d[(i + (k % a.len.to(k.type)).to("index")) % a.len], a[i])
        return
    a, k = f.array(("i32", "i32", "u8", "f64")), f.scalar("u32")
    with f.when(a.len > 1):
        m = f.let((k % a.len.to(k.type)).to("index"))
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
