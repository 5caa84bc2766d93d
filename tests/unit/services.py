"""A real `transpile serve` in a process of its own, for tests and benchmarks."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

_COMMAND = "import sys; sys.argv[0] = 'transpile'; from transpile.serve.command import main; main()"


def free_port() -> int:
    """A port that nobody listens at, below those that systems give out by themselves: an engine that takes a minute to start asks for many of these."""
    while True:
        port = random.randrange(20_000, 30_000)
        with socket.socket() as found, suppress(OSError):
            found.bind(("127.0.0.1", port))
            return port


class Running:
    """A service in its own folder. Use as a context; `kill` and `start` may be called in between."""

    def __init__(self, *options: str, folder: Path | None = None, patience: float = 90.0) -> None:
        self._own = tempfile.TemporaryDirectory(prefix="transpile-test-") if folder is None else None
        self.folder = folder or Path(self._own.name)
        self.port, self.options, self.patience = free_port(), options, patience
        self.url = f"http://127.0.0.1:{self.port}/"
        self.log = self.folder / "log.txt"
        self.database = self.folder / "jobs.sqlite"
        self.process: subprocess.Popen | None = None

    def start(self, *, wait: str = "readyz") -> float:
        """Seconds until `wait` answered."""
        command = [sys.executable, "-c", _COMMAND, "serve", "--port", str(self.port), "--jobs", str(self.database), *self.options]
        started = time.monotonic()
        with self.log.open("a") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | {"PYTHONUNBUFFERED": "1"})
        while True:
            try:
                if self.ask("GET", wait)[0] == 200:
                    return time.monotonic() - started
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() - started > self.patience:
                raise AssertionError(f"the service did not start: {self.log.read_text()[-2000:]}")
            time.sleep(0.02)

    def ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, seconds: float = 120) -> tuple[int, Any, Any]:
        """Status, body (JSON where it is) and headers (of any case)."""
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        question = urllib.request.Request(self.url + path.lstrip("/"), data, {"Content-Type": "application/json"} | (headers or {}), method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            reply = opener.open(question, timeout=seconds)
        except urllib.error.HTTPError as error:
            reply = error
        with reply:
            text = reply.read()
            kind = reply.headers.get("Content-Type", "")
            return reply.status, json.loads(text) if "json" in kind else text, reply.headers

    def kill(self) -> None:
        """As a power cut does: no notice."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(60)

    def __enter__(self) -> Running:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None and self.process.poll() is None:
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self.kill()
        if self._own is not None:
            self._own.cleanup()
