/* Functions of the C library that real code calls, as short as they can be said. `corpus/real/link.py` and `corpus/c/file.py` add them to what calls them. */
int isdigit(int c) { return c >= '0' && c <= '9'; }
int islower(int c) { return c >= 'a' && c <= 'z'; }
int isupper(int c) { return c >= 'A' && c <= 'Z'; }
int isalpha(int c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
int isalnum(int c) { return isalpha(c) || isdigit(c); }
int isspace(int c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
int isblank(int c) { return c == ' ' || c == '\t'; }
int iscntrl(int c) { return (c >= 0 && c < 32) || c == 127; }
int isprint(int c) { return c >= 32 && c < 127; }
int isgraph(int c) { return c > 32 && c < 127; }
int ispunct(int c) { return isgraph(c) && !isalnum(c); }
int isxdigit(int c) { return isdigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
int isascii(int c) { return c >= 0 && c < 128; }
int tolower(int c) { return isupper(c) ? c + 32 : c; }
int toupper(int c) { return islower(c) ? c - 32 : c; }
long labs(long x) { return x < 0 ? -x : x; }
long long llabs(long long x) { return x < 0 ? -x : x; }
double fmin(double a, double b) { return a != a ? b : b != b ? a : a < b ? a : b; }
double fmax(double a, double b) { return a != a ? b : b != b ? a : a > b ? a : b; }
float fminf(float a, float b) { return a != a ? b : b != b ? a : a < b ? a : b; }
float fmaxf(float a, float b) { return a != a ? b : b != b ? a : a > b ? a : b; }
int strcmp(const char *a, const char *b) {
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *(const unsigned char *)a - *(const unsigned char *)b;
}
int strncmp(const char *a, const char *b, size_t n) {
    while (n && *a && *a == *b) {
        a++;
        b++;
        n--;
    }
    return n ? *(const unsigned char *)a - *(const unsigned char *)b : 0;
}
int strcasecmp(const char *a, const char *b) {
    while (*a && tolower(*(const unsigned char *)a) == tolower(*(const unsigned char *)b)) {
        a++;
        b++;
    }
    return tolower(*(const unsigned char *)a) - tolower(*(const unsigned char *)b);
}
int strncasecmp(const char *a, const char *b, size_t n) {
    while (n && *a && tolower(*(const unsigned char *)a) == tolower(*(const unsigned char *)b)) {
        a++;
        b++;
        n--;
    }
    return n ? tolower(*(const unsigned char *)a) - tolower(*(const unsigned char *)b) : 0;
}
size_t strlen(const char *s) {
    size_t i = 0;
    while (s[i])
        i++;
    return i;
}
size_t strnlen(const char *s, size_t n) {
    size_t i = 0;
    while (i < n && s[i])
        i++;
    return i;
}
int ffs(int x) { return x ? __builtin_ctz(x) + 1 : 0; }
void bzero(void *to, size_t n) { memset(to, 0, n); }
int atoi(const char *s) {
    int n = 0, negative = 0;
    while (isspace(*s))
        s++;
    if (*s == '-' || *s == '+')
        negative = *s++ == '-';
    while (isdigit(*s))
        n = 10 * n - (*s++ - '0');
    return negative ? n : -n;
}
int memcmp(const void *a, const void *b, size_t n) {
    const unsigned char *p = a, *q = b;
    for (size_t i = 0; i < n; i++)
        if (p[i] != q[i])
            return p[i] - q[i];
    return 0;
}
void *memchr(const void *s, int c, size_t n) {
    const unsigned char *p = s;
    for (size_t i = 0; i < n; i++)
        if (p[i] == (unsigned char)c)
            return (void *)(p + i);
    return NULL;
}
char *strchr(const char *s, int c) {
    while (*s != (char)c)
        if (!*s++)
            return NULL;
    return (char *)s;
}
char *strrchr(const char *s, int c) {
    const char *last = NULL;
    do {
        if (*s == (char)c)
            last = s;
    } while (*s++);
    return (char *)last;
}
char *strcpy(char *to, const char *from) {
    size_t i = 0;
    for (; from[i]; i++)
        to[i] = from[i];
    to[i] = 0;
    return to;
}
char *strncpy(char *to, const char *from, size_t n) {
    size_t i = 0;
    for (; i < n && from[i]; i++)
        to[i] = from[i];
    for (; i < n; i++)
        to[i] = 0;
    return to;
}
char *strcat(char *to, const char *from) {
    strcpy(to + strlen(to), from);
    return to;
}
char *strncat(char *to, const char *from, size_t n) {
    size_t end = strlen(to), i = 0;
    for (; i < n && from[i]; i++)
        to[end + i] = from[i];
    to[end + i] = 0;
    return to;
}
char *strstr(const char *s, const char *part) {
    size_t n = strlen(part);
    for (; *s; s++)
        if (!strncmp(s, part, n))
            return (char *)s;
    return n ? NULL : (char *)s;
}
size_t strspn(const char *s, const char *set) {
    size_t i = 0;
    while (s[i] && strchr(set, s[i]))
        i++;
    return i;
}
size_t strcspn(const char *s, const char *set) {
    size_t i = 0;
    while (s[i] && !strchr(set, s[i]))
        i++;
    return i;
}
