"""A unit of Go, as its compiler left it, as one module of LLVM: its functions with the C ABI, their data, and what they call of Go's library.

A function whose source says its types gets them: numbers as C passes them, a pointer as an address of 32 bits, a slice as the address of its first
element and its length (its capacity is the length). Other functions take the address of their arguments and are inlined.
Invariant: what stands here means what the linker of Go would have made of it, for functions that need nothing of Go's runtime; one
that does is left out, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from transpile.corpus.go.abi import Export, Shape, Slot, load, resize, returned, store
from transpile.corpus.go.body import Body
from transpile.corpus.go.code import Unsupported, routine
from transpile.corpus.go.object import ADDRESS, CALL, READ_ONLY, TEXT, ZERO, Symbol
from transpile.corpus.go.ops import INTRINSICS, PRELUDE
from transpile.corpus.go.packages import Library
from transpile.corpus.go.routines import ROUTINES

HEADER = 'target datalayout = "e-m:e-p:32:32-p10:8:8-p20:8:8-i64:64-i128:128-n32:64-S128-ni:1:10:20"\ntarget triple = "wasm32-unknown-wasi"\n'

_MEMORY = {
    "runtime.memmove": ("void @llvm.memmove.p0.p0.i32(ptr {0}, ptr {1}, i32 {2}, i1 false)", "ppn"),
    "runtime.memclrNoHeapPointers": ("void @llvm.memset.p0.i32(ptr {0}, i8 0, i32 {1}, i1 false)", "pn"),
    "runtime.memequal": ("i32 @memcmp(ptr {0}, ptr {1}, i32 {2})", "ppn"),
}
"""Routines of the runtime that are C's: the call, its arguments (a pointer or a number of 64 bits each). A result is whether it was 0."""

_MOST_DATA, _MOST_MEMORY = 1 << 20, 1 << 26
"""Bytes of a variable's contents, and of a variable."""

_EXTREMES = {
    f"runtime.f{name}{bits}": (type_, f"llvm.{name}imum.f{bits}", bits // 8)
    for name in ("min", "max")
    for bits, type_ in ((32, "float"), (64, "double"))
}
"""Go's `min` and `max` of floats, which are wasm's: the type, LLVM's name, the size."""


@dataclass(slots=True)
class Linker:
    """Builds the module."""

    library: Library
    shapes: Mapping[str, Shape]
    exports: Sequence[Export]
    imports: Mapping[str, str] = field(default_factory=dict)
    """C functions by the symbol that Go knows them by."""
    functions: dict[str, str] = field(default_factory=dict)
    """LLVM text of the functions by symbol."""
    failed: dict[str, str] = field(default_factory=dict)
    """Why a function is left out."""
    callees: dict[str, list[str]] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    uses: dict[str, list[str]] = field(default_factory=dict)
    """By function, the data that it refers to."""
    types: dict[str, int] = field(default_factory=dict)
    """Numbers of the types that generic code names."""
    used: dict[str, list[str]] = field(default_factory=dict)
    """By function, the C functions that it calls."""

    def module(self) -> tuple[str, dict[str, str]]:
        """The text of the module, and by export the reason why it is left out."""
        direct = {e.symbol: e.name for e in self.exports if e.arguments is None and e.symbol in self.shapes}
        pending = [e.symbol for e in self.exports]
        while pending:
            name = pending.pop()
            if name not in self.callees:
                self._translate(name)
                pending += self.callees[name]
        broken = self._broken()
        reasons = {e.name: broken[e.symbol] for e in self.exports if e.symbol in broken}
        kept: dict[str, None] = {}
        pending = [e.symbol for e in self.exports if e.name not in reasons]
        while pending:
            name = pending.pop()
            if name not in kept:
                kept[name] = None
                pending += self.callees[name]
        apart = {name for name, shape in self.shapes.items() if shape.shared}
        recursive = {name for name in kept if name not in apart and name in self._reached(name)}
        out = [HEADER, PRELUDE, INTRINSICS]
        for name in kept:
            out.append(self._body(name, inline=name not in recursive))
            if name in self.shapes:
                out.append(self._typed(name, quoted(direct.get(name, name)), hidden=name not in direct))
        for one in self.exports:
            if one.name not in reasons and one.symbol not in direct:
                out.append(self._entry(one))
            elif one.name not in reasons and direct[one.symbol] != one.name:
                out.append(self._typed(one.symbol, quoted(one.name), hidden=False))
        wanted = dict.fromkeys(d for name in kept for d in self.uses[name])
        out += [self.data[name] for name in self._closed(wanted)]
        for outside in dict.fromkeys(c for name in kept for c in self.used[name]):
            shape = self.shapes[outside]
            result = "void" if shape.result is None else returned(shape.result)
            out.append(f"declare {result} @{quoted(self.imports[outside])}({', '.join(s.passed for s in shape.parameters)})")
        return "\n".join(out) + "\n", reasons

    def _reached(self, name: str) -> set[str]:
        found: set[str] = set()
        pending = list(self.callees[name])
        while pending:
            one = pending.pop()
            if one not in found:
                found.add(one)
                pending += self.callees[one]
        return found

    def _broken(self) -> dict[str, str]:
        """Why functions are left out: for themselves, or for what they call."""
        callers: dict[str, list[str]] = {}
        for caller, callees in self.callees.items():
            for callee in callees:
                callers.setdefault(callee, []).append(caller)
        out, roots = dict(self.failed), dict(self.failed)
        pending = sorted(self.failed)
        while pending:
            name = pending.pop(0)
            for caller in callers.get(name, []):
                if caller not in out:
                    roots[caller] = routine(name) or roots[name]
                    out[caller] = routine(name) or f"calls {self._shown(name)}, which {roots[name]}"
                    pending.append(caller)
        return out

    def _shown(self, name: str) -> str:
        """A function's name as the source has it."""
        return name.removeprefix(f"{self.library.package}.")

    # ------------------------------------------------------------ functions

    def _translate(self, name: str) -> None:
        self.callees[name], self.uses[name], self.used[name] = [], [], []
        if name in ROUTINES:
            self.functions[name], callees = ROUTINES[name]
            self.callees[name] = list(callees)
            return
        symbol = self.library.find(name)
        if symbol is None or symbol.kind not in TEXT:
            self.failed[name] = "needs Go's runtime"
            return
        body = Body(symbol, lambda callee, at: self._call(callee, at, name), lambda data: self._address(data, name))
        try:
            self.functions[name] = "\n".join(body.translate())
        except Unsupported as error:
            # What is printed becomes an interface first: that is not what a person has written.
            prints = next((r.symbol for r in symbol.relocations if r.kind == CALL and r.symbol.startswith(("fmt.", "log."))), None)
            self.failed[name] = f"calls {prints}, which needs Go's runtime" if prints else routine(str(error)) or f"uses {error}"

    def _call(self, callee: str, body: Body, caller: str) -> None:
        if callee in _MEMORY or callee in _EXTREMES:
            (self._routine if callee in _MEMORY else self._extreme)(callee, body)
            return
        shape = self.shapes.get(callee)
        if callee in self.imports and shape is not None:
            self.used[caller].append(callee)
        elif callee not in self.callees[caller]:
            self.callees[caller].append(callee)
        where = body.place("stack", -body.symbol.frame) if body.symbol.frame else "null"
        if shape is None or not shape.shared:
            body.lines.append(f"  call void @{body_name(callee)}(ptr {where})")
            return
        arguments = [f"{one.passed} {self._argument(body, one)}" for one in shape.parameters]
        target = self._target(callee)
        if shape.result is None:
            body.lines.append(f"  call void @{target}({', '.join(arguments)})")
            return
        result = body.name(f"call {returned(shape.result)} @{target}({', '.join(arguments)})", "").text
        store(body.lines, shape.result, result, body.place("stack", shape.result.offset - body.symbol.frame), f"%s{body.fresh}")

    def _target(self, name: str) -> str:
        direct = next((e.name for e in self.exports if e.symbol == name and e.arguments is None), name)
        return quoted(self.imports.get(name, direct))

    def _argument(self, body: Body, slot: Slot) -> str:
        place = body.place("stack", slot.offset - body.symbol.frame)
        return load(body.lines, slot, place, f"%a{body.fresh}.{slot.offset}")

    def _routine(self, name: str, body: Body) -> None:
        call, kinds = _MEMORY[name]
        arguments = []
        for k, kind in enumerate(kinds):
            place = body.place("stack", 8 * k - body.symbol.frame)
            word = body.name(f"load i64, ptr {place}, align 1", "i64").text
            number = body.name(f"trunc i64 {word} to i32", "i32").text
            arguments.append(body.name(f"inttoptr i32 {number} to ptr", "ptr").text if kind == "p" else number)
        if call.startswith("void"):
            body.lines.append(f"  call {call.format(*arguments)}")
            return
        order = body.name(f"call {call.format(*arguments)}", "i32").text
        equal = body.name(f"zext i1 {body.name(f'icmp eq i32 {order}, 0', 'i1').text} to i8", "").text
        body.lines.append(f"  store i8 {equal}, ptr {body.place('stack', 24 - body.symbol.frame)}, align 1")

    def _extreme(self, name: str, body: Body) -> None:
        type_, call, size = _EXTREMES[name]
        places = [body.place("stack", at - body.symbol.frame) for at in (0, size, -(-2 * size // 8) * 8)]
        values = [body.name(f"load {type_}, ptr {place}, align 1", "").text for place in places[:2]]
        result = body.name(f"call {type_} @{call}({type_} {values[0]}, {type_} {values[1]})", "").text
        body.lines.append(f"  store {type_} {result}, ptr {places[2]}, align 1")

    def _body(self, name: str, *, inline: bool) -> str:
        attribute = "alwaysinline" if inline else "noinline"
        return f"define internal void @{body_name(name)}(ptr %args) {attribute} null_pointer_is_valid {{\n{self.functions[name]}\n}}"

    def _typed(self, name: str, symbol: str, *, hidden: bool) -> str:
        """The function with the C ABI around its body."""
        shape = self.shapes[name]
        lines = []
        for k, slot in enumerate(shape.parameters):
            for copy in range(slot.repeats):
                place = f"%p{k}.{copy}"
                lines.append(f"  {place} = getelementptr i8, ptr %args, i32 {slot.offset + 8 * copy}")
                store(lines, slot, f"%x{k}", place, f"%c{k}.{copy}")
        parameters = ", ".join(f"{slot.passed} %x{k}" for k, slot in enumerate(shape.parameters))
        return self._around(name, symbol, parameters, lines, shape.result, hidden)

    def _around(self, name: str, symbol: str, parameters: str, lines: list[str], result: Slot | None, hidden: bool) -> str:
        found = self.library.find(name)
        assert found is not None
        head = [f"  %args = alloca [{max(8, found.arguments)} x i8], align 8"]
        tail = [f"  call void @{body_name(name)}(ptr %args)"]
        if result is None:
            tail.append("  ret void")
        else:
            tail.append(f"  %place = getelementptr i8, ptr %args, i32 {result.offset}")
            value = load(tail, result, "%place", "%result")
            tail.append(f"  ret {result.type} {value}")
        seen = "hidden " if hidden else ""
        text = "\n".join([*head, *lines, *tail])
        return f"define {seen}{'void' if result is None else returned(result)} @{symbol}({parameters}) noinline null_pointer_is_valid {{\n{text}\n}}"

    def _entry(self, export: Export) -> str:
        """A C entry point whose lengths stand elsewhere than right behind their pointers."""
        shape, parameters, lines = self.shapes[export.symbol], [], []
        for k, (passed, numbers) in enumerate(export.arguments or ()):
            own = shape.parameters[passed] if isinstance(passed, int) else passed
            parameters.append(f"{own.passed} %x{k}")
            for j in numbers:
                slot, value = shape.parameters[j], f"%x{k}"
                if own.type != slot.type:
                    lines.append(f"  %w{k}.{j} = {resize(own.type, slot.type, own.signed)} {own.type} {value} to {slot.type}")
                    value = f"%w{k}.{j}"
                for copy in range(slot.repeats):
                    place = f"%p{k}.{j}.{copy}"
                    lines.append(f"  {place} = getelementptr i8, ptr %args, i32 {slot.offset + 8 * copy}")
                    store(lines, slot, value, place, f"%c{k}.{j}.{copy}")
        return self._around(export.symbol, quoted(export.name), ", ".join(parameters), lines, shape.result, False)

    # ------------------------------------------------------------ data

    def _address(self, name: str, function: str) -> str:
        self._define(name)
        self.uses[function].append(name)
        return f"@{quoted('data.' + name)}"

    def _define(self, name: str) -> None:
        if name in self.data:
            return
        symbol = self.library.find(name)
        if name.startswith(("type:", "go:itab")):
            raise Unsupported("types at run time")
        if symbol is None or symbol.kind in TEXT:
            is_function = symbol is not None or not name or ".func" in name
            raise Unsupported("a deferred call" if ".deferwrap" in name else "a function as a value" if is_function else f"a reference to {name}")
        if len(symbol.data) > _MOST_DATA or symbol.size > _MOST_MEMORY:
            raise Unsupported(f"{symbol.size} bytes of memory in {self._shown(name)}")
        if symbol.kind not in READ_ONLY and self.library.written_at_start(name):
            raise Unsupported(f"{self._shown(name)}, which gets its value when the program starts")
        self.data[name] = ""  # it may refer to itself
        try:
            self.data[name] = self._contents(symbol)
        except Unsupported:
            del self.data[name]
            raise

    def _contents(self, symbol: Symbol) -> str:
        """The definition of a symbol's memory; what it refers to is defined, too."""
        parts, at, refers = [], 0, []
        for one in sorted(symbol.relocations, key=lambda r: r.at):
            if not one.size:  # only tells Go's linker what to keep
                continue
            if one.kind != ADDRESS or one.size != 8:
                raise Unsupported("data that only Go's linker can lay out")
            parts += _bytes(symbol.data[at : one.at])
            if "..dict." in symbol.name and one.symbol.startswith("type:"):
                # Generic code hands its types on; what looked at one would trap, as these addresses are nowhere.
                number = self.types.setdefault(one.symbol, len(self.types))
                parts.append(f"ptr inttoptr (i32 {8 * number - (1 << 16)} to ptr)")
            else:
                self._define(one.symbol)
                refers.append(one.symbol)
                parts.append(f"ptr getelementptr (i8, ptr @{quoted('data.' + one.symbol)}, i32 {one.add})")
            parts.append("i32 0")
            at = one.at + 8
        parts += _bytes(symbol.data[at:])
        if symbol.size > max(at, len(symbol.data)):
            rest = symbol.size - max(at, len(symbol.data))
            parts.append(f"[{rest} x i8] zeroinitializer")
        kind = "constant" if symbol.kind in READ_ONLY else "global"
        assert symbol.kind not in ZERO or not symbol.data
        types = ", ".join(p.rsplit(" ", 1)[0] if p.endswith("zeroinitializer") else _type_of(p) for p in parts)
        contents = ", ".join(parts)
        # What functions share keeps its name, and its first value is not taken for its only one.
        linkage = "internal" if kind == "constant" else "hidden"
        self.uses["data " + symbol.name] = refers
        return f"@{quoted('data.' + symbol.name)} = {linkage} {kind} <{{ {types} }}> <{{ {contents} }}>, align 8"

    def _closed(self, names: Mapping[str, None]) -> list[str]:
        found: dict[str, None] = {}
        pending = list(names)
        while pending:
            one = pending.pop(0)
            if one not in found:
                found[one] = None
                pending += self.uses.get("data " + one, [])
        return list(found)


def quoted(name: str) -> str:
    """A symbol's name as LLVM writes it."""
    return '"' + "".join(c if c.isascii() and (c.isalnum() or c in "._$-:/*()[]{}, ") else "".join(f"\\{b:02x}" for b in c.encode()) for c in name) + '"'


def body_name(name: str) -> str:
    return quoted("body." + name)


def _bytes(data: bytes) -> list[str]:
    if not data:
        return []
    text = "".join(chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\{b:02x}" for b in data)
    return [f'[{len(data)} x i8] c"{text}"']


def _type_of(part: str) -> str:
    return part[: part.index("]") + 1] if part.startswith("[") else part.split(" ", 1)[0]
