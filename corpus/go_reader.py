"""Functions out of Go source, by a tolerant reader of the top level: types of `signature` only, everything else is passed over.

A slice becomes a pointer with a length parameter `n<position>` right behind it, a string one that is const. A pointer is const where the body
neither stores through it nor hands it on. The text that comes back starts with `write_header` of the signature and has its semicolons.
Limits: methods, generic functions, several results and named ones, types of other packages.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from transpile.corpus.go_text import SCALARS, Item, blank_go, compact, explicit, functions, named_types, parameters, resolve
from transpile.corpus.scanner import Found, split, with_callees
from transpile.corpus.signature import Parameter, Signature, Struct
from transpile.corpus.source import SourceFunction

_ASSIGNED = r"(?:(?:[-+*/%&|^]|<<|>>|&\^)?=(?!=)|\+\+|--|,[^;\n{}=]*(?<![=!<>:])=(?!=))"


def read_functions(text: str, language: str, write_header: Callable[[Signature], str]) -> list[SourceFunction]:
    """Functions of `text` in order, with their callees. `write_header` is the language's own."""
    code = blank_go(text)
    types = named_types(code)
    structs = {name: struct for name in types if (struct := _struct(name, types)) is not None}
    found = []
    for item in functions(code):
        one = _function(text, code, item, types, structs, write_header)
        if one is not None:
            found.append(one)
    return with_callees(language, found, lambda name, body: re.search(rf"(?<![.\w]){name}\s*\(", body) is not None)


def _struct(name: str, types: dict[str, str]) -> Struct | None:
    """A struct of scalar fields alone."""
    inside = re.fullmatch(r"struct\s*\{(.*)\}", types[name], re.S)
    if not inside:
        return None
    fields: list[tuple[str, str]] = []
    for line in re.split(r"[;\n]", inside[1]):
        if not line.strip():
            continue
        found = re.fullmatch(r"\s*(\w+(?:\s*,\s*\w+)*)\s+(\w+)\s*", line)
        scalar = SCALARS.get(resolve(found[2], types)) if found else None
        if found is None or scalar is None:
            return None
        fields += [(field, scalar) for field in split(found[1])]
    return Struct(name, tuple(fields)) if fields else None


def _function(
    text: str, code: str, item: Item, types: dict[str, str], structs: dict[str, Struct], write_header: Callable[[Signature], str]
) -> Found | None:  # fmt: skip
    if not item.name or item.name in ("main", "init") or item.body is None:
        return None
    blanked = code[slice(*item.body)]
    taken: list[Parameter] = []
    used: dict[str, Struct] = {}
    for name, written in parameters(item.parameters):
        type_ = resolve(written, types)
        if name in ("", "_"):
            return None
        if type_ in SCALARS:
            taken.append(Parameter(name, SCALARS[type_]))
            continue
        pointer = re.fullmatch(r"(\*|\[\])\s*(\w+)", type_)
        to = "byte" if type_ == "string" else resolve(pointer[2], types) if pointer else ""
        if to not in SCALARS and to not in structs:
            return None
        if to in structs:
            used[to] = structs[to]
        many = type_ == "string" or (pointer is not None and pointer[1] == "[]")
        const = type_ == "string" or not _changes(name, blanked)
        taken.append(Parameter(name, SCALARS.get(to, to), True, const, len(taken) + 1 if many else None))
        if many:
            taken.append(Parameter(f"n{len(taken) - 1}", "usize"))
    result = resolve(compact(item.result), types)
    if result and result not in SCALARS:
        return None
    signature = Signature(item.name, tuple(taken), SCALARS.get(result), tuple(used.values()))
    body = explicit(text[slice(*item.body)])
    return Found(signature, f"{write_header(signature)}{body}}}", blanked)


def _changes(name: str, body: str) -> bool:
    """Might the body change what the parameter points to? It does where it stores, and it may where it hands the pointer on."""
    place = rf"(?<![.\w]){name}\s*(?:\[(?:[^\[\]]|\[[^\]]*\])*\]|\.\s*\w+)(?:\s*\.\s*\w+)*\s*"
    if re.search(rf"{place}{_ASSIGNED}|\*\s*{name}\s*{_ASSIGNED}|&\s*{name}\b|(?<!\w)(?:copy|clear)\s*\(\s*{name}\b", body):
        return True
    # Bare, it is read where it is asked for its length, ranged over, indexed, dereferenced or compared.
    for found in re.finditer(rf"(?<![.\w]){name}\b(?!\s*(?:\.\s*\w|==|!=))", body):
        before, after = body[: found.start()].rstrip(), body[found.end() :].lstrip()
        if after.startswith("["):
            inside = re.match(r"\[(?:[^\[\]]|\[[^\]]*\])*\]", after)
            if inside and ":" in inside[0]:
                return True
            continue
        if re.search(r"\b(?:len|cap)\s*\($", before) or re.search(r"\brange$", before) or before.endswith(("*", "==", "!=")):
            continue
        return True
    return False
