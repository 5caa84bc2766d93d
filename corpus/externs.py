"""Functions of C's library that translations call as they are: they need the system, so that nobody can write them along.

A translation declares them with C's interface and calls them by their names; whoever links it brings them. Of those with variable arguments a format, the
last parameter, says what follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from transpile.corpus.signature import Parameter, Signature
from transpile.corpus.text import lex


def _extern(name: str, result: str | None, *types: str) -> Signature:
    parameters = []
    for k, type_ in enumerate(types):
        to = type_.removeprefix("*").removeprefix("const ")
        parameters.append(Parameter(f"p{k}", to, pointer=type_[0] == "*", const=type_.startswith("*const ")))
    return Signature(name, tuple(parameters), result)


def _formatted(name: str, *types: str) -> Signature:
    return replace(_extern(name, "i32", *types, "*const i8"), variadic=True)


EXTERNS = {s.name: s for s in (
    _extern("malloc", "*void", "usize"), _extern("calloc", "*void", "usize", "usize"), _extern("realloc", "*void", "*void", "usize"),
    _extern("free", None, "*void"), _extern("putchar", "i32", "i32"), _extern("puts", "i32", "*const i8"), _extern("getchar", "i32"),
    _extern("rand", "i32"), _extern("srand", None, "u32"), _extern("time", "i64", "*i64"), _extern("exit", None, "i32"),
    _formatted("printf"), _formatted("sprintf", "*i8"), _formatted("snprintf", "*i8", "usize"), _formatted("fprintf", "*void"),
    _extern("fputs", "i32", "*const i8", "*void"), _extern("fputc", "i32", "i32", "*void"), _extern("putc", "i32", "i32", "*void"),
    _extern("fwrite", "usize", "*const void", "usize", "usize", "*void"), _extern("fflush", "i32", "*void"), _extern("perror", None, "*const i8"),
    _extern("stdin", "*void"), _extern("stdout", "*void"), _extern("stderr", "*void"),
)}  # fmt: skip
"""By name: their types on wasm32."""
STREAMS = ("stdin", "stdout", "stderr")
"""Those that are variables: to name one is to read it."""


_CONVERSION = re.compile(rb"%[-+ #0']*(\*|\d+)?(?:\.(\*|-?\d*))?(hh|h|ll|l|z|j|t)?([diouxXcsfFeEgGaAp%])|%")
_INTEGERS = {b"ll": "i64", b"j": "i64", b"z": "usize", b"t": "i32"}


def conversions(text: bytes) -> list[str] | None:
    """Types of the arguments that a format of printf's takes, as they are passed; None for one that says what nobody here knows."""
    out: list[str] = []
    for found in _CONVERSION.finditer(text):
        if found[4] is None or (found[4] == b"%" and found[0] != b"%%"):
            return None
        out += ["i32"] * ((found[1] == b"*") + (found[2] == b"*"))
        letter = found[4]
        if letter in b"di":
            out.append({"usize": "i32"}.get(type_ := _INTEGERS.get(found[3], "i32"), type_))
        elif letter in b"ouxX":
            out.append({"i32": "u32", "i64": "u64"}.get(type_ := _INTEGERS.get(found[3], "i32"), type_))
        elif letter in b"cs" and found[3]:
            return None
        elif letter != b"%":
            out.append({b"c": "i32", b"s": "*const i8", b"p": "*const void"}.get(letter, "f64"))
    return out


def externs_in(text: str) -> tuple[Signature, ...]:
    """Those that a text names, in the order of `EXTERNS`."""
    words = set(lex(text))
    return tuple(one for name, one in EXTERNS.items() if name in words)


def declared_in(texts: Iterable[str]) -> dict[str, Signature]:
    """Those that any of several texts names."""
    return {one.name: one for text in texts for one in externs_in(text)}
