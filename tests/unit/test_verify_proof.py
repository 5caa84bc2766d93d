"""Proofs: the symbolic reading of wasm agrees with wasmtime, and nothing is called proved or identical that is not."""

from __future__ import annotations

import random

import numpy as np
import pytest
import z3
from judged_modules import NUMBERS, function, module, numbers

from transpile.corpus.signature import Parameter, Signature, Struct
from transpile.corpus.wasm.module import WasmModule
from transpile.verify import driver, proof
from transpile.verify.identical import same_text
from transpile.verify.judge import judge
from transpile.verify.reference import target
from transpile.verify.symbolic import execute
from transpile.verify.symbolic_values import Unsupported
from transpile.verify.types import Executable, Verdict

BINARY = "add sub mul and or xor shl shr_s shr_u rotl rotr div_s div_u rem_s rem_u eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u".split()
UNARY = "clz ctz popcnt eqz".split()
EDGES = [0, 1, 2, 31, 32, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFE]


def parsed(executable: Executable):
    return WasmModule.parse(executable.wasm).function("f")


def verdict(original: Executable, candidate: Executable, signature: Signature = NUMBERS) -> Verdict:
    return judge(original, [candidate], signature, normal_form=None)[0]


def grown(rng: random.Random, depth: int) -> str:
    """A random expression over $x and $y."""
    kind = rng.randrange(9)
    if depth == 0 or kind == 0:
        return rng.choice(["(local.get $x)", "(local.get $y)", f"(i32.const {rng.choice([0, 1, 2, 7, -1, 255, 1 << 30])})"])
    a, b = grown(rng, depth - 1), grown(rng, depth - 1)
    if kind == 1:
        return f"(select {a} {b} {grown(rng, depth - 1)})"
    if kind == 2:
        return f"(if (result i32) {a} (then {b}) (else {grown(rng, depth - 1)}))"
    if kind == 3:
        return f"(block (result i32) (drop (br_if 0 {a} {b})) {grown(rng, depth - 1)})"
    if kind == 4:
        return f"(i32.{rng.choice(UNARY)} {a})"
    if kind == 5:
        return f"(i32.wrap_i64 (i64.{rng.choice(BINARY[:11])} (i64.extend_i32_s {a}) (i64.extend_i32_u {b})))"
    if kind == 6:
        return f"(block (result i32) (block (block (br_table 0 1 0 {a})) (br 1 {b})) {grown(rng, depth - 1)})"
    return f"(i32.{rng.choice(BINARY)} {a} {b})"


@pytest.mark.parametrize("seed", range(40))
def test_symbolic_execution_agrees_with_wasmtime(seed: int) -> None:
    rng = random.Random(seed)
    executable = numbers(grown(rng, 5))
    pairs = [(a, b) for a in EDGES for b in EDGES] + [(rng.getrandbits(32), rng.getrandbits(32)) for _ in range(20)]
    outcomes = target(executable, NUMBERS).run(np.array(pairs, np.uint64), np.zeros((len(pairs), 0), np.uint8), fuel=10_000)
    x, y = z3.BitVecs("x y", 32)
    behaviour = execute(parsed(executable), [x, y], z3.Array("m", z3.BitVecSort(32), z3.BitVecSort(8)))
    for (a, b), status, result in zip(pairs, outcomes.status, outcomes.results, strict=True):
        def at(expression: z3.ExprRef, a: int = a, b: int = b) -> z3.ExprRef:
            return z3.simplify(z3.substitute(expression, (x, z3.BitVecVal(a, 32)), (y, z3.BitVecVal(b, 32))))

        ends = [end for when, end in behaviour.ends if z3.is_true(at(when))]
        assert ends == ([] if status == driver.RETURNED else [status])
        assert z3.is_true(at(behaviour.returns)) == (status == driver.RETURNED)
        if status == driver.RETURNED:
            assert at(behaviour.result).as_long() == result


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("(i32.mul (local.get $x) (i32.const 9))", "(i32.add (local.get $x) (i32.shl (local.get $x) (i32.const 3)))"),
        ("(i32.and (local.get $x) (i32.const 7))", "(i32.rem_u (local.get $x) (i32.const 8))"),
        (
            "(i32.div_u (local.get $x) (local.get $y))",
            "(if (i32.eqz (local.get $y)) (then unreachable)) (i32.div_u (local.get $x) (local.get $y))",
        ),
        ("(i32.popcnt (i32.and (local.get $x) (i32.sub (i32.const 0) (local.get $x))))", "(i32.ne (local.get $x) (i32.const 0))"),
    ],
)
def test_equivalent_loop_free_code_is_proved(one: str, two: str) -> None:
    found = verdict(numbers(one), numbers(two))
    assert found.status == "proved" and "z3" in found.evidence


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("(i32.mul (local.get $x) (local.get $x))", "(i32.eq (local.get $x) (i32.const 0x1badf00d))"),
        ("(i32.add (local.get $x) (local.get $y))", "(i32.eq (i32.xor (local.get $x) (local.get $y)) (i32.const 0x7edcba98))"),
    ],
    ids=["one value", "one relation"],
)
def test_the_solver_finds_what_tests_miss_and_the_counterexample_is_replayed(one: str, two: str) -> None:
    found = verdict(numbers(one), numbers(f"(if {two} (then unreachable)) {one}"))
    assert found.status == "mismatch" and found.counterexample is not None


def test_narrow_parameters_are_taken_as_the_abi_passes_them() -> None:
    signature = Signature("f", (Parameter("x", "i8"), Parameter("y", "u16"), Parameter("z", "u32")), "i32")
    head = "(param $x i32) (param $y i32) (param $z i32) (result i32)"
    plain = function(head, "(i32.add (i32.add (local.get $x) (local.get $y)) (local.get $z))")
    extended = function(
        head,
        """(i32.add (local.get $z) (i32.add
             (i32.shr_s (i32.shl (local.get $x) (i32.const 24)) (i32.const 24)) (i32.and (local.get $y) (i32.const 0xffff))))""",
    )
    assert verdict(plain, extended, signature).status == "proved"


def test_small_signatures_are_tried_whole_even_with_loops() -> None:
    signature = Signature("f", (Parameter("x", "u8"),), "u8")
    loop = """(local $n i32) (block $o (loop $l (br_if $o (i32.eqz (local.get $x)))
              (local.set $n (i32.add (local.get $n) (i32.const 1)))
              (local.set $x (i32.and (local.get $x) (i32.sub (local.get $x) (i32.const 1)))) (br $l))) (local.get $n)"""
    head = "(param $x i32) (result i32)"
    found = verdict(function(head, loop), function(head, "(i32.popcnt (local.get $x))"), signature)
    assert (found.status, found.evidence, found.inputs) == ("proved", "all 256 inputs", 256)
    rare = "(select (i32.const 9) (i32.popcnt (local.get $x)) (i32.eq (local.get $x) (i32.const 217)))"
    assert verdict(function(head, loop), function(head, rare), signature).status == "mismatch"


def test_memory_is_proved_and_extra_accesses_are_not() -> None:
    signature = Signature("f", (Parameter("p", "i32", True), Parameter("x", "i32")), "i32")
    head = "(param $p i32) (param $x i32) (result i32)"
    store = "(i32.store (local.get $p) (i32.add (i32.load (local.get $p)) (local.get $x)))"
    swapped = "(local.set $x (i32.add (local.get $x) (i32.load (local.get $p)))) (i32.store (local.get $p) (local.get $x)) (local.get $x)"
    one, two = parsed(function(head, f"{store} (i32.load (local.get $p))")), parsed(function(head, swapped))
    other = parsed(function(head, f"{store} (drop (i32.load offset=4 (local.get $p))) (i32.load (local.get $p))"))
    assert proof.prove(one, two, signature).proved
    assert not proof.prove(one, other, signature).proved
    assert not proof.prove(one, parsed(function(head, "(i32.add (i32.load (local.get $p)) (local.get $x))")), signature).proved


def test_floats_and_what_the_stack_held_before_are_left_to_the_tests() -> None:
    for body in ("(i32.load (global.get 0))", "(global.set 0 (local.get $x)) (i32.const 0)", "(i32.trunc_f32_s (f32.const 1))"):
        with pytest.raises(Unsupported):
            execute(parsed(numbers(body)), list(z3.BitVecs("x y", 32)), z3.Array("m", z3.BitVecSort(32), z3.BitVecSort(8)))
    assert not proof.provable([parsed(numbers(body))])


def test_identical_text_needs_identical_callees_and_data() -> None:
    def calls(constant: int) -> Executable:
        return Executable(module(f"""(func $c (param i32) (result i32) (i32.add (local.get 0) (i32.const {constant})))
            (func (export "f") (param i32 i32) (result i32) (call $c (local.get 0)))"""), "f")  # fmt: skip

    def table(byte: str) -> Executable:
        return Executable(module(f"""(data (i32.const 70000) "\\01\\02{byte}")
            (func (export "f") (param i32 i32) (result i32) (i32.load8_u 
               (i32.add (i32.const 70000) (i32.and (local.get 0) (i32.const 1)))))"""), "f")  # fmt: skip

    assert same_text(parsed(calls(1)), parsed(calls(1))) == "same WAT"
    assert not same_text(parsed(calls(1)), parsed(calls(2)))
    assert same_text(parsed(table("\\03")), parsed(table("\\03"))) == "same WAT"
    assert not same_text(parsed(table("\\03")), parsed(table("\\04")))
    assert same_text(parsed(numbers("(i32.gt_s (local.get $x) (local.get $y))")), parsed(numbers("(i32.lt_s (local.get $y) (local.get $x))")))


def test_a_proof_never_contradicts_the_tests() -> None:
    rng = random.Random(7)
    for _ in range(60):
        bodies = [grown(rng, 2) for _ in range(2)]
        one, two = (numbers(b) for b in bodies)
        if proof.prove(parsed(one), parsed(two), NUMBERS).proved:
            pairs = np.array([(a, b) for a in EDGES for b in EDGES], np.uint64)
            runs = [target(e, NUMBERS).run(pairs, np.zeros((len(pairs), 0), np.uint8), fuel=10_000) for e in (one, two)]
            both = (runs[0].status == driver.RETURNED) & (runs[1].status == driver.RETURNED)
            assert (runs[0].results[both] == runs[1].results[both]).all()


COUNTED = """(local.set $y (i32.const 0)) (loop $l (local.set $y (i32.add (local.get $y) (i32.and (local.get $x) (i32.const 1))))
             (local.set $x (i32.shr_u (local.get $x) (i32.const 1))) {}) (local.get $y)"""


def test_a_loop_that_ends_soon_is_proved_and_one_that_may_go_on_is_not() -> None:
    short = numbers("(local.set $x (i32.and (local.get $x) (i32.const 31)))" + COUNTED.format("(br_if $l (local.get $x))"))
    long = numbers(COUNTED.format("(br_if $l (local.get $x))"))
    popcnt = "(i32.popcnt {})"
    small = parsed(numbers(popcnt.format("(i32.and (local.get $x) (i32.const 31))")))
    assert proof.prove(parsed(short), small, NUMBERS).proved
    answer = proof.prove(parsed(long), parsed(numbers(popcnt.format("(local.get $x)"))), NUMBERS)
    assert answer.bounded and not answer.proved
    found = judge(long, [numbers(popcnt.format("(local.get $x)"))], NUMBERS, thorough=True)[0]
    assert found.status == "tested" and "at most 8 iterations" in found.detail
    assert proof.prove(parsed(short), parsed(numbers(popcnt.format("(local.get $x)"))), NUMBERS).arguments is not None


def test_the_function_s_own_stack_is_modelled() -> None:
    spilled = """(local $s i32) (global.set 0 (local.tee $s (i32.sub (global.get 0) (i32.const 16))))
                 (i32.store offset=12 (local.get $s) (local.get $x)) (i32.store offset=8 (local.get $s) (local.get $y))
                 (i32.add (i32.load offset=12 (local.get $s)) (i32.load16_u offset=8 (local.get $s)))
                 (global.set 0 (i32.add (local.get $s) (i32.const 16)))"""
    kept = "(i32.add (local.get $x) (i32.and (local.get $y) (i32.const 0xffff)))"
    assert proof.prove(parsed(numbers(spilled)), parsed(numbers(kept)), NUMBERS).proved
    assert not proof.prove(parsed(numbers(spilled)), parsed(numbers(kept.replace("ffff", "7fff"))), NUMBERS).proved


def test_what_a_buffer_holds_may_be_read_even_if_the_original_does_not() -> None:
    head = "(param $p i32) (result i32)"
    lazy = function(head, "(if (result i32) (i32.load (local.get $p)) (then (i32.load offset=4 (local.get $p))) (else (i32.const 0)))")
    eager = function(head, "(local $b i32) (local.set $b (i32.load offset=4 (local.get $p)))"
                           "(select (local.get $b) (i32.const 0) (i32.load (local.get $p)))")  # fmt: skip
    two = Signature("f", (Parameter("p", "S", True, True),), "i32", (Struct("S", (("a", "i32"), ("b", "i32"))),))
    one = Signature("f", (Parameter("p", "i32", True, True),), "i32")
    assert proof.prove(parsed(lazy), parsed(eager), two).proved
    assert not proof.prove(parsed(lazy), parsed(eager), one).proved


@pytest.mark.parametrize("seed", range(20))
def test_symbolic_loops_and_the_stack_agree_with_wasmtime(seed: int) -> None:
    rng = random.Random(seed)
    step, exit_ = grown(rng, 3), grown(rng, 2)
    body = f"""(global.set 0 (local.tee $s (i32.sub (global.get 0) (i32.const 16)))) (i32.store (local.get $s) (local.get $y))
      (local.set $i (i32.and (local.get $x) (i32.const 7)))
      (block $o (loop $l
        (br_if $o (i32.eqz (local.get $i)))
        (i32.store16 offset=2 (local.get $s) (i32.add (i32.load (local.get $s)) {step}))
        (local.set $y (i32.load (local.get $s)))
        (local.set $i (i32.sub (local.get $i) (i32.const 1)))
        (br_if $l (i32.and {exit_} (i32.const 3)))))
      (global.set 0 (i32.add (local.get $s) (i32.const 16)))
      (i32.add (local.get $y) (local.get $i))"""
    executable = function("(param $x i32) (param $y i32) (result i32) (local $i i32) (local $s i32)", body)
    pairs = [(a, b) for a in (0, 1, 2, 5, 7, 0xFFFFFFFF) for b in EDGES[:6]]
    outcomes = target(executable, NUMBERS).run(np.array(pairs, np.uint64), np.zeros((len(pairs), 0), np.uint8), fuel=10_000)
    x, y = z3.BitVecs("x y", 32)
    behaviour = execute(parsed(executable), [x, y], z3.Array("m", z3.BitVecSort(32), z3.BitVecSort(8)), 8)
    for (a, b), status, result in zip(pairs, outcomes.status, outcomes.results, strict=True):
        def at(expression: z3.ExprRef, a: int = a, b: int = b) -> z3.ExprRef:
            return z3.simplify(z3.substitute(expression, (x, z3.BitVecVal(a, 32)), (y, z3.BitVecVal(b, 32))))

        assert not any(z3.is_true(at(one)) for one in behaviour.overrun)
        assert z3.is_true(at(behaviour.returns)) == (status == driver.RETURNED)
        if status == driver.RETURNED:
            assert at(behaviour.result).as_long() == result


def test_constant_tables_are_known_and_others_are_not() -> None:
    def table(body: str, name: str = "$.rodata") -> Executable:
        data = f'(data {name} (i32.const 19087360) "\\05\\06\\07\\08")'
        return Executable(module(f'{data} (func (export "f") (param $x i32) (param $y i32) (result i32) {body})'), "f")

    index = "(i32.and (local.get $x) (i32.const 3))"
    lookup = f"(i32.load8_u offset=19087360 {index})"
    added = parsed(numbers(f"(i32.add (i32.const 5) {index})"))
    assert proof.provable([parsed(table(lookup))]) and not proof.provable([parsed(table(lookup, "$.data"))])
    assert proof.prove(parsed(table(lookup)), added, NUMBERS).proved
    assert not proof.prove(added, parsed(table(lookup.replace("and", "or"))), NUMBERS).proved
    assert not proof.prove(parsed(table(lookup)), parsed(numbers(f"(i32.add (i32.const 6) {index})")), NUMBERS).proved
    written = parsed(table(f"(i32.store8 (i32.const 19087361) (local.get $y)) {lookup}"))
    assert not proof.prove(written, written, NUMBERS).proved
