"""Functions that share variables: who they are, and that being right alone is not enough."""

from __future__ import annotations

import wasmtime
from judged_modules import NUMBERS, array, numbers

from transpile.corpus.signature import Parameter, Signature
from transpile.verify.judge import Jury
from transpile.verify.reference import study, target
from transpile.verify.shared import groups, hidden, variables
from transpile.verify.together import calls, dispatcher, judge_together
from transpile.verify.types import Executable

SET = Signature("put", (Parameter("value", "i32"),))
GET = Signature("get", (), "i32")
HALF = Signature("half", (Parameter("x", "f32"),), "f32")
SIGNATURES = {"put": SET, "get": GET, "half": HALF}


STORE, LOAD, SEVEN = "(i32.store (i32.const 2048) (local.get 0))", "(i32.load (i32.const 2048))", "\\07\\00\\00\\00"


def module(put: str = STORE, get: str = LOAD, start: str = SEVEN) -> dict[str, Executable]:
    wasm = bytes(wasmtime.wat2wasm(f"""(module (memory (export "memory") 2)
      (global (export "__stack_pointer") (mut i32) (i32.const 1024)) (global (export "__heap_base") i32 (i32.const 4096))
      (data (i32.const 2048) "{start}")
      (func (export "put") (param i32) {put}) (func (export "get") (result i32) {get})
      (func (export "half") (param f32) (result f32) (f32.mul (local.get 0) (f32.const 0.5))))"""))
    return {name: Executable(wasm, name) for name in SIGNATURES}


def test_variables_and_those_who_share_them() -> None:
    one = module()
    assert {name: (set(variables(e).sets), set(variables(e).reads)) for name, e in one.items()} == {
        "put": ({"data"}, set()), "get": (set(), {"data"}), "half": (set(), set()),
    }  # fmt: skip
    assert hidden(one["put"]) == ("data",) and hidden(one["get"]) == ()
    assert groups(one) == [["put", "get"]]


def test_a_setter_alone_is_inconclusive_even_with_the_same_text() -> None:
    one = module()
    verdict = Jury(one["put"], SET).judge(one["put"])
    assert verdict.status == "inconclusive" and "only other functions read" in verdict.evidence
    assert Jury(one["put"], SET, alone=False).judge(one["put"]).verified
    assert Jury(one["get"], GET).judge(one["get"]).status == "identical"


def test_called_in_turn_right_ones_pass_and_wrong_ones_are_shown() -> None:
    right = module()
    assert judge_together(right, module(), SIGNATURES).status == "tested"
    doubled = module(put="(i32.store (i32.const 2048) (i32.shl (local.get 0) (i32.const 1)))")
    found = judge_together(right, doubled, SIGNATURES)
    assert found.status == "mismatch" and found.counterexample is not None
    assert found.counterexample.text.startswith("get() = ") and "(after put(" in found.counterexample.text
    lost = module(put="")
    assert judge_together(right, lost, SIGNATURES).status == "mismatch"
    other_start = judge_together(right, module(start="\\08\\00\\00\\00"), SIGNATURES)
    assert other_start.status == "mismatch" and other_start.evidence == "get() = 7, candidate 8"


def test_the_dispatcher_gives_every_result_as_bits() -> None:
    both = dispatcher(module(), SIGNATURES)
    store = wasmtime.Store()
    run = wasmtime.Instance(store, wasmtime.Module(store.engine, both.wasm), []).exports(store)[both.export]
    assert calls(SIGNATURES).wasm() == (("i32", "i32", "f32"), ("i64",))
    assert run(store, 0, 99, 0.0) == 0 and run(store, 1, 0, 0.0) == 99
    assert run(store, 2, 0, 3.0) == 0x3FC00000 and run(store, 2, 0, float("nan")) == 0x7FC00000
    assert run(store, 4, 0, 0.0) == 99  # the number counts round


def test_what_cannot_be_called_in_turn_says_so() -> None:
    pointers = Signature("f", (Parameter("p", "*i32", pointer=True),))
    assert judge_together({}, {}, {"f": pointers}).status == "inconclusive"
    one = numbers("(i32.add (local.get $x) (local.get $y))")
    other = array("")
    assert judge_together({"f": one}, {"f": other}, {"f": NUMBERS}).status == "mismatch"


def test_a_pot_of_fuel_that_runs_out_does_not_call_a_function_twice() -> None:
    """A count that is stored before a loop: what is begun, cut off for want of fuel and begun again must count once."""
    wasm = bytes(wasmtime.wat2wasm("""(module (memory (export "memory") 2)
      (global (export "__stack_pointer") (mut i32) (i32.const 1024)) (global (export "__heap_base") i32 (i32.const 4096))
      (data (i32.const 2048) "\\00\\00\\00\\00")
      (func (export "f") (param i32) (result i32) (local i32)
        (i32.store (i32.const 2048) (i32.add (i32.load (i32.const 2048)) (i32.const 1)))
        (loop $again (br_if $again (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (i32.const 500))))
        (i32.load (i32.const 2048))))"""))
    signature = Signature("f", (Parameter("x", "i32"),), "i32")
    reference = study(Executable(wasm, "f"), signature, inputs=2048)
    assert list(reference.outcomes.results) == list(range(1, len(reference.vectors) + 1))
    whole = target(Executable(wasm, "f"), signature).run(reference.vectors.arguments(), reference.vectors.arenas, fuel=1 << 40)
    assert (whole.results == reference.outcomes.results).all()
