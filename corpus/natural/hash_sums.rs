pub fn crc32_reflected(data: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for &byte in data {
        crc ^= byte as u32;
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

pub fn crc16_ccitt_update(crc: u16, byte: u8) -> u16 {
    let mut crc = crc ^ (byte as u16) << 8;
    for _ in 0..8 {
        crc = if crc & 0x8000 != 0 { (crc << 1) ^ 0x1021 } else { crc << 1 };
    }
    crc
}

/// A frame ends in its own big-endian CRC.
pub fn crc16_frame_ok(frame: &[u8]) -> bool {
    if frame.len() < 2 {
        return false;
    }
    let (body, trailer) = frame.split_at(frame.len() - 2);
    let crc = body.iter().fold(0xffff, |crc, &byte| crc16_ccitt_update(crc, byte));
    crc == u16::from_be_bytes([trailer[0], trailer[1]])
}

/// Maxim 1-Wire CRC-8.
pub fn crc8_onewire(data: &[u8]) -> u8 {
    let mut crc = 0u8;
    for &byte in data {
        let mut input = byte;
        for _ in 0..8 {
            let mix = (crc ^ input) & 1;
            crc >>= 1;
            if mix != 0 {
                crc ^= 0x8c;
            }
            input >>= 1;
        }
    }
    crc
}

/// Defers the expensive modulo to blocks of 5552 bytes.
pub fn adler32_blocks(adler: u32, data: &[u8]) -> u32 {
    let mut a = (adler & 0xffff) % 65521;
    let mut b = (adler >> 16) % 65521;
    for block in data.chunks(5552) {
        for &byte in block {
            a += byte as u32;
            b += a;
        }
        a %= 65521;
        b %= 65521;
    }
    b << 16 | a
}

/// Fletcher-32 over words, reduced by folding the carries.
pub fn fletcher32_words(words: &[u16]) -> u32 {
    let mut c0 = 0xffffu32;
    let mut c1 = 0xffffu32;
    for &word in words {
        c0 += word as u32;
        c0 = (c0 & 0xffff) + (c0 >> 16);
        c1 += c0;
        c1 = (c1 & 0xffff) + (c1 >> 16);
    }
    c1 << 16 | (c0 & 0xffff)
}

pub unsafe fn fnv1a_64_string(s: *const i8) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    let mut p = s;
    while *p != 0 {
        hash ^= *p as u8 as u64;
        hash = hash.wrapping_mul(0x100_0000_01b3);
        p = p.add(1);
    }
    hash
}

pub fn murmur3_finalize(mut h: u32) -> u32 {
    h ^= h >> 16;
    h = h.wrapping_mul(0x85eb_ca6b);
    h ^= h >> 13;
    h = h.wrapping_mul(0xc2b2_ae35);
    h ^ (h >> 16)
}

pub fn murmur3_scramble(k: u32) -> u32 {
    k.wrapping_mul(0xcc9e_2d51).rotate_left(15).wrapping_mul(0x1b87_3593)
}

pub fn murmur3_x86_32(key: &[u8], seed: u32) -> u32 {
    let mut h = seed;
    let mut blocks = key.chunks_exact(4);
    for block in &mut blocks {
        let k = u32::from_le_bytes([block[0], block[1], block[2], block[3]]);
        h ^= murmur3_scramble(k);
        h = h.rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64);
    }
    let mut tail = 0u32;
    for &byte in blocks.remainder().iter().rev() {
        tail = tail << 8 | byte as u32;
    }
    h ^= murmur3_scramble(tail);
    murmur3_finalize(h ^ key.len() as u32)
}

pub fn jenkins_one_at_a_time(key: &[u8]) -> u32 {
    let mut hash = 0u32;
    for &byte in key {
        hash = hash.wrapping_add(byte as u32);
        hash = hash.wrapping_add(hash << 10);
        hash ^= hash >> 6;
    }
    hash = hash.wrapping_add(hash << 3);
    hash ^= hash >> 11;
    hash.wrapping_add(hash << 15)
}

/// The symbol hash of the System V ABI.
pub unsafe fn elf_symbol_hash(name: *const i8) -> u32 {
    let mut h = 0u32;
    let mut p = name;
    while *p != 0 {
        h = (h << 4).wrapping_add(*p as u8 as u32);
        let high = h & 0xf000_0000;
        h ^= high >> 24;
        h &= !high;
        p = p.add(1);
    }
    h
}

/// RFC 1071: one's complement sum over big-endian words.
pub fn internet_checksum(packet: &[u8]) -> u16 {
    let mut sum = 0u32;
    for pair in packet.chunks(2) {
        sum += (pair[0] as u32) << 8;
        if pair.len() == 2 {
            sum += pair[1] as u32;
        }
    }
    while sum >> 16 != 0 {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

pub fn bsd_rotating_sum(data: &[u8]) -> u16 {
    data.iter().fold(0u16, |sum, &byte| sum.rotate_right(1).wrapping_add(byte as u16))
}

/// Replaces one byte of the window in a polynomial hash; power is base^(window - 1).
pub fn rolling_hash_slide(hash: u32, outgoing: u8, incoming: u8, power: u32) -> u32 {
    let without = hash.wrapping_sub((outgoing as u32).wrapping_mul(power));
    without.wrapping_mul(257).wrapping_add(incoming as u32)
}

/// Checksum between '$' and '*' of a GPS sentence, -1 if it is malformed.
pub unsafe fn nmea_checksum(sentence: *const i8) -> i32 {
    if *sentence != b'$' as i8 {
        return -1;
    }
    let mut p = sentence.add(1);
    let mut sum = 0u8;
    while *p != b'*' as i8 {
        if *p < b' ' as i8 {
            return -1;
        }
        sum ^= *p as u8;
        p = p.add(1);
    }
    sum as i32
}
