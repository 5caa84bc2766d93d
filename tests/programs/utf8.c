/* UTF-8: one code point at a time, and what is counted with it. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int utf8_encode(uint32_t code, char *out) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 63));
        return 2;
    }
    if (code < 0x10000) {
        if (code >= 0xD800 && code < 0xE000)
            return 0;
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 63));
        out[2] = (char)(0x80 | (code & 63));
        return 3;
    }
    if (code < 0x110000) {
        out[0] = (char)(0xF0 | code >> 18);
        out[1] = (char)(0x80 | (code >> 12 & 63));
        out[2] = (char)(0x80 | (code >> 6 & 63));
        out[3] = (char)(0x80 | (code & 63));
        return 4;
    }
    return 0;
}

/* Reads one code point and moves on; U+FFFD for a byte that starts nothing. */
uint32_t utf8_next(const char **text) {
    const unsigned char *s = (const unsigned char *)*text;
    uint32_t code = *s;
    int more = code < 0x80 ? 0 : code >> 5 == 6 ? 1 : code >> 4 == 14 ? 2 : code >> 3 == 30 ? 3 : -1;
    s++;
    if (more < 0) {
        *text = (const char *)s;
        return 0xFFFD;
    }
    if (more)
        code &= 63u >> more;
    while (more-- > 0) {
        if ((*s & 0xC0) != 0x80) {
            code = 0xFFFD;
            break;
        }
        code = code << 6 | (*s++ & 63);
    }
    *text = (const char *)s;
    return code;
}

int utf8_length(const char *text) {
    int count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

bool utf8_valid(const uint8_t *bytes, size_t count) {
    size_t i = 0;
    while (i < count) {
        uint8_t first = bytes[i++];
        int more;
        if (first < 0x80)
            continue;
        if (first >= 0xC2 && first < 0xE0)
            more = 1;
        else if (first >= 0xE0 && first < 0xF0)
            more = 2;
        else if (first >= 0xF0 && first < 0xF5)
            more = 3;
        else
            return false;
        if (count - i < (size_t)more)
            return false;
        if ((first == 0xE0 && bytes[i] < 0xA0) || (first == 0xED && bytes[i] >= 0xA0) || (first == 0xF0 && bytes[i] < 0x90) ||
            (first == 0xF4 && bytes[i] >= 0x90))
            return false;
        while (more--)
            if ((bytes[i++] & 0xC0) != 0x80)
                return false;
    }
    return true;
}

const char *utf8_skip(const char *text, int points) {
    while (points > 0 && *text) {
        utf8_next(&text);
        points--;
    }
    return text;
}

int utf8_count_above(const char *text, uint32_t limit) {
    int count = 0;
    while (*text)
        if (utf8_next(&text) > limit)
            count++;
    return count;
}

int utf16_units(const char *text) {
    int units = 0;
    while (*text)
        units += utf8_next(&text) >= 0x10000 ? 2 : 1;
    return units;
}
