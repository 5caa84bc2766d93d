"""Jobs that outlive the service: a table in SQLite, and the runner that works it off.

An accepted job is on disk before the client hears of it. A job that was running when the service ended, however it ended, is queued again at
the next start. Invariant: a job is finished exactly once (only a running one can be, in one transaction), and only one service at a time
has the table.
Its functions are kept as they are finished, so that it goes on after the last of them; a function that was under way starts over.
What is kept is pickled: the table is its owner's alone, and what another release has kept is not used.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import sqlite3
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from transpile.corpus.errors import TranspileError
from transpile.serve.http.errors import ApiError, as_api_error
from transpile.serve.http.metrics import Metrics

_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, token TEXT, state TEXT NOT NULL, asked TEXT NOT NULL, result TEXT, error TEXT,
    created REAL NOT NULL, started REAL, finished REAL, finishes INTEGER NOT NULL DEFAULT 0,
    UNIQUE (owner, token)
);
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, created);
CREATE TABLE IF NOT EXISTS parts (
    job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE, name TEXT NOT NULL, state TEXT NOT NULL, made_by TEXT NOT NULL,
    PRIMARY KEY (job, name)
);
CREATE TRIGGER IF NOT EXISTS finished_jobs_have_no_parts AFTER UPDATE OF finished ON jobs BEGIN DELETE FROM parts WHERE job = NEW.id; END;
"""
STATES = ("queued", "running", "done", "failed", "cancelled")

Work = Callable[[dict[str, Any], dict[str, str], Callable[[dict[str, Any]], None]], Coroutine[Any, Any, dict[str, Any]]]
"""Does a job: what was asked, which parts of it were kept, and what takes its events."""


@dataclass(frozen=True, slots=True)
class Running:
    task: asyncio.Task
    progress: dict[str, Any]


class Table:
    """The jobs on disk. Every method is one short transaction."""

    def __init__(self, path: Path, keep: float) -> None:
        hint = "name another file with --jobs"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = _lock(path, hint)
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            path.chmod(0o600)
            self._db.row_factory = sqlite3.Row
            self._db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;" + _SCHEMA)
            self._db.execute("UPDATE jobs SET state = 'queued', started = NULL WHERE state = 'running'")
            self._db.execute("DELETE FROM jobs WHERE finished < ?", (time.time() - keep,))
        except (OSError, sqlite3.Error) as error:
            raise TranspileError(f"can't keep jobs in {path}: {error}", hint=hint) from error

    def add(self, owner: str, asked: dict[str, Any], token: str | None, most: int) -> sqlite3.Row:
        """A new job, or the one that this owner made with the same token. Raises ApiError 429 where too many wait, 409 for a token used otherwise."""
        text = json.dumps(asked, sort_keys=True)
        row = self._db.execute("SELECT * FROM jobs WHERE owner = ? AND token = ?", (owner, token)).fetchone() if token else None
        if row is not None:
            if row["asked"] != text:
                raise ApiError(409, "conflict", "this Idempotency-Key came with another request before", "use a new key for a new job")
            return row
        if self.count()["queued"] >= most:
            raise ApiError(429, "overloaded", "too many jobs wait", "try again later", {"Retry-After": "60"})
        id_ = secrets.token_hex(16)
        values = (id_, owner, token, "queued", text, time.time())
        self._db.execute("INSERT INTO jobs (id, owner, token, state, asked, created) VALUES (?, ?, ?, ?, ?, ?)", values)
        return self.get(owner, id_)

    def get(self, owner: str, id_: str) -> sqlite3.Row:
        row = self._db.execute("SELECT * FROM jobs WHERE id = ? AND owner = ?", (id_, owner)).fetchone()
        if row is None:
            raise ApiError(404, "not_found", "no such job", "jobs are kept for some days; GET /v1/jobs lists yours")
        return row

    def list(self, owner: str, most: int) -> list[sqlite3.Row]:
        return self._db.execute("SELECT * FROM jobs WHERE owner = ? ORDER BY created DESC LIMIT ?", (owner, most)).fetchall()

    def take(self) -> sqlite3.Row | None:
        """The oldest job that waits, now running."""
        return self._db.execute(
            "UPDATE jobs SET state = 'running', started = ? WHERE id = (SELECT id FROM jobs WHERE state = 'queued' ORDER BY created, id LIMIT 1)"
            " RETURNING *",
            (time.time(),),
        ).fetchone()

    def finish(self, id_: str, state: str, *, result: dict[str, Any] | None = None, error: dict[str, Any] | None = None) -> bool:
        """Whether the job was there to be finished: not if it was cancelled or finished before."""
        values = (state, json.dumps(result) if result else None, json.dumps(error) if error else None, time.time(), id_)
        done = self._db.execute(
            "UPDATE jobs SET state = ?, result = ?, error = ?, finished = ?, finishes = finishes + 1 WHERE id = ? AND state IN ('queued', 'running')",
            values,
        )
        return done.rowcount == 1

    def keep(self, id_: str, name: str, state: str) -> None:
        """A part of a running job, to go on from should it be interrupted."""
        values = (name, state, version("transpile"), id_)
        self._db.execute("INSERT OR REPLACE INTO parts (job, name, state, made_by) SELECT id, ?, ?, ? FROM jobs WHERE id = ? AND state = 'running'", values)

    def kept(self, id_: str) -> dict[str, str]:
        """The parts of a job, by name."""
        rows = self._db.execute("SELECT name, state FROM parts WHERE job = ? AND made_by = ?", (id_, version("transpile")))
        return {row["name"]: row["state"] for row in rows}

    def release(self, id_: str) -> None:
        """Back into the queue, at its old place."""
        self._db.execute("UPDATE jobs SET state = 'queued', started = NULL WHERE id = ? AND state = 'running'", (id_,))

    def count(self) -> dict[str, int]:
        return dict.fromkeys(STATES, 0) | dict(self._db.execute("SELECT state, COUNT(*) FROM jobs GROUP BY state").fetchall())

    def close(self) -> None:
        self._db.close()
        self._lock.close()


def _lock(path: Path, hint: str) -> Any:
    """An open file that no other service can lock while we live."""
    file = open(path.with_name(path.name + ".lock"), "w")  # noqa: SIM115
    try:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise TranspileError(f"another service keeps its jobs in {path}", hint=hint) from None
    return file


class Runner:
    """Works the table off, `at_once` jobs at a time, oldest first."""

    def __init__(self, table: Table, work: Work, at_once: int, metrics: Metrics) -> None:
        self.table, self._work, self._at_once, self._metrics = table, work, at_once, metrics
        self._running: dict[str, Running] = {}
        self._wake = asyncio.Event()
        self._stopping = False

    async def run(self) -> None:
        """Until cancelled; what is under way then goes back into the queue."""
        try:
            while True:
                while len(self._running) < self._at_once and (row := self.table.take()) is not None:
                    task = asyncio.create_task(self._do(row["id"], json.loads(row["asked"])))
                    self._running[row["id"]] = Running(task, {"done": 0, "total": 0, "note": ""})
                for state, number in self.table.count().items():
                    self._metrics.jobs.labels(state).set(number)
                await self._wake.wait()
                self._wake.clear()
        finally:
            self._stopping = True
            tasks = [r.task for r in self._running.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _do(self, id_: str, asked: dict[str, Any]) -> None:
        def note(event: dict[str, Any]) -> None:
            if "progress" in event and id_ in self._running:
                self._running[id_].progress.update(event["progress"])
            if "part" in event:
                self.table.keep(id_, event["part"]["name"], event["part"]["state"])

        try:
            result = await self._work(asked, self.table.kept(id_), note)
            self.table.finish(id_, "done", result=result)
        except asyncio.CancelledError:
            if self._stopping:
                self.table.release(id_)
        except Exception as error:
            self.table.finish(id_, "failed", error=as_api_error(error).body())
        finally:
            self._running.pop(id_, None)
            self._wake.set()

    def wake(self) -> None:
        self._wake.set()

    def cancel(self, row: sqlite3.Row) -> None:
        self.table.finish(row["id"], "cancelled")
        running = self._running.get(row["id"])
        if running:
            running.task.cancel()
        self._wake.set()

    def describe(self, row: sqlite3.Row) -> dict[str, Any]:
        progress: dict[str, Any] = {"done": 0, "total": 0, "note": ""}
        if row["id"] in self._running:
            progress = dict(self._running[row["id"]].progress)
        elif row["state"] == "done":
            with contextlib.suppress(KeyError, TypeError):
                number = json.loads(row["result"])["summary"]["functions"]
                progress = {"done": number, "total": number, "note": ""}
        return {key: row[key] for key in ("id", "state", "created", "started", "finished")} | {"progress": progress}
