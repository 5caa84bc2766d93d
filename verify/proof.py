"""Proofs of equivalence for all inputs: by z3 for integer code whose loops, if any, are short, by trying all of them for small signatures.

Invariant: `prove` answers "proved" only when the solver shows that no arguments and no memory make the two differ by `policy`, where the
candidate may touch only bytes that the original touches. Limits: see `symbolic`; nothing is said after `EFFORT`. A
counterexample of the solver is only a suggestion, since it may break a precondition of the original: it must be replayed.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from transpile.corpus.signature import SIGNED, WIDTHS, Parameter, Signature, wasm_type
from transpile.corpus.wasm.module import WasmFunction
from transpile.corpus.zigcc import GLOBAL_BASE
from transpile.verify import policy
from transpile.verify.thin import reachable

if TYPE_CHECKING:
    from transpile.verify.symbolic import Behaviour

EFFORT = 1_000_000
"""What z3 may spend on one question, in its own units: some hundred milliseconds, and the same on any machine."""
MEMORY = 1000
"""Megabytes that z3 may take for one question."""
LOOPS = 8
"""Iterations to which loops are unrolled."""
_MOST_INPUTS = 1 << 16


@dataclass(frozen=True, slots=True)
class Answer:
    """`proved`, or perhaps `arguments` (raw bits by parameter) on which the two might differ; neither when nothing was found out.

    `bounded`: no input makes them differ on which no loop has more than `LOOPS` iterations. That is no proof.
    """

    proved: bool
    arguments: tuple[int, ...] | None = None
    bounded: bool = False


NOTHING = Answer(False)


def provable(functions: Iterable[WasmFunction]) -> bool:
    """A quick look at a function and its callees: no floats, no indirect calls, no addresses of data but of constants."""
    for function in functions:
        module = function.module
        low, high = module.data_range
        for name, immediate, _ in function.instructions:
            if name in ("call_indirect", "memory.grow", "memory.size") or name[0] == "f" or "_f" in name:
                return False
            if name == "i32.const" or (isinstance(immediate, tuple) and (".load" in name or ".store" in name)):
                number = immediate if name == "i32.const" else immediate[1]
                if _like_data(number, low, high):
                    segment = module.segment_at(number)
                    # Only what no function can write is known; the linker names it so.
                    if segment is None or not segment.name.startswith(".rodata"):
                        return False
    return True


def _like_data(number: int, low: int, high: int) -> bool:
    return bool(high and low <= number <= high) or GLOBAL_BASE - 4096 <= number < GLOBAL_BASE + (1 << 16)


def _uses_data(function: WasmFunction) -> bool:
    """Whether a function or a callee names an address of data."""
    low, high = function.module.data_range
    for one in reachable(function.module, function.name):
        for name, immediate, _ in one.instructions:
            if name == "i32.const" and _like_data(immediate, low, high):
                return True
            if (".load" in name or ".store" in name) and _like_data(immediate[1], low, high):
                return True
    return False


def prove(left: WasmFunction, right: WasmFunction, signature: Signature, *, effort: int = EFFORT, loops: int = LOOPS) -> Answer:
    """Compare two functions of the signature's wasm type, the original first. `effort`: for each question; `loops`: see `LOOPS`.

    Of types wider than `Signature.plain` nothing is said.
    """
    if not signature.plain:
        return NOTHING
    import z3

    from transpile.verify.symbolic import execute
    from transpile.verify.symbolic_values import Unsupported

    arguments, domain = _arguments(signature)
    memory = z3.Array("memory", z3.BitVecSort(32), z3.BitVecSort(8))
    try:
        pointers = [a for a, p in zip(arguments, signature.parameters, strict=True) if p.pointer]
        original, candidate = (execute(f, list(arguments), memory, loops, pointers if _uses_data(f) else None) for f in (left, right))
    except Unsupported:
        return NOTHING
    overrun = [*original.overrun, *candidate.overrun]
    domain += [z3.Not(one) for one in original.strays]
    solver = z3.SolverFor("QF_ABV" if original.accesses or candidate.accesses else "QF_BV")
    solver.set("rlimit", effort, "max_memory", MEMORY)
    solver.add(*domain, *(z3.Not(one) for one in overrun), z3.Or(*_differences(original, candidate, signature, arguments)))
    found = solver.check()
    if found == z3.unsat:
        return Answer(True) if not overrun or _impossible(domain, overrun, effort) else Answer(False, bounded=True)
    if found == z3.unknown or any(p.pointer for p in signature.parameters):
        return NOTHING
    model = solver.model()
    return Answer(False, tuple(model.eval(a, model_completion=True).as_long() for a in arguments))


def _impossible(domain: list[Any], conditions: list[Any], effort: int) -> bool:
    """Whether none of the conditions can hold."""
    import z3

    solver = z3.Solver()
    solver.set("rlimit", effort, "max_memory", MEMORY)
    solver.add(*domain, z3.Or(*conditions))
    return bool(solver.check() == z3.unsat)


def _arguments(signature: Signature) -> tuple[list[Any], list[Any]]:
    """Symbolic arguments, and what the C ABI guarantees of them."""
    import z3

    arguments, domain = [], []
    for k, parameter in enumerate(signature.parameters):
        kind = "i32" if parameter.pointer else wasm_type(parameter.type)
        one = z3.BitVec(f"p{k}", 32 if kind == "i32" else 64)
        arguments.append(one)
        width = 32 if parameter.pointer else 8 * WIDTHS[parameter.type]
        if parameter.type == "bool" and not parameter.pointer:
            domain.append(z3.ULE(one, 1))
        elif width < 32:
            extend = z3.SignExt if parameter.type in SIGNED else z3.ZeroExt
            domain.append(one == extend(32 - width, z3.Extract(width - 1, 0, one)))
        if parameter.domain and not parameter.pointer and parameter.domain.ranges:
            least, most = (operator.ge, operator.le) if parameter.type in SIGNED else (z3.UGE, z3.ULE)
            domain.append(z3.Or(*(z3.And(least(one, low), most(one, high)) for low, high in parameter.domain.ranges)))
    for position in signature.lengths():
        domain.append(arguments[position] >= 0)
    for parameter, pointer in zip(signature.parameters, arguments, strict=True):
        if parameter.pointer:
            # No buffer is at address 0 or lies around the end of memory.
            size = z3.ZeroExt(32, pointer) + _bytes(parameter, signature, arguments)
            domain += [pointer != 0, z3.ULE(size, 1 << 32)]
    return arguments, domain


def _bytes(parameter: Parameter, signature: Signature, arguments: list[Any]) -> Any:
    """Bytes of the buffer behind a pointer, that all belong to the caller: one element, or as many as the length says; 64 bits wide."""
    import z3

    struct = signature.struct(parameter.type)
    size = z3.BitVecVal(struct.layout()[1] if struct else WIDTHS[parameter.type], 64)
    if parameter.length is None:
        return size
    length = arguments[parameter.length]
    return size * (z3.ZeroExt(32, length) if length.size() == 32 else length)


def _differences(original: Behaviour, candidate: Behaviour, signature: Signature, arguments: list[Any]) -> list[Any]:
    """Conditions under any of which the two differ."""
    import z3

    out = []
    for when, status in original.ends:
        same = [c for c, other in candidate.ends if policy.same_end(np.array([status]), np.array([other]))[0]]
        out.append(z3.And(when, z3.Not(z3.Or(*same))))
    both = z3.And(original.returns, candidate.returns)
    out.append(z3.And(original.returns, z3.Not(candidate.returns)))
    if signature.result is not None and original.result is not None and candidate.result is not None:
        width = 8 * WIDTHS[signature.result]
        results = [z3.Extract(width - 1, 0, one.result) for one in (original, candidate)]
        out.append(z3.And(both, results[0] != results[1]))
    if not original.memory.eq(candidate.memory):
        out.append(z3.And(both, original.memory != candidate.memory))
    out += [z3.And(original.returns, one) for one in candidate.strays]
    buffers = [(p, _bytes(k, signature, arguments)) for k, p in zip(signature.parameters, arguments, strict=True) if k.pointer]
    for when, address, width in candidate.accesses:
        if any(width <= w and address.eq(a) and c.eq(when) for c, a, w in original.accesses):
            continue
        # Where an address wraps the original touches what it was not given: such inputs are set aside.
        covered = [z3.And(c, z3.ULE(address - a, w - width)) for c, a, w in original.accesses if w >= width]
        covered += [z3.ULE(z3.ZeroExt(32, address - p) + width, size) for p, size in buffers]
        out.append(z3.And(when, original.returns, z3.Not(z3.Or(*covered))))
    return out


def all_inputs(signature: Signature) -> np.ndarray | None:
    """Every input of a signature of few scalars as raw bits [N, P]; None where there are more than 65,536, or pointers."""
    if not signature.plain or any(p.pointer for p in signature.parameters) or not signature.parameters:
        return None
    few = [p.domain.values() if p.domain else None for p in signature.parameters]
    if any(v is None and WIDTHS[p.type] > 2 for v, p in zip(few, signature.parameters, strict=True)):
        return None
    pools = [
        np.array([v & (1 << 8 * WIDTHS[p.type]) - 1 for v in values] if values else range(2 if p.type == "bool" else 1 << 8 * WIDTHS[p.type]), np.uint64)
        for values, p in zip(few, signature.parameters, strict=True)
    ]
    total = math.prod(len(pool) for pool in pools)
    if total > _MOST_INPUTS:
        return None
    number = np.arange(total)
    columns = []
    for pool in pools:
        columns.append(pool[number % len(pool)])
        number = number // len(pool)
    return np.stack(columns, axis=1)


def stateless(functions: Iterable[WasmFunction]) -> bool:
    """Whether a function and its callees write nothing that outlives a call: no stores, no globals but the stack pointer."""
    for function in functions:
        for name, immediate, _ in function.instructions:
            if ".store" in name or name in ("memory.grow", "memory.copy", "memory.fill", "call_indirect"):
                return False
            if name == "global.set" and immediate != function.module.stack_pointer:
                return False
    return True
