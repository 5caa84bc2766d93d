"""The original with probes: which branch outcomes an input reaches, and whether it touches memory it was not given.

The probes write into the tail of the arena, so that the driver hands them out per vector like any memory: an instrumented arena is
`[arena | outside mask | ways | flag]`. An exported mutable global holds the arena's address. Outcomes are: both ways of br_if, if
and select, and every target of br_table, in the function and the callees of its own module that are not the runtime's (`RUNTIME`).
An access whose index times the size of an element wraps counts as outside (`addresses`).
Invariant: but for fuel and the arena's tail the instrumented function behaves as the original. Limits: accesses of callees count too; those
of memory.copy and memory.fill are not checked; a module that imports its memory has no place for probes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from transpile.corpus.libm import MATH
from transpile.corpus.wasm.instructions import encode_body
from transpile.corpus.wasm.module import WasmFunction, WasmModule
from transpile.corpus.wasm.reader import Export
from transpile.corpus.wasm.wat import canonical
from transpile.corpus.zigcc import GLOBAL_BASE
from transpile.verify.addresses import scaled_indices
from transpile.verify.draw import Mined
from transpile.verify.driver import PAGE
from transpile.verify.thin import add_functions, parsed, reachable, thin, with_memory
from transpile.verify.types import Executable

BASE = "verify_arena"
_STACK = 1 << 16
"""How much of its stack the original is taken to use; a stray access that hits the rest is noticed."""
_MATH = rf"^(?:{'|'.join(MATH)}|remquof?|checkint|specialcase|erfc2|fegetround)$|^\.Lmath\."
RUNTIME = re.compile(rf"panic|^__|\d(core|compiler_builtins|compiler_rt|std|alloc)\d|compiler_rt|^mem(cpy|set|move|cmp)$|rust_begin|{_MATH}")
_ACCESS = re.compile(r"^([if](?:32|64))\.(load|store)(8|16|32)?(?:_[su])?$")
_LOADS = {1: "i32.load8_u", 2: "i32.load16_u", 4: "i32.load", 8: "i64.load"}
_TEMPORARIES = ("i32", "i32", "i32", "i32", "i64", "f32", "f64", "i64", "f32", "f64")

_COMPARED = frozenset(
    "add sub mul div div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u "
    "lt gt le ge min max copysign".split()
)
HELPERS = ("i32", "i64", "f32", "f64", "near i32", "near i64")
_STEPS = (0, 2, 4, 6, 8, 12, 20)
_RELATIONS = {
    "i": ("a b eq", "a 1 add b eq", "b 1 add a eq", "a b xor 0 lt_s", "a b lt_s", "b 0 ne", "a b and 0 ne", "a 0 lt_s"),
    "f": ("a b eq", "a b lt", "a b gt", "a a ne", "b b ne", "a 0 eq", "a b eq 1 a copysign 1 b copysign ne i32.and",
          "a b div 0 lt"),
}
"""What a hint's bits mean, in postfix, from the lowest on; the last but one of floats: zeros of different signs."""

Code = list[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Instrumented:
    """`ways`: (function, instruction's place, which way or target) behind every column of the tail; equal ones are one outcome."""

    executable: Executable
    ways: tuple[tuple[str, int, int], ...]
    stride: int
    hints: int
    original: Executable

    @property
    def tail(self) -> int:
        """Bytes of the tail: ways, flag, hints."""
        return -(-(len(self.ways) + 1 + self.hints) // 16) * 16

    @property
    def branches(self) -> tuple[tuple[str, int, int], ...]:
        """The outcomes, each once, in order."""
        return tuple(dict.fromkeys(self.ways))

    def describe(self, chosen: np.ndarray) -> tuple[str, ...]:
        """Some outcomes (a mask over `branches`) in words: `f+17 br_if: taken` is the function, and the place among its instructions."""
        module = parsed(self.original.wasm)
        out = []
        for index in np.flatnonzero(chosen):
            name, place, way = self.branches[index]
            instruction = module.function(name).instructions[place][0]
            words = {"br_if": ("not taken", "taken"), "if": ("else", "then"), "select": ("second", "first")}.get(instruction)
            out.append(f"{name}+{place} {instruction}: {words[way] if words else f'target {way}'}")
        return tuple(out)

    def arenas(self, arenas: np.ndarray, inside: np.ndarray) -> np.ndarray:
        """Arenas as the instrumented function needs them."""
        count, width = arenas.shape
        out = np.zeros((count, 2 * width + self.tail), np.uint8)
        out[:, :width] = arenas
        out[:, width : 2 * width] = ~inside
        return out

    def read(self, arenas: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(uint8 [N, outcomes]: how often reached, at most 255; bool [N]: touched memory it was not given) from arenas after a run."""
        tail = arenas[:, 2 * self.stride :]
        if len(self.branches) == len(self.ways):
            return tail[:, : len(self.ways)], tail[:, len(self.ways)] != 0
        places = {branch: k for k, branch in enumerate(self.branches)}
        counts = np.zeros((len(arenas), len(places)), np.uint8)
        for column, way in enumerate(self.ways):
            np.maximum(counts[:, places[way]], tail[:, column], out=counts[:, places[way]])
        return counts, tail[:, len(self.ways)] != 0


def mine(functions: Sequence[WasmFunction]) -> Mined:
    """Constants of the code with their neighbours, negations, and the differences of constants that stand close together.

    Compilers write `'0' <= c && c <= '9'` as `c - 48 < 10` unsigned: the boundaries are 48 and 58.
    """
    integers: set[int] = set()
    floats: set[float] = set()
    script: list[int] = []
    for function in functions:
        recent: list[int] = []
        for name, immediate, _ in function.instructions:
            if name in ("i32.const", "i64.const"):
                for value in (immediate, -immediate, *(immediate - r for r in recent), *(-immediate - r for r in recent)):
                    integers |= {value - 1, value, value + 1}
                recent = [immediate, *recent[:2]]
                script += _characters(immediate)
            elif name == "br_table":
                integers |= set(range(-1, len(immediate) + 1))
                integers |= {k - r for r in recent for k in range(len(immediate))}
            elif name in ("f32.const", "f64.const"):
                width = int(name[1:3]) // 8
                value = float(np.frombuffer(immediate.to_bytes(width, "little"), f"<f{width}")[0])
                floats |= {value, -value}
        for index in canonical(function).data:
            script += [byte for byte in function.module.segments[index].data[:64] if byte]
    wrapped = [(v + (1 << 63)) % (1 << 64) - (1 << 63) for v in sorted(integers)]
    numbers = [float(v) for v in wrapped if abs(v) < 1 << 20]
    whole = [int(f) for f in floats if abs(f) < 1 << 62]
    return Mined(
        np.array(wrapped + whole, np.int64), np.array([*sorted(floats), *numbers], np.float64), np.array(script[:2048], np.uint8)
    )


def _characters(constant: int) -> list[int]:
    """The bytes that a constant stands for: one, or several that a compiler put into one comparison."""
    if 0 < abs(constant) < 256:
        return [abs(constant)]
    data = (constant & (1 << 64) - 1).to_bytes(8, "little").rstrip(b"\0")
    return list(data) if len(data) > 1 and all(32 <= byte < 127 for byte in data) else []


def instrument(executable: Executable, stride: int) -> Instrumented | None:
    """The instrumented form for arenas of `stride` bytes; None where there is no place for probes."""
    executable = thin(executable)
    wasm = with_memory(executable.wasm)
    if wasm is None:
        return None
    module = parsed(wasm)
    base = len(module.globals)
    ranges = _own_memory(module)
    branches: list[tuple[str, int, int]] = []
    pending: list[tuple[WasmFunction, Code, int]] = []
    hints: list[int] = []
    helpers = len(module.function_types)
    for function in reachable(module, executable.export):
        counted = function.name == executable.export or not RUNTIME.search(function.name)
        pending.append((function, *_rewrite(function, base, stride, ranges, branches, hints, counted)))
    flag = 2 * stride + len(branches)
    bodies = {}
    for function, code, products in pending:
        fixed = []
        for name, immediate in code:
            if immediate == "flag":
                immediate = (0, flag)
            elif name == "hint":
                fixed.append(("i32.const", flag + 1 + immediate[1]))
                name, immediate = "call", helpers + HELPERS.index(immediate[0])
            fixed.append((name, immediate))
        bodies[function.index] = encode_body((*function.locals, *_TEMPORARIES, *["i32"] * products), fixed)
    wasm = module.replace_bodies(bodies, [("i32", True, 0)], [Export(BASE, "global", base)])
    wasm = add_functions(wasm, [(((kind[-3:], kind[-3:], "i32"), ()), helper(kind, base)) for kind in HELPERS])
    return Instrumented(Executable(wasm, executable.export), tuple(branches), stride, len(hints), executable)


def _own_memory(module: WasmModule) -> list[tuple[int, int]]:
    """Address ranges that belong to the module itself: its data (zero-initialized too) and its stack."""
    heap = next((module.globals[e.index].initial for e in module.exports if e.name == "__heap_base" and e.kind == "global"), None)
    stack = module.globals[module.stack_pointer].initial if module.stack_pointer is not None else None
    if not isinstance(heap, int) or not isinstance(stack, int):
        return [(0, module.memories[0].minimum * PAGE)]
    low, high = module.data_range
    out = [(max(0, stack - _STACK), stack)]
    # Zero-initialized data has no segment; ours begins at a known address.
    start, end = GLOBAL_BASE if stack <= GLOBAL_BASE <= heap else low if high else max(stack, heap - _STACK), max(high, heap)
    if start < end:
        out.append((start, end))
    return out


def _rewrite(function: WasmFunction, base: int, stride: int, ranges: list[tuple[int, int]], branches: list[tuple[str, int, int]],
             hints: list[int], counted: bool) -> tuple[Code, int]:  # fmt: skip
    """The code of one function with probes, and how many locals it needs beyond `_TEMPORARIES`. Adds to `branches` and `hints`."""
    instructions = function.instructions
    products, feeding = scaled_indices(instructions)
    wrapped = {place: len(function.type[0]) + len(function.locals) + len(_TEMPORARIES) + k for k, place in enumerate(products)}
    first = len(function.type[0]) + len(function.locals)
    address, effective, condition = first, first + 1, first + 2
    kept = {"i32": first + 3, "i64": first + 4, "f32": first + 5, "f64": first + 6}
    left = {"i32": first + 2, "i64": first + 7, "f32": first + 8, "f64": first + 9}
    mark_flag: Code = [("global.get", base), ("i32.const", 1), ("i32.store8", "flag")]
    out: Code = []

    def reached(place: int, way: int) -> Code:
        branches.append((function.name, place, way))
        return [("global.get", base), *count(2 * stride + len(branches) - 1)]

    def count(offset: int) -> Code:
        """Add one to the byte at an address on the stack, up to 255."""
        code: Code = [("local.tee", address), ("local.get", address), ("i32.load8_u", (0, offset)), ("i32.const", 1), ("i32.add", None)]
        code += [("local.tee", effective), ("local.get", effective), ("i32.const", 8), ("i32.shr_u", None), ("i32.sub", None)]
        return [*code, ("i32.store8", (0, offset))]

    def check(place: int, offset: int, width: int) -> Code:
        code: Code = [("local.tee", address), ("i32.const", _signed(offset)), ("i32.add", None), ("local.tee", effective)]
        code += [("global.get", base), ("i32.sub", None), ("i32.const", stride), ("i32.lt_u", None), ("if", "")]
        code += [("local.get", effective), (_LOADS[width], (0, stride))]
        code += [("i64.eqz", None), ("i32.eqz", None)] if width == 8 else []
        code += [("if", ""), *mark_flag, ("end", None), ("else", None)]
        for k, (low, high) in enumerate(ranges):
            code += [("local.get", effective), ("i32.const", _signed(low)), ("i32.sub", None)]
            code += [("i32.const", _signed(max(0, high - low - width + 1))), ("i32.ge_u", None)]
            code += [("i32.and", None)] if k else []
        code += [("if", ""), *mark_flag, ("end", None), ("end", None)]
        for product in sorted(feeding.get(place, ())):
            code += [("local.get", wrapped[product]), ("if", ""), *mark_flag, ("end", None)]
        return [*code, ("local.get", address)]

    def check_product(place: int, operation: str) -> Code:
        code: Code = [("local.set", condition), ("local.tee", address), ("local.get", condition), (operation, None)]
        code += [("local.tee", effective), ("local.get", address), ("i64.extend_i32_s", None)]
        code += [("i64.const", products[place]), ("i64.mul", None)]
        return [*code, ("local.get", effective), ("i64.extend_i32_s", None), ("i64.ne", None), ("local.set", wrapped[place])]

    def hint(kind: str, second: Code, how: str = "") -> Code:
        """Note how the value on the stack, which stays there, and a second one relate."""
        hints.append(len(hints))
        return [("local.tee", left[kind]), ("local.get", left[kind]), *second, ("hint", (how + kind, hints[-1]))]

    for place, (name, immediate, _) in enumerate(instructions):
        if place in products:
            out += check_product(place, name)
            continue
        kind, _, operation = name.partition(".")
        if counted and operation in _COMPARED and kind in HELPERS:
            out += [("local.set", kept[kind]), *hint(kind, [("local.get", kept[kind])])]
            if operation in ("eq", "ne") and kind[0] == "i":
                out += hint(kind, [("local.get", kept[kind])], "near ")
            out.append(("local.get", kept[kind]))
        elif counted and operation == "eqz":
            out += hint(kind, [(f"{kind}.const", 0)])
        access = _ACCESS.match(name)
        if access:
            width = int(access[3] or access[1][1:]) // 8
            if access[2] == "load":
                out += check(place, immediate[1], width)
            else:
                value = kept[access[1]]
                out += [("local.set", value), *check(place, immediate[1], width), ("local.get", value)]
        elif counted and name in ("br_if", "if", "select"):
            out += [("local.tee", condition), ("if", ""), *reached(place, 1), ("else", None), *reached(place, 0), ("end", None)]
            out.append(("local.get", condition))
        elif counted and name == "br_table":
            last = len(immediate) - 1
            start = len(branches)
            branches.extend((function.name, place, target) for target in immediate)
            out += [("local.set", condition), ("local.get", condition), ("i32.const", last), ("local.get", condition), ("i32.const", last)]
            out += [("i32.lt_u", None), ("select", None), ("global.get", base), ("i32.add", None), *count(2 * stride + start)]
            out.append(("local.get", condition))
        out.append((name, immediate))
        if access and counted and access[2] == "load" and access[1][0] == "i":
            # Bits that a narrower or a signed load would lose or copy.
            out += hint(access[1], [(f"{access[1]}.const", 1 << 8 * width - 1 if width < int(access[1][1:]) // 8 else -256)])
    return out, len(products)


def helper(kind: str, base: int) -> bytes:
    """The body of a function (a, b, offset in the arena) that adds to the byte there what relations hold between a and b.

    The near ones add how far a and b are apart, in steps: a way for a search to come closer to where they are equal.
    """
    code: Code = [("global.get", base), ("local.get", 2), ("i32.add", None), ("local.tee", 2), ("local.get", 2), ("i32.load8_u", (0, 0))]
    if kind.startswith("near"):
        return encode_body((), [*code, *_near(kind[-3:]), ("i32.or", None), ("i32.store8", (0, 0)), ("end", None)])
    for bit, relation in enumerate(_RELATIONS["f" if kind[0] == "f" else "i"]):
        for word in relation.split():
            if word in "ab":
                code.append(("local.get", "ab".index(word)))
            elif word in ("0", "1"):
                number = int(word) if kind[0] == "i" else 0 if word == "0" else 0x3F800000 if kind == "f32" else 0x3FF << 52
                code.append((f"{kind}.const", number))
            else:
                code.append((word if "." in word else f"{kind}.{word}", None))
        code += [("i32.const", bit), ("i32.shl", None), ("i32.or", None)]
    return encode_body((), [*code, ("i32.store8", (0, 0)), ("end", None)])


def _signed(value: int) -> int:
    return value - (1 << 32) if value >= 1 << 31 else value


def _near(kind: str) -> Code:
    """One bit for the number of bits of |a - b|, the two parameters of a helper; its third is used up."""
    code: Code = [("local.get", 0), ("local.get", 1), (f"{kind}.sub", None), ("local.tee", 0)]
    code += [(f"{kind}.const", 0), ("local.get", 0), (f"{kind}.sub", None), ("local.get", 0), (f"{kind}.const", 0), (f"{kind}.ge_s", None)]
    code += [("select", None), (f"{kind}.clz", None), *([("i32.wrap_i64", None)] if kind == "i64" else []), ("local.set", 2), ("i32.const", 1)]
    for place, step in enumerate(_STEPS):
        code += [("local.get", 2), ("i32.const", int(kind[1:]) - step), ("i32.lt_u", None), *([("i32.add", None)] if place else [])]
    return [*code, ("i32.shl", None)]
