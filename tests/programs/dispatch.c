#include <stdio.h>
#include <string.h>
#include <stdlib.h>
typedef void (*handler)(void *ctx, int code);
struct bus { handler on[4]; void *ctx[4]; int count; };
static int total;
static void add_to(void *ctx, int code) { *(int *)ctx += code; }
static void count_it(void *ctx, int code) { (void)ctx; (void)code; total++; }
int bus_on(struct bus *b, handler h, void *ctx) { if (b->count >= 4) return -1; b->on[b->count] = h; b->ctx[b->count] = ctx; return b->count++; }
void bus_emit(struct bus *b, int code) { for (int i = 0; i < b->count && i < 4; i++) if (b->on[i]) b->on[i](b->ctx[i], code); }
int demo(int n) { struct bus b = {0}; int sum = 0; bus_on(&b, add_to, &sum); bus_on(&b, count_it, NULL); for (int i = 0; i < n && i < 10; i++) bus_emit(&b, i); return sum; }
static int cmp_int(const void *a, const void *b) { int x = *(const int *)a, y = *(const int *)b; return (x > y) - (x < y); }
void isort(void *base, size_t n, size_t size, int (*cmp)(const void *, const void *)) {
    char *p = base, tmp[64];
    if (size > sizeof tmp) return;
    for (size_t i = 1; i < n; i++) for (size_t j = i; j > 0 && cmp(p + (j - 1) * size, p + j * size) > 0; j--) { memcpy(tmp, p + j * size, size); memcpy(p + j * size, p + (j - 1) * size, size); memcpy(p + (j - 1) * size, tmp, size); }
}
int kth(int *a, int n, int k) { isort(a, n, sizeof *a, cmp_int); return k >= 0 && k < n ? a[k] : -1; }
enum state { IDLE, RUN, DONE };
typedef enum state (*step)(int in);
static enum state idle(int in) { return in == 's' ? RUN : IDLE; }
static enum state running(int in) { return in == 'x' ? DONE : RUN; }
static enum state done(int in) { (void)in; return DONE; }
static const step steps[] = { [IDLE] = idle, [RUN] = running, [DONE] = done };
enum state machine(const char *s) { enum state st = IDLE; for (; *s; s++) st = steps[st](*s); return st; }
int usage(int argc) { if (argc < 2) { fprintf(stderr, "usage: prog FILE\n"); fputs("try -h\n", stderr); return 2; } return 0; }
