"""Vectors and outcomes in terms of the source: argument values, and one line that says how two outcomes differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from transpile.corpus.signature import FLOATS, WIDTHS, Signature
from transpile.verify import driver
from transpile.verify.driver import Outcomes
from transpile.verify.layout import NULL, POINTER, POOL, RESULT, Layout, Slot, Vectors, decode_scalar, plain
from transpile.verify.marshal import is_hash
from transpile.verify.objects import Objects
from transpile.verify.policy import canonical_arenas, canonical_results, describe
from transpile.verify.types import Counterexample

_SHOWN = 12
"""Most elements of an array that the one-line text shows."""


@dataclass(frozen=True, slots=True)
class Calls(Signature):
    """Of a dispatcher (`together`): its first parameter says which of `members` (name, result) is called, with the parameters `name.*`."""

    members: tuple[tuple[str, str | None], ...] = ()


def values(vectors: Vectors, row: int) -> tuple[tuple[str, Any], ...]:
    """(parameter, value) in order, as `Counterexample.arguments` describes; a pointer into another's buffer shows what it sees there."""
    layout = vectors.layout
    slots = {s.parameter: k for k, s in enumerate(layout.slots) if s.parameter is not None}
    out: list[tuple[str, Any]] = []
    for position, parameter in enumerate(layout.signature.parameters):
        type_ = layout.types[position]
        if position in slots:
            out.append((parameter.name, buffer(vectors, row, slots[position], vectors.arenas[row])))
        else:
            number = int(vectors.values[row, position])
            objects = Objects(layout, vectors.arenas[row])
            shown = plain(decode_scalar(number, type_)) if type_ in WIDTHS else {} if type_ is None else objects.callback(number)
            out.append((parameter.name, {layout.signature.leaves(parameter.type)[0].path[0]: shown} if _wrapped(layout, position) else shown))
    return tuple(out)


def _called(vectors: Vectors, row: int) -> tuple[str, str | None] | None:
    """Name and result of the function that a row of a dispatcher calls; None where the vectors are of an ordinary function."""
    signature = vectors.layout.signature
    return signature.members[int(vectors.values[row, 0]) % len(signature.members)] if isinstance(signature, Calls) else None


def buffer(vectors: Vectors, row: int, index: int, arena: np.ndarray) -> Any:
    """What one pointer of a vector points to, read from an arena (before or after the call)."""
    slot = vectors.layout.slots[index]
    if vectors.layout.wide:
        return _object(vectors, row, index, arena)
    one = vectors.take(np.array([row]))
    start, count = int(one.offsets()[0, index]), int(one.extents()[0, index])
    if slot.text:
        end = start
        while end < slot_end(vectors, row, index) and arena[end]:
            end += 1
        return bytes(arena[start:end]).decode("latin-1")
    elements = [_element(vectors, slot, arena, start + k * slot.size) for k in range(count)]
    return elements[0] if slot.length is None and count == 1 else elements


def _wrapped(layout: Layout, position: int) -> bool:
    """Whether a parameter is a struct that is passed as its only number."""
    return layout.types[position] is not None and layout.signature.struct(layout.signature.parameters[position].type) is not None


def _object(vectors: Vectors, row: int, index: int, arena: np.ndarray) -> Any:
    """What a slot holds, or a pointer of a vector leads to, among wide types."""
    slot, objects = vectors.layout.slots[index], Objects(vectors.layout, arena)
    if slot.role != POINTER:
        return objects.value(slot.type, slot.offset)
    if vectors.home[row, index] == NULL:
        return None
    one = vectors.take(np.array([row]))
    start, count = int(one.offsets()[0, index]), int(one.extents()[0, index])
    listed = not slot.whole and (slot.length is not None or (count > 1 and not slot.text))
    return objects.elements(slot.type, start, slot_end(vectors, row, index), ((slot.type, start),), count if listed else None)


def slot_end(vectors: Vectors, row: int, index: int) -> int:
    """Where the slot ends that a pointer of a vector points into."""
    return vectors.layout.slots[int(vectors.home[row, index])].end


def _element(vectors: Vectors, slot: Slot, arena: np.ndarray, at: int) -> Any:
    read = [plain(decode_scalar(int.from_bytes(bytes(arena[at + o : at + o + 8]), "little"), scalar)) for scalar, o, _ in slot.fields]
    struct = vectors.layout.signature.struct(slot.type)
    return read[0] if struct is None else {name: value for (name, _), value in zip(struct.fields, read, strict=True)}


def show(value: Any) -> str:
    """A value for the one-line text."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        return value if value in ("nan", "inf", "-inf") or (value[:1] == "<" and value[-1:] == ">") else _quote(value)
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
    arguments = enumerate(values(vectors, row))
    called = _called(vectors, row)
    shown = [_argument(vectors, k, v) for k, (name, v) in arguments if called is None or name.startswith(f"{called[0]}.")]
    return f"{called[0] if called else vectors.layout.signature.name}({', '.join(shown)})"


def explain(vectors: Vectors, row: int, expected: Outcomes, got: Outcomes, at: int) -> Counterexample:
    """The counterexample of a vector; `at` is its row in both outcomes."""
    signature = vectors.layout.signature
    arguments = values(vectors, row)
    call, called = call_text(vectors, row), _called(vectors, row)
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
            elif signature.result is None or (called is not None and called[1] is None):
                words.append("returns")
            else:
                side["result"] = _result(vectors, row, outcome, at)
                words.append(f"= {show(side['result'])}")
        verb = words[1][2:] if words[1].startswith("= ") else words[1]
        return Counterexample(arguments, sides[0], sides[1], f"{call} {words[0]}, candidate {verb}{note}", aliased)
    results = [int(canonical_results(o.results[at : at + 1], signature)[0]) for o in (expected, got)]
    texts: list[str] = []
    if results[0] != results[1]:
        for side, outcome in zip(sides, (expected, got), strict=True):
            side["result"] = _result(vectors, row, outcome, at)
        texts = [f"{call} = {show(sides[0]['result'])}", f"candidate {show(sides[1]['result'])}"]
    arenas = [canonical_arenas(o.arenas[at : at + 1], vectors.layout)[0] for o in (expected, got)]
    if (arenas[0] != arenas[1]).any():
        changed = _changed(vectors, row, arenas, sides)
        verb = "=" if changed[0].startswith("result = ") else "leaves"
        texts = texts or [f"{call} {verb} {changed[0].removeprefix('result = ')}", f"candidate {changed[1]}"]
    if expected.log != got.log:
        for side, outcome in zip(sides, (expected, got), strict=True):
            side["calls"] = list(outcome.log)
        texts = texts or [f"{call} calls {', '.join(expected.log) or 'nothing'}", f"candidate {', '.join(got.log) or 'nothing'}"]
    return Counterexample(arguments, sides[0], sides[1], ", ".join(texts) + note, aliased)


def _result(vectors: Vectors, row: int, outcome: Outcomes, at: int) -> Any:
    """What was returned: a number, a struct, or where a pointer leads."""
    layout, bits = vectors.layout, int(outcome.results[at])
    called = _called(vectors, row)
    scalar = called[1] if called else layout.signature.result_scalar
    if scalar is None:
        result = next((s for s in layout.slots if s.role == RESULT), None)
        return {} if result is None else Objects(layout, outcome.arenas[at]).value(result.type, result.offset)
    if scalar in WIDTHS:
        return plain(decode_scalar(bits, scalar))
    objects = Objects(layout, outcome.arenas[at])
    if scalar in ("*i8", "*const i8", "*u8", "*const u8") and is_hash(bits) and outcome.text:
        return outcome.text
    return objects.callback(bits) if scalar.startswith("fn(") else objects.place(bits, _names(layout))


def _names(layout: Layout) -> dict[int, str]:
    """What to call the slots that have a name."""
    return {k: layout.signature.parameters[s.parameter].name for k, s in enumerate(layout.slots) if s.parameter is not None and s.role == POINTER}


def _argument(vectors: Vectors, position: int, value: Any) -> str:
    parameter = vectors.layout.signature.parameters[position]
    if vectors.layout.wide:
        return f"&{show(value)}" if parameter.pointer and isinstance(value, dict) else show(value)
    scalar_pointer = parameter.pointer and not isinstance(value, (list, str, dict))
    shown = f"&{show(value)}" if scalar_pointer or (parameter.pointer and isinstance(value, dict)) else show(value)
    if parameter.pointer and isinstance(value, str) and parameter.type in FLOATS:
        return f"&{value}"
    return _quote(value) if parameter.pointer and isinstance(value, str) else shown


def _changed(vectors: Vectors, row: int, arenas: list[np.ndarray], sides: list[dict[str, Any]]) -> tuple[str, str]:
    """Record the buffers that differ in both sides; the first of them in words."""
    words: list[tuple[str, str]] = []
    names = _names(vectors.layout)
    names |= {k: "result" for k, s in enumerate(vectors.layout.slots) if s.role == RESULT}
    for index, name in names.items():
        pair = [buffer(vectors, row, index, arena) for arena in arenas]
        if show_all(pair[0]) != show_all(pair[1]):
            for side, value in zip(sides, pair, strict=True):
                side[name] = value
            words.append((f"{name} = {show(pair[0])}", show(pair[1])))
    if words:
        return words[0]
    where = int(np.flatnonzero(arenas[0] != arenas[1])[0])
    near = min(vectors.layout.slots, key=lambda s: (abs(where - s.offset) if where < s.offset else max(0, where - s.end)))
    name = "result" if near.role == RESULT else f"the pool of {near.type}" if near.role == POOL else _names(vectors.layout).get(
        vectors.layout.slots.index(near), "a copy")  # fmt: skip
    inside = bool(vectors.take(np.array([row])).inside()[0, where])
    what = f"byte {where - near.offset} of {name}" + ("" if inside else " (outside every buffer)")
    for side, arena in zip(sides, arenas, strict=True):
        side["memory"] = {"near": name, "offset": where - near.offset, "value": int(arena[where])}
    return f"{what} = {int(arenas[0][where])}", str(int(arenas[1][where]))


def show_all(value: Any) -> str:
    """Text that two values share only if they are the same, -0.0 and 0.0 told apart."""
    return repr(value)


def _overlap(vectors: Vectors, row: int) -> str:
    names = _names(vectors.layout)
    for index, home in enumerate(vectors.home[row]):
        if home not in (index, NULL):
            shift = int(vectors.shift[row, index])
            return f" (with {names[index]} = {names[home]}{f' + {shift}' if shift else ''})"
    return ""
