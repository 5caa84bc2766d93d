"""From labels to conditions and loops: jumps become the ends of the blocks that they lead to, as far as that goes.

Every rule keeps what is executed and in which order; conditions are joined by `and_then` and `or_else`, which do not evaluate their right
side needlessly. Labels that no rule reaches stay (a jump out of two loops).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from transpile.corpus.lifting.tree import (
    Again,
    Block,
    Body,
    CallNode,
    Exit,
    If,
    Loop,
    Node,
    NotLiftable,
    Op,
    Return,
    Set,
    Stmt,
    Switch,
    Trap,
    bodies,
    expressions,
    negated,
    nodes,
    statements,
    with_bodies,
)  # fmt: skip

PASSES = 60
SHORT = 8
"""A follow-up of at most this many nodes may be written more than once."""
LONGEST = 20_000

Tail = frozenset[Stmt]
"""Jumps that mean the same as going on."""


def shape(body: Body) -> Body:
    for _ in range(PASSES):
        new = _tidy(body, frozenset())
        if new == body:
            return new
        body = new
        if _size(body) > LONGEST:
            break
    raise NotLiftable("control flow that does not settle")


def terminates(body: Body) -> bool:
    """Does control never pass the end of `body`?"""
    if not body:
        return False
    last = body[-1]
    match last:
        case Exit() | Again() | Return() | Trap():
            return True
        case If() | Switch():
            return all(terminates(inner) for inner in bodies(last))
        case Loop():
            return not leaves(last.body, last.label)
        case Block():
            return terminates(last.body) and not leaves(last.body, last.label)
    return False


def leaves(body: Body, label: str) -> int:
    """How often `body` jumps behind `label`."""
    return sum(isinstance(one, Exit) and one.label == label for one in statements(body))


def _size(body: Body) -> int:
    return sum(1 + sum(1 for e in expressions(one) for _ in nodes(e)) for one in statements(body))


def _replaced(body: Body, change: Callable[[Stmt], Body]) -> Body:
    """`body` with every statement changed, inner ones first."""
    out: list[Stmt] = []
    for one in body:
        out += change(with_bodies(one, [_replaced(inner, change) for inner in bodies(one)]))
    return tuple(out)


def _both(first: Node, second: Node) -> Node:
    return Op("i32", "and_then", (first, second))


def _tidy(body: Body, tail: Tail) -> Body:
    """One pass over a list of statements that means the same when followed by any jump of `tail`."""
    out: list[Stmt] = []
    for one in body:  # what stands behind a jump is never reached
        out.append(one)
        if terminates((one,)):
            break
    result: list[Stmt] = []
    for one in reversed(out):
        result = [*_statement(one, _fall(result, tail), tail, not result), *result]
    return _sequence(result, tail)


def _fall(rest: list[Stmt], tail: Tail) -> Tail:
    """The jumps that mean the same as going on to `rest`."""
    if not rest:
        return tail
    if isinstance(rest[0], Exit | Again):
        return frozenset({rest[0]}) | (tail if rest[0] in tail else frozenset())
    if isinstance(rest[0], Return) and len(rest) == 1 and (rest[0].value is None or _size((rest[0],)) <= SHORT):
        return frozenset({rest[0]})
    return frozenset()


def _statement(one: Stmt, fall: Tail, tail: Tail, last: bool) -> list[Stmt]:
    match one:
        case Exit() | Again() | Return():
            return [] if last and one in tail else [one]
        case If():
            then, other = _tidy(one.then, fall), _tidy(one.other, fall)
            if not then and not other:
                return [] if not any(isinstance(n, CallNode) for n in nodes(one.condition)) else [replace(one, then=then, other=other)]
            if not then:
                return [If(negated(one.condition), other)]
            if then == other:
                return list(then)
            if not other and len(then) == 1 and isinstance(then[0], If) and not then[0].other:
                return [If(_both(one.condition, then[0].condition), then[0].then)]
            return [If(one.condition, then, other)]
        case Switch():
            return [with_bodies(one, [_tidy(inner, fall) for inner in bodies(one)])]
        case Block():
            inner = _tidy(one.body, fall | {Exit(one.label)})
            return [Block(one.label, inner)] if leaves(inner, one.label) else list(inner)
        case Loop():
            same = {j for j in fall if isinstance(j, Exit | Return)}
            inner = _replaced(one.body, lambda s: (Exit(one.label),) if s in same else (s,)) if same else one.body
            return [Loop(one.label, _tidy(inner, frozenset({Again(one.label)})))]
    return [one]


def _sequence(body: list[Stmt], tail: Tail) -> Body:
    """Rules about a statement and those after it."""
    for i, one in enumerate(body):
        before, rest = tuple(body[:i]), tuple(body[i + 1 :])
        if isinstance(one, If) and rest:
            if not one.other and one.then[-1] in tail and isinstance(one.then[-1], Exit | Again):
                kept = one.then[:-1]
                return (*before, If(one.condition, kept, rest) if kept else If(negated(one.condition), rest))
            following = rest[0]
            if isinstance(following, If) and not one.other and not following.other and one.then == following.then and terminates(one.then):
                return (*before, If(Op("i32", "or_else", (one.condition, following.condition)), one.then), *rest[1:])
        if isinstance(one, If) and one.other:
            if terminates(one.other) and not terminates(one.then):
                return (*before, If(negated(one.condition), one.other), *one.then, *rest)
            if terminates(one.then):
                return (*before, If(one.condition, one.then), *one.other, *rest)
        if isinstance(one, Block):
            moved = _move(one, rest, tail)
            if moved is not None:
                return (*before, *moved)
    return tuple(body)


def _move(block: Block, rest: Body, tail: Tail) -> Body | None:
    """What follows a block, put where its body jumps out: once, or as often as it takes if it is short; None where neither helps."""
    count = leaves(block.body, block.label)
    follow = rest
    if not terminates(follow):
        if not tail:
            return None
        follow = (*follow, min(tail, key=repr))
    falls = not terminates(block.body)
    if not (count == 1 and not falls) and (_size(follow) > SHORT or any(isinstance(s, Set | Loop | Block) for s in statements(follow))):
        return None
    copy = follow
    moved = _replaced(block.body, lambda s: copy if s == Exit(block.label) else (s,))
    return (*moved, *rest) if falls else moved
