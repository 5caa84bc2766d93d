"""Which functions a source file defines at its top level, in any language whose functions have braces."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence


def definitions(tokens: Sequence[str], keywords: Collection[str]) -> list[str]:
    """Names of the functions with a body at the top level of a text, each once, in order. Blocks of `extern "C"` and namespaces count as top level."""
    depth, found, candidate = 0, list[str](), ""
    transparent: list[int] = []
    for i, token in enumerate(tokens):
        if token == "fn" and depth == 0 and "fn" in keywords:
            candidate = tokens[i + 1] if i + 1 < len(tokens) else ""
        elif token == ";" and depth == 0:
            candidate = ""
        elif token == "{":
            before = tokens[max(0, i - 2) : i]
            if depth == 0 and ('"C"' in before[-1:] or "namespace" in before):
                transparent.append(depth)
                continue
            if depth == 0:
                name = candidate or called(tokens, i, keywords)
                found += [name] if name else []
                candidate = ""
            depth += 1
        elif token == "}":
            if depth == 0 and transparent:
                transparent.pop()
            else:
                depth = max(0, depth - 1)
    return list(dict.fromkeys(found))


def called(tokens: Sequence[str], brace: int, keywords: Collection[str]) -> str:
    """The word before the parentheses that end right before a brace, where C's functions have their name; "" where there is none."""
    if list(tokens[brace - 1 : brace]) != [")"]:
        return ""
    depth = 0
    for i in range(brace - 1, -1, -1):
        depth += (tokens[i] == ")") - (tokens[i] == "(")
        if depth == 0:
            name = tokens[i - 1] if i else ""
            return name if re.fullmatch(r"[A-Za-z_]\w*", name) and name not in keywords else ""
    return ""
