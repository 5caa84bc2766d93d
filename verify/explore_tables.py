"""The tables that `explore_wat`'s loop reads: what a row holds, how it may change, and the values that it may change to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS, Domain, Parameter
from transpile.verify import stand_in
from transpile.verify.draw import FLOAT_VALUES, TEXT, Mined, boundaries
from transpile.verify.explore_wat import (
    BOOL,
    BY_LENGTH,
    BY_ROOM,
    BY_SHAPE,
    CHOICE,
    FEATURES,
    FIELD,
    FLOAT,
    LENGTH,
    REST,
    SCALAR,
    SETTINGS,
    SIGNED_,
    TO_END,
    TO_NUL,
    UNSIGNED,
    WHOLE,
)
from transpile.verify.instrument import Instrumented
from transpile.verify.layout import LENGTHS, POINTER, Layout
from transpile.verify.marshal import Marshal

_ARRAYS = 4
"""Elements whose arrays are changed; each is a span of its own."""
SUSPECTS = 16
"""Rows on which function and rival seem to differ that are kept at a time."""
_STEPS = bytes((0, 1, 2, 4)[k] if k < 4 else 1 << min(k.bit_length(), 7) for k in range(256))
"""How often something was reached, in steps that double: 1, 2, 3, 4 and more, 8 and more, ..."""


@dataclass(slots=True)
class Tables:
    """Where things lie in the explorer's memory."""

    settings: dict[str, int]
    parts: list[tuple[int, bytes]]
    size: int


def lay_out(layout: Layout, probes: Instrumented, mined: Mined, capacity: int, any_access: bool, marshal: Marshal | None) -> Tables:
    head = 8 * len(layout.signature.passed())
    row = -(-(head + layout.stride) // 16) * 16
    parts: list[tuple[int, bytes]] = []
    at = stand_in.RESERVED

    def put(data: bytes | int) -> int:
        nonlocal at
        at = -(-at // 16) * 16
        start = at
        if isinstance(data, bytes):
            parts.append((at, data))
        at += data if isinstance(data, int) else len(data)
        return start

    choices: dict[str | Domain, np.ndarray] = {t: np.concatenate(([0], layout.targets(t))) for t in _cell_types(layout)}
    choices |= {p.domain: np.array(few) & 0xFFFFFFFF for p in layout.signature.parameters if (few := _few(p)) and p.domain}
    starts = np.concatenate(([0], np.cumsum([len(c) for c in choices.values()]))).astype(int)
    tables = {t: (int(start), len(c)) for (t, c), start in zip(choices.items(), starts, strict=False)}
    shapes = {k: put(words) for k, words in _shapes(layout).items()}
    spans, slots = _spans(layout, head, tables), _slots(layout, shapes)
    integers = np.unique(np.concatenate([mined.integers, boundaries("i64"), boundaries("i32")]))
    # What the code says itself comes up more often than what it may mean.
    said = np.unique(mined.script).astype(np.int64)
    integers = np.concatenate([integers, np.resize(said, min(4 * len(said), len(integers)))])
    floats = np.concatenate([mined.floats, mined.floats, FLOAT_VALUES])
    settings = {
        "argument_bytes": head, "stride": layout.stride, "tail": probes.tail, "ways": len(probes.ways),
        "spans": put(spans.tobytes()), "span_count": len(spans), "slots": put(slots.tobytes()), "slot_count": len(slots),
        "rows": put(row * capacity), "row_bytes": row, "capacity": capacity, "scratch": put(row), "hits": put(FEATURES * probes.tail),
        "integers": put(integers.astype("<i8").tobytes()), "integer_count": len(integers),
        "floats": put(floats.astype("<f8").tobytes()), "float_count": len(floats),
        "text": put(TEXT.tobytes()), "text_count": len(TEXT), "script": put(mined.script.tobytes()), "script_count": len(mined.script),
        "lengths": put(LENGTHS.astype(np.uint8).tobytes()), "length_count": len(LENGTHS),
        "cells": put(marshal.cells if marshal else b""), "choices": put(np.concatenate([*choices.values(), [0]]).astype("<u4").tobytes()),
        "base": 0, "any": int(any_access), "limit": 1, "room": layout.room, "end": 0, "iteration": 0, "found": 0, "stack": 0,
        "owners": put(2 * FEATURES * probes.tail), "masks": put(FEATURES // 8 * probes.tail),
        "known": put(4 * FEATURES * probes.tail), "known_count": 0,
        "solid": put(np.where(layout.dust(), 0, 255).astype(np.uint8).tobytes()),
        "suspects": put(row * SUSPECTS), "suspect_count": 0, "suspect_room": 0, "phase": 0, "rival_base": 0, "rival_stack": 0,
        "gentle": 0, "steps": put(_STEPS),
    }  # fmt: skip
    parts.append((0, np.array([settings[name] for name in SETTINGS], "<u4").tobytes()))
    return Tables(settings, parts, at)


def _cell_types(layout: Layout) -> list[str]:
    """The types of pointers in memory, and of parameters that are pointers to functions."""
    return list(dict.fromkeys([*(c.type for s in layout.slots for c in s.cells), *(t for t in layout.types if t and t not in WIDTHS)]))


def _few(parameter: Parameter) -> list[int] | None:
    """The values of a number that has few of them."""
    small = parameter.domain and not parameter.pointer and WIDTHS.get(parameter.type, 8) <= 4
    return parameter.domain.values(256) if parameter.domain and small else None


def _spans(layout: Layout, head: int, tables: dict[str | Domain, tuple[int, int]]) -> np.ndarray:
    """int32 [N, 8]; see `explore_wat`. `tables`: for every type of `_cell_types` where its choices begin, and how many there are."""
    out = []
    lengths = layout.signature.lengths()
    for place, passed in enumerate(layout.signature.passed()):
        k = passed.parameter
        type_ = None if k is None else layout.types[k]
        domain = None if k is None else layout.signature.parameters[k].domain
        if type_ in WIDTHS and domain in tables:
            out.append((CHOICE, 8 * place, 8, 4, tables[domain][0], 1, -1, tables[domain][1]))
        elif type_ in WIDTHS:
            out.append((LENGTH if k in lengths else SCALAR, 8 * place, 8, WIDTHS[type_], _class(type_), 1, -1, 0))
        elif type_ is not None:
            out.append((CHOICE, 8 * place, 8, 4, tables[type_][0], 1, -1, tables[type_][1]))
    at = _places(layout)
    for slot in layout.slots:
        length = -1 if slot.length is None else 8 * at[slot.length]
        for scalar, offset, repeat in slot.fields:
            width, from_ = WIDTHS[scalar], head + slot.offset + offset
            if repeat == 1:
                out.append((FIELD, from_, slot.size, width, _class(scalar), slot.count, length, 0))
            else:
                out += [(FIELD, from_ + k * slot.size, width, width, _class(scalar), repeat, -1, 0) for k in range(min(slot.count, _ARRAYS))]
        for cell in slot.cells:
            start, count = tables[cell.type]
            from_ = head + slot.offset + cell.offset
            if cell.repeat == 1:
                out.append((CHOICE, from_, slot.size, 4, start, slot.count, length, count))
            else:
                out += [(CHOICE, from_ + k * slot.size, 4, 4, start, cell.repeat, -1, count) for k in range(min(slot.count, _ARRAYS))]
    return np.array(out, "<i4").reshape(-1, 8)


def _places(layout: Layout) -> dict[int, int]:
    """Which argument a parameter is."""
    return {p.parameter: k for k, p in enumerate(layout.signature.passed()) if p.parameter is not None}


def _shapes(layout: Layout) -> dict[int, bytes]:
    """By slot, its shape as the loop reads it."""
    at = _places(layout)
    places = {k: (8 * at[k], int(layout.types[k] in SIGNED and WIDTHS[layout.types[k] or ""] < 8)) for k in layout.shaping}
    return {k: np.array(s.shape.words(places), "<i4").tobytes() for k, s in enumerate(layout.slots) if s.shape is not None}


def _slots(layout: Layout, shapes: dict[int, int]) -> np.ndarray:
    """int32 [N, 6]; see `explore_wat`. `shapes`: where those of slots lie."""
    out = []
    at = _places(layout)
    for k, slot in enumerate(layout.slots):
        how = BY_LENGTH if slot.length is not None else BY_ROOM
        if slot.text and slot.length is None:
            how = TO_NUL if slot.const and layout.room == 1 else TO_END
        if slot.whole:
            how = REST if slot.role == POINTER else WHOLE
        how = BY_SHAPE if k in shapes else how
        place = 0 if slot.parameter is None else 8 * at[slot.parameter]
        length = shapes[k] if k in shapes else 8 * at[slot.length] if slot.length is not None else 0
        out.append((place, slot.size, how, length, slot.offset, slot.end))
    return np.array(out, "<i4").reshape(-1, 6)


def _class(scalar: str) -> int:
    return FLOAT if scalar in FLOATS else BOOL if scalar == "bool" else SIGNED_ if scalar in SIGNED else UNSIGNED
