"""Few or no loops: chains of conditions, switches, calendars, classifications, rounding, out-parameters, state machines."""

from __future__ import annotations

from transpile.corpus.generator import choices, holes
from transpile.corpus.generator.expression import E, bits, both, choose, either, indivisible, negate, number, signed
from transpile.corpus.generator.registry import idiom
from transpile.corpus.generator.scope import Scope
from transpile.corpus.signature import FLOATS


@idiom("tail", 2)
def grade(f: Scope) -> None:
    """Thresholds from the top (or bottom), each with its result."""
    type = f.any(*choices.NUMBERS)
    x = f.scalar(type)
    f.result = f.any("i32", "i32", "u8", "u32", "i8")
    count = f.any(2, 3, 3, 4, 5, 6)
    stops = sorted(
        {choices.pick(f.rng, choices.COMMON, type) if type not in FLOATS else float(choices.pick(f.rng, choices.COMMON, "i32")) for _ in range(count)}
    )
    up = f.chance(0.5)
    letters = f.result in ("u8", "i8") and f.chance(0.6)
    chained = f.chance(0.3)
    out = f.let(0, f.result) if chained else None
    for k, stop in enumerate(stops if up else reversed(stops)):
        value = number(chr(65 + k), f.result) if letters else number(k if f.chance(0.7) else choices.pick(f.rng, choices.SMALL, f.result), f.result)
        condition = (x < stop if f.chance(0.6) else x <= stop) if up else (x >= stop if f.chance(0.7) else x > stop)
        if chained:
            with f.when(condition) if k == 0 else f.elsewhen(condition):
                f.set(out, value)
        else:
            with f.when(condition):
                f.ret(value)
    last = "F" if letters else f.any(len(stops), 0, 9)
    if chained:
        with f.other():
            f.set(out, last)
        f.ret(out)
    else:
        f.ret(last if isinstance(last, int) else number(last, f.result))


@idiom("tail", 1.5)
def brackets_tax(f: Scope) -> None:
    """Amounts by brackets: base plus rate over the part above."""
    type = f.any("i32", "f64", "i64", "u32")
    x = f.scalar(type)
    f.result = type
    stops = sorted(f.rng.sample((10, 20, 50, 100, 500, 1000, 5000, 10000, 20000, 50000), f.any(1, 2, 3)))
    total = 0
    rates = sorted(f.rng.sample((5, 10, 15, 20, 25, 30, 40), len(stops) + 1))
    last = 0
    for stop, rate in zip(stops, rates, strict=False):
        with f.when(x <= stop if f.chance(0.7) else x < stop):
            part = x - last if last else x
            value = part * rate / 100 if type not in FLOATS else part * (rate / 100)
            f.ret(value + total if total else value)
        total += (stop - last) * rate // 100
        last = stop
    part = x - last
    f.ret((part * rates[-1] / 100 if type not in FLOATS else part * (rates[-1] / 100)) + total)


@idiom("value", 1.6)
def leap_year(f: Scope) -> E:
    y = f.scalar(("i32", "u32", "i32", "u16"))
    if f.chance(0.6):
        return either(both(y % 4 == 0, y % 100 != 0), y % 400 == 0) if f.chance(0.7) else both(y % 4 == 0, either(y % 100 != 0, y % 400 == 0))
    if f.chance(0.5):
        return both((y & 3) == 0, either(y % 25 != 0, (y & 15) == 0))
    return y * 365 + y / 4 - y / 100 + y / 400


@idiom("tail", 1.5)
def days_in_month(f: Scope) -> None:
    type = f.any("i32", "u32", "u8", "i32")
    y = f.scalar(("i32", "u32")) if f.chance(0.7) else None
    m = f.scalar(type)
    f.result = f.any("i32", type)

    def leap() -> E:
        return either(both(y % 4 == 0, y % 100 != 0), y % 400 == 0)

    if f.chance(0.6):
        with f.switch(m) as s:
            with s.case(2):
                if y is None:
                    f.ret(28)
                elif f.chance(0.5):
                    f.ret(choose(leap(), number(29, f.result), 28))
                else:
                    with f.when(leap()):
                        f.ret(29)
                    f.ret(28)
            with s.case(4, 6, 9, 11):
                f.ret(30)
            if f.chance(0.5):
                with s.case(1, 3, 5, 7, 8, 10, 12):
                    f.ret(31)
                with s.otherwise():
                    f.ret(f.any(0, -1) if signed(f.result) else 0)
            else:
                with s.otherwise():
                    f.ret(31)
        return
    with f.when(m == 2):
        f.ret(number(28, f.result) if y is None else choose(leap(), number(29, f.result), 28))
    with f.when(either(either(m == 4, m == 6), either(m == 9, m == 11))):
        f.ret(30)
    f.ret(31)


@idiom("value", 1.2)
def calendar(f: Scope) -> E:
    """Day numbers, weekdays, seconds of a day."""
    type = f.any("i32", "i32", "u32", "i64")
    roll = f.rng.random()
    if roll < 0.45:
        y, m, d = f.scalar(type), f.scalar(type), f.scalar(type)
        a = f.let((number(14, type) - m) / 12) if type != "u32" else f.let(choose(m <= 2, number(1, type), 0))
        yy, mm = f.let(y - a if f.chance(0.4) else y + 4800 - a), f.let(m + a * 12 - f.any(2, 3))
        if f.chance(0.5):
            return (d + yy + yy / 4 - yy / 100 + yy / 400 + (mm * 31) / 12) % 7
        return d + (mm * 153 + 2) / 5 + yy * 365 + yy / 4 - yy / 100 + yy / 400 - 32045
    if roll < 0.75:
        h, m, s = f.scalar(type), f.scalar(type), f.scalar(type)
        total = h * 3600 + m * 60 + s if f.chance(0.6) else (h * 60 + m) * 60 + s
        return total if f.chance(0.7) else total % 86400
    t = f.scalar(type)
    return f.any(t / 3600 % 24, t / 60 % 60, t % 86400 / 3600, (t / 86400 + 4) % 7, t % 3600 / 60)


@idiom("scalar", 2)
def rounding(f: Scope) -> E:
    """Division rounded up, multiples, alignment, floor modulo, wrap-around, mid points, distances."""
    type = f.any(*choices.WIDE)
    x = f.scalar(type)
    if f.chance(0.35):
        k = f.any(4, 8, 16, 64, 4096, 2, 32)
        return f.any(
            (x + (k - 1)) & -k if signed(type) else (x + (k - 1)) & ((1 << bits(type)) - k),
            (x + (k - 1)) / k,
            (x + k // 2) / k * k,
            (x + (k - 1)) / k * k,
            x / k * k,
            x - x % k,
        )
    y = f.scalar(type)
    safe = y | 1 if f.chance(0.15) and not signed(type) else None
    roll = f.rng.random()
    if roll < 0.4:
        value = f.any((x + y - 1) / (safe or y), x / (safe or y) + choose(x % (safe or y) != 0, number(1, type), 0), (x + y / 2) / (safe or y))
        return value if safe is not None else choose(indivisible(y), number(0, type), value)
    if roll < 0.65 and signed(type):
        with_guard = choose(y == 0, number(1, type), y)
        m = f.let(with_guard)
        r = f.let(x % m)
        return choose(r < 0, r + m, r) if f.chance(0.6) else (r + m) % m
    if roll < 0.85:
        return f.any(
            choose(x > y, x - y, y - x),
            x / 2 + y / 2,
            x + (y - x) / 2,
            choose(x + 1 >= y, number(0, type), x + 1),
            choose(x == 0, y - 1, x - 1),
        )
    return choose(x < y, x, y) if f.chance(0.5) else choose(x > y, x, y)


@idiom("value", 2)
def of_three(f: Scope) -> E:
    """Largest, smallest, middle of three; triangles; ordering."""
    type = f.any(*choices.NUMBERS)
    a, b, c = f.scalar(type), f.scalar(type), f.scalar(type)
    op = f.any(">", "<")
    roll = f.rng.random()
    if roll < 0.3:
        if f.chance(0.5):
            m = f.let(choose(a.compare(op, b), a, b))
        else:
            m = f.let(a)
            with f.when(b.compare(op, m)):
                f.set(m, b)
        with f.when(c.compare(op, m)):
            f.set(m, c)
        return m
    if roll < 0.5:
        return choose(a.compare(op, b), choose(a.compare(op, c), a, c), choose(b.compare(op, c), b, c))
    if roll < 0.7:
        inner = choose(b.compare(op, c), b, choose(a.compare(op, c), c, a))
        return choose(a.compare(op, b), inner, choose(a.compare(op, c), a, choose(b.compare(op, c), c, b)))
    if roll < 0.85:
        return both(both(a + b > c, b + c > a), a + c > b)
    return both(a < b, b < c) if f.chance(0.5) else either(a == b, either(b == c, a == c))


@idiom("tail", 1.5)
def triangle(f: Scope) -> None:
    """Kinds by guard clauses or a nest of ifs over three numbers."""
    type = f.any("i32", "u32", "i32", "f64")
    a, b, c = f.scalar(type), f.scalar(type), f.scalar(type)
    f.result = f.any("i32", "i32", "u8")
    codes = f.any((0, 1, 2, 3), (0, 3, 2, 1), (-1, 0, 1, 2)) if f.result == "i32" else (0, 1, 2, 3)
    if f.chance(0.3) and type != "u32":
        with f.when(either(either(a <= 0, b <= 0), c <= 0)):
            f.ret(codes[0])
    if f.chance(0.7):
        tests = f.any([a + b <= c, b + c <= a, a + c <= b], [a >= b + c, b >= a + c, c >= a + b], [a + b <= c, a + c <= b, b + c <= a])
        if f.chance(0.3):
            for test in tests:
                with f.when(test):
                    f.ret(codes[0])
        else:
            with f.when(either(either(tests[0], tests[1]), tests[2])):
                f.ret(codes[0])
    pairs = f.any([a == b, b == c, a == c], [a == b, a == c, b == c])
    if f.chance(0.5):
        with f.when(both(pairs[0], pairs[1])):
            f.ret(codes[1])
        with f.when(either(either(pairs[0], pairs[1]), pairs[2])):
            f.ret(codes[2])
    else:
        with f.when(pairs[0]):
            f.ret(choose(pairs[1], number(codes[1], f.result), codes[2]) if f.chance(0.5) else codes[2])
        with f.when(either(pairs[1], pairs[2])):
            f.ret(codes[2])
    if f.chance(0.3):
        with f.when(either(a * a + b * b == c * c, b * b + c * c == a * a)):
            f.ret(f.any(4, 5))
    f.ret(codes[3])


@idiom("value", 1.5)
def sign_or_compare(f: Scope) -> E:
    """sign(x), compare(a, b), absolute difference, as select chains or sums of comparisons."""
    type = f.any(*choices.NUMBERS)
    x = f.scalar(type)
    y = f.scalar(type) if f.chance(0.6) or not signed(type) else None
    more, less = (x > y, x < y) if y is not None else (x > 0, x < 0)
    if f.chance(0.5):
        return choose(less, number(-1, "i32"), choose(more, number(1, "i32"), 0))
    if f.chance(0.4):
        return more.to("i32") - less.to("i32")
    if y is not None:
        return choose(more, x - y, y - x)
    return choose(less, -x, x)


@idiom("value", 2)
def char_test(f: Scope) -> E:
    """isdigit, isalpha ... of one character; tolower and toupper."""
    c = f.scalar(("u8", "i8", "i32", "u8", "i32"))
    if f.chance(0.6):
        return holes.maybe_negated(f, holes.char_class(f, c), 0.1)
    upper = f.chance(0.5)
    test = both(c >= "a", c <= "z") if upper else both(c >= "A", c <= "Z")
    return choose(test, f.any(c - 32, c - 32, c ^ 32, c - "a" + ord("A")) if upper else f.any(c + 32, c | 32, c - "A" + ord("a")), c)


@idiom("value", 1.5)
def condition_mix(f: Scope) -> E:
    """A compound condition over a few parameters."""
    type = f.any(*choices.NUMBERS)
    values = [f.scalar(type) for _ in range(f.any(1, 2, 2, 3))]
    whole = None
    for x in values:
        part = holes.predicate(f, x, 0.1)
        if f.chance(0.15):
            part = negate(part)
        whole = part if whole is None else (both if f.chance(0.6) else either)(whole, part)
    if len(values) > 1 and f.chance(0.5):
        whole = f.any(both, either)(whole, values[0].compare(holes.order(f), values[1]))
    return whole
