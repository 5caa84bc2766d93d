fn rfind_char(buf: []const i8, c: i8) i32 {
    var i = buf.len;
    while (i > 0) {
        i -= 1;
        if (buf[i] == c) return @intCast(i);
    }
    return -1;
}

fn lower_bound_u32(a: []const u32, key: u32) usize {
    var first: usize = 0;
    var n = a.len;
    while (n > 0) {
        const half = n >> 1;
        if (a[first + half] < key) {
            first += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return first;
}

fn upper_bound_double(a: []const f64, x: f64) i32 {
    var lo: usize = 0;
    var hi = a.len;
    while (lo < hi) {
        const mid = (lo + hi) / 2;
        if (x < a[mid]) {
            hi = mid;
        } else {
            lo = mid + 1;
        }
    }
    return @intCast(lo);
}

fn interpolation_search(a: []const i32, key: i32) i32 {
    var lo: usize = 0;
    var hi = a.len;

    while (lo < hi) {
        const first = a[lo];
        const last = a[hi - 1];
        if (key < first or key > last) break;
        if (first == last) return @intCast(lo);
        const span = @as(i64, last) - first;
        const width: i64 = @intCast(hi - 1 - lo);
        const offset = @divTrunc((@as(i64, key) - first) * width, span);
        const pos = lo + @as(usize, @intCast(offset));
        if (a[pos] == key) return @intCast(pos);
        if (a[pos] < key) {
            lo = pos + 1;
        } else {
            hi = pos;
        }
    }
    return -1;
}

/// Doubles the bound, then bisects the last stretch.
fn galloping_search(a: []const i64, key: i64) i32 {
    var bound: usize = 1;
    while (bound < a.len and a[bound] < key) bound *= 2;

    var lo = bound / 2;
    var hi = if (bound < a.len) bound + 1 else a.len;
    while (lo < hi) {
        const mid = lo + (hi - lo) / 2;
        if (a[mid] < key) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return if (lo < a.len and a[lo] == key) @intCast(lo) else -1;
}

/// How often the key occurs in a sorted array.
fn sorted_key_multiplicity(a: []const i16, key: i16) i32 {
    var lo: usize = 0;
    var hi = a.len;
    while (lo < hi) {
        const mid = lo + (hi - lo) / 2;
        if (a[mid] < key) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    var end = lo;
    while (end < a.len and a[end] == key) end += 1;
    return @intCast(end - lo);
}

fn find_in_rotated(a: []const i32, key: i32) i32 {
    var lo: i32 = 0;
    var hi: i32 = @as(i32, @intCast(a.len)) - 1;

    while (lo <= hi) {
        const mid = @divTrunc(lo + hi, 2);
        const first = a[@intCast(lo)];
        const pivot = a[@intCast(mid)];
        if (pivot == key) return mid;
        if (first <= pivot) {
            if (first <= key and key < pivot) {
                hi = mid - 1;
            } else {
                lo = mid + 1;
            }
        } else if (pivot < key and key <= a[@intCast(hi)]) {
            lo = mid + 1;
        } else {
            hi = mid - 1;
        }
    }
    return -1;
}

fn rotation_offset(ring: []const u8) u32 {
    if (ring.len == 0) return 0;
    var lo: usize = 0;
    var hi = ring.len - 1;
    while (lo < hi) {
        const mid = (lo + hi) >> 1;
        if (ring[mid] > ring[hi]) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return @intCast(lo);
}

fn summit_by_bisection(height: []const f32) i32 {
    if (height.len == 0) return -1;
    var left: usize = 0;
    var right = height.len - 1;
    while (left < right) {
        const mid = left + (right - left) / 2;
        if (height[mid] < height[mid + 1]) {
            left = mid + 1;
        } else {
            right = mid;
        }
    }
    return @intCast(left);
}

fn find_byte_pattern(hay: []const u8, needle: []const u8) i32 {
    var at: usize = 0;
    while (at + needle.len <= hay.len) : (at += 1) {
        for (needle, hay[at..][0..needle.len]) |n, h| {
            if (n != h) break;
        } else return @intCast(at);
    }
    return -1;
}

fn jump_search_i8(a: []const i8, key: i8) i32 {
    var step: usize = 1;
    while (@as(u64, step) * step < a.len) step += 1;

    var prev: usize = 0;
    var next = step;
    while (next < a.len and a[next - 1] < key) {
        prev = next;
        next += step;
    }
    for (prev..@min(next, a.len)) |i| {
        if (a[i] == key) return @intCast(i);
    }
    return -1;
}

fn sorted_includes(a: []const i32, b: []const i32) bool {
    var i: usize = 0;
    var j: usize = 0;
    while (j < b.len) : (i += 1) {
        if (i == a.len or b[j] < a[i]) return false;
        if (a[i] == b[j]) j += 1;
    }
    return true;
}

/// Index of the first set bit at or after `from`, or the number of bits.
fn bitmap_next_set(words: []const u32, from: u32) u32 {
    const bits: u32 = @as(u32, @intCast(words.len)) *% 32;
    var w: usize = from / 32;
    if (w >= words.len) return bits;
    const shift: u5 = @truncate(from);
    var cur = words[w] & (@as(u32, 0xffffffff) << shift);
    while (cur == 0) {
        w += 1;
        if (w == words.len) return bits;
        cur = words[w];
    }
    return @as(u32, @intCast(w)) * 32 + @ctz(cur);
}

fn first_mismatch(a: []const i8, b: []const i8) i32 {
    var i: usize = 0;
    while (i < a.len and a[i] == b[i]) i += 1;
    return @intCast(i);
}
