"""The code of hints says what is true of two numbers, and how near they are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import wasmtime

from transpile.corpus.wasm.instructions import encode_body
from transpile.corpus.wasm.module import WasmModule
from transpile.verify.relations import nearness, relations


def compiled(kind: str, code: bytes) -> Callable[[int, int], int]:
    """A function of two numbers around some code, which may use local 2."""
    empty = WasmModule.parse(bytes(wasmtime.wat2wasm(f'(module (func (export "f") (param {kind} {kind}) (result i32) (i32.const 0)))')))
    wasm = empty.replace_bodies({0: encode_body([kind], ()) + code + b"\x0b"})
    store = wasmtime.Store()
    function = wasmtime.Instance(store, wasmtime.Module(store.engine, wasm), []).exports(store)["f"]
    return lambda a, b: function(store, a, b)


@pytest.mark.parametrize("kind", ["i32", "i64"])
def test_hints_tell_the_relations_of_two_integers(kind: str) -> None:
    width = int(kind[1:])
    mask, top = (1 << width) - 1, 1 << width - 1

    def expected(a: int, b: int) -> int:
        bits = (a + 1 & mask == b & mask, a == b, b + 1 & mask == a & mask, (a < 0) != (b < 0), a < b, b != 0, a & b != 0, a < 0)
        return sum(bit << k for k, bit in enumerate(bits))

    def near(a: int, b: int) -> int:
        apart = a - b & mask
        return 1 << sum(min(apart, -apart & mask).bit_length() > step for step in (0, 2, 4, 6, 8, 12, 20))

    rng = np.random.default_rng(1)
    drawn = rng.integers(-(1 << 63), 1 << 63, 40) >> rng.integers(64 - width, 62, 40)
    values = [0, 1, -1, 127, 128, -256, top - 1, -top, -top + 1, *drawn.tolist()]
    both, close = compiled(kind, relations(kind, 0, 1, 0, 2)), compiled(kind, nearness(kind, 0, 1, 2))
    known = {b: compiled(kind, relations(kind, 0, None, b, 2)) for b in values}
    for a in values:
        for b in values:
            assert both(a, b) == known[b](a, 0) == expected(a, b), (a, b)
            assert close(a, b) == near(a, b), (a, b)
