"""What C leaves undefined is set aside: the same source compiled with checks tells which inputs those are, and only those."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from transpile.corpus.language import language
from transpile.corpus.program import load
from transpile.corpus.signature import Parameter, Signature
from transpile.corpus.source import SourceFunction
from transpile.verify.judge import Jury
from transpile.verify.load import read_pairs
from transpile.verify.self_test import Options, Tally, measure_functions
from transpile.verify.subjects import Subject
from transpile.verify.types import Executable, Verdict

HEAD = "#include <stdint.h>\nstatic const int32_t table[4] = {7, 5, 3, 2};\n"
ORIGINAL = {
    "looked_up": "int32_t looked_up(uint8_t i) { return table[i]; }",
    "shifted": "uint32_t shifted(uint32_t x, uint8_t n) { return x << n; }",
    "counted": "int32_t counted(uint8_t i, uint8_t j) { int32_t n[3] = {0}; n[i]++; n[j]++; return n[0]; }",
    "partly": "int32_t partly(uint8_t i, uint8_t j) { int32_t n[8]; n[i & 7] = 1; n[(i + 1) & 7] = 2; return n[j & 7]; }",
    "kept": "int32_t kept(uint8_t i) { static int32_t n; n += table[i]; return n; }",
    "whole": "int32_t whole(float x) { return (int32_t)x; }",
    "level": "uint32_t level(double x) { return (uint8_t)(x * 255.0); }",
    "handed": "static int32_t at(const int32_t *n, int32_t i) { for (; n[i] > 9; i++); return n[i]; }\n"
    "int32_t handed(uint8_t i, int8_t j) { int32_t n[4] = {1, 20, 3, 4}; n[i & 3]++; return at(n, j); }",
}
"""What they do where C says what that is, is clear; beyond that it is the neighbours in memory, the shift of the machine, or what the stack held."""
SAME = {
    "looked_up": "int32_t looked_up(uint8_t i) { return i < 4 ? table[i] : 9; }",
    "shifted": "uint32_t shifted(uint32_t x, uint8_t n) { return n < 32 ? x << n : 0; }",
    "counted": "int32_t counted(uint8_t i, uint8_t j) { return i < 3 && j < 3 ? (i == 0) + (j == 0) : 9; }",
    "partly": "int32_t partly(uint8_t i, uint8_t j) { return ((i ^ j) & 7) == 0 ? 1 : ((i + 1 - j) & 7) == 0 ? 2 : 0; }",
    "kept": "int32_t kept(uint8_t i) { static int32_t n; n += i < 4 ? table[i] : 9; return n; }",
    "whole": "int32_t whole(float x) { return x >= -0x1p31f && x < 0x1p31f ? (int32_t)x : 9; }",
    "level": "uint32_t level(double x) { x *= 255.0; return x > -1.0 && x < 256.0 ? (uint32_t)(int32_t)x : 9; }",
    "handed": "int32_t handed(uint8_t i, int8_t j) { int32_t n[4] = {1, 20, 3, 4}; n[i & 3]++; return j >= 0 && j < 4 ? n[j + (j == 1)] : 9; }",
}
WRONG = {
    "looked_up": "int32_t looked_up(uint8_t i) { return i < 3 ? table[i] : 0; }",
    "shifted": "uint32_t shifted(uint32_t x, uint8_t n) { return n < 31 ? x << n : 0; }",
    "counted": "int32_t counted(uint8_t i, uint8_t j) { return (i == 0) | (j == 0); }",
    "partly": "int32_t partly(uint8_t i, uint8_t j) { return ((i ^ j) & 7) == 0 ? 1 : ((i + 1 - j) & 7) == 0 ? 3 : 0; }",
    "kept": "int32_t kept(uint8_t i) { static int32_t n; n += i < 4 ? table[i & 1] : 0; return n; }",
    "whole": "int32_t whole(float x) { return x >= -0x1p31f && x < 0x1p30f ? (int32_t)x : 9; }",
    "level": "uint32_t level(double x) { x *= 255.0; return x >= 0.0 && x < 255.0 ? (uint32_t)(int32_t)x : 9; }",
    "handed": "int32_t handed(uint8_t i, int8_t j) { int32_t n[4] = {1, 20, 3, 4}; n[i & 3]++; return j >= 0 && j < 4 ? n[j] : 9; }",
}


def compiled(functions: Mapping[str, str], level: str) -> bytes:
    wasm = language("c").compile(HEAD + "\n".join(functions.values()), level=level).wasm
    assert wasm is not None
    return wasm


@pytest.fixture(scope="module")
def modules() -> dict[str, bytes]:
    """The original at -O0 and with checks, and what is to be judged at -O2."""
    return {"0": compiled(ORIGINAL, "0"), "checked": compiled(ORIGINAL, language("c").checked), "same": compiled(SAME, "2"), "wrong": compiled(WRONG, "2")}


@pytest.mark.parametrize("name", ORIGINAL)
def test_only_what_c_defines_is_judged(name: str, modules: dict[str, bytes], tmp_path: Path) -> None:
    (tmp_path / "a.c").write_text(HEAD + ORIGINAL[name])
    signature = next(f.signature for f in load(tmp_path / "a.c").functions if f.name == name)

    def verdict(candidate: str, guard: Executable | None) -> Verdict:
        return Jury(Executable(modules["0"], name, guard=guard), signature, normal_form=None).judge(Executable(modules[candidate], name))

    guard = Executable(modules["checked"], name)
    same, wrong = verdict("same", guard), verdict("wrong", guard)
    assert same.status == "tested" and same.set_aside > 100, same
    assert wrong.status == "mismatch", wrong
    assert verdict("same", None).status == "mismatch"


def test_files_in_c_are_guarded(tmp_path: Path) -> None:
    (tmp_path / "a.c").write_text(HEAD + ORIGINAL["looked_up"])
    (tmp_path / "b.c").write_text(HEAD + SAME["looked_up"])
    pair = read_pairs(tmp_path / "a.c", tmp_path / "b.c")[0]["looked_up"]
    assert pair.translated and pair.original.guard and pair.original.guard.wasm != pair.original.wasm
    assert Jury(pair.original, pair.signature).judge(pair.translated).verified


def test_the_self_test_sets_aside_what_c_leaves_open() -> None:
    signature = Signature("f0", (Parameter("x", "u32"), Parameter("n", "u8")), "u32")
    source = SourceFunction("c", signature, "uint32_t f0(uint32_t x, uint8_t n) { return x << n; }")
    other = SourceFunction("c", signature, "uint32_t f0(uint32_t x, uint8_t n) { return n < 32 ? x << n : 9; }")
    tally = Tally()
    measure_functions([Subject("shifted", source, other)], Options(mutants=8, text=2, effort=0.2), tally)
    assert tally.counts["pairs"] == 5 and not tally.rejected and not tally.failed
    assert tally.counts["killed"] >= 2 and not tally.missed


def test_originals_come_with_their_guard() -> None:
    """By whichever way somebody gets them from source."""
    from transpile.verify.originals import of_sources

    byte = Signature("f", (Parameter("i", "u8"),), "u32")
    c, rust = (of_sources([SourceFunction(tongue, byte, text)]) for tongue, text in (
        ("c", "uint32_t f(uint8_t i) { return 1u << i; }"), ("rust", "fn f(i: u8) -> u32 { i as u32 }")))  # fmt: skip
    assert c[0] and c[0].guard and c[0].guard.wasm != c[0].wasm
    assert rust[0] and rust[0].guard is None
