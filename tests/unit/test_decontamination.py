"""Fingerprints: a function is found again under other names and after small edits, a user's own table adds to the one that ships."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from transpile.corpus.errors import TranspileError
from transpile.corpus.language import language
from transpile.corpus.naming import canonical_function
from transpile.corpus.pipeline.build import clean
from transpile.corpus.pipeline.decontamination import SPELLINGS, Benchmarks, benchmarks, fingerprint, spellings
from transpile.corpus.source import SourceFunction

TEXT = """
int steps(const int *road, int n, int fuel) {
    int at = 0, count = 0;
    while (at < n && fuel > 0) {
        fuel -= road[at] > 0 ? road[at] : 1;
        if (fuel % 3 == 1 && at + 1 < n) at += 2; else at++;
        count ^= at * fuel; /* a comment */
    }
    return count - fuel;
}
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "own.tsv"
    line = fingerprint(TEXT)
    assert line is not None
    path.write_text(line + "\n")
    return path


def test_a_function_is_found_again(table: Path) -> None:
    own = Benchmarks(table)
    assert benchmarks().match(TEXT) is None
    assert own.match(TEXT) == "exact"
    assert own.match(TEXT.replace("road", "street").replace("% 3", "% 11").replace("/* a comment */", "// another")) == "exact"
    assert own.match(TEXT.replace("count - fuel", "count - fuel * 2")) == "near"
    other = TEXT.replace("road[at] > 0 ? road[at] : 1", "at").replace("fuel % 3 == 1 && at + 1 < n", "n").replace("at * fuel", "fuel << count")
    assert own.match(other.replace("at < n && fuel > 0", "fuel").replace("int at = 0, count = 0;", "int count = fuel, at = n;")) is None


def test_short_functions_are_idioms(table: Path) -> None:
    assert fingerprint("int add(int a, int b) { return a + b; }") is None
    assert Benchmarks(table).match("int add(int a, int b) { return a + b; }") is None


def test_lines_have_the_form_of_the_table_that_ships(table: Path) -> None:
    shipped = (Path(__file__).parents[2] / "corpus" / "pipeline" / "benchmarks.tsv").read_text().splitlines()[0]
    for line in (shipped, table.read_text().strip()):
        digest, sketch = line.split("\t")
        assert len(digest) == 16 and len(sketch.split()) == 16 and sketch.split() == sorted(sketch.split())


def test_the_table_and_the_measure_are_those_of_the_reference() -> None:
    """The values were computed by the `fingerprint.py` that the table came with."""
    table = (Path(__file__).parents[2] / "corpus" / "pipeline" / "benchmarks.tsv").read_bytes()
    assert hashlib.sha256(table).hexdigest() == "46823424ac0c61d186b0aebd527e789f634b423b25edf0079ca0a85a8a5e5458"
    line = fingerprint(TEXT)
    assert line is not None
    digest, sketch = line.split("\t")
    assert digest == "30e284e802f4f3d9"
    assert sketch.split()[:3] == ["0026c2990d4afbda", "003b74373dbb267f", "023c7837935ec343"]
    assert sketch.split()[-1] == "396ff71006f10c99"


def canonical(tongue: str, text: str) -> SourceFunction:
    read = language(tongue).read(text)[0]
    return canonical_function(read, language(tongue), [], {read.name: read.signature})


def test_canonical_types_hide_nothing(table: Path) -> None:
    own = Benchmarks(table)
    source = canonical("c", TEXT)
    assert "int32_t" in source.text
    assert own.match(source.text) is None, "shifted by int32_t being an identifier"
    assert own.match_any([source]) == "exact"
    assert benchmarks().match_any([source]) is None


def test_a_callee_counts(table: Path) -> None:
    callee = canonical("c", TEXT)
    caller = replace(canonical("c", "int twice(int x) { return x * 2; }"), callees=(callee,))
    assert Benchmarks(table).match_any([caller]) == "exact"


def test_a_benchmark_in_one_language_is_left_out_in_all(table: Path) -> None:
    rust = canonical("rust", "pub fn same(a: i32) -> i32 { a + 1 }")
    drops: Counter[str] = Counter()
    kept = clean({"a": {"c": canonical("c", TEXT), "rust": rust}, "b": {"rust": rust}}, Benchmarks(table), drops)
    assert list(kept) == ["b"]
    assert drops == {"benchmark": 2}


def test_spellings() -> None:
    names = {"int32_t": ("int",), "uint32_t": ("unsigned int", "unsigned")}
    assert list(spellings("int32_t f", names)) == ["int32_t f", "int f", "int32_t f"]
    found = list(spellings("uint32_t f ( int32_t a )", names))
    assert found[1] == "unsigned int f ( int a )"
    assert "unsigned f ( int32_t a )" in found and len(found) == 1 + 2 * 3
    many = {f"t{i}": (f"a{i}", f"b{i}") for i in range(9)}
    assert len(list(spellings(" ".join(many), many))) <= SPELLINGS + 1


@pytest.mark.parametrize("flagged", ["0 .. p0 . len", "0..p0.len"])
def test_spaces_hide_nothing(tmp_path: Path, flagged: str) -> None:
    """`0..p0.len` is one number to the fingerprint, `0 .. p0 . len` is five tokens."""
    step = f"    for ({flagged}) |v1| {{ v0 = v0 * 31 + p0[v1]; v0 ^= v0 >> 7; }}\n"
    text = f"fn f0(p0: []u32) u32 {{\n    var v0: u32 = 0;\n{step * 2}    return v0;\n}}\n"
    path = tmp_path / "own.tsv"
    path.write_text(f"{fingerprint(text)}\n")
    other = text.replace(flagged, "0..p0.len" if " " in flagged else "0 .. p0 . len")
    assert Benchmarks(path).match(other) != "exact"
    assert Benchmarks(path).match_any([canonical("zig", other)]) == "exact"


def test_labels_are_not_strings(tmp_path: Path) -> None:
    step = "        if a > 9 { a = a / 2 + a % 7; continue 'l0; }\n"
    text = "fn f(mut a: u32) -> u32 {\n    'l0: loop {\n" + step * 4 + "        break 'l0;\n    }\n    a\n}\n"
    path = tmp_path / "own.tsv"
    path.write_text(f"{fingerprint(text)}\n")
    assert Benchmarks(path).match_any([canonical("rust", text)]) is not None


def test_no_table(tmp_path: Path) -> None:
    with pytest.raises(TranspileError):
        benchmarks(tmp_path / "nowhere.tsv")
