"""C++ files that use the standard library: compiled and linked with it, judged and read like others."""

from __future__ import annotations

import pytest

from transpile.corpus.errors import CompileError
from transpile.corpus.language import language
from transpile.corpus.program import load
from transpile.verify.judge import judge
from transpile.verify.load import read_pairs

CPP = """#include <algorithm>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>
#include <sys/types.h>
int middle(const int *values, int n) {
    std::vector<int> v(values, values + n);
    std::sort(v.begin(), v.end());
    return v.empty() ? 0 : v[v.size() / 2];
}
int digits(unsigned n) { return (int)std::to_string(n).size(); }
template <typename T> T biggest(T a, T b) { return std::max(a, b); }
class Counter {
  public:
    void add(int n) { value += n; }
    int get() const { return value; }
    void set(int n);
  private:
    int value = 5;
};
int half(int n) {
    if (n < 0) throw std::invalid_argument("negative");
    Counter c;
    c.add(biggest(n / 2, 0));
    return c.get();
}
int safe(int n) { try { return half(n); } catch (const std::exception &) { return -1; } }
void Counter::set(int n) { value = n; }
namespace inner { int twice(int n) { return n * 2; } }
std::string greet(const std::string &name) { return "hi " + name; }
int main() { std::cout << half(4) << "\\n"; }
"""
C = """int middle(const int *values, int n) {
    for (int i = 0; i < n; i++) {
        int below = 0, same = 0;
        for (int j = 0; j < n; j++) below += values[j] < values[i], same += values[j] == values[i];
        if (below <= n / 2 && n / 2 < below + same) return values[i];
    }
    return 0;
}
int digits(unsigned n) { int count = 1; while (n >= 10) n /= 10, count++; return count; }
int half(int n) { if (n < 0) __builtin_trap(); return n / 2 + 5; }
"""


def written(tmp_path, cpp=CPP, c=C):
    (tmp_path / "a.cpp").write_text(cpp)
    (tmp_path / "b.c").write_text(c)
    return tmp_path / "a.cpp", tmp_path / "b.c"


def verdicts(files):
    pairs, missing = read_pairs(*files)
    return {name: judge(one.original, [one.translated], one.signature)[0] for name, one in pairs.items()}, missing


def test_vectors_strings_and_classes_are_compiled_and_judged_and_their_memory_is_the_functions_own(tmp_path):
    found, missing = verdicts(written(tmp_path))
    assert {name: one.verified for name, one in found.items()} == {"middle": True, "digits": True, "half": True}
    assert "main" in missing
    wrong, _ = verdicts(written(tmp_path, c=C.replace("int count = 1", "int count = 0").replace("n / 2 <", "n / 2 + 1 <").replace("+ 5", "+ 6")))
    assert {name: one.status for name, one in wrong.items()} == dict.fromkeys(found, "mismatch")


def test_what_has_other_types_or_catches_is_left_out_with_the_reason(tmp_path):
    program = load(written(tmp_path)[0])
    own = {"Counter_add", "Counter_get", "Counter_set", "biggest_for_int", "inner_twice"}
    assert {f.name for f in program.functions} == {"middle", "digits", "half", "main", *own}
    assert set(program.left_out) == {"safe", "greet"}
    assert "exceptions" in program.reasons["safe"]
    assert "std::string" in program.reasons["greet"]


@pytest.mark.parametrize(("wrong", "right"), [("v.middle()", "v.empty()"), ("std::sort(v.begin(), 1)", "std::sort(v.begin(), v.end())")])
def test_an_error_has_its_own_line_even_if_a_header_has_it(tmp_path, wrong, right):
    path, _ = written(tmp_path, CPP.replace(right, wrong))
    with pytest.raises(CompileError, match=rf"a\.cpp:{next(i for i, line in enumerate(CPP.splitlines(), 1) if right in line)}: "):
        load(path)


@pytest.mark.parametrize("path", ["sys/../../etc/passwd", "/etc/passwd", "sys/passwd", "prelude.h", "../vector", "bits/types.h", "__config"])
@pytest.mark.parametrize("quotes", ["<>", '""'])
def test_only_names_of_standard_headers_are_included(path, quotes):
    found = language("cpp").refused(f"#include <vector>\n#include {quotes[0]}{path}{quotes[1]}\n")
    assert [one.line for one in found] == [2]


def test_files_and_the_header_of_everything_take_no_file_down(tmp_path):
    text = "#include <bits/stdc++.h>\nusing namespace std;\nint size(const char *name) { ifstream in(name); return in.good(); }\n"
    functions = "int low(const int *v, int n) { return *min_element(v, v + n); }\n"
    (tmp_path / "a.cpp").write_text(text + functions)
    assert {f.name for f in load(tmp_path / "a.cpp").functions} == {"size", "low"}
