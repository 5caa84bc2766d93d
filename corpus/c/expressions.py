"""Expressions of generated programs as C text, in the idiom of people who write C; C++ overrides a few methods.

Invariant: the text means what the program means under -fwrapv. C computes narrow types as `int`, so every expression is written for a
context: *exact* (the value must lie in its type's range) or loose (it is about to be truncated), *strong* (the C type must be
the program's type) or weak (an `int` of the same, non-negative value will do). Casts that C does by itself are left out.
Limits: `min`, `max`, `abs` and rotations write an operand twice, so it must not contain a call.
"""

from __future__ import annotations

import struct

from transpile.corpus import ir
from transpile.corpus.c.pointers import ATOM, CONDITIONAL, LEVELS, UNARY, CPointers, Text
from transpile.corpus.c.types import C_TYPES
from transpile.corpus.externs import EXTERNS, STREAMS
from transpile.corpus.ir_names import walk
from transpile.corpus.libm import MATH
from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS, is_address
from transpile.corpus.text import quoted

BITWISE = frozenset({"<<", ">>", "&", "^", "|"})


def lossless(source: str, target: str) -> bool:
    """Can `target` hold every value of `source`, so that people leave the conversion to the compiler?"""
    if source == target or source == "bool":
        return True
    if source not in WIDTHS or target not in WIDTHS:
        return False  # a struct, an address
    if target in FLOATS:
        return WIDTHS[source] < WIDTHS[target]
    if source in FLOATS or target == "bool":
        return False
    if (source in SIGNED) == (target in SIGNED):
        return WIDTHS[source] <= WIDTHS[target]
    return source not in SIGNED and WIDTHS[source] < WIDTHS[target]


def float_text(value: float, type_: str) -> str:
    """A literal that reads back as the same value of the type."""
    suffix = "f" if type_ == "f32" else ""
    if value != value:
        return f"__builtin_nan{suffix}(\"\")"
    if value in (float("inf"), float("-inf")):
        return f"{'-' if value < 0 else ''}__builtin_inf{suffix}()"
    text = repr(float(value))
    if type_ == "f32":
        shortened = (f"{value:.{digits}g}" for digits in range(1, 18))
        text = next(repr(float(t)) for t in shortened if struct.pack("f", float(t)) == struct.pack("f", value))
    return (text if any(c in text for c in ".e") else text + ".0") + suffix


class CExpressions(CPointers):
    """Renders the expressions of one function."""

    def __init__(self, function: ir.Function) -> None:
        self.function = function
        self.parameters = {p.name: p for p in function.signature.parameters}
        self.local_sizes = {n.name: n.size for n in walk(function.body) if isinstance(n, ir.LetArray)}
        self.static = {n.name for n in walk(function.body) if isinstance(n, ir.LetArray) and n.static}
        self.inlined: dict[str, Text] = {}
        """Locals that are written as an expression of their value."""

    # ------------------------------------------------------------ what C++ does otherwise

    def cast(self, type_: str, value: Text) -> Text:
        return Text(f"({C_TYPES[type_]}){value.within(UNARY)}", UNARY)

    def bit_cast(self, type_: str, value: Text, source: str) -> Text:
        """The bits of a value as another type of its width."""
        return Text(f"((union {{ {C_TYPES[source]} m0; {C_TYPES[type_]} m1; }}){{ {value.text} }}).m1")

    # ------------------------------------------------------------ types

    def type_of(self, type_: str) -> str:
        return self.function.length_type if type_ == "index" else type_

    # ------------------------------------------------------------ expressions

    def expression(self, e: ir.Expr, *, exact: bool = True, strong: bool = False) -> Text:
        """The text of an expression. Not exact: only the low bits of the type's width are right. Not strong: may be weak."""
        match e:
            case ir.Const():
                return self.constant(e, strong)
            case ir.Limit():
                return self.limit(e)
            case ir.Var():
                return self.inlined.get(e.name) or Text(e.name)
            case ir.Len():
                return self.length(e.array)
            case ir.Index():
                return Text(self.element(e))
            case ir.Field():
                return Text(f"{e.pointer}->{e.field}")
            case ir.Part():
                at_start = isinstance(e.start, ir.Const) and e.start.value == 0
                return Text(e.array if at_start else f"{e.array} + {self.expression(e.start).within(LEVELS['+'] + 1)}", LEVELS["+"])
            case ir.Call() if e.name in STREAMS:
                return Text(e.name)
            case ir.Call() if e.name in EXTERNS and EXTERNS[e.name].variadic:
                return Text(f"{e.name}({', '.join(map(self.passed_on, e.arguments))})")
            case ir.Call():
                return Text(f"{e.name}({', '.join(self.assigned(a).text for a in e.arguments)})")
            case ir.Binary():
                return self.binary(e, exact)
            case ir.Unary():
                return self.unary(e, exact)
            case ir.Compare():
                return self.compare(e)
            case ir.Logic():
                symbol = {"and": "&&", "or": "||"}[e.op]
                parts = []
                for side in (e.left, e.right):
                    mixed = isinstance(side, ir.Logic) and side.op != e.op
                    parts.append(f"({self.condition(side).text})" if mixed else self.condition(side).within(LEVELS[e.op]))
                return Text(f"{parts[0]} {symbol} {parts[1]}", LEVELS[e.op])
            case ir.Not(operand=ir.IsNull(operand=pointer)):
                return Text(f"{self.expression(pointer).within(LEVELS['!='] + 1)} != NULL", LEVELS["!="])
            case ir.Not():
                return Text(f"!{self.condition(e.operand).within(UNARY)}", UNARY)
            case ir.Select():
                return self.select(self.condition(e.condition), e.then, e.other, exact, strong)
            case ir.Cast():
                return self.conversion(e, exact, strong)
            case ir.Builtin():
                return self.builtin(e, exact, strong)
            case ir.Place() | ir.AddressOf() | ir.ArrayPointer() | ir.Text() | ir.Borrow() | ir.Null() | ir.PointerCast() | ir.PointerBits():
                return self.pointer(e)
            case ir.IsNull():
                return Text(f"!{self.expression(e.operand).within(UNARY)}", UNARY)
            case ir.FunctionPointer():
                return Text(e.name)
            case ir.CallThrough():
                return Text(f"{self.expression(e.function).within(ATOM)}({', '.join(self.assigned(a).text for a in e.arguments)})")
        raise ir.NotInLanguage(f"no C for {e!r}")

    def passed_on(self, e: ir.Expr) -> str:
        """An argument of a call whose types no prototype says: text is C's char, numbers have just their type."""
        if isinstance(e, ir.Text):
            return quoted(e.characters, octal=True)
        if e.type in ("*i8", "*const i8"):
            return f"(char *){self.expression(e).within(UNARY)}"
        return self.expression(e, strong=True).text

    def constant(self, e: ir.Const, strong: bool) -> Text:
        type_ = self.type_of(e.type)
        if type_ == "bool":
            return Text("true" if e.value else "false")
        if type_ in FLOATS:
            text = float_text(float(e.value), type_)
            return Text(text, UNARY if text.startswith("-") else ATOM)
        value = int(e.value)
        if e.char and 0 <= value < 127:
            escape = {0: "\\0", 9: "\\t", 10: "\\n", 13: "\\r", 39: "\\'", 92: "\\\\"}
            return Text(f"'{escape.get(value, chr(value))}'") if value >= 32 or value in escape else Text(str(value))
        if value < 0 and value == -(1 << (8 * WIDTHS[type_] - 1)):
            return Text(f"INT{8 * WIDTHS[type_]}_MIN")
        wide = value > 65535
        suffix = ""
        if type_ in {"u32", "usize"} and (wide or strong):
            suffix = "u"
        elif type_ == "u64" and (wide or strong):
            suffix = "ull"
        elif type_ == "i64" and (strong or not -(1 << 31) < value < 1 << 31):
            suffix = "ll"
        text = (hex(value) if wide else str(value)) + suffix
        weak = not suffix and type_ in {"u32", "usize", "i64", "u64"}
        return Text(text, UNARY if value < 0 else ATOM, weak)

    def limit(self, e: ir.Limit) -> Text:
        type_ = self.type_of(e.type)
        if type_ == "usize":
            return Text("SIZE_MAX" if e.largest else "0", weak=not e.largest)
        bits = 8 * WIDTHS[type_]
        if type_ in SIGNED:
            return Text(f"INT{bits}_{'MAX' if e.largest else 'MIN'}")
        return Text(f"UINT{bits}_MAX" if e.largest else "0", weak=not e.largest)

    def length(self, array: str) -> Text:
        if array in self.local_sizes:
            return Text(str(self.local_sizes[array]), weak=True)
        index = self.parameters[array].length
        assert index is not None, array
        return Text(self.function.signature.parameters[index].name)

    def element(self, e: ir.Index) -> str:
        """`array[index]`, `*out` for an out-parameter, with `.field` or `->field` of a struct."""
        parameter = self.parameters.get(e.array)
        first = isinstance(e.index, ir.Const) and e.index.value == 0
        if first and parameter is not None and parameter.length is None:
            if e.field:
                return f"{e.array}->{e.field}"
            if parameter.type not in {"i8", "u8"} or not parameter.const:
                return f"*{e.array}"
        return f"{e.array}[{self.index(e.index)}]" + (f".{e.field}" if e.field else "")

    def index(self, e: ir.Expr) -> str:
        """A subscript: what is cast to a type at least as wide needs no cast."""
        if isinstance(e, ir.Cast) and e.operand.type not in {*FLOATS, "bool"}:
            source, target = self.type_of(e.operand.type), self.type_of(e.type)
            if WIDTHS[source] <= WIDTHS[target]:
                return self.expression(e.operand).text
        return self.expression(e).text

    def operands(self, left: ir.Expr, right: ir.Expr, exact: bool) -> tuple[Text, Text]:
        """Two operands that C brings to one type by itself: that type must come out as the program's."""
        type_ = self.type_of(left.type)
        if type_ == "bool" or WIDTHS[type_] < 4:
            return self.expression(left, exact=exact), self.expression(right, exact=exact)
        bare_left, bare_right = self.uncast(left, type_), self.uncast(right, type_)
        one, two = self.expression(left), self.expression(right)
        if bare_left is None and bare_right is None:
            return (self.expression(left, strong=True), two) if one.weak and two.weak else (one, two)
        if type_ == "i32":  # whatever is narrower is promoted to int
            return bare_left or one, bare_right or two
        if bare_right is not None and not one.weak:
            return one, bare_right
        if bare_left is not None and bare_right is None and not two.weak:
            return bare_left, two
        return one, two

    def uncast(self, e: ir.Expr, type_: str) -> Text | None:
        """The operand of a conversion that C would do by itself beside an operand of the type, or None."""
        if not isinstance(e, ir.Cast) or self.type_of(e.operand.type) == type_ or not lossless(self.type_of(e.operand.type), type_):
            return None
        return self.expression(e.operand)

    def binary(self, e: ir.Binary, exact: bool) -> Text:
        type_ = self.type_of(e.type)
        narrow = WIDTHS[type_] < 4
        level = LEVELS[e.op]
        if e.op in {"<<", ">>"}:
            left = self.expression(e.left, exact=e.op == ">>", strong=True)
            right = self.expression(e.right)
        else:
            left, right = self.operands(e.left, e.right, e.op in {"/", "%"} or (exact and e.op in {"&", "|", "^"}))
        text = f"{self.side(e, e.left, left, level)} {e.op} {self.side(e, e.right, right, level + 1)}"
        if narrow and exact and e.op not in {"&", "|", "^", ">>", "%"}:
            return self.cast(type_, Text(text, level))
        return Text(text, level)

    def side(self, parent: ir.Binary, child: ir.Expr, text: Text, level: int) -> str:
        """An operand with the parentheses that C needs, and those that people add around bit operations."""
        inner = next((op for op in LEVELS if text.level == LEVELS[op]), None) if text.level < UNARY else None
        if inner is not None and text.level >= level:
            op = child.op if isinstance(child, ir.Binary) else ""
            if op != parent.op and (op in BITWISE or parent.op in BITWISE):
                return f"({text.text})"
        if text.text.startswith("-") and level == LEVELS["-"] + 1:
            return f"({text.text})"
        return text.within(level)

    def unary(self, e: ir.Unary, exact: bool) -> Text:
        type_ = self.type_of(e.type)
        operand = self.expression(e.operand, exact=False, strong=True)
        inner = operand.within(UNARY)
        text = Text(f"{e.op}({inner})" if inner.startswith("-") else f"{e.op}{inner}", UNARY)
        return self.cast(type_, text) if exact and WIDTHS[type_] < 4 else text

    def compare(self, e: ir.Compare) -> Text:
        if isinstance(e.left, ir.PointerBits) and isinstance(e.right, ir.PointerBits) and e.left.operand.type == e.right.operand.type:
            level = LEVELS[e.op]
            return Text(f"{self.expression(e.left.operand).within(level + 1)} {e.op} {self.expression(e.right.operand).within(level + 1)}", level)
        left, right = self.operands(e.left, e.right, True)
        for wide, other in ((e.left, e.right), (e.right, e.left)):
            if isinstance(wide, ir.Cast) and isinstance(other, ir.Const) and self.expression(other).weak:
                bare = self.uncast(wide, self.type_of(wide.type))
                source = self.type_of(wide.operand.type)
                if bare is not None and (int(other.value) >= 0 or source in SIGNED or WIDTHS[source] < 4):
                    left, right = (bare, right) if wide is e.left else (left, bare)
        level = LEVELS[e.op]
        return Text(f"{left.within(level + 1)} {e.op} {right.within(level + 1)}", level)

    def condition(self, e: ir.Expr) -> Text:
        """An expression where only zero or not counts: `x & 1` for `(x & 1) != 0`."""
        if isinstance(e, ir.Compare) and e.op == "!=" and isinstance(e.left, ir.Binary) and e.left.op == "&":
            zero = isinstance(e.right, ir.Const) and not e.right.char and e.right.value == 0
            if zero:
                return self.expression(e.left)
        return self.expression(e)

    def select(self, condition: Text, then: ir.Expr, other: ir.Expr, exact: bool, strong: bool) -> Text:
        one, two = (self.expression(then), self.expression(other)) if is_address(then.type) else self.operands(then, other, exact)
        if strong and one.weak and two.weak:
            one = self.expression(then, strong=True)
        head = condition.text if condition.level > LEVELS["and"] else f"({condition.text})"
        return Text(f"{head} ? {one.within(CONDITIONAL + 1)} : {two.within(CONDITIONAL)}", CONDITIONAL, one.weak and two.weak)

    def conversion(self, e: ir.Cast, exact: bool, strong: bool) -> Text:
        source, target = self.type_of(e.operand.type), self.type_of(e.type)
        if source == target:
            return self.expression(e.operand, exact=exact, strong=strong)
        if target == "bool":
            operand = self.expression(e.operand)
            return Text(f"{operand.within(LEVELS['!='] + 1)} != {'0.0' if source in FLOATS else '0'}", LEVELS["!="])
        narrowing = source not in FLOATS and target not in FLOATS and WIDTHS[target] <= WIDTHS[source]
        operand = self.expression(e.operand, exact=not narrowing)
        promoted = target not in FLOATS and WIDTHS[target] <= 4 and target != "u32" and target != "usize"
        if promoted and lossless(source, target):
            return operand  # an int already
        return self.cast(target, operand)

    def assigned(self, e: ir.Expr) -> Text:
        """An expression that is stored to, returned or passed as its own type: C truncates and widens by itself."""
        if isinstance(e, ir.Cast):
            source, target = self.type_of(e.operand.type), self.type_of(e.type)
            if source != target and lossless(source, target):
                return self.expression(e.operand)
        if isinstance(e, ir.Select) and self.type_of(e.type) not in {"f32", "f64"}:
            return self.select(self.condition(e.condition), e.then, e.other, False, False)
        return self.expression(e, exact=False)

    def builtin(self, e: ir.Builtin, exact: bool, strong: bool) -> Text:
        type_ = self.type_of(e.arguments[0].type)
        bits = 0 if type_ in FLOATS else 8 * WIDTHS[type_]
        first = e.arguments[0]
        match e.name:
            case "to_bits" | "from_bits":
                return self.bit_cast(e.type, self.assigned(first), self.type_of(first.type))
            case "min" | "max":
                condition = self.compare(ir.Compare("bool", "<" if e.name == "min" else ">", *e.arguments))
                return self.select(condition, *e.arguments, exact, strong)
            case "abs":
                condition = self.compare(ir.Compare("bool", "<", first, ir.Const(first.type, 0)))
                return self.select(condition, ir.Unary(first.type, "-", first), first, exact, strong)
            case "rotl" | "rotr":
                return self.rotation(e, bits, exact)
            case "clz" | "ctz":
                value = self.expression(first)
                call = Text(f"__builtin_{e.name}{'ll' if bits == 64 else ''}({value.text})")
                if e.name == "clz" and bits < 32:
                    call = Text(f"{call.text} - {32 - bits}", LEVELS["-"])
                head = value.text if value.level > LEVELS["and"] else f"({value.text})"
                return self.counted(Text(f"{head} ? {call.text} : {bits}", CONDITIONAL, True), e, strong)
            case "popcount":
                call = f"__builtin_popcount{'ll' if bits == 64 else ''}({self.expression(first).text})"
                return self.counted(Text(call, weak=True), e, strong)
            case "swap_bytes":
                return self.expression(first) if bits == 8 else Text(f"__builtin_bswap{bits}({self.expression(first).text})")
            case "sqrt" | "floor" | "ceil" | "trunc" | "fabs":
                return Text(f"{e.name}{'f' if type_ == 'f32' else ''}({self.expression(first).text})")
        if e.name in MATH:
            return Text(f"{e.name}({', '.join(self.assigned(a).text for a in e.arguments)})")
        raise ir.NotInLanguage(f"no C for the builtin {e.name}")

    def counted(self, text: Text, e: ir.Builtin, strong: bool) -> Text:
        """A count of bits: an int, whatever the program calls it."""
        type_ = self.type_of(e.type)
        if type_ == "i32" or WIDTHS[type_] < 4:
            return text._replace(weak=False)
        return self.cast(type_, text) if strong else text

    def rotation(self, e: ir.Builtin, bits: int, exact: bool) -> Text:
        value, count = e.arguments
        first = self.expression(value, strong=True).within(LEVELS["<<"] + 1)
        there, back = ("<<", ">>") if e.name == "rotl" else (">>", "<<")
        if isinstance(count, ir.Const):
            by = int(count.value) % bits
            if by == 0:
                return self.expression(value, exact=exact)
            text = f"({first} {there} {by}) | ({first} {back} {bits - by})"
        else:
            mask = bits - 1
            masked = isinstance(count, ir.Binary) and count.op == "&" and isinstance(count.right, ir.Const) and count.right.value == mask
            inner = self.expression(count.left if masked else count)
            by = f"{inner.within(LEVELS['&'] + 1)} & {mask}"
            text = f"({first} {there} ({by})) | ({first} {back} (-{inner.within(UNARY)} & {mask}))"
        result = Text(text, LEVELS["|"])
        return self.cast(self.type_of(e.type), result) if exact and bits < 32 else result
