"""What the loop of `explore_wat` needs to hand every row to a second function too, the *rival*, and to keep those on which the two seem to differ.

Memory "r" is the rival's. What the two answer and leave is compared bit by bit, padding aside, which is stricter than `policy`: such rows are only
*suspects*. Of those on which the function left its buffers few are kept, since the rival may have left them as well. `phase` is 1 while the
rival runs, so that after a trap one knows whose it was.
"""

from __future__ import annotations

IMPORTS = """(import "c" "leave" (func $leave))
  (import "r" "memory" (memory $r 0))
  (import "r" "ask" (func $ask_rival (param i32) (result i64)))
  (import "r" "enter" (func $enter_rival))
  (import "r" "leave" (func $leave_rival))
  (import "r" "restore" (func $restore_rival (param i32)))

  (func $answer_rival (export "answer") (result i64) (local $answer i64)
    (i32.store $d {at_phase} (i32.const 1))
    (call $restore_rival {rival_stack})
    (memory.copy $r $d {rival_base} (i32.add {scratch} {argument_bytes}) {stride})
    (call $enter_rival)
    (local.set $answer (call $ask_rival {scratch}))
    (i32.store $d {at_phase} (i32.const 0))
    (local.get $answer))

  ;; Whether the two left different bytes, those that are compared.
  (func $parted (result i32) (local $at i32) (local $end i32) (local $mine i32) (local $other i32) (local $solid i32) (local $differ v128)
    (call $leave)
    (call $leave_rival)
    (local.set $end {stride})
    (local.set $mine {base})
    (local.set $other {rival_base})
    (local.set $solid {solid})
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
      (local.set $differ (v128.xor (v128.load $t (i32.add (local.get $mine) (local.get $at)))
                                   (v128.load $r (i32.add (local.get $other) (local.get $at)))))
      (if (v128.any_true (local.get $differ))
        (then (if (v128.any_true (v128.and (local.get $differ) (v128.load $d (i32.add (local.get $solid) (local.get $at)))))
          (then (return (i32.const 1))))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br $next)))
    (i32.const 0))

  (func $suspect (export "suspect") (local $most i32)
    (local.set $most {suspect_room})
    (if (i32.load8_u $t (i32.add {base} (i32.add (i32.shl {stride} (i32.const 1)) {ways})))
      (then (local.set $most (i32.shr_u (local.get $most) (i32.const 2)))))
    (if (i32.lt_u {suspect_count} (local.get $most))
      (then
        (memory.copy $d $d (i32.add {suspects} (i32.mul {suspect_count} {row_bytes})) {scratch} {row_bytes})
        (i32.store $d {at_suspect_count} (i32.add {suspect_count} (i32.const 1))))))"""

COMPARE = """(if {suspect_room}
        (then (if (i32.or (i64.ne (call $answer_rival) (global.get $answer)) (call $parted)) (then (call $suspect)))))"""
"""After a call."""

FULL = "(i32.and (i32.ne {suspect_room} (i32.const 0)) (i32.ge_u {suspect_count} {suspect_room}))"
"""Whether there is no room for another suspect."""
