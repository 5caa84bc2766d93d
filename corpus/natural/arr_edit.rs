/// Reverses the elements of [from, to), clipped to the array.
pub fn reverse_subrange(a: &mut [i32], from: i32, to: i32) {
    let begin = from.max(0);
    let end = to.min(a.len() as i32);
    if begin < end {
        a[begin as usize..end as usize].reverse();
    }
}

pub fn rotate_left_by(a: &mut [i32], shift: i32) {
    let n = a.len() as i32;
    if n < 2 {
        return;
    }
    let shift = shift.rem_euclid(n);
    reverse_subrange(a, 0, shift);
    reverse_subrange(a, shift, n);
    reverse_subrange(a, 0, n);
}

/// Moves what is not zero to the front, zeroes to the back.
pub fn compact_nonzero(a: &mut [i16]) -> i32 {
    let mut w = 0;
    for r in 0..a.len() {
        if a[r] != 0 {
            a[w] = a[r];
            w += 1;
        }
    }
    for slot in &mut a[w..] {
        *slot = 0;
    }
    w as i32
}

pub fn dedupe_sorted_u32(a: &mut [u32]) -> usize {
    if a.is_empty() {
        return 0;
    }
    let mut kept = 1;
    for i in 1..a.len() {
        if a[i] != a[kept - 1] {
            a[kept] = a[i];
            kept += 1;
        }
    }
    kept
}

pub fn copy_if_between(dst: &mut [i32], src: &[i32], lo: i32, hi: i32) -> i32 {
    let mut count = 0;
    for &v in src.iter().filter(|&&v| v >= lo && v <= hi) {
        dst[count] = v;
        count += 1;
    }
    count as i32
}

/// Everything below the pivot comes first; returns how many.
pub fn partition_below(a: &mut [f64], pivot: f64) -> i32 {
    let mut store = 0;
    for i in 0..a.len() {
        if a[i] < pivot {
            a.swap(store, i);
            store += 1;
        }
    }
    store as i32
}

pub fn three_way_partition(a: &mut [u8], mid: u8) {
    let mut low = 0;
    let mut i = 0;
    let mut high = a.len();

    while i < high {
        if a[i] < mid {
            a.swap(i, low);
            i += 1;
            low += 1;
        } else if a[i] > mid {
            high -= 1;
            a.swap(i, high);
        } else {
            i += 1;
        }
    }
}

pub fn merge_sorted_into(dst: &mut [i32], a: &[i32], b: &[i32]) -> i32 {
    let mut i = 0;
    let mut j = 0;
    let mut k = 0;

    while k < dst.len() && (i < a.len() || j < b.len()) {
        if j >= b.len() || (i < a.len() && a[i] <= b[j]) {
            dst[k] = a[i];
            i += 1;
        } else {
            dst[k] = b[j];
            j += 1;
        }
        k += 1;
    }
    k as i32
}

/// Perfect out-shuffle: first half on even places, second half on odd ones.
pub fn riffle_halves(src: &[i16], dst: &mut [i16]) {
    let half = (src.len() + 1) / 2;
    for (i, d) in dst.iter_mut().enumerate() {
        *d = if i & 1 != 0 { src[half + i / 2] } else { src[i / 2] };
    }
}

pub fn erase_all_chars(buf: &mut [i8], c: i8) -> i32 {
    let mut kept = 0;
    for i in 0..buf.len() {
        let v = buf[i];
        buf[kept] = v;
        kept += (v != c) as usize;
    }
    kept as i32
}

/// The first `used` elements are sorted; makes room for one more.
pub fn insert_into_sorted(a: &mut [i32], used: i32, value: i32) -> bool {
    if used < 0 || used >= a.len() as i32 {
        return false;
    }
    let mut i = used as usize;
    while i > 0 && a[i - 1] > value {
        a[i] = a[i - 1];
        i -= 1;
    }
    a[i] = value;
    true
}

pub fn fill_arithmetic(a: &mut [i32], first: i32, step: i32) {
    let mut value = first;
    for slot in a.iter_mut() {
        *slot = value;
        value = value.wrapping_add(step);
    }
}

pub fn evens_before_odds(a: &mut [u32]) -> i32 {
    let mut left = 0;
    let mut right = a.len();

    loop {
        while left < right && a[left] % 2 == 0 {
            left += 1;
        }
        while left < right && a[right - 1] % 2 != 0 {
            right -= 1;
        }
        if left >= right {
            return left as i32;
        }
        a.swap(left, right - 1);
    }
}

pub fn clamp_to_limits(a: &mut [i32], lo: i32, hi: i32) {
    for v in a {
        if *v < lo {
            *v = lo;
        } else if *v > hi {
            *v = hi;
        }
    }
}

pub fn delta_encode(a: &mut [u32]) {
    let mut prev = 0u32;
    for v in a.iter_mut() {
        let cur = *v;
        *v = cur.wrapping_sub(prev);
        prev = cur;
    }
}

/// Pairs of count and byte; -1 if they don't fit.
pub fn rle_pack_bytes(dst: &mut [u8], src: &[u8]) -> i32 {
    let mut w = 0;
    let mut i = 0;

    while i < src.len() {
        let value = src[i];
        let mut run = 1;
        while i + run < src.len() && run < 255 && src[i + run] == value {
            run += 1;
        }
        if w + 2 > dst.len() {
            return -1;
        }
        dst[w] = run as u8;
        dst[w + 1] = value;
        w += 2;
        i += run;
    }
    w as i32
}

pub fn shift_right_fill(a: &mut [f32], k: i32, fill: f32) {
    if k <= 0 {
        return;
    }
    let k = k as usize;
    for i in (0..a.len()).rev() {
        a[i] = if i >= k { a[i - k] } else { fill };
    }
}

pub fn next_ordering(a: &mut [i8]) -> bool {
    let n = a.len();
    let mut tail = n.saturating_sub(1);
    while tail > 0 && a[tail - 1] >= a[tail] {
        tail -= 1;
    }
    if tail == 0 {
        a.reverse();
        return false;
    }
    let mut j = n - 1;
    while a[j] <= a[tail - 1] {
        j -= 1;
    }
    a.swap(tail - 1, j);
    a[tail..].reverse();
    true
}
