//! Pseudo-random numbers, and what one does with them.

#[derive(Debug, Clone)]
pub struct XorShift {
    state: u64,
}

#[derive(Debug, Clone, Copy)]
pub struct Pcg32 {
    state: u64,
    increment: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    Heads,
    Tails,
}

impl XorShift {
    pub fn new(seed: u64) -> Self {
        XorShift { state: if seed == 0 { 0x9e37_79b9_7f4a_7c15 } else { seed } }
    }

    pub fn next_u64(&mut self) -> u64 {
        let mut x = self.state;
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        self.state = x;
        x
    }

    pub fn next_u32(&mut self) -> u32 {
        (self.next_u64() >> 32) as u32
    }

    pub fn below(&mut self, limit: u32) -> Option<u32> {
        if limit == 0 {
            return None;
        }
        Some((self.next_u32() as u64 * limit as u64 >> 32) as u32)
    }

    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn flip(&mut self) -> Face {
        if self.next_u64() & 1 == 0 { Face::Heads } else { Face::Tails }
    }

    pub fn shuffle(&mut self, items: &mut [i32]) {
        for i in (1..items.len()).rev() {
            let j = (self.next_u64() % (i as u64 + 1)) as usize;
            items.swap(i, j);
        }
    }

    pub fn pick<'a>(&mut self, items: &'a [i32]) -> Option<&'a i32> {
        if items.is_empty() {
            return None;
        }
        let at = self.next_u64() as usize % items.len();
        items.get(at)
    }
}

impl Pcg32 {
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut rng = Pcg32 { state: 0, increment: stream << 1 | 1 };
        rng.next();
        rng.state = rng.state.wrapping_add(seed);
        rng.next();
        rng
    }

    pub fn next(&mut self) -> u32 {
        let old = self.state;
        self.state = old.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(self.increment);
        let shifted = ((old >> 18 ^ old) >> 27) as u32;
        shifted.rotate_right((old >> 59) as u32)
    }

    pub fn range(&mut self, low: i32, high: i32) -> Result<i32, ()> {
        if low >= high {
            return Err(());
        }
        let span = high.wrapping_sub(low) as u32;
        Ok(low.wrapping_add((self.next() % span) as i32))
    }
}

impl Iterator for Pcg32 {
    type Item = u32;

    fn next(&mut self) -> Option<Self::Item> {
        Some(Pcg32::next(self))
    }
}

pub fn roll(rng: &mut XorShift, dice: u8, sides: u8) -> u32 {
    (0..dice).filter_map(|_| rng.below(sides as u32)).map(|n| n + 1).sum()
}

pub fn mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() { None } else { Some(values.iter().sum::<f64>() / values.len() as f64) }
}

pub fn longest_streak(faces: &[Face]) -> usize {
    let (mut best, mut run) = (0, 0);
    let mut last = None;
    for &face in faces {
        run = if last == Some(face) { run + 1 } else { 1 };
        last = Some(face);
        best = best.max(run);
    }
    best
}
