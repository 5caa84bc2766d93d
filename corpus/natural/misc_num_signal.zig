const std = @import("std");

const PcgState = extern struct { state: u64, stream: u64 };
const Rgb8 = extern struct { r: u8, g: u8, b: u8 };

fn xorshift32_next(state: *u32) u32 {
    var x: u32 = if (state.* != 0) state.* else 2463534242;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    state.* = x;
    return x;
}

fn splitmix64_next(state: *u64) u64 {
    state.* +%= 0x9e3779b97f4a7c15;
    var z = state.*;
    z = (z ^ (z >> 30)) *% 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) *% 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

fn pcg32_next(rng: *PcgState) u32 {
    const old = rng.state;
    rng.state = old *% 6364136223846793005 +% (rng.stream | 1);
    const xorshifted: u32 = @truncate(((old >> 18) ^ old) >> 27);
    const rot: u5 = @intCast(old >> 59);
    return (xorshifted >> rot) | (xorshifted << (0 -% rot));
}

/// Steps a 16 bit Galois register until it produced eight bits.
fn lfsr16_next_byte(reg: *u16) u8 {
    var byte: u8 = 0;
    for (0..8) |_| {
        const lsb: u1 = @truncate(reg.*);
        reg.* >>= 1;
        if (lsb != 0) reg.* ^= 0xb400;
        byte = byte << 1 | lsb;
    }
    return byte;
}

/// Die rolls in [1, sides] from a linear congruential generator; returns the next seed.
fn roll_dice(rolls: []u8, seed: u32, sides: u8) u32 {
    var state = seed;
    for (rolls) |*roll| {
        state = state *% 1664525 +% 1013904223;
        roll.* = @truncate(1 + (((state >> 16) * sides) >> 16));
    }
    return state;
}

fn rgb8_to_565(color: *const Rgb8) u16 {
    return @as(u16, color.r & 0xf8) << 8 | @as(u16, color.g & 0xfc) << 3 | color.b >> 3;
}

/// Repeats the top bits in the low ones so that white stays white.
fn unpack_rgb565(pixel: u16, color: *Rgb8) void {
    const r = pixel >> 11;
    const g = (pixel >> 5) & 0x3f;
    const b = pixel & 0x1f;
    color.r = @intCast(r << 3 | r >> 2);
    color.g = @intCast(g << 2 | g >> 4);
    color.b = @intCast(b << 3 | b >> 2);
}

/// Blends two pixels with alpha 0..32, all three channels in one multiplication.
fn blend_rgb565_fast(fg: u16, bg: u16, alpha: u8) u16 {
    if (alpha >= 32) return fg;
    const f = (fg | @as(u32, fg) << 16) & 0x07e0f81f;
    const b = (bg | @as(u32, bg) << 16) & 0x07e0f81f;
    const mixed = (((f -% b) *% alpha >> 5) +% b) & 0x07e0f81f;
    return @truncate(mixed | mixed >> 16);
}

/// Source-over for one 8 bit channel, exact division by 255.
fn over_channel(src: u8, dst: u8, alpha: u8) u8 {
    const t = @as(u32, src) * alpha + @as(u32, dst) * (255 - alpha) + 128;
    return @intCast((t + (t >> 8)) >> 8);
}

fn premultiply_argb(argb: u32) u32 {
    const alpha = argb >> 24;
    if (alpha == 255) return argb;
    var rb = (argb & 0x00ff00ff) * alpha + 0x00800080;
    rb = (rb + ((rb >> 8) & 0x00ff00ff)) >> 8;
    var g = ((argb >> 8) & 0xff) * alpha + 0x80;
    g = (g + (g >> 8)) & 0xff00;
    return alpha << 24 | (rb & 0x00ff00ff) | g;
}

/// BT.601 luma over packed RGB triples.
fn rgb_row_to_luma(luma: []u8, rgb: []const u8) void {
    const pixels = @min(luma.len, rgb.len / 3);
    for (luma[0..pixels], 0..) |*y, i| {
        const px = rgb[3 * i ..][0..3];
        y.* = @intCast((77 * @as(u32, px[0]) + 150 * @as(u32, px[1]) + 29 * @as(u32, px[2])) >> 8);
    }
}

/// Hue in degrees, -1 for grey.
fn hue_degrees(c: *const Rgb8) i32 {
    const r: i32 = c.r;
    const g: i32 = c.g;
    const b: i32 = c.b;
    const max = @max(r, g, b);
    const chroma = max - @min(r, g, b);
    if (chroma == 0) return -1;
    const hue = if (max == r)
        @divTrunc(60 * (g - b), chroma)
    else if (max == g)
        120 + @divTrunc(60 * (b - r), chroma)
    else
        240 + @divTrunc(60 * (r - g), chroma);
    return if (hue < 0) hue + 360 else hue;
}

/// G.711 compression of one linear sample.
fn ulaw_compress(sample: i16) u8 {
    const sign: u32 = if (sample < 0) 0x80 else 0;
    const magnitude: u32 = @min(@as(u32, @abs(sample)), 32635) + 0x84;
    var exponent: u5 = 7;
    var probe: u32 = 0x4000;
    while (magnitude & probe == 0 and exponent > 0) : (probe >>= 1) exponent -= 1;
    const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
    return ~@as(u8, @intCast(sign | @as(u32, exponent) << 4 | mantissa));
}

fn ulaw_expand(code: u8) i16 {
    const bits = ~code;
    const segment: u3 = @truncate(bits >> 4);
    const step = (@as(i32, bits & 0x0f) << 3) + 0x84;
    const level = (step << segment) - 0x84;
    return @intCast(if (bits & 0x80 != 0) -level else level);
}

/// Adds a track to the mix with a Q8 gain; returns how many samples clipped.
fn mix_track(mix: []i16, track: []const i16, gain: i16) i32 {
    var clipped: i32 = 0;
    for (mix, track) |*out, in| {
        const sum = out.* + ((@as(i64, in) *% gain) >> 8);
        const bounded = std.math.clamp(sum, -32768, 32767);
        if (bounded != sum) clipped += 1;
        out.* = @intCast(bounded);
    }
    return clipped;
}

fn fade_out_linear(samples: []i16) void {
    const n: i64 = @intCast(samples.len);
    for (samples, 0..) |*s, i| {
        const left = n - @as(i64, @intCast(i));
        s.* = @intCast(@divTrunc(s.* *% left, n));
    }
}

/// Folds interleaved stereo to mono in place; returns the number of frames.
fn stereo_to_mono(samples: []i16) i32 {
    const frames = samples.len / 2;
    for (0..frames) |f| {
        const sum = @as(i32, samples[2 * f]) + samples[2 * f + 1];
        samples[f] = @intCast(@divTrunc(sum, 2));
    }
    return @intCast(frames);
}

/// Tenths of a degree Celsius to tenths of a degree Fahrenheit, rounded.
fn tenths_c_to_f(tenths: i16) i32 {
    const scaled = @as(i32, tenths) * 9;
    const bias: i32 = if (scaled >= 0) 2 else -2;
    return @divTrunc(scaled + bias, 5) + 320;
}

/// Splits millimetres into feet and sixteenths of an inch.
fn mm_to_feet(mm: u32, sixteenths: *u32) u32 {
    const total = (@as(u64, mm) *% 160 + 127) / 254;
    sixteenths.* = @intCast(total % 192);
    return @intCast(total / 192);
}

/// Scales bytes down to a binary unit: returns tenths, power.* is 0 for B, 1 for KiB, ...
fn humanize_bytes(bytes: u64, power: *u8) u32 {
    var whole = bytes;
    var rest: u32 = 0;
    var p: u8 = 0;
    while (whole >= 1024) : (p += 1) {
        rest = @intCast(whole & 1023);
        whole >>= 10;
    }
    power.* = p;
    return @as(u32, @intCast(whole)) * 10 + rest * 10 / 1024;
}
