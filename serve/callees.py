"""Verified translations as their callers have them: under the names that these know them and their structs by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from transpile.corpus.externs import externs_in
from transpile.corpus.globals import Global, mentioned
from transpile.corpus.language import Language
from transpile.corpus.naming import renamed_struct, renamed_type
from transpile.corpus.signature import Signature
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import ADDRESSED, rename

_ADDRESSED = 9090
"""What the numbers of the callees of functions whose address is taken begin with: no other function has so many."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A verified translation as its callers need it: with the canonical names of its structs and fields, by name as written."""

    source: SourceFunction
    structs: Mapping[str, str]
    fields: Mapping[str, str]


def as_callee(accepted: Accepted, structs: Mapping[str, str], fields: Mapping[str, str], name: str) -> SourceFunction:
    """An accepted translation as `c0`, `h0`, ... of a caller with these canonical names of structs and fields; its own callees move out of the way."""
    names = {old: structs[written] for written, old in accepted.structs.items()}
    names |= {old: fields[written] for written, old in accepted.fields.items()}
    number = int(name[1:]) + 1
    return _renumbered(accepted.source, name, names, f"{number}0" if name[0] == "c" else f"{_ADDRESSED}{number}0")


def written(
    signature: Signature, text: str, target: Language, known: Iterable[Global], callees: tuple[SourceFunction, ...] = ()
) -> SourceFunction:
    """A function that an engine wrote, with what it needs: of the program (`callees`, the variables among `known`), and of C's library."""
    needed = externs_in(text) if target.externs else ()
    from_c = tuple(SourceFunction(target.name, s, target.write_prototype(s)) for s in needed)
    return SourceFunction(target.name, signature, text, (*callees, *from_c), mentioned(text, known))


def _renumbered(source: SourceFunction, name: str, names: Mapping[str, str], prefix: str) -> SourceFunction:
    """A function under another name, structs and fields as in `names`; its callees, and theirs, are numbered under `prefix`."""
    if source.is_declared_only:
        return source
    old = source.signature
    inner = {c.name: c.name if c.is_declared_only or ADDRESSED.fullmatch(c.name) else f"c{prefix}{i}" for i, c in enumerate(source.callees)}
    signature = Signature(
        name,
        tuple(replace(p, type=renamed_type(p.type, names)) for p in old.parameters),
        old.result and renamed_type(old.result, names),
        tuple(renamed_struct(s, names, names) for s in old.structs),
    )
    # Functions of a circle name those beside and above them, too. A function whose address is taken has one name in all of them.
    words = {**names, old.name: name, **inner}
    callees = tuple(_renumbered(c, inner[c.name], words, f"{prefix}{i}0") for i, c in enumerate(source.callees))
    return SourceFunction(source.language, signature, rename(source.text, words), callees, source.globals)
