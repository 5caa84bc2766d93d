"""Hostile text and modules are only data: none reads a file, gets at the environment, runs on, or takes the judge with it.

The cases are files of tests/cases/hostile; `@SECRET@` stands for the path of a file with a secret in it, `@VARIABLE@` for an environment
variable that holds one, `@{n:text}` for n times the text.
"""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from judged_modules import judge_both_ways

from transpile.corpus import confine, zigcc
from transpile.corpus.assemblyscript import compiler as as_compiler
from transpile.corpus.language import Compilation, language, languages

CASES = Path(__file__).parent.parent / "cases" / "hostile"
SECRET = "31415926535897932384"
SECONDS = 4.0
LANGUAGES = {".c": "c", ".cpp": "cpp", ".d": "d", ".go": "go", ".rs": "rust", ".ts": "assemblyscript", ".zig": "zig"}
SOURCES = sorted(p for p in CASES.iterdir() if p.suffix in LANGUAGES)
within_walls = pytest.mark.skipif(not confine._works("/bin/bash", ()), reason="bubblewrap does not work here")
NEEDS_FILES = re.compile(r"@SECRET@")


@pytest.fixture
def secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "secret.h"
    path.write_text(f'int secret = 1; "{SECRET}"\n')
    monkeypatch.setenv("HOSTILE_VARIABLE", SECRET)
    return path


def text_of(path: Path, secret: Path) -> str:
    text = path.read_text().replace("@SECRET@", str(secret)).replace("@VARIABLE@", "HOSTILE_VARIABLE")
    return re.sub(r"@\{(\d+):(.*?)\}", lambda m: m[2] * int(m[1]), text)


def compile_case(path: Path, secret: Path) -> tuple[Compilation, float]:
    tongue = language(LANGUAGES[path.suffix])
    tongue.version()
    zigcc.runtime()
    prologue = tongue.prologue if path.suffix in (".d", ".go", ".rs", ".zig") else ""
    started = time.monotonic()
    compiled = tongue.compile(prologue + text_of(path, secret), seconds=SECONDS)
    return compiled, time.monotonic() - started


def check_contained(compiled: Compilation, seconds: float, folder: Path) -> None:
    """Nothing of the secret came out, no time was lost, and no process, however it ended, left anything behind."""
    shown = repr(compiled.diagnostics) + (compiled.wasm or b"").decode("latin-1")
    assert SECRET not in shown and "root:" not in shown
    # A compiler and a linker, each with its limit, on a machine that is busy.
    assert seconds < 2 * SECONDS + 10
    assert [p.name for p in folder.iterdir()] == ["secret.h"]


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.name)
def test_hostile_source_is_contained(path: Path, secret: Path) -> None:
    compiled, seconds = compile_case(path, secret)
    check_contained(compiled, seconds, secret.parent)
    if NEEDS_FILES.search(path.read_text()):
        assert compiled.wasm is None
    if compiled.wasm is not None:
        judge_both_ways(compiled.wasm)


@pytest.mark.parametrize("path", [p for p in SOURCES if NEEDS_FILES.search(p.read_text())], ids=lambda p: p.name)
def test_text_alone_shows_that_a_file_is_asked_for(path: Path, secret: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where bubblewrap is missing, what the languages refuse has to do."""
    monkeypatch.setattr(confine, "_works", lambda *_: False)
    compiled, seconds = compile_case(path, secret)
    assert compiled.wasm is None
    check_contained(compiled, seconds, secret.parent)


@within_walls
@pytest.mark.parametrize("path", [p for p in SOURCES if NEEDS_FILES.search(p.read_text())], ids=lambda p: p.name)
def test_the_walls_hold_where_the_text_was_not_refused(path: Path, secret: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for tongue in languages().values():
        monkeypatch.setattr(type(tongue), "refused", lambda self, text: ())
    compiled, seconds = compile_case(path, secret)
    check_contained(compiled, seconds, secret.parent)


@within_walls
def test_every_compiler_runs_within_the_walls(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []
    real = zigcc.confined

    def note(*arguments: object, **options: object) -> list[str]:
        commands.append(real(*arguments, **options))
        return commands[-1]

    monkeypatch.setattr(zigcc, "confined", note)
    monkeypatch.setattr(as_compiler, "confined", note)
    as_compiler.stop()
    texts = {"c": "int f(int a) { return a; }", "cpp": 'extern "C" int f(int a) { return a; }', "zig": "export fn f(a: i32) i32 { return a; }",
             "rust": '#[no_mangle] pub extern "C" fn f(a: i32) -> i32 { a }', "d": "extern (C) int f(int a) { return a; }",
             "assemblyscript": "export function f(a: i32): i32 { return a; }",
             "go": "func f(a int32) int32 { return a }\n//export f = f()\n"}  # fmt: skip
    for name, text in texts.items():
        tongue = language(name)
        assert tongue.compile(tongue.prologue + text).wasm is not None
    assert len(commands) >= 16
    assert all(confine.bubblewrap() in command and "--unshare-all" in command for command in commands)


def test_a_compiler_sees_no_variable_of_the_users_and_has_its_limits(secret: Path, tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    done = zigcc.run(["/bin/sh", "-c", "env >&2; ulimit -v >&2; ulimit -f >&2"], tmp_path / "work", 10)
    assert done.ok and SECRET not in done.stderr
    assert str(confine.MEMORY >> 10) in done.stderr and str(confine.LARGEST_FILE >> 9) in done.stderr


@within_walls
@pytest.mark.parametrize(
    ("what", "fails"),
    [("cat {secret}", True), ("cat /etc/shadow", True), ("echo > /usr/x", True), ("test -e {secret}", True), ("ls /root /home", True),
     ("test $(grep -c : /proc/net/dev) -gt 1", True), ("test $(ls /proc | grep -c '^[0-9]') -gt 9", True), ("echo > here", False)],
)  # fmt: skip
def test_within_the_walls_there_is_nothing_to_see(what: str, fails: bool, secret: Path, tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    done = zigcc.run(["/bin/bash", "-c", what.format(secret=secret)], tmp_path / "work", 10)
    assert done.ok is not fails
    assert SECRET not in done.stderr


def test_endless_output_and_children_that_stay_end_with_the_command(tmp_path: Path) -> None:
    started = time.monotonic()
    done = zigcc.run(["/bin/sh", "-c", "(sleep 1000 &) ; yes 0123456789 >&2"], tmp_path, 20)
    assert not done.ok and len(done.stderr) <= confine.LARGEST_OUTPUT
    assert time.monotonic() - started < 25


def test_there_are_at_least_forty_kinds_for_all_languages() -> None:
    assert len(SOURCES) >= 50
    for suffix in LANGUAGES:
        assert sum(p.suffix == suffix for p in SOURCES) >= 5
