"""Order in place: simple sorts, gaps, partitions, duplicates removed."""

from __future__ import annotations

from transpile.corpus import ir
from transpile.corpus.generator import holes
from transpile.corpus.generator.expression import E, both, either, negate
from transpile.corpus.generator.idioms_inplace import exchange
from transpile.corpus.generator.registry import idiom
from transpile.corpus.generator.scope import Scope


@idiom("effect", 2.5)
def simple_sort(f: Scope) -> E | None:
    """Bubble, selection, insertion, exchange, gnome, comb: whole sorts in their usual forms."""
    a = f.array()
    up = f.chance(0.75)

    def wrong(left: E, right: E) -> E:
        return left > right if up else left < right

    roll = f.rng.random()
    moves = f.let(0, "i32") if f.chance(0.12) else None
    if roll < 0.3:
        flagged = f.chance(0.4)
        if flagged:
            swapped = f.let(True, "bool")
            n = f.let(a.len) if f.chance(0.5) else None
            with f.loop(both(swapped, n > 1) if n is not None else swapped):
                f.set(swapped, False)
                with f.range(1, a.len if n is None else n) as i, f.when(wrong(a[i - 1], a[i])):
                    f.swap(a, i - 1, i)
                    f.set(swapped, True)
                    if moves is not None:
                        f.add(moves)
                if n is not None:
                    f.sub(n)
        else:
            with f.range(0, a.len) as i, f.range(0, a.len - 1 - i) as j, f.when(wrong(a[j], a[j + 1])):
                f.swap(a, j, j + 1)
                if moves is not None:
                    f.add(moves)
    elif roll < 0.5:
        with f.range(0, a.len) as i:
            best = f.let(i)
            with f.range(i + 1, a.len) as j, f.when(wrong(a[best], a[j])):
                f.set(best, j)
            if f.chance(0.5):
                with f.when(best != i):
                    f.swap(a, i, best)
                    if moves is not None:
                        f.add(moves)
            else:
                f.swap(a, i, best)
                if moves is not None:
                    f.add(moves)
    elif roll < 0.8:
        with f.range(1, a.len) as i:
            if f.chance(0.7):
                key = f.let(a[i])
                j = f.let(i)
                with f.loop(both(j > 0, wrong(a[j - 1], key))):
                    f.set(a[j], a[j - 1])
                    f.sub(j)
                    if moves is not None:
                        f.add(moves)
                f.set(a[j], key)
            else:
                j = f.let(i)
                with f.loop(both(j > 0, wrong(a[j - 1], a[j]))):
                    f.swap(a, j, j - 1)
                    f.sub(j)
                    if moves is not None:
                        f.add(moves)
    elif roll < 0.9:
        with f.range(0, a.len) as i, f.range(i + 1, a.len) as j, f.when(wrong(a[i], a[j])):
            f.swap(a, i, j)
            if moves is not None:
                f.add(moves)
    else:
        i = f.let(0, "index")
        with f.loop(i < a.len):
            with f.when(both(i > 0, wrong(a[i - 1], a[i]))):
                f.swap(a, i, i - 1)
                f.sub(i)
                if moves is not None:
                    f.add(moves)
            with f.other():
                f.add(i)
    return moves


@idiom("effect", 1)
def shell_sort(f: Scope) -> E | None:
    """Shell's gaps with insertion, or comb sort's shrinking gap with exchanges."""
    a = f.array()
    up = f.chance(0.75)

    def wrong(left: E, right: E) -> E:
        return left > right if up else left < right

    if f.chance(0.35):
        gap = f.let(a.len)
        swapped = f.let(True, "bool")
        with f.loop(either(gap > 1, swapped)):
            with f.when(gap > 1):
                f.set(gap, gap * 10 / 13 if f.chance(0.6) else gap * 3 / 4)
            f.set(swapped, False)
            i = f.let(0, "index")
            with f.loop(i + gap < a.len):
                with f.when(wrong(a[i], a[i + gap])):
                    exchange(f, a, i, i + gap)
                    f.set(swapped, True)
                f.add(i)
        return None
    moves = f.let(0, f.any("i32", "u32")) if f.chance(0.2) else None
    gap = f.let(a.len / f.any(2, 2, 3)) if f.chance(0.7) else f.let(1, "index")
    if f.starts_at_zero(gap) is False and isinstance(f.lets[gap.node.name].value, ir.Const):
        with f.loop(gap < a.len / 3):
            f.set(gap, gap * 3 + 1)
    with f.loop(gap > 0):
        with f.range(gap, a.len) as i:
            j = f.let(i)
            if f.chance(0.6):
                key = f.let(a[i])
                with f.loop(both(j >= gap, wrong(a[j - gap], key))):
                    f.set(a[j], a[j - gap])
                    f.sub(j, gap)
                    if moves is not None:
                        f.add(moves)
                f.set(a[j], key)
            else:
                with f.loop(both(j >= gap, wrong(a[j - gap], a[j]))):
                    exchange(f, a, j, j - gap)
                    f.sub(j, gap)
                    if moves is not None:
                        f.add(moves)
        f.set(gap, f.any(2, 2, 3), "/")
    return moves


@idiom("effect", 1.5)
def partition(f: Scope) -> E:
    """What passes goes first; the border is returned."""
    type = f.element_type()
    a = f.array(type)
    border = f.let(0, "index")
    pivot = f.scalar(type) if f.chance(0.5) else None
    with f.range(0, a.len) as i:
        first = a[i].compare(f.any("<", "<=", ">"), pivot) if pivot is not None else holes.predicate(f, a[i], text=False)
        with f.when(first):
            f.swap(a, border, i)
            f.add(border)
    return border


@idiom("tail", 1.5)
def unique(f: Scope) -> None:
    """Duplicates removed in place: of neighbours, or of anything kept before."""
    a = f.array()
    f.result = f.length_type
    roll = f.rng.random()
    if roll < 0.25:
        kept = f.let(0, "index")
        with f.range(0, a.len) as i:
            if f.chance(0.5):
                j = f.let(0, "index")
                with f.loop(both(j < kept, a[j] != a[i])):
                    f.add(j)
                new = j == kept
            else:
                seen = f.let(False, "bool")
                with f.range(0, kept) as j, f.when(a[j] == a[i]):
                    f.set(seen, True)
                    f.brk()
                new = negate(seen)
            with f.when(new):
                f.set(a[kept], a[i])
                f.add(kept)
        f.ret(kept)
        return
    if roll < 0.45:
        kept = f.let(0, "index")
        with f.range(0, a.len) as i, f.when(either(i == 0, a[i] != a[i - 1 if f.chance(0.3) else kept - 1])):
            f.set(a[kept], a[i])
            f.add(kept)
        f.ret(kept)
        return
    with f.when(f.any(a.len == 0, a.len == 0, a.len < 2)):
        f.ret(a.len if f.chance(0.4) else 0)
    from_one = f.chance(0.65)
    kept = f.let(1 if from_one else 0, "index")
    with f.range(1, a.len) as i:
        new = a[i] != (a[kept - 1] if from_one else a[kept])
        if f.chance(0.15):
            with f.when(negate(new)):
                f.cont()
            f.set(a[kept] if from_one else a[kept + 1], a[i])
            f.add(kept)
        else:
            with f.when(new):
                if from_one:
                    f.set(a[kept], a[i])
                    f.add(kept)
                else:
                    f.add(kept)
                    f.set(a[kept], a[i])
    f.ret(kept if from_one else kept + 1)
