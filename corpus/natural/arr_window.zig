const std = @import("std");

fn prefix_sums(src: []const i32, dst: []i64) void {
    var acc: i64 = 0;
    for (src, dst) |s, *d| {
        acc += s;
        d.* = acc;
    }
}

/// Sum of elements lo..hi (inclusive) from running totals.
fn range_sum_from_prefix(prefix: []const i64, lo: i32, hi: i32) i64 {
    const n: i32 = @intCast(prefix.len);
    const first = @max(lo, 0);
    const last = @min(hi, n - 1);
    if (first > last) return 0;
    const upper = prefix[@intCast(last)];
    if (first == 0) return upper;
    return upper -% prefix[@intCast(first - 1)];
}

/// Largest sum of a non-empty run; stores where the run lies.
fn max_subarray_bounds(a: []const i32, start: *i32, end: *i32) i64 {
    var best: i64 = 0;
    var cur: i64 = 0;
    var best_from: usize = 0;
    var best_to: usize = 0;
    var from: usize = 0;

    for (a, 0..) |v, i| {
        if (cur < 0 or i == 0) {
            cur = v;
            from = i;
        } else {
            cur += v;
        }
        if (i == 0 or cur > best) {
            best = cur;
            best_from = from;
            best_to = i + 1;
        }
    }
    start.* = @intCast(best_from);
    end.* = @intCast(best_to);
    return best;
}

/// As max_subarray, but the run may wrap around the end.
fn max_circular_sum(a: []const i32) i64 {
    if (a.len == 0) return 0;
    var total: i64 = 0;
    var high: i64 = 0;
    var low: i64 = 0;
    var best: i64 = std.math.minInt(i64);
    var worst: i64 = std.math.maxInt(i64);

    for (a) |v| {
        total += v;
        high = if (high > 0) high + v else v;
        low = if (low < 0) low + v else v;
        best = @max(best, high);
        worst = @min(worst, low);
    }
    return if (best < 0) best else @max(best, total - worst);
}

fn max_window_sum(a: []const i32, k: i32) i64 {
    if (k <= 0 or k > a.len) return 0;
    const width: usize = @intCast(k);
    var sum: i64 = 0;
    for (a[0..width]) |v| sum += v;
    var best = sum;
    for (a[width..], a[0 .. a.len - width]) |entering, leaving| {
        sum += @as(i64, entering) - leaving;
        best = @max(best, sum);
    }
    return best;
}

/// Length of the shortest window whose sum reaches the target, 0 if none.
fn shortest_window_reaching(a: []const u32, target: u64) i32 {
    var sum: u64 = 0;
    var left: usize = 0;
    var best: usize = 0;

    for (a, 0..) |v, right| {
        sum += v;
        while (left <= right and sum >= target) {
            const width = right - left + 1;
            if (best == 0 or width < best) best = width;
            sum -= a[left];
            left += 1;
        }
    }
    return @intCast(best);
}

fn sorted_pair_with_sum(a: []const i32, target: i32, first: *i32, second: *i32) bool {
    if (a.len == 0) return false;
    var i: usize = 0;
    var j = a.len - 1;

    while (i < j) {
        const sum = @as(i64, a[i]) + a[j];
        if (sum == target) {
            first.* = @intCast(i);
            second.* = @intCast(j);
            return true;
        }
        if (sum < target) i += 1 else j -= 1;
    }
    return false;
}

fn count_close_pairs(sorted: []const u16, max_gap: u16) i32 {
    var pairs: i32 = 0;
    var tail: usize = 0;
    for (sorted, 0..) |v, i| {
        while (tail < i and @as(i32, v) - sorted[tail] > max_gap) tail += 1;
        pairs += @intCast(i - tail);
    }
    return pairs;
}

fn best_single_trade(prices: []const u32) u32 {
    var cheapest: u32 = std.math.maxInt(u32);
    var profit: u32 = 0;

    for (prices) |price| {
        if (price < cheapest) {
            cheapest = price;
        } else {
            profit = @max(profit, price - cheapest);
        }
    }
    return profit;
}

/// Any number of trades, a fee for each.
fn trade_with_fee(price: []const i32, fee: i32) i64 {
    if (price.len == 0) return 0;
    var cash: i64 = 0;
    var holding = -@as(i64, price[0]);
    for (price[1..]) |p| {
        const sell = holding + p - fee;
        const buy = cash - p;
        cash = @max(cash, sell);
        holding = @max(holding, buy);
    }
    return cash;
}

fn water_between_walls(wall: []const u16) i64 {
    if (wall.len == 0) return 0;
    var water: i64 = 0;
    var left: usize = 0;
    var right = wall.len - 1;
    var left_max: u16 = 0;
    var right_max: u16 = 0;

    while (left < right) {
        if (wall[left] < wall[right]) {
            left_max = @max(left_max, wall[left]);
            water += left_max - wall[left];
            left += 1;
        } else {
            right_max = @max(right_max, wall[right]);
            water += right_max - wall[right];
            right -= 1;
        }
    }
    return water;
}

fn longest_distinct_window(data: []const u8) i32 {
    var next_start: [256]usize = @splat(0);
    var start: usize = 0;
    var best: usize = 0;

    for (data, 0..) |b, i| {
        start = @max(start, next_start[b]);
        next_start[b] = i + 1;
        best = @max(best, i + 1 - start);
    }
    return @intCast(best);
}

/// dst[i] is the maximum of the last k elements up to i.
fn sliding_max(src: []const i32, dst: []i32, k: i32) void {
    const width: usize = @intCast(@max(k, 1));
    var at: usize = 0;
    for (src, dst, 0..) |v, *d, i| {
        if (i - at >= width) {
            at = i + 1 - width;
            for (at + 1..i + 1) |j| {
                if (src[j] >= src[at]) at = j;
            }
        } else if (v >= src[at]) {
            at = i;
        }
        d.* = src[at];
    }
}

fn count_skyline_visible(height: []const i32) i32 {
    var visible: i32 = 0;
    var tallest: i32 = std.math.minInt(i32);

    var i = height.len;
    while (i > 0) {
        i -= 1;
        if (height[i] > tallest) {
            tallest = height[i];
            visible += 1;
        }
    }
    return visible;
}

fn longest_ones_with_flips(bits: []const u8, flips: i32) i32 {
    var left: usize = 0;
    var zeros: i32 = 0;
    var best: usize = 0;
    for (bits, 0..) |bit, right| {
        if (bit == 0) zeros += 1;
        while (zeros > flips and left <= right) : (left += 1) {
            if (bits[left] == 0) zeros -= 1;
        }
        best = @max(best, right + 1 - left);
    }
    return @intCast(best);
}

/// Fewest jumps to the last element, each at most as far as the element says.
fn fewest_jumps(reach: []const u8) i32 {
    if (reach.len == 0) return 0;
    var jumps: i32 = 0;
    var edge: usize = 0;
    var farthest: usize = 0;

    for (reach[0 .. reach.len - 1], 0..) |r, i| {
        farthest = @max(farthest, i + r);
        if (i == edge) {
            if (farthest == i) return -1;
            edge = farthest;
            jumps += 1;
        }
    }
    return jumps;
}

fn circuit_start(gain: []const i32, cost: []const i32) i32 {
    var total: i64 = 0;
    var tank: i64 = 0;
    var start: i32 = 0;

    for (gain, cost, 0..) |g, c, i| {
        const net = @as(i64, g) - c;
        total += net;
        tank += net;
        if (tank < 0) {
            tank = 0;
            start = @intCast(i + 1);
        }
    }
    return if (gain.len > 0 and total >= 0) start else -1;
}
