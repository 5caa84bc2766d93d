"""Go through its own compiler and ours behind it: the same results as the module that Go's linker makes, panics as traps, reasons for what is left out."""

from __future__ import annotations

import os
import random
import struct
import subprocess
from pathlib import Path

import pytest
import wasmtime

from transpile.corpus.batch import Compiled, compile_batch
from transpile.corpus.generator import generate
from transpile.corpus.go import packages
from transpile.corpus.go import toolchain as go_toolchain
from transpile.corpus.language import language
from transpile.corpus.program import load
from transpile.corpus.wasm.module import WasmModule
from transpile.corpus.wasm.wat import canonical
from transpile.serve.lifter import Lifter
from transpile.serve.output import write_file
from transpile.serve.transpiler import Options, transpile
from transpile.verify.judge import judge
from transpile.verify.types import Executable

GO = language("go")
KERNELS = """\
package main

import (
	"math"
	"math/bits"
	order "sort"
	"strings"
	"unicode"
	"unicode/utf8"
	"unsafe"
)

type point struct {
	x, y int16
	w    float64
}

type id uint32

var table = [8]uint32{3, 1, 4, 1, 5, 9, 2, 6}
var counter int64

func divide(a, b int32) (int32, int32) { return a / b, a % b }

func (p *point) moved(by int16) int16 { p.x += by; return p.x ^ p.y }

func fibonacci(n int32) int32 {
	if n < 2 {
		return n
	}
	return fibonacci(n-1) + fibonacci(n-2)
}

func histogram(data []byte, k int32) uint32 {
	var counts [16]uint32
	for _, b := range data {
		counts[b&15]++
	}
	return counts[k] + table[k&7]
}

func sort(a []int32) {
	for i := 1; i < len(a); i++ {
		for j := i; j > 0 && a[j-1] > a[j]; j-- {
			a[j-1], a[j] = a[j], a[j-1]
		}
	}
}

func float(x, y float64, n int32) float64 {
	z := math.Sqrt(math.Abs(x)) + math.Floor(y)
	for i := int32(0); i < n&15; i++ {
		z = z*0.5 + float64(float32(x)) - float64(int64(y))
	}
	return min(z, y) + float64(math.Float32bits(float32(y)))
}

func parse(s []byte) int64 {
	var value int64
outer:
	for i, c := range s {
		switch {
		case c >= '0' && c <= '9':
			value = value*10 + int64(c-'0')
		case c == '-' && i == 0:
			continue outer
		case c == '.':
			break outer
		default:
			value ^= int64(id(c) << (value & 7))
		}
	}
	return value
}

//go:wasmexport kDivide
func kDivide(a, b int32) int32 { q, r := divide(a, b); return q ^ r<<3 }

//go:wasmexport kLong
func kLong(a, b int64, n uint32) int64 { return a/(b|1) + a%(b|1) + a<<n + int64(uint64(a)>>n) + b>>n }

//go:wasmexport kBits
func kBits(a uint64, b uint32) uint64 {
	return bits.RotateLeft64(a, int(b)) ^ uint64(bits.LeadingZeros32(b)) ^ uint64(bits.OnesCount64(a))<<32 ^ uint64(bits.ReverseBytes32(b)) ^
		uint64(bits.TrailingZeros64(a)) ^ uint64(bits.Reverse32(b))
}

//go:wasmexport kNarrow
func kNarrow(a, b int32) int32 {
	x, y := int8(a), uint16(b)
	x += int8(y)
	y *= uint16(x)
	return int32(x)*1000 + int32(y>>(uint32(a)&15)) + int32(-x)
}

//go:wasmexport kFibonacci
func kFibonacci(n int32) int32 { return fibonacci(n & 15) }

//go:wasmexport kHistogram
func kHistogram(p *byte, n uint32, k int32) uint32 { return histogram(unsafe.Slice(p, n), k&15) }

//go:wasmexport kSort
func kSort(p *int32, n uint32) { sort(unsafe.Slice(p, n/4)) }

//go:wasmexport kFloat
func kFloat(x, y float64, n int32) float64 { return float(x, y, n) }

//go:wasmexport kParse
func kParse(p *byte, n uint32) int64 { return parse(unsafe.Slice(p, n)) }

//go:wasmexport kPoint
func kPoint(p unsafe.Pointer, by int32) int32 { return int32((*point)(p).moved(int16(by))) }

//go:wasmexport kCount
func kCount(by int64) int64 { counter += by; return counter }

//go:wasmexport kCopy
func kCopy(p *byte, n uint32) uint32 {
	b := unsafe.Slice(p, n)
	var kept [24]byte
	m := copy(kept[:], b)
	copy(b[n/3:], kept[:m])
	clear(b[:n/5])
	return uint32(m) + uint32(kept[n%24])
}

type key [24]byte

//go:wasmexport kEqual
func kEqual(p *byte, n uint32) bool {
	s := unsafe.Slice(p, n)
	return string(s[:n/2]) == string(s[n-n/2:]) || *(*key)(unsafe.Pointer(p)) == *(*key)(unsafe.Pointer(&s[n/3]))
}

//go:wasmexport kIndex
func kIndex(p *byte, n uint32, k int32) int32 { return int32(unsafe.Slice(p, n)[k]) }

//go:wasmexport kSorted
func kSorted(p *int64, n uint32, x int64) int64 {
	a := unsafe.Slice((*int)(unsafe.Pointer(p)), n/8)
	order.Ints(a)
	return int64(order.SearchInts(a, int(x)))
}

func largest[T int64 | float64](a, b T) T {
	if a > b {
		return a
	}
	return b
}

//go:wasmexport kGeneric
func kGeneric(a, b int64, x, y float64) float64 { return float64(largest(a, b)) + largest(x, y) + math.Hypot(x, y) + math.Pow(x, 3) }

//go:wasmexport kText
func kText(p *byte, n uint32, k int32) int64 {
	s := unsafe.String(p, n)
	t := s[n/3 : n/2]
	out := int64(strings.Index(s, t))*100 + int64(strings.LastIndexByte(s, byte(k))) + int64(strings.Count(s, s[:1]))
	if strings.HasSuffix(s, t) || s < t || strings.Compare(s[n/2:], t) > 0 || strings.EqualFold(s, s[:n/2]) {
		out ^= 1 << 20
	}
	return out + int64(strings.IndexByte(s, byte(k)))<<32
}

//go:wasmexport kRunes
func kRunes(p *byte, n uint32) int64 {
	out := int64(0)
	for i, r := range unsafe.String(p, n) {
		if unicode.IsSpace(r) || unicode.IsLetter(r) {
			out += int64(i) * int64(unicode.ToUpper(r))
		}
		out ^= int64(utf8.RuneLen(r)) << 40
	}
	return out
}

var buffer [64]byte

//go:wasmexport address
func address() unsafe.Pointer { return unsafe.Pointer(&buffer) }

func main() {}
"""
KINDS = {
    "kDivide": "ii", "kLong": "lli", "kBits": "li", "kNarrow": "ii", "kFibonacci": "i", "kHistogram": "pni", "kSort": "pn", "kFloat": "ffi",
    "kParse": "pn", "kPoint": "pi", "kCount": "l", "kCopy": "pn", "kIndex": "pni", "kEqual": "pn", "kSorted": "pnl", "kGeneric": "llff",
    "kText": "pni", "kRunes": "pn",
}  # fmt: skip
"""Of each function what its parameters are: i32, i64, f64, the buffer's address, a length within it."""


class Machine:
    """An instance of a module, and a buffer in its memory."""

    def __init__(self, engine: wasmtime.Engine, module: wasmtime.Module, *, real: bool) -> None:
        self.store = wasmtime.Store(engine)
        linker = wasmtime.Linker(engine)
        if real:
            linker.define_wasi()
            self.store.set_wasi(wasmtime.WasiConfig())
        self.exports = linker.instantiate(self.store, module).exports(self.store)
        if real:
            self.exports["_initialize"](self.store)
        self.memory = self.exports["memory"]
        self.buffer = self.exports["address"](self.store) & 0xFFFFFFFF

    def call(self, name: str, arguments: list[int | float], contents: bytes) -> tuple[object, bytes]:
        self.memory.write(self.store, contents[:64], self.buffer)
        try:
            result = self.exports[name](self.store, *[self.buffer if a == "p" else a for a in arguments])
        except (wasmtime.Trap, wasmtime.WasmtimeError, wasmtime.ExitTrap):
            return "trap", b""
        if isinstance(result, float):
            result = struct.pack("d", result) if result == result else "nan"
        return result, bytes(self.memory.read(self.store, self.buffer, self.buffer + 64))


@pytest.fixture(scope="module")
def real_module(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What Go's own linker makes of the kernels: with its runtime, its stacks and its panics."""
    folder = tmp_path_factory.mktemp("go")
    (folder / "kernels.go").write_text(KERNELS)
    go = go_toolchain.toolchain()
    variables = os.environ | go_toolchain.TARGET | {
        "GOCACHE": str(packages.folder() / "build"), "GOPATH": str(folder / "path"), "GO111MODULE": "off", "GOTOOLCHAIN": "local", "GOROOT": str(go.root),
        "GOFLAGS": "", "CGO_ENABLED": "0",
    }  # fmt: skip
    command = [go.root / "bin" / "go", "build", "-buildmode=c-shared", "-ldflags=-w", "-o", "kernels.wasm", "kernels.go"]
    subprocess.run(command, cwd=folder, env=variables, check=True)
    return (folder / "kernels.wasm").read_bytes()


def arguments_of(kinds: str, rng: random.Random) -> list[int | float | str]:
    out: list[int | float | str] = []
    for kind in kinds:
        if kind == "p":
            out.append("p")
        elif kind == "n":
            out.append(rng.randrange(1, 60))
        elif kind == "f":
            out.append(rng.choice([0.0, -0.0, 1.5, -2.25, 1e10, -1e300, float("inf"), rng.uniform(-100, 100)]))
        else:
            bits = 32 if kind == "i" else 64
            edge = rng.choice([0, 1, -1, 2, -(1 << (bits - 1)), (1 << (bits - 1)) - 1, rng.randrange(-40, 40), rng.getrandbits(bits) - (1 << (bits - 1))])
            out.append(edge)
    return out


def test_functions_do_what_go_s_own_module_does(real_module: bytes) -> None:
    engine = wasmtime.Engine()
    compiled = GO.compile(KERNELS)
    assert compiled.wasm is not None and not compiled.diagnostics, compiled.diagnostics
    assert len(compiled.wasm) < 100_000
    whole, small = wasmtime.Module(engine, real_module), wasmtime.Module(engine, compiled.wasm)
    theirs, ours = Machine(engine, whole, real=True), Machine(engine, small, real=False)
    rng = random.Random(5)
    trapped = 0
    for name, kinds in KINDS.items():
        for _ in range(150):
            arguments, contents = arguments_of(kinds, rng), rng.choice([rng.randbytes(64), b"-12.5xy9" * 8, "Größe: 5 € für 日本 𝄞 ".encode() * 2])
            expected, got = theirs.call(name, arguments, contents), ours.call(name, arguments, contents)
            assert expected == got, (name, arguments, contents)
            if expected[0] == "trap":  # after a panic Go's runtime is of no more use
                trapped += 1
                if trapped > 40:
                    break
                theirs, ours = Machine(engine, whole, real=True), Machine(engine, small, real=False)
    assert trapped > 10


def test_a_slice_is_a_pointer_and_a_length_in_c_s_order() -> None:
    text = GO.prologue + "func f0(p0, p1 []int32) int32 { return p0[1] - p1[0] }\n//export f0 = f0(i32 1 3, 0, 2)\n"
    wasm = GO.compile(text).wasm
    assert wasm is not None
    assert canonical(WasmModule.parse(wasm).function("f0")).text.startswith("func i32 i32 i32 -> i32 ;")


def test_generated_programs_mean_the_same_as_in_c() -> None:
    c = language("c")
    programs = list(generate(23, 60))
    ours, theirs = ([t.render(p) for p in programs] for t in (GO, c))
    statuses = []
    for source, one, other in zip(theirs, compile_batch(GO, ours), compile_batch(c, theirs, level="0"), strict=True):
        assert isinstance(one, Compiled) and isinstance(other, Compiled)
        statuses.append(judge(Executable(other.wasm, other.export), [Executable(one.wasm, one.export)], source.signature, inputs=256)[0].status)
    assert sum(s in ("identical", "proved", "tested") for s in statuses) >= 58, statuses


def test_functions_that_keep_something_are_translated_by_rules(tmp_path: Path) -> None:
    path = tmp_path / "state.c"
    path.write_text("static int count = 100;\nstatic unsigned char last[4];\nint next_id(void) { return count++; }\n"
                    "int note(unsigned char c) { int old = last[c & 3]; last[c & 3] = c; return old; }\n")  # fmt: skip
    program = load(path)
    done = transpile(program, GO, None, Options(inputs=256), lifter=Lifter(program))
    assert {t.name: t.verdict.verified for t in done} == {"next_id": True, "note": True}
    (tmp_path / "state.go").write_text(write_file(done, GO, path))
    assert set(load(tmp_path / "state.go").exports) == {"next_id", "note"}


@pytest.mark.parametrize("level", GO.levels)
def test_every_level_compiles_to_the_same_behaviour(level: str) -> None:
    source = GO.render(next(iter(generate(3, 1))))
    reference, one = (compile_batch(GO, [source], level=k)[0] for k in ("2", level))
    assert isinstance(reference, Compiled) and isinstance(one, Compiled)
    verdict = judge(Executable(reference.wasm, reference.export), [Executable(one.wasm, one.export)], source.signature, inputs=256)[0]
    assert verdict.verified


def test_a_file_s_functions_are_read_and_exported(tmp_path: Path) -> None:
    path = tmp_path / "kernels.go"
    path.write_text(KERNELS)
    program = load(path)
    assert {"fibonacci", "histogram", "sort", "float", "parse", "kDivide"} <= set(program.exports)
    # Two results have no place in a signature.
    assert "divide" in program.left_out
    sort = next(f for f in program.functions if f.name == "sort")
    assert program.module.function("sort").type == sort.signature.wasm()


def test_layout_is_gofmt_s() -> None:
    assert GO.layout("func f(a []int32) int32 { for i := 0; i < 3; i++ { a[i]++; }; if len(a) > 2 { return 1; }; return a[0] << 2; }") == (
        "func f(a []int32) int32 {\n\tfor i := 0; i < 3; i++ {\n\t\ta[i]++\n\t}\n\tif len(a) > 2 {\n\t\treturn 1\n\t}\n\treturn a[0] << 2\n}\n"
    )


def test_a_file_of_translations_gets_what_it_needs(tmp_path: Path) -> None:
    text = "package main\n\nfunc f(x float64) float64 { return sin(math.Sqrt(x)); }\n"
    whole = GO.mended(text)
    assert 'import (\n\t"math"\n)' in whole and "//go:wasmimport env sin\n" in whole and whole.endswith("func main() {}\n")
    path = tmp_path / "f.go"
    path.write_text(whole)
    assert load(path).functions[0].name == "f"
