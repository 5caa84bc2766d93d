"""The binary decoder and encoder: what a module holds, what is refused, and that changed modules run."""

from __future__ import annotations

import random

import pytest
import wasmtime
from wasm_programs import ProgramMaker, to_module

from transpile.corpus.errors import TranspileError
from transpile.corpus.wasm.instructions import WasmError, decode, encode, encode_body, read_signed, read_unsigned, write_signed, write_unsigned
from transpile.corpus.wasm.module import WasmModule
from transpile.corpus.wasm.opcodes import EFFECTS, OPCODES
from transpile.corpus.wasm.reader import Export
from transpile.corpus.wasm.wat import canonical, read_wat

MODULE = """
(module $m
  (type $binary (func (param i32 i32) (result i32)))
  (import "env" "log" (func $log (param i32)))
  (import "env" "limit" (global $limit i32))
  (table 4 8 funcref)
  (memory (export "memory") 2 5)
  (global $__stack_pointer (mut i32) (i32.const 65536))
  (global $seed (mut i64) (i64.const -3))
  (func $helper (type $binary) (i32.mul (local.get 0) (local.get 1)))
  (func (export "f") (param $x i32) (result i32) (local i64 f64 f64)
    (call $log (local.get $x))
    (i32.add (call $helper (local.get $x) (i32.const 3)) (i32.load8_u offset=65540 (local.get $x))))
  (elem (i32.const 1) func $helper $log)
  (data $text (i32.const 65536) "hello")
  (data $more (i32.const 65544) "\\01\\02\\03\\04")
  (data $passive "quiet"))
"""


@pytest.fixture(scope="module")
def data() -> bytes:
    return read_wat(MODULE)


@pytest.fixture(scope="module")
def module(data: bytes) -> WasmModule:
    return WasmModule.parse(data)


def test_parse_reads_all_there_is(module: WasmModule) -> None:
    assert [(i.module, i.field, i.kind, i.index, i.type) for i in module.imports] == [
        ("env", "log", "function", 0, (("i32",), ())),
        ("env", "limit", "global", 0, None),
    ]
    assert module.function_types[1:] == [(("i32", "i32"), ("i32",)), (("i32",), ("i32",))]
    assert module.function_names == ["log", "helper", "f"]
    assert [(g.name, g.type, g.mutable, g.initial, g.imported) for g in module.globals] == [
        ("limit", "i32", False, None, ("env", "limit")),
        ("__stack_pointer", "i32", True, 65536, None),
        ("seed", "i64", True, -3, None),
    ]
    assert module.stack_pointer == 1
    assert (module.memories[0].minimum, module.memories[0].maximum) == (2, 5)
    assert (module.tables[0].minimum, module.tables[0].maximum) == (4, 8)
    assert [(e.offset, e.functions) for e in module.elements] == [(1, (1, 0))]
    assert [(s.index, s.name, s.address, s.data) for s in module.segments] == [
        (0, "text", 65536, b"hello"),
        (1, "more", 65544, b"\1\2\3\4"),
        (2, "passive", None, b"quiet"),
    ]
    assert Export("f", "function", 2) in module.exports
    assert module.data_range == (65536, 65548)


def test_functions_are_found_by_export_or_name(module: WasmModule) -> None:
    f = module.function("f")
    assert (f.index, f.type, f.locals) == (2, (("i32",), ("i32",)), ("i64", "f64", "f64"))
    assert [name for name, _, _ in module.function("helper").instructions] == ["local.get", "local.get", "i32.mul", "end"]
    assert all(f.body[offset] == OPCODES[name][1][0] for name, _, offset in f.instructions)
    with pytest.raises(TranspileError, match="no function 'nothing'") as missing:
        module.function("nothing")
    assert "helper, f" in missing.value.hint
    with pytest.raises(TranspileError, match="imported"):
        module.function("log")


def test_segment_at_knows_the_ends(module: WasmModule) -> None:
    found = [module.segment_at(address) for address in (65535, 65536, 65540, 65541, 65544, 65547, 65548)]
    assert [one and one.name for one in found] == [None, "text", "text", None, "more", "more", None]


def test_truncated_modules_are_refused(data: bytes) -> None:
    borders = {8, *(end for _, _, end in WasmModule.parse(data).sections)}
    for length in range(len(data)):
        try:
            WasmModule.parse(data[:length])
            assert length in borders
        except TranspileError as error:
            assert error.hint


def test_damaged_modules_raise_nothing_else(data: bytes) -> None:
    rng = random.Random(1)
    for _ in range(3000):
        broken = bytearray(data)
        for _ in range(rng.randrange(1, 4)):
            broken[rng.randrange(8, len(broken))] = rng.randrange(256)
        try:
            for function in WasmModule.parse(bytes(broken)).functions:
                canonical(function)
        except TranspileError:
            pass


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (b"\xfd\x0c" + bytes(16) + b"\x0b", "unsupported wasm: instruction 0xfd"),
        (b"\xfe\x10\x02\x00\x0b", "instruction 0xfe"),
        (b"\xd0\x70\x1a\x0b", "instruction 0xd0"),
        (b"\xfc\x08\x00\x00\x0b", "instruction 0xfc 8"),
        (b"\x41\x0b", "malformed wasm: a function's blocks"),
        (b"\x41", "in the middle of an instruction"),
        (b"\x41\xff\xff\xff\xff\xff\x00\x0b", "number too long"),
        (b"\x41\xff\xff\xff\xff\x4f\x0b", "number too large"),
        (b"\x0b\x0b", "blocks do not balance"),
        (b"\x02\x40\x0b", "blocks do not balance"),
        (b"\x43\x00\x00", "in the middle"),
    ],
)
def test_code_that_is_no_code(code: bytes, message: str) -> None:
    with pytest.raises(WasmError, match=message) as error:
        decode(code)
    assert error.value.hint


def test_a_bomb_of_locals_is_refused() -> None:
    head = b"\0asm\1\0\0\0" + b"\x01\x04\x01\x60\x00\x00" + b"\x03\x02\x01\x00"
    body = b"\x01\xff\xff\xff\xff\x0f\x7f\x0b"
    with pytest.raises(WasmError, match="locals"):
        WasmModule.parse(head + b"\x0a" + bytes([len(body) + 2, 1, len(body)]) + body)


def test_numbers_read_back() -> None:
    for value in (0, 1, 63, 64, 127, 128, 255, 300, 2**31 - 1, 2**32 - 1):
        assert read_unsigned(write_unsigned(value), 0) == (value, len(write_unsigned(value)))
    for value in (0, 1, -1, 63, 64, -64, -65, 2**31 - 1, -(2**31), 2**63 - 1, -(2**63)):
        assert read_signed(write_signed(value), 0, 64) == (value, len(write_signed(value)))


def test_encode_inverts_decode() -> None:
    for seed in range(60):
        function = to_module(ProgramMaker(random.Random(seed).randrange).text()).function("f0")
        assert function.body[: function.start] + encode(function.instructions) == function.body
        assert encode_body(function.locals, function.instructions) == function.body


def test_every_instruction_has_an_effect_or_is_control() -> None:
    control = {
        "unreachable", "nop", "block", "loop", "if", "else", "end", "br", "br_if", "br_table", "return", "call", "call_indirect",
        "drop", "select", "local.get", "local.set", "local.tee", "global.get", "global.set",
    }  # fmt: skip
    assert set(OPCODES) == set(EFFECTS) | control


def count_calls(module: WasmModule, name: str) -> bytes:
    """A module in which calls of a function are counted in a new exported global."""
    function = module.function(name)
    counter = len(module.globals)
    added = [("global.get", counter), ("i64.const", 1), ("i64.add", None), ("global.set", counter)]
    body = encode_body(function.locals, [*added, *function.instructions])
    return module.replace_bodies({function.index: body}, [("i64", True, 40)], [Export("count", "global", counter)])


def test_replaced_bodies_run_and_the_rest_stays(module: WasmModule, data: bytes) -> None:
    changed = count_calls(module, "f")
    before = {kind: data[start:end] for kind, start, end in module.sections if kind not in (0, 6, 7, 10)}
    parsed = WasmModule.parse(changed)
    assert before == {kind: changed[start:end] for kind, start, end in parsed.sections if kind not in (0, 6, 7, 10)}
    assert parsed.function("helper").body == module.function("helper").body
    store = wasmtime.Store()
    log = wasmtime.Func(store, wasmtime.FuncType([wasmtime.ValType.i32()], []), lambda x: None)
    limit = wasmtime.Global(store, wasmtime.GlobalType(wasmtime.ValType.i32(), False), wasmtime.Val.i32(1))
    exports = wasmtime.Instance(store, wasmtime.Module(store.engine, changed), [log, limit]).exports(store)
    assert [exports["f"](store, 5), exports["f"](store, 4)] == [15 + 2, 12 + 1]
    assert exports["count"].value(store) == 42


def test_sections_are_added_where_they_are_missing() -> None:
    plain = WasmModule.parse(read_wat('(module (func $f) (start $f) (memory 1) (data (i32.const 0) "x"))'))
    changed = count_calls(plain, "f")
    assert [kind for kind, _, _ in WasmModule.parse(changed).sections if kind] == [1, 3, 5, 6, 7, 8, 10, 11]
    store = wasmtime.Store()
    assert wasmtime.Instance(store, wasmtime.Module(store.engine, changed), []).exports(store)["count"].value(store) == 41


def test_nothing_replaced_is_the_same_module(module: WasmModule, data: bytes) -> None:
    assert module.replace_bodies({}) == data


def test_float_globals_are_given_by_their_bits() -> None:
    plain = WasmModule.parse(read_wat("(module (global f64 (f64.const 1.5)))"))
    added = plain.replace_bodies({}, [("f32", False, 0x3FC00000), ("f64", True, 0x3FF8000000000000)])
    assert [g.initial for g in WasmModule.parse(added).globals] == [0x3FF8000000000000, 0x3FC00000, 0x3FF8000000000000]
    wasmtime.Module.validate(wasmtime.Engine(), added)


def test_only_wat_that_parses_is_read() -> None:
    with pytest.raises(TranspileError, match="does not parse") as error:
        read_wat("(module (func (i32.bad)))")
    assert "i32.bad" in error.value.hint
