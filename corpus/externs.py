"""Functions of C's library that translations call as they are: they need the system, so that nobody can write them along.

A translation declares them with C's interface and calls them by their names; whoever links it brings them. Limit: no variable arguments.
"""

from __future__ import annotations

from collections.abc import Iterable

from transpile.corpus.signature import Parameter, Signature
from transpile.corpus.text import lex


def _extern(name: str, result: str | None, *types: str) -> Signature:
    parameters = []
    for k, type_ in enumerate(types):
        to = type_.removeprefix("*").removeprefix("const ")
        parameters.append(Parameter(f"p{k}", to, pointer=type_[0] == "*", const=type_.startswith("*const ")))
    return Signature(name, tuple(parameters), result)


EXTERNS = {s.name: s for s in (
    _extern("malloc", "*void", "usize"), _extern("calloc", "*void", "usize", "usize"), _extern("realloc", "*void", "*void", "usize"),
    _extern("free", None, "*void"), _extern("putchar", "i32", "i32"), _extern("puts", "i32", "*const i8"), _extern("getchar", "i32"),
)}  # fmt: skip
"""By name: their types on wasm32."""


def externs_in(text: str) -> tuple[Signature, ...]:
    """Those that a text names, in the order of `EXTERNS`."""
    words = set(lex(text))
    return tuple(one for name, one in EXTERNS.items() if name in words)


def declared_in(texts: Iterable[str]) -> dict[str, Signature]:
    """Those that any of several texts names."""
    return {one.name: one for text in texts for one in externs_in(text)}
