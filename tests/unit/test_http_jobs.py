"""Jobs on disk: accepted ones survive, each is finished once, and one service at a time has them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

pytest.importorskip("fastapi")

from transpile.corpus.errors import TranspileError
from transpile.serve.http.errors import ApiError
from transpile.serve.http.jobs import Runner, Table
from transpile.serve.http.metrics import Metrics

ASKED = {"source": "int f(void) { return 1; }", "target_language": "rust"}


@pytest.fixture()
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "jobs.sqlite"


def table(path: Path) -> Table:
    return Table(path, keep=1000)


def test_a_job_that_was_running_is_queued_again_after_a_crash(path: Path) -> None:
    jobs = table(path)
    first, second = (jobs.add("me", ASKED, None, 9)["id"] for _ in range(2))
    assert jobs.take()["id"] == first
    jobs._lock.close()  # what the end of the process does; the database is left as it is
    again = table(path)
    assert [again.take()["id"], again.take()["id"]] == [first, second]
    assert again.take() is None


def test_a_job_is_finished_once(path: Path) -> None:
    jobs = table(path)
    id_ = jobs.add("me", ASKED, None, 9)["id"]
    jobs.take()
    assert jobs.finish(id_, "done", result={"a": 1})
    assert not jobs.finish(id_, "failed", error={"b": 2})
    assert not jobs.finish(id_, "cancelled")
    jobs.release(id_)
    row = jobs.get("me", id_)
    assert (row["state"], row["finishes"], row["error"]) == ("done", 1, None)


def test_one_service_at_a_time(path: Path) -> None:
    jobs = table(path)
    with pytest.raises(TranspileError, match="another service"):
        table(path)
    jobs.close()
    table(path).close()


def test_the_same_token_makes_no_second_job(path: Path) -> None:
    jobs = table(path)
    one = jobs.add("me", ASKED, "token", 9)["id"]
    assert jobs.add("me", ASKED, "token", 9)["id"] == one
    assert jobs.add("you", ASKED, "token", 9)["id"] != one
    with pytest.raises(ApiError) as told:
        jobs.add("me", ASKED | {"source": "other"}, "token", 9)
    assert told.value.status == 409


def test_nobody_sees_another_ones_job(path: Path) -> None:
    jobs = table(path)
    id_ = jobs.add("me", ASKED, None, 9)["id"]
    with pytest.raises(ApiError) as told:
        jobs.get("you", id_)
    assert told.value.status == 404
    assert jobs.list("you", 10) == []


def test_the_queue_of_jobs_is_bounded(path: Path) -> None:
    jobs = table(path)
    jobs.add("me", ASKED, None, 1)
    with pytest.raises(ApiError) as told:
        jobs.add("me", ASKED, None, 1)
    assert (told.value.status, "Retry-After" in told.value.headers) == (429, True)


def test_old_jobs_go_and_waiting_ones_stay(path: Path) -> None:
    jobs = table(path)
    old, waiting = (jobs.add("me", ASKED, None, 9)["id"] for _ in range(2))
    jobs.take()
    jobs.finish(old, "done", result={})
    jobs.close()
    again = Table(path, keep=-1)
    assert [row["id"] for row in again.list("me", 10)] == [waiting]


def test_the_file_is_its_owners_alone(path: Path) -> None:
    table(path)
    assert path.stat().st_mode & 0o077 == 0


class Work:
    """Stands for a worker: holds every job until it is let go."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.earlier: list[dict[str, str]] = []
        self.let_go = asyncio.Event()

    async def __call__(self, asked: dict, earlier: dict[str, str], note) -> dict:
        self.started.append(asked["source"])
        self.earlier.append(earlier)
        note({"progress": {"done": 1, "total": 2, "note": "f"}})
        note({"part": {"name": "f", "state": f"what f became the {len(self.earlier)}. time"}})
        await self.let_go.wait()
        if asked["source"] == "bad":
            raise TranspileError("bad source", hint="mend it")
        return {"summary": {"functions": 2}, "source": asked["source"]}


async def until(condition) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)


def test_the_runner_works_off_cancels_and_puts_back(path: Path) -> None:
    async def run() -> None:
        jobs, work = table(path), Work()
        runner = Runner(jobs, work, 2, Metrics())
        ids = {name: jobs.add("me", ASKED | {"source": name}, None, 9)["id"] for name in ("good", "bad", "cancelled", "unfinished")}
        task = asyncio.create_task(runner.run())
        await until(lambda: len(work.started) == 2)
        assert runner.describe(jobs.get("me", ids["good"]))["progress"] == {"done": 1, "total": 2, "note": "f"}
        runner.cancel(jobs.get("me", ids["cancelled"]))
        work.let_go.set()
        await until(lambda: jobs.get("me", ids["good"])["state"] == "done")
        await until(lambda: jobs.get("me", ids["bad"])["state"] == "failed")
        await until(lambda: jobs.get("me", ids["unfinished"])["state"] == "done")
        work.let_go.clear()
        last = jobs.add("me", ASKED | {"source": "last"}, None, 9)["id"]
        runner.wake()
        await until(lambda: "last" in work.started)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        states = {name: jobs.get("me", id_)["state"] for name, id_ in ids.items()} | {"last": jobs.get("me", last)["state"]}
        assert states == {"good": "done", "bad": "failed", "cancelled": "cancelled", "unfinished": "done", "last": "queued"}
        assert "cancelled" not in work.started
        assert "bad source" in jobs.get("me", ids["bad"])["error"]

    asyncio.run(run())


def test_a_running_job_is_cancelled(path: Path) -> None:
    async def run() -> None:
        jobs, work = table(path), Work()
        runner = Runner(jobs, work, 1, Metrics())
        id_ = jobs.add("me", ASKED, None, 9)["id"]
        task = asyncio.create_task(runner.run())
        await until(lambda: work.started)
        runner.cancel(jobs.get("me", id_))
        await until(lambda: not runner._running)
        assert jobs.get("me", id_)["state"] == "cancelled"
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())


def test_a_job_goes_on_from_the_parts_that_were_kept(path: Path) -> None:
    async def run(work: Work) -> None:
        jobs = table(path)
        task = asyncio.create_task(Runner(jobs, work, 1, Metrics()).run())
        await until(lambda: work.started)
        if work.let_go.is_set():
            await until(lambda: jobs.count()["done"] == 1)
            assert jobs._db.execute("SELECT COUNT(*) FROM parts").fetchone()[0] == 0  # what is done needs them no more
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        jobs.close()

    first = table(path)
    first.add("me", ASKED, None, 9)
    first.close()
    works = [Work(), Work()]
    asyncio.run(run(works[0]))
    works[1].let_go.set()
    asyncio.run(run(works[1]))
    assert [work.earlier for work in works] == [[{}], [{"f": "what f became the 1. time"}]]
