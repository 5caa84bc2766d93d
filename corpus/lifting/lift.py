"""The steps in order, and the statements: a canonical text becomes the body of a function in `ir`.

`lift` decides where variables are declared (with their first value where that is possible), which parameters need a variable of their own, and
writes tables of the data as local arrays. Limits: what `NotLiftable` says: indirect calls, globals, memory of several types, addresses that
come out of memory, jumps out of two loops at once.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from transpile.corpus import ir
from transpile.corpus.ir_names import continues, used, walk
from transpile.corpus.lifting import tree
from transpile.corpus.lifting.copies import propagate
from transpile.corpus.lifting.declarations import declare
from transpile.corpus.lifting.idioms import idiomatic
from transpile.corpus.lifting.memory import Memory, Variable
from transpile.corpus.lifting.shape import shape
from transpile.corpus.lifting.simplify import inline, late_steps, undo_updates, undropped, unscaled
from transpile.corpus.lifting.stack import LIBRARY, TreeBuilder
from transpile.corpus.lifting.tree import Body, NotLiftable, expressions, nodes, statements
from transpile.corpus.lifting.values import Values, invert
from transpile.corpus.lifting.variables import simple_cast
from transpile.corpus.lifting.variadic import gathered
from transpile.corpus.lifting.webs import split
from transpile.corpus.signature import FLOATS, WIDTHS, Signature, wasm_type
from transpile.corpus.wasm.wat_text import parse, split_data

COMPOUND = frozenset("+ - * & | ^ << >>".split())


@dataclass(frozen=True, slots=True)
class Lifted:
    """A function as `ir` has it, and the names of the callees that it calls."""

    function: ir.Function
    callees: tuple[str, ...]


def lift(
    text: str,
    signature: Signature,
    callees: Mapping[str, Signature] | None = None,
    data: Sequence[bytes] = (),
    starts: Sequence[Sequence[int]] | None = None,
    state: Mapping[int, tuple[Variable, ...]] | None = None,
    *,
    index_type: str = "index",
    idioms: bool = True,
) -> Lifted:
    """The canonical text of a function with the canonical `signature` (f0, p0..), as `ir`.

    `callees`: by the name that the text calls them (c0, f0 for itself), with canonical parameters. `data`: the bytes of d0.., if they do not stand
    behind the text; `starts`: for each, the offsets at which something is known to begin. `state`: the variables
    of the file in those of d0.. that hold such. `index_type`: of the variables that stand for pointers,
    `index`, or `i32` where they may stand before their array. `idioms`: rewrite loops as people write them. Raises NotLiftable, and TranspileError
    for a text that is not canonical.
    """
    text, own_data = split_data(text)
    data = tuple(data or own_data)
    body, kinds, zero, known = _tree(text, signature, callees or {}, data)
    memory = Memory(signature, body, data, known, tuple(tuple(s) for s in (starts or [(0,)] * len(data))), state=state or {})
    memory.find()
    lines = without_unused(Writer(memory, kinds, known, zero, index_type).function())
    if idioms:
        lines = idiomatic(lines)
    length = next((p.length for p in signature.parameters if p.length is not None), None)
    return Lifted(
        ir.Function(signature, lines, "i32" if length is None else signature.parameters[length].type),
        tuple(sorted(called_in(body) - LIBRARY)),
    )


def pointers(text: str, signature: Signature, callees: Mapping[str, Signature], data: Sequence[bytes]) -> Memory:
    """What a function's addresses point into, each data segment taken as a whole, without element types. Raises NotLiftable."""
    body, _, _, known = _tree(split_data(text)[0], signature, callees, data)
    memory = Memory(signature, body, tuple(data), known, ((0,),) * len(data))
    memory.find_pointers()
    return memory


def _tree(
    text: str, signature: Signature, callees: Mapping[str, Signature], data: Sequence[bytes]
) -> tuple[Body, dict[str, str], frozenset[str], dict[str, Signature]]:
    """The tree of a canonical text, wasm types of its variables, those that start from zero, and the functions whose types the rules know."""
    known = {signature.name: signature} | dict(callees)
    function = parse(text)
    if odd := _out_of_reach(signature):
        raise NotLiftable(f"{odd} (only numbers, and pointers to numbers and to structs of numbers, can be written in this language yet)")
    known = {name: one for name, one in known.items() if not _out_of_reach(one)}
    if (function.parameters, function.results) != signature.wasm():
        raise NotLiftable("the signature is not the function's")
    called = {name: (len(s.wasm()[0]), "" if s.result is None else wasm_type(s.result)) for name, s in known.items()}
    builder = TreeBuilder(function, called)
    body, kinds, zero = split(gathered(builder.build(), builder.types, known, data), builder.types)
    return settled(body), kinds, zero, known


def settled(body: Body) -> Body:
    """A tree with labels as one of loops and conditions, whose values stand where they are read."""
    body = inline(undo_updates(inline(propagate(late_steps(propagate(inline(shape(body))))))))
    return undropped(inline(propagate(unscaled(body))))


def _out_of_reach(signature: Signature) -> str:
    """The first type that is no number, and no pointer to numbers or to structs of numbers; "" where there is none."""
    for p in signature.parameters:
        struct = signature.struct(p.type)
        if p.type not in WIDTHS and not (p.pointer and struct is not None and struct.flat):
            held = next((f"{p.type}, whose field {f} is {t}" for f, t in struct.fields if t not in WIDTHS), "") if struct else ""
            return f"parameter {p.name} is {'a pointer to ' if p.pointer else ''}{held or p.type}"
    return "" if signature.result is None or signature.result in WIDTHS else f"the result is {signature.result}"


def without_unused(lines: tuple[ir.Stmt, ...]) -> tuple[ir.Stmt, ...]:
    """Lines without the arrays at their top that nothing names: tables whose text stands where it is needed."""
    named = used(lines)
    return tuple(one for one in lines if not isinstance(one, ir.LetArray) or one.name in named)


def called_in(body: Body) -> set[str]:
    return {n.name for one in statements(body) for e in expressions(one) for n in nodes(e) if isinstance(n, tree.CallNode)}


class Writer:
    """Writes the statements of one function."""

    values_type: type[Values] = Values

    def __init__(self, memory: Memory, kinds: dict[str, str], callees: dict[str, Signature], zero: frozenset[str], index_type: str) -> None:
        self.memory, self.body, self.zero = memory, memory.body, zero
        self.signature = memory.signature
        self.values = self.values_type(memory, kinds, memory.body, callees, index_type)
        self.next_local = 1 + max((int(n[1:]) for n in kinds if n[0] == "v"), default=-1)
        self.loops: list[str] = []
        self.labels: set[str] = set()
        self.switches = self.blocks = 0
        """How many switches and labelled blocks stand around a statement within its innermost loop."""

    def fresh(self) -> str:
        self.next_local += 1
        return f"v{self.next_local - 1}"

    def function(self) -> tuple[ir.Stmt, ...]:
        first: list[ir.Stmt] = []
        self._rename_arrays(first)
        changed = {one.name for one in statements(self.body) if isinstance(one, tree.Set)}
        for parameter in self.signature.parameters:
            name = parameter.name
            if name not in changed:
                continue
            if parameter.pointer:
                self.values.renamed[name] = self.fresh()
                first.append(ir.Let(self.values.renamed[name], self.values.index_type, ir.Const(self.values.index_type, 0)))
            elif name in self.values.length_of or WIDTHS[parameter.type] < 4 or parameter.type == "bool":
                type_ = parameter.type if WIDTHS[parameter.type] == 4 and parameter.type != "usize" else "i32"
                start = simple_cast(type_, self.values.variable(name))
                self.values.renamed[name] = self.fresh()
                self.values.types[name] = type_
                first.append(ir.Let(self.values.renamed[name], type_, start))
        lines = self.block(self.body)
        names = {n for n in self.values.types if n[0] == "v"} | {n for n in self.memory.pointers if n[0] == "v"}
        names -= {self.memory.frame}
        lines = declare(lines, {n: self._type(n) for n in names}, self.zero)
        if lines and isinstance(lines[-1], ir.Return) and lines[-1].value is None:
            lines = lines[:-1]
        return (*first, *lines)

    def _type(self, name: str) -> str:
        return self.values.index_type if name in self.memory.pointers else self.values.types[name]

    def _rename_arrays(self, first: list[ir.Stmt]) -> None:
        """Local arrays and tables get names and declarations."""
        for key, array in self.memory.arrays.items():
            if array.variable:
                continue
            if array.table is not None:
                array.name = self.fresh()
                values = self.memory.values_of(array)
                first.append(ir.LetArray(array.name, array.scalar, len(values), values))
            elif key == self.memory.frame:
                array.name = self.fresh()
                first.append(ir.LetArray(array.name, array.scalar, array.size))

    # ------------------------------------------------------------ statements

    def block(self, body: Body) -> tuple[ir.Stmt, ...]:
        out: list[ir.Stmt] = []
        for one in body:
            out += self.statement(one)
        return tuple(out)

    def statement(self, one: tree.Stmt) -> list[ir.Stmt]:
        values = self.values
        match one:
            case tree.Set():
                return self.set(one)
            case tree.Store():
                return self.store(one)
            case tree.If():
                condition = values.condition(one.condition)
                if isinstance(condition, ir.Const):
                    return list(self.block(one.then if condition.value else one.other))
                then, other = self.block(one.then), self.block(one.other)
                if not then and other:
                    return [ir.If(invert(condition), other)]
                return [ir.If(condition, then, other)]
            case tree.Loop():
                return [self.loop(one)]
            case tree.Block():
                self.blocks += 1
                body = self.block(one.body)
                self.blocks -= 1
                return [ir.Block(one.label, body)]
            case tree.Exit():
                return [ir.Break(self.label(one.label, not self.switches and not self.blocks))]
            case tree.Again():
                return [ir.Continue(self.label(one.label, not self.blocks))]
            case tree.Switch():
                return [self.switch(one)]
            case tree.Return():
                return [ir.Return(None if one.value is None else self.result(one.value))]
            case tree.Do() if one.call.name in LIBRARY:
                return self.library(one.call)
            case tree.Do():
                return [ir.Do(values.call(one.call))]
            case tree.Trap():
                return [ir.Trap()]
        raise AssertionError(one)

    def result(self, value: tree.Node) -> ir.Expr:
        type_ = self.signature.result
        assert type_ is not None
        if type_ == "bool":
            return self.values.condition(value)
        return self.narrowed(value, type_)

    def narrowed(self, value: tree.Node, type_: str) -> ir.Expr:
        """A value where only `type_`'s bits of it count."""
        if type_ in FLOATS:
            return self.values.value(value, type_)
        if type_ == "usize":
            return simple_cast(type_, self.values.value(value, "u32"))
        if WIDTHS[type_] * 8 == int(value.kind[1:]):
            return self.values.value(value, type_)
        return simple_cast(type_, self.values.value(value, self.values.natural(value)))

    def set(self, one: tree.Set) -> list[ir.Stmt]:
        if one.name in ("sp", self.memory.frame):
            return []
        if one.name in self.memory.pointers:
            target: ir.Expr = ir.Var(self.values.index_type, self.values.renamed.get(one.name, one.name))
            if self.memory.arrays[self.memory.pointers[one.name]].single:
                return []
            value = self.values.index_of(one.value, self.memory.biases.get(one.name, 0))
        else:
            type_ = self.values.types[one.name]
            target = ir.Var(type_, self.values.renamed.get(one.name, one.name))
            value = self.values.condition(one.value) if type_ == "bool" else self.narrowed(one.value, type_)
        return [] if value == target else [assign(target, value)]

    def store(self, one: tree.Store) -> list[ir.Stmt]:
        places = self.values.place(one.address, one.offset, one.width)
        if len(places) == 1:
            target, type_ = places[0]
            bits = f"u{8 * one.width}"
            if type_ in FLOATS and one.value.kind not in FLOATS:
                value: ir.Expr = self.from_bits(type_, self.values.value(one.value, bits))
            elif type_ not in FLOATS and one.value.kind in FLOATS:
                value = simple_cast(type_, ir.Builtin(bits, "to_bits", (self.values.value(one.value, one.value.kind),)))
            else:
                value = self.values.condition(one.value) if type_ == "bool" else self.narrowed(one.value, type_)
            return [assign(target, value)]
        wide = "u" + one.value.kind[1:]
        if one.value.kind in FLOATS:
            whole: ir.Expr = ir.Builtin(wide, "to_bits", (self.values.value(one.value, one.value.kind),))
        else:
            whole = self.values.value(one.value, wide)
        out: list[ir.Stmt] = []
        if not isinstance(whole, ir.Var | ir.Const):
            name = self.fresh()
            out.append(ir.Let(name, wide, whole))
            whole = ir.Var(wide, name)
        at = 0
        for target, type_ in places:
            part = ir.Binary(wide, ">>", whole, ir.Const("u32", at)) if at else whole
            if isinstance(whole, ir.Const):
                part = ir.Const(wide, int(whole.value) >> at)
            if type_ in FLOATS:
                value = self.from_bits(type_, simple_cast(f"u{8 * WIDTHS[type_]}", part))
            else:
                value = simple_cast(type_, part) if type_ != "bool" else ir.Compare("bool", "!=", part, ir.Const(wide, 0))
            out.append(ir.Assign(target, value))
            at += 8 * WIDTHS[type_]
        return out

    def label(self, label: str, plain: bool) -> str:
        """What a jump calls its target: nothing for the innermost loop, if it may be `plain`."""
        if plain and self.loops and self.loops[-1] == label:
            return ""
        self.labels.add(label)
        return label

    @staticmethod
    def from_bits(type_: str, bits: ir.Expr) -> ir.Expr:
        if isinstance(bits, ir.Const):
            width = WIDTHS[type_]
            raw = int(bits.value).to_bytes(width, "little")
            return ir.Const(type_, struct.unpack("<f" if width == 4 else "<d", raw)[0])
        return ir.Builtin(type_, "from_bits", (bits,))

    def library(self, call: tree.CallNode) -> list[ir.Stmt]:
        """memset and memcpy as loops over elements; memmove in the direction that keeps what is still to be read."""
        to, source, size = call.args
        target = self.values.array_of(to)
        width = target.width
        count = self.values.quotient(size, width)
        counter = self.fresh()
        position = ir.Var("index", counter)
        element = self.values.element(to, position)
        if call.name == "memset":
            if not isinstance(source, tree.Const):
                if width != 1:
                    raise NotLiftable("memset of wide elements")
                value = self.narrowed(source, target.scalar)
            else:
                byte = source.bits & 0xFF
                if byte and target.scalar in FLOATS:
                    raise NotLiftable("memset of floats")
                value = ir.Const(target.scalar, 0.0 if target.scalar in FLOATS else False if target.scalar == "bool" else 0)
                if byte:
                    value = simple_cast(target.scalar, ir.Const("u64", int.from_bytes(bytes([byte]) * width, "little")))
            return [ir.ForRange(counter, "index", ir.Const("index", 0), count, (ir.Assign(element, value),))]
        origin = self.values.array_of(source)
        if origin.scalar != target.scalar:
            raise NotLiftable("a copy between arrays of two types")
        copy = (ir.Assign(element, self.values.element(source, position)),)
        forward = ir.ForRange(counter, "index", ir.Const("index", 0), count, copy)
        if call.name == "memcpy" or origin is not target:
            return [forward]
        behind = ir.Compare("bool", "<", self.values.index_of(to), self.values.index_of(source))
        return [ir.If(behind, (forward,), (replace(forward, reverse=True),))]

    def loop(self, one: tree.Loop) -> ir.Stmt:
        self.loops.append(one.label)
        outside, self.switches, self.blocks = (self.switches, self.blocks), 0, 0
        body = self.block(one.body)
        self.loops.pop()
        self.switches, self.blocks = outside
        label = one.label if one.label in self.labels else ""
        match body:
            case (ir.If(condition=condition, then=(ir.Break(label=""),), other=()), *rest):
                return ir.While(invert(condition), tuple(rest), label)
            case (*rest, ir.If(condition=condition, then=(ir.Break(label=""),), other=())) if (
                rest and not continues(tuple(rest)) and not any(isinstance(n, ir.Continue) and n.label == one.label for n in walk(tuple(rest)))
            ):
                return ir.DoWhile(tuple(rest), invert(condition), label)
        return ir.Loop(body, label)

    def switch(self, one: tree.Switch) -> ir.Stmt:
        type_ = self.values.natural(one.value)
        value = self.values.value(one.value, type_)
        self.switches += 1
        cases = tuple((numbers, self.block(body)) for numbers, body in one.cases)
        default = self.block(one.default)
        self.switches -= 1
        return ir.Switch(value, cases, default)


def assign(target: ir.Expr, value: ir.Expr) -> ir.Assign:
    """`x = x + 1` as `x += 1`, also for narrow elements, whose sum is cut to their width anyway."""
    bare = value
    if isinstance(value, ir.Cast) and value.type == target.type and isinstance(value.operand, ir.Binary):
        bare = value.operand
    if isinstance(bare, ir.Binary) and (bare.op in COMPOUND or (bare.op == "/" and bare.type in FLOATS)) and target.type != "bool":
        left = bare.left
        wide = bare.type != target.type
        if not wide and bare.op in "+*&|^" and bare.right == target and left != target:
            return ir.Assign(target, left, bare.op)
        if wide and isinstance(left, ir.Cast) and left.operand.type == target.type:
            left = left.operand
        if left == target and (not wide or bare.op in "+-*&|^"):
            right = simple_cast(target.type, bare.right) if wide else bare.right
            return ir.Assign(target, right, bare.op)
    return ir.Assign(target, value)
