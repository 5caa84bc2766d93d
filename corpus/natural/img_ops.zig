const std = @import("std");

fn threshold_pixels(px: []u8, level: u8) usize {
    var white: usize = 0;
    for (px) |*p| {
        if (p.* >= level) {
            p.* = 255;
            white += 1;
        } else {
            p.* = 0;
        }
    }
    return white;
}

fn blend_with_alpha(dst: []u8, src: []const u8, alpha: u8) void {
    for (dst, src) |*d, s| {
        const mix = @as(u32, d.*) * (255 - alpha) + @as(u32, s) * alpha;
        d.* = @intCast((mix + 127) / 255);
    }
}

/// Mean over the radius, borders repeated.
fn box_blur_line(src: []const u8, dst: []u8, radius: u8) void {
    const size = 2 * @as(usize, radius) + 1;
    for (dst, 0..) |*out, i| {
        var sum: usize = 0;
        for (0..size) |k| {
            // k - radius is the distance from i
            const at = @min((i + k) -| radius, src.len - 1);
            sum += src[at];
        }
        out.* = @intCast(sum / size);
    }
}

fn stretch_contrast(px: []u8) void {
    var lo: u8 = 255;
    var hi: u8 = 0;
    for (px) |p| {
        lo = @min(lo, p);
        hi = @max(hi, p);
    }
    if (lo >= hi) return;
    for (px) |*p| {
        const scaled = @as(u32, p.* - lo) * 255 / (hi - lo);
        p.* = @intCast(scaled);
    }
}

/// Scales the distance from mid grey by percent / 100, saturating.
fn adjust_contrast(px: []u8, percent: i16) void {
    for (px) |*p| {
        const offset = (@as(i32, p.*) - 128) * percent;
        const v = 128 + @divTrunc(offset, 100);
        p.* = if (v < 0) 0 else if (v > 255) 255 else @intCast(v);
    }
}

fn rgb_to_luma(luma: []u8, rgb: []const u8) i32 {
    const pixels = @min(rgb.len / 3, luma.len);
    for (luma[0..pixels], 0..) |*out, i| {
        const p = rgb[3 * i ..][0..3];
        const weighted = 77 * @as(u32, p[0]) + 150 * @as(u32, p[1]) + 29 * @as(u32, p[2]);
        out.* = @intCast(weighted >> 8);
    }
    return @intCast(pixels);
}

/// Multiplies r, g and b of every RGBA pixel by its alpha.
fn premultiply_rgba(px: []u8) void {
    var i: usize = 0;
    while (i + 4 <= px.len) : (i += 4) {
        const alpha: u32 = px[i + 3];
        if (alpha == 255) continue;
        for (px[i..][0..3]) |*c| {
            const t = c.* * alpha + 128;
            c.* = @intCast((t + (t >> 8)) >> 8);
        }
    }
}

/// Otsu: the level that best separates dark from light.
fn otsu_level(px: []const u8) i32 {
    var hist: [256]u32 = @splat(0);
    var total: f64 = 0;
    for (px) |p| {
        hist[p] += 1;
        total += @floatFromInt(p);
    }

    var dark: u32 = 0;
    var dark_sum: f64 = 0;
    var best: f64 = -1;
    var level: i32 = 0;
    for (hist, 0..) |count, t| {
        dark += count;
        if (dark == 0) continue;
        if (dark == px.len) break;
        const dark_f: f64 = @floatFromInt(dark);
        const light_f: f64 = @floatFromInt(px.len - dark);
        dark_sum += @as(f64, @floatFromInt(t)) * @as(f64, @floatFromInt(count));
        const diff = dark_sum / dark_f - (total - dark_sum) / light_f;
        const between = dark_f * light_f * diff * diff;
        if (between > best) {
            best = between;
            level = @intCast(t);
        }
    }
    return level;
}

fn mirror_rows(px: []u8, width: i32) void {
    if (width <= 0) return;
    const w: usize = @intCast(width);
    var rest = px;
    while (rest.len >= w) : (rest = rest[w..]) {
        std.mem.reverse(u8, rest[0..w]);
    }
}

fn downsample_half(dst: []u8, src: []const u8, width: i32) bool {
    if (width < 2 or @rem(width, 2) != 0) return false;
    const w: usize = @intCast(width);
    const half = w / 2;
    const rows = src.len / w / 2;
    if (dst.len / half < rows) return false;
    for (0..rows) |y| {
        const upper = src[2 * y * w ..][0..w];
        const lower = src[(2 * y + 1) * w ..][0..w];
        for (dst[y * half ..][0..half], 0..) |*out, x| {
            var sum: u32 = upper[2 * x];
            sum += upper[2 * x + 1];
            sum += lower[2 * x];
            sum += lower[2 * x + 1];
            out.* = @intCast((sum + 2) / 4);
        }
    }
    return true;
}

/// To black and white, carrying the error on to the next pixel.
fn dither_line(px: []u8) void {
    var err: i32 = 0;
    for (px) |*p| {
        const want = err + p.*;
        const got: u8 = if (want > 127) 255 else 0;
        err = want - got;
        p.* = got;
    }
}

fn sobel_magnitude_at(px: []const u8, width: i32, x: i32, y: i32) i32 {
    const n: i32 = @intCast(px.len);
    if (width < 3 or @divTrunc(n, width) < 3) return 0;
    const height = @divTrunc(n, width);
    if (x < 1 or x >= width - 1 or y < 1 or y >= height - 1) return 0;

    var gx: i32 = 0;
    var gy: i32 = 0;
    var k: i32 = -1;
    while (k <= 1) : (k += 1) {
        const w: i32 = if (k == 0) 2 else 1;
        const east: i32 = px[@intCast((y + k) * width + x + 1)];
        const west: i32 = px[@intCast((y + k) * width + x - 1)];
        const south: i32 = px[@intCast((y + 1) * width + x + k)];
        const north: i32 = px[@intCast((y - 1) * width + x + k)];
        gx += w * (east - west);
        gy += w * (south - north);
    }
    const mag = @abs(gx) + @abs(gy);
    return if (mag > 255) 255 else @intCast(mag);
}

fn pack_rgb565(dst: []u16, rgb: []const u8) i32 {
    const pixels = @min(dst.len, rgb.len / 3);
    for (dst[0..pixels], 0..) |*out, i| {
        const r: u16 = rgb[3 * i] >> 3;
        const g: u16 = rgb[3 * i + 1] >> 2;
        const b: u16 = rgb[3 * i + 2] >> 3;
        out.* = r << 11 | g << 5 | b;
    }
    return @intCast(pixels);
}

/// Fills the part of the rectangle that lies inside; returns its area.
fn fill_rect_clipped(px: []u8, width: i32, x: i32, y: i32, w: i16, h: i16, ink: u8) i32 {
    if (width <= 0 or w <= 0 or h <= 0) return 0;
    const n: i32 = @intCast(px.len);
    const height = @divTrunc(n, width);
    const left = @max(x, 0);
    const top = @max(y, 0);
    const right = @min(x +| w, width);
    const bottom = @min(y +| h, height);
    if (left >= right or top >= bottom) return 0;

    var row: i32 = top;
    while (row < bottom) : (row += 1) {
        const start: usize = @intCast(row * width + left);
        const end: usize = @intCast(row * width + right);
        @memset(px[start..end], ink);
    }
    return (right - left) * (bottom - top);
}

/// Bresenham between two points inside the picture.
fn draw_line_pixels(px: []u8, width: i32, x0: u8, y0: u8, x1: u8, y1: u8) i32 {
    if (width <= 0) return 0;
    const n: i32 = @intCast(px.len);
    const height = @divTrunc(n, width);
    var x: i32 = x0;
    var y: i32 = y0;
    const dx = if (x1 > x0) x1 - x else x - x1;
    const dy = if (y1 > y0) y - y1 else y1 - y;
    const sx: i32 = if (x0 < x1) 1 else -1;
    const sy: i32 = if (y0 < y1) 1 else -1;
    var err = dx + dy;
    var drawn: i32 = 0;

    while (true) {
        if (x < width and y < height) {
            px[@intCast(y * width + x)] = 255;
            drawn += 1;
        }
        if (x == x1 and y == y1) return drawn;
        const twice = 2 * err;
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
