const std = @import("std");

const Date = extern struct { year: i32, month: i32, day: i32 };
const Fraction = extern struct { num: i64, den: i64 };
const Range = extern struct { start: i32, end: i32 };
const Account = extern struct { balance: i64, overdraft: i64, transactions: u32, frozen: u8 };
const Item = extern struct { id: u32, quantity: u16, reorder_level: u16, price_cents: i32 };
const Node = extern struct { value: i32, next: i32 };
const Particle = extern struct { x: f32, y: f32, vx: f32, vy: f32, life: i32 };

fn is_leap(year: i32) bool {
    return year & 3 == 0 and (@rem(year, 100) != 0 or @rem(year, 400) == 0);
}

/// Days of a month, 0 if there is no such month.
fn month_length(year: i32, month: i32) i32 {
    if (month < 1 or month > 12) return 0;
    if (month == 2) return if (is_leap(year)) 29 else 28;
    return 30 + ((month + (month >> 3)) & 1);
}

fn date_compare(a: *const Date, b: *const Date) i32 {
    if (a.year != b.year) return if (a.year < b.year) -1 else 1;
    if (a.month != b.month) return if (a.month < b.month) -1 else 1;
    return @as(i32, @intFromBool(a.day > b.day)) - @intFromBool(a.day < b.day);
}

fn date_next_day(d: *Date) void {
    if (d.day < month_length(d.year, d.month)) {
        d.day += 1;
        return;
    }
    d.day = 1;
    if (d.month < 12) {
        d.month += 1;
    } else {
        d.month = 1;
        d.year +%= 1;
    }
}

/// Day of the year from 1, or 0 for an impossible date.
fn date_ordinal(d: *const Date) i32 {
    var days = d.day;
    if (days < 1 or days > month_length(d.year, d.month)) return 0;
    var m: i32 = 1;
    while (m < d.month) : (m += 1) days += month_length(d.year, m);
    return days;
}

/// Lowest terms with a positive denominator; 0/1 for a zero numerator.
fn fraction_reduce(f: *Fraction) void {
    var a = @abs(f.num);
    var b = @abs(f.den);
    const negative = (f.num < 0) != (f.den < 0);
    var x = a;
    var y = b;
    while (y != 0) {
        const r = x % y;
        x = y;
        y = r;
    }
    if (x > 1) {
        a /= x;
        b /= x;
    }
    f.num = @bitCast(if (negative) 0 -% a else a);
    f.den = @bitCast(b);
}

fn fraction_add(a: *const Fraction, b: *const Fraction, sum: *Fraction) void {
    sum.num = a.num *% b.den +% b.num *% a.den;
    sum.den = a.den *% b.den;
    fraction_reduce(sum);
}

/// Merges b into a if they overlap or touch.
fn range_merge(a: *Range, b: *const Range) bool {
    if (b.start > a.end or a.start > b.end) return false;
    a.start = @min(a.start, b.start);
    a.end = @max(a.end, b.end);
    return true;
}

/// How many elements sorted ranges cover, each counted once.
fn covered_length(ranges: []const Range) i64 {
    var total: i64 = 0;
    var reach: i64 = std.math.minInt(i32);
    for (ranges) |range| {
        const from = @max(range.start, reach);
        if (range.end <= from) continue;
        total += range.end - from;
        reach = range.end;
    }
    return total;
}

fn account_withdraw(acc: *Account, amount: i64) bool {
    if (acc.frozen != 0 or amount <= 0) return false;
    if (acc.balance < std.math.minInt(i64) + amount) return false;
    if (acc.balance - amount < 0 -% acc.overdraft) return false;
    acc.balance -= amount;
    acc.transactions +%= 1;
    return true;
}

/// 0 when done, 1 for a bad amount, 2 for a frozen account, 3 without the money.
fn account_transfer(from: *Account, to: *Account, amount: i64) i32 {
    if (amount <= 0 or amount > 1000000000) return 1;
    if (from.frozen != 0 or to.frozen != 0) return 2;
    if (!account_withdraw(from, amount)) return 3;
    to.balance +%= amount;
    to.transactions +%= 1;
    return 0;
}

fn inventory_value(items: []const Item, short_items: *u32) i64 {
    var total: i64 = 0;
    short_items.* = 0;
    for (items) |it| {
        total += @as(i64, it.quantity) *% it.price_cents;
        if (it.quantity < it.reorder_level) short_items.* += 1;
    }
    return total;
}

/// Takes stock of one item; the amount that could be delivered.
fn take_from_stock(items: []Item, id: u32, wanted: u32) u32 {
    var delivered: u32 = 0;
    for (items) |*item| {
        if (delivered >= wanted) break;
        if (item.id != id) continue;
        const part = @min(wanted - delivered, item.quantity);
        item.quantity -= part;
        delivered += part;
    }
    return delivered;
}

/// Sum of a list linked by indices, stops at a bad link or after count nodes.
fn list_sum(nodes: []const Node, head: i32) i64 {
    var sum: i64 = 0;
    var steps: usize = 0;
    var at = head;
    while (at >= 0 and at < nodes.len and steps < nodes.len) : (steps += 1) {
        const node = nodes[@intCast(at)];
        sum += node.value;
        at = node.next;
    }
    return sum;
}

/// Turns the links around; returns the new head, -1 for an empty list.
fn list_reverse(nodes: []Node, head: i32) i32 {
    var at = head;
    var prev: i32 = -1;
    for (0..nodes.len) |_| {
        if (at < 0 or at >= nodes.len) break;
        const node = &nodes[@intCast(at)];
        const next = node.next;
        node.next = prev;
        prev = at;
        at = next;
    }
    return prev;
}

/// Moves what is alive and bounces it off the floor; returns how many are left.
fn step_particles(ps: []Particle, dt: f32) i32 {
    var alive: i32 = 0;
    for (ps) |*p| {
        if (p.life <= 0) continue;
        p.vy -= 9.81 * dt;
        p.x += p.vx * dt;
        p.y += p.vy * dt;
        if (p.y < 0.0) {
            p.y = -p.y;
            p.vy *= -0.5;
        }
        p.life -= 1;
        if (p.life > 0) alive += 1;
    }
    return alive;
}
