"""OpenAI's completions over an encoder-decoder: the prompt is what the encoder reads, the completion is what the decoder writes.

All samples of a prompt come from one encoding of it. The text is what the model wrote, in canonical names; nothing is mended or judged here.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from bisect import bisect_left
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tokenizers import Tokenizer

from transpile.corpus.errors import TranspileError
from transpile.serve.decoder import MAX_INPUT, MAX_OUTPUT, Sampling
from transpile.serve.http.engine import Engine
from transpile.serve.http.errors import ApiError
from transpile.serve.http.messages import CompletionRequest
from transpile.tokenizer.vocabulary import encode_prefix, encode_wat

_STARTED = int(time.time())


def model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": _STARTED, "owned_by": "transpile"}


def language_of(model: str, models: Mapping[str, str]) -> str:
    """Raises ApiError for a model that is not there."""
    if model not in models:
        raise ApiError(404, "not_found", f"no model '{model}'", f"models are: {', '.join(models)}")
    return models[model]


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt as the engine takes it."""

    source: list[int]
    prefix: list[int]
    prelude: str
    grammar: str | None = None


def encode(tokenizer: Tokenizer, wat: str, language: str, prelude: str, grammar: str | None) -> Prompt:
    """Raises TranspileError for what the model can't read."""
    source = encode_wat(tokenizer, wat)
    if len(source) > MAX_INPUT:
        raise TranspileError(f"the function is {len(source)} tokens long, the model reads {MAX_INPUT}", hint="split the function")
    prefix = encode_prefix(tokenizer, language, prelude)[1:]
    if len(prefix) > MAX_OUTPUT:
        raise TranspileError(f"the prelude is {len(prefix)} tokens long, at most {MAX_OUTPUT} are taken", hint="leave out what is not needed")
    return Prompt(source, prefix, prelude, grammar)


@dataclass(slots=True)
class Writer:
    """The text of one choice as its tokens come in: whole words, cut at the first stop word."""

    tokenizer: Tokenizer
    stops: list[str]
    text: str = ""
    sent: int = 0
    stopped: bool = False
    tokens: list[str] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    listed: int = 0

    def add(self, token: int, logprob: float) -> bool:
        """Whether a stop word has been reached."""
        if self.stopped:
            return True
        piece = self.tokenizer.id_to_token(token).replace("\u2581", " ")
        self.offsets.append(len(self.text))
        self.tokens.append(piece)
        self.logprobs.append(logprob)
        self.text += piece if self.text else piece.lstrip(" ")
        found = [at for stop in self.stops if (at := self.text.find(stop)) >= 0]
        if found:
            self.text, self.stopped = self.text[: min(found)], True
        return self.stopped

    def delta(self, *, last: bool) -> str:
        """What can be sent: not yet what may turn out to begin a stop word."""
        held = 0 if last or self.stopped else max((len(s) - 1 for s in self.stops), default=0)
        end = max(len(self.text) - held, self.sent)
        piece, self.sent = self.text[self.sent : end], end
        return piece

    def reason(self, ended: bool) -> str:
        return "stop" if ended or self.stopped else "length"

    def logs(self, *, last: bool) -> dict[str, Any]:
        """The tokens that were not listed before, as far as their text has begun to be sent; all that are left, at the end."""
        end = len(self.tokens) if last else bisect_left(self.offsets, self.sent)
        new, self.listed = slice(self.listed, end), end
        return {"tokens": self.tokens[new], "token_logprobs": self.logprobs[new], "top_logprobs": None, "text_offset": self.offsets[new]}


async def _generate(engine: Engine, asked: CompletionRequest, prompt: Prompt, writers: list[Writer], each: Any = None) -> list[bool]:
    """Run one prompt into its writers; for each choice, whether the model ended it."""

    def take(sample: int, token: int, logprob: float) -> bool:
        stopped = writers[sample].add(token, logprob)
        if each:
            each(sample)
        return stopped

    samples = await engine.generate(
        prompt.source,
        prompt.prefix,
        Sampling(
            asked.n, 1.0 if asked.temperature is None else asked.temperature, asked.top_p or 1.0, asked.seed,
            min(asked.max_tokens or MAX_OUTPUT, MAX_OUTPUT), prompt.grammar,
        ),
        each=take,
    )
    if asked.temperature == 0:  # one was generated for all
        for i in range(1, asked.n):
            for token, logprob in zip(samples[i].ids, samples[i].logprobs, strict=True):
                take(i, token, logprob)
    return [sample.ended for sample in samples]


def _usage(prompts: list[Prompt], writers: list[Writer]) -> dict[str, int]:
    read, written = sum(len(p.source) for p in prompts), sum(len(w.tokens) for w in writers)
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


def _head(asked: CompletionRequest) -> dict[str, Any]:
    return {"id": f"cmpl-{secrets.token_hex(12)}", "object": "text_completion", "created": int(time.time()), "model": asked.model}


def _new(engine: Engine, asked: CompletionRequest) -> list[Writer]:
    return [Writer(engine.tokenizer, asked.stops()) for _ in range(asked.n)]


async def complete(engine: Engine, asked: CompletionRequest, prompts: list[Prompt]) -> dict[str, Any]:
    """The whole reply."""
    choices: list[dict[str, Any]] = []
    everything: list[Writer] = []
    for prompt in prompts:
        writers = _new(engine, asked)
        ended = await _generate(engine, asked, prompt, writers)
        for writer, end in zip(writers, ended, strict=True):
            text = f"{prompt.prelude} {writer.text}" if asked.echo else writer.text
            listed = writer.logs(last=True) if asked.logprobs is not None else None
            choices.append({"index": len(choices), "text": text, "finish_reason": writer.reason(end), "logprobs": listed})
        everything += writers
    return _head(asked) | {"choices": choices, "usage": _usage(prompts, everything)}


async def stream(engine: Engine, asked: CompletionRequest, prompts: list[Prompt]) -> AsyncIterator[str]:
    """The reply as OpenAI's server-sent events, a chunk a token; samples of a prompt come interleaved."""
    head, loop = _head(asked), asyncio.get_running_loop()
    everything: list[Writer] = []

    def chunk(index: int, text: str, reason: str | None, logprobs: Any = None) -> str:
        choice = {"index": index, "text": text, "finish_reason": reason, "logprobs": logprobs}
        return f"data: {json.dumps(head | {'choices': [choice]})}\n\n"

    for number, prompt in enumerate(prompts):
        writers = _new(engine, asked)
        everything += writers
        news: asyncio.Queue[tuple[int, str, Any]] = asyncio.Queue()

        def each(sample: int, writers: list[Writer] = writers, news: asyncio.Queue[tuple[int, str, Any]] = news) -> None:
            piece = writers[sample].delta(last=False)
            if piece:
                listed = writers[sample].logs(last=False) if asked.logprobs is not None else None
                loop.call_soon_threadsafe(news.put_nowait, (sample, piece, listed))

        first = number * asked.n
        if asked.echo:
            for i in range(asked.n):
                yield chunk(first + i, prompt.prelude + " ", None)
        task = asyncio.ensure_future(_generate(engine, asked, prompt, writers, each))
        try:
            while not task.done() or not news.empty():
                waiter = asyncio.ensure_future(news.get())
                await asyncio.wait({task, waiter}, return_when=asyncio.FIRST_COMPLETED)
                if waiter.done():
                    sample, piece, listed = waiter.result()
                    yield chunk(first + sample, piece, None, listed)
                else:
                    waiter.cancel()
                    await asyncio.sleep(0)
            for i, (writer, ended) in enumerate(zip(writers, task.result(), strict=True)):
                listed = writer.logs(last=True) if asked.logprobs is not None else None
                yield chunk(first + i, writer.delta(last=True), writer.reason(ended), listed)
        finally:
            task.cancel()
    if (asked.stream_options or {}).get("include_usage"):
        yield f"data: {json.dumps(head | {'choices': [], 'usage': _usage(prompts, everything)})}\n\n"
    yield "data: [DONE]\n\n"
