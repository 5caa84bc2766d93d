"""Byte buffers: byte order, checksums, encoders into a buffer with room, decoders, bit sets, ciphers, string surgery."""

from __future__ import annotations

from transpile.corpus.generator import choices, holes
from transpile.corpus.generator.expression import E, both, choose, either, negate, number, within
from transpile.corpus.generator.idioms_text import each_byte, more, source
from transpile.corpus.generator.registry import idiom
from transpile.corpus.generator.scope import Array, Scope


@idiom("tail", 2)
def read_word(f: Scope) -> None:
    """A 16, 32 or 64 bit word out of bytes, in either order, at 0 or at an offset."""
    a = f.array("u8")
    type, size = f.any(("u16", 2), ("u32", 4), ("u32", 4), ("u64", 8), ("u32", 3))
    f.result = type if type != "u16" or f.chance(0.5) else "i32"
    work = "u32" if type == "u16" else type
    little = f.chance(0.5)
    at = None
    if f.chance(0.4):
        offset = f.position()
        if offset.type == "i32":
            with f.when(either(offset < 0, offset.to("index") + size > a.len)):
                f.ret(0)
        else:
            with f.when(either(a.len < size, offset.to("index") > a.len - size)):
                f.ret(0)
        at = offset.to("index")
    else:
        with f.when(a.len < size):
            f.ret(0)

    def byte(k: int) -> E:
        return a[k] if at is None else a[at + k] if k else a[at]

    if f.chance(0.3) and size > 2:
        value = f.let(0, work)
        with f.range(0, size, type="index", reverse=little) as i:
            f.set(value, (value << 8) | (a[i] if at is None else a[at + i]).to(work))
        f.ret(value)
        return
    value = None
    for k in range(size):
        shift = 8 * (k if little else size - 1 - k)
        part = byte(k).to(work)
        part = part << shift if shift else part
        value = part if value is None else (value | part)
    f.ret(value)


@idiom("effect", 1.5)
def write_word(f: Scope) -> E | None:
    """A word into bytes, if there is room."""
    type, size = f.any(("u16", 2), ("u32", 4), ("u32", 4), ("u64", 8))
    a, x = f.ordered(lambda: f.array("u8"), lambda: f.scalar(type))
    little = f.chance(0.5)
    with f.when(a.len >= size):
        if f.chance(0.35) and size > 2:
            v = f.let(x)
            with f.range(0, size, type="index", reverse=not little) as i:
                f.set(a[i], (v & 0xFF).to("u8"))
                f.set(v, 8, ">>")
        else:
            for k in range(size):
                shift = 8 * (k if little else size - 1 - k)
                part = x >> shift if shift else x
                f.set(a[k], (part & 0xFF if f.chance(0.5) else part).to("u8"))
    return None


@idiom("value", 2)
def checksum(f: Scope) -> E:
    """Fletcher, Adler, sums with carry folded, xor with position, Pearson-like steps."""
    a = f.array("u8" if f.chance(0.8) else "u16")
    roll = f.rng.random()
    if roll < 0.45:
        m = f.any(255, 65521, 65521, 256)
        s1, s2 = f.let(f.any(0, 1), "u32"), f.let(0, "u32")
        lazy = f.chance(0.3)
        with f.walk(a) as (x, _):
            f.set(s1, s1 + x.to("u32") if lazy else (s1 + x.to("u32")) % m)
            f.set(s2, s2 + s1 if lazy else (s2 + s1) % m)
        if lazy:
            f.set(s1, m, "%")
            f.set(s2, m, "%")
        k = 16 if m == 65521 else 8
        return (s2 << k) | s1 if f.chance(0.7) else s1 + s2
    if roll < 0.7:
        total = f.let(0, "u32")
        with f.walk(a) as (x, i):
            if f.chance(0.4):
                f.add(total, choose((i & 1) == 0, x.to("u32") << 8, x.to("u32")))
            else:
                f.add(total, x)
        if f.chance(0.7):
            with f.loop((total >> 16) != 0):
                f.set(total, (total & 0xFFFF) + (total >> 16))
            return ~total & 0xFFFF
        return (~total + 1) & 0xFF if f.chance(0.5) else total & 0xFF
    total = f.let(choices.seed_value(f.rng, "u8"), "u8")
    with f.walk(a) as (x, _):
        x = x.to("u8")
        if f.chance(0.4):
            f.set(total, ((total << 1) | (total >> 7)) ^ x)
        elif f.chance(0.5):
            f.set(total, x, f.any("^", "+", "-"))
        else:
            f.set(total, (total >> 1) + ((total & 1) << 7) + x)
    return total


@idiom("value", 2)
def crc(f: Scope) -> E:
    """Bitwise cyclic redundancy checks of 8, 16 and 32 bits, both directions."""
    a = source(f, 0.85)
    type, polynomials = f.any(("u32", (0xEDB88320, 0xEDB88320, 0x82F63B78)), ("u16", (0xA001, 0x8408)), ("u8", (0x8C, 0xE0)),
                              ("u32", (0x04C11DB7,)), ("u16", (0x1021, 0x8005)), ("u8", (0x07, 0x31, 0x1D)))  # fmt: skip
    width = {"u8": 8, "u16": 16, "u32": 32}[type]
    polynomial = f.any(*polynomials)
    reflected = polynomial in (0xEDB88320, 0x82F63B78, 0xA001, 0x8408, 0x8C, 0xE0)
    value = f.let(f.any(0, -1, -1), type)
    with each_byte(f, a) as c:
        x = c.to("u8").to(type)
        f.set(value, x if reflected or width == 8 else x << (width - 8), "^")
        with f.range(0, 8, type=f.any("i32", "i32", "u32")):
            bit = (value & 1) != 0 if reflected else (value & (1 << (width - 1))) != 0
            moved = value >> 1 if reflected else value << 1
            style = f.rng.random()
            if style < 0.55:
                with f.when(bit):
                    f.set(value, moved ^ polynomial)
                with f.other():
                    f.set(value, 1, ">>" if reflected else "<<")
            elif style < 0.8 or not reflected:
                f.set(value, choose(bit, moved ^ polynomial, moved))
            else:
                f.set(value, (value >> 1) ^ (-(value & 1) & polynomial))
    return ~value if f.chance(0.5) else value


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
    a = f.array("u8")
    d = f.array("u8", new=True)
    i, j = f.let(0, "index"), f.let(0, "index")
    with f.loop(i + 1 < a.len):
        count, value = (a[i], a[i + 1]) if f.chance(0.6) else (a[i + 1], a[i])
        count, value = f.let(count), f.let(value)
        with f.range(0, count, type="u8"):
            with f.when(j >= d.len):
                f.brk()
            f.set(d[j], value)
            f.add(j)
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


@idiom("effect", 1.5)
def cipher(f: Scope) -> None:
    """xor with a key byte, a key array or a running state."""
    roll = f.rng.random()
    if roll < 0.35:
        a, k = f.ordered(lambda: f.array("u8"), lambda: f.scalar("u8"))
        with f.range(0, a.len) as i:
            f.set(a[i], k if f.chance(0.6) else k + i.to("u8"), f.any("^", "^", "+", "-"))
    elif roll < 0.7:
        a, k = f.array("u8"), f.array("u8", new=True)
        with f.when(k.len != 0), f.range(0, a.len) as i:
            f.set(a[i], k[i % k.len], f.any("^", "^", "+"))
    else:
        a, seed = f.array("u8"), f.scalar(("u8", "u32"))
        state = f.let(seed)
        with f.range(0, a.len) as i:
            f.set(a[i], state.to("u8"), "^")
            if f.chance(0.5):
                f.set(state, a[i])
            else:
                f.set(state, state * f.any(5, 17, 13) + f.any(1, 7, 3))


@idiom("tail", 1.5)
def bit_array(f: Scope) -> None:
    """A bit of a byte or word array: test, set, clear."""
    type = f.any("u8", "u8", "u32", "u64")
    width, shift = {"u8": (8, 3), "u32": (32, 5), "u64": (64, 6)}[type]
    a, k = f.array(type), f.scalar(f.any("u32", "u32", "usize"))
    word = (k >> shift if f.chance(0.6) else k / width).to("index")
    bit = (k & (width - 1) if f.chance(0.6) else k % width).to(type)
    test = f.chance(0.5)
    if test:
        with f.when(word >= a.len):
            holes.ret_truth(f, False)
        f.result = f.truth
        f.ret(holes.truth(f, ((a[word] >> bit) & 1) != 0))
        return
    with f.when(word < a.len):
        mask = number(1, type) << bit
        clear = f.chance(0.35)
        f.set(a[word], ~mask if clear else mask, "&" if clear else f.any("|", "|", "^"))


@idiom("value", 1)
def count_set_bits(f: Scope) -> E:
    """Bits over an array of words."""
    a = f.array(("u8", "u32", "u64", "u16"))
    total = f.let(0, f.any("i32", "u32"))
    with f.walk(a) as (x, _):
        v = f.let(x)
        with f.loop(v != 0):
            if f.chance(0.5):
                f.set(v, v - 1, "&")
                f.add(total)
            else:
                f.add(total, (v & 1).to(total.type))
                f.set(v, 1, ">>")
    return total


@idiom("effect", 1)
def variable_length(f: Scope) -> E:
    """A number in 7-bit groups into a buffer; the count."""
    d, x = f.array("u8"), f.scalar(("u32", "u64", "u32"))
    v, count = f.let(x), f.let(0, "index")
    with f.loop(both(v >= 0x80 if f.chance(0.6) else v > 0x7F, count < d.len)):
        f.set(d[count], (v & 0x7F).to("u8") | 0x80 if f.chance(0.6) else (v | 0x80).to("u8"))
        f.set(v, 7, ">>")
        f.add(count)
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


@idiom("value", 1.2)
def utf8_count(f: Scope) -> E:
    """Code points, or lengths by the lead byte."""
    s = source(f, 0.5)
    count = f.let(0, f.any("i32", "usize"))
    with each_byte(f, s) as c:
        x = c.to("u8") if s.element == "i8" and f.chance(0.5) else c
        with f.when((x & 0xC0).compare("!=", 0x80) if x.type == "u8" else (x.to("i32") & 0xC0) != 0x80):
            f.add(count)
    return count


@idiom("tail", 1)
def lead_byte(f: Scope) -> None:
    """Length of a UTF-8 sequence by its lead byte or its code point."""
    f.result = "i32"
    if f.chance(0.5):
        c = f.scalar("u8")
        for mask, want, size in ((0x80, 0, 1), (0xE0, 0xC0, 2), (0xF0, 0xE0, 3), (0xF8, 0xF0, 4)):
            with f.when(c < 0x80 if size == 1 and f.chance(0.6) else (c & mask) == want):
                f.ret(size)
    else:
        c = f.scalar("u32")
        for stop, size in ((0x80, 1), (0x800, 2), (0x10000, 3), (0x110000, 4)):
            with f.when(c < stop if f.chance(0.8) else c <= stop - 1):
                f.ret(size)
    f.ret(f.any(0, -1, 1))


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
