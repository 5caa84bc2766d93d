"""Rust without a compiler: reading source, writing what a signature determines, finding a toolchain."""

from __future__ import annotations

from pathlib import Path

import pytest

from transpile.corpus.errors import MissingCompiler
from transpile.corpus.languages.rust import LANGUAGE
from transpile.corpus.rust import sysroot
from transpile.corpus.scanner import blank_rust
from transpile.corpus.signature import Parameter, Signature, Struct

SOURCE = '''
//! A file. fn not_me() {}
use core::cmp;
const LIMIT: i32 = 3;

/* nested /* fn nor_me(a: i32) {} */ still */
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Point { pub x: i32, /* width */ pub y: f64 }

impl Point { pub fn length(&self) -> f64 { self.y } }

/// Adds "braces { in text" up.
#[inline]
pub(crate) fn sum(a: &[i32], mut scale: i32) -> i32 {
    let brace = '{';
    let text = "}";
    for &x in a { scale += x * brace as i32 + text.len() as i32; }
    scale
}

pub unsafe fn shift<'a>(p: &'a Point) -> f64 { p.y }
fn generic<T>(x: T) -> T { x }
fn tuple(x: (i32, i32)) -> i32 { x.0 }

pub fn move_points(to: &mut [Point], from: &[Point], by: &Point, out: *mut i32) {
    let total = sum(&[1, 2], 3);
    for (t, f) in to.iter_mut().zip(from) { t.x = f.x + by.x + total; }
    unsafe { *out = total }
}

unsafe fn first(a: &[u8]) -> u8 { *a.get_unchecked(0) }
'''


def test_reading() -> None:
    found = LANGUAGE.read(SOURCE)
    assert [f.name for f in found] == ["sum", "move_points", "first"]
    total, moved, first = found
    assert total.signature == Signature(
        "sum", (Parameter("a", "i32", True, True, 1), Parameter("n0", "usize"), Parameter("scale", "i32")), "i32"
    )
    assert total.text.startswith("pub fn sum(a: &[i32], scale: i32) -> i32 {\n    let mut scale = scale;\n    let brace = '{';")
    assert total.text.endswith("    scale\n}")
    point = Struct("Point", (("x", "i32"), ("y", "f64")))
    assert moved.signature == Signature(
        "move_points",
        (
            Parameter("to", "Point", True, False, 1), Parameter("n0", "usize"), Parameter("from", "Point", True, True, 3),
            Parameter("n2", "usize"), Parameter("by", "Point", True, True), Parameter("out", "i32", True),
        ),
        None,
        (point,),
    )  # fmt: skip
    assert moved.callees == (total,)
    assert first.text == "pub fn first(a: &[u8]) -> u8 {\n    unsafe { *a.get_unchecked(0) }\n}"


def test_texts_start_with_their_headers() -> None:
    for source in LANGUAGE.read(SOURCE):
        assert source.text.startswith(LANGUAGE.write_header(source.signature))


def test_broken_text_is_not_an_exception() -> None:
    for text in ("", "fn", "fn f(", "fn f(a: i32) {", "fn f(a: i32) -> i32 { ) }", "fn f() }", '"', "/*", "'", 'r#"', "fn f(: i32) {}"):
        assert LANGUAGE.read(text) == []


def test_blanking_keeps_places() -> None:
    text = 'let a = "x\\"}"; // }\nlet b = b\'}\'; let c: &\'a str = r#"}"#; /* } /* } */ } */ d'
    blanked = blank_rust(text)
    assert len(blanked) == len(text)
    assert "}" not in blanked
    assert blanked.count("\n") == 1
    assert blanked.endswith(" d") and "&'a str" in blanked


def test_headers() -> None:
    parameters = (
        Parameter("p0", "u8", True, False, 2), Parameter("p1", "S0", True, True, 2), Parameter("p2", "i32"), Parameter("p3", "S0", True),
        Parameter("p4", "i8", True, True), Parameter("p5", "bool"),
    )  # fmt: skip
    signature = Signature("f0", parameters, "f32", (Struct("S0", (("m0", "i32"),)),))
    head = "pub unsafe fn f0(p0: &mut [u8], p1: &[S0], p3: &mut S0, p4: *const i8, p5: bool) -> f32"
    assert LANGUAGE.write_header(signature) == head + " {"
    assert LANGUAGE.write_prototype(signature) == head + ";"
    entry = LANGUAGE.write_entry(signature)
    assert '#[export_name = "f0"]' in entry
    assert "entry(p0: *mut u8, p1: *const S0, p2: i32, p3: *mut S0, p4: *const i8, p5: bool) -> f32 {" in entry
    made = "from_raw_parts_mut(p0, p2 as usize), core::slice::from_raw_parts(p1, p2 as usize), &mut *p3, p4, p5)"
    assert made in entry
    assert LANGUAGE.write_prelude(signature, []).startswith("#[repr(C)]\n#[derive(Clone, Copy)]\npub struct S0 {\n    pub m0: i32,\n}\n")


def fake_rustc(folder: Path, release: str, *, target: str = "") -> None:
    """A program that answers as rustc does when asked for its version or its sysroot."""
    root = folder / "sysroot"
    libraries = root / "lib/rustlib" / (target or "x86_64") / "lib"
    libraries.mkdir(parents=True)
    for name in ("core", "compiler_builtins"):
        (libraries / f"lib{name}-1234.rlib").touch()
    script = folder / "rustc"
    script.write_text(f"#!/bin/sh\n[ $1 = --print ] && echo '{root}' && exit\necho 'rustc {release}'\necho 'release: {release}'\n")
    script.chmod(0o755)


def test_finding_a_toolchain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("empty", "old", "bare", "whole"):
        (tmp_path / name).mkdir()
    fake_rustc(tmp_path / "old", "1.63.0", target="wasm32-unknown-unknown")
    fake_rustc(tmp_path / "bare", "1.95.9")
    fake_rustc(tmp_path / "whole", "1.99.9", target="wasm32-unknown-unknown")

    def found(*folders: str) -> sysroot.Toolchain:
        monkeypatch.setenv("PATH", ":".join(str(tmp_path / f) for f in folders) + ":/bin")
        monkeypatch.setattr(sysroot.os, "defpath", "")
        sysroot.toolchain.cache_clear()
        return sysroot.toolchain()

    try:
        monkeypatch.setattr(sysroot._Rustc, "sources", lambda self: None)
        for folders in (("empty",), ("old",), ("bare", "old")):
            with pytest.raises(MissingCompiler) as missing:
                found(*folders)
            assert "apt-get install rustc-web rust-web-src" in missing.value.hint
        chosen = found("old", "bare", "whole")
        assert (chosen.version, chosen.target) == ("1.99.9", "wasm32-unknown-unknown")
        assert [p.name for p in chosen.libraries] == ["libcompiler_builtins-1234.rlib", "libcore-1234.rlib"]
    finally:
        sysroot.toolchain.cache_clear()


def test_tidy_moves_mut_into_the_header() -> None:
    text = "pub fn f ( a : u32 , b : & [ u32 ] ) -> u32 { let mut a = a ; a += b [ 0 ] ; a }"
    assert LANGUAGE.tidy(text) == "pub fn f ( mut a : u32 , b : & [ u32 ] ) -> u32 { a += b [ 0 ] ; a }"
    assert LANGUAGE.tidy("fn f ( a : u32 ) { let mut b = b ; }") == "fn f ( a : u32 ) { let mut b = b ; }"
