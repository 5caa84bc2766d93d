/* Byte strings, a helper and a struct by pointer. */
#include <stdbool.h>
#include <stdint.h>

struct span {
    int start;
    int end;
};

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

int parse_int(const char *s) {
    int sign = 1;
    int value = 0;
    if (*s == '-') {
        sign = -1;
        s++;
    }
    while (is_digit(*s)) {
        value = value * 10 + (*s - '0');
        s++;
    }
    return sign * value;
}

int string_length(const char *s) {
    int n = 0;
    while (s[n] != 0) {
        n++;
    }
    return n;
}

uint32_t fnv1a(const uint8_t *data, int len) {
    uint32_t hash = 2166136261u;
    for (int i = 0; i < len; i++) {
        hash ^= data[i];
        hash *= 16777619u;
    }
    return hash;
}

void to_upper(char *text, int len) {
    for (int i = 0; i < len; i++) {
        if (text[i] >= 'a' && text[i] <= 'z') {
            text[i] -= 32;
        }
    }
}

int span_length(const struct span *s) {
    return s->end > s->start ? s->end - s->start : 0;
}

void span_grow(struct span *s, int by) {
    s->start -= by;
    s->end += by;
}
