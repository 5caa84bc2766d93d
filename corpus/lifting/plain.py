"""Comparisons as people write them: of the values themselves, where a compiler compared them widened to a machine word."""

from __future__ import annotations

from dataclasses import fields, replace

from transpile.corpus import ir
from transpile.corpus.ir_names import walk
from transpile.corpus.lifting.loops import assigned
from transpile.corpus.lifting.values import invert
from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS

STEPS = frozenset("+ - * & | ^".split())
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
    if isinstance(node, ir.Assign) and not node.op and isinstance(node.target, ir.Var):
        return _assigned(node)
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


def _assigned(node: ir.Assign) -> ir.Stmt:
    """`x = x + 1` as `x += 1`, and `x = c ? y : x` as a condition."""
    own, value = node.target, node.value
    if isinstance(value, ir.Binary) and value.op in STEPS and value.left == own and value.type == own.type:
        return ir.Assign(own, value.right, value.op)
    if isinstance(value, ir.Select) and own in (value.then, value.other) and value.then != value.other:
        kept = value.other == own
        return ir.If(value.condition if kept else invert(value.condition), (ir.Assign(own, value.then if kept else value.other),))
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


def joined(node):
    """`node` with conditions that ask the same of a variable one after the other as one."""
    if isinstance(node, tuple):
        out: list = []
        for one in map(joined, node):
            last = out[-1] if out else None
            if isinstance(one, ir.If) and isinstance(last, ir.If) and (both := _one_condition(last, one)) is not None:
                out[-1] = both
            else:
                out.append(one)
        return tuple(_without_truths(out))
    if isinstance(node, ir.Stmt):
        return replace(node, **{f.name: joined(getattr(node, f.name)) for f in fields(node) if isinstance(getattr(node, f.name), tuple)})
    return node


def _one_condition(first: ir.If, second: ir.If) -> ir.If | None:
    """Two conditions on a truth that the first does not change as one, None for others."""
    truth = first.condition.operand if isinstance(first.condition, ir.Not) else first.condition
    if not isinstance(truth, ir.Var) or isinstance(truth, ir.Global) or truth.name in assigned((first,)):
        return None
    if second.condition == first.condition:
        return ir.If(first.condition, (*first.then, *second.then), (*first.other, *second.other))
    if invert(second.condition) == first.condition:
        return ir.If(first.condition, (*first.then, *second.other), (*first.other, *second.then))
    return None


def _without_truths(body: list) -> list:
    """A list without variables that only the condition right behind them reads."""
    out: list = []
    for k, one in enumerate(body):
        last = out[-1] if out else None
        if isinstance(last, ir.Let) and last.type == "bool" and isinstance(one, ir.If):
            own = ir.Var("bool", last.name)
            reads = sum(n == own for n in walk(tuple(body[k:])))
            if reads == 1 and one.condition in (own, ir.Not("bool", own)):
                out[-1] = replace(one, condition=last.value if one.condition == own else invert(last.value))
                continue
        out.append(one)
    return out
