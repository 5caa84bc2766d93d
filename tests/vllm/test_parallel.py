"""`--tensor-parallel-size 2` and `--data-parallel-size 2`, two processors in place of two GPUs: the same numbers as one engine."""

from __future__ import annotations

import os
from typing import Any

import pytest
from services import Running
from vllm import SamplingParams

from transpile.serve.vllm.engine import prompt
from transpile.tokenizer.vocabulary import encode_prefix, encode_wat

CLOSE = 1e-4
PRELUDE = "pub fn f0 ( p0 : i32 ) -> i32 {"
WATS = [f"func i32 -> i32 ; local.get p0 i32.const {i} i32.{name} end" for i, name in enumerate(["add", "mul", "sub", "and", "or", "xor"], 3)]


def alone(llm: Any) -> list[list[float]]:
    tokenizer = llm.get_tokenizer().backend_tokenizer
    asked = [prompt(encode_wat(tokenizer, wat), encode_prefix(tokenizer, "rust", PRELUDE)) for wat in WATS]
    outputs = llm.generate(asked, SamplingParams(temperature=0, max_tokens=40, logprobs=0), use_tqdm=False)
    return [[ranked[token].logprob for token, ranked in zip(o.outputs[0].token_ids, o.outputs[0].logprobs, strict=True)] for o in outputs]


@pytest.mark.parametrize("size", ["--tensor-parallel-size", "--data-parallel-size"])
def test_two_devices_write_what_one_writes(llm: Any, size: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = alone(llm)
    processors = sorted(os.sched_getaffinity(0)) * 2
    monkeypatch.setenv("VLLM_CPU_OMP_THREADS_BIND", f"{processors[0]}|{processors[1]}")  # a processor for each
    monkeypatch.delenv("VLLM_ENABLE_V1_MULTIPROCESSING")
    with Running("--engine", "vllm", "--workers", "1", size, "2", patience=600.0) as running:
        asked = {"model": "transpile-rust", "prompt": WATS, "prelude": PRELUDE, "temperature": 0, "max_tokens": 40, "logprobs": 0}
        for _ in range(2):  # both copies are asked
            status, reply, _ = running.ask("POST", "v1/completions", asked)
            assert status == 200
            for choice, mine in zip(reply["choices"], expected, strict=True):
                found = choice["logprobs"]["token_logprobs"]
                assert len(found) in (len(mine), len(mine) - 1)  # the end is not listed
                assert found == pytest.approx(mine[: len(found)], abs=CLOSE)
