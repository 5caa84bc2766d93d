"""A pool of worker processes (`pebble`), each with one task at a time.

A task that is cancelled, or runs past its request's deadline, ends with its worker and all that the worker started. A worker that dies is
replaced and its task tried once more, in another; if that one dies too, the task is answered with an error. Invariant: `run` ends, with a
result or an exception, whatever a task does to its process.
Limit: a worker killed from outside at the moment it hands over its result may leave the pool's channel locked; what waits on it then ends at
its deadline. An idle worker killed from outside breaks pebble's pool: it is built anew, and what was under way starts again.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from pathlib import Path
from typing import Any

from pebble import ProcessExpired, ProcessPool

from transpile.serve.http import work
from transpile.serve.http.errors import ApiError, conceal
from transpile.serve.http.metrics import Metrics

_TASKS = 200
"""Tasks after which a worker is replaced, so that nothing can pile up in it."""
_TRIES = 2


class Workers:
    """`folder` is ours alone: what an earlier service, that was killed, has left there is removed. `lent`: they decode with the service's engine."""

    def __init__(self, count: int, checkpoint: Path | None, folder: Path, metrics: Metrics, *, lent: bool) -> None:
        self.count, self.folder, self.metrics = count, folder, metrics
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True)
        conceal(folder)
        self.model = work.Model(checkpoint, max(1, (os.cpu_count() or 1) // count), lent)
        self._pool = self._build()

    def _build(self) -> ProcessPool:
        # Not forked: the service has threads, and a child should not have its memory or its sockets.
        return ProcessPool(
            max_workers=self.count,
            max_tasks=_TASKS,
            initializer=work.start,
            initargs=(self.model, self.folder),
            context=multiprocessing.get_context("spawn"),
        )

    async def run(self, function: Callable[..., Any], *arguments: Any, each: Callable[[dict[str, Any]], None] | None = None) -> Any:
        """The result of a function of `work`. `each` gets the task's events (again from the start, if its worker died)."""
        for _ in range(_TRIES):
            with tempfile.TemporaryDirectory(dir=self.folder, ignore_cleanup_errors=True) as folder:
                try:
                    return await self._once(folder, function, arguments, each)
                except (ProcessExpired, BrokenProcessPool):
                    self.metrics.lost.inc()
        raise ApiError(500, "worker_lost", "the process that worked on this ended without an answer, twice", "leave out what may have ended it")

    async def _once(
        self, folder: str, function: Callable[..., Any], arguments: tuple[Any, ...], each: Callable[[dict[str, Any]], None] | None
    ) -> Any:
        loop = asyncio.get_running_loop()
        path = os.path.join(folder, work.EVENTS)
        os.mkfifo(path, 0o600)
        # Open for writing too: a pipe without a writer would be readable, and empty, all the time.
        pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        rest, pid = b"", 0

        def read() -> None:
            nonlocal rest, pid
            with suppress(BlockingIOError):
                rest += os.read(pipe, 1 << 20)
            *lines, rest = rest.split(b"\n")
            for line in lines:
                event = json.loads(line)
                if "pid" in event:
                    pid = event["pid"]
                elif each:
                    each(event)

        loop.add_reader(pipe, read)
        try:
            future = self._schedule(folder, function, arguments)
            try:
                return await asyncio.wrap_future(future)
            except asyncio.CancelledError:
                if pid and not future.done():
                    work.kill_children(pid)
                future.cancel()
                raise
        finally:
            loop.remove_reader(pipe)
            read()
            os.close(pipe)

    def _schedule(self, folder: str, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        try:
            return self._pool.schedule(work.call, args=(folder, function, arguments))
        except RuntimeError:  # broken
            broken, self._pool = self._pool, self._build()
            with suppress(RuntimeError):
                broken.stop()
            return self._pool.schedule(work.call, args=(folder, function, arguments))

    def stop(self) -> None:
        for child in multiprocessing.active_children():
            work.kill_children(child.pid or 0)
        self._pool.stop()
        self._pool.join(10)
        shutil.rmtree(self.folder, ignore_errors=True)
