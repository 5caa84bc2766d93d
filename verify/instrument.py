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
from dataclasses import dataclass, replace

import numpy as np

from transpile.corpus.libm import MATH
from transpile.corpus.wasm.module import WasmFunction, WasmModule
from transpile.corpus.wasm.reader import Export
from transpile.corpus.wasm.wat import canonical
from transpile.corpus.zigcc import GLOBAL_BASE
from transpile.verify.draw import Mined
from transpile.verify.driver import PAGE
from transpile.verify.heap import START as heap_start
from transpile.verify.heap import STOP as heap_stop
from transpile.verify.heap import allocators
from transpile.verify.multibyte import SEQUENCES, decodes
from transpile.verify.probes import Prober, outcomes
from transpile.verify.relations import helper
from transpile.verify.thin import parsed, reachable, thin, with_memory
from transpile.verify.types import Executable

BASE = "verify_arena"
_STACK = 1 << 16
"""How much of its stack the original is taken to use; a stray access that hits the rest is noticed."""
_MATH = rf"^(?:{'|'.join(MATH)}|remquof?|checkint|specialcase|erfc2|fegetround)$|^\.Lmath\."
RUNTIME = re.compile(rf"panic|^__|\d(core|compiler_builtins|compiler_rt|std|alloc)\d|compiler_rt|^mem(cpy|set|move|cmp)$|rust_begin|{_MATH}")

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

    def touched(self, arenas: np.ndarray) -> np.ndarray:
        """bool [N, stride]: bytes of the arena that were read or written, if it is `tracing`, from arenas after a run."""
        return arenas[:, self.stride : 2 * self.stride] != 0

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
    constants: set[int] = set()
    for function in functions:
        recent: list[int] = []
        low, high = function.module.data_range
        if low < GLOBAL_BASE:
            low = high  # among small numbers nothing tells addresses
        for name, immediate, _ in function.instructions:
            if name in ("i32.const", "i64.const"):
                if low <= immediate < high:
                    continue  # An address: as a number it would lead to data that lie elsewhere in another module.
                for value in (immediate, -immediate, *(immediate - r for r in recent), *(-immediate - r for r in recent)):
                    integers |= {value - 1, value, value + 1}
                recent = [immediate, *recent[:2]]
                constants.add(immediate)
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
    if decodes(constants) and any(".load8" in name for f in functions for name, _, _ in f.instructions):
        script = [*SEQUENCES, *script]
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


def instrument(executable: Executable, stride: int, tracing: bool = False) -> Instrumented | None:
    """The instrumented form for arenas of `stride` bytes; None where there is no place for probes. `tracing`: it notes, where other arenas have the
    outside mask, which bytes it touches (`touched`), and flags only what it touches elsewhere."""
    executable = thin(executable)
    wasm = with_memory(executable.wasm)
    if wasm is None:
        return None
    module = parsed(wasm)
    functions = [(f, f.name == executable.export or not RUNTIME.search(f.name)) for f in reachable(module, executable.export)]
    columns = sum(outcomes(function) for function, counted in functions if counted)
    base = len(module.globals)
    prober = Prober(base, stride, 2 * stride + columns, _own_memory(module), len(module.function_types), tracing)
    bodies = {function.index: prober.body(function, counted) for function, counted in functions}
    helpers = [(((kind, kind, "i32"), ()), helper(kind, base)) for kind in prober.helpers]
    wasm = module.replace_bodies(bodies, [("i32", True, 0)], [Export(BASE, "global", base)], helpers)
    return Instrumented(replace(executable, wasm=wasm), tuple(prober.branches), stride, prober.hints, executable)


def _own_memory(module: WasmModule) -> list[tuple[int, int]]:
    """Address ranges that belong to the module itself: its data (zero-initialized too) and its stack."""
    heap = next((module.globals[e.index].initial for e in module.exports if e.name == "__heap_base" and e.kind == "global"), None)
    stack = module.globals[module.stack_pointer].initial if module.stack_pointer is not None else None
    if not isinstance(heap, int) or not isinstance(stack, int):
        return [(0, module.memories[0].minimum * PAGE)]
    low, high = module.data_range
    out = [(max(0, stack - _STACK), stack), *([(heap_start, heap_stop)] if allocators(module) else [])]
    # Zero-initialized data has no segment; ours begins at a known address.
    start, end = GLOBAL_BASE if stack <= GLOBAL_BASE <= heap else low if high else max(stack, heap - _STACK), max(high, heap)
    if start < end:
        out.append((start, end))
    return out
