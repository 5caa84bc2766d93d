"""Keeps benchmark functions out of the corpus: exact and near matches against a table of fingerprints.

`benchmarks.tsv` has a line for each of 7,219 functions of public benchmarks (HumanEval and MBPP in their forms, TransCoder, CodeGeeX,
LLM4Decompile, WaDec, ExeBench's and CRUST-bench's tests): hashes, not code. A fingerprint: comments, preprocessor lines and
attributes dropped, strings "S", numbers "N", identifiers that are not keywords renamed by appearance, blake2b of the tokens. A sketch:
the sixteen smallest hashes of runs of eight tokens; near is ten of sixteen among the text's runs. Functions under 40 tokens are idioms, not benchmarks.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

from transpile.corpus.errors import TranspileError

_KEYWORDS = frozenset(
    """
    auto bool break case char class const constexpr continue default defer do double else enum extern
    false float fn for func goto if impl in inline int interface let long loop match mod mut namespace new nil null
    nullptr package pub range return self short signed sizeof static struct switch template this trait true type typedef
    u8 u16 u32 u64 i8 i16 i32 i64 f32 f64 usize isize union unsafe unsigned use using var void where while string
    int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 byte
    """.split()
)
_TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|[A-Za-z_]\w*|\d[\w.]*|[-+*/%&|^<>=!]=|&&|\|\||<<|>>|->|=>|::|:=|\S')
_NOISE = re.compile(r"//[^\n]*|/\*.*?\*/|^[ \t]*#[^\n]*", re.S | re.M)


def _tokens(text: str) -> list[str]:
    names: dict[str, str] = {}
    out = []
    for t in _TOKEN.findall(_NOISE.sub(" ", text)):
        if t[0] in "\"'" and len(t) > 1:
            t = "S"
        elif t[0].isdigit():
            t = "N"
        elif (t[0].isalpha() or t[0] == "_") and t not in _KEYWORDS:
            t = names.setdefault(t, f"v{len(names)}")
        out.append(t)
    return out


def _digest(words: list[str]) -> str:
    return hashlib.blake2b(" ".join(words).encode(), digest_size=8).hexdigest()


SHORTEST = 40
"""Tokens; what is shorter is an idiom, not a benchmark."""


def fingerprint(text: str) -> str | None:
    """A function's line in a table (fingerprint, tab, sketch), None for one that is too short to tell."""
    words = _tokens(text)
    if len(words) < SHORTEST:
        return None
    runs = sorted({_digest(words[i : i + 8]) for i in range(len(words) - 7)})
    return f"{_digest(words)}\t{' '.join(runs[:16])}"


class Benchmarks:
    """A table of fingerprints; `extra` adds files of the same form (a line: fingerprint, tab, sketch)."""

    def __init__(self, *extra: Path) -> None:
        self.exact: set[str] = set()
        self.sketches: list[int] = []
        self.where: dict[str, list[int]] = {}
        for path in (Path(__file__).with_name("benchmarks.tsv"), *extra):
            for line in path.read_text().splitlines():
                fingerprint, _, sketch = line.partition("\t")
                self.exact.add(fingerprint)
                hashes = sketch.split()
                for h in hashes:
                    self.where.setdefault(h, []).append(len(self.sketches))
                self.sketches.append(len(hashes))

    def match(self, text: str) -> str | None:
        """ "exact", "near" or None for one function's source."""
        words = _tokens(text)
        if len(words) < SHORTEST:
            return None
        if _digest(words) in self.exact:
            return "exact"
        hits: dict[int, int] = {}
        for h in {_digest(words[i : i + 8]) for i in range(len(words) - 7)}:
            for i in self.where.get(h, ()):
                hits[i] = hits.get(i, 0) + 1
        return "near" if any(8 * n >= 5 * self.sketches[i] for i, n in hits.items()) else None


@cache
def benchmarks(*extra: Path) -> Benchmarks:
    """The table that ships with the package, and a user's own, read once. Raises TranspileError for a file that is no table."""
    try:
        return Benchmarks(*extra)
    except (OSError, UnicodeDecodeError) as error:
        raise TranspileError(f"no table of fingerprints: {error}", hint="`corpus fingerprints FILE...` prints one") from None
