"""The client of a `transpile serve`: what `transpile --endpoint URL` uses. The standard library alone.

A file that takes longer than the service gives a request is done as a job there; that goes on should the service be started anew.
Invariant: the key goes to the endpoint that was named and nowhere else (redirections are not followed).
"""

from __future__ import annotations

import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from transpile.corpus.errors import TranspileError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SILENCE = 60.0
"""Seconds without a word after which the service is taken for dead; it says something every few seconds."""
_TRIES = 4
_LOOK = 1.0
"""Seconds between questions how far a job is."""
Progress = Callable[[int, int, str], None]


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def translate(endpoint: str, request: dict, *, key: str = "", progress: Progress | None = None) -> dict:
    """What `/v1/transpile` replies to a request. Raises TranspileError for a wrong address, no connection, or the service's own error."""
    service = _Service(endpoint, key)
    try:
        with service.opened("POST", "/v1/transpile", request | {"stream": True}, Accept="text/event-stream") as reply:
            for event, data in _events(reply):
                if event == "progress" and progress:
                    progress(data["done"], data["total"], data["note"])
                elif event == "error":
                    if data["error"].get("type") != "deadline":
                        raise _told(data["error"])
                    return _by_job(service, request, _told(data["error"]), progress)
                elif event == "result":
                    return data
    except (OSError, ValueError, KeyError) as error:
        raise TranspileError(f"{endpoint} broke off: {error}", hint="ask again; the service's own log says more") from error
    raise TranspileError(f"{endpoint} ended its reply early", hint="it may have been stopped; ask again")


def _by_job(service: _Service, request: dict, late: TranspileError, progress: Progress | None) -> dict:
    """The same as a job, which is cancelled should we be interrupted. Raises `late` where the service has no jobs."""
    try:
        path = "/v1/jobs/" + service.ask("POST", "/v1/jobs", request, **{"Idempotency-Key": secrets.token_hex(16)})["id"]
    except _Refused as refused:
        raise (late if refused.status == 404 else refused) from None
    try:
        heard = time.monotonic()
        while True:
            try:
                job = service.ask("GET", path)
                heard = time.monotonic()
            except _Unreachable:
                if time.monotonic() - heard > _SILENCE:
                    raise
                job = {"state": "unknown"}
            if job["state"] in ("done", "failed", "cancelled"):
                return service.ask("GET", path + "/result")
            if job["state"] == "running" and progress:
                progress(job["progress"]["done"], job["progress"]["total"], job["progress"]["note"])
            time.sleep(_LOOK)
    except KeyboardInterrupt:
        service.ask("POST", path + "/cancel")
        raise


class _Refused(TranspileError):
    """The service's own error."""

    status = 0


class _Unreachable(TranspileError):
    """There is no connection."""


class _Service:
    """Raises TranspileError for what is no address."""

    def __init__(self, endpoint: str, key: str) -> None:
        address = urlsplit(endpoint)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise TranspileError(f"'{endpoint}' is no endpoint", hint="name one like http://127.0.0.1:8000, where `transpile serve` listens")
        handlers: list = [_NoRedirection()]
        if address.hostname in LOOPBACK:
            handlers.append(urllib.request.ProxyHandler({}))
        self._opener, self._endpoint = urllib.request.build_opener(*handlers), endpoint
        self._headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})

    def ask(self, method: str, path: str, body: dict | None = None, **headers: str) -> dict:
        with self.opened(method, path, body, **headers) as reply:
            return json.load(reply)

    def opened(self, method: str, path: str, body: dict | None = None, **headers: str) -> Any:
        """The reply; a service that is busy is asked again when it says, a few times. Raises _Refused, _Unreachable."""
        data = json.dumps(body).encode() if body is not None else None
        question = urllib.request.Request(self._endpoint.rstrip("/") + path, data, headers=self._headers | headers, method=method)
        for attempt in range(_TRIES):
            try:
                return self._opener.open(question, timeout=_SILENCE)
            except urllib.error.HTTPError as error:
                if error.code == 429 and attempt + 1 < _TRIES:
                    time.sleep(min(float(error.headers.get("Retry-After", "1")), 30.0))
                    continue
                try:
                    refused = _told(json.loads(error.read())["error"])
                except (ValueError, KeyError, TypeError):
                    raise TranspileError(f"{self._endpoint} replied {error.code}", hint="is it a `transpile serve`?") from None
                refused.status = error.code
                raise refused from None
            except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
                reason = getattr(error, "reason", error)
                raise _Unreachable(f"can't reach {self._endpoint}: {reason}", hint="start one with: transpile serve") from error
        raise AssertionError


def _told(error: dict) -> _Refused:
    return _Refused(str(error["message"]), hint=str(error.get("hint", "")))


def _events(reply: Any) -> Iterator[tuple[str, dict]]:
    """The server-sent events of a reply."""
    event, data = "message", []
    for raw in reply:
        line = raw.decode().rstrip("\r\n")
        if not line:
            if data:
                yield event, json.loads("\n".join(data))
            event, data = "message", []
        elif line.startswith("event:"):
            event = line[6:].strip()
        elif line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
