"""Structs as some code needs them: of each the fields that it names, and arrays of bytes where others were.

A real struct has dozens of fields, bit fields and unions in places, while a function looks at three. Small structs stay whole. A union of which one
member is named is that member. Invariant: what comes out has the size, alignment and offsets of what C has. Limit: names alone decide which fields
count, so a field of a popular name stays where it need not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from transpile.corpus.real.types import UNKNOWN, CTypes, plain
from transpile.corpus.signature import WIDTHS, Array, Function, Pointer, Struct, gather_structs, is_address, pointer_to, read_type

MOST_STRUCTS, MOST_FIELDS = 10, 40
WHOLE = 8
"""Structs of at most so many fields stay whole."""
_RESERVED = frozenset({*WIDTHS, "void", "fn", "const", UNKNOWN})


class Unsayable(Exception):
    """A type that a signature can't hold; the message says why, in the words of the counts."""


class Reduction:
    """The structs that some code needs, of which it names the fields `members`."""

    def __init__(self, types: CTypes, members: frozenset[str]) -> None:
        self.types, self.members = types, members
        self.structs: dict[str, Struct] = {}

    def convert(self, type_: str, *, shallow: bool = False) -> str:
        """A type in a signature's words; the structs that it reaches are in `structs` then. `shallow`: pointers to structs become pointers to
        void. Raises Unsayable."""
        if type_.startswith("F("):
            raise Unsayable("a function by value")
        match read_type(plain(type_)):
            case Pointer(to=to, const=const):
                bottom = to
                while bottom.startswith("["):
                    bottom = bottom[bottom.index("]") + 1 :]
                if not self._is_said(bottom, shallow):
                    return pointer_to("void", const)
                return pointer_to(self.convert(to, shallow=shallow), const)
            case Array(count=count, of=of):
                if not count:
                    raise Unsayable("array without a size")
                return f"[{count}]{self.convert(of, shallow=shallow)}"
            case Function(parameters=parameters, result=result):
                inner = ",".join(self.convert(p, shallow=shallow) for p in parameters)
                return f"fn({inner}){self.convert(result, shallow=shallow) if result else ''}"
            case name:
                if name in WIDTHS or name == "void":
                    return str(name)
                if self.types.layout(str(name)) is None:
                    raise Unsayable("type unknown" if name == UNKNOWN else "struct unknown")
                before = len(self.structs)
                try:
                    self._reduce(str(name))
                except Unsayable:
                    for one in list(self.structs)[before:]:  # what it reaches may point back to it
                        del self.structs[one]
                    raise
                return str(name)

    def _is_said(self, to: str, shallow: bool) -> bool:
        """Can what a pointer points to be said?"""
        if to in WIDTHS or to == "void" or is_address(to):
            return True
        return to in self.structs or (not shallow and self.types.layout(to) is not None)

    def _reduce(self, name: str) -> None:
        if name in self.structs:
            return
        if name in _RESERVED:
            self.structs[name] = Struct(name, ())
            raise Unsayable("struct of a reserved name")
        layout = self.types.layout(name)
        assert layout is not None
        self.structs[name] = Struct(name, ())
        whole = layout.whole and len(layout.fields) <= WHOLE and all(_is_simple(f.type) for f in layout.fields)
        kept = [f for f in layout.fields if whole or f.name in self.members]
        short = layout.align > max((f.align for f in kept), default=1)
        fields: list[tuple[str, str]] = []
        at = pads = 0

        def fill(stop: int, align: int) -> None:
            """Fields that take the place up to `stop`, where alignment does not skip it by itself; one of them has the struct's alignment."""
            nonlocal pads, short
            if at == stop or (not short and -(-at // align) * align == stop):
                return
            filled = _filling(at, stop, layout.align if short else 1)
            short = short and not any(t.endswith(f"u{8 * layout.align}") for t in filled)
            fields.extend((f"_pad{pads + i}", t) for i, t in enumerate(filled))
            pads += len(filled)

        for field in kept:
            if field.bits:
                raise Unsayable("bit field")
            if field.offset < at:
                raise Unsayable("union")
            fill(field.offset, field.align)
            fields.append((field.name, self.convert(field.type, shallow=field.name not in self.members)))
            at = field.offset + field.size
        fill(layout.size, layout.align)
        if short:
            raise Unsayable("struct of odd alignment")
        if len({f for f, _ in fields}) < len(fields):
            raise Unsayable("two fields of one name")
        self.structs[name] = Struct(name, tuple(fields))

    def gather(self, types: Iterable[str]) -> tuple[Struct, ...]:
        """The structs that these (converted) types reach, in a signature's order."""
        return gather_structs(types, self.structs)


def check_size(structs: Sequence[Struct]) -> None:
    """Raises Unsayable for structs that no one would want to read."""
    if len(structs) > MOST_STRUCTS or sum(len(s.fields) for s in structs) > MOST_FIELDS:
        raise Unsayable("structs too large")


def _filling(start: int, stop: int, align: int) -> list[str]:
    """Types of fields that take the place from `start` to `stop`; one has the alignment, if there is room for it."""
    first = -(-start // align) * align
    count = (stop - first) // align
    if align == 1 or count < 1:
        return [_bytes(stop - start)]
    unit, end = f"u{8 * align}", first + count * align
    middle = f"[{count}]{unit}" if count > 1 else unit
    return [*([_bytes(first - start)] if first > start else []), middle, *([_bytes(stop - end)] if stop > end else [])]


def _bytes(count: int) -> str:
    return f"[{count}]u8" if count > 1 else "u8"


def _is_simple(type_: str) -> bool:
    """A scalar, a pointer, or an array of such."""
    while type_.startswith("["):
        type_ = type_[type_.index("]") + 1 :]
    return type_ in WIDTHS or is_address(type_)


