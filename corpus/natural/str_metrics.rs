/// Bit set of the letters that occur in s, bit 0 for 'a'.
pub unsafe fn letter_mask(s: *const i8) -> u32 {
    let mut mask = 0u32;
    let mut p = s;
    while *p != 0 {
        let c = *p as u8 | 0x20;
        if c.is_ascii_lowercase() {
            mask |= 1 << (c - b'a');
        }
        p = p.add(1);
    }
    mask
}

pub unsafe fn uses_every_letter(sentence: *const i8) -> bool {
    letter_mask(sentence) == 0x3ffffff
}

pub fn has_repeated_letter(word: &[i8]) -> bool {
    let mut seen = 0u32;
    for &c in word {
        let index = ((c | 0x20) as i32 - b'a' as i32) as u32;
        if index >= 26 {
            continue;
        }
        if seen >> index & 1 != 0 {
            return true;
        }
        seen |= 1 << index;
    }
    false
}

pub fn count_differing_bytes(a: &[u8], b: &[u8]) -> u32 {
    a.iter().zip(b).filter(|(x, y)| x != y).count() as u32
}

/// Same letters in any order; case, digits and punctuation do not matter.
pub unsafe fn are_anagrams(first: *const i8, second: *const i8) -> bool {
    let mut counts = [0i32; 26];
    let mut p = first;
    while *p != 0 {
        let c = *p as u8 | 32;
        if let b'a'..=b'z' = c {
            counts[(c - b'a') as usize] += 1;
        }
        p = p.add(1);
    }
    p = second;
    while *p != 0 {
        let c = *p as u8 | 32;
        if let b'a'..=b'z' = c {
            let left = &mut counts[(c - b'a') as usize];
            *left -= 1;
            if *left < 0 {
                return false;
            }
        }
        p = p.add(1);
    }
    counts.iter().all(|&c| c == 0)
}

/// Levenshtein distance with one row; -1 if b is longer than the row.
pub fn edit_distance(a: &[i8], b: &[i8]) -> i32 {
    let mut row = [0i32; 65];
    if b.len() > 64 {
        return -1;
    }
    for j in 0..=b.len() {
        row[j] = j as i32;
    }
    for i in 1..=a.len() {
        let mut diagonal = row[0];
        row[0] = i as i32;
        for j in 1..=b.len() {
            let above = row[j];
            let cost = if a[i - 1] == b[j - 1] { 0 } else { 1 };
            row[j] = (diagonal + cost).min(above + 1).min(row[j - 1] + 1);
            diagonal = above;
        }
    }
    row[b.len()]
}

pub fn longest_shared_run(a: &[i8], b: &[i8]) -> i32 {
    let mut run = [0u8; 101];
    let mut best = 0u8;
    let nb = b.len().min(100);
    for &c in a {
        for j in (1..=nb).rev() {
            if c != b[j - 1] {
                run[j] = 0;
                continue;
            }
            run[j] = run[j - 1] + 1;
            if run[j] > best {
                best = run[j];
            }
        }
    }
    best as i32
}

pub unsafe fn shared_prefix_length(a: *const i8, b: *const i8) -> usize {
    let mut n = 0;
    while *a.add(n) != 0 && *a.add(n) == *b.add(n) {
        n += 1;
    }
    n
}

pub unsafe fn is_subsequence_of(mut small: *const i8, mut large: *const i8) -> bool {
    while *large != 0 && *small != 0 {
        if *large == *small {
            small = small.add(1);
        }
        large = large.add(1);
    }
    *small == 0
}

/// True if b is a rotated by some number of characters.
pub fn is_rotation(a: &[u8], b: &[u8]) -> bool {
    let len = a.len();
    if len == 0 {
        return true;
    }
    for shift in 0..len {
        let mut i = 0;
        let mut j = shift;
        while i < len && a[j] == b[i] {
            i += 1;
            j += 1;
            if j == len {
                j = 0;
            }
        }
        if i == len {
            return true;
        }
    }
    false
}

pub unsafe fn hash_fnv1a(s: *const i8) -> u32 {
    let mut h = 2166136261u32;
    let mut p = s;
    while *p != 0 {
        h = (h ^ *p as u8 as u32).wrapping_mul(16777619);
        p = p.add(1);
    }
    h
}

/// The old ELF symbol hash.
pub fn hash_elf_name(name: &[u8]) -> u32 {
    let mut h = 0u32;
    for &byte in name {
        h = (h << 4).wrapping_add(byte as u32);
        let high = h & 0xf0000000;
        if high != 0 {
            h ^= high >> 24;
        }
        h &= !high;
    }
    h
}

/// Rough number of syllables: groups of vowels, without a silent final e.
pub fn estimate_syllables(word: &[i8]) -> i32 {
    let mut groups = 0;
    let mut previous = false;
    for &c in word {
        let vowel = matches!(c as u8 | 0x20, b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
        if vowel && !previous {
            groups += 1;
        }
        previous = vowel;
    }
    if groups > 1 && word[word.len() - 1] as u8 | 0x20 == b'e' {
        groups -= 1;
    }
    groups
}
