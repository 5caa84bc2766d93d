"""What rustc and clippy say of a unit: their JSON lines as diagnostics.

clippy is the driver that lies beside the rustc in use (Debian: `apt-get install rust-web-clippy`) and has its version: it reads the same libraries.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from transpile.corpus import zigcc
from transpile.corpus.language import Diagnostic, Findings
from transpile.corpus.rust import sysroot

QUIET = (
    "-A", "clippy::missing_safety_doc", "-A", "clippy::too_many_arguments", "-A", "clippy::not_unsafe_ptr_arg_deref", "-A", "internal_features",
    "-A", "clippy::all", "-W", "clippy::correctness", "-W", "clippy::suspicious", "-W", "clippy::complexity", "-W", "clippy::perf",
)  # fmt: skip
"""clippy's lints but for those of style, which speak of names and layout that canonical form decides."""


@cache
def clippy() -> tuple[Path, str] | None:
    """The clippy driver of the rustc in use, with its version."""
    found = sysroot.toolchain()
    driver = found.rustc.with_name("clippy-driver")
    if not driver.is_file():
        return None
    said = subprocess.run([driver, "--version"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False).stdout
    version = re.search(r"clippy 0\.(\d+\.\d+)", said)
    return (driver, f"clippy 0.{version[1]}") if version and found.version.startswith(f"{version[1]}.") else None


def check(text: str, flags: Sequence[str], program: Path, version: str, seconds: float) -> Findings:
    """Errors and warnings of rustc, or of clippy's driver, for a unit that is not refused."""
    found = sysroot.toolchain()
    own = QUIET if program.name.startswith("clippy") else ()
    with zigcc.work_folder() as folder:
        (folder / "unit.rs").write_text(text)
        command = [program, *flags, *found.flags, *own, "unit.rs", "-o", folder / "unit.rmeta"]
        done = zigcc.run(command, folder, seconds, found.environment, readable=found.folders)
    if done.timed_out:
        return Findings((Diagnostic(None, f"{program.name} ran longer than {seconds:g} s"),), (), version)
    return Findings(() if done.ok else tuple(diagnostics(done.stderr)), tuple(diagnostics(done.stderr, "warning")), version)


def diagnostics(stderr: str, level: str = "error") -> Iterator[Diagnostic]:
    """The errors (or warnings) in rustc's JSON lines; whatever else it printed (a crash) is one error without a line."""
    found = False
    for line in stderr.splitlines():
        if not line.startswith("{"):
            continue
        one = json.loads(line)
        if not str(one.get("level", "")).startswith(level) or one["message"].startswith("aborting due to"):
            continue
        if level == "warning" and not one["spans"]:
            continue
        found = True
        code = f"[{one['code']['code']}] " if one.get("code") else ""
        spans = sorted(one["spans"], key=lambda s: not s["is_primary"])
        label = next((s["label"] for s in spans if s["is_primary"] and s["label"]), None)
        first = spans[0] if spans else {}
        inside = first.get("file_name") == "unit.rs" and first["line_start"] == first["line_end"]
        place = (first["column_start"] - 1, first["column_end"] - 1) if inside else (None, None)
        yield Diagnostic(_line(spans), f"{code}{one['message']}{f' ({label})' if label else ''}", *place)
    if not found and level == "error":
        yield Diagnostic(None, stderr.strip()[-2000:] or "rustc failed without a message")


def _line(spans: list[dict]) -> int | None:
    """The first line in the unit itself, of a span or of the macro call that it comes from."""
    for span in spans:
        while span is not None:
            if span["file_name"] == "unit.rs":
                return int(span["line_start"])
            span = (span.get("expansion") or {}).get("span")
    return None
