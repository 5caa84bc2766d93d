"""HTTP/1.1 as the service speaks it: uvicorn's h11 protocol, with our form of error where a request never gets as far as a route, and with an end to
connections that say nothing.

Invariants: the head of a request takes at most 64 KiB and `PATIENCE` seconds to arrive; over `MOST` connections, requests are answered with 503.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from transpile.serve.http.errors import ApiError

HEAD = 64 << 10
MOST = 1000
PATIENCE = 30.0


async def _crowded(scope: Scope, receive: Receive, send: Send) -> None:
    """Stands for the service on a connection that is one too many."""
    headers = {"Retry-After": "5", "Connection": "close"}
    await ApiError(503, "overloaded", "too many connections", "try again later", headers).response()(scope, receive, send)


class Protocol(H11Protocol):
    """A connection."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if len(self.connections) > MOST:
            self.app = _crowded
        self._expect_a_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._expect_a_head()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._late is not None:
            self._late.cancel()
        super().connection_lost(exc)

    def _expect_a_head(self) -> None:
        """Between requests, the next one's head is due."""
        if self._late is None and self._between():
            self._late = self.loop.call_later(PATIENCE, self._give_up, self.cycle)

    def _between(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _give_up(self, last: Any) -> None:
        self._late = None
        if self.cycle is last and self._between():
            self.transport.close()
        else:
            self._expect_a_head()

    def send_400_response(self, msg: str) -> None:
        error = ApiError(400, "invalid_http", "this is no HTTP/1.1 request", f"send one, with a head of at most {HEAD:,} bytes")
        body = json.dumps(error.body()).encode()
        head = f"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        self.transport.write(head.encode() + body)
        self.transport.close()
