"""Machine words as typed expressions: signedness and width for every variable, conversions where an instruction wants others.

A variable's type is decided by vote: what the instructions that read it take it for. Whatever is left to choose follows the context, so that
few conversions stand in the result. Invariant: with wrapping arithmetic the expression has the machine's value, as far as the addresses hold
what `memory` assumes.
"""

from __future__ import annotations

import struct
from collections import Counter
from dataclasses import replace

from transpile.corpus import ir
from transpile.corpus.lifting.memory import Array, Linear, Memory, accessed, linear, signed
from transpile.corpus.lifting.tree import Body, CallNode, Const, Get, Load, Node, NotLiftable, Op, Return, Set, Symbol, expressions, nodes, statements
from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS, Signature

ARITHMETIC = {"add": "+", "sub": "-", "mul": "*", "and": "&", "or": "|", "xor": "^", "div": "/", "rem": "%", "shl": "<<", "shr": ">>"}
COMPARE = {"eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">="}
OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
FLOAT_UNARY = {"abs": "fabs", "sqrt": "sqrt", "floor": "floor", "ceil": "ceil", "trunc": "trunc"}
TRUTHS = frozenset(COMPARE) | {"eqz", "and_then", "or_else"}


def operation(name: str) -> tuple[str, str]:
    """`i32.lt_s` as ("lt", "s"), `f64.add` as ("add", "")."""
    short = name.partition(".")[2] or name
    base, _, sign = short.rpartition("_")
    return (base, sign) if sign in ("s", "u") else (short, "")


def integer(kind: str, sign: str) -> str:
    """The integer type of a wasm type's width."""
    return ("i" if sign == "s" else "u") + kind[1:]


def simple_cast(type_: str, value: ir.Expr) -> ir.Expr:
    """A conversion, without those that it makes needless."""
    if value.type == type_:
        return value
    if isinstance(value, ir.Const) and type_ not in FLOATS and not isinstance(value.value, float) and type_ not in ("bool", "index"):
        bits = 8 * WIDTHS[type_]
        number = int(value.value) & ((1 << bits) - 1)
        return ir.Const(type_, signed(number, bits) if type_ in SIGNED else number)
    if isinstance(value, ir.Cast) and type_ not in FLOATS and type_ != "bool" and value.type not in FLOATS:
        inner = value.operand
        narrow = WIDTHS.get(type_, 4)
        if inner.type not in FLOATS and WIDTHS.get(value.type, 4) >= narrow and value.type != "bool" and inner.type != "index":
            if inner.type == type_:
                return inner
            # what is cut off anyway need not be extended first
            if inner.type != "bool" and WIDTHS.get(inner.type, 4) >= narrow:
                return simple_cast(type_, inner)
            if WIDTHS.get(value.type, 4) == narrow and (inner.type == "bool" or inner.type not in SIGNED):
                return ir.Cast(type_, inner)
    if (
        isinstance(value, ir.Binary) and value.op == "&" and isinstance(value.right, ir.Const) and type_ not in FLOATS and type_ != "bool"
        and type_ in WIDTHS and value.right.value == (1 << 8 * WIDTHS[type_]) - 1 and WIDTHS[type_] < WIDTHS.get(value.type, 4)
    ):  # fmt: skip
        return simple_cast(type_, value.left)
    return ir.Cast(type_, value)


class Values:
    """Renders the expressions of one function. `types` holds the type of every variable that is no pointer."""

    def __init__(self, memory: Memory, kinds: dict[str, str], body: Body, callees: dict[str, Signature], index_type: str) -> None:
        self.memory = memory
        self.signature = memory.signature
        self.callees = callees
        self.parameters = {p.name: p for p in self.signature.parameters}
        self.length_of = {
            self.signature.parameters[p.length].name: p.name for p in reversed(self.signature.parameters) if p.length is not None
        }
        self.renamed: dict[str, str] = {}
        """Parameters that are assigned, by the variable that takes their place."""
        self.kinds = kinds
        self.index_type = index_type
        """Type of the variables that were pointers: `index`, or i32 where one may stand before its array."""
        self.types: dict[str, str] = {}
        self._vote(body)

    # ------------------------------------------------------------ types of variables

    def _vote(self, body: Body) -> None:
        votes: dict[str, Counter[str]] = {}

        def vote(node: Node, sign: str, weight: int = 2) -> None:
            if isinstance(node, Get):
                votes.setdefault(node.name, Counter())[sign] += weight

        def sign_of(type_: str | None) -> str:
            return "s" if type_ in SIGNED else "u"

        for one in statements(body):
            for expression in expressions(one):
                for node in nodes(expression):
                    if isinstance(node, Op):
                        name, sign = operation(node.name)
                        if sign and "trunc" not in name:
                            for arg in node.args[:1] if name == "shr" else node.args:
                                vote(arg, sign)
                    elif isinstance(node, CallNode) and node.name in self.callees:
                        for arg, parameter in zip(node.args, self.callees[node.name].parameters, strict=True):
                            if not parameter.pointer:
                                vote(arg, sign_of(parameter.type))
            if isinstance(one, Return) and one.value is not None and self.signature.result:
                vote(one.value, sign_of(self.signature.result), 3)
            if isinstance(one, Set):
                value = one.value
                if isinstance(value, Op) and operation(value.name)[1] in ("s", "u") and operation(value.name)[0] in ("div", "rem", "shr"):
                    vote(Get(one.value.kind, one.name), operation(value.name)[1])
                if isinstance(value, Load):
                    array = self.memory.arrays.get(self.memory.base_of(value.address) or "")
                    if array and array.scalar and WIDTHS[array.scalar] == value.width:
                        vote(Get(value.kind, one.name), sign_of(array.scalar))
                if isinstance(value, CallNode) and value.name in self.callees:
                    vote(Get(value.kind, one.name), sign_of(self.callees[value.name].result))
                for node in (value, *(value.args if isinstance(value, Op) else ())):
                    if isinstance(node, Get) and node.name in self.parameters and not self.parameters[node.name].pointer:
                        vote(Get(node.kind, one.name), sign_of(self.parameters[node.name].type), 1)
        for name, kind in self.kinds.items():
            if name in self.memory.pointers or name == "sp":
                continue
            if kind in FLOATS:
                self.types[name] = kind
            else:
                count = votes.get(name, Counter())
                self.types[name] = integer(kind, "u" if count["u"] > count["s"] else "s")
        for parameter in self.signature.parameters:
            if not parameter.pointer:
                self.types[parameter.name] = parameter.type
        self._find_truths(body)

    def _find_truths(self, body: Body) -> None:
        """Variables that only ever hold 0 or 1 by comparison, and are read as conditions, are bool."""
        defined: dict[str, list[Node]] = {}
        for one in statements(body):
            if isinstance(one, Set):
                defined.setdefault(one.name, []).append(one.value)
        candidates = {n for n, values in defined.items() if n in self.types and n[0] != "p" and any(not isinstance(v, Const) for v in values)}
        changed = True
        truths = set(candidates)
        while changed:
            changed = False
            for name in sorted(truths):
                if not all(self._is_truth(value, truths) for value in defined[name]):
                    truths.discard(name)
                    changed = True
        for name in truths:
            self.types[name] = "bool"

    def _is_truth(self, node: Node, truths: set[str] | None = None) -> bool:
        match node:
            case Const():
                return node.kind == "i32" and node.bits in (0, 1)
            case Get():
                return node.name in truths if truths is not None else self.types.get(node.name) == "bool"
            case Op(name="select"):
                return node.kind == "i32" and all(self._is_truth(a, truths) for a in node.args[1:])
            case Op():
                name = operation(node.name)[0]
                if name in ("and", "or", "xor"):
                    return all(self._is_truth(a, truths) for a in node.args)
                return name in TRUTHS
            case Load():
                array = self.memory.arrays.get(self.memory.base_of(node.address) or "")
                return array is not None and array.scalar == "bool"
            case CallNode():
                return node.name in self.callees and self.callees[node.name].result == "bool"
        return False

    # ------------------------------------------------------------ variables

    def variable(self, name: str) -> ir.Expr:
        """What reading a variable is; a parameter that holds a length is the array's length."""
        renamed = self.renamed.get(name, name)
        if name in self.memory.pointers:
            return ir.Var(self.index_type, renamed)
        if name in self.length_of and name not in self.renamed:
            return ir.Len("index", self.length_of[name])
        if name == "sp":
            raise NotLiftable("the stack pointer as a value")
        return ir.Var(self.types[name], renamed)

    # ------------------------------------------------------------ numbers

    def natural(self, node: Node) -> str:
        """The integer or float type that a value has by itself."""
        if node.kind in FLOATS:
            return node.kind
        sign = self._sign(node)
        return integer(node.kind, sign or "s")

    def _sign(self, node: Node) -> str:
        match node:
            case Get():
                type_ = self.types.get(node.name, "i32")
                return "u" if WIDTHS[type_] * 8 == int(node.kind[1:]) and type_ not in SIGNED else "s"
            case Op(name="select"):
                return self._sign(node.args[1]) or self._sign(node.args[2])
            case Op():
                name, sign = operation(node.name)
                if name in ("div", "rem", "shr"):
                    return sign
                if name in ("add", "sub", "mul", "and", "or", "xor", "shl", "rotl", "rotr"):
                    found = [self._sign(a) for a in (node.args if name[:2] != "sh" and name[:3] != "rot" else node.args[:1])]
                    return "u" if "u" in found else "s" if "s" in found else ""
                if name in ("extend_i32", "trunc_f32", "trunc_f64"):
                    return sign
                return ""
            case Load():
                array = self.memory.arrays.get(self.memory.base_of(node.address) or "")
                if array and array.scalar and 8 * WIDTHS[array.scalar] == int(node.kind[1:]):
                    return "s" if array.scalar in SIGNED else "u"
            case CallNode():
                result = self.callees[node.name].result if node.name in self.callees else None
                return "u" if result not in SIGNED else "s"
        return ""

    def value(self, node: Node, type_: str) -> ir.Expr:
        """A value as `type_`, an integer or float type of the value's width."""
        match node:
            case Const():
                return self._constant(node, type_)
            case Symbol():
                raise NotLiftable("an address of data as a number")
            case Get():
                if node.name in self.memory.pointers:
                    raise NotLiftable("a pointer as a number")
                return simple_cast(type_, self.variable(node.name))
            case Load():
                return simple_cast(type_, self.load(node))
            case CallNode():
                return simple_cast(type_, self.call(node))
            case Op():
                if self._is_truth(node) and node.kind == "i32":
                    return simple_cast(type_, self.condition(node))
                return self._operation(node, type_)
        raise AssertionError(node)

    def _constant(self, node: Const, type_: str) -> ir.Expr:
        if node.kind in FLOATS:
            code = "<d" if node.kind == "f64" else "<f"
            return ir.Const(node.kind, struct.unpack(code, node.bits.to_bytes(8 if node.kind == "f64" else 4, "little"))[0])
        return ir.Const(type_, signed(node.bits, int(node.kind[1:])) if type_ in SIGNED else node.bits)

    def _operation(self, node: Op, type_: str) -> ir.Expr:
        name, sign = operation(node.name)
        args = node.args
        if node.name == "select":
            return self._select(node, type_)
        if node.kind in FLOATS:
            return self._float(node, name, sign)
        if node.kind == "i32" and name in ("add", "sub", "shr"):
            difference = self._difference(node)
            if difference is not None:
                return simple_cast(type_, difference)
        if name in ("add", "sub", "mul", "and", "or", "xor"):
            return self._ring(name, args, type_)
        if name in ("div", "rem", "shr", "shl"):
            own = integer(node.kind, sign) if sign else type_
            right = self._count(args[1], node.kind) if name in ("shr", "shl") else self.value(args[1], own)
            return simple_cast(type_, ir.Binary(own, ARITHMETIC[name], self.value(args[0], own), right))
        own = integer(node.kind, "u")
        if name in ("rotl", "rotr"):
            return simple_cast(type_, ir.Builtin(own, name, (self.value(args[0], own), self._count(args[1], node.kind))))
        if name in ("clz", "ctz", "popcnt"):
            return simple_cast(type_, ir.Builtin(own, {"popcnt": "popcount"}.get(name, name), (self.value(args[0], own),)))
        if name in ("reinterpret_f32", "reinterpret_f64"):
            return simple_cast(type_, ir.Builtin(own, "to_bits", (self.value(args[0], args[0].kind),)))
        if name == "wrap_i64":
            return simple_cast(type_, self.value(args[0], self.natural(args[0])))
        if name == "extend_i32":
            return simple_cast(type_, simple_cast(integer("i64", sign), self.value(args[0], integer("i32", sign))))
        if name.startswith("extend"):
            narrow = f"i{name[6:]}"
            return simple_cast(type_, simple_cast(narrow, self.value(args[0], integer(node.kind, "s"))))
        if name in ("trunc_f32", "trunc_f64", "trunc_sat_f32", "trunc_sat_f64"):
            return simple_cast(type_, ir.Cast(integer(node.kind, sign), self.value(args[0], name[-3:])))
        raise NotLiftable(node.name)

    def _ring(self, name: str, args: tuple[Node, ...], type_: str) -> ir.Expr:
        left, right = args
        if isinstance(left, Const) and not isinstance(right, Const):
            if name == "sub" and left.bits == 0:
                return ir.Unary(type_, "-", self.value(right, type_))
            if name != "sub":
                left, right = right, left
        op = ARITHMETIC[name]
        if isinstance(right, Const):
            bits = int(right.kind[1:])
            number = signed(right.bits, bits)
            if name == "xor" and number == -1:
                return ir.Unary(type_, "~", self.value(left, type_))
            if name == "add" and number < 0 and number != -(1 << (bits - 1)):
                return ir.Binary(type_, "-", self.value(left, type_), ir.Const(type_, -number))
        if name == "add" and isinstance(right, Op) and operation(right.name)[0] == "sub" and isinstance(right.args[0], Const) and not right.args[0].bits:
            return ir.Binary(type_, "-", self.value(left, type_), self.value(right.args[1], type_))
        return ir.Binary(type_, op, self.value(left, type_), self.value(right, type_))

    def _count(self, node: Node, kind: str) -> ir.Expr:
        """A shift count: what it is modulo the width, as the machine takes it."""
        width = int(kind[1:])
        if isinstance(node, Const):
            return ir.Const("u32", node.bits % width)
        if isinstance(node, Op) and node.name == "i64.extend_i32_u":
            node = node.args[0]
        type_ = self.natural(node)
        if isinstance(node, Op) and operation(node.name)[0] == "and" and isinstance(node.args[1], Const) and node.args[1].bits < width:
            return self.value(node, type_)
        return ir.Binary(type_, "&", self.value(node, type_), ir.Const(type_, width - 1))

    def _select(self, node: Op, type_: str) -> ir.Expr:
        condition, then, other = node.args
        if isinstance(condition, Op) and node.kind not in FLOATS and len(condition.args) == 2:
            name, sign = operation(condition.name)
            if name in ("lt", "gt", "le", "ge") and sign and condition.args[0].kind == node.kind and not self._mentions_pointer(condition):
                own = integer(node.kind, sign)
                if {then, other} == set(condition.args) and then != other:
                    smaller = (then == condition.args[0]) == (name in ("lt", "le"))
                    arguments = (self.value(condition.args[0], own), self.value(condition.args[1], own))
                    return simple_cast(type_, ir.Builtin(own, "min" if smaller else "max", arguments))
        return ir.Select(type_, self.condition(condition), self.value(then, type_), self.value(other, type_))

    def _mentions_pointer(self, node: Node) -> bool:
        return any((isinstance(n, Get) and n.name in self.memory.pointers) or isinstance(n, Symbol) for n in nodes(node))

    def _float(self, node: Op, name: str, sign: str) -> ir.Expr:
        kind, args = node.kind, node.args
        if name in ("add", "sub", "mul", "div"):
            return ir.Binary(kind, ARITHMETIC[name], self.value(args[0], kind), self.value(args[1], kind))
        if name == "neg":
            return ir.Unary(kind, "-", self.value(args[0], kind))
        if name in FLOAT_UNARY:
            return ir.Builtin(kind, FLOAT_UNARY[name], (self.value(args[0], kind),))
        if name.startswith("convert_i"):
            return ir.Cast(kind, self.value(args[0], integer(name[-3:], sign)))
        if name in ("reinterpret_i32", "reinterpret_i64"):
            return ir.Builtin(kind, "from_bits", (self.value(args[0], integer(args[0].kind, "u")),))
        if name in ("promote_f32", "demote_f64"):
            return ir.Cast(kind, self.value(args[0], args[0].kind))
        raise NotLiftable(node.name)

    # ------------------------------------------------------------ conditions

    def condition(self, node: Node) -> ir.Expr:
        """A value as a truth: is it not zero?"""
        match node:
            case Const():
                return ir.Const("bool", node.bits != 0)
            case Get() if self.types.get(node.name) == "bool":
                return self.variable(node.name)
            case Get() if node.name in self.memory.pointers:
                return ir.Const("bool", True)
            case Op(name="i32.eqz" | "i64.eqz"):
                return self.refuse(node.args[0])
            case Op(name="and_then" | "or_else"):
                return ir.Logic("bool", "and" if node.name == "and_then" else "or", self.condition(node.args[0]), self.condition(node.args[1]))
            case Op(name="select") if self._is_truth(node):
                return self._truth_select(node)
            case Op() if operation(node.name)[0] in COMPARE:
                return self._compare(node)
            case Op() if operation(node.name)[0] in ("and", "or", "xor") and self._is_truth(node):
                left, right = (self.condition(a) for a in node.args)
                name = operation(node.name)[0]
                if name == "xor":
                    return invert(left) if isinstance(right, ir.Const) and right.value else ir.Compare("bool", "!=", left, right)
                return ir.Logic("bool", name, left, right)
            case Load() | CallNode() if self._is_truth(node):
                return self.load(node) if isinstance(node, Load) else self.call(node)
        type_ = self.natural(node)
        return ir.Compare("bool", "!=", self.value(node, type_), ir.Const(type_, 0))

    def _truth_select(self, node: Op) -> ir.Expr:
        condition, then, other = (self.condition(a) for a in node.args)
        if isinstance(other, ir.Const) and not other.value:
            return ir.Logic("bool", "and", condition, then)
        if isinstance(then, ir.Const) and then.value:
            return ir.Logic("bool", "or", condition, other)
        return ir.Select("bool", condition, then, other)

    def refuse(self, node: Node) -> ir.Expr:
        """Is a value zero?"""
        if self._is_truth(node) or (isinstance(node, Get) and node.name in self.memory.pointers):
            return invert(self.condition(node))
        if isinstance(node, Op) and operation(node.name)[0] in ("and_then", "or_else", "eqz"):
            return invert(self.condition(node))
        type_ = self.natural(node)
        return ir.Compare("bool", "==", self.value(node, type_), ir.Const(type_, 0))

    def _compare(self, node: Op) -> ir.Expr:
        name, sign = operation(node.name)
        left, right = node.args
        op = COMPARE[name]
        if left.kind in FLOATS:
            return ir.Compare("bool", op, self.value(left, left.kind), self.value(right, left.kind))
        if left.kind == "i32":
            bases = self.memory.base_of(left), self.memory.base_of(right)
            if bases[0] is not None and bases[0] == bases[1]:
                return ir.Compare("bool", op, self.index_of(left), self.index_of(right))
            if any(bases):
                if isinstance(right, Const) and right.bits == 0:
                    return ir.Const("bool", op in ("!=", ">"))
                raise NotLiftable("pointers into different arrays compared")
        if sign:
            type_ = integer(left.kind, sign)
        else:
            found = {self._sign(left), self._sign(right)} - {""}
            type_ = integer(left.kind, "u" if found == {"u"} else "s")
        if isinstance(right, Const) and self._is_truth(left) and op in ("==", "!=") and right.bits in (0, 1):
            truth = self.condition(left)
            return truth if (op == "==") == (right.bits == 1) else invert(truth)
        return ir.Compare("bool", op, self.value(left, type_), self.value(right, type_))

    # ------------------------------------------------------------ indices and elements

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
        return _sum(terms, constant // width), constant % width

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
        total = _sum([(self._term(t), c // width) for t, c in form.terms], form.constant // width)
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
        if scalar in SIGNED and at < int(node.kind[1:]):
            return simple_cast(integer(node.kind, "s"), simple_cast(f"i{at}", out))
        return out

    def call(self, node: CallNode) -> ir.Call:
        callee = self.callees[node.name]
        pointer_of = {p.length: i for i, p in enumerate(callee.parameters) if p.length is not None}
        arguments: list[ir.Expr] = []
        for position, (arg, parameter) in enumerate(zip(node.args, callee.parameters, strict=True)):
            if parameter.pointer:
                length = node.args[parameter.length] if parameter.length is not None else None
                arguments.append(self._array_argument(arg, length))
            elif position in pointer_of and isinstance(arguments[pointer_of[position]] if pointer_of[position] < position else None, ir.Var):
                arguments.append(ir.Len("index", arguments[pointer_of[position]].name))
            elif parameter.type == "bool":
                arguments.append(self.condition(arg))
            else:
                arguments.append(simple_cast(parameter.type, self.value(arg, self.natural(arg))))
        return ir.Call(callee.result or "", node.name, tuple(arguments))

    def _array_argument(self, arg: Node, length: Node | None) -> ir.Expr:
        """A pointer, with the number of elements behind it if the callee knows one, as an argument."""
        key = self.memory.base_of(arg)
        if key is None:
            raise NotLiftable("an argument that is no array")
        array, index = self.memory.arrays[key], self.index_of(arg)
        at_start = isinstance(index, ir.Const) and index.value == 0
        if array.single:
            return ir.Var("array", array.name)
        if length is None:
            return ir.Part("array", array.name, index) if not at_start or array.struct else ir.Var("array", array.name)
        own_length = isinstance(length, Get) and self.length_of.get(length.name) == key and length.name not in self.renamed
        if at_start and (own_length or (isinstance(length, Const) and length.bits == array.size)):
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


def _sum(terms: list[tuple[ir.Expr, int]], constant: int) -> ir.Expr:
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


def invert(condition: ir.Expr) -> ir.Expr:
    match condition:
        case ir.Not():
            return condition.operand
        case ir.Const():
            return ir.Const("bool", not condition.value)
        case ir.Compare() if condition.left.type not in FLOATS or condition.op in ("==", "!="):
            return replace(condition, op=OPPOSITE[condition.op])
        case ir.Logic():
            return ir.Logic("bool", "or" if condition.op == "and" else "and", invert(condition.left), invert(condition.right))
    return ir.Not("bool", condition)
