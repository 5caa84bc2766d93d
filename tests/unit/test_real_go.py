"""Real Go as plain functions: methods, type parameters, named results, counted constants, and what other files of the tree define."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from transpile.corpus.language import language
from transpile.corpus.real.functions import Tree, _read
from transpile.corpus.real.go import package, plain, with_package

GO = language("go")


def squeezed(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "rewritten"),
    [
        ("func (t Term) Twice() int32 {\n\treturn 2 * t.v\n}", "func Term_Twice(t Term) int32 { return 2 * t.v }"),
        (
            "func (t *Term) Up(n int32) {\n\tt.v += t.by(n)\n}\nfunc (t *Term) by(n int32) int32 {\n\treturn n + t.zero()\n}\n"
            "func (t Term) zero() int32 {\n\treturn 0\n}",
            "func Term_Up(t *Term, n int32) { t.v += Term_by(t, n) } func Term_by(t *Term, n int32) int32 { return n + Term_zero(*t) }"
            " func Term_zero(t Term) int32 { return 0 }",
        ),
        ("func (Term) One() int {\n\treturn 1\n}", "func Term_One(this Term) int { return 1 }"),
        ("func Least[T Number](a, b T) T {\n\tvar c T = a\n\treturn min(b, c)\n}", "func Least(a, b int32) int32 { var c int32 = a return min(b, c) }"),
        ("func Has[S ~[]E, E ~float64](s S, v E) bool {\n\treturn s[0] == v\n}", "func Has(s []float64, v float64) bool { return s[0] == v }"),
        ("func f(x int) (n int) {\n\tfor x > 0 {\n\t\tif x == 9 {\n\t\t\treturn\n\t\t}\n\t\tn++\n\t}\n\treturn n + 1\n}",
         "func f(x int) int { var n int for x > 0 { if x == 9 { return n } n++ } return n + 1 }"),
        ("func f(x int) (n int) {\n\tn = x\n}", "func f(x int) int { var n int n = x return n }"),
        ("const (\n\tA = iota + 1 // one\n\t_\n\tC\n)", "const A = 0 + 1 const C = 2 + 1"),
        ("const (\n\tKB uint = 1 << (10 * iota)\n\tMB\n)", "const KB uint = 1 << (10 * 0) const MB uint = 1 << (10 * 1)"),
        ("const (\n\tA = 1\n\tB = 2\n)", "const ( A = 1 B = 2 )"),
        ("func f() {}\nvar table = []func(){f}\nfunc g[T", "func f() {} var table = []func(){f} func g[T"),
    ],
)  # fmt: skip
def test_rewriting(text: str, rewritten: str) -> None:
    assert squeezed(plain(text)) == rewritten


def test_what_is_named_of_other_files_comes_along(tmp_path: Path) -> None:
    files = {
        "shapes/a.go": 'package shapes\n\nimport "bits/order"\n\nfunc Sum(v []int32) int32 {\n\treturn add(v) + Limit + order.Low(3) + order.High(4)\n}\n',
        "shapes/b.go": (
            "package shapes\n\nconst Limit = half * 2\nconst half = 8\nfunc add(v []int32) int32 {\n\treturn v[0]\n}\nfunc idle() int32 {\n\treturn 4\n}\n"
        ),
        "shapes/b_amd64.go": "package shapes\n\nfunc add(v []int32) int32\n",
        "shapes/c.go": "//go:build linux\n\npackage shapes\n\nfunc half() int32 {\n\treturn 1\n}\n",
        "bits/order/o.go": (
            "package order\n\nfunc Low(x int32) int32 {\n\treturn x & 1\n}\nfunc High(x int32) int32 {\n\treturn x & mask\n}\nconst mask = 6\n"
        ),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    text, own = with_package(files["shapes/a.go"], tmp_path / "shapes/a.go", tmp_path)
    assert own == {"Sum"}
    said = squeezed(text)
    assert "return add(v) + Limit + order_Low(3) + order.High(4)" in said
    assert "func order_Low(x int32) int32 { return x & 1 }" in said and "const half = 8" in said and "func add(v []int32) int32 {" in said
    assert "idle" not in said and "half()" not in said
    assert "add" in package(tmp_path / "shapes").items
    drops: Counter[str] = Counter()
    [(_, function, _, _)] = _read(Tree("o/n", "1", "MIT", str(tmp_path)), GO, ["shapes/a.go", "shapes/b_amd64.go"], drops)
    assert drops == {"file: for one platform": 1}
    assert function.name == "Sum" and [c.name for c in function.callees] == ["add", "order_Low"]


def test_what_signatures_call_otherwise_is_what_the_body_takes_it_for(tmp_path: Path) -> None:
    text = (
        "package p\n\nimport \"encoding/binary\"\n\ntype Box struct {\n\tname string\n\tn, m int\n\tk [4]uint8\n}\n"
        "func (b *Box) more(x []int, s string) int {\n\tif s == \"\" {\n\t\tb.n = len(x)\n\t}\n\treturn b.n + least(x, x[0]) + b.size()\n}\n"
        "func (b Box) size() int {\n\treturn int(b.k[0])\n}\nfunc least(x []int, y int) int {\n\treturn min(x[0], y)\n}\n"
        "func head(b []byte) uint32 {\n\treturn binary.BigEndian.Uint32(b)\n}\nfunc both(b *Box, s string) string {\n\treturn s\n}\n"
    )
    (tmp_path / "p.go").write_text(text)
    found = {f.name: (f, s) for _, f, s, _ in _read(Tree("o/n", "1", "MIT", str(tmp_path)), GO, ["p.go"], Counter())}
    assert set(found) == {"Box_more", "Box_size", "least", "head"}
    more, signatures = found["Box_more"]
    assert squeezed(more.text) == (
        "func Box_more(b *Box, x []int64, s []uint8) int64 { xWord := *(*[]int)(unsafe.Pointer(&x)); sWord := *(*string)(unsafe.Pointer(&s));"
        ' if sWord == "" { b.n = int64(len(xWord)); }; return int64(int(b.n) + int(least(*(*[]int64)(unsafe.Pointer(&xWord)), int64(xWord[0])))'
        " + int(Box_size(b))); }"
    )
    assert [s.fields for s in more.signature.structs] == [(("n", "i64"), ("k", "[4]u8"))] == [s.fields for s in signatures["Box_size"].structs]
    assert [s.fields for s in found["Box_size"][0].signature.structs] == [(("k", "[4]u8"),)]
    assert "return binaryBigGet32(b);" in found["head"][0].text and "uint32(b[0])<<24" in squeezed(found["head"][0].callees[0].text)
