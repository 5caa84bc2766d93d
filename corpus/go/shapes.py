"""Where Go lays the arguments of the functions of a unit, and which of them a unit exports under which name.

A shape is read off the source text, for numbers, pointers, slices and strings. Invariant: a function whose types are anything else has none; it can't be
called from C then, but from Go it still can.
"""

from __future__ import annotations

import re

from transpile.corpus.go.abi import Export, Shape, Slot
from transpile.corpus.go.text import SCALARS, WASM_EXPORT, compact, functions, named_types, resolve, struct_of
from transpile.corpus.signature import SIGNED, WIDTHS, Signature, size_of

_DIRECTIVE = re.compile(r"^//export +(\w+) = ((?:\(\*\w+\)\.|\w+\.)?\w+)\(([^)\n]*)\)[ \t]*$", re.M)
_WASM_IMPORT = re.compile(r"^//go:wasmimport[ \t]+\S+[ \t]+(\S+)[ \t]*\n(?://[^\n]*\n)*func[ \t]+(\w+)", re.M)
_FLOATS = {"f32": "float", "f64": "double"}


def llvm_scalar(scalar: str) -> str:
    """The LLVM type as which C passes a scalar."""
    return _FLOATS.get(scalar) or ("i1" if scalar == "bool" else f"i{8 * WIDTHS[scalar]}")


def _value(scalar: str, offset: int) -> Slot:
    return Slot(llvm_scalar(scalar), offset, "i8" if scalar == "bool" else "", scalar in SIGNED)


def _slots(type_: str, offset: int, types: dict[str, str]) -> tuple[list[Slot], int, int] | None:
    """The slots of a parameter, its size and its alignment; None for a type without a shape."""
    if type_ in SCALARS:
        width = WIDTHS[SCALARS[type_]]
        offset = -(-offset // width) * width
        return [_value(SCALARS[type_], offset)], offset + width, width
    if (struct := struct_of(type_, types)) is not None:
        size, align = size_of(struct.name, (struct,))
        offset = -(-offset // align) * align
        return [Slot("i32", offset, copied=size)], offset + size, align
    offset = -(-offset // 8) * 8
    address = Slot("i32", offset, "i64")
    if type_.startswith("*") or type_ == "unsafe.Pointer":
        return [address], offset + 8, 8
    if type_.startswith("[]") or type_ == "string":
        slice_ = type_ != "string"
        return [address, Slot("i32", offset + 8, "i64", repeats=1 + slice_)], offset + (24 if slice_ else 16), 8
    return None


def shapes(code: str, package: str) -> dict[str, Shape]:
    """The shapes of a unit's functions by symbol; `code` is blanked text."""
    types = named_types(code)
    out = {}
    for item in functions(code):
        if item.is_generic:
            continue
        slots: list[Slot] = []
        offset = 0
        for _, type_ in item.taken():
            found = _slots(resolve(type_, types), offset, types)
            if found is None:
                break
            slots += found[0]
            offset = found[1]
        else:
            result = compact(item.result.strip("() "))
            symbol = f"{package}.{item.symbol}"
            if not result:
                out[symbol] = Shape(tuple(slots))
                continue
            found = None if "," in result else _slots(resolve(result.split(" ")[-1], types), -(-offset // 8) * 8, types)
            if found and len(found[0]) == 1 and not found[0][0].copied:
                out[symbol] = Shape(tuple(slots), found[0][0])
    return out


def exports(text: str, package: str) -> list[Export]:
    """What a unit's directives export: `//go:wasmexport`, and our own `//export NAME = FUNCTION(ARGUMENTS)`, which wins."""
    found = {m[1]: Export(m[1], f"{package}.{m[2]}") for m in WASM_EXPORT.finditer(text)}
    for name, function, arguments in _DIRECTIVE.findall(text):
        found[name] = Export(name, f"{package}.{function}", _arguments(arguments))
    return list(found.values())


def imports(text: str, package: str) -> dict[str, str]:
    """The C functions that a unit declares, by symbol."""
    return {f"{package}.{m[2]}": m[1] for m in _WASM_IMPORT.finditer(text)}


def directive(signature: Signature, symbol: str = "") -> str:
    """The line that exports a function (under another name than its symbol, if it is a method) with C's order of parameters; a parameter is the number
    of a slot, or a length's type and the slots it fills."""
    numbers: dict[int, int] = {}
    lengths: dict[int, list[int]] = {}
    slot = 0
    for i, parameter in enumerate(signature.parameters):
        if i in signature.lengths():
            continue
        numbers[i] = slot
        slot += 1
        if parameter.length is not None:
            lengths.setdefault(parameter.length, []).append(slot)
            slot += 1
    words = [
        str(numbers[i]) if i in numbers else " ".join([parameter.type, *map(str, lengths[i])]) for i, parameter in enumerate(signature.parameters)
    ]
    plain = all(
        i in numbers or (parameter.type in ("i32", "u32", "usize") and lengths[i] == [k])
        for k, (i, parameter) in enumerate(enumerate(signature.parameters))
    )
    return f"//export {signature.name} = {symbol or signature.name}({'' if plain else ', '.join(words)})"


def _arguments(text: str) -> tuple[tuple[Slot | int, tuple[int, ...]], ...] | None:
    out: list[tuple[Slot | int, tuple[int, ...]]] = []
    for part in filter(None, (p.strip() for p in text.split(","))):
        first, *rest = part.split()
        out.append((_value(first, 0), tuple(map(int, rest))) if rest else (int(first), (int(first),)))
    return tuple(out) or None

