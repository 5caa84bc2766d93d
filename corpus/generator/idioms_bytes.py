"""Byte buffers: byte order, checksums, encoders into a buffer with room, decoders, bit sets, ciphers, string surgery."""

from __future__ import annotations

from transpile.corpus.generator import choices, holes
from transpile.corpus.generator.expression import E, choose, either, number
from transpile.corpus.generator.idioms_text import each_byte, source
from transpile.corpus.generator.registry import idiom
from transpile.corpus.generator.scope import Scope


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
    type, polynomials = f.any(
        ("u32", (0xEDB88320, 0xEDB88320, 0x82F63B78)),
        ("u16", (0xA001, 0x8408)),
        ("u8", (0x8C, 0xE0)),
        ("u32", (0x04C11DB7,)),
        ("u16", (0x1021, 0x8005)),
        ("u8", (0x07, 0x31, 0x1D)),
    )
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
