"""Generated programs compile in every language."""

from __future__ import annotations

import pytest

from transpile.corpus import generator
from transpile.corpus.batch import Rejected, compile_batch
from transpile.corpus.language import languages


@pytest.mark.parametrize("name", sorted(languages()))
def test_generated_programs_compile(name: str) -> None:
    language = languages()[name]
    sources = [language.render(program) for program in generator.generate(31, 400)]
    errors = [r.message for r in compile_batch(language, sources) if isinstance(r, Rejected)]
    assert len(errors) <= 2, errors[:5]
