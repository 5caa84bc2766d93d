"""Miscopied constants come back; what the source may say in its own way stays."""

from __future__ import annotations

import pytest

from transpile.corpus.constants import copy_constants

WAT = "func i32 -> i32 ; i32.const 0x811c9dc5 local.get p0 i32.const 0x01000193 i32.mul f64.const 0.2989 i32.const 10 end"


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("v0 = 0x811c9dc9u32 ;", "v0 = 0x811c9dc5u32 ;"),
        ("v0 = 0x811c9dc5u32 ;", "v0 = 0x811c9dc5u32 ;"),
        ("v0 * 0.2999 + 9", "v0 * 0.2989 + 9"),
        ("v0 = 11 ;", "v0 = 11 ;"),
        ("v0 = 86400 ;", "v0 = 86400 ;"),
        ("v0 = v1000 ;", "v0 = v1000 ;"),
    ],
)
def test_copy_constants(written: str, right: str) -> None:
    assert copy_constants(written, WAT) == right
