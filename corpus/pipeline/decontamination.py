"""Keeps benchmark functions out of the corpus: exact and near matches against a table of fingerprints.

`benchmarks.tsv` has a line for each of 7,219 functions of public benchmarks (HumanEval and MBPP in their forms, TransCoder, CodeGeeX,
LLM4Decompile, WaDec, ExeBench's and CRUST-bench's tests): hashes, not code. A fingerprint: comments, preprocessor lines and
attributes dropped, strings "S", numbers "N", identifiers that are not keywords renamed by appearance, blake2b of the tokens. A sketch:
the sixteen smallest hashes of runs of eight tokens; near is ten of sixteen among the text's runs. Functions under 40 tokens are idioms, not benchmarks.

A type name that is no keyword is an identifier to this measure and shifts the numbers of all others, so that canonical text (`int32_t`) can hide
what the text as a person writes it (`int`) shows. Functions are therefore looked at in every spelling of their types (`spellings`).
"""

from __future__ import annotations

import hashlib
import itertools
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from transpile.corpus.errors import TranspileError
from transpile.corpus.language import language
from transpile.corpus.text import canonical_text

if TYPE_CHECKING:
    from transpile.corpus.source import SourceFunction

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


def _digest(words: Sequence[str]) -> str:
    return hashlib.blake2b(" ".join(words).encode(), digest_size=8).hexdigest()


@lru_cache(1 << 17)
def _run_digest(run: str) -> str:
    """Of eight tokens: programs share most of theirs."""
    return hashlib.blake2b(run.encode(), digest_size=8).hexdigest()


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
        for h in self.where.keys() & {_run_digest(" ".join(words[i : i + 8])) for i in range(len(words) - 7)}:
            for i in self.where[h]:
                hits[i] = hits.get(i, 0) + 1
        return "near" if any(8 * n >= 5 * self.sketches[i] for i, n in hits.items()) else None

    def match_any(self, versions: Iterable[SourceFunction]) -> str | None:
        """ "exact", "near" or None for a program, given as canonical functions in some languages: whether any of them, or any function that they
        call, matches in any spelling; or its row of a corpus, with what comes before the function (`prelude`) and without its head."""
        texts: dict[str, None] = {}
        for source in versions:
            tongue = language(source.language)
            for one in _closure(source):
                for form in spacings(one.text):
                    texts.update(dict.fromkeys(spellings(form, tongue.plain_types)))
            body = source.text[source.text.index("{") + 1 :]
            prelude = tongue.write_prelude(source.signature, [c.signature for c in source.callees])
            for text in (body, f"{prelude} {body}"):
                for form in spacings(text):
                    texts.update(dict.fromkeys(itertools.islice(spellings(form, tongue.plain_types), 2)))
        found = [match for text in texts if (match := self.match(text))]
        return "exact" if "exact" in found else "near" if found else None


SPELLINGS = 24
"""At most so many of one text; with more types of several names, the canonical ones come all together or not at all, then but one name each."""
_DOTS = re.compile(r" (\.\.=|\.\.<|\.\.|\.) ")
_LABEL = re.compile(r"\s('[A-Za-z_]\w*(?!'))")


def spacings(text: str) -> list[str]:
    """A text in canonical form, tokens one space apart, and with its dots close, as people write them: `0..p0.len` is one number to the fingerprint."""
    spaced = canonical_text(text)
    close = _DOTS.sub(r"\1", spaced)
    return [spaced] if close == spaced else [spaced, close]


def spellings(text: str, names: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """The text as it is, then with its types under the names that are used most, then in all other combinations (`uint8_t` beside `int`)."""
    if _LABEL.search(text):
        # Of two labels on a line (Rust's `'l0: loop`) the fingerprint makes one long string; people have them on two.
        text = _LABEL.sub(r"\n\1", text)
    yield text
    used = [name for name in names if re.search(rf"\b{name}\b", text)]
    if not used:
        return
    choices = [(*names[name], name) for name in used]
    if math.prod(map(len, choices)) > SPELLINGS:
        choices = [names[name] for name in used]
    if math.prod(map(len, choices)) > SPELLINGS:
        choices = [names[name][:1] for name in used]
    word = re.compile(rf"\b(?:{'|'.join(used)})\b")
    for chosen in itertools.product(*choices):
        spelled = dict(zip(used, chosen, strict=True))
        yield word.sub(lambda m, spelled=spelled: spelled[m[0]], text)


def _closure(source: SourceFunction) -> Iterator[SourceFunction]:
    for callee in source.callees:
        yield from _closure(callee)
    yield source


@cache
def benchmarks(*extra: Path) -> Benchmarks:
    """The table that ships with the package, and a user's own, read once. Raises TranspileError for a file that is no table."""
    try:
        return Benchmarks(*extra)
    except (OSError, UnicodeDecodeError) as error:
        raise TranspileError(f"no table of fingerprints: {error}", hint="`corpus fingerprints FILE...` prints one") from None
