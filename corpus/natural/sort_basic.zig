const std = @import("std");

/// Returns the number of passes it took.
fn bubble_sort_until_quiet(a: []i16) i32 {
    var passes: usize = 0;
    var swapped = true;
    while (swapped) : (passes += 1) {
        swapped = false;
        var i: usize = 1;
        while (i + passes < a.len) : (i += 1) {
            if (a[i - 1] > a[i]) {
                std.mem.swap(i16, &a[i - 1], &a[i]);
                swapped = true;
            }
        }
    }
    return @intCast(passes);
}

fn selection_sort_descending(a: []f32) void {
    for (0..a.len) |i| {
        var top = i;
        for (i + 1..a.len) |j| {
            if (a[j] > a[top]) top = j;
        }
        if (top != i) std.mem.swap(f32, &a[i], &a[top]);
    }
}

fn shell_sort_u32(a: []u32) void {
    var gap: usize = 1;
    while (gap < a.len / 3) gap = gap * 3 + 1;

    while (gap > 0) : (gap /= 3) {
        var i = gap;
        while (i < a.len) : (i += 1) {
            const v = a[i];
            var j = i;
            while (j >= gap and a[j - gap] > v) : (j -= gap) {
                a[j] = a[j - gap];
            }
            a[j] = v;
        }
    }
}

fn gnome_sort_chars(s: []i8) void {
    var i: usize = 0;
    while (i < s.len) {
        if (i == 0 or s[i - 1] <= s[i]) {
            i += 1;
        } else {
            std.mem.swap(i8, &s[i], &s[i - 1]);
            i -= 1;
        }
    }
}

fn comb_sort_i64(a: []i64) void {
    var gap = a.len;
    var done = false;

    while (!done) {
        gap = gap * 10 / 13;
        if (gap <= 1) {
            gap = 1;
            done = true;
        }
        var i: usize = 0;
        while (i + gap < a.len) : (i += 1) {
            if (a[i] > a[i + gap]) {
                std.mem.swap(i64, &a[i], &a[i + gap]);
                done = false;
            }
        }
    }
}

/// Restores the max-heap below root, within the first `end` elements.
fn sift_down_max(a: []i32, root: i32, end: i32) void {
    if (root < 0 or end < 0 or end > a.len) return;
    const stop: usize = @intCast(end);
    var parent: usize = @intCast(root);
    while (parent < stop / 2) {
        var child = parent * 2 + 1;
        if (child + 1 < stop and a[child] < a[child + 1]) child += 1;
        if (a[parent] >= a[child]) return;
        std.mem.swap(i32, &a[parent], &a[child]);
        parent = child;
    }
}

fn heap_sort_ints(a: []i32) void {
    const n: i32 = @intCast(a.len);
    var i = @divTrunc(n, 2);
    while (i > 0) {
        i -= 1;
        sift_down_max(a, i, n);
    }
    var end = n - 1;
    while (end > 0) : (end -= 1) {
        std.mem.swap(i32, &a[0], &a[@intCast(end)]);
        sift_down_max(a, 0, end);
    }
}

fn counting_sort_bytes(a: []u8) void {
    var counts: [256]usize = @splat(0);

    for (a) |v| counts[v] += 1;
    var w: usize = 0;
    for (counts, 0..) |count, v| {
        for (0..count) |_| {
            a[w] = @intCast(v);
            w += 1;
        }
    }
}

fn quicksort_range(a: []i32, lo: i32, hi: i32) void {
    if (lo < 0 or lo >= hi or hi >= a.len) return;
    const pivot = a[@intCast(lo + @divTrunc(hi - lo, 2))];
    var i = lo;
    var j = hi;
    while (i <= j) {
        while (a[@intCast(i)] < pivot) i += 1;
        while (a[@intCast(j)] > pivot) j -= 1;
        if (i <= j) {
            std.mem.swap(i32, &a[@intCast(i)], &a[@intCast(j)]);
            i += 1;
            j -= 1;
        }
    }
    quicksort_range(a, lo, j);
    quicksort_range(a, i, hi);
}

/// The k-th smallest, by repeated partitioning with the last element.
fn quickselect_kth(a: []i32, k: i32) i32 {
    if (k < 0 or k >= a.len) return -1;
    const want: usize = @intCast(k);
    var lo: usize = 0;
    var hi = a.len - 1;
    while (lo < hi) {
        const pivot = a[hi];
        var store = lo;
        for (lo..hi) |i| {
            if (a[i] < pivot) {
                std.mem.swap(i32, &a[i], &a[store]);
                store += 1;
            }
        }
        a[hi] = a[store];
        a[store] = pivot;
        if (store == want) break;
        if (store < want) {
            lo = store + 1;
        } else {
            hi = store - 1;
        }
    }
    return a[want];
}

fn cocktail_shaker_sort(a: []u16) void {
    if (a.len == 0) return;
    var lo: usize = 0;
    var hi = a.len - 1;
    while (lo < hi) {
        var last = lo;
        for (lo..hi) |i| {
            if (a[i] > a[i + 1]) {
                std.mem.swap(u16, &a[i], &a[i + 1]);
                last = i;
            }
        }
        hi = last;
        var i = hi;
        while (i > lo) : (i -= 1) {
            if (a[i - 1] > a[i]) {
                std.mem.swap(u16, &a[i - 1], &a[i]);
                last = i;
            }
        }
        lo = last;
    }
}

fn merge_sort_bottom_up(a: []i32, tmp: []i32) void {
    var width: usize = 1;
    while (width < a.len) : (width *= 2) {
        var lo: usize = 0;
        while (lo < a.len) : (lo += 2 * width) {
            const mid = @min(lo + width, a.len);
            const hi = @min(lo + 2 * width, a.len);
            var i = lo;
            var j = mid;
            for (tmp[lo..hi]) |*slot| {
                if (i < mid and (j >= hi or a[i] <= a[j])) {
                    slot.* = a[i];
                    i += 1;
                } else {
                    slot.* = a[j];
                    j += 1;
                }
            }
        }
        for (a, tmp) |*x, t| x.* = t;
    }
}

/// Sorts the keys and carries the values along.
fn sort_pairs_by_key(keys: []i16, values: []i32) void {
    for (0..keys.len) |i| {
        const key = keys[i];
        const value = values[i];
        var lo: usize = 0;
        var hi = i;
        while (lo < hi) {
            const mid = (lo + hi) / 2;
            if (keys[mid] <= key) {
                lo = mid + 1;
            } else {
                hi = mid;
            }
        }
        var j = i;
        while (j > lo) : (j -= 1) {
            keys[j] = keys[j - 1];
            values[j] = values[j - 1];
        }
        keys[lo] = key;
        values[lo] = value;
    }
}

/// One stable pass over the byte that `shift` selects.
fn radix_pass(src: []const u32, dst: []u32, shift: u32) void {
    var offsets: [256]usize = @splat(0);
    const amount: u5 = @intCast(shift & 24);

    for (src) |v| offsets[(v >> amount) & 0xff] += 1;
    var at: usize = 0;
    for (&offsets) |*slot| {
        const count = slot.*;
        slot.* = at;
        at += count;
    }
    for (src) |v| {
        const slot = &offsets[(v >> amount) & 0xff];
        dst[slot.*] = v;
        slot.* += 1;
    }
}

fn argsort_doubles(x: []const f64, order: []i32) void {
    for (x, 0..) |v, i| {
        var j = i;
        while (j > 0 and x[@intCast(order[j - 1])] > v) : (j -= 1) {
            order[j] = order[j - 1];
        }
        order[j] = @intCast(i);
    }
}

/// Number of steps at which the order is broken, 0 if sorted either way.
fn count_order_breaks(a: []const u8) i32 {
    var ups: i32 = 0;
    var downs: i32 = 0;
    for (a, 0..) |cur, i| {
        if (i == 0) continue;
        ups += @intFromBool(cur > a[i - 1]);
        downs += @intFromBool(cur < a[i - 1]);
    }
    return @min(ups, downs);
}
