"""Memory that is reached by pointers: what of it still has a name, the frame, tables and the variables of the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from transpile.corpus.lifting.memory import Array, Memory, Variable
from transpile.corpus.lifting.tree import Body, Node, NotLiftable, Symbol, expressions, map_body, nodes, statements


@dataclass(slots=True)
class RawMemory(Memory):
    """Memory that is reached through pointers alone: no arrays, but for the bytes of the frame and of tables."""

    def find(self) -> None:
        self.known = {v.itself.name: v.itself for variables in self.state.values() for v in variables}
        self._find_frame()
        self.pointers.clear()
        for one in statements(self.body):
            for expression in expressions(one):
                for node in nodes(expression):
                    if isinstance(node, Symbol) and node.name not in self.known and self.text(node) is None:
                        self.table(node, 0)
        for array in self.arrays.values():
            self.check_numbers(array)
            array.scalar = "u8" if array.table is not None else "u64"
            array.size = array.size if array.table is not None else -(-array.size // 8)

    def table(self, symbol: Symbol, offset: int) -> str:
        segment = int(symbol.name[1:])
        if segment >= len(self.data):
            raise NotLiftable(f"data {symbol.name} is not known")
        self.arrays.setdefault(symbol.name, Array(symbol.name, "u8", table=(segment, 0), size=len(self.data[segment])))
        return symbol.name

    def base_of(self, node: Node) -> str | None:
        return None


def with_variables(body: Body, state: Mapping[int, tuple[Variable, ...]]) -> Body:
    """The tree with addresses in segments of variables as addresses of the variables: symbols by their names."""

    def change(node: Node) -> Node:
        if not isinstance(node, Symbol) or int(node.name[1:]) not in state:
            return node
        here = state[int(node.name[1:])]
        if not here:
            raise NotLiftable("a variable without a type")
        found = min(here, key=lambda v: max(v.start - node.offset, node.offset - v.end + 1, 0))
        if found.itself.count is None and node.offset != found.start and not found.itself.structs:
            raise NotLiftable("an address between variables")
        return Symbol(node.kind, found.itself.name, node.offset - found.start)

    return map_body(body, change) if state else body
