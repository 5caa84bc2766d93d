"""Variables of a file from C to C, C++, Rust and Zig by the rules: every function verified, alone and in turn, and the file as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from transpile.corpus.batch import Compiled, compile_together
from transpile.corpus.globals import Global
from transpile.corpus.language import language, languages
from transpile.corpus.program import Program, load
from transpile.corpus.signature import Parameter, Signature
from transpile.corpus.source import SourceFunction
from transpile.serve.lifter import Lifter
from transpile.serve.output import as_json, function_json, write_file
from transpile.serve.transpiler import Options, Translation, transpile
from transpile.verify.judge import judge
from transpile.verify.load import read_pairs
from transpile.verify.together import judge_together

ADDRESSLESS = ("assemblyscript",)
"""Where a number of the file has no address that could be handed on."""

SOURCE = """
#include <stdint.h>
#include <stdbool.h>

static uint32_t seed = 12345;
void rng_seed(uint32_t s) { seed = s ? s : 1; }
uint32_t rng_next(void) {
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed;
}

int next_id(void) {
    static int count = 100;
    return count++;
}

static int ring[16];
static int head, used;
bool ring_push(int value) {
    if (used == 16) return false;
    ring[(head + used) & 15] = value;
    used++;
    return true;
}
int ring_pop(void) {
    if (used == 0) return -1;
    int value = ring[head];
    head = (head + 1) & 15;
    used--;
    return value;
}

static uint64_t memo[64];
uint64_t fib(int k) {
    if (k < 2) return (uint64_t)k;
    if (k > 63) return 0;
    if (memo[k]) return memo[k];
    uint64_t a = 0, b = 1;
    for (int i = 2; i <= k; i++) {
        uint64_t c = a + b;
        a = b;
        b = c;
    }
    memo[k] = b;
    return b;
}

static bool ready;
static uint8_t reversed[256];
static void prepare(void) {
    for (int i = 0; i < 256; i++) {
        int x = i, r = 0;
        for (int b = 0; b < 8; b++) {
            r = (r << 1) | (x & 1);
            x >>= 1;
        }
        reversed[i] = (uint8_t)r;
    }
    ready = true;
}
uint8_t reverse_byte(uint8_t b) {
    if (!ready) prepare();
    return reversed[b];
}

static int last_error;
int safe_divide(int a, int b) {
    if (b == 0 || (a == INT32_MIN && b == -1)) {
        last_error = b == 0 ? 1 : 2;
        return 0;
    }
    last_error = 0;
    return a / b;
}
int error_code(void) { return last_error; }

static double history[8];
static int at;
double moving_average(double x) {
    history[at] = x;
    at = (at + 1) & 7;
    double s = 0;
    for (int i = 0; i < 8; i++) s += history[i];
    return s / 8;
}

static struct { int items[32]; int first, count; } queue;
void queue_clear(void) { queue.first = 0; queue.count = 0; }
void queue_put(int x) {
    if (queue.count >= 32) return;
    queue.items[(queue.first + queue.count) % 32] = x;
    queue.count++;
}
static int sum(const int *a, int n) { int s = 0; for (int i = 0; i < n; i++) s += a[i]; return s; }
int queue_sum(void) { return sum(queue.items, queue.count); }
int items_sum(void) { return sum(queue.items, 32); }

static int depth, max_depth;
static void note(int *where, int v) { if (v > *where) *where = v; }
int enter(void) { depth++; note(&max_depth, depth); return max_depth; }
void leave(void) { if (depth > 0) depth--; }
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    path = tmp_path_factory.mktemp("state") / "state.c"
    path.write_text(SOURCE)
    return load(path)


def by_rules(program: Program, tongue: str) -> list[Translation]:
    return transpile(program, language(tongue), None, Options(inputs=256), lifter=Lifter(program))


@pytest.mark.parametrize("tongue", sorted(languages()))
def test_functions_that_keep_something_are_translated_and_share_it(program: Program, tongue: str, tmp_path: Path) -> None:
    target = language(tongue)
    done = by_rules(program, tongue)
    left_out = {t.name for t in done if not t.verdict.verified}
    assert left_out == ({"enter"} if tongue in ADDRESSLESS else set())
    evidence = {t.name: t.verdict.evidence for t in done}
    assert "called in turn with rng_next" in evidence["rng_seed"] and "in turn" not in evidence["next_id"]
    text = write_file(done, target, program.path)
    path = tmp_path / f"state{target.suffixes[0]}"
    path.write_text(text)
    pairs, missing = read_pairs(program.path, path)
    assert set(missing) == left_out
    names = ("rng_seed", "rng_next")
    sides = [{n: getattr(pairs[n], side) for n in names} for side in ("original", "translated")]
    assert judge_together(*sides, {n: pairs[n].signature for n in names}, inputs=256).status == "tested"
    path.write_text(text.replace("12345", "12346"))
    wrong = {n: p.translated for n, p in read_pairs(program.path, path)[0].items() if n in names}
    assert judge_together(sides[0], wrong, {n: pairs[n].signature for n in names}, inputs=256).status == "mismatch"


def test_the_object_names_what_a_function_keeps(program: Program) -> None:
    done = [t for t in by_rules(program, "rust") if t.name in ("next_id", "error_code")]
    functions = {f["name"]: f for f in as_json(done, language("rust"), program.path, 0.0)["functions"]}
    assert functions["next_id"]["variables"] == ["static mut NEXT_ID_COUNT: i32 = 100;"]
    assert "NEXT_ID_COUNT" in functions["next_id"]["code"]


def test_what_only_others_read_counts_with_them_alone(program: Program) -> None:
    (alone,) = transpile(program, language("c"), None, Options(inputs=256, only=("rng_seed",)), lifter=Lifter(program))
    assert alone.verdict.status == "inconclusive" and "only other functions read" in alone.verdict.evidence


@pytest.mark.parametrize("tongue", sorted(languages()))
def test_functions_compiled_together_have_one_variable(tongue: str) -> None:
    """A setter and a getter: the one's call must be seen by the other."""
    target, one = language(tongue), Global("g0", "i32", None, (7,))
    set_, get = Signature("f0", (Parameter("p0", "i32"),), None), Signature("f0", (), "i32")
    bodies = {"rust": ("unsafe { g0 = p0 ; } }", "unsafe { g0 } }")}.get(tongue, ("g0 = p0 ; }", "return g0 ; }"))
    sources = [SourceFunction(tongue, s, f"{target.write_header(s)} {body}", (), (one,)) for s, body in zip((set_, get), bodies, strict=True)]
    compiled = compile_together(target, sources)
    assert isinstance(compiled, list) and all(isinstance(c, Compiled) for c in compiled)
    import wasmtime

    store = wasmtime.Store()
    exports = wasmtime.Instance(store, wasmtime.Module(store.engine, compiled[0].wasm), []).exports(store)
    assert exports["f0_1"](store) == 7
    exports["f0_0"](store, 42)
    assert exports["f0_1"](store) == 42


POINTERS = """
#include <stdint.h>
struct node { int value; struct node *next; };
static int live;
static struct node *list;
int count_nodes(const struct node *n) {
    int c = 0;
    while (n) { c++; n = n->next; }
    live += c;
    return c;
}
int total_live(void) { return live; }
int top(void) { return list ? list->value : -1; }
int pop(void) { if (!list) return 0; list = list->next; return 1; }
void keep(struct node *n) { list = n; }
static char text[16];
const char *hex(unsigned x) {
    int i = 15;
    text[i] = 0;
    do { text[--i] = "0123456789abcdef"[x & 15]; x >>= 4; } while (x && i);
    return text + i;
}
static struct node pool[4];
static int taken;
struct node *take(void) { return taken < 4 ? &pool[taken++] : 0; }
"""


@pytest.mark.parametrize("tongue", ["c", "cpp", "rust", "zig"])
def test_variables_beside_pointers(tongue: str, tmp_path: Path) -> None:
    path = tmp_path / "pointers.c"
    path.write_text(POINTERS)
    done = by_rules(load(path), tongue)
    # What is kept can't be called in turn with pointers to structs.
    assert {t.name: t.verdict.status for t in done if not t.verdict.verified} == {"keep": "inconclusive"}
    variables = [line for t in done if t.verdict.verified for line in function_json(t, language(tongue))["variables"]]
    assert any("list" in line.lower() for line in variables) and any("pool" in line.lower() for line in variables)


def test_a_call_that_leaves_its_buffers_in_another_order_is_set_aside_too(tmp_path):
    """With four entries the loop is skipped; in a fresh instance the same call reads through a null pointer."""
    text = """
    static int count, kept[4];
    int add(int n, const char **texts) {
        for (int i = 1; i < n && count < 4; i++) { CHECK kept[count] = texts[i][0]; count++; }
        int sum = 0;
        for (int i = 0; i < count; i++) sum = sum * 3 + kept[i];
        return sum;
    }
    """
    (tmp_path / "a.c").write_text(text.replace("CHECK", ""))
    (tmp_path / "b.c").write_text(text.replace("CHECK", "if (!texts[i]) __builtin_trap();"))
    pair = read_pairs(tmp_path / "a.c", tmp_path / "b.c")[0]["add"]
    assert judge(pair.original, [pair.translated], pair.signature)[0].verified
