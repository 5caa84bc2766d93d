"""Real Rust made of plain functions: what the reader of `rust/reader.py` can take, out of files that people write.

A file is rewritten before it is read: functions in modules come to the top, a generic function is one for one type (`TYPES`), a method of a struct
is a function whose first parameter is `this`. Afterwards each function gets the constants, type aliases and plain enums of its file that it names,
as items of its body; what the file names of the others of its crate comes behind it before. Text is bytes and a character a number where they are
handed in, and a struct keeps the fields that a signature can say. Invariant: what is not understood stays as it is, and does not compile. Limits: no
traits, no macros of the file; a generic function may use what the chosen type does not have; of names that two files define neither is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from transpile.corpus.real.licences import may_come_along
from transpile.corpus.rust.items import items
from transpile.corpus.rust.reader import FIELD, STRUCT, read_structs, type_string
from transpile.corpus.scanner import blank_rust, closing, split
from transpile.corpus.source import SourceFunction

TYPES = {"Float": "f64", "f32": "f32", "f64": "f64", "Unsigned": "u32"}
"""What a type parameter stands for, by a word in its bounds; others stand for i32."""
LONGEST_ITEM = 3000
LONGEST, MOST_ADDED = 400_000, 60
"""Characters of a file that is looked at, and items of other files that come along."""
_CHECKS = re.compile(r"\b(?:debug_assert(?:_eq|_ne)?|glam_assert)!\s*(?=[(\[{])")
_ATTRIBUTE = re.compile(r"#\[(?:inline|allow|expect|rustfmt|must_use|cold|doc|track_caller|clippy)\b[^\[\]]*\]")
_PATH = re.compile(r"\b(?:(?:crate|super|self|[a-z_][a-z0-9_]*)::)+(?=(\w+)\b)")


class Methods(NamedTuple):
    """What the implementations of a type define: functions, whether each takes itself by value (None where it takes no self), and constants."""

    functions: dict[str, bool | None]
    constants: set[str]


class Crate(NamedTuple):
    """What the files of a crate define at the top level, by name, as rewritten text, without names that two files have."""

    items: dict[str, str]
    words: dict[str, frozenset[str]]
    methods: dict[str, Methods]


def plain(text: str, methods: Mapping[str, Methods] | None = None) -> str:
    """A file's text with its functions at the top level, without type parameters, and methods as functions. `methods`: of the crate's types."""
    text = _stripped(text)
    code = blank_rust(text)
    methods = methods_of(text) if methods is None else methods
    out: list[str] = []

    def visit(start: int, stop: int) -> None:
        for item in items(code, start, stop):
            if item.tested or item.name in ("tests", "test"):
                continue
            brace = code.find("{", item.start, item.end)
            if item.kind == "mod" and brace >= 0:
                visit(brace + 1, item.end - 1)
            elif item.kind == "fn":
                out.append(_bytes(_called(_without_parameters(text[item.start : item.end]), methods)))
            elif item.kind == "impl":
                owner = _owner(code, item.start, brace)
                if owner:
                    out.extend(_methods(text, code, owner, brace + 1, item.end - 1, methods))
            elif item.kind in ("struct", "const", "static", "type", "enum", "use"):
                out.append(text[item.start : item.end])

    visit(0, len(code))
    return "\n".join(out)


def _owner(code: str, start: int, brace: int) -> str:
    found = re.fullmatch(r"impl\s+(\w+)\s*", code[start:brace])
    return found[1] if found else ""


def methods_of(text: str) -> dict[str, Methods]:
    """The methods and constants of the types of a file, of implementations of no trait."""
    code = blank_rust(text)
    found: dict[str, Methods] = {}

    def visit(start: int, stop: int) -> None:
        for item in items(code, start, stop):
            brace = code.find("{", item.start, item.end)
            if item.kind == "mod" and brace >= 0:
                visit(brace + 1, item.end - 1)
            elif item.kind == "impl" and (owner := _owner(code, item.start, brace)):
                one = found.setdefault(owner, Methods({}, set()))
                for own in items(code, brace + 1, item.end - 1):
                    if own.kind == "const":
                        one.constants.add(own.name)
                    elif own.kind == "fn" and not own.tested:
                        head = re.search(r"\(\s*(&)?\s*(?:'\w+\s+)?(?:mut\s+)?self\b(?!\s*:)", code[own.start : own.end].partition("{")[0])
                        one.functions[own.name] = None if head is None else head[1] is None

    visit(0, len(code))
    return found


def _stripped(text: str) -> str:
    """A file without checks that are off where it is optimized, without attributes that say nothing, and without paths into its own modules."""
    code = blank_rust(text)
    for found in reversed(list(_CHECKS.finditer(code))):
        end = closing(code, found.end())
        if end is not None:
            ends = code[end + 1 : end + 2] == ";"
            text = f"{text[: found.start()]}{'' if ends else '{}'}{text[end + 1 + ends :]}"
    text = _ATTRIBUTE.sub("", text)
    return re.sub(r"\bstd::(?!collections|io|fs|env|process|time|thread|sync|rc|string|vec|error|path|net|os)", "core::", text)


def _bytes(text: str) -> str:
    """A function that takes bytes for text, and numbers for characters."""
    code = blank_rust(text)
    start = code.find("(")
    end = closing(code, start) if start >= 0 else None
    brace = code.find("{", end) if end is not None else -1
    if end is None or brace < 0:
        return text
    taken, first = text[start:end], ""
    for name, type_ in re.findall(r"(\w+)\s*:\s*(&(?:\s*'\w+)?\s*str|char)\s*(?=,|$)", taken):
        made, raw = ("core::str::from_utf8_unchecked", "&[u8]") if type_ != "char" else ("char::from_u32_unchecked", "u32")
        taken = re.sub(rf"\b{name}\s*:\s*{re.escape(type_)}", f"{name}: {raw}", taken)
        first += f" let {name} = unsafe {{ {made}({name}) }};"
    return f"{text[:start]}{taken}{text[end : brace + 1]}{first}{text[brace + 1 :]}"


def _in_full(found: re.Match[str]) -> str:
    """A struct's value with the name of each field."""
    parts = [f"{part}: {part}" if re.fullmatch(r"[a-z_]\w*", part) else part for part in split(found[3])]
    return f"{found[1]}{found[2]}{{ {', '.join(parts)} }}" if parts else found[0]


def _called(text: str, methods: Mapping[str, Methods], known: Mapping[str, str] | None = None) -> str:
    """A function whose calls of methods, of parameters and by the name of the type, are calls of functions. `known`: types of variables."""
    code = blank_rust(text)
    brace = _body(code, 0)
    if brace is None:
        return text
    types = dict(re.findall(r"\b(\w+)\s*:\s*((?:&\s*(?:'\w+\s+)?(?:mut\s+)?)?\w+)\s*(?=[,)])", text[:brace])) | dict(known or {})
    for name, owner in re.findall(r"\blet\s+(?:mut\s+)?(\w+)\s*(?::\s*\w+\s*)?=\s*(\w+)\s*(?:\{|::new\()", code[brace:]):
        types.setdefault(name, owner)
    body = text[brace:]
    for name, type_ in types.items():
        owner, behind = re.sub(r"^&\s*(?:'\w+\s+)?(?:mut\s+)?", "", type_), type_.startswith("&")
        if owner not in methods:
            continue

        def function(found: re.Match[str], name: str = name, owner: str = owner, type_: str = type_, behind: bool = behind) -> str:
            by_value = methods[owner].functions.get(found[1])
            if by_value is None:
                return found[0]
            given = ("*" if behind else "") + name if by_value else name if behind else f"&{name}"
            return f"{owner}_{found[1]}({given}{'' if found[2] else ', '}"

        body = re.sub(rf"(?<![.\w]){name}\s*\.\s*(\w+)\s*\(\s*(?=(\))?)", function, body)

    def member(found: re.Match[str]) -> str:
        one = methods.get(found[1])
        return f"{found[1]}_{found[2]}" if one and (found[2] in one.functions or found[2] in one.constants) else found[0]

    body = re.sub(r"\b([A-Z]\w*)(\s*)\{([^{}]*)\}", _in_full, body)
    return text[:brace] + re.sub(r"(?<![\w:])(\w+)\s*::\s*(\w+)\b(?!\s*::)", member, body)


def _without_parameters(text: str) -> str:
    """A function with its type parameters replaced; as it is if it has none."""
    head = re.match(r"[^({<]*\bfn\s+\w+\s*<", text)
    code = blank_rust(text)
    if not head:
        return text
    depth, end = 0, head.end() - 1
    for end in range(head.end() - 1, len(code)):
        depth += (code[end] == "<") - (code[end] == ">" and code[end - 1] not in "-=")
        if depth == 0:
            break
    stop = _body(code, end)
    if stop is None:
        return text
    signature = text[end + 1 : stop]
    where = re.search(r"\bwhere\b", signature)
    bounds = signature[where.end() :] if where else ""
    signature = signature[: where.start()] if where else signature
    aliases = ""
    for one in split(text[head.end() : end]):
        name, _, bound = one.partition(":")
        name = name.strip()
        if name.startswith("'"):
            signature = re.sub(rf"{name}\b\s*", "", signature)
        elif re.fullmatch(r"\w+", name):
            more = " ".join(re.findall(rf"\b{name}\s*:\s*([^,]*)", bounds))
            chosen = next((t for word, t in TYPES.items() if word in bound + more), "i32")
            signature = re.sub(rf"\b{name}\b", chosen, signature)
            aliases += f" type {name} = {chosen};"
    return f"{text[: head.end() - 1]}{signature} {{{aliases}{text[stop + 1 :]}"


def _body(code: str, start: int) -> int | None:
    """Where a function's body begins, behind its parameters."""
    opening = code.find("(", start)
    end = closing(code, opening) if opening >= 0 else None
    brace = code.find("{", end) if end is not None else -1
    return brace if brace >= 0 else None


def _methods(text: str, code: str, owner: str, start: int, stop: int, methods: Mapping[str, Methods]) -> Iterator[str]:
    for item in items(code, start, stop):
        one = text[item.start : item.end]
        if item.kind == "const":
            yield re.sub(r"\bSelf\b", owner, re.sub(rf"\bconst\s+{item.name}\b", f"const {owner}_{item.name}", one, count=1))
        if item.kind != "fn" or item.tested:
            continue
        head, brace, body = one.partition("{")
        head = re.sub(rf"\bfn\s+{item.name}\b", f"fn {owner}_{item.name}", head, count=1)
        head, by_reference = re.subn(r"\(\s*&\s*(?:'\w+\s+)?(mut\s+)?self\b", lambda m: f"(this: &{m[1] or ''}{owner}", head, count=1)
        head = re.sub(r"\(\s*(mut\s+)?self\b(?!\s*:)", lambda m: f"({m[1] or ''}this: {owner}", head, count=1)
        one = re.sub(r"\bself\b(?!\s*::)", "this", re.sub(r"\bSelf\b", owner, head + brace + body))
        one = _called(one, methods, {"this": f"&{owner}" if by_reference else owner})
        yield _bytes(_without_parameters(one))


@lru_cache(8)
def crate(folder: Path) -> Crate:
    """What the files of a crate define, in the folder that holds them."""
    texts = [f.read_text(errors="replace") for f in sorted(folder.rglob("*.rs")) if f.stat().st_size <= LONGEST and "tests" not in f.parts]
    texts = [text for text in texts if may_come_along(text)]
    methods: dict[str, Methods] = {}
    for text in texts:
        for owner, own in methods_of(text).items():
            one = methods.setdefault(owner, Methods({}, set()))
            one.functions.update(own.functions)
            one.constants.update(own.constants)
    found: dict[str, set[str]] = {}
    for text in texts:
        text = plain(text, methods)
        for item in items(code := blank_rust(text), 0, len(code)):
            if item.kind in ("fn", "struct", "const", "static", "type", "enum"):
                found.setdefault(item.name, set()).add(text[item.start : item.end])
    kept = {name: next(iter(those)) for name, those in found.items() if len(those) == 1}
    words = {name: frozenset(re.findall(r"(?<![.\w])[^\W\d]\w*", blank_rust(text))) for name, text in kept.items()}
    return Crate(kept, words, methods)


def crate_folder(file: Path, root: Path) -> Path:
    """The folder of the crate that a file belongs to: the last one called `src`, else its own."""
    inside = [parent for parent in file.parents if parent.is_relative_to(root)]
    return next((parent for parent in inside if parent.name == "src"), file.parent)


def with_crate(text: str, file: Path, root: Path) -> tuple[str, frozenset[str]]:
    """A file rewritten, with what it names of the other files of its crate behind it; and the names of its own functions."""
    home = crate(crate_folder(file, root))
    text = plain(text, home.methods)
    code = blank_rust(text)
    own = {item.name: item.kind for item in items(code, 0, len(code)) if item.kind != "use"}
    text = _PATH.sub(lambda m: "" if m[1] in home.items or m[1] in own else m[0], text)
    added: dict[str, str] = {}
    todo = [w for w in dict.fromkeys(re.findall(r"(?<![.\w])[^\W\d]\w*", blank_rust(text))) if w in home.items and w not in own]
    for name in todo:
        if len(added) < MOST_ADDED:
            added[name] = _PATH.sub(lambda m: "" if m[1] in home.items or m[1] in own else m[0], home.items[name])
            todo += [w for w in sorted(home.words[name]) if w in home.items and w not in own and w not in todo]
    return with_plain_structs("\n".join([text, *added.values()])), frozenset(name for name, kind in own.items() if kind == "fn")


def with_plain_structs(text: str) -> str:
    """A file whose structs have those fields alone that a signature can say: a function that needs another one does not compile."""
    while True:
        code = blank_rust(text)
        known = read_structs(code)
        for found in reversed(list(STRUCT.finditer(code))):
            end = closing(code, found.end())
            if end is None or found[1] in known:
                continue
            names = known.keys() | {found[1]}
            parts = [re.sub(r"#\s*\[[^\]]*\]\s*", "", part) for part in split(code[found.end() + 1 : end])]
            kept = [part for part in parts if (field := FIELD.fullmatch(part)) and type_string(field[2], names)]
            if kept and len(kept) < len(parts):
                text = f"{text[: found.end()]}{{ {', '.join(kept)} }}{text[end + 1 :]}"
        if read_structs(blank_rust(text)).keys() == known.keys():
            return text


def with_items(text: str, functions: list[SourceFunction]) -> list[SourceFunction]:
    """Functions of a rewritten file, with the constants, aliases and enums of the file that they name as items of their bodies."""
    code = blank_rust(text)
    known: dict[str, str] = {}
    for item in items(code, 0, len(code)):
        if item.kind in ("const", "static", "type", "enum") and item.end - item.start < LONGEST_ITEM:
            known.setdefault(item.name, re.sub(r"^pub(?:\s*\([^)]*\))?\s+", "", text[item.start : item.end]))
        used = re.fullmatch(r"(?:pub(?:\([^)]*\))?\s+)?use\s+(?:std|core)::((?:\w+::)*)(?:(\w+)|\{([\w\s,]+)\});", text[item.start : item.end])
        for name in re.findall(r"\w+", (used[2] or used[3]) if used else ""):
            known.setdefault(name, f"use core::{used[1]}{name};" if used and name != "self" else "")

    def needed(words: str, out: dict[str, str]) -> dict[str, str]:
        for word in dict.fromkeys(re.findall(r"\b[A-Za-z_]\w*\b", blank_rust(words))):
            if word in known and word not in out:
                out[word] = ""
                needed(known[word], out)
                out[word] = _item(known[word])
        return out

    def one(function: SourceFunction) -> SourceFunction:
        brace = function.text.index("{")
        found = needed(function.text[brace:], {})
        before = " ".join(found.values())
        function = replace(function, text=re.sub(r"\bstd::(?=cmp|mem|ptr|num|ops|hint|slice|iter|[fiu]\d+)", "core::", function.text))
        brace = function.text.index("{")
        return replace(
            function, text=f"{function.text[: brace + 1]} {before}{function.text[brace + 1 :]}" if found else function.text,
            callees=tuple(map(one, function.callees)),
        )  # fmt: skip

    return [one(f) for f in functions]


def _item(text: str) -> str:
    """An item of a body; an enum can be copied and compared, as most are derived to be."""
    enum = re.match(r"enum\s+(\w+)", text)
    if not enum or "(" in text:
        return text
    name = enum[1]
    copied = f"impl Clone for {name} {{ fn clone(&self) -> {name} {{ *self }} }} impl Copy for {name} {{}}"
    return f"{text} {copied} impl PartialEq for {name} {{ fn eq(&self, other: &{name}) -> bool {{ *self as u32 == *other as u32 }} }}"
