"""AssemblyScript: the long-lived compiler, how errors are reported, what modules look like, and that programs mean what C's do."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
import wasmtime

from transpile.corpus.assemblyscript import compiler as as_compiler
from transpile.corpus.assemblyscript.expressions import MATH
from transpile.corpus.batch import Compiled, Rejected, compile_batch
from transpile.corpus.generator import generate
from transpile.corpus.language import language
from transpile.corpus.languages.assemblyscript import LANGUAGE
from transpile.corpus.libm import MATH as LIBRARY
from transpile.corpus.program import load
from transpile.corpus.source import SourceFunction
from transpile.corpus.wasm.module import WasmModule
from transpile.corpus.wasm.wat import canonical
from transpile.serve.lifter import Lifter
from transpile.serve.transpiler import Options, transpile
from transpile.verify.judge import judge
from transpile.verify.types import Executable

ONE = "export function f(x: i32): i32 { return x + 1; }\n"


def instance(wasm: bytes | None) -> tuple[wasmtime.Store, dict]:
    assert wasm is not None
    store = wasmtime.Store()
    return store, dict(wasmtime.Instance(store, wasmtime.Module(store.engine, wasm), []).exports(store))


def test_all_errors_have_lines_and_columns() -> None:
    text = "export function f(): i32 { return x; }\nexport function g(a: i64): i8 {\n    return a;\n}\nexport function h(): i32 {}\n"
    found = LANGUAGE.compile(text).diagnostics
    assert [d.line for d in found] == [1, 3, 5]
    assert [text.split("\n")[d.line - 1][d.start : d.end] for d in found if d.line] == ["x", "a", "i32"]


def test_no_other_file_is_read(tmp_path) -> None:
    (tmp_path / "secret.ts").write_text("export const x = 1;\n")
    for path in (tmp_path / "secret", "./secret", "/etc/passwd"):
        (found,) = LANGUAGE.compile(f'import {{ x }} from "{path}";\n{ONE}').diagnostics
        assert found.line == 1 and "not found" in found.message


def test_a_crash_of_the_compiler_is_a_diagnostic_and_the_next_unit_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = "export function f(x: i32): i32 { return " + "(" * 100_000 + "x" + ")" * 100_000 + "; }"
    found = LANGUAGE.compile(deep, seconds=60)
    assert found.wasm is None and found.diagnostics[0].line is None
    assert LANGUAGE.compile(ONE).wasm
    running = as_compiler._running
    assert running is not None
    os.kill(running.process.pid, signal.SIGKILL)
    assert LANGUAGE.compile(ONE).wasm
    assert as_compiler._running is not running


def test_a_compiler_out_of_time_is_a_diagnostic() -> None:
    (found,) = LANGUAGE.compile(ONE, seconds=0.0001).diagnostics
    assert found.line is None and "longer" in found.message
    assert LANGUAGE.compile(ONE).wasm


def test_threads_and_forks_have_their_answers() -> None:
    LANGUAGE.compile(ONE)
    wrong: list[int] = []

    def work(n: int) -> None:
        wasm = LANGUAGE.compile(f"export function f{n}(): i32 {{ return {n}; }}").wasm
        if wasm is None or f"f{n}".encode() not in wasm:
            wrong.append(n)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(_compiles, range(4)) == [True] * 4
    assert LANGUAGE.compile(ONE).wasm


def _compiles(n: int) -> bool:
    return f"g{n}".encode() in (LANGUAGE.compile(f"export function g{n}(): i32 {{ return {n}; }}").wasm or b"")


def test_it_ends_with_its_parent() -> None:
    code = (
        "import time\nfrom transpile.corpus.assemblyscript import compiler as as_compiler\nfrom transpile.corpus.languages.assemblyscript import LANGUAGE\n"
        f"LANGUAGE.compile({ONE!r})\nprint(as_compiler._running.process.pid, flush=True)\ntime.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    compiler = int(process.stdout.readline())
    process.kill()
    process.wait()
    until = time.monotonic() + 10
    while time.monotonic() < until and _runs(compiler):
        time.sleep(0.05)
    assert not _runs(compiler)


def _runs(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_batch_outlives_errors() -> None:
    good = LANGUAGE.read("export function f0(p0: i32): i32 { return p0 + 1; }")[0]
    head = LANGUAGE.write_header(good.signature)
    bad = [SourceFunction("assemblyscript", good.signature, f"{head}\n    {body}\n}}") for body in ("return p0 + ;", "return x;", "return 1.5;")]
    assert [type(r) for r in compile_batch(LANGUAGE, [good, *bad, good])] == [Compiled, Rejected, Rejected, Rejected, Compiled]


@pytest.mark.parametrize("level", LANGUAGE.levels if hasattr(LANGUAGE, "levels") else "0123s")
def test_module_layout_and_what_is_not_inlined(level: str) -> None:
    source = LANGUAGE.read("""
        function c0(p: Pointer<i32>, n: i32): i32 { return n > 0 ? p[n - 1] : 0; }
        function f0(p: Pointer<i32>, n: i32): i32 {
            __stack_pointer -= 16;
            const v = stackArray<i32>(0, 4);
            v[3] = c0(p, n);
            const x = c0(v, 4) + v[2];
            __stack_pointer += 16;
            return x;
        }
    """)[1]
    found = compile_batch(LANGUAGE, [source], level=level)[0]
    assert isinstance(found, Compiled)
    module = WasmModule.parse(found.wasm)
    assert not module.imports and module.stack_pointer is not None
    assert {e.name for e in module.exports} == {"memory", "__stack_pointer", "f0_0", "c0_0"}
    text = canonical(module.function("f0_0"))
    assert text.callees == ("c0_0",) and text.text.count("call c0") == 2 and "global.set sp" in text.text
    store, exports = instance(found.wasm)
    before = exports["__stack_pointer"].value(store)
    exports["memory"].write(store, (9).to_bytes(4, "little"), 4096)
    assert exports["f0_0"](store, 4096, 1) == 9
    assert exports["__stack_pointer"].value(store) == before


def test_narrow_results_are_extended_and_traps_are_c_s() -> None:
    store, exports = instance(
        LANGUAGE.compile("""
        export function add(a: i8, b: i8): i8 { return a + b; }
        export function sub(a: u16, b: u16): u16 { return a - b; }
        export function less(a: u8): bool { return a < 3; }
        export function divide(a: i32, b: i32): i32 { return a / b; }
        export function stop(): void { unreachable(); }
        export function zero(x: f64): f64 { return x + 0.0; }
        """).wasm
    )
    assert exports["add"](store, 127, 1) == -128
    assert exports["sub"](store, 0, 1) == 65535
    assert exports["less"](store, 2) == 1
    assert str(exports["zero"](store, -0.0)) == "0.0"
    for name, arguments in (("divide", (1, 0)), ("divide", (-(1 << 31), -1)), ("stop", ())):
        with pytest.raises(wasmtime.Trap):
            exports[name](store, *arguments)


def test_elements_compile_to_what_c_s_do() -> None:
    c = language("c").compile("int f(const int *p, int i) { return p[i] + p[3]; }").wasm
    ours = LANGUAGE.compile(LANGUAGE.prologue + "export function f(p: Pointer<i32>, i: i32): i32 { return p[i] + p[3]; }").wasm
    assert c and ours
    assert canonical(WasmModule.parse(ours).function("f")).normal == canonical(WasmModule.parse(c).function("f")).normal


def test_structs_have_c_s_layout() -> None:
    source = """
        @unmanaged class S0 { m0: u8; m1: f64; m2: i16; %s}
        export function get(p: Pointer<S0>, i: i32): i32 { return p[i].m2; }
        export function weight(p: S0): f64 { return p.m1; }
    """
    struct = LANGUAGE.read(source % "")[0].signature.structs[0]
    text = LANGUAGE.write_struct(struct) + (source % "").split("}", 1)[1]
    store, exports = instance(LANGUAGE.compile(LANGUAGE.prologue + text).wasm)
    assert "call" not in canonical(WasmModule.parse(LANGUAGE.compile(LANGUAGE.prologue + text, level="0").wasm or b"").function("weight")).text
    size = struct.layout()[1]
    exports["memory"].write(store, (7).to_bytes(2, "little"), 1024 + 2 * size + 16)
    assert exports["get"](store, 1024, 2) == 7


def test_generated_programs_mean_what_c_s_do() -> None:
    """The compiler's levels too: Binaryen must not take arithmetic to be without NaN or negative zeros."""
    c, programs = language("c"), list(generate(404, 40))
    reference = compile_batch(c, [c.render(p) for p in programs], level="0")
    sources = [LANGUAGE.render(p) for p in programs]
    for level in ("0", "2", "3"):
        wrong = []
        for source, one, other in zip(sources, reference, compile_batch(LANGUAGE, sources, level=level), strict=True):
            assert isinstance(one, Compiled) and isinstance(other, Compiled), (source.text, other)
            (verdict,) = judge(Executable(one.wasm, one.export), [Executable(other.wasm, other.export)], source.signature, inputs=64, seed=0)
            if verdict.status == "mismatch":
                wrong.append((source.text, verdict.detail))
        assert not wrong


def test_widening_by_the_other_sign_is_not_the_load_s(tmp_path) -> None:
    """Binaryen 131 makes a load by the load's own sign of it, and so does `asc -O`."""
    (tmp_path / "w.c").write_text(
        "unsigned long long f(const int *p) { return (unsigned)p[0] | (unsigned long long)(unsigned)p[1] << 32; }\n"
        "long long g(const unsigned *p) { return (int)p[0]; }\n"
    )
    program = load(tmp_path / "w.c")
    found = transpile(program, LANGUAGE, None, Options(inputs=64), lifter=Lifter(program))
    assert [t.verdict.verified for t in found] == [True, True]


def test_mathematics_that_is_written_is_c_s(tmp_path) -> None:
    types = {"f64": "double", "f32": "float", "i32": "int"}
    lines = ["#include <math.h>"]
    for name in (*MATH, "fmod", "fmodf"):
        one = LIBRARY[name]
        parameters = ", ".join(f"{types[t]} {'abc'[k]}" for k, t in enumerate(one.parameters))
        lines.append(f"{types[one.type]} use_{name}({parameters}) {{ return {name}({', '.join('abc'[: len(one.parameters)])}) + 1; }}")
    (tmp_path / "m.c").write_text("\n".join(lines) + "\n")
    program = load(tmp_path / "m.c")
    found = transpile(program, LANGUAGE, None, Options(inputs=256), lifter=Lifter(program))
    assert len(found) == len(MATH) + 2
    assert {t.name: t.verdict.status for t in found if not t.verdict.verified} == {}


def test_it_is_a_source_too(tmp_path) -> None:
    path = tmp_path / "lib.ts"
    path.write_text("""
export function checksum(data: usize, len: i32): u32 {
    let sum: u32 = 0;
    for (let i = 0; i < len; i++) sum = rotl<u32>(sum, 5) ^ load<u8>(data + i);
    return sum;
}
function scaled(x: f64): f64 { return x * 0.5; }
export function text(s: string): i32 { return s.length; }
""")
    program = load(path)
    assert program.left_out == ("text",)
    found = transpile(program, language("rust"), None, Options(inputs=128), lifter=Lifter(program))
    assert {t.name: t.verdict.status in ("identical", "proved", "tested") for t in found} == {"checksum": True, "scaled": True, "text": False}


def test_a_missing_package_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    from transpile.corpus.errors import MissingCompiler

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    as_compiler.toolchain.cache_clear()
    with pytest.raises(MissingCompiler) as missing:
        LANGUAGE.version()
    as_compiler.toolchain.cache_clear()
    assert "assemblyscript.install" in missing.value.hint
