"""The routes."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version
from importlib.resources import files
from typing import Annotated, Any

from fastapi import FastAPI, Header, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, StreamingResponse
from starlette.types import Receive, Scope, Send

from transpile.serve.http import completions, errors
from transpile.serve.http import messages as m
from transpile.serve.http.admission import Admission, Place, while_connected
from transpile.serve.http.errors import ApiError
from transpile.serve.http.guard import Guard
from transpile.serve.http.jobs import STATES
from transpile.serve.http.service import Service
from transpile.serve.http.settings import Settings

_TOLD = {
    400: "not as this document says",
    401: "no valid API key",
    404: "not there",
    405: "no such method here",
    408: "the request did not arrive",
    409: "not in this state",
    413: "too large",
    415: "not JSON",
    421: "wrong host",
    422: "as this document says, but can't be done (source that does not compile, for instance): the hint says what to mend",
    429: "too busy: see Retry-After",
    500: "a fault of the service",
    501: "a compiler is missing",
    503: "not ready",
    504: "not done by the deadline",
}
_ERRORS: dict[int | str, dict[str, Any]] = {code: {"model": m.Error, "description": text} for code, text in _TOLD.items()}
_EVENTS: dict[str, Any] = {"text/event-stream": {}}
ModelId = Annotated[str, Path(max_length=64, examples=["transpile-rust"])]
JobId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", examples=["0123456789abcdef0123456789abcdef"])]


def _reply(model: Any, description: str, *, status: int = 200, stream: bool = False) -> dict[str, Any]:
    told = {"model": model, "description": description} | ({"content": _EVENTS} if stream else {})
    return {"response_model": None, "status_code": status, "responses": {status: told, **_ERRORS}}


def create_app(settings: Settings) -> FastAPI:
    """The service as an ASGI application; it starts its workers and loads its model when the server starts it."""
    service = Service(settings)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await service.start(stack)
            yield

    app = FastAPI(
        title="transpile",
        version=version("transpile"),
        description="WAT or source in, verified source out. Every error has the form {error: {message, hint, type}}.",
        lifespan=life,
        docs_url=None,
        redoc_url=None,
    )
    app.state.service = service
    errors.install(app)
    app.add_middleware(Guard, settings=settings, metrics=service.metrics, routes=app.routes)
    _add_v1(app, service)
    _add_openai(app, service)
    _add_jobs(app, service)
    _add_health(app, service)
    _add_page(app)
    _complete_document(app, service)
    return app


def _seconds(service: Service, wanted: float | None) -> float:
    return min(wanted or service.settings.seconds, service.settings.seconds)


class _Stream(StreamingResponse):
    """Events of a request that has its place: who is refused hears so before a stream begins. The place is left even where the stream never began."""

    def __init__(self, admission: Admission, events: Callable[[Place], AsyncIterator[str]]) -> None:
        self._place = admission.enter()
        super().__init__(events(self._place), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._place.leave()


def _add_v1(app: FastAPI, service: Service) -> None:
    @app.post("/v1/decode", tags=["transpile"], **_reply(m.DecodeReply, "candidates, the likeliest first"))
    async def decode(request: Request, asked: m.DecodeRequest) -> JSONResponse:
        """Candidates for one function, with log-probabilities and, if asked for, verdicts."""
        return JSONResponse(await while_connected(request, service.decode(asked), _seconds(service, asked.timeout), service.metrics))

    @app.post("/v1/transpile", tags=["transpile"], **_reply(m.TranspileReply, "what `transpile --json` prints; or events", stream=True))
    async def transpile(request: Request, asked: m.StreamedTranspileRequest) -> Response:
        """The functions of a file, each with its verdict."""
        seconds, plain = _seconds(service, asked.timeout), asked.model_dump(exclude={"stream", "timeout"})
        if asked.stream:
            return _Stream(service.admission, lambda place: service.stream_transpilation(plain, seconds, place))
        return JSONResponse(await while_connected(request, service.transpile_in_turn(plain), seconds, service.metrics))


def _add_openai(app: FastAPI, service: Service) -> None:
    @app.post("/v1/completions", tags=["openai"], **_reply(m.Completion, "completions; or events", stream=True))
    async def completions_(request: Request, asked: m.CompletionRequest) -> Response:
        """OpenAI's form; the prompt is the encoder's input."""
        completions.language_of(asked.model, service.models)
        if asked.best_of not in (None, asked.n):
            raise ApiError(422, "unprocessable", "best_of is not n", "leave it out: every sample is returned")
        seconds = _seconds(service, asked.timeout)
        if asked.stream:
            return _Stream(service.decoding, lambda place: service.stream_completion(asked, seconds, place))
        return JSONResponse(await while_connected(request, service.complete(asked), seconds, service.metrics))

    @app.get("/v1/models", tags=["openai"], **_reply(m.Models, "one for each language that is written"))
    async def models() -> JSONResponse:
        return JSONResponse({"object": "list", "data": [completions.model(name) for name in service.models]})

    @app.get("/v1/models/{id}", tags=["openai"], **_reply(m.Model, "one of them"))
    async def model(id: ModelId) -> JSONResponse:
        completions.language_of(id, service.models)
        return JSONResponse(completions.model(id))


def _add_jobs(app: FastAPI, service: Service) -> None:
    def owner(request: Request) -> str:
        return request.scope.get("state", {}).get("owner", "anyone")

    @app.post("/v1/jobs", tags=["jobs"], **_reply(m.Job, "accepted, and on disk", status=202))
    async def submit(
        request: Request, asked: m.TranspileRequest, idempotency_key: Annotated[str | None, Header(min_length=1, max_length=128)] = None
    ) -> JSONResponse:
        """A whole file, to be done however long it takes. With an Idempotency-Key, a request that is sent again makes no second job."""
        row = service.runner.table.add(owner(request), asked.model_dump(), idempotency_key, service.settings.most_jobs)
        service.runner.wake()
        return JSONResponse(service.runner.describe(row), 202, {"Location": f"/v1/jobs/{row['id']}"})

    @app.get("/v1/jobs", tags=["jobs"], **_reply(m.Jobs, "the latest first"))
    async def jobs(request: Request, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> JSONResponse:
        """The jobs of this key."""
        rows = service.runner.table.list(owner(request), limit)
        return JSONResponse({"jobs": [service.runner.describe(row) for row in rows]})

    @app.get("/v1/jobs/{id}", tags=["jobs"], **_reply(m.Job, "its state and progress"))
    async def job(request: Request, id: JobId) -> JSONResponse:
        return JSONResponse(service.runner.describe(service.runner.table.get(owner(request), id)))

    @app.post("/v1/jobs/{id}/cancel", tags=["jobs"], **_reply(m.Job, "cancelled, unless it was finished before"))
    async def cancel(request: Request, id: JobId) -> JSONResponse:
        service.runner.cancel(service.runner.table.get(owner(request), id))
        return JSONResponse(service.runner.describe(service.runner.table.get(owner(request), id)))

    @app.get("/v1/jobs/{id}/result", tags=["jobs"], **_reply(m.TranspileReply, "what `transpile --json` prints"))
    async def result(request: Request, id: JobId) -> Response:
        row = service.runner.table.get(owner(request), id)
        if row["state"] == "done":
            return Response(row["result"], media_type="application/json")
        if row["state"] == "failed":
            return Response(row["error"], 422, media_type="application/json")
        hint = "submit it again" if row["state"] == "cancelled" else "wait; GET /v1/jobs/{id} has the progress"
        raise ApiError(409, "conflict", f"the job is {row['state']}", hint)


def _add_health(app: FastAPI, service: Service) -> None:
    @app.get("/healthz", tags=["health"], **_reply(m.Health, "the process answers"))
    async def healthz() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    @app.get("/readyz", tags=["health"], **_reply(m.Health, "the model is loaded and a worker waits"))
    async def readyz() -> JSONResponse:
        if not service.ready:
            raise ApiError(503, "not_ready", "still loading", "ask again in a second", {"Retry-After": "1"})
        return JSONResponse({"status": "ok"})

    @app.get("/metrics", tags=["health"], response_class=PlainTextResponse, responses=_ERRORS)
    async def metrics() -> Response:
        """Prometheus' text form."""
        for state, number in {**dict.fromkeys(STATES, 0), **service.runner.table.count()}.items():
            service.metrics.jobs.labels(state).set(number)
        return Response(service.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _add_page(app: FastAPI) -> None:
    text = (files("transpile.serve.http") / "page.html").read_text(encoding="utf-8")

    def hashes(tag: str) -> str:
        parts = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(p.encode()).digest()).decode()}'" for p in parts)

    policy = (
        f"default-src 'none'; script-src {hashes('script')}; style-src {hashes('style')}; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )

    @app.get("/", include_in_schema=False)
    async def page() -> HTMLResponse:
        return HTMLResponse(text, headers={"Content-Security-Policy": policy})


def _complete_document(app: FastAPI, service: Service) -> None:
    """The document says which models there are, and that keys are needed, where they are."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        document = plain()
        document["components"]["schemas"]["CompletionRequest"]["properties"]["model"]["enum"] = [*service.models]
        if service.settings.keys:
            document.setdefault("components", {})["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
            for path, methods in document["paths"].items():
                if path.startswith("/v1/") or path == "/metrics":
                    for one in methods.values():
                        one["security"] = [{"key": []}]
        return document

    app.openapi = openapi  # type: ignore[method-assign]
