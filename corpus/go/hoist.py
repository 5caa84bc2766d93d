"""What Go has only as statements, taken out of expressions: conditional values, truth values as numbers, absolute values.

`x = c ? a : b` becomes an `if`; deeper inside an expression, a temporary and an `if` stand before the statement. Invariant: what is evaluated,
and in what order calls and what they may change are, stays; an operand of `and` and `or` is evaluated only where it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, replace

from transpile.corpus import ir
from transpile.corpus.ir_names import walk
from transpile.corpus.signature import FLOATS

NEUTRAL = frozenset({"+", "-", "|", "^", "<<", ">>"})
"""Operators that zero on the right leaves without effect."""


def _is_select(one: object) -> bool:
    if isinstance(one, ir.Cast):
        return one.operand.type == "bool" and one.type != "bool" and not isinstance(one.operand, ir.Const)
    return isinstance(one, ir.Select) or (isinstance(one, ir.Builtin) and one.name == "abs")


def _needs(one: object) -> bool:
    return any(_is_select(node) for node in walk(one))


def _calls(one: object) -> bool:
    return any(isinstance(node, ir.Call) for node in walk(one))


def _steady(one: ir.Expr) -> bool:
    """Can this be evaluated at any time, without effect or trap?"""
    return isinstance(one, ir.Const | ir.Limit | ir.Var | ir.Len) and not isinstance(one, ir.Global)


class Hoister:
    """Rewrites the body of one function."""

    def __init__(self, function: ir.Function) -> None:
        names = {getattr(n, "name", "") for n in walk(function.body)} | {getattr(n, "temporary", "") for n in walk(function.body)}
        names |= {getattr(n, "index", "") for n in walk(function.body) if isinstance(n, ir.ForEach)}
        self.next = 1 + max((int(n[1:]) for n in names if re.fullmatch(r"v\d+", n)), default=-1)

    def fresh(self) -> str:
        self.next += 1
        return f"v{self.next - 1}"

    # ------------------------------------------------------------ expressions

    def expression(self, one: ir.Expr, before: list[ir.Stmt]) -> ir.Expr:
        """The expression without conditional values; what must precede it is added to `before`."""
        if not _needs(one):
            return one
        if _is_select(one):
            name = self.fresh()
            before += self._chosen(self._as_select(one, before), name)
            return ir.Var(one.type, name)
        if isinstance(one, ir.Logic):
            left, more = self.expression(one.left, before), []
            right = self.expression(one.right, more)
            if not more:
                return replace(one, left=left, right=right)
            name = self.fresh()
            known = ir.Var("bool", name)
            before += [ir.Let(name, "bool", left), ir.If(known if one.op == "and" else ir.Not("bool", known), (*more, ir.Assign(known, right)))]
            return known
        return self._parts(one, before)

    def _parts(self, one: ir.Expr, before: list[ir.Stmt]) -> ir.Expr:
        done: list[tuple[str, int | None, ir.Expr]] = []
        for field in fields(one):
            value = getattr(one, field.name)
            if isinstance(value, ir.Expr):
                done.append((field.name, None, value))
            elif isinstance(value, tuple):
                done += [(field.name, k, part) for k, part in enumerate(value) if isinstance(part, ir.Expr)]
        for place, (name, k, part) in enumerate(done):
            more: list[ir.Stmt] = []
            new = self.expression(part, more)
            if more:
                for earlier in range(place):
                    kept = done[earlier][2]
                    if not _steady(kept) and kept.type != "array" and (_calls(kept) or _calls(tuple(more))):
                        held = self.fresh()
                        before.append(ir.Let(held, kept.type, kept))
                        done[earlier] = (*done[earlier][:2], ir.Var(kept.type, held))
                before += more
            done[place] = (name, k, new)
        changes: dict = {}
        for name, k, part in done:
            if k is None:
                changes[name] = part
            else:
                whole = changes.get(name, getattr(one, name))
                changes[name] = (*whole[:k], part, *whole[k + 1 :])
        return replace(one, **changes)

    def _as_select(self, one: ir.Expr, before: list[ir.Stmt]) -> ir.Select:
        if isinstance(one, ir.Cast):
            yes, no = (1.0, 0.0) if one.type in FLOATS else (1, 0)
            return ir.Select(one.type, one.operand, ir.Const(one.type, yes), ir.Const(one.type, no))
        if isinstance(one, ir.Builtin):
            operand = self.expression(one.arguments[0], before)
            if not isinstance(operand, ir.Var):
                name = self.fresh()
                before.append(ir.Let(name, one.type, operand, mutable=False))
                operand = ir.Var(one.type, name)
            negative = ir.Compare("bool", "<", operand, ir.Const(one.type, 0))
            return ir.Select(one.type, negative, ir.Unary(one.type, "-", operand), operand)
        assert isinstance(one, ir.Select)
        return one

    def _chosen(self, one: ir.Select, name: str) -> list[ir.Stmt]:
        """Statements that declare `name` with the value."""
        before: list[ir.Stmt] = []
        condition = self.expression(one.condition, before)
        target = ir.Var(one.type, name)
        then, other = self._branch(one.then, lambda v: ir.Assign(target, v)), self._branch(one.other, lambda v: ir.Assign(target, v))
        for first, second, test in ((one.other, then, condition), (one.then, other, ir.Not("bool", condition))):
            if _steady(first) and not _needs(first):
                return [*before, ir.Let(name, one.type, first), ir.If(test, second)]
        zero: ir.Expr = ir.Const(one.type, False if one.type == "bool" else 0.0 if one.type in FLOATS else 0)
        return [*before, ir.Let(name, one.type, zero), ir.If(condition, then, other)]

    def _branch(self, value: ir.Expr, make: Callable[[ir.Expr], ir.Stmt]) -> tuple[ir.Stmt, ...]:
        """Statements that do something with a value, which may be conditional itself."""
        before: list[ir.Stmt] = []
        if _is_select(value):
            chosen = self._as_select(value, before)
            condition = self.expression(chosen.condition, before)
            return (*before, ir.If(condition, self._branch(chosen.then, make), self._branch(chosen.other, make)))
        new = self.expression(value, before)
        return (*before, make(new))

    # ------------------------------------------------------------ statements

    def body(self, statements: tuple[ir.Stmt, ...]) -> tuple[ir.Stmt, ...]:
        return tuple(new for one in statements for new in self.statement(one))

    def statement(self, one: ir.Stmt) -> list[ir.Stmt]:
        before: list[ir.Stmt] = []
        match one:
            case ir.Let() if _is_select(one.value):
                select = self._as_select(one.value, before)
                return [*before, *self._chosen(replace(select, type=one.type), one.name)]
            case ir.Assign() if _is_select(one.value) and not _needs(one.target):
                select = self._as_select(one.value, before)
                condition = self.expression(select.condition, before)
                then, other = (self._assign(one, value) for value in (select.then, select.other))
                if not then:
                    return [*before, ir.If(ir.Not("bool", condition), other)] if other else before
                return [*before, ir.If(condition, then, other)]
            case ir.Return() if one.value is not None and _is_select(one.value):
                select = self._as_select(one.value, before)
                condition = self.expression(select.condition, before)
                return [*before, ir.If(condition, self._branch(select.then, ir.Return)), *self._branch(select.other, ir.Return)]
            case ir.While() if _needs(one.condition):
                condition = self.expression(one.condition, before)
                leave = ir.If(ir.Not("bool", condition), (ir.Break(),))
                return [ir.Loop((*before, leave, *self.body(one.body)), one.label)]
            case ir.DoWhile():
                condition = self.expression(one.condition, before)
                return [ir.Loop((*self.body(one.body), *before, ir.If(ir.Not("bool", condition), (ir.Break(),))), one.label)]
            case ir.Switch():
                value = self.expression(one.value, before)
                cases = tuple((values, self.body(body)) for values, body in one.cases)
                return [*before, ir.Switch(value, cases, self.body(one.default))]
        changes: dict = {}
        for field in fields(one):
            value = getattr(one, field.name)
            if isinstance(value, ir.Expr):
                changes[field.name] = self.expression(value, before)
            elif isinstance(value, tuple) and value and isinstance(value[0], ir.Stmt):
                changes[field.name] = self.body(value)
            elif isinstance(value, tuple) and value and isinstance(value[0], ir.Expr):
                changes[field.name] = tuple(self.expression(part, before) for part in value)
        return [*before, replace(one, **changes)]

    def _assign(self, one: ir.Assign, value: ir.Expr) -> tuple[ir.Stmt, ...]:
        if one.op in NEUTRAL and isinstance(value, ir.Const) and value.value == 0 and one.target.type not in FLOATS:
            return ()
        if not one.op and value == one.target:
            return ()
        return self._branch(value, lambda v: replace(one, value=v))
