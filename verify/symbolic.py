"""Loop-free integer wasm as z3 expressions: what a function returns, how it ends, and what it leaves in memory, for all arguments at once.

Control flow is merged, not enumerated: at the end of a block the states that arrive become one, by if-then-else over their conditions.
Memory is three things: the caller's, an array of bytes that both sides of a comparison share, where addresses are never checked but
accesses recorded; the function's own stack, bytes at known distances from the stack pointer; and constant data, known bytes of which an
access that strays is recorded. Loops are unrolled; what goes on after that is recorded as `overrun`.
Limits: raises Unsupported for floats, globals but the stack pointer, arrays on the stack, writes to data, indirect calls, imports,
recursion, and more than `MOST_INSTRUCTIONS` after inlining of calls and unrolling.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import z3

from transpile.corpus.wasm.instructions import Instruction
from transpile.corpus.wasm.module import WasmFunction, WasmModule
from transpile.corpus.wasm.reader import Segment
from transpile.verify import driver
from transpile.verify.symbolic_values import (
    BINARY,
    COMPARE,
    DIVIDE,
    STACK,
    Unsupported,
    as_number,
    bits_of,
    closing,
    count_bits,
    distance_of,
    mentions,
    segment_of,
    simplified,
    truth,
)

MOST_INSTRUCTIONS = 800
_DEPTH = 8

@dataclass(slots=True)
class _State:
    """`condition` under which control is here; None for unreachable code."""

    condition: Any
    stack: list[Any]
    locals: list[Any]
    memory: Any
    own: Mapping[int, Any]
    """Bytes of the stack by distance from where the stack pointer was."""
    pointer: int
    """Where the stack pointer is, as such a distance."""

    def fork(self, condition: Any) -> _State:
        return _State(condition, list(self.stack), list(self.locals), self.memory, self.own, self.pointer)


@dataclass(slots=True)
class _Frame:
    """A block under way. `arriving`: states at its end; `otherwise`: the state of an if's other way, until its else."""

    kind: str
    height: int
    results: int
    arriving: list[_State] = field(default_factory=list)
    otherwise: _State | None = None


@dataclass(slots=True)
class Behaviour:
    """`ends`: (condition, status of `driver`) of every trap; `accesses`: (condition, address, width). `returns` is the remaining condition.

    `strays`: conditions of accesses outside of data; `overrun`: conditions under which a loop goes on after the last iteration that was unrolled.
    """

    ends: list[tuple[Any, int]] = field(default_factory=list)
    accesses: list[tuple[Any, Any, int]] = field(default_factory=list)
    strays: list[Any] = field(default_factory=list)
    overrun: list[Any] = field(default_factory=list)
    returns: Any = None
    result: Any = None
    memory: Any = None


def execute(function: WasmFunction, arguments: list[Any], memory: Any, loops: int = 8,
            pointers: Sequence[Any] | None = None) -> Behaviour:  # fmt: skip
    """The behaviour of a function on symbolic arguments (bit vectors) and memory, loops unrolled `loops` times.

    `pointers`: the arguments that point to the caller's memory, if the code knows other addresses too: those of data. Raises Unsupported.
    """
    behaviour = Behaviour()
    machine = _Machine(behaviour, loops, pointers)
    end = machine.call(function, arguments, _State(z3.BoolVal(True), [], [], memory, {}, 0), 0)
    behaviour.returns = end.condition if end.condition is not None else z3.BoolVal(False)
    behaviour.memory = end.memory
    behaviour.result = end.stack[-1] if end.stack else None
    return behaviour


class _Machine:
    def __init__(self, behaviour: Behaviour, loops: int, pointers: Sequence[Any] | None) -> None:
        self.behaviour, self.loops, self.pointers = behaviour, loops, pointers
        self.spent = 0

    def call(self, function: WasmFunction, arguments: list[Any], caller: _State, depth: int) -> _State:
        """The state after the body; its stack holds the results."""
        if depth > _DEPTH:
            raise Unsupported("calls too deep")
        zeros = [z3.BitVecVal(0, bits_of(t)) for t in function.locals]
        state = _State(caller.condition, [], [*arguments, *zeros], caller.memory, caller.own, caller.pointer)
        frames = [_Frame("block", 0, len(function.type[1]))]
        return self._steps(function.instructions, 0, len(function.instructions), state, frames, function.module, depth)

    def _steps(self, code: list[Instruction], at: int, end: int, state: _State, frames: list[_Frame], module: WasmModule, depth: int) -> _State:
        """The state after the instructions from `at` to before `end`."""
        skipped = 0
        while at < end:
            name, immediate, _ = code[at]
            self.spent += 1
            if self.spent > MOST_INSTRUCTIONS:
                raise Unsupported("too long")
            if state.condition is None and name not in ("end", "else"):
                skipped += name in ("block", "loop", "if")
            elif skipped:
                skipped -= name == "end"
            elif name == "loop":
                if isinstance(immediate, int):
                    raise Unsupported("a block of a function type")
                close = closing(code, at)
                state = self._loop(code, at, close, 1 if immediate else 0, state, frames, module, depth)
                at = close
            else:
                state = self._step(name, immediate, state, frames, module, depth)
            at += 1
        return state

    def _loop(self, code: list[Instruction], at: int, close: int, results: int, state: _State, frames: list[_Frame], module: WasmModule,
              depth: int) -> _State:  # fmt: skip
        """The state after a loop of at most `loops` iterations."""
        height = len(state.stack)
        leaving = _Frame("block", height, results)
        for _ in range(self.loops):
            again = _Frame("loop", height, 0)
            frames.append(again)
            state = self._steps(code, at + 1, close, state, frames, module, depth)
            frames.pop()
            _arrive(leaving, state)
            state = _merge(again, state)
            if state.condition is None:
                break
            # What is not simplified now would be repeated by every further iteration.
            state.condition = simplified(state.condition)
            if z3.is_false(state.condition):
                break
        else:
            self.behaviour.overrun.append(state.condition)
        return _merge(leaving, state)

    def _step(self, name: str, immediate: Any, state: _State, frames: list[_Frame], module: WasmModule, depth: int) -> _State:
        stack = state.stack
        if name in ("block", "if"):
            if isinstance(immediate, int):
                raise Unsupported("a block of a function type")
            frame = _Frame(name, len(stack) - (name == "if"), 1 if immediate else 0)
            frames.append(frame)
            if name == "if":
                condition = truth(stack.pop())
                frame.otherwise = state.fork(z3.And(state.condition, z3.Not(condition)))
                state.condition = z3.And(state.condition, condition)
        elif name == "else":
            frame = frames[-1]
            _arrive(frame, state)
            assert frame.otherwise is not None
            state, frame.otherwise = frame.otherwise, None
        elif name == "end":
            frame = frames.pop()
            _arrive(frame, state)
            if frame.otherwise is not None:
                _arrive(frame, frame.otherwise)
            state = _merge(frame, state)
        elif name in ("br", "return"):
            _branch(frames, len(frames) - 1 if name == "return" else immediate, state, state.condition)
            state.condition = None
        elif name == "br_if":
            condition = truth(stack.pop())
            _branch(frames, immediate, state, z3.And(state.condition, condition))
            state.condition = z3.And(state.condition, z3.Not(condition))
        elif name == "br_table":
            index = stack.pop()
            remaining = state.condition
            for value, target in enumerate(immediate[:-1]):
                _branch(frames, target, state, z3.And(state.condition, index == value))
                remaining = z3.And(remaining, index != value)
            _branch(frames, immediate[-1], state, remaining)
            state.condition = None
        elif name == "unreachable":
            self.behaviour.ends.append((state.condition, driver.UNREACHABLE))
            state.condition = None
        elif name == "call":
            self._call(immediate, state, module, depth)
        elif name in ("global.get", "global.set"):
            self._global(name, immediate, state, module)
        elif ".load" in name or ".store" in name:
            self._access(name, immediate, state, module)
        else:
            self._compute(name, immediate, state)
        return state

    def _call(self, index: int, state: _State, module: WasmModule, depth: int) -> None:
        first = len(module.function_types) - len(module.functions)
        if index < first:
            raise Unsupported("a call of an import")
        callee = module.functions[index - first]
        count = len(callee.type[0])
        arguments = state.stack[len(state.stack) - count :]
        del state.stack[len(state.stack) - count :]
        after = self.call(callee, arguments, state, depth + 1)
        state.condition, state.memory, state.own, state.pointer = after.condition, after.memory, after.own, after.pointer
        state.stack += after.stack

    def _global(self, name: str, index: int, state: _State, module: WasmModule) -> None:
        one = module.globals[index]
        if index == module.stack_pointer:
            if name == "global.get":
                state.stack.append(STACK + state.pointer)
            else:
                distance = distance_of(state.stack.pop())
                if distance is None:
                    raise Unsupported("a stack of variable size")
                state.pointer = distance
        elif name == "global.get" and not one.mutable and one.initial is not None:
            state.stack.append(z3.BitVecVal(one.initial, bits_of(one.type)))
        else:
            raise Unsupported("globals")

    def _access(self, name: str, immediate: tuple[int, int], state: _State, module: WasmModule) -> None:
        if name[0] == "f":
            raise Unsupported("floats")
        size = int(name[1:3])
        operation = name.partition(".")[2]
        digits = "".join(c for c in operation if c.isdigit())
        width = int(digits) // 8 if digits else size // 8
        value = state.stack.pop() if "store" in operation else None
        address = state.stack.pop() + immediate[1]
        distance = distance_of(address)
        if distance is not None:
            read = self._own(distance, width, value, state)
        elif mentions(address, [STACK]):
            raise Unsupported("arrays on the stack")
        elif (found := segment_of(address, module)) is not None:
            if value is not None:
                raise Unsupported("writes to data")
            read = self._constant(*found, width, state)
        elif self.pointers is not None and not mentions(address, self.pointers):
            raise Unsupported("an address that may lie in data")
        else:
            self.behaviour.accesses.append((state.condition, address, width))
            if value is not None:
                for k in range(width):
                    state.memory = z3.Store(state.memory, address + k, z3.Extract(8 * k + 7, 8 * k, value))
                return
            read = [z3.Select(state.memory, address + k) for k in range(width)]
        if value is not None:
            return
        loaded = z3.Concat(*reversed(read)) if width > 1 else read[0]
        extend = z3.SignExt if operation.endswith("_s") else z3.ZeroExt
        state.stack.append(extend(size - 8 * width, loaded) if size > 8 * width else loaded)

    def _own(self, distance: int, width: int, value: Any, state: _State) -> list[Any]:
        """Write to the function's own stack, or read the bytes there, the lowest first."""
        if value is not None:
            state.own = {**state.own, **{distance + k: simplified(z3.Extract(8 * k + 7, 8 * k, value)) for k in range(width)}}
            return []
        if any(distance + k not in state.own for k in range(width)):
            raise Unsupported("a read of what was not written to the stack")
        return [state.own[distance + k] for k in range(width)]

    def _constant(self, segment: Segment, index: Any, width: int, state: _State) -> list[Any]:
        """Bytes of a constant table, the lowest first."""
        last = len(segment.data) - width
        if last < 0 or last > 2048:
            raise Unsupported("data of that size")
        if z3.is_bv_value(index):
            place = index.as_long()
            if place > last:
                raise Unsupported("an address behind data")
            return [z3.BitVecVal(segment.data[place + k], 8) for k in range(width)]
        self.behaviour.strays.append(z3.And(state.condition, z3.UGT(index, last)))
        table = z3.K(z3.BitVecSort(32), z3.BitVecVal(0, 8))
        for place, byte in enumerate(segment.data):
            if byte:
                table = z3.Store(table, place, byte)
        return [z3.Select(table, index + k) for k in range(width)]

    def _compute(self, name: str, immediate: Any, state: _State) -> None:
        stack = state.stack
        kind, _, operation = name.partition(".")
        if name in ("i32.const", "i64.const"):
            stack.append(z3.BitVecVal(immediate, bits_of(kind)))
        elif kind == "local":
            if operation == "get":
                stack.append(state.locals[immediate])
            else:
                state.locals[immediate] = stack[-1]
                if operation == "set":
                    stack.pop()
        elif name == "drop":
            stack.pop()
        elif name == "select":
            condition, other, then = truth(stack.pop()), stack.pop(), stack.pop()
            stack.append(z3.If(condition, then, other))
        elif kind in ("i32", "i64") and operation in DIVIDE:
            self._divide(operation, state)
        elif kind in ("i32", "i64") and operation in BINARY:
            right, left = stack.pop(), stack.pop()
            stack.append(BINARY[operation](left, right))
        elif kind in ("i32", "i64") and operation in COMPARE:
            right, left = stack.pop(), stack.pop()
            stack.append(as_number(COMPARE[operation](left, right)))
        elif kind in ("i32", "i64") and operation == "eqz":
            stack.append(as_number(z3.Not(truth(stack.pop()))))
        elif kind in ("i32", "i64") and operation in ("clz", "ctz", "popcnt"):
            stack.append(count_bits(operation, stack.pop()))
        elif name == "i32.wrap_i64":
            stack.append(z3.Extract(31, 0, stack.pop()))
        elif name in ("i64.extend_i32_s", "i64.extend_i32_u"):
            stack.append((z3.SignExt if name[-1] == "s" else z3.ZeroExt)(32, stack.pop()))
        elif operation in ("extend8_s", "extend16_s", "extend32_s"):
            width = int(operation[6:-2])
            stack.append(z3.SignExt(bits_of(kind) - width, z3.Extract(width - 1, 0, stack.pop())))
        elif name != "nop":
            raise Unsupported(name)

    def _divide(self, operation: str, state: _State) -> None:
        right, left = state.stack.pop(), state.stack.pop()
        self.behaviour.ends.append((z3.And(state.condition, right == 0), driver.DIVISION_BY_ZERO))
        state.condition = z3.And(state.condition, right != 0)
        if operation == "div_s":
            overflow = z3.And(left == 1 << (left.size() - 1), right == -1)
            self.behaviour.ends.append((z3.And(state.condition, overflow), driver.INTEGER_OVERFLOW))
            state.condition = z3.And(state.condition, z3.Not(overflow))
        state.stack.append(DIVIDE[operation](left, right))


def _branch(frames: list[_Frame], depth: int, state: _State, condition: Any) -> None:
    _arrive(frames[-1 - depth], state.fork(condition))


def _arrive(frame: _Frame, state: _State) -> None:
    if state.condition is None:
        return
    kept = state.stack[len(state.stack) - frame.results :] if frame.results else []
    stack = [*state.stack[: frame.height], *kept]
    frame.arriving.append(_State(state.condition, stack, state.locals, state.memory, state.own, state.pointer))


def _merge(frame: _Frame, fallen: _State) -> _State:
    """One state out of those that arrive; their conditions exclude each other."""
    if not frame.arriving:
        return _State(None, fallen.stack[: frame.height], fallen.locals, fallen.memory, fallen.own, fallen.pointer)
    *others, out = frame.arriving
    for state in reversed(others):
        when = state.condition
        if state.pointer != out.pointer:
            raise Unsupported("a stack of variable size")
        out = _State(
            z3.Or(when, out.condition),
            [_choose(when, a, b) for a, b in zip(state.stack, out.stack, strict=True)],
            [_choose(when, a, b) for a, b in zip(state.locals, out.locals, strict=True)],
            _choose(when, state.memory, out.memory),
            _choose_bytes(when, state.own, out.own),
            out.pointer,
        )
    return out


def _choose(condition: Any, then: Any, other: Any) -> Any:
    return then if then.eq(other) else z3.If(condition, then, other)


def _choose_bytes(condition: Any, then: Mapping[int, Any], other: Mapping[int, Any]) -> Mapping[int, Any]:
    """Bytes of the stack that both ways have written; the others can't be read any more."""
    if then is other:
        return then
    return {place: _choose(condition, byte, other[place]) for place, byte in then.items() if place in other}
