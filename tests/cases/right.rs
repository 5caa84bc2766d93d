#[repr(C)]
#[derive(Clone, Copy)]
pub struct Account {
    pub balance: i64,
    pub limit: i32,
    pub open: u8,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Range {
    pub start: i32,
    pub end: i32,
}

pub fn sum_squares(a: &[i32]) -> i32 {
    a.iter().fold(0i32, |sum, &x| sum.wrapping_add(x.wrapping_mul(x)))
}

pub fn find_first(a: &[i32], key: i32) -> i32 {
    a.iter().position(|&x| x == key).map_or(-1, |i| i as i32)
}

pub fn add_saturating(a: u8, b: u8) -> u8 {
    a.saturating_add(b)
}

pub fn midpoint(a: i32, b: i32) -> i32 {
    a.wrapping_add(b) / 2
}

pub fn distance(a: u32, b: u32) -> u32 {
    a.abs_diff(b)
}

pub fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

pub fn hash_bytes(s: &[u8]) -> u32 {
    let mut hash: u32 = 2166136261;
    for &byte in s {
        hash = (hash ^ byte as u32).wrapping_mul(16777619);
    }
    hash
}

pub fn reverse(a: &mut [i32]) {
    a.reverse();
}

pub unsafe fn scale_by(a: &mut [f32], factor: *const f32) {
    let p = a.as_mut_ptr();
    for i in 0..a.len() {
        *p.add(i) *= *factor;
    }
}

pub fn maximum(a: &[f64]) -> f64 {
    let mut best = f64::NEG_INFINITY;
    for &x in a {
        if x > best {
            best = x;
        }
    }
    best
}

pub fn sign_of(x: f64) -> i32 {
    if x > 0.0 {
        1
    } else if x < 0.0 {
        -1
    } else {
        0
    }
}

pub fn halvings(mut n: u32) -> i32 {
    let mut count = 0;
    while n > 1 {
        if n & 1 == 1 {
            n -= 1;
        } else {
            n >>= 1;
        }
        count += 1;
    }
    count
}

pub fn remainder_or_zero(a: i32, b: i32) -> i32 {
    if b == 0 {
        return 0;
    }
    a.wrapping_rem(b)
}

pub unsafe fn parse_int(mut s: *const i8) -> i32 {
    while *s == b' ' as i8 || *s == b'\t' as i8 {
        s = s.add(1);
    }
    let negative = *s == b'-' as i8;
    if negative || *s == b'+' as i8 {
        s = s.add(1);
    }
    let mut value: i32 = 0;
    while *s >= b'0' as i8 && *s <= b'9' as i8 {
        value = value.wrapping_mul(10).wrapping_add((*s - b'0' as i8) as i32);
        s = s.add(1);
    }
    if negative {
        value.wrapping_neg()
    } else {
        value
    }
}

pub unsafe fn count_words(mut s: *const i8) -> i32 {
    let mut words = 0;
    let mut previous = b' ';
    while *s != 0 {
        let c = *s as u8;
        let blank = |c: u8| c == b' ' || c == b'\t' || c == b'\n';
        if !blank(c) && blank(previous) {
            words += 1;
        }
        previous = c;
        s = s.add(1);
    }
    words
}

pub fn withdraw(account: &mut Account, amount: i64) -> bool {
    if account.open == 0 || !(1..=1000000).contains(&amount) {
        return false;
    }
    let left = account.balance.wrapping_sub(amount);
    if left < -(account.limit as i64) {
        return false;
    }
    account.balance = left;
    true
}

pub unsafe fn min_max(a: &[i32], low: *mut i32, high: *mut i32) {
    *low = i32::MAX;
    *high = i32::MIN;
    let p = a.as_ptr();
    for i in 0..a.len() {
        let x = core::ptr::read_volatile(p.add(i));
        if x < *low {
            *low = x;
        }
        let x = core::ptr::read_volatile(p.add(i));
        if x > *high {
            *high = x;
        }
    }
}

pub fn shift_right(a: &mut [i32]) {
    let n = a.len();
    if n > 1 {
        a.copy_within(0..n - 1, 1);
    }
}

pub unsafe fn to_upper(mut s: *mut i8) {
    while *s != 0 {
        *s = (*s as u8).to_ascii_uppercase() as i8;
        s = s.add(1);
    }
}

pub fn lower_bound(a: &[i32], key: i32) -> i32 {
    let (mut low, mut high) = (0, a.len());
    while low < high {
        let middle = (low + high) / 2;
        if a[middle] < key {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low as i32
}

pub fn rotate_left(x: u32, k: i32) -> u32 {
    x.rotate_left(k as u32 & 31)
}

pub fn mix(x: u64) -> u64 {
    let y = (x ^ (x >> 33)).wrapping_mul(0xff51afd7ed558ccd);
    y ^ (y >> 33)
}

pub fn count_bits(x: u64) -> i32 {
    x.count_ones() as i32
}

pub fn fill_bytes(p: &mut [u8], value: u8) {
    p.fill(value);
}

pub fn checksum(a: &[i16]) -> i16 {
    a.iter().fold(0i16, |sum, &x| sum.wrapping_mul(31).wrapping_add(x))
}

pub fn days_in_month(month: i32) -> i32 {
    match month {
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

pub fn total_length(ranges: &[Range]) -> i32 {
    let mut total = 0i32;
    for r in ranges {
        if r.end > r.start {
            total = total.wrapping_add(r.end.wrapping_sub(r.start));
        }
    }
    total
}

pub fn dot(a: &[i32], b: &[i32]) -> i64 {
    a.iter().zip(b).map(|(&x, &y)| x as i64 * y as i64).fold(0, |s, x| s.wrapping_add(x))
}

pub fn divide(a: u32, b: u32) -> u32 {
    a / b
}

pub fn pick(a: &[i32], i: i32) -> i32 {
    a[i as usize]
}

pub unsafe fn copy_text(dst: *mut i8, src: *const i8) -> i32 {
    let mut n = 0;
    loop {
        let c = *src.add(n);
        if c == 0 || n >= 40 {
            break;
        }
        *dst.add(n) = c;
        n += 1;
    }
    *dst.add(n) = 0;
    n as i32
}

pub fn lerp(a: f32, b: f32, t: f32) -> f32 {
    a + t * (b - a)
}
