"""The service's engine on vLLM: an AsyncLLM, whose model runs in a process of its own, asked from the service's event loop.

When that process ends, a new one takes its place; what was under way is asked again there, unless a part of it has been handed on already.
Requests of all clients and workers are batched by vLLM as they come. Log-probabilities are those of the model, before temperature and grammar.
Limit: vLLM's own `/v1/completions` is not used, since it feeds the prompt to the decoder; ours (`serve.http.completions`) gives it to the encoder.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import math
import os
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transpile.corpus.errors import TranspileError
from transpile.serve.decoder import Sample, Sampling, check_checkpoint
from transpile.serve.vllm.plugin import FOLLOW
from transpile.tokenizer.vocabulary import END, load

if TYPE_CHECKING:
    from vllm.v1.engine.async_llm import AsyncLLM

    from transpile.serve.decoder import Each
    from transpile.serve.http.metrics import Metrics

HOTTEST = 2.0
LONGEST = 4096
"""Positions of the decoder, prefix and all."""
_TRIES = 2
log = logging.getLogger("transpile.serve")
_ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "VLLM_DO_NOT_TRACK": "1",
    "VLLM_LOGGING_LEVEL": "WARNING",
    "VLLM_LOGGING_STREAM": "ext://sys.stderr",
    "VLLM_NO_USAGE_STATS": "1",
}
"""What vLLM reads when it is imported; whatever is set already stays. It is to ask nobody, and to leave standard output alone."""


def check_vllm() -> None:
    """Raises TranspileError where vLLM is not installed."""
    if find_spec("vllm") is None:
        hint = "pip install 'transpile[gpu]' in an environment of its own; without a GPU, tools/install-vllm sets one up in .venv-vllm"
        raise TranspileError("vLLM is not installed", hint=hint)


def engine_arguments(checkpoint: Path | None, options: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of vLLM's LLM and AsyncEngineArgs for a checkpoint; `options` come last and may replace any. Imports vLLM.

    On a CPU: float32 and no compilation, so that numbers are transformers' and the start is quick. On a GPU: the checkpoint's float16, CUDA graphs.
    """
    check_vllm()
    folder = check_checkpoint(checkpoint, "model.safetensors")
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    from vllm.platforms import current_platform

    here: dict[str, Any] = {}
    if current_platform.is_cpu():
        os.environ.setdefault("TORCHDYNAMO_DISABLE", "1")  # it would want a C++ compiler, and ten seconds, for one small function of the sampler
        here = {"dtype": "float32", "enforce_eager": True}
    return {
        "model": str(folder),
        "max_model_len": LONGEST,
        "max_num_batched_tokens": 2 * LONGEST,
        "limit_mm_per_prompt": {"text": 1},
        "mm_processor_cache_gb": 0,  # a cache of token ids would cost more than it saves; encoder outputs are kept by the model
        "disable_log_stats": True,
        "structured_outputs_config": {"backend": "xgrammar"},
        **here,
        **options,
    }


def prompt(source: Sequence[int], prefix: Sequence[int]) -> dict[str, Any]:
    """What vLLM is given: encoder ids, and decoder ids from the start token on."""
    return {"prompt_token_ids": [*prefix], "multi_modal_data": {"text": [*source]}}


class VllmEngine:
    """Raises TranspileError for a missing vLLM, a bad checkpoint, or options that vLLM does not take."""

    def __init__(self, checkpoint: Path | None, options: Mapping[str, Any], metrics: Metrics) -> None:
        self._arguments = engine_arguments(checkpoint, options)
        self.tokenizer = load(Path(self._arguments["model"]) / "tokenizer.json")
        self._metrics = metrics
        self._numbers = itertools.count()
        self._reviving: asyncio.Task[None] | None = None
        logging.getLogger("vllm").propagate = False
        os.environ[FOLLOW] = "1"
        self._llm = self._build()

    def _build(self) -> AsyncLLM:
        from vllm import AsyncEngineArgs
        from vllm.v1.engine.async_llm import AsyncLLM

        try:
            return AsyncLLM.from_engine_args(AsyncEngineArgs(**self._arguments))
        except (TypeError, ValueError, RuntimeError) as error:
            raise TranspileError(f"vLLM did not start: {error}", hint="see what it said above; --vllm-option takes arguments of its AsyncEngineArgs") from error

    @property
    def alive(self) -> bool:
        return not self._llm.errored

    async def revive(self) -> None:
        """As in `serve.http.engine.Engine`; whoever comes while it is being done waits for the same."""
        if self._reviving is None:
            self._reviving = asyncio.create_task(self._replace())
            self._reviving.add_done_callback(self._revived)
        await asyncio.shield(self._reviving)

    async def _replace(self) -> None:
        from transpile.serve.http.errors import ApiError

        log.error("vLLM's process has ended: a new one is started")
        self._llm.shutdown(timeout=1.0)
        try:
            self._llm = await asyncio.to_thread(self._build)
        except TranspileError as error:
            log.error("%s", error.message)
            raise ApiError(503, "engine_lost", "the engine has ended and does not start again", "ask again later", {"Retry-After": "30"}) from error

    def _revived(self, task: asyncio.Task[None]) -> None:
        self._reviving = None
        if not task.cancelled():
            task.exception()  # whoever waits has it

    async def generate(self, source: Sequence[int], prefix: Sequence[int], how: Sampling, *, each: Each | None = None) -> list[Sample]:
        """As in `serve.http.engine.Engine`; `each` is called on the event loop."""
        from vllm.v1.engine.exceptions import EngineDeadError

        from transpile.serve.http.errors import ApiError

        for _ in range(_TRIES):
            heard = False

            def hear(sample: int, token: int, logprob: float) -> bool:
                nonlocal heard
                heard = True
                return each is not None and bool(each(sample, token, logprob))

            try:
                return await self._generate(source, prefix, how, hear if each else None)
            except EngineDeadError:
                if heard:
                    break
                await self.revive()
        raise ApiError(503, "engine_lost", "the engine ended while it worked on this", "ask again", {"Retry-After": "1"})

    async def _generate(self, source: Sequence[int], prefix: Sequence[int], how: Sampling, each: Each | None) -> list[Sample]:
        from vllm import SamplingParams
        from vllm.sampling_params import RequestOutputKind, StructuredOutputsParams

        whole = [END, *prefix]
        longest = min(how.longest, LONGEST - len(whole))
        if longest < 1:
            raise TranspileError(f"the prelude is {len(whole)} tokens long, the model writes {LONGEST}", hint="leave out what is not needed")
        wanted = how.samples if how.temperature else 1
        if how.temperature > HOTTEST:
            raise TranspileError(f"vLLM samples at temperatures up to {HOTTEST}", hint="ask for a lower one")
        parameters = SamplingParams(
            n=wanted, temperature=how.temperature, top_p=how.top_p if how.temperature else 1.0, seed=how.seed, max_tokens=longest, logprobs=0,
            detokenize=False, output_kind=RequestOutputKind.DELTA,
            structured_outputs=StructuredOutputsParams(grammar=how.grammar) if how.grammar is not None else None,
        )  # fmt: skip
        out, over = [Sample() for _ in range(wanted)], [False] * wanted
        replies = self._llm.generate(prompt(source, whole), parameters, f"transpile-{next(self._numbers)}")
        try:
            async for reply in replies:
                for part in reply.outputs:
                    sample = out[part.index]
                    for token, ranked in zip(part.token_ids, part.logprobs or (), strict=True):
                        if over[part.index]:
                            break
                        logprob = ranked[token].logprob
                        if not math.isfinite(logprob):  # a grammar that lets nothing follow: vLLM gives some token, and ends the request
                            over[part.index] = True
                            break
                        sample.logprob += logprob
                        if token == END:
                            sample.ended = True
                            break
                        sample.ids.append(token)
                        sample.logprobs.append(logprob)
                        over[part.index] = each is not None and bool(each(part.index, token, logprob))
                    over[part.index] = over[part.index] or part.finished()
                if all(over):
                    break
        finally:
            await replies.aclose()  # ends the request in vLLM, if it is under way
        self._metrics.generated({"read": len(source), "written": sum(len(s.ids) for s in out)})
        return out if how.temperature else [out[0] for _ in range(how.samples)]

    def stop(self) -> None:
        self._llm.shutdown(timeout=1.0)
        del self._llm  # else its finalizer runs when Python ends, and complains
