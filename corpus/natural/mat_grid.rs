pub fn matrix_trace(m: &[i32], dim: i32) -> i64 {
    if dim <= 0 || m.len() as i32 / dim < dim {
        return 0;
    }
    let dim = dim as usize;
    (0..dim).map(|i| m[i * (dim + 1)] as i64).sum()
}

pub fn transpose_into(src: &[i32], dst: &mut [i32], rows: i32, cols: i32) -> bool {
    if rows <= 0 || cols <= 0 || (src.len() as i32) / cols < rows {
        return false;
    }
    let (rows, cols) = (rows as usize, cols as usize);
    for r in 0..rows {
        for c in 0..cols {
            dst[c * rows + r] = src[r * cols + c];
        }
    }
    true
}

pub fn square_matmul(out: &mut [f32], a: &[f32], b: &[f32], dim: i32) -> bool {
    if dim <= 0 || out.len() as i32 / dim < dim {
        return false;
    }
    let dim = dim as usize;
    for i in 0..dim {
        for j in 0..dim {
            let mut acc = 0.0f32;
            for k in 0..dim {
                acc += a[i * dim + k] * b[k * dim + j];
            }
            out[i * dim + j] = acc;
        }
    }
    true
}

pub fn richest_row(m: &[i32], rows: i32, cols: i32) -> i32 {
    if rows <= 0 || cols <= 0 || m.len() as i32 / cols < rows {
        return -1;
    }
    let mut best_row = 0;
    let mut best = i64::MIN;

    for (r, row) in m.chunks_exact(cols as usize).take(rows as usize).enumerate() {
        let sum: i64 = row.iter().map(|&v| v as i64).sum();
        if sum > best {
            best = sum;
            best_row = r;
        }
    }
    best_row as i32
}

pub fn is_symmetric_matrix(m: &[f64], dim: i32) -> bool {
    if dim <= 0 || m.len() as i32 / dim < dim {
        return false;
    }
    let dim = dim as usize;
    (1..dim).all(|i| (0..i).all(|j| m[i * dim + j] == m[j * dim + i]))
}

/// Quarter turn in place, four cells at a time.
pub fn rotate_square_clockwise(m: &mut [u8], dim: i32) {
    if dim <= 0 || m.len() as i32 / dim < dim {
        return;
    }
    let dim = dim as usize;
    let last = dim - 1;
    for i in 0..dim / 2 {
        for j in i..last - i {
            let top = i * dim + j;
            let right = j * dim + (last - i);
            let bottom = (last - i) * dim + (last - j);
            let left = (last - j) * dim + i;
            let t = m[top];
            m[top] = m[left];
            m[left] = m[bottom];
            m[bottom] = m[right];
            m[right] = t;
        }
    }
}

pub fn spiral_unroll(m: &[i16], out: &mut [i16], rows: i32, cols: i32) -> i32 {
    if rows <= 0 || cols <= 0 || m.len() as i32 / cols < rows {
        return 0;
    }
    let (mut top, mut left) = (0, 0);
    let (mut bottom, mut right) = (rows - 1, cols - 1);
    let mut w = 0;

    while top <= bottom && left <= right {
        for c in left..=right {
            out[w] = m[(top * cols + c) as usize];
            w += 1;
        }
        top += 1;
        for r in top..=bottom {
            out[w] = m[(r * cols + right) as usize];
            w += 1;
        }
        right -= 1;
        if top <= bottom {
            for c in (left..=right).rev() {
                out[w] = m[(bottom * cols + c) as usize];
                w += 1;
            }
            bottom -= 1;
        }
        if left <= right {
            for r in (top..=bottom).rev() {
                out[w] = m[(r * cols + left) as usize];
                w += 1;
            }
            left += 1;
        }
    }
    w as i32
}

pub fn life_neighbours(cells: &[u8], width: i32, height: i32, x: i32, y: i32) -> i32 {
    if width <= 0 || height <= 0 || cells.len() as i32 / width < height {
        return 0;
    }
    if x < 0 || x >= width || y < 0 || y >= height {
        return 0;
    }

    let mut alive = 0;
    for dy in -1..=1 {
        for dx in -1..=1 {
            let (nx, ny) = (x + dx, y + dy);
            if dx == 0 && dy == 0 {
                continue;
            }
            if nx < 0 || nx >= width || ny < 0 || ny >= height {
                continue;
            }
            if cells[(ny * width + nx) as usize] != 0 {
                alive += 1;
            }
        }
    }
    alive
}

pub fn life_step(src: &[u8], dst: &mut [u8], width: i32, height: i32) {
    if width <= 0 || height <= 0 || src.len() as i32 / width < height {
        return;
    }
    for y in 0..height {
        for x in 0..width {
            let at = (y * width + x) as usize;
            dst[at] = match life_neighbours(src, width, height, x, y) {
                3 => 1,
                2 => (src[at] != 0) as u8,
                _ => 0,
            };
        }
    }
}

/// Cells that are the least of their row and the greatest of their column.
pub fn count_saddle_points(m: &[i32], rows: i32, cols: i32) -> i32 {
    if rows <= 0 || cols <= 0 || m.len() as i32 / cols < rows {
        return 0;
    }
    let (rows, cols) = (rows as usize, cols as usize);
    let mut found = 0;
    for r in 0..rows {
        for c in 0..cols {
            let v = m[r * cols + c];
            if (0..cols).all(|k| m[r * cols + k] >= v) && (0..rows).all(|k| m[k * cols + c] <= v) {
                found += 1;
            }
        }
    }
    found
}

/// Recolours the region around (x, y); gives up where the stack is full.
pub fn flood_fill_region(px: &mut [u8], width: i32, height: i32, x: i32, y: i32, color: u8) -> i32 {
    if width <= 0 || height <= 0 || px.len() as i32 / width < height {
        return 0;
    }
    if x < 0 || x >= width || y < 0 || y >= height {
        return 0;
    }
    let start = y * width + x;
    let old = px[start as usize];
    if old == color {
        return 0;
    }

    let mut stack = [0i32; 256];
    let mut top = 1;
    let mut filled = 0;
    px[start as usize] = color;
    stack[0] = start;
    while top > 0 {
        top -= 1;
        let at = stack[top];
        let (cx, cy) = (at % width, at / width);
        filled += 1;
        for (dx, dy) in [(1, 0), (-1, 0), (0, 1), (0, -1)] {
            let (nx, ny) = (cx + dx, cy + dy);
            if nx < 0 || nx >= width || ny < 0 || ny >= height {
                continue;
            }
            let next = ny * width + nx;
            if px[next as usize] == old && top < stack.len() {
                px[next as usize] = color;
                stack[top] = next;
                top += 1;
            }
        }
    }
    filled
}

/// Rows and columns ascend: walks down from the upper right corner.
pub fn staircase_search(m: &[i32], rows: i32, cols: i32, key: i32) -> i32 {
    if rows <= 0 || cols <= 0 || m.len() as i32 / cols < rows {
        return -1;
    }
    let mut r = 0;
    let mut c = cols - 1;
    while r < rows && c >= 0 {
        let at = r * cols + c;
        let v = m[at as usize];
        if v == key {
            return at;
        }
        if v > key {
            c -= 1;
        } else {
            r += 1;
        }
    }
    -1
}

/// Follows the arrows from the first cell; -1 if they lead in a circle.
pub fn walk_arrow_grid(cells: &[i8], width: i32) -> i32 {
    if width <= 0 {
        return 0;
    }
    let n = cells.len() as i32;
    let height = n / width;
    let (mut x, mut y) = (0, 0);
    let mut steps = 0;

    while x >= 0 && x < width && y >= 0 && y < height {
        if steps > n {
            return -1;
        }
        match cells[(y * width + x) as usize] as u8 {
            b'^' => y -= 1,
            b'v' => y += 1,
            b'<' => x -= 1,
            b'>' => x += 1,
            _ => return steps,
        }
        steps += 1;
    }
    steps
}

pub fn matrix_vector_product(y: &mut [f64], x: &[f64], m: &[f64]) -> bool {
    let cols = x.len();
    if cols > 0 && m.len() / cols < y.len() {
        return false;
    }
    for (r, out) in y.iter_mut().enumerate() {
        let mut sum = 0.0;
        for c in 0..cols {
            sum += m[r * cols + c] * x[c];
        }
        *out = sum;
    }
    true
}
