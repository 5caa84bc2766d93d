"""The rows' page: what it answers, to whom."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_pairs import fix, optimized, pair, wats

from transpile.corpus.errors import TranspileError
from transpile.corpus.pairs import write_shard
from transpile.corpus.pipeline import splits
from transpile.corpus.pipeline.browse import PAGE, server


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    folder = tmp_path_factory.mktemp("corpus")
    raw = folder / "raw"
    raw.mkdir()
    seen, _ = wats()
    rows = [pair(f"a/{i}", f"{seen} i32.const {i} drop", language="rust" if i % 2 else "c") for i in range(PAGE + 10)]
    write_shard(raw / "a.parquet", rows)
    write_shard(raw / "a.optimize.parquet", [optimized(rows[0])])
    write_shard(raw / "a.fix.parquet", [fix(rows[1])])
    write_shard(raw / "a.lint.parquet", [])
    (raw / "a.json").write_text("{}")
    splits.finish(folder, ["a"], set, None, ("decode", "optimize", "fix"))
    listening = server(folder, 0)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield listening.server_address
    listening.shutdown()
    listening.server_close()


def ask(address: tuple[str, int], path: str, host: str = "127.0.0.1") -> tuple[int, dict | str, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection(*address, timeout=30)
    connection.request("GET", path, headers={"Host": f"{host}:{address[1]}"})
    reply = connection.getresponse()
    text = reply.read().decode()
    return reply.status, json.loads(text) if reply.headers["Content-Type"] == "application/json" else text, reply.headers


def test_facets_and_pages(address: tuple[str, int]) -> None:
    _, facets, _ = ask(address, "/facets")
    assert facets["kinds"] == {"decode": PAGE + 10, "optimize": 1, "fix": 1} and facets["languages"] == ["c", "rust"]
    _, first, _ = ask(address, "/rows")
    _, second, _ = ask(address, f"/rows?offset={PAGE}")
    assert len(first["rows"]) == PAGE and first["more"] and len(second["rows"]) == 10 and not second["more"]
    titles = [row["title"] for row in first["rows"] + second["rows"]]
    assert len(set(titles)) == PAGE + 10


def test_filters(address: tuple[str, int]) -> None:
    assert {r["language"] for r in ask(address, "/rows?language=rust")[1]["rows"]} == {"rust"}
    assert ask(address, "/rows?split=novel")[1]["rows"] == []
    assert [r["title"] for r in ask(address, "/rows?q=I32.CONST%207%20")[1]["rows"]] == ["a/7"]
    broken = ask(address, "/rows?kind=fix")[1]["rows"][0]
    assert [p["title"] for p in broken["panes"]] == ["broken: missing cast", "fixed", "cc 1 says"]
    assert "10 fuel" in ask(address, "/rows?kind=optimize")[1]["rows"][0]["panes"][2]["title"]


@pytest.mark.parametrize("path", ["/rows?kind=x", "/rows?offset=-1", "/rows?offset=x"])
def test_nonsense_is_refused(address: tuple[str, int], path: str) -> None:
    assert ask(address, path)[0] == 400


def test_other_hosts_and_other_paths_get_nothing(address: tuple[str, int]) -> None:
    assert ask(address, "/rows", host="evil.example")[0] == 403
    assert ask(address, "/", host="evil.example")[0] == 403
    assert ask(address, "/../pyproject.toml")[0] == 404
    status, text, headers = ask(address, "/")
    assert status == 200 and "<script>" in text and "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]


def test_a_port_that_is_taken_and_no_corpus(address: tuple[str, int], tmp_path: Path) -> None:
    with pytest.raises(TranspileError):
        server(tmp_path, 0)
