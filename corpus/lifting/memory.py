"""Addresses as elements: which variables are pointers into which array, and which element or field an address names.

A pointer variable becomes an index into its array (a variable of type `index`, in elements). An address is a linear form over variables;
taken apart by the element's size it is an index and a rest, which names a field. The rules assume what compilers keep: pointers are multiples
of their element's size, and no array is reached from another one's address.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from transpile.corpus import ir
from transpile.corpus.globals import Global
from transpile.corpus.lifting.shaped import text_at
from transpile.corpus.lifting.tree import Body, CallNode, Const, Get, Load, Node, NotLiftable, Op, Set, Store, Symbol, expressions, map_body, nodes, statements
from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS, Signature, Struct
from transpile.corpus.zigcc import GLOBAL_BASE

MASK = 0xFFFFFFFF
MOST_ELEMENTS = 1024
"""A table in the module's data that has no known end is taken for this many elements at most."""


def signed(value: int, bits: int = 32) -> int:
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


@dataclass(frozen=True, slots=True)
class Linear:
    """constant + sum of coefficient * term, modulo 2^32; coefficients and constant as signed numbers."""

    constant: int
    terms: tuple[tuple[Node, int], ...]


def linear(node: Node) -> Linear:
    constant, terms = _linear(node, 1)
    kept = tuple((term, signed(c)) for term, c in terms.items() if c & MASK)
    return Linear(signed(constant), kept)


def _linear(node: Node, factor: int) -> tuple[int, dict[Node, int]]:
    match node:
        case Const():
            return node.bits * factor, {}
        case Symbol():
            return node.offset * factor, {Symbol("i32", node.name, 0): factor}
        case Op(name="select", args=(condition, Symbol(name=name) as left, Symbol(name=other) as right)) if name == other:
            # One place or another in the same data: the distance is chosen.
            distance = Op("i32", "select", (condition, Const("i32", 0), Const("i32", (right.offset - left.offset) & MASK)))
            return _sum(_linear(left, factor), (0, {distance: factor}))
        case Op(name="i32.add", args=(left, right)):
            return _sum(_linear(left, factor), _linear(right, factor))
        case Op(name="i32.sub", args=(left, right)):
            return _sum(_linear(left, factor), _linear(right, -factor))
        case Op(name="i32.mul", args=(left, Const(bits=bits))):
            return _linear(left, factor * signed(bits))
        case Op(name="i32.shl", args=(left, Const(bits=bits))):
            return _linear(left, factor << (bits & 31))
        case Op(name="i32.or", args=(Op(name="i32.shl", args=(_, Const(bits=count))) as left, Const(bits=bits))) if bits < 1 << (count & 31):
            return _sum(_linear(left, factor), (bits * factor, {}))
    return 0, {node: factor}


def _in_one_segment(select: Op) -> bool:
    """Does a choice lie between two places of one data segment?"""
    return all(isinstance(one, Symbol) for one in select.args[1:]) and len({one.name for one in select.args[1:] if isinstance(one, Symbol)}) == 1


def _sum(left: tuple[int, dict[Node, int]], right: tuple[int, dict[Node, int]]) -> tuple[int, dict[Node, int]]:
    terms = dict(left[1])
    for term, coefficient in right[1].items():
        terms[term] = terms.get(term, 0) + coefficient
    return left[0] + right[0], terms


@dataclass(slots=True)
class Array:
    """Something that addresses point into: `name` in the tree that is rendered, `scalar` or `struct` its elements."""

    name: str
    scalar: str
    struct: Struct | None = None
    single: bool = False
    """A pointer to one struct: no index."""
    table: tuple[int, int] | None = None
    """For a table in the data: segment and offset in it."""
    size: int = 0
    """Elements of a local array or table."""
    variable: bool = False
    """Of the file, with its type known; without a `size` a scalar."""

    @property
    def width(self) -> int:
        if self.struct is None and not self.scalar:
            raise NotLiftable("elements of no known type")
        return self.struct.layout()[1] if self.struct else WIDTHS[self.scalar]


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the file, and the byte of its data segment that it begins at."""

    start: int
    itself: Global

    @property
    def end(self) -> int:
        return self.start + self.itself.size


@dataclass(slots=True)
class Memory:
    """Knows the arrays and pointer variables of one function."""

    signature: Signature
    body: Body
    data: tuple[bytes, ...]
    callees: dict[str, Signature]
    starts: tuple[tuple[int, ...], ...]
    """For each data segment, where tables are known to start."""
    arrays: dict[str, Array] = field(default_factory=dict)
    """By the name of a pointer parameter, the frame, or `d0+16` for a table."""
    pointers: dict[str, str] = field(default_factory=dict)
    """By variable: the key in `arrays` of what it points into."""
    state: Mapping[int, tuple[Variable, ...]] = field(default_factory=dict)
    """By data segment: the variables of the file that lie in it, for a segment that is no table."""
    known: dict[str, Global] = field(default_factory=dict)
    """Variables of the file, by name, where addresses in them are named after them."""
    frame: str = ""
    """The variable that holds the address of the local arrays."""
    biases: dict[str, int] = field(default_factory=dict)
    """By pointer variable: the bytes by which it stands behind the start of an element, if any."""

    def find(self) -> None:
        """Fill `arrays`, `pointers` and `biases`. Raises NotLiftable."""
        self.find_pointers()
        if self.frame:
            self._type_by_use(self.frame)
        for key in [k for k, a in self.arrays.items() if a.table is not None and not a.variable]:
            self.check_numbers(self.arrays[key])
            try:
                self._type_by_use(key)
            except NotLiftable:
                array = self.arrays[key]
                if self.text(Symbol("i32", f"d{array.table[0] if array.table else 0}", 0)) is None:
                    raise
                array.scalar = "u8"
        self._find_biases()

    def check_numbers(self, array: Array) -> None:
        """Raises NotLiftable for a table of addresses in the data: elsewhere they lead nowhere."""
        raw = self.data[array.table[0]] if array.table else b""
        if any(0 <= int.from_bytes(raw[i : i + 4], "little") - GLOBAL_BASE < 1 << 20 for i in range(0, len(raw) - 3, 4)):
            raise NotLiftable("a table of addresses")

    def text(self, symbol: Symbol) -> bytes | None:
        """What stands at a symbol where that is text."""
        segment = int(symbol.name[1:])
        if symbol.name in self.known or segment >= len(self.data) or self.data[segment].find(b"\0") != len(self.data[segment]) - 1:
            return None
        found = text_at(self.data[segment], symbol.offset)
        return found and found.characters

    def find_pointers(self) -> None:
        """Fill `arrays` and `pointers`; arrays of the data and the frame have no type yet."""
        for parameter in self.signature.parameters:
            if parameter.pointer:
                struct = self.signature.struct(parameter.type)
                self.arrays[parameter.name] = Array(
                    parameter.name, "" if struct else parameter.type, struct, single=bool(struct) and parameter.length is None
                )
                self.pointers[parameter.name] = parameter.name
        self._find_frame()
        self._find_tables()
        changed = True
        while changed:
            changed = False
            for one in statements(self.body):
                if isinstance(one, Set) and one.value.kind == "i32" and one.name not in self.pointers:
                    base = self.base_of(one.value)
                    if base is not None:
                        self.pointers[one.name] = base
                        changed = True

    def _find_biases(self) -> None:
        """Pointers to fields: how far each stands behind its element, the same at every definition."""
        todo = [one for one in statements(self.body) if isinstance(one, Set) and one.name in self.pointers and one.name != self.frame]
        for _ in range(len(todo) + 1):
            before = dict(self.biases)
            for one in todo:
                array = self.arrays[self.pointers[one.name]]
                value = one.value
                while isinstance(value, Op) and value.name == "select":
                    value = value.args[1]
                form = linear(value)
                if any(isinstance(t, Get) and t.name == one.name for t, _ in form.terms):
                    continue
                total = form.constant - (array.table[1] if array.table else 0)
                total += sum(c * self.biases.get(t.name, 0) for t, c in form.terms if isinstance(t, Get))
                if total % array.width:
                    self.biases[one.name] = total % array.width
            if before == self.biases:
                return
        raise NotLiftable("a pointer between elements")
    def _find_frame(self) -> None:
        for one in statements(self.body):
            if isinstance(one, Set) and one.name != "sp":
                form = linear(one.value)
                if form.terms == ((Get("i32", "sp"), 1),) and form.constant < 0:
                    if self.frame:
                        raise NotLiftable("two frames")
                    self.frame = one.name
                    self.arrays[one.name] = Array(one.name, "", size=-form.constant)
                    self.pointers[one.name] = one.name
        # Another variable may hold the frame: memset returns the address that it was given.
        frame = Get("i32", self.frame)
        held = {"sp", self.frame, *(one.name for one in statements(self.body) if isinstance(one, Set) and one.value == frame)}
        for one in statements(self.body):
            if isinstance(one, Set) and one.name == "sp" and linear(one.value).terms not in [((Get("i32", name), 1),) for name in held]:
                raise NotLiftable("a local array of no fixed size")
        if self.frame:  # it is aligned, so LLVM may write the sum as `or`
            aligned = Get("i32", self.frame)
            self.body = map_body(
                self.body,
                lambda n: Op("i32", "i32.add", n.args) if isinstance(n, Op) and n.name == "i32.or" and aligned == n.args[0] else n,
            )

    def _find_tables(self) -> None:
        """Every symbol with its constant is taken for the start of a table."""
        for one in statements(self.body):
            for expression in expressions(one):
                for address in _outermost_addresses(expression, one):
                    for term, _ in address.terms:
                        if isinstance(term, Symbol):
                            self.table(term, address.constant, len(address.terms) > 1)

    def table(self, symbol: Symbol, offset: int, indexed: bool = False) -> str:
        """The key of the array that an address with a symbol in it is into. `indexed`: not right at the offset, perhaps."""
        segment = int(symbol.name[1:])
        if segment in self.state:
            return self._variable(symbol.name, segment, offset, indexed)
        if segment >= len(self.data):
            raise NotLiftable(f"data {symbol.name} is not known")
        known = [s for s in self.starts[segment] if s <= offset]
        start = max(known, default=0) if offset >= 0 else 0
        key = f"{symbol.name}+{start}"
        if key not in self.arrays:
            end = min((s for s in self.starts[segment] if s > start), default=len(self.data[segment]))
            self.arrays[key] = Array(f"{symbol.name}_{start}", "", table=(segment, start), size=end - start)
        return key

    def _variable(self, symbol: str, segment: int, offset: int, indexed: bool) -> str:
        """The key of the variable at an offset; with an index, of the array at it or nearest before or behind it."""
        here = [v for v in self.state[segment] if not indexed or v.itself.count is not None]
        if not here:
            raise NotLiftable("an index into a variable")
        found = min(here, key=lambda v: max(v.start - offset, offset - v.end + 1, 0))
        key = f"{symbol}+{found.start}"
        one = found.itself
        struct = next((s for s in one.structs if s.name == one.type), None)
        if one.type not in WIDTHS and not (struct and struct.flat and one.count is not None):
            raise NotLiftable("a pointer that is kept")
        scalar = one.type if struct is None else ""
        self.arrays[key] = Array(one.name, scalar, struct, table=(segment, found.start), size=one.count or 0, variable=True)
        return key

    def base_of(self, node: Node) -> str | None:
        """The array that a value points into, None for a number."""
        if isinstance(node, Op) and node.name == "select" and not _in_one_segment(node):
            left, right = self.base_of(node.args[1]), self.base_of(node.args[2])
            return left if left == right else left or right
        if isinstance(node, Load | Const) or node.kind != "i32":
            return None
        found = self._net(linear(node))
        return next((base for base, count in found.items() if count == 1), None) if sum(map(abs, found.values())) == 1 else None

    def _net(self, form: Linear) -> dict[str, int]:
        """By array: how many pointers into it are added up."""
        net: dict[str, int] = {}
        for term, coefficient in form.terms:
            base = None
            if isinstance(term, Get):
                base = self.pointers.get(term.name)
            elif isinstance(term, Symbol):
                base = self.table(term, form.constant, len(form.terms) > 1)
            elif isinstance(term, Op) and term.name == "select":
                base = self.base_of(term)
            if base is not None:
                net[base] = net.get(base, 0) + coefficient
        return {base: count for base, count in net.items() if count}

    def _type_by_use(self, key: str) -> None:
        """The element type of a local array or table: by the accesses to it, all of one width."""
        array = self.arrays[key]
        found: set[str] = set()
        constants: set[str] = set()
        exact: set[str] = set()
        for one in statements(self.body):
            for expression in expressions(one):
                for node in nodes(expression):
                    if isinstance(node, Load) and self.base_of(node.address) == key:
                        found.add(accessed(node.name))
                    elif isinstance(node, CallNode) and node.name in self.callees:
                        for argument, parameter in zip(node.args, self.callees[node.name].parameters, strict=False):
                            if parameter.pointer and parameter.type in WIDTHS and self.base_of(argument) == key:
                                found.add(parameter.type)
                                exact.add(parameter.type)
            if isinstance(one, Store) and self.base_of(one.address) == key:
                (constants if isinstance(one.value, Const) else found).add(accessed(one.name))
        found = found or constants
        if not found:
            raise NotLiftable("an array without a type")
        width = min(WIDTHS[t] for t in found | constants)
        floats = found & FLOATS
        if floats and (len(found) > 1 or width != WIDTHS[min(floats)]):
            raise NotLiftable("memory of several types")
        found = {t for t in found if WIDTHS[t] == width} or {f"i{8 * width}"}
        array.scalar = floats.pop() if floats else f"{'i' if found & SIGNED else 'u'}{8 * width}"
        if width >= 4 and not floats:
            array.scalar = f"i{8 * width}"
        if len(exact) == 1 and WIDTHS[min(exact)] == width:
            array.scalar = exact.pop()
        array.size = -(-array.size // width)
        if array.table is not None:
            array.size = min(array.size, MOST_ELEMENTS)

    def values_of(self, array: Array) -> tuple[ir.Expr, ...]:
        """The elements of a table as constants."""
        assert array.table is not None
        segment, start = array.table
        width, kind = array.width, array.scalar
        raw = self.data[segment][start : start + array.size * width]
        raw += bytes(-len(raw) % width)
        out: list[ir.Expr] = []
        for i in range(0, len(raw), width):
            piece = raw[i : i + width]
            if kind in FLOATS:
                out.append(ir.Const(kind, struct.unpack("<f" if width == 4 else "<d", piece)[0]))
            else:
                out.append(ir.Const(kind, int.from_bytes(piece, "little", signed=kind in SIGNED)))
        return tuple(out)


def _outermost_addresses(expression: Node, one: object) -> list[Linear]:
    """Linear forms of all that may be an address with a symbol in it."""
    out = []
    for node in nodes(expression):
        if isinstance(node, Load):
            form = linear(node.address)
            out.append(Linear(form.constant + node.offset, form.terms))
    if isinstance(one, Store) and expression is one.address:
        form = linear(expression)
        out.append(Linear(form.constant + one.offset, form.terms))
    elif not any(isinstance(n, Load) for n in nodes(expression)):
        out.append(linear(expression))
    return out


def accessed(name: str) -> str:
    """The scalar that a load or store moves: `i32.load8_u` u8, `i64.store16` u16, `f64.load` f64."""
    kind, _, operation = name.partition(".")
    for width in ("8", "16", "32"):
        if operation.startswith((f"load{width}", f"store{width}")):
            return ("i" if operation.endswith("_s") else "u") + width
    return kind
