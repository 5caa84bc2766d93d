"""Wasm without source: exports may be called anything, functions may not."""

from __future__ import annotations

import re
from pathlib import Path

from transpile.corpus.program import load

EXPORTS = ["add", "main.add", "main/add", "../../etc/passwd", "f(void); int evil", "f\n}\nint evil", "*/", "", "9lives", "größe", "main_add"]


def test_exports_of_any_name_get_names_that_every_language_has(tmp_path: Path) -> None:
    file = tmp_path / "module.wat"
    quoted = ["".join(f"\\{byte:02x}" for byte in name.encode()) for name in EXPORTS]
    functions = "".join(f'(func (export "{name}") (result i32) (i32.const {i}))' for i, name in enumerate(quoted))
    file.write_text(f"(module {functions})")
    program = load(file)
    names = [f.name for f in program.functions]
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) for name in names)
    assert len(set(names)) == len(EXPORTS)
    assert [program.exports[name] for name in names] == EXPORTS
    assert names[:2] == ["add", "main_add"]
    assert [program.named(export) for export in EXPORTS[:-1]] == names[:-1]  # by its export
    assert program.named("main_add") == "main_add"  # as it is written goes first
    assert program.named("nothing") == "nothing"
    assert program.code("main_add").name == "main.add"
