"""Building a corpus: programs in, Parquet shards of pairs out.

Two steps. `build` maps chunks of work (a range of generated programs, a hand-written topic, a user's file) to raw shards in parallel;
a finished raw shard is skipped on a restart. Then `finish` reads the raw shards in order, removes duplicates by canonical WAT over the whole corpus,
splits by skeleton and writes `part-*.parquet` and `manifest.json`. Drops are counted by reason. The result depends on the inputs, the seed
and the compilers alone, not on the number of workers or on interruptions.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path

from transpile.corpus.batch import Compiled, compile_batch
from transpile.corpus.decontamination import Benchmarks, benchmarks
from transpile.corpus.errors import MissingCompiler, TranspileError
from transpile.corpus.language import Language, language, languages
from transpile.corpus.naming import canonical_function
from transpile.corpus.pairs import FunctionPair, callees_json, signature_json, write_shard
from transpile.corpus.real import Part, RealFunction, Tree, callee_names, functions_of, in_cpp, parts
from transpile.corpus.signature import Signature
from transpile.corpus.source import SourceFunction
from transpile.corpus.splits import COUNTED, NATURAL, finish, held_out_names
from transpile.corpus.text import canonical_text, renumber_locals
from transpile.corpus.wasm import WasmModule
from transpile.corpus.wat import canonical, skeleton
from transpile.corpus.wat_text import with_data

MAX_WORDS = 800
"""Longest canonical text, of WAT or of source, in words."""
MIN_INSTRUCTIONS = 3
MOST_DATA = 400
"""Bytes of the constant data of a function; they stand behind its WAT."""
CHUNK = 400
"""Generated programs in a chunk."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A unit of work: `kind` generated (seed, count), natural (a topic's stem) or source (a file)."""

    name: str
    kind: str
    argument: str
    seed: int = 0
    count: int = 0
    fingerprints: str = ""
    """A user's own table of what must not enter, as a path."""

    def table(self) -> Benchmarks:
        return benchmarks(*([Path(self.fingerprints)] if self.fingerprints else []))


def name_calls(text: str, callees: Sequence[str], suffix: str) -> str:
    """Canonical WAT whose `cN` follow the program's numbering (its symbols `c0_17`), library symbols by name, panics as `panic`."""
    names = {}
    for i, symbol in enumerate(callees):
        own = re.search(rf"(?<![A-Za-z])(c\d+|f0){re.escape(suffix)}(?!\d)", symbol)
        if own:
            names[f"c{i}"] = own.group(1)
        elif "panic" in symbol or "slice_index" in symbol or symbol.endswith("_fail"):
            names[f"c{i}"] = "panic"
        else:
            names[f"c{i}"] = re.sub(r"\W+", "_", symbol)
    return re.sub(r"\bcall (c\d+)", lambda m: f"call {names.get(m.group(1), m.group(1))}", text) if names else text


def data_of(module: WasmModule, segments: Sequence[int]) -> list[bytes] | None:
    """The bytes of data segments, None for those that can't be shown: too many, or with addresses among them."""
    data = [module.segments[i].data for i in segments]
    if sum(map(len, data)) > MOST_DATA:
        return None
    words = (int.from_bytes(one[at : at + 4], "little") for one in data for at in range(0, len(one) - 3, 4))
    return None if any(module.segment_at(word) for word in words) else data


def compile_pairs(
    lang: Language,
    groups: Sequence[str],
    names: Sequence[str],
    sources: Sequence[SourceFunction],
    origin: str,
    licence: str,
    drops: Counter[str],
) -> Iterator[FunctionPair]:
    """Compile canonical functions of one language and yield the pairs. What must not enter has been left out before: `clean`."""
    try:
        version = lang.version()
    except MissingCompiler:
        drops[f"no compiler ({lang.name})"] += len(sources)
        return
    modules: dict[bytes, WasmModule] = {}
    for group, name, source, result in zip(groups, names, sources, compile_batch(lang, sources), strict=True):
        if not isinstance(result, Compiled):
            drops[f"compile error ({lang.name})"] += 1
            continue
        key = result.wasm
        module = modules.get(key) or modules.setdefault(key, WasmModule.parse(key))
        try:
            read = canonical(module.function(result.export))
        except TranspileError:
            drops["unsupported instructions"] += 1
            continue
        wat = name_calls(read.text, read.callees, result.suffix)
        prelude = canonical_text(lang.write_prelude(source.signature, [c.signature for c in source.callees]))
        text = renumber_locals(canonical_text(source.text))
        body = text[text.index("{") + 1 :].strip()
        data = data_of(module, read.data)
        if data:
            wat = with_data(wat, data)
        if data is None:
            drops["static data"] += 1
        elif not (text + wat).isascii():
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
                "2",
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


def _run(chunk: Chunk, raw: Path) -> str:
    """Do one chunk; its raw shard and its counts appear whole or not at all."""
    drops: Counter[str] = Counter()
    work = {"generated": _generated, "natural": _natural, "source": _source}[chunk.kind]
    write_shard(raw / f"{chunk.name.replace('/', '-')}.parquet", work(chunk, drops))
    counts = raw / f"{chunk.name.replace('/', '-')}.json"
    temporary = counts.with_suffix(f".{os.getpid()}.tmp")
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
    """Skeletons of the hand-written functions that are never trained on, compiled anew, for a build that does not hold them."""
    wanted = held_out_names()
    functions = [v for p in sorted(NATURAL.glob("*.c")) for name, v in natural_functions(p.stem) if name in wanted]
    shapes: set[str] = set()
    for tongue in languages().values():
        chosen = [v[tongue.name] for v in functions if tongue.name in v]
        names = [""] * len(chosen)
        shapes.update(skeleton(p.wat) for p in compile_pairs(tongue, names, names, chosen, "", "", Counter()))
    return shapes


def build(out: Path, work: Sequence[Chunk], *, workers: int = 2, progress=None, passed: Counter[str] | None = None) -> None:
    """Do what is left of `work` into `out/raw`, then finish. `progress(done, total)` is called after each chunk; `passed` are files that
    were passed over, by reason, for the manifest."""
    raw = out / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    left = [c for c in work if not (raw / f"{c.name.replace('/', '-')}.json").exists()]
    if progress:
        progress(len(work) - len(left), len(work))
    if workers == 1:
        for done, chunk in enumerate(left, 1):
            _run(chunk, raw)
            if progress:
                progress(len(work) - len(left) + done, len(work))
    elif left:
        with ProcessPoolExecutor(workers) as pool:
            futures = [pool.submit(_run, chunk, raw) for chunk in left]
            for done, future in enumerate(as_completed(futures), 1):
                future.result()
                if progress:
                    progress(len(work) - len(left) + done, len(work))
    finish(out, [c.name for c in work], held_out_shapes, passed)
