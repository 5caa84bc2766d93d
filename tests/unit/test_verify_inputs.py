"""Test vectors: invariants of every signature's vectors, and that the values that find bugs do occur."""

from __future__ import annotations

import numpy as np
import pytest
import wasmtime

from transpile.corpus.signature import WIDTHS, Parameter, Signature, Struct
from transpile.corpus.zigcc import GLOBAL_BASE
from transpile.verify.draw import Mined
from transpile.verify.inputs import generate, mutate
from transpile.verify.instrument import mine
from transpile.verify.layout import CAPACITY, Layout, Vectors
from transpile.verify.thin import parsed

MINED = Mined(np.array([1234, 58]), np.array([0.125]))
PAIR = Struct("pair", (("flag", "bool"), ("value", "f64")))
SIGNATURES = [
    Signature("f", (), "i32"),
    Signature("f", tuple(Parameter(t, t) for t in WIDTHS), "f64"),
    Signature("f", (Parameter("a", "i32", True, False, 2), Parameter("b", "i32", True, True, 2), Parameter("n", "i32"), Parameter("k", "i32"))),
    Signature("f", (Parameter("a", "i64", True, False, 1), Parameter("na", "usize"), Parameter("b", "i64", True, True, 3), Parameter("nb", "u8"))),
    Signature("f", (Parameter("d", "i8", True, False), Parameter("s", "i8", True, True), Parameter("out", "f32", True))),
    Signature("f", (Parameter("p", "pair", True, False, 1), Parameter("n", "i32"), Parameter("q", "pair", True)), None, (PAIR,)),
]


def vectors_of(signature: Signature, count: int = 600, seed: int = 0) -> Vectors:
    layout = Layout.of(signature)
    rng = np.random.default_rng(seed)
    fresh = generate(layout, count, rng, MINED)
    return Vectors.join([fresh, mutate(fresh, rng.integers(0, count, count), rng, MINED)])


@pytest.mark.parametrize("signature", SIGNATURES, ids=range(len(SIGNATURES)))
def test_vectors_keep_the_invariants(signature: Signature) -> None:
    vectors = vectors_of(signature)
    layout = vectors.layout
    offsets, extents, inside = vectors.offsets(), vectors.extents(), vectors.inside()
    for k, slot in enumerate(layout.slots):
        assert (extents[:, k] >= 0).all()
        ends = offsets[:, k] + extents[:, k] * slot.size
        homes = np.array([s.end for s in layout.slots])[vectors.home[:, k]]
        assert (ends <= homes).all()
        assert (offsets[:, k] % np.gcd(slot.size, 8) == 0).all()
        for row in range(0, len(vectors), 37):
            assert inside[row, offsets[row, k] : ends[row]].all()
            if slot.text and slot.const:
                assert vectors.arenas[row, ends[row] - 1] == 0
        for field in slot.fields:
            if field.scalar == "bool":
                assert layout.columns(vectors.arenas, slot, field).max() <= 1
    arguments = vectors.arguments()
    for position, parameter in enumerate(signature.parameters):
        if parameter.type == "bool":
            assert set(arguments[:, position].tolist()) <= {0, 1}
        if parameter.type == "i8" and not parameter.pointer:
            signed = arguments[:, position].astype(np.uint32).view(np.int32)
            assert signed.min() >= -128 and signed.max() <= 127


def test_the_same_seed_gives_the_same_vectors() -> None:
    one, two, other = (vectors_of(SIGNATURES[2], seed=s) for s in (5, 5, 6))
    assert (one.arenas == two.arenas).all() and (one.arguments() == two.arguments()).all()
    assert one.arguments().tolist() != other.arguments().tolist()


def test_lengths_cover_empty_one_and_full_buffers() -> None:
    lengths = set(vectors_of(SIGNATURES[2]).values[:, 2].tolist())
    assert {0, 1, 2, 3, CAPACITY} <= lengths


def test_scalars_cover_boundaries_pairs_of_extremes_and_mined_constants() -> None:
    signature = Signature("f", (Parameter("x", "i32"), Parameter("y", "i32")), "i32")
    values = vectors_of(signature, 1024).values.astype(np.uint32).view(np.int32)
    pairs = set(map(tuple, values.tolist()))
    low, high = -(1 << 31), (1 << 31) - 1
    assert {(low, -1), (low, low), (high, 1), (0, low), (-1, 0)} <= pairs
    assert {1234, 58, low, high, 0, -1} <= set(values[:, 0].tolist())


def test_floats_cover_the_special_values() -> None:
    signature = Signature("f", (Parameter("x", "f64"),), "f64")
    bits = vectors_of(signature, 1024).values[:, 0]
    values = bits.view(np.float64)
    assert np.isnan(values).any() and np.isposinf(values).any() and np.isneginf(values).any()
    assert (bits == 1 << 63).any(), "-0.0"
    assert ((np.abs(values) < 2.3e-308) & (values != 0)).any(), "subnormal"


def test_arrays_have_equal_elements_and_scalars_that_occur_in_them() -> None:
    vectors = vectors_of(SIGNATURES[2])
    slot = vectors.layout.slots[0]
    elements = vectors.layout.columns(vectors.arenas, slot, slot.fields[0])
    lengths = vectors.values[:, 2]
    found = [n >= 2 and len(set(row[: int(n)].tolist())) < n for row, n in zip(elements, lengths, strict=True)]
    assert np.mean(found) > 0.2
    keys = [key in row[: int(n)].tolist() for row, n, key in zip(elements, lengths, vectors.values[:, 3], strict=True)]
    assert np.mean(keys) > 0.12


def test_pointers_of_one_type_alias_and_overlap_unless_both_are_const() -> None:
    vectors = vectors_of(SIGNATURES[2])
    assert 0.02 < vectors.aliased().mean() < 0.5
    assert {0, 1} <= set(vectors.shift[vectors.aliased()].max(axis=1).tolist())
    const = Signature("f", (Parameter("s", "i8", True, True), Parameter("t", "i8", True, True)), "i32")
    assert not vectors_of(const).aliased().any()
    assert not Layout.of(SIGNATURES[2], aliasing=False).aliases


def test_two_strings_are_often_equal_or_share_a_prefix() -> None:
    signature = Signature("f", (Parameter("s", "i8", True, True), Parameter("t", "i8", True, True)), "i32")
    vectors = vectors_of(signature)
    one, two = ([bytes(row[s.offset : s.end]).split(b"\0")[0] for row in vectors.arenas] for s in vectors.layout.slots)
    equal = np.mean([a == b and len(a) > 1 for a, b in zip(one, two, strict=True)])
    near = np.mean([a != b and a[:2] == b[:2] and len(a) > 2 for a, b in zip(one, two, strict=True)])
    assert equal > 0.03 and near > 0.03
    assert any(a[:1] in b"-+" and a[1:2].isdigit() for a in one if len(a) > 1)


def test_addresses_of_data_are_no_constants() -> None:
    """As numbers they would lead into the original's own data, which lie elsewhere in a translation."""
    wasm = bytes(wasmtime.wat2wasm(f"""(module (memory (export "memory") 400) (data (i32.const {GLOBAL_BASE}) "some text")
      (func (export "f") (result i32) (i32.add (i32.load (i32.const {GLOBAL_BASE + 4})) (i32.const 1234))))"""))  # fmt: skip
    integers = mine(parsed(wasm).functions).integers
    assert 1234 in integers and not ((integers >= GLOBAL_BASE - 1) & (integers < GLOBAL_BASE + 10)).any()
