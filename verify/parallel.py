"""Independent tasks on all cores, results as they come; a task that takes its process down with it costs only itself.

Workers end with their parent, however that ends. Invariant: every task is answered exactly once, by its result or by a `Lost`.
Limit: tasks and results travel by pickling; a worker's exceptions arrive as they are.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Lost:
    """The process that had the task ended before it answered (killed for its memory, or crashed), alone in its process the second time."""

    message: str = "the process that judged it ended without an answer"


def cores() -> int:
    """How many processes may run at once on this machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each(function: Callable[[Task], Result], tasks: Sequence[Task], jobs: int) -> Iterator[tuple[Task, Result | Lost]]:
    """(task, its result), in the order in which they are done. With one job everything happens in this process."""
    if jobs == 1 or len(tasks) < 2:
        for task in tasks:
            yield task, function(task)
        return
    answered: set[int] = set()
    try:
        with _workers(min(jobs, len(tasks))) as pool:
            for number, result in _finished(pool, function, tasks, range(len(tasks))):
                answered.add(number)
                yield tasks[number], result
    except BrokenProcessPool:
        pass
    for number in range(len(tasks)):
        if number not in answered:
            try:
                with _workers(1) as pool:
                    result: Result | Lost = pool.submit(function, tasks[number]).result()
            except BrokenProcessPool:
                result = Lost()
            yield tasks[number], result


def _finished(pool: ProcessPoolExecutor, function: Callable[[Task], Result], tasks: Sequence[Task], numbers: range) -> Iterator[tuple[int, Result]]:
    """Tasks are handed in as workers become free, so that an interruption leaves none behind in a queue."""
    waiting = iter(numbers)
    running: dict[Future, int] = {}
    while True:
        for number in waiting:
            running[pool.submit(function, tasks[number])] = number
            if len(running) > 2 * cores():
                break
        if not running:
            return
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            yield running.pop(future), future.result()


@contextmanager
def _workers(count: int) -> Iterator[ProcessPoolExecutor]:
    """A pool whose processes are gone when this ends: at once, if it ends by an exception."""
    # Not forked: wasmtime's threads would not come along.
    pool = ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"), initializer=_start_worker)
    before = {child.pid for child in multiprocessing.active_children()}
    try:
        yield pool
    except BaseException:
        for child in multiprocessing.active_children():
            if child.pid not in before:
                child.kill()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def collect_seldom() -> None:
    """For a process that only judges: what every task needs is loaded now, and never looked through for garbage again; the rest is so seldom, since
    hardly any of it goes in circles."""
    from transpile.verify import judge  # noqa: F401

    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _start_worker() -> None:
    """Leave interruptions to the parent, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    collect_seldom()
    parent = multiprocessing.parent_process()
    assert parent is not None

    def follow() -> None:
        parent.join()
        os._exit(2)

    threading.Thread(target=follow, daemon=True).start()
