"""What a language is to this project: one subclass of `Language` per file of `corpus/languages/`.

A language compiles units of many functions, reads signatures and functions out of real source, writes the part of a
function that a signature determines (structs, prototypes of callees, header, C entry point), and renders generated programs.
Everything that depends on a language is behind this class; adding one is adding one file.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

from transpile.corpus import ir
from transpile.corpus.definitions import definitions
from transpile.corpus.errors import MissingCompiler, TranspileError
from transpile.corpus.externs import EXTERNS
from transpile.corpus.globals import Declaration, Global, mentioned
from transpile.corpus.ir_names import called
from transpile.corpus.signature import Signature, Struct
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import ADDRESSED, format_source, lex
from transpile.corpus.unread import offenders


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One error of a compiler; `line` is 1-based in the text that was compiled, None where the compiler named none.

    `start` and `end` are 0-based columns of the code on that line that the error is about, where the compiler says so.
    """

    line: int | None
    message: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Compilation:
    """A linked wasm module with its name section, or the errors that prevented it. Beside a module: `NAME: REASON` for functions that were left out of it."""

    wasm: bytes | None
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """What a compiler or analyser says of a unit without making code of it."""

    errors: tuple[Diagnostic, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    checker: str = ""
    """Who says so, name and version."""


class Language(ABC):
    """One language, as source and as target. Instances hold no state."""

    name: ClassVar[str]
    title: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]
    slices: ClassVar[bool] = False
    """Whether source text has slices, which carry their length, where the C ABI has a pointer and a length parameter."""
    tags: ClassVar[bool] = False
    """Whether names of structs are names of their own (behind `struct`), so that a variable may be called the same."""
    pointers: ClassVar[bool] = False
    """Whether it renders the pointers of `ir` (`Place`, `AddressOf`, ...)."""
    by_lines: ClassVar[bool] = False
    """Whether the compiler's code depends on the lines that a function is laid out in: then batches are compiled with each function on one line,
    as the rows of a corpus have it, so that a row compiles to its WAT again."""
    keywords: ClassVar[frozenset[str]]
    """Words that renaming never touches: keywords, type names, and library names that canonical source may use bare."""
    plain_types: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """What people call a type of canonical text otherwise (C's `int` for `int32_t`): benchmarks are looked for under these names too."""

    # ------------------------------------------------------------ toolchain

    levels: ClassVar[tuple[str, ...]] = ("0", "1", "2", "s", "3")
    """Optimization levels that differ; "2" is among them."""

    def hosted(self, unit: str, errors: Sequence[Diagnostic]) -> str | None:
        """A unit (of `expose`) that did not compile, for `errors`, as one that has the whole standard library, which for most is too much to bring
        along; None where there is none, or that would not help."""
        return None

    def with_c_heap(self, unit: str) -> str:
        """A unit of `hosted` whose heap is C's malloc and free, where that can be had."""
        return unit

    def without(self, unit: str, errors: Sequence[Diagnostic]) -> tuple[str, dict[str, str]]:
        """A unit without the entry points that `errors` are about, on the same lines, and for each of these functions what is wrong."""
        return unit, {}

    checked: ClassVar[str] = ""
    """The level that compiles with checks, which trap, of what the language leaves undefined; "" where there is none."""

    as_written: ClassVar[str] = ""
    """The level that keeps the loops and conditions of the source; "" where there is none."""

    @abstractmethod
    def version(self) -> str:
        """The compiler's name and version. Raises MissingCompiler, with how to get it."""

    @abstractmethod
    def refused(self, text: str) -> tuple[Diagnostic, ...]:
        """What a unit says that must not reach the compiler (reading the user's files, above all), by line. Asked before every run of one."""

    def compile(self, text: str, *, level: str = "2", seconds: float = 60.0) -> Compilation:
        """Compile one unit to a linked wasm module (MVP features, names kept, memory exported, nothing inlined but what the language
        needs to be itself). `level` is the optimization level (0, 1, 2, 3, s). All errors are collected, never just the first.
        A compiler that runs longer than `seconds` is killed and reported as a diagnostic without a line."""
        refused = self.refused(text)
        return Compilation(None, refused) if refused else self._compile(text, level, seconds)

    @abstractmethod
    def _compile(self, text: str, level: str, seconds: float) -> Compilation:
        """`compile`, for text that is not refused."""

    def check(self, text: str, *, seconds: float = 60.0) -> Findings:
        """The compiler's errors, and the warnings that people turn on, for a unit as it stands: nothing is mended, no code made."""
        refused = self.refused(text)
        return Findings(refused, (), self.version()) if refused else self._check(text, seconds)

    def _check(self, text: str, seconds: float) -> Findings:
        done = self._compile(text, "0", seconds)
        return Findings(done.diagnostics if done.wasm is None else (), (), self.version())

    def lint(self, text: str, *, seconds: float = 120.0) -> Findings | None:
        """What a static analyser beside the compiler says of a unit without errors; None where there is none, or it is not installed."""
        return None if self.refused(text) else self._lint(text, seconds)

    def _lint(self, text: str, seconds: float) -> Findings | None:
        return None

    library_along: ClassVar[bool] = False
    """Whether functions of its library that a file's functions call are translated along, from their code."""

    results_behind: ClassVar[bool] = False
    """Whether a function's head names its result behind the parameters."""

    in_order: ClassVar[bool] = False
    """Whether a function must be declared before what calls it."""

    exclusive: ClassVar[bool] = False
    """Whether its references and slices promise that nothing else leads to what they lead to."""

    externs: ClassVar[bool] = False
    """Whether functions can be declared only, to be linked from C (`externs`)."""

    tables: ClassVar[bool] = False
    """Whether it writes variables of the file that are structs or lead to text."""

    file_header: ClassVar[str] = ""
    """What a file of translated functions starts with, so that it compiles as it stands for a person."""

    @property
    @abstractmethod
    def prologue(self) -> str:
        """What stands once at the top of every unit (includes, `#![no_std]`, panic handler). Ends with a newline."""

    # ------------------------------------------------------------ writing what a signature determines

    @abstractmethod
    def write_struct(self, struct: Struct) -> str: ...

    @abstractmethod
    def write_header(self, signature: Signature) -> str:
        """The function's head up to and with `{`, as `SourceFunction.text` starts: the decoder's forced prefix."""

    @abstractmethod
    def write_prototype(self, signature: Signature) -> str:
        """A callee's head ending in `;`, in the same words as `write_header`: context for the decoder, never compiled."""

    @abstractmethod
    def write_entry(self, signature: Signature, *, always: bool = False) -> str:
        """The C entry point exported under `signature.name`, calling the inner function; "" where the inner function, as `write_inner`
        gives it, is it, unless `always`: then the inner function is as a person wrote it."""

    def write_address(self, signature: Signature) -> str:
        """What leads C to a function of the program whose address is taken, where that is not the function itself: with `e` for `h` in its name, or,
        of one that is named as people do, with `_entry` behind it."""
        return ""

    def declare_functions(self, signatures: Iterable[Signature]) -> str:
        """Declarations of functions that are named before they are defined; "" where that needs none."""
        return ""

    def write_start(self, signature: Signature) -> str | None:
        """How a program of this language starts C's `main`, which is then called `c_main`; None where C's is what starts."""
        return None

    @abstractmethod
    def write_inner(self, source: SourceFunction, *, inline: bool) -> str:
        """`source.text` with the attributes that a unit needs. `inline`: into its entry point (the function itself), or never (a callee:
        its symbol in the module must then contain its name)."""

    def write_global(self, one: Global, *, visible: bool = False) -> str:
        """A variable of the file. `visible`: to the linker, so that a compiler that sees few of its uses takes nothing for granted. Raises
        ir.NotInLanguage where that can't be written yet."""
        raise ir.NotInLanguage(f"variables of a file in {self.title}")

    def write_prelude(self, signature: Signature, callees: Sequence[Signature]) -> str:
        """Structs, prototypes of callees, and the header: all that precedes the body. Lines joined by newlines."""
        structs = {s.name: s for one in (signature, *callees) for s in one.structs}
        lines = [self.write_struct(s) for s in structs.values()]
        lines += [self.write_prototype(c) for c in callees]
        return "\n".join([*lines, self.write_header(signature)])

    def write_unit(self, source: SourceFunction, known: Collection[str] = ()) -> str:
        """A whole program without the prologue: structs, variables of the file, callees (never inlined), the function, its C entry point; without the
        structs and callees that are `known`."""
        functions = [one for one in _in_order(source) if one.name not in EXTERNS]
        variables = {g.name: g for one in functions for g in one.globals}
        structs = {s.name: s for one in (*variables.values(), *(f.signature for f in functions)) for s in one.structs}
        parts = [self.write_struct(s) for s in structs.values() if s.name not in known]
        parts += [self.write_global(g, visible=True) for g in variables.values()]
        parts += self.write_callees(source.callees, known)
        parts += [self.write_inner(source, inline=True), self.write_entry(source.signature)]
        return "\n".join(p for p in parts if p) + "\n"

    def write_callees(self, sources: Sequence[SourceFunction], known: Collection[str] = ()) -> list[str]:
        """Functions that others call, after what they call themselves, each once and none of those `known`; and what leads C to them, where needed."""
        found = {one.name: one for source in sources for one in _in_order(source) if one.name not in EXTERNS and one.name not in known}
        parts = []
        for one in found.values():
            parts += [self.write_inner(one, inline=False), self.write_address(one.signature) if ADDRESSED.fullmatch(one.name) else ""]
        return [p for p in parts if p]

    def write_externs(self, sources: Sequence[SourceFunction]) -> str:
        """Declarations of what some functions and their callees call of C's library, each once: they stand before the units."""
        found = {one.name: one for source in sources for one in _in_order(source) if one.name in EXTERNS}
        return "".join(self.write_inner(one, inline=False) + "\n" for one in found.values())

    def gather(self, text: str, folder: Path) -> tuple[str, list[int]]:
        """A person's file with the files beside it that it includes put in place; for each line, the line of `text` that it stands at."""
        return text, list(range(1, text.count("\n") + 2))

    def expose(self, text: str, functions: Sequence[SourceFunction]) -> tuple[str, int]:
        """A gathered file as a unit whose functions the linker sees by name, and how many lines stand before the file's own."""
        # Lines that repeat the prologue's would stand there twice; lone brackets are not meant.
        given = {line.strip() for line in self.prologue.splitlines() if len(line.strip()) > 3}
        own = "\n".join("" if line.strip() in given else line for line in text.split("\n"))
        # What is said of the whole file can only stand at its very beginning.
        own = re.sub(r"^([ \t]*)//!", r"\1//", re.sub(r"^#!\[.*\]$", "", own, flags=re.M), flags=re.M)
        entries = "\n".join(self.write_entry(f.signature, always=True) for f in functions if not self.is_entry(text, f.name))
        return f"{self.prologue}{own}\n{entries}\n", self.prologue.count("\n")

    def supplied(self, text: str) -> frozenset[str]:
        """Functions of a gathered file that are C's library's, put in by `gather` because the file calls them."""
        return frozenset()

    def definitions(self, text: str) -> list[str]:
        """Names of the functions with a body at the top level of a file, read or not: what `read` leaves out is to be said."""
        return definitions(lex(text), self.keywords)

    def is_entry(self, text: str, name: str) -> bool:
        """Whether the file itself exports the function: `export fn`, `extern "C"` or an attribute right before it, or an entry point under
        its name (`#[export_name = "f"]`, `@export(..., .{ .name = "f" })`), as our own translations have."""
        if re.search(rf'(?:\bexport_name|\.name)\s*=\s*"{re.escape(name)}"', text):
            return True
        definition = re.search(rf"(?:^|\n)((?:[^\S\n]*#[^\n]*\]\s*\n)*[^\n]*)\bfn\s+{re.escape(name)}\s*[(<]", text)
        return bool(definition and re.search(r"\b(?:extern|export|no_mangle|export_name)\b", definition[1]))

    def canonical_types(self, text: str) -> str:
        """A function's text with each type under one name, where the language has several (C's `int` and `int32_t`)."""
        return text

    def repair(self, line: str, errors: Sequence[Diagnostic]) -> str | None:
        """A line of code with what the compiler's errors on it say put right (a cast where types differ), None where nothing can be. What
        comes out is another candidate: it has to compile and to be judged like any."""
        return None

    def mended(self, text: str) -> str:
        """A file of functions as the compiler wants it, where it has rules that are not about behaviour (Zig's unused parameters)."""
        return text

    def write_private(self, text: str) -> str:
        """A function as people lay it out, for the file alone: nothing outside of it sees its name."""
        return text.removeprefix("pub ")

    def layout(self, text: str) -> str:
        """A function as people lay it out, on lines of its own."""
        return format_source(text)

    def tidy(self, text: str) -> str:
        """A canonical function as a person would write what canonical form spells out; behaviour stays."""
        return text

    # ------------------------------------------------------------ reading and rendering

    @abstractmethod
    def read(self, text: str) -> list[SourceFunction]:
        """Functions with a body in a source file, in order, with signatures (as the C ABI sees them: slices become pointer and length)
        and the callees among them. A function whose types are outside `signature` is left out. Names are as written."""

    def unread(self, text: str) -> dict[str, str]:
        """Why functions of a file are not among those that `read` gives, by name, where it can be told: a predicate."""
        read = {f.name for f in self.read(text)}
        return offenders(text, [n for n in self.definitions(text) if n not in read], lambda t: [f.name for f in self.read(t)], behind=self.results_behind)

    def beyond(self, text: str) -> dict[str, tuple[Signature, re.Pattern[str], str]]:
        """What a source file defines that is no function by itself, as C has it (`this` a parameter), by name, with a pattern for the
        linker's name and the text, if it is known."""
        return {}

    def read_variables(self, text: str) -> dict[str, Declaration]:
        """Variables of the file that a source declares, and those that functions keep (as `function.name`), where it can be told."""
        return {}

    def render(self, program: ir.Program) -> SourceFunction:
        """A program of the syntax tree in this language's idiom. Raises ir.NotInLanguage where it can't be said."""
        signatures = {f.signature.name: f.signature for f in (*program.helpers, program.entry)}
        done: dict[str, SourceFunction] = {}
        for function in (*program.helpers, program.entry):
            text = "\n".join([self.write_header(function.signature), *self._body(function, signatures)])
            callees = tuple(done[name] for name in called(function.body) if name in done)
            done[function.signature.name] = SourceFunction(self.name, function.signature, text, callees, mentioned(text, program.globals))
        return done[program.entry.signature.name]

    @abstractmethod
    def _body(self, function: ir.Function, signatures: Mapping[str, Signature]) -> Sequence[str]:
        """Lines of a function below its header, to the closing brace. `signatures`: of the functions of the program."""


def _in_order(source: SourceFunction) -> list[SourceFunction]:
    """The function and what it calls, callees first, each once."""
    out: dict[str, SourceFunction] = {}

    def visit(one: SourceFunction) -> None:
        for callee in one.callees:
            if callee.name not in out:
                visit(callee)
        out[one.name] = one

    visit(source)
    return list(out.values())


@cache
def languages() -> dict[str, Language]:
    """Every language of `corpus/languages/`, by name."""
    package = importlib.import_module("transpile.corpus.languages")
    found: dict[str, Language] = {}
    for module in sorted(m.name for m in pkgutil.iter_modules(package.__path__)):
        loaded = importlib.import_module(f"{package.__name__}.{module}")
        if not hasattr(loaded, "LANGUAGE"):
            continue
        found[loaded.LANGUAGE.name] = loaded.LANGUAGE
    return found


def compiler_versions() -> tuple[dict[str, str], dict[str, MissingCompiler]]:
    """By language: the compiler's version where it is there, and what is missing where it is not."""
    there: dict[str, str] = {}
    missing: dict[str, MissingCompiler] = {}
    for name, tongue in languages().items():
        try:
            there[name] = tongue.version()
        except MissingCompiler as error:
            missing[name] = error
    return there, missing


def language(name: str) -> Language:
    """The language of that name. Raises TranspileError naming what there is, and what is near."""
    import difflib

    known = languages()
    if name.lower() in known:
        return known[name.lower()]
    aliases = {"c++": "cpp", "cxx": "cpp", "golang": "go", "rs": "rust"}
    if name.lower() in aliases:
        return known[aliases[name.lower()]]
    near = difflib.get_close_matches(name.lower(), [*known, *aliases], n=1)
    guess = f"did you mean '{near[0]}'? " if near else ""
    raise TranspileError(f"unknown language '{name}'", hint=f"{guess}languages are: {', '.join(known)}")
