"""Variables that a C or C++ source declares: of the file, and those that functions keep (`static`), with their types.

Structs are taken apart into their fields; of fields and variables of other types than numbers, pointers and arrays of
them, as of arrays of structs, the type alone is told, where signatures can say it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from transpile.corpus.c.reader import CReader, Unsayable
from transpile.corpus.c.words import split
from transpile.corpus.globals import Declaration, Part
from transpile.corpus.real.types import CTypes, plain
from transpile.corpus.signature import WIDTHS, Array, Pointer, Struct, gather_structs, read_type

_NAMELESS = re.compile(r"anonymous\d+_")
"""What `CTypes` calls a struct without a name."""
_OTHER = frozenset({"typedef", "using", "template", "class", "enum", "return", "goto", "friend"})


def read_variables(reader: CReader) -> dict[str, Declaration]:
    """By name, as `function.name` for those of a function."""
    reader.functions()
    out: dict[str, Declaration] = {}
    for name, words in _declarations(reader, 0, len(reader.tokens)):
        base, const, rest = reader.types.base(words)
        if not base or reader.unreadable & {*words} - {"=", "&"} or words[0] in _OTHER:
            continue
        for declarator in split(rest):
            declarator = declarator[: declarator.index("=")] if "=" in declarator else declarator
            found = reader.types.declarator(declarator, base, const)
            if found and found[0] and not found[1].startswith("F("):
                size, parts = reader.types.size(found[1]), tuple(_parts(reader.types, found[1], "", 0))
                said = _said(reader, found[1], found[0])
                one = Declaration(size[0] if size else 0, parts, not _is_numbers(reader.types, found[1]), said[0], found[1].startswith("["), said[1])
                out.setdefault(f"{name}.{found[0]}" if name else found[0], one)
    return out


def _said(reader: CReader, type_: str, variable: str) -> tuple[str, tuple[Struct, ...]]:
    """What an array of a type holds at its bottom, or the type itself, as signatures have it, with its structs; "" where that can't be said. A struct
    without a name gets one after the variable."""
    if type_.startswith("F("):
        return "", ()
    while isinstance(inner := read_type(plain(type_)), Array):
        type_ = inner.of
    try:
        said = reader.say(type_)
        structs = gather_structs([said], reader.structs)
    except (Unsayable, KeyError, RecursionError):
        return "", ()
    if _NAMELESS.fullmatch(said):
        structs = tuple(replace(s, name=f"{variable}_entry") if s.name == said else s for s in structs)
        said = f"{variable}_entry"
    return said, structs


def _declarations(reader: CReader, start: int, stop: int) -> Iterator[tuple[str, list[str]]]:
    """(function, "" for none; the words of a declaration) of what may be variables among the tokens of a range."""
    tokens, begin, i = reader.tokens, start, start
    while i < stop:
        text = tokens[i].text
        if tokens[i].kind == "directive":
            begin = i + 1 if begin == i else begin
        elif text in "([":
            i = reader.closing(i)
        elif text == ";":
            words = [t.text for t in tokens[begin:i] if t.kind != "directive"]
            if words and "extern" not in words:
                yield "", words
            begin = i + 1
        elif text == "{":
            end, head = reader.closing(i), [t.text for t in tokens[begin:i] if t.kind != "directive"]
            if head == ["extern", '"C"'] or head[:1] == ["namespace"]:
                yield from _declarations(reader, i + 1, end)
                begin = end + 1
            elif "(" in head and "=" not in head and head.index("("):
                yield from ((head[head.index("(") - 1], words) for words in _kept(reader, i + 1, end))
                begin = end + 1
            i = end
        i += 1


def _kept(reader: CReader, start: int, stop: int) -> Iterator[list[str]]:
    """Words of the declarations of a function's body that say `static`."""
    tokens, i = reader.tokens, start
    while i < stop:
        if tokens[i].text == "static":
            begin = i
            while i < stop and tokens[i].text != ";":
                i = reader.closing(i) if tokens[i].text in "([{" else i
                i += 1
            yield [t.text for t in tokens[begin:i] if t.kind != "directive"]
        i += 1


def _parts(types: CTypes, type_: str, field: str, offset: int) -> Iterator[Part]:
    """The numbers and arrays of numbers that a type holds, from an offset on."""
    if type_ in WIDTHS or _is_pointer(type_):
        yield Part(field, type_ if type_ in WIDTHS else "*void", None, offset)
        return
    if type_.startswith("F("):
        return
    counts: list[int] = []
    while isinstance(inner := read_type(plain(type_)), Array):
        counts.append(inner.count)
        type_ = inner.of
    if counts:
        if type_ in WIDTHS or _is_pointer(type_):
            yield Part(field, type_ if type_ in WIDTHS else "*void", _product(counts), offset)
        return
    layout = types.layout(type_) if type_ in types.records and not types.records[type_][0] else None
    for one in layout.fields if layout and layout.whole else ():
        yield from _parts(types, one.type, f"{field}_{one.name}" if field else one.name, offset + one.offset)


def _is_numbers(types: CTypes, type_: str) -> bool:
    """Does a type hold numbers alone?"""
    read = read_type(plain(type_))
    if isinstance(read, Array):
        return _is_numbers(types, read.of)
    layout = types.layout(type_) if type_ in types.records else None
    return type_ in WIDTHS or (layout is not None and all(_is_numbers(types, f.type) for f in layout.fields))


def _is_pointer(type_: str) -> bool:
    return isinstance(read_type(plain(type_)), Pointer) and not type_.startswith("F(")


def _product(counts: Sequence[int]) -> int:
    out = 1
    for count in counts:
        out *= count
    return out
