"""Programs out of idioms: alone, one after another, inside a loop over elements, or behind helpers."""

from __future__ import annotations

from random import Random

from transpile.corpus import ir
from transpile.corpus.generator import choices, holes
from transpile.corpus.generator.expression import INTEGERS, UNSIGNED, E, both, choose, number
from transpile.corpus.generator.registry import Idiom, Pools
from transpile.corpus.generator.scope import Reject, Scope
from transpile.corpus.signature import FLOATS, WIDTHS


def program(rng: Random, pools: Pools) -> ir.Program:
    """One program made of idioms. Raises Reject when a draw does not fit."""
    f = Scope(rng)
    roll = rng.random()
    if roll < 0.72:
        alone(f, pools.all.draw(rng))
    elif roll < 0.77:
        sequence(f, pools)
    elif roll < 0.85:
        nested(f, pools)
    else:
        with_helpers(f, pools)
    return ir.Program(f.function("f0"), tuple(f.helpers))


# ---------------------------------------------------------------- one idiom


def alone(f: Scope, idiom: Idiom) -> None:
    """The idiom is the function's body."""
    if idiom.kind == "scalar" and f.chance(0.15):
        guard(f)
    conclude(f, idiom.run(f))


def guard(f: Scope) -> None:
    """A guard clause on a fresh integer parameter, with a result type that the idiom's value is then cast to."""
    x = f.scalar(choices.INTS)
    f.claimed.discard(x.node.name)
    f.result = f.any(x.type, x.type, "i32")
    with f.when(holes.predicate(f, x, text=False, parameter=0.0)):
        f.ret(f.any(0, 0, 0, 1, -1) if f.result in ("i32", "i64") else f.any(0, 0, 1))
    f.offers.append(x)


def conclude(f: Scope, value: E | None) -> None:
    """Return the idiom's value in one of the ways people do; nothing to add after a `tail`."""
    if f.ended() or (value is None and f.result is None):
        return
    if value is None:
        holes.ret_truth(f, True) if f.result == "bool" else f.ret(number(0, f.result))
        return
    if f.result is not None:
        fitted = fit(f, value, f.result)
        f.ret(fitted)
        return
    roll = f.rng.random()
    if roll < 0.06 or f.chance(0.12):
        value = holes.finish(f, f.named(value))
    if value.type == "bool":
        f.result = f.truth
        f.ret(holes.truth(f, value))
    elif roll < 0.06 and value.type != "index":
        f.result = f.truth
        f.ret(holes.truth(f, holes.predicate(f, value, text=False)))
    elif roll < 0.13 and value.type in INTEGERS and value.type != "index":
        f.ret(value.to(f.any(*choices.INTS)))
    elif roll < 0.17 and value.type != "index":
        out = f.out(value.type)
        f.set(out[0], value, f.any("", "", "+"))
    elif roll < 0.19 and value.type in ("i32", "u32"):
        f.ret(value.to("f64") * f.any(0.5, 0.01, 2.0, 100.0))
    else:
        f.ret(value)


def fit(f: Scope, value: E, type: str) -> E:
    """The value as that type, by a comparison or a cast; floats are clamped before they become integers."""
    if value.type == type:
        return value
    if type == "bool":
        return value != 0 if value.type not in FLOATS else value > 0.5
    if value.type == "bool":
        return value.to(type) if type not in FLOATS else choose(value, number(1.0, type), 0.0)
    if value.type in FLOATS and type not in FLOATS:
        kept = f.let(value)
        return choose(both(kept > 0.0, kept < 100.0), kept, 0.0).to(type)
    return value.to(type)


# ---------------------------------------------------------------- several idioms


def sequence(f: Scope, pools: Pools) -> None:
    """Two idioms one after another, over the same inputs where they fit; the second sees the first's value."""
    first = pools.values.draw(f.rng).run(f) if f.chance(0.7) else pools.effects.draw(f.rng).run(f)
    if f.ended():
        return
    f.claimed.clear()
    if first is None or f.chance(0.3):
        second = pools.values.draw(f.rng).run(f)
        conclude(f, second if first is None else joined(f, first, second))
        return
    if first.type in WIDTHS and first.type not in FLOATS and first.type != "bool" and f.chance(0.6):
        kept = f.named(first)
        f.offers.append(kept)
        second = pools.scalars.draw(f.rng).run(f)
        if f.offers:
            f.offers.clear()
            second = joined(f, kept, second)
        conclude(f, second)
        return
    conclude(f, joined(f, first, pools.values.draw(f.rng).run(f)))


def joined(f: Scope, first: E, second: E | None) -> E:
    """One value of two."""
    if second is None:
        return first
    if second.type == "bool":
        first, second = second, first
    first = f.named(first)
    if first.type == "bool":
        if second.type == "bool":
            return both(first, second)
        return choose(first, second, 0)
    if first.type == "index":
        first = f.named(first.to(f.length_type))
    second = f.named(fit(f, second, first.type))
    roll = f.rng.random()
    if roll < 0.35:
        return first + second
    if roll < 0.5:
        return first - second
    if roll < 0.6:
        return first * second
    if roll < 0.75:
        return choose(first.compare(f.any("<", ">"), second), first, second)
    if roll < 0.9 and first.type in UNSIGNED:
        return first ^ second
    return first.compare(f.any("<", ">", "=="), second)


def nested(f: Scope, pools: Pools) -> None:
    """A scalar idiom applied to every element (or every number up to a bound), its values accumulated, stored, counted."""
    idiom = pools.scalars.draw(f.rng)
    roll = f.rng.random()
    if roll < 0.65:
        a = f.array(choices.INT_ELEMENTS)
        store = f.chance(0.3)
        total = None if store else f.let(0, f.any("i32", "u32", "u64", "i64", "index"))
        with f.walk(a, 0.0 if store else 0.6) as (x, i):
            value = _inner(f, idiom, x)
            if store:
                f.set(a[i], fit(f, value, a.element))
            else:
                _collect(f, total, value)
    else:
        type = f.any("i32", "u32", "u32", "i64")
        stop = f.scalar(type)
        total = f.let(0, f.any(type, "u64", "i32"))
        with f.range(f.any(0, 1, 1, 2), stop, type=type, inclusive=False) as x:
            _collect(f, total, _inner(f, idiom, x))
    conclude(f, total)


def _inner(f: Scope, idiom: Idiom, x: E) -> E:
    if not isinstance(x.node, ir.Var):
        x = f.let(x)
    f.offers.append(x)
    value = idiom.run(f)
    if f.offers:
        f.offers.clear()
        raise Reject("the idiom takes no integer")
    assert value is not None
    return value


def _collect(f: Scope, total: E, value: E) -> None:
    if value.type == "bool":
        with f.when(value):
            f.add(total)
    elif total.type == "index" or f.chance(0.25):
        kept = f.named(value)
        if total.type == "index":
            with f.when(holes.predicate(f, kept, text=False)):
                f.add(total)
        else:
            fitted = fit(f, kept, total.type)
            with f.when(fitted.compare(f.any(">", "<"), total)):
                f.set(total, fitted)
    else:
        holes.accumulate(f, total, fit(f, value, total.type))


# ---------------------------------------------------------------- helpers


def with_helpers(f: Scope, pools: Pools) -> None:
    """An entry that calls one or two helpers."""
    for i in range(1 if f.chance(0.75) else 2):
        h = Scope(f.rng, f.length_type)
        h.truth = f.truth
        idiom = (pools.scalars if f.chance(0.55) else pools.all).draw(f.rng)
        value = idiom.run(h)
        conclude(h, value)
        if h.structs:
            raise Reject("helpers take no structs")
        f.helpers.append(h.function(f"c{i}"))
    helper = f.helpers[-1]
    if len(f.helpers) == 2:
        first = call(f, f.helpers[0])
        second = call(f, helper)
        if first is None or second is None:
            conclude(f, first if second is None else second)
        else:
            conclude(f, joined(f, f.let(first), second))
        return
    pointers = [p for p in helper.signature.parameters if p.pointer]
    if not pointers and helper.signature.result is not None and f.chance(0.7):
        looped_call(f, helper)
        return
    value = call(f, helper)
    if value is None:
        if f.chance(0.5):
            f.claimed.clear()
            conclude(f, pools.values.draw(f.rng).run(f))
        return
    if f.chance(0.25) and not pointers:
        f.claimed.clear()
        again = call(f, helper)
        value = joined(f, value, again) if again.node != value.node else value
    elif value.type not in FLOATS and value.type != "bool" and f.chance(0.5):
        value = holes.transform(f, f.named(value), 1)
    conclude(f, value)


def looped_call(f: Scope, helper: ir.Function) -> None:
    """A scalar helper called for every element, or for every number below a bound."""
    kinds = [p.type for p in helper.signature.parameters]
    if not kinds:
        raise Reject("a helper without parameters")
    counted = kinds[0] in ("i32", "u32", "i64", "u64", "usize") and f.chance(0.35)
    result = helper.signature.result
    total = f.let(0, f.any("i32", "u32", "i64") if result in ("bool",) else result)
    if counted:
        low, high = (f.scalar(kinds[0]), f.scalar(kinds[0])) if f.chance(0.3) else (f.any(0, 1, 1, 2), f.scalar(kinds[0]))
        with f.range(low, high, type=kinds[0]) as x:
            f.offers.append(x)
            _collect(f, total, call(f, helper))
    else:
        a = f.array(kinds[0])
        with f.walk(a) as (x, _):
            f.offers.append(x)
            _collect(f, total, call(f, helper))
    f.offers.clear()
    conclude(f, total)


def call(f: Scope, helper: ir.Function) -> E | None:
    """A call with arguments out of the scope; emitted as a statement if the helper returns nothing."""
    signature = helper.signature
    arguments: dict[int, ir.Expr] = {}
    for i, p in enumerate(signature.parameters):
        if not p.pointer or i in arguments:
            continue
        together = [j for j, q in enumerate(signature.parameters) if q.pointer and p.length is not None and q.length == p.length]
        if p.length is None:
            array = f.text((p.type,)) if p.const and p.type in ("u8", "i8") else f.out(p.type)
            arrays = [array]
            together = [i]
        elif len(together) > 1:
            arrays = f.new_arrays(*(signature.parameters[j].type for j in together))
        else:
            arrays = [f.array(p.type)]
        for j, array in zip(together, arrays, strict=True):
            arguments[j] = ir.Var("array", array.name)
            if not signature.parameters[j].const:
                f.written.add(array.name)
        if p.length is not None:
            arguments[p.length] = ir.Len("index", arrays[0].name)
    for i, p in enumerate(signature.parameters):
        if i not in arguments:
            if len(signature.parameters) > 1 and i > 0 and f.chance(0.25) and p.type != "bool":
                arguments[i] = number(choices.literal(f.rng, p.type), p.type).node
            else:
                arguments[i] = f.scalar(p.type).node
    node = ir.Call(signature.result or "", signature.name, tuple(arguments[i] for i in range(len(signature.parameters))))
    if signature.result is None:
        f.emit(ir.Do(node))
        return None
    return E(node)
