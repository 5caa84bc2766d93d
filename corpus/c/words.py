"""The words of C text: tokens without a preprocessor, names of built-in types, parts between separators.

Limit: trigraphs and raw strings are not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

_TOKEN = re.compile(
    r"""(?P<directive>(?<![^\n])[ \t]*\#(?:\\\r?\n|/\*.*?\*/|[^\n])*)|(?P<skip>\n+|[^\S\n]+|//[^\n]*|/\*.*?(?:\*/|\Z))"""
    r"""|(?P<word>[A-Za-z_]\w*)|(?P<literal>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\.?\d(?:[eEpP][+-]|[\w.'])*)"""
    r"""|(?P<mark>\.\.\.|->|\+\+|--|<<=|>>=|<<|>>|[-+*/%&|^<>=!]=|&&|\|\||::|.)""",
    re.DOTALL | re.VERBOSE,
)

SCALARS = {
    "char": "i8", "signed char": "i8", "unsigned char": "u8", "short": "i16", "unsigned short": "u16", "int": "i32",
    "unsigned": "u32", "long": "i32", "unsigned long": "u32", "long long": "i64", "unsigned long long": "u64",
    "float": "f32", "double": "f64", "bool": "bool", "_Bool": "bool", "size_t": "usize", "ssize_t": "i32", "ptrdiff_t": "i32",
    "intptr_t": "i32", "uintptr_t": "usize",
    **{f"{'u' * (sign == 'u')}int{bits}_t": f"{sign}{bits}" for sign in "iu" for bits in (8, 16, 32, 64)},
}  # fmt: skip
BUILT_IN = frozenset({"char", "short", "int", "long", "signed", "unsigned", "float", "double"})
QUALIFIERS = frozenset({"const", "volatile", "restrict", "__restrict", "__restrict__", "register"})
STORAGE = frozenset({"static", "inline", "extern", "__inline", "__inline__", "_Noreturn", "constexpr", "noexcept"})


class Token(NamedTuple):
    """A named tuple, since files have many."""

    kind: str
    text: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """Tokens without comments and white space; a whole preprocessor line is one of kind `directive`."""
    return [Token(m.lastgroup or "", m.group(), *m.span()) for m in _TOKEN.finditer(text) if m.lastgroup != "skip"]


def ordered(names: list[str]) -> str:
    """`long unsigned int` in the one order that the table knows."""
    rest = [n for n in names if n not in {"signed", "unsigned"}]
    if len(rest) > 1:
        rest = [n for n in rest if n != "int"]
    if "unsigned" in names:
        return " ".join(["unsigned", *(n for n in rest if n != "int")])
    return "signed char" if rest == ["char"] and "signed" in names else " ".join(rest or ["int"])


def split(words: Sequence[str], separator: str = ",") -> Iterator[list[str]]:
    """Parts between separators outside brackets."""
    depth, part = 0, list[str]()
    for w in words:
        depth += (w in {"(", "[", "{"}) - (w in {")", "]", "}"})
        if w == separator and depth == 0:
            yield part
            part = []
        else:
            part.append(w)
    yield part


def closing(words: Sequence[str], start: int) -> int:
    """Where the bracket at `start` closes; the last word if it does not."""
    depth = 0
    for i in range(start, len(words)):
        depth += (words[i] in "([{" and len(words[i]) == 1) - (words[i] in ")]}" and len(words[i]) == 1)
        if depth == 0:
            return i
    return len(words) - 1


def without_attributes(head: list[Token]) -> list[Token]:
    """A head without `__attribute__((...))`, `__declspec(...)` and `[[...]]`, and without `extern "C"`."""
    out: list[Token] = []
    depth, inside = 0, False
    for token, following in zip_longest(head, head[1:]):
        if not inside:
            square = token.text == "[" and following is not None and following.text == "["
            inside, depth = square or token.text in {"__attribute__", "__declspec", "alignas", "_Alignas"}, 0
            if not inside:
                if token.text != '"C"':
                    out.append(token)
                continue
        depth += (token.text in {"(", "["}) - (token.text in {")", "]"})
        if depth == 0 and token.text in {")", "]"}:
            inside = False
    return out
