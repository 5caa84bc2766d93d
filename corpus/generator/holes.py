"""What idioms leave open: a random condition on a value, a transformation of it, a way to accumulate it.

Every function takes the scope first; it may ask the scope for a parameter (a threshold, a key). Results are never constant.
"""

from __future__ import annotations

from transpile.corpus.generator import choices
from transpile.corpus.generator.expression import NARROW, UNSIGNED, E, bits, both, builtin, choose, either, negate, number, signed, within
from transpile.corpus.generator.scope import Scope
from transpile.corpus.signature import FLOATS

CLASSES = ("digit", "lower", "upper", "alpha", "alnum", "space", "vowel", "hex", "punctuation", "separator", "char", "high", "printable")


def order(f: Scope) -> str:
    return f.any("<", ">", "<", ">", "<=", ">=")


def char_class(f: Scope, c: E, kind: str | None = None) -> E:
    """A class of characters as people spell it out by comparisons. `c` is any integer."""
    kind = kind or f.any(*CLASSES)
    if kind == "digit":
        if f.chance(0.12) and c.type in UNSIGNED:
            return (c - "0") < 10
        return within(c, "0", "9")
    if kind == "lower":
        return within(c, "a", "z")
    if kind == "upper":
        return within(c, "A", "Z")
    if kind == "alpha":
        if f.chance(0.15):
            return within(c | 32, "a", "z")
        parts = [within(c, "a", "z"), within(c, "A", "Z")]
        if f.chance(0.4):
            parts.reverse()
        whole = either(*parts)
        return either(whole, c == "_") if f.chance(0.25) else whole
    if kind == "alnum":
        parts = [within(c, "0", "9"), within(c, "a", "z"), within(c, "A", "Z")]
        if f.chance(0.5):
            parts = parts[1:] + parts[:1]
        whole = either(either(parts[0], parts[1]), parts[2])
        return either(whole, c == f.any("_", "-", "$")) if f.chance(0.35) else whole
    if kind == "space":
        if f.chance(0.25):
            return either(c == " ", both(c >= "\t", c <= "\r"))
        whole = c == " "
        for ch in ("\t", "\n", "\r")[: f.rng.randrange(0, 4)]:
            whole = either(whole, c == ch)
        return whole
    if kind == "vowel":
        low = c | 0x20 if f.chance(0.3) else c
        whole = low == "a"
        for ch in "eiou":
            whole = either(whole, low == ch)
        return whole
    if kind == "hex":
        return either(within(c, "0", "9"), either(within(c, "a", "f"), within(c, "A", "F")) if f.chance(0.6) else within(c, "a", "f"))
    if kind == "punctuation":
        first, second, third = f.rng.sample(".,;:!?-'\"()/", 3)
        whole = either(c == first, c == second)
        return either(whole, c == third) if f.chance(0.6) else whole
    if kind == "separator":
        first, second = f.rng.sample(",;:|/-. \t=", 2)
        return either(c == first, c == second)
    if kind == "high":
        return (c & 0x80) != 0 if f.chance(0.5) else (c & 0xC0) == 0x80
    if kind == "printable":
        return within(c, " ", "~") if f.chance(0.6) else both(c >= 32, c < 127)
    return c == f.any(*choices.CHARACTERS)


def threshold(f: Scope, type: str, parameter: float = 0.3) -> E:
    """Something to compare with: a constant or a parameter."""
    if f.chance(parameter):
        return f.scalar(type)
    if type in FLOATS:
        return number(f.any(0, 0, 1, 0.5, 10, 100, 0.001, -1), type)
    if f.chance(0.35) and (signed(type)):
        return number(f.any(0, 0, 0, 1, -1), type)
    return number(choices.literal(f.rng, type, negative=True), type)


def predicate(f: Scope, x: E, parameter: float = 0.3, text: bool | None = None) -> E:
    """A condition on one value."""
    type = x.type
    if text is None:
        text = type in ("u8", "i8") and f.chance(0.5)
    if text:
        return char_class(f, x)
    roll = f.rng.random()
    if type in FLOATS:
        if roll < 0.8:
            return x.compare(order(f), threshold(f, type, parameter))
        if roll < 0.9:
            low = f.any(0, -1, 0.25)
            return both(x >= low, x <= f.any(1, 100, 0.75))
        return x != 0.0
    if roll < 0.42:
        return compared(f, x, threshold(f, type, parameter))
    if roll < 0.52:
        return x.compare(f.any("==", "!="), threshold(f, type, 0.6))
    if roll < 0.72:
        if f.chance(0.55):
            return remainder(f, x, 2)
        if f.chance(0.35):
            return (x & f.any(1, 1, 2, 4, 8, 0x10, 0x40)) != 0 if f.chance(0.6) else (x & f.any(1, 3, 7, 15)) == 0
        return remainder(f, x, f.any(3, 3, 4, 5, 7, 10))
    if roll < 0.8:
        return x != 0
    if roll < 0.92:
        if f.chance(0.3):
            low, high = f.scalar(type), f.scalar(type)
        else:
            a = choices.pick(f.rng, choices.COMMON, type)
            b = choices.pick(f.rng, choices.COMMON, type)
            if a == b:
                b = a + 10
            low, high = number(min(a, b), type), number(max(a, b), type)
        if f.chance(0.25):
            return either(x < low, x > high)
        return both(x >= low, x <= high) if f.chance(0.6) else both(x >= low, x < high)
    if roll < 0.96:
        return either(compared(f, x, threshold(f, type, 0.1)), x.compare("==", choices.factor(f.rng, type)))
    return both(compared(f, x, threshold(f, type, 0.2)), remainder(f, x, 2))


def compared(f: Scope, x: E, y: E) -> E:
    """x against y by an order that is not trivially true or false for unsigned."""
    op = order(f)
    if not signed(x.type) and x.type not in FLOATS:
        value = getattr(y.node, "value", None)
        if value == 0:
            return x != 0 if op in ("<", ">") else x == 0
    return x.compare(op, y)


def remainder(f: Scope, x: E, by: int) -> E:
    if by == 2 and f.chance(0.4):
        return (x & 1) != 0 if f.chance(0.6) else (x & 1) == 0
    left = x % by
    wanted = 0 if f.chance(0.75) else f.rng.randrange(1, by)
    return left == wanted if f.chance(0.7) or wanted else left != wanted


def transform(f: Scope, x: E, depth: int | None = None, parameter: float = 0.2) -> E:
    """An expression that depends on x, of x's type."""
    if depth is None:
        depth = f.any(1, 1, 1, 1, 2, 2, 3)
    type = x.type
    for _ in range(depth):
        x = _step(f, x, type, parameter)
    return x


def _step(f: Scope, x: E, type: str, parameter: float) -> E:
    roll = f.rng.random()
    if type in FLOATS:
        if roll < 0.5:
            y = f.scalar(type) if f.chance(parameter) else number(choices.literal(f.rng, type), type)
            return x.binary(f.any("*", "*", "+", "-", "/") if not _is_var(y) else f.any("*", "+", "-"), y)
        if roll < 0.7:
            return x * x
        if roll < 0.8:
            return number(1.0, type) - x
        if roll < 0.9:
            return builtin("fabs", x)
        return builtin(f.any("sqrt", "floor", "ceil"), builtin("fabs", x)) if f.chance(0.5) else -x
    if roll < 0.28:
        y = f.scalar(type) if f.chance(parameter) else number(choices.literal(f.rng, type), type)
        return x.binary(f.any("+", "+", "-", "*"), y)
    if roll < 0.42:
        return x * choices.factor(f.rng, type)
    if roll < 0.5:
        return x * x
    if roll < 0.6:
        return x & choices.mask(f.rng, type) if f.chance(0.7) else x ^ choices.mask(f.rng, type)
    if roll < 0.68:
        return x.binary(f.any("<<", ">>"), choices.shift(f.rng, type))
    if roll < 0.76:
        return x % choices.factor(f.rng, type)
    if roll < 0.82:
        return x / choices.factor(f.rng, type)
    if roll < 0.86:
        return x ^ (x >> choices.shift(f.rng, type))
    if roll < 0.91:
        if signed(type):
            return -x if f.chance(0.5) else builtin("abs", x)
        return ~x
    if roll < 0.95:
        return builtin(f.any("min", "max"), x, choices.literal(f.rng, type))
    limit = number(choices.literal(f.rng, type), type)
    return choose(x.compare(f.any("<", ">"), limit), x, limit if f.chance(0.5) else x * 2)


def _is_var(e: E) -> bool:
    return type(e.node).__name__ == "Var"


def accumulator_type(f: Scope, element: str) -> str:
    """The type in which people sum elements of that type."""
    if element == "f32":
        return f.any("f32", "f32", "f64")
    if element == "f64":
        return element
    if element in NARROW:
        return f.any("i32", "i32", "u32", "i64", "u64") if not signed(element) else f.any("i32", "i32", "i64")
    if element == "i32":
        return f.any("i32", "i32", "i64")
    if element == "u32":
        return f.any("u32", "u32", "u64")
    return element


def accumulate(f: Scope, total: E, x: E) -> None:
    """One step of a reduction: total op= x, in many ways. x is of total's type or castable."""
    type = total.type
    x = x.to(type)
    roll = f.rng.random()
    zero = f.starts_at_zero(total)
    if roll < 0.5:
        f.set(total, x, "+")
    elif roll < 0.56:
        f.set(total, x, "-")
    elif type in FLOATS:
        if roll < 0.75:
            f.set(total, x * x, "+")
        elif roll < 0.85 and not zero:
            f.set(total, x, "*")
        else:
            f.set(total, total * number(f.any(0.5, 0.9, 0.25, 2.0), type) + x)
    elif roll < 0.62:
        f.set(total, x, "^")
    elif roll < 0.66:
        f.set(total, x, "|" if zero else f.any("|", "&"))
    elif roll < 0.71 and not zero:
        f.set(total, x, "*")
    elif roll < 0.77:
        f.set(total, x * x, "+")
    elif roll < 0.87:
        f.set(total, total * choices.multiplier(f.rng, type) + x)
    elif roll < 0.92:
        f.set(total, (total + x) % choices.pick(f.rng, choices.MODULI, type))
    else:
        f.set(total, ((total << f.any(1, 3, 5, 7)) | (total >> (bits(type) - f.any(1, 3, 5)))) ^ x if type in UNSIGNED else total + x + 1)


def start(f: Scope, type: str) -> E:
    """Where an accumulator starts: mostly 0."""
    if type in FLOATS:
        return number(f.any(0, 0, 0, 0, 1), type)
    return number(f.any(0, 0, 0, 0, 0, 0, 1, 1, choices.seed_value(f.rng, type)), type)


def finish(f: Scope, value: E) -> E:
    """A result put through a last step."""
    if value.type == "bool" or value.type in FLOATS or value.type == "index":
        return value
    roll = f.rng.random()
    if roll < 0.3:
        return value % choices.pick(f.rng, choices.MODULI, value.type)
    if roll < 0.5 and signed(value.type):
        return choose(value < 0, -value, value)
    if roll < 0.65:
        return value & choices.mask(f.rng, value.type)
    if roll < 0.8 and value.type in UNSIGNED:
        return value ^ (value >> choices.shift(f.rng, value.type))
    return value + choices.literal(f.rng, value.type)


def maybe_negated(f: Scope, condition: E, probability: float = 0.2) -> E:
    return negate(condition) if f.chance(probability) else condition


def truth(f: Scope, condition: E) -> E:
    """A condition as this function's boolean result (bool, or int 1 and 0)."""
    if f.truth == "bool":
        return condition
    return choose(condition, number(1, "i32"), number(0, "i32")) if f.chance(0.4) else condition.to("i32")


def ret_truth(f: Scope, value: bool) -> None:
    """return true or false, as this function's boolean result."""
    f.result = f.result or f.truth
    f.ret(value if f.result == "bool" else int(value))
