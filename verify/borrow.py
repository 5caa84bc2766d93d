"""A candidate with the original's callees in place of its own, so that one wrong helper does not condemn its callers.

Functions are matched by name (of a mangled name its last part) and type. The original's bodies come with what they call and with their data,
which gets addresses of its own. Invariant: nothing but the bodies of matched callees changes for the candidate's own code. Limits: no
indirect calls, no imports or globals but the stack pointer in what is borrowed; a callee that was inlined can't be told apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from transpile.corpus.errors import TranspileError
from transpile.corpus.wasm.instructions import encode_body, write_signed, write_unsigned
from transpile.corpus.wasm.module import WasmFunction, WasmModule
from transpile.corpus.wasm.opcodes import TYPE_BYTES
from transpile.corpus.wasm.reader import Import, Reader, write_name
from transpile.verify import functions
from transpile.verify.shared import use
from transpile.verify.thin import parsed, reachable, rebuilt, thin
from transpile.verify.types import Executable

_PAGE = 1 << 16


class _Unborrowable(Exception):
    """The original's callees need something that does not move."""


def base_name(name: str) -> str:
    """The name that the source has: the last part of a mangled or dotted one."""
    if name.startswith("_ZN"):
        at, parts = 3, []
        while at < len(name) and name[at].isdigit():
            digits = re.match(r"\d+", name[at:])
            assert digits is not None
            start = at + len(digits[0])
            at = start + int(digits[0])
            parts.append(name[start:at])
        parts = [p for p in parts if not re.fullmatch(r"h[0-9a-f]{16}", p)]
        return parts[-1] if parts else name
    return name.rpartition(".")[2] or name


def borrow(candidate: Executable, original: Executable) -> tuple[Executable, tuple[str, ...]] | None:
    """The candidate with every callee that the original has too replaced by the original's, and their names; None if there are none."""
    try:
        alone = thin(candidate)
        module, source = parsed(alone.wasm), parsed(thin(original).wasm)
        theirs = {base_name(f.name): f for f in reachable(source, original.export) if f.name != original.export}
        own = [f for f in reachable(module, alone.export) if f.name != alone.export]
        matched = [(f, theirs[base_name(f.name)]) for f in own if base_name(f.name) in theirs and theirs[base_name(f.name)].type == f.type]
        if not matched:
            return None
        return replace(alone, wasm=_transplant(module, source, matched)), tuple(base_name(f.name) for f, _ in matched)
    except (TranspileError, _Unborrowable):
        return None


def supplied(candidate: Executable, original: Executable, names: Mapping[str, str]) -> Executable | None:
    """The candidate with functions of the original behind some of its imports; `names`: theirs by the imports'. None where they can't be had: where they
    share variables with the rest of the original, or need what does not move."""
    try:
        alone = thin(candidate)
        module, source = parsed(alone.wasm), parsed(thin(original).wasm)
        found = {field: source.function(name) for field, name in names.items()}
        needed = {f.index: f for one in found.values() for f in reachable(source, one.name)}
        used = [use([f for f in reachable(source, original.export) if (f.index in needed) == inside]) for inside in (True, False)]
        numbers = functions.table(parsed(original.wasm))
        if any(name == "i32.const" and immediate in numbers for f in needed.values() for name, immediate, _ in f.instructions):
            raise _Unborrowable("the address of a function")
        if used[0].sets & (used[1].sets | used[1].reads) or used[0].reads & used[1].sets:
            return None
        return replace(alone, wasm=_supply(module, source, found, needed))
    except (TranspileError, _Unborrowable):
        return None


def _supply(module: WasmModule, source: WasmModule, found: Mapping[str, WasmFunction], needed: Mapping[int, WasmFunction]) -> bytes:
    own = {i.field: i for i in module.imports if i.kind == "function" and i.module == "env"}
    if any(own[field].type != one.type for field, one in found.items() if field in own) or any(i.kind != "function" for i in module.imports):
        raise _Unborrowable("a callee of another type")
    count = len(module.function_types)
    number = {index: count + k for k, index in enumerate(needed)}
    # An import that a function of the original takes the place of is free for one that these need.
    free = [own[field].index for field in found if field in own]
    renamed: dict[int, Import] = {}
    called = {immediate for f in needed.values() for name, immediate, _ in f.instructions if name == "call"}
    for one in source.imports:
        if one.kind == "function" and one.index in called:
            same = next((i for i in module.imports if (i.module, i.field, i.type) == (one.module, one.field, one.type)), None)
            if same is None and not free:
                raise _Unborrowable("an import")
            number[one.index] = same.index if same else free.pop()
            renamed |= {} if same else {number[one.index]: one}
    low, high = source.data_range
    moved = module.memories[0].minimum * _PAGE - (low & ~0xFFFF) if module.memories else 0
    calls = {own[field].index: number[one.index] for field, one in found.items() if field in own}
    bodies = {}
    for function in module.functions:
        code = [(name, calls.get(immediate, immediate) if name == "call" else immediate) for name, immediate, _ in function.instructions]
        bodies[function.index] = encode_body(function.locals, code)
    added = [(f.type, _moved(f, number, module, source, low, high, moved)) for f in needed.values()]
    wasm = _with_imports(module.replace_bodies(bodies, added_functions=added), renamed)
    segments = [(s.address + moved, s.data) for s in source.segments if s.address is not None and s.data]
    return _with_data(wasm, module, segments, -(-(high + moved) // _PAGE)) if high and module.memories else wasm


def _with_imports(wasm: bytes, renamed: Mapping[int, Import]) -> bytes:
    """The module with other functions imported in the places of some, by index."""
    if not renamed:
        return wasm
    module = parsed(wasm)
    types = [*module.types, *dict.fromkeys(one.type for one in renamed.values() if one.type and one.type not in module.types)]
    imports = [renamed.get(one.index, one) for one in module.imports]
    written = {
        1: [b"\x60" + b"".join(write_unsigned(len(side)) + bytes(TYPE_BYTES[t] for t in side) for side in one) for one in types],
        2: [write_name(i.module) + write_name(i.field) + b"\0" + write_unsigned(types.index(i.type)) for i in imports if i.type],
    }
    return rebuilt(wasm, lambda k, payload: write_unsigned(len(written[k])) + b"".join(written[k]) if k in written else payload, {})


def _transplant(module: WasmModule, source: WasmModule, matched: Sequence[tuple[WasmFunction, WasmFunction]]) -> bytes:
    needed: dict[int, WasmFunction] = {}
    for _, function in matched:
        needed |= {f.index: f for f in reachable(source, function.name)}
    number = {function.index: own.index for own, function in matched}
    added = [f for f in needed.values() if f.index not in number]
    number |= {f.index: len(module.function_types) + k for k, f in enumerate(added)}
    low, high = source.data_range
    # The data goes where the module's own memory ends; every buffer and the heap come later, when memory grows.
    moved = module.memories[0].minimum * _PAGE - (low & ~0xFFFF) if module.memories else 0
    bodies = {number[f.index]: _moved(f, number, module, source, low, high, moved) for f in needed.values()}
    replaced = {f.index for f, _ in matched}
    wasm = module.replace_bodies({k: body for k, body in bodies.items() if k in replaced})
    if added:
        wasm = parsed(wasm).replace_bodies({}, added_functions=[(f.type, bodies[number[f.index]]) for f in added])
    segments = [(s.address + moved, s.data) for s in source.segments if s.address is not None and s.data]
    if not high or not any("const" in n or ".load" in n or ".store" in n for f in needed.values() for n, _, _ in f.instructions):
        return wasm
    return _with_data(wasm, module, segments, -(-(high + moved) // _PAGE))


def _moved(function: WasmFunction, number: dict[int, int], module: WasmModule, source: WasmModule, low: int, high: int, moved: int) -> bytes:
    """The body with calls, the stack pointer and the addresses of data as they are in the other module."""
    code = []
    for name, immediate, _ in function.instructions:
        if name == "call":
            if immediate not in number:
                raise _Unborrowable("an import")
            immediate = number[immediate]
        elif name in ("global.get", "global.set"):
            if immediate != source.stack_pointer or module.stack_pointer is None:
                raise _Unborrowable("a global")
            immediate = module.stack_pointer
        elif name == "call_indirect" or (isinstance(immediate, int) and name in ("block", "loop", "if")):
            raise _Unborrowable("types and tables")
        elif name == "i32.const" and high and low <= immediate <= high:
            immediate += moved
        elif (".load" in name or ".store" in name) and high and low <= immediate[1] <= high:
            immediate = (immediate[0], immediate[1] + moved)
        code.append((name, immediate))
    if high and low < 1 << 16:
        raise _Unborrowable("addresses that look like numbers")
    return encode_body(function.locals, code)


def _with_data(wasm: bytes, module: WasmModule, segments: Sequence[tuple[int, bytes]], pages: int) -> bytes:
    """The module with more data segments and enough memory for them."""
    data = [b"\0\x41" + write_signed(address) + b"\x0b" + write_unsigned(len(one)) + one for address, one in segments]
    maximum = module.memories[0].maximum
    if maximum is not None and maximum < pages:
        raise _Unborrowable("memory of a fixed size")
    limits = bytes([maximum is not None]) + write_unsigned(max(pages, module.memories[0].minimum))
    limits += b"" if maximum is None else write_unsigned(maximum)

    def change(section: int, payload: bytes) -> bytes:
        if section == 5:
            return b"\x01" + limits
        if section not in (11, 12):
            return payload
        reader = Reader(payload)
        count = reader.number()
        return write_unsigned(count + len(data)) + (b"" if section == 12 else payload[reader.at :] + b"".join(data))

    return rebuilt(wasm, change, {11: write_unsigned(len(data)) + b"".join(data)})
