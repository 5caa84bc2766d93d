"""From raw shards to a finished corpus: duplicates out, every pair in its split, `part-*.parquet` and `manifest.json` written.

Splits: `natural` (hand-written functions held out by name), `real` (whole repositories held out by hash of their name), `novel` (held out by hash
of the skeleton), `train`. Invariant: no training pair has the WAT or the skeleton of a held-out hand-written function, nor the skeleton of a
novel one; what a held-out repository shares with another one, near duplicates too, is dropped from the held-out side. Everything is
decided by hashes of contents and names, so corpora built apart agree.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from transpile.corpus.language import compiler_versions
from transpile.corpus.pairs import KINDS, FunctionPair, file_name, read_shard, write_shard
from transpile.corpus.pipeline.near import NearDuplicates
from transpile.corpus.wasm.wat import skeleton

NATURAL = Path(__file__).parents[1] / "natural"
ROWS = 20_000
"""Rows in a finished shard."""
NOVEL_PER_THOUSAND = 10
REPOSITORIES_PER_HELD_OUT = 9
LIFTED = "#lifted"
"""Ends the origin of what rules made of a function; of whether it is a near duplicate that function decides."""
COUNTED = "counted: "
"""Before a count of a chunk that is not one of drops."""


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=8).digest()


def _number(text: str) -> int:
    """A hash that takes little room in tables of millions."""
    return int.from_bytes(_hash(text), "big")


def held_out_names() -> frozenset[str]:
    """The hand-written functions that are never trained on: `natural/held_out.txt`, drawn once by hash of the name, never changed since."""
    return frozenset((NATURAL / "held_out.txt").read_text().split())


def is_novel(wat: str) -> bool:
    """Whether a skeleton is held out, in every corpus alike: by its hash, so that no training function differs from it in constants alone."""
    return int.from_bytes(_hash(skeleton(wat))[:4], "big") % 1000 < NOVEL_PER_THOUSAND


def is_held_out_repository(name: str) -> bool:
    """Whether a repository (owner/name) is never trained on: one of nine, by hash of its name, in every corpus alike. A folder is none."""
    return "/" in name and int.from_bytes(_hash(name.lower())[:4], "big") % REPOSITORIES_PER_HELD_OUT == 0


def repository_of(pair: FunctionPair) -> str:
    """owner/name of a pair of real code, "" for others."""
    name, at, _ = pair.origin.partition("@")
    return name if at else ""


class _Repeats:
    """What was already taken, of real code by shape and near likeness too. The first row of a program in a language decides for it."""

    def __init__(self) -> None:
        self.shapes: dict[tuple[str, bytes], str] = {}
        self.near: dict[str, NearDuplicates] = {}
        self.decided: dict[tuple[str, bytes], str] = {}

    def reason(self, pair: FunctionPair) -> str:
        """Why a pair of real code is a duplicate, or "" and it is remembered."""
        key = pair.language, _hash(pair.group)
        if key not in self.decided:
            self.decided[key] = self._reason(pair)
        return self.decided[key]

    def _reason(self, pair: FunctionPair) -> str:
        if self.shapes.setdefault((pair.language, _hash(skeleton(pair.wat))), pair.group) != pair.group:
            return "near duplicate (WAT)"
        near = self.near.setdefault(pair.language, NearDuplicates())
        return "near duplicate (source)" if near.seen(pair.body.split()) else ""


class _Writer:
    """The finished shards of each kind, `ROWS` rows a file."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._buffers: dict[str, list[FunctionPair]] = {kind: [] for kind in KINDS}
        self._parts: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        for kind in KINDS:
            for old in out.glob(f"{file_name(kind, 0).split('-')[0]}-*.parquet"):
                old.unlink()

    def add(self, row: FunctionPair) -> None:
        self._buffers[row.kind].append(row)
        self.counts[row.kind] += 1
        if len(self._buffers[row.kind]) == ROWS:
            self._write(row.kind)

    def _write(self, kind: str) -> None:
        write_shard(self._out / file_name(kind, self._parts[kind]), self._buffers[kind])
        self._parts[kind] += 1
        self._buffers[kind] = []

    def close(self) -> None:
        for kind, rows in self._buffers.items():
            if rows:
                self._write(kind)


def finish(
    out: Path,
    names: Sequence[str],
    held_out_shapes: Callable[[], set[str]],
    passed: Counter[str] | None = None,
    kinds: Sequence[str] = ("decode",),
) -> dict:
    """Deduplicate, split and write the final shards; returns and writes the manifest, last.

    `names`: of the raw shards, in order. `held_out_shapes`: skeletons of the held-out hand-written functions, asked for where the corpus does not
    hold these functions itself. `passed`: files that were passed over, by reason. `kinds`: rows of other kinds than decode follow their decode row: they
    are kept if it is, in its split. Memory: some 250 bytes a decode pair (`bench/corpus_memory.py`), and 2 kB for one of real code.
    """
    raw = out / "raw"
    drops: Counter[str] = Counter(passed or {})
    # What a held-out repository shares with another one has to be met there first.
    ordered = sorted(names, key=lambda n: n.startswith("real/") and is_held_out_repository("/".join(n.split("/")[1:-1])))
    paths = [raw / f"{name.replace('/', '-')}.parquet" for name in ordered]
    for path in paths:
        drops.update(json.loads(path.with_suffix(".json").read_text()))
    counted = {k.removeprefix(COUNTED): drops.pop(k) for k in sorted(drops) if k.startswith(COUNTED)}
    held_out = held_out_names()
    natural = [p for p in paths if p.name.startswith("natural-")]
    shapes = {_number(skeleton(pair.wat)) for path in natural for pair in read_shard(path) if pair.name in held_out}
    if not natural:
        shapes = {_number(s) for s in held_out_shapes()}
    # First pass: which program owns each WAT, and which programs must not be trained on, for any of their WATs. Hashes, in place of texts.
    owner: dict[int, int] = {}
    novel: set[int] = set()
    banned: set[int] = set()
    for path in paths:
        for pair in read_shard(path):
            group = _number(pair.group)
            if owner.setdefault(_number(pair.wat), group) != group:
                continue
            if pair.origin.startswith("natural/") and pair.name in held_out:
                continue
            if _number(skeleton(pair.wat)) in shapes:
                banned.add(group)
            elif is_novel(pair.wat):
                novel.add(group)
    (out / "manifest.json").unlink(missing_ok=True)  # what it describes is about to go
    writer = _Writer(out)
    counts: Counter[str] = Counter()
    repeats = _Repeats()
    others = [kind for kind in KINDS if kind in kinds and kind != "decode"] + (["lint"] if "fix" in kinds else [])
    for path in paths:
        kept: dict[tuple[str, str], str] = {}
        for pair in read_shard(path):
            group = _number(pair.group)
            if owner[_number(pair.wat)] != group:
                drops["duplicate"] += 1
                continue
            is_natural, repository = pair.origin.startswith("natural/"), repository_of(pair)
            if group in banned or (is_natural and group in novel):
                drops["skeleton of a held-out function"] += 1
                continue
            if repository and not pair.origin.endswith(LIFTED) and (reason := repeats.reason(pair)):
                drops[reason] += 1
                continue
            if repository and is_held_out_repository(repository):
                where = "real"
            else:
                where = "natural" if is_natural and pair.name in held_out else "novel" if group in novel else "train"
            writer.add(replace(pair, split=where))
            kept[pair.group, pair.language] = where
            counts[f"{where}/{pair.language}"] += 1
        for kind in others:
            for row in read_shard(path.with_suffix(f".{kind}.parquet"), KINDS[kind]):
                if (row.group, row.language) in kept:
                    writer.add(replace(row, split=kept[row.group, row.language]))
                else:
                    drops[f"{kind}: of a dropped pair"] += 1
    writer.close()
    manifest = {
        "pairs": sum(counts.values()),
        "kinds": {kind: writer.counts[kind] for kind in ("decode", *others)},
        "splits": {k: counts[k] for k in sorted(counts)},
        "dropped": {k: v for k, v in sorted(drops.items()) if v},
        "counted": counted,
        "compilers": compiler_versions()[0],
        "tools": tool_versions() if others else {},
        "chunks": len(names),
    }
    temporary = out / f"manifest.{os.getpid()}.tmp"
    temporary.write_text(json.dumps(manifest, indent=2) + "\n")
    temporary.replace(out / "manifest.json")
    return manifest


def tool_versions() -> dict[str, str | None]:
    """The programs beside the compilers that rows of other kinds depend on, None for those that are not installed."""
    from transpile.corpus.c.clang_tidy import tidy
    from transpile.corpus.rust.check import clippy
    from transpile.corpus.wasm.wasm_opt import wasm_opt_version

    found = {"clang-tidy": tidy(), "clippy": clippy()}
    return {"wasm-opt": wasm_opt_version()} | {name: one and one[1] for name, one in found.items()}
