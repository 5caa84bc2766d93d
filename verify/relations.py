"""The code of hints: what relations hold between two values that an operation of the original has, as eight bits each.

Code for integers stands where the hint is, since a call costs more than what it would do: the fuel that is left goes to memory and back. That for
floats, longer and rarer, is a function (`helper`). Invariant: a row that shows a relation sets its bit, in whatever order and however often.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from transpile.corpus.wasm.instructions import encode, encode_body

Code = list[tuple[str, Any]]

_STEPS = (0, 2, 4, 6, 8, 12, 20)
_FLOATS = ("a b eq", "a b lt", "a b gt", "a a ne", "b b ne", "a 0 eq", "a b eq 1 a copysign 1 b copysign ne i32.and", "a b div 0 lt")
"""What a hint's bits mean, in postfix, from the lowest on; the last but one: zeros of different signs."""


@cache
def relations(kind: str, a: int, b: int | None, constant: int, free: int) -> bytes:
    """Code that leaves eight bits: a and b one apart, equal, or one apart the other way; of different signs; a < b; b is not zero; they have a bit in
    common; a < 0. `kind`: i32 or i64; a and b are locals, b None for a `constant`; `free`: a local of the kind that may be used."""
    top = int(kind[1:]) - 1
    first: Code = [("local.get", a)]
    second: Code = [("local.get", b)] if b is not None else [(f"{kind}.const", constant)]
    narrow: Code = [("i32.wrap_i64", None)] if kind == "i64" else []
    code: Code = [*first, *second, (f"{kind}.sub", None), (f"{kind}.const", 1), (f"{kind}.add", None)]
    code += [("local.tee", free), (f"{kind}.const", 3), (f"{kind}.lt_u", None), ("local.get", free), *narrow, ("i32.shl", None)]
    if b is None:
        # The sign of a is two relations, or three.
        code += [*first, (f"{kind}.const", top), (f"{kind}.shr_s", None), *narrow, ("i32.const", 0x98 if not constant else 0x88), ("i32.and", None)]
        code += [("i32.or", None)]
        fixed = (8 if constant < 0 else 0) | (32 if constant else 0)
        if fixed:
            code += [("i32.const", fixed), ("i32.xor", None)]
    else:
        code += [*first, *second, (f"{kind}.xor", None), (f"{kind}.const", top - 3), (f"{kind}.shr_u", None), *narrow]
        code += [("i32.const", 8), ("i32.and", None), ("i32.or", None)]
        code += [*second, (f"{kind}.eqz", None), ("i32.eqz", None), ("i32.const", 5), ("i32.shl", None), ("i32.or", None)]
        code += [*first, (f"{kind}.const", top - 7), (f"{kind}.shr_u", None), *narrow, ("i32.const", 128), ("i32.and", None), ("i32.or", None)]
    if b is not None or constant:
        code += [*first, *second, (f"{kind}.lt_s", None), ("i32.const", 4), ("i32.shl", None), ("i32.or", None)]
        code += [*first, *second, (f"{kind}.and", None), (f"{kind}.eqz", None), ("i32.eqz", None), ("i32.const", 6), ("i32.shl", None), ("i32.or", None)]
    return encode(code)


@cache
def nearness(kind: str, a: int, b: int, free: int) -> bytes:
    """Code that leaves one bit for the number of bits of |a - b|, in steps: a way for a search to come closer to where they are equal."""
    width = int(kind[1:])
    code: Code = [("i32.const", 1), ("i64.const", _step_table())]
    code += [(f"{kind}.const", width), ("local.get", a), ("local.get", b), (f"{kind}.sub", None), ("local.tee", free)]
    code += [(f"{kind}.const", 0), ("local.get", free), (f"{kind}.sub", None), ("local.get", free), (f"{kind}.const", 0), (f"{kind}.ge_s", None)]
    code += [("select", None), (f"{kind}.clz", None), (f"{kind}.sub", None), (f"{kind}.const", 3), (f"{kind}.mul", None), ("local.tee", free)]
    code += [(f"{kind}.const", 63), ("local.get", free), (f"{kind}.const", 63), (f"{kind}.lt_u", None), ("select", None)]
    code += [("i64.extend_i32_u", None)] if kind == "i32" else []
    return encode([*code, ("i64.shr_s", None), ("i32.wrap_i64", None), ("i32.const", 7), ("i32.and", None), ("i32.shl", None)])


def _step_table() -> int:
    """Which of the steps a number of bits is, three bits for each up to where they all are seven, which an arithmetic shift repeats."""
    table = sum(sum(bits > step for step in _STEPS) << 3 * bits for bits in range(22)) & (1 << 64) - 1
    return table - (1 << 64)


@cache
def helper(kind: str, base: int) -> bytes:
    """The body of a function (a, b, offset in the arena) of floats that adds to the byte there what relations hold between a and b."""
    code: Code = [("global.get", base), ("local.get", 2), ("i32.add", None), ("local.tee", 2), ("local.get", 2), ("i32.load8_u", (0, 0))]
    for bit, relation in enumerate(_FLOATS):
        for word in relation.split():
            if word in "ab":
                code.append(("local.get", "ab".index(word)))
            elif word in ("0", "1"):
                code.append((f"{kind}.const", 0 if word == "0" else 0x3F800000 if kind == "f32" else 0x3FF << 52))
            else:
                code.append((word if "." in word else f"{kind}.{word}", None))
        code += [("i32.const", bit), ("i32.shl", None), ("i32.or", None)]
    return encode_body((), [*code, ("i32.store8", (0, 0)), ("end", None)])
