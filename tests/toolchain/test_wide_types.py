"""The judge drives functions of all kinds of types: a right and a subtly wrong translation of each, and what the counterexample says."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from transpile.corpus.language import language
from transpile.corpus.signature import Parameter, Signature, Struct
from transpile.verify.judge import Jury
from transpile.verify.layout import Field
from transpile.verify.load import read_pairs
from transpile.verify.reference import study
from transpile.verify.types import Executable

NODE = Struct("Node", (("value", "i32"), ("next", "*Node")))
TREE = Struct("Tree", (("key", "i32"), ("left", "*Tree"), ("right", "*Tree")))
VECTOR = Struct("Vector", (("data", "*i32"), ("len", "i32")), (("data", "len"),))
POINT = Struct("Point", (("x", "f64"), ("y", "i32")))
BUFFER = Struct("Buffer", (("name", "[16]i8"), ("items", "[8]i32"), ("n", "i32")))
ONE = Struct("One", (("v", "f32"),))
OUT = Struct("Out", (("a", "i8"), ("p", "Point"), ("w", "[2]One")))
ENTRY = Struct("Entry", (("key", "*const i8"), ("value", "i32")))
VISITOR = Struct("Visitor", (("visit", "fn(*void,i32)i32"), ("context", "*void")))
C = {
    NODE: "struct Node { int value; struct Node *next; };",
    TREE: "struct Tree { int key; struct Tree *left, *right; };",
    VECTOR: "struct Vector { int *data; int len; };",
    POINT: "struct Point { double x; int y; };",
    BUFFER: "struct Buffer { char name[16]; int items[8]; int n; };",
    ONE: "struct One { float v; };",
    OUT: "struct Out { char a; struct Point p; struct One w[2]; };",
    ENTRY: "struct Entry { const char *key; int value; };",
    VISITOR: "struct Visitor { int (*visit)(void *, int); void *context; };",
}


class Case(NamedTuple):
    """`head` and `body` of a function; in the wrong one `change[0]` is `change[1]`. `shown`: a part of the counterexample."""

    signature: Signature
    head: str
    body: str
    change: tuple[str, str]
    shown: str


def case(parameters: list[Parameter], result: str | None, structs: list[Struct], head: str, body: str, wrong: tuple[str, str], shown: str = "") -> Case:
    return Case(Signature("f", tuple(parameters), result, tuple(structs)), head, body, wrong, shown)


P = Parameter
CASES = {
    "length of a list": case(
        [P("head", "Node", True, True)], "i32", [NODE], "int f(const struct Node *p)",
        "int n = 0; while (p) { n++; p = p->next; } return n;", ("while (p)", "while (p && p->next)"), "next: null"),
    "a list reversed": case(
        [P("head", "Node", True)], "*Node", [NODE], "struct Node *f(struct Node *h)",
        "struct Node *p = 0; while (h) { struct Node *n = h->next; h->next = p; p = h; h = n; } return p;", ("h->next = p; p", "p"), "leaves head = {value"),
    "sum of a vector": case(
        [P("v", "Vector", True)], "i32", [VECTOR], "int f(struct Vector *v)",
        "int s = 0; for (int i = 0; i < v->len; i++) s += v->data[i]; return s;", ("v->len;", "v->len - 1;"), "f(&{data: ["),
    "the longest string": case(
        [P("words", "*const i8", True, True, 1), P("n", "i32")], "*const i8", [], "const char *f(const char *const *w, int n)",
        "const char *b = 0; int m = -1; for (int i = 0; i < n; i++) { int k = strlen(w[i]); if (k > m) { m = k; b = w[i]; } } return b;",
        ("k > m", "k >= m"), '"'),
    "strings counted": case(
        [P("argv", "*i8", True)], "i32", [], "int f(char **a)",
        "int n = 0; while (a[n]) n++; return n;", ("return n;", "return n > 4 ? 4 : n;"), ", null])"),
    "strings joined": case(
        [P("to", "i8", True), P("words", "*i8", True, True, 2), P("n", "i32")], None, [], "void f(char *to, char *const *w, int n)",
        "for (int i = 0; i < n; i++) { for (const char *s = w[i]; *s; s++) *to++ = *s; *to++ = ','; } *to = 0;",
        ("*to++ = ','", "if (i + 1 < n) *to++ = ','"), "leaves to ="),
    "a matrix": case(
        [P("m", "*i32", True, False, 1), P("n", "i32"), P("columns", "i32")], "i32", [], "int f(int **m, int n, int c)",
        "int s = 0; for (int i = 0; i < n; i++) for (int j = 0; j < c; j++) s += m[i][j]; return s;", ("m[i][j]", "m[i][i]"), "f([["),
    "sorting by a comparison": case(
        [P("a", "i32", True, False, 1), P("n", "i32"), P("less", "fn(i32,i32)i32")], None, [], "void f(int *a, int n, int (*less)(int, int))",
        "for (int i = 1; i < n; i++) { int x = a[i], j = i; while (j > 0 && less(x, a[j - 1]) < 0) { a[j] = a[j - 1]; j--; } a[j] = x; }",
        ("< 0)", "<= 0)"), "<"),
    "sorting bytes by a comparison": case(
        [P("base", "void", True), P("n", "usize"), P("size", "usize"), P("compare", "fn(*const void,*const void)i32")], None, [],
        "void f(void *base, size_t n, size_t s, int (*c)(const void *, const void *))",
        "char *a = base; for (size_t i = 1; i < n; i++) for (size_t j = i; j > 0 && c(a + (j - 1) * s, a + j * s) > 0; j--)"
        " for (size_t k = 0; k < s; k++) { char t = a[j * s + k]; a[j * s + k] = a[(j - 1) * s + k]; a[(j - 1) * s + k] = t; }",
        ("(j - 1) * s + k] = t", "(j - 1) * s + (k & 7)] = t"), "base"),
    "order of calls": case(
        [P("x", "i32"), P("g", "fn(i32)i32")], "i32", [], "int f(int x, int (*g)(int))",
        "int a = g(x); int b = g(x + 1); return a + b;", ("int a = g(x); int b = g(x + 1);", "int b = g(x + 1); int a = g(x);"), " calls <"),
    "a callback in a struct": case(
        [P("v", "Visitor", True, True), P("n", "i32")], "i32", [VISITOR], "int f(const struct Visitor *v, int n)",
        "int s = 0; for (int i = 0; i < (n & 7); i++) s += v->visit(v->context, i); return s;", ("context, i)", "context, i & 3)"), "visit: <"),
    "a struct by value": case(
        [P("p", "Point"), P("k", "i32")], "Point", [POINT], "struct Point f(struct Point p, int k)",
        "p.x *= k; p.y += k; return p;", ("+= k", "+= k & 0xffff"), "= {x: "),
    "a struct of one number": case(
        [P("w", "One")], "One", [ONE], "struct One f(struct One w)", "w.v *= 2; return w;", ("return w;", "if (w.v == 6) w.v = 7; return w;"), "f({v: 3.0})"),
    "a nested struct": case(
        [P("x", "i32")], "Out", [POINT, ONE, OUT], "struct Out f(int x)",
        "struct Out o; o.a = x; o.p.x = x; o.p.y = x + 1; o.w[0].v = 1; o.w[1].v = x; return o;",
        ("return o;", "if (x == 1000) o.p.y = 5; return o;"), "p: {x: 1000.0, y: 5}"),
    "arrays in a struct": case(
        [P("b", "Buffer", True)], "i32", [BUFFER], "int f(struct Buffer *b)",
        "if (b->n < 0 || b->n > 8) return -1; int s = 0; for (int i = 0; i < b->n; i++) s += b->items[i]; return b->name[0] == 'x' ? -s : s;",
        ("i < b->n", "i < b->n && i < 7"), "items: ["),
    "a table of structs": case(
        [P("table", "Entry", True, True, 1), P("n", "i32"), P("key", "i8", True, True)], "*const Entry", [ENTRY],
        "const struct Entry *f(const struct Entry *t, int n, const char *key)",
        "for (int i = 0; i < n; i++) { const char *a = t[i].key, *b = key; while (*a && *a == *b) a++, b++; if (*a == *b) return t + i; } return 0;",
        ("if (*a == *b)", "if (!*a)"), "<table"),
    "a search tree": case(
        [P("t", "Tree", True), P("k", "i32")], "*Tree", [TREE], "struct Tree *f(struct Tree *t, int k)",
        "while (t && t->key != k) t = k < t->key ? t->left : t->right; return t;", ("t->left : t->right", "t->left : t->left ? t->right : 0"), "right"),
    "a pointer into the argument": case(
        [P("s", "i8", True, True), P("c", "i32")], "*const i8", [], "const char *f(const char *s, int c)",
        "const char *r = 0; for (; *s; s++) if (!r && *s == (char)c) r = s; return r;", ("!r && ", ""), "= <s"),
    "text of its own": case(
        [P("k", "i32")], "*const i8", [], "const char *f(int k)",
        'switch (k) { case 0: return "zero"; case 1: return "one"; case 7: return 0; default: return "many"; }', ('"one"', '"One"'),
        'f(1) = "one", candidate "One"'),
    "bytes copied": case(
        [P("d", "void", True), P("s", "void", True, True), P("n", "usize")], "*void", [], "void *f(void *d, const void *s, size_t n)",
        "char *a = d; const char *b = s; while (n--) *a++ = *b++; return d;", ("n--", "n-- > 1"), "leaves d"),
}  # fmt: skip


def executable(one: Case, level: str, wrong: bool = False) -> Executable:
    assert one.change[0] in one.body
    body = one.body.replace(*one.change) if wrong else one.body
    structs = "\n".join(C[s] for s in one.signature.structs)
    tongue = language("c")
    compiled = tongue.compile(f"{tongue.prologue}{structs}\n{one.head} {{ {body} }}\n", level=level)
    assert compiled.wasm is not None, compiled.diagnostics
    return Executable(compiled.wasm, "f")


@pytest.mark.parametrize("name", CASES)
def test_a_right_translation_is_accepted_and_a_wrong_one_is_not(name: str) -> None:
    one = CASES[name]
    jury = Jury(executable(one, "0"), one.signature)
    right = jury.judge(executable(one, "2"))
    assert right.verified, (right.evidence, right.detail)
    wrong = jury.judge(executable(one, "2", wrong=True))
    assert wrong.status == "mismatch" and wrong.counterexample is not None, wrong.evidence
    assert one.shown in wrong.counterexample.text


def test_what_cannot_be_driven_is_said() -> None:
    huge = Struct("Huge", (("bytes", "[100000]u8"),))
    signature = Signature("f", (Parameter("p", "Huge", pointer=True),), "i32", (huge,))
    compiled = language("c").compile("int f(unsigned char *p) { return p[0]; }")
    assert compiled.wasm is not None
    verdict = Jury(Executable(compiled.wasm, "f"), signature).judge(Executable(compiled.wasm, "f"))
    assert verdict.status == "inconclusive" and "100000 bytes" in verdict.detail


SOURCE = """
struct node { int value; struct node *next; };
typedef struct { double x, y; } point;
int total(const struct node *p) { int s = 0; while (p) { s += p->value; p = p->next; } return s; }
point add(point a, point b) { point r = { a.x + b.x, a.y + b.y }; return r; }
int apply(int (*f)(int, int), int a, int b) { return f(a, b) + f(b, a); }
"""
TRANSLATIONS = {
    "lib.rs": """
#[repr(C)] pub struct Node { value: i32, next: *const Node }
#[repr(C)] #[derive(Clone, Copy)] pub struct Point { x: f64, y: f64 }
#[no_mangle] pub unsafe extern "C" fn total(mut p: *const Node) -> i32 {
    let mut s = 0i32;
    while !p.is_null() { s = s.wrapping_add((*p).value); p = (*p).next; }
    s
}
#[no_mangle] pub extern "C" fn add(a: Point, b: Point) -> Point { Point { x: a.x + b.x, y: a.y + WRONG } }
#[no_mangle] pub extern "C" fn apply(f: extern "C" fn(i32, i32) -> i32, a: i32, b: i32) -> i32 { let x = f(a, b); x.wrapping_add(f(b, a)) }
""".replace("WRONG", "b.x"),
    "lib.zig": """
const Node = extern struct { value: i32, next: ?*const Node };
const Point = extern struct { x: f64, y: f64 };
export fn total(start: ?*const Node) i32 {
    var p = start;
    var s: i32 = 0;
    while (p) |q| { s +%= q.value; p = q.next; }
    return s;
}
export fn add(a: Point, b: Point) Point { return .{ .x = a.x + b.x, .y = a.y + b.y }; }
export fn apply(f: *const fn (i32, i32) callconv(.c) i32, a: i32, b: i32) i32 { const x = f(b, a); return f(a, b) +% x; }
""",
}


@pytest.mark.parametrize(("file", "wrong"), [("lib.rs", "add"), ("lib.zig", "apply")])
def test_translations_into_other_languages_are_called_by_the_types_of_c(file: str, wrong: str, tmp_path: Path) -> None:
    (tmp_path / "lib.c").write_text(SOURCE)
    (tmp_path / file).write_text(TRANSLATIONS[file])
    pairs, missing = read_pairs(tmp_path / "lib.c", tmp_path / file)
    assert pairs.keys() == {"total", "add", "apply"} and not missing
    for name, pair in pairs.items():
        assert pair.translated is not None, pair.problem
        verdict = Jury(pair.original, pair.signature).judge(pair.translated)
        assert verdict.verified == (name != wrong), (name, verdict.evidence)


LENGTHS = """
struct vec { int32_t *m0; uint32_t m1, m2; };
int32_t total(const struct vec *v) { int32_t s = 0; for (uint32_t i = 0; i < v->m1; i++) s += v->m0[i]; return s; }
int32_t push(struct vec *v, int32_t x) { if (v->m1 >= v->m2) return -1; v->m0[v->m1++] = x; return 0; }
struct str { char *m0; int32_t m1; };
struct line { struct str m0; int32_t m1; };
int32_t spaces(const struct line *l) { int32_t c = l->m1; for (int32_t i = 0; i < l->m0.m1; i++) c += l->m0.m0[i] == ' '; return c; }
"""
VEC = Struct("vec", (("m0", "*i32"), ("m1", "u32"), ("m2", "u32")))
LINE = (Struct("str", (("m0", "*i8"), ("m1", "i32"))), Struct("line", (("m0", "str"), ("m1", "i32"))))


@pytest.mark.parametrize(
    ("signature", "length"),
    [
        (Signature("total", (Parameter("v", "vec", True, True),), "i32", (VEC,)), 4),
        (Signature("push", (Parameter("v", "vec", True), Parameter("x", "i32")), "i32", (VEC,)), 8),
        (Signature("spaces", (Parameter("l", "line", True, True),), "i32", LINE), 4),
    ],
    ids=["length", "capacity", "nested"],
)
def test_lengths_in_structs_are_found_by_what_the_code_does(signature: Signature, length: int) -> None:
    """Nothing in a name tells them: the original strays where they say more than there is."""
    wasm = language("c").compile("#include <stdint.h>\n" + LENGTHS).wasm
    assert wasm is not None
    reference = study(Executable(wasm, signature.name), signature)
    assert [tied.offset for _, tied in reference.layout.guessed] == [length]
    assert reference.set_aside < 100 and reference.coverage == 1.0
    vectors, slot = reference.vectors, reference.layout.slots[0]
    pointers, lengths = (vectors.layout.columns(vectors.arenas, slot, Field("u32", at))[:, 0] for at in (0, length))
    assert (lengths == 0).any() and (lengths[pointers == 0] == 0).any() and len(np.unique(lengths)) > 20
