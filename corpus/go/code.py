"""What a function of Go's object files is made of: its wasm, with the linker's places named, and the operands of its translation."""

from __future__ import annotations

import re
from dataclasses import dataclass

from transpile.corpus.go.object import ADDRESS, CALL, Symbol
from transpile.corpus.wasm.instructions import Instruction, decode, write_signed, write_unsigned
from transpile.corpus.wasm.reader import Reader

RETURN_ADDRESS = 8
"""Bytes between a function's frame and its arguments."""

TRAPS = ("runtime.panic", "runtime.goPanic", "runtime.gopanic", "runtime.throw", "runtime.sigpanic", "runtime.fatal")
"""How the names of routines begin that never return."""

_ROUTINES = (
    ("growslice", "appends to a slice, which allocates memory"),
    ("newobject|makeslice|malloc|newarray", "allocates memory"),
    ("map|makemap", "uses a map"),
    ("concat|slicebytetostring|slicerunetostring|stringtoslice|intstring|rawstring", "builds a string"),
    ("chan|select|makechan|closechan", "uses a channel"),
    ("newproc", "starts a goroutine"),
    ("conv|assert|typeAssert|typeSwitch|interface|iface|eface|nilinter|inter", "uses an interface"),
    ("defer|gorecover", "defers a call"),
    ("print", "prints"),
)
"""How the names of the runtime's routines begin that what a person writes becomes, and what that does."""


def routine(name: str) -> str | None:
    """What a function does that calls a routine of Go's runtime; None for another function."""
    if not re.match(r"runtime\.\w+$", name):
        return None
    does = next((words for pattern, words in _ROUTINES if re.match(rf"runtime\.(?:{pattern})", name)), None)
    return f"{does} ({name})" if does else f"needs {name} of Go's runtime"


class Unsupported(Exception):
    """The function uses what has no meaning without Go's runtime; says what."""


@dataclass(frozen=True, slots=True)
class Value:
    """An operand: an LLVM value of a wasm type, or with `base` an address: "stack" (relative to the stack pointer at entry), or a symbol."""

    type: str
    text: str = ""
    base: str = ""
    offset: int = 0
    number: int | None = None


@dataclass(slots=True)
class Label:
    """A block, loop or if of the wasm text: where a branch to it goes, how many operands lay below it, and where the stack pointer was."""

    kind: str
    target: str
    height: int
    pointer: int = 0


def code_of(symbol: Symbol) -> tuple[list[Instruction], list[str], dict[int, tuple[str, str, int]]]:
    """The instructions, the types of the locals beyond the resume point, and by offset of an instruction what the linker would put into it:
    ("call" or "address", symbol, distance). Raises Unsupported."""
    if not symbol.data:
        raise Unsupported("a function without code")
    patches = sorted((r for r in symbol.relocations if r.kind in (ADDRESS, CALL) and r.size == 1), key=lambda r: r.at)
    out, last, found = bytearray(), 0, {}
    for k, one in enumerate(patches):
        out += symbol.data[last : one.at]
        found[len(out) - 1] = ("call" if one.kind == CALL else "address", one.symbol, one.add)
        out += write_unsigned(k) if one.kind == CALL else write_signed(k)
        last = one.at
    data = bytes(out + symbol.data[last:])
    reader = Reader(write_unsigned(len(data)) + data)
    _, local_types, start = reader.body()
    instructions = decode(data, start)
    if any(name == "call" and offset not in found for name, _, offset in instructions):
        raise Unsupported("a function of the host")
    return instructions, list(local_types), found


def after_end(instructions: list[Instruction], at: int) -> int:
    """Where the block that begins before `at` is over."""
    depth = 1
    while depth:
        name = instructions[at][0]
        depth += (name in ("block", "loop", "if")) - (name == "end")
        at += 1
    return at
