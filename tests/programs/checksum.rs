//! Checksums and hashes of bytes, some with state.

pub struct Crc32 {
    state: u32,
}

impl Crc32 {
    pub fn new() -> Crc32 {
        Crc32 { state: !0 }
    }

    pub fn update(&mut self, data: &[u8]) {
        for &byte in data {
            self.state ^= byte as u32;
            for _ in 0..8 {
                let mask = (self.state & 1).wrapping_neg();
                self.state = self.state >> 1 ^ 0xedb8_8320 & mask;
            }
        }
    }

    pub fn finish(&self) -> u32 {
        !self.state
    }
}

impl Default for Crc32 {
    fn default() -> Self {
        Self::new()
    }
}

pub fn crc32(data: &[u8]) -> u32 {
    let mut crc = Crc32::new();
    crc.update(data);
    crc.finish()
}

pub fn adler32(data: &[u8]) -> u32 {
    const MODULUS: u32 = 65_521;
    let (a, b) = data.iter().fold((1u32, 0u32), |(a, b), &byte| {
        let a = (a + byte as u32) % MODULUS;
        (a, (a + b) % MODULUS)
    });
    b << 16 | a
}

pub fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, b| (hash ^ b as u64).wrapping_mul(0x100_0000_01b3))
}

pub fn djb2(text: &str) -> u32 {
    let mut hash = 5381u32;
    for b in text.bytes() {
        hash = (hash << 5).wrapping_add(hash).wrapping_add(b as u32);
    }
    hash
}

/// Whether a card's number, with spaces or not, is one.
pub fn luhn(number: &str) -> bool {
    let mut sum = 0;
    let mut digits = 0;
    for c in number.chars().rev() {
        if c == ' ' {
            continue;
        }
        let Some(mut digit) = c.to_digit(10) else {
            return false;
        };
        if digits % 2 == 1 {
            digit *= 2;
            if digit > 9 {
                digit -= 9;
            }
        }
        sum += digit;
        digits += 1;
    }
    digits > 1 && sum % 10 == 0
}

/// The check digit of an ISBN-10 without it; `X` is 10.
pub fn isbn10_check(digits: &[u8; 9]) -> Option<char> {
    let mut sum = 0u32;
    for (k, &d) in digits.iter().enumerate() {
        if !d.is_ascii_digit() {
            return None;
        }
        sum += (d - b'0') as u32 * (10 - k as u32);
    }
    match (11 - sum % 11) % 11 {
        10 => Some('X'),
        n => char::from_digit(n, 10),
    }
}

pub fn xor_cipher(data: &mut [u8], key: &[u8]) {
    if key.is_empty() {
        return;
    }
    for (i, byte) in data.iter_mut().enumerate() {
        *byte ^= key[i % key.len()];
    }
}

pub fn hamming(a: &[u8], b: &[u8]) -> Option<u32> {
    if a.len() != b.len() {
        return None;
    }
    Some(a.iter().zip(b).map(|(x, y)| (x ^ y).count_ones()).sum())
}

pub fn hex_digit(value: u8) -> Option<char> {
    char::from_digit(value as u32, 16)
}
