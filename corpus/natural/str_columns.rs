/// Column at which text after the line would be shown, with tabs; -1 for a bad tab width.
pub fn display_column(line: &[i8], tab_width: i32) -> i32 {
    if tab_width <= 0 {
        return -1;
    }
    let mut column: i32 = 0;
    for &c in line {
        if c == b'\t' as i8 {
            column += tab_width - column % tab_width;
        } else {
            column += 1;
        }
    }
    column
}

/// Index of the value closest to the target, the first of several; -1 for none.
pub fn closest_value_index(values: &[f64], target: f64) -> i32 {
    let mut best = -1;
    let mut best_gap = 0.0;
    for i in 0..values.len() {
        let mut gap = values[i] - target;
        if gap < 0.0 {
            gap = -gap;
        }
        if best < 0 || gap < best_gap {
            best = i as i32;
            best_gap = gap;
        }
    }
    best
}

/// Mean of grey pixels, rounded to nearest; 0 for an empty image.
pub fn mean_grey(pixels: &[u8]) -> u8 {
    if pixels.len() == 0 {
        return 0;
    }
    let mut total: u64 = 0;
    for &p in pixels {
        total += p as u64;
    }
    let count = pixels.len() as u64;
    ((total + count / 2) / count) as u8
}
