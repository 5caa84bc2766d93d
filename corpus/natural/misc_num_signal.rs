#[repr(C)]
#[derive(Clone, Copy)]
pub struct PcgState {
    pub state: u64,
    pub stream: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Rgb8 {
    pub r: u8,
    pub g: u8,
    pub b: u8,
}

pub unsafe fn xorshift32_next(state: *mut u32) -> u32 {
    let mut x = match *state {
        0 => 2463534242,
        s => s,
    };
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    *state = x;
    x
}

pub unsafe fn splitmix64_next(state: *mut u64) -> u64 {
    *state = (*state).wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

pub fn pcg32_next(rng: &mut PcgState) -> u32 {
    let old = rng.state;
    rng.state = old.wrapping_mul(6364136223846793005).wrapping_add(rng.stream | 1);
    let xorshifted = (((old >> 18) ^ old) >> 27) as u32;
    xorshifted.rotate_right((old >> 59) as u32)
}

/// Steps a 16 bit Galois register until it produced eight bits.
pub unsafe fn lfsr16_next_byte(reg: *mut u16) -> u8 {
    let mut byte = 0u8;
    let mut bits = *reg;
    for _ in 0..8 {
        let lsb = bits & 1;
        bits >>= 1;
        if lsb != 0 {
            bits ^= 0xb400;
        }
        byte = byte << 1 | lsb as u8;
    }
    *reg = bits;
    byte
}

/// Die rolls in [1, sides] from a linear congruential generator; returns the next seed.
pub fn roll_dice(rolls: &mut [u8], mut seed: u32, sides: u8) -> u32 {
    for roll in rolls.iter_mut() {
        seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
        *roll = (1 + (((seed >> 16) * sides as u32) >> 16)) as u8;
    }
    seed
}

pub fn rgb8_to_565(color: &Rgb8) -> u16 {
    (color.r as u16 & 0xf8) << 8 | (color.g as u16 & 0xfc) << 3 | color.b as u16 >> 3
}

/// Repeats the top bits in the low ones so that white stays white.
pub fn unpack_rgb565(packed: u16, color: &mut Rgb8) {
    let r = packed >> 11;
    let g = (packed >> 5) & 0x3f;
    let b = packed & 0x1f;
    color.r = (r << 3 | r >> 2) as u8;
    color.g = (g << 2 | g >> 4) as u8;
    color.b = (b << 3 | b >> 2) as u8;
}

/// Blends two pixels with alpha 0..32, all three channels in one multiplication.
pub fn blend_rgb565_fast(fg: u16, bg: u16, alpha: u8) -> u16 {
    if alpha >= 32 {
        return fg;
    }
    let f = (fg as u32 | (fg as u32) << 16) & 0x07e0_f81f;
    let b = (bg as u32 | (bg as u32) << 16) & 0x07e0_f81f;
    let delta = f.wrapping_sub(b).wrapping_mul(alpha as u32) >> 5;
    let mixed = delta.wrapping_add(b) & 0x07e0_f81f;
    (mixed | mixed >> 16) as u16
}

/// Source-over for one 8 bit channel, exact division by 255.
pub fn over_channel(src: u8, dst: u8, alpha: u8) -> u8 {
    let t = src as u32 * alpha as u32 + dst as u32 * (255 - alpha) as u32 + 128;
    ((t + (t >> 8)) >> 8) as u8
}

pub fn premultiply_argb(argb: u32) -> u32 {
    let alpha = argb >> 24;
    if alpha == 255 {
        return argb;
    }
    let mut rb = (argb & 0x00ff_00ff) * alpha + 0x0080_0080;
    rb = (rb + ((rb >> 8) & 0x00ff_00ff)) >> 8;
    let mut g = ((argb >> 8) & 0xff) * alpha + 0x80;
    g = (g + (g >> 8)) & 0xff00;
    alpha << 24 | (rb & 0x00ff_00ff) | g
}

/// BT.601 luma over packed RGB triples.
pub fn rgb_row_to_luma(luma: &mut [u8], rgb: &[u8]) {
    for (y, px) in luma.iter_mut().zip(rgb.chunks_exact(3)) {
        *y = ((77 * px[0] as u32 + 150 * px[1] as u32 + 29 * px[2] as u32) >> 8) as u8;
    }
}

/// Hue in degrees, -1 for grey.
pub fn hue_degrees(c: &Rgb8) -> i32 {
    let (r, g, b) = (c.r as i32, c.g as i32, c.b as i32);
    let max = r.max(g).max(b);
    let chroma = max - r.min(g).min(b);
    if chroma == 0 {
        return -1;
    }
    let hue = if max == r {
        60 * (g - b) / chroma
    } else if max == g {
        120 + 60 * (b - r) / chroma
    } else {
        240 + 60 * (r - g) / chroma
    };
    if hue < 0 {
        hue + 360
    } else {
        hue
    }
}

/// G.711 compression of one linear sample.
pub fn ulaw_compress(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = (sample as i32).abs().min(32635) + 0x84;
    let mut exponent = 7;
    let mut probe = 0x4000;
    while magnitude & probe == 0 && exponent > 0 {
        exponent -= 1;
        probe >>= 1;
    }
    let mantissa = (magnitude >> (exponent + 3)) & 0x0f;
    !((sign | exponent << 4 | mantissa) as u8)
}

pub fn ulaw_expand(code: u8) -> i16 {
    let code = !code as i32;
    let segment = (code & 0x70) >> 4;
    let level = ((((code & 0x0f) << 3) + 0x84) << segment) - 0x84;
    if code & 0x80 != 0 {
        -level as i16
    } else {
        level as i16
    }
}

/// Adds a track to the mix with a Q8 gain; returns how many samples clipped.
pub fn mix_track(mix: &mut [i16], track: &[i16], gain: i16) -> i32 {
    let mut clipped = 0;
    for (out, &input) in mix.iter_mut().zip(track) {
        let sum = *out as i64 + ((input as i64 * gain as i64) >> 8);
        *out = match i16::try_from(sum) {
            Ok(s) => s,
            Err(_) => {
                clipped += 1;
                if sum < 0 {
                    i16::MIN
                } else {
                    i16::MAX
                }
            }
        };
    }
    clipped
}

pub fn fade_out_linear(samples: &mut [i16]) {
    let n = samples.len() as i64;
    for (i, s) in samples.iter_mut().enumerate() {
        *s = (*s as i64 * (n - i as i64) / n) as i16;
    }
}

/// Folds interleaved stereo to mono in place; returns the number of frames.
pub fn stereo_to_mono(samples: &mut [i16]) -> i32 {
    let frames = samples.len() / 2;
    for f in 0..frames {
        let sum = samples[2 * f] as i32 + samples[2 * f + 1] as i32;
        samples[f] = (sum / 2) as i16;
    }
    frames as i32
}

/// Tenths of a degree Celsius to tenths of a degree Fahrenheit, rounded.
pub fn tenths_c_to_f(tenths: i16) -> i32 {
    let scaled = tenths as i32 * 9;
    let bias = if scaled >= 0 { 2 } else { -2 };
    (scaled + bias) / 5 + 320
}

/// Splits millimetres into feet and sixteenths of an inch.
pub unsafe fn mm_to_feet(mm: u32, sixteenths: *mut u32) -> u32 {
    let total = (mm as u64 * 160 + 127) / 254;
    *sixteenths = (total % 192) as u32;
    (total / 192) as u32
}

/// Scales bytes down to a binary unit: returns tenths, *power is 0 for B, 1 for KiB, ...
pub unsafe fn humanize_bytes(mut bytes: u64, power: *mut u8) -> u32 {
    let mut p = 0;
    let mut rest = 0;
    while bytes >= 1024 {
        rest = (bytes & 1023) as u32;
        bytes >>= 10;
        p += 1;
    }
    *power = p;
    bytes as u32 * 10 + rest * 10 / 1024
}
