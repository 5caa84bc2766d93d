/* A growing string, and what one does with it. */
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct text {
    char *data;
    size_t length;
    size_t capacity;
};

void text_init(struct text *t) {
    t->data = NULL;
    t->length = 0;
    t->capacity = 0;
}

void text_free(struct text *t) {
    free(t->data);
    text_init(t);
}

static bool text_reserve(struct text *t, size_t wanted) {
    if (wanted <= t->capacity)
        return true;
    size_t capacity = t->capacity ? t->capacity : 16;
    while (capacity < wanted)
        capacity *= 2;
    char *data = realloc(t->data, capacity);
    if (!data)
        return false;
    t->data = data;
    t->capacity = capacity;
    return true;
}

bool text_push(struct text *t, char c) {
    if (!text_reserve(t, t->length + 2))
        return false;
    t->data[t->length++] = c;
    t->data[t->length] = '\0';
    return true;
}

bool text_append(struct text *t, const char *s) {
    size_t n = strlen(s);
    if (!text_reserve(t, t->length + n + 1))
        return false;
    memcpy(t->data + t->length, s, n + 1);
    t->length += n;
    return true;
}

bool text_append_int(struct text *t, int value) {
    char digits[12];
    int n = 0;
    unsigned rest = value < 0 ? 0u - (unsigned)value : (unsigned)value;
    do {
        digits[n++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0)
        digits[n++] = '-';
    while (n > 0)
        if (!text_push(t, digits[--n]))
            return false;
    return true;
}

char *copy_string(const char *s) {
    size_t n = strlen(s) + 1;
    char *copy = malloc(n);
    if (copy)
        memcpy(copy, s, n);
    return copy;
}

char *join(const char *a, const char *b, char between) {
    size_t la = strlen(a), lb = strlen(b);
    char *out = malloc(la + lb + 2);
    if (!out)
        return NULL;
    memcpy(out, a, la);
    out[la] = between;
    memcpy(out + la + 1, b, lb + 1);
    return out;
}

bool starts_with(const char *s, const char *prefix) {
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool ends_with(const char *s, const char *suffix) {
    size_t n = strlen(s), m = strlen(suffix);
    return n >= m && strcmp(s + n - m, suffix) == 0;
}

/* Cuts white space off both ends, in place. */
char *trim(char *s) {
    while (*s == ' ' || *s == '\t' || *s == '\n')
        s++;
    char *end = s + strlen(s);
    while (end > s && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\n'))
        end--;
    *end = '\0';
    return s;
}

int count_words(const char *s) {
    int words = 0;
    bool inside = false;
    for (; *s; s++) {
        bool letter = *s != ' ' && *s != '\n';
        if (letter && !inside)
            words++;
        inside = letter;
    }
    return words;
}

void upper_first(char *s) {
    bool first = true;
    for (; *s; s++) {
        if (first && *s >= 'a' && *s <= 'z')
            *s -= 'a' - 'A';
        first = *s == ' ';
    }
}

int find_char(const char *s, char c) {
    const char *at = strchr(s, c);
    return at ? (int)(at - s) : -1;
}

int replace_all(char *s, char from, char to) {
    int changed = 0;
    for (char *p = s; (p = strchr(p, from)) != NULL; p++) {
        *p = to;
        changed++;
    }
    return changed;
}
