#[repr(C)]
#[derive(Clone, Copy)]
pub struct Date {
    pub year: i32,
    pub month: i32,
    pub day: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Fraction {
    pub num: i64,
    pub den: i64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Range {
    pub start: i32,
    pub end: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Account {
    pub balance: i64,
    pub overdraft: i64,
    pub transactions: u32,
    pub frozen: u8,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Item {
    pub id: u32,
    pub quantity: u16,
    pub reorder_level: u16,
    pub price_cents: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Node {
    pub value: i32,
    pub next: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Particle {
    pub x: f32,
    pub y: f32,
    pub vx: f32,
    pub vy: f32,
    pub life: i32,
}

pub fn is_leap(year: i32) -> bool {
    year & 3 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days of a month, 0 if there is no such month.
pub fn month_length(year: i32, month: i32) -> i32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        1..=12 => 30 + ((month + (month >> 3)) & 1),
        _ => 0,
    }
}

pub fn date_compare(a: &Date, b: &Date) -> i32 {
    if a.year != b.year {
        return if a.year < b.year { -1 } else { 1 };
    }
    if a.month != b.month {
        return if a.month < b.month { -1 } else { 1 };
    }
    (a.day > b.day) as i32 - (a.day < b.day) as i32
}

pub fn date_next_day(d: &mut Date) {
    if d.day < month_length(d.year, d.month) {
        d.day += 1;
        return;
    }
    d.day = 1;
    if d.month < 12 {
        d.month += 1;
    } else {
        d.month = 1;
        d.year = d.year.wrapping_add(1);
    }
}

/// Day of the year from 1, or 0 for an impossible date.
pub fn date_ordinal(d: &Date) -> i32 {
    if d.day < 1 || d.day > month_length(d.year, d.month) {
        return 0;
    }
    let mut days = d.day;
    for m in 1..d.month {
        days += month_length(d.year, m);
    }
    days
}

/// Lowest terms with a positive denominator; 0/1 for a zero numerator.
pub fn fraction_reduce(f: &mut Fraction) {
    let mut a = f.num.unsigned_abs();
    let mut b = f.den.unsigned_abs();
    let negative = (f.num < 0) != (f.den < 0);
    let (mut x, mut y) = (a, b);
    while y != 0 {
        let r = x % y;
        x = y;
        y = r;
    }
    if x > 1 {
        a /= x;
        b /= x;
    }
    f.num = if negative { a.wrapping_neg() } else { a } as i64;
    f.den = b as i64;
}

pub fn fraction_add(a: &Fraction, b: &Fraction, sum: &mut Fraction) {
    let left = a.num.wrapping_mul(b.den);
    let right = b.num.wrapping_mul(a.den);
    sum.num = left.wrapping_add(right);
    sum.den = a.den.wrapping_mul(b.den);
    fraction_reduce(sum);
}

/// Merges b into a if they overlap or touch.
pub fn range_merge(a: &mut Range, b: &Range) -> bool {
    if b.start > a.end || a.start > b.end {
        return false;
    }
    a.start = a.start.min(b.start);
    a.end = a.end.max(b.end);
    true
}

/// How many elements sorted ranges cover, each counted once.
pub fn covered_length(ranges: &[Range]) -> i64 {
    let mut total = 0i64;
    let mut reach = i32::MIN as i64;
    for range in ranges {
        let from = reach.max(range.start as i64);
        let end = range.end as i64;
        if end <= from {
            continue;
        }
        total += end - from;
        reach = end;
    }
    total
}

pub fn account_withdraw(acc: &mut Account, amount: i64) -> bool {
    if acc.frozen != 0 || amount <= 0 {
        return false;
    }
    if acc.balance < i64::MIN + amount || acc.balance - amount < acc.overdraft.wrapping_neg() {
        return false;
    }
    acc.balance -= amount;
    acc.transactions = acc.transactions.wrapping_add(1);
    true
}

/// 0 when done, 1 for a bad amount, 2 for a frozen account, 3 without the money.
pub fn account_transfer(from: &mut Account, to: &mut Account, amount: i64) -> i32 {
    if amount <= 0 || amount > 1000000000 {
        return 1;
    }
    if from.frozen != 0 || to.frozen != 0 {
        return 2;
    }
    if !account_withdraw(from, amount) {
        return 3;
    }
    to.balance = to.balance.wrapping_add(amount);
    to.transactions = to.transactions.wrapping_add(1);
    0
}

pub unsafe fn inventory_value(items: &[Item], short_items: *mut u32) -> i64 {
    let mut total = 0i64;
    let mut short = 0;
    for it in items {
        total += it.quantity as i64 * it.price_cents as i64;
        if it.quantity < it.reorder_level {
            short += 1;
        }
    }
    *short_items = short;
    total
}

/// Takes stock of one item; the amount that could be delivered.
pub fn take_from_stock(items: &mut [Item], id: u32, wanted: u32) -> u32 {
    let mut delivered = 0;
    for item in items.iter_mut() {
        if delivered >= wanted {
            break;
        }
        if item.id != id {
            continue;
        }
        let part = (wanted - delivered).min(item.quantity as u32);
        item.quantity -= part as u16;
        delivered += part;
    }
    delivered
}

/// Sum of a list linked by indices, stops at a bad link or after count nodes.
pub fn list_sum(nodes: &[Node], head: i32) -> i64 {
    let count = nodes.len() as i32;
    let mut sum = 0i64;
    let mut steps = 0;
    let mut at = head;
    while at >= 0 && at < count && steps < count {
        let node = &nodes[at as usize];
        sum += node.value as i64;
        at = node.next;
        steps += 1;
    }
    sum
}

/// Turns the links around; returns the new head, -1 for an empty list.
pub fn list_reverse(nodes: &mut [Node], head: i32) -> i32 {
    let count = nodes.len() as i32;
    let mut head = head;
    let mut prev = -1;
    for _ in 0..count {
        if head < 0 || head >= count {
            break;
        }
        let node = &mut nodes[head as usize];
        let next = node.next;
        node.next = prev;
        prev = head;
        head = next;
    }
    prev
}

/// Moves what is alive and bounces it off the floor; returns how many are left.
pub fn step_particles(ps: &mut [Particle], dt: f32) -> i32 {
    let mut alive = 0;
    for p in ps.iter_mut() {
        if p.life <= 0 {
            continue;
        }
        p.vy -= 9.81 * dt;
        p.x += p.vx * dt;
        p.y += p.vy * dt;
        if p.y < 0.0 {
            p.y = -p.y;
            p.vy *= -0.5;
        }
        p.life -= 1;
        if p.life > 0 {
            alive += 1;
        }
    }
    alive
}
