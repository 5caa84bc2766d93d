"""Finding one's way in Rust and Zig text without a parser: blanked comments and strings, matching brackets, top-level items.

`blank_*` keep every offset and line, so that what is found in blanked text can be cut out of the original.
Unbalanced text ends the search where it stops making sense; nothing raises.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from transpile.corpus.signature import Signature
from transpile.corpus.source import SourceFunction

# What is never closed goes to the end: looked for again at each quote, it would take quadratic time.
_RUST_STRINGS = (
    r"""\b(?:b|c)?r(?P<hash>#*+)"(?:.*?"(?P=hash)|.*)|\b(?:b|c)?"(?:\\.|[^"\\])*+"?|"(?:\\.|[^"\\])*+"?"""
    r"""|\bb?'(?:\\[^\n]{1,12}?|[^\\'\n])'|'(?:\\[^\n]{1,12}?|[^\\'\n])'"""
)
_RUST = re.compile(rf"(?P<comment>//[^\n]*|/\*)|(?P<string>{_RUST_STRINGS})", re.S)
_ZIG = re.compile(r"""(?P<comment>//[^\n]*)|(?P<string>\\\\[^\n]*|"(?:\\.|[^"\\\n])*+"?|'(?:\\.|[^'\\\n])*+'?)""")
_SPACE = re.compile(r"[^\n]")
PAIRS = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Item:
    """A function in blanked text: its name, where its item starts, and the spans of parameters, result and body (without brackets)."""

    name: str
    start: int
    parameters: tuple[int, int]
    result: str
    body: tuple[int, int]


def blank_rust(text: str, *, strings: bool = True) -> str:
    """Rust `text` with its comments, and (if `strings`) what is in its string and character literals, as spaces."""
    out, position = [], 0
    while found := _RUST.search(text, position):
        start, end = found.span()
        out.append(text[position:start])
        if found["comment"] == "/*":
            end = _end_of_comment(text, end)
        if found["comment"]:
            out.append(_SPACE.sub(" ", text[start:end]))
        else:
            out.append(_blank_inside(text[start:end]) if strings else text[start:end])
        position = end
    return "".join(out) + text[position:]


def blank_zig(text: str, *, strings: bool = True) -> str:
    """As `blank_rust`, for Zig."""

    def replace(found: re.Match[str]) -> str:
        if found["comment"]:
            return " " * len(found[0])
        return _blank_inside(found[0]) if strings else found[0]

    return _ZIG.sub(replace, text)


def _end_of_comment(text: str, position: int) -> int:
    """Rust's block comments nest."""
    depth = 1
    for found in re.compile(r"/\*|\*/").finditer(text, position):
        depth += 1 if found[0] == "/*" else -1
        if depth == 0:
            return found.end()
    return len(text)


def _blank_inside(literal: str) -> str:
    """The quotes stay: an empty literal is still a literal. A line of Zig's multi-line strings has none at its end."""
    if literal.startswith("\\\\"):
        return literal[:2] + " " * (len(literal) - 2)
    return literal[0] + _SPACE.sub(" ", literal[1:-1]) + literal[-1] if len(literal) > 1 else literal


def closing(code: str, start: int) -> int | None:
    """Offset of the bracket that closes the one at `start` of blanked text; None if nothing does."""
    stack: list[str] = []
    for found in re.compile(r"[()\[\]{}]").finditer(code, start):
        if found[0] in PAIRS:
            stack.append(PAIRS[found[0]])
        elif found[0] != stack.pop():
            return None
        if not stack:
            return found.start()
    return None


def split(code: str, separator: str = ",") -> list[str]:
    """Parts of blanked text between the separators outside brackets, stripped; a last empty part is dropped."""
    parts, depth, start = [], 0, 0
    for position, letter in enumerate(code):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == separator and depth == 0:
            parts.append(code[start:position].strip())
            start = position + 1
    last = code[start:].strip()
    return [*parts, last] if last else parts


def functions(code: str) -> Iterator[Item]:
    """The functions with a body at the top level of blanked text, in order; those with type parameters are passed over."""
    position, start = 0, 0
    pattern = re.compile(r"\bfn\s+(\w+)\s*(?=\()|[{;}]")
    while found := pattern.search(code, position):
        if found[0] in ";}":
            position = start = found.end()
        elif found[0] == "{":
            end = closing(code, found.start())
            if end is None:
                return
            position = start = end + 1
        else:
            end = closing(code, found.end())
            head = end is not None and re.compile(r"[^{;]*").match(code, end + 1)
            if end is None or not head:
                return
            position = head.end()
            if position >= len(code) or code[position] == ";":
                continue
            stop = closing(code, position)
            if stop is None:
                return
            yield Item(found[1], start, (found.end() + 1, end), head[0].strip(), (position + 1, stop))
            position = start = stop + 1


@dataclass(frozen=True, slots=True)
class Found:
    """A function cut out of a file, before it knows its callees; `body` is blanked text."""

    signature: Signature
    text: str
    body: str


def with_callees(language: str, found: Sequence[Found], is_call: Callable[[str, str], bool]) -> list[SourceFunction]:
    """`found` as source functions, each with those of the file that it calls, in the file's order. A function that is left out because
    of its types may still be called; then the caller does not compile alone, and that is how it is noticed.
    Functions that call each other in a circle are left out: no order of definitions shows them one by one."""
    by_name = {one.signature.name: one for one in found}
    calls = {n: [m for m in by_name if m != n and is_call(m, one.body)] for n, one in by_name.items()}
    done: dict[str, SourceFunction | None] = {}

    def visit(name: str, path: frozenset[str]) -> SourceFunction | None:
        if name in path:
            return None
        if name not in done:
            callees = [visit(other, path | {name}) for other in calls[name]]
            one = by_name[name]
            complete = [c for c in callees if c is not None]
            whole = len(complete) == len(callees)
            done[name] = SourceFunction(language, one.signature, one.text, tuple(complete)) if whole else None
        return done[name]

    return [one for name in by_name if (one := visit(name, frozenset())) is not None]
