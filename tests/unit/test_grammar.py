"""Grammars are made for one function: its names, its fields, its result. What they let through is tested with xgrammar, in tests/vllm."""

from __future__ import annotations

import re

import pytest

from transpile.corpus.errors import TranspileError
from transpile.corpus.language import language
from transpile.serve.grammar import grammar


def of(header: str, target: str) -> str:
    return grammar(target, language("c").read(header + " { }")[0].signature)


@pytest.mark.parametrize("target", ["rust", "c"])
def test_every_rule_that_is_used_is_there_once(target: str) -> None:
    text = of("int f0(int p0, const int *p1)", target)
    bare = re.sub(r'"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\]', " ", text)
    defined = re.findall(r"^(\w+) ::=", bare, re.MULTILINE)
    assert len(defined) == len(set(defined))
    used = set(re.findall(r"\w+", re.sub(r"(?m)^\w+ ::=", " ", bare)))
    assert used | {"root"} == set(defined)
    assert "%" not in bare


def test_names_fields_and_results_are_the_functions_own() -> None:
    rust, c = of("_Bool f0(int p0, int p1)", "rust"), of("void f0(int p0, int p1)", "c")
    assert 'name ::= "\u2581p0" | "\u2581p1" | local' in rust
    assert '"\u2581return" truth |' in rust
    assert '"\u2581return"  |' in c
    assert 'call_of ::= "\u2581f0" "\u2581(" assigned "\u2581," assigned "\u2581)"' in c


@pytest.mark.parametrize("target", ["c", "rust"])
def test_no_field_is_asked_for_where_there_is_none(target: str) -> None:
    assert not re.search(r'"\u2581(?:\.|->)" field', of("int f0(int p0)", target))
    assert re.search(r'"\u2581\." field', of("struct S { int m0; };\nint f0(const struct S *p0)", target))


def test_there_is_no_grammar_of_zig() -> None:
    with pytest.raises(TranspileError, match="no grammar of zig"):
        of("int f0(int p0)", "zig")
