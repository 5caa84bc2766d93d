"""Canonical text of one function: one line, one token per instruction, immediates apart, every name canonical.

    func i32 -> i32 local i32 ; block l0 local.get p0 i32.eqz br_if l0 ... end local.get v0 end

* Parameters p0.. by position; locals v0.. and labels l0.. by first appearance (unused locals vanish, their types are listed in that
  order); `br func` leaves the function. Callees c0.., globals g0.., data segments d0.. by first appearance; the stack pointer is sp.
* Loads and stores show their offset if it is not 0, `align=N` (in bytes) if it is not the natural one.
* Integers are decimal from -1024 to 65535, else the unsigned bits in hexadecimal; floats are the shortest decimal that reads back.
* A constant, or the offset of a load or store, that lies inside a data segment is that segment and the distance: `i32.const d0 16`.

Invariant: equal texts, with equal callees, globals and data behind the names, mean equal functions. Equal data means the same bytes at the
same addresses, or at others where segments do not touch in different ways (the end of one may be the start of the next).
Limits: an integer that merely looks like an address is taken for one; link with --global-base=0x1234000 to avoid that. Memory without
a segment (zero-initialized globals of wasm-ld) has no symbol: its addresses stay numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from transpile.corpus.normal.form import normalize, parameter_bounds
from transpile.corpus.signature import Signature
from transpile.corpus.wasm.instructions import FunctionType, malformed, unsupported
from transpile.corpus.wasm.module import WasmFunction
from transpile.corpus.wasm.opcodes import NATURAL_ALIGNMENT, OPCODES, TYPE_BYTES
from transpile.corpus.wasm.wat_text import parse, read_wat, to_wat, write_float, write_integer

__all__ = ["CanonicalFunction", "canonical", "normalize", "parameter_bounds", "parse", "pretty", "read_wat", "skeleton", "to_wat"]

_LOW_BASE = 0x10000
"""Below this, addresses are as small as ordinary constants: one that is at once masked, multiplied or shifted is taken for a number."""
_NO_ADDRESS = frozenset(
    {
        "i32.and", "i32.or", "i32.xor", "i32.mul", "i32.shl", "i32.shr_s", "i32.shr_u",
        "i32.div_s", "i32.div_u", "i32.rem_s", "i32.rem_u", "i32.rotl", "i32.rotr",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CanonicalFunction:
    """The canonical text of a function, and what stands behind its names, in order: c0.., d0.., g0..."""

    text: str
    callees: tuple[str, ...]
    callee_types: tuple[FunctionType, ...]
    data: tuple[int, ...]
    """Indices of the module's data segments."""
    globals: tuple[int, ...]
    """Indices of the module's globals, without the stack pointer."""
    global_types: tuple[str, ...]

    @property
    def normal(self) -> str:
        """The normal form of the text; see `normal/form.py`. Computed anew at each call."""
        return normalize(self.text, callees=self.callee_types, globals=self.global_types)

    def normal_for(self, signature: Signature) -> str:
        """The normal form for arguments that keep what the signature promises (see `parameter_bounds`): more functions have the same."""
        return normalize(self.text, callees=self.callee_types, globals=self.global_types, bounds=parameter_bounds(signature))


def _write_block_type(immediate: str | int, types: list[FunctionType]) -> list[str]:
    if not isinstance(immediate, int):
        return [immediate] if immediate else []
    if immediate >= len(types):
        raise malformed(f"type {immediate} does not exist")
    parameters, results = types[immediate]
    if not parameters and len(results) < 2:
        return list(results)
    return [*parameters, "->", *results]


def canonical(function: WasmFunction) -> CanonicalFunction:
    """The canonical text of a function of a module. Raises WasmError for instructions outside `opcodes`."""
    module = function.module
    parameters, results = function.type
    names: list[str | None] = [f"p{i}" for i in range(len(parameters))]
    names += [None] * len(function.locals)
    local_types: list[str] = []
    first_local = len(parameters)
    labels = ["func"]
    opened = 0
    low, high = module.data_range
    callees: dict[int, str] = {}
    data: dict[int, str] = {}
    global_names: dict[int, str] = {} if module.stack_pointer is None else {module.stack_pointer: "sp"}
    out: list[str] = []
    append = out.append

    def address(value: int, inclusive: bool) -> tuple[str, int] | None:
        """(name of the segment, distance); `inclusive`: the end of a segment counts as its own, unless another begins there."""
        segment = module.segment_at(value)
        if segment is None and inclusive and low >= _LOW_BASE:
            segment = module.segment_at(value - 1)
        if segment is None or segment.address is None:
            return None
        return data.setdefault(segment.index, f"d{len(data)}"), value - segment.address

    instructions = function.instructions
    try:
        for position, (name, immediate, _) in enumerate(instructions):
            append(name)
            if immediate is None:
                if name == "end":
                    labels.pop()
                continue
            kind = name[:6]
            if kind == "local.":
                shown = names[immediate]
                if shown is None:
                    shown = names[immediate] = f"v{len(local_types)}"
                    local_types.append(function.locals[immediate - first_local])
                append(shown)
            elif name == "i32.const":
                unsigned = immediate & 0xFFFFFFFF
                if low <= unsigned <= high and high and (
                    low >= _LOW_BASE or position + 1 >= len(instructions) or instructions[position + 1][0] not in _NO_ADDRESS
                ):
                    found = address(unsigned, True)
                    if found:
                        append(found[0])
                        if found[1]:
                            append(str(found[1]))
                        continue
                append(str(immediate) if -1024 <= immediate <= 65535 else hex(unsigned))
            elif name in NATURAL_ALIGNMENT:
                alignment, offset = immediate
                found = address(offset, False) if low <= offset < high else None
                if found:
                    append(found[0])
                    offset = found[1]
                if offset:
                    append(str(offset))
                if alignment != NATURAL_ALIGNMENT[name]:
                    append(f"align={1 << alignment}")
            elif name == "block" or name == "loop" or name == "if":
                label = f"l{opened}"
                opened += 1
                labels.append(label)
                append(label)
                if immediate != "":
                    out += _write_block_type(immediate, module.types)
            elif name == "br" or name == "br_if":
                append(labels[-1 - immediate])
            elif name == "i64.const":
                append(write_integer(immediate, 64))
            elif name == "call":
                if immediate not in callees:
                    callees[immediate] = f"c{len(callees)}"
                append(callees[immediate])
            elif name == "f32.const" or name == "f64.const":
                append(write_float(immediate, int(name[1:3])))
            elif kind == "global":
                if immediate >= len(module.globals):
                    raise malformed(f"global {immediate} does not exist")
                if immediate not in global_names:
                    global_names[immediate] = f"g{len(global_names) - (module.stack_pointer is not None)}"
                append(global_names[immediate])
            elif name == "br_table":
                out += [labels[-1 - depth] for depth in immediate]
                append(";")
            elif name == "call_indirect":
                if immediate[1]:
                    raise unsupported("several tables")
                takes, gives = module.types[immediate[0]]
                out += [*takes, "->", *gives]
            elif name == "select":
                out += immediate
    except IndexError:
        raise malformed("an instruction names a local, label or type that does not exist") from None
    for one in (*parameters, *results, *local_types):
        if one not in TYPE_BYTES:
            raise unsupported(f"a value of {one}")
    if any(index >= len(module.function_types) for index in callees):
        raise malformed("a call of a function that does not exist")
    head = ["func", *parameters, "->", *results]
    if local_types:
        head += ["local", *local_types]
    other_globals = tuple(index for index in global_names if index != module.stack_pointer)
    return CanonicalFunction(
        " ".join([*head, ";", *out]),
        tuple(module.function_names[index] for index in callees),
        tuple(module.function_types[index] for index in callees),
        tuple(data),
        other_globals,
        tuple(module.globals[index].type for index in other_globals),
    )


_CONSTANT = re.compile(r"(?<=\.const )(?!d\d)\S+")
_OFFSET = re.compile(r" (?:-?\d\S*|align=\d+)(?= |$)")


def name_calls(text: str, callees: Sequence[str], suffix: str) -> str:
    """Canonical WAT whose `cN` follow the program's numbering (its symbols `c0_17`), library symbols by name, panics as `panic`."""
    names = {}
    for i, symbol in enumerate(callees):
        own = re.search(rf"(?<![A-Za-z])(c\d+|f0){re.escape(suffix)}(?!\d)", symbol)
        if own:
            names[f"c{i}"] = own.group(1)
        elif "panic" in symbol or "slice_index" in symbol or symbol.endswith("_fail"):
            names[f"c{i}"] = "panic"
        else:
            names[f"c{i}"] = re.sub(r"\W+", "_", symbol)
    return re.sub(r"\bcall (c\d+)", lambda m: f"call {names.get(m.group(1), m.group(1))}", text) if names else text


def skeleton(text: str) -> str:
    """Canonical text free of digits but for those of names: constants become N, offsets and alignments vanish."""
    return _OFFSET.sub("", _CONSTANT.sub("N", text))


def pretty(text: str) -> str:
    """Canonical text for people: one instruction per line, indented by block. For reading only."""
    head, _, body = text.partition(" ; ")
    lines, depth = [head], 1
    current: list[str] = []

    def flush() -> None:
        nonlocal depth
        if current:
            if current[0] in ("end", "else"):
                depth -= 1
            lines.append("  " * depth + " ".join(current))
            if current[0] in ("block", "loop", "if", "else"):
                depth += 1
            current.clear()

    for token in body.split(" "):
        if token in OPCODES:
            flush()
        if token != ";":
            current.append(token)
    flush()
    return "\n".join(lines) + "\n"
