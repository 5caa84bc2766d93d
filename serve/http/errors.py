"""The one form of every error that leaves the service: {"error": {"message", "hint", "type"}}.

Invariant: no path and no stack trace of this machine in a reply. What we say on purpose is said as it is, with folders taken out;
anything else is a fault of ours: it is logged here and called "internal" there.
"""

from __future__ import annotations

import logging
import re
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match

from transpile.corpus.errors import MissingCompiler, TranspileError

log = logging.getLogger("transpile.serve")


class ApiError(Exception):
    """An error with a status of HTTP. `type` is a word for programs."""

    def __init__(self, status: int, type_: str, message: str, hint: str = "", headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.type, self.message, self.hint, self.headers = status, type_, message, hint, headers or {}

    def body(self) -> dict[str, Any]:
        return {"error": {"message": without_paths(self.message), "hint": without_paths(self.hint), "type": self.type}}

    def response(self) -> JSONResponse:
        return JSONResponse(self.body(), self.status, self.headers)


_concealed: set[Path] = set()


def conceal(folder: Path) -> None:
    """Take this folder, too, out of what is said."""
    _concealed.add(folder)
    _folders.cache_clear()


@cache
def _folders() -> re.Pattern[str]:
    """This machine's folders that could get into a message: of the program, its libraries, the user and temporary files."""
    places = {Path(p) for p in (sys.prefix, sys.base_prefix, tempfile.gettempdir(), *sys.path) if p}
    places |= {*_concealed, Path.home(), Path.cwd(), Path(__file__).resolve().parents[2]}
    names = sorted((str(p) for p in places if len(p.parts) > 1), key=len, reverse=True)
    return re.compile(r"(?:" + "|".join(map(re.escape, names)) + r")(?:/[^\s:'\"]*/|/|\b)")


def without_paths(text: str) -> str:
    return _folders().sub("", text)


def as_api_error(error: BaseException) -> ApiError:
    """Any exception as what a client may know of it."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, TimeoutError):
        return ApiError(504, "deadline", "not done by its deadline", "ask for less, or give more time with `timeout`; /v1/jobs has no deadline")
    if isinstance(error, MissingCompiler):
        return ApiError(501, "missing_compiler", error.message, error.hint)
    if isinstance(error, TranspileError):
        return ApiError(422, "unprocessable", error.message, error.hint)
    if isinstance(error, MemoryError):
        return ApiError(422, "unprocessable", "this takes more memory than a worker has", "ask for less at once")
    if isinstance(error, RecursionError):
        return ApiError(422, "unprocessable", "this is nested too deeply", "write it flatter")
    log.error("internal error", exc_info=error)
    return ApiError(500, "internal", "a fault of the service", "its log says more")


_INTERNAL = re.compile(r"(?:constrained|function)-.*|\w+\[.*|str|int|float|bool|list", re.DOTALL)
"""What pydantic calls the members of a union, in the place of an error."""


def _validation(error: RequestValidationError) -> ApiError:
    told = error.errors()
    if told[0]["type"] == "json_invalid":
        return ApiError(400, "invalid_request", "the body is not JSON", "send one JSON object, in UTF-8")
    # Where several types are allowed, what is wrong with the right one says more than that it is none of the others.
    first = min(told, key=lambda one: one["type"].endswith("_type"))
    where = ".".join(str(part) for part in first["loc"] if part != "body" and not _INTERNAL.fullmatch(str(part)))
    return ApiError(400, "invalid_request", f"{where}: {first['msg']}" if where else first["msg"], "GET /openapi.json describes every field")


_HINTS = {400: "send one JSON object, in UTF-8", 404: "GET /openapi.json lists what there is", 405: "GET /openapi.json lists what there is"}
_TYPES = {404: "not_found", 405: "method_not_allowed"}


def install(app: FastAPI) -> None:
    """Every exception that a route lets through becomes a reply in our form."""

    async def told(_: Request, error: Exception) -> JSONResponse:
        return as_api_error(error).response()

    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        return _validation(error).response()

    async def plain(request: Request, error: HTTPException) -> JSONResponse:
        kind = _TYPES.get(error.status_code, "invalid_request")
        headers = dict(error.headers or {})
        if error.status_code == 405:  # the framework names the methods of one route, where several share the path
            methods = {m for r in app.routes if r.matches(request.scope)[0] is not Match.NONE for m in getattr(r, "methods", None) or ()}
            headers["Allow"] = ", ".join(sorted(methods))
        return ApiError(error.status_code, kind, str(error.detail), _HINTS.get(error.status_code, ""), headers).response()

    for kind in (ApiError, TranspileError, TimeoutError):
        app.add_exception_handler(kind, told)
    app.add_exception_handler(RequestValidationError, invalid)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, plain)  # type: ignore[arg-type]
