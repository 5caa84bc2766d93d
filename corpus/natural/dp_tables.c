#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

int knapsack_best_value(const int *weight, const uint16_t *value, int n, int capacity)
{
    int best[128] = {0};
    if (capacity > 127)
        capacity = 127;

    for (int i = 0; i < n; i++) {
        if (weight[i] <= 0)
            continue;
        for (int c = capacity; c >= weight[i]; c--) {
            int with = best[c - weight[i]] + value[i];
            if (with > best[c])
                best[c] = with;
        }
    }
    return capacity < 0 ? 0 : best[capacity];
}

/* Longest common subsequence of a and at most 63 elements of b. */
int lcs_length_bytes(const uint8_t *a, int na, const uint8_t *b, int nb)
{
    int row[64] = {0};
    if (nb > 63)
        nb = 63;

    for (int i = 0; i < na; i++) {
        int diagonal = 0;
        for (int j = 1; j <= nb; j++) {
            int above = row[j];
            if (a[i] == b[j - 1])
                row[j] = diagonal + 1;
            else if (row[j - 1] > above)
                row[j] = row[j - 1];
            diagonal = above;
        }
    }
    return row[nb];
}

/* Fewest coins that make the amount, -1 if they can't. */
int fewest_coins(const int *coins, int n, int amount)
{
    int need[256];

    if (amount < 0 || amount > 255)
        return -1;
    need[0] = 0;
    for (int sum = 1; sum <= amount; sum++) {
        need[sum] = -1;
        for (int i = 0; i < n; i++) {
            if (coins[i] <= 0 || coins[i] > sum)
                continue;
            int rest = need[sum - coins[i]];
            if (rest >= 0 && (need[sum] < 0 || rest + 1 < need[sum]))
                need[sum] = rest + 1;
        }
    }
    return need[amount];
}

uint64_t count_change_ways(const uint8_t *coins, size_t n, uint8_t amount)
{
    uint64_t ways[256] = {0};
    ways[0] = 1;
    for (size_t i = 0; i < n; i++) {
        if (coins[i] == 0)
            continue;
        for (unsigned sum = coins[i]; sum <= amount; sum++)
            ways[sum] += ways[sum - coins[i]];
    }
    return ways[amount];
}

/* Edit distance of two short strings; -1 if it is above the limit. */
int edit_distance_limited(const char *a, int a_len, const char *b, int b_len, int limit)
{
    int row[65];
    if (b_len > 64)
        return -1;
    for (int j = 0; j <= b_len; j++)
        row[j] = j;

    for (int i = 1; i <= a_len; i++) {
        int diagonal = row[0];
        int lowest = i;
        row[0] = i;
        for (int j = 1; j <= b_len; j++) {
            int cost = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < cost)
                cost = row[j] + 1;
            if (row[j - 1] + 1 < cost)
                cost = row[j - 1] + 1;
            row[j] = cost;
            if (cost < lowest)
                lowest = cost;
        }
        if (lowest > limit)
            return -1;
    }
    return row[b_len] <= limit ? row[b_len] : -1;
}

/* Length of the longest strictly increasing subsequence (of at most 64). */
int patience_pile_count(const int *a, int n)
{
    int tails[64];
    int piles = 0;

    for (int i = 0; i < n; i++) {
        int lo = 0, hi = piles;
        while (lo < hi) {
            int mid = (lo + hi) / 2;
            if (tails[mid] < a[i])
                lo = mid + 1;
            else
                hi = mid;
        }
        if (lo == 64)
            continue;
        tails[lo] = a[i];
        if (lo == piles)
            piles++;
    }
    return piles;
}

/* Which sums up to 63 some of the parts can make, as a bit set. */
uint64_t reachable_sums(const unsigned *parts, unsigned n)
{
    uint64_t sums = 1;
    for (unsigned i = 0; i < n; i++) {
        if (parts[i] < 64)
            sums |= sums << parts[i];
    }
    return sums;
}

int64_t cheapest_descent(const int *cost, int n, int rows, int cols)
{
    int64_t row[64];

    if (rows <= 0 || cols <= 0 || cols > 64 || n / cols < rows)
        return -1;
    for (int c = 0; c < cols; c++)
        row[c] = cost[c];
    for (int r = 1; r < rows; r++) {
        int64_t left = row[0];
        for (int c = 0; c < cols; c++) {
            int64_t here = row[c];
            int64_t best = here < left ? here : left;
            if (c + 1 < cols && row[c + 1] < best)
                best = row[c + 1];
            row[c] = best + cost[r * cols + c];
            left = here;
        }
    }
    int64_t least = row[0];
    for (int c = 1; c < cols; c++) {
        if (row[c] < least)
            least = row[c];
    }
    return least;
}

uint32_t count_open_paths(const bool *blocked, int n, int rows, int cols)
{
    uint32_t paths[48] = {0};

    if (rows <= 0 || cols <= 0 || cols > 48 || n / cols < rows)
        return 0;
    paths[0] = 1;
    for (int r = 0; r < rows; r++) {
        for (int c = 0; c < cols; c++) {
            if (blocked[r * cols + c])
                paths[c] = 0;
            else if (c > 0)
                paths[c] += paths[c - 1];
        }
    }
    return paths[cols - 1];
}

/* price[i] is what a piece of length i + 1 brings. */
int best_rod_cut(const int16_t *price, int n)
{
    int best[65] = {0};
    int total = n < 64 ? n : 64;

    for (int length = 1; length <= total; length++) {
        int top = INT32_MIN;
        for (int piece = 1; piece <= length; piece++) {
            int sale = price[piece - 1] + best[length - piece];
            if (sale > top)
                top = sale;
        }
        best[length] = top;
    }
    return best[total];
}

int longest_palindromic_subsequence(const char *s, int len)
{
    int row[80];
    int n = len < 80 ? len : 80;

    for (int i = n - 1; i >= 0; i--) {
        int diagonal = 0;
        row[i] = 1;
        for (int j = i + 1; j < n; j++) {
            int below = row[j];
            if (s[i] == s[j])
                row[j] = diagonal + 2;
            else if (row[j - 1] > below)
                row[j] = row[j - 1];
            diagonal = below;
        }
    }
    return n > 0 ? row[n - 1] : 0;
}

/* Scalar multiplications for a chain of matrices dims[i] x dims[i + 1]. */
uint64_t matrix_chain_cost(const uint16_t *dims, int n)
{
    uint64_t cost[16][16];
    int count = n - 1 < 16 ? n - 1 : 16;

    for (int span = 0; span < count; span++) {
        for (int i = 0; i + span < count; i++) {
            int j = i + span;
            cost[i][j] = span == 0 ? 0 : UINT64_MAX;
            for (int k = i; k < j; k++) {
                uint64_t product = (uint64_t)dims[i] * dims[k + 1] * dims[j + 1];
                uint64_t total = cost[i][k] + cost[k + 1][j] + product;
                if (total < cost[i][j])
                    cost[i][j] = total;
            }
        }
    }
    return count > 0 ? cost[0][count - 1] : 0;
}

int64_t max_nonadjacent_sum(const int *a, int n)
{
    int64_t take = 0, skip = 0;
    for (int i = 0; i < n; i++) {
        int64_t with = skip + a[i];
        if (take > skip)
            skip = take;
        take = with;
    }
    return take > skip ? take : skip;
}

int longest_zigzag(const float *a, int n)
{
    if (n == 0)
        return 0;
    int up = 1, down = 1;
    for (int i = 1; i < n; i++) {
        if (a[i] > a[i - 1])
            up = down + 1;
        else if (a[i] < a[i - 1])
            down = up + 1;
    }
    return up > down ? up : down;
}
