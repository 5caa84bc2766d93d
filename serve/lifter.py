"""The engine without a model: a function's WAT lifted by rules (`corpus.lifting`) and rendered in the target language.

It writes plain code with the machine's structure: loops that test at their end, indices where the source had pointers. Its candidates are judged like
any other; where the model finds one as well, the verdicts and then readability decide.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import product

from transpile.corpus import ir
from transpile.corpus.errors import TranspileError
from transpile.corpus.externs import EXTERNS, STREAMS
from transpile.corpus.globals import Global, mentioned, symbol_name
from transpile.corpus.ir_names import walk
from transpile.corpus.language import Language
from transpile.corpus.lifting import NotLiftable, lift, lift_pointers
from transpile.corpus.lifting.shaped import text_at
from transpile.corpus.program import Program
from transpile.corpus.signature import Signature
from transpile.corpus.text import canonical_text, renumber_locals
from transpile.corpus.wasm.wat import canonical
from transpile.serve.calls import function_name, text_to_read
from transpile.serve.state import State, ends_at, name_counted_ends, state_of

NAME = "lifter"
"""What a candidate's `engine` says."""
GIVES_UP = (NotLiftable, ir.NotInLanguage, RecursionError, LookupError)
"""What the rules end with where they do not reach; a type or a name that no rule foresaw is a missing key."""
_SYMBOL = re.compile(r"\bd(\d+)(?: (\d+))?\b")
_ADDRESS = re.compile(r"(?<= )(i32\.const|\S+\.(?:load|store)\w*) (0x[0-9a-f]+|\d{5,})\b")
BEFORE = 4096
"""An address up to so many bytes before a data segment is taken for one in it: `table[c - 'a']` is compiled to one."""


BEHIND = 64
"""An address that is indexed may lie so many bytes before its array, where it lies in no other."""


class Lifter:
    """Lifts the functions of one program."""

    def __init__(self, program: Program, names: Mapping[str, str] | None = None) -> None:
        """`names`: canonical ones of functions whose address is taken, where they are not those of the program itself."""
        self.program = program
        table = program.table()
        names = {name: function_name(number) for number, name in table.items()} if names is None else names
        self.functions = {number: names[name] for number, name in table.items() if name in names}
        self._starts: dict[int, set[int]] | None = None
        self._state: State | None = None
        self._tables = True
        self.reasons: dict[str, str] = {}
        """By function: what ended the last attempt at it that came to nothing."""
        self.narrow: set[str] = set()
        """Bodies that keep addresses in memory as 32-bit numbers: they are right on wasm32 and wherever else pointers have 32 bits."""
        to_read = program.to_read()
        self._as_written = Lifter(to_read, names) if to_read else None
        if self._as_written:
            self._as_written.narrow = self.narrow

    @property
    def state(self) -> State:
        """The variables of the program's file; candidates name them."""
        if self._state is None:
            self._state = state_of(self.program, self._tables, self.functions)
        return self._state

    def write_in(self, target: Language) -> None:
        """Say what language comes next: some have no words for all types of variables."""
        if self._tables != target.tables:
            self._tables, self._state = target.tables, None
        if self._as_written:
            self._as_written.write_in(target)

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

    def decode(
        self, name: str, wat: str, signature: Signature, callees: Mapping[str, Signature], target: Language, called: Sequence[str] = ()
    ) -> list[str]:
        """Bodies (canonical text behind the header's brace) for the function `name` of the program, the most readable first; none where the rules do
        not reach.

        `wat` is its canonical text with callees under the names of `callees`; all signatures are canonical. `called`: what c0, c1, ... are in the program.
        Raw pointers stay pointers.
        """
        found = self._decode_as_written(name, signature, callees, target, called)
        return list(dict.fromkeys([*found, *self._decode(name, wat, signature, callees, target)]))

    def _decode_as_written(
        self, name: str, signature: Signature, callees: Mapping[str, Signature], target: Language, called: Sequence[str]
    ) -> list[str]:
        """`decode`, from the code that was compiled to be read."""
        other = self._as_written
        if other is None or {g.name: g for g in other.state.globals} != {g.name: g for g in self.state.globals}:
            return []
        with suppress(TranspileError, LookupError):
            return other._decode(name, text_to_read(other.program, name, called), signature, callees, target)
        return []

    def _decode(self, name: str, wat: str, signature: Signature, callees: Mapping[str, Signature], target: Language) -> list[str]:
        read = canonical(self.program.code(name))
        segments = list(read.data)
        numbers = {str(number): one for number, one in self.functions.items() if one in callees}
        wat = re.sub(r"(?<=i32\.const )\d+\b", lambda m: numbers.get(m[0], m[0]), wat) if numbers else wat
        wat, streams = self._name_streams(wat, segments)
        if target.externs:
            callees = {**callees, **{n: EXTERNS[n] for n in streams}}
            imported = {i.field for i in self.program.module.imports if i.kind == "function"}
            callees = {**callees, **{n: EXTERNS[n] for n in read.callees if n in EXTERNS and n in imported}}
        named = [self._name_addresses(wat, segments, arrays) for arrays in (True, False)]
        wat, *others = dict.fromkeys(self._name_arrays(name_counted_ends(t, segments, self.program.module.segments), segments) for t in named)
        data = [self.program.module.segments[i].data for i in segments]
        state = {d: self.state.by_segment[i] for d, i in enumerate(segments) if i in self.state.by_segment}
        known = [sorted({0, *self.starts().get(i, ())}) for i in segments]
        found: dict[str, None] = {}
        why = ""
        ways = [*([(wat, data, known)] if data else []), *((text, data, None) for text in others), (wat, data, None)]
        if len(data) > 1 and not state:
            ways.append((*_as_one(wat, data), None))
        if state:
            ways.append((self._name_ends(wat, segments), data, None))
        for text, tables, starts in () if signature.has_raw_pointers else ways:
            for index_type, idioms in product(("index", "i32"), (True, False)):
                try:
                    lifted = lift(text, signature, callees, tables, starts, state, index_type=index_type, idioms=idioms)
                    found.setdefault(_body(lifted.function, callees, self.state.globals, target))
                except GIVES_UP as error:
                    why = _words(error, target)
            if text is wat and found and starts is None:
                break
        for text, idioms in product((wat, *others), (True, False)) if target.pointers else ():
            try:
                lifted = lift_pointers(text, signature, callees, data, state, idioms=idioms)
                body = _body(lifted.function, callees, self.state.globals, target)
                found.setdefault(body)
                if any(isinstance(n, ir.PointerCast) and n.operand.type == "u32" and not isinstance(n.operand, ir.Const) for n in walk(lifted.function.body)):
                    self.narrow.add(body)
            except GIVES_UP as error:
                why = _words(error, target)
        self.reasons[name] = why
        return list(found)

    def _name_streams(self, wat: str, segments: list[int]) -> tuple[str, list[str]]:
        """C's streams as calls that give them, and which there are: the text reads variables of the runtime."""
        named = {f"d{k}": symbol_name(self.program.module.segments[i].name.rpartition(".")[2]) for k, i in enumerate(segments)}
        streams = {d: name for d, name in named.items() if name in STREAMS}
        for d, name in streams.items():
            wat = re.sub(rf"i32\.const 0 i32\.load {d}(?= [^-\d])", f"call {name}", wat)
        return wat, list(streams.values())

    def _name_ends(self, wat: str, segments: list[int]) -> str:
        """The start of a data segment as the end of the one before it: a loop may count up to 0 from there."""
        modules, known = self.program.module.segments, len(segments)

        def name(found: re.Match[str]) -> str:
            own = modules[segments[int(found[1])]]
            for d, number in enumerate(segments[:known]):
                before = modules[number]
                if before is not own and ends_at(before, own):
                    return f"i32.const d{d} {len(before.data)}"
            return found[0]

        return re.sub(r"i32\.const d(\d+)(?! -?\d)\b", name, wat)

    def _name_addresses(self, wat: str, segments: list[int], arrays: bool) -> str:
        """Constants right before or behind a data segment as symbols of the nearest, or (`arrays`) of the nearest variable that is an array, if there is
        one; `segments` grows by those that the text did not name."""
        placed = [(s.address, s.address + len(s.data), k) for k, s in enumerate(self.program.module.segments) if s.address is not None]
        indexed = [one for one in placed if any(v.itself.count for v in self.state.by_segment.get(one[2], ()))] if arrays else []

        def name(found: re.Match[str]) -> str:
            value = int(found[2], 0)
            near = (BEFORE, 0, 0)
            for some in (placed, indexed):
                near = min(((d, low, k) for low, high, k in some if low >= BEFORE and (d := max(low - value, value - high)) < BEFORE), default=near)
            if near[0] == BEFORE:
                return found[0]
            return f"{found[1]} {_symbol(near[2], value - near[1], segments)}"

        return _ADDRESS.sub(name, wat)

    def _name_arrays(self, wat: str, segments: list[int]) -> str:
        """What is indexed from an address where no array lies as symbols of the array behind it: `stack[depth - 1]` is compiled to an address before
        the table."""
        modules, by_segment = self.program.module.segments, self.state.by_segment
        arrays = [(modules[k].address or 0, k) for k, variables in by_segment.items() if len(variables) == 1 and variables[0].itself.count]

        def name(found: re.Match[str]) -> str:
            number, offset = segments[int(found[1])], int(found[2] or 0)
            known = by_segment.get(number, ())
            text = text_at(modules[number].data, 0) if number not in by_segment else None
            address = (modules[number].address or 0) + offset
            behind = min(((start - address, k) for start, k in arrays if 0 < start - address < BEHIND), default=None)
            if behind is None or not ((text is not None and offset) or (known and all(v.itself.count is None for v in known))):
                return found[0]
            return f"i32.const {_symbol(behind[1], -behind[0], segments)} i32.add"

        return re.sub(r"i32\.const d(\d+)(?: (-?\d+))? i32\.add", name, wat)


def _words(error: BaseException, target: Language) -> str:
    """Why an attempt ended, for people."""
    if isinstance(error, ir.NotInLanguage):
        node = re.search(r" for (\w+)\(", str(error))
        thing = "pointers to functions" if node and node[1] == "CallThrough" else "pointers" if node else ""
        return f"{target.title} is not told how to write {thing}" if thing else str(error)
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return str(error) if isinstance(error, NotLiftable) else "types that no rule foresaw"


def _symbol(number: int, offset: int, segments: list[int]) -> str:
    """A place in a data segment of the module as the text of a function has it, whose d0.. are `segments`, which may grow."""
    if number not in segments:
        segments.append(number)
    return f"d{segments.index(number)}" + (f" {offset}" if offset else "")


def _as_one(wat: str, data: list[bytes]) -> tuple[str, list[bytes]]:
    """All tables as one, for a pointer that is into one or the other."""
    places, whole = [], b""
    for one in data:
        places.append(len(whole))
        whole += one + bytes(-len(one) % 8)

    def moved(found: re.Match[str]) -> str:
        offset = places[int(found[1])] + int(found[2] or 0)
        return f"d0 {offset}" if offset else "d0"

    return re.sub(r"\bd(\d+)(?: (-?\d+))?\b", moved, wat), [whole]


def _body(function: ir.Function, callees: Mapping[str, Signature], known: tuple[Global, ...], target: Language) -> str:
    helpers = tuple(ir.Function(signature, ()) for signature in callees.values())
    text = renumber_locals(canonical_text(target.render(ir.Program(function, helpers, known)).text))
    for one in mentioned(text, known):
        target.write_global(one)  # a language that can't says so
    return text[text.index("{") + 1 :].strip()
