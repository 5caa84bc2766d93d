"""The decoding engine of the service: one model in this process, asked from the event loop, running in threads of its own.

Invariant: generation stops soon after the request that asked for it is cancelled.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from transpile.serve.decoder import CTranslate2Decoder, Sample
from transpile.serve.http.metrics import Metrics

_AT_ONCE = 2
"""Inputs decoded at the same time: a short one does not wait for a long one."""


class Engine:
    """Loads its model when it is made, which takes a moment. Raises TranspileError for a bad checkpoint."""

    def __init__(self, checkpoint: Path | None, metrics: Metrics) -> None:
        self.decoder = CTranslate2Decoder(checkpoint, threads=max(1, (os.cpu_count() or 1) // _AT_ONCE))
        self.tokenizer = self.decoder.tokenizer
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="decode")
        self._metrics = metrics

    async def generate(
        self,
        source: Sequence[int],
        prefix: Sequence[int],
        *,
        samples: int,
        temperature: float,
        top_p: float,
        seed: int | None,
        longest: int,
        each: Callable[[int, int, float], bool] | None = None,
    ) -> list[Sample]:
        """As `CTranslate2Decoder.generate`; `each` is called in the engine's thread."""
        left = threading.Event()

        def take(sample: int, token: int, logprob: float) -> bool:
            return left.is_set() or (each is not None and each(sample, token, logprob))

        def run() -> list[Sample]:
            if left.is_set():
                return []
            return self.decoder.generate(
                source, prefix, samples=samples, temperature=temperature, top_p=top_p, seed=seed, longest=longest, each=take
            )

        try:
            out = await asyncio.get_running_loop().run_in_executor(self._threads, run)
        except asyncio.CancelledError:
            left.set()
            raise
        self._metrics.generated({"read": len(source), "written": sum(len(s.ids) for s in (out if temperature else out[:1]))})
        return out

    def stop(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
