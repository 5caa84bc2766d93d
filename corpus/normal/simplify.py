"""Simplifications of a control flow graph; each keeps behaviour, together they make different layouts of one function the same.

* a phi whose arguments are all one value (or itself) is that value; of two phis of a block with the same arguments (each seen as the other)
  one stays; phis that nothing needs vanish
* a branch whose condition is eqz is swapped; one with a constant condition is a jump; one whose two ways lead to the same block is a
  jump with selected arguments (values are pure, so computing both is harmless); a br_table with one target beside its default is a
  branch, and trailing targets equal to the default are dropped
* the constant address of a load or store takes its offset in; a store drops a mask that keeps all bits it stores
* two branches in a row that share a target and what they bring there, with nothing but values between them, are one branch on the `or` of
  the conditions
* a block with nothing in it is skipped; a block with one way in, from a block with one way out, is joined to it
* loops: see `loops`

Limit: loops, even endless ones, and events (loads too) are never removed, and none is moved to another block.
"""

from __future__ import annotations

from transpile.corpus.normal.graph import Block, Edge, Event, Flow, NotNormal, address, numeric_traps
from transpile.corpus.normal.loops import simplify_loops
from transpile.corpus.normal.nodes import BITS, LEAVES
from transpile.corpus.normal.substitute import substitute
from transpile.corpus.normal.values import Values
from transpile.corpus.wasm.opcodes import WIDTH

_ROUNDS = 1000


def simplify(flow: Flow) -> None:
    """Apply the rules above until none applies."""
    for _ in range(_ROUNDS):
        _drop_unreachable(flow)
        changed = _simplify_phis(flow)
        changed |= _simplify_events(flow)
        _drop_dead_phis(flow)
        changed |= any([_simplify_branch(flow, block) for block in flow.blocks])
        while _merge_branches(flow) or _skip_empty(flow):
            changed = True
        changed |= _join(flow)
        if not changed and not simplify_loops(flow):
            return
    raise NotNormal("the simplifications do not end")


def _simplify_events(flow: Flow) -> bool:
    """Addresses and stored values of loads and stores; numeric instructions that turn out to be pure."""
    changed = False
    pure: dict[int, int] = {}
    for block in flow.blocks:
        kept = []
        for event in block.events:
            if event.operation in WIDTH:
                changed |= _place(flow.values, event)
                if len(event.operands) == 2:
                    narrowed = _narrow(flow.values, event.operands[1], WIDTH[event.operation] * 8)
                    changed |= narrowed != event.operands[1]
                    event.operands = (event.operands[0], narrowed)
            elif event.result is not None and len(event.traps) and "*" not in event.traps:
                event.operation = flow.values.unsigned(event.operation, event.operands)
                event.traps = numeric_traps(flow.values, event.operation, event.operands)
                if not event.traps:
                    pure[event.result] = flow.values.build(event.operation, event.operands)
                    continue
            kept.append(event)
        block.events = kept
    if pure:
        substitute(flow, pure)
    return changed or bool(pure)


def _place(values: Values, event: Event) -> bool:
    """A constant address takes the offset in, unless the sum would wrap: the effective address is the same."""
    constant = values.value(event.operands[0])
    offset = event.immediate
    if constant is None or not offset:
        return False
    if constant == 0 and offset[0][0] == "d":
        moved = address(values, offset)
    elif offset[0][0] != "d" and constant + int(offset[0]) < 1 << 32:
        moved = values.constant("i32", constant + int(offset[0]))
    else:
        return False
    event.immediate = ()
    event.operands = (moved, *event.operands[1:])
    return True


def _narrow(values: Values, number: int, width: int) -> int:
    """What a store of `width` bits needs of a value: a mask that keeps all of them is dropped."""
    operation, kind, _, operands = values.nodes[number]
    if operation.endswith(".and") and kind[0] == "i" and BITS[kind] > width:
        low = (1 << width) - 1
        kept = [one for one in operands if (value := values.value(one)) is None or value & low != low]
        if len(kept) < len(operands):
            return values.build(operation, (*kept, values.constant(kind, (1 << BITS[kind]) - 1)))
    return number


def _simplify_phis(flow: Flow) -> bool:
    changed = False
    while True:
        found: dict[int, int] = {}
        for block, ways in flow.ways_in().items():
            for phi in block.phis:
                arguments = {edge.arguments[phi] for edge in ways} - {phi}
                if len(arguments) == 1:
                    found[phi] = arguments.pop()
            if not found and len(block.phis) > 1:
                found = _equal_phis(block, ways)
        if not found:
            return changed
        changed = True
        substitute(flow, found)


def _equal_phis(block: Block, ways: list[Edge]) -> dict[int, int]:
    seen: dict[tuple[int, ...], int] = {}
    for phi in block.phis:
        arguments = tuple(-1 if edge.arguments[phi] == phi else edge.arguments[phi] for edge in ways)
        if arguments in seen:
            return {phi: seen[arguments]}
        seen[arguments] = phi
    return {}


def _drop_dead_phis(flow: Flow) -> None:
    ways = flow.ways_in()
    home = {phi: block for block in flow.blocks for phi in block.phis}
    alive: set[int] = set()
    work = [one for one in flow.leaves(flow.roots()) if one in home]
    while work:
        phi = work.pop()
        if phi not in alive:
            alive.add(phi)
            work += [one for one in flow.leaves(edge.arguments[phi] for edge in ways[home[phi]]) if one in home]
    for block in flow.blocks:
        block.phis = [phi for phi in block.phis if phi in alive]
        for edge in block.edges:
            edge.arguments = {phi: one for phi, one in edge.arguments.items() if phi in alive}


def _drop_unreachable(flow: Flow) -> None:
    seen = {flow.entry}
    work = [flow.entry]
    while work:
        for edge in work.pop().edges:
            if edge.target not in seen:
                seen.add(edge.target)
                work.append(edge.target)
    flow.blocks = [block for block in flow.blocks if block in seen]


def _simplify_branch(flow: Flow, block: Block) -> bool:
    values = flow.values
    if block.ending == "switch":
        number = values.value(block.operands[0])
        if number is not None:
            block.edges = [block.edges[min(number, len(block.edges) - 1)]]
        before = len(block.edges)
        while len(block.edges) > 1 and _same_way(block.edges[-1], block.edges[-2]):
            del block.edges[-2]
        if len(block.edges) == 1:
            block.ending, block.operands = "jump", ()
            return True
        if len(block.edges) == 2:
            block.ending = "branch"
            block.edges.reverse()
            return True
        return len(block.edges) < before
    if block.ending != "branch":
        return False
    condition = values.condition(block.operands[0])
    if values.nodes[condition][0] == "i32.eqz":
        block.edges.reverse()
        condition = values.condition(values.nodes[condition][3][0])
    changed = condition != block.operands[0]
    block.operands = (condition,)
    then, other = block.edges
    value = values.value(condition)
    if value is not None:
        block.ending, block.operands, block.edges = "jump", (), [then if value else other]
        return True
    if then.target is other.target:
        arguments = {phi: values.build("select", (one, other.arguments[phi], condition)) for phi, one in then.arguments.items()}
        then.arguments = arguments
        block.ending, block.operands, block.edges = "jump", (), [then]
        return True
    return changed


def _same_way(one: Edge, other: Edge) -> bool:
    return one.target is other.target and one.arguments == other.arguments


def _merge_branches(flow: Flow) -> bool:
    """first ? X : (second ? X : Y) is (first | second) ? X : Y, with either condition inverted as needed."""
    values, ways = flow.values, flow.ways_in()
    for block in flow.blocks:
        if block.ending != "branch":
            continue
        for place in (0, 1):
            second = block.edges[place].target
            shared = block.edges[1 - place]
            if second is block or second.events or second.phis or second.ending != "branch" or len(ways[second]) != 1:
                continue
            for inner in (0, 1):
                if _same_way(second.edges[inner], shared):
                    # the ways to the shared target: `block`'s edge 1 - place and `second`'s edge `inner`
                    to_shared = [_holds(flow, block, 1 - place), _holds(flow, second, inner)]
                    rest = second.edges[1 - inner]
                    block.operands = (values.build("i32.or", tuple(to_shared)),)
                    rest.source = block
                    block.edges = [shared, rest]
                    flow.blocks.remove(second)
                    return True
    return False


def _holds(flow: Flow, block: Block, place: int) -> int:
    """1 if the branch takes that edge, else 0."""
    negated = flow.values.negate(block.operands[0])
    return negated if place else flow.values.negate(negated)


def _skip_empty(flow: Flow) -> bool:
    for block in flow.blocks:
        if block.events or block.ending != "jump" or block is flow.entry or block.edges[0].target is block:
            continue
        onward = block.edges[0]
        if block.phis:
            used = flow.leaves(flow.roots()) | flow.leaves(
                one for other in flow.blocks for edge in other.edges if edge is not onward for one in edge.arguments.values()
            )
            if not used.isdisjoint(block.phis):
                continue
        for edge in flow.ways_in()[block]:
            edge.arguments = {phi: _translate(flow, one, edge.arguments) for phi, one in onward.arguments.items()}
            edge.target = onward.target
        flow.blocks.remove(block)
        return True
    return False


def _translate(flow: Flow, number: int, arguments: dict[int, int]) -> int:
    """A value with the phis of a block replaced by what one edge brings for them."""
    if number in arguments:
        return arguments[number]
    values = flow.values
    operation, _, immediate, operands = values.nodes[number]
    if operation in LEAVES:
        return number
    new = tuple([_translate(flow, one, arguments) for one in operands])
    return number if new == operands else values.build(operation, new, immediate)


def _join(flow: Flow) -> bool:
    changed = False
    ways = flow.ways_in()
    for block in list(flow.blocks):
        while block.ending == "jump" and block in ways:
            after = block.edges[0].target
            if after is block or len(ways[after]) != 1 or after.phis or after is flow.entry:
                break
            block.events += after.events
            block.ending, block.operands, block.edges = after.ending, after.operands, after.edges
            for edge in block.edges:
                edge.source = block
            if after is flow.exit:
                flow.exit = block
            flow.blocks.remove(after)
            del ways[after]
            changed = True
    return changed
