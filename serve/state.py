"""The variables of a program's file, as all its functions know them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from transpile.corpus.errors import TranspileError
from transpile.corpus.globals import Global
from transpile.corpus.lifting import NotLiftable
from transpile.corpus.lifting.lift import pointers
from transpile.corpus.lifting.memory import Variable
from transpile.corpus.lifting.shaped import is_constant, text_at
from transpile.corpus.lifting.state import Uses, find_variables
from transpile.corpus.naming import canonical_signature, renamed_global, struct_names
from transpile.corpus.program import Program
from transpile.corpus.signature import Struct
from transpile.corpus.wasm.reader import Segment
from transpile.corpus.wasm.wat import canonical
from transpile.serve.calls import named_calls


@dataclass(frozen=True, slots=True)
class State:
    """`by_segment` has the data segments of the module that are no constants, or more than numbers. `structs`: those of the variables, by the names
    that the program has for them; in every function they are the first to be named."""

    by_segment: Mapping[int, tuple[Variable, ...]]
    structs: tuple[Struct, ...] = ()

    @property
    def globals(self) -> tuple[Global, ...]:
        return tuple(v.itself for variables in self.by_segment.values() for v in variables)


def state_of(program: Program, tables: bool = True, functions: Mapping[int, str] | None = None) -> State:
    """The state of a program, by all functions of its module; `tables`: with structs and text among its types; `functions`: canonical
    names of those in its table."""
    if all(is_constant(s) and text_at(s.data, 0) for s in program.module.segments):
        return State({})
    uses = Uses()
    signatures = {f.name: f.signature for f in program.functions}
    taken = set(signatures)
    seen = set()
    for name, signature in signatures.items():
        taken |= {p.name for p in signature.parameters} | {s.name for s in signature.structs}
        code = program.code(name)
        seen.add(code.index)
        read = canonical(code)
        text, own = named_calls(program, name, read)
        structs, fields = struct_names([signature, *(signatures[c] for c in own)])
        callees = {f"c{i}": canonical_signature(signatures[c], structs, fields, f"c{i}") for i, c in enumerate(own)}
        named = list(read.data)
        text = name_counted_ends(text, named, program.module.segments)
        data = [program.module.segments[i].data for i in named]
        try:
            uses.add(pointers(text, canonical_signature(signature, structs, fields), callees, data), named)
        except NotLiftable:
            uses.add_text(text, named)
    for code in program.module.functions:
        if code.index not in seen:
            try:
                read = canonical(code)
            except TranspileError:
                continue
            uses.add_text(read.text, read.data)
    found = find_variables(program.module.segments, uses, program.declared, taken, tables, functions)
    structs = tuple({s.name: s for variables in found.values() for v in variables for s in v.itself.structs}.values())
    names = struct_names((), structs)
    renamed = {k: tuple(replace(v, itself=renamed_global(v.itself, *names)) for v in variables) for k, variables in found.items()}
    return State(renamed, structs)


def name_counted_ends(wat: str, named: list[int], segments: Sequence[Segment]) -> str:
    """The start of a data segment as the end of the one before it, where something is added that was last set to the size of that one, below 0:
    a loop counts up to 0 from there. `named`: the segments behind d0.. of the text, which may grow."""

    def name(found: re.Match[str]) -> str:
        start = re.findall(rf"i32\.const (-?\d+) local\.(?:set|tee) {found[1]}\b", wat[: found.start()])
        own = segments[named[int(found[2])]]
        for before in segments if start else ():
            if int(start[-1]) == -len(before.data) and before is not own and ends_at(before, own):
                if before.index not in named:
                    named.append(before.index)
                return f"local.get {found[1]} i32.const d{named.index(before.index)} {len(before.data)} i32.add"
        return found[0]

    return re.sub(r"local\.get (v\d+) i32\.const d(\d+) i32\.add", name, wat)


def ends_at(before: Segment, own: Segment) -> bool:
    """Whether one data segment ends where another begins."""
    return before.address is not None and before.address + len(before.data) == own.address
