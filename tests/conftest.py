"""A missing compiler skips the toolchain tests on a developer's laptop, and fails them in CI; likewise a missing Chromium the browser tests."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

TOOLCHAIN = Path(__file__).parent / "toolchain"
BROWSER = Path(__file__).parent / "browser"
NEEDS = {"chromium": "on Debian, as root: apt-get install chromium", "playwright": "pip install '.[serve,test]'"}


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


def missing_browser() -> list[str]:
    found = {"chromium": shutil.which("chromium"), "playwright": importlib.util.find_spec("playwright")}
    return [f"no {name} ({NEEDS[name]})" for name, there in found.items() if not there]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    compiled = [item for item in items if TOOLCHAIN in item.path.parents or BROWSER in item.path.parents]
    shown = [item for item in items if BROWSER in item.path.parents]
    for chosen, missing in ((compiled, missing_compilers() if compiled else []), (shown, missing_browser() if shown else [])):
        if missing and os.environ.get("CI"):
            raise pytest.UsageError(f"in CI everything must be there: {'; '.join(missing)}")
        if missing:
            for item in chosen:
                item.add_marker(pytest.mark.skip(reason="; ".join(missing)))


@pytest.fixture(scope="session")
def service() -> Iterator:
    """A service that many tests ask."""
    from services import Running

    with Running() as running:
        yield running
