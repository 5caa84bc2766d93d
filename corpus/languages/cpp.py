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
from transpile.corpus.c.classes import declarations, own_starts
from transpile.corpus.c.expressions import ATOM, C_TYPES, Text
from transpile.corpus.c.reader import CReader
from transpile.corpus.c.renderer import CRenderer
from transpile.corpus.c.words import tokens, without_attributes
from transpile.corpus.definitions import called
from transpile.corpus.languages.c import CHECKS, PROLOGUE, C
from transpile.corpus.signature import Signature
from transpile.corpus.source import SourceFunction

WORDS = """
    alignas alignof and bitand bitor catch class compl concept const_cast consteval constexpr constinit decltype delete
    dynamic_cast explicit export friend mutable namespace new noexcept not nullptr operator or private protected public
    reinterpret_cast requires static_assert static_cast template this throw try typeid typename using virtual wchar_t xor std
    char8_t char16_t char32_t __restrict
"""


UNSAID = "has types that C can't say"


OWN = "TRANSPILE_OWN"
"""A macro before what is to be kept of a file, however often it is inlined."""


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
    aligned: ClassVar[str] = "alignas"
    no_parameters: ClassVar[str] = ""
    no_linkage: ClassVar[bool] = True
    linkage: ClassVar[str] = 'extern "C" '

    def version(self) -> str:
        return f"zig c++ {zigcc.zig_version()}"

    def read(self, text: str) -> list[SourceFunction]:
        """What catches exceptions is left out, for none is thrown."""
        catch = self._catching(text)
        return [one for one in super().read(text) if one.name not in catch]

    def unread(self, text: str) -> dict[str, str]:
        found, catch = {one.name for one in self.read(text)}, self._catching(text)
        odd = super().unread(text)
        return odd | {
            name: "catches exceptions, and none is thrown here: a throw traps" if name.rpartition("::")[2] in catch else _why(head)
            for name, head in self._heads(text).items()
            if name not in found and (name in catch or name not in odd or _why(head) != UNSAID)
        }

    def _catching(self, text: str) -> set[str]:
        """Last names of functions with a `catch`."""
        words, names, out = [t.text for t in tokens(text) if t.kind != "directive"], list[str](), set[str]()
        for i, word in enumerate(words if "catch" in words else ()):
            if word == "{":
                names.append(called(words, i, self.keywords))
            elif word == "}" and names:
                names.pop()
            elif word == "catch":
                out |= {name for name in names if name}
        return out

    def definitions(self, text: str) -> list[str]:
        return list(self._heads(text))

    def _heads(self, text: str) -> dict[str, list[str]]:
        """Functions defined outside of classes, by name (of members `Class::name`): what stands before the body."""
        found, depth, start, out = [t for t in tokens(text) if t.kind != "directive"], 0, 0, dict[str, list[str]]()
        words = [t.text for t in found]
        scopes = 0
        for i, word in enumerate(words):
            if word in ";}" and depth == scopes:
                start = i + 1
            if word == "{":
                head = [t.text for t in without_attributes(found[start:i])] if depth == scopes else []
                if depth == scopes and (head[:1] == ["namespace"] or head == ["extern"]):
                    scopes += 1
                    start = i + 1
                elif depth == scopes and (name := _defined(head)):
                    out.setdefault(name, head)
                depth += 1
            elif word == "}":
                depth = max(0, depth - 1)
                scopes = min(scopes, depth)
                if depth == scopes:
                    start = i + 1
        return out

    def expose(self, text: str, functions: Sequence[SourceFunction]) -> tuple[str, int]:
        """What compilers inline and leave out then is kept: methods within classes, instances of templates."""
        text, before = super().expose(text, functions)
        for at in sorted(own_starts(text), reverse=True):
            text = f"{text[:at]}{OWN} {text[at:]}"
        return text, before

    def _command(self, text: str, unit: Path, options: Sequence[str]) -> list[str | Path]:
        options = (*options, f"-D{OWN}=__attribute__((used{'' if options[: len(CHECKS)] == CHECKS else ',noinline'}))")
        if not standard.needed(text):
            return super()._command(text, unit, options)
        return standard.command(unit, (*options, *(standard.CHECKED if options[: len(CHECKS)] == CHECKS else ())))

    def _link(self, text: str, folder: Path, seconds: float) -> zigcc.Completed:
        return standard.link(folder, seconds) if standard.needed(text) else super()._link(text, folder, seconds)

    @property
    def prologue(self) -> str:
        head, declarations = PROLOGUE.split("#include <stdbool.h>\n")
        # The C library's headers for C++ say that these do not throw, and so must whoever declares them first.
        declarations = re.sub(r"(\b(?:mem|str)\w+\(.*\));", r"\1 noexcept;", declarations)
        return f'{head}extern "C" {{\n{declarations}}}\n'

    def beyond(self, text: str) -> dict[str, tuple[Signature, re.Pattern[str], str]]:
        found = declarations(text)
        read: dict[str, Signature] = {}
        for one in self.reader(found.text, self.name).functions():
            first = one.signature.parameters[:1]
            if first and first[0].name == "self":  # one object, whatever the numbers behind it are called
                one = replace(one, signature=replace(one.signature, parameters=(replace(first[0], length=None), *one.signature.parameters[1:])))
            read[one.name] = one.signature
        catch = [f"{len(name)}{name}" for name in self._catching(text)]
        exports = {name: one for name, one in found.exports.items() if not any(name in one.pattern for name in catch)}
        return {name: (signature, exports[name], "") for name, signature in read.items() if name in exports}

    def struct_type(self, name: str) -> str:
        return name


def _defined(head: Sequence[str]) -> str:
    """The name of the function that a definition's head declares; "" where it is none's."""
    paren = next((i for i, w in enumerate(head) if w == "("), 0)
    if paren == 0 or "=" in head[:paren] or not head[paren - 1].isidentifier() or head[paren - 1] in Cpp.keywords:
        return ""
    first = paren - 1
    while first >= 2 and head[first - 1] == "::" and head[first - 2].isidentifier():
        first -= 2
    parts = list(head[first:paren:2])
    return "" if parts[-2:-1] == parts[-1:] else "::".join(parts)  # constructors are nothing that is called by a name


def _why(head: Sequence[str]) -> str:
    """What in its head keeps a function from being read: a predicate."""
    if head[0] == "template":
        return "is a template: its instances are no functions of their own here"
    if at := [i for i, w in enumerate(head[:-1]) if w == "std" and head[i + 1] == "::"]:
        return f"has a std::{head[at[0] + 2]} among its types, which only C++ has"
    if "<" in head:
        return f"has a {head[head.index('<') - 1]} among its types, which only C++ has"
    name = head.index("(") - 1
    return f"is a member of {head[name - 2]}, which C can't say" if head[name - 1] == "::" else UNSAID


LANGUAGE = Cpp()
