"""The service's own rules: who gets in, how much, what an error says, what a stream holds back."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("fastapi")

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.routing import Match

from transpile.corpus.errors import TranspileError
from transpile.serve.http.admission import Admission, Place, while_connected
from transpile.serve.http.app import _Stream
from transpile.serve.http.completions import Writer
from transpile.serve.http.errors import ApiError, _validation, as_api_error, without_paths
from transpile.serve.http.guard import Guard
from transpile.serve.http.messages import CompletionRequest, DecodeRequest, TranspileRequest, models_of
from transpile.serve.http.metrics import Metrics
from transpile.serve.http.settings import Settings, read_keys

KEY = "a-key-of-some-length-0123"


# ---------------------------------------------------------------- keys


def key_file(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


def test_keys_are_kept_as_digests(tmp_path: Path) -> None:
    keys = read_keys(key_file(tmp_path / "keys", f"# mine\n{KEY}\n\n"))
    assert keys == (hashlib.sha256(KEY.encode()).digest(),)
    settings = Settings(keys=keys)
    assert settings.accepts(KEY)
    assert settings.accepts(KEY + "x") is None
    assert settings.accepts("") is None
    assert KEY not in repr(settings)


@pytest.mark.parametrize(
    "text, mode, says", [("", 0o600, "no keys"), ("short\n", 0o600, "less than"), (f"{KEY}\n", 0o644, "others may read")], ids=["empty", "short", "open"]
)
def test_bad_key_files_are_refused(tmp_path: Path, text: str, mode: int, says: str) -> None:
    with pytest.raises(TranspileError, match=says):
        read_keys(key_file(tmp_path / "keys", text, mode))


@pytest.mark.parametrize(
    "options, says",
    [
        (["--host", "0.0.0.0"], "no API key"),
        (["--checkpoint", "/nowhere"], "no checkpoint"),
        (["--tensor-parallel-size", "2"], "no tensor_parallel_size"),
        (["--engine", "vllm", "--vllm-option", "max_num_seqs"], "not NAME=VALUE"),
        pytest.param(["--engine", "vllm"], "vLLM is not installed", marks=pytest.mark.skipif(find_spec("vllm") is not None, reason="vLLM is here")),
    ],
    ids=["bind", "checkpoint", "parallel", "option", "vllm"],
)
def test_what_serve_refuses(options: list[str], says: str) -> None:
    code = "import sys; sys.argv[0] = 'transpile'; from transpile.serve.command import main; main()"
    done = subprocess.run([sys.executable, "-c", code, "serve", *options], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert says in done.stderr
    assert "hint: " in done.stderr
    assert "Traceback" not in done.stderr


# ---------------------------------------------------------------- the guard


async def pass_through(scope: Any, receive: Any, send: Any) -> None:
    message = await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": message["body"]})


async def fall(scope: Any, receive: Any, send: Any) -> None:
    raise RuntimeError(f"secret in {Path(__file__).resolve()}")


def ask(
    app: Any, settings: Settings, *, method: str = "POST", path: str = "/v1/decode", headers: dict[str, str] | None = None, chunks: tuple[bytes, ...] = ()
) -> tuple[int, bytes]:
    """Status and body."""
    route = SimpleNamespace(matches=lambda scope: (Match.FULL, {}), path=path)
    guard = Guard(app, settings, Metrics(), [route])
    sent: list[dict] = []
    waiting = [{"type": "http.request", "body": c, "more_body": i + 1 < len(chunks)} for i, c in enumerate(chunks)] or [{"type": "http.request", "body": b""}]

    async def receive() -> dict:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: dict) -> None:
        sent.append(message)

    given = {"host": "127.0.0.1:8000", "content-type": "application/json", "content-length": str(sum(map(len, chunks)))} | (headers or {})
    scope = {"type": "http", "method": method, "path": path, "headers": [(k.encode(), v.encode()) for k, v in given.items() if v]}
    asyncio.run(guard(scope, receive, send))
    body = b"".join(m.get("body", b"") for m in sent)
    return sent[0]["status"], body


def test_a_body_is_handed_on_whole() -> None:
    assert ask(pass_through, Settings(), chunks=(b"ab", b"c")) == (200, b"abc")


@pytest.mark.parametrize(
    "settings, asked, status",
    [
        (Settings(), {"headers": {"host": "evil.example"}}, 421),
        (Settings(), {"headers": {"content-type": "text/plain"}, "chunks": (b"{}",)}, 415),
        (Settings(largest_request=10), {"headers": {"content-length": "11"}}, 413),
        (Settings(largest_request=10), {"headers": {"content-length": "", "transfer-encoding": "chunked"}, "chunks": (b"123456", b"789012")}, 413),
        (Settings(), {"headers": {"content-length": "-5"}, "chunks": (b"{}",)}, 413),
        (Settings(keys=(b"x" * 32,)), {}, 401),
        (Settings(keys=(b"x" * 32,)), {"headers": {"authorization": "Basic abc"}}, 401),
        (Settings(keys=(b"x" * 32,)), {"path": "/metrics", "method": "GET"}, 401),
        (Settings(keys=(b"x" * 32,)), {"path": "/healthz", "method": "GET"}, 200),
        (Settings(keys=(hashlib.sha256(KEY.encode()).digest(),)), {"headers": {"authorization": f"Bearer {KEY}", "host": "any.example"}}, 200),
    ],
)
def test_who_and_what_gets_in(settings: Settings, asked: dict, status: int) -> None:
    got, body = ask(pass_through, settings, **asked)
    assert got == status
    if status != 200:
        error = json.loads(body)["error"]
        assert set(error) == {"message", "hint", "type"}
        assert all(error.values())


def test_a_client_that_still_sends_is_heard_out_and_told_that_it_is_too_much() -> None:
    heard: list[int] = []

    async def run() -> list[dict]:
        sent: list[dict] = []

        async def receive() -> dict:
            heard.append(1)
            return {"type": "http.request", "body": b"x" * 8, "more_body": len(heard) < 5}

        async def send(message: dict) -> None:
            sent.append(message)

        headers = {b"host": b"localhost", b"content-type": b"application/json", b"content-length": b"40"}
        scope = {"type": "http", "method": "POST", "path": "/v1/decode", "headers": [*headers.items()]}
        route = SimpleNamespace(matches=lambda scope: (Match.FULL, {}), path="/v1/decode")
        await Guard(pass_through, Settings(largest_request=10), Metrics(), [route])(scope, receive, send)
        return sent

    assert asyncio.run(run())[0]["status"] == 413
    assert len(heard) == 5


def test_a_fault_of_ours_tells_nothing() -> None:
    status, body = ask(fall, Settings())
    assert status == 500
    assert json.loads(body)["error"]["type"] == "internal"
    assert b"secret" not in body


def test_folders_of_this_machine_are_taken_out() -> None:
    here = Path(__file__).resolve()
    assert without_paths(f"can't read {here}: gone") == "can't read test_http.py: gone"
    assert without_paths("/tmp/transpile-serve-x/lib.c:3: error") == "lib.c:3: error"
    assert without_paths("a / b, i32 / 2") == "a / b, i32 / 2"
    assert as_api_error(TranspileError(f"no file {here}")).body()["error"]["message"] == "no file test_http.py"


# ---------------------------------------------------------------- queue, deadline, clients that leave


def test_the_queue_is_bounded_and_places_come_back() -> None:
    async def run() -> None:
        admission, order = Admission(1, 1, Metrics()), []
        release = asyncio.Event()

        async def work(name: str) -> None:
            async with admission.turn():
                order.append(name)
                await release.wait()

        first, second = asyncio.create_task(work("first")), asyncio.create_task(work("second"))
        await asyncio.sleep(0.01)
        with pytest.raises(ApiError) as told:
            await work("third")
        assert told.value.status == 429
        assert int(told.value.headers["Retry-After"]) >= 1
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        fourth = asyncio.create_task(work("fourth"))
        await asyncio.sleep(0.01)
        release.set()
        await asyncio.gather(first, fourth)
        assert order == ["first", "fourth"]

    asyncio.run(run())


def test_a_stream_has_its_place_before_it_begins() -> None:
    """Else it would be refused in the middle of a reply that says 200."""
    admission, sent = Admission(1, 0, Metrics()), []

    async def events(place: Place) -> AsyncIterator[str]:
        async with admission.turn(place):
            yield "data: 1\n\n"

    async def receive() -> dict:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: dict) -> None:
        sent.append(message.get("body"))

    async def gone(message: dict) -> None:
        raise OSError

    async def run() -> None:
        for say in (send, gone):  # and where it never begins, the place is left all the same
            stream = _Stream(admission, events)
            with pytest.raises(ApiError) as refused:
                _Stream(admission, events)
            assert refused.value.status == 429
            with suppress(Exception):
                await stream({"type": "http", "asgi": {"spec_version": "2.3"}}, receive, say)
            assert admission.inside == 0

    asyncio.run(run())
    assert b"data: 1\n\n" in sent


def request_that(leaves_after: float) -> Any:
    async def receive() -> dict:
        await asyncio.sleep(leaves_after)
        return {"type": "http.disconnect"}

    return SimpleNamespace(receive=receive)


@pytest.mark.parametrize("leaves, seconds, error", [(0.01, 5, ApiError), (5, 0.01, TimeoutError)], ids=["left", "deadline"])
def test_work_nobody_waits_for_is_cancelled(leaves: float, seconds: float, error: type[Exception]) -> None:
    async def run() -> None:
        ended = asyncio.Event()

        async def work() -> None:
            try:
                await asyncio.sleep(60)
            finally:
                ended.set()

        with pytest.raises(error):
            await while_connected(request_that(leaves), work(), seconds, Metrics())
        assert ended.is_set()

    asyncio.run(run())


def test_work_that_is_done_is_returned() -> None:
    async def work() -> int:
        return 7

    assert asyncio.run(while_connected(request_that(5), work(), 5, Metrics())) == 7


# ---------------------------------------------------------------- completions


class Words:
    """A tokenizer of five tokens."""

    def id_to_token(self, i: int) -> str:
        return ["\u2581let", "\u2581v", "0", "\u2581;", "\u2581}"][i]


@pytest.mark.parametrize("stops, text", [([], "let v0 ; }"), (["}"], "let v0 ; "), (["v0 ;"], "let "), (["none"], "let v0 ; }")])
def test_pieces_add_up_and_stop_words_never_show(stops: list[str], text: str) -> None:
    writer, pieces = Writer(Words(), stops), []  # type: ignore[arg-type]
    for token in (0, 1, 2, 3, 4):
        writer.add(token, -0.5)
        pieces.append(writer.delta(last=False))
    pieces.append(writer.delta(last=True))
    assert "".join(pieces) == writer.text == text
    assert writer.reason(False) == ("stop" if text != "let v0 ; }" else "length")


def test_tokens_and_their_places_in_the_text() -> None:
    whole, parts = Writer(Words(), []), Writer(Words(), ["; }"])  # type: ignore[arg-type]
    lists: list[dict] = []
    for token in (0, 1, 2):
        whole.add(token, -0.25)
        parts.add(token, -0.25)
        parts.delta(last=False)
        lists.append(parts.logs(last=False))
    parts.delta(last=True)
    lists.append(parts.logs(last=True))
    listed = whole.logs(last=True)
    assert listed["tokens"] == [" let", " v", "0"]
    assert listed["text_offset"] == [0, 3, 5]
    assert listed["token_logprobs"] == [-0.25] * 3
    # In parts, as the text is sent: each token once; what may begin a stop word is held back.
    assert [one["tokens"] for one in lists] == [[" let"], [], [" v"], ["0"]]
    assert [offset for one in lists for offset in one["text_offset"]] == listed["text_offset"]


# ---------------------------------------------------------------- messages


@pytest.mark.parametrize(
    "model, body",
    [
        (DecodeRequest, {"target_language": "rust"}),
        (DecodeRequest, {"target_language": "rust", "wat": "a", "wasm": "b"}),
        (DecodeRequest, {"target_language": "rust", "wat": "a", "n": 65}),
        (DecodeRequest, {"target_language": "rust", "wat": "a", "names": {"parameters": ["x; y"]}}),
        (TranspileRequest, {"source": "x", "source_language": "c", "target_language": "rust", "name": "../x.c"}),
        (TranspileRequest, {"source": "x", "source_language": "c", "target_language": "rust", "name": ".events"}),
        (TranspileRequest, {"source": "x", "source_language": "c", "target_language": "rust", "nonsense": 1}),
        (TranspileRequest, {"source": "x", "source_language": "c", "target_language": "rust", "keep_unverified": 0}),
        (DecodeRequest, {"target_language": "rust", "wat": "a", "timeout": float("nan")}),
        (CompletionRequest, {"model": "transpile-c", "prompt": []}),
        (CompletionRequest, {"model": "transpile-c", "prompt": "x", "stop": ["a", "b", "c", "d", "e"]}),
    ],
)
def test_bad_requests_are_refused(model: type, body: dict) -> None:
    with pytest.raises(ValueError):
        model.model_validate(body)


@pytest.mark.parametrize(
    "model, body, says",
    [
        (CompletionRequest, {"model": "x", "prompt": ["a"] * 9}, "prompt: List should have at most 8 items"),
        (CompletionRequest, {"model": "x", "prompt": ""}, "prompt: String should have at least 1 character"),
        (DecodeRequest, {"target_language": "rust", "wat": "a", "names": {"parameters": [1]}}, "names.parameters.0: Input should be a valid string"),
        (DecodeRequest, {"target_language": "rust", "wat": "a", "n": "4"}, "n: Input should be a valid integer"),
    ],
)
def test_what_is_wrong_is_said_without_our_inner_names(model: type, body: dict, says: str) -> None:
    with pytest.raises(ValidationError) as told:
        model.model_validate(body)
    error = _validation(RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in told.value.errors()]))
    assert error.message.startswith(says)
    assert error.hint


def test_models_are_those_of_the_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"languages": ["d", "rust"]}')
    assert models_of(tmp_path) == {"transpile-d": "d", "transpile-rust": "rust"}
    assert "transpile-rust" in models_of(None)


def test_the_page_asks_no_other_host() -> None:
    page = (files("transpile.serve.http") / "page.html").read_text()
    assert not re.search(r"(?:https?:)?//[a-z]", page.replace("// -", ""))
    assert len(re.findall(r"<script>", page)) == len(re.findall(r"<style>", page)) == 1
    assert not re.search(r"\son\w+=|innerHTML|\sstyle=", page)
