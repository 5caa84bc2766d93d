/// Number of decimal digits of v, at least 1.
pub fn decimal_width(mut v: u64) -> i32 {
    let mut digits = 1;
    while v >= 10 {
        v /= 10;
        digits += 1;
    }
    digits
}

/// Decimal without terminator; the length, or -1 if it does not fit.
pub fn format_u32(buf: &mut [i8], value: u32) -> i32 {
    let width = decimal_width(value as u64) as usize;
    if width > buf.len() {
        return -1;
    }
    let mut rest = value;
    for slot in buf[..width].iter_mut().rev() {
        *slot = (b'0' + (rest % 10) as u8) as i8;
        rest /= 10;
    }
    width as i32
}

/// Signed decimal with terminator, built backwards in a scratch buffer.
pub fn format_i32_terminated(buf: &mut [i8], value: i32) -> i32 {
    let mut scratch = [0i8; 12];
    let mut used = 0;
    let mut rest = value.unsigned_abs();
    loop {
        scratch[used] = (b'0' + (rest % 10) as u8) as i8;
        used += 1;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        scratch[used] = b'-' as i8;
        used += 1;
    }
    if used + 1 > buf.len() {
        return -1;
    }
    for i in 0..used {
        buf[i] = scratch[used - 1 - i];
    }
    buf[used] = 0;
    used as i32
}

pub fn format_hex_padded(buf: &mut [i8], value: u32, width: i32) -> i32 {
    let mut digits = 1;
    let mut v = value >> 4;
    while v != 0 {
        digits += 1;
        v >>= 4;
    }
    digits = digits.max(width.min(8));
    if digits > buf.len() as i32 {
        return -1;
    }
    let mut value = value;
    for i in (0..digits as usize).rev() {
        let nibble = (value & 0xf) as u8;
        buf[i] = if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 } as i8;
        value >>= 4;
    }
    digits
}

/// 1234567 as 1,234,567.
pub fn format_grouped(buf: &mut [i8], value: i64) -> i32 {
    let mut reversed = [0i8; 28];
    let mut n = 0;
    let mut in_group = 0;
    let mut magnitude = value.unsigned_abs();
    loop {
        if in_group == 3 {
            reversed[n] = b',' as i8;
            n += 1;
            in_group = 0;
        }
        reversed[n] = (b'0' + (magnitude % 10) as u8) as i8;
        n += 1;
        magnitude /= 10;
        in_group += 1;
        if magnitude == 0 {
            break;
        }
    }
    if value < 0 {
        reversed[n] = b'-' as i8;
        n += 1;
    }
    if n > buf.len() {
        return -1;
    }
    for i in 0..n {
        buf[n - 1 - i] = reversed[i];
    }
    n as i32
}

pub fn format_ipv4_dotted(buf: &mut [i8], addr: u32) -> i32 {
    let mut used = 0;
    for shift in [24, 16, 8, 0] {
        let wrote = format_u32(&mut buf[used..], addr >> shift & 0xff);
        if wrote < 0 {
            return -1;
        }
        used += wrote as usize;
        if shift > 0 {
            if used == buf.len() {
                return -1;
            }
            buf[used] = b'.' as i8;
            used += 1;
        }
    }
    used as i32
}

/// m:ss below an hour, h:mm:ss from then on.
pub fn format_elapsed(buf: &mut [i8], seconds: u32) -> i32 {
    let hours = seconds / 3600;
    let minutes = seconds / 60 % 60;
    let wrote = format_u32(buf, if hours > 0 { hours } else { minutes });
    if wrote < 0 {
        return -1;
    }
    let mut used = wrote as usize;
    if hours > 0 {
        if buf.len() - used < 6 {
            return -1;
        }
        buf[used] = b':' as i8;
        buf[used + 1] = (b'0' + (minutes / 10) as u8) as i8;
        buf[used + 2] = (b'0' + (minutes % 10) as u8) as i8;
        used += 3;
    } else if buf.len() - used < 3 {
        return -1;
    }
    buf[used] = b':' as i8;
    buf[used + 1] = (b'0' + (seconds % 60 / 10) as u8) as i8;
    buf[used + 2] = (b'0' + (seconds % 10) as u8) as i8;
    used as i32 + 3
}

/// Roman numeral of 1..3999 with terminator; the length, or -1.
pub fn write_roman(buf: &mut [i8], value: u32) -> i32 {
    let ones = [b'I', b'X', b'C'];
    let fives = [b'V', b'L', b'D'];
    let tens = [b'X', b'C', b'M'];
    let mut out = [0u8; 16];
    let mut n = 0;
    if value == 0 || value > 3999 {
        return -1;
    }
    for _ in 0..value / 1000 {
        out[n] = b'M';
        n += 1;
    }
    let mut divisor = 100;
    for place in (0..3).rev() {
        let digit = value / divisor % 10;
        divisor /= 10;
        if digit % 5 == 4 {
            out[n] = ones[place];
            out[n + 1] = if digit == 4 { fives[place] } else { tens[place] };
            n += 2;
            continue;
        }
        if digit >= 5 {
            out[n] = fives[place];
            n += 1;
        }
        for _ in 0..digit % 5 {
            out[n] = ones[place];
            n += 1;
        }
    }
    if n >= buf.len() {
        return -1;
    }
    for i in 0..n {
        buf[i] = out[i] as i8;
    }
    buf[n] = 0;
    n as i32
}

/// Amount in cents as -12.05.
pub fn format_cents(buf: &mut [i8], cents: i32) -> i32 {
    let amount = cents.unsigned_abs();
    let start = if cents < 0 { 1 } else { 0 };
    if start > buf.len() {
        return -1;
    }
    let whole = format_u32(&mut buf[start..], amount / 100);
    if whole < 0 {
        return -1;
    }
    let end = start + whole as usize;
    if end + 3 > buf.len() {
        return -1;
    }
    if cents < 0 {
        buf[0] = b'-' as i8;
    }
    buf[end] = b'.' as i8;
    buf[end + 1] = (b'0' + (amount % 100 / 10) as u8) as i8;
    buf[end + 2] = (b'0' + (amount % 10) as u8) as i8;
    end as i32 + 3
}

/// Right-aligned in the whole buffer, filled with blanks; false if it does not fit.
pub fn write_base36_right(field: &mut [i8], mut id: u64) -> bool {
    let mut i = field.len();
    loop {
        if i == 0 {
            return false;
        }
        let digit = (id % 36) as u8;
        i -= 1;
        field[i] = if digit > 9 { digit - 10 + b'A' } else { digit + b'0' } as i8;
        id /= 36;
        if id == 0 {
            break;
        }
    }
    while i > 0 {
        i -= 1;
        field[i] = b' ' as i8;
    }
    true
}

/// 1536 as 1.5K, 3 as 3B.
pub fn format_scaled_bytes(buf: &mut [i8], mut bytes: u64) -> i32 {
    let mut unit = 0;
    let mut tenths = 0u32;
    while bytes >= 1024 && unit < 4 {
        tenths = (bytes % 1024) as u32 * 10 / 1024;
        bytes /= 1024;
        unit += 1;
    }
    if bytes > 99999 {
        bytes = 99999;
    }
    let wrote = format_u32(buf, bytes as u32);
    if wrote < 0 || wrote + 3 > buf.len() as i32 {
        return -1;
    }
    let mut used = wrote as usize;
    if tenths > 0 {
        buf[used] = b'.' as i8;
        buf[used + 1] = (b'0' + tenths as u8) as i8;
        used += 2;
    }
    buf[used] = match unit {
        0 => b'B',
        1 => b'K',
        2 => b'M',
        3 => b'G',
        _ => b'T',
    } as i8;
    used as i32 + 1
}

/// Centres text in the buffer, cutting it if it is too long.
pub unsafe fn center_text(dst: &mut [i8], text: *const i8, fill: i8) -> i32 {
    let cap = dst.len();
    let mut length = 0;
    while length < cap && *text.add(length) != 0 {
        length += 1;
    }
    let left = (cap - length) / 2;
    for i in 0..cap {
        dst[i] = if i < left || i >= left + length {
            fill
        } else {
            *text.add(i - left)
        };
    }
    left as i32
}

/// 1st, 2nd, 3rd, 4th, 11th, 21st ...
pub fn format_ordinal(buf: &mut [i8], value: u32) -> i32 {
    let used = format_u32(buf, value);
    if used < 0 || buf.len() as i32 - used < 2 {
        return -1;
    }
    let (a, b) = match (value / 10 % 10, value % 10) {
        (1, _) => (b't', b'h'),
        (_, 1) => (b's', b't'),
        (_, 2) => (b'n', b'd'),
        (_, 3) => (b'r', b'd'),
        _ => (b't', b'h'),
    };
    buf[used as usize] = a as i8;
    buf[used as usize + 1] = b as i8;
    used + 2
}

/// Sixteen bits as 0001_0010_0011_0100.
pub fn format_bits16(buf: &mut [i8], bits: u16) -> bool {
    if buf.len() < 19 {
        return false;
    }
    let mut pos = 0;
    for bit in (0..16).rev() {
        buf[pos] = if bits >> bit & 1 == 1 { b'1' } else { b'0' } as i8;
        pos += 1;
        if bit > 0 && bit % 4 == 0 {
            buf[pos] = b'_' as i8;
            pos += 1;
        }
    }
    true
}

/// Three decimals, rounded half away from zero; only for |value| below a million.
pub fn format_fixed3(buf: &mut [i8], value: f64) -> i32 {
    if !(value > -1e6 && value < 1e6) {
        return -1;
    }
    let negative = value < 0.0;
    let magnitude = if negative { -value } else { value };
    let milli = (magnitude * 1000.0 + 0.5) as u32;
    let mut used = 0;
    if negative && milli > 0 {
        if buf.is_empty() {
            return -1;
        }
        buf[0] = b'-' as i8;
        used = 1;
    }
    let wrote = format_u32(&mut buf[used..], milli / 1000);
    if wrote < 0 {
        return -1;
    }
    used += wrote as usize;
    if buf.len() - used < 4 {
        return -1;
    }
    buf[used] = b'.' as i8;
    used += 1;
    let mut div = 100;
    while div > 0 {
        buf[used] = (b'0' + (milli / div % 10) as u8) as i8;
        used += 1;
        div /= 10;
    }
    used as i32
}

/// Minutes since midnight as 9:05 AM.
pub fn format_clock12(buf: &mut [i8], minutes: u32) -> i32 {
    let minutes = minutes % 1440;
    let hour = match minutes / 60 % 12 {
        0 => 12,
        h => h,
    };
    let used = if hour >= 10 { 2 } else { 1 };
    if buf.len() < used + 6 {
        return -1;
    }
    if hour >= 10 {
        buf[0] = b'1' as i8;
    }
    buf[used - 1] = (b'0' + (hour % 10) as u8) as i8;
    buf[used] = b':' as i8;
    buf[used + 1] = (b'0' + (minutes % 60 / 10) as u8) as i8;
    buf[used + 2] = (b'0' + (minutes % 10) as u8) as i8;
    buf[used + 3] = b' ' as i8;
    buf[used + 4] = if minutes < 720 { b'A' } else { b'P' } as i8;
    buf[used + 5] = b'M' as i8;
    used as i32 + 6
}

/// Printable view of a hex dump: dots for what can't be shown.
pub fn dump_ascii_column(column: &mut [i8], data: &[u8]) -> usize {
    let n = data.len().min(column.len());
    for i in 0..n {
        column[i] = match data[i] {
            c @ 0x20..=0x7e => c as i8,
            _ => b'.' as i8,
        };
    }
    n
}
