#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct account {
    int64_t balance;
    int32_t limit;
    uint8_t open;
};

struct range {
    int start;
    int end;
};

int sum_squares(const int *a, int n) {
    int sum = 0;
    for (int i = 0; i < n; i++) {
        sum += a[i] * a[i];
    }
    return sum;
}

int find_first(const int *a, int n, int key) {
    for (int i = 0; i < n; i++) {
        if (a[i] == key) {
            return i;
        }
    }
    return -1;
}

uint8_t add_saturating(uint8_t a, uint8_t b) {
    unsigned sum = (unsigned)a + b;
    return sum > 255 ? 255 : (uint8_t)sum;
}

int midpoint(int a, int b) {
    return (a + b) / 2;
}

uint32_t distance(uint32_t a, uint32_t b) {
    return a > b ? a - b : b - a;
}

bool is_leap(int year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

uint32_t hash_bytes(const uint8_t *s, size_t n) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < n; i++) {
        hash = (hash ^ s[i]) * 16777619u;
    }
    return hash;
}

void reverse(int *a, int n) {
    for (int i = 0, j = n - 1; i < j; i++, j--) {
        int t = a[i];
        a[i] = a[j];
        a[j] = t;
    }
}

void scale_by(float *a, int n, const float *factor) {
    for (int i = 0; i < n; i++) {
        a[i] *= *factor;
    }
}

double maximum(const double *a, int n) {
    double best = -1.0 / 0.0;
    for (int i = 0; i < n; i++) {
        if (a[i] > best) {
            best = a[i];
        }
    }
    return best;
}

int sign_of(double x) {
    return (x > 0) - (x < 0);
}

int halvings(uint32_t n) {
    int count = 0;
    while (n > 1) {
        n = n % 2 ? n - 1 : n / 2;
        count++;
    }
    return count;
}

int remainder_or_zero(int a, int b) {
    if (b == 0 || b == -1) {
        return 0;
    }
    return a % b;
}

int parse_int(const char *s) {
    int sign = 1;
    int value = 0;
    while (*s == ' ' || *s == '\t') {
        s++;
    }
    if (*s == '-' || *s == '+') {
        sign = *s == '-' ? -1 : 1;
        s++;
    }
    while (*s >= '0' && *s <= '9') {
        value = value * 10 + (*s - '0');
        s++;
    }
    return sign * value;
}

int count_words(const char *s) {
    int words = 0;
    bool inside = false;
    for (; *s; s++) {
        bool space = *s == ' ' || *s == '\t' || *s == '\n';
        if (!space && !inside) {
            words++;
        }
        inside = !space;
    }
    return words;
}

bool withdraw(struct account *account, int64_t amount) {
    if (!account->open || amount <= 0 || amount > 1000000) {
        return false;
    }
    if (account->balance - amount < -(int64_t)account->limit) {
        return false;
    }
    account->balance -= amount;
    return true;
}

void min_max(const int *a, int n, int *low, int *high) {
    *low = 0x7fffffff;
    *high = -0x7fffffff - 1;
    for (int i = 0; i < n; i++) {
        if (a[i] < *low) {
            *low = a[i];
        }
        if (a[i] > *high) {
            *high = a[i];
        }
    }
}

void shift_right(int *a, int n) {
    for (int i = n - 1; i > 0; i--) {
        a[i] = a[i - 1];
    }
}

void to_upper(char *s) {
    for (; *s; s++) {
        if (*s >= 'a' && *s <= 'z') {
            *s -= 'a' - 'A';
        }
    }
}

int lower_bound(const int *a, int n, int key) {
    int low = 0;
    int high = n;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (a[middle] < key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

uint32_t rotate_left(uint32_t x, int k) {
    return x << (k & 31) | x >> (-k & 31);
}

uint64_t mix(uint64_t x) {
    x ^= x >> 33;
    x *= 0xff51afd7ed558ccdull;
    x ^= x >> 33;
    return x;
}

int count_bits(uint64_t x) {
    int count = 0;
    while (x) {
        x &= x - 1;
        count++;
    }
    return count;
}

void fill_bytes(uint8_t *p, int n, uint8_t value) {
    for (int i = 0; i < n; i++) {
        p[i] = value;
    }
}

int16_t checksum(const int16_t *a, int n) {
    int16_t sum = 0;
    for (int i = 0; i < n; i++) {
        sum = (int16_t)(sum * 31 + a[i]);
    }
    return sum;
}

int days_in_month(int month) {
    static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month >= 1 && month <= 12 ? days[month - 1] : 0;
}

int total_length(const struct range *ranges, int n) {
    int total = 0;
    for (int i = 0; i < n; i++) {
        if (ranges[i].end > ranges[i].start) {
            total += ranges[i].end - ranges[i].start;
        }
    }
    return total;
}

int64_t dot(const int32_t *a, const int32_t *b, int n) {
    int64_t sum = 0;
    for (int i = 0; i < n; i++) {
        sum += (int64_t)a[i] * b[i];
    }
    return sum;
}

unsigned divide(unsigned a, unsigned b) {
    return a / b;
}

int pick(const int *a, int n, int i) {
    return a[i];
}

int copy_text(char *dst, const char *src) {
    int n = 0;
    while (src[n] && n < 40) {
        dst[n] = src[n];
        n++;
    }
    dst[n] = 0;
    return n;
}

float lerp(float a, float b, float t) {
    return a + (b - a) * t;
}
