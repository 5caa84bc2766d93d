"""clang-tidy, where it is installed (Debian: `apt-get install clang-tidy-19`): static analysis of C and C++ beside the compiler's own warnings."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from transpile.corpus.language import Diagnostic, Findings
from transpile.corpus.zigcc import run, work_folder

CHECKS = (
    "-*,bugprone-*,clang-analyzer-*,performance-*,misc-redundant-expression,misc-misleading-*,readability-misleading-indentation,"
    "-bugprone-easily-swappable-parameters,-bugprone-narrowing-conversions,-bugprone-reserved-identifier,-bugprone-implicit-widening-*,"
    "-clang-analyzer-security.insecureAPI.*,-performance-no-int-to-ptr"
)
"""What speaks of behaviour; style and names are decided by canonical form."""
_FINDING = re.compile(r"^.*?unit\.\w+:(\d+):(?:\d+:)? (error|warning): (.*)$", re.M)


@cache
def tidy() -> tuple[Path, str] | None:
    """The program, clang-tidy-19 before others, with its version."""
    for name in ("clang-tidy-19", "clang-tidy"):
        found = shutil.which(name)
        if found:
            said = subprocess.run([found, "--version"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False).stdout
            number = re.search(r"version (\d+\.\d+\.\d+)", said)
            if number:
                return Path(found), f"clang-tidy {number[1]}"
    return None


def clang_tidy(text: str, unit: str, flags: Sequence[str], seconds: float) -> Findings | None:
    """What it says of a unit; None where it is not installed. `flags`: those of the compiler."""
    found = tidy()
    if found is None:
        return None
    with work_folder() as folder:
        (folder / unit).write_text(text, encoding="utf-8", errors="replace")
        command = [found[0], "--quiet", f"--checks={CHECKS}", unit, "--", "--target=wasm32", "-ffreestanding", "-w", *flags]
        # It writes its findings to stdout, which `run` drops.
        done = run(["/bin/sh", "-c", 'exec "$@" >found.txt', "sh", *command], folder, seconds)
        said = (folder / "found.txt").read_text(errors="replace") if (folder / "found.txt").is_file() else ""
    findings = {kind: tuple(Diagnostic(int(m[1]), m[3]) for m in _FINDING.finditer(said) if m[2] == kind) for kind in ("error", "warning")}
    errors = findings["error"] or (() if done.ok else (Diagnostic(None, "clang-tidy failed"),))
    return Findings(errors, findings["warning"], found[1])
