"""Expressions of generated programs as AssemblyScript text: typed operators that wrap, conversions as calls, `a[i]` through `Pointer`.

AssemblyScript types an expression from its left operand; a literal takes the type that is asked for where it stands. So an expression is
rendered *expected*, where what stands around it asks for just its type, or not, where a literal on the left must say what it is (`u32(1) << n`).
Widening that AssemblyScript does by itself is left to it. Parentheses stand where they are needed, and around mixed bit operations.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import replace

from transpile.corpus import ir
from transpile.corpus.ir_names import assigned, shift_count, walk
from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS, Parameter, Signature

ATOM, UNARY, CONDITIONAL, LOWEST = 16, 14, 2, 0
STRENGTH = {
    "*": 12, "/": 12, "%": 12, "+": 11, "-": 11, "<<": 10, ">>": 10, "<": 9, "<=": 9, ">": 9, ">=": 9, "==": 8, "!=": 8,
    "&": 7, "^": 6, "|": 5, "and": 4, "or": 3,
}  # fmt: skip
"""How tightly an operator binds, after JavaScript's table."""
BITWISE = frozenset({"<<", ">>", "&", "^", "|"})
SIGNLESS = frozenset({"+", "-", "*", "&", "|", "^", "==", "!="})
"""Operators whose operands may differ in sign and width."""
OPPOSITE = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}
PLAIN = {
    "sqrt": "sqrt", "floor": "floor", "ceil": "ceil", "trunc": "trunc", "fabs": "abs", "abs": "abs", "popcount": "popcnt",
    "clz": "clz", "ctz": "ctz",
}  # fmt: skip

MATH = {
    **{name: f"Math.{name}" for name in "asin acos atan asinh atanh log log1p cbrt atan2".split()},
    **{f"{name}f": f"Mathf.{name}" for name in "atan log10 log1p cbrt atan2".split()},
    **{f"{name}{end}": f"Native{own}.{said}" for name, said in (("ldexp", "scalbn"), ("scalbn", "scalbn"), ("remainder", "rem"))
       for end, own in (("", "Math"), ("f", "Mathf"))},
    **{f"{name}{end}": said for name, said in (("rint", "nearest"), ("copysign", "copysign")) for end in ("", "f")},
}  # fmt: skip
"""C's mathematics in AssemblyScript's words, where 2 million random inputs a function showed no difference (seen once): its `Math.sin`, `Math.exp`
and `Math.pow` are not musl's to the last bit, nor are most of its `Mathf`, and `Math.round` rounds halves up."""


def number(value: int | float, scalar: str) -> str:
    """A literal that reads back as the same value where its type is expected."""
    if scalar in FLOATS:
        value = float(value)
        if value != value:
            return "NaN"
        if value in (float("inf"), float("-inf")):
            return f"{'-' if value < 0 else ''}Infinity"
        text = repr(value)
        if scalar == "f32":
            shorter = (f"{value:.{digits}g}" for digits in range(1, 18))
            text = next(repr(float(t)) for t in shorter if struct.pack("f", float(t)) == struct.pack("f", value))
        return text
    sign, size = ("-", -int(value)) if value < 0 else ("", int(value))
    return f"{sign}{size:#x}" if size > 65535 else f"{sign}{size}"


def fold(value: int | float, scalar: str) -> int | float:
    """A constant converted to an integer or float type, as the compiled code would."""
    if scalar in FLOATS:
        return float(value)
    bits = 8 * WIDTHS[scalar]
    wrapped = int(value) & ((1 << bits) - 1)
    return wrapped - (1 << bits) if scalar in SIGNED and wrapped >> (bits - 1) else wrapped


def widens(source: str, target: str) -> bool:
    """Does AssemblyScript convert by itself, and to the value that C would give?"""
    if source in FLOATS or target == "bool":
        return source == target
    if source == "bool":
        return target not in FLOATS
    if target in FLOATS:
        return target == "f64" and WIDTHS[source] <= 4
    if (source in SIGNED) == (target in SIGNED):
        return WIDTHS[source] <= WIDTHS[target]
    return source not in SIGNED and WIDTHS[source] < WIDTHS[target]


class AsExpressions:
    """Renders the expressions of one function; `callees` are the signatures of all functions of the program."""

    def __init__(self, function: ir.Function, callees: Mapping[str, Signature]) -> None:
        self.function = function
        self.callees = callees
        self.parameters = {p.name: p for p in function.signature.parameters}
        self.local_sizes = {n.name: n.size for n in walk(function.body) if isinstance(n, ir.LetArray)}
        self.changed = assigned(function.body, callees)
        self.inlined: dict[str, ir.Expr] = {}
        """Locals that are written as their value."""

    def type_of(self, scalar: str) -> str:
        return self.function.length_type if scalar == "index" else scalar

    # ------------------------------------------------------------ what AssemblyScript knows

    def typed(self, e: ir.Expr) -> bool:
        """Has the expression, as it is written, its own type wherever it stands?"""
        match e:
            case ir.Const():
                return self.type_of(e.type) == "bool"
            case ir.Len():
                return e.array not in self.local_sizes
            case ir.Var():
                return e.name not in self.inlined or self.typed(self.inlined[e.name])
            case ir.Cast():
                same = self.type_of(e.type) == self.type_of(e.operand.type)
                return self.typed(e.operand) if same or self._constant(e) is None else False
            case ir.Unary():
                return self.typed(e.operand)
            case ir.Binary():
                return self.typed(e.left)
            case ir.Select():
                return self.typed(e.then) and self.typed(e.other)
            case ir.Builtin():
                return e.name in ("to_bits", "from_bits") or self.typed(e.arguments[0])
        return True

    def _constant(self, e: ir.Cast) -> ir.Const | None:
        """A conversion of a literal, as the literal of its type."""
        inner = e.operand
        if isinstance(inner, ir.Cast):
            inner = self._constant(inner) or inner
        if not isinstance(inner, ir.Const) or isinstance(inner.value, bool) or self.type_of(inner.type) in FLOATS or e.type == "bool":
            return None
        return ir.Const(e.type, fold(inner.value, self.type_of(e.type)), inner.char)

    # ------------------------------------------------------------ expressions

    def text(self, e: ir.Expr, least: int = LOWEST, *, expected: bool = False) -> str:
        """`e` in parentheses if it binds weaker than `least`; with a type of its own where none is expected."""
        text, strength = self.expression(e, expected)
        return text if strength >= least else f"({text})"

    def assigned(self, e: ir.Expr) -> str:
        """`e` where its type is asked for: what widens to it, or is but another sign, may be written bare."""
        if isinstance(e, ir.Cast) and self._constant(e) is None and self.typed(e.operand) and self.resigned(e) is None:
            source, target = self.type_of(e.operand.type), self.type_of(e.type)
            alike = source not in FLOATS and target not in FLOATS and WIDTHS[source] == WIDTHS[target] >= 4
            if source != target and (widens(source, target) or alike):
                return self.text(e.operand)
        return self.text(e, expected=True)

    def expression(self, e: ir.Expr, expected: bool) -> tuple[str, int]:
        match e:
            case ir.Const():
                return self.constant(e, expected)
            case ir.Limit():
                type_ = self.type_of(e.type)
                if not e.largest and type_ not in SIGNED:
                    return f"{type_}(0)", ATOM
                return f"{type_}.{'MAX' if e.largest else 'MIN'}_VALUE", ATOM
            case ir.Var():
                return self.expression(self.inlined[e.name], expected) if e.name in self.inlined else (e.name, ATOM)
            case ir.Len():
                return self.length(e.array) if expected or self.typed(e) else f"{self.type_of(e.type)}({self.length(e.array)})", ATOM
            case ir.Index():
                return self.element(e), ATOM
            case ir.Field():
                return f"{e.pointer}.{e.field}", ATOM
            case ir.Part():
                return self.part(e.array, e.start)
            case ir.Call():
                return self.call(e), ATOM
            case ir.Binary():
                return self.binary(e, expected)
            case ir.Unary():
                if e.op == "-" and isinstance(e.operand, ir.Const):
                    return self.constant(ir.Const(e.type, fold(-e.operand.value, self.type_of(e.type))), expected)
                operand = self.text(e.operand, UNARY, expected=expected)
                return f"{e.op}({operand})" if operand.startswith("-") else f"{e.op}{operand}", UNARY
            case ir.Compare():
                return self.compare(e)
            case ir.Logic():
                strength = STRENGTH[e.op]
                sides = []
                for side in (e.left, e.right):
                    mixed = isinstance(side, ir.Logic) and side.op != e.op
                    sides.append(f"({self.text(side)})" if mixed else self.text(side, strength))
                return f"{sides[0]} {'&&' if e.op == 'and' else '||'} {sides[1]}", strength
            case ir.Not():
                return self.negation(e.operand)
            case ir.Select():
                return self.select(e, expected)
            case ir.Cast():
                return self.cast(e, expected)
            case ir.Builtin():
                return self.builtin(e, expected)
        raise ir.NotInLanguage(f"no AssemblyScript for {e!r}")

    def constant(self, e: ir.Const, expected: bool) -> tuple[str, int]:
        type_ = self.type_of(e.type)
        if type_ == "bool":
            return ("true" if e.value else "false"), ATOM
        text = number(e.value, type_)
        if not expected:
            return f"{type_}({text})", ATOM
        return text, UNARY if text.startswith("-") else ATOM

    def length(self, array: str) -> str:
        if array in self.local_sizes:
            return str(self.local_sizes[array])
        index = self.parameters[array].length
        assert index is not None, array
        return self.function.signature.parameters[index].name

    def index(self, e: ir.Expr, least: int = LOWEST) -> str:
        """A subscript: any integer of at most 32 bits."""
        while isinstance(e, ir.Cast) and e.operand.type != "bool" and self._constant(e) is None:
            source, target = self.type_of(e.operand.type), self.type_of(e.type)
            if source in FLOATS or not (widens(source, target) or WIDTHS[source] == WIDTHS[target]):
                break
            e = e.operand
        if isinstance(e, ir.Const):
            return self.text(ir.Const("i32", fold(e.value, "i32")), least, expected=True)
        if WIDTHS[self.type_of(e.type)] == 8:
            return f"i32({self.text(e)})"
        return self.text(e, least, expected=self.type_of(e.type) == "i32")

    def element(self, e: ir.Index) -> str:
        """`array[index]`, `p.value` for a pointer to one scalar, with `.field` of a struct."""
        parameter = self.parameters.get(e.array)
        first = isinstance(e.index, ir.Const) and e.index.value == 0
        field = f".{e.field}" if e.field else ""
        if parameter is not None and parameter.length is None:
            if parameter.type not in WIDTHS:
                return f"{e.array}{field}" if first else f"changetype<Pointer<{parameter.type}>>({e.array})[{self.index(e.index)}]{field}"
            if first and not (WIDTHS[parameter.type] == 1 and parameter.const):
                return f"{e.array}.value"
        return f"{e.array}[{self.index(e.index)}]{field}"

    def side(self, parent: ir.Binary, child: ir.Expr, text: tuple[str, int], least: int) -> str:
        """An operand with the parentheses that are needed, and those that people add around bit operations."""
        inner = child.op if isinstance(child, ir.Binary) else ""
        mixed = CONDITIONAL < text[1] < UNARY and inner != parent.op and (inner in BITWISE or parent.op in BITWISE)
        return f"({text[0]})" if text[1] < least or mixed or (text[0].startswith("-") and parent.op in "+-") else text[0]

    def binary(self, e: ir.Binary, expected: bool) -> tuple[str, int]:
        type_ = self.type_of(e.type)
        strength = STRENGTH[e.op]
        left = self.expression(e.left, expected)
        if e.op in ("<<", ">>"):
            return f"{self.side(e, e.left, left, strength)} {e.op} {self.count(e.right, type_, strength + 1)}", strength
        bare = self.bare(e.right, type_) if e.op in SIGNLESS else None
        right = self.expression(e.right, True) if bare is None else self.expression(bare, False)
        return f"{self.side(e, e.left, left, strength)} {e.op} {self.side(e, bare or e.right, right, strength + 1)}", strength

    def bare(self, e: ir.Expr, type_: str) -> ir.Expr | None:
        """The operand of a conversion that AssemblyScript does itself beside an operand of the type, or None."""
        if not isinstance(e, ir.Cast) or self._constant(e) is not None or not self.typed(e.operand) or self.resigned(e) is not None:
            return None
        source = self.type_of(e.operand.type)
        return e.operand if source != type_ and source != "bool" and self.type_of(e.type) == type_ and widens(source, type_) else None

    def count(self, e: ir.Expr, type_: str, least: int) -> str:
        """A shift's count beside an operand of the type."""
        e = shift_count(e)
        if isinstance(e, ir.Const):
            return number(e.value, "i32")
        source = self.type_of(e.type)
        if WIDTHS[source] <= WIDTHS[type_]:
            text = self.expression(e, source == type_)
            mixed = isinstance(e, ir.Binary) and least > LOWEST
            return f"({text[0]})" if text[1] < least or mixed else text[0]
        return f"{type_}({self.text(e)})"

    def compare(self, e: ir.Compare) -> tuple[str, int]:
        strength = STRENGTH[e.op]
        left, right = self.narrowed(e)
        sides = self.expression(left, False), self.expression(right, True)
        # Equality binds tighter than bit operations, looser than comparison; people write parentheses around both.
        texts = [f"({t})" if s <= max(strength, STRENGTH["=="]) else t for t, s in sides]
        return f"{texts[0]} {e.op} {texts[1]}", strength

    def narrowed(self, e: ir.Compare) -> tuple[ir.Expr, ir.Expr]:
        """The operands of a comparison without conversions that change nothing: `a[i] < 10` for a byte that was widened to `int`."""
        left, right = e.left, e.right
        source = self.type_of(left.operand.type) if isinstance(left, ir.Cast) else ""
        if isinstance(left, ir.Cast) and source not in FLOATS and source != "bool" and widens(source, self.type_of(left.type)) and self.typed(left.operand):
            constant = right if isinstance(right, ir.Const) else self._constant(right) if isinstance(right, ir.Cast) else None
            if constant is not None and not isinstance(constant.value, bool) and fold(constant.value, source) == constant.value and self.typed(left):
                return left.operand, replace(constant, type=left.operand.type)
            if isinstance(right, ir.Cast) and self.type_of(right.operand.type) == source and self.typed(right.operand):
                return left.operand, right.operand
        type_ = self.type_of(left.type)
        for wide, other in ((left, right), (right, left)):
            bare = self.bare(wide, type_)
            alike = bare is not None and (e.op in SIGNLESS or (self.type_of(bare.type) in SIGNED) == (type_ in SIGNED))
            if bare is not None and alike and type_ not in FLOATS and self.typed(other):
                return (bare, right) if wide is left else (left, bare)
        return left, right

    def negation(self, e: ir.Expr) -> tuple[str, int]:
        if isinstance(e, ir.Not):
            return self.expression(e.operand, False)
        if isinstance(e, ir.Compare) and (e.op in ("==", "!=") or self.type_of(e.left.type) not in FLOATS):
            return self.expression(replace(e, op=OPPOSITE[e.op]), False)
        return f"!{self.text(e, UNARY)}", UNARY

    def select(self, e: ir.Select, expected: bool) -> tuple[str, int]:
        condition = self.text(e.condition, CONDITIONAL + 1)
        if isinstance(e.condition, ir.Logic):
            condition = f"({condition})"
        then, other = self.text(e.then, CONDITIONAL + 1, expected=expected), self.text(e.other, CONDITIONAL, expected=expected)
        return f"{condition} ? {then} : {other}", CONDITIONAL

    def cast(self, e: ir.Cast, expected: bool) -> tuple[str, int]:
        source, target = self.type_of(e.operand.type), self.type_of(e.type)
        if source == target:
            return self.expression(e.operand, expected)
        constant = self._constant(e)
        if constant is not None:
            return self.constant(constant, expected)
        inner = self.resigned(e)
        if inner is not None and source not in SIGNED:
            return f"{target}({self.text(inner)}) & 0xffffffff", STRENGTH["&"]
        if inner is not None:
            text = f"i64({self.text(inner)}) << 32 >> 32"
            return (text, STRENGTH["<<"]) if target == "i64" else (f"u64({text})", ATOM)
        if target == "bool":
            return self.compare(ir.Compare("bool", "!=", e.operand, ir.Const(e.operand.type, 0)))
        return f"{target}({self.text(e.operand)})", ATOM

    def resigned(self, e: ir.Cast) -> ir.Expr | None:
        """What a conversion from 32 to 64 bits widens by the other sign than its own. Binaryen (131) loads such a value from memory by the
        sign of the load, and so does `asc -O`: it has to be said otherwise."""
        inner = e.operand
        if not isinstance(inner, ir.Cast) or self.type_of(e.type) not in ("i64", "u64") or self._constant(inner) is not None:
            return None
        outer, own = self.type_of(inner.type), self.type_of(inner.operand.type)
        integers = {outer, own} <= {"i32", "u32", "usize"} and (outer in SIGNED) != (own in SIGNED)
        return inner.operand if integers and self.typed(inner.operand) else None

    def call(self, e: ir.Call) -> str:
        callee = self.callees[e.name]
        arguments = [self.argument(a, p) for a, p in zip(e.arguments, callee.parameters, strict=True)]
        return f"{e.name}({', '.join(arguments)})"

    def argument(self, e: ir.Expr, parameter: Parameter) -> str:
        if not parameter.pointer:
            if e.type == "index" and self.type_of(e.type) != parameter.type:
                e = ir.Cast(parameter.type, e)
            return self.assigned(e)
        if not isinstance(e, ir.Part | ir.Var):
            raise ir.NotInLanguage(f"no AssemblyScript for {e!r}")  # the module's variables have no address
        start = e.start if isinstance(e, ir.Part) else ir.Const("index", 0)
        name = e.array if isinstance(e, ir.Part) else e.name
        if parameter.type in WIDTHS or parameter.length is not None:
            own = self.parameters.get(name)
            text = self.part(name, start)[0]
            if own is not None and own.length is None and own.type not in WIDTHS:
                return f"changetype<Pointer<{own.type}>>({text})"
            return text
        own = self.parameters.get(name)
        at_start = isinstance(start, ir.Const) and start.value == 0
        if own is not None and own.length is None and at_start:
            return name
        return f"{name}[{self.index(start)}]"

    def part(self, name: str, start: ir.Expr) -> tuple[str, int]:
        """A pointer to an element."""
        if isinstance(start, ir.Const) and start.value == 0:
            return name, ATOM
        return f"{name} + {self.index(start, STRENGTH['*'])}", STRENGTH["+"]

    def builtin(self, e: ir.Builtin, expected: bool) -> tuple[str, int]:
        first, *rest = e.arguments
        type_ = self.type_of(first.type)
        width = WIDTHS[type_]
        if e.name in ("to_bits", "from_bits"):
            return f"reinterpret<{e.type}>({self.text(first)})", ATOM
        if e.name in ("min", "max"):
            if self.typed(first):
                return f"{e.name}({self.text(first)}, {self.text(rest[0], expected=True)})", ATOM
            if self.typed(rest[0]):
                return f"{e.name}({self.text(rest[0])}, {self.text(first, expected=True)})", ATOM
            return f"{e.name}<{type_}>({self.text(first, expected=True)}, {self.text(rest[0], expected=True)})", ATOM
        if e.name in ("rotl", "rotr"):
            return f"{e.name}({self.text(first)}, {self.count(rest[0], type_, LOWEST)})", ATOM
        if e.name in ("fmod", "fmodf"):
            level = STRENGTH["%"]
            return f"{self.text(first, level, expected=expected)} % {self.text(rest[0], level + 1, expected=True)}", level
        if e.name in MATH:
            own = MATH[e.name]
            return f"{own}({', '.join(self.text(a, expected=i > 0 or '.' in own) for i, a in enumerate(e.arguments))})", ATOM
        if e.name not in PLAIN and e.name != "swap_bytes":
            raise ir.NotInLanguage(f"no AssemblyScript for the builtin {e.name}")
        value = self.text(first)
        if e.name == "swap_bytes":
            return (f"rotl({value}, 8)" if width == 2 else f"swapBytes({value})" if width > 2 else value), ATOM
        if e.name == "clz" and width < 4:
            return f"clz({value}) - {32 - 8 * width}", STRENGTH["-"]
        if e.name == "ctz" and width < 4:
            return f"{type_}(ctz(u32({value}) | {1 << 8 * width}))", ATOM
        return f"{PLAIN[e.name]}({value})", ATOM
