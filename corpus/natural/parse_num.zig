const std = @import("std");

/// Parses a whole string as a signed decimal; false on junk or overflow.
fn parse_int32(s: [*]const i8, out: *i32) bool {
    var i: usize = 0;
    const negative = s[0] == '-';
    if (negative or s[0] == '+') i = 1;
    if (s[i] == 0) return false;
    var value: i32 = 0;
    while (s[i] != 0) : (i += 1) {
        if (s[i] < '0' or s[i] > '9') return false;
        const digit: i32 = s[i] - '0';
        if (value < @divTrunc(std.math.minInt(i32) + digit, 10)) return false;
        value = value * 10 - digit;
    }
    if (!negative) {
        if (value == std.math.minInt(i32)) return false;
        value = -value;
    }
    out.* = value;
    return true;
}

/// Any radix from 2 to 36, all of the text has to be digits.
fn parse_uint_radix(text: []const i8, radix: u32, out: *u32) bool {
    if (text.len == 0 or radix < 2 or radix > 36) return false;
    var value: u64 = 0;
    for (text) |c| {
        const digit: i32 = switch (c) {
            '0'...'9' => c - '0',
            'a'...'z' => c - 'a' + 10,
            'A'...'Z' => c - 'A' + 10,
            else => return false,
        };
        if (digit >= radix) return false;
        value = value *% radix + @as(u64, @intCast(digit));
        if (value > std.math.maxInt(u32)) return false;
    }
    out.* = @intCast(value);
    return true;
}

/// Like atoi with leading blanks, but stops at the limits instead of wrapping.
fn atoi_clamped(s: [*]const i8) i32 {
    var i: usize = 0;
    while (s[i] == ' ' or (s[i] >= '\t' and s[i] <= '\r')) i += 1;
    var sign: i64 = 1;
    if (s[i] == '-') {
        sign = -1;
        i += 1;
    } else if (s[i] == '+') {
        i += 1;
    }
    var value: i64 = 0;
    while (s[i] >= '0' and s[i] <= '9') : (i += 1) {
        value = value *% 10 + (s[i] - '0');
        if (value > 2147483648) value = 2147483648;
    }
    value *%= sign;
    return if (value > std.math.maxInt(i32)) std.math.maxInt(i32) else @intCast(value);
}

/// File mode in octal such as 0755, or -1.
fn parse_octal_mode(s: [*]const i8) i32 {
    if (s[0] == 0) return -1;
    var mode: i32 = 0;
    var i: usize = 0;
    while (s[i] != 0) : (i += 1) {
        if (s[i] < '0' or s[i] > '7') return -1;
        mode = mode * 8 + (s[i] - '0');
        if (mode > 0o7777) return -1;
    }
    return mode;
}

/// 0b1010_0001: prefix optional, underscores only between digits.
fn parse_binary_literal(lit: []const i8, out: *u64) bool {
    var bits: u64 = 0;
    var last_was_digit = false;
    const prefixed = lit.len >= 2 and lit[0] == '0' and lit[1] == 'b';
    for (lit[if (prefixed) 2 else 0..]) |c| {
        if (c == '_' and last_was_digit) {
            last_was_digit = false;
            continue;
        }
        if ((c != '0' and c != '1') or bits >> 63 != 0) return false;
        bits = bits << 1 | @intFromBool(c == '1');
        last_was_digit = true;
    }
    if (last_was_digit) out.* = bits;
    return last_was_digit;
}

fn parse_ipv4(s: [*]const i8, addr: *u32) bool {
    var result: u32 = 0;
    var i: usize = 0;
    for (0..4) |part| {
        if (part > 0) {
            if (s[i] != '.') return false;
            i += 1;
        }
        if (s[i] < '0' or s[i] > '9') return false;
        if (s[i] == '0' and s[i + 1] >= '0' and s[i + 1] <= '9') return false;
        var octet: u32 = 0;
        while (s[i] >= '0' and s[i] <= '9') : (i += 1) {
            octet = octet * 10 + @as(u32, @intCast(s[i] - '0'));
            if (octet > 255) return false;
        }
        result = result << 8 | octet;
    }
    if (s[i] != 0) return false;
    addr.* = result;
    return true;
}

/// "h:mm:ss", "mm:ss" or "ss" to seconds, -1 if malformed.
fn parse_clock_seconds(text: []const i8) i32 {
    var total: i32 = 0;
    var field: i32 = 0;
    var digits: u32 = 0;
    var colons: u32 = 0;
    for (text) |c| {
        if (c == ':') {
            if (digits == 0) return -1;
            colons += 1;
            if (colons > 2) return -1;
            total = (total + field) * 60;
            field = 0;
            digits = 0;
        } else if (c >= '0' and c <= '9' and digits < 3) {
            field = field * 10 + (c - '0');
            digits += 1;
            if (colons > 0 and field >= 60) return -1;
        } else {
            return -1;
        }
    }
    return if (digits > 0) total + field else -1;
}

/// Decimal with up to three places, in thousandths; further places are cut off.
fn parse_milli(s: [*]const i8, milli: *i32) bool {
    const minus = s[0] == '-';
    const start: usize = @intFromBool(minus);
    var i = start;
    var value: i64 = 0;
    var places: i32 = -1;
    while (s[i] != 0) : (i += 1) {
        const c = s[i];
        if (c == '.' and places < 0) {
            places = 0;
        } else if (c >= '0' and c <= '9') {
            if (places < 3) value = value *% 10 + (c - '0');
            if (places >= 0 and places < 3) places += 1;
            if (value > 2147483647) return false;
        } else {
            return false;
        }
    }
    if (i == start) return false;
    var k = @max(places, 0);
    while (k < 3) : (k += 1) value *%= 10;
    if (value > 2147483647) return false;
    milli.* = @intCast(if (minus) -value else value);
    return true;
}

/// "64K", "2M", "1G" or plain bytes.
fn parse_byte_size(s: [*]const i8, bytes: *u64) bool {
    var value: u64 = 0;
    var i: usize = 0;
    while (s[i] >= '0' and s[i] <= '9' and i < 12) : (i += 1) {
        value = value *% 10 + @as(u64, @intCast(s[i] - '0'));
    }
    if (i == 0) return false;
    const shift: u6 = switch (s[i]) {
        'G', 'g' => 30,
        'M', 'm' => 20,
        'K', 'k' => 10,
        else => 0,
    };
    if (shift > 0) {
        value <<= shift;
        i += 1;
    }
    if (s[i] != 0) return false;
    bytes.* = value;
    return true;
}

/// Digits, point and exponent; a plain one, not correctly rounded in the last place.
fn parse_decimal_simple(s: [*]const i8) f64 {
    var i: usize = 0;
    const negative = s[0] == '-';
    if (negative) i = 1;
    var value: f64 = 0.0;
    var exponent: i32 = 0;
    while (s[i] >= '0' and s[i] <= '9') : (i += 1) {
        value = value * 10.0 + @as(f64, @floatFromInt(s[i] - '0'));
    }
    if (s[i] == '.') {
        i += 1;
        while (s[i] >= '0' and s[i] <= '9') : (i += 1) {
            value = value * 10.0 + @as(f64, @floatFromInt(s[i] - '0'));
            exponent -= 1;
        }
    }
    if (s[i] == 'e' or s[i] == 'E') {
        i += 1;
        const down = s[i] == '-';
        if (down or s[i] == '+') i += 1;
        var e: i32 = 0;
        while (s[i] >= '0' and s[i] <= '9' and e < 400) : (i += 1) {
            e = e * 10 + (s[i] - '0');
        }
        exponent += if (down) -e else e;
    }
    while (exponent > 0) : (exponent -= 1) value *= 10.0;
    while (exponent < 0) : (exponent += 1) value /= 10.0;
    return if (negative) -value else value;
}

/// 1 for yes/true/on, 0 for no/false/off, by the letters that decide; -1 otherwise.
fn parse_switch_word(word: []const i8) i32 {
    if (word.len == 1) {
        return switch (word[0]) {
            '1', 'y', 't' => 1,
            '0', 'n', 'f' => 0,
            else => -1,
        };
    }
    if (word.len == 2 and word[0] == 'o' and word[1] == 'n') return 1;
    if (word.len == 2 and word[0] == 'n' and word[1] == 'o') return 0;
    if (word.len == 3 and word[0] == 'o' and word[1] == 'f' and word[2] == 'f') return 0;
    if (word.len == 3 and word[0] == 'y' and word[1] == 'e' and word[2] == 's') return 1;
    return -1;
}
