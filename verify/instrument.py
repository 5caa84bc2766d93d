"""The original with probes: which branch outcomes an input reaches, and whether it touches memory it was not given.

The probes write into the tail of the arena, so that the driver hands them out per vector like any memory: an instrumented arena is
`[arena | outside mask | ways | flag]`. An exported mutable global holds the arena's address. Outcomes are: both ways of br_if, if
and select, and every target of br_table, in the function and the callees of its own module that are not the runtime's (`RUNTIME`).
An access whose index times the size of an element wraps counts as outside (`addresses`).
Invariant: but for fuel and the arena's tail the instrumented function behaves as the original. Limits: accesses of callees count too; those
of memory.copy and memory.fill are not checked; a module without a memory has no place for probes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from transpile.corpus.instructions import encode_body
from transpile.corpus.wasm import WasmFunction, WasmModule
from transpile.corpus.wasm_reader import Export
from transpile.corpus.wat import canonical
from transpile.corpus.zigcc import GLOBAL_BASE
from transpile.verify.addresses import scaled_indices
from transpile.verify.draw import Mined
from transpile.verify.driver import PAGE
from transpile.verify.thin import parsed, reachable, thin
from transpile.verify.types import Executable

BASE = "verify_arena"
_STACK = 1 << 16
"""How much of its stack the original is taken to use; a stray access that hits the rest is noticed."""
RUNTIME = re.compile(r"panic|^__|\d(core|compiler_builtins|compiler_rt|std|alloc)\d|compiler_rt|^mem(cpy|set|move|cmp)$|rust_begin")
_ACCESS = re.compile(r"^([if](?:32|64))\.(load|store)(8|16|32)?(?:_[su])?$")
_LOADS = {1: "i32.load8_u", 2: "i32.load16_u", 4: "i32.load", 8: "i64.load"}
_TEMPORARIES = ("i32", "i32", "i32", "i32", "i64", "f32", "f64")

Code = list[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Instrumented:
    """`ways`: (function, instruction's place, which way or target) behind every column of the tail; equal ones are one outcome."""

    executable: Executable
    ways: tuple[tuple[str, int, int], ...]
    stride: int

    @property
    def branches(self) -> tuple[tuple[str, int, int], ...]:
        """The outcomes, each once, in order."""
        return tuple(dict.fromkeys(self.ways))

    def arenas(self, arenas: np.ndarray, inside: np.ndarray) -> np.ndarray:
        """Arenas as the instrumented function needs them."""
        count, width = arenas.shape
        out = np.zeros((count, 2 * width + -(-(len(self.ways) + 1) // 16) * 16), np.uint8)
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
    module = parsed(thin(executable).wasm)
    if not any(e.name == "memory" and e.kind == "memory" for e in module.exports):
        return None
    base = len(module.globals)
    ranges = _own_memory(module)
    branches: list[tuple[str, int, int]] = []
    pending: list[tuple[WasmFunction, Code, int]] = []
    functions = reachable(module, executable.export)
    for function in functions:
        counted = function.name == executable.export or not RUNTIME.search(function.name)
        pending.append((function, *_rewrite(function, base, stride, ranges, branches, counted)))
    flag = 2 * stride + len(branches)
    bodies = {}
    for function, code, products in pending:
        fixed = [(name, (0, flag)) if immediate == "flag" else (name, immediate) for name, immediate in code]
        bodies[function.index] = encode_body((*function.locals, *_TEMPORARIES, *["i32"] * products), fixed)
    wasm = module.replace_bodies(bodies, [("i32", True, 0)], [Export(BASE, "global", base)])
    return Instrumented(Executable(wasm, executable.export), tuple(branches), stride)


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
             counted: bool) -> tuple[Code, int]:  # fmt: skip
    """The code of one function with probes, and how many locals it needs beyond `_TEMPORARIES`. Adds to `branches`."""
    instructions = function.instructions
    products, feeding = scaled_indices(instructions)
    wrapped = {place: len(function.type[0]) + len(function.locals) + len(_TEMPORARIES) + k for k, place in enumerate(products)}
    first = len(function.type[0]) + len(function.locals)
    address, effective, condition = first, first + 1, first + 2
    kept = {"i32": first + 3, "i64": first + 4, "f32": first + 5, "f64": first + 6}
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

    for place, (name, immediate, _) in enumerate(instructions):
        if place in products:
            out += check_product(place, name)
            continue
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
    return out, len(products)


def _signed(value: int) -> int:
    return value - (1 << 32) if value >= 1 << 31 else value
