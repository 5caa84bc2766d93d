"""Binaryen's `wasm-opt`, where it is installed (Debian: `apt-get install binaryen`): a second optimizer behind every compiler.

Functions are not inlined into each other, so that a function stays one and calls what it called. Limit: MVP features, as everywhere here.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

from transpile.corpus.zigcc import run, work_folder

FLAGS = (
    "-O3", "-g", "--mvp-features", "--enable-mutable-globals",
    "--always-inline-max-function-size=0", "--flexible-inline-max-function-size=0", "--one-caller-inline-max-function-size=0",
)  # fmt: skip


@cache
def wasm_opt_version() -> str | None:
    """`wasm-opt 108`, None where it is not installed."""
    found = shutil.which("wasm-opt")
    if found is None:
        return None
    said = subprocess.run([found, "--version"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False).stdout
    number = re.search(r"\d+", said)
    return f"wasm-opt {number[0]}" if number else None


def optimize(wasm: bytes, *, seconds: float = 120.0) -> bytes | None:
    """The module after `wasm-opt -O3`, names kept; None where it is not installed or refuses the module."""
    if wasm_opt_version() is None:
        return None
    found = Path(shutil.which("wasm-opt") or "")
    with work_folder() as folder:
        (folder / "unit.wasm").write_bytes(wasm)
        done = run([found, "unit.wasm", *FLAGS, "-o", "optimized.wasm"], folder, seconds)
        return (folder / "optimized.wasm").read_bytes() if done.ok else None
