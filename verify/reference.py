"""The original on its inputs: vectors chosen once, run once, and kept as what every candidate must reproduce.

Some vectors are drawn from the types; the others are found by mutation, guided by what they reach (`explore`), until that stops growing.
Invariant: the vectors kept are exactly those that the original can take by `policy`, and `outcomes` is a plain run (no probes) over all of
them, in order, as every candidate's run will be; of what keeps anything between calls in a fresh instance.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np

from transpile.corpus.errors import TranspileError
from transpile.corpus.signature import Signature
from transpile.verify import driver, policy
from transpile.verify.draw import Mined
from transpile.verify.driver import Outcomes, Target, UnusableModule
from transpile.verify.explore import Explorer
from transpile.verify.formatted import with_formats
from transpile.verify.guard import Guard
from transpile.verify.heap import with_heap
from transpile.verify.inputs import generate
from transpile.verify.instrument import Instrumented, instrument, mine
from transpile.verify.layout import CAPACITY, IN_PLACE, NULL, POINTER, Layout, Tied, Vectors
from transpile.verify.links import improve, lengths_of
from transpile.verify.marshal import ADDRESS, NUMBER, marshal
from transpile.verify.places import problem
from transpile.verify.reach import ROOMS, found, given, roomy, spread, trace, without_lengths
from transpile.verify.shapes import Shape
from transpile.verify.thin import parsed, reachable, thin, with_table
from transpile.verify.types import Executable
from transpile.verify.watch import crosses, watch

FUEL = 200_000
"""Wasm instructions (about) that the original may use on one input; inputs that need more are set aside."""
_DRAWN = 0.6
"""Share of the vectors that are drawn from the types, where the others can be found by exploring."""
_PROBED = 96
_FEWEST, _MOST_BYTES = 128, 1 << 24
"""Vectors of large arenas are fewer, so that all of them together have at most so many bytes; but not fewer than this."""
_ENOUGH, _GAIN = 0.9, 0.06
"""Share of the inputs that the original takes at which no lengths in structs are looked for, and by how much one must raise that share."""
_NEARLY_ALL = 0.97
"""Share of the inputs that the original must take (or not end on) for its buffers not to be measured: what it leaves may be the inputs that matter."""
_NOT_SHORT = 0.75
"""Share of the inputs in which the original must keep to the buffers that are measured, for no longer ones to be tried."""
_TAKES_NULL = 0.5
"""Share of the inputs with a null pointer that the original must take, for that to be one of its inputs."""
_CHUNK, _MOST_CHUNKS, _PATIENCE = 1024, 256, 48
"""Runs of one step of exploring, most steps, and how many steps without news end it while outcomes are unreached (else one does)."""
_ROUNDS = 6
"""How often what the original can't take is taken out: of a function with state, each time others may turn out to be such."""
_MOSTLY_SMALL = 0.9
"""Share of the vectors whose scalars are all small, where many others do not end."""
_EXAMPLES = 8
"""Rows wanted of every feature."""


Accepts = Callable[[Vectors], np.ndarray]
"""Preconditions of the user: which vectors meet them, bool [N]; the rest is set aside."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What a candidate is compared with. `reached` of `branches` outcomes were reached; both 0 where nothing could be measured."""

    signature: Signature
    executable: Executable
    target: Target
    """The original, ready to run."""
    probed: Target | None
    """The same with `probes`."""
    vectors: Vectors
    outcomes: Outcomes
    set_aside: int
    reached: int
    branches: int
    fuel: int
    probes: Instrumented | None
    """The instrumented original for vectors of this layout."""
    unreached: tuple[str, ...] = ()
    """The branch outcomes that were not reached, in words."""
    accepts: Accepts | None = None
    guard: Guard | None = None
    mined: Mined = field(default_factory=Mined)
    """The constants of its code."""

    @property
    def layout(self) -> Layout:
        return self.vectors.layout

    @property
    def coverage(self) -> float | None:
        """Share of branch outcomes reached; 1.0 for code without branches, None where it was not measured."""
        if self.branches < 0:
            return None
        return self.reached / self.branches if self.branches else 1.0

    def strays(self, rows: Vectors) -> np.ndarray:
        """bool [N]: called in this order, in a fresh instance, the original leaves what it was given."""
        if self.probes is None or self.probed is None:
            return np.zeros(len(rows), bool)
        outcomes, _, strayed = watch(self.probes, self.probed, rows, rows.inside(), self.fuel)
        return strayed | policy.unusable(outcomes.status, rows.layout.wide)

    @property
    def candidate_fuel(self) -> int:
        """What a candidate may use on one input before it is taken for endless."""
        return 100_000 + self.layout.cost // 2 + policy.FUEL_FACTOR * min(self.fuel, max(self.outcomes.fuel, 1000))


def target(executable: Executable, signature: Signature, original: Executable | None = None) -> Target:
    """`original`: of what has probes, what it was before. Raises UnusableModule (WrongType) where the executable is not what the signature says."""
    parameters, results = signature.wasm()
    how = marshal(signature)
    pointers = tuple(p.pointer for p in signature.parameters) if how is None else tuple(kind != NUMBER for kind in how.kinds)
    wasm = with_heap(executable.wasm, executable.export, tuple(k for k, one in enumerate(pointers) if not one))
    executable = replace(executable, wasm=with_formats(wasm))
    if how is None:
        return Target(executable, parameters, results, pointers, None, original)
    if how.callbacks:
        with suppress(TranspileError):  # What our decoder does not know has no callbacks, which shows when they are called.
            executable = replace(executable, wasm=with_table(executable.wasm))
    return Target(executable, parameters, results, tuple(kind == ADDRESS for kind in how.kinds), how, original)


def study(
    original: Executable, signature: Signature, *, inputs: int = 1024, seed: int = 0, fuel: int = FUEL, aliasing: bool = True,
    accepts: Accepts | None = None,
) -> Reference:  # fmt: skip
    """Choose `inputs` vectors for the original and run it on them, and its guard, where it has one.

    Fewer are kept where the original can't take them. Raises TranspileError when the original itself cannot be loaded or has another type.
    """
    one = _Study(original, signature, inputs, seed, fuel, aliasing, accepts)
    try:
        try:
            return one.run()
        except UnusableModule:
            # A memory of fixed size may have room for the arguments, but not for the probes.
            one.probing, one.set_aside = False, 0
            return one.run()
    except UnusableModule as error:
        raise TranspileError(f"the original cannot be run: {error}", hint="its memory must be able to grow") from error


def with_true_lengths(original: Executable, signature: Signature) -> Signature:
    """The signature without the lengths that the original does not keep to: those of buffers that it takes otherwise. Raises TranspileError as `study`."""
    if not signature.lengths() or problem(signature):
        return signature
    try:
        one = _Study(original, signature, 1, 0, FUEL, False, None)
        shapes = one.measure(Layout.of(signature)) if one.probing else {}
    except UnusableModule:
        return signature
    return without_lengths(signature, frozenset(shapes))


class _Study:
    def __init__(self, original: Executable, signature: Signature, inputs: int, seed: int, fuel: int, aliasing: bool,
                 accepts: Accepts | None) -> None:  # fmt: skip
        self.original, self.signature, self.inputs, self.fuel, self.aliasing = original, signature, inputs, fuel, aliasing
        self.accepts = accepts
        self.rng = np.random.default_rng(seed)
        self.mined = Mined()
        self.reached = np.zeros(0, bool)
        self.set_aside = 0
        self.instrumented: dict[int, tuple[Instrumented | None, Target | None]] = {}
        try:
            self.plain = target(thin(original), signature)
            self.plain.reused = True
            try:
                self.mined = mine(reachable(parsed(original.wasm), original.export))
                self.probing = True
            except TranspileError:
                self.probing = False  # Instructions that our decoder does not know: judged all the same, without coverage.
        except UnusableModule as error:
            raise TranspileError(f"the original cannot be run: {error}", hint="check the file and the function's signature") from error
        self.guard = None
        if original.guard is not None:
            with suppress(UnusableModule):  # It has checks beside what the original has; without them all is as it was.
                self.guard = Guard(target(thin(original.guard), signature))
        if not signature.parameters:
            self.inputs = 1

    def run(self) -> Reference:
        layout = self._choose_shapes(self._choose_room())
        self.inputs = min(self.inputs, max(_FEWEST, _MOST_BYTES // max(1, layout.stride)))
        probes, probed = self._instrument(layout)
        self.small, self.drawn = 0.5, Vectors.blank(layout, 0)
        drawn = self._draw(layout, int(_DRAWN * self.inputs) if probed and self.signature.parameters else self.inputs, probes, probed)
        parts = [drawn]
        if probes and probed and self.signature.parameters and len(drawn):
            found, fresh = self._explore(drawn, probes, probed)
            more = self.inputs - len(drawn) - len(found) - len(fresh)
            parts = [found, drawn, fresh, *([self._draw(layout, more, probes, probed)] if more > 0 else [])]
        # What exploring found comes first.
        vectors = Vectors.join(parts).take(slice(self.inputs))
        if probes and probed:
            crossing = crosses(probes, probed, vectors, self.fuel)
            self.set_aside += int(crossing.sum())
            vectors = vectors.take(~crossing)
        outcomes = self.plain.run(vectors.arguments(), vectors.arenas, fuel=self._fuel(layout))
        for rounds in range(_ROUNDS):
            fine = ~policy.unusable(outcomes.status, layout.wide)
            if self.plain.stateful and fine.any():  # In another order it may leave what it was given; else it has been asked.
                fine &= self._try(vectors, probes, probed)[0]
            if fine.all():
                break
            if rounds == _ROUNDS - 1:  # State goes on changing what it can take: up to there.
                fine[int(np.argmin(fine)) :] = False
            self.set_aside += int((~fine).sum())
            vectors = vectors.take(fine)
            outcomes = self.plain.run(vectors.arguments(), vectors.arenas, fuel=self._fuel(layout))
        if probes and not len(self.reached):
            self.reached = np.zeros(len(probes.branches), bool)
        return Reference(self.signature, self.original, self.plain, probed, vectors, outcomes, self.set_aside, int(self.reached.sum()),
                         len(probes.branches) if probes else -1, self.fuel, probes, probes.describe(~self.reached) if probes else (),
                         self.accepts, self.guard, self.mined)  # fmt: skip

    def _draw(self, layout: Layout, wanted: int, probes: Instrumented | None, probed: Target | None) -> Vectors:
        """Vectors drawn from the types that the original can take: `wanted` of them, or fewer where it takes few."""
        parts = [Vectors.blank(layout, 0)]
        tried = 0
        while wanted > 0 and tried < 3 * self.inputs:
            count = max(wanted, 32)
            if not len(self.drawn):
                # Many at once take hardly longer than few.
                self.drawn = generate(layout, max(count, 0 if tried else self.inputs), self.rng, self.mined, small=self.small)
            vectors, self.drawn = self.drawn.take(slice(count)), self.drawn.take(slice(count, None))
            tried += len(vectors)
            usable, counts, out_of_fuel = self._try(vectors, probes, probed)
            parts.append(self._keep(vectors, counts, usable))
            wanted -= len(parts[-1])
            if out_of_fuel > 0.2 and self.small < _MOSTLY_SMALL:
                self.small, self.drawn = _MOSTLY_SMALL, self.drawn.take(slice(0))
        return Vectors.join(parts)

    def _explore(self, seeds: Vectors, probes: Instrumented, probed: Target) -> tuple[Vectors, Vectors]:
        """Vectors that reach what others do not, until nothing new is reached, then more of what is reached seldom; and, where these are few, drawn ones."""
        room = self.inputs - len(seeds)
        explorer = Explorer(probed, probes, seeds, self.mined, int(self.rng.integers(1 << 40)), capacity=max(room, self.inputs // 4))
        idle = 0
        for _ in range(_MOST_CHUNKS):
            idle = 0 if explorer.explore(_CHUNK) else idle + 1
            if explorer.exhausted or idle >= (1 if explorer.reached() else _PATIENCE):
                break
        explorer.explore(2 * _CHUNK, _EXAMPLES)
        found = explorer.found()
        # What is drawn already is tried with them: once is quicker than twice.
        fresh = self.drawn.take(slice(max(0, room - len(found))))
        self.drawn = self.drawn.take(slice(len(fresh), None))
        if not len(found) + len(fresh):
            return found, fresh
        usable, counts, _ = self._try(Vectors.join([found, fresh]), probes, probed)
        at = len(found)
        return self._keep(found, counts[:at], usable[:at]), self._keep(fresh, counts[at:], usable[at:])

    def _keep(self, vectors: Vectors, counts: np.ndarray, usable: np.ndarray) -> Vectors:
        if self.accepts is not None:
            usable = usable & self.accepts(vectors)
        self.set_aside += int((~usable).sum())
        reached = (counts[usable] != 0).any(axis=0)
        self.reached = self.reached | reached if len(self.reached) else reached
        return vectors.take(usable)

    def _fuel(self, layout: Layout) -> int:
        return self.fuel + layout.cost

    def _instrument(self, layout: Layout) -> tuple[Instrumented | None, Target | None]:
        if not self.probing:
            return None, None
        if layout.stride not in self.instrumented:
            probes = instrument(self.original, layout.stride)
            probed = target(probes.executable, self.signature, probes.original) if probes else None
            if probed:
                probed.reused = True
            self.instrumented[layout.stride] = probes, probed
        return self.instrumented[layout.stride]

    def _choose_room(self) -> Layout:
        """How much a pointer without a length points to: one element, unless the original is seen to use more."""
        layout = Layout.of(self.signature, aliasing=self.aliasing)
        guessed = self._find_lengths(layout) if layout.wide and self.probing else ()
        layout = replace(layout, guessed=guessed)
        if not self.probing or all(s.length is not None for s in layout.slots):
            return self._allow_null(layout)
        best, least = layout, 1.0
        for room in (1, 16, CAPACITY):
            layout = replace(layout, room=room)
            probes, probed = self._instrument(layout)
            vectors = generate(layout, _PROBED, np.random.default_rng(1), self.mined, small=0.9)
            refused = 1 - float(self._try(vectors, probes, probed)[0].mean())
            # The few inputs that one element is too little for may be those that matter.
            if room == 1 or refused < (least if least > 0.3 else least / 2):
                best, least = layout, refused
            if least <= 1 - _NEARLY_ALL:
                break
        return self._allow_null(best)

    def _choose_shapes(self, layout: Layout) -> Layout:
        """Where the original often leaves what it was given: the layout with the buffers that it is seen to take, if it then does so less often."""
        if not self.probing or all(s.role != POINTER for s in layout.slots):
            return layout

        def kept(tried: Layout) -> tuple[float, float]:
            vectors = generate(tried, _PROBED, np.random.default_rng(4), self.mined, small=0.9)
            usable, _, out_of_fuel = self._try(vectors, *self._instrument(tried))
            return float(usable.mean()), out_of_fuel

        share, endless = kept(layout)
        if share + endless >= _NEARLY_ALL:
            return layout
        shapes = self.measure(layout)
        if not shapes:
            return layout
        shaped = Layout.of(self.signature, room=layout.room, aliasing=self.aliasing, nullable=layout.nullable, given=given(shapes, layout))
        shaped = replace(shaped, guessed=layout.guessed)
        return shaped if kept(shaped)[0] > share + min(_GAIN, (1 - share) / 3) else layout

    def measure(self, usual: Layout) -> dict[int, Shape]:
        """By parameter, the shapes of the buffers that the original takes otherwise than the signature says; see `reach`."""
        for most in ROOMS:
            layout = replace(roomy(self.signature, most), guessed=usual.guessed)
            probes = instrument(self.original, layout.stride, tracing=True)
            if probes is None:
                return {}
            probed = target(probes.executable, self.signature, probes.original)
            returned, vectors, reach = trace(probes, probed, spread(layout, self.mined), self.fuel)
            if len(vectors) > _NOT_SHORT * returned or not self.signature.plain:
                break
        return found(vectors, reach, usual)

    def _find_lengths(self, layout: Layout) -> tuple[tuple[int, Tied], ...]:
        """Numbers in structs that hold how many elements a pointer beside them leads to, or an array has: those with which the original is seen to take
        more."""
        ways = lengths_of(layout)
        arrays = [ties for ties in ways if ties[0][1].pointer == IN_PLACE]
        # Of one struct alone it shows when an array is left.
        chosen, share = self._improve(replace(layout, room=1), arrays)
        if arrays and share >= _ENOUGH:
            return chosen
        return self._improve(replace(layout, room=CAPACITY), ways)[0]

    def _improve(self, layout: Layout, ways: list[tuple[tuple[int, Tied], ...]]) -> tuple[tuple[tuple[int, Tied], ...], float]:
        """The ways in which numbers are lengths that raise the share of the inputs that the original takes, and that share."""

        def share(guessed: tuple[tuple[int, Tied], ...]) -> float:
            tried = replace(layout, guessed=guessed)
            probes, probed = self._instrument(tried)
            return float(self._try(generate(tried, _PROBED // 2, np.random.default_rng(3), self.mined, small=0.9), probes, probed)[0].mean())

        return improve(ways, share, _ENOUGH, _GAIN)

    def _allow_null(self, layout: Layout) -> Layout:
        """The layout with those pointers nullable, among wide types, that the original is seen to take null for."""
        if not layout.wide or not self.probing:
            return layout
        probes, probed = self._instrument(layout)
        found = []
        for k, slot in enumerate(layout.slots):
            if slot.role != POINTER or slot.parameter is None or self.signature.parameters[slot.parameter].reference:
                continue
            tried = replace(layout, nullable=frozenset({k}))
            vectors = generate(tried, _PROBED // 3, np.random.default_rng(2), self.mined, small=0.9)
            vectors.home[:, k], vectors.shift[:, k] = NULL, 0
            vectors.home[vectors.home == k] = NULL
            if slot.length is not None:
                # For an empty buffer any pointer does; whether null is tested for shows where there should be elements.
                vectors.values[:, slot.length] = np.maximum(vectors.values[:, slot.length], 1)
            if self._try(vectors, probes, probed)[0].mean() >= _TAKES_NULL:
                found.append(k)
        return replace(layout, nullable=frozenset(found))

    def _try(self, vectors: Vectors, probes: Instrumented | None, probed: Target | None) -> tuple[np.ndarray, np.ndarray, float]:
        """(bool [N]: the original can take it, uint8 [N, outcomes]: how often reached, share that ran out of fuel)."""
        inside = vectors.inside()
        if probes and probed:
            outcomes, counts, strayed = watch(probes, probed, vectors, inside, self.fuel)
        else:
            outcomes = self.plain.run(vectors.arguments(), vectors.arenas, fuel=self._fuel(vectors.layout))
            counts = np.zeros((len(vectors), 0), np.uint8)
            strayed = ((outcomes.arenas != vectors.arenas) & ~inside).any(axis=1) & (outcomes.status == driver.RETURNED)
        usable = ~policy.unusable(outcomes.status, vectors.layout.wide) & ~strayed
        if self.guard and usable.any():
            usable &= ~self.guard.refuses(vectors, vectors.arguments(), outcomes, self._fuel(vectors.layout))
        return usable, counts * usable[:, None], float((outcomes.status == driver.OUT_OF_FUEL).mean())
