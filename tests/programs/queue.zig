//! A priority queue over a slice, a state machine, and arithmetic that wraps.

const Event = extern struct {
    time: i32,
    kind: u8,
    value: i16,
};

const State = enum(u8) { idle, reading, escaped, done };

pub fn siftUp(times: []i32, start: usize) void {
    var at = start;
    if (at >= times.len) return;
    while (at > 0) {
        const parent = (at - 1) / 2;
        if (times[parent] <= times[at]) return;
        const t = times[parent];
        times[parent] = times[at];
        times[at] = t;
        at = parent;
    }
}

pub fn earliest(events: []const Event) i32 {
    var best: i32 = -1;
    for (events, 0..) |event, i| {
        if (best < 0 or event.time < events[@intCast(best)].time) best = @intCast(i);
    }
    return best;
}

pub fn total(events: []const Event, kind: u8) i32 {
    var sum: i32 = 0;
    for (events) |event| {
        if (event.kind == kind) sum +%= event.value;
    }
    return sum;
}

pub fn unescape(in: []const u8, out: []u8) usize {
    var state: State = .idle;
    var count: usize = 0;
    for (in) |c| {
        if (count == out.len) break;
        switch (state) {
            .idle => if (c == '"') {
                state = .reading;
            },
            .reading => switch (c) {
                '"' => state = .done,
                '\\' => state = .escaped,
                else => {
                    out[count] = c;
                    count += 1;
                },
            },
            .escaped => {
                out[count] = if (c == 'n') '\n' else c;
                count += 1;
                state = .reading;
            },
            .done => break,
        }
    }
    return count;
}

pub fn mix(seed: u64, rounds: u8) u64 {
    var x = seed;
    for (0..rounds) |_| {
        x ^= x >> 30;
        x *%= 0xbf58476d1ce4e5b9;
        x ^= x >> 27;
    }
    return x;
}

pub fn saturate(a: i16, b: i16) i16 {
    return a +| b;
}
