"""Calls with variable arguments: clang stores the arguments to a piece of its frame and passes the address; here they stand in the call again.

How many there are, and of what types, the format says, which must be a constant. Limits: every argument is stored in the same run of
statements as the call; conversions that `externs.conversions` knows.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace

from transpile.corpus.externs import conversions
from transpile.corpus.lifting.memory import linear
from transpile.corpus.lifting.shaped import text_at
from transpile.corpus.lifting.tree import (
    Body,
    CallNode,
    Const,
    Do,
    Get,
    Load,
    Node,
    NotLiftable,
    Op,
    Set,
    Stmt,
    Store,
    Symbol,
    bodies,
    expressions,
    nodes,
    statements,
    with_bodies,
)  # fmt: skip
from transpile.corpus.signature import Signature, wasm_type


def gathered(body: Body, types: MutableMapping[str, str], known: Mapping[str, Signature], data: Sequence[bytes]) -> Body:
    """The tree with the arguments in the calls of functions that are variadic by their signatures. `types`: of variables, to which some are added.
    Raises NotLiftable."""
    variadic = {name: s for name, s in known.items() if s.variadic}
    called = {n.name for one in statements(body) for e in expressions(one) for n in nodes(e) if isinstance(n, CallNode)}
    if not called & variadic.keys():
        return body
    return _without_frame(_Gather(body, types, variadic, data).block(body))


@dataclass(slots=True)
class _Gather:
    body: Body
    types: MutableMapping[str, str]
    variadic: Mapping[str, Signature]
    data: Sequence[bytes]

    def block(self, body: Body) -> Body:
        out: list[Stmt] = []
        for one in body:
            call = one.call if isinstance(one, Do) else one.value if isinstance(one, Set) else None
            if isinstance(call, CallNode) and call.name in self.variadic:
                call = self.complete(call, out)
                out.append(Do(call) if isinstance(one, Do) else Set(one.name, call) if isinstance(one, Set) else one)
            else:
                out.append(with_bodies(one, [self.block(inner) for inner in bodies(one)]))
        return tuple(out)

    def complete(self, call: CallNode, before: list[Stmt]) -> CallNode:
        """A call with its arguments; the statements `before` it set them to variables instead of storing them."""
        fixed = len(self.variadic[call.name].parameters)
        wanted = conversions(self.text(call.args[fixed - 1]))
        if wanted is None:
            raise NotLiftable(f"a format of {call.name} that the rules do not know")
        arguments = [*call.args[: fixed - 1], self.resolved(call.args[fixed - 1])]
        buffer = self.place(call.args[fixed]) if wanted else ("", 0)
        if buffer is None:
            raise NotLiftable(f"arguments of {call.name} that are elsewhere")
        at, places, read = 0, dict[int, tuple[str, int]](), set[int]()
        for type_ in wanted:
            kind = wasm_type(type_)
            size = 8 if kind in ("i64", "f64") else 4
            at = -(-at // size) * size
            places[buffer[1] + at] = kind, size
            at += size
        self.halve(before, buffer[0], places)
        arguments += [self.stored(call.name, (buffer[0], start), *one, before, read) for start, one in places.items()]
        before[:] = [one for k, one in enumerate(before) if k not in read]
        return replace(call, args=tuple(arguments))

    def stored(self, name: str, where: tuple[str, int], kind: str, size: int, before: list[Stmt], read: set[int]) -> Node:
        """What was stored at a place of the frame last; `read` grows by the statements that are not needed any more."""
        for k in range(len(before) - 1, -1, -1):
            one = before[k]
            if bodies(one):
                break
            if not isinstance(one, Store) or (to := self.place(one.address)) is None or to[0] != where[0]:
                continue
            start = to[1] + one.offset
            if start + one.width <= where[1] or start >= where[1] + size:
                continue
            value = one.value
            if isinstance(value, Const) and start <= where[1] and where[1] + size <= start + one.width:
                read.add(k)
                return Const(kind, value.bits >> 8 * (where[1] - start) & ((1 << 8 * size) - 1))
            if start != where[1] or one.width != size or value.kind != kind:
                break
            if not isinstance(value, Get) or value.name in ("sp", where[0]) or value.name[0] != "t":
                temporary = self.temporary(kind)
                before[k] = Set(temporary, value)
                return Get(kind, temporary)
            read.add(k)
            return value
        raise NotLiftable(f"arguments of {name} that are not set right before it")

    def halve(self, before: list[Stmt], base: str, places: Mapping[int, tuple[str, int]]) -> None:
        """Make two of every store that sets two arguments at once, and of the load that its value came from."""
        for k in range(len(before) - 1, -1, -1):
            one = before[k]
            if bodies(one):
                return
            to = self.place(one.address) if isinstance(one, Store) and one.name == "i64.store" and not isinstance(one.value, Const) else None
            if not isinstance(one, Store) or to is None or to[0] != base or places.get(to[1] + one.offset, ("", 0))[0] != "i32":
                continue
            names = [self.temporary("i32"), self.temporary("i32")]
            value = one.value
            at = next((i for i in range(k) if isinstance(value, Get) and isinstance(s := before[i], Set) and s.name == value.name), k)
            source = before[at]
            once = at < k and isinstance(source, Set) and self.resolved(value) is source.value and self.uses(value) == 1
            loaded = source.value if once and isinstance(source, Set) else value
            if isinstance(loaded, Load) and loaded.name == "i64.load":
                values: list[Node] = [Load("i32", "i32.load", loaded.address, loaded.offset + more) for more in (0, 4)]
            else:
                at = k
                values = [Op("i32", "i32.wrap_i64", (v,)) for v in (value, Op("i64", "i64.shr_u", (value, Const("i64", 32))))]
            halves = [Set(name, v) for name, v in zip(names, values, strict=True)]
            stores = [Store("i32.store", one.address, one.offset + more, Get("i32", name)) for more, name in zip((0, 4), names, strict=True)]
            before[k : k + 1] = [*(halves if at == k else ()), *stores]
            if at < k:
                before[at : at + 1] = halves

    def temporary(self, kind: str) -> str:
        name = f"t{sum(n[0] == 't' for n in self.types)}"
        self.types[name] = kind
        return name

    def text(self, node: Node) -> bytes:
        """The constant text that an argument leads to."""
        node = self.resolved(node)
        segment = int(node.name[1:]) if isinstance(node, Symbol) else -1
        found = text_at(self.data[segment], node.offset) if isinstance(node, Symbol) and segment < len(self.data) else None
        if found is None:
            raise NotLiftable("a format that is no constant")
        return found.characters

    def resolved(self, node: Node) -> Node:
        """What a variable is set to, if that is one thing."""
        sets = [one.value for one in statements(self.body) if isinstance(one, Set) and isinstance(node, Get) and one.name == node.name]
        return sets[0] if len(sets) == 1 else node

    def uses(self, node: Node) -> int:
        return sum(n == node for one in statements(self.body) for e in expressions(one) for n in nodes(e))

    def place(self, node: Node) -> tuple[str, int] | None:
        """A variable and a distance that an address is made of: the frame's, if it is in the frame."""
        total = 0
        for _ in range(4):
            form = linear(node)
            if len(form.terms) != 1 or form.terms[0][1] != 1 or not isinstance(form.terms[0][0], Get):
                return None
            base, total = form.terms[0][0], total + form.constant
            node = self.resolved(base)
            further = linear(node).terms
            if node is base or (Get("i32", "sp"), 1) in further or len(further) != 1 or not isinstance(further[0][0], Get):
                return base.name, total
        return None


def _without_frame(body: Body) -> Body:
    """Where nothing is left in the frame, there is none; stores to it that no call reads any more have gone."""
    frame = {one.name for one in statements(body) if isinstance(one, Set) and one.name != "sp" and linear(one.value).terms == ((Get("i32", "sp"), 1),)}

    def mentioned(one: Stmt) -> bool:
        return any(isinstance(n, Get) and n.name in frame for e in expressions(one) for n in nodes(e))

    if len(frame) != 1 or any(mentioned(one) for one in statements(body) if not (isinstance(one, Set) and one.name == "sp")):
        return body
    return _dropped(body, frame | {"sp"})


def _dropped(body: Body, names: set[str]) -> Body:
    return tuple(with_bodies(one, [_dropped(inner, names) for inner in bodies(one)]) for one in body if not (isinstance(one, Set) and one.name in names))
