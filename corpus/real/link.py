"""Functions of several C files brought together: each with what it calls, from its own file, from another, or from `corpus/c/libc.c`.

A call is resolved as a linker would: first in the caller's own file and its headers, then among the functions of the other files that are not
static, then in our small C library (character classes, string comparison, ...). A callee that is not found, can't be cut out or needs too much
itself is declared only, if its type is known (`declared`). Invariant: a function is given only if what it calls is found or can be declared;
what is not given is counted by reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from transpile.corpus.c.preprocessor import Preprocessed
from transpile.corpus.language import language
from transpile.corpus.real.c import CutReader
from transpile.corpus.real.declared import LIBRARY
from transpile.corpus.real.reduce import Reduction, Unsayable, check_size
from transpile.corpus.signature import Signature, Struct
from transpile.corpus.source import SourceFunction

LONGEST_CLOSURE = 2500
"""Tokens of a function with all that it calls, as far as bodies come along."""
MOST_CALLED = 10
WITH_BODIES = Path(__file__).parents[1] / "c" / "libc.c"

OUT_OF_REACH = frozenset({"variables of the file", "static data", "inline assembly", "intrinsics", "threads", "address of a device", "long table"})
"""Problems of a function with what is outside it, not with its types."""

Place = tuple[int, str]
"""A function: the index of its file's reader, and its name."""


class Linker:
    """The readers of some files, in order. `functions(i)` gives what file i defines."""

    def __init__(self, readers: Sequence[CutReader]) -> None:
        first = readers[0] if readers else None
        text = WITH_BODIES.read_text()
        self.readers = list(readers)
        self.library: CutReader | None = None
        if first is not None:
            self.readers.append(CutReader(Preprocessed(text, (0,)), first.language, first.known))
            self.readers[-1].read_all()
            self.library = CutReader(Preprocessed(LIBRARY, (0,)), first.language, first.known)
            self.library.read(0, len(self.library.tokens))
            for name in self.library.prototypes:
                self.library.declare(name)
        self.visible: dict[str, Place] = {}
        self.counts = Counter({"functions": 0, "standalone": 0, "cut out": 0, "calling what is declared": 0})
        """Functions met; those that stand alone; of these, those given; and of the others, those given with callees that are declared only. One
        stands alone if its types can be said and neither it nor what it calls needs a variable, a function of elsewhere, assembly or intrinsics."""
        self.closures: dict[Place, tuple[list[Place], str]] = {}
        for i, reader in enumerate(self.readers):
            for name, place in reader.places.items():
                if reader.own(place) and name not in reader.hidden:
                    self.visible.setdefault(name, (i, name))

    def functions(self, i: int, drops: Counter[str]) -> Iterator[tuple[SourceFunction, dict[str, Signature]]]:
        """(function with its callees, signatures by name) of the functions that file `i` itself defines and that stand alone."""
        reader = self.readers[i]
        for name, place in reader.places.items():
            if not reader.own(place):
                continue
            needed, reason = self.closure((i, name))
            self.counts["functions"] += 1
            made: SourceFunction | None = None
            signatures: dict[str, Signature] = {}
            if not reason:
                try:
                    made, signatures = self.write((i, name), needed, {})
                except Unsayable as error:
                    reason = str(error)
            if made is None and name in reader.drafts and reader.calls[name]:
                try:
                    made, signatures = self.write((i, name), *self.with_declared((i, name)))
                except Unsayable as error:
                    reason = str(error)
            # Unless the types of the first itself were in the way, it stands alone.
            said = name in reader.drafts and (made is not None or self.is_said((i, name)))
            alone = said and self.stands_alone(needed)
            self.counts["standalone"] += alone
            if made is None:
                drops[reason] += 1
                continue
            self.counts["cut out" if alone else "calling what is declared"] += 1
            yield made, signatures

    def is_said(self, place: Place) -> bool:
        """Can the types of a function by itself be said?"""
        reader = self.readers[place[0]]
        draft = reader.drafts[place[1]]
        try:
            check_size(reader.signature(draft, Reduction(reader.types, draft.members)).structs)
        except Unsayable:
            return False
        return True

    def write(self, place: Place, needed: Sequence[Place], declared: Mapping[str, CutReader]) -> tuple[SourceFunction, dict[str, Signature]]:
        """A function with what it calls, and the signatures by name. `needed` come with their bodies, with structs that hold the fields that any of
        them names; `declared` are called by the first and declared only, each as a reader has it. Raises Unsayable."""
        members = frozenset().union(*(self.readers[r].drafts[n].members for r, n in needed))
        reductions: dict[int, Reduction] = {}

        def reduction(reader: CutReader) -> Reduction:
            return reductions.setdefault(id(reader), Reduction(reader.types, members))

        bodies = {(r, n): self.readers[r].signature(self.readers[r].drafts[n], reduction(self.readers[r]), called=(r, n) != place) for r, n in needed}
        types = {n: reader.signature(reader.declared[n], reduction(reader), called=True) for n, reader in declared.items()}
        structs: dict[str, Struct] = {}
        for signature in (*bodies.values(), *types.values()):
            for one in signature.structs:
                if structs.setdefault(one.name, one) != one:
                    raise Unsayable("two structs of one name")
        before = tuple(structs.values())
        check_size(before)
        written = {
            (r, n): self.readers[r].write(self.readers[r].drafts[n], s, before, reduction(self.readers[r])) for (r, n), s in bodies.items()
        }
        tongue = self.readers[place[0]].language
        only = {n: SourceFunction(tongue, s, language(tongue).write_prototype(s)) for n, s in types.items()}
        return self.linked(place, (), written, only), {one.name: one.signature for one in (*written.values(), *only.values())}

    def with_declared(self, start: Place) -> tuple[list[Place], dict[str, CutReader]]:
        """The functions that come with their bodies, one itself first, and what it calls else, each with a reader that declares it. Raises Unsayable."""
        reader = self.readers[start[0]]
        bodies, declared = [start], dict[str, CutReader]()
        for called in reader.calls[start[1]]:
            found = self.resolve(start[0], called)
            if found == start or (found is None and called in reader.known):
                continue
            needed, reason = self.closure(found) if found is not None else ([], "calls a function of elsewhere")
            together = list(dict.fromkeys([*bodies, *needed]))
            if not reason and not self.too_much(together) and len({n for _, n in together}) == len(together):
                bodies = together
                continue
            there = (reader, *([self.readers[found[0]]] if found is not None else []), *([self.library] if self.library is not None else []))
            by = next((one for one in there if called in one.declared), None)
            if by is None:
                unsayable = found is not None or called in reader.undeclarable
                raise Unsayable("calls a function whose type can't be said" if unsayable else "calls what nothing declares")
            declared[called] = by
        names = [n for _, n in bodies]
        if self.too_much(bodies) or any(n in names for n in declared):
            raise Unsayable("calls too much" if self.too_much(bodies) else "calls two functions of one name")
        return bodies, declared

    def too_much(self, needed: Sequence[Place]) -> bool:
        return len(needed) > MOST_CALLED or sum(self.readers[r].sizes[n] for r, n in needed) > LONGEST_CLOSURE

    def resolve(self, caller: int, name: str) -> Place | None:
        return (caller, name) if name in self.readers[caller].places else self.visible.get(name)

    def closure(self, start: Place) -> tuple[list[Place], str]:
        """All functions that one needs, itself first, and why it can't be had, or ''."""
        if start not in self.closures:
            self.closures[start] = self.follow(start)
        return self.closures[start]

    def follow(self, start: Place) -> tuple[list[Place], str]:
        needed, reason = [start], ""
        for place in needed:
            reader, name = self.readers[place[0]], place[1]
            if name not in reader.drafts:
                reason = reason or (reader.problems[name] if place == start else "calls a function that is left out")
            for called in reader.calls[name]:
                found = self.resolve(place[0], called)
                if found is None and called not in reader.known:
                    reason = reason or "calls a function of elsewhere"
                elif found is not None and found not in needed:
                    needed.append(found)
            if len(needed) > 10 * MOST_CALLED:
                return needed, reason or "calls too much"
        if reason:
            return needed, reason
        if len({name for _, name in needed}) < len(needed):
            return needed, "calls two functions of one name"
        return needed, "calls too much" if self.too_much(needed) else ""

    def stands_alone(self, needed: Sequence[Place]) -> bool:
        """Whether nothing that a function needs, as far as it was followed, is out of reach; types that can't be said do not count."""
        for r, name in needed:
            reader = self.readers[r]
            if reader.problems.get(name) in OUT_OF_REACH:
                return False
            if any(self.resolve(r, c) is None and c not in reader.known for c in reader.calls.get(name, ())):
                return False
        return True

    def linked(
        self, place: Place, above: tuple[Place, ...], written: Mapping[Place, SourceFunction], declared: Mapping[str, SourceFunction]
    ) -> SourceFunction:
        """A function with its callees; `declared`: of those of its own, the ones without a body."""
        reader, name = self.readers[place[0]], place[1]
        callees: list[SourceFunction] = []
        for called in reader.calls[name]:
            found = self.resolve(place[0], called)
            if called in declared:
                callees.append(declared[called])
            elif found is not None and found != place and found not in above:
                callees.append(self.linked(found, (*above, place), written, {}))
        return replace(written[place], callees=tuple(callees))
