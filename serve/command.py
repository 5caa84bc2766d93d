"""The command line `transpile`.

`transpile lib.c --to rust -o lib.rs`. stdout is data (the table, or one JSON object), stderr is for people. Exit 0 when all functions are verified,
1 when some are not, 2 when it could not run. Heavy imports happen inside the functions: `--help` answers in under 0.3 s.
"""

from __future__ import annotations

import json
import sys
import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from transpile.corpus.console import application, progress_bar, run

app = application()


class Engine(StrEnum):
    ALL = "all"
    MODEL = "model"
    LIFTER = "lifter"


@app.command()
def transpile(
    source: Annotated[Path, typer.Argument(help="The file to translate: C, C++, Zig, Rust, .wasm or .wat.")],
    to: Annotated[str, typer.Option("--to", help="Target language.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write the translation to.")] = None,
    from_language: Annotated[str | None, typer.Option("--from", help="Source language, if the suffix does not tell.")] = None,
    only: Annotated[list[str] | None, typer.Option("--only", metavar="NAME", help="Translate this function; may be repeated.")] = None,
    engine: Annotated[Engine, typer.Option(help="Who writes candidates: the model, the rules of the lifter, or both.")] = Engine.ALL,
    candidates: Annotated[int, typer.Option(min=1, help="Candidates that the model decodes a function, in two rounds.")] = 64,
    budget: Annotated[float, typer.Option(min=0.1, help="Seconds a function may take; no new round starts after that.")] = 20.0,
    inputs: Annotated[int, typer.Option(min=16, help="Test inputs a candidate.")] = 1024,
    seed: Annotated[int, typer.Option(help="Seed of decoding and of the test inputs.")] = 0,
    report: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Write a page with both sources side by side.")] = None,
    keep_unverified: Annotated[bool, typer.Option("--keep-unverified", help="Write unverified code too, marked as such.")] = False,
    checkpoint: Annotated[Path | None, typer.Option(help="An exported model folder, instead of the weights that ship.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of the table.")] = False,
) -> None:
    """Translate the functions of a file, and say of each what was shown: compiled to wasm, decoded by the model and lifted by rules, recompiled, judged."""
    from transpile.corpus.language import language
    from transpile.corpus.program import language_of, load

    started = time.monotonic()
    target = language(to)
    if from_language is not None:
        language_of(source, from_language)
    program = load(source, from_language)
    target.version()
    from transpile.serve import output as out
    from transpile.serve.decoder import CTranslate2Decoder
    from transpile.serve.lifter import Lifter
    from transpile.serve.transpiler import Options
    from transpile.serve.transpiler import transpile as translate

    for path in (output, report):
        out.check_writable(path)
    options = Options(candidates, budget, seed, inputs, tuple(only or ()))
    decoder = CTranslate2Decoder(checkpoint) if engine is not Engine.LIFTER else None
    lifter = Lifter(program) if engine is not Engine.MODEL else None
    with progress_bar("transpile") as progress:
        translations = translate(program, target, decoder, options, lifter=lifter, progress=progress)
    seconds = time.monotonic() - started
    if output is not None:
        out.write_whole(output, out.write_file(translations, target, source, keep_unverified=keep_unverified))
    if report is not None:
        from transpile.serve.report import write_report

        out.write_whole(report, write_report(translations, target, program))
    if as_json:
        print(json.dumps(out.as_json(translations, target, source, seconds), allow_nan=False))
    else:
        out.show_table(translations)
        verified = sum(t.verdict.verified for t in translations)
        where = f", written to {output}" if output else ""
        print(f"{verified} of {len(translations)} functions verified in {seconds:.1f} s{where}", file=sys.stderr)
    raise SystemExit(0 if all(t.verdict.verified for t in translations) else 1)


def main() -> None:
    run(app)
