/// Card number check, blanks and dashes allowed between digits.
pub fn luhn_valid(digits: &[i8]) -> bool {
    let mut sum = 0;
    let mut seen = 0;
    for &c in digits.iter().rev() {
        let c = c as u8;
        if c == b' ' || c == b'-' {
            continue;
        }
        if !c.is_ascii_digit() {
            return false;
        }
        let mut d = (c - b'0') as i32;
        if seen & 1 == 1 {
            d *= 2;
            if d > 9 {
                d -= 9;
            }
        }
        seen += 1;
        sum += d;
    }
    seen >= 2 && sum % 10 == 0
}

pub unsafe fn isbn10_valid(isbn: *const i8) -> bool {
    let mut weight = 10;
    let mut sum = 0;
    let mut p = isbn;
    while *p != 0 && weight > 0 {
        let c = *p as u8;
        p = p.add(1);
        match c {
            b'-' => continue,
            b'0'..=b'9' => sum += weight * (c - b'0') as i32,
            b'X' if weight == 1 => sum += 10,
            _ => return false,
        }
        weight -= 1;
    }
    weight == 0 && *p == 0 && sum % 11 == 0
}

/// Check digit of twelve digits of an EAN, -1 if they are none.
pub fn ean13_check_digit(code: &[i8]) -> i32 {
    let mut odd = 0;
    let mut even = 0;
    if code.len() < 12 {
        return -1;
    }
    for pair in code[..12].chunks_exact(2) {
        let (first, second) = (pair[0] as u8, pair[1] as u8);
        if !first.is_ascii_digit() || !second.is_ascii_digit() {
            return -1;
        }
        even += (first - b'0') as i32;
        odd += (second - b'0') as i32;
    }
    (10 - (even + 3 * odd) % 10) % 10
}

/// Remainder modulo 97 with the first four characters moved to the end, letters as 10 to 35.
pub fn iban_remainder(iban: &[i8]) -> i32 {
    let mut rest = 0u32;
    if iban.len() < 5 {
        return -1;
    }
    for k in 0..iban.len() {
        let c = iban[(k + 4) % iban.len()] as u8;
        rest = match c {
            b'0'..=b'9' => (rest * 10 + (c - b'0') as u32) % 97,
            b'A'..=b'Z' => (rest * 100 + (c - b'A') as u32 + 10) % 97,
            _ => return -1,
        };
    }
    rest as i32
}

/// Checks $...*hh of an NMEA sentence.
pub unsafe fn nmea_checksum_ok(sentence: *const i8) -> bool {
    let mut p = sentence;
    if *p != b'$' as i8 {
        return false;
    }
    p = p.add(1);
    let mut sum = 0u8;
    while *p != 0 && *p != b'*' as i8 {
        sum ^= *p as u8;
        p = p.add(1);
    }
    if *p != b'*' as i8 {
        return false;
    }
    for nibble in [sum >> 4, sum & 15] {
        p = p.add(1);
        let expected = if nibble < 10 { b'0' + nibble } else { b'A' + nibble - 10 };
        if *p as u8 != expected {
            return false;
        }
    }
    true
}

/// Data bytes of an Intel HEX record, -1 malformed, -2 wrong sum.
pub fn intel_hex_record_size(line: &[i8]) -> i32 {
    let mut sum = 0u8;
    let mut count = 0;
    if line.len() < 11 || line.len() % 2 == 0 || line[0] != b':' as i8 {
        return -1;
    }
    for (i, pair) in line[1..].chunks_exact(2).enumerate() {
        let mut byte = 0u8;
        for &c in pair {
            let c = c as u8;
            let digit = match c {
                b'0'..=b'9' => c - b'0',
                b'A'..=b'F' => c - b'A' + 10,
                _ => return -1,
            };
            byte = byte << 4 | digit;
        }
        if i == 0 {
            count = byte as usize;
        }
        sum = sum.wrapping_add(byte);
    }
    if line.len() != 11 + 2 * count {
        return -1;
    }
    if sum == 0 { count as i32 } else { -2 }
}

pub fn crc8_maxim(data: &[u8]) -> u8 {
    let mut crc = 0u8;
    for &b in data {
        let mut byte = b;
        for _ in 0..8 {
            let mix = (crc ^ byte) & 1 != 0;
            crc >>= 1;
            if mix {
                crc ^= 0x8c;
            }
            byte >>= 1;
        }
    }
    crc
}

/// Internet checksum: ones' complement of the sum of big-endian words.
pub fn inet_checksum(packet: &[u8]) -> u16 {
    let mut sum = 0u32;
    for word in packet.chunks(2) {
        let low = if word.len() > 1 { word[1] } else { 0 };
        sum = sum.wrapping_add((word[0] as u32) << 8 | low as u32);
    }
    while sum >> 16 != 0 {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !sum as u16
}
