"""Decisions by a code: operations, mappings, interpreted commands, state machines; by switch or chains of conditions."""

from __future__ import annotations

from transpile.corpus.generator import choices, holes
from transpile.corpus.generator.expression import E, builtin, choose, divisible, indivisible, number, signed
from transpile.corpus.generator.idioms_text import each_byte, source
from transpile.corpus.generator.registry import idiom
from transpile.corpus.generator.scope import Scope
from transpile.corpus.signature import FLOATS


@idiom("tail", 2.5)
def calculator(f: Scope) -> None:
    """An operation chosen by a code: characters or small numbers; by switch or by ifs."""
    type = f.any("i32", "i32", "u32", "i64", "f64", "u8")
    op, a, b = f.ordered(lambda: f.scalar(("i32", "u8", "i8", "u32")), lambda: f.scalar(type), lambda: f.scalar(type), usual=0.6)
    f.result = type
    chars = op.type in ("u8", "i8") or f.chance(0.2)
    actions = [("+", a + b), ("-", a - b), ("*", a * b)]
    if type in FLOATS:
        actions.append(("/", a / b))
    else:
        actions += [
            ("/", None),
            ("%", None),
            ("&", a & b),
            ("|", a | b),
            ("^", a ^ b),
            ("<", choose(a < b, a, b)),
            (">", choose(a > b, a, b)),
        ]
    actions = actions[: f.any(3, 4)] if f.chance(0.4) else f.rng.sample(actions, min(len(actions), f.any(2, 3, 4, 5)))

    def act(char: str, value: E | None) -> None:
        if value is None:
            safe, bad, good = (a / b, indivisible(b), divisible(b)) if char == "/" else (a % b, b == 0, b != 0)
            if f.chance(0.5):
                f.ret(choose(bad, number(0, type), safe) if f.chance(0.6) else choose(good, safe, 0))
            else:
                with f.when(bad):
                    f.ret(0)
                f.ret(safe)
        else:
            f.ret(value)

    if f.chance(0.75):
        with f.switch(op) as s:
            for k, (char, value) in enumerate(actions):
                with s.case(char if chars else k):
                    act(char, value)
            with s.otherwise():
                f.ret(f.any(number(0, type), a))
        return
    for k, (char, value) in enumerate(actions):
        with f.when(op == (char if chars else k)):
            act(char, value)
    f.ret(0)


@idiom("tail", 1.5)
def switch_map(f: Scope) -> None:
    """Codes mapped to constants."""
    x = f.scalar(("i32", "u32", "u8", "i32"))
    f.result = f.any("i32", "i32", "u8", "u32", "bool")
    count = f.any(3, 4, 5, 6, 8)
    if x.type == "u8" and f.chance(0.5):
        keys: list = f.rng.sample("abcdefghijklmnopqrstuvwxyzABCDEF0123456789+-*/", count)
    elif f.chance(0.6):
        first = f.any(0, 0, 1, 1)
        keys = list(range(first, first + count))
    else:
        keys = sorted(f.rng.sample(range(0, 128), count))
    if f.result == "bool":
        with f.switch(x) as s:
            with s.case(*keys):
                f.ret(True)
            with s.otherwise():
                f.ret(False)
        return
    grouped = f.chance(0.35)
    with f.switch(x) as s:
        while keys:
            take = f.any(1, 2, 3) if grouped else 1
            group, keys = keys[:take], keys[take:]
            with s.case(*group):
                if f.chance(0.85) or x.type == "u8":
                    f.ret(choices.pick(f.rng, choices.COMMON, f.result))
                else:
                    f.ret(holes.transform(f, x, 1, 0.0))
        with s.otherwise():
            f.ret(f.any(0, 0, -1) if signed(f.result) else 0)


@idiom("value", 1.2)
def switch_accumulate(f: Scope) -> E:
    """Commands over an array interpreted: moves, stack-like registers, counters."""
    s = source(f, 0.8)
    x = f.let(0, f.any("i32", "i64", "i32"))
    y = f.let(0, x.type)
    chars = f.chance(0.6)
    keys = f.any("UDLR", "NSEW", "+-*/", "udlr", "^v<>", "abcd") if chars else [0, 1, 2, 3]
    actions = [
        lambda: f.add(y),
        lambda: f.sub(y),
        lambda: f.sub(x),
        lambda: f.add(x),
        lambda: f.set(x, y, "+"),
        lambda: f.set(y, x * f.any(2, 3)),
        lambda: f.set(x, f.any(2, 10), "*"),
        lambda: f.set(y, 1, ">>"),
    ]
    if f.chance(0.5):
        f.rng.shuffle(actions)
    with each_byte(f, s) as c, f.switch(c) as switch:
        for key, action in zip(keys[: f.any(3, 4, 4)], actions, strict=False):
            with switch.case(key):
                action()
        if f.chance(0.3):
            with switch.otherwise():
                f.set(x, 1, f.any("+", "^"))
    return f.any(x, x * x + y * y, x + y, builtin("abs", x) + builtin("abs", y), (x << 16) + y)


@idiom("tail", 2)
def state_machine(f: Scope) -> None:
    """States over bytes: a lexer, a matcher, a counter of patterns; by switch or ifs."""
    s = source(f)
    state, count = f.let(0, "i32"), f.let(0, "i32")
    states = f.any(2, 3, 3, 4)
    kinds = [f.any("digit", "alpha", "space", "char", "separator", "lower", "char") for _ in range(states)]
    f.result = f.any("i32", "i32", f.truth)
    error = f.chance(0.3)

    def step(k: int, c: E) -> None:
        with f.when(holes.char_class(f, c, kinds[k])):
            f.set(state, (k + 1) % states)
            if f.chance(0.5) or k == 0:
                f.add(count)
        if f.chance(0.5):
            with f.elsewhen(holes.char_class(f, c, f.any("digit", "char", "space"))) if f.chance(0.5) else f.other():
                if error and f.chance(0.4):
                    f.ret(False if f.result == "bool" else f.any(0, -1))
                else:
                    f.set(state, f.rng.choice([j for j in range(states) if j != k] or [0]))

    with each_byte(f, s) as c:
        if f.chance(0.6):
            with f.switch(state) as switch:
                for k in range(states):
                    with switch.case(k):
                        step(k, c)
        else:
            for k in range(states - 1):
                with f.when(state == k) if k == 0 else f.elsewhen(state == k):
                    step(k, c)
            with f.other():
                step(states - 1, c)
    if f.result == "bool" or f.chance(0.3):
        f.ret(holes.truth(f, state == f.rng.randrange(states)) if f.chance(0.6) else holes.truth(f, count > f.any(0, 1)))
    else:
        f.ret(f.any(count, count * states + state, count + state))
