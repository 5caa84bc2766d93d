#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

struct bit_cursor {
    uint32_t byte;
    uint32_t bit;
};

/* Bytes of the sequence that starts with lead, 0 if it can't start one. */
int utf8_sequence_size(uint8_t lead) {
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead <= 0xdf)
        return 2;
    if ((lead & 0xf0) == 0xe0)
        return 3;
    return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/* Decodes the code point at the start; the bytes used, 0 if it is malformed. */
int utf8_decode_first(const uint8_t *s, size_t n, uint32_t *code_point) {
    if (n == 0)
        return 0;
    int size = utf8_sequence_size(s[0]);
    if (size == 0 || (size_t)size > n)
        return 0;
    uint32_t cp = size == 1 ? s[0] : s[0] & (0x7fu >> size);
    for (int i = 1; i < size; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        cp = cp << 6 | (s[i] & 0x3f);
    }
    if ((size == 3 && cp < 0x800) || (size == 4 && (cp < 0x10000 || cp > 0x10ffff)))
        return 0;
    if (cp >= 0xd800 && cp <= 0xdfff)
        return 0;
    *code_point = cp;
    return size;
}

/* Number of code points, -1 if the text is not valid UTF-8. */
int utf8_count_valid(const uint8_t *text, int len) {
    int count = 0;
    int at = 0;
    while (at < len) {
        uint32_t cp = 0;
        int used = utf8_decode_first(text + at, (size_t)(len - at), &cp);
        if (used == 0)
            return -1;
        at += used;
        count++;
    }
    return count;
}

int utf8_encode(uint8_t *dst, int cap, uint32_t cp) {
    int size = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    if (cp > 0x10ffff || (cp & 0xfffff800u) == 0xd800 || size > cap)
        return 0;
    for (int i = size - 1; i > 0; i--) {
        dst[i] = (uint8_t)(0x80 | (cp & 0x3f));
        cp >>= 6;
    }
    dst[0] = size == 1 ? (uint8_t)cp : (uint8_t)(0xf00u >> size | cp);
    return size;
}

bool utf16_split(uint32_t cp, uint16_t *high, uint16_t *low) {
    if (cp < 0x10000 || cp > 0x10ffff)
        return false;
    cp -= 0x10000;
    *high = (uint16_t)(0xd800 + (cp >> 10));
    *low = (uint16_t)(0xdc00 + (cp & 0x3ff));
    return true;
}

/* Code points in UTF-16, a lone surrogate counts as one. */
size_t utf16_count(const uint16_t *units, size_t n) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++, count++) {
        bool lead = (units[i] & 0xfc00) == 0xd800;
        if (lead && i + 1 < n && (units[i + 1] & 0xfc00) == 0xdc00)
            i++;
    }
    return count;
}

bool read_u32_be(const uint8_t *buf, size_t size, size_t offset, uint32_t *value) {
    if (size < 4 || offset > size - 4)
        return false;
    const uint8_t *p = buf + offset;
    *value = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    return true;
}

bool write_u64_le(uint8_t *buf, size_t size, size_t offset, uint64_t value) {
    if (size < 8 || offset > size - 8)
        return false;
    for (int i = 0; i < 8; i++) {
        buf[offset + i] = (uint8_t)value;
        value >>= 8;
    }
    return true;
}

/* Reads up to 32 bits, most significant first; 0 bits come after the end. */
uint32_t cursor_take_bits(const uint8_t *buf, size_t n, struct bit_cursor *cur, unsigned width) {
    uint32_t value = 0;
    if (width > 32)
        width = 32;
    cur->bit &= 7;
    while (width-- > 0) {
        value <<= 1;
        if (cur->byte >= n)
            continue;
        value |= buf[cur->byte] >> (7 - cur->bit) & 1;
        if (++cur->bit == 8) {
            cur->bit = 0;
            cur->byte++;
        }
    }
    return value;
}

/* Appends the low bits of value, least significant first. */
bool put_bits_lsb(uint8_t *buf, size_t n, struct bit_cursor *cur, uint32_t value, unsigned width) {
    if (width > 32 || cur->bit > 7)
        return false;
    for (unsigned i = 0; i < width; i++) {
        if (cur->byte >= n)
            return false;
        uint8_t mask = (uint8_t)(1u << cur->bit);
        if (value >> i & 1)
            buf[cur->byte] |= mask;
        else
            buf[cur->byte] &= (uint8_t)~mask;
        cur->bit++;
        cur->byte += cur->bit >> 3;
        cur->bit &= 7;
    }
    return true;
}

/* Little-endian base 128; the bytes used, or 0 if cut off or too long. */
int decode_varint(const uint8_t *buf, int len, uint64_t *value) {
    uint64_t result = 0;
    for (int i = 0; i < len && i < 10; i++) {
        result |= (uint64_t)(buf[i] & 0x7f) << (7 * i);
        if (buf[i] < 0x80) {
            *value = result;
            return i + 1;
        }
    }
    return 0;
}

/* Adds a decimal number to another, least significant digit first; the carry out. */
int add_digits(uint8_t *sum, int n, const uint8_t *addend, int addend_len) {
    int carry = 0;
    for (int i = 0; i < n; i++) {
        int digit = sum[i] + carry;
        if (i < addend_len)
            digit += addend[i];
        else if (carry == 0)
            break;
        carry = digit / 10;
        sum[i] = (uint8_t)(digit % 10);
    }
    return carry;
}
