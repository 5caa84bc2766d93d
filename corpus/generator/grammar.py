"""The typed random grammar: functions grown statement by statement, with context.

Loops progress by construction; every local is read by a later statement or by the result; conditions and updates are made of
what is in scope.
"""

from __future__ import annotations

from random import Random

from transpile.corpus import ir
from transpile.corpus.generator import choices, holes
from transpile.corpus.generator.expression import INTEGERS, NARROW, E, choose, number, signed
from transpile.corpus.generator.growth import Values, contains
from transpile.corpus.generator.registry import Pools
from transpile.corpus.generator.scope import Array, Reject, Scope
from transpile.corpus.signature import FLOATS

NUMERIC = ("i32", "u32", "i64", "u64", "f32", "f64")


def program(rng: Random, pools: Pools | None = None) -> ir.Program:
    """One program of the grammar, with idioms among its statements if `pools` are given. Raises Reject when a draw does not fit."""
    f = Scope(rng)
    Grower(f).grow(pools)
    return ir.Program(f.function("f0"), tuple(f.helpers))


class Grower(Values):
    """Grows one function in a scope."""

    def __init__(self, f: Scope):
        super().__init__(f)
        self.states: list[E] = []
        self.locked: set[str] = set()
        self.arrays: list[Array] = []
        self.output: Array | None = None
        self.fuel = 0
        self.guards = 0
        self.loops = 0

    # ------------------------------------------------------------ the whole

    def grow(self, pools: Pools | None = None) -> None:
        """The whole function. With `pools`, idioms may stand among the statements."""
        f, rng = self.f, self.rng
        self.inputs()
        main = self.main_type()
        self.fuel = f.any(1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 9, 12)
        if f.chance(0.35):
            self.result_type(main)
            for _ in range(f.any(1, 1, 1, 2)):
                self.guard()
        else:
            self.guards = 9
        if self.arrays or f.chance(0.55):
            for _ in range(f.any(1, 1, 1, 2, 2, 3)):
                self.state(main if f.chance(0.7) else None)
        if not self.states and not self.arrays and f.result is None and f.chance(0.25):
            self.branches(main)
            return
        looped = False
        while self.fuel > 0:
            roll = rng.random()
            if pools is not None and self.loops == 0 and f.chance(0.16):
                self.fragment(pools)
                looped = True
            elif (self.arrays and not looped) or (self.states and roll < (0.3, 0.08, 0)[min(self.loops, 2)]):
                self.loop(0)
                looped = True
            elif self.states and roll < 0.65:
                self.update(0)
            elif roll < 0.72 and self.guards < 3:
                self.guard()
            else:
                self.temporary(main)
        self.finish(main)

    def inputs(self) -> None:
        f = self.f
        roll = self.rng.random()
        scalars = f.any(1, 1, 2, 2, 2, 3, 3, 4)
        type = f.any(*choices.NUMBERS)
        if roll < 0.45:
            arrays: list[Array] = []
        elif roll < 0.8:
            scalars = f.any(0, 0, 0, 1, 1, 2)
            if f.chance(0.12) and scalars:
                self.parameter(type)
                scalars -= 1
            arrays = f.new_arrays(f.any(*choices.ELEMENTS))
        elif roll < 0.93:
            scalars = f.any(0, 0, 1)
            first = f.any(*choices.ELEMENTS)
            arrays = f.new_arrays(first, first if f.chance(0.7) else f.any(*choices.ELEMENTS))
            if f.chance(0.4):
                self.output = arrays[0]
        else:
            scalars = f.any(0, 0, 1)
            arrays = [f.text()]
        if arrays:
            type = arrays[0].element if f.chance(0.6) else type
            if f.chance(0.25) and len(arrays) == 1 and arrays[0].sized:
                self.output = arrays[0]
        self.arrays = arrays
        for _ in range(scalars):
            self.parameter(type)
            if f.chance(0.25):
                type = f.any(*choices.NUMBERS)

    def parameter(self, type: str) -> None:
        value = E(ir.Var(type, self.f._parameter(type)))
        self.values.append(value)
        self.pending.append(value)

    def main_type(self) -> str:
        """The type in which most of the work is done."""
        f = self.f
        candidates = [v.type for v in self.values] + [holes.accumulator_type(f, a.element) for a in self.arrays]
        floats = [t for t in candidates if t in FLOATS]
        type = f.any(*floats) if floats and f.chance(0.8) else f.any(*candidates)
        if type in NARROW and f.chance(0.8):
            type = f.any("i32", "u32") if not signed(type) else "i32"
        return type

    def result_type(self, main: str) -> None:
        self.f.result = main if self.f.chance(0.75) else self.f.any("i32", self.f.truth)
        if main in FLOATS:
            self.f.result = main

    def finish(self, main: str) -> None:
        """The result: everything not read yet, joined."""
        f = self.f
        for state in self.states:
            if not f.lets[state.node.name].mutable:
                raise Reject("a state never changes")
        loose = [s for s in self.states]
        loose += [p for p in self.pending if not any(p.node == s.node for s in self.states)]
        self.pending = []
        if f.result is None and f.chance(0.12):
            f.result = f.truth
        if f.result is None and self.output is not None and not loose:
            return
        if not loose:
            value = self.expression(main, 1)
        else:
            type = main if f.result in (None, "bool") or f.result != main else f.result
            value = self.as_type(loose[0], type)
            for other in loose[1:]:
                value = self.join(value, self.as_type(other, type))
            if f.chance(0.15):
                value = self.operation(value, type, 1)
        if f.result is not None and f.result != value.type:
            value = self.condition_on(value) if f.result in ("bool",) or f.chance(0.5) else self.as_type(value, f.result)
            if value.type == "bool" and f.result != "bool":
                value = choose(value, number(1, f.result), 0)
        f.ret(value)

    # ------------------------------------------------------------ statements

    def state(self, type: str | None = None) -> E:
        """A mutable local; updates follow, and the result reads it."""
        f = self.f
        type = type or (f.any(*NUMERIC[:4]) if f.chance(0.8) else f.any(*NUMERIC))
        simple = f.chance(0.75) or not self.readable(type)
        value = f.let(holes.start(f, type) if simple else self.leaf(type), type)
        self.values.append(value)
        self.states.append(value)
        self.fuel -= 1
        return value

    def temporary(self, main: str) -> None:
        """A local that later statements read."""
        f = self.f
        type = main if f.chance(0.75) else f.any(*[v.type for v in self.values if v.type not in ("index", "bool")] or [main])
        value = f.let(self.condition() if f.chance(0.06) else self.expression(type, f.any(1, 1, 2, 2, 3)))
        self.values.append(value)
        self.pending.append(value)
        self.fuel -= 1

    def guard(self) -> None:
        """if (...) return ...; at the top level."""
        f = self.f
        condition = self.condition()
        with f.when(condition):
            self.leave()
        self.fuel -= 1
        self.guards += 1

    def leave(self) -> None:
        f = self.f
        if f.result == "bool":
            f.ret(f.chance(0.5))
        elif f.result in FLOATS:
            f.ret(f.any(0, 0, 1, -1))
        elif f.chance(0.7) or not self.readable(f.result):
            f.ret(f.any(0, 0, 0, 1, -1 if signed(f.result) else 0))
        else:
            f.ret(self.touch(self.rng.choice(self.readable(f.result))))

    def branches(self, main: str) -> None:
        """A function that is a chain of conditions with a result each."""
        f = self.f
        type = main
        for _ in range(f.any(1, 2, 2, 3, 4)):
            condition = self.condition()
            with f.when(condition):
                self.f.ret(self.expression(type, f.any(0, 1, 1, 2)) if f.chance(0.6) else number(choices.literal(self.rng, type), type))
        value = self.expression(type, f.any(0, 1, 2))
        for other in self.pending:
            value = self.join(value, self.as_type(other, type))
        f.ret(value)

    def update(self, depth: int) -> None:
        """A state changes: directly, under a condition, by a switch."""
        f = self.f
        self.fuel -= 1
        roll = self.rng.random()
        settled = depth > 0 or any(f.lets[s.node.name].mutable for s in self.states)
        if settled and (roll < 0.45 or depth > 2):
            self.assign(top=depth == 0)
        elif roll < 0.86:
            condition = self.condition()
            with f.when(condition):
                self.inner(depth + 1)
            if f.chance(0.3):
                other = self.condition() if f.chance(0.25) else None
                with f.elsewhen(other) if other is not None else f.other():
                    self.inner(depth + 1)
                if other is not None and f.chance(0.5):
                    with f.other():
                        self.inner(depth + 1)
        elif roll < 0.92:
            self.switch(depth)
        elif self.output is not None and depth > 0:
            self.store()
        else:
            self.assign(top=depth == 0)

    def inner(self, depth: int) -> None:
        for _ in range(self.f.any(1, 1, 1, 1, 2, 2)):
            if self.fuel > 3 and depth < 2 and self.f.chance(0.12):
                self.update(depth)
            else:
                self.assign()

    def assign(self, top: bool = False) -> None:
        """state op= expression, or state = f(state, ...). `top`: outside loops, only what has already changed may change."""
        f = self.f
        pool = [s for s in self.states if s.node.name not in self.locked and not (top and not f.lets[s.node.name].mutable)]
        if not pool:
            raise Reject("no state to change")
        idle = [s for s in pool if not f.lets[s.node.name].mutable]
        target = self.rng.choice(idle if idle and f.chance(0.6) else pool)
        type = target.type
        if type == "bool":
            f.set(target, self.condition())
            return
        saved = self.values
        self.values = [v for v in self.values if v.node != target.node] or saved
        roll = self.rng.random()
        try:
            if roll < 0.2 and type in INTEGERS:
                f.set(target, f.any(1, 1, 1, 1, 2, 3), f.any("+", "+", "+", "-"))
            elif roll < 0.72:
                op = f.any("+", "+", "+", "+", "-", "-", "*") if type in FLOATS else f.any(*"++++++--*^^|&")
                if op in "*&" and f.starts_at_zero(target):
                    op = "+"
                f.set(target, self.expression(type, f.any(0, 0, 1, 1, 2)), op)
            elif type in FLOATS:
                f.set(target, target * number(f.any(0.5, 0.9, 2.0, 0.25), type) + self.expression(type, 0))
            elif roll < 0.8:
                f.set(target, target * choices.multiplier(self.rng, type) + self.expression(type, 0))
            elif roll < 0.86:
                f.set(target, choices.shift(self.rng, type), f.any("<<", ">>"))
                f.set(target, self.expression(type, 0), f.any("^", "+", "|"))
            elif roll < 0.94:
                f.set(target, self.operation(target, type, 1))
            else:
                other = self.expression(type, 1)
                f.set(target, choose(target.compare(f.any("<", ">"), other), target, other))
        finally:
            self.values = saved

    def store(self) -> None:
        """An element of the output at the loop's position; only where a loop offers one."""
        target = next((v for v in reversed(self.values) if isinstance(v.node, ir.Index) and v.node.array == self.output.name), None)
        if target is None:
            self.assign()
            return
        f = self.f
        op = f.any("", "", "+", "-", "*") if target.type in FLOATS else f.any("", "", "", "+", "-", "^", "&", "*")
        value = self.expression(target.type, f.any(0, 1, 1, 2))
        if contains(value, target) and (op or value.node == target.node):
            value = holes.transform(f, target, 1, 0.0)
            op = ""
        f.set(target, value, op)

    def switch(self, depth: int) -> None:
        f = self.f
        pool = [v for v in self.values if v.type in ("i32", "u32", "u8", "i64", "u64")]
        if not pool:
            self.assign()
            return
        x = self.touch(self.rng.choice(pool))
        count = f.any(2, 3, 3, 4, 5)
        if x.type == "u8" and f.chance(0.6):
            keys = self.rng.sample("+-*/.,;: ()[]<>=abcdexn0123", count)
        else:
            by = f.any(3, 4, 5, 7, 8)
            x = x % by if f.chance(0.5) else x & (f.any(3, 7))
            keys = self.rng.sample(range(0, 4), min(count, 4)) if f.chance(0.7) else list(range(min(count, 3)))
        with f.switch(x) as s:
            for key in keys:
                with s.case(key):
                    self.assign()
            if f.chance(0.6):
                with s.otherwise():
                    self.assign()

    def fragment(self, pools: Pools) -> None:
        """An idiom of the library in the middle of a function: its value is read later."""
        f = self.f
        f.claimed.clear()
        f.scalars = [v for v in self.values if isinstance(v.node, ir.Var) and v.node.name[0] == "p"]
        value = pools.values.draw(self.rng).run(f)
        if value is None or f.ended():
            raise Reject("the fragment gives nothing")
        value = f.named(value)
        self.fuel -= 2
        if value.type != "index":
            self.values.append(value)
            self.pending.append(value)
        else:
            self.values.append(f.let(value.to("i32")))
            self.pending.append(self.values[-1])
        known = {v.node.name for v in self.values if isinstance(v.node, ir.Var)}
        self.values[:0] = [v for v in f.scalars if v.node.name not in known]

    # ------------------------------------------------------------ loops

    def loop(self, depth: int) -> None:
        from transpile.corpus.generator import loops

        self.fuel -= 1
        self.loops += depth == 0
        loops.grow(self, depth)

    def body(self, depth: int, new: list[E]) -> None:
        """Statements of a loop body; `new` are values that only the body sees."""
        f = self.f
        saved, pending, hot = self.values, self.pending, self.hot
        self.values = self.values + new
        self.hot = [v for v in new if v.type != "index"] or hot
        # Not every value of a loop must be read: positions and elements cost nothing.
        locked = len(self.states)
        count = f.any(1, 1, 1, 2, 2, 3)
        if f.chance(0.12) and depth < 2:
            with f.when(self.condition()):
                if f.chance(0.55):
                    f.cont()
                elif f.result is not None and f.chance(0.5):
                    self.leave()
                else:
                    f.brk()
        if f.chance(0.3) and (new or self.values):
            type = new[0].type if new and new[0].type != "index" and f.chance(0.7) else self.f.any(*[s.type for s in self.states] or ["i32"])
            if type != "bool":
                self.values.append(self.f.let(self.expression(type, f.any(1, 1, 2))))
                self.pending = [*self.pending, self.values[-1]]
        if self.output is not None and f.chance(0.7):
            self.store()
            count -= 1
        for _ in range(count):
            if depth < 1 and self.fuel > 0 and f.chance(0.18):
                self.loop(depth + 1)
            else:
                self.update(depth + 1)
        inner = [p for p in self.pending if not any(p.node == q.node for q in pending)]
        for value in inner:
            pool = [s for s in self.states if s.node.name not in self.locked and s.type != "bool"]
            if not pool:
                raise Reject("a local of a loop stays unread")
            target = self.rng.choice(pool)
            f.set(target, self.as_type(value, target.type), "+")
        self.values, self.hot = saved, hot
        self.pending = [p for p in self.pending if any(p.node == q.node for q in pending)]
        del self.states[locked:]
