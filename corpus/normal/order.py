"""A canonical order of everything that has none: blocks, events that commute, operands of commutative operations, phis.

Blocks come in reverse postorder. Values are ordered by colours: hashes of what they are computed from, down to parameters, constants and
the places of phis and events, refined a few rounds (Weisfeiler and Lehman). Two values with equal colours keep the order they had: then
the normal form is not canonical, but never wrong. Colours do not depend on names, process or machine.

Two events commute if neither writes what the other reads or writes, neither may trap before a write of the other can be seen, and they
cannot trap in different ways (so that a trap stays the same kind of trap).
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from transpile.corpus.normal.graph import Block, Edge, Event, Flow
from transpile.corpus.normal.values import COMMUTATIVE

_ROUNDS = 3
_MOST_EVENTS = 400
"""A block with more events keeps their order: comparing all pairs would take too long."""


def digest(*parts: object) -> int:
    return int.from_bytes(blake2b(repr(parts).encode(), digest_size=8).digest(), "big")


def order_blocks(flow: Flow) -> list[Block]:
    """The blocks in reverse postorder, the true way of a branch before the false one."""
    finished: list[Block] = []
    seen = {flow.entry}
    stack = [(flow.entry, iter(reversed(flow.entry.edges)))]
    while stack:
        block, edges = stack[-1]
        for edge in edges:
            if edge.target not in seen:
                seen.add(edge.target)
                stack.append((edge.target, iter(reversed(edge.target.edges))))
                break
        else:
            finished.append(block)
            stack.pop()
    return finished[::-1]


def dominators(order: Sequence[Block]) -> dict[Block, Block]:
    """The immediate dominator of every block but the first. Source: Cooper, Harvey, Kennedy, A Simple, Fast Dominance Algorithm."""
    place = {block: i for i, block in enumerate(order)}
    sources: list[list[int]] = [[] for _ in order]
    for block in order:
        for edge in block.edges:
            sources[place[edge.target]].append(place[block])
    above: list[int | None] = [0] + [None] * (len(order) - 1)
    changed = True
    while changed:
        changed = False
        for i in range(1, len(order)):
            new: int | None = None
            for source in sources[i]:
                if above[source] is None:
                    continue
                if new is None:
                    new = source
                    continue
                other = source
                while new != other:
                    while new > other:
                        new = above[new]  # type: ignore[assignment]
                    while other > new:
                        other = above[other]  # type: ignore[assignment]
            if above[i] != new:
                above[i] = new
                changed = True
    return {order[i]: order[one] for i, one in enumerate(above) if i and one is not None}


def conflict(one: Event, other: Event) -> bool:
    """Whether the order of two events matters."""
    if "*" in one.writes or "*" in other.writes:
        return True
    if one.writes & (other.reads | other.writes) or other.writes & one.reads:
        return True
    if (one.traps and other.writes) or (other.traps and one.writes):
        return True
    return bool(one.traps and other.traps and len(one.traps | other.traps) > 1)


class Colours:
    """Colours of a flow's values, given its blocks in order."""

    def __init__(self, flow: Flow, order: Sequence[Block]) -> None:
        self.values = flow.values
        self._seed: dict[int, int] = {}
        self._memo: dict[int, int] = {}
        ways: dict[Block, list[Edge]] = {block: [] for block in order}
        for block in order:
            for edge in block.edges:
                ways[edge.target].append(edge)
        phis: list[tuple[int, int, list[Edge]]] = []
        events: list[tuple[int, Event]] = []
        for i, block in enumerate(order):
            phis += [(phi, digest("phi", self.values.kind(phi), i), ways[block]) for phi in block.phis]
            for j, event in enumerate(block.events):
                before = sum(conflict(earlier, event) for earlier in block.events[:j]) if len(block.events) <= _MOST_EVENTS else j
                events.append((digest("event", event.operation, event.immediate, i, before), event))
        self._seed = {phi: seed for phi, seed, _ in phis} | {event.result: seed for seed, event in events if event.result is not None}
        self._event_seeds = {event: seed for seed, event in events}
        for _ in range(_ROUNDS):
            new = {phi: digest(seed, [self(edge.arguments[phi]) for edge in edges]) for phi, seed, edges in phis}
            new |= {event.result: self.event(event) for _, event in events if event.result is not None}
            self._seed = new
            self._memo = {}

    def __call__(self, number: int) -> int:
        found = self._memo.get(number)
        if found is None:
            found = self._memo[number] = self._colour(number)
        return found

    def event(self, event: Event) -> int:
        return digest(self._event_seeds[event], [self(one) for one in event.operands])

    def _colour(self, number: int) -> int:
        operation, kind, immediate, operands = self.values.nodes[number]
        if operation in ("phi", "event"):
            return self._seed[number]
        if operation.endswith(".lin"):
            constant, coefficients = immediate  # type: ignore[misc]
            return digest(operation, constant, sorted((self(one), factor) for one, factor in zip(operands, coefficients, strict=True)))
        colours = [self(one) for one in self.operands(number)]
        return digest(operation, kind, immediate, colours)

    def operands(self, number: int) -> Sequence[int]:
        """A node's operands in canonical order; of a sum that is only compared with zero, the canonical one of its two signs."""
        operation, _, _, operands = self.values.nodes[number]
        if operation in COMMUTATIVE or operation in ("i32.or", "i64.or"):
            return sorted(operands, key=self)
        if operation.endswith(".eqz"):
            return (self.signless(operands[0]),)
        if operation == "select":
            return (operands[0], operands[1], self.signless(operands[2]))
        return operands

    def signless(self, number: int) -> int:
        """Of a sum and its negative, always the same one; any other value itself. Only where nothing but zero or not matters."""
        operation, _, _, _ = self.values.nodes[number]
        if not operation.endswith(".lin"):
            return number
        opposite = self.values.build(operation, (number,), (0, (-1,)))
        return min(number, opposite, key=self)

    def terms(self, number: int) -> list[tuple[int, int]]:
        """The terms of a sum with their coefficients, in canonical order; those with -1 come last."""
        _, kind, immediate, operands = self.values.nodes[number]
        _, coefficients = immediate  # type: ignore[misc]
        last = (1 << int(kind[1:])) - 1
        pairs = zip(operands, coefficients, strict=True)
        return sorted(pairs, key=lambda pair: (pair[1] == last, self(pair[0]), pair[1]))


def schedule(flow: Flow, colours: Colours, block: Block) -> list[Event]:
    """A block's events in canonical order."""
    events = block.events
    if not 1 < len(events) <= _MOST_EVENTS:
        return events
    made = {event.result: i for i, event in enumerate(events) if event.result is not None}
    before: list[set[int]] = []
    for i, event in enumerate(events):
        needed = {made[leaf] for leaf in flow.leaves(event.operands) if leaf in made}
        before.append(needed | {j for j in range(i) if conflict(events[j], event)})
    keys = [colours.event(event) for event in events]
    done: list[int] = []
    waiting = set(range(len(events)))
    while waiting:
        chosen = min((i for i in waiting if before[i].isdisjoint(waiting)), key=lambda i: (keys[i], i))
        waiting.remove(chosen)
        done.append(chosen)
    return [events[i] for i in done]
