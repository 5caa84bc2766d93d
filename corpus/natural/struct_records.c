#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

struct date {
    int year;
    int month;
    int day;
};

struct fraction {
    int64_t num;
    int64_t den;
};

struct range {
    int start;
    int end;
};

struct account {
    int64_t balance;
    int64_t overdraft;
    uint32_t transactions;
    uint8_t frozen;
};

struct item {
    uint32_t id;
    uint16_t quantity;
    uint16_t reorder_level;
    int32_t price_cents;
};

struct node {
    int32_t value;
    int32_t next;
};

struct particle {
    float x;
    float y;
    float vx;
    float vy;
    int32_t life;
};

bool is_leap(int year) {
    return (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days of a month, 0 if there is no such month. */
int month_length(int year, int month) {
    if (month < 1 || month > 12)
        return 0;
    if (month == 2)
        return is_leap(year) ? 29 : 28;
    return 30 + ((month + (month >> 3)) & 1);
}

int date_compare(const struct date *a, const struct date *b) {
    if (a->year != b->year)
        return a->year < b->year ? -1 : 1;
    if (a->month != b->month)
        return a->month < b->month ? -1 : 1;
    return (a->day > b->day) - (a->day < b->day);
}

void date_next_day(struct date *d) {
    if (d->day < month_length(d->year, d->month)) {
        d->day++;
        return;
    }
    d->day = 1;
    if (d->month < 12) {
        d->month++;
    } else {
        d->month = 1;
        d->year++;
    }
}

/* Day of the year from 1, or 0 for an impossible date. */
int date_ordinal(const struct date *d) {
    int days = d->day;
    if (days < 1 || days > month_length(d->year, d->month))
        return 0;
    for (int m = 1; m < d->month; m++)
        days += month_length(d->year, m);
    return days;
}

/* Lowest terms with a positive denominator; 0/1 for a zero numerator. */
void fraction_reduce(struct fraction *f) {
    uint64_t a = f->num < 0 ? -(uint64_t)f->num : (uint64_t)f->num;
    uint64_t b = f->den < 0 ? -(uint64_t)f->den : (uint64_t)f->den;
    bool negative = (f->num < 0) != (f->den < 0);
    uint64_t x = a, y = b;
    while (y != 0) {
        uint64_t r = x % y;
        x = y;
        y = r;
    }
    if (x > 1) {
        a /= x;
        b /= x;
    }
    f->num = (int64_t)(negative ? -a : a);
    f->den = (int64_t)b;
}

void fraction_add(const struct fraction *a, const struct fraction *b, struct fraction *sum) {
    sum->num = a->num * b->den + b->num * a->den;
    sum->den = a->den * b->den;
    fraction_reduce(sum);
}

/* Merges b into a if they overlap or touch. */
bool range_merge(struct range *a, const struct range *b) {
    if (b->start > a->end || a->start > b->end)
        return false;
    if (b->start < a->start)
        a->start = b->start;
    if (b->end > a->end)
        a->end = b->end;
    return true;
}

/* How many elements sorted ranges cover, each counted once. */
int64_t covered_length(const struct range *ranges, int n) {
    int64_t total = 0;
    int64_t reach = INT32_MIN;
    for (int i = 0; i < n; i++) {
        int64_t from = ranges[i].start > reach ? ranges[i].start : reach;
        if (ranges[i].end <= from)
            continue;
        total += ranges[i].end - from;
        reach = ranges[i].end;
    }
    return total;
}

bool account_withdraw(struct account *acc, int64_t amount) {
    if (acc->frozen || amount <= 0)
        return false;
    if (acc->balance < INT64_MIN + amount || acc->balance - amount < -acc->overdraft)
        return false;
    acc->balance -= amount;
    acc->transactions++;
    return true;
}

/* 0 when done, 1 for a bad amount, 2 for a frozen account, 3 without the money. */
int account_transfer(struct account *from, struct account *to, int64_t amount) {
    if (amount <= 0 || amount > 1000000000)
        return 1;
    if (from->frozen || to->frozen)
        return 2;
    if (!account_withdraw(from, amount))
        return 3;
    to->balance += amount;
    to->transactions++;
    return 0;
}

int64_t inventory_value(const struct item *items, size_t count, uint32_t *short_items) {
    int64_t total = 0;
    *short_items = 0;
    for (const struct item *it = items; it != items + count; it++) {
        total += (int64_t)it->quantity * it->price_cents;
        if (it->quantity < it->reorder_level)
            ++*short_items;
    }
    return total;
}

/* Takes stock of one item; the amount that could be delivered. */
unsigned take_from_stock(struct item *items, int count, uint32_t id, unsigned wanted) {
    unsigned delivered = 0;
    for (int i = 0; i < count && delivered < wanted; i++) {
        if (items[i].id != id)
            continue;
        unsigned part = wanted - delivered;
        if (part > items[i].quantity)
            part = items[i].quantity;
        items[i].quantity -= (uint16_t)part;
        delivered += part;
    }
    return delivered;
}

/* Sum of a list linked by indices, stops at a bad link or after count nodes. */
int64_t list_sum(const struct node *nodes, int count, int head) {
    int64_t sum = 0;
    int steps = 0;
    int at = head;
    while (at >= 0 && at < count && steps < count) {
        sum += nodes[at].value;
        at = nodes[at].next;
        steps++;
    }
    return sum;
}

/* Turns the links around; returns the new head, -1 for an empty list. */
int list_reverse(struct node *nodes, int count, int head) {
    int prev = -1;
    for (int left = count; left > 0; left--) {
        if (head < 0 || head >= count)
            break;
        int next = nodes[head].next;
        nodes[head].next = prev;
        prev = head;
        head = next;
    }
    return prev;
}

/* Moves what is alive and bounces it off the floor; returns how many are left. */
int step_particles(struct particle *ps, int n, float dt) {
    int alive = 0;
    for (int i = 0; i < n; i++) {
        struct particle *p = ps + i;
        if (p->life <= 0)
            continue;
        p->vy -= 9.81f * dt;
        p->x += p->vx * dt;
        p->y += p->vy * dt;
        if (p->y < 0.0f) {
            p->y = -p->y;
            p->vy *= -0.5f;
        }
        if (--p->life > 0)
            alive++;
    }
    return alive;
}
