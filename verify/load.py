"""Functions out of files: source in any language of `corpus`, or wasm and WAT, made into executables that can be judged.

A source file is compiled as a whole. In languages with slices (`Language.slices`) a function that is no C entry point gets one, by the
signature that the C side of a pair has: its order of parameters, and one length for several slices if it has it so. Functions of
the two files are matched by name. Limit: two wasm files have no source types; their parameters are judged as plain scalars.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from transpile.corpus.errors import CompileError, TranspileError
from transpile.corpus.language import Language, language, languages
from transpile.corpus.signature import Parameter, Signature
from transpile.corpus.source import SourceFunction
from transpile.corpus.wasm import WasmModule
from transpile.verify.types import Executable

_SCALARS = {"i32": "i32", "i64": "i64", "f32": "f32", "f64": "f64"}


@dataclass(frozen=True, slots=True)
class Side:
    """One file of a pair. `language` is None for wasm and WAT, and then `wasm` holds the module and `functions` is empty."""

    path: Path
    text: str
    language: Language | None
    functions: dict[str, SourceFunction]
    wasm: bytes | None = None

    def exports(self) -> list[str]:
        if self.wasm is None:
            return list(self.functions)
        return [e.name for e in WasmModule.parse(self.wasm).exports if e.kind == "function"]


@dataclass(frozen=True, slots=True)
class Pair:
    """A function of both files. `translated` is None, with `problem` saying why, where the translation cannot take its place."""

    signature: Signature
    original: Executable
    translated: Executable | None
    problem: str = ""


def read_side(path: Path, language_name: str | None = None) -> Side:
    """Read one file; its language is given or follows from the suffix. Raises TranspileError."""
    if not path.is_file():
        raise TranspileError(f"no such file: {path}", hint="give the path of a source file, a .wasm or a .wat")
    if path.suffix in (".wasm", ".wat") and language_name is None:
        return Side(path, "", None, {}, _read_module(path))
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise TranspileError(f"{path} is not UTF-8 text", hint="a wasm module needs the suffix .wasm") from error
    if language_name is None:
        found = next((one for one in languages().values() if path.suffix in one.suffixes), None)
        if found is None:
            known = sorted({s for one in languages().values() for s in one.suffixes} | {".wasm", ".wat"})
            raise TranspileError(f"cannot tell the language of {path} by its suffix '{path.suffix}'", hint=f"suffixes are {' '.join(known)}")
    else:
        found = language(language_name)
    functions = {f.name: f for f in found.read(text)}
    if not functions:
        raise TranspileError(f"no functions in {path}", hint="functions need a body, and parameters that are numbers or pointers to them")
    return Side(path, text, found, functions)


def _read_module(path: Path) -> bytes:
    data = path.read_bytes()
    if path.suffix == ".wasm":
        WasmModule.parse(data)
        return data
    import wasmtime

    try:
        return bytes(wasmtime.wat2wasm(data))
    except wasmtime.WasmtimeError as error:
        raise TranspileError(f"{path} is no WAT: {str(error).splitlines()[0]}", hint="give a module in the text format") from error


def pairs(original: Side, translated: Side, only: str | None = None) -> dict[str, Pair]:
    """The functions of the original that the translation has too (or `only` one of them), compiled, by name.

    Raises TranspileError when they have none in common, and CompileError when a file does not compile.
    """
    theirs = set(translated.exports())
    names = [n for n in original.exports() if n in theirs]
    if only is not None:
        for side in (original, translated):
            if only not in side.exports():
                have = ", ".join(side.exports()[:8])
                raise TranspileError(f"no function '{only}' in {side.path}", hint=f"it has {have}")
        names = [only]
    if not names:
        raise TranspileError(
            f"{original.path} and {translated.path} have no function in common",
            hint=f"functions are matched by name; the translation has {', '.join(sorted(theirs)[:8])}",
        )
    signatures = {name: _signature(original, translated, name) for name in names}
    left = _compile(original, signatures)
    right = _compile(translated, signatures)
    out = {}
    for name, signature in signatures.items():
        executable, problem = left[name]
        if executable is None:
            raise TranspileError(f"cannot judge '{name}' of {original.path}: {problem}", hint="name the functions to judge with --function")
        out[name] = Pair(signature, executable, *right[name])
    return out


def _signature(original: Side, translated: Side, name: str) -> Signature:
    """The C signature both sides are called by: of the side that has one, the original first."""
    sides = [s for s in (original, translated) if s.language is not None]
    if not sides:
        assert original.wasm is not None
        takes, gives = WasmModule.parse(original.wasm).function(name).type
        if len(gives) > 1 or not {*takes, *gives} <= set(_SCALARS):
            raise TranspileError(f"'{name}' of {original.path} has a type that C has not", hint="judge another function with --function")
        return Signature(name, tuple(Parameter(f"p{k}", _SCALARS[t]) for k, t in enumerate(takes)), gives[0] if gives else None)
    plain = [s for s in sides if s.language and not s.language.slices]
    return (plain or sides)[0].functions[name].signature


def _compile(side: Side, signatures: dict[str, Signature]) -> dict[str, tuple[Executable | None, str]]:
    """By name: the executable, or None and why there is none. Raises CompileError when the file does not compile."""
    if side.language is None:
        assert side.wasm is not None
        return {name: (Executable(side.wasm, name), "") for name in signatures}
    out: dict[str, tuple[Executable | None, str]] = {}
    text, shift = side.text, 0
    if side.language.slices:
        prologue = side.language.prologue
        given = {line.strip() for line in prologue.splitlines()} - {""}
        # What the file says again of the prologue would stand there twice.
        text = prologue + "\n".join("" if line.strip() in given else line for line in text.split("\n"))
        shift = prologue.count("\n")
        for name, signature in signatures.items():
            try:
                entry = entry_signature(signature, side.functions[name].signature)
            except ValueError as problem:
                out[name] = None, str(problem)
                continue
            text = _add_entry(side.language, text, side.functions[name], entry)
    compiled = side.language.compile(text)
    if compiled.wasm is None:
        first = compiled.diagnostics[0] if compiled.diagnostics else None
        where = f":{first.line - shift}" if first and first.line and first.line > shift else ""
        message = first.message if first else "the compiler gave no reason"
        raise CompileError(f"{side.path}{where}: {message}", hint="the file must compile as it stands")
    exports = [e.name for e in WasmModule.parse(compiled.wasm).exports if e.kind == "function"]
    for name in signatures:
        if name in out:
            continue
        # C++ exports mangled names; overloads are not told apart.
        found = next((e for e in exports if e == name), None) or next((e for e in exports if e.startswith(f"_Z{len(name)}{name}")), None)
        out[name] = (Executable(compiled.wasm, found), "") if found else (None, "the compiled module does not export it (is it static?)")
    return out


def _add_entry(language_: Language, text: str, source: SourceFunction, signature: Signature) -> str:
    """The file with a C entry point for one function, where it has none of its own."""
    name = re.escape(source.name)
    definition = re.search(rf"^[^\S\n]*(?P<head>[^\n]*)\bfn\s+{name}\s*[(<]", text, re.MULTILINE)
    before = text[: definition.start()].rstrip().rsplit("\n", 1)[-1].strip() if definition else ""
    attribute = before + definition["head"] if definition and before.endswith("]") else definition["head"] if definition else ""
    if re.search(r"\b(?:extern|export|no_mangle|export_name)\b", attribute):
        return text
    entry = language_.write_entry(signature)
    if entry:
        return f"{text.rstrip()}\n{entry}\n"
    # The function is its own entry point, given the attribute that `write_inner` puts in front.
    inner = replace(source, signature=signature)
    attribute = language_.write_inner(inner, inline=True).removesuffix(source.text)
    return text[: definition.start()] + attribute.replace("\n", " ") + text[definition.start() :] if definition else text


def entry_signature(called: Signature, inner: Signature) -> Signature:
    """The signature of an entry point that is called as `called` says and calls a function read as `inner`.

    Types are the inner function's, order and lengths are the caller's. Raises ValueError when the parameters do not correspond.
    """
    dropped, lengths = inner.lengths(), called.lengths()
    own = [p for k, p in enumerate(inner.parameters) if k not in dropped]
    if not dropped and len(own) == len(called.parameters):
        matched = list(zip(called.parameters, own, strict=True))
        parameters = tuple(replace(b, name=a.name, length=None) for a, b in matched)
    else:
        kept = [k for k in range(len(called.parameters)) if k not in lengths]
        if len(kept) != len(own):
            raise ValueError(f"it takes {len(own)} parameters, expected {len(kept)}")
        theirs = dict(zip(kept, own, strict=True))
        matched = [(called.parameters[k], p) for k, p in theirs.items()]
        if any((a.length is None) != (b.length is None) for a, b in matched):
            raise ValueError("a slice stands for a pointer without a length, or the other way round")
        parameters = tuple(
            replace(theirs[k], name=p.name, length=p.length) if k in theirs else p for k, p in enumerate(called.parameters)
        )
    for a, b in matched:
        if a.pointer != b.pointer:
            raise ValueError(f"parameter '{a.name}' is a pointer on one side only")
    return Signature(inner.name, parameters, inner.result, inner.structs)
