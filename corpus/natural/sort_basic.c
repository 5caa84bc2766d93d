#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

/* Returns the number of passes it took. */
int bubble_sort_until_quiet(int16_t *a, int n)
{
    int passes = 0;
    bool swapped;

    do {
        swapped = false;
        for (int i = 1; i < n - passes; i++) {
            if (a[i - 1] > a[i]) {
                int16_t t = a[i - 1];
                a[i - 1] = a[i];
                a[i] = t;
                swapped = true;
            }
        }
        passes++;
    } while (swapped);
    return passes;
}

void selection_sort_descending(float *a, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++) {
        size_t top = i;
        for (size_t j = i + 1; j < n; j++) {
            if (a[j] > a[top])
                top = j;
        }
        if (top != i) {
            float t = a[i];
            a[i] = a[top];
            a[top] = t;
        }
    }
}

void shell_sort_u32(uint32_t *a, uint32_t n)
{
    uint32_t gap = 1;
    while (gap < n / 3)
        gap = gap * 3 + 1;

    for (; gap > 0; gap /= 3) {
        for (uint32_t i = gap; i < n; i++) {
            uint32_t v = a[i];
            uint32_t j = i;
            for (; j >= gap && a[j - gap] > v; j -= gap)
                a[j] = a[j - gap];
            a[j] = v;
        }
    }
}

void gnome_sort_chars(char *s, int len)
{
    int i = 0;
    while (i < len) {
        if (i == 0 || s[i - 1] <= s[i]) {
            i++;
        } else {
            char t = s[i];
            s[i] = s[i - 1];
            s[i - 1] = t;
            i--;
        }
    }
}

void comb_sort_i64(int64_t *a, int n)
{
    int gap = n;
    bool done = false;

    while (!done) {
        gap = gap * 10 / 13;
        if (gap <= 1) {
            gap = 1;
            done = true;
        }
        for (int i = 0; i + gap < n; i++) {
            if (a[i] > a[i + gap]) {
                int64_t t = a[i];
                a[i] = a[i + gap];
                a[i + gap] = t;
                done = false;
            }
        }
    }
}

/* Restores the max-heap below root, within the first `end` elements. */
void sift_down_max(int *a, int n, int root, int end)
{
    if (root < 0 || end > n)
        return;
    while (root < end / 2) {
        int child = root * 2 + 1;
        if (child + 1 < end && a[child] < a[child + 1])
            child++;
        if (a[root] >= a[child])
            return;
        int t = a[root];
        a[root] = a[child];
        a[child] = t;
        root = child;
    }
}

void heap_sort_ints(int *a, int n)
{
    for (int i = n / 2 - 1; i >= 0; i--)
        sift_down_max(a, n, i, n);
    for (int end = n - 1; end > 0; end--) {
        int t = a[0];
        a[0] = a[end];
        a[end] = t;
        sift_down_max(a, n, 0, end);
    }
}

void counting_sort_bytes(uint8_t *a, size_t n)
{
    size_t counts[256] = {0};

    for (size_t i = 0; i < n; i++)
        counts[a[i]]++;
    size_t w = 0;
    for (int v = 0; v < 256; v++) {
        for (size_t c = counts[v]; c > 0; c--)
            a[w++] = (uint8_t)v;
    }
}

void quicksort_range(int *a, int n, int lo, int hi)
{
    if (lo < 0 || hi >= n || lo >= hi)
        return;
    int pivot = a[lo + (hi - lo) / 2];
    int i = lo, j = hi;
    while (i <= j) {
        while (a[i] < pivot)
            i++;
        while (a[j] > pivot)
            j--;
        if (i <= j) {
            int t = a[i];
            a[i] = a[j];
            a[j] = t;
            i++;
            j--;
        }
    }
    quicksort_range(a, n, lo, j);
    quicksort_range(a, n, i, hi);
}

/* The k-th smallest, by repeated partitioning with the last element. */
int quickselect_kth(int *a, int n, int k)
{
    if (k < 0 || k >= n)
        return -1;
    int lo = 0, hi = n - 1;
    while (lo < hi) {
        int pivot = a[hi];
        int store = lo;
        for (int i = lo; i < hi; i++) {
            if (a[i] < pivot) {
                int t = a[i];
                a[i] = a[store];
                a[store++] = t;
            }
        }
        a[hi] = a[store];
        a[store] = pivot;
        if (store == k)
            break;
        if (store < k)
            lo = store + 1;
        else
            hi = store - 1;
    }
    return a[k];
}

void cocktail_shaker_sort(uint16_t *a, int n)
{
    int lo = 0, hi = n - 1;
    while (lo < hi) {
        int last = lo;
        for (int i = lo; i < hi; i++) {
            if (a[i] > a[i + 1]) {
                uint16_t t = a[i];
                a[i] = a[i + 1];
                a[i + 1] = t;
                last = i;
            }
        }
        hi = last;
        last = hi;
        for (int i = hi; i > lo; i--) {
            if (a[i - 1] > a[i]) {
                uint16_t t = a[i];
                a[i] = a[i - 1];
                a[i - 1] = t;
                last = i;
            }
        }
        lo = last;
    }
}

void merge_sort_bottom_up(int *a, int *tmp, int n)
{
    for (int width = 1; width < n; width *= 2) {
        for (int lo = 0; lo < n; lo += 2 * width) {
            int mid = lo + width < n ? lo + width : n;
            int hi = lo + 2 * width < n ? lo + 2 * width : n;
            int i = lo, j = mid;
            for (int k = lo; k < hi; k++) {
                if (i < mid && (j >= hi || a[i] <= a[j]))
                    tmp[k] = a[i++];
                else
                    tmp[k] = a[j++];
            }
        }
        for (int i = 0; i < n; i++)
            a[i] = tmp[i];
    }
}

/* Sorts the keys and carries the values along. */
void sort_pairs_by_key(int16_t *keys, int *values, int n)
{
    for (int i = 1; i < n; i++) {
        int16_t key = keys[i];
        int value = values[i];
        int lo = 0, hi = i;
        while (lo < hi) {
            int mid = (lo + hi) / 2;
            if (keys[mid] <= key)
                lo = mid + 1;
            else
                hi = mid;
        }
        for (int j = i; j > lo; j--) {
            keys[j] = keys[j - 1];
            values[j] = values[j - 1];
        }
        keys[lo] = key;
        values[lo] = value;
    }
}

/* One stable pass over the byte that `shift` selects. */
void radix_pass(const uint32_t *src, uint32_t *dst, int n, unsigned shift)
{
    int offsets[256] = {0};
    shift &= 24;

    for (int i = 0; i < n; i++)
        offsets[(src[i] >> shift) & 0xff]++;
    int at = 0;
    for (int b = 0; b < 256; b++) {
        int c = offsets[b];
        offsets[b] = at;
        at += c;
    }
    for (int i = 0; i < n; i++)
        dst[offsets[(src[i] >> shift) & 0xff]++] = src[i];
}

void argsort_doubles(const double *x, int *order, int n)
{
    for (int i = 0; i < n; i++) {
        int j = i;
        while (j > 0 && x[order[j - 1]] > x[i]) {
            order[j] = order[j - 1];
            j--;
        }
        order[j] = i;
    }
}

/* Number of steps at which the order is broken, 0 if sorted either way. */
int count_order_breaks(const uint8_t *a, int n)
{
    int ups = 0, downs = 0;
    for (int i = 1; i < n; i++) {
        ups += a[i] > a[i - 1];
        downs += a[i] < a[i - 1];
    }
    return ups < downs ? ups : downs;
}
