"""Who does the chunks of a build: processes of this machine, or Ray Data on however many machines.

Both call the same function for each chunk, which leaves its raw shard in a folder; with Ray on several machines that folder is one that all of them see. The
result is the same, byte for byte, whoever made it, since every chunk depends on nothing but itself.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from typing import Any

from transpile.corpus.errors import TranspileError

Task = Callable[[Any], object]


def local(task: Task, items: Sequence[Any], workers: int) -> Iterator[None]:
    """Do every item in `workers` processes (in this one, if 1); yields once for each that is done."""
    if workers == 1 or len(items) == 1:
        for item in items:
            task(item)
            yield
    elif items:
        with ProcessPoolExecutor(workers, initializer=partial(_watch, os.getpid())) as pool:
            for future in as_completed([pool.submit(task, item) for item in items]):
                future.result()
                yield


def _watch(parent: int) -> None:
    """Ends this worker when the build that started it is gone: a killed one says nothing to its workers."""

    def wait() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def on_ray(task: Task, items: Sequence[Any], workers: int) -> Iterator[None]:
    """Do every item with Ray Data: on the cluster that RAY_ADDRESS names, else on `workers` processors of this machine.

    Raises TranspileError where Ray is not installed.
    """
    try:
        import ray
        import ray.data
    except ImportError:
        raise TranspileError("Ray is not installed", hint="pip install 'transpile[ray]'") from None
    started = not ray.is_initialized()
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if started:
        address = os.environ.get("RAY_ADDRESS")
        own = {} if address else {"num_cpus": workers, "include_dashboard": False}
        ray.init(address=address, log_to_driver=False, configure_logging=False, **own)
    try:
        ray.data.DataContext.get_current().enable_progress_bars = False

        def do(row: dict[str, Any]) -> dict[str, int]:
            task(items[row["item"]])
            return {"done": 1}

        done = ray.data.from_items([{"item": i} for i in range(len(items))], override_num_blocks=max(1, len(items))).map(do)
        for _ in done.iter_rows():
            yield
    finally:
        if started:
            ray.shutdown()


ENGINES = {"local": local, "ray": on_ray}


def check_engine(name: str) -> None:
    """Raises TranspileError for a name that is none of `ENGINES`."""
    if name not in ENGINES:
        raise TranspileError(f"unknown engine '{name}'", hint=f"engines are {' and '.join(ENGINES)}")
