/* Sets of bits, bit fields and unions: what device registers and wire formats are made of. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define WORDS 8

typedef struct {
    uint32_t words[WORDS];
} Bitset;

struct control {
    unsigned enable : 1;
    unsigned mode : 3;
    unsigned divider : 8;
    signed offset : 6;
    unsigned : 6;
    unsigned channel : 8;
};

union number {
    float real;
    uint32_t bits;
    uint8_t bytes[4];
};

struct variant {
    enum { EMPTY, INTEGER, REAL, PAIR } kind;
    union {
        int64_t integer;
        double real;
        struct {
            int16_t x, y;
        } pair;
    } as;
};

void bitset_clear(Bitset *s) {
    for (int i = 0; i < WORDS; i++)
        s->words[i] = 0;
}

bool bitset_add(Bitset *s, unsigned n) {
    if (n >= WORDS * 32)
        return false;
    uint32_t mask = 1u << (n % 32);
    bool fresh = !(s->words[n / 32] & mask);
    s->words[n / 32] |= mask;
    return fresh;
}

bool bitset_has(const Bitset *s, unsigned n) {
    return n < WORDS * 32 && (s->words[n / 32] >> (n % 32) & 1);
}

int bitset_count(const Bitset *s) {
    int count = 0;
    for (int i = 0; i < WORDS; i++)
        for (uint32_t w = s->words[i]; w; w &= w - 1)
            count++;
    return count;
}

void bitset_union(Bitset *a, const Bitset *b) {
    for (int i = 0; i < WORDS; i++)
        a->words[i] |= b->words[i];
}

int bitset_next(const Bitset *s, int from) {
    for (int n = from < 0 ? 0 : from; n < WORDS * 32; n++)
        if (s->words[n / 32] >> (n % 32) & 1)
            return n;
    return -1;
}

void control_start(struct control *c, unsigned mode, int offset) {
    c->enable = 1;
    c->mode = mode;
    c->offset = offset;
    if (c->divider == 0)
        c->divider = 1;
}

unsigned control_rate(const struct control *c, unsigned clock) {
    if (!c->enable || c->divider == 0)
        return 0;
    return clock / (c->divider << c->mode) + (unsigned)c->offset;
}

uint32_t float_bits(float value) {
    union number n;
    n.real = value;
    return n.bits;
}

float scale_by_power(float value, int power) {
    union number n = {.real = value};
    int exponent = (int)(n.bits >> 23 & 255) + power;
    if (exponent <= 0 || exponent >= 255)
        return 0;
    n.bits = (n.bits & ~(255u << 23)) | (uint32_t)exponent << 23;
    return n.real;
}

void number_swap(union number *n) {
    uint8_t t = n->bytes[0];
    n->bytes[0] = n->bytes[3];
    n->bytes[3] = t;
    t = n->bytes[1];
    n->bytes[1] = n->bytes[2];
    n->bytes[2] = t;
}

double variant_value(const struct variant *v) {
    switch (v->kind) {
    case INTEGER:
        return (double)v->as.integer;
    case REAL:
        return v->as.real;
    case PAIR:
        return v->as.pair.x * 0.5 + v->as.pair.y;
    default:
        return 0;
    }
}

void variant_set_pair(struct variant *v, int x, int y) {
    v->kind = PAIR;
    v->as.pair.x = (int16_t)x;
    v->as.pair.y = (int16_t)y;
}

bool variant_same(const struct variant *a, const struct variant *b) {
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case INTEGER:
        return a->as.integer == b->as.integer;
    case REAL:
        return a->as.real == b->as.real;
    case PAIR:
        return a->as.pair.x == b->as.pair.x && a->as.pair.y == b->as.pair.y;
    default:
        return true;
    }
}
