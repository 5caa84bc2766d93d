pub fn rfind_char(buf: &[i8], c: i8) -> i32 {
    match buf.iter().rposition(|&x| x == c) {
        Some(i) => i as i32,
        None => -1,
    }
}

pub fn lower_bound_u32(a: &[u32], key: u32) -> usize {
    let mut first = 0;
    let mut n = a.len();
    while n > 0 {
        let half = n >> 1;
        if a[first + half] < key {
            first += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    first
}

pub fn upper_bound_double(a: &[f64], x: f64) -> i32 {
    let mut lo = 0;
    let mut hi = a.len();
    while lo < hi {
        let mid = (lo + hi) / 2;
        if x < a[mid] {
            hi = mid;
        } else {
            lo = mid + 1;
        }
    }
    lo as i32
}

pub fn interpolation_search(a: &[i32], key: i32) -> i32 {
    let mut lo = 0i32;
    let mut hi = a.len() as i32 - 1;

    while lo <= hi {
        let (first, last) = (a[lo as usize], a[hi as usize]);
        if key < first || key > last {
            break;
        }
        if first == last {
            return lo;
        }
        let span = last as i64 - first as i64;
        let pos = lo + ((key as i64 - first as i64) * (hi - lo) as i64 / span) as i32;
        let v = a[pos as usize];
        if v == key {
            return pos;
        }
        if v < key {
            lo = pos + 1;
        } else {
            hi = pos - 1;
        }
    }
    -1
}

/// Doubles the bound, then bisects the last stretch.
pub fn galloping_search(a: &[i64], key: i64) -> i32 {
    let n = a.len();
    let mut bound = 1;
    while bound < n && a[bound] < key {
        bound *= 2;
    }

    let mut lo = bound / 2;
    let mut hi = if bound < n { bound + 1 } else { n };
    while lo < hi {
        let mid = lo + (hi - lo) / 2;
        if a[mid] < key {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    if lo < n && a[lo] == key {
        lo as i32
    } else {
        -1
    }
}

/// How often the key occurs in a sorted array.
pub fn sorted_key_multiplicity(a: &[i16], key: i16) -> i32 {
    let mut lo = 0;
    let mut hi = a.len();
    while lo < hi {
        let mid = lo + (hi - lo) / 2;
        if a[mid] < key {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    a[lo..].iter().take_while(|&&v| v == key).count() as i32
}

pub fn find_in_rotated(a: &[i32], key: i32) -> i32 {
    let mut lo = 0i32;
    let mut hi = a.len() as i32 - 1;

    while lo <= hi {
        let mid = (lo + hi) / 2;
        let (first, pivot, last) = (a[lo as usize], a[mid as usize], a[hi as usize]);
        if pivot == key {
            return mid;
        }
        if first <= pivot {
            if first <= key && key < pivot {
                hi = mid - 1;
            } else {
                lo = mid + 1;
            }
        } else if pivot < key && key <= last {
            lo = mid + 1;
        } else {
            hi = mid - 1;
        }
    }
    -1
}

pub fn rotation_offset(ring: &[u8]) -> u32 {
    if ring.is_empty() {
        return 0;
    }
    let mut lo = 0;
    let mut hi = ring.len() - 1;
    while lo < hi {
        let mid = (lo + hi) >> 1;
        if ring[mid] > ring[hi] {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    lo as u32
}

pub fn summit_by_bisection(height: &[f32]) -> i32 {
    if height.is_empty() {
        return -1;
    }
    let mut left = 0;
    let mut right = height.len() - 1;
    while left < right {
        let mid = left + (right - left) / 2;
        if height[mid] < height[mid + 1] {
            left = mid + 1;
        } else {
            right = mid;
        }
    }
    left as i32
}

pub fn find_byte_pattern(hay: &[u8], needle: &[u8]) -> i32 {
    let mut at = 0;
    while at + needle.len() <= hay.len() {
        if hay[at..].iter().zip(needle).all(|(h, n)| h == n) {
            return at as i32;
        }
        at += 1;
    }
    -1
}

pub fn jump_search_i8(a: &[i8], key: i8) -> i32 {
    let n = a.len();
    let mut step = 1usize;
    while (step as u64) * (step as u64) < n as u64 {
        step += 1;
    }

    let mut prev = 0;
    let mut next = step;
    while next < n && a[next - 1] < key {
        prev = next;
        next += step;
    }
    for i in prev..next.min(n) {
        if a[i] == key {
            return i as i32;
        }
    }
    -1
}

pub fn sorted_includes(a: &[i32], b: &[i32]) -> bool {
    let mut i = 0;
    let mut j = 0;
    while j < b.len() {
        if i == a.len() || b[j] < a[i] {
            return false;
        }
        if a[i] == b[j] {
            j += 1;
        }
        i += 1;
    }
    true
}

/// Index of the first set bit at or after `from`, or the number of bits.
pub fn bitmap_next_set(words: &[u32], from: u32) -> u32 {
    let bits = words.len() as u32 * 32;
    let mut w = (from / 32) as usize;
    if w >= words.len() {
        return bits;
    }
    let mut cur = words[w] & (u32::MAX << (from % 32));
    while cur == 0 {
        w += 1;
        if w == words.len() {
            return bits;
        }
        cur = words[w];
    }
    w as u32 * 32 + cur.trailing_zeros()
}

pub fn first_mismatch(a: &[i8], b: &[i8]) -> i32 {
    a.iter().zip(b).take_while(|(x, y)| x == y).count() as i32
}
