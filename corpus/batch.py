"""Compiling many functions as one unit, so that one bad function costs a recompile and not the batch.

Every program's top-level canonical names get the program's position as suffix; the units are concatenated under one prologue.
Programs that the diagnostics name are dropped and the rest is compiled again; where a compiler fails without naming a line, the
batch is halved. Invariant: a function that would compile alone compiles in its batch.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

from transpile.corpus.language import Diagnostic, Language
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import CANONICAL_NAME, TOKEN, lex


@dataclass(frozen=True, slots=True)
class Compiled:
    """One function of a compiled batch: the batch's module, shared by its functions, and this one's export."""

    wasm: bytes
    export: str
    suffix: str
    """What was appended to the canonical names in this module: `c0` is exported or named `c0` + suffix."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """One function that does not compile, with the compiler's first error for it."""

    diagnostics: tuple[Diagnostic, ...]

    @property
    def message(self) -> str:
        return self.diagnostics[0].message if self.diagnostics else "no export of that name"


def is_balanced(text: str) -> bool:
    """Whether brackets match: an unbalanced program would swallow its neighbours in a batch."""
    stack = []
    for token in lex(text):
        if token in ("(", "[", "{"):
            stack.append({"(": ")", "[": "]", "{": "}"}[token])
        elif token in (")", "]", "}") and (not stack or stack.pop() != token):
            return False
    return not stack


def compile_batch(language: Language, sources: Sequence[SourceFunction], *, level: str = "2", size: int = 200) -> list[Compiled | Rejected]:
    """Compile canonical functions, `size` to a unit; results in the order of `sources`."""
    results: list[Compiled | Rejected | None] = [None] * len(sources)
    texts: list[str] = []
    for i, source in enumerate(sources):
        text = language.write_unit(source)
        texts.append(CANONICAL_NAME.sub(rf"\g<0>_{i}", text))
        if not is_balanced(text):
            results[i] = Rejected((Diagnostic(None, "unbalanced brackets"),))
        # An #if would swallow its neighbours, an attribute could say anything.
        elif any("#" in m.group() for m in TOKEN.finditer(source.text) if m.lastgroup != "char"):
            results[i] = Rejected((Diagnostic(None, "preprocessor lines and attributes are not taken"),))
    todo = [i for i in range(len(sources)) if results[i] is None]
    for start in range(0, len(todo), size):
        _compile(language, todo[start : start + size], texts, results, level)
    return [r if r is not None else Rejected(()) for r in results]


def _compile(language: Language, batch: list[int], texts: list[str], results: list[Compiled | Rejected | None], level: str) -> None:
    """Fill `results` for the programs of `batch`."""
    while batch:
        unit, starts = [language.prologue], []
        line = language.prologue.count("\n") + 1
        for i in batch:
            starts.append(line)
            text = texts[i] if texts[i].endswith("\n") else texts[i] + "\n"
            unit.append(text)
            line += text.count("\n")
        compiled = language.compile("".join(unit), level=level)
        if compiled.wasm is not None:
            for i in batch:
                results[i] = Compiled(compiled.wasm, f"f0_{i}", f"_{i}")
            return
        errors: dict[int, list[Diagnostic]] = {}
        for d in compiled.diagnostics:
            if d.line is not None and d.line >= starts[0]:
                position = bisect.bisect_right(starts, d.line) - 1
                errors.setdefault(batch[position], []).append(Diagnostic(d.line - starts[position] + 1, d.message))
        if errors:
            for i, found in errors.items():
                results[i] = Rejected(tuple(found))
            batch = [i for i in batch if i not in errors]
        elif len(batch) == 1:
            results[batch[0]] = Rejected(compiled.diagnostics or (Diagnostic(None, "the compiler failed without a message"),))
            return
        else:
            _compile(language, batch[: len(batch) // 2], texts, results, level)
            batch = batch[len(batch) // 2 :]
