"""The plugin against transformers, on the checkpoint that ships: the same text, the same numbers, long inputs, one encoding for many samples."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest
import torch
from torch.nn.utils.rnn import pad_sequence
from vllm import SamplingParams

from transpile.serve.vllm.engine import prompt
from transpile.serve.vllm.network import KEPT
from transpile.tokenizer.vocabulary import END, PAD

CLOSE = 1e-4
TARGETS = {"c", "rust", "zig", "cpp"}


def greedy(llm: Any, functions: Sequence[Any], longest: int = 160) -> list[tuple[list[int], list[float]]]:
    """Token ids and log-probabilities."""
    parameters = SamplingParams(temperature=0, max_tokens=longest, logprobs=0)
    outputs = [o.outputs[0] for o in llm.generate([prompt(f.source, f.prefix) for f in functions], parameters, use_tqdm=False)]
    return [([*o.token_ids], [ranked[token].logprob for token, ranked in zip(o.token_ids, o.logprobs, strict=True)]) for o in outputs]


@torch.inference_mode()
def chosen(reference: Any, functions: Sequence[Any], written: Sequence[list[int]]) -> list[tuple[list[int], list[float]]]:
    """What transformers would choose at each token behind what was written before it, and the log-probabilities of what was written."""
    out = []
    for start in range(0, len(functions), 16):
        group = [*zip(functions[start : start + 16], written[start : start + 16], strict=True)]
        sources = padded([f.source for f, _ in group])
        targets = padded([[*f.prefix, *ids] for f, ids in group])
        logprobs = reference(input_ids=sources, attention_mask=(sources != PAD).long(), decoder_input_ids=targets).logits.log_softmax(-1)
        for row, (function, ids) in enumerate(group):
            mine = logprobs[row, len(function.prefix) - 1 :][: len(ids)]
            out.append((mine.argmax(-1).tolist(), mine[range(len(ids)), ids].tolist()))
    return out


def padded(rows: Sequence[Sequence[int]]) -> torch.Tensor:
    return pad_sequence([torch.tensor(row) for row in rows], batch_first=True, padding_value=PAD)


@torch.inference_mode()
def scores(reference: Any, source: list[int], prefix: list[int], ids: list[int]) -> list[float]:
    """Log-probabilities that transformers gives to ids."""
    whole = torch.tensor([[*prefix, *ids]])
    logits = reference(input_ids=torch.tensor([source]), decoder_input_ids=whole[:, :-1]).logits[0, len(prefix) - 1 :]
    return logits.log_softmax(-1).gather(1, torch.tensor(ids)[:, None])[:, 0].tolist()


def close(one: Sequence[float], other: Sequence[float]) -> bool:
    return len(one) == len(other) and all(abs(a - b) <= CLOSE for a, b in zip(one, other, strict=True))


def test_greedy_output_and_log_probabilities_are_those_of_transformers(llm: Any, reference: Any, corpus: list[Any]) -> None:
    """For every token of 240 functions: what was written is what transformers chooses next. So greedy search of transformers writes the same."""
    found = greedy(llm, corpus)
    other = chosen(reference, corpus, [ids for ids, _ in found])
    assert [ids for ids, _ in found] == [ids for ids, _ in other]
    assert all(close(mine, theirs) for (_, mine), (_, theirs) in zip(found, other, strict=True))
    assert len(found) >= 240
    assert sum(ids[-1] == END for ids, _ in found) > 160  # whole functions, most of them
    assert {function.language for function in corpus} == TARGETS


@torch.inference_mode()
def test_generate_of_transformers_writes_the_same(llm: Any, reference: Any, corpus: list[Any]) -> None:
    """Through its own generate, with its cache: functions whose prefixes are of one length, so that the decoder has no padding to get wrong."""
    functions = [function for function in corpus if len(function.prefix) == len(corpus[0].prefix)][:32]
    sources = padded([function.source for function in functions])
    prefixes = torch.tensor([function.prefix for function in functions])
    out = reference.generate(
        sources, attention_mask=(sources != PAD).long(), decoder_input_ids=prefixes, max_new_tokens=96, do_sample=False, num_beams=1
    )  # fmt: skip
    rows = [row[: row.index(END) + 1] if END in row else row for row in out[:, prefixes.shape[1] :].tolist()]
    assert len(rows) > 8
    assert [ids for ids, _ in greedy(llm, functions, longest=96)] == rows


def test_the_order_of_a_batch_does_not_matter(llm: Any, corpus: list[Any]) -> None:
    some = corpus[:12]
    alone = [greedy(llm, [function], longest=48)[0] for function in some]
    assert [ids for ids, _ in greedy(llm, some[::-1], longest=48)[::-1]] == [ids for ids, _ in alone]


@pytest.mark.parametrize("length", [1, 127, 128, 129, 1024, 4095, 4096])
def test_encoder_inputs_of_any_length(llm: Any, reference: Any, corpus: list[Any], length: int) -> None:
    draw = random.Random(length)
    ids = [i for function in corpus for i in function.source if i > END]
    source = [*draw.choices(ids, k=length - 1), END]
    parameters = SamplingParams(temperature=0, max_tokens=24, logprobs=0, ignore_eos=True)
    out = llm.generate([prompt(source, corpus[0].prefix)], parameters, use_tqdm=False)[0].outputs[0]
    mine = [ranked[token].logprob for token, ranked in zip(out.token_ids, out.logprobs, strict=True)]
    assert close(mine, scores(reference, source, corpus[0].prefix, [*out.token_ids]))


def test_a_longer_input_is_refused(llm: Any, corpus: list[Any]) -> None:
    with pytest.raises(ValueError, match="4097 tokens, the model reads 4096"):
        llm.generate([prompt([5] * 4097, corpus[0].prefix)], SamplingParams(max_tokens=1), use_tqdm=False)


def runs(llm: Any) -> int:
    return llm.apply_model(lambda model: model.encoded)[0]


def test_samples_of_one_input_encode_it_once(llm: Any, reference: Any, corpus: list[Any]) -> None:
    source = [*corpus[0].source[:-1], *corpus[1].source]  # one that was not there before
    before = runs(llm)
    parameters = SamplingParams(n=32, temperature=0.8, top_p=0.98, seed=5, max_tokens=40, logprobs=0)
    outputs = llm.generate([prompt(source, corpus[0].prefix)], parameters, use_tqdm=False)[0].outputs
    assert runs(llm) == before + 1
    assert len({tuple(o.token_ids) for o in outputs}) > 8
    for o in outputs[:4]:  # log-probabilities are the model's, whatever the temperature
        mine = [ranked[token].logprob for token, ranked in zip(o.token_ids, o.logprobs, strict=True)]
        assert close(mine, scores(reference, source, corpus[0].prefix, [*o.token_ids]))
    again = llm.generate([prompt(source, corpus[0].prefix)], parameters, use_tqdm=False)[0].outputs
    assert runs(llm) == before + 1
    assert [o.token_ids for o in again] == [o.token_ids for o in outputs]


def test_what_is_kept_is_bounded(llm: Any, corpus: list[Any]) -> None:
    sources = [[*([5 + i] * 4095), END] for i in range(KEPT // 4096 + 4)]
    before = runs(llm)
    llm.generate([prompt(source, corpus[0].prefix) for source in sources], SamplingParams(max_tokens=1), use_tqdm=False)
    assert runs(llm) == before + len(sources)
    assert llm.apply_model(lambda model: sum(len(states) for states in model._kept.values()))[0] <= KEPT
