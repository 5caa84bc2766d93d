"""Copies that are as good as what they copy: `t = x + 1; x = t; ... t` reads x instead, so that t is read once and vanishes.

A use of t is replaced by x where every way to it comes from `x = t`, or from the only `t = x`, with neither changed since. Parameters and loop variables
thus keep one name. A number that a variable has anyway is not set again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from transpile.corpus.lifting.tree import (
    Again,
    Block,
    Body,
    Const,
    Exit,
    Get,
    If,
    Loop,
    Node,
    Return,
    Set,
    Stmt,
    Switch,
    Trap,
    bodies,
    expressions,
    map_expressions,
    nodes,
    statements,
    with_bodies,
)  # fmt: skip

Equal = dict[str, Get | Const]
"""By variable t: the variable x that it still equals and that is read in its place, or the number that it holds."""


def _meet(left: Equal | None, right: Equal | None) -> Equal | None:
    if left is None or right is None:
        return left if right is None else right
    return {t: x for t, x in left.items() if right.get(t) == x}


def _without(now: Equal, name: str) -> Equal:
    return {t: x for t, x in now.items() if t != name and not (isinstance(x, Get) and x.name == name)}


@dataclass(slots=True)
class _Walk:
    once: frozenset[str]
    """Variables that are set in one place."""
    exits: dict[str, Equal | None] = field(default_factory=dict)

    def run(self, body: Body, now: Equal | None) -> tuple[Body, Equal | None]:
        out: list[Stmt] = []
        for one in body:
            if now is None:
                break
            if isinstance(one, Set) and isinstance(one.value, Const) and now.get(one.name) == one.value:
                continue
            new, now = self.step(one, now)
            out.append(new)
        return tuple(out), now

    def step(self, one: Stmt, now: Equal) -> tuple[Stmt, Equal | None]:
        def change(node: Node) -> Node:
            known = now.get(node.name) if isinstance(node, Get) else None
            return known if isinstance(known, Get) else node

        match one:
            case Set():
                new = map_expressions(one, change)
                assert isinstance(new, Set)
                after = _without(now, one.name)
                if isinstance(new.value, Const):
                    after[one.name] = new.value
                elif isinstance(new.value, Get) and new.value.name != one.name and "sp" not in (new.value.name, one.name):
                    if one.name in self.once and one.name[0] not in "ps":
                        after[one.name] = new.value
                    elif new.value.name[0] not in "ps":
                        after[new.value.name] = Get(new.value.kind, one.name)
                return (one if new.value == one.value else new), after
            case If() | Switch():
                result, inner = None, []
                for part in bodies(one):
                    body, end = self.run(part, now)
                    inner.append(body)
                    result = _meet(result, end)
                return with_bodies(map_expressions(one, change), inner), result
            case Block():
                self.exits[one.label] = None
                body, end = self.run(one.body, now)
                return Block(one.label, body), _meet(end, self.exits[one.label])
            case Loop():
                for inside in statements(one.body):
                    if isinstance(inside, Set):
                        now = _without(now, inside.name)
                self.exits[one.label] = None
                body, _ = self.run(one.body, now)
                return Loop(one.label, body), self.exits[one.label]
            case Exit():
                self.exits[one.label] = _meet(self.exits[one.label], now)
                return one, None
            case Again() | Trap():
                return one, None
            case Return():
                return map_expressions(one, change), None
        return map_expressions(one, change), now


def propagate(body: Body) -> Body:
    """Uses of copied variables read the copy; a copy onto itself, or that nobody reads, is dropped."""
    sets = Counter(one.name for one in statements(body) if isinstance(one, Set))
    new = _Walk(frozenset(name for name, times in sets.items() if times == 1)).run(body, {})[0]
    return _dropped(new, {n.name for one in statements(new) for e in expressions(one) for n in nodes(e) if isinstance(n, Get)})


def _dropped(body: Body, read: set[str]) -> Body:
    return tuple(
        with_bodies(one, [_dropped(inner, read) for inner in bodies(one)])
        for one in body
        if not (isinstance(one, Set) and isinstance(one.value, Get) and (one.value.name == one.name or one.name not in read | {"sp"}))
    )
