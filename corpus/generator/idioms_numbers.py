"""Number theory and recurrences: Euclid, powers, roots, primes, divisors, orbits, sums over 1..n."""

from __future__ import annotations

from transpile.corpus.generator import choices, holes
from transpile.corpus.generator.expression import E, both, builtin, choose, either, indivisible, number, signed
from transpile.corpus.generator.idioms_digits import going
from transpile.corpus.generator.registry import idiom
from transpile.corpus.generator.scope import Scope


@idiom("scalar", 2)
def gcd(f: Scope) -> E:
    """Euclid by remainder, by subtraction, or the least common multiple."""
    type = f.any(*choices.WIDE)
    x, y = f.scalar(type), f.scalar(type)
    a, b = f.let(x), f.let(y)
    roll = f.rng.random()
    if roll < 0.75:
        style = f.rng.random()
        with f.loop(b != 0 if f.chance(0.75) or not signed(type) else b > 0):
            if style < 0.5:
                t = f.let(a % b)
                f.set(a, b)
                f.set(b, t)
            elif style < 0.85:
                t = f.let(b)
                f.set(b, a % b)
                f.set(a, t)
            else:
                t = f.let(a % b if signed(type) else a - a / b * b)
                f.set(a, b)
                f.set(b, t)
    else:
        with f.when(either(a <= 0, b <= 0) if signed(type) else either(a == 0, b == 0)):
            f.set(a, 1)
            f.set(b, 1)
        with f.loop(a != b):
            with f.when(a > b if f.chance(0.6) else b < a):
                f.sub(a, b)
            with f.other():
                f.sub(b, a)
    if f.chance(0.2):
        return choose(indivisible(a), number(0, type), x / a * y)
    if f.chance(0.12):
        return a == 1
    if signed(type) and f.chance(0.3):
        return choose(a < 0, -a, a)
    return a


@idiom("scalar", 2)
def power(f: Scope) -> E:
    """x to the n, by squaring or step by step, maybe modulo something."""
    type = f.any(*choices.mix(i32=5, u32=4, u64=4, i64=3))
    x = f.scalar(type)
    exponent = f.scalar(f.any("u32", "u32", "i32", type) if type != "i32" else f.any("i32", "u32"))
    result = f.let(1, type)
    roll = f.rng.random()
    if roll < 0.6:
        base, e = f.let(x), f.let(exponent)
        modulus = choices.pick(f.rng, (1000000007, 998244353, 97, 1000, 65537, 10007), type) if f.chance(0.35) else 0

        def times(a: E, b: E) -> E:
            return a * b % modulus if modulus else a * b

        if modulus and f.chance(0.5):
            f.set(base, modulus, "%")
        with f.loop(going(f, e) if not signed(e.type) else e > 0):
            with f.when((e & 1).compare(f.any("!=", "=="), 1) if f.chance(0.15) else ((e & 1) != 0 if f.chance(0.7) else e % 2 == 1)):
                if modulus:
                    f.set(result, times(result, base))
                else:
                    f.set(result, base, "*")
            if modulus or f.chance(0.4):
                f.set(base, times(base, base))
            else:
                f.set(base, base, "*")
            f.set(e, 1, ">>") if f.chance(0.7) else f.set(e, 2, "/")
    elif roll < 0.85:
        with f.range(0, exponent, type=exponent.type):
            f.set(result, x, "*")
    else:
        e = f.let(exponent)
        with f.loop(e > 0):
            f.set(result, result * x % choices.factor(f.rng, type) if f.chance(0.3) else result * x)
            f.sub(e)
    return result


@idiom("scalar", 2)
def isqrt(f: Scope) -> E:
    """Integer roots: by counting, bisection, Newton, or bit by bit."""
    type = f.any(*choices.mix(u32=5, i32=5, u64=2))
    x = f.scalar(type)
    roll = f.rng.random()
    if roll < 0.3:
        r = f.let(0, type)
        with f.loop((r + 1) * (r + 1) <= x if f.chance(0.7) else r * r < x):
            f.add(r)
        return r
    if roll < 0.55:
        low, high = f.let(0, type), f.let(f.any(number(65535, type), x) if type != "i32" else number(46340, type))
        with f.loop(low < high):
            middle = f.let(low + (high - low + 1) / 2)
            with f.when(middle <= x / builtin("max", middle, 1) if f.chance(0.3) else middle * middle <= x):
                f.set(low, middle)
            with f.other():
                f.set(high, middle - 1)
        return low
    if roll < 0.75:
        r = f.let(x)
        y = f.let((r + 1) / 2)
        with f.loop(both(y < r, y > 0) if signed(type) else y < r):
            f.set(r, y)
            f.set(y, (r + x / r) / 2)
        return r
    n, r = f.let(x), f.let(0, type)
    bit = f.let(number(1 << (30 if type != "u64" else 62), type))
    with f.loop(bit > n):
        f.set(bit, 2, ">>")
    with f.loop(bit != 0):
        with f.when(n >= r + bit):
            f.sub(n, r + bit)
            f.set(r, (r >> 1) + bit)
        with f.other():
            f.set(r, 1, ">>")
        f.set(bit, 2, ">>")
    return r


@idiom("tail", 2)
def is_prime(f: Scope) -> None:
    type = f.any(*choices.WIDE)
    x = f.scalar(type)
    with f.when(x < 2 if f.chance(0.75) else x <= 1):
        holes.ret_truth(f, False)
    roll = f.rng.random()
    if roll < 0.5:
        with f.when(x == 2 if f.chance(0.3) else x < 4):
            holes.ret_truth(f, True)
        with f.when(x % 2 == 0 if f.chance(0.6) else either(x % 2 == 0, x % 3 == 0)):
            holes.ret_truth(f, False)
        first, step = f.any((3, 2), (5, 2), (3, 2))
    else:
        first, step = 2, 1
    d = f.let(first, type)
    with f.loop(d * d <= x if f.chance(0.75) else d <= x / d):
        if first == 5 and f.chance(0.6):
            with f.when(either(x % d == 0, x % (d + 2) == 0)):
                holes.ret_truth(f, False)
            f.add(d, 6)
        else:
            with f.when(x % d == 0):
                holes.ret_truth(f, False)
            f.add(d, step)
    holes.ret_truth(f, True)


@idiom("scalar", 2)
def divisors(f: Scope) -> E:
    """Count or sum divisors, perfect numbers, trial factorization, totient."""
    type = f.any(*choices.WIDE)
    x = f.scalar(type)
    roll = f.rng.random()
    if roll < 0.35:
        total = f.let(0, f.any(type, "i32"))
        with f.range(1, x, type=type, inclusive=f.chance(0.5)) as d, f.when(x % d == 0):
            f.add(total, d if f.chance(0.5) else 1)
        return total if f.chance(0.8) else total == x.to(total.type)
    if roll < 0.55:
        total = f.let(0, type)
        d = f.let(1, type)
        with f.loop(d * d <= x):
            with f.when(x % d == 0):
                counts = f.chance(0.5)
                f.add(total, number(1, type) if counts else d)
                with f.when(d * d != x if f.chance(0.5) else d != x / d):
                    f.add(total, number(1, type) if counts else x / d)
            f.add(d)
        return total
    if roll < 0.8:
        n, d = f.let(x), f.let(2, type)
        result = f.let(0, f.any(type, "i32"))
        what = f.rng.random()
        with f.loop(d * d <= n if f.chance(0.7) else n > 1):
            loop = f.chance(0.6)
            with f.loop(n % d == 0) if loop else f.when(n % d == 0):
                f.set(n, d, "/")
                if what < 0.5:
                    f.add(result)
                elif what < 0.8:
                    f.set(result, d)
                else:
                    f.add(result, d)
            if loop:
                f.add(d)
            else:
                with f.other():
                    f.add(d)
        with f.when(n > 1):
            if what < 0.5:
                f.add(result)
            else:
                f.set(result, n)
        return result
    n, result, d = f.let(x), f.let(x), f.let(2, type)
    with f.loop(d * d <= n):
        with f.when(n % d == 0):
            with f.loop(n % d == 0):
                f.set(n, d, "/")
            f.sub(result, result / d)
        f.add(d)
    with f.when(n > 1):
        f.sub(result, result / n)
    return result


@idiom("scalar", 1.6)
def collatz(f: Scope) -> E:
    """An orbit with two branches until it ends or a cap is reached."""
    type = f.any("u32", "u64", "i32", "i64", "u32")
    x = f.scalar(type)
    n = f.let(x)
    steps = f.let(0, f.any("i32", "u32"))
    peak = f.let(x) if f.chance(0.25) else None
    cap = f.any(1000, 100, 256, 500, 10000)
    capped = f.chance(0.6)
    with f.loop(both(n > 1 if f.chance(0.6) else n != 1, steps < cap) if capped else n > 1 if f.chance(0.6) else both(n != 0, n != 1)):
        even = n % 2 == 0 if f.chance(0.6) else (n & 1) == 0
        up = n * f.any(3, 3, 3, 5) + f.any(1, 1, -1, 3) if f.chance(0.8) else n + choices.factor(f.rng, type)
        down = n / 2 if f.chance(0.6) else n >> 1
        if f.chance(0.7):
            with f.when(even):
                f.set(n, down)
            with f.other():
                f.set(n, up)
        else:
            f.set(n, choose(even, down, up))
        if peak is not None:
            with f.when(n > peak):
                f.set(peak, n)
        f.add(steps)
    return steps if peak is None else peak.to("i32") - steps.to("i32") if f.chance(0.2) else choose(steps < cap, peak, n)


@idiom("scalar", 2)
def recurrence(f: Scope) -> E:
    """Fibonacci, Lucas, Pell, Tribonacci and invented two- or three-term recurrences."""
    count = f.scalar(f.any("i32", "u32", "u32", "i32", "u8"))
    type = f.any("i32", "u32", "u64", "i64", "u64")
    a, b = f.let(f.any(0, 0, 0, 1, 2), type), f.let(f.any(1, 1, 1, 2, 3), type)
    coefficient = f.any(1, 1, 1, 1, 2, 3)
    modulus = f.any(0, 0, 0, 1000000007, 10, 1000, 97)
    start = f.any(0, 0, 1, 2, 2)
    three = f.let(f.any(1, 2), type) if f.chance(0.15) else None
    with f.range(start, count, type=count.type, inclusive=start > 0 and f.chance(0.7) and count.type != "u8"):
        first = a if coefficient == 1 or f.chance(0.5) else a * coefficient
        second = b if first is not a or coefficient == 1 else b * coefficient
        term = first + second if three is None else first + second + three
        if modulus:
            term = term % modulus
        t = f.let(term)
        f.set(a, b)
        if three is None:
            f.set(b, t)
        else:
            f.set(b, three)
            f.set(three, t)
    if three is not None:
        return three + a
    return f.any(b, a, a) if start else f.any(a, a, b)


@idiom("scalar", 2)
def series(f: Scope) -> E:
    """Sums of a term over 1..n: triangular numbers, squares, alternating, factorial, combinatorial."""
    type = f.any(*choices.WIDE)
    n = f.scalar(type)
    roll = f.rng.random()
    product = roll < 0.22
    total = f.let(1 if product else 0, f.any(type, "u64", "i64") if f.chance(0.4) else type)
    with f.range(2 if product and f.chance(0.5) else f.any(1, 1, 0) if not product else 1, n, type=type, inclusive=f.chance(0.75)) as i:
        x = i.to(total.type)
        if product:
            f.set(total, x if f.chance(0.8) else x * 2 - 1, "*")
        elif roll < 0.5:
            f.add(total, f.any(x, x * x, x * (x + 1) / 2, x * x * x))
        elif roll < 0.65:
            with f.when(either(i % 3 == 0, i % 5 == 0) if f.chance(0.4) else holes.predicate(f, i, text=False, parameter=0.15)):
                f.add(total, f.any(x, x, number(1, x.type)))
        elif roll < 0.8:
            with f.when((i & 1) == 0 if f.chance(0.5) else i % 2 == 1):
                f.add(total, x)
            with f.other():
                f.sub(total, x)
        else:
            holes.accumulate(f, total, holes.transform(f, x, 1))
    return total


@idiom("scalar", 1.2)
def binomial(f: Scope) -> E:
    type = f.any("u32", "u64", "i32", "i64")
    n, k = f.scalar(type), f.scalar(type)
    m = f.let(k)
    with f.when(m > n - m if f.chance(0.6) else m * 2 > n):
        f.set(m, n - m)
    result = f.let(1, type)
    if f.chance(0.5):
        with f.range(1, m, type=type, inclusive=True) as i:
            f.set(result, result * (n - m + i) / i)
    else:
        with f.range(0, m, type=type) as i:
            f.set(result, result * (n - i) / (i + 1))
    return result


@idiom("scalar", 1.4)
def count_down(f: Scope) -> E:
    """Repeated division, subtraction or doubling with a counter: logarithms, quotients by hand, next power of two."""
    type = f.any(*choices.WIDE)
    x = f.scalar(type)
    roll = f.rng.random()
    if roll < 0.3:
        base = f.any(2, 2, 10, 10, 3, 16)
        n, count = f.let(x), f.let(0, f.any("i32", "u32"))
        with f.loop(n >= base if f.chance(0.6) else n > 1):
            f.set(n, base, "/") if base != 2 or f.chance(0.3) else f.set(n, 1, ">>")
            f.add(count)
        return count
    if roll < 0.6:
        p = f.let(1, type)
        cap = 1 << (30 if type in ("i32", "u32") else 62)
        with f.loop(both(p < x, p < cap) if f.chance(0.6) else p < builtin("min", x, cap)):
            f.set(p, 1, "<<") if f.chance(0.6) else f.set(p, f.any(2, 2, 3), "*")
        return p if f.chance(0.7) else p == x
    if roll < 0.8:
        by = f.scalar(type)
        remainder, quotient = f.let(x), f.let(0, type)
        with f.loop(both(by > 0, remainder >= by)):
            f.sub(remainder, by)
            f.add(quotient)
        return f.any(quotient, quotient, remainder)
    n, total, step = f.let(x), f.let(0, type), f.let(1, type)
    with f.loop(n >= step if not signed(type) else both(n > 0, n >= step)):
        f.sub(n, step)
        f.add(step, f.any(1, 1, 2))
        f.add(total)
    return total
