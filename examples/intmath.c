/* Integer arithmetic: what every C code base has somewhere. */
#include <stdbool.h>
#include <stdint.h>

unsigned gcd(unsigned a, unsigned b) {
    while (b != 0) {
        unsigned t = a % b;
        a = b;
        b = t;
    }
    return a;
}

int ipow(int base, unsigned exponent) {
    int result = 1;
    while (exponent > 0) {
        if (exponent & 1) {
            result *= base;
        }
        base *= base;
        exponent >>= 1;
    }
    return result;
}

bool is_prime(unsigned n) {
    if (n < 2) {
        return false;
    }
    for (unsigned d = 2; d <= n / d; d++) {
        if (n % d == 0) {
            return false;
        }
    }
    return true;
}

int digit_sum(int n) {
    int sum = 0;
    if (n < 0) {
        n = -n;
    }
    while (n > 0) {
        sum += n % 10;
        n /= 10;
    }
    return sum;
}

unsigned isqrt(unsigned n) {
    unsigned root = 0;
    while ((root + 1) <= n / (root + 1)) {
        root++;
    }
    return root;
}

int clamp(int value, int low, int high) {
    if (value < low) {
        return low;
    }
    if (value > high) {
        return high;
    }
    return value;
}

int popcount32(uint32_t x) {
    int count = 0;
    while (x) {
        x &= x - 1;
        count++;
    }
    return count;
}

uint32_t rotate_left(uint32_t x, unsigned k) {
    k &= 31;
    return (x << k) | (x >> ((32 - k) & 31));
}

int collatz_steps(unsigned n) {
    int steps = 0;
    while (n > 1 && steps < 1000) {
        n = n % 2 == 0 ? n / 2 : 3 * n + 1;
        steps++;
    }
    return steps;
}

int midpoint(int a, int b) {
    return a + (b - a) / 2;
}
