#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

void prefix_sums(const int *src, int64_t *dst, int n)
{
    int64_t acc = 0;
    for (int i = 0; i < n; i++) {
        acc += src[i];
        dst[i] = acc;
    }
}

/* Sum of elements lo..hi (inclusive) from running totals. */
int64_t range_sum_from_prefix(const int64_t *prefix, int n, int lo, int hi)
{
    if (lo < 0)
        lo = 0;
    if (hi >= n)
        hi = n - 1;
    if (lo > hi)
        return 0;
    return lo == 0 ? prefix[hi] : prefix[hi] - prefix[lo - 1];
}

/* Largest sum of a non-empty run; stores where the run lies. */
int64_t max_subarray_bounds(const int *a, int n, int *start, int *end)
{
    int64_t best = 0, cur = 0;
    int best_from = 0, best_to = 0, from = 0;

    for (int i = 0; i < n; i++) {
        if (cur < 0 || i == 0) {
            cur = a[i];
            from = i;
        } else {
            cur += a[i];
        }
        if (i == 0 || cur > best) {
            best = cur;
            best_from = from;
            best_to = i + 1;
        }
    }
    *start = best_from;
    *end = best_to;
    return best;
}

/* As max_subarray, but the run may wrap around the end. */
int64_t max_circular_sum(const int *a, int n)
{
    int64_t total = 0, high = 0, low = 0;
    int64_t best = INT64_MIN, worst = INT64_MAX;

    for (int i = 0; i < n; i++) {
        total += a[i];
        high = high > 0 ? high + a[i] : a[i];
        low = low < 0 ? low + a[i] : a[i];
        if (high > best)
            best = high;
        if (low < worst)
            worst = low;
    }
    if (n == 0)
        return 0;
    return best < 0 || total - worst < best ? best : total - worst;
}

int64_t max_window_sum(const int *a, int n, int k)
{
    if (k <= 0 || k > n)
        return 0;
    int64_t sum = 0;
    for (int i = 0; i < k; i++)
        sum += a[i];
    int64_t best = sum;
    for (int i = k; i < n; i++) {
        sum += (int64_t)a[i] - a[i - k];
        if (sum > best)
            best = sum;
    }
    return best;
}

/* Length of the shortest window whose sum reaches the target, 0 if none. */
int shortest_window_reaching(const unsigned *a, int n, uint64_t target)
{
    uint64_t sum = 0;
    int left = 0, best = 0;

    for (int right = 0; right < n; right++) {
        sum += a[right];
        while (left <= right && sum >= target) {
            int width = right - left + 1;
            if (best == 0 || width < best)
                best = width;
            sum -= a[left++];
        }
    }
    return best;
}

bool sorted_pair_with_sum(const int *a, int n, int target, int *first, int *second)
{
    int i = 0, j = n - 1;

    while (i < j) {
        int64_t sum = (int64_t)a[i] + a[j];
        if (sum == target) {
            *first = i;
            *second = j;
            return true;
        }
        if (sum < target)
            i++;
        else
            j--;
    }
    return false;
}

int count_close_pairs(const uint16_t *sorted, int n, uint16_t max_gap)
{
    int pairs = 0, tail = 0;
    for (int i = 0; i < n; i++) {
        while (tail < i && sorted[i] - sorted[tail] > max_gap)
            tail++;
        pairs += i - tail;
    }
    return pairs;
}

unsigned best_single_trade(const unsigned *prices, size_t n)
{
    unsigned cheapest = UINT32_MAX;
    unsigned profit = 0;

    for (size_t i = 0; i < n; i++) {
        if (prices[i] < cheapest)
            cheapest = prices[i];
        else if (prices[i] - cheapest > profit)
            profit = prices[i] - cheapest;
    }
    return profit;
}

/* Any number of trades, a fee for each. */
int64_t trade_with_fee(const int *price, int n, int fee)
{
    if (n == 0)
        return 0;
    int64_t cash = 0;
    int64_t holding = -(int64_t)price[0];
    for (int i = 1; i < n; i++) {
        int64_t sell = holding + price[i] - fee;
        int64_t buy = cash - price[i];
        if (sell > cash)
            cash = sell;
        if (buy > holding)
            holding = buy;
    }
    return cash;
}

int64_t water_between_walls(const uint16_t *wall, int n)
{
    int64_t water = 0;
    int left = 0, right = n - 1;
    uint16_t left_max = 0, right_max = 0;

    while (left < right) {
        if (wall[left] < wall[right]) {
            if (wall[left] > left_max)
                left_max = wall[left];
            water += left_max - wall[left];
            left++;
        } else {
            if (wall[right] > right_max)
                right_max = wall[right];
            water += right_max - wall[right];
            right--;
        }
    }
    return water;
}

int longest_distinct_window(const uint8_t *data, int n)
{
    int next_start[256] = {0};
    int start = 0, best = 0;

    for (int i = 0; i < n; i++) {
        if (next_start[data[i]] > start)
            start = next_start[data[i]];
        next_start[data[i]] = i + 1;
        if (i + 1 - start > best)
            best = i + 1 - start;
    }
    return best;
}

/* dst[i] is the maximum of the last k elements up to i. */
void sliding_max(const int *src, int *dst, int n, int k)
{
    int at = 0;
    if (k < 1)
        k = 1;
    for (int i = 0; i < n; i++) {
        if (i - at >= k) {
            at = i - k + 1;
            for (int j = at + 1; j <= i; j++) {
                if (src[j] >= src[at])
                    at = j;
            }
        } else if (src[i] >= src[at]) {
            at = i;
        }
        dst[i] = src[at];
    }
}

int count_skyline_visible(const int *height, int n)
{
    int visible = 0;
    int i = n;
    int tallest = INT32_MIN;

    while (i-- > 0) {
        if (height[i] > tallest) {
            tallest = height[i];
            visible++;
        }
    }
    return visible;
}

int longest_ones_with_flips(const uint8_t *bits, int n, int flips)
{
    int left = 0, zeros = 0, best = 0;
    for (int right = 0; right < n; right++) {
        if (bits[right] == 0)
            zeros++;
        while (zeros > flips && left <= right) {
            if (bits[left] == 0)
                zeros--;
            left++;
        }
        if (right - left + 1 > best)
            best = right - left + 1;
    }
    return best;
}

/* Fewest jumps to the last element, each at most as far as the element says. */
int fewest_jumps(const uint8_t *reach, int n)
{
    int jumps = 0, edge = 0, farthest = 0;

    for (int i = 0; i < n - 1; i++) {
        if (i + reach[i] > farthest)
            farthest = i + reach[i];
        if (i == edge) {
            if (farthest == i)
                return -1;
            edge = farthest;
            jumps++;
        }
    }
    return jumps;
}

int circuit_start(const int *gain, const int *cost, int n)
{
    int64_t total = 0, tank = 0;
    int start = 0;

    for (int i = 0; i < n; i++) {
        int64_t net = (int64_t)gain[i] - cost[i];
        total += net;
        tank += net;
        if (tank < 0) {
            tank = 0;
            start = i + 1;
        }
    }
    return n > 0 && total >= 0 ? start : -1;
}
