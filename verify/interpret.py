"""Wasm step by step, with what every value was made of: slow, and the only place that can tell why a loop goes on.

From some moment on (`mark`) each value carries the *cells* that it depends on: what locals, globals, places on the operand stack and bytes of memory
held at that moment. `again` then says whether all that decided where control went, and all that those values will be made of, is as it was when
control was in the same place: then it goes the same way once more, and again, without end.
Invariant: exact, but for traps: whoever asks whether something ends must know that it may trap instead, where `strict` is not set (then what could
trap counts as a decision). Limits: raises Beyond for calls of imports and of functions that are in no table of the module's own, growing memory, and
what the decoder does not know; a stack deeper than `_DEEPEST`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import wasmtime

from transpile.corpus.wasm.module import WasmFunction, WasmModule
from transpile.corpus.wasm.opcodes import OPCODES
from transpile.verify.placement import PAGE

Cells = frozenset[Any]
Value = tuple[int, Cells]
"""Raw bits, and what they depend on."""

_NONE: Cells = frozenset()
_DEEPEST = 200
_LARGEST = 1 << 12
"""Bytes that one instruction may copy or fill."""
_TRAPPING = ("div", "rem", "trunc_f")


class Beyond(Exception):
    """Something that is not followed."""


class Trapped(Exception):
    """The function ended in a trap."""


def _integers(bits: int) -> dict[str, Callable[..., int]]:
    mask, top, mod = (1 << bits) - 1, 1 << bits - 1, bits - 1

    def signed(a: int) -> int:
        return a - (a & top) * 2

    return {
        "add": lambda a, b: a + b & mask, "sub": lambda a, b: a - b & mask, "mul": lambda a, b: a * b & mask,
        "and": lambda a, b: a & b, "or": lambda a, b: a | b, "xor": lambda a, b: a ^ b,
        "shl": lambda a, b: a << (b & mod) & mask, "shr_u": lambda a, b: a >> (b & mod), "shr_s": lambda a, b: signed(a) >> (b & mod) & mask,
        "eqz": lambda a: int(a == 0), "eq": lambda a, b: int(a == b), "ne": lambda a, b: int(a != b),
        "lt_u": lambda a, b: int(a < b), "gt_u": lambda a, b: int(a > b), "le_u": lambda a, b: int(a <= b), "ge_u": lambda a, b: int(a >= b),
        "lt_s": lambda a, b: int(signed(a) < signed(b)), "gt_s": lambda a, b: int(signed(a) > signed(b)),
        "le_s": lambda a, b: int(signed(a) <= signed(b)), "ge_s": lambda a, b: int(signed(a) >= signed(b)),
    }  # fmt: skip


_OFTEN = {f"i{bits}.{name}": run for bits in (32, 64) for name, run in _integers(bits).items()}


def _types(name: str) -> tuple[tuple[str, ...], str]:
    """What a numeric instruction takes and gives."""
    type_, operation = name.split(".")
    if operation.startswith(("trunc_", "convert_", "extend_i", "wrap_", "promote_", "demote_", "reinterpret_")):
        return (next(t for t in ("i32", "i64", "f32", "f64") if f"_{t}" in operation),), type_
    unary = operation.startswith("extend") or operation in ("eqz", "clz", "ctz", "popcnt", "abs", "neg", "ceil", "floor", "trunc", "nearest", "sqrt")
    compares = operation == "eqz" or operation.split("_")[0] in ("eq", "ne", "lt", "gt", "le", "ge")
    return (type_,) * (1 if unary else 2), "i32" if compares else type_


@cache
def _operation(name: str) -> tuple[int, Callable[..., int]]:
    """(how many operands, the function on raw bits) of a numeric instruction; the rare ones are left to wasmtime. Raises Beyond, Trapped."""
    if name in _OFTEN:
        return 1 if name.endswith("eqz") else 2, _OFTEN[name]
    if name[:4] not in ("i32.", "i64.", "f32.", "f64.") or (name not in OPCODES and "trunc_sat" not in name):
        raise Beyond(name)
    takes, gives = _types(name)

    def raw(type_: str) -> str:
        return type_.replace("f", "i")

    loads = " ".join(f"local.get {k} {f'{t}.reinterpret_{raw(t)}' if t[0] == 'f' else ''}" for k, t in enumerate(takes))
    head = f'(func (export "f") (param {" ".join(map(raw, takes))}) (result {raw(gives)})'
    tail = f"{raw(gives)}.reinterpret_{gives}" if gives[0] == "f" else ""
    store = wasmtime.Store()
    instance = wasmtime.Instance(store, wasmtime.Module(store.engine, wasmtime.wat2wasm(f"(module {head} {loads} {name} {tail}))")), [])
    function = instance.exports(store)["f"]
    mask = (1 << int(gives[1:])) - 1

    def run(*operands: int) -> int:
        try:
            signed = (a - (a >> int(t[1:]) - 1 << int(t[1:])) for a, t in zip(operands, takes, strict=True))
            return int(function(store, *signed)) & mask
        except wasmtime.Trap as trap:
            raise Trapped from trap

    return len(takes), run


@cache
def _blocks(code: tuple[Any, ...]) -> dict[int, tuple[int, int]]:
    """For every block, by where it begins: where its else and its end are (the end twice, without an else)."""
    out: dict[int, tuple[int, int]] = {}
    opened: list[list[int]] = []
    for at, (name, _, _) in enumerate(code):
        if name in ("block", "loop", "if"):
            opened.append([at, 0])
        elif name == "else":
            opened[-1][1] = at
        elif name == "end" and opened:
            start, other = opened.pop()
            out[start] = (other or at, at)
    return out


class _Frame:
    __slots__ = ("at", "blocks", "code", "function", "labels", "locals", "stack")

    def __init__(self, function: WasmFunction, arguments: list[Value]) -> None:
        self.function, self.code, self.at = function, function.instructions, 0
        self.blocks = _blocks(tuple(self.code))
        self.locals: list[Value] = [*arguments, *[(0, _NONE)] * len(function.locals)]
        self.stack: list[Value] = []
        self.labels: list[tuple[int, int, int, bool]] = [(len(self.code), 0, len(function.type[1]), False)]
        """(where a branch goes on, height of the stack, values that it takes along, is it a loop) of every block that is open."""


class Machine:
    """One call under way. `memory` is changed in place."""

    def __init__(self, module: WasmModule, export: str, arguments: list[int], memory: Any, globals_: list[int], *, strict: bool) -> None:
        self.module, self.memory, self.strict = module, memory, strict
        self.globals: list[Value] = [(bits, _NONE) for bits in globals_]
        self.first = len(module.function_types) - len(module.functions)
        self.table = {e.offset + k: f for e in module.elements if e.offset is not None for k, f in enumerate(e.functions) if f is not None}
        self.frames = [_Frame(module.function(export), [(a, _NONE) for a in arguments])]
        self.steps = 0
        self.marked = False
        self._forget()

    def _forget(self) -> None:
        self.decided: set[Any] = set()
        self.stored: set[Any] = set()
        """What the addresses of stores depend on."""
        self.made: dict[int, Cells] = {}
        """What bytes of memory, written since the mark, depend on."""
        self.before: dict[int, int] = {}
        """What these bytes held then."""

    def run(self, steps: int) -> bool:
        """Go on until a loop begins anew, or the call returns (True), or so many steps were made. Raises Beyond, Trapped."""
        end = self.steps + steps
        while self.steps < end:
            frame = self.frames[-1]
            if frame.at >= len(frame.code):
                if self._return():
                    return True
                continue
            name, immediate, _ = frame.code[frame.at]
            frame.at += 1
            self.steps += 1
            if self._step(frame, name, immediate):
                return False
        return False

    @property
    def place(self) -> tuple[int, int, int]:
        """Where control is; the same place twice, with no return between, is the same loop."""
        frame = self.frames[-1]
        return len(self.frames), frame.function.index, frame.at

    def mark(self) -> None:
        """From now on values carry what they depend on of what there is now."""
        self._forget()
        self.marked, self.lowest = True, len(self.frames)
        self.globals = [(bits, frozenset((("g", k),))) for k, (bits, _) in enumerate(self.globals)]
        for depth, frame in enumerate(self.frames):
            frame.locals = [(bits, frozenset((("l", depth, k),))) for k, (bits, _) in enumerate(frame.locals)]
            frame.stack = [(bits, frozenset((("s", depth, k),))) for k, (bits, _) in enumerate(frame.stack)]
        self.then = [bits for bits, _ in self.globals], [([v[0] for v in f.locals], [v[0] for v in f.stack]) for f in self.frames]

    def again(self) -> bool:
        """Whether control, back in the place of the mark, must go on as it went since then, for ever."""
        if self.lowest < len(self.frames):
            return False
        pending, needed = list(self.decided), set(self.decided)
        while pending:
            cell = pending.pop()
            value, before, depends = self._cell(cell)
            if value != before:
                return False
            if cell[0] == "m":
                # What is written elsewhere next time might be written here.
                depends = depends | self.stored
            fresh = depends - needed
            needed |= fresh
            pending += fresh
        return True

    def _cell(self, cell: Any) -> tuple[int, int, Any]:
        """(what it holds, what it held, what that depends on)."""
        kind = cell[0]
        if kind == "m":
            at = cell[1]
            return self.memory[at], self.before.get(at, self.memory[at]), self.made.get(at, _NONE)
        if kind == "g":
            return self.globals[cell[1]][0], self.then[0][cell[1]], self.globals[cell[1]][1]
        depth, k = cell[1:]
        values = self.frames[depth].locals if kind == "l" else self.frames[depth].stack
        held = self.then[1][depth][kind == "s"]
        if k >= len(values):
            return 0, 1, _NONE
        return values[k][0], held[k], values[k][1]

    def _return(self) -> bool:
        frame = self.frames.pop()
        results = len(frame.function.type[1])
        if not self.frames:
            return True
        if self.marked:
            self.lowest = min(self.lowest, len(self.frames))
        if results:
            self.frames[-1].stack += frame.stack[-results:]
        return False

    def _decide(self, value: Value) -> int:
        if value[1]:
            self.decided |= value[1]
        return value[0]

    def _step(self, frame: _Frame, name: str, immediate: Any) -> bool:
        """Do one instruction; True where a loop begins anew."""
        stack = frame.stack
        if name == "local.get":
            stack.append(frame.locals[immediate])
        elif name == "local.set":
            frame.locals[immediate] = stack.pop()
        elif name == "local.tee":
            frame.locals[immediate] = stack[-1]
        elif name.endswith(".const"):
            stack.append((immediate & (1 << int(name[1:3])) - 1, _NONE))
        elif name in ("block", "loop", "if"):
            self._open(frame, name, immediate)
        elif name == "else":
            frame.at = frame.labels.pop()[0]
        elif name == "end":
            frame.labels.pop()
        elif name == "br":
            return self._branch(frame, immediate)
        elif name == "br_if":
            if self._decide(stack.pop()):
                return self._branch(frame, immediate)
        elif name == "br_table":
            index = self._decide(stack.pop())
            return self._branch(frame, immediate[min(index, len(immediate) - 1)])
        elif name == "return":
            frame.at = len(frame.code)
        elif name == "call":
            self._call(immediate)
        elif name == "call_indirect":
            index = self._decide(stack.pop())
            function = self.table.get(index)
            if function is None or self.module.function_types[function] != self.module.types[immediate[0]]:
                raise Beyond(name)
            self._call(function)
        elif name == "select":
            condition, second, first = stack.pop(), stack.pop(), stack.pop()
            bits, cells = first if condition[0] else second
            stack.append((bits, cells | condition[1]))
        elif name == "drop":
            stack.pop()
        elif name == "global.get":
            stack.append(self.globals[immediate])
        elif name == "global.set":
            self.globals[immediate] = stack.pop()
        elif "load" in name:
            self._load(stack, name, immediate[1])
        elif "store" in name:
            self._store(stack, name, immediate[1])
        elif name in ("memory.fill", "memory.copy"):
            self._move(stack, name)
        elif name == "memory.size":
            stack.append((len(self.memory) // PAGE, _NONE))
        elif name == "unreachable":
            raise Trapped
        elif name != "nop":
            self._compute(stack, name)
        return False

    def _compute(self, stack: list[Value], name: str) -> None:
        count, run = _operation(name)
        operands = stack[-count:]
        del stack[-count:]
        cells = operands[0][1] if count == 1 else operands[0][1] | operands[1][1]
        if self.strict and cells and any(word in name for word in _TRAPPING):
            self.decided |= cells
        stack.append((run(*(bits for bits, _ in operands)), cells))

    def _open(self, frame: _Frame, name: str, immediate: Any) -> None:
        start = frame.at - 1
        other, end = frame.blocks[start]
        chosen = True if name != "if" else bool(self._decide(frame.stack.pop()))
        takes, gives = ((), (immediate,) if immediate else ()) if isinstance(immediate, str) else self.module.types[immediate]
        height = len(frame.stack) - len(takes)
        frame.labels.append((start + 1, height, len(takes), True) if name == "loop" else (end + 1, height, len(gives), False))
        if not chosen:
            frame.at = other + 1
            if other == end:
                frame.labels.pop()

    def _branch(self, frame: _Frame, depth: int) -> bool:
        target, height, count, loop = frame.labels[-1 - depth]
        kept = frame.stack[len(frame.stack) - count :] if count else []
        del frame.stack[height:]
        frame.stack += kept
        del frame.labels[len(frame.labels) - depth - (not loop) :]
        frame.at = target
        return loop

    def _call(self, index: int) -> None:
        if index < self.first or len(self.frames) >= _DEEPEST:
            raise Beyond("call")
        function = self.module.functions[index - self.first]
        stack = self.frames[-1].stack
        count = len(function.type[0])
        arguments = stack[len(stack) - count :]
        del stack[len(stack) - count :]
        self.frames.append(_Frame(function, arguments))

    def _address(self, value: Value, offset: int, width: int) -> int:
        at = value[0] + offset
        if at + width > len(self.memory):
            raise Trapped
        if self.strict and value[1]:
            self.decided |= value[1]
        return at

    def _load(self, stack: list[Value], name: str, offset: int) -> None:
        type_, _, how = name.partition(".load")
        width = int(how.split("_")[0]) // 8 if how else int(type_[1:]) // 8
        address = stack.pop()
        at = self._address(address, offset, width)
        bits = int.from_bytes(self.memory[at : at + width], "little", signed=how.endswith("_s")) & (1 << int(type_[1:])) - 1
        cells = address[1]
        if self.marked:
            for k in range(at, at + width):
                cells = cells | (self.made[k] if k in self.made else frozenset((("m", k),)))
        stack.append((bits, cells))

    def _store(self, stack: list[Value], name: str, offset: int) -> None:
        type_, _, how = name.partition(".store")
        width = int(how or type_[1:]) // 8
        value, address = stack.pop(), stack.pop()
        at = self._address(address, offset, width)
        self._write(at, (value[0] & (1 << 8 * width) - 1).to_bytes(width, "little"), [value[1]] * width, address[1])

    def _write(self, at: int, data: bytes, cells: list[Cells], place: Cells) -> None:
        if self.marked:
            self.stored |= place
            for k, one in enumerate(cells, at):
                self.before.setdefault(k, self.memory[k])
                self.made[k] = one
        self.memory[at : at + len(data)] = data

    def _move(self, stack: list[Value], name: str) -> None:
        length, source, target = stack.pop(), stack.pop(), stack.pop()
        count = self._decide(length)
        if count > _LARGEST:
            raise Beyond(name)
        at = self._address(target, 0, count)
        if name == "memory.fill":
            self._write(at, bytes([source[0] & 255]) * count, [source[1]] * count, target[1])
            return
        start = self._address(source, 0, count)
        cells = [source[1] | self.made.get(k, frozenset((("m", k),))) for k in range(start, start + count)] if self.marked else [_NONE] * count
        self._write(at, bytes(self.memory[start : start + count]), cells, target[1])
