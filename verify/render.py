"""Vectors and outcomes in terms of the source: argument values, and one line that says how two outcomes differ."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from transpile.corpus.signature import FLOATS
from transpile.verify import driver
from transpile.verify.driver import Outcomes
from transpile.verify.layout import Slot, Vectors, decode_scalar
from transpile.verify.policy import canonical_arenas, canonical_results, describe
from transpile.verify.types import Counterexample

_SHOWN = 12
"""Most elements of an array that the one-line text shows."""


def values(vectors: Vectors, row: int) -> tuple[tuple[str, Any], ...]:
    """(parameter, value) in order, as `Counterexample.arguments` describes; a pointer into another's buffer shows what it sees there."""
    layout = vectors.layout
    slots = {s.parameter: k for k, s in enumerate(layout.slots)}
    out: list[tuple[str, Any]] = []
    for position, parameter in enumerate(layout.signature.parameters):
        if position in slots:
            out.append((parameter.name, buffer(vectors, row, slots[position], vectors.arenas[row])))
        else:
            out.append((parameter.name, plain(decode_scalar(int(vectors.values[row, position]), parameter.type))))
    return tuple(out)


def buffer(vectors: Vectors, row: int, index: int, arena: np.ndarray) -> Any:
    """What one pointer of a vector points to, read from an arena (before or after the call)."""
    slot = vectors.layout.slots[index]
    one = vectors.take(np.array([row]))
    start, count = int(one.offsets()[0, index]), int(one.extents()[0, index])
    if slot.text:
        end = start
        while end < slot_end(vectors, row, index) and arena[end]:
            end += 1
        return bytes(arena[start:end]).decode("latin-1")
    elements = [_element(vectors, slot, arena, start + k * slot.size) for k in range(count)]
    return elements[0] if slot.length is None and count == 1 else elements


def slot_end(vectors: Vectors, row: int, index: int) -> int:
    """Where the slot ends that a pointer of a vector points into."""
    return vectors.layout.slots[int(vectors.home[row, index])].end


def _element(vectors: Vectors, slot: Slot, arena: np.ndarray, at: int) -> Any:
    read = [plain(decode_scalar(int.from_bytes(bytes(arena[at + o : at + o + 8]), "little"), scalar)) for scalar, o in slot.fields]
    struct = vectors.layout.signature.struct(vectors.layout.signature.parameters[slot.parameter].type)
    return read[0] if struct is None else {name: value for (name, _), value in zip(struct.fields, read, strict=True)}


def plain(value: float | int | bool) -> float | int | bool | str:
    """A value JSON can hold: non-finite floats become text."""
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if value != value else "inf" if value > 0 else "-inf"
    return value


def show(value: Any) -> str:
    """A value for the one-line text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        return value if value in ("nan", "inf", "-inf") else _quote(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {show(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        more = f", ... {len(value) - _SHOWN} more" if len(value) > _SHOWN else ""
        return "[" + ", ".join(show(v) for v in value[:_SHOWN]) + more + "]"
    return str(value)


def _quote(text: str) -> str:
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(escapes.get(c, c if " " <= c <= "~" else f"\\x{ord(c):02x}") for c in text) + '"'


def call_text(vectors: Vectors, row: int) -> str:
    """A vector as a call: `f([1, 2], 2)`."""
    arguments = values(vectors, row)
    return f"{vectors.layout.signature.name}({', '.join(_argument(vectors, k, v) for k, (_, v) in enumerate(arguments))})"


def explain(vectors: Vectors, row: int, expected: Outcomes, got: Outcomes, at: int) -> Counterexample:
    """The counterexample of a vector; `at` is its row in both outcomes."""
    signature = vectors.layout.signature
    arguments = values(vectors, row)
    call = call_text(vectors, row)
    aliased = bool(vectors.take(np.array([row])).aliased()[0])
    note = _overlap(vectors, row) if aliased else ""
    ends = [int(o.status[at]) for o in (expected, got)]
    sides: list[dict[str, Any]] = [{}, {}]
    if ends != [driver.RETURNED] * 2:
        words = []
        for side, outcome, end in zip(sides, (expected, got), ends, strict=True):
            if end != driver.RETURNED:
                side["trap"] = describe(end)
                words.append("does not end" if end == driver.OUT_OF_FUEL else f"traps ({describe(end)})")
            elif signature.result is None:
                words.append("returns")
            else:
                side["result"] = _result(outcome, at, signature.result)
                words.append(f"= {show(side['result'])}")
        verb = words[1][2:] if words[1].startswith("= ") else words[1]
        return Counterexample(arguments, sides[0], sides[1], f"{call} {words[0]}, candidate {verb}{note}", aliased)
    results = [int(canonical_results(o.results[at : at + 1], signature)[0]) for o in (expected, got)]
    texts: list[str] = []
    if signature.result is not None and results[0] != results[1]:
        for side, outcome in zip(sides, (expected, got), strict=True):
            side["result"] = _result(outcome, at, signature.result)
        texts = [f"{call} = {show(sides[0]['result'])}", f"candidate {show(sides[1]['result'])}"]
    arenas = [canonical_arenas(o.arenas[at : at + 1], vectors.layout)[0] for o in (expected, got)]
    if (arenas[0] != arenas[1]).any():
        changed = _changed(vectors, row, arenas, sides)
        texts = texts or [f"{call} leaves {changed[0]}", f"candidate {changed[1]}"]
    if expected.log != got.log:
        for side, outcome in zip(sides, (expected, got), strict=True):
            side["calls"] = list(outcome.log)
        texts = texts or [f"{call} calls {', '.join(expected.log) or 'nothing'}", f"candidate {', '.join(got.log) or 'nothing'}"]
    return Counterexample(arguments, sides[0], sides[1], ", ".join(texts) + note, aliased)


def _result(outcome: Outcomes, at: int, scalar: str) -> Any:
    return plain(decode_scalar(int(outcome.results[at]), scalar))


def _argument(vectors: Vectors, position: int, value: Any) -> str:
    parameter = vectors.layout.signature.parameters[position]
    scalar_pointer = parameter.pointer and not isinstance(value, (list, str, dict))
    shown = f"&{show(value)}" if scalar_pointer or (parameter.pointer and isinstance(value, dict)) else show(value)
    if parameter.pointer and isinstance(value, str) and parameter.type in FLOATS:
        return f"&{value}"
    return _quote(value) if parameter.pointer and isinstance(value, str) else shown


def _changed(vectors: Vectors, row: int, arenas: list[np.ndarray], sides: list[dict[str, Any]]) -> tuple[str, str]:
    """Record the buffers that differ in both sides; the first of them in words."""
    words: list[tuple[str, str]] = []
    for index, slot in enumerate(vectors.layout.slots):
        name = vectors.layout.signature.parameters[slot.parameter].name
        pair = [buffer(vectors, row, index, arena) for arena in arenas]
        if show_all(pair[0]) != show_all(pair[1]):
            for side, value in zip(sides, pair, strict=True):
                side[name] = value
            words.append((f"{name} = {show(pair[0])}", show(pair[1])))
    if words:
        return words[0]
    where = int(np.flatnonzero(arenas[0] != arenas[1])[0])
    near = min(vectors.layout.slots, key=lambda s: (abs(where - s.offset) if where < s.offset else max(0, where - s.end)))
    name = vectors.layout.signature.parameters[near.parameter].name
    inside = bool(vectors.take(np.array([row])).inside()[0, where])
    what = f"byte {where - near.offset} of {name}" + ("" if inside else " (outside every buffer)")
    for side, arena in zip(sides, arenas, strict=True):
        side["memory"] = {"near": name, "offset": where - near.offset, "value": int(arena[where])}
    return f"{what} = {int(arenas[0][where])}", str(int(arenas[1][where]))


def show_all(value: Any) -> str:
    """Text that two values share only if they are the same, -0.0 and 0.0 told apart."""
    return repr(value)


def _overlap(vectors: Vectors, row: int) -> str:
    names = [vectors.layout.signature.parameters[s.parameter].name for s in vectors.layout.slots]
    for index, home in enumerate(vectors.home[row]):
        if home != index:
            shift = int(vectors.shift[row, index])
            return f" (with {names[index]} = {names[home]}{f' + {shift}' if shift else ''})"
    return ""
