"""Generated programs compile in every language, and do nothing that languages define differently."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from transpile.corpus import generator, ir
from transpile.corpus.batch import Compiled, Rejected, compile_batch
from transpile.corpus.language import language, languages
from transpile.corpus.signature import FLOATS
from transpile.verify.driver import UNREACHABLE
from transpile.verify.reference import study
from transpile.verify.types import Executable


@pytest.mark.parametrize("name", sorted(languages()))
def test_generated_programs_compile(name: str) -> None:
    tongue = languages()[name]
    sources = [tongue.render(program) for program in generator.generate(31, 400)]
    errors = [r.message for r in compile_batch(tongue, sources) if isinstance(r, Rejected)]
    assert len(errors) <= 2, errors[:5]


def nodes(tree: object) -> Iterator[object]:
    """Every node of a program."""
    yield tree
    below = [getattr(tree, f.name) for f in dataclasses.fields(tree)] if dataclasses.is_dataclass(tree) else tree if isinstance(tree, tuple) else ()
    for one in below:
        yield from nodes(one)


def test_floats_become_integers_only_where_they_fit() -> None:
    """What C leaves undefined there, Rust saturates and AssemblyScript traps: NaN and infinities are tried as well."""
    c = language("c")
    casting = [
        c.render(program)
        for program in generator.generate(7, 5000)
        if any(isinstance(n, ir.Cast) and n.operand.type in FLOATS and n.type not in FLOATS for n in nodes(program))
    ]
    assert len(casting) > 15
    for source, compiled in zip(casting, compile_batch(c, casting, level=c.checked), strict=True):
        assert isinstance(compiled, Compiled)
        reference = study(Executable(compiled.wasm, compiled.export), source.signature, inputs=128)
        assert len(reference.vectors) and not (reference.outcomes.status == UNREACHABLE).any(), source.text
