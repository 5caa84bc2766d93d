"""Verdicts and the policy behind them, on modules in WAT."""

from __future__ import annotations

import json

import pytest
from judged_modules import ARRAY, NUMBERS, SUM, TEXT, array, function, module, numbers

from transpile.corpus.errors import TranspileError
from transpile.corpus.signature import Parameter, Signature, Struct
from transpile.verify.judge import Jury, judge
from transpile.verify.types import Executable, Verdict

ADD = "(i32.add (local.get $x) (local.get $y))"


def verdict(original: Executable, candidate: Executable, signature: Signature, **options: object) -> Verdict:
    return judge(original, [candidate], signature, **options)[0]  # type: ignore[arg-type]


def test_the_same_code_is_identical_and_says_so() -> None:
    found = verdict(array(SUM), array(SUM), ARRAY)
    assert (found.status, found.evidence) == ("identical", "same WAT")


def test_equivalent_loops_are_tested_with_coverage() -> None:
    backwards = function(
        "(param $a i32) (param $n i32) (result i32) (local $s i32)",
        """(block $done (loop $next
             (br_if $done (i32.eqz (local.get $n)))
             (local.set $n (i32.sub (local.get $n) (i32.const 1)))
             (local.set $s (i32.add (local.get $s) (i32.load (i32.add (local.get $a) (i32.shl (local.get $n) (i32.const 2))))))
             (br $next)))
           (local.get $s)""",
    )
    found = verdict(array(SUM), backwards, ARRAY, inputs=500)
    assert (found.status, found.coverage, found.set_aside) == ("tested", 1.0, 0)
    # What the candidate's own branches suggest comes on top.
    assert 500 <= found.inputs < 700 and found.evidence == f"{found.inputs} inputs, 100 % of branches"


@pytest.mark.parametrize(
    "candidate",
    [
        array(SUM.replace("i32.add", "i32.sub", 1)),
        array(SUM, condition="i32.gt_s"),
        array(SUM + "(i32.store (local.get $p) (i32.const 0))"),
        array(SUM, before="(i32.store offset=256 (local.get $a) (i32.const 5))"),
        array(SUM, before="(i32.store8 (i32.sub (local.get $a) (i32.const 1)) (i32.const 5))"),
        array(SUM + "(if (i32.eq (local.get $i) (i32.const 9)) (then unreachable))"),
        array(SUM + "(if (i32.eq (local.get $i) (i32.const 3)) (then (loop $z (br $z))))"),
        array(SUM + "(if (i32.eq (i32.load (local.get $p)) (i32.const 0x80000000)) (then (local.set $s (i32.const 1))))"),
    ],
    ids=["operator", "one too many", "write", "stray write above", "stray write below", "trap", "endless", "one value"],
)
def test_what_differs_is_a_mismatch_with_a_small_counterexample(candidate: Executable) -> None:
    found = verdict(array(SUM), candidate, ARRAY)
    assert found.status == "mismatch" and found.counterexample is not None
    elements = dict(found.counterexample.arguments)["a"]
    assert len(elements) <= 10 and sum(e != 0 for e in elements) <= 1
    assert found.counterexample.text.startswith("f(") and ", candidate " in found.counterexample.text
    assert found.counterexample.expected != found.counterexample.got
    json.dumps(found.as_json())


def test_a_batch_of_candidates_in_one_module_is_judged_in_order() -> None:
    bodies = [ADD, ADD.replace("add", "sub"), "(i32.const 0)", "(i32.add (local.get $y) (local.get $x))"]
    head = "(param $x i32) (param $y i32) (result i32)"
    wasm = module("".join(f'(func (export "f{k}") {head} {body})' for k, body in enumerate(bodies)))
    found = judge(numbers(ADD), [Executable(wasm, f"f{k}") for k in range(4)], NUMBERS)
    assert [v.verified for v in found] == [True, False, False, True]


def test_a_panic_is_the_same_as_an_arithmetic_trap_and_no_other() -> None:
    divide = "(i32.div_u (local.get $x) (local.get $y))"
    panics = "(if (i32.eqz (local.get $y)) (then unreachable)) " + divide
    returns = f"(if (result i32) (i32.eqz (local.get $y)) (then (i32.const 0)) (else {divide}))"
    assert verdict(numbers(divide), numbers(panics), NUMBERS).verified
    assert verdict(numbers(panics), numbers(divide), NUMBERS).verified
    found = verdict(numbers(divide), numbers(returns), NUMBERS)
    assert found.status == "mismatch" and found.counterexample is not None
    assert found.counterexample.expected == {"trap": "division by zero"} and found.counterexample.got == {"result": 0}
    loads = "(if (i32.eqz (local.get $y)) (then (drop (i32.load (i32.const -1))))) " + divide
    assert verdict(numbers(divide), numbers(loads), NUMBERS).status == "mismatch"


@pytest.mark.parametrize(("result", "same"), [("u8", True), ("i8", True), ("i16", False), ("i32", False), ("bool", True)])
def test_results_are_compared_in_their_source_width(result: str, same: bool) -> None:
    signature = Signature("f", NUMBERS.parameters, result)
    cut = f"(i32.and {ADD} (i32.const 1))" if result == "bool" else ADD
    dirty = f"(i32.or (i32.const 0x1000) (i32.and {cut} (i32.const 0xff)))"
    assert verdict(numbers(f"(i32.and {cut} (i32.const 0xff))"), numbers(dirty), signature).verified == same


def test_payloads_of_nan_are_not_compared_but_signs_of_zero_are() -> None:
    signature = Signature("f", (Parameter("x", "f32"),), "f32")
    head = "(param $x f32) (result f32)"
    nan = "(if (result f32) (f32.ne (local.get $x) (local.get $x)) (then (f32.const nan:{})) (else (local.get $x)))"
    assert verdict(function(head, nan.format("0x1")), function(head, nan.format("0x2")), signature).verified
    positive = function(head, "(f32.abs (local.get $x))")
    branches = function(head, "(if (result f32) (f32.lt (local.get $x) (f32.const 0)) (then (f32.neg (local.get $x))) (else (local.get $x)))")
    found = verdict(positive, branches, signature)
    assert found.status == "mismatch" and "-0.0" in found.evidence


def test_padding_is_not_compared_but_fields_are() -> None:
    signature = Signature("f", (Parameter("p", "S", True),), None, (Struct("S", (("a", "u8"), ("b", "i32"))),))
    nothing = function("(param $p i32)", "(i32.store8 (local.get $p) (i32.const 1))")
    padding = function("(param $p i32)", "(i32.store (local.get $p) (i32.const 1))")
    field = function("(param $p i32)", "(i32.store8 (local.get $p) (i32.const 1)) (i32.store8 offset=4 (local.get $p) (i32.const 1))")
    assert verdict(nothing, padding, signature).verified
    found = verdict(nothing, field, signature)
    assert found.status == "mismatch" and "leaves p = {a: 1, b: 0}" in found.evidence


def test_inputs_that_the_original_cannot_take_are_set_aside() -> None:
    signature = Signature("f", (Parameter("a", "i32", True, True, 1), Parameter("n", "i32"), Parameter("i", "i32")), "i32")
    head = "(param $a i32) (param $n i32) (param $i i32) (result i32)"
    load = "(i32.load (i32.add (local.get $a) (i32.shl (local.get $i) (i32.const 2))))"
    checked = f"(if (i32.ge_u (local.get $i) (local.get $n)) (then unreachable)) {load}"
    found = verdict(function(head, load), function(head, checked), signature)
    assert found.status == "tested" and found.inputs >= 256 and found.set_aside > 100
    wrong = f"(if (i32.eq (local.get $i) (i32.const 5)) (then (return (i32.const 0)))) {checked}"
    assert verdict(function(head, load), function(head, wrong), signature).status == "mismatch"


def test_an_original_that_takes_nothing_leaves_the_verdict_open() -> None:
    wild = function("(param $a i32) (param $n i32) (result i32)", "(i32.load (i32.const -8))")
    found = verdict(wild, array(SUM), ARRAY)
    assert found.status == "inconclusive" and not found.verified and found.set_aside > 0


def test_an_endless_original_is_set_aside_where_it_is_endless() -> None:
    body = "(loop $l (br_if $l (i32.gt_s (local.get $x) (i32.const 100)))) " + ADD
    found = verdict(numbers(body), numbers(ADD), NUMBERS, normal_form=None)
    assert found.status == "tested" and found.set_aside > 0


def test_a_pointer_without_length_gets_the_room_that_the_original_uses() -> None:
    signature = Signature("f", (Parameter("p", "i32", True, True), Parameter("k", "i32")), "i32")
    eighth = function("(param $p i32) (param $k i32) (result i32)", "(i32.load offset=28 (local.get $p))")
    seventh = function("(param $p i32) (param $k i32) (result i32)", "(i32.load offset=24 (local.get $p))")
    assert verdict(eighth, seventh, signature).status == "mismatch"
    assert Jury(eighth, signature).reference.layout.room == 16


def test_strings_end_in_nul_and_reading_on_is_seen() -> None:
    def length(extra: str) -> Executable:
        return function(
            "(param $s i32) (result i32) (local $n i32)",
            f"""(block $done (loop $next
                  (br_if $done (i32.eqz (i32.load8_u (i32.add (local.get $s) (local.get $n)))))
                  (local.set $n (i32.add (local.get $n) (i32.const 1)))
                  (br $next))) (local.get $n) {extra}""",
        )

    found = verdict(length(""), length("(i32.load8_u (i32.add (i32.add (local.get $s) (local.get $n)) (i32.const 1))) i32.add"), TEXT)
    assert found.status == "mismatch" and found.evidence.startswith('f("')


def test_what_cannot_be_run_is_a_verdict_for_candidates_and_an_error_for_originals() -> None:
    assert verdict(numbers(ADD), Executable(b"junk", "f"), NUMBERS).status == "compile_error"
    assert verdict(numbers(ADD), function("(param i32) (result i32)", "(local.get 0)"), NUMBERS).status == "wrong_signature"
    with pytest.raises(TranspileError):
        judge(Executable(b"junk", "f"), [numbers(ADD)], NUMBERS)
    with pytest.raises(TranspileError):
        judge(function("(param i32) (result i32)", "(local.get 0)"), [numbers(ADD)], NUMBERS)


def test_verdicts_are_reproducible() -> None:
    wrong = array(SUM, condition="i32.gt_s")
    assert verdict(array(SUM), wrong, ARRAY, seed=3).as_json()["inputs"] == verdict(array(SUM), wrong, ARRAY, seed=3).as_json()["inputs"]


def test_aliased_pointers_are_judged_and_named() -> None:
    signature = Signature("f", (Parameter("a", "i32", True, False, 1), Parameter("n", "i32"), Parameter("k", "i32", True, True)))
    head = "(param $a i32) (param $n i32) (param $k i32) (local $i i32) (local $f i32) (local $p i32)"

    def scale(factor: str, before: str = "") -> Executable:
        return function(head, f"""{before} (block $done (loop $next
            (br_if $done (i32.ge_s (local.get $i) (local.get $n)))
            (local.set $p (i32.add (local.get $a) (i32.shl (local.get $i) (i32.const 2))))
            (i32.store (local.get $p) (i32.mul (i32.load (local.get $p)) {factor}))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br $next)))""")  # fmt: skip

    again, once = scale("(i32.load (local.get $k))"), scale("(local.get $f)", "(local.set $f (i32.load (local.get $k)))")
    found = verdict(again, once, signature)
    assert found.status == "mismatch" and found.counterexample is not None and found.counterexample.aliased
    assert "(with " in found.evidence and "overlapping" in found.detail
    assert verdict(again, once, signature, aliasing=False).verified


def test_a_candidate_that_is_only_slow_is_no_mismatch_and_an_endless_one_is() -> None:
    signature = Signature("f", (Parameter("x", "u32"),), "i32")
    head = "(param $x i32) (result i32) (local $n i32)"
    count = "(block $o (loop $l (br_if $o (i32.ge_u (local.get $n) (local.get $x))) (local.set $n (i32.add (local.get $n) (i32.const 1))) (br $l)))"
    slow = function(head, f"{count} (local.get $n)")
    found = verdict(function(head, "(local.get $x)"), slow, signature, normal_form=None)
    assert found.status == "tested" and found.set_aside > 0
    wrong = function(head, f"{count} (i32.add (local.get $n) (i32.eq (local.get $x) (i32.const 7)))")
    assert verdict(function(head, "(local.get $x)"), wrong, signature).status == "mismatch"
    endless = function(head, "(loop $l (br_if $l (i32.eq (local.get $x) (i32.const 1000)))) (local.get $x)")
    found = verdict(function(head, "(local.get $x)"), endless, signature)
    assert found.status == "mismatch" and "does not end" in found.evidence


def test_what_only_the_candidate_asks_for_is_tried() -> None:
    rare = "(if (i32.eq (i32.load (local.get $p)) (i32.const 0x5ad1c0de)) (then (local.set $s (i32.const 1))))"
    found = verdict(array(SUM), array(SUM + rare), ARRAY)
    assert found.status == "mismatch" and str(0x5AD1C0DE) in found.evidence


def test_branches_that_nothing_reaches_are_named_and_cost_is_told() -> None:
    branch = "(if (i32.eq (i32.mul (local.get $x) (local.get $x)) (i32.const 3)) (then (return (i32.const 1))))"
    loop = "(loop $l (local.set $x (i32.add (local.get $x) (i32.const 1))) (br_if $l (i32.and (local.get $x) (i32.const 3))))"
    found = verdict(numbers(f"{branch} {loop} {ADD}"), numbers(f"{loop} {ADD}"), NUMBERS)
    assert found.status == "tested" and found.unreached == ("f+5 if: then",)
    assert found.fuel_ratio is not None and 0.3 < found.fuel_ratio < 1


def test_inputs_that_break_a_precondition_are_set_aside() -> None:
    def positive(vectors):
        return vectors.values[:, 1] < 100

    large = f"(if (i32.ge_u (local.get $y) (i32.const 100)) (then (return (i32.const 0)))) {ADD}"
    found = judge(numbers(ADD), [numbers(large)], NUMBERS, accepts=positive)[0]
    assert found.status == "tested" and found.inputs >= 1024 and found.set_aside > 100
    assert verdict(numbers(ADD), numbers(large), NUMBERS).status == "mismatch"


CALLING = """(module (import "env" "{}" (func $g (param i32) (result i32))) (import "env" "put" (func $put (param i32)))
  (memory (export "memory") 2) (global (export "__stack_pointer") (mut i32) (i32.const 1024)) (global (export "__heap_base") i32 (i32.const 1024))
  (data (i32.const 70000) "{}")
  (func (export "f") (param $x i32) (param $y i32) (result i32) {}))"""


def calling(body: str, *, name: str = "get", data: str = "hello\\00", at: int = 70000) -> Executable:
    import wasmtime

    return Executable(bytes(wasmtime.wat2wasm(CALLING.replace("70000", str(at)).format(name, data, body))), "f")


def test_calls_of_imports_are_compared_in_order_with_their_arguments() -> None:
    one = "(call $put (local.get $x)) (i32.add (call $g (local.get $y)) (i32.const 1))"
    same = "(call $put (local.get $x)) (i32.sub (call $g (local.get $y)) (i32.const -1))"
    assert verdict(calling(one), calling(same), NUMBERS, normal_form=None).status == "tested"
    for other in (
        calling(same.replace("$put (local.get $x)", "$put (local.get $y)")),
        calling("(i32.add (call $g (local.get $y)) (i32.const 1)) (call $put (local.get $x))"),
        calling("(i32.add (call $g (local.get $y)) (i32.const 1))"),
        calling(one, name="got"),
    ):
        found = verdict(calling(one), other, NUMBERS)
        assert found.status == "mismatch", found
    found = verdict(calling(one), calling(one + "(call $put (i32.const 3))"), NUMBERS)
    assert "calls put(0), get(0), candidate put(0), get(0), put(3)" in found.evidence


def test_addresses_given_to_imports_are_compared_by_what_stands_there() -> None:
    body = "(call $put (i32.const {})) (i32.const 1)"
    here, there = calling(body.format(70000)), calling(body.format(80000), at=80000)
    assert verdict(here, there, NUMBERS, normal_form=None).verified
    assert verdict(here, calling(body.format(80000), data="help\\00", at=80000), NUMBERS).status == "mismatch"


def test_state_is_compared_over_sequences_of_calls() -> None:
    def counter(step: str, start: str = "\\00") -> Executable:
        body = f"""(local $n i32) (local.set $n {step}) (i32.store (i32.const 70000) (local.get $n)) (local.get $n)"""
        return Executable(module(f"""(data (i32.const 70000) "{start}\\00\\00\\00")
            (func (export "f") (param $x i32) (param $y i32) (result i32) {body})"""), "f")  # fmt: skip

    load = "(i32.load (i32.const 70000))"
    total = counter(f"(i32.add {load} (local.get $x))")
    assert verdict(total, counter(f"(i32.sub {load} (i32.sub (i32.const 0) (local.get $x)))"), NUMBERS, normal_form=None).status == "tested"
    assert verdict(total, counter("(local.get $x)"), NUMBERS).status == "mismatch"
    # Falls behind only where the same argument comes twice in a row, which no reference has.
    twice = f"(i32.add {load} (select (i32.const 0) (local.get $x) (i32.eq (i32.load (i32.const 70004)) (local.get $x))))"
    remembers = Executable(module(f"""(data (i32.const 70000) "\\00\\00\\00\\00\\ef\\be\\ad\\de") (func (export "f")
        (param $x i32) (param $y i32) (result i32) (local $n i32) (local.set $n {twice}) (i32.store (i32.const 70000) (local.get $n))
        (i32.store (i32.const 70004) (local.get $x)) (local.get $n))"""), "f")  # fmt: skip
    found = verdict(total, remembers, NUMBERS)
    assert found.status == "mismatch"


def test_growth_of_memory_is_compared() -> None:
    grows = f"(drop (memory.grow (i32.and (local.get $x) (i32.const 1)))) {ADD}"
    assert verdict(numbers(grows), numbers(f"(drop (memory.grow (i32.rem_u (local.get $x) (i32.const 2)))) {ADD}"), NUMBERS).verified
    found = verdict(numbers(grows), numbers(ADD), NUMBERS)
    assert found.status == "mismatch" and "calls memory.grow(1), candidate nothing" in found.evidence


def test_an_original_whose_memory_has_no_room_is_an_error_and_one_with_little_is_judged_without_coverage() -> None:
    import wasmtime

    def fixed(heap: int, body: str) -> Executable:
        head = f"""(module (memory (export "memory") 1 1) (global (export "__stack_pointer") (mut i32) (i32.const 1024))
            (global (export "__heap_base") i32 (i32.const {heap})) (func (export "f") (param $a i32) (param $n i32) (result i32) {body}))"""
        return Executable(bytes(wasmtime.wat2wasm(head)), "f")

    load = "(if (result i32) (local.get $n) (then (i32.load (local.get $a))) (else (i32.const 0)))"
    turned = "(if (result i32) (i32.eqz (local.get $n)) (then (i32.const 0)) (else (i32.load (local.get $a))))"
    found = verdict(fixed(65000, load), fixed(1024, turned), ARRAY, normal_form=None)
    assert found.verified and found.coverage is None
    with pytest.raises(TranspileError, match="no room"):
        verdict(fixed(65400, load), fixed(1024, turned), ARRAY, normal_form=None)
