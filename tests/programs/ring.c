/* A ring buffer of bytes inside a struct, and one of samples that keeps a sum. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define SIZE 64

typedef struct {
    uint8_t data[SIZE];
    uint16_t head;
    uint16_t tail;
    bool full;
} Ring;

typedef struct {
    int16_t samples[16];
    int32_t sum;
    uint8_t next;
    uint8_t count;
} Average;

void ring_reset(Ring *r) {
    r->head = r->tail = 0;
    r->full = false;
}

bool ring_empty(const Ring *r) {
    return !r->full && r->head == r->tail;
}

int ring_used(const Ring *r) {
    if (r->full)
        return SIZE;
    return (r->head + SIZE - r->tail) % SIZE;
}

bool ring_put(Ring *r, uint8_t byte) {
    if (r->full)
        return false;
    r->data[r->head % SIZE] = byte;
    r->head = (r->head + 1) % SIZE;
    r->full = r->head == r->tail;
    return true;
}

int ring_get(Ring *r) {
    if (ring_empty(r))
        return -1;
    uint8_t byte = r->data[r->tail % SIZE];
    r->tail = (r->tail + 1) % SIZE;
    r->full = false;
    return byte;
}

int ring_write(Ring *r, const uint8_t *bytes, int count) {
    int written = 0;
    while (written < count && ring_put(r, bytes[written]))
        written++;
    return written;
}

int ring_read(Ring *r, uint8_t *bytes, int count) {
    int got = 0;
    while (got < count) {
        int byte = ring_get(r);
        if (byte < 0)
            break;
        bytes[got++] = (uint8_t)byte;
    }
    return got;
}

int ring_peek(const Ring *r, int offset) {
    if (offset < 0 || offset >= ring_used(r))
        return -1;
    return r->data[(r->tail + offset) % SIZE];
}

int ring_find(const Ring *r, uint8_t wanted) {
    int n = ring_used(r);
    for (int i = 0; i < n; i++)
        if (r->data[(r->tail + i) % SIZE] == wanted)
            return i;
    return -1;
}

void average_reset(Average *a) {
    memset(a, 0, sizeof *a);
}

int16_t average_add(Average *a, int16_t sample) {
    a->next &= 15;
    if (a->count == 16)
        a->sum -= a->samples[a->next];
    else
        a->count++;
    a->samples[a->next] = sample;
    a->sum += sample;
    a->next = (a->next + 1) & 15;
    return a->count ? (int16_t)(a->sum / a->count) : 0;
}
