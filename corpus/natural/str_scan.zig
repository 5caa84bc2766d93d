/// Lower-cases an ASCII letter, leaves everything else alone.
fn ascii_lower(c: i32) i32 {
    if (c >= 'A' and c <= 'Z') return c + ('a' - 'A');
    return c;
}

/// Length of a string that may fill its field without a terminator.
fn field_strlen(field: []const i8) usize {
    for (field, 0..) |c, i| {
        if (c == 0) return i;
    }
    return field.len;
}

fn compare_nocase(a: [*]const i8, b: [*]const i8) i32 {
    var i: usize = 0;
    while (true) : (i += 1) {
        const ca = ascii_lower(@as(u8, @bitCast(a[i])));
        const cb = ascii_lower(@as(u8, @bitCast(b[i])));
        if (ca != cb) return if (ca < cb) -1 else 1;
        if (ca == 0) return 0;
    }
}

fn count_words(s: [*]const i8) i32 {
    var words: i32 = 0;
    var in_word = false;
    var i: usize = 0;
    while (s[i] != 0) : (i += 1) {
        const space = s[i] == ' ' or s[i] == '\t' or s[i] == '\n' or s[i] == '\r';
        if (!space and !in_word) words += 1;
        in_word = !space;
    }
    return words;
}

/// Counts line ends, taking CR, LF and CRLF each as one.
fn count_line_breaks(buf: []const i8) i32 {
    var lines: i32 = 0;
    var i: usize = 0;
    while (i < buf.len) : (i += 1) {
        if (buf[i] == '\n') {
            lines += 1;
        } else if (buf[i] == '\r') {
            lines += 1;
            if (i + 1 < buf.len and buf[i + 1] == '\n') i += 1;
        }
    }
    return lines;
}

fn last_index_of(s: [*]const i8, wanted: i8) i32 {
    var last: i32 = -1;
    var i: usize = 0;
    while (s[i] != 0) : (i += 1) {
        if (s[i] == wanted) last = @intCast(i);
    }
    return last;
}

fn has_suffix(s: []const i8, suffix: []const i8) bool {
    if (suffix.len > s.len) return false;
    const tail = s[s.len - suffix.len ..];
    for (tail, suffix) |x, y| {
        if (x != y) return false;
    }
    return true;
}

fn has_prefix_nocase(s: [*]const i8, prefix: [*]const i8) bool {
    var i: usize = 0;
    while (prefix[i] != 0) : (i += 1) {
        if (ascii_lower(s[i]) != ascii_lower(prefix[i])) return false;
    }
    return true;
}

fn find_substring(hay: []const i8, needle: []const i8) i32 {
    var start: usize = 0;
    while (start + needle.len <= hay.len) : (start += 1) {
        var k: usize = 0;
        while (k < needle.len and hay[start + k] == needle[k]) k += 1;
        if (k == needle.len) return @intCast(start);
    }
    return -1;
}

/// Length of the leading part of s made only of characters in accept.
fn span_of_set(s: [*]const i8, accept: [*]const i8) usize {
    var i: usize = 0;
    while (s[i] != 0) : (i += 1) {
        var k: usize = 0;
        while (accept[k] != 0 and accept[k] != s[i]) k += 1;
        if (accept[k] == 0) break;
    }
    return i;
}

/// Shell-like match with '*' and '?', backtracking to the last star.
fn glob_match(pattern: [*]const i8, text: [*]const i8) bool {
    var p: usize = 0;
    var t: usize = 0;
    var star: ?usize = null;
    var resume_at: usize = 0;
    while (text[t] != 0) {
        if (pattern[p] == '*') {
            star = p;
            p += 1;
            resume_at = t;
        } else if (pattern[p] == '?' or pattern[p] == text[t]) {
            p += 1;
            t += 1;
        } else if (star) |at| {
            p = at + 1;
            resume_at += 1;
            t = resume_at;
        } else {
            return false;
        }
    }
    while (pattern[p] == '*') p += 1;
    return pattern[p] == 0;
}

/// Compares dotted versions such as 1.10.2 and 1.9; missing parts count as 0.
fn compare_versions(a: [*]const i8, b: [*]const i8) i32 {
    var i: usize = 0;
    var j: usize = 0;
    while (a[i] != 0 or b[j] != 0) {
        var x: u32 = 0;
        var y: u32 = 0;
        while (a[i] != 0 and a[i] != '.') : (i += 1) {
            if (a[i] >= '0' and a[i] <= '9') x = x *% 10 +% @as(u32, @intCast(a[i] - '0'));
        }
        while (b[j] != 0 and b[j] != '.') : (j += 1) {
            if (b[j] >= '0' and b[j] <= '9') y = y *% 10 +% @as(u32, @intCast(b[j] - '0'));
        }
        if (x != y) return if (x > y) 1 else -1;
        if (a[i] == '.') i += 1;
        if (b[j] == '.') j += 1;
    }
    return 0;
}
