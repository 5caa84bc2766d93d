"""A simplified control flow graph as canonical text again: structured, executable, and the same for every layout of the same graph.

Blocks are nested by the dominator tree (Ramsey, Beyond Relooper, ICFP 2022). Phis and the results of events live in locals; a value used
several times within a block is computed at its first use there and kept in a local. Every block leaves by a branch or a return.
Invariant: running the text does exactly what the graph does. Limit: irreducible graphs, which no WebAssembly makes.
"""

from __future__ import annotations

from transpile.corpus.normal.graph import Block, Edge, Flow
from transpile.corpus.normal.nodes import BITS, LEAVES
from transpile.corpus.normal.order import Colours, dominators, order_blocks, schedule
from transpile.corpus.wasm.wat_text import write_float, write_integer

_LARGEST_DISTANCE = 1 << 20


class FlowWriter:
    """Writes one flow; `write` may be called once."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.values = flow.values
        _split_switches(flow)
        self.order = order_blocks(flow)
        self.place = {block: i for i, block in enumerate(self.order)}
        self.colours = Colours(flow, self.order)
        self.children: dict[Block, list[Block]] = {block: [] for block in self.order}
        for block, above in dominators(self.order).items():
            self.children[above].append(block)
        self.merges: set[Block] = set()
        self.loops: set[Block] = set()
        forward: dict[Block, int] = {}
        for block in self.order:
            for edge in block.edges:
                if self._is_back(edge):
                    self.loops.add(edge.target)
                    continue
                forward[edge.target] = forward.get(edge.target, 0) + 1
                if forward[edge.target] > 1 or block.ending == "switch":
                    self.merges.add(edge.target)
        self.used = flow.leaves(flow.roots()) | flow.leaves(one for b in flow.blocks for e in b.edges for one in e.arguments.values())
        self.out: list[str] = []
        self.opened = 0
        self.loop_labels: dict[Block, str] = {}
        self.block_labels: dict[Block, str] = {}
        self.names: dict[int, str] = {}
        self.local_types: list[str] = []

    def write(self) -> str:
        """The text."""
        function = self.flow.function
        self._tree(self.flow.entry)
        if self.out[-1] == "return":
            self.out.pop()
        elif self.out[-1] != "unreachable":
            self.out.append("unreachable")
        head = ["func", *function.parameters, "->", *function.results]
        if self.local_types:
            head += ["local", *self.local_types]
        return " ".join([*head, ";", *self.out, "end"])

    def _is_back(self, edge: Edge) -> bool:
        return self.place[edge.target] <= self.place[edge.source]

    # ------------------------------------------------------------ control flow

    def _open(self, word: str) -> str:
        label = f"l{self.opened}"
        self.opened += 1
        self.out += [word, label]
        return label

    def _tree(self, block: Block) -> None:
        """A block and everything it dominates."""
        if block in self.loops:
            self.loop_labels[block] = self._open("loop")
        after = sorted((child for child in self.children[block] if child in self.merges), key=self.place.__getitem__)
        for child in reversed(after):
            self.block_labels[child] = self._open("block")
        self._block(block)
        for child in after:
            self.out.append("end")
            self._tree(child)
        if block in self.loops:
            self.out.append("end")

    def _block(self, block: Block) -> None:
        events = schedule(self.flow, self.colours, block)
        operands = tuple(self.colours.signless(one) for one in block.operands) if block.ending == "branch" else block.operands
        counts = self._count([*(one for event in events for one in event.operands), *operands, *_arguments(block)])
        kept: set[int] = set()
        for event in events:
            for one in event.operands:
                self._value(one, counts, kept)
            self.out += [event.operation, *event.immediate]
            if event.result in self.used:
                self.out += ["local.set", self._name(event.result)]
            elif event.result is not None:
                self.out.append("drop")
        for one in operands:
            self._value(one, counts, kept)
        if block.ending == "jump":
            self._follow(block.edges[0], counts, kept)
        elif block.ending == "branch":
            self._open("if")
            self._follow(block.edges[0], counts, set(kept))
            self.out.append("else")
            self._follow(block.edges[1], counts, set(kept))
            self.out.append("end")
        elif block.ending == "switch":
            self.out += ["br_table", *(self._label(edge) for edge in block.edges), ";"]
        else:
            self.out.append("return" if block.ending == "return" else "unreachable")

    def _label(self, edge: Edge) -> str:
        return self.loop_labels[edge.target] if self._is_back(edge) else self.block_labels[edge.target]

    def _follow(self, edge: Edge, counts: dict[int, int], kept: set[int]) -> None:
        """Set the target's phis, all at once, and go there."""
        phis = [phi for phi in sorted(edge.target.phis, key=self.colours) if edge.arguments[phi] != phi]
        for phi in phis:
            self._value(edge.arguments[phi], counts, kept)
        for phi in reversed(phis):
            self.out += ["local.set", self._name(phi)]
        if self._is_back(edge) or edge.target in self.merges:
            self.out += ["br", self._label(edge)]
        else:
            self._tree(edge.target)

    # ------------------------------------------------------------ values

    def _name(self, number: int) -> str:
        name = self.names.get(number)
        if name is None:
            name = self.names[number] = f"v{len(self.names)}"
            self.local_types.append(self.values.kind(number))
        return name

    def _parts(self, number: int) -> list[int]:
        """The operands of a node, each as often as it is printed."""
        operation = self.values.nodes[number][0]
        if operation in LEAVES:
            return []
        if operation.endswith(".lin"):
            return [one for one, _ in self.colours.terms(number)]
        operands = list(self.colours.operands(number))
        return operands * 2 if operation[4:] in _CHOICES else operands

    def _count(self, roots: list[int]) -> dict[int, int]:
        counts: dict[int, int] = {}
        work = list(roots)
        while work:
            number = work.pop()
            counts[number] = counts.get(number, 0) + 1
            if counts[number] == 1:
                work += self._parts(number)
        return counts

    def _value(self, number: int, counts: dict[int, int], kept: set[int]) -> None:
        """The tokens that compute a value."""
        operation, kind, immediate, _ = self.values.nodes[number]
        out = self.out
        if operation == "const":
            assert isinstance(immediate, int)
            out += [f"{kind}.const", self._constant(kind, immediate)]
        elif operation == "symbol":
            out += ["i32.const", str(immediate)]
        elif operation == "parameter":
            out += ["local.get", f"p{immediate}"]
        elif operation in LEAVES or number in kept:
            out += ["local.get", self._name(number)]
        else:
            if operation.endswith(".lin"):
                self._sum(number, counts, kept)
            elif operation[4:] in _CHOICES:
                left, right = self.colours.operands(number)
                first = (left, right) if operation[4:7] == "min" else (right, left)
                for one in (*first, left, right):
                    self._value(one, counts, kept)
                out += [f"{kind}.lt_{operation[-1]}", "select"]
            else:
                operands = self.colours.operands(number)
                for i, one in enumerate(operands):
                    self._value(one, counts, kept)
                    if i and operation[4:] in _CHAINED:
                        out.append(operation)
                if operation[4:] not in _CHAINED:
                    out.append(operation)
            if counts.get(number, 0) > 1:
                kept.add(number)
                out += ["local.tee", self._name(number)]

    @staticmethod
    def _constant(kind: str, value: int) -> str:
        bits = BITS[kind]
        if kind[0] == "f":
            return write_float(value, bits)
        return write_integer(value - (1 << bits) if value >> (bits - 1) else value, bits)

    def _sum(self, number: int, counts: dict[int, int], kept: set[int]) -> None:
        _, kind, immediate, _ = self.values.nodes[number]
        constant, _ = immediate  # type: ignore[misc]
        out = self.out
        minus_one = (1 << BITS[kind]) - 1
        for i, (term, factor) in enumerate(self.colours.terms(number)):
            if factor == minus_one:
                if not i:
                    out += [f"{kind}.const", "0"]
                self._value(term, counts, kept)
                out.append(f"{kind}.sub")
                continue
            self._value(term, counts, kept)
            if self.values.nodes[term][0] == "symbol" and factor == 1 and 0 < constant < _LARGEST_DISTANCE:
                out.append(str(constant))
                constant = 0
            if factor != 1:
                power = factor.bit_length() - 1
                out += (
                    [f"{kind}.const", str(power), f"{kind}.shl"]
                    if factor == 1 << power
                    else [f"{kind}.const", self._constant(kind, factor), f"{kind}.mul"]
                )
            if i:
                out.append(f"{kind}.add")
        if constant:
            out += [f"{kind}.const", self._constant(kind, constant), f"{kind}.add"]


_CHOICES = frozenset({"min_s", "min_u", "max_s", "max_u"})
_CHAINED = frozenset({"mul", "and", "or", "xor"})


def _arguments(block: Block) -> list[int]:
    return [one for edge in block.edges for phi, one in edge.arguments.items() if one != phi]


def _split_switches(flow: Flow) -> None:
    """Give every way of a br_table that sets phis a block of its own to set them in."""
    for block in list(flow.blocks):
        if block.ending != "switch":
            continue
        between: dict[tuple[object, ...], Block] = {}
        for edge in block.edges:
            if not edge.arguments:
                continue
            key = (edge.target, *sorted(edge.arguments.items()))
            middle = between.get(key)
            if middle is None:
                middle = between[key] = Block(ending="jump")
                middle.edges = [Edge(middle, edge.target, edge.arguments)]
                flow.blocks.append(middle)
            edge.target, edge.arguments = middle, {}
