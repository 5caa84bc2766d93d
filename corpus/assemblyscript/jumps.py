"""Jumps out of what stands around the innermost loop, for a language without labels and without goto.

A jump to where the function returns becomes a return; what a single jump or a few lead to moves there, if it is short; a labelled block
becomes branches of an `if` where that says the same; what is left leaves its innermost loop with a flag that is asked behind it.
Invariant: the result means the same and has no labels; every `Break` in it is for the innermost loop or switch, every `Continue` for the
innermost loop. A block that stays one is a loop whose condition is false.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from transpile.corpus import ir
from transpile.corpus.ir_names import always_leaves, walk

LOOPS = ir.While | ir.DoWhile | ir.Loop | ir.ForRange | ir.ForEach
SHORT = 3
"""A return that so many jumps lead to is written at each."""

REPEATED = 16
"""So many statements may come of what several jumps lead to."""

Body = tuple[ir.Stmt, ...]


def without_labels(body: Body, fresh: Callable[[], str]) -> Body:
    """`fresh` gives names for flags."""
    return _Resolver(fresh).body(_branches(_threaded(_branches(_returns(body, ir.Return())), None)), [])


def is_once(one: ir.Stmt) -> bool:
    """Is this a block, written as a loop that runs once?"""
    return isinstance(one, ir.DoWhile) and isinstance(one.condition, ir.Const) and not one.condition.value


def _inner(one: ir.Stmt, change: Callable[[Body], Body]) -> ir.Stmt:
    """A statement with the bodies in it changed."""
    match one:
        case ir.If():
            return replace(one, then=change(one.then), other=change(one.other))
        case ir.Switch():
            return replace(one, cases=tuple((values, change(body)) for values, body in one.cases), default=change(one.default))
        case ir.While() | ir.DoWhile() | ir.Loop() | ir.Block() | ir.ForRange() | ir.ForEach():
            return replace(one, body=change(one.body))
    return one


def _jumps(node: object, label: str) -> int:
    """How many jumps out of what has that label there are in `node`."""
    return sum(isinstance(n, ir.Break) and n.label == label for n in walk(node)) if label else 0


# ---------------------------------------------------------------- returns


def _returns(body: Body, after: ir.Return | None) -> Body:
    """Jumps behind which the function returns something simple, as that return. `after`: the return that follows the body, if one does."""
    out: list[ir.Stmt] = []
    for i, one in enumerate(body):
        following = body[i + 1] if i + 1 < len(body) else after
        end = following if isinstance(following, ir.Return) and _is_simple(following) else None
        label = getattr(one, "label", "") if isinstance(one, ir.Block | LOOPS) else ""
        if end is not None and 0 < _jumps(one, label) <= SHORT:
            one = _replace_breaks(one, label, end)
        out.append(_inner(one, lambda inner, end=end, one=one: _returns(inner, end if isinstance(one, ir.If | ir.Block | ir.Switch) else None)))
    return tuple(out)


def _is_simple(one: ir.Return) -> bool:
    return isinstance(one.value, ir.Const | ir.Var | ir.Limit | None)


def _replace_breaks(one: ir.Stmt, label: str, by: ir.Stmt) -> ir.Stmt:
    def change(body: Body) -> Body:
        return tuple(by if isinstance(n, ir.Break) and n.label == label else _inner(n, change) for n in body)

    return _inner(one, change)


# ---------------------------------------------------------------- what is jumped to, at the jump


def _threaded(body: Body, end: ir.Stmt | None) -> Body:
    """What follows a block that few jumps leave, at those jumps: the arms of a switch that was compiled to a table of jumps.

    `end`: the jump to what follows the end of `body`, where there is one.
    """
    out: list[ir.Stmt] = []
    for i, one in enumerate(body):
        rest = body[i + 1 :]
        if isinstance(one, ir.Block) and not _never_ends(one.body):
            one = replace(one, body=(*one.body, ir.Break(one.label)))
        if isinstance(one, ir.Block) and _is_worth(one, rest) and not _in_loop(one.body, one.label):
            ends = _never_ends(rest)
            if ends or end is not None:
                follow = rest if ends or end is None else (*rest, end)
                return (*out, *_threaded(_spliced(one.body, one.label, follow), end))
        match one:
            case ir.If() | ir.Switch():
                inner = end if not rest else None
            case ir.Block():
                inner = ir.Break(one.label)
            case _:
                inner = ir.Continue()
        out.append(_inner(one, lambda own, inner=inner: _threaded(own, inner)))
    return tuple(out)


def _is_worth(one: ir.Block, rest: Body) -> bool:
    """Is what follows a block to stand at each jump to it? What a few jumps share may be written at each while it is short."""
    jumps, size = _jumps(one, one.label), sum(isinstance(n, ir.Stmt) for n in walk(rest))
    return jumps == 1 or (0 < jumps * size <= REPEATED and not any(isinstance(n, LOOPS | ir.Block | ir.LetArray) for n in walk(rest)))


def _in_loop(body: Body, label: str) -> bool:
    """Does a jump out of what has that label stand in a loop within `body`?"""
    return any(isinstance(n, LOOPS) and _jumps(n, label) for n in walk(body))


def _spliced(body: Body, label: str, follow: Body) -> Body:
    """`body` with `follow` in place of the jump."""
    out: list[ir.Stmt] = []
    for one in body:
        if isinstance(one, ir.Break) and one.label == label:
            return (*out, *follow)
        out.append(_inner(one, lambda inner: _spliced(inner, label, follow)))
    return tuple(out)


# ---------------------------------------------------------------- blocks as branches


def _branches(body: Body) -> Body:
    """Labelled blocks as `if` and `else`, where no statement has to be written twice."""
    out: list[ir.Stmt] = []
    for one in body:
        one = _inner(one, _branches)
        routed = _route(one.body, one.label) if isinstance(one, ir.Block) else None
        out += [one] if routed is None else routed
    return tuple(out)


def _route(body: Body, label: str) -> Body | None:
    """The body of a block without the jumps to its end; None where that would take more than `if` and `else`."""
    for i, one in enumerate(body):
        if isinstance(one, ir.Break) and one.label == label:
            return body[:i]
        if not _jumps(one, label):
            continue
        rest = body[i + 1 :]
        if isinstance(one, ir.If):
            if not rest or _never_ends(one.then):
                then, other = _route(one.then, label), _route((*one.other, *rest), label)
            elif _never_ends(one.other):
                then, other = _route((*one.then, *rest), label), _route(one.other, label)
            else:
                return None
            if then is None or other is None:
                return None
            return (*body[:i], *([_if(one.condition, then, other)] if then or other else []))
        if isinstance(one, ir.Switch) and not rest:
            cases = [(values, _route(case, label)) for values, case in one.cases]
            default = _route(one.default, label)
            if default is None or any(case is None for _, case in cases):
                return None
            return (*body[:i], replace(one, cases=tuple((v, c or ()) for v, c in cases), default=default))
        return None
    return body


def _if(condition: ir.Expr, then: Body, other: Body) -> ir.If:
    return ir.If(condition, then, other) if then else ir.If(ir.Not("bool", condition), other)


def _never_ends(body: Body) -> bool:
    """Does control never come to the end of `body`, because every way jumps or returns before?"""
    if not body:
        return False
    last = body[-1]
    if isinstance(last, ir.If):
        return _never_ends(last.then) and _never_ends(last.other)
    if isinstance(last, ir.Switch):
        return _never_ends(last.default) and all(_never_ends(case) for _, case in last.cases)
    if isinstance(last, ir.Block):
        return _never_ends(last.body) and not _jumps(last.body, last.label)
    if isinstance(last, ir.Loop):
        return always_leaves((last,))
    return isinstance(last, ir.Break | ir.Continue | ir.Return | ir.Trap)


# ---------------------------------------------------------------- flags


class _Around:
    """A statement that `break` leaves. `flags`: by whether the jump is a `continue`, the name of what says that one is under way."""

    def __init__(self, one: ir.Stmt) -> None:
        self.label = getattr(one, "label", "")
        self.is_loop = isinstance(one, LOOPS)
        self.is_switch = isinstance(one, ir.Switch)
        self.last = False
        """Whether it is the last statement in a loop's body, so that leaving it begins that loop's next round."""
        self.flags: dict[bool, str] = {}
        self.passing: list[tuple[_Around, bool]] = []
        """Jumps that go on behind this one: their targets, and whether to continue those."""


class _Resolver:
    def __init__(self, fresh: Callable[[], str]) -> None:
        self.fresh = fresh

    def body(self, body: Body, around: list[_Around], *, owner: bool = False) -> Body:
        """`owner`: the body is that of a loop."""
        out: list[ir.Stmt] = []
        for i, one in enumerate(body):
            if isinstance(one, ir.Break | ir.Continue):
                if isinstance(one, ir.Continue) and owner and self.target(one, around) is around[-1]:
                    return tuple(out)  # the next round comes by itself
                return (*out, *self.jump(self.target(one, around), isinstance(one, ir.Continue), around))
            if not isinstance(one, ir.Block | ir.Switch | LOOPS):
                out.append(_inner(one, lambda inner: self.body(inner, around)))
                continue
            own = _Around(one)
            own.last = i + 1 == len(body) and owner
            changed = _inner(one, lambda inner, own=own: self.body(inner, [*around, own], owner=own.is_loop))
            if own.flags:
                flags = tuple(ir.Let(name, "bool", ir.Const("bool", False)) for name in own.flags.values())
                changed = _inner(changed, lambda inner, flags=flags: (*flags, *inner))
            if isinstance(changed, ir.Block):
                changed = ir.DoWhile(changed.body, ir.Const("bool", False))
            out.append(replace(changed, label="") if isinstance(changed, ir.While | ir.DoWhile | ir.Loop) else changed)
            for target, goes_on in dict.fromkeys(own.passing):
                jump = self.jump(target, goes_on, around)
                out.append(ir.If(ir.Var("bool", target.flags[goes_on]), tuple(s for s in jump if not isinstance(s, ir.Assign))))
        return tuple(out)

    def target(self, one: ir.Break | ir.Continue, around: list[_Around]) -> _Around:
        if one.label:
            return next(a for a in reversed(around) if a.label == one.label)
        return next(a for a in reversed(around) if a.is_loop)

    def jump(self, target: _Around, goes_on: bool, around: list[_Around]) -> Body:
        """The statements that leave for `target` from within `around`."""
        above = around[around.index(target) + 1 :]
        if goes_on and all(a.is_switch for a in above):
            return (ir.Continue(),)
        if not above or (goes_on and len(above) == 1 and above[0].last):
            return (ir.Break(),)
        if goes_on not in target.flags:
            target.flags[goes_on] = self.fresh()
        name = target.flags[goes_on]
        around[-1].passing.append((target, goes_on))
        return (ir.Assign(ir.Var("bool", name), ir.Const("bool", True)), ir.Break())
