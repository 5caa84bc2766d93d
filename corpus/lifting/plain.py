"""Comparisons as people write them: of the values themselves, where a compiler compared them widened to a machine word."""

from __future__ import annotations

from dataclasses import fields, replace

from transpile.corpus import ir
from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS

_TYPED = frozenset({"\t", "\n", "\r"})


def plain(node):
    """`node` (an expression, a statement or a tuple of them) with its comparisons and truths rewritten; values stay."""
    if isinstance(node, tuple):
        return tuple(map(plain, node))
    if not isinstance(node, ir.Expr | ir.Stmt):
        return node
    node = replace(node, **{f.name: plain(getattr(node, f.name)) for f in fields(node)})
    if isinstance(node, ir.Compare):
        return _compared(node)
    if isinstance(node, ir.Builtin) and node.name == "from_bits":
        bits = node.arguments[0]
        if isinstance(bits, ir.Builtin) and bits.name == "to_bits" and bits.arguments[0].type == node.type:
            return bits.arguments[0]
    if isinstance(node, ir.Cast) and node.type not in FLOATS:
        inner = node.operand
        if isinstance(inner, ir.Cast) and inner.operand.type == "bool":
            return ir.Cast(node.type, inner.operand)
        return _free(inner, node.type) or node
    return node


def _free(value: ir.Expr, type_: str) -> ir.Expr | None:
    """A value of another sign as an integer of `type_`, of the same width, where that needs no conversion; None where it does."""
    if type_ == "index":
        return _position(value)
    if WIDTHS.get(value.type) != WIDTHS.get(type_) or type_ not in WIDTHS or "usize" in (value.type, type_):
        return None
    if isinstance(value, ir.Const) and not isinstance(value.value, float) and value.type != "bool":
        low, high = _range(type_)
        return ir.Const(type_, int(value.value), value.char) if low <= int(value.value) <= high else None
    if isinstance(value, ir.Cast):
        return value.operand if value.operand.type == type_ else None
    if isinstance(value, ir.Binary) and value.op in ("+", "-", "*", "&", "|", "^", "<<"):
        left, right = _free(value.left, type_), value.right if value.op == "<<" else _free(value.right, type_)
        return None if left is None or right is None else ir.Binary(type_, value.op, left, right)
    return None


def _position(value: ir.Expr) -> ir.Expr | None:
    """Sums and products of positions as a position: they stay within an array, so that nothing wraps."""
    match value:
        case ir.Const(value=number) if isinstance(number, int) and number >= 0 and value.type in ("i32", "u32"):
            return ir.Const("index", number)
        case ir.Cast(operand=operand) if operand.type == "index":
            return operand
        case ir.Binary(op="+" | "*" as op) if value.type in ("i32", "u32"):
            left, right = _position(value.left), _position(value.right)
            return None if left is None or right is None else ir.Binary("index", op, left, right)
    return None


def _compared(node: ir.Compare) -> ir.Compare:
    left, right = _narrow(node.left), _narrow(node.right)
    equality = node.op in ("==", "!=")
    if isinstance(right, ir.Const) and not isinstance(right.value, float) and left is not node.left:
        low, high = _range(left.type)
        value = int(right.value)
        if low <= value <= high and _keeps(node.left, left):
            return _bounded(ir.Compare("bool", node.op, left, _constant(left.type, value)))
        inner = node.left.operand if isinstance(node.left, ir.Cast) else left
        if equality and isinstance(inner, ir.Cast) and 0 <= value < 1 << 8 * WIDTHS[left.type]:
            return ir.Compare("bool", node.op, left, _constant(left.type, value if value <= high else value - (high - low + 1)))
    elif left is not node.left and right is not node.right and left.type == right.type and _keeps(node.left, left) and _keeps(node.right, right):
        return ir.Compare("bool", node.op, left, right)
    return _bounded(node)


def _bounded(node: ir.Compare) -> ir.Compare:
    """`x >= 1` as `x > 0`, and `x < 1` as `x <= 0`."""
    one = isinstance(node.right, ir.Const) and node.right.value == 1 and not isinstance(node.right.value, float)
    if not one or node.op not in (">=", "<") or node.left.type in FLOATS:
        return node
    return ir.Compare("bool", ">" if node.op == ">=" else "<=", node.left, ir.Const(node.right.type, 0))


def _narrow(value: ir.Expr) -> ir.Expr:
    """What is widened to `value`, perhaps by way of the unsigned type of its width; itself where nothing is."""
    inner = value
    while isinstance(inner, ir.Cast) and inner.type in WIDTHS and inner.operand.type in WIDTHS and inner.operand.type not in ("bool", *FLOATS):
        if inner.type in (*FLOATS, "bool") or WIDTHS[inner.type] < WIDTHS[inner.operand.type]:
            break
        inner = inner.operand
    return inner if WIDTHS.get(inner.type, 8) < WIDTHS.get(value.type, 0) else value


def _keeps(value: ir.Expr, inner: ir.Expr) -> bool:
    """Is `value`, a conversion of `inner`, the same number?"""
    while value is not inner:
        assert isinstance(value, ir.Cast)
        if value.operand.type in SIGNED and value.type not in SIGNED:
            return False
        value = value.operand
    return True


def _range(type_: str) -> tuple[int, int]:
    bits = 8 * WIDTHS[type_]
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if type_ in SIGNED else (0, (1 << bits) - 1)


def _constant(type_: str, value: int) -> ir.Const:
    """A number; of C's `char` the character that it is."""
    shown = type_ == "i8" and 0 < value < 127 and (chr(value).isprintable() or chr(value) in _TYPED)
    return ir.Const(type_, value, shown)
