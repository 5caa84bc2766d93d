"""The client of a service: what it takes for an endpoint, what it reads, and what it does when a file takes long."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from services import free_port

from transpile.corpus.errors import TranspileError
from transpile.serve import remote


def test_events_are_read() -> None:
    reply = io.BytesIO(b': alive\n\nevent: progress\ndata: {"done": 1}\n\nevent: result\ndata: {"a":\ndata: 2}\n\n')
    assert list(remote._events(reply)) == [("progress", {"done": 1}), ("result", {"a": 2})]


@pytest.mark.parametrize("endpoint", ["nowhere", "ftp://x", "file:///etc/passwd", "http://"])
def test_what_is_no_endpoint(endpoint: str) -> None:
    with pytest.raises(TranspileError, match="no endpoint"):
        remote.translate(endpoint, {})


def test_no_service_there() -> None:
    with pytest.raises(TranspileError, match="can't reach"):
        remote.translate(f"http://127.0.0.1:{free_port()}", {})


LATE = {"error": {"message": "not done by its deadline", "hint": "wait", "type": "deadline"}}


@pytest.fixture()
def scripted() -> Iterator[tuple[str, list, dict]]:
    """A service that gives each question the next of its scripted replies (status and body, or None for a broken connection); and what it heard."""
    heard: list[tuple[str, str, Any]] = []
    script: dict[str, list] = {}

    class Handler(BaseHTTPRequestHandler):
        def reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = f"{self.command} {self.path}"
            heard.append((asked, self.headers.get("Authorization", ""), json.loads(body) if body else None))
            next_ = script[asked].pop(0)
            if next_ is None:
                return
            status, reply = next_
            self.send_response(status)
            self.end_headers()
            self.wfile.write(reply.encode() if isinstance(reply, str) else json.dumps(reply).encode())

        do_GET = do_POST = reply

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", heard, script
    server.shutdown()
    server.server_close()
    thread.join()


def late() -> list:
    return [(200, f"event: error\ndata: {json.dumps(LATE)}\n\n")]


def test_what_takes_too_long_is_done_as_a_job(scripted: tuple[str, list, dict], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "_LOOK", 0.01)
    url, heard, script = scripted
    running = {"state": "running", "progress": {"done": 3, "total": 9, "note": "f"}}
    script |= {"POST /v1/transpile": late(), "POST /v1/jobs": [(202, {"id": "7"})]}
    script["GET /v1/jobs/7"] = [(200, {"state": "queued"}), (200, running), None, (200, {"state": "done"})]  # started anew in between
    script["GET /v1/jobs/7/result"] = [(200, {"summary": {}})]
    seen: list[tuple] = []
    assert remote.translate(url, {"source": "x"}, key="k", progress=lambda *one: seen.append(one)) == {"summary": {}}
    assert seen == [(3, 9, "f")]
    assert {key for _, key, _ in heard} == {"Bearer k"}
    assert [body for asked, _, body in heard if asked == "POST /v1/jobs"] == [{"source": "x"}]


def test_without_jobs_the_deadline_is_the_answer(scripted: tuple[str, list, dict]) -> None:
    url, _, script = scripted
    script |= {"POST /v1/transpile": late(), "POST /v1/jobs": [(404, {"error": {"message": "Not Found", "hint": "", "type": "not_found"}})]}
    with pytest.raises(TranspileError, match="not done by its deadline"):
        remote.translate(url, {"source": "x"})


def test_a_job_that_failed_says_why(scripted: tuple[str, list, dict], monkeypatch: pytest.MonkeyPatch) -> None:
    url, _, script = scripted
    script |= {"POST /v1/transpile": late(), "POST /v1/jobs": [(202, {"id": "7"})], "GET /v1/jobs/7": [(200, {"state": "failed"})]}
    script["GET /v1/jobs/7/result"] = [(422, {"error": {"message": "source.c:1: no", "hint": "mend it", "type": "unprocessable"}})]
    with pytest.raises(TranspileError, match="1: no") as told:
        remote.translate(url, {"source": "x"})
    assert told.value.hint == "mend it"


def test_an_interrupted_job_is_cancelled(scripted: tuple[str, list, dict], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    url, heard, script = scripted
    script |= {"POST /v1/transpile": late(), "POST /v1/jobs": [(202, {"id": "7"})], "GET /v1/jobs/7": [(200, {"state": "queued"})]}
    script["POST /v1/jobs/7/cancel"] = [(200, {"state": "cancelled"})]
    monkeypatch.setattr(remote.time, "sleep", interrupt)
    with pytest.raises(KeyboardInterrupt):
        remote.translate(url, {"source": "x"})
    assert heard[-1][0] == "POST /v1/jobs/7/cancel"
