#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

void upcase_in_place(char *s) {
    while (*s) {
        if (*s >= 'a' && *s <= 'z')
            *s ^= 0x20;
        s++;
    }
}

/* Removes blanks at both ends, returns the new length. */
int trim_blanks(char *s, int len) {
    int start = 0;
    while (start < len && (s[start] == ' ' || s[start] == '\t'))
        start++;
    while (len > start && (s[len - 1] == ' ' || s[len - 1] == '\t'))
        len--;
    for (int i = start; i < len; i++)
        s[i - start] = s[i];
    return len - start;
}

void reverse_bytes(uint8_t *bytes, size_t n) {
    if (n == 0)
        return;
    for (size_t i = 0, j = n - 1; i < j; i++, j--) {
        uint8_t tmp = bytes[i];
        bytes[i] = bytes[j];
        bytes[j] = tmp;
    }
}

/* Reverses each word of a line, the words stay in their places. */
void reverse_each_word(uint8_t *line, size_t n) {
    size_t start = 0;
    for (size_t i = 0; i <= n; i++) {
        if (i == n || line[i] == ' ') {
            reverse_bytes(line + start, i - start);
            start = i + 1;
        }
    }
}

void capitalize_words(char *s, int len) {
    bool at_start = true;
    for (int i = 0; i < len; i++) {
        char c = s[i];
        bool lower = c >= 'a' && c <= 'z';
        bool upper = c >= 'A' && c <= 'Z';
        if (at_start && lower)
            s[i] = c - 32;
        else if (!at_start && upper)
            s[i] = c + 32;
        at_start = !lower && !upper && c != '\'';
    }
}

/* Turns CRLF into LF, lone CRs stay. */
size_t crlf_to_lf(char *buf, size_t len) {
    size_t out = 0;
    size_t in = 0;
    while (in < len) {
        if (buf[in] == '\r' && in + 1 < len && buf[in + 1] == '\n')
            in++;
        buf[out++] = buf[in++];
    }
    return out;
}

/* Writes src with tabs expanded to columns; the length, or -1 if dst is too small. */
int expand_tabs(char *dst, int cap, const char *src, unsigned tab_width) {
    int col = 0;
    if (tab_width == 0 || tab_width > 16)
        tab_width = 8;
    for (; *src; src++) {
        int fill = 1;
        char c = *src;
        if (c == '\t') {
            fill = (int)(tab_width - (unsigned)col % tab_width);
            c = ' ';
        }
        if (fill > cap - col)
            return -1;
        while (fill-- > 0)
            dst[col++] = c;
    }
    return col;
}

unsigned replace_all_chars(char *s, char from, char to) {
    unsigned replaced = 0;
    if (to == '\0')
        return 0;
    for (; *s != '\0'; ++s) {
        if (*s != from)
            continue;
        *s = to;
        ++replaced;
    }
    return replaced;
}

/* Copies with truncation and a terminator, returns the length of src. */
size_t copy_string_bounded(char *dst, size_t size, const char *src) {
    size_t i = 0;
    for (; src[i] != '\0'; i++) {
        if (i + 1 < size)
            dst[i] = src[i];
    }
    if (size > 0)
        dst[i < size ? i : size - 1] = '\0';
    return i;
}

bool append_string_bounded(char *dst, size_t size, const char *src) {
    size_t used = 0;
    while (used < size && dst[used])
        used++;
    if (used == size)
        return false;
    while (*src && used + 1 < size)
        dst[used++] = *src++;
    dst[used] = '\0';
    return *src == '\0';
}

/* Rotates to the left by any amount, with three reversals. */
void rotate_left_bytes(uint8_t *bytes, size_t n, uint32_t shift) {
    if (n < 2)
        return;
    size_t k = shift % n;
    if (k == 0)
        return;
    reverse_bytes(bytes, k);
    reverse_bytes(bytes + k, n - k);
    reverse_bytes(bytes, n);
}

/* foo_bar_baz becomes fooBarBaz; returns the new length. */
int snake_to_camel(char *name, int len) {
    int out = 0;
    bool raise = false;
    for (int i = 0; i < len; i++) {
        char c = name[i];
        if (c == '_' && out > 0) {
            raise = true;
            continue;
        }
        if (raise && c >= 'a' && c <= 'z')
            c -= 'a' - 'A';
        raise = false;
        name[out++] = c;
    }
    return out;
}

int remove_chars_in(char *s, int len, const char *reject) {
    int kept = 0;
    for (int i = 0; i < len; i++) {
        bool drop = false;
        for (const char *r = reject; *r; r++) {
            if (*r == s[i]) {
                drop = true;
                break;
            }
        }
        if (!drop)
            s[kept++] = s[i];
    }
    return kept;
}
