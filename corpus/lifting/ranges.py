"""`while` loops that count, as loops over a range: exact where the counter is nothing else's business, since both test before every round."""

from __future__ import annotations

from collections.abc import Sequence

from transpile.corpus import ir
from transpile.corpus.ir_names import used, walk
from transpile.corpus.lifting.loops import Body, alone, assigned, bare, converted, fixed, initial, plus, skips, substitute
from transpile.corpus.signature import FLOATS, SIGNED

HALF = 0.5
LARGE = 1 << 16
"""Between numbers below this a counter may have any type."""
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def ranged(before: Sequence[ir.Stmt], loop: ir.While, after: frozenset[str]) -> list[ir.Stmt] | None:
    """The list up to and with a loop that counts in one place as one over a range, None where it is none. `after`: names that are read later."""
    condition = loop.condition
    if not isinstance(condition, ir.Compare) or not loop.body or skips(loop.body) or loop.label:
        return None
    left, op, right = condition.left, condition.op, condition.right
    if not isinstance(inner := bare(left), ir.Var) or _step(loop.body, inner) is None:
        left, op, right = right, _TURNED.get(op, op), left
    own = bare(left)
    found = isinstance(own, ir.Var) and not isinstance(own, ir.Global) and own.name not in after and _step(loop.body, own)
    if not found or left.type in FLOATS or own.type == "bool":
        return None
    assert isinstance(own, ir.Var)
    place, by = found
    body = (*loop.body[:place], *loop.body[place + 1 :])
    start = initial(before, own.name)
    if start is None or own.name in assigned(body) or not fixed(right, loop.body) or not alone(before, start[0], own.name):
        return None
    if any(isinstance(n, ir.ForRange | ir.ForEach) and n.name == own.name for n in walk(body)):
        return None
    span = _span(op, right, start[1], by, place > 0 or len(loop.body) == 1, left.type)
    if span is None:
        return None
    first, stop, inclusive = span
    if inclusive and isinstance(bare(stop), ir.Const) and by > 0:
        stop, inclusive = plus(bare(stop), 1, bare(stop).type), False
    within = _index_reads(body, own) >= (HALF if isinstance(bare(stop), ir.Len) else 1)
    kind = "index" if within and _never_below_zero(first) and _never_below_zero(stop) else left.type
    if kind == "u32" and all(isinstance(bare(v), ir.Const) and int(bare(v).value) < LARGE for v in (first, stop)):
        kind = "index" if _mostly(body, own, "index") else "i32" if _mostly(body, own, "i32") else kind
    one = ir.Var(kind, own.name)
    body = substitute(body, own.name, one if kind == own.type else ir.Cast(own.type, one))
    first, stop = (converted(value, kind) if kind == "index" or isinstance(bare(value), ir.Const) else _as(value, kind) for value in (first, stop))
    kept = [one for i, one in enumerate(before) if i != start[0]]
    return [*kept, ir.ForRange(own.name, kind, first, stop, body, abs(by), inclusive, by < 0)]


def _as(value: ir.Expr, kind: str) -> ir.Expr:
    return value if value.type == kind else ir.Cast(kind, value)


def _step(body: Body, variable: ir.Var) -> tuple[int, int] | None:
    """Where a loop's body counts the variable, as its first statement or behind all that reads it, and by how much."""
    for place, one in enumerate(body):
        if isinstance(one, ir.Assign) and one.target == variable and one.op in ("+", "-") and isinstance(one.value, ir.Const):
            by = int(one.value.value) * (1 if one.op == "+" else -1)
            done = variable.name not in used(body[place + 1 :]) and not any(isinstance(n, ir.Break) for n in walk(body[place + 1 :]))
            return (place, by) if (by > 0 and done) or (by == -1 and (done or not place)) else None
    return None


def _span(op: str, bound: ir.Expr, start: ir.Expr, by: int, last: bool, kind: str) -> tuple[ir.Expr, ir.Expr, bool] | None:
    """First value and end of the range, and whether the end is in it; of one that goes down, the lowest value comes first. `last`: the step is the
    loop's last statement."""
    if by > 0:
        if op == "!=" and not (by == 1 and isinstance(start, ir.Const) and start.value == 0 and isinstance(bare(bound), ir.Len)):
            return None
        return (start, bound, op == "<=") if op in ("<", "<=", "!=") else None
    if op == "!=" and (kind in SIGNED or not (isinstance(bound, ir.Const) and bound.value == 0)):
        return None
    least = {">": plus(bound, 1, bound.type), ">=": bound, "!=": plus(bound, 1, bound.type)}.get(op)
    if least is None or (last and kind not in SIGNED):
        return None  # counting down to 0 wraps
    # Values in the body: from the start if it counts at its end, else one less throughout.
    if not last:
        return plus(least, -1, least.type), start, False
    above = plus(start, 1, start.type)
    return (least, above, False) if isinstance(above, ir.Const | ir.Var | ir.Cast | ir.Len) else (least, start, True)


def _mostly(body: Body, own: ir.Var, type_: str) -> bool:
    """Do most reads of the variable want it, or what is computed from it, as that type?"""
    wanted = sum(sum(n == own for n in walk(c.operand)) for c in walk(body) if isinstance(c, ir.Cast) and c.type == type_)
    return 2 * wanted > sum(n == own for n in walk(body))


def _index_reads(body: Body, own: ir.Var) -> float:
    """Which share of its reads takes the variable for the position of an element."""
    reads = sum(n == own for n in walk(body))
    places = sum(isinstance(n, ir.Index) and bare(n.index) == own and (n.index == own or n.index.type == "index") for n in walk(body))
    casts = sum(isinstance(n, ir.Cast) and n.type == "index" and n.operand == own for n in walk(body))
    inside = sum(isinstance(n, ir.Index) and isinstance(n.index, ir.Cast) and n.index.type == "index" and n.index.operand == own for n in walk(body))
    return (places + casts - inside) / max(1, reads)


def _never_below_zero(value: ir.Expr) -> bool:
    value = bare(value)
    return isinstance(value, ir.Len) or value.type == "index" or (isinstance(value, ir.Const) and int(value.value) >= 0)
