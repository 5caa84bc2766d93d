"""What macros leave behind, tidied: parentheses that say nothing, empty statements of switched-off assertions, floats of odd forms.

Each step keeps the parse tree as it is but for the brackets and empty statements themselves, so behaviour stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_NUMBER = re.compile(
    r"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')"""
    r"""|(?<![\w.])(0[xX][\da-fA-F]*\.?[\da-fA-F]*[pP][+-]?\d+|\d+\.(?![\w.])|\d+\.(?=[fFlLeE])|\.\d+)(?:([eE][+-]?\d+)?([fFlL]?))"""
)
_TYPES = frozenset("void char short int long signed unsigned float double bool const volatile struct union enum".split())
_BEFORE_ATOM = frozenset("= == != < > <= >= + - * / % & | ^ && || ! ~ ? : , ; ( [ { } << >> += -= *= /= %= &= |= ^= <<= >>= return case".split())
_ATOM = re.compile(r"[A-Za-z_]\w*|\.?\d[\w.]*")


def plain_numbers(text: str) -> str:
    """Floats as every lexer here reads them: a digit on each side of the point, no hexadecimal."""

    def one(found: re.Match[str]) -> str:
        if found[1]:
            return found[1]
        digits, exponent, suffix = found[2], found[3] or "", found[4] or ""
        if digits[:2] in {"0x", "0X"}:
            digits = repr(float.fromhex(digits))
        elif digits.startswith("."):
            digits = "0" + digits
        elif digits.endswith("."):
            digits += "0"
        return digits + exponent + suffix

    return _NUMBER.sub(one, text)


def without_brackets(words: Sequence[str], is_type: Callable[[str], bool]) -> list[str]:
    """C tokens without doubled parentheses, parentheses around one name or number, and `((void)0);`.

    `is_type`: does a word name a type (of the file)? Then its parentheses may be a cast's and stay.
    """
    before: list[str] = []
    after = list(words)
    while len(before) != len(after):
        before, after = after, _step(after, is_type)
    return after


def _step(words: Sequence[str], is_type: Callable[[str], bool]) -> list[str]:
    partner: dict[int, int] = {}
    stack: list[int] = []
    for i, word in enumerate(words):
        if word == "(":
            stack.append(i)
        elif word == ")" and stack:
            partner[stack.pop()] = i
    gone: set[int] = set()
    for start, end in sorted(partner.items()):
        before = words[start - 1] if start else ""
        inner = words[start + 1 : end]
        if before == "(" and partner.get(start - 1) == end + 1 and not _has_comma(inner):
            gone |= {start, end}
        elif len(inner) == 1 and _ATOM.fullmatch(inner[0]) and inner[0] not in _TYPES and not is_type(inner[0]):
            after_cast = before == ")" and _is_cast(words, start - 1, partner, is_type)
            # `(f)(x)` is a call; what follows an atom in brackets must not be one's brackets.
            if (before in _BEFORE_ATOM or after_cast) and words[end + 1 : end + 2] != ["("]:
                gone |= {start, end}
    kept = [w for i, w in enumerate(words) if i not in gone]
    out: list[str] = []
    i = 0
    while i < len(kept):
        empty = next((n for n in (6, 4) if kept[i : i + n] in (["(", "(", "void", ")", "0", ")"], ["(", "void", ")", "0"])), 0)
        if empty and kept[i + empty : i + empty + 1] == [";"] and out and out[-1] in {";", "{", "}"}:
            i += empty + 1
            continue
        out.append(kept[i])
        i += 1
    return out


def _has_comma(words: Sequence[str]) -> bool:
    depth = 0
    for word in words:
        depth += (word in {"(", "[", "{"}) - (word in {")", "]", "}"})
        if word == "," and depth == 0:
            return True
    return False


def _is_cast(words: Sequence[str], end: int, partner: dict[int, int], is_type: Callable[[str], bool]) -> bool:
    start = next((s for s, e in partner.items() if e == end), None)
    if start is None or start + 1 == end:
        return False
    inside = [w for w in words[start + 1 : end] if w != "*"]
    return bool(inside) and all(w in _TYPES or is_type(w) for w in inside)
