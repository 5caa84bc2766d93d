fn hex_digit_char(nibble: u32) i8 {
    const n: i8 = @intCast(nibble & 15);
    return if (n > 9) 'a' + (n - 10) else '0' + n;
}

/// Two characters a byte; the length written, or -1 if out is too small.
fn encode_hex(src: []const u8, out: []i8) i32 {
    if (out.len / 2 < src.len) return -1;
    for (src, 0..) |byte, i| {
        out[2 * i] = hex_digit_char(byte >> 4);
        out[2 * i + 1] = hex_digit_char(byte);
    }
    return @intCast(src.len * 2);
}

/// Skips blanks between bytes, both digits of a byte must be together.
fn decode_hex(text: []const i8, out: []u8) i32 {
    var written: usize = 0;
    var high: ?u8 = null;
    for (text) |c| {
        if (c == ' ' and high == null) continue;
        const digit: u8 = @intCast(switch (c) {
            '0'...'9' => c - '0',
            'a'...'f' => c - 'a' + 10,
            'A'...'F' => c - 'A' + 10,
            else => return -1,
        });
        if (high) |h| {
            if (written >= out.len) return -1;
            out[written] = h << 4 | digit;
            written += 1;
            high = null;
        } else {
            high = digit;
        }
    }
    return if (high == null) @intCast(written) else -1;
}

fn base64_char(six: u32) i8 {
    const v: i8 = @intCast(six & 63);
    return switch (v) {
        0...25 => 'A' + v,
        26...51 => 'a' + (v - 26),
        52...61 => '0' + (v - 52),
        62 => '+',
        else => '/',
    };
}

fn encode_base64(data: []const u8, text: []i8) i32 {
    var o: usize = 0;
    var i: usize = 0;
    while (i < data.len) : (i += 3) {
        if (text.len - o < 4) return -1;
        var group = @as(u32, data[i]) << 16;
        if (i + 1 < data.len) group |= @as(u32, data[i + 1]) << 8;
        if (i + 2 < data.len) group |= data[i + 2];
        text[o] = base64_char(group >> 18);
        text[o + 1] = base64_char(group >> 12);
        text[o + 2] = if (i + 1 < data.len) base64_char(group >> 6) else '=';
        text[o + 3] = if (i + 2 < data.len) base64_char(group) else '=';
        o += 4;
    }
    return @intCast(o);
}

/// Pairs of count and byte; the bytes written, or 0 if dst is too small.
fn rle_encode(src: []const u8, dst: []u8) usize {
    var written: usize = 0;
    var i: usize = 0;
    while (i < src.len) {
        const value = src[i];
        var run: usize = 1;
        while (run < 255 and i + run < src.len and src[i + run] == value) run += 1;
        if (dst.len - written < 2) return 0;
        dst[written] = @intCast(run);
        dst[written + 1] = value;
        written += 2;
        i += run;
    }
    return written;
}

/// PackBits: negative control bytes repeat, others copy; -1 if anything is cut off.
fn unpack_bits(packed_bytes: []const i8, out: []i8) i32 {
    var in: usize = 0;
    var n: usize = 0;
    while (in < packed_bytes.len) {
        const control: i32 = packed_bytes[in];
        in += 1;
        if (control == -128) continue;
        if (control < 0) {
            const repeat: usize = @intCast(1 - control);
            if (in >= packed_bytes.len or n + repeat > out.len) return -1;
            @memset(out[n..][0..repeat], packed_bytes[in]);
            n += repeat;
            in += 1;
        } else {
            const count: usize = @intCast(control + 1);
            if (in + count > packed_bytes.len or n + count > out.len) return -1;
            @memcpy(out[n..][0..count], packed_bytes[in..][0..count]);
            n += count;
            in += count;
        }
    }
    return @intCast(n);
}

fn caesar_shift(s: []i8, key: i32) void {
    const shift: i32 = @mod(key, 26);
    for (s) |*c| {
        const base: i32 = switch (c.*) {
            'a'...'z' => 'a',
            'A'...'Z' => 'A',
            else => continue,
        };
        c.* = @intCast(@rem(c.* - base + shift, 26) + base);
    }
}

fn rot13_in_place(text: [*]i8) void {
    var i: usize = 0;
    while (text[i] != 0) : (i += 1) {
        const folded = text[i] & ~@as(i8, 0x20);
        if (folded >= 'A' and folded <= 'M') {
            text[i] += 13;
        } else if (folded >= 'N' and folded <= 'Z') {
            text[i] -= 13;
        }
    }
}

/// Adds or takes away the letters of the key; only letters advance it.
fn vigenere_cipher(text: []i8, key: [*]const i8, decrypt: bool) void {
    if (key[0] == 0) return;
    var k: usize = 0;
    for (text) |*slot| {
        const c: i32 = slot.*;
        if (c < 'A' or c > 'Z') continue;
        var shift: i32 = @rem(key[k] & 0x1f, 26);
        if (decrypt) shift = 26 - shift;
        slot.* = @intCast('A' + @rem(c - 'A' + shift, 26));
        k += 1;
        if (key[k] == 0) k = 0;
    }
}

fn xor_with_key(data: []u8, key: []const u8) void {
    if (key.len == 0) return;
    var k: usize = 0;
    for (data) |*byte| {
        byte.* ^= key[k];
        k += 1;
        if (k == key.len) k = 0;
    }
}

/// Decodes %XX and '+' in place; malformed escapes stay as they are.
fn percent_decode_in_place(s: []i8) i32 {
    var w: usize = 0;
    var r: usize = 0;
    while (r < s.len) : (r += 1) {
        var c = s[r];
        if (c == '+') {
            c = ' ';
        } else if (c == '%' and r + 2 < s.len) {
            var value: u8 = 0;
            var valid = true;
            for (s[r + 1 ..][0..2]) |h| {
                const digit: i8 = switch (h) {
                    '0'...'9' => h - '0',
                    'A'...'F' => h - 'A' + 10,
                    'a'...'f' => h - 'a' + 10,
                    else => -1,
                };
                if (digit < 0) {
                    valid = false;
                } else {
                    value = value << 4 | @as(u8, @intCast(digit));
                }
            }
            if (valid) {
                c = @bitCast(value);
                r += 2;
            }
        }
        s[w] = c;
        w += 1;
    }
    return @intCast(w);
}

/// Consistent overhead byte stuffing without the final zero.
fn cobs_encode(src: []const u8, dst: []u8) i32 {
    if (dst.len < 1) return -1;
    var code_at: usize = 0;
    var out: usize = 1;
    var code: u8 = 1;
    for (src) |byte| {
        if (byte != 0) {
            if (out >= dst.len) return -1;
            dst[out] = byte;
            out += 1;
            code += 1;
        }
        if (byte == 0 or code == 0xff) {
            dst[code_at] = code;
            code = 1;
            code_at = out;
            if (out >= dst.len) return -1;
            out += 1;
        }
    }
    dst[code_at] = code;
    return @intCast(out);
}

/// Differences in place, modulo 65536; the first sample stays.
fn delta_encode_samples(samples: []u16) void {
    var previous: u16 = 0;
    for (samples) |*sample| {
        const current = sample.*;
        sample.* = current -% previous;
        previous = current;
    }
}

fn zigzag_encode(v: i32) u32 {
    return @as(u32, @bitCast(v)) << 1 ^ @as(u32, @bitCast(v >> 31));
}
