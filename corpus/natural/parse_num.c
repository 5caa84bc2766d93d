#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

/* Parses a whole string as a signed decimal; false on junk or overflow. */
bool parse_int32(const char *s, int32_t *out) {
    bool negative = false;
    if (*s == '+' || *s == '-')
        negative = *s++ == '-';
    if (*s == '\0')
        return false;
    int32_t value = 0;
    for (; *s; s++) {
        if (*s < '0' || *s > '9')
            return false;
        int32_t digit = *s - '0';
        if (value < (INT32_MIN + digit) / 10)
            return false;
        value = value * 10 - digit;
    }
    if (!negative) {
        if (value == INT32_MIN)
            return false;
        value = -value;
    }
    *out = value;
    return true;
}

/* Any radix from 2 to 36, all of the text has to be digits. */
bool parse_uint_radix(const char *text, int len, unsigned radix, uint32_t *out) {
    if (len == 0 || radix < 2 || radix > 36)
        return false;
    uint64_t value = 0;
    for (int i = 0; i < len; i++) {
        char c = text[i];
        unsigned digit;
        if (c >= '0' && c <= '9')
            digit = (unsigned)(c - '0');
        else if (c >= 'a' && c <= 'z')
            digit = (unsigned)(c - 'a') + 10;
        else if (c >= 'A' && c <= 'Z')
            digit = (unsigned)(c - 'A') + 10;
        else
            return false;
        if (digit >= radix)
            return false;
        value = value * radix + digit;
        if (value > UINT32_MAX)
            return false;
    }
    *out = (uint32_t)value;
    return true;
}

/* Like atoi with leading blanks, but stops at the limits instead of wrapping. */
int atoi_clamped(const char *s) {
    while (*s == ' ' || (*s >= '\t' && *s <= '\r'))
        s++;
    int sign = 1;
    if (*s == '-') {
        sign = -1;
        s++;
    } else if (*s == '+') {
        s++;
    }
    int64_t value = 0;
    while (*s >= '0' && *s <= '9') {
        value = value * 10 + (*s++ - '0');
        if (value > 2147483648)
            value = 2147483648;
    }
    value *= sign;
    return value > INT32_MAX ? INT32_MAX : (int)value;
}

/* File mode in octal such as 0755, or -1. */
int parse_octal_mode(const char *s) {
    int mode = 0;
    if (!*s)
        return -1;
    do {
        if (*s < '0' || *s > '7')
            return -1;
        mode = mode * 8 + (*s - '0');
        if (mode > 07777)
            return -1;
    } while (*++s);
    return mode;
}

/* 0b1010_0001: prefix optional, underscores only between digits. */
bool parse_binary_literal(const char *lit, size_t len, uint64_t *out) {
    size_t i = 0;
    uint64_t bits = 0;
    bool last_was_digit = false;
    if (len >= 2 && lit[0] == '0' && lit[1] == 'b')
        i = 2;
    for (; i < len; i++) {
        if (lit[i] == '_' && last_was_digit) {
            last_was_digit = false;
            continue;
        }
        if ((lit[i] & ~1) != '0' || bits >> 63)
            return false;
        bits = bits << 1 | (lit[i] & 1);
        last_was_digit = true;
    }
    if (last_was_digit)
        *out = bits;
    return last_was_digit;
}

bool parse_ipv4(const char *s, uint32_t *addr) {
    uint32_t result = 0;
    for (int part = 0; part < 4; part++) {
        if (part > 0 && *s++ != '.')
            return false;
        if (*s < '0' || *s > '9')
            return false;
        if (*s == '0' && s[1] >= '0' && s[1] <= '9')
            return false;
        uint32_t octet = 0;
        while (*s >= '0' && *s <= '9') {
            octet = octet * 10 + (uint32_t)(*s++ - '0');
            if (octet > 255)
                return false;
        }
        result = result << 8 | octet;
    }
    if (*s != '\0')
        return false;
    *addr = result;
    return true;
}

/* "h:mm:ss", "mm:ss" or "ss" to seconds, -1 if malformed. */
int32_t parse_clock_seconds(const char *text, int len) {
    int32_t total = 0;
    int32_t field = 0;
    int digits = 0;
    int colons = 0;
    for (int i = 0; i < len; i++) {
        char c = text[i];
        if (c == ':') {
            if (digits == 0 || ++colons > 2)
                return -1;
            total = (total + field) * 60;
            field = 0;
            digits = 0;
        } else if (c >= '0' && c <= '9' && digits < 3) {
            field = field * 10 + (c - '0');
            digits++;
            if (colons > 0 && field >= 60)
                return -1;
        } else {
            return -1;
        }
    }
    return digits > 0 ? total + field : -1;
}

/* Decimal with up to three places, in thousandths; further places are cut off. */
bool parse_milli(const char *s, int32_t *milli) {
    bool minus = *s == '-';
    const char *p = minus ? s + 1 : s;
    int64_t value = 0;
    int places = -1;
    for (; *p; p++) {
        if (*p == '.' && places < 0) {
            places = 0;
        } else if (*p >= '0' && *p <= '9') {
            if (places < 3)
                value = value * 10 + (*p - '0');
            if (places >= 0 && places < 3)
                places++;
            if (value > 2147483647)
                return false;
        } else {
            return false;
        }
    }
    if (p == s || (minus && p == s + 1))
        return false;
    for (int k = places < 0 ? 0 : places; k < 3; k++)
        value *= 10;
    if (value > 2147483647)
        return false;
    *milli = (int32_t)(minus ? -value : value);
    return true;
}

/* "64K", "2M", "1G" or plain bytes. */
bool parse_byte_size(const char *s, uint64_t *bytes) {
    uint64_t value = 0;
    int digits = 0;
    while (*s >= '0' && *s <= '9' && digits < 12) {
        value = value * 10 + (uint64_t)(*s - '0');
        digits++;
        s++;
    }
    if (digits == 0)
        return false;
    switch (*s) {
    case 'G': case 'g':
        value <<= 10;
        /* fall through */
    case 'M': case 'm':
        value <<= 10;
        /* fall through */
    case 'K': case 'k':
        value <<= 10;
        s++;
        break;
    }
    if (*s != '\0')
        return false;
    *bytes = value;
    return true;
}

/* Digits, point and exponent; a plain one, not correctly rounded in the last place. */
double parse_decimal_simple(const char *s) {
    bool negative = false;
    if (*s == '-') {
        negative = true;
        s++;
    }
    double value = 0.0;
    int exponent = 0;
    for (; *s >= '0' && *s <= '9'; s++)
        value = value * 10.0 + (*s - '0');
    if (*s == '.') {
        for (s++; *s >= '0' && *s <= '9'; s++) {
            value = value * 10.0 + (*s - '0');
            exponent--;
        }
    }
    if (*s == 'e' || *s == 'E') {
        s++;
        bool down = *s == '-';
        if (*s == '-' || *s == '+')
            s++;
        int e = 0;
        while (*s >= '0' && *s <= '9' && e < 400)
            e = e * 10 + (*s++ - '0');
        exponent += down ? -e : e;
    }
    for (; exponent > 0; exponent--)
        value *= 10.0;
    for (; exponent < 0; exponent++)
        value /= 10.0;
    return negative ? -value : value;
}

/* 1 for yes/true/on, 0 for no/false/off, by the letters that decide; -1 otherwise. */
int parse_switch_word(const char *word, size_t len) {
    if (len == 1) {
        if (word[0] == '1' || word[0] == 'y' || word[0] == 't')
            return 1;
        return word[0] == '0' || word[0] == 'n' || word[0] == 'f' ? 0 : -1;
    }
    if (len == 2 && word[0] == 'o' && word[1] == 'n')
        return 1;
    if (len == 2 && word[0] == 'n' && word[1] == 'o')
        return 0;
    if (len == 3 && word[0] == 'o' && word[1] == 'f' && word[2] == 'f')
        return 0;
    if (len == 3 && word[0] == 'y' && word[1] == 'e' && word[2] == 's')
        return 1;
    return -1;
}
