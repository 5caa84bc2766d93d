const Pid = extern struct { kp: f32, ki: f32, kd: f32, integral: f32, last_error: f32, limit: f32 };
const Average = extern struct { sum: i64, head: u32, filled: u32 };
const Rng = extern struct { s0: u32, s1: u32 };
const Timer = extern struct { started: u32, period: u32, expired: u32, running: u8 };
const Debounce = extern struct { stable: u8, candidate: u8, ticks: u16 };
const Bucket = extern struct { tokens: u32, capacity: u32, per_second: u32, last_ms: u32 };
const Lift = extern struct { floor: i32, target: i32, state: i32, door_ticks: i32 };

fn pid_step(c: *Pid, setpoint: f32, measured: f32, dt: f32) f32 {
    const err = setpoint - measured;
    const derivative = if (dt > 0.0) (err - c.last_error) / dt else 0.0;
    c.integral += err * dt;
    if (c.integral > c.limit) {
        c.integral = c.limit;
    } else if (c.integral < -c.limit) {
        c.integral = -c.limit;
    }
    c.last_error = err;
    return c.kp * err + c.ki * c.integral + c.kd * derivative;
}

/// Puts a sample into the window and returns the mean of what is in it.
fn average_push(window: []i32, avg: *Average, sample: i32) i32 {
    if (window.len == 0 or avg.head >= window.len or avg.filled > window.len) return 0;
    if (avg.filled == window.len) {
        avg.sum -%= window[avg.head];
    } else {
        avg.filled += 1;
    }
    window[avg.head] = sample;
    avg.sum +%= sample;
    avg.head = if (avg.head + 1 == window.len) 0 else avg.head + 1;
    return @truncate(@divTrunc(avg.sum, avg.filled));
}

fn rng_xoroshiro(r: *Rng) u32 {
    const result = r.s0 *% 0x9e3779bb;
    const mixed = r.s1 ^ r.s0;
    r.s0 = (r.s0 << 26 | r.s0 >> 6) ^ mixed ^ mixed << 9;
    r.s1 = mixed << 13 | mixed >> 19;
    return result;
}

/// Unbiased number below bound, with at most 16 attempts.
fn rng_below(r: *Rng, bound: u32) u32 {
    if (bound < 2) return 0;
    const threshold = (0 -% bound) % bound;
    var value: u32 = 0;
    for (0..16) |_| {
        value = rng_xoroshiro(r);
        if (value >= threshold) break;
    }
    return value % bound;
}

/// Fills with the high halves of a 64 bit LCG.
fn lcg_fill(out: []u32, seed: u64) u64 {
    var state = seed;
    for (out) |*slot| {
        state = state *% 6364136223846793005 +% 1442695040888963407;
        slot.* = @truncate(state >> 32);
    }
    return state;
}

/// Polls a periodic timer on a wrapping clock; true once for each call that is due.
fn timer_poll(t: *Timer, now: u32) bool {
    const elapsed = now -% t.started;
    if (t.running == 0 or elapsed < t.period) return false;
    if (t.period == 0) {
        t.started = now;
        t.expired +%= 1;
        return true;
    }
    const periods = elapsed / t.period;
    t.started +%= periods *% t.period;
    t.expired +%= periods;
    return true;
}

/// Follows an input once it has been the same for threshold ticks; true on a change.
fn debounce_step(d: *Debounce, input: bool, threshold: u16) bool {
    const level: u8 = @intFromBool(input);
    if (level != d.candidate) {
        d.candidate = level;
        d.ticks = 0;
    } else if (d.ticks < threshold) {
        d.ticks += 1;
    }
    if (d.ticks < threshold or d.stable == level) return false;
    d.stable = level;
    return true;
}

fn bucket_take(b: *Bucket, now_ms: u32, cost: u32) bool {
    const elapsed = now_ms -% b.last_ms;
    const refill = @as(u64, elapsed) *% b.per_second / 1000;
    if (refill > 0) {
        b.tokens = @intCast(@min(b.tokens + refill, b.capacity));
        b.last_ms = now_ms;
    }
    if (cost > b.tokens) return false;
    b.tokens -= cost;
    return true;
}

/// One tick of a lift: 0 idle, 1 moving, 2 door open.
fn lift_step(l: *Lift) void {
    switch (l.state) {
        0 => if (l.target != l.floor) {
            l.state = 1;
        },
        1 => {
            if (l.floor < l.target) {
                l.floor += 1;
            } else if (l.floor > l.target) {
                l.floor -= 1;
            }
            if (l.floor == l.target) {
                l.state = 2;
                l.door_ticks = 3;
            }
        },
        2 => {
            l.door_ticks -%= 1;
            if (l.door_ticks <= 0) l.state = 0;
        },
        else => {
            l.state = 0;
            l.target = l.floor;
        },
    }
}
