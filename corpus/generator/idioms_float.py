"""Floating point: interpolation, clamping, polynomials, Newton, series, filters, conversions, steps of simulations."""

from __future__ import annotations

from transpile.corpus.generator import choices
from transpile.corpus.generator.expression import E, both, builtin, choose, either, is_literal, number, signed
from transpile.corpus.generator.registry import idiom
from transpile.corpus.generator.scope import Scope

F = choices.FLOAT


@idiom("value", 2)
def lerp(f: Scope) -> E:
    t_ = f.any(*F)
    a, b, t = f.scalar(t_), f.scalar(t_), f.scalar(t_)
    roll = f.rng.random()
    if roll < 0.35:
        return a + (b - a) * t
    if roll < 0.55:
        return a * (1.0 - t) + b * t
    if roll < 0.75:
        c = f.let(choose(t < 0.0, number(0, t_), choose(t > 1.0, number(1, t_), t)))
        return a + (b - a) * c
    if roll < 0.9:
        return choose(a == b, number(0, t_), (t - a) / (b - a))
    c, d = f.scalar(t_), f.scalar(t_)
    return c + (t - a) * (d - c) / (b - a)


@idiom("tail", 1.5)
def clamp_value(f: Scope) -> None:
    """Clamp by guards; any type."""
    type = f.any(*choices.NUMBERS)
    x = f.scalar(type)
    low = f.scalar(type) if f.chance(0.6) else number(f.any(0, 0, 1), type)
    high = f.scalar(type) if f.chance(0.6) else number(f.any(1, 100, 100, 127), type)
    f.result = type
    if is_literal(low) and not signed(type) and low.node.value == 0 and type not in F:
        low = number(1, type)
    first, second = (x < low, low), (x > high, high)
    if f.chance(0.25):
        first, second = second, first
    style = f.rng.random()
    if style < 0.5:
        for condition, value in (first, second):
            with f.when(condition):
                f.ret(value)
        f.ret(x)
    elif style < 0.8:
        f.ret(choose(first[0], first[1], choose(second[0], second[1], x)))
    else:
        v = f.let(x)
        with f.when(v < low):
            f.set(v, low)
        with f.when(v > high):
            f.set(v, high)
        f.ret(v)


@idiom("value", 1.6)
def polynomial(f: Scope) -> E:
    """Horner over an array of coefficients, or a fixed polynomial."""
    type = f.any(*F)
    if f.chance(0.65):
        a, x = f.ordered(lambda: f.array(type), lambda: f.scalar(type))
        y = f.let(0, type)
        roll = f.rng.random()
        if roll < 0.6:
            with f.range(0, a.len, reverse=f.chance(0.5)) as i:
                f.set(y, y * x + a[i])
        else:
            p = f.let(1, type)
            with f.walk(a) as (c, _):
                f.add(y, c * p)
                f.set(p, x, "*")
        return y
    x = f.scalar(type)
    value = number(choices.literal(f.rng, type), type) * x
    for _ in range(f.any(1, 2, 3)):
        value = (value + choices.literal(f.rng, type)) * x
    return value + choices.literal(f.rng, type) if f.chance(0.6) else value - 1.0


@idiom("tail", 2)
def newton(f: Scope) -> None:
    """Roots by Newton or bisection, with a count or a tolerance."""
    type = f.any(*F)
    x = f.scalar(type)
    f.result = type
    with f.when(x <= 0.0 if f.chance(0.7) else x < 0.0):
        f.ret(f.any(0, 0, -1))
    cube = f.chance(0.2)
    roll = f.rng.random()
    if roll < 0.7:
        g = f.let(x / 2.0 if f.chance(0.4) else x if f.chance(0.6) else number(1, type), type)

        def step() -> E:
            if cube:
                return (g * 2.0 + x / (g * g)) / 3.0
            return f.any((g + x / g) * 0.5, (g + x / g) / 2.0, number(0.5, type) * (g + x / g))

        if f.chance(0.6):
            with f.range(0, f.any(10, 20, 16, 8, 30, 50), type="i32"):
                f.set(g, step())
        else:
            with f.range(0, f.any(20, 50, 100, 64), type="i32"):
                n = f.let(step())
                with f.when(builtin("fabs", n - g) < f.any(1e-6, 1e-9, 0.0001)):
                    f.brk()
                f.set(g, n)
        f.ret(g)
    else:
        low, high = f.let(0, type), f.let(choose(x > 1.0, x, number(1, type)))
        with f.range(0, f.any(40, 50, 60, 100, 32), type="i32"):
            m = f.let((low + high) * 0.5 if f.chance(0.6) else (low + high) / 2.0)
            with f.when((m * m * m if cube else m * m) < x):
                f.set(low, m)
            with f.other():
                f.set(high, m)
        f.ret(f.any(low, (low + high) * 0.5))


@idiom("value", 2)
def float_series(f: Scope) -> E:
    """exp, sin, cos, log, pi, harmonic: term by term."""
    type = f.any(*F)
    roll = f.rng.random()
    if roll < 0.5:
        x = f.scalar(type)
        term = f.let(1, type) if f.chance(0.6) else f.let(x)
        total = f.let(term) if f.chance(0.6) else f.let(0, type)
        n = number(f.any(10, 12, 20, 8, 15), "i32") if f.chance(0.6) else f.scalar("i32")
        with f.range(1, n, type="i32", inclusive=f.chance(0.3)) as i:
            k = i.to(type)
            factor = f.any(x / k, x / k, -x * x / ((k * 2.0) * (k * 2.0 + 1.0)), -(x * x) / (k * 2.0 * (k * 2.0 - 1.0)))
            if f.chance(0.5):
                f.set(term, factor, "*")
            else:
                f.set(term, term * factor)
            f.add(total, term)
        return total
    n = f.scalar(f.any("i32", "u32"))
    total = f.let(0, type)
    if roll < 0.75:
        sign = f.let(1, type)
        with f.range(0, n, type=n.type) as i:
            f.add(total, sign / (i.to(type) * 2.0 + 1.0))
            f.set(sign, -sign)
        return total * f.any(4.0, 2.0, 4.0) if f.chance(0.7) else total
    with f.range(1, n, type=n.type, inclusive=f.chance(0.7)) as i:
        k = i.to(type)
        f.add(total, f.any(number(1, type) / k, number(1, type) / (k * k), number(1, type) / (k * (k + 1.0)), builtin("sqrt", k)))
    return total


@idiom("value", 2)
def formula(f: Scope) -> E:
    """A short formula of people: conversions, areas, interest, distance, energy."""
    t = f.any(*F)
    roll = f.rng.random()
    x = f.scalar(t)
    if roll < 0.2:
        return f.any(
            x * 1.8 + 32.0,
            (x - 32.0) * 5.0 / 9.0,
            (x - 32.0) / 1.8,
            x + 273.15,
            x * 3.141592653589793 / 180.0,
            x * 180.0 / 3.141592653589793,
        )
    if roll < 0.35:
        return f.any(x * x * 3.141592653589793, x * 6.283185307179586, x * x * x * 4.1887902, x * x * 0.5)
    y = f.scalar(t)
    if roll < 0.55:
        return f.any(x / (y * y), x * y / 100.0, x * y * 0.5, (x + y) / 2.0, x * x + y * y, builtin("sqrt", x * x + y * y), (x - y) / y * 100.0)
    z = f.scalar(t)
    if roll < 0.75:
        return f.any(x * y * z, x + y * z, x * (y / 100.0) * z, y * y - x * z * 4.0, x * 0.299 + y * 0.587 + z * 0.114, x * 0.5 * y * y + z)
    if roll < 0.9:
        s = f.let((x + y + z) / 2.0 if f.chance(0.5) else (x + y + z) * 0.5)
        return builtin("sqrt", builtin("fabs", s * (s - x) * (s - y) * (s - z))) if f.chance(0.5) else s - x * y
    w = f.scalar(t)
    dx, dy = f.let(z - x), f.let(w - y)
    return f.any(builtin("sqrt", dx * dx + dy * dy), dx * dx + dy * dy, builtin("fabs", dx) + builtin("fabs", dy))


@idiom("tail", 1.2)
def activation(f: Scope) -> None:
    """Piecewise functions of one number: relu, step, hat, smoothstep, soft sign."""
    type = f.any(*F)
    x = f.scalar(type)
    f.result = type
    roll = f.rng.random()
    if roll < 0.25:
        with f.when(x < 0.0 if f.chance(0.6) else x > 0.0):
            f.ret(x * f.any(0.01, 0.1, 0.2) if f.chance(0.5) else number(0, type))
        f.ret(x)
    elif roll < 0.5:
        a, b = f.scalar(type), f.scalar(type)
        with f.when(x <= a):
            f.ret(0)
        with f.when(x >= b):
            f.ret(1)
        t = f.let((x - a) / (b - a))
        f.ret(f.any(t * t * (number(3, type) - t * 2.0), t, t * t, t * t * t * (t * (t * 6.0 - 15.0) + 10.0)))
    elif roll < 0.7:
        with f.when(x < f.any(-1.0, 0.0, -2.5)):
            f.ret(f.any(0, -1))
        with f.when(x > f.any(1.0, 2.5)):
            f.ret(1)
        f.ret(f.any(x, x * 0.2 + 0.5, (x + 1.0) * 0.5, x * x))
    elif roll < 0.85:
        f.ret(x / (builtin("fabs", x) + 1.0) if f.chance(0.6) else number(1, type) / (x * x + 1.0))
    else:
        with f.when(x < 0.5):
            f.ret(x * x * 2.0)
        f.ret(number(1, type) - (number(1, type) - x) * (number(1, type) - x) * 2.0)


@idiom("effect", 1.6)
def filter_array(f: Scope) -> E | None:
    """Exponential smoothing, scaling, normalization, mixing, integration over a float array."""
    type = f.any(*F)
    roll = f.rng.random()
    if roll < 0.3:
        a, alpha = f.ordered(lambda: f.array(type), lambda: f.scalar(type))
        y = f.let(0, type)
        with f.range(0, a.len) as i:
            f.set(y, y + (a[i] - y) * alpha if f.chance(0.6) else a[i] * alpha + y * (1.0 - alpha))
            f.set(a[i], y)
        return y if f.chance(0.3) else None
    if roll < 0.55:
        a = f.array(type)
        top = f.let(0, type)
        total = f.chance(0.4)
        with f.walk(a) as (x, _):
            if total:
                f.add(top, x if f.chance(0.5) else x * x)
            else:
                v = f.let(builtin("fabs", x)) if f.chance(0.5) else f.let(x)
                with f.when(v > top):
                    f.set(top, v)
        if total and f.chance(0.4):
            f.set(top, builtin("sqrt", top))
        with f.when(top > 0.0 if f.chance(0.5) else top != 0.0), f.range(0, a.len) as i:
            f.set(a[i], top, "/")
        return top if f.chance(0.2) else None
    if roll < 0.8:
        y, x = f.new_arrays(type, type)
        k = f.scalar(type)
        with f.range(0, y.len) as i:
            f.set(y[i], *f.any((x[i] * k, "+"), (k * x[i] + y[i], ""), (x[i] * k + y[i] * (1.0 - k), ""), (x[i] / 2.0 + k, "")))
        return None
    a, step = f.array(type), f.scalar(type)
    total = f.let(0, type)
    with f.range(1, a.len) as i:
        f.add(total, (a[i - 1] + a[i]) * 0.5 * step if f.chance(0.6) else (a[i] - a[i - 1]) / step)
    return total


@idiom("value", 1.2)
def compound(f: Scope) -> E:
    """Interest, decay or a simulation step repeated n times or until a bound (capped)."""
    type = f.any(*F)
    x, rate = f.scalar(type), f.scalar(type)
    value = f.let(x)
    if f.chance(0.55):
        n = f.scalar("i32")
        with f.range(0, n, type="i32"):
            if f.chance(0.5):
                f.set(value, rate + 1.0 if f.chance(0.5) else rate, "*")
            else:
                f.add(value, value * rate / f.any(100.0, 12.0, 1200.0))
            if f.chance(0.25):
                f.sub(value, number(choices.literal(f.rng, type), type))
        return value
    goal = f.scalar(type)
    count = f.let(0, "i32")
    with f.loop(both(value < goal, count < f.any(100, 1000, 50))):
        f.add(value, value * rate if f.chance(0.6) else rate)
        f.add(count)
    return count if f.chance(0.7) else value


@idiom("tail", 1)
def quadratic(f: Scope) -> None:
    """Number of real roots, or one root, with guards."""
    type = f.any(*F)
    a, b, c = f.scalar(type), f.scalar(type), f.scalar(type)
    d = f.let(b * b - a * 4.0 * c if f.chance(0.5) else b * b - a * c * 4.0)
    if f.chance(0.5):
        f.result = "i32"
        with f.when(d < 0.0):
            f.ret(0)
        with f.when(d == 0.0 if f.chance(0.6) else builtin("fabs", d) < 1e-09):
            f.ret(1)
        f.ret(2)
    else:
        f.result = type
        with f.when(either(d < 0.0, a == 0.0)):
            f.ret(0)
        f.ret((builtin("sqrt", d) - b) / (a * 2.0) if f.chance(0.6) else (-b - builtin("sqrt", d)) / (a * 2.0))


@idiom("value", 1.2)
def to_level(f: Scope) -> E:
    """A float scaled, clamped and turned into an integer; or back."""
    type = f.any(*F)
    if f.chance(0.35):
        n = f.scalar(("i32", "u8", "i16", "u32"))
        return n.to(type) / f.any(255.0, 32768.0, 100.0, 2.0, 10.0, 16.0) if f.chance(0.7) else (n.to(type) - 127.5) * 0.0078125
    x = f.scalar(type)
    top, result = f.any((255.0, "u8"), (255.0, "i32"), (100.0, "i32"), (32767.0, "i16"), (65535.0, "u32"), (127.0, "i8"))
    v = f.let(x * top if f.chance(0.6) else x)
    if f.chance(0.5):
        f.set(v, 0.5, "+")
    # NaN is no more than 0 either: as an integer it would be something else in each language.
    f.set(v, choose(v > 0.0, v, 0.0))
    with f.when(v > top):
        f.set(v, top)
    return v.to(result)


@idiom("value", 1)
def iterate_map(f: Scope) -> E:
    """Mandelbrot, logistic map: a capped iteration with an escape."""
    type = f.any(*F)
    cap = number(f.any(50, 100, 255, 64), "i32") if f.chance(0.5) else f.scalar("i32")
    if f.chance(0.6):
        cx, cy = f.scalar(type), f.scalar(type)
        x, y, n = f.let(0, type), f.let(0, type), f.let(0, "i32")
        with f.loop(both(x * x + y * y <= 4.0 if f.chance(0.6) else x * x + y * y < 4.0, n < cap)):
            t = f.let(x * x - y * y + cx)
            f.set(y, x * y * 2.0 + cy)
            f.set(x, t)
            f.add(n)
        return n
    r, x0 = f.scalar(type), f.scalar(type)
    x = f.let(x0)
    with f.range(0, cap, type="i32"):
        f.set(x, r * x * (1.0 - x))
    return x
