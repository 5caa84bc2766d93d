pub fn threshold_pixels(px: &mut [u8], level: u8) -> usize {
    let mut white = 0;
    for p in px.iter_mut() {
        if *p >= level {
            *p = 255;
            white += 1;
        } else {
            *p = 0;
        }
    }
    white
}

pub fn blend_with_alpha(dst: &mut [u8], src: &[u8], alpha: u8) {
    let alpha = alpha as u32;
    for (d, &s) in dst.iter_mut().zip(src) {
        let mix = *d as u32 * (255 - alpha) + s as u32 * alpha;
        *d = ((mix + 127) / 255) as u8;
    }
}

/// Mean over the radius, borders repeated.
pub fn box_blur_line(src: &[u8], dst: &mut [u8], radius: u8) {
    let n = src.len() as i32;
    let radius = radius as i32;
    for i in 0..n {
        let mut sum = 0;
        for k in i - radius..=i + radius {
            sum += src[k.clamp(0, n - 1) as usize] as i32;
        }
        dst[i as usize] = (sum / (2 * radius + 1)) as u8;
    }
}

pub fn stretch_contrast(px: &mut [u8]) {
    let mut lo = 255u8;
    let mut hi = 0u8;
    for &p in px.iter() {
        lo = lo.min(p);
        hi = hi.max(p);
    }
    if lo >= hi {
        return;
    }
    let range = (hi - lo) as u32;
    for p in px.iter_mut() {
        *p = ((*p - lo) as u32 * 255 / range) as u8;
    }
}

/// Scales the distance from mid grey by percent / 100, saturating.
pub fn adjust_contrast(px: &mut [u8], percent: i16) {
    for p in px.iter_mut() {
        let v = 128 + (*p as i32 - 128) * percent as i32 / 100;
        *p = v.clamp(0, 255) as u8;
    }
}

pub fn rgb_to_luma(luma: &mut [u8], rgb: &[u8]) -> i32 {
    let mut pixels = 0;
    for (out, p) in luma.iter_mut().zip(rgb.chunks_exact(3)) {
        let weighted = 77 * p[0] as u32 + 150 * p[1] as u32 + 29 * p[2] as u32;
        *out = (weighted >> 8) as u8;
        pixels += 1;
    }
    pixels
}

/// Multiplies r, g and b of every RGBA pixel by its alpha.
pub fn premultiply_rgba(px: &mut [u8]) {
    for pixel in px.chunks_exact_mut(4) {
        let alpha = pixel[3] as u32;
        if alpha == 255 {
            continue;
        }
        for c in &mut pixel[..3] {
            let t = *c as u32 * alpha + 128;
            *c = ((t + (t >> 8)) >> 8) as u8;
        }
    }
}

/// Otsu: the level that best separates dark from light.
pub fn otsu_level(px: &[u8]) -> i32 {
    let mut hist = [0u32; 256];
    let mut total = 0.0f64;
    for &p in px {
        hist[p as usize] += 1;
        total += p as f64;
    }

    let mut dark = 0u32;
    let mut dark_sum = 0.0;
    let mut best = -1.0;
    let mut level = 0;
    for (t, &count) in hist.iter().enumerate() {
        dark += count;
        if dark == 0 {
            continue;
        }
        let light = px.len() as u32 - dark;
        if light == 0 {
            break;
        }
        dark_sum += t as f64 * count as f64;
        let diff = dark_sum / dark as f64 - (total - dark_sum) / light as f64;
        let between = dark as f64 * light as f64 * diff * diff;
        if between > best {
            best = between;
            level = t as i32;
        }
    }
    level
}

pub fn mirror_rows(px: &mut [u8], width: i32) {
    if width <= 0 {
        return;
    }
    for row in px.chunks_exact_mut(width as usize) {
        row.reverse();
    }
}

pub fn downsample_half(dst: &mut [u8], src: &[u8], width: i32) -> bool {
    if width < 2 || width % 2 != 0 {
        return false;
    }
    let width = width as usize;
    let half = width / 2;
    let rows = src.len() / width / 2;
    if dst.len() / half < rows {
        return false;
    }
    for y in 0..rows {
        let (upper, lower) = src[2 * y * width..][..2 * width].split_at(width);
        for x in 0..half {
            let sum = upper[2 * x] as u32
                + upper[2 * x + 1] as u32
                + lower[2 * x] as u32
                + lower[2 * x + 1] as u32;
            dst[y * half + x] = ((sum + 2) / 4) as u8;
        }
    }
    true
}

/// To black and white, carrying the error on to the next pixel.
pub fn dither_line(px: &mut [u8]) {
    let mut error = 0;
    for p in px.iter_mut() {
        let want = *p as i32 + error;
        let got = if want > 127 { 255u8 } else { 0 };
        error = want - got as i32;
        *p = got;
    }
}

pub fn sobel_magnitude_at(px: &[u8], width: i32, x: i32, y: i32) -> i32 {
    let n = px.len() as i32;
    if width < 3 || n / width < 3 {
        return 0;
    }
    let height = n / width;
    if x < 1 || x >= width - 1 || y < 1 || y >= height - 1 {
        return 0;
    }

    let at = |x: i32, y: i32| px[(y * width + x) as usize] as i32;
    let mut gx = 0;
    let mut gy = 0;
    for k in -1..=1 {
        let w = if k == 0 { 2 } else { 1 };
        gx += w * (at(x + 1, y + k) - at(x - 1, y + k));
        gy += w * (at(x + k, y + 1) - at(x + k, y - 1));
    }
    (gx.abs() + gy.abs()).min(255)
}

pub fn pack_rgb565(dst: &mut [u16], rgb: &[u8]) -> i32 {
    let mut w = 0;
    for (out, p) in dst.iter_mut().zip(rgb.chunks_exact(3)) {
        let (r, g, b) = (p[0] as u16, p[1] as u16, p[2] as u16);
        *out = (r >> 3) << 11 | (g >> 2) << 5 | b >> 3;
        w += 1;
    }
    w
}

/// Fills the part of the rectangle that lies inside; returns its area.
pub fn fill_rect_clipped(px: &mut [u8], width: i32, x: i32, y: i32, w: i16, h: i16, ink: u8) -> i32 {
    if width <= 0 || w <= 0 || h <= 0 {
        return 0;
    }
    let height = px.len() as i32 / width;
    let left = x.max(0);
    let top = y.max(0);
    let right = x.saturating_add(w as i32).min(width);
    let bottom = y.saturating_add(h as i32).min(height);

    if left >= right || top >= bottom {
        return 0;
    }
    for row in top..bottom {
        for col in left..right {
            px[(row * width + col) as usize] = ink;
        }
    }
    (right - left) * (bottom - top)
}

/// Bresenham between two points inside the picture.
pub fn draw_line_pixels(px: &mut [u8], width: i32, x0: u8, y0: u8, x1: u8, y1: u8) -> i32 {
    if width <= 0 {
        return 0;
    }
    let height = px.len() as i32 / width;
    let (mut x, mut y) = (x0 as i32, y0 as i32);
    let (x1, y1) = (x1 as i32, y1 as i32);
    let dx = (x1 - x).abs();
    let dy = -(y1 - y).abs();
    let sx = if x < x1 { 1 } else { -1 };
    let sy = if y < y1 { 1 } else { -1 };
    let mut err = dx + dy;
    let mut drawn = 0;

    loop {
        if x < width && y < height {
            px[(y * width + x) as usize] = 255;
            drawn += 1;
        }
        if x == x1 && y == y1 {
            return drawn;
        }
        let twice = 2 * err;
        if twice >= dy {
            err += dy;
            x += sx;
        }
        if twice <= dx {
            err += dx;
            y += sy;
        }
    }
}
