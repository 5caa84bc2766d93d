"""The variables of a program's file: which of its data is state, and what types it has.

State is what the linker did not put with the constants and some function stores to, or hands to another one that may. A variable has the type that
its source declares, if that is known and has its size; else the one by which all functions of the program load and store it. Arrays of structs and
tables of text are variables too where nothing stores to them (`shaped`). A segment is one
variable where the linker names it after one and the accesses agree; else a new one begins at every offset that the code names.
Limit: memory without a data segment is not looked at. What our compilers link has none (zeros are written out), other modules may.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from transpile.corpus.globals import Declaration, Global, Part, Value, element_size, symbol_name
from transpile.corpus.lifting.memory import Memory, Variable, accessed, linear
from transpile.corpus.lifting.shaped import is_constant, shaped
from transpile.corpus.lifting.tree import CallNode, Const, Load, Node, Op, Return, Store, Symbol, expressions, nodes, statements
from transpile.corpus.lifting.variables import TRUTHS, operation
from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS
from transpile.corpus.wasm.reader import Segment

MOST_VALUES = 1 << 14
"""An array that starts with more elements than this, not all zero, is not written out."""

_DIRECT = re.compile(r"(\S+\.(load|store)\w*) d(\d+)(?: (-?\d+))?")
_ADDRESS = re.compile(r"i32\.const d(\d+)")
_PLACED = re.compile(r"^\.(?:data|bss|var|rodata)\.?")


@dataclass(frozen=True, slots=True)
class _Access:
    """Of a scalar at an offset of a segment, or with `indexed` at that offset and an index; the offset is None where it is in a variable.

    Not `exact`: a constant was stored, so that only the width counts. `truth`: it loads a byte, or stores a truth.
    """

    offset: int | None
    indexed: bool
    type: str
    exact: bool = True
    truth: bool = False


@dataclass(slots=True)
class Uses:
    """What functions do with the data segments of their module; each is to be added once."""

    accesses: dict[int, list[_Access]] = field(default_factory=dict)
    written: set[int] = field(default_factory=set)
    reached: set[int] = field(default_factory=set)
    """What a function that the rules do not reach, or one that returns or keeps the address, may store to."""
    handed: set[int] = field(default_factory=set)
    """What some function takes as a struct."""

    def add(self, memory: Memory, segments: Sequence[int]) -> None:
        """A function's uses (its data taken as wholes: `lift.pointers`); `segments` of the module are its d0.. in order."""
        where = {key: segments[array.table[0]] for key, array in memory.arrays.items() if array.table is not None}

        def note(address: Node, offset: int, type_: str, exact: bool, truth: bool) -> int | None:
            segment = where.get(memory.base_of(address) or "")
            if segment is not None:
                self._note(segment, _Access(*_place(address, offset), type_, exact, truth))
            return segment

        for one in statements(memory.body):
            for expression in expressions(one):
                for node in nodes(expression):
                    if isinstance(node, Load):
                        note(node.address, node.offset, accessed(node.name), True, node.width == 1)
                    elif isinstance(node, CallNode):
                        self._handed(node, memory, where)
            if isinstance(one, Return | Store) and one.value is not None:
                self.reached |= {where[key] for key in [memory.base_of(one.value)] if key in where}
            if isinstance(one, Store):
                segment = note(one.address, one.offset, accessed(one.name), not isinstance(one.value, Const), _is_truth(one.value))
                if segment is not None:
                    self.written.add(segment)

    def add_text(self, wat: str, segments: Sequence[int]) -> None:
        """The uses that a canonical text shows at once, for a function that the rules do not reach."""
        for name, kind, number, offset in _DIRECT.findall(wat):
            segment = segments[int(number)]
            if kind == "store":
                self.written.add(segment)
            self._note(segment, _Access(int(offset or 0), True, accessed(name), kind == "load", False))
        self.reached |= {segments[int(number)] for number in _ADDRESS.findall(wat)}

    def _note(self, segment: int, access: _Access) -> None:
        self.accesses.setdefault(segment, []).append(access)

    def _handed(self, node: CallNode, memory: Memory, where: Mapping[str, int]) -> None:
        """Addresses as arguments: of a function's pointers, or of memset and its kin, which write to the first."""
        callee = memory.callees.get(node.name)
        for position, argument in enumerate(node.args):
            segment = where.get(memory.base_of(argument) or "")
            if segment is None:
                continue
            parameter = callee.parameters[position] if callee else None
            if parameter and parameter.type not in (*WIDTHS, "void"):
                self.handed.add(segment)
            if not parameter.const if parameter else position == 0:
                self.written.add(segment)
            if parameter is not None and parameter.type in WIDTHS:
                self._note(segment, _Access(_place(argument, 0)[0], True, parameter.type))


def find_variables(
    segments: Sequence[Segment], uses: Uses, declared: Mapping[str, Declaration], taken: set[str], tables: bool = True,
    functions: Mapping[int, str] | None = None,
) -> dict[int, tuple[Variable, ...]]:
    """By data segment that holds state, or a table that is more than numbers: its variables, none where their types can't be told. Names are g0,
    g1, ... over all, and as the program has them, but for those in `taken`, which grows. Without `tables` all is numbers. `functions`: those of the
    module's table that values may lead to, by number."""
    out: dict[int, tuple[Variable, ...]] = {}
    number = 0
    fields = _split_ones(segments, declared)
    known = {**declared, **fields}
    for segment in segments:
        stored = segment.index in uses.written or (segment.name and segment.index in uses.reached)
        symbol = symbol_name(_PLACED.sub("", segment.name))
        whole = segment.index in uses.handed | uses.reached
        name = re.sub(r"\W+", "_", symbol)
        one = shaped(segment, name, declared.get(symbol), segments, functions or {}, whole=whole) if symbol and tables else None
        if one is not None and len(one.values) <= MOST_VALUES:
            out[segment.index] = (Variable(0, replace(one, name=f"g{number}", written=_free(one.written, taken))),)
            number += 1
            continue
        if not stored or is_constant(segment):
            continue
        parts = _declared(symbol, len(segment.data), known)
        if parts is None:
            parts = _by_use(segment, uses.accesses.get(segment.index, []))
        found = []
        for part in parts:
            values = _values(segment.data[part.offset : part.end], part.type)
            if len(values) > MOST_VALUES or (values and part.type not in WIDTHS):
                found = []
                break
            whole = symbol.rpartition(".")[0] if symbol in fields else symbol
            written = _free(re.sub(r"\W+", "_", f"{whole}_{part.field}" if part.field and whole else whole), taken)
            found.append(Variable(part.offset, Global(f"g{number}", part.type, part.count, values, written)))
            number += 1
        out[segment.index] = tuple(found)
    return out


def _declared(symbol: str, size: int, declared: Mapping[str, Declaration]) -> tuple[Part, ...] | None:
    """The parts of a variable as its source declares them; None where that cannot be what has so many bytes."""
    found = declared.get(symbol)
    if found is None or found.size not in (0, size):
        return None
    if not found.parts:
        return () if found.opaque else None
    last = found.parts[-1]
    if last.count == 0:
        last = replace(last, count=(size - last.offset) // element_size(last.type))
    return (*found.parts[:-1], last)


def _split_ones(segments: Sequence[Segment], declared: Mapping[str, Declaration]) -> dict[str, Declaration]:
    """Declarations of the fields that the compiler made variables of their own, `bounds.0` and so on, where it did so with all of a struct."""
    sizes = {symbol_name(_PLACED.sub("", s.name)): len(s.data) for s in segments}
    out: dict[str, Declaration] = {}
    for name, one in declared.items():
        names = [f"{name}.{i}" for i in range(len(one.parts))]
        if one.parts[0:1] and one.parts[0].field and [sizes.get(n) for n in names] == [p.end - p.offset for p in one.parts]:
            out |= {n: Declaration(sizes[n], (replace(p, offset=0),)) for n, p in zip(names, one.parts, strict=True)}
    return out


def _by_use(segment: Segment, accesses: Sequence[_Access]) -> tuple[Part, ...]:
    """The parts of a segment by how it is accessed; none where the accesses contradict each other."""
    size = len(segment.data)
    widths = {WIDTHS[a.type] for a in accesses}
    indexed = any(a.indexed for a in accesses)
    places = sorted({max(a.offset, 0) for a in accesses if a.offset is not None and a.offset < size})
    if not places:
        places = [0]
    if segment.name and (len(widths) == 1 or indexed):
        places = [0]
    out = []
    for start, end in zip(places, [*places[1:], size], strict=True):
        here = [a for a in accesses if a.offset is None or start <= max(a.offset, 0) < end] if len(places) > 1 else list(accesses)
        type_ = _type(here, end - start)
        if not type_:
            return ()
        whole = segment.name and len(places) == 1 and end - start != WIDTHS[type_]
        if whole or any(a.indexed or (a.offset or 0) != start for a in here):
            out.append(Part(f"{start}" if start else "", type_, (end - start) // WIDTHS[type_], start))
            continue
        if type_ == "u8" and all(a.truth for a in here) and segment.data[start] < 2:
            type_ = "bool"
        out.append(Part(f"{start}" if start else "", type_, None, start))
    return tuple(out)


def _type(accesses: Sequence[_Access], room: int) -> str:
    """The element type that accesses have in common, "" if there is none that fits into so many bytes."""
    found = {a.type for a in accesses if a.exact} or {a.type for a in accesses}
    if not found:
        return ""
    width = min(WIDTHS[a.type] for a in accesses)
    floats = found & FLOATS
    if floats:
        return min(floats) if len(found) == 1 and width == WIDTHS[min(floats)] and width <= room else ""
    if width > room:
        return ""
    found = {t for t in found if WIDTHS[t] == width}
    plain = f"i{8 * width}"
    # Loads of whole registers show no sign: what a callee's parameter says counts more.
    special = sorted(found - {plain}) if width >= 4 else []
    return special[0] if special else plain if width >= 4 or found & SIGNED else f"u{8 * width}"


def _values(raw: bytes, type_: str) -> tuple[Value, ...]:
    """Elements as numbers; none where all bytes are zero."""
    if not any(raw):
        return ()
    width = element_size(type_)
    pieces = [raw[i : i + width] for i in range(0, len(raw) - width + 1, width)]
    if type_ == "bool":
        return tuple(bool(one[0]) for one in pieces)
    if type_ in FLOATS:
        return tuple(struct.unpack("<f" if width == 4 else "<d", one)[0] for one in pieces)
    return tuple(int.from_bytes(one, "little", signed=type_ in SIGNED) for one in pieces)


def _place(address: Node, offset: int) -> tuple[int | None, bool]:
    """(offset in the segment, whether an index is added) of an address."""
    form = linear(address)
    if not any(isinstance(term, Symbol) for term, _ in form.terms):
        return None, True
    return form.constant + offset, len(form.terms) > 1


def _is_truth(value: Node) -> bool:
    if isinstance(value, Const):
        return value.bits in (0, 1)
    return isinstance(value, Op) and operation(value.name)[0] in TRUTHS


def _free(name: str, taken: set[str]) -> str:
    while name and (name in taken or not name.isidentifier()):
        name = f"_{name}" if not name.isidentifier() else f"{name}_"
    taken.add(name)
    return name
