const std = @import("std");

fn count_ones_clearing(bits: u64) i32 {
    var rest = bits;
    var n: i32 = 0;
    while (rest != 0) : (n += 1) rest &= rest - 1;
    return n;
}

fn count_ones_swar(v: u32) u32 {
    const pairs = v - ((v >> 1) & 0x55555555);
    const nibbles = (pairs & 0x33333333) + ((pairs >> 2) & 0x33333333);
    const bytes = (nibbles + (nibbles >> 4)) & 0x0f0f0f0f;
    return (bytes *% 0x01010101) >> 24;
}

/// Bit-reversed index for a radix-2 FFT of 2^bits points.
fn fft_reversed_index(index: u32, bits: u32) u32 {
    var rest = index;
    var reversed: u32 = 0;
    for (0..@min(bits, 32)) |_| {
        reversed = (reversed << 1) | (rest & 1);
        rest >>= 1;
    }
    return reversed;
}

fn leading_zeros_bisect(v: u32) i32 {
    if (v == 0) return 32;
    var x = v;
    var n: i32 = 1;
    if (x >> 16 == 0) {
        n += 16;
        x <<= 16;
    }
    if (x >> 24 == 0) {
        n += 8;
        x <<= 8;
    }
    if (x >> 28 == 0) {
        n += 4;
        x <<= 4;
    }
    if (x >> 30 == 0) {
        n += 2;
        x <<= 2;
    }
    return n - @as(i32, @intCast(x >> 31));
}

fn trailing_zeros_isolating(x: u32) i32 {
    if (x == 0) return 32;
    const lowest = x & -%x;
    var c: i32 = 31;
    if (lowest & 0x0000ffff != 0) c -= 16;
    if (lowest & 0x00ff00ff != 0) c -= 8;
    if (lowest & 0x0f0f0f0f != 0) c -= 4;
    if (lowest & 0x33333333 != 0) c -= 2;
    if (lowest & 0x55555555 != 0) c -= 1;
    return c;
}

fn odd_parity_u64(x: u64) bool {
    var folded = x;
    inline for (.{ 32, 16, 8, 4 }) |shift| {
        folded ^= folded >> shift;
    }
    const nibble: u4 = @truncate(folded);
    return (@as(u16, 0x6996) >> nibble) & 1 != 0;
}

fn swap_endian_u64(v: u64) u64 {
    var rest = v;
    var swapped: u64 = 0;
    for (0..8) |_| {
        swapped = (swapped << 8) | (rest & 0xff);
        rest >>= 8;
    }
    return swapped;
}

fn rotate_left_u16(v: u16, amount: u32) u16 {
    return std.math.rotl(u16, v, amount & 15);
}

/// Smallest power of two that is not below v, 0 if there is none.
fn ceil_pow2_smear(v: u32) u32 {
    if (v == 0) return 1;
    var x = v - 1;
    var s: u6 = 1;
    while (s < 32) : (s <<= 1) x |= x >> @intCast(s);
    return x +% 1;
}

fn binary_to_gray(n: u32) u32 {
    return n ^ (n >> 1);
}

fn gray_to_binary_u64(gray: u64) u64 {
    var binary = gray;
    var shift: u6 = 32;
    while (shift > 0) : (shift /= 2) binary ^= binary >> shift;
    return binary;
}

fn morton_spread(v: u16) u32 {
    var x: u32 = v;
    x = (x | (x << 8)) & 0x00ff00ff;
    x = (x | (x << 4)) & 0x0f0f0f0f;
    x = (x | (x << 2)) & 0x33333333;
    x = (x | (x << 1)) & 0x55555555;
    return x;
}

fn morton_encode_xy(x: u16, y: u16) u32 {
    return morton_spread(x) | (morton_spread(y) << 1);
}

/// Collects the even bits: the inverse of the spreading step of a Z-order curve.
fn morton_collect_even(code: u32) u16 {
    var out: u16 = 0;
    for (0..16) |i| {
        const bit: u16 = @truncate((code >> @intCast(2 * i)) & 1);
        out |= bit << @intCast(i);
    }
    return out;
}

/// Replaces width bits of reg at lsb by value.
fn insert_bitfield(reg: u32, lsb: u32, width: u32, value: u32) u32 {
    if (lsb > 31 or width == 0) return reg;
    const shift: u5 = @intCast(lsb);
    const ones: u32 = if (width >= 32) 0xffffffff else (@as(u32, 1) << @intCast(width)) - 1;
    const mask = ones << shift;
    return (reg & ~mask) | ((value << shift) & mask);
}

fn sign_extend_field(value: u32, width: u32) i32 {
    if (width == 0 or width > 32) return 0;
    const sign = @as(u32, 1) << @intCast(width - 1);
    const field = value & (sign | (sign - 1));
    return @bitCast((field ^ sign) -% sign);
}

/// The next larger number with as many ones; 0 if there is none.
fn next_same_popcount(v: u32) u32 {
    const lowest = v & -%v;
    const ripple = v +% lowest;
    if (lowest == 0 or ripple == 0) return 0;
    return ripple | (((v ^ ripple) >> 2) / lowest);
}

/// Scatters the low bits of source to the set positions of mask.
fn deposit_bits(source: u32, mask: u32) u32 {
    var result: u32 = 0;
    var todo = mask;
    var bit: u32 = 1;
    while (todo != 0) : (bit <<= 1) {
        if (source & bit != 0) result |= todo & -%todo;
        todo &= todo - 1;
    }
    return result;
}

/// Transposes an 8x8 bit matrix, one row a byte.
fn transpose_bits_8x8(matrix: u64) u64 {
    var x = matrix;
    var t = (x ^ (x >> 7)) & 0x00aa00aa00aa00aa;
    x ^= t ^ (t << 7);
    t = (x ^ (x >> 14)) & 0x0000cccc0000cccc;
    x ^= t ^ (t << 14);
    t = (x ^ (x >> 28)) & 0x00000000f0f0f0f0;
    return x ^ t ^ (t << 28);
}

fn longest_one_run(v: u32) i32 {
    var rest = v;
    var length: i32 = 0;
    while (rest != 0) : (length += 1) rest &= rest << 1;
    return length;
}

fn contains_zero_byte(word: u32) bool {
    return (word -% 0x01010101) & ~word & 0x80808080 != 0;
}

/// Position of the set bit with the given rank (0 is the lowest), -1 if there are too few.
fn select_set_bit(bits: u16, rank: i32) i32 {
    var skip = rank;
    for (0..16) |pos| {
        if ((bits >> @intCast(pos)) & 1 == 0) continue;
        if (skip == 0) return @intCast(pos);
        skip -%= 1;
    }
    return -1;
}
