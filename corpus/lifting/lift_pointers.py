"""The second way to lift, from text to statements: everything that is reached by an address stays a pointer (see `pointers`).

It takes the types that the first way does not know, and the functions that the first way's assumptions do not fit; what comes out is less like what
people write in languages with slices. Limits: as in `pointers`; languages without pointers leave the program out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from transpile.corpus import ir
from transpile.corpus.lifting import tree
from transpile.corpus.lifting.declarations import declare
from transpile.corpus.lifting.idioms import idiomatic
from transpile.corpus.lifting.lift import Lifted, Writer, assign, called_in, settled, without_unused
from transpile.corpus.lifting.memory import Variable
from transpile.corpus.lifting.pointers import PointerValues
from transpile.corpus.lifting.raw_memory import RawMemory, with_variables
from transpile.corpus.lifting.stack import LIBRARY, TreeBuilder
from transpile.corpus.lifting.tree import INDIRECT, Body, NotLiftable, bodies, map_node, statements, with_bodies
from transpile.corpus.lifting.variables import simple_cast
from transpile.corpus.lifting.variadic import gathered
from transpile.corpus.lifting.webs import split
from transpile.corpus.signature import WIDTHS, Signature, is_address
from transpile.corpus.wasm.wat_text import parse, split_data

HIDDEN = "ps"
"""The parameter that holds the address of the result."""


def lift_pointers(
    text: str,
    signature: Signature,
    callees: Mapping[str, Signature] | None = None,
    data: Sequence[bytes] = (),
    state: Mapping[int, tuple[Variable, ...]] | None = None,
    *,
    idioms: bool = True,
) -> Lifted:
    """The canonical text of a function with the canonical `signature`, as `ir` with pointers. Arguments and errors as of `lift`."""
    known = dict(callees or {})
    known.setdefault(signature.name, signature)
    text, own_data = split_data(text)
    function = parse(text)
    if (function.parameters, function.results) != signature.wasm():
        raise NotLiftable("the signature is not the function's")
    types = {name: s.wasm() for name, s in known.items()}
    called = {name: (len(takes), gives[0] if gives else "") for name, (takes, gives) in types.items()}
    builder = TreeBuilder(function, called)
    tables = tuple(data) or own_data
    body, kinds, zero = split(gathered(builder.build(), builder.types, known, tables), builder.types)
    body, kinds = _named(settled(body), kinds, signature)
    body = with_variables(body, state or {})
    memory = RawMemory(signature, body, tables, known, (), state=state or {})
    memory.find()
    lines = without_unused(PointerWriter(memory, kinds, known, zero, "index").function())
    if idioms:
        lines = idiomatic(lines)
    length = next((p.length for p in signature.parameters if p.length is not None), None)
    names = tuple(sorted(called_in(body) - LIBRARY - {INDIRECT}))
    return Lifted(ir.Function(signature, lines, "i32" if length is None else signature.parameters[length].type), names)


def _named(body: Body, kinds: dict[str, str], signature: Signature) -> tuple[Body, dict[str, str]]:
    """The parameters of the machine under the names of the signature's."""
    names = {f"p{i}": HIDDEN if p.parameter is None else signature.parameters[p.parameter].name for i, p in enumerate(signature.passed())}
    if all(old == new for old, new in names.items()):
        return body, kinds

    def node(one: tree.Node) -> tree.Node:
        return replace(one, name=names.get(one.name, one.name)) if isinstance(one, tree.Get) else one

    def block(one: Body) -> Body:
        return tuple(map(statement, one))

    def statement(one: tree.Stmt) -> tree.Stmt:
        changed = tree.map_expressions(one, lambda n: map_node(n, node) if isinstance(n, tree.Get) else n)
        if isinstance(changed, tree.Set):
            changed = tree.Set(names.get(changed.name, changed.name), changed.value)
        return with_bodies(changed, [block(inner) for inner in bodies(changed)])

    return block(body), {names.get(n, n): k for n, k in kinds.items()}


class PointerWriter(Writer):
    """Writes the statements of one function."""

    values_type = PointerValues
    values: PointerValues
    result_name = ""

    def function(self) -> tuple[ir.Stmt, ...]:
        first: list[ir.Stmt] = []
        values, signature = self.values, self.signature
        for key, array in self.memory.arrays.items():
            array.name = self.fresh()
            if array.table is not None:
                elements = self.memory.values_of(array)
                first.append(ir.LetArray(array.name, array.scalar, len(elements), elements, True))
            elif key == self.memory.frame:
                first.append(ir.LetArray(array.name, array.scalar, array.size))
                values.renamed[key] = self.fresh()
                first.append(ir.Let(values.renamed[key], "*u8", ir.PointerCast("*u8", ir.ArrayPointer("*u64", array.name))))
        if signature.result_hidden:
            self.result_name, values.renamed[HIDDEN] = self.fresh(), self.fresh()
            first.append(ir.LetStruct(self.result_name, signature.result or ""))
            first.append(ir.Let(values.renamed[HIDDEN], values.types[HIDDEN], ir.Borrow(values.types[HIDDEN], self.result_name)))
        elif signature.result not in (None, signature.result_scalar):
            self.result_name = self.fresh()
            first.append(ir.LetStruct(self.result_name, signature.result or ""))
        changed = {one.name for one in statements(self.body) if isinstance(one, tree.Set)}
        for passed in signature.passed():
            if passed.parameter is not None:
                first += self.parameter(passed.parameter, passed.indirect, changed)
        lines = self.block(self.body)
        names = {n for n in values.types if n[0] == "v"} - {self.memory.frame}
        lines = declare(lines, {n: values.types[n] for n in names}, self.zero)
        if lines and isinstance(lines[-1], ir.Return) and lines[-1].value is None:
            lines = lines[:-1]
        if self.result_name and not (lines and isinstance(lines[-1], ir.Return)):
            lines = (*lines, ir.Return(ir.Var(signature.result or "", self.result_name)))
        return (*first, *lines)

    def parameter(self, number: int, indirect: bool, changed: set[str]) -> list[ir.Stmt]:
        """A variable in the place of a parameter, where it needs one."""
        parameter = self.signature.parameters[number]
        name, values = parameter.name, self.values
        type_ = values.types[name]
        if indirect:
            start: ir.Expr = ir.Borrow(type_, name)
        elif not parameter.pointer and parameter.type not in WIDTHS and not is_address(parameter.type):
            start = self.within(parameter.type, name)
            if WIDTHS[type_] < 4 or type_ == "usize":
                type_, start = "i32", simple_cast("i32", start)
        elif parameter.pointer:
            struct = self.signature.struct(parameter.type)
            plain = parameter.length is None and (parameter.raw or not (struct is not None and struct.flat))
            if plain and not parameter.const and name not in changed:
                return []
            start = values.casted(type_, ir.Var(parameter.whole, name)) if plain else ir.ArrayPointer(type_, name)
        elif name not in changed:
            return []
        elif is_address(parameter.type):
            start = ir.Var(type_, name)
        elif name in values.length_of or WIDTHS[parameter.type] < 4 or parameter.type == "bool":
            type_ = parameter.type if WIDTHS[parameter.type] == 4 and parameter.type != "usize" else "i32"
            start = simple_cast(type_, values.variable(name))
        else:
            return []
        values.renamed[name], values.types[name] = self.fresh(), type_
        return [ir.Let(values.renamed[name], type_, start)]

    def within(self, struct: str, name: str) -> ir.Place:
        """The number in a variable that is a struct of one."""
        leaf = self.values.only_leaf(struct)
        path = tuple(ir.Const("index", part) if isinstance(part, int) else part for part in leaf.path)
        return ir.Place(leaf.type, ir.Borrow(f"*{struct}", name), None, path)

    def set(self, one: tree.Set) -> list[ir.Stmt]:
        type_ = self.values.types.get(one.name, "")
        if one.name in ("sp", self.memory.frame) or not is_address(type_):
            return super().set(one)
        target = ir.Var(type_, self.values.renamed.get(one.name, one.name))
        value = self.values.pointer(one.value, type_)
        return [] if value == target else [assign(target, value)]

    def store(self, one: tree.Store) -> list[ir.Stmt]:
        if isinstance(one.value, tree.Load) and one.value.width == one.width:
            to = self.values.parts(one.address, one.offset, one.width)
            origin = self.values.parts(one.value.address, one.value.offset, one.width) if to else []
            if to and [type_ for _, type_ in to] == [type_ for _, type_ in origin]:
                return [assign(target, value) for (target, _), (value, _) in zip(to, origin, strict=True)]
        (target, type_), *_ = self.values.place(one.address, one.offset, one.width)
        return [assign(target, self.values.pointer(one.value, type_))] if is_address(type_) else super().store(one)

    def statement(self, one: tree.Stmt) -> list[ir.Stmt]:
        if isinstance(one, tree.Return) and self.result_name:
            whole = ir.Return(ir.Var(self.signature.result or "", self.result_name))
            if one.value is None:
                return [whole]
            place = self.within(self.signature.result or "", self.result_name)
            return [assign(place, self.values.argument(one.value, place.type)), whole]
        if isinstance(one, tree.Do) and one.call.name in self.values.callees:
            callee = self.values.callees[one.call.name]
            if callee.result_hidden:
                type_ = callee.result or ""
                place = ir.Place(type_, self.values.pointer(one.call.args[0], f"*{type_}"))
                return [ir.Assign(place, self.values.call(one.call))]
        return super().statement(one)

    def result(self, value: tree.Node) -> ir.Expr:
        type_ = self.signature.result or ""
        return self.values.pointer(value, type_) if is_address(type_) else super().result(value)

    def library(self, call: tree.CallNode) -> list[ir.Stmt]:
        to, value, count = call.args
        start = self.values.pointer(to, "*u8")
        given = self.values.value(value, "u32") if call.name == "memset" else self.values.pointer(value, "*u8")
        return [ir.Bulk(call.name, start, given, self.values.value(count, "u32"))]
