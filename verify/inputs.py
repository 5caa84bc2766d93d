"""Test vectors from a signature: drawn from types, and mutated from vectors that were worth keeping.

Random values alone miss bugs, so scalars mix boundaries, small values, powers of two, mined constants and random bits; arrays come sorted,
equal, with few distinct values, as text; scalars beside an array are often an index into it or an element of it; buffers share
contents, and pointers of one type alias or overlap in a share of the vectors. All bytes of a slot, redzone included, are drawn alike,
so that reading one element too far finds a plausible value. Everything is a function of the generator handed in.
"""

from __future__ import annotations

import numpy as np

from transpile.corpus.signature import FLOATS, UTF8, WIDTHS
from transpile.verify.domains import foreign_text
from transpile.verify.draw import TEXT, Mined, cut, draw, draw_mixed, extremes, pick, sortable, styles
from transpile.verify.layout import CAPACITY, LENGTHS, POINTER, POOL, RESULT, Layout, Slot, Vectors
from transpile.verify.links import agree, copy_elements, drop, end_texts, link, relink, share
from transpile.verify.sizes import make_room

_WEIGHTS = np.array([5, 9, 11, 11, 9, 8, 7, 6, 6, 4, 4, 3, 3, 2, 3, 2, 2, 1, 1, 1, 1, 1, 1], float)
_WEIGHTS /= _WEIGHTS.sum()
_UP_TO = _WEIGHTS.cumsum() / _WEIGHTS.cumsum()[-1]

_EXTREME = 0.2
"""Share of the vectors whose scalars are all extreme at once: INT_MIN beside -1, infinity beside zero."""

_ALIASED = 0.08
"""Share of the vectors in which two pointers of one type point into one buffer."""

_FOREIGN = 0.2
"""Share of texts in UTF-8 that have characters of several bytes."""

_MANY = 6
"""Fields of a struct of more than this hold fewer kinds of contents in one table, so that drawing does not take long."""

_CONTENTS = ("style", "style", "sorted", "equal", "distinct", "ramp", "mixed", "mirror", "style", "bits")
_TEXTS = ("digits", "number", "words", "text", "text", "distinct", "mirror", "mined", "letters", "bytes", "repeat", "tiny", "script", "alphabet")
_BYTES = (*_CONTENTS, "words", "digits", "letters", "text", "number", "mined", "script", "alphabet")
_WRITTEN = frozenset(_TEXTS) - {"distinct", "mirror"}


def generate(layout: Layout, count: int, rng: np.random.Generator, mined: Mined, *, small: float = 0.5) -> Vectors:
    """`count` fresh vectors. `small`: share of the vectors whose scalars are all small, so that loops they drive end soon."""
    vectors = Vectors.blank(layout, count)
    modest = rng.random(count) < small
    for position in layout.signature.lengths():
        vectors.values[:, position] = LENGTHS[_UP_TO.searchsorted(rng.random(count), side="right")]
    for slot in layout.slots:
        _fill(vectors, slot, np.arange(count), rng, mined)
    if layout.wide:
        link(vectors, rng)
    _relate(vectors, rng)
    if layout.wide:
        share(vectors, rng)
    for position in layout.scalars:
        scalar = layout.types[position]
        assert scalar is not None
        vectors.values[:, position] = draw_mixed(rng, styles(scalar), scalar, count, mined)
        gentle = ("whole", "quarter") if scalar in FLOATS else ("tiny", "small", "signed", "small", "medium")
        vectors.values[modest, position] = draw_mixed(rng, gentle, scalar, int(modest.sum()), mined)
    make_room(vectors, rng)
    _bind(vectors, rng)
    _go_to_extremes(vectors, rng, mined)
    make_room(vectors, rng)
    _alias(vectors, rng)
    if layout.nullable:
        drop(vectors, rng)
    if layout.guessed:
        agree(vectors, rng)
    return vectors.settle()


def _go_to_extremes(vectors: Vectors, rng: np.random.Generator, mined: Mined) -> None:
    """Give some rows combinations of extreme scalars: all combinations where there are few enough, in random order."""
    positions = vectors.layout.scalars
    every = rng.permutation(len(vectors))[: int(_EXTREME * len(vectors))]
    half = len(every) * 3 // 5
    for rows, constants in ((every[:half], Mined()), (every[half:], mined)):
        if not positions or not len(rows):
            return
        pools = [extremes(vectors.layout.types[k] or "", constants) for k in positions]
        total = int(min(1e9, np.prod([len(p) for p in pools], dtype=float)))
        picks = rng.permutation(total)[: len(rows)] if total <= 4096 else rng.integers(0, total, len(rows))
        picks = np.resize(picks, len(rows))
        for position, pool in zip(positions, pools, strict=True):
            vectors.values[rows, position] = pool[picks % len(pool)]
            picks = picks // len(pool)


def _fill(vectors: Vectors, slot: Slot, rows: np.ndarray, rng: np.random.Generator, mined: Mined) -> None:
    """New contents for a slot in some rows, redzone included."""
    if not len(rows):
        return
    for field in slot.fields:
        scalar = field.scalar
        written = slot.text or (slot.role == POOL and slot.type in ("i8", "u8")) or _is_text(vectors.layout, slot)
        kinds = _TEXTS if written else _CONTENTS
        if WIDTHS[scalar] == 1 and scalar != "bool" and not written:
            kinds = _BYTES
        if vectors.layout.wide and len(slot.fields) > 1 and scalar not in FLOATS:
            kinds = (*kinds, *["small"] * len(kinds))
        if len(slot.fields) > _MANY:
            kinds = tuple(kinds[k] for k in rng.integers(0, len(kinds), _MANY))
        chosen = rng.integers(0, len(kinds), len(rows))
        # All kinds are written at once, since writing takes longer than drawing.
        shares, unsigned = np.bincount(chosen, minlength=len(kinds)).tolist(), f"<u{WIDTHS[scalar]}"
        parts = [
            _contents(rng, kind, scalar, share, mined, text=written, width=slot.count * field.repeat).astype(unsigned)
            for kind, share in zip(kinds, shares, strict=True) if share
        ]  # fmt: skip
        bits = np.empty((len(rows), slot.count * field.repeat), unsigned)
        bits[chosen.argsort(kind="stable")] = np.concatenate(parts)
        vectors.layout.write(vectors.arenas, slot, field, rows, bits)
        if vectors.layout.wide and WIDTHS[scalar] == 1 and (field.repeat > 1 or (written and not slot.text)):
            end_texts(vectors, slot, field, rows, rng)
    if _is_text(vectors.layout, slot):
        some = rows[rng.random(len(rows)) < _FOREIGN]
        vectors.layout.write(vectors.arenas, slot, slot.fields[0], some, foreign_text(rng, len(some), slot.count))
    if slot.text:
        _terminate(vectors, slot, rows, rng)


def _is_text(layout: Layout, slot: Slot) -> bool:
    """Whether a parameter's bytes are text in UTF-8."""
    return slot.parameter is not None and slot.role == POINTER and layout.signature.parameters[slot.parameter].domain == UTF8


def _contents(
    rng: np.random.Generator, kind: str, scalar: str, count: int, mined: Mined, *, text: bool, width: int = CAPACITY
) -> np.ndarray:
    """Raw bits [count, width] of one kind of content."""
    if width < CAPACITY:
        return _contents(rng, kind, scalar, count, mined, text=text)[:, :width]
    shape = (count, width)
    if kind == "small":
        return draw(rng, "small" if rng.random() < 0.5 else "signed", scalar, shape, mined)
    if text or kind in _WRITTEN:
        return _written(rng, kind, shape, mined)
    names = styles(scalar)
    style = names[rng.integers(len(names))]
    if kind == "bits":
        return draw(rng, "bits", scalar, shape, mined)
    if kind == "equal":
        return np.repeat(draw(rng, style, scalar, (count, 1), mined), width, axis=1)
    if kind == "ramp":
        start = rng.integers(-2, 3, (count, 1)) + np.arange(width) * rng.integers(1, 4, (count, 1))
        if scalar in FLOATS:
            return sortable_bits(start.astype(np.float64), scalar)
        return cut(start.view(np.uint64), WIDTHS[scalar])
    if kind == "distinct":
        few = draw(rng, style, scalar, (count, 3), mined)
        return np.take_along_axis(few, rng.integers(0, 3, shape), axis=1)
    if kind == "mixed":
        return draw_mixed(rng, names, scalar, count * width, mined).reshape(shape)
    bits = draw(rng, style, scalar, shape, mined)
    if kind == "sorted":
        ordered = np.sort(sortable(bits, scalar), axis=1)
        return (ordered[:, ::-1] if rng.random() < 0.25 else ordered).view(f"<u{WIDTHS[scalar]}")
    if kind == "mirror":
        half = int(rng.integers(1, 6))
        return np.concatenate([bits[:, :half], bits[:, half - 1 :: -1], bits[:, : width - 2 * half]], axis=1)
    return bits


def sortable_bits(values: np.ndarray, scalar: str) -> np.ndarray:
    """Raw bits of float values."""
    width = WIDTHS[scalar]
    with np.errstate(all="ignore"):
        return values.astype(f"<f{width}").view(f"<u{width}").astype(np.uint64)


def _written(rng: np.random.Generator, kind: str, shape: tuple[int, int], mined: Mined) -> np.ndarray:
    """Bytes of text, none of them NUL but in the kinds "mined" and "bytes" by chance."""
    count = shape[0]
    letters = np.frombuffer(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", np.uint8)
    if kind == "digits":
        return rng.integers(48, 58, shape).astype(np.uint64)
    if kind == "number":
        out = rng.integers(48, 58, shape)
        lead = np.frombuffer(b"-+ 0\t1.-", np.uint8)
        out[:, 0] = pick(rng, lead, count)
        out[:, 1] = np.where(rng.random(count) < 0.3, pick(rng, lead, count), out[:, 1])
        out[np.arange(count), rng.integers(1, 12, count)] = pick(rng, TEXT, count)
        return out.astype(np.uint64)
    if kind == "words":
        out = pick(rng, letters[: int(rng.integers(2, 52))], shape)
        out[rng.random(shape) < 0.25] = 32
        return out.astype(np.uint64)
    if kind == "letters":
        return pick(rng, letters, shape).astype(np.uint64)
    if kind == "mined":
        marks = mined.integers[(mined.integers > 0) & (mined.integers < 256)]
        pool = np.concatenate([marks.astype(np.uint8)] * 2 + [TEXT[:12]]) if len(marks) else TEXT
        return pick(rng, pool, shape).astype(np.uint64)
    if kind == "script" and len(mined.script):
        # From some place of the script on, as it is or with some characters changed.
        out = mined.script[(_places(rng, count, mined)[:, None] + np.arange(shape[1])) % len(mined.script)]
        changed = rng.random(shape) < pick(rng, np.array([0.0, 0.1, 0.3]), (count, 1))
        out[changed] = pick(rng, TEXT, int(changed.sum()))
        return out.astype(np.uint64)
    if kind == "alphabet" and len(mined.script):
        # The characters that the code knows, and digits: what a small language is made of.
        known = np.unique(mined.script)
        known = known[(known >= 32) & (known < 127)]
        return pick(rng, np.concatenate([known, known, np.frombuffer(b"0129", np.uint8)]), shape).astype(np.uint64)
    if kind == "bytes":
        return rng.integers(1, 256, shape).astype(np.uint64)
    if kind in ("distinct", "repeat"):
        few = pick(rng, TEXT, (count, 2 if kind == "repeat" else 3))
        return np.take_along_axis(few, rng.integers(0, few.shape[1], shape), axis=1).astype(np.uint64)
    if kind == "mirror":
        half = pick(rng, letters[:5], (count, 4))
        out = np.concatenate([half, half[:, :: -1]] * -(-shape[1] // 8), axis=1)[:, : shape[1]]
        return out.astype(np.uint64)
    if kind == "tiny":
        return rng.integers(1, 4, shape).astype(np.uint64)
    return pick(rng, TEXT, shape).astype(np.uint64)


def _places(rng: np.random.Generator, count: int, mined: Mined) -> np.ndarray:
    """Places in the script, half of them where a word begins."""
    printable = (mined.script >= 32) & (mined.script < 127)
    starts = np.flatnonzero(printable & ~np.concatenate(([False], printable[:-1])))
    anywhere = rng.integers(0, len(mined.script), count)
    return np.where(rng.random(count) < 0.5, pick(rng, starts, count), anywhere) if len(starts) else anywhere


def _terminate(vectors: Vectors, slot: Slot, rows: np.ndarray, rng: np.random.Generator) -> None:
    lengths = np.minimum(LENGTHS[_UP_TO.searchsorted(rng.random(len(rows)), side="right")], slot.count - 1)
    vectors.arenas[rows, slot.offset + lengths] = 0


def _relate(vectors: Vectors, rng: np.random.Generator) -> None:
    """In a share of the rows one buffer holds another's contents: equal, shifted, or equal but for one element."""
    slots = vectors.layout.slots
    for j, two in enumerate(slots):
        for one in slots[:j]:
            if one.fields != two.fields or one.size != two.size or POOL in (one.role, two.role) or one.cells != two.cells:
                continue
            rows = np.flatnonzero(rng.random(len(vectors)) < 0.3)
            if not len(rows):
                continue
            shifts = pick(rng, np.array([0, 0, 0, 0, 1, 2, 3]), len(rows))
            for shift in range(4):
                group = rows[shifts == shift]
                if vectors.layout.wide:
                    copy_elements(vectors, one, two, shift, group)
                    continue
                source = vectors.arenas[group, one.offset + shift * one.size : one.end]
                vectors.arenas[group, two.offset : two.offset + source.shape[1]] = source
            if one.length is not None and two.length is not None and one.length != two.length:
                same = rows[rng.random(len(rows)) < 0.5]
                vectors.values[same, two.length] = vectors.values[same, one.length]
            if vectors.layout.wide:
                continue
            changed = rows[rng.random(len(rows)) < 0.4]
            where = two.offset + rng.integers(0, 6 * two.size, len(changed))
            vectors.arenas[changed, where] ^= pick(rng, np.array([1, 2, 0x20, 0x80], np.uint8), len(changed))


def _bind(vectors: Vectors, rng: np.random.Generator) -> None:
    """Scalars become, in a share of the rows, an index into a buffer, an element of it, or equal to another scalar."""
    layout = vectors.layout
    count = len(vectors)
    shaping = layout.shaping
    texts = [layout.room == 1 and s.text and s.const for s in layout.slots]
    extents = vectors.extents() if any(texts) or any(s.shape is not None for s in layout.slots) else None
    for position in layout.scalars:
        scalar = layout.types[position]
        assert scalar is not None
        for k, slot in enumerate(layout.slots):
            if slot.role == RESULT:
                continue
            sized = slot.length is not None
            extent = vectors.values[:, slot.length].astype(np.int64) if slot.length is not None else np.full(count, 8)
            if slot.shape is not None and extents is not None and position not in shaping:
                sized, extent = True, extents[:, k]
            elif texts[k] and extents is not None and WIDTHS[scalar] >= 4:
                sized, extent = True, extents[:, k] - 1  # The NUL may be asked for.
            for field in slot.fields:
                same = field.scalar
                if (same in FLOATS) != (scalar in FLOATS) or WIDTHS[same] > WIDTHS[scalar]:
                    continue
                rows = np.flatnonzero(rng.random(count) < 0.35)
                picks = np.minimum(rng.integers(0, 1 << 30, len(rows)) % np.maximum(extent[rows], 1), slot.count * field.repeat - 1)
                column = layout.columns(vectors.arenas[rows], slot, field)
                found = column[np.arange(len(rows)), picks]
                if scalar in FLOATS:
                    found = sortable_bits(sortable(found, same), scalar)
                else:
                    found = sortable(found, same).astype(np.int64).view(np.uint64)
                vectors.values[rows, position] = cut(found, WIDTHS[scalar])
            if scalar not in FLOATS and sized:
                rows = np.flatnonzero(rng.random(count) < 0.3)
                vectors.values[rows, position] = (rng.integers(0, 1 << 30, len(rows)) % (extent[rows] + 1)).astype(np.uint64)
        for other in layout.scalars:
            if other < position and layout.types[other] == scalar:
                rows = np.flatnonzero(rng.random(count) < 0.12)
                vectors.values[rows, position] = vectors.values[rows, other]
                if scalar not in FLOATS:
                    near = rows[rng.random(len(rows)) < 0.4]
                    vectors.values[near, position] += pick(rng, np.array([1, (1 << 64) - 1], np.uint64), len(near))


def _alias(vectors: Vectors, rng: np.random.Generator) -> None:
    for i, j in vectors.layout.aliases:
        rows = np.flatnonzero(rng.random(len(vectors)) < _ALIASED / max(1, len(vectors.layout.aliases) // 2))
        vectors.home[rows, j] = i
        vectors.shift[rows, j] = pick(rng, np.array([0, 0, 1, 2, 3]), len(rows))
        # The other keeps its own place: chains of aliases would need their lengths checked together.
        vectors.home[rows, i] = i
        vectors.shift[rows, i] = 0


def mutate(vectors: Vectors, parents: np.ndarray, rng: np.random.Generator, mined: Mined) -> Vectors:
    """One child per entry of `parents` (row numbers): each with one to three changes of scalars, lengths, contents or aliasing."""
    layout = vectors.layout
    out = vectors.take(parents)
    count = len(out)
    for _ in range(3):
        rows = np.flatnonzero(rng.random(count) < 0.6)
        for position, type_ in enumerate(layout.types):
            if type_ in WIDTHS:
                _nudge(out, position, rows[rng.random(len(rows)) < 0.5], rng, mined)
        for slot in layout.slots:
            if slot.fields:
                _edit(out, slot, rows[rng.random(len(rows)) < 0.5], rng, mined)
    for slot in layout.slots:
        _fill(out, slot, np.flatnonzero(rng.random(count) < 0.05), rng, mined)
    if layout.wide:
        relink(out, rng)
    return out.settle()


def _nudge(vectors: Vectors, position: int, rows: np.ndarray, rng: np.random.Generator, mined: Mined) -> None:
    """Change a scalar: by one, one bit, or a new draw; a length by one or to a new length."""
    scalar = vectors.layout.types[position]
    assert scalar is not None
    old = vectors.values[rows, position]
    step = old + pick(rng, np.array([1, (1 << 64) - 1], np.uint64), len(rows))
    if position in vectors.layout.signature.lengths():
        fresh = LENGTHS[_UP_TO.searchsorted(rng.random(len(rows)), side="right")].astype(np.uint64)
        step = np.where(step > CAPACITY, old, step)
        vectors.values[rows, position] = np.where(rng.random(len(rows)) < 0.5, step, fresh)
        return
    flipped = old ^ (np.uint64(1) << rng.integers(0, 8 * WIDTHS[scalar], len(rows)).astype(np.uint64))
    fresh = draw_mixed(rng, styles(scalar), scalar, len(rows), mined)
    changes = [flipped, fresh] if scalar in FLOATS else [step, flipped, fresh]
    if scalar not in FLOATS and len(mined.integers):
        # Keeps a remainder by a constant of the code.
        with np.errstate(over="ignore"):
            changes.append(old + (pick(rng, mined.integers, len(rows)) * rng.integers(-9, 10, len(rows))).view(np.uint64))
    table = np.stack(changes)
    vectors.values[rows, position] = table[rng.integers(0, len(table), len(rows)), np.arange(len(rows))]


def _edit(vectors: Vectors, slot: Slot, rows: np.ndarray, rng: np.random.Generator, mined: Mined) -> None:
    """Change one element near the start: a new draw, a copy of another element, or one bit."""
    if not len(rows):
        return
    field = slot.fields[rng.integers(len(slot.fields))]
    scalar, bits = field.scalar, vectors.layout.columns(vectors.arenas[rows], slot, field)
    each = np.arange(len(rows))
    reach = np.where(rng.random(len(rows)) < 0.8, min(8, bits.shape[1]), max(1, bits.shape[1] - 1))
    where, other = rng.integers(0, reach), rng.integers(0, reach)
    byte = WIDTHS[scalar] == 1 and scalar != "bool"
    kinds = ("text", "digits", "small", "mined", "boundary") if slot.text else (*styles(scalar), "text", "digits") if byte else styles(scalar)
    fresh = draw_mixed(rng, kinds, scalar, len(rows), mined)
    flipped = bits[each, where] ^ (np.uint64(1) << rng.integers(0, 8 * WIDTHS[scalar], len(rows)).astype(np.uint64)).astype(bits.dtype)
    table = np.stack([fresh.astype(bits.dtype), bits[each, other], flipped])
    bits[each, where] = table[rng.integers(0, 3, len(rows)), each]
    if byte and len(mined.script):
        # A piece of the script, in a quarter of the rows.
        places, lengths = _places(rng, len(rows), mined), rng.integers(2, 13, len(rows))
        lengths[rng.random(len(rows)) < 0.75] = 0
        column = np.arange(bits.shape[1]) - np.where(rng.random(len(rows)) < 0.5, 0, where)[:, None]
        piece = mined.script[(places[:, None] + column) % len(mined.script)]
        bits = np.where((column >= 0) & (column < lengths[:, None]), piece, bits)
    vectors.layout.write(vectors.arenas, slot, field, rows, bits)
