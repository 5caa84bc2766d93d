"""The packages of Go's standard library that a unit imports: their archives, built by the `go` command when one is first asked for and kept.

Only packages that Go's own source folder holds are built, out of that folder alone: no module is fetched, no C compiled. An archive says what a
package exports, and holds its functions.
Invariant: a package in our cache is whole, and so is all that it imports, which is put there before it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from transpile.corpus import zigcc
from transpile.corpus.errors import MissingCompiler
from transpile.corpus.go.code import Unsupported, code_of
from transpile.corpus.go.object import READ_ONLY, TEXT, Symbol, Symbols
from transpile.corpus.go.text import blank_go
from transpile.corpus.go.toolchain import HINT, TARGET, builtins, toolchain

ALWAYS = ("math", "math/bits", "cmp", "unicode/utf8", "internal/runtime/math")
"""What is always there: the last two are what `range` over a string and `unsafe.Slice` call."""
_RUNTIME = re.compile(r"(?:runtime|internal/runtime(?!/(?:math|sys)$)|reflect|internal/reflectlite|fmt|log|net/http|os|syscall|testing)(?:/|$)")
"""Packages whose functions mean nothing without a running program of Go."""
_IMPORT = re.compile(r"(?:^|;)[ \t]*import\b\s*(?:\(([^()]*)\)|([^\n;(]*))", re.M)
_PATH = re.compile(r"[a-z0-9]+(?:/[a-z0-9]+)*")


def imported(text: str) -> dict[str, int]:
    """The paths that a unit imports, and the line of each."""
    whole, code = blank_go(text, strings=False), blank_go(text)
    out: dict[str, int] = {}
    for found in _IMPORT.finditer(code):
        start, end = found.span(1 if found[1] is not None else 2)
        for literal in re.finditer(r'"([^"\n]*)"|`([^`]*)`', whole[start:end]):
            out.setdefault(literal[1] or literal[2] or "", text.count("\n", 0, start + literal.start()) + 1)
    return out


def refusal(path: str) -> str | None:
    """Why a unit can't import a package; None where it can."""
    if path == "unsafe":
        return None
    if not _PATH.fullmatch(path):
        return f"package {path} is not of Go's standard library, which is all that can be imported"
    if path in ALWAYS:
        return None
    first = path.split("/")[0]
    if first in ("cmd", "vendor", "builtin") or "internal" in path.split("/") or not any((toolchain().root / "src" / path).glob("*.go")):
        return f"package {path} is not in Go's standard library"
    return None if path in archives((path,)) else f"package {path} is not there for wasm"


def folder() -> Path:
    """Where the archives are, and in `build` what the `go` command keeps to build others."""
    return zigcc.cache_folder() / f"go-{toolchain().version}"


@lru_cache(maxsize=64)
def archives(paths: tuple[str, ...] = ()) -> dict[str, Path]:
    """The archives of these packages, those that there are, by import path; built when they are first asked for. Raises MissingCompiler."""
    wanted = {path: folder() / f"{path}.a" for path in (*ALWAYS, *paths) if path != "unsafe"}
    if missing := [path for path, file in wanted.items() if not file.is_file()]:
        notice = threading.Timer(2.0, print, (f"building {', '.join(missing)} of Go's standard library for wasm (once)",), {"file": sys.stderr})
        notice.start()
        try:
            _build(missing)
        finally:
            notice.cancel()
    return {path: file for path, file in wanted.items() if file.is_file()}


def _build(paths: Iterable[str]) -> None:
    """Build packages and all that they import, each file whole or not at all; other processes may do so at the same time."""
    go, place = toolchain(), folder()
    place.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="transpile-", ignore_cleanup_errors=True) as name:
        variables = {
            **TARGET, "PATH": os.defpath, "HOME": name, "GOPATH": f"{name}/path", "GOCACHE": str(place / "build"), "GO111MODULE": "off",
            "GOTOOLCHAIN": "local", "GOFLAGS": "", "GOENV": "off", "GOPROXY": "off", "GOTELEMETRY": "off", "CGO_ENABLED": "0", "GOROOT": str(go.root),
        }  # fmt: skip
        # What a package imports comes before it. With -e, one that is not there for wasm does not take the others with it.
        command = [go.root / "bin" / "go", "list", "-e", "-export", "-deps", "-f", "{{if .Export}}{{.ImportPath}}\t{{.Export}}{{end}}", *paths]
        done = subprocess.run(command, cwd=name, env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        path, export = line.split("\t")
        file = place / f"{path}.a"
        if not file.is_file():
            file.parent.mkdir(parents=True, exist_ok=True)
            handle, fresh = tempfile.mkstemp(dir=place)
            os.close(handle)
            shutil.copy(export, fresh)
            os.chmod(fresh, 0o644)
            os.replace(fresh, file)
    if not all((place / f"{path}.a").is_file() for path in ALWAYS):
        raise MissingCompiler(f"Go's library does not compile: {done.stderr.strip()[-300:]}", hint=HINT)


def package_of(symbol: str) -> str:
    """The import path of the package that a symbol belongs to."""
    name = symbol.partition("[")[0]
    return name[: name.find(".", name.rfind("/") + 1)]


class Library:
    """Symbols of the packages that a unit refers to, beside its own. What is generic is compiled where it is used, so that a symbol may stand in any
    package that a function was taken from."""

    def __init__(self, own: Symbols, package: str) -> None:
        self.own, self.package = own, package
        self.opened: dict[str, Symbols] = {}
        self._own_written = _written_at_start(own, package, read_only=False)

    def find(self, name: str) -> Symbol | None:
        """A symbol of the unit, or of a package that means something without Go's runtime."""
        if name in self.own:
            return self.own[name]
        package = package_of(name)
        if package not in self.opened and (symbols := _symbols(package)) is not None:
            self.opened[package] = symbols
        first = self.opened.get(package)
        return next((symbols[name] for symbols in (first, *self.opened.values()) if symbols and name in symbols), None)

    def written_at_start(self, name: str) -> bool:
        """Whether a variable has another value than its symbol says once the program's own functions run."""
        return name in (self._own_written if name in self.own else _written(package_of(name)))


@lru_cache(maxsize=64)
def _symbols(package: str) -> Symbols | None:
    file = folder() / f"{package}.a"
    return Symbols(file.read_bytes(), builtins()) if not _RUNTIME.match(package) and file.is_file() else None


@lru_cache(maxsize=64)
def _written(package: str) -> frozenset[str]:
    symbols = _symbols(package)
    return _written_at_start(symbols, package, read_only=True) if symbols else frozenset()


def _written_at_start(symbols: Symbols, package: str, *, read_only: bool) -> frozenset[str]:
    """Variables of a package whose first value is not in its archive: those that its initialization refers to, or what it calls of the package.

    `read_only`: but for those that it only loads from, on trust that it stores through no pointer that it found there: Go's library does not.
    """
    initial = re.compile(rf"{re.escape(package)}\.(?:init|init\.\d+|map\.init\.\d+)")
    pending = [name for name in symbols if initial.fullmatch(name)]
    seen, found = set(pending), set()
    while pending:
        symbol = symbols[pending.pop()]
        loaded = _only_loaded(symbol) if read_only else frozenset()
        for name in {r.symbol for r in symbol.relocations} & symbols.keys():
            if symbols[name].kind not in TEXT:
                found |= {name} if symbols[name].kind not in READ_ONLY and name not in loaded else set()
            elif name not in seen:
                seen.add(name)
                pending.append(name)
    return frozenset(found)


def _only_loaded(function: Symbol) -> frozenset[str]:
    """The symbols whose address a function takes for nothing but to load from there at once."""
    try:
        instructions, _, patches = code_of(function)
    except Unsupported:
        return frozenset()
    loaded, other = set(), set()
    for k, (_, _, offset) in enumerate(instructions):
        if offset in patches and patches[offset][0] == "address":
            names = [name for name, _, _ in instructions[k + 1 : k + 3]]
            (loaded if names[:1] == ["i32.wrap_i64"] and "load" in names[-1] else other).add(patches[offset][1])
    return frozenset(loaded - other)
