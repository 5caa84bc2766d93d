#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

struct ring {
    unsigned head;
    unsigned used;
};

struct interval {
    int lo;
    int hi;
};

struct slot {
    uint32_t key;
    int value;
};

struct int_stats {
    int min;
    int max;
    int64_t sum;
    uint32_t samples;
};

struct bit_reader {
    uint32_t byte_pos;
    uint32_t bit_pos;
};

bool ring_push_back(int *buf, unsigned cap, struct ring *r, int value)
{
    if (r->head >= cap || r->used >= cap)
        return false;
    buf[(r->head + r->used) % cap] = value;
    r->used++;
    return true;
}

bool ring_pop_front(const int *buf, unsigned cap, struct ring *r, int *out)
{
    if (r->head >= cap || r->used == 0 || r->used > cap)
        return false;
    *out = buf[r->head];
    if (++r->head == cap)
        r->head = 0;
    r->used--;
    return true;
}

int64_t ring_total(const int *buf, unsigned cap, const struct ring *r)
{
    if (r->head >= cap || r->used > cap)
        return 0;
    int64_t total = 0;
    unsigned at = r->head;
    for (unsigned left = r->used; left > 0; left--) {
        total += buf[at];
        at = at + 1 < cap ? at + 1 : 0;
    }
    return total;
}

/* Min-heap in the first *used elements of the array. */
bool min_heap_push(int *heap, int cap, int *used, int value)
{
    int i = *used;
    if (i < 0 || i >= cap)
        return false;
    *used = i + 1;
    while (i > 0) {
        int parent = (i - 1) / 2;
        if (heap[parent] <= value)
            break;
        heap[i] = heap[parent];
        i = parent;
    }
    heap[i] = value;
    return true;
}

bool min_heap_pop(int *heap, int cap, int *used, int *out)
{
    if (*used <= 0 || *used > cap)
        return false;
    int least = heap[0];
    int n = *used - 1;
    int last = heap[n];
    int i = 0;

    while (2 * i + 1 < n) {
        int child = 2 * i + 1;
        if (child + 1 < n && heap[child + 1] < heap[child])
            child++;
        if (last <= heap[child])
            break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = last;
    *used = n;
    *out = least;
    return true;
}

/* Root of x with path halving; -1 if the links are broken. */
int union_find_root(int *parent, int n, int x)
{
    for (int steps = 0; steps <= n; steps++) {
        if (x < 0 || x >= n)
            return -1;
        int up = parent[x];
        if (up == x)
            return x;
        if (up < 0 || up >= n)
            return -1;
        parent[x] = parent[up];
        x = parent[x];
    }
    return -1;
}

bool union_find_join(int *parent, int *weight, int n, int a, int b)
{
    int ra = union_find_root(parent, n, a);
    int rb = union_find_root(parent, n, b);
    if (ra < 0 || rb < 0 || ra == rb)
        return false;
    if (weight[ra] < weight[rb]) {
        int t = ra;
        ra = rb;
        rb = t;
    }
    parent[rb] = ra;
    weight[ra] += weight[rb];
    return true;
}

/* Joins intervals, sorted by lo, that touch or overlap; returns how many remain. */
int merge_sorted_intervals(struct interval *v, int n)
{
    if (n == 0)
        return 0;
    int kept = 0;
    for (int i = 1; i < n; i++) {
        if (v[i].lo <= v[kept].hi) {
            if (v[i].hi > v[kept].hi)
                v[kept].hi = v[i].hi;
        } else {
            v[++kept] = v[i];
        }
    }
    return kept + 1;
}

int deepest_overlap(const struct interval *v, int n)
{
    int deepest = 0;
    for (int i = 0; i < n; i++) {
        int depth = 0;
        for (int j = 0; j < n; j++) {
            if (v[j].lo <= v[i].lo && v[i].lo < v[j].hi)
                depth++;
        }
        if (depth > deepest)
            deepest = depth;
    }
    return deepest;
}

int find_interval_index(const struct interval *sorted, int n, int x)
{
    int lo = 0, hi = n - 1;
    while (lo <= hi) {
        int mid = (lo + hi) / 2;
        if (x < sorted[mid].lo)
            hi = mid - 1;
        else if (x >= sorted[mid].hi)
            lo = mid + 1;
        else
            return mid;
    }
    return -1;
}

/* Open addressing, key 0 is free; -1 if the table is full. */
int slot_table_put(struct slot *slots, uint32_t size, uint32_t key, int value)
{
    if (size == 0 || key == 0)
        return -1;
    uint32_t at = (key * 2654435761u) % size;
    for (uint32_t probe = 0; probe < size; probe++) {
        if (slots[at].key == 0 || slots[at].key == key) {
            slots[at].key = key;
            slots[at].value = value;
            return (int)at;
        }
        if (++at == size)
            at = 0;
    }
    return -1;
}

void stats_absorb(const int *samples, int n, struct int_stats *s)
{
    for (int i = 0; i < n; i++) {
        int v = samples[i];
        if (s->samples == 0 || v < s->min)
            s->min = v;
        if (s->samples == 0 || v > s->max)
            s->max = v;
        s->sum += v;
        s->samples++;
    }
}

/* Reads up to 32 bits, most significant first; false at the end of the data. */
bool read_bits(const uint8_t *data, uint32_t len, struct bit_reader *r, unsigned bits, uint32_t *out)
{
    uint32_t value = 0;
    if (bits > 32)
        return false;
    while (bits > 0) {
        if (r->byte_pos >= len || r->bit_pos > 7)
            return false;
        uint32_t bit = (data[r->byte_pos] >> (7 - r->bit_pos)) & 1u;
        value = value << 1 | bit;
        if (++r->bit_pos == 8) {
            r->bit_pos = 0;
            r->byte_pos++;
        }
        bits--;
    }
    *out = value;
    return true;
}

/* Reverse Polish code: digits push, + - * d(up) s(wap) work on the stack. */
bool run_stack_code(const char *code, int len, int *result)
{
    int stack[32];
    int top = 0;

    for (int pc = 0; pc < len; pc++) {
        char op = code[pc];
        if (op >= '0' && op <= '9') {
            if (top == 32)
                return false;
            stack[top++] = op - '0';
            continue;
        }
        if (op == 'd') {
            if (top == 0 || top == 32)
                return false;
            stack[top] = stack[top - 1];
            top++;
            continue;
        }
        if (top < 2)
            return false;
        int b = stack[--top];
        int a = stack[top - 1];
        switch (op) {
        case '+':
            stack[top - 1] = a + b;
            break;
        case '-':
            stack[top - 1] = a - b;
            break;
        case '*':
            stack[top - 1] = a * b;
            break;
        case 's':
            stack[top - 1] = b;
            stack[top++] = a;
            break;
        default:
            return false;
        }
    }
    if (top != 1)
        return false;
    *result = stack[0];
    return true;
}
