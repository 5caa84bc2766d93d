"""The arena of a signature: which slots there are, where, and what they hold. See `layout` for what a slot is.

Plain signatures (numbers, and pointers to numbers or to structs of numbers) have a slot of `CAPACITY` elements for each pointer. For wider types
slots are smaller, so that an arena stays within some tens of thousands of bytes. `problem` says what can't be laid out, and why.
Limits: an object of a pool is one struct, or one array of `_PIECE` numbers; a struct that is reached both through a parameter and within memory has
two places, but pointers of its own type may lead from the one to the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from transpile.corpus.signature import UTF8, WIDTHS, Function, Pointer, Signature, bounded, is_address, read_type
from transpile.verify.callbacks import variants
from transpile.verify.layout import CAPACITY, GUARD, POINTER, POOL, RESULT, VALUE, Cell, Field, Given, Layout, Slot, Tied

_PIECES, _PIECE = 8, 32
"""Objects of a pool, and how many numbers or bytes one of them has."""
_NODES = 12
_BYTES = 512
"""What a `void *` parameter points to."""
_MOST_FIELDS, _LARGEST, _MOST_STRIDE = 200, 1 << 16, 1 << 17


def problem(signature: Signature) -> str:
    """Why the judge can't make inputs for a signature; "" where it can."""
    if signature.plain:
        return ""
    try:
        layout = Layout.of(signature)
    except (ValueError, KeyError) as error:
        return str(error).strip("'\"")
    return "its types are too large" if layout.stride > _MOST_STRIDE else ""


def place(signature: Signature, room: int, aliasing: bool, nullable: frozenset[int], given: tuple[Given, ...] = ()) -> Layout:
    """The layout of a signature. Raises ValueError for types that have no place, KeyError for a struct that the signature lacks."""
    slots, stride, types, callbacks = _place(signature, given)
    references = {k for k, s in enumerate(slots) if s.role == POINTER and s.parameter is not None and signature.parameters[s.parameter].reference}
    aliases = [
        (i, j)
        for i, one in enumerate(slots)
        for j, two in enumerate(slots)
        if i != j and one.role == two.role == POINTER and _alike(one, two) and not (one.const and two.const) and not (references >= {i, j})
    ]
    return Layout(signature, slots, stride, tuple(aliases) if aliasing else (), room, types, callbacks, nullable)


def _alike(one: Slot, two: Slot) -> bool:
    return one.fields == two.fields and one.size == two.size and one.cells == two.cells and one.count == two.count


@cache
def _place(signature: Signature, given: tuple[Given, ...]) -> tuple[tuple[Slot, ...], int, tuple[str | None, ...], tuple[tuple[str, str], ...]]:
    """(slots, stride, types, callbacks): all that depends on the signature, and on what was found out of buffers, alone. Among wide types slots keep
    their places, which tables of cells name."""
    plan = _Plan(signature, {one.position: one for one in given})
    types: list[str | None] = []
    for position, parameter in enumerate(signature.parameters):
        if parameter.pointer:
            plan.add(parameter.type, POINTER, position)
            types.append(None)
        elif isinstance(read_type(parameter.type), Function):
            types.append(parameter.type)
        elif signature.struct(parameter.type) is None:
            if parameter.type not in WIDTHS:
                raise ValueError(f"'{parameter.type}' is no type of a parameter")
            types.append(parameter.type)
        else:
            scalar = signature.scalar(parameter.type)
            if scalar is not None and is_address(scalar):
                raise ValueError("a struct of one pointer is passed by value")
            types.append(scalar)
            if scalar is None and signature.size(parameter.type)[0]:
                plan.add(parameter.type, VALUE, position)
    if signature.result_hidden:
        assert signature.result is not None
        plan.add(signature.result, RESULT, None)
    plan.add_pools()
    functions = [t for t in dict.fromkeys([*(t for t in types if t), *(c.type for s in plan.slots for c in s.cells)]) if t.startswith("fn(")]
    callbacks = tuple((t, variant) for t in functions for variant in variants(t))
    return tuple(plan.slots), plan.at if plan.slots else 0, tuple(types), callbacks


class _Plan:
    """Slots as they are added, one behind the other."""

    def __init__(self, signature: Signature, given: Mapping[int, Given]) -> None:
        self.signature, self.given, self.slots, self.at = signature, given, [], GUARD

    def add(self, type_: str, role: str, position: int | None, count: int | None = None, piece: int = 0) -> None:
        signature = self.signature
        size = signature.size(type_)[0]
        if not size or size > _LARGEST:
            raise ValueError(f"'{type_}' has {size} bytes")
        fields, cells = _contents(signature, type_)
        if count is None:
            count = _count(signature, type_, size, role)
        parameter = signature.parameters[position] if position is not None and role == POINTER else None
        length, const, shape = (parameter.length, parameter.const, None) if parameter else (None, False, None)
        if parameter and position in self.given:
            found = self.given[position]
            shape, count = found.shape, found.count if signature.plain else count
            length = length if shape is None else None
        bounds = [(Field(leaf.type, leaf.offset), domain) for leaf, domain in bounded(type_, signature.structs)]
        if parameter and parameter.domain and parameter.domain != UTF8:
            bounds += [(Field(leaf.type, leaf.offset), parameter.domain) for leaf in signature.leaves(type_)]
        tied = _tied(signature, type_)
        self.slots.append(Slot(position, self.at, size, fields, length, const, count, role, type_, cells, tied, piece, tuple(bounds), shape))
        self.at = -(-(self.at + count * size + max(GUARD, 2 * size)) // 16) * 16

    def add_pools(self) -> None:
        """A pool for every type that a cell leads to, those of pools too."""
        k = 0
        while k < len(self.slots):
            for cell in self.slots[k].cells:
                pointee = read_type(cell.type)
                if not isinstance(pointee, Pointer) or any(s.role == POOL and s.type == pointee.to for s in self.slots):
                    continue
                if self.signature.struct(pointee.to):
                    size = max(1, self.signature.size(pointee.to)[0])
                    self.add(pointee.to, POOL, None, min(_NODES, _some(size)), 1)
                elif is_address(pointee.to):
                    self.add(pointee.to, POOL, None, 32, 8)
                else:
                    self.add(pointee.to, POOL, None, _PIECES * _PIECE, _PIECE)
            k += 1


def _count(signature: Signature, type_: str, size: int, role: str) -> int:
    if role != POINTER:
        return 1
    if signature.plain:
        return CAPACITY
    return _BYTES if type_ == "void" else CAPACITY if size <= 16 else min(CAPACITY, _some(size))


def _some(size: int) -> int:
    """How many structs of a size there are: at least four, but of large ones, of which there is one."""
    return max(4, 1024 // size) if size <= 1024 else max(1, 4096 // size)


def _contents(signature: Signature, type_: str) -> tuple[tuple[Field, ...], tuple[Cell, ...]]:
    """What an element of a type holds: numbers, and pointers. Numbers of one type in a row, as in an array, are one field."""
    fields: list[Field] = []
    cells: list[Cell] = []
    for leaf in signature.leaves(type_):
        scalar = "u8" if leaf.type == "void" else leaf.type
        in_array = bool(leaf.path) and isinstance(leaf.path[-1], int) and leaf.path[-1] > 0
        if scalar in WIDTHS:
            last = fields[-1] if fields else None
            if in_array and last and last.scalar == scalar and last.offset + last.repeat * WIDTHS[scalar] == leaf.offset:
                fields[-1] = last._replace(repeat=last.repeat + 1)
            else:
                fields.append(Field(scalar, leaf.offset))
        else:
            name = next((p for p in reversed(leaf.path) if isinstance(p, str)), "")
            if in_array and cells and cells[-1].type == leaf.type and cells[-1].offset + 4 * cells[-1].repeat == leaf.offset:
                cells[-1] = cells[-1]._replace(repeat=cells[-1].repeat + 1)
            else:
                cells.append(Cell(leaf.type, leaf.offset, 1, name))
    if len(fields) + len(cells) > _MOST_FIELDS:
        raise ValueError(f"'{type_}' has {len(fields) + len(cells)} fields")
    return tuple(fields), tuple(cells)


def _tied(signature: Signature, type_: str) -> tuple[Tied, ...]:
    """The lengths beside pointers in a struct itself; those of structs within it are not bound to anything."""
    struct = signature.struct(type_)
    if struct is None:
        return ()
    places = {name: (t, offset) for name, t, offset in struct.layout(signature.structs)[0]}
    out = []
    for pointer, length in struct.lengths:
        kind, offset = places[pointer]
        pointee = read_type(kind)
        if isinstance(pointee, Pointer) and places[length][0] in WIDTHS:
            out.append(Tied(offset, *places[length], signature.size(pointee.to)[0]))
    return tuple(out)
