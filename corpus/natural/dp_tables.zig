const std = @import("std");

fn knapsack_best_value(weight: []const i32, value: []const u16, capacity: i32) i32 {
    if (capacity < 0) return 0;
    const limit: usize = @intCast(@min(capacity, 127));
    var best: [128]i32 = @splat(0);

    for (weight, value) |weight_i, v| {
        if (weight_i <= 0) continue;
        const w: usize = @intCast(weight_i);
        var c = limit;
        while (c >= w) : (c -= 1) {
            best[c] = @max(best[c], best[c - w] + v);
        }
    }
    return best[limit];
}

/// Longest common subsequence of a and at most 63 elements of b.
fn lcs_length_bytes(a: []const u8, b: []const u8) i32 {
    var row: [64]i32 = @splat(0);
    const nb = if (b.len < 63) b.len else 63;

    for (a) |x| {
        var diagonal: i32 = 0;
        for (b[0..nb], 1..) |y, j| {
            const above = row[j];
            row[j] = if (x == y) diagonal + 1 else @max(above, row[j - 1]);
            diagonal = above;
        }
    }
    return row[nb];
}

/// Fewest coins that make the amount, -1 if they can't.
fn fewest_coins(coins: []const i32, amount: i32) i32 {
    if (amount < 0 or amount > 255) return -1;
    const goal: usize = @intCast(amount);
    var need: [256]i32 = undefined;

    need[0] = 0;
    for (1..goal + 1) |sum| {
        need[sum] = -1;
        for (coins) |coin| {
            if (coin <= 0 or coin > sum) continue;
            const rest = need[sum - @as(usize, @intCast(coin))];
            if (rest >= 0 and (need[sum] < 0 or rest + 1 < need[sum])) need[sum] = rest + 1;
        }
    }
    return need[goal];
}

fn count_change_ways(coins: []const u8, amount: u8) u64 {
    var ways: [256]u64 = @splat(0);
    ways[0] = 1;
    for (coins) |coin| {
        if (coin == 0) continue;
        var sum: usize = coin;
        while (sum <= amount) : (sum += 1) {
            ways[sum] +%= ways[sum - coin];
        }
    }
    return ways[amount];
}

/// Edit distance of two short strings; -1 if it is above the limit.
fn edit_distance_limited(a: []const i8, b: []const i8, limit: i32) i32 {
    if (b.len > 64) return -1;
    var row: [65]i32 = undefined;
    for (row[0 .. b.len + 1], 0..) |*cell, j| cell.* = @intCast(j);

    for (a, 1..) |x, i| {
        var diagonal = row[0];
        row[0] = @intCast(i);
        var lowest = row[0];
        for (b, 1..) |y, j| {
            const replace = diagonal + @intFromBool(x != y);
            diagonal = row[j];
            row[j] = @min(replace, row[j] + 1, row[j - 1] + 1);
            lowest = @min(lowest, row[j]);
        }
        if (lowest > limit) return -1;
    }
    return if (row[b.len] <= limit) row[b.len] else -1;
}

/// Length of the longest strictly increasing subsequence (of at most 64).
fn patience_pile_count(a: []const i32) i32 {
    var tails: [64]i32 = undefined;
    var piles: usize = 0;

    for (a) |v| {
        var lo: usize = 0;
        var hi = piles;
        while (lo < hi) {
            const mid = (lo + hi) / 2;
            if (tails[mid] < v) {
                lo = mid + 1;
            } else {
                hi = mid;
            }
        }
        if (lo == tails.len) continue;
        tails[lo] = v;
        if (lo == piles) piles += 1;
    }
    return @intCast(piles);
}

/// Which sums up to 63 some of the parts can make, as a bit set.
fn reachable_sums(parts: []const u32) u64 {
    var sums: u64 = 1;
    for (parts) |p| {
        if (p < 64) sums |= sums << @intCast(p);
    }
    return sums;
}

fn cheapest_descent(cost: []const i32, rows: i32, cols: i32) i64 {
    if (rows <= 0 or cols <= 0 or cols > 64) return -1;
    const h: usize = @intCast(rows);
    const w: usize = @intCast(cols);
    if (cost.len / w < h) return -1;
    var row: [64]i64 = undefined;
    for (row[0..w], cost[0..w]) |*cell, v| cell.* = v;

    for (1..h) |r| {
        var left = row[0];
        for (cost[r * w ..][0..w], 0..) |v, c| {
            const here = row[c];
            var best = @min(here, left);
            if (c + 1 < w) best = @min(best, row[c + 1]);
            row[c] = best + v;
            left = here;
        }
    }
    return std.mem.min(i64, row[0..w]);
}

fn count_open_paths(blocked: []const bool, rows: i32, cols: i32) u32 {
    if (rows <= 0 or cols <= 0 or cols > 48) return 0;
    const h: usize = @intCast(rows);
    const w: usize = @intCast(cols);
    if (blocked.len / w < h) return 0;
    var paths: [48]u32 = @splat(0);
    paths[0] = 1;
    for (0..h) |r| {
        for (blocked[r * w ..][0..w], 0..) |wall, c| {
            if (wall) {
                paths[c] = 0;
            } else if (c > 0) {
                paths[c] +%= paths[c - 1];
            }
        }
    }
    return paths[w - 1];
}

/// price[i] is what a piece of length i + 1 brings.
fn best_rod_cut(price: []const i16) i32 {
    var best: [65]i32 = @splat(0);
    const total: usize = if (price.len < 64) price.len else 64;

    for (1..total + 1) |length| {
        var top: i32 = std.math.minInt(i32);
        for (price[0..length], 1..) |p, piece| {
            top = @max(top, best[length - piece] + p);
        }
        best[length] = top;
    }
    return best[total];
}

fn longest_palindromic_subsequence(s: []const i8) i32 {
    const n: usize = if (s.len < 80) s.len else 80;
    if (n == 0) return 0;
    var row: [80]i32 = undefined;

    var i = n;
    while (i > 0) {
        i -= 1;
        var diagonal: i32 = 0;
        row[i] = 1;
        for (i + 1..n) |j| {
            const below = row[j];
            row[j] = if (s[i] == s[j]) diagonal + 2 else @max(below, row[j - 1]);
            diagonal = below;
        }
    }
    return row[n - 1];
}

/// Scalar multiplications for a chain of matrices dims[i] x dims[i + 1].
fn matrix_chain_cost(dims: []const u16) u64 {
    if (dims.len < 2) return 0;
    var cost: [16][16]u64 = undefined;
    const count: usize = if (dims.len - 1 < 16) dims.len - 1 else 16;

    for (0..count) |span| {
        for (0..count - span) |i| {
            const j = i + span;
            cost[i][j] = if (span == 0) 0 else std.math.maxInt(u64);
            for (i..j) |k| {
                const product = @as(u64, dims[i]) * dims[k + 1] * dims[j + 1];
                cost[i][j] = @min(cost[i][j], cost[i][k] + cost[k + 1][j] + product);
            }
        }
    }
    return cost[0][count - 1];
}

fn max_nonadjacent_sum(a: []const i32) i64 {
    var take: i64 = 0;
    var skip: i64 = 0;
    for (a) |v| {
        const with = skip + v;
        skip = @max(skip, take);
        take = with;
    }
    return @max(take, skip);
}

fn longest_zigzag(a: []const f32) i32 {
    if (a.len == 0) return 0;
    var up: i32 = 1;
    var down: i32 = 1;
    for (a[1..], a[0 .. a.len - 1]) |cur, prev| {
        if (cur > prev) {
            up = down + 1;
        } else if (cur < prev) {
            down = up + 1;
        }
    }
    return @max(up, down);
}
