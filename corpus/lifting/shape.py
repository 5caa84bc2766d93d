"""From labels to conditions and loops: jumps become the ends of the blocks that they lead to, as far as that goes.

Every rule keeps what is executed and in which order; conditions are joined by `and_then` and `or_else`, which do not evaluate their right
side needlessly. Labels that no rule reaches stay (a jump out of two loops).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import reduce

from transpile.corpus.lifting.tree import (
    Again,
    Block,
    Body,
    CallNode,
    Const,
    Exit,
    Get,
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
FEW = 4
"""A switch with at most this many numbers is written as comparisons."""

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


def _alike(left: Stmt, right: Stmt) -> bool:
    """Do both do the same?"""
    if isinstance(left, Set) and isinstance(right, Set):
        return left.name == right.name and left.value == right.value
    return left == right and not bodies(left)


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
            common = 0
            while common < min(len(then), len(other)) and _alike(then[-1 - common], other[-1 - common]):
                common += 1
            if common and not terminates(then[-1:]):
                short = replace(one, then=then[:-common], other=other[:-common])
                return [*_statement(short, frozenset(), frozenset(), False), *then[-common:]]
            if not other and len(then) == 1 and isinstance(then[0], If) and not then[0].other:
                return [If(_both(one.condition, then[0].condition), then[0].then)]
            return [If(one.condition, then, other)]
        case Switch():
            return _comparisons(replace(one, cases=tuple((n, _tidy(b, fall)) for n, b in one.cases), default=_tidy(one.default, fall)))
        case Block():
            inner = _tidy(one.body, fall | {Exit(one.label)})
            return [Block(one.label, inner)] if leaves(inner, one.label) else list(inner)
        case Loop():
            same = {j for j in fall if isinstance(j, Exit | Return)}
            inner = _replaced(one.body, lambda s: (Exit(one.label),) if s in same else (s,)) if same else one.body
            return [Loop(one.label, _tidy(inner, frozenset({Again(one.label)})))]
    return [one]


def _comparisons(one: Switch) -> list[Stmt]:
    """A switch that leads away for a few numbers and does nothing for others as the comparisons that it was made of."""
    cases = [(numbers, body) for numbers, body in one.cases if body]
    few = sum(len(numbers) for numbers, _ in cases) <= FEW
    if one.default or not few or not all(terminates(b) for _, b in cases) or any(isinstance(n, CallNode) for n in nodes(one.value)):
        return [one]
    if sum(1 for _ in nodes(one.value)) > SHORT or one.value.kind != "i32":
        return [one]

    def equal(numbers: tuple[int, ...]) -> Node:
        first, *more = (Op("i32", "i32.eq", (one.value, Const("i32", n & 0xFFFFFFFF))) for n in numbers)
        return reduce(lambda left, right: Op("i32", "or_else", (left, right)), more, first)

    return [If(equal(numbers), body) for numbers, body in cases]


def _singled_out(condition: Node, value: Node) -> tuple[int | None, bool]:
    """The number that a condition compares a value with, None for other conditions; whether it asks if they are the same."""
    same = not (isinstance(condition, Op) and condition.name == "i32.eqz")
    match condition if same else condition.args[0]:
        case Op(name="i32.ne" | "i32.eq" as name, args=(compared, Const(bits=bits))) if compared == value:
            return bits, same == (name == "i32.eq")
    return None, False


def _returning(loop: Loop, after: Stmt) -> Loop | None:
    """A loop that is left for `return x`, somewhere right behind `x = number`, with the returns in the place of the jumps; None where that is not so."""
    if not isinstance(after, Return) or not isinstance(after.value, Get):
        return None
    name, found = after.value.name, False

    def within(body: Body) -> Body:
        nonlocal found
        out: list[Stmt] = []
        for one in body:
            last = out[-1] if out else None
            if one != Exit(loop.label):
                out.append(with_bodies(one, [within(inner) for inner in bodies(one)]))
            elif isinstance(last, Set) and last.name == name and isinstance(last.value, Const):
                found = True
                out[-1] = Return(last.value)
            else:
                out.append(after)
        return tuple(out)

    body = within(loop.body)
    return Loop(loop.label, body) if found else None


def _left_at(loop: Loop) -> int | None:
    """Where a loop has the one condition that ends it, with more to do than to leave: the first statement, else the last one that is such; None where
    there is none."""
    ends = leaves(loop.body, loop.label)
    found = [
        i for i, one in enumerate(loop.body)
        if isinstance(one, If) and not one.other and terminates(one.then) and Again(loop.label) not in statements(one.then)
        and leaves(one.then, loop.label) == ends == (one.then[-1] == Exit(loop.label)) and len(one.then) > ends
    ]  # fmt: skip
    return None if not found else found[0] if found[0] == 0 else found[-1]


def _sequence(body: list[Stmt], tail: Tail) -> Body:
    """Rules about a statement and those after it."""
    for i, one in enumerate(body):
        before, rest = tuple(body[:i]), tuple(body[i + 1 :])
        if isinstance(one, Loop) and rest and (returning := _returning(one, rest[0])) is not None:
            return (*before, returning)
        if isinstance(one, Loop) and (at := _left_at(one)) is not None:
            last = one.body[at]
            assert isinstance(last, If)
            left = Loop(one.label, (*one.body[:at], If(last.condition, (Exit(one.label),)), *one.body[at + 1 :]))
            if last.then[-1] == Exit(one.label):
                return (*before, left, *last.then[:-1], *rest)
            return (*before, left, *last.then)  # what stood behind the loop was never reached
        if isinstance(one, Switch) and not one.default and rest and isinstance(rest[0], If) and not rest[0].other and terminates(rest[0].then):
            number, same = _singled_out(rest[0].condition, one.value)
            if number is not None:
                # Numbers that lead to the same place without being told apart.
                needless = {rest[0].then} if not same else {(jump,) for jump in tail} if len(rest) == 1 else set()
                cases = tuple((tuple(n for n in numbers if n == number or b not in needless), b) for numbers, b in one.cases)
                cases = tuple((numbers, b) for numbers, b in cases if numbers)
                if cases != one.cases:
                    return (*before, *([replace(one, cases=cases)] if cases else []), *rest)
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
