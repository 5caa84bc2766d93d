struct Account { long balance; int limit; ubyte open; }

int sum_squares(const(int)[] a) {
    int sum;
    foreach (x; a[1 .. $]) sum += x * x;
    return sum;
}

ubyte add_saturating(ubyte a, ubyte b) { return cast(ubyte) (a + b); }

uint hash_bytes(const(ubyte)[] s) {
    uint hash = 2_166_136_261;
    foreach (byte b; cast(const(byte)[]) s) hash = (hash ^ b) * 16_777_619;
    return hash;
}

double maximum(const(double)[] a) {
    double best;
    foreach (x; a) {
        if (x > best) best = x;
    }
    return best;
}

bool withdraw(ref Account account, long amount) {
    Account copy = account;
    if (!copy.open || amount <= 0 || amount > 1_000_000) return false;
    if (copy.balance - amount < -long(copy.limit)) return false;
    copy.balance -= amount;
    return true;
}

void min_max(const(int)[] a, ref int low, ref int high) {
    foreach (x; a) {
        if (x < low) low = x;
        if (x > high) high = x;
    }
}

short checksum(const(short)[] a) {
    int sum;
    foreach (x; a) sum = sum * 31 + x;
    assert(sum == cast(short) sum);
    return cast(short) sum;
}

int midpoint(int a, int b) { return (a + b) >> 1; }

void to_upper(byte* s) {
    while (*s++) {
        if (*s >= 'a' && *s <= 'z') *s -= 32;
    }
}
