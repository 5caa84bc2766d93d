/* A calculator by recursive descent: functions that call each other in a circle. */
#include <stdbool.h>
#include <stddef.h>

struct reader {
    const char *at;
    int error;
    int depth;
};

enum { OK, BAD_TOKEN, BAD_CLOSE, DIVIDED_BY_ZERO, TOO_DEEP };

static int expression(struct reader *r);

static void skip_spaces(struct reader *r) {
    while (*r->at == ' ' || *r->at == '\t')
        r->at++;
}

static int number(struct reader *r) {
    int value = 0;
    if (*r->at < '0' || *r->at > '9')
        r->error = BAD_TOKEN;
    while (*r->at >= '0' && *r->at <= '9')
        value = (int)((unsigned)value * 10u + (unsigned)(*r->at++ - '0'));
    return value;
}

static int primary(struct reader *r) {
    skip_spaces(r);
    if (*r->at == '(') {
        if (++r->depth > 20) {
            r->error = TOO_DEEP;
            return 0;
        }
        r->at++;
        int value = expression(r);
        skip_spaces(r);
        if (*r->at == ')')
            r->at++;
        else
            r->error = BAD_CLOSE;
        r->depth--;
        return value;
    }
    if (*r->at == '-') {
        r->at++;
        if (++r->depth > 20) {
            r->error = TOO_DEEP;
            return 0;
        }
        int value = primary(r);
        r->depth--;
        return (int)(0u - (unsigned)value);
    }
    return number(r);
}

static int term(struct reader *r) {
    int value = primary(r);
    for (;;) {
        skip_spaces(r);
        char c = *r->at;
        if (c != '*' && c != '/' && c != '%')
            return value;
        r->at++;
        int right = primary(r);
        if (c == '*') {
            value = (int)((unsigned)value * (unsigned)right);
        } else if (right == 0 || right == -1) {
            if (right == 0)
                r->error = DIVIDED_BY_ZERO;
            else
                value = c == '/' ? (int)(0u - (unsigned)value) : 0;
        } else {
            value = c == '/' ? value / right : value % right;
        }
        if (r->error)
            return 0;
    }
}

static int expression(struct reader *r) {
    int value = term(r);
    for (;;) {
        skip_spaces(r);
        char c = *r->at;
        if ((c != '+' && c != '-') || r->error)
            return value;
        r->at++;
        int right = term(r);
        value = c == '+' ? (int)((unsigned)value + (unsigned)right) : (int)((unsigned)value - (unsigned)right);
    }
}

int calculate(const char *text, int *error) {
    struct reader r = {text, OK, 0};
    int value = expression(&r);
    skip_spaces(&r);
    if (!r.error && *r.at)
        r.error = BAD_TOKEN;
    *error = r.error;
    return r.error ? 0 : value;
}

/* Two more that go in a circle, on numbers alone. */
static bool is_odd_by_halves(unsigned n);

static bool is_even_by_halves(unsigned n) {
    return n == 0 ? true : is_odd_by_halves(n - 1);
}

static bool is_odd_by_halves(unsigned n) {
    return n == 0 ? false : is_even_by_halves(n - 1);
}

bool parity(unsigned n) {
    return is_even_by_halves(n & 31);
}
