"""The bytes of constant data behind a canonical text: written, read back, passed over by who reads the code alone."""

from __future__ import annotations

import pytest

from transpile.corpus.errors import TranspileError
from transpile.corpus.lifting import lift
from transpile.corpus.signature import Parameter, Signature
from transpile.corpus.wasm.wat import skeleton
from transpile.corpus.wasm.wat_text import parse, split_data, with_data

TEXT = "func i32 -> i32 ; local.get p0 i32.const 3 i32.and i32.load8_u d0 end"


def test_data_come_back() -> None:
    data = (bytes([7, 0, 255, 9]), b"")
    assert split_data(with_data(TEXT, data)) == (TEXT, data)
    assert split_data(TEXT) == (TEXT, ())
    assert parse(with_data(TEXT, data)) == parse(TEXT)
    assert with_data(TEXT, data[:1]) == TEXT + " data d0 7 0 255 9"


def test_functions_that_differ_in_data_alone_have_one_skeleton() -> None:
    assert skeleton(with_data(TEXT, [b"\1\2"])) == skeleton(with_data(TEXT, [b"\3\4\5"]))


def test_a_table_is_lifted_from_the_data_behind_the_text() -> None:
    signature = Signature("f0", (Parameter("p0", "i32"),), "i32")
    body = lift(with_data(TEXT, [bytes([7, 0, 255, 9])]), signature).function.body
    assert [e.value for e in body[0].values] == [7, 0, 255, 9]


def test_what_is_no_data_is_refused() -> None:
    with pytest.raises(TranspileError):
        split_data(TEXT + " data d0 300")
