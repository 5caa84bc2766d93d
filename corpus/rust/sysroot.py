"""Where Rust for wasm comes from: a rustc that has, or can be given, a `core` for a wasm32 target.

Preferred is a rustc with its library sources (Debian's rustc-web and rust-web-src, rustup's rust-src component): `core` and
`compiler_builtins` are built from them once into the per-user cache, with panics as bare traps (`-C panic=immediate-abort`), which is
what the other languages do. Else a rustc whose wasm32 libraries are installed serves; its panics are calls into `core`.
Invariant: a folder in the cache is whole, because it is built elsewhere and renamed. Limit: rustc 1.92 or later.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from transpile.corpus.errors import MissingCompiler, TranspileError
from transpile.corpus.zigcc import cache_folder

TARGETS = ("wasm32v1-none", "wasm32-unknown-unknown")
OLDEST = (1, 92)
HINT = (
    "Debian: apt-get install rustc-web rust-web-src; else: rustup target add wasm32-unknown-unknown"
    " (where rustup can't download, rustup component add rust-src does as well)"
)
LIBRARIES = (
    ("core", "core/src/lib.rs", ()),
    (
        "compiler_builtins",
        "compiler-builtins/compiler-builtins/src/lib.rs",
        ("--cfg", 'feature="compiler-builtins"', "--cfg", 'feature="mem"', "--cfg", 'feature="unstable-intrinsics"'),
    ),
)
"""What a freestanding program links with: crate, its root below `library/`, and flags. Each may use the ones before it."""

IMMEDIATE = ("-Z", "unstable-options", "-C", "panic=immediate-abort")


@dataclass(frozen=True, slots=True)
class Toolchain:
    """A rustc and what its compilations need: `flags` (target, sysroot, panic strategy), archives to link, folders to read, environment."""

    rustc: Path
    version: str
    target: str
    flags: tuple[str, ...]
    libraries: tuple[Path, ...]
    folders: tuple[Path, ...] = ()

    @property
    def environment(self) -> dict[str, str]:
        return {"RUSTC_BOOTSTRAP": "1"}


@dataclass(frozen=True, slots=True)
class _Rustc:
    path: Path
    release: str
    sysroot: Path

    def sources(self) -> Path | None:
        """The folder `library` of this release's sources, if installed."""
        for folder in (Path(f"/usr/src/rustc-{self.release}/library"), self.sysroot / "lib/rustlib/src/rust/library"):
            if (folder / LIBRARIES[0][1]).is_file() and (folder / LIBRARIES[1][1]).is_file():
                return folder
        return None


def _compilers() -> Iterator[_Rustc]:
    """Every rustc on PATH, in order, that runs and is new enough."""
    seen = set()
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        found = shutil.which("rustc", path=folder) if folder else None
        if found is None or os.path.realpath(found) in seen:
            continue
        seen.add(os.path.realpath(found))
        try:
            # One at a time: asked for its version, rustc prints nothing else.
            version, sysroot = (_ask(found, question) for question in (["-vV"], ["--print", "sysroot"]))
        except (OSError, subprocess.SubprocessError):
            continue
        release = re.search(r"^release: ((\d+)\.(\d+)\S*)$", version, re.M)
        if release and (int(release[2]), int(release[3])) >= OLDEST:
            # What rustup puts on PATH only chooses between compilers, by settings that lie elsewhere.
            direct = Path(sysroot) / "bin" / Path(found).name
            yield _Rustc(direct if direct.is_file() else Path(found), release[1], Path(sysroot))


def library_sources() -> Path | None:
    """The folder `library` of an installed compiler's sources, if there is one."""
    return next((folder for rustc in _compilers() if (folder := rustc.sources()) is not None), None)


def _ask(program: str, question: list[str]) -> str:
    done = subprocess.run(
        [program, *question], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, cwd=tempfile.gettempdir(), check=True
    )
    return done.stdout.strip()


@cache
def toolchain() -> Toolchain:
    """The Rust toolchain, its libraries built if need be (some 20 s, once per user and version). Raises MissingCompiler."""
    found = list(_compilers())
    for rustc in found:
        sources = rustc.sources()
        if sources is not None:
            return _from_sources(rustc, sources)
    for rustc in found:
        for target in TARGETS:
            folder = rustc.sysroot / "lib/rustlib" / target / "lib"
            libraries = tuple(sorted([*folder.glob("libcore-*.rlib"), *folder.glob("libcompiler_builtins-*.rlib")]))
            if len(libraries) == 2:
                flags = ("--target", target, "-C", "panic=abort")
                return Toolchain(rustc.path, rustc.release, target, flags, libraries, (rustc.sysroot,))
    what = "no rustc was found" if not found else f"rustc {found[0].release} ({found[0].path}) has no library for wasm32"
    raise MissingCompiler(what, hint=HINT)


def _from_sources(rustc: _Rustc, sources: Path) -> Toolchain:
    target = TARGETS[0]
    sysroot = cache_folder() / f"rust-{rustc.release}"
    if not sysroot.is_dir():
        _build(rustc, sources, target, sysroot)
    libraries = tuple(_folder(sysroot, target) / f"lib{name}.rlib" for name, _, _ in LIBRARIES)
    flags = ("--sysroot", str(sysroot), "--target", target, *IMMEDIATE)
    return Toolchain(rustc.path, rustc.release, target, flags, libraries, (rustc.sysroot,))


def _folder(sysroot: Path, target: str) -> Path:
    return sysroot / "lib/rustlib" / target / "lib"


def _build(rustc: _Rustc, sources: Path, target: str, sysroot: Path) -> None:
    """Build `LIBRARIES` for `target` and put them at `sysroot`, whole or not at all; another process may do so at the same time."""
    print(f"building Rust's core library for {target} (once, some 20 s)", file=sys.stderr)
    building = Path(tempfile.mkdtemp(prefix=f".{sysroot.name}-", dir=sysroot.parent))
    try:
        folder = _folder(building, target)
        folder.mkdir(parents=True)
        built: list[str] = []
        for name, root, flags in LIBRARIES:
            command = [
                str(rustc.path), "--edition", "2024", "--crate-type", "rlib", "--crate-name", name, "--target", target, *IMMEDIATE,
                "-Z", "force-unstable-if-unmarked", "-C", "opt-level=s", "-C", "codegen-units=16", "-C", "embed-bitcode=no",
                "--cap-lints", "allow", "--out-dir", str(folder), *flags, *built, str(sources / root),
            ]  # fmt: skip
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=building, check=False,
                env={**os.environ, "RUSTC_BOOTSTRAP": "1"},
            )  # fmt: skip
            if done.returncode != 0:
                first = next((line for line in done.stderr.splitlines() if line.startswith("error")), "no message")
                raise TranspileError(f"rustc {rustc.release} could not build {name} for {target}: {first}", hint=HINT)
            built += ["--extern", f"{name}={folder / f'lib{name}.rlib'}"]
        building.chmod(0o755)
        try:
            building.rename(sysroot)
        except OSError:
            if not sysroot.is_dir():
                raise
    finally:
        shutil.rmtree(building, ignore_errors=True)
