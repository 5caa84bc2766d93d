/// Card number check, blanks and dashes allowed between digits.
fn luhn_valid(digits: []const i8) bool {
    var sum: i32 = 0;
    var seen: u32 = 0;
    var i = digits.len;
    while (i > 0) {
        i -= 1;
        const c = digits[i];
        if (c == ' ' or c == '-') continue;
        if (c < '0' or c > '9') return false;
        var d: i32 = c - '0';
        if (seen & 1 == 1) {
            d *= 2;
            if (d > 9) d -= 9;
        }
        seen += 1;
        sum += d;
    }
    return seen >= 2 and @rem(sum, 10) == 0;
}

fn isbn10_valid(isbn: [*]const i8) bool {
    var weight: i32 = 10;
    var sum: i32 = 0;
    var i: usize = 0;
    while (isbn[i] != 0 and weight > 0) : (i += 1) {
        const c = isbn[i];
        if (c == '-') continue;
        if (c >= '0' and c <= '9') {
            sum += weight * (c - '0');
        } else if (c == 'X' and weight == 1) {
            sum += 10;
        } else {
            return false;
        }
        weight -= 1;
    }
    return weight == 0 and isbn[i] == 0 and @rem(sum, 11) == 0;
}

/// Check digit of twelve digits of an EAN, -1 if they are none.
fn ean13_check_digit(code: []const i8) i32 {
    var odd: i32 = 0;
    var even: i32 = 0;
    if (code.len < 12) return -1;
    for (code[0..12], 0..) |c, i| {
        if (c < '0' or c > '9') return -1;
        if (i % 2 == 0) {
            even += c - '0';
        } else {
            odd += c - '0';
        }
    }
    return @rem(10 - @rem(even + 3 * odd, 10), 10);
}

/// Remainder modulo 97 with the first four characters moved to the end, letters as 10 to 35.
fn iban_remainder(iban: []const i8) i32 {
    var rest: u32 = 0;
    if (iban.len < 5) return -1;
    for (0..iban.len) |k| {
        const c = iban[(k + 4) % iban.len];
        if (c >= '0' and c <= '9') {
            rest = (rest * 10 + @as(u32, @intCast(c - '0'))) % 97;
        } else if (c >= 'A' and c <= 'Z') {
            rest = (rest * 100 + @as(u32, @intCast(c - 'A')) + 10) % 97;
        } else {
            return -1;
        }
    }
    return @intCast(rest);
}

/// Checks $...*hh of an NMEA sentence.
fn nmea_checksum_ok(sentence: [*]const i8) bool {
    if (sentence[0] != '$') return false;
    var sum: u8 = 0;
    var i: usize = 1;
    while (sentence[i] != 0 and sentence[i] != '*') : (i += 1) {
        sum ^= @as(u8, @bitCast(sentence[i]));
    }
    if (sentence[i] != '*') return false;
    for ([2]u8{ sum >> 4, sum & 15 }) |nibble| {
        i += 1;
        const expected = if (nibble < 10) '0' + nibble else 'A' + nibble - 10;
        if (sentence[i] != expected) return false;
    }
    return true;
}

/// Data bytes of an Intel HEX record, -1 malformed, -2 wrong sum.
fn intel_hex_record_size(line: []const i8) i32 {
    var sum: u8 = 0;
    var count: usize = 0;
    if (line.len < 11 or line.len % 2 == 0 or line[0] != ':') return -1;
    var i: usize = 1;
    while (i < line.len) : (i += 2) {
        var byte: u8 = 0;
        for (line[i..][0..2]) |c| {
            const digit: i8 = switch (c) {
                '0'...'9' => c - '0',
                'A'...'F' => c - 'A' + 10,
                else => return -1,
            };
            byte = byte << 4 | @as(u8, @intCast(digit));
        }
        if (i == 1) count = byte;
        sum +%= byte;
    }
    if (line.len != 11 + 2 * count) return -1;
    return if (sum == 0) @intCast(count) else -2;
}

fn crc8_maxim(data: []const u8) u8 {
    var crc: u8 = 0;
    for (data) |b| {
        var byte = b;
        for (0..8) |_| {
            const mix = (crc ^ byte) & 1 != 0;
            crc >>= 1;
            if (mix) crc ^= 0x8c;
            byte >>= 1;
        }
    }
    return crc;
}

/// Internet checksum: ones' complement of the sum of big-endian words.
fn inet_checksum(packet: []const u8) u16 {
    var sum: u32 = 0;
    var i: usize = 0;
    while (i + 1 < packet.len) : (i += 2) {
        sum +%= @as(u32, packet[i]) << 8 | packet[i + 1];
    }
    if (i < packet.len) sum +%= @as(u32, packet[i]) << 8;
    while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
    return @truncate(~sum);
}
