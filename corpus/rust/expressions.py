"""Expressions of generated programs as Rust text: wrapping methods on unsigned integers, casts, slices, parts of arrays as arguments.

They are rendered to (text, binding strength), so that parentheses stand only where they are needed. Signed arithmetic is written
with plain operators, which wrap because units are compiled without overflow checks.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from transpile.corpus import ir
from transpile.corpus.externs import EXTERNS, STREAMS
from transpile.corpus.globals import is_global
from transpile.corpus.ir_names import assigned, is_own, is_unaligned, shift_count, walk
from transpile.corpus.libm import MATH, MathFunction
from transpile.corpus.signature import FLOATS, SIGNED, Array, Function, Parameter, Pointer, Signature, is_address, read_type
from transpile.corpus.text import entry_name, quoted

POSTFIX, UNARY, CAST = 15, 14, 13
STRENGTH = {"*": 12, "/": 12, "%": 12, "+": 11, "-": 11, "<<": 10, ">>": 10, "&": 9, "^": 8, "|": 7}
COMPARE, AND, OR, LOWEST = 6, 5, 4, 0
WRAPPING = {"+": "wrapping_add", "-": "wrapping_sub", "*": "wrapping_mul"}
OPPOSITE = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}
ESCAPES = {0: "\\0", 9: "\\t", 10: "\\n", 13: "\\r", 39: "\\'", 92: "\\\\"}
METHODS = {
    "clz": "leading_zeros", "ctz": "trailing_zeros", "popcount": "count_ones", "swap_bytes": "swap_bytes",
    "sqrt": "sqrt", "floor": "floor", "ceil": "ceil", "trunc": "trunc", "fabs": "abs", "abs": "wrapping_abs",
    "rotl": "rotate_left", "rotr": "rotate_right", "min": "min", "max": "max", "to_bits": "to_bits",
}  # fmt: skip
COUNTS = frozenset({"clz", "ctz", "popcount"})
SMALL = 16
"""Unsigned counters may step by less than this with a plain `+=`."""


def rust_type(type_: str) -> str:
    """A type in Rust's words, `index` too. Pointers within types are raw; one to a function may be null."""
    match read_type(type_):
        case Pointer(to=to, const=const):
            return f"*{'const' if const else 'mut'} {rust_type(to)}"
        case Array(count=count, of=of):
            return f"[{rust_type(of)}; {count}]"
        case Function(parameters=parameters, result=result):
            gives = f" -> {rust_type(result)}" if result else ""
            return f'Option<unsafe extern "C" fn({", ".join(map(rust_type, parameters))}){gives}>'
    return {"index": "usize", "void": "core::ffi::c_void"}.get(type_, type_)


def number(value: int | float | bool, scalar: str) -> str:
    """A literal without suffix; its sign, if any, stands in front."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if scalar in FLOATS:
        value = float(value)
        if math.isnan(value):
            return f"{scalar}::NAN"
        if math.isinf(value):
            return f"{scalar}::INFINITY" if value > 0 else f"{scalar}::NEG_INFINITY"
        return repr(value)
    sign, size = ("-", -int(value)) if value < 0 else ("", int(value))
    return f"{sign}{size:#x}" if size > 65535 else f"{sign}{size}"


class RustExpressions:
    """Renders the expressions of one function; `callees` are the signatures of all functions of the program."""

    def __init__(self, function: ir.Function, callees: Mapping[str, Signature]) -> None:
        self.function = function
        self.callees = callees
        self.parameters = {p.name: p for p in function.signature.parameters}
        self.unsafe = is_unsafe(function.signature)
        self.changed = assigned(function.body, callees)
        self.static = {n.name for n in walk(function.body) if isinstance(n, ir.LetArray) and n.static}
        named = {getattr(n, "name", "") for n in walk(function.body)}
        self.next_local = 1 + max((int(n[1:]) for n in named if re.fullmatch(r"v\d+", n)), default=-1)

    def text(self, one: ir.Expr, least: int = LOWEST) -> str:
        """`one` rendered, in parentheses if it binds weaker than `least`."""
        text, strength = self.expression(one)
        return text if strength >= least else f"({text})"

    def receiver(self, one: ir.Expr) -> str:
        """`one` as what a method is called on: literals get their type."""
        if isinstance(one, ir.Const) and not one.char and not isinstance(one.value, bool):
            text = number(one.value, one.type)
            text += "" if "::" in text else rust_type(one.type)
            return f"({text})" if text.startswith("-") else text
        if typed(one):
            return self.text(one, POSTFIX)
        return f"({self.text(one, CAST + 1)} as {rust_type(one.type)})"

    def wraps(self, scalar: str) -> bool:
        return scalar != "index" and scalar not in SIGNED and scalar not in FLOATS

    def index(self, one: ir.Expr) -> str:
        if one.type in ("index", "usize") or isinstance(one, ir.Const):
            return self.text(one)
        return f"{self.text(one, CAST)} as usize"

    def expression(self, one: ir.Expr) -> tuple[str, int]:
        match one:
            case ir.Const():
                return self.constant(one)
            case ir.Limit():
                return f"{rust_type(one.type)}::{'MAX' if one.largest else 'MIN'}", POSTFIX
            case ir.Var():
                return one.name, POSTFIX
            case ir.Len():
                return f"{one.array}.len()", POSTFIX
            case ir.Binary():
                return self.binary(one)
            case ir.Unary():
                if one.op == "-" and self.wraps(one.type):
                    return f"{self.receiver(one.operand)}.wrapping_neg()", POSTFIX
                operand = self.text(one.operand, UNARY) if typed(one.operand) else self.receiver(one.operand)
                return f"{'!' if one.op == '~' else '-'}{operand}", UNARY
            case ir.Compare():
                left = self.text(one.left, COMPARE + 1) if typed(one.left) or typed(one.right) else self.receiver(one.left)
                right = self.text(one.right, COMPARE + 1)
                return f"{_before_less(left, one.op)} {one.op} {right}", COMPARE
            case ir.Logic():
                sign, strength = ("&&", AND) if one.op == "and" else ("||", OR)
                return f"{self.text(one.left, strength)} {sign} {self.text(one.right, strength + 1)}", strength
            case ir.Not():
                return f"!{self.text(one.operand, UNARY)}", UNARY
            case ir.Select():
                return f"if {self.text(one.condition)} {{ {self.text(one.then)} }} else {{ {self.text(one.other)} }}", LOWEST
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
            case ir.IsNull(operand=operand):
                return f"{self.text(operand, POSTFIX)}.{'is_none' if operand.type.startswith('fn(') else 'is_null'}()", POSTFIX
            case ir.FunctionPointer():
                return f"Some({entry_name(one.name)} as {rust_type(one.type)[len('Option<') : -1]})", POSTFIX
            case ir.CallThrough():
                arguments = ", ".join(self.text(a) for a in one.arguments)
                return f"{self.text(one.function, POSTFIX)}.unwrap_unchecked()({arguments})", POSTFIX
            case ir.Place() | ir.AddressOf() | ir.ArrayPointer() | ir.Text() | ir.Borrow() | ir.Null() | ir.PointerCast() | ir.PointerBits():
                return self.pointer(one)
        raise ir.NotInLanguage(f"no Rust for {one!r}")

    def pointer(self, one: ir.Expr) -> tuple[str, int]:
        """A raw pointer or a pointer to a function, what it points to, or its address as a number."""
        match one:
            case ir.Place():
                if is_unaligned(one):
                    return f"{self.moved(one)}.read_unaligned()", POSTFIX
                text = one.base.name if is_own(one) else f"*{self.moved(one)}"
                if isinstance(one.base, ir.ArrayPointer) and is_global(one.base.array) and (one.index is None or one.index.type != "i32"):
                    text = f"{one.base.array}[{self.index(one.index or ir.Const('index', 0))}]"
                for part in one.path:
                    inner = text if text[0] != "*" else f"({text})"
                    text = f"{inner}.{part}" if isinstance(part, str) else f"{inner}[{self.index(part)}]"
                return text, POSTFIX if one.path or text[0] != "*" else UNARY
            case ir.AddressOf(place=place):
                if place.path:
                    return f"core::ptr::addr_of_mut!({self.text(place)})", POSTFIX
                return self.moved(place), POSTFIX
            case ir.ArrayPointer():
                parameter = self.parameters.get(one.array)
                if parameter is None or parameter.length is not None:
                    if (one.array in self.static or one.type.startswith("*const ")) if parameter is None else parameter.const:
                        return f"{one.array}.as_ptr() as {rust_type(one.type)}", CAST
                    return f"{one.array}.as_mut_ptr()", POSTFIX
                return f"{one.array}{f' as *const {parameter.type}' if parameter.const else ''} as {rust_type(one.type)}", CAST
            case ir.Text():
                text = f"c{quoted(one.characters)}.as_ptr()"
                return (text, POSTFIX) if one.type == "*const i8" else (f"{text} as {rust_type(one.type)}", CAST)
            case ir.Borrow():
                return f"core::ptr::addr_of{'' if one.type.startswith('*const ') else '_mut'}!({one.name})", POSTFIX
            case ir.Null():
                return ("None" if one.type.startswith("fn(") else "core::ptr::null_mut()"), POSTFIX
            case ir.PointerBits(operand=operand):
                if operand.type.startswith("fn("):
                    return f"core::mem::transmute::<{rust_type(operand.type)}, u32>({self.text(operand)})", POSTFIX
                return f"{self.text(operand, CAST)} as u32", CAST
            case ir.PointerCast(operand=operand):
                functions = one.type.startswith("fn(") or operand.type.startswith("fn(")
                if functions:
                    return f"core::mem::transmute::<{rust_type(operand.type)}, {rust_type(one.type)}>({self.text(operand)})", POSTFIX
                number = not is_address(operand.type)
                text = self.receiver(operand) if number and isinstance(operand, ir.Const) else self.text(operand, CAST)
                return f"{text}{' as usize' if number else ''} as {rust_type(one.type)}", CAST
        raise AssertionError(one)

    def moved(self, place: ir.Place) -> str:
        """The pointer of a place, on by its index."""
        base, index = self.text(place.base, POSTFIX), place.index
        if index is None or (isinstance(index, ir.Const) and index.value == 0):
            return base
        if isinstance(index, ir.Const):
            return f"{base}.{'sub' if index.value < 0 else 'add'}({abs(int(index.value))})"
        if index.type == "i32":
            return f"{base}.offset({self.text(index, CAST)} as isize)"
        return f"{base}.add({self.index(index)})"

    def constant(self, one: ir.Const) -> tuple[str, int]:
        if one.char and isinstance(one.value, int) and 0 <= one.value < 256:
            text = f"b'{_character(one.value)}'"
            return (text, POSTFIX) if one.type == "u8" else (f"{text} as {rust_type(one.type)}", CAST)
        text = number(one.value, one.type)
        return text, UNARY if text.startswith("-") else POSTFIX

    def binary(self, one: ir.Binary) -> tuple[str, int]:
        if one.op in WRAPPING and self.wraps(one.type):
            return f"{self.receiver(one.left)}.{WRAPPING[one.op]}({self.text(one.right)})", POSTFIX
        if one.op == "%" and one.type in SIGNED and not isinstance(one.right, ir.Const):
            return f"{self.receiver(one.left)}.wrapping_rem({self.text(one.right)})", POSTFIX
        strength = STRENGTH[one.op]
        right = shift_count(one.right) if one.op in ("<<", ">>") else one.right
        known = typed(one.left) or (typed(right) and right is one.right and one.op not in ("<<", ">>"))
        left = self.text(one.left, strength) if known else self.receiver(one.left)
        return f"{_before_less(left, one.op)} {one.op} {self.text(right, strength + 1)}", strength

    def cast(self, one: ir.Cast) -> tuple[str, int]:
        operand, target = one.operand, rust_type(one.type)
        if rust_type(operand.type) == target:
            return self.expression(operand)
        if target == "bool":
            zero = "0.0" if operand.type in FLOATS else "0"
            return f"{self.text(operand, COMPARE + 1)} != {zero}", COMPARE
        text = self.text(operand, CAST)
        if isinstance(operand, ir.Const) and not operand.char and not isinstance(operand.value, bool):
            text = self.receiver(operand)
        elif not typed(operand):
            text = f"{text} as {rust_type(operand.type)}"
        if operand.type == "bool" and target in FLOATS:
            text += " as i32"
        return f"{text} as {target}", CAST

    def element(self, one: ir.Index) -> tuple[str, int]:
        parameter = self.parameters.get(one.array)
        if parameter is None or parameter.length is not None:
            text = f"{one.array}[{self.index(one.index)}]"
        else:
            at_start = isinstance(one.index, ir.Const) and one.index.value == 0
            if isinstance(one.index, ir.Const) and one.index.value < 0:
                text = f"*{one.array}.sub({-one.index.value})"
            else:
                text = f"*{one.array}" if at_start else f"*{one.array}.add({self.index(one.index)})"
            if not one.field:
                return text, UNARY
            text = f"({text})"
        return (f"{text}.{one.field}" if one.field else text), POSTFIX

    def call(self, one: ir.Call) -> tuple[str, int]:
        callee = self.callees[one.name]
        arguments = []
        fixed = len(callee.parameters)
        for position, (argument, parameter) in enumerate(zip(one.arguments[:fixed], callee.parameters, strict=True)):
            if position in callee.lengths():
                continue
            if is_address(argument.type):
                arguments.append(self.pointed(argument, parameter, callee, one))
            elif isinstance(argument, ir.Part):
                arguments.append(self.part(argument, parameter, callee))
            elif parameter.pointer and isinstance(argument, ir.Var):
                own = self.parameters.get(argument.name)
                if is_raw(parameter, callee) and (own is None or own.length is not None):
                    arguments.append(f"{argument.name}.{'as_ptr' if parameter.const else 'as_mut_ptr'}()")
                else:
                    arguments.append(("" if own is not None else "&" if parameter.const else "&mut ") + argument.name)
            elif argument.type == "index" and parameter.type != "usize":
                arguments.append(f"{self.text(argument, CAST)} as {parameter.type}")
            else:
                arguments.append(self.text(argument))
        for argument in one.arguments[fixed:]:
            if isinstance(argument, ir.Var) and argument.type == "array":
                own = self.parameters.get(argument.name)
                slice_ = own is None or own.length is not None
                arguments.append(f"{argument.name}.as_ptr()" if slice_ else argument.name)
            else:
                arguments.append(self.text(argument) if typed(argument) else self.receiver(argument))
        text = one.name if one.name in STREAMS else f"{one.name}({', '.join(arguments)})"
        for array in sorted({a.array for a in one.arguments if isinstance(a, ir.Part)}):
            if f"&mut {array}[" in text and f"{array}.len()" in text:  # its length can't be asked for while a part of it is borrowed
                text = f"{{ let v{self.next_local} = {array}.len(); {text.replace(f'{array}.len()', f'v{self.next_local}')} }}"
                self.next_local += 1
        return (f"unsafe {{ {text} }}", LOWEST) if is_unsafe(callee) and not self.unsafe else (text, POSTFIX)

    def part(self, one: ir.Part, parameter: Parameter, callee: Signature) -> str:
        """A part of an array as the argument for a callee's `parameter`."""
        own = self.parameters.get(one.array)
        raw = own is not None and own.length is None
        start = self.index(one.start)
        if is_raw(parameter, callee):
            base = one.array if raw else f"{one.array}.{'as_ptr' if parameter.const else 'as_mut_ptr'}()"
            return f"{base}.add({start})"
        reference = "&" if parameter.const else "&mut "
        if one.length is None:
            return f"{reference}{one.array}[{start}]"
        if raw:
            make = "from_raw_parts" if parameter.const else "from_raw_parts_mut"
            return f"core::slice::{make}({one.array}.add({start}), {self.index(one.length)})"
        if one.rest:
            return f"{reference}{one.array}[{start}..]"
        if isinstance(one.start, ir.Const) and one.start.value == 0:
            return f"{reference}{one.array}[..{self.text(one.length, OR) if one.length.type == 'index' else self.index(one.length)}]"
        end = ir.Binary("index", "+", *(e if e.type == "index" else ir.Cast("index", e) for e in (one.start, one.length)))
        return f"{reference}{one.array}[{start}..{self.text(end)}]"

    def pointed(self, argument: ir.Expr, parameter: Parameter, callee: Signature, call: ir.Call) -> str:
        """A raw pointer as the argument for a parameter that may be a slice or a reference."""
        if isinstance(argument, ir.FunctionPointer):
            return f"Some({entry_name(argument.name)})"
        if not parameter.pointer or is_raw(parameter, callee):
            return self.text(argument)
        const = "" if parameter.const else "mut "
        if parameter.length is None and isinstance(argument, ir.Borrow):
            return f"&{const}{argument.name}"
        if parameter.length is None:
            return f"&{const}*{self.text(argument, UNARY)}"
        length = self.index(call.arguments[parameter.length])
        return f"core::slice::from_raw_parts{'' if parameter.const else '_mut'}({self.text(argument)}, {length})"

    def builtin(self, one: ir.Builtin) -> tuple[str, int]:
        first, *rest = one.arguments
        if one.name in MATH:
            return self.mathematics(one, MATH[one.name])
        if one.name == "from_bits":
            return f"{one.type}::from_bits({self.text(first)})", POSTFIX
        if one.name in ("min", "max") and isinstance(first, ir.Const) and not isinstance(rest[0], ir.Const):
            first, rest = rest[0], [first]
        if one.name in ("rotl", "rotr"):
            count = rest[0]
            plain = count.type == "u32" or isinstance(count, ir.Const)
            arguments = self.text(count) if plain else f"{self.text(count, CAST)} as u32"
        else:
            arguments = ", ".join(self.text(a) for a in rest)
        text = f"{self.receiver(first)}.{METHODS[one.name]}({arguments})"
        if one.name in COUNTS and one.type != "u32":
            return f"{text} as {rust_type(one.type)}", CAST
        return text, POSTFIX

    def mathematics(self, one: ir.Builtin, function: MathFunction) -> tuple[str, int]:
        """A method of std's floats, or the C library's function declared on the spot."""
        first, *rest = one.arguments
        if function.rust == "%":
            level = STRENGTH["%"]
            return f"{self.text(first, level)} % {self.text(rest[0], level + 1)}", level
        arguments = [self.text(a) for a in one.arguments]
        if function.rust:
            return f"{self.receiver(first)}.{function.rust}({', '.join(arguments[1:])})", POSTFIX
        parameters = ", ".join(f"_: {type_}" for type_ in function.parameters)
        declared = f'extern "C" {{ fn {one.name}({parameters}) -> {function.type}; }}'
        return f"({{ {declared} unsafe {{ {one.name}({', '.join(arguments)}) }} }})", POSTFIX

    def negated(self, condition: ir.Expr) -> str:
        if isinstance(condition, ir.Not):
            return self.text(condition.operand)
        exact = isinstance(condition, ir.Compare) and (condition.op in ("==", "!=") or condition.left.type not in FLOATS)
        if isinstance(condition, ir.Compare) and exact:
            return self.text(ir.Compare("bool", OPPOSITE[condition.op], condition.left, condition.right))
        return f"!{self.text(condition, UNARY)}"


def is_unsafe(signature: Signature) -> bool:
    """Does the Rust function get at a raw pointer or a pointer to a function, as a parameter or within one, or is it C's?"""
    if signature.name in EXTERNS:
        return True
    within = [p.type for p in signature.parameters] + [type_ for s in signature.structs for _, type_ in s.fields]
    return any(is_raw(p, signature) for p in signature.parameters) or any("*" in t or "fn(" in t for t in within)


def is_raw(parameter: Parameter, signature: Signature) -> bool:
    """Is the parameter a raw pointer: without a length, and not to a struct of scalars alone, for which there is a reference, unless it
    must be raw?"""
    struct = signature.struct(parameter.type)
    return parameter.pointer and parameter.length is None and (parameter.raw or not (struct is not None and struct.flat))


def typed(one: ir.Expr) -> bool:
    """Does rustc know the type of this expression without looking around it?"""
    match one:
        case ir.Const():
            return isinstance(one.value, bool) or one.char or "::" in number(one.value, one.type)
        case ir.Select():
            return typed(one.then) or typed(one.other)
        case ir.Null():
            return False
    return True


def _before_less(left: str, op: str) -> str:
    """`x as i32 < y` would start a type's arguments."""
    return f"({left})" if op in ("<", "<<") and re.search(r"\bas \w+$", left) else left


def _character(code: int) -> str:
    return ESCAPES.get(code) or (chr(code) if 32 <= code < 127 else f"\\x{code:02x}")
