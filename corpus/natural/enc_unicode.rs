#[repr(C)]
#[derive(Clone, Copy)]
pub struct BitCursor {
    pub byte: u32,
    pub bit: u32,
}

/// Bytes of the sequence that starts with lead, 0 if it can't start one.
pub fn utf8_sequence_size(lead: u8) -> i32 {
    match lead {
        0x00..=0x7f => 1,
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 0,
    }
}

/// Decodes the code point at the start; the bytes used, 0 if it is malformed.
pub unsafe fn utf8_decode_first(s: &[u8], code_point: *mut u32) -> i32 {
    if s.is_empty() {
        return 0;
    }
    let size = utf8_sequence_size(s[0]) as usize;
    if size == 0 || size > s.len() {
        return 0;
    }
    let mut cp = if size == 1 { s[0] as u32 } else { s[0] as u32 & (0x7f >> size) };
    for &byte in &s[1..size] {
        if byte & 0xc0 != 0x80 {
            return 0;
        }
        cp = cp << 6 | (byte & 0x3f) as u32;
    }
    if (size == 3 && cp < 0x800) || (size == 4 && (cp < 0x10000 || cp > 0x10ffff)) {
        return 0;
    }
    if (0xd800..=0xdfff).contains(&cp) {
        return 0;
    }
    *code_point = cp;
    size as i32
}

/// Number of code points, -1 if the text is not valid UTF-8.
pub fn utf8_count_valid(text: &[u8]) -> i32 {
    let mut count = 0;
    let mut at = 0;
    while at < text.len() {
        let mut cp = 0u32;
        let used = unsafe { utf8_decode_first(&text[at..], &mut cp) };
        if used == 0 {
            return -1;
        }
        at += used as usize;
        count += 1;
    }
    count
}

pub fn utf8_encode(dst: &mut [u8], mut cp: u32) -> i32 {
    let size = match cp {
        0..=0x7f => 1,
        0x80..=0x7ff => 2,
        0x800..=0xffff => 3,
        _ => 4,
    };
    if cp > 0x10ffff || cp & 0xfffff800 == 0xd800 || size > dst.len() {
        return 0;
    }
    for i in (1..size).rev() {
        dst[i] = 0x80 | (cp & 0x3f) as u8;
        cp >>= 6;
    }
    dst[0] = if size == 1 { cp as u8 } else { (0xf00 >> size | cp) as u8 };
    size as i32
}

pub unsafe fn utf16_split(cp: u32, high: *mut u16, low: *mut u16) -> bool {
    if cp < 0x10000 || cp > 0x10ffff {
        return false;
    }
    let rest = cp - 0x10000;
    *high = 0xd800 + (rest >> 10) as u16;
    *low = 0xdc00 + (rest & 0x3ff) as u16;
    true
}

/// Code points in UTF-16, a lone surrogate counts as one.
pub fn utf16_count(units: &[u16]) -> usize {
    let mut count = 0;
    let mut i = 0;
    while i < units.len() {
        let lead = units[i] & 0xfc00 == 0xd800;
        if lead && i + 1 < units.len() && units[i + 1] & 0xfc00 == 0xdc00 {
            i += 1;
        }
        i += 1;
        count += 1;
    }
    count
}

pub unsafe fn read_u32_be(buf: &[u8], offset: usize, value: *mut u32) -> bool {
    if buf.len() < 4 || offset > buf.len() - 4 {
        return false;
    }
    let p = &buf[offset..offset + 4];
    *value = (p[0] as u32) << 24 | (p[1] as u32) << 16 | (p[2] as u32) << 8 | p[3] as u32;
    true
}

pub fn write_u64_le(buf: &mut [u8], offset: usize, value: u64) -> bool {
    if buf.len() < 8 || offset > buf.len() - 8 {
        return false;
    }
    let mut rest = value;
    for byte in &mut buf[offset..offset + 8] {
        *byte = rest as u8;
        rest >>= 8;
    }
    true
}

/// Reads up to 32 bits, most significant first; 0 bits come after the end.
pub fn cursor_take_bits(buf: &[u8], cur: &mut BitCursor, width: u32) -> u32 {
    let mut value = 0u32;
    cur.bit &= 7;
    for _ in 0..width.min(32) {
        value <<= 1;
        if cur.byte as usize >= buf.len() {
            continue;
        }
        value |= (buf[cur.byte as usize] >> (7 - cur.bit) & 1) as u32;
        cur.bit += 1;
        if cur.bit == 8 {
            cur.bit = 0;
            cur.byte += 1;
        }
    }
    value
}

/// Appends the low bits of value, least significant first.
pub fn put_bits_lsb(buf: &mut [u8], cur: &mut BitCursor, value: u32, width: u32) -> bool {
    if width > 32 || cur.bit > 7 {
        return false;
    }
    for i in 0..width {
        let at = cur.byte as usize;
        if at >= buf.len() {
            return false;
        }
        let mask = 1u8 << cur.bit;
        if value >> i & 1 != 0 {
            buf[at] |= mask;
        } else {
            buf[at] &= !mask;
        }
        cur.bit += 1;
        cur.byte += cur.bit >> 3;
        cur.bit &= 7;
    }
    true
}

/// Little-endian base 128; the bytes used, or 0 if cut off or too long.
pub unsafe fn decode_varint(buf: &[u8], value: *mut u64) -> i32 {
    let mut result = 0u64;
    for (i, &byte) in buf.iter().take(10).enumerate() {
        result |= ((byte & 0x7f) as u64) << (7 * i);
        if byte < 0x80 {
            *value = result;
            return i as i32 + 1;
        }
    }
    0
}

/// Adds a decimal number to another, least significant digit first; the carry out.
pub fn add_digits(sum: &mut [u8], addend: &[u8]) -> i32 {
    let mut carry = 0u32;
    for i in 0..sum.len() {
        let mut digit = sum[i] as u32 + carry;
        if i < addend.len() {
            digit += addend[i] as u32;
        } else if carry == 0 {
            break;
        }
        carry = digit / 10;
        sum[i] = (digit % 10) as u8;
    }
    carry as i32
}
