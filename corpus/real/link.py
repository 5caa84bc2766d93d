"""Functions of several C files brought together: each with what it calls, from its own file, from another, or from `corpus/c/libc.c`.

A call is resolved as a linker would: first in the caller's own file and its headers, then among the functions of the other files that are not
static, then in our small C library (character classes, string comparison, ...). Invariant: a function is given only if everything it
calls, directly or not, is found and can be said; what is not given is counted by reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from transpile.corpus.c.preprocessor import Preprocessed
from transpile.corpus.real.c import CutReader
from transpile.corpus.real.reduce import Reduction, Unsayable, check_size
from transpile.corpus.signature import Signature, Struct
from transpile.corpus.source import SourceFunction

LONGEST_CLOSURE = 2500
"""Tokens of a function with all that it calls."""
MOST_CALLED = 10
LIBRARY = Path(__file__).parents[1] / "c" / "libc.c"

OUT_OF_REACH = frozenset({"variables of the file", "static data", "inline assembly", "intrinsics", "threads", "address of a device", "long table"})
"""Problems of a function with what is outside it, not with its types."""

Place = tuple[int, str]
"""A function: the index of its file's reader, and its name."""


class Linker:
    """The readers of some files, in order. `functions(i)` gives what file i defines."""

    def __init__(self, readers: Sequence[CutReader]) -> None:
        first = readers[0] if readers else None
        text = LIBRARY.read_text()
        self.readers = list(readers)
        if first is not None:
            self.readers.append(CutReader(Preprocessed(text, (0,)), first.language, first.known))
            self.readers[-1].read_all()
        self.visible: dict[str, Place] = {}
        self.counts = Counter({"functions": 0, "standalone": 0, "cut out": 0})
        """Functions met; those that stand alone; of these, those given. One stands alone if its types can be said and neither it nor what it
        calls needs a variable, a function of elsewhere, assembly or intrinsics."""
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
            written: dict[Place, SourceFunction] = {}
            if not reason:
                try:
                    written = self.write(needed)
                except Unsayable as error:
                    reason = str(error)
            # Unless the types of the first itself were in the way, it stands alone.
            said = name in reader.drafts and (not reason or self.is_said((i, name)))
            self.counts["standalone"] += said and self.stands_alone(needed)
            if reason:
                drops[reason] += 1
                continue
            self.counts["cut out"] += 1
            yield self.linked((i, name), (), written), {one.name: one.signature for one in written.values()}

    def is_said(self, place: Place) -> bool:
        """Can the types of a function by itself be said?"""
        reader = self.readers[place[0]]
        draft = reader.drafts[place[1]]
        try:
            check_size(reader.signature(draft, Reduction(reader.types, draft.members)).structs)
        except Unsayable:
            return False
        return True

    def write(self, needed: Sequence[Place]) -> dict[Place, SourceFunction]:
        """Functions that go together, with structs that hold the fields that any of them names. Raises Unsayable."""
        members = frozenset().union(*(self.readers[r].drafts[n].members for r, n in needed))
        reductions = {r: Reduction(self.readers[r].types, members) for r, _ in needed}
        signatures = {(r, n): self.readers[r].signature(self.readers[r].drafts[n], reductions[r]) for r, n in needed}
        structs: dict[str, Struct] = {}
        for signature in signatures.values():
            for one in signature.structs:
                if structs.setdefault(one.name, one) != one:
                    raise Unsayable("two structs of one name")
        check_size(tuple(structs.values()))
        before = tuple(structs.values())
        return {(r, n): self.readers[r].write(self.readers[r].drafts[n], s, before, reductions[r]) for (r, n), s in signatures.items()}

    def resolve(self, caller: int, name: str) -> Place | None:
        return (caller, name) if name in self.readers[caller].places else self.visible.get(name)

    def closure(self, start: Place) -> tuple[list[Place], str]:
        """All functions that one needs, itself first, and why it can't be had, or ''."""
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
        if len(needed) > MOST_CALLED or sum(self.readers[r].sizes[n] for r, n in needed) > LONGEST_CLOSURE:
            return needed, "calls too much"
        return needed, ""

    def stands_alone(self, needed: Sequence[Place]) -> bool:
        """Whether nothing that a function needs, as far as it was followed, is out of reach; types that can't be said do not count."""
        for r, name in needed:
            reader = self.readers[r]
            if reader.problems.get(name) in OUT_OF_REACH:
                return False
            if any(self.resolve(r, c) is None and c not in reader.known for c in reader.calls.get(name, ())):
                return False
        return True

    def linked(self, place: Place, above: tuple[Place, ...], written: Mapping[Place, SourceFunction]) -> SourceFunction:
        reader, name = self.readers[place[0]], place[1]
        called = [self.resolve(place[0], c) for c in reader.calls[name]]
        callees = [c for c in called if c is not None and c != place and c not in above]
        return replace(written[place], callees=tuple(self.linked(c, (*above, place), written) for c in callees))
