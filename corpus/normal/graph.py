"""The control flow graph of a function in static single assignment form: the data that the normal form works on.

Blocks hold events (whatever has an effect, may trap, or reads memory or a global) in order; everything else is a value of `Values`.
Locals, the operand stack and the results of blocks have vanished: a value that depends on the way taken is a phi, and every edge carries
the values of its target's phis. All returns are edges to one exit block.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from transpile.corpus.normal.nodes import BITS, LEAVES
from transpile.corpus.normal.values import Values
from transpile.corpus.wasm.wat_text import ParsedFunction


class NotNormal(Exception):
    """The function can't be put into normal form; the reason is the message."""


@dataclass(slots=True, eq=False)
class Edge:
    source: Block
    target: Block
    arguments: dict[int, int] = field(default_factory=dict)
    """The target's phis and their values on this way."""


@dataclass(slots=True, eq=False)
class Event:
    """`traps` names the kinds of traps it may raise; `reads` and `writes` are "memory", a global, or "*" for everything."""

    operation: str
    immediate: tuple[str, ...]
    operands: tuple[int, ...]
    result: int | None = None
    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    traps: frozenset[str] = frozenset()


@dataclass(slots=True, eq=False)
class Block:
    """`ending` is jump, branch (edges: true, false), switch (edges: targets, default), return or trap; `operands` are its values."""

    events: list[Event] = field(default_factory=list)
    ending: str = "trap"
    operands: tuple[int, ...] = ()
    edges: list[Edge] = field(default_factory=list)
    phis: list[int] = field(default_factory=list)
    # while the graph is built
    incoming: list[Edge] = field(default_factory=list)
    definitions: dict[object, int] = field(default_factory=dict)
    sealed: bool = False
    waiting: list[tuple[object, str, int]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Flow:
    """The graph of one function. `blocks` are in no particular order; `exit` is among them if it can be reached."""

    function: ParsedFunction
    values: Values
    entry: Block
    exit: Block
    blocks: list[Block]

    def roots(self) -> Iterable[int]:
        """Every value that an event or an ending needs; the arguments of edges are apart."""
        for block in self.blocks:
            for event in block.events:
                yield from event.operands
            yield from block.operands

    def ways_in(self) -> dict[Block, list[Edge]]:
        """The edges into every block."""
        found: dict[Block, list[Edge]] = {block: [] for block in self.blocks}
        for block in self.blocks:
            for edge in block.edges:
                found[edge.target].append(edge)
        return found

    def leaves(self, numbers: Iterable[int]) -> set[int]:
        """The phis and events that values depend on."""
        found: set[int] = set()
        seen: set[int] = set()
        work = list(numbers)
        while work:
            number = work.pop()
            if number in seen:
                continue
            seen.add(number)
            operation, _, _, operands = self.values.nodes[number]
            if operation in LEAVES:
                if operation in ("phi", "event"):
                    found.add(number)
            else:
                work += operands
        return found


_DIVISIONS = {
    "div_s": frozenset({"zero", "overflow"}), "div_u": frozenset({"zero"}), "rem_s": frozenset({"zero"}), "rem_u": frozenset({"zero"}),
}  # fmt: skip


def numeric_traps(values: Values, name: str, operands: tuple[int, ...]) -> frozenset[str]:
    """What a numeric instruction may trap with, given its operands; empty for a pure one."""
    kind, _, short = name.partition(".")
    if short in _DIVISIONS:
        divisor = values.value(operands[1])
        if not divisor:
            return _DIVISIONS[short]
        return frozenset({"overflow"} if short == "div_s" and divisor == (1 << BITS[kind]) - 1 else ())
    return frozenset({"conversion", "overflow"} if short.startswith("trunc_f") else ())


def address(values: Values, operands: tuple[str, ...]) -> int:
    """The value of the immediates `d0 16`: an address within a data segment."""
    symbol = values.node("symbol", "i32", operands[0])
    return values.build("i32.lin", (symbol,), (int(operands[1]) if len(operands) > 1 else 0, (1,)))
