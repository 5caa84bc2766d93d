"""Pairs out of pairs: functions lifted by rules and written in every language, as compilers read them back.

Real code gives shapes that no generator thinks of, but a C library exists in C only. Its WAT, lifted and rendered, is the same program in all
languages, and each of those compiled is a pair. What is lifted is the compilation that keeps loops and conditions as the source has them
(`Language.as_written`), and it is what the rows hold; the row that was read stands beside them, so that what optimizers make of a loop is read too.
A group's rows: the original at level 2 and as written, and its renderings as written. What the rules write depends on the WAT alone, so that
a model has less to guess than from people's or the generator's texts.

Invariant: only training functions are lifted, and no pair for training has the skeleton of a function that is held out, however either was compiled.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from transpile.corpus import ir
from transpile.corpus.errors import TranspileError
from transpile.corpus.ir_names import called, has_pointers
from transpile.corpus.language import languages
from transpile.corpus.lifting import NotLiftable, lift, lift_pointers
from transpile.corpus.pairs import FunctionPair, read_corpus, shards, source_function
from transpile.corpus.pipeline.build import Chunk, build, clean, compile_pairs, held_out_shapes
from transpile.corpus.pipeline.decontamination import Benchmarks
from transpile.corpus.pipeline.splits import LIFTED, repository_of
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import canonical_text
from transpile.corpus.wasm.wat import skeleton

CHUNK = 5_000
"""Rows of a finished shard that are lifted together."""


def _is_parent(pair: FunctionPair) -> bool:
    """Whether a row is lifted: one of each training program, C where there is C."""
    return pair.split == "train" and (pair.language == "c" or (pair.language != "cpp" and bool(repository_of(pair))))


def _lifted(wat: str, source: SourceFunction) -> ir.Program | None:
    """A function, with arrays if the rules know its types, else with pointers; of what it calls the types alone are known."""
    callees = {one.name: one.signature for one in source.callees}
    for way in (lift, lift_pointers):
        try:
            function = way(wat, source.signature, callees).function
        except (NotLiftable, LookupError, RecursionError, TranspileError):
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


def as_written(pairs: Sequence[FunctionPair], drops: Counter[str]) -> Iterator[FunctionPair]:
    """Rows compiled again, as written; those of a language that has no such level, or that fail, do not come back."""
    for name, tongue in languages().items():
        mine = [pair for pair in pairs if pair.language == name]
        if mine and tongue.as_written:
            row = {pair.group: pair for pair in mine}
            sources = [source_function(pair) for pair in mine]
            for made in compile_pairs(tongue, [p.group for p in mine], [p.name for p in mine], sources, "", "", drops, tongue.as_written):
                yield replace(row[made.group], wat=made.wat, level=made.level, compiler=made.compiler)


def lifted_pairs(rows: Iterable[FunctionPair], table: Benchmarks, drops: Counter[str]) -> Iterator[FunctionPair]:
    """The groups of the rows that are lifted. What looks like a benchmark in any language is left out in all."""
    parents = {pair.group: pair for pair in rows if _is_parent(pair)}
    written: dict[str, FunctionPair] = {}
    programs: dict[str, dict[str, SourceFunction]] = {}
    for pair in as_written(list(parents.values()), drops):
        program = _lifted(pair.wat, source_function(pair))
        if program is None:
            drops[f"not liftable ({pair.language})"] += 1
        else:
            written[pair.group], programs[pair.group] = pair, _rendered(program)
    programs = dict(clean(programs, table, drops))
    for group in programs:
        for pair in (parents[group], written[group]):
            yield replace(pair, group=f"{group}/lifted")
    for name, tongue in languages().items():
        said = {group: versions[name] for group, versions in programs.items() if name in versions}
        names = [written[group].name for group in said]
        for made in compile_pairs(tongue, list(said), names, list(said.values()), "", "", drops, tongue.as_written or "2"):
            parent = written[made.group]
            yield replace(made, group=f"{made.group}/lifted", origin=f"{parent.origin}{LIFTED}", licence=parent.licence)


def _held_out(folders: Sequence[Path]) -> set[str]:
    """Skeletons, as written, of what the corpora hold out, and of the hand-written functions held out by name."""
    pairs = [pair for folder in folders for pair in read_corpus(folder) if pair.split != "train"]
    shapes = {skeleton(pair.wat) for pair in as_written(pairs, Counter())}
    return shapes | held_out_shapes()


def lift_corpus(folders: Sequence[Path], out: Path, *, workers: int = 2, engine: str = "local", restart: bool = False, progress=None) -> None:
    """Write a corpus of the lifted functions of others; what was interrupted goes on.

    Raises TranspileError where a folder holds no corpus, or nothing in one is for training.
    """
    import pyarrow.parquet as pq

    if not any(_is_parent(pair) for folder in folders for pair in read_corpus(folder)):
        raise TranspileError("nothing to lift", hint="name corpora with functions for training in C, or real ones in Rust, Zig, Go, D or AssemblyScript")
    work = []
    for number, folder in enumerate(folders):
        for path in shards(folder):
            rows = pq.ParquetFile(path).metadata.num_rows
            content = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
            work += [
                Chunk(f"lifted/{number}-{content}-{start // CHUNK:02}", "lifted", str(path.resolve()), start, CHUNK)
                for start in range(0, rows, CHUNK)
            ]
    build(out, work, workers=workers, progress=progress, engine=engine, restart=restart, shapes=lambda: _held_out(folders))
