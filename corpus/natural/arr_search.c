#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

int rfind_char(const char *buf, int len, char c)
{
    const char *p = buf + len;
    while (p != buf) {
        if (*--p == c)
            return (int)(p - buf);
    }
    return -1;
}

size_t lower_bound_u32(const uint32_t *a, size_t n, uint32_t key)
{
    size_t first = 0;
    while (n > 0) {
        size_t half = n >> 1;
        if (a[first + half] < key) {
            first += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return first;
}

int upper_bound_double(const double *a, int n, double x)
{
    int lo = 0, hi = n;
    while (lo < hi) {
        int mid = (int)(((unsigned)lo + (unsigned)hi) / 2);
        if (x < a[mid])
            hi = mid;
        else
            lo = mid + 1;
    }
    return lo;
}

int interpolation_search(const int32_t *a, int n, int32_t key)
{
    int lo = 0, hi = n - 1;

    while (lo <= hi && key >= a[lo] && key <= a[hi]) {
        if (a[lo] == a[hi])
            return lo;
        int64_t span = (int64_t)a[hi] - a[lo];
        int pos = lo + (int)(((int64_t)key - a[lo]) * (hi - lo) / span);
        if (a[pos] == key)
            return pos;
        if (a[pos] < key)
            lo = pos + 1;
        else
            hi = pos - 1;
    }
    return -1;
}

/* Doubles the bound, then bisects the last stretch. */
int galloping_search(const int64_t *a, int n, int64_t key)
{
    int bound = 1;
    while (bound < n && a[bound] < key)
        bound *= 2;

    int lo = bound / 2;
    int hi = bound < n ? bound + 1 : n;
    while (lo < hi) {
        int mid = lo + (hi - lo) / 2;
        if (a[mid] < key)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < n && a[lo] == key ? lo : -1;
}

/* How often the key occurs in a sorted array. */
int sorted_key_multiplicity(const int16_t *a, int n, int16_t key)
{
    int lo = 0, hi = n;
    while (lo < hi) {
        int mid = lo + (hi - lo) / 2;
        if (a[mid] < key)
            lo = mid + 1;
        else
            hi = mid;
    }
    int end = lo;
    while (end < n && a[end] == key)
        end++;
    return end - lo;
}

int find_in_rotated(const int *a, int n, int key)
{
    int lo = 0, hi = n - 1;

    while (lo <= hi) {
        int mid = (lo + hi) / 2;
        if (a[mid] == key)
            return mid;
        if (a[lo] <= a[mid]) {
            if (a[lo] <= key && key < a[mid])
                hi = mid - 1;
            else
                lo = mid + 1;
        } else if (a[mid] < key && key <= a[hi]) {
            lo = mid + 1;
        } else {
            hi = mid - 1;
        }
    }
    return -1;
}

unsigned rotation_offset(const uint8_t *ring, unsigned n)
{
    if (n == 0)
        return 0;
    unsigned lo = 0, hi = n - 1;
    while (lo < hi) {
        unsigned mid = (lo + hi) >> 1;
        if (ring[mid] > ring[hi])
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

int summit_by_bisection(const float *height, int n)
{
    int left = 0, right = n - 1;
    while (left < right) {
        int mid = left + (right - left) / 2;
        if (height[mid] < height[mid + 1])
            left = mid + 1;
        else
            right = mid;
    }
    return right < 0 ? -1 : left;
}

int find_byte_pattern(const uint8_t *hay, int hay_len, const uint8_t *needle, int needle_len)
{
    for (int at = 0; at <= hay_len - needle_len; at++) {
        int k = 0;
        while (k < needle_len && hay[at + k] == needle[k])
            k++;
        if (k == needle_len)
            return at;
    }
    return -1;
}

int jump_search_i8(const int8_t *a, int n, int8_t key)
{
    int step = 1;
    while ((int64_t)step * step < n)
        step++;

    int prev = 0;
    int next = step;
    while (next < n && a[next - 1] < key) {
        prev = next;
        next += step;
    }
    if (next > n)
        next = n;
    for (int i = prev; i < next; i++) {
        if (a[i] == key)
            return i;
    }
    return -1;
}

bool sorted_includes(const int *a, int na, const int *b, int nb)
{
    int i = 0, j = 0;
    while (j < nb) {
        if (i == na || b[j] < a[i])
            return false;
        if (a[i] == b[j])
            j++;
        i++;
    }
    return true;
}

/* Index of the first set bit at or after `from`, or the number of bits. */
uint32_t bitmap_next_set(const uint32_t *words, uint32_t n, uint32_t from)
{
    uint32_t w = from / 32;
    if (w >= n)
        return n * 32;
    uint32_t cur = words[w] & (0xffffffffu << (from % 32));
    while (cur == 0) {
        if (++w == n)
            return n * 32;
        cur = words[w];
    }
    return w * 32 + (uint32_t)__builtin_ctz(cur);
}

int first_mismatch(const int8_t *a, const int8_t *b, int n)
{
    int i = 0;
    for (; i < n; i++) {
        if (a[i] != b[i])
            break;
    }
    return i;
}
