"""Which variables of its module a function may set and read, and which functions share some.

Invariant: what `hidden` names is set by a function and read by none of the code that it runs, so that no later call of it can show what became of it.
Limits: variables are told apart where the linker names data segments after them, and are all one where it does not; an address that code computes with
counts as set and read where the function stores and loads at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transpile.corpus.errors import TranspileError
from transpile.corpus.wasm.module import WasmFunction, WasmModule
from transpile.corpus.zigcc import GLOBAL_BASE
from transpile.verify.thin import parsed, reachable
from transpile.verify.types import Executable

_BELOW = 4096
"""How far below data a constant may lie that, with an index, leads into it."""


def keeps_state(functions: Sequence[WasmFunction]) -> bool:
    """Whether a function and its callees could write something of their module that outlives a call."""
    names = {name for f in functions for name, _, _ in f.instructions}
    if "memory.grow" in names:
        return True
    for function in functions:
        module = function.module
        low, high = module.data_range
        for name, immediate, _ in function.instructions:
            if name == "global.set" and immediate != module.stack_pointer:
                return True
            number = immediate if name == "i32.const" else immediate[1] if ".load" in name or ".store" in name else None
            if number is None:
                continue
            low = min(low, GLOBAL_BASE) if high else GLOBAL_BASE
            if low - _BELOW <= number < max(high, GLOBAL_BASE + (1 << 20)) and any(".store" in n or n in ("memory.copy", "memory.fill") for n in names):
                segment = module.segment_at(number)
                if segment is None or not segment.name.startswith(".rodata"):
                    return True
    return False


@dataclass(frozen=True, slots=True)
class Use:
    """The variables (names of writable data segments) that a function and its callees may set, and those that they may read."""

    sets: frozenset[str]
    reads: frozenset[str]


def variables(executable: Executable) -> Use:
    """Of a function and its callees. Raises TranspileError for a module that our decoder does not know."""
    return use(reachable(parsed(executable.wasm), executable.export))


def use(functions: Sequence[WasmFunction]) -> Use:
    """What some functions of one module set and read themselves."""
    sets: set[str] = set()
    reads: set[str] = set()
    for function in functions:
        module = function.module
        names = {name for name, _, _ in function.instructions}
        loads = any(".load" in n or n == "memory.copy" for n in names)
        back = {-immediate for name, immediate, _ in function.instructions if name == "i32.const" and immediate < 0}
        stores = any(".store" in n or n in ("memory.copy", "memory.fill") for n in names)
        for name, immediate, _ in function.instructions:
            if ".load" in name:
                reads |= _variable(module, immediate[1])
            elif ".store" in name:
                sets |= _variable(module, immediate[1])
            elif name == "i32.const":
                # An address that is computed with: it may lead to any access of the function.
                meant = _variable(module, immediate)
                before = module.segment_at(immediate - 1)
                if before is not None and len(before.data) in back:  # the end of a variable, from which a loop counts up to 0
                    meant |= _variable(module, immediate - 1)
                reads |= meant if loads else set()
                sets |= meant if stores else set()
    return Use(frozenset(sets), frozenset(reads))


def _variable(module: WasmModule, address: int) -> set[str]:
    low, high = module.data_range
    if not low <= address <= high or not high:
        return set()
    segment = module.segment_at(address)
    if segment is None:
        return {"data"}
    return set() if segment.name.startswith(".rodata") else {segment.name or "data"}


def hidden(executable: Executable) -> tuple[str, ...]:
    """Variables that the function sets and does not read: by source names, as far as the linker kept them."""
    try:
        use = variables(executable)
    except TranspileError:
        return ()
    return tuple(sorted(_plain(name) for name in use.sets - use.reads))


def _plain(segment: str) -> str:
    for prefix in (".data.", ".bss.", ".var.", ".tdata.", ".tbss."):
        segment = segment.removeprefix(prefix)
    return segment


def groups(executables: Mapping[str, Executable]) -> list[list[str]]:
    """Names of functions of one module that share variables which one of them sets, in the order given; a function alone is no group."""
    used: dict[str, Use] = {}
    for name, executable in executables.items():
        try:
            used[name] = variables(executable)
        except TranspileError:
            continue
    found: list[tuple[set[str], list[str]]] = []
    changing = {v for use in used.values() for v in use.sets}
    for name, use in used.items():
        own, members = set((use.sets | use.reads) & changing), [name]
        if not own:
            continue
        for other in [g for g in found if g[0] & own]:
            found.remove(other)
            own |= other[0]
            members = [*other[1], *members]
        found.append((own, members))
    order = list(executables)
    return [sorted(members, key=order.index) for _, members in found if len(members) > 1]
