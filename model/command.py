"""The command line `model`: train, evaluate, export."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from transpile.corpus.console import application, run

app = application("The encoder-decoder that reads WAT and writes source.")


@app.command()
def train(
    corpus: Annotated[list[Path], typer.Argument(help="Corpora built with `corpus build`.")],
    tokenizer: Annotated[Path, typer.Option(help="tokenizer.json.")],
    out: Annotated[Path, typer.Option(help="Folder of the run: state.pt, metrics.jsonl, loss.png. A run goes on from its state.")],
    preset: Annotated[str, typer.Option(help="Size: tiny, small, base, large.")] = "small",
    minutes: Annotated[float, typer.Option(help="Budget of wall time over all resumptions.", min=0.01)] = 120.0,
    decay: Annotated[float, typer.Option(help="Share of the budget with a falling learning rate.", min=0, max=1)] = 0.3,
    seed: Annotated[int, typer.Option()] = 0,
    limit: Annotated[int, typer.Option(help="Train on the first so many pairs only.", min=0)] = 0,
) -> None:
    """Train for a wall-clock budget, or go on. With torchrun: one process a core or GPU."""
    from transpile.model import train as training

    training.train(training.Run(tuple(corpus), tokenizer, out, preset, minutes, decay, seed, limit=limit))


@app.command()
def export(
    run_folder: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a training run.")],
    tokenizer: Annotated[Path, typer.Option(help="tokenizer.json.")],
    out: Annotated[Path, typer.Option(help="The checkpoint folder to write.")],
    preset: Annotated[str, typer.Option(help="The preset that was trained.")] = "small",
) -> None:
    """Write the folder that the engines load."""
    from transpile.model.export import export as write

    write(run_folder, tokenizer, out, preset_name=preset)


@app.command()
def card(
    checkpoint: Annotated[Path, typer.Argument(help="The exported checkpoint folder, which gets README.md, figures.jsonl, metrics.jsonl and loss.png.")],
    run_folder: Annotated[Path, typer.Option("--run", help="Folder of the training run.")],
    corpus: Annotated[list[Path], typer.Option(help="The corpora that were trained on.")],
    figures: Annotated[Path, typer.Option(help="JSON lines that `model eval` printed.")],
    preset: Annotated[str, typer.Option()] = "small",
    before: Annotated[Path | None, typer.Option(help="The same for the checkpoint that shipped before.")] = None,
) -> None:
    """Write the model card from what was measured."""
    import shutil

    from transpile.model.card import write_card

    text = write_card(checkpoint, run_folder, corpus, figures, preset, before)
    kept = {figures: "figures.jsonl"} | ({before: "figures-before.jsonl"} if before else {})
    for path in (run_folder / "metrics.jsonl", run_folder / "loss.png", *kept):
        target = checkpoint / kept.get(path, path.name)
        if path.exists() and path.resolve() != target.resolve():
            shutil.copyfile(path, target)
    (checkpoint / "README.md").write_text(text)


@app.command("eval")
def evaluate(
    checkpoint: Annotated[Path, typer.Argument(help="An exported checkpoint folder.")],
    corpus: Annotated[Path, typer.Argument(help="A built corpus.")],
    split: Annotated[str, typer.Option(help="train (seen), novel, natural or real.")] = "novel",
    source: Annotated[str, typer.Option(help="Language whose WAT is read.")] = "c",
    target: Annotated[str, typer.Option(help="Language that is written.")] = "rust",
    candidates: Annotated[int, typer.Option(min=1)] = 32,
    functions: Annotated[int, typer.Option(help="Evaluate at most so many functions.", min=1)] = 200,
    inputs: Annotated[int, typer.Option(min=16)] = 1024,
    seed: Annotated[int, typer.Option()] = 0,
    temperature: Annotated[float, typer.Option(help="Of sampling; one candidate is always greedy.", min=0.05)] = 0.8,
    details: Annotated[Path | None, typer.Option(help="Write one JSON line a function here.")] = None,
    written: Annotated[
        bool | None,
        typer.Option("--as-written/--optimized", help="What is read: code compiled to be read, or -O2, as of wasm modules; else what it was trained on."),
    ] = None,
) -> None:
    """Share of functions verified with N candidates, share of candidates that compile; one JSON object on stdout."""
    from transpile.model.evaluate import evaluate as measure

    report = measure(checkpoint, corpus, split, source, target, candidates, functions, inputs, seed, temperature, details, written=written)
    print(json.dumps(report))


def main() -> None:
    run(app)


if __name__ == "__main__":
    main()
