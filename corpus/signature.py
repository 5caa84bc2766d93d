"""Signatures: what is known of a function's types, independent of any language.

A type is a string. Scalars have Rust's names (`i8` ... `u64`, `f32`, `f64`, `bool`, `usize`; C's `int` is i32, `char` is i8 (signed on wasm32),
`size_t` is usize). `Point` is one of the signature's structs, `*T` and `*const T` a pointer (`*void`: to bytes of unknown type), `[N]T` an array
in place, which occurs in fields only, and `fn(T, T)T` or `fn(T)` a pointer to a function. `read_type` takes such a string apart.
A pointer may have a length: the parameter, or the field beside it, that holds its number of elements. Such a length is never negative and the
buffer has exactly that many elements; languages with slices (Rust, Zig) merge a parameter and its length.
Layout and calling convention are C's on wasm32, as clang has them. Unions, and the bit fields of structs, are what they are stored in: arrays of
numbers. Not representable: packed structs, flexible array members, variable arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

WIDTHS = {
    "i8": 1, "u8": 1, "bool": 1, "i16": 2, "u16": 2, "i32": 4, "u32": 4, "usize": 4, "f32": 4,
    "i64": 8, "u64": 8, "f64": 8,
}  # fmt: skip
"""Size of every scalar type in bytes, on wasm32; alignment equals size."""

SIGNED = frozenset({"i8", "i16", "i32", "i64"})
FLOATS = frozenset({"f32", "f64"})

ADDRESS = 4
"""Size and alignment of pointers, to functions too."""


def wasm_type(type_: str) -> str:
    """The wasm value type (`i32`, `i64`, `f32`, `f64`) that carries a scalar, a pointer or a pointer to a function."""
    if type_ in FLOATS:
        return type_
    return "i64" if WIDTHS.get(type_, ADDRESS) == 8 else "i32"


@dataclass(frozen=True, slots=True)
class Pointer:
    """`*to`, or `*const to`."""

    to: str
    const: bool = False


@dataclass(frozen=True, slots=True)
class Array:
    """`[count]of`."""

    count: int
    of: str


@dataclass(frozen=True, slots=True)
class Function:
    """`fn(parameters)result`: a pointer to such a function; `result` is None for void."""

    parameters: tuple[str, ...]
    result: str | None


@cache
def read_type(text: str) -> str | Pointer | Array | Function:
    """A type string taken apart by one level: a name (of a scalar or a struct, or `void`) stays a string. Raises ValueError for what is none."""
    type_, rest = _read(text)
    if rest:
        raise ValueError(f"'{text}' is no type")
    return type_


def _read(text: str) -> tuple[str | Pointer | Array | Function, str]:
    """The type that a text begins with, and the rest of the text."""
    if text.startswith("*"):
        const = text.startswith("*const ")
        start = 7 if const else 1
        rest = _read(text[start:])[1]
        return Pointer(text[start : len(text) - len(rest)], const), rest
    if text.startswith("["):
        number, bracket, after = text[1:].partition("]")
        if not number.isdecimal() or not bracket:
            raise ValueError(f"'{text}' is no array")
        rest = _read(after)[1]
        return Array(int(number), after[: len(after) - len(rest)]), rest
    if text.startswith("fn("):
        parameters, at = [], text[3:]
        while not at.startswith(")"):
            if parameters and not at.startswith(","):
                raise ValueError(f"'{text}' is no function")
            at = at[1:].lstrip(" ") if parameters else at
            rest = _read(at)[1]
            parameters.append(at[: len(at) - len(rest)])
            at = rest
        after = at[1:]
        if not after or after[0] in ",)":
            return Function(tuple(parameters), None), after
        rest = _read(after)[1]
        return Function(tuple(parameters), after[: len(after) - len(rest)]), rest
    end = next((k for k, c in enumerate(text) if not (c.isalnum() or c == "_")), len(text))
    if not end or text[0].isdigit():
        raise ValueError(f"'{text}' is no type")
    return text[:end], text[end:]


def pointer_to(type_: str, const: bool = False) -> str:
    """The type string of a pointer."""
    return f"*const {type_}" if const else f"*{type_}"


def pointer_to_function(signature: Signature) -> str:
    """The type string of a pointer to a function of a signature."""
    return f"fn({','.join(p.whole for p in signature.parameters)}){signature.result or ''}"


def is_address(type_: str) -> bool:
    """Whether values of a type are addresses: of memory or of functions."""
    return type_.startswith(("*", "fn("))


def named_in(type_: str) -> frozenset[str]:
    """Names of the structs that a type mentions, behind pointers too."""
    match read_type(type_):
        case Pointer(to=inner) | Array(of=inner):
            return named_in(inner)
        case Function(parameters=parameters, result=result):
            return frozenset().union(*(named_in(p) for p in (*parameters, *([result] if result else []))))
        case name:
            return frozenset() if name in WIDTHS or name == "void" else frozenset({str(name)})


class Leaf(NamedTuple):
    """A scalar, pointer or function pointer within a type: where it is by names of fields and numbers of elements, its type, its offset in bytes."""

    path: tuple[str | int, ...]
    type: str
    offset: int


@dataclass(frozen=True, slots=True)
class Domain:
    """The values that the source's own type of a number has, where they are fewer than the scalar's: an enum's, those of a character. `ranges`: the first
    and the last of values that follow each other, in order; `members`: what the source calls single values. Anything else is no value of the type,
    and what code does with it is not defined. `UTF8` is about bytes in a row."""

    name: str
    ranges: tuple[tuple[int, int], ...]
    members: tuple[tuple[str, int], ...] = ()

    def values(self, most: int = 4096) -> list[int] | None:
        """All of them, None where they are more than `most`."""
        if sum(high - low + 1 for low, high in self.ranges) > most:
            return None
        return [value for low, high in self.ranges for value in range(low, high + 1)]


UTF8 = Domain("str", ())
"""Bytes that are text in UTF-8, all of them together."""
CHARACTER = Domain("char", ((0, 0xD7FF), (0xE000, 0x10FFFF)))
"""What a character of Unicode is numbered by."""


@dataclass(frozen=True, slots=True)
class Struct:
    """A struct with C layout: name, (field, type) in order, and which pointer fields have a length: (pointer field, length field)."""

    name: str
    fields: tuple[tuple[str, str], ...]
    lengths: tuple[tuple[str, str], ...] = ()
    domains: tuple[tuple[str, Domain], ...] = ()
    """Of fields that are numbers, or arrays of them."""
    align: int = 1
    """In bytes, where that is more than the fields ask for: what holds bit fields or is a union has its memory as numbers that are narrower."""

    def layout(self, structs: tuple[Struct, ...] = ()) -> tuple[tuple[tuple[str, str, int], ...], int]:
        """((field, type, offset in bytes), ...) and the size in bytes, by the C rules. `structs`: those that fields hold in place."""
        offset, align, out = 0, self.align, []
        for name, type_ in self.fields:
            size, own = size_of(type_, structs)
            align = max(align, own)
            offset = -(-offset // own) * own
            out.append((name, type_, offset))
            offset += size
        return tuple(out), -(-offset // align) * align

    @property
    def flat(self) -> bool:
        """Whether all fields are scalars."""
        return all(type_ in WIDTHS for _, type_ in self.fields)


@cache
def size_of(type_: str, structs: tuple[Struct, ...] = ()) -> tuple[int, int]:
    """(size, alignment) of a type in bytes; `void` counts as bytes. Raises KeyError where a struct held in place is not among `structs`."""
    match read_type(type_):
        case Pointer() | Function():
            return ADDRESS, ADDRESS
        case Array(count=count, of=of):
            size, align = size_of(of, structs)
            return count * size, align
        case name:
            if name in WIDTHS or name == "void":
                return WIDTHS.get(type_, 1), WIDTHS.get(type_, 1)
            struct = _struct(type_, structs)
            return struct.layout(structs)[1], max((struct.align, *(size_of(t, structs)[1] for _, t in struct.fields)))


@cache
def leaves_of(type_: str, structs: tuple[Struct, ...] = ()) -> tuple[Leaf, ...]:
    """All leaves of a type in the order of their offsets. Look at `size_of` first: arrays may be large."""
    match read_type(type_):
        case Pointer() | Function():
            return (Leaf((), type_, 0),)
        case Array(count=count, of=of):
            inner, size = leaves_of(of, structs), size_of(of, structs)[0]
            return tuple(Leaf((k, *leaf.path), leaf.type, k * size + leaf.offset) for k in range(count) for leaf in inner)
        case name:
            if name in WIDTHS or name == "void":
                return (Leaf((), type_, 0),)
            fields, _ = _struct(type_, structs).layout(structs)
            return tuple(Leaf((field, *leaf.path), leaf.type, offset + leaf.offset) for field, t, offset in fields for leaf in leaves_of(t, structs))


@cache
def bounded(type_: str, structs: tuple[Struct, ...] = ()) -> tuple[tuple[Leaf, Domain], ...]:
    """The leaves of a type that have a domain, by their structs."""
    match read_type(type_):
        case Array(count=count, of=of):
            inner, size = bounded(of, structs), size_of(of, structs)[0]
            return tuple((leaf._replace(offset=k * size + leaf.offset), domain) for k in range(count if inner else 0) for leaf, domain in inner)
        case str(name) if name not in WIDTHS and name != "void":
            struct = _struct(name, structs)
            own, out = dict(struct.domains), list[tuple[Leaf, Domain]]()
            for field, t, offset in struct.layout(structs)[0]:
                found = [(leaf, own[field]) for leaf in leaves_of(t, structs)] if field in own else bounded(t, structs)
                out += [(leaf._replace(offset=offset + leaf.offset), domain) for leaf, domain in found]
            return tuple(out)
    return ()


def _struct(name: str, structs: tuple[Struct, ...]) -> Struct:
    found = next((s for s in structs if s.name == name), None)
    if found is None:
        raise KeyError(name)
    return found


def gather_structs(types: Iterable[str], known: Mapping[str, Struct]) -> tuple[Struct, ...]:
    """The structs that types mention, directly or through others, each after those that it holds in place. Raises KeyError for an unknown one.

    Order is that of the mention; what is only pointed to may come later than what points to it.
    """
    out: dict[str, Struct] = {}
    under_way: set[str] = set()

    def visit(name: str) -> None:
        if name in out or name in under_way:
            return
        under_way.add(name)
        struct = known[name]
        held = [t for _, t in struct.fields if not is_address(_element(t))]
        for inner in held:
            for one in sorted(named_in(inner)):
                visit(one)
        out[name] = struct
        for _, type_ in struct.fields:
            for one in sorted(named_in(type_)):
                visit(one)

    for type_ in types:
        for name in sorted(named_in(type_)):
            visit(name)
    return tuple(out.values())


def _element(type_: str) -> str:
    """What an array holds at its bottom; of another type itself."""
    inner = read_type(type_)
    return _element(inner.of) if isinstance(inner, Array) else type_


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. With `pointer`, `type` is what it points to; else it is a scalar, a struct by value or a pointer to a function."""

    name: str
    type: str
    pointer: bool = False
    const: bool = False
    length: int | None = None
    """For a pointer: the index, among the parameters, of the one that holds its number of elements."""
    raw: bool = False
    """For a pointer: what it leads to may overlap with what others lead to, so that a reference or a slice that promises otherwise would lie."""
    domain: Domain | None = None
    """Of the number, or of those that the pointer leads to."""
    reference: bool = False
    """For a pointer: the source's language promises that it is never null, and overlaps with nothing that another reference changes."""

    @property
    def whole(self) -> str:
        """The parameter's type as one string, the pointer included."""
        return pointer_to(self.type, self.const) if self.pointer else self.type


class Passed(NamedTuple):
    """How one value travels by the C ABI: the parameter's index (None for the address of the result), its wasm type, whether as an address of a copy."""

    parameter: int | None
    wasm: str
    indirect: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """Name, parameters, result (a scalar, `*T`, a struct by value, or None for void) and all structs that these reach, dependencies first."""

    name: str
    parameters: tuple[Parameter, ...]
    result: str | None = None
    structs: tuple[Struct, ...] = ()
    variadic: bool = False
    """Whether more arguments may follow, which the C ABI passes as the address of a copy of all of them; of C's own functions alone (`externs`)."""
    gives: Domain | None = None
    """Of the result."""

    def lengths(self) -> frozenset[int]:
        """Indices of the parameters that hold a length of some pointer."""
        return frozenset(p.length for p in self.parameters if p.length is not None)

    def with_raw_pointers(self) -> Signature:
        """The same function with pointers that promise nothing."""
        return replace(self, parameters=tuple(replace(p, length=None, raw=True) if p.pointer else p for p in self.parameters))

    @property
    def has_raw_pointers(self) -> bool:
        return any(p.raw for p in self.parameters)

    def struct(self, name: str) -> Struct | None:
        return next((s for s in self.structs if s.name == name), None)

    @property
    def plain(self) -> bool:
        """Whether every parameter is a scalar, or a pointer to a scalar or to a struct of scalars, and the result a scalar or void."""
        return (
            (self.result is None or self.result in WIDTHS)
            and all(s.flat for s in self.structs)
            and all(p.type in WIDTHS or (p.pointer and self.struct(p.type) is not None) for p in self.parameters)
        )

    def size(self, type_: str) -> tuple[int, int]:
        """(size, alignment) of one of the signature's types in bytes."""
        return size_of(type_, self.structs)

    def leaves(self, type_: str) -> tuple[Leaf, ...]:
        """The leaves of one of the signature's types; see `leaves_of`."""
        return leaves_of(type_, self.structs)

    def scalar(self, type_: str) -> str | None:
        """The leaf type as which a value of a type is passed and returned: itself, or a struct's only leaf; None for what travels by address or,
        being empty, not at all."""
        if self.struct(type_) is None:
            return type_
        if self.size(type_)[0] > 8:
            return None
        leaves = self.leaves(type_)
        return leaves[0].type if len(leaves) == 1 else None

    @property
    def result_scalar(self) -> str | None:
        """The leaf type that the function returns; None for void, and where the result is written to a hidden address."""
        return None if self.result is None else self.scalar(self.result)

    @property
    def result_hidden(self) -> bool:
        """Whether the caller passes, as the first argument, the address where the result goes."""
        return self.result is not None and self.scalar(self.result) is None and self.size(self.result)[0] > 0

    def passed(self) -> tuple[Passed, ...]:
        """What the C ABI passes, in order: an empty struct not at all, one of a single leaf as that, any other by the address of a copy."""
        out = [Passed(None, "i32", True)] if self.result_hidden else []
        for k, parameter in enumerate(self.parameters):
            scalar = "*void" if parameter.pointer else self.scalar(parameter.type)
            if scalar is not None:
                out.append(Passed(k, wasm_type(scalar), False))
            elif self.size(parameter.type)[0]:
                out.append(Passed(k, "i32", True))
        return tuple(out)

    def wasm(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The wasm function type (parameters, results) of the C ABI on wasm32."""
        scalar = self.result_scalar
        more = ("i32",) if self.variadic else ()
        return (*(p.wasm for p in self.passed()), *more), (() if scalar is None else (wasm_type(scalar),))


def shape(signature: Signature) -> tuple[object, ...]:
    """What two functions have in common that can be called alike: all but names."""
    return (*((p.type, p.pointer, p.length) for p in signature.parameters), signature.result, signature.structs)
