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
        self.inside = 0
        self._usual = 1.0
        """Seconds that a request has lately taken, as a moving average."""
        self._metrics = metrics

    def enter(self) -> Place:
        """A place in the queue, which is to be left. Raises ApiError 429 if too many wait already."""
        if self.inside >= self._slots + self._queue:
            self._metrics.refused.inc()
            wait = math.ceil(self._usual * (self.inside - self._slots + 1) / self._slots)
            raise ApiError(429, "overloaded", "too many requests wait", "try again later", {"Retry-After": str(min(max(wait, 1), 120))})
        return Place(self)

    @asynccontextmanager
    async def turn(self, place: Place | None = None) -> AsyncIterator[None]:
        """A slot; whoever came first goes first. `place`: one that was entered before. Raises as `enter`."""
        place = place or self.enter()
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
            place.leave()
            if started:
                self._usual += 0.1 * (time.monotonic() - started - self._usual)


class Place:
    """Counts as inside until it is left, which may be done more than once."""

    def __init__(self, admission: Admission) -> None:
        self._admission, self._left = admission, False
        admission.inside += 1

    def leave(self) -> None:
        if not self._left:
            self._left = True
            self._admission.inside -= 1


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
