const Token = extern struct { kind: i32, start: i32, end: i32 };

/// Checks (), [] and {} with a stack of 32; -1 if balanced, else where it fails.
fn find_unbalanced(s: []const i8) i32 {
    var stack: [32]i8 = undefined;
    var depth: usize = 0;
    for (s, 0..) |c, i| {
        switch (c) {
            '(', '[', '{' => {
                if (depth == 32) return @intCast(i);
                stack[depth] = c;
                depth += 1;
            },
            ')', ']', '}' => {
                const open: i8 = if (c == ')') '(' else if (c == ']') '[' else '{';
                if (depth == 0 or stack[depth - 1] != open) return @intCast(i);
                depth -= 1;
            },
            else => {},
        }
    }
    return if (depth == 0) -1 else @intCast(s.len);
}

fn count_csv_fields(line: [*]const i8) i32 {
    var fields: i32 = 1;
    var quoted = false;
    var i: usize = 0;
    while (line[i] != 0 and (quoted or line[i] != '\n')) : (i += 1) {
        if (line[i] == '"') {
            quoted = !quoted;
        } else if (line[i] == ',' and !quoted) {
            fields += 1;
        }
    }
    return if (quoted) -1 else fields;
}

/// Blanks out comments of C source, keeping strings and line breaks.
fn blank_comments(src: []i8) void {
    const State = enum { code, string, line, block };
    var state: State = .code;
    var i: usize = 0;
    while (i < src.len) : (i += 1) {
        const c = src[i];
        const next: i8 = if (i + 1 < src.len) src[i + 1] else 0;
        switch (state) {
            .code => {
                if (c == '"') {
                    state = .string;
                } else if (c == '/' and (next == '/' or next == '*')) {
                    state = if (next == '/') .line else .block;
                    src[i] = ' ';
                    i += 1;
                    src[i] = ' ';
                }
            },
            .string => {
                if (c == '\\') {
                    i += 1;
                } else if (c == '"') {
                    state = .code;
                }
            },
            .line => {
                if (c == '\n') {
                    state = .code;
                } else {
                    src[i] = ' ';
                }
            },
            .block => {
                if (c == '*' and next == '/') {
                    src[i] = ' ';
                    i += 1;
                    src[i] = ' ';
                    state = .code;
                } else if (c != '\n') {
                    src[i] = ' ';
                }
            },
        }
    }
}

/// Next token from tok.end: 0 end, 1 word, 2 number, 3 other character.
fn next_token(text: []const i8, tok: *Token) bool {
    var i = text.len;
    if (tok.end >= 0 and tok.end <= text.len) i = @intCast(tok.end);
    while (i < text.len and (text[i] == ' ' or text[i] == '\n' or text[i] == '\t')) i += 1;
    tok.start = @intCast(i);
    if (i == text.len) {
        tok.kind = 0;
        tok.end = @intCast(text.len);
        return false;
    }
    const c = text[i];
    i += 1;
    switch (c) {
        '0'...'9' => {
            tok.kind = 2;
            while (i < text.len and text[i] >= '0' and text[i] <= '9') i += 1;
        },
        '_', 'a'...'z', 'A'...'Z' => {
            tok.kind = 1;
            while (i < text.len) : (i += 1) {
                const letter = text[i] | 0x20;
                if (text[i] != '_' and (letter < 'a' or letter > 'z')) break;
            }
        },
        else => tok.kind = 3,
    }
    tok.end = @intCast(i);
    return true;
}

/// Single pass over digits with + - *, products bind tighter; junk is skipped.
fn eval_flat_expression(expr: [*]const i8) i32 {
    var total: i32 = 0;
    var product: i32 = 1;
    var number: i32 = 0;
    var i: usize = 0;
    while (true) : (i += 1) {
        const c = expr[i];
        switch (c) {
            '0'...'9' => number = number *% 10 +% (c - '0'),
            '+', '-', 0 => {
                total +%= product *% number;
                if (c == 0) return total;
                product = if (c == '-') -1 else 1;
                number = 0;
            },
            '*' => {
                product *%= number;
                number = 0;
            },
            else => {},
        }
    }
}

/// Reverse Polish notation on one-digit operands; false on stack trouble.
fn eval_postfix(expr: []const i8, result: *i32) bool {
    var stack: [16]i32 = undefined;
    var top: usize = 0;
    for (expr) |c| {
        if (c >= '0' and c <= '9') {
            if (top >= 16) return false;
            stack[top] = c - '0';
            top += 1;
            continue;
        }
        if (c == ' ') continue;
        if (top < 2) return false;
        top -= 1;
        const rhs = stack[top];
        const lhs = &stack[top - 1];
        switch (c) {
            '+' => lhs.* +%= rhs,
            '-' => lhs.* -%= rhs,
            '*' => lhs.* *%= rhs,
            '/' => {
                if (rhs == 0 or rhs == -1) return false;
                lhs.* = @divTrunc(lhs.*, rhs);
            },
            else => return false,
        }
    }
    if (top != 1) return false;
    result.* = stack[0];
    return true;
}

/// Resolves \n, \t, \\ and \" in place; the new length, or -1 for a bad escape.
fn unescape_in_place(s: []i8) i32 {
    var w: usize = 0;
    var r: usize = 0;
    while (r < s.len) : (r += 1) {
        var c = s[r];
        if (c == '\\') {
            r += 1;
            if (r == s.len) return -1;
            c = switch (s[r]) {
                'n' => '\n',
                't' => '\t',
                '\\', '"' => s[r],
                else => return -1,
            };
        }
        s[w] = c;
        w += 1;
    }
    return @intCast(w);
}

/// Length of the header line at the start without its line end, -1 if incomplete.
fn header_line_length(buf: []const i8) i32 {
    for (buf, 0..) |c, i| {
        if (c != '\n') continue;
        return @intCast(if (i > 0 and buf[i - 1] == '\r') i - 1 else i);
    }
    return -1;
}

/// HTTP/1.x NNN: the three digits of the status, or 0.
fn parse_status_code(line: []const i8) i32 {
    for ("HTTP/1.", 0..) |expected, i| {
        if (i >= line.len or line[i] != expected) return 0;
    }
    if (line.len <= 8 or line[8] != ' ') return 0;
    var code: i32 = 0;
    for (9..12) |i| {
        if (i >= line.len or line[i] < '0' or line[i] > '9') return 0;
        code = code * 10 + (line[i] - '0');
    }
    return if (code >= 100) code else 0;
}

/// A sum or product of digits and parentheses at pos; junk counts as 0.
fn eval_atom(s: []const i8, pos: *i32) i32 {
    if (pos.* < 0 or pos.* >= s.len) return 0;
    const c = s[@intCast(pos.*)];
    pos.* += 1;
    if (c == '-') return 0 -% eval_atom(s, pos);
    if (c >= '0' and c <= '9') return c - '0';
    if (c != '(') return 0;
    var value = eval_atom(s, pos);
    while (pos.* < s.len and s[@intCast(pos.*)] != ')') {
        const op = s[@intCast(pos.*)];
        pos.* += 1;
        const rhs = eval_atom(s, pos);
        value = if (op == '*') value *% rhs else value +% rhs;
    }
    if (pos.* < s.len) pos.* += 1;
    return value;
}
