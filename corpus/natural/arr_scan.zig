const std = @import("std");

fn sum_int_array(values: []const i32) i64 {
    var total: i64 = 0;
    for (values) |v| total += v;
    return total;
}

/// Mean of the samples, rounded half away from zero.
fn mean_rounded(samples: []const i32) i32 {
    if (samples.len == 0) return 0;
    const n: i64 = @intCast(samples.len);
    const half = @divTrunc(n, 2);
    const sum = sum_int_array(samples);
    if (sum >= 0) return @intCast(@divTrunc(sum + half, n));
    return @intCast(-@divTrunc(-sum + half, n));
}

fn index_of_max(a: []const i32) i32 {
    if (a.len == 0) return -1;
    var best: usize = 0;
    for (a, 0..) |v, i| {
        if (v > a[best]) best = i;
    }
    return @intCast(best);
}

fn last_index_of_min(a: []const i16) i32 {
    if (a.len == 0) return -1;
    var at = a.len - 1;
    var i = at;
    while (i > 0) {
        i -= 1;
        if (a[i] < a[at]) at = i;
    }
    return @intCast(at);
}

fn second_largest_distinct(a: []const i32, out: *i32) bool {
    var best: ?i32 = null;
    var second: ?i32 = null;

    for (a) |v| {
        const b = best orelse {
            best = v;
            continue;
        };
        if (v > b) {
            second = b;
            best = v;
        } else if (v < b and (second == null or v > second.?)) {
            second = v;
        }
    }
    out.* = second orelse return false;
    return true;
}

/// Three comparisons for every two elements.
fn min_max_pairwise(a: []const i32, lo: *i32, hi: *i32) void {
    var min: i32 = if (a.len > 0) a[0] else 0;
    var max = min;

    var i = a.len & 1;
    while (i + 1 < a.len) : (i += 2) {
        var small = a[i];
        var big = a[i + 1];
        if (small > big) std.mem.swap(i32, &small, &big);
        min = @min(min, small);
        max = @max(max, big);
    }
    lo.* = min;
    hi.* = max;
}

fn count_sign_changes(a: []const i32) i32 {
    var changes: i32 = 0;
    var last: i32 = 0;

    for (a) |v| {
        const sign = std.math.sign(v);
        if (sign == 0) continue;
        if (last != 0 and sign != last) changes += 1;
        last = sign;
    }
    return changes;
}

/// Stores where the longest run of equal bytes starts; returns its length.
fn longest_equal_run(bytes: []const u8, start: *i32) i32 {
    var best: usize = 0;
    var best_at: i32 = -1;
    var i: usize = 0;

    while (i < bytes.len) {
        var j = i + 1;
        while (j < bytes.len and bytes[j] == bytes[i]) j += 1;
        if (j - i > best) {
            best = j - i;
            best_at = @intCast(i);
        }
        i = j;
    }
    start.* = best_at;
    return @intCast(best);
}

/// Strictly up, then strictly down, both parts present.
fn is_bitonic_sequence(a: []const i32) bool {
    var i: usize = 1;
    while (i < a.len and a[i - 1] < a[i]) : (i += 1) {}
    if (i == 1 or i >= a.len) return false;
    while (i < a.len and a[i - 1] > a[i]) : (i += 1) {}
    return i == a.len;
}

fn equilibrium_index(a: []const i32) i32 {
    var right: i64 = 0;
    var left: i64 = 0;
    for (a) |v| right += v;
    for (a, 0..) |v, i| {
        right -= v;
        if (left == right) return @intCast(i);
        left += v;
    }
    return -1;
}

fn majority_or_default(votes: []const i32, fallback: i32) i32 {
    var candidate = fallback;
    var balance: usize = 0;

    for (votes) |v| {
        if (balance == 0) candidate = v;
        if (v == candidate) {
            balance += 1;
        } else {
            balance -= 1;
        }
    }
    var total: usize = 0;
    for (votes) |v| total += @intFromBool(v == candidate);
    return if (total > votes.len / 2) candidate else fallback;
}

fn count_local_peaks(y: []const f32, min_height: f32) i32 {
    var peaks: i32 = 0;
    var i: usize = 1;
    while (i + 1 < y.len) : (i += 1) {
        if (y[i] >= min_height and y[i] > y[i - 1] and y[i] >= y[i + 1]) peaks += 1;
    }
    return peaks;
}

fn first_duplicate_byte(data: []const u8) i32 {
    var seen: [8]u32 = @splat(0);

    for (data, 0..) |b, i| {
        const bit = @as(u32, 1) << @as(u5, @truncate(b));
        const word = &seen[b >> 5];
        if (word.* & bit != 0) return @intCast(i);
        word.* |= bit;
    }
    return -1;
}

/// The value nearest to zero; a positive one wins a tie.
fn closest_to_zero(a: []const i32) i32 {
    if (a.len == 0) return 0;
    var best = a[0];

    for (a[1..]) |v| {
        const mag = @abs(v);
        const best_mag = @abs(best);
        if (mag < best_mag or (mag == best_mag and v > best)) best = v;
    }
    return best;
}

/// The value of 0..n that the array lacks, if only one does.
fn missing_in_range_xor(a: []const u32) u32 {
    var acc: u32 = @intCast(a.len);
    for (a, 0..) |v, i| {
        acc ^= @as(u32, @intCast(i)) ^ v;
    }
    return acc;
}

fn max_adjacent_gap(a: []const i32) u32 {
    var widest: u32 = 0;
    if (a.len < 2) return widest;
    for (a[1..], a[0 .. a.len - 1]) |cur, prev| {
        const gap: u32 = @intCast(@abs(@as(i64, cur) - prev));
        widest = @max(widest, gap);
    }
    return widest;
}
