"""Stack code as a tree: canonical WAT text to expressions and statements with labels.

Values that wait on the stack while something changes what they read are put into temporaries first, so that evaluating a statement's
expressions in place gives what the stack gave. Code that cannot be reached is dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from transpile.corpus.libm import MATH
from transpile.corpus.lifting.tree import (
    INDIRECT,
    Again,
    Block,
    Body,
    CallNode,
    Const,
    Do,
    Exit,
    FunctionName,
    Get,
    If,
    Load,
    Loop,
    Node,
    NotLiftable,
    Op,
    Return,
    Set,
    Stmt,
    Store,
    Switch,
    Symbol,
    Trap,
    nodes,
    reads_memory,
)  # fmt: skip
from transpile.corpus.wasm.opcodes import EFFECTS
from transpile.corpus.wasm.wat_text import ParsedFunction, parse_types, read_constant

LIBRARY = frozenset({"memset", "memcpy", "memmove"})
"""C library calls that compilers make up. They return their first argument."""


@dataclass(slots=True)
class _Frame:
    kind: str
    label: str
    gives: tuple[str, ...]
    height: int
    outer: list[Stmt]
    condition: Node | None = None
    then: list[Stmt] | None = None


@dataclass(slots=True)
class TreeBuilder:
    """Builds the tree of one function; `build` may be called once. `callees` maps a called name to its wasm result ("" for none) and
    number of parameters."""

    function: ParsedFunction
    callees: dict[str, tuple[int, str]]
    stack: list[Node] = field(default_factory=list)
    out: list[Stmt] = field(default_factory=list)
    types: dict[str, str] = field(default_factory=dict)
    """Wasm type of every local, temporaries too."""

    def build(self) -> Body:
        """The body. Raises NotLiftable for what the rules do not know."""
        try:
            return self._build()
        except IndexError:  # compilers drop arguments and results that nothing needs
            raise NotLiftable("a callee has another type than its signature says") from None

    def _build(self) -> Body:
        function = self.function
        self.types |= {f"p{i}": kind for i, kind in enumerate(function.parameters)}
        self.types |= {f"v{i}": kind for i, kind in enumerate(function.locals)}
        frames: list[_Frame] = []
        dead = skipped = 0
        for i, (name, operands) in enumerate(function.instructions[:-1]):
            if dead:
                if name in ("block", "loop", "if"):
                    skipped += 1
                    continue
                if skipped:
                    skipped -= name == "end"
                    continue
                if name not in ("end", "else"):
                    continue
            if name in ("block", "loop", "if"):
                self._open(name, operands, frames)
            elif name in ("end", "else"):
                self._close(name, frames, dead)
                dead = 0
            else:
                if name == "call" and operands[0] not in self.callees and function.instructions[i + 1][0] == "unreachable":
                    continue  # what never comes back is a panic
                self._step(name, operands, frames)
                dead = name in ("br", "br_table", "return", "unreachable")
        if not dead:
            self.out.append(Return(self.stack.pop() if function.results else None))
        return tuple(self.out)

    def _temporary(self, kind: str) -> str:
        name = f"t{sum(n[0] == 't' for n in self.types)}"
        self.types[name] = kind
        return name

    def _spill(self, must: Callable[[Node], bool]) -> None:
        """Put waiting values that `must` be evaluated now into temporaries."""
        for i, node in enumerate(self.stack):
            if must(node):
                name = self._temporary(node.kind)
                self.out.append(Set(name, node))
                self.stack[i] = Get(node.kind, name)

    def _open(self, name: str, operands: tuple[str, ...], frames: list[_Frame]) -> None:
        takes, gives = parse_types(operands[1:])
        if takes or len(gives) > 1:
            raise NotLiftable("a block with parameters")
        condition = self.stack.pop() if name == "if" else None
        self._spill(lambda node: not isinstance(node, Const | Symbol))
        frames.append(_Frame(name, operands[0], gives, len(self.stack), self.out, condition))
        for kind in gives:
            self.types[f"r{operands[0]}"] = kind
        self.out = []

    def _leave(self, frame: _Frame) -> None:
        """Put the value on top of the stack where the code behind the block finds it."""
        if frame.gives and frame.kind != "loop":
            self.out.append(Set(f"r{frame.label}", self.stack[-1]))

    def _close(self, name: str, frames: list[_Frame], dead: int) -> None:
        frame = frames[-1]
        if not dead:
            if frame.kind == "loop" and frame.gives:
                self.out.append(Set(f"r{frame.label}", self.stack[-1]))
            self._leave(frame)
            if frame.kind == "loop":
                self.out.append(Exit(frame.label))
        del self.stack[frame.height :]
        body = self.out
        if name == "else":
            frame.then, self.out = body, []
            return
        frames.pop()
        self.out = frame.outer
        if frame.kind == "loop":
            self.out.append(Loop(frame.label, tuple(body)))
        elif frame.kind == "block":
            self.out.append(Block(frame.label, tuple(body)))
        else:
            assert frame.condition is not None
            then, other = (body, []) if frame.then is None else (frame.then, body)
            self.out.append(Block(frame.label, (If(frame.condition, tuple(then), tuple(other)),)))
        for kind in frame.gives:
            self.stack.append(Get(kind, f"r{frame.label}"))

    def _jump(self, label: str, frames: list[_Frame]) -> Body:
        """The statements that do a branch; a value handed over is set before."""
        if label == "func":
            return (Return(self.stack[-1] if self.function.results else None),)
        frame = next(f for f in reversed(frames) if f.label == label)
        if frame.kind == "loop":
            return (Again(label),)
        if frame.gives:
            return (Set(f"r{label}", self.stack[-1]), Exit(label))
        return (Exit(label),)

    def _step(self, name: str, operands: tuple[str, ...], frames: list[_Frame]) -> None:
        stack = self.stack
        kind, _, short = name.partition(".")
        if name == "local.get":
            stack.append(Get(self.types[operands[0]], operands[0]))
        elif name in ("local.set", "local.tee"):
            value = stack.pop()
            self._spill(lambda node: any(isinstance(n, Get) and n.name == operands[0] for n in nodes(node)))
            self.out.append(Set(operands[0], value))
            if name == "local.tee":
                stack.append(Get(value.kind, operands[0]))
        elif short == "const":
            if operands[0][0] == "d":
                stack.append(Symbol("i32", operands[0], int(operands[1]) if len(operands) > 1 else 0))
            elif operands[0][0] == "h":
                stack.append(FunctionName("i32", operands[0]))
            else:
                stack.append(Const(kind, read_constant(operands[0], kind)))
        elif name == "drop":
            value = stack.pop()
            if isinstance(value, CallNode):
                self.out.append(Do(value))
        elif name == "nop":
            pass
        elif name == "select":
            then, other, condition = stack[-3:]
            stack[-3:] = [Op(then.kind, "select", (condition, then, other))]
        elif name == "br":
            self.out += self._jump(operands[0], frames)
        elif name == "br_if":
            condition = stack.pop()
            self.out.append(If(condition, self._jump(operands[0], frames)))
        elif name == "br_table":
            value = stack.pop()
            *labels, default = operands
            grouped: dict[str, list[int]] = {}
            for i, label in enumerate(labels):
                if label != default:
                    grouped.setdefault(label, []).append(i)
            cases = tuple((tuple(values), self._jump(label, frames)) for label, values in grouped.items())
            self.out.append(Switch(value, cases, self._jump(default, frames)))
        elif name == "return":
            self.out.append(Return(stack.pop() if self.function.results else None))
        elif name == "unreachable":
            self.out.append(Trap())
        elif name == "call":
            self._call(operands[0])
        elif name == "call_indirect":
            takes, gives = parse_types(operands)
            target, count = stack.pop(), len(takes)
            args = tuple(stack[len(stack) - count :])
            del stack[len(stack) - count :]
            self._called(CallNode(gives[0] if gives else "", INDIRECT, (target, *args)))
        elif ".load" in name:
            address, offset = self._address(stack.pop(), operands)
            stack.append(Load(kind, name, address, offset))
        elif ".store" in name:
            value, address = stack.pop(), stack.pop()
            self._spill(reads_memory)
            self.out.append(Store(name, *self._address(address, operands), value))
        elif name in EFFECTS and kind in ("i32", "i64", "f32", "f64"):
            takes, gives = EFFECTS[name]
            args = tuple(stack[len(stack) - len(takes) :])
            del stack[len(stack) - len(takes) :]
            stack.append(Op(gives[0], name, args))
        elif name == "global.get" and operands[0] == "sp":
            stack.append(Get("i32", "sp"))
            self.types["sp"] = "i32"
        elif name == "global.set" and operands[0] == "sp":
            value = stack.pop()
            self._spill(lambda node: any(isinstance(n, Get) and n.name == "sp" for n in nodes(node)))
            self.out.append(Set("sp", value))
        else:
            raise NotLiftable(f"{name} {' '.join(operands)}".strip())

    @staticmethod
    def _address(address: Node, operands: tuple[str, ...]) -> tuple[Node, int]:
        numbers = [one for one in operands if not one.startswith("align=")]
        if numbers and numbers[0][0] == "d":
            symbol = Symbol("i32", numbers[0], int(numbers[1]) if len(numbers) > 1 else 0)
            return Op("i32", "i32.add", (symbol, address)), 0
        return address, int(numbers[0], 0) if numbers else 0

    def _call(self, name: str) -> None:
        if name in LIBRARY:
            args = tuple(self.stack[-3:])
            del self.stack[-3:]
            self._spill(reads_memory)
            self.out.append(Do(CallNode("", name, args)))
            self.stack.append(args[0])
            return
        if name in MATH and name not in self.callees:
            count = len(MATH[name].parameters)
            # It keeps no state: an operation like any.
            self.stack[len(self.stack) - count :] = [Op(MATH[name].type, f"math.{name}", tuple(self.stack[-count:]))]
            return
        if name not in self.callees:
            raise NotLiftable(f"call of {name}")
        count, result = self.callees[name]
        if len(self.stack) < count:
            raise IndexError(name)
        args = tuple(self.stack[len(self.stack) - count :]) if count else ()
        del self.stack[len(self.stack) - count :]
        self._called(CallNode(result, name, args))

    def _called(self, call: CallNode) -> None:
        self._spill(reads_memory)
        if not call.kind:
            self.out.append(Do(call))
            return
        temporary = self._temporary(call.kind)
        self.out.append(Set(temporary, call))
        self.stack.append(Get(call.kind, temporary))
