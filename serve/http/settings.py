"""What an operator decides about a service."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from transpile.corpus.errors import TranspileError

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
SHORTEST_KEY = 16


def default_jobs() -> Path:
    """Where jobs are kept unless told otherwise: the user's folder for state."""
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "transpile" / "jobs.sqlite"


@dataclass(frozen=True, slots=True)
class Settings:
    """Sizes in bytes, times in seconds. `keys` are SHA-256 digests: a key itself is nowhere kept."""

    host: str = "127.0.0.1"
    port: int = 8000
    keys: tuple[bytes, ...] = ()
    workers: int = 2
    queue: int = 64
    """Requests that may wait for a worker or the engine; one more is refused."""
    seconds: float = 120.0
    """A request's deadline, and the longest that it may ask for."""
    largest_request: int = 1 << 20
    largest_reply: int = 8 << 20
    checkpoint: Path | None = None
    engine: Literal["ctranslate2", "vllm"] = "ctranslate2"
    vllm: Mapping[str, Any] = field(default_factory=dict)
    """Arguments of vLLM's AsyncEngineArgs."""
    jobs: Path = field(default_factory=default_jobs)
    most_jobs: int = 1000
    """Jobs that may wait."""
    keep_days: float = 7.0
    drain: float = 30.0
    """What requests under way get to finish once the service is told to stop."""

    def accepts(self, key: str) -> str | None:
        """Who a key belongs to (a name made of its digest), None if it is none of ours. Takes the same time whatever the key is."""
        if not self.keys:
            return "anyone"
        digest, found = hashlib.sha256(key.encode()).digest(), None
        for known in self.keys:
            if hmac.compare_digest(digest, known):
                found = known.hex()[:16]
        return found


def read_keys(path: Path) -> tuple[bytes, ...]:
    """The digests of the keys in a file: one a line, lines with # are comments. Raises TranspileError for a file that can't be or has no keys."""
    try:
        lines = [line.strip() for line in path.read_text().splitlines()]
        shared = path.stat().st_mode & 0o077
    except (OSError, UnicodeDecodeError) as error:
        raise TranspileError(f"can't read {path}: {error}", hint="it should hold API keys, one a line") from error
    hint = "make a key with: python -c 'import secrets; print(secrets.token_urlsafe(32))'"
    if os.name == "posix" and shared:
        raise TranspileError(f"others may read {path}", hint=f"chmod 600 {path}")
    keys = [line for line in lines if line and not line.startswith("#")]
    if not keys:
        raise TranspileError(f"{path} holds no keys", hint=hint)
    if any(len(key) < SHORTEST_KEY for key in keys):
        raise TranspileError(f"{path} holds a key of less than {SHORTEST_KEY} characters", hint=hint)
    return tuple(hashlib.sha256(key.encode()).digest() for key in keys)
