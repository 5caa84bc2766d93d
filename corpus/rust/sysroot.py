"""Where Rust for wasm comes from: a rustc that has, or can be given, a `core` for a wasm32 target.

Preferred is a rustc with its library sources (Debian's rustc-web and rust-web-src, rustup's rust-src component): `core` and
`compiler_builtins` are built from them once into the per-user cache, with panics as bare traps (`-C panic=immediate-abort`), which is
what the other languages do; `standard` builds `std` in the same way, for files that use it. Else a rustc whose wasm32 libraries are
installed serves; its panics are calls into `core`.
Invariant: a folder in the cache is whole, because it is built elsewhere and renamed. Limit: rustc 1.92 or later.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
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


@dataclass(frozen=True, slots=True)
class Library:
    """A crate of Rust's own: its root below `library/` (a pattern, where that names a version), the features it is built with, and the crates
    that it names, as `name` or `alias=name`."""

    name: str
    root: str
    uses: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    edition: str = "2024"


LIBRARIES = (
    Library("core", "core/src/lib.rs"),
    Library(
        "compiler_builtins",
        "compiler-builtins/compiler-builtins/src/lib.rs",
        ("core",),
        ("compiler-builtins", "mem", "unstable-intrinsics"),
    ),
)
"""What a freestanding program links with, in an order to build it in."""

_CORE = ("core", "compiler_builtins")
_WORKSPACE = ("core=rustc_std_workspace_core", "compiler_builtins")
_INSIDE = ("rustc-dep-of-std",)
STANDARD = (
    *LIBRARIES,
    Library("alloc", "alloc/src/lib.rs", _CORE),
    Library("rustc_std_workspace_core", "rustc-std-workspace-core/lib.rs", _CORE),
    Library("rustc_std_workspace_alloc", "rustc-std-workspace-alloc/lib.rs", (*_CORE, "alloc")),
    Library("cfg_if", "vendor/cfg-if-1*/src/lib.rs", _WORKSPACE, _INSIDE, "2018"),
    Library("dlmalloc", "vendor/dlmalloc-*/src/lib.rs", (*_WORKSPACE, "cfg_if"), _INSIDE, "2021"),
    Library("rustc_demangle", "vendor/rustc-demangle-*/src/lib.rs", _WORKSPACE, _INSIDE, "2018"),
    Library(
        "hashbrown",
        "vendor/hashbrown-*/src/lib.rs",
        (*_WORKSPACE, "alloc=rustc_std_workspace_alloc"),
        (*_INSIDE, "nightly", "rustc-internal-api"),
        "2021",
    ),
    Library("libc", "vendor/libc-*/src/lib.rs", ("rustc_std_workspace_core",), _INSIDE, "2021"),
    Library("unwind", "unwind/src/lib.rs", (*_CORE, "libc")),
    Library("panic_abort", "panic_abort/src/lib.rs", (*_CORE, "alloc", "libc")),
    Library("std_detect", "std_detect/src/lib.rs", (*_CORE, "alloc")),
    Library(
        "std",
        "std/src/lib.rs",
        (*_CORE, "alloc", "cfg_if", "panic_abort", "unwind", "hashbrown", "std_detect", "rustc_demangle", "libc", "dlmalloc"),
    ),
)
"""What a program with `std` links with."""

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
            if all((folder / one.root).is_file() for one in LIBRARIES):
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
            return _from_sources(rustc, sources, LIBRARIES, TARGETS[0], "rust", "core library")
    for rustc in found:
        for target in TARGETS:
            folder = rustc.sysroot / "lib/rustlib" / target / "lib"
            libraries = tuple(sorted([*folder.glob("libcore-*.rlib"), *folder.glob("libcompiler_builtins-*.rlib")]))
            if len(libraries) == 2:
                flags = ("--target", target, "-C", "panic=abort")
                return Toolchain(rustc.path, rustc.release, target, flags, libraries, (rustc.sysroot,))
    what = "no rustc was found" if not found else f"rustc {found[0].release} ({found[0].path}) has no library for wasm32"
    raise MissingCompiler(what, hint=HINT)


@cache
def standard() -> Toolchain:
    """The same with all of `std`, on a target that has one, built if need be (some 40 s, once per user and version). Nothing of an operating
    system is there: no files, threads or time, and printing goes nowhere. Raises MissingCompiler."""
    for rustc in _compilers():
        sources = rustc.sources()
        if sources is not None and all(any(sources.glob(one.root)) for one in STANDARD):
            return _from_sources(rustc, sources, STANDARD, TARGETS[1], "rust-std", "standard library", ("-C", "target-cpu=mvp"))
    raise MissingCompiler(
        "no rustc with the sources of all of std was found", hint="Debian: apt-get install rustc-web rust-web-src; without them `core` is what there is"
    )


def _from_sources(
    rustc: _Rustc, sources: Path, libraries: Sequence[Library], target: str, name: str, title: str, options: Sequence[str] = ()
) -> Toolchain:
    sysroot = cache_folder() / f"{name}-{rustc.release}"
    if not sysroot.is_dir():
        print(f"building Rust's {title} for {target} (once, some {20 if len(libraries) < 3 else 40} s)", file=sys.stderr)
        _build(rustc, sources, libraries, target, options, sysroot)
    archives = tuple(_folder(sysroot, target) / f"lib{one.name}.rlib" for one in libraries)
    flags = ("--sysroot", str(sysroot), "--target", target, *IMMEDIATE)
    return Toolchain(rustc.path, rustc.release, target, flags, archives, (rustc.sysroot,))


def _folder(sysroot: Path, target: str) -> Path:
    return sysroot / "lib/rustlib" / target / "lib"


def _build(rustc: _Rustc, sources: Path, libraries: Sequence[Library], target: str, options: Sequence[str], sysroot: Path) -> None:
    """Build `libraries` for `target` and put them at `sysroot`, whole or not at all; another process may do so at the same time."""
    building = Path(tempfile.mkdtemp(prefix=f".{sysroot.name}-", dir=sysroot.parent))
    try:
        folder = _folder(building, target)
        folder.mkdir(parents=True)
        for one in libraries:
            used = [(alias, name or alias) for use in one.uses for alias, _, name in (use.partition("="),)]
            command = [
                str(rustc.path), "--edition", one.edition, "--crate-type", "rlib", "--crate-name", one.name, "--target", target, *IMMEDIATE,
                "-Z", "force-unstable-if-unmarked", "-C", "opt-level=s", "-C", "codegen-units=16", "-C", "embed-bitcode=no", *options,
                "--cap-lints", "allow", "--out-dir", str(folder), "-L", str(folder),
                *(word for feature in one.features for word in ("--cfg", f'feature="{feature}"')),
                *(word for alias, name in used for word in ("--extern", f"{alias}={folder / f'lib{name}.rlib'}")),
                *(("--cfg", "backtrace_in_libstd") if one.name == "std" else ()),
                str(max(sources.glob(one.root))),
            ]  # fmt: skip
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=building, check=False,
                env={**os.environ, "RUSTC_BOOTSTRAP": "1", "STD_ENV_ARCH": target.partition("-")[0]},
            )  # fmt: skip
            if done.returncode != 0:
                first = next((line for line in done.stderr.splitlines() if line.startswith("error")), "no message")
                raise TranspileError(f"rustc {rustc.release} could not build {one.name} for {target}: {first}", hint=HINT)
        building.chmod(0o755)
        try:
            building.rename(sysroot)
        except OSError:
            if not sysroot.is_dir():
                raise
    finally:
        shutil.rmtree(building, ignore_errors=True)
