/* A cache that forgets what was used least recently: links in arrays, no heap. */
#include <stdbool.h>

#define SLOTS 16
#define NONE (-1)

static int keys[SLOTS], values[SLOTS];
static int newer[SLOTS], older[SLOTS];
static int newest = NONE, oldest = NONE;
static int filled;
static unsigned hits, misses;

static void unlink_slot(int slot) {
    if (newer[slot] != NONE)
        older[newer[slot]] = older[slot];
    else
        newest = older[slot];
    if (older[slot] != NONE)
        newer[older[slot]] = newer[slot];
    else
        oldest = newer[slot];
}

static void link_newest(int slot) {
    newer[slot] = NONE;
    older[slot] = newest;
    if (newest != NONE)
        newer[newest] = slot;
    newest = slot;
    if (oldest == NONE)
        oldest = slot;
}

static int slot_of(int key) {
    for (int slot = newest; slot != NONE; slot = older[slot])
        if (keys[slot] == key)
            return slot;
    return NONE;
}

bool cache_get(int key, int *value) {
    int slot = slot_of(key);
    if (slot == NONE) {
        misses++;
        return false;
    }
    unlink_slot(slot);
    link_newest(slot);
    *value = values[slot];
    hits++;
    return true;
}

void cache_put(int key, int value) {
    int slot = slot_of(key);
    if (slot != NONE) {
        unlink_slot(slot);
    } else if (filled < SLOTS) {
        slot = filled++;
    } else {
        slot = oldest;
        unlink_slot(slot);
    }
    keys[slot] = key;
    values[slot] = value;
    link_newest(slot);
}

void cache_clear(void) {
    newest = oldest = NONE;
    filled = 0;
    hits = misses = 0;
}

int cache_oldest_key(void) {
    return oldest == NONE ? 0 : keys[oldest];
}

int cache_hit_percent(void) {
    unsigned total = hits + misses;
    return total ? (int)(hits * 100 / total) : 0;
}
