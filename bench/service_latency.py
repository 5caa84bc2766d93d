"""What HTTP adds: time to ready, and the latency of /v1/decode over that of the engine alone.

The engine alone runs in this process, with the same number of threads, on the same function, greedily; calls alternate with requests, so that a
busy machine slows both alike. `overhead_ms` is the difference of the medians; `healthz_ms`, the median of the smallest request, says what of it
is the web server's. `ready_cpu_seconds` is what all processes of the service have used when it is ready.
Prints one JSON object. The bars are 3 s and 5 ms.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import sys
import time
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "unit"))
from services import Running

from transpile.serve.decoder import CTranslate2Decoder
from transpile.tokenizer.vocabulary import encode_prefix, encode_wat

WAT = "func i32 -> i32 ; local.get p0 i32.const 3 i32.mul end"
PRELUDE = "pub fn f0 ( p0 : i32 ) -> i32 {"
ASKED = {"wat": WAT, "target_language": "rust", "n": 1, "temperature": 0}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--requests", type=int, default=200)
    arguments = parser.parse_args()
    starts, processor = [], []
    for _ in range(arguments.starts):
        running = Running()
        starts.append(running.start())
        server = psutil.Process(running.process.pid)
        processor.append(sum(sum(p.cpu_times()[:2]) for p in (server, *server.children(recursive=True))))
        running.stop()
    decoder = CTranslate2Decoder(threads=max(1, (os.cpu_count() or 1) // 2))
    source, prefix = encode_wat(decoder.tokenizer, WAT), encode_prefix(decoder.tokenizer, "rust", PRELUDE)[1:]
    times: dict[str, list[float]] = {"engine": [], "decode": [], "healthz": []}
    with Running() as running:
        connection = http.client.HTTPConnection("127.0.0.1", running.port)

        def ask(method: str, path: str, body: str | None = None) -> None:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            reply = connection.getresponse()
            text = reply.read()
            assert reply.status == 200, text

        kinds = {
            "engine": lambda: decoder.generate(source, prefix),
            "decode": lambda: ask("POST", "/v1/decode", json.dumps(ASKED)),
            "healthz": lambda: ask("GET", "/healthz"),
        }
        for number in range(arguments.requests + 10):
            for name, run in kinds.items():
                started = time.perf_counter()
                run()
                if number >= 10:  # the first are for warming up
                    times[name].append(1000 * (time.perf_counter() - started))
    medians = {f"{name}_ms": round(statistics.median(values), 2) for name, values in times.items()}
    overhead = statistics.median(times["decode"]) - statistics.median(times["engine"])
    fastest = min(times["decode"]) - min(times["engine"])
    report = {
        "ready_seconds": round(statistics.median(starts), 2),
        "ready_fastest": round(min(starts), 2),
        "ready_cpu_seconds": round(statistics.median(processor), 2),
        "ready_bar": 3.0,
        **medians,
        "overhead_ms": round(overhead, 2),
        "overhead_fastest_ms": round(fastest, 2),
        "overhead_bar_ms": 5.0,
        "load": os.getloadavg(),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
