/* Bytes as text: base 16, 32, 64 and a run-length code. */
#include <stddef.h>
#include <stdint.h>

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base32_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

int to_hex(const uint8_t *in, int count, char *out) {
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < count; i++) {
        out[2 * i] = digits[in[i] >> 4];
        out[2 * i + 1] = digits[in[i] & 15];
    }
    out[2 * count] = '\0';
    return 2 * count;
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int from_hex(const char *text, uint8_t *out, int room) {
    int count = 0;
    for (; text[0] && text[1]; text += 2) {
        int high = hex_digit(text[0]), low = hex_digit(text[1]);
        if (high < 0 || low < 0 || count == room)
            return -1;
        out[count++] = (uint8_t)(high << 4 | low);
    }
    return *text ? -1 : count;
}

int to_base64(const uint8_t *in, int count, char *out) {
    int written = 0;
    for (int i = 0; i < count; i += 3) {
        uint32_t group = (uint32_t)in[i] << 16;
        if (i + 1 < count)
            group |= (uint32_t)in[i + 1] << 8;
        if (i + 2 < count)
            group |= in[i + 2];
        out[written++] = base64_digits[group >> 18];
        out[written++] = base64_digits[group >> 12 & 63];
        out[written++] = i + 1 < count ? base64_digits[group >> 6 & 63] : '=';
        out[written++] = i + 2 < count ? base64_digits[group & 63] : '=';
    }
    out[written] = '\0';
    return written;
}

static int base64_value(char c) {
    for (int i = 0; i < 64; i++)
        if (base64_digits[i] == c)
            return i;
    return -1;
}

int from_base64(const char *text, uint8_t *out, int room) {
    uint32_t bits = 0;
    int held = 0, count = 0;
    for (; *text && *text != '='; text++) {
        int value = base64_value(*text);
        if (value < 0)
            return -1;
        bits = bits << 6 | (uint32_t)value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            if (count == room)
                return -1;
            out[count++] = (uint8_t)(bits >> held);
        }
    }
    return count;
}

int to_base32(const uint8_t *in, int count, char *out) {
    uint32_t buffer = 0;
    int held = 0, written = 0;
    for (int i = 0; i < count; i++) {
        buffer = buffer << 8 | in[i];
        held += 8;
        while (held >= 5) {
            held -= 5;
            out[written++] = base32_digits[buffer >> held & 31];
        }
    }
    if (held > 0)
        out[written++] = base32_digits[buffer << (5 - held) & 31];
    out[written] = '\0';
    return written;
}

int run_length(const uint8_t *in, int count, uint8_t *out) {
    int written = 0;
    for (int i = 0; i < count;) {
        int run = 1;
        while (i + run < count && run < 255 && in[i + run] == in[i])
            run++;
        out[written++] = (uint8_t)run;
        out[written++] = in[i];
        i += run;
    }
    return written;
}
