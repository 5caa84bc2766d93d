#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

struct point {
    int x;
    int y;
};

struct rect {
    int left;
    int top;
    int right;
    int bottom;
};

struct vec3 {
    float x;
    float y;
    float z;
};

struct complex {
    double re;
    double im;
};

struct mat2 {
    double a;
    double b;
    double c;
    double d;
};

struct quat {
    float w;
    float x;
    float y;
    float z;
};

struct color {
    uint8_t r;
    uint8_t g;
    uint8_t b;
    uint8_t a;
};

bool rect_is_empty(const struct rect *r) {
    return r->right <= r->left || r->bottom <= r->top;
}

/* Common part of two rectangles; false and an empty one if there is none. */
bool rect_intersect(const struct rect *a, const struct rect *b, struct rect *out) {
    out->left = a->left > b->left ? a->left : b->left;
    out->top = a->top > b->top ? a->top : b->top;
    out->right = a->right < b->right ? a->right : b->right;
    out->bottom = a->bottom < b->bottom ? a->bottom : b->bottom;
    if (!rect_is_empty(out))
        return true;
    out->right = out->left;
    out->bottom = out->top;
    return false;
}

int64_t rect_area(const struct rect *r) {
    if (rect_is_empty(r))
        return 0;
    return ((int64_t)r->right - r->left) * ((int64_t)r->bottom - r->top);
}

bool rect_contains_point(const struct rect *r, const struct point *p) {
    return p->x >= r->left && p->x < r->right && p->y >= r->top && p->y < r->bottom;
}

/* Bounding box of a set of points, the right and bottom edges are outside. */
bool bounding_box(const struct point *points, int count, struct rect *bounds) {
    if (count == 0)
        return false;
    bounds->left = bounds->right = points[0].x;
    bounds->top = bounds->bottom = points[0].y;
    for (int i = 1; i < count; i++) {
        const struct point *p = &points[i];
        if (p->x < bounds->left)
            bounds->left = p->x;
        else if (p->x > bounds->right)
            bounds->right = p->x;
        if (p->y < bounds->top)
            bounds->top = p->y;
        else if (p->y > bounds->bottom)
            bounds->bottom = p->y;
    }
    bounds->right++;
    bounds->bottom++;
    return true;
}

/* Twice the signed area of a polygon, by the shoelace formula. */
int64_t polygon_area_doubled(const struct point *v, size_t n) {
    int64_t sum = 0;
    size_t prev = n - 1;
    for (size_t i = 0; i < n; i++) {
        sum += (int64_t)v[prev].x * v[i].y - (int64_t)v[i].x * v[prev].y;
        prev = i;
    }
    return sum;
}

/* Index of the point nearest to the target, the first of equals; -1 without points. */
int nearest_point(const struct point *points, int n, const struct point *target) {
    int best = -1;
    uint64_t best_distance = UINT64_MAX;
    for (int i = 0; i < n; i++) {
        int64_t dx = (int64_t)points[i].x - target->x;
        int64_t dy = (int64_t)points[i].y - target->y;
        uint64_t distance = (uint64_t)(dx * dx) + (uint64_t)(dy * dy);
        if (distance < best_distance) {
            best_distance = distance;
            best = i;
        }
    }
    return best;
}

float vec3_dot(const struct vec3 *a, const struct vec3 *b) {
    return a->x * b->x + a->y * b->y + a->z * b->z;
}

void vec3_cross(const struct vec3 *a, const struct vec3 *b, struct vec3 *out) {
    float x = a->y * b->z - a->z * b->y;
    float y = a->z * b->x - a->x * b->z;
    float z = a->x * b->y - a->y * b->x;
    out->x = x;
    out->y = y;
    out->z = z;
}

/* Mirrors v at a plane with the given unit normal. */
void vec3_reflect(struct vec3 *v, const struct vec3 *normal) {
    float k = 2.0f * vec3_dot(v, normal);
    v->x -= k * normal->x;
    v->y -= k * normal->y;
    v->z -= k * normal->z;
}

bool complex_divide(const struct complex *a, const struct complex *b, struct complex *out) {
    double norm = b->re * b->re + b->im * b->im;
    if (norm == 0.0)
        return false;
    out->re = (a->re * b->re + a->im * b->im) / norm;
    out->im = (a->im * b->re - a->re * b->im) / norm;
    return true;
}

/* Iterations of z*z + c until it escapes, at most limit. */
unsigned escape_time(const struct complex *c, unsigned limit) {
    struct complex z = {0.0, 0.0};
    unsigned i = 0;
    if (limit > 500)
        limit = 500;
    while (i < limit) {
        double re2 = z.re * z.re;
        double im2 = z.im * z.im;
        if (re2 + im2 > 4.0)
            break;
        z.im = 2.0 * z.re * z.im + c->im;
        z.re = re2 - im2 + c->re;
        i++;
    }
    return i;
}

void mat2_multiply(struct mat2 *m, const struct mat2 *by) {
    double a = m->a * by->a + m->b * by->c;
    double b = m->a * by->b + m->b * by->d;
    double c = m->c * by->a + m->d * by->c;
    double d = m->c * by->b + m->d * by->d;
    m->a = a;
    m->b = b;
    m->c = c;
    m->d = d;
}

bool mat2_invert(struct mat2 *m) {
    double det = m->a * m->d - m->b * m->c;
    if (det > -1e-12 && det < 1e-12)
        return false;
    double a = m->a;
    m->a = m->d / det;
    m->b = -m->b / det;
    m->c = -m->c / det;
    m->d = a / det;
    return true;
}

void quat_multiply(const struct quat *p, const struct quat *q, struct quat *out) {
    out->w = p->w * q->w - p->x * q->x - p->y * q->y - p->z * q->z;
    out->x = p->w * q->x + p->x * q->w + p->y * q->z - p->z * q->y;
    out->y = p->w * q->y - p->x * q->z + p->y * q->w + p->z * q->x;
    out->z = p->w * q->z + p->x * q->y - p->y * q->x + p->z * q->w;
}

uint8_t mix_channel(uint8_t from, uint8_t to, uint8_t alpha) {
    unsigned t = (unsigned)to * alpha + (unsigned)from * (255u - alpha) + 128;
    return (uint8_t)((t + (t >> 8)) >> 8);
}

/* Source over destination, with the alpha of the source. */
void color_blend_over(struct color *dst, const struct color *src) {
    if (src->a == 255) {
        *dst = *src;
        return;
    }
    dst->r = mix_channel(dst->r, src->r, src->a);
    dst->g = mix_channel(dst->g, src->g, src->a);
    dst->b = mix_channel(dst->b, src->b, src->a);
    dst->a = (uint8_t)(src->a + mix_channel(0, dst->a, 255 - src->a));
}

void fade_to_grey(struct color *pixels, int count) {
    for (int i = 0; i < count; i++) {
        struct color *p = &pixels[i];
        uint8_t luma = (uint8_t)((p->r * 77 + p->g * 150 + p->b * 29) >> 8);
        if (p->a == 0)
            continue;
        p->r = (uint8_t)((p->r + luma) / 2);
        p->g = (uint8_t)((p->g + luma) / 2);
        p->b = (uint8_t)((p->b + luma) / 2);
    }
}
