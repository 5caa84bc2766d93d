"""The functions that pointers to functions lead to: a few pure ones for every type, in a wasm module of their own.

They answer with an argument, a mixture of all arguments, a comparison of the first two or a constant; an argument that is a pointer is read
through: a number or the first number of a struct, the first bytes behind a `void *`. Their calls are noted in order, with the arguments, as
those of imports are (`stand_in`), so that two sides must make the same ones. They are put at the end of the target's table.
Invariant: what they answer depends on their arguments and on what these point to, never on where things lie. Limits: they write no memory;
behind a `void *` they read four bytes where it leads into the caller's memory and the type of comparison says so, else one.
"""

from __future__ import annotations

from functools import cache

import wasmtime

from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS, Function, Pointer, Struct, is_address, leaves_of, read_type, size_of, wasm_type
from transpile.verify import stand_in

_LABELS = {
    "first": "gives its first argument", "mix": "mixes its arguments", "less": "compares", "greater": "compares the other way round",
    "less bytes": "compares bytes", "one": "gives 1", "nothing": "gives 0",
}  # fmt: skip


class Unsupported(ValueError):
    """A type of function that the judge has none of."""


def variants(type_: str) -> tuple[str, ...]:
    """Which functions of a type there are. Raises ValueError for types that the judge can't answer (structs by value)."""
    function = read_type(type_)
    assert isinstance(function, Function)
    for one in (*function.parameters, *([function.result] if function.result else [])):
        if not (one in WIDTHS or is_address(one)):
            raise Unsupported(f"a function takes or gives '{one}'")
    if function.result is None:
        return ("nothing",)
    if is_address(function.result):
        return ("first", "nothing")
    out = ["first", "mix"] if function.parameters else []
    if len(function.parameters) >= 2 and function.parameters[0] == function.parameters[1]:
        out += ["less", "greater"]
        if function.parameters[0] in ("*void", "*const void"):
            out.append("less bytes")
    return (*out, "one", "nothing")


def describe(type_: str, variant: str) -> str:
    """A callback in words, as a counterexample shows it."""
    function = read_type(type_)
    return f"<{'does nothing' if isinstance(function, Function) and function.result is None else _LABELS[variant]}>"


@cache
def type_of(type_: str) -> stand_in.Type:
    """The wasm type of a pointer to a function."""
    function = read_type(type_)
    assert isinstance(function, Function)
    return tuple(wasm_type(p) for p in function.parameters), () if function.result is None else (wasm_type(function.result),)


@cache
def build(engine: wasmtime.Engine, callbacks: tuple[tuple[str, str], ...], structs: tuple[Struct, ...], memory: bool, first: int) -> wasmtime.Module:
    """The module: exports the k-th callback as `k`; imports the driver's memory and, with `memory`, the target's. `first`: the number
    under which the first of them is noted."""
    functions = []
    for k, (type_, variant) in enumerate(callbacks):
        function = read_type(type_)
        assert isinstance(function, Function)
        takes, gives = type_of(type_)
        names = [f"$p{n}" for n in range(len(takes))]
        raw = [stand_in.RAW[t].format(f"(local.get {name})") for t, name in zip(takes, names, strict=True)]
        raw = [f"(call $address (local.get {n}))" if is_address(p) else r for r, n, p in zip(raw, names, function.parameters, strict=True)]
        noted = "".join(f"(call $note (i32.const {n}) {one})" for n, one in enumerate(raw))
        values = [_value(p, f"(local.get {name})", structs, narrow=variant == "less bytes") for name, p in zip(names, function.parameters, strict=True)]
        # What a pointer leads to counts as an argument, too: the address may be one of a stack.
        noted += "".join(f"(call $mix {v})" for v, p in zip(values, function.parameters, strict=True) if p.startswith("*"))
        head = "".join(f"(param {n} {t})" for n, t in zip(names, takes, strict=True)) + (f"(result {gives[0]})" if gives else "")
        answer = _answer(variant, function, values, names) if gives else ""
        functions.append(f"""(func (export "{k}") {head}
          (call $enter (i64.const {k + 1}) (i32.const {first + k})) {noted} {answer})""")
    return wasmtime.Module(engine, wasmtime.wat2wasm(stand_in.module_text([*functions, _READ], memory="" if memory else None)))


def _value(type_: str, text: str, structs: tuple[Struct, ...], *, narrow: bool = False) -> str:
    """An argument as an i64: a number by its value (floats: times 16, as a whole number), what a pointer leads to, 0 for null."""
    if type_ in FLOATS:
        wide = text if type_ == "f64" else f"(f64.promote_f32 {text})"
        return f"(call $whole {wide})"
    if type_ in WIDTHS:
        return text if WIDTHS[type_] == 8 else f"(i64.extend_i32_{'s' if type_ in SIGNED else 'u'} {text})"
    pointer = read_type(type_)
    if not isinstance(pointer, Pointer):
        return f"(i64.extend_i32_u (i32.ne {text} (i32.const 0)))"
    to, offset = pointer.to, 0
    if to != "void" and to not in WIDTHS and not is_address(to):
        if not size_of(to, structs)[0]:
            return "(i64.const 0)"
        leaf = next((x for x in leaves_of(to, structs) if x.type in WIDTHS), None)
        if leaf is None:
            return f"(i64.extend_i32_u (i32.ne {text} (i32.const 0)))"
        to, offset = leaf.type, leaf.offset
    if is_address(to):
        # Of a pointer behind a pointer: the byte that it leads to in the end, where that is a number.
        return f"(call $deep {text})"
    kind = "u8" if to == "void" and narrow else to
    return f"(call $read_{'void' if kind == 'void' else kind} (i32.add {text} (i32.const {offset})) (i32.eqz {text}))"


def _answer(variant: str, function: Function, values: list[str], names: list[str]) -> str:
    """The result as an expression of the function's wasm type."""
    assert function.result is not None
    result = wasm_type(function.result)
    if is_address(function.result):
        pointer = next((n for n, p in zip(names, function.parameters, strict=True) if p.startswith("*")), None)
        return f"(local.get {pointer})" if variant == "first" and pointer and not function.result.startswith("fn(") else "(i32.const 0)"
    if variant == "mix":
        wide = "(i64.const 7)"
        for value in values:
            wide = f"(i64.add (i64.mul {wide} (i64.const 31)) {value})"
    elif variant == "first":
        wide = values[0]
    elif variant in ("less", "greater", "less bytes"):
        a, b = values[:2] if variant != "greater" else values[1::-1]
        wide = f"(i64.extend_i32_s (i32.sub (i64.gt_s {a} {b}) (i64.lt_s {a} {b})))"
        if function.result not in SIGNED and function.result not in FLOATS:
            wide = f"(i64.extend_i32_u (i64.lt_s {a} {b}))"
    else:
        wide = f"(i64.const {int(variant == 'one')})"
    if function.result in FLOATS:
        number = f"(f64.mul (f64.convert_i64_s {wide}) (f64.const 0.0625))"
        return number if result == "f64" else f"(f32.demote_f64 {number})"
    if function.result == "bool":
        return f"(i64.ne (i64.and {wide} (i64.const 1)) (i64.const 0))"
    if result == "i64":
        return wide
    return _narrowed(function.result, f"(i32.wrap_i64 {wide})")


def _narrowed(scalar: str, text: str) -> str:
    """An i32 cut to a narrower type and extended, as callers may rely on."""
    if WIDTHS[scalar] == 4:
        return text
    bits = 32 - 8 * WIDTHS[scalar]
    return f"(i32.shr_{'s' if scalar in SIGNED else 'u'} (i32.shl {text} (i32.const {bits})) (i32.const {bits}))"


def _reader(scalar: str) -> str:
    width = WIDTHS[scalar]
    if scalar in FLOATS:
        load = "(f64.load $t (local.get 0))" if width == 8 else "(f64.promote_f32 (f32.load $t (local.get 0)))"
        body = f"(call $whole {load})"
    elif width == 8:
        body = "(i64.load $t (local.get 0))"
    else:
        body = f"(i64.load{8 * width}_{'s' if scalar in SIGNED else 'u'} $t (local.get 0))"
    return f"(func $read_{scalar} (param i32 i32) (result i64) (if (result i64) (local.get 1) (then (i64.const 0)) (else {body})))"


_READ = "\n".join(_reader(scalar) for scalar in WIDTHS) + f"""
  (func $whole (param f64) (result i64)
    (if (result i64) (f64.lt (f64.abs (local.get 0)) (f64.const 1e15))
      (then (i64.trunc_f64_s (f64.mul (local.get 0) (f64.const 16))))
      (else (i64.extend_i32_s (i32.add (i32.sub (f64.gt (local.get 0) (f64.const 0)) (f64.lt (local.get 0) (f64.const 0))) (i32.const 5))))))
  (func $mine (param i32) (result i32)
    (i32.lt_u (i32.sub (local.get 0) (i32.load $d (i32.const {stand_in.BASE}))) (i32.load $d (i32.const {stand_in.STRIDE}))))
  (func $read_void (param i32 i32) (result i64)
    (if (local.get 1) (then (return (i64.const 0))))
    (if (i32.eqz (call $mine (local.get 0))) (then (return (i64.load8_u $t (local.get 0)))))
    (local.set 0 (i32.load $t (local.get 0)))
    (if (call $mine (local.get 0)) (then (local.set 0 (i32.sub (local.get 0) (i32.load $d (i32.const {stand_in.BASE}))))))
    (i64.extend_i32_s (local.get 0)))
  (func $deep (param i32) (result i64)
    (if (i32.eqz (local.get 0)) (then (return (i64.const 0))))
    (local.set 0 (i32.load $t (local.get 0)))
    (if (i32.eqz (local.get 0)) (then (return (i64.const 0))))
    (i64.load8_u $t (local.get 0)))"""

