"""Sizes and offsets of random structs, against the compiler's own."""

from __future__ import annotations

import random

import pytest

from transpile.corpus.language import language
from transpile.corpus.signature import WIDTHS, Parameter, Signature, Struct, leaves_of, size_of
from transpile.corpus.wasm.module import WasmModule


def random_structs(rng: random.Random, count: int) -> tuple[Struct, ...]:
    """Structs of numbers, pointers, arrays and earlier structs."""
    out: list[Struct] = []

    def type_of(name: str, depth: int = 0) -> str:
        kind = rng.randrange(10)
        if kind < 5 or depth > 2:
            return rng.choice(list(WIDTHS))
        if kind == 5:
            return rng.choice(["*const i8", "*void", f"*{name}", "**f64", "fn(i32,*i8)f64", "fn()"])
        if kind < 8:
            return f"[{rng.randint(1, 4)}]{type_of(name, depth + 1)}"
        return rng.choice(out).name if out else "u16"

    for k in range(count):
        name = f"S{k}"
        out.append(Struct(name, tuple((f"m{i}", type_of(name)) for i in range(rng.randint(1, 6)))))
    return tuple(out)


@pytest.mark.parametrize("tongue", ["c", "cpp"])
@pytest.mark.parametrize("seed", [1, 2])
def test_layout_is_the_compilers(seed: int, tongue: str) -> None:
    language_ = language(tongue)
    structs = random_structs(random.Random(seed), 40)
    numbers, expected = [], []
    for struct in structs:
        called = language_.struct_type(struct.name)  # type: ignore[attr-defined]
        size, align = size_of(struct.name, structs)
        numbers += [f"sizeof({called})", f"_Alignof({called})"] if tongue == "c" else [f"sizeof({called})", f"alignof({called})"]
        expected += [size, align]
        for leaf in leaves_of(struct.name, structs):
            path = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in leaf.path).removeprefix(".")
            numbers.append(f"__builtin_offsetof({called}, {path})")
            expected.append(leaf.offset)
    definitions = "\n".join(language_.write_struct(s) for s in structs)
    export = 'extern "C" ' if tongue == "cpp" else ""
    text = f"{language_.prologue}{definitions}\nstatic const unsigned table[] = {{ {', '.join(numbers)} }};\n"
    text += f"{export}const unsigned *get(int i) {{ return table + i; }}\n"
    compiled = language_.compile(text)
    assert compiled.wasm is not None, compiled.diagnostics
    data = next(s.data for s in WasmModule.parse(compiled.wasm).segments if len(s.data) == 4 * len(expected))
    assert [int.from_bytes(data[4 * k : 4 * k + 4], "little") for k in range(len(expected))] == expected
    assert len(expected) > 200


@pytest.mark.parametrize("tongue", ["c", "cpp"])
def test_structs_are_passed_as_the_compiler_passes_them(tongue: str) -> None:
    language_ = language(tongue)
    single = (Struct("A", (("x", "f32"),)), Struct("B", (("a", "[1]A"),)), Struct("C", (("x", "[2]i8"),)), Struct("D", (("b", "B"), ("p", "*D"))))
    structs = (*single, Struct("E", (("p", "*D"),)), Struct("F", (("x", "u64"),)), Struct("G", (("f", "fn(A)B"), ("x", "i8"))))
    signatures = [
        Signature(f"f{k}", (Parameter("x", s.name), Parameter("n", "i64"), Parameter("y", s.name)), s.name, structs) for k, s in enumerate(structs)
    ]
    definitions = "\n".join(language_.write_struct(s) for s in structs)
    export = 'extern "C" ' if tongue == "cpp" else ""
    bodies = "\n".join(f"{export}{language_.write_header(one)} return n ? x : y; }}" for one in signatures)
    compiled = language_.compile(f"{language_.prologue}{definitions}\n{bodies}\n")
    assert compiled.wasm is not None, compiled.diagnostics
    module = WasmModule.parse(compiled.wasm)
    assert [module.function(one.name).type for one in signatures] == [one.wasm() for one in signatures]
