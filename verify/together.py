"""Functions that share variables of their module, judged together: called in turn, in one instance of each side.

One function that sets a variable and another that reads it can each be right alone and wrong together. For every group of functions that share
variables both modules get a dispatcher: a function that takes a number and the parameters of all functions of the group, and calls the one that the number
says. The dispatchers are compared like any function that keeps state: over sequences of calls, with inputs from coverage.
Limit: functions with pointers in memory, structs by value or pointers to functions are not called together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from transpile.corpus.errors import TranspileError
from transpile.corpus.signature import WIDTHS, Parameter, Signature, Struct
from transpile.corpus.wasm.instructions import encode_body
from transpile.corpus.wasm.reader import Export
from transpile.verify.judge import Jury
from transpile.verify.render import Calls
from transpile.verify.thin import parsed
from transpile.verify.types import Executable, Verdict

DISPATCHER = "calls in turn"
"""The export that is added."""
_MOST = 16
"""Functions of one group."""


def judge_together(
    original: Mapping[str, Executable], candidate: Mapping[str, Executable], signatures: Mapping[str, Signature], *, inputs: int = 1024, seed: int = 0
) -> Verdict:  # fmt: skip
    """One verdict for the functions of `signatures`, all of one module on each side. `tested`, `mismatch` with the calls that show it, or `inconclusive`."""
    apart = [name for name, s in signatures.items() if not s.plain]
    if apart or len(signatures) > _MOST:
        why = f"the types of {', '.join(apart)}" if apart else f"there are more than {_MOST}"
        return Verdict("inconclusive", evidence="functions that share variables cannot be called in turn", detail=why)
    try:
        sides = [dispatcher({name: side[name] for name in signatures}, signatures) for side in (original, candidate)]
        guards = {name: guard for name in signatures if (guard := original[name].guard)}
        whole = replace(sides[0], guard=dispatcher(guards, signatures)) if len(guards) == len(signatures) else sides[0]
        verdict = Jury(whole, calls(signatures), inputs=inputs, seed=seed, alone=False).test(sides[1])
    except TranspileError as error:
        return Verdict("inconclusive", evidence="functions that share variables cannot be called in turn", detail=error.message)
    return replace(verdict, evidence=f"{verdict.evidence}, called in turn") if verdict.status == "tested" else verdict


def calls(signatures: Mapping[str, Signature]) -> Calls:
    """The dispatcher's signature: which function, then the parameters of all of them."""
    parameters = [Parameter("which", "u8")]
    structs: dict[str, Struct] = {}
    for name, signature in signatures.items():
        first = len(parameters)
        structs |= {s.name: s for s in signature.structs}
        for one in signature.parameters:
            parameters.append(replace(one, name=f"{name}.{one.name}", length=None if one.length is None else one.length + first))
    members = tuple((name, s.result) for name, s in signatures.items())
    return Calls("calls", tuple(parameters), "u64", tuple(structs.values()), members=members)


def dispatcher(executables: Mapping[str, Executable], signatures: Mapping[str, Signature]) -> Executable:
    """The module with the dispatcher. Raises TranspileError where a function is missing or has another type."""
    wasm = next(iter(executables.values())).wasm
    module = parsed(wasm)
    combined = calls(signatures)
    code: list[tuple[str, Any]] = []
    first = 1
    for number, (name, signature) in enumerate(signatures.items()):
        function = module.function(executables[name].export)
        if function.type != signature.wasm():
            raise TranspileError(f"'{name}' has another type in one of the modules", hint="judge the functions alone first")
        code += [("block", ""), ("local.get", 0), ("i32.const", len(signatures)), ("i32.rem_u", None), ("i32.const", number), ("i32.ne", None), ("br_if", 0)]
        code += [("local.get", first + k) for k in range(len(signature.parameters))]
        code += [("call", function.index), *_as_bits(signature.result, len(combined.parameters)), ("return", None), ("end", None)]
        first += len(signature.parameters)
    code += [("i64.const", 0), ("end", None)]
    index = len(module.function_types)
    added = [(combined.wasm(), encode_body(("f32", "f64"), code))]
    return Executable(module.replace_bodies({}, added_exports=[Export(DISPATCHER, "function", index)], added_functions=added), DISPATCHER)


def _as_bits(result: str | None, spare: int) -> Iterable[tuple[str, Any]]:
    """From a function's result to 64 bits that are equal where the results are; a float's NaN becomes one NaN. `spare`: a local f32, then an f64."""
    if result is None:
        return [("i64.const", 0)]
    if result in ("i64", "u64"):
        return []
    if result in ("f32", "f64"):
        local, nan = (spare, 0x7FC00000) if result == "f32" else (spare + 1, 0x7FF8 << 48)
        one = [("local.tee", local), (f"{result}.const", nan), ("local.get", local), ("local.get", local), (f"{result}.eq", None), ("select", None)]
        return [*one, ("i32.reinterpret_f32", None), ("i64.extend_i32_u", None)] if result == "f32" else [*one, ("i64.reinterpret_f64", None)]
    narrow = [("i32.const", (1 << 8 * WIDTHS[result]) - 1), ("i32.and", None)] if WIDTHS[result] < 4 else []
    return [*narrow, ("i64.extend_i32_u", None)]
