"""Search around near misses: change one token, compile, keep what comes closer to the target's WAT.

All languages here compile to one notation, so a candidate's own WAT can be compared with the WAT that it was decoded from: nearly alike is a
gradient. Changes are drawn from what the two texts say differently (a constant that one has and the other lacks, another comparison) and from
the places of the source where a small model slips: operators, variables, types, literals. Nothing is accepted here: what comes out is
compiled and judged like any candidate.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

_SWAPS = [
    ("<", "<=", ">", ">=", "==", "!="),
    ("+", "-", "*"),
    ("+%", "-%", "*%"),
    ("+=", "-=", "*="),
    ("+%=", "-%=", "*%="),
    ("/", "%", "*", ">>"),
    ("&", "|", "^"),
    ("&=", "|=", "^="),
    ("<<", ">>"),
    ("<<=", ">>="),
    ("&&", "||"),
    ("and", "or"),
    ("wrapping_add", "wrapping_sub", "wrapping_mul"),
    ("i32", "u32", "usize", "i64", "u64"),
    ("i8", "u8", "i16", "u16"),
    ("int32_t", "uint32_t", "int64_t", "uint64_t"),
    ("int8_t", "uint8_t", "int16_t", "uint16_t"),
    ("true", "false"),
    ("..", "..="),
    ("break", "continue"),
]
_OTHERS: dict[str, list[str]] = {}
for _group in _SWAPS:
    for _token in _group:
        _OTHERS.setdefault(_token, []).extend(t for t in _group if t != _token)
_VARIABLE = re.compile(r"[vp]\d+")
_NUMBER = re.compile(r"(0x[0-9a-f]+|\d+(?:\.\d+)?)([a-z]\w*)?")
_CONST = re.compile(r"\b[if](?:32|64)\.const (-?\S+)")


def similarity(target: Sequence[str], wat: Sequence[str]) -> float:
    """How alike two canonical WATs are, as tokens: 1 for the same."""
    return SequenceMatcher(None, target, wat, autojunk=False).ratio()


def mutations(code: str, target: str, own: str, rng: random.Random, limit: int) -> list[str]:
    """At most `limit` bodies that differ from `code` in one token (or one dropped `!`), the likelier ones first; the names in the header
    are not touched because `code` is the body alone. `target` and `own` are the WATs wanted and had."""
    tokens = code.split(" ")
    variables = sorted(set(t for t in tokens if _VARIABLE.fullmatch(t)))
    wanted, had = Counter(_CONST.findall(target)), Counter(_CONST.findall(own))
    missing = list((wanted - had).keys())
    first: list[str] = []
    rest: list[str] = []

    def replaced(i: int, *new: str) -> str:
        return " ".join([*tokens[:i], *new, *tokens[i + 1 :]])

    for i, token in enumerate(tokens):
        if number := _NUMBER.fullmatch(token):
            suffix = number[2] or ""
            first += [replaced(i, value + suffix) for constant in missing for value in _near(constant) if value != number[1]]
            if number[1].isdigit() and len(number[1]) < 6:
                rest += [replaced(i, str(n) + suffix) for n in (int(number[1]) - 1, int(number[1]) + 1, 0, 1) if n >= 0 and str(n) != number[1]]
        elif token in _OTHERS:
            rest += [replaced(i, other) for other in _OTHERS[token]]
        elif _VARIABLE.fullmatch(token):
            rest += [replaced(i, other) for other in variables if other != token]
        elif token == "!":
            rest.append(replaced(i))
        if token == "(" and i and tokens[i - 1] in ("if", "while", "return"):
            rest.append(replaced(i, "(", "!"))
    rng.shuffle(first)
    rng.shuffle(rest)
    kept = first[: limit // 2]
    return list(dict.fromkeys(kept + rest))[:limit]


def _near(constant: str) -> Iterator[str]:
    """A WAT constant as a literal, and its neighbours: compilers write `x < 10` as `x > 9`."""
    text = constant.lstrip("-")
    yield text
    if text.isdigit():
        yield str(int(text) + 1)
        if int(text) > 0:
            yield str(int(text) - 1)
