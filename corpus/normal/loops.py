"""Loops in the normal form: one counter each, and tests that do not depend on the size of what is walked over.

* of a loop, every phi that starts somewhere and goes up (or down) by a constant each time is `start + step * k`, where k counts from 0 by 1
  (in 64 bits, if one of them has; the others see it wrapped): exact modulo 2^n, so pointers and indices become the same thing
* `2^s * (a - k)`, tested for zero in every iteration to leave the loop, is tested as `a - k`, where a does not change in the loop. That is
  sound because a - k starts in [0, 2^(32 - s)), which is shown from bounds and from the branches that lead to the loop, and goes down by
  one only if it is not zero: so it never leaves that range, where `2^s * (a - k)` is zero only if a - k is
"""

from __future__ import annotations

from transpile.corpus.normal.graph import Block, Edge, Flow
from transpile.corpus.normal.nodes import BITS
from transpile.corpus.normal.order import dominators, order_blocks
from transpile.corpus.normal.substitute import substitute


class Loops:
    """The natural loops of a flow: for every header its body, the edges that enter it and those that go back to it."""

    def __init__(self, flow: Flow) -> None:
        self.order = order_blocks(flow)
        self.above = dominators(self.order)
        place = {block: i for i, block in enumerate(self.order)}
        self.ways = flow.ways_in()
        self.back: dict[Block, list[Edge]] = {}
        for block in self.order:
            for edge in block.edges:
                if place[edge.target] <= place[block]:
                    self.back.setdefault(edge.target, []).append(edge)
        self.body: dict[Block, set[Block]] = {}
        for header, edges in self.back.items():
            body = {header}
            work = [edge.source for edge in edges]
            while work:
                block = work.pop()
                if block not in body:
                    body.add(block)
                    work += [edge.source for edge in self.ways[block]]
            self.body[header] = body

    def entries(self, header: Block) -> list[Edge]:
        """The edges into a block that do not go back to it."""
        back = self.back.get(header, ())
        return [edge for edge in self.ways[header] if edge not in back]

    def dominates(self, above: Block, block: Block) -> bool:
        while block is not above and block in self.above:
            block = self.above[block]
        return block is above


def simplify_loops(flow: Flow) -> bool:
    """Apply the rules above; True if something changed."""
    loops = Loops(flow)
    if not loops.back:
        return False
    return any([_count(flow, loops, header) for header in loops.order if header in loops.back]) or _shrink_tests(flow, loops)


def _steps(flow: Flow, loops: Loops, header: Block) -> dict[int, int]:
    """The phis of a header that go on by a constant, with the constant."""
    found: dict[int, int] = {}
    for phi in header.phis:
        steps = set()
        for edge in loops.back[header]:
            if flow.values.kind(phi)[0] == "i":
                constant, terms = flow.values.sum(edge.arguments[phi])
                steps.add(constant if terms == {phi: 1} else 0)
        if len(steps) == 1 and 0 not in steps:
            found[phi] = steps.pop()
    return found


def _count(flow: Flow, loops: Loops, header: Block) -> bool:
    values = flow.values
    steps = _steps(flow, loops, header)
    if not steps:
        return False
    kind = "i64" if any(values.kind(phi) == "i64" for phi in steps) else "i32"
    zero = values.constant(kind, 0)
    entries = loops.entries(header)
    counters = [phi for phi, step in steps.items() if step == 1 and all(edge.arguments[phi] == zero for edge in entries)]
    others = [phi for phi in steps if phi not in counters]
    if not others:
        return False
    if len(entries) > 1 and any(len({edge.arguments[phi] for edge in entries}) > 1 for phi in others):
        entries = [_gather(flow, header, entries)]
    if counters:
        counter = counters[0]
    else:
        counter = values.opaque("phi", kind)
        header.phis.append(counter)
        for edge in entries:
            edge.arguments[counter] = zero
        for edge in loops.back[header]:
            edge.arguments[counter] = values.build(f"{kind}.lin", (counter,), (1, (1,)))
    mapping = {}
    for phi in others:
        own = values.kind(phi)
        seen = counter if own == kind else values.build("i32.wrap_i64", (counter,))
        mapping[phi] = values.build(f"{own}.lin", (entries[0].arguments[phi], seen), (0, (1, steps[phi])))
    substitute(flow, mapping)
    return True


def _gather(flow: Flow, header: Block, entries: list[Edge]) -> Edge:
    """Give a loop that is entered from several places one block to enter it from."""
    before = Block(ending="jump")
    onward = Edge(before, header)
    before.edges = [onward]
    for phi in header.phis:
        gathered = flow.values.opaque("phi", flow.values.kind(phi))
        before.phis.append(gathered)
        onward.arguments[phi] = gathered
    for edge in entries:
        edge.target = before
        edge.arguments = {onward.arguments[phi]: value for phi, value in edge.arguments.items()}
    flow.blocks.append(before)
    return onward


def _shrink_tests(flow: Flow, loops: Loops) -> bool:
    values = flow.values
    changed = False
    for header, body in loops.body.items():
        counters = [phi for phi, step in _steps(flow, loops, header).items() if step == 1 and values.kind(phi) == "i32"]
        for block in body:
            if block.ending != "branch" or block.edges[1].target in body or block.edges[0].target not in body:
                continue
            if not all(loops.dominates(block, edge.source) for edge in loops.back[header]):
                continue
            for counter in counters:
                smaller = _smaller(flow, loops, header, block, counter)
                if smaller is not None:
                    block.operands = (smaller,)
                    changed = True
                    break
    return changed


def _smaller(flow: Flow, loops: Loops, header: Block, block: Block, counter: int) -> int | None:
    """The test of a block without its power of two, where the rule holds."""
    values = flow.values
    if any(values.value(edge.arguments[counter]) != 0 for edge in loops.entries(header)):
        return None
    number = block.operands[0]
    if values.sum(number)[1].get(counter, 0) < 1 << 31:
        number = values.build("i32.lin", (number,), (0, (-1,)))
    constant, terms = values.sum(number)
    if counter not in terms:
        return None
    factor = (1 << 32) - terms.pop(counter)
    if factor < 2 or factor & (factor - 1):
        return None
    if not flow.leaves(terms).isdisjoint(_variants(loops.body[header])):
        return None
    signed = {term: _signed(one) for term, one in terms.items()}
    constant = _signed(constant)
    if constant % factor or any(one % factor for one in signed.values()):
        return None
    low, high = constant // factor, constant // factor
    for term, one in signed.items():
        lowest, highest = _range(flow, loops, header, term)
        one //= factor
        low += one * (lowest if one > 0 else highest)
        high += one * (highest if one > 0 else lowest)
    if low < 0 or high * factor >= 1 << 32:
        return None
    parts = (*signed, counter)
    return values.condition(values.build("i32.lin", parts, (constant // factor, (*(one // factor for one in signed.values()), -1))))


def _variants(body: set[Block]) -> set[int]:
    """The phis and events that a loop makes anew in every iteration."""
    made = {phi for block in body for phi in block.phis}
    return made | {event.result for block in body for event in block.events if event.result is not None}


def _signed(number: int) -> int:
    return number - (1 << 32) if number >> 31 else number


def _range(flow: Flow, loops: Loops, header: Block, number: int) -> tuple[int, int]:
    """Bounds of an unsigned value when a loop is entered, from its own bound and from the branches on the way there."""
    low, high = 0, flow.values.bound(number)
    block = header
    while block in loops.above:
        above = loops.above[block]
        edges = loops.entries(block)
        if above.ending == "branch" and len(edges) == 1 and edges[0].source is above and above.edges[0].target is not above.edges[1].target:
            condition = above.operands[0]
            low = max(low, int(condition == number) if edges[0] is above.edges[0] else _least(flow, condition, number))
        block = above
    return low, high


def _least(flow: Flow, condition: int, number: int) -> int:
    """What an unsigned value is at least, where a condition is zero."""
    values = flow.values
    operation, _, _, operands = values.nodes[condition]
    if operation == "i32.or":
        return max(_least(flow, one, number) for one in operands)
    if operation == f"{values.kind(number)}.eqz" and operands[0] == number:
        return 1
    if operation[4:] in ("lt_u", "lt_s") and operands[0] == number:
        limit = values.value(operands[1])
        if limit is not None and (operation.endswith("u") or limit >> (BITS[values.kind(number)] - 1) == 0):
            return limit
    return 0
