"""Features of C and C++ that ordinary programs have, each in a few lines, through `transpile` with the rules alone."""

from __future__ import annotations

from pathlib import Path

from translations import translated, unverified

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
