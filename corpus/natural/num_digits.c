#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

/* Mirrors the decimal digits, keeping the sign; 0 when the result does not fit. */
int mirror_decimal(int value) {
    int64_t mirrored = 0;
    while (value != 0) {
        mirrored = mirrored * 10 + value % 10;
        value /= 10;
    }
    if (mirrored > INT32_MAX || mirrored < INT32_MIN)
        return 0;
    return (int)mirrored;
}

unsigned digit_sum_in_base(uint32_t value, unsigned base) {
    unsigned sum = 0;
    if (base < 2)
        return value;
    do {
        sum += value % base;
        value /= base;
    } while (value > 0);
    return sum;
}

unsigned decimal_width_u64(uint64_t v) {
    unsigned width = 1;
    for (;;) {
        if (v < 10)
            return width;
        if (v < 100)
            return width + 1;
        if (v < 1000)
            return width + 2;
        if (v < 10000)
            return width + 3;
        v /= 10000;
        width += 4;
    }
}

/* How often the digits must be multiplied until one is left. */
int multiplicative_persistence(uint32_t value) {
    int rounds = 0;
    while (value > 9) {
        uint32_t product = 1;
        for (uint32_t rest = value; rest > 0; rest /= 10)
            product *= rest % 10;
        value = product;
        rounds++;
    }
    return rounds;
}

bool luhn_digits_ok(const uint8_t *digits, int n) {
    unsigned total = 0;
    bool twice = false;
    for (int i = n - 1; i >= 0; i--) {
        unsigned d = digits[i];
        if (d > 9)
            return false;
        if (twice) {
            d *= 2;
            if (d > 9)
                d -= 9;
        }
        total += d;
        twice = !twice;
    }
    return n > 0 && total % 10 == 0;
}

bool bcd_decode_u32(uint32_t bcd, uint32_t *out) {
    uint32_t value = 0;
    for (int shift = 28; shift >= 0; shift -= 4) {
        uint32_t nibble = (bcd >> shift) & 0xf;
        if (nibble > 9)
            return false;
        value = value * 10 + nibble;
    }
    *out = value;
    return true;
}

/* Shift-and-add-3, as it is done in hardware. */
uint32_t double_dabble(uint16_t binary) {
    uint32_t bcd = 0;
    for (int bit = 15; bit >= 0; bit--) {
        for (int nibble = 0; nibble < 20; nibble += 4) {
            if (((bcd >> nibble) & 0xf) >= 5)
                bcd += 3u << nibble;
        }
        bcd = (bcd << 1) | ((binary >> bit) & 1);
    }
    return bcd;
}

/* Adds two packed BCD numbers of seven digits. */
uint32_t bcd_add_packed(uint32_t a, uint32_t b) {
    uint32_t t1 = a + 0x06666666;
    uint32_t t2 = t1 + b;
    uint32_t t3 = t1 ^ b;
    uint32_t no_carry = ~(t2 ^ t3) & 0x11111110;
    return t2 - ((no_carry >> 2) | (no_carry >> 3));
}

/* Most significant digit first; stops in front of a digit that is too big or would overflow. */
uint64_t digits_to_u64(const uint8_t *digits, int len, unsigned base, int *used) {
    uint64_t value = 0;
    int i = 0;
    while (i < len && digits[i] < base) {
        if (value > (UINT64_MAX >> 8) / base)
            break;
        value = value * base + digits[i];
        i++;
    }
    *used = i;
    return value;
}

uint32_t parse_hex_prefix(const char *s) {
    uint32_t value = 0;
    if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
        s += 2;
    for (;; s++) {
        uint32_t nibble;
        if (*s >= '0' && *s <= '9')
            nibble = *s - '0';
        else if (*s >= 'a' && *s <= 'f')
            nibble = *s - 'a' + 10;
        else if (*s >= 'A' && *s <= 'F')
            nibble = *s - 'A' + 10;
        else
            return value;
        value = (value << 4) | nibble;
    }
}

bool parse_i32_strict(const char *s, int *out) {
    bool negative = *s == '-';
    if (*s == '-' || *s == '+')
        s++;
    if (*s == '\0')
        return false;
    int64_t acc = 0;
    while (*s) {
        if (*s < '0' || *s > '9')
            return false;
        acc = acc * 10 + (*s - '0');
        if (acc > (int64_t)INT32_MAX + negative)
            return false;
        s++;
    }
    *out = (int)(negative ? -acc : acc);
    return true;
}

/* Writes value in the given radix, no terminator; -1 if it does not fit. */
int write_radix(char *buf, int cap, uint32_t value, unsigned radix) {
    char scratch[32];
    int n = 0;
    if (radix < 2 || radix > 36)
        return -1;
    do {
        unsigned d = value % radix;
        scratch[n++] = (char)(d < 10 ? '0' + d : 'a' + (d - 10));
        value /= radix;
    } while (value != 0);
    if (n > cap)
        return -1;
    for (int i = 0; i < n; i++)
        buf[i] = scratch[n - 1 - i];
    return n;
}

/* Check digit of a barcode: weights 3, 1, 3, ... from the right; -1 on anything but digits. */
int barcode_check_digit(const char *code, int len) {
    int weight = 3;
    int sum = 0;
    for (int i = len; i-- > 0; weight ^= 2) {
        if (code[i] < '0' || code[i] > '9')
            return -1;
        sum += (code[i] - '0') * weight;
    }
    return (10 - sum % 10) % 10;
}

int kaprekar_rounds(uint16_t start) {
    unsigned value = start % 10000;
    int rounds = 0;
    while (value != 6174) {
        unsigned count[10] = {0};
        for (int i = 0; i < 4; i++) {
            count[value % 10]++;
            value /= 10;
        }
        unsigned ascending = 0, descending = 0;
        for (unsigned d = 0; d < 10; d++) {
            for (unsigned k = 0; k < count[d]; k++)
                ascending = ascending * 10 + d;
            for (unsigned k = 0; k < count[9 - d]; k++)
                descending = descending * 10 + (9 - d);
        }
        value = descending - ascending;
        if (value == 0)
            return -1;
        rounds++;
    }
    return rounds;
}

/* A = 1, Z = 26, AA = 27; 0 for anything that is no column label. */
int column_label_to_index(const char *label) {
    int index = 0;
    for (; *label; label++) {
        char c = *label;
        if (c >= 'a' && c <= 'z')
            c -= 'a' - 'A';
        if (c < 'A' || c > 'Z' || index > 1000000)
            return 0;
        index = index * 26 + (c - 'A' + 1);
    }
    return index;
}

/* Multiplies a little-endian big number in place and returns the carry. */
uint32_t bignum_scale(uint32_t *limbs, int n, uint32_t factor) {
    uint64_t carry = 0;
    for (int i = 0; i < n; i++) {
        carry += (uint64_t)limbs[i] * factor;
        limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    return (uint32_t)carry;
}

/* Divides a little-endian big number in place and returns the remainder. */
uint16_t bignum_div_small(uint16_t *limbs, int n, uint16_t divisor) {
    uint32_t rem = 0;
    if (divisor == 0)
        return 0;
    while (n-- > 0) {
        uint32_t part = rem << 16 | limbs[n];
        limbs[n] = part / divisor;
        rem = part % divisor;
    }
    return rem;
}

/* Fast doubling over the bits of n, modulo 2^64. */
uint64_t fibonacci_doubling(unsigned n) {
    uint64_t a = 0, b = 1;
    for (unsigned mask = 1u << 31; mask; mask >>= 1) {
        uint64_t even = a * (2 * b - a);
        uint64_t odd = a * a + b * b;
        if (n & mask) {
            a = odd;
            b = even + odd;
        } else {
            a = even;
            b = odd;
        }
    }
    return a;
}
