"""The driver module in WAT, for one function type: its loop over the vectors. See `driver` for what it keeps.

Memory "d" holds the settings (`BLOCK`), the notes of the stand-ins and the tables; "t" is the target's memory.
"""

from __future__ import annotations

from transpile.verify import functions, stand_in
from transpile.verify.marshal import FUNCTIONS, NUMBER, Marshal, entering

BLOCK = ("index", "end", "arguments", "before", "after", "results", "stride", "base", "stack", "calls", "unset")
"""Settings of the driver: 32-bit numbers at the start of its memory. Calls without arguments are the cheap ones."""
UNSET = 0x3E
"""The byte that fills the stack from `unset` on: small numbers as floats, large ones as integers, no end of a text."""


def driver_text(parameters: tuple[str, ...], results: tuple[str, ...], pointers: tuple[bool, ...], *, memory: bool, stack: bool,
                imports: bool, marshal: Marshal | None = None) -> str:  # fmt: skip
    """`pointers` are relocated by the arena's address (with `marshal`: as that says, in memory too), with `stack` the stack pointer is put
    back, with `imports` calls are noted."""
    called = f"(call $f {' '.join(loads(parameters, pointers, marshal, '(local.get $row)', '(local.get $base)'))})"
    if marshal and marshal.result is not None:
        called = f"(call $result_out {called} (i32.const {marshal.result}))"
    slot = "(i32.add (local.get $results) (i32.shl (local.get $index) (i32.const 3)))"
    widen = {
        "i32": "(i64.extend_i32_u {})",
        "i64": "{}",
        "f32": "(i64.extend_i32_u (i32.reinterpret_f32 {}))",
        "f64": "(i64.reinterpret_f64 {})",
    }
    step = f"(i64.store $d {slot} {widen[results[0]].format(called)})" if results else called
    offset = "(i32.mul (local.get $index) (local.get $stride))"
    copy_in = copy_out = ""
    if memory:
        copy_in = f"(memory.copy $t $d (local.get $base) (i32.add (local.get $before) {offset}) (local.get $stride))"
        if marshal and marshal.cells:
            copy_in, copy_out = copy_in + "(call $enter_cells)", "(call $leave_cells)"
        copy_out += f"(memory.copy $d $t (i32.add (local.get $after) {offset}) (local.get $base) (local.get $stride))"
    forget = f"(i64.store $d (i32.const {stand_in.HASH}) (i64.const 0)) (i32.store $d (i32.const {stand_in.COUNT}) (i32.const 0))"
    grown = f"(i32.store $d (i32.const {stand_in.GROWN}) (i32.sub (memory.size $t) (local.get $pages)))" if memory else ""
    # Growth of memory counts like a call.
    notes = [f"(i64.load $d (i32.const {stand_in.HASH}))"] if imports else []
    notes += [f"(i64.mul (i64.const 0x9E3779B97F4A7C15) (i64.load32_u $d (i32.const {stand_in.GROWN})))"] if memory else []
    noted = f"(i64.store $d {slot.replace('$results', '$calls')} {notes[0] if len(notes) == 1 else f'(i64.xor {notes[0]} {notes[1]})'})" if notes else ""
    # What a function finds on its stack before it sets it is the same in every call, whatever others left there.
    fill = f"(memory.fill $t (local.get $unset) (i32.const {UNSET}) (i32.sub (local.get $stack) (local.get $unset)))"
    # Asked first: to fill nothing costs a call of the machine's as well.
    unset = f"(if (i32.lt_u (local.get $unset) (local.get $stack)) (then {fill}))" if memory and stack else ""
    before = unset + (forget if imports else "") + ("(local.set $pages (memory.size $t))" if memory else "")
    settings = "".join(f"(local.set ${name} (i32.load $d (i32.const {4 * k})))" for k, name in enumerate(BLOCK))
    return f"""(module
      (import "t" "f" (func $f (param {" ".join(parameters)}) (result {" ".join(results)})))
      {'(import "t" "memory" (memory $t 0))' if memory else ""}
      {'(import "t" "__stack_pointer" (global $stack (mut i32)))' if stack else ""}
      (import "d" "memory" (memory $d 1)) {functions.IMPORT if marshal else ""}
      {"" if memory or not marshal else "(memory $t 1)"}
      {FUNCTIONS if marshal else ""}
      (func (export "run") {" ".join(f"(local ${name} i32)" for name in (*BLOCK, "row", "pages"))}
        {settings}
        {"(global.set $stack (local.get $stack))" if stack else ""}
        (block $done
          (loop $next
            (br_if $done (i32.ge_u (local.get $index) (local.get $end)))
            (i32.store $d (i32.const 0) (local.get $index))
            {copy_in}
            (local.set $row (i32.add (local.get $arguments) (i32.mul (local.get $index) (i32.const {8 * len(parameters)}))))
            {before}
            {step}
            {grown} {noted}
            {copy_out}
            (local.set $index (i32.add (local.get $index) (i32.const 1)))
            (br $next)))))"""


def loads(parameters: tuple[str, ...], pointers: tuple[bool, ...], marshal: Marshal | None, row: str, base: str) -> list[str]:
    """The arguments of a call, from a row of 8 bytes each in memory "d"."""
    out = []
    for position, (type_, pointer) in enumerate(zip(parameters, pointers, strict=True)):
        load = f"({type_}.load $d offset={8 * position} {row})"
        if marshal is None:
            out.append(f"(i32.add {base} {load})" if pointer else load)
        else:
            kind = marshal.kinds[position]
            out.append(load if kind == NUMBER else entering(kind, load))
    return out
