"""Which functions of a program call which, and in what order to translate them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from transpile.corpus.program import Program
from transpile.corpus.wasm.wat import CanonicalFunction, canonical


def named_calls(program: Program, name: str, read: CanonicalFunction) -> tuple[str, list[str]]:
    """A function's canonical text and the functions of the program that it calls: c0, c1, ... in this order, itself f0, others by their symbols."""
    by_export = {export: name for name, export in program.exports.items()}
    own = [by_export[c] for c in read.callees if c in by_export and by_export[c] != name]
    labels = {}
    for i, symbol in enumerate(read.callees):
        called = by_export.get(symbol) or by_export.get(re.split(r"::|\.", symbol)[-1])  # an inner function behind its entry point
        labels[f"c{i}"] = "f0" if called == name else f"c{own.index(called)}" if called in own else symbol
    return re.sub(r"\bcall (c\d+)\b", lambda m: f"call {labels[m[1]]}", read.text), own


def calls(program: Program, name: str) -> list[str]:
    by_export = {export: name for name, export in program.exports.items()}
    callees = canonical(program.code(name)).callees
    return [by_export[c] for c in callees if c in by_export and by_export[c] != name]


def with_callees(program: Program, names: Sequence[str]) -> set[str]:
    out: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name not in out:
            out.add(name)
            todo += calls(program, name)
    return out


def levels(program: Program, names: Sequence[str]) -> list[set[str]]:
    """Names in levels, callees before callers; a cycle ends up in one level (and is then blocked on itself)."""
    left, out = {n: set(calls(program, n)) & set(names) for n in names}, []
    while left:
        level = {n for n, calls in left.items() if not calls & left.keys()} or set(left)
        out.append(level)
        left = {n: calls for n, calls in left.items() if n not in level}
    return out
