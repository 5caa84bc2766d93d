"""Canonical text, numbers, layout."""

from __future__ import annotations

import pytest

from transpile.corpus.text import canonical_text, format_source, lex, number, rename


@pytest.mark.parametrize(
    ("written", "canonical"),
    [("0x10", "16"), ("65535", "65535"), ("65536", "0x10000"), ("0b101", "5"), ("017", "15"), ("1_000u32", "1000u32"), ("0xFFFFFFFFu", "0xffffffffu"),
     ("1.5e-3", "1.5e-3"), ("0", "0")],
)  # fmt: skip
def test_number(written: str, canonical: str) -> None:
    assert number(written) == canonical


def test_lex_drops_comments_and_keeps_literals() -> None:
    assert lex("a /* b */ + 'c' // d\n- b'\\n' \"x y\" 0..n 1.0") == ["a", "+", "'c'", "-", "b'\\n'", '"x y"', "0", "..", "n", "1.0"]


def test_canonical_text_is_stable() -> None:
    text = "int f(const int *a){return a[0]+0x10;}"
    once = canonical_text(text, {"f": "f0", "a": "p0"})
    assert once == "int f0 ( const int * p0 ) { return p0 [ 0 ] + 16 ; }"
    assert canonical_text(once) == once


def test_rename_keeps_everything_else() -> None:
    assert rename("aa + a /* a */ 'a'", {"a": "b"}) == "aa + b /* a */ 'a'"


@pytest.mark.parametrize(
    "text",
    [
        "fn f0 ( p0 : & mut [ i32 ] ) { for v0 in 0 .. p0 . len ( ) { p0 [ v0 ] = - p0 [ v0 ] ; } }",
        "int32_t f0 ( int32_t p0 ) { do { p0 -- ; } while ( p0 > 0 ) ; return p0 ? 1 : - 1 ; }",
        "fn f0 ( p0 : [ ] const u8 ) u32 { var v0 : u32 = 0 ; for ( p0 , 0 .. ) | v1 , v2 | { v0 +%= v1 *% @as ( u32 , @intCast ( v2 ) ) ; } return v0 ; }",
        "int f0 ( int p0 ) { switch ( p0 ) { case 1 : return 2 ; case 2 : p0 = 3 ; break ; default : break ; } return p0 ; }",
    ],
)
def test_formatting_changes_no_token(text: str) -> None:
    formatted = format_source(text)
    assert lex(formatted) == lex(text)
    assert format_source(formatted) == formatted
