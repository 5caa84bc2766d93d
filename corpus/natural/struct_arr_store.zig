const std = @import("std");

const Ring = extern struct {
    head: u32,
    used: u32,
};

const Interval = extern struct {
    lo: i32,
    hi: i32,
};

const Slot = extern struct {
    key: u32,
    value: i32,
};

const IntStats = extern struct {
    min: i32,
    max: i32,
    sum: i64,
    samples: u32,
};

const BitReader = extern struct {
    byte_pos: u32,
    bit_pos: u32,
};

fn ring_push_back(buf: []i32, r: *Ring, value: i32) bool {
    if (r.head >= buf.len or r.used >= buf.len) return false;
    buf[(r.head + r.used) % buf.len] = value;
    r.used += 1;
    return true;
}

fn ring_pop_front(buf: []const i32, r: *Ring, out: *i32) bool {
    if (r.head >= buf.len or r.used == 0 or r.used > buf.len) return false;
    out.* = buf[r.head];
    r.head += 1;
    if (r.head == buf.len) r.head = 0;
    r.used -= 1;
    return true;
}

fn ring_total(buf: []const i32, r: *const Ring) i64 {
    if (r.head >= buf.len or r.used > buf.len) return 0;
    var total: i64 = 0;
    var at: usize = r.head;
    for (0..r.used) |_| {
        total += buf[at];
        at = if (at + 1 < buf.len) at + 1 else 0;
    }
    return total;
}

/// Min-heap in the first used.* elements of the array.
fn min_heap_push(heap: []i32, used: *i32, value: i32) bool {
    if (used.* < 0 or used.* >= heap.len) return false;
    var i: usize = @intCast(used.*);
    used.* += 1;
    while (i > 0) {
        const parent = (i - 1) / 2;
        if (heap[parent] <= value) break;
        heap[i] = heap[parent];
        i = parent;
    }
    heap[i] = value;
    return true;
}

fn min_heap_pop(heap: []i32, used: *i32, out: *i32) bool {
    if (used.* <= 0 or used.* > heap.len) return false;
    const n: usize = @intCast(used.* - 1);
    const least = heap[0];
    const last = heap[n];
    var i: usize = 0;

    while (2 * i + 1 < n) {
        var child = 2 * i + 1;
        if (child + 1 < n and heap[child + 1] < heap[child]) child += 1;
        if (last <= heap[child]) break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = last;
    used.* = @intCast(n);
    out.* = least;
    return true;
}

/// Root of x with path halving; -1 if the links are broken.
fn union_find_root(parent: []i32, x: i32) i32 {
    var cur = x;
    for (0..parent.len + 1) |_| {
        if (cur < 0 or cur >= parent.len) return -1;
        const link = &parent[@intCast(cur)];
        const up = link.*;
        if (up == cur) return cur;
        if (up < 0 or up >= parent.len) return -1;
        link.* = parent[@intCast(up)];
        cur = link.*;
    }
    return -1;
}

fn union_find_join(parent: []i32, weight: []i32, a: i32, b: i32) bool {
    const ra = union_find_root(parent, a);
    const rb = union_find_root(parent, b);
    if (ra < 0 or rb < 0 or ra == rb) return false;
    var big: usize = @intCast(ra);
    var small: usize = @intCast(rb);
    if (weight[big] < weight[small]) std.mem.swap(usize, &big, &small);
    parent[small] = @intCast(big);
    weight[big] +%= weight[small];
    return true;
}

/// Joins intervals, sorted by lo, that touch or overlap; returns how many remain.
fn merge_sorted_intervals(v: []Interval) i32 {
    if (v.len == 0) return 0;
    var kept: usize = 0;
    for (v[1..]) |next| {
        if (next.lo <= v[kept].hi) {
            v[kept].hi = @max(v[kept].hi, next.hi);
        } else {
            kept += 1;
            v[kept] = next;
        }
    }
    return @intCast(kept + 1);
}

fn deepest_overlap(v: []const Interval) i32 {
    var deepest: i32 = 0;
    for (v) |a| {
        var depth: i32 = 0;
        for (v) |b| {
            if (b.lo <= a.lo and a.lo < b.hi) depth += 1;
        }
        deepest = @max(deepest, depth);
    }
    return deepest;
}

fn find_interval_index(sorted: []const Interval, x: i32) i32 {
    var lo: usize = 0;
    var hi = sorted.len;
    while (lo < hi) {
        const mid = (lo + hi - 1) / 2;
        if (x < sorted[mid].lo) {
            hi = mid;
        } else if (x >= sorted[mid].hi) {
            lo = mid + 1;
        } else {
            return @intCast(mid);
        }
    }
    return -1;
}

/// Open addressing, key 0 is free; -1 if the table is full.
fn slot_table_put(slots: []Slot, key: u32, value: i32) i32 {
    if (slots.len == 0 or key == 0) return -1;
    var at: usize = (key *% 2654435761) % slots.len;
    for (0..slots.len) |_| {
        const slot = &slots[at];
        if (slot.key == 0 or slot.key == key) {
            slot.* = .{ .key = key, .value = value };
            return @intCast(at);
        }
        at += 1;
        if (at == slots.len) at = 0;
    }
    return -1;
}

fn stats_absorb(samples: []const i32, s: *IntStats) void {
    for (samples) |v| {
        if (s.samples == 0 or v < s.min) s.min = v;
        if (s.samples == 0 or v > s.max) s.max = v;
        s.sum +%= v;
        s.samples +%= 1;
    }
}

/// Reads up to 32 bits, most significant first; false at the end of the data.
fn read_bits(data: []const u8, r: *BitReader, bits: u32, out: *u32) bool {
    if (bits > 32) return false;
    var value: u32 = 0;
    for (0..bits) |_| {
        if (r.byte_pos >= data.len or r.bit_pos > 7) return false;
        const shift: u3 = @intCast(7 - r.bit_pos);
        value = value << 1 | (data[r.byte_pos] >> shift & 1);
        r.bit_pos += 1;
        if (r.bit_pos == 8) {
            r.bit_pos = 0;
            r.byte_pos += 1;
        }
    }
    out.* = value;
    return true;
}

/// Reverse Polish code: digits push, + - * d(up) s(wap) work on the stack.
fn run_stack_code(code: []const i8, result: *i32) bool {
    var stack: [32]i32 = undefined;
    var top: usize = 0;

    for (code) |op| {
        switch (op) {
            '0'...'9' => {
                if (top == stack.len) return false;
                stack[top] = op - '0';
                top += 1;
            },
            'd' => {
                if (top == 0 or top == stack.len) return false;
                stack[top] = stack[top - 1];
                top += 1;
            },
            else => {
                if (top < 2) return false;
                const a = stack[top - 2];
                const b = stack[top - 1];
                if (op == 's') {
                    stack[top - 2] = b;
                    stack[top - 1] = a;
                    continue;
                }
                stack[top - 2] = switch (op) {
                    '+' => a +% b,
                    '-' => a -% b,
                    '*' => a *% b,
                    else => return false,
                };
                top -= 1;
            },
        }
    }
    if (top != 1) return false;
    result.* = stack[0];
    return true;
}
