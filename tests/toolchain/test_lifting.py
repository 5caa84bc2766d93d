"""Lifting whole programs: compiled C of many kinds, written in every language by rules, has to be judged the same."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from transpile.corpus.generator import generate
from transpile.corpus.language import language, languages
from transpile.corpus.naming import canonical_function
from transpile.corpus.pairs import read_corpus, write_shard
from transpile.corpus.pipeline.build import compile_pairs
from transpile.corpus.pipeline.lifted import lift_corpus
from transpile.corpus.program import load
from transpile.corpus.signature import Parameter, Signature
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import canonical_text
from transpile.serve.lifter import NAME, Lifter
from transpile.serve.transpiler import Options, transpile

SOURCE = """
#include <stdint.h>
#include <stdbool.h>
#include <string.h>

struct point { int x; int y; double weight; };

static const uint8_t weekday_offsets[12] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};

int day_of_week(int year, int month, int day) {
    if (month < 1 || month > 12) return -1;
    if (month < 3) year--;
    return (year + year / 4 - year / 100 + year / 400 + weekday_offsets[month - 1] + day) % 7;
}

int classify(int c) {
    switch (c) {
        case 'a': case 'e': case 'i': return 1;
        case 'x': return 2;
        case 'y': return c * 3;
        case 'z': return 5;
        default: return c > 50 ? 7 : 8;
    }
}

int first_repeat(const int *a, int n) {
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++)
            if (a[i] == a[j]) return i;
    return -1;
}

unsigned histogram_peak(const uint8_t *data, int n) {
    unsigned counts[16];
    memset(counts, 0, sizeof counts);
    for (int i = 0; i < n; i++) counts[data[i] & 15]++;
    unsigned best = 0;
    for (unsigned k = 0; k < 16; k++) if (counts[k] > counts[best]) best = k;
    return best;
}

int month_length(int leap, int month) {
    static const int8_t plain[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}, longer[12] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const int8_t *lengths = leap ? longer : plain;
    return month < 1 || month > 12 ? 0 : lengths[month - 1];
}

void scale_points(struct point *points, int n, double factor) {
    for (int i = 0; i < n; i++) {
        points[i].weight *= factor;
        points[i].x += points[i].y;
    }
}

static int is_space(char c) { return c == ' ' || c == '\\t'; }

int count_words(const char *text) {
    int words = 0;
    bool inside = false;
    for (; *text; text++) {
        if (is_space(*text)) inside = false;
        else if (!inside) { inside = true; words++; }
    }
    return words;
}

int64_t mix(int64_t a, uint32_t b, int8_t c) { return (a ^ (int64_t)b << 7) - c * 31; }

float average(const float *values, int n) {
    float total = 0;
    for (int i = 0; i < n; i++) total += values[i];
    return n > 0 ? total / (float)n : 0.0f;
}

int total_of(const int *a, int n) { int s = 0; for (int i = 0; i < n; i++) s += a[i]; return s; }

int halves(const int *a, int n) { return total_of(a, n / 2) - total_of(a + n / 2, n - n / 2); }

unsigned depth(unsigned n) { return n < 2 ? n : depth(n / 2) + depth(n / 3); }
"""


@pytest.mark.parametrize("name", sorted(languages()))
def test_every_function_of_a_varied_file_is_verified(name, tmp_path):
    path = tmp_path / "varied.c"
    path.write_text(SOURCE)
    program = load(path)
    found = transpile(program, language(name), None, Options(inputs=256), lifter=Lifter(program))
    assert {t.name: t.verdict.status for t in found if not t.verdict.verified} == {}
    assert {t.engine for t in found} == {NAME}
    assert len(found) >= 11


@pytest.mark.parametrize("name", ["rust", "zig", "c", "d", "go"])
def test_other_languages_are_sources_too(name, tmp_path):
    text = {
        "rust": """pub fn last(a: &[u16], limit: u16) -> i32 {
    for i in (0..a.len()).rev() {
        if a[i] < limit { return i as i32; }
    }
    -1
}
""",
        "zig": "export fn triple(a: u32) u32 {\n    return a *% 3;\n}\n",
        "d": "module own;\npure int spread(const(ubyte)[] a) {\n    int s;\n    foreach (i, x; a) s += cast(int) i * x;\n    return s;\n}\n",
        "go": "package own\n\nfunc Spread(a []byte) int {\n\ts := 0\n\tfor i, x := range a {\n\t\ts += i * int(x)\n\t}\n\treturn s\n}\n",
        "c": "int sign(int a) { return (a > 0) - (a < 0); }\n",
    }[name]
    path = tmp_path / f"one{language(name).suffixes[0]}"
    path.write_text(text)
    program = load(path)
    for target in ("c", "rust"):
        (found,) = transpile(program, language(target), None, Options(inputs=256), lifter=Lifter(program))
        assert found.verdict.verified, (target, found.verdict)


def test_most_generated_programs_come_back(tmp_path):
    tongue = language("c")
    sources = [tongue.render(p) for p in generate(77, 60)]
    units = [tongue.write_unit(s) for s in sources if not s.callees]
    done = 0
    for i, unit in enumerate(units[:24]):
        path = tmp_path / f"g{i}.c"
        path.write_text(tongue.prologue + unit)
        program = load(path)
        found = transpile(program, language("rust"), None, Options(inputs=128), lifter=Lifter(program))
        done += all(t.verdict.verified for t in found)
    assert done >= 20


def test_lifted_pairs_keep_origin_and_licence(tmp_path):
    tongue = language("c")
    path = tmp_path / "varied.c"
    path.write_text(SOURCE)
    functions = [f for f in tongue.read(path.read_text()) if f.name in ("first_repeat", "mix")]
    signatures = {f.name: f.signature for f in functions}
    sources = [canonical_function(f, tongue, [], signatures) for f in functions]
    pairs = list(compile_pairs(tongue, ["real/a:1", "real/a:2"], ["first_repeat", "mix"], sources, "real/a", "MIT", Counter()))
    folder = tmp_path / "corpus"
    folder.mkdir()
    write_shard(folder / "part-00000.parquet", pairs)
    lift_corpus([folder], tmp_path / "out", workers=1)
    rows = list(read_corpus(tmp_path / "out"))
    lifted = [p for p in rows if p.origin == "real/a#lifted"]
    assert {p.licence for p in rows} == {"MIT"} and len(lifted) >= 6
    originals = [(p.level, p.body) for p in rows if p not in lifted]
    assert sorted(originals) == sorted((level, p.body) for p in pairs for level in ("2", "as-written"))
    assert {p.language for p in lifted} == set(languages())


def test_what_is_called_and_only_declared_is_called_as_c_calls_it_in_every_language(tmp_path):
    """A slice goes as pointer and length, a function that is safe to call as one: whoever takes a row takes its calls for C's."""
    tongue = language("c")
    pointer, length = Parameter("p0", "i32", True, True, 1), Parameter("p1", "i32", False, False, None)
    callees = [Signature("c0", (pointer, length), "i32", ()), Signature("c1", (Parameter("p0", "u8", False, False, None),), "i32", ())]
    declared = tuple(SourceFunction("c", s, canonical_text(tongue.write_prototype(s))) for s in callees)
    body = "int32_t f0 ( const int32_t * p0 , int32_t p1 , uint8_t p2 ) { return c0 ( p0 , p1 ) * 3 + c1 ( p2 ) ; }"
    source = SourceFunction("c", Signature("f0", (pointer, length, Parameter("p2", "u8", False, False, None)), "i32", ()), body, declared)
    pairs = list(compile_pairs(tongue, ["real/a:1"], ["f"], [source], "real/a", "MIT", Counter()))
    (tmp_path / "in").mkdir()
    write_shard(tmp_path / "in" / "part-00000.parquet", pairs)
    lift_corpus([tmp_path / "in"], tmp_path / "out", workers=1)
    lifted = {p.language: p for p in read_corpus(tmp_path / "out") if p.origin.endswith("#lifted")}
    assert {"c", "cpp", "rust", "zig"} <= set(lifted)
    assert {p.wat for p in lifted.values()} == {pairs[0].wat}
    assert "c0 ( p0 )" in lifted["rust"].body and "& [ i32 ]" in lifted["rust"].prelude


def test_a_local_array_that_memset_clears_is_one_of_fixed_size(tmp_path):
    path = tmp_path / "lib.c"
    path.write_text(
        "#include <string.h>\n"
        "int most(const unsigned char *data, int n) {\n    int seen[256];\n    memset(seen, 0, sizeof seen);\n"
        "    for (int i = 0; i < n; i++) seen[data[i]]++;\n    int best = 0;\n"
        "    for (int i = 1; i < 256; i++) if (seen[i] > seen[best]) best = i;\n    return best;\n}\n"
    )
    program = load(path)
    found = {t.name: t.verdict for t in transpile(program, language("rust"), None, Options(inputs=128), lifter=Lifter(program))}
    assert found["most"].verified


WRITTEN = {
    "c": "int sum(const int *a, int n) { int s = 0; for (int i = 0; i < n; i++) { if (a[i] < 0) continue; s += a[i] * i; } return s; }\n",
    "cpp": 'extern "C" int sum(const int *a, int n) { int s = 0; for (int i = 0; i < n; i++) { if (a[i] < 0) continue; s += a[i] * i; } return s; }\n',
    "rust": "pub fn sum(a: &[i32]) -> i32 { let mut s = 0i32; for i in 0..a.len() { if a[i] >= 0 { s = s.wrapping_add(a[i].wrapping_mul(i as i32)); } } s }\n",
    "zig": "pub fn sum(a: []const i32) i32 { var s: i32 = 0; for (a, 0..) |v, i| { if (v >= 0) s +%= v *% @as(i32, @intCast(i)); } return s; }\n",
    "d": "int sum(const(int)[] a) { int s = 0; foreach (i, v; a) { if (v < 0) continue; s += v * cast(int) i; } return s; }\n",
    "go": "package main\n\nfunc sum(a []int32) int32 { var s int32; for i, v := range a { if v >= 0 { s += v * int32(i) } }; return s }\n\nfunc main() {}\n",
}


@pytest.mark.parametrize("name", WRITTEN)
def test_loops_stay_as_they_were_written(name: str, tmp_path: Path) -> None:
    """The second compilation, for the rules to read, keeps the loop that tests first; the optimizer's turns it around and counts in bytes."""
    path = tmp_path / f"sum{language(name).suffixes[0]}"
    path.write_text(WRITTEN[name])
    program = load(path, as_written=True)
    assert program.as_written is not None
    (found,) = transpile(program, language("c"), None, Options(inputs=256), lifter=Lifter(program))
    assert found.verdict.verified and found.source is not None
    assert "for (" in found.source.text and "do {" not in found.source.text, found.source.text


def test_addresses_kept_as_numbers_are_said_to_need_32_bits(tmp_path: Path) -> None:
    """A local array of pointers is bytes of the frame; what only follows pointers is not concerned."""
    path = tmp_path / "w.c"
    path.write_text(
        "int fill(char **out, char *s) { out[0] = s; return *s; }\n"
        "int first(char *s) { char *w[2]; fill(w, s); return *w[0] + *w[0]; }\n"
        "int length(const char *s) { int n = 0; while (s[n]) n++; return n; }\n"
    )
    program = load(path, as_written=True)
    found = {t.name: t for t in transpile(program, language("rust"), None, Options(inputs=128), lifter=Lifter(program))}
    assert all(t.verdict.verified for t in found.values())
    assert {name for name, t in found.items() if t.narrow} == {"first"}
