"""Who gets in: a bounded queue before the workers and the engine, deadlines, and clients that leave.

Invariant: what was admitted is let go again, whatever happens to it.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from fastapi import Request

from transpile.serve.http.errors import ApiError
from transpile.serve.http.metrics import Metrics

Result = TypeVar("Result")


class Admission:
    """`slots` run at once, `queue` more may wait."""

    def __init__(self, slots: int, queue: int, metrics: Metrics) -> None:
        self._slots, self._free, self._queue = slots, asyncio.Semaphore(slots), queue
        self._inside = 0
        self._usual = 1.0
        """Seconds that a request has lately taken, as a moving average."""
        self._metrics = metrics

    def check(self) -> None:
        """Raises ApiError 429 if too many wait already."""
        if self._inside >= self._slots + self._queue:
            self._metrics.refused.inc()
            wait = math.ceil(self._usual * (self._inside - self._slots + 1) / self._slots)
            raise ApiError(429, "overloaded", "too many requests wait", "try again later", {"Retry-After": str(min(max(wait, 1), 120))})

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A slot; whoever came first goes first. Raises as `check`."""
        self.check()
        self._inside += 1
        started = 0.0
        try:
            with self._metrics.waiting.track_inprogress():
                await self._free.acquire()
            started = time.monotonic()
            try:
                with self._metrics.running.track_inprogress():
                    yield
            finally:
                self._free.release()
        finally:
            self._inside -= 1
            if started:
                self._usual += 0.1 * (time.monotonic() - started - self._usual)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def while_connected(request: Request, work: Coroutine[Any, Any, Result], seconds: float, metrics: Metrics) -> Result:
    """The result of `work`, which is cancelled when the client leaves or after `seconds` (then TimeoutError). Needs the body to have been read."""
    task, gone = asyncio.ensure_future(work), asyncio.ensure_future(_gone(request))
    try:
        done, _ = await asyncio.wait({task, gone}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if task in done:
            return task.result()
        if gone in done:
            metrics.left.inc()
            raise ApiError(499, "client_left", "the client left")
        raise TimeoutError
    finally:
        gone.cancel()
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
