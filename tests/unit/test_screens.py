"""What the languages refuse before a compiler sees it is found quickly in any text: a screen that hangs is a hole of its own."""

from __future__ import annotations

import time

import pytest

from transpile.corpus.languages import c, rust, zig

PIECES = ["#/**/", "#/*", "# ", "_Pragma", "#include", "#define A ", "pragma ", "import ", "\n", '"', "/*", "\\\n", "use ", "cfg_attr ", "'", "r#",
          "include as ", "@import ( ", '"\\', "//", "macro ", 'r#"', "mod ", "\\\\"]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_no_text_takes_a_screen_long(piece: str) -> None:
    text = piece * (150_000 // len(piece)) + "x"
    started = time.process_time()
    c.screen(text)
    rust.LANGUAGE.refused(text)
    zig.LANGUAGE.refused(text)
    # Quadratic time would be minutes.
    assert time.process_time() - started < 5


@pytest.mark.parametrize("text", ['#pragma once\n#include <stdint.h>\n#include "stdio.h"\n', "/* include <this>, import that */ int include;\n",
                                  "// #include the file\n#define A 1\n#if __has_include(<stdint.h>)\n#endif\n"])  # fmt: skip
def test_ordinary_c_passes(text: str) -> None:
    assert c.screen(text) == []


@pytest.mark.parametrize("text", ["let env = 1; let include = env;", "#[cfg_attr(test, derive(Debug))] struct A;", "use core::cmp::min as least;",
                                  '// include_str!("x")\nfn f() { "include_str!(x)"; }'])  # fmt: skip
def test_ordinary_rust_passes(text: str) -> None:
    assert rust.LANGUAGE.refused(text) == ()
