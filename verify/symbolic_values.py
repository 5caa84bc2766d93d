"""Values of symbolic execution: what wasm's integer operations are in z3, and which addresses an expression may be.

An address is told by its terms: a known distance from the stack pointer, or a constant that lies in data plus an index.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import z3

from transpile.corpus.wasm.instructions import Instruction
from transpile.corpus.wasm.module import WasmModule
from transpile.corpus.wasm.reader import Segment

BINARY = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
    "xor": lambda a, b: a ^ b,
    "shl": lambda a, b: a << (b & (a.size() - 1)),
    "shr_s": lambda a, b: a >> (b & (a.size() - 1)),
    "shr_u": lambda a, b: z3.LShR(a, b & (a.size() - 1)),
    "rotl": lambda a, b: z3.RotateLeft(a, b & (a.size() - 1)),
    "rotr": lambda a, b: z3.RotateRight(a, b & (a.size() - 1)),
}
COMPARE = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "lt_s": lambda a, b: a < b,
    "lt_u": z3.ULT,
    "gt_s": lambda a, b: a > b,
    "gt_u": z3.UGT,
    "le_s": lambda a, b: a <= b,
    "le_u": z3.ULE,
    "ge_s": lambda a, b: a >= b,
    "ge_u": z3.UGE,
}
DIVIDE = {"div_s": lambda a, b: a / b, "div_u": z3.UDiv, "rem_s": z3.SRem, "rem_u": z3.URem}


class Unsupported(Exception):
    """The function is outside what is modelled."""


STEPS = 100_000
"""What the rewriter may do for one term: where loops fold memory upon memory, terms grow without end."""


def simplified(term: Any) -> Any:
    """Raises Unsupported for a term that takes too many steps."""
    try:
        return z3.simplify(term, max_steps=STEPS)
    except z3.Z3Exception as error:
        raise Unsupported("terms too large") from error


STACK = z3.BitVec("the stack pointer", 32)


def terms(address: Any) -> tuple[int, list[Any]]:
    """An address as a constant and other terms, whose sum it is. Simplified as a whole, an addition may turn into a concatenation of bits."""
    constant, others, pending = 0, [], [(address, False)]
    while pending:
        one, ready = pending.pop()
        if z3.is_app_of(one, z3.Z3_OP_BADD):
            pending += [(child, ready) for child in one.children()]
        elif z3.is_bv_value(one):
            constant += one.as_long()
        elif ready:
            others.append(one)
        else:
            pending.append((simplified(one), True))
    return constant & 0xFFFFFFFF, others


def distance_of(address: Any) -> int | None:
    """How far an address is from where the stack pointer was, if that is known."""
    constant, others = terms(address)
    if len(others) != 1 or not others[0].eq(STACK):
        return None
    return constant - (1 << 32) if constant >> 31 else constant


def mentions(expression: Any, variables: Sequence[Any]) -> bool:
    """Whether some variable occurs in an expression."""
    pending, seen = [expression], set()
    while pending:
        one = pending.pop()
        if one.get_id() not in seen:
            seen.add(one.get_id())
            if any(one.eq(variable) for variable in variables):
                return True
            pending += one.children()
    return False


def segment_of(address: Any, module: WasmModule) -> tuple[Segment, Any] | None:
    """The data that an address points into, by its constant term, since data lies where no other number points; and the distance from its start."""
    constant, others = terms(address)
    low, high = module.data_range
    segment = module.segment_at(constant) if high and low >= 1 << 16 else None
    if segment is None or segment.address is None:
        return None
    index = z3.BitVecVal(constant - segment.address, 32)
    for one in others:
        index = index + one
    return segment, simplified(index)


def closing(code: list[Instruction], at: int) -> int:
    """Where the block ends that begins at an instruction."""
    depth = 0
    for place in range(at, len(code)):
        depth += (code[place][0] in ("block", "loop", "if")) - (code[place][0] == "end")
        if not depth:
            return place
    raise Unsupported("a block without an end")


def truth(value: Any) -> Any:
    """Whether a number is not 0; of a number made by a comparison, the comparison itself."""
    if z3.is_app_of(value, z3.Z3_OP_ITE) and is_number(value.arg(1), 1) and is_number(value.arg(2), 0):
        return value.arg(0)
    return value != 0


def is_number(value: Any, number: int) -> bool:
    return bool(z3.is_bv_value(value)) and value.as_long() == number


def as_number(condition: Any) -> Any:
    return z3.If(condition, z3.BitVecVal(1, 32), z3.BitVecVal(0, 32))


def bits_of(wasm_type: str) -> int:
    if wasm_type not in ("i32", "i64"):
        raise Unsupported("floats")
    return 32 if wasm_type == "i32" else 64


def count_bits(operation: str, value: Any) -> Any:
    size = value.size()
    bits = [z3.Extract(k, k, value) for k in range(size)]
    if operation == "popcnt":
        return sum((z3.ZeroExt(size - 1, b) for b in bits[1:]), z3.ZeroExt(size - 1, bits[0]))
    out = z3.BitVecVal(size, size)
    # The bit that decides is the outermost condition: for clz the highest, so build from the lowest.
    for k in range(size) if operation == "clz" else reversed(range(size)):
        out = z3.If(bits[k] == 1, z3.BitVecVal(size - 1 - k if operation == "clz" else k, size), out)
    return out
