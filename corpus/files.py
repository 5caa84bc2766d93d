"""Files that a command was asked to write: they appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from transpile.corpus.errors import TranspileError


def check_writable(path: Path | None) -> None:
    """Raises TranspileError, before any work is done, where a result could not be written."""
    if path is None:
        return
    if path.is_dir():
        raise TranspileError(f"{path} is a folder", hint="name a file to write")
    if not path.parent.is_dir():
        raise TranspileError(f"no such folder: {path.parent}", hint="make it first, or write elsewhere")
    if not os.access(path.parent, os.W_OK):
        raise TranspileError(f"can't write in {path.parent}", hint="name a file in a folder that is writable")


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it appears whole or not at all. Raises TranspileError where it can't be written."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(text)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise TranspileError(f"can't write {path}: {error.strerror}", hint="name a file in a folder that exists and is writable") from error
