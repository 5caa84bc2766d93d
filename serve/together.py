"""Verdicts on functions that keep something for each other: accepted alone, they are judged once more as one module, called in turn.

Invariant: what a function sets and only others read is never called verified unless one of those others was called after it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from transpile.corpus.batch import Rejected, compile_together
from transpile.corpus.language import Language
from transpile.corpus.program import Program
from transpile.corpus.signature import Signature
from transpile.corpus.source import SourceFunction
from transpile.serve.calls import with_callees
from transpile.verify.originals import of_program
from transpile.verify.shared import groups, hidden, variables
from transpile.verify.together import judge_together
from transpile.verify.types import Executable, Verdict

_DROPPED = 3
"""Functions of a group that are left out of it, one by one, where what they show differs."""


@dataclass(frozen=True, slots=True)
class Member:
    """A function that stood the test alone: the types that it is called with, its translation, its verdict."""

    signature: Signature
    source: SourceFunction
    verdict: Verdict


def sharing(program: Program, names: Sequence[str]) -> list[list[str]]:
    """Which of the functions share variables that one of them sets."""
    return groups({name: of_program(program, name) for name in names})


def judge_in_turn(program: Program, target: Language, members: Mapping[str, Member], *, inputs: int, seed: int) -> dict[str, Verdict]:
    """The verdicts on the functions of one group by what calling them in turn shows, by name."""
    able = {name: one for name, one in members.items() if one.signature.plain}
    out = {name: one.verdict for name, one in members.items()}
    called = _called(program, target, able, inputs, seed) if len(able) > 1 else Verdict("inconclusive", evidence="nothing that reads it was translated")
    whole, first = dict(able), called
    for _ in range(_DROPPED):
        # Where the difference shows in one of them, the others may well be right among themselves.
        shown = re.match(r"\w+", called.evidence)
        if called.status != "mismatch" or len(able) < 2 or shown is None or shown[0] not in able:
            break
        bad = able.pop(shown[0])
        out[shown[0]] = replace(called, detail=f"called in turn with {_others(shown[0], whole)}; alone: {bad.verdict.status}, {bad.verdict.evidence}")
        for caller in [n for n in able if shown[0] in with_callees(program, [n])]:
            alone = able.pop(caller).verdict
            out[caller] = replace(alone, status="inconclusive", evidence=f"calls {shown[0]}, which differs when called in turn", detail=alone.evidence)
        called = _called(program, target, able, inputs, seed) if len(able) > 1 else first
    if called.status == "mismatch":
        able, called = whole, first
    members = {name: one for name, one in members.items() if name in able or name not in whole}
    tested = set(able) if called.status == "tested" else set()
    read = frozenset[str]().union(*(variables(of_program(program, name)).reads for name in tested))
    for name, one in members.items():
        if called.status == "mismatch" and name in able:
            out[name] = replace(called, detail=f"called in turn with {_others(name, able)}; alone: {one.verdict.status}, {one.verdict.evidence}")
            continue
        unseen = hidden(of_program(program, name))
        if unseen and (name not in tested or variables(of_program(program, name)).sets - read):
            why = f"sets {', '.join(unseen)}, which only other functions read"
            out[name] = replace(one.verdict, status="inconclusive", evidence=f"{why}: {called.evidence}" if name in able else why, detail=one.verdict.evidence)
        elif name in tested:
            out[name] = replace(one.verdict, evidence=f"{one.verdict.evidence}; called in turn with {_others(name, able)}")
    return out


def _called(program: Program, target: Language, able: Mapping[str, Member], inputs: int, seed: int) -> Verdict:
    compiled = compile_together(target, [one.source for one in able.values()])
    if isinstance(compiled, Rejected):
        return Verdict("inconclusive", evidence="the functions do not compile together", detail=compiled.message)
    originals = {name: of_program(program, name) for name in able}
    candidates = {name: Executable(one.wasm, one.export) for name, one in zip(able, compiled, strict=True)}
    return judge_together(originals, candidates, {name: one.signature for name, one in able.items()}, inputs=inputs, seed=seed)


def _others(name: str, names: Mapping[str, Member]) -> str:
    others = [one for one in names if one != name]
    return ", ".join(others) if len(others) < 4 else f"{', '.join(others[:2])} and {len(others) - 2} more"
