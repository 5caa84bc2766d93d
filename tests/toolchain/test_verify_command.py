"""`verify run` over files, folders and manifests: languages on both sides, reports, exit codes, errors in one line, going on after a kill."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

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
    "folders/old/a.c": "int twice(int x) { return 2 * x; }\nint half(int x) { return x / 2; }\n",
    "folders/old/sub/b.c": "int neg(int x) { return -x; }\n",
    "folders/old/sub/alone.c": "int alone(int x) { return x; }\n",
    "folders/new/a.rs": "pub fn twice(x: i32) -> i32 { x.wrapping_mul(2) }\npub fn half(x: i32) -> i32 { x >> 1 }\n",
    "folders/new/sub/b.zig": "fn neg(x: i32) i32 { return 0 -% x; }\n",
    "folders/new/sub/b.rs": "pub fn neg(x: i32) -> i32 { !x }\n",
    "folders/new/sub/notes.txt": "nothing to compile\n",
    "verify.toml": """seed = 3
[[pair]]
original = "folders/old/a.c"
translated = "folders/new/a.rs"
preconditions.half = ["x >= 0"]
[[pair]]
original = "a.c"
translated = "a.rs"
functions = ["clamp", "copy"]
[pair.preconditions]
copy = "n <= 3"
""",
    "a.wat": '(module (func (export "clamp") (param i32) (result i32) (i32.const 0)))',
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("verify")
    for name, text in SOURCES.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
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
        (("a.c", "a.rs", "--function", "clamp", "--require", "y > 0"), "has no parameter 'y'"),
        (("a.c", "a.rs", "--require", "x > 0"), "--require needs --function"),
        (("a.c", "folders"), "folders is a folder and a.c is none"),
        (("a.c",), "nothing to judge a.c against"),
        (("none.toml",), "can't read none.toml"),
        (("folders/old/sub", "folders/new"), "has a counterpart"),
        (("a.c", "a.rs", "--html", "nowhere/a.html"), "no such folder"),
    ],
)
def test_what_cannot_run_exits_2_with_an_error_and_a_hint(folder: Path, arguments: tuple[str, ...], error: str) -> None:
    done = verify(folder, "run", *arguments)
    lines = done.stderr.splitlines()
    assert done.returncode == 2 and not done.stdout
    assert len(lines) == 2 and lines[0].startswith("error: ") and error in lines[0] and lines[1].startswith("hint: ")


STATE = """
static unsigned seed = 12345;
void rng_seed(unsigned s) { seed = s ? s : 1; }
unsigned rng_next(void) { seed ^= seed << 13; seed ^= seed >> 17; seed ^= seed << 5; return seed; }
int twice(int x) { return 2 * x; }
"""


def test_functions_that_share_variables_are_called_in_turn(folder: Path) -> None:
    (folder / "state.c").write_text(STATE)
    (folder / "state2.c").write_text(STATE.replace("s ? s : 1", "s == 0 ? 1 : s"))
    (folder / "state3.c").write_text(STATE.replace("s ? s : 1", "s ? s : 2"))
    done = verify(folder, "run", "state.c", "state2.c", "--json", "--inputs", "512")
    assert done.returncode == 0, done.stdout
    in_turn = {f["name"]: "called in turn with" in f["detail"] for f in json.loads(done.stdout)["functions"]}
    assert in_turn == {"rng_seed": True, "rng_next": True, "twice": False}
    done = verify(folder, "run", "state.c", "state3.c", "--json", "--inputs", "512")
    found = {f["name"]: f for f in json.loads(done.stdout)["functions"]}
    assert {n: f["status"] for n, f in found.items()} == {"rng_seed": "mismatch", "rng_next": "mismatch", "twice": "identical"}
    assert found["rng_seed"]["evidence"] == "rng_next() = 270369, candidate 540738 (after rng_seed(0))"
    again = verify(folder, *found["rng_seed"]["command"].split()[1:])
    assert again.returncode == 1 and "270369" in again.stdout
    alone = json.loads(verify(folder, "run", "state.c", "state2.c", "--function", "rng_seed", "--json").stdout)["functions"][0]
    assert alone["status"] == "inconclusive" and alone["evidence"] == "sets seed, which only other functions read"


def test_a_function_that_takes_too_long_is_inconclusive(folder: Path) -> None:
    loop = "int f(int a, int b) {{ int s = 0; for ({}) s += (i * b) ^ i; return s; }}"
    (folder / "slow.c").write_text(loop.format("int i = 0; i < (a & 1023); i++"))
    (folder / "slow2.c").write_text(loop.format("int i = (a & 1023) - 1; i >= 0; i--"))
    done = verify(folder, "run", "slow.c", "slow2.c", "--inputs", "20000000", "--seconds", "1", "--json")
    assert done.returncode == 1, done.stderr
    (one,) = json.loads(done.stdout)["functions"]
    assert one["status"] == "inconclusive" and one["evidence"] == "not decided in 1 s" and one["seconds"] < 30


def test_wat_is_a_side_too(folder: Path) -> None:
    done = verify(folder, "run", "a.c", "a.wat", "--function", "clamp")
    assert done.returncode == 1 and "mismatch" in done.stdout


def test_the_policy_can_be_printed_and_help_imports_nothing_heavy(folder: Path) -> None:
    assert "set aside" in verify(folder, "policy").stdout
    call = "import sys, transpile.verify.command; print(sorted({'wasmtime', 'numpy', 'z3', 'torch', 'rich.table'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", call], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_folders_are_paired_by_stem(folder: Path) -> None:
    done = verify(folder, "run", "folders/old", "folders/new", "--json", "--inputs", "300", "--jobs", "2")
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    assert [(p["original"], p["translated"]) for p in report["pairs"]] == [
        ("folders/old/a.c", "folders/new/a.rs"), ("folders/old/sub/b.c", "folders/new/sub/b.rs"), ("folders/old/sub/b.c", "folders/new/sub/b.zig"),
    ]  # fmt: skip
    found = {(f["name"], Path(f["translated"]).suffix): f["verified"] for f in report["functions"]}
    assert found == {("twice", ".rs"): True, ("half", ".rs"): False, ("neg", ".rs"): False, ("neg", ".zig"): True}
    assert report["alone"] == ["folders/old/sub/alone.c"]
    assert report["summary"]["functions"] == 4 and report["summary"]["verified"] == 2


def test_a_manifest_with_preconditions(folder: Path) -> None:
    done = verify(folder, "run", "verify.toml", "--json", "--inputs", "600")
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    functions = {f["name"]: f for f in report["functions"]}
    assert list(functions) == ["twice", "half", "clamp", "copy"] and report["options"] == {"inputs": 600, "seed": 3, "seconds": 120}
    assert functions["half"]["set_aside"] > 100, "negative numbers break the precondition"
    assert "--require 'x >= 0'" in functions["half"]["command"]
    again = verify(folder, *shlex.split(functions["half"]["command"])[1:], "--json")
    assert again.returncode == 0 and json.loads(again.stdout)["functions"][0]["preconditions"] == ["x >= 0"]
    without = verify(folder, "run", "folders/old/a.c", "folders/new/a.rs", "--function", "half", "--json")
    assert without.returncode == 1


def test_a_counterexample_keeps_the_precondition(folder: Path) -> None:
    done = verify(folder, "run", "folders/old/a.c", "folders/new/a.rs", "--function", "half", "--require", "x < -1000 && x % 7 == 3", "--json")
    (found,) = json.loads(done.stdout)["functions"]
    value = found["counterexample"]["arguments"][0]["value"]
    assert done.returncode == 1 and value < -1000 and value % 7 == 3


@pytest.mark.parametrize(
    ("text", "error"),
    [("pair = 3", "has no [[pair]]"), ("[[pair]]\noriginal = 'a.c'", "has no translated"), ("[[pair", "is no TOML"), ("inputs = 'many'\n[[pair]]", "inputs"),
     ("[[pair]]\noriginal='a.c'\ntranslated='a.rs'\nfunctions='f'", "list of names"), ("colour = 3\n[[pair]]", "'colour'"),
     ("[[pair]]\noriginal='a.c'\ntranslated='a.rs'\n[pair.preconditions]\nclamp='import os'", "is no precondition"),
     ("[[pair]]\noriginal='a.c'\ntranslated='a.rs'\n[pair.preconditions]\nnix='x > 0'", "precondition of 'nix'")],
)  # fmt: skip
def test_a_broken_manifest_is_named_with_its_fault(folder: Path, text: str, error: str) -> None:
    (folder / "broken.toml").write_text(text)
    done = verify(folder, "run", "broken.toml")
    lines = done.stderr.splitlines()
    assert done.returncode == 2 and not done.stdout and len(lines) == 2 and error in lines[0] and lines[1].startswith("hint: ")


def test_what_could_not_be_judged_does_not_keep_the_rest_from_it(folder: Path) -> None:
    (folder / "some.toml").write_text("".join(f"[[pair]]\noriginal = 'a.c'\ntranslated = '{t}'\n" for t in ("broken.c", "exported.rs")))
    done = verify(folder, "run", "some.toml", "--json", "--junit", "some.xml")
    report = json.loads(done.stdout)
    assert done.returncode == 2 and report["summary"]["errors"] == 1 and report["functions"][0]["verified"]
    assert "broken.c:2" in report["pairs"][0]["error"]["message"]
    root = ElementTree.parse(folder / "some.xml").getroot()
    assert root.get("errors") == "1" and root.find(".//error").get("message").startswith("broken.c:2")


class Page(HTMLParser):
    """What the tests ask of a page: its tags with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_reports_for_people_and_for_ci(folder: Path) -> None:
    done = verify(folder, "run", "a.c", "wrong.rs", "--html", "out.html", "--junit", "out.xml")
    assert done.returncode == 1
    text = (folder / "out.html").read_text()
    page = Page(text)
    for part in ("int clamp(int x)", "pub fn clamp(x: i32)", "clamp(100) = 100, candidate 99", "verify run a.c wrong.rs --function clamp", "set aside"):
        assert part in page.text, part
    assert not re.search(r"https?://|//cdn|<script|<link|<img|@import|url\(", text)
    assert {"main", "h1", "h2", "caption", "details"} <= {tag for tag, _ in page.tags}
    targets = {a["id"] for _, a in page.tags if "id" in a}
    assert {a["href"].removeprefix("#") for tag, a in page.tags if tag == "a"} <= targets
    assert all(a.get("tabindex") == "0" for tag, a in page.tags if tag == "pre")
    assert "prefers-color-scheme: dark" in text and ("html", {"lang": "en"}) in page.tags
    root = ElementTree.parse(folder / "out.xml").getroot()
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("2", "2", "0")
    failure = root.find(".//testcase[@name='clamp']/failure")
    assert failure is not None and "reproduce: verify run" in failure.text


def test_a_page_with_odd_text_holds_it_as_text(folder: Path) -> None:
    (folder / "odd.c").write_text("/* </pre><script>alert(1)</script> */\nint f(int x) { return x + '<' + \"</code>\"[0]; }\n")
    done = verify(folder, "run", "odd.c", "odd.c", "--html", "odd.html", "--junit", "odd.xml")
    assert done.returncode == 0, done.stderr
    assert "<script" not in (folder / "odd.html").read_text() and '"</code>"[0]' in Page((folder / "odd.html").read_text()).text


MANY = 60


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Functions that take a while, each."""
    body = "int s = k; for (int i = 0; i < n; i++) {{ if (a[i] % {0} == k) s += a[i]; else s ^= i * {0}; }} return s;"
    other = body.replace("s ^= i * {0}", "s = s ^ (i * {0} + 0)").replace("int s = k;", "int s = k, t = {0}; if (t != {0}) return n;")
    for name, text in (("a.c", body), ("b.c", other)):
        (tmp_path / name).write_text("".join(f"int f{i}(const int *a, int n, int k) {{ {text.format(i + 2)} }}\n" for i in range(MANY)))
    return tmp_path


@pytest.mark.parametrize(("how", "jobs"), [(signal.SIGINT, "2"), (signal.SIGTERM, "1"), (signal.SIGKILL, "2")], ids=["INT", "TERM", "KILL"])
def test_a_run_that_was_ended_goes_on_where_it_was(many: Path, how: signal.Signals, jobs: str) -> None:
    command = ["run", "a.c", "b.c", "--inputs", "6000", "--state", "state.jsonl", "--jobs", jobs, "--json", "--html", "out.html"]
    call = "import sys; from transpile.verify.command import main; sys.argv[0] = 'verify'; main()"
    process = subprocess.Popen([sys.executable, "-c", call, *command], cwd=many, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    state = many / "state.jsonl"
    deadline = time.monotonic() + 100
    while time.monotonic() < deadline and process.poll() is None and (not state.exists() or state.read_text().count("\n") < 3):
        time.sleep(0.002)
    process.send_signal(how)
    out, err = process.communicate(timeout=60)
    kept = state.read_text().count("\n")
    assert 3 <= kept < MANY + 1 and not out, (out, err)
    assert not (many / "out.html").exists() and [p.name for p in many.iterdir() if p.suffix == ".tmp"] == []
    if how != signal.SIGKILL:
        assert process.returncode == 2 and "interrupted" in err
    # What a kill may leave: half a line.
    state.write_text(state.read_text() + '{"key": "half')
    before = {line for line in state.read_text().splitlines() if line.startswith('{"key"') and line.endswith("}")}
    done = verify(many, *command)
    assert done.returncode == 0, done.stderr
    lines = state.read_text().splitlines()
    assert before <= set(lines) and sum(line.endswith("}") for line in lines) == MANY + 1
    report = json.loads(done.stdout)
    assert [f["name"] for f in report["functions"]] == [f"f{i}" for i in range(MANY)] and (many / "out.html").exists()
    assert len({f["seconds"] for f in report["functions"]} & {json.loads(line)["value"].get("seconds") for line in before}) > 0
    (many / "b.c").write_text((many / "b.c").read_text().replace("return s;", "return s + 1;", 1))
    changed = verify(many, *command)
    assert changed.returncode == 1, "another text is another key"


def test_a_small_self_test_prints_its_rates(folder: Path) -> None:
    done = verify(folder, "self-test", "--functions", "4", "--mutants", "3", "--effort", "0.3", "--inputs", "512", "--json")
    report = json.loads(done.stdout)
    assert report["functions"] == 4 == sum(report["languages"].values()) and len(report["languages"]) > 2
    assert {"mutants", "kill_rate", "false_accept_rate", "false_reject_rate", "survivors"} <= report.keys()
    assert report["mutants"] >= 10 and report["pairs"] >= 16 and not report["false_rejects"] and not report["unsound"]
    assert report["killed"] + report["missed"] + report["equal_by_proof"] + report["undecided"] + report["inconclusive"] == report["mutants"]
