"""Decoding engines: canonical WAT in, candidates out.

`Decoder` is the protocol that every engine satisfies; `CTranslate2Decoder` is the embedded CPU engine. An engine is given the WAT, the
target language and the prelude (structs, prototypes of callees, header), which it forces as the start of what it writes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from transpile.corpus.constants import copy_constants
from transpile.corpus.errors import TranspileError
from transpile.tokenizer.vocabulary import decode, encode_prefix, encode_wat, load
from transpile.verify.types import Candidate

MAX_INPUT = 1024
"""Longest encoder input in tokens that the shipped model was trained on; longer functions are not decoded."""
MAX_OUTPUT = 768


@dataclass(frozen=True, slots=True)
class Request:
    """One function to decode: canonical WAT, target language, canonical prelude."""

    wat: str
    language: str
    prelude: str


class Decoder(Protocol):
    """An engine. `decode` returns, for each request, distinct candidates, the likeliest first; the code is body only, without the prelude."""

    name: str

    def decode(self, requests: Sequence[Request], *, samples: int, seed: int, temperature: float = 0.8) -> list[list[Candidate]]:
        """`samples` tries a request: one by greedy search and the rest sampled. Requests that are too long get no candidates."""
        ...


def default_checkpoint() -> Path:
    """The folder of the weights that ship with the package."""
    from importlib.resources import files

    return Path(str(files("transpile.weights")))


class CTranslate2Decoder:
    """An exported checkpoint on CTranslate2, int8 on the CPU. Raises TranspileError for a missing or broken checkpoint."""

    name = "model"

    def __init__(self, checkpoint: Path | None = None, *, threads: int = 0) -> None:
        folder = checkpoint or default_checkpoint()
        hint = "export one with `model export`, or leave out --checkpoint to use the weights that ship with the package"
        if not (folder / "ctranslate2" / "model.bin").is_file():
            raise TranspileError(f"no checkpoint in {folder}", hint=hint)
        self.tokenizer = load(folder / "tokenizer.json")
        import ctranslate2

        ctranslate2.set_log_level(40)
        try:
            vocabulary = json.loads((folder / "ctranslate2" / "shared_vocabulary.json").read_text())
            self._translator = ctranslate2.Translator(
                str(folder / "ctranslate2"),
                device="cpu",
                compute_type="int8",
                inter_threads=1,
                intra_threads=threads or os.cpu_count() or 1,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise TranspileError(f"the checkpoint in {folder} is broken: {error}", hint=hint) from error
        if len(vocabulary) != self.tokenizer.get_vocab_size():
            raise TranspileError(f"the tokenizer and the model in {folder} do not belong together", hint=hint)

    def decode(self, requests: Sequence[Request], *, samples: int, seed: int, temperature: float = 0.8) -> list[list[Candidate]]:
        import ctranslate2

        ctranslate2.set_random_seed(seed)
        tokens = [self._tokens(encode_wat(self.tokenizer, r.wat)) for r in requests]
        prefixes = [self._tokens(encode_prefix(self.tokenizer, r.language, r.prelude))[1:] for r in requests]
        out: list[list[Candidate]] = [[] for _ in requests]
        fitting = sorted((i for i in range(len(requests)) if len(tokens[i]) <= MAX_INPUT), key=lambda i: len(tokens[i]))
        for i in fitting:
            common = {
                "target_prefix": [prefixes[i]], "max_input_length": 0, "max_decoding_length": MAX_OUTPUT, "return_scores": True, "beam_size": 1,
                "length_penalty": 0, "max_batch_size": 64,
            }  # fmt: skip
            results = self._translator.translate_batch([tokens[i]], **common)
            if samples > 1:
                results += self._translator.translate_batch(
                    [tokens[i]], sampling_topk=0, sampling_topp=0.98, sampling_temperature=temperature, num_hypotheses=samples - 1, **common
                )
            best: dict[str, float] = {}
            for result in results:
                for hypothesis, score in zip(result.hypotheses, result.scores, strict=True):
                    ids = [self.tokenizer.token_to_id(t) for t in hypothesis[len(prefixes[i]) :]]
                    code = copy_constants(decode(self.tokenizer, [x for x in ids if x is not None]), requests[i].wat)
                    best[code] = max(score, best.get(code, -1e9))
            ranked = sorted(best.items(), key=lambda item: -item[1])
            out[i] = [Candidate(code, requests[i].language, score, self.name) for code, score in ranked]
        return out

    def _tokens(self, ids: Sequence[int]) -> list[str]:
        return [self.tokenizer.id_to_token(i) for i in ids]
