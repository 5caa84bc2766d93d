"""Repairs of Rust by rustc's own words: casts where numeric types differ, `mut` where something is assigned twice.

C converts numbers in silence, so a translation from it most often fails to compile for a missing `as`. Where rustc says which
expression has which type and which was expected, the cast is put there. Behaviour is not kept, it is proposed: the judge decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from transpile.corpus.language import Diagnostic

_NUMBER = r"[iu](?:8|16|32|64|size)|f32|f64"
_MISMATCH = re.compile(rf"\[E0308\].*expected `({_NUMBER}|bool)`, found (?:`({_NUMBER}|bool)`|(integer|floating-point number))")
_INDEX = re.compile(rf"\[E0277\] the type `\[.*\]` cannot be indexed by `(?:{_NUMBER})`")
_OPERATION = re.compile(
    r"\[E0277\] (?:cannot (?:add|subtract|multiply|divide|calculate the remainder of)|no implementation for|can't compare) "
    rf".*`({_NUMBER}) [^` ]+ ({_NUMBER}|{{integer}})`"
)
_COMPARE = re.compile(rf"\[E0277\] can't compare `({_NUMBER})` with `({_NUMBER})`")
_IMMUTABLE = re.compile(r"\[E0384\] cannot assign twice to immutable variable `(\w+)`|\[E0596\] cannot borrow `(\w+)` as mutable")
_OPERAND = re.compile(r"\s*(?:[-!*&]\s*)*(?:\w[\w.]*)(?:\s*\.\s*\w+)*")


def repair_types(line: str, errors: Sequence[Diagnostic]) -> str | None:
    """The line with every repair that the errors allow and that do not overlap (the innermost first); None if there is none."""
    edits: list[tuple[int, int, str]] = []
    mutable: set[str] = set()
    for error in errors:
        assert error.start is not None and error.end is not None
        code = line[error.start : error.end]
        if found := _MISMATCH.search(error.message):
            edits.append((error.start, error.end, _alone(line, error.start, error.end, _converted(code, found[1], found[2] or found[3]))))
        elif _INDEX.search(error.message):
            edits.append((error.start, error.end, f"{_grouped(code)} as usize"))
        elif found := _OPERATION.search(error.message) or _COMPARE.search(error.message):
            end = _operand_end(line, error.end)
            right = line[error.end : end]
            if right.strip():
                edits.append((error.end, end, f" {_converted(right.strip(), found[1], found[2])}"))
        elif found := _IMMUTABLE.search(error.message):
            mutable.add(found[1] or found[2])
    chosen: list[tuple[int, int, str]] = []
    for edit in sorted(edits, key=lambda e: e[1] - e[0]):
        if all(edit[1] <= c[0] or edit[0] >= c[1] for c in chosen):
            chosen.append(edit)
    for start, end, text in sorted(chosen, reverse=True):
        line = f"{line[:start]}{text}{line[end:]}"
    for name in mutable:
        line = re.sub(rf"\blet {name}\b", f"let mut {name}", line)
    return line if chosen or mutable else None


def _grouped(code: str) -> str:
    """The code as an operand of `as`."""
    return code if re.fullmatch(r"[\w.]+(?: \. \w+)*(?: \( \))?", code.strip()) else f"( {code.strip()} )"


def _converted(code: str, wanted: str, found: str) -> str:
    """The code as a `wanted`; canonical text: tokens one space apart."""
    code = code.strip()
    if wanted == "bool":
        return f"( {_grouped(code)} != 0 )"
    if wanted in ("f32", "f64") and found in ("integer", "{integer}"):
        return f"{code}.0" if code.isdigit() else f"( {_grouped(code)} as {wanted} )"
    if found == "bool" and wanted in ("f32", "f64"):
        return f"( {_grouped(code)} as u8 as {wanted} )"
    return f"( {_grouped(code)} as {wanted} )"


def _alone(line: str, start: int, end: int, code: str) -> str:
    """The code without its outer brackets where it stands alone: between `=`, `return`, `(`, `[`, `,` and `;`, `)`, `]`, `,`."""
    before, after = line[:start].rstrip(), line[end:].lstrip()
    whole = before.endswith(("return", "(", "[", ",", ";", "{")) or re.search(r"(?<![=!<>])=$", before)
    return code[2:-2] if whole and after[:1] in (";", ")", "]", ",", "}") and code.startswith("( ") else code


def _operand_end(line: str, start: int) -> int:
    """Where the operand that starts after an operator ends: a name or number with fields, calls and indices."""
    found = _OPERAND.match(line, start)
    if found and found.end() > start:
        end = found.end()
    else:
        end = start
    while True:
        rest = re.match(r"\s*([(\[])", line[end:])
        if not rest:
            more = re.match(r"\s*\.\s*\w+", line[end:]) if end > start else None
            if not more:
                return end
            end += more.end()
            continue
        depth, i = 0, end
        while i < len(line):
            depth += (line[i] in "([") - (line[i] in ")]")
            i += 1
            if depth == 0 and line[i - 1] in ")]":
                break
        end = i
