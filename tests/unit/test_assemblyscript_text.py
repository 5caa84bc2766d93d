"""AssemblyScript without a compiler: reading source, writing what a signature determines, expressions, jumps without labels, layout."""

from __future__ import annotations

import itertools

import pytest

from transpile.corpus import ir
from transpile.corpus.assemblyscript.jumps import without_labels
from transpile.corpus.assemblyscript.prologue import POINTER, STACK, SWAP, with_pieces
from transpile.corpus.languages.assemblyscript import LANGUAGE
from transpile.corpus.signature import Parameter, Signature, Struct
from transpile.corpus.text import canonical_text

SOURCE = """
import { helper } from "./other";
// function not_me(): void {}
type int = i32;
@unmanaged export class Point {
    x: int = 0;
    y: f64;
    length(): f64 { return sqrt(this.y); }
    label: u8;
    pad17: u8; pad18: u16; pad20: u32;
}
@unmanaged class Ragged { a: f64; b: i32 }
class Managed { x: i32 }
const table: StaticArray<i32> = [1, 2, 3];

/** Adds up. */
export function sum(a: Pointer<i32>, n: int, scale: i32): i32 {
    const text = "}";
    let total = scale;
    for (let i = 0; i < n; i++) total += a[i] * text.length;
    return total;
}

function generic<T>(x: T): T { return x; }
function maybe(x: i32 = 3): i32 { return x; }
export function names(list: StaticArray<i32>, s: string): i32 { return list[0]; }
export function grown(m: Managed): i32 { return m.x; }

@inline
export function movePoints(to: Pointer<Point>, count: u32, by: Point, out: Pointer<i32>): void {
    const total = sum(out, 2, 3);
    for (let i: u32 = 0; i < count; i++) to[i].x += by.x + total;
    out.value = total;
}

export function first(p: usize, q: usize, size: usize): u8 {
    store<u16>(q + (size << 1), 1);
    p += 1;
    return load<u8>(p);
}
export function second(r: Pointer<Ragged>): i32 { return r[1].b; }
export namespace inner { export function hidden(): void {} }
"""


def test_reading() -> None:
    total, moved, first = LANGUAGE.read(SOURCE)
    assert total.signature == Signature("sum", (Parameter("a", "i32", True, True, 1), Parameter("n", "i32"), Parameter("scale", "i32")), "i32")
    assert total.text.startswith('export function sum(a: Pointer<i32>, n: i32, scale: i32): i32 {\n    const text = "}";')
    point = Struct("Point", (("x", "i32"), ("y", "f64"), ("label", "u8")))
    assert moved.signature == Signature(
        "movePoints",
        (Parameter("to", "Point", True, False, 1), Parameter("count", "u32"), Parameter("by", "Point", True, True), Parameter("out", "i32", True)),
        None,
        (point,),
    )
    assert moved.callees == (total,)
    assert first.signature.parameters == (
        Parameter("p", "u8", True, True, 2), Parameter("q", "u16", True, False, 2), Parameter("size", "usize"),
    )  # fmt: skip
    assert "let p_ = changetype<usize>(p);" in first.text and "load<u8>(p_)" in first.text


def test_what_is_left_out_is_named() -> None:
    assert LANGUAGE.definitions(SOURCE) == ["sum", "generic", "maybe", "names", "grown", "movePoints", "first", "second"]


def test_functions_are_exported_once() -> None:
    text = "function a(x: i32): i32 { return x; }\nexport function b(): void {}\nfunction c(): void {}\nexport { c };\n"
    unit, before = LANGUAGE.expose(text, LANGUAGE.read(text))
    assert (unit, before) == (text + "\nexport { a };\n", 0)


def test_structs_end_where_the_next_one_begins() -> None:
    struct = Struct("S0", (("m0", "f64"), ("m1", "u16")))
    written = LANGUAGE.write_struct(struct)
    assert written == "@unmanaged class S0 {\n    m0: f64;\n    m1: u16;\n" + "".join(f"    pad{i}: u8;\n" for i in range(10, 16)) + "}"
    (read,) = LANGUAGE.read(f"{written}\nfunction f(p: S0): f64 {{ return p.m0; }}")
    assert read.signature.structs == (struct,)


def test_a_file_gets_what_it_uses_of_the_prologue() -> None:
    head = "// Translated.\n"
    assert with_pieces(head + "export function f(): void {}\n") == head + "export function f(): void {}\n"
    once = with_pieces(head + "function f(p: Pointer<i32>): u32 { return swapBytes(u32(p[0])); }\n")
    assert once.startswith(head) and POINTER in once and SWAP in once and STACK not in once
    assert with_pieces(once) == once
    assert POINTER in with_pieces("const a = stackArray<i32>(-16, 4);")
    assert LANGUAGE.prologue == POINTER + STACK + SWAP


# ---------------------------------------------------------------- expressions


def var(name: str, type_: str) -> ir.Var:
    return ir.Var(type_, name)


def const(value: int | float, type_: str = "i32") -> ir.Const:
    return ir.Const(type_, value)


def returned(e: ir.Expr, *parameters: Parameter) -> str:
    signature = Signature("f0", parameters, e.type)
    lines = LANGUAGE.render(ir.Program(ir.Function(signature, (ir.Return(e),)))).text.split("\n")
    return lines[1].strip().removeprefix("return ").rstrip(";")


P, U, B, W, D = var("p0", "i32"), var("p1", "u32"), var("p2", "u8"), var("p3", "i64"), var("p4", "f64")


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (ir.Binary("i32", "*", ir.Binary("i32", "+", P, const(1)), P), "(p0 + 1) * p0"),
        (ir.Binary("u32", "<<", const(1, "u32"), U), "1 << p1"),
        (ir.Compare("bool", "==", ir.Binary("u32", "<<", const(1, "u32"), U), U), "u32(1) << p1 == p1"),
        (ir.Binary("u32", "|", ir.Binary("u32", "<<", U, const(3, "u32")), U), "(p1 << 3) | p1"),
        (ir.Cast("u64", ir.Binary("i32", "-", const(1), P)), "u64(i32(1) - p0)"),
        (ir.Cast("f32", const(3)), "3.0"),
        (ir.Binary("i32", "+", P, ir.Cast("i32", B)), "p0 + p2"),
        (ir.Binary("i32", "/", P, ir.Cast("i32", B)), "p0 / i32(p2)"),
        (ir.Binary("i32", "+", ir.Cast("i32", B), const(1)), "i32(p2) + 1"),
        (ir.Compare("bool", "<", ir.Cast("i32", B), const(10)), "p2 < 10"),
        (ir.Compare("bool", "<", ir.Cast("i32", B), const(300)), "i32(p2) < 300"),
        (ir.Compare("bool", "<", ir.Cast("i64", P), W), "p0 < p3"),
        (ir.Compare("bool", "<", ir.Cast("i64", U), W), "i64(p1) < p3"),
        (ir.Cast("i64", P), "p0"),
        (ir.Cast("i32", W), "i32(p3)"),
        (ir.Cast("u64", ir.Cast("u32", P)), "u64(p0) & 0xffffffff"),
        (ir.Cast("i64", ir.Cast("i32", U)), "i64(p1) << 32 >> 32"),
        (ir.Cast("u8", const(300)), "44"),
        (ir.Unary("i32", "-", ir.Unary("i32", "-", P)), "-(-p0)"),
        (ir.Binary("i32", "-", P, const(-1)), "p0 - (-1)"),
        (ir.Binary("u8", ">>", B, ir.Cast("u8", P)), "p2 >> u8(p0)"),
        (ir.Binary("i64", ">>", W, ir.Cast("i64", P)), "p3 >> p0"),
        (ir.Not("bool", ir.Compare("bool", "<", P, const(3))), "p0 >= 3"),
        (ir.Not("bool", ir.Compare("bool", "<", D, const(3.0, "f64"))), "!(p4 < 3.0)"),
        (ir.Builtin("i32", "min", (const(3), P)), "min(p0, 3)"),
        (ir.Builtin("u8", "clz", (B,)), "clz(p2) - 24"),
        (ir.Builtin("u8", "ctz", (B,)), "u8(ctz(u32(p2) | 256))"),
        (ir.Builtin("u32", "swap_bytes", (U,)), "swapBytes(p1)"),
        (ir.Builtin("u64", "to_bits", (D,)), "reinterpret<u64>(p4)"),
        (ir.Builtin("f64", "atan", (D,)), "Math.atan(p4)"),
        (ir.Builtin("f64", "fmod", (D, const(2.0, "f64"))), "p4 % 2.0"),
        (ir.Limit("u32", True), "u32.MAX_VALUE"),
        (const(-1.5, "f32"), "-1.5"),
        (const(float("-inf"), "f64"), "-Infinity"),
        (ir.Select("i32", ir.Compare("bool", ">", P, const(0)), P, const(0)), "p0 > 0 ? p0 : 0"),
    ],
)
def test_expressions(expression: ir.Expr, text: str) -> None:
    assert returned(expression, *(Parameter(v.name, v.type) for v in (P, U, B, W, D))) == text


def test_mathematics_that_is_not_c_s_is_not_written() -> None:
    for name in ("round", "sin"):
        with pytest.raises(ir.NotInLanguage):
            returned(ir.Builtin("f64", name, (D,)), Parameter("p4", "f64"))


def test_elements_and_parts() -> None:
    array = Parameter("p0", "i32", True, False, 1)
    rest = (Parameter("p1", "i32"), Parameter("p2", "S0", True, True), Parameter("p3", "i32", True))
    signature = Signature("f0", (array, *rest), "i32", (Struct("S0", (("m0", "i32"),)),))
    n = ir.Len("index", "p0")
    half = ir.Binary("index", "/", n, ir.Const("index", 2))
    callee = Signature("c0", (Parameter("p0", "i32", True, True, 1), Parameter("p1", "i32")), "i32")
    body = (
        ir.Assign(ir.Index("i32", "p3", ir.Const("index", 0)), ir.Field("i32", "p2", "m0")),
        ir.Assign(ir.Index("i32", "p0", ir.Binary("index", "-", n, ir.Const("index", 1))), const(1), "+"),
        ir.Return(ir.Call("i32", "c0", (ir.Part("array", "p0", half, ir.Binary("index", "-", n, half)), ir.Binary("index", "-", n, half)))),
    )
    text = LANGUAGE.render(ir.Program(ir.Function(signature, body), (ir.Function(callee, (ir.Return(const(0)),)),))).text
    assert text.split("\n") == [
        "export function f0(p0: Pointer<i32>, p1: i32, p2: S0, p3: Pointer<i32>): i32 {",
        "    p3.value = p2.m0;",
        "    p0[p1 - 1]++;",
        "    return c0(p0 + p1 / 2, p1 - p1 / 2);",
        "}",
    ]


def test_local_arrays_lie_on_the_stack_and_tables_are_data() -> None:
    table = ir.LetArray("v0", "u8", 3, tuple(const(i, "u8") for i in (1, 2, 3)))
    scratch = ir.LetArray("v1", "u16", 9)
    store = ir.Assign(ir.Index("u16", "v1", ir.Const("index", 0)), ir.Cast("u16", ir.Index("u8", "v0", ir.Const("index", 2))))
    signature = Signature("f0", (), "u16")
    element = ir.Index("u16", "v1", ir.Const("index", 0))

    def lines(*body: ir.Stmt) -> list[str]:
        callee = ir.Function(Signature("c0", (), None), ())
        return LANGUAGE.render(ir.Program(ir.Function(signature, body), (callee,))).text.split("\n    ")[1:]

    assert lines(table, scratch, store, ir.Return(element)) == [
        "const v0 = changetype<Pointer<u8>>(memory.data<u8>([1, 2, 3]));", "const v1 = stackArray<u16>(-32, 9);",
        "v1[0] = v0[2];", "return v1[0];\n}",
    ]  # fmt: skip
    # A function that calls others must not leave its arrays where theirs will be.
    assert lines(scratch, ir.Do(ir.Call("", "c0", ())), ir.Return(element)) == [
        "__stack_pointer -= 32;", "const v1 = stackArray<u16>(0, 9);", "c0();", "const v2 = v1[0];", "__stack_pointer += 32;", "return v2;\n}",
    ]  # fmt: skip


# ---------------------------------------------------------------- jumps


def lowered(*body: ir.Stmt) -> tuple[ir.Stmt, ...]:
    names = (f"v{i}" for i in itertools.count(90))
    return without_labels(body, lambda: next(names))


LESS, MORE = ir.Compare("bool", "<", P, const(3)), ir.Compare("bool", ">", P, const(5))
STEP, OTHER = ir.Assign(P, const(1), "+"), ir.Assign(P, const(2), "*")
TRUE = ir.Const("bool", True)


def test_a_block_becomes_branches() -> None:
    block = ir.Block("l0", (STEP, ir.If(LESS, (OTHER, ir.Break("l0"))), STEP))
    assert lowered(block, OTHER) == (STEP, ir.If(LESS, (OTHER,), (STEP,)), OTHER)
    only = ir.Block("l0", (ir.If(LESS, (ir.Break("l0"),)), STEP))
    assert lowered(only, OTHER) == (ir.If(ir.Not("bool", LESS), (STEP,)), OTHER)


def test_a_jump_to_a_return_is_one() -> None:
    loop = ir.Loop((ir.While(LESS, (STEP, ir.If(MORE, (ir.Break("l0"),)))), OTHER), "l0")
    end = ir.Return(const(7))
    assert lowered(loop, end) == (ir.Loop((ir.While(LESS, (STEP, ir.If(MORE, (end,)))), OTHER)), end)


def test_what_follows_a_table_of_jumps_moves_into_its_arms() -> None:
    inner = ir.Block("l1", (ir.Switch(P, (((1,), (ir.Break("l1"),)), ((2,), (STEP, ir.Break("l0")))), (ir.Return(),)),))
    loop = ir.Loop((ir.Block("l0", (inner, OTHER)), STEP))
    assert lowered(loop) == (
        ir.Loop((ir.Switch(P, (((1,), ()), ((2,), (STEP, STEP, ir.Continue()))), (ir.Return(),)), OTHER, STEP)),
    )


def test_leaving_two_loops_takes_a_flag() -> None:
    loop = ir.Loop((ir.While(LESS, (STEP, ir.If(MORE, (ir.Break("l0"),)))), OTHER), "l0")
    flag = ir.Var("bool", "v90")
    assert lowered(loop, STEP) == (
        ir.Loop(
            (
                ir.Let("v90", "bool", ir.Const("bool", False)),
                ir.While(LESS, (STEP, ir.If(MORE, (ir.Assign(flag, TRUE), ir.Break())))),
                ir.If(flag, (ir.Break(),)),
                OTHER,
            )
        ),
        STEP,
    )


def test_the_next_round_of_an_outer_loop_needs_no_flag_where_nothing_follows() -> None:
    loop = ir.While(LESS, (STEP, ir.Loop((OTHER, ir.If(MORE, (ir.Continue("l0"),))))), "l0")
    assert lowered(loop) == (ir.While(LESS, (STEP, ir.Loop((OTHER, ir.If(MORE, (ir.Break(),)))))),)


def test_a_break_within_a_switch_is_not_the_switchs() -> None:
    loop = ir.Loop((ir.Switch(P, (((1,), (ir.Break("l0"),)), ((2,), (ir.Continue(),))), (STEP,)), OTHER), "l0")
    flag = ir.Var("bool", "v90")
    assert lowered(loop, STEP)[0] == ir.Loop(
        (
            ir.Let("v90", "bool", ir.Const("bool", False)),
            ir.Switch(P, (((1,), (ir.Assign(flag, TRUE), ir.Break())), ((2,), (ir.Continue(),))), (STEP,)),
            ir.If(flag, (ir.Break(),)),
            OTHER,
        )
    )


# ---------------------------------------------------------------- layout


def test_layout() -> None:
    text = """\
export function f(a: Pointer<i32>, p: Pointer<Pointer<u8>>): i32 {
    const v0 = changetype<Pointer<u8>>(memory.data<u8>([0, 3]));
    let i: i32 = reinterpret<u32>(x) >> 3;
    for (let j = 0; j < i; j++) {
        i += a[j] < b && c > d ? 1 : -1;
    }
    return i;
}
"""
    assert LANGUAGE.layout(canonical_text(text)) == text
