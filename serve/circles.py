"""Functions that call each other in a circle: lifted one by one, compiled and judged together, accepted together or not at all.

None of them can wait for the others' verdicts. So each is compiled with what the rules wrote for all others of its circle, and judged as it is then.
Invariant: a circle is accepted only where every one of its functions stands the test with the others' translations.
Limit: the rules alone write; where one of several ways to write each function does not verify for all, all are tried the next way.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from transpile.corpus.batch import Compiled, compile_with_repairs
from transpile.corpus.language import Language
from transpile.corpus.naming import canonical_signature
from transpile.corpus.program import Program
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import rename
from transpile.serve.callees import Accepted, as_callee
from transpile.serve.supplied import candidates
from transpile.verify.judge import judge
from transpile.verify.originals import of_program
from transpile.verify.types import Verdict

MOST = 8
"""Functions of one circle, and ways to write each that are tried."""
_MEMBER, _OUTSIDE = 900, 800
"""Numbers from which on callees of others are named in a unit: of the circle, and beyond it."""


@dataclass(frozen=True, slots=True)
class Member:
    """A function of a circle: what it calls by name as written, in the order c0, c1, ...; canonical names of structs and fields by written ones."""

    function: SourceFunction
    callees: tuple[str, ...]
    structs: Mapping[str, str]
    fields: Mapping[str, str]
    bodies: tuple[SourceFunction, ...]
    """Ways to write it, each with its canonical text and without callees of the program."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One function's part of the circle as it was judged."""

    source: SourceFunction
    verdict: Verdict
    tried: int
    compiled: int
    seconds: float


def translate_circle(
    program: Program, target: Language, members: Sequence[Member], accepted: Mapping[str, Accepted], *, inputs: int, seed: int
) -> dict[str, Outcome]:
    """What came of each, by name. `accepted`: what they call beyond the circle, by name."""
    best: dict[str, Outcome] = {}
    started, compiled = time.monotonic(), 0
    for tried, ways in enumerate(zip_longest(*(m.bodies[:MOST] for m in members)), 1):
        chosen = {m.function.name: one or m.bodies[0] for m, one in zip(members, ways, strict=True)}
        units = [_unit(m, members, chosen, accepted) for m in members]
        done = compile_with_repairs(target, units)
        if any(one.text != unit.text for unit, (one, _) in zip(units, done, strict=True)):
            # What was mended in one must be so in all.
            chosen = {m.function.name: replace(chosen[m.function.name], text=one.text) for m, (one, _) in zip(members, done, strict=True)}
            done = compile_with_repairs(target, [_unit(m, members, chosen, accepted) for m in members], rounds=0)
        found: dict[str, Outcome] = {}
        for member, (source, result) in zip(members, done, strict=True):
            name = member.function.name
            if isinstance(result, Compiled):
                compiled += 1
                verdict = judge(of_program(program, name), candidates(program, [result]), member.function.signature, inputs=inputs, seed=seed)[0]
            else:
                verdict = Verdict("compile_error", evidence=result.message, detail=result.message)
            found[name] = Outcome(source, verdict, tried, compiled, (time.monotonic() - started) / len(members))
        good = sum(one.verdict.verified for one in found.values())
        if not best or good > sum(one.verdict.verified for one in best.values()):
            best = found
        if good == len(members):
            break
    names = list(best)
    if all(one.verdict.verified for one in best.values()):
        return {n: replace(one, verdict=_said(one.verdict, f"together with {', '.join(m for m in names if m != n)}")) for n, one in best.items()}
    bad = [n for n in names if not best[n].verdict.verified]
    return {n: replace(one, verdict=_held_back(one.verdict, bad)) for n, one in best.items()}


def _said(verdict: Verdict, more: str) -> Verdict:
    return replace(verdict, evidence=f"{verdict.evidence}; {more}")


def _held_back(verdict: Verdict, bad: Sequence[str]) -> Verdict:
    """What stands the test is not accepted where what it calls does not."""
    if not verdict.verified:
        return verdict
    return replace(verdict, status="inconclusive", evidence=f"calls {', '.join(bad)}, not translated, in a circle", detail=verdict.evidence)


def _unit(entry: Member, members: Sequence[Member], chosen: Mapping[str, SourceFunction], accepted: Mapping[str, Accepted]) -> SourceFunction:
    """One function with all others of its circle, and what they call beyond it, under names of its own."""
    inside = [m.function.name for m in members]
    beyond = sorted({c for m in members for c in m.callees} - set(inside))
    names = {entry.function.name: "f0"} | {c: f"c{i}" for i, c in enumerate(entry.callees)}
    for start, others in ((_MEMBER, inside), (_OUTSIDE, beyond)):
        names |= {name: f"c{start + k}" for k, name in enumerate(others) if name not in names}
    callees = [as_callee(accepted[name], entry.structs, entry.fields, names[name]) for name in beyond]
    for member in members:
        own = member.function.name
        if own == entry.function.name:
            continue
        words = {"f0": names[own]} | {f"c{i}": names[c] for i, c in enumerate(member.callees)}
        words |= {canonical: entry.structs[written] for written, canonical in member.structs.items()}
        words |= {canonical: entry.fields[written] for written, canonical in member.fields.items()}
        signature = canonical_signature(member.function.signature, entry.structs, entry.fields, names[own])
        callees.append(SourceFunction(chosen[own].language, signature, rename(chosen[own].text, words), chosen[own].callees, chosen[own].globals))
    source = chosen[entry.function.name]
    return replace(source, callees=(*callees, *source.callees))
