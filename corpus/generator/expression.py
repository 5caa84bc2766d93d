"""Operators over the IR's expressions, so that idioms read like the code they stand for.

`E` wraps one typed node. Python numbers and one-character strings take the type of the other operand (`c - "0"`, `n % 10`).
`==` builds a comparison: never use an `E` as a key or with `in`.
"""

from __future__ import annotations

from transpile.corpus import ir
from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS

INTEGERS = frozenset(WIDTHS) - FLOATS - {"bool"} | {"index"}
UNSIGNED = frozenset({"u8", "u16", "u32", "u64", "usize"})
NARROW = frozenset({"i8", "u8", "i16", "u16"})
FLIPPED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


def bits(type: str) -> int:
    """Width of an integer type in bits (index counts as 32)."""
    return 32 if type == "index" else WIDTHS[type] * 8


def divisible(y: E) -> E:
    """Whether any number divided by `y` is the same in all languages: not by zero, and of signed numbers not by -1, which overflows or wraps."""
    return y > 0 if signed(y.type) else y != 0


def indivisible(y: E) -> E:
    """The opposite of `divisible`."""
    return y <= 0 if signed(y.type) else y == 0


def signed(type: str) -> bool:
    return type in SIGNED


def constant(value: int | float, type: str, char: bool = False) -> ir.Const:
    """A literal of the type; integers are wrapped into its range."""
    if type in FLOATS:
        return ir.Const(type, float(value))
    if type == "bool":
        return ir.Const(type, bool(value))
    width = bits(type)
    value = int(value) & ((1 << width) - 1)
    if type in SIGNED and value >> (width - 1):
        value -= 1 << width
    return ir.Const(type, value, char)


def lift(value: E | int | float | str, type: str) -> ir.Expr:
    """The node of a value; numbers and characters get `type`."""
    if isinstance(value, E):
        return value.node
    if isinstance(value, str):
        return constant(ord(value), type, char=True)
    return constant(value, type)


class E:
    """One expression node with Python's operators."""

    __slots__ = ("node",)

    def __init__(self, node: ir.Expr) -> None:
        self.node = node

    @property
    def type(self) -> str:
        return self.node.type

    def binary(self, op: str, other: E | int | float | str) -> E:
        return E(ir.Binary(self.node.type, op, self.node, lift(other, self.node.type)))

    def compare(self, op: str, other: E | int | float | str) -> E:
        return E(ir.Compare("bool", op, self.node, lift(other, self.node.type)))

    def __add__(self, o):
        return self.binary("+", o)

    def __sub__(self, o):
        return self.binary("-", o)

    def __mul__(self, o):
        return self.binary("*", o)

    def __truediv__(self, o):
        return self.binary("/", o)

    def __mod__(self, o):
        return self.binary("%", o)

    def __and__(self, o):
        return self.binary("&", o)

    def __or__(self, o):
        return self.binary("|", o)

    def __xor__(self, o):
        return self.binary("^", o)

    def __lshift__(self, o):
        return self.binary("<<", o)

    def __rshift__(self, o):
        return self.binary(">>", o)

    def __radd__(self, o):
        return E(lift(o, self.type)).binary("+", self)

    def __rsub__(self, o):
        return E(lift(o, self.type)).binary("-", self)

    def __rmul__(self, o):
        return E(lift(o, self.type)).binary("*", self)

    def __rtruediv__(self, o):
        return E(lift(o, self.type)).binary("/", self)

    def __rlshift__(self, o):
        return E(lift(o, self.type)).binary("<<", self)

    def __neg__(self):
        return E(ir.Unary(self.type, "-", self.node))

    def __invert__(self):
        return E(ir.Unary(self.type, "~", self.node))

    def __lt__(self, o):
        return self.compare("<", o)

    def __le__(self, o):
        return self.compare("<=", o)

    def __gt__(self, o):
        return self.compare(">", o)

    def __ge__(self, o):
        return self.compare(">=", o)

    def __eq__(self, o):
        return self.compare("==", o)  # type: ignore[override]

    def __ne__(self, o):
        return self.compare("!=", o)  # type: ignore[override]

    __hash__ = None  # type: ignore[assignment]

    def to(self, type: str) -> E:
        """Cast; nothing when the type is already that, and a literal is retyped."""
        node = self.node
        if node.type == type:
            return self
        if isinstance(node, ir.Const) and node.type != "bool" and (type in FLOATS or node.type not in FLOATS):
            return E(constant(node.value, type, node.char and type not in FLOATS))
        return E(ir.Cast(type, node))


def number(value: int | float | str, type: str) -> E:
    return E(lift(value, type))


def both(left: E, right: E) -> E:
    return E(ir.Logic("bool", "and", left.node, right.node))


def either(left: E, right: E) -> E:
    return E(ir.Logic("bool", "or", left.node, right.node))


def negate(value: E) -> E:
    """The opposite condition, with the comparison turned or de Morgan applied where there is one."""
    node = value.node
    if isinstance(node, ir.Compare):
        return E(ir.Compare("bool", FLIPPED[node.op], node.left, node.right))
    if isinstance(node, ir.Not):
        return E(node.operand)
    if isinstance(node, ir.Logic):
        op = "or" if node.op == "and" else "and"
        return E(ir.Logic("bool", op, negate(E(node.left)).node, negate(E(node.right)).node))
    return E(ir.Not("bool", node))


def choose(condition: E, then: E, other: E | int | float | str) -> E:
    """`condition ? then : other`."""
    return E(ir.Select(then.type, condition.node, then.node, lift(other, then.type)))


def builtin(name: str, *arguments: E | int | float) -> E:
    """A call of an `ir.Builtin`; the first argument is an `E` and gives the type."""
    first = arguments[0]
    assert isinstance(first, E)
    return E(ir.Builtin(first.type, name, tuple(lift(a, first.type) for a in arguments)))


def limit(type: str, largest: bool = True) -> E:
    return E(ir.Limit(type, largest))


def within(value: E, low: E | int | float | str, high: E | int | float | str) -> E:
    """low <= value and value <= high."""
    return both(value >= low, value <= high)


def is_literal(value: E) -> bool:
    return isinstance(value.node, ir.Const)
