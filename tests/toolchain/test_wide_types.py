"""Structs that hold pointers, arrays and functions, by value and behind pointers: compiled, they have the wasm type that the signature says."""

from __future__ import annotations

import pytest

from transpile.corpus.batch import Compiled, compile_batch
from transpile.corpus.language import language
from transpile.corpus.signature import Parameter, Signature, Struct
from transpile.corpus.source import SourceFunction
from transpile.corpus.wasm import WasmModule

S0 = Struct("S0", (("m0", "i32"), ("m1", "*S0"), ("m2", "[4]f32"), ("m3", "fn(*void,i32)i32"), ("m4", "*const i8")))
S1 = Struct("S1", (("m5", "f32"), ("m6", "f32")))
S2 = Struct("S2", (("m7", "i64"),))
WALK = Signature(
    "f0",
    (Parameter("p0", "S0", True), Parameter("p1", "*const i8", True), Parameter("p2", "S1"), Parameter("p3", "void", True, True, 4), Parameter("p4", "usize")),
    "*S0",
    (S0, S1),
)
TURN = Signature("f0", (Parameter("p0", "S1"), Parameter("p1", "S2")), "S1", (S1, S2))
BODIES = {
    ("rust", WALK): "let mut v0 = p0; while !(*v0).m1.is_null() { (*v0).m0 += p3.len() as i32; v0 = (*v0).m1; } v0",
    ("zig", WALK): "_ = p1; _ = p2; var v0 = p0; while (v0.?.m1) |v1| { v1.m0 = v1.m3.?(v1, @intCast(p3.len)); v0 = v1; } return v0;",
    ("rust", TURN): "S1 { m5: p0.m6, m6: p1.m7 as f32 }",
    ("zig", TURN): "return .{ .m5 = p0.m6, .m6 = @floatFromInt(p1.m7) };",
}


@pytest.mark.parametrize(("name", "signature"), BODIES)
def test_the_wasm_type_is_the_signatures(name: str, signature: Signature) -> None:
    tongue = language(name)
    source = SourceFunction(name, signature, f"{tongue.write_header(signature)} {BODIES[name, signature]} }}")
    result = compile_batch(tongue, [source])[0]
    assert isinstance(result, Compiled), result.message
    assert WasmModule.parse(result.wasm).function(result.export).type == signature.wasm()
