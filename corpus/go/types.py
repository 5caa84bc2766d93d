"""Types of signatures in Go's words."""

from __future__ import annotations

from transpile.corpus.signature import Array, Function, Parameter, Pointer, Signature, read_type

NAMES = {
    "i8": "int8", "u8": "uint8", "i16": "int16", "u16": "uint16", "i32": "int32", "u32": "uint32", "i64": "int64", "u64": "uint64",
    "f32": "float32", "f64": "float64", "bool": "bool", "usize": "uint32", "index": "int", "void": "byte",
}  # fmt: skip


def go_type(type_: str, *, element: bool = True) -> str:
    """A type in Go's words. As an `element` of memory that C shares, an address is a number of 32 bits, since Go's own have 64."""
    match read_type(type_):
        case Pointer(to=to):
            if element:
                return "uint32"
            return "unsafe.Pointer" if to == "void" else f"*{go_type(to)}"
        case Function():
            return "uint32"
        case Array(count=count, of=of):
            return f"[{count}]{go_type(of)}"
    return NAMES.get(type_, type_)


def inner_type(parameter: Parameter) -> str:
    """The type of a parameter of the function as a person writes it."""
    if parameter.pointer and parameter.length is not None:
        return f"[]{go_type(parameter.type)}"
    return go_type(parameter.whole, element=False)


def head(signature: Signature) -> str:
    """`func`, name, parameters and result; lengths of slices are no parameters."""
    lengths = signature.lengths()
    taken = ", ".join(f"{p.name} {inner_type(p)}" for i, p in enumerate(signature.parameters) if i not in lengths)
    result = "" if signature.result is None else f" {go_type(signature.result, element=False)}"
    return f"func {signature.name}({taken}){result}"
