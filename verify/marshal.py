"""How a vector's pointers become addresses for a call, and addresses what can be compared afterwards.

In tables a pointer is a number that does not depend on where a module has its memory: 0 for null, one more than an offset in the arena, the
number of a callback, a hash of a function's name, and, for addresses elsewhere, what stands there: a hash of the text or of the bytes of the type,
where that says anything; `ELSEWHERE` for the stack, and for what itself holds pointers. `Marshal` says where such cells lie; the WAT here goes from
one form to the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from transpile.corpus.signature import WIDTHS, Pointer, Signature, Struct, is_address, leaves_of, read_type, size_of
from transpile.verify import stand_in
from transpile.verify.layout import Layout

ELSEWHERE = 0xFFFFFFFF
_HASHED = 0x80000000
"""The bit that tells a hash from an offset."""
TEXT, OPAQUE, FUNCTION = 1, 0, 0xFFFFFFFF
"""Modes: how an address elsewhere is read; more than `TEXT` is one more than a number of bytes."""
_LONGEST_TEXT = 256
NUMBER, ADDRESS, CALLBACK = "number", "address", "callback"
"""What an argument is."""


@dataclass(frozen=True, slots=True)
class Marshal:
    """`extent`: bytes of the arena that vectors describe. `cells`: (offset, mode) of each cell, as bytes of uint32 [n, 2]; `result`: how a
    pointer that the function returns is read, None for other results."""

    kinds: tuple[str, ...]
    extent: int
    cells: bytes
    result: int | None
    callbacks: tuple[tuple[str, str], ...]
    structs: tuple[Struct, ...]


@cache
def marshal(signature: Signature) -> Marshal | None:
    """What the signature's vectors need; None for plain signatures, which need nothing. Raises ValueError for types that have no layout."""
    if signature.plain:
        return None
    layout = Layout.of(signature)
    kinds = [ADDRESS if p.parameter is None or layout.types[p.parameter] is None else NUMBER for p in signature.passed()]
    for k, p in enumerate(signature.passed()):
        if p.parameter is not None and (layout.types[p.parameter] or "").startswith("fn("):
            kinds[k] = CALLBACK
    cells = [
        np.stack([places.ravel(), np.full(places.size, mode(cell.type, signature.structs))], axis=1)
        for slot, cell, places in layout.cells()
    ]
    table = np.concatenate(cells).astype("<u4").tobytes() if cells else b""
    result = signature.result_scalar
    how = mode(result, signature.structs) if result is not None and is_address(result) else None
    return Marshal(tuple(kinds), layout.stride, table, how, layout.callbacks, signature.structs)


def mode(type_: str, structs: tuple[Struct, ...]) -> int:
    """How what a pointer of a type leads to is compared where it lies elsewhere."""
    pointer = read_type(type_)
    if not isinstance(pointer, Pointer):
        return FUNCTION
    if pointer.to in ("i8", "u8"):
        return TEXT
    if pointer.to in WIDTHS:
        return 1 + WIDTHS[pointer.to]
    try:
        size, _ = size_of(pointer.to, structs)
    except KeyError:
        return OPAQUE
    if pointer.to == "void" or is_address(pointer.to) or size > _LONGEST_TEXT:
        return OPAQUE
    leaves = leaves_of(pointer.to, structs)
    # Padding has no value, and addresses are those of one module.
    solid = sum(WIDTHS.get(leaf.type, 0) for leaf in leaves) == size
    return 1 + size if solid else OPAQUE


def entering(mode_: str, value: str) -> str:
    """An argument's expression for the call, from what its table holds (an i32)."""
    if mode_ == ADDRESS:
        return f"(call $address_in {value})"
    return f"(call $callback_in {value})"


FUNCTIONS = f"""
  (global $base (export "base") (mut i32) (i32.const 0))
  (global $extent (export "extent") (mut i32) (i32.const 0))
  (global $table (export "table") (mut i32) (i32.const 0))
  (global $callbacks (export "callbacks") (mut i32) (i32.const 0))
  (global $cells (export "cells") (mut i32) (i32.const 0))
  (global $cells_end (export "cells_end") (mut i32) (i32.const 0))
  (global $kept (mut i32) (i32.const 0))
  (global $low (export "stack_low") (mut i32) (i32.const 0))
  (global $high (export "stack_high") (mut i32) (i32.const 0))

  (func $address_in (param $offset i32) (result i32)
    (select (i32.const 0) (i32.add (global.get $base) (local.get $offset)) (i32.eq (local.get $offset) (i32.const -1))))

  (func $callback_in (param $number i32) (result i32)
    (select (i32.add (global.get $table) (i32.sub (local.get $number) (i32.const 1))) (i32.const 0) (local.get $number)))

  ;; Every cell of the arena that lies at `base` in the target.
  (func $enter_cells (local $cell i32) (local $at i32) (local $value i32)
    (local.set $cell (global.get $cells))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $cell) (global.get $cells_end)))
      (local.set $at (i32.add (global.get $base) (i32.load $d (local.get $cell))))
      (local.set $value (i32.load $t (local.get $at)))
      (if (local.get $value)
        (then (i32.store $t (local.get $at)
          (if (result i32) (i32.eq (i32.load $d offset=4 (local.get $cell)) (i32.const {FUNCTION}))
            (then (call $callback_in (local.get $value)))
            (else (i32.add (global.get $base) (i32.sub (local.get $value) (i32.const 1))))))))
      (local.set $cell (i32.add (local.get $cell) (i32.const 8)))
      (br $next))))

  (func $leave_cells (local $cell i32) (local $at i32)
    (local.set $cell (global.get $cells))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $cell) (global.get $cells_end)))
      (local.set $at (i32.add (global.get $base) (i32.load $d (local.get $cell))))
      (i32.store $t (local.get $at) (call $address_out (i32.load $t (local.get $at)) (i32.load $d offset=4 (local.get $cell))))
      (local.set $cell (i32.add (local.get $cell) (i32.const 8)))
      (br $next))))

  ;; The same for what was returned; its text, if it is one and lies elsewhere, is kept.
  (func $result_out (param $value i32) (param $mode i32) (result i32)
    (i32.store8 $d (i32.const {stand_in.RETURNED}) (i32.const 0))
    (global.set $kept (i32.const {stand_in.RETURNED}))
    (call $address_out (local.get $value) (local.get $mode))
    (global.set $kept (i32.const 0)))

  ;; What an address is for a comparison; one right behind the arena is an offset too.
  (func $address_out (param $value i32) (param $mode i32) (result i32) (local $hash i32) (local $left i32) (local $byte i32)
    (if (i32.eqz (local.get $value)) (then (return (i32.const 0))))
    (if (i32.eq (local.get $mode) (i32.const {FUNCTION}))
      (then (return (if (result i32) (i32.lt_u (i32.sub (local.get $value) (global.get $table)) (global.get $callbacks))
        (then (i32.add (i32.sub (local.get $value) (global.get $table)) (i32.const 1))) (else (call $name (local.get $value)))))))
    (if (i32.le_u (i32.sub (local.get $value) (global.get $base)) (global.get $extent))
      (then (return (i32.add (i32.sub (local.get $value) (global.get $base)) (i32.const 1)))))
    (if (i32.or (i32.eqz (local.get $mode))
                (i32.lt_u (i32.sub (local.get $value) (global.get $low)) (i32.sub (global.get $high) (global.get $low))))
      (then (return (i32.const {ELSEWHERE}))))
    (local.set $left (select (i32.const {_LONGEST_TEXT}) (i32.sub (local.get $mode) (i32.const 1)) (i32.eq (local.get $mode) (i32.const 1))))
    (local.set $hash (local.get $mode))
    (block $ended (loop $next
      (br_if $ended (i32.eqz (local.get $left)))
      (br_if $ended (i32.ge_u (local.get $value) (i32.shl (memory.size $t) (i32.const 16))))
      (local.set $byte (i32.load8_u $t (local.get $value)))
      (br_if $ended (i32.and (i32.eq (local.get $mode) (i32.const 1)) (i32.eqz (local.get $byte))))
      (if (global.get $kept)
        (then (i32.store16 $d (global.get $kept) (local.get $byte)) (global.set $kept (i32.add (global.get $kept) (i32.const 1)))))
      (local.set $hash (i32.mul (i32.xor (local.get $hash) (local.get $byte)) (i32.const 0x01000193)))
      (local.set $value (i32.add (local.get $value) (i32.const 1)))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br $next)))
    ;; Never ELSEWHERE, which is odd.
    (i32.and (i32.or (local.get $hash) (i32.const {_HASHED})) (i32.const -2)))
"""
"""For modules that import the memories `d` and `t`, and what a number of the table is (`functions`); the globals are to be set."""


def is_hash(value: int) -> bool:
    """Whether what a pointer became is a hash of what it leads to."""
    return bool(value & _HASHED) and value != ELSEWHERE
