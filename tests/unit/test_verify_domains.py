"""Inputs of types that have fewer values than the numbers that carry them: whatever is drawn or changed stays one of these."""

from __future__ import annotations

import numpy as np

from transpile.corpus.signature import CHARACTER, UTF8, Domain, Parameter, Signature, Struct
from transpile.verify.draw import Mined
from transpile.verify.inputs import generate, mutate
from transpile.verify.layout import Field, Layout
from transpile.verify.proof import all_inputs

LIGHT = Domain("Light", ((-1, 1), (4, 4)), (("Off", -1), ("Red", 0), ("Amber", 1), ("Green", 4)))
LAMP = Struct("Lamp", (("number", "u8"), ("light", "i32"), ("letters", "[3]u32")), (), (("light", LIGHT), ("letters", CHARACTER)))
SIGNATURE = Signature("f", (
    Parameter("light", "i32", domain=LIGHT), Parameter("c", "u32", domain=CHARACTER), Parameter("text", "u8", True, True, 3, domain=UTF8),
    Parameter("n", "usize"),
    Parameter("lamps", "Lamp", True, True, 5), Parameter("m", "usize"),
    Parameter("more", "i32", True, False, 7, domain=LIGHT), Parameter("k", "usize"),
), "i32", (LAMP,))  # fmt: skip


def checked(vectors) -> int:
    """How many texts have characters of several bytes; fails where something is no value of its type."""
    layout = vectors.layout
    assert set(np.unique(vectors.values[:, 0])) <= {0xFFFFFFFF, 0, 1, 4}
    assert set(np.unique(vectors.values[:, 1]) >> np.uint64(11)) & {27} == set(), "surrogates"
    assert vectors.values[:, 1].max() <= 0x10FFFF
    text, lamps, more = layout.slots
    for offset in (4, 8, 12, 16):
        found = layout.columns(vectors.arenas, lamps, Field("u32", offset))
        assert set(np.unique(found)) <= {0xFFFFFFFF, 0, 1, 4} if offset == 4 else (found <= 0x10FFFF).all()
    assert set(np.unique(layout.columns(vectors.arenas, more, Field("u32", 0)))) == {0xFFFFFFFF, 0, 1, 4}
    foreign = 0
    for row, start in zip(vectors.arenas, vectors.offsets()[:, 0], strict=True):
        n = int(vectors.values[np.flatnonzero((vectors.arenas == row).all(axis=1))[0], 3])
        foreign += not bytes(row[start : start + n]).decode().isascii()
    assert text.parameter == 2
    return foreign


def test_enums_characters_and_texts_have_values_of_their_types():
    rng = np.random.default_rng(3)
    vectors = generate(Layout.of(SIGNATURE), 128, rng, Mined())
    assert checked(vectors) > 5
    checked(mutate(vectors, rng.integers(0, 128, 128), rng, Mined()))


def test_of_an_enum_all_values_are_few():
    rows = all_inputs(Signature("f", (Parameter("light", "i32", domain=LIGHT), Parameter("on", "bool")), "i32"))
    assert rows is not None and sorted(map(tuple, rows.tolist())) == sorted((v, b) for v in (0xFFFFFFFF, 0, 1, 4) for b in (0, 1))
    assert all_inputs(Signature("f", (Parameter("light", "i32"),), "i32")) is None
