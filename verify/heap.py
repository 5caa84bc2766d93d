"""malloc, calloc, realloc and free with a meaning: a module that imports them gets memory of its own for them, the same on both sides.

Each call is still noted as that of any import (`stand_in`), with sizes; a block that is freed or resized by its size, so that what was called before does
not matter. Now and then, and for more than `LARGEST` bytes, there is no memory. A fresh block is filled with `FRESH`, a freed one with `FREED`. When the
function returns, what stands in the blocks that it allocated is noted too, word by word: addresses of the module's data as the text there, those
of blocks by their place among the new ones.
Invariant: what a module does with a block shows as what it does with any memory. Limits: one call gets `MOST` bytes at most; blocks of calls long ago
are overwritten; double frees and leaks show only where calls are noted; an address kept on the heap that is of the stack counts as any number.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import wasmtime

from transpile.corpus.errors import TranspileError
from transpile.corpus.wasm.instructions import encode_body, write_unsigned
from transpile.corpus.wasm.module import WasmFunction, WasmModule
from transpile.corpus.zigcc import GLOBAL_BASE
from transpile.verify.placement import END, GAP, PAGE
from transpile.verify.stand_in import ALLOCATORS, CONTENTS
from transpile.verify.thin import imports, parsed, rebuilt

START, STOP = END - GAP - (1 << 21), END - GAP
"""Where blocks lie: above the data of modules, below what is kept free before the arena."""
LARGEST, MOST = 1 << 16, 1 << 20
"""Bytes of one block, and of all that one call allocates."""
FRESH, FREED = 0xA5, 0xDD
_MAGIC = 0x6B636F6C

_LOW, _HIGH = 0x7A7A0001, 0x7A7A0002
"""Stand in the code for where the module's data begins and ends."""
_SHARED = 4
"""Functions of `_COMMON`."""
_COMMON = f"""
  (memory 1)
  (global $next (mut i32) (i32.const {START}))
  (global $from (mut i32) (i32.const {START})) ;; where it was when the function was called
  (global $luck (mut i32) (i32.const 5)) ;; the answer, of 32, that is no memory: another for other numbers that the function is called with
  ;; Bytes of the block that begins here, -1 where none does.
  (func $size (param $p i32) (result i32)
    (if (i32.and (i32.lt_u (i32.sub (local.get $p) (i32.const {START + 16})) (i32.const {STOP - START - 16})) (i32.eqz (i32.and (local.get $p) (i32.const 15))))
      (then (if (i32.eq (i32.load (i32.sub (local.get $p) (i32.const 12))) (i32.const {_MAGIC}))
        (then (return (i32.load (i32.sub (local.get $p) (i32.const 16))))))))
    (i32.const -1))
  ;; A block as a number that does not tell its place.
  (func $shown (param $p i32) (result i32) (local $n i32)
    (local.set $n (call $size (local.get $p)))
    (select (local.get $p) (i32.or (i32.const 0x48000000) (local.get $n)) (i32.eq (local.get $n) (i32.const -1))))
  (func $allocate (param $n i32) (param $answer i32) (param $fill i32) (result i32) (local $p i32)
    (if (i32.or (i32.gt_u (local.get $n) (i32.const {LARGEST})) (i32.eq (i32.and (local.get $answer) (i32.const 31)) (global.get $luck)))
      (then (return (i32.const 0))))
    (if (i32.gt_u (i32.add (i32.sub (global.get $next) (global.get $from)) (i32.add (local.get $n) (i32.const 32))) (i32.const {MOST}))
      (then (return (i32.const 0))))
    (local.set $p (i32.add (global.get $next) (i32.const 16)))
    (i32.store (global.get $next) (local.get $n))
    (i32.store offset=4 (global.get $next) (i32.const {_MAGIC}))
    (i64.store offset=8 (global.get $next) (i64.const 0)) ;; else what earlier calls left here would be among the contents
    (global.set $next (i32.add (local.get $p) (i32.and (i32.add (local.get $n) (i32.const 15)) (i32.const -16))))
    (memory.fill (local.get $p) (local.get $fill) (i32.sub (global.get $next) (local.get $p)))
    (local.get $p))
  (func $release (param $p i32) (local $n i32)
    (local.set $n (call $size (local.get $p)))
    (if (i32.ne (local.get $n) (i32.const -1)) (then (memory.fill (local.get $p) (i32.const {FREED}) (local.get $n)))))
"""
_FUNCTIONS = {
    "malloc": f"""(func $malloc (param $n i32) (result i32)
    (call $allocate (local.get $n) (call $note_malloc (local.get $n)) (i32.const {FRESH})))""",
    "calloc": """(func $calloc (param $n i32) (param $m i32) (result i32) (local $all i64) (local $answer i32)
    (local.set $answer (call $note_calloc (local.get $n) (local.get $m)))
    (local.set $all (i64.mul (i64.extend_i32_u (local.get $n)) (i64.extend_i32_u (local.get $m))))
    (if (i64.ne (i64.shr_u (local.get $all) (i64.const 32)) (i64.const 0)) (then (return (i32.const 0))))
    (call $allocate (i32.wrap_i64 (local.get $all)) (local.get $answer) (i32.const 0)))""",
    "realloc": f"""(func $realloc (param $p i32) (param $n i32) (result i32) (local $new i32) (local $old i32)
    (local.set $old (call $size (local.get $p)))
    (local.set $new (call $allocate (local.get $n) (call $note_realloc (call $shown (local.get $p)) (local.get $n)) (i32.const {FRESH})))
    (if (i32.or (i32.eqz (local.get $new)) (i32.eqz (local.get $p))) (then (return (local.get $new))))
    (if (i32.eq (local.get $old) (i32.const -1)) ;; the caller's: as much as there is
      (then (local.set $old (i32.sub (i32.shl (memory.size) (i32.const 16)) (local.get $p)))))
    (memory.copy (local.get $new) (local.get $p) (select (local.get $old) (local.get $n) (i32.lt_u (local.get $old) (local.get $n))))
    (call $release (local.get $p))
    (local.get $new))""",
    "free": """(func $free (param $p i32)
    (if (local.get $p) (then (call $note_free (call $shown (local.get $p))) (call $release (local.get $p)))))""",
}
_CONTENTS = f"""
  ;; What stands in the blocks from an address on: a number.
  (func $contents (param $low i32) (param $high i32) (result i32) (local $at i32) (local $word i32) (local $hash i32) (local $end i32)
    (local.set $at (global.get $from))
    (block $done (loop $more
      (br_if $done (i32.ge_u (local.get $at) (global.get $next)))
      (local.set $word (i32.load (local.get $at)))
      (if (i32.lt_u (i32.sub (local.get $word) (i32.const {START})) (i32.const {STOP - START}))
        (then (local.set $word (select (i32.sub (local.get $word) (global.get $from)) (i32.const -7)
          (i32.lt_u (i32.sub (local.get $word) (global.get $from)) (i32.sub (global.get $next) (global.get $from)))))))
      (if (i32.lt_u (i32.sub (local.get $word) (local.get $low)) (i32.sub (local.get $high) (local.get $low)))
        (then
          (local.set $end (local.get $word))
          (local.set $word (i32.const 1))
          (block $ended (loop $letters
            (br_if $ended (i32.ge_u (local.get $end) (local.get $high)))
            (br_if $ended (i32.eqz (i32.load8_u (local.get $end))))
            (local.set $word (i32.add (i32.mul (local.get $word) (i32.const 257)) (i32.load8_u (local.get $end))))
            (local.set $end (i32.add (local.get $end) (i32.const 1)))
            (br $letters)))))
      (local.set $hash (i32.mul (i32.xor (i32.rotl (local.get $hash) (i32.const 5)) (local.get $word)) (i32.const 0x01000193)))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br $more)))
    (i32.or (i32.const {CONTENTS << 24}) (i32.shr_u (i32.xor (local.get $hash) (i32.shl (local.get $hash) (i32.const 9))) (i32.const 8))))
"""


def allocators(module: WasmModule) -> list[str]:
    """Which of the functions a module imports, in the order of their indices."""
    return [i.field for i in module.imports if i.kind == "function" and i.module == "env" and ALLOCATORS.get(i.field) == i.type]


@lru_cache(maxsize=256)
def with_heap(wasm: bytes, export: str, numbers: tuple[int, ...] = ()) -> bytes:
    """The module with a heap, which the calls of one exported function are noted with; as it is, where it imports no allocator or has no room.

    `numbers`: which of its parameters are no addresses. They decide when there is no memory.
    """
    if not imports(wasm):
        return wasm
    try:
        module = parsed(wasm)
        names = allocators(module)
        exported = any(e.name == export and e.kind == "function" for e in module.exports)
        if not names or not exported or len(module.memories) != 1 or module.memories[0].minimum * PAGE > START:
            return wasm
        return _room(_added(module, module.function(export), names, numbers))
    except (TranspileError, KeyError):
        return wasm


def _added(module: WasmModule, entry: WasmFunction, names: Sequence[str], numbers: Sequence[int]) -> bytes:
    heap = _heap(tuple(names), *entry.type, tuple(k for k in numbers if entry.type[0][k] in ("i32", "i64")))
    *functions, wrapper = heap.functions
    count, variable = len(module.function_types), len(module.globals)
    moved = count + len(functions)
    """Where the function itself goes: what has its index wraps it."""
    imported = {i.field: i.index for i in module.imports if i.kind == "function" and i.module == "env"}
    number = {k: imported[name] for k, name in enumerate(names)} | {len(names): moved}
    number |= {one.index: count + k for k, one in enumerate(functions)}
    low, high = module.data_range
    values = {_LOW: low, _HIGH: max(low, high)}

    def placed(one: WasmFunction) -> bytes:
        code = []
        for name, immediate, _ in one.instructions:
            if name == "call":
                immediate = number[immediate]
            elif name in ("global.get", "global.set"):
                immediate += variable
            elif name == "i32.const":
                immediate = values.get(immediate, immediate)
            code.append((name, immediate))
        return encode_body(one.locals, code)

    calls = {imported[name]: count + _SHARED + k for k, name in enumerate(names)} | {entry.index: moved}
    bodies = {}
    for function in module.functions:
        if any(name == "call" and immediate in calls for name, immediate, _ in function.instructions):
            code = [(n, calls.get(i, i) if n == "call" else i) for n, i, _ in function.instructions]
            bodies[function.index] = encode_body(function.locals, code)
    own = bodies.get(entry.index, entry.body)
    bodies[entry.index] = placed(wrapper)
    added = [*((one.type, placed(one)) for one in functions), (entry.type, own)]
    return module.replace_bodies(bodies, added_globals=[("i32", True, START)] * 2 + [("i32", True, 5)], added_functions=added)


@lru_cache(maxsize=64)
def _heap(names: tuple[str, ...], takes: tuple[str, ...], gives: tuple[str, ...], numbers: tuple[int, ...]) -> WasmModule:
    """The heap's functions in a module of their own: four that all need, those of `names`, what stands in blocks, and last what wraps a function of
    a type. It imports what notes, in the order of `names`, then the function itself."""

    def head(parameters: Sequence[str], results: Sequence[str]) -> str:
        return f"(param {' '.join(parameters)}) (result {' '.join(results)})"

    imports = "".join(f'(import "n" "{n}" (func $note_{n} {head(*ALLOCATORS[n])}))' for n in names)
    # Any of them does: the stand-in tells by the number that it is no call.
    noting, last = names[0], "".join(" (i32.const 0)" for _ in ALLOCATORS[names[0]][0][1:])
    noted = f"(call $note_{noting} (call $contents (i32.const {_LOW}) (i32.const {_HIGH})){last})"
    noted = f"(drop {noted})" if ALLOCATORS[noting][1] else noted
    at_null = f"(call $note_{noting} (i32.const {CONTENTS << 24}){last})"
    at_null = (f"(drop {at_null})" if ALLOCATORS[noting][1] else at_null) + "(memory.fill (i32.const 0) (i32.const 0) (i32.const 16))"
    luck = "(i32.const 5242880)"
    for k in numbers:
        value = f"(local.get {k})" if takes[k] == "i32" else f"(i32.wrap_i64 (local.get {k}))"
        luck = f"(i32.mul (i32.xor {luck} {value}) (i32.const 0x9E3779B1))"
    arguments = "".join(f"(local.get {k})" for k in range(len(takes)))
    wrapper = f"""(func $wrapped {head(takes, gives)}
      (if (i32.gt_u (global.get $next) (i32.const {STOP - MOST})) (then (global.set $next (i32.const {START}))))
      (global.set $from (global.get $next))
      (global.set $luck (i32.and (i32.shr_u {luck} (i32.const 20)) (i32.const 31)))
      (call $itself {arguments})
      ;; Null is an address like any to wasm: what stands there then shows.
      (if (i64.ne (i64.or (i64.load (i32.const 0)) (i64.load (i32.const 8))) (i64.const 0)) (then {at_null}))
      (if (i32.ne (global.get $next) (global.get $from)) (then {noted})))"""
    text = f"""(module {imports} (import "n" "itself" (func $itself {head(takes, gives)}))
      {_COMMON} {" ".join(_FUNCTIONS[n] for n in names)} {_CONTENTS} {wrapper})"""
    return WasmModule.parse(bytes(wasmtime.wat2wasm(text)))


def _room(wasm: bytes) -> bytes:
    """The module with memory up to the end of the heap at least."""
    memory = parsed(wasm).memories[0]
    least = max(memory.minimum, STOP // PAGE)

    def change(section: int, payload: bytes) -> bytes:
        if section != 5:
            return payload
        most = memory.maximum
        return b"\1" + (b"\0" + write_unsigned(least) if most is None else b"\1" + write_unsigned(least) + write_unsigned(max(most, END // PAGE)))

    return rebuilt(wasm, change, {})


assert START > GLOBAL_BASE
