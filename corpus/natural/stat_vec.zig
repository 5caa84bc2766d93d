const std = @import("std");

fn mean_of_doubles(x: []const f64) f64 {
    var sum: f64 = 0;
    for (x) |v| sum += v;
    return if (x.len > 0) sum / @as(f64, @floatFromInt(x.len)) else 0;
}

/// Sample variance by Welford's update.
fn running_variance(x: []const f64) f64 {
    if (x.len < 2) return 0;
    var mean: f64 = 0;
    var m2: f64 = 0;
    for (x, 1..) |v, count| {
        const delta = v - mean;
        mean += delta / @as(f64, @floatFromInt(count));
        m2 += delta * (v - mean);
    }
    return m2 / @as(f64, @floatFromInt(x.len - 1));
}

fn median_of_three(a: i32, b: i32, c: i32) i32 {
    const low = @min(a, b);
    const high = @max(a, b);
    return @max(low, @min(c, high));
}

fn weighted_average(value: []const f64, weight: []const f64) f64 {
    var sum: f64 = 0;
    var total: f64 = 0;
    for (value, weight) |v, w| {
        if (w <= 0) continue;
        sum += w * v;
        total += w;
    }
    return if (total > 0) sum / total else 0;
}

/// The square of Pearson's r, with the sign of the covariance.
fn signed_r_squared(x: []const f64, y: []const f64) f64 {
    const mx = mean_of_doubles(x);
    const my = mean_of_doubles(y);
    var sxy: f64 = 0;
    var sxx: f64 = 0;
    var syy: f64 = 0;

    for (x, y) |xi, yi| {
        const dx = xi - mx;
        const dy = yi - my;
        sxy += dx * dy;
        sxx += dx * dx;
        syy += dy * dy;
    }
    const scale = sxx * syy;
    if (!(scale > 0)) return 0;
    const r2 = sxy * sxy / scale;
    return if (sxy < 0) -r2 else r2;
}

/// Level 0..255 of x within [lo, hi].
fn quantize_level(x: f32, lo: f32, hi: f32) u8 {
    if (!(hi > lo) or !(x > lo)) return 0;
    if (x >= hi) return 255;
    const scaled = (x - lo) / (hi - lo) * 255.0 + 0.5;
    if (!(scaled < 255.0)) return 255;
    return @intFromFloat(scaled);
}

fn dot_product_f32(a: []const f32, b: []const f32) f32 {
    var acc: f32 = 0;
    for (a, b) |x, y| acc += x * y;
    return acc;
}

/// y += alpha * x
fn axpy_f64(alpha: f64, x: []const f64, y: []f64) void {
    if (alpha == 0) return;
    for (x, y) |xi, *yi| yi.* += alpha * xi;
}

fn normalize_peak(signal: []f32) bool {
    var peak: f32 = 0;
    for (signal) |s| {
        const mag = if (s < 0) -s else s;
        if (mag > peak) peak = mag;
    }
    if (peak == 0) return false;
    for (signal) |*s| s.* /= peak;
    return true;
}

fn convolve_valid(dst: []f32, src: []const f32, kernel: []const f32) i32 {
    if (kernel.len == 0 or src.len < kernel.len) return 0;
    const count = @min(src.len - kernel.len + 1, dst.len);
    for (dst[0..count], 0..) |*out, i| {
        var acc: f32 = 0;
        for (src[i..][0..kernel.len], 1..) |s, k| {
            acc += s * kernel[kernel.len - k];
        }
        out.* = acc;
    }
    return @intCast(count);
}

/// Trailing average over up to `window` elements.
fn trailing_average(src: []const i16, dst: []i16, window: i32) void {
    const width: usize = if (window < 1) 1 else @intCast(window);
    var sum: i64 = 0;
    for (src, dst, 0..) |s, *d, i| {
        sum += s;
        if (i >= width) sum -= src[i - width];
        const filled: i64 = @intCast(@min(i + 1, width));
        d.* = @intCast(@divTrunc(sum, filled));
    }
}

fn smooth_exponential(x: []f32, alpha: f32) void {
    if (x.len == 0) return;
    const beta = 1.0 - alpha;
    var prev = x[0];
    for (x[1..]) |*v| {
        v.* = alpha * v.* + beta * prev;
        prev = v.*;
    }
}

/// Counts into bins of equal width; returns how many fell outside.
fn fill_histogram(x: []const i32, bins: []u32, lo: i32, width: i32) i32 {
    var outside: i32 = 0;
    @memset(bins, 0);
    for (x) |v| {
        const offset = @as(i64, v) - lo;
        if (width <= 0 or offset < 0 or @divTrunc(offset, width) >= bins.len) {
            outside += 1;
            continue;
        }
        bins[@intCast(@divTrunc(offset, width))] += 1;
    }
    return outside;
}

fn mode_of_bytes(data: []const u8) i32 {
    var counts: [256]u32 = @splat(0);
    var mode: i32 = -1;
    var top: u32 = 0;
    for (data) |b| {
        counts[b] += 1;
        const c = counts[b];
        if (c > top or (c == top and b < mode)) {
            top = c;
            mode = b;
        }
    }
    return mode;
}

/// Slope of the least squares line through (0, y[0]), (1, y[1]), ...
fn trend_slope(y: []const f64) f64 {
    if (y.len < 2) return 0;
    const mid = @as(f64, @floatFromInt(y.len - 1)) / 2.0;
    var num: f64 = 0;
    var den: f64 = 0;
    for (y, 0..) |v, i| {
        const t = @as(f64, @floatFromInt(i)) - mid;
        num += t * v;
        den += t * t;
    }
    return num / den;
}

fn horner_eval(coef: []const f32, x: f32) f32 {
    var y: f32 = 0;
    var i = coef.len;
    while (i > 0) {
        i -= 1;
        y = y * x + coef[i];
    }
    return y;
}

/// Linear interpolation in a table, ends held.
fn table_lookup_lerp(table: []const f64, pos: f64) f64 {
    if (table.len == 0) return 0;
    const last = table.len - 1;
    if (!(pos > 0)) return table[0];
    if (pos >= @as(f64, @floatFromInt(last))) return table[last];
    const i: usize = @intFromFloat(pos);
    const frac = pos - @as(f64, @floatFromInt(i));
    return table[i] + (table[i + 1] - table[i]) * frac;
}

fn kahan_total(x: []const f64) f64 {
    var sum: f64 = 0;
    var lost: f64 = 0;
    for (x) |v| {
        const y = v - lost;
        const t = sum + y;
        lost = (t - sum) - y;
        sum = t;
    }
    return sum;
}

/// Where the count of a histogram passes the given share of the total.
fn percentile_bucket(hist: []const u16, percent: u32) i32 {
    var total: u64 = 0;
    for (hist) |h| total += h;
    if (total == 0 or percent > 100) return -1;
    var seen: u64 = 0;
    for (hist, 0..) |h, i| {
        seen += h;
        if (seen * 100 >= total * percent) return @intCast(i);
    }
    return @intCast(hist.len - 1);
}
