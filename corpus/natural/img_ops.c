#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

size_t threshold_pixels(uint8_t *px, size_t n, uint8_t level)
{
    size_t white = 0;
    for (size_t i = 0; i < n; i++) {
        if (px[i] >= level) {
            px[i] = 255;
            white++;
        } else {
            px[i] = 0;
        }
    }
    return white;
}

void blend_with_alpha(uint8_t *dst, const uint8_t *src, int n, uint8_t alpha)
{
    for (int i = 0; i < n; i++) {
        int mix = dst[i] * (255 - alpha) + src[i] * alpha;
        dst[i] = (uint8_t)((mix + 127) / 255);
    }
}

/* Mean over the radius, borders repeated. */
void box_blur_line(const uint8_t *src, uint8_t *dst, int n, uint8_t radius)
{
    int size = 2 * radius + 1;
    for (int i = 0; i < n; i++) {
        int sum = 0;
        for (int k = i - radius; k <= i + radius; k++) {
            int at = k < 0 ? 0 : k >= n ? n - 1 : k;
            sum += src[at];
        }
        dst[i] = (uint8_t)(sum / size);
    }
}

void stretch_contrast(uint8_t *px, int n)
{
    uint8_t lo = 255, hi = 0;
    for (int i = 0; i < n; i++) {
        if (px[i] < lo)
            lo = px[i];
        if (px[i] > hi)
            hi = px[i];
    }
    if (lo >= hi)
        return;
    for (int i = 0; i < n; i++)
        px[i] = (uint8_t)((px[i] - lo) * 255 / (hi - lo));
}

/* Scales the distance from mid grey by percent / 100, saturating. */
void adjust_contrast(uint8_t *px, int n, int16_t percent)
{
    for (int i = 0; i < n; i++) {
        int v = 128 + (px[i] - 128) * percent / 100;
        px[i] = v < 0 ? 0 : v > 255 ? 255 : (uint8_t)v;
    }
}

int rgb_to_luma(uint8_t *luma, int luma_len, const uint8_t *rgb, int rgb_len)
{
    int pixels = rgb_len / 3;
    if (pixels > luma_len)
        pixels = luma_len;
    for (int i = 0; i < pixels; i++) {
        const uint8_t *p = rgb + 3 * i;
        luma[i] = (uint8_t)((77 * p[0] + 150 * p[1] + 29 * p[2]) >> 8);
    }
    return pixels;
}

/* Multiplies r, g and b of every RGBA pixel by its alpha. */
void premultiply_rgba(uint8_t *px, size_t len)
{
    for (size_t i = 0; i + 4 <= len; i += 4) {
        unsigned alpha = px[i + 3];
        if (alpha == 255)
            continue;
        for (size_t c = i; c < i + 3; c++) {
            unsigned t = px[c] * alpha + 128;
            px[c] = (uint8_t)((t + (t >> 8)) >> 8);
        }
    }
}

/* Otsu: the level that best separates dark from light. */
int otsu_level(const uint8_t *px, int n)
{
    uint32_t hist[256] = {0};
    double total = 0.0, dark_sum = 0.0, best = -1.0;
    int dark = 0, level = 0;

    for (int i = 0; i < n; i++) {
        hist[px[i]]++;
        total += px[i];
    }
    for (int t = 0; t < 256; t++) {
        dark += (int)hist[t];
        if (dark == 0)
            continue;
        int light = n - dark;
        if (light == 0)
            break;
        dark_sum += (double)t * hist[t];
        double diff = dark_sum / dark - (total - dark_sum) / light;
        double between = (double)dark * light * diff * diff;
        if (between > best) {
            best = between;
            level = t;
        }
    }
    return level;
}

void mirror_rows(uint8_t *px, int n, int width)
{
    if (width <= 0)
        return;
    for (int row = 0; row + width <= n; row += width) {
        uint8_t *l = px + row, *r = px + row + width - 1;
        while (l < r) {
            uint8_t t = *l;
            *l++ = *r;
            *r-- = t;
        }
    }
}

bool downsample_half(uint8_t *dst, int dst_len, const uint8_t *src, int src_len, int width)
{
    if (width < 2 || width % 2 != 0)
        return false;
    int half = width / 2;
    int rows = src_len / width / 2;
    if (dst_len / half < rows)
        return false;
    for (int y = 0; y < rows; y++) {
        const uint8_t *upper = src + 2 * y * width;
        const uint8_t *lower = upper + width;
        for (int x = 0; x < half; x++) {
            int sum = upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1];
            dst[y * half + x] = (uint8_t)((sum + 2) / 4);
        }
    }
    return true;
}

/* To black and white, carrying the error on to the next pixel. */
void dither_line(uint8_t *px, int n)
{
    int error = 0;
    for (int i = 0; i < n; i++) {
        int want = px[i] + error;
        uint8_t got = want > 127 ? 255 : 0;
        error = want - got;
        px[i] = got;
    }
}

int sobel_magnitude_at(const uint8_t *px, int n, int width, int x, int y)
{
    if (width < 3 || n / width < 3)
        return 0;
    int height = n / width;
    if (x < 1 || x >= width - 1 || y < 1 || y >= height - 1)
        return 0;

    int gx = 0, gy = 0;
    for (int k = -1; k <= 1; k++) {
        int w = k == 0 ? 2 : 1;
        gx += w * (px[(y + k) * width + x + 1] - px[(y + k) * width + x - 1]);
        gy += w * (px[(y + 1) * width + x + k] - px[(y - 1) * width + x + k]);
    }
    int mag = (gx < 0 ? -gx : gx) + (gy < 0 ? -gy : gy);
    return mag > 255 ? 255 : mag;
}

int pack_rgb565(uint16_t *dst, int dst_len, const uint8_t *rgb, int rgb_len)
{
    int w = 0;
    for (int i = 0; i + 2 < rgb_len && w < dst_len; i += 3)
        dst[w++] = (uint16_t)((rgb[i] >> 3) << 11 | (rgb[i + 1] >> 2) << 5 | rgb[i + 2] >> 3);
    return w;
}

/* Fills the part of the rectangle that lies inside; returns its area. */
int fill_rect_clipped(uint8_t *px, int n, int width, int x, int y, int16_t w, int16_t h, uint8_t ink)
{
    if (width <= 0 || w <= 0 || h <= 0)
        return 0;
    int height = n / width;
    int64_t x1 = (int64_t)x + w, y1 = (int64_t)y + h;
    int left = x < 0 ? 0 : x;
    int top = y < 0 ? 0 : y;
    int right = x1 > width ? width : (int)x1;
    int bottom = y1 > height ? height : (int)y1;

    if (left >= right || top >= bottom)
        return 0;
    for (int row = top; row < bottom; row++) {
        for (int col = left; col < right; col++)
            px[row * width + col] = ink;
    }
    return (right - left) * (bottom - top);
}

/* Bresenham between two points inside the picture. */
int draw_line_pixels(uint8_t *px, int n, int width, uint8_t x0, uint8_t y0, uint8_t x1, uint8_t y1)
{
    if (width <= 0)
        return 0;
    int x = x0, y = y0, drawn = 0;
    int dx = x1 > x0 ? x1 - x0 : x0 - x1;
    int dy = y1 > y0 ? y0 - y1 : y1 - y0;
    int sx = x0 < x1 ? 1 : -1;
    int sy = y0 < y1 ? 1 : -1;
    int err = dx + dy;

    for (;;) {
        if (x < width && y < n / width) {
            px[y * width + x] = 255;
            drawn++;
        }
        if (x == x1 && y == y1)
            return drawn;
        int twice = 2 * err;
        if (twice >= dy) {
            err += dy;
            x += sx;
        }
        if (twice <= dx) {
            err += dx;
            y += sy;
        }
    }
}
