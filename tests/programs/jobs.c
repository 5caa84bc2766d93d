/* A stack and a queue of jobs, in tables of the file. */
#include <stdio.h>
#include <stdbool.h>
#include <string.h>

#define MOST 16

struct job {
    int id;
    int priority;
    char name[12];
};

static struct job stack[MOST];
static int depth;

static struct job queue[MOST];
static int head, used;

bool push(int id, int priority) {
    if (depth == MOST) return false;
    stack[depth].id = id;
    stack[depth].priority = priority;
    stack[depth].name[0] = (char)('a' + (id & 15));
    stack[depth].name[1] = 0;
    depth++;
    return true;
}

int pop(void) {
    if (depth == 0) return -1;
    depth--;
    return stack[depth].id;
}

int peek_priority(void) { return depth ? stack[depth - 1].priority : 0; }

bool enqueue(int id, int priority) {
    if (used == MOST) return false;
    struct job *slot = &queue[(head + used) % MOST];
    slot->id = id;
    slot->priority = priority;
    used++;
    return true;
}

int dequeue(void) {
    if (used == 0) return -1;
    int id = queue[head].id;
    head = (head + 1) % MOST;
    used--;
    return id;
}

int most_urgent(void) {
    int best = -1;
    for (int i = 0; i < used; i++) {
        const struct job *one = &queue[(head + i) % MOST];
        if (best < 0 || one->priority > queue[best].priority) best = (head + i) % MOST;
    }
    return best < 0 ? -1 : queue[best].id;
}

int main(void) {
    for (int i = 0; i < 5; i++) {
        push(i, i * 2);
        enqueue(i + 10, (i * 7) % 5);
    }
    printf("top has priority %d\n", peek_priority());
    printf("popped %d, then %d\n", pop(), pop());
    printf("most urgent: %d\n", most_urgent());
    while (used > 0) printf("job %d\n", dequeue());
    return 0;
}
