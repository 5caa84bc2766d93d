/* Words, numbers and signs of a small language. */
#include <stdio.h>
#include <string.h>
#include <ctype.h>

enum kind { END, WORD, NUMBER, SIGN, KEYWORD };

struct token {
    enum kind kind;
    int start, length;
    int value;
};

static const char *keywords[] = {"if", "else", "while", "return", "int"};
static const char *kind_names[] = {"end", "word", "number", "sign", "keyword"};

static const struct { char sign; int precedence; } precedences[] = {{'+', 1}, {'-', 1}, {'*', 2}, {'/', 2}, {'%', 2}};

const char *kind_name(int kind) {
    if (kind < 0 || kind > 4) return "?";
    return kind_names[kind];
}

int is_keyword(const char *text, int length) {
    for (int i = 0; i < 5; i++) {
        const char *k = keywords[i];
        int j = 0;
        while (j < length && k[j] && k[j] == text[j]) j++;
        if (j == length && k[j] == 0) return i + 1;
    }
    return 0;
}

int precedence(char sign) {
    for (int i = 0; i < 5; i++)
        if (precedences[i].sign == sign) return precedences[i].precedence;
    return 0;
}

int next_token(const char *text, int at, struct token *out) {
    while (text[at] == ' ' || text[at] == '\n') at++;
    out->start = at;
    out->value = 0;
    if (!text[at]) {
        out->kind = END;
        out->length = 0;
        return at;
    }
    if (text[at] >= '0' && text[at] <= '9') {
        while (text[at] >= '0' && text[at] <= '9') out->value = out->value * 10 + (text[at++] - '0');
        out->kind = NUMBER;
    } else if (isalpha((unsigned char)text[at])) {
        while (isalnum((unsigned char)text[at])) at++;
        int which = is_keyword(text + out->start, at - out->start);
        out->kind = which ? KEYWORD : WORD;
        out->value = which;
    } else {
        out->kind = SIGN;
        out->value = precedence(text[at]);
        at++;
    }
    out->length = at - out->start;
    return at;
}

int count_kind(const char *text, int kind) {
    struct token t;
    int at = 0, count = 0;
    do {
        at = next_token(text, at, &t);
        count += t.kind == (enum kind)kind;
    } while (t.kind != END);
    return count;
}

int main(void) {
    const char *text = "while x1 + 42 return else";
    struct token t;
    int at = 0;
    do {
        at = next_token(text, at, &t);
        printf("%-8s %3d %.*s\n", kind_name(t.kind), t.value, t.length, text + t.start);
    } while (t.kind != END);
    return 0;
}
