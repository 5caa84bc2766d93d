"""Rust: what is refused, how errors are reported, what the linked module looks like."""

from __future__ import annotations

import pytest
import wasmtime

from transpile.corpus.batch import Compiled, Rejected, compile_batch
from transpile.corpus.languages.rust import LANGUAGE
from transpile.corpus.source import SourceFunction


def unit(text: str) -> str:
    """`text` as a unit, its functions exported by hand."""
    return LANGUAGE.prologue + text


@pytest.mark.parametrize(
    "text",
    [
        'pub fn f0() -> usize { include_str!("/etc/passwd").len() }',
        'pub fn f0() -> usize { core::include_bytes ! ("/etc/passwd").len() }',
        'include!("/etc/passwd");',
        "use core::include_str as x;",
        'pub fn f0() -> &\'static str { env!("HOME") }',
        'pub fn f0() { unsafe { core::arch::asm!("nop") } }',
        "#![feature(rustc_private)]",
        '#[path = "/etc/passwd"] mod passwords;',
        "mod other;",
        "extern crate alloc;",
        'pub fn f0() -> usize { r#include_str!("/etc/passwd").len() }',
    ],
)
def test_hostile_text_is_refused(text: str) -> None:
    compiled = LANGUAGE.compile(unit("\n" + text + "\n"))
    assert compiled.wasm is None
    assert compiled.diagnostics[0].line == LANGUAGE.prologue.count("\n") + 2
    assert "not allowed" in compiled.diagnostics[0].message


def test_harmless_words_are_not_refused() -> None:
    text = '// include_str!("x")\n#[no_mangle]\npub fn f0(include: i32) -> i32 { let env = "asm!"; include + env.len() as i32 }\n'
    assert LANGUAGE.compile(unit(text)).wasm


def test_all_errors_have_lines() -> None:
    text = "\n".join((
        "pub fn f0() -> i32 { g() }", "pub fn f1(x: i32) -> i32 { x }", "pub fn f2(p: &[i32]) -> i64 { p[0] }",
        "pub fn f3() -> i32 { y }", "pub fn f4(a: &mut [i32]) -> i32 { let b = &a[0]; a[0] = 1; *b }", "pub fn f5(x: u8) { x = 1; }",
    ))  # fmt: skip
    first = LANGUAGE.prologue.count("\n") + 1
    named = {d.line - first for d in LANGUAGE.compile(unit(text)).diagnostics}
    assert named and named <= {0, 2, 3, 4, 5}
    text = text.replace("g()", "1").replace("y }", "2 }")
    assert {d.line - first for d in LANGUAGE.compile(unit(text)).diagnostics} == {2, 4, 5}


def test_a_batch_outlives_syntax_errors() -> None:
    good = LANGUAGE.read("pub fn f0(p0: i32) -> i32 { p0 + 1 }")[0]
    head = LANGUAGE.write_header(good.signature)
    bad = [SourceFunction("rust", good.signature, f"{head}\n    {body}\n}}") for body in ("p0 +", "let x = 5 5;", "p9")]
    sources = [good, *bad, good]
    kinds = [type(r) for r in compile_batch(LANGUAGE, sources)]
    assert kinds == [Compiled, Rejected, Rejected, Rejected, Compiled]


def test_module_layout() -> None:
    sources = LANGUAGE.read("""
        pub fn c0(a: &[i32], wanted: i32) -> i32 { a.iter().position(|&x| x == wanted).map_or(-1, |i| i as i32) }
        pub fn f0(a: &mut [i32], i: usize) -> i32 { a[i] = c0(a, 7); let b = [a[0]; 40]; c0(&b, a[i]) }
    """)
    compiled = compile_batch(LANGUAGE, [sources[1]])[0]
    assert isinstance(compiled, Compiled)
    module = wasmtime.Module(wasmtime.Engine(), compiled.wasm)
    assert not module.imports
    assert {e.name for e in module.exports} == {"memory", "__stack_pointer", "__heap_base", "f0_0"}
    assert b"c0_0" in compiled.wasm
    assert LANGUAGE.compile(LANGUAGE.prologue + LANGUAGE.write_unit(sources[1]), level="0").wasm


def test_a_compiler_out_of_time_is_a_diagnostic() -> None:
    compiled = LANGUAGE.compile(LANGUAGE.prologue, seconds=0.0001)
    assert compiled.wasm is None
    assert compiled.diagnostics[0].line is None
