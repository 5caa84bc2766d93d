"""Functions out of Zig source, by a tolerant reader of the top level: types of `signature` only, everything else is passed over.

A slice becomes a pointer with a length parameter `n<position>` right behind it. Where the source points to a single byte (`*u8`), which
`write_header` spells `[*]u8`, uses of it are respelled. The text that comes back starts with `write_header` of the signature.
Limits: functions inside structs, generic functions, and types behind aliases or constants of the file are not seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from transpile.corpus.scanner import Found, Item, blank_zig, closing, functions, split, with_callees
from transpile.corpus.signature import WIDTHS, Parameter, Signature, Struct
from transpile.corpus.source import SourceFunction

STRUCT = re.compile(r"\bconst\s+(\w+)\s*=\s*(?:extern\s+)?struct\s*(?=\{)")
FIELD = re.compile(r"(\w+)\s*:\s*(\w+)(?:\s*=\s*[^,]+)?")
PARAMETER = re.compile(r"(?:noalias\s+)?(?P<name>[A-Za-z_]\w*)\s*:\s*(?P<type>.+)", re.S)
POINTER = re.compile(r"(?P<kind>\[\]|\[\*(?::0)?\]|\[\*c\]|\*)\s*(?P<const>const\s+)?(?P<to>\w+)")
QUALIFIER = re.compile(r"\b(?:callconv|align|linksection)\s*\([^)]*\)\s*")


def read_functions(text: str, language: str, write_header: Callable[[Signature], str]) -> list[SourceFunction]:
    """Functions of `text` in order, with their callees. `write_header` is the language's own."""
    code = blank_zig(text)
    structs = read_structs(code)
    found = []
    for item in functions(code):
        one = _function(text, code, item, structs, write_header)
        if one is not None:
            found.append(one)
    return with_callees(language, found, lambda name, body: re.search(rf"(?<![.@\w]){name}\s*\(", body) is not None)


def read_structs(code: str) -> dict[str, Struct]:
    """Structs of scalar fields alone, by name."""
    structs = {}
    for one in STRUCT.finditer(code):
        end = closing(code, one.end())
        if end is None:
            continue
        fields = [FIELD.fullmatch(part) for part in split(code[one.end() + 1 : end])]
        if fields and all(f and f[2] in WIDTHS for f in fields):
            structs[one[1]] = Struct(one[1], tuple((f[1], f[2]) for f in fields if f))
    return structs


def _function(
    text: str, code: str, item: Item, structs: dict[str, Struct], write_header: Callable[[Signature], str]
) -> Found | None:  # fmt: skip
    parameters: list[Parameter] = []
    used: dict[str, Struct] = {}
    single: list[str] = []
    for part in split(code[slice(*item.parameters)]):
        one = PARAMETER.fullmatch(part)
        if not one or one["name"] == "_":
            return None
        scalar, position = one["type"].strip(), len(parameters)
        pointer = POINTER.fullmatch(scalar)
        if scalar in WIDTHS:
            parameters.append(Parameter(one["name"], scalar))
            continue
        if not pointer or (pointer["to"] not in WIDTHS and pointer["to"] not in structs):
            return None
        to, is_slice = pointer["to"], pointer["kind"] == "[]"
        many, byte = pointer["kind"].startswith("[*"), to in ("i8", "u8")
        if many and not byte:
            return None
        if byte and pointer["kind"] == "*":
            single.append(one["name"])
        if to in structs:
            used[to] = structs[to]
        parameters.append(Parameter(one["name"], to, True, bool(pointer["const"]), position + 1 if is_slice else None))
        if is_slice:
            parameters.append(Parameter(f"n{position}", "usize"))
    result = QUALIFIER.sub("", item.result).strip()
    if result not in WIDTHS and result != "void":
        return None
    signature = Signature(item.name, tuple(parameters), result if result in WIDTHS else None, tuple(used.values()))
    body = text[slice(*item.body)]
    for name in single:
        body = re.sub(rf"\b{name}\s*\.\*", f"{name}[0]", body)
    return Found(signature, f"{write_header(signature)}{body}}}", code[slice(*item.body)])
