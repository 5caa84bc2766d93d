const std = @import("std");

/// Mirrors the decimal digits, keeping the sign; 0 when the result does not fit.
fn mirror_decimal(value: i32) i32 {
    var rest = value;
    var mirrored: i64 = 0;
    while (rest != 0) : (rest = @divTrunc(rest, 10)) {
        mirrored = mirrored *% 10 + @rem(rest, 10);
    }
    return std.math.cast(i32, mirrored) orelse 0;
}

fn digit_sum_in_base(value: u32, base: u32) u32 {
    if (base < 2) return value;
    var sum: u32 = 0;
    var rest = value;
    while (rest > 0) : (rest /= base) {
        sum += rest % base;
    }
    return sum;
}

fn decimal_width_u64(v: u64) u32 {
    var rest = v;
    var width: u32 = 1;
    while (true) {
        if (rest < 10) return width;
        if (rest < 100) return width + 1;
        if (rest < 1000) return width + 2;
        if (rest < 10000) return width + 3;
        rest /= 10000;
        width += 4;
    }
}

/// How often the digits must be multiplied until one is left.
fn multiplicative_persistence(value: u32) i32 {
    var current = value;
    var rounds: i32 = 0;
    while (current > 9) : (rounds += 1) {
        var product: u32 = 1;
        var rest = current;
        while (rest > 0) : (rest /= 10) product *= rest % 10;
        current = product;
    }
    return rounds;
}

fn luhn_digits_ok(digits: []const u8) bool {
    var total: u32 = 0;
    var twice = false;
    var i = digits.len;
    while (i > 0) {
        i -= 1;
        var d: u32 = digits[i];
        if (d > 9) return false;
        if (twice) {
            d *= 2;
            if (d > 9) d -= 9;
        }
        total += d;
        twice = !twice;
    }
    return digits.len > 0 and total % 10 == 0;
}

fn bcd_decode_u32(bcd: u32, out: *u32) bool {
    var value: u32 = 0;
    for (0..8) |i| {
        const nibble = (bcd >> @intCast(28 - 4 * i)) & 0xf;
        if (nibble > 9) return false;
        value = value * 10 + nibble;
    }
    out.* = value;
    return true;
}

/// Shift-and-add-3, as it is done in hardware.
fn double_dabble(binary: u16) u32 {
    var bcd: u32 = 0;
    var rest = binary;
    for (0..16) |_| {
        var nibble: u5 = 0;
        while (nibble < 20) : (nibble += 4) {
            if ((bcd >> nibble) & 0xf >= 5) bcd += @as(u32, 3) << nibble;
        }
        bcd = (bcd << 1) | (rest >> 15);
        rest <<= 1;
    }
    return bcd;
}

/// Adds two packed BCD numbers of seven digits.
fn bcd_add_packed(a: u32, b: u32) u32 {
    const t1 = a +% 0x06666666;
    const t2 = t1 +% b;
    const t3 = t1 ^ b;
    const no_carry = ~(t2 ^ t3) & 0x11111110;
    return t2 -% ((no_carry >> 2) | (no_carry >> 3));
}

/// Most significant digit first; stops in front of a digit that is too big or would overflow.
fn digits_to_u64(digits: []const u8, base: u32, used: *i32) u64 {
    var value: u64 = 0;
    var i: usize = 0;
    while (i < digits.len and digits[i] < base) : (i += 1) {
        if (value > (@as(u64, std.math.maxInt(u64)) >> 8) / base) break;
        value = value *% base +% digits[i];
    }
    used.* = @intCast(i);
    return value;
}

fn parse_hex_prefix(s: [*]const i8) u32 {
    var i: usize = 0;
    if (s[0] == '0' and (s[1] == 'x' or s[1] == 'X')) i = 2;
    var value: u32 = 0;
    while (true) : (i += 1) {
        const c: u8 = @bitCast(s[i]);
        const nibble: u32 = switch (c) {
            '0'...'9' => c - '0',
            'a'...'f' => c - 'a' + 10,
            'A'...'F' => c - 'A' + 10,
            else => return value,
        };
        value = (value << 4) | nibble;
    }
}

fn parse_i32_strict(s: [*]const i8, out: *i32) bool {
    const negative = s[0] == '-';
    var i: usize = if (negative or s[0] == '+') 1 else 0;
    if (s[i] == 0) return false;
    var acc: i64 = 0;
    while (s[i] != 0) : (i += 1) {
        if (s[i] < '0' or s[i] > '9') return false;
        acc = acc *% 10 + (s[i] - '0');
        if (acc > @as(i64, std.math.maxInt(i32)) + @intFromBool(negative)) return false;
    }
    out.* = @intCast(if (negative) -acc else acc);
    return true;
}

/// Writes value in the given radix, no terminator; -1 if it does not fit.
fn write_radix(buf: []i8, value: u32, radix: u32) i32 {
    if (radix < 2 or radix > 36) return -1;
    var scratch: [32]i8 = undefined;
    var n: usize = 0;
    var rest = value;
    while (true) {
        const d: i8 = @intCast(rest % radix);
        scratch[n] = if (d < 10) '0' + d else 'a' + (d - 10);
        n += 1;
        rest /= radix;
        if (rest == 0) break;
    }
    if (n > buf.len) return -1;
    for (0..n) |i| buf[i] = scratch[n - 1 - i];
    return @intCast(n);
}

/// Check digit of a barcode: weights 3, 1, 3, ... from the right; -1 on anything but digits.
fn barcode_check_digit(code: []const i8) i32 {
    var weight: i32 = 3;
    var sum: i32 = 0;
    var i = code.len;
    while (i > 0) : (weight ^= 2) {
        i -= 1;
        if (code[i] < '0' or code[i] > '9') return -1;
        sum +%= (code[i] - '0') * weight;
    }
    return @rem(10 -% @rem(sum, 10), 10);
}

fn kaprekar_rounds(start: u16) i32 {
    var value: u32 = start % 10000;
    var rounds: i32 = 0;
    while (value != 6174) {
        var count: [10]u32 = @splat(0);
        for (0..4) |_| {
            count[value % 10] += 1;
            value /= 10;
        }
        var ascending: u32 = 0;
        var descending: u32 = 0;
        for (0..10) |d| {
            for (0..count[d]) |_| ascending = ascending * 10 + d;
            for (0..count[9 - d]) |_| descending = descending * 10 + (9 - d);
        }
        value = descending - ascending;
        if (value == 0) return -1;
        rounds += 1;
    }
    return rounds;
}

/// A = 1, Z = 26, AA = 27; 0 for anything that is no column label.
fn column_label_to_index(label: [*]const i8) i32 {
    var index: i32 = 0;
    var i: usize = 0;
    while (label[i] != 0) : (i += 1) {
        var c = label[i];
        if (c >= 'a' and c <= 'z') c -= 'a' - 'A';
        if (c < 'A' or c > 'Z' or index > 1000000) return 0;
        index = index * 26 + (c - 'A' + 1);
    }
    return index;
}

/// Multiplies a little-endian big number in place and returns the carry.
fn bignum_scale(limbs: []u32, factor: u32) u32 {
    var carry: u64 = 0;
    for (limbs) |*limb| {
        carry += @as(u64, limb.*) *% factor;
        limb.* = @truncate(carry);
        carry >>= 32;
    }
    return @intCast(carry);
}

/// Divides a little-endian big number in place and returns the remainder.
fn bignum_div_small(limbs: []u16, divisor: u16) u16 {
    if (divisor == 0) return 0;
    var rem: u32 = 0;
    var i = limbs.len;
    while (i > 0) {
        i -= 1;
        const part = rem << 16 | limbs[i];
        limbs[i] = @intCast(part / divisor);
        rem = part % divisor;
    }
    return @intCast(rem);
}

/// Fast doubling over the bits of n, modulo 2^64.
fn fibonacci_doubling(n: u32) u64 {
    var a: u64 = 0;
    var b: u64 = 1;
    var mask: u32 = 1 << 31;
    while (mask != 0) : (mask >>= 1) {
        const even = a *% (2 *% b -% a);
        const odd = a *% a +% b *% b;
        if (n & mask != 0) {
            a = odd;
            b = even +% odd;
        } else {
            a = even;
            b = odd;
        }
    }
    return a;
}
