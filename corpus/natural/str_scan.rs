/// Lower-cases an ASCII letter, leaves everything else alone.
pub fn ascii_lower(c: i32) -> i32 {
    if c >= b'A' as i32 && c <= b'Z' as i32 {
        return c + 32;
    }
    c
}

/// Length of a string that may fill its field without a terminator.
pub fn field_strlen(field: &[i8]) -> usize {
    field.iter().position(|&c| c == 0).unwrap_or(field.len())
}

pub unsafe fn compare_nocase(a: *const i8, b: *const i8) -> i32 {
    let mut i = 0;
    loop {
        let ca = ascii_lower(*a.add(i) as u8 as i32);
        let cb = ascii_lower(*b.add(i) as u8 as i32);
        if ca != cb {
            return if ca < cb { -1 } else { 1 };
        }
        if ca == 0 {
            return 0;
        }
        i += 1;
    }
}

pub unsafe fn count_words(s: *const i8) -> i32 {
    let mut words = 0;
    let mut in_word = false;
    let mut p = s;
    while *p != 0 {
        let space = matches!(*p as u8, b' ' | b'\t' | b'\n' | b'\r');
        if !space && !in_word {
            words += 1;
        }
        in_word = !space;
        p = p.add(1);
    }
    words
}

/// Counts line ends, taking CR, LF and CRLF each as one.
pub fn count_line_breaks(buf: &[i8]) -> i32 {
    let mut lines = 0;
    let mut i = 0;
    while i < buf.len() {
        match buf[i] as u8 {
            b'\n' => lines += 1,
            b'\r' => {
                lines += 1;
                if i + 1 < buf.len() && buf[i + 1] == b'\n' as i8 {
                    i += 1;
                }
            }
            _ => {}
        }
        i += 1;
    }
    lines
}

pub unsafe fn last_index_of(s: *const i8, wanted: i8) -> i32 {
    let mut last = -1;
    let mut i = 0;
    while *s.add(i) != 0 {
        if *s.add(i) == wanted {
            last = i as i32;
        }
        i += 1;
    }
    last
}

pub fn has_suffix(s: &[i8], suffix: &[i8]) -> bool {
    if suffix.len() > s.len() {
        return false;
    }
    let tail = &s[s.len() - suffix.len()..];
    tail.iter().zip(suffix).all(|(x, y)| x == y)
}

pub unsafe fn has_prefix_nocase(s: *const i8, prefix: *const i8) -> bool {
    let mut i = 0;
    while *prefix.add(i) != 0 {
        if ascii_lower(*s.add(i) as i32) != ascii_lower(*prefix.add(i) as i32) {
            return false;
        }
        i += 1;
    }
    true
}

pub fn find_substring(hay: &[i8], needle: &[i8]) -> i32 {
    let mut start = 0;
    while start + needle.len() <= hay.len() {
        let mut k = 0;
        while k < needle.len() && hay[start + k] == needle[k] {
            k += 1;
        }
        if k == needle.len() {
            return start as i32;
        }
        start += 1;
    }
    -1
}

/// Length of the leading part of s made only of characters in accept.
pub unsafe fn span_of_set(s: *const i8, accept: *const i8) -> usize {
    let mut i = 0;
    while *s.add(i) != 0 {
        let mut p = accept;
        while *p != 0 && *p != *s.add(i) {
            p = p.add(1);
        }
        if *p == 0 {
            break;
        }
        i += 1;
    }
    i
}

/// Shell-like match with '*' and '?', backtracking to the last star.
pub unsafe fn glob_match(mut pattern: *const i8, mut text: *const i8) -> bool {
    let mut star: *const i8 = core::ptr::null();
    let mut resume = text;
    while *text != 0 {
        if *pattern == b'*' as i8 {
            star = pattern;
            pattern = pattern.add(1);
            resume = text;
        } else if *pattern == b'?' as i8 || *pattern == *text {
            pattern = pattern.add(1);
            text = text.add(1);
        } else if !star.is_null() {
            pattern = star.add(1);
            resume = resume.add(1);
            text = resume;
        } else {
            return false;
        }
    }
    while *pattern == b'*' as i8 {
        pattern = pattern.add(1);
    }
    *pattern == 0
}

/// Compares dotted versions such as 1.10.2 and 1.9; missing parts count as 0.
pub unsafe fn compare_versions(mut a: *const i8, mut b: *const i8) -> i32 {
    const DOT: i8 = b'.' as i8;
    while *a != 0 || *b != 0 {
        let mut x = 0u32;
        let mut y = 0u32;
        while *a != 0 && *a != DOT {
            let digit = *a as u8;
            if digit.is_ascii_digit() {
                x = x.wrapping_mul(10).wrapping_add((digit - b'0') as u32);
            }
            a = a.add(1);
        }
        while *b != 0 && *b != DOT {
            let digit = *b as u8;
            if digit.is_ascii_digit() {
                y = y.wrapping_mul(10).wrapping_add((digit - b'0') as u32);
            }
            b = b.add(1);
        }
        if x != y {
            return if x > y { 1 } else { -1 };
        }
        if *a == DOT {
            a = a.add(1);
        }
        if *b == DOT {
            b = b.add(1);
        }
    }
    0
}
