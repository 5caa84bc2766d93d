"""Zig: what is refused, what is mended, how errors are reported, what the linked module looks like."""

from __future__ import annotations

import pytest
import wasmtime

from transpile.corpus.batch import Compiled, Rejected, compile_batch
from transpile.corpus.errors import CompileError
from transpile.corpus.languages.zig import LANGUAGE
from transpile.corpus.program import load
from transpile.corpus.source import SourceFunction

FIRST = LANGUAGE.prologue.count("\n") + 1


@pytest.mark.parametrize(
    "text",
    [
        'const x = @embedFile("/etc/passwd");',
        'const x = @import("/etc/passwd.zig");',
        'const x = @import ( "other.zig" );',
        'const c = @cImport(@cInclude("stdio.h"));',
        'fn f0() void { asm volatile ("nop"); }',
    ],
)
def test_hostile_text_is_refused(text: str) -> None:
    compiled = LANGUAGE.compile(LANGUAGE.prologue + "\n" + text + "\n")
    assert compiled.wasm is None
    assert compiled.diagnostics[0].line == FIRST + 1
    assert "not allowed" in compiled.diagnostics[0].message


def test_all_errors_have_lines() -> None:
    text = "\n".join((
        "export fn f0() i32 { return g(); }", "export fn f1(x: i32) i32 { return x; }", "export fn f2(p: [*]i32) i16 { return p[0]; }",
        "export fn f3() i32 { return y; }", "export fn f4(x: u8) void { x = 1; }",
    ))  # fmt: skip
    assert {d.line - FIRST for d in LANGUAGE.compile(LANGUAGE.prologue + text).diagnostics} == {0, 2, 3, 4}


def test_untidiness_is_mended_in_place() -> None:
    text = """\
export fn f0(p0: i32, p1: i32) i32 {
    var v0: i32 = p0;
    const v1 = v0 +% 1;
    for (0..3) |v2| {
        if (v0 == 9) return 1;
    }
    _ = v0;
    return v0;
}
"""
    mended = LANGUAGE.prologue + LANGUAGE.mended(text)
    assert mended == LANGUAGE.prologue + """\
export fn f0(p0: i32, p1: i32) i32 { _ = p1;
    const v0: i32 = p0;
    const v1 = v0 +% 1; _ = v1;
    for (0..3) |_| {
        if (v0 == 9) return 1;
    }
    \n    return v0;
}
"""
    store = wasmtime.Store()
    wasm = LANGUAGE.compile(LANGUAGE.prologue + text).wasm
    assert wasm
    assert wasmtime.Instance(store, wasmtime.Module(store.engine, wasm), []).exports(store)["f0"](store, 5, 6) == 5


def test_a_batch_outlives_syntax_errors() -> None:
    good = LANGUAGE.read("fn f0(p0: i32) i32 { return p0 +% 1; }")[0]
    head = LANGUAGE.write_header(good.signature)
    bad = [SourceFunction("zig", good.signature, f"{head}\n    {body}\n}}") for body in ("return p0 + ;", "const x = 5 5;", "return p9;")]
    sources = [good, *bad, good]
    kinds = [type(r) for r in compile_batch(LANGUAGE, sources)]
    assert kinds == [Compiled, Rejected, Rejected, Rejected, Compiled]


def test_module_layout_and_traps() -> None:
    sources = LANGUAGE.read("""
        fn c0(a: []const i32, wanted: i32) i32 {
            for (a, 0..) |x, i| if (x == wanted) return @intCast(i);
            return -1;
        }
        fn f0(a: []i32, i: usize) i32 {
            a[i] = c0(a, 7);
            const b: [40]i32 = @splat(a[0]);
            return c0(&b, a[i]);
        }
    """)
    compiled = compile_batch(LANGUAGE, [sources[1]])[0]
    assert isinstance(compiled, Compiled)
    module = wasmtime.Module(wasmtime.Engine(), compiled.wasm)
    assert not module.imports
    assert {e.name for e in module.exports} == {"memory", "__stack_pointer", "__heap_base", "f0_0"}
    assert b"c0_0" in compiled.wasm
    store = wasmtime.Store()
    exports = wasmtime.Instance(store, wasmtime.Module(store.engine, compiled.wasm), []).exports(store)
    base = exports["__heap_base"].value(store)
    with pytest.raises(wasmtime.Trap):
        exports["f0_0"](store, base, 3, 3)
    assert LANGUAGE.compile(LANGUAGE.prologue + LANGUAGE.write_unit(sources[1]), level="0").wasm


def test_a_compiler_out_of_time_is_a_diagnostic() -> None:
    compiled = LANGUAGE.compile(LANGUAGE.prologue, seconds=0.0001)
    assert compiled.wasm is None
    assert compiled.diagnostics[0].line is None


def test_a_function_that_prints_and_main_do_not_take_the_file_down(tmp_path):
    path = tmp_path / "program.zig"
    path.write_text(
        'const std = @import("std");\n'
        "pub fn twice(x: i32) i32 {\n    return x *% 2;\n}\n"
        'pub fn show(x: i32) void {\n    std.debug.print("{}\\n", .{x});\n}\n'
        "pub fn main() void {\n    show(twice(21));\n}\n"
    )
    program = load(path)
    assert [f.name for f in program.functions] == ["twice", "show"]
    assert "fd_write" in {i.field for i in program.module.imports}
    path.write_text(path.read_text().replace("x *% 2", "x *% wrong"))
    with pytest.raises(CompileError, match=r"program\.zig:3: .*wrong"):
        load(path)
