"""Generated programs as C: the statements. Expressions are in `expressions`.

Invariant: as `ir` promises, a range's bound does not change in its body and no `Break` stands in a `Switch`, so that C's `for` and
`switch` mean the same as the program's.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import fields, replace

from transpile.corpus import ir
from transpile.corpus.c.expressions import CExpressions, Text
from transpile.corpus.c.types import declaration
from transpile.corpus.ir_names import used, walk
from transpile.corpus.signature import SIGNED

TWICE = frozenset({"min", "max", "abs", "rotl", "rotr", "clz", "ctz"})
"""Builtins that C spells with their operands twice."""


def is_simple(e: ir.Expr) -> bool:
    """Is an expression short enough to be written twice?"""
    match e:
        case ir.Const() | ir.Limit() | ir.Var() | ir.Len() | ir.Field():
            return True
        case ir.Index():
            return is_simple(e.index) or isinstance(e.index, ir.Binary)
        case ir.Cast():
            return is_simple(e.operand)
        case ir.Binary():  # a shift count's mask
            return e.op == "&" and is_simple(e.left) and isinstance(e.right, ir.Const)
    return False


def evaluated(one: ir.Stmt) -> tuple[ir.Expr, ...]:
    """What a statement evaluates itself, before any statement in it."""
    found = [one.condition] if isinstance(one, ir.If) else [getattr(one, "target", None), getattr(one, "value", None)]
    return tuple(e for e in found if isinstance(e, ir.Expr))


class CRenderer(CExpressions):
    """Renders the body of one function; one instance each."""

    struct_prefix = "struct "
    zeros = "0"

    def __init__(self, function: ir.Function) -> None:
        super().__init__(function)
        named = [getattr(n, a, "") for n in walk(function.body) for a in ("name", "index", "counter", "temporary")]
        self.next_local = 1 + max((int(n[1:]) for n in named if isinstance(n, str) and re.fullmatch(r"v\d+", n)), default=-1)

    def named_twice(self, one: ir.Stmt) -> list[ir.Stmt]:
        """The statement after declarations of what it would otherwise spell out twice (`min` of two sums), where that is safe: the
        operand is evaluated in any case, and nothing with an effect stands beside it."""
        if not isinstance(one, ir.Let | ir.Assign | ir.If | ir.Return) or any(isinstance(n, ir.Call) for n in walk(evaluated(one))):
            return [one]
        lets: list[ir.Stmt] = []

        def visit(e: ir.Expr) -> ir.Expr:
            if isinstance(e, ir.Logic):
                return replace(e, left=visit(e.left))
            if isinstance(e, ir.Select):
                return replace(e, condition=visit(e.condition))
            if isinstance(e, ir.Builtin):
                arguments = tuple(visit(a) for a in e.arguments)
                if e.name in TWICE:
                    arguments = tuple(a if is_simple(a) else name(a) for a in arguments)
                return replace(e, arguments=arguments)
            changed = {f.name: visit(v) for f in fields(e) if isinstance(v := getattr(e, f.name), ir.Expr)}
            return replace(e, **changed) if changed else e

        def name(e: ir.Expr) -> ir.Expr:
            self.next_local += 1
            lets.append(ir.Let(f"v{self.next_local - 1}", e.type, e, False))
            return ir.Var(e.type, f"v{self.next_local - 1}")

        match one:
            case ir.If():
                one = replace(one, condition=visit(one.condition))
            case ir.Let() | ir.Assign():
                one = replace(one, value=visit(one.value))
            case ir.Return(value=ir.Expr() as value):
                one = replace(one, value=visit(value))
        return [*lets, one]

    def body(self) -> str:
        """The lines of the body, indented, and the closing brace."""
        return "\n".join([*(f"    {line}" for line in self.block(self.function.body)), "}"])

    def block(self, body: tuple[ir.Stmt, ...]) -> list[str]:
        return [line for one in body for part in self.named_twice(one) for line in self.statement(part)]

    def nested(self, head: str, body: tuple[ir.Stmt, ...], first: list[str] | None = None) -> list[str]:
        """`head {`, the body (after the lines of `first`), `}`."""
        return [f"{head} {{", *(f"    {line}" for line in [*(first or []), *self.block(body)]), "}"]

    def declare(self, type_: str, name: str) -> str:
        return declaration(self.type_of(type_), name, self.struct_name)

    def truth(self, e: ir.Expr) -> str:
        return self.condition(e).text

    def statement(self, one: ir.Stmt) -> list[str]:
        match one:
            case ir.Let():
                return [f"{self.declare(one.type, one.name)} = {self.assigned(one.value).text};"]
            case ir.LetArray():
                values = ", ".join(self.assigned(v).text for v in one.values) or self.zeros
                return [f"{'static const ' if one.static else ''}{self.declare(one.type, one.name)}[{one.size}] = {{{values}}};"]
            case ir.Assign():
                return [self.assign(one) + ";"]
            case ir.Swap():
                left, right = (f"{one.array}[{self.index(i)}]" for i in (one.left, one.right))
                return [f"{self.declare(one.type, one.temporary)} = {left};", f"{left} = {right};", f"{right} = {one.temporary};"]
            case ir.If():
                return self.branch(one)
            case ir.While():
                return self.labelled(one, self.nested(f"while ({self.truth(one.condition)})", one.body))
            case ir.DoWhile():
                lines = self.nested("do", one.body)
                return self.labelled(one, [*lines[:-1], f"}} while ({self.truth(one.condition)});"])
            case ir.Loop():
                return self.labelled(one, self.nested("for (;;)", one.body))
            case ir.Block():
                return self.labelled(one, ["{", *(f"    {line}" for line in self.block(one.body)), "}"])
            case ir.Trap():
                return ["__builtin_trap();"]
            case ir.ForRange():
                return self.nested(f"for ({self.range(one)})", one.body)
            case ir.ForEach():
                return self.each(one)
            case ir.Switch():
                return self.switch(one)
            case ir.Return():
                return ["return;" if one.value is None else f"return {self.assigned(one.value).text};"]
            case ir.Break():
                return [f"goto {one.label};" if one.label else "break;"]
            case ir.Continue():
                return [f"goto {self.next_round(one.label)};" if one.label else "continue;"]
            case ir.LetStruct():
                return [f"{self.declare(one.type, one.name)} = {{{self.zeros}}};"]
            case ir.Bulk():
                arguments = (self.expression(e).text for e in (one.to, one.value, one.count))
                return [f"{one.name}({', '.join(arguments)});"]
            case ir.Do():
                return [self.expression(one.call).text + ";"]
        raise ir.NotInLanguage(f"no C for {one!r}")

    @staticmethod
    def next_round(label: str) -> str:
        """Where a jump to a loop's next round goes: labels of the program are l0, l1, ..., those of rounds have a number of their own."""
        return f"l1{int(label[1:]):03}"

    def labelled(self, one: ir.While | ir.DoWhile | ir.Loop | ir.Block, lines: list[str]) -> list[str]:
        """A loop or block with the places that gotos from inside it lead to: C has no other way out of two loops."""
        jumps = {type(n) for n in walk(one.body) if isinstance(n, ir.Break | ir.Continue) and one.label and n.label == one.label}
        if ir.Continue in jumps:
            lines = [*lines[:-1], f"    {self.next_round(one.label)}:;", lines[-1]]
        return [*lines, f"{one.label}:;"] if ir.Break in jumps else lines

    def assign(self, one: ir.Assign) -> str:
        target = self.expression(one.target).text
        if not one.op:
            return f"{target} = {self.assigned(one.value).text}"
        if one.op in {"+", "-"} and isinstance(one.value, ir.Const) and one.value.value == 1 and one.value.type not in {"f32", "f64"}:
            return f"{f'({target})' if target.startswith('*') else target}{one.op * 2}"
        type_ = self.type_of(one.target.type)
        bare = None if one.op in {"<<", ">>"} else self.uncast(one.value, type_)
        exact = one.op in {"/", "%", "<<", ">>"}
        return f"{target} {one.op}= {(bare or self.expression(one.value, exact=exact)).text}"

    def branch(self, one: ir.If) -> list[str]:
        lines = self.nested(f"if ({self.truth(one.condition)})", one.then)
        if not one.other:
            return lines
        if len(one.other) == 1 and isinstance(one.other[0], ir.If):
            chain = self.branch(one.other[0])
            return [*lines[:-1], f"}} else {chain[0]}", *chain[1:]]
        return [*lines[:-1], *self.nested("} else", one.other)]

    def range(self, one: ir.ForRange) -> str:
        """The three parts of a counting loop's head."""
        name, type_ = one.name, self.type_of(one.type)
        start, stop = self.assigned(one.start), self.assigned(one.stop)
        low, high = (self.expression(e).within(11) for e in (one.start, one.stop))
        step = f"{name}++" if one.step == 1 else f"{name} += {one.step}"
        if not one.reverse:
            return f"{self.declare(one.type, name)} = {start.text}; {name} {'<=' if one.inclusive else '<'} {high}; {step}"
        back = f"{name}--" if one.step == 1 else f"{name} -= {one.step}"
        before = self.before(one.stop)
        if type_ in SIGNED:
            first = stop.text if one.inclusive else before
            return f"{self.declare(one.type, name)} = {first}; {name} >= {low}; {back}"
        if one.step == 1:
            first = f"{stop.within(12)} + 1" if one.inclusive else stop.text
            return f"{self.declare(one.type, name)} = {first}; {name}-- > {low};"
        # An unsigned counter that steps past 0 comes out above the bound.
        first, bound = (stop.text, "<=") if one.inclusive else (before, "<")
        test = f"{name} {bound} {high}"
        if not (isinstance(one.start, ir.Const) and one.start.value == 0):
            test += f" && {name} >= {low}"
        return f"{self.declare(one.type, name)} = {first}; {test}; {back}"

    def before(self, e: ir.Expr) -> str:
        """The text of `e - 1`."""
        if isinstance(e, ir.Const):
            return self.assigned(ir.Const(e.type, int(e.value) - 1)).text
        return self.assigned(ir.Binary(e.type, "-", e, ir.Const(e.type, 1))).text

    def each(self, one: ir.ForEach) -> list[str]:
        """A counting loop; the element is a local, or written out where it is used once and nothing is stored meanwhile."""
        counter = one.index or one.counter
        head = f"for ({self.declare('index', counter)} = 0; {counter} < {self.length(one.array).text}; {counter}++)"
        uses = Counter(n.name for n in walk(one.body) if isinstance(n, ir.Var))[one.name]
        reads = used(one.body)
        stores = any(
            isinstance(n, ir.Swap | ir.Call) or (isinstance(n, ir.Assign) and not isinstance(n.target, ir.Var)) for n in walk(one.body)
        )
        if uses <= 1 and not stores and one.name in reads:
            self.inlined[one.name] = Text(f"{one.array}[{counter}]")
            return self.nested(head, one.body)
        return self.nested(head, one.body, [f"{self.declare(one.type, one.name)} = {one.array}[{counter}];"])

    def switch(self, one: ir.Switch) -> list[str]:
        lines = [f"switch ({self.expression(one.value).text}) {{"]
        arms = []
        for constants, body in one.cases:
            arms.append(([f"case {self.constant(ir.Const(one.value.type, c), False).text}:" for c in constants], body))
        if one.default:
            arms.append((["default:"], one.default))
        for labels, body in arms:
            inner = self.block(body)
            scoped = any(re.match(r"(?!return )(?:struct )?\w+ \w+\b.* = ", line) for line in inner)
            leaves = body and (isinstance(body[-1], ir.Return | ir.Continue | ir.Trap) or (isinstance(body[-1], ir.Break) and body[-1].label))
            if not leaves:
                inner.append("break;")
            lines += [*labels[:-1], labels[-1] + (" {" if scoped else ""), *(f"    {line}" for line in inner), *(["}"] if scoped else [])]
        return [*lines, "}"]
