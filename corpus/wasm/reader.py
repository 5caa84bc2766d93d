"""Records of a module's sections, and the reader of one section's payload.

Invariant: every read past the end of a section is a WasmError, whatever follows it in the file.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from transpile.corpus.wasm.instructions import (
    FunctionType,
    WasmError,
    malformed,
    read_signed,
    read_unsigned,
    unsupported,
    write_signed,
    write_unsigned,
)
from transpile.corpus.wasm.opcodes import TYPE_BYTES, VALUE_TYPES

KINDS = ("function", "table", "memory", "global", "tag")
"""What an import or export may be, by its number."""
_MAXIMUM_LOCALS = 50_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Size of a memory (in pages of 64 KiB) or a table (in elements)."""

    minimum: int
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class Global:
    """A global. `initial` is its value (a float's bits), None if imported or not a constant; `imported` is (module, field)."""

    index: int
    name: str
    type: str
    mutable: bool
    initial: int | None = None
    imported: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Import:
    """An import; `kind` is one of `KINDS`, `index` its index among those of its kind, `type` a function's type."""

    module: str
    field: str
    kind: str
    index: int
    type: FunctionType | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """An export; `kind` is one of `KINDS`."""

    name: str
    kind: str
    index: int


@dataclass(frozen=True, slots=True)
class Element:
    """An element segment: function indices (None where an entry is null). `offset` is None if passive or not a constant."""

    table: int
    offset: int | None
    functions: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """A data segment. `address` is None if it is passive or placed by an imported global."""

    index: int
    name: str
    address: int | None
    data: bytes


def value_type(byte: int) -> str:
    """The name of a value type; one that we don't handle gets a name that says so, and fails only where it is used."""
    return VALUE_TYPES.get(byte, f"type-0x{byte:02x}")


def write_name(name: str) -> bytes:
    """A name as the binary format has it."""
    raw = name.encode()
    return write_unsigned(len(raw)) + raw


def write_global(kind: str, mutable: bool, initial: int) -> bytes:
    """One entry of the global section, with a constant (a float's bits)."""
    if kind in ("i32", "i64"):
        constant = bytes([0x41 if kind == "i32" else 0x42]) + write_signed(initial)
    else:
        constant = b"\x43" + struct.pack("<I", initial) if kind == "f32" else b"\x44" + struct.pack("<Q", initial)
    return bytes([TYPE_BYTES[kind], mutable]) + constant + b"\x0b"


class Reader:
    """A cursor over one section."""

    __slots__ = ("at", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    @property
    def done(self) -> bool:
        return self.at >= len(self.data)

    def byte(self) -> int:
        try:
            value = self.data[self.at]
        except IndexError:
            raise malformed("a section ends too early") from None
        self.at += 1
        return value

    def number(self, bits: int = 32) -> int:
        try:
            value, self.at = read_unsigned(self.data, self.at, bits)
        except IndexError:
            raise malformed("a section ends too early") from None
        return value

    def signed(self, bits: int) -> int:
        try:
            value, self.at = read_signed(self.data, self.at, bits)
        except IndexError:
            raise malformed("a section ends too early") from None
        return value

    def raw(self, size: int) -> bytes:
        if self.at + size > len(self.data):
            raise malformed("a section ends too early")
        self.at += size
        return self.data[self.at - size : self.at]

    def name(self) -> str:
        try:
            return self.raw(self.number()).decode()
        except UnicodeDecodeError:
            raise malformed("a name is not UTF-8") from None

    def count(self) -> int:
        """A vector's length; no more than there are bytes left, for every element takes at least one."""
        value = self.number()
        if value > len(self.data) - self.at:
            raise malformed("a section ends too early")
        return value

    def types(self) -> tuple[str, ...]:
        return tuple(value_type(self.byte()) for _ in range(self.count()))

    def limits(self) -> Limits:
        flags = self.byte()
        if flags > 1:
            raise unsupported("shared or 64-bit memory")
        minimum = self.number()
        return Limits(minimum, self.number() if flags else None)

    def constant(self) -> tuple[str, int | None]:
        """A constant expression: (opcode name or "", value), where the value is None if it is not one plain constant."""
        found: list[tuple[str, int | None]] = []
        while True:
            opcode = self.byte()
            if opcode == 0x0B:
                break
            if opcode == 0x41:
                found.append(("i32.const", self.signed(32)))
            elif opcode == 0x42:
                found.append(("i64.const", self.signed(64)))
            elif opcode == 0x43:
                found.append(("f32.const", struct.unpack("<I", self.raw(4))[0]))
            elif opcode == 0x44:
                found.append(("f64.const", struct.unpack("<Q", self.raw(8))[0]))
            elif opcode == 0x23:
                self.number()
                found.append(("global.get", None))
            elif opcode == 0xD2:
                found.append(("ref.func", self.number()))
            elif opcode == 0xD0:
                self.byte()
                found.append(("ref.null", None))
            elif opcode in (0x6A, 0x6B, 0x6C, 0x7C, 0x7D, 0x7E):
                found.append(("", None))
            else:
                raise unsupported(f"instruction 0x{opcode:02x} in a constant expression")
        return found[0] if len(found) == 1 else ("", None)

    def element(self) -> Element:
        """An element segment, in any of its eight forms."""
        form = self.number()
        if form > 7:
            raise malformed("element segment")
        passive, explicit, expressions = form & 1, form & 2, form & 4
        table = self.number() if not passive and explicit else 0
        offset = None if passive else self.constant()[1]
        if passive or explicit:
            self.byte()
        functions: list[int | None] = []
        for _ in range(self.count()):
            functions.append(self.constant()[1] if expressions else self.number())
        return Element(table, offset, tuple(functions))

    def segment(self, index: int, name: str) -> Segment:
        """A data segment, in any of its three forms."""
        form = self.number()
        if form > 2:
            raise malformed("data segment")
        if form == 2 and self.number():
            raise unsupported("several memories")
        opcode, value = ("", None) if form == 1 else self.constant()
        address = value & 0xFFFFFFFF if value is not None and opcode == "i32.const" else None
        return Segment(index, name, address, self.raw(self.number()))

    def body(self) -> tuple[bytes, tuple[str, ...], int]:
        """An entry of the code section: its bytes, the types of its locals, and where the instructions start."""
        body = self.raw(self.number())
        reader = Reader(body)
        local_types: list[str] = []
        for _ in range(reader.number()):
            count, kind = reader.number(), value_type(reader.byte())
            if len(local_types) + count > _MAXIMUM_LOCALS:
                raise malformed(f"more than {_MAXIMUM_LOCALS} locals")
            local_types += [kind] * count
        return body, tuple(local_types), reader.at


def linking(wasm: bytes, kind: int) -> Iterator[Reader]:
    """For each subsection of that kind of an object file's `linking` section (WebAssembly/tool-conventions, Linking.md): a reader, over the whole
    file, at its beginning."""
    reader = Reader(wasm)
    reader.at = 8
    while not reader.done:
        section, size = reader.byte(), reader.number()
        end = reader.at + size
        if section == 0 and reader.name() == "linking":
            reader.number()
            while reader.at < end:
                found, size = reader.byte(), reader.number()
                after = reader.at + size
                if found == kind:
                    yield reader
                reader.at = after
        reader.at = end


def read_names(data: bytes) -> dict[int, dict[int, str]]:
    """The name section: by subsection id (1 functions, 7 globals, 9 data segments) the names by index.

    A broken name section is no error: what was read before the damage counts.
    """
    names: dict[int, dict[int, str]] = {}
    reader = Reader(data)
    try:
        while not reader.done:
            kind = reader.byte()
            part = Reader(reader.raw(reader.number()))
            if kind in (1, 7, 9):
                table = names.setdefault(kind, {})
                for _ in range(part.number()):
                    index = part.number()
                    table[index] = part.name()
    except WasmError:
        pass
    return names
