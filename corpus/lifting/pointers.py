"""Addresses as pointers: the second way to lift, for functions whose types are more than arrays of scalars.

Where `memory` makes indices into arrays of addresses, here they stay what they are: every variable that holds one gets a pointer type, by flow from
parameters, fields, tables and callees, and every access names a field or element behind a pointer (`p->next->value`, `p->data[i]`), or, where the type does
not tell, memory of its own width. Invariant: as `values`', whatever the types say of the addresses. Limit: calls of what takes or gives a struct as a scalar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from transpile.corpus import ir
from transpile.corpus.lifting.elements import sum_of
from transpile.corpus.lifting.memory import linear
from transpile.corpus.lifting.pointer_types import PointerTypes, mutable
from transpile.corpus.lifting.raw_memory import RawMemory
from transpile.corpus.lifting.tree import (
    INDIRECT,
    CallNode,
    Const,
    FunctionName,
    Get,
    Load,
    Node,
    NotLiftable,
    Op,
    Symbol,
)
from transpile.corpus.lifting.variables import COMPARE, operation, simple_cast
from transpile.corpus.signature import FLOATS, WIDTHS, Function, is_address, pointer_to, pointer_to_function, read_type, size_of
from transpile.corpus.signature import Array as ArrayType

MOST_PARTS = 4
"""An access that spans more fields is one of bytes."""


class PointerValues(PointerTypes):
    """Renders the expressions of one function by pointers. `types` has pointer types too."""

    memory: RawMemory

    # ------------------------------------------------------------ types of addresses

    def pointer_type(self, node: Node) -> str | None:
        """The pointer type of a value, None for a number."""
        if node.kind != "i32":
            return None
        match node:
            case Get():
                type_ = self.types.get(node.name, "i32")
                return type_ if is_address(type_) else None
            case Load(name="i32.load"):
                found = self._found(node.address, node.offset, 4)
                return mutable(found[3]) if found and is_address(found[3]) else None
            case FunctionName():
                return pointer_to_function(self.callees[node.name])
            case Symbol():
                return f"*{self.memory.known[node.name].type}" if node.name in self.memory.known else "*u8"
            case CallNode(name="*"):
                type_ = self.pointer_type(node.args[0])
                result = read_type(type_).result if type_ and type_.startswith("fn(") else None  # type: ignore[union-attr]
                return mutable(result) if result and is_address(result) else None
            case CallNode():
                result = self.callees[node.name].result if node.name in self.callees else None
                return mutable(result) if result and is_address(result) else None
            case Op(name="select"):
                return self.pointer_type(node.args[1]) or self.pointer_type(node.args[2])
            case Op(name="i32.add" | "i32.sub" | "i32.or"):
                found = self._found(node, 0, None)
                return f"*{found[3]}" if found else ("*void" if self._base(node) else None)
        return None

    def _base(self, address: Node) -> tuple[Node, int, list[tuple[Node, int]]] | None:
        """The one pointer that an address is made of, and what is added: a constant and terms."""
        form = linear(address)
        if isinstance(address, Op) and address.name != "select" and any(t == address for t, _ in form.terms):
            return None
        bases = [t for t, c in form.terms if c == 1 and self.pointer_type(t) is not None]
        if len(bases) != 1:
            return None
        base = bases[0]
        rest = [(t, c) for t, c in form.terms if t is not base]
        if any(self.pointer_type(t) for t, _ in rest):
            return None
        constant = form.constant + (base.offset if isinstance(base, Symbol) else 0)
        return base, constant, rest

    def _found(self, address: Node, offset: int, width: int | None) -> tuple[Node, ir.Expr | None, tuple, str] | None:
        """(base, index, path, type) of what lies at an address: of that width, or (None) whatever begins there; None where the types do not tell."""
        base = self._base(address)
        if base is None:
            return None
        node, constant, terms = base
        to = (self.pointer_type(node) or "")[1:]
        if not to or to.startswith("n("):
            return None
        return self._descend(node, to, constant + offset, terms, width)

    def _descend(self, node: Node, to: str, constant: int, terms: Sequence[tuple[Node, int]], width: int | None):
        if to == "void":
            return None
        size = size_of(to, self.structs)[0]
        if not size:
            return None
        own = [(t, c // size) for t, c in terms if c % size == 0]
        left = [(t, c) for t, c in terms if c % size]
        first, rest = divmod(constant, size)
        if not own and not left and to not in WIDTHS and not is_address(to) and first and rest:
            return None  # behind the struct
        index = self._index(own, first)
        path: list[str | ir.Expr] = []
        type_ = to
        if left and (found := self._array_within(to, constant, left, size)) is not None:
            index = self._index(own, 0)
            path, type_, left, rest = found
        for _ in range(12):
            read = read_type(type_)
            is_leaf = type_ in WIDTHS or is_address(type_)
            if not left and not rest and ((is_leaf and (width is None or size_of(type_)[0] == width)) or (width is None and not isinstance(read, ArrayType))):
                return node, index, tuple(path), type_
            if is_leaf:
                return None
            if isinstance(read, ArrayType):
                step = size_of(read.of, self.structs)[0]
                inner = [(t, c // step) for t, c in left if c % step == 0]
                left = [(t, c) for t, c in left if c % step]
                number, rest = divmod(rest, step)
                path.append(self._index(inner, number) or ir.Const("index", 0))
                type_ = read.of
                continue
            struct = next((s for s in self.structs if s.name == type_), None)
            if struct is None:
                return None
            for field, inner_type, at in struct.layout(self.structs)[0]:
                if at <= rest < at + size_of(inner_type, self.structs)[0]:
                    path.append(field)
                    type_, rest = inner_type, rest - at
                    break
            else:
                return None
        return None

    def _array_within(self, to: str, constant: int, terms: Sequence[tuple[Node, int]], size: int):
        """`nodes[i].next[c - 'a']`, where an address is so many bytes behind a struct and terms of an array in it: the path to the element, its type, and
        that nothing is left. None where the constant alone tells the same."""
        struct = next((s for s in self.structs if s.name == to), None)
        if struct is None or 0 <= constant < size:
            return None
        for field, type_, at in struct.layout(self.structs)[0]:
            inner = read_type(type_)
            step = size_of(inner.of, self.structs)[0] if isinstance(inner, ArrayType) else 0
            if isinstance(inner, ArrayType) and step and not (constant - at) % step and not any(c % step for _, c in terms) and constant % size != at:
                number = self._index([(t, c // step) for t, c in terms], (constant - at) // step)
                return [field, number or ir.Const("index", 0)], inner.of, [], 0
        return None

    def _index(self, terms: Sequence[tuple[Node, int]], constant: int) -> ir.Expr | None:
        if not terms:
            return ir.Const("index", constant) if constant else None
        return sum_of([(self._term(t), c) for t, c in terms], constant)

    # ------------------------------------------------------------ pointers

    def pointer(self, node: Node, type_: str) -> ir.Expr:
        """A value as a pointer of a type."""
        if isinstance(node, Const):
            if node.bits and type_.startswith("fn("):
                raise NotLiftable("the address of a function that is not known")
            return ir.Null(type_) if not node.bits else ir.PointerCast(type_, ir.Const("u32", node.bits))
        if isinstance(node, Op) and node.name == "select":
            return self._choice(node, type_)
        own = self.pointer_type(node)
        if own is None:
            return ir.PointerCast(type_, super().value(node, "u32"))
        if isinstance(node, Symbol) and mutable(type_) in ("*i8", "*u8") and (text := self.memory.text(node)) is not None:
            return ir.Text(type_, text)
        value = self._pointer(node, own)
        return value if value.type == type_ else ir.PointerCast(type_, value)

    def _choice(self, node: Op, type_: str) -> ir.Expr:
        return ir.Select(type_, self.condition(node.args[0]), self.pointer(node.args[1], type_), self.pointer(node.args[2], type_))

    def _pointer(self, node: Node, own: str) -> ir.Expr:
        match node:
            case Op(name="select"):
                return self._choice(node, own)
            case FunctionName():
                return ir.FunctionPointer(own, node.name)
            case Get():
                return ir.Var(own, self.renamed.get(node.name, node.name))
            case Load():
                return self.casted(own, self.load(node))
            case CallNode():
                return self.casted(own, self.call(node))
            case Symbol() if node.name in self.memory.known:
                one = self.memory.known[node.name]
                start: ir.Expr = (ir.Borrow if one.count is None else ir.ArrayPointer)(pointer_to(one.type, one.constant), one.name)
                start = self.casted(own, start) if one.constant else start
                return start if not node.offset else self._pointer(Op("i32", "i32.add", (Symbol("i32", node.name, 0), Const("i32", node.offset))), own)
            case Symbol() if (text := self.memory.text(node)) is not None:
                return ir.Text(own, text)
            case Symbol():
                start = ir.ArrayPointer("*u8", self.memory.arrays[node.name].name)
                return start if not node.offset else ir.AddressOf("*u8", ir.Place("u8", start, ir.Const("index", node.offset), ()))
        found = self._found(node, 0, None)
        if found is not None:
            base, index, path, type_ = found
            place = ir.Place(type_, self._base_pointer(base), index, path)
            return ir.AddressOf(f"*{type_}", place)
        base, constant, terms = self._base(node) or (node, 0, [])
        return ir.PointerCast(own, ir.AddressOf("*u8", ir.Place("u8", self._as_bytes(base), self._index(terms, constant), ())))

    def _base_pointer(self, base: Node) -> ir.Expr:
        return self._pointer(replace(base, offset=0) if isinstance(base, Symbol) else base, self.pointer_type(base) or "*u8")

    def _start(self, base: Node) -> ir.Expr:
        """As `_base_pointer`, for what is only read or written: of an array that never changes a pointer to const."""
        one = self.memory.known.get(base.name) if isinstance(base, Symbol) else None
        if one is None or one.count is None:
            return self._base_pointer(base)
        return ir.ArrayPointer(pointer_to(one.type, one.constant), one.name)

    def _as_bytes(self, base: Node) -> ir.Expr:
        return self.casted("*u8", self._base_pointer(base))

    @staticmethod
    def casted(type_: str, value: ir.Expr) -> ir.Expr:
        """A pointer as one of a type."""
        return value if value.type == type_ else ir.PointerCast(type_, value)

    # ------------------------------------------------------------ accesses

    def place(self, address: Node, offset: int, width: int) -> list[tuple[ir.Expr, str]]:
        found = self._found(address, offset, width)
        if found is not None:
            base, index, path, type_ = found
            names = [p for p in path if isinstance(p, str)]
            if isinstance(base, Symbol) and base.name in self.memory.known and len(names) == len(path):
                if self.memory.known[base.name].count is not None:
                    return [(ir.Index(type_, base.name, index or ir.Const("index", 0), ".".join(names)), type_)]
                if index is None:
                    return [(ir.Global(type_, ".".join([base.name, *names])), type_)]
            return [(ir.Place(type_, self._start(base), index, path), type_)]
        parts = self.parts(address, offset, width)
        if parts and not any(type_ in FLOATS or is_address(type_) for _, type_ in parts):
            return parts
        scalar = {1: "u8", 2: "u16", 4: "u32", 8: "u64"}[width]
        known = self._base(address)
        if known is None:
            pointer: ir.Expr = ir.PointerCast("*u8", super().value(address, "u32"))
            at = ir.Const("index", offset) if offset else None
        else:
            pointer, at = self._as_bytes(known[0]), self._index(known[2], known[1] + offset)
        if width > 1:
            pointer = ir.PointerCast(f"*{scalar}", pointer if at is None else ir.AddressOf("*u8", ir.Place("u8", pointer, at, ())))
            at = None
        return [(ir.Place(scalar, pointer, at, ()), scalar)]

    def parts(self, address: Node, offset: int, width: int) -> list[tuple[ir.Expr, str]]:
        """The fields of a struct that an access spans, if it spans several whole ones, lowest first; else none."""
        out: list[tuple[ir.Expr, str]] = []
        at = 0
        while at < width:
            for size in (4, 2, 1):
                found = self._found(address, offset + at, size) if size <= width - at and size < width else None
                if found is not None and found[2]:
                    base, index, path, type_ = found
                    out.append((ir.Place(type_, self._start(base), index, path), type_))
                    at += size
                    break
            else:
                return []
        return out if len(out) <= MOST_PARTS else []

    def load(self, node: Load) -> ir.Expr:
        (target, type_), *_ = self.place(node.address, node.offset, node.width)
        return target if is_address(type_) else super().load(node)

    def value(self, node: Node, type_: str) -> ir.Expr:
        own = self.pointer_type(node)
        if own is not None and not isinstance(node, Op):
            return simple_cast(type_, ir.PointerBits("u32", self._pointer(node, own)))
        return super().value(node, type_)

    def natural(self, node: Node) -> str:
        return "u32" if self.pointer_type(node) is not None else super().natural(node)

    def _sign(self, node: Node) -> str:
        return "u" if self.pointer_type(node) is not None and not isinstance(node, Op) else super()._sign(node)

    def _difference(self, node: Op) -> ir.Expr | None:
        return None

    def condition(self, node: Node) -> ir.Expr:
        own = self.pointer_type(node)
        if own is not None:
            return ir.Not("bool", ir.IsNull("bool", self.pointer(node, own)))
        return super().condition(node)

    def refuse(self, node: Node) -> ir.Expr:
        own = self.pointer_type(node)
        return ir.IsNull("bool", self.pointer(node, own)) if own is not None else super().refuse(node)

    def _compare(self, node: Op) -> ir.Expr:
        left, right = node.args
        types = self.pointer_type(left), self.pointer_type(right)
        if left.kind != "i32" or not any(types):
            return super()._compare(node)
        op = COMPARE[operation(node.name)[0]]
        null = isinstance(right, Const) and right.bits == 0
        if null and op in ("==", "!="):
            return self.refuse(left) if op == "==" else self.condition(left)
        if all(types):
            type_ = types[0] or "*void"
            return ir.Compare("bool", op, *(ir.PointerBits("u32", self.pointer(n, type_)) for n in (left, right)))
        return ir.Compare("bool", op, self._number(left), self._number(right))

    def _number(self, node: Node) -> ir.Expr:
        own = self.pointer_type(node)
        return super().value(node, "u32") if own is None else ir.PointerBits("u32", self.pointer(node, own))

    # ------------------------------------------------------------ calls

    def call(self, node: CallNode) -> ir.Expr:
        if node.name != INDIRECT:
            return self._known_call(node)
        own = self.pointer_type(node.args[0])
        if own is None or not own.startswith("fn("):
            kinds = ",".join(a.kind if a.kind in FLOATS else f"i{a.kind[1:]}" for a in node.args[1:])
            own = f"fn({kinds}){node.kind}"
        function = read_type(own)
        assert isinstance(function, Function)
        if len(function.parameters) != len(node.args) - 1 or any(t not in WIDTHS and not is_address(t) for t in function.parameters):
            raise NotLiftable("a function pointer of another type")
        arguments = tuple(self.argument(a, t) for a, t in zip(node.args[1:], function.parameters, strict=True))
        return ir.CallThrough(function.result or "", self.pointer(node.args[0], own), arguments)

    def _known_call(self, node: CallNode) -> ir.Expr:
        callee = self.callees[node.name]
        if callee.result not in (None, callee.result_scalar) and not callee.result_hidden:
            raise NotLiftable("a call that gives a struct as a scalar")
        arguments: list[ir.Expr] = []
        given = len(callee.passed())
        for value, passed in zip(node.args[:given], callee.passed(), strict=True):
            if passed.parameter is None:
                continue
            parameter = callee.parameters[passed.parameter]
            if passed.indirect:
                arguments.append(ir.Place(parameter.type, self.pointer(value, f"*{parameter.type}")))
            elif not parameter.pointer and parameter.type not in WIDTHS and not is_address(parameter.type):
                raise NotLiftable("a struct passed as a scalar")
            else:
                arguments.append(self.argument(value, parameter.whole))
        if len(arguments) < len(callee.parameters):
            raise NotLiftable("an empty struct")
        arguments += [self.argument(value, type_) for value, type_ in zip(node.args[given:], self.more_types(node), strict=True)]
        return ir.Call(callee.result or "", node.name, tuple(arguments))

    def argument(self, node: Node, type_: str) -> ir.Expr:
        if is_address(type_):
            return self.pointer(node, type_ if isinstance(node, Symbol) else mutable(type_))
        if type_ == "bool":
            return self.condition(node)
        return simple_cast(type_, self.value(node, self.natural(node)))
