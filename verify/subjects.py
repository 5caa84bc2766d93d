"""What the judge is measured on: functions of all source languages, and translations of them that the shipped model wrote.

Functions are the hand-written ones of `corpus/natural` and programs of `corpus/generator`, half of each, every one in one language of its
own and in a second one. Candidates are data (`candidates.jsonl`): `bench/model_candidates.py` has the model write them, since the judge
knows no model. All of it is in the package, so that a user can repeat the measurement.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from transpile.corpus.batch import Compiled, compile_batch
from transpile.corpus.language import language, languages
from transpile.corpus.pairs import read_signature
from transpile.corpus.signature import Signature
from transpile.corpus.source import SourceFunction
from transpile.verify.thin import thin
from transpile.verify.types import Executable

CANDIDATES = Path(__file__).with_name("candidates.jsonl")
UNIT = 25
"""Functions compiled as one module."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One function: as `source`, and the same program in another language, where there is one."""

    name: str
    source: SourceFunction
    other: SourceFunction | None

    @property
    def language(self) -> str:
        return self.source.language

    @property
    def signature(self) -> Signature:
        return self.source.signature


@dataclass(frozen=True, slots=True)
class Decoded:
    """A function and what the model wrote for it, as source text of the functions alone (none of them calls another)."""

    name: str
    source: SourceFunction
    target: str
    candidates: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "language": self.source.language, "signature": asdict(self.source.signature), "text": self.source.text,
                "target": self.target, "candidates": list(self.candidates)}  # fmt: skip


def subjects(count: int, seed: int) -> list[Subject]:
    """`count` functions, the same for the same seed; languages in turn. A language that lacks a program passes it to the next."""
    programs = _programs(count, seed)
    names = sorted(languages())
    out: list[Subject] = []
    for name, versions in programs:
        turn = len(out) + len(out) // len(names)  # moved on by one each time, so that every language gets programs of both kinds
        there = [tongue for k in range(len(names)) if (tongue := names[(turn + k) % len(names)]) in versions]
        others = there[1:] if (turn // len(names)) % 2 else there[:0:-1]
        # C and C++ texts of one program are nearly the same; another language says more.
        others.sort(key=lambda other: {other, there[0]} == {"c", "cpp"})
        out.append(Subject(f"{name}.{there[0]}", versions[there[0]], versions[others[0]] if others else None))
    return out


def _programs(count: int, seed: int) -> list[tuple[str, dict[str, SourceFunction]]]:
    """Hand-written and generated ones by turns; generated ones where the others are used up."""
    from transpile.corpus.generator import generate

    written = list(_natural())
    Random(seed).shuffle(written)
    written = written[: -(-count // 2)]
    tongues = languages()
    made = [(f"generated/{seed}-{i}", {n: t.render(p) for n, t in tongues.items()}) for i, p in enumerate(generate(seed, count - len(written)))]
    out = []
    for k in range(max(len(written), len(made))):
        out += [*written[k : k + 1], *made[k : k + 1]]
    return out


@cache
def _natural() -> tuple[tuple[str, dict[str, SourceFunction]], ...]:
    from transpile.corpus.pipeline.build import NATURAL, natural_functions

    return tuple((f"natural/{p.stem}/{name}", v) for p in sorted(NATURAL.glob("*.c")) for name, v in natural_functions(p.stem) if "c" in v)


def compile_each(sources: Sequence[SourceFunction], *, level: str = "2") -> list[Executable | None]:
    """Every function as a small module of its own; None where it does not compile. All are of one language."""
    if not sources:
        return []
    results = compile_batch(language(sources[0].language), sources, level=level, size=UNIT)
    return [thin(Executable(r.wasm, r.export)) if isinstance(r, Compiled) else None for r in results]


def decoded(share: float = 1.0) -> Iterator[Decoded]:
    """What the model wrote, or a share of it spread over the file; nothing where the file is missing."""
    if not CANDIDATES.is_file():
        return
    taken = 0.0
    for line in CANDIDATES.read_text().splitlines():
        taken += share
        if taken < 1:
            continue
        taken -= 1
        raw = json.loads(line)
        signature = read_signature(json.dumps(raw["signature"]))
        source = SourceFunction(raw["language"], signature, raw["text"])
        yield Decoded(raw["name"], source, raw["target"], tuple(raw["candidates"]))
