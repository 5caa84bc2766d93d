"""Jobs over kill -9: the server is killed at random moments while clients submit and workers work; every accepted job must be finished once.

A client that gets no answer asks again with the same Idempotency-Key, as a client should. Each job translates a function of its own, so that a result that
belongs to another job shows. Prints one JSON object; exit code 1 if a job was lost, finished twice, or has another one's result.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import sqlite3
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "unit"))
from services import Running


def job(number: int) -> dict:
    source = f"int job{number}(int x) {{ return x * {number + 3} + {number}; }}\n"
    return {"source": source, "source_language": "c", "target_language": "rust", "engine": "lifter", "inputs": 64}


class Client(threading.Thread):
    """Submits jobs one after the other; keeps the ids of those that were accepted."""

    def __init__(self, running: Running, first: int, pause: float) -> None:
        super().__init__(daemon=True)
        self.running, self.next, self.pause = running, first, pause
        self.accepted: dict[str, int] = {}
        self.asked_again = 0
        self.ending = threading.Event()

    def run(self) -> None:
        while not self.ending.is_set():
            number, self.next = self.next, self.next + 1
            while True:
                try:
                    status, reply, _ = self.running.ask("POST", "v1/jobs", job(number), {"Idempotency-Key": f"job {number}"}, seconds=20)
                    if status == 202:
                        self.accepted[reply["id"]] = number
                        break
                except (OSError, http.client.HTTPException):  # killed before its answer, or in the middle of it
                    pass
                self.asked_again += 1
                time.sleep(0.1)
            self.ending.wait(self.pause)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--longest", type=float, default=6.0, help="seconds between ready and the kill, at most")
    parser.add_argument("--pause", type=float, default=0.7, help="seconds between a client's jobs")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    random_ = random.Random(arguments.seed)
    running = Running("--workers", "2", "--max-jobs", "100000")
    clients = [Client(running, start, arguments.pause) for start in (0, 100_000)]
    moments, under_way = [], []
    with running:
        for client in clients:
            client.start()
        for _ in range(arguments.kills):
            moments.append(round(random_.uniform(0, arguments.longest), 2))
            time.sleep(moments[-1])
            running.kill()
            with sqlite3.connect(f"file:{running.database}?mode=ro", uri=True) as table:
                states = dict(table.execute("SELECT state, COUNT(*) FROM jobs GROUP BY state").fetchall())
            under_way.append(states)
            running.start(wait="healthz")
        for client in clients:
            client.ending.set()
        for client in clients:
            client.join()
        while True:
            with sqlite3.connect(f"file:{running.database}?mode=ro", uri=True) as table:
                if not table.execute("SELECT COUNT(*) FROM jobs WHERE state IN ('queued', 'running')").fetchone()[0]:
                    break
            time.sleep(0.5)
        accepted = {id_: number for client in clients for id_, number in client.accepted.items()}
        with sqlite3.connect(f"file:{running.database}?mode=ro", uri=True) as table:
            rows = {id_: (state, finishes) for id_, state, finishes in table.execute("SELECT id, state, finishes FROM jobs")}
        wrong = 0
        for id_, number in accepted.items():
            functions = running.ask("GET", f"v1/jobs/{id_}/result")[1].get("functions", [])
            wrong += [f["name"] for f in functions] != [f"job{number}"]
    lost = sum(id_ not in rows or rows[id_][0] != "done" for id_ in accepted)
    twice = sum(finishes != 1 for _, finishes in rows.values()) + len(rows) - len(accepted)
    report = {"kills": arguments.kills, "jobs": len(accepted), "lost": lost, "twice": twice, "wrong": wrong, "asked_again": sum(c.asked_again for c in clients)}
    print(json.dumps(report | {"moments": moments, "states_at_kills": under_way, "load": os.getloadavg()}))
    raise SystemExit(1 if lost or twice or wrong else 0)


if __name__ == "__main__":
    main()
