"""The page, in a real Chromium: what a person sees, does with the keyboard, and passes on in a link."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from services import Running

playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

WRONG = "int both(int x) { return x; }\n"


@pytest.fixture(scope="module")
def browser() -> Iterator:
    import shutil

    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture()
def page(browser, service: Running) -> Iterator:
    context = browser.new_context(viewport={"width": 1500, "height": 1100})
    page = context.new_page()
    page.problems = []
    page.asked = []
    page.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(service.url)
    yield page
    context.close()


def translated(page) -> None:
    page.get_by_text("functions verified in").wait_for(timeout=120_000)


def show_mismatch(page) -> None:
    """Puts what the service would say in place of a reply: a mismatch can't be ordered from a good engine."""
    function = {
        "name": "both", "status": "mismatch", "evidence": "x = 1: 2, not 1 <img src=x onerror=alert(1)>", "engine": "model", "candidates": 3, "compiled": 2,
        "inputs": 1024, "coverage": 1.0, "seconds": 0.5, "code": "<script>alert(2)</script>", "wat": "func i32 -> i32",
        "counterexample": {"arguments": [{"name": "x", "value": 1}], "expected": {"result": 1}, "got": {"result": 2}, "text": "both(1): 1, not 2"},
    }  # fmt: skip
    others = [function | {"name": status, "status": status, "counterexample": None} for status in ("identical", "inconclusive")]
    result = {"functions": [function, *others], "file": "", "summary": {"verified": 1, "functions": 3, "seconds": 0.5}}
    body = f"event: function\ndata: {json.dumps(function)}\n\nevent: result\ndata: {json.dumps(result)}\n\n"
    page.route("**/v1/transpile", lambda route: route.fulfill(body=body, content_type="text/event-stream"))
    page.locator("#source").fill(WRONG)
    page.get_by_role("button", name="Translate").click()
    translated(page)


def test_an_example_is_translated_and_shown(page, service: Running, tmp_path_factory: pytest.TempPathFactory) -> None:
    page.get_by_label("Example").select_option("text and a helper")
    page.get_by_role("button", name="Translate").click()
    translated(page)
    rows = page.locator("#functions tr")
    assert [row.locator("th").inner_text() for row in rows.all()] == ["is_digit", "count_digits"]
    assert all(row.locator("td").first.inner_text() in ("identical", "proved", "tested") for row in rows.all())
    page.get_by_role("button", name="count_digits").click()
    assert "fn count_digits(" in page.locator("#code").inner_text()
    assert "local.get p0" in page.locator("#wat").inner_text()
    assert "Evidence: " in page.locator("#evidence").inner_text()
    folder = Path(__file__).parents[2] / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=folder / f"page-{scheme}.png", full_page=True)
        assert (folder / f"page-{scheme}.png").stat().st_size > 20_000
    assert not page.problems
    assert all(url.startswith((service.url, "data:")) for url in page.asked)


def test_light_and_dark_differ(page) -> None:
    seen = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        seen.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert seen[0] != seen[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1500, 500])
def test_axe_finds_nothing_to_mend(page, scheme: str, width: int) -> None:
    """Names for screen readers, roles, the order of headings, contrast, and the rest of what axe-core looks at."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    show_mismatch(page)
    found = axe.Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert len(found.response["passes"]) > 20


def test_the_keyboard_is_enough(page) -> None:
    page.get_by_label("Example").focus()
    page.keyboard.type("greatest")
    page.locator("#source").focus()
    page.keyboard.press("Control+Enter")
    translated(page)
    button = page.get_by_role("button", name="gcd")
    button.focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("button", name="gcd").get_attribute("aria-pressed") == "true"
    assert page.evaluate("document.activeElement.dataset.name") == "gcd", "drawing again must not lose the focus"


def test_what_happens_is_announced(page) -> None:
    assert page.locator("[role=status][aria-live=polite]").count() == 1


def test_a_link_keeps_the_state_and_not_the_key(page, browser) -> None:
    page.get_by_label("API key").fill("a-secret-that-stays-here")
    page.locator("#source").fill("int triple(int größe) { return größe * 3; }\n")
    page.get_by_label("To", exact=True).select_option("zig")
    page.wait_for_timeout(500)
    link = page.url
    assert "secret" not in link
    other = browser.new_page()
    other.goto(link)
    assert other.locator("#source").input_value() == "int triple(int größe) { return größe * 3; }\n"
    assert other.get_by_label("To", exact=True).input_value() == "zig"
    assert other.get_by_label("API key").input_value() == ""
    other.close()


def test_an_error_says_what_to_do(page) -> None:
    page.locator("#source").fill("int broken( {\n")
    page.get_by_role("button", name="Translate").click()
    alert = page.get_by_role("alert")
    alert.wait_for(timeout=60_000)
    assert "source.c:1" in alert.inner_text()
    assert page.get_by_role("button", name="Translate").is_enabled()


def test_a_counterexample_is_shown_and_hostile_text_stays_text(page) -> None:
    show_mismatch(page)
    shown = page.locator("#counterexample").inner_text()
    assert "both(1): 1, not 2" in shown
    assert '{"result":2}' in shown
    assert page.locator("#code").inner_text() == "<script>alert(2)</script>"
    assert page.locator("#functions img").count() == 0
    assert "Do not use" in page.locator("#meaning").inner_text()
