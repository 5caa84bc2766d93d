/// Bit set of the letters that occur in s, bit 0 for 'a'.
fn letter_mask(s: [*]const i8) u32 {
    var mask: u32 = 0;
    var i: usize = 0;
    while (s[i] != 0) : (i += 1) {
        const c = s[i] | 0x20;
        if (c >= 'a' and c <= 'z') mask |= @as(u32, 1) << @intCast(c - 'a');
    }
    return mask;
}

fn uses_every_letter(sentence: [*]const i8) bool {
    return letter_mask(sentence) == 0x3ffffff;
}

fn has_repeated_letter(word: []const i8) bool {
    var seen: u32 = 0;
    for (word) |c| {
        const letter = c | 0x20;
        if (letter < 'a' or letter > 'z') continue;
        const bit = @as(u32, 1) << @intCast(letter - 'a');
        if (seen & bit != 0) return true;
        seen |= bit;
    }
    return false;
}

fn count_differing_bytes(a: []const u8, b: []const u8) u32 {
    var distance: u32 = 0;
    for (a, b) |x, y| distance += @intFromBool(x != y);
    return distance;
}

/// Same letters in any order; case, digits and punctuation do not matter.
fn are_anagrams(first: [*]const i8, second: [*]const i8) bool {
    var counts: [26]i32 = @splat(0);
    var i: usize = 0;
    while (first[i] != 0) : (i += 1) {
        const c = first[i] | 32;
        if (c >= 'a' and c <= 'z') counts[@intCast(c - 'a')] += 1;
    }
    i = 0;
    while (second[i] != 0) : (i += 1) {
        const c = second[i] | 32;
        if (c < 'a' or c > 'z') continue;
        const left = &counts[@intCast(c - 'a')];
        left.* -= 1;
        if (left.* < 0) return false;
    }
    for (counts) |count| {
        if (count != 0) return false;
    }
    return true;
}

/// Levenshtein distance with one row; -1 if b is longer than the row.
fn edit_distance(a: []const i8, b: []const i8) i32 {
    if (b.len > 64) return -1;
    var row: [65]i32 = undefined;
    for (0..b.len + 1) |j| row[j] = @intCast(j);
    for (a, 1..) |ca, i| {
        var diagonal = row[0];
        row[0] = @intCast(i);
        for (b, 1..) |cb, j| {
            const above = row[j];
            const replaced = if (ca == cb) diagonal else diagonal + 1;
            row[j] = @min(replaced, above + 1, row[j - 1] + 1);
            diagonal = above;
        }
    }
    return row[b.len];
}

fn longest_shared_run(a: []const i8, b: []const i8) i32 {
    var run: [101]u8 = @splat(0);
    var best: u8 = 0;
    const nb = @min(b.len, 100);
    for (a) |c| {
        var j: usize = nb;
        while (j > 0) : (j -= 1) {
            if (c != b[j - 1]) {
                run[j] = 0;
                continue;
            }
            run[j] = run[j - 1] + 1;
            best = @max(best, run[j]);
        }
    }
    return best;
}

fn shared_prefix_length(a: [*]const i8, b: [*]const i8) usize {
    var n: usize = 0;
    while (a[n] != 0 and a[n] == b[n]) n += 1;
    return n;
}

fn is_subsequence_of(small: [*]const i8, large: [*]const i8) bool {
    var i: usize = 0;
    var j: usize = 0;
    while (large[j] != 0 and small[i] != 0) : (j += 1) {
        if (large[j] == small[i]) i += 1;
    }
    return small[i] == 0;
}

/// True if b is a rotated by some number of characters.
fn is_rotation(a: []const u8, b: []const u8) bool {
    if (a.len == 0) return true;
    for (0..a.len) |shift| {
        var i: usize = 0;
        var j = shift;
        while (i < a.len and a[j] == b[i]) {
            i += 1;
            j += 1;
            if (j == a.len) j = 0;
        }
        if (i == a.len) return true;
    }
    return false;
}

fn hash_fnv1a(s: [*]const i8) u32 {
    var h: u32 = 2166136261;
    var i: usize = 0;
    while (s[i] != 0) : (i += 1) {
        h ^= @as(u8, @bitCast(s[i]));
        h *%= 16777619;
    }
    return h;
}

/// The old ELF symbol hash.
fn hash_elf_name(name: []const u8) u32 {
    var h: u32 = 0;
    for (name) |byte| {
        h = (h << 4) +% byte;
        const high = h & 0xf0000000;
        if (high != 0) h ^= high >> 24;
        h &= ~high;
    }
    return h;
}

/// Rough number of syllables: groups of vowels, without a silent final e.
fn estimate_syllables(word: []const i8) i32 {
    var groups: i32 = 0;
    var previous = false;
    for (word) |c| {
        const vowel = switch (c | 0x20) {
            'a', 'e', 'i', 'o', 'u', 'y' => true,
            else => false,
        };
        if (vowel and !previous) groups += 1;
        previous = vowel;
    }
    if (groups > 1 and word[word.len - 1] | 0x20 == 'e') groups -= 1;
    return groups;
}
