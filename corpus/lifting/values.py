"""Machine words as typed expressions: numbers and conditions, with conversions where an instruction wants another type.

Whatever is left to choose follows the context, so that few conversions stand in the result. Invariant: with wrapping arithmetic the expression
has the machine's value, as far as the addresses hold what `memory` assumes.
"""

from __future__ import annotations

import struct
from dataclasses import replace

from transpile.corpus import ir
from transpile.corpus.libm import MATH
from transpile.corpus.lifting.elements import Elements
from transpile.corpus.lifting.memory import signed
from transpile.corpus.lifting.tree import CallNode, Const, FunctionName, Get, Load, Node, NotLiftable, Op, Symbol, nodes
from transpile.corpus.lifting.variables import ARITHMETIC, COMPARE, FLOAT_UNARY, OPPOSITE, integer, operation, simple_cast
from transpile.corpus.signature import FLOATS, SIGNED


class Values(Elements):
    """Renders the expressions of one function."""

    def value(self, node: Node, type_: str) -> ir.Expr:
        """A value as `type_`, an integer or float type of the value's width."""
        match node:
            case Const():
                return self._constant(node, type_)
            case Symbol():
                raise NotLiftable("an address of data as a number")
            case FunctionName():
                raise NotLiftable("the address of a function as a number")
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
        if node.name.startswith("math."):
            types = MATH[node.name[5:]].parameters
            return ir.Builtin(kind, node.name[5:], tuple(self.value(a, t) for a, t in zip(args, types, strict=True)))
        if name in ("add", "sub", "mul", "div"):
            return ir.Binary(kind, ARITHMETIC[name], self.value(args[0], kind), self.value(args[1], kind))
        if name == "neg":
            return ir.Unary(kind, "-", self.value(args[0], kind))
        if name in ("nearest", "copysign"):
            own = {"nearest": "rint"}.get(name, name) + ("f" if kind == "f32" else "")
            return ir.Builtin(kind, own, tuple(self.value(a, kind) for a in args))
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
