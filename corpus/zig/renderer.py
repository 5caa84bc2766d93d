"""Generated programs as idiomatic Zig: slices, `for` over slices and ranges from 0, `while` with a continue expression, discards of
what is not used, `const` for what does not change. Names that Zig would call shadowing get fresh ones.
"""

from __future__ import annotations

from collections.abc import Mapping

from transpile.corpus import ir
from transpile.corpus.ir_names import always_leaves, continues, used, walk
from transpile.corpus.signature import SIGNED, Signature, is_address
from transpile.corpus.zig.expressions import COMPARE, POSTFIX, ZigExpressions, number, operator, typed, zig_type
from transpile.corpus.zig.pointers import given, local_type, returned

LONGEST = 90
"""`if (c) return x;` stays on one line up to this many characters."""


class ZigFunction(ZigExpressions):
    """Renders the body of one function; `callees` are the signatures of all functions of the program."""

    def __init__(self, function: ir.Function, callees: Mapping[str, Signature]) -> None:
        super().__init__(function, callees)
        self.used = used(function.body)
        names = {getattr(one, "name", "") for one in walk(function.body)}
        self.next_local = 1 + max((int(n[1:]) for n in names if n[:1] == "v" and n[1:].isdigit()), default=-1)
        self.scopes: list[set[str]] = [set(self.parameters)]

    def body(self) -> list[str]:
        """Lines of the body, indented by one level."""
        lines, lengths = [], self.function.signature.lengths()
        raw = {n.name for n in walk(self.function.body) if isinstance(n, ir.Var) and is_address(n.type)}
        for position, p in enumerate(self.function.signature.parameters):
            if position in lengths:
                continue
            if p.name not in self.used:
                lines.append(f"_ = {p.name};")
            elif p.pointer and p.name in raw:
                self.renamed[p.name] = self.fresh()
                lines.append(f"const {self.renamed[p.name]}: {local_type(p.whole)} = {returned(p.name, p.whole)};")
            elif not p.pointer and p.name in self.changed:
                # Parameters are constants in Zig, and a local may not have a parameter's name.
                self.renamed[p.name] = self.fresh()
                lines.append(f"var {self.renamed[p.name]} = {p.name};")
        return _indent([*lines, *self.block(self.function.body)])

    def fresh(self) -> str:
        self.next_local += 1
        return f"v{self.next_local - 1}"

    def declare(self, name: str) -> str:
        """The name under which `name` is declared here: Zig has no shadowing."""
        if any(name in scope for scope in self.scopes):
            self.renamed[name] = self.fresh()
        else:
            self.renamed.pop(name, None)
        self.scopes[-1].add(self.renamed.get(name, name))
        return self.renamed.get(name, name)

    # ------------------------------------------------------------ statements

    def block(self, body: tuple[ir.Stmt, ...], captures: tuple[str, ...] = ()) -> list[str]:
        """Lines of a block in a scope of its own; what comes after a jump is left out, as Zig demands."""
        self.scopes.append(set(captures))
        renamed = dict(self.renamed)
        lines: list[str] = []
        for one in body:
            lines += self.statement(one)
            if isinstance(one, ir.Break | ir.Continue) or always_leaves((one,)):
                break
        self.scopes.pop()
        self.renamed = renamed
        return lines

    def statement(self, one: ir.Stmt) -> list[str]:
        match one:
            case ir.Let() | ir.LetArray():
                return self.let(one)
            case ir.Assign():
                return [f"{self.assignment(one)};"]
            case ir.Swap():
                left, right = f"{one.array}[{self.index(one.left)}]", f"{one.array}[{self.index(one.right)}]"
                temporary = self.declare(one.temporary)
                return [f"const {temporary} = {left};", f"{left} = {right};", f"{right} = {temporary};"]
            case ir.If():
                return self.conditional(one)
            case ir.While():
                return self.while_loop(one)
            case ir.DoWhile():
                leave = f"if ({self.text(ir.Not('bool', one.condition))}) break;"
                return [f"{_label(one)}while (true) {{", *_indent([*self.block(one.body), leave]), "}"]
            case ir.Loop():
                return [f"{_label(one)}while (true) {{", *_indent(self.block(one.body)), "}"]
            case ir.Block():
                return [f"{_label(one)}{{", *_indent(self.block(one.body)), "}"]
            case ir.Trap():
                return ['@panic("");']
            case ir.ForRange():
                return self.for_range(one)
            case ir.ForEach():
                return self.for_each(one)
            case ir.Switch():
                return self.switch(one)
            case ir.Return():
                return ["return;"] if one.value is None else [f"return {given(self.known(one.value), one.value.type)};"]
            case ir.Break():
                return [f"break :{one.label};" if one.label else "break;"]
            case ir.Continue():
                return [f"continue :{one.label};" if one.label else "continue;"]
            case ir.Do():
                result = self.callees[one.call.name].result if isinstance(one.call, ir.Call) else one.call.type
                return [f"{'_ = ' if result else ''}{self.text(one.call)};"]
            case ir.LetStruct():
                return [f"var {self.declare(one.name)} = std.mem.zeroes({one.type});"]
            case ir.Bulk():
                to, count = self.text(one.to, POSTFIX), self.index(one.count)
                if one.name == "memset":
                    return [f"@memset({to}[0..{count}], @truncate({self.operand(one.value)}));"]
                # C's memcpy may be given the same bytes twice.
                return [f"@memmove({to}[0..{count}], {self.text(one.value, POSTFIX)}[0..{count}]);"]
        raise ir.NotInLanguage(f"no Zig for {one!r}")

    def let(self, one: ir.Let | ir.LetArray) -> list[str]:
        if isinstance(one, ir.LetArray):
            items = ", ".join(self.known(v) for v in one.values)
            if not items:
                items = "@splat(" + ("false" if one.type == "bool" else "0") + ")"
                value = f": [{one.size}]{zig_type(one.type)} = {items}"
            else:
                value = f" = [{one.size}]{zig_type(one.type)}{{ {items} }}"
        else:
            text = self.known(one.value)
            annotated = is_address(one.type) or not typed(one.value) or text != self.text(one.value)
            value = f"{f': {local_type(one.type)}' if annotated else ''} = {text}"
        word = "var" if one.name in self.changed and not (isinstance(one, ir.LetArray) and one.static) else "const"
        name = self.declare(one.name)
        lines = [f"{word} {name}{value};"]
        return lines if one.name in self.used else [*lines, f"_ = {name};"]

    def assignment(self, one: ir.Assign) -> str:
        target, op, scalar = self.text(one.target), one.op, one.target.type
        if isinstance(one.target, ir.Place):
            target = self.place(one.target)
            if is_address(scalar):
                return f"{target} = {given(self.known(one.value), scalar)}"
        if op in ("/", "%") and scalar in SIGNED:
            return f"{target} = {self.text(ir.Binary(scalar, op, one.target, one.value))}"
        if op in ("<<", ">>"):
            return f"{target} {op}= {self.count(one.value)}"
        if op and scalar == "bool":
            return f"{target} = {self.text(ir.Binary(scalar, op, one.target, one.value))}"
        return f"{target} {operator(op, scalar) if op else ''}= {self.known(one.value)}"

    def conditional(self, one: ir.If) -> list[str]:
        condition, then = self.text(one.condition), self.block(one.then)
        jump = len(then) == 1 and isinstance(one.then[0], ir.Return | ir.Break | ir.Continue)
        if jump and not one.other and len(condition) + len(then[0]) < LONGEST:
            return [f"if ({condition}) {then[0]}"]
        lines = [f"if ({condition}) {{", *_indent(then)]
        if not one.other:
            return [*lines, "}"]
        if len(one.other) == 1 and isinstance(one.other[0], ir.If):
            rest = self.conditional(one.other[0])
            return [*lines, f"}} else {rest[0]}", *rest[1:]]
        return [*lines, "} else {", *_indent(self.block(one.other)), "}"]

    def while_loop(self, one: ir.While) -> list[str]:
        """With a continue expression where the last statement steps a variable of the condition."""
        head, body = f"{_label(one)}while ({self.text(one.condition)})", one.body
        last = body[-1] if len(body) > 1 else None
        if _steps(last, one.condition) and not continues(body):
            head, body = f"{head} : ({self.assignment(last)})", body[:-1]
        return [f"{head} {{", *_indent(self.block(body)), "}"]

    def for_range(self, one: ir.ForRange) -> list[str]:
        upward = not one.reverse and not one.inclusive and one.step == 1
        if upward and one.type == "index" and isinstance(one.start, ir.Const) and one.start.value == 0:
            stop = self.known(one.stop)
            name = self.declare_capture(one.name, one.body)
            lines = self.block(one.body, (name,))
            self.renamed.pop(one.name, None)
            return [f"for (0..{stop}) |{name}| {{", *_indent(lines), "}"]
        if one.reverse and (one.type == "index" or one.type not in SIGNED):
            return self.for_down(one)
        first = one.start
        if one.reverse:
            first = one.stop if one.inclusive else _less_one(one.stop)
        start, stop = self.known(first), self.text(one.start if one.reverse else one.stop, COMPARE + 1)
        name = self.declare(one.name)
        compare = ">=" if one.reverse else "<=" if one.inclusive else "<"
        head = f"while ({name} {compare} {stop}) : ({name} {'-' if one.reverse else '+'}= {one.step}) {{"
        return [f"var {name}: {zig_type(one.type)} = {start};", head, *_indent(self.block(one.body)), "}"]

    def for_down(self, one: ir.ForRange) -> list[str]:
        """Unsigned and downward: the variable is one above the element, until the body takes it down."""
        above = ir.Binary(one.type, "+", one.stop, ir.Const(one.type, 1)) if one.inclusive else one.stop
        start, stop = self.known(above), self.text(one.start, COMPARE + 1)
        scalar = zig_type(one.type)
        name = self.declare(one.name)
        if one.step == 1:
            lines = [f"{name} -= 1;", *self.block(one.body)]
            return [f"var {name}: {scalar} = {start};", f"while ({name} > {stop}) {{", *_indent(lines), "}"]
        counter = self.fresh()
        lines = [f"const {name} = {counter} - 1;", *self.block(one.body)]
        if name not in used(one.body):
            lines = lines[1:]
        head = f"while ({counter} > {stop}) : ({counter} -|= {one.step}) {{"
        return [f"var {counter}: {scalar} = {start};", head, *_indent(lines), "}"]

    def declare_capture(self, name: str, body: tuple[ir.Stmt, ...]) -> str:
        """The name for a capture, `_` if the body ignores it. Its scope is the body: pass it to `block`."""
        if name not in used(body):
            return "_"
        if any(name in scope for scope in self.scopes):
            self.renamed[name] = self.fresh()
        return self.renamed.get(name, name)

    def for_each(self, one: ir.ForEach) -> list[str]:
        element = self.declare_capture(one.name, one.body)
        position = self.declare_capture(one.index, one.body) if one.index else "_"
        lines = self.block(one.body, (element, position))
        self.renamed.pop(one.name, None)
        self.renamed.pop(one.index, None)
        head = f"for ({one.array}) |{element}|" if position == "_" else f"for ({one.array}, 0..) |{element}, {position}|"
        return [f"{head} {{", *_indent(lines), "}"]

    def switch(self, one: ir.Switch) -> list[str]:
        lines = []
        for values, body in (*one.cases, (None, one.default)):
            pattern = "else" if values is None else ", ".join(number(v, one.value.type) for v in values)
            inner = self.block(body)
            if len(inner) == 1 and isinstance(body[0], ir.Return | ir.Assign | ir.Break | ir.Continue | ir.Do):
                lines.append(f"{pattern} => {inner[0].rstrip(';')},")
            else:
                lines += [f"{pattern} => {{", *_indent(inner), "},"] if inner else [f"{pattern} => {{}},"]
        return [f"switch ({self.operand(one.value)}) {{", *_indent(lines), "}"]


def _steps(one: ir.Stmt | None, condition: ir.Expr) -> bool:
    """Is `one` a step, by a constant, of a variable that `condition` reads?"""
    if not isinstance(one, ir.Assign) or not isinstance(one.target, ir.Var) or not isinstance(one.value, ir.Const):
        return False
    return one.op in ("+", "-") and one.target.name in used(condition)


def _label(one: ir.While | ir.DoWhile | ir.Loop | ir.Block) -> str:
    return f"{one.label}: " if one.label else ""


def _less_one(stop: ir.Expr) -> ir.Expr:
    if isinstance(stop, ir.Const):
        return ir.Const(stop.type, stop.value - 1)
    return ir.Binary(stop.type, "-", stop, ir.Const(stop.type, 1))


def _indent(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]
