"""The embedded engine on the weights that ship: samples that repeat, tokens as they come, limits that hold."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from transpile.serve.decoder import CTranslate2Decoder, Request, Sampling, trained_languages
from transpile.tokenizer.vocabulary import encode_prefix, encode_wat

WAT = "func i32 i32 -> i32 ; local.get p0 local.get p1 i32.mul i32.const 7 i32.add end"
PRELUDE = "pub fn f0 ( p0 : i32 , p1 : i32 ) -> i32 {"


@pytest.fixture(scope="module")
def decoder() -> CTranslate2Decoder:
    return CTranslate2Decoder(threads=1)


def given(decoder: CTranslate2Decoder) -> tuple[list[int], list[int]]:
    return encode_wat(decoder.tokenizer, WAT), encode_prefix(decoder.tokenizer, "rust", PRELUDE)[1:]


def test_the_same_seed_gives_the_same_samples_alone_and_at_the_same_time(decoder: CTranslate2Decoder) -> None:
    source, prefix = given(decoder)

    def written(seed: int) -> list[list[int]]:
        return [s.ids for s in decoder.generate(source, prefix, Sampling(4, 1.5, seed=seed))]

    alone = {seed: written(seed) for seed in (1, 2, 3)}
    assert alone[1] != alone[2] != alone[3]
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(written, (1, 2, 3, 1, 2, 3))) == [*alone.values(), *alone.values()]


def test_candidates_repeat_and_come_likeliest_first(decoder: CTranslate2Decoder) -> None:
    request = Request(WAT, "rust", PRELUDE)
    first, second = (decoder.decode([request], samples=6, seed=4)[0] for _ in range(2))
    assert first == second
    assert [c.logprob for c in first] == sorted((c.logprob for c in first), reverse=True)
    assert len({c.code for c in first}) == len(first)


def test_tokens_come_as_they_are_drawn_and_sum_up(decoder: CTranslate2Decoder) -> None:
    source, prefix = given(decoder)
    seen: list[tuple[int, int]] = []
    samples = decoder.generate(source, prefix, Sampling(3, 1.0, seed=1), each=lambda sample, token, _: bool(seen.append((sample, token))))
    for number, sample in enumerate(samples):
        assert [token for s, token in seen if s == number] == sample.ids
        assert sample.logprob <= sum(sample.logprobs) <= 0


def test_a_sample_ends_where_it_is_told_to(decoder: CTranslate2Decoder) -> None:
    source, prefix = given(decoder)
    (whole,) = decoder.generate(source, prefix)
    assert whole.ended
    (short,) = decoder.generate(source, prefix, Sampling(longest=3))
    assert (short.ids, short.ended) == (whole.ids[:3], False)
    first, second = decoder.generate(source, prefix, Sampling(2, 0.01, seed=1), each=lambda sample, *_: sample == 0)
    assert (len(first.ids), first.ended, second.ended) == (1, False, True)


def test_what_is_too_long_gets_no_candidates(decoder: CTranslate2Decoder) -> None:
    assert decoder.decode([Request("func i32 -> i32 ; " + "local.get p0 drop " * 900 + "local.get p0 end", "rust", PRELUDE)], samples=1, seed=0) == [[]]


def test_languages_that_the_model_was_not_trained_on_get_no_candidates(decoder: CTranslate2Decoder) -> None:
    assert decoder.writes("rust") and not decoder.writes("nim")
    first, second = decoder.decode([Request(WAT, "nim", PRELUDE), Request(WAT, "rust", PRELUDE)], samples=2, seed=1)
    assert not first and second


def test_a_checkpoint_that_does_not_say_is_taken_to_write_all(tmp_path: Path) -> None:
    assert trained_languages(tmp_path) == frozenset()
    (tmp_path / "config.json").write_text('{"languages": ["c", "go"]}')
    assert trained_languages(tmp_path) == {"c", "go"}
