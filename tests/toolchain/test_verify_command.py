"""`verify run` over files: languages on both sides, wasm and WAT, JSON, exit codes, and errors in one line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from transpile.corpus.program import load

SOURCES = {
    "a.c": """#include <stdint.h>
int clamp(int x) { return x < 0 ? 0 : x > 100 ? 100 : x; }
void copy(int8_t *dst, const int8_t *src, int n) { for (int i = 0; i < n; i++) dst[i] = src[i]; }
static int twice(int x) { return 2 * x; }
""",
    "a.rs": """pub fn clamp(x: i32) -> i32 { x.max(0).min(100) }
pub fn copy(dst: &mut [i8], src: &[i8]) { for i in 0..dst.len() { dst[i] = src[i]; } }
pub fn twice(x: i32) -> i32 { x.wrapping_add(x) }
""",
    "exported.rs": """#[no_mangle]
pub extern "C" fn clamp(x: i32) -> i32 { if x < 0 { 0 } else if x > 100 { 100 } else { x } }
""",
    "a.zig": """fn clamp(x: i32) i32 { return @min(@max(x, 0), 100); }
fn copy(dst: []i8, src: []const i8) void { for (0..dst.len) |i| dst[i] = src[i]; }
""",
    "a.cpp": """#include <cstdint>
int clamp(int x) { return x < 0 ? 0 : (x > 100 ? 100 : x); }
""",
    "wrong.rs": "pub fn clamp(x: i32) -> i32 { x.max(0).min(99) }\npub fn copy(dst: &mut [i8], n: i32) { dst[0] = n as i8; }\n",
    "broken.c": "int f(int x) {\n    return x +;\n}\n",
    "other.c": "int other(int x) { return x; }\n",
    "empty.c": "/* nothing */\n",
    "a.wat": '(module (func (export "clamp") (param i32) (result i32) (i32.const 0)))',
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("verify")
    for name, text in SOURCES.items():
        (path / name).write_text(text)
    (path / "a.wasm").write_bytes(load(path / "a.c").wasm)
    return path


def verify(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    call = "import sys; from transpile.verify.command import main; sys.argv[0] = 'verify'; main()"
    return subprocess.run([sys.executable, "-c", call, *arguments], cwd=folder, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    ("left", "right"),
    [("a.c", "a.rs"), ("a.c", "a.zig"), ("a.rs", "a.c"), ("a.zig", "a.rs"), ("a.c", "a.cpp"), ("a.c", "exported.rs"), ("a.wasm", "a.rs"), ("a.rs", "a.wasm")],
)
def test_equivalent_files_exit_0(folder: Path, left: str, right: str) -> None:
    done = verify(folder, "run", left, right, "--json", "--inputs", "300")
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["summary"]["functions"] == report["summary"]["verified"] >= 1
    assert {f["status"] for f in report["functions"]} <= {"identical", "proved", "tested"}
    assert report["policy"].startswith("What counts as the same behaviour")


def test_a_mismatch_exits_1_with_a_counterexample_and_the_command_that_reproduces_it(folder: Path) -> None:
    done = verify(folder, "run", "a.c", "wrong.rs", "--seed", "7", "--json")
    assert done.returncode == 1
    functions = {f["name"]: f for f in json.loads(done.stdout)["functions"]}
    assert functions["clamp"]["counterexample"]["text"] == "clamp(100) = 100, candidate 99"
    assert functions["copy"]["status"] == "wrong_signature"
    again = verify(folder, *functions["clamp"]["command"].split()[1:])
    assert again.returncode == 1 and "clamp(100) = 100, candidate 99" in again.stdout
    assert "reproduce clamp: verify run a.c wrong.rs --function clamp" in again.stderr


def test_one_function_and_what_is_missing(folder: Path) -> None:
    done = verify(folder, "run", "a.c", "exported.rs")
    assert done.returncode == 0 and "not in exported.rs: copy" in done.stderr
    done = verify(folder, "run", "a.c", "a.rs", "--function", "clamp", "--json")
    assert [f["name"] for f in json.loads(done.stdout)["functions"]] == ["clamp"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("a.c", "none.rs"), "no such file"),
        (("a.c", "other.c"), "no function in common"),
        (("broken.c", "a.rs"), "broken.c:2: "),
        (("a.c", "broken.c"), "broken.c:2: "),
        (("empty.c", "a.c"), "no functions"),
        (("a.c", "a.rs", "--function", "nix"), "no function 'nix' in a.c"),
    ],
)
def test_what_cannot_run_exits_2_with_an_error_and_a_hint(folder: Path, arguments: tuple[str, ...], error: str) -> None:
    done = verify(folder, "run", *arguments)
    lines = done.stderr.splitlines()
    assert done.returncode == 2 and not done.stdout
    assert len(lines) == 2 and lines[0].startswith("error: ") and error in lines[0] and lines[1].startswith("hint: ")


def test_wat_is_a_side_too(folder: Path) -> None:
    done = verify(folder, "run", "a.c", "a.wat", "--function", "clamp")
    assert done.returncode == 1 and "mismatch" in done.stdout


def test_the_policy_can_be_printed_and_help_imports_nothing_heavy(folder: Path) -> None:
    assert "set aside" in verify(folder, "policy").stdout
    call = "import sys, transpile.verify.command; print(sorted({'wasmtime', 'numpy', 'z3', 'torch', 'rich.table'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", call], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]"
