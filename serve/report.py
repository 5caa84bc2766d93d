"""The HTML report: one self-contained page, every function's source and translation side by side, with its verdict.

All text is escaped; the page loads nothing from anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

from transpile.corpus.language import Language
from transpile.corpus.program import Program
from transpile.corpus.wat import canonical, pretty
from transpile.serve.output import one_line, readable
from transpile.serve.transpiler import Translation

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --good: #1a7f37; --bad: #cf222e; --open: #9a6700; }
@media (prefers-color-scheme: dark) { :root { --good: #3fb950; --bad: #f85149; --open: #d29922; } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin: 2.5rem 0 .5rem; font-family: ui-monospace, monospace; }
table { border-collapse: collapse; } td, th { padding: .2rem 1.2rem .2rem 0; text-align: left; }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; } @media (max-width: 50rem) { .sides { grid-template-columns: 1fr; } }
pre { border: 1px solid var(--line); border-radius: 6px; padding: .8rem; overflow: auto; font: 13px/1.45 ui-monospace, monospace; margin: .3rem 0; }
.identical, .proved, .tested { color: var(--good); } .mismatch, .compile_error, .wrong_signature { color: var(--bad); }
.inconclusive, .undecoded { color: var(--open); }
"""


def write_report(translations: Sequence[Translation], target: Language, program: Program) -> str:
    """The page as text."""
    texts = {f.name: f.text for f in program.functions}
    title = f"{program.path.name} to {target.title}"
    rows, sections = [], []
    for t in translations:
        status, evidence = escape(t.verdict.status), escape(one_line(t.verdict.evidence))
        name = escape(t.name)
        rows.append(
            f'<tr><td><a href="#{name}">{name}</a></td><td class="{status}">{status}</td><td>{evidence}</td><td>{t.tried}</td></tr>'
        )
        original = texts.get(t.name) or pretty(canonical(program.code(t.name)).text)
        code = readable(t, target) if t.source is not None else "(nothing was decoded)"
        warning = "" if t.verdict.verified else " (not verified: do not use)"
        found = t.verdict.counterexample
        counterexample = (
            f"<p>Counterexample: <code>{escape(found.text)}</code></p><pre>{escape(json.dumps(found.as_json(), indent=1))}</pre>"
            if found
            else ""
        )
        sections.append(
            f'<h2 id="{name}">{name} <span class="{status}">{status}</span></h2><p>{evidence}{escape(warning)}</p>'
            f'<div class="sides"><pre>{escape(original)}</pre><pre>{escape(code)}</pre></div>{counterexample}'
        )
    verified = sum(t.verdict.verified for t in translations)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style><h1>{escape(title)}: {verified} of {len(translations)} functions verified</h1>"
        f"<table><tr><th>function</th><th>verdict</th><th>evidence</th><th>tried</th></tr>{''.join(rows)}</table>{''.join(sections)}</html>\n"
    )
