//! Slices, structs with methods, matches and constants; no heap.

const TABLE: [u8; 16] = [0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4];
const MODULUS: u32 = 65521;

#[derive(Clone, Copy)]
pub struct Span {
    pub start: i32,
    pub end: i32,
}

pub fn bit_count(bytes: &[u8]) -> u32 {
    bytes.iter().map(|&b| (TABLE[(b & 15) as usize] + TABLE[(b >> 4) as usize]) as u32).sum()
}

pub fn checksum(bytes: &[u8]) -> u32 {
    let (mut a, mut b) = (1u32, 0u32);
    for &byte in bytes {
        a = (a + byte as u32) % MODULUS;
        b = (b + a) % MODULUS;
    }
    b << 16 | a
}

pub fn rotate_left(values: &mut [i32], by: usize) {
    if values.is_empty() {
        return;
    }
    let by = by % values.len();
    values[..by].reverse();
    values[by..].reverse();
    values.reverse();
}

pub fn longest_rise(values: &[i32]) -> usize {
    let mut best = 0;
    let mut run = 0;
    for i in 0..values.len() {
        run = if i > 0 && values[i] > values[i - 1] { run + 1 } else { 1 };
        best = best.max(run);
    }
    best
}

pub fn overlap(a: &Span, b: &Span) -> i32 {
    let start = a.start.max(b.start);
    let end = a.end.min(b.end);
    if end > start { end.wrapping_sub(start) } else { 0 }
}

pub fn merge_spans(spans: &mut [Span]) -> usize {
    let mut kept = 0;
    for i in 0..spans.len() {
        if kept > 0 && spans[kept - 1].end >= spans[i].start {
            spans[kept - 1].end = spans[kept - 1].end.max(spans[i].end);
        } else {
            spans[kept] = spans[i];
            kept += 1;
        }
    }
    kept
}

pub fn classify(c: u8) -> i32 {
    match c {
        b'0'..=b'9' => 1,
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => 2,
        b' ' | b'\t' | b'\n' => 3,
        b'+' | b'-' | b'*' | b'/' => 4,
        _ => 0,
    }
}

pub fn count_tokens(text: &[u8]) -> i32 {
    let mut count = 0;
    let mut last = 3;
    for &c in text {
        let kind = classify(c);
        if kind != 3 && (kind != last || kind == 4) {
            count += 1;
        }
        last = kind;
    }
    count
}

pub fn gray(n: u32) -> u32 {
    n ^ n >> 1
}

pub fn from_gray(mut n: u32) -> u32 {
    let mut shift = 16;
    while shift > 0 {
        n ^= n >> shift;
        shift /= 2;
    }
    n
}
