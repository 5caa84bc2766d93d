"""A function under construction: parameters, locals, the open block, and who may be used where.

Statements are emitted in order into the innermost open block; blocks are opened by context managers (`with f.when(x > 0): ...`).
Invariant: a `Let` is marked mutable exactly when something assigns it, a pointer parameter is const exactly when nothing writes
through it. Parameters are never assigned: what changes is copied into a local first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from transpile.corpus import ir
from transpile.corpus.generator import choices
from transpile.corpus.generator.blocks import Array, Block, Cases, Record, Until
from transpile.corpus.generator.expression import INTEGERS, E, lift
from transpile.corpus.generator.trees import leaves, mentions
from transpile.corpus.signature import Parameter, Signature, Struct


class Reject(Exception):
    """The draw led nowhere (nothing fits, or something stays unused): draw again."""


class Scope:
    """Builder of one `ir.Function`. `structs` numbers fields over the whole program."""

    def __init__(self, rng: Random, length_type: str | None = None, structs: list[Struct] | None = None):
        self.rng = rng
        self.length_type = length_type or rng.choice(choices.LENGTHS)
        self.truth = "bool" if rng.random() < 0.45 else "i32"
        self.structs = structs if structs is not None else []
        self.parameters: list[list] = []  # [type, pointer, length index or None]
        self.blocks: list[list[ir.Stmt]] = [[]]
        self.live: list[list[E]] = [[]]
        self.lets: dict[str, ir.Let] = {}
        self.written: set[str] = set()
        self.arrays: list[Array] = []
        self.scalars: list[E] = []
        self.offers: list[E] = []
        self.claimed: set[str] = set()
        self.result: str | None = None
        self.locals = 0
        self.helpers: list[ir.Function] = []

    # ------------------------------------------------------------ chances

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def any(self, *options):
        return self.rng.choice(options)

    # ------------------------------------------------------------ parameters

    def _parameter(self, type: str, pointer: bool = False, length: int | None = None) -> str:
        if len(self.parameters) >= 7:
            raise Reject("too many parameters")
        self.parameters.append([type, pointer, length])
        return f"p{len(self.parameters) - 1}"

    def scalar(self, types: Sequence[str] | str = choices.NUMBERS) -> E:
        """An input value: an offered one, a parameter no one has claimed yet, or a new parameter."""
        types = (types,) if isinstance(types, str) else types
        for i, offer in enumerate(self.offers):
            if offer.type in types:
                del self.offers[i]
                return offer
            if offer.type in INTEGERS and any(t in INTEGERS for t in types):
                del self.offers[i]
                wanted = [t for t in types if t in INTEGERS]
                return self.let(offer.to(self.rng.choice(wanted)))
        for value in self.scalars:
            if value.type in types and value.node.name not in self.claimed and self.chance(0.6):
                self.claimed.add(value.node.name)
                return value
        type = self.rng.choice(types)
        value = E(ir.Var(type, self._parameter(type)))
        self.scalars.append(value)
        self.claimed.add(value.node.name)
        return value

    def position(self) -> E:
        """A parameter of the length type that holds a count or a position; below 0 only if that type is signed."""
        return self.scalar(self.length_type)

    def element_type(self, types: Sequence[str] = choices.ELEMENTS) -> str:
        """The element type of an unclaimed array if it is among the types, else one of them."""
        for array in self.arrays:
            if array.name not in self.claimed and array.sized and array.element in types:
                return array.element
        return self.rng.choice(types)

    def array(self, types: Sequence[str] | str = choices.ELEMENTS, new: bool = False) -> Array:
        """An array parameter with its length: one that nobody has claimed yet, or a new one."""
        types = (types,) if isinstance(types, str) else types
        if not new:
            for array in self.arrays:
                if array.sized and not array.fields and array.element in types and array.name not in self.claimed:
                    self.claimed.add(array.name)
                    return array
        return self.new_arrays(self.rng.choice(types))[0]

    def new_arrays(self, *elements: str) -> list[Array]:
        """Array parameters that share one length parameter, which follows the last."""
        length = len(self.parameters) + len(elements)
        out = []
        for element in elements:
            name = self._parameter(element, True, length)
            out.append(Array(self, name, element, True))
            self.arrays.append(out[-1])
            self.claimed.add(name)
        self._parameter(self.length_type)
        return out

    def text(self, types: Sequence[str] = choices.BYTES) -> Array:
        """A NUL-terminated string parameter."""
        for array in self.arrays:
            if not array.sized and array.element in types and array.name not in self.claimed and array.name not in self.written:
                self.claimed.add(array.name)
                return array
        element = self.rng.choice(types)
        array = Array(self, self._parameter(element, True), element, False)
        self.claimed.add(array.name)
        self.arrays.append(array)
        return array

    def out(self, type: str) -> Array:
        """An out-parameter: element 0 may be read and written. Never reused."""
        return Array(self, self._parameter(type, True), type, False)

    def struct(self, *types: str) -> Struct:
        """A new struct type; fields are numbered over the program."""
        first = sum(len(s.fields) for s in self.structs)
        struct = Struct(f"S{len(self.structs)}", tuple((f"m{first + i}", t) for i, t in enumerate(types)))
        self.structs.append(struct)
        return struct

    def record(self, struct: Struct) -> Record:
        return Record(self._parameter(struct.name, True), dict(struct.fields))

    def records(self, struct: Struct) -> Array:
        """An array of structs with its length."""
        name = self._parameter(struct.name, True, len(self.parameters) + 1)
        self._parameter(self.length_type)
        return Array(self, name, struct.name, True, fields=dict(struct.fields))

    def ordered(self, *make: Callable[[], object], usual: float = 0.85) -> list:
        """Results of the makers, in their order; run in it too, or (seldom) with the last first: parameter order (x, a, n)."""
        if self.chance(usual):
            return [m() for m in make]
        last = make[-1]()
        return [*(m() for m in make[:-1]), last]

    # ------------------------------------------------------------ statements

    def emit(self, statement: ir.Stmt) -> None:
        self.blocks[-1].append(statement)

    def fresh(self) -> str:
        self.locals += 1
        return f"v{self.locals - 1}"

    def let(self, value: E | int | float | str, type: str | None = None) -> E:
        """A local; mutable as soon as something assigns it."""
        if type is None:
            assert isinstance(value, E)
            type = value.type
        node = ir.Let(self.fresh(), type, value.to(type).node if isinstance(value, E) else lift(value, type), False)
        self.lets[node.name] = node
        self.emit(node)
        variable = E(ir.Var(type, node.name))
        self.live[-1].append(variable)
        return variable

    def named(self, value: E) -> E:
        """The value in a local of its own, unless it is a variable or a literal already."""
        return value if isinstance(value.node, ir.Var | ir.Const) else self.let(value)

    def starts_at_zero(self, variable: E) -> bool:
        """Whether a local's first value is a literal 0 (or false)."""
        let = self.lets.get(variable.node.name)
        return let is not None and isinstance(let.value, ir.Const) and not let.value.value

    def table(self, type: str, size: int, values: Sequence[int | float] = ()) -> Array:
        """A local array."""
        name = self.fresh()
        self.emit(ir.LetArray(name, type, size, tuple(lift(v, type) for v in values)))
        return Array(self, name, type, True, local=True)

    def set(self, target: E, value: E | int | float | str, op: str = "") -> None:
        node = target.node
        if isinstance(node, ir.Var):
            # The node is ours until `function` hands it out: no one has seen it immutable.
            object.__setattr__(self.lets[node.name], "mutable", True)
        else:
            self.written.add(node.array if isinstance(node, ir.Index) else node.pointer)
        if isinstance(value, E) and value.type != node.type and op not in ("<<", ">>"):
            value = value.to(node.type)
        self.emit(ir.Assign(node, lift(value, node.type), op))

    def add(self, target: E, value: E | int | float = 1) -> None:
        self.set(target, value, "+")

    def sub(self, target: E, value: E | int | float = 1) -> None:
        self.set(target, value, "-")

    def swap(self, array: Array, left: E, right: E) -> None:
        """Exchange two elements, by `ir.Swap` for sized parameters, else through a temporary."""
        if array.sized and not array.local and not array.fields:
            self.written.add(array.name)
            self.emit(ir.Swap(array.name, left.node, right.node, self.fresh(), array.element))
            return
        kept = self.let(array[left])
        self.set(array[left], array[right])
        self.set(array[right], kept)

    def ret(self, value: E | int | float | bool | None = None) -> None:
        """Return; the first value decides the result type, later ones are cast to it."""
        if value is None:
            self.emit(ir.Return())
            return
        if self.result is None:
            assert isinstance(value, E), "the result type must be known before a literal is returned"
            self.result = value.type if value.type != "index" else self.length_type
        self.emit(ir.Return(value.to(self.result).node if isinstance(value, E) else lift(value, self.result)))

    def brk(self) -> None:
        self.emit(ir.Break())

    def cont(self) -> None:
        self.emit(ir.Continue())

    def when(self, condition: E) -> Block:
        return Block(self, lambda body: self.emit(ir.If(condition.node, body)))

    def other(self) -> Block:
        """The else of the `If` just closed."""

        def build(body: tuple[ir.Stmt, ...]) -> None:
            chain = []
            last = self.blocks[-1].pop()
            while last.other:
                chain.append(last)
                last = last.other[0]
            last = ir.If(last.condition, last.then, body)
            for outer in reversed(chain):
                last = ir.If(outer.condition, outer.then, (last,))
            self.emit(last)

        return Block(self, build)

    def elsewhen(self, condition: E) -> Block:
        """`else if` of the chain just closed."""
        block = self.other()
        build = block.build
        block.build = lambda body: build((ir.If(condition.node, body),))
        return block

    def loop(self, condition: E | None = None) -> Block:
        """while (condition), or endless."""
        if condition is None:
            return Block(self, lambda body: self.emit(ir.Loop(body)))
        return Block(self, lambda body: self.emit(ir.While(condition.node, body)))

    def dowhile(self) -> Block:
        until = Until()
        return Block(self, lambda body: self.emit(ir.DoWhile(body, until.condition.node)), until)

    def range(self, start: E | int, stop: E | int, *, type: str | None = None, step: int = 1, inclusive: bool = False, reverse: bool = False) -> Block:
        """A counting loop; its value is the counter."""
        if type is None:
            type = stop.type if isinstance(stop, E) else start.type if isinstance(start, E) else "i32"
        name = self.fresh()
        first, last = lift(start, type), lift(stop, type)
        return Block(
            self,
            lambda body: self.emit(ir.ForRange(name, type, first, last, body, step, inclusive, reverse)),
            E(ir.Var(type, name)),
        )

    def each(self, array: Array, indexed: bool = False) -> Block:
        """Over an array's elements: value is the element, or (element, position)."""
        if array.local:
            raise Reject("ForEach runs over parameters")
        name, index = self.fresh(), self.fresh()
        element, position = E(ir.Var(array.element, name)), E(ir.Var("index", index))
        return Block(
            self,
            lambda body: self.emit(ir.ForEach(name, array.element, array.name, body, index if indexed else "", index)),
            (element, position) if indexed else element,
        )

    def walk(self, array: Array, each: float = 0.5) -> Block:
        """Over an array upwards, as `each` or as a counting loop: value is (element, position). Use both freely, or only one."""
        if not array.local and self.chance(each):
            name, index = self.fresh(), self.fresh()
            element, position = E(ir.Var(array.element, name)), E(ir.Var("index", index))

            def build(body: tuple[ir.Stmt, ...]) -> None:
                self.emit(ir.ForEach(name, array.element, array.name, body, index if mentions(body, index) else "", index))

            return Block(self, build, (element, position))
        block = self.range(0, array.len)
        block.value = (array[block.value], block.value)
        return block

    def switch(self, value: E) -> Cases:
        return Cases(self, value)

    # ------------------------------------------------------------ the end

    def ended(self) -> bool:
        """Whether control cannot reach the end of the outermost block."""
        return leaves(self.blocks[0])

    def function(self, name: str) -> ir.Function:
        assert len(self.blocks) == 1
        parameters = tuple(
            Parameter(f"p{i}", type, pointer, pointer and f"p{i}" not in self.written, length) for i, (type, pointer, length) in enumerate(self.parameters)
        )
        used = {p.type for p in parameters}
        signature = Signature(name, parameters, self.result, tuple(s for s in self.structs if s.name in used))
        return ir.Function(signature, tuple(self.blocks[0]), self.length_type)
