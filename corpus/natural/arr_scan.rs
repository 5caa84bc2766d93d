pub fn sum_int_array(values: &[i32]) -> i64 {
    values.iter().map(|&v| v as i64).sum()
}

/// Mean of the samples, rounded half away from zero.
pub fn mean_rounded(samples: &[i32]) -> i32 {
    if samples.is_empty() {
        return 0;
    }
    let n = samples.len() as i64;
    let sum = sum_int_array(samples);
    if sum >= 0 {
        ((sum + n / 2) / n) as i32
    } else {
        -((-sum + n / 2) / n) as i32
    }
}

pub fn index_of_max(a: &[i32]) -> i32 {
    if a.is_empty() {
        return -1;
    }
    let mut best = 0;
    for i in 1..a.len() {
        if a[i] > a[best] {
            best = i;
        }
    }
    best as i32
}

pub fn last_index_of_min(a: &[i16]) -> i32 {
    if a.is_empty() {
        return -1;
    }
    let mut at = a.len() - 1;
    for i in (0..at).rev() {
        if a[i] < a[at] {
            at = i;
        }
    }
    at as i32
}

pub unsafe fn second_largest_distinct(a: &[i32], out: *mut i32) -> bool {
    let mut best: Option<i32> = None;
    let mut second: Option<i32> = None;

    for &v in a {
        match best {
            None => best = Some(v),
            Some(b) if v > b => {
                second = best;
                best = Some(v);
            }
            Some(b) if v < b && second.map_or(true, |s| v > s) => second = Some(v),
            _ => {}
        }
    }
    match second {
        Some(s) => {
            *out = s;
            true
        }
        None => false,
    }
}

/// Three comparisons for every two elements.
pub unsafe fn min_max_pairwise(a: &[i32], lo: *mut i32, hi: *mut i32) {
    let mut min = a.first().copied().unwrap_or(0);
    let mut max = min;

    for pair in a[a.len() & 1..].chunks_exact(2) {
        let (small, big) = if pair[0] > pair[1] {
            (pair[1], pair[0])
        } else {
            (pair[0], pair[1])
        };
        min = min.min(small);
        max = max.max(big);
    }
    *lo = min;
    *hi = max;
}

pub fn count_sign_changes(a: &[i32]) -> i32 {
    let mut changes = 0;
    let mut last = 0;

    for sign in a.iter().map(|v| v.signum()).filter(|&s| s != 0) {
        if last != 0 && sign != last {
            changes += 1;
        }
        last = sign;
    }
    changes
}

/// Stores where the longest run of equal bytes starts; returns its length.
pub unsafe fn longest_equal_run(bytes: &[u8], start: *mut i32) -> i32 {
    let mut best = 0;
    let mut best_at = -1;
    let mut i = 0;

    while i < bytes.len() {
        let mut j = i + 1;
        while j < bytes.len() && bytes[j] == bytes[i] {
            j += 1;
        }
        if j - i > best {
            best = j - i;
            best_at = i as i32;
        }
        i = j;
    }
    *start = best_at;
    best as i32
}

/// Strictly up, then strictly down, both parts present.
pub fn is_bitonic_sequence(a: &[i32]) -> bool {
    let n = a.len();
    let mut i = 1;
    while i < n && a[i - 1] < a[i] {
        i += 1;
    }
    if i == 1 || i >= n {
        return false;
    }
    while i < n && a[i - 1] > a[i] {
        i += 1;
    }
    i == n
}

pub fn equilibrium_index(a: &[i32]) -> i32 {
    let mut right: i64 = a.iter().map(|&v| v as i64).sum();
    let mut left = 0i64;
    for (i, &v) in a.iter().enumerate() {
        right -= v as i64;
        if left == right {
            return i as i32;
        }
        left += v as i64;
    }
    -1
}

pub fn majority_or_default(votes: &[i32], fallback: i32) -> i32 {
    let mut candidate = fallback;
    let mut balance = 0;

    for &v in votes {
        if balance == 0 {
            candidate = v;
        }
        balance += if v == candidate { 1 } else { -1 };
    }
    let total = votes.iter().filter(|&&v| v == candidate).count();
    if total > votes.len() / 2 {
        candidate
    } else {
        fallback
    }
}

pub fn count_local_peaks(y: &[f32], min_height: f32) -> i32 {
    y.windows(3)
        .filter(|w| w[1] >= min_height && w[1] > w[0] && w[1] >= w[2])
        .count() as i32
}

pub fn first_duplicate_byte(data: &[u8]) -> i32 {
    let mut seen = [0u32; 8];

    for (i, &b) in data.iter().enumerate() {
        let bit = 1u32 << (b & 31);
        let word = &mut seen[(b >> 5) as usize];
        if *word & bit != 0 {
            return i as i32;
        }
        *word |= bit;
    }
    -1
}

/// The value nearest to zero; a positive one wins a tie.
pub fn closest_to_zero(a: &[i32]) -> i32 {
    let mut best: Option<i32> = None;

    for &v in a {
        let closer = match best {
            None => true,
            Some(b) => {
                let (mag, best_mag) = (v.unsigned_abs(), b.unsigned_abs());
                mag < best_mag || (mag == best_mag && v > b)
            }
        };
        if closer {
            best = Some(v);
        }
    }
    best.unwrap_or(0)
}

/// The value of 0..n that the array lacks, if only one does.
pub fn missing_in_range_xor(a: &[u32]) -> u32 {
    let mut acc = a.len() as u32;
    for (i, &v) in a.iter().enumerate() {
        acc ^= i as u32 ^ v;
    }
    acc
}

pub fn max_adjacent_gap(a: &[i32]) -> u32 {
    a.windows(2)
        .map(|w| w[1].abs_diff(w[0]))
        .max()
        .unwrap_or(0)
}
