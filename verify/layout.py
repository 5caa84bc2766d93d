"""Where the pointers of a signature point to: the caller's memory (the *arena*) and tables of vectors over it.

Every pointer parameter has a slot at a fixed offset: room for some elements, then a guard. What a vector's buffer does not use of its slot
is redzone. Structs passed by value and a result that is returned through an address have slots too, and what pointers within memory lead to lies
in *pools*, one slot for every type; all of these belong to the function whole. A pointer within memory is a *cell*: 0 for null, else one
more than the offset in the arena, or the number of a function of `callbacks`; the driver makes addresses of them.
A vector is a row: raw bits of the scalars, for every pointer parameter the slot it points into (its own, unless two pointers alias; `NULL`) and
how many elements further, and the initial bytes of the arena. `Vectors.settle` restores the invariants after any change of rows: lengths
fit their slots, strings end in NUL inside them, booleans are 0 or 1, enums and text what they may be; `inside` then marks the bytes that belong to some buffer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS, Domain, Signature
from transpile.verify import domains
from transpile.verify.shapes import Shape, read

CAPACITY = 64
"""Most elements of a buffer."""
GUARD = 32
LENGTHS = np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 17, 24, 31, 32, 33, 48, 63, 64])
"""Lengths that are tried: all small ones, and those around powers of two."""
NULL = -1
"""The `home` of a pointer that points nowhere."""
IN_PLACE = -1
"""The `pointer` of a length of an array that lies in the struct itself."""
NOWHERE = 0xFFFFFFFF
"""The offset that stands for null among arguments."""

POINTER, VALUE, RESULT, POOL = "pointer", "value", "result", "pool"
"""What a slot is for: a pointer parameter, a struct by value, the result's struct, what pointers in memory lead to."""


class Field(NamedTuple):
    """Scalars within an element: `repeat` of them in a row from `offset` on."""

    scalar: str
    offset: int
    repeat: int = 1


class Cell(NamedTuple):
    """Pointers within an element: `repeat` of them in a row from `offset` on, and the name of the field that they are in."""

    type: str
    offset: int
    repeat: int = 1
    name: str = ""


class Tied(NamedTuple):
    """A length within an element: the offset of the pointer, the scalar that holds its number of elements, and that one's offset, the size of one element.

    Of an array in place the pointer is `IN_PLACE`, and the size is its number of elements. `rows`: the scalar and offset of a second number, possibly
    the same one; what there is is as many elements as the two multiplied.
    """

    pointer: int
    scalar: str
    offset: int
    size: int
    rows: tuple[str, int] | None = None


class Given(NamedTuple):
    """What was found out of the buffer behind a pointer parameter: its shape, if that is not what the signature says, and room for how many elements."""

    position: int
    shape: Shape | None
    count: int


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in the arena for `count` elements of a type. `parameter`: whose it is, None for pools and the result.

    `piece`: for a pool, the number of elements of one object, at whose start pointers lead to; 0 for other slots. `shape`: how many elements belong to
    the pointer, where the original was seen to take that many; its `length` then is None.
    """

    parameter: int | None
    offset: int
    size: int
    fields: tuple[Field, ...]
    length: int | None
    const: bool
    count: int = CAPACITY
    role: str = POINTER
    type: str = ""
    cells: tuple[Cell, ...] = ()
    tied: tuple[Tied, ...] = ()
    piece: int = 0
    bounds: tuple[tuple[Field, Domain], ...] = ()
    """What fields may hold, where that is less than their scalar can."""
    shape: Shape | None = None

    @property
    def text(self) -> bool:
        """A pointer to bytes without a length: taken for a NUL-terminated string."""
        single = len(self.fields) == 1 and self.size == 1 and self.fields[0].scalar in ("i8", "u8")
        return single and self.length is None and self.shape is None and self.role == POINTER and self.type != "void"

    @property
    def whole(self) -> bool:
        """Whether all of the slot belongs to the function, whatever a length says: bytes of unknown type, and what is no pointer parameter."""
        return self.role != POINTER or (self.shape is None and (self.type == "void" or (self.length is None and self.type.startswith("*"))))

    @property
    def end(self) -> int:
        return self.offset + self.count * self.size


@dataclass(frozen=True, slots=True)
class Layout:
    """`stride`: bytes of the arena. `aliases`: pairs of slots that may point to the same buffer. `dust`: bytes never compared (padding)."""

    signature: Signature
    slots: tuple[Slot, ...]
    stride: int
    aliases: tuple[tuple[int, int], ...]
    room: int
    """Elements behind a pointer that has no length: 1, or more where the original is seen to use more."""
    types: tuple[str | None, ...] = ()
    """For every parameter the scalar, or pointer to a function, that a vector's `values` hold; None for what lies in a slot."""
    callbacks: tuple[tuple[str, str], ...] = ()
    """The functions that pointers to functions may lead to: (type, which one of it); see `callbacks`."""
    nullable: frozenset[int] = frozenset()
    """Slots whose pointer may be null, because the original can take it."""
    guessed: tuple[tuple[int, Tied], ...] = ()
    """Numbers in elements of slots that are taken for lengths, because the original then takes more; in most vectors they say no more than there is."""

    @classmethod
    def of(cls, signature: Signature, *, room: int = 1, aliasing: bool = True, nullable: frozenset[int] = frozenset(),
           given: tuple[Given, ...] = ()) -> Layout:  # fmt: skip
        from transpile.verify.places import place

        return place(signature, room, aliasing, nullable, given)

    @property
    def wide(self) -> bool:
        """Whether there is more than numbers, and pointers to numbers and to structs of numbers."""
        return not self.signature.plain

    @property
    def cost(self) -> int:
        """Fuel that the driver needs, at most, to hand a vector over."""
        return 8 * self.stride + 60 * sum(places.size for _, _, places in self.cells())

    @property
    def scalars(self) -> list[int]:
        """Positions of the scalar parameters that are no lengths."""
        lengths = self.signature.lengths()
        return [k for k, type_ in enumerate(self.types) if type_ in WIDTHS and k not in lengths]

    @property
    def shaping(self) -> frozenset[int]:
        """Positions of the parameters that the shapes of buffers depend on."""
        return frozenset().union(*(s.shape.positions for s in self.slots if s.shape is not None))

    def functions(self, type_: str) -> list[int]:
        """The numbers, from 1 on, of the callbacks that have a type."""
        return [k for k, (one, _) in enumerate(self.callbacks, 1) if one == type_]

    def targets(self, type_: str) -> np.ndarray:
        """What a cell of a pointer type may hold beside 0."""
        if type_.startswith("fn("):
            return np.array(self.functions(type_), np.int64)
        pointee = type_.removeprefix("*const ") if type_.startswith("*const ") else type_[1:]
        slot = next((s for s in self.slots if s.role == POOL and s.type == pointee), None)
        return np.zeros(0, np.int64) if slot is None else 1 + slot.offset + slot.size * np.arange(0, slot.count, slot.piece)

    def cells(self) -> list[tuple[Slot, Cell, np.ndarray]]:
        """Every kind of cell, and where in the arena those of its kind are, by element and repetition: int64 [count, repeat]."""
        return [
            (slot, cell, slot.offset + cell.offset + slot.size * np.arange(slot.count)[:, None] + 4 * np.arange(cell.repeat))
            for slot in self.slots
            for cell in slot.cells
        ]

    def dust(self) -> np.ndarray:
        """bool [S]: padding within structs, which no language promises to keep, and copies of structs, which belong to the callee."""
        mask = np.zeros(self.stride, bool)
        for slot in self.slots:
            used = np.zeros(slot.size, bool)
            for scalar, offset, repeat in slot.fields:
                used[offset : offset + WIDTHS[scalar] * repeat] = True
            for cell in slot.cells:
                used[cell.offset : cell.offset + 4 * cell.repeat] = True
            mask[slot.offset : slot.end] = np.tile(~used, slot.count) | (slot.role == VALUE)
        return mask

    def columns(self, arenas: np.ndarray, slot: Slot, field: Field) -> np.ndarray:
        """The raw bits of one field of all elements of a slot, as unsigned integers [N, count * repeat]; a copy."""
        width = WIDTHS[field.scalar] * field.repeat
        cells = arenas[:, slot.offset : slot.end].reshape(len(arenas), slot.count, slot.size)[:, :, field.offset : field.offset + width]
        return np.ascontiguousarray(cells).reshape(len(arenas), slot.count * width).view(f"<u{WIDTHS[field.scalar]}")

    def write(self, arenas: np.ndarray, slot: Slot, field: Field, rows: np.ndarray, bits: np.ndarray) -> None:
        """Put raw bits [len(rows), count * repeat] into one field of all elements of a slot, in the rows given."""
        width = WIDTHS[field.scalar] * field.repeat
        raw = np.ascontiguousarray(bits.astype(f"<u{WIDTHS[field.scalar]}", copy=False)).view(np.uint8).reshape(len(rows), slot.count, width)
        if slot.size == width:
            arenas[rows, slot.offset : slot.end] = raw.reshape(len(rows), -1)
        else:
            elements = arenas[:, slot.offset : slot.end].reshape(len(arenas), slot.count, slot.size)
            elements[rows, :, field.offset : field.offset + width] = raw


@dataclass(slots=True)
class Vectors:
    """A table of inputs; see the module. `values`: uint64 [N, P], `home` and `shift`: [N, slots], `arenas`: uint8 [N, S]."""

    layout: Layout
    values: np.ndarray
    home: np.ndarray
    shift: np.ndarray
    arenas: np.ndarray

    def __len__(self) -> int:
        return len(self.values)

    @classmethod
    def blank(cls, layout: Layout, count: int) -> Vectors:
        slots = len(layout.slots)
        home = np.tile(np.arange(slots, dtype=np.int16), (count, 1))
        return cls(
            layout,
            np.zeros((count, len(layout.signature.parameters)), np.uint64),
            home,
            np.zeros((count, slots), np.int16),
            np.zeros((count, layout.stride), np.uint8),
        )

    def take(self, rows: np.ndarray | slice) -> Vectors:
        """Some rows (indices or a mask: a copy; a slice: a view)."""
        return Vectors(self.layout, self.values[rows], self.home[rows], self.shift[rows], self.arenas[rows])

    @classmethod
    def join(cls, parts: list[Vectors]) -> Vectors:
        if len(parts) == 1:
            return parts[0]
        names = ("values", "home", "shift", "arenas")
        return cls(parts[0].layout, *(np.concatenate([getattr(p, n) for p in parts]) for n in names))

    def aliased(self) -> np.ndarray:
        """bool [N]: some pointer points into another's buffer."""
        return ((self.home != np.arange(self.home.shape[1])) & (self.home != NULL)).any(axis=1)

    def offsets(self) -> np.ndarray:
        """int64 [N, slots]: where each pointer points, in bytes from the arena's start; `NOWHERE` for null."""
        sizes = np.array([s.size for s in self.layout.slots], np.int64)
        starts = np.array([s.offset for s in self.layout.slots], np.int64)
        out = starts[self.home] + self.shift * sizes
        return np.where(self.home == NULL, NOWHERE, out) if self.layout.nullable else out

    def extents(self) -> np.ndarray:
        """int64 [N, slots]: number of elements that belong to each pointer."""
        out = np.zeros((len(self), len(self.layout.slots)), np.int64)
        offsets = self.offsets() if any(s.text for s in self.layout.slots) else None
        numbers = read(self.values, self.layout.types, self.layout.shaping)
        for k, slot in enumerate(self.layout.slots):
            left = slot.count - self.shift[:, k].astype(np.int64)
            if slot.whole:
                out[:, k] = left
            elif slot.shape is not None:
                out[:, k] = np.minimum(slot.shape.count(numbers), left)
            elif slot.length is not None:
                out[:, k] = self.values[:, slot.length].astype(np.int64)
            elif slot.text and slot.const and self.layout.room == 1:
                assert offsets is not None
                out[:, k] = self._terminators(offsets[:, k]) + 1
            elif slot.text:
                out[:, k] = left
            else:
                out[:, k] = np.minimum(self.layout.room, left)
        return np.where(self.home == NULL, 0, out) if self.layout.nullable else out

    def _terminators(self, starts: np.ndarray) -> np.ndarray:
        """Distance from each start to the next NUL; `settle` guarantees one within the slot."""
        zero = self.arenas == 0
        zero &= np.arange(self.layout.stride) >= starts[:, None]
        return np.where(starts < self.layout.stride, zero.argmax(axis=1) - starts, 0)

    def inside(self) -> np.ndarray:
        """bool [N, S]: bytes that belong to some pointer's buffer."""
        mask = np.zeros(self.arenas.shape, bool)
        starts, extents = self.offsets(), self.extents()
        # Half as wide takes half as long.
        narrow, unsigned = (np.int16, np.uint16) if self.layout.stride < 1 << 15 else (np.int32, np.uint32)
        for k, slot in enumerate(self.layout.slots):
            if slot.role != POINTER:
                mask[:, slot.offset : slot.end] = True
                continue
            homes = [self.layout.slots[h] for h in np.flatnonzero(np.bincount(self.home[:, k] - NULL)) + NULL if h != NULL]
            if not homes:
                continue
            low, high = min(h.offset for h in homes), max(h.end for h in homes)
            distance = np.arange(low, high, dtype=narrow) - starts[:, k, None].astype(narrow)
            # One unsigned comparison stands for 0 <= distance < length.
            mask[:, low:high] |= distance.view(unsigned) < (extents[:, k, None] * slot.size).astype(unsigned)
        return mask

    def arguments(self) -> np.ndarray:
        """uint64 [N, A]: what the C ABI passes; pointers as offsets into the arena, functions as their number."""
        layout = self.layout
        out = self.values.copy()
        for k, type_ in enumerate(layout.types):
            if type_ in WIDTHS:
                out[:, k] = _extended(out[:, k], type_)
        offsets = self.offsets().astype(np.uint64) if layout.slots else np.zeros((len(self), 0), np.uint64)
        for k, slot in enumerate(layout.slots):
            if slot.parameter is not None:
                out[:, slot.parameter] = offsets[:, k]
        if not layout.wide:
            return out
        result = next((k for k, s in enumerate(layout.slots) if s.role == RESULT), None)
        columns = [offsets[:, result] if p.parameter is None else out[:, p.parameter] for p in layout.signature.passed()]
        return np.stack(columns, axis=1) if columns else out[:, :0]

    def settle(self) -> Vectors:
        """Restore the invariants in place; returns self."""
        layout = self.layout
        for k, type_ in enumerate(layout.types):
            if type_ in WIDTHS:
                self.values[:, k] &= np.uint64(1 if type_ == "bool" else (1 << 8 * WIDTHS[type_]) - 1)
        for position in layout.signature.lengths():
            limit = np.full(len(self), CAPACITY, np.int64)
            for k, slot in enumerate(layout.slots):
                if slot.length == position:
                    limit = np.minimum(limit, slot.count - self.shift[:, k])
            self.values[:, position] = np.minimum(self.values[:, position], limit.astype(np.uint64))
        for slot in layout.slots:
            if slot.text:
                self.arenas[:, slot.end - 1] = 0
            if slot.role == POOL and slot.type in ("i8", "u8"):
                self.arenas[:, slot.offset + slot.piece - 1 : slot.end : slot.piece] = 0
            for scalar, offset, repeat in slot.fields:
                if scalar == "bool":
                    for k in range(repeat):
                        self.arenas[:, slot.offset + offset + k : slot.end : slot.size] &= 1
            for tied in slot.tied:
                self._tie(slot, tied)
        domains.settle(self)
        return self

    def left(self, slot: Slot, tied: Tied) -> np.ndarray:
        """int64 [N, elements]: how many elements there are from where the pointer of a length leads (0 for null), or how many rows of them."""
        if tied.pointer == IN_PLACE:
            return np.full((len(self), slot.count), tied.size, np.int64)
        pointers = self.layout.columns(self.arenas, slot, Field("u32", tied.pointer)).astype(np.int64)
        limit = np.zeros(pointers.shape, np.int64)
        for pool in self.layout.slots:  # or a place within the struct itself
            there = (pointers - 1 >= pool.offset) & (pointers - 1 < pool.end)
            limit = np.where(there, (pool.end - pointers + 1) // tied.size, limit)
        if tied.rows == (tied.scalar, tied.offset):
            return np.sqrt(limit).astype(np.int64)
        return limit // np.clip(self.layout.columns(self.arenas, slot, Field(*tied.rows)).astype(np.int64), 1, None) if tied.rows else limit

    def _tie(self, slot: Slot, tied: Tied) -> None:
        """Lengths beside pointers: at most what is left of the pool that each leads to."""
        layout, field = self.layout, Field(tied.scalar, tied.offset)
        limit = self.left(slot, tied)
        lengths = layout.columns(self.arenas, slot, field)
        fitting = np.minimum(lengths, limit.astype(lengths.dtype))
        if (fitting != lengths).any():
            layout.write(self.arenas, slot, field, np.arange(len(self)), fitting)


def _extended(bits: np.ndarray, scalar: str) -> np.ndarray:
    """Raw bits of a scalar as the C ABI passes them: narrow signed integers are sign-extended to 32 bits."""
    width = WIDTHS[scalar]
    if scalar in SIGNED and width < 4:
        return bits.astype(f"<u{width}").view(f"<i{width}").astype(np.int32).view(np.uint32).astype(np.uint64)
    return bits


def decode_scalar(bits: int, scalar: str) -> int | float | bool:
    """A source-level value from raw bits (upper bits beyond the width are ignored)."""
    width = WIDTHS[scalar]
    raw = (bits & ((1 << 8 * width) - 1)).to_bytes(width, "little")
    if scalar in FLOATS:
        return float(np.frombuffer(raw, f"<f{width}")[0])
    if scalar == "bool":
        return bool(raw[0])
    return int.from_bytes(raw, "little", signed=scalar in SIGNED)


def plain(value: float | int | bool) -> float | int | bool | str:
    """A value JSON can hold: non-finite floats become text."""
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if value != value else "inf" if value > 0 else "-inf"
    return value
