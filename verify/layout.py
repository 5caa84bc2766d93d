"""Where the pointer parameters of a signature point to: the caller's memory (the *arena*) and tables of vectors over it.

Every pointer has a slot at a fixed offset: room for `CAPACITY` elements, then a guard. What a vector's buffer does not use of its slot
is redzone. A vector is a row: raw bits of the scalars, for every pointer the slot it points into (its own, unless two pointers alias) and
how many elements further, and the initial bytes of the arena. `Vectors.settle` restores the invariants after any change of rows: lengths
fit their slots, strings end in NUL inside them, booleans are 0 or 1; `inside` then marks the bytes that belong to some buffer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS, Signature

CAPACITY = 64
"""Most elements of a buffer."""
GUARD = 32
LENGTHS = np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 17, 24, 31, 32, 33, 48, 63, 64])
"""Lengths that are tried: all small ones, and those around powers of two."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The home of one pointer parameter. `fields`: (type, offset) within one element; one pair at 0 for scalars."""

    parameter: int
    offset: int
    size: int
    fields: tuple[tuple[str, int], ...]
    length: int | None
    const: bool

    @property
    def text(self) -> bool:
        """A pointer to bytes without a length: taken for a NUL-terminated string."""
        return self.length is None and len(self.fields) == 1 and self.fields[0][0] in ("i8", "u8") and self.size == 1

    @property
    def end(self) -> int:
        return self.offset + CAPACITY * self.size


@dataclass(frozen=True, slots=True)
class Layout:
    """`stride`: bytes of the arena. `aliases`: pairs of slots that may point to the same buffer. `dust`: bytes never compared (padding)."""

    signature: Signature
    slots: tuple[Slot, ...]
    stride: int
    aliases: tuple[tuple[int, int], ...]
    room: int
    """Elements behind a pointer that has no length: 1, or more where the original is seen to use more."""

    @classmethod
    def of(cls, signature: Signature, *, room: int = 1, aliasing: bool = True) -> Layout:
        slots: list[Slot] = []
        at = GUARD
        for position, parameter in enumerate(signature.parameters):
            if not parameter.pointer:
                continue
            struct = signature.struct(parameter.type)
            if struct is not None:
                layout, size = struct.layout()
                fields = tuple((scalar, offset) for _, scalar, offset in layout)
            else:
                fields, size = ((parameter.type, 0),), WIDTHS[parameter.type]
            slots.append(Slot(position, at, size, fields, parameter.length, parameter.const))
            at = -(-(at + CAPACITY * size + max(GUARD, 2 * size)) // 16) * 16
        aliases = [
            (i, j)
            for i, one in enumerate(slots)
            for j, two in enumerate(slots)
            if i != j and one.fields == two.fields and one.size == two.size and not (one.const and two.const)
        ]
        return cls(signature, tuple(slots), at if slots else 0, tuple(aliases) if aliasing else (), room)

    @property
    def scalars(self) -> list[int]:
        """Positions of the scalar parameters that are no lengths."""
        lengths = self.signature.lengths()
        return [k for k, p in enumerate(self.signature.parameters) if not p.pointer and k not in lengths]

    def dust(self) -> np.ndarray:
        """bool [S]: padding within structs, which no language promises to keep."""
        mask = np.zeros(self.stride, bool)
        for slot in self.slots:
            used = np.zeros(slot.size, bool)
            for scalar, offset in slot.fields:
                used[offset : offset + WIDTHS[scalar]] = True
            mask[slot.offset : slot.end] = np.tile(~used, CAPACITY)
        return mask

    def columns(self, arenas: np.ndarray, slot: Slot, scalar: str, offset: int) -> np.ndarray:
        """The raw bits of one field of all elements of a slot, as unsigned integers [N, CAPACITY]; a copy."""
        width = WIDTHS[scalar]
        cells = arenas[:, slot.offset : slot.end].reshape(len(arenas), CAPACITY, slot.size)[:, :, offset : offset + width]
        return np.ascontiguousarray(cells).view(f"<u{width}")[:, :, 0]

    def write(self, arenas: np.ndarray, slot: Slot, scalar: str, offset: int, rows: np.ndarray, bits: np.ndarray) -> None:
        """Put raw bits [len(rows), CAPACITY] into one field of all elements of a slot, in the rows given."""
        width = WIDTHS[scalar]
        raw = np.ascontiguousarray(bits.astype(f"<u{width}")).view(np.uint8).reshape(len(rows), CAPACITY, width)
        for byte in range(width):
            arenas[rows[:, None], slot.offset + offset + byte + slot.size * np.arange(CAPACITY)] = raw[:, :, byte]


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
        return (self.home != np.arange(self.home.shape[1])).any(axis=1)

    def offsets(self) -> np.ndarray:
        """int64 [N, slots]: where each pointer points, in bytes from the arena's start."""
        sizes = np.array([s.size for s in self.layout.slots], np.int64)
        starts = np.array([s.offset for s in self.layout.slots], np.int64)
        return starts[self.home] + self.shift * sizes

    def extents(self) -> np.ndarray:
        """int64 [N, slots]: number of elements that belong to each pointer."""
        out = np.zeros((len(self), len(self.layout.slots)), np.int64)
        offsets = self.offsets() if any(s.text for s in self.layout.slots) else None
        for k, slot in enumerate(self.layout.slots):
            left = CAPACITY - self.shift[:, k].astype(np.int64)
            if slot.length is not None:
                out[:, k] = self.values[:, slot.length].astype(np.int64)
            elif slot.text and slot.const and self.layout.room == 1:
                assert offsets is not None
                out[:, k] = self._terminators(offsets[:, k]) + 1
            elif slot.text:
                out[:, k] = left
            else:
                out[:, k] = np.minimum(self.layout.room, left)
        return out

    def _terminators(self, starts: np.ndarray) -> np.ndarray:
        """Distance from each start to the next NUL; `settle` guarantees one within the slot."""
        zero = self.arenas == 0
        zero &= np.arange(self.layout.stride) >= starts[:, None]
        return zero.argmax(axis=1) - starts

    def inside(self) -> np.ndarray:
        """bool [N, S]: bytes that belong to some pointer's buffer."""
        mask = np.zeros(self.arenas.shape, bool)
        starts, extents = self.offsets(), self.extents()
        for k, slot in enumerate(self.layout.slots):
            distance = np.arange(self.layout.stride, dtype=np.int32) - starts[:, k, None].astype(np.int32)
            # One unsigned comparison stands for 0 <= distance < length.
            mask |= distance.view(np.uint32) < (extents[:, k, None] * slot.size).astype(np.uint32)
        return mask

    def arguments(self) -> np.ndarray:
        """uint64 [N, P]: what the C ABI passes; pointers as offsets into the arena."""
        out = self.values.copy()
        for k, parameter in enumerate(self.layout.signature.parameters):
            if not parameter.pointer:
                out[:, k] = _extended(out[:, k], parameter.type)
        if self.layout.slots:
            out[:, [s.parameter for s in self.layout.slots]] = self.offsets().astype(np.uint64)
        return out

    def settle(self) -> Vectors:
        """Restore the invariants in place; returns self."""
        layout, parameters = self.layout, self.layout.signature.parameters
        for k, parameter in enumerate(parameters):
            if not parameter.pointer:
                self.values[:, k] &= np.uint64(1 if parameter.type == "bool" else (1 << 8 * WIDTHS[parameter.type]) - 1)
        for position in layout.signature.lengths():
            limit = np.full(len(self), CAPACITY, np.int64)
            for k, slot in enumerate(layout.slots):
                if slot.length == position:
                    limit = np.minimum(limit, CAPACITY - self.shift[:, k])
            self.values[:, position] = np.minimum(self.values[:, position], limit.astype(np.uint64))
        for slot in layout.slots:
            if slot.text:
                self.arenas[:, slot.end - 1] = 0
            for scalar, offset in slot.fields:
                if scalar == "bool":
                    self.arenas[:, slot.offset + offset : slot.end : slot.size] &= 1
        return self


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
