"""Canonical text read back: into instructions, and into a standard WAT module that any assembler takes.

Invariant: `to_wat` keeps every instruction, so assembling its text gives the body that the canonical text was made of, byte for byte,
up to the numbering of locals and the order of their declarations. Limits: what stands behind the names of callees, globals and data is
not in the text and has to be given; without it, `to_wat` refuses a text that uses such names.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from transpile.corpus.errors import TranspileError
from transpile.corpus.wasm.instructions import FunctionType
from transpile.corpus.wasm.opcodes import OPCODES, TYPE_BYTES

_SYMBOLIC = {"i32.const"} | {name for name in OPCODES if ".load" in name or ".store" in name}


@dataclass(frozen=True, slots=True)
class ParsedFunction:
    """A canonical text taken apart: types of parameters, results and locals, and (opcode, operand tokens) in order."""

    parameters: tuple[str, ...]
    results: tuple[str, ...]
    locals: tuple[str, ...]
    instructions: tuple[tuple[str, tuple[str, ...]], ...]


def write_integer(value: int, bits: int) -> str:
    """An integer constant as canonical text shows it."""
    return str(value) if -1024 <= value <= 65535 else hex(value & (1 << bits) - 1)


@lru_cache(4096)
def write_float(bits: int, width: int) -> str:
    """A float, given by its bits, as the shortest decimal that reads back: `0.5`, `1e-09`, `-0.0`, `inf`, `nan`, `nan:0x...`."""
    mantissa = 52 if width == 64 else 23
    sign = "-" if bits >> (width - 1) else ""
    fraction, exponent = bits & (1 << mantissa) - 1, bits >> mantissa & (1 << (width - 1 - mantissa)) - 1
    if exponent == (1 << (width - 1 - mantissa)) - 1:
        if fraction == 0:
            return f"{sign}inf"
        return f"{sign}nan" if fraction == 1 << (mantissa - 1) else f"{sign}nan:{fraction:#x}"
    if width == 64:
        return repr(struct.unpack("<d", struct.pack("<Q", bits))[0])
    value = struct.unpack("<f", struct.pack("<I", bits))[0]
    for digits in range(1, 10):
        text = f"{value:.{digits}g}"
        try:
            if struct.pack("<f", float(text)) == struct.pack("<f", value):
                return repr(float(text))
        except OverflowError:
            continue
    raise AssertionError(bits)


def read_constant(token: str, kind: str) -> int:
    """The bits of a constant as canonical text shows it, an integer's as unsigned: the inverse of `write_integer` and `write_float`."""
    width = int(kind[1:])
    if kind[0] == "i":
        return int(token, 0) & (1 << width) - 1
    sign = 1 << (width - 1) if token[0] == "-" else 0
    word, _, payload = token.lstrip("-").partition(":")
    mantissa = 52 if width == 64 else 23
    infinite = (1 << (width - 1 - mantissa)) - 1 << mantissa
    if word == "nan":
        return sign | infinite | (int(payload, 16) if payload else 1 << (mantissa - 1))
    if word == "inf":
        return sign | infinite
    return int.from_bytes(struct.pack("<d" if width == 64 else "<f", float(token)), "little")


def _broken(what: str) -> TranspileError:
    return TranspileError(f"no canonical text: {what}", hint="it should look like: func i32 -> i32 ; local.get p0 end")


def parse_types(tokens: Sequence[str]) -> FunctionType:
    """`i32 i32 -> i32` as (parameters, results); the arrow may be missing where there are no parameters."""
    takes: tuple[str, ...] = ()
    gives = tuple(tokens)
    if "->" in gives:
        arrow = gives.index("->")
        takes, gives = gives[:arrow], gives[arrow + 1 :]
    for one in (*takes, *gives):
        if one not in TYPE_BYTES:
            raise _broken(f"'{one}' is no value type")
    return takes, gives


def with_data(text: str, data: Sequence[bytes]) -> str:
    """A canonical text with the bytes of its data behind it: `... end data d0 104 105 0 data d1 ...`."""
    return " ".join([text, *(" ".join(["data", f"d{i}", *map(str, one)]) for i, one in enumerate(data))])


def split_data(text: str) -> tuple[str, tuple[bytes, ...]]:
    """A canonical text, and the bytes of the data that stand behind it, if any. Raises TranspileError for what `with_data` did not write."""
    code, *rest = text.split(" data ")
    try:
        return code, tuple(bytes(map(int, one.split(" ")[1:])) for one in rest)
    except ValueError:
        raise _broken("its data are no bytes") from None


def parse(text: str) -> ParsedFunction:
    """Take a canonical text apart; data behind it are passed over. Raises TranspileError if it is none; blocks and types are not checked."""
    text, _ = split_data(text)
    head, separator, body = text.partition(" ; ")
    tokens = head.split(" ")
    if not separator or tokens[0] != "func" or "->" not in tokens:
        raise _broken(f"'{text[:40]}' does not begin with a function's type")
    local_types: tuple[str, ...] = ()
    if "local" in tokens:
        at = tokens.index("local")
        (_, local_types), tokens = parse_types(tokens[at + 1 :]), tokens[:at]
    parameters, results = parse_types(tokens[1:])
    instructions: list[tuple[str, tuple[str, ...]]] = []
    name, operands = "", []
    for token in body.split(" "):
        if token in OPCODES:
            if name:
                instructions.append((name, tuple(operands)))
            name, operands = token, []
        elif not name:
            raise _broken(f"'{token}' is no instruction")
        elif token != ";":
            operands.append(token)
    if name != "end" or operands:
        raise _broken("it does not end with 'end'")
    instructions.append((name, ()))
    return ParsedFunction(parameters, results, local_types, tuple(instructions))


def _write_type(takes: Sequence[str], gives: Sequence[str]) -> str:
    return "".join(f" (param {one})" for one in takes) + "".join(f" (result {one})" for one in gives)


def _escape(data: bytes) -> str:
    return "".join(chr(b) if 0x20 <= b < 0x7F and b not in b'"\\' else f"\\{b:02x}" for b in data)


def to_wat(
    text: str,
    *,
    name: str = "f0",
    callees: Sequence[FunctionType] = (),
    data: Sequence[bytes] = (),
    globals: Sequence[tuple[str, bool, int]] = (),
    base: int = 0x10000,
) -> str:
    """A canonical text as a module in standard WAT that exports the function and its memory.

    `callees` are the types of c0.. (imported from "env" under those names), `data` the bytes of d0.. (placed from `base` on, 16-byte
    aligned), `globals` the type, mutability and initial value (a float's bits) of g0... Raises TranspileError where one is missing.
    """
    function = parse(text)
    addresses: list[int] = []
    end = base
    for one in data:
        addresses.append(end)
        end = (end + len(one) + 15) // 16 * 16
    uses_table = False
    lines: list[str] = []
    labels: list[str] = []

    def known(token: str, letter: str, given: int) -> int:
        number = token[1:]
        if token[:1] != letter or not number.isdigit() or int(number) >= given:
            raise TranspileError(f"nothing was given to stand behind '{token}'", hint="give to_wat the text's callees, data and globals")
        return int(number)

    for opcode, operands in function.instructions:
        shown: list[str] = []
        if opcode in ("end", "else"):
            if opcode == "end" and not labels:
                break
            if opcode == "end":
                labels.pop()
        elif opcode in ("block", "loop", "if"):
            labels.append(operands[0])
            takes, gives = parse_types(operands[1:])
            shown = [f"${operands[0]}{_write_type(takes, gives)}"]
        elif opcode in ("br", "br_if", "br_table"):
            shown = [str(len(labels)) if one == "func" else f"${one}" for one in operands]
        elif opcode in ("local.get", "local.set", "local.tee"):
            shown = [f"${operands[0]}"]
        elif opcode in ("global.get", "global.set"):
            if operands[0] != "sp":
                known(operands[0], "g", len(globals))
            shown = ["$__stack_pointer" if operands[0] == "sp" else f"${operands[0]}"]
        elif opcode == "call":
            known(operands[0], "c", len(callees))
            shown = [f"${operands[0]}"]
        elif opcode == "call_indirect":
            uses_table = True
            shown = [_write_type(*parse_types(operands)).strip()]
        elif opcode == "select" and operands:
            shown = [f"(result {operands[0]})"]
        elif opcode in _SYMBOLIC:
            numbers = [one for one in operands if not one.startswith("align=")]
            if numbers and numbers[0].startswith("d"):
                address = addresses[known(numbers[0], "d", len(data))] + sum(int(one) for one in numbers[1:])
                numbers = [str(address)]
            shown = numbers if opcode == "i32.const" else [f"offset={one}" for one in numbers]
            shown += [one for one in operands if one.startswith("align=")]
        else:
            shown = list(operands)
        depth = len(labels) + (opcode not in ("block", "loop", "if", "else"))
        lines.append("  " * (depth + 1) + " ".join([opcode, *shown]).strip())

    head = "".join(f" (param $p{i} {one})" for i, one in enumerate(function.parameters))
    head += "".join(f" (result {one})" for one in function.results)
    module = ["(module"]
    module += [f'  (import "env" "c{i}" (func $c{i}{_write_type(*one)}))' for i, one in enumerate(callees)]
    if uses_table:
        module.append("  (table 1 funcref)")
    module.append(f'  (memory (export "memory") {max(1, (end + 0xFFFF) >> 16)})')
    module.append(f"  (global $__stack_pointer (mut i32) (i32.const {base}))")
    for i, (kind, mutable, initial) in enumerate(globals):
        value = write_float(initial, int(kind[1:])) if kind[0] == "f" else initial
        module.append(f"  (global $g{i} {f'(mut {kind})' if mutable else kind} ({kind}.const {value}))")
    module.append(f'  (func ${name} (export "{name}"){head}')
    if function.locals:
        module.append("    " + " ".join(f"(local $v{i} {one})" for i, one in enumerate(function.locals)))
    module += [*lines, "  )"]
    module += [f'  (data (i32.const {address}) "{_escape(one)}")' for address, one in zip(addresses, data, strict=True)]
    return "\n".join([*module, ")"]) + "\n"


def read_wat(text: str) -> bytes:
    """Standard WAT text (any that wasmtime takes) as a binary module. Raises TranspileError with the parser's own message."""
    import wasmtime

    try:
        return bytes(wasmtime.wat2wasm(text))
    except wasmtime.WasmtimeError as error:
        message = str(error).strip().splitlines()
        raise TranspileError(f"the WAT text does not parse: {message[0] if message else ''}", hint="\n".join(message[1:])) from error
