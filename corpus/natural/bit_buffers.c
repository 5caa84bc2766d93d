#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

struct bit_cursor { uint32_t position; uint32_t overrun; };

/* Returns the previous state of the bit; out of range is ignored. */
bool bitset_assign(uint32_t *words, int n, unsigned index, bool on) {
    if (index / 32 >= (unsigned)n)
        return false;
    uint32_t mask = 1u << (index % 32);
    bool previous = (words[index / 32] & mask) != 0;
    if (on)
        words[index / 32] |= mask;
    else
        words[index / 32] &= ~mask;
    return previous;
}

/* Index of the lowest clear bit, or the number of bits if all are set. */
size_t bitset_first_clear(const uint64_t *words, size_t n) {
    for (size_t i = 0; i < n; i++) {
        uint64_t inverted = ~words[i];
        if (inverted == 0)
            continue;
        size_t bit = 0;
        while (!(inverted & 1)) {
            inverted >>= 1;
            bit++;
        }
        return i * 64 + bit;
    }
    return n * 64;
}

/* Removes the members of other and tells whether anything is left. */
bool bitset_subtract(uint32_t *set, const uint32_t *other, int n) {
    uint32_t left = 0;
    for (int i = 0; i < n; i++) {
        set[i] &= ~other[i];
        left |= set[i];
    }
    return left != 0;
}

/* Sets the bits from first up to, but without, last, a byte at a time. */
void bitmap_fill_span(uint8_t *map, unsigned len, unsigned first, unsigned last) {
    if (last > len * 8)
        last = len * 8;
    while (first < last) {
        unsigned bit = first & 7;
        unsigned run = 8 - bit;
        if (run > last - first)
            run = last - first;
        map[first >> 3] |= (uint8_t)(((1u << run) - 1) << bit);
        first += run;
    }
}

int hamming_distance_bytes(const uint8_t *a, const uint8_t *b, int len) {
    int distance = 0;
    for (int i = 0; i < len; i++) {
        for (unsigned diff = a[i] ^ b[i]; diff; diff &= diff - 1)
            distance++;
    }
    return distance;
}

/* Two values a byte, high nibble first; returns the number of bytes written. */
int pack_nibbles(uint8_t *dst, int dst_len, const uint8_t *src, int src_len) {
    int written = 0;
    for (int i = 0; i < src_len && written < dst_len; i += 2) {
        uint8_t packed = (uint8_t)(src[i] << 4);
        if (i + 1 < src_len)
            packed |= src[i + 1] & 0x0f;
        dst[written++] = packed;
    }
    return written;
}

/* Expands a monochrome row, most significant bit leftmost, to 0 and 255. */
void expand_mono_row(uint8_t *pixels, int n, const uint8_t *packed, int n_packed) {
    for (int x = 0; x < n; x++) {
        int byte = x / 8;
        if (byte >= n_packed)
            return;
        pixels[x] = (packed[byte] << (x % 8)) & 0x80 ? 255 : 0;
    }
}

/* Reads up to 32 bits, most significant first; past the end come zeros. */
uint32_t peek_bits_msb(const uint8_t *data, size_t len, uint32_t bit_pos, unsigned width) {
    uint32_t value = 0;
    if (width > 32)
        width = 32;
    for (unsigned i = 0; i < width; i++) {
        uint32_t pos = bit_pos + i;
        uint32_t bit = 0;
        if (pos / 8 < len)
            bit = (data[pos / 8] >> (7 - pos % 8)) & 1;
        value = value << 1 | bit;
    }
    return value;
}

/* Exponential-Golomb code number at the cursor, 0 after an overrun. */
uint32_t read_exp_golomb(const uint8_t *data, int len, struct bit_cursor *cursor) {
    unsigned zeros = 0;
    uint32_t value = 1;
    uint32_t limit = (uint32_t)len * 8;
    while (zeros < 32) {
        if (cursor->position >= limit) {
            cursor->overrun = 1;
            return 0;
        }
        uint32_t p = cursor->position++;
        if (data[p / 8] & (0x80 >> (p % 8)))
            break;
        zeros++;
    }
    for (; zeros > 0; zeros--) {
        if (cursor->position >= limit) {
            cursor->overrun = 1;
            return 0;
        }
        uint32_t p = cursor->position++;
        value = value * 2 + ((data[p / 8] >> (7 - p % 8)) & 1);
    }
    return value - 1;
}

/* Returns the number of bytes written, 0 if they do not fit. */
int varint_encode_u64(uint8_t *buf, int cap, uint64_t value) {
    int i = 0;
    while (value >= 0x80) {
        if (i >= cap)
            return 0;
        buf[i++] = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    if (i >= cap)
        return 0;
    buf[i++] = (uint8_t)value;
    return i;
}

/* Returns the number of bytes consumed, 0 if truncated, -1 if too long. */
int varint_decode_u32(const uint8_t *buf, int len, uint32_t *out) {
    uint32_t value = 0;
    for (int i = 0; i < len; i++) {
        if (i == 5)
            return -1;
        value |= (uint32_t)(buf[i] & 0x7f) << (7 * i);
        if (!(buf[i] & 0x80)) {
            *out = value;
            return i + 1;
        }
    }
    return 0;
}

int64_t sleb128_decode(const uint8_t *buf, int len) {
    int64_t value = 0;
    unsigned shift = 0;
    int i = 0;
    uint8_t byte = 0;
    while (i < len && shift < 64) {
        byte = buf[i++];
        value |= (int64_t)((uint64_t)(byte & 0x7f) << shift);
        shift += 7;
        if (byte < 0x80)
            break;
    }
    if ((byte & 0x40) && shift < 64)
        value |= -(int64_t)((uint64_t)1 << shift);
    return value;
}

uint64_t zigzag_encode_i64(int64_t v) {
    return ((uint64_t)v << 1) ^ (uint64_t)(v >> 63);
}

/* Turns zigzag coded differences back into values, in place. */
void undo_zigzag_deltas(uint32_t *values, int n) {
    uint32_t previous = 0;
    for (int i = 0; i < n; i++) {
        uint32_t coded = values[i];
        previous += (coded >> 1) ^ -(coded & 1);
        values[i] = previous;
    }
}

/* Shifts a big-endian bit string left by one and returns the bit that fell out. */
uint8_t shift_bitstring_left(uint8_t *bytes, int len, bool incoming) {
    uint8_t carry = incoming;
    while (len > 0) {
        len--;
        uint8_t out = bytes[len] >> 7;
        bytes[len] = (uint8_t)(bytes[len] << 1) | carry;
        carry = out;
    }
    return carry;
}

int32_t load_le_i24(const uint8_t *data, int len, int offset) {
    if (offset < 0 || len < 3 || offset > len - 3)
        return 0;
    uint32_t raw = data[offset] | (uint32_t)data[offset + 1] << 8 | (uint32_t)data[offset + 2] << 16;
    return (int32_t)(raw << 8) >> 8;
}

/* Corrects one flipped bit of a Hamming(7,4) code word and returns the data nibble. */
uint8_t hamming74_decode(uint8_t code) {
    unsigned syndrome = 0;
    for (unsigned pos = 1; pos <= 7; pos++) {
        if ((code >> (pos - 1)) & 1)
            syndrome ^= pos;
    }
    if (syndrome != 0)
        code ^= 1 << (syndrome - 1);
    return ((code >> 2) & 1) | ((code >> 3) & 0x0e);
}
