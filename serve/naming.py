"""Giving a translated function readable names again.

The signature's own names come back for the function, its parameters, structs, fields and callees; locals get the names that people
give to their roles (i, j, k for loop variables, `result` for what is returned). Whole-word renaming to fresh names can't change behaviour.
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

_LOOP = re.compile(r"v\d+")
_LOCALS = frozenset([*"ijklmn", "result"])
"""What `local_names` gives to locals."""
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


def _counter(head: list[str]) -> str:
    """What counts in the head of D's foreach: `(i; 0 .. n)`, `(int i; 0 .. n)`, `(i, x; array)`; "" where nothing does."""
    declared = [t for t in head[: head.index(";")] if _LOOP.fullmatch(t)] if ";" in head else []
    return declared[0] if declared and (len(declared) == 2 or ".." in head) else ""


def local_names(tokens: list[str], taken: set[str]) -> dict[str, str]:
    """Names for canonical locals by what they do in a body: loop variables and the returned accumulator."""
    names: dict[str, str] = {}
    letters = [c for c in "ijklmn" if c not in taken]

    def name_loop(token: str) -> None:
        if _LOOP.fullmatch(token) and token not in names and letters:
            names[token] = letters.pop(0)

    for i, token in enumerate(tokens):
        following = tokens[i + 1 : i + 4]
        if token == "for" and following[:1] == ["("] and len(following) > 2 and following[2] != ";":
            name_loop(following[2])
        elif token == "for" and following[:1] != ["("] and following[1:2] == ["in"]:
            name_loop(following[0])
        elif token in ("foreach", "foreach_reverse") and "{" in tokens[i:]:
            name_loop(_counter(tokens[i + 1 : tokens.index("{", i)]))
    returned = [tokens[i + 1] for i, t in enumerate(tokens[:-2]) if t == "return" and tokens[i + 2] == ";"]
    if len(tokens) > 1 and tokens[-1] == "}":
        returned.append(tokens[-2])
    candidates = {r for r in returned if _LOOP.fullmatch(r) and r not in names}
    if len(candidates) == 1 and "result" not in taken:
        names[candidates.pop()] = "result"
    return names


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
        names[one.name] = fresh(written.upper() if language.name == "rust" else written, language.keywords | _LOCALS)
    return names


def restored_names(
    signature: Signature,
    callees: Sequence[str],
    body: str,
    language: Language,
    structs: Mapping[str, str],
    fields: Mapping[str, str],
    globals_: Iterable[Global] = (),
) -> dict[str, str]:
    """Canonical name to readable name for one function. `structs` and `fields` map names as written to canonical ones; `globals_` are the
    variables of the file that it names."""
    own = readable_signature(signature, language)
    names = {"f0": own.name} | {f"p{i}": p.name for i, p in enumerate(own.parameters)}
    names |= {f"c{i}": fresh(callee, language.keywords) for i, callee in enumerate(callees)}
    names |= {canonical: fresh(type_name(written, language), language.keywords) for written, canonical in structs.items()}
    names |= {canonical: fresh(written, language.keywords) for written, canonical in fields.items()}
    names |= global_names(globals_, language)
    names |= local_names(lex(body), set(names.values()) | set(language.keywords) | set(lex(body)))
    return names
