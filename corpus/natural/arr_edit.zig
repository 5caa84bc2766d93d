const std = @import("std");

/// Reverses the elements of [from, to), clipped to the array.
fn reverse_subrange(a: []i32, from: i32, to: i32) void {
    const n: i32 = @intCast(a.len);
    const begin = @max(from, 0);
    const end = @min(to, n);
    if (begin >= end) return;
    var i: usize = @intCast(begin);
    var j: usize = @intCast(end - 1);
    while (i < j) {
        const t = a[i];
        a[i] = a[j];
        a[j] = t;
        i += 1;
        j -= 1;
    }
}

fn rotate_left_by(a: []i32, shift: i32) void {
    if (a.len < 2) return;
    const n: i32 = @intCast(a.len);
    const k = @mod(shift, n);
    reverse_subrange(a, 0, k);
    reverse_subrange(a, k, n);
    reverse_subrange(a, 0, n);
}

/// Moves what is not zero to the front, zeroes to the back.
fn compact_nonzero(a: []i16) i32 {
    var w: usize = 0;
    for (a) |v| {
        if (v != 0) {
            a[w] = v;
            w += 1;
        }
    }
    for (a[w..]) |*slot| slot.* = 0;
    return @intCast(w);
}

fn dedupe_sorted_u32(a: []u32) usize {
    if (a.len == 0) return 0;
    var kept: usize = 1;
    for (a[1..]) |v| {
        if (v != a[kept - 1]) {
            a[kept] = v;
            kept += 1;
        }
    }
    return kept;
}

fn copy_if_between(dst: []i32, src: []const i32, lo: i32, hi: i32) i32 {
    var count: usize = 0;
    for (src) |v| {
        if (v < lo or v > hi) continue;
        dst[count] = v;
        count += 1;
    }
    return @intCast(count);
}

/// Everything below the pivot comes first; returns how many.
fn partition_below(a: []f64, pivot: f64) i32 {
    var store: usize = 0;
    for (a) |*item| {
        if (item.* < pivot) {
            std.mem.swap(f64, &a[store], item);
            store += 1;
        }
    }
    return @intCast(store);
}

fn three_way_partition(a: []u8, mid: u8) void {
    var low: usize = 0;
    var i: usize = 0;
    var high = a.len;

    while (i < high) {
        const v = a[i];
        if (v < mid) {
            a[i] = a[low];
            a[low] = v;
            i += 1;
            low += 1;
        } else if (v > mid) {
            high -= 1;
            a[i] = a[high];
            a[high] = v;
        } else {
            i += 1;
        }
    }
}

fn merge_sorted_into(dst: []i32, a: []const i32, b: []const i32) i32 {
    var i: usize = 0;
    var j: usize = 0;
    var k: usize = 0;

    while (k < dst.len and (i < a.len or j < b.len)) : (k += 1) {
        if (j >= b.len or (i < a.len and a[i] <= b[j])) {
            dst[k] = a[i];
            i += 1;
        } else {
            dst[k] = b[j];
            j += 1;
        }
    }
    return @intCast(k);
}

/// Perfect out-shuffle: first half on even places, second half on odd ones.
fn riffle_halves(src: []const i16, dst: []i16) void {
    const half = (src.len + 1) / 2;
    for (dst, 0..) |*d, i| {
        d.* = if (i & 1 != 0) src[half + i / 2] else src[i / 2];
    }
}

fn erase_all_chars(buf: []i8, c: i8) i32 {
    var kept: usize = 0;
    for (buf) |v| {
        buf[kept] = v;
        kept += @intFromBool(v != c);
    }
    return @intCast(kept);
}

/// The first `used` elements are sorted; makes room for one more.
fn insert_into_sorted(a: []i32, used: i32, value: i32) bool {
    if (used < 0 or used >= a.len) return false;
    var i: usize = @intCast(used);
    while (i > 0 and a[i - 1] > value) : (i -= 1) {
        a[i] = a[i - 1];
    }
    a[i] = value;
    return true;
}

fn fill_arithmetic(a: []i32, first: i32, step: i32) void {
    var value = first;
    for (a) |*slot| {
        slot.* = value;
        value +%= step;
    }
}

fn evens_before_odds(a: []u32) i32 {
    var left: usize = 0;
    var right = a.len;

    while (true) {
        while (left < right and a[left] % 2 == 0) left += 1;
        while (left < right and a[right - 1] % 2 != 0) right -= 1;
        if (left >= right) return @intCast(left);
        std.mem.swap(u32, &a[left], &a[right - 1]);
    }
}

fn clamp_to_limits(a: []i32, lo: i32, hi: i32) void {
    for (a) |*v| {
        if (v.* < lo) {
            v.* = lo;
        } else if (v.* > hi) {
            v.* = hi;
        }
    }
}

fn delta_encode(a: []u32) void {
    var prev: u32 = 0;
    for (a) |*v| {
        const cur = v.*;
        v.* = cur -% prev;
        prev = cur;
    }
}

/// Pairs of count and byte; -1 if they don't fit.
fn rle_pack_bytes(dst: []u8, src: []const u8) i32 {
    var w: usize = 0;
    var i: usize = 0;

    while (i < src.len) {
        const value = src[i];
        var run: usize = 1;
        while (i + run < src.len and run < 255 and src[i + run] == value) run += 1;
        if (w + 2 > dst.len) return -1;
        dst[w] = @intCast(run);
        dst[w + 1] = value;
        w += 2;
        i += run;
    }
    return @intCast(w);
}

fn shift_right_fill(a: []f32, k: i32, fill: f32) void {
    if (k <= 0) return;
    const dist: usize = @intCast(k);
    var i = a.len;
    while (i > 0) {
        i -= 1;
        a[i] = if (i >= dist) a[i - dist] else fill;
    }
}

fn next_ordering(a: []i8) bool {
    if (a.len < 2) return false;
    var tail = a.len - 1;
    while (tail > 0 and a[tail - 1] >= a[tail]) tail -= 1;
    if (tail == 0) {
        std.mem.reverse(i8, a);
        return false;
    }
    var j = a.len - 1;
    while (a[j] <= a[tail - 1]) j -= 1;
    std.mem.swap(i8, &a[tail - 1], &a[j]);
    std.mem.reverse(i8, a[tail..]);
    return true;
}
