"""One variable for each value that a register holds in turn: locals split into their webs of definitions and uses.

LLVM colours registers, so that one wasm local is a pointer here and a counter there. Definitions that reach a common use are one web.
Invariant: every use keeps the definitions that reached it. What a local holds before it is set (a parameter's value, zero) is a
definition too: the webs of parameters keep the parameter's name, those that start from zero are listed.
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
    expressions,
    map_expressions,
    nodes,
    with_bodies,
)  # fmt: skip

Definitions = dict[str, frozenset[object]]
"""By local: what may have defined its value here; a `Set`, or the local's name for what it held at the start."""


def _merge(left: Definitions | None, right: Definitions | None) -> Definitions | None:
    if left is None or right is None:
        return left if right is None else right
    return {name: left.get(name, frozenset((name,))) | right.get(name, frozenset((name,))) for name in left.keys() | right.keys()}


@dataclass(slots=True)
class _Reach:
    """Reaching definitions; joins what reaches one use as it goes."""

    parent: dict[object, object] = field(default_factory=dict)
    exits: dict[str, Definitions | None] = field(default_factory=dict)
    heads: dict[str, Definitions | None] = field(default_factory=dict)

    def find(self, one: object) -> object:
        while (above := self.parent.get(one, one)) is not one:
            one = above
        return one

    def use(self, node: Node, now: Definitions) -> None:
        for one in nodes(node):
            if isinstance(one, Get):
                first, *rest = now.get(one.name, frozenset((one.name,)))
                for other in rest:
                    left, right = self.find(first), self.find(other)
                    if left is not right:
                        # a name (what the local held at the start) stays on top
                        if isinstance(left, str):
                            left, right = right, left
                        self.parent[left] = right

    def run(self, body: Body, now: Definitions | None) -> Definitions | None:
        for one in body:
            if now is None:
                return None
            now = self.step(one, now)
        return now

    def step(self, one: Stmt, now: Definitions) -> Definitions | None:
        for node in expressions(one):
            self.use(node, now)
        match one:
            case Set():
                return now | {one.name: frozenset((one,))}
            case If():
                return _merge(self.run(one.then, now), self.run(one.other, now))
            case Switch():
                result = None
                for inner in bodies(one):
                    result = _merge(result, self.run(inner, now))
                return result
            case Block():
                self.exits[one.label] = None
                end = self.run(one.body, now)
                return _merge(end, self.exits[one.label])
            case Loop():
                head: Definitions | None = now
                while True:
                    self.exits[one.label], self.heads[one.label] = None, None
                    end = self.run(one.body, head)
                    new = _merge(_merge(head, end), self.heads[one.label])
                    if new == head:
                        return self.exits[one.label]
                    head = new
            case Exit():
                self.exits[one.label] = _merge(self.exits[one.label], now)
                return None
            case Again():
                self.heads[one.label] = _merge(self.heads[one.label], now)
                return None
            case Return() | Trap():
                return None
        return now


def split(body: Body, types: dict[str, str]) -> tuple[Body, dict[str, str], frozenset[str]]:
    """The body with every web under a name of its own; the wasm types of the new names; the names that start from zero.

    Parameters keep their names where the web holds what was passed.
    """
    reach = _Reach()
    reach.run(body, {})
    names: dict[object, str] = {}
    new_types: dict[str, str] = {}

    def name_of(definition: object, local: str) -> str:
        top = reach.find(definition)
        if top not in names:
            if local == "sp":
                return "sp"
            keep = isinstance(top, str) and top[0] == "p"
            fresh = top if keep else f"v{sum(n[0] == 'v' for n in new_types)}"
            names[top] = fresh
            new_types[fresh] = types[local]
        return names[top]

    def rename(one: Stmt, now: Definitions) -> Stmt:
        def change(node: Node) -> Node:
            if isinstance(node, Get):
                definition = next(iter(now.get(node.name, frozenset((node.name,)))))
                return Get(node.kind, name_of(definition, node.name))
            return node

        renamed = map_expressions(one, change)
        return Set(name_of(one, one.name), renamed.value) if isinstance(renamed, Set) else renamed

    # A second walk over the final state: definitions at every statement are those of the last pass of `_Reach` over it.
    renamed = _Renamer(reach, rename).run(body, {})[0]
    zero = frozenset(names[top] for top in names if isinstance(top, str) and top[0] != "p")
    return renamed, new_types, zero


@dataclass(slots=True)
class _Renamer:
    reach: _Reach
    rename: object
    exits: dict[str, Definitions | None] = field(default_factory=dict)

    def run(self, body: Body, now: Definitions | None) -> tuple[Body, Definitions | None]:
        out: list[Stmt] = []
        for one in body:
            if now is None:
                break
            new, now = self.step(one, now)
            out.append(new)
        return tuple(out), now

    def step(self, one: Stmt, now: Definitions) -> tuple[Stmt, Definitions | None]:
        renamed = self.rename(one, now)
        match one:
            case Set():
                return renamed, now | {one.name: frozenset((one,))}
            case If() | Switch():
                result, new = None, []
                for inner in bodies(one):
                    body, end = self.run(inner, now)
                    new.append(body)
                    result = _merge(result, end)
                return with_bodies(renamed, new), result
            case Block():
                self.exits[one.label] = None
                body, end = self.run(one.body, now)
                return Block(one.label, body), _merge(end, self.exits[one.label])
            case Loop():
                # All definitions that come around are in one web with those that came in, wherever they are used: the head of one pass is enough
                # to name uses, because every definition of a web finds the same name.
                self.exits[one.label] = None
                body, _ = self.run(one.body, now)
                return Loop(one.label, body), self.exits[one.label]
            case Exit():
                self.exits[one.label] = _merge(self.exits[one.label], now)
                return renamed, None
            case Again() | Return() | Trap():
                return renamed, None
        return renamed, now



