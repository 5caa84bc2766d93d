"""Signatures: what is known of a function's types, independent of any language.

Type names are Rust's (`i8` ... `u64`, `f32`, `f64`, `bool`, `usize`); C's `int` is i32, `char` is i8 (signed on wasm32),
`size_t` is usize. A parameter is a scalar, or a pointer to a scalar or to a struct of scalars. A pointer may have a length:
the index of the parameter that holds its number of elements. Such a length is never negative and the buffer has exactly
that many elements; languages with slices (Rust, Zig) merge the two and drop the length parameter.
"""

from __future__ import annotations

from dataclasses import dataclass

WIDTHS = {
    "i8": 1, "u8": 1, "bool": 1, "i16": 2, "u16": 2, "i32": 4, "u32": 4, "usize": 4, "f32": 4,
    "i64": 8, "u64": 8, "f64": 8,
}  # fmt: skip
"""Size of every scalar type in bytes, on wasm32; alignment equals size."""

SIGNED = frozenset({"i8", "i16", "i32", "i64"})
FLOATS = frozenset({"f32", "f64"})


def wasm_type(scalar: str) -> str:
    """The wasm value type (`i32`, `i64`, `f32`, `f64`) that carries a scalar."""
    if scalar in FLOATS:
        return scalar
    return "i64" if WIDTHS[scalar] == 8 else "i32"


@dataclass(frozen=True, slots=True)
class Struct:
    """A struct with C layout: name and (field, scalar type) in order."""

    name: str
    fields: tuple[tuple[str, str], ...]

    def layout(self) -> tuple[tuple[tuple[str, str, int], ...], int]:
        """((field, type, offset in bytes), ...) and the size in bytes, by the C rules."""
        offset, align, out = 0, 1, []
        for name, scalar in self.fields:
            width = WIDTHS[scalar]
            align = max(align, width)
            offset = -(-offset // width) * width
            out.append((name, scalar, offset))
            offset += width
        return tuple(out), -(-offset // align) * align


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. `type` is a scalar or the name of a struct; a struct occurs only behind a pointer."""

    name: str
    type: str
    pointer: bool = False
    const: bool = False
    length: int | None = None
    """For a pointer: the index, among the parameters, of the one that holds its number of elements."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Name, parameters, result (a scalar, or None for void) and the structs that the parameters point to."""

    name: str
    parameters: tuple[Parameter, ...]
    result: str | None = None
    structs: tuple[Struct, ...] = ()

    def lengths(self) -> frozenset[int]:
        """Indices of the parameters that hold a length of some pointer."""
        return frozenset(p.length for p in self.parameters if p.length is not None)

    def struct(self, name: str) -> Struct | None:
        return next((s for s in self.structs if s.name == name), None)

    def wasm(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The wasm function type (parameters, results) of the C ABI on wasm32."""
        parameters = tuple("i32" if p.pointer else wasm_type(p.type) for p in self.parameters)
        return parameters, (() if self.result is None else (wasm_type(self.result),))
