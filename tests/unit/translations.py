"""A file through `transpile` with the rules alone, for tests."""

from __future__ import annotations

from pathlib import Path

from transpile.corpus.language import language
from transpile.corpus.program import load
from transpile.serve.lifter import Lifter
from transpile.serve.output import write_file
from transpile.serve.transpiler import Options, Translation, transpile


def translated(folder: Path, text: str, to: str = "rust", suffix: str = "c", inputs: int = 256) -> tuple[dict[str, Translation], str]:
    """The translations by name, and the file."""
    path = folder / f"lib.{suffix}"
    path.write_text(text)
    program, target = load(path, checked=True), language(to)
    found = transpile(program, target, None, Options(inputs=inputs), lifter=Lifter(program))
    return {t.name: t for t in found}, write_file(found, target, path)


def unverified(found: dict[str, Translation]) -> dict[str, str]:
    return {name: f"{t.verdict.status}: {t.verdict.evidence}" for name, t in found.items() if not t.verdict.verified}
