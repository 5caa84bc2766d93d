"""Preconditions: what they say is what is kept, and nothing but the language gets in."""

from __future__ import annotations

import numpy as np
import pytest
from judged_modules import SUM, array

from transpile.corpus.errors import TranspileError
from transpile.corpus.signature import Parameter, Signature, Struct
from transpile.verify.draw import Mined
from transpile.verify.inputs import generate
from transpile.verify.judge import Jury
from transpile.verify.layout import Layout
from transpile.verify.precondition import parse
from transpile.verify.render import values

POINT = Struct("point", (("x", "i8"), ("y", "f64")))
SIGNATURE = Signature(
    "f",
    (Parameter("a", "i32", True, False, 1), Parameter("n", "i32"), Parameter("b", "i32", True, True, 3), Parameter("m", "u64"), Parameter("k", "u64"),
     Parameter("s", "i8", True, True), Parameter("p", "point", True)),
    structs=(POINT,),
)  # fmt: skip
VECTORS = generate(Layout.of(SIGNATURE), 400, np.random.default_rng(7), Mined())
ROWS = [dict(values(VECTORS, k)) for k in range(len(VECTORS))]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("n <= 10", lambda r: len(r["a"]) <= 10),
        ("0 < n <= 100 && m != 3", lambda r: 0 < len(r["a"]) <= 100 and len(r["b"]) != 3),
        ("!(n < 5) or k > 18446744073709551000", lambda r: len(r["a"]) >= 5 or r["k"] > 18446744073709551000),
        ("len(a) == len(b)", lambda r: len(r["a"]) == len(r["b"])),
        ("k + 1 < k * k", lambda r: r["k"] + 1 < r["k"] ** 2),
        ("all(a >= 0)", lambda r: all(v >= 0 for v in r["a"])),
        ("any(b == 0)", lambda r: 0 in r["b"]),
        ("a[0] < 5", lambda r: bool(r["a"]) and r["a"][0] < 5),
        ("sorted(a)", lambda r: r["a"] == sorted(r["a"])),
        ("max(a) < 100", lambda r: bool(r["a"]) and max(r["a"]) < 100),
        ("10 % n == 0", lambda r: bool(r["a"]) and 10 % len(r["a"]) == 0),
        ("(k >> 60) & 1 == 1", lambda r: r["k"] >> 60 & 1 == 1),
        ("len(s) < 3", lambda r: len(r["s"]) < 3),
        ("p.x == 0", lambda r: r["p"]["x"] == 0),
        ("isfinite(p.y)", lambda r: isinstance(r["p"]["y"], float | int)),
    ],
)  # fmt: skip
def test_what_is_kept_is_what_is_said(text: str, meaning) -> None:
    expected = [meaning(row) for row in ROWS]
    assert any(expected) and not all(expected)
    assert parse([text], SIGNATURE)(VECTORS).tolist() == expected


def test_overlapping_pointers_can_be_ruled_out() -> None:
    mask = parse(["disjoint(a, b)"], SIGNATURE)(VECTORS)
    inside = VECTORS.aliased()
    assert mask[~inside].all() and 0 < (~mask).sum() <= inside.sum()


@pytest.mark.parametrize(
    "text",
    ["", "n <", "__import__('os').system('true')", "a.__class__", "n if m else k", "[n]", "'x' == n", "lambda: 1", "f(n)", "len(n)", "z < 1", "p.z == 0",
     "n.x", "k[0]", "len(a, b)", "(" * 300 + "n", "1" * 2000, "n := 3", "n ** 99999999", "a[b] == 1"],
)  # fmt: skip
def test_anything_else_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(TranspileError) as refused:
        parse([text], SIGNATURE)(VECTORS)
    assert refused.value.hint and "\n" not in refused.value.message


def test_inputs_that_break_a_precondition_are_set_aside_and_counted() -> None:
    signature = Signature("f", (Parameter("a", "i32", True, False, 1), Parameter("n", "i32")), "i32")
    wrong = array(SUM + "(if (i32.gt_s (local.get $n) (i32.const 20)) (then (local.set $s (i32.const 1))))")
    assert Jury(array(SUM), signature, inputs=256).judge(wrong).status == "mismatch"
    verdict = Jury(array(SUM), signature, inputs=256, accepts=parse(["n <= 20"], signature)).judge(wrong)
    assert verdict.verified and verdict.set_aside > 10
