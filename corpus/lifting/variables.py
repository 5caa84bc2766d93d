"""Types of variables: signedness and width of each, decided by vote of the instructions that read it.

What a variable holds is known by its uses only: `i32.lt_s` takes it for signed, a load from an array of u8 for what lies there. Variables that only
ever hold the outcome of comparisons are bool; pointers were found by `memory` and have the type of indices.
"""

from __future__ import annotations

from collections import Counter

from transpile.corpus import ir
from transpile.corpus.lifting.memory import Memory, signed
from transpile.corpus.lifting.tree import Body, CallNode, Const, Get, Load, Node, NotLiftable, Op, Return, Set, expressions, nodes, statements
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


class Variables:
    """The variables of one function. `types` holds the type of every one that is no pointer."""

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
                        for arg, parameter in zip(node.args, self.callees[node.name].parameters, strict=False):
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
