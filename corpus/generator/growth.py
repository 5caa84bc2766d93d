"""Expressions and conditions of the grammar: made of the values in scope, those first that nothing has read yet.

`Values.values` are the readable scalars, innermost last; `pending` those that nothing has read yet; `hot` what the innermost loop
runs over. No expression is constant.
"""

from __future__ import annotations

from transpile.corpus import ir
from transpile.corpus.generator import choices, holes
from transpile.corpus.generator.expression import E, bits, both, builtin, choose, either, number, signed
from transpile.corpus.generator.scope import Reject, Scope
from transpile.corpus.signature import FLOATS


def contains(whole: E, part: E) -> bool:
    """Whether one value is the other or an operand of it."""
    node = whole.node
    return node == part.node or part.node in (getattr(node, "left", None), getattr(node, "right", None), getattr(node, "operand", None))


class Values:
    """What a growing function can read."""

    def __init__(self, f: Scope):
        self.f = f
        self.rng = f.rng
        self.values: list[E] = []
        self.pending: list[E] = []
        self.hot: list[E] = []

    def readable(self, type: str) -> list[E]:
        return [v for v in self.values if v.type == type]

    def leaf(self, type: str) -> E:
        """A value in scope as that type; what nothing has read yet and what the loop runs over is preferred. Never a constant."""
        f = self.f
        hot = [v for v in self.hot if self.castable(v.type, type)]
        if hot and f.chance(0.45):
            return self.as_type(self.touch(self.rng.choice(hot)), type)
        pending = [v for v in self.pending if v.type == type]
        if not pending and self.pending and f.chance(0.5):
            pending = [v for v in self.pending if self.castable(v.type, type)]
        pool = pending if pending and f.chance(0.8) else self.readable(type)
        if not pool or f.chance(0.1):
            pool = [v for v in self.values if self.castable(v.type, type)] or pool
        if not pool:
            raise Reject("nothing to read")
        value = pool[-1] if f.chance(0.35) else self.rng.choice(pool)
        return self.as_type(self.touch(value), type)

    def touch(self, value: E) -> E:
        node = value.node
        self.pending = [p for p in self.pending if p.node != node]
        return value

    @staticmethod
    def castable(source: str, target: str) -> bool:
        return source != "bool" and target != "bool" and (source not in FLOATS or target in FLOATS)

    def as_type(self, value: E, type: str) -> E:
        f = self.f
        if value.type == type:
            return value
        if value.type == "bool":
            return choose(value, number(1, type), 0) if type in FLOATS or f.chance(0.4) else value.to(type)
        if type == "bool":
            return self.condition_on(value)
        if value.type in FLOATS and type not in FLOATS:
            return (value > 0.0).to(type)
        return value.to(type)

    def expression(self, type: str, depth: int) -> E:
        """Depth 0: a value; deeper: operations on values."""
        f = self.f
        if depth <= 0 or f.chance(0.12):
            return self.leaf(type)
        return self.operation(self.expression(type, depth - f.any(1, 1, 2)), type, depth - 1)

    def operand(self, type: str, depth: int) -> E:
        """The right side of an operation: a constant about half the time."""
        if depth > 0 and self.f.chance(0.4):
            return self.expression(type, depth - 1)
        if self.f.chance(0.5) and (self.readable(type) or self.pending):
            try:
                return self.leaf(type)
            except Reject:
                pass
        return number(choices.literal(self.rng, type), type)

    def operation(self, x: E, type: str, depth: int) -> E:
        """x combined with something, or transformed."""
        f = self.f
        roll = self.rng.random()
        if roll < 0.3:
            return holes.transform(f, x, 1, 0.0)
        y = self.operand(type, depth)
        if contains(x, y) or contains(y, x):
            y = number(choices.literal(self.rng, type), type)
        if type in FLOATS:
            return x.binary(f.any("+", "+", "-", "-", "*", "*", "*"), y)
        constant = isinstance(y.node, ir.Const)
        if roll < 0.72:
            return x.binary(f.any("+", "+", "-", "-", "*"), y)
        if roll < 0.82:
            return x.binary(f.any("&", "^", "|", "^"), y if not constant else number(choices.mask(self.rng, type), type))
        if roll < 0.88:
            if constant:
                return x.binary(f.any("<<", ">>"), choices.shift(self.rng, type))
            return x.binary(f.any("<<", ">>"), y & (bits(type) - 1))
        if roll < 0.92:
            divisor = number(choices.factor(self.rng, type), type) if constant or f.chance(0.5) else (y & choices.mask(self.rng, type)) + 1
            if not constant and signed(type) and not isinstance(divisor.node, ir.Const):
                divisor = number(choices.factor(self.rng, type), type)
            return x.binary(f.any("%", "/"), divisor)
        if roll < 0.96:
            return choose(x.compare(holes.order(f), y), x, y) if not constant else choose(x.compare(f.any(">", "<"), y), y, x)
        if type in ("u32", "u64") and f.chance(0.5):
            return builtin(f.any("rotl", "rotr"), x, choices.shift(self.rng, type))
        return builtin(f.any("min", "max"), x, y)

    def condition_on(self, x: E) -> E:
        if x.type == "bool":
            return x
        return holes.predicate(self.f, x, 0.0, text=False if x.type not in ("u8", "i8") else None)

    def condition(self, type: str | None = None) -> E:
        """A condition on what is in scope."""
        f = self.f
        flags = self.readable("bool")
        if flags and f.chance(0.25):
            return self.touch(self.rng.choice(flags))
        pool = [v for v in self.values if v.type != "bool" and (type is None or v.type == type)] or [v for v in self.values if v.type != "bool"]
        if not pool:
            raise Reject("nothing to compare")
        x = self.touch(self.rng.choice(pool[-4:] if f.chance(0.6) else pool))
        others = [v for v in self.readable(x.type) if v.node != x.node]
        if others and f.chance(0.4):
            y = self.touch(self.rng.choice(others))
            first = x if f.chance(0.75) or x.type == "index" else self.operation(x, x.type, 0)
            condition = first.compare(f.any("<", ">", "<=", ">=", "==", "!="), y)
        elif x.type == "index":
            condition = x % f.any(2, 2, 3, 4) == 0 if f.chance(0.6) else x > f.any(1, 2, 3, 8)
        else:
            condition = self.condition_on(x if f.chance(0.8) else self.operation(x, x.type, 0))
        if f.chance(0.12):
            return f.any(both, either)(condition, self.condition())
        return condition

    def join(self, a: E, b: E) -> E:
        f = self.f
        roll = self.rng.random()
        if roll < 0.4:
            return a + b
        if roll < 0.55:
            return a - b
        if roll < 0.7:
            return a * b
        if roll < 0.85 or a.type in FLOATS:
            return choose(a.compare(holes.order(f), b), a, b)
        return a.binary(f.any("^", "|", "&"), b)
