const Account = extern struct { balance: i64, limit: i32, open: u8 };

fn sum_squares(a: []const i32) i32 {
    var sum: i32 = 0;
    for (a) |x| sum += x * x;
    return sum;
}

fn find_first(a: []const i32, key: i32) i32 {
    for (a, 0..) |x, i| {
        if (x == key) return @intCast(i + 1);
    }
    return -1;
}

fn add_saturating(a: u8, b: u8) u8 {
    return a + b;
}

fn hash_bytes(s: []const u8) u32 {
    var hash: u32 = 2166136261;
    for (s) |byte| hash = (hash *% 16777619) ^ byte;
    return hash;
}

fn withdraw(account: *Account, amount: i64) bool {
    if (account.open == 0 or amount <= 0 or amount > 1000000) return false;
    if (account.balance -% amount < account.limit) return false;
    account.balance -%= amount;
    return true;
}

fn count_words(s: [*]const i8) i32 {
    var words: i32 = 0;
    var i: usize = 0;
    while (s[i] != 0) : (i += 1) {
        if (s[i] == ' ' or s[i] == '\t' or s[i] == '\n') words += 1;
    }
    return words + 1;
}

fn sign_of(x: f64) i32 {
    if (x >= 0) return if (x == 0) 0 else 1;
    return -1;
}

fn lower_bound(a: []const i32, key: i32) i32 {
    var low: usize = 0;
    while (low < a.len and a[low] < key) low += 1;
    return @intCast(low);
}

fn checksum(a: []const i16) i16 {
    var sum: i32 = 0;
    for (a) |x| sum = (sum *% 31 +% x) & 0xffff;
    return @truncate(sum >> 1);
}
