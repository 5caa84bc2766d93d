#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

struct pid {
    float kp;
    float ki;
    float kd;
    float integral;
    float last_error;
    float limit;
};

struct average {
    int64_t sum;
    uint32_t head;
    uint32_t filled;
};

struct rng {
    uint32_t s0;
    uint32_t s1;
};

struct timer {
    uint32_t started;
    uint32_t period;
    uint32_t expired;
    uint8_t running;
};

struct debounce {
    uint8_t stable;
    uint8_t candidate;
    uint16_t ticks;
};

struct bucket {
    uint32_t tokens;
    uint32_t capacity;
    uint32_t per_second;
    uint32_t last_ms;
};

struct lift {
    int floor;
    int target;
    int state;
    int door_ticks;
};

float pid_step(struct pid *c, float setpoint, float measured, float dt) {
    float error = setpoint - measured;
    float derivative = dt > 0.0f ? (error - c->last_error) / dt : 0.0f;
    c->integral += error * dt;
    if (c->integral > c->limit)
        c->integral = c->limit;
    else if (c->integral < -c->limit)
        c->integral = -c->limit;
    c->last_error = error;
    return c->kp * error + c->ki * c->integral + c->kd * derivative;
}

/* Puts a sample into the window and returns the mean of what is in it. */
int32_t average_push(int32_t *window, uint32_t size, struct average *avg, int32_t sample) {
    if (size == 0 || avg->head >= size || avg->filled > size)
        return 0;
    if (avg->filled == size)
        avg->sum -= window[avg->head];
    else
        avg->filled++;
    window[avg->head] = sample;
    avg->sum += sample;
    avg->head = avg->head + 1 == size ? 0 : avg->head + 1;
    return (int32_t)(avg->sum / (int64_t)avg->filled);
}

uint32_t rng_xoroshiro(struct rng *r) {
    uint32_t result = r->s0 * 0x9e3779bbu;
    uint32_t mixed = r->s1 ^ r->s0;
    r->s0 = (r->s0 << 26 | r->s0 >> 6) ^ mixed ^ mixed << 9;
    r->s1 = mixed << 13 | mixed >> 19;
    return result;
}

/* Unbiased number below bound, with at most 16 attempts. */
uint32_t rng_below(struct rng *r, uint32_t bound) {
    if (bound < 2)
        return 0;
    uint32_t threshold = -bound % bound;
    uint32_t value = 0;
    for (int attempt = 0; attempt < 16; attempt++) {
        value = rng_xoroshiro(r);
        if (value >= threshold)
            break;
    }
    return value % bound;
}

/* Fills with the high halves of a 64 bit LCG. */
uint64_t lcg_fill(uint32_t *out, size_t count, uint64_t seed) {
    while (count-- > 0) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        *out++ = (uint32_t)(seed >> 32);
    }
    return seed;
}

/* Polls a periodic timer on a wrapping clock; true once for each call that is due. */
bool timer_poll(struct timer *t, uint32_t now) {
    if (!t->running || now - t->started < t->period)
        return false;
    if (t->period == 0) {
        t->started = now;
        t->expired++;
        return true;
    }
    uint32_t periods = (now - t->started) / t->period;
    t->started += periods * t->period;
    t->expired += periods;
    return true;
}

/* Follows an input once it has been the same for threshold ticks; true on a change. */
bool debounce_step(struct debounce *d, bool input, uint16_t threshold) {
    uint8_t level = input ? 1 : 0;
    if (level != d->candidate) {
        d->candidate = level;
        d->ticks = 0;
    } else if (d->ticks < threshold) {
        d->ticks++;
    }
    if (d->ticks < threshold || d->stable == level)
        return false;
    d->stable = level;
    return true;
}

bool bucket_take(struct bucket *b, uint32_t now_ms, uint32_t cost) {
    uint32_t elapsed = now_ms - b->last_ms;
    uint64_t refill = (uint64_t)elapsed * b->per_second / 1000;
    if (refill > 0) {
        uint64_t tokens = b->tokens + refill;
        b->tokens = tokens > b->capacity ? b->capacity : (uint32_t)tokens;
        b->last_ms = now_ms;
    }
    if (cost > b->tokens)
        return false;
    b->tokens -= cost;
    return true;
}

/* One tick of a lift: 0 idle, 1 moving, 2 door open. */
void lift_step(struct lift *l) {
    switch (l->state) {
    case 0:
        if (l->target != l->floor)
            l->state = 1;
        break;
    case 1:
        if (l->floor < l->target)
            l->floor++;
        else if (l->floor > l->target)
            l->floor--;
        if (l->floor == l->target) {
            l->state = 2;
            l->door_ticks = 3;
        }
        break;
    case 2:
        if (--l->door_ticks <= 0)
            l->state = 0;
        break;
    default:
        l->state = 0;
        l->target = l->floor;
        break;
    }
}
