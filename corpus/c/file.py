"""A person's C or C++ file as one unit: its own headers put in place, its static functions made visible.

Only quoted includes of files beside it (or below) are taken in, each once; what the standard library has is left to the compiler. `static` and `inline`
go from the heads of functions alone: static locals and tables stay what they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

_INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"')
_ONCE = re.compile(r"^\s*#\s*pragma\s+once\b")


def inline_includes(text: str, folder: Path) -> tuple[list[str], list[int]]:
    """Lines with local headers in place, and for each the line of `text` that it stands at."""
    root = folder.resolve()
    seen: set[Path] = set()
    lines: list[str] = []
    numbers: list[int] = []

    def add(content: str, place: Path, number: int | None) -> None:
        for i, line in enumerate(content.split("\n"), 1):
            at = number or i
            found = _INCLUDE.match(line)
            header = (place / found[1]).resolve() if found else None
            if header is not None and header.is_file() and header.is_relative_to(root):
                if header not in seen:
                    seen.add(header)
                    add(header.read_text(errors="replace"), header.parent, at)
                continue
            lines.append("" if _ONCE.match(line) else line)
            numbers.append(at)

    add(text, root, None)
    return lines, numbers


_CALL = re.compile(r"\b([A-Za-z_]\w*)\s*\(")
_LIBRARY_FUNCTION = re.compile(r"^[a-z][a-z_ *]*?\b(\w+)\([^;{]*\) \{(?:.*\}|\n(?:    .*\n)*\})$", re.M)


@cache
def library() -> dict[str, str]:
    """Our small C library, by function: the definitions of `libc.c`."""
    text = Path(__file__).with_name("libc.c").read_text()
    return {found[1]: found[0] for found in _LIBRARY_FUNCTION.finditer(text)}


def with_library(lines: list[str], numbers: list[int], defined: Sequence[str]) -> tuple[list[str], list[int]]:
    """The lines with definitions of the library functions that they call and do not define, behind the last include.

    A library is not there when a file is compiled for wasm; what it calls of it is translated with it.
    """
    text = "\n".join(lines)
    known = library()
    needed: list[str] = []
    todo = [name for name in _CALL.findall(text) if name in known and name not in defined]
    while todo:
        name = todo.pop()
        if name not in needed:
            needed.append(name)
            todo += [one for one in _CALL.findall(known[name]) if one in known]
    includes = [i for i, line in enumerate(lines) if re.match(r"\s*#\s*include\s*<", line)]
    if not needed or not includes:
        return lines, numbers
    added: list[str] = []
    for name in known:
        if name in needed:
            added += [f"#undef {name}", *known[name].split("\n")]
    at = includes[-1] + 1
    return [*lines[:at], *added, *lines[at:]], [*numbers[:at], *([numbers[at - 1]] * len(added)), *numbers[at:]]


def make_visible(text: str, names: Sequence[str]) -> str:
    """The text without `static` and `inline` before the definitions and declarations of the named functions; lines stay where they are."""
    for name in names:
        head = re.compile(
            rf"^(?P<before>[^\n;{{}}()=#]*?\b(?:static|inline|__inline|__inline__)\b[^;{{}}()=#]*?)(?P<name>\b{re.escape(name)}\s*\()", re.M
        )
        text = head.sub(lambda m: re.sub(r"\b(?:static|inline|__inline|__inline__)\b", "", m["before"]) + m["name"], text)
    return text
