"""Loops as people write them: what compilers rotated, counted down and guarded becomes `while` and `for` over a range again.

Compilers turn `for (i = 0; i < n; i++)` into a guard, a loop that tests at its end, and often a counter of its own that goes down to 0. These
rules undo that where the counter is not needed for anything else. They assume that a loop without a guard runs at least once, so the result
stands beside the plain one and is judged like it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from transpile.corpus import ir
from transpile.corpus.ir_names import used, walk
from transpile.corpus.lifting.aliases import without_aliases
from transpile.corpus.lifting.loops import READS, Body, alone, assigned, bare, converted, fixed, initial, plus, same, skips, substitute
from transpile.corpus.lifting.plain import joined, plain
from transpile.corpus.lifting.ranges import ranged
from transpile.corpus.lifting.values import invert
from transpile.corpus.signature import FLOATS, SIGNED

SMALL = 5
"""A value of at most this many nodes may be written twice."""


def idiomatic(body: Body) -> Body:
    """A function's body with its loops and comparisons rewritten."""
    return joined(plain(_over_elements(_block(without_aliases(joined(plain(body))), frozenset()))))


def _over_elements(body: Body) -> Body:
    """Ranges over the positions of an array that are used for its elements alone, as loops over the elements."""
    names = {getattr(n, "name", "") for n in walk(body)}
    fresh = 1 + max((int(n[1:]) for n in names if n[:1] == "v" and n[1:].isdigit()), default=-1)

    def visit(node):
        nonlocal fresh
        if isinstance(node, tuple):
            return tuple(visit(one) for one in node)
        if not isinstance(node, ir.Stmt):
            return node
        node = replace(node, **{f.name: visit(getattr(node, f.name)) for f in fields(node)})
        if isinstance(node, ir.ForRange) and (array := _elements_of(node)):
            type_ = next(n.type for n in walk(node.body) if isinstance(n, ir.Index) and n.array == array)
            inner = _element_reads(node.body, array, node.name, type_)
            first = inner[0] if inner else None
            fresh += 1
            if isinstance(first, ir.Let) and first.value == ir.Var(type_, node.name) and first.name not in _changed(inner) and len(inner) > 1:
                return ir.ForEach(first.name, type_, array, substitute(inner[1:], node.name, ir.Var(type_, first.name)), "", f"v{fresh - 1}")
            return ir.ForEach(node.name, type_, array, inner, "", f"v{fresh - 1}")
        return node

    return visit(body)


def _changed(body: Body) -> set[str]:
    return {n.target.name for n in walk(body) if isinstance(n, ir.Assign) and isinstance(n.target, ir.Var)}


def _elements_of(loop: ir.ForRange) -> str:
    """The array that a loop goes over from end to end, reading each element by its position and using the position for nothing else; or ""."""
    if not isinstance(loop.stop, ir.Len) or loop.start != ir.Const(loop.type, 0) or loop.reverse or loop.inclusive or loop.step != 1:
        return ""
    array = loop.stop.array
    for n in walk(loop.body):
        changes = isinstance(n, ir.Assign) and isinstance(n.target, ir.Index) and n.target.array == array
        if changes or isinstance(n, ir.Call | ir.Part | ir.Swap) or (isinstance(n, ir.ForRange) and n.name == loop.name):
            return ""
    own = ir.Var(loop.type, loop.name)
    positions = sum(n == own for n in walk(loop.body))
    elements = sum(isinstance(n, ir.Index) and n.array == array and n.index == own and not n.field for n in walk(loop.body))
    return array if positions == elements > 0 else ""


def _element_reads(node, array: str, name: str, type_: str):
    """`node` with `array[name]` read as the variable `name`."""
    if isinstance(node, tuple):
        return tuple(_element_reads(one, array, name, type_) for one in node)
    if isinstance(node, ir.Index) and node.array == array and isinstance(node.index, ir.Var) and node.index.name == name:
        return ir.Var(type_, name)
    if isinstance(node, ir.Expr | ir.Stmt):
        return replace(node, **{f.name: _element_reads(getattr(node, f.name), array, name, type_) for f in fields(node)})
    return node


def _block(body: Body, after: frozenset[str]) -> Body:
    """`after`: names that are read once this list is done."""
    out: list[ir.Stmt] = []
    body = tuple(_sink(list(body), after))
    for i, one in enumerate(body):
        later = after | frozenset(used(body[i + 1 :]))
        out.append(_inside(one, later))
    changed = True
    while changed:
        changed = False
        for i, one in enumerate(out):
            later = after | frozenset(used(tuple(out[i + 1 :])))
            new = _rewrite(out[:i], one, later)
            if new is not None:
                out[: i + 1] = new
                changed = True
                break
    return tuple(out)


def _inside(one: ir.Stmt, after: frozenset[str]) -> ir.Stmt:
    match one:
        case ir.If():
            return replace(one, then=_block(one.then, after), other=_block(one.other, after))
        case ir.While() | ir.DoWhile():
            return replace(one, body=_block(one.body, after | _carried(one.body) | frozenset(used(one.condition))))
        case ir.Loop() | ir.ForRange():
            return replace(one, body=_block(one.body, after | _carried(one.body)))
        case ir.Block():
            return replace(one, body=_block(one.body, after))
        case ir.Switch():
            return replace(one, cases=tuple((v, _block(b, after)) for v, b in one.cases), default=_block(one.default, after))
    return one


def _carried(body: Body) -> frozenset[str]:
    """Variables that one round of a loop may leave to the next."""
    return frozenset(used(body) - {n.name for n in walk(body) if isinstance(n, ir.Let)})


def _rewrite(before: Sequence[ir.Stmt], one: ir.Stmt, after: frozenset[str]) -> list[ir.Stmt] | None:
    """The list up to and with `one` rewritten, None where no rule applies."""
    if isinstance(one, ir.While | ir.Loop | ir.DoWhile) and (joint := _in_step(before, one, after)) is not None:
        return joint
    if isinstance(one, ir.While):
        found = ranged(before, one, after)
        loop = found[-1] if found else None
        if isinstance(loop, ir.ForRange) and loop.name not in used(loop.body):
            # Something else rises while it counts, as a rule.
            return _counted(before, ir.DoWhile(one.body, _until_zero(one.condition, loop)), after) or found
        return found
    if isinstance(one, ir.Loop):
        tested = _tested(one)
        return None if tested is None else [*before, tested]
    if isinstance(one, ir.DoWhile):
        counted = _counted(before, one, after)
        if counted is not None:
            return counted
    if isinstance(one, ir.If) and not one.other and len(one.then) == 1:
        inner = one.then[0]
        if isinstance(inner, ir.DoWhile) and inner.condition == one.condition:
            return [*before, ir.While(inner.condition, inner.body, inner.label)]
    if isinstance(one, ir.If) and not one.other and one.then and isinstance(one.then[-1], ir.ForRange):
        return _unguarded(before, one, after)
    return None


def _tested(loop: ir.Loop) -> ir.While | None:
    """A loop that ends by a test behind the values of variables of its own, as one that tests first; None for others."""
    values: dict[str, ir.Expr] = {}
    for i, one in enumerate(loop.body):
        if isinstance(one, ir.If) and one.then == (ir.Break(),) and not one.other:
            condition = one.condition
            for name in (name for name in values if name in used(condition)):
                if any(isinstance(n, READS) for n in walk(values[name])) or sum(1 for _ in walk(values[name])) > SMALL:
                    return None
                condition = substitute(condition, name, values[name])
            return ir.While(invert(condition), (*loop.body[:i], *loop.body[i + 1 :]), loop.label)
        if not isinstance(one, ir.Let) or used(one.value) & values.keys() or any(isinstance(n, ir.Call | ir.CallThrough) for n in walk(one.value)):
            return None
        values[one.name] = one.value
    return None


def _in_step(before: Sequence[ir.Stmt], loop: ir.While | ir.Loop | ir.DoWhile, after: frozenset[str]) -> list[ir.Stmt] | None:
    """A loop with two variables that start and step alike as one with the first of them; None for others."""
    steps = _steps(loop.body)
    kinds = {n.name: n.type for n in walk(loop.body) if isinstance(n, ir.Var)}
    for k, one in enumerate(steps):
        for other in steps[k + 1 :]:
            between = loop.body[one.position + 1 : other.position]
            if one.up != other.up or kinds[one.name] != kinds[other.name] or {one.name, other.name} & (used(between) | after):
                continue
            if any(isinstance(n, ir.Break | ir.Continue) for n in walk(between)):
                continue
            starts = [initial(before, name) for name in (one.name, other.name)]
            if not all(s is not None and isinstance(s[1], ir.Const) for s in starts) or starts[0][1] != starts[1][1]:
                continue
            if not all(alone(before, s[0], name) for s, name in zip(starts, (one.name, other.name), strict=True)):
                continue
            own = ir.Var(kinds[one.name], one.name)
            body = (*loop.body[: other.position], *loop.body[other.position + 1 :])
            new = substitute(replace(loop, body=body), other.name, own)
            return [*(s for i, s in enumerate(before) if i != starts[1][0]), new]
    return None


def _until_zero(condition: ir.Expr, loop: ir.ForRange) -> ir.Expr:
    """The condition of a loop that counts down to 0 as that the counter is not 0."""
    own = next((n for n in walk(condition) if isinstance(n, ir.Var) and n.name == loop.name), None)
    if own is None or not loop.reverse or loop.inclusive or not (isinstance(loop.start, ir.Const) and loop.start.value == 0):
        return condition
    return ir.Compare("bool", "!=", own, ir.Const(own.type, 0))


@dataclass(frozen=True, slots=True)
class _Step:
    """A variable that changes by one, once in every round, at the top level of a loop's body."""

    name: str
    position: int
    up: bool


def _steps(body: Body) -> list[_Step]:
    out = []
    for i, one in enumerate(body):
        if isinstance(one, ir.Assign) and isinstance(one.target, ir.Var) and one.op in ("+", "-") and isinstance(one.value, ir.Const) and one.value.value == 1:
            name = one.target.name
            others = sum(isinstance(n, ir.Assign) and isinstance(n.target, ir.Var) and n.target.name == name for n in walk(body))
            if others == 1 and one.target.type not in FLOATS:
                out.append(_Step(name, i, one.op == "+"))
    return out


def _counted(before: Sequence[ir.Stmt], loop: ir.DoWhile, after: frozenset[str]) -> list[ir.Stmt] | None:
    """A loop whose rounds are counted as one over a range; every other variable that goes up with it is said by it."""
    condition, body = loop.condition, loop.body
    if not isinstance(condition, ir.Compare) or skips(body) or loop.label or any(isinstance(n, ir.Break) and n.label for n in walk(body)):
        return None
    left, op, right = condition.left, condition.op, condition.right
    if not isinstance(left, ir.Var) and isinstance(right, ir.Var):
        left, op, right = right, {"<": ">", ">": "<"}.get(op, op), left
    steps = [s for s in _steps(body) if s.name not in after and s.name not in used(body[s.position + 1 :])]
    counter = next((s for s in steps if isinstance(left, ir.Var) and s.name == left.name), None)
    if counter is None or not fixed(right, body):
        return None
    starts = {s.name: found for s in steps if (found := initial(before, s.name)) is not None and alone(before, found[0], s.name)}
    if counter.name not in starts:
        return None
    start = starts[counter.name][1]
    if counter.up and op in ("!=", "<"):
        first, rounds_end = start, right
    elif not counter.up and op == "!=" and isinstance(right, ir.Const) and right.value == 0:
        first, rounds_end = ir.Const(left.type, 0), start
    else:
        return None
    rest = tuple(one for i, one in enumerate(body) if i != counter.position)
    if not counter.up and counter.name in used(rest):
        return None
    rising = [s for s in steps if s.up and s.name in starts and (s is counter or s.name in used(rest))]
    kinds = {n.name: n.type for n in walk((body, condition)) if isinstance(n, ir.Var)}
    order = sorted(rising, key=lambda s: (kinds[s.name] != "index", s is not counter))
    for chosen in order or [counter]:
        kind = "index" if chosen is counter and not counter.up and bare(rounds_end).type == "index" else kinds[chosen.name]
        begin = starts[chosen.name][1] if chosen.up else ir.Const(kind, 0)
        stop = _shifted(rounds_end, first, begin, kind)
        if stop is None or not fixed(stop, body) or not fixed(begin, body):
            continue
        gone, new = {chosen.name, counter.name}, rest
        new = tuple(one for one in new if not (isinstance(one, ir.Assign) and one.target == ir.Var(kinds[chosen.name], chosen.name)))
        for other in rising:
            if other.name in gone and other is not counter:
                continue
            if other is chosen:
                continue
            said = _shifted(ir.Var(kind, chosen.name), begin, starts[other.name][1], kinds[other.name])
            if said is None or (other is not counter and not fixed(starts[other.name][1], body)):
                if other is counter and counter.name in used(new):
                    break
                continue
            new = tuple(one for one in new if not (isinstance(one, ir.Assign) and one.target == ir.Var(kinds[other.name], other.name)))
            new = substitute(new, other.name, said)
            gone.add(other.name)
        else:
            dropped = {starts[name][0] for name in gone}
            kept = [one for i, one in enumerate(before) if i not in dropped]
            return [*kept, ir.ForRange(chosen.name, kind, begin, stop, new)]
    return None


def _shifted(value: ir.Expr, origin: ir.Expr, start: ir.Expr, kind: str) -> ir.Expr | None:
    """start + (value - origin) as `kind`, None where that is no simple expression."""
    value = value if value.type == kind else converted(value, kind)
    if same(origin, start):
        return value
    if isinstance(origin, ir.Const) and isinstance(start, ir.Const):
        difference = int(start.value) - int(origin.value)
        return plus(value, difference, kind)
    if isinstance(origin, ir.Const) and origin.value == 0:
        inner = bare(value)
        if isinstance(inner, ir.Binary) and inner.op == "-" and same(inner.right, start):
            return converted(inner.left, kind)  # `i = k; rounds = n - k` counts up to n
        begin = start if start.type == kind else converted(start, kind)
        if isinstance(value, ir.Var | ir.Const | ir.Len | ir.Cast) and isinstance(begin, ir.Var | ir.Const | ir.Len | ir.Cast):
            return ir.Binary(kind, "+", begin, value)
    return None


def _sink(body: list[ir.Stmt], after: frozenset[str]) -> list[ir.Stmt]:
    """Declarations move into the one condition that holds all uses of their variable; its test reads the value itself."""
    i = len(body) - 1
    while i >= 0:
        one = body[i]
        if isinstance(one, ir.Let) and one.name not in after and not any(isinstance(n, READS) for n in walk(one.value)):
            users = [j for j in range(i + 1, len(body)) if one.name in used(body[j])]
            holder = body[users[0]] if len(users) == 1 else None
            loops = any(isinstance(n, ir.DoWhile | ir.While | ir.ForRange) for n in walk(holder)) if isinstance(holder, ir.If) else False
            if isinstance(holder, ir.If) and loops and not (used(one.value) & assigned(tuple(body[i + 1 : users[0]]))):
                sides = [key for key in ("then", "other") if one.name in used(getattr(holder, key))]
                if len(sides) == 1:
                    condition = substitute(holder.condition, one.name, one.value)
                    moved = (one, *getattr(holder, sides[0]))
                    body[users[0]] = replace(holder, condition=condition, **{sides[0]: moved})
                    del body[i]
        i -= 1
    return body


def _unguarded(before: Sequence[ir.Stmt], one: ir.If, after: frozenset[str]) -> list[ir.Stmt] | None:
    """`if n > 0 { for i in 0..n }` without its guard, where an empty range says the same."""
    *first, loop = one.then
    assert isinstance(loop, ir.ForRange)
    declared = {s.name for s in first if isinstance(s, ir.Let)}
    if len(declared) != len(first) or declared & after:
        return None
    if any(isinstance(n, READS) for s in first for n in walk(s)):
        return None
    if not _implied(one.condition, loop):
        return None
    return [*before, *first, loop]


def _implied(guard: ir.Expr, loop: ir.ForRange) -> bool:
    """Is the guard true exactly when the range is not empty?"""
    if not isinstance(guard, ir.Compare):
        return False
    left, op, right = guard.left, guard.op, guard.right
    if op in ("<", "<=") and not isinstance(right, ir.Const):
        left, right, op = right, left, {"<": ">", "<=": ">="}[op]
    start, stop = bare(loop.start), bare(loop.stop)
    converted = isinstance(loop.stop, ir.Cast) and loop.stop.operand.type in SIGNED and loop.type not in SIGNED
    if converted:
        return False  # below 0 it would be huge
    if bare(left) != stop:
        return False
    zero = isinstance(start, ir.Const) and start.value == 0
    if isinstance(right, ir.Const):
        least = {">": right.value + 1, ">=": right.value, "!=": 1 if right.value == 0 else None}.get(op)
        if least is None or (op == "!=" and loop.type in SIGNED):
            return False
        return zero and least == 1 if zero else isinstance(start, ir.Const) and least == start.value + 1
    return op in (">", "!=") and bare(right) == start


