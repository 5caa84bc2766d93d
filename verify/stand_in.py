"""Deterministic stand-ins for the functions that a module imports, as wasm: no host function is ever called.

A stand-in notes the call (which import, with which arguments) and answers with a number that depends on all calls of this vector so far, so
that two sides that call alike get the same answers, and others soon part. What it notes lies at the start of the driver's memory.
Arguments that are addresses are made comparable: of the caller's memory as offsets, of the module's own data as the text that stands there, of its
stack as "somewhere on the stack" (a number that looks like such an address is taken for one). Limits: a stand-in never writes to memory; at
most `CALLS` calls can be shown, though all count.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
import wasmtime

RESERVED = 4096
"""Bytes at the start of a driver's memory that are not its tables: its settings, and from `HASH` on what is noted of calls."""
HASH, COUNT, BASE, STRIDE, DATA, DATA_END, STACK, STACK_END, GROWN, LOG = 512, 520, 524, 528, 532, 536, 540, 544, 548, 560
CALLS, _ENTRY, _ARGUMENTS = 32, 64, 7
RETURNED = 3072
"""Where the text is kept, up to 256 bytes and a NUL, to which a pointer leads that the last vector returned (`marshal`)."""
_NEAR = 1 << 13
"""Bytes below the top of the stack that count as its part in use."""

PANICS = frozenset({"abort", "__assert_fail", "__stack_chk_fail"})
"""Imports that do what a panic does."""

Type = tuple[tuple[str, ...], tuple[str, ...]]

ALLOCATORS: dict[str, Type] = {
    "malloc": (("i32",), ("i32",)), "calloc": (("i32", "i32"), ("i32",)), "realloc": (("i32", "i32"), ("i32",)), "free": (("i32",), ()),
}  # fmt: skip
"""Imports that `heap` gives a meaning; their stand-ins only note."""
FORMATTED: dict[str, Type] = {
    "puts": (("i32",), ("i32",)), "printf": (("i32", "i32"), ("i32",)), "sprintf": (("i32",) * 3, ("i32",)), "snprintf": (("i32",) * 4, ("i32",)),
    "fprintf": (("i32",) * 3, ("i32",)), "fputs": (("i32",) * 2, ("i32",)), "fwrite": (("i32",) * 4, ("i32",)), "perror": (("i32",), ()),
}  # fmt: skip
"""Imports that `formatted` gives a meaning; what their stand-ins note is a hash of what is printed, behind what is written to."""
CONTENTS = 0x5A
"""The first byte of an allocator's argument that is no such thing, but what stands in new blocks when the function returns."""
RAW = {
    "i32": "(i64.extend_i32_u {})",
    "i64": "{}",
    "f32": "(i64.extend_i32_u (i32.reinterpret_f32 {}))",
    "f64": "(i64.reinterpret_f64 {})",
}
_ANSWER = {
    "i32": "(i32.wrap_i64 (call $answer))",
    "i64": "(call $answer)",
    "f32": "(f32.convert_i64_s (call $answer))",
    "f64": "(f64.convert_i64_s (call $answer))",
}


def function_imports(imports: Sequence[wasmtime.ImportType]) -> tuple[tuple[str, str, Type], ...]:
    """(module, field, type) of the functions among a module's imports; those of more than one result, which no C function has, are left out."""
    out = []
    for one in imports:
        if isinstance(one.type, wasmtime.FuncType) and len(one.type.results) < 2:
            type_ = tuple(str(t) for t in one.type.params), tuple(str(t) for t in one.type.results)
            if all(t in RAW for side in type_ for t in side):
                out.append((one.module, one.name or "", type_))
    return tuple(out)


@lru_cache(maxsize=64)
def stand_ins(engine: wasmtime.Engine, imports: tuple[tuple[str, str, Type], ...], pages: int) -> wasmtime.Module:
    """A module that exports the stand-in of the k-th import as `k`; it imports the driver's memory, and exports one for a copy of the data."""
    functions = []
    for k, (_, field, (takes, gives)) in enumerate(imports):
        noted = "".join(
            f"(call $note (i32.const {n}) {RAW[t].format(f'(local.get {n})') if t != 'i32' else f'(call $address (local.get {n}))'})"
            for n, t in enumerate(takes)
        )
        head = f'(param {" ".join(takes)}) (result {" ".join(gives)})'
        if field in PANICS:
            functions.append(f'(func (export "{k}") {head} unreachable)')
            continue
        called = f"(call $enter (i64.const {zlib.crc32(field.encode())}) (i32.const {k}))"
        if ALLOCATORS.get(field) == (takes, gives):
            contents = f"(call $enter (i64.const {CONTENTS}) (i32.const {k})) (call $note (i32.const 0) (i64.extend_i32_u (local.get 0)))"
            is_contents = f"(i32.eq (i32.shr_u (local.get 0) (i32.const 24)) (i32.const {CONTENTS}))"
            called = f"(if {is_contents} (then {contents} (return {'(i32.const 0)' if gives else ''}))) {called}"
        functions.append(f"""(func (export "{k}") {head}
          {called} {noted} {_ANSWER[gives[0]] if gives else ""})""")
    memory = f'(memory $t (export "data") {pages})'
    return wasmtime.Module(engine, wasmtime.wat2wasm(module_text(functions, memory=memory)))


def module_text(functions: Sequence[str], *, memory: str | None) -> str:
    """A module of functions that note their calls. `memory`: the text of the one that holds a copy of the module's data; "" to import the
    target's own, None where it has none."""
    if memory:
        where = f"(i32.sub (local.get $value) (i32.load $d (i32.const {DATA})))"
    else:
        memory, where = "(memory $t 1)" if memory is None else '(import "t" "memory" (memory $t 0))', "(local.get $value)"
    return _TEXT.replace("FUNCTIONS", "\n".join(functions)).replace("MEMORY", memory).replace("WHERE", where)


_TEXT = f"""(module
  (import "d" "memory" (memory $d 1))
  MEMORY
  (func $mix (param $value i64)
    (local.set $value (i64.mul (i64.xor (i64.load $d (i32.const {HASH})) (local.get $value)) (i64.const 0x9E3779B97F4A7C15)))
    (i64.store $d (i32.const {HASH}) (i64.add (i64.xor (local.get $value) (i64.shr_u (local.get $value) (i64.const 29))) (i64.const 1))))

  (func $entry (result i32)
    (i32.add (i32.const {LOG}) (i32.mul (i32.sub (i32.load $d (i32.const {COUNT})) (i32.const 1)) (i32.const {_ENTRY}))))

  (func $enter (param $name i64) (param $number i32)
    (call $mix (local.get $name))
    (i32.store $d (i32.const {COUNT}) (i32.add (i32.load $d (i32.const {COUNT})) (i32.const 1)))
    (if (i32.le_u (i32.load $d (i32.const {COUNT})) (i32.const {CALLS}))
      (then (i32.store $d (call $entry) (local.get $number)))))

  (func $note (param $position i32) (param $value i64)
    (call $mix (local.get $value))
    (if (i32.and (i32.le_u (i32.load $d (i32.const {COUNT})) (i32.const {CALLS})) (i32.lt_u (local.get $position) (i32.const {_ARGUMENTS})))
      (then (i64.store $d offset=8 (i32.add (call $entry) (i32.shl (local.get $position) (i32.const 3))) (local.get $value)))))

  (func $within (param $value i32) (param $low i32) (param $high i32) (result i32)
    (i32.and (i32.ge_u (local.get $value) (i32.load $d (local.get $low))) (i32.lt_u (local.get $value) (i32.load $d (local.get $high)))))

  ;; A number as the other side would have it too: high words tell what kind of address it is.
  (func $address (param $value i32) (result i64) (local $hash i64) (local $left i32) (local $byte i64)
    (if (i32.lt_u (i32.sub (local.get $value) (i32.load $d (i32.const {BASE}))) (i32.load $d (i32.const {STRIDE})))
      (then (return (i64.or (i64.const {1 << 32}) (i64.extend_i32_u (i32.sub (local.get $value) (i32.load $d (i32.const {BASE}))))))))
    (if (call $within (local.get $value) (i32.const {STACK}) (i32.const {STACK_END})) (then (return (i64.const {3 << 32}))))
    (if (i32.eqz (call $within (local.get $value) (i32.const {DATA}) (i32.const {DATA_END})))
      (then (return (i64.extend_i32_u (local.get $value)))))
    (local.set $left (i32.const 64))
    (block $ended (loop $next
      (br_if $ended (i32.eqz (call $within (local.get $value) (i32.const {DATA}) (i32.const {DATA_END}))))
      (local.set $byte (i64.load8_u $t WHERE))
      (br_if $ended (i64.eqz (local.get $byte)))
      (local.set $hash (i64.add (i64.mul (local.get $hash) (i64.const 257)) (local.get $byte)))
      (local.set $value (i32.add (local.get $value) (i32.const 1)))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br_if $next (local.get $left))))
    (i64.or (i64.const {2 << 32}) (i64.and (local.get $hash) (i64.const 0xffffffff))))

  ;; Often 0 or a small number, else anything.
  (func $answer (result i64) (local $hash i64) (local $kind i64)
    (call $mix (i64.const 7))
    (local.set $hash (i64.load $d (i32.const {HASH})))
    (local.set $kind (i64.and (i64.shr_u (local.get $hash) (i64.const 50)) (i64.const 7)))
    (if (i64.lt_u (local.get $kind) (i64.const 2)) (then (return (i64.const 0))))
    (if (i64.lt_u (local.get $kind) (i64.const 5)) (then (return (i64.sub (i64.and (local.get $hash) (i64.const 31)) (i64.const 4)))))
    (local.get $hash))
  FUNCTIONS)"""


def read_text(flat: np.ndarray) -> str:
    """The text that the last vector returned from elsewhere than the caller's memory."""
    return bytes(flat[RETURNED : RETURNED + 256]).split(b"\0")[0].decode("latin-1")


def read_log(flat: np.ndarray, imports: tuple[tuple[str, str, Type], ...]) -> tuple[str, ...]:
    """The calls of the last vector, as `name(1, 2)`, and by how many pages it grew memory."""
    count = int(flat[COUNT : COUNT + 4].view(np.uint32)[0])
    out = []
    for k in range(min(count, CALLS)):
        entry = flat[LOG + k * _ENTRY : LOG + (k + 1) * _ENTRY]
        _, field, (takes, _) = imports[int(entry[:4].view(np.uint32)[0])]
        values = entry[8:].view(np.uint64)
        if field in ALLOCATORS and int(values[0]) >> 24 == CONTENTS:
            out.append(f"new blocks #{int(values[0]) & 0xFFFFFF:06x}")
            continue
        if FORMATTED.get(field) == (takes, imports[int(entry[:4].view(np.uint32)[0])][2][1]):
            out.append(f"{field}(text #{int(values[max(0, len(takes) - 2)]) & 0x7FFFFFFF:08x})")
            continue
        out.append(f"{field}({', '.join(_shown(t, int(v)) for t, v in zip(takes, values, strict=False))})")
    if count > CALLS:
        out.append("...")
    grown = int(flat[GROWN : GROWN + 4].view(np.uint32)[0])
    return (*out, f"memory.grow({grown})") if grown else tuple(out)


def _shown(type_: str, bits: int) -> str:
    if type_ in ("f32", "f64"):
        width = int(type_[1:]) // 8
        return repr(float(np.frombuffer(bits.to_bytes(8, "little")[:width], f"<f{width}")[0]))
    if type_ == "i64":
        return str(bits - (1 << 64) if bits >> 63 else bits)
    kind, value = bits >> 32, bits & 0xFFFFFFFF
    if kind:
        return {1: f"memory + {value}", 2: "data", 3: "stack"}[kind]
    return str(value - (1 << 32) if value >> 31 else value)


@cache
def _nothing() -> np.ndarray:
    return np.zeros(RESERVED - HASH, np.uint8)


def prepare(flat: np.ndarray, base: int, stride: int, data: tuple[int, int], stack: int) -> None:
    """Write what stand-ins need to know of a module: where the arena, its data and its stack lie."""
    flat[HASH:RESERVED] = _nothing()
    # Below 64 KiB numbers are rather numbers.
    values = [base, stride, *data, max(1 << 16, stack - _NEAR), stack]
    flat[BASE : BASE + 4 * len(values)].view(np.uint32)[:] = values
