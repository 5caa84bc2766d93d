#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

double mean_of_doubles(const double *x, int n)
{
    double sum = 0.0;
    for (int i = 0; i < n; i++)
        sum += x[i];
    return n > 0 ? sum / n : 0.0;
}

/* Sample variance by Welford's update. */
double running_variance(const double *x, int n)
{
    double mean = 0.0, m2 = 0.0;

    if (n < 2)
        return 0.0;
    for (int i = 0; i < n; i++) {
        double delta = x[i] - mean;
        mean += delta / (i + 1);
        m2 += delta * (x[i] - mean);
    }
    return m2 / (n - 1);
}

int median_of_three(int a, int b, int c)
{
    if (a > b) {
        int t = a;
        a = b;
        b = t;
    }
    if (c <= a)
        return a;
    return c < b ? c : b;
}

double weighted_average(const double *value, const double *weight, int n)
{
    double sum = 0.0, total = 0.0;
    for (int i = 0; i < n; i++) {
        if (weight[i] <= 0.0)
            continue;
        sum += weight[i] * value[i];
        total += weight[i];
    }
    return total > 0.0 ? sum / total : 0.0;
}

/* The square of Pearson's r, with the sign of the covariance. */
double signed_r_squared(const double *x, const double *y, int n)
{
    double mx = mean_of_doubles(x, n);
    double my = mean_of_doubles(y, n);
    double sxy = 0.0, sxx = 0.0, syy = 0.0;

    for (int i = 0; i < n; i++) {
        double dx = x[i] - mx, dy = y[i] - my;
        sxy += dx * dy;
        sxx += dx * dx;
        syy += dy * dy;
    }
    double scale = sxx * syy;
    if (!(scale > 0.0))
        return 0.0;
    return sxy < 0.0 ? -(sxy * sxy / scale) : sxy * sxy / scale;
}

/* Level 0..255 of x within [lo, hi]. */
uint8_t quantize_level(float x, float lo, float hi)
{
    if (!(hi > lo) || !(x > lo))
        return 0;
    if (x >= hi)
        return 255;
    float scaled = (x - lo) / (hi - lo) * 255.0f + 0.5f;
    if (!(scaled < 255.0f))
        return 255;
    return (uint8_t)scaled;
}

float dot_product_f32(const float *a, const float *b, size_t n)
{
    float acc = 0.0f;
    while (n-- > 0)
        acc += *a++ * *b++;
    return acc;
}

/* y += alpha * x */
void axpy_f64(double alpha, const double *x, double *y, int n)
{
    if (alpha == 0.0)
        return;
    for (int i = 0; i < n; i++)
        y[i] += alpha * x[i];
}

bool normalize_peak(float *signal, int n)
{
    float peak = 0.0f;
    for (int i = 0; i < n; i++) {
        float mag = signal[i] < 0.0f ? -signal[i] : signal[i];
        if (mag > peak)
            peak = mag;
    }
    if (peak == 0.0f)
        return false;
    for (int i = 0; i < n; i++)
        signal[i] /= peak;
    return true;
}

int convolve_valid(float *dst, int dst_len, const float *src, int src_len, const float *kernel, int kernel_len)
{
    int count = src_len - kernel_len + 1;
    if (kernel_len == 0 || count <= 0)
        return 0;
    if (count > dst_len)
        count = dst_len;
    for (int i = 0; i < count; i++) {
        float acc = 0.0f;
        for (int k = 0; k < kernel_len; k++)
            acc += src[i + k] * kernel[kernel_len - 1 - k];
        dst[i] = acc;
    }
    return count;
}

/* Trailing average over up to `window` elements. */
void trailing_average(const int16_t *src, int16_t *dst, int n, int window)
{
    int64_t sum = 0;
    if (window < 1)
        window = 1;
    for (int i = 0; i < n; i++) {
        sum += src[i];
        if (i >= window)
            sum -= src[i - window];
        int filled = i + 1 < window ? i + 1 : window;
        dst[i] = (int16_t)(sum / filled);
    }
}

void smooth_exponential(float *x, int n, float alpha)
{
    float beta = 1.0f - alpha;
    for (int i = 1; i < n; i++)
        x[i] = alpha * x[i] + beta * x[i - 1];
}

/* Counts into bins of equal width; returns how many fell outside. */
int fill_histogram(const int *x, int n, uint32_t *bins, int num_bins, int lo, int width)
{
    int outside = 0;
    for (int b = 0; b < num_bins; b++)
        bins[b] = 0;
    for (int i = 0; i < n; i++) {
        int64_t offset = (int64_t)x[i] - lo;
        if (width <= 0 || offset < 0 || offset / width >= num_bins) {
            outside++;
            continue;
        }
        bins[offset / width]++;
    }
    return outside;
}

int mode_of_bytes(const uint8_t *data, int n)
{
    int counts[256] = {0};
    int mode = -1, top = 0;
    for (int i = 0; i < n; i++) {
        int c = ++counts[data[i]];
        if (c > top || (c == top && data[i] < mode)) {
            top = c;
            mode = data[i];
        }
    }
    return mode;
}

/* Slope of the least squares line through (0, y[0]), (1, y[1]), ... */
double trend_slope(const double *y, int n)
{
    if (n < 2)
        return 0.0;
    double mid = (n - 1) / 2.0;
    double num = 0.0, den = 0.0;
    for (int i = 0; i < n; i++) {
        double t = i - mid;
        num += t * y[i];
        den += t * t;
    }
    return num / den;
}

float horner_eval(const float *coef, int n, float x)
{
    float y = 0.0f;
    for (int i = n - 1; i >= 0; i--)
        y = y * x + coef[i];
    return y;
}

/* Linear interpolation in a table, ends held. */
double table_lookup_lerp(const double *table, int n, double pos)
{
    if (n == 0)
        return 0.0;
    if (!(pos > 0.0))
        return table[0];
    if (pos >= n - 1)
        return table[n - 1];
    int i = (int)pos;
    double frac = pos - i;
    return table[i] + (table[i + 1] - table[i]) * frac;
}

double kahan_total(const double *x, size_t n)
{
    double sum = 0.0, lost = 0.0;
    for (size_t i = 0; i < n; i++) {
        double y = x[i] - lost;
        double t = sum + y;
        lost = (t - sum) - y;
        sum = t;
    }
    return sum;
}

/* Where the count of a histogram passes the given share of the total. */
int percentile_bucket(const uint16_t *hist, int n, unsigned percent)
{
    uint64_t total = 0, seen = 0;
    for (int i = 0; i < n; i++)
        total += hist[i];
    if (total == 0 || percent > 100)
        return -1;
    for (int i = 0; i < n; i++) {
        seen += hist[i];
        if (seen * 100 >= total * percent)
            return i;
    }
    return n - 1;
}
