"""Functions out of AssemblyScript source, by a tolerant reader of the top level: types of `signature` only, everything else is passed over.

Pointers are `Pointer<T>` (see `prologue`), unmanaged classes, and `usize` parameters that the body loads from or stores to; which parameter
is a length is told by its name, as in C. A pointer is const where nothing is stored through it and it is not handed on.
Limits: generic functions, parameters with defaults, managed types (string, Array, StaticArray), and functions in classes and namespaces are left
out; a class that extends another, or is managed, is no struct, and one without the padding that C has at its end is none in an array.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from transpile.corpus.c.reader import assign_lengths
from transpile.corpus.scanner import Found, closing, split, with_callees
from transpile.corpus.signature import WIDTHS, Parameter, Signature, Struct
from transpile.corpus.source import SourceFunction

_BLANKED = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))|(?P<string>"(?:\\.|[^"\\\n])*+"?|'(?:\\.|[^'\\\n])*+'?|`(?:\\.|[^`\\])*+`?)""", re.S
)
_SPACE = re.compile(r"[^\n]")
_FUNCTION = re.compile(r"\bfunction\s+(\w+)\s*(<)?|[{;}]")
_CLASS = re.compile(r"((?:@\w+(?:\([^)]*\))?\s*|export\s+)*)\bclass\s+(\w+)\s*(?=\{)")
_FIELD = re.compile(r"(?:(?:public|private|protected|readonly)\s+)*(\w+)\s*!?\s*:\s*([\w<>]+)(?:\s*=\s*[^;]+)?")
_ALIAS = re.compile(r"\btype\s+(\w+)\s*=\s*(\w+)\s*;")
_PARAMETER = re.compile(r"(\w+)\s*:\s*([\w<>\s]+)")
_POINTER = re.compile(r"Pointer\s*<\s*(\w+)\s*>")
_ACCESS = r"\b(?P<kind>load|store)\s*<\s*(?P<type>\w+)\s*>\s*\(\s*\(*\s*"
NAMES = {"isize": "i32", "boolean": "bool", "number": "f64"}
PADDING = re.compile(r"_*pad(?:ding)?\d*")


def blank(text: str) -> str:
    """`text` with its comments, and what is in its strings, as spaces; offsets and lines stay."""

    def replaced(found: re.Match[str]) -> str:
        if found["comment"]:
            return _SPACE.sub(" ", found[0])
        return found[0][0] + _SPACE.sub(" ", found[0][1:-1]) + found[0][-1] if len(found[0]) > 1 else found[0]

    return _BLANKED.sub(replaced, text)


@dataclass(frozen=True, slots=True)
class Item:
    """A function in blanked text: the spans of its parameters and body (without brackets), its result type."""

    name: str
    generic: bool
    parameters: tuple[int, int]
    result: str
    body: tuple[int, int]


def items(code: str) -> Iterator[Item]:
    """The functions with a body at the top level of blanked text, in order."""
    position = 0
    while found := _FUNCTION.search(code, position):
        position = found.end()
        if found[0] == "{":
            end = closing(code, found.start())
            if end is None:
                return
            position = end + 1
        elif found[1]:
            start = code.find("(", position)
            end = closing(code, start) if start >= 0 else None
            head = end is not None and re.compile(r"[^{;]*").match(code, end + 1)
            if end is None or not head:
                return
            position = head.end()
            if position >= len(code) or code[position] == ";":
                continue
            stop = closing(code, position)
            if stop is None:
                return
            yield Item(found[1], bool(found[2]), (start + 1, end), head[0].strip().removeprefix(":").strip(), (position + 1, stop))
            position = stop + 1


def read_functions(text: str, language: str, write_header: Callable[[Signature], str]) -> list[SourceFunction]:
    """Functions of `text` in order, with their callees. `write_header` is the language's own."""
    code = blank(text)
    aliases = NAMES | {name: to for name, to in _ALIAS.findall(code) if to in WIDTHS}
    structs = read_structs(code, aliases)
    found = [one for item in items(code) if (one := _function(text, code, item, structs, aliases, write_header)) is not None]
    return with_callees(language, found, lambda name, body: re.search(rf"(?<![.\w]){name}\s*\(", body) is not None)


@dataclass(frozen=True, slots=True)
class Class:
    """An unmanaged class as a struct. `whole`: it ends where the next of an array begins by C's rules, so that arrays of both are alike."""

    struct: Struct
    whole: bool


def read_structs(code: str, aliases: dict[str, str]) -> dict[str, Class]:
    """Unmanaged classes whose fields are scalars, by name; methods are passed over, and padding at the end is none of the struct's fields."""
    structs = {}
    for one in _CLASS.finditer(code):
        end = closing(code, one.end())
        if end is None or "@unmanaged" not in one[1]:
            continue
        body, at = "", one.end() + 1
        while brace := re.compile(r"\{").search(code, at, end):  # methods
            stop = closing(code, brace.start())
            if stop is None:
                break
            kept = code[at : brace.start()].rpartition(";")
            body += kept[0] + kept[1]
            at = stop + 1
        fields = [_FIELD.fullmatch(part) for part in split(body + code[at:end], ";") if part]
        typed = [(f[1], aliases.get(f[2], f[2])) for f in fields if f]
        if len(typed) != len(fields) or not fields or any(t not in WIDTHS for _, t in typed):
            continue
        struct = Struct(one[2], tuple(typed))
        placed, size = struct.layout()
        whole = placed[-1][2] + WIDTHS[placed[-1][1]] == size
        while len(struct.fields) > 1 and PADDING.fullmatch(struct.fields[-1][0]):
            shorter = Struct(one[2], struct.fields[:-1])
            if shorter.layout()[1] != struct.layout()[1]:
                break
            struct = shorter
        structs[one[2]] = Class(struct, whole)
    return structs


def _function(
    text: str, code: str, item: Item, structs: dict[str, Class], aliases: dict[str, str], write_header: Callable[[Signature], str]
) -> Found | None:
    inner, body = code[slice(*item.body)], text[slice(*item.body)]
    parameters: list[Parameter] = []
    single: set[str] = set()
    if item.generic:
        return None
    for part in split(code[slice(*item.parameters)]):
        one = _PARAMETER.fullmatch(part)
        if not one:
            return None
        name, type_ = one[1], re.sub(r"\s", "", one[2])
        type_ = aliases.get(type_, type_)
        pointer = _POINTER.fullmatch(type_)
        to = aliases.get(pointer[1], pointer[1]) if pointer else type_ if type_ in structs else ""
        if not pointer and type_ == "usize":
            to = _pointee(inner, name)
            if to:  # the header will say what it points to; the body goes on with the address
                local = _fresh(name, inner)
                body = f"\n    let {local} = changetype<usize>({name});{_renamed(body, name, local)}"
                inner = f"\n    let {local} = changetype<usize>({name});{_renamed(inner, name, local)}"
                parameters.append(Parameter(name, to, True, not re.search(rf"\bstore\s*<\s*\w+\s*>\s*\([^,]*\b{local}\b", inner)))
                continue
        if to and (to in WIDTHS or (to in structs and (structs[to].whole or not pointer))):
            if not pointer:
                single.add(name)
            parameters.append(Parameter(name, to, True, not _may_write(inner, name)))
        elif not to and type_ in WIDTHS:
            parameters.append(Parameter(name, type_))
        else:
            return None
    result = aliases.get(item.result, item.result)
    if result not in WIDTHS and result not in ("void", ""):
        return None
    # One struct is no array, whatever integers come behind it.
    lengths = {p.name: p.length for p in assign_lengths([p for p in parameters if p.name not in single])}
    kept = [i for i, p in enumerate(parameters) if p.name not in single]
    parameters = [replace(p, length=None if lengths.get(p.name) is None else kept[lengths[p.name] or 0]) for p in parameters]
    used = tuple(structs[name].struct for name in dict.fromkeys(p.type for p in parameters) if name in structs)
    signature = Signature(item.name, tuple(parameters), result if result in WIDTHS else None, used)
    return Found(signature, f"{write_header(signature)}{body}}}", inner)


def _pointee(body: str, name: str) -> str:
    """What a `usize` parameter's address holds, by the first load or store at it; "" where there is none."""
    found = re.search(rf"{_ACCESS}(?:changetype\s*<\s*usize\s*>\s*\(\s*)?{name}\b", body)
    return found["type"] if found and found["type"] in WIDTHS else ""


def _may_write(body: str, name: str) -> bool:
    """Is something stored through the pointer, or is it handed on, or copied to where that is not seen?"""
    element = rf"(?<![.\w]){name}\s*(?:\[(?:[^\[\]]|\[[^\[\]]*\])*\])?(?:\s*\.\s*\w+)?"
    stored = rf"{element}\s*(?:[-+*/%&|^]|<<|>>|>>>|\*\*)?=(?!=)|{element}\s*(?:\+\+|--)|(?:\+\+|--)\s*{element}"
    return bool(re.search(stored, body) or re.search(rf"(?<![.\w]){name}(?![\w\[.]|\s*[\[.])", body))


def _fresh(name: str, body: str) -> str:
    new = f"{name}_"
    while re.search(rf"\b{new}\b", body):
        new += "_"
    return new


def _renamed(text: str, old: str, new: str) -> str:
    return re.sub(rf"(?<![.\w]){old}\b", new, text)
