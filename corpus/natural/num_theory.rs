/// Stein's algorithm: no divisions.
pub fn binary_gcd(mut a: u32, mut b: u32) -> u32 {
    if a == 0 {
        return b;
    }
    if b == 0 {
        return a;
    }
    let shift = (a | b).trailing_zeros();
    a >>= a.trailing_zeros();
    loop {
        b >>= b.trailing_zeros();
        if a > b {
            core::mem::swap(&mut a, &mut b);
        }
        b -= a;
        if b == 0 {
            return a << shift;
        }
    }
}

/// Bezout coefficients: a * x + b * y == gcd.
pub unsafe fn bezout_gcd(mut a: u32, mut b: u32, x: *mut i64, y: *mut i64) -> u32 {
    let (mut x0, mut x1) = (1i64, 0i64);
    let (mut y0, mut y1) = (0i64, 1i64);
    while b != 0 {
        let q = (a / b) as i64;
        (x0, x1) = (x1, x0 - q * x1);
        (y0, y1) = (y1, y0 - q * y1);
        (a, b) = (b, a % b);
    }
    *x = x0;
    *y = y0;
    a
}

pub fn widening_lcm(a: u32, b: u32) -> u64 {
    if a == 0 || b == 0 {
        return 0;
    }
    (a / binary_gcd(a, b)) as u64 * b as u64
}

pub fn addmod_u64(a: u64, b: u64, m: u64) -> u64 {
    if m == 0 {
        return 0;
    }
    let a = a % m;
    let b = b % m;
    if a >= m - b {
        a - (m - b)
    } else {
        a + b
    }
}

pub fn mulmod_u64(a: u64, mut b: u64, m: u64) -> u64 {
    if m == 0 {
        return 0;
    }
    let mut acc = 0;
    let mut a = a % m;
    while b > 0 {
        if b & 1 != 0 {
            acc = addmod_u64(acc, a, m);
        }
        a = addmod_u64(a, a, m);
        b >>= 1;
    }
    acc
}

pub fn powmod_u32(base: u32, mut exp: u32, m: u32) -> u32 {
    if m == 0 {
        return 0;
    }
    let m = m as u64;
    let mut result = 1 % m;
    let mut b = base as u64 % m;
    while exp != 0 {
        if exp & 1 == 1 {
            result = result * b % m;
        }
        b = b * b % m;
        exp >>= 1;
    }
    result as u32
}

/// Returns 0 if a has no inverse modulo m.
pub fn modular_inverse(a: i32, m: i32) -> i32 {
    if m < 2 {
        return 0;
    }
    let (mut r0, mut r1) = (m, a.rem_euclid(m));
    let (mut t0, mut t1) = (0i32, 1i32);
    while r1 != 0 {
        let q = r0 / r1;
        (r0, r1) = (r1, r0 - q * r1);
        (t0, t1) = (t1, t0 - q * t1);
    }
    if r0 != 1 {
        return 0;
    }
    if t0 < 0 {
        t0 + m
    } else {
        t0
    }
}

pub fn euler_totient(mut n: u32) -> u32 {
    let mut phi = n;
    let mut p = 2;
    while p <= n / p {
        if n % p == 0 {
            while n % p == 0 {
                n /= p;
            }
            phi -= phi / p;
        }
        p += if p == 2 { 1 } else { 2 };
    }
    if n > 1 {
        phi -= phi / n;
    }
    phi
}

pub fn mobius_mu(n: u16) -> i32 {
    if n == 0 {
        return 0;
    }
    let mut n = n as i32;
    let mut sign = 1;
    let mut p = 2;
    while p * p <= n {
        if n % p == 0 {
            n /= p;
            if n % p == 0 {
                return 0;
            }
            sign = -sign;
        }
        p += 1;
    }
    if n > 1 {
        -sign
    } else {
        sign
    }
}

/// Jacobi symbol (a/n) for odd n.
pub fn jacobi_symbol(mut a: u32, mut n: u32) -> i8 {
    if n & 1 == 0 {
        return 0;
    }
    let mut sign = 1i8;
    a %= n;
    while a != 0 {
        while a & 1 == 0 {
            a >>= 1;
            if matches!(n & 7, 3 | 5) {
                sign = -sign;
            }
        }
        core::mem::swap(&mut a, &mut n);
        if a & 3 == 3 && n & 3 == 3 {
            sign = -sign;
        }
        a %= n;
    }
    if n == 1 {
        sign
    } else {
        0
    }
}

/// One Miller-Rabin round: does witness prove that odd n > 2 is composite?
pub fn witness_says_composite(n: u32, witness: u32) -> bool {
    if n < 3 || n & 1 == 0 {
        return n != 2;
    }
    let r = (n - 1).trailing_zeros();
    let d = (n - 1) >> r;
    if witness % n == 0 {
        return false;
    }
    let modulus = n as u64;
    let mut x = powmod_u32(witness, d, n) as u64;
    if x == 1 || x == modulus - 1 {
        return false;
    }
    for _ in 1..r {
        x = x * x % modulus;
        if x == modulus - 1 {
            return false;
        }
    }
    true
}

pub fn is_prime_deterministic32(n: u32) -> bool {
    match n {
        0 | 1 => false,
        2 | 3 => true,
        _ => !witness_says_composite(n, 2) && !witness_says_composite(n, 7) && !witness_says_composite(n, 61),
    }
}

/// Sieve by odd numbers: flags[i] tells whether 2 * i + 1 is composite.
pub fn sieve_odd_composites(flags: &mut [u8]) -> i32 {
    if flags.is_empty() {
        return 0;
    }
    flags.fill(0);
    flags[0] = 1;
    let mut primes = 0;
    for i in 1..flags.len() {
        if flags[i] != 0 {
            continue;
        }
        primes += 1;
        let step = 2 * i + 1;
        let mut j = i + step;
        while j < flags.len() {
            flags[j] = 1;
            j += step;
        }
    }
    primes
}

/// Bit by bit, from the highest possible square downwards.
pub fn isqrt_u64(mut value: u64) -> u32 {
    let mut bit = 1u64 << 62;
    let mut root = 0u64;
    while bit > value {
        bit >>= 2;
    }
    while bit != 0 {
        let trial = root + bit;
        root >>= 1;
        if value >= trial {
            value -= trial;
            root += bit;
        }
        bit >>= 2;
    }
    root as u32
}

pub fn icbrt_u32(mut x: u32) -> u32 {
    let mut y = 0u32;
    for s in (0..=30).rev().step_by(3) {
        y *= 2;
        let b = 3 * y * (y + 1) + 1;
        if (x >> s) >= b {
            x -= b << s;
            y += 1;
        }
    }
    y
}

pub unsafe fn checked_pow_i32(base: i32, exp: u32, out: *mut i32) -> bool {
    let mut acc = 1i64;
    for _ in 0..exp {
        acc *= base as i64;
        if acc > i32::MAX as i64 || acc < i32::MIN as i64 {
            return false;
        }
        if acc == 0 || acc == 1 {
            break;
        }
        if acc == -1 && base == -1 {
            acc = if exp & 1 != 0 { -1 } else { 1 };
            break;
        }
    }
    *out = acc as i32;
    true
}

/// Highest value of the 3n+1 orbit, 0 if it leaves 32 bits or takes too long.
pub fn hailstone_peak(mut n: u32, max_steps: u16) -> u32 {
    let mut peak = n;
    let mut steps_left = max_steps;
    while n > 1 {
        if steps_left == 0 {
            return 0;
        }
        steps_left -= 1;
        if n % 2 == 0 {
            n /= 2;
        } else {
            if n > (u32::MAX - 1) / 3 {
                return 0;
            }
            n = 3 * n + 1;
            peak = peak.max(n);
        }
    }
    peak
}

pub fn binomial_saturating(n: u32, k: u32) -> u32 {
    if k > n {
        return 0;
    }
    let k = k.min(n - k);
    let mut c = 1u64;
    for i in 0..k {
        c = c * (n - i) as u64 / (i as u64 + 1);
        if c > u32::MAX as u64 {
            return u32::MAX;
        }
    }
    c as u32
}

pub fn aliquot_sum(n: u32) -> u64 {
    if n < 2 {
        return 0;
    }
    let mut total = 1u64;
    let mut d = 2;
    while d < n / d {
        if n % d == 0 {
            total += d as u64 + (n / d) as u64;
        }
        d += 1;
    }
    if d == n / d && n % d == 0 {
        total += d as u64;
    }
    total
}
