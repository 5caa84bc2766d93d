"""Wide types: what vectors hold, that pointers go through the driver unchanged, how values are shown."""

from __future__ import annotations

import numpy as np
import pytest
import wasmtime
from judged_modules import module

from transpile.corpus.errors import TranspileError
from transpile.corpus.signature import Parameter, Signature, Struct
from transpile.verify import callbacks, driver, policy
from transpile.verify.draw import Mined
from transpile.verify.fuzz import Fuzzer
from transpile.verify.inputs import generate, mutate
from transpile.verify.judge import Jury
from transpile.verify.layout import NOWHERE, NULL, POOL, VALUE, Field, Layout, Vectors
from transpile.verify.links import inner_places
from transpile.verify.marshal import ELSEWHERE, is_hash, marshal
from transpile.verify.places import problem
from transpile.verify.precondition import parse
from transpile.verify.reference import target
from transpile.verify.render import values
from transpile.verify.thin import with_table
from transpile.verify.types import Executable

NODE = Struct("Node", (("value", "i32"), ("next", "*Node"), ("prev", "*Node")))
VECTOR = Struct("Vector", (("data", "*i32"), ("len", "u8"), ("name", "*const i8"), ("call", "fn(i32)i32"), ("raw", "[5]i8")), (("data", "len"),))
POINT = Struct("Point", (("x", "f64"), ("y", "i8")))
SIGNATURES = [
    Signature("f", (Parameter("head", "Node", pointer=True), Parameter("other", "Node", pointer=True)), "*Node", (NODE,)),
    Signature("f", (Parameter("v", "Vector", pointer=True), Parameter("n", "i32")), None, (VECTOR,)),
    Signature("f", (Parameter("words", "*const i8", True, True, 1), Parameter("n", "i32"), Parameter("argv", "*i8", True)), "*const i8"),
    Signature("f", (Parameter("p", "Point"), Parameter("g", "fn(*Point)i32"), Parameter("data", "void", True)), "Point", (POINT,)),
]


def vectors_of(signature: Signature, count: int = 300, nullable: frozenset[int] = frozenset()) -> Vectors:
    layout = Layout.of(signature, nullable=nullable)
    rng = np.random.default_rng(3)
    fresh = generate(layout, count, rng, Mined())
    return Vectors.join([fresh, mutate(fresh, rng.integers(0, count, count), rng, Mined())])


@pytest.mark.parametrize("signature", SIGNATURES, ids=range(len(SIGNATURES)))
def test_cells_lead_to_objects_of_their_type_or_nowhere(signature: Signature) -> None:
    vectors = vectors_of(signature)
    layout = vectors.layout
    seen = 0
    for slot, cell, places in layout.cells():
        held = layout.columns(vectors.arenas, slot, Field("u32", cell.offset, cell.repeat))
        allowed = {0, *layout.targets(cell.type).tolist()}
        if not cell.type.startswith("fn("):
            allowed |= {1 + s.offset for s in layout.slots if cell.type == f"*{s.type}"}
            fields = inner_places(slot.type, cell.type, signature.structs)
            allowed |= {1 + slot.offset + k * slot.size + f for k in range(slot.count) for f in fields}
        assert set(np.unique(held).tolist()) <= allowed
        assert (held == 0).any() and (held != 0).any() and places.size == held.shape[1]
        seen += 1
    assert seen == {"Node": 6, "Vector": 3, "*const i8": 2, "Point": 0}[signature.parameters[0].type]


def test_lists_end_mostly_and_are_circles_seldom() -> None:
    vectors = vectors_of(SIGNATURES[0], 400)
    shown = [repr(dict(values(vectors, k))["head"]) for k in range(400)]
    circles = sum("<cycle>" in text.split("'prev'")[0] for text in shown)
    lengths = [text.count("'value'") for text in shown]
    assert circles < 60 and max(lengths) > 3 and min(lengths) == 1


def test_lengths_beside_pointers_fit_what_these_lead_to() -> None:
    vectors = vectors_of(SIGNATURES[1])
    layout = vectors.layout
    slot = layout.slots[0]
    pointers, lengths = (layout.columns(vectors.arenas, slot, Field(t, at)).astype(int) for t, at in (("u32", 0), ("u8", 4)))
    assert (lengths[pointers == 0] == 0).all() and lengths.max() > 3
    ends = np.max([np.where((pointers > s.offset) & (pointers <= s.end), s.end, 0) for s in layout.slots], axis=0)
    assert (pointers + 4 * lengths <= ends + 1).all()
    texts = next(s for s in layout.slots if s.role == POOL and s.type == "i8")
    assert (vectors.arenas[:, texts.offset + texts.piece - 1 : texts.end : texts.piece] == 0).all()


def test_null_parameters_have_no_buffer_and_are_passed_as_null() -> None:
    vectors = vectors_of(SIGNATURES[0], nullable=frozenset({0}))
    gone = vectors.home[:, 0] == NULL
    assert 0.03 < gone.mean() < 0.3 and not (vectors.home[:, 1] == NULL).any()
    assert (vectors.arguments()[gone, 0] == NOWHERE).all() and (vectors.extents()[gone, 0] == 0).all()
    assert not vectors.aliased()[gone & (vectors.home[:, 1] == 1)].any()
    assert all(dict(values(vectors, int(k)))["head"] is None for k in np.flatnonzero(gone)[:5])


@pytest.mark.parametrize("signature", SIGNATURES, ids=range(len(SIGNATURES)))
def test_what_a_function_does_not_touch_comes_back_as_it_was(signature: Signature) -> None:
    takes, gives = signature.wasm()
    body = "(i32.const 0)" if gives else ""
    nothing = module(f'(table 1 funcref) (func (export "f") (param {" ".join(takes)}) (result {" ".join(gives)}) {body})')
    vectors = vectors_of(signature, 60)
    outcomes = target(Executable(nothing, "f"), signature).run(vectors.arguments(), vectors.arenas, fuel=10_000_000)
    assert (outcomes.status == driver.RETURNED).all() and (outcomes.arenas == vectors.arenas).all()
    assert (policy.canonical_results(outcomes.results, signature) == 0).all()


def test_pointers_come_back_as_offsets_as_hashes_of_what_they_lead_to_or_as_elsewhere() -> None:
    signature = Signature("f", (Parameter("s", "i8", True, True), Parameter("k", "i32")), "*const i8")
    data = '(data (i32.const 2000) "abc\\00abd\\00abc\\00")'
    picks = "(if (i32.eq (local.get 1) (i32.const -1)) (then (return (local.get 0))))"
    body = f'{data} (func (export "f") (param i32 i32) (result i32) {picks} (local.get 1))'
    vectors = vectors_of(signature, 3).take(np.array([0, 0, 0, 0, 0, 0]))
    vectors.values[:, 1] = [0xFFFFFFFF, 0, 2000, 2004, 2008, 900]
    outcomes = target(Executable(module(body), "f"), signature).run(vectors.arguments(), vectors.arenas, fuel=100_000)
    results = outcomes.results.astype(int).tolist()
    assert results[0] == vectors.layout.slots[0].offset + 1 and results[1] == 0
    assert results[2] == results[4] != results[3] and all(map(is_hash, results[2:5]))
    assert results[5] == ELSEWHERE, "the stack"


def test_callbacks_compare_and_are_noted() -> None:
    signature = Signature("f", (Parameter("x", "i32"), Parameter("g", "fn(i32,i32)i32")), "i32")
    body = """(table 1 1 funcref) (type $g (func (param i32 i32) (result i32)))
      (func (export "f") (param i32 i32) (result i32) (call_indirect (type $g) (local.get 0) (i32.const 5) (local.get 1)))"""
    layout = Layout.of(signature)
    variants = [variant for _, variant in layout.callbacks]
    vectors = Vectors.blank(layout, len(variants))
    vectors.values[:, 0], vectors.values[:, 1] = 3, np.arange(1, len(variants) + 1)
    outcomes = target(Executable(module(body), "f"), signature).run(vectors.arguments(), vectors.arenas, fuel=100_000)
    answers = {v: int(np.uint32(r).view(np.int32)) for v, r in zip(variants, outcomes.results, strict=True)}
    assert (answers["first"], answers["less"], answers["greater"], answers["one"], answers["nothing"]) == (3, -1, 1, 1, 0)
    assert len(set(outcomes.calls.tolist())) == len(variants) and outcomes.log[0].endswith(">(3, 5)")


def test_a_table_is_exported_and_may_grow() -> None:
    wasm = bytes(wasmtime.wat2wasm('(module (table 2 2 funcref) (func (export "f")))'))
    (table,) = [e for e in wasmtime.Module(wasmtime.Engine(), with_table(wasm)).exports if e.name == "__indirect_function_table"]
    assert table.type.limits.min == 2 and table.type.limits.max is None
    bare = bytes(wasmtime.wat2wasm('(module (func (export "f")))'))
    assert with_table(bare) == bare


def test_types_without_place_are_named() -> None:
    union = Signature("f", (Parameter("p", "*Gone", pointer=True),), None)
    assert "Gone" in problem(union)
    assert "Point" in problem(Signature("f", (Parameter("g", "fn(Point)i32"),), None, (POINT,)))
    huge = Struct("Huge", (("bytes", "[70000]u8"),))
    assert "70000 bytes" in problem(Signature("f", (Parameter("p", "Huge", pointer=True),), None, (huge,)))
    assert [problem(one) for one in SIGNATURES] == [""] * len(SIGNATURES)
    assert marshal(Signature("f", (Parameter("p", "i32", pointer=True),))) is None
    assert callbacks.variants("fn(i32)") == ("nothing",)


def test_preconditions_speak_of_fields_and_structs_by_value() -> None:
    vectors = vectors_of(SIGNATURES[1])
    shown = [dict(values(vectors, k))["v"] for k in range(len(vectors))]
    mask = parse(["v.len <= 2"], SIGNATURES[1])(vectors)
    assert mask.any() and mask.tolist() == [v["len"] <= 2 for v in shown]
    by_value = vectors_of(SIGNATURES[3])
    mask = parse(["p.y > 0"], SIGNATURES[3])(by_value)
    assert mask.any() and mask.tolist() == [dict(values(by_value, k))["p"]["y"] > 0 for k in range(len(by_value))]
    assert by_value.layout.slots[0].role == VALUE
    for text, signature in (("v.data == 0", SIGNATURES[1]), ("words[0] == 0", SIGNATURES[2]), ("g == 1", SIGNATURES[3]), ("all(v > 0)", SIGNATURES[1])):
        with pytest.raises(TranspileError):
            parse([text], signature)


def test_pointers_may_lead_into_the_struct_that_holds_them() -> None:
    outer = Struct("Outer", (("inner", "Point"), ("own", "*Point"), ("small", "[8]i8"), ("text", "*i8"), ("any", "*const void")))
    structs = (POINT, outer)
    assert inner_places("Outer", "*Point", structs) == [0] and inner_places("Outer", "*const i8", structs) == [8, 20]
    assert inner_places("Outer", "*const void", structs) == [0, 0, 8, 16, 20, 28, 32] and inner_places("Point", "*i32", structs) == []


def test_padding_and_copies_of_structs_are_not_compared() -> None:
    layout = Layout.of(SIGNATURES[3])
    dust = layout.dust()
    copy, _, result = layout.slots
    assert dust[copy.offset : copy.end].all()
    assert dust[result.offset : result.end].tolist() == [False] * 9 + [True] * 7


def test_a_function_that_is_null_is_not_called() -> None:
    signature = Signature("f", (Parameter("v", "Vector", pointer=True, const=True),), "i32", (VECTOR,))
    body = """(table 1 funcref) (type $g (func (param i32) (result i32)))
      (func (export "f") (param i32) (result i32) (call_indirect (type $g) (i32.const CONSTANT) (i32.load offset=12 (local.get 0))))"""
    jury = Jury(Executable(module(body.replace("CONSTANT", "4")), "f"), signature, inputs=128)
    assert jury.judge(Executable(module(body.replace("CONSTANT", "4") + "(func)"), "f")).verified
    wrong = jury.judge(Executable(module(body.replace("CONSTANT", "5")), "f"))
    assert wrong.status == "mismatch" and wrong.counterexample is not None and wrong.counterexample.expected["calls"][0].endswith(">(4)")
    assert jury.reference.set_aside > 0
    # Nor does it count for the fuzzer what a candidate does instead.
    guarded = body.replace("(call_indirect", "(if (i32.eqz (i32.load offset=12 (local.get 0))) (then (return (i32.const 7)))) (call_indirect")
    pair = [Executable(module(text.replace("CONSTANT", "4")), "f") for text in (body, guarded)]
    assert not Fuzzer(pair[0], [pair[1]], signature, Layout.of(signature)).run(inputs=2000, seconds=20)


def test_addresses_are_the_same_numbers_on_both_sides() -> None:
    signature = Signature("f", (Parameter("p", "i32", pointer=True),), "i32")
    body = '(func (export "f") (param i32) (result i32) (i32.shr_u (local.get 0) (i32.const 4)))'
    larger = bytes(wasmtime.wat2wasm(f'(module (memory (export "memory") 40) {body} (func))'))
    assert Jury(Executable(module(body), "f"), signature, inputs=64, normal_form=None).judge(Executable(larger, "f")).verified
