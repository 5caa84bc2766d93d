"""Pointers of lifted programs in C, and what all expressions of C are made of: texts that know how tightly they bind."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from transpile.corpus import ir
from transpile.corpus.c.types import declaration
from transpile.corpus.signature import Parameter
from transpile.corpus.text import quoted

ATOM, UNARY, CONDITIONAL = 16, 14, 3
LEVELS = {
    "*": 13, "/": 13, "%": 13, "+": 12, "-": 12, "<<": 11, ">>": 11, "<": 10, "<=": 10, ">": 10, ">=": 10, "==": 9, "!=": 9,
    "&": 8, "^": 7, "|": 6, "and": 5, "or": 4,
}  # fmt: skip
"""How tightly an operator binds, after C's table."""


class Text(NamedTuple):
    """An expression's text, how tightly it binds, and whether its C type is `int` where the program's is a wider or unsigned one."""

    text: str
    level: int = ATOM
    weak: bool = False

    def within(self, level: int) -> str:
        """The text as an operand of something that binds with `level`."""
        return self.text if self.level >= level else f"({self.text})"


class CPointers(ABC):
    """What `CExpressions` says of pointers."""

    parameters: Mapping[str, Parameter]
    static: set[str]

    @abstractmethod
    def expression(self, e: ir.Expr, *, exact: bool = True, strong: bool = False) -> Text: ...

    @abstractmethod
    def index(self, e: ir.Expr) -> str: ...

    def pointer(self, e: ir.Expr) -> Text:
        """A pointer, what it points to, or its address as a number."""
        match e:
            case ir.Place():
                return Text(self.place(e), UNARY if not e.path and self.at_start(e.index) and not isinstance(e.base, ir.Borrow) else ATOM)
            case ir.AddressOf(place=place) if place.path:
                return Text(f"&{self.place(place)}", UNARY)
            case ir.AddressOf(place=ir.Place(base=base, index=None)):
                return self.expression(base)
            case ir.AddressOf(place=ir.Place(base=base, index=ir.Expr() as index)):
                back = isinstance(index, ir.Const) and index.value < 0
                by = self.expression(replace(index, value=-index.value) if isinstance(index, ir.Const) and back else index)
                return Text(f"{self.expression(base).within(LEVELS['+'])} {'-' if back else '+'} {by.within(LEVELS['+'] + 1)}", LEVELS["+"])
            case ir.ArrayPointer():
                parameter = self.parameters.get(e.array)
                const = e.array in self.static if parameter is None else parameter.const
                return self.typed_pointer(e.type, Text(e.array)) if const else Text(e.array)
            case ir.Text():
                return self.typed_pointer(e.type, Text(quoted(e.characters, octal=True)))
            case ir.Borrow():
                return Text(f"&{e.name}", UNARY)
            case ir.Null():
                return Text("NULL")
            case ir.PointerCast():
                return self.typed_pointer(e.type, self.expression(e.operand))
            case ir.PointerBits():
                return Text(f"(uint32_t){self.expression(e.operand).within(UNARY)}", UNARY)
        raise AssertionError(e)

    def typed_pointer(self, type_: str, value: Text) -> Text:
        return Text(f"({declaration(type_, '', self.struct_name).rstrip()}){value.within(UNARY)}", UNARY)

    def struct_name(self, name: str) -> str:
        return f"struct {name}"

    @staticmethod
    def at_start(index: ir.Expr | None) -> bool:
        return index is None or (isinstance(index, ir.Const) and index.value == 0)

    def place(self, e: ir.Place) -> str:
        """`*p`, `p[i]`, `p->field`, `p[i].field[j]`."""
        base = self.expression(e.base)
        if self.at_start(e.index) and isinstance(e.base, ir.Borrow):
            text, rest = e.base.name, e.path
        elif self.at_start(e.index):
            if not e.path:
                return f"*{base.within(UNARY)}"
            first = e.path[0]
            text = f"{base.within(ATOM)}->{first}" if isinstance(first, str) else f"(*{base.within(UNARY)})[{self.index(first)}]"
            rest = e.path[1:]
        else:
            assert e.index is not None
            text, rest = f"{base.within(ATOM)}[{self.index(e.index)}]", e.path
        return text + "".join(f".{part}" if isinstance(part, str) else f"[{self.index(part)}]" for part in rest)
