"""Keeping inputs to the values that the original's types have: those of an enum, characters of Unicode, text in UTF-8.

What a function does with other values is not defined, so no input has any. Invariant: what is valid stays as it is, and what is not becomes some valid value of
its own, so that all of them are drawn. Limit: bytes of text that pointers within memory lead to may be any.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

import numpy as np

from transpile.corpus.signature import UTF8, WIDTHS, Domain

if TYPE_CHECKING:
    from transpile.verify.layout import Vectors

WORDS = "\u00e9|\u00df|\u03bb|\u0416|\u20ac|\u6f22|\U0001f600|\u0301|\u00a0|\u2003|\u0130|\u0085|\u07ff|\ud7ff|\ue000|\uffff|\U0010ffff".split("|")
"""Characters of two to four bytes, spaces and the ends of ranges among them."""


def _masked(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return "".join(chr(byte & 0x7F) for byte in error.object[error.start : error.end]), error.end


codecs.register_error("transpile_masked", _masked)


def fitted(bits: np.ndarray, scalar: str, domain: Domain) -> np.ndarray:
    """Raw bits of a scalar, each as it is or as a value of the domain."""
    whole = 1 << 8 * WIDTHS[scalar]
    ranges: list[tuple[int, int]] = []
    for low, high in domain.ranges:  # as raw bits, where negative values come last
        ranges += [(low, high)] if low >= 0 else [(low + whole, min(high, -1) + whole)] + ([(0, high)] if high >= 0 else [])
    given = bits.astype(np.uint64)
    valid = np.zeros(given.shape, bool)
    for low, high in ranges:
        valid |= (given >= np.uint64(low)) & (given <= np.uint64(high))
    if valid.all():
        return bits
    starts = np.cumsum([0, *(high - low + 1 for low, high in ranges)]).astype(np.uint64)
    place = given % starts[-1]
    which = np.searchsorted(starts, place, side="right") - 1
    lows = np.array([low for low, _ in ranges], np.uint64)
    return np.where(valid, given, lows[which] + (place - starts[which])).astype(bits.dtype)


def settle(vectors: Vectors) -> None:
    """Restore the invariant in place, after lengths fit."""
    layout = vectors.layout
    every = np.arange(len(vectors))
    for position, (parameter, type_) in enumerate(zip(layout.signature.parameters, layout.types, strict=True)):
        if parameter.domain is not None and type_ in WIDTHS:
            vectors.values[:, position] = fitted(vectors.values[:, position], type_ or "", parameter.domain)
    for slot in layout.slots:
        for field, domain in slot.bounds:
            bits = layout.columns(vectors.arenas, slot, field)
            kept = fitted(bits, field.scalar, domain)
            if kept is not bits:
                layout.write(vectors.arenas, slot, field, every, kept)
    texts = [k for k, slot in enumerate(layout.slots) if slot.parameter is not None and layout.signature.parameters[slot.parameter].domain == UTF8]
    if texts:
        _settle_texts(vectors, texts)


def _settle_texts(vectors: Vectors, texts: list[int]) -> None:
    starts, extents = vectors.offsets(), vectors.extents()
    for row in np.flatnonzero((vectors.arenas >= 0x80).any(axis=1)):
        places = [(int(starts[row, k]), int(starts[row, k] + extents[row, k])) for k in texts if extents[row, k]]
        arena = vectors.arenas[row]
        for start, end in places:
            arena[start:end] = np.frombuffer(bytes(arena[start:end]).decode("utf-8", "transpile_masked").encode(), np.uint8)
        for start, end in places:  # of two texts that overlap, one may have cut a character of the other
            if not _is_text(bytes(arena[start:end])):
                for first, last in places:
                    arena[first:last] &= 0x7F


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def foreign_text(rng: np.random.Generator, count: int, width: int) -> np.ndarray:
    """Raw bytes [count, width] of text in which some characters are of more than one byte."""
    words = [word.encode() for word in WORDS]
    out = np.zeros((count, width), np.uint64)
    for row in range(count):
        plain = rng.random() < 0.5
        data = b"".join(words[k] if k < len(words) else b"ab 1\n."[k % 6 : k % 6 + 1] for k in rng.integers(0, len(words) * (3 if plain else 1), width))
        out[row] = np.frombuffer(data[:width], np.uint8)
    return out
