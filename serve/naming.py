"""Giving a translated function readable names again.

The signature's own names come back for the function, its parameters, structs, fields and callees; locals get names by `local_names`. Whole-word
renaming to fresh names can't change behaviour.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from transpile.corpus.globals import Global
from transpile.corpus.language import Language
from transpile.corpus.naming import renamed_global, renamed_struct, renamed_type
from transpile.corpus.signature import Signature
from transpile.corpus.text import lex
from transpile.serve.local_names import ROLES, local_names, written_names

_CAMEL = frozenset({"rust", "zig", "cpp", "d", "go", "assemblyscript"})


def type_name(name: str, language: Language) -> str:
    """A struct's name in the target's convention: CamelCase where that is the custom."""
    if language.name not in _CAMEL:
        return name
    return "".join(part[:1].upper() + part[1:] for part in name.split("_") if part) or name


def fresh(name: str, taken: Iterable[str]) -> str:
    """`name`, or `name_`, `name__`, ... where it is taken."""
    taken = set(taken)
    while name in taken:
        name += "_"
    return name


def readable_signature(signature: Signature, language: Language) -> Signature:
    """The signature in the target's conventions: struct names, and nothing that is a keyword there."""
    structs = {s.name: fresh(type_name(s.name, language), language.keywords) for s in signature.structs}
    taken = set(language.keywords)
    parameters = []
    for i, p in enumerate(signature.parameters):
        parameters.append(replace(p, name=fresh(p.name or f"p{i}", taken), type=renamed_type(p.type, structs)))
        taken.add(parameters[-1].name)
    return replace(
        signature,
        name=fresh(signature.name, language.keywords),
        parameters=tuple(parameters),
        result=signature.result and renamed_type(signature.result, structs),
        structs=tuple(renamed_struct(s, structs, {f: fresh(f, language.keywords) for f, _ in s.fields}) for s in signature.structs),
    )


def readable_global(one: Global, language: Language) -> Global:
    """A variable of the file with the target's names for the structs and fields of its type."""
    structs = {s.name: fresh(type_name(s.name, language), language.keywords) for s in one.structs}
    return renamed_global(one, structs, {f: fresh(f, language.keywords) for s in one.structs for f, _ in s.fields})


def global_names(globals_: Iterable[Global], language: Language) -> dict[str, str]:
    """Canonical name to readable name for variables of the file. Those as written differ from all parameters and functions of the program."""
    names: dict[str, str] = {}
    for one in globals_:
        written = one.written or f"state_{one.name[1:]}"
        names[one.name] = fresh(written.upper() if language.name == "rust" else written, language.keywords | ROLES)
    return names


def restored_names(
    signature: Signature,
    callees: Sequence[str],
    body: str,
    language: Language,
    structs: Mapping[str, str],
    fields: Mapping[str, str],
    globals_: Iterable[Global] = (),
    original: str = "",
) -> dict[str, str]:
    """Canonical name to readable name for one function. `structs` and `fields` map names as written to canonical ones; `globals_` are the
    variables of the file that it names; `original` is the text that it was translated from, if there is any."""
    own = readable_signature(signature, language)
    names = {"f0": own.name} | {f"p{i}": p.name for i, p in enumerate(own.parameters)}
    names |= {f"c{i}": fresh(callee, language.keywords) for i, callee in enumerate(callees)}
    names |= {canonical: fresh(type_name(written, language), language.keywords) for written, canonical in structs.items()}
    names |= {canonical: fresh(written, language.keywords) for written, canonical in fields.items()}
    names |= global_names(globals_, language)
    tokens = lex(body)
    known = {p.name: f"p{i}" for i, p in enumerate(signature.parameters) if p.name} | {c: f"c{i}" for i, c in enumerate(callees)} | dict(fields)
    written = {v: _conventional(name, language) for v, name in written_names(original, known, tokens).items()} if original else {}
    return names | local_names(tokens, set(names.values()) | set(language.keywords) | set(tokens), written)


def _conventional(name: str, language: Language) -> str:
    """A variable's name in the target's convention: snake_case where compilers ask for it."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda m: f"_{m[1]}", name).lower() if language.name in ("rust", "zig") else name
