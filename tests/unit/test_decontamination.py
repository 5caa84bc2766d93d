"""Fingerprints: a function is found again under other names and after small edits, a user's own table adds to the one that ships."""

from __future__ import annotations

from pathlib import Path

import pytest

from transpile.corpus.decontamination import Benchmarks, benchmarks, fingerprint
from transpile.corpus.errors import TranspileError

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
    shipped = (Path(__file__).parents[2] / "corpus" / "benchmarks.tsv").read_text().splitlines()[0]
    for line in (shipped, table.read_text().strip()):
        digest, sketch = line.split("\t")
        assert len(digest) == 16 and len(sketch.split()) == 16 and sketch.split() == sorted(sketch.split())


def test_no_table(tmp_path: Path) -> None:
    with pytest.raises(TranspileError):
        benchmarks(tmp_path / "nowhere.tsv")
