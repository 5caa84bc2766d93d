/// Number of decimal digits of v, at least 1.
fn decimal_width(v: u64) i32 {
    var rest = v;
    var digits: i32 = 1;
    while (rest >= 10) : (rest /= 10) digits += 1;
    return digits;
}

/// Decimal without terminator; the length, or -1 if it does not fit.
fn format_u32(buf: []i8, value: u32) i32 {
    const width: usize = @intCast(decimal_width(value));
    if (width > buf.len) return -1;
    var rest = value;
    var pos = width;
    while (pos > 0) {
        pos -= 1;
        buf[pos] = @intCast('0' + rest % 10);
        rest /= 10;
    }
    return @intCast(width);
}

/// Signed decimal with terminator, built backwards in a scratch buffer.
fn format_i32_terminated(buf: []i8, value: i32) i32 {
    var scratch: [12]i8 = undefined;
    var used: usize = 0;
    var rest: u32 = @abs(value);
    while (true) {
        scratch[used] = @intCast('0' + rest % 10);
        used += 1;
        rest /= 10;
        if (rest == 0) break;
    }
    if (value < 0) {
        scratch[used] = '-';
        used += 1;
    }
    if (used + 1 > buf.len) return -1;
    for (0..used) |i| buf[i] = scratch[used - 1 - i];
    buf[used] = 0;
    return @intCast(used);
}

fn format_hex_padded(buf: []i8, value: u32, width: i32) i32 {
    var digits: i32 = 1;
    var v = value >> 4;
    while (v != 0) : (v >>= 4) digits += 1;
    digits = @max(digits, @min(width, 8));
    if (digits > buf.len) return -1;
    var rest = value;
    var i: usize = @intCast(digits);
    while (i > 0) : (rest >>= 4) {
        i -= 1;
        const nibble: i8 = @intCast(rest & 0xf);
        buf[i] = if (nibble < 10) '0' + nibble else 'a' + nibble - 10;
    }
    return digits;
}

/// 1234567 as 1,234,567.
fn format_grouped(buf: []i8, value: i64) i32 {
    var reversed: [28]i8 = undefined;
    var n: usize = 0;
    var in_group: u32 = 0;
    var magnitude: u64 = @abs(value);
    while (true) {
        if (in_group == 3) {
            reversed[n] = ',';
            n += 1;
            in_group = 0;
        }
        reversed[n] = @intCast('0' + magnitude % 10);
        n += 1;
        magnitude /= 10;
        in_group += 1;
        if (magnitude == 0) break;
    }
    if (value < 0) {
        reversed[n] = '-';
        n += 1;
    }
    if (n > buf.len) return -1;
    for (reversed[0..n], 0..) |c, i| buf[n - 1 - i] = c;
    return @intCast(n);
}

fn format_ipv4_dotted(buf: []i8, addr: u32) i32 {
    var used: usize = 0;
    for ([_]u5{ 24, 16, 8, 0 }) |shift| {
        const wrote = format_u32(buf[used..], addr >> shift & 0xff);
        if (wrote < 0) return -1;
        used += @intCast(wrote);
        if (shift > 0) {
            if (used == buf.len) return -1;
            buf[used] = '.';
            used += 1;
        }
    }
    return @intCast(used);
}

/// m:ss below an hour, h:mm:ss from then on.
fn format_elapsed(buf: []i8, seconds: u32) i32 {
    const hours = seconds / 3600;
    const minutes = seconds / 60 % 60;
    const wrote = format_u32(buf, if (hours > 0) hours else minutes);
    if (wrote < 0) return -1;
    var used: usize = @intCast(wrote);
    if (hours > 0) {
        if (buf.len - used < 6) return -1;
        buf[used] = ':';
        buf[used + 1] = @intCast('0' + minutes / 10);
        buf[used + 2] = @intCast('0' + minutes % 10);
        used += 3;
    } else if (buf.len - used < 3) {
        return -1;
    }
    buf[used] = ':';
    buf[used + 1] = @intCast('0' + seconds % 60 / 10);
    buf[used + 2] = @intCast('0' + seconds % 10);
    return @intCast(used + 3);
}

/// Roman numeral of 1..3999 with terminator; the length, or -1.
fn write_roman(buf: []i8, value: u32) i32 {
    const ones = [3]i8{ 'I', 'X', 'C' };
    const fives = [3]i8{ 'V', 'L', 'D' };
    const tens = [3]i8{ 'X', 'C', 'M' };
    var out: [16]i8 = undefined;
    var n: usize = 0;
    if (value == 0 or value > 3999) return -1;
    for (0..value / 1000) |_| {
        out[n] = 'M';
        n += 1;
    }
    var divisor: u32 = 100;
    var place: usize = 3;
    while (place > 0) {
        place -= 1;
        const digit = value / divisor % 10;
        divisor /= 10;
        if (digit % 5 == 4) {
            out[n] = ones[place];
            out[n + 1] = if (digit == 4) fives[place] else tens[place];
            n += 2;
            continue;
        }
        if (digit >= 5) {
            out[n] = fives[place];
            n += 1;
        }
        for (0..digit % 5) |_| {
            out[n] = ones[place];
            n += 1;
        }
    }
    if (n >= buf.len) return -1;
    @memcpy(buf[0..n], out[0..n]);
    buf[n] = 0;
    return @intCast(n);
}

/// Amount in cents as -12.05.
fn format_cents(buf: []i8, cents: i32) i32 {
    const amount: u32 = @abs(cents);
    const start: usize = if (cents < 0) 1 else 0;
    if (start > buf.len) return -1;
    const whole = format_u32(buf[start..], amount / 100);
    if (whole < 0) return -1;
    const end = start + @as(usize, @intCast(whole));
    if (end + 3 > buf.len) return -1;
    if (cents < 0) buf[0] = '-';
    buf[end] = '.';
    buf[end + 1] = @intCast('0' + amount % 100 / 10);
    buf[end + 2] = @intCast('0' + amount % 10);
    return @intCast(end + 3);
}

/// Right-aligned in the whole buffer, filled with blanks; false if it does not fit.
fn write_base36_right(field: []i8, id: u64) bool {
    var rest = id;
    var i = field.len;
    while (true) {
        if (i == 0) return false;
        const digit: i8 = @intCast(rest % 36);
        i -= 1;
        field[i] = if (digit > 9) digit - 10 + 'A' else digit + '0';
        rest /= 36;
        if (rest == 0) break;
    }
    @memset(field[0..i], ' ');
    return true;
}

/// 1536 as 1.5K, 3 as 3B.
fn format_scaled_bytes(buf: []i8, bytes: u64) i32 {
    var scaled = bytes;
    var unit: u32 = 0;
    var tenths: u32 = 0;
    while (scaled >= 1024 and unit < 4) : (unit += 1) {
        tenths = @as(u32, @intCast(scaled % 1024)) * 10 / 1024;
        scaled /= 1024;
    }
    const wrote = format_u32(buf, @intCast(@min(scaled, 99999)));
    if (wrote < 0 or wrote + 3 > buf.len) return -1;
    var used: usize = @intCast(wrote);
    if (tenths > 0) {
        buf[used] = '.';
        buf[used + 1] = @intCast('0' + tenths);
        used += 2;
    }
    buf[used] = switch (unit) {
        0 => 'B',
        1 => 'K',
        2 => 'M',
        3 => 'G',
        else => 'T',
    };
    return @intCast(used + 1);
}

/// Centres text in the buffer, cutting it if it is too long.
fn center_text(dst: []i8, text: [*]const i8, fill: i8) i32 {
    var length: usize = 0;
    while (length < dst.len and text[length] != 0) length += 1;
    const left = (dst.len - length) / 2;
    for (dst, 0..) |*slot, i| {
        slot.* = if (i < left or i >= left + length) fill else text[i - left];
    }
    return @intCast(left);
}

/// 1st, 2nd, 3rd, 4th, 11th, 21st ...
fn format_ordinal(buf: []i8, value: u32) i32 {
    const wrote = format_u32(buf, value);
    if (wrote < 0) return -1;
    const used: usize = @intCast(wrote);
    if (buf.len - used < 2) return -1;
    var a: i8 = 't';
    var b: i8 = 'h';
    if (value / 10 % 10 != 1) {
        switch (value % 10) {
            1 => {
                a = 's';
                b = 't';
            },
            2 => {
                a = 'n';
                b = 'd';
            },
            3 => {
                a = 'r';
                b = 'd';
            },
            else => {},
        }
    }
    buf[used] = a;
    buf[used + 1] = b;
    return wrote + 2;
}

/// Sixteen bits as 0001_0010_0011_0100.
fn format_bits16(buf: []i8, bits: u16) bool {
    if (buf.len < 19) return false;
    var pos: usize = 0;
    for (0..16) |i| {
        const bit: u4 = @intCast(15 - i);
        buf[pos] = if (bits >> bit & 1 == 1) '1' else '0';
        pos += 1;
        if (bit > 0 and bit % 4 == 0) {
            buf[pos] = '_';
            pos += 1;
        }
    }
    return true;
}

/// Three decimals, rounded half away from zero; only for |value| below a million.
fn format_fixed3(buf: []i8, value: f64) i32 {
    if (!(value > -1e6 and value < 1e6)) return -1;
    const negative = value < 0;
    const magnitude = if (negative) -value else value;
    const milli: u32 = @intFromFloat(magnitude * 1000.0 + 0.5);
    var used: usize = 0;
    if (negative and milli > 0) {
        if (buf.len == 0) return -1;
        buf[0] = '-';
        used = 1;
    }
    const wrote = format_u32(buf[used..], milli / 1000);
    if (wrote < 0) return -1;
    used += @intCast(wrote);
    if (buf.len - used < 4) return -1;
    buf[used] = '.';
    used += 1;
    var div: u32 = 100;
    while (div > 0) : (div /= 10) {
        buf[used] = @intCast('0' + milli / div % 10);
        used += 1;
    }
    return @intCast(used);
}

/// Minutes since midnight as 9:05 AM.
fn format_clock12(buf: []i8, minutes: u32) i32 {
    const in_day = minutes % 1440;
    var hour = in_day / 60 % 12;
    if (hour == 0) hour = 12;
    const used: usize = if (hour >= 10) 2 else 1;
    if (buf.len < used + 6) return -1;
    if (hour >= 10) buf[0] = '1';
    buf[used - 1] = @intCast('0' + hour % 10);
    buf[used] = ':';
    buf[used + 1] = @intCast('0' + in_day % 60 / 10);
    buf[used + 2] = @intCast('0' + in_day % 10);
    buf[used + 3] = ' ';
    buf[used + 4] = if (in_day < 720) 'A' else 'P';
    buf[used + 5] = 'M';
    return @intCast(used + 6);
}

/// Printable view of a hex dump: dots for what can't be shown.
fn dump_ascii_column(column: []i8, data: []const u8) usize {
    const n = @min(data.len, column.len);
    for (column[0..n], data[0..n]) |*slot, byte| {
        slot.* = if (byte >= 0x20 and byte < 0x7f) @intCast(byte) else '.';
    }
    return n;
}
