#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

struct running_stats { uint32_t samples; double mean; double m2; };
struct biquad { float b0; float b1; float b2; float a1; float a2; float z1; float z2; };
struct vec3 { float x; float y; float z; };

float lerp_endpoints_exact(float a, float b, float t) {
    return (1.0f - t) * a + t * b;
}

float smoothstep_edges(float edge0, float edge1, float x) {
    if (edge0 == edge1)
        return x < edge0 ? 0.0f : 1.0f;
    float t = (x - edge0) / (edge1 - edge0);
    if (t < 0.0f)
        t = 0.0f;
    else if (t > 1.0f)
        t = 1.0f;
    return t * t * (3.0f - 2.0f * t);
}

/* Falls monotonically to the root; 0 for anything not positive. */
double sqrt_newton_f64(double x) {
    if (!(x > 0.0))
        return 0.0;
    double guess = x > 1.0 ? x : 1.0;
    for (;;) {
        double next = 0.5 * (guess + x / guess);
        if (!(next < guess))
            return guess;
        guess = next;
    }
}

/* Coefficients from the constant term upwards. */
double polynomial_horner(const double *coeffs, int n, double x) {
    double acc = 0.0;
    while (n > 0)
        acc = acc * x + coeffs[--n];
    return acc;
}

/* Value and derivative at x in one pass, highest coefficient first. */
float horner_with_slope(const float *coeffs, int n, float x, float *slope) {
    float value = 0.0f;
    float derivative = 0.0f;
    for (int i = 0; i < n; i++) {
        derivative = derivative * x + value;
        value = value * x + coeffs[i];
    }
    *slope = derivative;
    return value;
}

bool nearly_equal_relative(double a, double b, double tolerance) {
    if (a == b)
        return true;
    double diff = a > b ? a - b : b - a;
    double size_a = a < 0 ? -a : a;
    double size_b = b < 0 ? -b : b;
    double larger = size_a > size_b ? size_a : size_b;
    return diff <= tolerance * larger || diff < 1e-12;
}

/* Simpson's rule over equidistant samples; an odd last interval becomes a trapezoid. */
double integrate_simpson(const float *samples, int n, double step) {
    double sum = 0.0;
    int i = 0;
    for (; i + 2 < n; i += 2)
        sum += (samples[i] + 4.0 * samples[i + 1] + samples[i + 2]) * (step / 3.0);
    if (i + 1 < n)
        sum += ((double)samples[i] + samples[i + 1]) * (step / 2.0);
    return sum;
}

void running_stats_push(struct running_stats *stats, double value) {
    stats->samples++;
    if (stats->samples == 0)
        stats->samples = 1;
    double delta = value - stats->mean;
    stats->mean += delta / stats->samples;
    stats->m2 += delta * (value - stats->mean);
}

double running_stats_variance(const struct running_stats *stats) {
    return stats->samples < 2 ? 0.0 : stats->m2 / (stats->samples - 1);
}

float compensated_sum_f32(const float *values, size_t n) {
    float sum = 0.0f;
    float lost = 0.0f;
    for (size_t i = 0; i < n; i++) {
        float y = values[i] - lost;
        float t = sum + y;
        lost = (t - sum) - y;
        sum = t;
    }
    return sum;
}

/* Halves the argument until the series converges fast, then squares back. */
double exp_halving(double x) {
    int halvings = 0;
    if (x > 700.0)
        x = 700.0;
    if (x < -700.0)
        x = -700.0;
    while (x > 0.5 || x < -0.5) {
        x *= 0.5;
        halvings++;
    }
    double sum = 1.0;
    for (int k = 12; k > 0; k--)
        sum = 1.0 + x * sum / k;
    while (halvings-- > 0)
        sum *= sum;
    return sum;
}

int32_t floor_saturating(double x) {
    if (x != x)
        return 0;
    if (x >= 2147483647.0)
        return INT32_MAX;
    if (x <= -2147483648.0)
        return INT32_MIN;
    int32_t whole = (int32_t)x;
    return x < whole ? whole - 1 : whole;
}

/* Angle in [0, 360), 0 for absurd input. */
double normalize_degrees(double degrees) {
    if (!(degrees > -1e9 && degrees < 1e9))
        return 0.0;
    int turns = (int)(degrees / 360.0);
    degrees -= turns * 360.0;
    if (degrees < 0.0)
        degrees += 360.0;
    return degrees >= 360.0 ? 0.0 : degrees;
}

/* The famous approximation, for positive normal numbers. */
float rsqrt_bit_trick(float x) {
    union { float f; uint32_t u; } bits;
    if (!(x > 1e-30f && x < 1e30f))
        return 0.0f;
    bits.f = x;
    bits.u = 0x5f3759df - (bits.u >> 1);
    float y = bits.f;
    y *= 1.5f - 0.5f * x * y * y;
    return y;
}

float half_bits_to_float(uint16_t half) {
    union { uint32_t u; float f; } out;
    uint32_t sign = (uint32_t)(half & 0x8000) << 16;
    uint32_t exponent = (half >> 10) & 0x1f;
    uint32_t mantissa = half & 0x3ff;
    if (exponent == 0x1f) {
        out.u = sign | 0x7f800000 | (mantissa ? 0x400000 : 0);
    } else if (exponent != 0) {
        out.u = sign | (exponent + 112) << 23 | mantissa << 13;
    } else {
        out.f = (float)mantissa * 5.9604644775390625e-8f;
        out.u |= sign;
    }
    return out.f;
}

/* Samples a row-major grid at fractional coordinates, clamped to its edges. */
float bilinear_lookup(const float *grid, int n, int width, float u, float v) {
    if (width <= 0 || n < width)
        return 0.0f;
    int height = n / width;
    float x = u > 0.0f ? u : 0.0f;
    float y = v > 0.0f ? v : 0.0f;
    if (x > (float)(width - 1))
        x = (float)(width - 1);
    if (y > (float)(height - 1))
        y = (float)(height - 1);
    int x0 = (int)x, y0 = (int)y;
    int x1 = x0 + 1 < width ? x0 + 1 : x0;
    int y1 = y0 + 1 < height ? y0 + 1 : y0;
    float fx = x - (float)x0, fy = y - (float)y0;
    float top = grid[y0 * width + x0] + fx * (grid[y0 * width + x1] - grid[y0 * width + x0]);
    float bottom = grid[y1 * width + x0] + fx * (grid[y1 * width + x1] - grid[y1 * width + x0]);
    return top + fy * (bottom - top);
}

double catmull_rom_point(double p0, double p1, double p2, double p3, double t) {
    double a = 3.0 * (p1 - p2) + p3 - p0;
    double b = 2.0 * p0 - 5.0 * p1 + 4.0 * p2 - p3;
    double c = p2 - p0;
    return p1 + 0.5 * t * (c + t * (b + t * a));
}

/* Transposed direct form II, in place. */
void biquad_filter_block(float *samples, int n, struct biquad *filter) {
    float z1 = filter->z1, z2 = filter->z2;
    for (int i = 0; i < n; i++) {
        float in = samples[i];
        float out = filter->b0 * in + z1;
        z1 = filter->b1 * in - filter->a1 * out + z2;
        z2 = filter->b2 * in - filter->a2 * out;
        samples[i] = out;
    }
    filter->z1 = z1;
    filter->z2 = z2;
}

/* Real roots in ascending order; returns how many there are. */
int quadratic_real_roots(double a, double b, double c, double *low, double *high) {
    if (a == 0.0) {
        if (b == 0.0)
            return 0;
        *low = *high = -c / b;
        return 1;
    }
    double disc = b * b - 4.0 * a * c;
    if (!(disc >= 0.0))
        return 0;
    double root = sqrt_newton_f64(disc);
    double r1 = (-b - root) / (2.0 * a);
    double r2 = (-b + root) / (2.0 * a);
    *low = r1 < r2 ? r1 : r2;
    *high = r1 < r2 ? r2 : r1;
    return disc == 0.0 ? 1 : 2;
}

double integer_power_f64(double base, int exponent) {
    unsigned e = exponent < 0 ? -(unsigned)exponent : (unsigned)exponent;
    double result = 1.0;
    while (e != 0) {
        if (e & 1)
            result *= base;
        base *= base;
        e >>= 1;
    }
    return exponent < 0 ? 1.0 / result : result;
}

/* Smallest and largest of the readings that are numbers; returns how many those are. */
int finite_extent(const float *readings, int n, float *low, float *high) {
    int seen = 0;
    for (int i = 0; i < n; i++) {
        float r = readings[i];
        if (r != r)
            continue;
        if (seen == 0 || r < *low)
            *low = r;
        if (seen == 0 || r > *high)
            *high = r;
        seen++;
    }
    return seen;
}

/* Reflects direction about a unit normal. */
void reflect_vec3(struct vec3 *direction, const struct vec3 *normal) {
    float along = direction->x * normal->x + direction->y * normal->y + direction->z * normal->z;
    direction->x -= 2.0f * along * normal->x;
    direction->y -= 2.0f * along * normal->y;
    direction->z -= 2.0f * along * normal->z;
}

/* Centred moving average with a window that shrinks at the ends. */
void smooth_centered(double *out, const double *in, int n, uint8_t radius) {
    for (int i = 0; i < n; i++) {
        int from = i - radius < 0 ? 0 : i - radius;
        int to = i + radius >= n ? n - 1 : i + radius;
        double sum = 0.0;
        for (int j = from; j <= to; j++)
            sum += in[j];
        out[i] = sum / (to - from + 1);
    }
}

/* Payments until a loan is paid off, -1 if the rate eats the payment up. */
int months_to_repay(double balance, double monthly_rate, double payment) {
    int months = 0;
    while (balance > 0.0) {
        double interest = balance * monthly_rate;
        if (!(payment > interest) || months == 1200)
            return -1;
        balance += interest - payment;
        months++;
    }
    return months;
}
