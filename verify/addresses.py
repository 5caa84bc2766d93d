"""Which multiplications of a function compute addresses: an index times the size of an element.

In C an index so large that this product wraps is outside every array; in wasm the wrapped address may lie inside one. `scaled_indices`
finds the products whose wrapping makes an access invalid. Limits: flow-insensitive for locals, and blind to values that cross a block's
border on the stack; an unseen product is merely not checked.
"""

from __future__ import annotations

from collections.abc import Sequence

from transpile.corpus.wasm.instructions import Instruction
from transpile.corpus.wasm.opcodes import EFFECTS

_LARGEST = 4096
"""Bytes of the largest element looked for."""

Sites = frozenset[int]
_NONE: Sites = frozenset()


def scaled_indices(instructions: Sequence[Instruction]) -> tuple[dict[int, int], dict[int, Sites]]:
    """({place of a shl or mul by a constant: factor}, {place of a load or store: places of the products in its address})."""
    locals_: dict[int, Sites] = {}
    while True:
        before = dict(locals_)
        sites, accesses = _walk(instructions, locals_)
        if locals_ == before:
            used = frozenset().union(*accesses.values())
            return {place: factor for place, factor in sites.items() if place in used}, accesses


def _walk(instructions: Sequence[Instruction], locals_: dict[int, Sites]) -> tuple[dict[int, int], dict[int, Sites]]:
    """One pass that adds to `locals_` what each local may come from."""
    sites: dict[int, int] = {}
    accesses: dict[int, Sites] = {}
    stack: list[tuple[Sites, int | None]] = []

    def pop() -> tuple[Sites, int | None]:
        return stack.pop() if stack else (_NONE, None)

    for place, (name, immediate, _) in enumerate(instructions):
        if name == "i32.const":
            stack.append((_NONE, immediate))
        elif name == "local.get":
            stack.append((locals_.get(immediate, _NONE), None))
        elif name in ("local.set", "local.tee"):
            top = pop()
            locals_[immediate] = locals_.get(immediate, _NONE) | top[0]
            if name == "local.tee":
                stack.append(top)
        elif name == "i32.add":
            stack.append((pop()[0] | pop()[0], None))
        elif name in ("i32.shl", "i32.mul"):
            constant, operand = pop()[1], pop()[0]
            factor = 0 if constant is None else 1 << (constant & 31) if name == "i32.shl" else constant
            if 1 < factor <= _LARGEST:
                sites[place] = factor
                operand |= {place}
            stack.append((operand, None))
        elif ".load" in name or ".store" in name:
            if ".store" in name:
                pop()
            found = pop()[0]
            if found:
                accesses[place] = found
            if ".load" in name:
                stack.append((_NONE, None))
        elif name in EFFECTS:
            takes, gives = EFFECTS[name]
            for _ in takes:
                pop()
            stack.extend((_NONE, None) for _ in gives)
        else:
            stack.clear()
    return sites, accesses
