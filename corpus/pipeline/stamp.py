"""What raw shards were made with, so that a build that goes on never mixes two kinds of code in one corpus.

The stamp lies beside the raw shards: the code of this package, the compilers, what kinds of rows are made, a user's own fingerprints. Invariant: shards
in a folder have the stamp of that folder. One build at a time works in a folder: it holds a lock that ends with its process.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from transpile.corpus.errors import TranspileError

SCHEMA = 2
"""Of raw and finished shards: 1 had decode rows alone."""


@cache
def code_digest() -> str:
    """A hash of everything in this package that a corpus depends on."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted(p for p in root.rglob("*") if p.is_file() and p.suffix in (".py", ".c", ".rs", ".zig", ".tsv", ".txt", ".toml", ".mjs")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def stamp(kinds: Sequence[str], compilers: dict[str, str], fingerprints: str) -> dict[str, object]:
    """What shards made now would be made with."""
    own = hashlib.sha256(Path(fingerprints).read_bytes()).hexdigest()[:16] if fingerprints else ""
    return {"schema": SCHEMA, "code": code_digest(), "kinds": sorted(kinds), "compilers": compilers, "fingerprints": own}


def check_stamp(raw: Path, now: dict[str, object], *, restart: bool) -> None:
    """Compare with the stamp of the shards in `raw`, and leave this one. `restart` removes shards made otherwise.

    Raises TranspileError, saying what differs, where there are shards made with something else.
    """
    path = raw / "stamp.json"
    shards = [p for p in raw.iterdir() if p.suffix == ".parquet" or (p.suffix == ".json" and p != path)]
    before = json.loads(path.read_text()) if path.is_file() else {}
    differing = [key for key in now if before.get(key) != now[key]]
    if shards and differing:
        if not restart:
            what = "an older version of this program" if not before else f"other {', '.join(differing)}"
            raise TranspileError(
                f"{raw} holds shards of a build with {what}", hint="build into another folder, or start this one anew with --restart"
            )
        for old in shards:
            old.unlink()
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_text(json.dumps(now, indent=2) + "\n")
    temporary.replace(path)


@contextmanager
def locked(raw: Path) -> Iterator[None]:
    """Hold the folder, and clear away what killed builds left half-written. Raises TranspileError where another build holds it."""
    with (raw / "lock").open("w") as file:
        try:
            import fcntl

            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # of this process alone, workers don't inherit it
        except ImportError:  # Windows: nothing holds it
            pass
        except OSError:
            raise TranspileError(f"another build is at work in {raw.parent}", hint="wait for it, or name another folder") from None
        for left in (*raw.glob("*.tmp"), *raw.parent.glob("*.tmp")):
            left.unlink(missing_ok=True)
        yield
