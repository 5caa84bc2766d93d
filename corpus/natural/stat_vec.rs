pub fn mean_of_doubles(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for &v in x {
        sum += v;
    }
    if x.is_empty() { 0.0 } else { sum / x.len() as f64 }
}

/// Sample variance by Welford's update.
pub fn running_variance(x: &[f64]) -> f64 {
    if x.len() < 2 {
        return 0.0;
    }
    let mut mean = 0.0;
    let mut m2 = 0.0;
    for (i, &v) in x.iter().enumerate() {
        let delta = v - mean;
        mean += delta / (i + 1) as f64;
        m2 += delta * (v - mean);
    }
    m2 / (x.len() - 1) as f64
}

pub fn median_of_three(a: i32, b: i32, c: i32) -> i32 {
    let (a, b) = if a > b { (b, a) } else { (a, b) };
    if c <= a {
        a
    } else if c < b {
        c
    } else {
        b
    }
}

pub fn weighted_average(value: &[f64], weight: &[f64]) -> f64 {
    let mut sum = 0.0;
    let mut total = 0.0;
    for (&v, &w) in value.iter().zip(weight) {
        if w <= 0.0 {
            continue;
        }
        sum += w * v;
        total += w;
    }
    if total > 0.0 { sum / total } else { 0.0 }
}

/// The square of Pearson's r, with the sign of the covariance.
pub fn signed_r_squared(x: &[f64], y: &[f64]) -> f64 {
    let mx = mean_of_doubles(x);
    let my = mean_of_doubles(y);
    let (mut sxy, mut sxx, mut syy) = (0.0, 0.0, 0.0);

    for (&xi, &yi) in x.iter().zip(y) {
        let (dx, dy) = (xi - mx, yi - my);
        sxy += dx * dy;
        sxx += dx * dx;
        syy += dy * dy;
    }
    let scale = sxx * syy;
    if !(scale > 0.0) {
        return 0.0;
    }
    let r2 = sxy * sxy / scale;
    if sxy < 0.0 { -r2 } else { r2 }
}

/// Level 0..255 of x within [lo, hi].
pub fn quantize_level(x: f32, lo: f32, hi: f32) -> u8 {
    if !(hi > lo) || !(x > lo) {
        return 0;
    }
    if x >= hi {
        return 255;
    }
    let scaled = (x - lo) / (hi - lo) * 255.0 + 0.5;
    if !(scaled < 255.0) {
        return 255;
    }
    scaled as u8
}

pub fn dot_product_f32(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).fold(0.0, |acc, (x, y)| acc + x * y)
}

/// y += alpha * x
pub fn axpy_f64(alpha: f64, x: &[f64], y: &mut [f64]) {
    if alpha == 0.0 {
        return;
    }
    for (yi, xi) in y.iter_mut().zip(x) {
        *yi += alpha * xi;
    }
}

pub fn normalize_peak(signal: &mut [f32]) -> bool {
    let mut peak = 0.0f32;
    for &s in signal.iter() {
        let mag = if s < 0.0 { -s } else { s };
        if mag > peak {
            peak = mag;
        }
    }
    if peak == 0.0 {
        return false;
    }
    for s in signal.iter_mut() {
        *s /= peak;
    }
    true
}

pub fn convolve_valid(dst: &mut [f32], src: &[f32], kernel: &[f32]) -> i32 {
    if kernel.is_empty() || src.len() < kernel.len() {
        return 0;
    }
    let count = (src.len() - kernel.len() + 1).min(dst.len());
    for (out, window) in dst.iter_mut().zip(src.windows(kernel.len())) {
        let mut acc = 0.0;
        for (s, k) in window.iter().zip(kernel.iter().rev()) {
            acc += s * k;
        }
        *out = acc;
    }
    count as i32
}

/// Trailing average over up to `window` elements.
pub fn trailing_average(src: &[i16], dst: &mut [i16], window: i32) {
    let window = window.max(1) as usize;
    let mut sum = 0i64;
    for i in 0..src.len() {
        sum += src[i] as i64;
        if i >= window {
            sum -= src[i - window] as i64;
        }
        let filled = window.min(i + 1) as i64;
        dst[i] = (sum / filled) as i16;
    }
}

pub fn smooth_exponential(x: &mut [f32], alpha: f32) {
    let beta = 1.0 - alpha;
    for i in 1..x.len() {
        x[i] = alpha * x[i] + beta * x[i - 1];
    }
}

/// Counts into bins of equal width; returns how many fell outside.
pub fn fill_histogram(x: &[i32], bins: &mut [u32], lo: i32, width: i32) -> i32 {
    let mut outside = 0;
    for b in bins.iter_mut() {
        *b = 0;
    }
    for &v in x {
        let offset = v as i64 - lo as i64;
        if width <= 0 || offset < 0 {
            outside += 1;
            continue;
        }
        match bins.get_mut((offset / width as i64) as usize) {
            Some(b) => *b += 1,
            None => outside += 1,
        }
    }
    outside
}

pub fn mode_of_bytes(data: &[u8]) -> i32 {
    let mut counts = [0u32; 256];
    let mut mode = -1;
    let mut top = 0;
    for &b in data {
        counts[b as usize] += 1;
        let c = counts[b as usize];
        if c > top || (c == top && (b as i32) < mode) {
            top = c;
            mode = b as i32;
        }
    }
    mode
}

/// Slope of the least squares line through (0, y[0]), (1, y[1]), ...
pub fn trend_slope(y: &[f64]) -> f64 {
    if y.len() < 2 {
        return 0.0;
    }
    let mid = (y.len() - 1) as f64 / 2.0;
    let mut num = 0.0;
    let mut den = 0.0;
    for (i, &v) in y.iter().enumerate() {
        let t = i as f64 - mid;
        num += t * v;
        den += t * t;
    }
    num / den
}

pub fn horner_eval(coef: &[f32], x: f32) -> f32 {
    coef.iter().rev().fold(0.0, |y, &c| y * x + c)
}

/// Linear interpolation in a table, ends held.
pub fn table_lookup_lerp(table: &[f64], pos: f64) -> f64 {
    let n = table.len();
    if n == 0 {
        return 0.0;
    }
    if !(pos > 0.0) {
        return table[0];
    }
    if pos >= (n - 1) as f64 {
        return table[n - 1];
    }
    let i = pos as usize;
    let frac = pos - i as f64;
    table[i] + (table[i + 1] - table[i]) * frac
}

pub fn kahan_total(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    let mut lost = 0.0;
    for &v in x {
        let y = v - lost;
        let t = sum + y;
        lost = (t - sum) - y;
        sum = t;
    }
    sum
}

/// Where the count of a histogram passes the given share of the total.
pub fn percentile_bucket(hist: &[u16], percent: u32) -> i32 {
    let total: u64 = hist.iter().map(|&h| h as u64).sum();
    if total == 0 || percent > 100 {
        return -1;
    }
    let mut seen = 0u64;
    for (i, &h) in hist.iter().enumerate() {
        seen += h as u64;
        if seen * 100 >= total * percent as u64 {
            return i as i32;
        }
    }
    hist.len() as i32 - 1
}
