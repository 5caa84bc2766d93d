"""Exploring: what it finds keeps the vectors' invariants, is the same for the same seed, and reaches what drawing does not."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from judged_modules import ARRAY, NUMBERS, SUM, array, function

from transpile.corpus.signature import Parameter, Signature, Struct
from transpile.verify.draw import Mined
from transpile.verify.explore import Explorer
from transpile.verify.inputs import generate
from transpile.verify.instrument import instrument, mine
from transpile.verify.layout import Layout, Vectors
from transpile.verify.multibyte import SEQUENCES
from transpile.verify.reference import study, target
from transpile.verify.thin import parsed, reachable
from transpile.verify.types import Executable

RECORD = Struct("S", (("a", "u8"), ("b", "i64"), ("c", "f32"), ("d", "bool")))
SCALARS = ("i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "f32", "f64", "bool")


@st.composite
def signatures(draw: st.DrawFn) -> Signature:
    """Scalars, and pointers with and without a length, to structs too."""
    parameters: list[Parameter] = []
    for k in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["scalar", "array", "pointer", "text"]))
        if kind == "scalar":
            parameters.append(Parameter(f"p{k}", draw(st.sampled_from(SCALARS))))
        elif kind == "array":
            type_ = draw(st.sampled_from([*SCALARS, "S"]))
            parameters += [Parameter(f"p{k}", type_, True, draw(st.booleans()), len(parameters) + 1), Parameter(f"n{k}", "i32")]
        else:
            parameters.append(Parameter(f"p{k}", "i8" if kind == "text" else draw(st.sampled_from([*SCALARS, "S"])), True, draw(st.booleans())))
    return Signature("f", tuple(parameters), None, (RECORD,))


def counting(signature: Signature) -> Executable:
    """A function that branches on the low bits of its integer arguments, so that there is something to reach."""
    takes, _ = signature.wasm()
    branches = "".join(
        f"(if ({t}.eq ({t}.and (local.get {k}) ({t}.const 7)) ({t}.const {k})) (then (nop)) (else (nop)))"
        for k, t in enumerate(takes) if t[0] == "i"
    )  # fmt: skip
    return function(f"(param {' '.join(takes)})", branches)


def explored(executable: Executable, signature: Signature, seed: int) -> Vectors:
    return explore(executable, signature, seed).found()


def explore(executable: Executable, signature: Signature, seed: int, rival: Executable | None = None) -> Explorer:
    layout = Layout.of(signature)
    probes = instrument(executable, layout.stride)
    assert probes is not None
    mined = Mined(np.array([7, -3], np.int64), np.array([2.5]), np.frombuffer(b"key=", np.uint8))
    seeds = generate(layout, 24, np.random.default_rng(seed), mined)
    explorer = Explorer(target(probes.executable, signature), probes, seeds, mined, seed, capacity=64,
                        rival=rival and target(rival, signature))  # fmt: skip
    explorer.explore(300, 3)
    return explorer


@settings(max_examples=40, deadline=None)
@given(signature=signatures(), seed=st.integers(0, 1000))
def test_what_is_found_keeps_the_invariants_and_depends_on_the_seed_alone(signature: Signature, seed: int) -> None:
    found = explored(counting(signature), signature, seed)
    again = found.take(np.arange(len(found))).settle()
    for name in ("values", "home", "shift", "arenas"):
        assert (getattr(found, name) == getattr(again, name)).all()
    assert (found.offsets() + found.extents() * np.array([s.size for s in found.layout.slots], np.int64) <= found.layout.stride).all()
    repeated = explored(counting(signature), signature, seed)
    assert (found.arguments() == repeated.arguments()).all() and (found.arenas == repeated.arenas).all()


@settings(max_examples=20, deadline=None)
@given(signature=signatures(), seed=st.integers(0, 1000))
@example(signature=Signature("f", (Parameter("p0", "S", True, False, 1), Parameter("n", "i32"), Parameter("x", "i32")), None, (RECORD,)), seed=0)
def test_a_function_is_not_suspect_beside_itself(signature: Signature, seed: int) -> None:
    executable = counting(signature)
    assert not len(explore(executable, signature, seed, executable).suspects())


def accepting(doubled: int) -> Executable:
    """Whether the elements add up to a multiple of 211, one of which counts twice; an empty array traps."""
    each = f"{SUM} (if (i32.eq (i32.load (local.get $p)) (i32.const {doubled})) (then {SUM}))"
    whole = "(if (i32.eqz (local.get $n)) (then unreachable))"
    return array(each + "(local.set $s (i32.rem_u (local.get $s) (i32.const 211)))", before=whole, result="(i32.eqz (local.get $s))")


def test_what_differs_on_few_inputs_is_found_by_running_both() -> None:
    """No branch tells where the two part: the sum must be a multiple for one of them, and that with an element that only one counts twice."""
    searches = [explore(accepting(70), ARRAY, seed, accepting(71)) for seed in range(6)]
    suspects = []
    for found in searches:
        for _ in range(20):
            found.explore(512)
        suspects.append(found.suspects())
    assert sum(len(rows) > 0 for rows in suspects) >= 2
    rows = max(suspects, key=len)
    answers = [target(accepting(k), ARRAY).run(rows.arguments(), rows.arenas, fuel=1 << 20).results for k in (70, 71)]
    assert (answers[0] != answers[1]).all()
    traps = array(SUM, before="(if (i32.eq (local.get $n) (i32.const 3)) (then unreachable))")
    for pair in ((traps, array(SUM)), (array(SUM), traps)):
        rows = explore(pair[0], ARRAY, 1, pair[1]).suspects()
        assert len(rows) and (rows.values[:, 1] == 3).all()


def test_a_chain_of_conditions_is_climbed() -> None:
    key = b"zeb"
    body = "(i32.const 1)"
    for k, byte in reversed(list(enumerate(key))):
        # Each byte is compared after a multiplication, so that no constant of the code gives it away.
        scaled = f"(i32.mul (i32.load8_u offset={k} (local.get $s)) (i32.const 7))"
        body = f"(if (result i32) (i32.eq {scaled} (i32.const {7 * byte})) (then {body}) (else (i32.const 0)))"
    signature = Signature("f", (Parameter("s", "u8", True, True, 1), Parameter("n", "i32")), "i32")
    checked = f"(if (i32.lt_s (local.get $n) (i32.const 3)) (then (return (i32.const 2)))) {body}"
    executable = function("(param $s i32) (param $n i32) (result i32)", checked)
    found = [study(executable, signature, seed=seed) for seed in range(4)]
    assert sum(reference.coverage == 1.0 and 1 in reference.outcomes.results for reference in found) >= 3


def test_loops_without_end_do_not_stop_it_and_panics_are_outcomes() -> None:
    endless = "(loop $l (br_if $l (i32.eq (local.get $n) (i32.const 3))))"
    reference = study(array(SUM, before=endless), ARRAY)
    assert reference.unreached == ("f+4 br_if: taken",) and len(reference.vectors) >= 512
    panics = study(array(SUM, before="(if (i32.eq (local.get $n) (i32.const 3)) (then unreachable))"), ARRAY)
    assert panics.coverage == 1.0


def test_a_module_without_memory_is_measured_too() -> None:
    import wasmtime

    wat = '(module (func (export "f") (param i32 i32) (result i32) (if (result i32) (local.get 0) (then (local.get 1)) (else (i32.const 0)))))'
    reference = study(Executable(bytes(wasmtime.wat2wasm(wat)), "f"), NUMBERS)
    assert reference.coverage == 1.0 and reference.branches == 2


def test_what_decodes_utf8_gets_its_sequences() -> None:
    """A surrogate is three right bytes in a row; code that knows their bounds gets them, and code with other numbers does not."""
    first, second = (f"(i32.load8_u offset={k} (local.get $a))" for k in (0, 1))
    surrogate = f"(i32.and (i32.eq {first} (i32.const 237)) (i32.lt_u (i32.sub {second} (i32.const 160)) (i32.const 32)))"
    scripts = []
    for other in (128, 7):
        body = f"(if (result i32) (local.get $n) (then {surrogate}) (else (i32.const {other})))"
        one = function("(param $a i32) (param $n i32) (result i32)", body)
        scripts.append(bytes(mine(reachable(parsed(one.wasm), "f")).script))
    assert [SEQUENCES in script for script in scripts] == [True, False]
