"""Variables of a file: what functions keep between calls.

Canonical names are g0, g1, ..., numbered over a whole program, so that all its functions mean the same by them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from transpile.corpus.signature import ADDRESS, FLOATS, WIDTHS, Array, Struct, read_type, size_of

_NAME = re.compile(r"\bg\d+\b")


@dataclass(frozen=True, slots=True)
class Text:
    """The value of a pointer to text that ends in NUL and that nobody changes."""

    characters: bytes


@dataclass(frozen=True, slots=True)
class FunctionName:
    """The value of a pointer to a function of the program: `h0` and so on."""

    name: str


Value = int | float | bool | Text | FunctionName | tuple["Value", ...]
"""A number, or, of a pointer, text, a function, or 0 for null; of a struct or an array in place its parts in order."""


def functions_in(value: Value) -> list[str]:
    """The functions that a value leads to."""
    if isinstance(value, tuple):
        return [name for one in value for name in functions_in(one)]
    return [value.name] if isinstance(value, FunctionName) else []


@dataclass(frozen=True, slots=True)
class Global:
    """One of a type (`count` None) or an array of `count`: scalars, pointers (`*void` where nobody knows to what), or structs.

    `values` are what it starts with, a single one's alone; () is all zero.

    `written`: what the program calls it, as an identifier; "" where it has no name. `structs`: those that its type reaches, dependencies first.
    `constant`: nothing changes it.
    """

    name: str
    type: str
    count: int | None = None
    values: tuple[Value, ...] = ()
    written: str = ""
    structs: tuple[Struct, ...] = ()
    constant: bool = False

    @property
    def size(self) -> int:
        """In bytes."""
        return size_of(self.type, self.structs)[0] * (1 if self.count is None else self.count)

    @property
    def whole(self) -> str:
        """Its type, that of the array if it is one."""
        return self.type if self.count is None else f"[{self.count}]{self.type}"

    @property
    def zero(self) -> Value:
        """What an element is where `values` does not say."""
        return False if self.type == "bool" else 0.0 if self.type in FLOATS else 0

    @property
    def first(self) -> Value:
        """What a scalar starts with."""
        return self.values[0] if self.values else self.zero


def element_size(type_: str) -> int:
    return WIDTHS.get(type_, ADDRESS)


def types_within(type_: str, structs: Iterable[Struct]) -> list[str]:
    """The types of a value's parts: an array's elements, a struct's fields."""
    read = read_type(type_)
    if isinstance(read, Array):
        return [read.of] * read.count
    return [t for s in structs if s.name == type_ for _, t in s.fields]


def is_global(name: str) -> bool:
    """Is a canonical name one of a variable of the file, or of a field of one?"""
    return _NAME.fullmatch(name.partition(".")[0]) is not None


def mentioned(text: str, known: Iterable[Global]) -> tuple[Global, ...]:
    """Those that a canonical text names, in the order of `known`."""
    names = set(_NAME.findall(text))
    return tuple(one for one in known if one.name in names)


@dataclass(frozen=True, slots=True)
class Part:
    """What a declaration says of a variable, or of one field of it, so many bytes behind the variable's start: a scalar, a pointer (`*void`), or an
    array of such.

    `field` is "" for a variable that is no struct.
    """

    field: str
    type: str
    count: int | None
    offset: int

    @property
    def end(self) -> int:
        return self.offset + element_size(self.type) * (1 if self.count is None else self.count)


@dataclass(frozen=True, slots=True)
class Declaration:
    """A variable as its source declares it: its size in bytes (0 where only its values tell), and what it holds as far as that can be told.

    An array of no known count has the count 0. `opaque`: it holds addresses, or who knows what, that no part tells of. `element`: its type as
    signatures have it, of an array (`is_array`) that of what it holds at its bottom; "" where that can't be said.
    """

    size: int
    parts: tuple[Part, ...]
    opaque: bool = False
    element: str = ""
    is_array: bool = False
    structs: tuple[Struct, ...] = ()


def symbol_name(symbol: str) -> str:
    """What people call the variable of a linker's symbol: `next_id.count` as it is, `_ZL4seed` seed, `_ZZ7next_idvE5count` next_id.count; Rust's
    and Zig's without the name of our units."""
    if not symbol.startswith(("_Z", "_R")):
        return re.sub(r"^\.L(?:unit[._])?", "", symbol)
    text = re.sub(r"^(_R[A-Za-z]*?C)s[0-9A-Za-z]*_", r"\1", symbol)  # a hash of the crate
    words, at = [], 2
    while found := re.search(r"[1-9]\d*", text[at:]):
        start = at + found.end()
        at = start + int(found[0])
        words.append(text[start:at])
    words = [w for w in words if not re.fullmatch(r"h[0-9a-f]{16}|_GLOBAL__N_1", w)]
    if symbol.startswith("_R"):
        words = words[1:]
    return ".".join(words if symbol.startswith(("_ZZ", "_R")) else words[-1:]) or symbol


def declared_by(pattern: re.Pattern[str], text: str) -> dict[str, Declaration]:
    """Variables by a pattern with the groups `name`, `scalar` and `array` (not empty for an array, whose length its size tells)."""
    out: dict[str, Declaration] = {}
    for found in pattern.finditer(text):
        if found["scalar"] in WIDTHS:
            array = bool(found["array"])
            out[found["name"]] = Declaration(0 if array else WIDTHS[found["scalar"]], (Part("", found["scalar"], 0 if array else None, 0),))
    return out
