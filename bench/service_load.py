"""Many clients at once, good, bad and hostile: no reply may be lost, wrong, or another client's.

Every request carries numbers of its own, which its reply must show. 429 is a right answer to anything that needs a turn, and the client asks again
after Retry-After; every other status must be the one that the request has earned. Some clients leave in the middle, some send no HTTP. Prints one
JSON object with the counts, latencies by kind, and the memory of all processes of the service at three moments; exit code 1 for a bad reply.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import socket
import statistics
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "unit"))
from services import Running

from transpile.serve.http.messages import models_of

Check = Callable[[int, Any], bool]
MODELS = set(models_of(None))


def decode(i: int) -> tuple[str, str, Any, Check]:
    body = {"wat": f"func i32 -> i32 ; local.get p0 i32.const {i % 60000 + 2} i32.mul end", "target_language": "c", "temperature": 0}
    body["names"] = {"function": f"decode{i}", "parameters": ["x"]}
    return "POST", "/v1/decode", body, lambda status, r: status == 200 and r["wat"] == body["wat"] and f"decode{i}(" in r["candidates"][0]["code"]


def translate(i: int) -> tuple[str, str, Any, Check]:
    source = f"int good{i}(int x) {{ return x ^ {i % 1000 + 1000}; }}\n"
    body = {"source": source, "source_language": "c", "target_language": "c", "engine": "lifter", "inputs": 64}

    def right(status: int, r: Any) -> bool:
        return status == 200 and [f["name"] for f in r["functions"]] == [f"good{i}"] and str(i % 1000 + 1000) in r["functions"][0]["code"]

    return "POST", "/v1/transpile", body, right


def complete(i: int) -> tuple[str, str, Any, Check]:
    prompt = f"func i32 -> i32 ; local.get p0 i32.const {i % 999} i32.add end"
    body: dict[str, Any] = {"model": "transpile-rust", "prompt": prompt, "temperature": 0, "echo": True, "max_tokens": 40}
    body["prelude"] = f"pub fn g{i} ( p0 : i32 ) -> i32 {{"
    return "POST", "/v1/completions", body, lambda status, r: status == 200 and r["choices"][0]["text"].startswith(body["prelude"])


def models(i: int) -> tuple[str, str, Any, Check]:
    return "GET", "/v1/models", None, lambda status, r: status == 200 and {m["id"] for m in r["data"]} == MODELS


def events(i: int) -> tuple[str, str, Any, Check]:
    """A stream of each of two samples, which must be one text."""
    prompt = f"func i32 -> i32 ; local.get p0 i32.const {i % 999} i32.add end"
    body = {"model": "transpile-c", "prompt": prompt, "temperature": 0, "n": 2, "echo": True, "stream": True, "max_tokens": 40, "logprobs": 0}
    body["prelude"] = f"int32_t g{i} ( int32_t p0 ) {{"

    def right(status: int, r: Any) -> bool:
        texts = {0: "", 1: ""}
        for one in r[:-1]:
            for choice in one["choices"]:
                texts[choice["index"]] += choice["text"]
        return status == 200 and r[-1] == "[DONE]" and texts[0] == texts[1] and texts[0].startswith(body["prelude"])

    return "POST", "/v1/completions", body, right


def stream(i: int) -> tuple[str, str, Any, Check]:
    method, path, body, right = translate(i)
    return method, path, body | {"stream": True}, lambda status, r: right(status, r[-1]) and any(e.get("name") == f"good{i}" for e in r[:-1])


def job(i: int) -> tuple[str, str, Any, Check]:
    body = translate(i)[2]
    return "POST", "/v1/jobs", body, lambda status, r: status == 202 and set(r["progress"]) == {"done", "total", "note"}


def refused(status: int, says: str = "") -> Check:
    return lambda got, r: got == status and set(r["error"]) == {"message", "hint", "type"} and says in r["error"]["message"]


def bad(i: int) -> tuple[str, str, Any, Check]:
    source = {"source_language": "c", "target_language": "rust"}
    return [
        ("POST", "/v1/decode", b"{not json", refused(400)),
        ("POST", "/v1/decode", {"wat": "x", "target_language": f"language{i}"}, refused(400)),
        ("POST", "/v1/transpile", source | {"source": f"int bad{i}( {{"}, refused(422, "source.c:1")),
        ("POST", "/v1/transpile", source | {"source": f"int bad{i}(void) {{ return missing{i}; }}"}, refused(422, f"missing{i}")),
        ("GET", f"/nowhere/{i}", None, refused(404)),
        ("DELETE", "/v1/models", None, refused(405)),
        ("GET", f"/v1/jobs/{i:032x}", None, refused(404)),
        ("POST", "/v1/decode", b" " * (1 << 20) + b"{}", refused(413)),
    ][i % 8]  # type: ignore[return-value]


def hostile(i: int) -> tuple[str, str, Any, Check]:
    source = {"source_language": "c", "target_language": "c", "engine": "lifter", "inputs": 64, "budget": 1.0}
    endless = f'(module (func (export "f") (param i32) (result i32) (loop br 0) (i32.const {i})))'

    def contained(status: int, r: Any) -> bool:
        return status in (200, 422, 504) and "/etc" not in json.dumps(r.get("error", "")).replace("/etc/passwd", "")

    return [
        ("POST", "/v1/transpile", source | {"source": f'#include "/etc/passwd"\nint f{i}(void) {{ return 1; }}'}, contained),
        ("POST", "/v1/transpile", source | {"source": endless, "source_language": "wat"}, contained),
        ("POST", "/v1/transpile", source | {"source": "int f(int x) { return " + "(" * 20000 + "x" + ")" * 20000 + "; }"}, contained),
        ("POST", "/v1/decode", {"wat": "(module " + "(func " * 5000, "target_language": "rust"}, contained),
        ("POST", "/v1/decode", {"wasm": "AGFzbQEAAAABBgFg" + "/////" * 200, "target_language": "rust"}, contained),
    ][i % 5]  # type: ignore[return-value]


KINDS = [(decode, 12), (complete, 8), (models, 6), (bad, 10), (translate, 4), (hostile, 2), (events, 3), (stream, 2), (job, 1)]


class Tally:
    def __init__(self) -> None:
        self.lock, self.counts = threading.Lock(), Counter()
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.examples: list[str] = []

    def note(self, what: str, kind: str, seconds: float = 0.0, example: str = "") -> None:
        with self.lock:
            self.counts[what] += 1
            if what == "right":
                self.seconds[kind].append(seconds)
            if example and len(self.examples) < 5:
                self.examples.append(example[:600])


def read_events(text: bytes) -> list[Any]:
    data = [line.removeprefix(b"data: ") for line in text.splitlines() if line.startswith(b"data: ")]
    return [one.decode() if one == b"[DONE]" else json.loads(one) for one in data]


def client(running: Running, number: int, until: float, tally: Tally) -> None:
    random_, connection, i = random.Random(number), http.client.HTTPConnection("127.0.0.1", running.port, timeout=180), number * 100_000
    while time.monotonic() < until:
        i += 1
        if random_.random() < 0.03:
            leave(running, i, random_)
            tally.note("left", "left")
            continue
        make = random_.choices([k for k, _ in KINDS], [w for _, w in KINDS])[0]
        method, path, body, right = make(i)
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        while True:
            started = time.monotonic()
            try:
                connection.request(method, path, data, {"Content-Type": "application/json"})
                reply = connection.getresponse()
                text, status = reply.read(), reply.status
                shown = read_events(text) if reply.headers["Content-Type"].startswith("text/event-stream") else json.loads(text)
            except (OSError, ValueError, http.client.HTTPException) as error:
                if isinstance(data, bytes) and len(data) > 1 << 20:  # the refusal may come while the body is still being sent
                    tally.note("right", make.__name__, time.monotonic() - started)
                else:
                    tally.note("lost", make.__name__, example=f"{make.__name__}: {error!r}")
                connection.close()
                break
            if status == 429:
                tally.note("asked_to_wait", make.__name__)
                if time.monotonic() > until:
                    break
                time.sleep(min(float(reply.headers["Retry-After"]), 5.0) * random_.uniform(0.5, 1.5))
                continue
            try:
                good = right(status, shown)
            except (AttributeError, KeyError, IndexError, TypeError):  # a reply of another form
                good = False
            tally.note("right" if good else "wrong", make.__name__, time.monotonic() - started, "" if good else f"{make.__name__}: {status} {text!r}")
            break
    connection.close()


def leave(running: Running, i: int, random_: random.Random) -> None:
    """Ask something long, or send something that is no HTTP, and go."""
    data = json.dumps({"source": f"int left{i}(int x) {{ return x; }}", "source_language": "c", "target_language": "rust"}).encode()
    head = f"POST /v1/transpile HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n".encode()
    try:
        with socket.create_connection(("127.0.0.1", running.port), timeout=10) as connection:
            connection.sendall(random_.choice([head + data, head + data[:20], b"\x16\x03\x01 not HTTP\r\n\r\n"]))
            time.sleep(random_.uniform(0, 0.5))
    except OSError:
        pass


def memory(running: Running) -> float:
    server = psutil.Process(running.process.pid)
    total = 0
    for process in (server, *server.children(recursive=True)):
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return round(total / 1e6, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=120.0)
    arguments = parser.parse_args()
    tally = Tally()
    with Running() as running:
        server = psutil.Process(running.process.pid)
        resident, whole = [round(server.memory_info().rss / 1e6, 1)], [memory(running)]
        until = time.monotonic() + arguments.seconds
        threads = [threading.Thread(target=client, args=(running, n, until, tally), daemon=True) for n in range(arguments.clients)]
        for thread in threads:
            thread.start()
        for moment in (until - arguments.seconds / 2, until):
            time.sleep(max(0.0, moment - time.monotonic()))
            resident.append(round(server.memory_info().rss / 1e6, 1))
            whole.append(memory(running))
        for thread in threads:
            thread.join(200)
        hanging = sum(thread.is_alive() for thread in threads)
        alive = running.ask("GET", "readyz")[0] == 200
        faults = running.log.read_text().count("internal error")
    latency = {k: {"replies": len(v), "p50": round(statistics.median(v), 3), "p99": round(sorted(v)[int(len(v) * 0.99)], 3)} for k, v in tally.seconds.items()}
    counts = {k: tally.counts[k] for k in ("right", "lost", "wrong", "asked_to_wait", "left")}
    report = {"clients": arguments.clients, "seconds": arguments.seconds, **counts, "hanging": hanging, "alive_after": alive, "internal_errors": faults}
    print(json.dumps(report | {"server_mb": resident, "all_mb": whole, "latency": latency, "examples": tally.examples, "load": os.getloadavg()}, indent=1))
    raise SystemExit(1 if counts["lost"] or counts["wrong"] or hanging or not alive else 0)


if __name__ == "__main__":
    main()
