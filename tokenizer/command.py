"""The command line `tokenizer`."""

from __future__ import annotations

import json
import sys
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from transpile.corpus.console import application, run
from transpile.corpus.errors import TranspileError

CHUNK = 4096
"""Texts that are encoded together."""

app = application("One vocabulary over canonical WAT and all languages.")


@app.callback()
def group() -> None:
    """One vocabulary over canonical WAT and all languages."""


@app.command()
def train(
    corpus: Annotated[list[Path], typer.Argument(help="Corpora built with `corpus build`.")],
    out: Annotated[Path, typer.Option(help="tokenizer.json to write.")],
    size: Annotated[int, typer.Option(help="Most tokens in the vocabulary.", min=64)] = 1024,
    known: Annotated[
        Path | None, typer.Option(help="A tokenizer.json that keeps its ids; words of the corpora come behind it, and `model train` can go on.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Train on the training split, and check that every pair of the corpus encodes without loss."""
    from transpile.corpus.pairs import read_corpus
    from transpile.tokenizer import vocabulary

    def texts(splits: tuple[str, ...]):
        for folder in corpus:
            for pair in read_corpus(folder):
                if pair.split in splits:
                    yield pair.wat
                    yield pair.prelude
                    yield pair.body

    tokenizer = vocabulary.train(texts(("train",)), size=size, known=vocabulary.load(known) if known else None)
    tokens = words = lost = 0
    checked = texts(("train", "novel", "natural"))
    while chunk := list(islice(checked, CHUNK)):
        for text, encoded in zip(chunk, tokenizer.encode_batch_fast(chunk, add_special_tokens=False), strict=True):
            lost += vocabulary.decode(tokenizer, encoded.ids) != text
            tokens += len(encoded.ids)
            words += len(text.split())
    if not tokens:
        raise TranspileError("the corpus has no training pairs", hint="build a larger one with `corpus build --programs N`")
    if lost:
        raise TranspileError(f"{lost} texts are not lossless", hint="a corpus with other than canonical ASCII text? build it again")
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = out.with_suffix(".tmp")
    tokenizer.save(str(temporary))
    temporary.replace(out)
    report = {
        "vocabulary": tokenizer.get_vocab_size(),
        "words": words,
        "tokens": tokens,
        "tokens_per_word": round(tokens / max(words, 1), 3),
    }
    print(json.dumps(report) if as_json else "\n".join(f"{k}: {v}" for k, v in report.items()), file=sys.stdout)


def main() -> None:
    run(app)
