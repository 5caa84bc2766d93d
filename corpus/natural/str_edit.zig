fn upcase_in_place(s: [*]i8) void {
    var i: usize = 0;
    while (s[i] != 0) : (i += 1) {
        if (s[i] >= 'a' and s[i] <= 'z') s[i] ^= 0x20;
    }
}

/// Removes blanks at both ends, returns the new length.
fn trim_blanks(s: []i8) i32 {
    var start: usize = 0;
    var end = s.len;
    while (start < end and (s[start] == ' ' or s[start] == '\t')) start += 1;
    while (end > start and (s[end - 1] == ' ' or s[end - 1] == '\t')) end -= 1;
    for (start..end) |i| s[i - start] = s[i];
    return @intCast(end - start);
}

fn reverse_bytes(bytes: []u8) void {
    if (bytes.len == 0) return;
    var i: usize = 0;
    var j = bytes.len - 1;
    while (i < j) {
        const tmp = bytes[i];
        bytes[i] = bytes[j];
        bytes[j] = tmp;
        i += 1;
        j -= 1;
    }
}

/// Reverses each word of a line, the words stay in their places.
fn reverse_each_word(line: []u8) void {
    var start: usize = 0;
    var i: usize = 0;
    while (i <= line.len) : (i += 1) {
        if (i == line.len or line[i] == ' ') {
            reverse_bytes(line[start..i]);
            start = i + 1;
        }
    }
}

fn capitalize_words(s: []i8) void {
    var at_start = true;
    for (s) |*c| {
        const lower = c.* >= 'a' and c.* <= 'z';
        const upper = c.* >= 'A' and c.* <= 'Z';
        const quote = c.* == '\'';
        if (at_start and lower) {
            c.* -= 32;
        } else if (!at_start and upper) {
            c.* += 32;
        }
        at_start = !lower and !upper and !quote;
    }
}

/// Turns CRLF into LF, lone CRs stay.
fn crlf_to_lf(buf: []i8) usize {
    var out: usize = 0;
    var in: usize = 0;
    while (in < buf.len) {
        if (buf[in] == '\r' and in + 1 < buf.len and buf[in + 1] == '\n') in += 1;
        buf[out] = buf[in];
        out += 1;
        in += 1;
    }
    return out;
}

/// Writes src with tabs expanded to columns; the length, or -1 if dst is too small.
fn expand_tabs(dst: []i8, src: [*]const i8, tab_width: u32) i32 {
    const width: usize = if (tab_width == 0 or tab_width > 16) 8 else tab_width;
    var col: usize = 0;
    var i: usize = 0;
    while (src[i] != 0) : (i += 1) {
        var fill: usize = 1;
        var c = src[i];
        if (c == '\t') {
            fill = width - col % width;
            c = ' ';
        }
        if (fill > dst.len - col) return -1;
        @memset(dst[col..][0..fill], c);
        col += fill;
    }
    return @intCast(col);
}

fn replace_all_chars(s: [*]i8, from: i8, to: i8) u32 {
    if (to == 0) return 0;
    var replaced: u32 = 0;
    var i: usize = 0;
    while (s[i] != 0) : (i += 1) {
        if (s[i] != from) continue;
        s[i] = to;
        replaced += 1;
    }
    return replaced;
}

/// Copies with truncation and a terminator, returns the length of src.
fn copy_string_bounded(dst: []i8, src: [*]const i8) usize {
    var i: usize = 0;
    while (src[i] != 0) : (i += 1) {
        if (i + 1 < dst.len) dst[i] = src[i];
    }
    if (dst.len > 0) dst[@min(i, dst.len - 1)] = 0;
    return i;
}

fn append_string_bounded(dst: []i8, src: [*]const i8) bool {
    var used: usize = 0;
    while (used < dst.len and dst[used] != 0) used += 1;
    if (used == dst.len) return false;
    var i: usize = 0;
    while (src[i] != 0 and used + 1 < dst.len) : (i += 1) {
        dst[used] = src[i];
        used += 1;
    }
    dst[used] = 0;
    return src[i] == 0;
}

/// Rotates to the left by any amount, with three reversals.
fn rotate_left_bytes(bytes: []u8, shift: u32) void {
    if (bytes.len < 2) return;
    const k = shift % bytes.len;
    if (k == 0) return;
    reverse_bytes(bytes[0..k]);
    reverse_bytes(bytes[k..]);
    reverse_bytes(bytes);
}

/// foo_bar_baz becomes fooBarBaz; returns the new length.
fn snake_to_camel(name: []i8) i32 {
    var out: usize = 0;
    var raise = false;
    for (name) |ch| {
        var c = ch;
        if (c == '_' and out > 0) {
            raise = true;
            continue;
        }
        if (raise and c >= 'a' and c <= 'z') c -= 'a' - 'A';
        raise = false;
        name[out] = c;
        out += 1;
    }
    return @intCast(out);
}

fn remove_chars_in(s: []i8, reject: [*]const i8) i32 {
    var kept: usize = 0;
    for (s) |c| {
        var k: usize = 0;
        while (reject[k] != 0 and reject[k] != c) k += 1;
        if (reject[k] == 0) {
            s[kept] = c;
            kept += 1;
        }
    }
    return @intCast(kept);
}
