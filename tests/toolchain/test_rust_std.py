"""Files that use Rust's `std`: compiled with it, judged and read like others, although candidates have `core` alone."""

from __future__ import annotations

import pytest

from transpile.corpus.errors import CompileError
from transpile.corpus.language import language
from transpile.corpus.program import load
from transpile.verify.judge import judge
from transpile.verify.load import read_pairs

C = """
#include <string.h>
int distinct(const int *values, int n) {
    int found = 0;
    for (int i = 0; i < n; i++) {
        int j = 0;
        while (j < i && values[j] != values[i]) j++;
        found += j == i;
    }
    return found;
}
int middle(int a, int b, int c) { return a > b ? (b > c ? b : a > c ? c : a) : (a > c ? a : b > c ? c : b); }
int length(const char *text) { return (int)strlen(text); }
"""
RUST = """use std::collections::HashSet;
pub fn distinct(values: &[i32]) -> i32 {
    let seen: HashSet<i32> = values.iter().copied().collect();
    seen.len() as i32
}
pub fn middle(a: i32, b: i32, c: i32) -> i32 {
    let mut all = vec![a, b, c];
    all.sort();
    println!("{all:?}");
    all[1]
}
"""


def written(tmp_path, rust):
    (tmp_path / "a.c").write_text(C)
    (tmp_path / "b.rs").write_text(rust)
    return tmp_path / "a.c", tmp_path / "b.rs"


def verdicts(files):
    pairs, missing = read_pairs(*files)
    return {name: judge(one.original, [one.translated], one.signature)[0] for name, one in pairs.items()}, missing


def test_vectors_and_maps_are_compiled_and_judged_and_their_memory_is_the_candidates_own(tmp_path):
    found, missing = verdicts(written(tmp_path, RUST))
    assert found["distinct"].verified and found["middle"].verified
    assert missing == ["length"], "strlen came along, it is not missing"
    wrong, _ = verdicts(written(tmp_path, RUST.replace("all[1]", "all[0]").replace("values.iter()", "values.iter().skip(1)")))
    assert {name: one.status for name, one in wrong.items()} == {"distinct": "mismatch", "middle": "mismatch"}


def test_an_error_in_a_file_with_std_has_its_own_line(tmp_path):
    _, path = written(tmp_path, RUST.replace("all[1]", "all.middle()"))
    with pytest.raises(CompileError, match=r"b\.rs:10: .*middle"):
        load(path)


def test_code_without_std_keeps_core_alone():
    tongue = language("rust")
    unit, _ = tongue.expose("pub fn f() -> i32 { missing }\n", ())
    broken, _ = tongue.expose("pub fn f( -> i32 { 1 }\n", ())
    assert tongue.hosted(unit, tongue.compile(unit).diagnostics), "a name that is not found might be std's"
    assert tongue.hosted(broken, tongue.compile(broken).diagnostics) is None
    assert language("c").hosted("", ()) is None
