"""The first and the last to see a request, around everything else: who asks, how much may be sent, what is counted.

A pure ASGI layer, so that it holds for every route, streams too. Invariant: no more than the largest allowed request is ever kept.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from urllib.parse import urlsplit

from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from transpile.serve.http.errors import ApiError, as_api_error
from transpile.serve.http.metrics import Metrics
from transpile.serve.http.settings import LOOPBACK, Settings

OPEN = frozenset({"/", "/healthz", "/readyz", "/openapi.json"})
"""What needs no key."""
_PATIENCE = 30.0
"""Seconds that a client may take to send more of its request."""
_THROWN_AWAY = 64 << 20
"""Bytes of a request that is too large which are read and forgotten: a client that is cut off while it sends may not see why."""
_HEADERS = [(b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"), (b"referrer-policy", b"no-referrer")]


class Guard:
    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics, routes: list) -> None:
        self.app, self.settings, self.metrics, self.routes = app, settings, metrics, routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status, begun = time.perf_counter(), 500, False

        async def watched(message: Message) -> None:
            nonlocal status, begun
            if message["type"] == "http.response.start":
                status, begun = message["status"], True
                message["headers"] = [*message.get("headers", []), *_HEADERS]
            await send(message)

        try:
            self._admit(scope)
            await self.app(scope, await self._whole(receive), watched)
        except ApiError as error:
            if not begun:
                if error.status == 413:
                    await _drain(scope, receive)
                await error.response()(scope, receive, watched)
        except Exception as error:
            reply = as_api_error(error)
            if not begun:
                await reply.response()(scope, receive, watched)
        finally:
            route = self._route(scope)
            self.metrics.requests.labels(route, str(status)).inc()
            self.metrics.latency.labels(route).observe(time.perf_counter() - started)

    def _route(self, scope: Scope) -> str:
        """The route's pattern: addresses as clients write them would make endless labels."""
        for route in self.routes:
            if route.matches(scope)[0] is not Match.NONE:
                return route.path
        return "other"

    def _admit(self, scope: Scope) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if not self.settings.keys and self.settings.host in LOOPBACK:
            # A page of another site whose name was made to point here would be let in by the browser, but has the wrong host.
            host = urlsplit(f"//{headers.get('host', '')}").hostname
            if host not in LOOPBACK:
                raise ApiError(421, "wrong_host", "this service answers to localhost alone", "start it with --host and --api-key-file")
        if self.settings.keys and scope["path"] not in OPEN:
            kind, _, key = headers.get("authorization", "").partition(" ")
            owner = self.settings.accepts(key.strip()) if kind.lower() == "bearer" else None
            if owner is None:
                hint = "send the header: Authorization: Bearer KEY"
                raise ApiError(401, "unauthorized", "no valid API key", hint, {"WWW-Authenticate": "Bearer"})
            scope.setdefault("state", {})["owner"] = owner
        if scope["method"] == "POST" and any(route.matches(scope)[0] is Match.FULL for route in self.routes):
            bodiless = headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers
            if not bodiless and headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
                raise ApiError(415, "unsupported_media_type", "the body must be JSON", "send the header: Content-Type: application/json")
            length = headers.get("content-length", "0")
            if not length.isdigit() or int(length) > self.settings.largest_request:
                raise self._too_large()

    def _too_large(self) -> ApiError:
        return ApiError(413, "too_large", "the request is too large", f"at most {self.settings.largest_request:,} bytes are taken")

    async def _whole(self, receive: Receive) -> Receive:
        """Take in the body, then hand it on in one piece."""
        parts, taken, more = [], 0, True
        while more:
            try:
                message = await asyncio.wait_for(receive(), _PATIENCE)
            except TimeoutError:
                raise ApiError(408, "too_slow", "the request did not arrive", "send it whole", {"Connection": "close"}) from None
            if message["type"] == "http.disconnect":
                raise ApiError(499, "client_left", "the client left")
            parts.append(message.get("body", b""))
            taken += len(parts[-1])
            more = message.get("more_body", False)
            if taken > self.settings.largest_request:
                raise self._too_large()
        body: Message | None = {"type": "http.request", "body": b"".join(parts), "more_body": False}

        async def again() -> Message:
            nonlocal body
            if body is None:
                return await receive()
            message, body = body, None
            return message

        return again


async def _drain(scope: Scope, receive: Receive) -> None:
    if any(name == b"expect" for name, _ in scope["headers"]):
        return  # the client waits for a word before it sends
    taken, more = 0, True
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE):
            while more and taken < _THROWN_AWAY:
                message = await receive()
                taken += len(message.get("body", b""))
                more = message.get("more_body", False)
