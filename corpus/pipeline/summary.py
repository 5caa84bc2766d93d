"""What is in a corpus, counted from its shards: for `corpus stats` and the data card."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from transpile.corpus.errors import TranspileError
from transpile.corpus.pairs import KINDS, FixPair, FunctionPair, LintPair, OptimizePair, read_corpus, shards


@dataclass(slots=True)
class Summary:
    """Counts; `words` are lengths by language, `ratios` what is left of the fuel, by optimize pair."""

    manifest: dict
    kinds: Counter[str] = field(default_factory=Counter)
    functions: Counter[str] = field(default_factory=Counter)
    programs: set[int] = field(default_factory=set)
    """Hashes of the groups: what a function is in several languages counts once."""
    rows: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """By kind, language and split."""
    origins: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Decode pairs by where they come from (generated, natural, owner/name@revision) and licence."""
    wat_words: dict[str, list[int]] = field(default_factory=dict)
    source_words: dict[str, list[int]] = field(default_factory=dict)
    ratios: list[float] = field(default_factory=list)
    mistakes: Counter[str] = field(default_factory=Counter)
    checkers: Counter[str] = field(default_factory=Counter)


def read_manifest(folder: Path) -> dict:
    """Raises TranspileError where there is no corpus, or a build that did not finish."""
    shards(folder)
    path = folder / "manifest.json"
    if not path.exists():
        raise TranspileError(
            f"{folder} has no manifest.json", hint="the build did not finish; run `corpus build` with the same arguments again"
        )
    return json.loads(path.read_text())


def summarize(folder: Path) -> Summary:
    """Read all shards once."""
    out = Summary(read_manifest(folder))
    for kind in KINDS.values():
        for row in read_corpus(folder, kind):
            out.kinds[kind.kind] += 1
            out.rows[kind.kind, row.language, row.split] += 1
            if isinstance(row, OptimizePair):
                out.ratios.append(row.to_fuel / row.fuel)
            elif isinstance(row, FixPair):
                if not isinstance(row, LintPair):
                    out.mistakes[row.mistake] += 1
                out.checkers[row.checker] += 1
            else:
                _decode(out, row)
    return out


def _decode(out: Summary, row: FunctionPair) -> None:
    out.functions[row.language] += 1
    out.programs.add(hash(row.group))
    out.origins[row.origin.split(":")[0] if "@" in row.origin else row.origin.split("/")[0], row.licence] += 1
    out.wat_words.setdefault(row.language, []).append(len(row.wat.split()))
    out.source_words.setdefault(row.language, []).append(len(row.body.split()))


def report(summary: Summary) -> dict:
    """What `corpus stats --json` prints."""
    wat = sorted(n for those in summary.wat_words.values() for n in those)
    source = sorted(n for those in summary.source_words.values() for n in those)
    out = {
        **summary.manifest,
        "pairs": {kind: summary.kinds[kind] for kind in ("decode", "optimize", "fix")},
        "lint": summary.kinds["lint"],
        "functions": dict(sorted(summary.functions.items())),
        "programs": len(summary.programs),
        "wat_words": {"median": quantile(wat, 0.5), "p95": quantile(wat, 0.95)},
        "source_words": {"median": quantile(source, 0.5), "p95": quantile(source, 0.95)},
    }
    if summary.ratios:
        out["fuel_left"] = {"median": round(quantile(sorted(summary.ratios), 0.5), 3), "p5": round(quantile(sorted(summary.ratios), 0.05), 3)}
    if summary.mistakes:
        out["mistakes"] = dict(summary.mistakes.most_common())
        out["checkers"] = dict(sorted(summary.checkers.items()))
    out |= _cut(summary.manifest.get("counted", {}))
    return out


def quantile(values: Sequence[float], share: float) -> float:
    """Of sorted values, 0 of none."""
    return values[min(len(values) - 1, int(len(values) * share))] if values else 0


def _cut(counted: dict[str, int]) -> dict:
    """Of real C: functions met, standing alone, cut out and compiled, and the share of those that stand alone that came through."""
    numbers = {k: counted.get(f"{k} (c)", 0) for k in ("functions", "standalone", "cut out", "unique", "compiled")}
    if not numbers["standalone"]:
        return {}
    # Of equal ones only the first is compiled; the others are taken to compile as often.
    share = numbers["cut out"] / numbers["standalone"] * numbers["compiled"] / max(1, numbers["unique"])
    return {"real_c": {**{k.replace(" ", "_"): n for k, n in numbers.items()}, "share": round(share, 4)}}
