"""A normal form of functions: texts with equal normal forms behave equally, however their compilers ordered, nested and named things.

The canonical text becomes a control flow graph of pure values and ordered events (`flow`, with the algebra of `values`), the
graph is simplified (`simplify`), everything without an order gets a canonical one (`order`), and the result is written as
canonical text again (`writer`), which runs like any other. Each module lists its rules.

What counts as behaviour: results, final memory and globals, calls in order with their arguments, and whether and with which kind of trap
or by which endless loop the function ends. What does not: time, stack depth, and the payload of NaNs, which the specification leaves open.
Names keep their meaning: c0.., g0.., d0.. of the normal form are those of the text, so what stands behind them has to be compared too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from transpile.corpus.normal.flow import FlowBuilder
from transpile.corpus.normal.graph import NotNormal
from transpile.corpus.normal.simplify import simplify
from transpile.corpus.normal.writer import FlowWriter
from transpile.corpus.signature import WIDTHS, Signature
from transpile.corpus.wasm.instructions import FunctionType
from transpile.corpus.wasm.wat_text import parse

_MOST_CHARACTERS = 200_000


def parameter_bounds(signature: Signature) -> dict[int, int]:
    """What a signature promises of its parameters, by position: small unsigned types are zero-extended, lengths are not negative and the
    elements fit into the address space. Of wider types than `Signature.plain` nothing is used."""
    if not signature.plain:
        return {}
    small = {"bool": 1, "u8": 0xFF, "u16": 0xFFFF}
    bounds = {i: small[one.type] for i, one in enumerate(signature.parameters) if not one.pointer and one.type in small}
    for one in signature.parameters:
        if one.length is not None:
            struct = signature.struct(one.type)
            size = struct.layout()[1] if struct else WIDTHS[one.type]
            limit = min(0x7FFFFFFF, 0xFFFFFFFF // max(size, 1))
            bounds[one.length] = min(bounds.get(one.length, limit), limit)
    return bounds


def normalize(
    text: str, *, callees: Sequence[FunctionType] = (), globals: Sequence[str] = (), bounds: Mapping[int, int] | None = None
) -> str:
    """The normal form of a canonical text; the text itself where there is none (too large, or a type missing).

    `callees` are the types of c0.., `globals` those of g0...; `CanonicalFunction.normal` knows them. `bounds` are
    unsigned upper bounds of integer parameters by position (see `parameter_bounds`): equal forms then mean equal behaviour for arguments
    within them. Raises TranspileError if the text is
    not canonical text. The code has to be valid, as everything is that came out of a module that an engine accepts.
    """
    if len(text) > _MOST_CHARACTERS:
        return text
    function = parse(text)
    try:
        flow = FlowBuilder(function, callees, globals, bounds or {}).build()
        simplify(flow)
        return FlowWriter(flow).write()
    except (NotNormal, RecursionError):
        return text
