#[repr(C)]
#[derive(Clone, Copy)]
pub struct RunningStats {
    pub samples: u32,
    pub mean: f64,
    pub m2: f64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Biquad {
    pub b0: f32,
    pub b1: f32,
    pub b2: f32,
    pub a1: f32,
    pub a2: f32,
    pub z1: f32,
    pub z2: f32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Vec3 {
    pub x: f32,
    pub y: f32,
    pub z: f32,
}

pub fn lerp_endpoints_exact(a: f32, b: f32, t: f32) -> f32 {
    (1.0 - t) * a + t * b
}

pub fn smoothstep_edges(edge0: f32, edge1: f32, x: f32) -> f32 {
    if edge0 == edge1 {
        return if x < edge0 { 0.0 } else { 1.0 };
    }
    let t = ((x - edge0) / (edge1 - edge0)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// Falls monotonically to the root; 0 for anything not positive.
pub fn sqrt_newton_f64(x: f64) -> f64 {
    if !(x > 0.0) {
        return 0.0;
    }
    let mut guess = if x > 1.0 { x } else { 1.0 };
    loop {
        let next = 0.5 * (guess + x / guess);
        if !(next < guess) {
            return guess;
        }
        guess = next;
    }
}

/// Coefficients from the constant term upwards.
pub fn polynomial_horner(coeffs: &[f64], x: f64) -> f64 {
    coeffs.iter().rev().fold(0.0, |acc, &c| acc * x + c)
}

/// Value and derivative at x in one pass, highest coefficient first.
pub unsafe fn horner_with_slope(coeffs: &[f32], x: f32, slope: *mut f32) -> f32 {
    let mut value = 0.0;
    let mut derivative = 0.0;
    for &c in coeffs {
        derivative = derivative * x + value;
        value = value * x + c;
    }
    *slope = derivative;
    value
}

pub fn nearly_equal_relative(a: f64, b: f64, tolerance: f64) -> bool {
    if a == b {
        return true;
    }
    let diff = if a > b { a - b } else { b - a };
    let size_a = if a < 0.0 { -a } else { a };
    let size_b = if b < 0.0 { -b } else { b };
    let larger = if size_a > size_b { size_a } else { size_b };
    diff <= tolerance * larger || diff < 1e-12
}

/// Simpson's rule over equidistant samples; an odd last interval becomes a trapezoid.
pub fn integrate_simpson(samples: &[f32], step: f64) -> f64 {
    let mut sum = 0.0;
    let mut i = 0;
    while i + 2 < samples.len() {
        sum += (samples[i] as f64 + 4.0 * samples[i + 1] as f64 + samples[i + 2] as f64) * (step / 3.0);
        i += 2;
    }
    if i + 1 < samples.len() {
        sum += (samples[i] as f64 + samples[i + 1] as f64) * (step / 2.0);
    }
    sum
}

pub fn running_stats_push(stats: &mut RunningStats, value: f64) {
    stats.samples = stats.samples.wrapping_add(1).max(1);
    let delta = value - stats.mean;
    stats.mean += delta / stats.samples as f64;
    stats.m2 += delta * (value - stats.mean);
}

pub fn running_stats_variance(stats: &RunningStats) -> f64 {
    if stats.samples < 2 {
        0.0
    } else {
        stats.m2 / (stats.samples - 1) as f64
    }
}

pub fn compensated_sum_f32(values: &[f32]) -> f32 {
    let mut sum = 0.0f32;
    let mut lost = 0.0f32;
    for &value in values {
        let y = value - lost;
        let t = sum + y;
        lost = (t - sum) - y;
        sum = t;
    }
    sum
}

/// Halves the argument until the series converges fast, then squares back.
pub fn exp_halving(x: f64) -> f64 {
    let mut x = x.clamp(-700.0, 700.0);
    let mut halvings = 0;
    while x > 0.5 || x < -0.5 {
        x *= 0.5;
        halvings += 1;
    }
    let mut sum = 1.0;
    for k in (1..=12).rev() {
        sum = 1.0 + x * sum / k as f64;
    }
    for _ in 0..halvings {
        sum *= sum;
    }
    sum
}

pub fn floor_saturating(x: f64) -> i32 {
    let whole = x as i32;
    if x < whole as f64 {
        whole.saturating_sub(1)
    } else {
        whole
    }
}

/// Angle in [0, 360), 0 for absurd input.
pub fn normalize_degrees(degrees: f64) -> f64 {
    if !(degrees > -1e9 && degrees < 1e9) {
        return 0.0;
    }
    let turns = (degrees / 360.0) as i32;
    let mut rest = degrees - turns as f64 * 360.0;
    if rest < 0.0 {
        rest += 360.0;
    }
    if rest >= 360.0 {
        0.0
    } else {
        rest
    }
}

/// The famous approximation, for positive normal numbers.
pub fn rsqrt_bit_trick(x: f32) -> f32 {
    if !(x > 1e-30 && x < 1e30) {
        return 0.0;
    }
    let y = f32::from_bits(0x5f37_59df - (x.to_bits() >> 1));
    y * (1.5 - 0.5 * x * y * y)
}

pub fn half_bits_to_float(half: u16) -> f32 {
    let sign = ((half & 0x8000) as u32) << 16;
    let exponent = ((half >> 10) & 0x1f) as u32;
    let mantissa = (half & 0x3ff) as u32;
    let bits = match exponent {
        0 => (mantissa as f32 * 5.9604644775390625e-8).to_bits(),
        0x1f => 0x7f80_0000 | if mantissa != 0 { 0x40_0000 } else { 0 },
        _ => (exponent + 112) << 23 | mantissa << 13,
    };
    f32::from_bits(sign | bits)
}

/// Samples a row-major grid at fractional coordinates, clamped to its edges.
pub fn bilinear_lookup(grid: &[f32], width: i32, u: f32, v: f32) -> f32 {
    if width <= 0 || grid.len() < width as usize {
        return 0.0;
    }
    let width = width as usize;
    let height = grid.len() / width;
    let mut x = if u > 0.0 { u } else { 0.0 };
    let mut y = if v > 0.0 { v } else { 0.0 };
    if x > (width - 1) as f32 {
        x = (width - 1) as f32;
    }
    if y > (height - 1) as f32 {
        y = (height - 1) as f32;
    }
    let (x0, y0) = (x as usize, y as usize);
    let x1 = (x0 + 1).min(width - 1);
    let y1 = (y0 + 1).min(height - 1);
    let fx = x - x0 as f32;
    let fy = y - y0 as f32;
    let upper = &grid[y0 * width..(y0 + 1) * width];
    let lower = &grid[y1 * width..(y1 + 1) * width];
    let top = upper[x0] + fx * (upper[x1] - upper[x0]);
    let bottom = lower[x0] + fx * (lower[x1] - lower[x0]);
    top + fy * (bottom - top)
}

pub fn catmull_rom_point(p0: f64, p1: f64, p2: f64, p3: f64, t: f64) -> f64 {
    let a = 3.0 * (p1 - p2) + p3 - p0;
    let b = 2.0 * p0 - 5.0 * p1 + 4.0 * p2 - p3;
    let c = p2 - p0;
    p1 + 0.5 * t * (c + t * (b + t * a))
}

/// Transposed direct form II, in place.
pub fn biquad_filter_block(samples: &mut [f32], filter: &mut Biquad) {
    for sample in samples.iter_mut() {
        let input = *sample;
        let output = filter.b0 * input + filter.z1;
        filter.z1 = filter.b1 * input - filter.a1 * output + filter.z2;
        filter.z2 = filter.b2 * input - filter.a2 * output;
        *sample = output;
    }
}

/// Real roots in ascending order; returns how many there are.
pub unsafe fn quadratic_real_roots(a: f64, b: f64, c: f64, low: *mut f64, high: *mut f64) -> i32 {
    if a == 0.0 {
        if b == 0.0 {
            return 0;
        }
        *low = -c / b;
        *high = *low;
        return 1;
    }
    let disc = b * b - 4.0 * a * c;
    if !(disc >= 0.0) {
        return 0;
    }
    let root = sqrt_newton_f64(disc);
    let r1 = (-b - root) / (2.0 * a);
    let r2 = (-b + root) / (2.0 * a);
    (*low, *high) = if r1 < r2 { (r1, r2) } else { (r2, r1) };
    if disc == 0.0 {
        1
    } else {
        2
    }
}

pub fn integer_power_f64(mut base: f64, exponent: i32) -> f64 {
    let mut e = exponent.unsigned_abs();
    let mut result = 1.0;
    while e != 0 {
        if e & 1 != 0 {
            result *= base;
        }
        base *= base;
        e >>= 1;
    }
    if exponent < 0 {
        1.0 / result
    } else {
        result
    }
}

/// Smallest and largest of the readings that are numbers; returns how many those are.
pub unsafe fn finite_extent(readings: &[f32], low: *mut f32, high: *mut f32) -> i32 {
    let mut seen = 0;
    for &r in readings.iter().filter(|r| !r.is_nan()) {
        if seen == 0 || r < *low {
            *low = r;
        }
        if seen == 0 || r > *high {
            *high = r;
        }
        seen += 1;
    }
    seen
}

/// Reflects direction about a unit normal.
pub fn reflect_vec3(direction: &mut Vec3, normal: &Vec3) {
    let along = direction.x * normal.x + direction.y * normal.y + direction.z * normal.z;
    direction.x -= 2.0 * along * normal.x;
    direction.y -= 2.0 * along * normal.y;
    direction.z -= 2.0 * along * normal.z;
}

/// Centred moving average with a window that shrinks at the ends.
pub fn smooth_centered(out: &mut [f64], input: &[f64], radius: u8) {
    let radius = radius as usize;
    for (i, smoothed) in out.iter_mut().enumerate() {
        let from = i.saturating_sub(radius);
        let to = (i + radius + 1).min(input.len());
        let mut sum = 0.0;
        for &value in &input[from..to] {
            sum += value;
        }
        *smoothed = sum / (to - from) as f64;
    }
}

/// Payments until a loan is paid off, -1 if the rate eats the payment up.
pub fn months_to_repay(mut balance: f64, monthly_rate: f64, payment: f64) -> i32 {
    let mut months = 0;
    while balance > 0.0 {
        let interest = balance * monthly_rate;
        if !(payment > interest) || months == 1200 {
            return -1;
        }
        balance += interest - payment;
        months += 1;
    }
    months
}
