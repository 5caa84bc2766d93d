"""Connections before there is a request: what is no HTTP, what is too long, what says nothing, what is one too many."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("uvicorn")

import uvicorn

from transpile.serve.http import wire


async def ok(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture()
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(wire, "PATIENCE", 0.5)
    monkeypatch.setattr(wire, "MOST", 3)
    config = uvicorn.Config(ok, port=0, http=wire.Protocol, h11_max_incomplete_event_size=wire.HEAD, lifespan="off", log_level="critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(10)


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def answer(connection: socket.socket, sent: bytes) -> tuple[int, str, bytes]:
    """Status, head and body."""
    connection.sendall(sent)
    got = b""
    while b"\r\n\r\n" not in got or len(got.partition(b"\r\n\r\n")[2]) < int(got.lower().partition(b"content-length:")[2].split()[0]):
        part = connection.recv(65536)
        assert part, got
        got += part
    head, _, body = got.partition(b"\r\n\r\n")
    return int(head.split()[1]), head.decode().lower(), body


GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n"


@pytest.mark.parametrize("sent", [b"\x16\x03\x01\x02 no HTTP\r\n\r\n", GET + b"x: " + b"y" * (wire.HEAD + 1)], ids=["not HTTP", "long head"])
def test_what_is_no_request_gets_our_form_of_error(port: int, sent: bytes) -> None:
    status, head, body = answer(connect(port), sent)
    assert (status, "connection: close" in head) == (400, True)
    error = json.loads(body)["error"]
    assert set(error) == {"message", "hint", "type"}
    assert all(error.values())


@pytest.mark.parametrize("before, sent", [(0, b""), (0, GET), (1, b""), (1, GET)], ids=["silent", "half", "silent later", "half later"])
def test_a_connection_that_sends_no_whole_head_is_ended(port: int, before: int, sent: bytes) -> None:
    connection = connect(port)
    for _ in range(before):
        assert answer(connection, GET + b"\r\n")[0] == 200
    started = time.monotonic()
    for byte in sent:  # a little at a time, which must not help
        connection.sendall(bytes([byte]))
        time.sleep(0.005)
    assert connection.recv(1000) == b""
    assert time.monotonic() - started < 5


def test_one_connection_too_many_is_told_so(port: int) -> None:
    idle = [connect(port) for _ in range(3)]
    assert [answer(one, GET + b"\r\n")[0] for one in idle] == [200] * 3
    status, head, body = answer(connect(port), GET + b"\r\n")
    assert (status, "retry-after: 5" in head, json.loads(body)["error"]["type"]) == (503, True, "overloaded")
    idle[0].close()
    time.sleep(0.2)
    assert answer(connect(port), GET + b"\r\n")[0] == 200
