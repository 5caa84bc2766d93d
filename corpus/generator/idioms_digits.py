"""Loops over one number's digits and bits."""

from __future__ import annotations

from transpile.corpus.generator import choices, holes
from transpile.corpus.generator.expression import E, both, builtin, choose, number, signed
from transpile.corpus.generator.registry import idiom
from transpile.corpus.generator.scope import Scope


def magnitude(f: Scope, x: E) -> E:
    """A local copy that is about to be consumed; negative numbers are sometimes turned."""
    if signed(x.type) and f.chance(0.35):
        if f.chance(0.5):
            return f.let(choose(x < 0, -x, x) if f.chance(0.5) else builtin("abs", x))
        n = f.let(x)
        with f.when(n < 0):
            f.set(n, -n)
        return n
    return f.let(x)


def going(f: Scope, n: E) -> E:
    """n != 0 or n > 0."""
    return n > 0 if f.chance(0.7 if signed(n.type) else 0.5) else n != 0


def base_of(f: Scope) -> int:
    return f.any(10, 10, 10, 10, 10, 2, 3, 8, 16, 7, 100)


@idiom("scalar", 3)
def digit_loop(f: Scope) -> E:
    """Sum, product, count, maximum, reversal ... of the digits in a base."""
    x = f.scalar(choices.WIDE)
    base = base_of(f)
    n = magnitude(f, x)
    roll = f.rng.random()
    total = f.let(1 if 0.25 < roll < 0.32 else 0, f.any("i32", x.type, x.type))
    test_after = f.chance(0.12)
    style = f.chance(0.5)

    def step() -> None:
        digit = f.let(n % base) if style and roll > 0.1 else n % base
        d = digit.to(total.type)
        if roll < 0.25:
            f.add(total, d)
        elif roll < 0.32:
            f.set(total, d, "*")
        elif roll < 0.45:
            f.add(total)
        elif roll < 0.6:
            f.set(total, total * base + d)
        elif roll < 0.7:
            with f.when(d > total):
                f.set(total, d)
        elif roll < 0.8:
            f.add(total, d * d if f.chance(0.7) else d * d * d)
        elif roll < 0.92:
            with f.when(holes.predicate(f, digit, text=False, parameter=0.15)):
                f.add(total, f.any(number(1, total.type), d))
        else:
            f.set(total, (total << f.any(1, 3, 4)) ^ d)
        f.set(n, base, "/")

    style = style and not 0.32 <= roll < 0.45
    if test_after:
        with f.dowhile() as until:
            step()
            until.condition = going(f, n)
    else:
        with f.loop(going(f, n)):
            step()
    return total


@idiom("scalar", 1.2)
def digital_root(f: Scope) -> E:
    """Digits summed until one is left, or some other nested reduction."""
    x = f.scalar(choices.WIDE)
    base = f.any(10, 10, 10, 16, 8)
    n = f.let(x)
    with f.loop(n >= base if f.chance(0.7) else n > base - 1):
        total = f.let(0, x.type)
        with f.loop(going(f, n)):
            f.add(total, n % base)
            f.set(n, base, "/")
        f.set(n, total)
    return n


@idiom("scalar", 1.5)
def number_palindrome(f: Scope) -> E:
    x = f.scalar(choices.WIDE)
    base = f.any(10, 10, 10, 2, 16)
    n = f.let(x)
    turned = f.let(0, x.type)
    with f.loop(going(f, n)):
        f.set(turned, turned * base + n % base)
        f.set(n, base, "/")
    return turned == x if f.chance(0.7) else choose(turned > x, turned - x, x - turned)


@idiom("scalar", 2.5)
def bit_loop(f: Scope) -> E:
    """Population count and its kin, by shifts or by clearing the lowest bit."""
    x = f.scalar(choices.mix(u32=6, u64=3, i32=2, u8=2, u16=2))
    roll = f.rng.random()
    count = f.let(0, f.any("i32", "i32", "u32", x.type))
    unsigned = x.type if not signed(x.type) else "u32"
    n = f.let(x.to(unsigned))
    if roll < 0.3:
        with f.loop(n != 0):
            if f.chance(0.4):
                f.set(n, n & (n - 1))
            else:
                f.set(n, n - 1, "&")
            f.add(count)
    elif roll < 0.6:
        with f.loop(going(f, n)):
            if f.chance(0.6):
                f.add(count, (n & 1).to(count.type))
            else:
                with f.when((n & 1).compare(f.any("==", "!="), f.any(0, 1))):
                    f.add(count)
            f.set(n, 1, ">>")
    elif roll < 0.75:
        with f.loop(n > 1 if f.chance(0.5) else n != 0):
            f.set(n, 1, ">>")
            f.add(count)
    elif roll < 0.85:
        with f.loop(both(n != 0, (n & 1) == 0)):
            f.add(count)
            f.set(n, 1, ">>")
    else:
        longest = f.let(0, count.type)
        with f.loop(n != 0):
            with f.when((n & 1) != 0):
                f.add(count)
                with f.when(count > longest):
                    f.set(longest, count)
            with f.other():
                f.set(count, 0)
            f.set(n, 1, ">>")
        return longest
    return count


@idiom("scalar", 1.6)
def bit_scan(f: Scope) -> E:
    """A counted loop over all bit positions: count, reverse, parity, interleave."""
    x = f.scalar(choices.mix(u32=6, u64=2, u8=3, u16=2))
    width = {"u8": 8, "u16": 16, "u32": 32, "u64": 64}[x.type]
    if f.chance(0.25):
        width //= 2
    roll = f.rng.random()
    total = f.let(0, x.type if roll < 0.6 else "i32")
    n = f.let(x) if roll < 0.3 else x
    with f.range(0, width, type=f.any("i32", "u32", x.type if x.type != "u8" else "i32"), reverse=f.chance(0.1) and roll >= 0.3) as i:
        if roll < 0.3:
            f.set(total, (total << 1) | (n & 1))
            f.set(n, 1, ">>")
        elif roll < 0.45:
            with f.when(((x >> i.to(x.type)) & 1) != 0):
                f.set(total, number(1, x.type) << (width - 1 - i.to(x.type)), "|")
        elif roll < 0.6:
            f.set(total, ((x >> i.to(x.type)) & 1) << (i.to(x.type) * f.any(1, 1) if f.chance(0.3) else i.to(x.type)), f.any("^", "|", "+"))
        elif roll < 0.85:
            f.add(total, ((x >> i.to(x.type)) & 1).to("i32"))
        else:
            with f.when((x & (number(1, x.type) << i.to(x.type))) != 0):
                f.add(total, i.to("i32") if f.chance(0.5) else 1)
    return total
