"""The engine without a model: a function's WAT lifted by rules (`corpus.lifting`) and rendered in the target language.

It writes plain code with the machine's structure: loops that test at their end, indices where the source had pointers. Its candidates are judged like
any other; where the model finds one as well, the verdicts and then readability decide.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import product

from transpile.corpus import ir
from transpile.corpus.errors import TranspileError
from transpile.corpus.language import Language
from transpile.corpus.lifting import NotLiftable, lift
from transpile.corpus.program import Program
from transpile.corpus.signature import Signature
from transpile.corpus.text import canonical_text, renumber_locals
from transpile.corpus.wat import canonical

NAME = "lifter"
"""What a candidate's `engine` says."""
_SYMBOL = re.compile(r"\bd(\d+)(?: (\d+))?\b")


class Lifter:
    """Lifts the functions of one program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._starts: dict[int, set[int]] | None = None

    def starts(self) -> dict[int, set[int]]:
        """By data segment of the module: the offsets that some function's code names, where tables are taken to begin."""
        if self._starts is None:
            self._starts = {}
            for function in self.program.module.functions:
                try:
                    read = canonical(function)
                except TranspileError:
                    continue
                for number, offset in _SYMBOL.findall(read.text):
                    self._starts.setdefault(read.data[int(number)], set()).add(int(offset or 0))
        return self._starts

    def decode(self, name: str, wat: str, signature: Signature, callees: Mapping[str, Signature], target: Language) -> list[str]:
        """Bodies (canonical text behind the header's brace) for the function `name` of the program; none where the rules do not reach.

        `wat` is its canonical text with callees under the names of `callees`; all signatures are canonical.
        """
        segments = canonical(self.program.code(name)).data
        data = [self.program.module.segments[i].data for i in segments]
        known = [sorted({0, *self.starts().get(i, ())}) for i in segments]
        found: dict[str, None] = {}
        for starts in (known, None) if data else (None,):
            for index_type, idioms in product(("index", "i32"), (True, False)):
                try:
                    lifted = lift(wat, signature, callees, data, starts, index_type=index_type, idioms=idioms)
                except NotLiftable:
                    continue
                found.setdefault(_body(lifted.function, callees, target))
        return list(found)


def _body(function: ir.Function, callees: Mapping[str, Signature], target: Language) -> str:
    helpers = tuple(ir.Function(signature, ()) for signature in callees.values())
    text = renumber_locals(canonical_text(target.render(ir.Program(function, helpers)).text))
    return text[text.index("{") + 1 :].strip()
