"""Go files as people write them: packages are imported, what needs Go's runtime is left out by name, and the rest is judged like any function."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from transpile.corpus import zigcc
from transpile.corpus.errors import CompileError
from transpile.corpus.go import packages, toolchain
from transpile.corpus.go.abi import Export, Shape
from transpile.corpus.go.link import Linker
from transpile.corpus.go.object import TEXT, Symbols
from transpile.corpus.program import load
from transpile.verify.judge import judge
from transpile.verify.load import read_pairs

GO = """package main

import (
	"fmt"
	"os"
	"sort"
	"strings"
	text "unicode/utf8"
)

var squares = table()
var primes = []int{2, 3, 5, 7}
var first, last = primes, &primes[3]

func table() (all [16]int) {
	for i := range all {
		all[i] = i * i
	}
	return
}

func Sum(values []int32) int64 {
	var t int64
	for _, v := range values {
		t += int64(v)
	}
	return t
}

func Runes(s string) int32 { return int32(text.RuneCountInString(s)) }

func Order(values []int64, n int32) {
	if n > 0 && len(values) > 0 {
		all := make([]int, 4)
		for i := range all {
			all[i] = int(values[i%len(values)])
		}
		sort.Ints(all)
		values[0] = int64(all[0])
	}
}

func Vowel(c byte) bool { return strings.IndexByte("aeiou", c) >= 0 }

func Prime(i int) int { return primes[i&3] + first[0] }

func Square(i int) int { return squares[i&15] }

func Report(n int32) int32 {
	if n > 9 {
		fmt.Println("many:", n)
	}
	return n
}

func Read(n int32) int32 {
	data, _ := os.ReadFile("/etc/passwd")
	return int32(len(data)) + n
}

type Account struct {
	Owner   uint16
	Balance int64
}

func (a *Account) Deposit(amount int64) (after int64) {
	if amount > 0 {
		a.Balance += amount
	}
	return a.Balance
}

func (a *Account) Move(to *Account, amount int64) bool {
	if amount < 0 || a.Balance < amount {
		return false
	}
	a.Balance -= amount
	to.Deposit(amount)
	return true
}

func (a Account) After(amount int64, other Account) int64 {
	a.Balance += int64(other.Owner)
	a.Deposit(amount)
	return a.Balance ^ int64(a.Owner)
}

func Both(a, b *Account) int64 { return a.After(1, *b) - b.After(2, *a) }

func Halves(n int) (int, int) { return n / 2, n - n/2 }

func init() { *last = 11 }

func main() { fmt.Println(Sum(nil), Report(1)) }
"""
RUST = """pub fn Sum(values: &[i32]) -> i64 { values.iter().map(|&v| v as i64).sum() }
pub fn Runes(s: &[u8]) -> i32 {
    let (mut i, mut n) = (0usize, 0i32);
    while i < s.len() {
        let next = |k: usize| if i + k < s.len() { s[i + k] } else { 0 };
        let tail = |k: usize| next(k) & 0xc0 == 0x80;
        i += match s[i] {
            0xc2..=0xdf if tail(1) => 2,
            0xe0 if next(1) >= 0xa0 && tail(1) && tail(2) => 3,
            0xed if next(1) <= 0x9f && tail(1) && tail(2) => 3,
            0xe1..=0xec | 0xee..=0xef if tail(1) && tail(2) => 3,
            0xf0 if next(1) >= 0x90 && tail(1) && tail(2) && tail(3) => 4,
            0xf4 if next(1) <= 0x8f && tail(1) && tail(2) && tail(3) => 4,
            0xf1..=0xf3 if tail(1) && tail(2) && tail(3) => 4,
            _ => 1,
        };
        n += 1;
    }
    n
}
pub fn Vowel(c: u8) -> bool { matches!(c, b'a' | b'e' | b'i' | b'o' | b'u') }
pub fn Order(values: &mut [i64], n: i32) {
    if n > 0 && !values.is_empty() { values[0] = *values.iter().take(4).min().unwrap(); }
}
#[repr(C)]
pub struct Account { Owner: u16, Balance: i64 }
pub fn Account_Deposit(a: &mut Account, amount: i64) -> i64 {
    if amount > 0 { a.Balance = a.Balance.wrapping_add(amount); }
    a.Balance
}
pub fn Account_After(a: &Account, amount: i64, other: &Account) -> i64 {
    let mut balance = a.Balance.wrapping_add(other.Owner as i64);
    if amount > 0 { balance = balance.wrapping_add(amount); }
    balance ^ a.Owner as i64
}
pub fn Both(a: &Account, b: &Account) -> i64 { Account_After(a, 1, b).wrapping_sub(Account_After(b, 2, a)) }
"""


def written(folder: Path, text: str, name: str = "a.go") -> Path:
    (folder / name).write_text(text)
    return folder / name


def verdicts(go: Path, rust: Path) -> dict[str, str]:
    pairs, _ = read_pairs(go, rust)
    return {name: judge(one.original, [one.translated], one.signature)[0].status for name, one in pairs.items() if one.translated}


def test_functions_that_need_no_runtime_are_judged(tmp_path: Path) -> None:
    go = written(tmp_path, GO)
    found = verdicts(go, written(tmp_path, RUST, "b.rs"))
    assert found.keys() == {"Sum", "Runes", "Order", "Vowel", "Account_Deposit", "Account_After", "Both"}
    assert set(found.values()) <= {"proved", "tested", "identical"}, found
    wrong = RUST.replace("v as i64", "v as u32 as i64").replace("0xc2..=0xdf if tail(1)", "0xc2..=0xdf").replace("b'u'", "b'v'")
    wrong = wrong.replace("take(4)", "take(3)").replace("amount > 0", "amount > 1").replace("(a, 1, b)", "(a, 1, a)")
    found = verdicts(go, written(tmp_path, wrong, "b.rs"))
    assert {name: status for name, status in found.items() if status != "mismatch"} == {}, found


def test_the_rest_is_left_out_with_what_it_needs(tmp_path: Path) -> None:
    program = load(written(tmp_path, GO))
    assert [f.name for f in program.functions] == ["Sum", "Runes", "Order", "Vowel", "Account_Deposit", "Account_Move", "Account_After", "Both"]
    reasons = program.reasons
    assert reasons["Report"] == "calls fmt.Println, which needs Go's runtime"
    assert reasons["Read"] == "calls os.ReadFile, which needs Go's runtime"
    assert reasons["Halves"] == "gives several results"
    # What a program sets when it starts, directly or behind a pointer, is not what stands in its object file.
    assert reasons["Square"] == "uses squares, which gets its value when the program starts"
    assert "gets its value when the program starts" in reasons["Prime"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('package main\n\nimport (\n\t"fmt"\n\t"github.com/a/b"\n)\n\nfunc main() { fmt.Print(b.C) }\n', r"a\.go:5: .*github.com/a/b is not of Go's standard"),
        ('package a\n\nimport "../../secret"\n\nfunc F() int { return 1 }\n', r"a\.go:3: .*not of Go's standard"),
        ('package a\n\nimport "internal/runtime/maps"\n\nfunc F() int { return 1 }\n', r"a\.go:3: .*internal/runtime/maps is not in Go's"),
        ('package a\n\nimport "cmd/go"\n\nfunc F() int { return 1 }\n', r"a\.go:3: package cmd/go is not in Go's"),
        ('package a\n\nimport "strngs"\n\nfunc F() int { return 1 }\n', r"a\.go:3: package strngs is not in Go's"),
        ('package a\n\nimport "syscall/js"\n\nfunc F() int { return 1 }\n', r"a\.go:3: package syscall/js is not there for wasm"),
        ('package a\n\nimport "embed"\n\n//go:embed /etc/passwd\nvar f embed.FS\n', r"a\.go:5: not allowed here"),
        ('package a\n\nimport "strings"\n\nfunc F(s string) int {\n\treturn strings.Indx(s, "a")\n}\n', r"a\.go:6: undefined: strings.Indx"),
        ('package a\n\nimport "strings"\n\nfunc F(n int) int { return n }\n', r'a\.go:3: "strings" imported and not used'),
    ],
)  # fmt: skip
def test_an_import_that_can_not_be_has_its_own_line(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(CompileError, match=says):
        load(written(tmp_path, text))


def test_a_library_is_built_once_and_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    built = packages.folder() / "build"
    packages.archives(("container/list",))
    monkeypatch.setattr(zigcc, "cache_folder", lambda: tmp_path)
    packages.folder().mkdir()
    # What the go command keeps spares it the work.
    shutil.copytree(built, packages.folder() / "build")
    packages.archives.cache_clear()
    assert "container/list" in packages.archives(("container/list", "syscall/js"))
    assert "syscall/js" not in packages.archives(("syscall/js",))
    assert capsys.readouterr().out == ""
    assert not [p for p in packages.folder().iterdir() if p.name.startswith("tmp")]
    packages.archives.cache_clear()


@pytest.mark.parametrize("package", ["bufio", "container/list", "sort", "strconv", "strings", "time"])
def test_every_function_of_a_package_is_translated_or_refused_with_a_reason(package: str) -> None:
    archive = packages.archives((package,))[package]
    symbols = Symbols(archive.read_bytes(), toolchain.builtins())
    names = [name for name in symbols if symbols[name].kind in TEXT]
    text, reasons = Linker(packages.Library(symbols, package), dict.fromkeys(names, Shape(())), [Export(name, name) for name in names]).module()
    assert len(reasons) < len(names) and text.count("\ndefine ") >= len(names) - len(reasons)
    assert all(reasons.values()) and all("Unsupported" not in one for one in reasons.values())
