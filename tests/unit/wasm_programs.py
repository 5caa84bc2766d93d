"""Random small WebAssembly functions, and running one canonical text against another: shared by the tests of the normal form."""

from __future__ import annotations

import struct
from collections.abc import Callable

import wasmtime

from transpile.corpus.wasm.module import WasmModule
from transpile.corpus.wasm.opcodes import EFFECTS, NATURAL_ALIGNMENT
from transpile.corpus.wasm.wat import read_wat, to_wat

TYPES = ("i32", "i64", "f32", "f64")
PARAMETERS = ("i32", "i32", "i64", "f64")
LOCALS = ("i32", "i32", "i32", "i64", "f32", "f64")
CALLEES = ((("i32",), ("i32",)), (("i32", "i64"), ()))
GLOBAL_NAMES = ("__stack_pointer", "g0", "g1")
GLOBALS = (("i32", True, 7), ("f64", True, 0))
DATA = (b"abcdefgh12345678", bytes(range(40)))
BY_RESULT = {
    kind: sorted(n for n, (_, gives) in EFFECTS.items() if gives == (kind,) and not n.endswith("const") and not n.startswith("memory"))
    for kind in TYPES
}
STORES = sorted(n for n in NATURAL_ALIGNMENT if "store" in n)
CONSTANTS = {
    "i32": ("0", "1", "2", "3", "31", "255", "-1", "-2", "100", "0x80000000", "0x7fffffff", "d0", "d0 4", "d1 39", "4096", "0x9e3779b9"),
    "i64": ("0", "1", "-1", "7", "63", "255", "0x8000000000000000", "0x7fffffffffffffff", "0xffffffff", "0x123456789abcdef"),
    "f32": ("0.0", "-0.0", "1.0", "0.5", "-3.25", "inf", "nan", "1e+10"),
    "f64": ("0.0", "-0.0", "1.0", "0.1", "-2.5", "-inf", "nan", "4294967296.0"),
}
COMMON = tuple(
    f"i32.{op}" for op in ("add", "sub", "mul", "and", "or", "xor", "shl", "shr_u", "eqz", "lt_s", "gt_s", "le_u", "ge_s", "eq", "ne")
)


class ProgramMaker:
    """Makes one valid canonical text; `choose(n)` gives an integer below n and drives everything."""

    def __init__(self, choose: Callable[[int], int]) -> None:
        self.choose = choose
        self.budget = 25 + choose(60)
        self.labels = 0
        self.counters = 0
        self.open: list[tuple[str, str]] = []
        """Enclosing labels that a branch may name without looping for ever, and their result type ("" for none)."""

    def pick(self, options):  # type: ignore[no-untyped-def]
        return options[self.choose(len(options))]

    def text(self) -> str:
        result = self.pick(("i32", "i32", "i64", "f64", "f32", ""))
        self.result = result
        self.open.append(("func", result))
        body: list[str] = []
        for _ in range(1 + self.choose(5)):
            body += self.statement(3)
        if result:
            body += self.expression(result, 3)
        kinds = [*LOCALS, *["i32"] * self.counters]
        return " ".join(["func", *PARAMETERS, "->", *([result] if result else []), "local", *kinds, ";", *body, "end"])

    def local(self, kind: str) -> str:
        names = [f"p{i}" for i, one in enumerate(PARAMETERS) if one == kind] + [f"v{i}" for i, one in enumerate(LOCALS) if one == kind]
        return self.pick(names)

    def expression(self, kind: str, depth: int) -> list[str]:
        self.budget -= 1
        choice = self.choose(20) if depth and self.budget > 0 else self.choose(5)
        if choice < 2:
            return [f"{kind}.const", *self.pick(CONSTANTS[kind]).split()]
        if choice < 5:
            return ["local.get", self.local(kind)]
        if choice < 13:
            name = self.pick(BY_RESULT[kind] if kind != "i32" or self.choose(2) else COMMON)
            out: list[str] = []
            for one in EFFECTS[name][0]:
                if name in NATURAL_ALIGNMENT:
                    out += self.address(depth)
                else:
                    out += self.expression(one, depth - 1)
                if not self.choose(12):
                    out += self.statement(depth - 1)
            out.append(name)
            if name in NATURAL_ALIGNMENT:
                out += self.offset()
            return out
        if choice < 15:
            return [*self.expression(kind, depth - 1), "local.tee", self.local(kind)]
        if choice == 15:
            return [*self.expression(kind, depth - 1), *self.expression(kind, depth - 1), *self.expression("i32", depth - 1), "select"]
        if choice == 16 and kind == "i32":
            return [*self.expression("i32", depth - 1), "call", "c0"]
        if choice == 16 and kind == "f64":
            return ["global.get", "g1"]
        if choice == 17 and kind == "i32":
            return ["global.get", self.pick(("sp", "g0"))]
        label = self.label()
        condition = self.expression("i32", depth - 1) if choice == 18 else []
        self.open.append((label, kind))
        out = [*condition, "if" if choice == 18 else "block", label, kind, *self.body(depth - 1), *self.expression(kind, depth - 1)]
        if choice == 18:
            out += ["else", *self.body(depth - 1), *self.expression(kind, depth - 1)]
        self.open.pop()
        return [*out, "end"]

    def address(self, depth: int) -> list[str]:
        if not self.choose(12):
            return self.expression("i32", depth - 1)
        if not self.choose(3):
            return ["i32.const", *self.pick(("0", "d0", "d1 8", "64", "65532")).split()]
        return [*self.expression("i32", depth - 1), "i32.const", "255", "i32.and"]

    def offset(self) -> list[str]:
        return self.pick(("", "", "8", "d0", "d1 8", "4 align=1", "65535")).split() if self.choose(2) else []

    def label(self) -> str:
        self.labels += 1
        return f"l{self.labels - 1}"

    def counter(self) -> str:
        """A local that nothing else assigns."""
        self.counters += 1
        return f"v{len(LOCALS) + self.counters - 1}"

    def walk(self, depth: int) -> list[str]:
        """A loop over `count` elements of some size, counted down or by a moving pointer, mostly guarded, with other values going along."""
        count, moving, end, label = self.counter(), self.counter(), self.counter(), self.label()
        size = self.pick(("1", "2", "4", "8", "-4", "3", "0x20000000", "0x40000000", "0x80000000"))
        mask = [] if not self.choose(4) else ["i32.const", "7", "i32.and"]
        out = [*self.expression("i32", depth - 1), *mask, "local.set", count]
        scaled = ["local.get", count, "i32.const", size, "i32.mul"]
        if self.choose(2):
            out += [*scaled, "local.set", moving]
            stop = ["local.get", moving, "i32.const", size, "i32.sub", "local.tee", moving]
        else:
            start = self.expression("i32", 0)
            out += [*start, "local.tee", moving, *scaled, "i32.add", "local.set", end]
            stop = ["local.get", moving, "i32.const", size, "i32.add", "local.tee", moving, "local.get", end, "i32.ne"]
        body = self.body(depth - 1)
        for _ in range(self.choose(3)):
            kind, local = self.pick((("i32", "v2"), ("i64", "v3"), ("i32", "p1")))
            body += ["local.get", local, f"{kind}.const", str(1 + self.choose(9)), f"{kind}.add", "local.set", local]
        if not self.choose(4):  # move the end
            body += ["local.get", end, *self.expression("i32", 0), "i32.const", "12", "i32.and", "i32.add", "local.set", end]
        loop = ["loop", label, *body, *stop, "br_if", label, "end"]
        if not self.choose(4):  # go on early, past the test
            step = ["local.get", moving, "i32.const", size, "i32.add", "local.set", moving]
            test = ["local.get", moving, "local.get", end, "i32.sub", "br_if", label]
            loop = ["loop", label, *body, *step, *self.expression("i32", depth - 1), "br_if", label, *test, "end"]
        guard = self.choose(4)
        if guard == 0:
            return out + loop
        outer = self.label()
        if guard == 1:
            return [*out, "block", outer, "local.get", count, "i32.eqz", "br_if", outer, *loop, "end"]
        test = ["i32.const", "0", "i32.gt_s"] if guard == 2 else []
        return [*out, "local.get", count, *test, "if", outer, *loop, "end"]

    def body(self, depth: int) -> list[str]:
        out: list[str] = []
        for _ in range(self.choose(3)):
            out += self.statement(depth)
        return out

    def statement(self, depth: int) -> list[str]:
        self.budget -= 1
        choice = self.choose(16) if depth > 0 and self.budget > 0 else self.choose(4)
        if choice < 5:
            kind = self.pick(("i32", "i32", *TYPES))
            end = ["local.set", self.local(kind)] if self.choose(4) else ["local.tee", self.local(kind), "drop"]
            return [*self.expression(kind, max(depth - 1, 0)), *end]
        if choice < 7:
            name = self.pick(STORES)
            return [*self.address(depth), *self.expression(EFFECTS[name][0][1], depth - 1), name, *self.offset()]
        if choice == 7:
            return [*self.expression("i32", depth - 1), *self.expression("i64", depth - 1), "call", "c1"]
        if choice == 8:
            which = self.choose(3)
            return [*self.expression("f64" if which == 2 else "i32", depth - 1), "global.set", ("sp", "g0", "g1")[which]]
        if choice == 9:
            label, kind = self.pick(self.open)
            value = self.expression(kind, depth - 1) if kind else []
            return [*value, *self.expression("i32", depth - 1), "br_if", label, *(["drop"] if kind else [])]
        if choice == 10:
            label, kind = self.pick(self.open)
            stop = ["return"] if label == "func" and self.choose(2) else ["br", label]
            value = self.expression(kind, depth - 1) if kind else []
            name = self.label()
            return [*self.expression("i32", depth - 1), "if", name, *value, *stop, "end"]
        if choice == 11:
            plain = [label for label, kind in self.open if not kind]
            if not plain:
                return ["nop"]
            names = [self.pick(plain) for _ in range(1 + self.choose(4))]
            name = self.label()
            return ["block", name, *self.expression("i32", depth - 1), "br_table", *names, name, ";", "end"]
        if choice == 12 and self.choose(2):
            return self.walk(depth)
        label = self.label()
        if choice == 12:
            counter = self.counter()
            body = self.body(depth - 1) + self.body(depth - 1)
            stop = ["local.get", counter, "i32.const", "1", "i32.add", "local.tee", counter, "i32.const", "5", "i32.lt_u"]
            return ["i32.const", "0", "local.set", counter, "loop", label, *body, *stop, "br_if", label, "end"]
        condition = [] if choice == 13 else self.expression("i32", depth - 1)
        self.open.append((label, ""))
        out = [*condition, "block" if choice == 13 else "if", label, *self.body(depth - 1), *self.body(depth - 1)]
        if choice == 15:
            out += ["else", *self.body(depth - 1)]
        self.open.pop()
        return [*out, "end"]


class Runner:
    """Runs canonical texts over the same inputs and shows all there is to see of each run."""

    def __init__(self) -> None:
        config = wasmtime.Config()
        config.cranelift_nan_canonicalization = True
        config.consume_fuel = True
        self.engine = wasmtime.Engine(config)

    def agree(self, text: str, form: str, vectors: list[tuple[int | float, ...]]) -> bool:
        """Whether a form does what the text does, wherever that comes to an end soon; the form gets much more time for it."""
        wanted, found = self.run(text, vectors, 20_000), self.run(form, vectors, 400_000)
        return all(a == b or a == "fuel" for a, b in zip(wanted, found, strict=True))

    def run(self, text: str, vectors: list[tuple[int | float, ...]], fuel: int) -> list[object]:
        """Per vector: result or kind of trap, calls made, memory and globals afterwards. "fuel" where it ran too long."""
        source = to_wat(text, callees=CALLEES, data=DATA, globals=GLOBALS, base=1024)
        for name in GLOBAL_NAMES:
            source = source.replace(f"(global ${name} ", f'(global ${name} (export "{name}") ')
        module = wasmtime.Module(self.engine, wasmtime.wat2wasm(source))
        seen: list[object] = []
        for vector in vectors:
            store = wasmtime.Store(self.engine)
            store.set_fuel(fuel)
            calls: list[object] = []

            def c0(x: int, calls: list[object] = calls) -> int:
                calls.append(x)
                return (x * 3 + len(calls)) % 1000

            def c1(x: int, y: int, calls: list[object] = calls) -> None:
                calls.append((x, y))

            i32, i64 = wasmtime.ValType.i32(), wasmtime.ValType.i64()
            functions = [
                wasmtime.Func(store, wasmtime.FuncType([i32], [i32]), c0),
                wasmtime.Func(store, wasmtime.FuncType([i32, i64], []), c1),
            ]
            instance = wasmtime.Instance(store, module, functions[: len(module.imports)])
            exports = instance.exports(store)
            try:
                result: object = exports["f0"](store, *vector)
            except wasmtime.Trap as trap:
                if trap.trap_code == wasmtime.TrapCode.OUT_OF_FUEL:
                    seen.append("fuel")
                    continue
                result = str(trap.trap_code)
            if isinstance(result, float):
                result = struct.pack("<d", result)
            states = [exports[name].value(store) for name in GLOBAL_NAMES]
            memory = bytes(exports["memory"].read(store, 0, exports["memory"].data_len(store)))
            seen.append((result, calls, repr(states), hash(memory)))
        return seen


def to_module(text: str) -> WasmModule:
    """A canonical text that uses CALLEES, GLOBALS and DATA, assembled."""
    return WasmModule.parse(read_wat(to_wat(text, callees=CALLEES, data=DATA, globals=GLOBALS)))
