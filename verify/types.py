"""What the judge takes and what it says: executables, candidates, verdicts.

Everything here is frozen, slotted and JSON-able (`as_json`), and knows nothing of how a verdict is reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

STATUSES = ("identical", "proved", "tested", "mismatch", "compile_error", "wrong_signature", "inconclusive", "undecoded")
"""The closed set of verdicts. `undecoded` (no candidate at all) is said by `serve` only."""

VERIFIED = frozenset({"identical", "proved", "tested"})


@dataclass(frozen=True, slots=True)
class Executable:
    """One exported function of one linked module. Many executables may share the same `wasm` object (a batch)."""

    wasm: bytes
    export: str
    functions: tuple[tuple[int, str], ...] = ()
    """What the numbers of the table stand for, by names that both sides have (`functions`)."""
    guard: Executable | None = None
    """Of an original: its source compiled with checks of what its language leaves open (`guard`), where there is such a thing."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A translation somebody proposes: its code, its language, the log-probability its engine gave it, and which engine wrote it."""

    code: str
    language: str
    logprob: float = 0.0
    engine: str = ""


@dataclass(frozen=True, slots=True)
class Counterexample:
    """An input on which the two differ, in terms of the source.

    `arguments` are (parameter, value) in order: numbers (non-finite floats as the strings "nan", "inf", "-inf"), booleans, text for
    NUL-terminated strings, lists for arrays, objects for structs. `expected` and `got` hold what was observed of the original and of the
    candidate: "result" and the buffers that differ by name, or "trap". `text` is one line for people. `aliased`: two pointers overlap.
    """

    arguments: tuple[tuple[str, Any], ...]
    expected: dict[str, Any]
    got: dict[str, Any]
    text: str
    aliased: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "arguments": [{"name": name, "value": value} for name, value in self.arguments],
            "expected": self.expected,
            "got": self.got,
            "text": self.text,
            "aliased": self.aliased,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was shown of one candidate, and by what evidence.

    `inputs`: vectors on which both were run and compared. `set_aside`: vectors the original itself could not take (see `policy`).
    `coverage`: share of the original's branch outcomes that those inputs reached, None where it was not measured.
    `evidence` is a short phrase for a table; `detail` whatever else a reader should know. `fuel_ratio`: wasm instructions that the candidate
    needed over the original's, on the same inputs; None where not all were run. `unreached`: branch outcomes of the original that no input
    reached, by function and position among its instructions.
    """

    status: str
    inputs: int = 0
    set_aside: int = 0
    coverage: float | None = None
    counterexample: Counterexample | None = None
    evidence: str = ""
    detail: str = ""
    fuel_ratio: float | None = None
    unreached: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        assert self.status in STATUSES, self.status

    @property
    def verified(self) -> bool:
        return self.status in VERIFIED

    def as_json(self) -> dict[str, Any]:
        return {
            "status": self.status,
            "verified": self.verified,
            "inputs": self.inputs,
            "set_aside": self.set_aside,
            "coverage": self.coverage,
            "counterexample": self.counterexample.as_json() if self.counterexample else None,
            "evidence": self.evidence,
            "detail": self.detail,
            "fuel_ratio": self.fuel_ratio,
            "unreached": list(self.unreached),
        }
