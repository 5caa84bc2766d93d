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
        Path | None, typer.Option(help="Your own file or folder. Without it: generated programs and the hand-written set.")
    ] = None,
    programs: Annotated[int, typer.Option(help="Number of generated programs.", min=0)] = 20_000,
    seed: Annotated[int, typer.Option(help="Seed of the generator.")] = 0,
    workers: Annotated[int, typer.Option(help="Processes.", min=1)] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest as JSON.")] = False,
) -> None:
    """Compile programs in every language and write deduplicated, split pairs as Parquet."""
    from transpile.corpus import pipeline

    if source is not None and not source.exists():
        raise TranspileError(f"no such file or folder: {source}", hint="--source names a source file or a folder of them")
    work = pipeline.chunks(programs=programs, seed=seed, source=source)
    with progress_bar("corpus build") as progress:
        pipeline.build(out, work, workers=workers, progress=progress)
    manifest = json.loads((out / "manifest.json").read_text())
    if as_json:
        print(json.dumps(manifest))
    else:
        print(f"{manifest['pairs']} pairs in {out}", file=sys.stderr)
        _show(manifest)


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
    if as_json:
        print(json.dumps(report))
    else:
        _show(manifest)
        print(f"words of WAT, median {report['wat_words']['median']}, 95th percentile {report['wat_words']['p95']}")
        print(f"words of source, median {report['source_words']['median']}, 95th percentile {report['source_words']['p95']}")


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
