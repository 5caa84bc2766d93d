//! A tokenizer over text, and a calculator that uses it.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    Number,
    Name,
    Plus,
    Minus,
    Star,
    Slash,
    Open,
    Close,
    End,
    Unknown,
}

#[derive(Debug, Clone, Copy)]
pub struct Token {
    pub kind: TokenKind,
    pub start: usize,
    pub end: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalcError {
    UnexpectedToken,
    DivisionByZero,
    Overflow,
    TooDeep,
}

pub struct Lexer<'a> {
    source: &'a [u8],
    position: usize,
}

fn kind_of(byte: u8) -> TokenKind {
    match byte {
        b'+' => TokenKind::Plus,
        b'-' => TokenKind::Minus,
        b'*' => TokenKind::Star,
        b'/' => TokenKind::Slash,
        b'(' => TokenKind::Open,
        b')' => TokenKind::Close,
        b'0'..=b'9' => TokenKind::Number,
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => TokenKind::Name,
        _ => TokenKind::Unknown,
    }
}

impl<'a> Lexer<'a> {
    pub fn new(text: &'a str) -> Lexer<'a> {
        Lexer { source: text.as_bytes(), position: 0 }
    }

    fn peek(&self) -> Option<u8> {
        self.source.get(self.position).copied()
    }

    fn skip_spaces(&mut self) {
        while let Some(b' ' | b'\t' | b'\n') = self.peek() {
            self.position += 1;
        }
    }

    pub fn next_token(&mut self) -> Token {
        self.skip_spaces();
        let start = self.position;
        let Some(first) = self.peek() else {
            return Token { kind: TokenKind::End, start, end: start };
        };
        let kind = kind_of(first);
        self.position += 1;
        if kind == TokenKind::Number || kind == TokenKind::Name {
            while let Some(b) = self.peek() {
                let k = kind_of(b);
                if k != kind && !(kind == TokenKind::Name && k == TokenKind::Number) {
                    break;
                }
                self.position += 1;
            }
        }
        Token { kind, start, end: self.position }
    }
}

pub fn count_tokens(text: &str) -> usize {
    let mut lexer = Lexer::new(text);
    let mut count = 0;
    while lexer.next_token().kind != TokenKind::End {
        count += 1;
    }
    count
}

pub fn count_kind(text: &str, kind: TokenKind) -> usize {
    let mut lexer = Lexer::new(text);
    let mut count = 0;
    loop {
        let token = lexer.next_token();
        if token.kind == TokenKind::End {
            return count;
        }
        if token.kind == kind {
            count += 1;
        }
    }
}

pub fn parse_number(text: &[u8]) -> Result<i64, CalcError> {
    let mut value = 0i64;
    if text.is_empty() {
        return Err(CalcError::UnexpectedToken);
    }
    for &byte in text {
        if !byte.is_ascii_digit() {
            return Err(CalcError::UnexpectedToken);
        }
        value = value.checked_mul(10).and_then(|v| v.checked_add((byte - b'0') as i64)).ok_or(CalcError::Overflow)?;
    }
    Ok(value)
}

/// Operators of one expression without brackets, from left to right.
pub fn evaluate(text: &str) -> Result<i64, CalcError> {
    let mut lexer = Lexer::new(text);
    let mut total = 0i64;
    let mut operator = TokenKind::Plus;
    loop {
        let token = lexer.next_token();
        if token.kind != TokenKind::Number {
            return Err(CalcError::UnexpectedToken);
        }
        let number = parse_number(&text.as_bytes()[token.start..token.end])?;
        total = match operator {
            TokenKind::Plus => total.checked_add(number).ok_or(CalcError::Overflow)?,
            TokenKind::Minus => total.checked_sub(number).ok_or(CalcError::Overflow)?,
            TokenKind::Star => total.checked_mul(number).ok_or(CalcError::Overflow)?,
            _ => {
                if number == 0 {
                    return Err(CalcError::DivisionByZero);
                }
                total / number
            }
        };
        operator = lexer.next_token().kind;
        match operator {
            TokenKind::End => return Ok(total),
            TokenKind::Plus | TokenKind::Minus | TokenKind::Star | TokenKind::Slash => {}
            _ => return Err(CalcError::UnexpectedToken),
        }
    }
}

pub fn precedence(kind: TokenKind) -> Option<u8> {
    match kind {
        TokenKind::Plus | TokenKind::Minus => Some(1),
        TokenKind::Star | TokenKind::Slash => Some(2),
        _ => None,
    }
}

pub fn brackets_match(text: &str) -> bool {
    let mut depth = 0i32;
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => {
                depth -= 1;
                if depth < 0 {
                    return false;
                }
            }
            _ => {}
        }
    }
    depth == 0
}
