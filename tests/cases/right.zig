const std = @import("std");

const Account = extern struct { balance: i64, limit: i32, open: u8 };

fn sum_squares(a: []const i32) i32 {
    var sum: i32 = 0;
    for (a) |x| sum +%= x *% x;
    return sum;
}

fn find_first(a: []const i32, key: i32) i32 {
    for (a, 0..) |x, i| {
        if (x == key) return @intCast(i);
    }
    return -1;
}

fn add_saturating(a: u8, b: u8) u8 {
    return a +| b;
}

fn hash_bytes(s: []const u8) u32 {
    var hash: u32 = 2166136261;
    for (s) |byte| hash = (hash ^ byte) *% 16777619;
    return hash;
}

fn reverse(a: []i32) void {
    std.mem.reverse(i32, a);
}

fn withdraw(account: *Account, amount: i64) bool {
    if (account.open == 0 or amount <= 0 or amount > 1000000) return false;
    if (account.balance -% amount < -@as(i64, account.limit)) return false;
    account.balance -%= amount;
    return true;
}

fn count_words(s: [*]const i8) i32 {
    var words: i32 = 0;
    var inside = false;
    var i: usize = 0;
    while (s[i] != 0) : (i += 1) {
        const space = s[i] == ' ' or s[i] == '\t' or s[i] == '\n';
        if (!space and !inside) words += 1;
        inside = !space;
    }
    return words;
}

fn divide(a: u32, b: u32) u32 {
    return a / b;
}

fn mix(start: u64) u64 {
    var x = start;
    x ^= x >> 33;
    x *%= 0xff51afd7ed558ccd;
    x ^= x >> 33;
    return x;
}

fn lerp(a: f32, b: f32, t: f32) f32 {
    return a + (b - a) * t;
}
