const std = @import("std");

const BitCursor = extern struct { position: u32, overrun: u32 };

/// Returns the previous state of the bit; out of range is ignored.
fn bitset_assign(words: []u32, index: u32, on: bool) bool {
    if (index / 32 >= words.len) return false;
    const word = &words[index / 32];
    const mask = @as(u32, 1) << @intCast(index % 32);
    const previous = word.* & mask != 0;
    if (on) {
        word.* |= mask;
    } else {
        word.* &= ~mask;
    }
    return previous;
}

/// Index of the lowest clear bit, or the number of bits if all are set.
fn bitset_first_clear(words: []const u64) usize {
    for (words, 0..) |word, i| {
        if (word != std.math.maxInt(u64)) return i * 64 + @ctz(~word);
    }
    return words.len * 64;
}

/// Removes the members of other and tells whether anything is left.
fn bitset_subtract(set: []u32, other: []const u32) bool {
    var left: u32 = 0;
    for (set, other) |*a, b| {
        a.* &= ~b;
        left |= a.*;
    }
    return left != 0;
}

/// Sets the bits from first up to, but without, last, a byte at a time.
fn bitmap_fill_span(map: []u8, first: u32, last: u32) void {
    const end = @min(last, map.len * 8);
    var pos = first;
    while (pos < end) {
        const bit: u5 = @intCast(pos & 7);
        const run: u5 = @intCast(@min(@as(u32, 8) - bit, end - pos));
        map[pos >> 3] |= @truncate(((@as(u32, 1) << run) - 1) << bit);
        pos += run;
    }
}

fn hamming_distance_bytes(a: []const u8, b: []const u8) i32 {
    var distance: i32 = 0;
    for (a, b) |x, y| distance += @popCount(x ^ y);
    return distance;
}

/// Two values a byte, high nibble first; returns the number of bytes written.
fn pack_nibbles(dst: []u8, src: []const u8) i32 {
    var written: usize = 0;
    while (written < dst.len and 2 * written < src.len) : (written += 1) {
        const i = 2 * written;
        const low = if (i + 1 < src.len) src[i + 1] & 0x0f else 0;
        dst[written] = (src[i] << 4) | low;
    }
    return @intCast(written);
}

/// Expands a monochrome row, most significant bit leftmost, to 0 and 255.
fn expand_mono_row(pixels: []u8, packed_bits: []const u8) void {
    for (pixels, 0..) |*pixel, x| {
        if (x / 8 >= packed_bits.len) return;
        const mask = @as(u8, 0x80) >> @intCast(x % 8);
        pixel.* = if (packed_bits[x / 8] & mask != 0) 255 else 0;
    }
}

/// Reads up to 32 bits, most significant first; past the end come zeros.
fn peek_bits_msb(data: []const u8, bit_pos: u32, width: u32) u32 {
    var value: u32 = 0;
    for (0..@min(width, 32)) |i| {
        const pos = bit_pos +% i;
        var bit: u32 = 0;
        if (pos / 8 < data.len) {
            bit = (data[pos / 8] >> @intCast(7 - pos % 8)) & 1;
        }
        value = value << 1 | bit;
    }
    return value;
}

/// Exponential-Golomb code number at the cursor, 0 after an overrun.
fn read_exp_golomb(data: []const u8, cursor: *BitCursor) u32 {
    const limit = data.len * 8;
    var zeros: u32 = 0;
    while (zeros < 32) : (zeros += 1) {
        if (cursor.position >= limit) {
            cursor.overrun = 1;
            return 0;
        }
        const p = cursor.position;
        cursor.position += 1;
        if (data[p / 8] & (@as(u8, 0x80) >> @intCast(p % 8)) != 0) break;
    }
    var value: u32 = 1;
    while (zeros > 0) : (zeros -= 1) {
        if (cursor.position >= limit) {
            cursor.overrun = 1;
            return 0;
        }
        const p = cursor.position;
        cursor.position += 1;
        value = value *% 2 +% ((data[p / 8] >> @intCast(7 - p % 8)) & 1);
    }
    return value -% 1;
}

/// Returns the number of bytes written, 0 if they do not fit.
fn varint_encode_u64(buf: []u8, value: u64) i32 {
    var rest = value;
    var i: usize = 0;
    while (rest >= 0x80) : (rest >>= 7) {
        if (i >= buf.len) return 0;
        buf[i] = @as(u8, @truncate(rest)) | 0x80;
        i += 1;
    }
    if (i >= buf.len) return 0;
    buf[i] = @intCast(rest);
    return @intCast(i + 1);
}

/// Returns the number of bytes consumed, 0 if truncated, -1 if too long.
fn varint_decode_u32(buf: []const u8, out: *u32) i32 {
    var value: u32 = 0;
    for (buf, 0..) |byte, i| {
        if (i == 5) return -1;
        value |= @as(u32, byte & 0x7f) << @intCast(7 * i);
        if (byte & 0x80 == 0) {
            out.* = value;
            return @intCast(i + 1);
        }
    }
    return 0;
}

fn sleb128_decode(buf: []const u8) i64 {
    var value: i64 = 0;
    var shift: u32 = 0;
    var last: u8 = 0;
    for (buf) |byte| {
        if (shift >= 64) break;
        last = byte;
        value |= @as(i64, byte & 0x7f) << @intCast(shift);
        shift += 7;
        if (byte < 0x80) break;
    }
    if (last & 0x40 != 0 and shift < 64) value |= @as(i64, -1) << @intCast(shift);
    return value;
}

fn zigzag_encode_i64(v: i64) u64 {
    return @bitCast((v << 1) ^ (v >> 63));
}

/// Turns zigzag coded differences back into values, in place.
fn undo_zigzag_deltas(values: []u32) void {
    var previous: u32 = 0;
    for (values) |*value| {
        previous +%= (value.* >> 1) ^ (0 -% (value.* & 1));
        value.* = previous;
    }
}

/// Shifts a big-endian bit string left by one and returns the bit that fell out.
fn shift_bitstring_left(bytes: []u8, incoming: bool) u8 {
    var carry: u8 = @intFromBool(incoming);
    var i = bytes.len;
    while (i > 0) {
        i -= 1;
        const out = bytes[i] >> 7;
        bytes[i] = bytes[i] << 1 | carry;
        carry = out;
    }
    return carry;
}

fn load_le_i24(data: []const u8, offset: i32) i32 {
    if (offset < 0 or data.len < 3 or offset > data.len - 3) return 0;
    const at: usize = @intCast(offset);
    const raw = @as(u32, data[at]) | @as(u32, data[at + 1]) << 8 | @as(u32, data[at + 2]) << 16;
    return @as(i32, @bitCast(raw << 8)) >> 8;
}

/// Corrects one flipped bit of a Hamming(7,4) code word and returns the data nibble.
fn hamming74_decode(code: u8) u8 {
    var syndrome: u3 = 0;
    for (0..7) |i| {
        if ((code >> @intCast(i)) & 1 != 0) syndrome ^= @intCast(i + 1);
    }
    var fixed = code;
    if (syndrome != 0) fixed ^= @as(u8, 1) << (syndrome - 1);
    return ((fixed >> 2) & 1) | ((fixed >> 3) & 0x0e);
}
