#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

/* Reverses the elements of [from, to), clipped to the array. */
void reverse_subrange(int *a, int n, int from, int to)
{
    if (from < 0)
        from = 0;
    if (to > n)
        to = n;
    while (from < to) {
        int t = a[from];
        a[from++] = a[--to];
        a[to] = t;
    }
}

void rotate_left_by(int *a, int n, int shift)
{
    if (n < 2)
        return;
    shift %= n;
    if (shift < 0)
        shift += n;
    reverse_subrange(a, n, 0, shift);
    reverse_subrange(a, n, shift, n);
    reverse_subrange(a, n, 0, n);
}

/* Moves what is not zero to the front, zeroes to the back. */
int compact_nonzero(int16_t *a, int n)
{
    int w = 0;
    for (int r = 0; r < n; r++) {
        if (a[r] != 0)
            a[w++] = a[r];
    }
    for (int i = w; i < n; i++)
        a[i] = 0;
    return w;
}

size_t dedupe_sorted_u32(uint32_t *a, size_t n)
{
    if (n == 0)
        return 0;
    size_t kept = 1;
    for (size_t i = 1; i < n; i++) {
        if (a[i] != a[kept - 1])
            a[kept++] = a[i];
    }
    return kept;
}

int copy_if_between(int *dst, const int *src, int n, int lo, int hi)
{
    int *out = dst;
    for (const int *p = src; p < src + n; p++) {
        if (*p >= lo && *p <= hi)
            *out++ = *p;
    }
    return (int)(out - dst);
}

/* Everything below the pivot comes first; returns how many. */
int partition_below(double *a, int n, double pivot)
{
    int store = 0;
    for (int i = 0; i < n; i++) {
        if (a[i] < pivot) {
            double t = a[store];
            a[store] = a[i];
            a[i] = t;
            store++;
        }
    }
    return store;
}

void three_way_partition(uint8_t *a, size_t len, uint8_t mid)
{
    size_t low = 0, i = 0, high = len;

    while (i < high) {
        uint8_t v = a[i];
        if (v < mid) {
            a[i++] = a[low];
            a[low++] = v;
        } else if (v > mid) {
            a[i] = a[--high];
            a[high] = v;
        } else {
            i++;
        }
    }
}

int merge_sorted_into(int *dst, int cap, const int *a, int na, const int *b, int nb)
{
    int i = 0, j = 0, k = 0;

    while (k < cap && (i < na || j < nb)) {
        if (j >= nb || (i < na && a[i] <= b[j]))
            dst[k++] = a[i++];
        else
            dst[k++] = b[j++];
    }
    return k;
}

/* Perfect out-shuffle: first half on even places, second half on odd ones. */
void riffle_halves(const int16_t *src, int16_t *dst, int n)
{
    int half = (n + 1) / 2;
    for (int i = 0; i < n; i++)
        dst[i] = (i & 1) ? src[half + i / 2] : src[i / 2];
}

int erase_all_chars(char *buf, int len, char c)
{
    int kept = 0;
    for (int i = 0; i < len; i++) {
        buf[kept] = buf[i];
        kept += buf[i] != c;
    }
    return kept;
}

/* The first `used` elements are sorted; makes room for one more. */
bool insert_into_sorted(int *a, int n, int used, int value)
{
    if (used < 0 || used >= n)
        return false;
    int i = used;
    while (i > 0 && a[i - 1] > value) {
        a[i] = a[i - 1];
        i--;
    }
    a[i] = value;
    return true;
}

void fill_arithmetic(int *a, int n, int first, int step)
{
    for (int i = 0; i < n; i++) {
        a[i] = first;
        first += step;
    }
}

int evens_before_odds(unsigned *a, int n)
{
    int left = 0, right = n - 1;

    for (;;) {
        while (left <= right && a[left] % 2 == 0)
            left++;
        while (left <= right && a[right] % 2 != 0)
            right--;
        if (left >= right)
            return left;
        unsigned t = a[left];
        a[left] = a[right];
        a[right] = t;
    }
}

void clamp_to_limits(int32_t *a, int n, int32_t lo, int32_t hi)
{
    for (int i = 0; i < n; i++) {
        if (a[i] < lo)
            a[i] = lo;
        else if (a[i] > hi)
            a[i] = hi;
    }
}

void delta_encode(uint32_t *a, size_t n)
{
    uint32_t prev = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t cur = a[i];
        a[i] = cur - prev;
        prev = cur;
    }
}

/* Pairs of count and byte; -1 if they don't fit. */
int rle_pack_bytes(uint8_t *dst, int dst_len, const uint8_t *src, int src_len)
{
    int w = 0;
    int i = 0;

    while (i < src_len) {
        uint8_t value = src[i];
        int run = 1;
        while (i + run < src_len && run < 255 && src[i + run] == value)
            run++;
        if (w + 2 > dst_len)
            return -1;
        dst[w++] = (uint8_t)run;
        dst[w++] = value;
        i += run;
    }
    return w;
}

void shift_right_fill(float *a, int n, int k, float fill)
{
    if (k <= 0)
        return;
    for (int i = n - 1; i >= 0; i--)
        a[i] = i >= k ? a[i - k] : fill;
}

bool next_ordering(int8_t *a, int n)
{
    int i = n - 2;
    while (i >= 0 && a[i] >= a[i + 1])
        i--;
    int j = n - 1;
    if (i >= 0) {
        while (a[j] <= a[i])
            j--;
        int8_t t = a[i];
        a[i] = a[j];
        a[j] = t;
    }
    for (int l = i + 1, r = n - 1; l < r; l++, r--) {
        int8_t t = a[l];
        a[l] = a[r];
        a[r] = t;
    }
    return i >= 0;
}
