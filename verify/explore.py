"""Inputs from coverage: a fuzz loop that runs inside wasm, on a function with probes, and keeps what reaches something new.

A row of the pool is changed in one to four places, run, and kept if it has a *feature* (a branch outcome with how often it was reached, in steps
that double, or a relation between operands; see `instrument`) that fewer than a limit of rows have. Hundreds of thousands of runs a second.
Invariant: everything is a function of the rows given and the seed, no clock is read. Rows are only proposals: whoever uses them runs them
again and checks that the original can take them. Limits: pointers stay where the parent's pointed; a loop that does not end costs its fuel.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import wasmtime

from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS
from transpile.verify import driver, stand_in
from transpile.verify.draw import FLOAT_VALUES, TEXT, Mined, boundaries
from transpile.verify.driver import PAGE, Placement, Probe, Target
from transpile.verify.driver_wat import loads
from transpile.verify.explore_wat import (
    BOOL,
    BY_LENGTH,
    BY_ROOM,
    CHOICE,
    FIELD,
    FLOAT,
    LENGTH,
    REST,
    SCALAR,
    SETTINGS,
    SIGNED_,
    TO_END,
    TO_NUL,
    UNSIGNED,
    WHOLE,
    text,
)
from transpile.verify.instrument import BASE, Instrumented
from transpile.verify.layout import LENGTHS, NOWHERE, NULL, POINTER, Layout, Vectors
from transpile.verify.marshal import FUNCTIONS, Marshal
from transpile.verify.placement import engine
from transpile.verify.policy import unusable

_POT = 3_000_000
"""Fuel handed out at a time: what one endless input can burn."""
_MOST_TRAPS = 400
_BLOCK = 4 * len(SETTINGS)
_ARRAYS = 4
"""Elements whose arrays are changed; each is a span of its own."""


@cache
def _explorer() -> wasmtime.Module:
    return wasmtime.Module(engine(), wasmtime.wat2wasm(text()))


@cache
def _trampoline(parameters: tuple[str, ...], results: tuple[str, ...], pointers: tuple[bool, ...], marshal: Marshal | None, stack: bool) -> wasmtime.Module:
    """Calls a function of one type with the arguments of a row; makes addresses of pointers in memory; puts the stack pointer back."""
    arguments = loads(parameters, pointers, marshal, "(local.get 0)", "(global.get $base)")
    wat = f"""(module (import "t" "f" (func $f (param {" ".join(parameters)}) (result {" ".join(results)})))
      {'(import "t" "__stack_pointer" (global $stack (mut i32)))' if stack else ""}
      (import "d" "memory" (memory $d 1)) {'(import "t" "memory" (memory $t 0))' if marshal else ""}
      {FUNCTIONS if marshal else '(global $base (export "base") (mut i32) (i32.const 0))'}
      (func (export "call") (param i32) (call $f {" ".join(arguments)}) {"drop" if results else ""})
      (func (export "enter") {"(call $enter_cells)" if marshal and marshal.cells else ""})
      (func (export "restore") (param i32) {"(global.set $stack (local.get 0))" if stack else ""}))"""
    return wasmtime.Module(engine(), wasmtime.wat2wasm(wat))


@dataclass(slots=True)
class _Tables:
    """Where things lie in the explorer's memory."""

    settings: dict[str, int]
    parts: list[tuple[int, bytes]]
    size: int


class Explorer:
    """Explores one function with probes; `any_access`: rows count although they touch memory that they were not given."""

    def __init__(self, target: Target, probes: Instrumented, seeds: Vectors, mined: Mined, seed: int, *, capacity: int, any_access: bool = False):
        """`capacity`: most rows to find. Raises UnusableModule when the module does not start."""
        self.layout, self.first, self.probes = seeds.layout, len(seeds), probes
        self.tables = _lay_out(self.layout, probes, mined, len(seeds) + capacity, any_access, target.marshal)
        self.store = wasmtime.Store(engine())
        self.store.set_fuel(1)
        pages = -(-self.tables.size // PAGE)
        self.memory = wasmtime.Memory(self.store, wasmtime.MemoryType(wasmtime.Limits(pages, pages)))
        self.store.set_limits(memory_size=driver.MEMORY_LIMIT, table_elements=driver.TABLE_LIMIT)
        self.target, self.traps, self.exports = target, 0, {}
        self.seed = (seed << 20 | 0x9E3779B9) & (1 << 62) - 1
        self.flat = np.frombuffer(self.memory.get_buffer_ptr(self.store), np.uint8)
        for at, data in self.tables.parts:
            self.flat[at : at + len(data)] = np.frombuffer(data, np.uint8)
        self._rows()[: len(seeds), : self.tables.settings["argument_bytes"]] = seeds.arguments().view(np.uint8).reshape(len(seeds), -1)
        self._rows()[: len(seeds), self.tables.settings["argument_bytes"] :][:, : self.layout.stride] = seeds.arenas
        self.place = Placement(target, self.store, self.memory, 2 * self.layout.stride + probes.tail, Probe(BASE))
        self._instantiate()
        self._set("found", len(seeds))
        self._run("replay", len(seeds))

    def explore(self, iterations: int, limit: int = 1) -> int:
        """Make some runs; rows are kept that have a feature which fewer than `limit` rows have. Returns how many were kept."""
        if not self.tables.settings["span_count"]:
            return 0
        before = self._get("found")
        self._set("limit", limit)
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
        return bool(self.flat[at : at + 8 * len(self.probes.ways)].reshape(-1, 8).any(axis=1).all())

    def found(self, start: int = 0) -> Vectors:
        """The rows kept beyond the seeds, from the `start`-th on."""
        layout = self.layout
        rows = self._rows()[self.first + start : self._get("found")]
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
        trampoline = linker.instantiate(self.store, _trampoline(*self.target.type, self.target.stack)).exports(self.store)
        trampoline["base"].set_value(self.store, self.place.base)
        self.place.prepare(trampoline, self.tables.settings["cells"])
        for name in ("call", "enter", "restore"):
            linker.define(self.store, "c", name, trampoline[name])
        seed = self.exports["seed"].value(self.store) if self.exports else self.seed
        self.exports = {name: value for name, value in linker.instantiate(self.store, _explorer()).exports(self.store).items()}
        self.exports["seed"].set_value(self.store, seed)
        self._set("base", self.place.base)
        self._set("stack", self.place.stack)

    def _run(self, entry: str, end: int) -> None:
        stuck = 0
        self._set("end", end)
        # Large arenas cost fuel to copy.
        pot = _POT + (128 * self.layout.cost if self.layout.wide else 0)
        while self.traps <= _MOST_TRAPS:
            self.store.set_fuel(pot)
            before = self._get("iteration")
            trap = driver.call(self.store, self.exports[entry])
            if trap == driver.RETURNED:
                return
            # One that does not end costs as much as many traps.
            stuck = stuck + 1 if trap == driver.OUT_OF_FUEL and self._get("iteration") - before < 64 else 0
            self.traps += 1 + 20 * (stuck > 1)
            if not unusable(np.array([trap]), self.layout.wide)[0]:
                # A panic is an outcome like others.
                self.store.set_fuel(_POT)
                driver.call(self.store, self.exports["count" if entry == "replay" else "keep"])
            if not self.target.stack:
                self.place.load()
                self._instantiate()

    def _get(self, name: str) -> int:
        return int(self.flat[:_BLOCK].view("<u4")[SETTINGS.index(name)])

    def _set(self, name: str, value: int) -> None:
        self.flat[:_BLOCK].view("<u4")[SETTINGS.index(name)] = value


def _lay_out(layout: Layout, probes: Instrumented, mined: Mined, capacity: int, any_access: bool, marshal: Marshal | None) -> _Tables:
    head = 8 * len(layout.signature.passed())
    row = -(-(head + layout.stride) // 16) * 16
    parts: list[tuple[int, bytes]] = []
    at = stand_in.RESERVED

    def put(data: bytes | int) -> int:
        nonlocal at
        at = -(-at // 16) * 16
        start = at
        if isinstance(data, bytes):
            parts.append((at, data))
        at += data if isinstance(data, int) else len(data)
        return start

    choices = {t: np.concatenate(([0], layout.targets(t))) for t in _cell_types(layout)}
    starts = np.concatenate(([0], np.cumsum([len(c) for c in choices.values()]))).astype(int)
    tables = {t: (int(start), len(c)) for (t, c), start in zip(choices.items(), starts, strict=False)}
    spans, slots = _spans(layout, head, tables), _slots(layout)
    integers = np.unique(np.concatenate([mined.integers, mined.integers, boundaries("i64"), boundaries("i32")]))
    floats = np.concatenate([mined.floats, mined.floats, FLOAT_VALUES])
    settings = {
        "argument_bytes": head, "stride": layout.stride, "tail": probes.tail, "ways": len(probes.ways),
        "spans": put(spans.tobytes()), "span_count": len(spans), "slots": put(slots.tobytes()), "slot_count": len(slots),
        "rows": put(row * capacity), "row_bytes": row, "capacity": capacity, "scratch": put(row), "hits": put(8 * probes.tail),
        "integers": put(integers.astype("<i8").tobytes()), "integer_count": len(integers),
        "floats": put(floats.astype("<f8").tobytes()), "float_count": len(floats),
        "text": put(TEXT.tobytes()), "text_count": len(TEXT), "script": put(mined.script.tobytes()), "script_count": len(mined.script),
        "lengths": put(LENGTHS.astype(np.uint8).tobytes()), "length_count": len(LENGTHS),
        "cells": put(marshal.cells if marshal else b""), "choices": put(np.concatenate([*choices.values(), [0]]).astype("<u4").tobytes()),
        "base": 0, "any": int(any_access), "limit": 1, "room": layout.room, "end": 0, "iteration": 0, "found": 0, "stack": 0, "owners": put(16 * probes.tail),
    }  # fmt: skip
    parts.append((0, np.array([settings[name] for name in SETTINGS], "<u4").tobytes()))
    return _Tables(settings, parts, at)


def _cell_types(layout: Layout) -> list[str]:
    """The types of pointers in memory, and of parameters that are pointers to functions."""
    return list(dict.fromkeys([*(c.type for s in layout.slots for c in s.cells), *(t for t in layout.types if t and t not in WIDTHS)]))


def _spans(layout: Layout, head: int, tables: dict[str, tuple[int, int]]) -> np.ndarray:
    """int32 [N, 8]; see `explore_wat`. `tables`: for every type of `_cell_types` where its choices begin, and how many there are."""
    out = []
    lengths = layout.signature.lengths()
    for place, passed in enumerate(layout.signature.passed()):
        k = passed.parameter
        type_ = None if k is None else layout.types[k]
        if type_ in WIDTHS:
            out.append((LENGTH if k in lengths else SCALAR, 8 * place, 8, WIDTHS[type_], _class(type_), 1, -1, 0))
        elif type_ is not None:
            out.append((CHOICE, 8 * place, 8, 4, tables[type_][0], 1, -1, tables[type_][1]))
    at = _places(layout)
    for slot in layout.slots:
        length = -1 if slot.length is None else 8 * at[slot.length]
        for scalar, offset, repeat in slot.fields:
            width, from_ = WIDTHS[scalar], head + slot.offset + offset
            if repeat == 1:
                out.append((FIELD, from_, slot.size, width, _class(scalar), slot.count, length, 0))
            else:
                out += [(FIELD, from_ + k * slot.size, width, width, _class(scalar), repeat, -1, 0) for k in range(min(slot.count, _ARRAYS))]
        for cell in slot.cells:
            start, count = tables[cell.type]
            from_ = head + slot.offset + cell.offset
            if cell.repeat == 1:
                out.append((CHOICE, from_, slot.size, 4, start, slot.count, length, count))
            else:
                out += [(CHOICE, from_ + k * slot.size, 4, 4, start, cell.repeat, -1, count) for k in range(min(slot.count, _ARRAYS))]
    return np.array(out, "<i4").reshape(-1, 8)


def _places(layout: Layout) -> dict[int, int]:
    """Which argument a parameter is."""
    return {p.parameter: k for k, p in enumerate(layout.signature.passed()) if p.parameter is not None}


def _slots(layout: Layout) -> np.ndarray:
    """int32 [N, 6]; see `explore_wat`."""
    out = []
    at = _places(layout)
    for slot in layout.slots:
        how = BY_LENGTH if slot.length is not None else BY_ROOM
        if slot.text and slot.length is None:
            how = TO_NUL if slot.const and layout.room == 1 else TO_END
        if slot.whole:
            how = REST if slot.role == POINTER else WHOLE
        place = 0 if slot.parameter is None else 8 * at[slot.parameter]
        out.append((place, slot.size, how, 8 * at[slot.length] if slot.length is not None else 0, slot.offset, slot.end))
    return np.array(out, "<i4").reshape(-1, 6)


def _class(scalar: str) -> int:
    return FLOAT if scalar in FLOATS else BOOL if scalar == "bool" else SIGNED_ if scalar in SIGNED else UNSIGNED
