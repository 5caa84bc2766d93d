"""A real `transpile serve`, asked over HTTP by the clients that people have."""

from __future__ import annotations

import base64
import json
import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from services import Running

pytest.importorskip("fastapi")

from transpile.serve.decoder import default_checkpoint

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = Path(__file__).resolve().parents[1] / "cases" / "hostile"
SUM = "int sum(const int *values, int n) {\n    int total = 0;\n    for (int i = 0; i < n; i++) total += values[i];\n    return total;\n}\n"
CANONICAL = "func i32 -> i32 ; local.get p0 i32.const 3 i32.mul end"
TRIPLE = '(module (func (export "triple") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3))))'
SLOW = "".join(f"int slow{i}(int x) {{ for (int i = 0; i < x; i++) x ^= x * {i + 3} + i; return x; }}\n" for i in range(30))


def transpilation(source: str, **more: Any) -> dict:
    return {"source": source, "source_language": "c", "target_language": "rust", "candidates": 8, "budget": 5.0} | more


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    code = "import sys; sys.argv[0] = 'transpile'; from transpile.serve.command import main; main()"
    return subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=120, env=os.environ | environment)


def without_seconds(reply: dict) -> dict:
    functions = [{k: v for k, v in f.items() if k != "seconds"} for f in reply["functions"]]
    return {"target": reply["target"], "functions": functions, "summary": {k: v for k, v in reply["summary"].items() if k != "seconds"}}


# ---------------------------------------------------------------- /v1/transpile


def test_the_reply_is_what_the_command_line_prints(service: Running, tmp_path: Path) -> None:
    file = tmp_path / "lib.c"
    file.write_text(SUM)
    options = ["--to", "rust", "--candidates", "8", "--json"]
    here = json.loads(command(str(file), *options).stdout)
    there = json.loads(command(str(file), *options, "--endpoint", service.url).stdout)
    status, reply, _ = service.ask("POST", "v1/transpile", transpilation(SUM, name="lib.c", budget=20.0))
    assert status == 200
    assert without_seconds(here) == without_seconds(there) == without_seconds(reply)
    assert there["source"] == str(file)
    assert reply["source"] == "lib.c"
    assert here["summary"]["verified"] == 1


def test_a_stream_has_each_function_once_and_then_everything(service: Running) -> None:
    source = SUM + "int twice(int x) { return 2 * x; }\n"
    status, text, headers = service.ask("POST", "v1/transpile", transpilation(source, stream=True, include=["wat", "original", "file"]))
    assert (status, headers["Content-Type"].partition(";")[0]) == (200, "text/event-stream")
    events = [(b.split("\n")[0], json.loads(b.split("\n")[1][6:])) for b in text.decode().split("\n\n") if b.startswith("event: ")]
    functions = {data["name"]: data for kind, data in events if kind == "event: function"}
    assert len(functions) == sum(kind == "event: function" for kind, _ in events) == 2
    assert events[-1][0] == "event: result"
    assert {f["name"]: f for f in events[-1][1]["functions"]} == functions
    assert functions["twice"]["wat"].startswith("func i32 -> i32")
    assert functions["twice"]["original"] == "int twice(int x) { return 2 * x; }"
    assert "pub fn twice" in events[-1][1]["file"]


def test_the_command_line_writes_files_and_has_local_headers(service: Running, tmp_path: Path) -> None:
    (tmp_path / "box.h").write_text("#pragma once\nstruct box { int width; int height; };\n")
    file, output, report = (tmp_path / name for name in ("lib.c", "lib.rs", "lib.html"))
    file.write_text('#include "box.h"\nint area(const struct box *b) { return b->width * b->height; }\n')
    done = command(str(file), "--to", "rust", "--endpoint", service.url, "-o", str(output), "--report", str(report))
    assert done.returncode == 0, done.stderr
    assert "pub fn area" in output.read_text()
    assert "area" in report.read_text()
    assert "area" in done.stdout


# ---------------------------------------------------------------- /v1/decode


def test_candidates_with_verdicts(service: Running) -> None:
    wasm = base64.b64encode(module()).decode()
    asked = {"wasm": wasm, "target_language": "rust", "signature": "int thrice(int count)", "n": 8, "seed": 5, "verify": True}
    status, reply, _ = service.ask("POST", "v1/decode", asked)
    assert status == 200
    assert reply["wat"] == CANONICAL
    found = reply["candidates"]
    assert [c["logprob"] for c in found] == sorted((c["logprob"] for c in found), reverse=True)
    assert any(c["verdict"]["verified"] for c in found)
    assert all("fn thrice(count: i32)" in c["code"] for c in found)
    again = service.ask("POST", "v1/decode", asked)[1]
    assert [(c["code"], c["verdict"]["status"]) for c in again["candidates"]] == [(c["code"], c["verdict"]["status"]) for c in found]
    other = service.ask("POST", "v1/decode", asked | {"names": {"function": "triple", "parameters": ["n"]}, "verify": False})[1]
    assert "fn triple(n: i32)" in other["candidates"][0]["code"]
    assert "verdict" not in other["candidates"][0]


def module() -> bytes:
    from transpile.corpus.wasm.wat import read_wat

    return read_wat(TRIPLE)


@pytest.mark.parametrize(
    "asked, says",
    [
        ({"wat": TRIPLE, "signature": "int triple(int a, int b)"}, "another wasm type"),
        ({"wat": TRIPLE, "signature": "nonsense"}, "not understood"),
        ({"wat": TRIPLE, "function": "other"}, "no function 'other'"),
        ({"wat": TRIPLE, "names": {"parameters": ["a", "b"]}}, "2 names for 1"),
        ({"wat": CANONICAL, "verify": True}, "nothing to run"),
        ({"wat": "(module (func"}, ""),
        ({"wasm": "AGFzbQ=="}, ""),
        ({"wasm": "not base64"}, "base64"),
        ({"wasm": "bm90IHdhc20="}, "not wasm"),
        ({"wat": "func i32 -> i32 ; " + "i32.const 1 drop " * 2000 + "end"}, "tokens long"),
    ],
)
def test_what_can_not_be_decoded(service: Running, asked: dict, says: str) -> None:
    status, reply, _ = service.ask("POST", "v1/decode", {"target_language": "rust"} | asked)
    assert status == 422
    assert reply["error"]["type"] == "unprocessable"
    assert says in reply["error"]["message"]
    assert reply["error"]["hint"]


def test_constant_tables_stand_behind_the_code(service: Running) -> None:
    shown = "func i32 -> i32 ; local.get p0 i32.load8_u d0 end data d0 7 8 9"
    module = '(module (memory 1) (data (i32.const 4096) "\\07\\08\\09") (func (export "at") (param i32) (result i32) (i32.load8_u offset=4096 (local.get 0))))'
    for wat in (shown, module):
        status, reply, _ = service.ask("POST", "v1/decode", {"wat": wat, "target_language": "rust"})
        assert (status, reply["wat"]) == (200, shown)


def test_a_language_that_the_weights_were_never_shown(tmp_path: Path) -> None:
    less = tmp_path / "less"
    shutil.copytree(default_checkpoint(), less)
    config = json.loads((less / "config.json").read_text())
    (less / "config.json").write_text(json.dumps(config | {"languages": ["rust"]}))
    with Running("--workers", "1", "--checkpoint", str(less)) as own:
        status, reply, _ = own.ask("POST", "v1/decode", {"target_language": "zig", "wat": CANONICAL})
        assert (status, reply["error"]["type"]) == (422, "unprocessable")
        assert "never shown zig" in reply["error"]["message"] and "it writes rust;" in reply["error"]["hint"]
        assert own.ask("POST", "v1/decode", {"target_language": "rust", "wat": CANONICAL})[0] == 200


# ---------------------------------------------------------------- OpenAI's client


def test_the_openai_client_works_unmodified(service: Running) -> None:
    openai = pytest.importorskip("openai")
    client = openai.OpenAI(base_url=f"{service.url}v1", api_key="not needed here")
    assert "transpile-rust" in [m.id for m in client.models.list()]
    assert client.models.retrieve("transpile-rust").id == "transpile-rust"
    greedy = client.completions.create(model="transpile-rust", prompt=CANONICAL, temperature=0, logprobs=1)
    assert greedy.choices[0].finish_reason == "stop"
    assert greedy.choices[0].text.endswith("}")
    assert len(greedy.choices[0].logprobs.tokens) == len(greedy.choices[0].logprobs.token_logprobs) == greedy.usage.completion_tokens
    sampled = client.completions.create(model="transpile-rust", prompt=CANONICAL, n=4, seed=7, max_tokens=200)
    assert [c.index for c in sampled.choices] == [0, 1, 2, 3]
    texts, reasons = [""] * 4, [None] * 4
    usage, tokens = None, [0] * 4
    for chunk in client.completions.create(
        model="transpile-rust", prompt=CANONICAL, n=4, seed=7, max_tokens=200, stream=True, stream_options={"include_usage": True}, logprobs=1
    ):
        usage = chunk.usage or usage
        for choice in chunk.choices:
            texts[choice.index] += choice.text
            tokens[choice.index] += len(choice.logprobs.tokens)
            assert not choice.text or choice.logprobs.tokens  # each with its text
            reasons[choice.index] = choice.finish_reason or reasons[choice.index]
    assert texts == [c.text for c in sampled.choices]
    assert reasons == [c.finish_reason for c in sampled.choices]
    assert sum(tokens) == usage.completion_tokens == sampled.usage.completion_tokens
    stopped = client.completions.create(model="transpile-c", prompt=[CANONICAL, TRIPLE], temperature=0, stop=";", echo=True)
    assert [";" in c.text for c in stopped.choices] == [False, False]
    assert all(c.text.startswith("int32_t f0 ( int32_t p0 ) {") for c in stopped.choices)
    with pytest.raises(openai.NotFoundError, match="no model"):
        client.completions.create(model="gpt-4", prompt=CANONICAL)


# ---------------------------------------------------------------- jobs


def finished(service: Running, id_: str, seconds: float = 120) -> dict:
    until = time.monotonic() + seconds
    while (job := service.ask("GET", f"v1/jobs/{id_}")[1])["state"] in ("queued", "running"):
        assert time.monotonic() < until, job
        time.sleep(0.1)
    return job


def test_a_job_from_start_to_result(service: Running) -> None:
    headers = {"Idempotency-Key": "one"}
    status, job, told = service.ask("POST", "v1/jobs", transpilation(SUM), headers)
    assert status == 202
    assert told["Location"] == f"/v1/jobs/{job['id']}"
    assert service.ask("POST", "v1/jobs", transpilation(SUM), headers)[1]["id"] == job["id"]
    assert finished(service, job["id"])["progress"] == {"done": 1, "total": 1, "note": ""}
    status, result, _ = service.ask("GET", f"v1/jobs/{job['id']}/result")
    assert (status, result["summary"]["functions"]) == (200, 1)
    bad = service.ask("POST", "v1/jobs", transpilation("int f( {"))[1]
    assert finished(service, bad["id"])["state"] == "failed"
    assert service.ask("GET", f"v1/jobs/{bad['id']}/result")[1]["error"]["type"] == "unprocessable"


def test_a_job_is_cancelled(service: Running) -> None:
    job = service.ask("POST", "v1/jobs", transpilation(SLOW, candidates=64, budget=60.0))[1]
    until = time.monotonic() + 60
    while service.ask("GET", f"v1/jobs/{job['id']}")[1]["state"] == "queued" and time.monotonic() < until:
        time.sleep(0.05)
    assert service.ask("POST", f"v1/jobs/{job['id']}/cancel")[1]["state"] == "cancelled"
    assert service.ask("GET", f"v1/jobs/{job['id']}/result")[0] == 409
    assert service.ask("POST", f"v1/jobs/{job['id']}/cancel")[1]["state"] == "cancelled"


def test_jobs_outlive_kill_9_and_sigterm() -> None:
    with Running("--workers", "1") as own:
        ids = [own.ask("POST", "v1/jobs", transpilation(SUM, seed=i))[1]["id"] for i in range(3)]
        time.sleep(0.5)
        own.kill()
        own.start()
        time.sleep(0.5)
        assert own.stop() == 0
        own.start()
        assert [finished(own, id_)["state"] for id_ in ids] == ["done"] * 3
        import sqlite3

        rows = sqlite3.connect(own.database).execute("SELECT id, finishes FROM jobs").fetchall()
        assert sorted(rows) == sorted((id_, 1) for id_ in ids)


def test_a_killed_job_goes_on_after_the_function_that_was_done() -> None:
    """`loop` waits for `quick`, which it calls; after the restart `quick` is what it was, to the millisecond that it took."""
    import sqlite3

    source = "int quick(int x) { return x + 1; }\nint loop(int x) { return quick(x) * quick(x + 1); }\n"
    with Running("--workers", "1") as own:
        id_ = own.ask("POST", "v1/jobs", transpilation(source, target_language="c"))[1]["id"]
        until, parts = time.monotonic() + 60, []
        while not parts and time.monotonic() < until:
            parts = sqlite3.connect(own.database).execute("SELECT name FROM parts").fetchall()
        own.kill()
        kept = dict(sqlite3.connect(own.database).execute("SELECT name, state FROM parts").fetchall())
        assert "quick" in kept
        before = pickle.loads(base64.b64decode(kept["quick"]))
        own.start()
        assert finished(own, id_)["state"] == "done"
        functions = {f["name"]: f for f in own.ask("GET", f"v1/jobs/{id_}/result")[1]["functions"]}
        assert functions["quick"]["seconds"] == round(before.seconds, 3)
        assert {name: f["status"] for name, f in functions.items()} == {"quick": before.verdict.status, "loop": functions["loop"]["status"]}


# ---------------------------------------------------------------- figures


def counted(service: Running, name: str) -> float:
    lines = service.ask("GET", "metrics")[1].decode().splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(name))


def test_metrics_count_requests_tokens_and_verdicts(service: Running) -> None:
    names = ['transpile_requests_total{route="/v1/transpile",status="200"}']
    names += ["transpile_tokens_total", "transpile_verdicts_total", "transpile_request_seconds_count"]
    before = [counted(service, name) for name in names]
    assert service.ask("POST", "v1/transpile", transpilation(SUM))[0] == 200
    assert service.ask("POST", "v1/decode", {"wat": CANONICAL, "target_language": "c"})[0] == 200
    after = [counted(service, name) for name in names]
    assert after[0] == before[0] + 1
    assert all(b > a for a, b in zip(before, after, strict=True))
    assert counted(service, "transpile_queue") == counted(service, "transpile_running") == 0


# ---------------------------------------------------------------- under pressure


def workers_of(service: Running) -> list[int]:
    """Processes that work for it; one that has just ended, or is not yet waited for, is none."""
    import psutil

    found = []
    for child in psutil.Process(service.process.pid).children():
        with suppress(psutil.NoSuchProcess):
            if "spawn_main" in " ".join(child.cmdline()):
                found.append(child.pid)
    return found


def test_a_worker_that_dies_is_replaced_and_its_request_answered() -> None:
    with Running("--workers", "1") as own, ThreadPoolExecutor(1) as pool:
        asked = pool.submit(own.ask, "POST", "v1/transpile", transpilation(SUM, candidates=32))
        time.sleep(1.0)
        before = workers_of(own)
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        status, reply, _ = asked.result(120)
        assert (status, reply["summary"]["functions"]) == (200, 1)
        assert not set(before) & set(workers_of(own))
        # One that waits for work, too.
        for pid in workers_of(own):
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.5)
        assert own.ask("POST", "v1/transpile", transpilation(SUM))[0] == 200


def test_too_many_requests_are_refused_and_clients_that_leave_make_room() -> None:
    with Running("--workers", "1", "--queue", "1") as own, ThreadPoolExecutor(2) as pool:
        leavers = [leave_after(own, transpilation(SLOW, candidates=64, budget=60.0, stream=stream)) for stream in (True, False)]
        time.sleep(1.0)
        status, reply, headers = own.ask("POST", "v1/transpile", transpilation(SUM))
        assert (status, reply["error"]["type"]) == (429, "overloaded")
        assert int(headers["Retry-After"]) >= 1
        assert own.ask("POST", "v1/transpile", transpilation(SUM, stream=True))[0] == 429
        for connection in leavers:
            connection.close()
        until = time.monotonic() + 20
        while own.ask("POST", "v1/decode", {"wat": CANONICAL, "target_language": "c"})[0] == 429 and time.monotonic() < until:
            time.sleep(0.1)
        assert own.ask("POST", "v1/decode", {"wat": CANONICAL, "target_language": "c"})[0] == 200
        assert b"transpile_clients_left_total 2.0" in own.ask("GET", "metrics")[1]
        # A deadline ends the work, and SIGTERM lets a request under way finish.
        status, reply, _ = own.ask("POST", "v1/transpile", transpilation(SLOW, candidates=64, timeout=1.0))
        assert (status, reply["error"]["type"]) == (504, "deadline")
        last = pool.submit(own.ask, "POST", "v1/transpile", transpilation(SUM))
        time.sleep(0.5)
        assert own.stop() == 0
        assert last.result()[0] == 200


def leave_after(service: Running, body: dict) -> socket.socket:
    """A request under way, whose connection can be closed."""
    data = json.dumps(body).encode()
    connection = socket.create_connection(("127.0.0.1", service.port))
    head = f"POST /v1/transpile HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
    connection.sendall(head.encode() + data)
    return connection


def test_hostile_sources_get_answers_without_our_paths(service: Running) -> None:
    kinds = {".c": "c", ".cpp": "cpp", ".rs": "rust", ".zig": "zig", ".wat": "wat"}
    files = sorted(f for f in HOSTILE.iterdir() if f.suffix in kinds and f.stat().st_size < 100_000)[::8]
    for file in files:
        body = transpilation(file.read_text(errors="replace"), source_language=kinds[file.suffix], engine="lifter", budget=1.0, timeout=60)
        status, reply, _ = service.ask("POST", "v1/transpile", body)
        assert status in (200, 422, 504), (file.name, status, reply)
        text = json.dumps(reply)
        for place in (str(ROOT), "/tmp/", sys.prefix, "site-packages", "Traceback"):
            assert place not in text, (file.name, text[:500])
    assert service.ask("GET", "healthz")[0] == 200


def test_what_an_export_is_called_is_no_code(service: Running) -> None:
    """The judge looks at behaviour, not at names: an export's name must not get past it as a part of the translation."""
    wat = '(module (func (export "f(void) { return 1; } int evil") (result i32) (i32.const 7)))'
    for path, asked in (("v1/transpile", transpilation(wat, source_language="wat", target_language="c", engine="lifter", include=["file"])),
                        ("v1/decode", {"wat": wat, "target_language": "c", "function": "f(void) { return 1; } int evil", "verify": True})):
        status, reply, _ = service.ask("POST", path, asked)
        assert status == 200
        texts = [f["code"] for f in reply.get("functions", reply.get("candidates"))] + [reply.get("file", "")]
        assert "f_void_return_1_int_evil" in texts[0]
        assert not any("evil(" in text.replace("_evil(", "") or "return 1" in text for text in texts), texts


def test_keys_and_the_document(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_text("first-key-0123456789\nsecond-key-0123456789\n")
    keys.chmod(0o600)
    with Running("--api-key-file", str(keys), "--workers", "1") as own:
        body = {"wat": CANONICAL, "target_language": "rust"}
        first, second = ({"Authorization": f"Bearer {name}-key-0123456789"} for name in ("first", "second"))
        assert own.ask("POST", "v1/decode", body)[0] == 401
        assert own.ask("POST", "v1/decode", body, {"Authorization": "Bearer wrong"})[0] == 401
        assert own.ask("POST", "v1/decode", body, first)[0] == 200
        job = own.ask("POST", "v1/jobs", transpilation(SUM), first)[1]
        assert own.ask("GET", f"v1/jobs/{job['id']}", headers=second)[0] == 404
        document = own.ask("GET", "openapi.json")[1]
        assert document["paths"]["/v1/decode"]["post"]["security"] == [{"key": []}]
        assert document["components"]["schemas"]["DecodeRequest"]["examples"]
        file = tmp_path / "lib.c"
        file.write_text(SUM)
        without = command(str(file), "--to", "rust", "--endpoint", own.url)
        assert (without.returncode, "no valid API key" in without.stderr) == (2, True)
        keyed = command(str(file), "--to", "rust", "--endpoint", own.url, "--candidates", "8", TRANSPILE_API_KEY="second-key-0123456789")
        assert keyed.returncode == 0, keyed.stderr
        assert "first-key" not in own.log.read_text()
