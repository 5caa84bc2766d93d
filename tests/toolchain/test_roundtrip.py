"""Compiled code through the decoder and back: canonical text, standard WAT, an assembler, and the same bytes again.

The functions are the natural ones of `corpus/natural` at several optimization levels. Locals are renumbered in the original's bytes as
the canonical text does (by our own encoder, which is checked against the original's bytes first); all else must be equal, byte for byte.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from transpile.corpus.language import language
from transpile.corpus.wasm.instructions import encode, encode_body
from transpile.corpus.wasm.module import WasmFunction, WasmModule
from transpile.corpus.wasm.opcodes import OPCODES, TYPE_BYTES
from transpile.corpus.wasm.wat import canonical, parse, read_wat, skeleton, to_wat

NATURAL = sorted((Path(__file__).parents[2] / "corpus" / "natural").glob("*.c"))
LEVELS = ("0", "1", "2", "3", "s")


@pytest.fixture(scope="module")
def modules() -> list[WasmModule]:
    c = language("c")
    found = []
    for i, path in enumerate(NATURAL[:20]):
        compilation = c.compile(path.read_text(), level=LEVELS[i % len(LEVELS)])
        assert compilation.wasm is not None, compilation.diagnostics
        found.append(WasmModule.parse(compilation.wasm))
    return found


def self_contained(modules: list[WasmModule]) -> Iterator[WasmFunction]:
    """Functions whose bytes hold no index or address that another module would give another value."""
    for module in modules:
        for function in module.functions:
            found = canonical(function)
            if not (found.callees or found.data or found.globals or "call_indirect" in found.text or "sp" in found.text.split()):
                yield function


def renumber(function: WasmFunction) -> bytes:
    """The body with locals numbered by first use and unused ones dropped."""
    parameters = len(function.type[0])
    numbers = {i: i for i in range(parameters)}
    types, out = [], []
    for name, immediate, _ in function.instructions:
        if name.startswith("local."):
            if immediate not in numbers:
                numbers[immediate] = parameters + len(types)
                types.append(function.locals[immediate - parameters])
            immediate = numbers[immediate]
        out.append((name, immediate))
    return encode_body(types, out)


def test_bodies_come_back_byte_for_byte(modules: list[WasmModule]) -> None:
    count = untouched = 0
    for function in self_contained(modules):
        assert function.body[: function.start] + encode(function.instructions) == function.body, function.name
        again = WasmModule.parse(read_wat(to_wat(canonical(function).text))).function("f0")
        assert again.body == renumber(function), function.name
        count += 1
        untouched += again.body == function.body
    assert count >= 200
    assert untouched >= 50, "too few were the same without renumbering to call this honest"


def test_an_independent_assembler_agrees(modules: list[WasmModule], tmp_path: Path) -> None:
    """The same through wabt, where it is installed: one module per function."""
    tool = shutil.which("wat2wasm")
    if tool is None:
        assert not os.environ.get("CI"), "tools/install-compilers --tests installs wabt"
        pytest.skip("wabt's wat2wasm is not installed")
    functions = list(self_contained(modules))
    for function in random.Random(0).sample(functions, 100):
        (tmp_path / "f.wat").write_text(to_wat(canonical(function).text))
        subprocess.run([tool, "f.wat", "-o", "f.wasm"], cwd=tmp_path, check=True)
        assert WasmModule.parse((tmp_path / "f.wasm").read_bytes()).function("f0").body == renumber(function), function.name


def test_calls_and_data_come_back_with_their_names(modules: list[WasmModule]) -> None:
    count = 0
    for module in modules:
        for function in module.functions:
            first = canonical(function)
            source = to_wat(
                first.text,
                callees=first.callee_types,
                data=[module.segments[i].data for i in first.data],
                globals=[(module.globals[i].type, module.globals[i].mutable, module.globals[i].initial or 0) for i in first.globals],
            )
            assert canonical(WasmModule.parse(read_wat(source)).function("f0")).text == first.text
            count += bool(first.callees or first.data)
    assert count >= 25


def test_normal_forms_are_valid_code(modules: list[WasmModule]) -> None:
    """Every compiled function has a normal form other than its text, and the form assembles."""
    changed = total = 0
    for module in modules:
        for function in module.functions:
            first = canonical(function)
            form = first.normal
            read_wat(to_wat(form, callees=first.callee_types, data=[module.segments[i].data for i in first.data]))
            total += 1
            changed += form != first.text
            assert len(parse(form).instructions) < 20 * len(parse(first.text).instructions) + 100
    assert changed > 0.8 * total


def test_skeletons_are_free_of_digits_but_for_names(modules: list[WasmModule]) -> None:
    names = {"p", "v", "l", "c", "g", "d"}
    for module in modules:
        for function in module.functions:
            for token in skeleton(canonical(function).text).split():
                known = token in OPCODES or token in TYPE_BYTES or token.rstrip("0123456789") in names
                assert known or token in {"func", "->", "local", ";", "N", "sp"}, token
