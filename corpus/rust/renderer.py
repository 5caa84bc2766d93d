"""Generated programs as idiomatic Rust: the statements. Slices, ranges, iterators, `match`, tail expressions. Expressions are in `expressions`."""

from __future__ import annotations

from transpile.corpus import ir
from transpile.corpus.externs import EXTERNS
from transpile.corpus.globals import is_global
from transpile.corpus.ir_names import always_leaves, assigned, called, is_own, is_unaligned, used, walk
from transpile.corpus.rust.expressions import CAST, OR, SMALL, WRAPPING, RustExpressions, number, rust_type, typed
from transpile.corpus.signature import FLOATS, SIGNED, is_address


class RustFunction(RustExpressions):
    """Renders the body of one function; `callees` are the signatures of all functions of the program."""

    def body(self) -> list[str]:
        """Lines of the body, indented by one level."""
        lines = [
            f"let mut {p.name} = {p.name};"
            for p in self.function.signature.parameters
            if not p.pointer and p.name in self.changed
        ]  # fmt: skip
        raw = any(isinstance(n, ir.CallThrough | ir.Bulk | ir.AddressOf) or (isinstance(n, ir.Place) and not is_own(n))
                  or (isinstance(n, ir.Call) and any(is_address(a.type) and not isinstance(a, ir.Borrow) for a in n.arguments))
                  or (isinstance(n, ir.LetStruct) and not self.zeros(n.type)) for n in walk(self.function.body))  # fmt: skip
        raw |= any(name in EXTERNS for name in called(self.function.body))
        if (raw or any(is_global(name) for name in used(self.function.body))) and not self.unsafe:
            self.unsafe = True
            return _indent([*lines, "unsafe {", *_indent(self.block(self.function.body, tail=True)), "}"])
        return _indent([*lines, *self.block(self.function.body, tail=True)])

    def zeros(self, type_: str) -> str:
        """A struct of zeros as a literal, if it holds numbers alone; else ""."""
        struct = self.function.signature.struct(type_)
        if struct is None or not struct.flat:
            return ""
        fields = (f"{name}: {'false' if t == 'bool' else '0.0' if t in FLOATS else '0'}" for name, t in struct.fields)
        return f"{type_} {{ {', '.join(fields)} }}"

    # ------------------------------------------------------------ statements

    def block(self, body: tuple[ir.Stmt, ...], *, tail: bool = False) -> list[str]:
        lines: list[str] = []
        for position, one in enumerate(body):
            lines += self.statement(one, tail and position == len(body) - 1)
        return lines

    def statement(self, one: ir.Stmt, tail: bool) -> list[str]:
        match one:
            case ir.Let():
                return [self.let(one)]
            case ir.LetArray():
                return [self.let_array(one)]
            case ir.Assign():
                return [self.assign(one)]
            case ir.Swap():
                return [f"{one.array}.swap({self.index(one.left)}, {self.index(one.right)});"]
            case ir.If():
                # Branches are values only if all of them are: `if c { 1 } else { 2 }` at the end of a function.
                tail = tail and always_leaves((one,))
                return self.conditional(one, tail)
            case ir.While():
                return [f"{_label(one)}while {self.text(one.condition)} {{", *_indent(self.block(one.body)), "}"]
            case ir.DoWhile():
                leave = [f"if {self.negated(one.condition)} {{", "    break;", "}"]
                return [f"{_label(one)}loop {{", *_indent([*self.block(one.body), *leave]), "}"]
            case ir.Loop():
                return [f"{_label(one)}loop {{", *_indent(self.block(one.body)), "}"]
            case ir.Block():
                return [f"{_label(one)}{{", *_indent(self.block(one.body)), "}"]
            case ir.Trap():
                return ["panic!();"]
            case ir.ForRange():
                return [f"for {one.name} in {self.range(one)} {{", *_indent(self.block(one.body)), "}"]
            case ir.ForEach():
                return self.for_each(one)
            case ir.Switch():
                return self.switch(one, tail and always_leaves((one,)))
            case ir.Return():
                if one.value is None:
                    return [] if tail else ["return;"]
                return [self.text(one.value)] if tail else [f"return {self.text(one.value)};"]
            case ir.Break():
                return [f"break '{one.label};" if one.label else "break;"]
            case ir.Continue():
                return [f"continue '{one.label};" if one.label else "continue;"]
            case ir.Do():
                return [f"{self.text(one.call)};"]
            case ir.LetStruct():
                zeros = self.zeros(one.type)
                return [f"let mut {one.name} = {zeros};" if zeros else f"let mut {one.name}: {one.type} = core::mem::zeroed();"]
            case ir.Bulk():
                return [self.bulk(one)]
        raise ir.NotInLanguage(f"no Rust for {one!r}")

    def bulk(self, one: ir.Bulk) -> str:
        to, value, count = self.text(one.to), self.text(one.value, CAST), f"{self.text(one.count, CAST)} as usize"
        if one.name == "memset":
            return f"core::ptr::write_bytes({to}, {value} as u8, {count});"
        function = "copy_nonoverlapping" if one.name == "memcpy" else "copy"
        return f"core::ptr::{function}({value}, {to}, {count});"

    def let(self, one: ir.Let) -> str:
        head = f"let mut {one.name}" if one.name in self.changed else f"let {one.name}"
        annotation = "" if typed(one.value) else f": {rust_type(one.type)}"
        return f"{head}{annotation} = {self.text(one.value)};"

    def let_array(self, one: ir.LetArray) -> str:
        head = f"let mut {one.name}" if one.name in self.changed else f"let {one.name}"
        head = f"static {one.name}" if one.static else head
        if not one.values:
            zero = {"bool": "false"}.get(one.type) or ("0.0" if one.type in FLOATS else "0") + rust_type(one.type)
            return f"{head} = [{zero}; {one.size}];"
        values = ", ".join(self.text(v) for v in one.values)
        return f"{head}: [{rust_type(one.type)}; {one.size}] = [{values}];"

    def assign(self, one: ir.Assign) -> str:
        if isinstance(one.target, ir.Place) and is_unaligned(one.target):
            value = ir.Binary(one.target.type, one.op, one.target, one.value) if one.op else one.value
            return f"{self.moved(one.target)}.write_unaligned({self.text(value)});"
        target = self.text(one.target)
        if not one.op:
            return f"{target} = {self.text(one.value)};"
        if one.op in WRAPPING and self.wraps(one.target.type):
            counter = one.op != "*" and isinstance(one.value, ir.Const) and 0 <= one.value.value < SMALL
            if not counter:
                return f"{target} = {self.receiver(one.target)}.{WRAPPING[one.op]}({self.text(one.value)});"
        if one.op == "%" and one.target.type in SIGNED and not isinstance(one.value, ir.Const):
            return f"{target} = {self.receiver(one.target)}.wrapping_rem({self.text(one.value)});"
        return f"{target} {one.op}= {self.text(one.value)};"

    def conditional(self, one: ir.If, tail: bool) -> list[str]:
        lines = [f"if {self.text(one.condition)} {{", *_indent(self.block(one.then, tail=tail))]
        if not one.other:
            return [*lines, "}"]
        if len(one.other) == 1 and isinstance(one.other[0], ir.If):
            rest = self.conditional(one.other[0], tail)
            return [*lines, f"}} else {rest[0]}", *rest[1:]]
        return [*lines, "} else {", *_indent(self.block(one.other, tail=tail)), "}"]

    def range(self, one: ir.ForRange) -> str:
        start, stop = self.text(one.start, OR), self.text(one.stop, OR)
        if not typed(one.start) and not typed(one.stop) and isinstance(one.start, ir.Const):
            in_method = any(isinstance(e, ir.Builtin) for e in walk(one.body))
            if one.type != "index" or in_method:
                start += rust_type(one.type)
        text = f"{start}..={stop}" if one.inclusive else f"{start}..{stop}"
        if one.reverse:
            text = f"({text}).rev()"
        if one.step != 1:
            text = f"{text}.step_by({one.step})" if one.reverse else f"({text}).step_by({one.step})"
        return text

    def for_each(self, one: ir.ForEach) -> list[str]:
        element = f"let mut {one.name} = " if one.name in assigned(one.body, self.callees) else ""
        if one.array in assigned(one.body, self.callees):
            counter = one.index or one.counter
            first = f"let {one.name} = {one.array}[{counter}];" if not element else f"{element}{one.array}[{counter}];"
            return [f"for {counter} in 0..{one.array}.len() {{", *_indent([first, *self.block(one.body)]), "}"]
        parameter = self.parameters.get(one.array)
        plain = parameter is not None and parameter.const and not one.index
        iterator = one.array if plain else f"{one.array}.iter()"
        head = f"({one.index}, &{one.name}) in {iterator}.enumerate()" if one.index else f"&{one.name} in {iterator}"
        first_lines = [f"{element}{one.name};"] if element else []
        return [f"for {head} {{", *_indent([*first_lines, *self.block(one.body)]), "}"]

    def switch(self, one: ir.Switch, tail: bool) -> list[str]:
        arms: list[str] = []
        for values, body in (*one.cases, (None, one.default)):
            pattern = "_" if values is None else " | ".join(number(v, one.value.type) for v in values)
            arms += self.arm(pattern, body, tail)
        return [f"match {self.text(one.value)} {{", *_indent(arms), "}"]

    def arm(self, pattern: str, body: tuple[ir.Stmt, ...], tail: bool) -> list[str]:
        lines = self.block(body, tail=tail)
        if not lines:
            return [f"{pattern} => {{}}"]
        if len(lines) == 1 and isinstance(body[0], ir.Return | ir.Assign | ir.Break | ir.Continue | ir.Do):
            return [f"{pattern} => {lines[0].rstrip(';')},"]
        return [f"{pattern} => {{", *_indent(lines), "}"]


def _label(one: ir.While | ir.DoWhile | ir.Loop | ir.Block) -> str:
    return f"'{one.label}: " if one.label else ""


def _indent(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]
