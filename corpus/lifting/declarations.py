"""Where variables are declared: in the innermost list of statements that holds all their uses, with their first value where that is possible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from transpile.corpus import ir
from transpile.corpus.ir_names import used
from transpile.corpus.signature import FLOATS, is_address


def declare(body: tuple[ir.Stmt, ...], types: Mapping[str, str], zero: frozenset[str]) -> tuple[ir.Stmt, ...]:
    """`body` with every variable of `types` declared where its scope begins."""
    present = used(body) & types.keys()
    for name in sorted(present, key=lambda n: int(n[1:]), reverse=True):
        body = _declare_one(body, name, types[name], name in zero)
    return body


def _mentions(one: object, name: str) -> bool:
    return name in used(one)


def _declare_one(body: tuple[ir.Stmt, ...], name: str, type_: str, zero: bool) -> tuple[ir.Stmt, ...]:
    """Declare `name` in the innermost list of statements that holds all its uses and starts with a definition."""
    places = [i for i, one in enumerate(body) if _mentions(one, name)]
    first = places[0]
    one = body[first]
    if not zero and isinstance(one, ir.Assign) and one.target == ir.Var(type_, name) and not one.op and not _mentions(one.value, name):
        return (*body[:first], ir.Let(name, type_, one.value), *body[first + 1 :])
    if len(places) == 1 and not zero:
        inner = _declare_inside(one, name, type_)
        if inner is not None:
            return (*body[:first], inner, *body[first + 1 :])
    zero_value = False if type_ == "bool" else 0.0 if type_ in FLOATS else 0
    start = ir.Null(type_) if is_address(type_) else ir.Const(type_, zero_value)
    return (*body[:first], ir.Let(name, type_, start), *body[first:])


def _declare_inside(one: ir.Stmt, name: str, type_: str) -> ir.Stmt | None:
    """The statement with the declaration in one of its own lists, None where that is not possible."""
    match one:
        case ir.If() if not _mentions(one.condition, name):
            holders = [key for key in ("then", "other") if _mentions(getattr(one, key), name)]
            return _into(one, holders[0], name, type_) if len(holders) == 1 else None
        case ir.Loop() | ir.Block():
            return _into(one, "body", name, type_)
        case ir.While() | ir.DoWhile() if not _mentions(one.condition, name):
            return _into(one, "body", name, type_)
        case ir.Switch() if not _mentions(one.value, name):
            holders = [i for i, (_, body) in enumerate(one.cases) if _mentions(body, name)]
            if len(holders) == 1 and not _mentions(one.default, name):
                i = holders[0]
                inner = _defined(one.cases[i][1], name, type_)
                if inner is not None:
                    return replace(one, cases=(*one.cases[:i], (one.cases[i][0], inner), *one.cases[i + 1 :]))
    return None


def _into(one: ir.Stmt, key: str, name: str, type_: str) -> ir.Stmt | None:
    inner = _defined(getattr(one, key), name, type_)
    return None if inner is None else replace(one, **{key: inner})


def _defined(body: tuple[ir.Stmt, ...], name: str, type_: str) -> tuple[ir.Stmt, ...] | None:
    """`body` with `name` declared in it, if its first mention there sets it."""
    new = _declare_one(body, name, type_, False)
    lets = [one for one in new if isinstance(one, ir.Let) and one.name == name]
    if lets and len(new) == len(body) + 1:
        return None  # it would start from zero in every round
    return new

