/* Random numbers with state in the file, and what is drawn from them. */
#include <stdbool.h>
#include <stdint.h>

static uint64_t state = 0x853c49e6748fea9bULL;
static uint64_t increment = 0xda3e39cb94b95bdbULL;
static double spare;
static bool has_spare;

void dice_seed(uint64_t seed, uint64_t stream) {
    increment = stream << 1 | 1;
    state = seed + increment;
    state = state * 6364136223846793005ULL + increment;
    has_spare = false;
}

uint32_t dice_next(void) {
    uint64_t old = state;
    state = old * 6364136223846793005ULL + increment;
    uint32_t mixed = (uint32_t)(((old >> 18) ^ old) >> 27);
    uint32_t turn = (uint32_t)(old >> 59);
    return mixed >> turn | mixed << (-turn & 31);
}

uint32_t dice_below(uint32_t bound) {
    if (bound == 0)
        return 0;
    uint32_t threshold = (0u - bound) % bound;
    for (;;) {
        uint32_t value = dice_next();
        if (value >= threshold)
            return value % bound;
    }
}

int dice_roll(int count, int sides) {
    int sum = 0;
    if (sides < 1)
        return 0;
    for (int i = 0; i < count && i < 100; i++)
        sum += 1 + (int)dice_below((uint32_t)sides);
    return sum;
}

double dice_unit(void) {
    return dice_next() / 4294967296.0;
}

/* The polar method without its logarithm: a point in the circle, one half kept for the next call. */
double dice_in_circle(void) {
    if (has_spare) {
        has_spare = false;
        return spare;
    }
    for (int tries = 0; tries < 50; tries++) {
        double x = 2 * dice_unit() - 1, y = 2 * dice_unit() - 1;
        if (x * x + y * y <= 1) {
            spare = y;
            has_spare = true;
            return x;
        }
    }
    return 0;
}

void shuffle(int *values, int count) {
    for (int i = count - 1; i > 0; i--) {
        int j = (int)dice_below((uint32_t)i + 1);
        int t = values[i];
        values[i] = values[j];
        values[j] = t;
    }
}

int pick_weighted(const int *weights, int count) {
    uint32_t total = 0;
    for (int i = 0; i < count; i++)
        total += (uint32_t)(weights[i] & 0xffff);
    if (!total)
        return -1;
    uint32_t left = dice_below(total);
    for (int i = 0; i < count; i++) {
        uint32_t weight = (uint32_t)(weights[i] & 0xffff);
        if (left < weight)
            return i;
        left -= weight;
    }
    return -1;
}
