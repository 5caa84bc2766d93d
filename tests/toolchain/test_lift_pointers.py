"""C functions over lists, strings in arrays, callbacks and structs by value: compiled, lifted with pointers, rendered, compiled again, judged."""

from __future__ import annotations

import pytest

from transpile.corpus import ir
from transpile.corpus.batch import Compiled, compile_batch
from transpile.corpus.language import language
from transpile.corpus.lifting import lift_pointers
from transpile.corpus.signature import Parameter, Signature, Struct
from transpile.corpus.source import SourceFunction
from transpile.corpus.wasm.module import WasmModule
from transpile.corpus.wasm.wat import canonical
from transpile.verify.judge import judge
from transpile.verify.types import Executable

NODE = Struct("S0", (("m0", "i32"), ("m1", "*S0"), ("m2", "[4]f32"), ("m3", "fn(*void,i32)i32"), ("m4", "*const i8")))
PAIR = Struct("S1", (("m5", "f32"), ("m6", "f32")))
LIST = Parameter("p0", "S0", True)
NUMBER = Parameter("p1", "i32")
FUNCTIONS = {
    "sum of a list": (
        Signature("f0", (LIST,), "i32", (NODE,)),
        "int32_t v0 = 0; while (p0) { v0 += p0->m0; p0 = p0->m1; } return v0;",
    ),
    "find in a list": (Signature("f0", (LIST, NUMBER), "*S0", (NODE,)), "while (p0 && p0->m0 != p1) p0 = p0->m1; return p0;"),
    "arrays in place": (
        Signature("f0", (LIST, NUMBER, Parameter("p2", "f32")), None, (NODE,)),
        "p0->m2[p1 & 3] = p2; p0->m2[1] += p2; if (p0->m1) p0->m1->m1 = p0;",
    ),
    "a callback in a field": (Signature("f0", (LIST, NUMBER), "i32", (NODE,)), "return p0->m3 ? p0->m3(p0, p1) : -1;"),
    "structs by value": (
        Signature("f0", (Parameter("p0", "S1"), Parameter("p1", "f32")), "S1", (PAIR,)),
        "struct S1 v0; v0.m5 = p0.m6 * p1; v0.m6 = p0.m5; return v0;",
    ),
    "strings in an array": (
        Signature("f0", (Parameter("p0", "*i8", True), NUMBER), "i32"),
        "int32_t v0 = 0; for (int32_t v1 = 0; v1 < p1; v1++) { int8_t *v2 = p0[v1]; while (*v2++) v0++; } return v0;",
    ),
    "bytes of unknown type": (
        Signature("f0", (Parameter("p0", "void", True), Parameter("p1", "void", True, True), Parameter("p2", "usize")), "*void"),
        "uint8_t *v0 = p0; const uint8_t *v1 = p1; while (p2--) *v0++ = *v1++; return p0;",
    ),
    "an array of structs with strings": (
        Signature("f0", (Parameter("p0", "S0", True, False, 1), NUMBER), "i32", (NODE,)),
        "int32_t v0 = 0; for (int32_t v1 = 0; v1 < p1; v1++) if (p0[v1].m4) v0 += p0[v1].m4[0] + p0[v1].m0; return v0;",
    ),
    "a matrix": (
        Signature("f0", (Parameter("p0", "[3]f32", True), Parameter("p1", "[3]f32", True, True))),
        "for (int32_t v0 = 0; v0 < 3; v0++) for (int32_t v1 = 0; v1 < 3; v1++) p0[v0][v1] += p1[v1][v0];",
    ),
    "a fold": (
        Signature("f0", (Parameter("p0", "fn(i32,i32)i32"), Parameter("p1", "i32", True, True, 2), Parameter("p2", "i32")), "i32"),
        "int32_t v0 = 0; for (int32_t v1 = 0; v1 < p2; v1++) v0 = p0(v0, p1[v1]); return v0;",
    ),
    "a local array": (
        Signature("f0", (Parameter("p0", "u8", True, True, 1), Parameter("p1", "i32")), "i32"),
        "int32_t v0[16] = {0}; for (int32_t v1 = 0; v1 < p1; v1++) v0[p0[v1] & 15]++; int32_t v2 = 0; "
        "for (int32_t v3 = 0; v3 < 16; v3++) if (v0[v3] > v0[v2]) v2 = v3; return v2;",
    ),
}


@pytest.mark.parametrize("target", ["c", "cpp", "d", "rust", "zig"])
def test_lifted_with_pointers(target: str) -> None:
    c, other = language("c"), language(target)
    originals = [SourceFunction("c", s, f"{c.write_header(s)} {body} }}") for s, body in FUNCTIONS.values()]
    lifted, compiled = [], compile_batch(c, originals)
    for source, result in zip(originals, compiled, strict=True):
        assert isinstance(result, Compiled), result.message
        text = canonical(WasmModule.parse(result.wasm).function(result.export)).text
        lifted.append(other.render(ir.Program(lift_pointers(text, source.signature).function)))
    shown = {}
    for name, source, old, new in zip(FUNCTIONS, originals, compiled, compile_batch(other, lifted), strict=True):
        if not isinstance(new, Compiled):
            shown[name] = new.message
            continue
        verdict = judge(Executable(old.wasm, old.export), [Executable(new.wasm, new.export)], source.signature, inputs=128, seed=0)[0]
        if not verdict.verified:
            shown[name] = verdict.counterexample.text if verdict.counterexample else verdict.evidence
    assert not shown
