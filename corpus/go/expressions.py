"""Expressions of generated programs as Go text: no conversion is implicit, literals take the type of what stands beside them.

They are rendered to (text, binding strength). Constants are folded here, because Go refuses a constant expression that overflows.
Invariant: the text means what the program means; shift counts are masked, as Go's shifts by more than the width are not the processor's.
Conditional values are gone already (`hoist`).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping

from transpile.corpus import ir
from transpile.corpus.c.expressions import float_text
from transpile.corpus.go.types import NAMES, go_type
from transpile.corpus.ir_names import shift_count
from transpile.corpus.libm import MATH
from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS, Parameter, Signature

POSTFIX, UNARY, LOWEST = 7, 6, 0
STRENGTH = {"*": 5, "/": 5, "%": 5, "<<": 5, ">>": 5, "&": 5, "+": 4, "-": 4, "|": 4, "^": 4}
COMPARE, AND, OR = 3, 2, 1
OPPOSITE = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}
ESCAPES = {0: "\\x00", 9: "\\t", 10: "\\n", 13: "\\r", 39: "\\'", 92: "\\\\"}
COUNTS = {"clz": "LeadingZeros", "ctz": "TrailingZeros", "popcount": "OnesCount"}
FLOAT_CALLS = {"sqrt": "Sqrt", "floor": "Floor", "ceil": "Ceil", "trunc": "Trunc", "fabs": "Abs"}


def bits_of(type_: str) -> int:
    return 64 if type_ == "index" else 8 * WIDTHS[type_]


def wrapped(value: int, type_: str) -> int:
    """A number as the type holds it."""
    bits = bits_of(type_)
    value &= (1 << bits) - 1
    return value - (1 << bits) if (type_ in SIGNED or type_ == "index") and value >> (bits - 1) else value


def limit(type_: str, largest: bool) -> int:
    bits, signed = bits_of(type_), type_ in SIGNED or type_ == "index"
    if largest:
        return (1 << (bits - signed)) - 1
    return -(1 << (bits - 1)) if signed else 0


def fold(one: ir.Expr) -> ir.Const | None:
    """The constant that an expression of constants is; None for what is not known, or traps."""
    match one:
        case ir.Const():
            return one
        case ir.Limit():
            return ir.Const(one.type, limit(one.type, one.largest))
        case ir.Cast():
            inner = fold(one.operand)
            if inner is None:
                return None
            if one.type == "bool":
                return ir.Const("bool", bool(inner.value))
            if one.type in FLOATS:
                value = float(inner.value)
                return ir.Const(one.type, _rounded(value, one.type))
            if one.operand.type in FLOATS and not (math.isfinite(inner.value) and limit(one.type, False) <= inner.value <= limit(one.type, True)):
                return None
            return ir.Const(one.type, wrapped(int(inner.value), one.type), char=inner.char and one.type in ("i8", "u8"))
        case ir.Unary():
            inner = fold(one.operand)
            if inner is None:
                return None
            if one.type in FLOATS:
                return ir.Const(one.type, -float(inner.value))
            return ir.Const(one.type, wrapped(-int(inner.value) if one.op == "-" else ~int(inner.value), one.type))
        case ir.Binary():
            left, right = fold(one.left), fold(one.right)
            return None if left is None or right is None else _operate(one, left.value, right.value)
    return None


def _rounded(value: float, type_: str) -> float:
    if type_ == "f64" or not math.isfinite(value):
        return value
    try:
        return struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)


def _operate(one: ir.Binary, left: float, right: float) -> ir.Const | None:
    if one.type in FLOATS:
        if one.op == "/" and right == 0:
            return None
        try:
            value = {"+": left.__add__, "-": left.__sub__, "*": left.__mul__, "/": left.__truediv__}[one.op](right)
        except (OverflowError, KeyError):
            return None
        return ir.Const(one.type, _rounded(float(value), one.type))
    if one.type == "bool":
        return ir.Const("bool", {"&": left and right, "|": left or right, "^": left != right}[one.op])
    a, b, count = int(left), int(right), int(right) & (bits_of(one.type) - 1)
    if one.op in "/%":
        if b == 0:
            return None
        quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
        value = quotient if one.op == "/" else a - b * quotient
    else:
        value = {
            "+": a + b, "-": a - b, "*": a * b, "&": a & b, "|": a | b, "^": a ^ b, "<<": a << count, ">>": a >> count,
        }[one.op]  # fmt: skip
    return ir.Const(one.type, wrapped(value, one.type))


class GoExpressions:
    """Renders the expressions of one function; `callees` are the signatures of all functions of the program."""

    def __init__(self, function: ir.Function, callees: Mapping[str, Signature]) -> None:
        self.function = function
        self.callees = callees
        self.parameters = {p.name: p for p in function.signature.parameters}

    def text(self, one: ir.Expr, least: int = LOWEST) -> str:
        """`one` rendered, in parentheses if it binds weaker than `least`; a literal has no type of its own."""
        text, strength = self.expression(one)
        return text if strength >= least else f"({text})"

    def typed(self, one: ir.Expr, least: int = LOWEST) -> str:
        """`one` with its own type, where nothing else says it."""
        constant = fold(one)
        if constant is None or constant.type == "bool":
            return self.text(one, least)
        text = self.constant(constant)[0]
        if (constant.type == "f64" and not text.lstrip("-").isdigit()) or (constant.type == "index" and not constant.char) or "(" in text:
            return text if least <= UNARY or not text.startswith("-") else f"({text})"
        return f"{go_type(constant.type)}({text})"

    def expression(self, one: ir.Expr) -> tuple[str, int]:
        constant = fold(one)
        if constant is not None:
            return self.limit(one) if isinstance(one, ir.Limit) else self.constant(constant)
        match one:
            case ir.Var():
                return one.name, POSTFIX
            case ir.Len():
                return f"len({one.array})", POSTFIX
            case ir.Binary():
                return self.binary(one)
            case ir.Unary():
                return f"{'^' if one.op == '~' else '-'}{self.text(one.operand, POSTFIX)}", UNARY
            case ir.Compare():
                if fold(one.left) is not None and fold(one.right) is not None:
                    return f"{self.typed(one.left, COMPARE + 1)} {one.op} {self.typed(one.right, COMPARE + 1)}", COMPARE
                return f"{self.text(one.left, COMPARE + 1)} {one.op} {self.text(one.right, COMPARE + 1)}", COMPARE
            case ir.Logic():
                sign, strength = ("&&", AND) if one.op == "and" else ("||", OR)
                return f"{self.text(one.left, strength)} {sign} {self.text(one.right, strength + 1)}", strength
            case ir.Not():
                return self.negated(one.operand)
            case ir.Cast():
                return self.cast(one)
            case ir.Index():
                return self.element(one)
            case ir.Field():
                return f"{one.pointer}.{one.field}", POSTFIX
            case ir.Call():
                return self.call(one)
            case ir.Builtin():
                return self.builtin(one)
            case ir.Borrow():
                return f"&{one.name}", UNARY
            case ir.ArrayPointer():
                return self.pointer(one.array), POSTFIX
        raise ir.NotInLanguage(f"no Go for {one!r}")

    def constant(self, one: ir.Const) -> tuple[str, int]:
        if one.type == "bool":
            return ("true" if one.value else "false"), POSTFIX
        if one.type in FLOATS:
            return self.float_constant(float(one.value), one.type)
        value = int(one.value)
        if one.char and 0 <= value < 127 and (value >= 32 or value in ESCAPES):
            return f"'{ESCAPES.get(value, chr(value))}'", POSTFIX
        text = f"{'-' if value < 0 else ''}{abs(value):#x}" if abs(value) > 65535 else str(value)
        return text, UNARY if value < 0 else POSTFIX

    def float_constant(self, value: float, type_: str) -> tuple[str, int]:
        if math.isfinite(value) and (value != 0 or math.copysign(1, value) > 0):
            text = float_text(value, type_).rstrip("f")
            return text.removesuffix(".0") if "e" not in text and abs(value) < 1e15 else text, UNARY if value < 0 else POSTFIX
        if math.isnan(value):
            text = "math.NaN()"
        else:
            text = f"math.Inf({'-1' if value < 0 else '1'})" if value else "math.Copysign(0, -1)"
        return (text if type_ == "f64" else f"float32({text})"), POSTFIX

    def limit(self, one: ir.Limit) -> tuple[str, int]:
        if not one.largest and one.type not in SIGNED and one.type != "index":
            return "0", POSTFIX
        name = {"index": "Int", "usize": "Uint32"}.get(one.type) or f"{'Int' if one.type in SIGNED else 'Uint'}{bits_of(one.type)}"
        return f"math.{'Max' if one.largest else 'Min'}{name}", POSTFIX

    def binary(self, one: ir.Binary) -> tuple[str, int]:
        if one.type == "bool":  # Go has no bit operations on truth values
            sign, strength = {"&": ("&&", AND), "|": ("||", OR), "^": ("!=", COMPARE)}[one.op]
            return f"{self.text(one.left, strength + (one.op == '^'))} {sign} {self.text(one.right, strength + 1)}", strength
        strength = STRENGTH[one.op]
        if one.op in ("<<", ">>"):
            return f"{self.typed(one.left, strength)} {one.op} {self.count(one.right, bits_of(one.type))}", strength
        return f"{self.text(one.left, strength)} {one.op} {self.text(one.right, strength + 1)}", strength

    def count(self, one: ir.Expr, bits: int) -> str:
        """A shift's count, below the width and not negative, so that Go adds no check of its own."""
        bare = shift_count(one)
        constant = fold(bare)
        if constant is not None:
            return str(int(constant.value) & (bits - 1))
        masked = isinstance(bare, ir.Binary) and bare.op == "&" and (mask := fold(bare.right)) is not None and 0 <= int(mask.value) < bits
        if masked:
            return self.text(bare, STRENGTH["<<"] + 1)
        inner = self.text(bare, STRENGTH["&"])
        return f"({inner} & {bits - 1})"

    def negated(self, condition: ir.Expr) -> tuple[str, int]:
        if isinstance(condition, ir.Not):
            return self.expression(condition.operand)
        exact = isinstance(condition, ir.Compare) and (condition.op in ("==", "!=") or condition.left.type not in FLOATS)
        if isinstance(condition, ir.Compare) and exact:
            return self.expression(ir.Compare("bool", OPPOSITE[condition.op], condition.left, condition.right))
        return f"!{self.text(condition, UNARY)}", UNARY

    def cast(self, one: ir.Cast) -> tuple[str, int]:
        operand, target = one.operand, go_type(one.type)
        if go_type(operand.type) == target:
            return self.expression(operand)
        if target == "bool":
            return f"{self.text(operand, COMPARE + 1)} != 0", COMPARE
        return f"{target}({self.typed(operand)})", POSTFIX

    def element(self, one: ir.Index) -> tuple[str, int]:
        parameter = self.parameters.get(one.array)
        if parameter is None or parameter.length is not None:
            text = f"{one.array}[{self.text(one.index)}]"
            return (f"{text}.{one.field}" if one.field else text), POSTFIX
        at_start = (constant := fold(one.index)) is not None and constant.value == 0
        if at_start:
            return (f"{one.array}.{one.field}", POSTFIX) if one.field else (f"*{one.array}", UNARY)
        place = self.advanced(one.array, one.index, parameter)
        return (f"{place}.{one.field}", POSTFIX) if one.field else (f"*{place}", UNARY)

    def advanced(self, name: str, index: ir.Expr, parameter: Parameter) -> str:
        """A pointer to an element behind a pointer that has no length."""
        size = self.function.signature.size(parameter.type)[0]
        if size == 1:
            offset = self.text(index)
        elif (constant := fold(index)) is not None:
            offset = str(int(constant.value) * size)
        else:
            offset = f"int({self.text(index)})*{size}" if index.type != "index" else f"{self.text(index, STRENGTH['*'])}*{size}"
        return f"(*{go_type(parameter.type)})(unsafe.Add(unsafe.Pointer({name}), {offset}))"

    def call(self, one: ir.Call) -> tuple[str, int]:
        callee = self.callees[one.name]
        arguments = []
        for position, (argument, parameter) in enumerate(zip(one.arguments, callee.parameters, strict=True)):
            if position in callee.lengths():
                continue
            if isinstance(argument, ir.Part):
                arguments.append(self.part(argument, parameter))
            elif parameter.pointer and isinstance(argument, ir.Var):
                length = None if parameter.length is None else one.arguments[parameter.length]
                arguments.append(self.array(argument.name, parameter, length))
            elif argument.type == "index" and NAMES.get(parameter.type) != "int":
                arguments.append(self.text(ir.Cast(parameter.type, argument)))
            else:
                arguments.append(self.text(argument))
        return f"{one.name}({', '.join(arguments)})", POSTFIX

    def array(self, name: str, parameter: Parameter, length: ir.Expr | None) -> str:
        """A whole array as the argument for `parameter`."""
        own = self.parameters.get(name)
        if parameter.length is None:
            return self.pointer(name)
        if own is None:
            return f"{name}[:]"
        return name if own.length is not None or length is None else f"unsafe.Slice({name}, {self.text(length)})"

    def pointer(self, name: str) -> str:
        """A pointer to the first element of an array, or a parameter that is one."""
        own = self.parameters.get(name)
        if own is None:
            return f"&{name}[0]"
        return name if own.length is None else f"unsafe.SliceData({name})"

    def part(self, one: ir.Part, parameter: Parameter) -> str:
        """A part of an array as the argument for `parameter`."""
        own = self.parameters.get(one.array)
        if own is not None and own.length is None:
            place = self.advanced(one.array, one.start, own)
            return place if one.length is None else f"unsafe.Slice({place}, {self.text(one.length)})"
        if one.length is None and parameter.length is None:
            return f"&{one.array}[{self.text(one.start)}]"
        at_start = (constant := fold(one.start)) is not None and constant.value == 0
        start = "" if at_start else self.text(one.start)
        if one.rest or one.length is None:
            return f"{one.array}[{start}:]"
        if at_start:
            return f"{one.array}[:{self.text(one.length)}]"
        end = ir.Binary("index", "+", *(e if e.type == "index" else ir.Cast("index", e) for e in (one.start, one.length)))
        return f"{one.array}[{start}:{self.text(end)}]"

    def builtin(self, one: ir.Builtin) -> tuple[str, int]:
        first, *rest = one.arguments
        if one.name in MATH:
            return f"{one.name}({', '.join(self.text(a) for a in one.arguments)})", POSTFIX
        if one.name in ("min", "max"):
            both = all(fold(a) is not None for a in one.arguments)
            return f"{one.name}({(self.typed if both else self.text)(first)}, {self.text(rest[0])})", POSTFIX
        if one.name in FLOAT_CALLS:
            if first.type == "f64":
                return f"math.{FLOAT_CALLS[one.name]}({self.text(first)})", POSTFIX
            return f"float32(math.{FLOAT_CALLS[one.name]}(float64({self.typed(first)})))", POSTFIX
        width = bits_of(first.type)
        if one.name == "to_bits":
            return f"math.Float{width}bits({self.text(first)})", POSTFIX
        if one.name == "from_bits":
            return f"math.Float{width}frombits({self.text(first)})", POSTFIX
        if one.name in ("rotl", "rotr"):
            count = rest[0]
            text = self.text(count) if count.type == "index" or fold(count) is not None else f"int({self.text(count)})"
            minus = "-" if one.name == "rotr" else ""
            return self.converted(f"bits.RotateLeft{width}({self.text(first)}, {minus}{text})", first.type, one.type)
        if one.name == "swap_bytes":
            return self.converted(f"bits.ReverseBytes{width}({self.text(first)})", first.type, one.type)
        return f"{go_type(one.type)}(bits.{COUNTS[one.name]}{width}({self.text(first)}))", POSTFIX

    def converted(self, text: str, source: str, target: str) -> tuple[str, int]:
        return (text if go_type(source) == go_type(target) else f"{go_type(target)}({text})"), POSTFIX
