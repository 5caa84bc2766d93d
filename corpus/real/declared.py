"""Functions of which only the type is known: prototypes of headers and of the file itself, and those of the C library.

What calls such a function can be had all the same: to compile it and to read its WAT, a prototype is enough. Limit: a function of variable
arguments has no signature, so that it can't be declared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import count

from transpile.corpus.c.words import Token, without_attributes
from transpile.corpus.real.draft import Draft
from transpile.corpus.real.types import UNKNOWN, CTypes

LIBRARY = """
typedef struct FILE FILE;
void *malloc(size_t size); void *calloc(size_t count, size_t size); void *realloc(void *old, size_t size); void free(void *p);
void abort(void); void exit(int code); char *getenv(const char *name); int system(const char *command); int atexit(void (*call)(void));
int rand(void); void srand(unsigned seed); long random(void); void srandom(unsigned seed);
void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *));
void *bsearch(const void *key, const void *base, size_t count, size_t size, int (*compare)(const void *, const void *));
char *strchr(const char *s, int c); char *strrchr(const char *s, int c); void *memchr(const void *s, int c, size_t n);
char *strcpy(char *to, const char *from); char *strncpy(char *to, const char *from, size_t n); char *strcat(char *to, const char *from);
char *strncat(char *to, const char *from, size_t n); char *strdup(const char *s);
char *strndup(const char *s, size_t n); char *strerror(int error); char *strtok(char *s, const char *separators);
char *strstr(const char *s, const char *part); char *strpbrk(const char *s, const char *any); size_t strspn(const char *s, const char *any);
size_t strcspn(const char *s, const char *any); int strcoll(const char *a, const char *b); char *strsep(char **s, const char *separators);
char *stpcpy(char *to, const char *from);
size_t strlcpy(char *to, const char *from, size_t n); size_t strlcat(char *to, const char *from, size_t n);
void *memmem(const void *s, size_t n, const void *part, size_t m); void *memrchr(const void *s, int c, size_t n);
long atol(const char *s); long long atoll(const char *s); double atof(const char *s);
long strtol(const char *s, char **end, int base); unsigned long strtoul(const char *s, char **end, int base);
long long strtoll(const char *s, char **end, int base); unsigned long long strtoull(const char *s, char **end, int base);
double strtod(const char *s, char **end); float strtof(const char *s, char **end);
FILE *fopen(const char *name, const char *mode); int fclose(FILE *file); int fflush(FILE *file); int feof(FILE *file); int ferror(FILE *file);
size_t fread(void *to, size_t size, size_t count, FILE *file); size_t fwrite(const void *from, size_t size, size_t count, FILE *file);
int fseek(FILE *file, long offset, int origin); long ftell(FILE *file); void rewind(FILE *file); int fgetc(FILE *file); int getc(FILE *file);
int fputc(int c, FILE *file); int putc(int c, FILE *file); int ungetc(int c, FILE *file); char *fgets(char *to, int n, FILE *file);
int fputs(const char *s, FILE *file); int puts(const char *s); int putchar(int c); int getchar(void); void perror(const char *s);
int remove(const char *name); int rename(const char *from, const char *to); int fileno(FILE *file);
int close(int file); int read(int file, void *to, size_t n); int write(int file, const void *from, size_t n); int unlink(const char *name);
int usleep(unsigned microseconds); unsigned sleep(unsigned seconds); int getpid(void); int isatty(int file);
unsigned htonl(unsigned x); unsigned ntohl(unsigned x); unsigned short htons(unsigned short x); unsigned short ntohs(unsigned short x);
int socket(int domain, int type, int protocol); int listen(int file, int backlog); int shutdown(int file, int how);
int setsockopt(int file, int level, int name, const void *value, unsigned n); int getsockopt(int file, int level, int name, void *value, unsigned *n);
int send(int file, const void *from, size_t n, int flags); int recv(int file, void *to, size_t n, int flags); long sysconf(int name);
int *__errno_location(void); int toascii(int c); int wcscmp(const int *a, const int *b); size_t wcslen(const int *s);
"""
"""Functions of the C library that need what is outside the program, or are long: their bodies do not come along."""


def drafted(name: str, head: Sequence[Token], types: CTypes, means: Callable[[str], bool]) -> Draft | None:
    """A function of which only the type is known, from its prototype or its definition's head; None where the type can't be said."""
    head = without_attributes(list(head))
    words = [t.text for t in head]
    if "(" not in words or (paren := words.index("(")) < 1 or words[paren - 1] != name:
        return None
    depth = 0
    for end in range(paren, len(words)):
        depth += (words[end] == "(") - (words[end] == ")")
        if not depth:
            break
    # A word in capitals that means nothing here is a macro whose header was not there.
    first = [w for w in words[: paren - 1] if not re.fullmatch(r"[A-Z_][A-Z0-9_]+", w) or means(w)]
    result, parameters = types.declared(first), types.parameters(words[paren + 1 : end])
    if result is None or result[0] or result[1].startswith("[") or result[1] in (UNKNOWN, "F()") or parameters is None:
        return None
    if any(t == UNKNOWN for _, t in parameters):
        return None
    taken = {n for n, _ in parameters}
    fresh = (n for i in count() if (n := f"a{i}") not in taken)
    named = [(n or next(fresh), t) for n, t in parameters]
    return Draft(name, result[1], tuple(named), "", frozenset(), ()) if len({n for n, _ in named}) == len(named) else None
