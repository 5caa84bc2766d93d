"""Canonical text: its exact form, its skeleton, and the way back to a module."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wasm_programs import CALLEES, DATA, GLOBALS, ProgramMaker, to_module

from transpile.corpus.errors import TranspileError
from transpile.corpus.wasm.module import WasmModule
from transpile.corpus.wasm.opcodes import OPCODES
from transpile.corpus.wasm.wat import CanonicalFunction, canonical, parse, pretty, read_wat, skeleton, to_wat
from transpile.corpus.wasm.wat_text import read_constant, write_float, write_integer


def canonical_of(functions: str, name: str = "f") -> CanonicalFunction:
    return canonical(WasmModule.parse(read_wat(f"(module {functions})")).function(name))


@pytest.mark.parametrize(
    ("function", "text"),
    [
        ('(func (export "f"))', "func -> ; end"),
        (
            '(func (export "f") (param i32 i32) (result i32) (local i64 f64 i32) (local.set 4 (local.get 1)) (f64.const 1) (local.set 3) '
            "(local.get 4) return)",
            "func i32 i32 -> i32 local i32 f64 ; local.get p1 local.set v0 f64.const 1.0 local.set v1 local.get v0 return end",
        ),
        (
            '(func (export "f") (param i32) (result i32) block $a loop $b local.get 0 br_if $a local.get 0 if $c br $b else br $a end end '
            "end local.get 0 if (result i32) i32.const 1 else i32.const 2 end br 0)",
            "func i32 -> i32 ; block l0 loop l1 local.get p0 br_if l0 local.get p0 if l2 br l1 else br l0 end end end "
            "local.get p0 if l3 i32 i32.const 1 else i32.const 2 end br func end",
        ),
        (
            '(func (export "f") (param i32) block $a block $b local.get 0 br_table $a $b $a end end)',
            "func i32 -> ; block l0 block l1 local.get p0 br_table l0 l1 l0 ; end end end",
        ),
        (
            '(memory 1) (func (export "f") (param i32) local.get 0 local.get 0 i64.load offset=8 align=1 i64.store align=4 '
            "local.get 0 i32.load8_u offset=70000 drop memory.size memory.grow drop)",
            "func i32 -> ; local.get p0 local.get p0 i64.load 8 align=1 i64.store align=4 local.get p0 i32.load8_u 70000 drop "
            "memory.size memory.grow drop end",
        ),
        (
            '(memory 1) (func (export "f") (param i32 i32 i32) local.get 0 local.get 1 local.get 2 memory.copy local.get 0 local.get 1 '
            "local.get 2 memory.fill local.get 0 i32.extend8_s f64.convert_i32_s i64.trunc_sat_f64_u drop)",
            "func i32 i32 i32 -> ; local.get p0 local.get p1 local.get p2 memory.copy local.get p0 local.get p1 local.get p2 memory.fill "
            "local.get p0 i32.extend8_s f64.convert_i32_s i64.trunc_sat_f64_u drop end",
        ),
        (
            '(table 1 funcref) (func (export "f") (param i32) (result i64) i64.const 1 f32.const 2 local.get 0 '
            "call_indirect (param i64 f32) (result i64) local.get 0 select (result i64))".replace(
                "local.get 0 select", "i64.const 3 local.get 0 select"
            ),
            "func i32 -> i64 ; i64.const 1 f32.const 2.0 local.get p0 call_indirect i64 f32 -> i64 i64.const 3 local.get p0 select i64 end",
        ),
        (
            '(func (export "f") (param i32) (result i32 i32) local.get 0 block (param i32) (result i32 i32) local.get 0 end)',
            "func i32 -> i32 i32 ; local.get p0 block l0 i32 -> i32 i32 local.get p0 end end",
        ),
    ],
)
def test_canonical_text(function: str, text: str) -> None:
    assert canonical_of(function).text == text
    assert [name for name, _ in parse(text).instructions] == [token for token in text.split() if token in OPCODES]


def test_names_come_by_first_appearance() -> None:
    found = canonical_of(
        """(global $__stack_pointer (mut i32) (i32.const 4096)) (global $a (mut i32) (i32.const 0)) (global $b (mut i64) (i64.const 0))
        (memory 400) (data $x (i32.const 19087360) "0123456789") (data $y (i32.const 19087370) "abcdef")
        (func $one) (func $two (param i64)) (func (export "f") (param i32)
          global.get $b call $two call $one global.get $b call $two
          i32.const 19087372 global.set $a i32.const 19087360 global.set $__stack_pointer
          local.get 0 i32.load8_u offset=19087363 drop i32.const 19087376 drop i32.const 19087377 drop i32.const 19087359 drop
          local.get 0 i32.load offset=19087376 drop)"""
    )
    assert found.text == (
        "func i32 -> ; global.get g0 call c0 call c1 global.get g0 call c0 i32.const d0 2 global.set g1 i32.const d1 global.set sp "
        "local.get p0 i32.load8_u d1 3 drop i32.const d0 6 drop i32.const 0x1234011 drop i32.const 0x1233fff drop "
        "local.get p0 i32.load 19087376 drop end"
    )
    assert found.callees == ("two", "one")
    assert found.callee_types == ((("i64",), ()), ((), ()))
    assert (found.data, found.globals, found.global_types) == ((1, 0), (2, 1), ("i64", "i32"))


def test_small_addresses_yield_to_arithmetic() -> None:
    text = canonical_of(
        '(memory 1) (data (i32.const 1024) "0123456789") (func (export "f") (param i32) (result i32) i32.const 1024 local.get 0 i32.add '
        "i32.const 1024 i32.and)"
    ).text
    assert text == "func i32 -> i32 ; i32.const d0 local.get p0 i32.add i32.const 1024 i32.and end"


@pytest.mark.parametrize(
    ("value", "bits", "text"),
    [
        (0, 32, "0"), (-1, 32, "-1"), (-1024, 32, "-1024"), (-1025, 32, "0xfffffbff"), (65535, 32, "65535"), (65536, 32, "0x10000"),
        (-0x61C88647, 32, "0x9e3779b9"), (-(2**63), 64, "0x8000000000000000"), (-1025, 64, "0xfffffffffffffbff"),
    ],
)  # fmt: skip
def test_integers(value: int, bits: int, text: str) -> None:
    assert write_integer(value, bits) == text
    assert read_constant(text, f"i{bits}") == value & (1 << bits) - 1


@pytest.mark.parametrize(
    ("value", "width", "text"),
    [
        (0.5, 64, "0.5"), (1e-9, 64, "1e-09"), (-0.0, 64, "-0.0"), (float("inf"), 32, "inf"), (float("-inf"), 64, "-inf"), (0.1, 64, "0.1"),
        (16777216.0, 32, "16777216.0"), (1e300, 64, "1e+300"), (3.4028234663852886e38, 32, "3.4028235e+38"),
        (1.401298464324817e-45, 32, "1e-45"),
    ],
)  # fmt: skip
def test_floats(value: float, width: int, text: str) -> None:
    bits = int.from_bytes(struct.pack("<d" if width == 64 else "<f", value), "little")
    assert write_float(bits, width) == text
    assert read_constant(text, f"f{width}") == bits


@pytest.mark.parametrize(
    ("bits", "width", "text"),
    [(0x7FC00000, 32, "nan"), (0xFFC00000, 32, "-nan"), (0x7FC00001, 32, "nan:0x400001"), (0xFFF0000000000001, 64, "-nan:0x1")],
)
def test_not_a_number_keeps_its_bits(bits: int, width: int, text: str) -> None:
    assert write_float(bits, width) == text
    assert read_constant(text, f"f{width}") == bits


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1))
def test_every_float_reads_back(single: int, double: int) -> None:
    assert read_constant(write_float(single, 32), "f32") == single
    assert read_constant(write_float(double, 64), "f64") == double


def test_skeleton_has_no_numbers_but_names() -> None:
    text = (
        "func i32 -> i32 local i32 ; local.get p0 i32.load 8 align=1 i32.const -5 i32.add i32.const d0 16 i32.load8_u d1 4 "
        "i32.const 0x9e3779b9 f64.const -nan:0x1 f64.const 1e-09 f32.const inf br_table l0 l1 ; i64.store32 12 end"
    )
    assert skeleton(text) == (
        "func i32 -> i32 local i32 ; local.get p0 i32.load i32.const N i32.add i32.const d0 i32.load8_u d1 i32.const N "
        "f64.const N f64.const N f32.const N br_table l0 l1 ; i64.store32 end"
    )
    assert skeleton(text) == skeleton(text.replace(" 8 align=1", "").replace("-5", "70").replace("d0 16", "d0"))


def test_pretty_indents() -> None:
    text = "func i32 -> local i32 ; block l0 local.get p0 if l1 i32.const 1 br_table l0 l1 ; else nop end end end"
    assert pretty(text) == (
        "func i32 -> local i32\n  block l0\n    local.get p0\n    if l1\n      i32.const 1\n      br_table l0 l1\n    else\n      nop\n"
        "    end\n  end\nend\n"
    )


@pytest.mark.parametrize("text", ["", "func", "func i32 ; end", "func -> ; nop", "func -> ; 5 end", "func x -> ; end", "(module)"])
def test_what_is_no_canonical_text_is_refused(text: str) -> None:
    with pytest.raises(TranspileError, match="no canonical text"):
        parse(text)


@pytest.mark.parametrize("instruction", ["call c0", "i32.const d0 drop", "global.get g0 drop"])
def test_to_wat_wants_what_is_behind_the_names(instruction: str) -> None:
    with pytest.raises(TranspileError, match="nothing was given"):
        to_wat(f"func -> ; {instruction} end")


def test_to_wat_comes_back() -> None:
    """The way from text to module and back changes nothing; the names keep what is behind them."""
    for seed in range(80):
        first = canonical(to_module(ProgramMaker(random.Random(seed).randrange).text()).function("f0"))
        again = to_wat(
            first.text,
            callees=first.callee_types,
            data=[DATA[i] for i in first.data],
            globals=[GLOBALS[i - 1] for i in first.globals],
        )
        module = WasmModule.parse(read_wat(again))
        found = canonical(module.function("f0"))
        assert found.text == first.text
        assert found.callee_types == first.callee_types
        assert [module.segments[i].data for i in found.data] == [DATA[i] for i in first.data]
        assert set(found.callee_types) <= set(CALLEES)
