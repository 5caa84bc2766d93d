"""Compiling many functions as one unit, so that one bad function costs a recompile and not the batch.

Every program's top-level canonical names get the program's position as suffix; the units are concatenated under one prologue.
Programs that the diagnostics name are dropped and the rest is compiled again; where a compiler fails without naming a line, the
batch is halved. Invariant: a function that would compile alone compiles in its batch.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from transpile.corpus.globals import Global, functions_in
from transpile.corpus.language import Diagnostic, Language
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import TOKEN, canonical_text, entry_name, lex, suffixed


@dataclass(frozen=True, slots=True)
class Compiled:
    """One function of a compiled batch: the batch's module, shared by its functions, and this one's export."""

    wasm: bytes
    export: str
    suffix: str
    """What was appended to the canonical names in this module: `c0` is exported or named `c0` + suffix."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """One function that does not compile, with the compiler's errors for it; their lines are those of `unit`, the program as compiled."""

    diagnostics: tuple[Diagnostic, ...]
    unit: str = ""

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
        text = language.write_unit(_on_one_line(source) if language.by_lines else source)
        texts.append(suffixed(text, f"_{i}"))
        if not is_balanced(text):
            results[i] = Rejected((Diagnostic(None, "unbalanced brackets"),))
        elif lex(source.text)[-1:] != ["}"]:
            results[i] = Rejected((Diagnostic(None, "text behind the function"),))  # its errors would be the next one's
        # An #if would swallow its neighbours, an attribute could say anything.
        elif any("#" in m.group() for m in TOKEN.finditer(source.text) if m.lastgroup != "char"):
            results[i] = Rejected((Diagnostic(None, "preprocessor lines and attributes are not taken"),))
    todo = [i for i in range(len(sources)) if results[i] is None]
    for start in range(0, len(todo), size):
        batch = todo[start : start + size]
        _compile(language, batch, texts, results, level, language.prologue + language.write_externs([sources[i] for i in batch]))
    return [r if r is not None else Rejected(()) for r in results]


def compile_together(language: Language, sources: Sequence[SourceFunction]) -> list[Compiled] | Rejected:
    """Compile functions of one program as one module in which they share the variables of its file; what they call each has for itself."""
    variables = {g.name: g for source in sources for g in _all_globals(source)}
    structs = {s.name: s for g in variables.values() for s in g.structs}
    parts = [language.write_externs(sources), *(language.write_struct(s) + "\n" for s in structs.values())]
    named = {name for g in variables.values() for name in functions_in(g.values)}
    functions = {one.name: one for source in sources for one in _all_callees(source) if one.name in named}
    parts.append(language.declare_functions([one.signature for one in functions.values()]))
    parts += [language.write_global(g, visible=True) + "\n" for g in variables.values()]
    shared = {*variables, *structs, *functions, *map(entry_name, functions)}
    parts += [one + "\n" for one in language.write_callees(list(functions.values()))]
    for i, source in enumerate(sources):
        unit = language.write_unit(_without_globals(source), structs.keys() | functions.keys())
        parts.append(suffixed(unit, f"_{i}", shared))
    text = "".join(parts)
    compiled = language.compile(language.prologue + text)
    if compiled.wasm is None:
        return Rejected(compiled.diagnostics, text)
    return [Compiled(compiled.wasm, f"f0_{i}", f"_{i}") for i in range(len(sources))]


def _all_globals(source: SourceFunction) -> Iterator[Global]:
    yield from source.globals
    for callee in source.callees:
        yield from _all_globals(callee)


def _all_callees(source: SourceFunction) -> Iterator[SourceFunction]:
    for callee in source.callees:
        yield callee
        yield from _all_callees(callee)


def _without_globals(source: SourceFunction) -> SourceFunction:
    return replace(source, globals=(), callees=tuple(map(_without_globals, source.callees)))


def _on_one_line(source: SourceFunction) -> SourceFunction:
    return replace(source, text=canonical_text(source.text), callees=tuple(map(_on_one_line, source.callees)))


def _compile(language: Language, batch: list[int], texts: list[str], results: list[Compiled | Rejected | None], level: str,
             prologue: str) -> None:  # fmt: skip
    """Fill `results` for the programs of `batch`."""
    while batch:
        unit, starts = [prologue], []
        line = prologue.count("\n") + 1
        for i in batch:
            starts.append(line)
            text = texts[i] if texts[i].endswith("\n") else texts[i] + "\n"
            unit.append(text)
            line += text.count("\n")
        compiled = language.compile("".join(unit), level=level)
        errors: dict[int, list[Diagnostic]] = {}
        for d in compiled.diagnostics:
            if d.line is not None and d.line >= starts[0]:
                position = bisect.bisect_right(starts, d.line) - 1
                errors.setdefault(batch[position], []).append(replace(d, line=d.line - starts[position] + 1))
        for i, found in errors.items():
            results[i] = Rejected(tuple(found), texts[i])
        if compiled.wasm is not None:
            for i in batch:
                if i not in errors:
                    results[i] = Compiled(compiled.wasm, f"f0_{i}", f"_{i}")
            return
        if errors:
            batch = [i for i in batch if i not in errors]
        elif len(batch) == 1:
            results[batch[0]] = Rejected(compiled.diagnostics or (Diagnostic(None, "the compiler failed without a message"),))
            return
        else:
            _compile(language, batch[: len(batch) // 2], texts, results, level, prologue)
            batch = batch[len(batch) // 2 :]


def compile_with_repairs(
    language: Language, sources: Sequence[SourceFunction], *, rounds: int = 3, size: int = 200
) -> list[tuple[SourceFunction, Compiled | Rejected]]:
    """Compile canonical functions; those that do not are repaired by what the compiler said of them (`Language.repair`) and compiled again.

    Returns each function as it was compiled at last, with the result, in the order of `sources`.
    """
    out = list(zip(sources, compile_batch(language, sources, size=size), strict=True))
    todo = list(range(len(out)))
    for _ in range(rounds):
        repaired = [(i, fixed) for i in todo if (fixed := _repaired(language, *out[i])) is not None]
        for (i, fixed), result in zip(repaired, compile_batch(language, [f for _, f in repaired], size=size), strict=True):
            out[i] = (fixed, result)
        todo = [i for i, _ in repaired]
    return out


def _repaired(language: Language, source: SourceFunction, result: Compiled | Rejected) -> SourceFunction | None:
    """The function with its body repaired, if the errors are all on the line that holds it."""
    if isinstance(result, Compiled) or not result.unit or "\n" in source.text:
        return None
    lines = {d.line for d in result.diagnostics}
    line = result.unit.split("\n")[result.diagnostics[0].line - 1] if len(lines) == 1 and result.diagnostics[0].line else ""
    head = line.find("{")
    if head < 0 or not line.endswith("}"):
        return None
    fixed = language.repair(line, [d for d in result.diagnostics if d.start is not None and d.start > head])
    if fixed is None or not fixed.startswith(line[: head + 1]):
        return None
    body = re.sub(r"\b(f0|[cgShde]\d+)_\d+\b", r"\1", fixed[head:])
    return replace(source, text=source.text[: source.text.index("{")] + body)
