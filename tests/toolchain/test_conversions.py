"""Go, Rust and Zig spell conversions out, D some of them: each must do what C does, as an initializer, an operand and an index."""

from __future__ import annotations

import pytest
import wasmtime

from transpile.corpus import ir
from transpile.corpus.batch import Compiled, compile_batch
from transpile.corpus.language import Language
from transpile.corpus.languages.d import LANGUAGE as D
from transpile.corpus.languages.go import LANGUAGE as GO
from transpile.corpus.languages.rust import LANGUAGE as RUST
from transpile.corpus.languages.zig import LANGUAGE as ZIG
from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS, Parameter, Signature, wasm_type

INTEGERS = ("i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "usize")


@pytest.fixture(params=[D, GO, RUST, ZIG], ids=["d", "go", "rust", "zig"])
def language(request: pytest.FixtureRequest) -> Language:
    return request.param


def wrap(value: int, scalar: str) -> int:
    bits = 8 * WIDTHS[scalar]
    value &= (1 << bits) - 1
    return value - (1 << bits) if scalar in SIGNED and value >> (bits - 1) else value


def carried(value: int, scalar: str) -> int:
    """A value as Python's wasmtime takes and gives it."""
    return wrap(value, "i64" if wasm_type(scalar) == "i64" else "i32")


def converting(source: str, target: str, shape: str) -> ir.Program:
    cast = ir.Cast(target, ir.Var(source, "p0"))
    if shape == "result":
        body: tuple[ir.Stmt, ...] = (ir.Return(cast),)
    elif shape == "local":
        body = (ir.Let("v0", target, cast), ir.Return(ir.Var(target, "v0")))
    else:
        body = (ir.Return(ir.Binary(target, "+", cast, ir.Const(target, 1))),)
    return ir.Program(ir.Function(Signature("f0", (Parameter("p0", source),), target), body))


def test_integer_conversions(language: Language) -> None:
    cases = [
        (s, t, shape) for s in (*INTEGERS, "bool") for t in INTEGERS for shape in ("result", "local", "operand") if s != t
    ]  # fmt: skip
    sources = [language.render(converting(*one)) for one in cases]
    results = compile_batch(language, sources)
    assert not [(s.text, r.diagnostics) for s, r in zip(sources, results, strict=True) if not isinstance(r, Compiled)]
    stores: dict[bytes, tuple] = {}
    for (source, target, shape), text, result in zip(cases, sources, results, strict=True):
        if result.wasm not in stores:
            store = wasmtime.Store()
            stores[result.wasm] = store, wasmtime.Instance(store, wasmtime.Module(store.engine, result.wasm), []).exports(store)
        store, exports = stores[result.wasm]
        bits = 8 * WIDTHS[source]
        for value in (0, 1) if source == "bool" else (0, 1, 5, -1, -2, 127, 128, 255, 1 << (bits - 1), (1 << (bits - 1)) - 1, 0x12345678):
            given = wrap(value, source)
            expected = carried(wrap(given + (shape == "operand"), target), target)
            assert exports[result.export](store, carried(given, source)) == expected, (text.text, given)


def test_floats(language: Language) -> None:
    cases = [(s, t) for s in (*INTEGERS, "bool", *FLOATS) for t in FLOATS if s != t] + [(s, t) for s in FLOATS for t in INTEGERS]
    results = compile_batch(language, [language.render(converting(s, t, "local")) for s, t in cases])
    assert not [(c, r.diagnostics) for c, r in zip(cases, results, strict=True) if not isinstance(r, Compiled)]
    store = wasmtime.Store()
    exports = wasmtime.Instance(store, wasmtime.Module(store.engine, results[0].wasm), []).exports(store)
    for (source, target), result in zip(cases, results, strict=True):
        for value in (0, 1, 100):
            if source == "bool" and value > 1:
                continue
            given = value if source not in FLOATS else float(value) if target in FLOATS else value + 0.75
            assert exports[result.export](store, given) == value, (source, target, given)


def test_rounding_functions(language: Language) -> None:
    programs = [
        ir.Program(ir.Function(Signature("f0", (Parameter("p0", t),), t), (ir.Return(ir.Builtin(t, name, (ir.Var(t, "p0"),))),)))
        for t in ("f32", "f64") for name in ("sqrt", "floor", "ceil", "trunc", "fabs")
    ]  # fmt: skip
    results = compile_batch(language, [language.render(p) for p in programs])
    assert all(isinstance(r, Compiled) for r in results)
    store = wasmtime.Store()
    exports = wasmtime.Instance(store, wasmtime.Module(store.engine, results[0].wasm), []).exports(store)
    got = [exports[r.export](store, 2.25) for r in results]
    assert got == [1.5, 2.0, 3.0, 2.0, 2.25] * 2


def test_slices_that_share_a_length(language: Language) -> None:
    """(dst, src, n) becomes two slices; the C entry point rebuilds both, and structs and flags keep their C layout."""
    parameters = (
        Parameter("p0", "i32", True, False, 2), Parameter("p1", "u8", True, True, 2), Parameter("p2", "i32"), Parameter("p3", "bool"),
    )  # fmt: skip
    index = ir.Var("index", "v0")
    store_ = ir.Assign(ir.Index("i32", "p0", index), ir.Cast("i32", ir.Index("u8", "p1", index)), "+")
    loop = ir.ForRange("v0", "index", ir.Const("index", 0), ir.Len("index", "p1"), (store_,))
    body = (ir.If(ir.Var("bool", "p3"), (loop,)), ir.Return(ir.Compare("bool", "==", ir.Len("index", "p0"), ir.Const("index", 3))))
    source = language.render(ir.Program(ir.Function(Signature("f0", parameters, "bool"), body)))
    assert source.text.startswith(language.write_header(source.signature))
    result = compile_batch(language, [source])[0]
    assert isinstance(result, Compiled), result
    store = wasmtime.Store()
    exports = wasmtime.Instance(store, wasmtime.Module(store.engine, result.wasm), []).exports(store)
    memory, base = exports["memory"], exports["__heap_base"].value(store)
    memory.grow(store, 1)
    memory.write(store, bytes([1, 0, 0, 0] * 3 + [250, 0, 9]), base)
    assert exports[result.export](store, base, base + 12, 3, 1) == 1
    assert bytes(memory.read(store, base, base + 12)) == bytes([251, 0, 0, 0, 1, 0, 0, 0, 10, 0, 0, 0])
    assert exports[result.export](store, base, base + 12, 0, 1) == 0
