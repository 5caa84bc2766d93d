"""C and C++: rendered programs must compute what `ir` says, hostile text must be refused, units must compile as a whole."""

from __future__ import annotations

import math
import random
import struct

import pytest
import wasmtime

from transpile.corpus import ir
from transpile.corpus.batch import Rejected, compile_batch
from transpile.corpus.language import Language
from transpile.corpus.languages.c import LANGUAGE as C
from transpile.corpus.languages.cpp import LANGUAGE as CPP
from transpile.corpus.signature import SIGNED, WIDTHS, Parameter, Signature, wasm_type

BOTH = pytest.mark.parametrize("language", [C, CPP], ids=["c", "cpp"])
INTEGERS = ("i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64")
COUNTS = ("clz", "ctz", "popcount")


def wrap(value: int, type_: str) -> int:
    bits = 8 * WIDTHS[type_]
    value &= (1 << bits) - 1
    return value - (1 << bits) if type_ in SIGNED and value >> (bits - 1) else value


def evaluate(e: ir.Expr, values: dict[str, int]) -> int:
    """What an integer expression is worth by the rules of `ir`."""

    def of(one: ir.Expr) -> int:
        return evaluate(one, values)

    match e:
        case ir.Const():
            return int(e.value)
        case ir.Limit():
            bits = 8 * WIDTHS[e.type] - (e.type in SIGNED)
            return (1 << bits) - 1 if e.largest else (-(1 << bits) if e.type in SIGNED else 0)
        case ir.Var():
            return values[e.name]
        case ir.Binary():
            a, b = of(e.left), of(e.right)
            match e.op:
                case "/":
                    return wrap(abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1), e.type)
                case "%":
                    return wrap(abs(a) % abs(b) * (-1 if a < 0 else 1), e.type)
                case "<<":
                    return wrap(a << b, e.type)
                case ">>":
                    return a >> b
            results = {"+": a + b, "-": a - b, "*": a * b, "&": a & b, "^": a ^ b, "|": a | b}
            return wrap(results[e.op], e.type)
        case ir.Unary():
            return wrap(-of(e.operand) if e.op == "-" else ~of(e.operand), e.type)
        case ir.Compare():
            a, b = of(e.left), of(e.right)
            return int({"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "==": a == b, "!=": a != b}[e.op])
        case ir.Logic():
            return int(bool(of(e.left)) and bool(of(e.right)) if e.op == "and" else bool(of(e.left)) or bool(of(e.right)))
        case ir.Not():
            return int(not of(e.operand))
        case ir.Select():
            return of(e.then) if of(e.condition) else of(e.other)
        case ir.Cast():
            return wrap(of(e.operand), e.type)
        case ir.Builtin():
            bits = 8 * WIDTHS[e.type]
            a = [of(x) for x in e.arguments]
            unsigned = a[0] & ((1 << bits) - 1)
            match e.name:
                case "min" | "max":
                    return (min if e.name == "min" else max)(a)
                case "abs":
                    return wrap(abs(a[0]), e.type)
                case "rotl" | "rotr":
                    by = (a[1] if e.name == "rotl" else -a[1]) % bits
                    return wrap(unsigned << by | unsigned >> (bits - by), e.type)
                case "clz":
                    return bits - unsigned.bit_length()
                case "ctz":
                    return (unsigned & -unsigned).bit_length() - 1 if unsigned else bits
                case "popcount":
                    return unsigned.bit_count()
                case "swap_bytes":
                    return int.from_bytes(unsigned.to_bytes(bits // 8, "little"), "big")
    raise TypeError(e)


class Expressions:
    """Random expressions of a type over one parameter of every integer type."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def make(self, type_: str, depth: int) -> ir.Expr:
        rng = self.rng
        if type_ == "bool":
            return self.truth(depth)
        if depth <= 0 or rng.random() < 0.1:
            if rng.random() < 0.6:
                return ir.Var(type_, f"p{INTEGERS.index(type_)}")
            if rng.random() < 0.1:
                return ir.Limit(type_, rng.random() < 0.5)
            return self.constant(type_)
        kind = rng.random()
        if kind < 0.5:
            op = rng.choice(["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"])
            left = self.make(type_, depth - 1)
            if op in {"<<", ">>"}:
                count = rng.choice(INTEGERS)
                if rng.random() < 0.5:
                    return ir.Binary(type_, op, left, ir.Const(count, rng.randrange(8 * WIDTHS[type_])))
                masked = ir.Binary(count, "&", self.make(count, depth - 2), ir.Const(count, 8 * WIDTHS[type_] - 1))
                return ir.Binary(type_, op, left, masked)
            if op in {"/", "%"}:
                return ir.Binary(type_, op, left, ir.Const(type_, rng.choice([2, 3, 7, 10, 100])))
            return ir.Binary(type_, op, left, self.make(type_, depth - 1))
        if kind < 0.6:
            return ir.Unary(type_, rng.choice("-~"), self.make(type_, depth - 1))
        if kind < 0.8:
            other = rng.choice([t for t in (*INTEGERS, "bool") if t != type_])
            return ir.Cast(type_, self.make(other, depth - 1))
        if kind < 0.9:
            return ir.Select(type_, self.truth(depth - 1), self.make(type_, depth - 1), self.make(type_, depth - 1))
        names = ["min", "max", "abs"] if type_ in SIGNED else ["min", "max", "rotl", "rotr", *COUNTS, "swap_bytes"]
        name = rng.choice(names)
        arguments = [self.make(type_, depth - 2)]
        if name in {"min", "max"}:
            arguments.append(self.make(type_, depth - 2))
        if name in {"rotl", "rotr"}:
            count = ir.Const(type_, rng.randrange(8 * WIDTHS[type_]))
            arguments.append(count if rng.random() < 0.5 else self.make(type_, depth - 2))
        return ir.Builtin(type_, name, tuple(arguments))

    def truth(self, depth: int) -> ir.Expr:
        rng = self.rng
        kind = rng.random()
        if depth > 0 and kind < 0.3:
            return ir.Logic("bool", rng.choice(["and", "or"]), self.truth(depth - 1), self.truth(depth - 1))
        if depth > 0 and kind < 0.4:
            return ir.Not("bool", self.truth(depth - 1))
        type_ = rng.choice(INTEGERS)
        op = rng.choice(["<", "<=", ">", ">=", "==", "!="])
        return ir.Compare("bool", op, self.make(type_, depth - 1), self.make(type_, depth - 1))

    def constant(self, type_: str) -> ir.Const:
        bits = 8 * WIDTHS[type_]
        value = self.rng.choice([0, 1, 2, 5, 10, 127, -1, -3, -(1 << (bits - 1)), self.rng.getrandbits(bits)])
        return ir.Const(type_, wrap(value, type_))


def carried(value: int, type_: str) -> int:
    """A value as Python's wasmtime takes and gives it."""
    return wrap(value, "i64" if wasm_type(type_) == "i64" else "i32")


def value_of(rng: random.Random, type_: str) -> int:
    return wrap(rng.choice([0, 1, -1, 127, 128, 255, rng.getrandbits(7), rng.getrandbits(64), 1 << (8 * WIDTHS[type_] - 1)]), type_)


def exports(wasm: bytes) -> tuple[wasmtime.Store, wasmtime.InstanceExports]:
    store = wasmtime.Store()
    instance = wasmtime.Instance(store, wasmtime.Module(store.engine, wasm), [])
    return store, instance.exports(store)


@BOTH
def test_expressions_compute_what_ir_says(language: Language) -> None:
    rng = random.Random(7)
    maker = Expressions(rng)
    parameters = tuple(Parameter(f"p{i}", t) for i, t in enumerate(INTEGERS))
    programs = []
    for _ in range(300):
        result = rng.choice([*INTEGERS, "bool"])
        value = maker.make(result, 4)
        body: tuple[ir.Stmt, ...] = (ir.Return(value),)
        if result != "bool":
            op = rng.choice(["", "+", "-", "*", "^"])
            body = (
                ir.Let("v0", result, maker.make(result, 1)),
                ir.Assign(ir.Var(result, "v0"), value, op),
                ir.Return(ir.Var(result, "v0")),
            )
        programs.append(ir.Program(ir.Function(Signature("f0", parameters, result), body)))
    sources = [language.render(p) for p in programs]
    results = compile_batch(language, sources)
    rejected = [(s.text, r.message) for s, r in zip(sources, results, strict=True) if isinstance(r, Rejected)]
    assert not rejected
    loaded: dict[bytes, tuple] = {}
    for program, source, result in zip(programs, sources, results, strict=True):
        store, found = loaded.get(result.wasm) or loaded.setdefault(result.wasm, exports(result.wasm))
        for _ in range(12):
            values = {p.name: value_of(rng, p.type) for p in parameters}
            expected = 0
            for one in program.entry.body:
                if isinstance(one, ir.Let):
                    values["v0"] = evaluate(one.value, values)
                elif isinstance(one, ir.Assign):
                    operation = ir.Binary(one.target.type, one.op, one.target, one.value) if one.op else one.value
                    values["v0"] = evaluate(operation, values)
                else:
                    expected = evaluate(one.value, values)
            arguments = [carried(values[p.name], p.type) for p in parameters]
            got = found[result.export](store, *arguments)
            assert got == carried(expected, source.signature.result), (source.text, values)


def run(language: Language, program: ir.Program, *arguments: int) -> int:
    compiled = compile_batch(language, [language.render(program)])[0]
    assert not isinstance(compiled, Rejected), compiled.message
    store, found = exports(compiled.wasm)
    return found[compiled.export](store, *arguments)


@BOTH
def test_ranges_count_as_pythons(language: Language) -> None:
    programs, expected = [], []
    for type_ in ("i32", "u32", "usize", "u8", "i8", "index"):
        for start, step, inclusive, reverse in [
            (s, k, i, r) for s in (0, 2) for k in (1, 2, 3) for i in (False, True) for r in (False, True)
        ]:
            result = ir.Var("u32", "v0")
            mix = ir.Binary("u32", "+", ir.Binary("u32", "*", result, ir.Const("u32", 31)), ir.Cast("u32", ir.Var(type_, "v1")))
            stop = ir.Cast(type_, ir.Var("u32", "p0")) if type_ != "u32" else ir.Var("u32", "p0")
            loop = ir.ForRange("v1", type_, ir.Const(type_, start), stop, (ir.Assign(result, mix),), step, inclusive, reverse)
            body = (ir.Let("v0", "u32", ir.Const("u32", 7)), loop, ir.Return(result))
            programs.append(ir.Program(ir.Function(Signature("f0", (Parameter("p0", "u32"),), "u32"), body, "usize")))
            expected.append((start, step, inclusive, reverse))
    results = compile_batch(language, [language.render(p) for p in programs])
    assert not [r.message for r in results if isinstance(r, Rejected)]
    store, found = exports(results[0].wasm)
    for result, program, (start, step, inclusive, reverse) in zip(results, programs, expected, strict=True):
        for stop in range(2, 11):
            last = stop + inclusive
            counted = range(last - 1, start - 1, -step) if reverse else range(start, last, step)
            value = 7
            for i in counted:
                value = (value * 31 + i) % 2**32
            assert found[result.export](store, stop) % 2**32 == value, (language.render(program).text, stop)


def array_signature(result: str | None, const: bool = True) -> Signature:
    return Signature("f0", (Parameter("p0", "i32", True, const, 1), Parameter("p1", "i32")), result)


@BOTH
def test_statements_on_memory(language: Language) -> None:
    i32, index = "i32", "index"
    element = ir.Index(i32, "p0", ir.Var(index, "v0"))
    helper = ir.Function(Signature("c0", (Parameter("p0", i32),), i32), (ir.Return(ir.Unary(i32, "-", ir.Var(i32, "p0"))),))
    mirrored = ir.Binary(index, "-", ir.Binary(index, "-", ir.Len(index, "p0"), ir.Const(index, 1)), ir.Var(index, "v0"))
    half = ir.Binary(index, "/", ir.Len(index, "p0"), ir.Const(index, 2))
    reverse = ir.ForRange("v0", index, ir.Const(index, 0), half, (ir.Swap("p0", ir.Var(index, "v0"), mirrored, "v1", i32),))
    negate = ir.ForRange(
        "v2", index, ir.Const(index, 0), ir.Len(index, "p0"),
        (ir.Assign(ir.Index(i32, "p0", ir.Var(index, "v2")), ir.Call(i32, "c0", (ir.Index(i32, "p0", ir.Var(index, "v2")),))),),
    )  # fmt: skip
    total = ir.ForEach("v3", i32, "p0", (ir.Assign(ir.Var(i32, "v4"), ir.Var(i32, "v3"), "+"),), "", "v5")
    cases = (
        ((1, 2), (ir.Return(ir.Const(i32, 12)),)),
        ((-6,), (ir.Let("v6", i32, ir.Var(i32, "v4")), ir.Assign(ir.Var(i32, "v4"), ir.Var(i32, "v6"), "*"))),
    )
    choose = ir.Switch(ir.Var(i32, "v4"), cases, (ir.Assign(ir.Var(i32, "v4"), ir.Const(i32, 1), "-"),))
    body = (reverse, negate, ir.Let("v4", i32, ir.Const(i32, 0)), total, choose, ir.Return(ir.Var(i32, "v4")))
    program = ir.Program(ir.Function(array_signature(i32, const=False), body), (helper,))
    compiled = compile_batch(language, [language.render(program)])[0]
    assert not isinstance(compiled, Rejected), compiled.message
    store, found = exports(compiled.wasm)
    memory, base = found["memory"], found["__heap_base"].value(store)
    for values, result in (([1, 2, 3], 36), ([-1, 0], 12), ([5, 5, 5, 5], -21), ([], -1)):
        memory.grow(store, 1)
        memory.write(store, struct.pack(f"<{len(values)}i", *values), base)
        assert found[compiled.export](store, base, len(values)) == result
        assert memory.read(store, base, base + 4 * len(values)) == struct.pack(f"<{len(values)}i", *(-v for v in reversed(values)))
    assert element.array == "p0"


@BOTH
def test_hostile_text_is_refused(language: Language) -> None:
    for text in (
        '#include "/etc/passwd"', "#include </etc/passwd>", "#include <../../x.h>",
        "# \\\ninclude \"x\"", '%:include "x"', '#/**/include "x"',
        '#define X "/etc/passwd"\n#include X', '#include_next <stdint.h>', '#embed "/etc/passwd"', '#line 3 "y"',
        'void f0(void) { __asm__(".incbin \\"/etc/passwd\\""); }', 'void f0(void) { as\\\nm(""); }',
    ):  # fmt: skip
        compiled = language.compile(language.prologue + text + "\n")
        assert compiled.wasm is None, text
        assert compiled.diagnostics[0].line, text


@BOTH
def test_all_errors_have_lines(language: Language) -> None:
    bad = "int f0(void) { return g(); }\nint f1(int x) { return x; }\nint f2(int *p) { int *q = 5.0; return *q; }\n"
    bad += "int f3(void) { return y; }\n"
    lines = {d.line for d in language.compile(bad).diagnostics}
    assert lines == {1, 3, 4}


def test_c_is_strict() -> None:
    for text in (
        "int f0(int *p) { return p; }",
        "int f0(float *p) { int *q = p; return *q; }",
        "int f0(int x) { if (x) return 1; }",
        "f0() {}",
    ):
        assert C.compile(C.prologue + text).wasm is None, text


def test_a_compiler_out_of_time_is_a_diagnostic() -> None:
    compiled = C.compile(C.prologue, seconds=0.0001)
    assert compiled.wasm is None
    assert compiled.diagnostics[0].line is None


@BOTH
def test_module_layout(language: Language) -> None:
    text = """
    struct S0 { int32_t m0; double m1; };
    void f0(struct S0 *p0, const struct S0 *p1) { *p0 = *p1; }
    void f1(int32_t *p0, int32_t p1) { for (int32_t i = 0; i < p1; i++) p0[i] = 0; }
    int32_t f2(int64_t p0) { char buffer[256] = {0}; for (int64_t i = 0; i < p0; i++) buffer[i & 255] += i; return buffer[3]; }
    """
    text = language.prologue + text
    if language is CPP:
        text = text.replace("    void", '    extern "C" void').replace("    int32_t f2", '    extern "C" int32_t f2')
    module = wasmtime.Module(wasmtime.Engine(), language.compile(text).wasm)
    assert not module.imports
    assert {e.name for e in module.exports} == {"memory", "__stack_pointer", "__heap_base", "f0", "f1", "f2"}
    assert language.compile(text, level="0").wasm[:4] == b"\x00asm"


@BOTH
def test_library_routines_are_linked(language: Language) -> None:
    text = language.prologue + """
    #include <limits.h>
    #include <string.h>
    #include <math.h>
    %sint32_t f0(int32_t n) { char a[64], b[64]; memset(a, n, 64); memcpy(b, a, n); b[n] = 0; memmove(a, b, n + 1);
        return strlen(a) + memcmp(a, b, n); }
    %sdouble f1(double x, double y) { return fmod(x, y); }
    %sint64_t f2(int64_t a, int64_t b) { return (int64_t)((__int128)a * b >> 64); }
    """.replace("%s", language.linkage)  # fmt: skip
    compiled = language.compile(text)
    assert compiled.wasm, compiled.diagnostics
    store, found = exports(compiled.wasm)
    assert found["f0"](store, 17) == 17
    for x, y in ((7.5, 2.0), (-7.5, 2.0), (1e300, 3.7), (5e-324, 1e-320), (1e-310, 5e-324), (0.0, 1.0), (3.0, float("inf"))):
        assert found["f1"](store, x, y) == pytest.approx(math.fmod(x, y), abs=0)
    rng = random.Random(1)
    for _ in range(50):
        a, b = (wrap(rng.getrandbits(64), "i64") for _ in range(2))
        assert found["f2"](store, a, b) == a * b >> 64


def test_functions_in_a_circle_compile() -> None:
    text = "bool odd(unsigned n);\nbool even(unsigned n) { return n == 0 || odd(n - 1); }\n"
    text += "bool odd(unsigned n) { return n != 0 && even(n - 1); }\n"
    for language in (C, CPP):
        for function in language.read(text):
            store, found = exports(language.compile(language.prologue + language.write_unit(function)).wasm)
            assert [found[function.name](store, n) for n in range(4)] == [n % 2 == (function.name == "odd") for n in range(4)]


def test_huge_data_is_an_error() -> None:
    assert C.compile("int x[1 << 28] = {1};\nint f0(int i) { return x[i]; }").wasm is None
