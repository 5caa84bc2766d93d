"""A missing compiler skips the toolchain tests on a developer's laptop, and fails them in CI."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

TOOLCHAIN = Path(__file__).parent / "toolchain"


def missing_compilers() -> list[str]:
    from transpile.corpus.errors import MissingCompiler
    from transpile.corpus.language import languages

    out = []
    for language in languages().values():
        try:
            language.version()
        except MissingCompiler as error:
            out.append(f"{error.message} ({error.hint})")
    return out


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    chosen = [item for item in items if TOOLCHAIN in item.path.parents]
    missing = missing_compilers() if chosen else []
    if missing and not os.environ.get("CI"):
        for item in chosen:
            item.add_marker(pytest.mark.skip(reason="; ".join(missing)))
    elif missing:
        raise pytest.UsageError(f"in CI every compiler must be there: {'; '.join(missing)}")
