"""The functions that two files have in common, made into executables that are called alike.

In languages with slices a C entry point follows the file's own parameters; here it gets the signature that the other file, written in C
terms, has: its order of parameters, and one length for several slices if it has it so. Functions are matched by name. Beside a wasm
file the source's types count, and so they do for what the other file exports under its name and wasm type while its own types can't be read.
Limit: the types of two wasm files are only what their code shows (`corpus.program.infer_signature`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from transpile.corpus.c.file import library
from transpile.corpus.errors import TranspileError
from transpile.corpus.program import Program, language_of, load
from transpile.corpus.signature import UTF8, Signature
from transpile.corpus.source import SourceFunction
from transpile.verify.originals import of_program
from transpile.verify.stand_in import ALLOCATORS
from transpile.verify.types import Executable


@dataclass(frozen=True, slots=True)
class Pair:
    """A function of both files. `translated` is None, with `problem` saying why, where it cannot be called as the original is."""

    signature: Signature
    original: Executable
    translated: Executable | None
    problem: str = ""


def read_pairs(original: Path, translated: Path, only: str | None = None) -> tuple[dict[str, Pair], list[str]]:
    """The functions that both files have (or `only` one of them) by name, and the names that only the original has.

    Raises TranspileError when a file cannot be read or compiled, or when they have no function in common.
    """
    left_slices, right_slices = _has_slices(original), _has_slices(translated)
    problems: dict[str, str] = {}
    if right_slices or not left_slices:
        left = load(original, checked=True)
        right = load(translated, adapt=_Adapter(left, problems) if right_slices else tuple, expected=_expected(left))
        if _allocates(right) and not _allocates(left) and left.language is not None:
            left = load(original, checked=True, c_heap=True)
        terms = right if left.language is None and right.language is not None else left
    else:
        right = load(translated)
        left = load(original, adapt=_Adapter(right, problems), expected=_expected(right), checked=True, c_heap=_allocates(right))
        terms = left if right.language is None else right
    theirs = {f.name for f in right.functions}
    # What came along of a library counts as part of what calls it.
    names = [f.name for f in left.functions if (f.name in theirs or f.name in problems) and f.name not in left.brought]
    if only is not None:
        only = left.named(right.named(only))
        for path, program in ((original, left), (translated, right)):
            have = [f.name for f in program.functions]
            if only not in have and only not in problems:
                raise TranspileError(f"no function '{only}' in {path}", hint=f"it has {', '.join(have[:8])}")
        names = [only]
    if not names:
        raise TranspileError(
            f"{original} and {translated} have no function in common",
            hint=f"functions are matched by name; the translation has {', '.join(sorted(theirs)[:8])}",
        )
    signatures = {f.name: f.signature for f in (*right.functions, *left.functions, *terms.functions)}
    signatures |= {f.name: _as_promised(signatures[f.name], f.signature) for f in left.functions}
    out = {}
    for name in names:
        executable = _executable(left, name)
        if executable is None:
            raise TranspileError(f"cannot call '{name}' of {original} as {translated} has it: {problems.get(name, 'it is not exported')}",
                                 hint="name the functions to judge with --function")  # fmt: skip
        found = left.module.function(executable.export).type
        if found != signatures[name].wasm():
            problems[name] = f"the original takes ({', '.join(found[0])}), the translation ({', '.join(signatures[name].wasm()[0])})"
        translation = None if name in problems else _executable(right, name)
        out[name] = Pair(signatures[name], executable, translation, problems.get(name, ""))
    return out, [f.name for f in left.functions if f.name not in out | dict.fromkeys(left.brought) and not _brought(left, f.name)]


def _as_promised(signature: Signature, original: Signature) -> Signature:
    """A signature with what the original's types promise of values and pointers, which those of the translation may not say."""
    if len(signature.parameters) != len(original.parameters):
        return signature
    parameters = tuple(
        replace(p, domain=q.domain, reference=q.reference, length=q.length if q.domain == UTF8 else p.length)
        if (p.type, p.pointer) == (q.type, q.pointer) else p
        for p, q in zip(signature.parameters, original.parameters, strict=True)
    )  # fmt: skip
    own = {s.name: s for s in original.structs}
    structs = tuple(replace(s, domains=own[s.name].domains) if s.name in own and own[s.name].fields == s.fields else s for s in signature.structs)
    return replace(signature, parameters=parameters, structs=structs)


def _allocates(program: Program) -> bool:
    """Whether it calls C's malloc and its kin."""
    return any(i.field in ALLOCATORS for i in program.module.imports)


def _brought(program: Program, name: str) -> bool:
    """Is the function one of the C library's that came along because the file calls it?"""
    if program.language is None or name not in library():
        return False
    return name not in program.language.definitions(program.path.read_text(errors="replace"))


def _expected(program: Program) -> dict[str, Signature]:
    """The signatures of a program that has source, by name: what the other file exports alike can be called by them."""
    return {f.name: f.signature for f in program.functions} if program.language is not None else {}


def _has_slices(path: Path) -> bool:
    language = language_of(path)
    return language is not None and language.slices


def _executable(program: Program, name: str) -> Executable | None:
    return of_program(program, name) if name in program.exports else None


class _Adapter:
    """Gives functions the signatures that another program has under their names; notes those where that is impossible."""

    def __init__(self, terms: Program, problems: dict[str, str]) -> None:
        self.signatures = {f.name: f.signature for f in terms.functions} if terms.language is not None else {}
        self.types = {f.name: terms.module.function(terms.exports[f.name]).type for f in terms.functions}
        self.problems = problems

    def __call__(self, functions: Sequence[SourceFunction]) -> Sequence[SourceFunction]:
        out = []
        for function in functions:
            called = self.signatures.get(function.name)
            if called is None and self.types.get(function.name, function.signature.wasm()) != function.signature.wasm():
                called = share_length(function.signature)
            try:
                out.append(replace(function, signature=entry_signature(called, function.signature)) if called else function)
            except ValueError as problem:
                self.problems[function.name] = str(problem)
        return out


def share_length(signature: Signature) -> Signature:
    """The C shape in which one length, behind the last of several slices, serves them all: (dst, src, n)."""
    lengths = signature.lengths()
    if len(lengths) < 2:
        return signature
    last = max(lengths)
    kept = [k for k in range(len(signature.parameters)) if k not in lengths or k == last]
    position = kept.index(last)
    parameters = tuple(
        replace(p, length=position) if p.length is not None else p for p in (signature.parameters[k] for k in kept)
    )
    return replace(signature, parameters=parameters)


def entry_signature(called: Signature, inner: Signature) -> Signature:
    """The signature of an entry point that is called as `called` says and calls a function read as `inner`.

    Types are the inner function's, order and lengths are the caller's. Raises ValueError when the parameters do not correspond.
    """
    dropped, lengths = inner.lengths(), called.lengths()
    own = [p for k, p in enumerate(inner.parameters) if k not in dropped]
    if not dropped and len(own) == len(called.parameters):
        matched = list(zip(called.parameters, own, strict=True))
        parameters = tuple(replace(b, length=None) for _, b in matched)
    else:
        kept = [k for k in range(len(called.parameters)) if k not in lengths]
        if len(kept) != len(own):
            raise ValueError(f"it takes {len(own)} parameters, expected {len(kept)}")
        theirs = dict(zip(kept, own, strict=True))
        matched = [(called.parameters[k], p) for k, p in theirs.items()]
        if any((a.length is None) != (b.length is None) for a, b in matched):
            raise ValueError("a slice stands for a pointer without a length, or the other way round")
        parameters = tuple(
            replace(theirs[k], length=p.length) if k in theirs else p for k, p in enumerate(called.parameters)
        )
    # The names are the entry's alone; the caller's may be keywords in this language.
    parameters = tuple(replace(p, name=f"p{k}") for k, p in enumerate(parameters))
    for a, b in matched:
        if a.pointer != b.pointer:
            raise ValueError(f"parameter '{a.name}' is a pointer on one side only")
    return Signature(inner.name, parameters, inner.result, inner.structs)
