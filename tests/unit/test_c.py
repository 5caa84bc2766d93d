"""C and C++ without a compiler: reading signatures, writing what they determine, rendering programs."""

from __future__ import annotations

import pytest

from transpile.corpus import ir
from transpile.corpus.language import language
from transpile.corpus.languages.c import LANGUAGE as C
from transpile.corpus.languages.cpp import LANGUAGE as CPP
from transpile.corpus.signature import Parameter, Signature, Struct


def signature_of(text: str, language=C) -> Signature:
    (function,) = language.read(text)
    return function.signature


def lengths(head: str) -> list[int | None]:
    return [p.length for p in signature_of(f"int f({head}) {{ return 0; }}").parameters]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("const int *a, int n", [1, None]),
        ("int *dst, const int *src, size_t len", [2, 2, None]),
        ("const int *a, int na, const int *b, int nb", [1, None, 3, None]),
        ("const int *a, int target, unsigned count", [2, None, None]),
        ("const char *s", [None]),
        ("const int *a, int n, int *out", [1, None, None]),
        ("const int *a, int m, const int *b, int n", [1, None, 3, None]),
        ("const int *a, int m, int n", [2, None, None]),
        ("const uint8_t *data, size_t data_len, int n_rows", [1, None, None]),
        ("const int *a, int x", [None, None]),
        ("int n, const int *a", [None, None]),
        ("const int a[], int n", [1, None]),
        ("const float *x, float n", [None, None]),
    ],
)
def test_lengths_by_name(head: str, expected: list[int | None]) -> None:
    assert lengths(head) == expected


@pytest.mark.parametrize(
    ("written", "type_"),
    [
        ("int", "i32"), ("unsigned", "u32"), ("unsigned int", "u32"), ("long", "i32"), ("long long", "i64"),
        ("unsigned long long int", "u64"),
        ("long unsigned", "u32"), ("char", "i8"), ("signed char", "i8"),
        ("unsigned char", "u8"), ("short int", "i16"), ("uint16_t", "u16"),
        ("size_t", "usize"), ("bool", "bool"), ("_Bool", "bool"), ("float", "f32"), ("double", "f64"), ("byte_t", "u8"),
    ],
)  # fmt: skip
def test_scalar_types(written: str, type_: str) -> None:
    signature = signature_of(f"typedef unsigned char byte_t;\n{written} f({written} x, const {written} *y) {{ return x; }}")
    assert signature.result == type_
    assert signature.parameters == (Parameter("x", type_), Parameter("y", type_, True, True))


@pytest.mark.parametrize(
    "text",
    [
        "int f(int x, ...) { return x; }", "int f(a) int a; { return a; }", "int f(long double x) { return 0; }",
        "struct s { int n; int rest[]; }; int f(struct s *v) { return 0; }",
        "struct s { char a; int b; } __attribute__((packed)); int f(struct s *v) { return 0; }", "int f(struct unknown p) { return 0; }",
        "#pragma pack(1)\nstruct s { char a; int b; };\n#pragma pack()\nint f(struct s *v) { return 0; }", "int f(unknown_t x) { return 0; }",
        "int f(int a[][n]) { return 0; }", "int (*f(int x))(int) { return 0; }", "int f(void (*g)(int, ...)) { return 0; }",
        "int f(int x) {\n#ifdef A\n x++;\n#endif\n return x; }", "int f(int x) { return x;",
        "int f(int x);", "/* int f(int x) { return x; } */", "int t[] = { 1, 2 };", "",
    ],
)  # fmt: skip
def test_what_no_signature_can_say_is_left_out(text: str) -> None:
    assert C.read(text) == []


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("char *f(char *s) { return s; }", Signature("f", (Parameter("s", "i8", True),), "*i8")),
        ("int f(int (*g)(int), void (*h)(void)) { return g(1); }", Signature("f", (Parameter("g", "fn(i32)i32"), Parameter("h", "fn()")), "i32")),
        ("int f(int **p, const char *const *q, char *r[]) { return **p; }",
         Signature("f", (Parameter("p", "*i32", True), Parameter("q", "*const i8", True, True), Parameter("r", "*i8", True)), "i32")),
        ("void *f(void *p, const void *q, size_t n, void *r) { return p; }",
         Signature("f", (Parameter("p", "u8", True, False, 2), Parameter("q", "u8", True, True, 2), Parameter("n", "usize"), Parameter("r", "void", True)),
                   "*void")),
        ("int f(const int a[2][3]) { return 0; }", Signature("f", (Parameter("a", "[3]i32", True, True),), "i32")),
        ("struct s { int x; }; struct s f(struct s v) { return v; }", Signature("f", (Parameter("v", "s"),), "s", (Struct("s", (("x", "i32"),)),))),
        ("enum { N = 4 };\n#define M (N * 2)\ntypedef struct { double a[M], b; char *t[N][2]; } box;\nvoid f(box *v) {}",
         Signature("f", (Parameter("v", "box", True),), None, (Struct("box", (("a", "[8]f64"), ("b", "f64"), ("t", "[4][2]*i8"))),))),
        ("typedef struct node *list; struct node { int v; list next; struct tree *t; }; struct tree { struct node n; FILE *f; }; list f(list l) { return l; }",
         Signature("f", (Parameter("l", "node", True),), "*node", (
             Struct("node", (("v", "i32"), ("next", "*node"), ("t", "*tree"))), Struct("tree", (("n", "node"), ("f", "*void")))))),
        ("typedef int (*compare_t)(const void *, const void *); typedef int word; struct v { const word *data; size_t len; char *name; compare_t by; };"
         " word f(struct v *v, compare_t c) { return 0; }",
         Signature("f", (Parameter("v", "v", True), Parameter("c", "fn(*const void,*const void)i32")), "i32", (
             Struct("v", (("data", "*const i32"), ("len", "usize"), ("name", "*i8"), ("by", "fn(*const void,*const void)i32")), (("data", "len"),)),))),
        ("union u { int a; short b; }; struct s { union u *u; int x; }; int f(struct s *v) { return 0; }",
         Signature("f", (Parameter("v", "s", True),), "i32", (
             Struct("s", (("u", "*union_u"), ("x", "i32"))), Struct("union_u", (("a_b", "[2]u16"),), align=4)))),
        ("int f(struct unknown *p) { return 0; }", Signature("f", (Parameter("p", "void", True),), "i32")),
    ],
)  # fmt: skip
def test_wide_types(text: str, signature: Signature) -> None:
    (found,) = C.read(text)
    assert found.signature == signature


def test_typedefs_of_pointers_and_functions_are_put_into_the_text() -> None:
    text = "typedef struct node { struct node *next; } node, *list;\ntypedef int (*fn)(list, int[2]);\n"
    text += "list f(list a, fn g) { list p = a, q; node n; return q; }"
    (found,) = C.read(text)
    pointer = "__typeof__(struct node *)"
    assert found.text == (
        f"{pointer} f({pointer} a, __typeof__(int ( * ) ( {pointer} , int [ 2 ] )) g) {{ {pointer} p = a, q; struct node n; return q; }}"
    )


def test_cpp_reads_structs_by_their_bare_names() -> None:
    (found,) = language("cpp").read("struct P { int *data; int len; };\nint f(const P *p, P q) { return p->len; }\nint g(P &p) { return 0; }")
    assert found.signature.parameters == (Parameter("p", "P", True, True), Parameter("q", "P"))
    assert found.signature.structs == (Struct("P", (("data", "*i32"), ("len", "i32")), (("data", "len"),)),)


def test_what_is_left_out_leaves_its_neighbours() -> None:
    text = "int a(b) int b; { return b; }\nenum { X };\nint t[] = { 1 };\nint (*g)(int);\nint last(int x) { return x; }"
    assert [f.name for f in C.read(text)] == ["last"]


def test_text_is_cut_out_and_stands_alone() -> None:
    text = """
#define LIMIT (4 * SCALE)
#define SCALE 2
#define BOTH (SCALE + 1) /* macros of macros */
typedef struct { int x, y; } Point;
enum { RED, GREEN = 5, BLUE };
static inline __attribute__((noinline)) int helper(int v) { return v + BLUE; }
static int sum(const Point *p, int n) {
    // a { comment
    int s = '}' + BOTH; /* kept */
    for (int i = 0; i < n; i++) s += helper(p[i].x);
    return s;
}
"""
    helper, total = C.read(text)
    assert helper.text == "int helper(int v) { return v + 6; }"
    assert total.text.startswith("int sum(const struct Point *p, int n) {\n    // a { comment\n    int s = '}' + (2 + 1); /* kept */")
    assert total.callees == (helper,)
    assert total.signature.structs == (Struct("Point", (("x", "i32"), ("y", "i32"))),)
    assert total.signature.parameters[0] == Parameter("p", "Point", True, True, 1)


def test_functions_that_call_themselves_or_each_other() -> None:
    text = "int b(int);\nint a(int x) { return x ? b(x - 1) + a(0) : 0; }\nint b(int x) { return a(x); }"
    a, b = C.read(text)
    assert [c.name for c in a.callees] == ["b"]
    assert [c.name for c in b.callees] == ["a"]


def test_cpp_reads_its_c() -> None:
    text = """
#include <cstdint>
struct P { int x; };
extern "C" {
int first(const P *p, std::size_t n) noexcept { return n ? p[n - 1].x : 0; }
}
namespace inner { int hidden(int x) { return x; } }
template <typename T> T any(T x) { return x; }
int by_reference(int &x) { return x; }
int defaulted(int x = 3) { return x; }
[[nodiscard]] static constexpr int last(int x) { return static_cast<int>(x); }
"""
    first, last = CPP.read(text)
    assert first.signature.parameters == (Parameter("p", "P", True, True, 1), Parameter("n", "usize"))
    assert first.text == "int first(const P *p, size_t n) { return n ? p[n - 1].x : 0; }"
    assert last.text == "int last(int x) { return static_cast<int>(x); }"


SIGNATURE = Signature(
    "f0",
    (Parameter("p0", "S0", True, True, 1), Parameter("p1", "usize"), Parameter("p2", "u8", True), Parameter("p3", "bool")),
    "f32",
    (Struct("S0", (("m0", "i64"), ("m1", "f64"))),),
)


def test_headers() -> None:
    assert C.write_header(SIGNATURE) == "float f0(const struct S0 *p0, size_t p1, uint8_t *p2, bool p3) {"
    assert CPP.write_header(SIGNATURE) == "float f0(const S0 *p0, size_t p1, uint8_t *p2, bool p3) {"
    assert C.write_struct(SIGNATURE.structs[0]) == "struct S0 {\n    int64_t m0;\n    double m1;\n};"
    assert C.write_prototype(Signature("c0", ())) == "void c0(void);"
    assert CPP.write_prototype(Signature("c0", ())) == "void c0();"
    assert C.write_prelude(SIGNATURE, [Signature("c0", (), "i32")]).endswith("};\nint32_t c0(void);\n" + C.write_header(SIGNATURE))


@pytest.mark.parametrize("language", [C, CPP])
def test_reading_what_was_written(language) -> None:
    text = f"{language.write_struct(SIGNATURE.structs[0])}\n{language.write_header(SIGNATURE)} return 0; }}"
    read = signature_of(text, language)
    expected = [(p.name, p.type, p.pointer, p.const) for p in SIGNATURE.parameters]
    assert [(p.name, p.type, p.pointer, p.const) for p in read.parameters] == expected
    assert (read.result, read.structs) == (SIGNATURE.result, SIGNATURE.structs)


def returned(e: ir.Expr, language=C, length_type: str = "i32") -> str:
    parameters = (
        Parameter("p0", "i32", True, True, 1), Parameter("p1", length_type), Parameter("p2", "u8"), Parameter("p3", "u32"),
        Parameter("p4", "i64"), Parameter("p5", "i32", True),
    )  # fmt: skip
    function = ir.Function(Signature("f0", parameters, e.type if e.type != "index" else length_type), (ir.Return(e),), length_type)
    lines = language.render(ir.Program(function)).text.split("\n")
    assert lines[0].endswith("{") and lines[-1] == "}"
    return lines[1].strip().removeprefix("return ").removesuffix(";")


def const(type_: str, value: int, char: bool = False) -> ir.Const:
    return ir.Const(type_, value, char)


def var(type_: str, name: str) -> ir.Var:
    return ir.Var(type_, name)


U8, U32, I64 = var("u8", "p2"), var("u32", "p3"), var("i64", "p4")


@pytest.mark.parametrize(
    ("e", "text"),
    [
        (ir.Binary("u8", "+", U8, const("u8", 1)), "p2 + 1"),
        (ir.Binary("u8", ">>", ir.Binary("u8", "+", U8, const("u8", 1)), const("u8", 1)), "(uint8_t)(p2 + 1) >> 1"),
        (ir.Compare("bool", "<", ir.Binary("u8", "-", U8, const("u8", 48, True)), const("u8", 10)), "(uint8_t)(p2 - '0') < 10"),
        (ir.Binary("i64", "+", I64, ir.Cast("i64", U8)), "p4 + p2"),
        (ir.Binary("i64", "*", ir.Cast("i64", U8), ir.Cast("i64", U32)), "(int64_t)p2 * p3"),
        (ir.Binary("u32", "<<", const("u32", 1), U8), "1u << p2"),
        (ir.Binary("u32", "*", U32, const("u32", 0x9E3779B9)), "p3 * 0x9e3779b9u"),
        (const("i32", -(2**31)), "INT32_MIN"),
        (ir.Binary("u32", "|", ir.Binary("u32", "<<", U32, const("u32", 3)), const("u32", 1)), "(p3 << 3) | 1"),
        (ir.Builtin("u32", "rotl", (U32, const("u32", 5))), "(p3 << 5) | (p3 >> 27)"),
        (ir.Builtin("u32", "clz", (U32,)), "p3 ? __builtin_clz(p3) : 32"),
        (ir.Builtin("i64", "max", (I64, const("i64", 0))), "p4 > 0 ? p4 : 0"),
        (ir.Builtin("i64", "abs", (I64,)), "p4 < 0 ? -p4 : p4"),
        (ir.Index("i32", "p0", ir.Binary("index", "-", ir.Len("index", "p0"), const("index", 1))), "p0[p1 - 1]"),
        (ir.Index("i32", "p5", const("index", 0)), "*p5"),
        (ir.Unary("i64", "-", ir.Unary("i64", "-", I64)), "-(-p4)"),
        (ir.Binary("i64", "-", I64, ir.Binary("i64", "-", I64, const("i64", 1))), "p4 - (p4 - 1)"),
        (ir.Const("f32", 0.1), "0.1f"),
        (ir.Const("f64", 3.0), "3.0"),
        (
            ir.Logic("bool", "or", ir.Logic("bool", "and", var("bool", "v0"), var("bool", "v1")), ir.Not("bool", var("bool", "v2"))),
            "(v0 && v1) || !v2",
        ),
    ],
)
def test_expressions(e: ir.Expr, text: str) -> None:
    assert returned(e) == text


def test_cpp_casts_by_name() -> None:
    assert returned(ir.Cast("u8", U32), CPP) == "static_cast<uint8_t>(p3)"


def test_loops_and_branches() -> None:
    v0, i = var("i64", "v0"), var("index", "v1")
    element = ir.Cast("i64", ir.Index("i32", "p0", i))
    body = (
        ir.Let("v0", "i64", const("i64", 0)),
        ir.ForRange("v1", "index", const("index", 0), ir.Len("index", "p0"), (ir.Assign(v0, element, "+"),)),
        ir.If(
            ir.Compare("bool", "<", v0, const("i64", 0)),
            (ir.Return(const("i64", -1)),),
            (
                ir.If(
                    ir.Compare("bool", "!=", ir.Binary("i64", "&", v0, const("i64", 1)), const("i64", 0)),
                    (ir.Assign(v0, const("i64", 1), "+"),),
                ),
            ),
        ),
        ir.Return(v0),
    )
    signature = Signature("f0", (Parameter("p0", "i32", True, True, 1), Parameter("p1", "usize")), "i64")
    assert C.render(ir.Program(ir.Function(signature, body, "usize"))).text == (
        "int64_t f0(const int32_t *p0, size_t p1) {\n"
        "    int64_t v0 = 0;\n"
        "    for (size_t v1 = 0; v1 < p1; v1++) {\n"
        "        v0 += p0[v1];\n"
        "    }\n"
        "    if (v0 < 0) {\n"
        "        return -1;\n"
        "    } else if (v0 & 1) {\n"
        "        v0++;\n"
        "    }\n"
        "    return v0;\n"
        "}"
    )


def test_definitions_names_what_the_reader_leaves_out():
    text = """
    #define SQUARE(x) ((x) * (x))
    typedef struct { int data; int rest[]; } box_t;
    int plain(int a) { if (a) { return 1; } return SQUARE(a); }
    static int table[] = { 1, 2 };
    int boxed(const box_t *box) { while (box->data) { } return 0; }
    int declared(int a);
    """
    found = language("c").definitions(text)
    assert found == ["plain", "boxed"]
    assert [f.name for f in language("c").read(text)] == ["plain"]
    assert language("cpp").definitions('extern "C" { int a(void) { return 1; } } namespace n { int b() { return 2; } }') == ["a", "b"]
    assert language("rust").definitions("pub fn a(x: &[u8]) -> u8 { x[0] }\nimpl S { fn inner() {} }\nfn b() {}") == ["a", "S_inner", "b"]


def test_library_functions_come_with_the_file_that_calls_them(tmp_path):
    text = '#include <ctype.h>\nint mine(int c) { return isalnum(c); }\n'
    gathered, numbers = language("c").gather(text, tmp_path)
    assert [f.name for f in language("c").read(gathered)] == ["isdigit", "isalpha", "isalnum", "mine"]
    assert len(numbers) == gathered.count("\n") + 1
    assert numbers[gathered.split("\n").index("int mine(int c) { return isalnum(c); }")] == 2
    own = '#include <ctype.h>\nint isdigit(int c) { return c == 48; }\nint mine(int c) { return isdigit(c); }\n'
    assert language("c").gather(own, tmp_path)[0] == own.rstrip("\n") + "\n"


def test_a_macro_that_doubles_itself_is_not_expanded():
    lines = ["#define A0 1 +"] + [f"#define A{i} " + " ".join([f"A{i - 1}"] * 16) for i in range(1, 10)]
    text = "\n".join([*lines, "int f(int a) { return a; }"])
    assert [f.name for f in language("c").read(text)] == ["f"]
