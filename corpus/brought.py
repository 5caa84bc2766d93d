"""Functions of a language's library that a file's own functions call, found in the compiled module: they are translated along, as C's are.

What is known of them is their code alone: signatures are inferred from it. Limits: nothing of an own heap, of formatting or of tables of functions; libraries
that call more than `MOST` functions, or functions of more than `LONGEST` instructions, stay what they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable

from transpile.corpus.externs import EXTERNS
from transpile.corpus.wasm.module import WasmFunction, WasmModule

MOST, LONGEST = 16, 2000
_KNOWN = frozenset({"memcpy", "memset", "memmove"})
"""What the rules have words for."""
_BEYOND = re.compile(r"dlmalloc|::fmt\b|panic|slice_index|_fail\b|handle_error|dec2flt|\bstd::")
_PATH = re.compile(r"[A-Za-z_]\w*")


def brought(
    module: WasmModule, own: Iterable[WasmFunction], written: Callable[[str], str | None], taken: Container[str]
) -> dict[str, WasmFunction]:  # fmt: skip
    """The library's functions that the file's `own` call, by the names that they get. `written`: the function of the file that a symbol is;
    `taken`: names that others have."""
    first = len(module.function_types) - len(module.functions)
    imported = [i.field for i in module.imports if i.kind == "function"]
    usable: dict[int, bool] = {}

    def calls(function: WasmFunction) -> list[WasmFunction] | None:
        """What it calls that is not the file's; None where that can't be followed."""
        out = []
        code = function.instructions
        for k, (name, immediate, _) in enumerate(code):
            if name == "call_indirect":
                return None
            if name != "call" or (k + 1 < len(code) and code[k + 1][0] == "unreachable"):
                continue
            if immediate < first:
                if imported[immediate] not in EXTERNS:
                    return None
                continue
            called = module.functions[immediate - first]
            if called.name not in _KNOWN and written(called.name) is None:
                out.append(called)
        return out

    def is_usable(function: WasmFunction) -> bool:
        if function.index not in usable:
            usable[function.index] = True  # of those that call themselves, the rest decides
            inner = calls(function)
            fine = inner is not None and len(function.instructions) <= LONGEST and not _BEYOND.search(function.name)
            usable[function.index] = fine and all(map(is_usable, inner or ()))
        return usable[function.index]

    found: dict[int, WasmFunction] = {}
    for caller in own:
        pending, below = [*(calls(caller) or ())], dict[int, WasmFunction]()
        while pending:
            one = pending.pop()
            if one.index not in below and is_usable(one):
                below[one.index] = one
                pending += calls(one) or ()
        if len(below) <= MOST:
            found |= below
    # What only hands its arguments on stands for what it calls.
    for code in [one.instructions for one in found.values()]:
        if {name for name, _, _ in code[:-2]} == {"local.get"} and code[-2][0] == "call":
            found.pop(code[-2][1], None)
    out: dict[str, WasmFunction] = {}
    for one in sorted(found.values(), key=lambda f: f.index):
        plain = one.name
        while (shorter := re.sub(r"<[^<>]*>|\{[^{}]*\}", "", plain)) != plain:
            plain = shorter
        called = (_PATH.findall(plain) or ["function"])[-1].strip("_") or "function"
        while called in taken or called in out:
            called += "_"
        out[called] = one
    return out
