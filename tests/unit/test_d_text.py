"""D without a compiler: what is read, what is written, what is refused."""

from __future__ import annotations

import pytest

from transpile.corpus import ir
from transpile.corpus.d.reader import blank
from transpile.corpus.errors import MissingCompiler
from transpile.corpus.languages import d
from transpile.corpus.languages.d import LANGUAGE, PROLOGUE
from transpile.corpus.signature import Parameter, Signature, Struct
from transpile.corpus.text import canonical_text
from transpile.serve.local_names import local_names

FILE = """\
module shapes.area; // int no(int a) { return a; }
import std.math : sqrt;
/+ nested /+ int no(int a) { +/ return a; } +/
@nogc nothrow:
struct Point { float x = 0, y; ubyte kind; }
private:
pure @safe int sum(const(int)[] values, in ubyte[] kinds, string name = "}") { int s; foreach (v; values) s += v; return s; }
extern (C) int plain(int a, const(char)* text, Point* at) { return a + text[0]; }
void grow(ref Point p, out int count, ref const double by) pure { p.x = cast(float) by; count = 3; auto q = &count; }
ulong twice(ulong a) => a * 2;
extern (C) { size_t counted(bool b) { return b; } int sliced(int[] a) { return a[0]; } }
T generic(T)(T a) { return a; }
int checked(int a) in { assert(a); } do { return a; }
int vararg(int a, ...) { return a; }
auto guessed(int a) { return a; }
class C { int method(int a) { return a; } }
version (none) { int hidden(int a) { return a; } }
unittest { assert(sum([1], [], "") == 1); }
"""


def test_functions_are_read_as_c_sees_them() -> None:
    found = {f.name: f for f in LANGUAGE.read(FILE)}
    assert list(found) == ["sum", "plain", "grow", "twice", "counted"]
    assert found["sum"].signature == Signature(
        "sum",
        (
            Parameter("values", "i32", True, True, 1), Parameter("n0", "usize"), Parameter("kinds", "u8", True, True, 3),
            Parameter("n2", "usize"), Parameter("name", "u8", True, True, 5), Parameter("n4", "usize"),
        ),
        "i32",
    )  # fmt: skip
    point = Struct("Point", (("x", "f32"), ("y", "f32"), ("kind", "u8")))
    assert found["plain"].signature == Signature(
        "plain", (Parameter("a", "i32"), Parameter("text", "u8", True, True), Parameter("at", "Point", True)), "i32", (point,)
    )
    assert found["plain"].text == "int plain(int a, const(ubyte)* text, Point* at) { return a + text[0]; }"
    assert found["twice"].text == "ulong twice(ulong a) { return a * 2; }"


def test_references_become_pointers() -> None:
    text = next(f for f in LANGUAGE.read(FILE) if f.name == "grow").text
    assert text.startswith("void grow(Point* p, int* count, const(double)* by) {\n    *count = typeof(*count).init; ")
    assert "(*p).x = cast(float) (*by); (*count) = 3; auto q = &(*count);" in text


def test_what_is_left_out_is_known() -> None:
    assert LANGUAGE.definitions(FILE) == ["sum", "plain", "grow", "twice", "counted", "sliced", "vararg", "guessed"]


def test_entries_are_what_c_links_to() -> None:
    assert [n for n in LANGUAGE.definitions(FILE) if LANGUAGE.is_entry(FILE, n)] == ["plain", "counted", "sliced"]
    assert LANGUAGE.is_entry('pragma(mangle, "sum") extern (C) int c_sum(int a) { return a; }', "sum")


def test_a_file_keeps_its_types_and_its_lines() -> None:
    unit, before = LANGUAGE.expose(FILE, LANGUAGE.read(FILE))
    assert unit.split("\n")[before + 4] == FILE.split("\n")[4]
    assert "module shapes" not in unit
    assert 'pragma(mangle, "sum") extern (C) int c_sum(const(int)* values, size_t n0, const(ubyte)* kinds' in unit
    assert "return sum(cast(const(int)[]) values[0 .. cast(size_t) n0], cast(const(ubyte)[]) kinds[0 .. cast(size_t) n2], " in unit
    assert "cast(immutable(char)[]) name[0 .. cast(size_t) n4]);" in unit
    assert "grow(*cast(Point*) p, *cast(int*) count, *cast(const(double)*) by);" in unit
    assert "c_plain" not in unit


def test_literals_and_comments_are_blanked_in_place() -> None:
    text = 'a = "x{" ~ `{"` ~ r"\\" ~ q"(" {)" ~ \'"\'; // {\n/+ { /+ +/ { +/ b; /* { */ c = q{ d };'
    code = blank(text)
    assert len(code) == len(text) and code.count("\n") == 1
    assert code.count("{") == 1 and all(word in code for word in ("a =", "b;", "c = q{ d };"))


@pytest.mark.parametrize(
    "text",
    [
        'enum x = import("/etc/passwd");', 'enum x = import /* */ ("x");', 'mixin("int x;");', "mixin (q{int x;});", "import other;",
        "import a = other.file, std.math;", "import std.math, other;", "static import std.file;", "void f() { import core.thread : Thread; }",
        "import ldc.llvmasm;", "import core.simd;", "void f() { asm { nop; } }", 'pragma(lib, "x");', "pragma (msg, 1);", "pragma(LDC_inline_ir) void g();",
        '#line 1 "x"', "enum t = __TIMESTAMP__;", "__EOF__", "\x1a",
    ],
)  # fmt: skip
def test_what_could_reach_beyond_the_text_is_refused(text: str) -> None:
    compiled = LANGUAGE.compile(f"{PROLOGUE}\n{text}\n")
    assert compiled.wasm is None
    assert compiled.diagnostics[0].line == PROLOGUE.count("\n") + 2 and "not allowed here" in compiled.diagnostics[0].message


def test_the_library_and_templates_are_not_refused() -> None:
    text = "import std.algorithm : min; import core.bitop; mixin template M() { int x; } mixin M!(); pragma(inline, true) int f() { return min(1, 2); }"
    assert not LANGUAGE.refused(PROLOGUE + text)
    # Where comments end is not to be trusted.
    assert [found.message for found in LANGUAGE.refused(PROLOGUE + text + ' // import("')] == ["not allowed here: import of a file's text"]


def test_a_missing_compiler_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(d.shutil, "which", lambda name: None)
    d.toolchain.cache_clear()
    try:
        with pytest.raises(MissingCompiler) as missing:
            LANGUAGE.version()
        assert "apt-get install ldc" in missing.value.hint
    finally:
        d.toolchain.cache_clear()


def test_errors_have_the_lines_that_they_are_about() -> None:
    stderr = (
        "unit.d:7:12: Error: undefined identifier `x`\n/usr/include/d/std/math.d:9:3: Error: no property `y`\nunit.d:11:5:        instantiated from here\n"
        "unit.d:12:1: Deprecation: old\nError: linker\n"
    )
    assert [(e.line, e.message) for e in d._diagnostics(stderr)] == [(7, "undefined identifier `x`"), (11, "no property `y`")]
    assert d._diagnostics("LLVM ERROR: out of memory\n#0 0x1\n")[0].message == "LLVM ERROR: out of memory"


def rendered(*body: ir.Stmt, parameters: tuple[Parameter, ...] = (), result: str | None = None) -> str:
    lines = LANGUAGE.render(ir.Program(ir.Function(Signature("f0", parameters, result), body))).text.split("\n")
    return "\n".join(line[4:] for line in lines[1:-1])


P0 = Parameter("p0", "u8")
BYTE, WORD = ir.Var("u8", "p0"), ir.Var("u32", "p1")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (ir.Binary("u8", "+", BYTE, ir.Const("u8", 1)), "cast(ubyte) (p0 + 1)"),
        (ir.Binary("u8", "&", BYTE, ir.Const("u8", 15)), "p0 & 15"),
        (ir.Compare("bool", "==", ir.Compare("bool", "<", BYTE, ir.Const("u8", 3)), ir.Const("bool", True)), "(p0 < 3) == true"),
        (ir.Binary("bool", "&", *(ir.Compare("bool", op, BYTE, ir.Const("u8", 3)) for op in ("<", "!="))), "(p0 < 3) & (p0 != 3)"),
        (ir.Const("u64", 1 << 40), "0x10000000000UL"),
        (ir.Const("i64", -(1 << 63)), "long.min"),
        (ir.Const("f32", float("-inf")), "-float.infinity"),
        (ir.Limit("usize", True), "size_t.max"),
        (ir.Builtin("u32", "to_bits", (ir.Var("f32", "v0"),)), "*cast(uint*) &v0"),
        (ir.Builtin("u32", "to_bits", (ir.Const("f32", 1.5),)), "((float x) => *cast(uint*) &x)(1.5f)"),
    ],
)
def test_expressions(value: ir.Expr, text: str) -> None:
    assert rendered(ir.Return(value), parameters=(P0, Parameter("p1", "u32")), result=value.type) == f"return {text};"


def test_the_library_is_imported_where_it_is_used() -> None:
    count = ir.Builtin("u32", "clz", (WORD,))
    assert rendered(ir.Return(count), parameters=(P0, Parameter("p1", "u32")), result="u32") == (
        "import core.bitop : bsr;\nreturn p1 ? 31 - bsr(p1) : 32;"
    )


def test_loops() -> None:
    stop, step = ir.Len("index", "p0"), ir.Assign(ir.Var("i32", "v0"), ir.Var("i32", "v1"), "+")
    slices = (Parameter("p0", "i32", True, True, 1), Parameter("p1", "usize"))
    each = ir.ForEach("v1", "i32", "p0", (step,), "v2", "v2")
    upward = ir.ForRange("v1", "index", ir.Const("index", 1), stop, (ir.Continue(),))
    downward = ir.ForRange("v1", "i32", ir.Const("i32", 0), ir.Const("i32", 9), (step,), reverse=True)
    closed = ir.ForRange("v1", "i32", ir.Const("i32", 0), ir.Const("i32", 9), (step,), inclusive=True)
    assert rendered(each, parameters=slices) == "foreach (v1; p0) {\n    v0 += v1;\n}"
    assert rendered(upward, parameters=slices) == "foreach (v1; 1 .. p0.length) {\n    continue;\n}"
    assert rendered(downward) == "foreach_reverse (int v1; 0 .. 9) {\n    v0 += v1;\n}"
    assert rendered(closed) == "for (int v1 = 0; v1 <= 9; v1++) {\n    v0 += v1;\n}"


def test_labels() -> None:
    inner = ir.Loop((ir.If(ir.Var("bool", "p0"), (ir.Break("l0"),)), ir.Continue("l0")), "l1")
    assert rendered(ir.While(ir.Var("bool", "p0"), (inner,), "l0")) == (
        "l0:\nwhile (p0) {\n    while (true) {\n        if (p0) {\n            break l0;\n        }\n        continue l0;\n    }\n}"
    )
    assert rendered(ir.Block("l0", (ir.Break("l0"),)), ir.Trap()) == "{\n    goto l0;\n}\nl0:\nassert(false);"


def test_arguments_carry_their_lengths() -> None:
    callee = ir.Function(Signature("c0", (Parameter("p0", "i32", True, True, 1), Parameter("p1", "usize"), Parameter("p2", "i32", True))), ())
    array = (ir.Var("array", "v0"), ir.Len("index", "v0"), ir.Part("array", "p0", ir.Const("index", 2)))
    part = (ir.Part("array", "p0", ir.Const("index", 1), rest=True), ir.Len("index", "p0"), ir.Var("array", "v0"))
    entry = ir.Function(
        Signature("f0", (Parameter("p0", "i32", True, False, 1), Parameter("p1", "usize"))),
        (ir.LetArray("v0", "i32", 4), ir.Do(ir.Call("void", "c0", array)), ir.Do(ir.Call("void", "c0", part))),
    )
    text = LANGUAGE.render(ir.Program(entry, (callee,))).text
    assert "int[4] v0;" in text and "c0(v0[], p0.ptr + 2);" in text and "c0(p0[1 .. $], v0.ptr);" in text


LAID_OUT = """\
extern (C) int f0(const(byte)* p0, S0* p1, int** p2) {
    import core.bitop : bsr, popcnt;
    int[4] v0 = [1, 2, -3, 4];
    float[16] v1 = 0;
    S0* v3 = p1;
    uint v4 = *cast(uint*) &v1[2] * -v0[1];
    uint v6 = ((float x) => *cast(uint*) &x)(1.5f);
    int v7 = v0[2] * p2[1][0] + (v4 * 3) * (v6 | ~v4) - cast(int) (v6 & 3UL);
    (*p2)++;
l0:
    foreach_reverse (size_t v8; 0 .. v0.length - 1) {
        foreach (v9, v10; v0[1 .. $]) {
            if (v10 == '\\n' || !v9) {
                break l0;
            } else if (v10 ? v9 : 3) {
                continue l0;
            }
        }
    }
    do {
        c0(p2.ptr + 2, &v7, v0[], v0[v7 .. v7 + 3]);
    } while (v7 > 3);
    for (int v11 = 0; v11 <= 9; v11++) {
        v7 -= v11;
    }
    switch (p0[1]) {
    case 1, 2, 'a':
        goto l1;
    default:
        break;
    }
l1:
    return v7;
}
"""


def test_canonical_text_is_laid_out_as_people_do() -> None:
    canonical = canonical_text(LAID_OUT.replace("extern (C) ", ""))
    laid_out = LANGUAGE.layout(LANGUAGE.tidy(canonical))
    assert [line.strip() for line in laid_out.split("\n")] == [line.strip() for line in LAID_OUT.split("\n")]
    assert "\n        foreach (v9" in laid_out and "\n    case 1" in laid_out and "\n        goto l1;" in laid_out


def test_functions_that_c_can_call_are_their_own_entry_points() -> None:
    plain = Signature("f0", (Parameter("p0", "i8", True), Parameter("p1", "u64")), "f64")
    pointed = Signature("f0", (Parameter("p0", "fn(i32)i32"),), "i32")
    given = Signature("f0", (Parameter("p0", "S0"),), None, (Struct("S0", (("m0", "i32"),)),))
    returned = Signature("f0", (), "*i32")
    sliced = Signature("f0", (Parameter("p0", "i32", True, False, 1), Parameter("p1", "usize")))
    for signature in (plain, pointed, given, returned, sliced, Signature("f0", ())):
        own = LANGUAGE.tidy(canonical_text(f"{LANGUAGE.write_header(signature)} }}")).startswith("extern")
        assert own == (LANGUAGE.write_entry(signature, always=True) == ""), signature


def test_suffixes_are_spelled_as_d_wants_them() -> None:
    text = 'long f() { return 5l + 0x1ful + cast(long) "5l".length + 1.5l; } // 5l'
    assert d._with_suffixes(text) == text.replace("return 5l", "return 5L").replace("0x1ful", "0x1fuL")


def test_loops_are_given_the_letters_that_count() -> None:
    body = "{ foreach ( v0 ; p0 ) { foreach ( v1 , v2 ; p0 ) { foreach ( size_t v3 ; 0 .. 9 ) { } } } foreach_reverse ( v4 ; 0 .. p1 ) { } }"
    assert local_names(body.split(), set()) == {"v0": "x", "v1": "i", "v3": "j", "v4": "k"}


NODE = Struct("S0", (("m0", "i32"), ("m1", "*S0"), ("m2", "[2]f32"), ("m3", "f64")))
NUMBERS = (Parameter("p2", "i32", True, False, 3), Parameter("p3", "i32"))
WALK = Signature("f0", (Parameter("p0", "S0", True), Parameter("p1", "S0", True, True), *NUMBERS), "*S0", (NODE,))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (ir.Place("*S0", ir.Var("*S0", "p0"), None, ("m1",)), "p0.m1"),
        (ir.Place("*S0", ir.Var("*S0", "p1"), None, ("m1",)), "cast(S0*) p1.m1"),  # const reaches through pointers
        (ir.Var("*S0", "p0"), "p0"),
        (ir.Var("*S0", "p1"), "cast(S0*) p1"),
        (ir.AddressOf("*S0", ir.Place("S0", ir.Var("*S0", "p0"), ir.Const("i32", -1))), "p0 - 1"),
        (ir.PointerCast("*S0", ir.ArrayPointer("*i32", "p2")), "cast(S0*) p2.ptr"),
        (ir.Null("*S0"), "null"),
    ],
)
def test_pointers(value: ir.Expr, text: str) -> None:
    program = ir.Program(ir.Function(WALK, (ir.If(ir.Not("bool", ir.IsNull("bool", ir.Var("*S0", "p0"))), (ir.Return(value),)),)))
    assert LANGUAGE.render(program).text == f"{LANGUAGE.write_header(WALK)}\n    if (p0 != null) {{\n        return {text};\n    }}\n}}"


def test_what_a_struct_holds_begins_as_zero() -> None:
    assert LANGUAGE.write_struct(NODE) == "struct S0 {\n    int m0;\n    S0* m1;\n    float[2] m2 = 0;\n    double m3 = 0;\n}"


def test_a_name_of_the_library_is_a_name_like_any() -> None:
    assert not {"length", "ptr", "floor", "sin", "max"} & LANGUAGE.keywords
