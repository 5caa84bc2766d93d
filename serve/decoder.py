"""Decoding engines: canonical WAT in, candidates out.

`Decoder` is the protocol that every engine satisfies; `CTranslate2Decoder` is the embedded CPU engine. An engine is given the WAT, the
target language and the prelude (structs, prototypes of callees, header), which it forces as the start of what it writes.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from transpile.corpus.constants import copy_constants
from transpile.corpus.errors import TranspileError
from transpile.corpus.zigcc import AS_WRITTEN
from transpile.tokenizer.vocabulary import END, decode, encode_prefix, encode_wat, load
from transpile.verify.types import Candidate

if TYPE_CHECKING:
    import ctranslate2
    from tokenizers import Tokenizer

MAX_INPUT = 1024
"""Longest encoder input in tokens that the shipped model was trained on; longer functions are not decoded."""
MAX_OUTPUT = 768


@dataclass(frozen=True, slots=True)
class Request:
    """One function to decode: canonical WAT, target language, canonical prelude."""

    wat: str
    language: str
    prelude: str


@dataclass(slots=True)
class Sample:
    """What was generated for one input, without the prefix: token ids, the log-probability of each, and of all with the end, if it was reached."""

    ids: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    logprob: float = 0.0
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Sampling:
    """How continuations of one input are drawn. Temperature 0 is greedy search: all samples are then the same one. `longest`: tokens a sample,
    at most. `grammar` is EBNF, as `serve.grammar` writes it, for engines that can be held to one."""

    samples: int = 1
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None
    longest: int = MAX_OUTPUT
    grammar: str | None = None


GREEDY = Sampling()
Each = Callable[[int, int, float], bool]
"""Gets (sample, token id, log-probability) as tokens come; the sample ends early where it returns True."""


def candidates(tokenizer: Tokenizer, request: Request, samples: Iterable[Sample], engine: str) -> list[Candidate]:
    """The distinct codes among samples, the likeliest first."""
    best: dict[str, float] = {}
    for sample in samples:
        code = copy_constants(decode(tokenizer, sample.ids), request.wat)
        best[code] = max(sample.logprob, best.get(code, -1e9))
    return [Candidate(code, request.language, score, engine) for code, score in sorted(best.items(), key=lambda item: -item[1])]


def ask(
    tokenizer: Tokenizer,
    request: Request,
    generate: Callable[[Sequence[int], Sequence[int], Sampling], list[Sample]],
    samples: int,
    seed: int,
    temperature: float,
) -> list[Candidate]:
    """What the model writes for a request: one try by greedy search, the rest sampled; nothing where the function is too long for it."""
    source = encode_wat(tokenizer, request.wat)
    if len(source) > MAX_INPUT:
        return []
    prefix = encode_prefix(tokenizer, request.language, request.prelude)[1:]
    generated = generate(source, prefix, GREEDY)
    if samples > 1:
        generated += generate(source, prefix, Sampling(samples - 1, temperature, 0.98, seed))
    return candidates(tokenizer, request, generated, "model")


class Decoder(Protocol):
    """An engine. `decode` returns, for each request, distinct candidates, the likeliest first; the code is body only, without the prelude."""

    name: str
    to_read: bool
    """Whether it was trained on code compiled to be read (`Language.as_written`), which it is then given where there is such; else on -O2 alone."""

    def decode(self, requests: Sequence[Request], *, samples: int, seed: int, temperature: float = 0.8) -> list[list[Candidate]]:
        """`samples` tries a request: one by greedy search and the rest sampled. Requests that are too long, or for a language that the model
        was never shown, get no candidates."""
        ...


def default_checkpoint() -> Path:
    """The folder of the weights that ship with the package."""
    from importlib.resources import files

    return Path(str(files("transpile.weights")))


_HINT = "export one with `model export`, or leave out --checkpoint to use the weights that ship with the package"


def check_checkpoint(checkpoint: Path | None, weights: str = "ctranslate2/model.bin") -> Path:
    """The folder of a checkpoint that has the `weights` of an engine. Raises TranspileError where there is none."""
    folder = checkpoint or default_checkpoint()
    if not (folder / weights).is_file():
        raise TranspileError(f"no checkpoint in {folder}", hint=_HINT)
    return folder


def trained_languages(folder: Path) -> frozenset[str]:
    """The languages that an exported checkpoint was trained on, as its config.json says; none where it does not say."""
    return frozenset(_config(folder).get("languages", ()))


def was_trained_to_read(folder: Path) -> bool:
    """Whether an exported checkpoint was trained on code compiled to be read, as its config.json says."""
    return AS_WRITTEN in _config(folder).get("levels", ())


def _config(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / "config.json").read_text())
    except FileNotFoundError:
        return {}
    return found


class CTranslate2Decoder:
    """An exported checkpoint on CTranslate2, int8 on the CPU. Raises TranspileError for a missing or broken checkpoint.

    May be used from several threads. The same seed gives the same samples.
    """

    name = "model"
    _seeding = threading.Lock()

    def __init__(self, checkpoint: Path | None = None, *, threads: int = 0) -> None:
        folder = check_checkpoint(checkpoint)
        self.tokenizer = load(folder / "tokenizer.json")
        import ctranslate2

        ctranslate2.set_log_level(40)
        self.languages, self.to_read = trained_languages(folder), was_trained_to_read(folder)
        self._threads = threads or os.cpu_count() or 1
        try:
            self._files = {path.name: path.read_bytes() for path in (folder / "ctranslate2").iterdir() if path.is_file()}
            vocabulary = json.loads(self._files["shared_vocabulary.json"])
            self._translator = self._engine()
        except (RuntimeError, ValueError, OSError, KeyError) as error:
            raise TranspileError(f"the checkpoint in {folder} is broken: {error}", hint=_HINT) from error
        self.tokens = {"read": 0, "written": 0}
        """Tokens that went through the encoder and the decoder so far."""
        if len(vocabulary) != self.tokenizer.get_vocab_size():
            raise TranspileError(f"the tokenizer and the model in {folder} do not belong together", hint=_HINT)

    def writes(self, language: str) -> bool:
        """Whether the model has learned to write a language; a checkpoint that does not say is taken to know all."""
        return not self.languages or language in self.languages

    def _engine(self) -> ctranslate2.Translator:
        import ctranslate2

        return ctranslate2.Translator(
            "model", files=self._files, device="cpu", compute_type="int8", inter_threads=1, intra_threads=self._threads
        )

    @contextmanager
    def _seeded(self, seed: int) -> Iterator[tuple[ctranslate2.Translator, Callable[[], None]]]:
        """An engine that starts from a seed, and what to call once it has drawn.

        CTranslate2 has one seed for the process; a thread takes it when it first draws, and never again. So this takes a new engine, which is
        cheap (milliseconds, from the files in memory), and until that has drawn no other may be given a seed.
        """
        import ctranslate2

        drawn = threading.Event()

        def release() -> None:
            if not drawn.is_set():
                drawn.set()
                self._seeding.release()

        self._seeding.acquire()
        try:
            ctranslate2.set_random_seed(seed % 2**32)
            yield self._engine(), release
        finally:
            release()

    def generate(
        self,
        source: Sequence[int],
        prefix: Sequence[int],
        how: Sampling = GREEDY,
        *,
        each: Each | None = None,
    ) -> list[Sample]:
        """Continuations of `prefix` (decoder ids behind the start token) for one encoder input, which is encoded once. `each` is called from the
        engine's thread. No grammars."""
        out = [Sample() for _ in range(how.samples if how.temperature else 1)]
        skipped = len(prefix)

        def run(translator: ctranslate2.Translator, drawn: Callable[[], None]) -> None:
            def take(step: ctranslate2.GenerationStepResult) -> bool:
                if step.step < skipped:
                    return False
                drawn()
                sample = out[step.hypothesis_id]
                sample.logprob += step.log_prob
                if step.token_id == END:
                    sample.ended = True
                    return False
                sample.ids.append(step.token_id)
                sample.logprobs.append(step.log_prob)
                return each is not None and bool(each(step.hypothesis_id, step.token_id, step.log_prob))

            sampling = {
                "sampling_topk": 0, "sampling_topp": how.top_p, "sampling_temperature": how.temperature, "num_hypotheses": how.samples,
            }  # fmt: skip
            translator.translate_batch(
                [self._tokens(source)], target_prefix=[self._tokens(prefix)], max_input_length=0, max_decoding_length=skipped + how.longest,
                beam_size=1, length_penalty=0, return_scores=True, callback=take, **(sampling if how.temperature else {}),
            )  # fmt: skip

        if how.seed is None or not how.temperature:
            run(self._translator, lambda: None)
        else:
            with self._seeded(how.seed) as (translator, drawn):
                run(translator, drawn)
        self.tokens["read"] += len(source)
        self.tokens["written"] += sum(len(sample.ids) for sample in out)
        return out if how.temperature else [out[0] for _ in range(how.samples)]

    def decode(self, requests: Sequence[Request], *, samples: int, seed: int, temperature: float = 0.8) -> list[list[Candidate]]:
        known = [request if self.writes(request.language) else None for request in requests]
        return [ask(self.tokenizer, one, self.generate, samples, seed, temperature) if one else [] for one in known]

    def _tokens(self, ids: Sequence[int]) -> list[str]:
        return [self.tokenizer.id_to_token(i) for i in ids]
