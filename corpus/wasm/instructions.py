"""Instruction sequences: from bytes to tuples and back.

An instruction is `(name, immediate, offset)`; the immediate is None for an instruction without one, else

* an index for locals, globals, calls and branches (depth of the label); a tuple of depths for br_table, the default last
* `(alignment as log2, offset)` for loads and stores
* the signed value for i32.const and i64.const, the bits as an unsigned integer for f32.const and f64.const
* for block, loop and if: "" without result, a value type, or the index of a type
* `(type index, table index)` for call_indirect, a memory index for memory.size and memory.grow, a tuple of types for a typed select

Invariant: `encode(decode(code)) == code` where every number is in its shortest form (linkers pad some to five bytes).
Limits: the instructions of `opcodes`; everything else is a WasmError. Nothing is validated beyond the syntax.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import Any

from transpile.corpus.errors import TranspileError
from transpile.corpus.wasm.opcodes import (
    BLOCK,
    BR_TABLE,
    CALL_INDIRECT,
    F32_CONST,
    F64_CONST,
    I32_CONST,
    I64_CONST,
    INDEX,
    KINDS,
    MEMORY,
    MEMORY_ARGUMENT,
    NAMES,
    OPCODES,
    PLAIN,
    PREFIXED,
    PREFIXED_NAMES,
    TYPE_BYTES,
    TYPED_SELECT,
    VALUE_TYPES,
)  # fmt: skip

Instruction = tuple[str, Any, int]
FunctionType = tuple[tuple[str, ...], tuple[str, ...]]
"""(parameter types, result types)."""


class WasmError(TranspileError):
    """Malformed or unsupported WebAssembly."""


def malformed(what: str) -> WasmError:
    return WasmError(f"malformed wasm: {what}", hint="the file is truncated or no linked WebAssembly module; compile it again")


def unsupported(what: str) -> WasmError:
    return WasmError(
        f"unsupported wasm: {what}",
        hint="compile for the MVP (-mcpu=mvp); sign extension, saturating truncation and memory.copy/fill are accepted too",
    )


def read_unsigned(code: bytes, at: int, bits: int = 32) -> tuple[int, int]:
    """An unsigned LEB128 number at `at`, and the position after it."""
    value = shift = 0
    while True:
        byte = code[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
        shift += 7
        if shift >= bits:
            raise malformed("number too long")
    if value >> bits:
        raise malformed("number too large")
    return value, at


def read_signed(code: bytes, at: int, bits: int) -> tuple[int, int]:
    """A signed LEB128 number of at most `bits` bits at `at`, and the position after it."""
    value = shift = 0
    while True:
        byte = code[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
        if shift >= bits:
            raise malformed("number too long")
    if byte & 0x40:
        value -= 1 << shift
    if not -(1 << (bits - 1)) <= value < 1 << (bits - 1):
        raise malformed("number too large")
    return value, at


def decode(code: bytes, at: int = 0) -> list[Instruction]:
    """The instructions from `at` to the end of `code`; offsets count from the start of `code`. Raises WasmError."""
    out: list[Instruction] = []
    append = out.append
    names, kinds, size, depth = NAMES, KINDS, len(code), 1
    immediate: Any
    try:
        while at < size:
            start = at
            opcode = code[at]
            at += 1
            kind = kinds[opcode]
            if kind == PLAIN:
                append((names[opcode], None, start))
                if opcode == 0x0B:
                    depth -= 1
                    if depth == 0:
                        break
                continue
            if kind == INDEX:
                immediate = code[at]
                at += 1
                if immediate >= 0x80:
                    immediate, at = read_unsigned(code, at - 1)
            elif kind in (I32_CONST, I64_CONST):
                immediate = code[at]
                at += 1
                if immediate >= 0x80:
                    immediate, at = read_signed(code, at - 1, 32 if kind == I32_CONST else 64)
                elif immediate >= 0x40:
                    immediate -= 0x80
            elif kind == MEMORY_ARGUMENT:
                alignment, offset = code[at], code[at + 1]
                at += 2
                if offset >= 0x80:
                    offset, at = read_unsigned(code, at - 1)
                if alignment > 3:
                    raise malformed("alignment") if alignment < 64 else unsupported("several memories")
                immediate = (alignment, offset)
            elif kind == BLOCK:
                depth += 1
                byte = code[at]
                if byte == 0x40:
                    immediate, at = "", at + 1
                elif byte in VALUE_TYPES:
                    immediate, at = VALUE_TYPES[byte], at + 1
                else:
                    immediate, at = read_signed(code, at, 33)
                    if immediate < 0:
                        raise unsupported("a block of a type other than i32, i64, f32 or f64")
            else:
                name, immediate, at = _decode_rare(code, at, opcode, kind)
                append((name, immediate, start))
                continue
            append((names[opcode], immediate, start))
    except (IndexError, struct.error):
        raise malformed("a function ends in the middle of an instruction") from None
    if depth != 0 or at != size:
        raise malformed("a function's blocks do not balance")
    return out


def _decode_rare(code: bytes, at: int, opcode: int, kind: int) -> tuple[str, Any, int]:
    """Name, immediate and end of an instruction that is rare or slow to read."""
    name = NAMES[opcode]
    if kind == F32_CONST:
        return name, struct.unpack_from("<I", code, at)[0], at + 4
    if kind == F64_CONST:
        return name, struct.unpack_from("<Q", code, at)[0], at + 8
    if kind == BR_TABLE:
        count, at = read_unsigned(code, at)
        labels = []
        for _ in range(count + 1):
            label, at = read_unsigned(code, at)
            labels.append(label)
        return name, tuple(labels), at
    if kind == CALL_INDIRECT:
        type_index, at = read_unsigned(code, at)
        table, at = read_unsigned(code, at)
        return name, (type_index, table), at
    if kind == MEMORY:
        memory, at = read_unsigned(code, at)
        if memory:
            raise unsupported("several memories")
        return name, memory, at
    if kind == TYPED_SELECT:
        if code[at] != 1 or code[at + 1] not in VALUE_TYPES:
            raise unsupported("select of a type other than i32, i64, f32 or f64")
        return name, (VALUE_TYPES[code[at + 1]],), at + 2
    if kind == PREFIXED:
        number, at = read_unsigned(code, at)
        if number not in PREFIXED_NAMES:
            raise unsupported(f"instruction 0xfc {number}")
        name, zeros = PREFIXED_NAMES[number]
        if any(code[at + i] for i in range(zeros)):
            raise unsupported("several memories")
        return name, None, at + zeros
    raise unsupported(f"instruction 0x{opcode:02x}")


def write_unsigned(value: int) -> bytes:
    """Shortest unsigned LEB128."""
    if value < 0x80:
        return bytes([value])
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def write_signed(value: int) -> bytes:
    """Shortest signed LEB128."""
    out = bytearray()
    while not -0x40 <= value < 0x40:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value & 0x7F)
    return bytes(out)


def encode(instructions: Iterable[tuple[Any, ...]]) -> bytes:
    """The bytes of instructions as `decode` gives them; offsets are ignored and may be left out. The last one should be `end`."""
    out = bytearray()
    for name, immediate, *_ in instructions:
        kind, opcode = OPCODES[name]
        if name == "select" and immediate is not None:
            out += bytes([0x1C, 1, TYPE_BYTES[immediate[0]]])
            continue
        out += opcode
        if kind == PLAIN:
            continue
        if kind in (INDEX, MEMORY):
            out += write_unsigned(immediate)
        elif kind in (I32_CONST, I64_CONST):
            out += write_signed(immediate)
        elif kind in (MEMORY_ARGUMENT, CALL_INDIRECT):
            out += write_unsigned(immediate[0]) + write_unsigned(immediate[1])
        elif kind == BLOCK:
            if isinstance(immediate, int):
                out += write_signed(immediate)
            else:
                out.append(TYPE_BYTES[immediate] if immediate else 0x40)
        elif kind == F32_CONST:
            out += struct.pack("<I", immediate)
        elif kind == F64_CONST:
            out += struct.pack("<Q", immediate)
        else:
            assert kind == BR_TABLE, name
            out += write_unsigned(len(immediate) - 1)
            for label in immediate:
                out += write_unsigned(label)
    return bytes(out)


def encode_body(local_types: Sequence[str], instructions: Iterable[tuple[Any, ...]]) -> bytes:
    """A function's body as the code section holds it (without its size): locals beyond the parameters, then the instructions."""
    groups: list[tuple[str, int]] = []
    for one in local_types:
        if groups and groups[-1][0] == one:
            groups[-1] = (one, groups[-1][1] + 1)
        else:
            groups.append((one, 1))
    head = write_unsigned(len(groups)) + b"".join(write_unsigned(count) + bytes([TYPE_BYTES[one]]) for one, count in groups)
    return head + encode(instructions)
