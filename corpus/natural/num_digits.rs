/// Mirrors the decimal digits, keeping the sign; 0 when the result does not fit.
pub fn mirror_decimal(value: i32) -> i32 {
    let mut rest = value;
    let mut mirrored = 0i64;
    while rest != 0 {
        mirrored = mirrored * 10 + (rest % 10) as i64;
        rest /= 10;
    }
    i32::try_from(mirrored).unwrap_or(0)
}

pub fn digit_sum_in_base(mut value: u32, base: u32) -> u32 {
    if base < 2 {
        return value;
    }
    let mut sum = 0;
    while value > 0 {
        sum += value % base;
        value /= base;
    }
    sum
}

pub fn decimal_width_u64(mut v: u64) -> u32 {
    let mut width = 1;
    loop {
        if v < 10 {
            return width;
        }
        if v < 100 {
            return width + 1;
        }
        if v < 1000 {
            return width + 2;
        }
        if v < 10000 {
            return width + 3;
        }
        v /= 10000;
        width += 4;
    }
}

/// How often the digits must be multiplied until one is left.
pub fn multiplicative_persistence(mut value: u32) -> i32 {
    let mut rounds = 0;
    while value > 9 {
        let mut product = 1;
        let mut rest = value;
        while rest > 0 {
            product *= rest % 10;
            rest /= 10;
        }
        value = product;
        rounds += 1;
    }
    rounds
}

pub fn luhn_digits_ok(digits: &[u8]) -> bool {
    let mut total = 0u32;
    for (i, &digit) in digits.iter().rev().enumerate() {
        let mut d = digit as u32;
        if d > 9 {
            return false;
        }
        if i % 2 == 1 {
            d *= 2;
            if d > 9 {
                d -= 9;
            }
        }
        total += d;
    }
    !digits.is_empty() && total % 10 == 0
}

pub unsafe fn bcd_decode_u32(bcd: u32, out: *mut u32) -> bool {
    let mut value = 0;
    for shift in (0..32).step_by(4).rev() {
        let nibble = (bcd >> shift) & 0xf;
        if nibble > 9 {
            return false;
        }
        value = value * 10 + nibble;
    }
    *out = value;
    true
}

/// Shift-and-add-3, as it is done in hardware.
pub fn double_dabble(binary: u16) -> u32 {
    let mut bcd = 0u32;
    for bit in (0..16).rev() {
        for digit in 0..5 {
            if (bcd >> (4 * digit)) & 0xf >= 5 {
                bcd += 3 << (4 * digit);
            }
        }
        bcd = (bcd << 1) | ((binary >> bit) & 1) as u32;
    }
    bcd
}

/// Adds two packed BCD numbers of seven digits.
pub fn bcd_add_packed(a: u32, b: u32) -> u32 {
    let t1 = a.wrapping_add(0x0666_6666);
    let t2 = t1.wrapping_add(b);
    let t3 = t1 ^ b;
    let no_carry = !(t2 ^ t3) & 0x1111_1110;
    t2.wrapping_sub((no_carry >> 2) | (no_carry >> 3))
}

/// Most significant digit first; stops in front of a digit that is too big or would overflow.
pub unsafe fn digits_to_u64(digits: &[u8], base: u32, used: *mut i32) -> u64 {
    let mut value = 0u64;
    let mut consumed = 0;
    for &digit in digits {
        if digit as u32 >= base || value > (u64::MAX >> 8) / base as u64 {
            break;
        }
        value = value.wrapping_mul(base as u64).wrapping_add(digit as u64);
        consumed += 1;
    }
    *used = consumed;
    value
}

pub unsafe fn parse_hex_prefix(s: *const i8) -> u32 {
    let mut p = s as *const u8;
    if *p == b'0' && matches!(*p.add(1), b'x' | b'X') {
        p = p.add(2);
    }
    let mut value = 0u32;
    loop {
        let nibble = match *p {
            c @ b'0'..=b'9' => c - b'0',
            c @ b'a'..=b'f' => c - b'a' + 10,
            c @ b'A'..=b'F' => c - b'A' + 10,
            _ => return value,
        };
        value = (value << 4) | nibble as u32;
        p = p.add(1);
    }
}

pub unsafe fn parse_i32_strict(s: *const i8, out: *mut i32) -> bool {
    let mut p = s as *const u8;
    let negative = *p == b'-';
    if *p == b'-' || *p == b'+' {
        p = p.add(1);
    }
    if *p == 0 {
        return false;
    }
    let mut acc = 0i64;
    while *p != 0 {
        if !(*p).is_ascii_digit() {
            return false;
        }
        acc = acc * 10 + (*p - b'0') as i64;
        if acc > i32::MAX as i64 + negative as i64 {
            return false;
        }
        p = p.add(1);
    }
    *out = if negative { -acc } else { acc } as i32;
    true
}

/// Writes value in the given radix, no terminator; -1 if it does not fit.
pub fn write_radix(buf: &mut [i8], mut value: u32, radix: u32) -> i32 {
    if !(2..=36).contains(&radix) {
        return -1;
    }
    let mut scratch = [0u8; 32];
    let mut n = 0;
    loop {
        let d = (value % radix) as u8;
        scratch[n] = if d < 10 { b'0' + d } else { b'a' + (d - 10) };
        n += 1;
        value /= radix;
        if value == 0 {
            break;
        }
    }
    if n > buf.len() {
        return -1;
    }
    for (dst, &src) in buf.iter_mut().zip(scratch[..n].iter().rev()) {
        *dst = src as i8;
    }
    n as i32
}

/// Check digit of a barcode: weights 3, 1, 3, ... from the right; -1 on anything but digits.
pub fn barcode_check_digit(code: &[i8]) -> i32 {
    let mut weight = 3;
    let mut sum = 0;
    for &c in code.iter().rev() {
        if c < b'0' as i8 || c > b'9' as i8 {
            return -1;
        }
        sum += (c - b'0' as i8) as i32 * weight;
        weight ^= 2;
    }
    (10 - sum % 10) % 10
}

pub fn kaprekar_rounds(start: u16) -> i32 {
    let mut value = start as u32 % 10000;
    let mut rounds = 0;
    while value != 6174 {
        let mut count = [0u32; 10];
        for _ in 0..4 {
            count[(value % 10) as usize] += 1;
            value /= 10;
        }
        let mut ascending = 0;
        let mut descending = 0;
        for d in 0..10 {
            for _ in 0..count[d] {
                ascending = ascending * 10 + d as u32;
            }
            for _ in 0..count[9 - d] {
                descending = descending * 10 + (9 - d) as u32;
            }
        }
        value = descending - ascending;
        if value == 0 {
            return -1;
        }
        rounds += 1;
    }
    rounds
}

/// A = 1, Z = 26, AA = 27; 0 for anything that is no column label.
pub unsafe fn column_label_to_index(label: *const i8) -> i32 {
    let mut index = 0;
    let mut p = label as *const u8;
    while *p != 0 {
        let c = (*p).to_ascii_uppercase();
        if !c.is_ascii_uppercase() || index > 1_000_000 {
            return 0;
        }
        index = index * 26 + (c - b'A' + 1) as i32;
        p = p.add(1);
    }
    index
}

/// Multiplies a little-endian big number in place and returns the carry.
pub fn bignum_scale(limbs: &mut [u32], factor: u32) -> u32 {
    let mut carry = 0u64;
    for limb in limbs.iter_mut() {
        carry += *limb as u64 * factor as u64;
        *limb = carry as u32;
        carry >>= 32;
    }
    carry as u32
}

/// Divides a little-endian big number in place and returns the remainder.
pub fn bignum_div_small(limbs: &mut [u16], divisor: u16) -> u16 {
    if divisor == 0 {
        return 0;
    }
    let divisor = divisor as u32;
    let mut rem = 0u32;
    for limb in limbs.iter_mut().rev() {
        let part = rem << 16 | *limb as u32;
        *limb = (part / divisor) as u16;
        rem = part % divisor;
    }
    rem as u16
}

/// Fast doubling over the bits of n, modulo 2^64.
pub fn fibonacci_doubling(n: u32) -> u64 {
    let (mut a, mut b) = (0u64, 1u64);
    for bit in (0..32).rev() {
        let even = a.wrapping_mul(b.wrapping_mul(2).wrapping_sub(a));
        let odd = a.wrapping_mul(a).wrapping_add(b.wrapping_mul(b));
        if (n >> bit) & 1 == 1 {
            a = odd;
            b = even.wrapping_add(odd);
        } else {
            a = even;
            b = odd;
        }
    }
    a
}
