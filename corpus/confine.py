"""What keeps a compiler in its place while it reads text that may be hostile.

Three walls, each for when the one before it has a hole. The languages refuse text that asks for files or assembly (`REFUSED` and `screen`).
Every process gets a minimal environment, a private temporary folder and limits on memory, file size and processor time (POSIX `ulimit`).
Where bubblewrap works (Debian: `apt-get install bubblewrap`; it needs user namespaces), the process also sees nothing of the machine but the
system's programs and libraries, the compilers, our cache and its own folder, has no network, and takes all that it started with it when it ends.

What is not contained: a flaw of a compiler that hostile text exploits may read what the walls leave in sight (/usr, the compilers, our cache)
and write to the cache of Zig's frontend, which is shared between compilations, because without it each would take two seconds; what it writes
on disk is limited by file, not in sum; the number of processes is not limited, though they all end with the compilation. Without bubblewrap
(no Linux, none installed, or user namespaces forbidden) the first two walls stand alone: then nothing of the kernel's keeps a compiler from
files that the user may read. Landlock is not used: there is no well-kept package for it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

MEMORY = 4 << 30
"""Bytes of address space of a process, or of what it may write to."""
LARGEST_FILE = 64 << 20
"""Bytes that a process may write to one file: `int x[1 << 28] = {1};` is one line."""
LARGEST_OUTPUT = 4 << 20
"""Bytes of diagnostics that are read; what more there is is nobody's to read."""

_SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64")
_FILES = ("/etc/ld.so.cache", "/etc/alternatives")
_QUESTIONS = {"zig": "version", "compile": "-V", "gofmt": "/dev/null"}
"""What a program is asked to see whether it starts, where that is not `--version`."""
_KEPT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
"""Variables that programs may need to start at all."""


def environment(folder: Path) -> dict[str, str]:
    """Variables for a compiler: nothing of the user's but what programs need to start."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "PATH": os.defpath, "HOME": str(folder), "TMPDIR": str(folder), "LC_ALL": "C", "NO_COLOR": "1"}


def confined(
    command: Sequence[str | Path], folder: Path, seconds: float, *, readable: Iterable[Path] = (), writable: Iterable[Path] = (),
    reserves: bool = False,
) -> list[str]:  # fmt: skip
    """`command` with its limits and, where it works, within bubblewrap: `folder` and `writable` can be written, `readable` read.

    `reserves`: it reserves far more address space than it uses, as node does, so that only what it may write to is limited.
    """
    words = [str(word) for word in command]
    walls = enclose(folder, readable, writable) if _works(words[0], tuple(map(str, readable))) else []
    return [*_limited(seconds, reserves), *walls, *words]


@cache
def bubblewrap() -> str | None:
    """The path of `bwrap`, if it is installed."""
    return shutil.which("bwrap")


def enclose(folder: Path, readable: Iterable[Path], writable: Iterable[Path]) -> list[str]:
    """The words that stand before a command to run it within bubblewrap."""
    out = [bubblewrap() or "bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--ro-bind", "/usr", "/usr"]
    for place in _SYSTEM:
        if os.path.islink(place):
            out += ["--symlink", os.readlink(place), place]
        else:
            out += ["--ro-bind-try", place, place]
    for place in _FILES:
        out += ["--ro-bind-try", place, place]
    out += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
    for path in readable:
        out += ["--ro-bind", str(path), str(path)]
    for path in (folder, *writable):
        out += ["--bind", str(path), str(path)]
    return [*out, "--chdir", str(folder)]


@cache
def _works(program: str, readable: tuple[str, ...]) -> bool:
    """Whether bubblewrap is there, may make its namespaces, and the program starts within it."""
    if bubblewrap() is None:
        return False
    with tempfile.TemporaryDirectory(prefix="transpile-") as name:
        folder = Path(name)
        question = [program, next((q for name, q in _QUESTIONS.items() if name in Path(program).name), "--version")]
        try:
            done = subprocess.run(
                [*enclose(folder, map(Path, readable), ()), *question],
                env=environment(folder), stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0


def _limited(seconds: float, reserves: bool) -> list[str]:
    """Limits are set by a shell before it becomes the command: in this process they would need code between fork and exec."""
    if os.name != "posix":
        return []
    # Threads add up to more processor time than passes on the clock; this only ends what nobody waits for any more.
    limits = {"d" if reserves else "v": MEMORY >> 10, "f": LARGEST_FILE >> 9, "t": 4 * int(seconds + 1), "c": 0}
    return ["/bin/sh", "-c", "".join(f"ulimit -{k} {v} 2>/dev/null; " for k, v in limits.items()) + 'exec "$@"', "sh"]
