"""Small wrong changes of a compiled function, as people and models make them: the mutants that `verify self-test` wants to see caught.

A mutant is the function's module with one place of its code changed, in the function itself or in what it calls of its own module. Kinds:
operator, constant, signedness, width, bound, dropped (a statement), swapped (arguments, or one variable for another).
Invariant: every mutant is a valid module with the same exports and types. Limit: a mutant may well be equivalent to its original (a
changed frame size, a bound that nothing reaches); whoever counts must decide that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from transpile.corpus.wasm.instructions import encode_body
from transpile.corpus.wasm.module import WasmFunction, WasmModule
from transpile.corpus.wasm.opcodes import EFFECTS
from transpile.verify.instrument import RUNTIME, reachable
from transpile.verify.types import Executable

Code = list[tuple[str, Any]]

_OPERATORS = {
    "add": "sub xor or", "sub": "add xor", "mul": "add shl", "and": "or xor", "or": "and xor add", "xor": "or and add",
    "shl": "shr_u rotl", "shr_s": "shl", "shr_u": "shl rotr", "rotl": "rotr shl", "rotr": "rotl shr_u", "div_s": "rem_s mul", "div_u": "rem_u mul",
    "rem_s": "div_s", "rem_u": "div_u and", "eq": "ne", "ne": "eq", "clz": "ctz", "ctz": "clz", "popcnt": "clz",
    "div": "mul", "min": "max", "max": "min", "lt": "gt", "gt": "lt", "le": "ge", "ge": "le",
    "floor": "ceil trunc nearest", "ceil": "floor trunc", "trunc": "floor", "nearest": "floor", "abs": "neg", "neg": "abs", "sqrt": "abs",
    "copysign": "min",
}  # fmt: skip
_BOUNDS = {"lt": "le", "le": "lt", "gt": "ge", "ge": "gt"}
_NARROWER = {
    "i32.load": "i32.load16_u i32.load16_s", "i32.load16_u": "i32.load8_u", "i32.load16_s": "i32.load8_s", "i32.load8_u": "i32.load16_u",
    "i64.load": "i64.load32_u i64.load32_s", "i64.load32_u": "i64.load16_u", "i64.load32_s": "i64.load16_s",
    "i32.store": "i32.store16 i32.store8", "i32.store16": "i32.store8", "i64.store": "i64.store32", "i64.store32": "i64.store16",
}  # fmt: skip
_COMMUTE = frozenset("add mul and or xor eq ne min max".split())
_ZERO = {"i32": ("i32.const", 0), "i64": ("i64.const", 0), "f32": ("f32.const", 0), "f64": ("f64.const", 0)}


@dataclass(frozen=True, slots=True)
class Mutant:
    """`number`: which of the function's mutants in the order of `mutants`; `what` names the change for people."""

    number: int
    kind: str
    what: str
    executable: Executable


def mutants(executable: Executable, count: int, seed: int) -> Iterator[Mutant]:
    """At most `count` mutants, all different; kinds are drawn first, so that rare ones are not lost among the constants."""
    import wasmtime

    module = WasmModule.parse(executable.wasm)
    by_kind: dict[str, list[tuple[WasmFunction, int, Code, str]]] = {}
    for function in reachable(module, executable.export):
        if function.name != executable.export and RUNTIME.search(function.name):
            continue
        for kind, place, new, what in _changes(function):
            by_kind.setdefault(kind, []).append((function, place, new, what))
    rng, engine = Random(seed), wasmtime.Engine()
    seen: set[bytes] = {executable.wasm}
    number = 0
    while by_kind and number < count:
        kind = rng.choice(sorted(by_kind))
        choices = by_kind[kind]
        function, place, new, what = choices.pop(rng.randrange(len(choices)))
        if not choices:
            del by_kind[kind]
        code: Code = [(name, immediate) for name, immediate, _ in function.instructions]
        changed = [*code[:place], *new, *code[place + 1 :]]
        wasm = module.replace_bodies({function.index: encode_body(function.locals, changed)})
        if wasm in seen:
            continue
        seen.add(wasm)
        try:
            wasmtime.Module.validate(engine, wasm)
        except wasmtime.WasmtimeError:
            continue
        yield Mutant(number, kind, f"{function.name}+{place}: {what}", Executable(wasm, executable.export))
        number += 1


def _changes(function: WasmFunction) -> Iterator[tuple[str, int, Code, str]]:
    """(kind, place, what stands there instead, in words) of every change of one function."""
    types = [*function.type[0], *function.locals]
    code: Code = [(name, immediate) for name, immediate, _ in function.instructions]
    for place, (name, immediate) in enumerate(code):
        kind = name.partition(".")[0]
        if kind in ("i32", "i64", "f32", "f64"):
            yield from _numeric(place, name, immediate, code)
        elif name in ("br_if", "if", "select"):
            yield "operator", place, [("i32.eqz", None), (name, immediate)], f"condition of {name} negated"
            if name == "br_if":
                yield "dropped", place, [("drop", None)], "br_if dropped"
        elif name == "local.set":
            yield "dropped", place, [("drop", None)], f"assignment of local {immediate} dropped"
        elif name == "local.tee" and code[place - 1][0] != "local.get":
            yield "dropped", place, [("drop", None), ("local.get", immediate)], f"assignment of local {immediate} dropped"
        elif name == "local.get":
            for other, type_ in enumerate(types):
                if other != immediate and type_ == types[immediate]:
                    yield "swapped", place, [(name, other)], f"local {other} for local {immediate}"
        elif name == "call":
            takes, gives = function.module.function_types[immediate]
            new = [("drop", None)] * len(takes) + [_ZERO[one] for one in gives]
            yield "dropped", place, new, f"call of {function.module.function_names[immediate]} dropped"
            if len(takes) > 1 and takes[-1] == takes[-2]:
                yield from _exchange(place, name, immediate, len(types), takes[-1], function)
        elif name in ("memory.copy", "memory.fill"):
            yield "dropped", place, [("drop", None)] * 3, f"{name} dropped"
        elif name == "br_table" and len(set(immediate)) > 1:
            last = len(immediate) - 1
            turned = (*immediate[1:last], immediate[0], immediate[last]) if last > 1 else (immediate[1], immediate[0])
            if turned != immediate:
                yield "operator", place, [(name, turned)], "cases of br_table shifted"


def _exchange(place: int, name: str, immediate: Any, first: int, type_: str, function: WasmFunction) -> Iterator[tuple[str, int, Code, str]]:
    """The last two arguments of a call swapped, where two locals of that type can be spared: parameters are only read from then on."""
    spare = [k for k in range(len(function.type[0]), first) if [*function.type[0], *function.locals][k] == type_]
    used = {i for n, i, _ in function.instructions[place:] if n.startswith("local.")}
    free = [k for k in spare if k not in used]
    if len(free) > 1:
        a, b = free[:2]
        new: Code = [("local.set", a), ("local.set", b), ("local.get", a), ("local.get", b), (name, immediate)]
        yield "swapped", place, new, "the last two arguments of a call swapped"


def _numeric(place: int, name: str, immediate: Any, code: Code) -> Iterator[tuple[str, int, Code, str]]:
    kind, _, operation = name.partition(".")

    def one(which: str, other: str) -> tuple[str, int, Code, str]:
        return which, place, [(other, immediate)], f"{name} -> {other}"

    if operation == "const":
        for value in _other_constants(kind, immediate):
            # Right before a comparison a constant is a bound.
            compared = code[place + 1][0].partition(".")[2].split("_")[0] in (*_BOUNDS, "eq", "ne") if place + 1 < len(code) else False
            near = kind[0] == "i" and abs(value - immediate) == 1
            yield "bound" if compared and near else "constant", place, [(name, value)], f"{name} {immediate} -> {value}"
        return
    if operation.startswith("store"):
        yield "dropped", place, [("drop", None), ("drop", None)], f"{name} dropped"
    if operation.startswith(("load", "store")):
        for other in _NARROWER.get(name, "").split():
            yield "width", place, [(other, (0, immediate[1]))], f"{name} -> {other}"
        if operation.endswith(("_s", "_u")):
            yield one("signedness", name[:-1] + ("u" if operation[-1] == "s" else "s"))
        for change in (1, -1):
            size = 1 if "8" in operation else 2 if "16" in operation else 4 if "32" in name else 8
            if immediate[1] + change * size >= 0:
                yield "constant", place, [(name, (0, immediate[1] + change * size))], f"{name} offset {immediate[1]} -> {immediate[1] + change * size}"
        return
    for other in _OPERATORS.get(operation, "").split():
        if f"{kind}.{other}" in EFFECTS:
            yield one("operator", f"{kind}.{other}")
    base, _, sign = operation.partition("_")
    if base in _BOUNDS:
        yield one("bound", f"{kind}.{_BOUNDS[base]}{'_' if sign else ''}{sign}")
    if operation.endswith(("_s", "_u")) and name[:-1] + ("u" if name[-1] == "s" else "s") in EFFECTS:
        yield one("signedness", name[:-1] + ("u" if name[-1] == "s" else "s"))
    takes, gives = EFFECTS.get(name, ((), ()))
    if len(takes) == 2 and gives and takes[0] == takes[1]:
        if base not in _COMMUTE and code[place - 1][0] == "local.get" and code[place - 2][0] == "local.get":
            swapped: Code = [("drop", None), ("drop", None), code[place - 1], code[place - 2], (name, immediate)]
            yield "swapped", place, swapped, f"operands of {name} swapped"
        if base in ("add", "sub", "mul", "shl") and kind[0] == "i":
            for bits in (8, 16) if kind == "i32" else (16, 32):
                yield "width", place, [(name, immediate), (f"{kind}.const", (1 << bits) - 1), (f"{kind}.and", None)], f"result of {name} cut to {bits} bits"


def _other_constants(kind: str, value: int) -> Sequence[int]:
    """Wrong constants that somebody might have written: the neighbours, the negative, one bit off, zero; a float's by its bits."""
    bits = int(kind[1:])
    if kind[0] == "f":
        # The sign, the lowest bit of the fraction, the lowest bit of the exponent.
        return [value ^ 1 << (bits - 1), value ^ 1, value ^ 1 << (23 if bits == 32 else 52)]
    top = 1 << (bits - 1)
    near = [value + 1, value - 1, -value, 0, value ^ 1 << min(bits - 2, abs(value).bit_length()), value * 10]
    return [one for one in dict.fromkeys(near) if one != value and -top <= one < top]
