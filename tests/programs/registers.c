#include <stdint.h>
#include <stdbool.h>
typedef struct { uint32_t enable : 1; uint32_t mode : 2; uint32_t : 5; uint32_t div : 8; uint32_t rest : 16; } ctrl;
typedef union { ctrl f; uint32_t raw; } reg;
uint32_t reg_set_mode(uint32_t raw, unsigned mode) { reg r; r.raw = raw; r.f.mode = mode; return r.raw; }
bool reg_enabled(const volatile reg *r) { return r->f.enable; }
void reg_init(reg *r) { r->raw = 0; r->f.div = 16; r->f.enable = 1; }
typedef struct { uint8_t tag; union { int64_t i; double d; struct { const char *s; uint32_t n; } str; } v; } var;
int64_t var_int(const var *x) { return x->tag == 0 ? x->v.i : x->tag == 1 ? (int64_t)(x->v.d > 1e9 ? 1e9 : x->v.d < -1e9 ? -1e9 : x->v.d) : x->v.str.n; }
void var_swap(var *a, var *b) { var t = *a; *a = *b; *b = t; }
var var_make(int64_t i) { var x; x.tag = 0; x.v.i = i; return x; }
union word { uint16_t w; uint8_t b[2]; };
uint16_t swap16(uint16_t x) { union word a, b; a.w = x; b.b[0] = a.b[1]; b.b[1] = a.b[0]; return b.w; }
int sum_tags(const var *xs, int n) { int s = 0; for (int i = 0; i < n; i++) s += xs[i].tag; return s; }
