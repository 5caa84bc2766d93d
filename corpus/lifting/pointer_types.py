"""Which variables hold addresses, and of what: by flow from parameters, fields, tables and callees, then by how they are used.

Fresh memory is of no type: what is returned as a `struct node *`, or stored where such a pointer stands, is one.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from transpile.corpus import ir
from transpile.corpus.lifting.memory import accessed
from transpile.corpus.lifting.tree import Body, CallNode, Get, Load, Node, NotLiftable, Return, Set, Store, expressions, nodes, statements
from transpile.corpus.lifting.values import Values
from transpile.corpus.signature import WIDTHS, Leaf, Struct, is_address


def mutable(type_: str) -> str:
    """A pointer type without the const of what it points to."""
    return "*" + type_[7:] if type_.startswith("*const ") else type_


class PointerTypes(Values):
    """Fills `types` with pointer types too."""

    structs: tuple[Struct, ...]

    @abstractmethod
    def pointer_type(self, node: Node) -> str | None:
        """The pointer type of a value, None for a number."""

    @abstractmethod
    def _base(self, address: Node) -> tuple[Node, int, list[tuple[Node, int]]] | None: ...

    @abstractmethod
    def _found(self, address: Node, offset: int, width: int | None) -> tuple[Node, ir.Expr | None, tuple, str] | None: ...

    def only_leaf(self, type_: str) -> Leaf:
        """The number that a struct passed as a scalar consists of."""
        leaf = self.signature.leaves(type_)[0]
        if leaf.type not in WIDTHS:
            raise NotLiftable("a struct of one pointer, passed as that")
        return leaf

    def _vote(self, body: Body) -> None:
        callees = self.callees
        self.callees = {name: s for name, s in callees.items() if len(s.passed()) == len(s.parameters)}
        super()._vote(body)
        self.callees = callees
        self.structs = tuple({s.name: s for one in (self.signature, *self.callees.values(), *self.memory.known.values()) for s in one.structs}.values())
        for passed in self.signature.passed():
            if passed.parameter is not None:
                parameter = self.signature.parameters[passed.parameter]
                if passed.indirect:
                    self.types[parameter.name] = f"*{parameter.type}"
                elif parameter.pointer or is_address(parameter.type):
                    self.types[parameter.name] = mutable(parameter.whole)
                elif parameter.type not in WIDTHS:
                    self.types[parameter.name] = self.only_leaf(parameter.type).type
        if self.signature.result_hidden:
            self.types["ps"] = f"*{self.signature.result}"
        elif self.signature.result not in (None, self.signature.result_scalar):
            self.only_leaf(self.signature.result or "")
        if self.memory.frame:
            self.types[self.memory.frame] = "*u8"
        fixed = {n for n in self.types if n[0] == "p"} | {self.memory.frame}
        sets = [one for one in statements(body) if isinstance(one, Set) and one.value.kind == "i32" and one.name not in fixed and one.name != "sp"]
        self._flow(sets)
        given = self._found_by_use(body, fixed)
        if given:
            self.types |= given
            self._flow([one for one in sets if one.name not in given])
        self._find_bytes(body, fixed)

    def _flow(self, sets: Sequence[Set]) -> None:
        """Pointer types of variables from what is put into them."""
        for _ in range(8):
            found: dict[str, set[str]] = {}
            for one in sets:
                type_ = self.pointer_type(one.value)
                if type_:
                    found.setdefault(one.name, set()).add(type_)
            new = {n: min(t) if len(t) == 1 else self._common(t) for n, t in found.items()}
            if all(self.types.get(n) == t for n, t in new.items()):
                break
            self.types |= new

    def _found_by_use(self, body: Body, fixed: set[str]) -> dict[str, str]:
        """Types for variables that point to no known type, as fresh memory does: by where they are returned, stored or handed to, if that is one type."""
        uses: dict[str, set[str]] = {}

        def note(value: Node | None, type_: str | None) -> None:
            if isinstance(value, Get) and value.name not in fixed and self.types.get(value.name) == "*void" and type_ and is_address(type_):
                uses.setdefault(value.name, set()).add(mutable(type_))

        for one in statements(body):
            if isinstance(one, Return):
                note(one.value, self.signature.result)
            elif isinstance(one, Store) and one.width == 4:
                found = self._found(one.address, one.offset, 4)
                note(one.value, found[3] if found else None)
            for expression in expressions(one):
                for node in nodes(expression):
                    if isinstance(node, CallNode) and node.name in self.callees:
                        for value, passed in zip(node.args, self.callees[node.name].passed(), strict=False):
                            if passed.parameter is not None:
                                note(value, self.callees[node.name].parameters[passed.parameter].whole)
        uses = {name: types - {"*void"} for name, types in uses.items()}
        return {name: min(types) for name, types in uses.items() if len(types) == 1}

    @staticmethod
    def _common(types: set[str]) -> str:
        """What a variable points to that holds pointers of several types."""
        return "*u8" if not types - {"*u8", "*void", "*i8"} else "*void"

    def _find_bytes(self, body: Body, fixed: set[str]) -> None:
        """Variables that point to unknown bytes, but are read by accesses of one type alone, point to that."""
        uses: dict[str, set[str]] = {}
        for one in statements(body):
            at = [(n.address, accessed(n.name)) for e in expressions(one) for n in nodes(e) if isinstance(n, Load)]
            if isinstance(one, Store):
                at.append((one.address, accessed(one.name)))
            for address, scalar in at:
                base = self._base(address)
                if base is not None and isinstance(base[0], Get):
                    uses.setdefault(base[0].name, set()).add(scalar)
        for name, scalars in uses.items():
            if name not in fixed and self.types.get(name) == "*void" and len(scalars) == 1:
                self.types[name] = f"*{min(scalars)}"
