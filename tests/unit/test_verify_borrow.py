"""Candidates with the original's callees, and modules cut down to one function."""

from __future__ import annotations

import wasmtime
from judged_modules import NUMBERS, module

from transpile.corpus.wasm.module import WasmModule
from transpile.verify.borrow import base_name, borrow
from transpile.verify.judge import Jury
from transpile.verify.thin import thin
from transpile.verify.types import Executable

CALLER = "(func (export \"f\") (param $x i32) (param $y i32) (result i32) {})"
HELPER = "(func $helper (param $a i32) (result i32) {})"


def pair(helper: str, caller: str = "(i32.add (call $helper (local.get $x)) (local.get $y))", more: str = "") -> Executable:
    return Executable(module(HELPER.format(helper) + CALLER.format(caller) + more), "f")


def test_a_wrong_helper_does_not_condemn_its_caller() -> None:
    right, wrong = pair("(i32.mul (local.get $a) (i32.const 3))"), pair("(i32.mul (local.get $a) (i32.const 4))")
    jury = Jury(right, NUMBERS)
    assert jury.judge(wrong).status == "mismatch"
    found = jury.judge_alone(wrong)
    assert found.verified and found.detail.startswith("with the original's helper; with its own: f(")
    caller = pair("(i32.mul (local.get $a) (i32.const 4))", "(i32.sub (call $helper (local.get $x)) (local.get $y))")
    assert jury.judge_alone(caller).status == "mismatch"


def test_what_is_borrowed_comes_with_its_data_and_callees() -> None:
    table = '(data (i32.const {0}) "{1}")'
    deep = "(func $deep (param i32) (result i32) (i32.load8_u (i32.add (i32.const {}) (i32.and (local.get 0) (i32.const 3)))))"
    original = pair("(call $deep (local.get $a))", more=table.format(70000, "\\05\\06\\07\\08") + deep.format(70000))
    own = "(drop (i32.load (i32.const 70000))) (i32.add (call $helper (local.get $x)) (local.get $y))"
    candidate = pair("(local.get $a)", own, table.format(70000, "\\01\\01\\01\\01"))
    found = Jury(original, NUMBERS).judge_alone(candidate)
    assert found.status == "tested" and "original's helper" in found.detail
    borrowed = borrow(candidate, original)
    assert borrowed is not None and [s.data for s in WasmModule.parse(borrowed[0].wasm).segments] == [b"\1\1\1\1", b"\5\6\7\x08"]


def test_nothing_is_borrowed_from_other_types_or_tables() -> None:
    right = pair("(i32.mul (local.get $a) (i32.const 3))")
    other = Executable(module("(func $helper (param i64) (result i64) (local.get 0))" + CALLER.format(
        "(i32.add (i32.wrap_i64 (call $helper (i64.extend_i32_u (local.get $x)))) (local.get $y))")), "f")  # fmt: skip
    assert borrow(other, right) is None


def test_names_are_matched_by_their_last_part() -> None:
    assert base_name("_ZN4unit6helper17h0123456789abcdefE") == "helper"
    assert base_name("unit.helper") == "helper" and base_name("helper") == "helper"


def test_a_thin_module_has_the_function_and_its_callees_alone() -> None:
    whole = Executable(module(
        """(table 2 funcref) (elem (i32.const 0) $c $b) (type $t (func (result i32)))
        (func $a (result i32) (i32.const 1)) (func $b (result i32) (i32.const 2)) (func $c (result i32) (i32.const 3))
        (func (export "g") (result i32) (call $b)) (func (export "f") (param i32 i32) (result i32) (call_indirect (type $t) (local.get 0)))"""
    ), "f")  # fmt: skip
    cut = thin(whole)
    assert [f.name for f in WasmModule.parse(cut.wasm).functions] == ["b", "c", "f"]
    assert len(WasmModule.parse(thin(Executable(whole.wasm, "g")).wasm).functions) == 2
    # The table still leads where it led.
    assert Jury(whole, NUMBERS, normal_form=None).reference.outcomes.results[:200].max() == 3


def test_a_thin_module_keeps_the_types_it_uses() -> None:
    """A block of several values and an indirect call name their types by number; those of functions that are gone become empty."""
    whole = wasmtime.wat2wasm("""(module
      (type $gone (func (param f64 f64 f64) (result f64))) (type $pair (func (param i32) (result i32 i32))) (type $unary (func (param i32) (result i32)))
      (table 1 funcref) (elem (i32.const 0) $g)
      (func $other (export "other") (type $gone) (local.get 0))
      (func $g (type $unary) (i32.add (local.get 0) (i32.const 1)))
      (func (export "f") (param i32) (result i32)
        (local.get 0) (block (type $pair) (local.get 0)) (i32.add) (i32.const 0) (call_indirect (type $unary))))""")
    cut = thin(Executable(bytes(whole), "f"))
    assert WasmModule.parse(cut.wasm).types[:3] == [((), ()), (("i32",), ("i32", "i32")), (("i32",), ("i32",))]
    store = wasmtime.Store()
    run = wasmtime.Instance(store, wasmtime.Module(store.engine, cut.wasm), []).exports(store)["f"]
    assert run(store, 20) == 41
