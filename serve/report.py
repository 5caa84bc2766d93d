"""The HTML report of `transpile`: every function's source and translation side by side, on the page that `verify` writes too."""

from __future__ import annotations

from collections.abc import Sequence

from transpile.corpus.language import Language
from transpile.corpus.program import Program
from transpile.corpus.wasm.wat import canonical, pretty
from transpile.serve.output import readable
from transpile.serve.transpiler import Translation
from transpile.verify.html import Entry, page
from transpile.verify.policy import TEXT


def write_report(translations: Sequence[Translation], target: Language, program: Program) -> str:
    """The page as text."""
    texts = {f.name: f.text for f in program.functions}
    entries = []
    for t in translations:
        original = texts.get(t.name) or (pretty(canonical(program.code(t.name)).text) if t.is_read else "")
        code = readable(t, target) if t.source is not None else "(nothing was decoded)"
        warning = "" if t.verdict.verified else ", not verified: do not use"
        sides = ((str(program.path), original), (f"{target.title}{warning}", code))
        facts = (("written by", f"{t.engine}, {t.tried} candidates tried"),) if t.engine else ()
        entries.append(Entry(t.name, t.verdict.as_json(), sides, facts, columns=(t.engine, str(t.tried))))
    return page(f"{program.path.name} to {target.title}", entries, columns=("engine", "tried"), policy=TEXT)
