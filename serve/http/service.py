"""What stands behind the routes: engine, workers, queue and jobs, started and stopped together.

Invariant: a reply is made of its own request alone; nothing is kept between requests but counters and jobs.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from transpile.corpus.constants import copy_constants
from transpile.serve.decoder import Sampling
from transpile.serve.grammar import grammar
from transpile.serve.http import completions, work
from transpile.serve.http.admission import Admission, Place
from transpile.serve.http.engine import Engine, load
from transpile.serve.http.errors import ApiError, as_api_error
from transpile.serve.http.jobs import Runner, Table
from transpile.serve.http.lend import Lender
from transpile.serve.http.messages import CompletionRequest, DecodeRequest, models_of
from transpile.serve.http.metrics import Metrics
from transpile.serve.http.settings import Settings
from transpile.serve.http.workers import Workers
from transpile.tokenizer.vocabulary import decode

_HEARTBEAT = 5.0
"""Seconds of silence after which a stream says that it lives."""
_LOOK = 2.0
"""Seconds between looks whether the engine is alive."""
_JOB_SECONDS = 6 * 3600.0
_VLLM_AT_ONCE = 64
"""Requests to decode that vLLM has at the same time; it makes batches of them."""

log = logging.getLogger("transpile.serve")


class Service:
    """Raises TranspileError, when it is made, where its jobs can't be kept."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.metrics = settings, Metrics()
        self.models = models_of(settings.checkpoint)
        self.warm = False
        self.table = Table(settings.jobs, settings.keep_days * 86400)
        self.engine: Engine
        self.workers: Workers
        self.runner: Runner

    async def start(self, stack: AsyncExitStack) -> None:
        """Be able to answer; whether everything is loaded, `ready` says."""
        settings = self.settings
        self.admission = Admission(settings.workers, settings.queue, self.metrics)
        lent = settings.engine == "vllm"
        self.decoding = Admission(_VLLM_AT_ONCE, settings.queue, self.metrics) if lent else self.admission
        stack.callback(self.table.close)
        self.workers = Workers(settings.workers, settings.checkpoint, _workplace(settings.jobs), self.metrics, lent=lent)
        stack.callback(self.workers.stop)
        warm = asyncio.create_task(self._warm())
        stack.push_async_callback(_ended, warm)
        self.engine = await asyncio.to_thread(load, settings, self.metrics)
        stack.callback(self.engine.stop)
        if lent:
            stack.push_async_callback(_ended, asyncio.create_task(self._watch()))
            await stack.enter_async_context(Lender(self.engine, self.workers.folder))
        self.runner = Runner(self.table, self._job, max(1, settings.workers // 2), self.metrics)
        stack.push_async_callback(_ended, asyncio.create_task(self.runner.run()))

    async def _warm(self) -> None:
        """Warm is who has a worker that answers (the engine is loaded before the first request is taken)."""
        await self.workers.run(work.ready)
        self.warm = True
        log.info("ready")

    @property
    def ready(self) -> bool:
        return self.warm and self.engine.alive

    async def _watch(self) -> None:
        """An engine that has ended is begun anew, whether or not somebody asks it."""
        while True:
            await asyncio.sleep(_LOOK)
            if not self.engine.alive:
                with contextlib.suppress(ApiError):  # which is logged; the next look tries again
                    await self.engine.revive()

    # ------------------------------------------------------------ decoding

    async def _read(self, asked: dict[str, Any], prelude: str | None = None) -> tuple[Any, completions.Prompt]:
        """The function of a request to decode, and what the engine is given for it."""
        worked = work.subject(asked)[1] if work.is_plain(asked) else await self.workers.run(work.read_function, asked)
        language = asked["target_language"]
        rules = grammar(language, worked.canonical, worked.callee_signatures) if asked["constrained"] else None
        return worked, completions.encode(self.engine.tokenizer, worked.wat, language, prelude or work.prelude(asked, worked), rules)

    async def decode(self, request: DecodeRequest) -> dict[str, Any]:
        asked = request.model_dump()
        known = self.models.values()
        if request.target_language not in known:
            hint = f"it writes {', '.join(known)}; /v1/transpile has rules for the others"
            raise ApiError(422, "unprocessable", f"the model was never shown {request.target_language}", hint)
        async with self.decoding.turn():
            worked, prompt = await self._read(asked)
            how = Sampling(request.n, request.temperature, request.top_p, request.seed, grammar=prompt.grammar)
            samples = await self.engine.generate(prompt.source, prompt.prefix, how)
            best: dict[str, float] = {}
            for sample in samples:
                code = copy_constants(decode(self.engine.tokenizer, sample.ids), worked.wat)
                best[code] = max(sample.logprob, best.get(code, -1e9))
            written = sorted(best.items(), key=lambda item: -item[1])
            candidates = work.show(asked, worked, written)
            if request.verify:
                for candidate, verdict in zip(candidates, await self.workers.run(work.verify, asked, written), strict=True):
                    candidate["verdict"] = verdict
        if request.verify:
            self.metrics.judged(c["verdict"]["status"] for c in candidates)
        return self._bounded({"candidates": candidates, "wat": worked.wat, "language": request.target_language})

    async def prompts(self, asked: CompletionRequest) -> list[completions.Prompt]:
        language = completions.language_of(asked.model, self.models)
        out = []
        for text in asked.prompts():
            spec = DecodeRequest(wat=text, target_language=language, signature=asked.signature, constrained=asked.constrained).model_dump()
            out.append((await self._read(spec, asked.prelude))[1])
        return out

    async def complete(self, asked: CompletionRequest) -> dict[str, Any]:
        async with self.decoding.turn():
            return await completions.complete(self.engine, asked, await self.prompts(asked))

    async def stream_completion(self, asked: CompletionRequest, seconds: float, place: Place) -> AsyncIterator[str]:
        try:
            async with asyncio.timeout(seconds), self.decoding.turn(place):
                async for chunk in completions.stream(self.engine, asked, await self.prompts(asked)):
                    yield chunk
        except asyncio.CancelledError:
            self.metrics.left.inc()
            raise
        except Exception as error:
            yield f"data: {json.dumps(as_api_error(error).body())}\n\n"

    # ------------------------------------------------------------ transpiling

    async def transpile(
        self, asked: dict[str, Any], each: Callable[[dict[str, Any]], None] | None = None, earlier: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """Without a turn: see `transpile_in_turn`. `each` gets progress and functions; with `earlier`, parts of a job too (see `work.translate`)."""

        def take(event: dict[str, Any]) -> None:
            if "tokens" in event:
                self.metrics.generated(event["tokens"])
            elif each:
                each(event)

        result = await self.workers.run(work.translate, asked, self.workers.model, earlier, each=take)
        self.metrics.judged(f["status"] for f in result["functions"])
        return self._bounded(result)

    async def transpile_in_turn(
        self, asked: dict[str, Any], each: Callable[[dict[str, Any]], None] | None = None, place: Place | None = None
    ) -> dict[str, Any]:
        async with self.admission.turn(place):
            return await self.transpile(asked, each)

    async def stream_transpilation(self, asked: dict[str, Any], seconds: float, place: Place) -> AsyncIterator[str]:
        """Server-sent events: `progress`, `function`, and at the end `result` or `error`."""
        news: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        task = asyncio.create_task(self.transpile_in_turn(asked, news.put_nowait, place))
        task.add_done_callback(lambda _: news.put_nowait(None))
        sent: set[str] = set()
        try:
            async with asyncio.timeout(seconds):
                while True:
                    try:
                        event = await asyncio.wait_for(news.get(), _HEARTBEAT)
                    except TimeoutError:
                        yield ": working\n\n"
                        continue
                    if event is None:
                        break
                    for kind, data in event.items():
                        if kind != "function" or data["name"] not in sent:
                            yield _event(kind, data)
                        if kind == "function":
                            sent.add(data["name"])
            yield _event("result", task.result())
        except asyncio.CancelledError:
            self.metrics.left.inc()
            raise
        except Exception as error:
            yield _event("error", as_api_error(error).body())
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task

    async def _job(self, asked: dict[str, Any], earlier: dict[str, str], note: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
        async with asyncio.timeout(_JOB_SECONDS):
            return await self.transpile(asked, note, earlier)

    def _bounded(self, reply: dict[str, Any]) -> dict[str, Any]:
        size = len(json.dumps(reply))
        if size > self.settings.largest_reply:
            raise ApiError(422, "reply_too_large", f"the reply would have {size:,} bytes", f"at most {self.settings.largest_reply:,}: ask for less at once")
        return reply


def _workplace(jobs: Path) -> Path:
    """The folder of the workers: beside the jobs, since one service at a time has those."""
    return jobs.resolve().with_name(f"{jobs.name}.transpile-tasks")


def _event(kind: str, data: dict[str, Any]) -> str:
    return f"event: {kind}\ndata: {json.dumps(data, allow_nan=False)}\n\n"


async def _ended(task: asyncio.Task) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
