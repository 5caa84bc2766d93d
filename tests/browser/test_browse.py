"""`corpus browse` in a real Chromium: filters, search, keyboard, both colour schemes, no other host."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from transpile.corpus.pairs import FixPair, FunctionPair, LintPair, OptimizePair, extended, write_shard
from transpile.corpus.pipeline import splits
from transpile.corpus.pipeline.browse import server

playwright = pytest.importorskip("playwright.sync_api")

WAT = "func i32 -> i32 ; block l0 local.get p0 i32.const 3 i32.lt_u br_if l0 i32.const 1 return end local.get p0 i32.const {} i32.add end"
ROW = FunctionPair(
    "g/0", "c", "f0", "int32_t f0 ( int32_t p0 ) {", "if ( p0 >= 3 ) { return 1 ; } return p0 + 7 ; }", WAT, "{}", "[]", "2", "cc 1", "generated",
    "Apache-2.0", "train",
)  # fmt: skip
HOSTILE = '<img src=x onerror="document.title=1">'


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("corpus")
    raw = folder / "raw"
    raw.mkdir()
    rows = [replace(ROW, group=f"g/{i}", wat=WAT.format(i), language=("c", "rust", "zig")[i % 3]) for i in range(70)]
    write_shard(raw / "a.parquet", rows)
    write_shard(raw / "a.optimize.parquet", [extended(r, OptimizePair, to_level="3", to_wat=WAT.format(0), fuel=20, to_fuel=9, inputs=8) for r in rows])
    values = {
        "broken": "int f0(int p0) {\n    retrun p0;\n}\n", "fixed": "int f0(int p0) {\n    return p0;\n}\n", "checker": "cc 1",
        "diagnostics": '[{"line": 2, "message": "use of undeclared identifier \'retrun\' ' + HOSTILE.replace('"', '\\"') + '"}]',
    }  # fmt: skip
    write_shard(raw / "a.fix.parquet", [extended(r, FixPair, mistake="misspelt keyword", **values) for r in rows])
    write_shard(raw / "a.lint.parquet", [extended(rows[0], LintPair, mistake="self assignment", **values)])
    (raw / "a.json").write_text("{}")
    splits.finish(folder, ["a"], set, None, ("decode", "optimize", "fix"))
    listening = server(folder, 0)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{listening.server_address[1]}/"
    listening.shutdown()
    listening.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator:
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture()
def page(browser, url: str) -> Iterator:
    context = browser.new_context(viewport={"width": 1400, "height": 800})
    page = context.new_page()
    page.problems, page.asked = [], []
    page.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(url)
    page.locator("button.row").first.wait_for()
    yield page
    assert not page.problems
    assert all(one.startswith((url, "data:")) for one in page.asked)
    context.close()


def test_rows_stand_side_by_side_in_both_colour_schemes(page) -> None:
    assert [h.inner_text() for h in page.locator("h2").all()] == ["source", "canonical WAT"]
    boxes = [s.bounding_box() for s in page.locator("section").all()]
    assert boxes[0]["y"] == boxes[1]["y"] and boxes[0]["x"] < boxes[1]["x"]
    assert "return p0 + 7;" in page.locator("pre").first.inner_text()
    folder = Path(__file__).parents[2] / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    page.get_by_label("Kind").select_option("fix")
    page.locator(".meant").wait_for()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=folder / f"browse-{scheme}.png")
    seen = {p: (folder / f"browse-{p}.png").read_bytes() for p in ("light", "dark")}
    assert seen["light"] != seen["dark"] and all(len(s) > 10_000 for s in seen.values())


def test_messages_mark_their_lines_and_hostile_text_stays_text(page) -> None:
    page.get_by_label("Kind").select_option("fix")
    page.locator(".meant").wait_for()
    assert page.locator(".meant").inner_text().strip() == "retrun p0;"
    assert HOSTILE in page.locator("pre").nth(2).inner_text()
    assert page.locator("main img").count() == 0 and page.title().startswith("Corpus")


def test_filters_and_search(page) -> None:
    page.get_by_label("Language").select_option("rust")
    page.get_by_text("rows 1 to 23").wait_for()
    assert all("rust" in b.inner_text() for b in page.locator("button.row").all())
    page.get_by_label("Search").fill("i32.const 31 ")
    page.get_by_text("rows 1 to 1", exact=True).wait_for()
    page.reload()
    page.get_by_text("rows 1 to 1", exact=True).wait_for()
    assert page.get_by_label("Search").input_value() == "i32.const 31 ", "the address keeps what is asked"
    page.get_by_label("Search").fill("nowhere at all")
    page.get_by_text("no such rows").wait_for()


def test_the_keyboard_is_enough(page) -> None:
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.locator("button.row[aria-current=true]").inner_text().startswith("g/2")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.textContent").startswith("g/1")
    page.keyboard.press("n")
    page.get_by_text("rows 51 to 70").wait_for()
    page.keyboard.press("p")
    page.get_by_text("rows 1 to 50, and more").wait_for()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") != "q"


def test_every_control_has_a_name(page) -> None:
    nameless = page.evaluate(
        "[...document.querySelectorAll('button, select, input, pre')]"
        ".filter(e => !(e.labels?.length || e.textContent.trim() && e.tagName === 'BUTTON' || e.getAttribute('aria-label'))).length"
    )
    assert nameless == 0
