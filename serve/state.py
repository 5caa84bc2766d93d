"""The variables of a program's file, as all its functions know them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from transpile.corpus.errors import TranspileError
from transpile.corpus.globals import Global
from transpile.corpus.lifting import NotLiftable
from transpile.corpus.lifting.lift import pointers
from transpile.corpus.lifting.memory import Variable
from transpile.corpus.lifting.state import Uses, find_variables
from transpile.corpus.naming import canonical_signature, struct_names
from transpile.corpus.program import Program
from transpile.corpus.wasm.wat import canonical
from transpile.serve.calls import named_calls


@dataclass(frozen=True, slots=True)
class State:
    """`by_segment` has the data segments of the module that are no constants."""

    by_segment: Mapping[int, tuple[Variable, ...]]

    @property
    def globals(self) -> tuple[Global, ...]:
        return tuple(v.itself for variables in self.by_segment.values() for v in variables)


def state_of(program: Program) -> State:
    """The state of a program, by all functions of its module."""
    if all(s.name.startswith(".rodata") for s in program.module.segments):
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
        data = [program.module.segments[i].data for i in read.data]
        try:
            uses.add(pointers(text, canonical_signature(signature, structs, fields), callees, data), read.data)
        except NotLiftable:
            uses.add_text(read.text, read.data)
    for code in program.module.functions:
        if code.index not in seen:
            try:
                read = canonical(code)
            except TranspileError:
                continue
            uses.add_text(read.text, read.data)
    return State(find_variables(program.module.segments, uses, program.declared, taken))
