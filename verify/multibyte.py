"""Sequences of bytes that decoders of UTF-8 tell apart, for functions whose code looks like one: chance alone seldom puts three right bytes in a row."""

from __future__ import annotations

from collections.abc import Set

_VALID = "c280 c3a9 dfbf e0a080 e282ac ed9fbf ee8080 efbfbd efbfbf efbbbf f0908080 f09f9880 f48fbfbf"
_OVERLONG = "c080 c1bf e08080 e09fbf f0808080 f08fbfbf"
_SURROGATES = "eda080 edafbf edb080 edbfbf eda0bdedb880"
_BEYOND = "f4908080 f5808080 f7bfbfbf f888808080 fc8480808080 fe ff"
_CUT = "80 bf 8080 c241 e28241 e282 f09f9841 f09f c2c2 e2e2 ed41 f441"
SEQUENCES = bytes.fromhex("".join((_VALID, _OVERLONG, _SURROGATES, _BEYOND, _CUT)).replace(" ", ""))
"""First and last of every length, then what is longer than it need be, surrogates, what lies beyond the last character, what is cut off or begins in the
middle."""

_MARKS = frozenset({0x80, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0xF8, 0x9F, 0xA0, 0x8F, 0x90})
_LARGE = frozenset({0x7FF, 0x800, 0xD7FF, 0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0xE000, 0xFFFD, 0xFFFF, 0x10000, 0x10FFFF, 0x110000, 0x7FFFF800, 0x35FDC00})
_ENOUGH = 3


def decodes(constants: Set[int]) -> bool:
    """Whether code with these constants may well decode UTF-8: some of them, as bytes with or without a sign, mark where sequences begin or end, or which
    characters there are."""
    small = {c & 0xFF for c in constants if -128 <= c < 256} & _MARKS
    return len(small) + len({abs(c) for c in constants} & _LARGE) >= _ENOUGH
