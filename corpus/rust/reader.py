"""Functions out of Rust source, by a tolerant reader of the top level: types of `signature` only, everything else is passed over.

A slice becomes a pointer with a length parameter `n<position>` right behind it; a reference to one scalar is taken as a raw pointer.
The text that comes back starts with `write_header` of the signature, so `mut` parameters become locals of the same name.
Limits: methods, generic functions, functions in modules, and types behind aliases or constants of the file are not seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container

from transpile.corpus.scanner import Found, Item, blank_rust, closing, functions, split, with_callees
from transpile.corpus.signature import WIDTHS, Parameter, Signature, Struct, gather_structs, pointer_to
from transpile.corpus.source import SourceFunction

STRUCT = re.compile(r"\bstruct\s+(\w+)\s*(?=\{)")
FIELD = re.compile(r"(?:pub(?:\s*\([^)]*\))?\s+)?(\w+)\s*:\s*(.+)", re.S)
PARAMETER = re.compile(r"(?P<mut>mut\s+)?(?P<name>[A-Za-z_]\w*)\s*:\s*(?P<type>.+)", re.S)
REFERENCE = re.compile(r"&\s*(?:'\w+\s+)?(?P<mut>mut\b)?\s*(?P<to>.+)", re.S)
SLICE = re.compile(r"\[([^;]+)\]", re.S)
RAW = re.compile(r"\*\s*(?P<mut>const|mut)\s+(?P<to>.+)", re.S)
ARRAY = re.compile(r"\[(?P<of>.+);\s*(?P<count>\d+)(?:usize)?\s*\]", re.S)
FUNCTION = re.compile(r"(?:unsafe\s+)?extern\s*\"\s*\"\s*fn\s*\((?P<parameters>.*)\)\s*(?:->\s*(?P<result>.+))?", re.S)
VOID = frozenset({"c_void", "core::ffi::c_void", "std::ffi::c_void", "libc::c_void", "std::os::raw::c_void"})


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
    """Structs of named fields whose types can be said, by name."""
    fields: dict[str, list[re.Match[str] | None]] = {}
    for one in STRUCT.finditer(code):
        end = closing(code, one.end())
        if end is not None and one[1] not in WIDTHS:
            fields[one[1]] = [FIELD.fullmatch(re.sub(r"#\s*\[[^\]]*\]\s*", "", part)) for part in split(code[one.end() + 1 : end])]
    while True:
        structs: dict[str, Struct] = {}
        for name, found in fields.items():
            read = [(f[1], type_string(f[2], fields)) if f else ("", None) for f in found]
            if read and all(t for _, t in read):
                structs[name] = Struct(name, tuple((f, t) for f, t in read if t))
        if len(structs) == len(fields):
            return structs
        fields = {name: fields[name] for name in structs}


def type_string(text: str, structs: Container[str]) -> str | None:
    """A Rust type as signatures have it, None for one that they can't say."""
    text = text.strip()
    if text in WIDTHS or text in structs:
        return text
    if text in VOID:
        return "void"
    if one := RAW.fullmatch(text):
        to = type_string(one["to"], structs)
        return to and pointer_to(to, one["mut"] == "const")
    if one := ARRAY.fullmatch(text):
        of = type_string(one["of"], structs)
        return f"[{int(one['count'])}]{of}" if of and int(one["count"]) else None
    if one := re.fullmatch(r"(?:core::option::)?Option\s*<(.+)>", text, re.S):
        inner = type_string(one[1], structs)
        return inner if inner and inner.startswith("fn(") else None
    if one := FUNCTION.fullmatch(text):
        takes = [type_string(re.sub(r"^\w+\s*:(?!:)", "", p), structs) for p in split(one["parameters"])]
        gives = type_string(one["result"], structs) if one["result"] else ""
        return f"fn({','.join(t for t in takes if t)}){gives}" if all(takes) and gives is not None else None
    return None


def _function(
    text: str, code: str, item: Item, structs: dict[str, Struct], write_header: Callable[[Signature], str]
) -> Found | None:  # fmt: skip
    parameters: list[Parameter] = []
    mutable: list[str] = []
    first = ""
    for part in split(code[slice(*item.parameters)]):
        one = PARAMETER.fullmatch(part)
        read = one and _type(one["type"].strip(), structs)
        if not one or read is None or one["name"] == "_":
            return None
        if one["mut"]:
            mutable.append(one["name"])
        scalar, pointer, const, is_slice = read
        if pointer and not is_slice and "&" in one["type"] and (scalar[0] == "[" or (scalar in structs and not structs[scalar].flat)):
            first += f"\n    let {one['name']} = &{'' if const else 'mut '}*{one['name']};"
        is_scalar = pointer and not is_slice and "&" in one["type"] and scalar in WIDTHS
        if is_scalar and re.search(rf"(?<![\w.*]){one['name']}\b", code[slice(*item.body)]):
            first += f"\n    let {one['name']} = &{'' if const else 'mut '}*{one['name']};"
        position = len(parameters)
        parameters.append(Parameter(one["name"], scalar, pointer, const, position + 1 if is_slice else None))
        if is_slice:
            parameters.append(Parameter(f"n{position}", "usize"))
    result = re.sub(r"\s+", " ", item.result.removeprefix("->").strip())
    gives = type_string(result, structs)
    if gives in (None, "void") and result not in ("", "()"):
        return None
    mentioned = [p.type for p in parameters] + ([gives] if gives else [])
    signature = Signature(item.name, tuple(parameters), gives, gather_structs(mentioned, structs))
    header = write_header(signature)
    body = text[slice(*item.body)]
    if re.search(r"\bunsafe\b", code[item.start : item.parameters[0]]) and not header.startswith("pub unsafe"):
        body = f"\n    unsafe {{{body}}}\n"
    first += "".join(f"\n    let mut {name} = {name};" for name in mutable)
    return Found(signature, f"{header}{first}{body}}}", code[slice(*item.body)])


def _type(text: str, structs: dict[str, Struct]) -> tuple[str, bool, bool, bool] | None:
    """(type, or what it points to, is it a pointer, is it const, is it a slice), or None for what a signature can't say."""
    if one := REFERENCE.fullmatch(text):
        inner = SLICE.fullmatch(one["to"].strip())
        to = type_string(inner[1] if inner else one["to"], structs)
        return (to, True, not one["mut"], bool(inner)) if to and to != "void" else None
    if one := RAW.fullmatch(text):
        to = type_string(one["to"], structs)
        return (to, True, one["mut"] == "const", False) if to else None
    found = type_string(text, structs)
    return (found, False, False, False) if found and found[0] not in "[v" else None
