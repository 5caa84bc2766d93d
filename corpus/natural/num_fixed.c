#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

int16_t sat_add_i16(int16_t a, int16_t b) {
    int sum = a + b;
    if (sum > INT16_MAX)
        return INT16_MAX;
    if (sum < INT16_MIN)
        return INT16_MIN;
    return (int16_t)sum;
}

uint8_t sat_sub_u8(uint8_t a, uint8_t b) {
    return a > b ? a - b : 0;
}

/* Overflow happened if both operands have the sign that the sum lacks. */
int32_t sat_add_i32_sign_trick(int32_t a, int32_t b) {
    uint32_t sum = (uint32_t)a + (uint32_t)b;
    if ((~((uint32_t)a ^ (uint32_t)b) & ((uint32_t)a ^ sum)) >> 31)
        return a < 0 ? INT32_MIN : INT32_MAX;
    return (int32_t)sum;
}

/* Q15 product, rounded, with -1 * -1 saturated. */
int16_t q15_mul_round(int16_t a, int16_t b) {
    int32_t product = ((int32_t)a * b + 0x4000) >> 15;
    return product > 32767 ? 32767 : (int16_t)product;
}

int32_t q16_mul(int32_t a, int32_t b) {
    return (int32_t)(((int64_t)a * b) >> 16);
}

int32_t q16_div_sat(int32_t dividend, int32_t divisor) {
    if (divisor == 0)
        return dividend < 0 ? INT32_MIN : INT32_MAX;
    int64_t quotient = ((int64_t)dividend * 65536) / divisor;
    if (quotient > INT32_MAX)
        return INT32_MAX;
    if (quotient < INT32_MIN)
        return INT32_MIN;
    return (int32_t)quotient;
}

/* Q8.8 to thousandths, half away from zero. */
int q8_to_milli(int16_t q) {
    int scaled = q * 1000;
    return (scaled + (scaled < 0 ? -128 : 128)) / 256;
}

/* Leaves value alone unless alignment is a power of two. */
uint32_t align_up_pow2(uint32_t value, uint32_t alignment) {
    if (alignment == 0 || (alignment & (alignment - 1)) != 0)
        return value;
    return (value + alignment - 1) & ~(alignment - 1);
}

/* Largest multiple of step that is not above value. */
int16_t snap_down_to_grid(int16_t value, uint8_t step) {
    if (step == 0)
        return value;
    int rem = value % step;
    if (rem < 0)
        rem += step;
    return (int16_t)(value - rem);
}

/* Quotient rounded to nearest, halves away from zero; 0 for a zero divisor. */
int64_t div_round_nearest(int32_t a, int32_t b) {
    if (b == 0)
        return 0;
    int64_t half = b / 2;
    int64_t wide = a;
    if ((a < 0) == (b < 0))
        return (wide + half) / b;
    return (wide - half) / b;
}

/* Average rounded down, without the overflow of a + b. */
int32_t floor_midpoint_i32(int32_t a, int32_t b) {
    return (a & b) + ((a ^ b) >> 1);
}

uint32_t distance_i32(int32_t a, int32_t b) {
    return a > b ? (uint32_t)a - (uint32_t)b : (uint32_t)b - (uint32_t)a;
}

/* Wraps v cyclically into [lo, hi). */
int wrap_into_range(int v, int lo, int hi) {
    if (hi <= lo)
        return lo;
    int64_t span = (int64_t)hi - lo;
    int64_t offset = ((int64_t)v - lo) % span;
    if (offset < 0)
        offset += span;
    return (int)(lo + offset);
}

/* Linear map of an ADC reading onto an output range, clamped at both ends. */
int16_t rescale_reading(uint16_t raw, uint16_t in_lo, uint16_t in_hi, int16_t out_lo, int16_t out_hi) {
    if (raw <= in_lo || in_hi <= in_lo)
        return out_lo;
    if (raw >= in_hi)
        return out_hi;
    int64_t travelled = (int64_t)(raw - in_lo) * (out_hi - out_lo);
    return (int16_t)(out_lo + travelled / (in_hi - in_lo));
}

/* Exponential moving average with weight 1 / 2^shift. */
int32_t ema_update(int32_t average, int32_t sample, unsigned shift) {
    int64_t delta = (int64_t)sample - average;
    return (int32_t)(average + (delta >> (shift & 31)));
}

/* Drops low bits of a sample and passes the loss on to the next one. */
int quantize_with_residual(int16_t sample, unsigned drop_bits, int *residual) {
    unsigned shift = drop_bits > 15 ? 15 : drop_bits;
    int wanted = (int)((unsigned)sample + (unsigned)*residual);
    int level = wanted >> shift;
    *residual = wanted - (int)((unsigned)level << shift);
    return level;
}

/* Arithmetic shift right that rounds halves to even. */
int32_t shift_right_half_even(int32_t x, uint8_t shift) {
    if (shift == 0)
        return x;
    if (shift > 30)
        return 0;
    uint32_t half = 1u << (shift - 1);
    uint32_t lost = (uint32_t)x & ((half << 1) - 1);
    int32_t q = x >> shift;
    if (lost > half || (lost == half && (q & 1)))
        q++;
    return q;
}

/* Parabola approximation of sin: a full turn is 65536, 1.0 is 4096. */
int16_t q12_sine_parabola(uint16_t angle) {
    int32_t x = angle & 0x7fff;
    int32_t y = (x * (0x8000 - x)) >> 16;
    return (int16_t)(angle & 0x8000 ? -y : y);
}

unsigned retry_delay_ms(unsigned attempt, unsigned base_ms, unsigned ceiling_ms) {
    unsigned delay = base_ms;
    while (attempt-- > 0 && delay != 0) {
        if (delay >= ceiling_ms / 2)
            return ceiling_ms;
        delay <<= 1;
    }
    return delay < ceiling_ms ? delay : ceiling_ms;
}
