"""D: what the linked module looks like, how errors are reported, what a person's file is called as, that it means what C means."""

from __future__ import annotations

import pytest
import wasmtime

from transpile.corpus import generator
from transpile.corpus.batch import Compiled, Rejected, compile_batch
from transpile.corpus.language import language
from transpile.corpus.languages.d import LANGUAGE
from transpile.corpus.signature import Parameter, Signature, Struct
from transpile.corpus.source import SourceFunction
from transpile.corpus.wasm.module import WasmModule
from transpile.verify.judge import Jury
from transpile.verify.types import Executable

FIRST = LANGUAGE.prologue.count("\n") + 1


def exports_of(wasm: bytes) -> tuple[wasmtime.Store, wasmtime.InstanceExports]:
    store = wasmtime.Store()
    return store, wasmtime.Instance(store, wasmtime.Module(store.engine, wasm), []).exports(store)


def test_generated_programs_mean_what_they_mean_in_c() -> None:
    programs = list(generator.generate(97, 60))
    c, functions = language("c"), [LANGUAGE.render(p) for p in programs]
    originals = compile_batch(c, [c.render(p) for p in programs], level="0")
    wrong = []
    for source, original, result in zip(functions, originals, compile_batch(LANGUAGE, functions), strict=True):
        assert isinstance(original, Compiled) and isinstance(result, Compiled), (source.text, result)
        jury = Jury(Executable(original.wasm, original.export), source.signature, inputs=128)
        verdict = jury.judge(Executable(result.wasm, result.export))
        if not verdict.verified and verdict.status != "inconclusive":
            wrong.append((source.text, verdict))
    assert not wrong


@pytest.mark.parametrize("level", ["0", "1", "3", "s"])
def test_every_level_compiles(level: str) -> None:
    functions = [LANGUAGE.render(p) for p in generator.generate(98, 20)]
    assert all(isinstance(r, Compiled) for r in compile_batch(LANGUAGE, functions, level=level))


def test_all_errors_have_lines() -> None:
    text = "\n".join((
        "extern (C) int f0() { return g(); }", "extern (C) int f1(int x) { return x; }", "extern (C) short f2(int* p) { return p[0]; }",
        "extern (C) int f3() { return y; }", "extern (C) void f4(const(int)* x) { x[0] = 1; }", "extern (C) int f5(int x) { if (x) return 1; }",
        "extern (C) ubyte f6(ubyte x) { import std.algorithm : max; return max!(x, 1, 2); }",
    ))  # fmt: skip
    assert {d.line - FIRST for d in LANGUAGE.compile(LANGUAGE.prologue + text).diagnostics} == {0, 2, 3, 4, 5, 6}


def test_a_batch_outlives_syntax_errors() -> None:
    good = LANGUAGE.read("int f0(int p0) { return p0 + 1; }")[0]
    head = LANGUAGE.write_header(good.signature)
    bad = [SourceFunction("d", good.signature, f"{head}\n    {body}\n}}") for body in ("return p0 + ;", "return p0 +", "int x = 5 5;", "return p9;", "`")]
    kinds = [type(r) for r in compile_batch(LANGUAGE, [good, *bad, good])]
    assert kinds == [Compiled, *[Rejected] * 5, Compiled]


def test_module_layout_and_traps() -> None:
    sources = LANGUAGE.read("""
        int c0(const(int)[] a, int wanted) { foreach (i, x; a) if (x == wanted) return cast(int) i; return -1; }
        int f0(int[] a, size_t i) {
            a[i] = c0(a, 7);
            int[40] b = a[0];
            return c0(b[], a[i]);
        }
    """)
    compiled = compile_batch(LANGUAGE, [sources[1]])[0]
    assert isinstance(compiled, Compiled)
    module = wasmtime.Module(wasmtime.Engine(), compiled.wasm)
    assert not module.imports
    assert {e.name for e in module.exports} == {"memory", "__stack_pointer", "__heap_base", "f0_0"}
    assert b"4c0_0" in compiled.wasm
    store, exports = exports_of(compiled.wasm)
    base = exports["__heap_base"].value(store)
    exports["memory"].write(store, bytes([7, 0, 0, 0, 8, 0, 0, 0]), base)
    assert exports["f0_0"](store, base, 2, 0) == 0
    assert bytes(exports["memory"].read(store, base, base + 8)) == bytes([0, 0, 0, 0, 8, 0, 0, 0])
    with pytest.raises(wasmtime.Trap):
        exports["f0_0"](store, base, 3, 3)


def test_a_persons_file_is_called_as_c_calls_it() -> None:
    text = """\
module people.own;
import core.stdc.stdint;
import std.math : sqrt;
@safe @nogc nothrow:
struct Pair { int left; double right; }
int32_t length(string text, scope ref Pair pair, out int count) {
    pair.right += sqrt(pair.right);
    count += cast(int) text.length;
    return count;
}
int checked(int[] a, int i) { assert(i != 3); return a[i]; }
int calls(int counter = 2) { static int sum; return sum += counter; }
extern (C) int plain(int a) { return a + 1; }
"""
    functions = LANGUAGE.read(text)
    assert [f.name for f in functions] == ["length", "checked", "calls", "plain"]
    unit, before = LANGUAGE.expose(text, functions)
    compiled = LANGUAGE.compile(unit)
    assert compiled.wasm is not None, compiled.diagnostics
    for function in functions:
        assert WasmModule.parse(compiled.wasm).function(function.name).type == function.signature.wasm()
    store, exports = exports_of(compiled.wasm)
    base = exports["__heap_base"].value(store)
    exports["memory"].write(store, b"\x09\x00\x00\x00" * 2 + b"\x00\x00\x00\x00\x00\x00\x10\x40", base)
    assert exports["length"](store, 0, 5, base, base + 4) == 5
    assert bytes(exports["memory"].read(store, base, base + 16)) == b"\x09\0\0\0\x05\0\0\0\0\0\0\0\0\0\x18\x40"
    assert exports["checked"](store, base, 2, 1) == 5
    assert [exports["calls"](store, 2) for _ in range(2)] == [2, 4] and exports["plain"](store, 3) == 4
    with pytest.raises(wasmtime.Trap):
        exports["checked"](store, base, 9, 3)
    broken = LANGUAGE.compile(LANGUAGE.expose(text.replace("count;\n}", "counter;\n}"), functions)[0])
    assert before + 9 in [d.line for d in broken.diagnostics]


NODE = Struct("S0", (("m0", "i32"), ("m1", "*S0"), ("m2", "[4]f32"), ("m3", "fn(*void,i32)i32"), ("m4", "*const i8")))
PAIR, WIDE = Struct("S1", (("m5", "f32"), ("m6", "f32"))), Struct("S2", (("m7", "i64"),))
BYTES = (Parameter("p3", "void", True, True, 4), Parameter("p4", "usize"))
WALK = Signature("f0", (Parameter("p0", "S0", True), Parameter("p1", "*const i8", True), Parameter("p2", "S1"), *BYTES), "*S0", (NODE, PAIR))
TURN = Signature("f0", (Parameter("p0", "S1"), Parameter("p1", "S2"), Parameter("p2", "fn(i32)i32")), "S1", (PAIR, WIDE))


@pytest.mark.parametrize(
    ("signature", "body"),
    [
        (WALK, "S0* v0 = p0; while (v0.m1) { v0.m0 = v0.m3(v0, cast(int) p3.length); v0 = v0.m1; } return v0;"),
        (TURN, "return S1(p0.m6, p2(cast(int) p1.m7));"),
    ],
)
def test_structs_that_hold_pointers_arrays_and_functions(signature: Signature, body: str) -> None:
    source = SourceFunction("d", signature, f"{LANGUAGE.write_header(signature)} {body} }}")
    result = compile_batch(LANGUAGE, [source])[0]
    assert isinstance(result, Compiled), result
    assert WasmModule.parse(result.wasm).function(result.export).type == signature.wasm()


def test_a_struct_of_one_field_travels_as_that_field() -> None:
    signature = LANGUAGE.read("struct S0 { long m0; } long f0(S0 p0, int p1) { return p0.m0 + p1; }")[0]
    assert signature.signature.structs == (Struct("S0", (("m0", "i64"),)),)
    result = compile_batch(LANGUAGE, [signature])[0]
    assert isinstance(result, Compiled), result
    store, exports = exports_of(result.wasm)
    assert exports[result.export](store, 1 << 40, 3) == (1 << 40) + 3


@pytest.mark.parametrize("module", ["core.stdc.math", "core.stdc.stdint", "core.stdc.stdlib", "core.stdc.string", "core.bitop", "std.algorithm", "std.math"])
def test_modules_of_the_library_may_be_imported(module: str) -> None:
    compiled = LANGUAGE.compile(f"{LANGUAGE.prologue}import {module};\nextern (C) int f0(int p0) {{ return p0; }}\n")
    assert compiled.wasm is not None, compiled.diagnostics
    assert not WasmModule.parse(compiled.wasm).imports


def test_a_compiler_out_of_time_is_a_diagnostic() -> None:
    compiled = LANGUAGE.compile(LANGUAGE.prologue, seconds=0.0001)
    assert compiled.wasm is None
    assert compiled.diagnostics[0].line is None


def test_the_signature_of_a_function_is_its_exports() -> None:
    source = SourceFunction("d", Signature("f0", (), "f64"), "double f0() { return double.nan; }")
    result = compile_batch(LANGUAGE, [source])[0]
    assert isinstance(result, Compiled) and WasmModule.parse(result.wasm).function(result.export).type == source.signature.wasm()
