"""Real code: source trees cut into functions that stand alone, with where they came from and under which licence.

A tree is a folder of one repository at one revision. Its files go in groups of `FILES` through preprocessor and reader (C) or the language's own
reader; functions come out under canonical names. Invariant: every function's licence is known: the file's own where it states one, else the
tree's. Tests, benchmarks and what others' code was copied into (`third_party`, `vendor`, ...) are passed over, and counted.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from transpile.corpus.c.preprocessor import preprocess
from transpile.corpus.language import Language, language, languages
from transpile.corpus.naming import canonical_function
from transpile.corpus.pipeline.decontamination import Benchmarks, benchmarks
from transpile.corpus.pipeline.splits import COUNTED
from transpile.corpus.real import go as real_go
from transpile.corpus.real import rust as real_rust
from transpile.corpus.real import zig as real_zig
from transpile.corpus.real.c import CutReader
from transpile.corpus.real.licences import PERMISSIVE, licence_of
from transpile.corpus.real.link import Linker
from transpile.corpus.signature import Signature, Struct
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import canonical_text

FILES = 120
"""Files of one unit of work; those of one folder stay together if they can, since they call each other."""
LARGEST_FILE = 1_500_000
FOLDERS = 120
"""Folders in which headers are looked for."""
_PASSED_OVER = re.compile(
    r"(?:^|/)(?:tests?|testing|testdata|test[-_]\w+|unit_?tests?|fuzz\w*|bench\w*|third_?party|3rd_?party|vendor|deps|external|extern|contrib|node_modules)(?:/|$)"
    r"|(?:^|/)(?:unity|unity_internals|test_[\w-]+|[\w-]+_tests?)\.\w+$",
    re.IGNORECASE,
)
_ASSEMBLY = re.compile(r"\basm\b[!\s(]")
_DEFINITION = re.compile(r"\)[\s\w]*\{")


@dataclass(frozen=True, slots=True)
class Tree:
    """A repository's files: `name` as owner/name, `licence` an SPDX id. `take` and `leave`: patterns of the paths that count (all, if none) and
    that do not; one that ends in a slash means all below a folder."""

    name: str
    revision: str
    licence: str
    root: str
    take: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        return Path(self.root)

    def takes(self, path: str) -> bool:
        """Whether a relative path counts."""

        def any_of(patterns: Sequence[str]) -> bool:
            return any(path.startswith(p) if p.endswith("/") else fnmatch(path, p) for p in patterns)

        return (not self.take or any_of(self.take)) and not any_of(self.leave)

    def files(self) -> list[str]:
        """Relative paths of the source files that count, sorted."""
        if self.take and all((self.folder / p).is_file() for p in self.take):
            return sorted(self.take)  # single files, in a folder that may be anything
        found = (p for p in self.folder.rglob("*") if _language(p) is not None and p.is_file() and not p.is_symlink())
        return sorted(r for r in (p.relative_to(self.folder).as_posix() for p in found) if self.takes(r))


@dataclass(frozen=True, slots=True)
class RealFunction:
    """A function of real code under canonical names, compiling alone. `name` is as written, `origin` owner/name@revision:path."""

    source: SourceFunction
    name: str
    origin: str
    licence: str


@dataclass(frozen=True, slots=True)
class Part:
    """Some files of a tree: a unit of work."""

    tree: Tree
    files: tuple[str, ...]
    any_licence: bool = False

    def key(self) -> str:
        """A short name for the content of the work, wherever the tree lies."""
        what = json.dumps([self.tree.name, self.tree.revision, self.tree.licence, self.files, self.any_licence])
        return hashlib.sha256(what.encode()).hexdigest()[:8]

    def json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def read(cls, text: str) -> Part:
        raw = json.loads(text)
        tree = {k: tuple(v) if isinstance(v, list) else v for k, v in raw["tree"].items()}
        return cls(Tree(**tree), tuple(raw["files"]), raw["any_licence"])


def parts(tree: Tree, *, any_licence: bool = False) -> tuple[list[Part], Counter[str]]:
    """A tree's work, in a fixed order, and the files passed over, by reason."""
    passed: Counter[str] = Counter()
    chosen: dict[str, list[str]] = {}
    for relative in tree.files():
        if _PASSED_OVER.search(relative):
            passed["file: tests or others' code"] += 1
        elif (tree.folder / relative).stat().st_size > LARGEST_FILE:
            passed["file: too long"] += 1
        else:
            chosen.setdefault(_language(Path(relative)) or "", []).append(relative)
    return [Part(tree, tuple(group), any_licence) for files in chosen.values() for group in groups(files)], passed


def groups(files: Sequence[str], depth: int = 0) -> list[list[str]]:
    """Sorted paths in groups of at most `FILES`, cut at the boundaries of folders where possible."""
    if len(files) <= FILES:
        return [list(files)]
    by_folder: dict[str, list[str]] = {}
    for file in files:
        names = file.split("/")
        by_folder.setdefault(names[depth] if len(names) > depth + 1 else "", []).append(file)
    out: list[list[str]] = []
    for folder, inside in by_folder.items():
        found = groups(inside, depth + 1) if folder else [list(inside[i : i + FILES]) for i in range(0, len(inside), FILES)]
        for group in found:
            if out and len(out[-1]) + len(group) <= FILES:
                out[-1] += group
            else:
                out.append(group)
    return out


def _language(path: Path) -> str | None:
    return next((name for name, tongue in languages().items() if path.suffix in tongue.suffixes), None)


def header_folders(tree: Tree) -> list[Path]:
    """Folders of a tree in which `#include` looks, those nearest to the root first: with headers, or above such (`<name/header.h>`)."""
    found: set[PurePosixPath] = set()
    for relative in map(PurePosixPath, tree.files()):
        if relative.suffix != ".h":
            continue
        if not _PASSED_OVER.search(str(relative)):
            found.update(relative.parents)
    return [tree.folder / p for p in sorted(found, key=lambda p: (len(p.parts), str(p)))][:FOLDERS]


def functions_of(part: Part, drops: Counter[str], table: Benchmarks | None = None) -> Iterator[RealFunction]:
    """The functions of some files of a tree that stand alone; what is left out is counted in `drops`.

    `table`: fingerprints of what must not enter. They are compared with a function as it is written, since canonical form hides some likeness.
    """
    table = table or benchmarks()
    tree = part.tree
    tongue = language(_language(Path(part.files[0])) or "c")
    licences: dict[str, str] = {}
    for relative in part.files:
        text = (tree.folder / relative).read_text(errors="replace")
        licence = licence_of(text[:6000]) or tree.licence
        if licence not in PERMISSIVE and not part.any_licence:
            drops[f"file: licence {licence}"] += 1
        elif tongue.name not in ("c", "cpp") or _DEFINITION.search(text):
            licences[relative] = licence
    read = _cut_out if tongue.name in ("c", "cpp") else _read
    for relative, function, signatures, written in read(tree, tongue, list(licences), drops):
        if table.match(written):
            drops["benchmark"] += 1
            continue
        try:
            canonical = canonical_function(function, tongue, callee_names(function), signatures)
        except (KeyError, ValueError):
            drops[f"signature ({tongue.name})"] += 1
            continue
        yield RealFunction(canonical, function.name, f"{tree.name}@{tree.revision}:{relative}", licences[relative])


def in_cpp(source: SourceFunction) -> SourceFunction:
    """A canonical C function as C++: its head in C++'s words. Whether it is C++ is for the compiler to say."""

    def head(signature: Signature) -> str:
        return canonical_text(language("cpp").write_header(signature))

    if source.is_declared_only:
        return SourceFunction("cpp", source.signature, canonical_text(language("cpp").write_prototype(source.signature)))
    body = source.text[source.text.index("{") + 1 :].strip()
    return SourceFunction("cpp", source.signature, f"{head(source.signature)} {body}", tuple(map(in_cpp, source.callees)))


Read = Iterator[tuple[str, SourceFunction, Mapping[str, Signature], str]]
"""File, function, signatures by name of it and what it calls, and its text as written."""


def _cut_out(tree: Tree, tongue: Language, files: Sequence[str], drops: Counter[str]) -> Read:
    """C and C++: through the preprocessor, with calls between files resolved."""
    folders = header_folders(tree)
    texts = preprocess([tree.folder / relative for relative in files], folders, root=tree.folder, plus=tongue.name == "cpp") if files else []
    readers: dict[str, CutReader] = {}
    for relative, text in zip(files, texts, strict=True):
        if text is None:
            drops["file: too long"] += 1
        else:
            readers[relative] = CutReader(text, tongue.name, tongue.keywords)
            readers[relative].read_all()
    linker = Linker(list(readers.values()))
    reasons: Counter[str] = Counter()
    for i, relative in enumerate(readers):
        for function, signatures in linker.functions(i, reasons):
            yield relative, function, signatures, function.text
    counted = {COUNTED + k: v for k, v in linker.counts.items()}
    drops.update({f"{reason} ({tongue.name})": n for reason, n in (reasons | counted).items()})


def _as_read(text: str, functions: list[SourceFunction]) -> list[SourceFunction]:
    return functions


_COMPLETE: dict[str, Callable[[str, list[SourceFunction]], list[SourceFunction]]] = {"rust": real_rust.with_items, "zig": real_zig.with_constants}
"""By language: what the functions of a rewritten file get of it."""


def _read(tree: Tree, tongue: Language, files: Sequence[str], drops: Counter[str]) -> Read:
    """Other languages: by their own readers, a file at a time."""
    for relative in files:
        text = (tree.folder / relative).read_text(errors="replace")
        complete = _COMPLETE.get(tongue.name, _as_read)
        own: frozenset[str] | None = None
        if tongue.name == "go":
            if real_go.is_for_one_platform(relative, text):
                drops["file: for one platform"] += 1
                continue
            text, own = real_go.with_package(text, tree.folder / relative, tree.folder)
        elif tongue.name == "rust":
            text, own = real_rust.with_crate(text, tree.folder / relative, tree.folder)
        elif tongue.name == "zig":
            own = frozenset(tongue.definitions(text)) | frozenset(tongue.definitions(real_zig.plain(text)))
            text = real_zig.plain(text, (tree.folder / relative).parent)
        for function in complete(text, tongue.read(text)):
            if own is not None and function.name not in own:
                continue
            function = with_mentioned_fields(function)
            signatures = {one.name: one.signature for one in closure(function)}
            if _ASSEMBLY.search(function.text):
                drops[f"inline assembly ({tongue.name})"] += 1
            else:
                yield relative, function, signatures, function.text


def closure(source: SourceFunction) -> list[SourceFunction]:
    """A function and all that it calls, directly or not."""
    return [source, *(one for callee in source.callees for one in closure(callee))]


def with_mentioned_fields(source: SourceFunction) -> SourceFunction:
    """A function whose structs of scalars, which are its parameters' alone, have those fields that it or what it calls mentions."""
    words = {word for one in closure(source) for word in re.findall(r"\b[^\W\d]\w*", one.text[one.text.index("{") :])}

    def struct(one: Struct) -> Struct:
        kept = tuple(f for f in one.fields if f[0] in words)
        return replace(one, fields=kept or one.fields[:1])

    def visit(one: SourceFunction) -> SourceFunction:
        signature = replace(one.signature, structs=tuple(map(struct, one.signature.structs)))
        return replace(one, signature=signature, callees=tuple(map(visit, one.callees)))

    return visit(source)


def callee_names(source: SourceFunction) -> list[str]:
    """Names of what a function calls, directly or not, callees first."""
    out: list[str] = []
    for callee in source.callees:
        out += [n for n in [*callee_names(callee), callee.name] if n not in out]
    return out


def real_functions(trees: Iterable[Tree], *, tongues: Sequence[str] = ("c",)) -> Iterator[RealFunction]:
    """All functions of some trees in the languages named; they have not been compiled yet."""
    for tree in trees:
        for part in parts(tree)[0]:
            if _language(Path(part.files[0])) in tongues:
                yield from functions_of(part, Counter())
