"""Buffers that are not as long as some parameter says: what the judge makes of C that has them, and what is translated."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from translations import translated, unverified

from transpile.corpus.program import Program, load
from transpile.verify.judge import judge
from transpile.verify.load import read_pairs
from transpile.verify.reference import study, with_true_lengths
from transpile.verify.types import Executable

FUNCTIONS = """
#include <stddef.h>
#include <stdint.h>
void matmul(const double *a, const double *b, double *c, int n) {
    for (int i = 0; i < n; i++) for (int j = 0; j < n; j++) {
        double s = 0;
        for (int k = 0; k < n; k++) s += a[i * n + k] * b[k * n + j];
        c[i * n + j] = s;
    }
}
void transpose(const int *a, int *b, int rows, int cols) {
    for (int i = 0; i < rows; i++) for (int j = 0; j < cols; j++) b[j * rows + i] = a[i * cols + j];
}
void prefix(int *out, const int *a, int n) { out[0] = 0; for (int i = 0; i < n; i++) out[i + 1] = out[i] + a[i]; }
void interleave(const short *a, const short *b, short *out, size_t n) {
    for (size_t i = 0; i < n; i++) { out[2 * i] = a[i]; out[2 * i + 1] = b[i]; }
}
void grey(const uint8_t *rgb, uint8_t *out, int w, int h) {
    for (int y = 0; y < h; y++) for (int x = 0; x < w; x++) {
        const uint8_t *p = rgb + 3 * (y * w + x);
        out[y * w + x] = (p[0] * 77 + p[1] * 150 + p[2] * 29) >> 8;
    }
}
void histogram(const uint8_t *data, size_t n, unsigned *counts) {
    for (int i = 0; i < 256; i++) counts[i] = 0;
    for (size_t i = 0; i < n; i++) counts[data[i]]++;
}
void convolve(const float *x, int n, const float *kernel, int k, float *out) {
    for (int i = 0; i + k <= n; i++) { float s = 0; for (int j = 0; j < k; j++) s += x[i + j] * kernel[j]; out[i] = s; }
}
void set_bits(uint8_t *bits, int n, const uint8_t *flags) {
    for (int i = 0; i < (n + 7) / 8; i++) bits[i] = 0;
    for (int i = 0; i < n; i++) if (flags[i] & 1) bits[i >> 3] |= 1 << (i & 7);
}
int pixel(const int *img, int w, int h, int x, int y) { return x < 0 || y < 0 || x >= w || y >= h ? -1 : img[y * w + x]; }
int longest(const char *a, int n, const char *b, int m, int *t) {
    for (int i = 0; i <= n; i++) for (int j = 0; j <= m; j++) {
        int *at = t + i * (m + 1) + j;
        *at = !i || !j ? 0 : a[i - 1] == b[j - 1] ? at[-m - 2] + 1 : at[-1] > at[-m - 1] ? at[-1] : at[-m - 1];
    }
    return t[n * (m + 1) + m];
}
void copy_rectangle(const uint8_t *src, int stride, uint8_t *dst, int w, int h) {
    for (int y = 0; y < h; y++) for (int x = 0; x < w; x++) dst[y * w + x] = src[y * stride + x];
}
void expand(const uint8_t *yuv, uint8_t *rgb, int n) { for (int i = 0; i < n; i++) rgb[3 * i] = rgb[3 * i + 1] = rgb[3 * i + 2] = yuv[i / 2]; }
int find(const int *a, int n, int x) { for (int i = 0; i < n; i++) if (a[i] == x) return i; return -1; }
int greatest(const int *a, int n) { int m = a[0]; for (int i = 1; i < n; i++) if (a[i] > m) m = a[i]; return m; }
void sift(int *a, int n, int i) {
    for (int l = 2 * i + 1; l < n; l = 2 * i + 1) {
        if (l + 1 < n && a[l + 1] > a[l]) l++;
        if (a[l] <= a[i]) return;
        int t = a[i]; a[i] = a[l]; a[l] = t; i = l;
    }
}
"""

SHAPES: dict[str, dict[str, str]] = {
    "matmul": {"a": "n * n", "b": "n * n", "c": "n * n"},
    "transpose": {"a": "rows * cols", "b": "rows * cols"},
    "prefix": {"out": "n + 1"},
    "interleave": {"out": "2 * n"},
    "grey": {"rgb": "3 * w * h", "out": "w * h"},
    "histogram": {"counts": "256"},
    "convolve": {"kernel": "k", "out": "n - k + 1"},
    "pixel": {"img": "w * y + x + 1"},
    "longest": {"t": "(n + 1) * (m + 1)"},
    "copy_rectangle": {"src": "(h - 1) * stride + w", "dst": "w * h"},
    "expand": {"yuv": "(n + 1) / 2", "rgb": "3 * n"},
    "set_bits": {}, "find": {}, "greatest": {}, "sift": {},
}  # fmt: skip
"""What the signature does not say, or says wrongly, so that inputs would have to be set aside."""

NO_LENGTH = {"matmul": "abc", "prefix": ("out",), "interleave": ("out",), "set_bits": ("bits",), "expand": ("yuv", "rgb")}
"""Pointers whose length the names say and the code does not keep to."""


@cache
def program(folder: Path) -> Program:
    path = folder / "shapes.c"
    path.write_text(FUNCTIONS)
    return load(path)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return program(tmp_path_factory.mktemp("shapes"))


@pytest.mark.parametrize("name", SHAPES)
def test_the_judge_gives_the_original_the_memory_that_it_takes(name: str, compiled: Program) -> None:
    function = next(f for f in compiled.functions if f.name == name)
    original = Executable(compiled.wasm, compiled.exports[name])
    found = study(original, function.signature, inputs=512)
    names = [p.name for p in function.signature.parameters]
    shapes = {names[s.parameter]: s.shape.text(names) for s in found.layout.slots if s.parameter is not None and s.shape is not None}
    assert SHAPES[name].items() <= shapes.items() and (SHAPES[name] or not shapes)
    assert found.coverage and found.coverage > 0.85
    assert len(found.vectors) > 400 and found.set_aside < (0.1 if SHAPES[name] else 0.4) * len(found.vectors)
    kept = with_true_lengths(original, function.signature)
    dropped = [p.name for p, q in zip(function.signature.parameters, kept.parameters, strict=True) if p.length != q.length]
    assert dropped == list(NO_LENGTH.get(name, ()))


STRUCTS = """
#include <stddef.h>
typedef struct { int rows, cols; double *data; } Matrix;
double total(const Matrix *m) {
    double s = 0;
    for (int i = 0; i < m->rows; i++) for (int j = 0; j < m->cols; j++) s += m->data[i * m->cols + j];
    return s;
}
typedef struct { int n; double *data; } Square;
double trace(const Square *m) { double s = 0; for (int i = 0; i < m->n; i++) s += m->data[i * m->n + i]; return s; }
typedef struct { int a[16]; int n; } Stack;
int push(Stack *s, int x) { if (s->n >= 16) return 0; s->a[s->n++] = x; return 1; }
int sum(const Stack *s) { int t = 0; for (int i = 0; i < s->n; i++) t += s->a[i]; return t; }
typedef struct { unsigned char bytes[32]; unsigned head, tail; } Ring;
int put(Ring *r, unsigned char c) {
    unsigned next = (r->head + 1) % 32;
    if (next == r->tail) return 0;
    r->bytes[r->head] = c;
    r->head = next;
    return 1;
}
typedef struct { int x, y; } Point;
typedef struct { Point points[10]; size_t count; } Polygon;
long long area(const Polygon *p) {
    long long a = 0;
    for (size_t i = 0; i < p->count; i++) {
        const Point *u = &p->points[i], *v = &p->points[(i + 1) % p->count];
        a += (long long)u->x * v->y - (long long)v->x * u->y;
    }
    return a;
}
"""


def test_numbers_in_structs_count_rows_and_columns_and_what_arrays_in_place_hold(tmp_path: Path) -> None:
    path = tmp_path / "structs.c"
    path.write_text(STRUCTS)
    whole = load(path)
    for one in whole.functions:
        found = study(Executable(whole.wasm, whole.exports[one.name]), one.signature, inputs=512)
        assert found.set_aside < 0.1 * len(found.vectors) and found.coverage == 1.0, one.name


SLICES = """
pub fn matmul(a: &[f64], b: &[f64], c: &mut [f64]) {
    let n = a.len();
    for i in 0..n { for j in 0..n {
        let mut s = 0.0;
        for k in 0..n { s += a[i * n + k] * b[k * n + j]; }
        c[i * n + j] = s;
    } }
}
pub fn find(a: &[i32], x: i32) -> i32 { a.iter().position(|&y| y == x).map_or(-1, |i| i as i32) }
"""


def test_slices_that_are_too_short_for_what_is_read_are_a_mismatch(tmp_path: Path) -> None:
    (tmp_path / "a.c").write_text(FUNCTIONS)
    (tmp_path / "a.rs").write_text(SLICES)
    pairs, _ = read_pairs(tmp_path / "a.c", tmp_path / "a.rs")
    verdicts = {name: judge(p.original, [p.translated], p.signature)[0] for name, p in pairs.items() if p.translated}
    assert verdicts["matmul"].status == "mismatch" and verdicts["find"].verified
    found = verdicts["matmul"].counterexample
    assert found is not None and dict(found.arguments)["n"] >= 2 and found.got["trap"]


@pytest.mark.parametrize(("to", "slice_", "pointer"), [("rust", "a: &[i32]", "a: *const f64"), ("zig", "a: []const i32", "a: *const f64")])
def test_what_is_translated_takes_slices_only_where_their_length_is_true(to: str, slice_: str, pointer: str, tmp_path: Path) -> None:
    wanted = ("matmul", "prefix", "set_bits", "find")
    text = "#include <stddef.h>\n#include <stdint.h>\n" + "".join(map(_definition, wanted))
    found, file = translated(tmp_path, text, to)
    assert not unverified(found)
    assert slice_ in file and pointer in file


def _definition(name: str) -> str:
    """The text of one of the functions."""
    lines = FUNCTIONS.splitlines()
    start = next(i for i, line in enumerate(lines) if f" {name}(" in line and line[0] not in " #")
    stop = next(i for i in range(start, len(lines)) if lines[i] == "}" or (i == start and lines[i].endswith("}")))
    return "\n".join(lines[start : stop + 1]) + "\n"
