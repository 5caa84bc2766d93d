pub fn sat_add_i16(a: i16, b: i16) -> i16 {
    a.saturating_add(b)
}

pub fn sat_sub_u8(a: u8, b: u8) -> u8 {
    a.saturating_sub(b)
}

/// Overflow happened if both operands have the sign that the sum lacks.
pub fn sat_add_i32_sign_trick(a: i32, b: i32) -> i32 {
    let sum = a.wrapping_add(b);
    if !(a ^ b) & (a ^ sum) < 0 {
        if a < 0 {
            i32::MIN
        } else {
            i32::MAX
        }
    } else {
        sum
    }
}

/// Q15 product, rounded, with -1 * -1 saturated.
pub fn q15_mul_round(a: i16, b: i16) -> i16 {
    let product = (a as i32 * b as i32 + 0x4000) >> 15;
    product.min(32767) as i16
}

pub fn q16_mul(a: i32, b: i32) -> i32 {
    ((a as i64 * b as i64) >> 16) as i32
}

pub fn q16_div_sat(dividend: i32, divisor: i32) -> i32 {
    if divisor == 0 {
        return if dividend < 0 { i32::MIN } else { i32::MAX };
    }
    let quotient = dividend as i64 * 65536 / divisor as i64;
    quotient.clamp(i32::MIN as i64, i32::MAX as i64) as i32
}

/// Q8.8 to thousandths, half away from zero.
pub fn q8_to_milli(q: i16) -> i32 {
    let scaled = q as i32 * 1000;
    (scaled + if scaled < 0 { -128 } else { 128 }) / 256
}

/// Leaves value alone unless alignment is a power of two.
pub fn align_up_pow2(value: u32, alignment: u32) -> u32 {
    if !alignment.is_power_of_two() {
        return value;
    }
    let mask = alignment - 1;
    value.wrapping_add(mask) & !mask
}

/// Largest multiple of step that is not above value.
pub fn snap_down_to_grid(value: i16, step: u8) -> i16 {
    if step == 0 {
        return value;
    }
    let value = value as i32;
    (value - value.rem_euclid(step as i32)) as i16
}

/// Quotient rounded to nearest, halves away from zero; 0 for a zero divisor.
pub fn div_round_nearest(a: i32, b: i32) -> i64 {
    if b == 0 {
        return 0;
    }
    let half = (b / 2) as i64;
    let wide = a as i64;
    let biased = if (a < 0) == (b < 0) { wide + half } else { wide - half };
    biased / b as i64
}

/// Average rounded down, without the overflow of a + b.
pub fn floor_midpoint_i32(a: i32, b: i32) -> i32 {
    (a & b) + ((a ^ b) >> 1)
}

pub fn distance_i32(a: i32, b: i32) -> u32 {
    a.abs_diff(b)
}

/// Wraps v cyclically into [lo, hi).
pub fn wrap_into_range(v: i32, lo: i32, hi: i32) -> i32 {
    if hi <= lo {
        return lo;
    }
    let span = hi as i64 - lo as i64;
    let offset = (v as i64 - lo as i64).rem_euclid(span);
    (lo as i64 + offset) as i32
}

/// Linear map of an ADC reading onto an output range, clamped at both ends.
pub fn rescale_reading(raw: u16, in_lo: u16, in_hi: u16, out_lo: i16, out_hi: i16) -> i16 {
    if raw <= in_lo || in_hi <= in_lo {
        return out_lo;
    }
    if raw >= in_hi {
        return out_hi;
    }
    let travelled = (raw - in_lo) as i64 * (out_hi as i64 - out_lo as i64);
    (out_lo as i64 + travelled / (in_hi - in_lo) as i64) as i16
}

/// Exponential moving average with weight 1 / 2^shift.
pub fn ema_update(average: i32, sample: i32, shift: u32) -> i32 {
    let delta = sample as i64 - average as i64;
    (average as i64 + (delta >> (shift & 31))) as i32
}

/// Drops low bits of a sample and passes the loss on to the next one.
pub unsafe fn quantize_with_residual(sample: i16, drop_bits: u32, residual: *mut i32) -> i32 {
    let shift = drop_bits.min(15);
    let wanted = (sample as i32).wrapping_add(*residual);
    let level = wanted >> shift;
    *residual = wanted - (level << shift);
    level
}

/// Arithmetic shift right that rounds halves to even.
pub fn shift_right_half_even(x: i32, shift: u8) -> i32 {
    match shift {
        0 => x,
        1..=30 => {
            let half = 1u32 << (shift - 1);
            let lost = x as u32 & ((half << 1) - 1);
            let q = x >> shift;
            if lost > half || (lost == half && q & 1 != 0) {
                q + 1
            } else {
                q
            }
        }
        _ => 0,
    }
}

/// Parabola approximation of sin: a full turn is 65536, 1.0 is 4096.
pub fn q12_sine_parabola(angle: u16) -> i16 {
    let x = (angle & 0x7fff) as i32;
    let y = (x * (0x8000 - x)) >> 16;
    let signed = if angle & 0x8000 != 0 { -y } else { y };
    signed as i16
}

pub fn retry_delay_ms(attempt: u32, base_ms: u32, ceiling_ms: u32) -> u32 {
    let mut delay = base_ms;
    for _ in 0..attempt {
        if delay == 0 {
            break;
        }
        if delay >= ceiling_ms / 2 {
            return ceiling_ms;
        }
        delay <<= 1;
    }
    delay.min(ceiling_ms)
}
