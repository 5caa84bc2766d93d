"""Which function a number of a module's table is: two sides' tables differ in order, so that pointers to functions are compared by name.

Invariant: two numbers count as the same only where both sides have a function of one name there. Limit: that the two behave alike is for whoever judges
these functions; where a name is not known, a pointer is merely not null.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import wasmtime

from transpile.corpus.errors import TranspileError
from transpile.corpus.signature import Signature
from transpile.corpus.wasm.module import WasmModule
from transpile.verify.thin import parsed
from transpile.verify.types import Executable

IMPORT = '(import "t" "name" (func $name (param i32) (result i32)))'
"""Of modules that compare pointers: what a number of the target's table is for a comparison."""
_UNKNOWN = 0xFFFFFFFF
_CANONICAL = re.compile(r"[he](\d+)(?:_\d+)?")


def are_mentioned(signature: Signature) -> bool:
    """Whether values of a signature's types lead to functions."""
    types = [signature.result or "", *(p.type for p in signature.parameters), *(t for s in signature.structs for _, t in s.fields)]
    return any("fn(" in one for one in types)


def named(executable: Executable, names: Mapping[str, str] | None = None) -> Executable:
    """The executable with the names of the functions in its table; `names`: those of a program by canonical names (h0, h1, ...)."""
    try:
        module = parsed(executable.wasm)
    except TranspileError:
        return executable
    found = {number: _identity(module.function_names[index], names or {}) for number, index in table(module).items()}
    return replace(executable, functions=tuple(sorted((number, name) for number, name in found.items() if name)))


def table(module: WasmModule) -> dict[int, int]:
    """Functions by the numbers of the module's table."""
    return {e.offset + k: f for e in module.elements if e.offset is not None for k, f in enumerate(e.functions) if f is not None}


def _identity(name: str, names: Mapping[str, str]) -> str:
    """What people call a function, by its name in a module: without scopes and types, and of C's entry point of a function the name of that."""
    words = re.findall(r"\w+", re.sub(r"\(.*|\[\w+\]|<.*", "", name))
    last = words[-1] if words else ""
    if found := _CANONICAL.fullmatch(last):
        return names.get(f"h{found[1]}", "")
    return last.removesuffix("_entry")


@cache
def build(engine: wasmtime.Engine, functions: Sequence[tuple[int, str]]) -> wasmtime.Module:
    """The module that exports `name`: from a number of the table to a hash of the function's name, odd and alone where none is known."""
    cases = "".join(
        f"(if (i32.eq (local.get 0) (i32.const {number})) (then (return (i32.const {_hash(name)}))))" for number, name in functions
    )
    return wasmtime.Module(engine, wasmtime.wat2wasm(f'(module (func (export "name") (param i32) (result i32) {cases} (i32.const {_UNKNOWN})))'))


def spoken(number: int) -> str:
    """The name behind a hash, as a counterexample shows it, of a function that some target of this process has; "" for others."""
    return f"<{_names[number]}>" if number in _names else ""


_names: dict[int, str] = {}


def _hash(name: str) -> int:
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "little") & 0x7FFFFFFE | 0x80000000
    _names[number] = name
    return number
