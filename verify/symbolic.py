"""Loop-free integer wasm as z3 expressions: what a function returns, how it ends, and what it leaves in memory, for all arguments at once.

Control flow is merged, not enumerated: at the end of a block the states that arrive become one, by if-then-else over their conditions.
Memory is an array of bytes that both sides of a comparison share; addresses are never checked here, accesses are recorded instead.
Limits: raises Unsupported for loops with a way back, floats, globals (so also the stack in memory), data segments, indirect calls,
imports, recursion, and more than `MOST_INSTRUCTIONS` after inlining of calls.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import z3

from transpile.corpus.wasm import WasmFunction, WasmModule
from transpile.verify import driver

MOST_INSTRUCTIONS = 600
_DEPTH = 8

_BINARY = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
    "xor": lambda a, b: a ^ b,
    "shl": lambda a, b: a << (b & (a.size() - 1)),
    "shr_s": lambda a, b: a >> (b & (a.size() - 1)),
    "shr_u": lambda a, b: z3.LShR(a, b & (a.size() - 1)),
    "rotl": lambda a, b: z3.RotateLeft(a, b & (a.size() - 1)),
    "rotr": lambda a, b: z3.RotateRight(a, b & (a.size() - 1)),
}
_COMPARE = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "lt_s": lambda a, b: a < b,
    "lt_u": z3.ULT,
    "gt_s": lambda a, b: a > b,
    "gt_u": z3.UGT,
    "le_s": lambda a, b: a <= b,
    "le_u": z3.ULE,
    "ge_s": lambda a, b: a >= b,
    "ge_u": z3.UGE,
}
_DIVIDE = {"div_s": lambda a, b: a / b, "div_u": z3.UDiv, "rem_s": z3.SRem, "rem_u": z3.URem}


class Unsupported(Exception):
    """The function is outside what is modelled."""


@dataclass(slots=True)
class _State:
    """`condition` under which control is here; None for unreachable code."""

    condition: Any
    stack: list[Any]
    locals: list[Any]
    memory: Any

    def fork(self, condition: Any) -> _State:
        return _State(condition, list(self.stack), list(self.locals), self.memory)


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
    """`ends`: (condition, status of `driver`) of every trap; `accesses`: (condition, address, width). `returns` is the remaining condition."""

    ends: list[tuple[Any, int]] = field(default_factory=list)
    accesses: list[tuple[Any, Any, int]] = field(default_factory=list)
    returns: Any = None
    result: Any = None
    memory: Any = None


def execute(function: WasmFunction, arguments: list[Any], memory: Any) -> Behaviour:
    """The behaviour of a function on symbolic arguments (bit vectors) and memory. Raises Unsupported."""
    behaviour = Behaviour()
    machine = _Machine(behaviour)
    end = machine.call(function, arguments, _State(z3.BoolVal(True), [], [], memory), 0)
    behaviour.returns = end.condition if end.condition is not None else z3.BoolVal(False)
    behaviour.memory = end.memory
    behaviour.result = end.stack[-1] if end.stack else None
    return behaviour


class _Machine:
    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.spent = 0

    def call(self, function: WasmFunction, arguments: list[Any], caller: _State, depth: int) -> _State:
        """The state after the body; its stack holds the results."""
        if depth > _DEPTH:
            raise Unsupported("calls too deep")
        zeros = [z3.BitVecVal(0, _bits(t)) for t in function.locals]
        state = _State(caller.condition, [], [*arguments, *zeros], caller.memory)
        frames = [_Frame("block", 0, len(function.type[1]))]
        skipped = 0
        for name, immediate, _ in function.instructions:
            self.spent += 1
            if self.spent > MOST_INSTRUCTIONS:
                raise Unsupported("too long")
            if state.condition is None and name not in ("end", "else"):
                skipped += name in ("block", "loop", "if")
            elif skipped:
                skipped -= name == "end"
            else:
                state = self._step(name, immediate, state, frames, function.module, depth)
        return state

    def _step(self, name: str, immediate: Any, state: _State, frames: list[_Frame], module: WasmModule, depth: int) -> _State:
        stack = state.stack
        if name in ("block", "loop", "if"):
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
        elif ".load" in name or ".store" in name:
            self._access(name, immediate, state)
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
        state.condition, state.memory = after.condition, after.memory
        state.stack += after.stack

    def _access(self, name: str, immediate: tuple[int, int], state: _State) -> None:
        if name[0] == "f":
            raise Unsupported("floats")
        size = int(name[1:3])
        operation = name.partition(".")[2]
        digits = "".join(c for c in operation if c.isdigit())
        width = int(digits) // 8 if digits else size // 8
        value = state.stack.pop() if "store" in operation else None
        address = state.stack.pop() + immediate[1]
        self.behaviour.accesses.append((state.condition, address, width))
        if value is not None:
            for k in range(width):
                state.memory = z3.Store(state.memory, address + k, z3.Extract(8 * k + 7, 8 * k, value))
            return
        read = [z3.Select(state.memory, address + k) for k in reversed(range(width))]
        loaded = z3.Concat(*read) if width > 1 else read[0]
        extend = z3.SignExt if operation.endswith("_s") else z3.ZeroExt
        state.stack.append(extend(size - 8 * width, loaded) if size > 8 * width else loaded)

    def _compute(self, name: str, immediate: Any, state: _State) -> None:
        stack = state.stack
        kind, _, operation = name.partition(".")
        if name in ("i32.const", "i64.const"):
            stack.append(z3.BitVecVal(immediate, _bits(kind)))
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
        elif kind in ("i32", "i64") and operation in _DIVIDE:
            self._divide(operation, state)
        elif kind in ("i32", "i64") and operation in _BINARY:
            right, left = stack.pop(), stack.pop()
            stack.append(_BINARY[operation](left, right))
        elif kind in ("i32", "i64") and operation in _COMPARE:
            right, left = stack.pop(), stack.pop()
            stack.append(_number(_COMPARE[operation](left, right)))
        elif kind in ("i32", "i64") and operation == "eqz":
            stack.append(_number(z3.Not(truth(stack.pop()))))
        elif kind in ("i32", "i64") and operation in ("clz", "ctz", "popcnt"):
            stack.append(_count(operation, stack.pop()))
        elif name == "i32.wrap_i64":
            stack.append(z3.Extract(31, 0, stack.pop()))
        elif name in ("i64.extend_i32_s", "i64.extend_i32_u"):
            stack.append((z3.SignExt if name[-1] == "s" else z3.ZeroExt)(32, stack.pop()))
        elif operation in ("extend8_s", "extend16_s", "extend32_s"):
            width = int(operation[6:-2])
            stack.append(z3.SignExt(_bits(kind) - width, z3.Extract(width - 1, 0, stack.pop())))
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
        state.stack.append(_DIVIDE[operation](left, right))


def truth(value: Any) -> Any:
    """Whether a number is not 0; of a number made by a comparison, the comparison itself."""
    if z3.is_app_of(value, z3.Z3_OP_ITE) and _is(value.arg(1), 1) and _is(value.arg(2), 0):
        return value.arg(0)
    return value != 0


def _is(value: Any, number: int) -> bool:
    return bool(z3.is_bv_value(value)) and value.as_long() == number


def _number(condition: Any) -> Any:
    return z3.If(condition, z3.BitVecVal(1, 32), z3.BitVecVal(0, 32))


def _bits(wasm_type: str) -> int:
    if wasm_type not in ("i32", "i64"):
        raise Unsupported("floats")
    return 32 if wasm_type == "i32" else 64


def _count(operation: str, value: Any) -> Any:
    size = value.size()
    bits = [z3.Extract(k, k, value) for k in range(size)]
    if operation == "popcnt":
        return sum((z3.ZeroExt(size - 1, b) for b in bits[1:]), z3.ZeroExt(size - 1, bits[0]))
    out = z3.BitVecVal(size, size)
    # The bit that decides is the outermost condition: for clz the highest, so build from the lowest.
    for k in range(size) if operation == "clz" else reversed(range(size)):
        out = z3.If(bits[k] == 1, z3.BitVecVal(size - 1 - k if operation == "clz" else k, size), out)
    return out


def _branch(frames: list[_Frame], depth: int, state: _State, condition: Any) -> None:
    frame = frames[-1 - depth]
    if frame.kind == "loop":
        raise Unsupported("a loop")
    _arrive(frame, state.fork(condition))


def _arrive(frame: _Frame, state: _State) -> None:
    if state.condition is None:
        return
    kept = state.stack[len(state.stack) - frame.results :] if frame.results else []
    frame.arriving.append(_State(state.condition, [*state.stack[: frame.height], *kept], state.locals, state.memory))


def _merge(frame: _Frame, fallen: _State) -> _State:
    """One state out of those that arrive; their conditions exclude each other."""
    if not frame.arriving:
        return _State(None, fallen.stack[: frame.height], fallen.locals, fallen.memory)
    *others, out = frame.arriving
    for state in reversed(others):
        when = state.condition
        out = _State(
            z3.Or(when, out.condition),
            [_choose(when, a, b) for a, b in zip(state.stack, out.stack, strict=True)],
            [_choose(when, a, b) for a, b in zip(state.locals, out.locals, strict=True)],
            _choose(when, state.memory, out.memory),
        )
    return out


def _choose(condition: Any, then: Any, other: Any) -> Any:
    return then if then.eq(other) else z3.If(condition, then, other)
