"""What a generated function does with its names: which it reads, which it changes. Renderers of strict languages ask.

Names of one function are unique (the generator's rule), so sets of names say enough; scopes are not tracked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields

from transpile.corpus import ir
from transpile.corpus.signature import FLOATS, WIDTHS, Signature, is_address


def walk(node: object) -> Iterator[ir.Expr | ir.Stmt]:
    """Every expression and statement in `node`, a node or a tuple of nodes (nested as in `ir.Switch`), outermost first."""
    if isinstance(node, tuple):
        for one in node:
            yield from walk(one)
    elif isinstance(node, ir.Expr | ir.Stmt):
        yield node
        for field in fields(node):
            value = getattr(node, field.name)
            if isinstance(value, tuple | ir.Expr | ir.Stmt):
                yield from walk(value)


def assigned(node: object, callees: Mapping[str, Signature]) -> set[str]:
    """Names of variables and arrays that `node` changes, by assignment, exchange, or a callee's pointer that is not const."""
    names: set[str] = set()
    targets = [n.target for n in walk(node) if isinstance(n, ir.Assign)] + [n.place for n in walk(node) if isinstance(n, ir.AddressOf)]
    read = Counter(n.base.name for n in walk(node) if isinstance(n, ir.Place) and is_own(n) and not any(n is t for t in targets))
    borrowed = Counter(n.name for n in walk(node) if isinstance(n, ir.Borrow))
    for one in walk(node):
        if isinstance(one, ir.Assign):
            target = one.target
            if isinstance(target, ir.Var):
                names.add(target.name)
            elif isinstance(target, ir.Index):
                names.add(target.array)
            elif isinstance(target, ir.Field):
                names.add(target.pointer)
        elif isinstance(one, ir.Swap | ir.ArrayPointer):
            names.add(one.array)
        elif isinstance(one, ir.Borrow) and read[one.name] < borrowed[one.name]:
            names.add(one.name)
        elif isinstance(one, ir.Call) and one.name in callees:
            for argument, parameter in zip(one.arguments, callees[one.name].parameters, strict=False):
                if parameter.pointer and not parameter.const and isinstance(argument, ir.Var | ir.Part):
                    names.add(argument.name if isinstance(argument, ir.Var) else argument.array)
    return names


def is_own(place: ir.Place) -> bool:
    """Is a place a variable of the function or a field of one?"""
    return isinstance(place.base, ir.Borrow) and (place.index is None or (isinstance(place.index, ir.Const) and place.index.value == 0))


def is_unaligned(place: ir.Place) -> bool:
    """Is a place bytes that are taken for a wider number, of which nobody says that they are aligned?"""
    cast = isinstance(place.base, ir.PointerCast) and is_address(place.base.operand.type)
    return cast and not place.path and WIDTHS.get(place.type, 1) > 1


def used(node: object) -> set[str]:
    """Names that `node` mentions in any role but that of being declared; assigning counts as use."""
    names: set[str] = set()
    for one in walk(node):
        if isinstance(one, ir.Var | ir.Borrow):
            names.add(one.name)
        elif isinstance(one, ir.Index | ir.Len | ir.Part | ir.ForEach | ir.Swap | ir.ArrayPointer):
            names.add(one.array)
        elif isinstance(one, ir.Field):
            names.add(one.pointer)
    return names


def has_pointers(node: object) -> bool:
    """Does `node` hold pointers as such, which not every language says?"""
    return any(isinstance(one, ir.Place | ir.AddressOf | ir.PointerBits | ir.IsNull | ir.CallThrough | ir.Bulk | ir.LetStruct) for one in walk(node))


def called(node: object) -> list[str]:
    """Names of the functions that `node` calls, or takes the address of, each once, in the order of the text."""
    return list(dict.fromkeys(one.name for one in walk(node) if isinstance(one, ir.Call | ir.FunctionPointer)))


def always_leaves(body: tuple[ir.Stmt, ...]) -> bool:
    """True when control never passes the end of `body`: it returns, or loops for ever."""
    if not body:
        return False
    last = body[-1]
    if isinstance(last, ir.Return | ir.Trap):
        return True
    if isinstance(last, ir.Block):
        return always_leaves(last.body) and not _leaves_for(last.body, last.label)
    if isinstance(last, ir.If):
        return always_leaves(last.then) and always_leaves(last.other)
    if isinstance(last, ir.Switch):
        return always_leaves(last.default) and all(always_leaves(one) for _, one in last.cases)
    return isinstance(last, ir.Loop) and not _breaks(last.body) and not _leaves_for(last.body, last.label)


def _leaves_for(body: tuple[ir.Stmt, ...], label: str) -> bool:
    """Does `body`, at any depth, break out of what has that label?"""
    return bool(label) and any(isinstance(one, ir.Break) and one.label == label for one in walk(body))


def _breaks(body: tuple[ir.Stmt, ...]) -> bool:
    """Does `body` hold a `Break` of its own level?"""
    for one in body:
        if isinstance(one, ir.Break) and not one.label:
            return True
        if isinstance(one, ir.Block) and _breaks(one.body):
            return True
        if isinstance(one, ir.If) and (_breaks(one.then) or _breaks(one.other)):
            return True
        if isinstance(one, ir.Switch) and (_breaks(one.default) or any(_breaks(case) for _, case in one.cases)):
            return True
    return False


def continues(body: tuple[ir.Stmt, ...]) -> bool:
    """Does `body` hold a `Continue` of its own level?"""
    for one in body:
        if isinstance(one, ir.Continue) and not one.label:
            return True
        if isinstance(one, ir.Block) and continues(one.body):
            return True
        if isinstance(one, ir.If) and (continues(one.then) or continues(one.other)):
            return True
        if isinstance(one, ir.Switch) and (continues(one.default) or any(continues(case) for _, case in one.cases)):
            return True
    return False


def shift_count(one: ir.Expr) -> ir.Expr:
    """A shift's count without its integer casts: a count is small and not negative, so they keep its value."""
    while isinstance(one, ir.Cast) and one.operand.type != "bool" and one.operand.type not in FLOATS:
        one = one.operand
    return one
