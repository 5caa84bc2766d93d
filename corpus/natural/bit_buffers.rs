#[repr(C)]
#[derive(Clone, Copy)]
pub struct BitCursor {
    pub position: u32,
    pub overrun: u32,
}

/// Returns the previous state of the bit; out of range is ignored.
pub fn bitset_assign(words: &mut [u32], index: u32, on: bool) -> bool {
    let Some(word) = words.get_mut((index / 32) as usize) else {
        return false;
    };
    let mask = 1u32 << (index % 32);
    let previous = *word & mask != 0;
    if on {
        *word |= mask;
    } else {
        *word &= !mask;
    }
    previous
}

/// Index of the lowest clear bit, or the number of bits if all are set.
pub fn bitset_first_clear(words: &[u64]) -> usize {
    for (i, &word) in words.iter().enumerate() {
        if word != u64::MAX {
            return i * 64 + word.trailing_ones() as usize;
        }
    }
    words.len() * 64
}

/// Removes the members of other and tells whether anything is left.
pub fn bitset_subtract(set: &mut [u32], other: &[u32]) -> bool {
    let mut left = 0;
    for (a, b) in set.iter_mut().zip(other) {
        *a &= !b;
        left |= *a;
    }
    left != 0
}

/// Sets the bits from first up to, but without, last, a byte at a time.
pub fn bitmap_fill_span(map: &mut [u8], mut first: u32, last: u32) {
    let last = last.min(map.len() as u32 * 8);
    while first < last {
        let bit = first & 7;
        let run = (8 - bit).min(last - first);
        map[(first >> 3) as usize] |= (((1u32 << run) - 1) << bit) as u8;
        first += run;
    }
}

pub fn hamming_distance_bytes(a: &[u8], b: &[u8]) -> i32 {
    a.iter().zip(b).map(|(x, y)| (x ^ y).count_ones() as i32).sum()
}

/// Two values a byte, high nibble first; returns the number of bytes written.
pub fn pack_nibbles(dst: &mut [u8], src: &[u8]) -> i32 {
    let mut written = 0;
    for (out, pair) in dst.iter_mut().zip(src.chunks(2)) {
        *out = pair[0] << 4;
        if pair.len() > 1 {
            *out |= pair[1] & 0x0f;
        }
        written += 1;
    }
    written
}

/// Expands a monochrome row, most significant bit leftmost, to 0 and 255.
pub fn expand_mono_row(pixels: &mut [u8], packed: &[u8]) {
    for (x, pixel) in pixels.iter_mut().enumerate() {
        if x / 8 >= packed.len() {
            return;
        }
        *pixel = if packed[x / 8] & (0x80 >> (x % 8)) != 0 { 255 } else { 0 };
    }
}

/// Reads up to 32 bits, most significant first; past the end come zeros.
pub fn peek_bits_msb(data: &[u8], bit_pos: u32, width: u32) -> u32 {
    let mut value = 0;
    for i in 0..width.min(32) {
        let pos = bit_pos.wrapping_add(i);
        let bit = match data.get((pos / 8) as usize) {
            Some(byte) => (byte >> (7 - pos % 8)) & 1,
            None => 0,
        };
        value = value << 1 | bit as u32;
    }
    value
}

/// Exponential-Golomb code number at the cursor, 0 after an overrun.
pub fn read_exp_golomb(data: &[u8], cursor: &mut BitCursor) -> u32 {
    let limit = data.len() as u32 * 8;
    let mut zeros = 0;
    while zeros < 32 {
        if cursor.position >= limit {
            cursor.overrun = 1;
            return 0;
        }
        let p = cursor.position;
        cursor.position += 1;
        if data[(p / 8) as usize] & (0x80 >> (p % 8)) != 0 {
            break;
        }
        zeros += 1;
    }
    let mut value = 1u32;
    for _ in 0..zeros {
        if cursor.position >= limit {
            cursor.overrun = 1;
            return 0;
        }
        let p = cursor.position;
        cursor.position += 1;
        let bit = (data[(p / 8) as usize] >> (7 - p % 8)) & 1;
        value = value.wrapping_mul(2).wrapping_add(bit as u32);
    }
    value.wrapping_sub(1)
}

/// Returns the number of bytes written, 0 if they do not fit.
pub fn varint_encode_u64(buf: &mut [u8], mut value: u64) -> i32 {
    let mut i = 0;
    while value >= 0x80 {
        if i >= buf.len() {
            return 0;
        }
        buf[i] = value as u8 | 0x80;
        i += 1;
        value >>= 7;
    }
    if i >= buf.len() {
        return 0;
    }
    buf[i] = value as u8;
    i as i32 + 1
}

/// Returns the number of bytes consumed, 0 if truncated, -1 if too long.
pub unsafe fn varint_decode_u32(buf: &[u8], out: *mut u32) -> i32 {
    let mut value = 0u32;
    for (i, &byte) in buf.iter().enumerate() {
        if i == 5 {
            return -1;
        }
        value |= ((byte & 0x7f) as u32) << (7 * i);
        if byte & 0x80 == 0 {
            *out = value;
            return i as i32 + 1;
        }
    }
    0
}

pub fn sleb128_decode(buf: &[u8]) -> i64 {
    let mut value = 0i64;
    let mut shift = 0u32;
    let mut last = 0u8;
    for &byte in buf {
        if shift >= 64 {
            break;
        }
        last = byte;
        value |= ((byte & 0x7f) as i64) << shift;
        shift += 7;
        if byte < 0x80 {
            break;
        }
    }
    if last & 0x40 != 0 && shift < 64 {
        value |= -1i64 << shift;
    }
    value
}

pub fn zigzag_encode_i64(v: i64) -> u64 {
    ((v << 1) ^ (v >> 63)) as u64
}

/// Turns zigzag coded differences back into values, in place.
pub fn undo_zigzag_deltas(values: &mut [u32]) {
    let mut previous = 0u32;
    for value in values.iter_mut() {
        let delta = (*value >> 1) ^ (*value & 1).wrapping_neg();
        previous = previous.wrapping_add(delta);
        *value = previous;
    }
}

/// Shifts a big-endian bit string left by one and returns the bit that fell out.
pub fn shift_bitstring_left(bytes: &mut [u8], incoming: bool) -> u8 {
    let mut carry = incoming as u8;
    for byte in bytes.iter_mut().rev() {
        let out = *byte >> 7;
        *byte = *byte << 1 | carry;
        carry = out;
    }
    carry
}

pub fn load_le_i24(data: &[u8], offset: i32) -> i32 {
    if offset < 0 || data.len() < 3 || offset as usize > data.len() - 3 {
        return 0;
    }
    let at = offset as usize;
    let raw = data[at] as i32 | (data[at + 1] as i32) << 8 | (data[at + 2] as i32) << 16;
    (raw << 8) >> 8
}

/// Corrects one flipped bit of a Hamming(7,4) code word and returns the data nibble.
pub fn hamming74_decode(code: u8) -> u8 {
    let mut syndrome = 0;
    for pos in 1..=7u32 {
        if (code >> (pos - 1)) & 1 != 0 {
            syndrome ^= pos;
        }
    }
    let fixed = match syndrome {
        0 => code,
        pos => code ^ (1 << (pos - 1)),
    };
    ((fixed >> 2) & 1) | ((fixed >> 3) & 0x0e)
}
