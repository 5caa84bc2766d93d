"""Pointers of lifted programs in Zig: C pointers for variables, which may be null, are indexed and coerce to what fields, parameters and results have."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping

from transpile.corpus import ir
from transpile.corpus.globals import is_global
from transpile.corpus.ir_names import is_unaligned
from transpile.corpus.scanner import closing
from transpile.corpus.signature import WIDTHS, Array, Function, Parameter, Pointer, Signature, Struct, is_address, read_type, size_of
from transpile.corpus.text import quoted

POSTFIX, SUM = 15, 11


def zig_type(type_: str) -> str:
    """A type in Zig's words, `index` too. Pointers within types may be null; those to scalars and to pointers are to many."""
    match read_type(type_):
        case Pointer(to=to, const=const):
            many = to in WIDTHS or isinstance(read_type(to), Pointer)
            return f"?{'[*]' if many else '*'}{'const ' if const else ''}{zig_type(to)}"
        case Array(count=count, of=of):
            return f"[{count}]{zig_type(of)}"
        case Function(parameters=parameters, result=result):
            return f"?*const fn ({', '.join(map(zig_type, parameters))}) callconv(.c) {zig_type(result) if result else 'void'}"
    return {"index": "usize", "void": "anyopaque"}.get(type_, type_)


def local_type(type_: str) -> str:
    """The type of a variable: a C pointer where the type is one to memory."""
    read = read_type(type_)
    if not isinstance(read, Pointer):
        return zig_type(type_)
    return f"[*c]{'const ' if read.const else ''}{'u8' if read.to == 'void' else zig_type(read.to)}"


class ZigPointers(ABC):
    """What `ZigExpressions` says of pointers."""

    parameters: Mapping[str, Parameter]

    @abstractmethod
    def text(self, one: ir.Expr, least: int = 0) -> str: ...

    @abstractmethod
    def known(self, one: ir.Expr) -> str: ...

    @abstractmethod
    def operand(self, one: ir.Expr, least: int = 0) -> str: ...

    @abstractmethod
    def index(self, one: ir.Expr) -> str: ...

    @abstractmethod
    def name(self, name: str) -> str: ...

    @abstractmethod
    def structs(self) -> tuple[Struct, ...]:
        """The structs of the function's signature."""

    def pointer(self, one: ir.Expr, known: bool) -> tuple[str, int]:
        """A pointer as a variable of its type would hold it, what it points to, or its address as a number. `known`: by its place, its type is."""
        text, strength = self.bare(one)
        plain = (known and text[0] != "&" and "(&" not in text) or isinstance(one, ir.Null | ir.PointerBits) or strength == SUM or not one.type.startswith("*")
        if isinstance(one, ir.AddressOf) and not one.place.path:
            plain = True
        return (text, strength) if plain else (f"@as({local_type(one.type)}, {text})", POSTFIX)

    def bare(self, one: ir.Expr) -> tuple[str, int]:
        """As `pointer`, of a type that coerces to the right one."""
        match one:
            case ir.Place():
                return returned(self.place(one), one.type), POSTFIX
            case ir.AddressOf(place=place) if place.path:
                return f"&{self.place(place)}", POSTFIX
            case ir.AddressOf(place=ir.Place(base=base, index=index)):
                return self.moved(base, index)
            case ir.ArrayPointer():
                parameter = self.parameters.get(one.array)
                if parameter is None:
                    return f"@constCast(&{self.name(one.array)})", POSTFIX
                start = f"{one.array}.ptr" if parameter.length is not None else one.array
                return (f"@constCast({start})" if parameter.const else start), POSTFIX
            case ir.Text():
                return f"@ptrCast(@constCast({quoted(one.characters)}))", POSTFIX
            case ir.Borrow():
                text = f"&{self.name(one.name)}"
                return (f"@constCast({text})" if one.type.startswith("*const ") else text), POSTFIX
            case ir.Null():
                return "null", POSTFIX
            case ir.PointerBits(operand=operand):
                return f"@as(u32, @intFromPtr({self.text(operand)}))", POSTFIX
            case ir.PointerCast(operand=operand) if not is_address(operand.type):
                return self.cast_to(one, f"@ptrFromInt({self.operand(operand)})"), POSTFIX
            case ir.PointerCast(operand=operand):
                text = self.text(operand)
                if operand.type.startswith(("*const ", "fn(")) and not one.type.startswith(("*const ", "fn(")):
                    text = f"@constCast({text})"
                return self.cast_to(one, f"@ptrCast({f'@alignCast({text})' if one.type.startswith('*') else text})"), POSTFIX
        raise AssertionError(one)

    @staticmethod
    def cast_to(one: ir.Expr, text: str) -> str:
        return text if one.type.startswith("*") else f"@as({local_type(one.type)}, {text})"

    def moved(self, base: ir.Expr, index: ir.Expr | None) -> tuple[str, int]:
        """A pointer on by an index."""
        if index is None or (isinstance(index, ir.Const) and index.value == 0):
            return self.text(base, POSTFIX), POSTFIX
        if isinstance(index, ir.Const):
            return f"{self.text(base, SUM)} {'-' if index.value < 0 else '+'} {abs(int(index.value))}", SUM
        by = self.offset(index)
        call = re.match(r"@\w+(?=\()", by)
        whole = re.fullmatch(r"[\w.]+", by) or (call and closing(by, call.end()) == len(by) - 1)
        return f"{self.text(base, SUM)} + {by if whole else f'({by})'}", SUM

    def offset(self, index: ir.Expr) -> str:
        """An index that may be below 0."""
        return f"@as(usize, @bitCast(@as(isize, {self.operand(index)})))" if index.type == "i32" else self.index(index)

    def place(self, one: ir.Place) -> str:
        """What may be assigned to."""
        base, index = self.unaligned(one.base) or self.text(one.base, POSTFIX), one.index
        if isinstance(one.base, ir.ArrayPointer) and is_global(one.base.array):
            base, index = self.name(one.base.array), one.index or ir.Const("index", 0)
            return f"{base}[{self.index(index)}]" + "".join(f".{part}" if isinstance(part, str) else f"[{self.index(part)}]" for part in one.path)
        if index is None or (isinstance(index, ir.Const) and index.value == 0):
            text = self.name(one.base.name) if isinstance(one.base, ir.Borrow) else f"{base}.*"
            if isinstance(one.base, ir.PointerCast) and is_unaligned(one):  # which Zig would check
                text = f"@as(*align(1) {one.type}, @ptrCast({self.text(one.base.operand)})).*"
        elif isinstance(index, ir.Const) and index.value < 0:
            text = f"({self.moved(one.base, index)[0]}).*"
        else:
            text = f"{base}[{self.offset(index)}]"
        return text + "".join(f".{part}" if isinstance(part, str) else f"[{self.index(part)}]" for part in one.path)

    def unaligned(self, one: ir.Expr) -> str:
        """A pointer to numbers made of one to a struct whose address need not be a multiple of theirs; "" for another."""
        to = one.type.removeprefix("*const ").removeprefix("*")
        if not isinstance(one, ir.PointerCast) or to not in WIDTHS or not is_address(one.operand.type):
            return ""
        inner: ir.Expr = one
        while isinstance(inner, ir.PointerCast | ir.AddressOf):
            inner = inner.operand if isinstance(inner, ir.PointerCast) else inner.place.base
        struct = next((s for s in self.structs() if s.name == inner.type.removeprefix("*const ").removeprefix("*")), None)
        if struct is None or size_of(struct.name, self.structs())[1] >= WIDTHS[to]:
            return ""
        text = self.text(one.operand)
        if one.operand.type.startswith("*const ") and not one.type.startswith("*const "):
            text = f"@constCast({text})"
        return f"@as([*c]align(1) {'const ' if one.type.startswith('*const ') else ''}{to}, @ptrCast({text}))"

    def call_through(self, one: ir.CallThrough) -> str:
        arguments = (given(self.known(a), a.type) for a in one.arguments)
        return taken(f"{self.text(one.function, POSTFIX)}.?({', '.join(arguments)})", one.type)

    def pointed(self, argument: ir.Expr, parameter: Parameter, callee: Signature, call: ir.Call) -> str:
        """A pointer as the argument for a parameter, which may be a slice."""
        if isinstance(argument, ir.Text) and parameter.length is None:
            return f"@ptrCast({quoted(argument.characters)})"
        text = self.text(argument, POSTFIX)
        if parameter.length is None or text == "null":
            return given(text, argument.type)
        return f"{text}[0..{self.index(call.arguments[parameter.length])}]"


def given(text: str, type_: str) -> str:
    """A pointer where a field, a parameter or a result takes it."""
    bare = type_ in ("*void", "*const void") and text != "null" and not text.startswith("@ptrCast(")
    return f"@ptrCast({text})" if bare else text


def returned(text: str, type_: str) -> str:
    """What a field, a parameter or a call gives, where a variable of the type takes it."""
    return f"@ptrCast(@alignCast({text}))" if type_ in ("*void", "*const void") else text


def taken(text: str, type_: str) -> str:
    """What a call gives, as a variable of the type holds it."""
    return f"@as({local_type(type_)}, {returned(text, type_)})" if type_.startswith("*") else text
