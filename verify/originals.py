"""Originals ready to be judged against: with the checked build of their source behind them, where their language has one (see `guard`).

Whoever judges a function by its source gets the original here, so that inputs which its language leaves open are set aside everywhere alike.
"""

from __future__ import annotations

from collections.abc import Sequence

from transpile.corpus.batch import Compiled, compile_batch
from transpile.corpus.language import language
from transpile.corpus.program import Program
from transpile.corpus.source import SourceFunction
from transpile.verify.thin import thin
from transpile.verify.types import Executable


def of_program(program: Program, name: str) -> Executable:
    """One function of a program that was loaded with its `checked` build; of a program that is a module already there is none."""
    export = program.exports[name]
    return Executable(program.wasm, export, guard=Executable(program.checked, export) if program.checked else None)


def of_sources(sources: Sequence[SourceFunction], *, size: int = 0) -> list[Executable | None]:
    """Every function as a small module of its own; None where it does not compile. All are of one language. `size`: most functions of a unit."""
    if not sources:
        return []
    tongue = language(sources[0].language)
    more = {"size": size} if size else {}
    plain = [thin(Executable(r.wasm, r.export)) if isinstance(r, Compiled) else None for r in compile_batch(tongue, sources, **more)]
    if not tongue.checked:
        return plain
    checked = compile_batch(tongue, sources, level=tongue.checked, **more)
    return [
        one and Executable(one.wasm, one.export, guard=thin(Executable(r.wasm, r.export)) if isinstance(r, Compiled) else None)
        for one, r in zip(plain, checked, strict=True)
    ]
