"""Linked WebAssembly modules: parsing the binary, finding functions, putting new bodies in.

`WasmModule.parse` reads what surrounds the functions (types, imports, exports, memory, globals, elements, data, names); bodies are
decoded only when asked for. Invariant: `replace_bodies` keeps every section it was not asked to change, byte for byte.
Limits: one memory, the value types i32, i64, f32, f64 in functions and globals; see `opcodes` for the instructions.
Source: https://webassembly.github.io/spec/core/binary/modules.html and the name section of its appendix.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from transpile.corpus.errors import TranspileError
from transpile.corpus.wasm.instructions import FunctionType, Instruction, decode, malformed, unsupported, write_unsigned
from transpile.corpus.wasm.opcodes import TYPE_BYTES
from transpile.corpus.wasm.reader import (
    KINDS,
    Element,
    Export,
    Global,
    Import,
    Limits,
    Reader,
    Segment,
    read_names,
    value_type,
    write_global,
    write_name,
)  # fmt: skip

_ORDER = {section: place for place, section in enumerate((1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11))}
"""Places of the section ids in the order that a module must keep."""
_MAGIC = b"\0asm\1\0\0\0"
_SHORT = 1 << 12
"""Bytes of bodies whose instructions are remembered, so that all of them together take some tens of megabytes at most."""


@dataclass(frozen=True, slots=True)
class WasmFunction:
    """One function with a body. `index` counts imports first. `body` is its entry in the code section: locals, then instructions."""

    index: int
    name: str
    type: FunctionType
    locals: tuple[str, ...]
    """Types of the locals beyond the parameters."""
    body: bytes
    start: int
    """Where the instructions start in `body`."""
    module: WasmModule = field(repr=False, compare=False)

    @property
    def instructions(self) -> list[Instruction]:
        """(name, immediate, offset in `body`) in order; see `instructions`. Not to be changed: short ones are remembered. Raises WasmError."""
        return _remembered(self.body, self.start) if len(self.body) <= _SHORT else decode(self.body, self.start)


@lru_cache(maxsize=512)
def _remembered(body: bytes, start: int) -> list[Instruction]:
    return decode(body, start)


@dataclass(slots=True, eq=False)
class WasmModule:
    """A parsed module. Treat as read-only. Index spaces count imports first, except `functions`: those are the ones with a body."""

    data: bytes = field(repr=False)
    sections: list[tuple[int, int, int]] = field(default_factory=list, repr=False)
    """(id, start, end) of every section's payload in `data`, in order."""
    types: list[FunctionType] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    functions: list[WasmFunction] = field(default_factory=list, repr=False)
    function_types: list[FunctionType] = field(default_factory=list)
    """By function index."""
    function_names: list[str] = field(default_factory=list)
    """By function index: its first export, else its name in the name section, else what it is imported as, else `func<index>`."""
    tables: list[Limits] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)
    memories: list[Limits] = field(default_factory=list)
    globals: list[Global] = field(default_factory=list)
    exports: list[Export] = field(default_factory=list)
    start: int | None = None
    segments: list[Segment] = field(default_factory=list, repr=False)
    stack_pointer: int | None = None
    """Index of the global that holds the stack pointer, if there is one."""
    _by_name: dict[str, int] = field(default_factory=dict, repr=False)
    _addresses: list[int] = field(default_factory=list, repr=False)
    """Sorted addresses of the data segments that have one, with `_placed` the segments in that order."""
    _placed: list[Segment] = field(default_factory=list, repr=False)

    @classmethod
    def parse(cls, data: bytes) -> WasmModule:
        """Read a module. Raises WasmError (a TranspileError) if it is malformed, truncated, or outside our limits."""
        if not data.startswith(_MAGIC):
            raise malformed("no WebAssembly header")
        module = cls(bytes(data))
        payloads: dict[int, bytes] = {}
        names: dict[int, dict[int, str]] = {}
        reader = Reader(module.data)
        reader.at = len(_MAGIC)
        place = -1
        while not reader.done:
            section = reader.byte()
            payload = reader.raw(reader.number())
            module.sections.append((section, reader.at - len(payload), reader.at))
            if section:
                if _ORDER.get(section, -1) <= place:
                    raise malformed(f"section {section} is unknown, repeated or out of order")
                place = _ORDER[section]
                payloads[section] = payload
            else:
                custom = Reader(payload)
                if custom.name() == "name":
                    names = read_names(payload[custom.at :])
        module._fill(payloads, names)
        return module

    def _fill(self, payloads: dict[int, bytes], names: dict[int, dict[int, str]]) -> None:
        imported_globals: list[tuple[str, bool, tuple[str, str]]] = []

        def entries(section: int) -> tuple[Reader, range]:
            reader = Reader(payloads.get(section, b"\0"))
            return reader, range(reader.count())

        reader, each = entries(1)
        for _ in each:
            if reader.byte() != 0x60:
                raise unsupported("a type that is no function type")
            self.types.append((reader.types(), reader.types()))
        reader, each = entries(2)
        for _ in each:
            self._read_import(reader, imported_globals)
        imported = len(self.function_types)
        reader, each = entries(3)
        self.function_types += [self._type(reader.number()) for _ in each]
        reader, each = entries(4)
        for _ in each:
            if reader.byte() not in (0x70, 0x6F):
                raise unsupported("a table with an initializer")
            self.tables.append(reader.limits())
        reader, each = entries(5)
        self.memories += [reader.limits() for _ in each]
        reader, each = entries(6)
        defined = []
        for _ in each:
            kind, mutable = value_type(reader.byte()), reader.byte() == 1
            defined.append((kind, mutable, reader.constant()[1]))
        reader, each = entries(7)
        for _ in each:
            name, kind_number = reader.name(), reader.byte()
            if kind_number >= len(KINDS):
                raise malformed("export")
            self.exports.append(Export(name, KINDS[kind_number], reader.number()))
        if 8 in payloads:
            self.start = Reader(payloads[8]).number()
        reader, each = entries(9)
        self.elements += [reader.element() for _ in each]
        self._name_functions(names.get(1, {}))
        reader, each = entries(10)
        if len(each) != len(self.function_types) - imported:
            raise malformed("the numbers of functions and of bodies differ")
        for index in range(imported, imported + len(each)):
            body, local_types, start = reader.body()
            self.functions.append(
                WasmFunction(index, self.function_names[index], self.function_types[index], local_types, body, start, self)
            )
        reader, each = entries(11)
        data_names = names.get(9, {})
        self.segments += [reader.segment(i, data_names.get(i, "")) for i in each]
        self._placed = sorted((s for s in self.segments if s.address is not None and s.data), key=lambda s: s.address or 0)
        self._addresses = [s.address or 0 for s in self._placed]
        global_names = names.get(7, {})
        exported = {e.index: e.name for e in reversed(self.exports) if e.kind == "global"}
        for kind, mutable, source in imported_globals:
            index = len(self.globals)
            name = global_names.get(index) or source[1]
            self.globals.append(Global(index, name, kind, mutable, None, source))
        for kind, mutable, initial in defined:
            index = len(self.globals)
            name = global_names.get(index) or exported.get(index, f"global{index}")
            self.globals.append(Global(index, name, kind, mutable, initial))
        self.stack_pointer = self._find_stack_pointer()

    def _type(self, index: int) -> FunctionType:
        if index >= len(self.types):
            raise malformed(f"type {index} does not exist")
        return self.types[index]

    def _read_import(self, reader: Reader, imported_globals: list[tuple[str, bool, tuple[str, str]]]) -> None:
        module, name, kind = reader.name(), reader.name(), reader.byte()
        if kind == 0:
            index = len(self.function_types)
            self.function_types.append(self._type(reader.number()))
            self.imports.append(Import(module, name, "function", index, self.function_types[index]))
        elif kind == 1:
            reader.byte()
            self.imports.append(Import(module, name, "table", len(self.tables)))
            self.tables.append(reader.limits())
        elif kind == 2:
            self.imports.append(Import(module, name, "memory", len(self.memories)))
            self.memories.append(reader.limits())
        elif kind == 3:
            self.imports.append(Import(module, name, "global", len(imported_globals)))
            imported_globals.append((value_type(reader.byte()), reader.byte() == 1, (module, name)))
        else:
            raise unsupported("an import that is no function, table, memory or global")

    def _name_functions(self, named: dict[int, str]) -> None:
        count = len(self.function_types)
        names = [f"func{index}" for index in range(count)]
        for one in self.imports:
            if one.kind == "function":
                names[one.index] = one.field
        for index, name in named.items():
            if index < count:
                names[index] = name
                self._by_name.setdefault(name, index)
        for export in reversed(self.exports):
            if export.kind == "function":
                if export.index >= count:
                    raise malformed(f"function {export.index} does not exist")
                names[export.index] = export.name
                self._by_name[export.name] = export.index
        self.function_names = names

    def _find_stack_pointer(self) -> int | None:
        """By its name; in a module without names the first global, if it looks like one: every linker puts it there."""
        for one in self.globals:
            if one.name.endswith("__stack_pointer"):
                return one.index
        if self.globals and self.globals[0].name == "global0" and self.globals[0].mutable and self.globals[0].type == "i32":
            return 0
        return None

    def function(self, name: str) -> WasmFunction:
        """The function exported under that name, else the one of that name in the name section. Raises TranspileError."""
        index = self._by_name.get(name)
        first = len(self.function_types) - len(self.functions)
        if index is None:
            known = [f.name for f in self.functions]
            shown = ", ".join(known[:8]) + (", ..." if len(known) > 8 else "")
            raise TranspileError(f"no function '{name}' in the module", hint=f"functions are: {shown}" if known else "it has no functions")
        if index < first:
            raise TranspileError(f"function '{name}' is imported, it has no body", hint="link it in")
        return self.functions[index - first]

    def segment_at(self, address: int) -> Segment | None:
        """The data segment that holds the byte at an address."""
        place = bisect_right(self._addresses, address) - 1
        if place < 0:
            return None
        found = self._placed[place]
        return found if address - self._addresses[place] < len(found.data) else None

    @property
    def data_range(self) -> tuple[int, int]:
        """First and last-but-one address of all data segments; (0, 0) if there are none."""
        if not self._placed:
            return 0, 0
        return self._addresses[0], max(a + len(s.data) for a, s in zip(self._addresses, self._placed, strict=True))

    def replace_bodies(
        self,
        bodies: Mapping[int, bytes],
        added_globals: Sequence[tuple[str, bool, int]] = (),
        added_exports: Sequence[Export] = (),
        added_functions: Sequence[tuple[FunctionType, bytes]] = (),
    ) -> bytes:
        """The module with the bodies of some functions (by function index; see `encode_body`) replaced, as bytes.

        `added_globals` are (type, mutable, initial value; a float's bits) and `added_functions` (type, body); they get the indices after the
        existing ones. `added_exports` follow the existing exports. All other sections stay as they are.
        """
        payloads = {section: self.data[start:end] for section, start, end in self.sections if section}
        if bodies or added_functions:
            entries = [*(bodies.get(f.index, f.body) for f in self.functions), *(body for _, body in added_functions)]
            payloads[10] = write_unsigned(len(entries)) + b"".join(write_unsigned(len(e)) + e for e in entries)
        if added_functions:
            types = [b"\x60" + b"".join(write_unsigned(len(side)) + bytes(TYPE_BYTES[t] for t in side) for side in type_) for type_, _ in added_functions]
            payloads[1] = _extend(payloads.get(1, b"\0"), types)
            payloads[3] = _extend(payloads.get(3, b"\0"), [write_unsigned(len(self.types) + k) for k in range(len(types))])
        if added_globals:
            payloads[6] = _extend(payloads.get(6, b"\0"), [write_global(*one) for one in added_globals])
        if added_exports:
            written = [write_name(e.name) + bytes([KINDS.index(e.kind)]) + write_unsigned(e.index) for e in added_exports]
            payloads[7] = _extend(payloads.get(7, b"\0"), written)
        out = bytearray(_MAGIC)
        pending = sorted(set(payloads) - {section for section, _, _ in self.sections}, key=_ORDER.__getitem__)

        def write(section: int, payload: bytes) -> None:
            out.append(section)
            out.extend(write_unsigned(len(payload)) + payload)

        for section, start, end in self.sections:
            while section and pending and _ORDER[pending[0]] < _ORDER[section]:
                write(pending[0], payloads[pending.pop(0)])
            write(section, payloads[section] if section else self.data[start:end])
        for section in pending:
            write(section, payloads[section])
        return bytes(out)


def _extend(payload: bytes, entries: list[bytes]) -> bytes:
    """A section's vector with more entries at its end."""
    reader = Reader(payload)
    count = reader.number()
    return write_unsigned(count + len(entries)) + payload[reader.at :] + b"".join(entries)
