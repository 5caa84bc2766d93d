"""The command line `transpile`.

`transpile lib.c --to rust -o lib.rs`; `transpile serve` is in `serve.http.command`. stdout is data (the table, or one JSON object), stderr
is for people. Exit 0 when all functions are verified,
1 when some are not, 2 when it could not run. Heavy imports happen inside the functions: `--help` answers in under 0.3 s.
"""

from __future__ import annotations

import json
import os
import sys
import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from transpile.corpus.console import application, progress_bar, run
from transpile.corpus.errors import TranspileError

if TYPE_CHECKING:
    from transpile.corpus.language import Language

app = application()


class Engine(StrEnum):
    ALL = "all"
    MODEL = "model"
    LIFTER = "lifter"


@app.command(epilog="`transpile serve` answers the same questions over HTTP and has a page to try them on; see `transpile serve --help`.")
def transpile(
    source: Annotated[Path, typer.Argument(help="The file to translate, in any of the languages, or .wasm or .wat.")],
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
    endpoint: Annotated[str | None, typer.Option(metavar="URL", help="Let a `transpile serve` do it; no compilers needed here.")] = None,
    api_key_file: Annotated[Path | None, typer.Option(metavar="FILE", help="Key for the endpoint, or TRANSPILE_API_KEY.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of the table.")] = False,
) -> None:
    """Translate the functions of a file, and say of each what was shown: compiled to wasm, decoded by the model and lifted by rules, recompiled, judged."""
    from transpile.corpus.language import language
    from transpile.serve import output as out

    target = language(to)
    for path in (output, report):
        out.check_writable(path)
    asked = {
        "only": only or [], "engine": engine.value, "candidates": candidates, "budget": budget, "inputs": inputs, "seed": seed,
        "keep_unverified": keep_unverified, "include": [name for name, path in (("file", output), ("report", report)) if path],
    }  # fmt: skip
    if endpoint is None:
        result = _here(source, from_language, target, checkpoint, asked)
    elif checkpoint is not None:
        raise TranspileError("--checkpoint and --endpoint exclude each other", hint="a service has its own: transpile serve --checkpoint")
    else:
        result = _there(endpoint, _key(api_key_file), source, from_language, target, asked)
    for name, path in (("file", output), ("report", report)):
        if path is not None:
            out.write_whole(path, result.pop(name))
    functions, summary = result["functions"], result["summary"]
    if as_json:
        print(json.dumps(result, allow_nan=False))
    else:
        out.show_table(functions)
        where = f", written to {output}" if output else ""
        print(f"{summary['verified']} of {summary['functions']} functions verified in {summary['seconds']:.1f} s{where}", file=sys.stderr)
    raise SystemExit(0 if summary["verified"] == summary["functions"] else 1)


def _here(source: Path, from_language: str | None, target: Language, checkpoint: Path | None, asked: dict) -> dict:
    """The JSON object, made by this process, with the texts in `include`."""
    from transpile.corpus.program import language_of, load

    started = time.monotonic()
    if from_language is not None:
        language_of(source, from_language)
    program = load(source, from_language, checked=True, as_written=True)
    target.version()
    from transpile.serve import output as out
    from transpile.serve.decoder import CTranslate2Decoder
    from transpile.serve.lifter import Lifter
    from transpile.serve.transpiler import Options
    from transpile.serve.transpiler import transpile as translate

    options = Options(asked["candidates"], asked["budget"], asked["seed"], asked["inputs"], tuple(asked["only"]))
    decoder = CTranslate2Decoder(checkpoint) if asked["engine"] != Engine.LIFTER else None
    if decoder is not None and not decoder.writes(target.name):
        if asked["engine"] == Engine.MODEL:
            raise TranspileError(f"the model was never shown any {target.title}", hint="leave out --engine, and the rules of the lifter write it")
        print(f"note: the model was never shown any {target.title}: the rules of the lifter alone write it", file=sys.stderr)
    lifter = Lifter(program) if asked["engine"] != Engine.MODEL else None
    with progress_bar("transpile") as progress:
        translations = translate(program, target, decoder, options, lifter=lifter, progress=progress)
    seconds = time.monotonic() - started
    result = out.as_json(translations, target, source, seconds)
    if "file" in asked["include"]:
        result["file"] = out.write_file(translations, target, source, keep_unverified=asked["keep_unverified"])
    if "report" in asked["include"]:
        from transpile.serve.report import write_report

        result["report"] = write_report(translations, target, program)
    return result


def _there(endpoint: str, key: str, source: Path, from_language: str | None, target: Language, asked: dict) -> dict:
    """The same, made by a service."""
    import base64

    from transpile.corpus.program import language_of, read_source
    from transpile.serve.remote import translate

    tongue = language_of(source, from_language)
    data = read_source(source)
    if tongue is not None:
        kind, text = tongue.name, tongue.gather(data.decode(errors="replace"), source.parent)[0]
    elif data[:4] == b"\0asm":
        kind, text = "wasm", base64.b64encode(data).decode()
    else:
        kind, text = "wat", data.decode(errors="replace")
    request = asked | {"source": text, "source_language": kind, "target_language": target.name, "name": source.name}
    with progress_bar("transpile") as progress:
        result = translate(endpoint, request, key=key, progress=progress)
    return result | {"source": str(source)}


def _key(path: Path | None) -> str:
    if path is None:
        return os.environ.get("TRANSPILE_API_KEY", "")
    try:
        words = path.read_text().split()
    except OSError as error:
        raise TranspileError(f"can't read {path}: {error.strerror}", hint="it should hold the key, alone") from error
    if not words:
        raise TranspileError(f"{path} is empty", hint="it should hold the key, alone")
    return words[0]


def main() -> None:
    if sys.argv[1:2] == ["serve"]:
        from transpile.serve.http.command import app as service

        sys.argv[:2] = ["transpile serve"]
        run(service)
    else:
        run(app)
