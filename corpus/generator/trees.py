"""Questions about statement trees: where control leaves, breaks or continues, which names occur."""

from __future__ import annotations

from collections.abc import Sequence

from transpile.corpus import ir


def leaves(body: Sequence[ir.Stmt]) -> bool:
    """Whether control never falls out of the body's end."""
    if not body:
        return False
    last = body[-1]
    if isinstance(last, ir.Return | ir.Break | ir.Continue):
        return True
    if isinstance(last, ir.If):
        return leaves(last.then) and leaves(last.other)
    if isinstance(last, ir.Switch):
        return leaves(last.default) and all(leaves(b) for _, b in last.cases)
    if isinstance(last, ir.Loop):
        return not breaks(last.body)
    return False


def breaks(body: Sequence[ir.Stmt]) -> bool:
    """Whether the body breaks out of its own loop."""
    for one in body:
        if isinstance(one, ir.Break):
            return True
        if isinstance(one, ir.If) and (breaks(one.then) or breaks(one.other)):
            return True
        if isinstance(one, ir.Switch) and (breaks(one.default) or any(breaks(b) for _, b in one.cases)):
            return True
    return False


def continues(body: Sequence[ir.Stmt]) -> bool:
    """Whether the body continues its own loop."""
    for one in body:
        if isinstance(one, ir.Continue):
            return True
        if isinstance(one, ir.If) and (continues(one.then) or continues(one.other)):
            return True
        if isinstance(one, ir.Switch) and (continues(one.default) or any(continues(b) for _, b in one.cases)):
            return True
    return False


def mentions(node: object, name: str) -> bool:
    """Whether a variable or an array of that name is read or written below the node."""
    if isinstance(node, tuple):
        return any(mentions(n, name) for n in node)
    if isinstance(node, ir.Var):
        return node.name == name
    if isinstance(node, ir.Index) and node.array == name:
        return True
    if isinstance(node, ir.Expr | ir.Stmt):
        return any(mentions(getattr(node, slot), name) for kind in type(node).__mro__[:-1] for slot in getattr(kind, "__slots__", ()))
    return False
