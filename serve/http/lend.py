"""The service's engine, lent to its workers: a worker that translates a file decodes by asking the service, over a Unix socket.

Where the engine is vLLM there is one model for the whole service, whose batches then hold the requests of all workers; with CTranslate2 each
worker has its own and none of this runs. A line of JSON asks, a line answers. Invariant: when a worker's connection ends, so does what it asked for.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transpile.corpus.errors import TranspileError
from transpile.serve.decoder import Request, Sample, Sampling, ask, check_checkpoint, trained_languages, was_trained_to_read
from transpile.tokenizer.vocabulary import load
from transpile.verify.types import Candidate

if TYPE_CHECKING:
    from transpile.serve.http.engine import Engine

NAME = "engine"
"""Of the socket, in the workers' folder: a task's folder has it as ../engine, which is short enough for a socket's address wherever it is."""
_LINE = 64 << 20


class Lender:
    """Listens while it is entered. `folder` is the workers', which nobody else may enter."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine, self._folder = engine, folder
        self._under_way: set[asyncio.Task] = set()

    async def __aenter__(self) -> Lender:
        listening = socket.socket(socket.AF_UNIX)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            listening.bind(f"/proc/self/fd/{folder}/{NAME}")
        finally:
            os.close(folder)
        self._server = await asyncio.start_unix_server(self._serve, sock=listening, limit=_LINE)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._under_way.add(task)
        try:
            while line := await reader.readline():
                answer = asyncio.ensure_future(self._answer(json.loads(line)))
                gone = asyncio.ensure_future(reader.read(1))  # a worker sends nothing before it has its answer
                await asyncio.wait({answer, gone}, return_when=asyncio.FIRST_COMPLETED)
                if not answer.done():
                    answer.cancel()
                    return
                gone.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await gone
                writer.write(json.dumps(answer.result()).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._under_way.discard(task)
            writer.close()

    async def _answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        from transpile.serve.http.errors import as_api_error  # workers import this module too, and have no use for FastAPI

        try:
            samples = await self._engine.generate(asked["source"], asked["prefix"], Sampling(**asked["how"]))
        except Exception as error:
            return as_api_error(error).body()
        return {"samples": [[s.ids, s.logprob, s.ended] for s in samples]}


class BorrowedDecoder:
    """A `Decoder` in a worker: asks the service that the worker belongs to."""

    name = "model"

    def __init__(self, checkpoint: Path | None) -> None:
        folder = check_checkpoint(checkpoint, "model.safetensors")
        self.tokenizer, self.languages, self.to_read = load(folder / "tokenizer.json"), trained_languages(folder), was_trained_to_read(folder)

    def decode(self, requests: Sequence[Request], *, samples: int, seed: int, temperature: float = 0.8) -> list[list[Candidate]]:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(f"../{NAME}")
            with connection.makefile("rwb") as channel:
                generate = partial(_generate, channel)
                known = [not self.languages or one.language in self.languages for one in requests]
                return [ask(self.tokenizer, one, generate, samples, seed, temperature) if it else [] for one, it in zip(requests, known, strict=True)]


def _generate(channel: Any, source: Sequence[int], prefix: Sequence[int], how: Sampling) -> list[Sample]:
    channel.write(json.dumps({"source": list(source), "prefix": list(prefix), "how": asdict(how)}).encode() + b"\n")
    channel.flush()
    answer = json.loads(channel.readline() or '{"error": {"message": "the service ended", "hint": "try again"}}')
    if "error" in answer:
        raise TranspileError(answer["error"]["message"], hint=answer["error"]["hint"])
    return [Sample(ids, [], logprob, ended) for ids, logprob, ended in answer["samples"]]
