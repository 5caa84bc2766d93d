"""The tree that lifting works on: expressions of wasm types, statements with labels, and how to walk them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from transpile.corpus.wasm.opcodes import WIDTH


class NotLiftable(Exception):
    """The rules do not reach this function; the message says why."""


# ---------------------------------------------------------------- expressions


@dataclass(frozen=True, slots=True)
class Node:
    kind: str
    """i32, i64, f32 or f64."""


@dataclass(frozen=True, slots=True)
class Const(Node):
    bits: int
    """Unsigned."""


@dataclass(frozen=True, slots=True)
class Symbol(Node):
    """An address inside a data segment."""

    name: str
    offset: int


@dataclass(frozen=True, slots=True)
class FunctionName(Node):
    """The address of a function of the program."""

    name: str


@dataclass(frozen=True, slots=True)
class Get(Node):
    name: str


@dataclass(frozen=True, slots=True)
class Op(Node):
    name: str
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Load(Node):
    name: str
    address: Node
    offset: int

    @property
    def width(self) -> int:
        return WIDTH[self.name]


INDIRECT = "*"


@dataclass(frozen=True, slots=True)
class CallNode(Node):
    """`kind` is "" where the callee returns nothing. A callee named `INDIRECT` is what the first argument points to."""

    name: str
    args: tuple[Node, ...]


# ---------------------------------------------------------------- statements


@dataclass(frozen=True, slots=True)
class Stmt:
    pass


@dataclass(frozen=True, slots=True, eq=False)
class Set(Stmt):
    """Compared by identity: each is a definition of its own."""

    name: str
    value: Node

    __eq__ = object.__eq__
    __hash__ = object.__hash__


@dataclass(frozen=True, slots=True)
class Store(Stmt):
    name: str
    address: Node
    offset: int
    value: Node

    @property
    def width(self) -> int:
        return WIDTH[self.name]


@dataclass(frozen=True, slots=True)
class If(Stmt):
    condition: Node
    then: tuple[Stmt, ...]
    other: tuple[Stmt, ...] = ()


@dataclass(frozen=True, slots=True)
class Block(Stmt):
    label: str
    body: tuple[Stmt, ...]


@dataclass(frozen=True, slots=True)
class Loop(Stmt):
    """Endless: after the body comes the body again."""

    label: str
    body: tuple[Stmt, ...]


@dataclass(frozen=True, slots=True)
class Exit(Stmt):
    """Go behind the block or loop of that label."""

    label: str


@dataclass(frozen=True, slots=True)
class Again(Stmt):
    """Go to the start of the loop of that label."""

    label: str


@dataclass(frozen=True, slots=True)
class Switch(Stmt):
    """`cases` are values and what to do for them; no case goes on into the next."""

    value: Node
    cases: tuple[tuple[tuple[int, ...], tuple[Stmt, ...]], ...]
    default: tuple[Stmt, ...]


@dataclass(frozen=True, slots=True)
class Return(Stmt):
    value: Node | None = None


@dataclass(frozen=True, slots=True)
class Trap(Stmt):
    pass


@dataclass(frozen=True, slots=True)
class Do(Stmt):
    call: CallNode


Body = tuple[Stmt, ...]


def children(node: Node) -> tuple[Node, ...]:
    match node:
        case Op() | CallNode():
            return node.args
        case Load():
            return (node.address,)
    return ()


def nodes(node: Node) -> Iterator[Node]:
    """A node and all below it."""
    yield node
    for one in children(node):
        yield from nodes(one)


def expressions(one: Stmt) -> tuple[Node, ...]:
    """What a statement evaluates itself, in order."""
    match one:
        case Set():
            return (one.value,)
        case Store():
            return (one.address, one.value)
        case If():
            return (one.condition,)
        case Switch():
            return (one.value,)
        case Return():
            return () if one.value is None else (one.value,)
        case Do():
            return (one.call,)
    return ()


def bodies(one: Stmt) -> tuple[Body, ...]:
    """The statement lists within a statement."""
    match one:
        case If():
            return one.then, one.other
        case Block() | Loop():
            return (one.body,)
        case Switch():
            return (*(body for _, body in one.cases), one.default)
    return ()


def with_bodies(one: Stmt, new: Sequence[Body]) -> Stmt:
    match one:
        case If():
            return replace(one, then=new[0], other=new[1])
        case Block() | Loop():
            return replace(one, body=new[0])
        case Switch():
            return replace(one, cases=tuple((values, body) for (values, _), body in zip(one.cases, new[:-1], strict=True)), default=new[-1])
    return one


def statements(body: Body) -> Iterator[Stmt]:
    """All statements, outermost first, in order."""
    for one in body:
        yield one
        for inner in bodies(one):
            yield from statements(inner)


def map_node(node: Node, change: Callable[[Node], Node]) -> Node:
    """Rebuilt from below: `change` sees every node after its children were changed."""
    match node:
        case Op() | CallNode():
            node = replace(node, args=tuple(map_node(a, change) for a in node.args))
        case Load():
            node = replace(node, address=map_node(node.address, change))
    return change(node)


def map_expressions(one: Stmt, change: Callable[[Node], Node]) -> Stmt:
    """A statement with its own expressions rebuilt; statements in it stay."""
    match one:
        case Set():
            return Set(one.name, map_node(one.value, change))
        case Store():
            return replace(one, address=map_node(one.address, change), value=map_node(one.value, change))
        case If():
            return replace(one, condition=map_node(one.condition, change))
        case Switch():
            return replace(one, value=map_node(one.value, change))
        case Return() if one.value is not None:
            return Return(map_node(one.value, change))
        case Do():
            return Do(map_node(one.call, change))
    return one


def map_body(body: Body, change: Callable[[Node], Node]) -> Body:
    """All expressions of a body rebuilt."""
    return tuple(
        with_bodies(map_expressions(one, change), [map_body(inner, change) for inner in bodies(one)]) for one in body
    )


def negated(condition: Node) -> Node:
    if isinstance(condition, Op) and condition.name == "i32.eqz":
        return condition.args[0]
    return Op("i32", "i32.eqz", (condition,))


def reads_memory(node: Node) -> bool:
    return any(isinstance(one, Load | CallNode) for one in nodes(node))
