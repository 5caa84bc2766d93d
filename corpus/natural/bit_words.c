#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

int count_ones_clearing(uint64_t bits) {
    int n = 0;
    while (bits) {
        bits &= bits - 1;
        n++;
    }
    return n;
}

uint32_t count_ones_swar(uint32_t v) {
    v -= (v >> 1) & 0x55555555;
    v = (v & 0x33333333) + ((v >> 2) & 0x33333333);
    v = (v + (v >> 4)) & 0x0f0f0f0f;
    return (v * 0x01010101) >> 24;
}

/* Bit-reversed index for a radix-2 FFT of 2^bits points. */
unsigned fft_reversed_index(unsigned index, unsigned bits) {
    unsigned reversed = 0;
    if (bits > 32)
        bits = 32;
    while (bits-- > 0) {
        reversed = (reversed << 1) | (index & 1);
        index >>= 1;
    }
    return reversed;
}

int leading_zeros_bisect(uint32_t x) {
    int n = 1;
    if (x == 0)
        return 32;
    if ((x >> 16) == 0) {
        n += 16;
        x <<= 16;
    }
    if ((x >> 24) == 0) {
        n += 8;
        x <<= 8;
    }
    if ((x >> 28) == 0) {
        n += 4;
        x <<= 4;
    }
    if ((x >> 30) == 0) {
        n += 2;
        x <<= 2;
    }
    return n - (int)(x >> 31);
}

int trailing_zeros_isolating(uint32_t x) {
    int c = 31;
    if (x == 0)
        return 32;
    x &= -x;
    if (x & 0x0000ffff)
        c -= 16;
    if (x & 0x00ff00ff)
        c -= 8;
    if (x & 0x0f0f0f0f)
        c -= 4;
    if (x & 0x33333333)
        c -= 2;
    if (x & 0x55555555)
        c -= 1;
    return c;
}

bool odd_parity_u64(uint64_t x) {
    x ^= x >> 32;
    x ^= x >> 16;
    x ^= x >> 8;
    x ^= x >> 4;
    return (0x6996 >> (x & 0xf)) & 1;
}

uint64_t swap_endian_u64(uint64_t v) {
    uint64_t swapped = 0;
    for (int i = 0; i < 8; i++) {
        swapped = (swapped << 8) | (v & 0xff);
        v >>= 8;
    }
    return swapped;
}

uint16_t rotate_left_u16(uint16_t v, unsigned amount) {
    amount &= 15;
    return (uint16_t)((v << amount) | (v >> ((16 - amount) & 15)));
}

/* Smallest power of two that is not below v, 0 if there is none. */
uint32_t ceil_pow2_smear(uint32_t v) {
    if (v == 0)
        return 1;
    v--;
    for (int s = 1; s < 32; s <<= 1)
        v |= v >> s;
    return v + 1;
}

uint32_t binary_to_gray(uint32_t n) {
    return n ^ (n >> 1);
}

uint64_t gray_to_binary_u64(uint64_t gray) {
    for (unsigned shift = 32; shift > 0; shift /= 2)
        gray ^= gray >> shift;
    return gray;
}

uint32_t morton_spread(uint16_t v) {
    uint32_t x = v;
    x = (x | (x << 8)) & 0x00ff00ff;
    x = (x | (x << 4)) & 0x0f0f0f0f;
    x = (x | (x << 2)) & 0x33333333;
    x = (x | (x << 1)) & 0x55555555;
    return x;
}

uint32_t morton_encode_xy(uint16_t x, uint16_t y) {
    return morton_spread(x) | (morton_spread(y) << 1);
}

/* Collects the even bits: the inverse of the spreading step of a Z-order curve. */
uint16_t morton_collect_even(uint32_t code) {
    uint16_t out = 0;
    for (int i = 0; i < 16; i++)
        out |= ((code >> (2 * i)) & 1) << i;
    return out;
}

/* Replaces width bits of reg at lsb by value. */
uint32_t insert_bitfield(uint32_t reg, unsigned lsb, unsigned width, uint32_t value) {
    if (lsb > 31 || width == 0)
        return reg;
    uint32_t mask = width >= 32 ? 0xffffffffu : (1u << width) - 1;
    mask <<= lsb;
    return (reg & ~mask) | ((value << lsb) & mask);
}

int32_t sign_extend_field(uint32_t value, unsigned width) {
    if (width == 0 || width > 32)
        return 0;
    uint32_t sign = 1u << (width - 1);
    value &= sign | (sign - 1);
    return (int32_t)((value ^ sign) - sign);
}

/* The next larger number with as many ones; 0 if there is none. */
uint32_t next_same_popcount(uint32_t v) {
    uint32_t lowest = v & -v;
    uint32_t ripple = v + lowest;
    if (lowest == 0 || ripple == 0)
        return 0;
    return ripple | (((v ^ ripple) >> 2) / lowest);
}

/* Scatters the low bits of source to the set positions of mask. */
uint32_t deposit_bits(uint32_t source, uint32_t mask) {
    uint32_t result = 0;
    for (uint32_t bit = 1; mask != 0; bit <<= 1) {
        if (source & bit)
            result |= mask & -mask;
        mask &= mask - 1;
    }
    return result;
}

/* Transposes an 8x8 bit matrix, one row a byte. */
uint64_t transpose_bits_8x8(uint64_t x) {
    uint64_t t = (x ^ (x >> 7)) & 0x00aa00aa00aa00aaULL;
    x ^= t ^ (t << 7);
    t = (x ^ (x >> 14)) & 0x0000cccc0000ccccULL;
    x ^= t ^ (t << 14);
    t = (x ^ (x >> 28)) & 0x00000000f0f0f0f0ULL;
    return x ^ t ^ (t << 28);
}

int longest_one_run(uint32_t v) {
    int length = 0;
    for (; v != 0; length++)
        v &= v << 1;
    return length;
}

bool contains_zero_byte(uint32_t word) {
    return ((word - 0x01010101u) & ~word & 0x80808080u) != 0;
}

/* Position of the set bit with the given rank (0 is the lowest), -1 if there are too few. */
int select_set_bit(uint16_t bits, int rank) {
    for (int pos = 0; pos < 16; pos++) {
        if (((bits >> pos) & 1) && rank-- == 0)
            return pos;
    }
    return -1;
}
