/// Parses a whole string as a signed decimal; false on junk or overflow.
pub unsafe fn parse_int32(s: *const i8, out: *mut i32) -> bool {
    let mut p = s;
    let mut negative = false;
    if *p == b'+' as i8 || *p == b'-' as i8 {
        negative = *p == b'-' as i8;
        p = p.add(1);
    }
    if *p == 0 {
        return false;
    }
    let mut value = 0i32;
    while *p != 0 {
        let c = *p as u8;
        if !c.is_ascii_digit() {
            return false;
        }
        let digit = (c - b'0') as i32;
        if value < (i32::MIN + digit) / 10 {
            return false;
        }
        value = value * 10 - digit;
        p = p.add(1);
    }
    if !negative {
        if value == i32::MIN {
            return false;
        }
        value = -value;
    }
    *out = value;
    true
}

/// Any radix from 2 to 36, all of the text has to be digits.
pub unsafe fn parse_uint_radix(text: &[i8], radix: u32, out: *mut u32) -> bool {
    if text.is_empty() || radix < 2 || radix > 36 {
        return false;
    }
    let mut value = 0u64;
    for &c in text {
        let c = c as u8;
        let digit = match c {
            b'0'..=b'9' => c - b'0',
            b'a'..=b'z' => c - b'a' + 10,
            b'A'..=b'Z' => c - b'A' + 10,
            _ => return false,
        } as u32;
        if digit >= radix {
            return false;
        }
        value = value * radix as u64 + digit as u64;
        if value > u32::MAX as u64 {
            return false;
        }
    }
    *out = value as u32;
    true
}

/// Like atoi with leading blanks, but stops at the limits instead of wrapping.
pub unsafe fn atoi_clamped(s: *const i8) -> i32 {
    let mut p = s;
    while matches!(*p as u8, b' ' | 9..=13) {
        p = p.add(1);
    }
    let mut sign = 1i64;
    if *p == b'-' as i8 {
        sign = -1;
        p = p.add(1);
    } else if *p == b'+' as i8 {
        p = p.add(1);
    }
    let mut value = 0i64;
    while (*p as u8).is_ascii_digit() {
        value = value * 10 + (*p as u8 - b'0') as i64;
        p = p.add(1);
        if value > 2147483648 {
            value = 2147483648;
        }
    }
    value *= sign;
    value.min(i32::MAX as i64) as i32
}

/// File mode in octal such as 0755, or -1.
pub unsafe fn parse_octal_mode(s: *const i8) -> i32 {
    let mut mode = 0;
    let mut p = s;
    if *p == 0 {
        return -1;
    }
    while *p != 0 {
        let c = *p as u8;
        if !matches!(c, b'0'..=b'7') {
            return -1;
        }
        mode = mode * 8 + (c - b'0') as i32;
        if mode > 0o7777 {
            return -1;
        }
        p = p.add(1);
    }
    mode
}

/// 0b1010_0001: prefix optional, underscores only between digits.
pub unsafe fn parse_binary_literal(lit: &[i8], out: *mut u64) -> bool {
    let mut bits = 0u64;
    let mut last_was_digit = false;
    let prefixed = lit.len() >= 2 && lit[0] == b'0' as i8 && lit[1] == b'b' as i8;
    let start = if prefixed { 2 } else { 0 };
    for &c in &lit[start..] {
        if c == b'_' as i8 && last_was_digit {
            last_was_digit = false;
            continue;
        }
        if c & !1 != b'0' as i8 || bits >> 63 != 0 {
            return false;
        }
        bits = bits << 1 | (c & 1) as u64;
        last_was_digit = true;
    }
    if last_was_digit {
        *out = bits;
    }
    last_was_digit
}

pub unsafe fn parse_ipv4(s: *const i8, addr: *mut u32) -> bool {
    let mut p = s;
    let mut result = 0u32;
    for part in 0..4 {
        if part > 0 {
            if *p != b'.' as i8 {
                return false;
            }
            p = p.add(1);
        }
        if !(*p as u8).is_ascii_digit() {
            return false;
        }
        if *p == b'0' as i8 && (*p.add(1) as u8).is_ascii_digit() {
            return false;
        }
        let mut octet = 0u32;
        while (*p as u8).is_ascii_digit() {
            octet = octet * 10 + (*p as u8 - b'0') as u32;
            p = p.add(1);
            if octet > 255 {
                return false;
            }
        }
        result = result << 8 | octet;
    }
    if *p != 0 {
        return false;
    }
    *addr = result;
    true
}

/// "h:mm:ss", "mm:ss" or "ss" to seconds, -1 if malformed.
pub fn parse_clock_seconds(text: &[i8]) -> i32 {
    let mut total = 0;
    let mut field = 0;
    let mut digits = 0;
    let mut colons = 0;
    for &c in text {
        let c = c as u8;
        if c == b':' {
            if digits == 0 {
                return -1;
            }
            colons += 1;
            if colons > 2 {
                return -1;
            }
            total = (total + field) * 60;
            field = 0;
            digits = 0;
        } else if c.is_ascii_digit() && digits < 3 {
            field = field * 10 + (c - b'0') as i32;
            digits += 1;
            if colons > 0 && field >= 60 {
                return -1;
            }
        } else {
            return -1;
        }
    }
    if digits > 0 { total + field } else { -1 }
}

/// Decimal with up to three places, in thousandths; further places are cut off.
pub unsafe fn parse_milli(s: *const i8, milli: *mut i32) -> bool {
    let minus = *s == b'-' as i8;
    let start = if minus { s.add(1) } else { s };
    let mut p = start;
    let mut value = 0i64;
    let mut places = -1;
    while *p != 0 {
        let c = *p as u8;
        if c == b'.' && places < 0 {
            places = 0;
        } else if c.is_ascii_digit() {
            if places < 3 {
                value = value * 10 + (c - b'0') as i64;
            }
            if places >= 0 && places < 3 {
                places += 1;
            }
            if value > 2147483647 {
                return false;
            }
        } else {
            return false;
        }
        p = p.add(1);
    }
    if p == start {
        return false;
    }
    for _ in places.max(0)..3 {
        value *= 10;
    }
    if value > 2147483647 {
        return false;
    }
    *milli = if minus { -value as i32 } else { value as i32 };
    true
}

/// "64K", "2M", "1G" or plain bytes.
pub unsafe fn parse_byte_size(s: *const i8, bytes: *mut u64) -> bool {
    let mut p = s;
    let mut value = 0u64;
    let mut digits = 0;
    while (*p as u8).is_ascii_digit() && digits < 12 {
        value = value * 10 + (*p as u8 - b'0') as u64;
        digits += 1;
        p = p.add(1);
    }
    if digits == 0 {
        return false;
    }
    let shift = match *p as u8 {
        b'G' | b'g' => 30,
        b'M' | b'm' => 20,
        b'K' | b'k' => 10,
        _ => 0,
    };
    if shift > 0 {
        value <<= shift;
        p = p.add(1);
    }
    if *p != 0 {
        return false;
    }
    *bytes = value;
    true
}

/// Digits, point and exponent; a plain one, not correctly rounded in the last place.
pub unsafe fn parse_decimal_simple(s: *const i8) -> f64 {
    let mut p = s;
    let negative = *p == b'-' as i8;
    if negative {
        p = p.add(1);
    }
    let mut value = 0.0f64;
    let mut exponent = 0;
    while (*p as u8).is_ascii_digit() {
        value = value * 10.0 + (*p as u8 - b'0') as f64;
        p = p.add(1);
    }
    if *p == b'.' as i8 {
        p = p.add(1);
        while (*p as u8).is_ascii_digit() {
            value = value * 10.0 + (*p as u8 - b'0') as f64;
            exponent -= 1;
            p = p.add(1);
        }
    }
    if *p as u8 | 0x20 == b'e' {
        p = p.add(1);
        let down = *p == b'-' as i8;
        if down || *p == b'+' as i8 {
            p = p.add(1);
        }
        let mut e = 0;
        while (*p as u8).is_ascii_digit() && e < 400 {
            e = e * 10 + (*p as u8 - b'0') as i32;
            p = p.add(1);
        }
        exponent += if down { -e } else { e };
    }
    while exponent > 0 {
        value *= 10.0;
        exponent -= 1;
    }
    while exponent < 0 {
        value /= 10.0;
        exponent += 1;
    }
    if negative { -value } else { value }
}

/// 1 for yes/true/on, 0 for no/false/off, by the letters that decide; -1 otherwise.
pub fn parse_switch_word(word: &[i8]) -> i32 {
    let at = |i: usize| word[i] as u8;
    match word.len() {
        1 => match at(0) {
            b'1' | b'y' | b't' => 1,
            b'0' | b'n' | b'f' => 0,
            _ => -1,
        },
        2 => match (at(0), at(1)) {
            (b'o', b'n') => 1,
            (b'n', b'o') => 0,
            _ => -1,
        },
        3 => match (at(0), at(1), at(2)) {
            (b'o', b'f', b'f') => 0,
            (b'y', b'e', b's') => 1,
            _ => -1,
        },
        _ => -1,
    }
}
