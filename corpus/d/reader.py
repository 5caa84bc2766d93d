"""Functions out of D source, by a tolerant reader of the top level: types of `signature` only, everything else is passed over.

A slice becomes a pointer with a length parameter `n<position>` right behind it; a `ref` or `out` parameter becomes a pointer, and what the body
does to it is respelled. The text that comes back starts with `write_header` of the signature.
Limits: templates, members of structs and classes, functions with contracts or within `version` and `static if`, and types behind aliases
of the file are not seen; types that D tells apart and C does not (`char`, `ubyte`) are read as one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from transpile.corpus.scanner import Found, closing, split, with_callees
from transpile.corpus.signature import Parameter, Signature, Struct
from transpile.corpus.source import SourceFunction

SCALARS = {
    "byte": "i8", "ubyte": "u8", "char": "u8", "short": "i16", "ushort": "u16", "wchar": "u16", "int": "i32", "uint": "u32", "dchar": "u32",
    "long": "i64", "ulong": "u64", "float": "f32", "double": "f64", "bool": "bool", "size_t": "usize", "ptrdiff_t": "i32",
    **{f"{sign}int{bits}_t": f"{sign or 'i'}{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)},
}  # fmt: skip

_LITERAL = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z)|/\+)"""
    r"""|(?P<string>\br"[^"]*"?|`[^`]*`?|\bq"(?P<mark>[A-Za-z_]\w*)\n.*?(?:\n(?P=mark)"|\Z)|\bq"[^\w\s].*?(?:[^\w\s]"|\Z)|"(?:\\.|[^"\\])*+"?|'(?:\\[^\n]{1,12}?|[^\\'\n])')""",
    re.S,
)
_SPACE = re.compile(r"[^\n]")
_ATTRIBUTE = (
    r"(?:public|private|protected|package|export|static|final|pure|nothrow|ref|return|scope|const|immutable|inout|__gshared|auto|deprecated|override"
    r"|@\w+(?:\s*\([^()]*\))?|extern\s*\(\s*[\w+]+\s*\)|extern|pragma\s*\([^()]*(?:\([^()]*\))?[^()]*\))"
)
_LABEL = re.compile(rf"\s*(?:{_ATTRIBUTE}\s*)+:")
_BLOCK = re.compile(rf"\s*(?:{_ATTRIBUTE}\s*)+")
_C = re.compile(r"\bextern\s*\(\s*C\s*\)")
_FUNCTION = re.compile(rf"\s*(?P<before>(?:{_ATTRIBUTE}\s+)*)(?P<result>\w+(?:\s*\(\s*\w+\s*\))?(?:\s*\*)*)\s*(?P<name>(?<=[\s*)])\w+)\s*(?=\()", re.S)
_AFTER = re.compile(r"\s*(?:(?:pure|nothrow|@\w+|const|return|scope)\s*)*")
_STRUCT = re.compile(rf"\s*(?:{_ATTRIBUTE}\s+)*struct\s+(?P<name>\w+)\s*")
_FIELD = re.compile(r"(?:(?:public|private|package)\s+)?(?P<type>\w+)\s+(?P<names>\w+(?:\s*=[^,]+)?(?:\s*,\s*\w+(?:\s*=[^,]+)?)*)")
_PARAMETER = re.compile(
    r"(?P<storage>(?:(?:in|out|ref|scope|const|immutable|return|inout)\s+)*)"
    r"(?P<type>(?:(?:const|immutable|inout)\s*\(\s*\w+(?:\s*\[\s*\])?\s*\)|\w+))\s*(?P<suffix>\*|\[\s*\])?\s*(?P<name>[A-Za-z_]\w*)\s*(?:=.*)?",
    re.S,
)
_QUALIFIED = re.compile(r"(const|immutable|inout)\s*\(\s*(\w+)\s*(\[\s*\])?\s*\)")


@dataclass(frozen=True, slots=True)
class Item:
    """A function in blanked text: name, is its linkage C's, the spans of parameters, result type and body, and whether the body is `=> value`."""

    name: str
    c_linkage: bool
    parameters: tuple[int, int]
    result: str
    body: tuple[int, int]
    shortened: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A function as it is written and as C calls it: `shapes` say, for each parameter but lengths, how an entry point passes it."""

    signature: Signature
    item: Item
    shapes: tuple[str, ...]
    """With `{}` for the parameter, or for `pointer[0 .. length]` where it is a slice."""
    references: tuple[str, ...]
    cleared: tuple[str, ...]
    """Of the references, those that are `out`: D sets them first."""


def blank(text: str, *, strings: bool = True) -> str:
    """D `text` with its comments, and (if `strings`) what is in its string and character literals, as spaces. What `q{}` holds is code."""
    out, position = [], 0
    while found := _LITERAL.search(text, position):
        start, end = found.span()
        out.append(text[position:start])
        if found["comment"] == "/+":
            end = _end_of_nested(text, end)
        if found["comment"]:
            out.append(_SPACE.sub(" ", text[start:end]))
        else:
            literal = text[start:end]
            inside = len(literal) > 1 and strings
            out.append(literal[0] + _SPACE.sub(" ", literal[1:-1]) + literal[-1] if inside else literal)
        position = end
    return "".join(out) + text[position:]


def _end_of_nested(text: str, position: int) -> int:
    depth = 1
    for found in re.compile(r"/\+|\+/").finditer(text, position):
        depth += 1 if found[0] == "/+" else -1
        if depth == 0:
            return found.end()
    return len(text)


def items(code: str) -> Iterator[Item | re.Match[str]]:
    """The functions with a body at the top level of blanked text, and in blocks of attributes, in order; and the heads of structs."""
    yield from _items(code, 0, len(code), False)


def _items(code: str, position: int, stop: int, c_linkage: bool) -> Iterator[Item | re.Match[str]]:
    start = position
    pattern = re.compile(r"[{;}(\[]")
    while found := pattern.search(code, position, stop):
        if found[0] in "([":
            end = closing(code, found.start())
            if end is None:
                return
            position = end + 1
            continue
        while label := _LABEL.match(code, start, found.start()):
            c_linkage = c_linkage or bool(_C.search(label[0]))
            start = label.end()
        head = code[start : found.start()]
        if found[0] != "{":
            item = _function_item(code, start, found.start(), c_linkage) if "=>" in head else None
            if item:
                yield item
            position = start = found.end()
            continue
        end = closing(code, found.start())
        if end is None:
            return
        if struct := _STRUCT.fullmatch(code, start, found.start()):
            yield struct
        elif not head.strip() or _BLOCK.fullmatch(head):
            yield from _items(code, found.start() + 1, end, c_linkage or bool(_C.search(head)))
        elif item := _function_item(code, start, found.start(), c_linkage):
            yield replace(item, body=(found.start() + 1, end))
        # The end of a contract is not the end of the function: its body has a head of its own, and is passed over with it.
        position = start = end + 1


def _function_item(code: str, start: int, stop: int, c_linkage: bool) -> Item | None:
    head = _FUNCTION.match(code, start, stop)
    if not head:
        return None
    opening = code.index("(", head.end())
    end = closing(code, opening)
    if end is None or end >= stop:
        return None
    after = _AFTER.match(code, end + 1, stop)
    rest = code[after.end() if after else end + 1 : stop]
    c_linkage = c_linkage or bool(_C.search(head["before"]))
    if rest.startswith("=>"):
        body = stop - len(rest) + 2, stop
        return Item(head["name"], c_linkage, (opening + 1, end), head["result"], body, True)
    return Item(head["name"], c_linkage, (opening + 1, end), head["result"], (stop, stop)) if not rest.strip() else None


def read_structs(code: str) -> dict[str, Struct]:
    """Structs of scalar fields alone, by name."""
    found: dict[str, Struct] = {}
    for one in items(code):
        if isinstance(one, Item):
            continue
        end = closing(code, one.end())
        fields: list[tuple[str, str]] = []
        for part in split(code[one.end() + 1 : end], ";"):
            field = _FIELD.fullmatch(part)
            if not field or field["type"] not in SCALARS:
                break
            fields += [(name.split("=")[0].strip(), SCALARS[field["type"]]) for name in split(field["names"])]
        else:
            if fields:
                found[one["name"]] = Struct(one["name"], tuple(fields))
    return found


def read_written(code: str) -> list[Written]:
    """The functions of blanked text whose types a signature can say, in order; of overloads the first."""
    structs = read_structs(code)
    found = {w.signature.name: w for one in reversed(list(items(code))) if isinstance(one, Item) and (w := _written(code, one, structs))}
    return list(reversed(found.values()))


def _written(code: str, item: Item, structs: dict[str, Struct]) -> Written | None:
    parameters: list[Parameter] = []
    used: dict[str, Struct] = {}
    shapes, references, cleared = [], [], []
    for part in split(code[slice(*item.parameters)]):
        one = _PARAMETER.fullmatch(part)
        if not one:
            return None
        storage, type_, suffix, name = one["storage"].split(), one["type"], (one["suffix"] or "").replace(" ", ""), one["name"]
        qualifier = "immutable" if "immutable" in storage else "const" if {"const", "in", "inout"} & set(storage) else ""
        if qualified := _QUALIFIED.fullmatch(type_):
            if suffix and qualified[3]:
                return None
            type_, suffix, qualifier = qualified[2], suffix or ("[]" if qualified[3] else ""), qualified[1].replace("inout", "const")
        elif type_ == "string" and not suffix:
            type_, suffix, qualifier = "char", "[]", "immutable"
        const = bool(qualifier)
        by_reference = "ref" in storage or "out" in storage
        scalar = SCALARS.get(type_, type_)
        by_value = not (suffix or by_reference)
        if (type_ not in SCALARS and type_ not in structs) or (by_reference and suffix) or (type_ in structs and item.c_linkage and by_value):
            return None
        if type_ in structs:
            used[type_] = structs[type_]
        position = len(parameters)
        shown = f"{qualifier}({type_})" if const else type_
        if suffix == "[]":
            if item.c_linkage:  # its parameters are not those that C would pass
                return None
            parameters += [Parameter(name, scalar, True, const, position + 1), Parameter(f"n{position}", "usize")]
            shapes.append(f"cast({shown}[]) {{}}")
        elif suffix or by_reference:
            parameters.append(Parameter(name, scalar, True, const))
            shapes.append(f"*cast({shown}*) {{}}" if by_reference else f"cast({shown}*) {{}}")
            references += [name] if by_reference else []
            cleared += [name] if "out" in storage else []
        else:
            parameters.append(Parameter(name, scalar))
            shapes.append("{}" if type_ in structs else f"cast({type_}) {{}}")
    result = None if item.result == "void" else SCALARS.get(item.result)
    if result is None and item.result != "void":
        return None
    signature = Signature(item.name, tuple(parameters), result, tuple(used.values()))
    return Written(signature, item, tuple(shapes), tuple(references), tuple(cleared))


def read_functions(text: str, language: str, write_header: Callable[[Signature], str]) -> list[SourceFunction]:
    """Functions of `text` in order, with their callees. `write_header` is the language's own."""
    code = blank(text)
    found = []
    for one in read_written(code):
        start, end = one.item.body
        body, bare = text[start:end], code[start:end]
        if one.item.shortened:
            body = f" return {body.strip()}; " if one.signature.result else f" {body.strip()}; "
        for name in one.references:
            body = re.sub(rf"(?<![.\w]){name}\b(?!\s*:)", f"(*{name})", body)
        first = "".join(f"\n    *{name} = typeof(*{name}).init;" for name in one.cleared)
        found.append(Found(one.signature, f"{write_header(one.signature)}{first}{body}}}", bare))
    return with_callees(language, found, lambda name, body: re.search(rf"(?<![.\w]){name}\s*\(", body) is not None)
