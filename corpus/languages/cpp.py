"""C++: C's toolchain and text with what C++ does otherwise: casts by name, struct names without `struct`, empty parameter lists.

Functions have C linkage, so that their exports carry plain names. A unit that needs the standard library is compiled and linked with it (`standard`).
Limits: no exceptions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from transpile.corpus import zigcc
from transpile.corpus.c import standard
from transpile.corpus.c.classes import declarations
from transpile.corpus.c.expressions import ATOM, C_TYPES, Text
from transpile.corpus.c.reader import CReader
from transpile.corpus.c.renderer import CRenderer
from transpile.corpus.languages.c import CHECKS, PROLOGUE, C
from transpile.corpus.signature import Signature

WORDS = """
    alignas alignof and bitand bitor catch class compl concept const_cast consteval constexpr constinit decltype delete
    dynamic_cast explicit export friend mutable namespace new noexcept not nullptr operator or private protected public
    reinterpret_cast requires static_assert static_cast template this throw try typeid typename using virtual wchar_t xor std
    char8_t char16_t char32_t __restrict
"""


class CppRenderer(CRenderer):
    """Casts by `static_cast`, empty braces for a zeroed array."""

    def cast(self, type_: str, value: Text) -> Text:
        return Text(f"static_cast<{C_TYPES[type_]}>({value.text})", ATOM)

    def bit_cast(self, type_: str, value: Text, source: str) -> Text:
        return Text(f"__builtin_bit_cast({C_TYPES[type_]}, {value.text})")

    struct_prefix = ""
    zeros = ""


class CppReader(CReader):
    """C's reader: what is beyond C (templates, classes, references, namespaces) is left out."""

    def __init__(self, text: str, language: str) -> None:
        super().__init__(re.sub(r"\bstd::(?=u?int\d+_t\b|size_t\b|ptrdiff_t\b)", "", text), language)


class Cpp(C):
    name: ClassVar[str] = "cpp"
    title: ClassVar[str] = "C++"
    suffixes: ClassVar[tuple[str, ...]] = (".cpp", ".cc", ".cxx", ".hpp")
    keywords: ClassVar[frozenset[str]] = (C.keywords - {"restrict"}) | frozenset(WORDS.split())
    compiler: ClassVar[tuple[str, ...]] = ("c++", "-std=gnu++20", "-fno-exceptions", "-fno-rtti", "-Werror=return-type")
    reader: ClassVar[type[CReader]] = CppReader
    renderer: ClassVar[type[CRenderer]] = CppRenderer
    tags: ClassVar[bool] = False
    no_parameters: ClassVar[str] = ""
    no_linkage: ClassVar[bool] = True
    linkage: ClassVar[str] = 'extern "C" '

    def version(self) -> str:
        return f"zig c++ {zigcc.zig_version()}"

    def _command(self, text: str, unit: Path, options: Sequence[str]) -> list[str | Path]:
        if not standard.needed(text):
            return super()._command(text, unit, options)
        return standard.command(unit, (*options, *(standard.CHECKED if options == CHECKS else ())))

    def _link(self, text: str, folder: Path, seconds: float) -> zigcc.Completed:
        return standard.link(folder, seconds) if standard.needed(text) else super()._link(text, folder, seconds)

    @property
    def prologue(self) -> str:
        head, declarations = PROLOGUE.split("#include <stdbool.h>\n")
        # The C library's headers for C++ say that these do not throw, and so must whoever declares them first.
        declarations = re.sub(r"(\b(?:mem|str)\w+\(.*\));", r"\1 noexcept;", declarations)
        return f'{head}extern "C" {{\n{declarations}}}\n'

    def beyond(self, text: str) -> dict[str, tuple[Signature, re.Pattern[str]]]:
        found = declarations(text)
        read: dict[str, Signature] = {}
        for one in self.reader(found.text, self.name).functions():
            first = one.signature.parameters[:1]
            if first and first[0].name == "self":  # one object, whatever the numbers behind it are called
                one = replace(one, signature=replace(one.signature, parameters=(replace(first[0], length=None), *one.signature.parameters[1:])))
            read[one.name] = one.signature
        return {name: (signature, found.exports[name]) for name, signature in read.items() if name in found.exports}

    def struct_type(self, name: str) -> str:
        return name


LANGUAGE = Cpp()
