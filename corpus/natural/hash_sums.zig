const std = @import("std");

fn crc32_reflected(data: []const u8) u32 {
    var crc: u32 = 0xffffffff;
    for (data) |byte| {
        crc ^= byte;
        for (0..8) |_| {
            crc = (crc >> 1) ^ (0xedb88320 & (0 -% (crc & 1)));
        }
    }
    return ~crc;
}

fn crc16_ccitt_update(crc: u16, byte: u8) u16 {
    var register = crc ^ (@as(u16, byte) << 8);
    for (0..8) |_| {
        const top = register & 0x8000 != 0;
        register <<= 1;
        if (top) register ^= 0x1021;
    }
    return register;
}

/// A frame ends in its own big-endian CRC.
fn crc16_frame_ok(frame: []const u8) bool {
    if (frame.len < 2) return false;
    const body = frame[0 .. frame.len - 2];
    var crc: u16 = 0xffff;
    for (body) |byte| crc = crc16_ccitt_update(crc, byte);
    return crc == @as(u16, frame[body.len]) << 8 | frame[body.len + 1];
}

/// Maxim 1-Wire CRC-8.
fn crc8_onewire(data: []const u8) u8 {
    var crc: u8 = 0;
    for (data) |byte| {
        var in = byte;
        for (0..8) |_| {
            const mix = (crc ^ in) & 1;
            crc >>= 1;
            if (mix != 0) crc ^= 0x8c;
            in >>= 1;
        }
    }
    return crc;
}

/// Defers the expensive modulo to blocks of 5552 bytes.
fn adler32_blocks(adler: u32, data: []const u8) u32 {
    var a = (adler & 0xffff) % 65521;
    var b = (adler >> 16) % 65521;
    var rest = data;
    while (rest.len > 0) {
        const block = rest[0..@min(rest.len, 5552)];
        for (block) |byte| {
            a += byte;
            b += a;
        }
        a %= 65521;
        b %= 65521;
        rest = rest[block.len..];
    }
    return b << 16 | a;
}

/// Fletcher-32 over words, reduced by folding the carries.
fn fletcher32_words(words: []const u16) u32 {
    var c0: u32 = 0xffff;
    var c1: u32 = 0xffff;
    for (words) |word| {
        c0 += word;
        c0 = (c0 & 0xffff) + (c0 >> 16);
        c1 += c0;
        c1 = (c1 & 0xffff) + (c1 >> 16);
    }
    return c1 << 16 | (c0 & 0xffff);
}

fn fnv1a_64_string(s: [*]const i8) u64 {
    var hash: u64 = 0xcbf29ce484222325;
    var i: usize = 0;
    while (s[i] != 0) : (i += 1) {
        hash ^= @as(u8, @bitCast(s[i]));
        hash *%= 0x100000001b3;
    }
    return hash;
}

fn murmur3_finalize(hash: u32) u32 {
    var h = hash;
    h ^= h >> 16;
    h *%= 0x85ebca6b;
    h ^= h >> 13;
    h *%= 0xc2b2ae35;
    return h ^ (h >> 16);
}

fn murmur3_scramble(k: u32) u32 {
    return std.math.rotl(u32, k *% 0xcc9e2d51, 15) *% 0x1b873593;
}

fn murmur3_x86_32(key: []const u8, seed: u32) u32 {
    var h = seed;
    var i: usize = 0;
    while (i + 4 <= key.len) : (i += 4) {
        const k = std.mem.readInt(u32, key[i..][0..4], .little);
        h ^= murmur3_scramble(k);
        h = std.math.rotl(u32, h, 13) *% 5 +% 0xe6546b64;
    }
    var tail: u32 = 0;
    var j = key.len;
    while (j > i) : (j -= 1) tail = tail << 8 | key[j - 1];
    h ^= murmur3_scramble(tail);
    return murmur3_finalize(h ^ key.len);
}

fn jenkins_one_at_a_time(key: []const u8) u32 {
    var hash: u32 = 0;
    for (key) |byte| {
        hash +%= byte;
        hash +%= hash << 10;
        hash ^= hash >> 6;
    }
    hash +%= hash << 3;
    hash ^= hash >> 11;
    hash +%= hash << 15;
    return hash;
}

/// The symbol hash of the System V ABI.
fn elf_symbol_hash(name: [*]const i8) u32 {
    var h: u32 = 0;
    var i: usize = 0;
    while (name[i] != 0) : (i += 1) {
        h = (h << 4) +% @as(u8, @bitCast(name[i]));
        const high = h & 0xf0000000;
        if (high != 0) h ^= high >> 24;
        h &= ~high;
    }
    return h;
}

/// RFC 1071: one's complement sum over big-endian words.
fn internet_checksum(packet: []const u8) u16 {
    var sum: u32 = 0;
    for (packet, 0..) |byte, i| {
        sum += if (i % 2 == 0) @as(u32, byte) << 8 else byte;
    }
    while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
    return ~@as(u16, @intCast(sum));
}

fn bsd_rotating_sum(data: []const u8) u16 {
    var sum: u16 = 0;
    for (data) |byte| sum = std.math.rotr(u16, sum, 1) +% byte;
    return sum;
}

/// Replaces one byte of the window in a polynomial hash; power is base^(window - 1).
fn rolling_hash_slide(hash: u32, outgoing: u8, incoming: u8, power: u32) u32 {
    return (hash -% outgoing *% power) *% 257 +% incoming;
}

/// Checksum between '$' and '*' of a GPS sentence, -1 if it is malformed.
fn nmea_checksum(sentence: [*]const i8) i32 {
    if (sentence[0] != '$') return -1;
    var sum: i8 = 0;
    var i: usize = 1;
    while (sentence[i] != '*') : (i += 1) {
        if (sentence[i] < ' ') return -1;
        sum ^= sentence[i];
    }
    return sum;
}
