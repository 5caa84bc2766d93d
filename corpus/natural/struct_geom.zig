const std = @import("std");

const Point = extern struct { x: i32, y: i32 };
const Rect = extern struct { left: i32, top: i32, right: i32, bottom: i32 };
const Vec3 = extern struct { x: f32, y: f32, z: f32 };
const Complex = extern struct { re: f64, im: f64 };
const Mat2 = extern struct { a: f64, b: f64, c: f64, d: f64 };
const Quat = extern struct { w: f32, x: f32, y: f32, z: f32 };
const Color = extern struct { r: u8, g: u8, b: u8, a: u8 };

fn rect_is_empty(r: *const Rect) bool {
    return r.right <= r.left or r.bottom <= r.top;
}

/// Common part of two rectangles; false and an empty one if there is none.
fn rect_intersect(a: *const Rect, b: *const Rect, out: *Rect) bool {
    out.left = @max(a.left, b.left);
    out.top = @max(a.top, b.top);
    out.right = @min(a.right, b.right);
    out.bottom = @min(a.bottom, b.bottom);
    if (!rect_is_empty(out)) return true;
    out.right = out.left;
    out.bottom = out.top;
    return false;
}

fn rect_area(r: *const Rect) i64 {
    if (rect_is_empty(r)) return 0;
    return (@as(i64, r.right) - r.left) *% (@as(i64, r.bottom) - r.top);
}

fn rect_contains_point(r: *const Rect, p: *const Point) bool {
    return p.x >= r.left and p.x < r.right and p.y >= r.top and p.y < r.bottom;
}

/// Bounding box of a set of points, the right and bottom edges are outside.
fn bounding_box(points: []const Point, bounds: *Rect) bool {
    if (points.len == 0) return false;
    const first = points[0];
    bounds.* = .{ .left = first.x, .top = first.y, .right = first.x, .bottom = first.y };
    for (points[1..]) |p| {
        if (p.x < bounds.left) {
            bounds.left = p.x;
        } else if (p.x > bounds.right) {
            bounds.right = p.x;
        }
        if (p.y < bounds.top) {
            bounds.top = p.y;
        } else if (p.y > bounds.bottom) {
            bounds.bottom = p.y;
        }
    }
    bounds.right +%= 1;
    bounds.bottom +%= 1;
    return true;
}

/// Twice the signed area of a polygon, by the shoelace formula.
fn polygon_area_doubled(v: []const Point) i64 {
    var sum: i64 = 0;
    var prev = v.len -% 1;
    for (v, 0..) |p, i| {
        const q = v[prev];
        sum +%= @as(i64, q.x) *% p.y -% @as(i64, p.x) *% q.y;
        prev = i;
    }
    return sum;
}

/// Index of the point nearest to the target, the first of equals; -1 without points.
fn nearest_point(points: []const Point, target: *const Point) i32 {
    var best: i32 = -1;
    var best_distance: u64 = std.math.maxInt(u64);
    for (points, 0..) |p, i| {
        const dx = @as(i64, p.x) - target.x;
        const dy = @as(i64, p.y) - target.y;
        const distance: u64 = @bitCast(dx *% dx +% dy *% dy);
        if (distance < best_distance) {
            best_distance = distance;
            best = @intCast(i);
        }
    }
    return best;
}

fn vec3_dot(a: *const Vec3, b: *const Vec3) f32 {
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

fn vec3_cross(a: *const Vec3, b: *const Vec3, out: *Vec3) void {
    const x = a.y * b.z - a.z * b.y;
    const y = a.z * b.x - a.x * b.z;
    const z = a.x * b.y - a.y * b.x;
    out.* = .{ .x = x, .y = y, .z = z };
}

/// Mirrors v at a plane with the given unit normal.
fn vec3_reflect(v: *Vec3, normal: *const Vec3) void {
    const k = 2.0 * vec3_dot(v, normal);
    v.x -= k * normal.x;
    v.y -= k * normal.y;
    v.z -= k * normal.z;
}

fn complex_divide(a: *const Complex, b: *const Complex, out: *Complex) bool {
    const norm = b.re * b.re + b.im * b.im;
    if (norm == 0.0) return false;
    out.re = (a.re * b.re + a.im * b.im) / norm;
    out.im = (a.im * b.re - a.re * b.im) / norm;
    return true;
}

/// Iterations of z*z + c until it escapes, at most limit.
fn escape_time(c: *const Complex, limit: u32) u32 {
    var z = Complex{ .re = 0.0, .im = 0.0 };
    const most = @min(limit, 500);
    var i: u32 = 0;
    while (i < most) : (i += 1) {
        const re2 = z.re * z.re;
        const im2 = z.im * z.im;
        if (re2 + im2 > 4.0) break;
        z.im = 2.0 * z.re * z.im + c.im;
        z.re = re2 - im2 + c.re;
    }
    return i;
}

fn mat2_multiply(m: *Mat2, by: *const Mat2) void {
    const a = m.a * by.a + m.b * by.c;
    const b = m.a * by.b + m.b * by.d;
    const c = m.c * by.a + m.d * by.c;
    const d = m.c * by.b + m.d * by.d;
    m.* = .{ .a = a, .b = b, .c = c, .d = d };
}

fn mat2_invert(m: *Mat2) bool {
    const det = m.a * m.d - m.b * m.c;
    if (det > -1e-12 and det < 1e-12) return false;
    const a = m.a;
    m.a = m.d / det;
    m.b = -m.b / det;
    m.c = -m.c / det;
    m.d = a / det;
    return true;
}

fn quat_multiply(p: *const Quat, q: *const Quat, out: *Quat) void {
    out.w = p.w * q.w - p.x * q.x - p.y * q.y - p.z * q.z;
    out.x = p.w * q.x + p.x * q.w + p.y * q.z - p.z * q.y;
    out.y = p.w * q.y - p.x * q.z + p.y * q.w + p.z * q.x;
    out.z = p.w * q.z + p.x * q.y - p.y * q.x + p.z * q.w;
}

fn mix_channel(from: u8, to: u8, alpha: u8) u8 {
    const t = @as(u32, to) * alpha + @as(u32, from) * (255 - alpha) + 128;
    return @truncate((t + (t >> 8)) >> 8);
}

/// Source over destination, with the alpha of the source.
fn color_blend_over(dst: *Color, src: *const Color) void {
    if (src.a == 255) {
        dst.* = src.*;
        return;
    }
    dst.r = mix_channel(dst.r, src.r, src.a);
    dst.g = mix_channel(dst.g, src.g, src.a);
    dst.b = mix_channel(dst.b, src.b, src.a);
    dst.a = src.a +% mix_channel(0, dst.a, 255 - src.a);
}

fn fade_to_grey(pixels: []Color) void {
    for (pixels) |*p| {
        const luma = (@as(u32, p.r) * 77 + @as(u32, p.g) * 150 + @as(u32, p.b) * 29) >> 8;
        if (p.a == 0) continue;
        p.r = @intCast((p.r + luma) / 2);
        p.g = @intCast((p.g + luma) / 2);
        p.b = @intCast((p.b + luma) / 2);
    }
}
