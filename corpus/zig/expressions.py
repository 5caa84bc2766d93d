"""Expressions of generated programs in Zig.

Zig infers little, so an expression is rendered for one of two places: where the type is known from outside (initializers with a type,
assignments, arguments, results), or as an operand, where a conversion names its type with `@as`. Conversions are those of C and never
trip a safety check, except to and from `index`, whose values are known to fit. Parentheses stand only where they are needed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TypeGuard

from transpile.corpus import ir
from transpile.corpus.externs import STREAMS
from transpile.corpus.ir_names import assigned, shift_count, walk
from transpile.corpus.libm import MATH, MathFunction
from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS, Parameter, Signature, Struct, is_address
from transpile.corpus.text import entry_name, quoted
from transpile.corpus.zig.casts import convert, fold
from transpile.corpus.zig.pointers import ZigPointers, local_type, taken, zig_type

POSTFIX, UNARY, COMPARE, AND, OR, LOWEST = 15, 14, 8, 7, 6, 0
STRENGTH = {"*": 12, "/": 12, "%": 12, "+": 11, "-": 11, "<<": 10, ">>": 10, "&": 9, "^": 9, "|": 9}
WRAPPING = frozenset("+-*")
ESCAPES = {9: "\\t", 10: "\\n", 13: "\\r", 39: "\\'", 92: "\\\\"}
NARROWED = {"clz": "@clz", "ctz": "@ctz", "popcount": "@popCount", "min": "@min", "max": "@max"}
"""Builtins whose result type may be narrower than their arguments': as operands they need `@as`."""
PLAIN = {"swap_bytes": "@byteSwap", "sqrt": "@sqrt", "floor": "@floor", "ceil": "@ceil", "trunc": "@trunc", "fabs": "@abs"}


def number(value: int | float | bool, scalar: str) -> str:
    """A literal, with its sign."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if scalar in FLOATS:
        value = float(value)
        if math.isfinite(value):
            return repr(value)
        return f"std.math.nan({scalar})" if math.isnan(value) else f"{'-' if value < 0 else ''}std.math.inf({scalar})"
    sign, size = ("-", -int(value)) if value < 0 else ("", int(value))
    return f"{sign}{size:#x}" if size > 65535 else f"{sign}{size}"


class ZigExpressions(ZigPointers):
    """Renders the expressions of one function; `callees` are the signatures of all functions of the program.

    `renamed` maps names of the program to those that this function uses instead; who declares names keeps it.
    """

    def __init__(self, function: ir.Function, callees: Mapping[str, Signature]) -> None:
        self.function = function
        self.callees = callees
        self.parameters = {p.name: p for p in function.signature.parameters}
        self.changed = assigned(function.body, callees)
        self.renamed: dict[str, str] = {}

    def name(self, name: str) -> str:
        return self.renamed.get(name, name)

    def structs(self) -> tuple[Struct, ...]:
        return self.function.signature.structs

    def known(self, one: ir.Expr) -> str:
        """`one` where its type is known from outside."""
        return self.expression(one, True)[0]

    def text(self, one: ir.Expr, least: int = LOWEST) -> str:
        """`one` as an operand, in parentheses if it binds weaker than `least`. Literals stay without a type."""
        text, strength = self.expression(one, False)
        return text if strength >= least else f"({text})"

    def operand(self, one: ir.Expr, least: int = LOWEST) -> str:
        """As `text`, with a type of its own even if it is made of literals."""
        return self.text(one, least) if typed(one) else f"@as({local_type(one.type)}, {self.known(one)})"

    def index(self, one: ir.Expr) -> str:
        fits = one.type in ("index", "usize", "u8", "u16", "u32") or isinstance(one, ir.Const)
        return self.known(one) if fits else f"@intCast({self.text(one)})"

    def count(self, one: ir.Expr) -> str:
        one = shift_count(one)
        return self.text(one) if isinstance(one, ir.Const) else f"@intCast({self.text(one)})"

    def expression(self, one: ir.Expr, known: bool) -> tuple[str, int]:
        match one:
            case ir.Const():
                return self.constant(one)
            case ir.Limit():
                return f"std.math.{'max' if one.largest else 'min'}Int({zig_type(one.type)})", POSTFIX
            case ir.Var():
                return self.name(one.name), POSTFIX
            case ir.Len():
                return f"{self.name(one.array)}.len", POSTFIX
            case ir.Binary():
                return self.binary(one)
            case ir.Unary():
                if one.op == "-" and isinstance(one.operand, ir.Const):
                    return self.constant(ir.Const(one.type, fold(-one.operand.value, one.type)))
                sign = "~" if one.op == "~" else "-" if one.type in FLOATS else "-%"
                return f"{sign}{self.operand(one.operand, UNARY)}", UNARY
            case ir.Compare():
                left, right = self.peers(one.left, one.right, COMPARE + 1, COMPARE + 1)
                return f"{left} {one.op} {right}", COMPARE
            case ir.Logic():
                strength = AND if one.op == "and" else OR
                return f"{self.text(one.left, strength)} {one.op} {self.text(one.right, strength + 1)}", strength
            case ir.Not():
                return self.negation(one.operand)
            case ir.Select():
                then, other = (self.known(one.then), self.known(one.other)) if known else (self.operand(one.then), self.text(one.other))
                return f"if ({self.text(one.condition)}) {then} else {other}", LOWEST
            case ir.Cast():
                return self.cast(one, known)
            case ir.Index():
                return self.element(one), POSTFIX
            case ir.Field():
                return f"{self.name(one.pointer)}.{one.field}", POSTFIX
            case ir.Call():
                return self.call(one), POSTFIX
            case ir.Builtin():
                return self.builtin(one, known)
            case ir.IsNull():
                return f"{self.text(one.operand, COMPARE + 1)} == null", COMPARE
            case ir.FunctionPointer():
                text = f"&{entry_name(one.name)}"
                return (text, POSTFIX) if known else (f"@as({local_type(one.type)}, {text})", POSTFIX)
            case ir.CallThrough():
                return self.call_through(one), POSTFIX
            case ir.Place() | ir.AddressOf() | ir.ArrayPointer() | ir.Text() | ir.Borrow() | ir.Null() | ir.PointerCast() | ir.PointerBits():
                return self.pointer(one, known)
        raise ir.NotInLanguage(f"no Zig for {one!r}")

    def constant(self, one: ir.Const) -> tuple[str, int]:
        if one.char and isinstance(one.value, int) and 0 < one.value < 256:
            letter = ESCAPES.get(one.value) or (chr(one.value) if 32 <= one.value < 127 else f"\\x{one.value:02x}")
            return f"'{letter}'", POSTFIX
        text = number(one.value, one.type)
        return text, UNARY if text.startswith("-") else POSTFIX

    def binary(self, one: ir.Binary) -> tuple[str, int]:
        if one.type == "bool":
            words = {"&": ("and", AND), "|": ("or", OR), "^": ("!=", COMPARE)}
            word, strength = words[one.op]
            return f"{self.text(one.left, strength + 1)} {word} {self.text(one.right, strength + 1)}", strength
        if one.op in ("/", "%") and one.type in SIGNED:
            left = self.text(one.left) if typed(one.right) else self.operand(one.left)
            return f"{'@divTrunc' if one.op == '/' else '@rem'}({left}, {self.text(one.right)})", POSTFIX
        strength = STRENGTH[one.op]
        if one.op in ("<<", ">>"):
            return f"{self.operand(one.left, strength + 1)} {one.op} {self.count(one.right)}", strength
        # & ^ | bind alike: only a chain of the same one goes without parentheses.
        mixed = strength == STRENGTH["&"] and isinstance(one.left, ir.Binary) and one.left.op != one.op
        least = strength + 1 if mixed else strength
        left, right = self.peers(one.left, one.right, least, strength + 1)
        return f"{left} {operator(one.op, one.type)} {right}", strength

    def peers(self, left: ir.Expr, right: ir.Expr, least_left: int, least_right: int) -> tuple[str, str]:
        """Two operands of one type: at least one shows it, and a narrower one beside it is widened by Zig itself."""
        if widens(left) and typed(right) and not widens(right):
            return self.text(left.operand, least_left), self.text(right, least_right)
        if widens(right) and typed(left):
            return self.text(left, least_left), self.text(right.operand, least_right)
        return (self.text if typed(right) else self.operand)(left, least_left), self.text(right, least_right)

    def negation(self, one: ir.Expr) -> tuple[str, int]:
        opposite = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}
        if isinstance(one, ir.Not):
            return self.expression(one.operand, False)
        if isinstance(one, ir.IsNull):
            return f"{self.text(one.operand, COMPARE + 1)} != null", COMPARE
        if isinstance(one, ir.Compare) and (one.op in ("==", "!=") or one.left.type not in FLOATS):
            return self.expression(ir.Compare("bool", opposite[one.op], one.left, one.right), False)
        return f"!{self.text(one, UNARY)}", UNARY

    def cast(self, one: ir.Cast, known: bool) -> tuple[str, int]:
        operand = one.operand
        if zig_type(operand.type) == zig_type(one.type):
            return self.expression(operand, known)
        if isinstance(operand, ir.Const) and not isinstance(operand.value, bool) and operand.type not in FLOATS:
            return self.constant(ir.Const(one.type, fold(operand.value, one.type), operand.char and one.type in WIDTHS))
        if one.type == "bool":
            return self.expression(ir.Compare("bool", "!=", operand, ir.Const(operand.type, 0)), known)
        text, explicit = convert(self.operand(operand), operand.type, one.type)
        if not explicit and known:
            return text, LOWEST
        return (text if known else f"@as({zig_type(one.type)}, {text})"), POSTFIX

    def element(self, one: ir.Index) -> str:
        parameter = self.parameters.get(one.array)
        name = self.name(one.array)
        if parameter is not None and parameter.length is None:
            if parameter.type not in WIDTHS:
                return f"{name}.{one.field}"
            if WIDTHS[parameter.type] > 1 or parameter.type == "bool":
                if isinstance(one.index, ir.Const) and one.index.value == 0:
                    return f"{name}.*"
                name = many_items(name, parameter)
        text = f"{name}[{self.index(one.index)}]"
        return f"{text}.{one.field}" if one.field else text

    def call(self, one: ir.Call) -> str:
        if one.name in STREAMS:
            return one.name
        callee = self.callees[one.name]
        arguments = []
        fixed = len(callee.parameters)
        for position, (argument, parameter) in enumerate(zip(one.arguments[:fixed], callee.parameters, strict=True)):
            if position in callee.lengths():
                continue
            if isinstance(argument, ir.Text) and callee.variadic:
                arguments.append(quoted(argument.characters))
            elif is_address(argument.type):
                arguments.append(self.pointed(argument, parameter, callee, one))
            elif isinstance(argument, ir.Part):
                arguments.append(self.part(argument, parameter))
            elif parameter.pointer and isinstance(argument, ir.Var):
                own = self.parameters.get(argument.name)
                if parameter.length is None and parameter.type in WIDTHS and (own is None or own.length is not None):
                    arguments.append(self.part(ir.Part("array", argument.name, ir.Const("index", 0)), parameter))
                else:
                    arguments.append(("" if own is not None else "&") + self.name(argument.name))
            elif argument.type == "index" and parameter.type != "usize":
                arguments.append(f"@intCast({self.text(argument)})")
            else:
                arguments.append(self.known(argument))
        arguments += map(self.passed_on, one.arguments[fixed:])
        return taken(f"{one.name}({', '.join(arguments)})", callee.result or "")

    def passed_on(self, one: ir.Expr) -> str:
        """An argument of a variadic function: of a type of its own."""
        if isinstance(one, ir.Text):
            return f"@as([*:0]const u8, {quoted(one.characters)})"
        if isinstance(one, ir.Var) and one.type == "array":
            own = self.parameters.get(one.name)
            return f"{self.name(one.name)}.ptr" if own is not None and own.length is not None else f"{'&' if own is None else ''}{self.name(one.name)}"
        return self.operand(one)

    def part(self, one: ir.Part, parameter: Parameter) -> str:
        """A part of an array as the argument for `parameter`."""
        own = self.parameters.get(one.array)
        name, start = self.name(one.array), self.index(one.start)
        if own is not None and own.length is None:
            name = many_items(name, own)
        if one.rest and (own is None or own.length is not None):
            return f"{name}[{start}..]"
        if one.length is not None:
            end = ir.Binary("index", "+", *(e if e.type == "index" else ir.Cast("index", e) for e in (one.start, one.length)))
            return f"{name}[{start}..{self.known(end)}]"
        if parameter.type in WIDTHS and (WIDTHS[parameter.type] == 1 and parameter.type != "bool"):
            return f"{name}[{start}..]" + ("" if own is not None and own.length is None else ".ptr")
        return f"&{name}[{start}]"

    def builtin(self, one: ir.Builtin, known: bool) -> tuple[str, int]:
        first, *rest = one.arguments
        if one.name in MATH:
            return self.mathematics(one, MATH[one.name])
        if one.name in ("to_bits", "from_bits"):
            text = f"@bitCast({self.operand(first)})"
            return (text if known else f"@as({one.type}, {text})"), POSTFIX
        if one.name in ("rotl", "rotr"):
            return f"std.math.{one.name}({one.type}, {self.known(first)}, {self.operand(rest[0])})", POSTFIX
        if one.name == "abs":
            text = f"@bitCast(@abs({self.operand(first)}))"
            return (text if known else f"@as({one.type}, {text})"), POSTFIX
        if one.name in PLAIN:
            return f"{PLAIN[one.name]}({self.operand(first)})", POSTFIX
        arguments = [self.operand(first) if not rest else self.text(first), *(self.text(a) for a in rest)]
        text = f"{NARROWED[one.name]}({', '.join(arguments)})"
        plain = known or (rest and all(typed(a) and self.at_run_time(a) for a in one.arguments))
        return (text if plain else f"@as({zig_type(one.type)}, {text})"), POSTFIX

    def mathematics(self, one: ir.Builtin, function: MathFunction) -> tuple[str, int]:
        """One of Zig's builtins, or the C library's function declared on the spot."""
        if function.zig:
            return f"{function.zig}({self.operand(one.arguments[0])})", POSTFIX
        parameters = ", ".join(function.parameters)
        declared = f"struct {{ extern fn {one.name}({parameters}) {function.type}; }}"
        return f"({declared}).{one.name}({', '.join(self.operand(a) for a in one.arguments)})", POSTFIX

    def at_run_time(self, one: ir.Expr) -> bool:
        """Is this value surely unknown to the compiler? Beside a known one, `@min` and `@max` have a narrower type."""
        return any(
            isinstance(e, ir.Index | ir.Field | ir.Call | ir.Global)
            or (isinstance(e, ir.Var) and (e.name in self.parameters or e.name in self.changed))
            or (isinstance(e, ir.Len) and e.array in self.parameters)
            for e in walk(one)
        )


def many_items(name: str, parameter: Parameter) -> str:
    """A pointer to one scalar as a pointer to many; one that is such already as it is."""
    if WIDTHS.get(parameter.type) == 1 and parameter.type != "bool":
        return name
    return f"@as([*]{'const ' if parameter.const else ''}{parameter.type}, @ptrCast({name}))"


def typed(one: ir.Expr) -> bool:
    """Has this expression, as `ZigFunction.text` writes it, a type of its own, and not that of literals?"""
    match one:
        case ir.Const():
            return isinstance(one.value, bool)
        case ir.Limit():
            return False
        case ir.Cast():
            folded = isinstance(one.operand, ir.Const) and not isinstance(one.operand.value, bool) and one.operand.type not in FLOATS
            same = zig_type(one.operand.type) == zig_type(one.type)
            return typed(one.operand) if same else not folded
        case ir.Unary():
            return not isinstance(one.operand, ir.Const) or one.op == "~"
        case ir.Select():
            return typed(one.then) and typed(one.other)
        case ir.Null():
            return False
    return True


def widens(one: ir.Expr) -> TypeGuard[ir.Cast]:
    """Is this a cast of a typed value that Zig would make by itself?"""
    if not isinstance(one, ir.Cast) or one.type == "bool" or one.operand.type == one.type or not typed(one.operand):
        return False
    return typed(one) and not convert("", one.operand.type, one.type)[1]


def operator(op: str, scalar: str) -> str:
    wraps = op in WRAPPING and scalar not in FLOATS and scalar != "index"
    return f"{op}%" if wraps else op
