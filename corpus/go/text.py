"""Finding one's way in Go text without a parser: blanked comments and strings, explicit semicolons, top-level functions and types.

Invariant: `blank_go` keeps every offset and line. Canonical text is one line, so that the semicolons which Go puts at the ends of lines must
stand there: `explicit` writes them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from transpile.corpus.scanner import closing, split
from transpile.corpus.signature import Struct

SCALARS = {
    "int8": "i8", "int16": "i16", "int32": "i32", "int64": "i64", "int": "i64", "uint8": "u8", "uint16": "u16", "uint32": "u32", "uint64": "u64",
    "uint": "u64", "uintptr": "u64", "byte": "u8", "rune": "i32", "float32": "f32", "float64": "f64", "bool": "bool",
}  # fmt: skip
"""Go's scalar types as signatures name them: `int` has 64 bits on wasm."""

_PIECE = re.compile(r"""(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))|(?P<string>`[^`]*`?|"(?:\\.|[^"\\\n])*+"?|'(?:\\.|[^'\\\n])*+'?)""", re.S)
_FUNCTION = re.compile(r"^[ \t]*(?=func\b)|(?<=;)\s*(?=func\b)", re.M)
"""A declaration; the types and literals of functions stand further right."""
_HEAD = re.compile(r"func\s+([^\W\d]\w*)\s*(?=[(\[])")
_TYPE = re.compile(r"(?:^|[;\n])\s*type\s+(\w+)\s*=?\s*")
WASM_EXPORT = re.compile(r"^//go:wasmexport[ \t]+(\S+)[ \t]*\n(?://[^\n]*\n)*func[ \t]+(\w+)", re.M)
"""(name, function) of what a unit exports by Go's own means."""
_ENDS_STATEMENT = re.compile(r"[\w)\]}\"'`]$|\+\+$|--$")
_GOES_ON = frozenset(
    "case chan const default defer else for func go goto if import interface map package range select struct switch type var".split()
)
"""Keywords that do not end a statement."""


@dataclass(frozen=True, slots=True)
class Item:
    """A function at the top level: its name (of a method `Type_Method`), where `func` stands, its parameters, its result, and its body without braces
    (None where it has none). All but the positions is blanked text."""

    name: str
    start: int
    parameters: str
    result: str
    body: tuple[int, int] | None
    receiver: tuple[str, str] | None = None
    """Name ("_" where it has none) and type."""
    is_generic: bool = False

    @property
    def symbol(self) -> str:
        """The name that the compiler gives it, without the package."""
        if self.receiver is None:
            return self.name
        type_ = self.receiver[1]
        return f"{f'({type_})' if type_.startswith('*') else type_}.{self.name.removeprefix(type_.lstrip('*') + '_')}"

    def taken(self) -> list[tuple[str, str]]:
        """(name, type) of what it takes, the receiver first."""
        return [*([self.receiver] if self.receiver else []), *parameters(self.parameters)]


def blank_go(text: str, *, strings: bool = True) -> str:
    """Text with its comments, and (if `strings`) what is in its literals, as spaces."""

    def replace(found: re.Match[str]) -> str:
        if found["comment"]:
            return re.sub(r"[^\n]", " ", found[0])
        if not strings or len(found[0]) < 2:
            return found[0]
        return found[0][0] + re.sub(r"[^\n]", " ", found[0][1:-1]) + found[0][-1]

    return _PIECE.sub(replace, text)


def explicit(text: str) -> str:
    """Text with a semicolon wherever Go's lexer puts one, and without comments; the lines stay."""
    # A newline within a literal is none of the lexer's.
    code = _PIECE.sub(lambda m: re.sub(r"[^\n]", "", m[0]) if m["comment"] else m[0].replace("\n", "\0"), text)
    lines = []
    for line in code.split("\n"):
        bare = line.rstrip()
        word = re.search(r"\w+$", bare)
        ends = _ENDS_STATEMENT.search(bare) and not (word and word[0] in _GOES_ON)
        lines.append(f"{bare};" if ends else bare)
    return "\n".join(lines).replace("\0", "\n")


def functions(code: str) -> Iterator[Item]:
    """The functions and methods at the top level of blanked text, in order."""
    position = 0
    while found := _FUNCTION.search(code, position):
        start = found.end()
        position = start + len("func")
        head, receiver = _HEAD.match(code, start), None
        if head is None:
            stop = closing(code, code.find("(", start)) if re.match(r"func\s*\(", code[start:]) else None
            after = None if stop is None else re.compile(r"\s*(\w+)\s*(?=\()").match(code, stop + 1)
            read = after and re.fullmatch(r"func\s*\(\s*(?:(\w+)\s+)?(\*?)\s*(\w+)(\s*\[[\w\s,]*\])?\s*", code[start:stop])
            if not after or not read:
                position = _skip(code, position)
                continue
            receiver, name, opening, is_generic = (read[1] or "_", read[2] + read[3]), f"{read[3]}_{after[1]}", after.end(), bool(read[4])
        else:
            name, opening, is_generic = head[1], head.end(), code[head.end()] == "["
            if is_generic:
                stop = closing(code, opening)
                opening = -1 if stop is None else code.find("(", stop)
        end = closing(code, opening) if opening >= 0 else None
        if end is None:
            return
        result, brace = _result(code, end + 1)
        body = None
        position = end + 1
        if brace is not None:
            stop = closing(code, brace)
            if stop is None:
                return
            body, position = (brace + 1, stop), stop + 1
        yield Item(name, start, code[opening + 1 : end], result, body, receiver, is_generic)


def entries(text: str, names: Collection[str]) -> set[str]:
    """Functions that only export one of the others, as our own translations have them."""
    return {m[2] for m in WASM_EXPORT.finditer(text) if m[1] != m[2] and m[1] in names}


def _skip(code: str, position: int) -> int:
    """Past the braces of what can't be read."""
    brace = code.find("{", position)
    end = closing(code, brace) if brace >= 0 else None
    return position if end is None else end + 1


def _result(code: str, position: int) -> tuple[str, int | None]:
    """A function's result type, and where its body opens: None where the line ends before it does."""
    start, line = position, code.find("\n", position)
    line = len(code) if line < 0 else line
    while position < line:
        letter = code[position]
        if letter in "([":
            position = (closing(code, position) or line) + 1
        elif letter == "{" and not re.search(r"\b(?:struct|interface)\s*$", code[start:position]):
            return code[start:position].strip(), position
        elif letter == "{":
            position = (closing(code, position) or line) + 1
            line = max(line, code.find("\n", position))
        elif letter == ";":
            break
        else:
            position += 1
    return code[start:position].strip(), None


def parameters(text: str) -> list[tuple[str, str]]:
    """(name, type) of a parameter list: `a, b int32, c []T`; unnamed ones have the name ""."""
    parts = split(" ".join(text.split()))
    named = any(re.match(r"[^\W\d]\w*\s+\S", part) and not re.match(r"(?:chan|func|map|struct|interface)\b", part) for part in parts)
    if not named:
        return [("", compact(part)) for part in parts]
    out: list[tuple[str, str]] = []
    waiting: list[str] = []
    for part in parts:
        name, _, type_ = part.partition(" ")
        waiting.append(name)
        if type_:
            out += [(one, compact(type_)) for one in waiting]
            waiting = []
    return out


def compact(type_: str) -> str:
    """A type without the spaces that canonical text has around its brackets."""
    return re.sub(r"\s*([\[\]*.])\s*", r"\1", type_).strip()


def named_types(code: str) -> dict[str, str]:
    """What the types of a file stand for, by name: the text after `type NAME`."""
    out = {}
    for found in _TYPE.finditer(code):
        end = found.end()
        if code[end : end + 1] == "(":
            continue
        depth = 0
        while end < len(code) and not (depth == 0 and code[end] in "\n;"):
            depth += (code[end] in "([{") - (code[end] in ")]}")
            end += 1
        under = code[found.end() : end].strip()
        out[found[1]] = under if under.startswith("struct") else compact(under)
    return out


def struct_of(name: str, types: dict[str, str]) -> Struct | None:
    """A struct of scalars, and of arrays of them whose length is a number, alone."""
    inside = re.fullmatch(r"struct\s*\{(.*)\}", types.get(name, ""), re.S)
    if not inside:
        return None
    fields: list[tuple[str, str]] = []
    for line in re.split(r"[;\n]", inside[1]):
        if not line.strip():
            continue
        found = re.fullmatch(r"\s*(\w+(?:\s*,\s*\w+)*)\s+((?:\[\d+\])*)(\w+)\s*", line)
        array = re.fullmatch(r"((?:\[\d+\])*)(\w+)", resolve(found[3], types)) if found else None
        scalar = SCALARS.get(resolve(array[2], types)) if array else None
        if found is None or array is None or scalar is None:
            return None
        fields += [(field, f"{found[2]}{array[1]}{scalar}") for field in split(found[1])]
    return Struct(name, tuple(fields)) if fields else None


def resolve(type_: str, types: dict[str, str]) -> str:
    """A type with the names of the file's own types followed, but for structs, which keep theirs."""
    for _ in range(8):
        under = types.get(type_)
        if under is None or under.startswith("struct"):
            return type_
        type_ = under
    return type_
