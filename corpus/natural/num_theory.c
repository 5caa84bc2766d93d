#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

/* Stein's algorithm: no divisions. */
uint32_t binary_gcd(uint32_t a, uint32_t b) {
    if (a == 0)
        return b;
    if (b == 0)
        return a;
    unsigned shift = 0;
    while (((a | b) & 1) == 0) {
        a >>= 1;
        b >>= 1;
        shift++;
    }
    while ((a & 1) == 0)
        a >>= 1;
    do {
        while ((b & 1) == 0)
            b >>= 1;
        if (a > b) {
            uint32_t t = a;
            a = b;
            b = t;
        }
        b -= a;
    } while (b != 0);
    return a << shift;
}

/* Bezout coefficients: a * x + b * y == gcd. */
uint32_t bezout_gcd(uint32_t a, uint32_t b, int64_t *x, int64_t *y) {
    int64_t x0 = 1, x1 = 0, y0 = 0, y1 = 1;
    while (b != 0) {
        int64_t q = a / b;
        uint32_t r = a % b;
        int64_t xt = x0 - q * x1;
        int64_t yt = y0 - q * y1;
        x0 = x1;
        x1 = xt;
        y0 = y1;
        y1 = yt;
        a = b;
        b = r;
    }
    *x = x0;
    *y = y0;
    return a;
}

uint64_t widening_lcm(uint32_t a, uint32_t b) {
    if (a == 0 || b == 0)
        return 0;
    return (uint64_t)(a / binary_gcd(a, b)) * b;
}

uint64_t addmod_u64(uint64_t a, uint64_t b, uint64_t m) {
    if (m == 0)
        return 0;
    a %= m;
    b %= m;
    return a >= m - b ? a - (m - b) : a + b;
}

uint64_t mulmod_u64(uint64_t a, uint64_t b, uint64_t m) {
    if (m == 0)
        return 0;
    uint64_t acc = 0;
    a %= m;
    while (b > 0) {
        if (b & 1)
            acc = addmod_u64(acc, a, m);
        a = addmod_u64(a, a, m);
        b >>= 1;
    }
    return acc;
}

uint32_t powmod_u32(uint32_t base, uint32_t exp, uint32_t m) {
    if (m == 0)
        return 0;
    uint64_t result = 1 % m;
    uint64_t b = base % m;
    for (; exp; exp >>= 1) {
        if (exp & 1)
            result = result * b % m;
        b = b * b % m;
    }
    return (uint32_t)result;
}

/* Returns 0 if a has no inverse modulo m. */
int modular_inverse(int a, int m) {
    if (m < 2)
        return 0;
    int r0 = m, r1 = a % m;
    int t0 = 0, t1 = 1;
    if (r1 < 0)
        r1 += m;
    while (r1 != 0) {
        int q = r0 / r1;
        int r = r0 - q * r1;
        int t = t0 - q * t1;
        r0 = r1;
        r1 = r;
        t0 = t1;
        t1 = t;
    }
    if (r0 != 1)
        return 0;
    return t0 < 0 ? t0 + m : t0;
}

unsigned euler_totient(unsigned n) {
    unsigned phi = n;
    for (unsigned p = 2; p <= n / p; p += p == 2 ? 1 : 2) {
        if (n % p != 0)
            continue;
        while (n % p == 0)
            n /= p;
        phi -= phi / p;
    }
    if (n > 1)
        phi -= phi / n;
    return phi;
}

int mobius_mu(uint16_t n) {
    int sign = 1;
    if (n == 0)
        return 0;
    for (int p = 2; p * p <= n; p++) {
        int multiplicity = 0;
        while (n % p == 0) {
            n /= p;
            if (++multiplicity > 1)
                return 0;
        }
        if (multiplicity)
            sign = -sign;
    }
    return n > 1 ? -sign : sign;
}

/* Jacobi symbol (a/n) for odd n. */
int8_t jacobi_symbol(uint32_t a, uint32_t n) {
    if ((n & 1) == 0)
        return 0;
    int8_t sign = 1;
    a %= n;
    while (a != 0) {
        while ((a & 1) == 0) {
            uint32_t r = n & 7;
            a >>= 1;
            if (r == 3 || r == 5)
                sign = -sign;
        }
        uint32_t t = a;
        a = n;
        n = t;
        if ((a & 3) == 3 && (n & 3) == 3)
            sign = -sign;
        a %= n;
    }
    return n == 1 ? sign : 0;
}

/* One Miller-Rabin round: does witness prove that odd n > 2 is composite? */
bool witness_says_composite(uint32_t n, uint32_t witness) {
    if (n < 3 || (n & 1) == 0)
        return n != 2;
    uint32_t d = n - 1;
    int r = 0;
    while ((d & 1) == 0) {
        d >>= 1;
        r++;
    }
    if (witness % n == 0)
        return false;
    uint64_t x = powmod_u32(witness, d, n);
    if (x == 1 || x == n - 1)
        return false;
    for (int i = 1; i < r; i++) {
        x = x * x % n;
        if (x == n - 1)
            return false;
    }
    return true;
}

bool is_prime_deterministic32(uint32_t n) {
    if (n < 2)
        return false;
    if (n < 4)
        return true;
    return !witness_says_composite(n, 2) && !witness_says_composite(n, 7) && !witness_says_composite(n, 61);
}

/* Sieve by odd numbers: flags[i] tells whether 2 * i + 1 is composite. */
int sieve_odd_composites(uint8_t *flags, int n) {
    if (n == 0)
        return 0;
    for (int i = 0; i < n; i++)
        flags[i] = 0;
    flags[0] = 1;
    int primes = 0;
    for (int i = 1; i < n; i++) {
        if (flags[i])
            continue;
        primes++;
        int step = 2 * i + 1;
        for (int j = i + step; j < n; j += step)
            flags[j] = 1;
    }
    return primes;
}

/* Bit by bit, from the highest possible square downwards. */
uint32_t isqrt_u64(uint64_t value) {
    uint64_t bit = (uint64_t)1 << 62;
    uint64_t root = 0;
    while (bit > value)
        bit >>= 2;
    while (bit != 0) {
        if (value >= root + bit) {
            value -= root + bit;
            root = (root >> 1) + bit;
        } else {
            root >>= 1;
        }
        bit >>= 2;
    }
    return (uint32_t)root;
}

uint32_t icbrt_u32(uint32_t x) {
    uint32_t y = 0;
    for (int s = 30; s >= 0; s -= 3) {
        y *= 2;
        uint32_t b = 3 * y * (y + 1) + 1;
        if ((x >> s) >= b) {
            x -= b << s;
            y++;
        }
    }
    return y;
}

bool checked_pow_i32(int base, unsigned exp, int *out) {
    int64_t acc = 1;
    for (unsigned i = 0; i < exp; i++) {
        acc *= base;
        if (acc > INT32_MAX || acc < INT32_MIN)
            return false;
        if (acc == 0 || acc == 1)
            break;
        if (acc == -1 && base == -1) {
            acc = exp & 1 ? -1 : 1;
            break;
        }
    }
    *out = (int)acc;
    return true;
}

/* Highest value of the 3n+1 orbit, 0 if it leaves 32 bits or takes too long. */
uint32_t hailstone_peak(uint32_t n, uint16_t max_steps) {
    uint32_t peak = n;
    while (n > 1) {
        if (max_steps-- == 0)
            return 0;
        if (n % 2 == 0) {
            n /= 2;
        } else {
            if (n > (UINT32_MAX - 1) / 3)
                return 0;
            n = 3 * n + 1;
            if (n > peak)
                peak = n;
        }
    }
    return peak;
}

uint32_t binomial_saturating(unsigned n, unsigned k) {
    if (k > n)
        return 0;
    if (k > n - k)
        k = n - k;
    uint64_t c = 1;
    for (unsigned i = 0; i < k; i++) {
        c = c * (n - i) / (i + 1);
        if (c > UINT32_MAX)
            return UINT32_MAX;
    }
    return (uint32_t)c;
}

uint64_t aliquot_sum(uint32_t n) {
    if (n < 2)
        return 0;
    uint64_t total = 1;
    uint32_t d;
    for (d = 2; d < n / d; d++) {
        if (n % d == 0)
            total += (uint64_t)d + n / d;
    }
    if (d == n / d && n % d == 0)
        total += d;
    return total;
}
