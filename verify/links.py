"""What pointers within memory lead to: lists, trees, arrays of strings, functions; and which pointer parameters are null.

Pointers of a struct to its own type lead to later objects mostly, so that walks along them end: the next one, the children of a heap; in a small
share of the rows anywhere, which makes cycles. Other pointers lead to some object of their pool, objects being shared by chance; in a share of
the rows some are null. An array of pointers without a length ends with a null, as `argv` does. Everything is a function of the generator handed in.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import numpy as np

from transpile.corpus.signature import FLOATS, WIDTHS, Array, Pointer, Struct, read_type
from transpile.verify.draw import pick
from transpile.verify.layout import IN_PLACE, NULL, POINTER, POOL, RESULT, Cell, Field, Layout, Slot, Tied, Vectors

_BACK = re.compile(r"prev|previous|back|parent|up|pred|owner|last", re.IGNORECASE)
_LENGTHS, _PRODUCTS, _AGREEING = 8, 6, 0.9
"""Ways in which numbers are tried as lengths, and two as rows and columns, and the share of the rows in which they are such."""
_CYCLIC, _NULLED, _ABSENT, _INNER = 0.06, 0.35, 0.12, 0.12
"""Shares of the rows in which links may lead anywhere, some other pointers are null, a nullable parameter is null, pointers lead to a field of the
struct that they are in."""


def link(vectors: Vectors, rng: np.random.Generator) -> None:
    """New cells everywhere, and callbacks for the parameters that are pointers to functions."""
    layout, rows = vectors.layout, np.arange(len(vectors))
    for slot in layout.slots:
        own = [c for c in slot.cells if _own(slot, c)]
        for cell in slot.cells:
            _point(vectors, slot, cell, own.index(cell) if cell in own else None, len(own), rows, rng)
    for position, type_ in enumerate(layout.types):
        if type_ and type_ not in WIDTHS:
            functions = np.array(layout.functions(type_), np.uint64)
            vectors.values[:, position] = pick(rng, functions, len(vectors)) if len(functions) else 0


def relink(vectors: Vectors, rng: np.random.Generator) -> None:
    """Other cells in a share of the rows: one kind of cell anew, or one cell."""
    layout = vectors.layout
    for slot in layout.slots:
        own = [c for c in slot.cells if _own(slot, c)]
        for cell in slot.cells:
            rows = np.flatnonzero(rng.random(len(vectors)) < 0.1)
            if rng.random() < 0.3:
                _point(vectors, slot, cell, own.index(cell) if cell in own else None, len(own), rows, rng)
                continue
            targets = np.concatenate(([0], layout.targets(cell.type)))
            bits = layout.columns(vectors.arenas[rows], slot, _field(cell))
            bits[np.arange(len(rows)), rng.integers(0, min(8, bits.shape[1]), len(rows))] = pick(rng, targets, len(rows))
            layout.write(vectors.arenas, slot, _field(cell), rows, bits)
    for position, type_ in enumerate(layout.types):
        if type_ and type_ not in WIDTHS:
            rows = np.flatnonzero(rng.random(len(vectors)) < 0.1)
            vectors.values[rows, position] = pick(rng, np.array([*layout.functions(type_)], np.uint64), len(rows))


def drop(vectors: Vectors, rng: np.random.Generator) -> None:
    """Null for the parameters that may be null, in a share of the rows."""
    for k in sorted(vectors.layout.nullable):
        rows = np.flatnonzero(rng.random(len(vectors)) < _ABSENT)
        # What another pointer's alias is stays.
        rows = rows[~((vectors.home[rows] == k).sum(axis=1) > 1)]
        vectors.home[rows, k], vectors.shift[rows, k] = NULL, 0


def lengths_of(layout: Layout) -> list[tuple[tuple[int, Tied], ...]]:
    """What may be a length in a struct, in all slots of the type: every number beside a pointer, or beside an array in place, with all of those whose elements
    it may count; and every two numbers beside a pointer that may count rows and columns, or one number that counts both."""
    out: dict[tuple[str, str, int, int], list[tuple[int, Tied]]] = {}
    for k, slot in enumerate(layout.slots):
        size_of = layout.signature.size
        known = {t.offset for t in slot.tied}
        pointers = [(c.offset, pointee.to) for c in slot.cells if c.repeat == 1 and not _own(slot, c) and isinstance(pointee := read_type(c.type), Pointer)]
        numbers = [f for f in slot.fields if f.repeat == 1 and f.scalar not in FLOATS and f.scalar != "bool"]
        struct = layout.signature.struct(slot.type)
        arrays = sorted({array.count for _, type_ in (struct.fields if struct else ()) if isinstance(array := read_type(type_), Array)})
        for field in numbers:
            ties = [Tied(at, field.scalar, field.offset, max(1, size_of(to)[0])) for at, to in pointers]
            if field.offset not in known:
                out.setdefault((slot.type, "length", field.offset, 0), []).extend((k, tied) for tied in ties)
                for count in arrays:
                    out.setdefault((slot.type, "array", field.offset, count), []).append((k, Tied(IN_PLACE, field.scalar, field.offset, count)))
            for other in numbers:
                if other.offset <= field.offset:
                    both = [(k, tied._replace(rows=(other.scalar, other.offset))) for tied in ties]
                    first = [(k, t._replace(scalar=other.scalar, offset=other.offset)) for t in ties] if other != field else []
                    out.setdefault((slot.type, "product", field.offset, other.offset), []).extend([*first, *both])
    # Numbers of the struct itself come first, those of structs within it, and of arrays of these, last.
    ways = sorted((tuple(ties) for ties in out.values() if ties), key=lambda ties: not _at_top(layout, *ties[0]))
    return [*[w for w in ways if w[-1][1].rows is None][:_LENGTHS], *[w for w in ways if w[-1][1].rows][:_PRODUCTS]]


def _at_top(layout: Layout, k: int, tied: Tied) -> bool:
    struct = layout.signature.struct(layout.slots[k].type)
    return struct is not None and any(offset == tied.offset and type_ in WIDTHS for _, type_, offset in struct.layout(layout.signature.structs)[0])


def improve(
    ways: list[tuple[tuple[int, Tied], ...]], share: Callable[[tuple[tuple[int, Tied], ...]], float], enough: float, gain: float
) -> tuple[tuple[tuple[int, Tied], ...], float]:
    """The ways that raise a share by `gain` each, until it is `enough`, the best first; and the share with them."""
    left, chosen = list(ways), ()
    best = share(chosen) if ways else 1.0
    while left and best < enough:
        found = [share((*chosen, *ties)) for ties in left]
        top = int(np.argmax(found))
        if found[top] < best + gain:
            break
        chosen, best = (*chosen, *left.pop(top)), found[top]
    return chosen, best


def agree(vectors: Vectors, rng: np.random.Generator) -> None:
    """In most rows what is taken for a length says no more than there is: 0 beside null."""
    layout = vectors.layout
    rows = np.flatnonzero(rng.random(len(vectors)) < _AGREEING)
    most = pick(rng, np.array([3, 8, 32, 1 << 30]), (len(rows), 1))
    for k, tied in layout.guessed:
        slot, field = layout.slots[k], Field(tied.scalar, tied.offset)
        limit = vectors.left(slot, tied)[rows]
        lengths = layout.columns(vectors.arenas[rows], slot, field)
        fitting = np.where(lengths <= limit.astype(np.uint64), lengths, lengths % (np.minimum(limit, most) + 1).astype(np.uint64))
        layout.write(vectors.arenas, slot, field, rows, fitting)


def _field(cell: Cell) -> Field:
    return Field("u32", cell.offset, cell.repeat)


def _own(slot: Slot, cell: Cell) -> bool:
    """Whether a cell leads to the type that it is in."""
    return cell.type in (f"*{slot.type}", f"*const {slot.type}")


def _point(vectors: Vectors, slot: Slot, cell: Cell, place: int | None, siblings: int, rows: np.ndarray, rng: np.random.Generator) -> None:
    """New values for one kind of cell; `place`: which of the `siblings` that lead to their own type it is."""
    layout = vectors.layout
    targets = layout.targets(cell.type)
    if not len(targets) or not len(rows):
        return
    shape = (len(rows), slot.count * cell.repeat)
    if place is not None:
        bits = _links(layout, slot, cell, place, siblings * cell.repeat, shape, rng, targets)
    else:
        bits = pick(rng, targets, shape)
        if not cell.type.startswith("fn("):
            # Objects side by side are what one expects, and told apart best.
            ordered = targets[(np.arange(shape[1]) + rng.integers(0, len(targets), (len(rows), 1))) % len(targets)]
            bits = np.where(rng.random((len(rows), 1)) < 0.5, ordered, bits)
        nulled = rng.random((len(rows), 1)) < (0.1 if cell.type.startswith("fn(") else _NULLED)
        bits = np.where(nulled & (rng.random(shape) < 0.25), 0, bits)
        if slot.type.startswith("*") and slot.length is None:
            # Arrays of pointers: they end with a null, mostly the first.
            bits = np.where(bits == 0, pick(rng, targets, shape), bits)
            step = slot.piece or shape[1]
            for start in range(0, shape[1], step):
                ends = np.minimum(pick(rng, np.array([0, 1, 1, 2, 2, 3, 3, 4, 5, 7, step - 1]), len(rows)), step - 1)
                bits[np.arange(len(rows)), start + ends] = 0
                bits[:, start + step - 1] = 0
    counted = cell.offset in [t.pointer for t in slot.tied]
    inner = [] if cell.repeat > 1 or counted else inner_places(slot.type, cell.type, layout.signature.structs)
    if inner:
        # Some structs point to their own fields.
        own = 1 + slot.offset + slot.size * np.arange(slot.count) + pick(rng, np.array(inner), (len(rows), 1))
        bits = np.where(rng.random((len(rows), 1)) < _INNER, own, bits)
    layout.write(vectors.arenas, slot, _field(cell), rows, bits)


@cache
def inner_places(type_: str, pointer: str, structs: tuple[Struct, ...]) -> list[int]:
    """Offsets within a struct of the fields, those of structs within it too, that a pointer of some type may lead to."""
    struct = next((s for s in structs if s.name == type_), None)
    out: list[int] = []
    for _, held, offset in struct.layout(structs)[0] if struct else ():
        while isinstance(array := read_type(held), Array):
            held = array.of
        if pointer.startswith("*") and pointer[1:].removeprefix("const ") in (held, "void"):
            out.append(offset)
        out += [offset + inner for inner in inner_places(held, pointer, structs)]
    return out


def share(vectors: Vectors, rng: np.random.Generator) -> None:
    """In a share of the rows an object of a pool of numbers or bytes begins as what a parameter points to, or as another object of the pool."""
    slots = vectors.layout.slots
    for pool in slots:
        if pool.role != POOL or len(pool.fields) != 1 or pool.piece < 2:
            continue
        sources = [s for s in slots if s.role == POINTER and len(s.fields) == 1 and s.size == pool.size and not s.cells]
        for source in [*sources, pool]:
            rows = np.flatnonzero(rng.random(len(vectors)) < 0.3)
            count = min(source.count, pool.piece - (source.text or source is pool)) * pool.size
            to = pool.offset + pool.size * pool.piece * rng.integers(0, pool.count // pool.piece, len(rows))
            start = source.offset + (pool.size * pool.piece * rng.integers(0, pool.count // pool.piece, len(rows)) if source is pool else 0)
            every = np.arange(count)
            vectors.arenas[rows[:, None], to[:, None] + every] = vectors.arenas[rows[:, None], np.broadcast_to(start, len(rows))[:, None] + every]
            changed = rng.random(len(rows)) < 0.3
            vectors.arenas[rows[changed], to[changed] + rng.integers(0, min(6, count), int(changed.sum()))] ^= 1


def _links(
    layout: Layout, slot: Slot, cell: Cell, place: int, ways: int, shape: tuple[int, int], rng: np.random.Generator, targets: np.ndarray
) -> np.ndarray:
    """Links of a list, a tree or the like, from every element of a slot."""
    count = len(targets)
    # From a parameter's element, as from before the first of the pool.
    number = np.arange(shape[1]) // cell.repeat if slot.role == POOL else np.full(shape[1], -1)
    which = place * cell.repeat + np.arange(shape[1]) % cell.repeat
    if _BACK.search(cell.name):
        near = number - 1
    else:
        forward = max(1, ways - sum(bool(_BACK.search(c.name)) for c in slot.cells if _own(slot, c)))
        near = number + 1 if forward == 1 else forward * (number + 1) + np.minimum(which, forward - 1)
    near = np.broadcast_to(near, shape)
    later = number + 1 + rng.integers(0, 1 << 30, shape) % np.maximum(count - number - 1, 1)
    picked = np.where(rng.random(shape) < 0.15, later, near)
    ended = rng.random(shape) < pick(rng, np.array([0.0, 0.1, 0.25, 0.5]), (shape[0], 1))
    cyclic = rng.random((shape[0], 1)) < _CYCLIC
    picked = np.where(cyclic & (rng.random(shape) < 0.4), rng.integers(0, count, shape), picked)
    inside = (picked >= 0) & (picked < count) & ~ended
    bits = np.where(inside, targets[np.clip(picked, 0, count - 1)], 0)
    # Now and then back to where the parameter points.
    first = next((s for s in layout.slots if s.role == POINTER and s.type == slot.type), None)
    if first is not None:
        bits = np.where(cyclic & (rng.random(shape) < 0.1), 1 + first.offset, bits)
    return bits


def end_texts(vectors: Vectors, slot: Slot, field: Field, rows: np.ndarray, rng: np.random.Generator) -> None:
    """A NUL in every array of bytes: at some place of each string of a pool, and of each array within a struct in most of the rows."""
    pooled = slot.role == POOL and slot.type in ("i8", "u8")
    step = slot.piece if pooled else field.repeat
    bits = vectors.layout.columns(vectors.arenas[rows], slot, field)
    ends = rng.integers(0, 1 << 30, (len(rows), bits.shape[1] // step)) % np.minimum(step, pick(rng, np.array([1, 2, 4, 8, 16, step]), (len(rows), 1)))
    places = ends + step * np.arange(bits.shape[1] // step)
    ended = np.ones(len(rows), bool) if pooled else rng.random(len(rows)) < 0.8
    chosen = np.flatnonzero(ended)
    bits[chosen[:, None], places[chosen]] = 0
    vectors.layout.write(vectors.arenas, slot, field, rows, bits)


def copy_elements(vectors: Vectors, one: Slot, two: Slot, shift: int, rows: np.ndarray) -> None:
    """The elements of one slot, from the `shift`-th on, into another with the same contents."""
    count = min(one.count - shift, two.count)
    if count <= 0 or two.role == RESULT or one.role == RESULT:
        return
    source = vectors.arenas[rows, one.offset + shift * one.size : one.offset + (shift + count) * one.size]
    vectors.arenas[rows, two.offset : two.offset + source.shape[1]] = source


