"""Pairs out of pairs: functions that exist in one language alone, lifted by rules and written in every language.

Real code gives shapes that no generator thinks of, but a C library exists in C only. Its WAT, lifted and rendered, is the same program in all
languages, and each of those compiled is a pair. Invariant: only training functions are lifted, and no pair comes out whose skeleton is held out,
or is that of a hand-written function held out by name.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from transpile.corpus import ir
from transpile.corpus.errors import TranspileError
from transpile.corpus.ir_names import called, has_pointers
from transpile.corpus.language import compiler_versions, languages
from transpile.corpus.lifting import NotLiftable, lift, lift_pointers
from transpile.corpus.pairs import FunctionPair, read_corpus, source_function, write_shard
from transpile.corpus.pipeline.build import clean, compile_pairs, held_out_shapes
from transpile.corpus.pipeline.decontamination import benchmarks
from transpile.corpus.pipeline.splits import ROWS, is_novel
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import canonical_text
from transpile.corpus.wasm.wat import skeleton


def _lifted(pair: FunctionPair) -> ir.Program | None:
    """A pair's function, with arrays if the rules know its types, else with pointers; of what it calls the types alone are known."""
    source = source_function(pair)
    callees = {one.name: one.signature for one in source.callees}
    for way in (lift, lift_pointers):
        try:
            function = way(pair.wat, source.signature, callees).function
        except (NotLiftable, LookupError, RecursionError):
            continue
        return ir.Program(function, tuple(ir.Function(callees[name], ()) for name in called(function.body) if name in callees))
    return None


def _rendered(program: ir.Program) -> dict[str, SourceFunction]:
    """A function in the languages that can say it, and can declare what it calls."""
    out: dict[str, SourceFunction] = {}
    function = program.entry
    plain = function.signature.plain and not has_pointers(function.body)
    for name, tongue in languages().items():
        if (tongue.pointers or plain) and (tongue.externs or not program.helpers):
            with suppress(ir.NotInLanguage, LookupError):
                source = tongue.render(program)
                declared = [SourceFunction(name, c.signature, canonical_text(tongue.write_prototype(c.signature))) for c in source.callees]
                out[name] = replace(source, callees=tuple(declared))
    return out


def lift_corpus(folders: Sequence[Path], out: Path, *, progress=None) -> dict:
    """Write a corpus of the lifted functions of others: C functions that were not generated. Returns and writes the manifest.

    Raises TranspileError where a folder holds no corpus, or nothing could be lifted.
    """
    drops: Counter[str] = Counter()
    banned = held_out_shapes()
    seen: set[str] = set()
    parents: dict[str, tuple[FunctionPair, ir.Program]] = {}
    for folder in folders:
        for pair in read_corpus(folder):
            if pair.language != "c" or pair.split != "train" or pair.origin == "generated" or pair.wat in seen:
                continue
            seen.add(pair.wat)
            program = _lifted(pair)
            if program is None:
                drops["not liftable"] += 1
            else:
                parents[f"{pair.group}/lifted"] = pair, program
    if not parents:
        raise TranspileError("nothing to lift", hint="name corpora with C functions that were not generated")
    made: list[FunctionPair] = []
    programs = clean({group: _rendered(program) for group, (_, program) in parents.items()}, benchmarks(), drops)
    for done, (name, tongue) in enumerate(languages().items()):
        if progress:
            progress(done, len(languages()), tongue.title)
        said = {group: versions[name] for group, versions in programs.items() if name in versions}
        names = [parents[group][0].name for group in said]
        made += compile_pairs(tongue, list(said), names, list(said.values()), "", "", drops)
    refused = {pair.group for pair in made if skeleton(pair.wat) in banned or is_novel(pair.wat)}
    kept = []
    for pair in made:
        if pair.group in refused:
            drops["skeleton of a held-out function"] += 1
        else:
            parent = parents[pair.group][0]
            kept.append(replace(pair, origin=f"{parent.origin}#lifted", licence=parent.licence))
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("part-*.parquet"):
        old.unlink()
    kept.sort(key=lambda pair: (pair.group, pair.language))
    for part, start in enumerate(range(0, len(kept), ROWS)):
        write_shard(out / f"part-{part:05}.parquet", kept[start : start + ROWS])
    counts = Counter(f"{pair.split}/{pair.language}" for pair in kept)
    manifest = {
        "pairs": len(kept),
        "splits": dict(sorted(counts.items())),
        "dropped": {k: v for k, v in sorted(drops.items()) if v},
        "compilers": compiler_versions()[0],
        "chunks": len(folders),
    }
    temporary = out / "manifest.tmp"
    temporary.write_text(json.dumps(manifest, indent=2) + "\n")
    temporary.replace(out / "manifest.json")
    return manifest
