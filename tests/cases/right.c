#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
    int from;
    int to;
};

int find_first(const int *a, int n, int key) {
    const int *p = a;
    while (p < a + n) {
        if (*p++ == key) {
            return (int)(p - a) - 1;
        }
    }
    return -1;
}

int midpoint(int a, int b) {
    unsigned sum = (unsigned)a + (unsigned)b;
    return ((int)sum + (int)(sum >> 31)) >> 1;
}

bool is_leap(int year) {
    if (year % 400 == 0) {
        return true;
    }
    return year % 100 ? !(year & 3) : false;
}

double maximum(const double *a, int n) {
    double best = -1e308 * 10;
    while (n-- > 0) {
        best = *a > best ? *a : best;
        a++;
    }
    return best;
}

int count_bits(uint64_t x) {
    int count = 0;
    for (int i = 0; i < 64; i++) {
        count += x >> i & 1;
    }
    return count;
}

int total_length(const struct span *spans, int n) {
    unsigned total = 0;
    for (const struct span *s = spans; s != spans + n; s++) {
        total += s->to > s->from ? (unsigned)s->to - (unsigned)s->from : 0;
    }
    return (int)total;
}

uint32_t rotate_left(uint32_t x, int k) {
    k &= 31;
    return k ? x << k | x >> (32 - k) : x;
}

void to_upper(char *s) {
    for (int i = 0; s[i] != 0; i++) {
        unsigned c = (unsigned char)s[i];
        s[i] = (char)(c - 97 < 26 ? c & ~32u : c);
    }
}
