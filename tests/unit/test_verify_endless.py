"""What never ends is a mismatch, what is slow is none, and what can't be told is said to be that."""

from __future__ import annotations

import pytest
import wasmtime
from judged_modules import ARRAY, SUM, array, function, module

from transpile.corpus.signature import Parameter, Signature
from transpile.verify.endless import repeats
from transpile.verify.interpret import Beyond, Machine, Trapped
from transpile.verify.judge import MAY_END, judge
from transpile.verify.layout import Layout, Vectors
from transpile.verify.reference import target
from transpile.verify.thin import parsed
from transpile.verify.types import Executable, Verdict

HEAD = "(param $x i32) (result i32) (local $n i32) (local $s i32)"
NUMBER, NARROW = (Signature("f", (Parameter("x", type_),), "i32") for type_ in ("i32", "i16"))
SAME = function(HEAD, "(local.get $x)")


def loop(condition: str, each: str) -> Executable:
    return function(HEAD, f"(block $o (loop $l (br_if $o {condition}) {each} (br $l))) (local.get $x)")


def step(amount: int) -> str:
    return f"(local.set $n (i32.add (local.get $n) (i32.const {amount})))"


def found(candidate: Executable, signature: Signature, original: Executable = SAME) -> Verdict:
    return judge(original, [candidate], signature, normal_form=None)[0]


FORGOTTEN = function(
    "(param $a i32) (param $n i32) (result i32) (local $s i32) (local $i i32)",
    """(block $o (loop $l (br_if $o (i32.ge_s (local.get $i) (local.get $n)))
         (local.set $s (i32.add (local.get $s) (i32.load (local.get $a)))) (br $l))) (local.get $s)""",
)


@pytest.mark.parametrize(
    ("candidate", "signature", "original"),
    [
        (FORGOTTEN, ARRAY, array(SUM)),
        (loop("(i32.ge_s (local.get $n) (local.get $x))", step(0)), NUMBER, SAME),
        (loop("(i32.ge_s (local.get $n) (local.get $x))", step(-1)), NUMBER, SAME),
        (loop("(i32.eq (local.get $n) (local.get $x))", step(2)), NUMBER, SAME),
    ],
    ids=["no increment", "increment of 0", "the other way", "past the end"],
)
def test_loops_that_do_not_end_are_mismatches(candidate: Executable, signature: Signature, original: Executable) -> None:
    verdict = found(candidate, signature, original)
    assert verdict.status == "mismatch" and "does not end" in verdict.evidence


def test_what_counts_up_to_numbers_out_of_reach_is_no_mismatch() -> None:
    """A loop that the original's compiler made a formula of: for -1 it takes four billion rounds, for 32,767 some hundred thousand steps."""
    count = loop("(i32.ge_u (local.get $n) (local.get $x))", step(1))
    verdict = found(count, NARROW)
    assert verdict.status == "inconclusive" and verdict.evidence == MAY_END and "f(-1) does not end" in verdict.detail and verdict.inputs > 500
    wrong = function(HEAD, f"""(block $o (loop $l (br_if $o (i32.ge_u (local.get $n) (local.get $x))) {step(1)} (br $l)))
                               (i32.sub (local.get $n) (i32.gt_s (local.get $x) (i32.const 20000)))""")  # fmt: skip
    assert found(wrong, NARROW).status == "mismatch", "what it does on the others counts"


def circles(body: str, x: int = 1, *, strict: bool = False, more: str = "") -> bool:
    wasm = module(f'{more} (func (export "f") {HEAD} {body} (local.get $s))')
    vectors = Vectors.blank(Layout.of(NUMBER), 1)
    vectors.values[0, 0] = x
    return repeats(target(Executable(wasm, "f"), NUMBER), vectors, strict=strict)


GROW = "(local.set $s (i32.add (local.get $s) (i32.const 3)))"


@pytest.mark.parametrize(
    "body",
    [
        f"(loop $l {GROW} (br_if $l (local.get $x)))",
        f"(loop $l {GROW} (i32.store (i32.const 900) (local.get $s)) (br_if $l (i32.load (i32.const 904))) (br_if $l (local.get $x)))",
        f"(loop $l {GROW} (local.set $n (i32.xor (local.get $n) (i32.const 7))) (br_if $l (i32.add (local.get $x) (local.get $n))))",
        f"""(loop $l {GROW} (i32.store8 (i32.const 9) (i32.xor (i32.load8_u (i32.const 9)) (i32.const 7)))
            (br_if $l (i32.lt_u (i32.load (i32.const 9)) (i32.const 8))))""",
        f"(loop $l {GROW} (br_if $l (call $same (local.get $x))))",
        f"(loop $l {GROW} (local.set $n (i32.const 0)) (loop $m {step(1)} (br_if $m (i32.lt_u (local.get $n) (i32.const 9)))) (br $l))",
        "(loop $l (local.set $s (i32.div_u (i32.const 99) (i32.sub (local.get $s) (i32.const 5)))) (br $l))",
    ],
    ids=["a number that grows", "memory that grows", "two states", "memory of two states", "a call", "a loop within", "what could trap"],
)
def test_a_circle_is_seen_whatever_else_changes(body: str) -> None:
    assert circles(body, more="(func $same (param i32) (result i32) (select (local.get 0) (i32.const 0) (f64.lt (f64.const 0.5) (f64.const 1))))")


@pytest.mark.parametrize(
    "body",
    [
        f"(loop $l {step(1)} (br_if $l (i32.lt_u (local.get $n) (i32.const 1000000))))",
        f"(loop $l {step(1)} (i32.store (i32.const 900) (local.get $n)) (br_if $l (i32.lt_u (i32.load (i32.const 900)) (i32.const 1000000))))",
        # What is stored ever further comes to where the loop looks.
        f"(local.set $n (i32.const 1024)) (loop $l {step(1)} (i32.store8 (local.get $n) (i32.const 1)) (br_if $l (i32.eqz (i32.load8_u (i32.const 60000)))))",
        "(local.set $n (i32.const 3)) (loop $l (local.set $n (i32.mul (local.get $n) (i32.const 5))) (br_if $l (i32.ne (local.get $n) (i32.const 7))))",
        "(loop $l (br_if $l (i32.const 0)))",
    ],
    ids=["a counter", "a counter in memory", "stores that come nearer", "powers", "no loop"],
)
def test_what_only_takes_long_is_no_circle(body: str) -> None:
    assert not circles(body)


def test_what_could_trap_is_no_circle_where_a_trap_would_be_right() -> None:
    divide = f"(loop $l {GROW} (drop (i32.div_u (i32.const 1) (local.get $s))) (br $l))"
    assert circles(divide) and not circles(divide, strict=True)


STEPS = """
  (func $twice (param i64) (result i64) (i64.mul (local.get 0) (i64.const 2)))
  (table 3 funcref) (elem (i32.const 1) $twice)
  (func (export "f") (param $x i32) (local $k i32) (local $p i32)
    (local.set $p (i32.const 4096))
    (block $end (loop $next
      (br_if $end (i32.ge_u (local.get $k) (i32.const 40)))
      (block $c (block $b (block $a (br_table $a $b $c (i32.rem_u (local.get $k) (i32.const 4))))
        (i64.store offset=8 (local.get $p) (call_indirect (param i64) (result i64) (i64.extend_i32_s (local.get $x)) (i32.const 1))) (br $c))
        (f32.store (local.get $p) (f32.div (f32.convert_i32_s (local.get $x)) (f32.convert_i32_u (local.get $k)))))
      (if (i32.and (local.get $k) (i32.const 1))
        (then (i32.store16 (local.get $p) (i32.rotl (local.get $x) (local.get $k))))
        (else (i64.store (local.get $p) (i64.shr_s (i64.extend32_s (i64.extend_i32_u (local.get $x))) (i64.const 3)))))
      (i32.store8 offset=20 (local.get $p) (i32.load16_s (local.get $p)))
      (i32.store offset=24 (local.get $p) (i32.trunc_sat_f64_s (f64.sqrt (f64.convert_i32_u (local.get $x)))))
      (i64.store offset=32 (local.get $p) (i64.sub (i64.rem_s (i64.const -77) (i64.load8_s offset=20 (local.get $p))) (i64.clz (i64.load (local.get $p)))))
      (i32.store offset=40 (local.get $p) (select (i32.lt_s (local.get $x) (local.get $k)) (i32.ge_u (local.get $x) (local.get $k)) (i32.eqz (local.get $x))))
      (memory.copy (i32.add (local.get $p) (i32.const 44)) (local.get $p) (i32.const 4))
      (local.set $x (i32.shr_s (i32.sub (i32.mul (local.get $x) (i32.const -5)) (i32.const 1)) (i32.const 1)))
      (local.set $p (i32.add (local.get $p) (i32.const 64)))
      (local.set $k (i32.add (local.get $k) (i32.const 1)))
      (br $next))))"""


@pytest.mark.parametrize("x", [5, 0x7FFFFFFF, 0x80000001])
def test_steps_are_those_of_wasm(x: int) -> None:
    wasm = module(STEPS)
    store = wasmtime.Store()
    exports = wasmtime.Instance(store, wasmtime.Module(store.engine, wasm), []).exports(store)
    machine = Machine(parsed(wasm), "f", [x], exports["memory"].read(store), [1024, 1024], strict=False)
    try:
        while not machine.run(10_000):
            machine.mark()  # changes nothing
        ended = True
    except Trapped:
        ended = False
    try:
        exports["f"](store, x - (x >> 31 << 32))
        assert ended
    except wasmtime.Trap:
        assert not ended
    assert machine.memory == exports["memory"].read(store) and any(machine.memory[4096:])


def test_what_is_not_followed_is_said() -> None:
    wasm = bytes(wasmtime.wat2wasm('(module (import "m" "g" (func)) (func (export "f") (call 0)))'))
    with pytest.raises(Beyond):
        Machine(parsed(wasm), "f", [], bytearray(), [], strict=False).run(10)


@pytest.mark.parametrize(("rounds", "status"), [(400_000, "tested"), (0, "mismatch")])
def test_what_is_slow_after_other_calls_is_no_mismatch_and_what_never_ends_then_is_one(rounds: int, status: str) -> None:
    """It takes long, or never ends, only where the same argument comes twice in a row, which no reference has."""
    total = "(i32.store (i32.const 70000) (i32.add (i32.load (i32.const 70000)) (local.get $x)))"
    remember = "(i32.store (i32.const 70004) (local.get $x)) (i32.load (i32.const 70000))"
    last = f"(i32.eq (local.get $n) (i32.const {rounds}))" if rounds else "(i32.const 0)"
    waits = f"""(if (i32.eq (i32.load (i32.const 70004)) (local.get $x))
        (then (block $o (loop $l {step(1)} (i32.store (i32.const 70008) (local.get $n)) (br_if $o {last}) (br $l)))))"""
    data = '(data (i32.const 70000) "\\00\\00\\00\\00\\ef\\be\\ad\\de\\00\\00\\00\\00")'
    original, candidate = (Executable(module(f'{data} (func (export "f") {HEAD} {body} {remember})'), "f") for body in (total, total + waits))
    verdict = found(candidate, NUMBER, original)
    assert verdict.status == status and ("does not end" in verdict.evidence) == (status == "mismatch"), verdict
