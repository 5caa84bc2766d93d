"""Two arrays walked together: merging, common elements, needles in haystacks."""

from __future__ import annotations

from transpile.corpus.generator import choices, holes
from transpile.corpus.generator.expression import E, both, either, negate, number, signed
from transpile.corpus.generator.idioms_search import not_found
from transpile.corpus.generator.registry import idiom
from transpile.corpus.generator.scope import Scope


@idiom("value", 1.6)
def merge_count(f: Scope) -> E:
    """Two sorted arrays walked together: common elements, union, distance."""
    type = f.any(*choices.INT_ELEMENTS)
    a, b = f.array(type), f.array(type, new=True)
    i, j = f.let(0, "index"), f.let(0, "index")
    count = f.let(0, f.any("i32", f.length_type))
    which = f.rng.random()
    with f.loop(both(i < a.len, j < b.len)):
        with f.when(a[i] == b[j]):
            if which < 0.7:
                f.add(count)
            f.add(i)
            f.add(j)
        with f.elsewhen(a[i] < b[j]):
            if which >= 0.5:
                f.add(count)
            f.add(i)
        with f.other():
            if which >= 0.85:
                f.add(count)
            f.add(j)
    if which >= 0.85:
        return count + (a.len - i).to(count.type)
    return count


@idiom("effect", 1.5)
def merge_into(f: Scope) -> E | None:
    """Merge two sorted arrays into a third while there is room."""
    type = f.any(*choices.ELEMENTS)
    a, b, d = f.array(type), f.array(type, new=True), f.array(type, new=True)
    i, j = f.let(0, "index"), f.let(0, "index")
    if f.chance(0.5):
        with f.range(0, d.len) as k:
            with f.when(both(i < a.len, either(j >= b.len, a[i] <= b[j]))):
                f.set(d[k], a[i])
                f.add(i)
            with f.elsewhen(j < b.len):
                f.set(d[k], b[j])
                f.add(j)
        return i + j
    k = f.let(0, "index")
    with f.loop(both(both(i < a.len, j < b.len), k < d.len)):
        with f.when(a[i].compare(f.any("<", "<="), b[j])):
            f.set(d[k], a[i])
            f.add(i)
        with f.other():
            f.set(d[k], b[j])
            f.add(j)
        f.add(k)
    for source, cursor in ((a, i), (b, j)):
        with f.loop(both(cursor < source.len, k < d.len)):
            f.set(d[k], source[cursor])
            f.add(cursor)
            f.add(k)
    return k


@idiom("tail", 1.5)
def find_sub(f: Scope) -> None:
    """A needle in a haystack: position, presence or count."""
    type = f.any(*choices.mix(u8=6, i32=4, i8=2, u16=1))
    a, b = f.array(type), f.array(type, new=True)
    roll = f.rng.random()
    f.result = f.truth if roll < 0.25 else f.length_type if roll < 0.6 else "i32"
    if roll < 0.8:
        with f.when(either(b.len == 0, b.len > a.len) if f.chance(0.6) else b.len > a.len):
            f.ret(number(-1 if roll >= 0.25 and signed(f.result) else 0, f.result) if f.result != "bool" else False)
        with f.range(0, a.len - b.len, inclusive=True) as i:
            j = f.let(0, "index")
            with f.loop(both(j < b.len, a[i + j] == b[j])):
                f.add(j)
            with f.when(j == b.len):
                if roll < 0.25:
                    holes.ret_truth(f, True)
                else:
                    f.ret(i)
        if roll < 0.25:
            holes.ret_truth(f, False)
        else:
            not_found(f, a, -1)
        return
    count = f.let(0, f.result)
    i = f.let(0, "index")
    with f.loop(i + b.len <= a.len):
        j = f.let(0, "index")
        with f.range(0, b.len) as k:
            with f.when(a[i + k] != b[k]):
                f.brk()
            f.add(j)
        with f.when(j == b.len):
            f.add(count)
        f.add(i)
    f.ret(count)


@idiom("tail", 1)
def subsequence(f: Scope) -> None:
    """Whether one array is a subsequence, prefix or subset of another."""
    type = f.any(*choices.mix(u8=4, i32=5, u32=1))
    a, b = f.array(type), f.array(type, new=True)
    roll = f.rng.random()
    if roll < 0.4:
        j = f.let(0, "index")
        with f.range(0, a.len) as i, f.when(both(j < b.len, a[i] == b[j])):
            f.add(j)
        f.result = f.truth
        f.ret(holes.truth(f, j == b.len))
    elif roll < 0.7:
        with f.when(b.len > a.len):
            holes.ret_truth(f, False)
        tail = f.chance(0.4)
        with f.range(0, b.len) as i, f.when((a[a.len - b.len + i] if tail else a[i]) != b[i]):
            holes.ret_truth(f, False)
        holes.ret_truth(f, True)
    else:
        with f.range(0, b.len) as i:
            found = f.let(False, "bool")
            with f.range(0, a.len) as j, f.when(a[j] == b[i]):
                f.set(found, True)
                f.brk()
            with f.when(negate(found)):
                holes.ret_truth(f, False)
        holes.ret_truth(f, True)
