/* A linked list with an owner, on the heap. */
#include <stdbool.h>
#include <stdlib.h>

struct node {
    int value;
    struct node *next;
};

struct list {
    struct node *head;
    struct node *tail;
    int count;
};

struct list *list_new(void) {
    struct list *l = malloc(sizeof *l);
    if (!l)
        return NULL;
    l->head = l->tail = NULL;
    l->count = 0;
    return l;
}

static struct node *node_new(int value) {
    struct node *n = malloc(sizeof *n);
    if (n) {
        n->value = value;
        n->next = NULL;
    }
    return n;
}

bool list_push_back(struct list *l, int value) {
    struct node *n = node_new(value);
    if (!n)
        return false;
    if (l->tail)
        l->tail->next = n;
    else
        l->head = n;
    l->tail = n;
    l->count++;
    return true;
}

bool list_push_front(struct list *l, int value) {
    struct node *n = node_new(value);
    if (!n)
        return false;
    n->next = l->head;
    l->head = n;
    if (!l->tail)
        l->tail = n;
    l->count++;
    return true;
}

bool list_pop_front(struct list *l, int *value) {
    struct node *n = l->head;
    if (!n)
        return false;
    *value = n->value;
    l->head = n->next;
    if (!l->head)
        l->tail = NULL;
    l->count--;
    free(n);
    return true;
}

int list_sum(const struct list *l) {
    int sum = 0;
    for (const struct node *n = l->head; n; n = n->next)
        sum += n->value;
    return sum;
}

struct node *list_find(const struct list *l, int value) {
    for (struct node *n = l->head; n; n = n->next)
        if (n->value == value)
            return n;
    return NULL;
}

void list_reverse(struct list *l) {
    struct node *previous = NULL;
    l->tail = l->head;
    for (struct node *n = l->head; n;) {
        struct node *next = n->next;
        n->next = previous;
        previous = n;
        n = next;
    }
    l->head = previous;
}

int list_remove(struct list *l, int value) {
    int removed = 0;
    struct node **link = &l->head;
    struct node *last = NULL;
    while (*link) {
        struct node *n = *link;
        if (n->value == value) {
            *link = n->next;
            free(n);
            removed++;
        } else {
            last = n;
            link = &n->next;
        }
    }
    l->tail = last;
    l->count -= removed;
    return removed;
}

void list_free(struct list *l) {
    if (!l)
        return;
    for (struct node *n = l->head; n;) {
        struct node *next = n->next;
        free(n);
        n = next;
    }
    free(l);
}

int *list_to_array(const struct list *l, int *count) {
    int *out = malloc((size_t)(l->count + 1) * sizeof *out);
    int n = 0;
    if (out)
        for (const struct node *p = l->head; p && n < l->count; p = p->next)
            out[n++] = p->value;
    *count = n;
    return out;
}
