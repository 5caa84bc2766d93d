#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

uint32_t crc32_reflected(const uint8_t *data, size_t len) {
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < len; i++) {
        crc ^= data[i];
        for (int k = 0; k < 8; k++)
            crc = (crc >> 1) ^ (0xedb88320 & -(crc & 1));
    }
    return ~crc;
}

uint16_t crc16_ccitt_update(uint16_t crc, uint8_t byte) {
    crc ^= (uint16_t)byte << 8;
    for (int bit = 0; bit < 8; bit++) {
        if (crc & 0x8000)
            crc = (uint16_t)(crc << 1) ^ 0x1021;
        else
            crc <<= 1;
    }
    return crc;
}

/* A frame ends in its own big-endian CRC. */
bool crc16_frame_ok(const uint8_t *frame, int len) {
    uint16_t crc = 0xffff;
    if (len < 2)
        return false;
    for (int i = 0; i < len - 2; i++)
        crc = crc16_ccitt_update(crc, frame[i]);
    return crc == (frame[len - 2] << 8 | frame[len - 1]);
}

/* Maxim 1-Wire CRC-8. */
uint8_t crc8_onewire(const uint8_t *data, int len) {
    uint8_t crc = 0;
    while (len--) {
        uint8_t in = *data++;
        for (int i = 8; i; i--) {
            uint8_t mix = (crc ^ in) & 1;
            crc >>= 1;
            if (mix)
                crc ^= 0x8c;
            in >>= 1;
        }
    }
    return crc;
}

/* Defers the expensive modulo to blocks of 5552 bytes. */
uint32_t adler32_blocks(uint32_t adler, const uint8_t *data, size_t len) {
    uint32_t a = (adler & 0xffff) % 65521;
    uint32_t b = (adler >> 16) % 65521;
    size_t i = 0;
    while (i < len) {
        size_t stop = len - i > 5552 ? i + 5552 : len;
        for (; i < stop; i++) {
            a += data[i];
            b += a;
        }
        a %= 65521;
        b %= 65521;
    }
    return b << 16 | a;
}

/* Fletcher-32 over words, reduced by folding the carries. */
uint32_t fletcher32_words(const uint16_t *words, size_t n) {
    uint32_t c0 = 0xffff, c1 = 0xffff;
    while (n-- > 0) {
        c0 += *words++;
        c0 = (c0 & 0xffff) + (c0 >> 16);
        c1 += c0;
        c1 = (c1 & 0xffff) + (c1 >> 16);
    }
    return c1 << 16 | (c0 & 0xffff);
}

uint64_t fnv1a_64_string(const char *s) {
    uint64_t hash = 0xcbf29ce484222325ULL;
    while (*s) {
        hash ^= (uint8_t)*s++;
        hash *= 0x100000001b3ULL;
    }
    return hash;
}

uint32_t murmur3_finalize(uint32_t h) {
    h ^= h >> 16;
    h *= 0x85ebca6b;
    h ^= h >> 13;
    h *= 0xc2b2ae35;
    return h ^ (h >> 16);
}

uint32_t murmur3_scramble(uint32_t k) {
    k *= 0xcc9e2d51;
    k = k << 15 | k >> 17;
    return k * 0x1b873593;
}

uint32_t murmur3_x86_32(const uint8_t *key, size_t len, uint32_t seed) {
    uint32_t h = seed;
    size_t i = 0;
    for (; i + 4 <= len; i += 4) {
        uint32_t k = key[i] | (uint32_t)key[i + 1] << 8 | (uint32_t)key[i + 2] << 16 | (uint32_t)key[i + 3] << 24;
        h ^= murmur3_scramble(k);
        h = (h << 13 | h >> 19) * 5 + 0xe6546b64;
    }
    uint32_t tail = 0;
    for (size_t j = len; j > i; j--)
        tail = tail << 8 | key[j - 1];
    h ^= murmur3_scramble(tail);
    return murmur3_finalize(h ^ (uint32_t)len);
}

uint32_t jenkins_one_at_a_time(const uint8_t *key, int length) {
    uint32_t hash = 0;
    for (int i = 0; i != length; ++i) {
        hash += key[i];
        hash += hash << 10;
        hash ^= hash >> 6;
    }
    hash += hash << 3;
    hash ^= hash >> 11;
    hash += hash << 15;
    return hash;
}

/* The symbol hash of the System V ABI. */
uint32_t elf_symbol_hash(const char *name) {
    uint32_t h = 0;
    for (; *name != '\0'; name++) {
        h = (h << 4) + (uint8_t)*name;
        uint32_t high = h & 0xf0000000;
        if (high != 0)
            h ^= high >> 24;
        h &= ~high;
    }
    return h;
}

/* RFC 1071: one's complement sum over big-endian words. */
uint16_t internet_checksum(const uint8_t *packet, int len) {
    uint32_t sum = 0;
    int i;
    for (i = 0; i + 1 < len; i += 2)
        sum += (uint32_t)packet[i] << 8 | packet[i + 1];
    if (i < len)
        sum += (uint32_t)packet[i] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

uint16_t bsd_rotating_sum(const uint8_t *data, int len) {
    uint16_t sum = 0;
    for (int i = 0; i < len; i++)
        sum = (uint16_t)((sum >> 1) + ((sum & 1) << 15) + data[i]);
    return sum;
}

/* Replaces one byte of the window in a polynomial hash; power is base^(window - 1). */
uint32_t rolling_hash_slide(uint32_t hash, uint8_t outgoing, uint8_t incoming, uint32_t power) {
    hash -= outgoing * power;
    return hash * 257 + incoming;
}

/* Checksum between '$' and '*' of a GPS sentence, -1 if it is malformed. */
int nmea_checksum(const char *sentence) {
    uint8_t sum = 0;
    if (*sentence++ != '$')
        return -1;
    while (*sentence != '*') {
        if (*sentence < ' ')
            return -1;
        sum ^= *sentence++;
    }
    return sum;
}
