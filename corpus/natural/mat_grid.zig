const std = @import("std");

fn matrix_trace(m: []const i32, dim: i32) i64 {
    if (dim <= 0) return 0;
    const size: usize = @intCast(dim);
    if (m.len / size < size) return 0;
    var trace: i64 = 0;
    for (0..size) |i| trace += m[i * (size + 1)];
    return trace;
}

fn transpose_into(src: []const i32, dst: []i32, rows: i32, cols: i32) bool {
    if (rows <= 0 or cols <= 0) return false;
    const h: usize = @intCast(rows);
    const w: usize = @intCast(cols);
    if (src.len / w < h) return false;
    for (0..h) |r| {
        for (0..w) |c| dst[c * h + r] = src[r * w + c];
    }
    return true;
}

fn square_matmul(out: []f32, a: []const f32, b: []const f32, dim: i32) bool {
    if (dim <= 0) return false;
    const size: usize = @intCast(dim);
    if (out.len / size < size) return false;
    for (0..size) |i| {
        for (0..size) |j| {
            var acc: f32 = 0;
            for (0..size) |k| {
                acc += a[i * size + k] * b[k * size + j];
            }
            out[i * size + j] = acc;
        }
    }
    return true;
}

fn richest_row(m: []const i32, rows: i32, cols: i32) i32 {
    if (rows <= 0 or cols <= 0) return -1;
    const h: usize = @intCast(rows);
    const w: usize = @intCast(cols);
    if (m.len / w < h) return -1;
    var best_row: usize = 0;
    var best: i64 = std.math.minInt(i64);

    for (0..h) |r| {
        var sum: i64 = 0;
        for (m[r * w ..][0..w]) |v| sum += v;
        if (sum > best) {
            best = sum;
            best_row = r;
        }
    }
    return @intCast(best_row);
}

fn is_symmetric_matrix(m: []const f64, dim: i32) bool {
    if (dim <= 0) return false;
    const size: usize = @intCast(dim);
    if (m.len / size < size) return false;
    for (1..size) |i| {
        for (0..i) |j| {
            if (m[i * size + j] != m[j * size + i]) return false;
        }
    }
    return true;
}

/// Quarter turn in place, four cells at a time.
fn rotate_square_clockwise(m: []u8, dim: i32) void {
    if (dim <= 0) return;
    const size: usize = @intCast(dim);
    if (m.len / size < size) return;
    const last = size - 1;
    for (0..size / 2) |i| {
        for (i..last - i) |j| {
            const top = i * size + j;
            const right = j * size + (last - i);
            const bottom = (last - i) * size + (last - j);
            const left = (last - j) * size + i;
            const t = m[top];
            m[top] = m[left];
            m[left] = m[bottom];
            m[bottom] = m[right];
            m[right] = t;
        }
    }
}

fn spiral_unroll(m: []const i16, out: []i16, rows: i32, cols: i32) i32 {
    if (rows <= 0 or cols <= 0) return 0;
    const stride: usize = @intCast(cols);
    if (m.len / stride < rows) return 0;
    var top: usize = 0;
    var bottom: usize = @intCast(rows); // exclusive
    var left: usize = 0;
    var right = stride; // exclusive
    var w: usize = 0;

    while (top < bottom and left < right) {
        for (left..right) |c| {
            out[w] = m[top * stride + c];
            w += 1;
        }
        top += 1;
        for (top..bottom) |r| {
            out[w] = m[r * stride + right - 1];
            w += 1;
        }
        right -= 1;
        if (top < bottom) {
            var c = right;
            while (c > left) {
                c -= 1;
                out[w] = m[(bottom - 1) * stride + c];
                w += 1;
            }
            bottom -= 1;
        }
        if (left < right) {
            var r = bottom;
            while (r > top) {
                r -= 1;
                out[w] = m[r * stride + left];
                w += 1;
            }
            left += 1;
        }
    }
    return @intCast(w);
}

fn life_neighbours(cells: []const u8, width: i32, height: i32, x: i32, y: i32) i32 {
    const n: i32 = @intCast(cells.len);
    if (width <= 0 or height <= 0 or @divTrunc(n, width) < height) return 0;
    if (x < 0 or x >= width or y < 0 or y >= height) return 0;

    var alive: i32 = 0;
    var dy: i32 = -1;
    while (dy <= 1) : (dy += 1) {
        var dx: i32 = -1;
        while (dx <= 1) : (dx += 1) {
            const nx = x + dx;
            const ny = y + dy;
            if (dx == 0 and dy == 0) continue;
            if (nx < 0 or nx >= width or ny < 0 or ny >= height) continue;
            if (cells[@intCast(ny * width + nx)] != 0) alive += 1;
        }
    }
    return alive;
}

fn life_step(src: []const u8, dst: []u8, width: i32, height: i32) void {
    const n: i32 = @intCast(src.len);
    if (width <= 0 or height <= 0 or @divTrunc(n, width) < height) return;
    var y: i32 = 0;
    while (y < height) : (y += 1) {
        var x: i32 = 0;
        while (x < width) : (x += 1) {
            const at: usize = @intCast(y * width + x);
            dst[at] = switch (life_neighbours(src, width, height, x, y)) {
                3 => 1,
                2 => @intFromBool(src[at] != 0),
                else => 0,
            };
        }
    }
}

/// Cells that are the least of their row and the greatest of their column.
fn count_saddle_points(m: []const i32, rows: i32, cols: i32) i32 {
    if (rows <= 0 or cols <= 0) return 0;
    const h: usize = @intCast(rows);
    const w: usize = @intCast(cols);
    if (m.len / w < h) return 0;
    var found: i32 = 0;
    for (0..h) |r| {
        next: for (m[r * w ..][0..w], 0..) |v, c| {
            for (m[r * w ..][0..w]) |other| {
                if (other < v) continue :next;
            }
            for (0..h) |k| {
                if (m[k * w + c] > v) continue :next;
            }
            found += 1;
        }
    }
    return found;
}

/// Recolours the region around (x, y); gives up where the stack is full.
fn flood_fill_region(px: []u8, width: i32, height: i32, x: i32, y: i32, color: u8) i32 {
    const n: i32 = @intCast(px.len);
    if (width <= 0 or height <= 0 or @divTrunc(n, width) < height) return 0;
    if (x < 0 or x >= width or y < 0 or y >= height) return 0;
    const start = y * width + x;
    const old = px[@intCast(start)];
    if (old == color) return 0;

    var stack: [256]i32 = undefined;
    var top: usize = 1;
    var filled: i32 = 0;
    px[@intCast(start)] = color;
    stack[0] = start;
    while (top > 0) {
        top -= 1;
        const at = stack[top];
        filled += 1;
        for ([4]i32{ 1, -1, 0, 0 }, [4]i32{ 0, 0, 1, -1 }) |dx, dy| {
            const nx = @rem(at, width) + dx;
            const ny = @divTrunc(at, width) + dy;
            if (nx < 0 or nx >= width or ny < 0 or ny >= height) continue;
            const next = ny * width + nx;
            if (px[@intCast(next)] == old and top < stack.len) {
                px[@intCast(next)] = color;
                stack[top] = next;
                top += 1;
            }
        }
    }
    return filled;
}

/// Rows and columns ascend: walks down from the upper right corner.
fn staircase_search(m: []const i32, rows: i32, cols: i32, key: i32) i32 {
    if (rows <= 0 or cols <= 0) return -1;
    const h: usize = @intCast(rows);
    const w: usize = @intCast(cols);
    if (m.len / w < h) return -1;
    var r: usize = 0;
    var c = w;
    while (r < h and c > 0) {
        const at = r * w + c - 1;
        if (m[at] == key) return @intCast(at);
        if (m[at] > key) c -= 1 else r += 1;
    }
    return -1;
}

/// Follows the arrows from the first cell; -1 if they lead in a circle.
fn walk_arrow_grid(cells: []const i8, width: i32) i32 {
    if (width <= 0) return 0;
    const n: i32 = @intCast(cells.len);
    const height = @divTrunc(n, width);
    var x: i32 = 0;
    var y: i32 = 0;
    var steps: i32 = 0;

    while (x >= 0 and x < width and y >= 0 and y < height) : (steps += 1) {
        if (steps > n) return -1;
        switch (cells[@intCast(y * width + x)]) {
            '^' => y -= 1,
            'v' => y += 1,
            '<' => x -= 1,
            '>' => x += 1,
            else => return steps,
        }
    }
    return steps;
}

fn matrix_vector_product(y: []f64, x: []const f64, m: []const f64) bool {
    const cols = x.len;
    if (cols > 0 and m.len / cols < y.len) return false;
    for (y, 0..) |*out, r| {
        var sum: f64 = 0;
        for (x, m[r * cols ..][0..cols]) |xv, mv| sum += mv * xv;
        out.* = sum;
    }
    return true;
}
