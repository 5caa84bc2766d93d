#[repr(C)]
#[derive(Clone, Copy)]
pub struct Token {
    pub kind: i32,
    pub start: i32,
    pub end: i32,
}

/// Checks (), [] and {} with a stack of 32; -1 if balanced, else where it fails.
pub fn find_unbalanced(s: &[i8]) -> i32 {
    let mut stack = [0u8; 32];
    let mut depth = 0;
    for (i, &c) in s.iter().enumerate() {
        match c as u8 {
            open @ (b'(' | b'[' | b'{') => {
                if depth == 32 {
                    return i as i32;
                }
                stack[depth] = open;
                depth += 1;
            }
            close @ (b')' | b']' | b'}') => {
                let open = match close {
                    b')' => b'(',
                    b']' => b'[',
                    _ => b'{',
                };
                if depth == 0 || stack[depth - 1] != open {
                    return i as i32;
                }
                depth -= 1;
            }
            _ => {}
        }
    }
    if depth == 0 { -1 } else { s.len() as i32 }
}

pub unsafe fn count_csv_fields(line: *const i8) -> i32 {
    let mut fields = 1;
    let mut quoted = false;
    let mut p = line;
    while *p != 0 && (quoted || *p != b'\n' as i8) {
        match *p as u8 {
            b'"' => quoted = !quoted,
            b',' if !quoted => fields += 1,
            _ => {}
        }
        p = p.add(1);
    }
    if quoted { -1 } else { fields }
}

/// Blanks out comments of C source, keeping strings and line breaks.
pub fn blank_comments(src: &mut [i8]) {
    #[derive(Clone, Copy)]
    enum State {
        Code,
        Str,
        Line,
        Block,
    }
    const BLANK: i8 = b' ' as i8;
    let len = src.len();
    let mut state = State::Code;
    let mut i = 0;
    while i < len {
        let c = src[i] as u8;
        let next = if i + 1 < len { src[i + 1] as u8 } else { 0 };
        match state {
            State::Code => {
                if c == b'"' {
                    state = State::Str;
                } else if c == b'/' && (next == b'/' || next == b'*') {
                    state = if next == b'/' { State::Line } else { State::Block };
                    src[i] = BLANK;
                    i += 1;
                    src[i] = BLANK;
                }
            }
            State::Str => {
                if c == b'\\' {
                    i += 1;
                } else if c == b'"' {
                    state = State::Code;
                }
            }
            State::Line => {
                if c == b'\n' {
                    state = State::Code;
                } else {
                    src[i] = BLANK;
                }
            }
            State::Block => {
                if c == b'*' && next == b'/' {
                    src[i] = BLANK;
                    i += 1;
                    src[i] = BLANK;
                    state = State::Code;
                } else if c != b'\n' {
                    src[i] = BLANK;
                }
            }
        }
        i += 1;
    }
}

/// Next token from tok.end: 0 end, 1 word, 2 number, 3 other character.
pub fn next_token(text: &[i8], tok: &mut Token) -> bool {
    let len = text.len();
    let is_letter = |c: i8| c == b'_' as i8 || (c as u8).is_ascii_alphabetic();
    let is_digit = |c: i8| (c as u8).is_ascii_digit();
    let mut i = tok.end as usize;
    if tok.end < 0 || i > len {
        i = len;
    }
    while i < len && matches!(text[i] as u8, b' ' | b'\n' | b'\t') {
        i += 1;
    }
    tok.start = i as i32;
    if i == len {
        tok.kind = 0;
        tok.end = len as i32;
        return false;
    }
    let c = text[i];
    i += 1;
    if is_digit(c) {
        tok.kind = 2;
        while i < len && is_digit(text[i]) {
            i += 1;
        }
    } else if is_letter(c) {
        tok.kind = 1;
        while i < len && is_letter(text[i]) {
            i += 1;
        }
    } else {
        tok.kind = 3;
    }
    tok.end = i as i32;
    true
}

/// Single pass over digits with + - *, products bind tighter; junk is skipped.
pub unsafe fn eval_flat_expression(expr: *const i8) -> i32 {
    let mut total = 0i32;
    let mut product = 1i32;
    let mut number = 0i32;
    let mut p = expr;
    loop {
        let c = *p as u8;
        match c {
            b'0'..=b'9' => number = number.wrapping_mul(10).wrapping_add((c - b'0') as i32),
            b'+' | b'-' | 0 => {
                total = total.wrapping_add(product.wrapping_mul(number));
                if c == 0 {
                    return total;
                }
                product = if c == b'-' { -1 } else { 1 };
                number = 0;
            }
            b'*' => {
                product = product.wrapping_mul(number);
                number = 0;
            }
            _ => {}
        }
        p = p.add(1);
    }
}

/// Reverse Polish notation on one-digit operands; false on stack trouble.
pub unsafe fn eval_postfix(expr: &[i8], result: *mut i32) -> bool {
    let mut stack = [0i32; 16];
    let mut top = 0;
    for &c in expr {
        let c = c as u8;
        if c.is_ascii_digit() {
            if top >= 16 {
                return false;
            }
            stack[top] = (c - b'0') as i32;
            top += 1;
            continue;
        }
        if c == b' ' {
            continue;
        }
        if top < 2 {
            return false;
        }
        top -= 1;
        let rhs = stack[top];
        let lhs = stack[top - 1];
        stack[top - 1] = match c {
            b'+' => lhs.wrapping_add(rhs),
            b'-' => lhs.wrapping_sub(rhs),
            b'*' => lhs.wrapping_mul(rhs),
            b'/' if rhs != 0 && rhs != -1 => lhs / rhs,
            _ => return false,
        };
    }
    if top != 1 {
        return false;
    }
    *result = stack[0];
    true
}

/// Resolves \n, \t, \\ and \" in place; the new length, or -1 for a bad escape.
pub fn unescape_in_place(s: &mut [i8]) -> i32 {
    let mut w = 0;
    let mut r = 0;
    while r < s.len() {
        let mut c = s[r];
        if c == b'\\' as i8 {
            r += 1;
            if r == s.len() {
                return -1;
            }
            c = match s[r] as u8 {
                b'n' => b'\n' as i8,
                b't' => b'\t' as i8,
                b'\\' | b'"' => s[r],
                _ => return -1,
            };
        }
        s[w] = c;
        w += 1;
        r += 1;
    }
    w as i32
}

/// Length of the header line at the start without its line end, -1 if incomplete.
pub fn header_line_length(buf: &[i8]) -> i32 {
    for (i, &c) in buf.iter().enumerate() {
        if c != b'\n' as i8 {
            continue;
        }
        let end = if i > 0 && buf[i - 1] == b'\r' as i8 { i - 1 } else { i };
        return end as i32;
    }
    -1
}

/// HTTP/1.x NNN: the three digits of the status, or 0.
pub fn parse_status_code(line: &[i8]) -> i32 {
    for (i, &expected) in b"HTTP/1.".iter().enumerate() {
        if i >= line.len() || line[i] as u8 != expected {
            return 0;
        }
    }
    if line.len() <= 8 || line[8] != b' ' as i8 {
        return 0;
    }
    let mut code = 0;
    for i in 9..12 {
        if i >= line.len() || !(line[i] as u8).is_ascii_digit() {
            return 0;
        }
        code = code * 10 + (line[i] as u8 - b'0') as i32;
    }
    if code >= 100 { code } else { 0 }
}

/// A sum or product of digits and parentheses at *pos; junk counts as 0.
pub unsafe fn eval_atom(s: &[i8], pos: *mut i32) -> i32 {
    let len = s.len() as i32;
    if *pos < 0 || *pos >= len {
        return 0;
    }
    let c = s[*pos as usize] as u8;
    *pos += 1;
    if c == b'-' {
        return eval_atom(s, pos).wrapping_neg();
    }
    if c.is_ascii_digit() {
        return (c - b'0') as i32;
    }
    if c != b'(' {
        return 0;
    }
    let mut value = eval_atom(s, pos);
    while *pos < len && s[*pos as usize] != b')' as i8 {
        let op = s[*pos as usize] as u8;
        *pos += 1;
        let rhs = eval_atom(s, pos);
        value = if op == b'*' { value.wrapping_mul(rhs) } else { value.wrapping_add(rhs) };
    }
    if *pos < len {
        *pos += 1;
    }
    value
}
