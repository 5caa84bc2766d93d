"""Shapes of signatures between languages with slices and C, and the JSON and names that the command line prints."""

from __future__ import annotations

import json

import pytest

from transpile.corpus.signature import Parameter, Signature, Struct
from transpile.verify.load import entry_signature, share_length
from transpile.verify.types import STATUSES, Counterexample, Verdict

C = Signature("copy", (Parameter("dst", "i8", True, False, 2), Parameter("src", "i8", True, True, 2), Parameter("n", "i32")), "i32")
RUST = Signature(
    "copy",
    (Parameter("d", "i8", True, False, 1), Parameter("n0", "usize"), Parameter("s", "i8", True, True, 3), Parameter("n1", "usize")),
    "i32",
)


def test_an_entry_is_called_like_c_and_calls_with_slices() -> None:
    entry = entry_signature(C, RUST)
    assert [(p.type, p.pointer, p.length) for p in entry.parameters] == [("i8", True, 2), ("i8", True, 2), ("i32", False, None)]
    assert entry.wasm() == C.wasm()


def test_an_entry_keeps_the_types_of_the_inner_function() -> None:
    point = Struct("Point", (("x", "i32"),))
    called = Signature("f", (Parameter("p", "point", True), Parameter("k", "i32")), "i32", (Struct("point", (("x", "i32"),)),))
    inner = Signature("f", (Parameter("p", "Point", True), Parameter("k", "u32")), "i32", (point,))
    entry = entry_signature(called, inner)
    assert [p.type for p in entry.parameters] == ["Point", "u32"] and entry.structs == (point,)


def test_raw_pointers_with_their_lengths_stay_as_they_are() -> None:
    inner = Signature("copy", (Parameter("d", "i8", True), Parameter("s", "i8", True, True), Parameter("in", "i32")), "i32")
    assert [p.length for p in entry_signature(C, inner).parameters] == [None, None, None]


@pytest.mark.parametrize(
    "inner",
    [
        Signature("copy", (Parameter("d", "i8", True, False, 1), Parameter("n0", "usize")), "i32"),
        Signature("copy", (Parameter("d", "i8", True, False, 1), Parameter("n0", "usize"), Parameter("s", "i8", True, True)), "i32"),
        Signature("copy", (Parameter("d", "i8"), Parameter("s", "i8", True), Parameter("n", "i32")), "i32"),
    ],
    ids=["too few", "no slice", "no pointer"],
)
def test_parameters_that_do_not_correspond_are_refused(inner: Signature) -> None:
    with pytest.raises(ValueError):
        entry_signature(C, inner)


def test_one_length_can_serve_all_slices() -> None:
    shared = share_length(RUST)
    assert [(p.name, p.length) for p in shared.parameters] == [("d", 2), ("s", 2), ("n1", None)]
    assert share_length(C) == C


def test_verdicts_are_a_closed_set_and_json() -> None:
    with pytest.raises(AssertionError):
        Verdict("fine")
    assert [s for s in STATUSES if Verdict(s).verified] == ["identical", "proved", "tested"]
    found = Verdict("mismatch", 3, counterexample=Counterexample((("x", "nan"),), {"result": 1}, {"trap": "t"}, "f(nan) = 1, candidate traps"))
    assert json.loads(json.dumps(found.as_json()))["counterexample"]["arguments"] == [{"name": "x", "value": "nan"}]
