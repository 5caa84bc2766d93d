#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

int64_t sum_int_array(const int *values, int n)
{
    int64_t total = 0;
    for (int i = 0; i < n; i++)
        total += values[i];
    return total;
}

/* Mean of the samples, rounded half away from zero. */
int mean_rounded(const int32_t *samples, int n)
{
    if (n == 0)
        return 0;
    int64_t sum = sum_int_array(samples, n);
    if (sum >= 0)
        return (int)((sum + n / 2) / n);
    return (int)-((-sum + n / 2) / n);
}

int index_of_max(const int *a, int n)
{
    if (n == 0)
        return -1;
    int best = 0;
    for (int i = 1; i < n; i++) {
        if (a[i] > a[best])
            best = i;
    }
    return best;
}

int last_index_of_min(const int16_t *a, int n)
{
    int at = n - 1;
    for (int i = n - 2; i >= 0; i--) {
        if (a[i] < a[at])
            at = i;
    }
    return at;
}

bool second_largest_distinct(const int *a, int n, int *out)
{
    int best = 0, second = 0, found = 0;

    for (int i = 0; i < n; i++) {
        int v = a[i];
        if (found == 0) {
            best = v;
            found = 1;
        } else if (v > best) {
            second = best;
            best = v;
            found = 2;
        } else if (v < best && (found < 2 || v > second)) {
            second = v;
            found = 2;
        }
    }
    if (found < 2)
        return false;
    *out = second;
    return true;
}

/* Three comparisons for every two elements. */
void min_max_pairwise(const int *a, size_t n, int *lo, int *hi)
{
    int min = n > 0 ? a[0] : 0;
    int max = min;

    for (size_t i = n & 1; i + 1 < n; i += 2) {
        int small = a[i], big = a[i + 1];
        if (small > big) {
            int t = small;
            small = big;
            big = t;
        }
        if (small < min)
            min = small;
        if (big > max)
            max = big;
    }
    *lo = min;
    *hi = max;
}

int count_sign_changes(const int *a, int n)
{
    int changes = 0;
    int last = 0;

    for (int i = 0; i < n; i++) {
        int sign = (a[i] > 0) - (a[i] < 0);
        if (sign == 0)
            continue;
        if (last != 0 && sign != last)
            changes++;
        last = sign;
    }
    return changes;
}

/* Stores where the longest run of equal bytes starts; returns its length. */
int longest_equal_run(const uint8_t *bytes, int len, int *start)
{
    int best = 0, best_at = -1;
    int i = 0;

    while (i < len) {
        int j = i + 1;
        while (j < len && bytes[j] == bytes[i])
            j++;
        if (j - i > best) {
            best = j - i;
            best_at = i;
        }
        i = j;
    }
    *start = best_at;
    return best;
}

/* Strictly up, then strictly down, both parts present. */
bool is_bitonic_sequence(const int *a, int n)
{
    int i = 1;
    while (i < n && a[i - 1] < a[i])
        i++;
    if (i == 1 || i >= n)
        return false;
    while (i < n && a[i - 1] > a[i])
        i++;
    return i == n;
}

int equilibrium_index(const int *a, int n)
{
    int64_t right = 0, left = 0;
    for (int i = 0; i < n; i++)
        right += a[i];
    for (int i = 0; i < n; i++) {
        right -= a[i];
        if (left == right)
            return i;
        left += a[i];
    }
    return -1;
}

int majority_or_default(const int *votes, int n, int fallback)
{
    int candidate = fallback, balance = 0, total = 0;

    for (int i = 0; i < n; i++) {
        if (balance == 0)
            candidate = votes[i];
        balance += votes[i] == candidate ? 1 : -1;
    }
    for (int i = 0; i < n; i++)
        total += votes[i] == candidate;
    return total > n / 2 ? candidate : fallback;
}

int count_local_peaks(const float *y, int n, float min_height)
{
    int peaks = 0;
    for (int i = 1; i + 1 < n; i++) {
        if (y[i] >= min_height && y[i] > y[i - 1] && y[i] >= y[i + 1])
            peaks++;
    }
    return peaks;
}

int first_duplicate_byte(const uint8_t *data, int n)
{
    uint32_t seen[8] = {0};

    for (int i = 0; i < n; i++) {
        uint32_t bit = 1u << (data[i] & 31);
        uint32_t *word = &seen[data[i] >> 5];
        if (*word & bit)
            return i;
        *word |= bit;
    }
    return -1;
}

/* The value nearest to zero; a positive one wins a tie. */
int closest_to_zero(const int *a, int n)
{
    int best = 0;
    unsigned best_mag = 0;

    for (int i = 0; i < n; i++) {
        unsigned mag = a[i] < 0 ? 0u - (unsigned)a[i] : (unsigned)a[i];
        if (i == 0 || mag < best_mag || (mag == best_mag && a[i] > best)) {
            best = a[i];
            best_mag = mag;
        }
    }
    return best;
}

/* The value of 0..n that the array lacks, if only one does. */
uint32_t missing_in_range_xor(const uint32_t *a, uint32_t n)
{
    uint32_t acc = n;
    for (uint32_t i = 0; i < n; i++)
        acc ^= i ^ a[i];
    return acc;
}

unsigned max_adjacent_gap(const int *a, size_t n)
{
    unsigned widest = 0;
    for (size_t i = 1; i < n; i++) {
        int64_t diff = (int64_t)a[i] - a[i - 1];
        unsigned gap = (unsigned)(diff < 0 ? -diff : diff);
        if (gap > widest)
            widest = gap;
    }
    return widest;
}
