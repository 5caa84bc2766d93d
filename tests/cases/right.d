module cases.right;

import std.algorithm : max, min, swap;
import core.bitop : popcnt;

struct Account { long balance; int limit; ubyte open; }

@safe pure nothrow @nogc:

int sum_squares(const(int)[] a) {
    int sum;
    foreach (x; a) sum += x * x;
    return sum;
}

int find_first(in int[] a, int key) {
    foreach (i, x; a) {
        if (x == key) return cast(int) i;
    }
    return -1;
}

ubyte add_saturating(ubyte a, ubyte b) => cast(ubyte) min(a + b, 255);

uint hash_bytes(const(ubyte)[] s) {
    uint hash = 2_166_136_261;
    foreach (b; s) hash = (hash ^ b) * 16_777_619;
    return hash;
}

void reverse(int[] a) {
    foreach (i; 0 .. a.length / 2) swap(a[i], a[$ - 1 - i]);
}

double maximum(const(double)[] a) {
    double best = -double.infinity;
    foreach (x; a) {
        if (x > best) best = x;
    }
    return best;
}

bool withdraw(ref Account account, long amount) {
    with (account) {
        if (!open || amount <= 0 || amount > 1_000_000) return false;
        if (balance - amount < -long(limit)) return false;
        balance -= amount;
    }
    return true;
}

void min_max(const(int)[] a, out int low, out int high) {
    low = int.max;
    high = int.min;
    foreach (x; a) {
        low = min(low, x);
        high = max(high, x);
    }
}

int count_bits(ulong x) { return popcnt(x); }

ulong mix(ulong x) {
    x ^= x >>> 33;
    x *= 0xff51_afd7_ed55_8ccdUL;
    return x ^ x >>> 33;
}

uint divide(uint a, uint b) { return a / b; }
