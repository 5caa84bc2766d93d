"""The transpiler around a pretended engine: what is accepted, what is written, what is refused."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from transpile.corpus.errors import CompileError, TranspileError
from transpile.corpus.language import language
from transpile.corpus.program import load
from transpile.serve.decoder import Request
from transpile.serve.lifter import Lifter
from transpile.serve.output import as_json, write_file
from transpile.serve.report import write_report
from transpile.serve.transpiler import Options, transpile
from transpile.verify.types import Candidate

SOURCE = """
#include <stdbool.h>
#include "shapes.h"
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
int count_digits(const char *text, int len) {
    int count = 0;
    for (int i = 0; i < len; i++) {
        if (is_digit(text[i])) count++;
    }
    return count;
}
int area(const struct box *b) { return b->width * b->height; }
unsigned twice(unsigned x) { return x << 1; }
"""
HEADER = "#pragma once\nstruct box { int width; int height; };\n"
RIGHT = {
    "rust": {
        "bool": "p0 >= 48 && p0 <= 57 }",
        "call": "let mut v0 : i32 = 0 ; for v1 in 0 .. p0 . len ( ) { if c0 ( p0 [ v1 ] ) { v0 += 1 ; } } v0 }",
        "struct": "p0 . m0 * p0 . m1 }",
        "shift": "p0 << 1 }",
    },
    "zig": {
        "bool": "return p0 >= 48 and p0 <= 57 ; }",
        "call": "var v0 : i32 = 0 ; for ( p0 ) | v1 | { if ( c0 ( v1 ) ) { v0 +%= 1 ; } } return v0 ; }",
        "struct": "return p0 . m0 *% p0 . m1 ; }",
        "shift": "return p0 << 1 ; }",
    },
    "d": {
        "bool": "return p0 >= 48 && p0 <= 57 ; }",
        "call": "int v0 = 0 ; foreach ( v1 ; p0 ) { if ( c0 ( v1 ) ) { v0 ++ ; } } return v0 ; }",
        "struct": "return p0 . m0 * p0 . m1 ; }",
        "shift": "return p0 << 1 ; }",
    },
    "go": {
        "bool": "return p0 >= 48 && p0 <= 57 ; }",
        "call": "var v0 int32 ; for _ , v1 := range p0 { if c0 ( v1 ) { v0 ++ ; } ; } ; return v0 ; }",
        "struct": "return p0 . m0 * p0 . m1 ; }",
        "shift": "return p0 << 1 ; }",
    },
    "c": {
        "bool": "return p0 >= 48 && p0 <= 57 ; }",
        "call": "int32_t v0 = 0 ; for ( int32_t v1 = 0 ; v1 < p1 ; v1 ++ ) { if ( c0 ( p0 [ v1 ] ) ) { v0 ++ ; } } return v0 ; }",
        "struct": "return p0 -> m0 * p0 -> m1 ; }",
        "shift": "return p0 << 1 ; }",
    },
}
RIGHT["cpp"] = RIGHT["c"]


class Pretended:
    """An engine that knows the four functions, and says something wrong or broken first."""

    to_read = False
    name = "pretended"

    def __init__(self, *, knows: bool = True) -> None:
        self.knows = knows

    def decode(self, requests: Sequence[Request], *, samples: int, seed: int, temperature: float = 0.8) -> list[list[Candidate]]:
        out = []
        for r in requests:
            kind = "call" if " call c0" in r.wat else "shift" if "shl" in r.wat else "struct" if "i32.mul" in r.wat else "bool"
            codes = ["return 7 ; }", "nonsense ) }"] + ([RIGHT[r.language][kind]] if self.knows else [])
            out.append([Candidate(code, r.language, -float(i), self.name) for i, code in enumerate(codes)])
        return out


@pytest.fixture
def program(tmp_path: Path):
    (tmp_path / "lib.c").write_text(SOURCE)
    (tmp_path / "shapes.h").write_text(HEADER)
    return load(tmp_path / "lib.c")


@pytest.mark.parametrize("target", sorted(RIGHT))
def test_a_file_becomes_a_file_that_compiles(program, target: str, tmp_path: Path) -> None:
    tongue = language(target)
    translations = transpile(program, tongue, Pretended(), Options(candidates=4, inputs=256))
    assert [t.name for t in translations] == ["is_digit", "count_digits", "area", "twice"]
    assert all(t.verdict.verified for t in translations), [(t.name, t.verdict) for t in translations]
    text = write_file(translations, tongue, program.path)
    assert "count_digits" in text and "is_digit(" in text
    written = tmp_path / f"written{tongue.suffixes[0]}"
    written.write_text(text)
    assert {"is_digit", "count_digits", "area", "twice"} <= set(load(written).exports)
    report = as_json(translations, tongue, program.path, 1.0)
    assert json.loads(json.dumps(report))["summary"]["verified"] == 4


def test_rust_gets_idiomatic_signatures_and_c_entry_points(program) -> None:
    rust = language("rust")
    text = write_file(transpile(program, rust, Pretended(), Options(candidates=4, inputs=256)), rust, program.path)
    assert "pub fn count_digits(text: &[i8]) -> i32 {" in text
    assert "pub fn area(b: &Box) -> i32 {" in text
    assert "pub width: i32" in text
    assert "is_digit(text[i])" in text


def test_what_is_wrong_is_never_passed_off_as_good(program) -> None:
    rust = language("rust")
    translations = transpile(program, rust, Pretended(knows=False), Options(candidates=4, inputs=256))
    assert {t.name: t.verdict.status for t in translations}["twice"] == "mismatch"
    text = write_file(translations, rust, program.path)
    assert "return 7" not in text and "// not translated: pub fn twice(x: u32) -> u32" in text
    kept = write_file(translations, rust, program.path, keep_unverified=True)
    assert "// UNVERIFIED, mismatch" in kept and "return 7" in kept
    statuses = {t.name: t.verdict.status for t in translations}
    assert statuses["count_digits"] == "inconclusive", "its helper was not translated"
    page = write_report(translations, rust, program)
    assert "<script" not in page and "not verified: do not use" in page


class NearMiss(Pretended):
    """An engine that is wrong by one token in everything."""

    name = "near"

    def decode(self, requests: Sequence[Request], *, samples: int, seed: int, temperature: float = 0.8) -> list[list[Candidate]]:
        wrong = {"p0 << 1": "p0 << 2", "p0 >= 48": "p0 > 48", "p0 . m0 *": "p0 . m0 +", "v0 += 1": "v0 += 2"}
        out = []
        for found in super().decode(requests, samples=samples, seed=seed):
            code = found[-1].code
            for right, slip in wrong.items():
                code = code.replace(right, slip)
            out.append([Candidate(code, found[-1].language, -1.0, self.name)])
        return out


STRUCTS = """
struct inner { int type; int match; };
struct outer { int a; int b; int c; };
int inner_sum(const struct inner *in) { return in->type + in->match; }
int outer_sum(const struct outer *o, const struct inner *in) { return o->a * o->c + inner_sum(in); }
int loop(const struct inner *box, const struct outer *o, int fn) { return outer_sum(o, box) - fn; }
"""


class Structs(Pretended):
    def decode(self, requests: Sequence[Request], *, samples: int, seed: int, temperature: float = 0.8) -> list[list[Candidate]]:
        out = []
        for r in requests:
            code = "p0 . m0 + p0 . m1 }" if "call" not in r.wat else "p0 . m0 * p0 . m2 + c0 ( p1 ) }"
            code = "c0 ( p1 , p0 ) - p2 }" if "i32.sub" in r.wat else code
            out.append([Candidate(code, r.language, 0.0, self.name)])
        return out


def test_structs_and_keywords_of_callers_and_callees_do_not_mix(tmp_path: Path) -> None:
    """Canonical names differ between caller and callee; C's names may be keywords of the target."""
    (tmp_path / "s.c").write_text(STRUCTS)
    rust = language("rust")
    translations = transpile(load(tmp_path / "s.c"), rust, Structs(), Options(candidates=2, inputs=256))
    assert [t.verdict.verified for t in translations] == [True] * 3, [(t.name, t.verdict) for t in translations]
    text = write_file(translations, rust, tmp_path / "s.c")
    assert rust.compile(rust.prologue + text).wasm is not None, text
    assert "pub fn loop_(" in text and "pub type_: i32" in text


class Reader(Pretended):
    """Says nothing, and keeps what it was given to read."""

    to_read = True

    def __init__(self) -> None:
        self.read: list[str] = []

    def decode(self, requests: Sequence[Request], *, samples: int, seed: int, temperature: float = 0.8) -> list[list[Candidate]]:
        self.read += [r.wat for r in requests]
        return [[] for _ in requests]


def test_a_model_reads_loops_as_they_were_written(tmp_path: Path) -> None:
    path, reader = tmp_path / "sum.c", Reader()
    path.write_text(
        "static int one(int x) { return x / 3; }\nint both(int x) { return one(x) ^ 5; }\n"
        "int sum(const int *a, int n) { int s = 0; for (int i = 0; i < n; i++) s += one(a[i]) * both(i); return s; }\n"
    )
    for program in (load(path), load(path, as_written=True)):
        transpile(program, language("rust"), reader, Options(candidates=1, inputs=64), lifter=Lifter(program))
    optimized, written = [text for text in dict.fromkeys(reader.read) if "loop" in text]
    assert "i32.mul" in optimized and "i32.shl" not in optimized, "the pointer is moved on"
    assert "i32.shl" in written and re.findall(r"call c\d", written) == ["call c0", "call c1"]


def test_a_model_reads_constant_tables_behind_the_code(tmp_path: Path) -> None:
    path, reader = tmp_path / "month.c", Reader()
    path.write_text("static const unsigned char days[] = {31, 28, 31, 30};\nint of(unsigned m) { return days[m % 4]; }\nint same(int x) { return x ^ 5; }\n")
    for program in (load(path), load(path, as_written=True)):
        transpile(program, language("rust"), reader, Options(candidates=1, inputs=64))
    tables = [text.partition(" end ")[2] for text in reader.read if "i32.xor" not in text]
    assert tables == ["data d0 31 28 31 30"] * 2
    assert all(text.endswith(" end") for text in reader.read if "i32.xor" in text)


def test_a_model_is_not_asked_for_what_keeps_something(tmp_path: Path) -> None:
    path, reader = tmp_path / "count.c", Reader()
    path.write_text(
        "static double held[4];\nvoid put(int i, double x) { held[i & 3] = x; }\n"
        "double total(void) { return held[0] + held[1]; }\nint twice(int x) { return x * 2; }\n"
    )
    alone = {t.name: t for t in transpile(load(path), language("rust"), reader, Options(candidates=2, inputs=64))}
    assert len(reader.read) == 2 and all("i32" in text and "f64" not in text for text in reader.read)
    assert alone["total"].verdict.status == "undecoded" and "variables of the file" in alone["total"].verdict.evidence
    with_rules = transpile(load(path), language("rust"), reader, Options(candidates=2, inputs=64), lifter=Lifter(load(path)))
    assert all(t.verdict.verified for t in with_rules)


def test_near_misses_are_searched_around(program) -> None:
    translations = transpile(program, language("rust"), NearMiss(), Options(candidates=4, inputs=256))
    assert [(t.name, t.verdict.verified, t.engine) for t in translations] == [
        (name, True, "search") for name in ("is_digit", "count_digits", "area", "twice")
    ]


def test_only_takes_callees_along(program) -> None:
    translations = transpile(program, language("rust"), Pretended(), Options(candidates=4, inputs=256, only=("count_digits",)))
    assert [(t.name, t.verdict.verified) for t in translations] == [("is_digit", True), ("count_digits", True)]
    with pytest.raises(TranspileError) as caught:
        transpile(program, language("rust"), Pretended(), Options(only=("nope",)))
    assert "count_digits" in caught.value.hint


def test_wasm_is_a_source_too(program, tmp_path: Path) -> None:
    (tmp_path / "lib.wasm").write_bytes(program.wasm)
    found = load(tmp_path / "lib.wasm")
    assert {"count_digits", "area", "twice"} <= {f.name for f in found.functions}
    translations = transpile(found, language("c"), Pretended(), Options(candidates=4, inputs=256, only=("twice",)))
    assert translations[0].verdict.verified


@pytest.mark.parametrize(
    ("text", "line"),
    [("int f(int a) {\n  return a + ;\n}\n", 2), ("int g(void) { return 1; }\nint f(void) { return undefined_name; }\n", 2)],
)
def test_c_that_does_not_compile_names_the_line(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "bad.c"
    path.write_text(text)
    with pytest.raises(CompileError) as caught:
        load(path)
    assert f"bad.c:{line}:" in caught.value.message


ERRORS = {
    "a missing file": (["missing.c", "--to", "rust"], "no such file"),
    "an unknown language": (["lib.c", "--to", "ruts"], "unknown language 'ruts'"),
    "an unknown suffix": (["notes.txt", "--to", "rust"], "can't tell the language"),
    "no functions": (["empty.c", "--to", "rust"], "no functions"),
    "not wasm": (["junk.wasm", "--to", "rust"], "error:"),
    "a broken checkpoint": (["lib.c", "--to", "rust", "--checkpoint", "broken"], "error:"),
    "no checkpoint": (["lib.c", "--to", "rust", "--checkpoint", "nowhere"], "no checkpoint"),
    "no folder to write in": (["lib.c", "--to", "rust", "-o", "nowhere/lib.rs"], "no such folder"),
}


@pytest.mark.parametrize("arguments, expected", ERRORS.values(), ids=ERRORS.keys())
def test_bad_input_is_one_error_and_a_hint(tmp_path: Path, arguments: list[str], expected: str) -> None:
    (tmp_path / "lib.c").write_text("int f(int a) { return a + 1; }\n")
    (tmp_path / "empty.c").write_text("// nothing\n")
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "junk.wasm").write_bytes(b"\0asm\1\0\0\0\1\xff")
    broken = tmp_path / "broken"
    (broken / "ctranslate2").mkdir(parents=True)
    (broken / "ctranslate2" / "model.bin").write_bytes(b"not a model")
    (broken / "tokenizer.json").write_text("{}")
    before = sorted(p.name for p in tmp_path.rglob("*"))
    code = "from transpile.serve.command import main; main()"
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert done.returncode == 2
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert lines[0].startswith("error: ") and expected in lines[0], done.stderr
    assert lines[1].startswith("hint: ")
    assert "Traceback" not in done.stderr
    assert sorted(p.name for p in tmp_path.rglob("*")) == before


def test_a_chain_of_calls_keeps_its_names_apart(tmp_path: Path) -> None:
    (tmp_path / "chain.c").write_text(
        "static int add(int a, int b) { return a * 3 + b; }\n"
        "static int more(int a) { return add(a, 7) ^ add(7, a); }\n"
        "static void fill(int *p, int n, int k) { for (int i = 0; i < n; i++) p[i] = more(k + i); }\n"
        "void start(int *p, int n) { fill(p, n, 5); }\n"
    )
    program = load(tmp_path / "chain.c")
    for target in ("c", "rust"):
        done = transpile(program, language(target), None, Options(inputs=128), lifter=Lifter(program))
        assert {t.signature.name: t.verdict.verified for t in done} == {"add": True, "more": True, "fill": True, "start": True}
