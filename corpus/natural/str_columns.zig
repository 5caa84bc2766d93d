// Column at which text after the line would be shown, with tabs; -1 for a bad tab width.
fn display_column(line: []const i8, tab_width: i32) i32 {
    if (tab_width <= 0) return -1;
    var column: i32 = 0;
    for (line) |c| {
        if (c == '\t') {
            column +%= tab_width -% @rem(column, tab_width);
        } else {
            column +%= 1;
        }
    }
    return column;
}

// Index of the value closest to the target, the first of several; -1 for none.
fn closest_value_index(values: []const f64, target: f64) i32 {
    var best: i32 = -1;
    var best_gap: f64 = 0.0;
    for (values, 0..) |value, i| {
        var gap = value - target;
        if (gap < 0.0) gap = -gap;
        if (best < 0 or gap < best_gap) {
            best = @intCast(i);
            best_gap = gap;
        }
    }
    return best;
}

// Mean of grey pixels, rounded to nearest; 0 for an empty image.
fn mean_grey(pixels: []const u8) u8 {
    if (pixels.len == 0) return 0;
    var total: u64 = 0;
    for (pixels) |p| total += p;
    const count: u64 = pixels.len;
    return @truncate((total + count / 2) / count);
}
