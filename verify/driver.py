"""Runs one exported function on many vectors inside wasm, by a generated driver module.

The driver imports the function and its module's memory, and owns a second memory with a table of vectors. For each vector it copies
the initial contents of the caller's memory (the *arena*) into the target, calls, and copies the result and the arena out again;
Python only sees whole tables. The arena is the very end of the target's memory, which is grown for it, so running off its end traps;
before it lies a gap that nobody owns.

Invariants: the number at the start of its memory names the vector being run, so that after a trap the loop resumes at the next one, with the
stack pointer put back (or in a fresh instance, where `__stack_pointer` is not exported). Fuel bounds a single vector: a pot that other vectors emptied
is filled again before a vector counts as out of fuel. Imported functions are `stand_in`s. Limits: functions with at most one result.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
import wasmtime

from transpile.corpus.errors import TranspileError
from transpile.verify import stand_in
from transpile.verify.driver_wat import BLOCK, driver_text
from transpile.verify.thin import CONSTRUCTORS, parsed
from transpile.verify.types import Executable

PAGE = 65536
MEMORY_LIMIT = 1 << 28
"""Bytes that a target's memory may grow to."""
TABLE_LIMIT = 1 << 20

_TABLE = 1 << 17
"""Bytes of arenas that are in the driver's memory at a time."""

_START_FUEL = 100_000_000
"""What a module may use to start."""

_KNOWN = ("memory", "__stack_pointer", "__heap_base", *CONSTRUCTORS)

GAP = 1 << 24
"""Bytes between the target's own memory and the arena, so that a stray index seldom hits the former."""

RETURNED, NOT_RUN, UNRESOLVED, OTHER_TRAP = 0, 255, 254, 253
_TRAP_BASE = 1


def _code(name: str) -> int:
    return _TRAP_BASE + wasmtime.TrapCode[name].value


STACK_OVERFLOW = _code("STACK_OVERFLOW")
OUT_OF_BOUNDS = _code("MEMORY_OUT_OF_BOUNDS")
INTEGER_OVERFLOW = _code("INTEGER_OVERFLOW")
DIVISION_BY_ZERO = _code("INTEGER_DIVISION_BY_ZERO")
BAD_CONVERSION = _code("BAD_CONVERSION_TO_INTEGER")
UNREACHABLE = _code("UNREACHABLE")
OUT_OF_FUEL = _code("OUT_OF_FUEL")
TABLE_OUT_OF_BOUNDS = _code("TABLE_OUT_OF_BOUNDS")
NULL_CALL = _code("INDIRECT_CALL_TO_NULL")
BAD_SIGNATURE = _code("BAD_SIGNATURE")


class UnusableModule(Exception):
    """The module cannot be loaded, or lacks the function; says why. Whoever made the module is to blame, not this machine."""


class WrongType(UnusableModule):
    """The export has another wasm type than the signature says."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What came of each vector: `status` (RETURNED, a trap's code, NOT_RUN), raw result bits, and the arena afterwards.

    `results` and `arenas` mean something only where the status is RETURNED; with a probe also the arenas of what trapped. `fuel` is what
    the whole run used. `calls`: a hash of the calls of imports, with their arguments, and of the growth of memory; `log`: those of the last
    vector in words.
    """

    status: np.ndarray
    results: np.ndarray
    arenas: np.ndarray
    fuel: int
    calls: np.ndarray
    log: tuple[str, ...] = ()

    def take(self, rows: np.ndarray) -> Outcomes:
        """The outcomes of some vectors; `fuel` stays that of the whole run."""
        return Outcomes(self.status[rows], self.results[rows], self.arenas[rows], self.fuel, self.calls[rows])


@cache
def _engine() -> wasmtime.Engine:
    config = wasmtime.Config()
    config.consume_fuel = True
    config.cranelift_nan_canonicalization = True
    config.wasm_multi_memory = True
    return wasmtime.Engine(config)


@lru_cache(maxsize=64)
def _module(wasm: bytes) -> tuple[wasmtime.Module, dict[str, Any]]:
    """The compiled module and the types of its exports, by name; kept, because a batch is asked for once per candidate."""
    try:
        module = wasmtime.Module(_engine(), wasm)
    except wasmtime.WasmtimeError as error:
        raise UnusableModule(str(error).splitlines()[0]) from error
    return module, {e.name: e.type for e in module.exports}


@cache
def _driver(parameters: tuple[str, ...], results: tuple[str, ...], pointers: tuple[bool, ...], memory: bool, stack: bool,
            imports: bool) -> wasmtime.Module:  # fmt: skip
    text = driver_text(parameters, results, pointers, memory=memory, stack=stack, imports=imports)
    return wasmtime.Module(_engine(), wasmtime.wat2wasm(text))


class Target:
    """One executable, compiled, with its type checked. Cheap: the module is shared by all executables with the same bytes."""

    def __init__(self, executable: Executable, parameters: tuple[str, ...], results: tuple[str, ...], pointers: tuple[bool, ...]) -> None:
        """Raises UnusableModule when the module does not load, WrongType when the export has another type than said."""
        self.module, self.kinds = _module(executable.wasm)
        self.export = executable.export
        if any(one.module in ("d", "t") for one in self.module.imports):
            raise UnusableModule("the module imports what is the judge's own")
        kind = self.kinds.get(self.export)
        if not isinstance(kind, wasmtime.FuncType):
            raise UnusableModule(f"the module exports no function '{self.export}'")
        found = tuple(str(t) for t in kind.params), tuple(str(t) for t in kind.results)
        if found != (parameters, results):
            raise WrongType(f"'{self.export}' is {_arrow(*found)}, expected {_arrow(parameters, results)}")
        memory = self.kinds.get("memory")
        self.memory = isinstance(memory, wasmtime.MemoryType)
        if self.memory and memory.is_64:
            raise UnusableModule("the module's memory has 64-bit addresses")
        pointer = self.kinds.get("__stack_pointer")
        self.type = (parameters, results, pointers)
        self.stack = isinstance(pointer, wasmtime.GlobalType) and pointer.mutable and str(pointer.content) == "i32"
        self.imports = stand_in.function_imports(self.module)
        self.driver = _driver(parameters, results, pointers, self.memory, self.stack, bool(self.imports))
        self.data = (0, 0)
        if self.imports:
            with suppress(TranspileError):
                self.data = parsed(executable.wasm).data_range

    def start(self) -> None:
        """Instantiate the module, and forget it. Raises UnusableModule when that fails."""
        _Session(self, np.zeros((0, len(self.type[0])), np.uint64), 0, None)

    def run(self, arguments: np.ndarray, arenas: np.ndarray, *, fuel: int, expected: np.ndarray | None = None,
            probe: Probe | None = None) -> Outcomes:  # fmt: skip
        """Run every vector. `arguments`: uint64 [N, P], raw bits, pointers as offsets into the arena; `arenas`: uint8 [N, S], 16 divides S.

        `fuel` bounds each vector. With `expected` (the statuses of the original) the run stops at the first vector that traps where the
        original returned; later vectors are NOT_RUN. Raises UnusableModule when the module cannot be instantiated.
        """
        session = _Session(self, arguments, arenas.shape[1], probe)
        count = len(arguments)
        status = np.full(count, NOT_RUN, np.uint8)
        results = np.zeros(count, np.uint64)
        after = np.empty(arenas.shape, np.uint8) if arenas.shape[1] else arenas.copy()
        calls = np.zeros(count, np.uint64)
        used, done = 0, 0
        while done < count:
            rows = slice(done, done + session.rows)
            spent, whole = session.run(arguments[rows], arenas[rows], status[rows], fuel, None if expected is None else expected[rows])
            session.read(results[rows], after[rows], calls[rows])
            used += spent
            if not whole:
                after[rows.stop :] = 0
                break
            done = rows.stop
        return Outcomes(status, results, after, used, calls, stand_in.read_log(session.flat, self.imports))


@dataclass(frozen=True, slots=True)
class Probe:
    """For an instrumented original: the name of the exported mutable global that must hold the arena's address."""

    base: str


def overhead(target: Target, stride: int) -> int:
    """Fuel that the driver itself uses for one vector of a target of this type."""
    return _overhead(*target.type, target.memory, target.stack, stride)


@cache
def _overhead(parameters: tuple[str, ...], results: tuple[str, ...], pointers: tuple[bool, ...], memory: bool, stack: bool, stride: int) -> int:
    exports = ('(memory (export "memory") 1)' if memory else "") + ('(global (export "__stack_pointer") (mut i32) (i32.const 0))' if stack else "")
    empty = f'(func (export "f") (param {" ".join(parameters)}) (result {" ".join(results)}) {"".join(f"({t}.const 0)" for t in results)})'
    nothing = Target(Executable(bytes(wasmtime.wat2wasm(f"(module {exports} {empty})")), "f"), parameters, results, pointers)
    used = [
        nothing.run(np.zeros((n, len(parameters)), np.uint64), np.zeros((n, stride), np.uint8), fuel=1 << 30).fuel for n in (1, 2)
    ]
    return used[1] - used[0]


class Placement:
    """A target instantiated in a store, with room for the arena: `linker` has it as "t", `base` is the arena's address, `stack` where the
    stack pointer begins."""

    def __init__(self, target: Target, store: wasmtime.Store, tables: wasmtime.Memory, stride: int, probe: Probe | None) -> None:
        """`tables`: the driver's memory, "d" to the linker. Raises UnusableModule when the module does not start."""
        self.target, self.store, self.tables, self.stride, self.probe = target, store, tables, stride, probe
        self.load()

    def load(self) -> None:
        store, target = self.store, self.target
        store.set_fuel(_START_FUEL)
        linker = wasmtime.Linker(_engine())
        try:
            linker.define(store, "d", "memory", self.tables)
            notes = self._stand_in(linker) if target.imports else None
            if target.module.imports:
                linker.define_unknown_imports_as_traps(target.module)
            # Named one by one out of a linker: a batch exports hundreds of functions.
            linker.define_instance(store, "target", linker.instantiate(store, target.module))
            exports = {name: linker.get(store, "target", name) for name in (target.export, *_KNOWN) if name in target.kinds}
            for name in CONSTRUCTORS:
                if isinstance(constructor := exports.get(name), wasmtime.Func):
                    constructor(store)
                    break
            self.base = self._place_arena(exports)
            linker.define(store, "t", "f", exports[target.export])
            if target.memory:
                linker.define(store, "t", "memory", exports["memory"])
        except (wasmtime.WasmtimeError, wasmtime.Trap) as error:
            raise UnusableModule(f"the module does not start: {str(error).splitlines()[0]}") from error
        if self.probe:
            linker.get(store, "target", self.probe.base).set_value(store, self.base)
        self.stack = 0
        if target.stack:
            linker.define(store, "t", "__stack_pointer", exports["__stack_pointer"])
            self.stack = exports["__stack_pointer"].value(store)
        self.linker = linker
        if notes is not None:
            low, high = target.data
            flat = np.frombuffer(self.tables.get_buffer_ptr(store), np.uint8)
            stand_in.prepare(flat, self.base, self.stride, target.data, self.stack)
            if target.memory and high <= exports["memory"].data_len(store):
                notes.write(store, exports["memory"].read(store, low, high), 0)

    def arena(self) -> np.ndarray:
        """What the arena holds now."""
        memory = self.linker.get(self.store, "target", "memory")
        return np.frombuffer(memory.read(self.store, self.base, self.base + self.stride), np.uint8)

    def _stand_in(self, linker: wasmtime.Linker) -> wasmtime.Memory:
        """Define the imports; returns the memory where they look for the module's data."""
        low, high = self.target.data
        module = stand_in.stand_ins(_engine(), self.target.imports, max(1, -(-(high - low) // PAGE)))
        exports = linker.instantiate(self.store, module).exports(self.store)
        for name, k in {(module, field): k for k, (module, field, _) in enumerate(self.target.imports)}.items():
            linker.define(self.store, *name, exports[str(k)])
        return exports["data"]

    def _place_arena(self, exports: dict[str, Any]) -> int:
        """The arena's address: the end of the memory after growing it, or above `__heap_base` where it cannot grow."""
        if not self.target.memory or not self.stride:
            return 0
        memory = exports["memory"]
        needed = -(-self.stride // PAGE)
        for pages in (needed + GAP // PAGE, needed):
            try:
                memory.grow(self.store, pages)
                break
            except wasmtime.WasmtimeError:
                continue
        else:
            heap = exports.get("__heap_base")
            if not isinstance(heap, wasmtime.Global) or heap.value(self.store) + self.stride > memory.data_len(self.store):
                raise UnusableModule("the module's memory has no room for the arguments")
        return memory.data_len(self.store) - self.stride


def call(store: wasmtime.Store, entry: Any) -> int:
    """Call a driver's entry: RETURNED, or the status of the trap that ended it."""
    try:
        entry(store)
        return RETURNED
    except wasmtime.Trap as trap:
        code = trap.trap_code
        return UNRESOLVED if code is None else _TRAP_BASE + code.value
    except wasmtime.WasmtimeError as error:
        if "fuel" in str(error):
            return OUT_OF_FUEL
        return UNRESOLVED if "unknown import" in str(error) else OTHER_TRAP


class _Session:
    """A store with the tables in it, and the target instantiated beside the driver. Tables hold `rows` vectors: few enough for the cache."""

    def __init__(self, target: Target, arguments: np.ndarray, stride: int, probe: Probe | None) -> None:
        self.target, self.stride = target, stride
        count, width = arguments.shape
        self.rows = max(1, min(count, max(64, _TABLE // max(1, stride))))
        sizes = [stand_in.RESERVED, 8 * width * self.rows, stride * self.rows, 8 * self.rows, stride * self.rows, 8 * self.rows]
        offsets = np.concatenate(([0], np.cumsum([-(-s // 16) * 16 for s in sizes]))).tolist()
        self.store = wasmtime.Store(_engine())
        self.store.set_fuel(_START_FUEL)
        pages = max(1, -(-offsets[-1] // PAGE))
        self.tables = wasmtime.Memory(self.store, wasmtime.MemoryType(wasmtime.Limits(pages, pages)))
        self.store.set_limits(memory_size=MEMORY_LIMIT, table_elements=TABLE_LIMIT)
        flat = np.frombuffer(self.tables.get_buffer_ptr(self.store), np.uint8)
        tables = [flat[start : start + size] for start, size in zip(offsets, sizes, strict=False)]
        self.arguments = tables[1].view(np.uint64).reshape(self.rows, width)
        self.before = tables[2].reshape(self.rows, stride)
        self.results = tables[3].view(np.uint64)
        self.after = tables[4 if target.memory else 2].reshape(self.rows, stride)
        self.calls = tables[5].view(np.uint64)
        self.flat = flat
        self.block = flat[: 4 * len(BLOCK)].view(np.uint32)
        self.block[:] = (0, 0, offsets[1], offsets[2], offsets[4], offsets[3], stride, 0, 0, offsets[5])
        self.place = Placement(target, self.store, self.tables, stride, probe)
        self.instantiate()

    def instantiate(self) -> None:
        linker = self.place.linker
        self.entry = linker.instantiate(self.store, self.target.driver).exports(self.store)["run"]
        self.block[7:9] = self.place.base, self.place.stack

    def run(self, arguments: np.ndarray, arenas: np.ndarray, status: np.ndarray, fuel: int, expected: np.ndarray | None) -> tuple[int, bool]:
        """Run some vectors, at most `rows`, and fill in their `status`. Returns the fuel used and whether all were run; see `Target.run`."""
        count = len(arguments)
        self.arguments[:count], self.before[:count] = arguments, arenas
        self.block[1] = count
        start, used = 0, 0
        while start < count:
            self.store.set_fuel(fuel)
            self.block[0] = start
            trap = call(self.store, self.entry)
            used += fuel - self.store.get_fuel()
            at = count if trap == RETURNED else int(self.block[0])
            if trap != RETURNED and self.target.imports:
                self.calls[at] = self.flat[stand_in.HASH : stand_in.HASH + 8].view(np.uint64)[0]
            status[start:at] = RETURNED
            if trap == RETURNED:
                break
            if trap != RETURNED and self.place.probe:
                self.after[at] = self.place.arena()
            self.recover()
            if trap == OUT_OF_FUEL and at > start:
                start = at
                continue
            status[at] = trap
            start = at + 1
            if expected is not None and expected[at] == RETURNED:
                return used, False
        return used, True

    def read(self, results: np.ndarray, after: np.ndarray, calls: np.ndarray) -> None:
        """Copy out what the last run left, as many rows as the arrays have."""
        results[:], after[:], calls[:] = self.results[: len(results)], self.after[: len(after)], self.calls[: len(calls)]

    def recover(self) -> None:
        if not self.target.stack:
            self.place.load()
            self.instantiate()


def _arrow(parameters: tuple[str, ...], results: tuple[str, ...]) -> str:
    return f"({', '.join(parameters)}) -> ({', '.join(results)})"
