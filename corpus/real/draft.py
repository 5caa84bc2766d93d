"""What a definition of real C is before it is written as a function, and small questions about C's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from transpile.corpus.c.types import declaration
from transpile.corpus.c.words import QUALIFIERS, Token, tokens
from transpile.corpus.signature import Struct


@dataclass(frozen=True, slots=True)
class Draft:
    """A definition as read: types in the file's own terms (see `CTypes`), and the text from the head on."""

    name: str
    result: str
    parameters: tuple[tuple[str, str], ...]
    text: str
    members: frozenset[str]
    """Names of fields that the text mentions, those of constants that it needs too."""
    constants: tuple[str, ...]


def struct_text(struct: Struct) -> str:
    fields = " ".join(f"{declaration(type_, name, 'struct {}'.format)} ;" for name, type_ in struct.fields)
    return " ".join(t.text for t in tokens(f"struct {struct.name} {{ {fields} }} ;"))


def outside_brackets(words: Sequence[str]) -> Iterator[str]:
    """The words that stand in no brackets."""
    depth = 0
    for word in words:
        depth -= word in {")", "]", "}"}
        if not depth:
            yield word
        depth += word in {"(", "[", "{"}


def without_clashes(written: Sequence[Token], names: set[str]) -> list[Token]:
    """A head or body with `_` behind variables that are called as a type is, since both names are about to be replaced.

    A name before another word is the type's, with stars in between if a statement or a bracket starts there; else the variable's."""
    out = list(written)
    for i, token in enumerate(written):
        before = written[i - 1].text if i else ";"
        if token.kind != "word" or token.text not in names or before in {".", "->", "struct", "union", "enum"}:
            continue
        j = i + 1
        while j < len(written) - 1 and (written[j].text == "*" or written[j].text in QUALIFIERS):
            j += 1
        starts = j == i + 1 or before in {";", "{", "}", "(", ",", "static", *QUALIFIERS}
        is_type = starts and j < len(written) and (written[j].kind == "word" or (j > i + 1 and written[j].text == ")"))
        if not is_type:
            out[i] = token._replace(text=f"{token.text}_")
    return out


def uses(names: set[str], body: Sequence[Token], texts: set[str]) -> bool:
    """Does a body mention one of some names otherwise than as a member?"""
    local = names & texts
    if not local:
        return False
    members = {b.text for a, b in pairwise(body) if a.text in {".", "->"}}
    plain = {b.text for a, b in pairwise(body) if b.kind == "word" and a.text not in {".", "->"}}
    return bool((local - members) | (local & plain))


def is_constant(head: Sequence[str]) -> bool:
    """Is what a declaration (up to its value) declares constant itself, and not only what it points to?"""
    after = head[len(head) - list(head)[::-1].index("*") :] if "*" in head else head
    return "const" in after and "volatile" not in head and "(" not in head


def members_of(words: Sequence[str]) -> frozenset[str]:
    """Names after `.` and `->`, and all names where the place of a field in its struct is asked for."""
    named = {w for before, w in pairwise(words) if before in {".", "->"}}
    return frozenset(named | (set(words) if "__builtin_offsetof" in words else set()))


def in_need_order(words: Set[str], constants: Mapping[str, Sequence[str]]) -> list[str]:
    """The constants among some words, with those that their definitions need, these first. Of some that need each other any may be first."""
    out: list[str] = []
    begun: set[str] = set()

    def need(name: str) -> None:
        if name in begun:
            return
        begun.add(name)
        for word in constants[name]:
            if word in constants:
                need(word)
        out.append(name)

    for name in sorted(words & constants.keys()):
        need(name)
    return out
