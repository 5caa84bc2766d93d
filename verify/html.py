"""One self-contained HTML page of functions side by side with their translations: for `verify run --html` and `transpile --report`.

The page loads nothing, from anywhere, and says so to the browser; all text is escaped. It is light or dark as the reader's system is, says in words
what it says in colour, and everything on it can be reached by the keyboard. Invariant: the same report gives the same page.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from transpile.verify.types import VERIFIED

STYLE = """
:root { color-scheme: light dark; --text: #1f2328; --page: #ffffff; --quiet: #59636e; --line: #d1d9e0; --box: #f6f8fa;
  --good: #116329; --bad: #b3151f; --open: #7d4e00; --mark: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --page: #0d1117; --quiet: #9da7b3; --line: #3d444d; --box: #151b23;
  --good: #56d364; --bad: #ff8f87; --open: #e3b341; --mark: #79c0ff; } }
* { box-sizing: border-box; }
body { font: 15px/1.55 system-ui, sans-serif; color: var(--text); background: var(--page); margin: 0 auto; max-width: 84rem; padding: 1.5rem; }
h1 { font-size: 1.5rem; margin: .5rem 0; } h2 { font-size: 1.15rem; margin: 0 0 .5rem; }
code, pre, h2 .name { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
a { color: var(--mark); } a:focus-visible, pre:focus-visible, summary:focus-visible { outline: 3px solid var(--mark); outline-offset: 2px; }
.skip { position: absolute; left: -999rem; } .skip:focus { left: 1rem; top: .5rem; background: var(--page); padding: .5rem; }
.quiet, figcaption, dt { color: var(--quiet); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; color: var(--quiet); padding-bottom: .4rem; }
section table { width: auto; }
th, td { text-align: left; vertical-align: top; padding: .35rem .9rem .35rem 0; border-bottom: 1px solid var(--line); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
section { border-top: 1px solid var(--line); margin-top: 2rem; padding-top: 1.2rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .5rem 0; } dd { margin: 0; overflow-wrap: anywhere; }
.sides { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1rem; }
@media (max-width: 55rem) { .sides { grid-template-columns: minmax(0, 1fr); } dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } }
figure { margin: .6rem 0 0; } figcaption { font-size: .9rem; margin-bottom: .25rem; overflow-wrap: anywhere; }
pre { background: var(--box); border: 1px solid var(--line); border-radius: 6px; padding: .8rem; margin: 0; overflow: auto; max-height: 40rem;
  font-size: 13px; line-height: 1.45; tab-size: 4; }
.status { font-weight: 600; } .good { color: var(--good); } .bad { color: var(--bad); } .open { color: var(--open); }
@media print { pre { max-height: none; white-space: pre-wrap; } section { break-inside: avoid; } }
"""

_SIGNS = {"good": "\N{CHECK MARK}", "bad": "\N{MULTIPLICATION X}", "open": "?"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One function on the page. `verdict` is a `Verdict.as_json()`; `sides` are (caption, text) of the original and of the translation."""

    name: str
    verdict: dict[str, Any]
    sides: tuple[tuple[str, str], tuple[str, str]]
    facts: tuple[tuple[str, str], ...] = ()
    command: str = ""
    columns: tuple[str, ...] = field(default=())
    """What else its row of the table says."""


def kind(status: str) -> str:
    """good, bad or open: how a status is shown."""
    return "good" if status in VERIFIED else "open" if status in ("inconclusive", "undecoded") else "bad"


def page(title: str, entries: Sequence[Entry], *, columns: Sequence[str] = (), notes: Sequence[str] = (), policy: str = "") -> str:
    """The page as text. `columns`: heads of the entries' further columns; `notes`: lines above the table."""
    verified = sum(e.verdict["verified"] for e in entries)
    heading = f"{title}: {verified} of {len(entries)} functions verified"
    heads = "".join(f'<th scope="col">{escape(c)}</th>' for c in ("function", "verdict", "evidence", *columns))
    rows = "".join(_row(k, e) for k, e in enumerate(entries))
    sections = "".join(_section(k, e) for k, e in enumerate(entries))
    rules = f"<section><h2>What counts as the same</h2><details><summary>The policy</summary><pre tabindex=0>{escape(policy)}</pre></details></section>"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(heading)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#functions">Skip to the functions</a>\n<header><h1>{escape(heading)}</h1>\n'
        f'{"".join(f"<p>{escape(note)}</p>" for note in notes)}</header>\n<main id="functions">\n'
        f'<div class="scroll"><table><caption>{len(entries)} functions, in the order of the original</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>\n{sections}\n{rules if policy else ''}\n</main>\n</body>\n</html>\n"
    )


def _status(status: str) -> str:
    shown = kind(status)
    return f'<span class="status {shown}"><span aria-hidden="true">{_SIGNS[shown]}</span> {escape(status.replace("_", " "))}</span>'


def _row(number: int, e: Entry) -> str:
    more = "".join(f"<td>{escape(c)}</td>" for c in e.columns)
    name = f'<th scope="row"><a href="#f{number}"><code>{escape(e.name)}</code></a></th>'
    return f"<tr>{name}<td>{_status(e.verdict['status'])}</td><td>{escape(' '.join(e.verdict['evidence'].split()))}</td>{more}</tr>\n"


def _section(number: int, e: Entry) -> str:
    facts = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in (*_facts(e.verdict), *e.facts))
    sides = "".join(
        f'<figure><figcaption>{escape(caption)}</figcaption><pre tabindex="0" role="region" aria-label="{escape(which)} of {escape(e.name)}">'
        f"<code>{escape(text) or '(no text)'}</code></pre></figure>"
        for which, (caption, text) in zip(("Original", "Translation"), e.sides, strict=True)
    )
    command = f"<p>Judge it again: <code>{escape(e.command)}</code></p>" if e.command else ""
    head = f'<h2 id="h{number}"><span class="name">{escape(e.name)}</span> {_status(e.verdict["status"])}</h2>'
    return (
        f'<section id="f{number}" aria-labelledby="h{number}">{head}\n<dl>{facts}</dl>{_counterexample(e.verdict["counterexample"])}{command}\n'
        f'<div class="sides">{sides}</div></section>\n'
    )


def _facts(verdict: dict[str, Any]) -> list[tuple[str, str]]:
    out = [("evidence", " ".join(verdict["evidence"].split()))]
    if verdict["detail"]:
        out.append(("detail", " ".join(verdict["detail"].split())))
    if verdict["inputs"]:
        aside = f", {verdict['set_aside']:,} set aside" if verdict["set_aside"] else ""
        out.append(("inputs", f"{verdict['inputs']:,} compared{aside}"))
    if verdict["coverage"] is not None and verdict["inputs"]:
        # Rounded down: 99.9 % must not read as all.
        out.append(("coverage", f"{int(100 * verdict['coverage'])} % of the original's branch outcomes"))
    if verdict.get("unreached"):
        out.append(("not reached", "; ".join(verdict["unreached"])))
    if verdict.get("fuel_ratio") is not None:
        out.append(("cost", f"{verdict['fuel_ratio']:.2f} times the original's instructions, on the same inputs"))
    return out


def _counterexample(found: dict[str, Any] | None) -> str:
    if not found:
        return ""
    shown = [(f"<code>{escape(a['name'])}</code>", a["value"]) for a in found["arguments"]]
    shown += [("original", found["expected"]), ("translation", found["got"])]
    rows = "".join(f"<tr><th scope=row>{head}</th><td><code>{escape(json.dumps(value))}</code></td></tr>" for head, value in shown)
    overlap = "<p>Two of the pointers overlap.</p>" if found["aliased"] else ""
    return (
        f"<h3>Counterexample</h3><p><code>{escape(found['text'])}</code></p>{overlap}<div class=scroll><table><caption>Its input, and what was seen</caption>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def page_of_run(report: dict[str, Any], sources: Callable[[str], dict[str, str]]) -> str:
    """The page of a report of `run`; `sources` gives the functions' texts of a file."""
    texts = {path: sources(path) for pair in report["pairs"] for path in (pair["original"], pair["translated"])}
    several = len(report["pairs"]) > 1
    entries = []
    for one in report["functions"]:
        sides = tuple((path, texts[path].get(one["name"], "")) for path in (one["original"], one["translated"]))
        facts = [("requires", "; ".join(one["preconditions"]))] if one["preconditions"] else []
        cost = f"{one['fuel_ratio']:.2f}" if one.get("fuel_ratio") is not None else ""
        columns = (cost, one["translated"]) if several else (cost,)
        entries.append(Entry(one["name"], one, (sides[0], sides[1]), tuple(facts), one["command"], columns))
    notes = [f"Judged with {report['options']['inputs']:,} inputs a function, seed {report['options']['seed']}."]
    for pair in report["pairs"]:
        if pair["missing"]:
            notes.append(f"Not in {pair['translated']}: {', '.join(pair['missing'])}")
        if pair["error"]:
            notes.append(f"{pair['original']} and {pair['translated']} could not be judged: {pair['error']['message']}")
    notes += [f"No counterpart of {path}" for path in report.get("alone", [])]
    first = report["pairs"][0]
    title = f"{len(report['pairs'])} pairs of files" if several else f"{first['original']} and {first['translated']}"
    return page(title, entries, columns=("cost", "translation") if several else ("cost",), notes=notes, policy=report["policy"])
