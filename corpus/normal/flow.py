"""From canonical text to the graph of `graph`, by running the instructions on a stack of values.

Construction of static single assignment form: Braun et al., Simple and Efficient Construction of Static Single Assignment Form (2013).
What cannot be reached is left out. Invariant: the graph does what the text does; the simplifications of `Values` apply at once.
Limits: calls need the callees' types, g0.. the globals' types; a call with several results is refused (`NotNormal`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transpile.corpus.normal.graph import Block, Edge, Event, Flow, NotNormal, address, numeric_traps
from transpile.corpus.normal.values import Values
from transpile.corpus.wasm.instructions import FunctionType
from transpile.corpus.wasm.opcodes import EFFECTS, NATURAL_ALIGNMENT, WIDTH
from transpile.corpus.wasm.wat_text import ParsedFunction, parse_types, read_constant


@dataclass(slots=True)
class _Frame:
    kind: str
    takes: tuple[str, ...]
    gives: tuple[str, ...]
    target: Block
    height: int
    otherwise: Block | None = None
    arguments: tuple[int, ...] = ()

    @property
    def branch_types(self) -> tuple[str, ...]:
        return self.takes if self.kind == "loop" else self.gives


_ANYTHING = frozenset({"*"})


class FlowBuilder:
    """Builds the graph of one function; `build` may be called once."""

    def __init__(
        self, function: ParsedFunction, callees: Sequence[FunctionType], globals: Sequence[str], bounds: Mapping[int, int]
    ) -> None:
        self.function = function
        self.values = Values()
        self.callees = callees
        self.globals = globals
        self.bounds = bounds
        self.entry = Block(sealed=True)
        self.exit = Block(ending="return")
        self.blocks = [self.entry]
        self._types: dict[object, str] = {}

    # ------------------------------------------------------------ variables

    def _write(self, block: Block, variable: object, value: int) -> None:
        block.definitions[variable] = value

    def _read(self, block: Block, variable: object) -> int:
        chain = []
        while variable not in block.definitions:
            if not block.sealed or len(block.incoming) != 1:
                break
            chain.append(block)
            block = block.incoming[0].source
        found = block.definitions.get(variable)
        if found is None:
            kind = self._types[variable]
            found = self.values.opaque("phi", kind)
            block.definitions[variable] = found
            block.phis.append(found)
            if block.sealed:
                self._fill(block, variable, found)
            else:
                block.waiting.append((variable, kind, found))
        for one in chain:
            one.definitions[variable] = found
        return found

    def _fill(self, block: Block, variable: object, phi: int) -> None:
        for edge in block.incoming:
            edge.arguments[phi] = self._read(edge.source, variable)

    def _seal(self, block: Block) -> None:
        block.sealed = True
        for variable, _, phi in block.waiting:
            self._fill(block, variable, phi)
        block.waiting.clear()

    def _link(self, source: Block, target: Block) -> None:
        edge = Edge(source, target)
        source.edges.append(edge)
        target.incoming.append(edge)

    # ------------------------------------------------------------ reading the instructions

    def build(self) -> Flow:
        function, values = self.function, self.values
        for i, kind in enumerate(function.parameters):
            self._types[f"p{i}"] = kind
            parameter = values.node("parameter", kind, i)
            if i in self.bounds:
                values.bounds[parameter] = self.bounds[i]
            self._write(self.entry, f"p{i}", parameter)
        for i, kind in enumerate(function.locals):
            self._types[f"v{i}"] = kind
            self._write(self.entry, f"v{i}", values.constant(kind, 0))
        stack: list[int] = []
        frames = {"func": _Frame("func", (), function.results, self.exit, 0)}
        current: Block | None = self.entry
        skipped = 0
        for name, operands in function.instructions:
            if current is None:
                if name in ("block", "loop", "if"):
                    skipped += 1
                    continue
                if name not in ("end", "else") or (skipped and name == "else"):
                    continue
                if skipped:
                    skipped -= 1
                    continue
            if name in ("end", "else"):
                label = next(reversed(frames))
                frame = frames[label]
                if current is not None and not (name == "end" and frame.kind == "loop"):
                    self._leave(current, label, frame, stack)
                    self._jump(current, frame.target)
                if name == "else":
                    assert frame.otherwise is not None
                    current, frame.otherwise = frame.otherwise, None
                    stack[frame.height :] = frame.arguments
                    continue
                del frames[label]
                if frame.kind == "loop":
                    self._seal(frame.target)
                    continue
                if frame.otherwise is not None:
                    stack[frame.height :] = frame.arguments
                    self._leave(frame.otherwise, label, frame, stack)
                    self._jump(frame.otherwise, frame.target)
                self._seal(frame.target)
                if frame.kind == "func":
                    break
                current = None
                del stack[frame.height :]
                if frame.target.incoming:
                    current = frame.target
                    self.blocks.append(current)
                    stack += [self._read(current, (label, i)) for i in range(len(frame.gives))]
                continue
            assert current is not None
            if name in ("block", "loop", "if"):
                current = self._open(current, name, operands, frames, stack)
            elif name == "br":
                self._leave(current, operands[0], frames[operands[0]], stack)
                self._jump(current, frames[operands[0]].target)
                current = None
            elif name in ("br_if", "br_table", "return", "unreachable"):
                current = self._end_block(current, name, operands, frames, stack)
            else:
                self._step(current, name, operands, stack)
        if self.exit.incoming:
            self.blocks.append(self.exit)
            self.exit.operands = tuple(self._read(self.exit, ("func", i)) for i in range(len(function.results)))
        return Flow(function, values, self.entry, self.exit, self.blocks)

    def _leave(self, block: Block, label: str, frame: _Frame, stack: list[int]) -> None:
        """Hand the values on top of the stack over to a label."""
        kinds = frame.branch_types
        for i, kind in enumerate(kinds):
            self._types[label, i] = kind
            self._write(block, (label, i), stack[len(stack) - len(kinds) + i])

    def _jump(self, block: Block, target: Block) -> None:
        block.ending = "jump"
        self._link(block, target)

    def _open(self, block: Block, name: str, operands: tuple[str, ...], frames: dict[str, _Frame], stack: list[int]) -> Block:
        label = operands[0]
        takes, gives = parse_types(operands[1:])
        condition = stack.pop() if name == "if" else 0
        height = len(stack) - len(takes)
        frame = frames[label] = _Frame(name, takes, gives, Block(), height, None, tuple(stack[height:]))
        for i, kind in enumerate(gives if name != "loop" else takes):
            self._types[label, i] = kind
        if name == "block":
            return block
        if name == "loop":
            self._leave(block, label, frame, stack)
            self._jump(block, frame.target)
            self.blocks.append(frame.target)
            stack[height:] = [self._read(frame.target, (label, i)) for i in range(len(takes))]
            return frame.target
        then, other = Block(), Block()
        self._branch(block, condition, then, other)
        frame.otherwise = other
        for one in (then, other):
            self._seal(one)
            self.blocks.append(one)
        return then

    def _branch(self, block: Block, condition: int, then: Block, other: Block) -> None:
        block.ending, block.operands = "branch", (condition,)
        self._link(block, then)
        self._link(block, other)

    def _end_block(
        self, block: Block, name: str, operands: tuple[str, ...], frames: dict[str, _Frame], stack: list[int]
    ) -> Block | None:
        if name == "unreachable":
            block.ending = "trap"
            return None
        if name == "return":
            self._leave(block, "func", frames["func"], stack)
            self._jump(block, self.exit)
            return None
        condition = stack.pop()
        for label in operands:
            self._leave(block, label, frames[label], stack)
        if name == "br_table":
            block.ending, block.operands = "switch", (condition,)
            for label in operands:
                self._link(block, frames[label].target)
            return None
        after = Block()
        self._branch(block, condition, frames[operands[0]].target, after)
        self._seal(after)
        self.blocks.append(after)
        return after

    def _step(self, block: Block, name: str, operands: tuple[str, ...], stack: list[int]) -> None:
        """One instruction without control flow."""
        values = self.values
        kind, _, short = name.partition(".")
        if kind == "local":
            if name == "local.get":
                stack.append(self._read(block, operands[0]))
            else:
                self._write(block, operands[0], stack[-1] if name == "local.tee" else stack.pop())
        elif short == "const":
            stack.append(self._constant(kind, operands))
        elif name == "drop":
            stack.pop()
        elif name == "nop":
            pass
        elif name == "select":
            taken = stack[-3:]
            stack[-3:] = [values.build("select", tuple(taken))]
        elif kind == "global":
            self._global(block, name, operands[0], stack)
        elif name in ("call", "call_indirect"):
            self._call(block, name, operands, stack)
        else:
            takes, gives = EFFECTS[name]
            taken = tuple(stack[len(stack) - len(takes) :])
            del stack[len(stack) - len(takes) :]
            if name in NATURAL_ALIGNMENT or kind == "memory":
                self._memory(block, name, operands, taken, stack)
                return
            traps = numeric_traps(values, name, taken)
            if traps:
                stack.append(self._event(block, Event(name, (), taken, None, traps=traps), gives[0]))
            else:
                stack.append(values.build(name, taken))

    def _constant(self, kind: str, operands: tuple[str, ...]) -> int:
        if operands[0][0] == "d":
            return address(self.values, operands)
        return self.values.constant(kind, read_constant(operands[0], kind))

    def _event(self, block: Block, event: Event, kind: str | None, bound: int | None = None) -> int:
        block.events.append(event)
        if kind is None:
            return 0
        event.result = self.values.opaque("event", kind, bound)
        return event.result

    def _global(self, block: Block, name: str, which: str, stack: list[int]) -> None:
        if which != "sp" and int(which[1:]) >= len(self.globals):
            raise NotNormal(f"the type of {which} is not known")
        if name == "global.set":
            self._event(block, Event(name, (which,), (stack.pop(),), writes=frozenset({which})), None)
        else:
            kind = "i32" if which == "sp" else self.globals[int(which[1:])]
            stack.append(self._event(block, Event(name, (which,), (), reads=frozenset({which})), kind))

    def _call(self, block: Block, name: str, operands: tuple[str, ...], stack: list[int]) -> None:
        if name == "call_indirect":
            takes, gives = parse_types(operands)
            takes = (*takes, "i32")
        elif int(operands[0][1:]) < len(self.callees):
            takes, gives = self.callees[int(operands[0][1:])]
        else:
            raise NotNormal(f"the type of {operands[0]} is not known")
        if len(gives) > 1:
            raise NotNormal("a call with several results")
        taken = tuple(stack[len(stack) - len(takes) :])
        del stack[len(stack) - len(takes) :]
        event = Event(name, operands, taken, None, _ANYTHING, _ANYTHING, _ANYTHING)
        result = self._event(block, event, gives[0] if gives else None)
        if gives:
            stack.append(result)

    def _memory(self, block: Block, name: str, operands: tuple[str, ...], taken: tuple[int, ...], stack: list[int]) -> None:
        memory = frozenset({"memory"})
        if name == "memory.size":
            stack.append(self._event(block, Event(name, (), (), reads=memory), "i32"))
        elif name == "memory.grow":
            stack.append(self._event(block, Event(name, (), taken, None, memory, memory), "i32"))
        elif name in ("memory.copy", "memory.fill"):
            self._event(block, Event(name, (), taken, None, memory, memory, frozenset({"bounds"})), None)
        else:
            offset = tuple(one for one in operands if not one.startswith("align="))  # alignment is only a hint
            event = Event(name, offset, taken, None, traps=frozenset({"bounds"}))
            if "store" in name:
                event.writes = memory
                self._event(block, event, None)
            else:
                event.reads = memory
                bound = (1 << WIDTH[name] * 8) - 1 if name.endswith("_u") else None
                stack.append(self._event(block, event, name[:3], bound))
