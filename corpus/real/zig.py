"""Real Zig made of plain functions: each with the constants of its file that it names, and type parameters replaced.

A file is rewritten before it is read: `fn f(comptime T: type, x: T) T` becomes a function of one type. Afterwards the constants of the file that a
function names stand at the start of its body, in the order of their need, since Zig allows no unused ones. Invariant: what is not understood stays
as it is, and does not compile. Limits: no functions of structs, no other files, no constants that are structs with functions.
"""

from __future__ import annotations

import re
from dataclasses import replace

from transpile.corpus.scanner import blank_zig, closing
from transpile.corpus.source import SourceFunction

CHOSEN = "i32"
LONGEST_CONSTANT = 3000
_CONSTANT = re.compile(r"(?:pub\s+)?const\s+(\w+)\s*(?::[^=;]+)?=\s*")
_TYPE_PARAMETER = re.compile(r"\(\s*comptime\s+(\w+)\s*:\s*type\s*,\s*")
_FUNCTION = re.compile(r"\bfn\s+\w+\s*(?=\()")


def plain(text: str) -> str:
    """A file's text with functions of a type parameter as functions of one type."""
    code = blank_zig(text)
    out, at = [], 0
    for found in _FUNCTION.finditer(code):
        parameter = _TYPE_PARAMETER.match(code, found.end())
        end = closing(code, found.end())
        brace = code.find("{", end) if end is not None else -1
        if parameter is None or brace < 0 or found.start() < at:
            continue
        head = re.sub(rf"\b{parameter[1]}\b", CHOSEN, "(" + text[parameter.end() : brace])
        out += [text[at : found.end()], head, f"{{ const {parameter[1]} = {CHOSEN};"]
        at = brace + 1
    return "".join([*out, text[at:]])


def constants(text: str) -> dict[str, str]:
    """The constants at the top level of a file, by name, as they are written."""
    code = blank_zig(text)
    found: dict[str, str] = {}
    position = 0
    while position < len(code):
        one = re.compile(r"[{;]|\bconst\b").search(code, position)
        if one is None:
            break
        if one[0] == "{":
            end = closing(code, one.start())
            if end is None:
                break
            position = end + 1
            continue
        position = one.end()
        head = _CONSTANT.match(code, one.start()) if one[0] == "const" else None
        if head is None:
            continue
        depth, end = 0, head.end()
        while end < len(code) and (depth or code[end] != ";"):
            depth += (code[end] in "([{") - (code[end] in ")]}")
            end += 1
        position = end + 1
        value = text[head.end() : end]
        if len(value) < LONGEST_CONSTANT and not re.search(r"\bfn\b", code[head.end() : end]) and ("@import" not in value or '@import("std").' in value):
            found.setdefault(head[1], f"{text[head.start() : end]};".removeprefix("pub "))
    return found


def with_constants(text: str, functions: list[SourceFunction]) -> list[SourceFunction]:
    """Functions of a rewritten file with the constants that they name at the start of their bodies."""
    known = constants(text)

    def needed(words: str, out: dict[str, str]) -> dict[str, str]:
        for word in dict.fromkeys(re.findall(r"(?<![.\w@])[A-Za-z_]\w*\b", blank_zig(words))):
            if word in known and word not in out and word != "std":
                out[word] = ""
                needed(known[word].partition("=")[2], out)
                out[word] = out.pop(word) or known[word]
        return out

    def one(function: SourceFunction) -> SourceFunction:
        brace = function.text.index("{")
        body = function.text[brace + 1 :]
        found = {name: c for name, c in needed(body, {}).items() if not re.search(rf"\b(?:const|var)\s+{name}\b", body)}
        own = {s.name for s in function.signature.structs}
        before = " ".join(c for name, c in found.items() if name not in own)
        return replace(function, text=f"{function.text[: brace + 1]} {before}{body}" if before else function.text, callees=tuple(map(one, function.callees)))

    return [one(f) for f in functions]
