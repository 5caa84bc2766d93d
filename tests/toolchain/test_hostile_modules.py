"""Hostile modules, as candidates and as originals: none hangs the judge, stops it, or is taken for what it is not."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from judged_modules import judge_both_ways

from transpile.corpus.wasm.wat import read_wat

CASES = Path(__file__).parent.parent / "cases" / "hostile"
MODULES = sorted(p for p in CASES.iterdir() if p.suffix in (".wat", ".hex"))
HARMLESS = {
    "huge_table", "huge_memory", "many_memories", "memory_64", "shared_memory", "exports_another_memory", "moves_its_stack", "giant_locals",
    "deep_blocks", "giant_branch_table", "many_functions", "vectors", "initialize_takes_arguments", "name_section_lies", "imports_memory",
}  # fmt: skip
"""What may be found equal to its original, because it is, however odd the rest of its module."""


def module_of(path: Path) -> bytes:
    """`@{n:text}` in a case stands for n times the text."""
    text = re.sub(r"@\{(\d+):(.*?)\}", lambda m: m[2] * int(m[1]), path.read_text())
    return bytes.fromhex(text) if path.suffix == ".hex" else read_wat(text)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.name)
def test_hostile_modules_do_not_stop_the_judge(path: Path) -> None:
    wasm = module_of(path)
    started = time.process_time()
    found = judge_both_ways(wasm)
    assert time.process_time() - started < 30
    if path.stem not in HARMLESS:
        assert found not in ("identical", "proved", "tested")


def test_what_may_be_harmless_is_there() -> None:
    assert {p.stem for p in MODULES} >= HARMLESS and len(MODULES) >= 40
