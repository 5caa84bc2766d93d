"""Zig's errors, and the repair of those that are about tidiness and not about meaning.

Unused parameters, locals and captures are discarded, variables that never change become `const`, discards of what is used are dropped.
A repair stays on its line, so that lines of later errors are lines of the original text too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from transpile.corpus.scanner import blank_zig

ERROR = re.compile(r"^(?:.*[/\\])?unit\.zig:(\d+):(\d+): error: (.*)$|^(?!\s)(?:.*: )?error: (.*)$", re.M)
NAME = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class ZigError:
    """One error; `line` and `column` are 1-based, `line` None where zig named no place in the unit."""

    line: int | None
    column: int
    message: str


def read_errors(stderr: str) -> list[ZigError]:
    """The errors that zig printed, in order, each once; never empty."""
    found = {
        ZigError(int(m[1]), int(m[2]), m[3]) if m[1] else ZigError(None, 0, m[4]) for m in ERROR.finditer(stderr)
    }  # fmt: skip
    placed = sorted((e for e in found if e.line is not None), key=lambda e: (e.line, e.column))
    return placed or list(found) or [ZigError(None, 0, stderr.strip()[-2000:] or "zig failed without a message")]


def mend(text: str, errors: Iterable[ZigError]) -> str:
    """`text` with every repair that `errors` ask for; the same text if there is none."""
    code = blank_zig(text)
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    edits: dict[tuple[int, int], str] = {}
    for error in errors:
        if error.line is None or error.line >= len(starts):
            continue
        # Columns count bytes.
        line = text[starts[error.line - 1] : starts[error.line]].encode()
        offset = starts[error.line - 1] + len(line[: error.column - 1].decode(errors="replace"))
        edit = _edit(code, offset, error.message)
        if edit is not None:
            start, stop, new = edit
            edits[start, stop] = edits.get((start, stop), "") + new
    for (start, stop), new in sorted(edits.items(), reverse=True):
        text = text[:start] + new + text[stop:]
    return text


def _edit(code: str, offset: int, message: str) -> tuple[int, int, str] | None:
    """(start, stop, replacement) for one error at `offset` of blanked text."""
    found = NAME.match(code, offset)
    name = found[0] if found else ""
    if message.startswith("unused function parameter") and name:
        closing = _end(code, offset, ")")
        brace = -1 if closing is None else code.find("{", closing)
        return None if brace < 0 else (brace + 1, brace + 1, f" _ = {name};")
    if message.startswith(("unused local constant", "unused local variable")) and name:
        end = _end(code, offset, ";")
        return None if end is None else (end + 1, end + 1, f" _ = {name};")
    if message.startswith("local variable is never mutated"):
        word = re.search(r"\bvar\s+$", code[:offset])
        return word and (word.start(), word.start() + 3, "const")
    if message.startswith("unused capture"):
        stars = re.search(r"\*?\s*$", code[:offset])
        star = offset - 1 if code[offset - 1] == "*" else offset
        return (star if stars else offset, offset + len(name), "_") if name else None
    if message.startswith("pointless discard"):
        word, end = re.search(r"\b_\s*=\s*$", code[:offset]), _end(code, offset, ";")
        return (word.start(), end + 1, "") if word and end is not None and "\n" not in code[word.start() : end] else None
    return None


def _end(code: str, offset: int, letter: str) -> int | None:
    """Offset of the first `letter` after `offset` outside brackets opened after it."""
    depth = 0
    for position in range(offset, len(code)):
        found = code[position]
        if found == letter and depth == 0:
            return position
        depth += (found in "([{") - (found in ")]}")
        if depth < 0:
            return None
    return None
