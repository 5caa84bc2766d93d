"""The grammar's loops: what they run over, how they progress, when they stop. Bodies come from `Grower.body`."""

from __future__ import annotations

from transpile.corpus import ir
from transpile.corpus.generator.expression import INTEGERS, E, both, negate, number, signed
from transpile.corpus.generator.grammar import Grower
from transpile.corpus.generator.scope import Array, Reject
from transpile.corpus.generator.trees import continues, mentions


def grow(g: Grower, depth: int) -> None:
    """One loop of a kind that the scope allows, with its body."""
    f = g.f
    if not g.states:
        g.state()
    sized = [a for a in g.arrays if a.sized]
    texts = [a for a in g.arrays if not a.sized]
    roll = g.rng.random()
    if texts and (roll < 0.7 or not depth):
        text(g, f.any(*texts), depth)
    elif sized and (roll < 0.75 or not depth):
        array(g, f.any(*sized), depth)
    elif roll < 0.4:
        counted(g, depth)
    elif roll < 0.75:
        consumed(g, depth)
    elif roll < 0.88:
        meeting(g, depth)
    else:
        capped(g, depth)


def _elements(g: Grower, a: Array, i: E) -> list[E]:
    """What a position gives to read: the element, those of arrays of the same length, the position itself."""
    out = [i.to("i32") if g.f.chance(0.4) else i] if g.f.chance(0.3) else []
    for other in g.arrays:
        if other.sized and (other is a or g.f.parameters[int(other.name[1:])][2] == g.f.parameters[int(a.name[1:])][2]):
            out.append(other[i])
    if len(out) > 1 and g.f.chance(0.5):
        out.reverse()
    return out


def array(g: Grower, a: Array, depth: int) -> None:
    """Over an array: each element, by index, with a neighbour, from the end, or by a cursor."""
    f = g.f
    roll = g.rng.random()
    stores = g.output is not None
    if roll < 0.3 and not stores:
        with f.each(a) as x:
            g.body(depth, [x])
            _read(g, x)
    elif roll < 0.65 or stores:
        with f.range(0, a.len, reverse=f.chance(0.1)) as i:
            values = _elements(g, a, i)
            if f.chance(0.3) and not stores:
                x = f.let(a[i])
                values = [v for v in values if v.node != a[i].node] + [x]
                g.body(depth, values)
                _read(g, x)
            else:
                g.body(depth, values)
                _read(g, a[i])
    elif roll < 0.78:
        with f.range(1, a.len) as i:
            g.body(depth, [a[i - 1], a[i]])
            _read(g, a[i])
    elif roll < 0.88:
        with f.range(0, a.len) as i, f.range(i + 1 if f.chance(0.7) else 0, a.len) as j:
            g.body(depth + 1, [a[i], a[j]])
            _read(g, a[j])
    else:
        i = f.let(0, "index")
        condition = i < a.len
        if f.chance(0.5):
            stop = g.condition_on(a[i])
            condition = both(condition, negate(stop) if f.chance(0.5) else stop)
        with f.loop(condition):
            x = f.let(a[i])
            f.add(i, f.any(1, 1, 1, 2))
            g.body(depth, [x])
            _read(g, x)
        if f.chance(0.4) and depth == 0:
            g.values.append(i)


def _read(g: Grower, x: E) -> None:
    """Make sure that an element, or its array, is read: fold it into a state."""
    name = x.node.array if isinstance(x.node, ir.Index) else x.node.name
    if any(mentions(statement, name) for statement in g.f.blocks[-1]):
        return
    pool = [s for s in g.states if s.node.name not in g.locked and s.type != "bool"]
    if not pool:
        raise Reject("an element stays unread")
    target = g.rng.choice(pool)
    g.f.set(target, g.as_type(x, target.type), g.f.any("+", "+", "-"))


def text(g: Grower, s: Array, depth: int) -> None:
    """Over a NUL-terminated string."""
    f = g.f
    i = f.let(0, "index")
    condition = s[i] != 0
    if f.chance(0.15):
        condition = both(condition, i < f.any(8, 16, 32, 64, 255))
    with f.loop(condition):
        if f.chance(0.7):
            x = f.let(s[i])
            f.add(i)
            g.body(depth, [x])
            _read(g, x)
        else:
            g.body(depth, [s[i]])
            _read(g, s[i])
            if continues(f.blocks[-1]):
                raise Reject("continue would skip the step")
            f.add(i)


def counted(g: Grower, depth: int) -> None:
    """A counter up to a parameter or a constant."""
    f = g.f
    bounds = [v for v in g.values if v.type in ("i32", "u32", "i64", "u64", "usize") and not _assigned(g, v)]
    if bounds and f.chance(0.65):
        stop = g.touch(g.rng.choice(bounds))
        type = stop.type
        first = number(f.any(0, 0, 0, 1, 1, 2), type)
        lower = [v for v in bounds if v.type == type and v.node != stop.node]
        if lower and f.chance(0.2):
            first = g.touch(g.rng.choice(lower))
        block = f.range(first, stop, inclusive=f.chance(0.2))
    else:
        type = f.any("i32", "i32", "u32")
        block = f.range(0, f.any(4, 8, 8, 10, 16, 16, 32, 64, 100, 3, 5), type=type, reverse=f.chance(0.12))
    with block as i:
        g.body(depth, [i] if f.chance(0.85) else [])


def _assigned(g: Grower, v: E) -> bool:
    return any(v.node == s.node for s in g.states)


def consumed(g: Grower, depth: int) -> None:
    """A number used up by division, shifts or cleared bits."""
    f = g.f
    pool = [v for v in g.values if v.type in ("i32", "u32", "i64", "u64", "u8", "u16") and not _assigned(g, v)]
    if not pool:
        counted(g, depth)
        return
    source = g.touch(g.rng.choice(pool))
    n = f.let(source)
    g.locked.add(n.node.name)
    roll = g.rng.random()
    more = n > 0 if signed(n.type) or f.chance(0.5) else n != 0
    after = f.chance(0.1)

    def step() -> None:
        if roll < 0.35:
            f.set(n, f.any(10, 10, 2, 3, 8, 16), "/")
        elif roll < 0.75 or signed(n.type):
            f.set(n, f.any(1, 1, 1, 2, 3, 4), ">>")
        elif roll < 0.88:
            f.set(n, n - 1, "&")
        else:
            f.set(n, 1, "-")

    def inside() -> None:
        part = f.any(n % 10, n & 1, n & 0xF, n & 3, n % 2, n) if f.chance(0.8) else n
        if f.chance(0.4) and part is not n:
            part = f.let(part)
            g.body(depth, [part])
            _read(g, part)
        else:
            g.body(depth, [part])

    if after:
        with f.dowhile() as until:
            inside()
            if continues(f.blocks[-1]):
                raise Reject("continue in a do-while")
            step()
            until.condition = more
    else:
        with f.loop(more):
            inside()
            if continues(f.blocks[-1]):
                raise Reject("continue would skip the step")
            step()


def meeting(g: Grower, depth: int) -> None:
    """Two numbers that approach each other, or Euclid's pair."""
    f = g.f
    type = f.any(*[v.type for v in g.values if v.type in INTEGERS and v.type in ("i32", "u32", "i64", "u64")] or ["i32"])
    low = f.let(g.leaf(type) if f.chance(0.6) else number(0, type), type)
    high = f.let(g.leaf(type))
    g.locked |= {low.node.name, high.node.name}
    if f.chance(0.35):
        with f.loop(high != 0):
            g.body(depth, [low, high])
            if continues(f.blocks[-1]):
                raise Reject("continue would skip the step")
            rest = f.let(low % high)
            f.set(low, high)
            f.set(high, rest)
    else:
        with f.loop(low < high):
            g.body(depth, [low, high])
            if continues(f.blocks[-1]):
                raise Reject("continue would skip the step")
            if f.chance(0.5):
                f.add(low)
                if f.chance(0.6):
                    f.sub(high)
            else:
                middle = f.let(low + (high - low) / 2)
                with f.when(g.condition_on(middle)):
                    f.set(low, middle + 1)
                with f.other():
                    f.set(high, middle)
    g.values.append(low)


def capped(g: Grower, depth: int) -> None:
    """A wild iteration of a state that a counter ends."""
    f = g.f
    pool = [s for s in g.states if s.type in INTEGERS]
    steps = f.let(0, f.any("i32", "u32"))
    g.locked.add(steps.node.name)
    condition = steps < f.any(10, 16, 32, 64, 100, 256, 1000)
    if pool:
        state = g.rng.choice(pool)
        extra = state.compare(f.any("!=", ">", "!="), f.any(0, 1, 1)) if signed(state.type) else state != f.any(0, 1)
        if f.chance(0.75):
            condition = both(extra, condition) if f.chance(0.6) else both(condition, extra)
        step = g.operation(state, state.type, 1) if f.chance(0.5) else None
    else:
        step = None
    with f.loop(condition):
        if step is not None:
            f.set(state, step)
        else:
            g.body(depth, [steps])
            if continues(f.blocks[-1]):
                raise Reject("continue would skip the step")
        f.add(steps)
    if f.chance(0.5):
        g.values.append(steps)
