"""What linkers call the functions of C++ and Rust, in words that people use and that are one word of canonical text.

Limit: of names that are still mangled, those of plain and nested functions alone are read; overloads become the same.
"""

from __future__ import annotations

import re

_MANGLED = re.compile(r"_Z(?:N[rVK]*(?P<nested>(?:\d+[A-Za-z_]\w*?)+?)(?:[EI]|C[12]|D[0-2])|(?P<plain>\d+\w+))")
_ARGUMENTS = re.compile(r"<[^<>]*>|\([^()]*\)(?: const)?")


def spoken(symbol: str) -> str:
    """`std::sort` for `void std::__1::sort<int*>(int*, int*)`, `Counter::add` for `_ZN7Counter3addEi`, `operator_new` for `operator new(unsigned long)`."""
    if found := _MANGLED.match(symbol):
        return "::".join(_lengths(found["nested"] or found["plain"])) or symbol
    if not re.search(r"[ <(]|::", symbol):
        return symbol
    name = re.sub(r"\[abi:\w+\]", "", symbol).replace("std::__1::", "std::")
    operator = re.search(r"\boperator(?: (?:new|delete)(?:\[\])?|(?:<=>|<<=?|>>=?|[<>]=?|[-+*/%&|^~!=,]{1,2}|\[\]|\(\))(?=[<(]))", name)
    if operator:
        name, last = name[: operator.start()], operator[0].replace(" ", "_")
    else:
        last = ""
    while (shorter := _ARGUMENTS.sub("", name)) != name:
        name = shorter
    return ((name.split() or [""])[-1] if not name.endswith(" ") else "").lstrip(":&*") + last or symbol.split()[0]


def _lengths(text: str) -> list[str]:
    """The names that each stand behind their length."""
    out = []
    while found := re.match(r"\d+", text):
        end = found.end() + int(found[0])
        out.append(text[found.end() : end])
        text = text[end:]
    return out
