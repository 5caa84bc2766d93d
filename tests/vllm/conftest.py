"""Tests of the vLLM plugin. They need vLLM's CPU build, which has an environment of its own: `make test-vllm` sets it up and runs them; anywhere else
nothing here is collected."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import pytest

if find_spec("vllm") is None:
    collect_ignore_glob = ["test_*.py"]

os.environ["VLLM_ENABLE_V1_MULTIPROCESSING"] = "0"  # the model in this process, so that tests can look into it
TARGETS = ("c", "rust", "zig", "cpp")


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the corpus as the engines get it: encoder ids, decoder ids from the start token on, and the target language."""

    source: list[int]
    prefix: list[int]
    language: str


@pytest.fixture(scope="session")
def llm() -> Any:
    from vllm import LLM

    from transpile.serve.vllm.engine import engine_arguments

    return LLM(**engine_arguments(None, {}))


@pytest.fixture(scope="session")
def reference() -> Any:
    """transformers' own, on the same checkpoint."""
    import torch
    from transformers import M2M100ForConditionalGeneration

    from transpile.serve.decoder import default_checkpoint

    return M2M100ForConditionalGeneration.from_pretrained(default_checkpoint(), dtype=torch.float32).eval()


@pytest.fixture(scope="session")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """Pairs of a corpus that is built here."""
    from transpile.corpus.pairs import read_corpus
    from transpile.corpus.pipeline import build as pipeline

    folder = tmp_path_factory.mktemp("corpus")
    work = pipeline.chunks(programs=40, seed=11)
    pipeline.build(folder, [*work[:4], *work[-1:]], workers=1)
    return [*read_corpus(folder)]


@pytest.fixture(scope="session")
def corpus(rows: list[Any]) -> list[Function]:
    """240 distinct functions of several source languages, to be written in the four target languages in turn; those first whose decoder prefixes
    have the commonest length."""
    from transpile.corpus.language import language
    from transpile.corpus.pairs import source_function
    from transpile.corpus.text import canonical_text
    from transpile.serve.decoder import default_checkpoint
    from transpile.tokenizer.vocabulary import encode_prefix, encode_wat, load

    tokenizer = load(default_checkpoint() / "tokenizer.json")
    by_length: dict[int, list[Function]] = {}
    for number, row in enumerate({row.wat: row for row in rows if row.callees == "[]"}.values()):
        target = TARGETS[number % len(TARGETS)]
        prelude = canonical_text(language(target).write_prelude(source_function(row).signature, []))
        function = Function(encode_wat(tokenizer, row.wat), encode_prefix(tokenizer, target, prelude), target)
        by_length.setdefault(len(function.prefix), []).append(function)
    out = [function for group in sorted(by_length.values(), key=len, reverse=True) for function in group]
    assert len(out) >= 240, len(out)
    return out[:240]
