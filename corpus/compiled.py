"""The canonical text of one function of a compiled batch, as corpora hold it: calls by canonical name, small constant tables behind it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from transpile.corpus.batch import Compiled
from transpile.corpus.errors import TranspileError
from transpile.corpus.wasm.module import WasmModule
from transpile.corpus.wasm.wat import canonical, name_calls
from transpile.corpus.wasm.wat_text import with_data

MOST_DATA = 400
"""Bytes of the constant data of a function; they stand behind its WAT."""
_ABSOLUTE = re.compile(r" 0x12[3-9a-f][0-9a-f]{4}\b")
"""An address near the module's data (`zigcc.GLOBAL_BASE`) that is no symbol: of data without bytes, or from before a table on."""


def text_of(module: WasmModule, function: Compiled) -> tuple[str, str]:
    """(text, ""), or ("", why there is none that a corpus could hold)."""
    try:
        read = canonical(module.function(function.export))
    except TranspileError:
        return "", "unsupported instructions"
    data = data_of(module, read.data)
    text = name_calls(read.text, read.callees, function.suffix)
    if data is None or _ABSOLUTE.search(text):
        return "", "static data"
    return with_data(text, data) if data else text, ""


def data_of(module: WasmModule, segments: Sequence[int]) -> list[bytes] | None:
    """The bytes of data segments, None for those that can't be shown: too many, or with addresses among them."""
    data = [module.segments[i].data for i in segments]
    if sum(map(len, data)) > MOST_DATA:
        return None
    words = (int.from_bytes(one[at : at + 4], "little") for one in data for at in range(0, len(one) - 3, 4))
    return None if any(module.segment_at(word) for word in words) else data
