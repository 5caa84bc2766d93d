"""The vocabulary: lossless, one token a word, and a prefix that does not depend on what follows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transpile.corpus.errors import TranspileError
from transpile.tokenizer import vocabulary

TEXTS = [
    "func i32 i32 -> i32 local i32 ; local.get p0 i32.const 1234 i32.add local.tee v0 block l0 br_if l0 end end",
    "pub fn f0 ( p0 : & [ i32 ] , p2 : u8 ) -> usize { let mut v0 = 0x9e3779b9u32 ; return p0 . len ( ) ; }",
    "int32_t f0 ( const int32_t * p0 ) { return p0 [ 0 ] == ' ' ? - 1 : 1.5e-07 ; }",
]


@pytest.fixture(scope="module")
def tokenizer():
    return vocabulary.train(TEXTS * 3, size=800)


@pytest.mark.parametrize("text", [*TEXTS, "let mut v0 = 1 ;", "local.get p0 end", ") ;", "for ( ; ; )", "' '"])
def test_lossless(tokenizer, text: str) -> None:
    assert vocabulary.decode(tokenizer, tokenizer.encode(text, add_special_tokens=False).ids) == text


@given(words=st.lists(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12), min_size=1, max_size=20))
def test_lossless_on_any_ascii_words(words: list[str]) -> None:
    tokenizer = vocabulary.train(TEXTS, size=800)
    text = " ".join(words)
    if any(t in text for t in (*vocabulary.SPECIAL, *vocabulary.TASKS, *vocabulary.SPARE)) or any(f"<{n}>" in text for n in vocabulary.LANGUAGES):
        return
    assert vocabulary.decode(tokenizer, tokenizer.encode(text, add_special_tokens=False).ids) == text


def test_ids_that_engines_rely_on(tokenizer) -> None:
    assert [tokenizer.token_to_id(t) for t in vocabulary.SPECIAL] == [0, 1, 2, 3]
    assert tokenizer.get_vocab_size() % 8 == 0


def test_one_token_an_opcode_and_digits_apart(tokenizer) -> None:
    tokens = tokenizer.encode("i32.add i64.load8_s i32.const 1234", add_special_tokens=False).tokens
    assert [t.lstrip("\u2581") for t in tokens] == ["i32.add", "i64.load8_s", "i32.const", "1", "2", "3", "4"]


def test_prefix_is_a_prefix(tokenizer) -> None:
    prelude, body = TEXTS[1].split("{")[0] + "{", TEXTS[1].split("{")[1].strip()
    prefix = vocabulary.encode_prefix(tokenizer, "rust", prelude)
    assert vocabulary.encode_target(tokenizer, "rust", prelude, body)[: len(prefix)] == prefix


def test_a_known_vocabulary_keeps_its_ids_and_gets_words_behind(tokenizer) -> None:
    size = tokenizer.get_vocab_size()
    more = vocabulary.train(["x as * mut write_unaligned ( \"write_unaligned_too\" )"] * 9, size=size + 8, known=tokenizer)
    assert all(more.token_to_id(token) == i for token, i in tokenizer.get_vocab().items())
    new = [more.id_to_token(i) for i in range(size, more.get_vocab_size())]
    assert new[0] == "\u2581write_unaligned" and not any('"' in token for token in new)
    assert len(more.encode("write_unaligned", add_special_tokens=False).ids) == 1 < len(tokenizer.encode("write_unaligned", add_special_tokens=False).ids)
    spelled = vocabulary.spelling(more, new[0], size)
    assert spelled == tokenizer.encode("write_unaligned", add_special_tokens=False).ids
    with pytest.raises(TranspileError, match="too small"):
        vocabulary.train([], size=64, known=tokenizer)


def test_unknown_language_tag() -> None:
    with pytest.raises(TranspileError) as caught:
        vocabulary.language_tag("cobol")
    assert "rust" in caught.value.hint


def test_missing_tokenizer(tmp_path) -> None:
    with pytest.raises(TranspileError):
        vocabulary.load(tmp_path / "tokenizer.json")
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(TranspileError):
        vocabulary.load(tmp_path / "broken.json")
