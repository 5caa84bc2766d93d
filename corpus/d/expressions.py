"""Expressions of generated programs in D: C's, whose promotions and wrapping D has, with what D spells otherwise.

What D narrows only by a cast gets one; comparisons stand in parentheses beside bit operations and each other, as D demands; arrays are slices
that know their length; library functions are imported where they are used (`imports`). An `index` is a `size_t`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from transpile.corpus import ir
from transpile.corpus.c.expressions import ATOM, BITWISE, CONDITIONAL, LEVELS, UNARY, CExpressions, Text, float_text
from transpile.corpus.libm import MATH
from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS, Array, Function, Parameter, Pointer, Signature, is_address, pointer_to, read_type

D_TYPES = {
    "i8": "byte", "u8": "ubyte", "i16": "short", "u16": "ushort", "i32": "int", "u32": "uint", "i64": "long", "u64": "ulong",
    "f32": "float", "f64": "double", "bool": "bool", "usize": "size_t", "index": "size_t",
}  # fmt: skip
ESCAPES = {0: "\\0", 9: "\\t", 10: "\\n", 13: "\\r", 39: "\\'", 92: "\\\\"}


def d_type(type_: str) -> str:
    """A type in D's words. A pointer to a function has the linkage of the declaration that it stands in."""
    match read_type(type_):
        case Pointer(to=to, const=const):
            return f"const({d_type(to)})*" if const else f"{d_type(to)}*"
        case Array(count=count, of=of):
            return f"{d_type(of)}[{count}]"
        case Function(parameters=parameters, result=result):
            return f"{d_type(result) if result else 'void'} function({', '.join(map(d_type, parameters))})"
    return D_TYPES.get(type_, type_)


class DExpressions(CExpressions):
    """Renders the expressions of one function; `callees` are the signatures of all functions of the program."""

    def __init__(self, function: ir.Function, callees: Mapping[str, Signature]) -> None:
        super().__init__(function)
        self.callees = callees
        self.imports: dict[str, set[str]] = {}
        """Names of the library that the function uses, by module."""

    def imported(self, module: str, name: str) -> str:
        self.imports.setdefault(module, set()).add(name)
        return name

    # ------------------------------------------------------------ types and literals

    def type_of(self, type_: str) -> str:
        return "usize" if type_ == "index" else type_

    def cast(self, type_: str, value: Text) -> Text:
        return Text(f"cast({D_TYPES[type_]}) {value.within(UNARY)}", UNARY)

    def constant(self, e: ir.Const, strong: bool) -> Text:
        type_ = self.type_of(e.type)
        if type_ in FLOATS:
            value, name = float(e.value), D_TYPES[type_]
            if math.isnan(value):
                return Text(f"{name}.nan")
            if math.isinf(value):
                return Text(f"{name}.infinity") if value > 0 else Text(f"-{name}.infinity", UNARY)
            text = float_text(value, type_)
            return Text(text, UNARY if text.startswith("-") else ATOM)
        if type_ != "bool" and not e.char and int(e.value) == -(1 << (8 * WIDTHS[type_] - 1)):
            return Text(f"{D_TYPES[type_]}.min")
        plain = super().constant(e, strong)
        return plain._replace(text=plain.text.replace("ull", "UL").replace("ll", "L")) if type_ in ("i64", "u64") and not e.char else plain

    def limit(self, e: ir.Limit) -> Text:
        type_ = self.type_of(e.type)
        if not e.largest and type_ not in SIGNED:
            return Text("0", weak=True)
        return Text(f"{D_TYPES[type_]}.{'max' if e.largest else 'min'}")

    # ------------------------------------------------------------ places

    def expression(self, e: ir.Expr, *, exact: bool = True, strong: bool = False) -> Text:
        match e:
            case ir.Field():
                return Text(f"{e.pointer}.{e.field}")
            case ir.Call():
                return Text(self.call(e))
            case ir.IsNull():
                return Text(f"{self.expression(e.operand).within(LEVELS['<<'])} == null", LEVELS["=="])
            case ir.Not(operand=ir.IsNull(operand=operand)):
                return Text(f"{self.expression(operand).within(LEVELS['<<'])} != null", LEVELS["=="])
        return super().expression(e, exact=exact, strong=strong)

    def length(self, array: str) -> Text:
        return Text(f"{array}.length")

    def element(self, e: ir.Index) -> str:
        parameter = self.parameters.get(e.array)
        if parameter is not None and parameter.length is None and isinstance(e.index, ir.Const) and e.index.value == 0:
            if e.field:
                return f"{e.array}.{e.field}"
            if parameter.type not in {"i8", "u8"} or not parameter.const:
                return f"*{e.array}"
        return f"{e.array}[{self.index(e.index)}]" + (f".{e.field}" if e.field else "")

    def index(self, e: ir.Expr) -> str:
        """D's indices have 32 bits here: what may be wider is cut off, as C's addresses are."""
        text = super().index(e)
        bare = e.operand if isinstance(e, ir.Cast) and text == self.expression(e.operand).text else e
        if isinstance(bare, ir.Const) or WIDTHS[self.type_of(bare.type)] <= 4:
            return text
        return self.cast("usize", self.expression(bare)).text

    # ------------------------------------------------------------ pointers

    def pointer(self, e: ir.Expr) -> Text:
        match e:
            case ir.Null():
                return Text("null")
            case ir.PointerBits():
                return self.cast("u32", self.expression(e.operand))
            case ir.ArrayPointer():
                parameter = self.parameters.get(e.array)
                const = e.array in self.static if parameter is None else parameter.const
                text = Text(e.array if parameter is not None and parameter.length is None else f"{e.array}.ptr")
                return self.typed_pointer(e.type, text) if const or (parameter is not None and parameter.type == "void") else text
        return super().pointer(e)

    def typed_pointer(self, type_: str, value: Text) -> Text:
        return Text(f"cast({d_type(type_)}) {value.within(UNARY)}", UNARY)

    def place(self, e: ir.Place) -> str:
        base = self.expression(e.base)
        if self.at_start(e.index) and isinstance(e.base, ir.Borrow):
            text = e.base.name
        elif self.at_start(e.index):
            if not e.path:
                return f"*{base.within(UNARY)}"
            text = base.within(ATOM) if isinstance(e.path[0], str) else f"(*{base.within(UNARY)})"
        else:
            assert e.index is not None
            text = f"{base.within(ATOM)}[{self.index(e.index)}]"
        return text + "".join(f".{part}" if isinstance(part, str) else f"[{self.index(part)}]" for part in e.path)

    def converted(self, e: ir.Expr) -> Text:
        """A pointer where it is stored, returned or passed. D lets const go only by a cast, where a parameter or a field has it and `e.type` not;
        pointers to functions have one linkage in heads and fields and another in bodies."""
        text = self.expression(e)
        own = self.parameters.get(e.name) if isinstance(e, ir.Var) else None
        plain = isinstance(e, ir.Null | ir.PointerCast | ir.Borrow | ir.AddressOf) or (isinstance(e, ir.ArrayPointer | ir.Var) and own is None)
        as_said = (own is not None and own.whole == e.type) or (isinstance(e, ir.Place) and self.held(e) == e.type)
        if plain or (as_said and not e.type.startswith("fn(")):
            return text
        return self.typed_pointer(e.type, text)

    def held(self, e: ir.Place) -> str:
        """The type that D knows what lies at a place by; "" where that is const, since the way there is, or not known here."""
        base = e.base
        while isinstance(base, ir.Place | ir.PointerCast):
            base = base.base if isinstance(base, ir.Place) else base.operand
        own = self.parameters.get(base.name) if isinstance(base, ir.Var) else None
        if not isinstance(base, ir.Var) or (own is not None and own.const):
            return ""
        if e.path:
            fields = {t for s in self.function.signature.structs for name, t in s.fields if name == e.path[-1]}
            return fields.pop() if len(fields) == 1 else ""
        pointer = read_type(e.base.type)
        return pointer.to if isinstance(pointer, Pointer) and not pointer.const else ""

    # ------------------------------------------------------------ calls

    def call(self, e: ir.Call) -> str:
        callee = self.callees[e.name]
        arguments = []
        for position, (argument, parameter) in enumerate(zip(e.arguments, callee.parameters, strict=True)):
            if position in callee.lengths():
                continue
            if is_address(argument.type):
                arguments.append(self.pointed(argument, parameter, callee, e))
            elif isinstance(argument, ir.Part):
                arguments.append(self.part(argument, parameter))
            elif parameter.pointer and isinstance(argument, ir.Var):
                arguments.append(self.handed_on(argument.name, parameter))
            else:
                arguments.append(self.assigned(argument).text)
        return f"{e.name}({', '.join(arguments)})"

    def pointed(self, argument: ir.Expr, parameter: Parameter, callee: Signature, e: ir.Call) -> str:
        """A pointer as the argument for `parameter`: with its length, which is an argument of its own in C, a slice."""
        if parameter.length is None:
            text = self.expression(argument)
            return (text if argument.type == parameter.whole else self.typed_pointer(parameter.whole, text)).text
        element = pointer_to("u8" if parameter.type == "void" else parameter.type, parameter.const)
        return f"({self.typed_pointer(element, self.expression(argument)).text})[0 .. {self.index(e.arguments[parameter.length])}]"

    def handed_on(self, name: str, parameter: Parameter) -> str:
        """A whole array, or a pointer, as the argument for `parameter`."""
        own = self.parameters.get(name)
        if parameter.length is None:
            return name if own is not None and own.length is None else f"{name}.ptr"
        return name if own is not None else f"{name}[]"

    def part(self, e: ir.Part, parameter: Parameter) -> str:
        own = self.parameters.get(e.array)
        at_start = isinstance(e.start, ir.Const) and e.start.value == 0
        if parameter.length is None:
            pointer = e.array if own is not None and own.length is None else f"{e.array}.ptr"
            return pointer if at_start else f"{pointer} + {self.expression(e.start).within(LEVELS['+'] + 1)}"
        start = self.index(e.start)
        if e.rest and (own is None or own.length is not None):
            return f"{e.array}[{start} .. $]"
        assert e.length is not None, e
        end = e.length if at_start else ir.Binary("index", "+", *(x if x.type == "index" else ir.Cast("index", x) for x in (e.start, e.length)))
        return f"{e.array}[{start} .. {self.index(end)}]"

    # ------------------------------------------------------------ operators

    def side(self, parent: ir.Binary, child: ir.Expr, text: Text, level: int) -> str:
        if parent.op in BITWISE and text.level in (LEVELS["<"], LEVELS["=="]):
            return f"({text.text})"
        return super().side(parent, child, text, level)

    def compare(self, e: ir.Compare) -> Text:
        plain = super().compare(e)
        sides = [self.expression(one) for one in (e.left, e.right)]
        if any(one.level in (LEVELS["<"], LEVELS["=="]) for one in sides):
            left, right = (one.within(LEVELS["<<"]) for one in sides)
            return Text(f"{left} {e.op} {right}", LEVELS[e.op])
        return plain

    def assigned(self, e: ir.Expr) -> Text:
        """An expression that is stored, returned or passed: D widens by itself and narrows what it can see to fit."""
        if is_address(e.type):
            return self.converted(e)
        type_ = self.type_of(e.type)
        if type_ not in WIDTHS:  # a struct
            return self.expression(e)
        if isinstance(e, ir.Cast):
            plain = super().assigned(e)
            if not isinstance(e.operand, ir.Binary | ir.Unary | ir.Select) or plain.level == UNARY:
                return plain
        text = self.expression(e)
        narrow = WIDTHS[type_] < 4 and type_ != "bool"
        if narrow and isinstance(e, ir.Binary) and text.level != UNARY and (type_ in SIGNED or e.op in {"<<", ">>"}):
            return self.cast(type_, text)
        if narrow and isinstance(e, ir.Builtin) and text.level != UNARY:
            return self.cast(type_, text)
        return text

    # ------------------------------------------------------------ builtins

    def builtin(self, e: ir.Builtin, exact: bool, strong: bool) -> Text:
        first = e.arguments[0]
        type_ = self.type_of(first.type)
        bits = 0 if type_ in FLOATS else 8 * WIDTHS[type_]
        match e.name:
            case "to_bits" | "from_bits":
                return self.reinterpreted(e.type, first, type_)
            case "clz" | "ctz":
                value = self.expression(first)
                call = f"{self.imported('core.bitop', 'bsr' if e.name == 'clz' else 'bsf')}({value.text})"
                call = f"{bits - 1} - {call}" if e.name == "clz" else call
                head = value.text if value.level > LEVELS["and"] else f"({value.text})"
                return self.counted(Text(f"{head} ? {call} : {bits}", CONDITIONAL, True), e, strong)
            case "popcount":
                call = f"{self.imported('core.bitop', 'popcnt')}({self.expression(first).text})"
                return self.counted(Text(call, weak=True), e, strong)
            case "swap_bytes" if bits > 8:
                name = self.imported("core.bitop", "byteswap" if bits == 16 else "bswap")
                return Text(f"{name}({self.expression(first, strong=True).text})")
            case "sqrt" | "floor" | "ceil" | "trunc" | "fabs":
                return Text(f"{self.imported('std.math', e.name)}({self.expression(first).text})")
        if e.name in MATH:
            self.imported("core.stdc.math", e.name)
        return super().builtin(e, exact, strong)

    def reinterpreted(self, target: str, e: ir.Expr, source: str) -> Text:
        """The bits of a value as another type of its width: of a variable through a pointer, of anything else as a function's parameter."""
        if isinstance(e, ir.Var | ir.Index | ir.Field) and self.expression(e).level == ATOM:
            text = self.expression(e).text
            return Text(f"*cast({D_TYPES[target]}*) &{text}", UNARY)
        return Text(f"(({D_TYPES[source]} x) => *cast({D_TYPES[target]}*) &x)({self.assigned(e).text})")
