"""What a function costs: wasmtime's fuel over a few inputs derived from its signature, the same on every machine.

Fuel counts instructions executed, so that it orders two compilations of one source. The inputs are drawn from a hash of the signature: numbers
small, at boundaries and random; arrays of several lengths; text that ends in 0. Each run's outcome (result, memory, trap) comes along,
so that a disagreement between compilations of one source can be seen. This is a measure and no judge: eight inputs show little.
Limit: signatures with anything but numbers, pointers to them and pointers to structs of them get no inputs.
"""

from __future__ import annotations

import hashlib
import random
import struct
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS, Parameter, Signature

if TYPE_CHECKING:
    import wasmtime

INPUTS = 8
MOST = 200_000
"""Fuel that one run may take."""
BASE = 0x2000000
"""Where buffers lie: behind the data and heap of linked modules."""
STRIDE = 1 << 12
REGION = 16 * STRIDE
_FORMATS = {"i8": "b", "u8": "B", "bool": "B", "i16": "h", "u16": "H", "i32": "i", "u32": "I", "usize": "I", "i64": "q", "u64": "Q", "f32": "f", "f64": "d"}
_LENGTHS = (0, 1, 2, 3, 5, 8, 13, 20)
_UNKNOWN_LENGTH = 64
"""Elements behind a pointer whose length nothing says."""

Outcome = tuple[object, ...] | None
"""What a run did: result and memory, or that it trapped; None where it ran out of fuel."""


@dataclass(frozen=True, slots=True)
class Input:
    """Arguments; those behind pointers as bytes."""

    arguments: tuple[int | float | bytes, ...]


@dataclass(frozen=True, slots=True)
class Run:
    fuel: int
    outcome: Outcome


def inputs_of(signature: Signature) -> list[Input] | None:
    """Inputs for a function of that signature, None where it has types that are not drawn here."""
    if len(signature.parameters) > REGION // STRIDE or signature.result not in (None, *WIDTHS):
        return None
    if any(_element(p, signature) is None for p in signature.parameters):
        return None
    rng = random.Random(hashlib.blake2b(repr((signature.parameters, signature.structs)).encode(), digest_size=8).digest())
    return [Input(tuple(_draw(signature, rng, i))) for i in range(INPUTS)]


def _element(parameter: Parameter, signature: Signature) -> tuple[str, ...] | None:
    """Scalars of what a parameter is or points to, with padding as bytes; None if there is anything else in it."""
    if parameter.type in WIDTHS:
        return (parameter.type,)
    found = signature.struct(parameter.type)
    if found is None or not parameter.pointer or any(type_ not in WIDTHS for _, type_ in found.fields):
        return None
    out: list[str] = []
    at = 0
    fields, size = found.layout()
    for _, type_, offset in fields:
        out += ["padding"] * (offset - at) + [type_]
        at = offset + WIDTHS[type_]
    return tuple(out + ["padding"] * (size - at))


def _draw(signature: Signature, rng: random.Random, number: int) -> list[int | float | bytes]:
    length = _LENGTHS[number % len(_LENGTHS)]
    lengths = signature.lengths()
    arguments: list[int | float | bytes] = []
    for i, parameter in enumerate(signature.parameters):
        if i in lengths:
            arguments.append(length)
        elif not parameter.pointer:
            arguments.append(_scalar(parameter.type, rng))
        else:
            element = _element(parameter, signature)
            assert element is not None
            count = length if parameter.length is not None else _UNKNOWN_LENGTH
            arguments.append(_buffer(element, count, rng, text=parameter.length is None and parameter.type in ("i8", "u8")))
    return arguments


def _buffer(element: Sequence[str], count: int, rng: random.Random, *, text: bool) -> bytes:
    if text:
        written = bytes(rng.choice(b"abcxyzABC019 ,.-\t") for _ in range(rng.randrange(24)))
        return written.ljust(_UNKNOWN_LENGTH, b"\0")
    out = bytearray()
    for _ in range(count):
        for scalar in element:
            out += b"\0" if scalar == "padding" else struct.pack("<" + _FORMATS[scalar], _scalar(scalar, rng))
    return bytes(out)


def _scalar(scalar: str, rng: random.Random) -> int | float:
    """A number: mostly small, now and then at a boundary or anything."""
    kind = rng.random()
    if scalar == "bool":
        return rng.randrange(2)
    if scalar in FLOATS:
        value = float(rng.randrange(-8, 20)) if kind < 0.5 else rng.gauss(0, 100) if kind < 0.9 else rng.choice((0.0, -0.0, 1e-9, 1e30))
        return struct.unpack("<f", struct.pack("<f", value))[0] if scalar == "f32" else value
    bits = 8 * WIDTHS[scalar]
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if scalar in SIGNED else (0, (1 << bits) - 1)
    if kind < 0.6:
        return rng.randrange(0, 20)
    if kind < 0.75:
        return max(low, rng.randrange(-20, 100))
    return rng.choice((low, high, 0, 1)) if kind < 0.85 else rng.randint(low, high)


@cache
def _engine() -> wasmtime.Engine:
    import wasmtime

    config = wasmtime.Config()
    config.consume_fuel = True
    config.cranelift_opt_level = "none"
    config.cranelift_nan_canonicalization = True
    config.parallel_compilation = False
    return wasmtime.Engine(config)


class Meter:
    """A linked module whose functions are run. Raises wasmtime's errors where the module is not valid."""

    def __init__(self, wasm: bytes) -> None:
        import wasmtime

        self._module = wasmtime.Module(_engine(), wasm)
        self._linker = wasmtime.Linker(_engine())
        if any(one.module == "wasi_snapshot_preview1" for one in self._module.imports):
            self._linker.define_wasi()
        self._linker.define_unknown_imports_as_traps(self._module)
        self._started: tuple[wasmtime.Store, wasmtime.InstanceExports] | None = None

    def runs(self, export: str, signature: Signature, inputs: Sequence[Input]) -> list[Run]:
        """One run for each input. Functions share an instance until one traps: they have no state but what lies in the buffers."""
        out = []
        for one in inputs:
            store, exports = self._started or self._start()
            exports["memory"].write(store, bytes(REGION), BASE)
            out.append(_run(store, exports, export, signature, one))
            if out[-1].outcome in (None, ("trap",)):
                self._started = None  # the stack pointer stays where it was
        return out

    def _start(self) -> tuple[wasmtime.Store, wasmtime.InstanceExports]:
        import wasmtime

        store = wasmtime.Store(_engine())
        store.set_wasi(wasmtime.WasiConfig())
        store.set_fuel(1 << 40)
        exports = self._linker.instantiate(store, self._module).exports(store)
        initialize = exports.get("_initialize")
        if initialize is not None:
            initialize(store)
        lacking = BASE + REGION - exports["memory"].data_len(store)
        if lacking > 0:
            exports["memory"].grow(store, -(-lacking // 65536))
        self._started = store, exports
        return self._started


def _run(store: wasmtime.Store, exports: wasmtime.InstanceExports, export: str, signature: Signature, one: Input) -> Run:
    import wasmtime

    memory, function = exports["memory"], exports[export]
    arguments: list[int | float] = []
    places = []
    for i, value in enumerate(one.arguments):
        if isinstance(value, bytes):
            places.append((BASE + i * STRIDE, len(value)))
            memory.write(store, value, BASE + i * STRIDE)
            value = BASE + i * STRIDE
        arguments.append(value if isinstance(value, float) else _signed(value, signature.parameters[i]))
    store.set_fuel(MOST)
    try:
        result = function(store, *arguments)
    except wasmtime.Trap as trap:
        with suppress(ValueError):
            if trap.trap_code == wasmtime.TrapCode.OUT_OF_FUEL:
                return Run(MOST, None)
        return Run(MOST - store.get_fuel(), ("trap",))
    fuel = MOST - store.get_fuel()
    seen = tuple(bytes(memory.read(store, at, at + length)) for at, length in places)
    return Run(fuel, (struct.pack("<d", result) if isinstance(result, float) else result, *seen))


def _signed(value: int, parameter: Parameter) -> int:
    """As wasmtime takes numbers: signed."""
    bits = 64 if not parameter.pointer and WIDTHS.get(parameter.type) == 8 else 32
    return value - (1 << bits) if value >= 1 << bits - 1 else value
