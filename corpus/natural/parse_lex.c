#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

struct token {
    int kind;
    int start;
    int end;
};

/* Checks (), [] and {} with a stack of 32; -1 if balanced, else where it fails. */
int find_unbalanced(const char *s, int len) {
    char stack[32];
    int depth = 0;
    for (int i = 0; i < len; i++) {
        char c = s[i];
        if (c == '(' || c == '[' || c == '{') {
            if (depth == 32)
                return i;
            stack[depth++] = c;
        } else if (c == ')' || c == ']' || c == '}') {
            char open = c == ')' ? '(' : c == ']' ? '[' : '{';
            if (depth == 0 || stack[--depth] != open)
                return i;
        }
    }
    return depth == 0 ? -1 : len;
}

int count_csv_fields(const char *line) {
    int fields = 1;
    bool quoted = false;
    for (; *line != '\0' && (quoted || *line != '\n'); line++) {
        if (*line == '"')
            quoted = !quoted;
        else if (*line == ',' && !quoted)
            fields++;
    }
    return quoted ? -1 : fields;
}

/* Blanks out comments of C source, keeping strings and line breaks. */
void blank_comments(char *src, int len) {
    enum { CODE, STRING, LINE, BLOCK } state = CODE;
    for (int i = 0; i < len; i++) {
        char c = src[i];
        char next = i + 1 < len ? src[i + 1] : '\0';
        switch (state) {
        case CODE:
            if (c == '"') {
                state = STRING;
            } else if (c == '/' && (next == '/' || next == '*')) {
                state = next == '/' ? LINE : BLOCK;
                src[i] = ' ';
                src[++i] = ' ';
            }
            break;
        case STRING:
            if (c == '\\')
                i++;
            else if (c == '"')
                state = CODE;
            break;
        case LINE:
            if (c == '\n')
                state = CODE;
            else
                src[i] = ' ';
            break;
        case BLOCK:
            if (c == '*' && next == '/') {
                src[i] = ' ';
                src[++i] = ' ';
                state = CODE;
            } else if (c != '\n') {
                src[i] = ' ';
            }
            break;
        }
    }
}

/* Next token from tok->end: 0 end, 1 word, 2 number, 3 other character. */
bool next_token(const char *text, int len, struct token *tok) {
    int i = tok->end;
    if (i < 0 || i > len)
        i = len;
    while (i < len && (text[i] == ' ' || text[i] == '\n' || text[i] == '\t'))
        i++;
    tok->start = i;
    if (i == len) {
        tok->kind = 0;
        tok->end = len;
        return false;
    }
    char c = text[i++];
    if (c >= '0' && c <= '9') {
        tok->kind = 2;
        while (i < len && text[i] >= '0' && text[i] <= '9')
            i++;
    } else if (c == '_' || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')) {
        tok->kind = 1;
        while (i < len && (text[i] == '_' || ((text[i] | 0x20) >= 'a' && (text[i] | 0x20) <= 'z')))
            i++;
    } else {
        tok->kind = 3;
    }
    tok->end = i;
    return true;
}

/* Single pass over digits with + - *, products bind tighter; junk is skipped. */
int eval_flat_expression(const char *expr) {
    int total = 0;
    int product = 1;
    int number = 0;
    for (;; expr++) {
        char c = *expr;
        if (c >= '0' && c <= '9') {
            number = number * 10 + (c - '0');
        } else if (c == '+' || c == '-' || c == '\0') {
            total += product * number;
            if (c == '\0')
                return total;
            product = c == '-' ? -1 : 1;
            number = 0;
        } else if (c == '*') {
            product *= number;
            number = 0;
        }
    }
}

/* Reverse Polish notation on one-digit operands; false on stack trouble. */
bool eval_postfix(const char *expr, int len, int32_t *result) {
    int32_t stack[16];
    int top = 0;
    for (int i = 0; i < len; i++) {
        char c = expr[i];
        if (c >= '0' && c <= '9') {
            if (top >= 16)
                return false;
            stack[top++] = c - '0';
            continue;
        }
        if (c == ' ')
            continue;
        if (top < 2)
            return false;
        int32_t rhs = stack[--top];
        switch (c) {
        case '+': stack[top - 1] += rhs; break;
        case '-': stack[top - 1] -= rhs; break;
        case '*': stack[top - 1] *= rhs; break;
        case '/':
            if (rhs == 0 || rhs == -1)
                return false;
            stack[top - 1] /= rhs;
            break;
        default: return false;
        }
    }
    if (top != 1)
        return false;
    *result = stack[0];
    return true;
}

/* Resolves \n, \t, \\ and \" in place; the new length, or -1 for a bad escape. */
int unescape_in_place(char *s, int len) {
    int w = 0;
    for (int r = 0; r < len; r++) {
        char c = s[r];
        if (c == '\\') {
            if (++r == len)
                return -1;
            switch (s[r]) {
            case 'n': c = '\n'; break;
            case 't': c = '\t'; break;
            case '\\': case '"': c = s[r]; break;
            default: return -1;
            }
        }
        s[w++] = c;
    }
    return w;
}

/* Length of the header line at the start without its line end, -1 if incomplete. */
int header_line_length(const char *buf, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if (buf[i] != '\n')
            continue;
        return (int)(i > 0 && buf[i - 1] == '\r' ? i - 1 : i);
    }
    return -1;
}

/* HTTP/1.x NNN: the three digits of the status, or 0. */
int parse_status_code(const char *line, int len) {
    const char prefix[7] = {'H', 'T', 'T', 'P', '/', '1', '.'};
    int i = 0;
    for (; i < 7; i++) {
        if (i >= len || line[i] != prefix[i])
            return 0;
    }
    i += 1;
    if (i >= len || line[i] != ' ')
        return 0;
    int code = 0;
    for (int k = 0; k < 3; k++) {
        i++;
        if (i >= len || line[i] < '0' || line[i] > '9')
            return 0;
        code = code * 10 + line[i] - '0';
    }
    return code >= 100 ? code : 0;
}

/* A sum or product of digits and parentheses at *pos; junk counts as 0. */
int eval_atom(const char *s, int len, int *pos) {
    if (*pos < 0 || *pos >= len)
        return 0;
    char c = s[(*pos)++];
    if (c == '-')
        return -eval_atom(s, len, pos);
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c != '(')
        return 0;
    int value = eval_atom(s, len, pos);
    while (*pos < len && s[*pos] != ')') {
        char op = s[(*pos)++];
        int rhs = eval_atom(s, len, pos);
        value = op == '*' ? value * rhs : value + rhs;
    }
    if (*pos < len)
        ++*pos;
    return value;
}
