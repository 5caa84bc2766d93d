const BitCursor = extern struct { byte: u32, bit: u32 };

/// Bytes of the sequence that starts with lead, 0 if it can't start one.
fn utf8_sequence_size(lead: u8) i32 {
    return switch (lead) {
        0x00...0x7f => 1,
        0xc2...0xdf => 2,
        0xe0...0xef => 3,
        0xf0...0xf4 => 4,
        else => 0,
    };
}

/// Decodes the code point at the start; the bytes used, 0 if it is malformed.
fn utf8_decode_first(s: []const u8, code_point: *u32) i32 {
    if (s.len == 0) return 0;
    const size: usize = @intCast(utf8_sequence_size(s[0]));
    if (size == 0 or size > s.len) return 0;
    var cp: u32 = if (size == 1) s[0] else s[0] & (@as(u32, 0x7f) >> @intCast(size));
    for (s[1..size]) |byte| {
        if (byte & 0xc0 != 0x80) return 0;
        cp = cp << 6 | (byte & 0x3f);
    }
    if ((size == 3 and cp < 0x800) or (size == 4 and (cp < 0x10000 or cp > 0x10ffff))) return 0;
    if (cp >= 0xd800 and cp <= 0xdfff) return 0;
    code_point.* = cp;
    return @intCast(size);
}

/// Number of code points, -1 if the text is not valid UTF-8.
fn utf8_count_valid(text: []const u8) i32 {
    var count: i32 = 0;
    var at: usize = 0;
    while (at < text.len) : (count += 1) {
        var cp: u32 = 0;
        const used = utf8_decode_first(text[at..], &cp);
        if (used == 0) return -1;
        at += @intCast(used);
    }
    return count;
}

fn utf8_encode(dst: []u8, cp: u32) i32 {
    const size: u5 = if (cp < 0x80) 1 else if (cp < 0x800) 2 else if (cp < 0x10000) 3 else 4;
    if (cp > 0x10ffff or cp & 0xfffff800 == 0xd800 or size > dst.len) return 0;
    var rest = cp;
    var i: usize = size - 1;
    while (i > 0) : (i -= 1) {
        dst[i] = @intCast(0x80 | (rest & 0x3f));
        rest >>= 6;
    }
    dst[0] = if (size == 1) @truncate(rest) else @truncate(@as(u32, 0xf00) >> size | rest);
    return size;
}

fn utf16_split(cp: u32, high: *u16, low: *u16) bool {
    if (cp < 0x10000 or cp > 0x10ffff) return false;
    const rest = cp - 0x10000;
    high.* = @intCast(0xd800 + (rest >> 10));
    low.* = @intCast(0xdc00 + (rest & 0x3ff));
    return true;
}

/// Code points in UTF-16, a lone surrogate counts as one.
fn utf16_count(units: []const u16) usize {
    var count: usize = 0;
    var i: usize = 0;
    while (i < units.len) : (i += 1) {
        const lead = units[i] & 0xfc00 == 0xd800;
        if (lead and i + 1 < units.len and units[i + 1] & 0xfc00 == 0xdc00) i += 1;
        count += 1;
    }
    return count;
}

fn read_u32_be(buf: []const u8, offset: usize, value: *u32) bool {
    if (buf.len < 4 or offset > buf.len - 4) return false;
    const p = buf[offset..][0..4];
    value.* = @as(u32, p[0]) << 24 | @as(u32, p[1]) << 16 | @as(u32, p[2]) << 8 | p[3];
    return true;
}

fn write_u64_le(buf: []u8, offset: usize, value: u64) bool {
    if (buf.len < 8 or offset > buf.len - 8) return false;
    var rest = value;
    for (buf[offset..][0..8]) |*byte| {
        byte.* = @truncate(rest);
        rest >>= 8;
    }
    return true;
}

/// Reads up to 32 bits, most significant first; 0 bits come after the end.
fn cursor_take_bits(buf: []const u8, cur: *BitCursor, width: u32) u32 {
    var value: u32 = 0;
    cur.bit &= 7;
    for (0..@min(width, 32)) |_| {
        value <<= 1;
        if (cur.byte >= buf.len) continue;
        value |= buf[cur.byte] >> @intCast(7 - cur.bit) & 1;
        cur.bit += 1;
        if (cur.bit == 8) {
            cur.bit = 0;
            cur.byte += 1;
        }
    }
    return value;
}

/// Appends the low bits of value, least significant first.
fn put_bits_lsb(buf: []u8, cur: *BitCursor, value: u32, width: u32) bool {
    if (width > 32 or cur.bit > 7) return false;
    var rest = value;
    for (0..width) |_| {
        if (cur.byte >= buf.len) return false;
        const mask = @as(u8, 1) << @intCast(cur.bit);
        if (rest & 1 != 0) {
            buf[cur.byte] |= mask;
        } else {
            buf[cur.byte] &= ~mask;
        }
        rest >>= 1;
        cur.bit += 1;
        cur.byte += cur.bit >> 3;
        cur.bit &= 7;
    }
    return true;
}

/// Little-endian base 128; the bytes used, or 0 if cut off or too long.
fn decode_varint(buf: []const u8, value: *u64) i32 {
    var result: u64 = 0;
    for (buf[0..@min(buf.len, 10)], 0..) |byte, i| {
        result |= @as(u64, byte & 0x7f) << @intCast(7 * i);
        if (byte < 0x80) {
            value.* = result;
            return @intCast(i + 1);
        }
    }
    return 0;
}

/// Adds a decimal number to another, least significant digit first; the carry out.
fn add_digits(sum: []u8, addend: []const u8) i32 {
    var carry: u32 = 0;
    for (sum, 0..) |*slot, i| {
        var digit = slot.* + carry;
        if (i < addend.len) {
            digit += addend[i];
        } else if (carry == 0) {
            break;
        }
        carry = digit / 10;
        slot.* = @intCast(digit % 10);
    }
    return @intCast(carry);
}
