"""What a person gets: the translated file, the table, the JSON object.

Invariant: the file holds verified functions alone (unless unverified ones are asked for, and then they say so), and compiles as it stands.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from transpile.corpus.externs import declared_in
from transpile.corpus.files import check_writable as check_writable
from transpile.corpus.files import write_whole as write_whole
from transpile.corpus.globals import Global, functions_in
from transpile.corpus.language import Language
from transpile.corpus.naming import renamed_global
from transpile.corpus.signature import Domain, Struct
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import entry_name, rename
from transpile.serve.naming import fresh, global_names, readable_global, readable_signature, restored_names
from transpile.serve.transpiler import Translation

NARROW = "; needs 32-bit pointers"
"""Behind the evidence of a function that keeps addresses in memory as numbers of 32 bits."""


def readable(translation: Translation, target: Language) -> str:
    """A translation's own function with the names of its signature, formatted."""
    assert translation.source is not None
    t, source = translation, translation.source
    names = restored_names(t.signature, t.callees, source.text, target, t.structs, t.fields, source.globals, t.original)
    names |= _function_names([t], target)
    return target.layout(target.tidy(rename(source.text, names)))


def _function_names(translations: Sequence[Translation], target: Language) -> dict[str, str]:
    """The functions whose addresses are taken, and C's entry points of them, by canonical name."""
    named = {canonical: fresh(written, target.keywords) for t in translations for canonical, written in t.addressed.items()}
    return named | {entry_name(canonical): entry_name(written) for canonical, written in named.items()}


def file_variables(translations: Sequence[Translation], target: Language) -> list[str]:
    """The variables of the file that some translations name, each once, in the order of the program."""
    return _written(_variables(translations, target), translations, target)


def _written(variables: Sequence[Global], translations: Sequence[Translation], target: Language) -> list[str]:
    names = _function_names(translations, target)
    return [rename(target.write_global(one), names) if functions_in(one.values) else target.write_global(one) for one in variables]


def _variables(translations: Sequence[Translation], target: Language) -> list[Global]:
    found: dict[str, Global] = {}
    for t in translations:
        written = [{canonical: name for name, canonical in names.items()} for names in (t.structs, t.fields)]
        for one in t.source.globals if t.source else ():
            found.setdefault(one.name, readable_global(renamed_global(one, *written), target))
    names = global_names(found.values(), target)
    return [replace(g, name=names[g.name]) for g in sorted(found.values(), key=lambda g: int(g.name[1:]))]


def write_file(translations: Sequence[Translation], target: Language, source: Path, *, keep_unverified: bool = False) -> str:
    """The text of the translated file: structs, variables of the file, then every function in order, then the C entry points of those that have one."""
    comment = "//"
    parts = [
        f"{comment} Translated from {source.name} by transpile. Every function below carries the verdict it was accepted with;",
        f"{comment} `verify run {source.name} THIS_FILE` judges them again.",
    ]
    head = "\n".join(parts) + "\n" + target.file_header
    structs: dict[str, Struct] = {}
    shown_ones: list[Translation] = []
    bodies: list[str] = []
    entries: list[str] = []
    taken = {name for t in translations if t.source for name in t.addressed.values()}
    for t in translations:
        shown = t.source is not None and (t.verdict.verified or (keep_unverified and t.verdict.status != "compile_error"))
        if not shown:
            head_of = " ".join(target.write_header(readable_signature(t.signature, target)).rstrip("{ ").split())
            head_of = head_of if t.is_read else t.name
            bodies.append(f"{comment} not translated: {head_of}\n{comment} {t.verdict.status}: {one_line(t.verdict.evidence)}\n")
            continue
        shown_ones.append(t)
        signature = readable_signature(t.signature, target)
        structs |= {s.name: s for s in signature.structs}
        label = f"{t.verdict.status}: {one_line(t.verdict.evidence)}"
        if not t.verdict.verified:
            label = f"UNVERIFIED, {label}"
        label += NARROW if t.narrow else ""
        start = target.write_start(signature) if t.name == "main" else None
        text = readable(t, target)
        said = f"{comment} of the library, {label}" if t.of_library else f"{comment} {label}"
        bodies.append(f"{said}\n{target.write_private(text) if t.of_library else rename(text, {'main': 'c_main'}) if start else text}")
        if t.name in taken and (address := target.write_address(signature)):
            bodies.append(address + "\n")
        if t.of_library:  # The file's alone: C's own may have the name when it is linked.
            continue
        entry = start or target.write_entry(signature, always=True)
        if entry:
            entries.append(entry.strip())
    if entries:
        entries.insert(0, f"{comment} C entry points, with the original's types: what was judged, and what other languages can call.")
    from_c = declared_in(t.source.text for t in shown_ones if t.source) if target.externs else {}
    if from_c:
        declarations = [target.write_inner(SourceFunction(target.name, s, target.write_prototype(s)), inline=False) for s in from_c.values()]
        bodies.insert(0, "\n".join([f"{comment} C's library, to be linked.", *declarations]) + "\n")
    called = {name for one in shown_ones for name in one.missing} - {one.name for one in shown_ones}
    missing = {t.name: t for t in translations if t.name in called}
    if missing:
        prototypes = []
        for t in missing.values():
            signature = readable_signature(t.signature, target)
            structs |= {s.name: s for s in signature.structs}
            prototypes.append(target.write_inner(SourceFunction(target.name, signature, target.write_prototype(signature)), inline=False))
        bodies.insert(0, "\n".join([f"{comment} Not translated: the original's own, to be linked.", *prototypes]) + "\n")

    def declared_first(t: Translation) -> str:
        text = target.write_prototype(readable_signature(t.signature, target))
        return target.write_private(text) if t.of_library else text

    if target.in_order:
        late = [t for k, t in enumerate(shown_ones) if any(t.name in earlier.callees for earlier in shown_ones[:k])]
        if late:
            bodies.insert(0, "\n".join(map(declared_first, late)) + "\n")
    kept = _variables(shown_ones, target)
    structs |= {s.name: s for one in kept for s in one.structs}
    variables = []
    for said, some in (("Tables.", [g for g in kept if g.constant]), ("What the functions keep between calls.", [g for g in kept if not g.constant])):
        variables += ["\n".join([f"{comment} {said}", *_written(some, shown_ones, target)]) + "\n"] if some else []
    told = _function_names(shown_ones, target)
    first = {told[h] for one in kept for h in functions_in(one.values) if h in told}
    declared = target.declare_functions([readable_signature(t.signature, target) for t in shown_ones if fresh(t.name, target.keywords) in first])
    types = [target.write_struct(s) + "\n" for s in structs.values()]
    text = "\n".join([head, *_enums(shown_ones, comment), *types, *([declared] if declared else []), *variables, *bodies, *entries])
    return target.mended(text.rstrip() + "\n")


def _enums(translations: Sequence[Translation], comment: str) -> list[str]:
    """What the numbers mean that were enums in the original, as comments."""
    found: dict[str, Domain] = {}
    for t in translations:
        s = t.signature
        domains = (*(p.domain for p in s.parameters), s.gives, *(domain for struct in s.structs for _, domain in struct.domains))
        found |= {one.name: one for one in domains if one and one.members}
    lines = [f"{comment} {one.name}: {', '.join(f'{value} {name}' for name, value in one.members)}" for one in found.values()]
    return ["\n".join([f"{comment} Enums of the original, which are numbers here.", *lines]) + "\n"] if lines else []


def one_line(text: str) -> str:
    return " ".join(text.split())


def function_json(t: Translation, target: Language) -> dict:
    """One function of the object that `transpile --json` prints."""
    return {
        "name": t.name,
        "status": t.verdict.status,
        "evidence": t.verdict.evidence,
        "library": t.of_library,
        "needs_32_bit_pointers": t.narrow,
        "engine": t.engine,
        "candidates": t.tried,
        "compiled": t.compiled,
        "inputs": t.verdict.inputs,
        "coverage": t.verdict.coverage,
        "seconds": round(t.seconds, 3),
        "code": readable(t, target) if t.source is not None else None,
        "variables": file_variables([t], target),
        "counterexample": t.verdict.counterexample.as_json() if t.verdict.counterexample else None,
    }


def as_json(translations: Sequence[Translation], target: Language, source: Path, seconds: float) -> dict:
    """The object that `transpile --json` prints; what came along of a library is among its functions, and does not count."""
    functions = [function_json(t, target) for t in translations]
    own = [t for t in translations if not t.of_library]
    verified = sum(t.verdict.verified for t in own)
    by_status: dict[str, int] = {}
    for t in own:
        by_status[t.verdict.status] = by_status.get(t.verdict.status, 0) + 1
    summary = {
        "functions": len(own), "verified": verified, "candidates": sum(t.tried for t in translations),
        "compiled": sum(t.compiled for t in translations), "by_status": by_status, "seconds": round(seconds, 3),
    }  # fmt: skip
    return {"source": str(source), "target": target.name, "functions": functions, "summary": summary}


STYLES = {"identical": "green", "proved": "green", "tested": "green", "mismatch": "red", "compile_error": "red"}


def show_table(functions: Sequence[dict]) -> None:
    """The functions of the JSON object as a table on stdout: plain columns, colour where the terminal has it."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    # Where nobody looks, nothing is wrapped: a line stays a record.
    console = Console(width=None if sys.stdout.isatty() else 200)
    table = Table("function", "verdict", "evidence", "engine", "tried", "time", box=None, pad_edge=False, header_style="bold")
    for name in ("tried", "time"):
        next(c for c in table.columns if c.header == name).justify = "right"
    for f in functions:
        status = Text(f["status"], style=STYLES.get(f["status"], "yellow"))
        name = f"{f['name']} (library)" if f["library"] else f["name"]
        evidence = one_line(f["evidence"]) + (NARROW if f["needs_32_bit_pointers"] else "")
        table.add_row(Text(name), status, Text(evidence), f["engine"], str(f["candidates"]), f"{f['seconds']:.1f}s")
    console.print(table)
