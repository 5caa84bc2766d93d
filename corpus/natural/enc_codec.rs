pub fn hex_digit_char(nibble: u32) -> i8 {
    match nibble as u8 & 15 {
        n @ 0..=9 => (b'0' + n) as i8,
        n => (b'a' + n - 10) as i8,
    }
}

/// Two characters a byte; the length written, or -1 if out is too small.
pub fn encode_hex(src: &[u8], out: &mut [i8]) -> i32 {
    if out.len() / 2 < src.len() {
        return -1;
    }
    for (pair, &byte) in out.chunks_exact_mut(2).zip(src) {
        pair[0] = hex_digit_char((byte >> 4) as u32);
        pair[1] = hex_digit_char(byte as u32);
    }
    (src.len() * 2) as i32
}

/// Skips blanks between bytes, both digits of a byte must be together.
pub fn decode_hex(text: &[i8], out: &mut [u8]) -> i32 {
    let mut written = 0;
    let mut high: Option<u8> = None;
    for &c in text {
        let c = c as u8;
        if c == b' ' && high.is_none() {
            continue;
        }
        let digit = match c {
            b'0'..=b'9' => c - b'0',
            b'a'..=b'f' => c - b'a' + 10,
            b'A'..=b'F' => c - b'A' + 10,
            _ => return -1,
        };
        high = match high {
            None => Some(digit),
            Some(h) => {
                if written >= out.len() {
                    return -1;
                }
                out[written] = h << 4 | digit;
                written += 1;
                None
            }
        };
    }
    if high.is_none() { written as i32 } else { -1 }
}

pub fn base64_char(six: u32) -> i8 {
    let six = (six & 63) as u8;
    let c = match six {
        0..=25 => b'A' + six,
        26..=51 => b'a' + (six - 26),
        52..=61 => b'0' + (six - 52),
        62 => b'+',
        _ => b'/',
    };
    c as i8
}

pub fn encode_base64(data: &[u8], text: &mut [i8]) -> i32 {
    let mut o = 0;
    for chunk in data.chunks(3) {
        if text.len() - o < 4 {
            return -1;
        }
        let mut group = (chunk[0] as u32) << 16;
        if chunk.len() > 1 {
            group |= (chunk[1] as u32) << 8;
        }
        if chunk.len() > 2 {
            group |= chunk[2] as u32;
        }
        text[o] = base64_char(group >> 18);
        text[o + 1] = base64_char(group >> 12);
        text[o + 2] = if chunk.len() > 1 { base64_char(group >> 6) } else { b'=' as i8 };
        text[o + 3] = if chunk.len() > 2 { base64_char(group) } else { b'=' as i8 };
        o += 4;
    }
    o as i32
}

/// Pairs of count and byte; the bytes written, or 0 if dst is too small.
pub fn rle_encode(src: &[u8], dst: &mut [u8]) -> usize {
    let mut written = 0;
    let mut i = 0;
    while i < src.len() {
        let value = src[i];
        let mut run = 1;
        while run < 255 && i + run < src.len() && src[i + run] == value {
            run += 1;
        }
        if dst.len() - written < 2 {
            return 0;
        }
        dst[written] = run as u8;
        dst[written + 1] = value;
        written += 2;
        i += run;
    }
    written
}

/// PackBits: negative control bytes repeat, others copy; -1 if anything is cut off.
pub fn unpack_bits(packed: &[i8], out: &mut [i8]) -> i32 {
    let mut input = 0;
    let mut n = 0;
    while input < packed.len() {
        let control = packed[input] as i32;
        input += 1;
        if control == -128 {
            continue;
        }
        if control < 0 {
            let repeat = (1 - control) as usize;
            if input >= packed.len() || n + repeat > out.len() {
                return -1;
            }
            for _ in 0..repeat {
                out[n] = packed[input];
                n += 1;
            }
            input += 1;
        } else {
            let count = control as usize + 1;
            if input + count > packed.len() || n + count > out.len() {
                return -1;
            }
            for _ in 0..count {
                out[n] = packed[input];
                n += 1;
                input += 1;
            }
        }
    }
    n as i32
}

pub fn caesar_shift(s: &mut [i8], key: i32) {
    let shift = key.rem_euclid(26) as u8;
    for c in s.iter_mut() {
        let byte = *c as u8;
        let base = match byte {
            b'a'..=b'z' => b'a',
            b'A'..=b'Z' => b'A',
            _ => continue,
        };
        *c = ((byte - base + shift) % 26 + base) as i8;
    }
}

pub unsafe fn rot13_in_place(text: *mut i8) {
    let mut p = text;
    while *p != 0 {
        match *p as u8 & !0x20 {
            b'A'..=b'M' => *p += 13,
            b'N'..=b'Z' => *p -= 13,
            _ => {}
        }
        p = p.add(1);
    }
}

/// Adds or takes away the letters of the key; only letters advance it.
pub unsafe fn vigenere_cipher(text: &mut [i8], key: *const i8, decrypt: bool) {
    let mut k = 0;
    if *key == 0 {
        return;
    }
    for slot in text.iter_mut() {
        let c = *slot as u8;
        if !c.is_ascii_uppercase() {
            continue;
        }
        let mut shift = (*key.add(k) as u8 & 0x1f) % 26;
        if decrypt {
            shift = 26 - shift;
        }
        *slot = (b'A' + (c - b'A' + shift) % 26) as i8;
        k += 1;
        if *key.add(k) == 0 {
            k = 0;
        }
    }
}

pub fn xor_with_key(data: &mut [u8], key: &[u8]) {
    let mut k = 0;
    if key.is_empty() {
        return;
    }
    for byte in data {
        *byte ^= key[k];
        k += 1;
        if k == key.len() {
            k = 0;
        }
    }
}

/// Decodes %XX and '+' in place; malformed escapes stay as they are.
pub fn percent_decode_in_place(s: &mut [i8]) -> i32 {
    let mut w = 0;
    let mut r = 0;
    while r < s.len() {
        let mut c = s[r];
        if c == b'+' as i8 {
            c = b' ' as i8;
        } else if c == b'%' as i8 && r + 2 < s.len() {
            let mut value = 0u32;
            let mut valid = true;
            for k in 1..=2 {
                let h = s[r + k] as u8;
                match h {
                    b'0'..=b'9' => value = value * 16 + (h - b'0') as u32,
                    b'A'..=b'F' => value = value * 16 + (h - b'A' + 10) as u32,
                    b'a'..=b'f' => value = value * 16 + (h - b'a' + 10) as u32,
                    _ => valid = false,
                }
            }
            if valid {
                c = value as i8;
                r += 2;
            }
        }
        s[w] = c;
        w += 1;
        r += 1;
    }
    w as i32
}

/// Consistent overhead byte stuffing without the final zero.
pub fn cobs_encode(src: &[u8], dst: &mut [u8]) -> i32 {
    if dst.is_empty() {
        return -1;
    }
    let mut code_at = 0;
    let mut out = 1;
    let mut code = 1u8;
    for &byte in src {
        if byte != 0 {
            if out >= dst.len() {
                return -1;
            }
            dst[out] = byte;
            out += 1;
            code += 1;
        }
        if byte == 0 || code == 0xff {
            dst[code_at] = code;
            code = 1;
            code_at = out;
            if out >= dst.len() {
                return -1;
            }
            out += 1;
        }
    }
    dst[code_at] = code;
    out as i32
}

/// Differences in place, modulo 65536; the first sample stays.
pub fn delta_encode_samples(samples: &mut [u16]) {
    let mut previous = 0u16;
    for sample in samples.iter_mut() {
        let current = *sample;
        *sample = current.wrapping_sub(previous);
        previous = current;
    }
}

pub fn zigzag_encode(v: i32) -> u32 {
    (v as u32) << 1 ^ (v >> 31) as u32
}
