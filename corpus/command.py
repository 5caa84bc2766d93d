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
    workers: Annotated[int, typer.Option(help="Processes.", min=1)] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest as JSON.")] = False,
) -> None:
    """Compile programs in every language and write deduplicated, split pairs as Parquet: generated and hand-written ones, or real code."""
    from collections import Counter
    from dataclasses import replace

    from transpile.corpus import pipeline
    from transpile.corpus.decontamination import benchmarks
    from transpile.corpus.sources import manifest, open_named, open_source

    passed: Counter[str] = Counter()
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
    with progress_bar("corpus build") as progress:
        pipeline.build(out, work, workers=workers, progress=progress, passed=passed)
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

    from transpile.corpus.sources import bundled_folder, manifest, mirrored
    from transpile.corpus.splits import is_held_out_repository

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
    folders: Annotated[list[Path], typer.Argument(help="Built corpora; their C functions that were not generated are lifted.")],
    out: Annotated[Path, typer.Option(help="Folder for the shards.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest as JSON.")] = False,
) -> None:
    """Write real and hand-written C functions in every language, by rules, and compile them to more pairs."""
    from transpile.corpus.lifted import lift_corpus

    _say_missing()
    with progress_bar("corpus lift") as progress:
        manifest = lift_corpus(folders, out, progress=progress)
    if as_json:
        print(json.dumps(manifest))
    else:
        print(f"{manifest['pairs']} pairs in {out}", file=sys.stderr)
        _show(manifest)


@app.command()
def fingerprints(files: Annotated[list[Path], typer.Argument(help="Source files in the known languages.")]) -> None:
    """A table of fingerprints of the functions in some files, for `corpus build --fingerprints`: hashes, not code."""
    from transpile.corpus.decontamination import fingerprint
    from transpile.corpus.language import languages

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
    """Pairs by split and language, what was dropped and why, and lengths."""
    from collections import Counter

    from transpile.corpus.pairs import read_corpus, shards

    shards(folder)
    path = folder / "manifest.json"
    if not path.exists():
        raise TranspileError(
            f"{folder} has no manifest.json", hint="the build did not finish; run `corpus build` with the same arguments again"
        )
    manifest = json.loads(path.read_text())
    functions: Counter[str] = Counter()
    wat: list[int] = []
    body: list[int] = []
    for pair in read_corpus(folder):
        functions[pair.language] += 1
        wat.append(len(pair.wat.split()))
        body.append(len(pair.body.split()))
    wat.sort()
    body.sort()
    report = {
        **manifest,
        "pairs": {"decode": len(wat)},
        "functions": dict(sorted(functions.items())),
        "wat_words": {"median": wat[len(wat) // 2], "p95": wat[int(len(wat) * 0.95)]},
        "source_words": {"median": body[len(body) // 2], "p95": body[int(len(body) * 0.95)]},
    }
    report |= _cut(manifest.get("counted", {}))
    if as_json:
        print(json.dumps(report))
    else:
        _show(manifest)
        print(f"words of WAT, median {report['wat_words']['median']}, 95th percentile {report['wat_words']['p95']}")
        print(f"words of source, median {report['source_words']['median']}, 95th percentile {report['source_words']['p95']}")


def _cut(counted: dict[str, int]) -> dict:
    """Of real C: functions met, standing alone, cut out and compiled, and the share of those that stand alone that came through."""
    numbers = {k: counted.get(f"{k} (c)", 0) for k in ("functions", "standalone", "cut out", "unique", "compiled")}
    if not numbers["standalone"]:
        return {}
    # Of equal ones only the first is compiled; the others are taken to compile as often.
    share = numbers["cut out"] / numbers["standalone"] * numbers["compiled"] / max(1, numbers["unique"])
    return {"real_c": {**{k.replace(" ", "_"): n for k, n in numbers.items()}, "share": round(share, 4)}}


def _say_missing() -> None:
    """Which languages a build leaves out, since their compilers are not here."""
    from transpile.corpus.language import compiler_versions, languages

    for name, error in compiler_versions()[1].items():
        print(f"left out: {languages()[name].title}: {error.message} ({error.hint})", file=sys.stderr)


def _show(manifest: dict) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    for title, key in (("split/language", "splits"), ("dropped", "dropped")):
        table = Table(title, "functions", box=None, pad_edge=False)
        table.columns[1].justify = "right"
        for name, count in manifest[key].items():
            table.add_row(name, f"{count:,}")
        console.print(table)
        console.print()


def main() -> None:
    run(app)
