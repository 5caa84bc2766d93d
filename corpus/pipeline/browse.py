"""`corpus browse`: the rows of a corpus side by side in a browser, served to this machine alone.

A server of the standard library, bound to loopback, with two addresses: the page, and rows as JSON. The page asks no other host for anything. Requests
that name another host are refused, so that a web page elsewhere can't read the corpus through the browser. Rows are found by reading the shards in
order, up to the page asked for: the first pages are there at once, a rare word in a million rows takes some seconds.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from transpile.corpus.errors import TranspileError
from transpile.corpus.language import language
from transpile.corpus.pairs import KINDS, FixPair, FunctionPair, OptimizePair, read_shard, shards
from transpile.corpus.pipeline.summary import read_manifest
from transpile.corpus.wasm.wat import pretty

PAGE = 50
"""Rows that one answer holds."""


def panes(row: FunctionPair) -> list[dict[str, Any]]:
    """What is shown side by side: a title, a text, the numbers of the lines that are meant."""
    source = language(row.language).layout(f"{row.prelude} {row.body}")
    if isinstance(row, FixPair):
        found = json.loads(row.diagnostics)
        lines = sorted({d["line"] for d in found if d["line"]})
        said = "\n".join(f"{d['line'] or '-'}: {d['message']}" for d in found)
        return [
            {"title": f"broken: {row.mistake}", "text": row.broken, "lines": lines},
            {"title": "fixed", "text": row.fixed, "lines": []},
            {"title": f"{row.checker} says", "text": said, "lines": []},
        ]
    if isinstance(row, OptimizePair):
        return [
            {"title": "source", "text": source, "lines": []},
            {"title": f"WAT at {row.level}: {row.fuel:,} fuel", "text": pretty(row.wat), "lines": []},
            {"title": f"WAT at {row.to_level}: {row.to_fuel:,} fuel", "text": pretty(row.to_wat), "lines": []},
        ]
    return [{"title": "source", "text": source, "lines": []}, {"title": "canonical WAT", "text": pretty(row.wat), "lines": []}]


def find(folder: Path, kind: str, language: str, split: str, text: str, offset: int) -> dict[str, Any]:
    """The rows from `offset` on that match, at most `PAGE`, and whether there are more."""
    out: list[dict[str, Any]] = []
    more = False
    for i, row in enumerate(_matching(folder, kind, language, split, text.lower())):
        if i < offset:
            continue
        if len(out) == PAGE:
            more = True
            break
        facts = [row.group, row.language, row.split, f"level {row.level}", row.compiler, row.origin, row.licence]
        out.append({"title": row.group, "language": row.language, "split": row.split, "facts": facts, "panes": panes(row)})
    return {"rows": out, "offset": offset, "more": more}


def _matching(folder: Path, kind: str, language: str, split: str, text: str) -> Iterator[FunctionPair]:
    for path in shards(folder, kind):
        for row in read_shard(path, KINDS[kind]):
            if language and row.language != language:
                continue
            if split and row.split != split:
                continue
            if text and not any(text in part.lower() for part in _searched(row)):
                continue
            yield row


def _searched(row: FunctionPair) -> tuple[str, ...]:
    own = (row.group, row.name, row.origin, row.body, row.wat)
    return (*own, row.mistake, row.broken, row.diagnostics) if isinstance(row, FixPair) else own


@cache
def page() -> tuple[bytes, str]:
    """The page, and the policy that lets its own script and style run and nothing else."""
    text = Path(__file__).with_name("browse.html").read_text()

    def digest(tag: str) -> str:
        found = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.S)
        assert found is not None
        return "'sha256-" + base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode() + "'"

    own = f"script-src {digest('script')}; style-src {digest('style')}"
    return text.encode(), f"default-src 'none'; img-src data:; connect-src 'self'; {own}; base-uri 'none'; form-action 'none'"


class _Handler(BaseHTTPRequestHandler):
    folder: Path
    facets: dict[str, Any]

    def do_GET(self) -> None:
        host = (self.headers.get("Host") or "").rsplit(":", 1)[0]
        if host not in ("127.0.0.1", "localhost"):
            self._answer(403, {"error": "this server answers this machine alone"})
            return
        asked = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(asked.query).items()}
        if asked.path == "/":
            text, policy = page()
            self._send(200, "text/html; charset=utf-8", text, policy)
        elif asked.path == "/facets":
            self._answer(200, self.facets)
        elif asked.path == "/rows":
            kind, offset = query.get("kind", "decode"), query.get("offset", "0")
            if kind not in KINDS or not offset.isdecimal():
                self._answer(400, {"error": f"kind is one of {', '.join(KINDS)}, offset a number"})
                return
            self._answer(200, find(self.folder, kind, query.get("language", ""), query.get("split", ""), query.get("q", ""), int(offset)))
        else:
            self._answer(404, {"error": "nothing here"})

    def _answer(self, status: int, what: dict[str, Any]) -> None:
        self._send(status, "application/json", json.dumps(what).encode(), "default-src 'none'")

    def _send(self, status: int, kind: str, body: bytes, policy: str) -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind), ("Content-Length", str(len(body))), ("Content-Security-Policy", policy),
            ("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"),
        ):  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: stderr is for what a person has to know."""


def server(folder: Path, port: int) -> ThreadingHTTPServer:
    """A server for a corpus, listening; `server_address` says where. Raises TranspileError where there is no corpus, or the port is taken."""
    manifest = read_manifest(folder)
    kinds = {kind: n for kind, n in manifest.get("kinds", {"decode": manifest["pairs"]}).items() if n}
    splits = sorted({name.split("/")[0] for name in manifest["splits"]})
    names = sorted({name.split("/")[1] for name in manifest["splits"]})
    facets = {"kinds": kinds, "languages": names, "splits": splits, "name": folder.resolve().name}
    handler = type("Handler", (_Handler,), {"folder": folder, "facets": facets})
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError:
        raise TranspileError(f"port {port} is taken", hint="name another with --port, or --port 0 for any") from None


def serve(folder: Path, port: int) -> None:
    """Serve until interrupted."""
    listening = server(folder, port)
    print(f"http://127.0.0.1:{listening.server_address[1]}/ shows {folder}; Ctrl-C ends it", file=sys.stderr)
    try:
        listening.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        listening.server_close()
