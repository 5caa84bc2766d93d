"""Addresses rendered: indices into arrays, elements and fields, what a load puts together, arrays as arguments of calls."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace

from transpile.corpus import ir
from transpile.corpus.externs import conversions
from transpile.corpus.globals import element_size
from transpile.corpus.lifting.memory import Array, Linear, accessed, linear
from transpile.corpus.lifting.tree import INDIRECT, CallNode, Const, Get, Load, Node, NotLiftable, Op, Symbol
from transpile.corpus.lifting.variables import Variables, integer, operation, simple_cast
from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS, is_address, pointer_to


class Elements(Variables, ABC):
    """What `Values` says of memory. `value` and `condition` are its."""

    @abstractmethod
    def value(self, node: Node, type_: str) -> ir.Expr:
        """A number as an expression of that type."""

    @abstractmethod
    def condition(self, node: Node) -> ir.Expr:
        """A number as a truth."""

    def index_of(self, node: Node, bias: int = 0) -> ir.Expr:
        """A pointer as an index into its array, of the type of such variables, `bias` bytes behind an element."""
        if isinstance(node, Op) and node.name == "select":
            return ir.Select(self.index_type, self.condition(node.args[0]), self.index_of(node.args[1], bias), self.index_of(node.args[2], bias))
        key = self.memory.base_of(node)
        if key is None:
            raise NotLiftable("no pointer")
        array = self.memory.arrays[key]
        form = linear(node)
        index, rest = self._divide(replace(form, constant=form.constant - bias), array)
        if rest:
            raise NotLiftable("a pointer between elements")
        if isinstance(index, ir.Const):
            if index.value < 0 and self.index_type == "index":
                raise NotLiftable("an index below 0")
            return ir.Const(self.index_type, index.value)
        return simple_cast(self.index_type, index)

    def _divide(self, form: Linear, array: Array) -> tuple[ir.Expr, int]:
        """The index and the bytes left over of an address, given as its linear form."""
        width = array.width
        constant = form.constant - (array.table[1] if array.table else 0)
        terms: list[tuple[ir.Expr, int]] = []
        for term, coefficient in form.terms:
            base = None
            if isinstance(term, Get):
                base = self.memory.pointers.get(term.name)
            elif isinstance(term, Symbol):
                continue
            elif isinstance(term, Op) and term.name == "select" and self.memory.base_of(term):
                terms.append((self.index_of(term), coefficient))
                continue
            if base is not None:
                constant += coefficient * self.memory.biases.get(term.name, 0)
                fixed = array.single or (term.name == base and term.name not in self.renamed)
                if not fixed:
                    terms.append((self.variable(term.name), coefficient))
            elif coefficient % width == 0:
                terms.append((self._term(term), coefficient // width))
            elif width & (width - 1) == 0:
                type_ = self.natural(term)
                product = self.value(term, type_)
                if coefficient not in (1, -1):
                    product = ir.Binary(type_, "*", product, ir.Const(type_, abs(coefficient)))
                shift = ir.Const("u32", width.bit_length() - 1)
                terms.append((ir.Binary(type_, ">>", product, shift), 1 if coefficient > 0 else -1))
            else:
                raise NotLiftable("an offset that is no multiple of the element")
        return sum_of(terms, constant // width), constant % width

    def _term(self, term: Node) -> ir.Expr:
        """A number that is part of an index, without conversions that an index does not need."""
        if isinstance(term, Get) and term.name in self.length_of and term.name not in self.renamed:
            return self.variable(term.name)
        value = self.value(term, self.natural(term))
        if isinstance(value, ir.Cast) and value.operand.type in ("u8", "u16", "index"):
            return value.operand
        return value

    def _difference(self, node: Op) -> ir.Expr | None:
        """The difference of two pointers, in bytes, or in elements if it is shifted by their size; None for anything else."""
        shift = 0
        inner: Node = node
        if operation(node.name)[0] == "shr":
            if not isinstance(node.args[1], Const):
                return None
            shift, inner = node.args[1].bits, node.args[0]
        form = linear(inner)
        plus = [t for t, c in form.terms if isinstance(t, Get) and t.name in self.memory.pointers and c == 1]
        minus = [t for t, c in form.terms if isinstance(t, Get) and t.name in self.memory.pointers and c == -1]
        if len(plus) != 1 or len(minus) != 1:
            return None
        bases = [self.memory.pointers[t.name] for t in (*plus, *minus)]
        if bases[0] != bases[1]:
            return None
        array = self.memory.arrays[bases[0]]
        index, rest = self._divide(form, array)
        if rest:
            return None
        if shift:
            return index if 1 << shift == array.width else None
        return index if array.width == 1 else ir.Binary("i32", "*", simple_cast("i32", index), ir.Const("i32", array.width))

    def place(self, address: Node, offset: int, width: int) -> list[tuple[ir.Expr, str]]:
        """The elements or fields that an access spans, lowest first, each with its type."""
        key = self.memory.base_of(address)
        if key is None:
            raise NotLiftable("an address that is no element of an array")
        form = linear(address)
        array = self.memory.arrays[key]
        if array.variable and array.struct is None and len(form.terms) == 1 and isinstance(form.terms[0][0], Symbol):
            return self._variables(int(form.terms[0][0].name[1:]), form.constant + offset, width)
        if array.variable and not array.size:
            raise NotLiftable("an index into a variable")
        index, rest = self._divide(Linear(form.constant + offset, form.terms), array)
        out: list[tuple[ir.Expr, str]] = []
        if array.struct is not None:
            at = rest
            while at < rest + width:
                found = next(((f, t) for f, t, o in array.struct.layout()[0] if o == at), None)
                if found is None:
                    raise NotLiftable("a part of a field")
                name, type_ = found
                if array.single:
                    if not (isinstance(index, ir.Const) and index.value == 0):
                        raise NotLiftable("beyond a struct")
                    out.append((ir.Field(type_, array.name, name), type_))
                else:
                    out.append((ir.Index(type_, array.name, index, name), type_))
                at += WIDTHS[type_]
            if at != rest + width:
                raise NotLiftable("a part of a field")
            return out
        if rest or width % array.width:
            raise NotLiftable("a part of an element")
        for i in range(width // array.width):
            out.append((ir.Index(array.scalar, array.name, _plus(index, i)), array.scalar))
        return out

    def _variables(self, segment: int, at: int, width: int) -> list[tuple[ir.Expr, str]]:
        """What lies at an offset of a data segment that holds variables of the file."""
        out: list[tuple[ir.Expr, str]] = []
        end = at + width
        while at < end:
            found = next((v for v in self.memory.state[segment] if v.start <= at < v.end), None)
            if found is None:
                raise NotLiftable("an address between variables")
            one, size = found.itself, element_size(found.itself.type)
            if one.type not in WIDTHS or (at - found.start) % size or at + size > end:
                raise NotLiftable("a part of a variable")
            position = ir.Const("index", (at - found.start) // size)
            out.append((ir.Global(one.type, one.name) if one.count is None else ir.Index(one.type, one.name, position), one.type))
            at += size
        return out

    def array_of(self, address: Node) -> Array:
        """The array of scalars that an address points into."""
        key = self.memory.base_of(address)
        if key is None or self.memory.arrays[key].struct is not None:
            raise NotLiftable("an address that is no element of an array")
        return self.memory.arrays[key]

    def element(self, address: Node, position: ir.Expr) -> ir.Expr:
        """The element that stands `position` elements behind an address."""
        array, index = self.array_of(address), self.index_of(address)
        at_start = isinstance(index, ir.Const) and index.value == 0
        at = position if at_start else ir.Binary("index", "+", index if index.type == "index" else as_index(index), position)
        return ir.Index(array.scalar, array.name, at)

    def quotient(self, size: Node, width: int) -> ir.Expr:
        """A number of bytes as a number of elements, of type `index`."""
        form = linear(size)
        if form.constant % width or any(c % width for _, c in form.terms):
            if form.terms and width > 1:
                return as_index(ir.Binary("u32", "/", self.value(size, "u32"), ir.Const("u32", width)))
            raise NotLiftable("a part of an element")
        total = sum_of([(self._term(t), c // width) for t, c in form.terms], form.constant // width)
        return total if total.type == "index" else as_index(total)

    def load(self, node: Load) -> ir.Expr:
        """What a load gives, as the type of what lies there or, of several elements, put together."""
        places = self.place(node.address, node.offset, node.width)
        scalar = accessed(node.name)
        if len(places) == 1:
            target, type_ = places[0]
            if type_ in FLOATS and scalar not in FLOATS:
                return ir.Builtin(f"u{8 * node.width}", "to_bits", (target,))
            if scalar in FLOATS and type_ not in FLOATS:
                return ir.Builtin(scalar, "from_bits", (simple_cast(f"u{8 * node.width}", target),))
            if type_ in FLOATS or type_ == "bool":
                return target
            if WIDTHS[type_] < int(node.kind[1:]) // 8:
                extended = "s" if scalar in SIGNED else "u"
                return simple_cast(integer(node.kind, "s"), simple_cast(integer(type_, extended) if len(type_) < 4 or type_[0] in "iu" else type_, target))
            return target
        wide = integer(node.kind, "u")
        out: ir.Expr | None = None
        at = 0
        for target, type_ in places:
            if type_ in FLOATS:
                raise NotLiftable("the bits of a float")
            part = simple_cast(wide, simple_cast(f"u{8 * WIDTHS[type_]}", target))
            part = ir.Binary(wide, "<<", part, ir.Const("u32", at)) if at else part
            out = part if out is None else ir.Binary(wide, "|", out, part)
            at += 8 * WIDTHS[type_]
        assert out is not None
        if scalar in FLOATS:
            return ir.Builtin(scalar, "from_bits", (out,))
        if scalar in SIGNED and at < int(node.kind[1:]):
            return simple_cast(integer(node.kind, "s"), simple_cast(f"i{at}", out))
        return out

    def call(self, node: CallNode) -> ir.Expr:
        if node.name == INDIRECT:
            raise NotLiftable("a call through a pointer")
        callee = self.callees[node.name]
        pointer_of = {p.length: i for i, p in enumerate(callee.parameters) if p.length is not None}
        arguments: list[ir.Expr] = []
        fixed = len(callee.parameters)
        for position, (arg, parameter) in enumerate(zip(node.args[:fixed], callee.parameters, strict=True)):
            if parameter.pointer:
                length = node.args[parameter.length] if parameter.length is not None else None
                arguments.append(self._array_argument(arg, length))
            elif position in pointer_of and isinstance(arguments[pointer_of[position]] if pointer_of[position] < position else None, ir.Var):
                own = self.memory.arrays.get(self.memory.base_of(node.args[pointer_of[position]]) or "")
                known = own is not None and own.variable  # of which renderers see no declaration
                arguments.append(ir.Const("index", own.size) if known else ir.Len("index", arguments[pointer_of[position]].name))
            elif parameter.type == "bool":
                arguments.append(self.condition(arg))
            else:
                arguments.append(simple_cast(parameter.type, self.value(arg, self.natural(arg))))
        for arg, type_ in zip(node.args[fixed:], self.more_types(node), strict=True):
            arguments.append(self._array_argument(arg, None) if is_address(type_) else simple_cast(type_, self.value(arg, self.natural(arg))))
        return ir.Call(callee.result or "", node.name, tuple(arguments))

    def more_types(self, node: CallNode) -> list[str]:
        """Types of the arguments of a call behind the callee's parameters: what the format says, which is the last of these."""
        callee = self.callees[node.name]
        if not callee.variadic:
            return []
        given = node.args[len(callee.parameters) - 1]
        text = self.memory.text(given) if isinstance(given, Symbol) else None
        return (conversions(text) if text is not None else None) or []

    def _array_argument(self, arg: Node, length: Node | None) -> ir.Expr:
        """A pointer, with the number of elements behind it if the callee knows one, as an argument."""
        if isinstance(arg, Symbol) and (text := self.memory.text(arg)) is not None:
            return ir.Text("*const i8", text)
        key = self.memory.base_of(arg)
        if key is None:
            raise NotLiftable("an argument that is no array")
        array = self.memory.arrays[key]
        if array.variable and not array.size:
            if length is not None:
                raise NotLiftable("a variable as an array")
            return ir.Borrow(pointer_to(array.scalar), array.name)
        index = self.index_of(arg)
        at_start = isinstance(index, ir.Const) and index.value == 0
        if array.single:
            if length is not None:
                raise NotLiftable("one struct as an array")
            return ir.Var("array", array.name)
        if length is None:
            return ir.Part("array", array.name, index) if not at_start or array.struct else ir.Var("array", array.name)
        own_length = isinstance(length, Get) and self.length_of.get(length.name) == key and length.name not in self.renamed
        if at_start and (own_length or (array.size and isinstance(length, Const) and length.bits == array.size)):
            return ir.Var("array", array.name)
        return ir.Part("array", array.name, index, self._term(length), self._is_rest(arg, length, array, key))

    def _is_rest(self, address: Node, length: Node, array: Array, key: str) -> bool:
        """Do that many elements from the address on reach to the end of the array, by the names of both?"""
        own = next((name for name, of in self.length_of.items() if of == key and name not in self.renamed), None)
        start, count = linear(address), linear(length)
        total = dict(start.terms)
        total.pop(Get("i32", key), None)
        for term, coefficient in count.terms:
            total[term] = total.get(term, 0) + coefficient * array.width
        whole = {term: c for term, c in total.items() if c}
        return start.constant + count.constant * array.width == 0 and own is not None and whole == {Get("i32", own): array.width}


def as_index(value: ir.Expr) -> ir.Expr:
    if isinstance(value, ir.Const):
        return ir.Const("index", value.value)
    return ir.Cast("index", value)


def _plus(index: ir.Expr, more: int) -> ir.Expr:
    if not more:
        return index
    if isinstance(index, ir.Const):
        return replace(index, value=index.value + more)
    if isinstance(index, ir.Binary) and index.op in "+-" and isinstance(index.right, ir.Const):
        total = more + (index.right.value if index.op == "+" else -index.right.value)
        if total == 0:
            return index.left
        return ir.Binary(index.type, "+" if total > 0 else "-", index.left, ir.Const(index.type, abs(total)))
    return ir.Binary(index.type, "+" if more > 0 else "-", index, ir.Const(index.type, abs(more)))


def sum_of(terms: list[tuple[ir.Expr, int]], constant: int) -> ir.Expr:
    """constant + sum of factor * term, of type `index` where a term is, else of the terms' integer type."""
    if not terms:
        return ir.Const("index", constant)
    kinds = {t.type for t, _ in terms}
    own = "index" if len(kinds) > 1 or not kinds <= {"i32", "u32", "index"} else kinds.pop()
    ordered = sorted(terms, key=lambda one: one[1] < 0)
    out: ir.Expr | None = None
    for term, factor in ordered:
        part = term if term.type == own else as_index(term)
        if abs(factor) != 1:
            part = ir.Binary(own, "*", part, ir.Const(own, abs(factor)))
        if out is None:
            out = part if factor > 0 else ir.Binary(own, "-", ir.Const(own, 0), part)
        else:
            out = ir.Binary(own, "+" if factor > 0 else "-", out, part)
    assert out is not None
    return _plus(out, constant)
