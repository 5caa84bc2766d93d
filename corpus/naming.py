"""From names as people write them to canonical names, and back.

The model learns on canonical names only (random identifiers slow it down badly); the names of the signature come back in a separate
pass. Renaming by whole words can't change behaviour as long as the new names are fresh, which canonical names are by construction.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from transpile.corpus.globals import Global
from transpile.corpus.language import Language
from transpile.corpus.signature import Parameter, Signature, Struct
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import canonical_text, lex

_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_NUMBER_TYPE = re.compile(r"[iuf]\d+")


def canonical_signature(signature: Signature, structs: Mapping[str, str], fields: Mapping[str, str], name: str = "f0") -> Signature:
    """The signature under canonical names; `structs` and `fields` map names as written to S0.. and m0.."""
    return Signature(
        name,
        tuple(replace(p, name=f"p{i}", type=renamed_type(p.type, structs)) for i, p in enumerate(signature.parameters)),
        signature.result and renamed_type(signature.result, structs),
        tuple(renamed_struct(s, structs, fields) for s in signature.structs),
    )


def renamed_type(type_: str, names: Mapping[str, str]) -> str:
    """A type with the structs in it under other names."""
    return _IDENTIFIER.sub(lambda m: names.get(m[0], m[0]), type_)


def renamed_struct(struct: Struct, structs: Mapping[str, str], fields: Mapping[str, str]) -> Struct:
    """A struct with itself, the structs in it and its fields under other names, where they have one."""
    return Struct(
        structs.get(struct.name, struct.name),
        tuple((fields.get(f, f), renamed_type(t, structs)) for f, t in struct.fields),
        tuple((fields.get(p, p), fields.get(n, n)) for p, n in struct.lengths),
        tuple((fields.get(f, f), domain) for f, domain in struct.domains),
        struct.align,
    )


def renamed_global(one: Global, structs: Mapping[str, str], fields: Mapping[str, str]) -> Global:
    """A variable of the file with the structs of its type, and their fields, under other names."""
    return replace(one, type=renamed_type(one.type, structs), structs=tuple(renamed_struct(s, structs, fields) for s in one.structs))


def struct_names(signatures: Sequence[Signature], first: Sequence[Struct] = ()) -> tuple[dict[str, str], dict[str, str]]:
    """Canonical names of the structs and fields of some signatures, numbered in order of appearance, behind those of `first`.

    Fields of one name in two structs share one canonical name.
    """
    structs: dict[str, str] = {}
    fields: dict[str, str] = {}
    for known in (first, *(signature.structs for signature in signatures)):
        for struct in known:
            structs.setdefault(struct.name, f"S{len(structs)}")
            for name, _ in struct.fields:
                fields.setdefault(name, f"m{len(fields)}")
    return structs, fields


def canonical_function(
    source: SourceFunction, language: Language, callees: Sequence[str], signatures: Mapping[str, Signature], *, name: str = "f0"
) -> SourceFunction:
    """A function as written, under canonical names.

    `callees`: names in the order in which the WAT calls them (c0, c1, ...); those only in the source follow. `signatures`: by function
    name, the C ABI signature that counts for all languages (the C source's), parameters of `source` matched by position.
    """
    order = [*callees, *(one.name for one in _closure(source) if one.name not in callees)]
    numbering = {callee: f"c{i}" for i, callee in enumerate(order)} | {source.name: name}
    structs, fields = struct_names([signatures[source.name], *(signatures[c] for c in order)])
    return _rename(source, language, numbering, signatures, structs, fields)


def _closure(source: SourceFunction) -> list[SourceFunction]:
    out: dict[str, SourceFunction] = {}
    for callee in source.callees:
        for one in [*_closure(callee), callee]:
            out.setdefault(one.name, one)
    return list(out.values())


def _rename(
    source: SourceFunction,
    language: Language,
    numbering: Mapping[str, str],
    signatures: Mapping[str, Signature],
    structs: Mapping[str, str],
    fields: Mapping[str, str],
) -> SourceFunction:
    signature = canonical_signature(signatures[source.name], structs, fields, numbering[source.name])
    if source.is_declared_only:
        return SourceFunction(source.language, signature, canonical_text(language.write_prototype(signature)))
    names: dict[str, str] = dict(numbering)
    own = source.signature
    written, canonical = own.parameters, signature.parameters
    if language.slices:
        written, canonical = drop_lengths(own), drop_lengths(signature)
    names |= {w.name: c.name for w, c in zip(written, canonical, strict=True)}
    # A body may name structs of what it calls, too.
    own_structs = {
        s.name: structs[t.name] for one in (*_closure(source), source) for s, t in zip(one.signature.structs, signatures[one.name].structs, strict=True)
    }
    tags = own_structs if language.tags else {}
    names |= {} if language.tags else own_structs
    text = language.canonical_types(source.text)
    header, body = text[: text.index("{")], lex(text[text.index("{") :])
    inside = within_structs(body)
    members = {body[i] for i in inside}
    mutable = [m.group(1) for m in re.finditer(r"\bmut\s+([A-Za-z_]\w*)\s*:", header)]
    local, imported = 0, set[str]()
    if language.name == "rust":  # what a body uses of a library is called as there
        line = " ".join(body)
        imported = {word for used in re.findall(r"(?<!\w)use ([^;]*) ;", line) for word in used.split() if _IDENTIFIER.fullmatch(word)}
        imported |= {word for given in re.findall(r"(?<!\w)impl (\w+) for \w+ { fn (\w+)", line) for word in given}
    for i, token in enumerate(body):
        if token in imported or not _IDENTIFIER.fullmatch(token) or token in names or token in language.keywords or _NUMBER_TYPE.fullmatch(token):
            continue
        previous = body[i - 1] if i else ""
        if token in tags and previous in ("struct", "union"):
            continue
        if previous in (".", "->", "::") or body[i + 1 : i + 2] == ["::"]:
            continue
        if body[i + 1 : i + 2] == ["!"] and body[i + 2 : i + 3] in (["("], ["["], ["{"]) and language.name == "rust":
            continue  # a macro
        if token in fields and (body[i + 1 : i + 2] == [":"] and previous in ("{", ",")):
            continue
        names[token] = f"v{local}"
        local += 1
    renamed = []
    for i, token in enumerate(body):
        if token in tags and i and body[i - 1] in ("struct", "union"):
            renamed.append(tags[token])
            continue
        after_dot = i and body[i - 1] in (".", "->")
        is_member = i in inside and token in fields and body[i + 1] in (";", ",", "[", ":")
        is_member |= token in fields and body[i - 1 : i] == [","] and "__builtin_offsetof" in body[max(0, i - 5) : i]
        is_initializer = token in fields and i and body[i - 1] in ("{", ",") and body[i + 1 : i + 2] == [":"]
        member = after_dot or is_initializer or is_member
        renamed.append(fields.get(token, names.get(token, token) if token in members else token) if member else names.get(token, token))
    shadows = [f"let mut {names[n]} = {names[n]};" for n in mutable]
    body_text = canonical_text(" ".join([renamed[0], *shadows, *renamed[1:]]))
    head = canonical_text(language.write_header(signature))
    callees = tuple(_rename(c, language, numbering, signatures, structs, fields) for c in source.callees)
    return SourceFunction(source.language, signature, f"{head} {body_text[1:].strip()}", callees)


def within_structs(body: Sequence[str]) -> set[int]:
    """Where words stand inside the braces of structs and unions that a C body itself defines: its members' names, among others."""
    inside: set[int] = set()
    for i, token in enumerate(body):
        if token in ("struct", "union"):
            j = i + 1 if body[i + 1 : i + 2] == ["{"] else i + 2
            depth = 0
            while body[j : j + 1] and (depth or body[j] == "{"):
                depth += (body[j] == "{") - (body[j] == "}")
                if _IDENTIFIER.fullmatch(body[j]):
                    inside.add(j)
                j += 1
    return inside


def natural_names(signature: Signature) -> dict[str, str]:
    """Canonical name to the name as written, for the parameters, structs and fields of a signature and the function itself."""
    structs, fields = struct_names([signature])
    back = {v: k for k, v in (structs | fields).items()}
    return back | {f"p{i}": p.name for i, p in enumerate(signature.parameters)} | {"f0": signature.name}


def drop_lengths(signature: Signature) -> tuple[Parameter, ...]:
    """The parameters that remain in a language with slices."""
    lengths = signature.lengths()
    return tuple(p for i, p in enumerate(signature.parameters) if i not in lengths)
