"""Real Rust made of plain functions: what the reader of `rust/reader.py` can take, out of files that people write.

A file is rewritten before it is read: functions in modules come to the top, a generic function is one for one type (`TYPES`), a method of a struct
is a function whose first parameter is `this`. Afterwards each function gets the constants, type aliases and plain enums of its file that it names,
as items of its body. Invariant: what is not understood stays as it is, and does not compile. Limits: no traits, no macros of the file, no items of
other files; a generic function may use what the chosen type does not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from transpile.corpus.rust.items import items
from transpile.corpus.scanner import blank_rust, closing, split
from transpile.corpus.source import SourceFunction

TYPES = {"Float": "f64", "f32": "f32", "f64": "f64", "Unsigned": "u32"}
"""What a type parameter stands for, by a word in its bounds; others stand for i32."""
LONGEST_ITEM = 3000


def plain(text: str) -> str:
    """A file's text with its functions at the top level, without type parameters, and methods as functions."""
    code = blank_rust(text)
    out: list[str] = []

    def visit(start: int, stop: int) -> None:
        for item in items(code, start, stop):
            if item.tested or item.name in ("tests", "test"):
                continue
            brace = code.find("{", item.start, item.end)
            if item.kind == "mod" and brace >= 0:
                visit(brace + 1, item.end - 1)
            elif item.kind == "fn":
                out.append(_without_parameters(text[item.start : item.end]))
            elif item.kind == "impl":
                owner = re.fullmatch(r"impl\s+(\w+)\s*", code[item.start : brace])
                if owner:
                    out.extend(_methods(text, code, owner[1], brace + 1, item.end - 1))
            elif item.kind in ("struct", "const", "static", "type", "enum", "use"):
                out.append(text[item.start : item.end])

    visit(0, len(code))
    return "\n".join(out)


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


def _methods(text: str, code: str, owner: str, start: int, stop: int) -> Iterator[str]:
    found = [item for item in items(code, start, stop) if item.kind == "fn" and not item.tested]
    names = {item.name for item in found}
    by_value = {i.name for i in found if re.search(rf"\bfn\s+{i.name}\s*(?:<[^(]*>)?\s*\(\s*(?:mut\s+)?self\b", code[i.start : i.end])}
    for item in found:
        one = text[item.start : item.end]
        one = re.sub(rf"\bfn\s+{item.name}\b", f"fn {owner}_{item.name}", one, count=1)
        one = re.sub(r"\(\s*&\s*(?:'\w+\s+)?(mut\s+)?self\b", lambda m: f"(this: &{m[1] or ''}{owner}", one, count=1)
        one = re.sub(r"\(\s*(mut\s+)?self\b", lambda m: f"({m[1] or ''}this: {owner}", one, count=1)
        receiver = "this" if item.name in by_value else "*this"

        def called(found: re.Match[str], receiver: str = receiver) -> str:
            if found[1] not in names:
                return found[0]
            given = receiver if found[1] in by_value else ("&mut this" if receiver == "this" else "this")
            return f"{owner}_{found[1]}({given}, "

        one = re.sub(r"\bself\s*\.\s*(\w+)\s*\(", called, one)
        one = re.sub(r"\bSelf\s*::\s*(\w+)\s*\(", lambda m: f"{owner}_{m[1]}(" if m[1] in names else m[0], one)
        one = re.sub(r"\bself\b", "this", re.sub(r"\bSelf\b", owner, one)).replace(", )", ")")
        yield _without_parameters(one)


def with_items(text: str, functions: list[SourceFunction]) -> list[SourceFunction]:
    """Functions of a rewritten file, with the constants, aliases and enums of the file that they name as items of their bodies."""
    code = blank_rust(text)
    known: dict[str, str] = {}
    for item in items(code, 0, len(code)):
        if item.kind in ("const", "static", "type", "enum") and item.end - item.start < LONGEST_ITEM:
            known.setdefault(item.name, re.sub(r"^pub(?:\s*\([^)]*\))?\s+", "", text[item.start : item.end]))
        used = re.fullmatch(r"(?:pub\s+)?use\s+(?:std|core)::((?:\w+::)*)(?:(\w+)|\{([\w\s,]+)\});", text[item.start : item.end])
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
