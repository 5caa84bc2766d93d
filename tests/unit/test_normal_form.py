"""The normal form: its rules as pairs that must meet, pairs that must not, and behaviour kept on random programs run before and after."""

from __future__ import annotations

import os
import random
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wasm_programs import CALLEES, GLOBALS, ProgramMaker, Runner

from transpile.corpus.signature import Parameter, Signature
from transpile.corpus.wasm.wat import normalize, parameter_bounds

KNOWN = {"callees": CALLEES, "globals": [kind for kind, _, _ in GLOBALS]}
P, Q, R = "local.get p0", "local.get p1", "local.get p2"
HEAD = "func i32 i32 i32 -> i32"


def normal(body: str, head: str = HEAD, **more: object) -> str:
    return normalize(f"{head} ; {body} end", **{**KNOWN, **more})  # type: ignore[arg-type]


SAME = {
    "commutative": (f"{P} {Q} i32.add", f"{Q} {P} i32.add"),
    "commutative loads": (f"{P} i32.load {Q} i32.load i32.xor", f"{Q} i32.load {P} i32.load i32.xor"),
    "associative": (f"{P} {Q} i32.mul {R} i32.mul", f"{Q} {R} i32.mul {P} i32.mul"),
    "minus is plus": (f"{P} i32.const 5 i32.sub", f"{P} i32.const -5 i32.add"),
    "shift is product": (f"{P} i32.const 3 i32.shl", f"{P} i32.const 8 i32.mul"),
    "twice": (f"{P} {P} i32.add", f"{P} i32.const 1 i32.shl"),
    "distributive": (f"{P} i32.const 1 i32.add i32.const 4 i32.mul", f"{P} i32.const 2 i32.shl i32.const 4 i32.add"),
    "complement": (f"{P} i32.const -1 i32.xor", f"i32.const -1 {P} i32.sub"),
    "sign bit": (f"{P} i32.const 0x80000000 i32.xor", f"{P} i32.const 0x80000000 i32.add"),
    "greater": (f"{P} {Q} i32.gt_s", f"{Q} {P} i32.lt_s"),
    "at least": (f"{P} {Q} i32.ge_u", f"{P} {Q} i32.lt_u i32.eqz"),
    "at most a constant": (f"{P} i32.const 4 i32.le_s", f"{P} i32.const 5 i32.lt_s"),
    "above a constant": (f"i32.const 4 {P} i32.lt_u", f"{P} i32.const 5 i32.ge_u"),
    "below one": (f"{P} i32.const 1 i32.lt_u", f"{P} i32.eqz"),
    "equal to zero": (f"{P} i32.const 0 i32.eq", f"{P} i32.eqz"),
    "equal": (f"{P} {Q} i32.eq", f"{Q} {P} i32.sub i32.eqz"),
    "different": (f"{P} {Q} i32.ne", f"{P} {Q} i32.xor i32.eqz i32.eqz"),
    "sign": (f"{P} i32.const 31 i32.shr_u", f"{P} i32.const 0 i32.lt_s"),
    "truth and": (f"{P} i32.eqz {Q} i32.eqz i32.and", f"{P} {Q} i32.or i32.eqz"),
    "masked truth": (f"{P} i32.eqz i32.const 1 i32.and", f"{P} i32.eqz"),
    "inverted truth": (f"{P} i32.eqz i32.const 1 i32.xor", f"{P} i32.const 0 i32.ne"),
    "inverted select": (f"{P} {Q} {R} i32.eqz select", f"{Q} {P} {R} select"),
    "minimum": (f"{P} {Q} {P} {Q} i32.lt_s select", f"{Q} {P} {P} {Q} i32.gt_s select"),
    "minimum with equality": (f"{P} {Q} {P} {Q} i32.le_u select", f"{Q} {P} {Q} {P} i32.lt_u select"),
    "minimum of a constant": (f"{P} i32.const 7 {P} i32.const 7 i32.lt_s select", f"i32.const 7 {P} {P} i32.const 7 i32.gt_s select"),
    "or nothing": (f"{P} i32.const 0 {P} select", P),
    "loaded bytes": (f"{P} i32.load8_u i32.const 255 i32.and", f"{P} i32.load8_u"),
    "stored bytes": (f"{P} {Q} i32.const 255 i32.and i32.store8 {Q}", f"{P} {Q} i32.store8 {Q}"),
    "unsigned quotient": (f"{P} i32.load8_u i32.const 7 i32.div_s", f"{P} i32.load8_u i32.const 7 i32.div_u"),
    "constant address": ("i32.const 0 i32.load d0 4", "i32.const d0 4 i32.load"),
    "narrowed": (f"{P} i64.extend_i32_s i64.const 3 i64.add i32.wrap_i64", f"{P} i32.const 3 i32.add"),
    "float order": (
        f"{P} f64.convert_i32_s {Q} f64.convert_i32_u f64.gt",
        f"{Q} f64.convert_i32_u {P} f64.convert_i32_s f64.lt",
    ),
    "tee": (f"{P} i32.const 1 i32.add local.tee p0 {P} i32.mul", f"{P} i32.const 1 i32.add local.set p0 {P} {P} i32.mul"),
    "return": (f"{P} return", P),
    "branch out": (f"{P} br func", P),
    "if or branch": (
        f"block l0 {P} br_if l0 {Q} {R} i32.store end {Q}",
        f"{P} i32.eqz if l0 {Q} {R} i32.store end {Q}",
    ),
    "result or local": (f"{P} if l0 i32 {Q} else {R} end", f"{P} if l0 {Q} local.set p2 end {R}"),
    "if or select": (f"{P} if l0 i32 {Q} else {R} end", f"{Q} {R} {P} select"),
    "two exits": (f"{P} if l0 {Q} return end {R}", f"{P} i32.eqz if l0 {R} return end {Q}"),
    "both conditions": (
        f"block l0 {P} br_if l0 {Q} br_if l0 {R} {R} i32.store end {R}",
        f"{P} {Q} i32.or i32.eqz if l0 {R} {R} i32.store end {R}",
    ),
    "small switch": (
        f"block l0 block l1 {P} br_table l1 l0 l0 ; end {Q} {R} i32.store end {R}",
        f"{P} i32.eqz if l0 {Q} {R} i32.store end {R}",
    ),
    "dead ends": (f"{P} return i32.const 5 drop unreachable", f"block l0 i32 {P} br l0 i32.const 1 drop end"),
    "value kept over a store": (f"{P} {Q} {R} i32.store", f"{Q} {R} i32.store {P}"),
    "division by a constant": (f"{P} i32.const 7 i32.div_u {Q} i32.load i32.add", f"{Q} i32.load {P} i32.const 7 i32.div_u i32.add"),
}  # fmt: skip

DIFFERENT = {
    "signedness": (f"{P} {Q} i32.lt_s", f"{P} {Q} i32.lt_u"),
    "off by one": (f"{P} i32.const 4 i32.lt_s", f"{P} i32.const 4 i32.le_s"),
    "largest constant": (f"{P} i32.const 0x7fffffff i32.le_s", f"{P} i32.const 0x80000000 i32.lt_s"),
    "operands of minus": (f"{P} {Q} i32.sub", f"{Q} {P} i32.sub"),
    "load before store": (f"{P} i32.load {Q} {R} i32.store", f"{Q} {R} i32.store {P} i32.load"),
    "two stores": (f"{P} {R} i32.store {Q} {R} i32.store i32.const 0", f"{Q} {R} i32.store {P} {R} i32.store i32.const 0"),
    "two calls": (f"{P} call c0 {Q} call c0 i32.sub", f"{Q} call c0 {P} call c0 i32.sub"),
    "call and load": (f"{P} call c0 {Q} i32.load i32.add", f"{Q} i32.load {P} call c0 i32.add"),
    "kinds of traps": (f"{P} i32.load {Q} {R} i32.div_u i32.add", f"{Q} {R} i32.div_u {P} i32.load i32.add"),
    "trap and store": (f"{P} {Q} i32.div_u {P} {R} i32.store", f"{P} {R} i32.store {P} {Q} i32.div_u"),
    "a load that may trap": (f"{P} i32.load drop {Q}", Q),
    "a division that may trap": (f"{P} {R} i32.div_s drop {Q}", Q),
    "wrapping address": (f"{P} i32.const 8 i32.add i32.load", f"{P} i32.load 8"),
    "wide masks": (f"{P} i32.load16_u i32.const 255 i32.and", f"{P} i32.load16_u"),
    "float minus": (f"{P} f64.convert_i32_s {Q} f64.convert_i32_s f64.sub f64.const 0.0 f64.lt", f"{P} {Q} i32.lt_s"),
    "float at least": (
        f"{P} f32.reinterpret_i32 {Q} f32.reinterpret_i32 f32.ge",
        f"{P} f32.reinterpret_i32 {Q} f32.reinterpret_i32 f32.lt i32.eqz",
    ),
    "minimum of floats": (
        f"{P} f32.reinterpret_i32 local.tee v0 {Q} f32.reinterpret_i32 local.tee v1 local.get v0 local.get v1 f32.lt select "
        "i32.reinterpret_f32",
        f"{Q} f32.reinterpret_i32 local.tee v1 {P} f32.reinterpret_i32 local.tee v0 local.get v1 local.get v0 f32.lt select "
        "i32.reinterpret_f32",
    ),
    "endless": (f"loop l0 br l0 end {P}", P),
    "sign extension": (
        f"{P} i64.extend_i32_s i64.const 32 i64.shr_u i32.wrap_i64",
        f"{P} i64.extend_i32_u i64.const 32 i64.shr_u i32.wrap_i64",
    ),
    "callees": (f"{P} call c0", f"{P} i64.const 0 call c1 {P}"),
    "globals": ("global.get g0", "global.get sp"),
    "data": ("i32.const d0 4 i32.load", "i32.const d1 4 i32.load"),
    "swapped phis": (
        f"loop l0 {P} local.set v2 {Q} local.set p0 local.get v2 local.set p1 {R} i32.const 1 i32.sub local.tee p2 br_if l0 end {P}",
        f"loop l0 {Q} local.set p0 {P} local.set p1 {R} i32.const 1 i32.sub local.tee p2 br_if l0 end {P}",
    ),
}  # fmt: skip
FLOATS = f"{HEAD} local f32 f32 i32"


@pytest.mark.parametrize("pair", SAME.values(), ids=list(SAME))
def test_equal_functions_meet(pair: tuple[str, str]) -> None:
    assert normal(pair[0]) == normal(pair[1])


@pytest.mark.parametrize("pair", DIFFERENT.values(), ids=list(DIFFERENT))
def test_different_functions_do_not(pair: tuple[str, str]) -> None:
    assert normal(pair[0], FLOATS) != normal(pair[1], FLOATS)


def test_names_of_locals_and_layout_do_not_matter() -> None:
    one = (
        f"i32.const 0 local.set v0 block l0 {Q} i32.eqz br_if l0 loop l1 {P} i32.load local.get v0 i32.add local.set v0 "
        f"{P} i32.const 4 i32.add local.set p0 {Q} i32.const -1 i32.add local.tee p1 br_if l1 end end local.get v0"
    )
    other = (
        f"{Q} if l0 i32.const 0 local.set v3 loop l1 local.get v3 {P} i32.load i32.add local.set v3 {Q} i32.const 1 i32.sub local.set v1 "
        f"{P} i32.const 4 i32.add local.set p0 local.get v1 local.tee p1 if l2 br l1 end end local.get v3 return else end i32.const 0"
    )
    assert normal(one, f"{HEAD} local i32") == normal(other, f"{HEAD} local i64 i32 i32 i32".replace("i64", "i32"))


def test_bounds_make_lengths_unsigned() -> None:
    signature = Signature(
        "f", (Parameter("a", "i32", pointer=True, length=1), Parameter("n", "i32"), Parameter("flag", "bool"), Parameter("c", "u8")), "i32"
    )
    bounds = parameter_bounds(signature)
    assert set(bounds) == {1, 2, 3} and (bounds[2], bounds[3]) == (1, 255)
    assert normal(f"{Q} i32.const 1 i32.lt_s", bounds=bounds) == normal(f"{Q} i32.eqz", bounds=bounds)
    assert normal(f"{R} i32.const 1 i32.and", bounds=bounds) == normal(R, bounds=bounds)
    assert normal(f"{Q} i32.const 1 i32.lt_s") != normal(f"{Q} i32.eqz")


def test_truth_values_of_64_bits_stay_64_bits_wide(runner: Runner) -> None:
    """A random program found this: `x ^ 1` of an i64 that is 0 or 1 is no eqz, whose result is an i32."""
    text = "func i32 i64 -> i64 ; local.get p1 i64.const 63 i64.shr_u i64.const 1 i64.xor end"
    assert runner.agree(text, normalize(text), [(0, 5), (0, -5)])


def test_unknown_types_leave_the_text_alone() -> None:
    for body in ("i32.const 1 call c0", "global.get g0"):
        text = f"{HEAD} ; {body} end"
        assert normalize(text) == text
        assert normalize(text, **KNOWN) != text or body.startswith("global")  # type: ignore[arg-type]


def test_it_is_the_same_in_every_process() -> None:
    """Nothing may hang on the order of a set or on hash randomization."""
    program = "from wasm_programs import *\nfrom transpile.corpus.wasm.wat import normalize\nimport random\n" + (
        "for seed in range(12): print(normalize(ProgramMaker(random.Random(seed).randrange).text(), callees=CALLEES, "
        "globals=[g[0] for g in GLOBALS]))"
    )
    outputs = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.path.dirname(__file__)}
        outputs.add(subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True).stdout)
    assert len(outputs) == 1


def test_it_is_stable() -> None:
    """The normal form of a normal form is itself, for nearly all random programs."""
    changed = 0
    for seed in range(100):
        once = normalize(ProgramMaker(random.Random(seed).randrange).text(), **KNOWN)  # type: ignore[arg-type]
        changed += normalize(once, **KNOWN) != once  # type: ignore[arg-type]
    assert changed <= 2


def test_deep_and_long_texts_are_survived() -> None:
    deep = normal(f"{P} " + f"{P} i32.rotl " * 3000)
    assert deep.startswith(HEAD)
    wide = normal(f"{P} " + "".join(f"{Q} i32.load {4 * i} i32.add " for i in range(600)))
    assert wide.count("i32.load") == 600


VECTORS = [
    (0, 0, 0, 0.0), (1, 2, 3, 1.5), (-1, -1, -1, -2.5), (2**31 - 1, -(2**31), 2**63 - 1, 1e300),
    (200, 7, -(2**63), float("nan")), (5, 100, 1 << 40, float("inf")),
]  # fmt: skip


@pytest.fixture(scope="module")
def runner() -> Runner:
    return Runner()


LOOPS = {
    "of four bytes each": (
        f"{Q} i32.const 7 i32.and local.tee v0 if l0 {P} local.set v1 loop l1 {R} local.get v1 i32.add local.set p2 local.get v1 i32.const 4 "
        f"i32.add local.tee v1 {P} local.get v0 i32.const 4 i32.mul i32.add i32.ne br_if l1 end end {R}"
    ),
    "without a guard": (
        f"{Q} i32.const 7 i32.and i32.const 29 i32.shl local.set v0 loop l0 {R} i32.const 1 i32.add local.set p2 local.get v0 "
        f"i32.const 0x20000000 i32.sub local.tee v0 br_if l0 end {R}"
    ),
    "to an end that moves": (
        "i32.const 0 i32.const 1 i32.store8 block l0 loop l1 i32.const 0 i32.load8_u i32.const 7 i32.and local.get v0 i32.sub i32.const 29 "
        "i32.shl i32.eqz br_if l0 i32.const 0 i32.const 0 i32.store8 local.get v0 i32.const 1 i32.add local.set v0 br l1 end end local.get v0"
    ),
    "with a way around the test": (
        f"block l0 loop l1 local.get v0 i32.const 1 i32.add local.tee v0 i32.const 8 i32.lt_u br_if l1 i32.const 0 {P} i32.store {Q} i32.const 7 "
        "i32.and i32.const 1 i32.add local.get v0 i32.sub i32.const 29 i32.shl i32.eqz br_if l0 br l1 end end local.get v0"
    ),
    "entered twice": (
        f"{Q} i32.const 3 i32.and if l0 i32.const 40 local.set v0 else {P} local.set v0 end loop l1 {R} local.get v0 i32.xor local.set p2 "
        f"local.get v0 i32.const 8 i32.add local.tee v0 i32.const 200 i32.lt_u br_if l1 end {R} local.get v0 i32.add"
    ),
    "in 64 bits": (
        f"loop l0 {R} local.get v1 i32.wrap_i64 local.get v0 i32.mul i32.add local.set p2 local.get v1 i64.const 3 i64.add local.set v1 "
        f"local.get v0 i32.const 5 i32.sub local.tee v0 i32.const -100 i32.gt_s br_if l0 end {R}".replace("v1", "v2")
    ),
    "nested": (
        f"loop l0 {Q} i32.const 3 i32.and i32.const 1 i32.add local.set v1 loop l1 {R} local.get v3 i32.add local.set p2 local.get v3 "
        "i32.const 12 i32.add local.set v3 local.get v1 i32.const -1 i32.add local.tee v1 br_if l1 end local.get v0 i32.const 2 i32.add "
        f"local.tee v0 i32.const 10 i32.ne br_if l0 end {R}"
    ),
}


@pytest.mark.parametrize("body", LOOPS.values(), ids=list(LOOPS))
def test_loops_keep_their_number_of_iterations(runner: Runner, body: str) -> None:
    text = f"func i32 i32 i32 -> i32 local i32 i32 i64 i32 ; {body} end"
    vectors = [(a, b, c) for a in (0, 5, 64) for b in (0, 1, 2, 3, 7, 250) for c in (0, 9)]
    assert "fuel" not in runner.run(text, vectors, 20_000)
    assert runner.agree(text, normalize(text), vectors)


def test_walks_over_elements_of_any_size_meet() -> None:
    forms = set()
    for size, step, load in ((1, "p0", "i32.load8_u"), (4, "v1", "i32.load8_u"), (1, "v1", "i32.load8_u")):
        moving = "p0" if step == "p0" else "v1"
        start = "" if moving == "p0" else f"{Q} i32.const {size} i32.mul local.set v1"
        go = f"{Q} i32.const -1 i32.add local.tee p1" if moving == "p0" else f"local.get v1 i32.const -{size} i32.add local.tee v1"
        body = (
            f"{Q} if l0 {start} loop l1 local.get v0 {P} {load} i32.add local.set v0 {P} i32.const 1 i32.add local.set p0 {go} br_if l1 end end "
            "local.get v0"
        )
        forms.add(normal(body.replace("  ", " "), f"{HEAD} local i32 i32", bounds={1: 0x3FFFFFFF}))
    assert len(forms) == 1


@settings(max_examples=80, deadline=None)
@given(rng=st.randoms(use_true_random=False))
def test_behaviour_is_kept(runner: Runner, rng: random.Random) -> None:
    text = ProgramMaker(rng.randrange).text()
    form = normalize(text, **KNOWN)  # type: ignore[arg-type]
    assert form != text
    assert runner.agree(text, form, VECTORS)


@settings(max_examples=30, deadline=None)
@given(rng=st.randoms(use_true_random=False))
def test_behaviour_is_kept_within_bounds(runner: Runner, rng: random.Random) -> None:
    text = ProgramMaker(rng.randrange).text()
    form = normalize(text, **KNOWN, bounds={0: 1, 1: 0x7FFFFFFF})  # type: ignore[arg-type]
    vectors = [(0, 5, -1, 0.5), (1, 0, 4, -1.0), (1, 2**31 - 1, 2**40, 2.0), (0, 64, 0, 0.0)]
    assert runner.agree(text, form, vectors)
