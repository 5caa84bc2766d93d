"""`transpile serve --engine vllm`: every endpoint, through a real service."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import openai
import psutil
import pytest
from services import Running

CANONICAL = "func i32 -> i32 ; local.get p0 i32.const 3 i32.mul end"
OTHER = "func i32 i32 -> i32 ; local.get p0 local.get p1 i32.add end"
SUM = "int sum(const int *v, int n) { int t = 0; for (int i = 0; i < n; i++) t += v[i]; return t; }\n"


@pytest.fixture(scope="module")
def served() -> Iterator[Running]:
    before = os.environ.pop("VLLM_ENABLE_V1_MULTIPROCESSING", None)  # AsyncLLM has its model in a process of its own
    with Running("--engine", "vllm", "--workers", "1", "--deadline", "400", "--vllm-option", "max_num_seqs=32", patience=400.0) as running:
        yield running
    if before is not None:
        os.environ["VLLM_ENABLE_V1_MULTIPROCESSING"] = before


def depth(text: str) -> int:
    """Brackets that are open at the end. Raises AssertionError where one closes another kind."""
    opened: list[str] = []
    for word in text.split():
        if word in "([{":
            opened.append(word)
        elif word in ")]}":
            assert opened.pop() == {")": "(", "]": "[", "}": "{"}[word], text
    return len(opened)


def counted(service: Running, kind: str) -> float:
    lines = service.ask("GET", "metrics")[1].decode().splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(f'transpile_tokens_total{{kind="{kind}"}}'))


def test_candidates_of_a_seed_are_the_same(served: Running) -> None:
    asked = {"wat": CANONICAL, "target_language": "c", "n": 8, "seed": 4}
    status, reply, _ = served.ask("POST", "v1/decode", asked)
    assert status == 200
    assert len(reply["candidates"]) > 1
    assert served.ask("POST", "v1/decode", asked)[1] == reply


def test_the_openai_client_works_with_streams_and_samples(served: Running) -> None:
    client = openai.OpenAI(base_url=f"{served.url}v1", api_key="none")
    whole = client.completions.create(model="transpile-rust", prompt=CANONICAL, n=3, seed=7, max_tokens=60, logprobs=1)
    assert [len(c.logprobs.tokens) for c in whole.choices] == [len(c.logprobs.token_logprobs) for c in whole.choices]
    texts, reasons = [""] * 3, [None] * 3
    for chunk in client.completions.create(model="transpile-rust", prompt=CANONICAL, n=3, seed=7, max_tokens=60, stream=True):
        for choice in chunk.choices:
            texts[choice.index] += choice.text
            reasons[choice.index] = choice.finish_reason or reasons[choice.index]
    assert texts == [c.text for c in whole.choices]
    assert reasons == [c.finish_reason for c in whole.choices]
    greedy = client.completions.create(model="transpile-rust", prompt=[CANONICAL, OTHER], temperature=0, stop=";")
    assert len(greedy.choices) == 2
    assert greedy.choices[0].text != greedy.choices[1].text
    assert not any(";" in c.text for c in greedy.choices)


def test_what_is_constrained_keeps_to_the_grammar(served: Running) -> None:
    asked = {"wat": CANONICAL, "n": 16, "seed": 1, "temperature": 1.5, "constrained": True}
    for language in ("c", "rust"):
        status, reply, _ = served.ask("POST", "v1/decode", asked | {"target_language": language})
        assert status == 200
        texts = [c["canonical"] for c in reply["candidates"]]
        assert any(depth(text) == 0 for text in texts)
        assert all(depth(text) > 0 or text.endswith(" }") for text in texts)  # it ends with the body, or was cut
    status, reply, _ = served.ask("POST", "v1/decode", asked | {"target_language": "zig"})
    assert (status, reply["error"]["message"]) == (422, "there is no grammar of zig")


def test_files_are_translated_with_the_services_engine(served: Running) -> None:
    before = counted(served, "written")
    body = {"source": SUM, "source_language": "c", "target_language": "c", "engine": "model", "candidates": 8}
    status, reply, _ = served.ask("POST", "v1/transpile", body)
    assert status == 200
    assert reply["functions"][0]["engine"] == "model"
    assert counted(served, "written") > before
    job = served.ask("POST", "v1/jobs", body)[1]
    until = time.monotonic() + 120
    while served.ask("GET", f"v1/jobs/{job['id']}")[1]["state"] in ("queued", "running") and time.monotonic() < until:
        time.sleep(0.1)
    result = served.ask("GET", f"v1/jobs/{job['id']}/result")[1]
    assert [(f["name"], f["status"]) for f in result["functions"]] == [(f["name"], f["status"]) for f in reply["functions"]]


def test_clients_at_once_get_their_own_replies(served: Running) -> None:
    wats = [f"func i32 -> i32 ; local.get p0 i32.const {i} i32.mul end" for i in range(3, 9)] * 4
    asked = [{"wat": wat, "target_language": "rust", "n": 1, "temperature": 0} for wat in wats]
    alone = {a["wat"]: served.ask("POST", "v1/decode", a)[1]["candidates"][0]["canonical"] for a in asked[:6]}
    assert len(set(alone.values())) > 1
    with ThreadPoolExecutor(24) as pool:
        for a, (status, reply, _) in zip(asked, pool.map(lambda a: served.ask("POST", "v1/decode", a), asked), strict=True):
            assert (status, reply["candidates"][0]["canonical"]) == (200, alone[a["wat"]])


def test_a_client_that_leaves_frees_the_engine(served: Running) -> None:
    status, reply, _ = served.ask("POST", "v1/decode", {"wat": OTHER, "target_language": "rust", "n": 64, "temperature": 2.0, "timeout": 0.5})
    assert (status, reply["error"]["type"]) == (504, "deadline")
    status, reply, _ = served.ask("POST", "v1/decode", {"wat": OTHER, "target_language": "rust", "temperature": 2.5})
    assert (status, "up to 2.0" in reply["error"]["message"]) == (422, True)
    started = time.monotonic()  # 64 samples of 768 tokens, 32 at a time, would take more than a minute
    assert served.ask("POST", "v1/decode", {"wat": OTHER, "target_language": "rust", "temperature": 0})[0] == 200
    assert time.monotonic() - started < 40


def engine_of(service: Running) -> psutil.Process:
    children = psutil.Process(service.process.pid).children(recursive=True)
    return next(c for c in children if "EngineCore" in " ".join(c.cmdline()) or "EngineCore" in c.name())


def test_an_engine_that_is_killed_is_begun_anew_and_its_requests_are_answered(served: Running) -> None:
    asked = {"wat": CANONICAL, "target_language": "rust", "temperature": 0}
    before = served.ask("POST", "v1/decode", asked)[1]
    with ThreadPoolExecutor(2) as pool:
        long = pool.submit(served.ask, "POST", "v1/decode", {"wat": OTHER, "target_language": "rust", "n": 32, "temperature": 2.0}, None, 400)
        time.sleep(0.5)
        old = engine_of(served)
        old.kill()
        time.sleep(0.5)
        assert served.ask("GET", "readyz")[0] == 503  # a balancer sends nothing here meanwhile
        assert served.ask("GET", "healthz")[0] == 200
        assert served.ask("POST", "v1/decode", asked, seconds=400)[:2] == (200, before)
        assert long.result()[0] == 200
    assert served.ask("GET", "readyz")[0] == 200
    assert engine_of(served).pid != old.pid
    engine_of(served).kill()  # nobody asks
    until = time.monotonic() + 400
    time.sleep(0.5)
    while served.ask("GET", "readyz")[0] == 503 and time.monotonic() < until:
        time.sleep(0.2)
    assert served.ask("GET", "readyz")[0] == 200


def test_a_killed_service_leaves_no_process_and_starts_again(served: Running) -> None:
    children = psutil.Process(served.process.pid).children(recursive=True)
    assert engine_of(served) in children
    os.kill(served.process.pid, signal.SIGKILL)
    served.process.wait()
    _, alive = psutil.wait_procs(children, timeout=30)
    assert not [p for p in alive if p.status() != psutil.STATUS_ZOMBIE], [" ".join(p.cmdline()) for p in alive]
    served.start()
    status, reply, _ = served.ask("POST", "v1/completions", {"model": "transpile-c", "prompt": CANONICAL, "max_tokens": 8})
    assert status == 200, json.dumps(reply)
    assert served.stop() == 0
