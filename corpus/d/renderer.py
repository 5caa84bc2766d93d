"""Generated programs as idiomatic D: the statements. Slices, `foreach` over ranges and elements, labelled loops. Expressions are in `expressions`."""

from __future__ import annotations

from collections.abc import Mapping

from transpile.corpus import ir
from transpile.corpus.c.expressions import LEVELS
from transpile.corpus.c.renderer import CRenderer
from transpile.corpus.d.expressions import D_TYPES, DExpressions, d_type
from transpile.corpus.ir_names import used, walk
from transpile.corpus.signature import FLOATS, WIDTHS, Signature


class DRenderer(DExpressions, CRenderer):
    """Renders the body of one function; one instance each."""

    def __init__(self, function: ir.Function, callees: Mapping[str, Signature]) -> None:
        super().__init__(function, callees)
        self.blocks = {n.label for n in walk(function.body) if isinstance(n, ir.Block)}

    def lines(self) -> list[str]:
        """The lines of the body, indented by one level; what it needs of the library is imported first."""
        body = self.block(self.function.body)
        imports = [f"import {module} : {', '.join(sorted(names))};" for module, names in sorted(self.imports.items())]
        return [f"    {line}" for line in (*imports, *body)]

    def declare(self, type_: str, name: str) -> str:
        return f"{d_type(type_)} {name}"

    def statement(self, one: ir.Stmt) -> list[str]:
        match one:
            case ir.LetArray():
                values = ", ".join(self.assigned(v).text for v in one.values)
                value = f" = [{values}]" if values else " = 0" if one.type in FLOATS else ""
                kept = "static immutable " if one.static else ""
                return [f"{kept}{d_type(one.type)}[{one.size}] {one.name}{value};"]
            case ir.LetStruct():
                return [f"{one.type} {one.name};"]
            case ir.Bulk():
                self.imported("core.stdc.string", one.name)
            case ir.Loop():
                return self.labelled(one, self.nested("while (true)", one.body))
            case ir.Trap():
                return ["assert(false);"]
            case ir.ForRange():
                return self.counting(one)
            case ir.Break(label=label) if label and label not in self.blocks:
                return [f"break {label};"]
            case ir.Continue(label=label) if label:
                return [f"continue {label};"]
        return super().statement(one)

    def labelled(self, one: ir.While | ir.DoWhile | ir.Loop | ir.Block, lines: list[str]) -> list[str]:
        """A loop after its label; a block before it: D leaves loops by their label, and anything else by goto."""
        if not any(isinstance(n, ir.Break | ir.Continue) and n.label == one.label for n in walk(one.body) if one.label):
            return lines
        return [*lines, f"{one.label}:"] if isinstance(one, ir.Block) else [f"{one.label}:", *lines]

    def counting(self, one: ir.ForRange) -> list[str]:
        """`foreach` over a range where it goes by one and leaves its end out, else C's `for`."""
        if one.inclusive or one.step != 1:
            return self.nested(f"for ({self.range(one)})", one.body)
        start, stop = (self.expression(e) for e in (one.start, one.stop))
        type_ = self.type_of(one.type)
        shown = isinstance(one.stop, ir.Var | ir.Len) and WIDTHS[type_] >= 4 and isinstance(one.start, ir.Const | ir.Var | ir.Len)
        head = one.name if shown else f"{D_TYPES[type_]} {one.name}"
        word = "foreach_reverse" if one.reverse else "foreach"
        low, high = start.within(LEVELS["or"]), stop.within(LEVELS["or"])
        return self.nested(f"{word} ({head}; {low} .. {high})", one.body)

    def each(self, one: ir.ForEach) -> list[str]:
        position = f"{one.index}, " if one.index and one.index in used(one.body) else ""
        return self.nested(f"foreach ({position}{one.name}; {one.array})", one.body)

    def switch(self, one: ir.Switch) -> list[str]:
        lines = [f"switch ({self.expression(one.value).text}) {{"]
        for constants, body in (*one.cases, (None, one.default)):
            values = None if constants is None else [self.constant(ir.Const(one.value.type, c), False).text for c in constants]
            inner = self.block(body)
            leaves = body and (isinstance(body[-1], ir.Return | ir.Continue | ir.Trap) or (isinstance(body[-1], ir.Break) and body[-1].label))
            head = "default:" if values is None else f"case {', '.join(values)}:"
            lines += [head, *(f"    {line}" for line in (inner if leaves else [*inner, "break;"]))]
        return [*lines, "}"]
