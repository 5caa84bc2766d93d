"""Variables of a file that are more than numbers: arrays of structs, tables of text, structs that are handed on whole.

What a table's pointers lead to is read from the module's constants. Invariant: the bytes that the values stand for are the segment's. Limits: pointers
other than to text are null at first; without a source that declares them, only tables of text are recognised.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping, Sequence

from transpile.corpus.globals import Declaration, FunctionName, Global, Text, Value, types_within
from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS, Pointer, Struct, is_address, read_type, size_of
from transpile.corpus.wasm.reader import Segment

TEXT = re.compile(rb"[\t\n\r\x1b -~\x80-\xff]*")
"""What text is made of."""
_TABLE = re.compile(r"switch_table_(\w+?)(_rel)?")


class _Unreadable(Exception):
    """Bytes that no value stands for."""


def text_at(data: bytes, offset: int) -> Text | None:
    """The text that a constant of these bytes holds from an offset to its end."""
    raw = data[offset:] if 0 <= offset < len(data) else b""
    if raw[-1:] != b"\0" or not TEXT.fullmatch(raw, 0, len(raw) - 1):
        return None
    return Text(raw[:-1])


def is_constant(segment: Segment) -> bool:
    return segment.name.startswith(".rodata")


def shaped(segment: Segment, name: str, declared: Declaration | None, segments: Sequence[Segment], functions: Mapping[int, str], *,
           whole: bool) -> Global | None:  # fmt: skip
    """The variable that a segment is, as its source declares it; None for one of numbers alone, or of types that can't be said. `name`: as written,
    `functions`: those of the module's table, by number.
    `whole`: a single struct is not to be taken apart."""
    known = declared is not None and declared.element and declared.size in (0, len(segment.data))
    if known and declared is not None:
        element, structs, is_array = declared.element, declared.structs, declared.is_array
        is_struct = any(s.name == element for s in structs)
        if not (is_struct and (is_array or whole)) and not (is_address(element) and any(segment.data)):
            return None
    elif declared is None and is_constant(segment) and any(segment.data):
        element, structs, is_array = "*const i8", (), True
    else:
        return None
    size = size_of(element, structs)[0]
    if not size or len(segment.data) % size:
        return None
    try:
        pieces = [segment.data[i : i + size] for i in range(0, len(segment.data), size)] if any(segment.data) else []
        values = tuple(_value(one, element, structs, segments, functions) for one in pieces)
    except _Unreadable:
        return None
    if found := _TABLE.fullmatch(name):
        name = f"{found[1]}_table"
    return Global("", element, len(segment.data) // size if is_array else None, values, name, structs, is_constant(segment))


def _value(raw: bytes, type_: str, structs: tuple[Struct, ...], segments: Sequence[Segment], functions: Mapping[int, str]) -> Value:
    if is_address(type_):
        return _pointer(int.from_bytes(raw, "little"), type_, segments, functions)
    if type_ == "bool":
        return bool(raw[0])
    if type_ in FLOATS:
        return struct.unpack("<f" if type_ == "f32" else "<d", raw)[0]
    if type_ in WIDTHS:
        return int.from_bytes(raw, "little", signed=type_ in SIGNED)
    named = next((s for s in structs if s.name == type_), None)
    inner = types_within(type_, structs)
    size = size_of(inner[0], structs)[0] if named is None else 0
    places = [at for _, _, at in named.layout(structs)[0]] if named else [size * k for k in range(len(inner))]
    return tuple(_value(raw[at : at + size_of(t, structs)[0]], t, structs, segments, functions) for t, at in zip(inner, places, strict=True))


def _pointer(address: int, type_: str, segments: Sequence[Segment], functions: Mapping[int, str]) -> Value:
    if not address:
        return 0
    read = read_type(type_)
    if type_.startswith("fn(") and address in functions:
        return FunctionName(functions[address])
    for segment in segments if isinstance(read, Pointer) and read.to in ("i8", "u8", "void") else ():
        if is_constant(segment) and segment.address is not None and 0 <= address - segment.address < len(segment.data):
            text = text_at(segment.data, address - segment.address)
            if text is not None:
                return text
    raise _Unreadable
