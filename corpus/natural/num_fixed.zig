const std = @import("std");

fn sat_add_i16(a: i16, b: i16) i16 {
    return a +| b;
}

fn sat_sub_u8(a: u8, b: u8) u8 {
    return a -| b;
}

/// Overflow happened if both operands have the sign that the sum lacks.
fn sat_add_i32_sign_trick(a: i32, b: i32) i32 {
    const sum = a +% b;
    if (~(a ^ b) & (a ^ sum) < 0) {
        return if (a < 0) std.math.minInt(i32) else std.math.maxInt(i32);
    }
    return sum;
}

/// Q15 product, rounded, with -1 * -1 saturated.
fn q15_mul_round(a: i16, b: i16) i16 {
    const product = (@as(i32, a) * b + 0x4000) >> 15;
    return @intCast(@min(product, 32767));
}

fn q16_mul(a: i32, b: i32) i32 {
    return @truncate((@as(i64, a) *% b) >> 16);
}

fn q16_div_sat(dividend: i32, divisor: i32) i32 {
    if (divisor == 0) return if (dividend < 0) std.math.minInt(i32) else std.math.maxInt(i32);
    const quotient = @divTrunc(@as(i64, dividend) << 16, divisor);
    return @intCast(std.math.clamp(quotient, std.math.minInt(i32), std.math.maxInt(i32)));
}

/// Q8.8 to thousandths, half away from zero.
fn q8_to_milli(q: i16) i32 {
    const scaled = @as(i32, q) * 1000;
    const bias: i32 = if (scaled < 0) -128 else 128;
    return @divTrunc(scaled + bias, 256);
}

/// Leaves value alone unless alignment is a power of two.
fn align_up_pow2(value: u32, alignment: u32) u32 {
    if (@popCount(alignment) != 1) return value;
    const mask = alignment - 1;
    return (value +% mask) & ~mask;
}

/// Largest multiple of step that is not above value.
fn snap_down_to_grid(value: i16, step: u8) i16 {
    if (step == 0) return value;
    return value -% @mod(value, step);
}

/// Quotient rounded to nearest, halves away from zero; 0 for a zero divisor.
fn div_round_nearest(a: i32, b: i32) i64 {
    if (b == 0) return 0;
    const half: i64 = @divTrunc(b, 2);
    const wide: i64 = a;
    const biased = if ((a < 0) == (b < 0)) wide + half else wide - half;
    return @divTrunc(biased, b);
}

/// Average rounded down, without the overflow of a + b.
fn floor_midpoint_i32(a: i32, b: i32) i32 {
    return (a & b) + ((a ^ b) >> 1);
}

fn distance_i32(a: i32, b: i32) u32 {
    return @bitCast(if (a > b) a -% b else b -% a);
}

/// Wraps v cyclically into [lo, hi).
fn wrap_into_range(v: i32, lo: i32, hi: i32) i32 {
    if (hi <= lo) return lo;
    const span = @as(i64, hi) - lo;
    const offset = @mod(@as(i64, v) - lo, span);
    return @intCast(lo + offset);
}

/// Linear map of an ADC reading onto an output range, clamped at both ends.
fn rescale_reading(raw: u16, in_lo: u16, in_hi: u16, out_lo: i16, out_hi: i16) i16 {
    if (raw <= in_lo or in_hi <= in_lo) return out_lo;
    if (raw >= in_hi) return out_hi;
    const travelled = @as(i64, raw - in_lo) *% (@as(i64, out_hi) - out_lo);
    return @intCast(out_lo + @divTrunc(travelled, in_hi - in_lo));
}

/// Exponential moving average with weight 1 / 2^shift.
fn ema_update(average: i32, sample: i32, shift: u32) i32 {
    const delta = @as(i64, sample) - average;
    return @truncate(average + (delta >> @intCast(shift & 31)));
}

/// Drops low bits of a sample and passes the loss on to the next one.
fn quantize_with_residual(sample: i16, drop_bits: u32, residual: *i32) i32 {
    const shift: u5 = @intCast(@min(drop_bits, 15));
    const wanted = sample +% residual.*;
    const level = wanted >> shift;
    residual.* = wanted - (level << shift);
    return level;
}

/// Arithmetic shift right that rounds halves to even.
fn shift_right_half_even(x: i32, shift: u8) i32 {
    if (shift == 0) return x;
    if (shift > 30) return 0;
    const amount: u5 = @intCast(shift);
    const half = @as(u32, 1) << (amount - 1);
    const lost = @as(u32, @bitCast(x)) & ((half << 1) - 1);
    const q = x >> amount;
    const up = lost > half or (lost == half and q & 1 != 0);
    return q + @intFromBool(up);
}

/// Parabola approximation of sin: a full turn is 65536, 1.0 is 4096.
fn q12_sine_parabola(angle: u16) i16 {
    const x: i32 = angle & 0x7fff;
    const y = (x * (0x8000 - x)) >> 16;
    return @intCast(if (angle & 0x8000 != 0) -y else y);
}

fn retry_delay_ms(attempt: u32, base_ms: u32, ceiling_ms: u32) u32 {
    var delay = base_ms;
    var left = attempt;
    while (left > 0 and delay != 0) : (left -= 1) {
        if (delay >= ceiling_ms / 2) return ceiling_ms;
        delay <<= 1;
    }
    return @min(delay, ceiling_ms);
}
