"""The whole way with a tiny network: ten pairs overfitted on the CPU, exported, decoded by the engine, recompiled, judged, written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from transpile.corpus.batch import Compiled, compile_batch
from transpile.corpus.language import language
from transpile.corpus.naming import canonical_function
from transpile.corpus.pairs import FunctionPair, callees_json, signature_json, write_shard
from transpile.corpus.text import canonical_text
from transpile.corpus.wasm.module import WasmModule
from transpile.corpus.wasm.wat import canonical

TEN = [
    ("add_two", "int add_two(int a, int b) { return a + b; }", "pub fn add_two(a: i32, b: i32) -> i32 { a + b }"),
    ("sub_two", "int sub_two(int a, int b) { return a - b; }", "pub fn sub_two(a: i32, b: i32) -> i32 { a - b }"),
    ("mul_add", "int mul_add(int a, int b, int c) { return a * b + c; }", "pub fn mul_add(a: i32, b: i32, c: i32) -> i32 { a * b + c }"),
    ("mask", "unsigned mask(unsigned a, unsigned b) { return a & ~b; }", "pub fn mask(a: u32, b: u32) -> u32 { a & !b }"),
    ("larger", "int larger(int a, int b) { return a > b ? a : b; }", "pub fn larger(a: i32, b: i32) -> i32 { if a > b { a } else { b } }"),
    ("half", "unsigned half(unsigned a) { return a >> 1; }", "pub fn half(a: u32) -> u32 { a >> 1 }"),
    ("mean2", "double mean2(double a, double b) { return (a + b) / 2.0; }", "pub fn mean2(a: f64, b: f64) -> f64 { (a + b) / 2.0 }"),
    ("first", "int first(const int *a, int n) { return n > 0 ? a[0] : -1; }",
     "pub fn first(a: &[i32]) -> i32 { if a.len() > 0 { a[0] } else { -1 } }"),
    ("total", "int total(const int *a, int n) { int s = 0; for (int i = 0; i < n; i++) s += a[i]; return s; }",
     "pub fn total(a: &[i32]) -> i32 { let mut s = 0; for i in 0..a.len() { s += a[i]; } s }"),
    ("is_even", "_Bool is_even(unsigned a) { return a % 2 == 0; }", "pub fn is_even(a: u32) -> bool { a % 2 == 0 }"),
]  # fmt: skip


def pairs() -> list[FunctionPair]:
    out = []
    c_functions = language("c").read("#include <stdbool.h>\n" + "\n".join(c for _, c, _ in TEN).replace("_Bool", "bool"))
    signatures = {f.name: f.signature for f in c_functions}
    for name, functions in (("c", c_functions), ("rust", language("rust").read("\n".join(r for _, _, r in TEN)))):
        tongue = language(name)
        sources = [canonical_function(f, tongue, [], signatures) for f in functions]
        for f, source, result in zip(functions, sources, compile_batch(tongue, sources), strict=True):
            assert isinstance(result, Compiled), result
            wat = canonical(WasmModule.parse(result.wasm).function(result.export)).text
            prelude = canonical_text(tongue.write_prelude(source.signature, []))
            body = canonical_text(source.text).split("{", 1)[1].strip()
            signature, callees = signature_json(source.signature), callees_json(())
            row = (f"ten/{f.name}", name, f.name, prelude, body, wat, signature, callees, "2", tongue.version(), "test", "Apache-2.0", "train")
            out.append(FunctionPair(*row))
    return out


@pytest.mark.timeout(600)
def test_overfit_export_decode_judge(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    corpus, run, checkpoint = tmp_path / "corpus", tmp_path / "run", tmp_path / "checkpoint"
    corpus.mkdir()
    rows = pairs()
    write_shard(corpus / "part-00000.parquet", rows)

    def command(tool: str, *arguments: object) -> str:
        code = f"from transpile.{tool}.command import main; main()"
        environment = os.environ | {"NO_COLOR": "1"}
        done = subprocess.run([sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, env=environment, timeout=500)
        assert done.returncode in (0, 1), done.stderr
        return done.stdout

    tokenizer = tmp_path / "tokenizer.json"
    command("tokenizer", "train", corpus, "--out", tokenizer)
    command("model", "train", corpus, "--tokenizer", tokenizer, "--out", run, "--preset", "tiny", "--minutes", "1.0", "--decay", "0.5")
    # An interrupted run goes on from its checkpoint: a longer budget extends it.
    steps = [json.loads(line)["step"] for line in (run / "metrics.jsonl").read_text().splitlines()]
    command("model", "train", corpus, "--tokenizer", tokenizer, "--out", run, "--preset", "tiny", "--minutes", "1.1", "--decay", "0.5")
    more = [json.loads(line)["step"] for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert more[: len(steps)] == steps and more[-1] > steps[-1]
    assert (run / "loss.png").stat().st_size > 1000
    command("model", "export", run, "--tokenizer", tokenizer, "--out", checkpoint, "--preset", "tiny")

    source, translated = tmp_path / "ten.c", tmp_path / "ten.rs"
    source.write_text("#include <stdbool.h>\n" + "\n".join(c for _, c, _ in TEN).replace("_Bool", "bool"))
    options = ("--to", "rust", "-o", translated, "--candidates", 16, "--checkpoint", checkpoint, "--json")
    report = json.loads(command("serve", source, *options))
    verified = [f["name"] for f in report["functions"] if f["status"] in ("identical", "proved", "tested")]
    assert len(verified) >= 8, report
    assert report["summary"] | {"functions": 10, "verified": len(verified)} == report["summary"]
    text = translated.read_text()
    for f in report["functions"]:
        assert (f"pub fn {f['name']}(" in text.replace("// not translated: pub fn", "")) == (f["name"] in verified)
    assert language("rust").compile(language("rust").prologue + text).wasm is not None
    # The judge, asked apart, says the same of the file that was written.
    verdicts = json.loads(command("verify", "run", source, translated, "--json"))
    assert {f["name"] for f in verdicts["functions"] if f["verified"]} >= set(verified)
