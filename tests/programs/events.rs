//! A ring buffer over an array, and a queue of events in one.

const CAPACITY: usize = 16;

#[derive(Debug)]
pub struct Ring {
    items: [i32; CAPACITY],
    head: usize,
    len: usize,
}

impl Ring {
    pub fn new() -> Self {
        Ring { items: [0; CAPACITY], head: 0, len: 0 }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn is_full(&self) -> bool {
        self.len == CAPACITY
    }

    /// Puts an item at the end; gives it back if there is no room.
    pub fn push(&mut self, item: i32) -> Result<(), i32> {
        if self.is_full() {
            return Err(item);
        }
        let at = (self.head + self.len) % CAPACITY;
        self.items[at] = item;
        self.len += 1;
        Ok(())
    }

    pub fn pop(&mut self) -> Option<i32> {
        if self.is_empty() {
            return None;
        }
        let item = self.items[self.head % CAPACITY];
        self.head = (self.head + 1) % CAPACITY;
        self.len -= 1;
        Some(item)
    }

    pub fn peek(&self) -> Option<&i32> {
        if self.is_empty() { None } else { self.items.get(self.head) }
    }

    pub fn push_all(&mut self, items: &[i32]) -> usize {
        let mut taken = 0;
        for &item in items {
            if self.push(item).is_err() {
                break;
            }
            taken += 1;
        }
        taken
    }

    pub fn sum(&self) -> i64 {
        let mut total = 0i64;
        for k in 0..self.len.min(CAPACITY) {
            total += self.items[(self.head + k) % CAPACITY] as i64;
        }
        total
    }

    pub fn clear(&mut self) {
        self.head = 0;
        self.len = 0;
    }

    pub fn contains(&self, wanted: i32) -> bool {
        (0..self.len.min(CAPACITY)).any(|k| self.items[(self.head + k) % CAPACITY] == wanted)
    }
}

impl Default for Ring {
    fn default() -> Self {
        Self::new()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Key,
    Mouse,
    Timer,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Event {
    pub kind: Kind,
    pub at: u32,
    pub value: i16,
}

impl Event {
    pub fn key(at: u32, code: i16) -> Event {
        Event { kind: Kind::Key, at, value: code }
    }

    pub fn is_before(&self, other: &Event) -> bool {
        self.at < other.at || (self.at == other.at && (self.kind as u8) < (other.kind as u8))
    }
}

pub fn count_kind(events: &[Event], kind: Kind) -> usize {
    events.iter().filter(|e| e.kind == kind).count()
}

pub fn latest(events: &[Event]) -> Option<Event> {
    let mut best = *events.first()?;
    for e in &events[1..] {
        if best.is_before(e) {
            best = *e;
        }
    }
    Some(best)
}

pub fn drop_before(events: &mut [Event], limit: u32) -> usize {
    let mut kept = 0;
    for i in 0..events.len() {
        if events[i].at >= limit {
            events.swap(kept, i);
            kept += 1;
        }
    }
    kept
}
