"""Which functions of a program call which, and in what order to translate them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from transpile.corpus.compiled import data_of
from transpile.corpus.program import Program
from transpile.corpus.wasm.symbols import spoken
from transpile.corpus.wasm.wat import CanonicalFunction, canonical
from transpile.corpus.wasm.wat_text import with_data
from transpile.corpus.zigcc import TABLE_BASE


def named_calls(program: Program, name: str, read: CanonicalFunction) -> tuple[str, list[str]]:
    """A function's canonical text and the functions of the program that it calls: c0, c1, ... in this order, itself f0, others by their symbols."""
    own = _own(program, name, read)
    by_export = {export: name for name, export in program.exports.items()}
    labels = {}
    for i, symbol in enumerate(read.callees):
        called = program.written(symbol) or by_export.get(re.split(r"::|\.", symbol)[-1])  # an inner function behind its entry point
        labels[f"c{i}"] = "f0" if called == name else f"c{own.index(called)}" if called in own else spoken(symbol)
    return re.sub(r"\bcall (c\d+)\b", lambda m: f"call {labels[m[1]]}", read.text), own


def text_to_read(program: Program, name: str, called: Sequence[str]) -> str:
    """What a model reads of a function: its canonical text with small constant tables behind it, as corpora have them (`corpus.compiled`). The program
    may be the one compiled to be read (`Program.to_read`): callees have the names that they have in `called`, the order in which the other compilation
    calls them. Raises LookupError where it calls others, TranspileError where it can't be read."""
    read = canonical(program.code(name))
    text, own = named_calls(program, name, read)
    numbers = {f"c{i}": f"c{called.index(one)}" for i, one in enumerate(own) if one in called}
    text = re.sub(r"\bcall (c\d+)\b", lambda m: f"call {numbers[m[1]]}", text)
    return with_data(text, data_of(program.module, read.data) or ())


def addressed(program: Program, name: str) -> dict[str, str]:
    """The functions of the program whose addresses a function names, in its code or by the data that it uses: h0, h1, ... by their places in the table."""
    table = program.table()
    if not table:
        return {}
    read = canonical(program.code(name))
    numbers = {int(n) for n in re.findall(r"i32\.const (\d+)", read.text)}
    for data in (program.module.segments[i].data for i in read.data):
        numbers |= {int.from_bytes(data[at : at + 4], "little") for at in range(0, len(data) - 3, 4)}
    return {function_name(n): table[n] for n in sorted(numbers & table.keys()) if table[n] != name}


def function_name(number: int) -> str:
    """The canonical name of the function of a place of the table."""
    return f"h{number - TABLE_BASE}"


def library_calls(text: str) -> list[str]:
    """What a text of `named_calls` calls that only a library of C++ or Rust has: nobody could write it along. What never comes back is a panic."""
    return list(dict.fromkeys(re.findall(r"\bcall (\S*::\S*|operator_\S+)(?=\s|$)(?! unreachable\b)", text)))


def calls(program: Program, name: str) -> list[str]:
    """The functions of the program that a function calls, or whose addresses it names."""
    return list(dict.fromkeys([*_own(program, name, canonical(program.code(name))), *addressed(program, name).values()]))


def _own(program: Program, name: str, read: CanonicalFunction) -> list[str]:
    """What a function calls of the program, each once."""
    return list(dict.fromkeys(called for c in read.callees if (called := program.written(c)) is not None and called != name))


def with_callees(program: Program, names: Sequence[str]) -> set[str]:
    out: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name not in out:
            out.add(name)
            todo += calls(program, name)
    return out


def components(calls: Mapping[str, Sequence[str]], names: Sequence[str]) -> list[list[str]]:
    """The circles among some functions, by what each calls: names that reach each other, in the order given."""
    reach = {n: set(calls[n]) & set(names) for n in names}
    for _ in names:
        reach = {n: out.union(*(reach[m] for m in out)) for n, out in reach.items()}
    found: list[list[str]] = []
    for name in names:
        if name in reach[name] and not any(name in one for one in found):
            found.append([m for m in names if m in reach[name] and name in reach[m]])
    return found


def levels(program: Program, names: Sequence[str]) -> list[set[str]]:
    """Names in levels, callees before callers; those that call each other in a circle are in one."""
    left, out = {n: set(calls(program, n)) & set(names) for n in names}, []
    while left:
        level = {n for n, called in left.items() if not called & left.keys()}
        if not level:
            found = components({n: sorted(called & left.keys()) for n, called in left.items()}, list(left))
            level = {n for one in found if all(left[m] & left.keys() <= set(one) for m in one) for n in one}
        out.append(level)
        left = {n: called for n, called in left.items() if n not in level}
    return out
