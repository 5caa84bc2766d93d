"""Replacing opaque values in a whole graph, with the algebra of `Values` applied to everything that changes."""

from __future__ import annotations

from transpile.corpus.normal.graph import Flow, NotNormal
from transpile.corpus.normal.nodes import LEAVES


def substitute(flow: Flow, mapping: dict[int, int]) -> dict[int, int]:
    """Replace phis by values everywhere. `mapping` is used up as the memo of what became what."""
    values, memo, active = flow.values, {}, set(mapping)

    def replace(number: int) -> int:
        found = memo.get(number)
        if found is not None:
            return found
        if number in active:
            active.remove(number)
            found = replace(mapping[number])
        elif number in mapping:
            raise NotNormal("phis that define each other")
        else:
            operation, _, immediate, operands = values.nodes[number]
            found = number
            if operation not in LEAVES:
                new = tuple([replace(one) for one in operands])
                if new != operands:
                    found = values.build(operation, new, immediate)
        memo[number] = found
        return found

    for block in flow.blocks:
        for event in block.events:
            event.operands = tuple([replace(one) for one in event.operands])
        block.operands = tuple([replace(one) for one in block.operands])
        block.phis = [phi for phi in block.phis if phi not in mapping]
        for edge in block.edges:
            edge.arguments = {phi: replace(one) for phi, one in edge.arguments.items() if phi not in mapping}
    return memo
