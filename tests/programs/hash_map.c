/* A map from short names to numbers over a fixed pool of entries. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define BUCKETS 32
#define ENTRIES 64
#define NAME 12

struct entry {
    char name[NAME];
    int value;
    int next;
};

static struct entry pool[ENTRIES];
static int heads[BUCKETS];
static int unused = -1;
static int used;
static bool ready;

static uint32_t hash_name(const char *name) {
    uint32_t hash = 5381;
    while (*name)
        hash = hash * 33 ^ (unsigned char)*name++;
    return hash;
}

void map_clear(void) {
    for (int i = 0; i < BUCKETS; i++)
        heads[i] = -1;
    for (int i = 0; i < ENTRIES; i++)
        pool[i].next = i + 1 < ENTRIES ? i + 1 : -1;
    unused = 0;
    used = 0;
    ready = true;
}

static int find(const char *name) {
    for (int at = heads[hash_name(name) % BUCKETS]; at >= 0; at = pool[at].next)
        if (strcmp(pool[at].name, name) == 0)
            return at;
    return -1;
}

bool map_put(const char *name, int value) {
    if (!ready)
        map_clear();
    if (strlen(name) >= NAME)
        return false;
    int at = find(name);
    if (at < 0) {
        if (unused < 0)
            return false;
        at = unused;
        unused = pool[at].next;
        strcpy(pool[at].name, name);
        int bucket = (int)(hash_name(name) % BUCKETS);
        pool[at].next = heads[bucket];
        heads[bucket] = at;
        used++;
    }
    pool[at].value = value;
    return true;
}

bool map_get(const char *name, int *value) {
    if (!ready)
        return false;
    int at = find(name);
    if (at < 0)
        return false;
    *value = pool[at].value;
    return true;
}

bool map_remove(const char *name) {
    if (!ready)
        return false;
    int *link = &heads[hash_name(name) % BUCKETS];
    while (*link >= 0) {
        int at = *link;
        if (strcmp(pool[at].name, name) == 0) {
            *link = pool[at].next;
            pool[at].next = unused;
            unused = at;
            used--;
            return true;
        }
        link = &pool[at].next;
    }
    return false;
}

int map_size(void) {
    return used;
}

int map_sum(void) {
    int sum = 0;
    if (ready)
        for (int b = 0; b < BUCKETS; b++)
            for (int at = heads[b]; at >= 0; at = pool[at].next)
                sum += pool[at].value;
    return sum;
}
