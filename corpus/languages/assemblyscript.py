"""AssemblyScript: C's signatures, with `Pointer<T>` for pointers to elements and unmanaged classes for structs (`assemblyscript/prologue.py`).

Units are compiled by `assemblyscript/compiler.py`. A function is exported as it is: wasm types and layout are C's, so there is no entry point beside it.
Limits: structs that hold arrays or other structs in place become classes with a field for each element; the compiler looks at a function's body
only where it is exported or called, so errors in others go unseen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from transpile.corpus import ir
from transpile.corpus.assemblyscript import compiler as as_compiler
from transpile.corpus.assemblyscript.expressions import number
from transpile.corpus.assemblyscript.prologue import PROLOGUE, with_pieces
from transpile.corpus.assemblyscript.reader import blank, items, read_functions
from transpile.corpus.assemblyscript.renderer import AsFunction
from transpile.corpus.globals import Global
from transpile.corpus.language import Compilation, Diagnostic, Language
from transpile.corpus.signature import ADDRESS, WIDTHS, Parameter, Pointer, Signature, Struct, is_address, read_type
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import format_source

KEYWORDS = frozenset(
    """abstract as async await bool boolean break case catch class const continue constructor debugger declare default delete do else enum
    export extends false final finally for from function get if implements import in instanceof interface is keyof let module namespace new
    null number of override private protected public readonly return set static string super switch symbol this throw true try type typeof
    undefined var void while with yield i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 isize usize v128 NaN Infinity Math Mathf memory heap load
    store sizeof alignof offsetof changetype reinterpret select unreachable abort assert unchecked min max abs clz ctz popcnt rotl rotr
    sqrt floor ceil trunc nearest copysign isNaN isFinite bswap Pointer __stack_pointer stackPointer stackArray swapBytes""".split()
)
_GENERIC = re.compile(
    r"\b(Pointer|changetype|reinterpret|stackArray|stackPointer|data|min|max|load|store|sizeof) ?< ?((?:\w+ ?< ?)?\w+) ?(>>|>)(?: ?(?=[(),;\[])|)"
)
"""Type arguments as `format_source` sets them, taken for comparisons."""
_EXPORTED = r"\bexport\s+(?:default\s+)?function\s+{name}\b|\bexport\s*\{{[^}}]*\b{name}\b[^}}]*\}}"


class AssemblyScript(Language):
    name: ClassVar[str] = "assemblyscript"
    title: ClassVar[str] = "AssemblyScript"
    suffixes: ClassVar[tuple[str, ...]] = (".ts",)
    results_behind = True
    keywords: ClassVar[frozenset[str]] = KEYWORDS
    plain_types: ClassVar[Mapping[str, tuple[str, ...]]] = {name: ("number",) for name in ("i32", "u32", "f64")} | {"i64": ("number", "bigint")}

    # ------------------------------------------------------------ toolchain

    def version(self) -> str:
        as_compiler.toolchain()
        return f"asc {as_compiler.VERSION}"

    @property
    def prologue(self) -> str:
        return PROLOGUE

    def refused(self, text: str) -> tuple[Diagnostic, ...]:
        return ()  # asc is given this text and its own library, and reads nothing else

    def _compile(self, text: str, level: str, seconds: float) -> Compilation:
        return as_compiler.compile_text(text, level, seconds)

    def layout(self, text: str) -> str:
        text = _GENERIC.sub(lambda m: f"{m[1]}<{m[2].replace(' ', '')}{m[3]}", format_source(text))
        return re.sub(r"\) : (?=\w+(?:<[\w<>]+>)? \{$)", "): ", text, flags=re.M)

    def mended(self, text: str) -> str:
        return with_pieces(text)

    # ------------------------------------------------------------ writing what a signature determines

    def write_struct(self, struct: Struct) -> str:
        fields = []
        end = align = 0
        for name, type_, offset in struct.layout()[0]:
            size = WIDTHS.get(type_, ADDRESS)
            end, align = offset + size, max(align, size)
            fields.append(f"    {name}: {_type(type_)};\n")
        if end % align:
            # C's structs end where the next of an array begins, classes with their last field.
            fields += [f"    pad{at}: u8;\n" for at in range(end, -(-end // align) * align)]
        return f"@unmanaged class {struct.name} {{\n{''.join(fields)}}}"

    def write_global(self, one: Global, *, visible: bool = False) -> str:
        """A scalar is a variable of the module, an array memory that the compiler sets aside."""
        type_ = _type(one.type)
        if one.count is None:
            return f"{'export ' if visible else ''}let {one.name}: {type_} = {str(one.first).lower() if one.type == 'bool' else number(one.first, one.type)};"
        if one.values and one.type == "bool":
            raise ir.NotInLanguage("memory of booleans that are not all false")
        values = f"<{type_}>([{', '.join(number(v, one.type) for v in one.values)}])" if one.values else f"({one.count * WIDTHS[one.type]}, 8)"
        return f"const {one.name} = changetype<Pointer<{type_}>>(memory.data{values});"

    def write_header(self, signature: Signature) -> str:
        return f"{_head(signature)} {{"

    def write_prototype(self, signature: Signature) -> str:
        return f"{_head(signature)};"

    def write_entry(self, signature: Signature, *, always: bool = False) -> str:
        return ""

    def write_inner(self, source: SourceFunction, *, inline: bool) -> str:
        return source.text

    def expose(self, text: str, functions: Sequence[SourceFunction]) -> tuple[str, int]:
        code = blank(text)
        hidden = [f.name for f in functions if not re.search(_EXPORTED.format(name=re.escape(f.name)), code)]
        return (f"{text}\nexport {{ {', '.join(hidden)} }};\n" if hidden else text), 0

    # ------------------------------------------------------------ reading and rendering

    def definitions(self, text: str) -> list[str]:
        return list(dict.fromkeys(item.name for item in items(blank(text))))

    def read(self, text: str) -> list[SourceFunction]:
        return read_functions(text, self.name, self.write_header)

    def _body(self, function: ir.Function, signatures: Mapping[str, Signature]) -> Sequence[str]:
        return [*AsFunction(function, signatures).body(), "}"]


def _head(signature: Signature) -> str:
    parameters = ", ".join(f"{p.name}: {_parameter_type(p)}" for p in signature.parameters)
    return f"export function {signature.name}({parameters}): {'void' if signature.result is None else _type(signature.result)}"


def _parameter_type(parameter: Parameter) -> str:
    if not parameter.pointer:
        return _type(parameter.type)
    single = parameter.length is None and parameter.type not in WIDTHS and not is_address(parameter.type)
    return parameter.type if single and parameter.type != "void" else f"Pointer<{_type(parameter.type)}>"


def _type(text: str) -> str:
    """A scalar, a struct, or an address."""
    type_ = read_type(text)
    if isinstance(type_, Pointer):
        return f"Pointer<{_type(type_.to)}>"
    if isinstance(type_, str):
        return "u8" if type_ == "void" else type_
    return "usize"


LANGUAGE = AssemblyScript()
