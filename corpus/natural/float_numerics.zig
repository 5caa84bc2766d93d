const std = @import("std");

const RunningStats = extern struct { samples: u32, mean: f64, m2: f64 };
const Biquad = extern struct { b0: f32, b1: f32, b2: f32, a1: f32, a2: f32, z1: f32, z2: f32 };
const Vec3 = extern struct { x: f32, y: f32, z: f32 };

fn lerp_endpoints_exact(a: f32, b: f32, t: f32) f32 {
    return (1.0 - t) * a + t * b;
}

fn smoothstep_edges(edge0: f32, edge1: f32, x: f32) f32 {
    if (edge0 == edge1) return if (x < edge0) 0.0 else 1.0;
    var t = (x - edge0) / (edge1 - edge0);
    if (t < 0.0) {
        t = 0.0;
    } else if (t > 1.0) {
        t = 1.0;
    }
    return t * t * (3.0 - 2.0 * t);
}

/// Falls monotonically to the root; 0 for anything not positive.
fn sqrt_newton_f64(x: f64) f64 {
    if (!(x > 0.0)) return 0.0;
    var guess: f64 = if (x > 1.0) x else 1.0;
    while (true) {
        const next = 0.5 * (guess + x / guess);
        if (!(next < guess)) return guess;
        guess = next;
    }
}

/// Coefficients from the constant term upwards.
fn polynomial_horner(coeffs: []const f64, x: f64) f64 {
    var acc: f64 = 0.0;
    var i = coeffs.len;
    while (i > 0) {
        i -= 1;
        acc = acc * x + coeffs[i];
    }
    return acc;
}

/// Value and derivative at x in one pass, highest coefficient first.
fn horner_with_slope(coeffs: []const f32, x: f32, slope: *f32) f32 {
    var value: f32 = 0.0;
    var derivative: f32 = 0.0;
    for (coeffs) |c| {
        derivative = derivative * x + value;
        value = value * x + c;
    }
    slope.* = derivative;
    return value;
}

fn nearly_equal_relative(a: f64, b: f64, tolerance: f64) bool {
    if (a == b) return true;
    const size_a = if (a < 0) -a else a;
    const size_b = if (b < 0) -b else b;
    const diff = if (a > b) a - b else b - a;
    const larger = if (size_a > size_b) size_a else size_b;
    return diff <= tolerance * larger or diff < 1e-12;
}

/// Simpson's rule over equidistant samples; an odd last interval becomes a trapezoid.
fn integrate_simpson(samples: []const f32, step: f64) f64 {
    var sum: f64 = 0.0;
    var i: usize = 0;
    while (i + 2 < samples.len) : (i += 2) {
        const middle: f64 = samples[i + 1];
        sum += (@as(f64, samples[i]) + 4.0 * middle + samples[i + 2]) * (step / 3.0);
    }
    if (i + 1 < samples.len) {
        sum += (@as(f64, samples[i]) + samples[i + 1]) * (step / 2.0);
    }
    return sum;
}

fn running_stats_push(stats: *RunningStats, value: f64) void {
    stats.samples = @max(stats.samples +% 1, 1);
    const delta = value - stats.mean;
    stats.mean += delta / @as(f64, @floatFromInt(stats.samples));
    stats.m2 += delta * (value - stats.mean);
}

fn running_stats_variance(stats: *const RunningStats) f64 {
    if (stats.samples < 2) return 0.0;
    return stats.m2 / @as(f64, @floatFromInt(stats.samples - 1));
}

fn compensated_sum_f32(values: []const f32) f32 {
    var sum: f32 = 0.0;
    var lost: f32 = 0.0;
    for (values) |value| {
        const y = value - lost;
        const t = sum + y;
        lost = (t - sum) - y;
        sum = t;
    }
    return sum;
}

/// Halves the argument until the series converges fast, then squares back.
fn exp_halving(x: f64) f64 {
    var reduced = x;
    if (reduced > 700.0) reduced = 700.0;
    if (reduced < -700.0) reduced = -700.0;
    var halvings: u32 = 0;
    while (reduced > 0.5 or reduced < -0.5) : (halvings += 1) reduced *= 0.5;
    var sum: f64 = 1.0;
    var k: f64 = 12.0;
    while (k > 0.0) : (k -= 1.0) sum = 1.0 + reduced * sum / k;
    for (0..halvings) |_| sum *= sum;
    return sum;
}

fn floor_saturating(x: f64) i32 {
    if (std.math.isNan(x)) return 0;
    if (x >= 2147483647.0) return std.math.maxInt(i32);
    if (x <= -2147483648.0) return std.math.minInt(i32);
    return @intFromFloat(@floor(x));
}

/// Angle in [0, 360), 0 for absurd input.
fn normalize_degrees(degrees: f64) f64 {
    if (!(degrees > -1e9 and degrees < 1e9)) return 0.0;
    const turns: i32 = @intFromFloat(degrees / 360.0);
    var rest = degrees - @as(f64, @floatFromInt(turns)) * 360.0;
    if (rest < 0.0) rest += 360.0;
    return if (rest >= 360.0) 0.0 else rest;
}

/// The famous approximation, for positive normal numbers.
fn rsqrt_bit_trick(x: f32) f32 {
    if (!(x > 1e-30 and x < 1e30)) return 0.0;
    const bits: u32 = @bitCast(x);
    const y: f32 = @bitCast(0x5f3759df - (bits >> 1));
    return y * (1.5 - 0.5 * x * y * y);
}

fn half_bits_to_float(half: u16) f32 {
    const sign = @as(u32, half & 0x8000) << 16;
    const exponent: u32 = (half >> 10) & 0x1f;
    const mantissa: u32 = half & 0x3ff;
    if (exponent == 0x1f) {
        const quiet: u32 = if (mantissa != 0) 0x400000 else 0;
        return @bitCast(sign | 0x7f800000 | quiet);
    }
    if (exponent != 0) return @bitCast(sign | (exponent + 112) << 23 | mantissa << 13);
    const tiny = @as(f32, @floatFromInt(mantissa)) * 5.9604644775390625e-8;
    return @bitCast(@as(u32, @bitCast(tiny)) | sign);
}

/// Samples a row-major grid at fractional coordinates, clamped to its edges.
fn bilinear_lookup(grid: []const f32, width: i32, u: f32, v: f32) f32 {
    if (width <= 0 or grid.len < width) return 0.0;
    const columns: usize = @intCast(width);
    const rows = grid.len / columns;
    const right: f32 = @floatFromInt(columns - 1);
    const below: f32 = @floatFromInt(rows - 1);
    var x: f32 = if (u > 0.0) u else 0.0;
    var y: f32 = if (v > 0.0) v else 0.0;
    if (x > right) x = right;
    if (y > below) y = below;
    const x0: usize = @intFromFloat(x);
    const y0: usize = @intFromFloat(y);
    const x1 = @min(x0 + 1, columns - 1);
    const y1 = @min(y0 + 1, rows - 1);
    const fx = x - @as(f32, @floatFromInt(x0));
    const fy = y - @as(f32, @floatFromInt(y0));
    const upper = grid[y0 * columns ..];
    const lower = grid[y1 * columns ..];
    const top = upper[x0] + fx * (upper[x1] - upper[x0]);
    const bottom = lower[x0] + fx * (lower[x1] - lower[x0]);
    return top + fy * (bottom - top);
}

fn catmull_rom_point(p0: f64, p1: f64, p2: f64, p3: f64, t: f64) f64 {
    const a = 3.0 * (p1 - p2) + p3 - p0;
    const b = 2.0 * p0 - 5.0 * p1 + 4.0 * p2 - p3;
    const c = p2 - p0;
    return p1 + 0.5 * t * (c + t * (b + t * a));
}

/// Transposed direct form II, in place.
fn biquad_filter_block(samples: []f32, filter: *Biquad) void {
    for (samples) |*sample| {
        const in = sample.*;
        const out = filter.b0 * in + filter.z1;
        filter.z1 = filter.b1 * in - filter.a1 * out + filter.z2;
        filter.z2 = filter.b2 * in - filter.a2 * out;
        sample.* = out;
    }
}

/// Real roots in ascending order; returns how many there are.
fn quadratic_real_roots(a: f64, b: f64, c: f64, low: *f64, high: *f64) i32 {
    if (a == 0.0) {
        if (b == 0.0) return 0;
        low.* = -c / b;
        high.* = low.*;
        return 1;
    }
    const disc = b * b - 4.0 * a * c;
    if (!(disc >= 0.0)) return 0;
    const root = sqrt_newton_f64(disc);
    const r1 = (-b - root) / (2.0 * a);
    const r2 = (-b + root) / (2.0 * a);
    low.* = if (r1 < r2) r1 else r2;
    high.* = if (r1 < r2) r2 else r1;
    return if (disc == 0.0) 1 else 2;
}

fn integer_power_f64(base: f64, exponent: i32) f64 {
    var square = base;
    var result: f64 = 1.0;
    var e: u32 = @abs(exponent);
    while (e != 0) : (e >>= 1) {
        if (e & 1 != 0) result *= square;
        square *= square;
    }
    return if (exponent < 0) 1.0 / result else result;
}

/// Smallest and largest of the readings that are numbers; returns how many those are.
fn finite_extent(readings: []const f32, low: *f32, high: *f32) i32 {
    var seen: i32 = 0;
    for (readings) |r| {
        if (std.math.isNan(r)) continue;
        if (seen == 0 or r < low.*) low.* = r;
        if (seen == 0 or r > high.*) high.* = r;
        seen += 1;
    }
    return seen;
}

/// Reflects direction about a unit normal.
fn reflect_vec3(direction: *Vec3, normal: *const Vec3) void {
    const along = direction.x * normal.x + direction.y * normal.y + direction.z * normal.z;
    direction.x -= 2.0 * along * normal.x;
    direction.y -= 2.0 * along * normal.y;
    direction.z -= 2.0 * along * normal.z;
}

/// Centred moving average with a window that shrinks at the ends.
fn smooth_centered(out: []f64, in: []const f64, radius: u8) void {
    for (out, 0..) |*smoothed, i| {
        const from = i -| radius;
        const to = @min(i + radius + 1, in.len);
        var sum: f64 = 0.0;
        for (in[from..to]) |value| sum += value;
        smoothed.* = sum / @as(f64, @floatFromInt(to - from));
    }
}

/// Payments until a loan is paid off, -1 if the rate eats the payment up.
fn months_to_repay(balance: f64, monthly_rate: f64, payment: f64) i32 {
    var owed = balance;
    var months: i32 = 0;
    while (owed > 0.0) : (months += 1) {
        const interest = owed * monthly_rate;
        if (!(payment > interest) or months == 1200) return -1;
        owed += interest - payment;
    }
    return months;
}
