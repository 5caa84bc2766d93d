"""Building a corpus: programs in, Parquet shards of pairs out.

Two steps. `build` maps chunks of work (a range of generated programs, a hand-written topic, a user's file) to raw shards in parallel;
a finished raw shard is skipped on a restart. Then `finish` reads the raw shards in order, removes duplicates by canonical WAT over the whole corpus,
splits by skeleton and writes `part-*.parquet` and `manifest.json`. Drops are counted by reason. The result depends on the inputs, the seed
and the compilers alone, not on the number of workers or on interruptions.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path

from transpile.corpus.batch import Compiled, compile_batch
from transpile.corpus.decontamination import benchmarks
from transpile.corpus.errors import TranspileError
from transpile.corpus.language import Language, language, languages
from transpile.corpus.naming import canonical_function
from transpile.corpus.pairs import FunctionPair, callees_json, read_shard, signature_json, write_shard
from transpile.corpus.signature import Signature
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import canonical_text, renumber_locals
from transpile.corpus.wasm import WasmModule
from transpile.corpus.wat import canonical, skeleton

NATURAL = Path(__file__).with_name("natural")
MAX_WORDS = 800
"""Longest canonical text, of WAT or of source, in words."""
MIN_INSTRUCTIONS = 3
CHUNK = 400
"""Generated programs in a chunk."""
ROWS = 20_000
"""Rows in a finished shard."""
NOVEL_PER_THOUSAND = 10


@dataclass(frozen=True, slots=True)
class Chunk:
    """A unit of work: `kind` generated (seed, count), natural (a topic's stem) or source (a file)."""

    name: str
    kind: str
    argument: str
    seed: int = 0
    count: int = 0


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


def compile_pairs(
    lang: Language,
    groups: Sequence[str],
    names: Sequence[str],
    sources: Sequence[SourceFunction],
    origin: str,
    licence: str,
    drops: Counter[str],
) -> Iterator[FunctionPair]:
    """Compile canonical functions of one language and yield the pairs."""
    version = lang.version()
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
        if read.data:
            drops["static data"] += 1
        elif not (text + wat).isascii():
            drops["not ASCII"] += 1
        elif len(wat.split()) > MAX_WORDS or len(text.split()) > MAX_WORDS:
            drops["too long"] += 1
        elif len(module.function(result.export).instructions) < MIN_INSTRUCTIONS:
            drops["trivial"] += 1
        elif benchmarks().match(source.text):
            drops["benchmark"] += 1
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


def _generated(chunk: Chunk, drops: Counter[str]) -> Iterator[FunctionPair]:
    from transpile.corpus.generator import generate

    programs = list(generate(chunk.seed, chunk.count))
    groups = [f"{chunk.name}/{i}" for i in range(len(programs))]
    for lang in languages().values():
        sources = [lang.render(p) for p in programs]
        yield from compile_pairs(lang, groups, ["f0"] * len(programs), sources, "generated", "Apache-2.0", drops)


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
        order = _callee_names(source)
        versions = {}
        for tongue, functions in found.items():
            if name in functions:
                try:
                    versions[tongue] = canonical_function(functions[name], language(tongue), order, signatures)
                except (KeyError, ValueError):  # another helper, or parameters that do not match the C signature's
                    continue
        if versions:
            yield name, versions


def _callee_names(source: SourceFunction) -> list[str]:
    out: list[str] = []
    for callee in source.callees:
        out += [n for n in [*_callee_names(callee), callee.name] if n not in out]
    return out


def _natural(chunk: Chunk, drops: Counter[str]) -> Iterator[FunctionPair]:
    functions = list(natural_functions(chunk.argument))
    for tongue in languages():
        chosen = [(name, v[tongue]) for name, v in functions if tongue in v]
        drops[f"natural without {tongue}"] += len(functions) - len(chosen)
        groups = [f"natural/{name}" for name, _ in chosen]
        yield from compile_pairs(
            language(tongue), groups, [n for n, _ in chosen], [s for _, s in chosen], f"natural/{chunk.argument}", "Apache-2.0", drops
        )


def _source(chunk: Chunk, drops: Counter[str]) -> Iterator[FunctionPair]:
    path = Path(chunk.argument)
    lang = next(tongue for tongue in languages().values() if path.suffix in tongue.suffixes)
    functions = lang.read(path.read_text(errors="replace"))
    signatures = {f.name: f.signature for f in functions}
    chosen = []
    for f in functions:
        try:
            chosen.append((f.name, canonical_function(f, lang, _callee_names(f), signatures)))
        except (KeyError, ValueError):
            drops["signature not understood"] += 1
    groups = [f"{chunk.name}/{name}" for name, _ in chosen]
    yield from compile_pairs(lang, groups, [n for n, _ in chosen], [s for _, s in chosen], chunk.name, "unknown", drops)


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


def chunks(*, programs: int, seed: int, source: Path | None = None) -> list[Chunk]:
    """The work of a build: the hand-written topics and `programs` generated ones, or the files of a user's folder."""
    if source is not None:
        suffixes = {s for tongue in languages().values() for s in tongue.suffixes}
        files = sorted(p for p in ([source] if source.is_file() else source.rglob("*")) if p.suffix in suffixes and p.is_file())
        if not files:
            raise TranspileError(f"no source files in {source}", hint=f"known suffixes: {', '.join(sorted(suffixes))}")
        root = source.parent if source.is_file() else source
        return [Chunk(f"source/{p.relative_to(root)}", "source", str(p)) for p in files]
    natural = [Chunk(f"natural/{p.stem}", "natural", p.stem) for p in sorted(NATURAL.glob("*.c"))]
    generated = [
        Chunk(f"generated/{seed}-{i:05}", "generated", "", seed * 1_000_003 + i, min(CHUNK, programs - i * CHUNK))
        for i in range(-(-programs // CHUNK))
    ]
    return natural + generated


def build(out: Path, work: Sequence[Chunk], *, workers: int = 2, progress=None) -> None:
    """Do what is left of `work` into `out/raw`, then finish. `progress(done, total)` is called after each chunk."""
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
    finish(out, work)


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=8).digest()


def held_out_names() -> frozenset[str]:
    """The hand-written functions that are never trained on: `natural/held_out.txt`, drawn once by hash of the name, never changed since."""
    return frozenset((NATURAL / "held_out.txt").read_text().split())


def is_novel(wat: str) -> bool:
    """Whether a skeleton is held out, in every corpus alike: by its hash, so that no training function differs from it in constants alone."""
    return int.from_bytes(_hash(skeleton(wat))[:4], "big") % 1000 < NOVEL_PER_THOUSAND


def finish(out: Path, work: Sequence[Chunk]) -> dict:
    """Deduplicate, split and write the final shards; returns and writes the manifest."""
    raw = out / "raw"
    drops: Counter[str] = Counter()
    paths = [raw / f"{c.name.replace('/', '-')}.parquet" for c in work]
    for path in paths:
        drops.update(json.loads(path.with_suffix(".json").read_text()))
    held_out = held_out_names()
    natural_shapes = {
        _hash(skeleton(pair.wat)) for path in paths if path.name.startswith("natural-") for pair in read_shard(path) if pair.name in held_out
    }
    # First pass: which program owns each WAT, and which programs must not be trained on, for any of their WATs.
    owner: dict[bytes, str] = {}
    novel: set[str] = set()
    banned: set[str] = set()
    for path in paths:
        for pair in read_shard(path):
            if owner.setdefault(_hash(pair.wat), pair.group) != pair.group:
                continue
            if pair.origin.startswith("natural/") and pair.name in held_out:
                continue
            if _hash(skeleton(pair.wat)) in natural_shapes:
                banned.add(pair.group)
            elif is_novel(pair.wat):
                novel.add(pair.group)
    buffer: list[FunctionPair] = []
    counts: Counter[str] = Counter()
    for old in out.glob("part-*.parquet"):
        old.unlink()
    part = 0
    for path in paths:
        for pair in read_shard(path):
            if owner[_hash(pair.wat)] != pair.group:
                drops["duplicate"] += 1
                continue
            is_natural = pair.origin.startswith("natural/")
            if pair.group in banned or (is_natural and pair.group in novel):
                drops["skeleton of a held-out function"] += 1
                continue
            where = "natural" if is_natural and pair.name in held_out else "novel" if pair.group in novel else "train"
            buffer.append(replace(pair, split=where))
            counts[f"{where}/{pair.language}"] += 1
            if len(buffer) == ROWS:
                write_shard(out / f"part-{part:05}.parquet", buffer)
                part, buffer = part + 1, []
    if buffer:
        write_shard(out / f"part-{part:05}.parquet", buffer)
    manifest = {
        "pairs": sum(counts.values()),
        "splits": {k: counts[k] for k in sorted(counts)},
        "dropped": {k: v for k, v in sorted(drops.items()) if v},
        "compilers": {name: tongue.version() for name, tongue in languages().items()},
        "chunks": len(work),
    }
    temporary = out / f"manifest.{os.getpid()}.tmp"
    temporary.write_text(json.dumps(manifest, indent=2) + "\n")
    temporary.replace(out / "manifest.json")
    return manifest
