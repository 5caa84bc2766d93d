//! Roman numerals, and other ways to write numbers.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumeralError {
    Empty,
    BadDigit,
    OutOfRange,
}

const NUMERALS: [(u16, &str); 13] = [
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
];

fn value_of(c: char) -> Option<u16> {
    match c {
        'I' => Some(1),
        'V' => Some(5),
        'X' => Some(10),
        'L' => Some(50),
        'C' => Some(100),
        'D' => Some(500),
        'M' => Some(1000),
        _ => None,
    }
}

pub fn from_roman(text: &str) -> Result<u16, NumeralError> {
    if text.is_empty() {
        return Err(NumeralError::Empty);
    }
    let mut total = 0u16;
    let mut last = 0;
    for c in text.chars().rev() {
        let value = value_of(c).ok_or(NumeralError::BadDigit)?;
        if value < last {
            total = total.checked_sub(value).ok_or(NumeralError::OutOfRange)?;
        } else {
            total = total.checked_add(value).ok_or(NumeralError::OutOfRange)?;
        }
        last = value.max(last);
    }
    Ok(total)
}

/// Writes into `out`; gives the number of bytes.
pub fn to_roman(mut number: u16, out: &mut [u8]) -> Result<usize, NumeralError> {
    if number == 0 || number > 3999 {
        return Err(NumeralError::OutOfRange);
    }
    let mut at = 0;
    for &(value, letters) in NUMERALS.iter() {
        while number >= value {
            for b in letters.bytes() {
                *out.get_mut(at).ok_or(NumeralError::OutOfRange)? = b;
                at += 1;
            }
            number -= value;
        }
    }
    Ok(at)
}

pub fn digit_sum(mut n: u64) -> u32 {
    let mut sum = 0;
    while n > 0 {
        sum += (n % 10) as u32;
        n /= 10;
    }
    sum
}

pub fn to_base(mut n: u32, base: u32, out: &mut [char]) -> Option<usize> {
    if !(2..=36).contains(&base) {
        return None;
    }
    let mut len = 0;
    loop {
        *out.get_mut(len)? = char::from_digit(n % base, base)?;
        len += 1;
        n /= base;
        if n == 0 {
            break;
        }
    }
    out[..len].reverse();
    Some(len)
}

pub fn parse_base(text: &str, base: u32) -> Option<u32> {
    let mut value = 0u32;
    if text.is_empty() || !(2..=36).contains(&base) {
        return None;
    }
    for c in text.chars() {
        value = value.checked_mul(base)?.checked_add(c.to_digit(base)?)?;
    }
    Some(value)
}

pub fn is_palindrome(text: &str) -> bool {
    let letters = || text.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase());
    letters().eq(letters().rev())
}

pub fn collatz_steps(start: u64) -> Option<u32> {
    let mut n = start;
    let mut steps = 0;
    while n != 1 {
        if n == 0 || steps >= 1000 {
            return None;
        }
        n = if n % 2 == 0 { n / 2 } else { n.wrapping_mul(3).wrapping_add(1) };
        steps += 1;
    }
    Some(steps)
}

pub fn gcd_lcm(a: u32, b: u32) -> (u32, u64) {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    (x, if x == 0 { 0 } else { a as u64 / x as u64 * b as u64 })
}
