"""The client of a `transpile serve`: what `transpile --endpoint URL` uses. The standard library alone.

Invariant: the key goes to the endpoint that was named and nowhere else (redirections are not followed).
"""

from __future__ import annotations

import json
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


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def translate(endpoint: str, request: dict, *, key: str = "", progress: Callable[[int, int, str], None] | None = None) -> dict:
    """What `/v1/transpile` replies to a request. Raises TranspileError for a wrong address, no connection, or the service's own error."""
    address = urlsplit(endpoint)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise TranspileError(f"'{endpoint}' is no endpoint", hint="name one like http://127.0.0.1:8000, where `transpile serve` listens")
    handlers: list = [_NoRedirection()]
    if address.hostname in LOOPBACK:
        handlers.append(urllib.request.ProxyHandler({}))
    headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    question = urllib.request.Request(
        endpoint.rstrip("/") + "/v1/transpile", json.dumps(request | {"stream": True}).encode(), headers=headers, method="POST"
    )
    try:
        with _opened(urllib.request.build_opener(*handlers), question, endpoint) as reply:
            for event, data in _events(reply):
                if event == "progress" and progress:
                    progress(data["done"], data["total"], data["note"])
                elif event == "error":
                    raise _told(data["error"])
                elif event == "result":
                    return data
    except (OSError, ValueError, KeyError) as error:
        raise TranspileError(f"{endpoint} broke off: {error}", hint="ask again; the service's own log says more") from error
    raise TranspileError(f"{endpoint} ended its reply early", hint="it may have been stopped; ask again")


def _opened(opener: urllib.request.OpenerDirector, question: urllib.request.Request, endpoint: str) -> Any:
    """The reply; a service that is busy is asked again when it says, a few times."""
    for attempt in range(_TRIES):
        try:
            return opener.open(question, timeout=_SILENCE)
        except urllib.error.HTTPError as error:
            if error.code == 429 and attempt + 1 < _TRIES:
                time.sleep(min(float(error.headers.get("Retry-After", "1")), 30.0))
                continue
            try:
                told = json.loads(error.read())["error"]
            except (ValueError, KeyError, TypeError):
                raise TranspileError(f"{endpoint} replied {error.code}", hint="is it a `transpile serve`?") from None
            raise _told(told) from None
        except urllib.error.URLError as error:
            raise TranspileError(f"can't reach {endpoint}: {error.reason}", hint="start one with: transpile serve") from error
    raise AssertionError


def _told(error: dict) -> TranspileError:
    return TranspileError(str(error["message"]), hint=str(error.get("hint", "")))


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
