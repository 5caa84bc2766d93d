"""Bytes written: encoders into a buffer with room, decoders, changes of case, string surgery in place."""

from __future__ import annotations

from transpile.corpus.generator import choices, holes
from transpile.corpus.generator.expression import E, both, choose, either, negate, number, within
from transpile.corpus.generator.idioms_text import more
from transpile.corpus.generator.registry import idiom
from transpile.corpus.generator.scope import Array, Scope


@idiom("effect", 2)
def run_length_encode(f: Scope) -> E:
    """(count, value) pairs into a buffer; the length, stopping when it is full."""
    a = f.array("u8")
    d = f.array("u8", new=True)
    i, j = f.let(0, "index"), f.let(0, "index")
    with f.loop(both(i < a.len, j + 1 < d.len) if f.chance(0.6) else i < a.len):
        value, run = f.let(a[i]), f.let(1, f.any("index", "index"))
        condition = both(i + run < a.len, a[i + run] == value)
        if f.chance(0.6):
            condition = both(condition, run < f.any(255, 127, 9))
        with f.loop(condition):
            f.add(run)
        with f.when(j + 1 >= d.len):
            f.brk()
        first, second = (run.to("u8"), value) if f.chance(0.6) else (value, run.to("u8"))
        f.set(d[j], first)
        f.set(d[j + 1], second)
        f.add(j, 2)
        f.add(i, run)
    return j


@idiom("effect", 1.2)
def run_length_decode(f: Scope) -> E:
    """(count, value) pairs written out while there is room."""
    a = f.array("u8")
    d = f.array("u8", new=True)
    i, j = f.let(0, "index"), f.let(0, "index")
    with f.loop(f.any(i + 1 < a.len, i + 1 < a.len, both(i + 1 < a.len, j < d.len))):
        count, value = (a[i], a[i + 1]) if f.chance(0.6) else (a[i + 1], a[i])
        if f.chance(0.3):
            count = count - "0" if f.chance(0.5) else count & 0x7F
        value = f.let(value) if f.chance(0.7) else value
        style = f.rng.random()
        if style < 0.4:
            with f.range(0, f.let(count), type="u8"):
                if f.chance(0.6):
                    with f.when(j >= d.len):
                        f.brk() if f.chance(0.6) else f.cont()
                    f.set(d[j], value)
                    f.add(j)
                else:
                    with f.when(j < d.len):
                        f.set(d[j], value)
                        f.add(j)
        else:
            left = f.let(count)
            with f.loop(both(left > 0, j < d.len) if f.chance(0.5) else both(j < d.len, left != 0)):
                f.set(d[j], value)
                f.add(j)
                f.sub(left)
        f.add(i, 2)
    return j


@idiom("effect", 1.6)
def hex_encode(f: Scope) -> E:
    """Each byte as two characters (or eight, or an escape) while there is room."""
    a = f.array("u8")
    d = f.array("u8", new=True)
    j = f.let(0, "index")

    def char(nibble: E) -> E:
        return choose(nibble < 10, nibble + "0", nibble + f.any(87, 55) if f.chance(0.3) else nibble - 10 + f.any("a", "A"))

    if f.chance(0.7):
        with f.range(0, a.len) as i:
            with f.when(j + 2 > d.len if f.chance(0.6) else j + 1 >= d.len):
                f.brk()
            high, low = f.let(a[i] >> 4), f.let(a[i] & 15)
            f.set(d[j], char(high))
            f.set(d[j + 1], char(low))
            f.add(j, 2)
    else:
        with f.range(0, a.len) as i, f.range(0, 8, type=f.any("i32", "u8"), reverse=f.chance(0.6)) as k, f.when(j < d.len):
            f.set(d[j], ((a[i] >> k.to("u8")) & 1) + "0")
            f.add(j)
    return j


@idiom("effect", 1.5)
def escape_copy(f: Scope) -> E:
    """Characters copied, some of them doubled, dropped, replaced; with room checked."""
    type = f.any(*choices.BYTES)
    s = f.text((type,)) if f.chance(0.4) else f.array(type)
    d = f.array(type, new=True)
    i, j = f.let(0, "index"), f.let(0, "index")
    roll = f.rng.random()
    with f.loop(both(more(s, i), j + (1 if roll < 0.5 else 0) < d.len)):
        c = f.let(s[i])
        f.add(i)
        if roll < 0.35:
            with f.when(either(c == '"', c == "\\") if f.chance(0.5) else holes.char_class(f, c)):
                f.set(d[j], f.any("\\", "%", "\\"))
                f.add(j)
            f.set(d[j], c)
            f.add(j)
        elif roll < 0.75:
            with f.when(holes.maybe_negated(f, holes.char_class(f, c), 0.5)):
                f.set(d[j], c if f.chance(0.7) else c ^ 32)
                f.add(j)
        else:
            with f.when(holes.char_class(f, c)):
                f.set(d[j], f.any("_", "-", "+", "?"))
            with f.other():
                f.set(d[j], c)
            f.add(j)
    if f.chance(0.4):
        with f.when(j < d.len):
            f.set(d[j], 0)
    return j


@idiom("effect", 1)
def variable_length(f: Scope) -> E:
    """A number in 7-bit groups into a buffer (maybe zigzag first), the count; or only the count."""
    type = f.any("u32", "u64", "u32", "i32")
    counted = f.chance(0.25)
    d = None if counted else f.array("u8")
    x = f.scalar(type)
    if type == "i32":
        v = f.let(((x << 1) ^ (x >> 31)).to("u32") if f.chance(0.7) else x.to("u32"))
    else:
        v = f.let(x)
    more = f.any(v >= 0x80, v > 0x7F, (v & ~number(0x7F, v.type)) != 0) if type != "i32" else v >= 0x80
    if d is None:
        count = f.let(1, f.any("i32", "usize"))
        with f.loop(more):
            f.set(v, 7, ">>")
            f.add(count)
        return count
    count = f.let(0, "index")
    with f.loop(both(more, count < d.len) if f.chance(0.6) else both(count < d.len, more)):
        byte = f.any((v & 0x7F).to("u8") | 0x80, (v | 0x80).to("u8"), ((v & 0x7F) | 0x80).to("u8"))
        f.set(d[count], byte)
        if f.chance(0.5):
            f.set(v, 7, ">>")
            f.add(count)
        else:
            f.add(count)
            f.set(v, 7, ">>")
    with f.when(count < d.len):
        f.set(d[count], v)
        f.add(count)
    return count


@idiom("value", 1.2)
def read_variable_length(f: Scope) -> E:
    a = f.array("u8")
    type = f.any("u32", "u64")
    value, shift = f.let(0, type), f.let(0, type)
    with f.walk(a) as (x, _):
        f.set(value, (x & 0x7F).to(type) << (shift & (31 if type == "u32" else 63)), "|")
        with f.when((x & 0x80) == 0 if f.chance(0.6) else x < 0x80):
            f.brk()
        f.add(shift, 7)
    return value


@idiom("effect", 2.2)
def case_in_place(f: Scope) -> E | None:
    """Case changed in place, in a string or a buffer: upper, lower, toggled, capitals, Caesar, ROT13."""
    s: Array = f.text() if f.chance(0.6) else f.array(choices.BYTES)
    if not s.sized:
        s = s if s.name not in f.written else f.text()
    roll = f.rng.random()
    changed = f.let(0, "i32") if f.chance(0.2) and (roll < 0.45 or 0.7 < roll <= 0.8) else None
    key = f.scalar(("i32", s.element)) if roll > 0.8 else None
    word = f.let(True, "bool") if 0.6 < roll <= 0.7 else None
    i = f.let(0, "index")
    with f.loop(more(s, i)):
        c = f.let(s[i]) if f.chance(0.5) else s[i]
        if roll < 0.45:
            upper = f.chance(0.55)
            with f.when(within(c, "a", "z") if upper else within(c, "A", "Z")):
                value = f.any(c - 32, c - 32, c & 0xDF if s.element == "u8" else c - 32) if upper else f.any(c + 32, c | 32)
                f.set(s[i], value)
                if changed is not None:
                    f.add(changed)
        elif roll <= 0.6:
            with f.when(within(c, "a", "z")):
                f.set(s[i], c - 32)
            with f.elsewhen(within(c, "A", "Z")):
                f.set(s[i], c + 32)
        elif roll <= 0.7:
            with f.when(both(word, within(c, "a", "z"))):
                f.set(s[i], c - 32)
            f.set(word, s[i] == f.any(" ", " ", "_", "-"))
        elif roll <= 0.8:
            with f.when(holes.char_class(f, c)):
                f.set(s[i], f.any(" ", "_", "-", "*", "."))
                if changed is not None:
                    f.add(changed)
        else:
            ranges = [("a", "z")] if f.chance(0.5) else [("a", "z"), ("A", "Z")]
            for k, (low, high) in enumerate(ranges):
                with f.when(within(c, low, high)) if k == 0 else f.elsewhen(within(c, low, high)):
                    moved = (c.to("i32") - low + (13 if f.chance(0.3) else key.to("i32") & 15)) % 26 + low
                    f.set(s[i], moved.to(s.element))
        f.add(i)
    return changed


@idiom("effect", 1.4)
def string_edit(f: Scope) -> E | None:
    """In a NUL-terminated string: drop characters, reverse it, trim its end, squeeze blanks."""
    s = f.text()
    roll = f.rng.random()
    if roll < 0.4:
        i, j = f.let(0, "index"), f.let(0, "index")
        key = f.scalar(s.element) if f.chance(0.4) else None
        with f.loop(s[i] != 0):
            with f.when(s[i] != key if key is not None else negate(holes.char_class(f, s[i]))):
                f.set(s[j], s[i])
                f.add(j)
            f.add(i)
        f.set(s[j], 0)
        return j if f.chance(0.4) else None
    n = f.let(0, "index")
    with f.loop(s[n] != 0):
        f.add(n)
    if roll < 0.75:
        if f.chance(0.5):
            with f.range(0, n / 2) as i:
                c = f.let(s[i])
                f.set(s[i], s[n - 1 - i])
                f.set(s[n - 1 - i], c)
        else:
            i, j = f.let(0, "index"), f.let(n)
            with f.loop(i + 1 < j):
                f.sub(j)
                c = f.let(s[i])
                f.set(s[i], s[j])
                f.set(s[j], c)
                f.add(i)
        return n if f.chance(0.2) else None
    with f.loop(both(n > 0, holes.char_class(f, s[n - 1], f.any("space", "char", "digit", "separator")))):
        f.sub(n)
    f.set(s[n], 0)
    return n if f.chance(0.6) else None


@idiom("effect", 1.4)
def copy_string(f: Scope) -> E:
    """A string copied (or appended) into a buffer with room, terminated."""
    type = f.any(*choices.BYTES)
    d, s = f.ordered(lambda: f.array(type, new=True), lambda: f.text((type,)))
    i = f.let(0, "index")
    if f.chance(0.75):
        with f.loop(both(s[i] != 0, i + 1 < d.len)):
            f.set(d[i], s[i])
            f.add(i)
        with f.when(d.len > 0 if f.chance(0.6) else i < d.len):
            f.set(d[i], 0)
        return i
    end = f.let(0, "index")
    with f.loop(both(end < d.len, d[end] != 0)):
        f.add(end)
    with f.loop(both(s[i] != 0, end + 1 < d.len)):
        f.set(d[end], s[i])
        f.add(end)
        f.add(i)
    with f.when(end < d.len):
        f.set(d[end], 0)
    return end
