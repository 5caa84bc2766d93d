"""What worker processes do for the service: everything that reads, compiles or runs what a client or the model wrote.

A worker does one thing at a time, in a private folder, and tells what happens through a named pipe there: JSON, one object a line, of
which the first is its process id. Functions here are called by name from another process, so arguments and results are plain data.
Limit: a worker has no walls of its own but a ceiling on memory; compilers have theirs (`corpus.confine`), wasm runs in wasmtime with fuel.
"""

from __future__ import annotations

import base64
import json
import multiprocessing
import os
import pickle
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from transpile.corpus.errors import TranspileError
from transpile.serve.decoder import CTranslate2Decoder
from transpile.serve.http.lend import BorrowedDecoder

EVENTS = ".events"
"""Name of the pipe in a task's folder."""
MEMORY = 4 << 30
_PLAIN = 20_000
SUFFIXES = {
    "assemblyscript": ".ts", "c": ".c", "cpp": ".cpp", "d": ".d", "go": ".go", "rust": ".rs", "zig": ".zig", "wasm": ".wasm", "wat": ".wat",
}  # fmt: skip

Emit = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Model:
    """What a worker decodes with: a checkpoint on CTranslate2, in so many threads; or, where it is lent, the service's engine."""

    checkpoint: Path | None
    threads: int
    lent: bool


def start(model: Model, folder: Path) -> None:
    """A worker's beginning: leave signals to the service, end with it, keep temporary files in `folder`, have the slow imports behind us."""
    tempfile.tempdir = str(folder)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def follow() -> None:
        parent.join()
        kill_children(os.getpid())
        os._exit(2)

    threading.Thread(target=follow, daemon=True).start()
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import transpile.serve.transpiler  # noqa: F401

    _decoder.cache_clear()
    _decoder(model)


@cache
def _decoder(model: Model) -> CTranslate2Decoder | BorrowedDecoder:
    return BorrowedDecoder(model.checkpoint) if model.lent else CTranslate2Decoder(model.checkpoint, threads=model.threads)


def kill_children(pid: int) -> None:
    """End everything that a process started: compilers are in groups of their own and would outlive it."""
    import psutil

    with suppress(psutil.Error):
        for child in psutil.Process(pid).children(recursive=True):
            with suppress(psutil.Error):
                child.kill()


def call(folder: str, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """Run a function of this module in a task's folder; its last parameter is what takes events."""
    os.chdir(folder)
    pipe = os.open(EVENTS, os.O_WRONLY)
    try:

        def emit(event: dict[str, Any]) -> None:
            os.write(pipe, json.dumps(event, allow_nan=False).encode() + b"\n")

        emit({"pid": os.getpid()})
        return function(*arguments, emit)
    finally:
        os.close(pipe)
        os.chdir("/")


def ready(emit: Emit) -> bool:
    return True


def _write(source: str, kind: str, name: str) -> Path:
    path = Path(name)
    if kind == "wasm":
        data = _bytes(source)
        if not data.startswith(b"\0asm"):
            raise TranspileError("what is in base64 is not wasm", hint="send a module's bytes; WAT goes in as text")
        path.write_bytes(data)
    else:
        path.write_text(source, encoding="utf-8", errors="replace")
    return path


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise TranspileError("the wasm is not in base64", hint="encode the module's bytes with standard base64") from error


def translate(asked: dict[str, Any], model: Model, earlier: dict[str, str] | None, emit: Emit) -> dict[str, Any]:
    """The object of `transpile --json`, with the texts in `include`.

    Events: progress, every function as it is finished, and at the end the tokens, where they were not the service's. With `earlier` (functions that
    were finished before an interruption, as the events `part` had them), functions come as `part`, too, to go on from after the next.
    """
    from transpile.corpus.language import language
    from transpile.corpus.program import load
    from transpile.corpus.wasm.wat import canonical, pretty
    from transpile.serve import output as out
    from transpile.serve.lifter import Lifter
    from transpile.serve.report import write_report
    from transpile.serve.transpiler import Options, Translation, transpile

    started = time.monotonic()
    target, kind, include = language(asked["target_language"]), asked["source_language"], asked["include"]
    source = _write(asked["source"], kind, asked["name"] or f"source{SUFFIXES.get(kind, '')}")
    program = load(source, kind, checked=True, as_written=True)
    target.version()
    texts = {f.name: f.text for f in program.functions}

    def more(name: str) -> dict[str, str | None]:
        """What a client wants to see beside the translation."""
        found: dict[str, str | None] = {}
        if "wat" in include:
            found["wat"] = pretty(canonical(program.code(name)).text)
        if "original" in include:
            found["original"] = texts[name] or None
        return found

    def finished(translation: Translation) -> None:
        emit({"function": out.function_json(translation, target) | more(translation.name)})
        if earlier is not None and translation.name not in earlier:
            emit({"part": {"name": translation.name, "state": base64.b64encode(pickle.dumps(translation)).decode()}})

    def progress(done: int, total: int, note: str) -> None:
        emit({"progress": {"done": done, "total": total, "note": note}})

    options = Options(asked["candidates"], asked["budget"], asked["seed"], asked["inputs"], tuple(asked["only"]))
    engine = asked["engine"]
    decoder = _decoder(model) if engine != "lifter" else None
    own = decoder if isinstance(decoder, CTranslate2Decoder) else None
    before = dict(own.tokens) if own else {}
    translations = transpile(
        program,
        target,
        decoder,
        options,
        lifter=Lifter(program) if engine != "model" else None,
        earlier={name: pickle.loads(base64.b64decode(state)) for name, state in (earlier or {}).items()},
        progress=progress,
        finished=finished,
    )
    if own:
        emit({"tokens": {kind: own.tokens[kind] - before[kind] for kind in before}})
    result = out.as_json(translations, target, source, time.monotonic() - started)
    for function in result["functions"]:
        function |= more(function["name"])
    if "file" in include:
        result["file"] = out.write_file(translations, target, source, keep_unverified=asked["keep_unverified"])
    if "report" in include:
        result["report"] = write_report(translations, target, program)
    return result


def subject(asked: dict[str, Any]) -> tuple[Any, Any]:
    """The program (None for a function given as canonical text) and the function of a request to decode, as `transpiler` works on it."""
    from transpile.corpus.naming import canonical_signature, struct_names
    from transpile.corpus.program import load
    from transpile.corpus.source import SourceFunction
    from transpile.corpus.wasm.wat import parse
    from transpile.corpus.wasm.wat_text import split_data
    from transpile.serve.transpiler import Work, prepare, text_for_model

    text, signature = asked["wat"], _signature(asked["signature"])
    if asked["wasm"] is None and text.lstrip().startswith("func "):
        text = " ".join(text.split())
        parsed = parse(split_data(text)[0])
        types = (parsed.parameters, parsed.results)
        signature = _named(_fitting(signature, types) or _plain(types), asked["names"])
        structs, fields = struct_names([signature])
        canonical = canonical_signature(signature, structs, fields)
        return None, Work(SourceFunction("", signature, ""), text, (), structs, fields, canonical, (), {}, {})
    kind = "wat" if asked["wasm"] is None else "wasm"
    program = load(_write(text if kind == "wat" else asked["wasm"], kind, f"module.{kind}"), kind)
    names = [f.name for f in program.functions]
    wanted = program.named(asked["function"]) if asked["function"] else names[0] if len(names) == 1 else None
    if wanted not in names:
        what = f"no function '{wanted}' is exported" if wanted else f"the module exports {len(names)} functions"
        raise TranspileError(what, hint=f"name one in `function`: {', '.join(names[:12])}")
    function = next(f for f in program.functions if f.name == wanted)
    types = program.module.function(program.exports[wanted]).type
    signature = _named(_fitting(signature, types) or function.signature, asked["names"])
    function = SourceFunction("", replace(signature, name=wanted), "")
    program = replace(program, functions=tuple(function if f.name == wanted else f for f in program.functions))
    work = prepare(program, function)
    work.wat = text_for_model((program,), work)
    work.function = SourceFunction("", signature, "")
    return program, work


def is_plain(asked: dict[str, Any]) -> bool:
    """Whether a request to decode is so small and plain that `subject` is safe, and quick, outside of a worker."""
    return asked["wasm"] is None and asked["signature"] is None and asked["wat"].startswith("func ") and len(asked["wat"]) < _PLAIN


def _signature(text: str | None) -> Any:
    from transpile.corpus.language import language

    if text is None:
        return None
    functions = language("c").read(text.strip().rstrip(";") + " { }")
    if len(functions) != 1:
        raise TranspileError("the signature is not understood", hint="write a C prototype: int sum(const int *values, int n)")
    return functions[0].signature


def _fitting(signature: Any, types: Any) -> Any:
    if signature is not None and tuple(map(tuple, types)) != signature.wasm():
        wants = f"{' '.join(types[0])} -> {' '.join(types[1])}"
        raise TranspileError("the signature has another wasm type than the function", hint=f"the function is {wants}")
    return signature


def _plain(types: Any) -> Any:
    from transpile.corpus.signature import Parameter, Signature

    parameters = tuple(Parameter(f"p{i}", kind) for i, kind in enumerate(types[0]))
    return Signature("f", parameters, types[1][0] if types[1] else None)


def _named(signature: Any, names: dict[str, Any] | None) -> Any:
    if names is None:
        return signature
    given = names["parameters"] or [p.name for p in signature.parameters]
    if len(given) != len(signature.parameters) or len(set(given)) != len(given):
        raise TranspileError(f"{len(given)} names for {len(signature.parameters)} parameters", hint="give every parameter its own name")
    parameters = tuple(replace(p, name=name) for p, name in zip(signature.parameters, given, strict=True))
    return replace(signature, name=names["function"] or signature.name, parameters=parameters)


def read_function(asked: dict[str, Any], emit: Emit) -> Any:
    """The function of a request to decode, as `transpiler` works on it."""
    return subject(asked)[1]


def prelude(asked: dict[str, Any], worked: Any) -> str:
    """What the engine continues."""
    from transpile.corpus.language import language
    from transpile.corpus.text import canonical_text

    return canonical_text(language(asked["target_language"]).write_prelude(worked.canonical, worked.callee_signatures))


def show(asked: dict[str, Any], worked: Any, written: list[tuple[str, float]]) -> list[dict[str, Any]]:
    """Candidates as people read them. Takes only what the model wrote: bounded, and safe outside of a worker."""
    from transpile.corpus.language import language
    from transpile.serve.output import readable
    from transpile.serve.transpiler import Translation
    from transpile.verify.types import Verdict

    target, out = language(asked["target_language"]), []
    for source, (_, logprob) in zip(_sources(target, worked, written), written, strict=True):
        one = Translation(worked.function.signature, Verdict("undecoded"), source, worked.callees, worked.structs, worked.fields, "model", 1, 0, 0.0)
        out.append({"code": readable(one, target), "canonical": source.text, "logprob": logprob})
    return out


def _sources(target: Any, worked: Any, written: list[tuple[str, float]]) -> list[Any]:
    from transpile.corpus.source import SourceFunction
    from transpile.corpus.text import canonical_text

    header = canonical_text(target.write_header(worked.canonical))
    return [SourceFunction(target.name, worked.canonical, f"{header} {code}") for code, _ in written]


def verify(asked: dict[str, Any], written: list[tuple[str, float]], emit: Emit) -> list[dict[str, Any]]:
    """A verdict for each candidate."""
    from transpile.corpus.batch import Compiled, compile_with_repairs
    from transpile.corpus.language import language
    from transpile.verify.judge import judge
    from transpile.verify.originals import of_program
    from transpile.verify.types import Executable, Verdict

    program, worked = subject(asked)
    if program is None:
        raise TranspileError("a function alone can't be verified: there is nothing to run", hint="send its whole module, as wasm or WAT")
    if worked.callees:
        why = f"calls {', '.join(worked.callees)}, whose translations are not known here"
        verdict = Verdict("inconclusive", evidence=why, detail="use /v1/transpile for functions that call others")
        return [verdict.as_json() for _ in written]
    target = language(asked["target_language"])
    results = [result for _, result in compile_with_repairs(target, _sources(target, worked, written))]
    original = of_program(program, program.named(asked["function"]) if asked["function"] else program.functions[0].name)
    compiled = [Executable(r.wasm, r.export) for r in results if isinstance(r, Compiled)]
    judged = iter(judge(original, compiled, worked.function.signature, inputs=asked["inputs"], seed=asked["seed"] or 0))
    return [(next(judged) if isinstance(r, Compiled) else Verdict("compile_error", evidence=r.message)).as_json() for r in results]
