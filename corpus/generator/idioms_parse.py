"""Numbers in text: decimal, hexadecimal, binary, with signs, limits and checks; and numbers written as text."""

from __future__ import annotations

from transpile.corpus.generator import holes
from transpile.corpus.generator.expression import E, both, choose, either, limit, negate, number, signed, within
from transpile.corpus.generator.idioms_text import each_byte, more, source, standing
from transpile.corpus.generator.registry import idiom
from transpile.corpus.generator.scope import Array, Scope


def digit(f: Scope, s: Array, i: E) -> E:
    """Whether the byte under the cursor is a decimal digit."""
    return within(s[i], "0", "9")


def skip_spaces(f: Scope, s: Array, i: E) -> None:
    c = s[i]
    blank = c == " " if f.chance(0.5) else either(c == " ", c == "\t")
    with f.loop(standing(s, i, blank)):
        f.add(i)


@idiom("value", 4)
def parse_int(f: Scope) -> E:
    """atoi: spaces, sign, digits, the end of them."""
    s = source(f)
    type = f.any("i32", "i32", "i32", "i64", "u32", "u64")
    i = f.let(0, "index")
    value = f.let(0, type)
    if f.chance(0.3):
        skip_spaces(f, s, i)
    sign = None
    if signed(type) and f.chance(0.75):
        sign = f.let(1, type) if f.chance(0.5) else f.let(False, "bool")
        with f.when(standing(s, i, s[i] == "-")):
            f.set(sign, -1 if sign.type == type else True)
            f.add(i)
        if f.chance(0.4):
            with f.elsewhen(standing(s, i, s[i] == "+")):
                f.add(i)
    style = f.rng.random()
    if style < 0.6:
        with f.loop(standing(s, i, digit(f, s, i))):
            d = (s[i] - "0").to(type) if f.chance(0.6) else s[i].to(type) - "0"
            if f.chance(0.25):
                d = f.let(d)
            f.set(value, value * 10 + d)
            f.add(i)
    elif style < 0.85:
        with f.loop(more(s, i)):
            c = f.let(s[i])
            with f.when(negate(within(c, "0", "9")) if f.chance(0.7) else c == f.any(" ", ",", ".", ";")):
                f.brk()
            f.set(value, value * 10 + (c - "0").to(type))
            f.add(i)
    else:
        top = limit(type) / 10 if f.chance(0.6) else number(f.any(9999999, 100000, 65535, 1000), type)
        with f.loop(standing(s, i, digit(f, s, i))):
            with f.when(value > top):
                f.brk()
            f.set(value, value * 10 + (s[i] - "0").to(type))
            f.add(i)
    if sign is None:
        return value
    if sign.type == "bool":
        return choose(sign, -value, value)
    return value * sign


@idiom("tail", 2)
def parse_checked(f: Scope) -> None:
    """Digits in a base with an error value; every other character is an error."""
    s = source(f)
    type = f.any("i32", "i64", "u32", "i32")
    f.result = type
    base = f.any(10, 10, 16, 16, 2, 8)
    error = f.any(-1, -1, 0) if signed(type) else 0
    if f.chance(0.35):
        with f.when(s.len == 0 if s.sized else s[0] == 0):
            f.ret(error)
    value = f.let(0, type)
    with each_byte(f, s) as c:
        if base <= 10:
            with f.when(either(c < "0", c > chr(47 + base)) if f.chance(0.7) else negate(within(c, "0", chr(47 + base)))):
                f.ret(error)
            if base == 10 or f.chance(0.4):
                f.set(value, value * base + (c - "0").to(type))
            else:
                f.set(value, (value << {2: 1, 8: 3}[base]) | (c - "0").to(type))
        else:
            d = f.let(0, type)
            with f.when(within(c, "0", "9")):
                f.set(d, (c - "0").to(type))
            with f.elsewhen(within(c, "a", "f")):
                f.set(d, (c - "a").to(type) + 10)
            if f.chance(0.7):
                with f.elsewhen(within(c, "A", "F")):
                    f.set(d, (c - "A").to(type) + 10)
            with f.other():
                f.ret(error)
            f.set(value, value * 16 + d if f.chance(0.5) else (value << 4) | d)
    f.ret(value)


@idiom("value", 1.3)
def parse_fields(f: Scope) -> E:
    """Numbers between separators: their sum, maximum or count."""
    s = source(f)
    total, current = f.let(0, "i32"), f.let(0, "i32")
    separator = f.any(",", ",", ";", " ", ".", ":", "-")
    roll = f.rng.random()
    with each_byte(f, s) as c:
        with f.when(within(c, "0", "9")):
            f.set(current, current * 10 + (c - "0").to("i32"))
        with f.elsewhen(c == separator) if f.chance(0.6) else f.other():
            if roll < 0.5:
                f.add(total, current)
            elif roll < 0.8:
                with f.when(current > total):
                    f.set(total, current)
            else:
                f.set(total, total * f.any(256, 60, 100) + current)
            f.set(current, 0)
    if roll < 0.5:
        return total + current
    if roll < 0.8:
        return choose(current > total, current, total)
    return total * f.any(256, 60, 100) + current


@idiom("value", 1)
def parse_decimal(f: Scope) -> E:
    """A number with a fraction, as a float."""
    s = source(f)
    type = f.any("f64", "f64", "f32")
    i = f.let(0, "index")
    value = f.let(0, type)
    with f.loop(standing(s, i, digit(f, s, i))):
        f.set(value, value * 10.0 + (s[i] - "0").to(type))
        f.add(i)
    with f.when(standing(s, i, s[i] == f.any(".", ".", ","))):
        f.add(i)
        scale = f.let(0.1 if f.chance(0.6) else 1, type)
        small = f.lets[scale.node.name].value.value == 0.1
        with f.loop(standing(s, i, digit(f, s, i))):
            if small:
                f.add(value, (s[i] - "0").to(type) * scale)
                f.set(scale, 0.1, "*")
            else:
                f.set(scale, 10.0, "*")
                f.add(value, (s[i] - "0").to(type) / scale)
            f.add(i)
    return value


@idiom("effect", 2)
def write_number(f: Scope) -> E:
    """Digits of a number into a buffer, then reversed or right to left; the length is returned."""
    type = f.any("u32", "u32", "i32", "u64")
    base = f.any(10, 10, 10, 16, 2, 8)
    d, x = f.ordered(lambda: f.array(f.any("u8", "u8", "i8"), new=True), lambda: f.scalar(type))
    n, count = f.let(x), f.let(0, "index")
    negative = None
    if signed(type):
        negative = f.let(n < 0)
        with f.when(negative):
            f.set(n, -n)

    def char(value: E) -> E:
        value = value.to("u8")
        if base == 16:
            value = f.let(value)
            return choose(value < 10, value + "0", value + (ord("a") - 10 if f.chance(0.7) else ord("A") - 10))
        return value + "0"

    with f.loop(both(n > 0, count < d.len)):
        f.set(d[count], char(n % base if base in (10, 8) or f.chance(0.5) else n & (base - 1)))
        f.add(count)
        f.set(n, base, "/")
    if f.chance(0.5):
        with f.when(both(count == 0, d.len > 0)):
            f.set(d[count], "0")
            f.add(count)
    if negative is not None:
        with f.when(both(negative, count < d.len)):
            f.set(d[count], "-")
            f.add(count)
    if f.chance(0.7):
        with f.range(0, count / 2) as i:
            f.swap(d, i, count - 1 - i)
    return count


@idiom("scalar", 2)
def hex_digit_value(f: Scope) -> E:
    """Value of one digit character, by ranges; as a select chain."""
    c = f.scalar(("u8", "u8", "i8", "i32"))
    result = f.any("i32", "i32", c.type if c.type != "u8" else "i32")
    error = number(-1, result)
    value = error
    ranges = [("a", "f", 10), ("A", "F", 10)] if f.chance(0.6) else [("a", "z", 10)]
    if f.chance(0.2):
        ranges = [("A", "Z", 0), ("a", "z", 26)]
    for low, high, plus in ranges:
        value = choose(within(c, low, high), (c - low).to(result) + plus if plus else (c - low).to(result), value)
    digit = (c - "0").to(result)
    return choose(within(c, "0", "9"), digit + 52 if ranges[0][2] == 0 else digit, value)


@idiom("tail", 2)
def char_value(f: Scope) -> None:
    """A character mapped to a number by guard clauses (base64, base32, hex, roman)."""
    c = f.scalar(("u8", "i8", "i32"))
    f.result = "i32" if f.chance(0.8) else "u8" if c.type == "u8" else "i32"
    error = f.any(-1, -1, 0) if f.result == "i32" else f.any(255, 0)
    which = f.rng.random()
    if which < 0.35:
        table = [("A", "Z", 0), ("a", "z", 26), ("0", "9", 52)]
    elif which < 0.7:
        table = [("0", "9", 0), ("a", "f", 10), ("A", "F", 10)]
    else:
        table = [("0", "9", 0), ("A", "Z", 10)] if f.chance(0.5) else [("a", "z", 0), ("2", "7", 26)]
    if f.chance(0.25):
        f.rng.shuffle(table)
    for low, high, plus in table:
        with f.when(within(c, low, high)):
            value = (c - low).to(f.result) if f.chance(0.6) else c.to(f.result) - low
            f.ret(value + plus if plus else value)
    if which < 0.35:
        for char, value in ((f.any("+", "-"), 62), (f.any("/", "_"), 63)):
            with f.when(c == char):
                f.ret(value)
    f.ret(error)


@idiom("tail", 1.5)
def value_char(f: Scope) -> None:
    """A number below a base mapped to its character."""
    x = f.scalar(("u8", "i32", "u32", "i32"))
    f.result = f.any("u8", "i8", "u8")
    which = f.rng.random()
    steps = [(26, "A", 0), (52, "a", 26), (62, "0", 52)] if which < 0.5 else [(10, "0", 0), (16 if f.chance(0.6) else 36, f.any("a", "A"), 10)]
    for stop, char, minus in steps:
        with f.when(x < stop):
            f.ret((x - minus if minus else x).to(f.result) + char if f.chance(0.6) else ((x - minus if minus else x) + char).to(f.result))
    if which < 0.5:
        f.ret(choose(x == 62, number("+", f.result), number("/", f.result)))
    else:
        f.ret(number(f.any("?", "0", "x"), f.result))


@idiom("value", 1.2)
def roman(f: Scope) -> E:
    """Letters with values by a switch, smaller before larger subtracted."""
    s = source(f)
    total, last = f.let(0, "i32"), f.let(0, "i32")
    letters = [("I", 1), ("V", 5), ("X", 10), ("L", 50), ("C", 100), ("D", 500), ("M", 1000)]
    if f.chance(0.4):
        letters = [(chr(97 + k), v) for k, v in zip(f.rng.sample(range(26), 5), f.rng.sample([1, 2, 3, 4, 5, 8, 10, 20, 50, 100], 5), strict=True)]
    with each_byte(f, s) as c:
        value = f.let(0, "i32")
        with f.switch(c) as switch:
            for letter, worth in letters[: f.any(4, 5, 7)]:
                with switch.case(letter):
                    f.set(value, worth)
            if f.chance(0.5):
                with switch.otherwise():
                    f.set(value, f.any(0, -1))
        style = f.rng.random()
        if style < 0.6:
            with f.when(value > last):
                f.sub(total, last * 2)
            f.add(total, value)
        else:
            with f.when(last < value):
                f.sub(total, last)
            with f.other():
                f.add(total, last)
        f.set(last, value)
    return total + last if f.chance(0.5) else total


@idiom("tail", 1)
def valid_number(f: Scope) -> None:
    """Syntax of a number checked: sign, digits, one dot, at least one digit."""
    s = source(f)
    i = f.let(0, "index")
    digits = f.let(0, "i32")
    if f.chance(0.7):
        with f.when(standing(s, i, either(s[i] == "-", s[i] == "+") if f.chance(0.6) else s[i] == "-")):
            f.add(i)
    dots = f.let(0, "i32") if f.chance(0.5) else None
    with f.loop(more(s, i)):
        with f.when(digit(f, s, i)):
            f.add(digits)
        if dots is not None:
            with f.elsewhen(s[i] == "."):
                f.add(dots)
                with f.when(dots > 1):
                    holes.ret_truth(f, False)
        with f.other():
            holes.ret_truth(f, False)
        f.add(i)
    f.result = f.truth
    f.ret(holes.truth(f, digits > 0))
