#[repr(C)]
#[derive(Clone, Copy)]
pub struct Point {
    pub x: i32,
    pub y: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Rect {
    pub left: i32,
    pub top: i32,
    pub right: i32,
    pub bottom: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Vec3 {
    pub x: f32,
    pub y: f32,
    pub z: f32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Complex {
    pub re: f64,
    pub im: f64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Mat2 {
    pub a: f64,
    pub b: f64,
    pub c: f64,
    pub d: f64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Quat {
    pub w: f32,
    pub x: f32,
    pub y: f32,
    pub z: f32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Color {
    pub r: u8,
    pub g: u8,
    pub b: u8,
    pub a: u8,
}

pub fn rect_is_empty(r: &Rect) -> bool {
    r.right <= r.left || r.bottom <= r.top
}

/// Common part of two rectangles; false and an empty one if there is none.
pub fn rect_intersect(a: &Rect, b: &Rect, out: &mut Rect) -> bool {
    out.left = a.left.max(b.left);
    out.top = a.top.max(b.top);
    out.right = a.right.min(b.right);
    out.bottom = a.bottom.min(b.bottom);
    if !rect_is_empty(out) {
        return true;
    }
    out.right = out.left;
    out.bottom = out.top;
    false
}

pub fn rect_area(r: &Rect) -> i64 {
    if rect_is_empty(r) {
        return 0;
    }
    (r.right as i64 - r.left as i64) * (r.bottom as i64 - r.top as i64)
}

pub fn rect_contains_point(r: &Rect, p: &Point) -> bool {
    p.x >= r.left && p.x < r.right && p.y >= r.top && p.y < r.bottom
}

/// Bounding box of a set of points, the right and bottom edges are outside.
pub fn bounding_box(points: &[Point], bounds: &mut Rect) -> bool {
    if points.is_empty() {
        return false;
    }
    bounds.left = points[0].x;
    bounds.right = points[0].x;
    bounds.top = points[0].y;
    bounds.bottom = points[0].y;
    for p in &points[1..] {
        if p.x < bounds.left {
            bounds.left = p.x;
        } else if p.x > bounds.right {
            bounds.right = p.x;
        }
        if p.y < bounds.top {
            bounds.top = p.y;
        } else if p.y > bounds.bottom {
            bounds.bottom = p.y;
        }
    }
    bounds.right = bounds.right.wrapping_add(1);
    bounds.bottom = bounds.bottom.wrapping_add(1);
    true
}

/// Twice the signed area of a polygon, by the shoelace formula.
pub fn polygon_area_doubled(v: &[Point]) -> i64 {
    let mut sum = 0i64;
    let mut prev = v.len().wrapping_sub(1);
    for i in 0..v.len() {
        let cross = (v[prev].x as i64 * v[i].y as i64).wrapping_sub(v[i].x as i64 * v[prev].y as i64);
        sum = sum.wrapping_add(cross);
        prev = i;
    }
    sum
}

/// Index of the point nearest to the target, the first of equals; -1 without points.
pub fn nearest_point(points: &[Point], target: &Point) -> i32 {
    let mut best = -1;
    let mut best_distance = u64::MAX;
    for (i, p) in points.iter().enumerate() {
        let dx = p.x as i64 - target.x as i64;
        let dy = p.y as i64 - target.y as i64;
        let distance = (dx.wrapping_mul(dx) as u64).wrapping_add(dy.wrapping_mul(dy) as u64);
        if distance < best_distance {
            best_distance = distance;
            best = i as i32;
        }
    }
    best
}

pub fn vec3_dot(a: &Vec3, b: &Vec3) -> f32 {
    a.x * b.x + a.y * b.y + a.z * b.z
}

pub fn vec3_cross(a: &Vec3, b: &Vec3, out: &mut Vec3) {
    *out = Vec3 {
        x: a.y * b.z - a.z * b.y,
        y: a.z * b.x - a.x * b.z,
        z: a.x * b.y - a.y * b.x,
    };
}

/// Mirrors v at a plane with the given unit normal.
pub fn vec3_reflect(v: &mut Vec3, normal: &Vec3) {
    let k = 2.0 * vec3_dot(v, normal);
    v.x -= k * normal.x;
    v.y -= k * normal.y;
    v.z -= k * normal.z;
}

pub fn complex_divide(a: &Complex, b: &Complex, out: &mut Complex) -> bool {
    let norm = b.re * b.re + b.im * b.im;
    if norm == 0.0 {
        return false;
    }
    out.re = (a.re * b.re + a.im * b.im) / norm;
    out.im = (a.im * b.re - a.re * b.im) / norm;
    true
}

/// Iterations of z*z + c until it escapes, at most limit.
pub fn escape_time(c: &Complex, limit: u32) -> u32 {
    let mut z = Complex { re: 0.0, im: 0.0 };
    let limit = limit.min(500);
    let mut i = 0;
    while i < limit {
        let re2 = z.re * z.re;
        let im2 = z.im * z.im;
        if re2 + im2 > 4.0 {
            break;
        }
        z.im = 2.0 * z.re * z.im + c.im;
        z.re = re2 - im2 + c.re;
        i += 1;
    }
    i
}

pub fn mat2_multiply(m: &mut Mat2, by: &Mat2) {
    *m = Mat2 {
        a: m.a * by.a + m.b * by.c,
        b: m.a * by.b + m.b * by.d,
        c: m.c * by.a + m.d * by.c,
        d: m.c * by.b + m.d * by.d,
    };
}

pub fn mat2_invert(m: &mut Mat2) -> bool {
    let det = m.a * m.d - m.b * m.c;
    if det > -1e-12 && det < 1e-12 {
        return false;
    }
    let a = m.a;
    m.a = m.d / det;
    m.b = -m.b / det;
    m.c = -m.c / det;
    m.d = a / det;
    true
}

pub fn quat_multiply(p: &Quat, q: &Quat, out: &mut Quat) {
    out.w = p.w * q.w - p.x * q.x - p.y * q.y - p.z * q.z;
    out.x = p.w * q.x + p.x * q.w + p.y * q.z - p.z * q.y;
    out.y = p.w * q.y - p.x * q.z + p.y * q.w + p.z * q.x;
    out.z = p.w * q.z + p.x * q.y - p.y * q.x + p.z * q.w;
}

pub fn mix_channel(from: u8, to: u8, alpha: u8) -> u8 {
    let t = to as u32 * alpha as u32 + from as u32 * (255 - alpha as u32) + 128;
    ((t + (t >> 8)) >> 8) as u8
}

/// Source over destination, with the alpha of the source.
pub fn color_blend_over(dst: &mut Color, src: &Color) {
    if src.a == 255 {
        *dst = *src;
        return;
    }
    dst.r = mix_channel(dst.r, src.r, src.a);
    dst.g = mix_channel(dst.g, src.g, src.a);
    dst.b = mix_channel(dst.b, src.b, src.a);
    dst.a = src.a.wrapping_add(mix_channel(0, dst.a, 255 - src.a));
}

pub fn fade_to_grey(pixels: &mut [Color]) {
    for p in pixels.iter_mut() {
        let luma = (p.r as u32 * 77 + p.g as u32 * 150 + p.b as u32 * 29) >> 8;
        if p.a == 0 {
            continue;
        }
        p.r = ((p.r as u32 + luma) / 2) as u8;
        p.g = ((p.g as u32 + luma) / 2) as u8;
        p.b = ((p.b as u32 + luma) / 2) as u8;
    }
}
