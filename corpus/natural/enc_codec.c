#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

char hex_digit_char(unsigned nibble) {
    nibble &= 15;
    return (char)(nibble + (nibble > 9 ? 'a' - 10 : '0'));
}

/* Two characters a byte; the length written, or -1 if out is too small. */
int encode_hex(const uint8_t *src, size_t n, char *out, size_t cap) {
    if (cap / 2 < n)
        return -1;
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = hex_digit_char(src[i] >> 4);
        out[2 * i + 1] = hex_digit_char(src[i]);
    }
    return (int)(n * 2);
}

/* Skips blanks between bytes, both digits of a byte must be together. */
int decode_hex(const char *text, int len, uint8_t *out, int cap) {
    int written = 0;
    int high = -1;
    for (int i = 0; i < len; i++) {
        char c = text[i];
        int digit;
        if (c == ' ' && high < 0)
            continue;
        if (c >= '0' && c <= '9')
            digit = c - '0';
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            digit = (c | 0x20) - 'a' + 10;
        else
            return -1;
        if (high < 0) {
            high = digit;
        } else {
            if (written >= cap)
                return -1;
            out[written++] = (uint8_t)(high << 4 | digit);
            high = -1;
        }
    }
    return high < 0 ? written : -1;
}

char base64_char(uint32_t six) {
    six &= 63;
    if (six < 26)
        return (char)('A' + six);
    if (six < 52)
        return (char)('a' + (six - 26));
    if (six < 62)
        return (char)('0' + (six - 52));
    return six == 62 ? '+' : '/';
}

int encode_base64(const uint8_t *data, int n, char *text, int cap) {
    int o = 0;
    for (int i = 0; i < n; i += 3) {
        if (cap - o < 4)
            return -1;
        uint32_t group = (uint32_t)data[i] << 16;
        if (i + 1 < n)
            group |= (uint32_t)data[i + 1] << 8;
        if (i + 2 < n)
            group |= data[i + 2];
        text[o] = base64_char(group >> 18);
        text[o + 1] = base64_char(group >> 12);
        text[o + 2] = i + 1 < n ? base64_char(group >> 6) : '=';
        text[o + 3] = i + 2 < n ? base64_char(group) : '=';
        o += 4;
    }
    return o;
}

/* Pairs of count and byte; the bytes written, or 0 if dst is too small. */
size_t rle_encode(const uint8_t *src, size_t n, uint8_t *dst, size_t cap) {
    size_t written = 0;
    size_t i = 0;
    while (i < n) {
        uint8_t value = src[i];
        size_t run = 1;
        while (run < 255 && i + run < n && src[i + run] == value)
            run++;
        if (cap - written < 2)
            return 0;
        dst[written++] = (uint8_t)run;
        dst[written++] = value;
        i += run;
    }
    return written;
}

/* PackBits: negative control bytes repeat, others copy; -1 if anything is cut off. */
int unpack_bits(const int8_t *packed, int packed_len, int8_t *out, int cap) {
    int in = 0;
    int n = 0;
    while (in < packed_len) {
        int control = packed[in++];
        if (control == -128)
            continue;
        if (control < 0) {
            int repeat = 1 - control;
            if (in >= packed_len || n + repeat > cap)
                return -1;
            for (int k = 0; k < repeat; k++)
                out[n++] = packed[in];
            in++;
        } else {
            if (in + control >= packed_len || n + control >= cap)
                return -1;
            for (int k = 0; k <= control; k++)
                out[n++] = packed[in++];
        }
    }
    return n;
}

void caesar_shift(char *s, int len, int key) {
    int shift = key % 26;
    if (shift < 0)
        shift += 26;
    for (int i = 0; i < len; i++) {
        if (s[i] >= 'a' && s[i] <= 'z')
            s[i] = (char)((s[i] - 'a' + shift) % 26 + 'a');
        else if (s[i] >= 'A' && s[i] <= 'Z')
            s[i] = (char)((s[i] - 'A' + shift) % 26 + 'A');
    }
}

void rot13_in_place(char *text) {
    for (; *text; text++) {
        char folded = *text & ~0x20;
        if (folded >= 'A' && folded <= 'M')
            *text += 13;
        else if (folded >= 'N' && folded <= 'Z')
            *text -= 13;
    }
}

/* Adds or takes away the letters of the key; only letters advance it. */
void vigenere_cipher(char *text, int len, const char *key, bool decrypt) {
    int k = 0;
    if (key[0] == '\0')
        return;
    for (int i = 0; i < len; i++) {
        char c = text[i];
        if (c < 'A' || c > 'Z')
            continue;
        int shift = (key[k] & 0x1f) % 26;
        if (decrypt)
            shift = 26 - shift;
        text[i] = (char)('A' + (c - 'A' + shift) % 26);
        if (key[++k] == '\0')
            k = 0;
    }
}

void xor_with_key(uint8_t *data, size_t size, const uint8_t *key, size_t key_len) {
    size_t k = 0;
    if (key_len == 0)
        return;
    for (size_t i = 0; i < size; i++) {
        data[i] ^= key[k];
        if (++k == key_len)
            k = 0;
    }
}

/* Decodes %XX and '+' in place; malformed escapes stay as they are. */
int percent_decode_in_place(char *s, int len) {
    int w = 0;
    for (int r = 0; r < len; r++) {
        char c = s[r];
        if (c == '+') {
            c = ' ';
        } else if (c == '%' && r + 2 < len) {
            int value = 0;
            bool valid = true;
            for (int k = 1; k <= 2; k++) {
                char h = s[r + k];
                if (h >= '0' && h <= '9')
                    value = value * 16 + (h - '0');
                else if (h >= 'A' && h <= 'F')
                    value = value * 16 + (h - 'A' + 10);
                else if (h >= 'a' && h <= 'f')
                    value = value * 16 + (h - 'a' + 10);
                else
                    valid = false;
            }
            if (valid) {
                c = (char)value;
                r += 2;
            }
        }
        s[w++] = c;
    }
    return w;
}

/* Consistent overhead byte stuffing without the final zero. */
int cobs_encode(const uint8_t *src, int n, uint8_t *dst, int cap) {
    if (cap < 1)
        return -1;
    int code_at = 0;
    int out = 1;
    uint8_t code = 1;
    for (int i = 0; i < n; i++) {
        if (src[i] != 0) {
            if (out >= cap)
                return -1;
            dst[out++] = src[i];
            code++;
        }
        if (src[i] == 0 || code == 0xff) {
            dst[code_at] = code;
            code = 1;
            code_at = out;
            if (out >= cap)
                return -1;
            out++;
        }
    }
    dst[code_at] = code;
    return out;
}

/* Differences in place, modulo 65536; the first sample stays. */
void delta_encode_samples(uint16_t *samples, size_t count) {
    uint16_t previous = 0;
    for (size_t i = 0; i < count; i++) {
        uint16_t current = samples[i];
        samples[i] = (uint16_t)(current - previous);
        previous = current;
    }
}

uint32_t zigzag_encode(int32_t v) {
    return (uint32_t)v << 1 ^ (uint32_t)(v >> 31);
}
