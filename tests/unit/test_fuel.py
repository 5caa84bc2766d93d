"""Fuel: the same on every run, less for less work; inputs follow from the signature alone."""

from __future__ import annotations

import struct

import wasmtime

from transpile.corpus.signature import Parameter, Signature, Struct
from transpile.corpus.wasm.fuel import BASE, INPUTS, Meter, inputs_of

ARRAY = Signature("f", (Parameter("a", "i32", pointer=True, const=True, length=1), Parameter("n", "i32")), "i32")
SUM = """
(module (memory (export "memory") 1)
  (func (export "f") (param i32 i32) (result i32) (local i32)
    block loop
      local.get 1 i32.eqz br_if 1
      local.get 2 local.get 0 i32.load i32.add local.set 2
      local.get 0 i32.const 4 i32.add local.set 0
      local.get 1 i32.const 1 i32.sub local.set 1
      br 0
    end end
    local.get 2)
  (func (export "slow") (param i32 i32) (result i32) (drop (i32.const 1)) (call 0 (local.get 0) (local.get 1)))
  (func (export "trap") (param i32 i32) (result i32) unreachable)
  (func (export "endless") (param i32 i32) (result i32) loop br 0 end i32.const 0))
"""


def test_inputs_follow_from_the_signature() -> None:
    inputs = inputs_of(ARRAY)
    assert inputs is not None and inputs == inputs_of(ARRAY) and len(inputs) == INPUTS
    for one in inputs:
        buffer, length = one.arguments
        assert isinstance(buffer, bytes) and len(buffer) == 4 * length
    assert len({one.arguments[1] for one in inputs}) > 4
    other = inputs_of(Signature("f", (Parameter("a", "i64"), Parameter("b", "f32"))))
    assert other is not None and all(isinstance(i.arguments[1], float) for i in other)


def test_structs_are_laid_out_and_strange_types_left_out() -> None:
    fields = Struct("S", (("a", "i8"), ("b", "i32")))
    inputs = inputs_of(Signature("f", (Parameter("p", "S", pointer=True),), None, (fields,)))
    assert inputs is not None and all(len(i.arguments[0]) == 8 * 64 and i.arguments[0][1:4] == b"\0\0\0" for i in inputs)
    assert inputs_of(Signature("f", (Parameter("p", "*i32", pointer=True),))) is None


def test_fuel_is_exact_and_outcomes_tell_traps_and_endless_loops() -> None:
    meter = Meter(wasmtime.wat2wasm(SUM))
    inputs = inputs_of(ARRAY)
    assert inputs is not None
    runs = meter.runs("f", ARRAY, inputs)
    assert runs == Meter(wasmtime.wat2wasm(SUM)).runs("f", ARRAY, inputs)
    for one, run in zip(inputs, runs, strict=True):
        buffer, length = one.arguments
        total = sum(struct.unpack(f"<{length}i", buffer)) & 0xFFFFFFFF
        assert run.outcome is not None and run.outcome[0] & 0xFFFFFFFF == total and run.outcome[1] == buffer
    by_length = sorted((one.arguments[1], run.fuel) for one, run in zip(inputs, runs, strict=True))
    assert [fuel for _, fuel in by_length] == sorted(fuel for _, fuel in by_length) and by_length[0][1] < by_length[-1][1]
    slow = meter.runs("slow", ARRAY, inputs)
    assert all(a.outcome == b.outcome and a.fuel < b.fuel for a, b in zip(runs, slow, strict=True))
    assert {r.outcome for r in meter.runs("trap", ARRAY, inputs)} == {("trap",)}
    assert {r.outcome for r in meter.runs("endless", ARRAY, inputs[:2])} == {None}
    assert meter.runs("f", ARRAY, inputs) == runs, "as before, after traps"
    assert BASE > 1 << 24
