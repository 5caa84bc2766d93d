"""Verdicts kept while a run goes on, so that one that was interrupted goes on where it was.

A file of JSON lines, one appended whenever something is finished: what a pair of files holds, or one function's record. Each is keyed by a hash of all
that it depends on: both texts (with what they include), options, preconditions, and this tool (its own code and the compilers' versions). What is
keyed otherwise is not found again. Invariant: a line that was cut off by a kill is passed over.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from transpile import corpus
from transpile.corpus.errors import MissingCompiler, TranspileError
from transpile.corpus.program import language_of


class State:
    """The records in a file, by key; without a file, nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        """Raises TranspileError where the file can't be written."""
        self.path, self.records = path, {}
        if path is None:
            return
        try:
            text = path.read_text(errors="replace") if path.exists() else ""
            # A line that was cut off must not swallow the next one.
            self._file = path.open("a")
            if text and not text.endswith("\n"):
                self._file.write("\n")
        except OSError as error:
            raise TranspileError(f"can't keep verdicts in {path}: {error.strerror}", hint="name a file in a folder that is writable") from error
        for line in text.splitlines():
            try:
                one = json.loads(line)
                self.records[one["key"]] = one["value"]
            except (ValueError, KeyError, TypeError):
                continue

    def get(self, key: str) -> Any:
        return self.records.get(key)

    def put(self, key: str, value: Any) -> None:
        if self.records.get(key) == value:
            return
        self.records[key] = value
        if self.path is not None:
            self._file.write(json.dumps({"key": key, "value": value}) + "\n")
            self._file.flush()


def key_of(*parts: Any) -> str:
    """A hash of JSON-able parts."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def hash_of(path: Path) -> str:
    """Of a file's text with what it includes, and of the compiler that will compile it. Files that can't be read have the hash of nothing:
    whoever reads them next says why."""
    tongue = language_of(path)
    try:
        data = path.read_bytes()
    except OSError:
        return ""
    version = ""
    if tongue is not None:
        data = tongue.gather(data.decode(errors="replace"), path.parent)[0].encode()
        try:
            version = tongue.version()
        except MissingCompiler:
            version = "missing"
    return hashlib.sha256(data + version.encode()).hexdigest()[:32]


@cache
def tool_hash() -> str:
    """Of the code that judges: the packages `corpus` and `verify`."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for folder in (Path(corpus.__file__).parent, here):
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
