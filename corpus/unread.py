"""What in the head of a function keeps it from being read: the parameter, or the result, that a language's reader does not take by itself.

Each part of a head is given to the reader in a function of its own, behind the file with all its types; what does not come back is what is in the way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from transpile.corpus.text import lex

_PROBE = "zz_probe"
_SPECIFIERS = frozenset("static inline extern export pub public private protected const_ __inline noinline nothrow pure nogc".split())
_TIGHT = re.compile(r" ?(\[|\]|\)|;|,|<|>|::|\.(?!\.)) ?|(\() | (?=:)|(?<=[*&?!]) (?=\w)")


class Head(NamedTuple):
    """Of a function: its name, what each parameter is, and what it gives, as written."""

    name: str
    parameters: tuple[str, ...]
    result: str


def offenders(text: str, names: Sequence[str], read: Callable[[str], Sequence[str]], *, behind: bool) -> dict[str, str]:
    """Why functions of a file are not read, by name: predicates. `read`: the names that a reader finds. `behind`: results stand behind parameters."""
    heads = heads_of(text, frozenset(names), behind)
    probes: dict[str, tuple[str, str]] = {}
    code = []
    for head in heads.values():
        for what, parts in (("takes", head.parameters), ("gives", (head.result,) if head.result else ())):
            for part in parts:
                name = f"{_PROBE}{len(probes)}"
                probes[name] = (head.name, f"{what} {part}")
                code.append(_written(name, "" if what == "gives" else part, part if what == "gives" else "", behind, text))
    found = frozenset(read("\n".join([text, *code, ""]))) if code else frozenset()
    out: dict[str, str] = {}
    for name, (function, part) in probes.items():
        if name not in found:
            out.setdefault(function, "takes any number of arguments" if part == "takes ..." else f"{part}, and that type can't be written yet")
    return out


def heads_of(text: str, names: frozenset[str], behind: bool) -> Mapping[str, Head]:
    """The heads of some functions with a body."""
    tokens, out = lex(text), dict[str, Head]()
    start = depth = 0
    for i, token in enumerate(tokens):
        if depth == 0 and token in names and tokens[i + 1 : i + 2] == ["("] and token not in out:
            end = _close(tokens, i + 1)
            after = end + 1
            while after < len(tokens) and tokens[after] not in ("{", ";", "}"):
                after += 1
            if tokens[after : after + 1] == ["{"]:
                result = tokens[end + 1 : after] if behind else tokens[start:i]
                parts = tuple(map(_said, _parts(tokens[i + 2 : end])))
                out[token] = Head(token, () if parts == ("void",) else parts, _said([t for t in result if t not in _SPECIFIERS]).removeprefix(": "))
        depth = max(0, depth + (token == "{") - (token == "}"))
        if depth == 0 and token in (";", "}"):
            start = i + 1
    return out


def _close(tokens: Sequence[str], start: int) -> int:
    depth = 0
    for i in range(start, len(tokens)):
        depth += (tokens[i] in "([{") - (tokens[i] in ")]}")
        if depth == 0:
            return i
    return len(tokens)


def _parts(tokens: Sequence[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token in "([{") - (token in ")]}")
        if token == "," and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return [p for p in parts if p]


def _said(tokens: Sequence[str]) -> str:
    return _TIGHT.sub(lambda m: f"{m[1] or m[2] or ''}{' ' if m[1] in (',', ';') else ''}", " ".join(tokens)).strip()


def _written(name: str, parameter: str, result: str, behind: bool, text: str) -> str:
    """A function with one parameter, or a result, in the words of the file."""
    result = result or "void"
    if not behind:
        return f"{result} {name}({parameter}) {{ }}"
    is_script = re.search(r"\bfunction\s+\w", text)
    return f"export function {name}({parameter}): {result} {{ }}" if is_script else f"fn {name}({parameter}) {result} {{ }}"
