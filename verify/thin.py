"""A module cut down to one function and what it may call: a batch of hundreds of functions compiles slowly, one of them in no time.

Invariant: the exported function, the memory, the globals and the module's start behave as in the whole module. Limits: a module whose
elements are placed by anything but constants, or that our decoder does not know, is left whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from transpile.corpus.errors import TranspileError
from transpile.corpus.wasm.instructions import encode_body, write_signed, write_unsigned
from transpile.corpus.wasm.module import WasmFunction, WasmModule
from transpile.corpus.wasm.reader import KINDS, Reader, write_name
from transpile.verify.types import Executable

TABLE = "__indirect_function_table"
"""What linkers call the table of a module."""
CONSTRUCTORS = ("_initialize", "__wasm_call_ctors")
"""What must be called before anything else; the first of them that is there."""

_KEPT_NAMES = (7, 9)
"""Subsections of the name section that stay as they are: globals and data segments."""
_ORDER = (1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11)
"""The order of sections."""
_HEADER = b"\0asm\1\0\0\0"


@lru_cache(maxsize=64)
def parsed(wasm: bytes) -> WasmModule:
    """The module, remembered: one is asked for once per function and candidate. Raises WasmError."""
    return WasmModule.parse(wasm)


def imports(wasm: bytes) -> bool:
    """Whether a module imports anything, told without parsing it; True where that does not show."""
    reader = Reader(wasm)
    try:
        reader.raw(len(_HEADER))
        while not reader.done:
            section = reader.byte()
            if section >= 2:
                return section == 2
            reader.raw(reader.number())
    except TranspileError:
        return True
    return False


def reachable(module: WasmModule, *names: str) -> list[WasmFunction]:
    """Some functions, by name, and all that they may call within their module; an indirect call may reach every function of the table."""
    return _closure(module, [module.function(name).index for name in names])


def _closure(module: WasmModule, pending: list[int]) -> list[WasmFunction]:
    first = len(module.function_types) - len(module.functions)
    found: dict[int, WasmFunction] = {}
    while pending:
        index = pending.pop()
        if index in found or index < first:
            continue
        found[index] = module.functions[index - first]
        for instruction, immediate, _ in found[index].instructions:
            if instruction == "call":
                pending.append(immediate)
            elif instruction == "call_indirect":
                pending += [f for element in module.elements for f in element.functions if f is not None]
    return list(found.values())


@lru_cache(maxsize=256)
def thin(executable: Executable) -> Executable:
    """The same function in a module of its own."""
    try:
        module = parsed(executable.wasm)
        wasm = _cut(module, executable.export) if len(module.functions) > 1 else executable.wasm
    except TranspileError:
        return executable
    return replace(executable, wasm=wasm)


def _cut(module: WasmModule, export: str) -> bytes:
    names = {e.name: e.index for e in module.exports if e.kind == "function" and e.name in (export, *CONSTRUCTORS)}
    roots = [*names.values(), *([] if module.start is None else [module.start])]
    kept = sorted(_closure(module, roots), key=lambda f: f.index)
    first = len(module.function_types) - len(module.functions)
    number = {k: k for k in range(first)} | {f.index: first + k for k, f in enumerate(kept)}
    indirect = any(name == "call_indirect" for f in kept for name, _, _ in f.instructions)
    if export not in names or (indirect and any(e.offset is None for e in module.elements)):
        return module.data
    payloads = {section: module.data[start:end] for section, start, end in module.sections if section}
    types = _type_indices(payloads[3], first)
    payloads[1] = _types(payloads[1], module, kept)
    payloads[3] = _vector(write_unsigned(types[f.index]) for f in kept)
    exports = [(e.name, KINDS.index(e.kind), number[e.index] if e.kind == "function" else e.index)
               for e in module.exports if e.kind != "function" or e.name in names]  # fmt: skip
    payloads[7] = _vector(write_name(name) + bytes([kind]) + write_unsigned(index) for name, kind, index in exports)
    if module.start is not None:
        payloads[8] = write_unsigned(number[module.start])
    payloads.pop(9, None)
    if indirect:
        payloads[9] = _elements(module, number)
    payloads[10] = _vector(write_unsigned(len(body)) + body for body in (_renumbered(f, number) for f in kept))
    out = bytearray(_HEADER)
    for section, _, _ in module.sections:
        if section in payloads:
            out += bytes([section]) + write_unsigned(len(payloads[section])) + payloads[section]
    return bytes(out + _names(module, number))


def rebuilt(wasm: bytes, change: Callable[[int, bytes], bytes], missing: Mapping[int, bytes]) -> bytes:
    """The module with every section's payload (but custom ones) passed through `change`; `missing` sections are added where there are none."""
    module = WasmModule.parse(wasm)
    payloads = dict(missing) | {section: change(section, wasm[start:end]) for section, start, end in module.sections if section}
    out = bytearray(_HEADER)
    for section in sorted(payloads, key=_ORDER.index):
        out += bytes([section]) + write_unsigned(len(payloads[section])) + payloads[section]
    for section, start, end in module.sections:
        if not section:
            out += b"\0" + write_unsigned(end - start) + wasm[start:end]
    return bytes(out)


def with_memory(wasm: bytes) -> bytes | None:
    """The module with a memory exported as "memory"; None where that name is taken or the memory imported."""
    module = parsed(wasm)
    found = [e for e in module.exports if e.name == "memory"]
    if found:
        return wasm if found[0].kind == "memory" else None
    if any(i.kind == "memory" for i in module.imports):
        return None
    entry = write_name("memory") + bytes([KINDS.index("memory"), 0])

    def change(section: int, payload: bytes) -> bytes:
        if section != 7:
            return payload
        reader = Reader(payload)
        count = reader.number()
        return write_unsigned(count + 1) + payload[reader.at :] + entry

    return rebuilt(wasm, change, {5: b"\1\0\1", 7: b"\1" + entry})


@lru_cache(maxsize=64)
def with_table(wasm: bytes) -> bytes:
    """The module with its table exported under the linker's name for it, and free to grow; as it is, where it has none of its own."""
    module = parsed(wasm)
    if any(i.kind == "table" for i in module.imports) or len(module.tables) != 1 or any(e.name == TABLE and e.kind != "table" for e in module.exports):
        return wasm
    entry = write_name(TABLE) + bytes([KINDS.index("table"), 0])
    exported = any(e.name == TABLE for e in module.exports)

    def change(section: int, payload: bytes) -> bytes:
        if section == 4:
            return b"\1\x70\0" + write_unsigned(module.tables[0].minimum)
        if section != 7 or exported:
            return payload
        reader = Reader(payload)
        count = reader.number()
        return write_unsigned(count + 1) + payload[reader.at :] + entry

    return rebuilt(wasm, change, {} if exported else {7: b"\1" + entry})


def _vector(entries: Iterable[bytes]) -> bytes:
    every = list(entries)
    return write_unsigned(len(every)) + b"".join(every)


def _type_indices(payload: bytes, first: int) -> dict[int, int]:
    reader = Reader(payload)
    return {first + k: reader.number() for k in range(reader.count())}


def _types(payload: bytes, module: WasmModule, kept: list[WasmFunction]) -> bytes:
    """The types up to the last one in use, those that nothing kept has made `() -> ()`: wasmtime compiles a trampoline for every type that differs."""
    used = {f.type for f in kept} | {i.type for i in module.imports}
    for function in kept:
        for name, immediate, _ in function.instructions:
            if name == "call_indirect":
                used.add(module.types[immediate[0]])
            elif name in ("block", "loop", "if") and isinstance(immediate, int):
                used.add(module.types[immediate])
    last = max((k for k, type_ in enumerate(module.types) if type_ in used), default=-1)
    reader = Reader(payload)
    reader.count()
    entries = []
    for type_ in module.types[: last + 1]:
        start = reader.at
        reader.raw(1)
        for _ in range(2):
            reader.raw(reader.number())
        entries.append(payload[start : reader.at] if type_ in used else b"\x60\0\0")
    return _vector(entries)


def _renumbered(function: WasmFunction, number: dict[int, int]) -> bytes:
    instructions = function.instructions
    if all(number[immediate] == immediate for name, immediate, _ in instructions if name == "call"):
        return function.body
    return encode_body(function.locals, [(n, number[i] if n == "call" else i) for n, i, _ in instructions])


def _elements(module: WasmModule, number: dict[int, int]) -> bytes:
    """Elements as runs of functions; null entries are what a table holds anyway."""
    out = []
    for element in module.elements:
        assert element.offset is not None
        for k, function in enumerate(element.functions):
            if function is not None:
                place = b"\x41" + write_signed(element.offset + k) + b"\x0b"
                out.append(b"\x02" + write_unsigned(element.table) + place + b"\0\x01" + write_unsigned(number[function]))
    return _vector(out)


def _names(module: WasmModule, number: dict[int, int]) -> bytes:
    """The name section: functions that are left, and globals and data as they were."""
    named = _vector(write_unsigned(new) + write_name(module.function_names[old]) for old, new in number.items())
    parts = b"\1" + write_unsigned(len(named)) + named
    for section, start, end in module.sections:
        if section:
            continue
        reader = Reader(module.data[start:end])
        try:
            if reader.name() != "name":
                continue
            while not reader.done:
                kind, part = reader.byte(), reader.raw(reader.number())
                if kind in _KEPT_NAMES:
                    parts += bytes([kind]) + write_unsigned(len(part)) + part
        except TranspileError:
            break  # A broken name section is no error.
    payload = write_name("name") + parts
    return b"\0" + write_unsigned(len(payload)) + payload
