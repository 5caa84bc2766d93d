"""The service as a Ray Serve deployment: replicas of it on the machines of a Ray cluster, more or fewer as requests come.

    serve run transpile.serve.ray_serve:application
    serve run transpile.serve.ray_serve:application engine=vllm gpus=1 most=8 vllm.tensor_parallel_size=1

Each replica is the whole FastAPI application of `transpile serve`, with its own engine and workers. Limits: jobs are rows of a file on one machine,
and the next request may meet another replica, so replicas have no `/v1/jobs`; `/metrics` are the replica's that answers. Who may connect is the
cluster's proxy's business (`serve start --http-host`); `api_key_file` names a file that every machine has. vLLM's own tensor parallelism works within
a replica; data parallelism is what the replicas are.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transpile.corpus.errors import TranspileError

if TYPE_CHECKING:
    from fastapi import FastAPI
    from ray.serve import Application

_KNOWN = {"engine": str, "checkpoint": str, "api_key_file": str, "workers": int, "least": int, "most": int, "gpus": float, "cpus": float, "requests": int}


@dataclass(frozen=True, slots=True)
class Deployment:
    """`least` to `most` replicas, each with so many processors and GPUs; one more is started where a replica has over `requests` at a time."""

    engine: str = "ctranslate2"
    checkpoint: str = ""
    api_key_file: str = ""
    workers: int = 2
    least: int = 1
    most: int = 4
    gpus: float = 0
    cpus: float = 2
    requests: int = 8
    vllm: Mapping[str, Any] = field(default_factory=dict)


def read_arguments(given: Mapping[str, str]) -> Deployment:
    """`name=value` of `serve run`; `vllm.name=value` are arguments of vLLM's AsyncEngineArgs. Raises TranspileError for what is not known."""
    known: dict[str, Any] = {}
    vllm: dict[str, Any] = {}
    for name, value in given.items():
        if name.startswith("vllm."):
            try:
                vllm[name.removeprefix("vllm.")] = json.loads(value)
            except ValueError:
                vllm[name.removeprefix("vllm.")] = value
        elif name not in _KNOWN:
            raise TranspileError(f"the deployment has no '{name}'", hint=f"it has {', '.join(_KNOWN)}, and vllm.NAME")
        else:
            try:
                known[name] = _KNOWN[name](value)
            except ValueError as error:
                raise TranspileError(f"{name}={value} is not a number", hint=f"{name}={getattr(Deployment(), name)}, for instance") from error
    if known.get("engine") not in (None, "ctranslate2", "vllm"):
        raise TranspileError(f"no engine '{known['engine']}'", hint="engines are ctranslate2 and vllm")
    return Deployment(**known, vllm=vllm)


def replica(deployment: Deployment) -> FastAPI:
    """The application of one replica, without jobs."""
    from transpile.serve.http.app import create_app
    from transpile.serve.http.settings import Settings, read_keys

    keys = read_keys(Path(deployment.api_key_file)) if deployment.api_key_file else ()
    folder = Path(tempfile.mkdtemp(prefix="transpile-replica-"))
    settings = Settings(
        host="", keys=keys, workers=deployment.workers, checkpoint=Path(deployment.checkpoint) if deployment.checkpoint else None,
        jobs=folder / "jobs.sqlite", engine=deployment.engine, vllm=deployment.vllm,  # type: ignore[arg-type]
    )  # fmt: skip
    app = create_app(settings)
    app.router.routes[:] = [route for route in app.router.routes if not getattr(route, "path", "").startswith("/v1/jobs")]
    return app


def application(arguments: Mapping[str, str]) -> Application:
    """What `serve run` and `serve.run` take. Raises TranspileError for arguments that are not known, or where Ray is missing."""
    try:
        from ray import serve
    except ImportError as error:
        raise TranspileError("Ray Serve is not installed", hint="pip install 'transpile[ray]'") from error
    deployment = read_arguments(arguments)

    def build() -> FastAPI:
        return replica(deployment)

    made = serve.deployment(
        serve.ingress(build)(),
        name="transpile",
        ray_actor_options={"num_cpus": deployment.cpus, "num_gpus": deployment.gpus},
        autoscaling_config={"min_replicas": deployment.least, "max_replicas": deployment.most, "target_ongoing_requests": deployment.requests},
        max_ongoing_requests=4 * deployment.requests,
        graceful_shutdown_timeout_s=30,
    )
    return made.bind()
