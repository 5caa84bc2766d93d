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

from copy import copy
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
import wasmtime

from transpile.corpus.errors import TranspileError
from transpile.verify import callbacks, stand_in
from transpile.verify.driver_wat import BLOCK, driver_text
from transpile.verify.marshal import Marshal
from transpile.verify.placement import MEMORY_LIMIT, PAGE, START_FUEL, TABLE_LIMIT, Placement, Probe, UnusableModule, WrongType, engine
from transpile.verify.shared import keeps_state
from transpile.verify.thin import parsed, reachable
from transpile.verify.types import Executable

_TABLE = 1 << 17
"""Bytes of arenas that are in the driver's memory at a time."""

_KEPT = 6
"""Sessions that wait for another run of the same target."""

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


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What came of each vector: `status` (RETURNED, a trap's code, NOT_RUN), raw result bits, and the arena afterwards.

    `results` and `arenas` mean something only where the status is RETURNED; with a probe also the arenas of what trapped. `fuel` is what
    the whole run used. `calls`: a hash of the calls of imports, with their arguments, and of the growth of memory; `log`: those of the last
    vector in words; `text`: what it returned a pointer to, where that is text outside of the arena.
    """

    status: np.ndarray
    results: np.ndarray
    arenas: np.ndarray
    fuel: int
    calls: np.ndarray
    log: tuple[str, ...] = ()
    text: str = ""

    def take(self, rows: np.ndarray) -> Outcomes:
        """The outcomes of some vectors; `fuel` stays that of the whole run."""
        return Outcomes(self.status[rows], self.results[rows], self.arenas[rows], self.fuel, self.calls[rows])


@lru_cache(maxsize=64)
def _module(wasm: bytes) -> tuple[wasmtime.Module, dict[str, wasmtime.ExportType]]:
    """The compiled module and its exports, by name; kept, because a batch is asked for once per candidate. The type of an export is made when asked for."""
    try:
        module = wasmtime.Module(engine(), wasm)
    except wasmtime.WasmtimeError as error:
        raise UnusableModule(str(error).splitlines()[0]) from error
    return module, {e.name: e for e in module.exports}


@cache
def _driver(parameters: tuple[str, ...], results: tuple[str, ...], pointers: tuple[bool, ...], marshal: Marshal | None, memory: bool, stack: bool,
            imports: bool) -> wasmtime.Module:  # fmt: skip
    text = driver_text(parameters, results, pointers, memory=memory, stack=stack, imports=imports, marshal=marshal)
    return wasmtime.Module(engine(), wasmtime.wat2wasm(text))


@lru_cache(maxsize=256)
def _variables(executable: Executable) -> tuple[tuple[int, int], tuple[int, int], bool]:
    """Where the module's data lies, where its variables do, and whether the function could change any; of what our decoder does not know, nothing."""
    try:
        module = parsed(executable.wasm)
        stateful = keeps_state(reachable(module, executable.export))
    except TranspileError:
        return (0, 0), (0, 0), False
    low, high = module.data_range
    # Up to where the heap begins: what is zero at first needs no segment.
    return (low, high), (low, max([high, *(g.initial or 0 for g in module.globals if g.name == "__heap_base")])), stateful


class Target:
    """One executable, compiled, with its type checked. Cheap: the module is shared by all executables with the same bytes."""

    def __init__(self, executable: Executable, parameters: tuple[str, ...], results: tuple[str, ...], pointers: tuple[bool, ...],
                 marshal: Marshal | None = None, original: Executable | None = None) -> None:  # fmt: skip
        """`pointers`: which parameters are relocated, unless `marshal` says it. `original`: of what has probes, what it was before.
        Raises UnusableModule when the module does not load, WrongType when the export has another type than said."""
        self.callbacks = marshal.callbacks if marshal else ()
        self.module, self.kinds = _module(executable.wasm)
        self.export = executable.export
        imports = self.module.imports
        if any(one.module in ("d", "t") for one in imports):
            raise UnusableModule("the module imports what is the judge's own")
        kind = self._kind(self.export)
        if not isinstance(kind, wasmtime.FuncType):
            raise UnusableModule(f"the module exports no function '{self.export}'")
        found = tuple(str(t) for t in kind.params), tuple(str(t) for t in kind.results)
        if found != (parameters, results):
            raise WrongType(f"'{self.export}' is {_arrow(*found)}, expected {_arrow(parameters, results)}")
        memory = self._kind("memory")
        self.memory = isinstance(memory, wasmtime.MemoryType)
        if self.memory and memory.is_64:
            raise UnusableModule("the module's memory has 64-bit addresses")
        pointer = self._kind("__stack_pointer")
        self.executable = executable
        self.type = (parameters, results, pointers, marshal)
        self.reused = False
        """Whether instances serve for several runs, where the code shows nothing that it would keep; what differs in one is to be seen in a `fresh` one."""
        self.marshal = marshal
        self.stack = isinstance(pointer, wasmtime.GlobalType) and pointer.mutable and str(pointer.content) == "i32"
        self.imports = stand_in.function_imports(imports)
        self.notes = bool(self.imports or self.callbacks)
        self.driver = _driver(parameters, results, pointers, marshal, self.memory, self.stack, self.notes)
        self.data, self.extent, self.stateful = _variables(original or executable)

    def _kind(self, name: str) -> Any:
        """The type of an export, None where there is none of that name."""
        return self.kinds[name].type if name in self.kinds else None

    def fresh(self) -> Target:
        """The same, with a new instance for every run."""
        other = copy(self)
        other.reused = False
        return other

    def start(self) -> None:
        """Instantiate the module, and forget it. Raises UnusableModule when that fails."""
        _Session(self, np.zeros((0, len(self.type[0])), np.uint64), 0, None)

    def run(self, arguments: np.ndarray, arenas: np.ndarray, *, fuel: int, expected: np.ndarray | None = None,
            probe: Probe | None = None) -> Outcomes:  # fmt: skip
        """Run every vector. `arguments`: uint64 [N, P], raw bits, pointers as offsets into the arena; `arenas`: uint8 [N, S], 16 divides S.

        `fuel` bounds each vector. With `expected` (the statuses of the original) the run stops at the first vector that traps where the
        original returned; later vectors are NOT_RUN. Raises UnusableModule when the module cannot be instantiated.
        """
        count, key = len(arguments), (self, arenas.shape[1], probe)
        session = _kept.pop(key, None) or _Session(self, arguments, arenas.shape[1], probe)
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
        if self.lasting and session.whole:
            _kept[key] = session
            while len(_kept) > _KEPT:
                _kept.pop(next(iter(_kept)), None)
        return Outcomes(status, results, after, used, calls, stand_in.read_log(session.flat, self.noted),
                        stand_in.read_text(session.flat) if self.marshal else "")  # fmt: skip

    @property
    def lasting(self) -> bool:
        """Whether a run leaves an instance as it found it, so that another may follow."""
        return self.reused and not self.stateful and not self.notes

    @property
    def noted(self) -> tuple[tuple[str, str, stand_in.Type], ...]:
        """What calls are noted of, by number: imports, then callbacks."""
        return (*self.imports, *(("", callbacks.describe(*one), callbacks.type_of(one[0])) for one in self.callbacks))


def overhead(target: Target, stride: int) -> int:
    """Fuel that the driver itself uses for one vector of a target of this type."""
    parameters, results, pointers, how = target.type
    if how is None:
        # Numbers of all types cost the same, in any order, and every byte that is copied in and out costs one.
        return _overhead(("i32",) * len(parameters), results, tuple(sorted(pointers)), how, target.memory, target.stack, 0) + 2 * stride * target.memory
    return _overhead(parameters, results, pointers, how, target.memory, target.stack, stride)


def halted(target: Target, arguments: np.ndarray, arenas: np.ndarray) -> tuple[wasmtime.Store, Placement] | None:
    """The instance as one vector's call left it that came to `unreachable`; None for another end."""
    session = _Session(target, arguments, arenas.shape[1], None)
    session.arguments[:1], session.before[:1] = arguments, arenas
    session.block[1] = 1
    session.store.set_fuel(START_FUEL)
    return (session.store, session.place) if call(session.store, session.entry) == UNREACHABLE else None


@cache
def _overhead(parameters: tuple[str, ...], results: tuple[str, ...], pointers: tuple[bool, ...], marshal: Marshal | None, memory: bool, stack: bool,
              stride: int) -> int:  # fmt: skip
    exports = ('(memory (export "memory") 1)' if memory else "") + ('(global (export "__stack_pointer") (mut i32) (i32.const 0))' if stack else "")
    empty = f'(func (export "f") (param {" ".join(parameters)}) (result {" ".join(results)}) {"".join(f"({t}.const 0)" for t in results)})'
    nothing = Target(Executable(bytes(wasmtime.wat2wasm(f"(module {exports} {empty})")), "f"), parameters, results, pointers, marshal)
    used = [
        nothing.run(np.zeros((n, len(parameters)), np.uint64), np.zeros((n, stride), np.uint8), fuel=1 << 30).fuel for n in (1, 2)
    ]
    return used[1] - used[0]


def call(store: wasmtime.Store, entry: Any) -> int:
    """Call a driver's entry: RETURNED, or the status of the trap that ended it."""
    try:
        entry(store)
        return RETURNED
    except wasmtime.Trap as trap:
        # Its frames hold it, and with it the store, until somebody looks for garbage.
        trap.__traceback__ = None
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
        self.rows = max(1, min(1024 if target.lasting else count, max(64, _TABLE // max(1, stride))))
        self.whole = True
        cells = target.marshal.cells if target.marshal else b""
        sizes = [stand_in.RESERVED, 8 * width * self.rows, stride * self.rows, 8 * self.rows, stride * self.rows, 8 * self.rows, len(cells)]
        offsets = np.concatenate(([0], np.cumsum([-(-s // 16) * 16 for s in sizes]))).tolist()
        self.store = wasmtime.Store(engine())
        self.store.set_fuel(START_FUEL)
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
        self.flat, self.cells = flat, offsets[6]
        flat[self.cells : self.cells + len(cells)] = np.frombuffer(cells, np.uint8)
        self.block = flat[: 4 * len(BLOCK)].view(np.uint32)
        self.block[:] = (0, 0, offsets[1], offsets[2], offsets[4], offsets[3], stride, 0, 0, offsets[5], 0)
        self.place = Placement(target, self.store, self.tables, stride, probe)
        self.instantiate()

    def instantiate(self) -> None:
        linker = self.place.linker
        exports = linker.instantiate(self.store, self.target.driver).exports(self.store)
        self.entry = exports["run"]
        self.place.prepare(exports, self.cells)
        self.block[7:9] = self.place.base, self.place.stack
        self.block[10] = self.place.unset

    def run(self, arguments: np.ndarray, arenas: np.ndarray, status: np.ndarray, fuel: int, expected: np.ndarray | None) -> tuple[int, bool]:
        """Run some vectors, at most `rows`, and fill in their `status`. Returns the fuel used and whether all were run; see `Target.run`."""
        count = len(arguments)
        self.arguments[:count], self.before[:count] = arguments, arenas
        self.block[1] = count
        start, used = 0, 0
        while start < count:
            kept = self.place.state()
            self.store.set_fuel(fuel)
            self.block[0] = start
            trap = call(self.store, self.entry)
            used += fuel - self.store.get_fuel()
            at = count if trap == RETURNED else int(self.block[0])
            if trap != RETURNED and self.target.notes:
                self.calls[at] = self.flat[stand_in.HASH : stand_in.HASH + 8].view(np.uint64)[0]
            status[start:at] = RETURNED
            if trap == RETURNED:
                break
            if trap != RETURNED and self.place.probe:
                self.after[at] = self.place.arena()
            self.recover()
            if trap == OUT_OF_FUEL and at > start:
                if kept is not None:
                    # What was begun must not be there when it is begun again.
                    self.place.put_back(kept)
                    self.store.set_fuel(fuel)
                    self.block[0], self.block[1] = start, at
                    call(self.store, self.entry)
                    self.block[1] = count
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
            self.whole = False
            self.place.load()
            self.instantiate()


_kept: dict[tuple[Target, int, Probe | None], _Session] = {}
"""Sessions at rest, the one that rests longest first. One that runs is not among them."""


def _arrow(parameters: tuple[str, ...], results: tuple[str, ...]) -> str:
    return f"({', '.join(parameters)}) -> ({', '.join(results)})"
