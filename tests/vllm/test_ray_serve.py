"""The Ray Serve deployment on a local Ray, with both engines: it answers, and it ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from services import free_port

from transpile.corpus.errors import TranspileError
from transpile.serve.ray_serve import application, read_arguments

CANONICAL = "func i32 -> i32 ; local.get p0 i32.const 3 i32.mul end"


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    import ray
    from ray import serve

    port = free_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("VLLM_ENABLE_V1_MULTIPROCESSING", raising=False)
        ray.init(num_cpus=2, include_dashboard=False, configure_logging=False, object_store_memory=100 << 20)
        serve.start(http_options={"host": "127.0.0.1", "port": port})
        yield f"http://127.0.0.1:{port}"
        serve.shutdown()
        ray.shutdown()


@pytest.fixture(scope="module", params=["ctranslate2", "vllm"])
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def url(cluster: str, engine: str) -> str:
    from ray import serve

    options = {"vllm.max_num_seqs": "8"} if engine == "vllm" else {}
    serve.run(application({"engine": engine, "workers": "1", "cpus": "1", "most": "1", **options}), name="transpile")
    return cluster


def ask(url: str, path: str, body: Any = None) -> requests.Response:
    return requests.request("POST" if body else "GET", url + path, json=body, timeout=120)


def test_a_replica_answers(url: str, engine: str) -> None:
    assert ask(url, "/healthz").json() == {"status": "ok"}
    reply = ask(url, "/v1/decode", {"wat": CANONICAL, "target_language": "rust", "temperature": 0})
    assert reply.status_code == 200
    assert reply.json()["candidates"][0]["canonical"].startswith("pub fn f0 ( p0 : i32 ) -> i32 {")
    held = ask(url, "/v1/decode", {"wat": CANONICAL, "target_language": "rust", "n": 2, "constrained": True})
    assert held.status_code == (200 if engine == "vllm" else 422)  # only vLLM takes grammars
    body = {"source": "int twice(int x) { return 2 * x; }", "source_language": "c", "target_language": "c", "engine": "lifter"}
    assert ask(url, "/v1/transpile", body).json()["summary"]["verified"] == 1
    assert "event: result" in ask(url, "/v1/transpile", body | {"stream": True}).text


def test_replicas_have_no_jobs_and_refuse_what_is_wrong(url: str) -> None:
    reply = ask(url, "/v1/jobs", {"source": "int f(void) { return 1; }", "source_language": "c", "target_language": "rust"})
    assert (reply.status_code, reply.json()["error"]["type"]) == (404, "not_found")
    assert ask(url, "/v1/decode", {"target_language": "rust"}).status_code == 400


def test_arguments_are_read_strictly() -> None:
    read = read_arguments({"engine": "vllm", "most": "8", "gpus": "0.5", "vllm.max_num_seqs": "64", "vllm.dtype": "bfloat16"})
    assert (read.engine, read.most, read.gpus, dict(read.vllm)) == ("vllm", 8, 0.5, {"max_num_seqs": 64, "dtype": "bfloat16"})
    for wrong in ({"engin": "vllm"}, {"most": "many"}, {"engine": "torch"}):
        with pytest.raises(TranspileError):
            read_arguments(wrong)
