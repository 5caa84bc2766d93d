"""Small rewrites of the tree before it is typed: values used once move to their use, copies vanish.

Invariant: an expression moves only past statements that change nothing it reads, and never into a loop.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from transpile.corpus.lifting.tree import (
    Again,
    Body,
    CallNode,
    Const,
    Do,
    Get,
    Load,
    Loop,
    Node,
    Op,
    Set,
    Stmt,
    Store,
    bodies,
    expressions,
    map_expressions,
    nodes,
    reads_memory,
    statements,
    with_bodies,
)  # fmt: skip

LARGEST = 24
"""A value of more nodes than this keeps its variable, for the reader's sake."""


def inline(body: Body) -> Body:
    """Variables that are set once and read once, nearby, replaced by their values."""
    while True:
        sets = Counter(one.name for one in statements(body) if isinstance(one, Set))
        gets = Counter(n.name for one in statements(body) for e in expressions(one) for n in nodes(e) if isinstance(n, Get))
        new = _inline(body, {name for name in sets if sets[name] == 1 and gets[name] == 1 and name[0] not in "ps"})
        if new == body:
            return body
        body = new


def _inline(body: Body, once: set[str]) -> Body:
    out: list[Stmt] = []
    i = 0
    while i < len(body):
        one = body[i]
        if isinstance(one, Set) and one.name in once and sum(1 for _ in nodes(one.value)) <= LARGEST:
            at = _use(body, i + 1, one)
            if at is not None:
                changed = map_expressions(body[at], lambda n, one=one: one.value if isinstance(n, Get) and n.name == one.name else n)
                return _rest(out, (*body[i + 1 : at], changed, *body[at + 1 :]), once - {one.name})
        out.append(with_bodies(one, [_inline(inner, once) for inner in bodies(one)]))
        i += 1
    return body if all(a is b for a, b in zip(out, body, strict=True)) else _same(out, body)


def _same(out: list[Stmt], body: Body) -> Body:
    new = tuple(out)
    return body if new == body else new


def _rest(out: list[Stmt], rest: Body, once: set[str]) -> Body:
    return (*out, *_inline(rest, once))


def _use(body: Body, start: int, one: Set) -> int | None:
    """The statement right in `body` that reads the variable itself, if the value may move there."""
    reads = {n.name for n in nodes(one.value) if isinstance(n, Get)}
    memory = reads_memory(one.value)
    calls = any(isinstance(n, CallNode) for n in nodes(one.value))
    for i in range(start, len(body)):
        here = body[i]
        used = any(isinstance(n, Get) and n.name == one.name for e in expressions(here) for n in nodes(e))
        if used:
            if calls and any(isinstance(n, CallNode) for e in expressions(here) for n in nodes(e)):
                return None
            if calls and (i > start or any(reads_memory(e) for e in expressions(here))):
                return None
            return i
        if bodies(here) or calls:
            return None
        if isinstance(here, Set) and (here.name in reads or (memory and any(isinstance(n, CallNode) for n in nodes(here.value)))):
            return None
        if memory and isinstance(here, Store | Do):
            return None
    return None


def late_steps(body: Body) -> Body:
    """`t = x; x = x + c; ...` in a loop that reads x no more, with the step at the end of a round: t then is x all the time."""
    reads = Counter(n.name for one in statements(body) for e in expressions(one) for n in nodes(e) if isinstance(n, Get))

    def late(one: Stmt) -> Stmt:
        one = with_bodies(one, [tuple(map(late, inner)) for inner in bodies(one)])
        if not isinstance(one, Loop) or any(s == Again(one.label) for s in statements(one.body)):
            return one
        within = Counter(n.name for s in statements(one.body) for e in expressions(s) for n in nodes(e) if isinstance(n, Get))
        for i, step in enumerate(one.body[:-1]):
            if not isinstance(step, Set) or _step(step) is None or within[step.name] != reads[step.name] or step.name == "sp":
                continue
            rest = one.body[i + 1 :]
            read = any(isinstance(n, Get) and n.name == step.name for s in statements(rest) for e in expressions(s) for n in nodes(e))
            copied = any(isinstance(s, Set) and isinstance(s.value, Get) and s.value.name == step.name for s in one.body[:i])
            if copied and not read and sum(isinstance(s, Set) and s.name == step.name for s in statements(one.body)) == 1:
                return replace(one, body=(*one.body[:i], *rest, step))
        return one

    return tuple(map(late, body))


def undo_updates(body: Body) -> Body:
    """`t = f(x); x = x + c; ... t` becomes `x = x + c; ... f(x - c)`: a condition then stands where it is used."""
    out: list[Stmt] = []
    rest = [with_bodies(one, [undo_updates(inner) for inner in bodies(one)]) for one in body]
    i = 0
    while i < len(rest):
        one = rest[i]
        following = rest[i + 1] if i + 1 < len(rest) else None
        if isinstance(one, Set) and isinstance(following, Set) and following.name != one.name and not reads_memory(one.value) and _small(one.value):
            step = _step(following)
            mentions = any(isinstance(n, Get) and n.name == following.name for n in nodes(one.value))
            reads_back = any(isinstance(n, Get) and n.name == one.name for n in nodes(following.value))
            if step is not None and mentions and not reads_back and not bodies(following):
                old = Op("i32", "i32.add", (Get("i32", following.name), Const("i32", -step & 0xFFFFFFFF)))
                moved = map_expressions(one, lambda n, f=following, o=old: o if isinstance(n, Get) and n.name == f.name else n)
                rest[i], rest[i + 1] = following, moved
        out.append(rest[i])
        i += 1
    return tuple(out)


def _small(node: Node) -> bool:
    return isinstance(node, Op) and node.kind == "i32" and node.name.startswith("i32.") and sum(1 for _ in nodes(node)) <= 5 and _compares(node)


def _compares(node: Op) -> bool:
    return node.name.partition(".")[2].partition("_")[0] in ("eq", "ne", "lt", "gt", "le", "ge", "eqz")


def _step(one: Set) -> int | None:
    """c of `x = x + c` on an i32."""
    match one.value:
        case Op(name="i32.add", args=(Get(name=name), Const(bits=bits))) if name == one.name:
            return bits
    return None


__all__ = ["inline", "undo_updates"]


def undropped(body: Body) -> Body:
    """Calls whose results nobody reads, without the variables that hold these."""
    read = {n.name for one in statements(body) for e in expressions(one) for n in nodes(e) if isinstance(n, Get)}

    def plain(one: Stmt) -> Stmt:
        if isinstance(one, Set) and isinstance(one.value, CallNode) and one.name not in read:
            return Do(one.value)
        return with_bodies(one, [tuple(map(plain, inner)) for inner in bodies(one)])

    return tuple(map(plain, body))


def unscaled(body: Body) -> Body:
    """Variables that only ever hold a multiple, and are part of an address, without the factor: it goes to where they are read, so that an offset that
    several accesses share is seen to be an index times the size of what lies there."""
    sets: dict[str, list[Set]] = {}
    for one in statements(body):
        if isinstance(one, Set):
            sets.setdefault(one.name, []).append(one)
    factors: dict[str, Op] = {}
    for name, (one, *more) in sets.items():
        value = one.value
        if not more and name[0] not in "ps" and isinstance(value, Op) and value.name in ("i32.mul", "i32.shl") and isinstance(value.args[1], Const):
            factors[name] = value
    addresses = [e for one in statements(body) for e in _addresses(one)]
    parts: set[str] = set()
    while more := {n.name for e in addresses for n in nodes(e) if isinstance(n, Get)} - parts:
        parts |= more  # an address that several accesses share is a variable
        addresses += [one.value for name in more for one in sets.get(name, ()) if isinstance(one.value, Op) and one.value.name in ("i32.add", "i32.sub")]
    factors = {name: by for name, by in factors.items() if any(isinstance(n, Get) and n.name == name for e in addresses for n in nodes(e))}
    return _without_factors(body, factors) if factors else body


def _addresses(one: Stmt) -> list[Node]:
    out = [n.address for e in expressions(one) for n in nodes(e) if isinstance(n, Load)]
    return [*out, one.address] if isinstance(one, Store) else out


def _without_factors(body: Body, factors: Mapping[str, Op]) -> Body:
    def change(node: Node) -> Node:
        if isinstance(node, Get) and node.name in factors:
            by = factors[node.name]
            return Op("i32", by.name, (node, by.args[1]))
        return node

    def plain(one: Stmt) -> Stmt:
        if isinstance(one, Set) and one.name in factors and isinstance(one.value, Op):
            one = Set(one.name, one.value.args[0])
        return with_bodies(map_expressions(one, change), [_without_factors(inner, factors) for inner in bodies(one)])

    return tuple(map(plain, body))
