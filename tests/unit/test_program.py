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


FILL = """(module (memory 1) (func (export "fill") (param i32 i32 i32 i32) (local i32)
  (local.set 4 (i32.add (local.get 1) (i32.const 7)))                      ;; a number
  (local.set 1 (i32.shr_u (local.get 4) (i32.const 3)))
  (local.set 4 (local.get 0))                                              ;; the same local, now an address
  (loop
    (i32.store8 (i32.add (local.get 4) (i32.const 2)) (select (i32.const 0) (local.get 2) (local.get 3)))
    (local.set 4 (i32.add (local.get 4) (i32.const 1)))
    (drop (i32.load8_u (i32.add (local.get 3) (local.get 0))))             ;; one of the two is an address elsewhere
    (f64.store (i32.add (i32.sub (local.get 2) (i32.shl (local.get 1) (i32.const 3))) (i32.const 8)) (f64.const 0))
    (local.set 1 (i32.sub (local.get 1) (i32.const 1)))
    (br_if 0 (local.get 1)))))"""


def test_parameters_that_addresses_are_made_of_are_pointers(tmp_path: Path) -> None:
    (tmp_path / "module.wat").write_text(FILL)
    (found,) = load(tmp_path / "module.wat").functions
    kinds = [(p.type, p.pointer, p.const) for p in found.signature.parameters]
    assert kinds == [("u8", True, False), ("i32", False, False), ("f64", True, False), ("i32", False, False)]
