"""The WebAssembly opcodes that this project reads and writes: MVP, sign extension, saturating truncation, memory.copy and fill.

One table of names and kinds of immediates by opcode byte, one of stack effects by name. Anything else (SIMD, threads,
reference types, exceptions) is absent here on purpose: the decoder reports it as unsupported.
Source: https://webassembly.github.io/spec/core/appendix/index-instructions.html
"""

from __future__ import annotations

# Kinds of immediates.
PLAIN, INDEX, MEMORY_ARGUMENT, I32_CONST, BLOCK, I64_CONST, F32_CONST, F64_CONST, BR_TABLE, CALL_INDIRECT, MEMORY, TYPED_SELECT = range(12)
PREFIXED, UNSUPPORTED = 12, 13

VALUE_TYPES = {0x7F: "i32", 0x7E: "i64", 0x7D: "f32", 0x7C: "f64"}
TYPE_BYTES = {name: byte for byte, name in VALUE_TYPES.items()}

NAMES: list[str] = [""] * 256
KINDS: list[int] = [UNSUPPORTED] * 256
OPCODES: dict[str, tuple[int, bytes]] = {}
"""By name: (kind of immediates, opcode bytes)."""
EFFECTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
"""By name: (operand types, result types); only instructions whose types do not depend on context."""
WIDTH: dict[str, int] = {}
"""Bytes that a load or store touches."""


def _words(text: str) -> list[str]:
    return text.split()


_INTEGER_COMPARE = _words("eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u")
_FLOAT_COMPARE = _words("eq ne lt gt le ge")
_INTEGER_UNARY = _words("clz ctz popcnt")
_INTEGER_BINARY = _words("add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr")
_FLOAT_UNARY = _words("abs neg ceil floor trunc nearest sqrt")
_FLOAT_BINARY = _words("add sub mul div min max copysign")


def _define(code: int, name: str, kind: int, takes: str | None = None, gives: str = "") -> None:
    NAMES[code], KINDS[code] = name, kind
    OPCODES[name] = (kind, bytes([code]))
    if takes is not None:
        EFFECTS[name] = (tuple(takes.split()), tuple(gives.split()))


def _fill() -> None:
    for code, name, kind in (
        (0x00, "unreachable", PLAIN), (0x01, "nop", PLAIN), (0x02, "block", BLOCK), (0x03, "loop", BLOCK), (0x04, "if", BLOCK),
        (0x05, "else", PLAIN), (0x0B, "end", PLAIN), (0x0C, "br", INDEX), (0x0D, "br_if", INDEX), (0x0E, "br_table", BR_TABLE),
        (0x0F, "return", PLAIN), (0x10, "call", INDEX), (0x11, "call_indirect", CALL_INDIRECT), (0x1A, "drop", PLAIN),
        (0x1B, "select", PLAIN), (0x20, "local.get", INDEX), (0x21, "local.set", INDEX), (0x22, "local.tee", INDEX),
        (0x23, "global.get", INDEX), (0x24, "global.set", INDEX),
    ):  # fmt: skip
        _define(code, name, kind)
    NAMES[0x1C], KINDS[0x1C] = "select", TYPED_SELECT
    NAMES[0xFC], KINDS[0xFC] = "0xfc", PREFIXED

    code = 0x28
    for name, width in (
        ("i32.load", 4), ("i64.load", 8), ("f32.load", 4), ("f64.load", 8),
        ("i32.load8_s", 1), ("i32.load8_u", 1), ("i32.load16_s", 2), ("i32.load16_u", 2),
        ("i64.load8_s", 1), ("i64.load8_u", 1), ("i64.load16_s", 2), ("i64.load16_u", 2), ("i64.load32_s", 4), ("i64.load32_u", 4),
        ("i32.store", 4), ("i64.store", 8), ("f32.store", 4), ("f64.store", 8), ("i32.store8", 1), ("i32.store16", 2),
        ("i64.store8", 1), ("i64.store16", 2), ("i64.store32", 4),
    ):  # fmt: skip
        kind = name[:3]
        _define(code, name, MEMORY_ARGUMENT, f"i32 {kind}" if "store" in name else "i32", "" if "store" in name else kind)
        WIDTH[name] = width
        code += 1
    _define(0x3F, "memory.size", MEMORY, "", "i32")
    _define(0x40, "memory.grow", MEMORY, "i32", "i32")
    for code, name, kind in (
        (0x41, "i32.const", I32_CONST), (0x42, "i64.const", I64_CONST), (0x43, "f32.const", F32_CONST), (0x44, "f64.const", F64_CONST),
    ):  # fmt: skip
        _define(code, name, kind, "", name[:3])

    numeric: list[tuple[str, str, str]] = []
    for kind in ("i32", "i64"):
        numeric.append((f"{kind}.eqz", kind, "i32"))
        numeric += [(f"{kind}.{op}", f"{kind} {kind}", "i32") for op in _INTEGER_COMPARE]
    for kind in ("f32", "f64"):
        numeric += [(f"{kind}.{op}", f"{kind} {kind}", "i32") for op in _FLOAT_COMPARE]
    for kind, unary, binary in (
        ("i32", _INTEGER_UNARY, _INTEGER_BINARY), ("i64", _INTEGER_UNARY, _INTEGER_BINARY),
        ("f32", _FLOAT_UNARY, _FLOAT_BINARY), ("f64", _FLOAT_UNARY, _FLOAT_BINARY),
    ):  # fmt: skip
        numeric += [(f"{kind}.{op}", kind, kind) for op in unary]
        numeric += [(f"{kind}.{op}", f"{kind} {kind}", kind) for op in binary]
    for name in _words(
        "i32.wrap_i64 i32.trunc_f32_s i32.trunc_f32_u i32.trunc_f64_s i32.trunc_f64_u i64.extend_i32_s i64.extend_i32_u "
        "i64.trunc_f32_s i64.trunc_f32_u i64.trunc_f64_s i64.trunc_f64_u f32.convert_i32_s f32.convert_i32_u f32.convert_i64_s "
        "f32.convert_i64_u f32.demote_f64 f64.convert_i32_s f64.convert_i32_u f64.convert_i64_s f64.convert_i64_u f64.promote_f32 "
        "i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32 f64.reinterpret_i64"
    ):
        numeric.append((name, name.split("_")[1], name[:3]))
    numeric += [(f"{name}_s", name[:3], name[:3]) for name in _words("i32.extend8 i32.extend16 i64.extend8 i64.extend16 i64.extend32")]
    for number, (name, takes, gives) in enumerate(numeric):
        _define(0x45 + number, name, PLAIN, takes, gives)


def _fill_prefixed() -> dict[int, tuple[str, int]]:
    prefixed: dict[int, tuple[str, int]] = {}
    number = 0
    for result in ("i32", "i64"):
        for source in ("f32", "f64"):
            for sign in "su":
                name = f"{result}.trunc_sat_{source}_{sign}"
                prefixed[number] = (name, 0)
                EFFECTS[name] = ((source,), (result,))
                number += 1
    prefixed[10], prefixed[11] = ("memory.copy", 2), ("memory.fill", 1)
    EFFECTS["memory.copy"] = EFFECTS["memory.fill"] = (("i32", "i32", "i32"), ())
    for number, (name, zeros) in prefixed.items():
        OPCODES[name] = (PLAIN, bytes([0xFC, number]) + bytes(zeros))
    return prefixed


_fill()
PREFIXED_NAMES: dict[int, tuple[str, int]] = _fill_prefixed()
"""After 0xFC, by number: (name, how many zero bytes (memory indices) follow)."""
NATURAL_ALIGNMENT = {name: width.bit_length() - 1 for name, width in WIDTH.items()}
"""Log2 of the natural alignment of a load or store."""
