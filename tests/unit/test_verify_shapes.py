"""Buffers whose size is a function of numbers: shapes are found from how far the original reaches, and what they say is what the judge gives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from judged_modules import SUM, array, function

from transpile.corpus.signature import Parameter, Signature
from transpile.verify.draw import Mined
from transpile.verify.explore import Explorer
from transpile.verify.inputs import generate
from transpile.verify.instrument import instrument
from transpile.verify.judge import Jury, judge
from transpile.verify.layout import Given, Layout
from transpile.verify.reach import found
from transpile.verify.reference import target, with_true_lengths
from transpile.verify.shapes import Factor, Shape, fit, read
from transpile.verify.types import Executable, Verdict

NAMES = ("n", "m", "w", "h", "x", "y")
Numbers = dict[str, np.ndarray]


def numbers(most: int = 13) -> Numbers:
    rng = np.random.default_rng(1)
    return {name: rng.integers(0, most, 200) for name in NAMES}


SHAPES: list[tuple[str, Callable[[Numbers], np.ndarray]]] = [
    ("n", lambda v: v["n"]),
    ("n * n", lambda v: v["n"] * v["n"]),
    ("n + 1", lambda v: v["n"] + 1),
    ("2 * n", lambda v: 2 * v["n"]),
    ("w * h", lambda v: v["h"] * v["w"]),
    ("3 * w * h", lambda v: 3 * v["h"] * v["w"]),
    ("(n + 7) / 8", lambda v: (v["n"] + 7) // 8),
    ("4 * ((n + 2) / 3)", lambda v: 4 * ((v["n"] + 2) // 3)),
    ("(n + 1) * (m + 1)", lambda v: (v["n"] + 1) * (v["m"] + 1)),
    ("(n * (n + 1)) / 2", lambda v: v["n"] * (v["n"] + 1) // 2),
    ("n + m", lambda v: v["n"] + v["m"]),
    ("n - m + 1", lambda v: np.where(v["n"] > v["m"], v["n"] - v["m"] + 1, 0)),
    ("w * y + x + 1", lambda v: np.where((v["x"] < v["w"]) & (v["y"] < v["h"]), v["y"] * v["w"] + v["x"] + 1, 0)),
    ("n", lambda v: np.minimum(v["n"], 1 + v["m"])),
    ("16", lambda v: np.full(200, 16)),
    ("256", lambda v: np.random.default_rng(2).integers(0, 256, 200)),
]


@pytest.mark.parametrize(("text", "reach"), SHAPES, ids=[text for text, _ in SHAPES])
def test_the_shape_of_a_buffer_is_found_from_how_far_a_function_reaches(text: str, reach: Callable[[Numbers], np.ndarray]) -> None:
    values = numbers()
    best = fit(reach(values), dict(enumerate(values.values())))
    assert best is not None and best[0].text(NAMES) == text


def test_of_a_buffer_that_is_not_touched_nothing_is_said() -> None:
    assert fit(np.zeros(200, np.int64), dict(enumerate(numbers().values()))) is None


SQUARE = Signature("f", (Parameter("a", "i32", True, True, 1), Parameter("n", "i32")), "i32")
HEAD = "(param $a i32) (param $n i32) (result i32)"
LAST = "(i32.load (i32.add (local.get $a) (i32.shl (i32.sub (i32.mul (local.get $n) (local.get $n)) (i32.const 1)) (i32.const 2))))"
NONE = "(if (i32.lt_s (local.get $n) (i32.const 1)) (then (return (i32.const 0))))"


def judged(original: Executable, body: str) -> Verdict:
    return judge(original, [function(HEAD, body)], SQUARE, normal_form=None)[0]


def test_a_length_that_is_none_is_found_out_and_what_fails_beyond_it_is_wrong() -> None:
    original = function(HEAD, f"{NONE} {LAST}")
    slots = Jury(original, SQUARE).reference.layout.slots
    assert slots[0].shape is not None and slots[0].shape.text(("a", "n")) == "n * n"
    assert judged(original, f"{NONE} (i32.add {LAST} (i32.const 0))").verified
    trapping = f"{NONE} (if (i32.gt_s (local.get $n) (i32.const 1)) (then unreachable)) {LAST}"
    assert judged(original, trapping).status == "mismatch"
    assert not with_true_lengths(original, SQUARE).lengths()


def test_a_length_that_is_one_stays() -> None:
    element = "(i32.load (i32.add (local.get $a) (i32.shl (i32.sub (local.get $n) (i32.const 1)) (i32.const 2))))"
    original = function(HEAD, f"{NONE} {element}")
    assert with_true_lengths(original, SQUARE) == SQUARE
    assert Jury(original, SQUARE).reference.layout.slots[0].length == 1


def test_inputs_that_show_too_little_are_no_test() -> None:
    """What takes buffers of one element alone, as far as the judge can tell, is not tested: all that its name promises was set aside."""
    wild = "(if (i32.gt_s (local.get $n) (i32.const 1)) (then (return (i32.load (i32.const -8)))))"
    swapped = "(local.set $s (i32.add (i32.load (local.get $p)) (local.get $s)))"
    verdict = judge(array(SUM, before=wild), [array(swapped, before=wild)], SQUARE, normal_form=None)[0]
    assert verdict.status == "inconclusive" and "behind a" in verdict.evidence and "inputs set aside" in verdict.detail


def test_an_index_into_the_next_buffer_is_no_index_into_this_one() -> None:
    """`b[0] = 1; return a[i & 127]`: for a large i that is what `b` holds, as long as it lies behind `a`."""
    signature = Signature("f", (Parameter("a", "i32", True, True, 2), Parameter("b", "i32", True), Parameter("n", "i32"), Parameter("i", "i32")), "i32")
    head = "(param $a i32) (param $b i32) (param $n i32) (param $i i32) (result i32)"
    load = "(i32.load (i32.add (local.get $a) (i32.shl (i32.and (local.get $i) (i32.const 127)) (i32.const 2))))"
    one = "(i32.store (local.get $b) (i32.const 1))"
    original = function(f"{head} (local $s i32)", f"{one} {load}")
    candidate = function(f"{head} (local $s i32)", f"(local.set $s {load}) {one} (local.get $s)")
    assert judge(original, [candidate], signature, normal_form=None, aliasing=False)[0].verified


def test_exploring_gives_the_same_buffers_as_drawing_does() -> None:
    """A function that reads one place of a buffer: what is kept as an input that it can take has that place inside."""
    signature = Signature("f", (Parameter("a", "i32", True, True), Parameter("n", "i32"), Parameter("m", "i16"), Parameter("k", "u32")), "i32")
    shape = Shape(((2, (Factor(1, 1), Factor(2, 3, 4))), (-1, (Factor(1),))), 5, 3)
    layout = Layout.of(signature, given=(Given(0, shape, 256),), aliasing=False)
    code = "(if (result i32) (i32.load (i32.add (local.get $a) (i32.shl (local.get $k) (i32.const 2)))) (then (i32.const 1)) (else (local.get $n)))"
    original = function("(param $a i32) (param $n i32) (param $m i32) (param $k i32) (result i32)", code)
    probes = instrument(original, layout.stride)
    assert probes is not None
    seeds = generate(layout, 64, np.random.default_rng(3), Mined())
    counts = shape.count(read(seeds.values, layout.types, shape.positions))
    assert (seeds.extents()[:, 0] == np.minimum(counts, 256)).all() and len(np.unique(counts)) > 8
    explorer = Explorer(target(probes.executable, signature), probes, seeds.take(seeds.values[:, 3] < counts), Mined(), 7, capacity=400)
    explorer.explore(20_000, 100)
    rows = explorer.found()
    assert len(rows) > 100 and (rows.values[:, 3] < rows.extents()[:, 0].astype(np.uint64)).all()
    assert rows.extents().max() > 1


@pytest.mark.parametrize(("type_", "bits", "number"), [
    ("u8", 255, 255), ("i8", 255, -1), ("i16", 0x8000, -0x8000), ("u32", 0xFFFFFFFF, 65536), ("i64", 1 << 63, -65536), ("u64", 1 << 63, 65536),
])  # fmt: skip
def test_numbers_of_all_widths_are_read_and_cut(type_: str, bits: int, number: int) -> None:
    assert read(np.array([[bits]], np.uint64), (type_,), frozenset({0}))[0].tolist() == [number]


def test_a_buffer_that_is_hardly_measured_stays_what_it_was() -> None:
    layout = Layout.of(SQUARE)
    vectors = generate(layout, 8, np.random.default_rng(0), Mined())
    assert found(vectors, np.full((8, 1), 9), layout) == {}
