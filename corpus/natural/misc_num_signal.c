#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

struct pcg_state { uint64_t state; uint64_t stream; };
struct rgb8 { uint8_t r; uint8_t g; uint8_t b; };

uint32_t xorshift32_next(uint32_t *state) {
    uint32_t x = *state ? *state : 2463534242u;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    *state = x;
    return x;
}

uint64_t splitmix64_next(uint64_t *state) {
    uint64_t z = *state += 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

uint32_t pcg32_next(struct pcg_state *rng) {
    uint64_t old = rng->state;
    rng->state = old * 6364136223846793005ULL + (rng->stream | 1);
    uint32_t xorshifted = (uint32_t)(((old >> 18) ^ old) >> 27);
    unsigned rot = (unsigned)(old >> 59);
    return (xorshifted >> rot) | (xorshifted << (-rot & 31));
}

/* Steps a 16 bit Galois register until it produced eight bits. */
uint8_t lfsr16_next_byte(uint16_t *reg) {
    uint8_t byte = 0;
    for (int i = 0; i < 8; i++) {
        unsigned lsb = *reg & 1u;
        *reg >>= 1;
        if (lsb)
            *reg ^= 0xb400;
        byte = (uint8_t)(byte << 1 | lsb);
    }
    return byte;
}

/* Die rolls in [1, sides] from a linear congruential generator; returns the next seed. */
uint32_t roll_dice(uint8_t *rolls, int count, uint32_t seed, uint8_t sides) {
    for (int i = 0; i < count; i++) {
        seed = seed * 1664525u + 1013904223u;
        rolls[i] = (uint8_t)(1 + (((seed >> 16) * sides) >> 16));
    }
    return seed;
}

uint16_t rgb8_to_565(const struct rgb8 *color) {
    return (uint16_t)((color->r & 0xf8) << 8 | (color->g & 0xfc) << 3 | color->b >> 3);
}

/* Repeats the top bits in the low ones so that white stays white. */
void unpack_rgb565(uint16_t packed, struct rgb8 *color) {
    unsigned r = packed >> 11;
    unsigned g = (packed >> 5) & 0x3f;
    unsigned b = packed & 0x1f;
    color->r = (uint8_t)(r << 3 | r >> 2);
    color->g = (uint8_t)(g << 2 | g >> 4);
    color->b = (uint8_t)(b << 3 | b >> 2);
}

/* Blends two pixels with alpha 0..32, all three channels in one multiplication. */
uint16_t blend_rgb565_fast(uint16_t fg, uint16_t bg, uint8_t alpha) {
    if (alpha >= 32)
        return fg;
    uint32_t f = (fg | (uint32_t)fg << 16) & 0x07e0f81f;
    uint32_t b = (bg | (uint32_t)bg << 16) & 0x07e0f81f;
    uint32_t mixed = (((f - b) * alpha >> 5) + b) & 0x07e0f81f;
    return (uint16_t)(mixed | mixed >> 16);
}

/* Source-over for one 8 bit channel, exact division by 255. */
uint8_t over_channel(uint8_t src, uint8_t dst, uint8_t alpha) {
    unsigned t = src * alpha + dst * (255u - alpha) + 128;
    return (uint8_t)((t + (t >> 8)) >> 8);
}

uint32_t premultiply_argb(uint32_t argb) {
    uint32_t alpha = argb >> 24;
    if (alpha == 255)
        return argb;
    uint32_t rb = (argb & 0x00ff00ff) * alpha + 0x00800080;
    rb = (rb + ((rb >> 8) & 0x00ff00ff)) >> 8;
    uint32_t g = ((argb >> 8) & 0xff) * alpha + 0x80;
    g = (g + (g >> 8)) & 0xff00;
    return alpha << 24 | (rb & 0x00ff00ff) | g;
}

/* BT.601 luma over packed RGB triples. */
void rgb_row_to_luma(uint8_t *luma, int n, const uint8_t *rgb, int n_rgb) {
    for (int i = 0; i < n && 3 * i + 2 < n_rgb; i++) {
        const uint8_t *px = &rgb[3 * i];
        luma[i] = (uint8_t)((77 * px[0] + 150 * px[1] + 29 * px[2]) >> 8);
    }
}

/* Hue in degrees, -1 for grey. */
int hue_degrees(const struct rgb8 *c) {
    int max = c->r > c->g ? c->r : c->g;
    int min = c->r < c->g ? c->r : c->g;
    if (c->b > max)
        max = c->b;
    if (c->b < min)
        min = c->b;
    int chroma = max - min;
    if (chroma == 0)
        return -1;
    int hue;
    if (max == c->r)
        hue = 60 * (c->g - c->b) / chroma;
    else if (max == c->g)
        hue = 120 + 60 * (c->b - c->r) / chroma;
    else
        hue = 240 + 60 * (c->r - c->g) / chroma;
    return hue < 0 ? hue + 360 : hue;
}

/* G.711 compression of one linear sample. */
uint8_t ulaw_compress(int16_t sample) {
    int magnitude = sample < 0 ? -(int)sample : sample;
    uint8_t sign = sample < 0 ? 0x80 : 0;
    if (magnitude > 32635)
        magnitude = 32635;
    magnitude += 0x84;
    int exponent = 7;
    for (int probe = 0x4000; (magnitude & probe) == 0 && exponent > 0; probe >>= 1)
        exponent--;
    int mantissa = (magnitude >> (exponent + 3)) & 0x0f;
    return (uint8_t)~(sign | exponent << 4 | mantissa);
}

int16_t ulaw_expand(uint8_t code) {
    code = ~code;
    int segment = (code & 0x70) >> 4;
    int level = (((code & 0x0f) << 3) + 0x84) << segment;
    level -= 0x84;
    return (int16_t)(code & 0x80 ? -level : level);
}

/* Adds a track to the mix with a Q8 gain; returns how many samples clipped. */
int mix_track(int16_t *mix, const int16_t *track, int n, int16_t gain) {
    int clipped = 0;
    for (int i = 0; i < n; i++) {
        int64_t s = mix[i] + (((int64_t)track[i] * gain) >> 8);
        if (s > 32767) {
            s = 32767;
            clipped++;
        } else if (s < -32768) {
            s = -32768;
            clipped++;
        }
        mix[i] = (int16_t)s;
    }
    return clipped;
}

void fade_out_linear(int16_t *samples, int n) {
    for (int i = 0; i < n; i++)
        samples[i] = (int16_t)((int64_t)samples[i] * (n - i) / n);
}

/* Folds interleaved stereo to mono in place; returns the number of frames. */
int stereo_to_mono(int16_t *samples, int n) {
    int frames = n / 2;
    for (int f = 0; f < frames; f++)
        samples[f] = (int16_t)((samples[2 * f] + samples[2 * f + 1]) / 2);
    return frames;
}

/* Tenths of a degree Celsius to tenths of a degree Fahrenheit, rounded. */
int tenths_c_to_f(int16_t tenths) {
    int scaled = tenths * 9;
    return (scaled >= 0 ? scaled + 2 : scaled - 2) / 5 + 320;
}

/* Splits millimetres into feet and sixteenths of an inch. */
uint32_t mm_to_feet(uint32_t mm, uint32_t *sixteenths) {
    uint64_t total = ((uint64_t)mm * 160 + 127) / 254;
    *sixteenths = (uint32_t)(total % 192);
    return (uint32_t)(total / 192);
}

/* Scales bytes down to a binary unit: returns tenths, *power is 0 for B, 1 for KiB, ... */
uint32_t humanize_bytes(uint64_t bytes, uint8_t *power) {
    uint8_t p = 0;
    uint32_t rest = 0;
    while (bytes >= 1024) {
        rest = bytes & 1023;
        bytes >>= 10;
        p++;
    }
    *power = p;
    return (uint32_t)bytes * 10 + rest * 10 / 1024;
}
