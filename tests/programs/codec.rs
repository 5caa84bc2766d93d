//! Run-length encoding and other codes, out of slices into slices.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodecError {
    OutputFull,
    Truncated,
    BadInput(u8),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    Output,
    Input,
}

pub struct Writer<'a> {
    out: &'a mut [u8],
    len: usize,
}

impl<'a> Writer<'a> {
    pub fn new(out: &'a mut [u8]) -> Self {
        Writer { out, len: 0 }
    }

    pub fn put(&mut self, byte: u8) -> Result<(), Full> {
        let place = self.out.get_mut(self.len).ok_or(Full::Output)?;
        *place = byte;
        self.len += 1;
        Ok(())
    }

    pub fn put_number(&mut self, mut n: u32) -> Result<usize, Full> {
        let before = self.len;
        while n >= 0x80 {
            self.put(n as u8 | 0x80)?;
            n >>= 7;
        }
        self.put(n as u8)?;
        Ok(self.len - before)
    }

    pub fn remaining(&self) -> usize {
        self.out.len().saturating_sub(self.len)
    }
}

pub fn encode(data: &[u8], out: &mut [u8]) -> Result<usize, Full> {
    let mut i = 0;
    let mut at = 0;
    while i < data.len() {
        let byte = data[i];
        let mut run = 1;
        while i + run < data.len() && data[i + run] == byte && run < 255 {
            run += 1;
        }
        if at + 2 > out.len() {
            return Err(Full::Output);
        }
        out[at] = run as u8;
        out[at + 1] = byte;
        at += 2;
        i += run;
    }
    Ok(at)
}

pub fn decode(data: &[u8], out: &mut [u8]) -> Result<usize, Full> {
    let mut at = 0;
    let mut pairs = data.chunks_exact(2);
    for pair in &mut pairs {
        for _ in 0..pair[0] {
            if at == out.len() {
                return Err(Full::Output);
            }
            out[at] = pair[1];
            at += 1;
        }
    }
    if pairs.remainder().is_empty() { Ok(at) } else { Err(Full::Input) }
}

pub fn encoded_len(data: &[u8]) -> usize {
    let mut count = 0;
    let mut last: Option<(u8, u8)> = None;
    for &byte in data {
        last = match last {
            Some((b, n)) if b == byte && n < 255 => Some((b, n + 1)),
            _ => {
                count += 2;
                Some((byte, 1))
            }
        };
    }
    count
}

pub fn read_number(data: &[u8]) -> Option<(u32, usize)> {
    let mut value = 0u32;
    for (k, &byte) in data.iter().enumerate().take(5) {
        value |= ((byte & 0x7f) as u32) << (7 * k);
        if byte & 0x80 == 0 {
            return Some((value, k + 1));
        }
    }
    None
}

pub fn zigzag(n: i32) -> u32 {
    (n << 1 ^ n >> 31) as u32
}

pub fn unzigzag(n: u32) -> i32 {
    (n >> 1) as i32 ^ -((n & 1) as i32)
}

pub fn delta_encode(values: &mut [i32]) {
    let mut last = 0;
    for v in values.iter_mut() {
        let now = *v;
        *v = now.wrapping_sub(last);
        last = now;
    }
}

pub fn bit_pack(flags: &[bool], out: &mut [u8]) -> usize {
    let mut written = 0;
    for (chunk, place) in flags.chunks(8).zip(out.iter_mut()) {
        *place = chunk.iter().enumerate().fold(0, |byte, (k, &flag)| byte | (flag as u8) << k);
        written += 1;
    }
    written
}

pub fn fail(byte: u8) -> Result<u8, CodecError> {
    if byte > 127 { Err(CodecError::BadInput(byte)) } else { Ok(byte) }
}
