"""Building a corpus: programs in, Parquet shards of pairs out.

Two steps. `build` maps chunks of work (a range of generated programs, a hand-written topic, a user's file) to raw shards in parallel;
a finished raw shard is skipped on a restart. Then `finish` reads the raw shards in order, removes duplicates by canonical WAT over the whole corpus,
splits by skeleton and writes `part-*.parquet` and `manifest.json`. Drops are counted by reason. The result depends on the inputs, the seed
and the compilers alone, not on the number of workers or on interruptions.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

from transpile.corpus.batch import Compiled, compile_batch
from transpile.corpus.compiled import text_of
from transpile.corpus.errors import MissingCompiler, TranspileError
from transpile.corpus.language import Language, language, languages
from transpile.corpus.naming import canonical_function
from transpile.corpus.pairs import FunctionPair, callees_json, read_shard, signature_json, write_shard
from transpile.corpus.pipeline.decontamination import Benchmarks, benchmarks
from transpile.corpus.pipeline.engine import ENGINES
from transpile.corpus.pipeline.fix import fix_pairs
from transpile.corpus.pipeline.optimize import optimize_pairs
from transpile.corpus.pipeline.splits import COUNTED, NATURAL, compiler_versions, finish, held_out_names
from transpile.corpus.pipeline.stamp import check_stamp, locked, stamp
from transpile.corpus.real.functions import Part, RealFunction, Tree, callee_names, functions_of, in_cpp, parts
from transpile.corpus.signature import Signature
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import canonical_text, renumber_locals
from transpile.corpus.wasm.module import WasmModule
from transpile.corpus.wasm.wat import skeleton

MAX_WORDS = 800
"""Longest canonical text, of WAT or of source, in words."""
MIN_INSTRUCTIONS = 3
CHUNK = 400
"""Generated programs in a chunk."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A unit of work: `kind` generated (seed, count), natural (a topic's stem), source (a file) or lifted (`count` rows of a shard, from row `seed` on)."""

    name: str
    kind: str
    argument: str
    seed: int = 0
    count: int = 0
    fingerprints: str = ""
    """A user's own table of what must not enter, as a path."""
    kinds: tuple[str, ...] = ("decode",)
    """Of rows that are made: decode always, optimize, fix (and with it lint)."""

    def table(self) -> Benchmarks:
        return benchmarks(*([Path(self.fingerprints)] if self.fingerprints else []))


def compile_pairs(
    lang: Language,
    groups: Sequence[str],
    names: Sequence[str],
    sources: Sequence[SourceFunction],
    origin: str,
    licence: str,
    drops: Counter[str],
    level: str = "2",
) -> Iterator[FunctionPair]:
    """Compile canonical functions of one language and yield the pairs. What must not enter has been left out before: `clean`."""
    try:
        version = lang.version()
    except MissingCompiler:
        drops[f"no compiler ({lang.name})"] += len(sources)
        return
    modules: dict[bytes, WasmModule] = {}
    for group, name, source, result in zip(groups, names, sources, compile_batch(lang, sources, level=level), strict=True):
        if not isinstance(result, Compiled):
            drops[f"compile error ({lang.name})"] += 1
            continue
        key = result.wasm
        module = modules.get(key) or modules.setdefault(key, WasmModule.parse(key))
        wat, why = text_of(module, result)
        if why:
            drops[why] += 1
            continue
        prelude = canonical_text(lang.write_prelude(source.signature, [c.signature for c in source.callees]))
        text = renumber_locals(canonical_text(source.text))
        body = text[text.index("{") + 1 :].strip()
        if not (text + wat).isascii():
            drops["not ASCII"] += 1
        elif len(wat.split()) > MAX_WORDS or len(text.split()) > MAX_WORDS:
            drops["too long"] += 1
        elif len(module.function(result.export).instructions) < MIN_INSTRUCTIONS:
            drops["trivial"] += 1
        else:
            yield FunctionPair(
                group,
                lang.name,
                name,
                prelude,
                body,
                wat,
                signature_json(source.signature),
                callees_json(source.callees),
                level,
                version,
                origin,
                licence,
                "train",
            )


Versions = Mapping[str, SourceFunction]
"""A program as a canonical function in each of some languages."""


def clean(programs: Mapping[str, Versions], table: Benchmarks, drops: Counter[str]) -> dict[str, Versions]:
    """The programs, by group, that are no benchmark in any language and any spelling: one that is, is left out in all languages."""
    kept = {}
    for group, versions in programs.items():
        if table.match_any(versions.values()):
            drops["benchmark"] += len(versions)
        else:
            kept[group] = versions
    return kept


def _generated(chunk: Chunk, drops: Counter[str]) -> Iterator[FunctionPair]:
    from transpile.corpus.generator import generate

    programs = {
        f"{chunk.name}/{i}": {name: tongue.render(program) for name, tongue in languages().items()}
        for i, program in enumerate(generate(chunk.seed, chunk.count))
    }
    programs = clean(programs, chunk.table(), drops)
    for name, tongue in languages().items():
        sources = [versions[name] for versions in programs.values()]
        yield from compile_pairs(tongue, list(programs), ["f0"] * len(programs), sources, "generated", "Apache-2.0", drops)


def natural_functions(stem: str) -> Iterator[tuple[str, dict[str, SourceFunction]]]:
    """(name, canonical function by language) of one hand-written topic. The C text serves as C++ too."""
    files = {"c": ".c", "cpp": ".c", "rust": ".rs", "zig": ".zig"}
    found: dict[str, dict[str, SourceFunction]] = {}
    for name, suffix in files.items():
        path = NATURAL / f"{stem}{suffix}"
        if path.is_file():
            found[name] = {f.name: f for f in language(name).read(path.read_text())}
    signatures: dict[str, Signature] = {f.name: f.signature for f in found.get("c", {}).values()}
    for name, source in found.get("c", {}).items():
        order = callee_names(source)
        versions = {}
        for tongue, functions in found.items():
            if name in functions:
                try:
                    versions[tongue] = canonical_function(functions[name], language(tongue), order, signatures)
                except (KeyError, ValueError):  # another helper, or parameters that do not match the C signature's
                    continue
        if versions:
            yield name, versions


def _natural(chunk: Chunk, drops: Counter[str]) -> Iterator[FunctionPair]:
    functions = clean({f"natural/{name}": versions for name, versions in natural_functions(chunk.argument)}, chunk.table(), drops)
    for name, tongue in languages().items():
        chosen = {group: v[name] for group, v in functions.items() if name in v}
        drops[f"natural without {name}"] += len(functions) - len(chosen)
        names = [group.removeprefix("natural/") for group in chosen]
        yield from compile_pairs(tongue, list(chosen), names, list(chosen.values()), f"natural/{chunk.argument}", "Apache-2.0", drops)


def _source(chunk: Chunk, drops: Counter[str]) -> Iterator[FunctionPair]:
    found: dict[str, RealFunction] = {}
    for one in functions_of(Part.read(chunk.argument), drops, chunk.table()):
        if found.setdefault(one.source.text, one) is not one:
            drops["duplicate"] += 1
    functions = {f"real/{f.origin}:{f.name}": f for f in found.values()}
    programs = {
        # Most C is C++ too.
        group: {f.source.language: f.source} | ({"cpp": in_cpp(f.source)} if f.source.language == "c" else {})
        for group, f in functions.items()
    }
    programs = clean(programs, chunk.table(), drops)
    for name, tongue in languages().items():
        chosen = {group: versions[name] for group, versions in programs.items() if name in versions}
        if not chosen:
            continue
        mine = Counter[str]()
        names = [functions[group].name for group in chosen]
        for pair in compile_pairs(tongue, list(chosen), names, list(chosen.values()), "", "", mine):
            origin = functions[pair.group]
            yield replace(pair, origin=origin.origin, licence=origin.licence)
        if name != "cpp":
            drops[f"{COUNTED}unique ({name})"] += len(chosen)
            drops[f"{COUNTED}compiled ({name})"] += len(chosen) - mine[f"compile error ({name})"]
        drops.update(mine)


def _lifted(chunk: Chunk, drops: Counter[str]) -> Iterator[FunctionPair]:
    from transpile.corpus.pipeline.lifted import lifted_pairs

    return lifted_pairs(islice(read_shard(Path(chunk.argument)), chunk.seed, chunk.seed + chunk.count), chunk.table(), drops)


def derived(kind: str, pairs: Sequence[FunctionPair], table: Benchmarks, drops: Counter[str]) -> Iterable[FunctionPair]:
    """The rows of another kind that some decode pairs give; of fix, those of kind lint come with them."""
    return {"optimize": lambda: optimize_pairs(pairs, drops), "fix": lambda: fix_pairs(pairs, table, drops)}[kind]()


def run_chunk(chunk: Chunk, raw: Path) -> str:
    """Do one chunk; its raw shards appear whole or not at all, its counts last, so that they say that all is there.

    Source that we fail on must not cost the hours of a build: it is passed over, counted, and the error is printed.
    """
    drops: Counter[str] = Counter()
    work = {"generated": _generated, "natural": _natural, "source": _source, "lifted": _lifted}[chunk.kind]
    stem = chunk.name.replace("/", "-")
    try:
        pairs = list(work(chunk, drops))
    except Exception as error:
        if chunk.kind != "source" or isinstance(error, TranspileError):
            raise
        print(f"passed over: {chunk.name}, for a bug of ours:", *traceback.format_exception(error), file=sys.stderr, flush=True)
        pairs, drops = [], Counter({"part: bug of ours": 1})
    write_shard(raw / f"{stem}.parquet", pairs)
    owner: dict[str, str] = {}
    # What the whole corpus has twice is dropped at the end; what this chunk has twice is not worth the work.
    first = [pair for pair in pairs if owner.setdefault(pair.wat, pair.group) == pair.group]
    for kind in chunk.kinds:
        if kind == "decode":
            continue
        rows: dict[str, list[FunctionPair]] = {kind: []} | ({"lint": []} if kind == "fix" else {})
        for row in derived(kind, first, chunk.table(), drops):
            rows[row.kind].append(row)
        for name, those in rows.items():
            write_shard(raw / f"{stem}.{name}.parquet", those)
    counts = raw / f"{stem}.json"
    temporary = raw / f"{stem}.{os.getpid()}.tmp"
    temporary.write_text(json.dumps({k: v for k, v in sorted(drops.items()) if v}))
    temporary.replace(counts)
    return chunk.name


def source_chunks(trees: Sequence[Tree], *, any_licence: bool = False) -> tuple[list[Chunk], Counter[str]]:
    """The work of a build from source trees, and the files passed over, by reason. Raises TranspileError where there is nothing to do."""
    passed: Counter[str] = Counter()
    work = []
    for tree in trees:
        found, why = parts(tree, any_licence=any_licence)
        passed.update(why)
        work += [Chunk(f"real/{tree.name}/{i:04}-{part.key()}", "source", part.json()) for i, part in enumerate(found)]
    if not work:
        suffixes = sorted({s for tongue in languages().values() for s in tongue.suffixes})
        raise TranspileError("no source files found", hint=f"known suffixes: {', '.join(suffixes)}; tests and vendored folders are passed over")
    return work, passed


def chunks(*, programs: int, seed: int) -> list[Chunk]:
    """The work of a build without sources: the hand-written topics and `programs` generated ones."""
    natural = [Chunk(f"natural/{p.stem}", "natural", p.stem) for p in sorted(NATURAL.glob("*.c"))]
    generated = [
        Chunk(f"generated/{seed}-{i:05}", "generated", "", seed * 1_000_003 + i, min(CHUNK, programs - i * CHUNK))
        for i in range(-(-programs // CHUNK))
    ]
    return natural + generated


def held_out_shapes() -> set[str]:
    """Skeletons of the hand-written functions that are never trained on, compiled anew in every way, for a build that does not hold them."""
    wanted = held_out_names()
    functions = [v for p in sorted(NATURAL.glob("*.c")) for name, v in natural_functions(p.stem) if name in wanted]
    shapes: set[str] = set()
    for tongue in languages().values():
        chosen = [v[tongue.name] for v in functions if tongue.name in v]
        names = [""] * len(chosen)
        for level in filter(None, ("2", tongue.as_written)):
            shapes.update(skeleton(p.wat) for p in compile_pairs(tongue, names, names, chosen, "", "", Counter(), level))
    return shapes


def build(
    out: Path,
    work: Sequence[Chunk],
    *,
    workers: int = 2,
    progress=None,
    passed: Counter[str] | None = None,
    engine: str = "local",
    restart: bool = False,
    shapes: Callable[[], set[str]] = held_out_shapes,
) -> None:
    """Do what is left of `work` into `out/raw`, then finish. `progress(done, total)` is called after each chunk; `passed` are files that
    were passed over, by reason, for the manifest. `restart`: away with raw shards that were made by other code or compilers. `shapes`: skeletons that no
    pair for training may have.

    Raises TranspileError where there are such shards, or another build is at work there.
    """
    raw = out / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    with locked(raw):
        kinds = work[0].kinds if work else ("decode",)
        check_stamp(raw, stamp(kinds, compiler_versions()[0], work[0].fingerprints if work else ""), restart=restart)
        left = [c for c in work if not (raw / f"{c.name.replace('/', '-')}.json").exists()]
        done = len(work) - len(left)
        if progress:
            progress(done, len(work))
        for _ in ENGINES[engine](partial(run_chunk, raw=raw), left, workers):
            done += 1
            if progress:
                progress(done, len(work))
        finish(out, [c.name for c in work], shapes, passed, kinds)
