"""What people's programs need beyond single functions: each thing of `tests/programs/` in a few lines, through `transpile` with the rules alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from translations import translated, unverified

from transpile.corpus.language import language
from transpile.verify.borrow import supplied
from transpile.verify.judge import judge
from transpile.verify.load import read_pairs
from transpile.verify.types import Executable


def test_what_leaves_an_array_is_set_aside(tmp_path: Path) -> None:
    """In C an index outside of one array changes the next; Rust panics there."""
    text = """
static int first[8], second[8];
void put(int i, int value) { first[i] = value; }
int get(int i) { return second[i & 7]; }
void copy(int i) { second[i] = first[i]; }
"""
    found, _ = translated(tmp_path, text)
    assert not unverified(found)
    assert found["put"].verdict.set_aside > 0


def test_a_loop_up_to_the_end_of_an_array_stays_in_it(tmp_path: Path) -> None:
    """Compilers count from minus the size up to 0, from where the next variable begins."""
    text = """
static int heads[32];
static struct { char name[12]; int value; int next; } pool[16];
void clear(void) { for (int i = 0; i < 32; i++) heads[i] = -1; }
void both(void) {
    for (int i = 0; i < 32; i++) heads[i] = -1;
    for (int i = 0; i < 16; i++) pool[i].next = i + 1;
}
int head(int i) { return heads[i & 31]; }
int next(int i) { return pool[i & 15].next; }
"""
    found, file = translated(tmp_path, text)
    assert not unverified(found)
    assert "HEADS[" in file.split("fn clear")[1].split("\n}\n")[0]


def test_functions_of_the_library_are_translated_along(tmp_path: Path) -> None:
    text = """
#include <string.h>
int at(const char *s, char c) { const char *p = strchr(s, c); return p ? (int)(p - s) : -1; }
int same(const char *a, const char *b) { return memcmp(a, b, 3) == 0; }
"""
    found, _ = translated(tmp_path, text)
    assert not unverified(found)
    assert found.keys() >= {"strchr", "memcmp"}


@pytest.mark.parametrize(("suffix", "text"), [
    ("rs", "//! A file.\n#![allow(dead_code)]\n\npub fn twice(x: i32) -> i32 {\n    x.wrapping_mul(2)\n}\n"),
    ("zig", "//! A file.\n\npub fn twice(x: i32) i32 {\n    return x *% 2;\n}\n"),
])  # fmt: skip
def test_what_is_said_of_a_whole_file_is_passed_over(tmp_path: Path, suffix: str, text: str) -> None:
    found, _ = translated(tmp_path, text, "c", suffix)
    assert not unverified(found)


ALLOCATING = """
#include <stdlib.h>
struct node { int value; struct node *next; };
struct node *node_new(int value, struct node *next) {
    struct node *n = malloc(sizeof *n);
    if (n) {
        n->value = value;
        n->next = next;
    }
    return n;
}
int drop(struct node *n) {
    int count = 0;
    while (n) {
        struct node *next = n->next;
        free(n);
        n = next;
        count++;
    }
    return count;
}
int *squares(int n) {
    int *out = n < 0 || n > 1000 ? NULL : calloc(n, sizeof *out);
    for (int i = 0; out && i < n; i++) out[i] = i * i;
    return out;
}
"""


@pytest.mark.parametrize("to", ["rust", "zig", "c"])
def test_memory_is_allocated_through_the_library(tmp_path: Path, to: str) -> None:
    found, file = translated(tmp_path, ALLOCATING, to)
    assert not unverified(found)
    assert file.count("malloc(") >= 2, "declared and called"
    tongue = language(to)
    compiled = tongue.compile(tongue.expose(tongue.gather(file, tmp_path)[0], [])[0])
    assert compiled.wasm, compiled.diagnostics


@pytest.mark.parametrize(("old", "new"), [
    ("n->next = next;\n    }", "}"),  # left as it came
    ("sizeof *n)", "4)"),
    ("if (n) {\n        n->value", "if (1) {\n        n->value"),
    ("free(n);", ""),
    ("i * i", "i * 2"),
    ("calloc(n, sizeof *out)", "malloc(n * sizeof *out)"),
])  # fmt: skip
def test_what_is_wrong_on_the_heap_shows(old: str, new: str) -> None:
    changed = ALLOCATING.replace(old, new)
    assert changed != ALLOCATING
    c = language("c")
    functions = {f.name: f.signature for f in c.read(ALLOCATING)}
    original, candidate = c.compile(ALLOCATING).wasm, c.compile(changed).wasm
    assert original and candidate
    right = [judge(Executable(original, name), [Executable(original, name)], s, normal_form=None)[0] for name, s in functions.items()]
    assert all(one.verified for one in right)
    found = {name: judge(Executable(original, name), [Executable(candidate, name)], s)[0].status for name, s in functions.items()}
    assert "mismatch" in found.values(), found


@pytest.mark.parametrize("to", ["rust", "zig", "c"])
def test_functions_that_call_each_other_in_a_circle(tmp_path: Path, to: str) -> None:
    text = """
struct reader { int at; int depth; };
static int expression(struct reader *r, const char *s);
static int step(int n) { return n + 1; }
static int primary(struct reader *r, const char *s) {
    if (s[r->at] == '(' && r->depth < 10) {
        r->depth++;
        r->at = step(r->at);
        int value = expression(r, s);
        r->at = step(r->at);
        return value;
    }
    return s[r->at] ? s[r->at++] - '0' : 0;
}
static int expression(struct reader *r, const char *s) {
    int value = primary(r, s);
    while (s[r->at] == '+') {
        r->at++;
        value += primary(r, s);
    }
    return value;
}
int calculate(const char *s) {
    struct reader r = {0, 0};
    return expression(&r, s);
}
"""
    found, file = translated(tmp_path, text, to)
    assert not unverified(found)
    assert "together with expression" in found["primary"].verdict.evidence
    tongue = language(to)
    compiled = tongue.compile(tongue.expose(tongue.gather(file, tmp_path)[0], [])[0])
    assert compiled.wasm, compiled.diagnostics


def test_what_differs_called_in_turn_does_not_condemn_the_others(tmp_path: Path) -> None:
    """The rules take the pointer for one into `heads` alone, which shows only when something is in the table."""
    text = """
static int heads[8], next[8], used;
int put(int key) {
    if (used == 8) return 0;
    next[used] = heads[key & 7];
    heads[key & 7] = ++used;
    return 1;
}
int count(void) { return used; }
int drop(int key) {
    int *link = &heads[key & 7];
    while (*link) {
        int at = *link;
        if (!next[at - 1]) { *link = 0; return at; }
        link = &next[at - 1];
    }
    return 0;
}
"""
    found, _ = translated(tmp_path, text)
    assert not {"put", "count"} & unverified(found).keys()


def test_what_earlier_calls_left_on_the_heap_does_not_show(tmp_path: Path) -> None:
    """Blocks of all sizes, so that the heap goes round and a new block lies where others ended."""
    text = """
#include <stdlib.h>
typedef struct { int rows, columns; double *cells; } Matrix;
Matrix *make(int rows, int columns) {
    Matrix *m = malloc(sizeof *m);
    if (!m) return 0;
    m->rows = rows;
    m->columns = columns;
    m->cells = calloc((size_t)(rows * columns), sizeof(double));
    if (!m->cells) { free(m); return 0; }
    return m;
}
"""
    found, _ = translated(tmp_path, text, inputs=1024)
    assert not unverified(found)


PRINTING = """
#include <stdio.h>
struct item { const char *name; int price; };
static const struct item items[] = {{"tea", 250}, {"bread", 320}, {"salt", 99}};
static const char *sizes[] = {"small", "large"};
void show(int a, const char *s, double d, long long big) { printf("%d %s %.2f %lld\\n", a, s, d, big); }
void list(int n) {
    for (int i = 0; i < n && i < 3; i++) printf("%2d. %-8s%6d.%02d\\n", i + 1, items[i].name, items[i].price / 100, items[i].price % 100);
}
int label(char *out, int n, int which) {
    return snprintf(out, (size_t)n, "a %s one, as large as they come in the shops of this town: %c", sizes[which & 1], 'a');
}
void greet(int n) {
    char name[8];
    for (int i = 0; i < 7; i++) name[i] = (char)('a' + ((n >> i) & 1));
    name[7] = 0;
    puts(name);
    printf("%.3s%%\\n", name);
}
int main(void) {
    show(1, "one", 1.5, 1);
    list(2);
    printf("%d\\n", 7);
    return 0;
}
"""


@pytest.mark.parametrize("to", ["rust", "zig", "c", "cpp"])
def test_programs_print(tmp_path: Path, to: str) -> None:
    found, file = translated(tmp_path, PRINTING, to)
    assert not unverified(found)
    assert found.keys() == {"show", "list", "label", "greet", "main"}
    assert '"%2d. %-8s%6d.%02d\\n"' in file and '"bread"' in file and "sizes" in file.lower()
    path = tmp_path / f"whole{language(to).suffixes[0]}"
    path.write_text(file)
    pairs, missing = read_pairs(tmp_path / "lib.c", path)
    assert not missing and all(one.translated for one in pairs.values()), "a person can judge the file again, main too"


@pytest.mark.parametrize(("name", "old", "new"), [
    ("show", "a, s, d, big)", "a, s, d, big + 1)"),
    ("show", "%d %s %.2f %lld", "%u %s %.2f %lld"),
    ("show", "printf(", "if (a != 1234567) printf("),
    ("list", "items[i].price / 100, items[i].price % 100", "items[i].price % 100, items[i].price / 100"),
    ("list", '"bread"', '"bresd"'),
    ("label", "sizes[which & 1]", "sizes[~which & 1]"),
    ("label", "this town: %c", "that town: %c"),
    ("label", "(size_t)n,", "(size_t)n - (n > 0),"),
    ("greet", "name[i] = (char)('a'", "name[i] = (char)('b' - (i > 0)"),
    ("greet", "%.3s%%", "%.2s%%"),
    ("main", '"one", 1.5', '"one", 1.25'),
    ("main", "7);", "8);"),
])  # fmt: skip
def test_what_is_printed_wrong_shows(name: str, old: str, new: str) -> None:
    """Each is a known wrong translation: of the right type, with the same calls."""
    changed = PRINTING.replace(old, new, 1)
    assert changed != PRINTING
    c = language("c")
    signature = next(f.signature for f in c.read(PRINTING) if f.name == name)
    original, candidate = c.compile(PRINTING).wasm, c.compile(changed).wasm
    assert original and candidate
    export = "__original_main" if name == "main" else name
    sides = [Executable(one, export) for one in (original, candidate)]
    verdicts = judge(sides[0], sides, signature, normal_form=None, inputs=512)
    assert verdicts[0].verified and verdicts[1].status == "mismatch", verdicts


UNTRANSLATED = """
#include <stdio.h>
static const int primes[4] = {2, 3, 5, 7};
int odd(int n) {
    if (n < 1 || n > 50) return 0;
    int v[n];
    for (int i = 0; i < n; i++) v[i] = i * primes[i & 3];
    printf("odd %d\\n", n);
    return v[n - 1] + v[n / 2];
}
int caller(int x, int y) {
    int s = odd(x) * 3 + odd(y);
    return s > 10 ? s - 10 : s;
}
void shout(int x) { printf("%d\\n", caller(x, 2)); }
"""


@pytest.mark.parametrize("to", ["rust", "zig", "c"])
def test_callers_of_what_is_not_translated_are_judged_with_the_original_s(tmp_path: Path, to: str) -> None:
    """Arrays of no fixed size are beyond the rules."""
    found, file = translated(tmp_path, UNTRANSLATED, to)
    assert unverified(found) == {"odd": "undecoded: beyond the rules: a local array of no fixed size"}
    assert found["caller"].verdict.evidence.endswith("with the original's odd")
    assert "original's own, to be linked" in file and "printf" in file
    tongue = language(to)
    compiled = tongue.compile(tongue.expose(tongue.gather(file, tmp_path)[0], [])[0])
    assert compiled.wasm, compiled.diagnostics


@pytest.mark.parametrize(("body", "status"), [("odd(x) * 3 + odd(y)", "tested"), ("odd(x) * 3 + odd(x)", "mismatch"), ("odd(x) * 2 + odd(y)", "mismatch")])
def test_a_function_of_the_original_stands_in_for_one_that_is_declared(body: str, status: str) -> None:
    c = language("c")
    whole, part = c.compile(UNTRANSLATED).wasm, c.compile(f"int odd(int n);\nint f(int x, int y) {{ int s = {body}; return s > 10 ? s - 10 : s; }}").wasm
    assert whole and part
    signature = next(f.signature for f in c.read(UNTRANSLATED) if f.name == "caller")
    original = Executable(whole, "caller")
    one = supplied(Executable(part, "f"), original, {"odd": "odd"})
    assert one is not None and judge(original, [one], signature, normal_form=None)[0].status == status


CLASSES = """
#include <cstdio>
class Account {
  public:
    explicit Account(int first) : balance(first), moves{0} {}
    bool withdraw(int n);
    int total() const { return balance * 100 + moves; }
    Account &operator+=(const Account &other) { balance += other.balance; return *this; }
  private:
    int balance;
    int moves = 0;
};
bool Account::withdraw(int n) {
    if (n < 0 || n > balance) return false;
    balance -= n;
    moves++;
    return true;
}
namespace money { void swap(int &a, int &b) { int t = a; a = b; b = t; } }
template <typename T> T larger(const T &a, const T &b) { return a < b ? b : a; }
int largest(int a, int b, int c) { return larger(a, larger(b, c)); }
int main() {
    Account one(100), other(20);
    one.withdraw(30);
    one += other;
    std::printf("%d\\n", one.total());
    return 0;
}
"""


def test_methods_references_and_templates_are_functions(tmp_path: Path) -> None:
    found, file = translated(tmp_path, CLASSES, "rust", "cpp")
    assert not unverified(found)
    assert found.keys() == {"Account_init", "Account_withdraw", "Account_total", "Account_add", "money_swap", "larger_for_int", "largest", "main"}
    assert "fn Account_withdraw(self_: &mut Account, n: i32) -> bool" in file
    compiled = language("rust").compile(language("rust").expose(file, [])[0])
    assert compiled.wasm, compiled.diagnostics
