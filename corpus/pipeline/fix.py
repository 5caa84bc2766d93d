"""Fix pairs: broken code, what the compiler says of it, and the code it was made from; and the same for warnings.

Mistakes (`breaking.py`) are put into functions that compile, and the results compiled, hundreds in a unit. In the unit each broken function stands behind
the working one that it was made from. So a message that spills over into what follows is seen, because it lands on working code: then nothing of
its neighbourhood is believed. What compiles in spite of its mistake becomes a lint pair if the compiler, or a static analyser, warns of it and not of
the original. Invariant: every row's `broken` was rejected by the compiler (fix) or accepted with the warnings (lint), with just these messages, lines
counted in `broken`. Brackets that do not match would take the whole unit with them: those are compiled one by one, and are few.
"""

from __future__ import annotations

import bisect
import hashlib
import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from transpile.corpus.batch import is_balanced
from transpile.corpus.language import Diagnostic, Findings, Language, language
from transpile.corpus.pairs import FixPair, FunctionPair, LintPair, extended, read_signature, source_function
from transpile.corpus.pipeline.breaking import break_body, missing_bracket
from transpile.corpus.pipeline.decontamination import Benchmarks
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import CANONICAL_NAME, lex

TRIES = 2
"""Mistakes tried on a pair, each on its own."""
UNBALANCED = 40
"""One pair of so many gets a bracket too few as well."""
UNIT = 100
"""Functions in a unit, each twice."""
LONGEST_MESSAGE = 300
_SUFFIXED = re.compile(r"\b(f0|[cSd]\d+)_\d+\b")


@dataclass(slots=True)
class Attempt:
    """A function with a mistake: the texts laid out, and the programs that hold them."""

    pair: FunctionPair
    mistake: str
    broken: str
    fixed: str
    unit: str
    """The program with the mistake, without prologue, names not yet told apart."""
    original: str
    line: int
    """Line of `unit` on which `broken` starts, counted from 0."""
    errors: list[Diagnostic] = field(default_factory=list)
    checker: str = ""


def fix_pairs(pairs: Sequence[FunctionPair], table: Benchmarks, drops: Counter[str]) -> Iterator[FixPair]:
    """For each decode pair the mistakes that the compiler names (fix), and those that it lets pass with a warning (lint)."""
    by_language: dict[str, list[FunctionPair]] = {}
    for pair in pairs:
        by_language.setdefault(pair.language, []).append(pair)
    for name, chosen in by_language.items():
        tongue = language(name)
        attempts = [a for pair in chosen for a in attempts_on(pair, tongue, table, drops)]
        batches = [a for a in attempts if is_balanced(a.unit)]
        for start in range(0, len(batches), UNIT):
            yield from _rows(tongue, check_batch(tongue, batches[start : start + UNIT], drops), drops)
        alone = [a for a in attempts if not is_balanced(a.unit)]
        for one in alone:
            yield from _rows(tongue, [check_alone(tongue, one)], drops)


def attempts_on(pair: FunctionPair, tongue: Language, table: Benchmarks, drops: Counter[str]) -> Iterator[Attempt]:
    """A pair's function with mistakes, drawn by its group and language alone."""
    rng = random.Random(hashlib.blake2b(f"{pair.group}/{pair.language}".encode(), digest_size=8).digest())
    source = source_function(pair)
    head, _, body = source.text.partition("{")
    tokens = lex(body)
    signature = read_signature(pair.signature)
    fixed = tongue.layout(source.text)
    original, _ = _unit(tongue, source, fixed)
    made = break_body(tokens, signature, tongue.name, rng, TRIES)
    if rng.randrange(UNBALANCED) == 0:
        made += break_body(tokens, signature, tongue.name, rng, 1, (missing_bracket,))
    for mistake, changed in made:
        text = f"{head}{{ {' '.join(changed)}"
        if table.match_any([replace(source, text=text, callees=())]):
            drops["fix: benchmark"] += 1
            continue
        broken = tongue.layout(text)
        unit, line = _unit(tongue, source, broken)
        yield Attempt(pair, mistake, broken, fixed, unit, original, line)


def _unit(tongue: Language, source: SourceFunction, text: str) -> tuple[str, int]:
    """The program with `text` as its function, and the line on which that starts."""
    unit = tongue.write_unit(replace(source, text=text.rstrip("\n")))
    body = text[text.index("{") + 1 :].rstrip("\n")
    return unit if unit.endswith("\n") else unit + "\n", unit.count("\n", 0, unit.rindex(body))


def check_batch(tongue: Language, attempts: Sequence[Attempt], drops: Counter[str]) -> list[Attempt]:
    """Compile attempts together until each is named by an error or all that is left compiles; these are returned with no errors."""
    done: list[Attempt] = []
    todo = list(attempts)
    while todo:
        found, pieces = _check(tongue, todo, tongue.check)
        errors, elsewhere = _by_piece(found.errors, pieces)
        if not errors and not elsewhere:
            warned = _warned(tongue, todo, found, pieces)
            drops["fix: compiles without a warning"] += len(todo) - len({(one.pair.group, one.broken) for one in warned})
            return done + warned
        if not errors:
            # The compiler failed and named nobody: halves, then each alone.
            if len(todo) == 1:
                drops["fix: error without a line"] += 1
                return done
            half = len(todo) // 2
            return done + check_batch(tongue, todo[:half], drops) + check_batch(tongue, todo[half:], drops)
        left = []
        for i, one in enumerate(todo):
            spilled = 2 * i in errors or 2 * i + 2 in errors
            if spilled:
                drops["fix: spills over"] += 1
            elif 2 * i + 1 in errors:
                one.errors = errors[2 * i + 1]
                one.checker = found.checker
                done.append(one)
            else:
                left.append(one)
        todo = left
    return done


def check_alone(tongue: Language, one: Attempt) -> Attempt:
    """Compile one attempt by itself."""
    before = tongue.prologue.count("\n") + one.line
    found = tongue.check(tongue.prologue + one.unit)
    one.errors = [replace(d, line=d.line - before if d.line and d.line > before else None) for d in found.errors]
    one.checker = found.checker
    return one


def _check(tongue: Language, attempts: Sequence[Attempt], check) -> tuple[Findings, list[tuple[int, int]]]:
    """What `check` says of all attempts in one unit; for each piece (originals even, broken ones odd) its first line and that of its function."""
    text, pieces = [tongue.prologue], []
    line = tongue.prologue.count("\n") + 1
    for i, one in enumerate(attempts):
        for k, piece in ((2 * i, one.original), (2 * i + 1, one.unit)):
            text.append(CANONICAL_NAME.sub(rf"\g<0>_{k}", piece))
            pieces.append((line, line + one.line))
            line += piece.count("\n")
    return check("".join(text)), pieces


def _by_piece(found: Iterable[Diagnostic], pieces: Sequence[tuple[int, int]]) -> tuple[dict[int, list[Diagnostic]], bool]:
    """Diagnostics by piece, lines counted in its function; and whether any is about no piece at all."""
    starts = [start for start, _ in pieces]
    out: dict[int, list[Diagnostic]] = {}
    elsewhere = False
    for one in found:
        if one.line is None or one.line < starts[0]:
            elsewhere = True
            continue
        at = bisect.bisect_right(starts, one.line) - 1
        line = one.line - pieces[at][1] + 1
        out.setdefault(at, []).append(replace(one, line=line if line > 0 else None))
    return out, elsewhere


def _warned(tongue: Language, attempts: list[Attempt], found: Findings, pieces: Sequence[tuple[int, int]]) -> list[Attempt]:
    """Attempts that compile, with the warnings that the compiler and the static analyser have for them and not for the originals."""
    out = []
    heard: list[set[str]] = [set() for _ in attempts]
    """An analyser repeats what the compiler says."""
    analysed = _check(tongue, attempts, tongue.lint)[0]
    for said in (found, analysed):
        if said is None or said.errors:
            continue
        by_piece, _ = _by_piece(said.warnings, pieces)
        for i, one in enumerate(attempts):
            known = heard[i] | {canonical_message(d.message) for d in by_piece.get(2 * i, ())}
            heard[i] |= {canonical_message(d.message) for d in by_piece.get(2 * i + 1, ())}
            fresh = [d for d in by_piece.get(2 * i + 1, ()) if canonical_message(d.message) not in known]
            if fresh:
                out.append(replace(one, errors=fresh, checker=f"warnings of {said.checker}"))
    return out


def canonical_message(message: str) -> str:
    """A compiler's words on one line, with the canonical names of the function alone."""
    return " ".join(_SUFFIXED.sub(r"\1", message).split())[:LONGEST_MESSAGE]


def _rows(tongue: Language, attempts: Iterable[Attempt], drops: Counter[str]) -> Iterator[FixPair]:
    for one in attempts:
        if not one.errors:
            drops["fix: compiles without a warning"] += 1
            continue
        unique = dict.fromkeys((d.line, canonical_message(d.message)) for d in one.errors)
        said = [{"line": line, "message": message} for line, message in sorted(unique, key=lambda d: (d[0] or 0, d[1]))]
        lint = one.checker.startswith("warnings of ")
        yield extended(
            one.pair, LintPair if lint else FixPair, mistake=one.mistake, broken=one.broken, fixed=one.fixed,
            diagnostics=json.dumps(said, ensure_ascii=False), checker=one.checker.removeprefix("warnings of "),
        )  # fmt: skip
