"""Generated programs as AssemblyScript: the statements. Expressions are in `expressions`, jumps out of outer loops in `jumps`.

A local array lies below the stack pointer of `prologue`; a function that calls others moves that pointer first, and back before it returns.
A table of constants that nothing changes is static data.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from transpile.corpus import ir
from transpile.corpus.assemblyscript.expressions import AsExpressions, number
from transpile.corpus.assemblyscript.jumps import is_once, without_labels
from transpile.corpus.ir_names import always_leaves, used, walk
from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS, Signature

ALIGNMENT = 16
"""Of local arrays, in bytes."""
STACK = "__stack_pointer"


class AsFunction(AsExpressions):
    """Renders the body of one function; `callees` are the signatures of all functions of the program."""

    def __init__(self, function: ir.Function, callees: Mapping[str, Signature]) -> None:
        named = [getattr(n, a, "") for n in walk(function.body) for a in ("name", "index", "counter", "temporary")]
        self.next_local = 1 + max((int(n[1:]) for n in named if isinstance(n, str) and re.fullmatch(r"v\d+", n)), default=-1)
        super().__init__(replace(function, body=without_labels(function.body, self.fresh)), callees)
        self.frame = self._place_arrays()

    def fresh(self) -> str:
        self.next_local += 1
        return f"v{self.next_local - 1}"

    def _place_arrays(self) -> int:
        """Decide which local arrays are tables, where the others lie, and how far the stack pointer moves: not at all without calls."""
        body = self.function.body
        arrays = [n for n in walk(body) if isinstance(n, ir.LetArray)]
        self.tables = {
            n.name for n in arrays if n.values and n.name not in self.changed and all(isinstance(v, ir.Const) and n.type != "bool" for v in n.values)
        }
        self.offsets: dict[str, int] = {}
        size = 0
        for one in arrays:
            if one.name not in self.tables:
                self.offsets[one.name] = size
                size += -(-one.size * WIDTHS[one.type] // ALIGNMENT) * ALIGNMENT
        if any(isinstance(n, ir.Call) for n in walk(body)):
            return size
        self.offsets = {name: offset - size for name, offset in self.offsets.items()}
        return 0

    def body(self) -> list[str]:
        """Lines of the body, indented by one level."""
        body = self.function.body
        first = [f"{STACK} -= {self.frame};"] if self.frame else []
        lines = [*first, *self.block(body)]
        if self.frame and not always_leaves(body):
            lines.append(f"{STACK} += {self.frame};")
        if self.function.signature.result is not None and not _surely_leaves(body):
            lines.append("unreachable();")
        return _indent(lines)

    def block(self, body: tuple[ir.Stmt, ...]) -> list[str]:
        return [line for one in body for line in self.statement(one)]

    def nested(self, head: str, body: tuple[ir.Stmt, ...], first: tuple[str, ...] = ()) -> list[str]:
        """`head {`, the lines of `first`, the body, `}`."""
        return [f"{head} {{", *_indent([*first, *self.block(body)]), "}"]

    def statement(self, one: ir.Stmt) -> list[str]:
        match one:
            case ir.Let():
                return [self.let(one)]
            case ir.LetArray():
                return self.let_array(one)
            case ir.Assign():
                return [f"{self.assignment(one)};"]
            case ir.Swap():
                left, right = (f"{one.array}[{self.index(i)}]" for i in (one.left, one.right))
                return [f"const {one.temporary} = {left};", f"{left} = {right};", f"{right} = {one.temporary};"]
            case ir.If():
                return self.branch(one)
            case ir.While():
                return self.nested(f"while ({self.text(one.condition)})", one.body)
            case ir.DoWhile():
                lines = self.nested("do", one.body)
                return [*lines[:-1], f"}} while ({self.text(one.condition)});"]
            case ir.Loop():
                return self.nested("while (true)", one.body)
            case ir.Trap():
                return ["unreachable();"]
            case ir.ForRange():
                return self.nested(f"for ({self.range(one)})", one.body)
            case ir.ForEach():
                return self.each(one)
            case ir.Switch():
                return self.switch(one)
            case ir.Return():
                return self.leave(one)
            case ir.Break():
                return ["break;"]
            case ir.Continue():
                return ["continue;"]
            case ir.Do():
                return [f"{self.call(one.call)};"]
        raise ir.NotInLanguage(f"no AssemblyScript for {one!r}")

    def let(self, one: ir.Let) -> str:
        word = "let" if one.name in self.changed else "const"
        type_ = self.type_of(one.type)
        plain = isinstance(one.value, ir.Const) and (type_ == "f64" or (type_ == "i32" and int(one.value.value) > -(1 << 31)))
        if self.typed(one.value) or plain:
            return f"{word} {one.name} = {self.text(one.value, expected=plain)};"
        return f"{word} {one.name}: {type_} = {self.text(one.value, expected=True)};"

    def let_array(self, one: ir.LetArray) -> list[str]:
        if one.name in self.tables:
            values = ", ".join(number(v.value, one.type) for v in one.values if isinstance(v, ir.Const))
            return [f"const {one.name} = changetype<Pointer<{one.type}>>(memory.data<{one.type}>([{values}]));"]
        make = "stackArray" if not one.values else "stackPointer"
        size = f", {one.size}" if not one.values else ""
        lines = [f"const {one.name} = {make}<{one.type}>({self.offsets[one.name]}{size});"]
        return [*lines, *(f"{one.name}[{i}] = {self.assigned(v)};" for i, v in enumerate(one.values))]

    def assignment(self, one: ir.Assign) -> str:
        target, type_ = self.text(one.target), self.type_of(one.target.type)
        if not one.op:
            return f"{target} = {self.assigned(one.value)}"
        if one.op in ("+", "-") and isinstance(one.value, ir.Const) and one.value.value == 1 and type_ not in FLOATS:
            return f"{target}{one.op * 2}"
        if one.op in ("<<", ">>"):
            return f"{target} {one.op}= {self.count(one.value, type_, 0)}"
        bare = self.bare(one.value, type_) if one.op in "+-*&|^" else None
        return f"{target} {one.op}= {self.text(bare) if bare is not None else self.text(one.value, expected=True)}"

    def branch(self, one: ir.If) -> list[str]:
        lines = self.nested(f"if ({self.text(one.condition)})", one.then)
        if not one.other:
            jump = len(lines) == 3 and isinstance(one.then[0], ir.Return | ir.Break | ir.Continue | ir.Trap)
            return [f"{lines[0][:-2]} {lines[1].strip()}"] if jump else lines
        if len(one.other) == 1 and isinstance(one.other[0], ir.If):
            rest = self.branch(one.other[0])
            return [*lines[:-1], f"}} else {rest[0]}", *rest[1:]]
        return [*lines[:-1], *self.nested("} else", one.other)]

    def leave(self, one: ir.Return) -> list[str]:
        if one.value is None:
            return [*([f"{STACK} += {self.frame};"] if self.frame else []), "return;"]
        if not self.frame:
            return [f"return {self.assigned(one.value)};"]
        back = f"{STACK} += {self.frame};"
        if not any(isinstance(n, ir.Call | ir.Index) for n in walk(one.value)):
            return [back, f"return {self.assigned(one.value)};"]
        name = self.fresh()
        return [self.let(ir.Let(name, one.value.type, one.value, False)), back, f"return {name};"]

    def start(self, name: str, type_: str, e: ir.Expr) -> str:
        """`let name = e`, with the type where `e` does not say it."""
        plain = isinstance(e, ir.Const) and type_ == "i32"
        if self.typed(e) or plain:
            return f"let {name} = {self.text(e, expected=plain)}"
        return f"let {name}: {type_} = {self.text(e, expected=True)}"

    def range(self, one: ir.ForRange) -> str:
        """The three parts of a counting loop's head."""
        name, type_ = one.name, self.type_of(one.type)
        low, high = (self.text(e, 10, expected=True) for e in (one.start, one.stop))
        step = f"{name}++" if one.step == 1 else f"{name} += {one.step}"
        if not one.reverse:
            return f"{self.start(name, type_, one.start)}; {name} {'<=' if one.inclusive else '<'} {high}; {step}"
        back = f"{name}--" if one.step == 1 else f"{name} -= {one.step}"
        before = _shifted(one.stop, -1)
        if type_ in SIGNED:
            return f"{self.start(name, type_, one.stop if one.inclusive else before)}; {name} >= {low}; {back}"
        if one.step == 1:
            return f"{self.start(name, type_, _shifted(one.stop, 1) if one.inclusive else one.stop)}; {name}-- > {low};"
        # An unsigned counter that steps past 0 comes out above the bound.
        test = f"{name} {'<=' if one.inclusive else '<'} {high}"
        if not (isinstance(one.start, ir.Const) and one.start.value == 0):
            test += f" && {name} >= {low}"
        return f"{self.start(name, type_, one.stop if one.inclusive else before)}; {test}; {back}"

    def each(self, one: ir.ForEach) -> list[str]:
        """A counting loop; the element is a local, or written out where it is used once and nothing is stored meanwhile."""
        counter, type_ = one.index or one.counter, self.function.length_type
        first = f"let {counter} = 0" if type_ == "i32" else f"let {counter}: {type_} = 0"
        head = f"for ({first}; {counter} < {self.length(one.array)}; {counter}++)"
        element = ir.Index(one.type, one.array, ir.Var("index", counter))
        uses = Counter(n.name for n in walk(one.body) if isinstance(n, ir.Var))[one.name]
        stores = any(isinstance(n, ir.Swap | ir.Call) or (isinstance(n, ir.Assign) and not isinstance(n.target, ir.Var)) for n in walk(one.body))
        if uses == 1 and not stores and one.name in used(one.body):
            self.inlined[one.name] = element
            return self.nested(head, one.body)
        return self.nested(head, one.body, (f"const {one.name} = {self.text(element)};",))

    def switch(self, one: ir.Switch) -> list[str]:
        lines = [f"switch ({self.text(one.value)}) {{"]
        scalar = self.type_of(one.value.type)
        arms = [([f"case {number(c, scalar)}:" for c in constants], body) for constants, body in one.cases]
        if one.default:
            arms.append((["default:"], one.default))
        for labels, body in arms:
            inner = self.block(body)
            scoped = any(isinstance(n, ir.Let | ir.LetArray | ir.Swap) for n in body)
            if not always_leaves(body) and not (body and isinstance(body[-1], ir.Continue | ir.Break)):
                inner.append("break;")
            lines += [f"    {label}" for label in labels[:-1]]
            lines += [f"    {labels[-1]}{' {' if scoped else ''}", *_indent(_indent(inner)), *(["    }"] if scoped else [])]
        return [*lines, "}"]


def _surely_leaves(body: tuple[ir.Stmt, ...]) -> bool:
    """Does AssemblyScript's own analysis see that control never comes to the end of `body`?"""
    return always_leaves(body) and not any(is_once(one) for one in body[-1:])


def _shifted(e: ir.Expr, by: int) -> ir.Expr:
    """`e + by`, of a constant the constant."""
    if isinstance(e, ir.Const):
        return ir.Const(e.type, int(e.value) + by)
    return ir.Binary(e.type, "+" if by > 0 else "-", e, ir.Const(e.type, 1))


def _indent(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]
