"""What the rules about loops ask of statements: what is assigned, what is the same in every round, what a variable starts from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

from transpile.corpus import ir
from transpile.corpus.ir_names import used, walk

Body = tuple[ir.Stmt, ...]
READS = ir.Index | ir.Field | ir.Place | ir.Call | ir.CallThrough | ir.Global
"""What may be another value the next time."""


def assigned(body: object) -> set[str]:
    """Variables that are declared or assigned."""
    return {n.target.name for n in walk(body) if isinstance(n, ir.Assign) and isinstance(n.target, ir.Var)} | {
        n.name for n in walk(body) if isinstance(n, ir.Let)
    }


def fixed(value: ir.Expr, body: Body) -> bool:
    """Is an expression the same in every round?"""
    return not (used(value) & assigned(body)) and not any(isinstance(n, READS) for n in walk(value))


def skips(body: Body) -> bool:
    """Does the body end a round early?"""
    return any(isinstance(n, ir.Continue) for n in walk(body))


def initial(before: Sequence[ir.Stmt], name: str) -> tuple[int, ir.Expr] | None:
    """Where in `before` the variable got the value that it has at its end, and the value, if that still means the same."""
    for i in range(len(before) - 1, -1, -1):
        one = before[i]
        value = one.value if isinstance(one, ir.Let) and one.name == name else None
        if value is not None:
            between = tuple(before[i + 1 :])
            stores = any(isinstance(n, ir.Assign) and not isinstance(n.target, ir.Var) for n in walk(between))
            reads = any(isinstance(n, READS) for n in walk(value))
            return None if used(value) & assigned(between) or (reads and stores) else (i, value)
        if name in assigned(one):
            return None
    return None


def alone(before: Sequence[ir.Stmt], place: int, name: str) -> bool:
    """Is the variable declared there, and read by nothing between its declaration and the loop?"""
    return isinstance(before[place], ir.Let) and name not in used(tuple(before[place + 1 :]))


def converted(value: ir.Expr, kind: str) -> ir.Expr:
    """An expression as another integer type."""
    inner = bare(value)
    while kind == "index" and isinstance(inner, ir.Cast) and "index" in {n.type for n in walk(inner)}:
        inner = inner.operand
    if inner.type == kind:
        return inner
    return ir.Const(kind, inner.value) if isinstance(inner, ir.Const) else ir.Cast(kind, inner)


def plus(value: ir.Expr, more: int, kind: str) -> ir.Expr:
    """The sum with a number."""
    if isinstance(value, ir.Const):
        return ir.Const(kind, int(value.value) + more)
    if isinstance(value, ir.Binary) and value.op in "+-" and isinstance(value.right, ir.Const):
        more += int(value.right.value) * (1 if value.op == "+" else -1)
        value = value.left
    if not more:
        return value
    return ir.Binary(kind, "+" if more > 0 else "-", value, ir.Const(kind, abs(more)))


def same(left: ir.Expr, right: ir.Expr) -> bool:
    """Are two expressions one, conversions apart?"""
    left, right = bare(left), bare(right)
    if isinstance(left, ir.Const) and isinstance(right, ir.Const):
        return left.value == right.value
    return left == right


def substitute(node, name: str, value: ir.Expr):
    """`node` (an expression, a statement or a tuple of them) with every read of a variable replaced."""
    if isinstance(node, tuple):
        return tuple(substitute(one, name, value) for one in node)
    if isinstance(node, ir.Var):
        return value if node.name == name else node
    if isinstance(node, ir.Expr | ir.Stmt):
        changed = {f.name: substitute(getattr(node, f.name), name, value) for f in fields(node)}
        new = replace(node, **changed)
        if isinstance(new, ir.Cast) and isinstance(new.operand, ir.Cast) and new.operand.operand.type == new.type:
            return new.operand.operand
        if isinstance(new, ir.Cast) and new.operand.type == new.type:
            return new.operand
        if isinstance(new, ir.Index) and isinstance(new.index, ir.Cast) and new.index.operand.type == "index":
            return replace(new, index=new.index.operand)
        return new
    return node


def bare(value: ir.Expr) -> ir.Expr:
    """An expression without the conversion around it."""
    return value.operand if isinstance(value, ir.Cast) else value
