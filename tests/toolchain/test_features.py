"""Features of C and C++ that ordinary programs have, each in a few lines, through `transpile` with the rules alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from translations import translated, unverified

from transpile.corpus.language import language
from transpile.serve.output import as_json
from transpile.verify.judge import judge
from transpile.verify.load import read_pairs

ALIASED = """
#include <stddef.h>
#include <stdint.h>
typedef struct { int x, y, z; } V;
size_t rle(const uint8_t *src, size_t n, uint8_t *dst) {
    size_t o = 0;
    for (size_t i = 0; i < n;) {
        size_t j = i;
        while (j < n && src[j] == src[i] && j - i < 255) j++;
        dst[o++] = (uint8_t)(j - i);
        dst[o++] = src[i];
        i = j;
    }
    return o;
}
void cross(const V *a, const V *b, V *out) {
    out->x = a->y * b->z - a->z * b->y;
    out->y = a->z * b->x - a->x * b->z;
    out->z = a->x * b->y - a->y * b->x;
}
void twice(V *a) { V b = {1, 2, 3}; cross(a, &b, a); cross(a, &b, a); }
size_t squeeze(const uint8_t *src, size_t n, uint8_t *dst, uint8_t *tmp) { return rle(tmp, rle(src, n, tmp), dst); }
int sum(const int *a, int n) { int s = 0; for (int i = 0; i < n; i++) s += a[i]; return s; }
"""


def test_what_may_overlap_is_written_with_raw_pointers(tmp_path: Path) -> None:
    """Rust's slices and references promise that nothing else leads there; where C leaves it open, only pointers tell no lie."""
    found, file = translated(tmp_path, ALIASED)
    assert not unverified(found)
    assert "fn rle(src: *const u8, n: usize, dst: *mut u8)" in file
    assert "fn sum(a: &[i32])" in file


POINTED = """
#include <stddef.h>
static int add(int a, int b) { return a + b; }
static int sub(int a, int b) { return a - b; }
static int by_desc(int a, int b) { return a > b; }
static int by_asc(int a, int b) { return a < b; }
static int (*const ops[])(int, int) = {add, sub};
int apply(unsigned k, int a, int b) { return k < 2 ? ops[k](a, b) : -1; }
void sort_ints(int *a, int n, int (*less)(int, int)) {
    for (int i = 1; i < n; i++) {
        int x = a[i], j = i;
        while (j > 0 && less(x, a[j - 1])) { a[j] = a[j - 1]; j--; }
        a[j] = x;
    }
}
int first(int *a, int n, int up) { sort_ints(a, n, up ? by_asc : by_desc); return n ? a[0] : 0; }
struct shape { int w, h; int (*area)(const struct shape *); };
static int rect(const struct shape *s) { return s->w * s->h; }
static int half(const struct shape *s) { return s->w * s->h / 2; }
void shape_init(struct shape *s, int w, int h, int kind) { s->w = w; s->h = h; s->area = kind ? rect : half; }
int area(int w, int h) { struct shape s; shape_init(&s, w, h, w & 1); return s.area(&s); }
static const struct command { const char *name; int (*run)(int, int); } commands[] = {{"add", add}, {"sub", sub}, {NULL, NULL}};
int run(const char *name, int a, int b) {
    for (const struct command *c = commands; c->name; c++) if (c->name[0] == name[0]) return c->run(a, b);
    return -1;
}
typedef int (*operation)(int, int);
operation pick(char c) { return c == '+' ? add : c == '-' ? sub : NULL; }
enum state { IDLE, RUN, DONE };
typedef enum state (*step)(int in);
static enum state idle(int in) { return in == 's' ? RUN : IDLE; }
static enum state running(int in) { return in == 'x' ? DONE : RUN; }
static const step steps[] = {[IDLE] = idle, [RUN] = running};
enum state machine(const char *s) { enum state now = IDLE; for (; *s && now != DONE; s++) now = steps[now](*s); return now; }
static operation current = add;
void choose(int k) { current = k ? sub : add; }
int go(int a, int b) { return current(a, b); }
"""


@pytest.mark.parametrize("to", ["rust", "zig", "c", "cpp"])
def test_addresses_of_functions_of_the_file(tmp_path: Path, to: str) -> None:
    """As arguments, results, in fields, tables and variables of the file."""
    found, file = translated(tmp_path, POINTED, to)
    assert not unverified(found)
    tongue = language(to)
    compiled = tongue.compile(tongue.expose(tongue.gather(file, tmp_path)[0], [])[0])
    assert compiled.wasm, compiled.diagnostics


def test_the_stream_that_is_printed_to_counts(tmp_path: Path) -> None:
    text = '#include <stdio.h>\nvoid say(const char *s, int n) { fprintf(stderr, "%s: %d", s, n); fputs(s, stdout); }\n'
    found, _ = translated(tmp_path, text, inputs=64)
    assert not unverified(found)
    for old, new in (("stderr", "stdout"), ("stdout", "stderr"), (": ", ", ")):
        (tmp_path / "wrong.c").write_text(text.replace(old, new))
        pair = read_pairs(tmp_path / "lib.c", tmp_path / "wrong.c")[0]["say"]
        assert pair.translated
        assert judge(pair.original, [pair.translated], pair.signature, inputs=64)[0].status == "mismatch", new


def test_another_function_s_address_is_a_mismatch(tmp_path: Path) -> None:
    """Tables differ in order, so that functions are told apart by name."""
    text = "typedef int (*op)(int, int);\nint add(int a, int b) { return a + b; }\nint sub(int a, int b) { return a - b; }\n"
    pick = "op pick(char c) { return c == '+' ? add : sub; }\n"
    (tmp_path / "old.c").write_text(text + pick)
    (tmp_path / "new.c").write_text(text + "op keep(void) { return sub; }\n" + pick)
    (tmp_path / "wrong.c").write_text(text + pick.replace("'+'", "'-'"))
    verdicts = {}
    for name in ("new", "wrong"):
        pair = read_pairs(tmp_path / "old.c", tmp_path / f"{name}.c", "pick")[0]["pick"]
        assert pair.translated
        verdicts[name] = judge(pair.original, [pair.translated], pair.signature, inputs=64)[0]
    assert (verdicts["new"].status, verdicts["wrong"].status) == ("tested", "mismatch")
    assert verdicts["wrong"].evidence == "pick(43) = <add>, candidate <sub>"


@pytest.mark.parametrize("to", ["rust", "zig", "c", "cpp"])
def test_what_came_along_of_the_library_stays_private(tmp_path: Path, to: str) -> None:
    """A crate that exports strlen can't be linked with C; and nobody asked for it, so that it does not count."""
    text = "#include <string.h>\nint same(const char *a, const char *b) { return strcmp(a, b) == 0 && strlen(a) == strlen(b); }\n"
    found, file = translated(tmp_path, text, to)
    assert not unverified(found)
    assert {name for name, t in found.items() if t.of_library} == {"strcmp", "strlen"}
    told = as_json(list(found.values()), language(to), tmp_path / "lib.c", 1.0)
    assert (told["summary"]["functions"], told["summary"]["verified"], len(told["functions"])) == (1, 1, 3)
    assert '"strlen"' not in file and "pub fn strlen" not in file and "pub unsafe fn strlen" not in file
    if to in ("c", "cpp"):
        assert "static size_t strlen" in file


STORED = """
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
struct flags { unsigned a : 3; unsigned b : 5; int c : 8; };
unsigned pack(struct flags f) { return f.a | f.b << 3 | (unsigned)(f.c & 255) << 8; }
struct flags unpack(unsigned x) { struct flags f = {x & 7, x >> 3 & 31, (int)(x >> 8 & 255)}; return f; }
void bump(struct flags *f) { f->a++; f->c -= 3; }
typedef union { uint32_t u; float f; } bits;
bits make(uint32_t u) { bits b; b.u = u; return b; }
float get(bits b) { return b.f; }
void flip(bits *b) { b->u ^= 0x80000000u; }
enum kind { INT, REAL, TEXT };
struct value { enum kind kind; union { int i; double d; char c[8]; } as; };
double number(const struct value *v) { return v->kind == INT ? v->as.i : v->kind == REAL ? v->as.d : 0; }
struct value of_real(double d) { struct value v = {REAL, {.d = d}}; return v; }
struct either { int tag; union { int x; float y; }; bool on; };
float pick(const struct either *a) { return a->on ? (a->tag ? a->x : a->y) : 0; }
typedef struct { uint8_t lo : 4, hi : 4; } nibble;
int sum(const nibble *n, size_t count) { int s = 0; for (size_t i = 0; i < count; i++) s += n[i].lo * n[i].hi; return s; }
union colour { struct { uint8_t r, g, b, a; } c; uint32_t all; };
int64_t whole(const struct value *v) {
    switch (v->kind) { case INT: return v->as.i; case REAL: return v->as.d > 1e9 || v->as.d < 0 ? 0 : (int64_t)v->as.d; default: return v->as.c[7]; }
}
uint32_t mix(union colour x, union colour y) {
    union colour z;
    z.c.r = (x.c.r + y.c.r) / 2;
    z.c.g = (x.c.g + y.c.g) / 2;
    z.c.b = (x.c.b + y.c.b) / 2;
    z.c.a = 255;
    return z.all;
}
"""


@pytest.mark.parametrize("to", ["rust", "zig", "c", "cpp", "d"])
def test_bit_fields_and_unions_are_what_they_are_stored_in(tmp_path: Path, to: str) -> None:
    """By value, by pointer and in structs; they are as large and aligned as C's, and passed as C passes them."""
    found, file = translated(tmp_path, STORED, to)
    assert len(found) == 12 and not unverified(found)
    tongue = language(to)
    compiled = tongue.compile(tongue.expose(tongue.gather(file, tmp_path)[0], [])[0])
    assert compiled.wasm, compiled.diagnostics


PLUS = """
#include <cstdint>
HEADER
enum class Color : uint8_t { Red, Green, Blue };
Color next(Color c) { switch (c) { case Color::Red: return Color::Green; case Color::Green: return Color::Blue; default: return Color::Red; } }
namespace geo { int area(int w, int h = 2) { return w * h; } bool big(int w) { return area(w) > 10; } }
template <typename T> struct Vec2 { T x, y; T dot(const Vec2 &o) const { return x * o.x + y * o.y; } };
template <typename T> T clamp3(T v, T lo, T hi) { return v < lo ? lo : v > hi ? hi : v; }
double dot2(const Vec2<double> &a, const Vec2<double> &b) { return a.dot(b); }
int clampi(int v) { return clamp3(v, 0, 255); }
class Stack {
    int data[64];
    int n = 0;

  public:
    Stack() {}
    bool push(int v) { if (n >= 64) return false; data[n++] = v; return true; }
    bool pop(int &out) { if (!n) return false; out = data[--n]; return true; }
    static int room() { return 64; }
};
int sum(int a, int b) { Stack s; s.push(a); s.push(b); int t = Stack::room(), v; while (s.pop(v)) t += v; return t; }
"""


@pytest.mark.parametrize(("to", "header"), [("rust", ""), ("zig", ""), ("c", "#include <vector>")])
def test_classes_templates_and_namespaces(tmp_path: Path, to: str, header: str) -> None:
    """Also where C++'s library is used, whose code is inlined, and the file's own methods would be with it."""
    found, _ = translated(tmp_path, PLUS.replace("HEADER", header), to, "cpp")
    assert not unverified(found)
    names = {"next", "geo_area", "geo_big", "Vec2_double_dot", "clamp3_for_int", "dot2", "clampi", "Stack_init", "Stack_push", "Stack_pop", "Stack_room"}
    assert names <= found.keys()
