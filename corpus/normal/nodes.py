"""Nodes of a value graph: equal nodes are one node, and every integer has an upper bound.

A node is `(operation, type, immediate, operands)`. Leaves are constants (by their bits), addresses of data segments, parameters, and opaque
values (phis, results of loads, calls and whatever else has an effect or may trap). Operations are instructions, and ours: `lin` is
`constant + sum of coefficient * operand` modulo 2^n with (constant, coefficients) as immediate; min_s, min_u, max_s, max_u of integers.
Bounds follow from masks, widths of loads, comparisons, and sums and products that cannot wrap.
"""

from __future__ import annotations

from math import prod

Node = tuple[str, str, object, tuple[int, ...]]
BITS = {"i32": 32, "i64": 64, "f32": 32, "f64": 64}
LEAVES = frozenset({"const", "symbol", "parameter", "phi", "event"})
_TRUTHS = frozenset({"eqz", "lt_s", "lt_u", "eq", "lt", "le"})
_BOUNDED = frozenset(
    {"and", "min_u", "or", "xor", "max_u", "min_s", "max_s", "lin", "mul", "shr_u", "div_u", "rem_u", "extend_i32_u", "wrap_i64"}
)
_SIGNED = {"div_s": 2, "rem_s": 2, "shr_s": 1, "extend_i32_s": 1, "convert_i32_s": 1, "convert_i64_s": 1}
"""Instructions that do the same as their unsigned form if so many of their operands are not negative."""


class Nodes:
    """The graph of one function's values. Methods take and give node numbers."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.numbers: dict[Node, int] = {}
        self.bounds: dict[int, int] = {}
        """Of parameters and opaque values: an unsigned upper bound, where one is known."""

    def node(self, operation: str, kind: str, immediate: object = None, operands: tuple[int, ...] = ()) -> int:
        """The number of exactly this node, without simplification."""
        key = (operation, kind, immediate, operands)
        number = self.numbers.get(key)
        if number is None:
            number = self.numbers[key] = len(self.nodes)
            self.nodes.append(key)
        return number

    def constant(self, kind: str, value: int) -> int:
        """A constant by its bits."""
        return self.node("const", kind, value & (1 << BITS[kind]) - 1)

    def opaque(self, operation: str, kind: str, bound: int | None = None) -> int:
        """A new leaf, equal to no other."""
        number = self.node(operation, kind, len(self.nodes))
        if bound is not None:
            self.bounds[number] = bound
        return number

    def kind(self, number: int) -> str:
        return self.nodes[number][1]

    def value(self, number: int) -> int | None:
        """The bits of a constant, None for any other node."""
        operation, _, immediate, _ = self.nodes[number]
        return immediate if operation == "const" and isinstance(immediate, int) else None

    def signed(self, number: int) -> int | None:
        """The signed value of an integer constant, None for any other node."""
        value = self.value(number)
        if value is None:
            return None
        bits = BITS[self.kind(number)]
        return value - (1 << bits) if value >> (bits - 1) else value

    def bound(self, number: int, depth: int = 4) -> int:
        """An upper bound of a node's unsigned value."""
        operation, kind, immediate, operands = self.nodes[number]
        largest = (1 << BITS[kind]) - 1
        if operation == "const" and isinstance(immediate, int):
            return immediate
        short = operation[4:]
        if short in _TRUTHS:
            return 1
        if number in self.bounds:
            return self.bounds[number]
        if not depth or operation in LEAVES or kind[0] == "f":
            return largest
        if operation == "select":
            return max(self.bound(operands[0], depth - 1), self.bound(operands[1], depth - 1))
        if short not in _BOUNDED:
            return largest
        if self.kind(operands[0])[0] == "f":
            return largest
        bounds = [self.bound(one, depth - 1) for one in operands]
        if short in ("and", "min_u"):
            return min(bounds)
        if short in ("or", "xor"):
            return (1 << max(bounds).bit_length()) - 1
        if short == "max_u":
            return max(bounds)
        if short in ("min_s", "max_s"):
            return max(bounds) if max(bounds) <= largest >> 1 else largest
        found = largest
        if short == "lin":
            constant, coefficients = immediate  # type: ignore[misc]
            found = constant + sum(one * factor for one, factor in zip(bounds, coefficients, strict=True))
        elif short == "mul":
            found = prod(bounds)
        elif short == "shr_u":
            found = bounds[0] >> (count % BITS[kind]) if (count := self.value(operands[1])) is not None else bounds[0]
        elif short == "div_u":
            found = bounds[0] // max(self.value(operands[1]) or 1, 1)
        elif short == "rem_u":
            found = min(bounds[0], max(bounds[1] - 1, 0))
        elif short in ("extend_i32_u", "wrap_i64"):
            found = bounds[0]
        return found if found <= largest else largest

    def unsigned(self, operation: str, operands: tuple[int, ...]) -> str:
        """The unsigned form of an instruction on integers, if no operand can be negative; else the operation itself."""
        kind, _, short = operation.partition(".")
        if short in _SIGNED and all(self.bound(one) <= (1 << BITS[self.kind(one)] - 1) - 1 for one in operands[: _SIGNED[short]]):
            return f"{kind}.{short[:-1]}u"
        return operation
