"""The fuzz loop itself, in WAT, for any signature: tables in memory say what a row holds and how it may change.

Memory "d" begins with a block of 32-bit settings (`SETTINGS`, 4 bytes each, in this order), written by `explore`. A *row* is
`[arguments, 8 bytes each | arena]`. A *span* (32 bytes) is something that may change: kind, offset in the row, distance of elements, width,
class, number of elements, offset of its length; of a pointer in memory, in place of the class, where the `choices` of its type begin, and at the
end how many there are. A *slot* (24 bytes) is a pointer: offset of its argument, element size, how its extent is known, offset of its
length (or where the numbers of its shape lie: `Shape.words`), its start and end in the arena. Target memory is "t"; `call` calls the target with
the arguments of a row, `enter` makes addresses of pointers in memory.
"""

from __future__ import annotations

from transpile.verify import change_wat, rival_wat
from transpile.verify.shapes import MOST

SETTINGS = (
    "argument_bytes", "stride", "tail", "ways", "spans", "span_count", "slots", "slot_count", "rows", "row_bytes", "capacity",
    "scratch", "hits", "integers", "integer_count", "floats", "float_count", "text", "text_count", "script", "script_count",
    "lengths", "length_count", "cells", "choices", "base", "any", "limit", "room", "end", "iteration", "found", "stack",
    "owners", "masks", "known", "known_count", "suspects", "suspect_count", "suspect_room", "solid", "phase", "rival_base", "rival_stack", "gentle", "steps",
)  # fmt: skip
SCALAR, LENGTH, FIELD, CHOICE = 0, 1, 2, 3
UNSIGNED, SIGNED_, FLOAT, BOOL = 0, 1, 2, 3
FEATURES = 3 * 8
"""Of every byte of the tail: eight, apart by the sign of what the function returned."""
BY_LENGTH, BY_ROOM, TO_NUL, TO_END, REST, WHOLE, BY_SHAPE = 0, 1, 2, 3, 4, 5, 6


def _setting(name: str) -> str:
    return f"(i32.load $d (i32.const {4 * SETTINGS.index(name)}))"


class _Settings(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return f"(i32.const {4 * SETTINGS.index(key[3:])})" if key.startswith("at_") else _setting(key)


def text(rival: bool = False) -> str:
    """The module: `explore` makes iterations until `iteration` is `end`, `replay` only counts what rows reach. `rival`: a second function gets
    every row too, and exploring ends early where there is no room for another suspect (`rival_wat`)."""
    there = (rival_wat.IMPORTS, rival_wat.COMPARE, rival_wat.FULL) if rival else ("", "", "(i32.const 0)")
    whole = _TEXT
    parts = {"CHANGES": change_wat.CHANGES, "FEATURES": str(FEATURES), "STEP": _STEP, "DRAWN": _DRAWN, "LOWEST": _LOWEST, "MOST": str(MOST)}
    for name, part in [*zip(("IMPORTS", "COMPARE", "FULL"), there, strict=True), *parts.items()]:
        whole = whole.replace(name, part)
    return whole.format_map(_Settings())


_STEP = "".join(f"(local.set $seed (i64.xor (local.get $seed) ({shift} (local.get $seed) (i64.const {by}))))\n    "
                for shift, by in (("i64.shr_u", 12), ("i64.shl", 25), ("i64.shr_u", 27))).rstrip()  # fmt: skip
_DRAWN = "(i64.mul (local.get $seed) (i64.const 0x2545F4914F6CDD1D))"
"""One step of the generator of random numbers, and the number that it gives."""

_LOWEST = """;; The lowest byte that is not zero, and the features that it stands for: counts in steps that double, hints as they are.
        (local.set $here (i32.and (i32.wrap_i64 (i64.ctz (local.get $word))) (i32.const 56)))
        (local.set $byte (i32.and (i32.wrap_i64 (i64.shr_u (local.get $word) (i64.extend_i32_u (local.get $here)))) (i32.const 255)))
        (local.set $word (i64.and (local.get $word) (i64.rotl (i64.const -256) (i64.extend_i32_u (local.get $here)))))
        (local.set $column (i32.add (local.get $at) (i32.shr_u (local.get $here) (i32.const 3))))
        (local.set $bits (local.get $byte))
        (if (i32.lt_u (local.get $column) (local.get $ways))
          (then (local.set $bits (i32.load8_u $d (i32.add (local.get $steps) (local.get $byte))))))"""

_TEXT = """(module
  (import "t" "memory" (memory $t 0))
  (import "d" "memory" (memory $d 1))
  (import "c" "ask" (func $ask (param i32) (result i64)))
  (import "c" "enter" (func $enter))
  (import "c" "restore" (func $restore (param i32)))
  IMPORTS
  (global $answer (mut i64) (i64.const 0))
  (global $seed (export "seed") (mut i64) (i64.const 1))

  (func $random (result i64) (local $seed i64)
    (local.set $seed (global.get $seed))
    STEP
    (global.set $seed (local.get $seed))
    DRAWN)

  ;; A number below n, which is not 0. Calls cost more than what they do here, as fuel is put away for each.
  (func $below (param $n i32) (result i32) (local $seed i64)
    (local.set $seed (global.get $seed))
    STEP
    (global.set $seed (local.get $seed))
    (i32.wrap_i64 (i64.shr_u (i64.mul (i64.shr_u DRAWN (i64.const 32)) (i64.extend_i32_u (local.get $n))) (i64.const 32))))

  ;; Zero stands for what a function returns that returns nothing, or traps.
  (func $call (param $row i32)
    (global.set $answer (i64.const 0))
    (global.set $answer (call $ask (local.get $row))))

  (func $row (param $number i32) (result i32)
    (i32.add {rows} (i32.mul (local.get $number) {row_bytes})))

  ;; A row to start from: mostly one that has a feature which few rows have, the rarest of some features picked at random, of which only those count
  ;; that any row has: the more of these there are, the more of them are picked.
  (func $parent (result i32) (local $tries i32) (local $at i32) (local $count i32) (local $best i32) (local $least i32) (local $seed i64)
                (local $drawn i64) (local $features i64) (local $hits i32) (local $known i32)
    (if (i32.or (i32.eqz (call $below (i32.const 4))) (i32.eqz {known_count})) (then (return (call $row (call $below {found})))))
    (local.set $tries (i32.add (i32.const 1) (i32.div_u
      (i32.mul (i32.add (i32.const 4) (call $below (i32.const 40))) {known_count}) (i32.mul {tail} (i32.const FEATURES)))))
    (local.set $least (i32.const 256))
    (local.set $hits {hits})
    (local.set $known {known})
    (local.set $features (i64.extend_i32_u {known_count}))
    (local.set $seed (global.get $seed))
    (loop $more
      STEP
      (local.set $drawn DRAWN)
      (local.set $at (i32.load $d (i32.add (local.get $known) (i32.shl
        (i32.wrap_i64 (i64.shr_u (i64.mul (i64.shr_u (local.get $drawn) (i64.const 32)) (local.get $features)) (i64.const 32))) (i32.const 2)))))
      (local.set $count (i32.load8_u $d (i32.add (local.get $hits) (local.get $at))))
      (if (i32.lt_u (local.get $count) (local.get $least))
        (then (local.set $least (local.get $count)) (local.set $best (local.get $at))))
      (local.set $tries (i32.sub (local.get $tries) (i32.const 1)))
      ;; Rarer than once there is not.
      (br_if $more (i32.and (i32.gt_s (local.get $tries) (i32.const 0)) (i32.gt_u (local.get $least) (i32.const 1)))))
    (global.set $seed (local.get $seed))
    (call $row (i32.load16_u $d (i32.add {owners} (i32.shl (local.get $best) (i32.const 1))))))

  (func $cut (param $value i64) (param $width i32) (result i64)
    (if (result i64) (i32.eq (local.get $width) (i32.const 8)) (then (local.get $value))
      (else (i64.and (local.get $value)
        (i64.sub (i64.shl (i64.const 1) (i64.extend_i32_u (i32.shl (local.get $width) (i32.const 3)))) (i64.const 1))))))

  (func $read (param $at i32) (param $width i32) (result i64)
    (if (i32.eq (local.get $width) (i32.const 1)) (then (return (i64.load8_u $d (local.get $at)))))
    (if (i32.eq (local.get $width) (i32.const 2)) (then (return (i64.load16_u $d (local.get $at)))))
    (if (i32.eq (local.get $width) (i32.const 4)) (then (return (i64.load32_u $d (local.get $at)))))
    (i64.load $d (local.get $at)))

  (func $write (param $at i32) (param $width i32) (param $value i64)
    (if (i32.eq (local.get $width) (i32.const 1)) (then (i64.store8 $d (local.get $at) (local.get $value)) (return)))
    (if (i32.eq (local.get $width) (i32.const 2)) (then (i64.store16 $d (local.get $at) (local.get $value)) (return)))
    (if (i32.eq (local.get $width) (i32.const 4)) (then (i64.store32 $d (local.get $at) (local.get $value)) (return)))
    (i64.store $d (local.get $at) (local.get $value)))

  CHANGES

  ;; Where the buffer ends that an offset in the arena lies in.
  (func $end_of (param $offset i32) (result i32) (local $slot i32) (local $last i32)
    (local.set $slot {slots})
    (local.set $last (i32.add (local.get $slot) (i32.mul {slot_count} (i32.const 24))))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $slot) (local.get $last)))
      (if (i32.and (i32.ge_u (local.get $offset) (i32.load $d offset=16 (local.get $slot)))
                   (i32.lt_u (local.get $offset) (i32.load $d offset=20 (local.get $slot))))
        (then (return (i32.load $d offset=20 (local.get $slot)))))
      (local.set $slot (i32.add (local.get $slot) (i32.const 24)))
      (br $next)))
    (local.get $offset))

  ;; Lengths fit, texts end.
  (func $settle (param $row i32) (local $slot i32) (local $last i32) (local $offset i32) (local $at i32) (local $limit i64)
    (local.set $slot {slots})
    (local.set $last (i32.add (local.get $slot) (i32.mul {slot_count} (i32.const 24))))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $slot) (local.get $last)))
      (local.set $offset (i32.load $d (i32.add (local.get $row) (i32.load $d (local.get $slot)))))
      (if (i32.eqz (i32.load $d offset=8 (local.get $slot)))
        (then
          (local.set $at (i32.add (local.get $row) (i32.load $d offset=12 (local.get $slot))))
          (local.set $limit (i64.extend_i32_u (i32.div_u (i32.sub (call $end_of (local.get $offset)) (local.get $offset))
                                                         (i32.load $d offset=4 (local.get $slot)))))
          (if (i32.and (i64.gt_u (i64.load $d (local.get $at)) (local.get $limit)) (i32.ne (local.get $offset) (i32.const -1)))
            (then (i64.store $d (local.get $at) (local.get $limit))))))
      (if (i32.eq (i32.and (i32.load $d offset=8 (local.get $slot)) (i32.const -2)) (i32.const 2))
        (then (i32.store8 $d (i32.sub (i32.add (i32.add (local.get $row) {argument_bytes}) (i32.load $d offset=20 (local.get $slot))) (i32.const 1))
                (i32.const 0))))
      (local.set $slot (i32.add (local.get $slot) (i32.const 24)))
      (br $next))))

  ;; How many elements a shape gives the buffers of a row.
  (func $elements (param $row i32) (param $at i32) (result i64) (local $sum i64) (local $product i64) (local $factor i64) (local $div i64)
                  (local $terms i32) (local $factors i32)
    (local.set $sum (i64.load32_s $d (local.get $at)))
    (local.set $div (i64.load32_s $d offset=4 (local.get $at)))
    (local.set $terms (i32.load $d offset=8 (local.get $at)))
    (local.set $at (i32.add (local.get $at) (i32.const 12)))
    (block $done (loop $term
      (br_if $done (i32.eqz (local.get $terms)))
      (local.set $product (i64.load32_s $d (local.get $at)))
      (local.set $factors (i32.load $d offset=4 (local.get $at)))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (loop $next
        (local.set $factor (i64.load $d (i32.add (local.get $row) (i32.load $d (local.get $at)))))
        (if (i32.load $d offset=4 (local.get $at)) (then (local.set $factor (i64.extend32_s (local.get $factor)))))
        (if (i64.gt_s (local.get $factor) (i64.const MOST)) (then (local.set $factor (i64.const MOST))))
        (local.set $factor (i64.add (local.get $factor) (i64.load32_s $d offset=8 (local.get $at))))
        (if (i64.gt_s (local.get $factor) (i64.const MOST)) (then (local.set $factor (i64.const MOST))))
        (if (i64.lt_s (local.get $factor) (i64.const 0)) (then (local.set $factor (i64.const 0))))
        (local.set $product (i64.mul (local.get $product) (i64.div_s (local.get $factor) (i64.load32_s $d offset=12 (local.get $at)))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (local.set $factors (i32.sub (local.get $factors) (i32.const 1)))
        (br_if $next (local.get $factors)))
      (local.set $sum (i64.add (local.get $sum) (local.get $product)))
      (local.set $terms (i32.sub (local.get $terms) (i32.const 1)))
      (br $term)))
    (i64.div_s (select (local.get $sum) (i64.const 0) (i64.gt_s (local.get $sum) (i64.const 0))) (local.get $div)))

  ;; Put a row's arena into the target's memory, with the mask of what lies outside its buffers.
  (func $place (param $row i32) (local $slot i32) (local $last i32) (local $offset i32) (local $size i32) (local $how i32) (local $bytes i32)
               (local $left i32) (local $arena i32) (local $wanted i64)
    (local.set $arena (i32.add (local.get $row) {argument_bytes}))
    (if {stride}
      (then
        (memory.copy $t $d {base} (local.get $arena) {stride})
        (call $enter)
        (memory.fill $t (i32.add {base} {stride}) (i32.const 255) {stride})))
    (memory.fill $t (i32.add {base} (i32.shl {stride} (i32.const 1))) (i32.const 0) {tail})
    (local.set $slot {slots})
    (local.set $last (i32.add (local.get $slot) (i32.mul {slot_count} (i32.const 24))))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $slot) (local.get $last)))
      (local.set $offset (i32.load $d (i32.add (local.get $row) (i32.load $d (local.get $slot)))))
      (local.set $size (i32.load $d offset=4 (local.get $slot)))
      (local.set $how (i32.load $d offset=8 (local.get $slot)))
      (if (i32.eq (local.get $how) (i32.const 5)) (then (local.set $offset (i32.load $d offset=16 (local.get $slot)))))
      (local.set $left (i32.sub (call $end_of (local.get $offset)) (local.get $offset)))
      (local.set $bytes (local.get $left))
      (if (i32.eqz (local.get $how))
        (then (local.set $bytes (i32.mul (local.get $size) (i32.load $d (i32.add (local.get $row) (i32.load $d offset=12 (local.get $slot))))))))
      (if (i32.eq (local.get $how) (i32.const 1))
        (then (local.set $bytes (i32.mul (local.get $size) {room}))
              (if (i32.gt_u (local.get $bytes) (local.get $left)) (then (local.set $bytes (local.get $left))))))
      (if (i32.eq (local.get $how) (i32.const 6))
        (then (local.set $wanted (i64.mul (i64.extend_i32_u (local.get $size))
                                          (call $elements (local.get $row) (i32.load $d offset=12 (local.get $slot)))))
              (if (i64.lt_u (local.get $wanted) (i64.extend_i32_u (local.get $bytes)))
                (then (local.set $bytes (i32.wrap_i64 (local.get $wanted)))))))
      (if (i32.and (i32.eq (local.get $how) (i32.const 2)) (i32.ne (local.get $offset) (i32.const -1)))
        (then (local.set $bytes (i32.const 0))
              (block $ended (loop $on
                (br_if $ended (i32.eqz (i32.load8_u $d (i32.add (local.get $arena) (i32.add (local.get $offset) (local.get $bytes))))))
                (local.set $bytes (i32.add (local.get $bytes) (i32.const 1)))
                (br $on)))
              (local.set $bytes (i32.add (local.get $bytes) (i32.const 1)))))
      ;; Null has no buffer.
      (if (i32.ne (local.get $offset) (i32.const -1))
        (then (memory.fill $t (i32.add (i32.add {base} {stride}) (local.get $offset)) (i32.const 0) (local.get $bytes))))
      (local.set $slot (i32.add (local.get $slot) (i32.const 24)))
      (br $next))))

  ;; Where the features begin that the last call's answer tells apart: the same code reached is another feature where what came of it is zero, positive,
  ;; or negative. In bytes, of eight features each.
  (func $sort (result i32)
    (i32.mul {tail} (i32.add (i64.ne (global.get $answer) (i64.const 0)) (i64.lt_s (global.get $answer) (i64.const 0)))))

  ;; Whether the last call had a feature that fewer than `limit` rows have.
  (func $novel (result i32) (local $at i32) (local $column i32) (local $byte i32) (local $word i64) (local $bits i32) (local $start i32) (local $here i32)
               (local $ways i32) (local $steps i32) (local $mask i32) (local $end i32)
    (local.set $ways {ways}) (local.set $steps {steps})
    (local.set $start (i32.add {base} (i32.shl {stride} (i32.const 1))))
    (if (i32.and (i32.eqz {any}) (i32.load8_u $t (i32.add (local.get $start) (local.get $ways)))) (then (return (i32.const 0))))
    (local.set $mask (i32.add {masks} (call $sort)))
    (local.set $end {tail})
    (loop $next
      (local.set $word (i64.load $t (i32.add (local.get $start) (local.get $at))))
      ;; Behind the flag there are hints alone: eight at once.
      (if (i32.gt_u (local.get $at) (local.get $ways))
        (then (if (i64.ne (i64.and (local.get $word) (i64.xor (i64.load $d (i32.add (local.get $mask) (local.get $at))) (i64.const -1))) (i64.const 0))
          (then (return (i32.const 1)))))
        (else (block $end (loop $bytes
          (br_if $end (i64.eqz (local.get $word)))
          LOWEST
          (br_if $bytes (i32.eq (local.get $column) (local.get $ways)))
          (if (i32.and (local.get $bits) (i32.xor (i32.load8_u $d (i32.add (local.get $mask) (local.get $column))) (i32.const 255)))
            (then (return (i32.const 1))))
          (br $bytes)))))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (i32.const 0))

  ;; Count the features of the last call as those of row `owner`; `masks` has a bit for each that is not rare any more.
  (func $account (param $owner i32) (local $at i32) (local $column i32) (local $byte i32) (local $word i64) (local $bits i32) (local $hit i32)
                 (local $feature i32) (local $first i32) (local $start i32) (local $here i32) (local $ways i32) (local $steps i32) (local $mask i32)
    (local.set $ways {ways}) (local.set $steps {steps})
    (local.set $first (call $sort))
    (local.set $start (i32.add {base} (i32.shl {stride} (i32.const 1))))
    (if (i32.and (i32.eqz {any}) (i32.load8_u $t (i32.add (local.get $start) (local.get $ways)))) (then (return)))
    (loop $next
      (local.set $word (i64.load $t (i32.add (local.get $start) (local.get $at))))
      (block $end (loop $bytes
        (br_if $end (i64.eqz (local.get $word)))
        LOWEST
        (br_if $bytes (i32.eq (local.get $column) (local.get $ways)))
        (loop $bit
          (local.set $feature (i32.add (i32.shl (i32.add (local.get $first) (local.get $column)) (i32.const 3)) (i32.ctz (local.get $bits))))
          (local.set $hit (i32.add {hits} (local.get $feature)))
          (local.set $bits (i32.and (local.get $bits) (i32.sub (local.get $bits) (i32.const 1))))
          (local.set $byte (i32.load8_u $d (local.get $hit)))
          (i32.store16 $d (i32.add {owners} (i32.shl (local.get $feature) (i32.const 1))) (local.get $owner))
          (if (i32.eqz (local.get $byte))
            (then (i32.store $d (i32.add {known} (i32.shl {known_count} (i32.const 2))) (local.get $feature))
                  (i32.store $d {at_known_count} (i32.add {known_count} (i32.const 1)))))
          (if (i32.lt_u (local.get $byte) (i32.const 255))
            (then (local.set $byte (i32.add (local.get $byte) (i32.const 1))) (i32.store8 $d (local.get $hit) (local.get $byte))))
          (if (i32.ge_u (local.get $byte) {limit})
            (then
              (local.set $mask (i32.add {masks} (i32.shr_u (local.get $feature) (i32.const 3))))
              (i32.store8 $d (local.get $mask) (i32.or (i32.load8_u $d (local.get $mask))
                (i32.shl (i32.const 1) (i32.and (local.get $feature) (i32.const 7)))))))
          (br_if $bit (local.get $bits)))
        (br $bytes)))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $next (i32.lt_u (local.get $at) {tail}))))

  ;; Keep the scratch row if it had a rare feature. Also called after a trap that is an outcome like others.
  (func $keep (export "keep")
    (if (i32.and (i32.lt_u {found} {capacity}) (call $novel))
      (then
        (call $account {found})
        (memory.copy $d $d (call $row {found}) {scratch} {row_bytes})
        (i32.store $d {at_found} (i32.add {found} (i32.const 1))))))

  (func $count (export "count") (call $account (i32.sub {iteration} (i32.const 1))))

  (func (export "replay")  (local $row i32)
    (call $restore {stack})
    (block $done (loop $next
      (br_if $done (i32.ge_u {iteration} {end}))
      (local.set $row (call $row {iteration}))
      (i32.store $d {at_iteration} (i32.add {iteration} (i32.const 1)))
      (call $place (local.get $row))
      (call $call (local.get $row))
      (call $count)
      (br $next))))

  (func (export "explore")  (local $changes i32)
    (call $restore {stack})
    (block $done (loop $next
      (br_if $done (i32.or (i32.or (i32.ge_u {iteration} {end}) (i32.ge_u {found} {capacity})) FULL))
      (i32.store $d {at_iteration} (i32.add {iteration} (i32.const 1)))
      (memory.copy $d $d {scratch} (call $parent) {row_bytes})
      (local.set $changes (i32.add (i32.const 1) (i32.ctz (i32.or (call $below (i32.const 256)) (i32.const 8)))))
      (loop $more
        (call $change)
        (local.set $changes (i32.sub (local.get $changes) (i32.const 1)))
        (br_if $more (local.get $changes)))
      (call $settle {scratch})
      (call $place {scratch})
      (call $call {scratch})
      (call $keep)
      COMPARE
      (br $next)))))
"""
