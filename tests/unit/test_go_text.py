"""Go's text: what is read out of it, what is written, and how a compiler's object file that is broken is refused. No compiler runs here."""

from __future__ import annotations

import pytest

from transpile.corpus import ir
from transpile.corpus.globals import Global
from transpile.corpus.go.hoist import Hoister
from transpile.corpus.go.object import MAGIC, Symbols
from transpile.corpus.go.packages import imported
from transpile.corpus.go.shapes import directive, exports, shapes
from transpile.corpus.go.text import blank_go, explicit, functions, named_types, parameters
from transpile.corpus.ir_names import walk
from transpile.corpus.language import Diagnostic, language
from transpile.corpus.signature import Parameter, Signature
from transpile.corpus.text import canonical_text, lex
from transpile.corpus.wasm.instructions import WasmError

GO = language("go")


def rendered(body: tuple[ir.Stmt, ...], result: str | None = "i32", *names: tuple[str, str]) -> str:
    signature = Signature("f0", tuple(Parameter(n, t) for n, t in names) or (Parameter("p0", "i32"), Parameter("p1", "i32")), result)
    return GO.render(ir.Program(ir.Function(signature, body))).text


def test_semicolons_stand_where_go_puts_them() -> None:
    text = "x := f(a,\n\tb)\nif x > 0 {\n\tx++ // up; or so\n} else {\n\treturn\n}\ny := []int{\n\t1,\n}\nbreak\nz := `a\nb`"
    assert explicit(text).split("\n") == [
        "x := f(a,", "\tb);", "if x > 0 {", "\tx++;", "} else {", "\treturn;", "};", "y := []int{", "\t1,", "};", "break;", "z := `a", "b`;",
    ]  # fmt: skip


def test_what_go_s_lexer_takes_for_one_token_is_one() -> None:
    assert lex("v0 := a &^ b; c &^= 1") == ["v0", ":=", "a", "&^", "b", ";", "c", "&^=", "1"]


def test_comments_and_strings_are_blanked_in_place() -> None:
    text = 'a := "x{" // {\nb := `{\n{` + string(\'{\') /* { */'
    blanked = blank_go(text)
    assert "{" not in blanked and len(blanked) == len(text) and blanked.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a, b int32, c []byte", [("a", "int32"), ("b", "int32"), ("c", "[]byte")]),
        ("p0 [ ] int32 , p1 * S0", [("p0", "[]int32"), ("p1", "*S0")]),
        ("f func(a int) int, p unsafe . Pointer", [("f", "func(a int) int"), ("p", "unsafe.Pointer")]),
        ("[]int32, int", [("", "[]int32"), ("", "int")]),
        ("", []),
    ],
)
def test_parameters(text: str, expected: list[tuple[str, str]]) -> None:
    assert parameters(text) == expected


SOURCE = """
package x

type pair struct { a, b int32; w float64 }
type id uint16
var hook func(int32) int32 = func(x int32) int32 {
	return x
}

func (p *pair) method(x int32) int32 { return x }
func generic[T any](x T) T { return x }
func two() (int32, int32) { return 1, 2 }
func total(p *pair, ids []id, s string) int { n := 0; for _, i := range ids { n += int(i) }; return n + len(s) + int(p.a) }
func fill(dst []byte, v byte) { for i := range dst { dst[i] = v } }
func pass(a []int32, b []int32) int32 { return total2(a) + b[0] }
func total2(a []int32) int32 { return a[0] }
"""


def test_functions_are_read_with_their_types() -> None:
    found = {f.name: f for f in GO.read(SOURCE)}
    assert set(found) == {"pair_method", "total", "fill", "pass", "total2"}
    total = found["total"].signature
    assert [(p.name, p.type, p.pointer, p.const, p.length) for p in total.parameters] == [
        ("p", "pair", True, True, None), ("ids", "u16", True, True, 2), ("n1", "usize", False, False, None), ("s", "u8", True, True, 4),
        ("n3", "usize", False, False, None),
    ]  # fmt: skip
    assert total.result == "i64" and total.structs[0].fields == (("a", "i32"), ("b", "i32"), ("w", "f64"))
    assert not found["fill"].signature.parameters[0].const
    # What is handed on may be changed there.
    assert [p.const for p in found["pass"].signature.parameters if p.pointer] == [False, True]
    assert [c.name for c in found["pass"].callees] == ["total2"]
    assert GO.definitions(SOURCE) == ["pair_method", "generic", "two", "total", "fill", "pass", "total2"]
    assert GO.unread(SOURCE) == {"generic": "has type parameters", "two": "gives several results"}
    assert found["fill"].text.startswith("func fill(dst []uint8, v uint8) {")


def test_methods_and_their_kin_do_not_hide_what_follows() -> None:
    names = ["pair_method", "generic", "two", "total", "fill", "pass", "total2"]
    assert [f.name for f in functions(blank_go(SOURCE))] == names
    odd = "func (s *Stack[T]) Push(x T) {}\nfunc (*pair) odd(int) int { return 1 }\nfunc (c Celsius) F() float64 { return float64(c) }\n"
    assert [(f.symbol, f.is_generic) for f in functions(blank_go(odd))] == [("(*Stack).Push", True), ("(*pair).odd", False), ("Celsius.F", False)]
    assert "unit.(*pair).odd" in shapes(blank_go(odd), "unit") and "unit.(*Stack).Push" not in shapes(blank_go(odd), "unit")
    assert GO.unread("type pair struct { a int }\n" + odd)["pair_odd"] == "has a parameter without a name"
    assert named_types(blank_go(SOURCE))["id"] == "uint16"


def test_shapes_lay_arguments_out_as_go_does() -> None:
    code = "func f(a int8, b int16, s []int32, p *S, d bool) int32 {}\nfunc g(m map[int]int) {}\nfunc h() (int, int) {}\n"
    found = shapes(code, "unit")
    assert set(found) == {"unit.f"}
    shape = found["unit.f"]
    assert [(s.passed, s.offset) for s in shape.parameters] == [
        ("i8 signext", 0), ("i16 signext", 2), ("i32", 8), ("i32", 16), ("i32", 32), ("i1 zeroext", 40),
    ]  # fmt: skip
    assert shape.result is not None and shape.result.offset == 48


def test_a_length_that_two_slices_share_is_told_in_the_directive() -> None:
    shared = Signature("f0", (Parameter("p0", "i32", True, True, 2), Parameter("p1", "i32", True, True, 2), Parameter("p2", "i32")), "i32")
    assert directive(shared) == "//export f0 = f0(0, 2, i32 1 3)"
    plain = Signature("f0", (Parameter("p0", "i32", True, True, 1), Parameter("p1", "i32"), Parameter("p2", "i64")), None)
    assert directive(plain) == "//export f0 = f0()"
    (export,) = exports(directive(shared) + "\n", "unit")
    assert export.arguments is not None and [numbers for _, numbers in export.arguments] == [(0,), (2,), (1, 3)]


def test_canonical_text_is_go_on_one_line() -> None:
    body = (ir.Let("v0", "i32", ir.Const("i32", 0)), ir.While(ir.Compare("bool", "<", ir.Var("i32", "v0"), ir.Var("i32", "p0")), (
        ir.Assign(ir.Var("i32", "v0"), ir.Const("i32", 2), "+"),)), ir.Return(ir.Var("i32", "v0")))  # fmt: skip
    assert canonical_text(rendered(body)) == (
        "func f0 ( p0 int32 , p1 int32 ) int32 { var v0 int32 ; for v0 < p0 { v0 += 2 ; } ; return v0 ; }"
    )


def test_conditional_values_become_statements() -> None:
    p0, p1 = ir.Var("i32", "p0"), ir.Var("i32", "p1")
    less = ir.Compare("bool", "<", p0, p1)
    assert "if p0 < p1 {\n        return p0;\n    };\n    return p1;" in rendered((ir.Return(ir.Select("i32", less, p0, p1)),))
    counted = (ir.Let("v0", "i32", p0), ir.Assign(ir.Var("i32", "v0"), ir.Cast("i32", less), "+"), ir.Return(ir.Var("i32", "v0")))
    assert "if p0 < p1 {\n        v0++;\n    };" in rendered(counted)


def test_what_is_hoisted_keeps_its_place() -> None:
    call = ir.Call("i32", "c0", ())
    p0, zero = ir.Var("i32", "p0"), ir.Const("i32", 0)
    chosen = ir.Select("i32", ir.Compare("bool", "<", p0, zero), ir.Index("i32", "p1", zero), zero)
    function = ir.Function(Signature("f0", (Parameter("p0", "i32"), Parameter("p1", "i32", True)), "i32"), (ir.Return(ir.Binary("i32", "+", call, chosen)),))
    statements = Hoister(function).body(function.body)
    # The call came first, and may change what is read after it.
    assert isinstance(statements[0], ir.Let) and statements[0].value is call
    guarded = ir.Logic("bool", "and", ir.Compare("bool", "!=", p0, zero), ir.Compare("bool", "<", chosen, zero))
    after = Hoister(function).body((ir.If(guarded, (ir.Return(zero),)),))
    # What stands behind `and` is read only where it was.
    assert not any(isinstance(n, ir.Index) for n in walk(after[0])) and isinstance(after[1], ir.If)


def test_loops_test_their_hoisted_condition_each_time() -> None:
    p0, p1 = ir.Var("i32", "p0"), ir.Var("i32", "p1")
    smaller = ir.Builtin("i32", "abs", (ir.Binary("i32", "-", p0, p1),))
    text = rendered((ir.While(ir.Compare("bool", ">", smaller, ir.Const("i32", 3)), (ir.Assign(p0, ir.Const("i32", 1), "-"),)), ir.Return(p0)))
    assert text.index("for {") < text.index("p0 - p1") < text.index("break;") < text.index("p0--")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (ir.Binary("u32", "-", ir.Const("u32", 5), ir.Const("u32", 7)), "return 0xfffffffe;"),
        (ir.Binary("u32", "<<", ir.Const("u32", 1), ir.Var("u32", "p0")), "return uint32(1) << (p0 & 31);"),
        (ir.Binary("u32", ">>", ir.Var("u32", "p0"), ir.Binary("u32", "&", ir.Var("u32", "p1"), ir.Const("u32", 7))), "return p0 >> (p1 & 7);"),
        (ir.Unary("u32", "~", ir.Var("u32", "p0")), "return ^p0;"),
        (ir.Limit("u32", True), "return math.MaxUint32;"),
        (ir.Cast("u32", ir.Const("i32", -1)), "return 0xffffffff;"),
        (ir.Binary("u32", "*", ir.Binary("u32", "^", ir.Var("u32", "p0"), ir.Var("u32", "p1")), ir.Const("u32", 3)), "return (p0 ^ p1) * 3;"),
    ],
)
def test_numbers_mean_what_they_mean(value: ir.Expr, expected: str) -> None:
    assert expected in rendered((ir.Return(value),), "u32", ("p0", "u32"), ("p1", "u32"))


def test_floats_keep_their_zeros_and_rounding() -> None:
    text = rendered((ir.Return(ir.Binary("f32", "+", ir.Const("f32", -0.0), ir.Const("f32", 0.10000000149011612))),), "f32")
    assert "return 0.1;" in text
    assert "math.Copysign(0, -1)" in rendered((ir.Return(ir.Const("f64", -0.0)),), "f64")
    assert "float32(math.NaN())" in rendered((ir.Return(ir.Const("f32", float("nan"))),), "f32")


def test_a_variable_that_nothing_reads_is_discarded() -> None:
    text = rendered((ir.Let("v0", "i32", ir.Var("i32", "p0")), ir.Assign(ir.Var("i32", "v0"), ir.Const("i32", 2)), ir.Return(ir.Const("i32", 1))))
    assert "v0 := p0;\n    _ = v0;" in text


def test_what_go_calls_unused_is_discarded_by_repair() -> None:
    line = "func f0 ( ) int32 { v0 := 1 ; var v1 int32 ; return 2 ; }"
    errors = [Diagnostic(1, "declared and not used: v0"), Diagnostic(1, "declared and not used: v1")]
    assert GO.repair(line, errors) == "func f0 ( ) int32 { v0 := 1 ; _ = v0 ; var v1 int32 ; _ = v1 ; return 2 ; }"
    assert GO.repair(line, [Diagnostic(1, "undefined: v9")]) is None


def test_variables_of_a_file() -> None:
    assert GO.write_global(Global("g0", "i32", None, (100,))) == "var g0 int32 = 100;"
    assert GO.write_global(Global("g0", "u8", 3)) == "var g0 [3]uint8;"
    assert GO.write_global(Global("g0", "f64", 2, (0.5, -1.0))) == "var g0 = [2]float64{0.5, -1};"


def test_what_go_cannot_say_is_no_crash() -> None:
    with pytest.raises(ir.NotInLanguage):
        rendered((ir.Return(ir.Null("*i32")),))


def test_a_function_that_may_fall_off_its_end_panics_there() -> None:
    forever = ir.Loop((ir.If(ir.Compare("bool", "<", ir.Var("i32", "p0"), ir.Const("i32", 1)), (ir.Break(),)),))
    assert 'panic("unreachable");' in rendered((forever,))
    assert "panic" not in rendered((ir.Loop((ir.Return(ir.Const("i32", 1)),)),))


def test_unsigned_loops_downwards_end_at_zero() -> None:
    loop = ir.ForRange("v0", "u32", ir.Const("u32", 0), ir.Var("u32", "p0"), (ir.Assign(ir.Var("u32", "p1"), ir.Var("u32", "v0"), "^"),), reverse=True)
    text = rendered((loop, ir.Return(ir.Var("u32", "p1"))), "u32", ("p0", "u32"), ("p1", "u32"))
    assert "v0 >= 1; {\n        v0--;" in text


@pytest.mark.parametrize("text", ["//line other.go:1\n", "//go:embed secret\n", "/*line x.go:3*/\n", '//go:linkname f runtime.f\n', 'import "C"\n'])
def test_text_that_reaches_beyond_the_unit_is_refused(text: str) -> None:
    compiled = GO.compile(f"package unit\n{text}func f() {{}}\n")
    assert compiled.wasm is None and "not allowed" in compiled.diagnostics[0].message


@pytest.mark.parametrize("data", [b"", b"!<arch>\n", b"!<arch>\n" + MAGIC + b"\1" * 40, b"!<arch>\n" + MAGIC + b"\xff" * 400])
def test_broken_object_files_are_refused(data: bytes) -> None:
    with pytest.raises(WasmError):
        Symbols(data, ())


def test_imports_are_found_where_go_has_them() -> None:
    text = 'package a; import "math"\nimport (\n\tf "fmt" // "os"\n\t. `strings`; _ "bytes"\n)\n/* import "net" */\nvar s = `\nimport "time"\n`\n'
    assert imported(text) == {"math": 1, "fmt": 3, "strings": 4, "bytes": 4}
    assert GO.compile('package a\n\nimport "C"\n').diagnostics[0].line == 3


def test_a_result_with_a_name_is_a_variable() -> None:
    text = "func dot(a, b []float64) (sum float64) {\n\tfor i := range a {\n\t\tsum += a[i] * b[i]\n\t}\n\treturn\n}\n"
    (dot,) = GO.read(text)
    assert dot.signature.result == "f64" and "{ var sum float64;" in dot.text and "return sum;" in dot.text
    (steps,) = GO.read("func steps(n int) (s int) { if n < 0 { return }; s = n; return s + 1 }\n")
    assert "return int64(s )}" in steps.text and "return int64(s + 1)" in steps.text


def test_a_method_is_a_function_that_its_calls_find() -> None:
    text = "type p struct { a int32 }\nfunc (s *p) Get() int32 { return s.a }\nfunc use(s *p) int32 { return s.Get() }\n"
    found = {f.name: f for f in GO.read(text)}
    assert [c.name for c in found["use"].callees] == ["p_Get"]
    unit, _ = GO.expose(f"package a\n\n{text}", tuple(found.values()))
    assert "//export p_Get = (*p).Get()" in unit
    assert exports(unit, "unit")[0].symbol == "unit.(*p).Get"


def test_a_struct_by_value_is_a_const_pointer_to_what_the_body_copies() -> None:
    text = "type p struct { a int8; b int32 }\nfunc (s p) Add(n int8, t p) int32 { s.b += t.b; return s.b + int32(n) }\n"
    (add,) = GO.read(text)
    assert [(p.name, p.pointer, p.const) for p in add.signature.parameters] == [("s", True, True), ("n", False, False), ("t", True, True)]
    assert add.text.startswith("func p_Add(s *p, n int8, t *p) int32 { sCopy := *s; tCopy := *t; sCopy.b += tCopy.b;")
    shape = shapes(blank_go(text), "unit")["unit.p.Add"]
    assert [(s.offset, s.copied) for s in shape.parameters] == [(0, 8), (8, 0), (12, 8)] and not shape.shared
    assert shape.result is not None and shape.result.offset == 24
