"""Copies that are as good as what they copy: `t = x + 1; x = t; ... t` reads x instead, so that t is read once and vanishes.

A use of t is replaced by x where every way to it comes from `x = t` with neither changed since. Parameters and loop variables thus keep one name.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from transpile.corpus.lifting.tree import (
    Again,
    Block,
    Body,
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
    map_expressions,
    statements,
    with_bodies,
)  # fmt: skip

Equal = dict[str, str]
"""By variable t: the variable x that it was copied into and still equals."""


def _meet(left: Equal | None, right: Equal | None) -> Equal | None:
    if left is None or right is None:
        return left if right is None else right
    return {t: x for t, x in left.items() if right.get(t) == x}


def _without(now: Equal, name: str) -> Equal:
    return {t: x for t, x in now.items() if name not in (t, x)}


@dataclass(slots=True)
class _Walk:
    exits: dict[str, Equal | None] = field(default_factory=dict)

    def run(self, body: Body, now: Equal | None) -> tuple[Body, Equal | None]:
        out: list[Stmt] = []
        for one in body:
            if now is None:
                break
            new, now = self.step(one, now)
            out.append(new)
        return tuple(out), now

    def step(self, one: Stmt, now: Equal) -> tuple[Stmt, Equal | None]:
        def change(node: Node) -> Node:
            return Get(node.kind, now[node.name]) if isinstance(node, Get) and node.name in now else node

        match one:
            case Set():
                new = map_expressions(one, change)
                assert isinstance(new, Set)
                after = _without(now, one.name)
                if isinstance(new.value, Get) and new.value.name != one.name and new.value.name[0] not in "ps" and one.name != "sp":
                    after[new.value.name] = one.name
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
    """Uses of copied variables read the copy; a copy onto itself is dropped."""
    return _dropped(_Walk().run(body, {})[0])


def _dropped(body: Body) -> Body:
    return tuple(
        with_bodies(one, [_dropped(inner) for inner in bodies(one)])
        for one in body
        if not (isinstance(one, Set) and isinstance(one.value, Get) and one.value.name == one.name)
    )
