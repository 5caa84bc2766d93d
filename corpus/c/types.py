"""Types of a signature in C's words: declarators from the inside out."""

from __future__ import annotations

from collections.abc import Callable

from transpile.corpus.signature import Array, Function, Pointer, named_in, read_type

C_TYPES = {
    "i8": "int8_t", "u8": "uint8_t", "i16": "int16_t", "u16": "uint16_t", "i32": "int32_t", "u32": "uint32_t",
    "i64": "int64_t", "u64": "uint64_t", "f32": "float", "f64": "double", "bool": "bool", "usize": "size_t",
}  # fmt: skip


def declaration(type_: str, name: str, struct: Callable[[str], str], *, const: bool = False) -> str:
    """The declaration of `name` (a declarator, "" for the type alone). `struct`: how a struct of that name is called."""
    match read_type(type_):
        case Pointer(to=to, const=inner):
            pointer = f"*{'const ' if const else ''}{name}"
            return declaration(to, f"({pointer})" if isinstance(read_type(to), Array) else pointer, struct, const=inner)
        case Array(count=count, of=of):
            return declaration(of, f"{name}[{count}]", struct, const=const)
        case Function(parameters=parameters, result=result):
            taken = ", ".join(declaration(p, "", struct).rstrip() for p in parameters) or "void"
            return declaration(result or "void", f"(*{'const ' if const else ''}{name})({taken})", struct)
    return f"{'const ' if const else ''}{'void' if type_ == 'void' else C_TYPES.get(type_) or struct(type_)} {name}"


def named_in_functions(type_: str) -> frozenset[str]:
    """Structs that the functions within a type mention: their names must be known before."""
    match read_type(type_):
        case Pointer(to=inner) | Array(of=inner):
            return named_in_functions(inner)
        case Function():
            return named_in(type_)
    return frozenset()
