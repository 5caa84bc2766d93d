"""printf and its kin, puts, fputs and fwrite, with a meaning: what they are told to print, and to which stream, is compared, wherever it lies.

A module that imports them gets a function in place of each, which reads the text, or the format and the arguments that it asks for (the text behind `%s`, of
numbers their bits, of other pointers whether they are null), and hands a hash of it all to the import, whose stand-in notes it like any number.
What sprintf and snprintf would write is some letters, which depend on the hash: the same on both sides, and no more than fit.
Invariant: two calls that print different things are noted as different. Limits: formats as ISO C has them, `%n` aside; sprintf writes 7 letters at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import wasmtime

from transpile.corpus.errors import TranspileError
from transpile.corpus.wasm.instructions import encode_body
from transpile.corpus.wasm.module import WasmModule
from transpile.verify.stand_in import FORMATTED
from transpile.verify.thin import imports, parsed

_LONGEST = 1 << 16
"""Bytes of a text that are looked at."""

_COMMON = f"""
  (memory 1)
  (func $mix (param $hash i64) (param $value i64) (result i64)
    (local.set $hash (i64.mul (i64.xor (local.get $hash) (local.get $value)) (i64.const 0x9E3779B97F4A7C15)))
    (i64.add (i64.xor (local.get $hash) (i64.shr_u (local.get $hash) (i64.const 29))) (i64.const 1)))
  (func $text (param $hash i64) (param $at i32) (param $most i32) (result i64) (local $c i32)
    (if (i32.eqz (local.get $at)) (then (return (call $mix (local.get $hash) (i64.const -1)))))
    (block $done (loop $more
      (br_if $done (i32.eqz (local.get $most)))
      (br_if $done (i32.eqz (local.tee $c (i32.load8_u (local.get $at)))))
      (local.set $hash (call $mix (local.get $hash) (i64.extend_i32_u (local.get $c))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (local.set $most (i32.sub (local.get $most) (i32.const 1)))
      (br $more)))
    (call $mix (local.get $hash) (i64.const 256)))
  ;; Is a letter among up to eight?
  (func $among (param $c i32) (param $letters i64) (result i32)
    (loop $more
      (if (i64.eq (i64.and (local.get $letters) (i64.const 255)) (i64.extend_i32_u (local.get $c))) (then (return (i32.const 1))))
      (br_if $more (i64.ne (local.tee $letters (i64.shr_u (local.get $letters) (i64.const 8))) (i64.const 0))))
    (i32.const 0))
  (func $format (param $at i32) (param $next i32) (result i64)
    (local $hash i64) (local $c i32) (local $long i32) (local $short i32) (local $precise i32) (local $most i32) (local $bits i64)
    (block $done (loop $more
      (br_if $done (i32.eqz (local.tee $c (i32.load8_u (local.get $at)))))
      (local.set $hash (call $mix (local.get $hash) (i64.extend_i32_u (local.get $c))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $more (i32.ne (local.get $c) (i32.const 37)))
      (local.set $long (i32.const 0)) (local.set $short (i32.const 0)) (local.set $precise (i32.const 0)) (local.set $most (i32.const -1))
      (loop $part
        (br_if $done (i32.eqz (local.tee $c (i32.load8_u (local.get $at)))))
        (local.set $hash (call $mix (local.get $hash) (i64.extend_i32_u (local.get $c))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (if (i32.and (local.get $precise) (i32.lt_u (i32.sub (local.get $c) (i32.const 48)) (i32.const 10)))
          (then (local.set $most (i32.add (i32.mul (local.get $most) (i32.const 10)) (i32.sub (local.get $c) (i32.const 48))))))
        (if (i32.eq (local.get $c) (i32.const 46)) (then (local.set $precise (i32.const 1)) (local.set $most (i32.const 0))))
        (if (i32.eq (local.get $c) (i32.const 42)) (then
          (local.set $hash (call $mix (local.get $hash) (i64.load32_u (local.get $next))))
          (if (local.get $precise) (then (local.set $most (i32.load (local.get $next)))))
          (local.set $next (i32.add (local.get $next) (i32.const 4)))))
        (if (i32.eq (local.get $c) (i32.const 108)) (then (local.set $long (i32.add (local.get $long) (i32.const 1)))))
        (if (i32.eq (local.get $c) (i32.const 106)) (then (local.set $long (i32.const 2))))
        (if (i32.eq (local.get $c) (i32.const 104)) (then (local.set $short (i32.add (local.get $short) (i32.const 8)))))
        (br_if $part (i32.or (call $among (local.get $c) (i64.const {int.from_bytes(b"*.lhjzt-", "little")}))
          (i32.or (call $among (local.get $c) (i64.const {int.from_bytes(b"+ #'", "little")}))
            (i32.lt_u (i32.sub (local.get $c) (i32.const 48)) (i32.const 10))))))
      (if (call $among (local.get $c) (i64.const {int.from_bytes(b"diouxXc", "little")})) (then
        (if (i32.gt_u (local.get $long) (i32.const 1))
          (then
            (local.set $next (i32.and (i32.add (local.get $next) (i32.const 7)) (i32.const -8)))
            (local.set $bits (i64.load (local.get $next)))
            (local.set $next (i32.add (local.get $next) (i32.const 8))))
          (else
            (if (i32.eq (local.get $c) (i32.const 99)) (then (local.set $short (i32.const 16))))
            ;; As many bits as count.
            (local.set $bits (i64.extend_i32_u (i32.and (i32.load (local.get $next)) (select
              (i32.sub (i32.shl (i32.const 1) (i32.sub (i32.const 24) (local.get $short))) (i32.const 1)) (i32.const -1) (local.get $short)))))
            (local.set $next (i32.add (local.get $next) (i32.const 4)))))
        (local.set $hash (call $mix (local.get $hash) (local.get $bits)))))
      (if (call $among (local.get $c) (i64.const {int.from_bytes(b"fFeEgGaA", "little", signed=True)})) (then
        (local.set $next (i32.and (i32.add (local.get $next) (i32.const 7)) (i32.const -8)))
        (local.set $bits (i64.load (local.get $next)))
        (if (f64.ne (f64.load (local.get $next)) (f64.load (local.get $next))) (then (local.set $bits (i64.const -1))))
        (local.set $hash (call $mix (local.get $hash) (local.get $bits)))
        (local.set $next (i32.add (local.get $next) (i32.const 8)))))
      (if (i32.eq (local.get $c) (i32.const 115)) (then
        (local.set $hash (call $text (local.get $hash) (i32.load (local.get $next))
          (select (i32.const {_LONGEST}) (local.get $most) (i32.gt_u (local.get $most) (i32.const {_LONGEST})))))
        (local.set $next (i32.add (local.get $next) (i32.const 4)))))
      (if (call $among (local.get $c) (i64.const {int.from_bytes(b"pn", "little")})) (then
        (local.set $hash (call $mix (local.get $hash) (i64.extend_i32_u (i32.ne (i32.load (local.get $next)) (i32.const 0)))))
        (local.set $next (i32.add (local.get $next) (i32.const 4)))))
      (br $more)))
    (local.get $hash))
  ;; Up to so many letters and a NUL.
  (func $write (param $to i32) (param $count i32) (param $hash i64)
    (loop $more
      (if (local.get $count) (then
        (i32.store8 (local.get $to) (i32.add (i32.const 97) (i32.wrap_i64 (i64.and (local.get $hash) (i64.const 15)))))
        (local.set $hash (i64.shr_u (local.get $hash) (i64.const 4)))
        (local.set $to (i32.add (local.get $to) (i32.const 1)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $more))))
    (i32.store8 (local.get $to) (i32.const 0)))
  (func $low (param $hash i64) (result i32) (i32.or (i32.wrap_i64 (local.get $hash)) (i32.const 0x80000000)))
  (func $high (param $hash i64) (result i32) (i32.or (i32.wrap_i64 (i64.shr_u (local.get $hash) (i64.const 32))) (i32.const 0x80000000)))
"""
_SHARED = 7
"""Functions of `_COMMON`. Numbers that hashes are handed on as are above all addresses."""
_FUNCTIONS = {
    "puts": f"""(func (param $s i32) (result i32)
      (call $note_puts (call $low (call $text (i64.const 0) (local.get $s) (i32.const {_LONGEST})))))""",
    "perror": f"""(func (param $s i32)
      (call $note_perror (call $low (call $text (i64.const 0) (local.get $s) (i32.const {_LONGEST})))))""",
    "fputs": f"""(func (param $s i32) (param $to i32) (result i32)
      (call $note_fputs (call $low (call $text (i64.const 0) (local.get $s) (i32.const {_LONGEST}))) (local.get $to)))""",
    "fwrite": f"""(func (param $p i32) (param $size i32) (param $n i32) (param $to i32) (result i32) (local $hash i64) (local $left i32) (local $at i32)
      (local.set $left (i32.mul (local.get $size) (local.get $n)))
      (local.set $left (select (local.get $left) (i32.const {_LONGEST}) (i32.lt_u (local.get $left) (i32.const {_LONGEST}))))
      (local.set $at (local.get $p))
      (block $done (loop $more
        (br_if $done (i32.eqz (local.get $left)))
        (local.set $hash (call $mix (local.get $hash) (i64.extend_i32_u (i32.load8_u (local.get $at)))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br $more)))
      (call $note_fwrite (call $low (local.get $hash)) (local.get $size) (local.get $n) (local.get $to)))""",
    "fprintf": """(func (param $to i32) (param $f i32) (param $a i32) (result i32) (local $hash i64)
      (local.set $hash (call $format (local.get $f) (local.get $a)))
      (call $note_fprintf (local.get $to) (call $low (local.get $hash)) (call $high (local.get $hash))))""",
    "printf": """(func (param $f i32) (param $a i32) (result i32) (local $hash i64)
      (local.set $hash (call $format (local.get $f) (local.get $a)))
      (call $note_printf (call $low (local.get $hash)) (call $high (local.get $hash))))""",
    "sprintf": """(func (param $to i32) (param $f i32) (param $a i32) (result i32) (local $hash i64) (local $count i32)
      (local.set $hash (call $format (local.get $f) (local.get $a)))
      (drop (call $note_sprintf (local.get $to) (call $low (local.get $hash)) (call $high (local.get $hash))))
      (local.set $count (i32.and (call $high (local.get $hash)) (i32.const 7)))
      (call $write (local.get $to) (local.get $count) (local.get $hash))
      (local.get $count))""",
    "snprintf": """(func (param $to i32) (param $n i32) (param $f i32) (param $a i32) (result i32) (local $hash i64) (local $count i32)
      (local.set $hash (call $format (local.get $f) (local.get $a)))
      (drop (call $note_snprintf (local.get $to) (local.get $n) (call $low (local.get $hash)) (call $high (local.get $hash))))
      (local.set $count (i32.and (call $high (local.get $hash)) (i32.const 15)))
      (if (local.get $n) (then (call $write (local.get $to)
        (select (local.get $count) (i32.sub (local.get $n) (i32.const 1)) (i32.lt_u (local.get $count) (local.get $n))) (local.get $hash))))
      (local.get $count))""",
}
assert _FUNCTIONS.keys() == FORMATTED.keys()


@lru_cache(maxsize=256)
def with_formats(wasm: bytes) -> bytes:
    """The module with functions of its own for those of C's library that print; as it is, where it imports none."""
    if not imports(wasm):
        return wasm
    try:
        module = parsed(wasm)
        found = {i.field: i.index for i in module.imports if i.kind == "function" and i.module == "env" and FORMATTED.get(i.field) == i.type}
        return _added(module, found) if found and module.memories else wasm
    except TranspileError:
        return wasm


def _added(module: WasmModule, imported: dict[str, int]) -> bytes:
    ours = _functions(tuple(imported))
    count = len(module.function_types)
    number = dict(enumerate(imported.values())) | {one.index: count + k for k, one in enumerate(ours.functions)}
    added = []
    for one in ours.functions:
        code = [(name, number[immediate] if name == "call" else immediate) for name, immediate, _ in one.instructions]
        added.append((one.type, encode_body(one.locals, code)))
    calls = {index: count + _SHARED + k for k, index in enumerate(imported.values())}
    bodies = {}
    for function in module.functions:
        if any(name == "call" and immediate in calls for name, immediate, _ in function.instructions):
            bodies[function.index] = encode_body(function.locals, [(n, calls.get(i, i) if n == "call" else i) for n, i, _ in function.instructions])
    return module.replace_bodies(bodies, added_functions=added)


@lru_cache(maxsize=16)
def _functions(names: Sequence[str]) -> WasmModule:
    """Ours in a module that imports what notes, in the order of `names`: those that all share, then one for each."""
    imports = "".join(
        f'(import "n" "{n}" (func $note_{n} (param {" ".join(FORMATTED[n][0])}) (result {" ".join(FORMATTED[n][1])})))' for n in names
    )
    return WasmModule.parse(bytes(wasmtime.wat2wasm(f"(module {imports} {_COMMON} {' '.join(_FUNCTIONS[n] for n in names)})")))
