/* A JSON tokenizer that fills an array of tokens and keeps its place between calls. */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum token_type { TOKEN_NONE, TOKEN_OBJECT, TOKEN_ARRAY, TOKEN_STRING, TOKEN_NUMBER, TOKEN_TRUE, TOKEN_FALSE, TOKEN_NULL };
enum { ERROR_FULL = -1, ERROR_BAD = -2, ERROR_SHORT = -3 };

struct token {
    enum token_type type;
    int start, end;
    int children;
    int parent;
};

struct tokenizer {
    int position;
    int count;
    int open;
};

void tokenizer_init(struct tokenizer *t) {
    t->position = 0;
    t->count = 0;
    t->open = -1;
}

static int is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct token *new_token(struct tokenizer *t, struct token *tokens, int limit, enum token_type type) {
    if (t->count >= limit)
        return NULL;
    struct token *token = &tokens[t->count++];
    token->type = type;
    token->start = t->position;
    token->end = -1;
    token->children = 0;
    token->parent = t->open;
    if (t->open >= 0)
        tokens[t->open].children++;
    return token;
}

static int hex_value(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int scan_string(const char *text, int length, int at) {
    for (at++; at < length; at++) {
        unsigned char c = (unsigned char)text[at];
        if (c == '"')
            return at;
        if (c < 0x20)
            return ERROR_BAD;
        if (c == '\\') {
            if (++at >= length)
                return ERROR_SHORT;
            switch (text[at]) {
            case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't':
                break;
            case 'u':
                for (int i = 0; i < 4; i++) {
                    if (++at >= length)
                        return ERROR_SHORT;
                    if (hex_value(text[at]) < 0)
                        return ERROR_BAD;
                }
                break;
            default:
                return ERROR_BAD;
            }
        }
    }
    return ERROR_SHORT;
}

int scan_number(const char *text, int length, int at) {
    int start = at;
    if (at < length && text[at] == '-')
        at++;
    int digits = at;
    while (at < length && text[at] >= '0' && text[at] <= '9')
        at++;
    if (at == digits)
        return ERROR_BAD;
    if (at < length && text[at] == '.') {
        int fraction = ++at;
        while (at < length && text[at] >= '0' && text[at] <= '9')
            at++;
        if (at == fraction)
            return ERROR_BAD;
    }
    if (at < length && (text[at] == 'e' || text[at] == 'E')) {
        at++;
        if (at < length && (text[at] == '+' || text[at] == '-'))
            at++;
        int exponent = at;
        while (at < length && text[at] >= '0' && text[at] <= '9')
            at++;
        if (at == exponent)
            return ERROR_BAD;
    }
    return at > start ? at : ERROR_BAD;
}

static bool matches(const char *text, int length, int at, const char *word) {
    int n = (int)strlen(word);
    return at + n <= length && memcmp(text + at, word, (size_t)n) == 0;
}

int tokenize(struct tokenizer *t, const char *text, int length, struct token *tokens, int limit) {
    for (; t->position < length; t->position++) {
        char c = text[t->position];
        struct token *token;
        int end;
        if (is_space(c) || c == ':' || c == ',')
            continue;
        switch (c) {
        case '{':
        case '[':
            token = new_token(t, tokens, limit, c == '{' ? TOKEN_OBJECT : TOKEN_ARRAY);
            if (!token)
                return ERROR_FULL;
            t->open = t->count - 1;
            break;
        case '}':
        case ']':
            if (t->open < 0 || tokens[t->open].type != (c == '}' ? TOKEN_OBJECT : TOKEN_ARRAY))
                return ERROR_BAD;
            tokens[t->open].end = t->position + 1;
            t->open = tokens[t->open].parent;
            break;
        case '"':
            end = scan_string(text, length, t->position);
            if (end < 0)
                return end;
            token = new_token(t, tokens, limit, TOKEN_STRING);
            if (!token)
                return ERROR_FULL;
            token->start++;
            token->end = end;
            t->position = end;
            break;
        case 't':
        case 'f':
        case 'n': {
            const char *word = c == 't' ? "true" : c == 'f' ? "false" : "null";
            if (!matches(text, length, t->position, word))
                return ERROR_BAD;
            token = new_token(t, tokens, limit, c == 't' ? TOKEN_TRUE : c == 'f' ? TOKEN_FALSE : TOKEN_NULL);
            if (!token)
                return ERROR_FULL;
            t->position += (int)strlen(word) - 1;
            token->end = t->position + 1;
            break;
        }
        default:
            end = scan_number(text, length, t->position);
            if (end < 0)
                return end;
            token = new_token(t, tokens, limit, TOKEN_NUMBER);
            if (!token)
                return ERROR_FULL;
            token->end = end;
            t->position = end - 1;
        }
    }
    return t->open >= 0 ? ERROR_SHORT : t->count;
}

int token_length(const struct token *t) {
    return t->end - t->start;
}

bool token_equals(const char *text, const struct token *t, const char *word) {
    int n = t->end - t->start;
    return t->type == TOKEN_STRING && (int)strlen(word) == n && strncmp(text + t->start, word, (size_t)n) == 0;
}
