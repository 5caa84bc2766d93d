"""Inputs from coverage: a fuzz loop that runs inside wasm, on a function with probes, and keeps what reaches something new.

A row of the pool is changed in one to four places, run, and kept if it has a *feature* (a branch outcome with how often it was reached, in steps
that double, or a relation between operands, see `instrument`; either with the sign of what the function returned, so that what is reached on the
way to "valid" is not lost among what is reached on the way to "invalid") that fewer than a limit of rows have. Hundreds of thousands of runs a second.
Invariant: everything is a function of the rows given and the seed, no clock is read. Rows are only proposals: whoever uses them runs them
again and checks that the original can take them. With a *rival*, a second function that gets every row too, those on which the two seem to
differ are kept apart (`suspects`). Limits: pointers stay where the parent's pointed; a loop that does not end costs its fuel; rivals
whose calls of imports or callbacks would have to be compared are not run.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import wasmtime

from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS
from transpile.verify import driver, functions, stand_in
from transpile.verify.draw import Mined
from transpile.verify.driver import PAGE, Placement, Probe, Target
from transpile.verify.driver_wat import loads
from transpile.verify.explore_tables import SUSPECTS, lay_out
from transpile.verify.explore_wat import FEATURES, SETTINGS, text
from transpile.verify.instrument import BASE, Instrumented
from transpile.verify.layout import NOWHERE, NULL, Vectors
from transpile.verify.marshal import FUNCTIONS, Marshal
from transpile.verify.placement import compile_once, engine
from transpile.verify.policy import same_end, unusable

_POT = 2_000_000
"""Fuel that one input may burn beyond what others need; `reference` sets inputs aside that need less."""
_SLICE = 256
"""Runs for which fuel is handed out at a time where some do not end: what is left of it is what the next such input burns."""
_MOST_TRAPS = 400
_PLACES = {name: k for k, name in enumerate(SETTINGS)}
_MOST_DOUBTS = 6
"""How often the rows on which the two seem to differ may all turn out to be none before that ends."""


_ENDLESS = 3
"""Inputs that do not end after which numbers are kept small."""


@cache
def _explorer(rival: bool) -> wasmtime.Module:
    return compile_once(text(rival))


@cache
def _trampoline(parameters: tuple[str, ...], results: tuple[str, ...], pointers: tuple[bool, ...], marshal: Marshal | None, stack: bool,
                scalar: str | None) -> wasmtime.Module:  # fmt: skip
    """Calls a function of one type with the arguments of a row; makes addresses of pointers in memory, and back; puts the stack pointer back.

    The result's bits are those of the `scalar` that it is in the source, extended to 64; all NaNs are alike."""
    called = f"(call $f {' '.join(loads(parameters, pointers, marshal, '(local.get 0)', '(global.get $base)'))})"
    asked, canonical = f"{called} (i64.const 0)", ""
    if marshal and marshal.result is not None:
        asked = f"(i64.extend_i32_u (call $result_out {called} (i32.const {marshal.result})))"
    elif results:
        unused = 64 - 8 * WIDTHS[scalar] if scalar in WIDTHS else 0
        bits = stand_in.RAW[results[0]].format("(local.get 0)")
        if unused:
            bits = f"(i64.shr_{'u' if scalar not in SIGNED and scalar not in FLOATS else 's'} (i64.shl {bits} (i64.const {unused})) (i64.const {unused}))"
        if results[0][0] == "f":
            bits = f"(select (i64.const -1) {bits} ({results[0]}.ne (local.get 0) (local.get 0)))"
        asked, canonical = f"(call $canonical {called})", f"(func $canonical (param {results[0]}) (result i64) {bits})"
    wat = f"""(module (import "t" "f" (func $f (param {" ".join(parameters)}) (result {" ".join(results)})))
      {'(import "t" "__stack_pointer" (global $stack (mut i32)))' if stack else ""}
      (import "d" "memory" (memory $d 1)) {'(import "t" "memory" (memory $t 0))' + functions.IMPORT if marshal else ""}
      {FUNCTIONS if marshal else '(global $base (export "base") (mut i32) (i32.const 0))'}
      {canonical}
      (func (export "ask") (param i32) (result i64) {asked})
      (func (export "leave") {"(call $leave_cells)" if marshal and marshal.cells else ""})
      (func (export "enter") {"(call $enter_cells)" if marshal and marshal.cells else ""})
      (func (export "restore") (param i32) {"(global.set $stack (local.get 0))" if stack else ""}))"""
    return wasmtime.Module(engine(), wasmtime.wat2wasm(wat))


class Explorer:
    """Explores one function with probes; `any_access`: rows count although they touch memory that they were not given."""

    def __init__(self, target: Target, probes: Instrumented, seeds: Vectors, mined: Mined, seed: int, *, capacity: int, any_access: bool = False,
                 rival: Target | None = None):  # fmt: skip
        """`capacity`: most rows to find. `rival`: has no probes. Raises UnusableModule when the module does not start."""
        self.layout, self.first, self.probes = seeds.layout, len(seeds), probes
        self.rival = rival if rival and not (rival.notes or target.notes) else None
        self.doubts = self.fuel = self.endless = 0
        self.tables = lay_out(self.layout, probes, mined, len(seeds) + capacity, any_access, target.marshal)
        self.store = wasmtime.Store(engine())
        self.store.set_fuel(1)
        pages = -(-self.tables.size // PAGE)
        self.memory = wasmtime.Memory(self.store, wasmtime.MemoryType(wasmtime.Limits(pages, pages)))
        self.store.set_limits(memory_size=driver.MEMORY_LIMIT, table_elements=driver.TABLE_LIMIT)
        self.target, self.traps, self.exports = target, 0, {}
        self.each, self.ran = 10_000 + 6.0 * self.layout.stride, 0
        self.seed = (seed << 20 | 0x9E3779B9) & (1 << 62) - 1
        self.flat = np.frombuffer(self.memory.get_buffer_ptr(self.store), np.uint8)
        self.block = memoryview(self.flat[: 4 * len(SETTINGS)].view("<u4"))
        for at, data in self.tables.parts:
            self.flat[at : at + len(data)] = np.frombuffer(data, np.uint8)
        self._rows()[: len(seeds), : self.tables.settings["argument_bytes"]] = seeds.arguments().view(np.uint8).reshape(len(seeds), -1)
        self._rows()[: len(seeds), self.tables.settings["argument_bytes"] :][:, : self.layout.stride] = seeds.arenas
        self.place = Placement(target, self.store, self.memory, 2 * self.layout.stride + probes.tail, Probe(BASE))
        self.rival_place = Placement(self.rival, self.store, self.memory, self.layout.stride, None) if self.rival else None
        self._instantiate()
        self._set("found", len(seeds))
        self._run("replay", len(seeds))
        self._set("suspect_room", SUSPECTS if self.rival else 0)

    def explore(self, iterations: int, limit: int = 1) -> int:
        """Make some runs; rows are kept that have a feature which fewer than `limit` rows have. Returns how many were kept."""
        if not self.tables.settings["span_count"]:
            return 0
        before = self._get("found")
        if limit != self._get("limit"):
            self._set("limit", limit)
            hits, masks = (self.tables.settings[name] for name in ("hits", "masks"))
            packed = np.packbits(self.flat[hits : hits + FEATURES * self.probes.tail] >= limit, bitorder="little")
            self.flat[masks : masks + len(packed)] = packed
        self._set("iteration", 0)
        self._run("explore", iterations)
        return self._get("found") - before

    @property
    def exhausted(self) -> bool:
        """No room for more rows, or the function traps so often that this is no use."""
        return self._get("found") >= self.tables.settings["capacity"] or self.traps > _MOST_TRAPS

    def reached(self) -> bool:
        """Whether every branch outcome was reached by some row."""
        at = self.tables.settings["hits"]
        columns = self.flat[at : at + FEATURES * self.probes.tail].reshape(-1, self.probes.tail, 8)[:, : len(self.probes.ways)]
        return bool(columns.any(axis=(0, 2)).all())

    def found(self, start: int = 0) -> Vectors:
        """The rows kept beyond the seeds, from the `start`-th on."""
        return self._vectors(self._rows()[self.first + start : self._get("found")])

    def suspects(self) -> Vectors:
        """The rows on which function and rival seem to differ, since the last time that they were asked for; whoever asks tells them apart."""
        at, width, count = (self.tables.settings["suspects"], self.tables.settings["row_bytes"], self._get("suspect_count"))
        rows = self.flat[at : at + count * width].reshape(count, width)
        if not count:
            return Vectors.blank(self.layout, 0)
        self.doubts += 1
        self._set("suspect_count", 0)
        if self.doubts >= _MOST_DOUBTS:
            self._set("suspect_room", 0)
        return self._vectors(rows)

    def _vectors(self, rows: np.ndarray) -> Vectors:
        layout = self.layout
        vectors = Vectors.blank(layout, len(rows))
        passed = layout.signature.passed()
        head = 8 * len(passed)
        owners = [k for k, p in enumerate(passed) if p.parameter is not None]
        vectors.values[:, [passed[k].parameter for k in owners]] = np.ascontiguousarray(rows[:, :head]).view(np.uint64)[:, owners]
        vectors.arenas[:] = rows[:, head : head + layout.stride]
        for k, slot in enumerate(layout.slots):
            if slot.parameter is None:
                continue
            offsets = vectors.values[:, slot.parameter].astype(np.int64)
            for home, other in enumerate(layout.slots):
                there = (offsets >= other.offset) & (offsets < other.end)
                vectors.home[there, k] = home
                vectors.shift[there, k] = (offsets[there] - other.offset) // slot.size
            vectors.home[offsets == NOWHERE, k] = NULL
            vectors.values[:, slot.parameter] = 0
        return vectors.settle()

    def _rows(self) -> np.ndarray:
        settings = self.tables.settings
        start, width = settings["rows"], settings["row_bytes"]
        return self.flat[start : start + settings["capacity"] * width].reshape(settings["capacity"], width)

    def _instantiate(self) -> None:
        linker = self.place.linker
        linker.allow_shadowing = True
        linker.define_instance(self.store, "c", self._call(self.place))
        if self.rival_place:
            linker.define_instance(self.store, "r", self._call(self.rival_place))
            linker.define(self.store, "r", "memory", self.rival_place.memory or self._no_memory())
        seed = self.exports["seed"].value(self.store) if self.exports else self.seed
        self.exports = dict(linker.instantiate(self.store, _explorer(self.rival is not None)).exports(self.store).items())
        self.exports["seed"].set_value(self.store, seed)
        self._set("base", self.place.base)
        self._set("stack", self.place.stack)
        if self.rival_place:
            self._set("rival_base", self.rival_place.base)
            self._set("rival_stack", self.rival_place.stack)

    def _call(self, place: Placement) -> wasmtime.Instance:
        """What calls the function that was placed."""
        target = place.target
        place.linker.allow_shadowing = True
        if place.memory is None and target.marshal:
            place.linker.define(self.store, "t", "memory", self._no_memory())
        instance = place.linker.instantiate(self.store, _trampoline(*target.type, target.stack, self.layout.signature.result_scalar))
        if target.marshal or any(target.type[2]):
            exports = instance.exports(self.store)
            exports["base"].set_value(self.store, place.base)
            place.prepare(exports, self.tables.settings["cells"])
        return instance

    def _no_memory(self) -> wasmtime.Memory:
        """For a function that has no memory of its own: what it would leave there."""
        pages = max(1, -(-self.layout.stride // PAGE))
        return wasmtime.Memory(self.store, wasmtime.MemoryType(wasmtime.Limits(pages, pages)))

    def _run(self, entry: str, end: int) -> None:
        stuck = since = 0
        # Large arenas cost fuel to copy.
        pot = _POT + (128 * self.layout.cost if self.layout.wide else 0)
        while self.traps <= _MOST_TRAPS:
            before = self._get("iteration")
            until = min(end, before + _SLICE) if self.traps else end
            self._set("end", until)
            # A trap costs as much as a hundred runs: enough for all that are to come, if they are like those before.
            fuel = pot + int(self.each * (until - before))
            self.store.set_fuel(fuel)
            trap = driver.call(self.store, self.exports[entry])
            left = self.store.get_fuel()
            self.fuel += fuel - left
            if trap == driver.RETURNED:
                runs = self._get("iteration") - before
                self._learn(fuel - left, runs)
                if until == end or before + runs < until:
                    return
                continue
            if self._get("phase"):
                self._rival_trapped(trap)
                since = self._get("iteration")
                continue
            # One that does not end costs as much as many traps.
            stuck = stuck + 1 if trap == driver.OUT_OF_FUEL and self._get("iteration") - since < 64 else 0
            since = self._get("iteration")
            self.traps += 1 + 20 * (stuck > 1)
            self.endless += stuck > 0
            self._set("gentle", self.endless >= _ENDLESS)
            if not unusable(np.array([trap]), self.layout.wide)[0]:
                # A panic is an outcome like others.
                self.store.set_fuel(_POT)
                driver.call(self.store, self.exports["count" if entry == "replay" else "keep"])
            if self._get("suspect_room") and (trap != driver.OUT_OF_FUEL or stuck):
                self._compare(trap)
            if not self.target.stack:
                self.place.load()
                self._instantiate()

    def _compare(self, trap: int) -> None:
        """The function trapped, so what does its rival do?"""
        self.store.set_fuel(_POT)
        other = driver.call(self.store, self.exports["answer"])
        if other != driver.RETURNED:
            self._rival_trapped(other, trap)
        elif trap != driver.OUT_OF_FUEL or self.store.get_fuel() > _POT // 2:
            driver.call(self.store, self.exports["suspect"])

    def _rival_trapped(self, trap: int, own: int = driver.RETURNED) -> None:
        self._set("phase", 0)
        self.traps += 1
        if trap != driver.OUT_OF_FUEL and not unusable(np.array([trap]), self.layout.wide)[0] and not same_end(np.array([trap]), np.array([own]))[0]:
            self.store.set_fuel(_POT)
            driver.call(self.store, self.exports["suspect"])
        assert self.rival_place and self.rival
        if not self.rival.stack:
            self.rival_place.load()
            self._instantiate()

    def _learn(self, used: int, runs: int) -> None:
        """What a run costs, from some that all ended."""
        self.ran += runs
        self.each += 0 if not self.ran else (used - self.each * runs) / self.ran

    def _get(self, name: str) -> int:
        return self.block[_PLACES[name]]

    def _set(self, name: str, value: int) -> None:
        self.block[_PLACES[name]] = value
