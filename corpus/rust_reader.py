"""Functions out of Rust source, by a tolerant reader of the top level: types of `signature` only, everything else is passed over.

A slice becomes a pointer with a length parameter `n<position>` right behind it; a reference to one scalar is taken as a raw pointer.
The text that comes back starts with `write_header` of the signature, so `mut` parameters become locals of the same name.
Limits: methods, generic functions, functions in modules, and types behind aliases or constants of the file are not seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from transpile.corpus.scanner import Found, Item, blank_rust, closing, functions, split, with_callees
from transpile.corpus.signature import WIDTHS, Parameter, Signature, Struct
from transpile.corpus.source import SourceFunction

STRUCT = re.compile(r"\bstruct\s+(\w+)\s*(?=\{)")
FIELD = re.compile(r"(?:pub(?:\s*\([^)]*\))?\s+)?(\w+)\s*:\s*(\w+)")
PARAMETER = re.compile(r"(?P<mut>mut\s+)?(?P<name>[A-Za-z_]\w*)\s*:\s*(?P<type>.+)", re.S)
REFERENCE = re.compile(r"&\s*(?P<mut>mut\b)?\s*(?:\[\s*(?P<slice>\w+)\s*\]|(?P<one>\w+))")
RAW = re.compile(r"\*\s*(?P<mut>const|mut)\s+(?P<one>\w+)")


def read_functions(text: str, language: str, write_header: Callable[[Signature], str]) -> list[SourceFunction]:
    """Functions of `text` in order, with their callees. `write_header` is the language's own."""
    code = blank_rust(text)
    structs = read_structs(code)
    found = []
    for item in functions(code):
        one = _function(text, code, item, structs, write_header)
        if one is not None:
            found.append(one)
    return with_callees(language, found, lambda name, body: re.search(rf"(?<![.\w]){name}\s*\(", body) is not None)


def read_structs(code: str) -> dict[str, Struct]:
    """Structs of named scalar fields, by name."""
    structs = {}
    for one in STRUCT.finditer(code):
        end = closing(code, one.end())
        if end is None:
            continue
        fields = [FIELD.fullmatch(re.sub(r"#\s*\[[^\]]*\]\s*", "", part)) for part in split(code[one.end() + 1 : end])]
        if fields and all(f and f[2] in WIDTHS for f in fields):
            structs[one[1]] = Struct(one[1], tuple((f[1], f[2]) for f in fields if f))
    return structs


def _function(
    text: str, code: str, item: Item, structs: dict[str, Struct], write_header: Callable[[Signature], str]
) -> Found | None:  # fmt: skip
    parameters: list[Parameter] = []
    mutable: list[str] = []
    used: dict[str, Struct] = {}
    for part in split(code[slice(*item.parameters)]):
        one = PARAMETER.fullmatch(part)
        read = one and _type(one["type"].strip(), structs)
        if not one or read is None or one["name"] == "_":
            return None
        if one["mut"]:
            mutable.append(one["name"])
        scalar, pointer, const, is_slice = read
        if scalar in structs:
            used[scalar] = structs[scalar]
        position = len(parameters)
        parameters.append(Parameter(one["name"], scalar, pointer, const, position + 1 if is_slice else None))
        if is_slice:
            parameters.append(Parameter(f"n{position}", "usize"))
    result = re.sub(r"\s+", " ", item.result.removeprefix("->").strip())
    if result not in WIDTHS and result not in ("", "()"):
        return None
    signature = Signature(item.name, tuple(parameters), result if result in WIDTHS else None, tuple(used.values()))
    header = write_header(signature)
    body = text[slice(*item.body)]
    if re.search(r"\bunsafe\b", code[item.start : item.parameters[0]]) and not header.startswith("pub unsafe"):
        body = f"\n    unsafe {{{body}}}\n"
    first = "".join(f"\n    let mut {name} = {name};" for name in mutable)
    return Found(signature, f"{header}{first}{body}}}", code[slice(*item.body)])


def _type(text: str, structs: dict[str, Struct]) -> tuple[str, bool, bool, bool] | None:
    """(scalar or struct, is it a pointer, is it const, is it a slice), or None for what a signature can't say."""
    if text in WIDTHS:
        return text, False, False, False
    if one := REFERENCE.fullmatch(text):
        name = one["slice"] or one["one"]
        return (name, True, not one["mut"], bool(one["slice"])) if name in WIDTHS or name in structs else None
    if one := RAW.fullmatch(text):
        return (one["one"], True, one["mut"] == "const", False) if one["one"] in WIDTHS else None
    return None
