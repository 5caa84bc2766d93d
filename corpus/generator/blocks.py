"""Handles that a scope gives out: arrays and records to read and write, open blocks, do-whiles and switches."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from transpile.corpus import ir
from transpile.corpus.generator.expression import E, lift

if TYPE_CHECKING:
    from transpile.corpus.generator.scope import Scope


class Array:
    """An array: a parameter (with length, NUL-terminated string, or out-parameter) or a local of constant size."""

    __slots__ = ("element", "fields", "function", "local", "name", "sized")

    def __init__(self, function: Scope, name: str, element: str, sized: bool, local: bool = False, fields: dict[str, str] | None = None):
        self.function, self.name, self.element, self.sized, self.local = function, name, element, sized, local
        self.fields = fields or {}

    @property
    def len(self) -> E:
        return E(ir.Len("index", self.name))

    def __getitem__(self, index: E | int) -> E:
        return E(ir.Index(self.element, self.name, lift(index, "index")))

    def at(self, index: E | int, field: str) -> E:
        return E(ir.Index(self.fields[field], self.name, lift(index, "index"), field))


class Record:
    """A parameter that points to one struct."""

    __slots__ = ("fields", "name")

    def __init__(self, name: str, fields: dict[str, str]):
        self.name, self.fields = name, fields

    def __getitem__(self, field: str) -> E:
        return E(ir.Field(self.fields[field], self.name, field))


class Block:
    """An open block; on exit its statements become one statement of the enclosing block."""

    __slots__ = ("build", "function", "value")

    def __init__(self, function: Scope, build: Callable[[tuple[ir.Stmt, ...]], None], value: object = None):
        self.function, self.build, self.value = function, build, value

    def __enter__(self):
        self.function.blocks.append([])
        self.function.live.append([])
        return self.value

    def __exit__(self, kind, *_) -> None:
        body = tuple(self.function.blocks.pop())
        self.function.live.pop()
        if kind is None:
            self.build(body)


class Until:
    """Handle of an open do-while: set `condition` before the block ends."""

    __slots__ = ("condition",)

    def __init__(self) -> None:
        self.condition: E | None = None


class Cases:
    """Handle of an open switch."""

    def __init__(self, function: Scope, value: E):
        self.function, self.value = function, value
        self.cases: list[tuple[tuple[int, ...], tuple[ir.Stmt, ...]]] = []
        self.default: tuple[ir.Stmt, ...] = ()

    def __enter__(self) -> Cases:
        return self

    def __exit__(self, kind, *_) -> None:
        if kind is None:
            self.function.emit(ir.Switch(self.value.node, tuple(self.cases), self.default))

    def case(self, *values: int | str) -> Block:
        constants = tuple(lift(v, self.value.type).value for v in values)
        return Block(self.function, lambda body: self.cases.append((constants, body)))

    def otherwise(self) -> Block:
        def build(body: tuple[ir.Stmt, ...]) -> None:
            self.default = body

        return Block(self.function, build)
