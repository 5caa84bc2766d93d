#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

/* Lower-cases an ASCII letter, leaves everything else alone. */
int ascii_lower(int c) {
    if (c >= 'A' && c <= 'Z')
        return c + ('a' - 'A');
    return c;
}

/* Length of a string that may fill its field without a terminator. */
size_t field_strlen(const char *field, size_t size) {
    size_t i = 0;
    while (i < size && field[i] != '\0')
        i++;
    return i;
}

int compare_nocase(const char *a, const char *b) {
    for (;;) {
        int ca = ascii_lower((unsigned char)*a++);
        int cb = ascii_lower((unsigned char)*b++);
        if (ca != cb)
            return ca < cb ? -1 : 1;
        if (ca == 0)
            return 0;
    }
}

int count_words(const char *s) {
    int words = 0;
    bool in_word = false;
    for (; *s; s++) {
        bool space = *s == ' ' || *s == '\t' || *s == '\n' || *s == '\r';
        if (!space && !in_word)
            words++;
        in_word = !space;
    }
    return words;
}

/* Counts line ends, taking CR, LF and CRLF each as one. */
int count_line_breaks(const char *buf, size_t len) {
    int lines = 0;
    for (size_t i = 0; i < len; i++) {
        if (buf[i] == '\n') {
            lines++;
        } else if (buf[i] == '\r') {
            lines++;
            if (i + 1 < len && buf[i + 1] == '\n')
                i++;
        }
    }
    return lines;
}

int last_index_of(const char *s, char wanted) {
    int last = -1;
    for (int i = 0; s[i] != '\0'; i++) {
        if (s[i] == wanted)
            last = i;
    }
    return last;
}

bool has_suffix(const char *s, int slen, const char *suffix, int suffix_len) {
    if (suffix_len > slen)
        return false;
    const char *tail = s + (slen - suffix_len);
    for (int i = 0; i < suffix_len; i++) {
        if (tail[i] != suffix[i])
            return false;
    }
    return true;
}

bool has_prefix_nocase(const char *s, const char *prefix) {
    while (*prefix) {
        if (ascii_lower(*s) != ascii_lower(*prefix))
            return false;
        s++;
        prefix++;
    }
    return true;
}

int find_substring(const char *hay, int hay_len, const char *needle, int needle_len) {
    for (int start = 0; start + needle_len <= hay_len; start++) {
        int k = 0;
        while (k < needle_len && hay[start + k] == needle[k])
            k++;
        if (k == needle_len)
            return start;
    }
    return -1;
}

/* Length of the leading part of s made only of characters in accept. */
size_t span_of_set(const char *s, const char *accept) {
    size_t i = 0;
    for (; s[i]; i++) {
        const char *p = accept;
        while (*p && *p != s[i])
            p++;
        if (*p == '\0')
            break;
    }
    return i;
}

/* Shell-like match with '*' and '?', backtracking to the last star. */
bool glob_match(const char *pattern, const char *text) {
    const char *star = 0;
    const char *resume = text;
    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            resume = text;
        } else if (*pattern == '?' || *pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++resume;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

/* Compares dotted versions such as 1.10.2 and 1.9; missing parts count as 0. */
int compare_versions(const char *a, const char *b) {
    while (*a || *b) {
        uint32_t x = 0, y = 0;
        while (*a && *a != '.') {
            if (*a >= '0' && *a <= '9')
                x = x * 10 + (uint32_t)(*a - '0');
            a++;
        }
        while (*b && *b != '.') {
            if (*b >= '0' && *b <= '9')
                y = y * 10 + (uint32_t)(*b - '0');
            b++;
        }
        if (x != y)
            return x > y ? 1 : -1;
        if (*a == '.')
            a++;
        if (*b == '.')
            b++;
    }
    return 0;
}
