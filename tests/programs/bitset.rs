//! A set of small numbers in words of 64 bits, and tricks with bits.

const WORDS: usize = 4;
const BITS: usize = WORDS * 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BitSet {
    words: [u64; WORDS],
}

impl BitSet {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn insert(&mut self, item: usize) -> bool {
        if item >= BITS {
            return false;
        }
        let fresh = !self.contains(item);
        self.words[item / 64] |= 1 << (item % 64);
        fresh
    }

    pub fn remove(&mut self, item: usize) -> bool {
        let there = self.contains(item);
        if there {
            self.words[item / 64] &= !(1u64 << (item % 64));
        }
        there
    }

    pub fn contains(&self, item: usize) -> bool {
        item < BITS && self.words[item / 64] >> (item % 64) & 1 == 1
    }

    pub fn len(&self) -> u32 {
        self.words.iter().map(|w| w.count_ones()).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&w| w == 0)
    }

    pub fn union(&self, other: &BitSet) -> BitSet {
        let mut out = *self;
        for (a, b) in out.words.iter_mut().zip(other.words.iter()) {
            *a |= *b;
        }
        out
    }

    pub fn is_subset(&self, other: &BitSet) -> bool {
        self.words.iter().zip(&other.words).all(|(a, b)| a & !b == 0)
    }

    pub fn first(&self) -> Option<usize> {
        for (k, word) in self.words.iter().enumerate() {
            if *word != 0 {
                return Some(k * 64 + word.trailing_zeros() as usize);
            }
        }
        None
    }

    pub fn next_after(&self, item: usize) -> Option<usize> {
        (item + 1..BITS).find(|&k| self.contains(k))
    }
}

impl std::ops::BitAnd for BitSet {
    type Output = BitSet;

    fn bitand(self, other: BitSet) -> BitSet {
        let mut out = BitSet::new();
        for k in 0..WORDS {
            out.words[k] = self.words[k] & other.words[k];
        }
        out
    }
}

pub fn reverse_bits(mut value: u32) -> u32 {
    let mut out = 0;
    for _ in 0..32 {
        out = out << 1 | value & 1;
        value >>= 1;
    }
    out
}

pub fn next_power_of_two(n: u32) -> Option<u32> {
    n.checked_next_power_of_two()
}

pub fn parity(n: u64) -> bool {
    n.count_ones() % 2 == 1
}

pub fn gray_code(n: u16) -> u16 {
    n ^ n >> 1
}

pub fn interleave(x: u16, y: u16) -> u32 {
    fn spread(v: u16) -> u32 {
        let mut v = v as u32;
        v = (v | v << 8) & 0x00ff_00ff;
        v = (v | v << 4) & 0x0f0f_0f0f;
        v = (v | v << 2) & 0x3333_3333;
        (v | v << 1) & 0x5555_5555
    }
    spread(x) | spread(y) << 1
}

pub fn isqrt(n: u64) -> u32 {
    let mut low = 0u64;
    let mut high = 1 << 32;
    while high - low > 1 {
        let middle = (low + high) / 2;
        if middle * middle <= n {
            low = middle;
        } else {
            high = middle;
        }
    }
    low as u32
}
