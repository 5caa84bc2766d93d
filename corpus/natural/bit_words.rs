pub fn count_ones_clearing(mut bits: u64) -> i32 {
    let mut n = 0;
    while bits != 0 {
        bits &= bits - 1;
        n += 1;
    }
    n
}

pub fn count_ones_swar(mut v: u32) -> u32 {
    v -= (v >> 1) & 0x5555_5555;
    v = (v & 0x3333_3333) + ((v >> 2) & 0x3333_3333);
    v = (v + (v >> 4)) & 0x0f0f_0f0f;
    v.wrapping_mul(0x0101_0101) >> 24
}

/// Bit-reversed index for a radix-2 FFT of 2^bits points.
pub fn fft_reversed_index(mut index: u32, bits: u32) -> u32 {
    let mut reversed = 0;
    for _ in 0..bits.min(32) {
        reversed = (reversed << 1) | (index & 1);
        index >>= 1;
    }
    reversed
}

pub fn leading_zeros_bisect(mut x: u32) -> i32 {
    if x == 0 {
        return 32;
    }
    let mut n = 1;
    if x >> 16 == 0 {
        n += 16;
        x <<= 16;
    }
    if x >> 24 == 0 {
        n += 8;
        x <<= 8;
    }
    if x >> 28 == 0 {
        n += 4;
        x <<= 4;
    }
    if x >> 30 == 0 {
        n += 2;
        x <<= 2;
    }
    n - (x >> 31) as i32
}

pub fn trailing_zeros_isolating(x: u32) -> i32 {
    if x == 0 {
        return 32;
    }
    let lowest = x & x.wrapping_neg();
    let mut c = 31;
    if lowest & 0x0000_ffff != 0 {
        c -= 16;
    }
    if lowest & 0x00ff_00ff != 0 {
        c -= 8;
    }
    if lowest & 0x0f0f_0f0f != 0 {
        c -= 4;
    }
    if lowest & 0x3333_3333 != 0 {
        c -= 2;
    }
    if lowest & 0x5555_5555 != 0 {
        c -= 1;
    }
    c
}

pub fn odd_parity_u64(mut x: u64) -> bool {
    x ^= x >> 32;
    x ^= x >> 16;
    x ^= x >> 8;
    x ^= x >> 4;
    (0x6996 >> (x & 0xf)) & 1 != 0
}

pub fn swap_endian_u64(mut v: u64) -> u64 {
    let mut swapped = 0;
    for _ in 0..8 {
        swapped = (swapped << 8) | (v & 0xff);
        v >>= 8;
    }
    swapped
}

pub fn rotate_left_u16(v: u16, amount: u32) -> u16 {
    v.rotate_left(amount & 15)
}

/// Smallest power of two that is not below v, 0 if there is none.
pub fn ceil_pow2_smear(v: u32) -> u32 {
    if v == 0 {
        return 1;
    }
    let mut v = v - 1;
    let mut s = 1;
    while s < 32 {
        v |= v >> s;
        s <<= 1;
    }
    v.wrapping_add(1)
}

pub fn binary_to_gray(n: u32) -> u32 {
    n ^ (n >> 1)
}

pub fn gray_to_binary_u64(mut gray: u64) -> u64 {
    let mut shift = 32;
    while shift > 0 {
        gray ^= gray >> shift;
        shift /= 2;
    }
    gray
}

pub fn morton_spread(v: u16) -> u32 {
    let mut x = v as u32;
    x = (x | (x << 8)) & 0x00ff_00ff;
    x = (x | (x << 4)) & 0x0f0f_0f0f;
    x = (x | (x << 2)) & 0x3333_3333;
    x = (x | (x << 1)) & 0x5555_5555;
    x
}

pub fn morton_encode_xy(x: u16, y: u16) -> u32 {
    morton_spread(x) | (morton_spread(y) << 1)
}

/// Collects the even bits: the inverse of the spreading step of a Z-order curve.
pub fn morton_collect_even(code: u32) -> u16 {
    (0..16).fold(0, |out, i| out | (((code >> (2 * i)) & 1) as u16) << i)
}

/// Replaces width bits of reg at lsb by value.
pub fn insert_bitfield(reg: u32, lsb: u32, width: u32, value: u32) -> u32 {
    if lsb > 31 || width == 0 {
        return reg;
    }
    let mask = if width >= 32 { u32::MAX } else { (1 << width) - 1 } << lsb;
    (reg & !mask) | ((value << lsb) & mask)
}

pub fn sign_extend_field(value: u32, width: u32) -> i32 {
    if width == 0 || width > 32 {
        return 0;
    }
    let sign = 1u32 << (width - 1);
    let field = value & (sign | (sign - 1));
    (field ^ sign).wrapping_sub(sign) as i32
}

/// The next larger number with as many ones; 0 if there is none.
pub fn next_same_popcount(v: u32) -> u32 {
    let lowest = v & v.wrapping_neg();
    let ripple = v.wrapping_add(lowest);
    if lowest == 0 || ripple == 0 {
        return 0;
    }
    ripple | (((v ^ ripple) >> 2) / lowest)
}

/// Scatters the low bits of source to the set positions of mask.
pub fn deposit_bits(mut source: u32, mut mask: u32) -> u32 {
    let mut result = 0;
    while mask != 0 {
        if source & 1 != 0 {
            result |= mask & mask.wrapping_neg();
        }
        source >>= 1;
        mask &= mask - 1;
    }
    result
}

/// Transposes an 8x8 bit matrix, one row a byte.
pub fn transpose_bits_8x8(mut x: u64) -> u64 {
    let mut t = (x ^ (x >> 7)) & 0x00aa_00aa_00aa_00aa;
    x ^= t ^ (t << 7);
    t = (x ^ (x >> 14)) & 0x0000_cccc_0000_cccc;
    x ^= t ^ (t << 14);
    t = (x ^ (x >> 28)) & 0x0000_0000_f0f0_f0f0;
    x ^ t ^ (t << 28)
}

pub fn longest_one_run(mut v: u32) -> i32 {
    let mut length = 0;
    while v != 0 {
        v &= v << 1;
        length += 1;
    }
    length
}

pub fn contains_zero_byte(word: u32) -> bool {
    word.wrapping_sub(0x0101_0101) & !word & 0x8080_8080 != 0
}

/// Position of the set bit with the given rank (0 is the lowest), -1 if there are too few.
pub fn select_set_bit(bits: u16, mut rank: i32) -> i32 {
    for pos in 0..16 {
        if (bits >> pos) & 1 == 0 {
            continue;
        }
        if rank == 0 {
            return pos;
        }
        rank = rank.wrapping_sub(1);
    }
    -1
}
