"""How `explore_wat`'s loop changes a row: `$change` changes one place of the scratch row, a scalar, a length, a pointer, or elements of a buffer.

Values come from the code (its constants, its characters), from the row itself, from other rows, and from chance; elements are renewed, copied,
exchanged, removed, repeated, or taken from another row. Lengths may no longer fit afterwards, and texts not end: `$settle` sees to that.
"""

from __future__ import annotations

CHANGES = """;; Any value that the scratch row holds, to be used elsewhere.
  (func $borrow (result i64) (local $span i32) (local $count i32)
    (local.set $span (i32.add {spans} (i32.shl (call $below {span_count}) (i32.const 5))))
    (local.set $count (i32.load $d offset=20 (local.get $span)))
    (if (i32.gt_u (local.get $count) (i32.const 8)) (then (local.set $count (i32.const 8))))
    (call $read
      (i32.add (i32.add {scratch} (i32.load $d offset=4 (local.get $span)))
               (i32.mul (i32.load $d offset=8 (local.get $span)) (call $below (local.get $count))))
      (i32.load $d offset=12 (local.get $span))))

  (func $constant (result i64)
    (i64.load $d (i32.add {integers} (i32.shl (call $below {integer_count}) (i32.const 3)))))

  (func $character (result i64)
    (if (i32.and {script_count} (call $below (i32.const 2)))
      (then (return (i64.load8_u $d (i32.add {script} (call $below {script_count}))))))
    (i64.load8_u $d (i32.add {text} (call $below {text_count}))))

  (func $fresh (param $old i64) (param $width i32) (param $class i32) (result i64) (local $kind i32) (local $bits i64)
    (local.set $bits (i64.extend_i32_u (i32.shl (local.get $width) (i32.const 3))))
    (if (i32.eq (local.get $class) (i32.const 3)) (then (return (i64.extend_i32_u (call $below (i32.const 2))))))
    (if (i32.eq (local.get $class) (i32.const 2)) (then (return (call $cut (call $float (local.get $old) (local.get $width)) (local.get $width)))))
    (local.set $kind (call $below (i32.const 12)))
    (block $done
      (block $b9 (block $b8 (block $b7 (block $b6 (block $b5 (block $b4 (block $b3 (block $b2 (block $b1 (block $b0
        (br_table $b0 $b1 $b2 $b3 $b3 $b4 $b5 $b6 $b7 $b8 $b9 $b9 (local.get $kind)))
        (local.set $old (i64.add (local.get $old) (i64.const 1))) (br $done))
        (local.set $old (i64.sub (local.get $old) (i64.const 1))) (br $done))
        (local.set $old (i64.xor (local.get $old) (i64.shl (i64.const 1) (i64.rem_u (call $random) (local.get $bits))))) (br $done))
        (local.set $old (call $constant)) (br $done))
        (local.set $old (i64.add (local.get $old) (i64.mul (call $constant) (i64.sub (i64.extend_i32_u (call $below (i32.const 19))) (i64.const 9)))))
        (br $done))
        (local.set $old (i64.shr_s (call $random) (i64.add (i64.sub (i64.const 64) (local.get $bits)) (i64.rem_u (call $random) (local.get $bits)))))
        (br $done))
        (local.set $old (i64.sub (i64.extend_i32_u (call $below (i32.const 25))) (i64.const 12))) (br $done))
        (local.set $old (call $borrow)) (br $done))
        (local.set $old (select (call $character) (i64.sub (i64.const 0) (local.get $old)) (i32.eq (local.get $width) (i32.const 1)))) (br $done))
      (local.set $old (i64.extend_i32_u (call $below (i32.const 20)))))
    (call $cut (local.get $old) (local.get $width)))

  (func $float (param $old i64) (param $width i32) (result i64) (local $kind i32) (local $bits i64) (local $value f64)
    (local.set $bits (i64.extend_i32_u (i32.shl (local.get $width) (i32.const 3))))
    (local.set $kind (call $below (i32.const 8)))
    (if (i32.eqz (local.get $kind))
      (then (return (i64.xor (local.get $old) (i64.shl (i64.const 1) (i64.rem_u (call $random) (local.get $bits)))))))
    (if (i32.eq (local.get $kind) (i32.const 1)) (then (return (i64.add (local.get $old) (i64.const 1)))))
    (if (i32.eq (local.get $kind) (i32.const 2)) (then (return (i64.sub (local.get $old) (i64.const 1)))))
    (if (i32.eq (local.get $kind) (i32.const 3))
      (then (return (i64.xor (local.get $old) (i64.shl (i64.const 1) (i64.sub (local.get $bits) (i64.const 1)))))))
    (if (i32.eq (local.get $kind) (i32.const 4)) (then (return (call $borrow))))
    (if (i32.lt_u (local.get $kind) (i32.const 7))
      (then (local.set $value (f64.load $d (i32.add {floats} (i32.shl (call $below {float_count}) (i32.const 3))))))
      (else (local.set $value (f64.mul (f64.convert_i32_s (i32.sub (call $below (i32.const 81)) (i32.const 40))) (f64.const 0.25)))))
    (if (result i64) (i32.eq (local.get $width) (i32.const 8))
      (then (i64.reinterpret_f64 (local.get $value)))
      (else (i64.extend_i32_u (i32.reinterpret_f32 (f32.demote_f64 (local.get $value)))))))

  (func $change_scalar (param $span i32) (local $at i32) (local $width i32) (local $class i32) (local $value i64) (local $shift i64)
    (local.set $at (i32.add {scratch} (i32.load $d offset=4 (local.get $span))))
    (local.set $width (i32.load $d offset=12 (local.get $span)))
    (local.set $class (i32.load $d offset=16 (local.get $span)))
    (local.set $value (call $fresh (call $cut (i64.load $d (local.get $at)) (local.get $width)) (local.get $width) (local.get $class)))
    ;; Where many inputs do not end, most numbers stay of a size that loops can count to.
    (if (i32.and (i32.and (i32.ne {gentle} (i32.const 0)) (i32.lt_u (local.get $class) (i32.const 2)))
                 (i32.and (i64.gt_u (local.get $value) (i64.const 4095)) (i32.ne (call $below (i32.const 8)) (i32.const 0))))
      (then (local.set $value (i64.and (local.get $value)
        (i64.sub (i64.shl (i64.const 2) (i64.extend_i32_u (call $below (i32.const 12)))) (i64.const 1))))))
    (if (i32.and (i32.eq (local.get $class) (i32.const 1)) (i32.lt_u (local.get $width) (i32.const 4)))
      (then
        (local.set $shift (i64.extend_i32_u (i32.sub (i32.const 64) (i32.shl (local.get $width) (i32.const 3)))))
        (local.set $value (i64.and (i64.shr_s (i64.shl (local.get $value) (local.get $shift)) (local.get $shift)) (i64.const 0xffffffff)))))
    (i64.store $d (local.get $at) (local.get $value)))

  (func $change_length (param $span i32) (local $at i32) (local $kind i32) (local $value i64)
    (local.set $at (i32.add {scratch} (i32.load $d offset=4 (local.get $span))))
    (local.set $value (i64.load $d (local.get $at)))
    (local.set $kind (call $below (i32.const 3)))
    (if (i32.eqz (local.get $kind)) (then (local.set $value (i64.add (local.get $value) (i64.const 1))))
      (else (if (i32.eq (local.get $kind) (i32.const 1))
        (then (if (i64.ne (local.get $value) (i64.const 0)) (then (local.set $value (i64.sub (local.get $value) (i64.const 1))))))
        (else (local.set $value (i64.load8_u $d (i32.add {lengths} (call $below {length_count}))))))))
    (i64.store $d (local.get $at) (local.get $value)))

  ;; Another value for one element; of bytes in a row, half of the time a character.
  (func $renew (param $at i32) (param $span i32) (local $width i32) (local $class i32)
    (local.set $width (i32.load $d offset=12 (local.get $span)))
    (local.set $class (i32.load $d offset=16 (local.get $span)))
    (if (i32.and (i32.eq (i32.load $d offset=8 (local.get $span)) (i32.const 1)) (i32.lt_u (local.get $class) (i32.const 2)))
      (then (if (call $below (i32.const 2)) (then (i64.store8 $d (local.get $at) (call $character)) (return)))))
    (call $write (local.get $at) (local.get $width)
      (call $fresh (call $read (local.get $at) (local.get $width)) (local.get $width) (local.get $class))))

  (func $change_field (param $span i32) (local $from i32) (local $step i32) (local $width i32) (local $count i32) (local $near i32)
                      (local $at i32) (local $other i32) (local $kind i32) (local $value i64) (local $left i32)
    (local.set $from (i32.add {scratch} (i32.load $d offset=4 (local.get $span))))
    (local.set $step (i32.load $d offset=8 (local.get $span)))
    (local.set $width (i32.load $d offset=12 (local.get $span)))
    (local.set $count (i32.load $d offset=20 (local.get $span)))
    ;; Elements that count: those within the length, at least four; of a text its characters; else the first eight.
    (local.set $near (i32.const 8))
    (if (i32.and (i32.eq (local.get $step) (i32.const 1)) (i32.gt_u (local.get $count) (i32.const 8)))
      (then
        (local.set $near (i32.const 0))
        (loop $more
          (if (i32.and (i32.lt_u (local.get $near) (i32.sub (local.get $count) (i32.const 2)))
                       (i32.load8_u $d (i32.add (local.get $from) (local.get $near))))
            (then (local.set $near (i32.add (local.get $near) (i32.const 1))) (br $more))))
        (local.set $near (i32.add (local.get $near) (i32.const 2)))))
    (if (i32.ge_s (i32.load $d offset=24 (local.get $span)) (i32.const 0))
      (then (local.set $near (i32.load $d (i32.add {scratch} (i32.load $d offset=24 (local.get $span)))))
            (if (i32.lt_u (local.get $near) (i32.const 4)) (then (local.set $near (i32.const 4))))))
    (if (i32.or (i32.gt_u (local.get $near) (local.get $count)) (i32.eqz (call $below (i32.const 8))))
      (then (local.set $near (local.get $count))))
    (local.set $at (call $below (local.get $near)))
    (local.set $left (i32.sub (local.get $count) (local.get $at)))
    (local.set $at (i32.add (local.get $from) (i32.mul (local.get $step) (local.get $at))))
    (local.set $other (i32.add (local.get $from) (i32.mul (local.get $step) (call $below (local.get $near)))))
    (local.set $kind (call $below (i32.const 10)))
    (if (i32.lt_u (local.get $kind) (i32.const 4)) (then (call $renew (local.get $at) (local.get $span)) (return)))
    (local.set $value (call $read (local.get $at) (local.get $width)))
    (if (i32.lt_u (local.get $kind) (i32.const 6))
      (then (call $write (local.get $at) (local.get $width) (call $read (local.get $other) (local.get $width)))
            (if (i32.eq (local.get $kind) (i32.const 5)) (then (call $write (local.get $other) (local.get $width) (local.get $value))))
            (return)))
    (if (i32.eq (local.get $kind) (i32.const 6))  ;; An element less, the rest moves up.
      (then (memory.copy $d $d (local.get $at) (i32.add (local.get $at) (local.get $step))
              (i32.mul (local.get $step) (i32.sub (local.get $left) (i32.const 1)))) (return)))
    (if (i32.eq (local.get $kind) (i32.const 7))  ;; One more, or some of them once more, which pushes the rest away.
      (then (local.set $other (select (i32.const 1) (i32.add (i32.const 1) (call $below (i32.const 5))) (call $below (i32.const 3))))
            (if (i32.ge_u (local.get $other) (local.get $left)) (then (local.set $other (i32.sub (local.get $left) (i32.const 1)))))
            (memory.copy $d $d (i32.add (local.get $at) (i32.mul (local.get $step) (local.get $other))) (local.get $at)
              (i32.sub (i32.add (local.get $width) (i32.mul (local.get $step) (i32.sub (local.get $left) (i32.const 1))))
                       (i32.mul (local.get $step) (local.get $other))))
            (if (call $below (i32.const 2)) (then (call $renew (local.get $at) (local.get $span))))
            (return)))
    (if (i32.and (i32.eq (local.get $kind) (i32.const 8)) (i32.and (i32.eq (local.get $step) (i32.const 1)) (i32.ne {script_count} (i32.const 0))))
      (then  ;; A piece of the script.
        (local.set $near (i32.add (i32.const 2) (call $below (i32.const 11))))
        (if (i32.gt_u (local.get $near) (local.get $left)) (then (local.set $near (local.get $left))))
        (if (i32.gt_u (local.get $near) {script_count}) (then (local.set $near {script_count})))
        (memory.copy $d $d (local.get $at)
          (i32.add {script} (call $below (i32.add (i32.const 1) (i32.sub {script_count} (local.get $near))))) (local.get $near))
        (return)))
    ;; What another row has there, all of it or from here on.
    (if (call $below (i32.const 2))
      (then (memory.copy $d $d (local.get $at) (i32.add (i32.sub (local.get $at) {scratch}) (call $parent))
        (i32.add (i32.mul (local.get $step) (i32.sub (local.get $left) (i32.const 1))) (local.get $width))) (return)))
    (memory.copy $d $d (local.get $from) (i32.add (i32.sub (local.get $from) {scratch}) (call $parent))
      (i32.add (i32.mul (local.get $step) (i32.sub (local.get $count) (i32.const 1))) (local.get $width))))

  (func $change (local $span i32) (local $kind i32)
    (local.set $span (i32.add {spans} (i32.shl (call $below {span_count}) (i32.const 5))))
    (local.set $kind (i32.load $d (local.get $span)))
    (if (i32.eqz (local.get $kind)) (then (call $change_scalar (local.get $span)) (return)))
    (if (i32.eq (local.get $kind) (i32.const 1)) (then (call $change_length (local.get $span)) (return)))
    (if (i32.eq (local.get $kind) (i32.const 3)) (then (call $change_choice (local.get $span)) (return)))
    (call $change_field (local.get $span)))

  ;; A pointer: to what its type may lead to, or to what another one of its kind leads to.
  (func $change_choice (param $span i32) (local $from i32) (local $step i32) (local $near i32) (local $at i32)
    (local.set $from (i32.add {scratch} (i32.load $d offset=4 (local.get $span))))
    (local.set $step (i32.load $d offset=8 (local.get $span)))
    (local.set $near (i32.load $d offset=20 (local.get $span)))
    (if (i32.and (i32.gt_u (local.get $near) (i32.const 6)) (i32.ne (call $below (i32.const 4)) (i32.const 0))) (then (local.set $near (i32.const 6))))
    (local.set $at (i32.add (local.get $from) (i32.mul (local.get $step) (call $below (local.get $near)))))
    (if (i32.eqz (call $below (i32.const 4)))
      (then (i32.store $d (local.get $at)
              (i32.load $d (i32.add (local.get $from) (i32.mul (local.get $step) (call $below (local.get $near)))))) (return)))
    (i32.store $d (local.get $at)
      (i32.load $d (i32.add {choices}
        (i32.shl (i32.add (i32.load $d offset=16 (local.get $span)) (call $below (i32.load $d offset=28 (local.get $span)))) (i32.const 2))))))"""
