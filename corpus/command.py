"""The command line `corpus`: build a corpus, and say what is in one."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from transpile.corpus.console import application, progress_bar, run
from transpile.corpus.errors import TranspileError

app = application("Build (source, WAT) pairs with compilers, and look at them.")


@app.command()
def build(
    out: Annotated[Path, typer.Option(help="Folder for the shards; an interrupted build goes on there.")],
    source: Annotated[
        list[str] | None, typer.Option(help="File, folder, archive or git URL of real code, URL@REVISION if not the newest; may be repeated.")
    ] = None,
    named: Annotated[bool, typer.Option("--named-sources", help="The public sources that `corpus sources` lists.")] = False,
    mirror: Annotated[Path | None, typer.Option(help="Take the named sources from this folder of repositories, and no network.")] = None,
    any_licence: Annotated[bool, typer.Option("--any-licence", help="Keep real code whose licence is not permissive, or not known.")] = False,
    fingerprints: Annotated[Path | None, typer.Option(help="Your own table of functions that must not enter; see `corpus fingerprints`.")] = None,
    programs: Annotated[int, typer.Option(help="Number of generated programs, where no source is given.", min=0)] = 20_000,
    seed: Annotated[int, typer.Option(help="Seed of the generator.")] = 0,
    kinds: Annotated[str, typer.Option(help="Kinds of rows, with commas between: decode, optimize, fix.")] = "decode,optimize,fix",
    workers: Annotated[int, typer.Option(help="Processes.", min=1)] = 2,
    engine: Annotated[str, typer.Option(help="Who does the work: local processes, or ray (Ray Data; RAY_ADDRESS names a cluster).")] = "local",
    restart: Annotated[bool, typer.Option("--restart", help="Drop what other code or compilers left in the folder, and start anew.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest as JSON.")] = False,
) -> None:
    """Compile programs in every language and write deduplicated, split pairs as Parquet: generated and hand-written ones, or real code."""
    from collections import Counter
    from dataclasses import replace

    from transpile.corpus.pipeline import build as pipeline
    from transpile.corpus.pipeline.decontamination import benchmarks
    from transpile.corpus.pipeline.engine import check_engine
    from transpile.corpus.real.sources import manifest, open_named, open_source
    from transpile.corpus.wasm.wasm_opt import wasm_opt_version

    passed: Counter[str] = Counter()
    chosen = tuple(dict.fromkeys(["decode", *(k.strip() for k in kinds.split(",") if k.strip())]))
    if set(chosen) - {"decode", "optimize", "fix"}:
        raise TranspileError(f"unknown kind of rows in '{kinds}'", hint="kinds are decode, optimize and fix; decode is always made")
    check_engine(engine)
    if "optimize" in chosen and wasm_opt_version() is None:
        print("wasm-opt is not installed: optimize pairs without it (Debian: apt-get install binaryen)", file=sys.stderr)
    if source or named:
        trees = [open_source(one) for one in source or ()]
        for entry in manifest() if named else ():
            tree = open_named(entry, mirror)
            if tree is not None:
                trees.append(tree)
            else:
                passed["source: not here"] += 1
                print(f"passed over: {entry.name} is not here", file=sys.stderr)
        work, files = pipeline.source_chunks(trees, any_licence=any_licence)
        passed.update(files)
    else:
        work = pipeline.chunks(programs=programs, seed=seed)
    if fingerprints is not None:
        benchmarks(fingerprints)  # is it a table?
        work = [replace(chunk, fingerprints=str(fingerprints)) for chunk in work]
    _say_missing()
    work = [replace(chunk, kinds=chosen) for chunk in work]
    with progress_bar("corpus build") as progress:
        pipeline.build(out, work, workers=workers, progress=progress, passed=passed, engine=engine, restart=restart)
    built = json.loads((out / "manifest.json").read_text())
    if as_json:
        print(json.dumps(built))
    else:
        print(f"{built['pairs']} pairs in {out}", file=sys.stderr)
        _show(built)
    licences = {k.removeprefix("file: licence "): n for k, n in built["dropped"].items() if k.startswith("file: licence ")}
    if licences:
        said = ", ".join(f"{n} {name}" for name, n in licences.items())
        print(f"files left out for their licence: {said}; --any-licence keeps them", file=sys.stderr)


@app.command()
def sources(
    mirror: Annotated[Path | None, typer.Option(help="Say which of them this folder of repositories has.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False,
) -> None:
    """The public sources of real code that `corpus build --named-sources` takes: repository, revision, licence, what is taken."""
    from dataclasses import asdict

    from rich.console import Console
    from rich.table import Table

    from transpile.corpus.pipeline.splits import is_held_out_repository
    from transpile.corpus.real.sources import bundled_folder, manifest, mirrored

    rows = []
    for entry in manifest():
        row = {**asdict(entry), "held_out": is_held_out_repository(entry.name)}
        if entry.bundled:
            row["here"] = bundled_folder(entry.bundled) is not None
        elif mirror is not None:
            row["here"] = mirrored(entry, mirror) is not None
        rows.append(row)
    if as_json:
        print(json.dumps(rows))
        return
    table = Table("source", "revision", "licence", "split", "taken", *(["here"] if mirror else []), box=None, pad_edge=False)
    for row in rows:
        taken = ", ".join(row["take"]) or "all"
        here = ["yes" if row["here"] else "no"] if mirror else []
        table.add_row(row["name"], row["revision"][:12], row["licence"], "real" if row["held_out"] else "train", taken, *here)
    Console().print(table)


@app.command()
def lift(
    folders: Annotated[list[Path], typer.Argument(help="Built corpora; one version of each of their training programs is lifted, C where there is C.")],
    out: Annotated[Path, typer.Option(help="Folder for the shards; an interrupted run goes on there.")],
    workers: Annotated[int, typer.Option(help="Processes.", min=1)] = 2,
    engine: Annotated[str, typer.Option(help="Who does the work: local processes, or ray (Ray Data; RAY_ADDRESS names a cluster).")] = "local",
    restart: Annotated[bool, typer.Option("--restart", help="Drop what other code or compilers left in the folder, and start anew.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest as JSON.")] = False,
) -> None:
    """Write functions in every language, by rules, and compile them to more pairs."""
    from transpile.corpus.pipeline.engine import check_engine
    from transpile.corpus.pipeline.lifted import lift_corpus

    check_engine(engine)
    _say_missing()
    with progress_bar("corpus lift") as progress:
        lift_corpus(folders, out, workers=workers, engine=engine, restart=restart, progress=progress)
    manifest = json.loads((out / "manifest.json").read_text())
    if as_json:
        print(json.dumps(manifest))
    else:
        print(f"{manifest['pairs']} pairs in {out}", file=sys.stderr)
        _show(manifest)


@app.command()
def fingerprints(files: Annotated[list[Path], typer.Argument(help="Source files in the known languages.")]) -> None:
    """A table of fingerprints of the functions in some files, for `corpus build --fingerprints`: hashes, not code."""
    from transpile.corpus.language import languages
    from transpile.corpus.pipeline.decontamination import fingerprint

    for file in files:
        tongue = next((t for t in languages().values() if file.suffix in t.suffixes), None)
        if tongue is None or not file.is_file():
            raise TranspileError(f"no source file in a known language: {file}", hint="the suffix tells the language")
        for function in tongue.read(file.read_text(errors="replace")):
            line = fingerprint(function.text)
            if line:
                print(line)


@app.command()
def stats(
    folder: Annotated[Path, typer.Argument(help="A built corpus.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Pairs by kind, split and language, what was dropped and why, and lengths."""
    from transpile.corpus.pipeline.summary import report, summarize

    found = report(summarize(folder))
    if as_json:
        print(json.dumps(found))
    else:
        _show({"pairs": {**found["pairs"], "lint": found["lint"]}, "splits": found["splits"], "dropped": found["dropped"]})
        print(f"programs, each in one language or more: {found['programs']}")
        print(f"words of WAT, median {found['wat_words']['median']}, 95th percentile {found['wat_words']['p95']}")
        print(f"words of source, median {found['source_words']['median']}, 95th percentile {found['source_words']['p95']}")


@app.command()
def card(folder: Annotated[Path, typer.Argument(help="A built corpus.")]) -> None:
    """Write the corpus's data card: README.md with counts, licences, sources, compilers and pictures of lengths, as Hugging Face reads it."""
    from transpile.corpus.pipeline.card import write_card

    print(write_card(folder))


@app.command()
def browse(
    folder: Annotated[Path, typer.Argument(help="A built corpus.")],
    port: Annotated[int, typer.Option(help="Port on this machine; 0 takes any that is free.", min=0, max=65535)] = 8010,
) -> None:
    """Show the rows of a corpus side by side in a browser, on this machine alone."""
    from transpile.corpus.pipeline.browse import serve

    serve(folder, port)


def _say_missing() -> None:
    """Which languages a build leaves out, since their compilers are not here."""
    from transpile.corpus.language import compiler_versions, languages

    for name, error in compiler_versions()[1].items():
        print(f"left out: {languages()[name].title}: {error.message} ({error.hint})", file=sys.stderr)


def _show(manifest: dict) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    for title, key in (("kind", "pairs"), ("split/language", "splits"), ("dropped", "dropped")):
        if not isinstance(manifest[key], dict):
            continue
        table = Table(title, "functions", box=None, pad_edge=False)
        table.columns[1].justify = "right"
        for name, count in manifest[key].items():
            table.add_row(name, f"{count:,}")
        console.print(table)
        console.print()


def main() -> None:
    run(app)
