"""Long constants, copied exactly.

A small model copies `0x811c9dc5` digit by digit and now and then gets one wrong. Constants are written alike in canonical WAT and in
canonical source, so a long literal that the WAT does not have, but has a near twin of, is a slip of the pen: the twin is put in its place.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

_CONST = re.compile(r"\b[if](?:32|64)\.const -?(\S+)")
_LITERAL = re.compile(r"(0x[0-9a-f]+|\d+(?:\.\d+)?(?:e-?\d+)?)([a-z]\w*)?")
SHORTEST = 4
"""Literals of fewer characters are left alone: they are often the compiler's doing (folded, shifted, scaled)."""
ALIKE = 0.6
"""Least similarity of two constants (`difflib`'s ratio) for one to be a slip for the other."""


def copy_constants(code: str, wat: str) -> str:
    """Canonical source with each miscopied long constant replaced by the constant of the canonical WAT that it resembles most."""
    wanted = [c for c in dict.fromkeys(_CONST.findall(wat)) if len(c) >= SHORTEST]
    if not wanted:
        return code
    tokens = code.split(" ")
    found = {i: m for i, token in enumerate(tokens) if (m := _LITERAL.fullmatch(token)) and len(m[1]) >= SHORTEST}
    missing = [c for c in wanted if all(m[1] != c for m in found.values())]
    for i, m in found.items():
        if m[1] in wanted or not missing:
            continue
        best = max(missing, key=lambda c: SequenceMatcher(None, c, m[1]).ratio())
        if SequenceMatcher(None, best, m[1]).ratio() >= ALIKE:
            tokens[i] = best + (m[2] or "")
    return " ".join(tokens)
