/* Numbers with 16 bits behind the point. */
#include <stdint.h>

typedef int32_t fixed;
#define ONE 65536

static const fixed sines[] = {0,     6393,  12540, 18205, 23170, 27246, 30274, 32138, 32768};

typedef struct {
    fixed x, y;
} Point;

fixed fixed_from_int(int n) {
    return (fixed)((uint32_t)n << 16);
}

int fixed_round(fixed f) {
    return (int)((uint32_t)f + ONE / 2) >> 16;
}

fixed fixed_multiply(fixed a, fixed b) {
    return (fixed)(((int64_t)a * b) >> 16);
}

fixed fixed_divide(fixed a, fixed b) {
    if (b == 0)
        return a < 0 ? INT32_MIN : INT32_MAX;
    return (fixed)(((int64_t)a * ONE) / b);
}

fixed fixed_sqrt(fixed f) {
    if (f <= 0)
        return 0;
    uint64_t rest = (uint64_t)(uint32_t)f << 16, root = 0, bit = (uint64_t)1 << 46;
    while (bit > rest)
        bit >>= 2;
    while (bit) {
        if (rest >= root + bit) {
            rest -= root + bit;
            root = (root >> 1) + bit;
        } else {
            root >>= 1;
        }
        bit >>= 2;
    }
    return (fixed)root;
}

fixed fixed_sine(int degrees) {
    degrees %= 360;
    if (degrees < 0)
        degrees += 360;
    int sign = 1;
    if (degrees >= 180) {
        degrees -= 180;
        sign = -1;
    }
    if (degrees > 90)
        degrees = 180 - degrees;
    int step = degrees * 8 / 90;
    int rest = degrees * 8 % 90;
    fixed low = sines[step], high = step < 8 ? sines[step + 1] : sines[8];
    return sign * 2 * (low + (high - low) * rest / 90);
}

Point point_rotate(Point p, int degrees) {
    fixed s = fixed_sine(degrees), c = fixed_sine(degrees + 90);
    Point out = {fixed_multiply(p.x, c) - fixed_multiply(p.y, s), fixed_multiply(p.x, s) + fixed_multiply(p.y, c)};
    return out;
}

fixed point_length(const Point *p) {
    return fixed_sqrt(fixed_multiply(p->x, p->x) + fixed_multiply(p->y, p->y));
}

int fixed_print(fixed f, char *out) {
    int n = 0, digits = 0;
    char whole[8];
    uint32_t value = f < 0 ? 0u - (uint32_t)f : (uint32_t)f;
    if (f < 0)
        out[n++] = '-';
    uint32_t integer = value >> 16, fraction = value & 0xffff;
    do {
        whole[digits++] = (char)('0' + integer % 10);
        integer /= 10;
    } while (integer);
    while (digits)
        out[n++] = whole[--digits];
    out[n++] = '.';
    for (int i = 0; i < 3; i++) {
        fraction *= 10;
        out[n++] = (char)('0' + (fraction >> 16));
        fraction &= 0xffff;
    }
    out[n] = '\0';
    return n;
}
