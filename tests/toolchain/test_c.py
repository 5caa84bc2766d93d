"""C and C++: rendered programs must compute what `ir` says, hostile text must be refused, units must compile as a whole."""

from __future__ import annotations

import random
import struct

import pytest
import wasmtime

from transpile.corpus import ir
from transpile.corpus.batch import Rejected, compile_batch
from transpile.corpus.language import Language
from transpile.corpus.languages.c import LANGUAGE as C
from transpile.corpus.languages.cpp import LANGUAGE as CPP
from transpile.corpus.signature import SIGNED, WIDTHS, Parameter, Signature, Struct, wasm_type
from transpile.corpus.source import SourceFunction

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
            op = rng.choice("+ - * / % & | ^ << >>".split())
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
            body = (ir.Let("v0", result, maker.make(result, 1)), ir.Assign(ir.Var(result, "v0"), value, op), ir.Return(ir.Var(result, "v0")))
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
