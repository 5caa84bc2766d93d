"""Loop-free bit work: masks, fields, rotations, branchless tricks, saturation, overflow, mixing, colours, fixed point."""

from __future__ import annotations

from transpile.corpus.generator import choices
from transpile.corpus.generator.expression import E, bits, both, builtin, choose, either, is_literal, limit, number, signed
from transpile.corpus.generator.registry import idiom
from transpile.corpus.generator.scope import Scope

UNSIGNED = choices.mix(u32=6, u64=3, u8=2, u16=2)


@idiom("scalar", 1.5)
def bit_field(f: Scope) -> E:
    """Extract, set, clear, toggle or test bits at a constant or given position."""
    x = f.scalar(UNSIGNED)
    type, width = x.type, bits(x.type)
    position = number(f.rng.randrange(1, width), type) if f.chance(0.4) else f.scalar(type) & (width - 1)
    if f.chance(0.2) and not is_literal(position):
        position = f.let(position)
    one = number(1, type)
    roll = f.rng.random()
    if roll < 0.25:
        return (x >> position) & f.any(1, 1, 3, 7, 15, 31)
    if roll < 0.4:
        if is_literal(position):
            return (x & (1 << position.node.value)) != 0
        return ((x >> position) & 1) != 0 if f.chance(0.5) else (x & (one << position)) != 0
    if roll < 0.75:
        bit = number(1 << position.node.value, type) if is_literal(position) else one << position
        return f.any(x | bit, x & ~bit, x ^ bit) if not is_literal(bit) else f.any(x | bit, x ^ bit)
    y = f.scalar(type)
    mask = f.let((one << position) - 1) if not is_literal(position) else number(choices.mask(f.rng, type), type)
    return f.any((x & ~mask) | (y & mask), (x & mask) ^ y, x ^ ((x ^ y) & mask)) if not is_literal(mask) else (x & mask) | (y << 1)


@idiom("scalar", 1.5)
def rotate(f: Scope) -> E:
    """Rotation spelled with two shifts, by a constant or masked amount."""
    x = f.scalar(UNSIGNED)
    width = bits(x.type)
    left = f.chance(0.6)
    if f.chance(0.5):
        k = f.rng.randrange(1, width)
        value = (x << k) | (x >> (width - k)) if left else (x >> k) | (x << (width - k))
    else:
        n = f.scalar(x.type)
        k = f.let(n & (width - 1)) if f.chance(0.5) else n & (width - 1)
        back = (number(width, x.type) - k) & (width - 1) if f.chance(0.6) else -k & (width - 1)
        value = (x << k) | (x >> back) if left else (x >> k) | (x << back)
        if x.type in ("u32", "u64") and f.chance(0.2):
            value = builtin("rotl" if left else "rotr", x, n & (width - 1))
    return value if f.chance(0.75) else value.binary(f.any("^", "+"), x)


@idiom("scalar", 2)
def mix_word(f: Scope) -> E:
    """Finalizers and xorshifts: a chain of xor-shifts, multiplications, rotations."""
    x = f.scalar(choices.mix(u32=7, u64=3))
    h = f.let(x)
    roll = f.rng.random()
    if roll < 0.4:
        for k in f.any((13, 17, 5), (13, 7, 17), (12, 25, 27), (7, 9, 8), (1, 3, 10)):
            f.set(h, h.binary(f.any("<<", ">>") if f.chance(0.2) else "<<" if k in (13, 5, 7) else ">>", k), "^")
        return h * choices.multiplier(f.rng, h.type) if f.chance(0.3) else h
    for _ in range(f.any(1, 2, 2, 3, 4)):
        step = f.rng.random()
        if step < 0.5:
            f.set(h, h >> choices.shift(f.rng, h.type), "^")
            if f.chance(0.8):
                f.set(h, choices.multiplier(f.rng, h.type), "*")
        elif step < 0.7:
            f.set(h, h.binary(f.any("<<", ">>"), choices.shift(f.rng, h.type)), f.any("+", "^", "-"))
        elif step < 0.85:
            f.set(h, choices.seed_value(f.rng, h.type) or 61, f.any("^", "+"))
        else:
            k = f.rng.randrange(3, 29)
            f.set(h, (h << k) | (h >> (bits(h.type) - k)))
    f.set(h, h >> choices.shift(f.rng, h.type), "^")
    return h


@idiom("value", 1)
def combine_words(f: Scope) -> E:
    """hash_combine and its kin over two or three words."""
    type = f.any("u32", "u32", "u64")
    a, b = f.scalar(type), f.scalar(type)
    golden = 0x9E3779B9 if type == "u32" else f.any(0x9E3779B9, 0x9E3779B97F4A7C15)
    value = f.any(
        a ^ (b + golden + (a << 6) + (a >> 2)),
        a * choices.multiplier(f.rng, type) + b,
        (a + b) * (a + b + 1) / 2 + b,
        ((a << 5) | (a >> (bits(type) - 5))) ^ b,
    )
    if f.chance(0.35):
        h = f.let(value)
        f.set(h, h >> choices.shift(f.rng, type), "^")
        if f.chance(0.6):
            f.set(h, choices.multiplier(f.rng, type), "*")
        return h
    return value


@idiom("scalar", 1.2)
def prng_step(f: Scope) -> E:
    """A linear congruential step and what of it is used."""
    x = f.scalar(choices.mix(u32=7, u64=3))
    factor, plus = (
        f.any((1664525, 1013904223), (1103515245, 12345), (69069, 1), (214013, 2531011), (22695477, 1))
        if x.type == "u32"
        else f.any((6364136223846793005, 1442695040888963407), (2862933555777941757, 3037000493), (25214903917, 11))
    )
    value = x * factor + plus
    if f.chance(0.6):
        shifted = value >> f.any(16, 16, 8, 1, 24)
        return shifted & f.any(0x7FFF, 0x7FFF, 0xFFFF, 0xFF) if f.chance(0.5) else shifted % f.any(100, 6, 10)
    return value & 0x7FFFFFFF if f.chance(0.5) else value


@idiom("scalar", 2)
def swar(f: Scope) -> E:
    """Population count, reversal and spreading by masks."""
    x = f.scalar(("u32", "u32", "u64", "u8"))
    type = x.type
    m1, m2, m4, m8, m16 = (
        number(v & ((1 << bits(type)) - 1), type) for v in (0x5555555555555555, 0x3333333333333333, 0x0F0F0F0F0F0F0F0F, 0x00FF00FF00FF00FF, 0x0000FFFF0000FFFF)
    )
    v = f.let(x)
    roll = f.rng.random()
    if roll < 0.45:
        if f.chance(0.5):
            f.set(v, (v >> 1) & m1, "-")
        else:
            f.set(v, (v & m1) + ((v >> 1) & m1))
        f.set(v, (v & m2) + ((v >> 2) & m2))
        f.set(v, (v + (v >> 4)) & m4)
        if type == "u8":
            return v
        if f.chance(0.6):
            return (v * number(0x0101010101010101 & ((1 << bits(type)) - 1), type)) >> (bits(type) - 8)
        f.set(v, v >> 8, "+")
        f.set(v, v >> 16, "+")
        return v & 0x3F
    if roll < 0.75:
        steps = [(1, m1), (2, m2), (4, m4)]
        if type != "u8":
            steps += [(8, m8), (16, m16)]
        for k, m in steps[: f.any(2, 3, 5)]:
            f.set(v, ((v >> k) & m) | ((v & m) << k))
        if type == "u32" and f.chance(0.5):
            return (v >> 16) | (v << 16)
        return v
    f.set(v, 0xFFFF if type != "u8" else 0xF, "&")
    steps = [(8, m8), (4, m4), (2, m2), (1, m1)] if type != "u8" else [(2, m2), (1, m1)]
    for k, m in steps:
        f.set(v, (v | (v << k)) & m if f.chance(0.8) else (v ^ (v << k)) & m)
    return v


@idiom("scalar", 1.5)
def smear(f: Scope) -> E:
    """Next power of two, highest bit, by or-ing shifted copies."""
    x = f.scalar(("u32", "u32", "u64", "u16"))
    v = f.let(x if f.chance(0.3) else x - 1)
    for k in (1, 2, 4, 8, 16, 32):
        if k < bits(x.type):
            f.set(v, v >> k, "|")
    return f.any(v + 1, v + 1, v - (v >> 1), v)


@idiom("scalar", 2)
def branchless(f: Scope) -> E:
    """abs, sign, min, max, average and friends without branches, and single-bit tests."""
    type = f.any("i32", "i32", "i64", "u32", "u32", "u64")
    x = f.scalar(type)
    w = bits(type) - 1
    if signed(type):
        if f.chance(0.5):
            mask = f.let(x >> w)
            return f.any((x ^ mask) - mask, (x + mask) ^ mask, x & ~mask, mask | 1)
        y = f.scalar(type)
        d = f.let(x - y)
        return f.any(y + (d & (d >> w)), x - (d & (d >> w)), x - (d & ~(d >> w)), (d >> w) | 1)
    roll = f.rng.random()
    if roll < 0.5:
        return f.any(x & (x - 1), x & -x, x ^ (x - 1), x | (x + 1), x & (x + 1), x ^ (x >> 1), ~x & (x + 1), (x & -x) - 1)
    if roll < 0.75:
        return f.any(both(x != 0, (x & (x - 1)) == 0), (x & (x + 1)) == 0, (x & 1) == 0, (x ^ (x >> 1)) == 0)
    y = f.scalar(type)
    return f.any((x & y) + ((x ^ y) >> 1), (x | y) - ((x ^ y) >> 1), (x ^ y) & 1, x + y - (x & y), (x & ~y) | (y & ~x))


@idiom("value", 2)
def saturate(f: Scope) -> E:
    """Saturating addition, subtraction, multiplication; by widening or by checks."""
    type = f.any("u8", "u8", "u16", "u32", "i8", "i16", "i32", "i32")
    x, y = f.scalar(type), f.scalar(type)
    op = f.any("+", "+", "-", "*") if type not in ("u32", "i32") else f.any("+", "-")
    if type in ("u8", "u16"):
        if op == "-":
            return choose(x > y, x - y, 0)
        wide = f.let(_widened(f, x, y, op))
        top = (1 << bits(type)) - 1
        return choose(wide > top, number(top, type), wide.to(type)) if f.chance(0.6) else builtin("min", wide, top).to(type)
    if type == "u32":
        if op == "-":
            return choose(x < y, number(0, type), x - y)
        total = f.let(x + y)
        return choose(total < x, limit(type) if f.chance(0.6) else number(0xFFFFFFFF, type), total)
    wide = f.let(_widened(f, x, y, op))
    return choose(wide > limit(type).to(wide.type), limit(type), choose(wide < limit(type, False).to(wide.type), limit(type, False), wide.to(type)))


def _widened(f: Scope, x: E, y: E, op: str) -> E:
    wide = {"u8": f.any("i32", "u32", "u16"), "u16": f.any("u32", "i32"), "i8": "i32", "i16": "i32", "i32": "i64"}[x.type]
    return x.to(wide).binary(op, y.to(wide))


@idiom("value", 1.2)
def overflow_test(f: Scope) -> E:
    """Would x + y (x - y, x * y) overflow?"""
    type = f.any("u32", "i32", "i32", "u64", "i64", "u8")
    x, y = f.scalar(type), f.scalar(type)
    if not signed(type):
        return f.any(x + y < x, x > limit(type) - y, x < y, both(y != 0, x > limit(type) / builtin("max", y, 1)))
    if f.chance(0.5):
        total = f.let(x + y)
        return f.any(both((x ^ y) >= 0, (x ^ total) < 0), ((x ^ total) & (y ^ total)) < 0)
    return either(both(y > 0, x > limit(type) - y), both(y < 0, x < limit(type, False) - y))


@idiom("scalar", 1.2)
def sign_extend(f: Scope) -> E:
    """A narrow field widened with its sign."""
    x = f.scalar(("u32", "i32", "u32", "u64"))
    width = bits(x.type)
    n = f.any(4, 5, 7, 8, 10, 12, 14, 16, 20, 24)
    roll = f.rng.random()
    wide = {"u32": "i32", "u64": "i64", "i32": "i32"}[x.type]
    if roll < 0.4:
        return (x << (width - n)).to(wide) >> (width - n)
    if roll < 0.7:
        m = 1 << (n - 1)
        return ((x & ((1 << n) - 1)) ^ m) - m
    v = f.let((x & ((1 << n) - 1)).to(wide))
    return choose((v & (1 << (n - 1))) != 0, v - (1 << n), v)


@idiom("scalar", 1.3)
def byte_swap(f: Scope) -> E:
    """Byte order reversed by shifts and masks."""
    x = f.scalar(("u32", "u32", "u16", "u64"))
    if x.type == "u16":
        return (x >> 8) | (x << 8)
    if x.type == "u32":
        if f.chance(0.12):
            return builtin("swap_bytes", x)
        parts = [x >> 24, (x >> 8) & 0xFF00, (x << 8) & 0xFF0000, x << 24]
        if f.chance(0.3):
            parts = [(x & 0xFF) << 24, (x & 0xFF00) << 8, (x >> 8) & 0xFF00, (x >> 24) & 0xFF]
        if f.chance(0.4):
            parts.reverse()
        return parts[0] | parts[1] | parts[2] | parts[3]
    v = f.let(((x & 0x00FF00FF00FF00FF) << 8) | ((x >> 8) & 0x00FF00FF00FF00FF))
    f.set(v, ((v & 0x0000FFFF0000FFFF) << 16) | ((v >> 16) & 0x0000FFFF0000FFFF))
    return (v << 32) | (v >> 32)


@idiom("value", 1.5)
def pack(f: Scope) -> E:
    """Two to four small fields packed into a word."""
    type = f.any("u32", "u32", "u16", "u64")
    part = f.any("u8", "u8", type) if type != "u64" else f.any("u32", "u16")
    shifts = {"u32": [24, 16, 8, 0], "u16": [8, 0], "u64": [32, 0]}[type]
    if type == "u16" and f.chance(0.5):
        shifts, part = [11, 5, 0], f.any("u8", "u16")
    if type == "u32":
        shifts = f.any([24, 16, 8, 0], [16, 8, 0], [16, 0], [20, 10, 0])
    value = None
    for k in shifts:
        x = f.scalar(part).to(type)
        if part == type:
            x = x & (0xFF if len(shifts) > 2 else 0xFFFF)
        if type == "u16" and len(shifts) == 3:
            x = x >> f.any(3, 3, 2)
        x = x << k if k else x
        value = x if value is None else value | x
    return value


@idiom("scalar", 1.5)
def unpack(f: Scope) -> E:
    """Fields of a colour or word: one channel, luminance, sum, inverted, blended with a constant."""
    x = f.scalar(("u32", "u32", "i32"))
    r, g, b = (x >> 16) & 0xFF, (x >> 8) & 0xFF, x & 0xFF
    if f.chance(0.5):
        r, g, b = f.let(r), f.let(g), f.let(b)
        roll = f.rng.random()
        if roll < 0.4:
            weights = f.any((77, 150, 29, 8), (54, 183, 19, 8), (2, 5, 1, 3), (30, 59, 11, 8))
            return (r * weights[0] + g * weights[1] + (b if weights[2] == 1 else b * weights[2])) >> weights[3]
        if roll < 0.55:
            return (r + g + b) / 3
        if roll < 0.75:
            return f.any((b << 16) | (g << 8) | r, ((r >> 3) << 11) | ((g >> 2) << 5) | (b >> 3), ((r / 2) << 16) | ((g / 2) << 8) | (b / 2))
        top = f.let(choose(r > g, r, g))
        return choose(b > top, b, top)
    k, m = f.any((24, 0xFF), (16, 0xFF), (8, 0xFF), (11, 0x1F), (5, 0x3F), (28, 0xF), (4, 0xF))
    return (x >> k) & m


@idiom("value", 1.2)
def fixed_point(f: Scope) -> E:
    """Products, quotients, blends in fixed point."""
    k = f.any(16, 16, 8, 12)
    x, y = f.scalar("i32"), f.scalar("i32")
    roll = f.rng.random()
    if roll < 0.5:
        product = x.to("i64") * y.to("i64")
        if f.chance(0.3):
            product = product + (1 << (k - 1))
        return (product >> k).to("i32")
    if roll < 0.7:
        return choose(
            y == 0,
            number(0, "i32"),
            ((x.to("i64") << k) / builtin("max", y, 1).to("i64")).to("i32") if f.chance(0.3) else ((x.to("i64") << k) / (y | 1).to("i64")).to("i32"),
        )
    t = f.scalar("i32")
    return x + ((y - x) * t >> k) if f.chance(0.5) else (x * ((1 << k) - t) + y * t) >> k


@idiom("value", 1)
def wide_product(f: Scope) -> E:
    """High half of a product, modular product, scaling by a ratio."""
    type = f.any("u32", "u32", "i32")
    wide = "u64" if type == "u32" else "i64"
    x, y = f.scalar(type), f.scalar(type)
    roll = f.rng.random()
    if roll < 0.4:
        return ((x.to(wide) * y.to(wide)) >> 32).to(type)
    if roll < 0.75:
        return (x.to(wide) * y.to(wide) % f.any(1000000007, 998244353, 97, 65537)).to(type)
    z = f.scalar(type)
    return choose(z == 0, number(0, type), (x.to(wide) * y.to(wide) / (z.to(wide) | 1)).to(type))


@idiom("scalar", 1)
def gray_parity(f: Scope) -> E:
    """Gray code both ways, parity by folding."""
    x = f.scalar(("u32", "u32", "u8", "u64", "u16"))
    v = f.let(x)
    steps = [k for k in (32, 16, 8, 4, 2, 1) if k < bits(x.type)]
    if f.chance(0.3):
        steps.reverse()
    for k in steps:
        f.set(v, v >> k, "^")
    return v & 1 if f.chance(0.5) else v


@idiom("scalar", 1)
def leading(f: Scope) -> E:
    """Leading or trailing zeros, logarithm: builtin or by halving steps."""
    x = f.scalar(("u32", "u32", "u64"))
    w = bits(x.type)
    if f.chance(0.35):
        return choose(x == 0, number(w, x.type), builtin(f.any("clz", "ctz"), x)) if f.chance(0.6) else builtin("popcount", x)
    n, v = f.let(0, "i32"), f.let(x)
    steps = [16, 8, 4, 2, 1] if w == 32 else [32, 16, 8, 4, 2, 1]
    if f.chance(0.5):
        for k in steps:
            with f.when(v >= (1 << k) if f.chance(0.5) else (v >> k) != 0):
                f.set(v, k, ">>")
                f.add(n, k)
        return n
    for k in steps:
        with f.when((v & ((1 << k) - 1)) == 0):
            f.set(v, k, ">>")
            f.add(n, k)
    return n
