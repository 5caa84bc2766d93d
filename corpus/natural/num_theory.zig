const std = @import("std");

/// Stein's algorithm: no divisions.
fn binary_gcd(a_in: u32, b_in: u32) u32 {
    if (a_in == 0) return b_in;
    if (b_in == 0) return a_in;
    const shift: u5 = @intCast(@ctz(a_in | b_in));
    var a = a_in >> @intCast(@ctz(a_in));
    var b = b_in;
    while (true) {
        b >>= @intCast(@ctz(b));
        if (a > b) std.mem.swap(u32, &a, &b);
        b -= a;
        if (b == 0) break;
    }
    return a << shift;
}

/// Bezout coefficients: a * x + b * y == gcd.
fn bezout_gcd(a_in: u32, b_in: u32, x: *i64, y: *i64) u32 {
    var a = a_in;
    var b = b_in;
    var x0: i64 = 1;
    var x1: i64 = 0;
    var y0: i64 = 0;
    var y1: i64 = 1;
    while (b != 0) {
        const q: i64 = a / b;
        const r = a % b;
        const xt = x0 - q *% x1;
        const yt = y0 - q *% y1;
        x0 = x1;
        x1 = xt;
        y0 = y1;
        y1 = yt;
        a = b;
        b = r;
    }
    x.* = x0;
    y.* = y0;
    return a;
}

fn widening_lcm(a: u32, b: u32) u64 {
    if (a == 0 or b == 0) return 0;
    return @as(u64, a / binary_gcd(a, b)) *% b;
}

fn addmod_u64(a: u64, b: u64, m: u64) u64 {
    if (m == 0) return 0;
    const x = a % m;
    const y = b % m;
    return if (x >= m - y) x - (m - y) else x + y;
}

fn mulmod_u64(a: u64, b: u64, m: u64) u64 {
    if (m == 0) return 0;
    var acc: u64 = 0;
    var addend = a % m;
    var rest = b;
    while (rest > 0) : (rest >>= 1) {
        if (rest & 1 != 0) acc = addmod_u64(acc, addend, m);
        addend = addmod_u64(addend, addend, m);
    }
    return acc;
}

fn powmod_u32(base: u32, exp: u32, m: u32) u32 {
    if (m == 0) return 0;
    var result: u64 = 1 % m;
    var b: u64 = base % m;
    var e = exp;
    while (e != 0) : (e >>= 1) {
        if (e & 1 == 1) result = result *% b % m;
        b = b *% b % m;
    }
    return @intCast(result);
}

/// Returns 0 if a has no inverse modulo m.
fn modular_inverse(a: i32, m: i32) i32 {
    if (m < 2) return 0;
    var r0 = m;
    var r1 = @mod(a, m);
    var t0: i32 = 0;
    var t1: i32 = 1;
    while (r1 != 0) {
        const q = @divTrunc(r0, r1);
        const r = r0 - q * r1;
        const t = t0 -% q *% t1;
        r0 = r1;
        r1 = r;
        t0 = t1;
        t1 = t;
    }
    if (r0 != 1) return 0;
    return if (t0 < 0) t0 + m else t0;
}

fn euler_totient(n: u32) u32 {
    var rest = n;
    var phi = n;
    var p: u32 = 2;
    while (p <= rest / p) : (p += if (p == 2) 1 else 2) {
        if (rest % p != 0) continue;
        while (rest % p == 0) rest /= p;
        phi -= phi / p;
    }
    if (rest > 1) phi -= phi / rest;
    return phi;
}

fn mobius_mu(n: u16) i32 {
    if (n == 0) return 0;
    var rest: u32 = n;
    var sign: i32 = 1;
    var p: u32 = 2;
    while (p * p <= rest) : (p += 1) {
        if (rest % p != 0) continue;
        rest /= p;
        if (rest % p == 0) return 0;
        sign = -sign;
    }
    return if (rest > 1) -sign else sign;
}

/// Jacobi symbol (a/n) for odd n.
fn jacobi_symbol(a: u32, n: u32) i8 {
    if (n & 1 == 0) return 0;
    var sign: i8 = 1;
    var bottom = n;
    var top = a % n;
    while (top != 0) {
        while (top & 1 == 0) {
            top >>= 1;
            switch (bottom & 7) {
                3, 5 => sign = -sign,
                else => {},
            }
        }
        std.mem.swap(u32, &top, &bottom);
        if (top & 3 == 3 and bottom & 3 == 3) sign = -sign;
        top %= bottom;
    }
    return if (bottom == 1) sign else 0;
}

/// One Miller-Rabin round: does witness prove that odd n > 2 is composite?
fn witness_says_composite(n: u32, witness: u32) bool {
    if (n < 3 or n & 1 == 0) return n != 2;
    var d = n - 1;
    var r: u32 = 0;
    while (d & 1 == 0) : (r += 1) d >>= 1;
    if (witness % n == 0) return false;
    var x: u64 = powmod_u32(witness, d, n);
    if (x == 1 or x == n - 1) return false;
    var i: u32 = 1;
    while (i < r) : (i += 1) {
        x = x *% x % n;
        if (x == n - 1) return false;
    }
    return true;
}

fn is_prime_deterministic32(n: u32) bool {
    if (n < 2) return false;
    if (n < 4) return true;
    for ([_]u32{ 2, 7, 61 }) |witness| {
        if (witness_says_composite(n, witness)) return false;
    }
    return true;
}

/// Sieve by odd numbers: flags[i] tells whether 2 * i + 1 is composite.
fn sieve_odd_composites(flags: []u8) i32 {
    if (flags.len == 0) return 0;
    for (flags) |*flag| flag.* = 0;
    flags[0] = 1;
    var primes: i32 = 0;
    for (1..flags.len) |i| {
        if (flags[i] != 0) continue;
        primes += 1;
        const step = 2 * i + 1;
        var j = i + step;
        while (j < flags.len) : (j += step) flags[j] = 1;
    }
    return primes;
}

/// Bit by bit, from the highest possible square downwards.
fn isqrt_u64(value: u64) u32 {
    var rest = value;
    var bit: u64 = 1 << 62;
    var root: u64 = 0;
    while (bit > rest) bit >>= 2;
    while (bit != 0) : (bit >>= 2) {
        if (rest >= root + bit) {
            rest -= root + bit;
            root = (root >> 1) + bit;
        } else {
            root >>= 1;
        }
    }
    return @intCast(root);
}

fn icbrt_u32(x: u32) u32 {
    var rest = x;
    var y: u32 = 0;
    var s: i32 = 30;
    while (s >= 0) : (s -= 3) {
        const shift: u5 = @intCast(s);
        y *= 2;
        const b = 3 * y * (y + 1) + 1;
        if (rest >> shift >= b) {
            rest -= b << shift;
            y += 1;
        }
    }
    return y;
}

fn checked_pow_i32(base: i32, exp: u32, out: *i32) bool {
    var acc: i64 = 1;
    var i: u32 = 0;
    while (i < exp) : (i += 1) {
        acc *%= base;
        if (acc > std.math.maxInt(i32) or acc < std.math.minInt(i32)) return false;
        if (acc == 0 or acc == 1) break;
        if (acc == -1 and base == -1) {
            acc = if (exp & 1 != 0) -1 else 1;
            break;
        }
    }
    out.* = @intCast(acc);
    return true;
}

/// Highest value of the 3n+1 orbit, 0 if it leaves 32 bits or takes too long.
fn hailstone_peak(n: u32, max_steps: u16) u32 {
    var value = n;
    var peak = n;
    var steps = max_steps;
    while (value > 1) {
        if (steps == 0) return 0;
        steps -= 1;
        if (value % 2 == 0) {
            value /= 2;
        } else {
            if (value > (std.math.maxInt(u32) - 1) / 3) return 0;
            value = 3 * value + 1;
            peak = @max(peak, value);
        }
    }
    return peak;
}

fn binomial_saturating(n: u32, k: u32) u32 {
    if (k > n) return 0;
    const terms = @min(k, n - k);
    var c: u64 = 1;
    for (0..terms) |i| {
        c = c *% (n - i) / (i + 1);
        if (c > std.math.maxInt(u32)) return std.math.maxInt(u32);
    }
    return @intCast(c);
}

fn aliquot_sum(n: u32) u64 {
    if (n < 2) return 0;
    var total: u64 = 1;
    var d: u32 = 2;
    while (d < n / d) : (d += 1) {
        if (n % d == 0) total += @as(u64, d) + n / d;
    }
    if (d == n / d and n % d == 0) total += d;
    return total;
}
