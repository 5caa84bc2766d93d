"""What pointers lead to, as values that JSON can hold: null, text, lists, objects; of one arena, before or after a call.

Bytes behind a `char *` are text up to their NUL, numbers with a length a list of that many, numbers without one a list up to the last that is
not 0, an array of pointers a list up to its null. What closes a circle is "<cycle>", what lies beyond `_DEPTH` pointers "<...>", an address outside of
the caller's memory "<elsewhere>", with a number that stands for its contents where these were compared.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from transpile.corpus.signature import ADDRESS, WIDTHS, Array, Function, Pointer, read_type
from transpile.verify import callbacks, functions
from transpile.verify.layout import POOL, Layout, decode_scalar, plain
from transpile.verify.marshal import ELSEWHERE, is_hash

_DEPTH, _FEW, _ITEMS = 14, 8, 64


class Objects:
    """Reads values out of one arena of a layout."""

    def __init__(self, layout: Layout, arena: np.ndarray) -> None:
        self.layout, self.arena, self.signature = layout, arena, layout.signature

    def value(self, type_: str, at: int, above: tuple[tuple[str, int], ...] = (), count: int | None = None) -> Any:
        """The value of a type at an offset; `count`: elements behind it, where it is a pointer with a length. `above`: what led here."""
        match read_type(type_):
            case Pointer(to=to):
                return self.pointed(to, self._number(at), above, count)
            case Function():
                return self.callback(self._number(at))
            case Array(count=number, of=of):
                size = self.signature.size(of)[0]
                if of in ("i8", "u8"):
                    return self._characters(at, number)
                return [self.value(of, at + k * size, above) for k in range(number)]
            case _:
                struct = self.signature.struct(type_)
                if struct is None:
                    scalar = type_ if type_ in WIDTHS else "u8"
                    return plain(decode_scalar(int.from_bytes(bytes(self.arena[at : at + 8]), "little"), scalar))
                places, _ = struct.layout(self.signature.structs)
                offsets = {name: (t, at + offset) for name, t, offset in places}
                lengths = {pointer: self._scalar(*offsets[length]) for pointer, length in struct.lengths if offsets[length][0] in WIDTHS}
                return {name: self.value(t, offset, above, lengths.get(name)) for name, (t, offset) in offsets.items()}

    def pointed(self, type_: str, number: int, above: tuple[tuple[str, int], ...], count: int | None = None) -> Any:
        """What a pointer to a type leads to; `number` as cells hold it."""
        if number == 0:
            return None
        if number == ELSEWHERE:
            return "<elsewhere>"
        if is_hash(number):
            return f"<elsewhere, #{number & 0xFFFF:04x}>"
        at = number - 1
        if (type_, at) in above:
            return "<cycle>"
        if len(above) >= _DEPTH:
            return "<...>"
        end = next((s.end for s in self.layout.slots if s.offset <= at < s.end), at)
        return self.elements(type_, at, end, (*above, (type_, at)), count)

    def elements(self, type_: str, at: int, end: int, above: tuple[tuple[str, int], ...], count: int | None) -> Any:
        """What lies at an offset, of which memory up to `end` may be part."""
        size = max(1, self.signature.size(type_)[0])
        most = max(0, (end - at) // size)
        if count is not None:
            return [self.value(type_, at + k * size, above) for k in range(min(count, most))]
        if type_ in ("i8", "u8"):
            raw = bytes(self.arena[at:end])
            return raw.split(b"\0")[0].decode("latin-1")
        if self.signature.struct(type_) is not None:
            return self.value(type_, at, above) if most else "<elsewhere>"
        if type_.startswith("*"):
            out = []
            for k in range(min(most, _ITEMS)):
                out.append(self.value(type_, at + k * size, above))
                if out[-1] is None:
                    break
            return out
        values = [self.value(type_, at + k * size, above) for k in range(min(most, _FEW if type_ != "void" else 16))]
        while len(values) > 1 and values[-1] in (0, False):
            values.pop()
        return values

    def callback(self, number: int) -> Any:
        """A pointer to a function, by what the function does."""
        if not 0 < number <= len(self.layout.callbacks):
            return None if number == 0 else functions.spoken(number) or "<elsewhere>"
        return callbacks.describe(*self.layout.callbacks[number - 1])

    def place(self, number: int, names: dict[int, str]) -> Any:
        """A pointer that was returned: into which parameter's memory it leads (`names`: by slot), or what it leads to."""
        at = number - 1
        for k, slot in enumerate(self.layout.slots):
            if slot.offset <= at <= slot.end and k in names:
                shift, rest = divmod(at - slot.offset, slot.size)
                return f"<{names[k]}{f' + {shift}' if shift else ''}{f' and {rest} bytes' if rest else ''}>"
        slot = next((s for s in self.layout.slots if s.role == POOL and s.offset <= at < s.end), None)
        return self.pointed(slot.type, number, ()) if slot and 0 < number < 1 << 31 else self.pointed("void", number, ())

    def _number(self, at: int) -> int:
        return int.from_bytes(bytes(self.arena[at : at + ADDRESS]), "little")

    def _scalar(self, type_: str, at: int) -> int:
        return int(decode_scalar(int.from_bytes(bytes(self.arena[at : at + 8]), "little"), type_))

    def _characters(self, at: int, count: int) -> Any:
        """An array of bytes in place: text, if it is some that ends."""
        raw = bytes(self.arena[at : at + count])
        text, nul, rest = raw.partition(b"\0")
        if nul and all(32 <= c < 127 or c in b"\t\n\r" for c in text) and not rest.strip(b"\0"):
            return text.decode("latin-1")
        return [int(c) for c in raw]
