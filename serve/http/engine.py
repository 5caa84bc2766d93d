"""The decoding engine of the service: one model, asked from the event loop. CTranslate2 within this process, or vLLM beside it.

Invariant: generation stops soon after the request that asked for it is cancelled.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from transpile.corpus.errors import TranspileError
from transpile.serve.decoder import CTranslate2Decoder, Each, Sample, Sampling
from transpile.serve.http.metrics import Metrics
from transpile.serve.http.settings import Settings

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_AT_ONCE = 2
"""Inputs decoded at the same time: a short one does not wait for a long one."""

class Engine(Protocol):
    tokenizer: Tokenizer

    @property
    def alive(self) -> bool:
        """Whether it can answer now."""
        ...

    async def revive(self) -> None:
        """Make a dead one answer again. Raises ApiError 503 where that fails."""
        ...

    async def generate(self, source: Sequence[int], prefix: Sequence[int], how: Sampling, *, each: Each | None = None) -> list[Sample]:
        """Continuations of `prefix` (decoder ids behind the start token) for one encoder input, which is encoded once.

        Under greedy search `each` hears of the first sample alone. Raises TranspileError where the engine can't do what is asked.
        """
        ...

    def stop(self) -> None: ...


def load(settings: Settings, metrics: Metrics) -> Engine:
    """The engine of the settings with its model loaded, which takes a moment. Raises TranspileError for a bad checkpoint or a missing vLLM."""
    if settings.engine == "vllm":
        from transpile.serve.vllm.engine import VllmEngine

        return VllmEngine(settings.checkpoint, settings.vllm, metrics)
    return EmbeddedEngine(settings.checkpoint, metrics)


class EmbeddedEngine:
    """CTranslate2, running in threads of its own. It lives as long as the service does."""

    alive = True

    def __init__(self, checkpoint: Path | None, metrics: Metrics) -> None:
        self.decoder = CTranslate2Decoder(checkpoint, threads=max(1, (os.cpu_count() or 1) // _AT_ONCE))
        self.tokenizer = self.decoder.tokenizer
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="decode")
        self._metrics = metrics

    async def generate(self, source: Sequence[int], prefix: Sequence[int], how: Sampling, *, each: Each | None = None) -> list[Sample]:
        """As in `Engine`; `each` is called in the engine's thread."""
        if how.grammar is not None:
            raise TranspileError("this service's engine can't be held to a grammar", hint="leave out `constrained`, or start it with --engine vllm")
        left = threading.Event()

        def take(sample: int, token: int, logprob: float) -> bool:
            return left.is_set() or (each is not None and each(sample, token, logprob))

        def run() -> list[Sample]:
            if left.is_set():
                return []
            return self.decoder.generate(source, prefix, how, each=take)

        try:
            out = await asyncio.get_running_loop().run_in_executor(self._threads, run)
        except asyncio.CancelledError:
            left.set()
            raise
        self._metrics.generated({"read": len(source), "written": sum(len(s.ids) for s in (out if how.temperature else out[:1]))})
        return out

    async def revive(self) -> None:
        pass

    def stop(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
