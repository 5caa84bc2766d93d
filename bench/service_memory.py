"""Does the service's memory grow? An hour's worth of mixed requests (3,600, one a second) as fast as it takes them, with its memory along the way.

The requests are those of `service_load.py`, from a few clients. Prints one JSON object: the resident memory in MiB of the service's own process
and of all its processes at every twentieth of the way, and the slope of the own process over the second half, in MiB per 1,000 requests, by least
squares. Workers are replaced after some tasks, so their memory goes up and down; the slope of a process that holds on to nothing is close to zero.
`--engine vllm` and the like are handed on to `transpile serve`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from pathlib import Path

import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "unit"))
sys.path.insert(0, str(Path(__file__).parent))
from service_load import Tally, client
from services import Running


def memory(process: psutil.Process) -> tuple[float, float]:
    """MiB of a process, and of it with all that it started."""
    own, whole = process.memory_info().rss, 0
    for child in process.children(recursive=True):
        try:
            whole += child.memory_info().rss
        except psutil.Error:
            continue
    return own / 2**20, (own + whole) / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=3600)
    parser.add_argument("--clients", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=3600.0, help="stop after so many, whatever was done")
    arguments, options = parser.parse_known_args()
    with Running(*options) as running:
        assert running.process is not None
        process, tally, started = psutil.Process(running.process.pid), Tally(), time.monotonic()
        stop = [started + arguments.seconds]
        seen: list[tuple[int, float, float]] = []

        def done() -> int:
            return tally.counts["right"] + tally.counts["wrong"] + tally.counts["lost"]

        threads = [threading.Thread(target=_ask, args=(running, n, stop, tally), daemon=True) for n in range(arguments.clients)]
        for thread in threads:
            thread.start()
        for part in range(1, 21):
            while done() < part * arguments.requests / 20 and time.monotonic() < stop[0]:
                time.sleep(0.2)
            seen.append((done(), *memory(process)))
            print(f"{seen[-1][0]:>6} requests: {seen[-1][1]:.0f} MiB, with all its processes {seen[-1][2]:.0f} MiB", file=sys.stderr)
            if time.monotonic() >= stop[0]:
                break
        stop[0] = 0.0
        for thread in threads:
            thread.join(200)
        half = seen[len(seen) // 2 :]
        slope = float(np.polyfit([s[0] for s in half], [s[1] for s in half], 1)[0]) * 1000 if len(half) > 2 else None
        report = {
            "requests": seen[-1][0], "seconds": round(time.monotonic() - started), "wrong": tally.counts["wrong"], "lost": tally.counts["lost"],
            "own_mib": [round(s[1]) for s in seen], "all_mib": [round(s[2]) for s in seen],
            "slope_mib_per_1000": None if slope is None else round(slope, 2), "load": os.getloadavg(),
        }  # fmt: skip
    print(json.dumps(report))


def _ask(running: Running, number: int, stop: list[float], tally: Tally) -> None:
    while (now := time.monotonic()) < stop[0]:
        client(running, number + int(now) % 1000 * 100, min(now + 10.0, stop[0]), tally)


if __name__ == "__main__":
    main()
