"""The grammars as xgrammar takes them: they let the corpus' functions through, and hold back what is not one."""

from __future__ import annotations

from typing import Any

import pytest
import xgrammar

from transpile.corpus.language import language
from transpile.serve.decoder import default_checkpoint
from transpile.serve.grammar import grammar
from transpile.tokenizer.vocabulary import END, load

TOKENIZER = load(default_checkpoint() / "tokenizer.json")
SIGNATURE = "int f0(const int *p0, int p1, _Bool p2)"


@pytest.fixture(scope="module")
def compiler() -> xgrammar.GrammarCompiler:
    ordered = [token for token, _ in sorted(TOKENIZER.get_vocab().items(), key=lambda item: item[1])]
    return xgrammar.GrammarCompiler(xgrammar.TokenizerInfo(ordered, vocab_type=xgrammar.VocabType.RAW, stop_token_ids=[END]), max_threads=1)


def test_vllm_reads_the_vocabulary_as_we_do() -> None:
    """The grammars are over the vocabulary's own spelling of a space; a tokenizer that xgrammar decodes would need others."""
    from transformers import AutoTokenizer

    wrapped = AutoTokenizer.from_pretrained(default_checkpoint())
    info = xgrammar.TokenizerInfo.from_huggingface(wrapped, vocab_size=TOKENIZER.get_vocab_size())
    assert info.vocab_type == xgrammar.VocabType.RAW
    assert not info.add_prefix_space


def taken(compiler: Any, rules: str, body: str) -> bool:
    matcher = xgrammar.GrammarMatcher(compiler.compile_grammar(xgrammar.Grammar.from_ebnf(rules)), terminate_without_stop_token=True)
    return all(matcher.accept_token(token) for token in TOKENIZER.encode(body, add_special_tokens=False).ids) and matcher.is_completed()


@pytest.mark.parametrize("target", ["rust", "c"])
def test_functions_of_the_corpus_pass(compiler: Any, rows: list[Any], target: str) -> None:
    from transpile.corpus.pairs import source_function

    mine = [row for row in rows if row.language == target]
    refused = []
    for row in mine:
        function = source_function(row)
        if not taken(compiler, grammar(target, function.signature, [c.signature for c in function.callees]), row.body):
            refused.append(row.body)
    assert len(mine) > 50
    assert len(refused) <= 0.05 * len(mine), refused


@pytest.mark.parametrize(
    "target, header, body, passes",
    [
        ("rust", SIGNATURE, "if p2 { return 1 ; } p1 + 1 }", True),
        ("rust", SIGNATURE, "p1 + 1", False),
        ("rust", SIGNATURE, "( p1 + 1 }", False),
        ("rust", SIGNATURE, "p3 + 1 }", False),
        ("rust", SIGNATURE, "if p1 + 1 { return 1 ; } 2 }", False),
        ("rust", SIGNATURE, "return ; }", False),
        ("rust", "void f0(int p0)", "return 1 ; }", False),
        ("rust", "_Bool f0(int p0)", "return p0 + 1 ; }", False),
        ("rust", "_Bool f0(int p0)", "return p0 > 1 ; }", True),
        ("c", SIGNATURE, "if ( p2 ) return 1 ; return p1 + 1 ; }", True),
        ("c", SIGNATURE, "return p1 + 1 ;", False),
        ("c", SIGNATURE, "return ( p1 ; }", False),
        ("c", SIGNATURE, "return p3 ; }", False),
        ("c", SIGNATURE, "return f0 ( p0 , p1 ) ; }", False),
        ("c", SIGNATURE, "return f0 ( p0 , p1 , p2 ) ; }", True),
        ("c", SIGNATURE, "return ; }", False),
        ("c", "void f0(int p0)", "return 1 ; }", False),
    ],
)
def test_what_passes(compiler: Any, target: str, header: str, body: str, passes: bool) -> None:
    signature = language("c").read(header + " { }")[0].signature
    assert taken(compiler, grammar(target, signature), body) == passes


@pytest.mark.parametrize(("header", "goes_on"), [("int f0(int p0)", False), ("struct S { int m0; };\nint f0(const struct S *p0)", True)])
def test_no_token_leads_to_where_none_can_follow(compiler: Any, header: str, goes_on: bool) -> None:
    [function] = language("c").read(header + " { }")
    matcher = xgrammar.GrammarMatcher(compiler.compile_grammar(xgrammar.Grammar.from_ebnf(grammar("c", function.signature))))
    assert all(matcher.accept_token(token) for token in TOKENIZER.encode("return p0", add_special_tokens=False).ids)
    assert matcher.accept_token(TOKENIZER.token_to_id("\u2581->")) == goes_on
