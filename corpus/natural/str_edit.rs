pub unsafe fn upcase_in_place(s: *mut i8) {
    let mut p = s;
    while *p != 0 {
        if (*p as u8).is_ascii_lowercase() {
            *p ^= 0x20;
        }
        p = p.add(1);
    }
}

/// Removes blanks at both ends, returns the new length.
pub fn trim_blanks(s: &mut [i8]) -> i32 {
    let mut start = 0;
    let mut end = s.len();
    while start < end && (s[start] == b' ' as i8 || s[start] == b'\t' as i8) {
        start += 1;
    }
    while end > start && (s[end - 1] == b' ' as i8 || s[end - 1] == b'\t' as i8) {
        end -= 1;
    }
    for i in start..end {
        s[i - start] = s[i];
    }
    (end - start) as i32
}

pub fn reverse_bytes(bytes: &mut [u8]) {
    if bytes.is_empty() {
        return;
    }
    let mut i = 0;
    let mut j = bytes.len() - 1;
    while i < j {
        bytes.swap(i, j);
        i += 1;
        j -= 1;
    }
}

/// Reverses each word of a line, the words stay in their places.
pub fn reverse_each_word(line: &mut [u8]) {
    let mut start = 0;
    for i in 0..=line.len() {
        if i == line.len() || line[i] == b' ' {
            reverse_bytes(&mut line[start..i]);
            start = i + 1;
        }
    }
}

pub fn capitalize_words(s: &mut [i8]) {
    let mut at_start = true;
    for c in s.iter_mut() {
        let byte = *c as u8;
        let lower = byte.is_ascii_lowercase();
        let upper = byte.is_ascii_uppercase();
        if at_start && lower {
            *c -= 32;
        } else if !at_start && upper {
            *c += 32;
        }
        at_start = !lower && !upper && byte != b'\'';
    }
}

/// Turns CRLF into LF, lone CRs stay.
pub fn crlf_to_lf(buf: &mut [i8]) -> usize {
    let mut out = 0;
    let mut read = 0;
    while read < buf.len() {
        if buf[read] == b'\r' as i8 && read + 1 < buf.len() && buf[read + 1] == b'\n' as i8 {
            read += 1;
        }
        buf[out] = buf[read];
        out += 1;
        read += 1;
    }
    out
}

/// Writes src with tabs expanded to columns; the length, or -1 if dst is too small.
pub unsafe fn expand_tabs(dst: &mut [i8], src: *const i8, tab_width: u32) -> i32 {
    let width = if tab_width == 0 || tab_width > 16 { 8 } else { tab_width as usize };
    let mut col = 0;
    let mut p = src;
    while *p != 0 {
        let (c, fill) = if *p == b'\t' as i8 {
            (b' ' as i8, width - col % width)
        } else {
            (*p, 1)
        };
        if fill > dst.len() - col {
            return -1;
        }
        for _ in 0..fill {
            dst[col] = c;
            col += 1;
        }
        p = p.add(1);
    }
    col as i32
}

pub unsafe fn replace_all_chars(s: *mut i8, from: i8, to: i8) -> u32 {
    let mut replaced = 0;
    if to == 0 {
        return 0;
    }
    let mut p = s;
    while *p != 0 {
        if *p == from {
            *p = to;
            replaced += 1;
        }
        p = p.add(1);
    }
    replaced
}

/// Copies with truncation and a terminator, returns the length of src.
pub unsafe fn copy_string_bounded(dst: &mut [i8], src: *const i8) -> usize {
    let size = dst.len();
    let mut i = 0;
    while *src.add(i) != 0 {
        if i + 1 < size {
            dst[i] = *src.add(i);
        }
        i += 1;
    }
    if size > 0 {
        dst[if i < size { i } else { size - 1 }] = 0;
    }
    i
}

pub unsafe fn append_string_bounded(dst: &mut [i8], src: *const i8) -> bool {
    let size = dst.len();
    let mut src = src;
    let mut used = 0;
    while used < size && dst[used] != 0 {
        used += 1;
    }
    if used == size {
        return false;
    }
    while *src != 0 && used + 1 < size {
        dst[used] = *src;
        used += 1;
        src = src.add(1);
    }
    dst[used] = 0;
    *src == 0
}

/// Rotates to the left by any amount, with three reversals.
pub fn rotate_left_bytes(bytes: &mut [u8], shift: u32) {
    if bytes.len() < 2 {
        return;
    }
    let k = shift as usize % bytes.len();
    if k == 0 {
        return;
    }
    reverse_bytes(&mut bytes[..k]);
    reverse_bytes(&mut bytes[k..]);
    reverse_bytes(bytes);
}

/// foo_bar_baz becomes fooBarBaz; returns the new length.
pub fn snake_to_camel(name: &mut [i8]) -> i32 {
    let mut out = 0;
    let mut raise = false;
    for i in 0..name.len() {
        let mut c = name[i] as u8;
        if c == b'_' && out > 0 {
            raise = true;
            continue;
        }
        if raise {
            c = c.to_ascii_uppercase();
        }
        raise = false;
        name[out] = c as i8;
        out += 1;
    }
    out as i32
}

pub unsafe fn remove_chars_in(s: &mut [i8], reject: *const i8) -> i32 {
    let mut kept = 0;
    for i in 0..s.len() {
        let mut drop = false;
        let mut r = reject;
        while *r != 0 {
            if *r == s[i] {
                drop = true;
                break;
            }
            r = r.add(1);
        }
        if !drop {
            s[kept] = s[i];
            kept += 1;
        }
    }
    kept as i32
}
