"""Callers of what could not be translated: they are judged with the original's own function in its place, which they declare and do not have.

Invariant: such a caller is itself no callee of others; these get the original's in turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from transpile.corpus.batch import Compiled
from transpile.corpus.language import Language
from transpile.corpus.program import Program
from transpile.corpus.signature import Signature
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import canonical_text
from transpile.serve.calls import function_name
from transpile.verify.borrow import supplied
from transpile.verify.functions import named
from transpile.verify.types import Executable, Verdict


def declared(target: Language, signature: Signature) -> SourceFunction:
    """A callee that a translation declares only."""
    return SourceFunction(target.name, signature, canonical_text(target.write_prototype(signature)))


def candidates(program: Program, results: Sequence[Compiled]) -> list[Executable]:
    """Compiled translations, with the names that the program has for functions whose address is taken."""
    names = {function_name(number): name for number, name in program.table().items()}
    every = [Executable(r.wasm, r.export) for r in results]
    return [named(one, names) for one in every] if names else every


def with_originals(program: Program, function: str, results: Sequence[Compiled], missing: Mapping[str, str]) -> list[Executable | None]:
    """Compiled candidates for a function, with the original's behind what they declare only; `missing`: its names by theirs (c0, c1, ...)."""
    ours = candidates(program, results)
    if not missing:
        return list(ours)
    original = Executable(program.wasm, program.exports[function])
    return [
        supplied(one, original, {f"{own}{r.suffix}": program.code(name).name for own, name in missing.items()})
        for r, one in zip(results, ours, strict=True)
    ]


def said(verdict: Verdict, missing: Mapping[str, str]) -> Verdict:
    """A verdict that says whose callees it rests on."""
    return replace(verdict, evidence=f"{verdict.evidence}; with the original's {', '.join(missing.values())}") if missing else verdict
