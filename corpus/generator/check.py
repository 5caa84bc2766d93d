"""The validator of generated programs: every promise of `ir` that can be seen in the tree.

`check(program)` raises AssertionError naming what is wrong: types that disagree, names not in scope, mutability that is not exact,
parameters or locals never read, statements that cannot be reached, loops whose bound the body changes.
It does not prove that indices are in range or that loops end.
"""

from __future__ import annotations

from collections.abc import Sequence

from transpile.corpus import ir
from transpile.corpus.generator.expression import INTEGERS, bits
from transpile.corpus.generator.trees import continues, leaves
from transpile.corpus.signature import FLOATS, SIGNED, WIDTHS, Signature

SCALARS = frozenset(WIDTHS) | {"index"}
INTEGER_OPERATORS = frozenset(["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"])
BUILTINS = {"min": 2, "max": 2, "abs": 1, "rotl": 2, "rotr": 2, "clz": 1, "ctz": 1, "popcount": 1, "swap_bytes": 1,
            "sqrt": 1, "floor": 1, "ceil": 1, "trunc": 1, "fabs": 1}  # fmt: skip


class Unused(AssertionError):
    """A parameter or a local that nothing reads."""


def check(program: ir.Program) -> None:
    """Raise AssertionError unless the program keeps all promises of `ir`."""
    known: dict[str, Signature] = {}
    called: set[str] = set()
    for i, helper in enumerate(program.helpers):
        assert helper.signature.name == f"c{i}", "helpers are c0, c1, ..."
        called |= _Function(helper, known).run()
        known[helper.signature.name] = helper.signature
    assert program.entry.signature.name == "f0", "the entry is f0"
    called |= _Function(program.entry, known).run()
    assert called == set(known), f"helpers never called: {set(known) - called}"


class _Function:
    def __init__(self, function: ir.Function, helpers: dict[str, Signature]):
        self.function, self.helpers = function, helpers
        self.signature = function.signature
        self.parameters = {p.name: p for p in self.signature.parameters}
        self.lengths = {self.signature.parameters[i].name for i in self.signature.lengths()}
        self.scopes: list[dict[str, str]] = [{}]
        self.arrays: list[dict[str, str]] = [{}]
        self.mutable: dict[str, bool] = {}
        self.fixed: set[str] = set()
        self.names: set[str] = set()
        self.read: set[str] = set()
        self.assigned: set[str] = set()
        self.written: set[str] = set()
        self.called: set[str] = set()
        self.loops = 0
        self.switches = 0

    def run(self) -> set[str]:
        signature = self.signature
        for i, p in enumerate(signature.parameters):
            assert p.name == f"p{i}", "parameters are p0, p1, ..."
            assert p.type in WIDTHS or (p.pointer and signature.struct(p.type)), f"parameter type {p.type}"
            assert p.pointer or not p.const, f"const scalar {p.name}"
            if p.length is not None:
                length = signature.parameters[p.length]
                assert p.pointer and not length.pointer and length.type == self.function.length_type, f"length of {p.name}"
        assert self.function.length_type in ("i32", "u32", "usize")
        assert signature.result is None or signature.result in WIDTHS
        self.block(self.function.body)
        assert (signature.result is None) or leaves(self.function.body), "the end is reached without a result"
        for p in signature.parameters:
            if p.name not in self.read and p.name not in self.written:
                raise Unused(p.name)
            if p.pointer:
                assert p.const == (p.name not in self.written), f"{p.name}: const is {p.const}"
        for name, mutable in self.mutable.items():
            if name not in self.read:
                raise Unused(name)
            assert mutable == (name in self.assigned), f"{name}: mutable is {mutable}"
        return self.called

    # ------------------------------------------------------------ statements

    def block(self, body: Sequence[ir.Stmt], names: dict[str, str] | None = None) -> None:
        self.scopes.append(dict(names or {}))
        self.arrays.append({})
        for i, one in enumerate(body):
            assert i + 1 == len(body) or not leaves((one,)), f"unreachable after {type(one).__name__}"
            getattr(self, type(one).__name__)(one)
        self.scopes.pop()
        self.arrays.pop()

    def declare(self, name: str, fixed: bool = False) -> str:
        assert name[:1] == "v" and name[1:].isdigit() and name not in self.names, f"local {name}"
        self.names.add(name)
        if fixed:
            self.fixed.add(name)
        return name

    def Let(self, s: ir.Let) -> None:
        assert s.type in SCALARS and self.expr(s.value) == s.type, f"let {s.name}: {s.type} = {s.value.type}"
        self.scopes[-1][self.declare(s.name)] = s.type
        self.mutable[s.name] = s.mutable

    def LetArray(self, s: ir.LetArray) -> None:
        assert s.type in WIDTHS and s.size > 0 and len(s.values) in (0, s.size), f"array {s.name}"
        assert all(self.expr(v) == s.type for v in s.values)
        self.arrays[-1][self.declare(s.name)] = s.type
        self.mutable[s.name] = not s.values

    def Assign(self, s: ir.Assign) -> None:
        value = self.expr(s.value)
        target = s.target
        if isinstance(target, ir.Var):
            assert target.name not in self.parameters, f"parameter {target.name} is assigned"
            assert target.name not in self.fixed, f"loop variable {target.name} is assigned"
            assert self.find(target.name) == target.type
            self.assigned.add(target.name)
        elif isinstance(target, ir.Index):
            self.Index_(target, write=True)
        else:
            assert isinstance(target, ir.Field)
            self.Field_(target, write=True)
        assert s.op == "" or s.op in INTEGER_OPERATORS
        assert value == target.type or (s.op in ("<<", ">>") and value in INTEGERS), f"{target.type} {s.op}= {value}"
        assert not s.op or target.type in INTEGERS or (target.type in FLOATS and s.op in "+-*/")

    def Swap(self, s: ir.Swap) -> None:
        p = self.parameters.get(s.array)
        assert p and p.pointer and p.length is not None and p.type == s.type, f"swap in {s.array}"
        assert self.expr(s.left) in INTEGERS and self.expr(s.right) in INTEGERS
        self.declare(s.temporary)
        self.written.add(s.array)

    def If(self, s: ir.If) -> None:
        self.condition(s.condition)
        assert s.then, "empty then"
        self.block(s.then)
        if s.other:
            self.block(s.other)

    def loop(self, body: Sequence[ir.Stmt], names: dict[str, str] | None = None) -> None:
        switches, self.switches = self.switches, 0
        self.loops += 1
        self.block(body, names)
        self.loops -= 1
        self.switches = switches

    def While(self, s: ir.While) -> None:
        self.condition(s.condition)
        self.loop(s.body)

    def DoWhile(self, s: ir.DoWhile) -> None:
        assert s.body and not leaves(s.body) and not continues(s.body), "do-while"
        self.loop(s.body)
        self.condition(s.condition)

    def Loop(self, s: ir.Loop) -> None:
        self.loop(s.body)

    def ForRange(self, s: ir.ForRange) -> None:
        assert s.type in INTEGERS and s.step > 0 and self.expr(s.start) == s.type and self.expr(s.stop) == s.type, "range"
        before = set(self.assigned), set(self.written)
        self.assigned, self.written = set(), set()
        self.loop(s.body, {self.declare(s.name, fixed=True): s.type})
        names, memory = _reads(s.stop)
        assert not names & self.assigned, f"the bound of {s.name} is assigned in the body"
        assert not memory & self.written, f"the bound of {s.name} is written in the body"
        self.assigned |= before[0]
        self.written |= before[1]

    def ForEach(self, s: ir.ForEach) -> None:
        p = self.parameters.get(s.array)
        assert p and p.pointer and p.length is not None and p.type == s.type, f"each of {s.array}"
        self.read |= {s.array, self.signature.parameters[p.length].name}
        names = {self.declare(s.name, fixed=True): s.type}
        assert s.counter, "a counter's name"
        if s.index:
            assert s.counter == s.index
            names[self.declare(s.index, fixed=True)] = "index"
        else:
            self.declare(s.counter)
        self.loop(s.body, names)
        for name in names:
            if name not in self.read:
                raise Unused(name)

    def Switch(self, s: ir.Switch) -> None:
        assert self.expr(s.value) in INTEGERS and s.cases
        constants = [c for values, _ in s.cases for c in values]
        assert len(set(constants)) == len(constants), "double case"
        for c in constants:
            low = -(1 << bits(s.value.type) - 1) if s.value.type in SIGNED else 0
            assert isinstance(c, int) and low <= c < low + (1 << bits(s.value.type)), f"case {c}"
        self.switches += 1
        for _, body in s.cases:
            assert body, "empty case"
            self.block(body)
        self.block(s.default)
        self.switches -= 1

    def Return(self, s: ir.Return) -> None:
        result = self.signature.result
        assert (s.value is None) == (result is None), "return"
        if s.value is not None:
            assert self.expr(s.value) == result, f"returns {s.value.type}, not {result}"

    def Break(self, s: ir.Break) -> None:
        assert self.loops and not self.switches, "break within switch or outside loops"

    def Continue(self, s: ir.Continue) -> None:
        assert self.loops, "continue outside loops"

    def Do(self, s: ir.Do) -> None:
        self.expr(s.call, effect=True)

    # ------------------------------------------------------------ expressions

    def condition(self, e: ir.Expr) -> None:
        assert self.expr(e) == "bool", f"condition of type {e.type}"
        assert not isinstance(e, ir.Const), "constant condition"

    def find(self, name: str) -> str:
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        p = self.parameters.get(name)
        assert p and not p.pointer and name not in self.lengths, f"{name} is not in scope"
        return p.type

    def expr(self, e: ir.Expr, effect: bool = False) -> str:
        """The type of the expression, checked through and through."""
        kind = type(e).__name__
        if isinstance(e, ir.Call):
            return self.Call(e, effect)
        getattr(self, kind + "_")(e)
        assert e.type in SCALARS, f"{kind} of type {e.type}"
        return e.type

    def Const_(self, e: ir.Const) -> None:
        if e.type == "bool":
            assert isinstance(e.value, bool)
        elif e.type in FLOATS:
            assert isinstance(e.value, float) and e.value - e.value == 0
        else:
            assert isinstance(e.value, int) and not isinstance(e.value, bool)
            low = -(1 << bits(e.type) - 1) if e.type in SIGNED else 0
            assert low <= e.value < low + (1 << bits(e.type)), f"{e.value} as {e.type}"

    def Limit_(self, e: ir.Limit) -> None:
        assert e.type in INTEGERS and e.type != "index"

    def Var_(self, e: ir.Var) -> None:
        assert self.find(e.name) == e.type, f"{e.name} as {e.type}"
        self.read.add(e.name)

    def Len_(self, e: ir.Len) -> None:
        assert e.type == "index"
        p = self.parameters.get(e.array)
        if p is None:
            assert any(e.array in scope for scope in self.arrays), f"length of {e.array}"
        else:
            assert p.length is not None
            self.read.add(self.signature.parameters[p.length].name)
            self.read.add(e.array)

    def Binary_(self, e: ir.Binary) -> None:
        left, right = self.expr(e.left), self.expr(e.right)
        assert left == e.type and (e.type in INTEGERS or (e.type in FLOATS and e.op in "+-*/")), f"{left} {e.op}"
        assert e.op in INTEGER_OPERATORS
        if e.op in ("<<", ">>"):
            assert right in INTEGERS
            assert not isinstance(e.right, ir.Const) or 0 <= e.right.value < bits(e.type), "shift count"
        else:
            assert right == left, f"{left} {e.op} {right}"
            assert e.op not in "/%" or not isinstance(e.right, ir.Const) or e.right.value != 0, "division by 0"
        assert not (isinstance(e.left, ir.Const) and isinstance(e.right, ir.Const)), f"constant {e.op} constant"

    def Unary_(self, e: ir.Unary) -> None:
        assert self.expr(e.operand) == e.type and e.op in "-~" and e.type != "index"
        assert e.op == "-" or e.type in INTEGERS

    def Compare_(self, e: ir.Compare) -> None:
        left, right = self.expr(e.left), self.expr(e.right)
        assert left == right and e.op in ("<", "<=", ">", ">=", "==", "!="), f"{left} {e.op} {right}"
        assert not (isinstance(e.left, ir.Const) and isinstance(e.right, ir.Const))
        if e.left.type not in SIGNED | FLOATS and isinstance(e.right, ir.Const) and e.right.value == 0:
            assert e.op not in ("<", ">="), "an unsigned number compared with 0"

    def Logic_(self, e: ir.Logic) -> None:
        assert e.op in ("and", "or")
        self.condition(e.left)
        self.condition(e.right)

    def Not_(self, e: ir.Not) -> None:
        assert e.type == "bool"
        self.condition(e.operand)

    def Select_(self, e: ir.Select) -> None:
        self.condition(e.condition)
        assert self.expr(e.then) == e.type == self.expr(e.other), "select"

    def Cast_(self, e: ir.Cast) -> None:
        operand = self.expr(e.operand)
        assert operand != e.type and e.type != "bool", f"cast of {operand} to {e.type}"
        assert not (operand == "bool" and e.type in FLOATS)

    def Index_(self, e: ir.Index, write: bool = False) -> None:
        assert self.expr(e.index) in INTEGERS
        local = next((scope[e.array] for scope in reversed(self.arrays) if e.array in scope), None)
        if local is not None:
            assert e.type == local and not e.field
            (self.assigned if write else self.read).add(e.array)
            return
        p = self.parameters.get(e.array)
        assert p and p.pointer, f"{e.array} is not an array"
        if e.field:
            struct = self.signature.struct(p.type)
            assert struct and dict(struct.fields)[e.field] == e.type
        else:
            assert p.type == e.type, f"element of {e.array} as {e.type}"
        (self.written if write else self.read).add(e.array)

    def Field_(self, e: ir.Field, write: bool = False) -> None:
        p = self.parameters[e.pointer]
        struct = self.signature.struct(p.type)
        assert p.pointer and struct and dict(struct.fields)[e.field] == e.type, f"{e.pointer}->{e.field}"
        (self.written if write else self.read).add(e.pointer)

    def Builtin_(self, e: ir.Builtin) -> None:
        assert len(e.arguments) == BUILTINS[e.name]
        assert all(self.expr(a) == e.type for a in e.arguments), f"{e.name} of {[a.type for a in e.arguments]}"
        if e.name in ("sqrt", "floor", "ceil", "trunc", "fabs"):
            assert e.type in FLOATS
        elif e.name == "abs":
            assert e.type in SIGNED
        elif e.name in ("min", "max"):
            assert e.type in INTEGERS
        else:
            assert e.type in ("u8", "u16", "u32", "u64") and (e.name != "swap_bytes" or e.type != "u8"), f"{e.name} of {e.type}"

    def Call(self, e: ir.Call, effect: bool) -> str:
        assert e.name in self.helpers, f"unknown helper {e.name}"
        self.called.add(e.name)
        callee = self.helpers[e.name]
        assert len(e.arguments) == len(callee.parameters)
        for i, (argument, p) in enumerate(zip(e.arguments, callee.parameters, strict=True)):
            if p.pointer:
                assert isinstance(argument, ir.Var) and argument.type == "array"
                own = self.parameters[argument.name]
                assert own.pointer and own.type == p.type and (own.length is None) == (p.length is None)
                self.read.add(argument.name)
                if not p.const:
                    self.written.add(argument.name)
                if p.length is not None:
                    length = e.arguments[p.length]
                    assert isinstance(length, ir.Len) and self.parameters[length.array].length == own.length, "length of another array"
            elif i in callee.lengths():
                assert isinstance(argument, ir.Len)
                self.expr(argument)
            else:
                assert self.expr(argument) == p.type, f"argument {i} of {e.name}"
        if effect:
            return callee.result or ""
        assert e.type == callee.result, f"{e.name} gives {callee.result}"
        return e.type


def _reads(e: ir.Expr) -> tuple[set[str], set[str]]:
    """Variables and memory that an expression reads."""
    if isinstance(e, ir.Var):
        return {e.name}, set()
    if isinstance(e, ir.Index):
        names, memory = _reads(e.index)
        return names, memory | {e.array}
    if isinstance(e, ir.Field):
        return set(), {e.pointer}
    names, memory = set(), set()
    for slot in ("left", "right", "operand", "condition", "then", "other"):
        below = getattr(e, slot, None)
        if isinstance(below, ir.Expr):
            n, m = _reads(below)
            names |= n
            memory |= m
    for argument in getattr(e, "arguments", ()):
        n, m = _reads(argument)
        names |= n
        memory |= m
    return names, memory
