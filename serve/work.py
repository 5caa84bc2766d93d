"""A function under way and what becomes of it: the candidates that it has had, the best of them, its translation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from transpile.corpus.signature import Signature
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import lex
from transpile.serve.lifter import NAME
from transpile.verify.types import Candidate, Verdict

_STATUSES = ("identical", "proved", "tested", "inconclusive", "mismatch", "wrong_signature", "compile_error", "undecoded")
RANK = {status: rank for rank, status in enumerate(_STATUSES)}
"""Best verdict first."""

UNREAD = "its head is not understood"
"""Of a function that is not read, where no part of its head is to blame."""


@dataclass(frozen=True, slots=True)
class Translation:
    """One function's outcome: the chosen candidate (canonical source, compilable alone) with its verdict; None where nothing was decoded."""

    signature: Signature
    verdict: Verdict
    source: SourceFunction | None
    callees: tuple[str, ...]
    structs: dict[str, str]
    fields: dict[str, str]
    """Canonical names of the structs and fields, by name as written."""
    engine: str
    tried: int
    compiled: int
    seconds: float
    missing: tuple[str, ...] = ()
    """Callees that it declares only: the original's are to be linked."""
    addressed: Mapping[str, str] = field(default_factory=dict)
    """Functions whose addresses it names, by canonical name."""
    narrow: bool = False
    """Whether it keeps addresses in memory as 32-bit numbers, so that it is right where pointers have 32 bits alone."""
    of_library: bool = False
    """Whether it is a function of the library that came along because the file calls it."""
    is_read: bool = True
    """Whether the signature is the function's; a function that could not be read has its name alone."""
    original: str = ""
    """The text that it was translated from, where there is any."""

    @property
    def name(self) -> str:
        return self.signature.name


@dataclass(frozen=True, slots=True)
class Near:
    """What compiled but is not verified: how like the target's WAT its own WAT is."""

    similarity: float
    wat: str
    source: SourceFunction


@dataclass(slots=True)
class Work:
    """A function under way."""

    function: SourceFunction
    wat: str
    callees: tuple[str, ...]
    structs: dict[str, str]
    fields: dict[str, str]
    canonical: Signature
    callee_signatures: tuple[Signature, ...]
    addressed: dict[str, str]
    """Functions whose addresses it names, by canonical name (h0, h1, ...); `addressed_signatures` has their types."""
    addressed_signatures: dict[str, Signature]
    spent: float = 0.0
    tried: set[str] = field(default_factory=set)
    compiled: int = 0
    best: tuple[tuple, Candidate, Verdict, SourceFunction] | None = None
    """Sort key, candidate, verdict, source as compiled."""
    near: list[Near] = field(default_factory=list)
    reason: str = ""
    """What ended the last attempt of the rules, if they came to nothing."""
    alone: bool = True
    """Whether nobody judges it together with functions that it shares variables with."""

    missing: dict[str, str] = field(default_factory=dict)
    """Callees that are not translated, in whose place the original's are: names as written by canonical ones."""

    @property
    def verified(self) -> bool:
        return self.best is not None and self.best[2].verified


def readability(code: str) -> tuple[int, int]:
    """Less is more readable: reinterpretations and raw pointers first, then tokens."""
    tokens = lex(code)
    odd = sum(t in ("unsafe", "transmute", "@bitCast", "reinterpret_cast", "goto") for t in tokens)
    return odd, len(tokens)


def offer(w: Work, candidate: Candidate, verdict: Verdict, source: SourceFunction) -> None:
    key = (RANK[verdict.status], *readability(source.text)) if verdict.verified else (RANK[verdict.status], -candidate.logprob)
    if w.best is None or key < w.best[0]:
        w.best = (key, candidate, verdict, source)


def why(reason: str) -> str:
    return f"beyond the rules: {reason}" if reason else "no engine wrote anything: too long for the model"


def finished_one(w: Work, verdict: Verdict | None = None) -> Translation:
    if verdict is None:
        verdict = w.best[2] if w.best else Verdict("undecoded", evidence=why(w.reason))
    if verdict.status == "compile_error" and w.reason and w.best and w.best[1].engine != NAME:
        # What keeps the rules from it says more than a stray candidate of the model's.
        verdict = Verdict("undecoded", evidence=why(w.reason))
    source = w.best[3] if w.best and verdict.status != "undecoded" else None
    engine = w.best[1].engine if w.best and source else ""
    missing = tuple(w.missing.values())
    signature = w.function.signature.with_raw_pointers() if source and source.signature.has_raw_pointers else w.function.signature
    return Translation(signature, verdict, source, w.callees, w.structs, w.fields, engine, len(w.tried), w.compiled, w.spent, missing,
                       addressed=w.addressed, original=w.function.text)  # fmt: skip


def unread_one(name: str, reason: str | None) -> Translation:
    verdict = Verdict("undecoded", evidence=reason or UNREAD)
    return Translation(Signature(name, ()), verdict, None, (), {}, {}, "", 0, 0, 0.0, is_read=False)
