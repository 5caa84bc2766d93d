"""Where a target's vectors go: a module instantiated in a store, its memory grown for the arena, callbacks put into its table.

The arena is the very end of the target's memory, which is grown for it, so running off its end traps; before it lies a gap that nobody owns.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import wasmtime

from transpile.corpus.zigcc import GLOBAL_BASE, STACK_SIZE
from transpile.verify import callbacks, functions, stand_in
from transpile.verify.thin import CONSTRUCTORS, TABLE

if TYPE_CHECKING:
    from transpile.verify.driver import Target

PAGE = 65536
MEMORY_LIMIT = 1 << 28
"""Bytes that a target's memory may grow to."""
TABLE_LIMIT = 1 << 20

START_FUEL = 100_000_000
"""What a module may use to start."""

_FEW = 8
"""Exports of a module that are asked for all at once."""

_NO_TABLE = 0x7FFF0000
"""What pointers to functions count from in a module without a table, which can only pass them on."""

FRAMES = 1 << 10
"""Bytes of the stack that are filled before each call."""

END = 3 << 24
"""Where arenas end, if the module's own memory leaves room: at one address in all modules, since some functions make numbers of addresses."""

GAP = 1 << 24
"""Bytes between the target's own memory and the arena, so that a stray index seldom hits the former."""


class UnusableModule(Exception):
    """The module cannot be loaded, or lacks the function; says why. Whoever made the module is to blame, not this machine."""


class WrongType(UnusableModule):
    """The export has another wasm type than the signature says."""


@cache
def engine(thorough: bool = False) -> wasmtime.Engine:
    """Whose code runs. Modules are compiled for a few thousand calls each, so that time spent on optimizing them does not come back; a `thorough`
    engine is for what all of them use, see `compile_once`."""
    config = wasmtime.Config()
    config.cranelift_opt_level = "speed" if thorough else "none"
    config.consume_fuel = True
    config.cranelift_nan_canonicalization = True
    config.wasm_multi_memory = True
    config.parallel_compilation = False
    return wasmtime.Engine(config)


def compile_once(text: str) -> wasmtime.Module:
    """A module of the judge's own, optimized, for the other engine's stores: wasmtime takes code over between engines that differ in how they
    optimize only."""
    return wasmtime.Module.deserialize(engine(), wasmtime.Module(engine(thorough=True), wasmtime.wat2wasm(text)).serialize())


@dataclass(frozen=True, slots=True)
class Probe:
    """For an instrumented original: the name of the exported mutable global that must hold the arena's address."""

    base: str


class Placement:
    """A target instantiated in a store, with room for the arena: `linker` has it as "t", `base` is the arena's address, `stack` where the
    stack pointer begins."""

    def __init__(self, target: Target, store: wasmtime.Store, tables: wasmtime.Memory, stride: int, probe: Probe | None) -> None:
        """`tables`: the driver's memory, "d" to the linker. Raises UnusableModule when the module does not start."""
        self.target, self.store, self.tables, self.stride, self.probe = target, store, tables, stride, probe
        self.load()

    def state(self) -> bytes | None:
        """What the module's variables hold; None where its function keeps nothing between calls."""
        if not self.target.stateful or self.memory is None:
            return None
        low, high = self.target.extent
        return bytes(self.memory.read(self.store, low, high))

    def put_back(self, state: bytes) -> None:
        assert self.memory is not None
        self.memory.write(self.store, state, self.target.extent[0])

    def load(self) -> None:
        store, target = self.store, self.target
        store.set_fuel(START_FUEL)
        linker = wasmtime.Linker(engine())
        try:
            linker.define(store, "d", "memory", self.tables)
            notes = self._stand_in(linker) if target.imports else None
            if target.module.imports:
                linker.define_unknown_imports_as_traps(target.module)
            instance = linker.instantiate(store, target.module)
            linker.define_instance(store, "target", instance)
            if len(target.kinds) <= _FEW:
                exports = dict(instance.exports(store).items())
            else:
                # Named one by one out of a linker: a batch exports hundreds of functions.
                wanted = ("memory", "__stack_pointer", "__heap_base", TABLE, *CONSTRUCTORS)
                exports = {name: linker.get(store, "target", name) for name in (target.export, *wanted) if name in target.kinds}
            for name in CONSTRUCTORS:
                if isinstance(constructor := exports.get(name), wasmtime.Func):
                    constructor(store)
                    break
            self.base = self._place_arena(exports)
            linker.define(store, "t", "f", exports[target.export])
            if target.marshal:
                names = linker.instantiate(store, functions.build(engine(), target.executable.functions))
                linker.define(store, "t", "name", names.exports(store)["name"])
            self.memory = exports["memory"] if target.memory else None
            if target.memory:
                linker.define(store, "t", "memory", exports["memory"])
        except (wasmtime.WasmtimeError, wasmtime.Trap) as error:
            raise UnusableModule(f"the module does not start: {str(error).splitlines()[0]}") from error
        if self.probe:
            linker.get(store, "target", self.probe.base).set_value(store, self.base)
        self.stack = self.unset = 0
        if target.stack:
            linker.define(store, "t", "__stack_pointer", exports["__stack_pointer"])
            self.stack = exports["__stack_pointer"].value(store)
            self.unset = self._find_unset(exports.get("__heap_base"))
        self.linker = linker
        self.table = self._add_callbacks(exports.get(TABLE)) if target.callbacks else 0
        if target.notes:
            flat = np.frombuffer(self.tables.get_buffer_ptr(store), np.uint8)
            extent = target.marshal.extent if target.marshal else self.stride
            stand_in.prepare(flat, self.base, extent, target.data, self.stack)
        if notes is not None:
            low, high = target.data
            if target.memory and high <= exports["memory"].data_len(store):
                notes.write(store, exports["memory"].read(store, low, high), 0)

    def _find_unset(self, heap: Any) -> int:
        """Where the part of the stack begins that is filled before each call; the stack pointer itself where there could be anything else."""
        top = heap.value(self.store) if isinstance(heap, wasmtime.Global) else 0
        ours = FRAMES <= self.stack <= GLOBAL_BASE <= top
        return self.stack - FRAMES if ours else self.stack

    def arena(self) -> np.ndarray:
        """What the arena holds now."""
        memory = self.linker.get(self.store, "target", "memory")
        return np.frombuffer(memory.read(self.store, self.base, self.base + self.stride), np.uint8)

    def _stand_in(self, linker: wasmtime.Linker) -> wasmtime.Memory:
        """Define the imports; returns the memory where they look for the module's data."""
        low, high = self.target.data
        module = stand_in.stand_ins(engine(), self.target.imports, max(1, -(-(high - low) // PAGE)))
        exports = linker.instantiate(self.store, module).exports(self.store)
        for name, k in {(module, field): k for k, (module, field, _) in enumerate(self.target.imports)}.items():
            linker.define(self.store, *name, exports[str(k)])
        return exports["data"]

    def _add_callbacks(self, table: Any) -> int:
        """Put the callbacks behind what the table holds; returns the number of the first. Raises UnusableModule."""
        target, marshal = self.target, self.target.marshal
        assert marshal is not None
        if not isinstance(table, wasmtime.Table):
            return _NO_TABLE
        module = callbacks.build(engine(), marshal.callbacks, marshal.structs, target.memory, len(target.imports))
        exports = self.linker.instantiate(self.store, module).exports(self.store)
        functions = [exports[str(k)] for k in range(len(marshal.callbacks))]
        try:
            first = table.grow(self.store, len(functions), functions[0])
        except wasmtime.WasmtimeError as error:
            raise UnusableModule("the module's table has no room for callbacks") from error
        for k, function in enumerate(functions):
            table.set(self.store, first + k, function)
        return first

    def prepare(self, exports: Any, cells: int) -> None:
        """Tell a module with the functions of `marshal` where things are; `cells`: where the table of cells lies in the driver's memory."""
        marshal = self.target.marshal
        if marshal is None:
            return
        settings = {
            "base": self.base, "extent": marshal.extent, "table": self.table, "callbacks": len(marshal.callbacks), "cells": cells,
            "cells_end": cells + len(marshal.cells), "stack_low": max(0, self.stack - STACK_SIZE), "stack_high": self.stack,
        }  # fmt: skip
        for name, value in settings.items():
            exports[name].set_value(self.store, value)

    def _place_arena(self, exports: dict[str, Any]) -> int:
        """The arena's address, at the end of the memory after growing it, to `END` if that is far enough; or above `__heap_base` where it cannot grow."""
        if not self.target.memory or not self.stride:
            return 0
        memory = exports["memory"]
        needed = -(-self.stride // PAGE)
        common = (END - memory.data_len(self.store)) // PAGE
        for pages in (*([common] if common >= needed + GAP // PAGE else []), needed + GAP // PAGE, needed):
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
