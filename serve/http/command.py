"""The command line `transpile serve`.

Loopback is the default, and anything else wants API keys. SIGTERM: no new connections, requests under way finish, jobs under way go back into
their queue, then the service ends.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from transpile.corpus.console import application
from transpile.corpus.errors import TranspileError

app = application()


class Engine(StrEnum):
    CTRANSLATE2 = "ctranslate2"
    VLLM = "vllm"


@app.command()
def serve(
    engine: Annotated[Engine, typer.Option(help="What decodes.")] = Engine.CTRANSLATE2,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0: any that is free.")] = 8000,
    api_key_file: Annotated[Path | None, typer.Option(metavar="FILE", help="API keys, one a line; a request must bring one.")] = None,
    without_key: Annotated[bool, typer.Option("--without-key", help="Listen beyond loopback without keys: whoever reaches it may use it.")] = False,
    workers: Annotated[int, typer.Option(min=0, max=256, help="Processes that compile and judge; 0: one a core, at least two.")] = 0,
    queue: Annotated[int, typer.Option(min=0, help="Requests that may wait; one more gets 429.")] = 64,
    deadline: Annotated[float, typer.Option(min=1.0, help="Seconds a request may take.")] = 120.0,
    max_request: Annotated[int, typer.Option(min=1024, help="Bytes of the largest request.")] = 1 << 20,
    max_reply: Annotated[int, typer.Option(min=1024, help="Bytes of the largest reply.")] = 8 << 20,
    jobs: Annotated[Path | None, typer.Option(metavar="FILE", help="Where jobs are kept (SQLite); in the user's folder for state if not given.")] = None,
    max_jobs: Annotated[int, typer.Option(min=1, help="Jobs that may wait.")] = 1000,
    keep_days: Annotated[float, typer.Option(min=0.0, help="Days that finished jobs are kept.")] = 7.0,
    drain: Annotated[float, typer.Option(min=0.0, help="Seconds that requests under way get to finish after SIGTERM.")] = 30.0,
    checkpoint: Annotated[Path | None, typer.Option(help="An exported model folder, instead of the weights that ship.")] = None,
    tensor_parallel_size: Annotated[int, typer.Option(min=1, help="vLLM: devices that each hold a part of the model.")] = 1,
    data_parallel_size: Annotated[int, typer.Option(min=1, help="vLLM: copies of the model, each on devices of its own.")] = 1,
    vllm_option: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="vLLM: an argument of its AsyncEngineArgs, in JSON; may be repeated.")
    ] = None,
) -> None:
    """Decode, transpile and judge over HTTP, with a page to try it on at /. GET /openapi.json describes what can be asked."""
    parallel = {"tensor_parallel_size": tensor_parallel_size, "data_parallel_size": data_parallel_size}
    vllm = {name: size for name, size in parallel.items() if size > 1} | _vllm_options(vllm_option or [])
    if engine is not Engine.VLLM and vllm:
        raise TranspileError(f"CTranslate2 has no {next(iter(vllm))}", hint="it is an option of --engine vllm")
    try:
        import uvicorn

        from transpile.serve.http.app import create_app
        from transpile.serve.http.wire import HEAD, Protocol
    except ImportError as error:
        raise TranspileError(f"the service needs packages that are not installed ({error.name})", hint="pip install 'transpile[serve]'") from error
    from transpile.serve.decoder import check_checkpoint
    from transpile.serve.http.settings import LOOPBACK, Settings, default_jobs, read_keys

    keys = read_keys(api_key_file) if api_key_file else ()
    if host not in LOOPBACK and not keys and not without_key:
        raise TranspileError(f"{host} can be reached from other machines, and there is no API key", hint="add --api-key-file FILE, or say --without-key")
    if engine is Engine.VLLM:
        from transpile.serve.vllm.engine import check_vllm

        check_vllm()
    check_checkpoint(checkpoint, "model.safetensors" if engine is Engine.VLLM else "ctranslate2/model.bin")
    settings = Settings(
        host=host, port=port, keys=keys, workers=workers or max(2, os.cpu_count() or 1), queue=queue, seconds=deadline,
        largest_request=max_request, largest_reply=max_reply, checkpoint=checkpoint and checkpoint.resolve(), jobs=jobs or default_jobs(),
        most_jobs=max_jobs, keep_days=keep_days, drain=drain, engine=engine.value, vllm=vllm,
    )  # fmt: skip
    config = uvicorn.Config(
        create_app(settings), host=host, port=port, log_config=_LOGGING, access_log=False, server_header=False, timeout_keep_alive=30,
        timeout_graceful_shutdown=int(drain), http=Protocol, h11_max_incomplete_event_size=HEAD,
    )  # fmt: skip
    server = uvicorn.Server(config)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))  # uvicorn raises them again when it has drained
    with suppress(SystemExit):  # uvicorn's own too, of other codes than ours
        server.run()
    if not server.started:
        print("error: the service could not start", file=sys.stderr)
        print("hint: the lines above say why; is the port taken?", file=sys.stderr)
        raise SystemExit(2)


def _vllm_options(given: list[str]) -> dict[str, Any]:
    """`max_num_seqs=64` and the like; a value that is not JSON is a string."""
    out: dict[str, Any] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or not name.isidentifier():
            raise TranspileError(f"'{one}' is not NAME=VALUE", hint="--vllm-option max_num_seqs=64, for instance")
        try:
            out[name] = json.loads(value)
        except ValueError:
            out[name] = value
    return out


_LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "loggers": {name: {"handlers": ["stderr"], "level": "INFO", "propagate": False} for name in ("uvicorn", "transpile.serve")},
}
