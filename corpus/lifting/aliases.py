"""Variables that are another one under a second type or name: `size_t i2 = i; a[i2]` is read as `a[i]`, as long as i stays what it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

from transpile.corpus import ir
from transpile.corpus.ir_names import used, walk
from transpile.corpus.lifting.loops import READS, Body, assigned, substitute

OFTEN = 2
"""A sum with a number is written so often at most."""


def without_aliases(body: Body) -> Body:
    """A function's body without such variables. Names of a function are unique, and a declaration holds to the end of its list."""
    return _block(body, assigned_again(body))


def assigned_again(body: Body) -> set[str]:
    """Variables that are assigned behind their declaration, or whose address is taken."""
    changed = {n.target.name for n in walk(body) if isinstance(n, ir.Assign) and isinstance(n.target, ir.Var)}
    return changed | {n.name for n in walk(body) if isinstance(n, ir.Borrow)}


def _block(body: Body, changed: set[str]) -> Body:
    out = list(body)
    i = 0
    while i < len(out):
        one = out[i]
        if isinstance(one, ir.Let) and one.name not in changed and (twin := _twin(one, out[:i], changed)):
            out[i:] = substitute(tuple(out[i + 1 :]), one.name, ir.Var(one.type, twin))
            continue
        if isinstance(one, ir.Let) and one.name not in changed and (new := _replaced(one, tuple(out[i + 1 :]))) is not None:
            out[i:] = new
            continue
        out[i] = _inside(one, changed)
        i += 1
    return tuple(out)


def _inside(one: ir.Stmt, changed: set[str]) -> ir.Stmt:
    def lists(value):
        if isinstance(value, tuple):
            return _block(value, changed) if value and all(isinstance(v, ir.Stmt) for v in value) else tuple(map(lists, value))
        return value

    return replace(one, **{f.name: lists(getattr(one, f.name)) for f in fields(one) if isinstance(getattr(one, f.name), tuple)})


def _replaced(one: ir.Let, rest: Body) -> Body | None:
    """What follows a declaration with its value in its place, None where it is more than an alias."""
    if isinstance(one.value, ir.Borrow):
        return substitute(rest, one.name, one.value)
    if isinstance(one.value, ir.PointerCast) and isinstance(one.value.operand, ir.Var):
        return _read_only(one, one.value.operand, rest)
    inner = one.value.operand if isinstance(one.value, ir.Cast) else one.value
    sum_ = isinstance(inner, ir.Binary) and inner.op in ("+", "-") and isinstance(inner.right, ir.Const) and isinstance(inner.left, ir.Var)
    source = inner.left if sum_ else inner
    if not isinstance(source, ir.Var | ir.Len) or isinstance(source, ir.Global) or one.type == "bool":
        return None
    uses = [i for i, s in enumerate(rest) if one.name in used(s)]
    if not uses or (sum_ and sum(isinstance(n, ir.Var) and n.name == one.name for n in walk(rest)) > OFTEN):
        return None
    if isinstance(source, ir.Var) and source.name in assigned(rest[: uses[-1] + 1]):
        last = rest[uses[-1]]
        own = isinstance(last, ir.Assign) and last.target == source and source.name not in assigned(rest[: uses[-1]])
        if not own:
            return None
    return substitute(rest, one.name, one.value)


def _twin(one: ir.Let, before: Sequence[ir.Stmt], changed: set[str]) -> str:
    """A variable declared before it in the same list with the same value, which nothing changed since; "" where there is none."""
    if isinstance(one.value, ir.Const) or any(isinstance(n, READS | ir.Null) for n in walk(one.value)):
        return ""
    for k, other in enumerate(before):
        if isinstance(other, ir.Let) and (other.type, other.value) == (one.type, one.value) and other.name not in changed:
            return "" if used(one.value) & assigned(tuple(before[k:])) else other.name
    return ""


def _read_only(one: ir.Let, parameter: ir.Var, rest: Body) -> Body | None:
    """What follows a parameter's copy without `const`, with the parameter itself where it is only read through; None where it is more."""
    own = ir.Var(one.type, one.name)
    written = [n.target for n in walk(rest) if isinstance(n, ir.Assign)] + [n.place for n in walk(rest) if isinstance(n, ir.AddressOf)]
    reads = [n for n in walk(rest) if isinstance(n, ir.Place) and n.base == own]
    if parameter.name in assigned(rest) or sum(n == own for n in walk(rest)) != len(reads) or any(isinstance(w, ir.Place) and w.base == own for w in written):
        return None
    return substitute(rest, one.name, parameter)
