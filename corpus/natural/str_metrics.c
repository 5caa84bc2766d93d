#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

/* Bit set of the letters that occur in s, bit 0 for 'a'. */
uint32_t letter_mask(const char *s) {
    uint32_t mask = 0;
    for (; *s; s++) {
        int c = *s | 0x20;
        if (c >= 'a' && c <= 'z')
            mask |= UINT32_C(1) << (c - 'a');
    }
    return mask;
}

bool uses_every_letter(const char *sentence) {
    return letter_mask(sentence) == 0x3ffffff;
}

bool has_repeated_letter(const char *word, int len) {
    uint32_t seen = 0;
    for (int i = 0; i < len; i++) {
        unsigned index = (unsigned)((word[i] | 0x20) - 'a');
        if (index >= 26)
            continue;
        if (seen >> index & 1)
            return true;
        seen |= 1u << index;
    }
    return false;
}

unsigned count_differing_bytes(const uint8_t *a, const uint8_t *b, size_t n) {
    unsigned distance = 0;
    for (size_t i = 0; i < n; i++)
        distance += a[i] != b[i];
    return distance;
}

/* Same letters in any order; case, digits and punctuation do not matter. */
bool are_anagrams(const char *first, const char *second) {
    int counts[26] = {0};
    for (const char *p = first; *p; p++) {
        int c = *p | 32;
        if (c >= 'a' && c <= 'z')
            counts[c - 'a']++;
    }
    for (const char *p = second; *p; p++) {
        int c = *p | 32;
        if (c >= 'a' && c <= 'z' && --counts[c - 'a'] < 0)
            return false;
    }
    for (int i = 0; i < 26; i++) {
        if (counts[i] != 0)
            return false;
    }
    return true;
}

/* Levenshtein distance with one row; -1 if b is longer than the row. */
int edit_distance(const char *a, int na, const char *b, int nb) {
    int row[65];
    if (nb > 64)
        return -1;
    for (int j = 0; j <= nb; j++)
        row[j] = j;
    for (int i = 1; i <= na; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= nb; j++) {
            int above = row[j];
            int best = a[i - 1] == b[j - 1] ? diagonal : diagonal + 1;
            if (above + 1 < best)
                best = above + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
            diagonal = above;
        }
    }
    return row[nb];
}

int longest_shared_run(const char *a, int na, const char *b, int nb) {
    uint8_t run[101] = {0};
    int best = 0;
    if (nb > 100)
        nb = 100;
    for (int i = 0; i < na; i++) {
        for (int j = nb; j > 0; j--) {
            if (a[i] != b[j - 1]) {
                run[j] = 0;
                continue;
            }
            run[j] = (uint8_t)(run[j - 1] + 1);
            if (run[j] > best)
                best = run[j];
        }
    }
    return best;
}

size_t shared_prefix_length(const char *a, const char *b) {
    size_t n = 0;
    while (a[n] && a[n] == b[n])
        n++;
    return n;
}

bool is_subsequence_of(const char *small, const char *large) {
    for (; *large && *small; large++) {
        if (*large == *small)
            small++;
    }
    return !*small;
}

/* True if b is a rotated by some number of characters. */
bool is_rotation(const uint8_t *a, const uint8_t *b, size_t len) {
    if (len == 0)
        return true;
    for (size_t shift = 0; shift < len; shift++) {
        size_t i = 0;
        size_t j = shift;
        while (i < len && a[j] == b[i]) {
            i++;
            j++;
            if (j == len)
                j = 0;
        }
        if (i == len)
            return true;
    }
    return false;
}

uint32_t hash_fnv1a(const char *s) {
    uint32_t h = 2166136261u;
    while (*s) {
        h ^= (uint8_t)*s++;
        h *= 16777619u;
    }
    return h;
}

/* The old ELF symbol hash. */
uint32_t hash_elf_name(const uint8_t *name, size_t len) {
    uint32_t h = 0;
    for (size_t i = 0; i < len; i++) {
        h = (h << 4) + name[i];
        uint32_t high = h & 0xf0000000u;
        if (high != 0)
            h ^= high >> 24;
        h &= ~high;
    }
    return h;
}

/* Rough number of syllables: groups of vowels, without a silent final e. */
int estimate_syllables(const char *word, int len) {
    int groups = 0;
    bool previous = false;
    for (int i = 0; i < len; i++) {
        bool vowel;
        switch (word[i] | 0x20) {
        case 'a': case 'e': case 'i': case 'o': case 'u': case 'y':
            vowel = true;
            break;
        default:
            vowel = false;
        }
        if (vowel && !previous)
            groups++;
        previous = vowel;
    }
    if (groups > 1 && (word[len - 1] | 0x20) == 'e')
        groups--;
    return groups;
}
