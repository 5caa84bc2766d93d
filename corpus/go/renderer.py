"""Generated programs as Go: the statements. Ranges, multiple assignment, `switch`; no name is declared that nothing reads. Expressions are in
`expressions`; conditional values have become statements before (`hoist`). Every statement ends in a semicolon, for canonical text is one line.
"""

from __future__ import annotations

from collections.abc import Mapping

from transpile.corpus import ir
from transpile.corpus.go.expressions import GoExpressions, fold
from transpile.corpus.go.hoist import Hoister
from transpile.corpus.go.types import go_type
from transpile.corpus.ir_names import assigned, walk
from transpile.corpus.signature import FLOATS, SIGNED, Signature


class GoRenderer(GoExpressions):
    """Renders the body of one function; `callees` are the signatures of all functions of the program."""

    def __init__(self, function: ir.Function, callees: Mapping[str, Signature]) -> None:
        super().__init__(function, callees)
        self.statements = Hoister(function).body(function.body)
        self.read = _read(self.statements)
        self.labels = {n.label for n in walk(self.statements) if isinstance(n, ir.Break | ir.Continue) and n.label}

    def lines(self) -> list[str]:
        """Lines of the body, indented by one level."""
        lines = self.block(self.statements)
        if self.function.signature.result is not None and not _terminates(self.statements):
            lines.append('panic("unreachable");')
        return _indent(lines)

    # ------------------------------------------------------------ statements

    def block(self, body: tuple[ir.Stmt, ...]) -> list[str]:
        return [line for one in body for line in self.statement(one)]

    def statement(self, one: ir.Stmt) -> list[str]:
        match one:
            case ir.Let():
                return self.let(one)
            case ir.LetArray():
                if not one.values:
                    return [f"var {one.name} [{one.size}]{go_type(one.type)};", *self.discard(one.name)]
                values = ", ".join(self.text(v) for v in one.values)
                return [f"{one.name} := [{one.size}]{go_type(one.type)}{{{values}}};", *self.discard(one.name)]
            case ir.Assign():
                return [self.assign(one)]
            case ir.Swap():
                left, right = (self.text(ir.Index(one.type, one.array, index)) for index in (one.left, one.right))
                return [f"{left}, {right} = {right}, {left};"]
            case ir.If():
                return self.conditional(one)
            case ir.While():
                return self.loop(f"for {self.text(one.condition)} {{", one.body, one.label)
            case ir.Loop():
                return self.loop("for {", one.body, one.label)
            case ir.Block():
                inner = ["{", *_indent(self.block(one.body)), "};"] if one.label in self.labels else self.block(one.body)
                return [*inner, f"{one.label}:"] if one.label in self.labels else inner
            case ir.Trap():
                return ['panic("trap");']
            case ir.ForRange():
                return self.for_range(one)
            case ir.ForEach():
                return self.for_each(one)
            case ir.Switch():
                return self.switch(one)
            case ir.Return():
                return [f"return {self.text(one.value)};" if one.value is not None else "return;"]
            case ir.Break():
                return [self.leave(one.label)]
            case ir.Continue():
                return [f"continue {one.label};" if one.label else "continue;"]
            case ir.Do():
                return [f"{self.text(one.call)};"]
        raise ir.NotInLanguage(f"no Go for {one!r}")

    def leave(self, label: str) -> str:
        if not label:
            return "break;"
        is_block = any(isinstance(n, ir.Block) and n.label == label for n in walk(self.statements))
        return f"goto {label};" if is_block else f"break {label};"

    def discard(self, name: str) -> list[str]:
        """Go takes a variable that nothing reads for an error."""
        return [] if name in self.read else [f"_ = {name};"]

    def let(self, one: ir.Let) -> list[str]:
        constant = fold(one.value)
        zero = constant is not None and constant.value == 0 and not constant.char and str(constant.value)[0] != "-"
        if zero and one.type not in ("bool", "index"):
            return [f"var {one.name} {go_type(one.type)};", *self.discard(one.name)]
        value = one.value if one.value.type == one.type else ir.Cast(one.type, one.value)
        return [f"{one.name} := {self.typed(value)};", *self.discard(one.name)]

    def assign(self, one: ir.Assign) -> str:
        target = self.text(one.target)
        if one.op in ("+", "-") and one.target.type not in FLOATS and (constant := fold(one.value)) is not None and constant.value == 1:
            return f"({target}){one.op * 2};" if target.startswith("*") else f"{target}{one.op * 2};"
        if one.op in ("<<", ">>"):
            whole = ir.Binary(one.target.type, one.op, one.target, one.value)
            return f"{target} {one.op}= {self.text(whole).removeprefix(f'{target} {one.op} ')};"
        if one.target.type == "bool" and one.op:
            return f"{target} = {self.text(ir.Binary('bool', one.op, one.target, one.value))};"
        return f"{target} {one.op}= {self.text(one.value)};"

    def conditional(self, one: ir.If) -> list[str]:
        lines = [f"if {self.text(one.condition)} {{", *_indent(self.block(one.then))]
        if not one.other:
            return [*lines, "};"]
        if len(one.other) == 1 and isinstance(one.other[0], ir.If):
            rest = self.conditional(one.other[0])
            return [*lines, f"}} else {rest[0]}", *rest[1:]]
        return [*lines, "} else {", *_indent(self.block(one.other)), "};"]

    def loop(self, head: str, body: tuple[ir.Stmt, ...], label: str = "") -> list[str]:
        lines = [head, *_indent(self.block(body)), "};"]
        return [f"{label}:", *lines] if label in self.labels else lines

    def for_range(self, one: ir.ForRange) -> list[str]:
        before: list[str] = []
        start, stop = (e if e.type == one.type else ir.Cast(one.type, e) for e in (one.start, one.stop))
        if assigned(one.body, self.callees) & {n.name for n in walk(stop) if isinstance(n, ir.Var)} or any(
            isinstance(n, ir.Call | ir.Index | ir.Field) for n in walk(stop)
        ):
            before, stop = [f"{one.name}Stop := {self.typed(stop)};"], ir.Var(one.type, f"{one.name}Stop")
        first = fold(start)
        used = one.name in self.read
        if not one.reverse and not one.inclusive and one.step == 1 and first is not None and first.value == 0:
            over = stop.array if isinstance(stop, ir.Len) and self.parameters.get(stop.array) is not None else self.typed(stop)
            head = f"for {one.name} := range {over} {{" if used else f"for range {over} {{"
            return [*before, *self.loop(head, one.body)]
        if not one.reverse:
            sign, step = ("<=" if one.inclusive else "<"), ("++" if one.step == 1 else f" += {one.step}")
            head = f"for {one.name} := {self.typed(start)}; {one.name} {sign} {self.text(stop, 4)}; {one.name}{step} {{"
            return [*before, *self.loop(head, one.body)]
        last = stop if one.inclusive else ir.Binary(one.type, "-", stop, ir.Const(one.type, 1))
        if one.type in SIGNED or one.type == "index":
            step = "--" if one.step == 1 else f" -= {one.step}"
            head = f"for {one.name} := {self.typed(last)}; {one.name} >= {self.text(start, 4)}; {one.name}{step} {{"
            return [*before, *self.loop(head, one.body)]
        # An unsigned counter never falls below 0: it runs one above, and steps down first.
        step = "--" if one.step == 1 else f" -= {one.step}"
        above = ir.Binary(one.type, "+", last, ir.Const(one.type, one.step))
        lowest = ir.Binary(one.type, "+", start, ir.Const(one.type, one.step))
        lines = [f"for {one.name} := {self.typed(above)}; {one.name} >= {self.text(lowest, 4)}; {{", f"    {one.name}{step};"]
        return [*before, *lines, *_indent(self.block(one.body)), "};"]

    def for_each(self, one: ir.ForEach) -> list[str]:
        changed = one.array in assigned(one.body, self.callees)
        if changed and self.parameters.get(one.array) is None:
            # `range` walks over a copy of an array.
            counter = one.index or one.counter
            first = [f"{one.name} := {one.array}[{counter}];"] if one.name in self.read else []
            return [f"for {counter} := range {one.array} {{", *_indent([*first, *self.block(one.body)]), "};"]
        index = one.index if one.index and one.index in self.read else "_"
        if one.name not in self.read:
            head = f"for {index} := range {one.array} {{" if index != "_" else f"for range {one.array} {{"
        else:
            head = f"for {index}, {one.name} := range {one.array} {{"
        return self.loop(head, one.body)

    def switch(self, one: ir.Switch) -> list[str]:
        lines = [f"switch {self.typed(one.value)} {{"]
        for values, body in one.cases:
            listed = ", ".join(self.text(ir.Const(one.value.type, v)) for v in values)
            lines += [f"case {listed}:", *_indent(self.block(body))]
        if one.default:
            lines += ["default:", *_indent(self.block(one.default))]
        return [*lines, "};"]


def _read(node: object) -> set[str]:
    """Names whose value is read: a plain assignment does not, in Go's eyes."""
    names: set[str] = set()
    for one in walk(node):
        if isinstance(one, ir.Assign) and isinstance(one.target, ir.Var) and not one.op:
            names |= _read(one.value)
    targets = {id(one.target) for one in walk(node) if isinstance(one, ir.Assign) and isinstance(one.target, ir.Var) and not one.op}
    for one in walk(node):
        if isinstance(one, ir.Var) and id(one) not in targets:
            names.add(one.name)
        elif isinstance(one, ir.Index | ir.Len | ir.Part | ir.ForEach | ir.Swap):
            names.add(one.array)
        elif isinstance(one, ir.Field):
            names.add(one.pointer)
    return names


def _terminates(body: tuple[ir.Stmt, ...]) -> bool:
    """Is the last statement one after which Go asks for no `return`?"""
    match body[-1] if body else None:
        case ir.Return() | ir.Trap():
            return True
        case ir.If(then=then, other=other):
            return bool(other) and _terminates(then) and _terminates(other)
        case ir.Loop(body=inner, label=label):
            return not _breaks(inner, label)
        case ir.Switch(cases=cases, default=default):
            return bool(default) and _terminates(default) and all(_terminates(one) for _, one in cases)
    return False


def _breaks(body: tuple[ir.Stmt, ...], label: str) -> bool:
    """Does the body of a loop leave it by `break`? One in a loop or switch inside is theirs."""
    for one in body:
        if isinstance(one, ir.Break) and one.label in ("", label):
            return True
        if isinstance(one, ir.If) and (_breaks(one.then, label) or _breaks(one.other, label)):
            return True
        if isinstance(one, ir.Block) and _breaks(one.body, label):
            return True
        if label and any(isinstance(n, ir.Break) and n.label == label for n in walk(one)):
            return True
    return False


def _indent(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]
