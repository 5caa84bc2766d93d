"""What `verify run` is to judge: two files, two folders (files are paired by their stem), or a manifest.

A manifest is TOML. Paths are relative to it; a pair may be of folders too:

    inputs = 4096                      # optional, like the options of the command line
    seed = 0
    seconds = 120                      # for one function at most

    [[pair]]
    original = "old/arrays.c"
    translated = "new/arrays.rs"
    functions = ["sum", "index_of"]    # optional: all that both have

    [pair.preconditions]               # optional, by function
    sum = ["n <= 1000"]
    index_of = "n > 0 && all(values >= 0)"
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from transpile.corpus.errors import TranspileError
from transpile.corpus.language import languages

_HEADERS = (".h", ".hpp")
_KEYS = {"original", "translated", "functions", "preconditions"}


@dataclass(frozen=True, slots=True)
class FilePair:
    """Two files to judge against each other; `functions` to judge, all if empty; `preconditions` by function."""

    original: Path
    translated: Path
    functions: tuple[str, ...] = ()
    preconditions: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The pairs of files, the files that have no counterpart, and the options that the manifest sets."""

    pairs: tuple[FilePair, ...]
    alone: tuple[Path, ...] = ()
    options: dict[str, int] = field(default_factory=dict)


def gather(original: Path, translated: Path | None) -> Manifest:
    """What the arguments of the command line name. Raises TranspileError."""
    if translated is None:
        if original.suffix != ".toml":
            raise TranspileError(f"nothing to judge {original} against", hint="name two files, two folders, or a manifest (verify.toml)")
        return read_manifest(original)
    pairs, alone = _expand(FilePair(original, translated))
    return Manifest(tuple(pairs), tuple(alone))


def read_manifest(path: Path) -> Manifest:
    """Raises TranspileError for what is no manifest, with the place."""
    hint = "see `verify run --help`; a manifest holds [[pair]] tables with original and translated"
    try:
        raw = tomllib.loads(path.read_text())
    except OSError as error:
        raise TranspileError(f"can't read {path}: {error.strerror}", hint=hint) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TranspileError(f"{path} is no TOML: {error}", hint=hint) from error
    unknown = raw.keys() - {"pair", "inputs", "seed", "seconds"}
    entries = raw.get("pair", [])
    if unknown or not isinstance(entries, list) or not entries:
        what = f"does not know '{sorted(unknown)[0]}'" if unknown else "has no [[pair]]"
        raise TranspileError(f"{path} {what}", hint=hint)
    options = {}
    for name, least in (("inputs", 1), ("seed", 0), ("seconds", 1)):
        if name in raw:
            if type(raw[name]) is not int or raw[name] < least:
                raise TranspileError(f"{path}: {name} must be a whole number from {least} on", hint=hint)
            options[name] = raw[name]
    pairs: list[FilePair] = []
    alone: list[Path] = []
    for number, entry in enumerate(entries, 1):
        more, left = _expand(_read_pair(path, number, entry))
        pairs += more
        alone += left
    return Manifest(tuple(pairs), tuple(alone), options)


def _read_pair(path: Path, number: int, entry: Any) -> FilePair:
    def wrong(what: str) -> TranspileError:
        return TranspileError(f"{path}: pair {number} {what}", hint="see the head of verify/manifest.py, or the README, for an example")

    if not isinstance(entry, dict) or entry.keys() - _KEYS:
        raise wrong(f"does not know '{sorted(entry.keys() - _KEYS)[0]}'" if isinstance(entry, dict) else "is no table")
    for name in ("original", "translated"):
        if not isinstance(entry.get(name), str):
            raise wrong(f"has no {name}")
    functions, given = entry.get("functions", []), entry.get("preconditions", {})
    if not isinstance(functions, list) or not all(isinstance(f, str) for f in functions):
        raise wrong("must have a list of names as functions")
    preconditions = {}
    for name, texts in given.items() if isinstance(given, dict) else [("preconditions", None)]:
        texts = [texts] if isinstance(texts, str) else texts
        if not isinstance(texts, list) or not all(isinstance(t, str) for t in texts):
            raise wrong(f"must have a text or a list of texts as preconditions of {name}")
        preconditions[name] = tuple(texts)
    # As the user would write them, so that the commands in the report work where this one was started.
    return FilePair(path.parent / entry["original"], path.parent / entry["translated"], tuple(functions), preconditions)


def _expand(pair: FilePair) -> tuple[list[FilePair], list[Path]]:
    """The pairs of files that two folders hold, and the files of the first that have no counterpart; else the pair itself."""
    if not pair.original.is_dir() and not pair.translated.is_dir():
        return [pair], []
    for one, other in ((pair.original, pair.translated), (pair.translated, pair.original)):
        if one.is_dir() and not other.is_dir():
            raise TranspileError(f"{one} is a folder and {other} is none", hint="judge a file against a file, a folder against a folder")
    theirs: dict[Path, list[Path]] = {}
    for stem, path in _files(pair.translated):
        theirs.setdefault(stem, []).append(path)
    pairs, alone = [], []
    for stem, path in _files(pair.original):
        found = theirs.get(stem, [])
        pairs += [FilePair(path, other, pair.functions, pair.preconditions) for other in found]
        alone += [] if found else [path]
    if not pairs:
        raise TranspileError(f"no file of {pair.original} has a counterpart of the same stem in {pair.translated}",
                             hint="arrays.c is judged against arrays.rs, sub/text.c against sub/text.zig")  # fmt: skip
    return pairs, alone


def _files(folder: Path) -> list[tuple[Path, Path]]:
    """(path without suffix, relative to the folder; path) of every file of a known language but headers, in order."""
    known = {s for tongue in languages().values() for s in tongue.suffixes if s not in _HEADERS} | {".wasm", ".wat"}
    files = sorted(p for p in folder.rglob("*") if p.suffix in known and p.is_file())
    return [(p.relative_to(folder).with_suffix(""), p) for p in files if not any(part.startswith(".") for part in p.relative_to(folder).parts)]
