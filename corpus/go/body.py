"""One function of Go's compiler as a function of LLVM: the stack in linear memory, the resume points and the goroutine switches go away.

What Go's assembler makes of a function is wasm with a calling convention of its own (`cmd/internal/obj/wasm/wasmobj.go`): one i32 parameter
says where to resume, a loop around a `br_table` jumps there, arguments and results lie on Go's stack, and a result of 1 asks the caller to unwind. Here,
an address relative to the stack pointer at entry becomes one into the caller's argument area or into the frame, both of which are
allocas; a jump through the resume point becomes a branch; a panic becomes a trap.

Invariant: the LLVM function does what the wasm does, on a stack that never runs out and that no other goroutine sees; nothing is undefined that wasm
defines, but for addresses whose offset overflows 32 bits. What does not fit this (an indirect call, a value loaded from the
stack's bookkeeping, a routine of Go's runtime) is `Unsupported`, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from transpile.corpus.go import ops as go_ops
from transpile.corpus.go.code import RETURN_ADDRESS, TRAPS, Label, Unsupported, Value, after_end, code_of
from transpile.corpus.go.object import Symbol
from transpile.corpus.wasm.instructions import Instruction
from transpile.corpus.wasm.opcodes import EFFECTS, WIDTH

_STACK_POINTER, _G = 0, 2
"""Globals of Go's modules."""


@dataclass(slots=True)
class Body:
    """Translates one function. `call` writes a call of another Go function (its name, the address of its arguments) and returns lines;
    `address` says the LLVM constant expression of a symbol, as a ptr."""

    symbol: Symbol
    call: Callable[[str, Body], None]
    address: Callable[[str], str]
    lines: list[str] = field(default_factory=list)
    stack: list[Value] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    pointer: int = 0
    """The stack pointer relative to its value at entry."""
    resume: int | None = None
    """What the resume point was last set to, in this stretch of code."""
    targets: tuple[str, ...] = ()
    """By number, where the dispatch jumps to."""
    fresh: int = 0
    alive: bool = True
    split: int | None = None
    """Offset in the frame from where on an address may be computed that is not constant."""
    kinds: list[str] = field(default_factory=list)
    doubt: Unsupported | None = None
    """An address that can't be had, as long as nothing but a panic may follow."""
    touched: list[tuple[int, int]] = field(default_factory=list)
    """Parts of the frame that one instruction accesses: (offset, size)."""

    def translate(self) -> list[str]:
        """The lines of `void @...(ptr %args)` between the braces. Raises Unsupported."""
        instructions, kinds, patches = code_of(self.symbol)
        self.kinds = ["i32", *kinds]
        if not kinds or kinds[0] != "i32":
            raise Unsupported("a routine with a calling convention of its own")
        self._run(instructions, patches)
        split = self.split
        while split is not None and (across := [start for start, size in self.touched if start < split < start + size]):
            split = min(across)
        if split is not None:
            # An address that is not constant showed on the way: what it may reach is kept apart.
            self.__init__(self.symbol, self.call, self.address)
            self.kinds, self.split = ["i32", *kinds], split
            self._run(instructions, patches)
        frame = self.symbol.frame
        head = [f"  %frame = alloca [{low} x i8], align 8"] if (low := frame if split is None else split) else []
        if split is not None:
            head.append(f"  %object = alloca [{frame - split} x i8], align 8")
        head += [f"  %l{k} = alloca {go_ops.llvm(kind)}" for k, kind in enumerate(self.kinds) if k > 1]
        zeros = [f"  store {go_ops.llvm(kind)} {go_ops.zero(kind)}, ptr %l{k}" for k, kind in enumerate(self.kinds) if k > 1]
        return [*head, *zeros, *self.lines]

    # ------------------------------------------------------------ values

    def name(self, text: str, type_: str) -> Value:
        """A new value, computed by an LLVM instruction."""
        self.fresh += 1
        self.lines.append(f"  %t{self.fresh} = {text}")
        return Value(type_, f"%t{self.fresh}")

    def pop(self, type_: str | None = None) -> Value:
        value = self.stack.pop()
        assert type_ is None or value.type == type_, (self.symbol.name, value, type_)
        return value

    def read(self, value: Value) -> str:
        """The LLVM operand of a value; an address becomes a number, and what it points into an object."""
        if value.number is not None:
            return str(value.number)
        if not value.base:
            return value.text
        if value.base == "guard":
            raise Unsupported("the limit of Go's stack as a value")
        place = self.place(value.base, value.offset, escapes=True)
        kind = "i32" if value.type == "i32" else "i64"
        return self.name(f"ptrtoint ptr {place} to {kind}", kind).text

    def place(self, base: str, offset: int, *, escapes: bool = False) -> str:
        """A ptr to a constant place: in the frame, among the arguments, or in a symbol's data."""
        if base != "stack":
            try:
                return self._advance(self.address(base), offset)
            except Unsupported as error:
                self.doubt = error
                return "null"
        if offset >= RETURN_ADDRESS:
            return self._advance("%args", offset - RETURN_ADDRESS)
        inside = offset + self.symbol.frame
        if not 0 <= inside < self.symbol.frame:
            raise Unsupported("an address outside of its frame")
        if escapes:
            self.split = inside if self.split is None else min(self.split, inside)
        if self.split is not None and inside >= self.split:
            return self._advance("%object", inside - self.split)
        return self._advance("%frame", inside)

    def _advance(self, place: str, offset: int) -> str:
        return self.name(f"getelementptr i8, ptr {place}, i32 {offset}", "ptr").text if offset else place

    def pointer_to(self, address: Value, offset: int, size: int) -> str:
        """A ptr to what an instruction accesses: that many bytes at an offset from an address."""
        if address.base and address.base != "guard":
            if address.base == "stack":
                self.touched.append((address.offset + offset + self.symbol.frame, size))
            return self.place(address.base, address.offset + offset)
        place = self.name(f"inttoptr i32 {self.read(address)} to ptr", "ptr").text
        return self.name(f"getelementptr nuw i8, ptr {place}, i32 {offset}", "ptr").text if offset else place

    # ------------------------------------------------------------ control

    def settle(self) -> None:
        """The end of a stretch of code that does not panic."""
        if self.doubt is not None and self.alive:
            raise self.doubt

    def label(self, text: str) -> None:
        self.lines.append(f"{text}:")
        self.alive = True

    def branch(self, target: str) -> None:
        self.settle()
        if self.alive:
            self.lines.append(f"  br label %{target}")
        self.alive = False

    def trap(self) -> None:
        if self.alive:
            self.lines += ["  call void @llvm.trap()", "  unreachable"]
        self.doubt = None
        self.alive = False

    def new_label(self) -> str:
        self.fresh += 1
        return f"b{self.fresh}"

    def _run(self, instructions: list[Instruction], patches: dict[int, tuple[str, str, int]]) -> None:
        self.labels = [Label("function", "", 0)]
        at = 0
        while at < len(instructions):
            name, immediate, offset = instructions[at]
            at += 1
            if not self.alive and name not in ("end", "else", "block", "loop", "if"):
                continue
            if name in ("block", "loop", "if"):
                at = self._open(name, immediate, instructions, at)
            elif name == "else":
                raise Unsupported("an else, which Go does not write")
            elif name == "end":
                self._close()
            elif name == "br_table":
                self._dispatch(immediate)
            elif name in ("br", "br_if"):
                self._branch(name, immediate)
            elif name in ("return", "unreachable"):
                self._return() if name == "return" else self.trap()
            elif name == "call":
                self._call(*patches[offset][1:])
            elif offset in patches:
                _, symbol, add = patches[offset]
                self.stack.append(Value("i64", base=symbol, offset=add))
            else:
                self._plain(name, immediate)
        if self.alive:
            self.trap()

    def _open(self, name: str, immediate: object, instructions: list[Instruction], at: int) -> int:
        if immediate != "":
            raise Unsupported("a block with a result")
        if name == "if" and self.alive:
            self.settle()
            condition = self.pop("i32")
            if condition.number == 0:  # the stack's limit is never reached, the write barrier never on
                return after_end(instructions, at)
            then, after = self.new_label(), self.new_label()
            test = self.name(f"icmp ne i32 {self.read(condition)}, 0", "i1").text
            self.lines.append(f"  br i1 {test}, label %{then}, label %{after}")
            self.labels.append(Label("if", after, len(self.stack), self.pointer))
            self.label(then)
            return at
        self.labels.append(Label(name, self.new_label(), len(self.stack)))
        if name == "loop" and len(self.labels) > 3:
            raise Unsupported("a loop that Go does not write")
        return at

    def _close(self) -> None:
        closed = self.labels.pop()
        if not self.labels:
            return
        if closed.kind == "loop":
            return  # what falls out of the dispatch goes on
        if closed.kind == "if":
            if self.alive and self.pointer != closed.pointer:
                raise Unsupported("a stack pointer that is not known")
            self.pointer = closed.pointer
        self.branch(closed.target)
        del self.stack[closed.height :]
        self.label(closed.target)
        self.resume = None
        if closed.target in self.targets:
            self.pointer = 0 if self.targets[0] == closed.target else -self.symbol.frame

    def _dispatch(self, depths: tuple[int, ...]) -> None:
        if self.targets or self.stack.pop() != Value("i32", "resume"):
            raise Unsupported("a jump table that Go does not write")
        self.targets = tuple(self.labels[-1 - d].target for d in depths)
        self.branch(self.targets[0])

    def _branch(self, name: str, depth: int) -> None:
        to = self.labels[-1 - depth]
        if name == "br_if":
            condition = self.pop("i32")
            if condition.number == 0:
                return
            raise Unsupported("a conditional branch that Go does not write")
        if to.kind == "loop":
            target = None if self.resume is None else self.targets[min(self.resume, len(self.targets) - 1)]
            if target is None or target == self.targets[0]:
                raise Unsupported("a jump to a place that is computed")
            self.branch(target)
        else:
            self.branch(to.target)

    def _return(self) -> None:
        if self.pop("i32").number != 0 or self.pointer != RETURN_ADDRESS:
            raise Unsupported("a return that switches goroutines")
        self.settle()
        self.lines.append("  ret void")
        self.alive = False

    def _call(self, name: str, _: int) -> None:
        if name in go_ops.NATIVE:
            parameters, result = go_ops.NATIVE[name]
            arguments = [self.read(self.pop(type_)) for type_ in reversed(parameters)][::-1]
            listed = ", ".join(f"{t} {a}" for t, a in zip(parameters, arguments, strict=True))
            self.stack.append(self.name(f"call {result} @{name}({listed})", result))
            return
        if not self.stack or self.pop("i32").number != 0 or self.pointer != -self.symbol.frame - RETURN_ADDRESS:
            raise Unsupported(f"a call of {name} in a convention of its own")
        if name.startswith(TRAPS):
            self.trap()
            return
        if self.doubt is not None and name.startswith("runtime."):
            raise Unsupported(name)
        self.settle()
        self.call(name, self)
        # The callee takes its return address away.
        self.pointer += RETURN_ADDRESS
        self.stack.append(Value("i32", number=0))

    # ------------------------------------------------------------ instructions without control

    def _plain(self, name: str, immediate: object) -> None:
        kind, _, operation = name.partition(".")
        if kind == "local":
            self._local(operation, immediate)
        elif kind == "global":
            self._global(operation, immediate)
        elif operation == "const":
            bits = immediate if kind in ("i32", "i64") else None
            self.stack.append(Value(kind, number=bits) if bits is not None else Value(kind, go_ops.float_constant(kind, immediate)))
        elif operation.startswith("load"):
            self._load(kind, operation, immediate)
        elif operation.startswith("store"):
            self._store(kind, operation, immediate)
        elif name in ("memory.copy", "memory.fill"):
            self._move(name)
        elif name == "drop":
            self.pop()
        elif name == "select":
            condition, other, then = self.pop("i32"), self.pop(), self.pop()
            test = self.name(f"icmp ne i32 {self.read(condition)}, 0", "i1").text
            type_ = go_ops.llvm(then.type)
            self.stack.append(self.name(f"select i1 {test}, {type_} {self.read(then)}, {type_} {self.read(other)}", then.type))
        elif name != "nop":
            self._compute(name)

    def _local(self, operation: str, index: int) -> None:
        if index == 0:  # the resume point
            if operation == "get":
                self.stack.append(Value("i32", "resume"))
            elif operation == "set":
                self.resume = self.pop("i32").number
            else:
                raise Unsupported("the resume point as a value")
        elif index == 1:  # a copy of the stack pointer
            if operation == "get":
                self.stack.append(Value("i32", base="stack", offset=self.pointer))
            else:
                value = self.pop("i32") if operation == "set" else self.stack[-1]
                if value.base != "stack":
                    raise Unsupported("another stack")
                self.pointer = value.offset
        elif operation == "get":
            kind = self.kinds[index]
            self.stack.append(self.name(f"load {go_ops.llvm(kind)}, ptr %l{index}", kind))
        else:
            value = self.pop(self.kinds[index])
            text = self.read(value)
            self.lines.append(f"  store {go_ops.llvm(value.type)} {text}, ptr %l{index}")
            if operation == "tee":
                self.stack.append(value)

    def _global(self, operation: str, index: int) -> None:
        if index == _STACK_POINTER and operation == "get":
            self.stack.append(Value("i32", base="stack", offset=self.pointer))
        elif index == _STACK_POINTER:
            value = self.pop("i32")
            if value.base != "stack" or value.offset != self.pointer:
                raise Unsupported("another stack")
        elif index == _G and operation == "get":
            self.stack.append(Value("i64", base="guard"))
        else:
            raise Unsupported("a closure" if index == 1 else "a register of Go's runtime")

    def _load(self, kind: str, operation: str, immediate: tuple[int, int]) -> None:
        address = self.pop("i32")
        if address.base == "guard" or address.base in go_ops.ZERO_SYMBOLS:
            # The goroutine's stack never ends here, and no garbage is collected.
            self.stack.append(Value(kind, base="guard") if address.base == "guard" else Value(kind, number=0))
            return
        place = self.pointer_to(address, immediate[1], WIDTH[f"{kind}.{operation}"])
        width, extend = go_ops.access(kind, operation)
        value = self.name(f"load {width}, ptr {place}, align 1", kind)
        self.stack.append(self.name(f"{extend} {width} {value.text} to {kind}", kind) if extend else value)

    def _store(self, kind: str, operation: str, immediate: tuple[int, int]) -> None:
        value, address = self.pop(kind), self.pop("i32")
        if address.base == "stack" and 0 <= address.offset + immediate[1] + self.symbol.frame + RETURN_ADDRESS < RETURN_ADDRESS:
            return  # the return address
        if value.base == self.symbol.name:
            raise Unsupported("a return address in another place")
        text = self.read(value)
        place = self.pointer_to(address, immediate[1], WIDTH[f"{kind}.{operation}"])
        width, extend = go_ops.access(kind, operation)
        if extend:
            text = self.name(f"trunc {kind} {text} to {width}", kind).text
        self.lines.append(f"  store {width} {text}, ptr {place}, align 1")

    def _move(self, name: str) -> None:
        size, source, to = self.pop("i32"), self.pop("i32"), self.pop("i32")
        count = self.read(size)
        constant = size.number is not None
        target = self.pointer_to(to, 0, size.number) if constant else self._free(to)
        if name == "memory.fill":
            byte = self.name(f"trunc i32 {self.read(source)} to i8", "i8").text
            self.lines.append(f"  call void @llvm.memset.p0.i32(ptr align 1 {target}, i8 {byte}, i32 {count}, i1 false)")
        else:
            origin = self.pointer_to(source, 0, size.number) if constant else self._free(source)
            self.lines.append(f"  call void @llvm.memmove.p0.p0.i32(ptr align 1 {target}, ptr align 1 {origin}, i32 {count}, i1 false)")

    def _free(self, address: Value) -> str:
        """A ptr from where on any number of bytes is accessed."""
        return self.name(f"inttoptr i32 {self.read(address)} to ptr", "ptr").text

    def _compute(self, name: str) -> None:
        if name == "call_indirect":
            raise Unsupported("a function as a value")
        takes, gives = EFFECTS[name]
        arguments = [self.pop(one) for one in reversed(takes)][::-1]
        first, last = arguments[0], arguments[-1]
        if name in ("i32.wrap_i64", "i64.extend_i32_u") and first.base:
            self.stack.append(Value(gives[0], base=first.base, offset=first.offset))
        elif name in ("i32.add", "i64.add", "i32.sub") and first.base and last.number is not None and first.base != "guard":
            distance = -last.number if name == "i32.sub" else last.number
            self.stack.append(Value(gives[0], base=first.base, offset=first.offset + distance))
        elif name == "i32.le_u" and "guard" in (first.base, last.base):
            self.stack.append(Value("i32", number=0))
        elif name == "i32.add" and first.base == "guard":
            self.stack.append(first)
        elif name in ("i32.eqz", "i64.eqz") and first.number is not None:
            self.stack.append(Value("i32", number=int(first.number == 0)))
        elif name == "i64.extend_i32_u" and first.number is not None:
            self.stack.append(Value("i64", number=first.number & 0xFFFFFFFF))
        else:
            self.stack.append(go_ops.compute(self, name, [self.read(one) for one in arguments], gives[0]))
